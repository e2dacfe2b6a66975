"""Answers and decisions given in Excel, there and back: what a clerk and the units write into workbooks of ours,
saved by openpyxl and LibreOffice, read back by the next run.

    python3 tests/answers/answers.py target/release/duibiao [NAME…]

Each check is a function of a month; it yields what holds and what was seen.
"""

import inspect
import shutil
import sys
from pathlib import Path

from openpyxl import load_workbook

from support import INBOX, Month, converted, list_of, rows_of, words, write

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def pick(report, severity, side="submission", **fields):
    for one in report["findings"]:
        if one["severity"] == severity and one["side"] == side and all(one[k] == v for k, v in fields.items()):
            if one["unit"] and one["field"]:
                yield one


@check
def the_option(month):
    first = month.run()
    id = next(pick(first.report, "verify"))["id"]
    path = write(first.workbook, month.folder / "a.xlsx", {id: {"情况说明": "改在村口施工"}})
    ran = month.run(more=["--explanations", path])
    yield ran.finding(id)["status"] == "answered", "--explanations", ran.err
    ran = month.run(path)
    yield ran.finding(id)["status"] == "answered", "--answers", ran.err


@check
def answered(month):
    first = month.run()
    one = next(pick(first.report, "verify", unit="天涯区"), None) or next(pick(first.report, "verify"))
    slip = write(first.slip(one["unit"]), month.folder / "s.xlsx", {one["id"]: {"情况说明": "经局务会研究调整，见会议纪要。"}})
    ran = month.run(slip)
    yield ran.finding(one["id"])["status"] == "answered", "answered", ran.finding(one["id"])
    n = sum(1 for f in ran.report["findings"] if f["status"] == "answered")
    front = " ".join(words(ran.workbook, "总览"))
    yield f"已答复 {n} 处" in front, "counted on page one", front[:300]
    row = next(row for row in rows_of(ran.workbook) if row["差异编号"] == one["id"])
    yield "已答复" in row["状态"], "said in the list", row["状态"]
    yield row["情况说明"].startswith("经局务会研究调整"), "shown", row["情况说明"]
    said = " ".join(words(ran.workbook))
    yield "s.xlsx" in said, "the file it came from is named", ""


@check
def empty_words(month):
    first = month.run()
    ids = [one["id"] for one in pick(first.report, "verify")] + [one["id"] for one in pick(first.report, "mandatory")]
    said = ["收到", "好的", "同意", "1", "已阅", "无", "核实无误", "√", "OK", "收到。", "情况属实，无误", "/", "已改", "是的"]
    for at in range(0, len(said), len(ids)):
        part = dict(zip(ids, said[at:at + len(ids)]))
        path = write(first.workbook, month.folder / "e.xlsx", {id: {"情况说明": text} for id, text in part.items()})
        ran = month.run(path)
        told = " ".join(one["message"] for one in ran.of_kind("explanation-empty"))
        for id, text in part.items():
            status = ran.finding(id)["status"]
            yield status == "open" and f"“{text}”" in told, text, status
        month.run(write(ran.workbook, month.folder / "e0.xlsx", {id: {"情况说明": None} for id in part}))


