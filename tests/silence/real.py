#!/usr/bin/env python3
"""From a folder of workbooks that others made, each being its own plan and what is sent in: one thing of the
copy is spoilt at a time, and something must be said of each.

A workbook is drafted and checked against a copy of itself, in which values stand for formulas on both sides.
Prints what is said of the copy before anything is spoilt and must be corrected, every spoiling that stayed
silent, those that are exempt by reason, and sums; the exit status is 1 when any stayed silent.
"""

import argparse
import collections
import json
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import of_book  # noqa: E402
from openpyxl.utils import get_column_letter, range_boundaries  # noqa: E402
from silence import key  # noqa: E402

SECONDS = 60


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--program", required=True)
    parser.add_argument("--limit", type=int, default=20, help="so many spoilings a workbook")
    parser.add_argument("--seed", default="1", help="which")
    parser.add_argument("--cells", type=int, default=15000, help="leave larger workbooks")
    parser.add_argument("--lines", type=Path, help="write every outcome as a line of JSON")
    options = parser.parse_args()
    outcomes, books = [], collections.Counter()
    lines = options.lines and options.lines.open("w", encoding="utf-8")
    for path in sorted(options.folder.rglob("*")):
        if path.suffix not in (".xlsx", ".xlsm", ".csv"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            why, own = spoilt(path, options, Path(folder))
        books[why] += 1
        outcomes += own
        for outcome in own:
            if lines:
                print(json.dumps(outcome, ensure_ascii=False), file=lines, flush=True)
            if outcome["outcome"] in ("silent", "false alarm", "harm"):
                print("{outcome}: {file} › {place}: {kind} {part}: {what}".format(**outcome), flush=True)
    return tell(outcomes, books)


def tell(outcomes, books):
    for why, times in books.most_common():
        print(f"workbooks, {times}: {why}")
    exempt = collections.Counter(each["part"] for each in outcomes if each["outcome"] == "exempt")
    for why, times in exempt.most_common():
        print(f"exempt, {times}: {why}")
    counted = collections.Counter(each["outcome"] for each in outcomes)
    print(", ".join(f"{times} {outcome}" for outcome, times in counted.most_common()))
    return 1 if counted["silent"] or counted["harm"] or not outcomes else 0


@dataclass
class Told:
    """A workbook as its own draft reads it."""

    draft: str
    pipeline: dict
    # By (sheet, row, column): the field that the cell is.
    used: dict = field(default_factory=dict)
    # By (sheet, row): the class of the row; by sheet, the columns that nobody declared, with their headings.
    classes: dict = field(default_factory=dict)
    undeclared: dict = field(default_factory=dict)
    aside: set = field(default_factory=set)
    before: dict = field(default_factory=dict)

    def part(self, sheet, row, column):
        """What the cell is to the reading: a class and, where the cell is one, a field."""
        if sheet in self.aside:
            return "sheet left aside"
        name = self.used.get((sheet, row, column))
        row_class = self.classes.get((sheet, row), "blank")
        if name:
            return f"{row_class} {name}"
        if row_class in ("task", "total", "detail"):
            return f"{row_class} undeclared" if column in self.undeclared[sheet] else f"{row_class} outside"
        return row_class


def spoilt(path, options, folder):
    """Returns what became of the workbook and, for each spoiling of it, the outcome."""
    try:
        book = of_book.load(path)
    except Exception as error:  # Whatever another library says of a damaged file.
        return f"not opened here: {type(error).__name__}", []
    if book.size > options.cells:
        return "larger than --cells", []
    (folder / "sent").mkdir()
    plan, sent, pipeline = folder / f"plan{book.suffix}", folder / "sent" / f"plan{book.suffix}", folder / "p.toml"
    book.save(plan)
    book.save(sent)
    done = run(options.program, "inspect", plan, "--draft", "--out", pipeline)
    if done is None or not pipeline.exists():
        return "no draft", []
    told = reading(options.program, plan, pipeline)
    if told is None:
        return "draft does not load", []
    told.before = check(options.program, sent, pipeline, told)
    if told.before is None:
        return "draft does not run", []

    def outcome(outcome, kind, place, part, what, **more):
        return dict(outcome=outcome, file=str(path.relative_to(options.folder)), kind=kind, place=place,
                    part=part, what=what, **more)

    # What the plan gets wrong, its copy does.
    own = {(line["kind"], line["sheet"], line["cell"]) for line in told.before["findings"] if line["side"] == "plan"}
    alarms = collections.defaultdict(list)
    for line in told.before["findings"]:
        of_plan = (line["kind"], line["sheet"], line["cell"]) in own
        if line["side"] == "submission" and line["severity"] == "mandatory" and not of_plan:
            alarms[line["kind"]].append(line)
    own = [
        outcome("false alarm", kind, f"{lines[0]['sheet']} › {lines[0]['cell']}", f"{len(lines)} times", lines[0]["message"])
        for kind, lines in alarms.items()
    ]
    for number in range(options.limit):
        chosen = random.Random(f"{options.seed} {path.name} {number}")
        kinds = list(of_book.KINDS)
        kind = kinds[(number + int(options.seed)) % len(kinds)] if number < len(kinds) else chosen.choice(kinds)
        book = of_book.load(plan)
        done = of_book.KINDS[kind](book, told, chosen)
        if done is None:
            continue
        book.save(sent)
        after = check(options.program, sent, pipeline, told)
        said, why = judged(told, after, kind, done)
        if said == "silent":
            # That a unit sends nothing any more only a whole run says.
            said, why = judged_by_run(options.program, plan, sent, pipeline, told, kind, done)
        what = f"{done.before!r} → {done.after!r}"
        own.append(outcome(said, kind, f"{done.sheet} › {done.place}", why or done.part, what,
                           number=number, was=done.part, **tells(told, after, done)))
    return "spoilt", own


def run(program, *arguments):
    try:
        return subprocess.run([program, "--lang", "zh", *arguments], capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None


def reading(program, plan, pipeline):
    done = run(program, "inspect", plan, "--pipeline", pipeline, "--format", "json")
    if done is None or done.returncode != 0:
        return None
    text = pipeline.read_text(encoding="utf-8")
    told = Told(text, tomllib.loads(text))
    for sheet in json.loads(done.stdout)["sheets"]:
        name = sheet["name"] or plan.stem
        if not sheet["counts"] or not sheet["tables"]:
            told.aside.add(name)
        columns = [column for table in sheet["tables"] for column in table["columns"]]
        told.undeclared[name] = {
            of_book.column(column["column"]): column["heading"] for column in columns if not column["name"]
        }
        for row in sheet["rows"]:
            told.classes[name, row["row"]] = row["class"]
            for each in row.get("fields", ()):
                place = of_book.place(each["at"])
                told.used[(name, *place)] = each["name"]
    return told


def check(program, sent, pipeline, told):
    done = run(program, "check", sent, "--pipeline", pipeline, "--period", period(told), "--format", "json")
    return json.loads(done.stdout) if done and done.returncode in (0, 1) else None


def judged_by_run(program, plan, sent, pipeline, told, kind, done):
    reports = []
    for number, inbox in enumerate([plan, sent]):
        place = sent.parent.parent / f"inbox-{number}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        shutil.copy(inbox, place / sent.name)
        done_run = run(program, "run", pipeline, "--period", period(told), "--inbox", place, "--archive", place / "archive",
                       "--no-returns", "--no-data")
        if done_run is None or done_run.returncode not in (0, 1):
            return "told", "no report"
        report = Path(done_run.stdout.decode().strip()) / "report.json"
        reports.append(json.loads(report.read_text(encoding="utf-8")))
    told.before, check_before = reports[0], told.before
    outcome = judged(told, reports[1], kind, done)
    told.before = check_before
    return outcome


def period(told):
    return max([plan.get("from", "") for plan in told.pipeline["intake"]["plan"]] + ["2020-08"])


def new_findings(told, after, done):
    # A row that came or went moves the cells that are named.
    moved = done.part.endswith(" row")

    def told_by(line):
        return key(line) if moved else (*key(line), line["message"])

    known = collections.Counter(told_by(line) for line in told.before["findings"] if line["side"] == "submission")
    for line in after["findings"]:
        if line["side"] != "submission":
            continue
        if known[told_by(line)] > 0:
            known[told_by(line)] -= 1
        else:
            yield line


def tells(told, after, done):
    new = list(new_findings(told, after, done)) if after else []
    return {"told": [f"{line['severity'][0]}:{line['kind']}" for line in new][:8], "message": [line["message"] for line in new][:2]}


def judged(told, after, kind, done):
    """Returns the outcome, and why where it is exempt."""
    if after is None:
        return "told", "no report"
    new = list(new_findings(told, after, done))
    if kind.startswith("hide"):
        others = [line for line in new if line["kind"] != "hidden-content"]
        gone = len(told.before["findings"]) - len(after["findings"]) + len(new)
        if others or gone > 1:
            return "harm", None
        return ("told", None) if new or done.part == "sheet left aside" else ("silent", None)
    naming = [line for line in new if names(line, done)]
    if naming:
        return ("told" if any(line["severity"] != "note" for line in naming) else "told as a note"), None
    why = exemption(told, kind, done)
    return ("exempt", why) if why else ("silent", None)


def names(line, done):
    """Whether a finding points into the row or the column of what was spoilt, or at no cell, since what it is
    about is gone."""
    if not line["cells"] or (done.part.endswith(" row") and line["kind"].startswith("task-")):
        return True
    if line["sheet"] != done.sheet:
        return False

    def crosses(cells):
        left, top, right, bottom = range_boundaries(cells)
        return any(top <= row <= bottom for row in done.rows) or any(left <= at <= right for at in done.columns)

    return any(map(crosses, line["cells"]))


def exemption(told, kind, done):
    """Nothing is owed by what the reading itself says is not read or not compared."""
    row_class, _, name = done.part.partition(" ")
    said = told.draft + "".join(line["message"] for line in told.before["findings"])
    if done.part == "sheet left aside":
        return "a sheet that is left aside, and said so" if done.sheet in said else None
    if row_class in ("title", "note"):
        return f"a {row_class}"
    if row_class == "blank":
        return "a row of blanks"
    if row_class == "unplaced" and any(covers(line, done) for line in told.before["findings"]):
        return "a row that is unplaced, and said to be"
    if name == "undeclared" and row_class in ("task", "detail", "total"):
        heading = told.undeclared[done.sheet][done.column]
        named = "“" + str(heading) in said or any(covers(line, done) for line in told.before["findings"])
        return "a column nobody declared, and said so" if named else None
    if name in ("undeclared", "outside") and any(covers(line, done) for line in told.before["findings"]):
        return "outside the table, and said so"
    columns = {column["name"]: column for column in told.pipeline["normalise"]["column"]}
    compared = {each["field"] for each in told.pipeline.get("check", {}).get("compare", ())}
    if row_class == "task" and name in columns and name not in compared:
        return "declared and not compared" if columns[name].get("type") != "amount" else None
    nobodys = (line for line in told.before["findings"] if line["kind"] == "unit-unknown")
    if any(covers(line, done, anywhere=True) for line in nobodys):
        return "a row that is nobody's, and said to be"
    doubted = (line for line in told.before["findings"] if line["kind"] in ("value-unreadable", "value-imprecise"))
    if any(covers(line, done) for line in doubted):
        return "a cell that cannot be read, and is said to be"
    if row_class == "task" and columns.get(name, {}).get("type") == "month" and within_month(done):
        return "another day of the month"
    if row_class == "total":
        if not of_book.is_figure(done.before):
            return "words of a total"
        if done.after is None:
            return "a total need not be printed"
        if columns.get(name, {}).get("type") in ("text", "choice", "month", "date"):
            return "words of a total"
        if columns.get(name, {}).get("summed") is False:
            return "a total of what is not summed"
    if done.after is None and set(map(str, done.whole or [done.before])) <= {"0", "0.0"}:
        return "a blank where the plan has 0"
    if done.after is None and done.above is not None and set(done.whole or [done.before]) == {done.above}:
        return "a name left blank below the same name"
    return None


def within_month(done):
    return isinstance(done.before, (int, float)) and done.after is not None and abs(done.after - done.before) <= 1


def covers(line, done, anywhere=False):
    """Whether a finding points at what was spoilt, or anywhere into its row."""
    return line["sheet"] == done.sheet and any(
        (anywhere or left <= done.column <= right or not done.column) and any(top <= row <= bottom for row in done.rows[:2])
        for left, top, right, bottom in map(range_boundaries, line["cells"])
    )


if __name__ == "__main__":
    sys.exit(main())
