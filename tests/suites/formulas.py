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
import zipfile
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

SUM = re.compile(r"^\+?(?:(?:SUM|SUBTOTAL)\(([^()]*)\)|\$?[A-Z]{1,3}\$?\d+(?:\+\$?[A-Z]{1,3}\$?\d+)+)$", re.I)
PART = re.compile(r"^(\$?)([A-Z]{1,3})(\$?)(\d+)(?::(\$?)([A-Z]{1,3})(\$?)(\d+))?$", re.I)
CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOST_BYTES = 60_000_000


def place(letters):
    """A column's number by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def summed(formula, at, written):
    """What a formula adds up of its own column: the rows, "across" where it adds up its own row, None where it does
    anything else. A formula for several cells is written at another."""
    if not SUM.match(formula):
        return None
    inner = formula.lstrip("+")
    named = re.match(r"^(SUM|SUBTOTAL)\((.*)\)$", inner, re.I)
    parts = re.split(r"[,;]" if named else r"[+]", named.group(2) if named else inner)
    if named and named.group(1).upper() == "SUBTOTAL" and parts.pop(0).strip() not in ("9", "109"):
        return None
    rows, across = set(), False
    for part in parts:
        found = PART.match(part.strip())
        if not found:
            return None
        move = lambda text, holds, axis: (int(text) if axis else place(text)) + (0 if holds else at[axis] - written[axis])
        one = found.groups()
        first = (move(one[1], one[0], 0), move(one[3], one[2], 1))
        last = (move(one[5], one[4], 0), move(one[7], one[6], 1)) if one[5] else first
        if first[1] == last[1] == at[1]:
            across = True
        elif first[0] == last[0] == at[0]:
            rows.update(range(min(first[1], last[1]), max(first[1], last[1]) + 1))
        else:
            return None
    if across:
        return None if rows else "across"
    return None if at[1] in rows else rows


def rows_of(part):
    """By row of a sheet's part: how many of its figures are sums of rows, how many are figures at all but for sums of
    the row itself, how many rows with a figure are added up."""
    sums, figures, filled, shared = {}, collections.Counter(), collections.defaultdict(set), {}
    for _, cell in ElementTree.iterparse(part):
        if cell.tag != MAIN + "c":
            if cell.tag == MAIN + "row":
                cell.clear()
            continue
        found = CELL.match(cell.get("r") or "")
        value, formula = cell.find(MAIN + "v"), cell.find(MAIN + "f")
        if not found or cell.get("t", "n") != "n" or (value is None and formula is None):
            continue
        at = (place(found.group(1)), int(found.group(2)))
        filled[at[0]].add(at[1])
        rows = None
        if formula is not None:
            text, written = formula.text or "", at
            if formula.get("t") == "shared":
                text, written = shared.setdefault(formula.get("si"), (text, at))
            rows = summed(text, at, written)
        if rows == "across":
            continue
        figures[at[1]] += 1
        if rows:
            sums.setdefault(at[1], []).append((at[0], rows))
    return {
        row: (len(sums.get(row, [])), count, max((len(rows & filled[column]) for column, rows in sums.get(row, [])), default=0))
        for row, count in figures.items()
    }


def sheets_of(path):
    """By name: the rows of each visible sheet."""
    with zipfile.ZipFile(path) as package:
        relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        parts = {one.get("Id"): one.get("Target").removeprefix("/xl/").removeprefix("xl/") for one in relations}
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        found = {}
        for sheet in book.iter(MAIN + "sheet"):
            target = "xl/" + parts[sheet.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")]
            if sheet.get("state", "visible") != "visible" or "worksheets/" not in target:
                continue
            if package.getinfo(target).file_size > MOST_BYTES:
                raise ValueError("a sheet is too large")
            with package.open(target) as part:
                found[sheet.get("name")] = rows_of(part)
        return found


def one(arguments):
    binary, path, folder = arguments
    draft = folder / (path.stem + ".toml")
    run = lambda *words: subprocess.run([binary, "inspect", str(path), *words], capture_output=True, timeout=100, text=True, errors="replace")
    try:
        formulas = sheets_of(path)
    except Exception as cause:  # a file that is none
        return path.name, f"not a workbook: {type(cause).__name__}", None, None
    is_sum = lambda sums, figures, reach: sums and sums * 2 >= figures and reach > 1
    if not any(is_sum(*row) for rows in formulas.values() for row in rows.values()):
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
