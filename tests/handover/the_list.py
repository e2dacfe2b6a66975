"""差异清单 as a list: it filters and sums to page one, and every column is of one form."""

import functools
import re
from collections import Counter, defaultdict
from decimal import Decimal

import drawn
import fixtures
import page_one
import pages
import recount
from reading import FEN, fold
from support import Outcome, check

# Which step of the bridge a kind of difference belongs to.
STEP = {
    "submission-missing": "silent", "submission-unreadable": "silent", "task-missing": "missing",
    "task-extra": "extra", "task-misplaced": "misplaced", "task-repeated": "repeated", "value-differs": "changed",
    "value-scaled": "scaled", "column-scaled": "scaled", "value-missing": "unreadable",
    "value-unreadable": "unreadable", "column-missing": "unreadable",
}  # fmt: skip
# Columns that DESIGN section 8 names.
COLUMNS = (
    "差异编号", "性质", "差异类型", "对象", "单位", "计划数", "报送数", "差额", "影响金额", "计量单位", "金额字段", "情况说明", "处理",
    "处理意见", "处理人",
)  # fmt: skip
MONTH = r"(20\d\d)\D{1,3}(\d{1,2})(?!\d)"


def lines_of(result):
    """Each line of the list with its finding in report.json."""
    kinds = pages.kinds_of(result.report)
    return [(line, kinds.get(pages.text(line["差异编号"]))) for line in pages.findings(result.book)]


@check("list: has the columns that people and programs look for")
def columns(context):
    def judge(outcome, month, result):
        found = pages.tables(pages.sheet(result.book, "差异清单"), "差异编号")
        for word in COLUMNS:
            outcome.hold(found and word in found[0].columns, f"{month.name}: 差异清单 has no column {word}")

    return page_one.each_month(context, judge)


@check("list: 影响金额 by 单位 and 金额字段 = the bridge, recounted")
def moved(context):
    def judge(outcome, month, result):
        found = defaultdict(Decimal)
        for line, finding in lines_of(result):
            if pages.text(line["对象"]) == "报送":
                found[pages.text(line["单位"]), pages.text(line["金额字段"])] += pages.number(line["影响金额"]) or 0
        right = recount.bridge(month)
        for unit in month.units:
            for field, title in month.fields.items():
                steps = right[unit, field]
                outcome.same(
                    found.get((unit, title), Decimal(0)), Decimal(steps["reported"] - steps["plan"]) / FEN[month.money],
                    f"{month.name}: 差异清单, {unit}, {title}",
                )  # fmt: skip

    return page_one.each_month(context, judge)


@check("list: 影响金额 by kind of difference = each step of the bridge, recounted")
def stepwise(context):
    def judge(outcome, month, result):
        found = defaultdict(Decimal)
        for line, finding in lines_of(result):
            if finding and finding["side"] == "submission" and pages.number(line["影响金额"]):
                step = STEP.get(finding["kind"], finding["kind"])
                found[pages.text(line["单位"]), pages.text(line["金额字段"]), step] += pages.number(line["影响金额"])
        for (unit, field), steps in recount.bridge(month).items():
            for step in recount.STEPS if unit else ():
                amount = Decimal(steps[step]) / FEN[month.money]
                outcome.same(found.pop((unit, month.fields[field], step), Decimal(0)), amount,
                             f"{month.name}: {unit}, {month.fields[field]}, {step}")  # fmt: skip
        outcome.hold(not found, f"{month.name}: steps that are not in the bridge: {dict(found)}")

    return page_one.each_month(context, judge)


@check("list: every finding has its row, and every row a finding")
def complete(context):
    def judge(outcome, month, result):
        rows = {pages.text(line["差异编号"]) for line in pages.findings(result.book)}
        ids = {finding["id"] for finding in result.report["findings"]}
        outcome.same(rows, ids, f"{month.name}: numbers of the list and of report.json")

    return page_one.each_month(context, judge)