@check
def decisions(month):
    first = month.run()
    verify = [one["id"] for one in pick(first.report, "verify")]
    mandatory = [one["id"] for one in pick(first.report, "mandatory")]
    path = write(first.workbook, month.folder / "d.xlsx", {
        verify[0]: {"处理": "采纳", "处理意见": "已核原件", "处理人": "王敏"},
        verify[1]: {"处理": "退回", "处理意见": "请附文件", "处理人": "王敏"},
        mandatory[0]: {"处理": "豁免", "处理意见": "市局批准", "处理人": "王敏"},
        mandatory[1]: {"处理": "豁免"},
        mandatory[2]: {"处理": "采纳", "处理人": "王敏"},
        mandatory[3]: {"处理": "以后再说", "处理人": "王敏"},
    })
    ran = month.run(path)
    status = lambda ran, id: ran.finding(id)["status"]
    yield status(ran, verify[0]) == "explained", "采纳 closes verify", status(ran, verify[0])
    yield status(ran, verify[1]) == "returned", "退回", status(ran, verify[1])
    yield status(ran, mandatory[0]) == "waived", "豁免", status(ran, mandatory[0])
    yield status(ran, mandatory[1]) == "open", "豁免 without reason and name", status(ran, mandatory[1])
    yield status(ran, mandatory[2]) == "open", "采纳 of mandatory", status(ran, mandatory[2])
    told = " ".join(one["message"] for one in ran.of_kind("decision-refused"))
    yield "处理意见" in told and "豁免" in told, "refused waiver is said", told
    yield "采纳" in told, "refused acceptance is said", told
    yield "以后再说" in told, "another word is said", told
    row = next(row for row in rows_of(ran.workbook) if row["差异编号"] == verify[0])
    yield row["处理"] == "采纳" and row["处理意见"] == "已核原件" and row["处理人"] == "王敏", "shown again", row
    lines = month.decisions()
    about = [line for line in lines if verify[0] in str(line)]
    yield bool(about) and "王敏" in str(about) and "d.xlsx" in str(about), "decisions.jsonl: who, file", lines[:3]
    again = month.run()
    yield status(again, verify[0]) == "explained", "lives on in the next run", status(again, verify[0])
    later = month.run(period="2020-09")
    yield later.finding(verify[0]) is not None and status(later, verify[0]) == "explained", "and in the next period", ""
    yield status(later, mandatory[0]) == "waived", "the waiver, too", status(later, mandatory[0])
    terms = " ".join(words(ran.workbook, "口径说明"))
    yield "王敏" in terms, "said on 口径说明", terms[:200]
    gone = write(again.workbook, month.folder / "w.xlsx", {verify[0]: {"处理": None, "处理意见": None, "处理人": None}, mandatory[0]: {"处理": None}})
    ran = month.run(gone)
    yield status(ran, verify[0]) == "open", "withdrawn by emptying", status(ran, verify[0])
    yield status(ran, mandatory[0]) == "open", "waiver withdrawn", status(ran, mandatory[0])
    again = month.run()
    yield status(again, verify[0]) == "open", "and stays withdrawn", status(again, verify[0])
    yield month.verify().returncode == 0, "history verify", month.verify().stdout


@check
def by_answer(month):
    text = month.pipeline.read_text("utf-8").replace('"../', f'"{month.pipeline.parent.parent}/')
    month.pipeline = month.folder / "sanya-2020.toml"
    month.pipeline.write_text(text + '\n[findings]\naccept = "by-answer"\n' if "\n[findings]" not in text
                              else text.replace("\n[findings]", '\n[findings]\naccept = "by-answer"'), "utf-8")
    first = month.run()
    one = next(pick(first.report, "verify"))
    ran = month.run(write(first.slip(one["unit"]), month.folder / "s.xlsx", {one["id"]: {"情况说明": "经局务会研究调整"}}))
    yield ran.finding(one["id"])["status"] == "explained", "by-answer", ran.finding(one["id"])["status"]


@check
def in_the_inbox(month):
    first = month.run()
    one = next(pick(first.report, "verify"))
    before = {unit["unit"]: unit["standing"] for unit in first.report["units"]}
    write(first.slip(one["unit"]), month.inbox / f"{one['unit']}核实反馈.xlsx", {one["id"]: {"情况说明": "经局务会研究调整"}})
    ran = month.run()
    yield ran.finding(one["id"])["status"] == "answered", "answered", ran.finding(one["id"])["status"]
    yield {unit["unit"]: unit["standing"] for unit in ran.report["units"]} == before, "no submission", ""
    yield not ran.of_kind("submission-duplicate"), "no duplicate", ""


