"""On paper: how many pages, what stands on each, nothing cut, nothing too small."""

import re
import zipfile
from decimal import Decimal

import drawn
import fixtures
import pages
import paper
from openpyxl.utils import get_column_letter, range_boundaries
from support import Outcome, check

SHEETS = (
    "总览",
    "差异清单",
    "汇总表",
    "分单位核对",
    "计划自查",
    "变化情况",
    "更正前后",
    "核对范围",
    "来源与守恒",
    "口径说明",
    "待定事项",
)


def books(context):
    """Workbooks of all sizes: what they are called, and their paths."""
    found = [(name, context.result(fixtures.month(name)).book) for name in fixtures.MONTHS]
    found.append(("partial month", context.result(fixtures.partial(context)).book))
    found.append(("50 units", context.result(drawn.draw(context, 50, 50)).book))
    found.append(("eleven digits", context.result(drawn.draw(context, 99, 6, huge=True)).book))
    return found


def papers(context):
    """Workbooks, slips and reminders that are printed."""
    found = books(context)
    for name in ("given month", "rural roads", "rural water"):
        found += [(f"{name}, {path.name}", path) for path in context.result(fixtures.month(name)).slips]
    huge = context.result(drawn.draw(context, 99, 6, huge=True))
    found += [(f"eleven digits, {path.name}", path) for path in huge.slips[:2]]
    for name, path in [*found]:
        context.kept(("queued", str(path)), lambda: True)
    printed_at_once(context, [path for _, path in found])
    return found


def printed_at_once(context, paths):
    """Starts LibreOffice once for all of them: files of one name go into folders of their own."""
    waiting = [path for path in paths if ("pdf", str(path)) not in context._kept]
    while waiting:
        now = list({path.stem: path for path in reversed(waiting)}.values())
        for path, made in zip(now, context.convert(now, "pdf")):
            context.kept(("pdf", str(path)), lambda made=made: made)
        waiting = [path for path in waiting if path not in now]


@check("print: given month, at most 10 pages")
def few(context):
    outcome = Outcome()
    for name, path in books(context)[:1]:
        count = len(paper.pages(context, path))
        outcome.hold(count <= 10, f"{name}: {count} pages: {by_sheet(context, path)}")
    return outcome


@check("print: 300 units, at most 400 pages in all")
def many(context):
    outcome = Outcome()
    path = context.result(drawn.draw(context, 300, 300, 5)).book
    count = len(paper.pages(context, path))
    outcome.hold(count <= 400, f"300 units: {count} pages: {by_sheet(context, path)}")
    return outcome


def by_sheet(context, path):
    """How many pages each sheet takes."""
    found = paper.of_sheets(context, path, pages.book(path))
    return ", ".join(f"{name} {len(numbers)}" for name, numbers in found.items())


def content(lines):
    """The lines of a page without its header and footer."""
    return [line for line in lines if not re.search(r"第\s*\d+\s*页|^\s*\d+\s*/\s*\d+\s*$", line)]


@check("print: no page with fewer than 5 rows")
def full(context):
    outcome = Outcome()
    for name, path in papers(context):
        printed = paper.pages(context, path)
        for number, lines in enumerate(printed, 1):
            # The header says which book and sheet this is.
            rows = [line for line in content(lines) if not ("报送期" in line and "核对" in line and line is lines[0])]
            outcome.hold(
                len(rows) >= 5,
                f"{name}: page {number} of {len(printed)} has {len(rows)} lines: {' | '.join(line.strip()[:30] for line in rows)}",
            )
    return outcome


