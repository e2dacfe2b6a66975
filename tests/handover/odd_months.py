"""A month in which each unit sends something odd: the bridge, the list and the counts hold all the same."""

import re
import sys
from decimal import Decimal

import drawn
import page_one
import pages
import recount
from reading import FEN
from support import ROOT, Outcome, check

sys.path.insert(0, str(ROOT / "tests" / "trial"))

from formats import Grid, write  # noqa: E402

# What each unit sends, in the plan's order.
ODD = (
    "damaged", "empty file", "sent twice", "corrected", "without a column", "in another unit of money", "zero report",
    "blank", "as words", "hidden rows", "two sheets", "nothing odd",
)  # fmt: skip


def month(context):
    """The month, with lines as far as they can be read; besides, a file of nobody and a document."""

    def make():
        own = drawn.draw(context, "odd", len(ODD), 7, faults=False, money="万元")
        random = context.random("odd")
        own.lines.clear()
        own.planted = None
        for unit, what in zip(own.units, ODD, strict=True):
            for path in own.inbox.glob(f"{unit}.*"):
                path.unlink()
            tasks = [task for task in own.tasks if task.unit == unit]
            lines = [recount.Line(unit, task.key, dict(task.amounts), task=task) for task in tasks]
            send(random, own, unit, what, lines)
        stranger = Grid("报送表")
        for row, cells in enumerate(
            (("序号", "工作任务", "资金（万元）", "完成时限"), (1, "修建某处水塔", 77, "2024年9月"))
        ):
            for column, content in enumerate(cells):
                stranger.put(row, column, content)
        (own.inbox / "某处来表.xlsx").write_bytes(write("xlsx", [stranger], None))
        (own.inbox / "会议纪要.pdf").write_bytes(b"%PDF-1.4")
        return own

    return context.kept("odd month", make)