@check("list: counts by 性质 and 对象 = report.json")
def natures(context):
    def judge(outcome, month, result):
        found = Counter()
        for line in {pages.text(line["差异编号"]): line for line in pages.findings(result.book)}.values():
            found[pages.text(line["对象"]), pages.text(line["性质"])[-3:]] += 1
        right = Counter(({"plan": "计划"}.get(f["side"], "报送"), page_one.NATURE[f["severity"]])
                        for f in result.report["findings"])  # fmt: skip
        outcome.same(found, right, f"{month.name}: 差异清单 by 对象 and 性质")

    return page_one.each_month(context, judge)


@check("list: one unit of measure for money, none for what is not money")
def measures(context):
    def judge(outcome, month, result):
        for line, finding in lines_of(result):
            measure = pages.text(line["计量单位"])
            what = f"{month.name}: 差异清单 row {line.row}, {pages.text(line['差异类型'])}"
            if pages.text(line["金额字段"]):
                outcome.same(measure, month.money, what)
            elif finding and finding["field"] in (
                "due",
                "task",
                "status",
                "use",
                "village",
                "category",
                "supply",
                None,
            ):
                outcome.hold(measure == "", f"{what}: 计量单位 is {measure!r} of {finding['field']}")
            else:
                outcome.hold(measure in ("", month.money, "%", "个", "km", "处", "项"), f"{what}: 计量单位 {measure!r}")

    return page_one.each_month(context, judge)


@check("list: 计划数, 报送数 and 差额 = report.json, as numbers")
def figures(context):
    def judge(outcome, month, result):
        for line, finding in lines_of(result):
            if not finding or finding["kind"] in ("task-missing", "task-extra", "task-misplaced", "task-repeated",
                                                  "submission-missing"):  # fmt: skip
                continue
            for head, key in (("计划数", "expected"), ("报送数", "found"), ("差额", "difference")):
                right, content = finding[key], line[head]
                what = f"{month.name}: 差异清单 row {line.row}, {head}"
                if right is None:
                    outcome.hold(pages.number(content) is None, f"{what}: {content!r} where report.json has none")
                elif re.fullmatch(r"-?\d+(\.\d+)?", right):
                    outcome.same(pages.number(content), Decimal(right), what)
                elif re.fullmatch(r"\d{4}-\d\d", right):
                    outcome.hold(
                        months_in(content) == {tuple(map(int, right.split("-")))}, f"{what}: {content!r}, {right}"
                    )

    return page_one.each_month(context, judge)


def months_in(content):
    if hasattr(content, "year"):
        return {(content.year, content.month)}
    return {(int(year), int(month)) for year, month in re.findall(MONTH, pages.text(content))}


@check("list: months are in one form over the whole workbook")
def month_form(context):
    outcome = Outcome()
    for month in [fixtures.month(name) for name in fixtures.MONTHS] + [drawn.draw(context, 1)]:
        forms = defaultdict(list)
        for page in pages.book(context.result(month).book):
            for row in page.iter_rows():
                for cell in row:
                    content = cell.value
                    if hasattr(content, "year"):
                        forms[f"date {cell.number_format}"].append(f"{page.title}!{cell.coordinate}")
                    elif isinstance(content, str) and len(content) <= 16:
                        found = re.fullmatch(r"(\d{4})(\D+)(\d{1,2})(\D*)", content.strip())
                        if found:
                            forms[f"YYYY{found[2]}M{found[4]}"].append(f"{page.title}!{cell.coordinate}")
        outcome.hold(len(forms) <= 1, f"{month.name}: months as " + "; ".join(
            f"{form} ({len(cells)}, e.g. {cells[0]})" for form, cells in forms.items()))  # fmt: skip
    return outcome


