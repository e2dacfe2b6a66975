"""Rows and submissions of random plans, and whether what is planted in them is beyond doubt."""

from dataclasses import dataclass, field
from typing import Any, Optional

from submission import Submission
from wording import folded, likeness


@dataclass(eq=False)
class Row:
    """One row of a table: its values by column, amounts in 分, months as (year, month)."""

    task: Any  # the plan's task it stands for, None for a row the plan lacks
    values: dict
    role: str = "task"  # task, extra, repeated, misplaced
    seq: Optional[int] = None
    raw: dict = field(default_factory=dict)  # what is written instead of the value
    faults: dict = field(default_factory=dict)  # the kind of finding at a cell
    touched: bool = False
    changed_text: bool = False
    hidden: bool = False
    place_in_table: int = 0
    owner: Optional[str] = None  # where a table holds several units
    # Where it came to stand.
    file: str = ""
    sheet: str = ""
    cells: dict = field(default_factory=dict)


@dataclass(eq=False)
class Sent(Submission):
    """A submission of a random plan."""

    plan: Any = None
    units: list = field(default_factory=list)  # whose rows these are
    correction: Any = None  # what counts in its place
    total_faults: int = 0  # how many printed totals are to be wrong

    def __post_init__(self):
        self.units = self.units or [self.unit]

    @property
    def is_blank(self):
        """Whether nothing that a unit reports is there but amounts of zero, written as a blank or a dash."""
        fields = [name for name in self.layout.columns if name in self.plan.columns and self.plan.columns[name].reported]
        return not any(row.values.get(name) or name in row.raw for row in self.rows for name in fields)

    def free(self, rng, wanted=lambda row: True):
        """Returns an untouched row of a task, or None."""
        rows = [row for row in self.rows if row.role == "task" and not row.touched and wanted(row)]
        return rng.choice(rows) if rows else None

    def say(self, row, name, kind, fault, **about):
        """Says what must be found in a cell."""
        row.touched = True
        row.faults[name] = kind
        self.expect(kind, fault, seq=row.task.seq, field=name, at=row, at_field=name, **about)
        return True

    def compared(self, kind):
        """Returns the fields of a kind that are held against the plan on this sheet."""
        columns = [self.plan.columns[name] for name in self.layout.columns if name in self.plan.columns]
        gone = {*self.lost_columns, *self.scaled_columns}
        return [c.name for c in columns if c.kind == kind and c.compared and not c.reported and c.name not in gone]


def is_clear(sub):
    """Whether a person would not hesitate which row is which task."""
    plan = sub.plan
    mine = plan.of(sub.unit)
    changed = [row for row in sub.rows if row.changed_text]
    extra = [row for row in sub.rows if row.role == "extra"]
    free = list(sub.missing) + [row.task for row in changed]

    def alike(row, task):
        # As little as in the least alike of its columns: two villages are two, whatever is done in them.
        return min(likeness(row.values[name], task.values[name]) for name in plan.key)

    for row in changed:
        own = alike(row, row.task)
        if own < 0.75 or any(folded(plan.text_key(row.values)) == folded(plan.text_key(t.values)) for t in plan.tasks):
            return False
        if any(task is not row.task and alike(row, task) > own - 0.12 for task in mine):
            return False
        if any(other is not row and alike(other, row.task) > own - 0.12 for other in changed + extra):
            return False
    for row in extra:
        if any(alike(row, task) > 0.4 for task in free):
            return False
        if any(alike(row, task) > 0.8 for task in mine):
            return False
    # Where half of a column is off by one power of ten, it may be the column.
    for name in plan.named("amount"):
        agreeing = [r for r in sub.rows if r.role == "task" and r.task.values[name] and r.values.get(name) == r.task.values[name]]
        scaled = [r for r in sub.rows if r.faults.get(name) == "value-scaled"]
        if len(scaled) > 1 and len(agreeing) < 3 * len(scaled):
            return False
    return True
