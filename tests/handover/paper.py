"""A workbook on paper: pages by LibreOffice, their words by poppler."""

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

from support import Skipped


def tool(*command):
    if not shutil.which(command[0]):
        raise Skipped(f"poppler's {command[0]} is not here")
    return subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )


def pages(context, path):
    """The lines of each printed page; words of one line of the paper stand in one line here."""

    def make():
        text = tool("pdftotext", "-layout", context.printed(path), "-")
        return [[line for line in page.splitlines() if line.strip()] for page in text.split("\f")[:-1]]

    return context.kept(("pages", str(path)), make)


def streamed(context, path):
    """All words in the order in which they were drawn, so that a wrapped cell stays in one piece, without spaces."""

    def make():
        return squeezed(tool("pdftotext", "-raw", context.printed(path), "-"))

    return context.kept(("streamed", str(path)), make)


def squeezed(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text)))


def sizes(context, path):
    """For each page, how many signs are printed in which size, in points."""

    def make():
        out = context.folder() / "out"
        tool("pdftohtml", "-xml", "-i", "-zoom", "3", context.printed(path), out)
        tree = ElementTree.fromstring(lenient(Path(f"{out}.xml").read_text("utf-8", "replace")))
        fonts, found = {}, []
        for page in tree:
            counted = {}
            for part in page:
                if part.tag == "fontspec":
                    fonts[part.get("id")] = int(part.get("size")) / 3
                elif part.tag == "text":
                    size = fonts[part.get("font")]
                    counted[size] = counted.get(size, 0) + len("".join(part.itertext()).strip())
            found.append(counted)
        return found

    return context.kept(("sizes", str(path)), make)


def lenient(text):
    """What pdftohtml writes is no XML where a link's tags cross."""
    text = re.sub(r"<!DOCTYPE[^>]*>", "", text)
    text = re.sub(r"</?(a|b|i)(\s[^>]*)?>", "", text)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
