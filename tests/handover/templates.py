"""What goes out to a unit, filled in by other programs and sent back."""

import re

import fixtures
import hand
import openpyxl
import pages
from support import Outcome, check


def made(context, name="given month"):
    def make():
        month = fixtures.month(name)
        out = context.folder()
        answer = context.call("template", month.pipeline, "--period", month.period, "--out", out, "--lang", "zh")
        assert answer.status == 0, answer.last_words()
        return sorted(out.glob("*.xlsx"))

    return context.kept(("templates", name), make)


@check("templates: one a unit, named by unit and period")
def names(context):
    outcome = Outcome()
    for name in fixtures.MONTHS:
        month = fixtures.month(name)
        for unit in month.units:
            own = [path for path in made(context, name) if unit in path.name and month.period in path.name]
            outcome.same(len(own), 1, f"{name}: templates of {unit}")
    return outcome


@check("templates: the plan's own figures are filled in, each as planned")
def prefilled(context):
    outcome = Outcome()
    month = fixtures.month("given month")
    for unit in month.units:
        path = next(path for path in made(context) if unit in path.name)
        page = pages.book(path).worksheets[0]
        numbers = [pages.number(cell.value) for row in page.iter_rows() for cell in row]
        for task in month.tasks:
            if task.unit == unit:
                for fen in task.amounts.values():
                    outcome.hold(
                        fen is None or fen / 1_000_000 in [float(n) for n in numbers if n is not None], f"{unit}: {fen}"
                    )
    return outcome


@check("templates: validation: a list for 完成情况, numbers for money and per cent, with messages")
def validation(context):
    outcome = Outcome()
    for path in made(context):
        page = openpyxl.load_workbook(path).worksheets[0]
        rules = page.data_validations.dataValidation
        outcome.hold(
            any(rule.type == "list" and "未开始" in (rule.formula1 or "") for rule in rules),
            f"{path.name}: no list for 完成情况",
        )
        outcome.hold(
            sum(1 for rule in rules if rule.type == "decimal") >= 3,
            f"{path.name}: money and per cent are not held to numbers",
        )
        for rule in rules:
            outcome.hold(rule.error or rule.prompt, f"{path.name}: {rule.sqref} ({rule.type}) has no message")
    return outcome


@check("templates: stamped: pipeline, period, unit, hash of the plan")
def stamp(context):
    outcome = Outcome()
    plan = context.result(fixtures.month("given month")).report["plan"]["sha256"]
    for path in made(context):
        book = openpyxl.load_workbook(path)
        told = " ".join(
            str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value is not None
        )
        told += " ".join(str(value) for value in vars(book.properties).values()) + " ".join(
            f"{p.name} {p.value}" for p in book.custom_doc_props.props
        )
        for word in ("sanya-2020", "2020-08", plan[:12]):
            outcome.hold(word in told, f"{path.name} does not carry {word}")
    return outcome


@check("templates: open cells for 填报人, 电话, 审核人")
def contacts(context):
    outcome = Outcome()
    for path in made(context):
        page = openpyxl.load_workbook(path).worksheets[0]
        for word in ("填报人", "电话", "审核人"):
            # The shortest text is the label: instructions name the word, too.
            told = [
                cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str) and word in cell.value
            ]
            cell = min(told, key=lambda own: len(own.value), default=None)
            if outcome.hold(cell, f"{path.name} has no {word}"):
                beside = hand.beside(page, cell)
                unlocked = not page.protection.sheet or not cell.protection.locked or not beside.protection.locked
                outcome.hold(unlocked, f"{path.name}: {word} is locked")
    return outcome


def filled(path, out):
    """Filled in as a careful unit does: half of the money has come, a quarter is spent."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = {}
    for row in page.iter_rows():
        own = {re.sub(r"[（(].*", "", str(cell.value)): cell.column for cell in row if cell.value is not None}
        if "工作任务" in own:
            heads, first = own, row[0].row
            break
    for row in range(first + 1, page.max_row + 1):
        if not isinstance(page.cell(row, heads["序号"]).value, (int, float)):
            continue
        funds = page.cell(row, heads["资金"]).value or 0
        due = str(page.cell(row, heads["时间进度"]).value or "")
        month = re.search(r"年(\d+)月", due)
        done = month and int(month[1]) <= 8
        page.cell(row, heads["已到位资金"]).value = funds
        page.cell(row, heads["已支出资金"]).value = funds if done else funds / 2
        page.cell(row, heads["完成进度"]).value = 100 if done else 50
        page.cell(row, heads["完成情况"]).value = "已完成" if done else "进行中"
    out.parent.mkdir(exist_ok=True, parents=True)
    book.save(out)
    return out


def sent_back(context, how):
    inbox = context.folder()
    paths = [filled(path, context.folder() / path.name) for path in made(context)]
    if how != "openpyxl":
        context.convert(paths, how, inbox)
    else:
        for path in paths:
            path.rename(inbox / path.name)
    return context.run(fixtures.month("given month"), inbox=inbox)


for _how in ("openpyxl", "xlsx", "xls", "ods"):

    @check(f"templates: filled, saved by {'LibreOffice as ' + _how if _how != 'openpyxl' else _how}: status 0")
    def back(context, how=_how):
        outcome = Outcome()
        result = sent_back(context, how)
        found = [
            (f["unit"], f["kind"], f["message"][:60])
            for f in result.report["findings"]
            if f["side"] == "submission" and f["severity"] != "note"
        ]
        outcome.same(result.answer.status, 0, f"status ({found[:3]})")
        standings = {unit["unit"]: unit["standing"] for unit in result.report["units"]}
        outcome.same(set(standings.values()), {"submitted"}, f"standings {standings}")
        return outcome


@check("templates: an untouched template is 未填报, not 已报")
def untouched(context):
    import shutil

    outcome = Outcome()
    inbox = context.folder()
    for path in made(context):
        shutil.copy2(path, inbox)
    result = context.run(fixtures.month("given month"), inbox=inbox)
    for unit in result.report["units"]:
        outcome.same(unit["standing"], "blank", unit["unit"])
    page = pages.sheet(result.book, "总览")
    outcome.hold("未填报" in " ".join(pages.words(page).values()), "总览 does not say 未填报")
    return outcome