@check
def numbers_lost(month):
    first = month.run()
    one = next(pick(first.report, "mandatory"))
    slip = first.slip(one["unit"])

    def altered(to):
        def change(book, sheet, heading, names):
            for row in range(heading + 1, sheet.max_row + 1):
                cell = sheet.cell(row, names["差异编号"])
                if cell.value == one["id"]:
                    cell.value = to
        return change

    for name, to in {"deleted": None, "shortened": one["id"][:7], "altered": "x" + one["id"][1:], "a number": 12}.items():
        own = Month(month.program)
        base = own.run()
        path = write(base.slip(one["unit"]), own.folder / "s.xlsx", {one["id"]: {"情况说明": "年初结转资金列入本项"}}, altered(to))
        ran = own.run(path)
        told = " ".join(f["message"] for f in ran.of_kind("decision-refused"))
        taken = ran.finding(one["id"])["status"] == "answered"
        everything = " ".join(words(ran.workbook))
        yield "年初结转资金列入本项" in everything, f"{name}: the words are not lost", told
        yield taken or "s.xlsx" in told, f"{name}: reported or taken", told
        yield taken, f"{name}: found by its other columns", told


@check
def the_column_of_numbers_lost(month):
    first = month.run()
    own = [one for one in first.report["findings"] if one["unit"] == "天涯区" and one["severity"] != "note"]
    texts = {one["id"]: {"情况说明": f"计划已调整，第{n}件"} for n, one in enumerate(own)}

    def without(book, sheet, heading, names):
        for row in range(heading, sheet.max_row + 1):
            sheet.cell(row, names["差异编号"]).value = None

    ran = month.run(write(first.slip("天涯区"), month.folder / "s.xlsx", texts, without))
    said = " ".join(words(ran.workbook))
    for one in own:
        text = texts[one["id"]]["情况说明"]
        yield text in said, f"{one['kind']}: the words are not lost", [f["message"] for f in ran.of_kind("decision-refused")][:3]
    taken = sum(1 for one in own if ran.finding(one["id"])["explanation"])
    yield taken >= len(own) - 1, "known by the other columns", (taken, len(own))


@check
def saved_by_others(month):
    first = month.run()
    mandatory = next(pick(first.report, "mandatory"))
    one = next(pick(first.report, "verify"))
    for source, name in [(first.slip(one["unit"]), "slip"), (first.workbook, "consolidated")]:
        answer = {one["id"]: {"情况说明": "经局务会研究调整"}}
        if name == "consolidated":
            answer[one["id"]] |= {"处理": "采纳", "处理意见": "已核原件", "处理人": "王敏"}
        filled = write(source, month.folder / f"{name}.xlsx", answer)
        for ending in ["xlsx", "xls", "ods", "csv"]:
            own = Month(month.program)
            own.run()
            filter = "csv:Text - txt - csv (StarCalc):44,34,76" if ending == "csv" else ending
            if ending == "csv" and name == "consolidated":
                # All sheets are beyond csv: the list alone is saved.
                book = load_workbook(filled)
                sheet, _, _ = list_of(book)
                for other in [s for s in book.worksheets if s is not sheet]:
                    book.remove(other)
                filled = own.folder / "list.xlsx"
                book.save(filled)
            path = converted(filled, filter, own.folder / "saved")
            ran = own.run(path)
            wanted = "explained" if name == "consolidated" else "answered"
            seen = ran.finding(one["id"])["status"] if ran.folder else ran.err
            yield seen == wanted, f"{name} as {ending}", seen if ran.folder is None or seen != "open" else [f["message"] for f in ran.of_kind("decision-refused")][:2]


@check
def rearranged(month):
    first = month.run()
    one = next(pick(first.report, "verify"))
    answer = {one["id"]: {"情况说明": "经局务会研究调整", "处理": "采纳", "处理人": "王敏"}}

    def sorted_rows(book, sheet, heading, names):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=heading + 1)]
        rows.reverse()
        for at, row in enumerate(rows, heading + 1):
            for column, value in enumerate(row, 1):
                sheet.cell(at, column).value = value

    def filtered(book, sheet, heading, names):
        for row in range(heading + 1, sheet.max_row + 1, 2):
            sheet.row_dimensions[row].hidden = True

    def row_inserted(book, sheet, heading, names):
        sheet.insert_rows(heading + 2)
        sheet.insert_rows(1)
        sheet.cell(heading + 3, 2).value = "备注行"

    def column_inserted(book, sheet, heading, names):
        sheet.insert_cols(4)
        sheet.cell(heading, 4).value = "经办"

    def column_hidden(book, sheet, heading, names):
        from openpyxl.utils import get_column_letter
        sheet.column_dimensions[get_column_letter(names["差异编号"])].hidden = True

    def column_deleted(book, sheet, heading, names):
        sheet.delete_cols(names["可能原因"])

    def sheets_deleted(book, sheet, heading, names):
        for other in [s for s in book.worksheets if s is not sheet]:
            book.remove(other)

    for change in [sorted_rows, filtered, row_inserted, column_inserted, column_hidden, column_deleted, sheets_deleted]:
        own = Month(month.program)
        base = own.run()
        ran = own.run(write(base.workbook, own.folder / "c.xlsx", answer, change))
        seen = ran.finding(one["id"])["status"] if ran.folder else ran.err
        yield seen == "explained", change.__name__, (seen, [f["message"] for f in ran.of_kind("decision-refused")][:2] if ran.folder else "")