@check("print: a table that goes on over a page has its headings there")
def headings(context):
    outcome = Outcome()
    for name, path in papers(context):
        printed = paper.by_page(context, path)
        sheets = paper.of_sheets(context, path, pages.book(path))
        for page in pages.book(path):
            numbers = sheets.get(page.title, ())
            if len(numbers) < 2:
                continue
            if not page.print_title_rows:
                outcome.hold(False, f"{name}: {page.title} goes on over {len(numbers)} pages without print titles")
                continue
            top, bottom = (int(part) for part in re.findall(r"\d+", page.print_title_rows))
            heads = [
                paper.squeezed(cell.value)
                for row in page.iter_rows(min_row=top, max_row=bottom)
                for cell in row
                if isinstance(cell.value, str) and visible(page, cell) and inside(page, cell)
            ]
            for number in numbers:
                lacking = [head for head in heads if head[:6] not in printed[number]]
                outcome.hold(not lacking, f"{name}: {page.title}, page {number + 1} lacks the headings {lacking[:4]}")
    return outcome


def visible(page, cell):
    dimension = page.column_dimensions.get(get_column_letter(cell.column))
    return not (dimension and dimension.hidden) and not page.row_dimensions[cell.row].hidden


@check("print: each page says which book, period and sheet it is from")
def said(context):
    outcome = Outcome()
    for name, path in books(context):
        month = next(
            (m for m in (*map(fixtures.month, fixtures.MONTHS), drawn.draw(context, 50, 50)) if m.name in name), None
        )
        with zipfile.ZipFile(path) as archive:
            for entry in sorted(archive.namelist()):
                if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", entry):
                    xml = archive.read(entry).decode()
                    found = re.search(r"<headerFooter.*?</headerFooter>", xml, re.DOTALL)
                    told = found[0] if found else ""
                    outcome.hold(
                        "&amp;A" in told or any(sheet in told for sheet in SHEETS),
                        f"{name}: {entry}: header and footer do not name the sheet",
                    )
        for number, lines in enumerate(paper.pages(context, path), 1):
            ends = paper.squeezed("".join((*lines[:2], *lines[-2:])))
            outcome.hold(re.search(r"20\d\d(年|-)\d+", ends), f"{name}: page {number} does not say its period")
            outcome.hold(any(sheet in ends for sheet in SHEETS), f"{name}: page {number} does not say its sheet")
            if month:
                outcome.hold(paper.squeezed(month.title)[:10] in ends, f"{name}: page {number} does not say its book")
    for name in ("given month", "rural roads"):
        for path in context.result(fixtures.month(name)).slips:
            for number, lines in enumerate(paper.pages(context, path), 1):
                ends = paper.squeezed("".join((*lines[:3], *lines[-2:])))
                outcome.hold(
                    re.search(r"20\d\d(年|-)\d+", ends), f"{name}: {path.name}: page {number} does not say its period"
                )
    return outcome


@check("print: no ### on paper, with amounts of eleven digits too")
def hashes(context):
    outcome = Outcome()
    for name, path in papers(context):
        for number, lines in enumerate(paper.pages(context, path), 1):
            bad = [line.strip() for line in lines if "###" in line]
            outcome.hold(not bad, f"{name}: page {number}: {len(bad)} lines with ###: {bad[:1]}")
    return outcome


@check("print: amounts of eleven digits stand on paper and in report.json exactly")
def eleven(context):
    outcome = Outcome()
    month = drawn.draw(context, 99, 6, huge=True)
    result = context.result(month)
    printed = paper.streamed(context, result.book)
    outcome.hold("12,345,678,901.23" in printed, "12,345,678,901.23 of the plan is not on paper")
    for name in ("总览", "汇总表", "分单位核对", "差异清单", "核对范围"):
        page = pages.sheet(result.book, name)
        for row in page.iter_rows() if page else ():
            for cell in row:
                exact = pages.number(cell.value)
                if exact is not None and abs(exact) > 10**6 and visible(page, cell) and inside(page, cell):
                    outcome.hold(f"{abs(exact):,.2f}" in printed or f"{abs(exact):,f}" in printed,
                                 f"{name}!{cell.coordinate}: {exact} is not on paper")  # fmt: skip
    report = " ".join(str(line) for line in result.report["bridge"])
    for unit in month.units:
        planned = sum(task.amounts["funds"] for task in month.tasks if task.unit == unit)
        outcome.hold(f"{(Decimal(planned) / 100).normalize():f}" in report, f"{unit}: {planned} is not in report.json")
    return outcome


