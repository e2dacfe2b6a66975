"""Seen without colours, or without seeing: words beside colours, greys apart, texts for pictures."""

import itertools
import re
import zipfile
from xml.etree import ElementTree

import drawn
import fixtures
import pages
from support import Outcome, check

WORDS = re.compile(
    r"[▲●○■□△◆◇✓✗×]|不符|不一致|差异|缺|多|重复|更正|说明|核实|无法|空白|未|豁免|有误|错|逾期|应|疑|提示|隐藏|相符|一致|答复|采纳|退回|外|超|不合|试行"
)


def luminance(colour):
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))

    def linear(part):
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def ratio(left, right):
    high, low = sorted((luminance(left), luminance(right)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def fill(cell):
    colour = cell.fill.fgColor
    if cell.fill.fill_type == "solid" and isinstance(colour.rgb, str):
        return colour.rgb[-6:].upper()
    return "FFFFFF"


def marked(result):
    """The highlighted cells by severity, as report.json marks them."""
    for finding in result.report["findings"]:
        for mark in finding["marks"]:
            name, place = mark.rsplit("!", 1)
            page = pages.sheet(result.book, name)
            if page is not None:
                yield finding, page, page[place]


@check("access: classes differ in grey, luminance ratio at least 1.3 between each two and to white")
def grey(context):
    outcome = Outcome()
    for month in (fixtures.month("given month"), fixtures.month("rural water")):
        classes = {}
        for finding, page, cell in marked(context.result(month)):
            name = "waived" if finding["status"] in ("waived", "trial") else finding["severity"]
            classes.setdefault(name, {}).setdefault(fill(cell), f"{page.title}!{cell.coordinate}")
        for name, colours in classes.items():
            outcome.hold(len(colours) == 1 or name == "waived", f"{month.name}: {name} in several fills: {colours}")
        first = {name: next(iter(colours)) for name, colours in classes.items()}
        for left, right in itertools.combinations((n for n in first if n != "waived"), 2):
            outcome.hold(
                ratio(first[left], first[right]) >= 1.3,
                f"{month.name}: {left} {first[left]} and {right} {first[right]}: {ratio(first[left], first[right]):.2f}",
            )
        for name, colour in first.items():
            if name != "waived":
                outcome.hold(
                    ratio(colour, "FFFFFF") >= 1.3,
                    f"{month.name}: {name} {colour} and white: {ratio(colour, 'FFFFFF'):.2f}",
                )
    return outcome


@check("access: what is waived is not filled as what is open")
def waived(context):
    outcome = Outcome()
    result = context.result(fixtures.month("rural water"))
    opened = {
        fill(cell)
        for finding, _, cell in marked(result)
        if finding["status"] == "open" and finding["severity"] == "mandatory"
    }
    for finding, page, cell in marked(result):
        if finding["status"] == "waived":
            outcome.hold(fill(cell) not in opened, f"{page.title}!{cell.coordinate} is waived and filled {fill(cell)}")
            line = " ".join(pages.text(own.value) for own in page[cell.row]) + (
                cell.comment.text if cell.comment else ""
            )
            outcome.hold("豁免" in line, f"{page.title}!{cell.coordinate} is waived and does not say so")
    return outcome


@check("access: every highlighted cell says in words what it is (row, cell or note)")
def told(context):
    outcome = Outcome()
    for month in (*(fixtures.month(name) for name in fixtures.MONTHS), drawn.draw(context, 3)):
        for finding, page, cell in marked(context.result(month)):
            line = " ".join(pages.text(own.value) for own in page[cell.row]) + (
                cell.comment.text if cell.comment else ""
            )
            outcome.hold(
                WORDS.search(line),
                f"{month.name}: {page.title}!{cell.coordinate} is filled; its row says only {line[:80]}",
            )
    return outcome


@check("access: the class of a difference stands in its cell: ▲ 必须更正, ● 须说明, ○ 提示")
def signs(context):
    outcome = Outcome()
    book = context.result(fixtures.month("given month")).book
    sheet = pages.sheet(book, "差异清单")
    for line in pages.findings(book):
        nature = pages.text(line["性质"])
        sign = {"强": "▲", "核": "●", "提": "○"}.get(nature.lstrip("▲●○ ")[:1], "")
        # As it is seen and printed: a sign may stand in the format of a cell, so that what is filtered and
        # searched for stays the bare word.
        row = " ".join(f"{cell.number_format} {pages.text(cell.value)}" for cell in sheet[line.row])
        outcome.hold(sign and sign in row, f"差异清单 row {line.row}: {nature} without {sign}")
    return outcome


def drawings(path):
    """Charts of a workbook: the name, what its description says, its part of XML."""
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.namelist()):
            if re.fullmatch(r"xl/drawings/drawing\d+\.xml", entry):
                tree = ElementTree.fromstring(archive.read(entry))
                for element in tree.iter():
                    if element.tag.endswith("}graphicFrame") or element.tag.endswith("}pic"):
                        name = next(part for part in element.iter() if part.tag.endswith("}cNvPr"))
                        yield name.get("name"), name.get("descr") or ""


def charts(path):
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.namelist()):
            if re.fullmatch(r"xl/charts/chart\d+\.xml", entry):
                yield entry, archive.read(entry).decode()


@check("access: alternative text on every chart and picture")
def alternative(context):
    outcome = Outcome()
    for month in (*(fixtures.month(name) for name in fixtures.MONTHS), fixtures.partial(context)):
        result = context.result(month)
        for path in (result.book, *result.slips):
            for name, said in drawings(path):
                outcome.hold(
                    len(said) >= 6 and re.search(r"[一-鿿]", said),
                    f"{month.name}: {path.name}: {name}: alternative text {said!r}",
                )
    return outcome


@check("access: series of a chart differ in grey (at least 1.3) or carry their figures")
def series(context):
    outcome = Outcome()
    result = context.result(fixtures.month("given month"))
    for entry, xml in charts(result.book):
        parts = re.findall(r"<c:ser>.*?</c:ser>", xml, re.DOTALL)
        colours = [
            re.search(r'<c:spPr>.*?<a:solidFill>\s*<a:srgbClr val="([0-9A-Fa-f]{6})"', part, re.DOTALL)
            for part in parts
        ]
        labelled = all('<c:showVal val="1"/>' in part for part in parts) or '<c:showVal val="1"/>' in xml
        for (left, one), (right, other) in itertools.combinations(enumerate(colours), 2):
            apart = one and other and ratio(one[1], other[1]) >= 1.3
            outcome.hold(apart or labelled, f"{entry}: series {left + 1} and {right + 1} look alike in grey")
        outcome.hold(parts, f"{entry}: no series")
    return outcome


@check("access: charts do not let one slip of ×10⁴ flatten the rest")
def flattened(context):
    outcome = Outcome()
    result = context.result(fixtures.month("given month"))
    for entry, xml in charts(result.book):
        for part in re.findall(r"<c:ser>.*?</c:ser>", xml, re.DOTALL):
            values = re.search(r"<c:val>.*?</c:val>", part, re.DOTALL)
            numbers = sorted(
                abs(float(v)) for v in re.findall(r"<c:v>(-?[\d.eE+]+)</c:v>", values[0] if values else "")
            )
            numbers = [one for one in numbers if one]
            if len(numbers) >= 3:
                outcome.hold(
                    numbers[-1] <= 1000 * numbers[len(numbers) // 2],
                    f"{entry}: {numbers[-1]:g} beside {numbers[len(numbers) // 2]:g}",
                )
    outcome.tried = max(outcome.tried, 1)
    return outcome
