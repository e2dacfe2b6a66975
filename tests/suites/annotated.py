#!/usr/bin/env python3
"""Holds duibiao's reading of tables against annotations that others made: SAUS, Troy and FUSTE.

Each table is written as a sheet, drafted (`inspect FILE --draft`), and read with its own draft
(`inspect FILE --pipeline DRAFT`). Told are the share of drafts that load and read a row, and, where lines are
annotated (SAUS, Troy), precision, recall and F1 of each role of a line. See README.md for where the files are.
"""

import argparse
import collections
import csv
import gzip
import json
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import openpyxl

ROLES = ["metadata", "header", "group", "data", "derived", "notes"]
# What `inspect` calls a row, as the role that the annotations give it; a note above the last task is
# the name of a group.
ROLE_OF = {
    "标题": "metadata", "表头": "header", "任务": "data", "合计": "derived",
    "说明": "notes", "无法归类": "unplaced", "无法读取": "unplaced",
}


def blob(repository, path):
    """A file of a bare repository, or of a folder with its work tree."""
    folder = pathlib.Path(repository) / path
    if folder.exists():
        return folder.read_bytes()
    return subprocess.run(
        ["git", "-C", repository, "show", f"HEAD:{path}"], check=True, capture_output=True
    ).stdout


def lines_of_strudel(repository, name):
    """Tables of one of Strudel's sets: name, cells, the role of each line."""
    for line in gzip.decompress(blob(repository, f"data/{name}.jl.gz")).splitlines():
        table = json.loads(line)
        yield table["file_name"], table["table_array"], table["line_annotation"]


def files_of_fuste(repository):
    """The annotated files of FUSTE, as csv; their lines have no role beside header and data."""
    known = json.loads(blob(repository, "res/fuste/annotations/annotations_elements.json"))
    for name in sorted(known):
        try:
            text = blob(repository, f"res/fuste/csv/{name}")
        except subprocess.CalledProcessError:
            continue
        yield name, text, None


def number(text):
    """The number that a cell of the first program's float was."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def written(folder, suite, at, name, table):
    """Writes a table as a workbook (SAUS, which is typed) or as csv."""
    stem = f"{at:04}-" + "".join(c if c.isalnum() else "_" for c in pathlib.Path(name).stem)[:60]
    if suite == "saus":
        book = openpyxl.Workbook()
        sheet = book.active
        for row, cells in enumerate(table, 1):
            for column, text in enumerate(cells, 1):
                if text != "":
                    clean = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)
                    cell = sheet.cell(row, column)
                    cell.value = number(clean)
                    if isinstance(cell.value, str):
                        cell.data_type = "s"
        path = folder / f"{stem}.xlsx"
        book.save(path)
        return path
    path = folder / f"{stem}.csv"
    if isinstance(table, bytes):
        path.write_bytes(table)
    else:
        with path.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows(table)
    return path


def classes(report):
    """The class of each row, from what `inspect` prints; a row with several parts has the first."""
    found = {}
    for line in report.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0].isdigit() and words[1] in ROLE_OF and line.startswith("  "):
            found.setdefault(int(words[0]) - 1, ROLE_OF[words[1]])
    tasks = [row for row, role in found.items() if role in ("data", "derived")]
    if tasks:
        first, last = min(tasks), max(tasks)
        for row, role in found.items():
            if role == "notes" and row < last:
                found[row] = "group" if row > first or above_is_header(found, row) else "metadata"
    return found


def above_is_header(found, row):
    """Whether the nearest row above that is no note is a heading: the first group stands there."""
    above = [found[at] for at in sorted(found) if at < row and found[at] not in ("notes", "group")]
    return bool(above) and above[-1] == "header"


REASONS = {
    "没有找到像任务表的表格": "no table found",
    "没有一列能说明每行是什么任务": "no column that names the rows",
    "读不到任何任务": "the draft reads no row",
    "无法读取": "the file is not read",
    "panicked": "panic",
}


def reason(said):
    """Why there is no draft, without the file's name."""
    return next((why for words, why in REASONS.items() if words in said), said.strip()[:100] or "no draft")


