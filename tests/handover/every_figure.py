"""The figures beside the bridge: numbers of tasks and units, what the verdict says, totals of tables, the picture."""

import re
from collections import Counter
from decimal import Decimal

import drawn
import fixtures
import page_one
import pages
import recount
from reading import FEN
from support import Outcome, check

# Columns that no total adds up.
NO_SUM = re.compile("率|位次|序|%|进度|批次")


@check("page one: tasks planned and met, of each unit and in all, recounted")
def tasks(context):
    def judge(outcome, month, result):
        found = [
            table for table in page_one.of_units(pages.sheet(result.book, "总览"), month) if table.column("计划任务")
        ]
        if not outcome.hold(found, f"{month.name}: 总览 has no 计划任务"):
            return
        planned = {unit: sum(1 for task in month.tasks if task.unit == unit) for unit in month.units}
        met = {unit: recount.met(month, unit) for unit in month.units}
        for line in found[0].lines():
            unit = pages.text(line[found[0].column("责任单位", month.owner)])
            for head, right in (("计划任务", planned), ("已对应", met)):
                whole = sum(right.values()) if unit == "合计" else right.get(unit)
                if whole is not None and head in found[0].columns:
                    outcome.same(pages.number(line[head]), Decimal(whole), f"{month.name}: 总览, {unit}, {head}")

    return page_one.each_month(context, judge)


@check("page one: what the verdict says: units with differences, units that had to report and did, notes, answers")
def verdict(context):
    def judge(outcome, month, result):
        said = "\n".join(pages.words(pages.sheet(result.book, "总览")).values()).replace(",", "")
        open_ones = page_one.open_findings(result.report)
        count = open_ones["mandatory"] + open_ones["verify"]
        units = {
            f["unit"]
            for f in result.report["findings"]
            if f["side"] == "submission" and f["severity"] != "note" and f["status"] in ("open", "answered", "returned")
        }
        told = re.search(r"(\d+)\s*个单位有\s*(\d+)\s*处差异", said)
        if outcome.hold(told or not count, f"{month.name}: 总览 does not say how many units differ") and told:
            outcome.same(
                (int(told[1]), int(told[2])), (len(units - {None}), count), f"{month.name}: units and differences"
            )
        told = re.search(r"应报\s*(\d+)\s*个单位，(?:已报\s*(\d+)\s*个|(全部)已报)", said)
        if outcome.hold(told, f"{month.name}: 总览 does not say how many units reported"):
            reported = len(month.units) - len(month.silent)
            right = len(month.units), reported
            found = int(told[1]), int(told[2] or told[1])
            outcome.same(found, right, f"{month.name}: units that had to report, and that did")
        for word, right in (
            ("必须更正", open_ones["mandatory"]),
            ("需要说明", open_ones["verify"]),
            ("已答复", sum(1 for f in result.report["findings"] if f["status"] == "answered")),
            ("提示", open_ones["note"]),
        ):
            found = [int(n) for n in re.findall(rf"{word}\s*(\d+)\s*处", said)]
            outcome.hold(set(found) <= {right}, f"{month.name}: 总览 says {word} {found}, right is {right}")
            outcome.hold(found or not right, f"{month.name}: 总览 does not say {word} {right} 处")

    return page_one.each_month(context, judge)


@check("page one: why checks were not made adds up to how many were not")
def reasons(context):
    def judge(outcome, month, result):
        said = " ".join(pages.words(pages.sheet(result.book, "总览")).values()).replace(",", "")
        right = Counter()
        for line in result.report["coverage"]:
            right.update(line["reasons"])
        told = re.search(r"未核对\s*(\d+)（([^）]*)）", said)
        if right and outcome.hold(told, f"{month.name}: 总览 does not say why checks were not made"):
            numbers = sorted(int(n) for n in re.findall(r"(\d+)(?:、|$)", told[2]))
            if len(right) == 1 and not numbers:
                # One reason needs no number of its own.
                numbers = [int(told[1])]
            outcome.same(numbers, sorted(right.values()), f"{month.name}: reasons on 总览")
            outcome.same(sum(numbers), int(told[1]), f"{month.name}: reasons added up")

    return page_one.each_month(context, judge)


@check("tables: every line 合计 is the sum of the lines above it")
def totals(context):
    def judge(outcome, month, result):
        for page in pages.book(result.book):
            for table in (
                pages.tables(page, "责任单位") + pages.tables(page, "资金来源") + pages.tables(page, "差异类型")
            ):
                above = []
                for line in table.lines():
                    first = pages.text(next(iter(line.cells.values())))
                    if first not in ("合计", "总计"):
                        above.append(line)
                        continue
                    for head, content in line.cells.items():
                        total = pages.number(content)
                        if total is not None and not NO_SUM.search(head):
                            right = sum((pages.number(own[head]) or Decimal(0)) for own in above)
                            outcome.same(total, Decimal(right), f"{month.name}: {page.title} row {line.row}, {head}")
                    above = []

    return page_one.each_month(context, judge)