@check
def figure_changed(month):
    first = month.run()
    one = next(pick(first.report, "mandatory", kind="value-differs", unit="天涯区"), None)
    if one is None:
        one = next(f for f in pick(first.report, "mandatory", kind="value-differs") if f["file"].endswith(".xlsx"))
    month.run(write(first.slip(one["unit"]), month.folder / "s.xlsx", {one["id"]: {"情况说明": "经局务会研究调整"}}))
    path = month.inbox / one["file"]
    book = load_workbook(path)
    cell = book[one["sheet"]][one["cell"]]
    cell.value = (cell.value or 0) + 3 if isinstance(cell.value, (int, float)) else "2021年1月"
    book.save(path)
    ran = month.run()
    row = next((row for row in rows_of(ran.workbook) if row["差异编号"] == one["id"]), None)
    yield row is not None and "经局务会研究调整" in str(row["情况说明"]) and "重新说明" in str(row["情况说明"]), "kept and marked", row
    yield ran.finding(one["id"])["status"] == "open", "open again", ran.finding(one["id"])["status"]


@check
def formula_typed(month):
    first = month.run()
    one = next(pick(first.report, "verify"))
    text = "=HYPERLINK(\"http://example.com\",\"说明\")"

    def as_text(book, sheet, heading, names):
        for row in range(heading + 1, sheet.max_row + 1):
            if sheet.cell(row, names["差异编号"]).value == one["id"]:
                cell = sheet.cell(row, names["情况说明"])
                cell.value = text
                cell.data_type = "s"
    ran = month.run(write(first.slip(one["unit"]), month.folder / "s.xlsx", {}, as_text))
    book = load_workbook(ran.workbook)
    sheet, heading, names = list_of(book)
    formulas = [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "f" and "HYPERLINK" in str(c.value) and "example" in str(c.value)]
    yield not formulas, "no formula", formulas
    yield text in [row["情况说明"] for row in rows_of(ran.workbook)], "text kept", ""
    # A real formula, never calculated: its text is what was typed.
    own = Month(month.program)
    base = own.run()
    ran = own.run(write(base.slip(one["unit"]), own.folder / "s.xlsx", {one["id"]: {"情况说明": "=A1&\"调整\""}}))
    said = " ".join(words(ran.workbook)) if ran.folder else ran.err
    yield "=A1&" in said, "an uncalculated formula is shown", ran.finding(one["id"])["explanation"] if ran.folder else said


@check
def two_answers(month):
    first = month.run()
    one = next(pick(first.report, "verify"))
    a = write(first.slip(one["unit"]), month.folder / "a.xlsx", {one["id"]: {"情况说明": "改在村口施工"}})
    b = write(first.slip(one["unit"]), month.folder / "b.xlsx", {one["id"]: {"情况说明": "资金由区里补足"}})
    ran = month.run(a, b)
    said = ran.finding(one["id"])["explanation"]
    yield "改在村口施工" in said and "资金由区里补足" in said, "both shown", said
    yield "a.xlsx" in said and "b.xlsx" in said, "with their files", said
    c = write(ran.workbook, month.folder / "c.xlsx", {one["id"]: {"情况说明": "资金由区里补足", "处理": "采纳"}})
    ran = month.run(c)
    yield ran.finding(one["id"])["explanation"] == "资金由区里补足" and ran.finding(one["id"])["status"] == "explained", "the clerk chooses", ran.finding(one["id"])["explanation"]


