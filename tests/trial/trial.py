#!/usr/bin/env python3
"""Plants faults in random submissions and proves that duibiao finds them all, and nothing else.

    python3 tests/trial/trial.py --submissions 2000 --seed 1

Needs Python 3.9 or later with openpyxl, xlwt and odfpy.
"""

import argparse
import collections
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import files  # noqa: E402
import history  # noqa: E402
import plan  # noqa: E402
import pipelines  # noqa: E402
import verdict  # noqa: E402
from build import shared, submission  # noqa: E402


@dataclass
class Terms:
    """What holds for all submissions of one run."""

    pipeline: str = "sanya-2020"
    compared: frozenset = frozenset({"funds", "use", "due", "central"})
    rules: frozenset = frozenset({"balance", "central <= funds"})
    reworded: bool = False
    history: bool = False


@dataclass
class Outcome:
    number: int
    table: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)
    dimensions: list = field(default_factory=list)  # (dimension, value, unit)
    submissions: int = 0
    planted: int = 0
    quiet: int = 0


def one_run(job):
    """Generates one inbox, runs the program and compares."""
    number, seed, program, keep = job
    rng = random.Random(f"{seed}-{number}")
    tasks = plan.read(ROOT / "fixtures/plan/master-plan.xlsx")
    terms = Terms()
    draw = rng.random()
    if draw < 0.06:
        terms = Terms("no-central", frozenset({"funds", "use", "due"}), frozenset({"balance"}))
    elif draw < 0.12:
        terms = Terms("no-balance", frozenset({"funds", "use", "due"}), frozenset())
    elif draw < 0.25:
        terms.reworded = True
    elif draw < 0.4:
        terms.history = True
    folder = Path(tempfile.mkdtemp(prefix=f"trial-{number}-"))
    try:
        subs = generate(rng, tasks, terms, folder / "inbox")
        whole_limit(subs)
        pipeline = pipelines.path(terms.pipeline, folder, ROOT)
        if terms.history:
            history.generate(rng, subs, tasks, terms, folder / "july")
            run(program, pipeline, folder, "2020-07", folder / "july")
        report = run(program, pipeline, folder, "2020-08", folder / "inbox")
        if isinstance(report, str):
            return Outcome(number, wrong=[verdict.Fault("no result", "", "", report, "")])
        table, wrong = verdict.judge(subs, report)
        outcome = Outcome(number, table, wrong)
        for sub in subs:
            outcome.submissions += 1
            outcome.planted += sum(1 for e in sub.expects if e.severity != "note")
            outcome.quiet += not any(e.severity != "note" for e in sub.expects)
            if sub.tables:
                cuts = sub.layout.dimensions() | {"texts": wording_of(terms)}
                outcome.dimensions += [(*cut, sub.unit) for cut in cuts.items()]
        return outcome
    finally:
        if keep:
            print(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def wording_of(terms):
    return "all shuffled, renumbered, re-worded" if terms.reworded else "as it comes"


def generate(rng, tasks, terms, inbox):
    inbox.mkdir(parents=True)
    subs, written = [], set()
    units = list(dict.fromkeys(task.unit for task in tasks))
    together = rng.sample(units, rng.choice([2, 3])) if rng.random() < 0.15 else []
    if together and not terms.history:
        units = [unit for unit in units if unit not in together]
        for sub in shared(rng, together, tasks, terms):
            subs.append(sub)
            written |= set(sub.files)
            for name, data in sub.files.items():
                (inbox / name).write_bytes(data)
    for unit in units:
        while True:
            if rng.random() < 0.1:
                sub = files.any_of_them(rng, unit, tasks, terms)
            else:
                few = [0, 1, 1, 2, 2] if terms.reworded else [0, 1, 1, 2, 2, 3, 3, 4, 5, 6]
                sub = submission(rng, unit, tasks, terms, rng.choice(few))
            if not written & set(sub.files):
                break
        written |= set(sub.files)
        for name, data in sub.files.items():
            (inbox / name).parent.mkdir(exist_ok=True)
            (inbox / name).write_bytes(data)
            at = sub.mtimes.get(name, files.OLD)
            os.utime(inbox / name, (at, at))
        subs.append(sub)
    return subs


UNTOLD = ("value-missing", "value-scaled", "value-unreadable", "value-imprecise")


def whole_limit(subs):
    """中央资金 may not exceed 1571 万元 in all, whatever is said of the amounts that are above the plan.

    Amounts that are not told, in another unit say, do not carry it over; those of a sheet without
    the column were never sent.
    """
    most = 1571 * plan.FEN_PER_WAN
    subs = [sub for sub in subs if sub.standing in ("submitted", "duplicate")]
    subs = [sub for sub in subs if "central" not in sub.lost_columns]
    rows = [(sub, row) for sub in subs for row in sub.rows if row.role == "task"]

    def untold(sub, row):
        return "central" in sub.scaled_columns or row.faults.get("central") in UNTOLD

    total = sum(row.central or 0 for _, row in rows)
    told = sum((row.task if untold(sub, row) else row).central or 0 for sub, row in rows)
    if total > most and told > most:
        subs[0].expect("limit-exceeded", "central beyond its total", unit=None, field="central")


def run(program, pipeline, folder, period, inbox):
    done = subprocess.run(
        [program, "run", pipeline, "--period", period, "--inbox", inbox,
         "--archive", folder / "archive"],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        return f"status {done.returncode}: {done.stderr.strip()}"
    return json.loads((Path(done.stdout.strip()) / "report.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--program", default=ROOT / "target/release/duibiao")
    parser.add_argument("--only", type=int, help="one run, by its number; its files are kept")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--show", type=int, default=20, help="how many failures to print in full")
    chosen = parser.parse_args()
    numbers = [chosen.only] if chosen.only is not None else range(-(-chosen.submissions // 6))
    jobs = [(n, chosen.seed, chosen.program, chosen.only is not None) for n in numbers]
    if len(jobs) == 1:
        outcomes = [one_run(jobs[0])]
    else:
        with multiprocessing.Pool(chosen.processes) as pool:
            outcomes = list(pool.imap(one_run, jobs, chunksize=4))
    sys.exit(tell(outcomes, chosen))


def tell(outcomes, chosen):
    """Prints failures and tables; returns the exit status."""
    wrong = [(outcome.number, fault) for outcome in outcomes for fault in outcome.wrong]
    for number, fault in wrong[: chosen.show]:
        print(f"run {number} {fault.unit}: {fault.what}: {fault.text}")
    table = collections.Counter()
    for outcome in outcomes:
        table.update(outcome.table)
    print("\n| planted | found as | times |\n|---|---|--:|")
    for (planted, kind), times in sorted(table.items()):
        print(f"| {planted} | {kind} | {times} |")
    sent = collections.Counter()
    failed = collections.Counter()
    for outcome in outcomes:
        bad = {fault.unit for fault in outcome.wrong}
        for dimension, value, unit in outcome.dimensions:
            sent[dimension, value] += 1
            failed[dimension, value] += unit in bad
    print("\n| layout | | submissions | with a miss or a false finding |\n|---|---|--:|--:|")
    for (dimension, value), times in sorted(sent.items()):
        print(f"| {dimension} | {value} | {times} | {failed[dimension, value]} |")
    what = collections.Counter(fault.what for _, fault in wrong)
    print(
        f"\nseed {chosen.seed}: {sum(o.submissions for o in outcomes)} submissions in"
        f" {len(outcomes)} runs, {sum(o.planted for o in outcomes)} planted findings above note,"
        f" {sum(o.quiet for o in outcomes)} submissions without any;"
        f" {what['missed']} missed, {what['false']} false, {what['wrong']} with a wrong detail,"
        f" {what['standing']} wrong standings, {what['no result']} runs without a result"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    main()
