#!/usr/bin/env python3
"""From a month that agrees, takes away or spoils one thing at a time; something must be said of each.

Prints how many spoilings there were, how many were told, which are exempt and why, and every one
that stayed silent; the exit status is 1 when any did.
"""

import argparse
import collections
import csv
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from months import ROOT, months  # noqa: E402
from openpyxl.utils import column_index_from_string, range_boundaries  # noqa: E402
from spoilings import exemption, of_cover, of_grid  # noqa: E402

import formats  # noqa: E402

FATES = ("title", "heading", "used", "total", "note", "undeclared", "outside", "unreadable")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=ROOT / "target" / "release" / "duibiao")
    parser.add_argument("--limit", type=int, default=0, help="at most so many spoilings a unit's file; 0: all")
    parser.add_argument("--seed", default="1", help="which, when not all")
    parser.add_argument("--unit", help="only the file of this unit")
    parser.add_argument("--keep", type=Path, help="write the spoilt files here instead, for a test to try")
    options = parser.parse_args()
    program = Path(options.program).resolve()
    if options.keep:
        for month in months(program):
            keep(month, options, options.keep / month.pipeline.stem)
        return 0
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        for month in months(program):
            place = Path(folder) / month.period
            outcomes += spoilt_sheets(program, month, options, place, pool)
            if not options.unit:
                outcomes += spoilt_months(program, month, place, pool)
    return tell(outcomes)


def tell(outcomes):
    exempt = collections.Counter(why for _, told, why in outcomes if not told and why)
    silent = [what for what, told, why in outcomes if not told and not why]
    for what in silent:
        print(f"silent: {what}")
    for why, times in sorted(exempt.items()):
        print(f"exempt, {times}: {why}")
    told = sum(told for _, told, _ in outcomes)
    print(f"{len(outcomes)} spoilings: {told} told, {sum(exempt.values())} exempt, {len(silent)} silent")
    if not outcomes:
        print("nothing was spoilt, so nothing is shown")
        return 1
    return 1 if silent else 0


def spoilt_sheets(program, month, options, folder, pool):
    """Every cell, row and column of every sheet of every unit.

    One spoiling of each unit goes through the program at once: what is said of one unit's file is
    no answer for another's.
    """
    before = check(program, month, {}, folder / "agrees")
    if before is None or before["verdict"] != "agrees":
        return [(f"{month.period}: does not agree before anything is spoilt", False, None)]
    todo = []
    for submission in month.submissions:
        if options.unit and submission.unit != options.unit:
            continue
        own = [(submission, *numbered) for numbered in of_submission(submission)]
        if options.limit:
            chosen = random.Random(f"{options.seed} {submission.name}")
            own = chosen.sample(own, min(options.limit, len(own)))
        todo.append(own)

    def at_once(numbered):
        number, spoilings = numbered
        spoilings = [spoiling for spoiling in spoilings if spoiling]
        after = check(program, month, dict(map(spoilt, spoilings)), folder / str(number))
        if after is None and len(spoilings) > 1:
            return [one for each in spoilings for one in at_once((f"{number} {each[0].unit}", [each]))]
        return [judged(before, after, *spoiling) for spoiling in spoilings]

    rounds = pool.map(at_once, enumerate(itertools.zip_longest(*todo)))
    return [outcome for outcomes in rounds for outcome in outcomes]