@check("list: numbers are numbers")
def numbers(context):
    outcome = Outcome()
    for month in [
        *(fixtures.month(name) for name in fixtures.MONTHS),
        drawn.draw(context, 1),
        drawn.draw(context, 99, 6, huge=True),
    ]:
        result = context.result(month)
        for path in (result.book, *result.slips):
            for page in pages.book(path):
                if page.title.startswith(("报送明细", "口径")):
                    # What a unit typed is shown as typed.
                    continue
                for row in page.iter_rows():
                    for cell in row:
                        as_text = isinstance(cell.value, str) and re.fullmatch(
                            r"[-+]?[\d,]*\d(\.\d+)?\s*%?", cell.value.strip()
                        )
                        # Words of a unit's own in a column of texts, and what it typed instead of an amount.
                        typed = as_text and (
                            any(finding["typed"] == cell.value for finding in result.report["findings"])
                            or of_texts(page, cell.column)
                        )
                        outcome.hold(
                            not as_text or typed,
                            f"{month.name}: {path.name}, {page.title}!{cell.coordinate} is the text {cell.value!r}",
                        )
    return outcome


@functools.cache
def of_texts(page, column):
    """Whether a column holds mostly words."""
    contents = [page.cell(row, column).value for row in range(4, pages.size(page)[0] + 1)]
    long = sum(1 for content in contents if isinstance(content, str) and len(content) > 8)
    return 2 * long > sum(1 for content in contents if content is not None)


@check("list: one number format a column")
def formats(context):
    outcome = Outcome()
    for month in [
        *(fixtures.month(name) for name in fixtures.MONTHS),
        drawn.draw(context, 1),
        drawn.draw(context, 99, 6, huge=True),
    ]:
        result = context.result(month)
        for path in (result.book, *result.slips):
            for page in pages.book(path):
                for table in every_table(page):
                    for head, column in table.columns.items():
                        forms = {}
                        for line in table.lines():
                            cell = page.cell(line.row, column)
                            if pages.number(cell.value) is not None:
                                forms.setdefault(cell.number_format, cell.coordinate)
                        mixed = len(forms) > 1 and head not in ("计划数", "报送数", "差额")
                        outcome.hold(not mixed, f"{month.name}: {path.name}, {page.title}, {head}: {forms}")
    return outcome


def every_table(page):
    """All tables of a page: lines of four or more short texts with numbers or texts below."""
    for row in page.iter_rows():
        texts = [cell for cell in row if isinstance(cell.value, str) and 0 < len(cell.value) <= 24]
        filled = [cell for cell in row if cell.value not in (None, "")]
        if len(texts) >= 4 and len(texts) == len(filled) and heading(texts):
            columns = {cell.value: cell.column for cell in texts}
            yield pages.Table(page, row[0].row, columns)


def heading(cells):
    """Headings are bold or filled."""
    return all(cell.font.b for cell in cells)


@check("list: fractions are shown: 15.5 does not print as 16")
def fractions(context):
    outcome = Outcome()
    for month in [*(fixtures.month(name) for name in fixtures.MONTHS), *(drawn.draw(context, n) for n in range(4)),
                  drawn.draw(context, 99, 6, huge=True)]:  # fmt: skip
        result = context.result(month)
        for path in (result.book, *result.slips):
            for page in pages.book(path):
                for row in page.iter_rows():
                    for cell in row:
                        exact = pages.number(cell.value)
                        if exact is None or "%" in cell.number_format or exact == exact.to_integral_value():
                            continue
                        shown = pages.shown(cell).replace(",", "")
                        outcome.hold(
                            Decimal(shown or 0) == exact,
                            f"{month.name}: {path.name}, {page.title}!{cell.coordinate}: {exact} prints as {shown} ({cell.number_format})",
                        )
    return outcome


