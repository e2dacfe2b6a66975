#!/usr/bin/env python3
"""Holds what duibiao calls a total against the formulas of real workbooks.

A row whose figures are sums of rows of its own column (`=SUM(C5:C9)`, `=C5+C9+C12`) is a total, whatever it is called; a row
without such a formula is none, unless its figures are the sum of rows beside it all the same. Each workbook of
the repositories given is drafted and read with its own draft. See README.md.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import openpyxl

SUM = re.compile(r"^=(?:\+?SUM\(([^()]*)\)|\+?\$?[A-Z]{1,3}\$?\d+(?:\+\$?[A-Z]{1,3}\$?\d+)+)$", re.I)
PART = re.compile(r"^\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$", re.I)


def summed(formula, column, row):
    """The rows that a formula adds up in its own column; none where it does anything else."""
    if not isinstance(formula, str) or not SUM.match(formula):
        return set()
    inner = formula[1:].lstrip("+")
    parts = re.split(r"[,+;]", inner[4:-1] if inner.upper().startswith("SUM(") else inner)
    rows = set()
    for part in parts:
        found = PART.match(part.strip())
        if not found:
            return set()
        first, top, last, bottom = found.groups()
        if {first.upper(), (last or first).upper()} != {column}:
            return set()
        rows.update(range(int(top), int(bottom or top) + 1))
    return set() if row in rows else rows


def rows_of(sheet):
    """By row: how many of its figures are sums of rows, how many are figures at all."""
    found = {}
    for cells in sheet.iter_rows():
        sums = figures = 0
        reach = set()
        for cell in cells:
            value = cell.value
            if isinstance(value, bool) or not (isinstance(value, (int, float)) or str(value or "").startswith("=")):
                continue
            figures += 1
            rows = summed(value, cell.column_letter, cell.row)
            sums += bool(rows)
            reach |= rows
        if figures:
            found[cells[0].row] = (sums, figures, len(reach))
    return found


def one(arguments):
    binary, path, folder = arguments
    draft = folder / (path.stem + ".toml")
    run = lambda *words: subprocess.run([binary, "inspect", str(path), *words], capture_output=True, timeout=200, text=True, errors="replace")
    try:
        book = openpyxl.load_workbook(path)
        formulas = {sheet.title: rows_of(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"}
    except Exception as cause:  # a file that is none
        return path.name, f"not a workbook: {type(cause).__name__}", None, None
    if not any(sums for rows in formulas.values() for sums, _, _ in rows.values()):
        return path.name, "no sums", None, None
    try:
        drafted = run("--draft")
        draft.write_text(drafted.stdout)
        if drafted.returncode != 0:
            return path.name, "no draft", formulas, None
        read = run("--pipeline", str(draft))
    except subprocess.TimeoutExpired:
        return path.name, "timed out", formulas, None
    sheets, name = {}, None
    for line in read.stdout.splitlines():
        head = re.match(r"^工作表 (.*?)　", line)
        if head:
            name = head.group(1)
            sheets[name] = {}
        row = re.match(r"^ {2,}(\d+)  (标题|表头|任务|合计|说明|无法归类|无法读取)(.*)", line)
        if row and name is not None:
            sheets[name].setdefault(int(row.group(1)), (row.group(2), row.group(3).strip()))
    return path.name, None, formulas, sheets


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--duibiao", default="target/release/duibiao")
    parse.add_argument("--work", required=True)
    parse.add_argument("--jobs", type=int, default=2)
    parse.add_argument("--full", action="store_true")
    parse.add_argument("books", nargs="+", help="xlsx files, or folders of them")
    options = parse.parse_args()
    folder = pathlib.Path(options.work)
    folder.mkdir(parents=True, exist_ok=True)
    books = []
    for name in map(pathlib.Path, options.books):
        books += sorted(name.glob("**/*.xlsx")) if name.is_dir() else [name]
    why = collections.Counter()
    found = missed = false = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for name, reason, formulas, sheets in pool.map(one, [(options.duibiao, book, folder) for book in books]):
            why[reason or "read"] += 1
            if not sheets:
                continue
            for sheet, rows in sheets.items():
                tasks = [row for row, (role, _) in rows.items() if role in ("任务", "合计")]
                if not tasks or sheet not in formulas:
                    continue
                for row, (role, text) in sorted(rows.items()):
                    sums, figures, reach = formulas[sheet].get(row, (0, 0, 0))
                    is_total = sums * 2 >= figures and reach > 1 and sums > 0
                    if row < min(tasks) or row > max(tasks) + 3:
                        is_total = is_total and role == "合计"
                    if is_total and role == "合计":
                        found += 1
                    elif is_total:
                        missed += 1
                        if options.full:
                            print(f"missed  {name} › {sheet} {row}: {role} {text[:90]}")
                    elif role == "合计" and not sums:
                        false += 1
                        if options.full:
                            print(f"no sum  {name} › {sheet} {row}: {text[:90]}")
    print(dict(why))
    total = found + missed
    print(f"rows that are sums by their formulas {total}, found {found} ({100 * found / max(1, total):.1f} %);"
          f" totals without such a formula {false}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