def keep(month, options, folder):
    """Writes the month, and rounds of it in which one thing is spoilt of each unit's file; nothing
    that is exempt."""
    for submission in month.submissions:
        put(folder / "agrees" / submission.name, written(submission, submission.grids))
    lines = []
    for submission in month.submissions:
        own = [numbered for numbered in of_submission(submission) if not exemption(numbered[1])]
        chosen = random.Random(f"{options.seed} {submission.name}")
        for number, (at, spoiling) in enumerate(chosen.sample(own, min(options.limit, len(own)))):
            name, grids = spoilt((submission, at, spoiling))
            put(folder / f"{number + 1:02}" / name, written(submission, grids))
            what = f"{spoiling.part} {spoiling.role} {spoiling.kind}"
            place = f"{submission.grids[at].name} › {spoiling.place}"
            lines.append((f"{number + 1:02}", name, submission.unit, place, what))
    with open(folder / "spoilings.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("round", "file", "unit", "place", "what"))
        table.writerows(sorted(lines))


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def of_submission(submission):
    """Every spoiling of a file, with the place of its sheet."""
    for at, grid in enumerate(submission.grids):
        of = of_grid if at == submission.main else of_cover
        for spoiling in of(grid, submission.form):
            yield at, spoiling


def spoilt(numbered):
    submission, at, spoiling = numbered
    return submission.name, submission.grids[:at] + [spoiling.grid] + submission.grids[at + 1 :]


def judged(before, after, submission, at, spoiling):
    sheet = submission.grids[at].name
    what = f"{submission.name} › {sheet} › {spoiling.place}: {spoiling.part} {spoiling.role} {spoiling.kind}"
    if after is None:
        return f"{what}: no report", False, None
    if not adds_up(after, submission):
        return f"{what}: the cells of the file do not add up", False, None
    return what, names_place(before, after, submission, spoiling), exemption(spoiling)


def names_place(before, after, submission, spoiling):
    """Whether a finding about the unit or its file is new that points into the row or column of
    what was spoilt, or is about what is not there any more and so points at no cell. A title may
    say the unit of money of any cell."""
    row, column = place_of(spoiling.place)
    # Where a line of a heading was taken away, the line above it is what is left to point at.
    first = row - 1 if row and spoiling.kind == "removed" and spoiling.part == "heading" else row

    def crosses(cells):
        left, top, right, bottom = range_boundaries(cells)
        return (row and top <= row and first <= bottom) or (column and left <= column <= right)

    return any(
        spoiling.part in ("title", "cover") or not line["cells"] or any(map(crosses, line["cells"]))
        for line in new_findings(before, after, submission)
    )


def place_of(place):
    """The row and the column, counted from one, of `C14`, `row 14` or `column C`."""
    letters = "".join(filter(str.isupper, place))
    digits = "".join(filter(str.isdigit, place))
    return int(digits) if digits else None, column_index_from_string(letters) if letters else None


def new_findings(before, after, submission):
    known = findings(before)
    for line in after["findings"]:
        if line["side"] != "submission":
            continue
        if known[key(line)] > 0:
            known[key(line)] -= 1
        elif line["unit"] == submission.unit or line["file"] == submission.name:
            yield line


def adds_up(report, submission):
    """Whether every cell of a file that is not blank has a fate."""
    own = [line for line in report["cells"] if line["file"] == submission.name]
    return all(line["nonblank"] == sum(line[fate] for fate in FATES) for line in own)


def spoilt_months(program, month, folder, pool):
    """Every sheet and every file of the month."""

    def inbox(place, other=None, content=None):
        place.mkdir(parents=True)
        for submission in month.submissions:
            if submission is not other:
                content_here = written(submission, submission.grids)
                (place / submission.name).write_bytes(content_here)
            elif content is not None:
                (place / submission.name).write_bytes(content)
        return place

    before = run(program, month, inbox(folder / "month"), folder / "archive")
    todo = [
        (submission, what, content)
        for submission in month.submissions
        for what, content in of_file(submission)
    ]

    def one(numbered):
        number, (submission, what, content) = numbered
        place = folder / f"month-{number}"
        after = run(program, month, inbox(place, submission, content), folder / f"archive-{number}")
        told = before and after and says_more(before, after, submission)
        return f"{submission.name}: {what}", bool(told), None

    return list(pool.map(one, enumerate(todo)))


def of_file(submission):
    """What can become of a whole file and of its table's sheet, with the bytes that are left."""
    whole = written(submission, submission.grids)
    covers = [formats.Grid(grid.name, {(0, 0): "封面"}) for grid in submission.grids]
    yield "file removed", None
    yield "file emptied", b""
    yield "table removed", written(submission, covers)
    if submission.form == "csv":
        return
    yield "file cut short", whole[: len(whole) // 2]
    cover = formats.Grid("封面", {(0, 0): "封面", (1, 0): f"填报单位：{submission.unit}"})
    others = [grid for at, grid in enumerate(submission.grids) if at != submission.main]
    yield "sheet removed", written(submission, [cover, *others])
    main = submission.grids[submission.main]
    hidden = formats.Grid(**(vars(main) | {"hidden": True}))
    yield "sheet hidden", written(submission, [cover, *others, hidden])


def written(submission, grids):
    return formats.write(submission.form, grids, "gb18030")


def check(program, month, instead, folder):
    """Returns the report on the month's files, some with other grids; none when the program could
    not do it."""
    folder.mkdir(parents=True)
    for submission in month.submissions:
        grids = instead.get(submission.name, submission.grids)
        (folder / submission.name).write_bytes(written(submission, grids))
    files = sorted(folder.iterdir())
    command = [program, "check", *files, "--pipeline", month.pipeline, "--period", month.period]
    done = subprocess.run([*command, "--format", "json"], capture_output=True)
    return json.loads(done.stdout) if done.returncode in (0, 1) else None


def run(program, month, inbox, archive):
    command = [program, "run", month.pipeline, "--period", month.period, "--inbox", inbox]
    done = subprocess.run([*command, "--archive", archive, "--no-returns"], capture_output=True)
    if done.returncode not in (0, 1):
        return None
    report = Path(done.stdout.decode().strip()) / "report.json"
    return json.loads(report.read_text(encoding="utf-8"))


def says_more(before, after, submission):
    """Whether the report has a finding about the unit or its file that was not there before, or
    owns to more checks of the unit that were not made."""
    new = findings(after) - findings(before)
    if any(unit == submission.unit or file == submission.name for unit, file, *_ in new):
        return True
    more = unchecked(after) - unchecked(before)
    return any(unit == submission.unit for unit, _ in more)


def findings(report):
    return collections.Counter(
        key(line) for line in report["findings"] if line["side"] == "submission"
    )


def key(line):
    names = ("unit", "file", "kind", "seq", "field", "expected", "found", "typed")
    # Cells by their number: a row that is taken away moves the others.
    return (*(line[name] for name in names), len(line["cells"]))


def unchecked(report):
    counted = collections.Counter()
    for line in report["coverage"]:
        counted[line["unit"], line["rule"]] += line["not_checked"]
    return counted


if __name__ == "__main__":
    sys.exit(main())