def send(random, own, unit, what, lines):
    """Writes what the unit sends and notes the lines that count."""
    dues = {id(line.task): line.task.due for line in lines}
    printed = {field: sum(line.amounts[field] for line in lines) for field in own.fields}
    path = own.inbox / f"{unit}.xlsx"

    def grid(money="万元", sent=lines, totals=printed):
        return drawn.sheet(random, own, unit, sent, dues, totals, money)

    if what == "damaged":
        data = write("xlsx", [grid()], None)
        path.write_bytes(data[: len(data) // 2])
        own.silent.add(unit)
    elif what == "empty file":
        path.write_bytes(b"")
        own.silent.add(unit)
    elif what == "zero report":
        page = Grid("报送表")
        page.put(0, 0, f"{unit}专项资金执行情况表")
        page.put(1, 0, f"填报单位：{unit}")
        page.put(2, 0, "零报告")
        path.write_bytes(write("xlsx", [page], None))
        own.silent.add(unit)
    elif what in ("sent twice", "corrected"):
        wrong = [recount.Line(unit, line.key, dict(line.amounts), task=line.task) for line in lines]
        wrong[0].amounts["funds"] += 30_000_000
        path.write_bytes(write("xlsx", [grid(sent=wrong)], None))
        name = f"{unit}（更正）.xlsx" if what == "corrected" else f"{unit}2.xlsx"
        (own.inbox / name).write_bytes(write("xlsx", [grid()], None))
        # Which of two equal files counts is not the judge's to say.
        own.lines += lines if what == "corrected" else []
    elif what == "without a column":
        page = grid()
        page.cells = {(row, column): content for (row, column), content in page.cells.items() if column != 4}
        path.write_bytes(write("xlsx", [page], None))
        for line in lines:
            line.amounts["central"] = None
        own.lines += lines
    elif what == "in another unit of money":
        page = grid("元")
        for place, content in list(page.cells.items()):
            if isinstance(content, str):
                page.cells[place] = content.replace("（元）", "（万元）")
        path.write_bytes(write("xlsx", [page], None))
        for line in lines:
            for field in line.amounts:
                line.amounts[field] *= 10_000
        own.lines += lines
    elif what == "blank":
        page = grid()
        page.cells = {(row, column): content for (row, column), content in page.cells.items() if row < 3 or column < 6}
        path.write_bytes(write("xlsx", [page], None))
        own.lines += lines
    elif what == "as words":
        page = grid()
        for place, content in list(page.cells.items()):
            if isinstance(content, (int, float)):
                page.cells[place] = f"{content:,}万元" if place[1] in (3, 4, 6, 7) else str(content)
        path.write_bytes(write("xlsx", [page], None))
        own.lines += lines
    elif what == "hidden rows":
        page = grid()
        page.hidden_rows = {4, 5}
        path.write_bytes(write("xlsx", [page], None))
        own.lines += lines
    elif what == "two sheets":
        half = len(lines) // 2
        parts = lines[:half], lines[half:]
        sheets = []
        for at, part in enumerate(parts):
            totals = {field: sum(line.amounts[field] for line in part) for field in own.fields}
            sheets.append(grid(sent=part, totals=totals))
            sheets[-1].name = f"报送表{at + 1}"
        path.write_bytes(write("xlsx", sheets, None))
        own.lines += lines
    else:
        path.write_bytes(write("xlsx", [grid()], None))
        own.lines += lines


def judged(own):
    """Units of which the judge knows what was reported."""
    return [unit for unit, what in zip(own.units, ODD, strict=True) if what != "sent twice"]


@check("odd months: reported of each unit in report.json's bridge, recounted; residual 0")
def reported(context):
    outcome = Outcome()
    own = month(context)
    what = dict(zip(own.units, ODD, strict=True))
    lines = {(line["unit"], line["field"]): line for line in context.result(own).report["bridge"]}
    for (unit, field), line in lines.items():
        outcome.same(Decimal(line["residual"]), Decimal(0), f"{unit}, {field}: residual")
        if unit in judged(own):
            steps = recount.of_unit(own, unit, field)
            for step in ("plan", "reported"):
                outcome.same(Decimal(line[step]), Decimal(steps[step]) / FEN["万元"], f"{what[unit]}: {field}, {step}")
    for step in ("plan", "reported", "silent", "missing", "unreadable", "changed"):
        for field in own.fields:
            total = sum(Decimal(lines[unit, field][step]) for unit in own.units)
            outcome.same(Decimal(lines[None, field][step]), total, f"the whole, {field}, {step}")
    return outcome


@check("odd months: 影响金额 by 单位 and 金额字段 = the bridge")
def moved(context):
    outcome = Outcome()
    own = month(context)
    result = context.result(own)
    what = dict(zip(own.units, ODD, strict=True))
    found = {}
    for line in pages.findings(result.book):
        key = pages.text(line["单位"]), pages.text(line["金额字段"])
        found[key] = found.get(key, Decimal(0)) + (pages.number(line["影响金额"]) or 0)
    for line in result.report["bridge"]:
        if line["unit"]:
            right = Decimal(line["reported"]) - Decimal(line["plan"])
            own_sum = found.get((line["unit"], own.fields[line["field"]]), Decimal(0))
            outcome.same(own_sum, right, f"{what[line['unit']]}: {line['field']}")
    return outcome


@check("odd months: page one's bridge = report.json's, line by line")
def on_page_one(context):
    outcome = Outcome()
    own = month(context)
    result = context.result(own)
    lines = page_one.bridge_lines(result.book, own)
    for line in result.report["bridge"]:
        key = line["unit"], line["field"]
        if line["field"] in own.overview and outcome.hold(key in lines, f"总览 has no line for {key}"):
            found = page_one.figures(*lines[key])
            for step in ("plan", "silent", "missing", "extra", "misplaced", "repeated", "unreadable", "reported"):
                outcome.same(found[step], Decimal(line[step]), f"总览, {key}, {step}")
            outcome.same(
                found["changed"] + found["scaled"],
                Decimal(line["changed"]),
                f"总览, {key}, changed",
            )
    return outcome


@check("odd months: files of nobody, documents and what was not read have their line on page one")
def lines_of_their_own(context):
    outcome = Outcome()
    own = month(context)
    result = context.result(own)
    said = " ".join(pages.words(pages.sheet(result.book, "总览")).values())
    outcome.hold(
        re.search(r"某处来表|无法识别单位|单位不明|不能识别单位|未能识别|认不出", said),
        "总览 does not tell of the file whose unit nobody knows",
    )
    outcome.hold(re.search(r"会议纪要|附件\s*\d|其他文件|不是报送表", said), "总览 does not tell of the document")
    for unit, what in zip(own.units, ODD, strict=True):
        if what in ("damaged", "empty file"):
            line = " ".join(pages.text(cell.value) for row in pages.sheet(result.book, "总览").iter_rows() for cell in row
                            if any(pages.text(own_cell.value) == unit for own_cell in row))  # fmt: skip
            outcome.hold("无法读取" in line, f"总览, {what}: {line[:100]}")
    return outcome


@check("odd months: one count in verdict, list, report.json and standard error")
def one_count(context):
    outcome = Outcome()
    own = month(context)
    result = context.result(own)
    said = "\n".join(pages.words(pages.sheet(result.book, "总览")).values())
    right = page_one.open_findings(result.report)
    natures = [pages.text(line["性质"]) for line in page_one.listed(result.book, own)]
    for word, severity in (("必须更正", "mandatory"), ("需要说明", "verify")):
        for place, text in (("总览", said), ("standard error", result.answer.err)):
            told = {int(n) for n in re.findall(rf"{word}\s*(\d+)\s*处", text)}
            outcome.hold(right[severity] in told, f"{place} says {word} {told}, report.json {right[severity]}")
        outcome.same(
            sum(1 for own_nature in natures if page_one.NATURE[severity] in own_nature or word in own_nature),
            right[severity],
            f"差异清单, {severity}",
        )
    return outcome
