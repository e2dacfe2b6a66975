#!/usr/bin/env python3
"""Plants faults in random submissions and proves that duibiao finds them all, and nothing else.

    python3 tests/trial/trial.py --submissions 2000 --seed 1

Needs Python 3.11 or later with openpyxl, xlwt, xlrd and odfpy.
"""

import argparse
import collections
import multiprocessing
import random
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import ordinary  # noqa: E402
import plans  # noqa: E402
import sums  # noqa: E402
import traps  # noqa: E402

# Each has `one(number, rng, folder, program)`, which makes one run's Outcome, and `A_RUN`, the
# number of submissions of a run.
KINDS = {"ordinary": ordinary, "traps": traps, "plans": plans}


def one_run(job):
    """Makes one run of a kind in a folder of its own."""
    kind, number, seed, program, keep = job
    # Ordinary runs are drawn as they were when there was no other kind.
    rng = random.Random(f"{seed}-{number}" if kind == "ordinary" else f"{kind}-{seed}-{number}")
    folder = Path(tempfile.mkdtemp(prefix=f"trial-{kind}-{number}-"))
    try:
        return KINDS[kind].one(number, rng, folder, program)
    finally:
        if keep:
            print(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kind", choices=KINDS, help="one kind; all, one after another, without it")
    parser.add_argument("--submissions", type=int, default=2000, help="how many of each kind")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--program", default=ROOT / "target/release/duibiao", type=Path)
    parser.add_argument("--only", type=int, help="one run, by its number; its files are kept")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--show", type=int, default=20, help="how many failures to print in full")
    chosen = parser.parse_args()
    chosen.program = chosen.program.resolve()
    if chosen.only is not None and chosen.kind is None:
        chosen.kind = "ordinary"
    kinds = [chosen.kind] if chosen.kind else list(KINDS)
    sys.exit(max([tell(kind, made(kind, chosen), chosen) for kind in kinds]))


def made(kind, chosen):
    """Makes the runs of a kind."""
    runs = -(-chosen.submissions // KINDS[kind].A_RUN)
    numbers = range(runs) if chosen.only is None else [chosen.only]
    jobs = [(kind, n, chosen.seed, chosen.program, chosen.only is not None) for n in numbers]
    if len(jobs) == 1:
        return [one_run(jobs[0])]
    with multiprocessing.Pool(chosen.processes) as pool:
        return list(pool.imap(one_run, jobs, chunksize=4))


def tell(kind, outcomes, chosen):
    """Prints failures and tables; returns the exit status."""
    print(f"\n## {kind}\n")
    wrong = [(outcome.number, fault) for outcome in outcomes for fault in outcome.wrong]
    for number, fault in wrong[: chosen.show]:
        print(f"run {number} {fault.unit}: {fault.what}: {fault.text}")
    table = collections.Counter()
    for outcome in outcomes:
        table.update(outcome.table)
    print("\n| planted | found as | times |\n|---|---|--:|")
    for (planted, found), times in sorted(table.items()):
        print(f"| {planted} | {found} | {times} |")
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
    submissions = sum(outcome.submissions for outcome in outcomes)
    exact = sum(outcome.exact for outcome in outcomes)
    silent = [(outcome.number, unit) for outcome in outcomes for unit in outcome.silent]
    what = collections.Counter(fault.what for _, fault in wrong)
    print(
        f"\n{kind}, seed {chosen.seed}: {submissions} submissions in"
        f" {len(outcomes)} runs, {sum(o.planted for o in outcomes)} planted findings above note,"
        f" {sum(o.quiet for o in outcomes)} submissions without any;"
        f" {what['missed']} missed, {what['false']} false, {what['wrong']} with a wrong detail,"
        f" {what['standing']} wrong standings, {what['no result']} without a result;"
        f" {exact} exact ({exact / max(submissions, 1):.2%}), {len(silent)} silently wrong"
    )
    books = sum((outcome.books for outcome in outcomes), sums.Books())
    print(f"sums, against other libraries: {sums.tell(books)}")
    for number, unit in silent:
        print(f"silently wrong: run {number} {unit}")
    return 1 if wrong else 0


if __name__ == "__main__":
    main()