@check("print: amounts inside sentences have separators")
def separators(context):
    outcome = Outcome()
    result = context.result(drawn.draw(context, 99, 6, huge=True))
    for path in (result.book, *result.slips):
        for page in pages.book(path):
            for place, words in pages.words(page).items():
                typed = any(f["typed"] and f["typed"] in words for f in result.report["findings"])
                outcome.hold(
                    typed or not re.search(r"(?<![\d,.])\d{7,}(\.\d+)?\s*元", words),
                    f"{path.name}, {page.title}!{place}: {words[:120]}",
                )
    return outcome


def inside(page, cell):
    """Whether a cell is printed."""
    if not page.print_area:
        return True
    for area in str(page.print_area).split(","):
        left, top, right, bottom = range_boundaries(area.split("!")[-1].replace("$", ""))
        if left <= cell.column <= right and top <= cell.row <= bottom:
            return True
    return False


@check("print: nothing cut, on any page of workbook and slips")
def cut(context):
    outcome = Outcome()
    for name, path in papers(context):
        printed = paper.by_page(context, path)
        sheets = paper.of_sheets(context, path, pages.book(path))
        for page in pages.book(path):
            if page.sheet_state != "visible":
                continue
            own = "".join(printed[number] for number in sheets.get(page.title, ()))
            for row in page.iter_rows():
                for cell in row:
                    if visible(page, cell) and inside(page, cell) and not whole(cell, own):
                        outcome.hold(False, f"{name}: {page.title}!{cell.coordinate} is cut: {str(cell.value)[:40]!r}")
                    else:
                        outcome.tried += 1
    return outcome


def whole(cell, printed):
    """Whether all of a cell is on paper: of a long text its beginning, its middle and its end."""
    if isinstance(cell.value, str):
        words = paper.squeezed(cell.value)
        half = len(words) // 2
        pieces = [words] if len(words) <= 24 else [words[:16], words[half - 8 : half + 8], words[-16:]]
        return all(found(piece, printed) for piece in pieces)
    number = pages.number(cell.value)
    if number is None or "[$" in cell.number_format or ";;" in cell.number_format:
        return True
    return pages.shown(cell).lstrip("-") in printed


def found(piece, printed):
    if piece in printed:
        return True
    # A piece that is broken by another cell's line: both halves are there.
    return any(piece[:at] in printed and piece[at:] in printed for at in range(3, len(piece) - 2)) and len(piece) > 8


@check("print: page one is readable: scale at least 60 %, for 6 and for 50 units")
def scale(context):
    outcome = Outcome()
    for name, path in books(context):
        page = pages.sheet(path, "总览")
        declared = sorted(cell.font.sz or 11 for row in page.iter_rows() for cell in row if cell.value is not None)
        common = max(set(declared), key=declared.count)
        printed = paper.sizes(context, path)[0]
        body = max(printed, key=printed.get)
        outcome.hold(
            body / common >= 0.6, f"{name}: page one prints {common:g} pt as {body:.1f} pt ({body / common:.0%})"
        )
        outcome.hold(body >= 6.5, f"{name}: page one prints in {body:.1f} pt")
    return outcome


@check("print: every other page is readable too: at least 6 pt")
def small(context):
    outcome = Outcome()
    for name, path in papers(context):
        for number, printed in enumerate(paper.sizes(context, path), 1):
            if printed:
                body = max(printed, key=printed.get)
                outcome.hold(body >= 6, f"{name}: page {number} prints in {body:.1f} pt")
    return outcome


@check("print: a slip is one or two pages and its own rows follow without a blank page")
def slips(context):
    outcome = Outcome()
    for name in ("given month", "rural roads", "rural water"):
        for path in context.result(fixtures.month(name)).slips:
            printed = paper.pages(context, path)
            outcome.hold(len(printed) <= 2, f"{name}: {path.name} has {len(printed)} pages")
            outcome.hold(all(printed), f"{name}: {path.name} has a blank page")
    return outcome
