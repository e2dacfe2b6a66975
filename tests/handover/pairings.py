"""Doubtful pairings, headings and waivers decided in the workbook (待定事项)."""

import re
import shutil
from decimal import Decimal

import hand
import openpyxl
import pages
import recount
from support import ROOT, Outcome, check

CASE = ROOT / "fixtures" / "cases" / "decided-pairs"
ROW = "大坪村文化中心建设"


def doubtful(context, with_number=""):
    """A row that is like two tasks: its amounts and the pages of the first run. A personal number in its text
    is masked on all pages."""

    def make():
        case = CASE
        if with_number:
            case = shutil.copytree(CASE, context.folder() / "case")
            for path in case.rglob("*.csv"):
                text = re.sub(r"大坪村文化\w\w建设", rf"\g<0>{with_number}", path.read_text("utf-8"))
                path.write_text(text, "utf-8")
        month = recount.Month(
            "doubtful pair", case / "undecided.toml", "2024-05", case / "inbox" / "2024-05", ["东山镇"], [], [], set(),
            {"funds": "资金"}, ["funds"], "万元", "村级公益事业补助核对",
        )  # fmt: skip
        return month, context.run(month, archive=context.folder() / "archive")

    return context.kept(("doubtful", with_number), make)


@check("pairings: the doubtful row waits on a page 待定事项, with the tasks that it may be")
def waits(context):
    outcome = Outcome()
    month, result = doubtful(context)
    pair = next(f for f in result.report["findings"] if f["kind"] == "pair-doubtful")
    pages_with = [page for page in pages.book(result.book) if pages.tables(page, "对应任务")]
    outcome.hold(pages_with, f"no page has a column 对应任务: {pages.book(result.book).sheetnames}")
    told = "\n".join("\n".join(pages.words(page).values()) for page in pages_with)
    for word in ("大坪村文化广场建设", "大坪村文化礼堂建设"):
        outcome.hold(word in told, f"{word} is not beside the doubtful row {pair['id']}")
    return outcome


def copied(context, result):
    """An archive that goes on from the first run alone."""
    archive = context.folder() / "archive"
    shutil.copytree(result.folder.parents[2], archive)
    return archive


def decide(context, choice, task, with_number=""):
    month, result = doubtful(context, with_number)
    book = openpyxl.load_workbook(result.book)
    pair = next(f for f in result.report["findings"] if f["kind"] == "pair-doubtful")
    for page in book.worksheets:
        for row in page.iter_rows():
            heads = {str(cell.value): cell.column for cell in row if cell.value is not None}
            if "对应任务" not in heads:
                continue
            for at in range(row[0].row + 1, page.max_row + 1):
                line = " ".join(str(cell.value) for cell in page[at] if cell.value is not None)
                if pair["id"] in line or ROW in line:
                    page.cell(at, heads["处理"]).value = choice
                    page.cell(at, heads["对应任务"]).value = task
                    page.cell(at, heads["处理人"]).value = "王小明"
                    if "处理意见" in heads:
                        page.cell(at, heads["处理意见"]).value = "电话核实"
                    return hand.saved(book, context.folder() / "decided.xlsx")
    return None


@check("pairings: 同一任务 typed in the workbook: the next run pairs them and says who; amounts add up")
def same(context):
    outcome = Outcome()
    month, result = doubtful(context)
    path = decide(context, "同一任务", "大坪村文化广场建设")
    if not outcome.hold(path, "no row to decide on"):
        return outcome
    archive = copied(context, result)
    after = context.run(month, "--answers", path, archive=archive)
    kinds = [f["kind"] for f in after.report["findings"]]
    outcome.hold("pair-doubtful" not in kinds, "the row is still doubtful")
    difference = [f for f in after.report["findings"] if f["field"] == "funds" and f["kind"] == "value-differs"]
    outcome.hold(
        difference and difference[0]["difference"] == "-2.3", "the pair's amounts are not held against each other"
    )
    told = "\n".join("\n".join(pages.words(page).values()) for page in pages.book(after.book))
    outcome.hold("王小明" in told, "nobody says who decided")
    later = context.run(month, archive=archive)
    outcome.hold("pair-doubtful" not in [f["kind"] for f in later.report["findings"]], "the run after forgets it")
    return outcome


@check("pairings: a row whose text holds a personal number, masked where it is decided on: paired all the same")
def masked(context):
    outcome = Outcome()
    number = "联系人13812341234"
    # As the page shows the task.
    for choice, task in (("同一任务", "大坪村文化广场建设联系人138****1234"), ("不是同一任务", None)):
        month, result = doubtful(context, number)
        path = decide(context, choice, task, number)
        if not outcome.hold(path, "no row to decide on"):
            continue
        told = "\n".join("\n".join(pages.words(page).values()) for page in pages.book(result.book))
        outcome.hold("138****1234" in told and "13812341234" not in told, "the number is not masked")
        after = context.run(month, "--answers", path, archive=copied(context, result))
        kinds = [f["kind"] for f in after.report["findings"]]
        bad = [kind for kind in kinds if kind in ("pair-doubtful", "rule-unused", "decision-refused")]
        outcome.hold(not bad, f"{choice}: {bad}")
    return outcome


@check("pairings: 不是同一任务: the row is extra, the task is missing, and the bridge holds both")
def other(context):
    outcome = Outcome()
    month, result = doubtful(context)
    path = decide(context, "不是同一任务", None)
    if not outcome.hold(path, "no row to decide on"):
        return outcome
    after = context.run(month, "--answers", path, archive=copied(context, result))
    kinds = [f["kind"] for f in after.report["findings"]]
    outcome.hold("pair-doubtful" not in kinds and kinds.count("task-extra") >= 2, f"kinds {kinds}")
    return outcome


@check("pairings: while a pair is doubtful, list and bridge hold its money")
def money(context):
    outcome = Outcome()
    _, result = doubtful(context)
    line = next(line for line in result.report["bridge"] if line["unit"] == "东山镇")
    moved = sum(
        (pages.number(own["影响金额"]) or 0)
        for own in pages.findings(result.book)
        if pages.text(own["金额字段"]) == "资金"
    )
    outcome.same(
        Decimal(moved), Decimal(line["reported"]) - Decimal(line["plan"]), "影响金额 of 东山镇 while a pair is doubtful"
    )
    outcome.same(Decimal(line["residual"]), Decimal(0), "residual")
    outcome.same(Decimal(line["plan"]), Decimal("69.8"), "plan of 东山镇")
    return outcome
