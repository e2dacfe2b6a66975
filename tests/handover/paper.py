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


def by_page(context, path):
    """The words of each page in the order in which they were drawn, without spaces."""

    def make():
        return [squeezed(page) for page in tool("pdftotext", "-raw", context.printed(path), "-").split("\f")[:-1]]

    return context.kept(("by page", str(path)), make)


def of_sheets(context, path, book):
    """Which pages each sheet takes: sheets print one after the other, each page holds words of its own sheet."""

    def make():
        texts = {}
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    words = squeezed(cell.value) if isinstance(cell.value, str) else ""
                    if len(words) >= 4:
                        texts.setdefault(words[:16], set()).add(sheet.title)
        names = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
        own = {name: [words for words, sheets in texts.items() if sheets == {name}] for name in names}
        best = {0: (0, [])}
        # The best way to deal the pages out in the order of the sheets.
        for page in by_page(context, path):
            score = [sum(words in page for words in own[name]) for name in names]
            following = {}
            for at, (total, way) in best.items():
                for sheet in range(at, len(names)):
                    one = total + score[sheet], [*way, sheet]
                    if sheet not in following or one[0] > following[sheet][0]:
                        following[sheet] = one
            best = following
        way = max(best.values(), key=lambda one: one[0])[1]
        found = {}
        for number, sheet in enumerate(way):
            found.setdefault(names[sheet], []).append(number)
        return found

    return context.kept(("of sheets", str(path)), make)


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
