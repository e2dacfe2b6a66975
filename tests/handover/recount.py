"""What every figure should be, counted from the plan's tasks and the submitted rows."""

import dataclasses
import difflib
from collections import defaultdict
from pathlib import Path

from reading import UNREADABLE

STEPS = ("silent", "missing", "extra", "misplaced", "repeated", "changed", "scaled", "unreadable")
# Powers of ten by which an amount is off when its unit was mistaken.
POWERS = (1, 2, 3, 4, 8)


@dataclasses.dataclass
class Task:
    unit: str
    key: tuple
    amounts: dict
    seq: int = None
    due: tuple = None


@dataclasses.dataclass
class Line:
    """A row that a unit sent: which task it is, and whether it is that, extra, misplaced or repeated."""

    unit: str
    key: tuple
    amounts: dict
    fate: str = "matched"
    task: Task = None


@dataclasses.dataclass
class Month:
    name: str
    pipeline: Path
    period: str
    inbox: Path
    units: list
    tasks: list
    lines: list
    silent: set
    # Fields with their titles, those on page one, and the unit of money of the pages.
    fields: dict
    overview: list
    money: str
    title: str
    roll_up: bool = False
    # The plan's heading above its units.
    owner: str = "责任单位"
    # How many findings of each unit and kind were planted; None where that is not known.
    planted: dict = None
    # The totals that each unit printed below its table, by unit and field, where that is known.
    printed: dict = None


def paired(rows, tasks, units, roll_up):
    """Which task each row of the fixtures is."""
    lines = []
    free = {(task.unit, task.key): task for task in tasks}
    taken = set()
    waiting = []
    for row in rows:
        line = Line(row["unit"], row["key"], row["amounts"])
        lines.append(line)
        own = free.get((line.unit, line.key))
        if own and (id(own) not in taken or roll_up):
            line.task = own
            taken.add(id(own))
        elif own:
            line.fate = "repeated"
        elif any(task.key == line.key for task in tasks):
            line.fate = "misplaced"
        else:
            waiting.append(line)
    for line in waiting:

        def like(task):
            return difflib.SequenceMatcher(None, "".join(task.key), "".join(line.key)).ratio()

        near = [task for task in tasks if task.unit == line.unit and id(task) not in taken and like(task) >= 0.7]
        if near:
            line.task = max(near, key=like)
            taken.add(id(line.task))
        else:
            line.fate = "extra"
    return lines


def bridge(month):
    """Plan, steps and what was reported, by unit and field, in 分; unit None is the whole."""
    result = {}
    for field in month.fields:
        whole = defaultdict(int)
        for unit in month.units:
            steps = of_unit(month, unit, field)
            result[unit, field] = steps
            for step, fen in steps.items():
                whole[step] += fen
        result[None, field] = dict(whole)
    return result


def of_unit(month, unit, field):
    tasks = [task for task in month.tasks if task.unit == unit]
    lines = [line for line in month.lines if line.unit == unit]
    steps = dict.fromkeys(("plan", *STEPS, "reported"), 0)
    steps["plan"] = sum(task.amounts.get(field) or 0 for task in tasks)
    steps["reported"] = sum(readable(line.amounts.get(field)) for line in lines)
    if unit in month.silent:
        steps["silent"] = -steps["plan"]
        return steps
    for task in tasks:
        planned = task.amounts.get(field) or 0
        own = [line.amounts.get(field) for line in lines if line.task is task and line.fate == "matched"]
        if not own:
            steps["missing"] -= planned
        elif all(typed is None or typed == UNREADABLE for typed in own):
            steps["unreadable"] -= planned
        else:
            found = sum(readable(typed) for typed in own)
            steps["scaled" if slipped(planned, found) else "changed"] += found - planned
    for line in lines:
        if line.fate != "matched":
            steps[line.fate] += readable(line.amounts.get(field))
    return steps


def met(month, unit):
    """How many of a unit's tasks it reported on."""
    return len({id(line.task) for line in month.lines if line.unit == unit and line.fate == "matched"})


def readable(typed):
    return typed if isinstance(typed, int) else 0


def slipped(planned, found):
    """Off by a power of ten."""
    small, large = sorted((abs(planned), abs(found)))
    return small and large != small and any(small * 10**power == large for power in POWERS)