@check
def edited_in_place(month):
    first = month.run()
    one = next(pick(first.report, "verify"))
    write(first.workbook, first.workbook, {one["id"]: {"处理": "采纳", "处理人": "王敏"}})
    ran = month.run()
    yield ran.finding(one["id"])["status"] == "explained", "edited where it lies", ran.err


DOUBT = Path(__file__).resolve().parents[2] / "fixtures" / "cases" / "decided-pairs"


def of_page(book, *names):
    """A table of the page 待定事项 that has these headings: sheet, heading row, columns."""
    sheet = book["待定事项"]
    for row in sheet.iter_rows():
        columns = {cell.value: cell.column for cell in row if cell.value}
        if all(name in columns for name in names):
            return sheet, row[0].row, columns
    raise LookupError(names)


def decide(path, into, names, fits, values):
    """Writes into the lines of a table of 待定事项 that fit; returns how many."""
    book = load_workbook(path)
    sheet, heading, columns = of_page(book, *names)
    written = 0
    row = heading + 1
    while row <= sheet.max_row and sheet.cell(row, 1).alignment is not None:
        line = {name: sheet.cell(row, column).value for name, column in columns.items()}
        if sheet.cell(row, columns["处理"]).value == "处理":
            break
        if fits(line):
            written += 1
            for name, value in values.items():
                sheet.cell(row, columns[name]).value = value
        row += 1
    book.save(into)
    return written


def doubtful(program):
    month = Month(program, inbox=DOUBT / "inbox" / "2024-05", pipeline=DOUBT / "undecided.toml")
    month.name, month.period = "undecided", "2024-05"
    return month


PAIRS = ("报送的任务", "对应任务", "处理")


@check
def pairings(month):
    own = doubtful(month.program)
    first = own.run(period="2024-05")
    doubts = first.of_kind("pair-doubtful")
    yield bool(doubts), "a doubtful pair", [f["kind"] for f in first.report["findings"]]
    book = load_workbook(first.workbook)
    sheet, heading, columns = of_page(book, *PAIRS)
    lines = [{n: sheet.cell(r, c).value for n, c in columns.items()} for r in range(heading + 1, heading + 6)]
    one = next(line for line in lines if line["报送的任务"])
    n = decide(first.workbook, own.folder / "p.xlsx", PAIRS, lambda line: line == one, {"处理": "同一任务", "处理人": "王敏"})
    yield n == 1, "a line a candidate", n
    ran = own.run(own.folder / "p.xlsx", period="2024-05")
    gone = [f for f in ran.of_kind("pair-doubtful") if f["unit"] == one["单位"]]
    yield one["报送的任务"] not in str(gone), "paired", gone
    pair = [pair for pair in ran.report["pairs"] if pair["why"] == "decided"]
    yield bool(pair) and pair[0]["task"] == one["对应任务"], "by decision", ran.report["pairs"]
    yield "王敏" in str([f["message"] for f in ran.report["findings"]]), "and it says who", ""
    terms = " ".join(words(ran.workbook, "口径说明"))
    yield "王敏：同一任务" in terms and "p.xlsx" in terms, "on 口径说明 with who and where", terms[-300:]
    again = own.run(period="2024-05")
    yield any(p["why"] == "decided" for p in again.report["pairs"]), "the next run, too", again.report["pairs"]
    is_it = lambda line: line["报送的任务"] == one["报送的任务"] and line["对应任务"] == one["对应任务"]
    n = decide(again.workbook, own.folder / "w.xlsx", PAIRS, is_it, {"处理": None, "处理人": None})
    ran = own.run(own.folder / "w.xlsx", period="2024-05")
    yield n == 1 and not any(p["why"] == "decided" for p in ran.report["pairs"]), "withdrawn", (n, ran.report["pairs"])
    n = decide(ran.workbook, own.folder / "n.xlsx", PAIRS, lambda line: line["报送的任务"] == one["报送的任务"], {"处理": "不是同一任务", "处理人": "王敏"})
    ran = own.run(own.folder / "n.xlsx", period="2024-05")
    extra = [f for f in ran.of_kind("task-extra") if f["message"].count(one["报送的任务"])]
    yield n > 1 and bool(extra), "not the same: a row of no task", (n, [(f["kind"], f["message"][:60]) for f in ran.report["findings"]])
    yield not ran.of_kind("decision-refused"), "nothing refused", ran.of_kind("decision-refused")


