"""Ordinary submissions: one inbox of the plan's six units, with faults in rows, sheets and files."""

import os
from dataclasses import dataclass
from pathlib import Path

import files
import history
import outcome
import pipelines
import plan
from build import shared, submission

ROOT = Path(__file__).resolve().parent.parent.parent
# How many submissions a run has.
A_RUN = 6


@dataclass
class Terms:
    """What holds for all submissions of one run."""

    pipeline: str = "sanya-2020"
    compared: frozenset = frozenset({"funds", "use", "due", "central"})
    rules: frozenset = frozenset({"balance", "central <= funds"})
    reworded: bool = False
    history: bool = False


def one(number, rng, folder, program):
    """Generates one inbox, runs the program and compares."""
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
    subs = generate(rng, tasks, terms, folder / "inbox")
    whole_limit(subs)
    pipeline = pipelines.path(terms.pipeline, folder, ROOT)
    if terms.history:
        history.generate(rng, subs, tasks, terms, folder / "july")
        outcome.run(program, pipeline, folder, "2020-07", folder / "july")
    report = outcome.run(program, pipeline, folder, "2020-08", folder / "inbox")
    if isinstance(report, str):
        return outcome.failed(number, report, len(subs))
    result = outcome.judged(number, subs, report)
    for sub in subs:
        if sub.tables:
            cuts = sub.layout.dimensions() | {"texts": wording_of(terms)}
            result.dimensions += [(*cut, sub.unit) for cut in cuts.items()]
    return result


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