def one(arguments):
    binary, folder, suite, at, name, table, roles = arguments
    path = written(folder, suite, at, name, table)
    draft = path.with_suffix(".toml")
    run = lambda *words: subprocess.run(
        [binary, "inspect", str(path), *words], capture_output=True, timeout=300, text=True, errors="replace"
    )
    try:
        drafted = run("--draft")
        draft.write_text(drafted.stdout)
        if drafted.returncode != 0:
            return path.name, None, reason(drafted.stderr), roles
        read = run("--pipeline", str(draft))
    except subprocess.TimeoutExpired:
        return path.name, None, "timed out", roles
    path.with_suffix(".txt").write_text(read.stdout + read.stderr)
    found = classes(read.stdout)
    if read.returncode not in (0, 1) or "data" not in found.values():
        return path.name, None, "loads, reads no row", roles
    return path.name, found, None, roles


def scores(results):
    """Counts by role: right, found, true."""
    right, found, true, confused = (collections.Counter() for _ in range(4))
    for _, own, _, roles in results:
        for row, role in enumerate(roles or []):
            if role == "empty":
                continue
            said = (own or {}).get(row, "nothing")
            true[role] += 1
            found[said] += 1
            right[role] += said == role
            confused[role, said] += 1
    return right, found, true, confused


def tell(title, results, full):
    drafted = [result for result in results if result[1] is not None]
    print(f"\n{title}: {len(results)} tables, drafts that load and read {len(drafted)}"
          f" ({100 * len(drafted) / max(1, len(results)):.1f} %)")
    reasons = collections.Counter(result[2] for result in results if result[2])
    for reason, count in reasons.most_common():
        print(f"  {count:5}  {reason}")
    for label, some in [("all tables", results), ("tables that are read", drafted)]:
        right, found, true, confused = scores(some)
        if not true:
            continue
        print(f"  {label}\n    {'role':10} {'lines':>6} {'prec.':>6} {'recall':>6} {'F1':>6}")
        total = []
        for role in ROLES:
            precision = right[role] / found[role] if found[role] else 0.0
            recall = right[role] / true[role] if true[role] else 0.0
            f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
            total.append(f1)
            print(f"    {role:10} {true[role]:6} {precision:6.3f} {recall:6.3f} {f1:6.3f}")
        print(f"    macro F1 {sum(total) / len(total):.3f}")
        if full and some is drafted:
            for (role, said), count in confused.most_common():
                if role != said:
                    print(f"      {role:9} read as {said:9} {count:5}")


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--duibiao", default="target/release/duibiao")
    parse.add_argument("--strudel", help="the repository HPI-Information-Systems/Strudel")
    parse.add_argument("--mondrian", help="the repository HPI-Information-Systems/Mondrian")
    parse.add_argument("--work", required=True, help="a folder for sheets, drafts and readings")
    parse.add_argument("--only", nargs="*", default=["saus", "troy", "fuste"])
    parse.add_argument("--every", type=int, default=1, help="only each n-th table")
    parse.add_argument("--jobs", type=int, default=2)
    parse.add_argument("--full", action="store_true", help="which role is read as which")
    options = parse.parse_args()
    everything = []
    for suite in options.only:
        if suite == "fuste":
            tables = files_of_fuste(options.mondrian) if options.mondrian else []
        else:
            tables = lines_of_strudel(options.strudel, suite) if options.strudel else []
        folder = pathlib.Path(options.work) / suite
        folder.mkdir(parents=True, exist_ok=True)
        tasks = [
            (options.duibiao, folder, suite, at, *table)
            for at, table in enumerate(tables)
            if at % options.every == 0
        ]
        if not tasks:
            continue
        with ThreadPoolExecutor(options.jobs) as pool:
            results = list(pool.map(one, tasks))
        kept = {name: {"why": why, "roles": roles, "found": found} for name, found, why, roles in results}
        (folder / "results.json").write_text(json.dumps(kept, ensure_ascii=False))
        tell(suite, results, options.full)
        everything.extend(results)
    tell("together", everything, False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