@check
def pairings_in_the_list(month):
    own = doubtful(month.program)
    first = own.run(period="2024-05")
    one = first.of_kind("pair-doubtful")[0]
    plan = (DOUBT / "plan.csv").read_text("utf-8")
    book = load_workbook(first.workbook)
    sheet, heading, columns = of_page(book, *PAIRS)
    task = next(sheet.cell(r, columns["对应任务"]).value for r in range(heading + 1, heading + 9)
                if sheet.cell(r, columns["单位"]).value == one["unit"])
    yield task in plan, "a task of the plan", task
    none = write(first.workbook, own.folder / "none.xlsx", {one["id"]: {"处理": "同一任务", "处理人": "王敏"}})
    ran = own.run(none, period="2024-05")
    yield bool(ran.of_kind("decision-refused")) and not any(p["why"] == "decided" for p in ran.report["pairs"]), "without 对应任务: refused with words", ran.of_kind("decision-refused")
    path = write(ran.workbook, own.folder / "p.xlsx", {one["id"]: {"处理": "同一任务", "对应任务": task, "处理人": "王敏"}})
    ran = own.run(path, period="2024-05")
    yield any(p["why"] == "decided" and p["task"] == task for p in ran.report["pairs"]), "paired", ran.report["pairs"]


@check
def waivers_with_an_end(month):
    first = month.run()
    one = next(pick(first.report, "mandatory"))
    names = ("差异编号", "豁免至", "处理")
    n = decide(first.workbook, month.folder / "u.xlsx", names, lambda line: line["差异编号"] is None,
               {"差异编号": one["id"], "豁免至": "2020年8月", "处理": "豁免", "处理意见": "市局批复", "处理人": "王敏"})
    ran = month.run(month.folder / "u.xlsx")
    yield ran.finding(one["id"])["status"] == "waived", "waived", (n, ran.finding(one["id"])["status"], [f["message"] for f in ran.of_kind("decision-refused")])
    later = month.run(period="2020-09")
    seen = later.finding(one["id"])
    yield seen["status"] != "waived", "over in the next period", seen["status"]
    yield bool(later.of_kind("waiver-expired")), "which is said", ""
    n = decide(later.workbook, month.folder / "v.xlsx", names, lambda line: line["差异编号"] == one["id"], {"豁免至": "2020-12"})
    later = month.run(month.folder / "v.xlsx", period="2020-09")
    yield n == 1 and later.finding(one["id"])["status"] == "waived", "and may be prolonged", (n, later.finding(one["id"])["status"])


@check
def headings(month):
    path = month.inbox / "天涯区.xlsx"
    book = load_workbook(path)
    sheet = book.worksheets[0]
    cell = next(c for row in sheet.iter_rows() for c in row if str(c.value or "").startswith("资金安排（"))
    was, cell.value = cell.value, "拨付口径（万元）"
    book.save(path)
    first = month.run()
    yield bool(first.of_kind("column-missing") or first.of_kind("column-unknown")), "not understood", was
    before = month.extracts(month.folder / "before.jsonl")
    names = ("表中标题", "对应项目", "处理")
    n = decide(first.workbook, month.folder / "h.xlsx", names, lambda line: "拨付口径" in str(line["表中标题"]),
               {"对应项目": "资金", "处理": "采用此列", "处理人": "王敏"})
    ran = month.run(month.folder / "h.xlsx")
    missing = [f for f in ran.of_kind("column-missing") if f["unit"] == "天涯区" or f["file"] == "天涯区.xlsx"]
    yield n == 1 and not missing and "拨付口径" not in str(ran.of_kind("column-unknown")), "adopted", (n, ran.err, [f["message"] for f in missing], [f["message"] for f in ran.of_kind("decision-refused")])
    elsewhere = month.run(more=("--extracts", before))
    yield elsewhere.status == 1 and not [f for f in elsewhere.of_kind("column-missing") if f["file"] == "天涯区.xlsx"], "extracts made before are read anew", elsewhere.err
    again = month.run()
    yield "拨付口径" not in str(again.of_kind("column-unknown")) and not [f for f in again.of_kind("column-missing") if f["file"] == "天涯区.xlsx"], "and the next run, too", ""
    n = decide(again.workbook, month.folder / "x.xlsx", names, lambda line: "拨付口径" in str(line["表中标题"]), {"处理": None})
    ran = month.run(month.folder / "x.xlsx")
    yield n == 1 and bool([f for f in ran.report["findings"] if f["kind"] in ("column-missing", "column-unknown") and f["file"] == "天涯区.xlsx"]), "withdrawn", n