@check("list: autofilter on every page that is one table")
def filters(context):
    outcome = Outcome()
    for month in (fixtures.month("given month"), fixtures.partial(context)):
        result = context.result(month)
        for name in ("差异清单", "汇总表", "分单位核对", "计划自查"):
            page = pages.sheet(result.book, name)
            if page is None:
                outcome.hold(False, f"{month.name}: no page {name}")
                continue
            outcome.hold(page.auto_filter.ref, f"{month.name}: {name} has no autofilter")
            if page.auto_filter.ref:
                # Headings themselves are in the filter, and all lines below.
                top, bottom = (int(part) for part in re.findall(r"\d+", page.auto_filter.ref))
                table = next(iter(every_table(page)), None)
                outcome.hold(
                    table and any(t.row == top for t in every_table(page)),
                    f"{month.name}: the filter of {name} begins at {page.auto_filter.ref}",
                )
                if name in ("差异清单", "汇总表"):
                    outcome.hold(
                        bottom >= top + len(table.lines()) - 1,
                        f"{month.name}: the filter of {name} ends at {page.auto_filter.ref}",
                    )
    return outcome


@check("list: frozen panes and print titles on every page with a table")
def titles(context):
    outcome = Outcome()
    for month in (fixtures.month("given month"), fixtures.month("rural water"), fixtures.partial(context)):
        result = context.result(month)
        for path in (result.book, *result.slips):
            for page in pages.book(path):
                if page.title == "总览" or not any(table.lines() for table in every_table(page)):
                    continue
                outcome.hold(page.print_title_rows, f"{month.name}: {path.name}, {page.title}: no print titles")
                if page.title in ("差异清单", "汇总表", "分单位核对"):
                    outcome.hold(page.freeze_panes, f"{month.name}: {path.name}, {page.title}: no frozen panes")
    return outcome


@check("list: a row says whom to ask: unit, place, a link, what to do")
def whom(context):
    outcome = Outcome()
    for month in (fixtures.month("given month"), fixtures.month("rural water"), drawn.draw(context, 2)):
        result = context.result(month)
        page = pages.sheet(result.book, "差异清单")
        links = {cell.coordinate: cell.hyperlink for row in page.iter_rows() for cell in row if cell.hyperlink}
        # A link may be a formula too.
        linked = {int(re.sub(r"\D", "", place)) for place in links}
        linked |= {cell.row for row in pages.formulas(result.book)["差异清单"].iter_rows() for cell in row
                   if isinstance(cell.value, str) and "HYPERLINK" in cell.value}  # fmt: skip
        for line, finding in lines_of(result):
            what = f"{month.name}: 差异清单 row {line.row}"
            if finding and finding["side"] == "submission" and finding["unit"]:
                outcome.hold(pages.text(line["单位"]), f"{what} has no 单位")
            outcome.hold(line.row in linked, f"{what} has no link")
            place = " ".join(pages.text(content) for content in line.cells.values())
            if finding and finding["cell"]:
                outcome.hold(finding["cell"] in place, f"{what} does not say {finding['cell']}")
            # What is only said asks for nothing.
            asked = re.search(r"请|应当|更正|补", place) or (finding and finding["severity"] == "note")
            outcome.hold(asked, f"{what} does not say what to do")
    return outcome


@check("list: open mandatory findings of units on top, the plan's in a block of their own")
def order(context):
    def judge(outcome, month, result):
        kinds = [finding for _, finding in lines_of(result) if finding]
        sides = [finding["side"] for finding in kinds]
        changes = sum(1 for left, right in zip(sides, sides[1:]) if left != right)
        outcome.hold(changes <= 1, f"{month.name}: 差异清单 goes between plan and submissions {changes} times")
        own = [
            f["severity"] == "mandatory" and f["status"] in ("open", "returned", "answered")
            for f in kinds
            if f["side"] == "submission"
        ]
        outcome.hold(
            own == sorted(own, reverse=True), f"{month.name}: 差异清单 has other findings above open mandatory ones"
        )

    return page_one.each_month(context, judge)