@check("page one: the picture is drawn from the bridge's total line")
def picture(context):
    def judge(outcome, month, result):
        page = pages.sheet(result.book, "总览")
        lines = page_one.bridge_lines(result.book, month)
        for table in pages.tables(page, "增加", "减少"):
            bars = {pages.text(next(iter(line.cells.values()))): line for line in table.lines()}
            matches = []
            for field in month.overview:
                if (None, field) not in lines:
                    continue
                steps = page_one.figures(*lines[None, field])
                same = all(
                    (pages.number(bars[word]["增加"]) or 0) - (pages.number(bars[word]["减少"]) or 0) == steps[step]
                    for step, word in page_one.STEPS.items()
                    if word in bars
                )
                rest = sum(steps[step] for step, word in page_one.STEPS.items() if word not in bars)
                ends = [pages.number(bars[word]["合计"]) for word in ("计划数", "报送数") if word in bars]
                # Slips of 10⁴ may be left out of the picture: then it ends where it would be without them.
                whole = ends in ([steps["plan"], steps["reported"]], [steps["plan"], steps["reported"] - rest])
                matches.append(same and whole)
            outcome.hold(
                any(matches) or not matches, f"{month.name}: the picture in row {table.row} of 总览 is of no bridge"
            )

    return page_one.each_month(context, judge)


@check("分单位核对: totals that units printed, and their difference to the rows")
def printed(context):
    outcome = Outcome()
    for month in (drawn.draw(context, number) for number in range(context.most(10))):
        for table in page_one.of_units(pages.sheet(context.result(month).book, "分单位核对"), month, "表内合计"):
            for line in table.lines():
                unit = pages.text(line[table.column("责任单位")])
                field = next((f for f, own in month.fields.items() if own == pages.text(line["项目"])), None)
                if unit in month.printed and field:
                    right = Decimal(month.printed[unit][field]) / FEN[month.money]
                    outcome.same(
                        pages.number(line["表内合计"]),
                        right,
                        f"{month.name}: 表内合计 of {unit}, {month.fields[field]}",
                    )
                    rows = Decimal(recount.of_unit(month, unit, field)["reported"]) / FEN[month.money]
                    head = next((head for head in table.columns if "表内合计−" in head), None)
                    if head:
                        outcome.same(pages.number(line[head]), right - rows, f"{month.name}: {head} of {unit}")
    return outcome


@check("汇总表: 差额 of each row = 报送 less 计划; money received and spent of each unit, recounted")
def rows(context):
    import the_list

    outcome = Outcome()
    for month in [
        *(fixtures.month(name) for name in fixtures.MONTHS),
        *(drawn.draw(context, n) for n in range(context.most(10))),
    ]:
        page = pages.sheet(context.result(month).book, "汇总表")
        table = next(iter(page_one.of_units(page, month)), None)
        if not outcome.hold(table, f"{month.name}: 汇总表 has no units"):
            continue
        columns = the_list.amounts_in(page, table.row, month)
        found = Counter()
        heads = {field: next((column for head, column in table.columns.items() if head.startswith(words)), None)
                 for field, words in (("received", ("已到位资金", "到位资金")), ("spent", ("已支出资金", "支出资金")))}  # fmt: skip
        for row in range(table.row + 1, pages.size(page)[0] + 1):
            unit = pages.text(page.cell(row, table.columns.get("责任单位") or table.columns[month.owner]).value)
            if unit not in month.units:
                continue
            for field, column in heads.items():
                found[unit, field] += (pages.number(page.cell(row, column).value) or 0) if column else 0
            for field in month.fields:
                cells = [columns.get((field, kind)) for kind in ("planned", "reported", "difference")]
                planned, reported, difference = (pages.number(page.cell(row, at).value) if at else None for at in cells)
                if difference is not None:
                    right = (reported or 0) - (planned or 0)
                    outcome.same(difference, right, f"{month.name}: 汇总表 row {row}, {month.fields[field]}, 差额")
        for unit in month.units:
            for field in heads:
                right = sum(recount.readable(line.amounts.get(field)) for line in month.lines if line.unit == unit)
                outcome.same(
                    Decimal(found[unit, field]),
                    Decimal(right) / FEN[month.money],
                    f"{month.name}: 汇总表, {unit}, {field}",
                )
    return outcome


@check("pages: numbered sections follow one another, none is left out")
def sections(context):
    def judge(outcome, month, result):
        for path in (result.book, *result.slips[:2]):
            for page in pages.book(path):
                heads = [words[0] for place, words in pages.words(page).items()
                         if re.fullmatch(r"A\d+", place) and re.match(r"[一二三四五六七八九十]、", words)]  # fmt: skip
                right = list("一二三四五六七八九十")[: len(heads)]
                outcome.same(heads, right, f"{month.name}: {path.name}, {page.title}: sections")

    return page_one.each_month(context, judge)


@check("list: 序号 and 位置 = report.json")
def places(context):
    def judge(outcome, month, result):
        kinds = pages.kinds_of(result.report)
        for line in pages.findings(result.book):
            finding = kinds.get(pages.text(line["差异编号"]))
            if finding and "序号" in line.cells:
                right = None if finding["seq"] is None else Decimal(finding["seq"])
                own = pages.number(line["序号"])
                own = Decimal(line["序号"]) if own is None and pages.text(line["序号"]).isdigit() else own
                outcome.same(own, right, f"{month.name}: 差异清单 row {line.row}, 序号")
                if finding["cell"]:
                    outcome.hold(
                        finding["cell"] in pages.text(line["位置"]),
                        f"{month.name}: 差异清单 row {line.row}: 位置 {line['位置']!r}, {finding['cell']}",
                    )

    return page_one.each_month(context, judge)