def sign(path, into, **signed):
    book = load_workbook(path)
    sheet = book["总览"]
    for row in sheet.iter_rows():
        for cell in row:
            for role, name in signed.items():
                if isinstance(cell.value, str) and cell.value.startswith(role) and cell.value.endswith("："):
                    sheet.cell(cell.row, cell.column + 1).value = name
    book.save(into)
    return into


@check
def signatures(month):
    first = month.run()
    ran = month.run(sign(first.workbook, month.folder / "q.xlsx", 制表="李静 2020-09-03", 复核="王敏", 日期="2020-09-04"))
    front = " ".join(words(ran.workbook, "总览"))
    yield "李静 2020-09-03" in front and "王敏 2020-09-04" in front, "shown by the next run", front[-400:]
    lines = [line for line in month.decisions() if line["kind"] == "signature"]
    yield len(lines) == 2, "in the record", lines
    one = next(pick(ran.report, "verify"))
    ran = month.run(write(ran.workbook, month.folder / "d.xlsx", {one["id"]: {"处理": "采纳", "处理人": "王敏"}}))
    front = " ".join(words(ran.workbook, "总览"))
    yield "王敏 2020-09-04" in front and "失效" not in front, "an answer voids nothing", front[-300:]
    path = month.inbox / "天涯区.xlsx"
    book = load_workbook(path)
    cell = next(c for row in book.worksheets[0].iter_rows() for c in row if isinstance(c.value, (int, float)) and c.column > 2)
    cell.value += 7
    book.save(path)
    ran = month.run()
    front = " ".join(words(ran.workbook, "总览"))
    yield "失效" in front and "王敏" in front, "void when a figure changed, and said", front[-300:]


@check
def documents(month):
    first = month.run()
    ids = [one for one in pick(first.report, "verify", unit="天涯区")] or list(pick(first.report, "verify"))
    one = ids[0]
    folder = month.folder / "mail"
    folder.mkdir()
    (folder / "会议纪要.pdf").write_bytes(b"%PDF-1.4 minutes")
    slip = write(first.slip(one["unit"]), folder / "s.xlsx", {one["id"]: {"情况说明": "经研究调整，见会议纪要.pdf，另附批复.docx"}})
    ran = month.run(slip)
    import hashlib
    page = " ".join(words(ran.workbook, "来源与守恒"))
    yield hashlib.sha256(b"%PDF-1.4 minutes").hexdigest() in page and "会议纪要.pdf" in page, "found beside, with its hash", page[:500]
    yield "批复.docx" in page and "没有找到" in page, "missing is said", ""
    again = month.run()
    page = " ".join(words(again.workbook, "来源与守恒"))
    yield hashlib.sha256(b"%PDF-1.4 minutes").hexdigest() in page, "and the next run knows it", ""