@check("list: 汇总表 and 分单位核对: plan, reported and difference of each amount, recounted")
def others(context):
    outcome = Outcome()
    for month in [
        *(fixtures.month(name) for name in fixtures.MONTHS),
        *(drawn.draw(context, n) for n in range(context.most(10))),
    ]:
        result = context.result(month)
        right = recount.bridge(month)
        met = 0
        for table in page_one.of_units(pages.sheet(result.book, "分单位核对"), month, any_of=("计划合计", "计划数")):
            named = table.column("项目", "金额字段")
            heads = {
                "plan": table.column("计划合计", "计划数"),
                "reported": table.column("各行相加", "报送数"),
                "difference": table.column("差额"),
            }
            for line in table.lines():
                unit = pages.text(line[table.column("责任单位", month.owner)])
                field = next((f for f, own in page_one.longest_first(month) if fold(own) == fold(line[named])), None)
                steps = right.get((unit, field))
                if not steps or unit in month.silent:
                    continue
                met += 1
                for key, fen in (
                    ("plan", steps["plan"]),
                    ("reported", steps["reported"]),
                    ("difference", steps["reported"] - steps["plan"]),
                ):
                    outcome.same(
                        pages.number(line[heads[key]]),
                        Decimal(fen) / FEN[month.money],
                        f"{month.name}: 分单位核对, {unit}, {line[named]}, {key}",
                    )
        outcome.hold(met, f"{month.name}: nothing read on 分单位核对")
        row_by_row(outcome, month, result, right)
    return outcome


def row_by_row(outcome, month, result, right):
    """汇总表: what its rows say of each unit and amount, added up."""
    page = pages.sheet(result.book, "汇总表")
    table = next(iter(page_one.of_units(page, month)), None)
    if not outcome.hold(table, f"{month.name}: 汇总表 has no column {month.owner}"):
        return
    columns = amounts_in(page, table.row, month)
    for kind in ("planned", "reported", "difference"):
        lacking = [field for field in month.overview if (field, kind) not in columns]
        outcome.hold(not lacking, f"{month.name}: 汇总表 has no column for {kind} of {lacking}")
    owner = table.columns.get("责任单位") or table.columns[month.owner]
    found = defaultdict(Decimal)
    for row in range(table.row + 1, pages.size(page)[0] + 1):
        unit = pages.text(page.cell(row, owner).value)
        total = any(pages.text(page.cell(row, at).value).endswith(("合计", "小计", "总计")) for at in range(1, 6))
        if unit in month.units and not total:
            for key, column in columns.items():
                found[unit, *key] += pages.number(page.cell(row, column).value) or 0
    for unit in month.units:
        for field in month.fields:
            steps = right[unit, field]
            for kind, fen in (("planned", steps["plan"]), ("reported", steps["reported"])):
                if (field, kind) in columns:
                    outcome.same(
                        found[unit, field, kind],
                        Decimal(fen) / FEN[month.money],
                        f"{month.name}: 汇总表, {unit}, {month.fields[field]}, {kind} in all rows",
                    )


def amounts_in(page, row, month):
    """Which column holds what of which amount, by one or two lines of headings."""
    names = {}
    for field, title in month.fields.items():
        for words, kind in (("计划", "planned"), ("报送", "reported"), ("差额", "difference"), ("", "reported")):
            for variant in (title + words, words + title):
                names.setdefault(fold(variant), (field, kind))
    found = {}
    for column in range(1, pages.size(page)[1] + 1):
        above = next(
            (pages.text(page.cell(row - 1, at).value) for at in range(column, 0, -1) if page.cell(row - 1, at).value),
            "",
        )
        own, below = pages.text(page.cell(row, column).value), pages.text(page.cell(row + 1, column).value)
        left = next(
            (pages.text(page.cell(row, at).value) for at in range(column, 0, -1) if page.cell(row, at).value), ""
        )
        for words in (own, above + own, left + below):
            key = names.get(fold(re.sub(r"[（(](万元|元)[)）]", "", words)))
            if key:
                found.setdefault(key, column)
    return found
