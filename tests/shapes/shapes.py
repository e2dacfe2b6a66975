#!/usr/bin/env python3
"""Draws random plans in the shapes that real ones have, and proves that a drafted pipeline file reads them.

    python3 tests/shapes/shapes.py --plans 500 --seed 1

Needs Python 3.11 or later with openpyxl, xlwt, xlrd and odfpy.
"""

import argparse
import collections
import multiprocessing
import random
import shutil
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "trial")]

import books  # noqa: E402
import dressing  # noqa: E402
import faults  # noqa: E402
import judge  # noqa: E402
import kinds  # noqa: E402


@dataclass
class Outcome:
    number: int
    shape: str
    features: list
    planted: str = ""
    failures: list = field(default_factory=list)
    corrected: bool = False  # exact with a correction that the draft itself offers


def one(number, shape, rng, folder, program):
    """One plan: drafted, run over its own returns, and once with a fault."""
    plan = kinds.SHAPES[shape](rng)
    plan.shape = shape
    dressing.dress(rng, plan)
    made = books.plan_book(rng, plan)
    (folder / made.name).write_bytes(made.bytes())
    units = [unit for unit in plan.units if plan.of(unit)]
    looks = {unit: books.look_of_return(rng, plan, unit) for unit in units}
    for at, unit in enumerate(units):
        looks[unit].name_number = at + 1
    (folder / "clean").mkdir()
    for unit in units:
        book = books.returned(plan, unit, plan.of(unit), looks[unit])
        (folder / "clean" / book.name).write_bytes(book.bytes())
    outcome = Outcome(number, shape, [*plan.features, made.form])
    try:
        text = judge.draft(program, folder, made.name)
        outcome.failures += judged(rng, plan, made, looks, text, outcome, folder, program)
    except judge.NoResult as why:
        outcome.failures.append(judge.Failure("draft", str(why).split(":")[0], str(why)))
    return outcome


def judged(rng, plan, made, looks, text, outcome, folder, program):
    found = list(judge.comment(text, plan))
    state = rng.getstate()
    found += tried(rng, plan, made, looks, text, outcome, folder, program)
    if found:
        for corrected in judge.offers(text):
            rng.setstate(state)
            for name in ("spoilt", "fault", "archive-clean", "archive-fault"):
                shutil.rmtree(folder / name, ignore_errors=True)
            outcome.corrected = not tried(rng, plan, made, looks, corrected, outcome, folder, program, corrected)
    return found


def tried(rng, plan, made, looks, text, outcome, folder, program, corrected=None):
    """Runs a draft, or one that was corrected, over the returns, and once with a fault."""
    money = judge.money_of(text, plan)
    (folder / "pipeline.toml").write_text(text, encoding="utf-8")
    report = judge.run(program, folder, plan.period, "clean")
    found = list(judge.clean(report, plan, money))
    if rng.random() < 0.15:
        planted = faults.total_of_plan(rng, plan, made)
        if planted:
            outcome.planted = planted.what
            again = folder / "spoilt"
            again.mkdir()
            (again / made.name).write_bytes(made.bytes())
            shutil.copytree(folder / "clean", again / "clean")
            if corrected:
                (again / "pipeline.toml").write_text(corrected, encoding="utf-8")
            else:
                judge.draft(program, again, made.name)
            spoilt = judge.run(program, again, plan.period, "clean")
            return found + list(judge.fault(spoilt, report, planted))
    while True:
        unit = rng.choice(list(looks))
        spoiling = rng.choice(faults.OF_RETURNS)(rng, plan, unit, plan.of(unit), looks[unit])
        if spoiling:
            break
    book, planted = spoiling
    outcome.planted = planted.what
    shutil.copytree(folder / "clean", folder / "fault")
    (folder / "fault" / book.name).write_bytes(book.bytes())
    spoilt = judge.run(program, folder, plan.period, "fault")
    return found + list(judge.fault(spoilt, report, planted))


def one_plan(job):
    number, shape, seed, program, keep = job
    rng = random.Random(f"shapes-{seed}-{number}-{shape}")
    folder = Path(tempfile.mkdtemp(prefix=f"shapes-{number}-"))
    try:
        return one(number, shape, rng, folder, program)
    except Exception:
        print(f"plan {number} {shape}: the generator failed\n{traceback.format_exc()}", flush=True)
        raise
    finally:
        if keep:
            kept = Path(keep) / f"{number}-{shape}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.move(folder, kept)
            print(f"kept in {kept}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plans", type=int, default=500)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--program", default=ROOT / "target/release/duibiao", type=Path)
    parser.add_argument("--only", type=int, help="one plan, by its number")
    parser.add_argument("--shape", choices=kinds.SHAPES, help="plans of one shape")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="leave the files of the plans in this folder")
    parser.add_argument("--show", type=int, default=20, help="how many plans that are not exact to print in full")
    chosen = parser.parse_args()
    program = chosen.program.resolve()
    names = list(kinds.SHAPES)
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    numbers = range(chosen.plans) if chosen.only is None else [chosen.only]
    # Plan n is of the same shape whether it is drawn alone or among all.
    jobs = [(n, names[n % len(names)], chosen.seed, program, chosen.keep) for n in numbers]
    if chosen.shape:
        jobs = [(n, chosen.shape, chosen.seed, program, chosen.keep) for n in numbers]
    if len(jobs) == 1:
        outcomes = [one_plan(jobs[0])]
    else:
        with multiprocessing.Pool(chosen.processes) as pool:
            outcomes = list(pool.imap(one_plan, jobs, chunksize=2))
    sys.exit(tell(outcomes, chosen))


def tell(outcomes, chosen):
    """Prints what is not exact and why; returns the exit status."""
    wrong = [outcome for outcome in outcomes if outcome.failures]
    for outcome in wrong[: chosen.show]:
        print(f"\nplan {outcome.number} {outcome.shape} ({', '.join(outcome.features)}; planted: {outcome.planted})")
        for failure in outcome.failures:
            print(f"  {'SILENT ' if failure.silent else ''}{failure.step}: {failure.kind}: {failure.text}")
    print("\n| shape | plans | exact | one correction away | not |\n|---|--:|--:|--:|--:|")
    of_shape = collections.defaultdict(list)
    for outcome in outcomes:
        of_shape[outcome.shape].append(outcome)
    for shape, own in of_shape.items():
        exact = sum(not o.failures for o in own)
        corrected = sum(o.corrected for o in own)
        bad = [o.number for o in own if o.failures and not o.corrected]
        print(f"| {shape} | {len(own)} | {exact} | {corrected} | {len(bad)}{': ' + ', '.join(map(str, bad[:8])) if bad else ''} |")
    reasons = collections.Counter((f.step, f.kind, o.shape) for o in wrong for f in o.failures[:1])
    print("\n| first failure | | shape | plans |\n|---|---|---|--:|")
    for (step, kind, shape), times in reasons.most_common():
        print(f"| {step} | {kind} | {shape} | {times} |")
    silent = [o for o in outcomes if any(f.silent for f in o.failures)]
    exact = len(outcomes) - len(wrong)
    corrected = sum(o.corrected for o in outcomes)
    for outcome in silent:
        print(f"silently wrong: plan {outcome.number} {outcome.shape}")
    print(
        f"\nshapes, seed {chosen.seed}: {len(outcomes)} plans of {len(of_shape)} shapes: {exact} exact"
        f" ({exact / max(len(outcomes), 1):.2%}), {corrected} one correction away and said,"
        f" {len(wrong) - corrected} not, {len(silent)} silently wrong"
    )
    return 1 if len(wrong) > corrected or silent else 0


if __name__ == "__main__":
    main()
