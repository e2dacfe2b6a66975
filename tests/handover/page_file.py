"""The printable page (.html): self-contained, readable without script, complete."""

import re
from html.parser import HTMLParser

import fixtures
from support import Outcome, check


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.links, self.tags, self.styles = [], [], [], []
        self.within = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "img", "link", "input", "hr", "col"):
            self.within.append(tag)
        for name, content in attributes:
            if name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
                self.links.append((tag, name, content or ""))

    def handle_endtag(self, tag):
        if tag in self.within:
            while self.within.pop() != tag:
                pass

    def handle_data(self, data):
        (self.styles if "style" in self.within else self.words).append(data)


def read(context, month, outcome):
    result = context.result(month)
    made = list(result.folder.glob("*.html"))
    if not outcome.hold(len(made) == 1, f"{month.name}: {len(made)} .html in the run folder"):
        return None, result
    reader = Reader()
    reader.source = made[0].read_text("utf-8")
    reader.feed(reader.source)
    return reader, result


def months(context):
    return [*(fixtures.month(name) for name in fixtures.MONTHS), fixtures.partial(context)]


@check("html: self-contained: no request, no script needed")
def alone(context):
    outcome = Outcome()
    for month in months(context):
        page, _ = read(context, month, outcome)
        if page:
            for tag, name, link in page.links:
                inner = link.startswith(("#", "data:")) or (tag == "a" and not re.match(r"(https?:)?//", link))
                outcome.hold(inner, f"{month.name}: <{tag} {name}={link[:60]!r}>")
            outcome.hold(
                not re.search(r"@import|url\(\s*['\"]?(https?:)?//", page.source),
                f"{month.name}: a style asks for more",
            )
            outcome.hold(
                not any(tag in ("iframe", "object", "embed", "link") for tag, _ in page.tags),
                f"{month.name}: another document",
            )
            outcome.hold(len("".join(page.words).split()) > 50, f"{month.name}: nothing to read without script")
    return outcome


@check("html: prints to A4: @page, and tables keep their headings")
def printed(context):
    outcome = Outcome()
    for month in months(context):
        page, _ = read(context, month, outcome)
        if page:
            styles = "".join(page.styles)
            outcome.hold("@page" in styles and re.search(r"A4", styles), f"{month.name}: no @page A4")
            outcome.hold(
                sum(1 for tag, _ in page.tags if tag == "table") <= sum(1 for tag, _ in page.tags if tag == "thead"),
                f"{month.name}: tables without thead",
            )
            outcome.hold(any(tag == "meta" and "charset" in a for tag, a in page.tags), f"{month.name}: no charset")
    return outcome


@check("html: every finding above note is on it, with its place; verdict, bridge and residual too")
def complete(context):
    outcome = Outcome()
    for month in months(context):
        page, result = read(context, month, outcome)
        if page:
            words = re.sub(r"\s+", "", "".join(page.words))
            for f in result.report["findings"]:
                if f["severity"] != "note":
                    near = re.sub(r"\s+", "", f["message"])[:16]
                    outcome.hold(
                        f["id"] in page.source or near in words,
                        f"{month.name}: {f['id']} is not on the page: {f['message'][:50]}",
                    )
                    if f["cell"]:
                        outcome.hold(f["cell"] in words, f"{month.name}: {f['id']}: {f['cell']} is not on the page")
            outcome.hold("残差" in words, f"{month.name}: no 残差")
            outcome.hold(re.search(r"必须更正\d+处", words), f"{month.name}: no 必须更正 n 处")
    return outcome