@check
def the_record(month):
    first = month.run()
    verify = [one["id"] for one in pick(first.report, "verify")]
    path = lambda n: month.folder / f"r{n}.xlsx"
    ran = month.run(write(first.workbook, path(1), {verify[0]: {"处理": "采纳", "处理人": "王敏", "情况说明": "改在村口施工"}}))
    ran = month.run(write(ran.workbook, path(2), {verify[1]: {"处理": "采纳", "处理人": "王敏"}}))
    record = month.archive / "sanya-2020" / "decisions.jsonl"
    whole = record.read_bytes()
    import hashlib
    lines = whole.decode().splitlines()
    chained = all(hashlib.sha256(a.encode()).hexdigest() in b for a, b in zip(lines, lines[1:]))
    yield len(lines) == 3 and chained, "three lines, chained", lines
    yield month.verify().returncode == 0, "sound", month.verify().stdout
    for name, spoilt in {
        "a torn tail": whole[:-30], "a garbled line": whole + b'{"kind": \xff\n', "the last line cut off": "\n".join(lines[:-1]).encode() + b"\n",
        "a word changed": whole.replace("王敏".encode(), "李静".encode()), "emptied": b"", "no file": None,
    }.items():
        record.unlink(missing_ok=True)
        if spoilt is not None:
            record.write_bytes(spoilt)
        told = month.verify()
        allowed = name in ("the last line cut off",)  # as after a power cut: the next run appends it
        yield told.returncode == 1 or allowed, f"{name}: told by verify", told.stdout + told.stderr
        ran = month.run()
        yield ran.status in (0, 1), f"{name}: never blocks", ran.err
        states = [ran.finding(id)["status"] for id in verify[:2]]
        yield states == ["explained", "explained"], f"{name}: nothing lost", (states, ran.err)
    record.write_bytes(whole)
    shutil.rmtree(month.archive / "sanya-2020" / "2020-08")
    ran = month.run()
    states = [ran.finding(id)["status"] for id in verify[:2]]
    yield states == ["explained", "explained"], "without any run folder the decisions stand", states


@check
def an_old_form_takes_nothing_back(month):
    first = month.run()
    verify = [one["id"] for one in pick(first.report, "verify")]
    month.run(write(first.workbook, month.folder / "a.xlsx", {verify[0]: {"处理": "采纳", "处理人": "王敏"}}))
    ran = month.run(write(first.workbook, month.folder / "b.xlsx", {verify[1]: {"处理": "采纳", "处理人": "王敏"}}))
    states = [ran.finding(id)["status"] for id in verify[:2]]
    yield states == ["explained", "explained"], "a copy of run 01 given after run 02", states


@check
def if_new(month):
    first = month.run()
    verify = [one["id"] for one in pick(first.report, "verify")]
    month.run(write(first.workbook, month.folder / "a.xlsx", {verify[0]: {"处理": "采纳", "处理人": "王敏"}}))
    ran = month.run(more=["--if-new"])
    yield ran.folder is None, "no run when nothing was decided since", ran.folder


@check
def same_bytes(month):
    """The same inputs give the same bytes, wherever and whenever."""
    first = month.run()
    verify = [one["id"] for one in pick(first.report, "verify")]
    path = write(first.workbook, month.folder / "a.xlsx", {verify[0]: {"处理": "采纳", "处理人": "王敏", "情况说明": "改在村口施工"}})
    second = month.run(path)
    other = Month(month.program)
    other.run()
    shutil.copy(path, other.folder / "a.xlsx")
    again = other.run(other.folder / "a.xlsx")
    differ = [
        str(file.relative_to(second.folder)) for file in second.folder.rglob("*")
        if file.is_file() and file.name != "run.json" and file.read_bytes() != (again.folder / file.relative_to(second.folder)).read_bytes()
    ]
    yield not differ, "byte for byte", differ
    yield (month.archive / "sanya-2020" / "decisions.jsonl").read_bytes() == (other.archive / "sanya-2020" / "decisions.jsonl").read_bytes(), "the record, too", ""


def main():
    program, names = sys.argv[1], sys.argv[2:]
    held = tried = 0
    for function in CHECKS:
        if names and function.__name__ not in names:
            continue
        month = Month(program)
        try:
            for holds, what, seen in function(month):
                tried += 1
                held += bool(holds)
                print(f"{'ok  ' if holds else 'FAIL'} {function.__name__}: {what}" + ("" if holds else f"  <- {str(seen)[:400]}"), flush=True)
        except Exception as error:  # noqa: BLE001 - one check that breaks is told, and the others go on
            tried += 1
            import traceback
            print(f"FAIL {function.__name__}: {type(error).__name__}: {error}", traceback.format_exc()[-500:])
        month.holder.cleanup()
    print(f"{held} of {tried} held")
    return held != tried


if __name__ == "__main__":
    sys.exit(main())
