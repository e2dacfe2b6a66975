#!/usr/bin/env python3
"""Puts the plans of all cases into other clothes, and holds what is read of each against what is read of it as it was.

    python3 tests/shapes/clothes.py --program target/release/duibiao [--only 121- 166-] [--clothes title,text]

What clothes change nobody means: a column left free, a title or signatures, further sheets, figures that were exported as
text, blanks around words, a blank row above the last. So the plan must have the same tasks, units and sums, and the clean
returns of the case must raise nothing new. Formulas become their values. Needs Python with openpyxl.
"""

import argparse
import collections
import concurrent.futures
import copy
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.utils import column_index_from_string, get_column_letter

ROOT = Path(__file__).resolve().parent.parent.parent


def redrawn(plan, target, down=lambda row, last: row, right=0, content=lambda value, cell: value, more=None, beside=None):
    """Copies values, number formats, merged and hidden parts; `down` says where a row goes, `more` adds to a sheet, `beside` to the book."""
    book, drawn = openpyxl.load_workbook(plan, data_only=True), openpyxl.Workbook()
    drawn.remove(drawn.active)
    for sheet in book.worksheets:
        own, last = drawn.create_sheet(sheet.title), sheet.max_row
        own.sheet_state = sheet.sheet_state
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            put = own.cell(down(cell.row, last), cell.column + right)
            put.value = content(cell.value, cell)
            put.number_format, put.alignment, put.font = cell.number_format, copy.copy(cell.alignment), copy.copy(cell.font)
            if isinstance(put.value, str):
                put.data_type = "s"
        for merge in sheet.merged_cells.ranges:
            own.merge_cells(start_row=down(merge.min_row, last), end_row=down(merge.max_row, last),
                            start_column=merge.min_col + right, end_column=merge.max_col + right)
        for row, dimension in sheet.row_dimensions.items():
            own.row_dimensions[down(row, last)].hidden = dimension.hidden
        for letter, dimension in sheet.column_dimensions.items():
            own.column_dimensions[get_column_letter(column_index_from_string(letter) + right)].hidden = dimension.hidden
        if more and any(isinstance(cell.value, (int, float)) for row in sheet.iter_rows() for cell in row):
            more(own, sheet)
    if beside:
        beside(drawn)
    drawn.save(target)


def title(own, sheet):
    own.cell(1, 1).value = "关于下达项目资金的附表"
    own.merge_cells(start_row=1, end_row=1, start_column=1, end_column=max(2, sheet.max_column))


def signatures(own, sheet):
    row = sheet.max_row + 2
    own.cell(row, 1).value, own.cell(row, 3).value = "填表人：张三", "审核人：李四"
    own.cell(row + 1, 1).value = "注：本表一式两份，由主管部门留存。"


def further_sheets(book):
    book.create_sheet("Sheet2")
    said = book.create_sheet("填表说明")
    for text in ("填表说明", "一、请按表中所列项目逐项填写。", "二、金额以表中所列单位为准，保留两位小数。"):
        said.append([text])


def as_text(value, cell):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or re.search(r"[%ymdE]", (cell.number_format or "").replace("General", "").replace("Red", "")):
        return value
    value = round(value, 6)
    return str(int(value)) if value == int(value) else repr(value)


def blanks(value, cell):
    if not isinstance(value, str) or not value.strip():
        return value
    return value + " " if (cell.row + cell.column) % 2 else "\u3000" + value


CLOTHES = {
    "column": {"right": 1},
    "title": {"down": lambda row, last: row + 2, "more": title},
    "signatures": {"more": signatures},
    "sheets": {"beside": further_sheets},
    "text": {"content": as_text},
    "blanks": {"content": blanks},
    "gap": {"down": lambda row, last: row + (row >= last)},
}


def call(program, folder, *arguments):
    return subprocess.run([program, *map(str, arguments)], cwd=folder, capture_output=True, timeout=300)


def read(program, folder, case, told):
    """What is read of a plan by its own draft, with the clean returns of the case."""
    draft = call(program, folder, "inspect", "plan.xlsx", "--draft")
    if draft.returncode:
        return {"draft": "none"}
    (folder / "pipeline.toml").write_bytes(draft.stdout)
    run = call(program, folder, "run", "pipeline.toml", "--period", told["period"], "--inbox", case / told["clean"], "--archive", "archive", "--no-returns")
    if run.returncode not in (0, 1):
        return {"run": run.stderr.decode("utf-8", "replace")[:80]}
    report = json.loads((folder / run.stdout.decode().split("\n")[-2] / "report.json").read_text())
    kinds = collections.Counter(f"{f['side']}:{f['kind']}" for f in report["findings"] if f["severity"] != "note")
    return {
        "tasks": report["plan"]["tasks"],
        "rows": sorted(line["matched"] for line in report["units"]),
        "sums": sorted((line["field"], line["plan"], line["rows"]) for line in report["totals"]),
        "findings": sorted(kinds.items()),
    }


def judged(program, case, clothes):
    told = json.loads((case / "expected.json").read_text())
    if not told["plan"].endswith(".xlsx"):
        return []
    faults, was = [], None
    for name in [None, *clothes]:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            redrawn(case / told["plan"], folder / "plan.xlsx", **CLOTHES.get(name, {}))
            own = read(program, folder, case, told)
        if was is None:
            was = own
            continue
        differs = [key for key in was | own if was.get(key) != own.get(key)]
        said = "; ".join(f"{key} {own.get(key)}, not {was.get(key)}" for key in differs)
        faults.append((name, said[:200]))
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/duibiao")
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of case names")
    parser.add_argument("--clothes", default=",".join(CLOTHES))
    arguments = parser.parse_args()
    clothes, program = arguments.clothes.split(","), arguments.program.resolve()
    cases = sorted(case.parent for case in (ROOT / "fixtures/shapes").glob("*/expected.json"))
    if arguments.only:
        cases = [case for case in cases if case.name.startswith(tuple(arguments.only))]
    tried, same = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, faults in zip(cases, pool.map(lambda case: judged(program, case, clothes), cases)):
            for name, said in faults:
                tried[name] += 1
                same[name] += not said
                if said:
                    print(f"{case.name:45} {name:10} {said}", flush=True)
    print(", ".join(f"{name} {same[name]} of {tried[name]}" for name in tried))
    sys.exit(same != tried)


if __name__ == "__main__":
    main()
