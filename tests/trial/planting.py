"""What all faults share: free rows, fields in sight, and the saying of what must be found."""

from submission import MANDATORY, NOTE
from wording import folded

POWERS = [1, 2, 3, 4, 8, -1, -2, -3, -4, -8]


def scaled(found, planned):
    """Returns n where found is exactly planned × 10ⁿ."""
    for n in POWERS:
        if planned and (found == planned * 10**n if n > 0 else found * 10**-n == planned):
            return n
    return None


def free(sub, rng, wanted=lambda row: True):
    """Returns an untouched row of a task, or None."""
    rows = [row for row in sub.rows if row.role == "task" and not row.touched and wanted(row)]
    if not rows:
        return None
    row = rng.choice(rows)
    return row


def compared(sub, trial, field):
    """Returns whether a field is held against the plan on this sheet."""
    return (
        field in sub.layout.columns
        and field not in sub.lost_columns
        and field not in sub.scaled_columns
        and field in trial.compared
    )


def amount_field(sub, rng, trial):
    fields = [field for field in ("funds", "central") if compared(sub, trial, field)]
    return rng.choice(fields) if fields else None


def planned(row, field):
    return getattr(row.task, field)


def say(sub, row, field, kind, fault, **about):
    row.touched = True
    row.faults[field] = kind
    sub.expect(kind, fault, seq=row.task.seq, field=field, at=row, at_field=field, **about)
    return True


def both_amounts(sub):
    seen = set(sub.layout.columns) - set(sub.lost_columns) - set(sub.scaled_columns)
    return {"funds", "central"} <= seen


def missing(sub, task, fault):
    sub.missing.append(task)
    sub.expect("task-missing", fault, seq=task.seq, cell=None, severity=MANDATORY)


def insert(sub, row, rng, after=None):
    table = rng.choice(sub.tables)
    if after is not None:
        table = next(table for table in sub.tables if after in table.rows)
        low = table.rows.index(after) + 1
    else:
        low = 0
    table.rows.insert(somewhere(table.rows, low, rng), row)


def somewhere(rows, low, rng):
    """Returns a place from low on that lies between no two merged rows."""
    places = [at for at in range(low, len(rows) + 1) if at == 0 or not rows[at - 1].merged_down]
    return rng.choice(places)


def agrees(one, other, field):
    if field == "use":
        return folded(one.use) == folded(other.use)
    return getattr(one, field) == getattr(other, field)


def synonym(sub, row, text):
    """A declared synonym or droppable phrase: the task is the same, and that is only noted."""
    row.text, row.reworded = text, True
    sub.expect(
        "value-differs", "re-worded as declared", seq=row.task.seq, field="task", at=row,
        at_field="task", severity=NOTE,
    )  # fmt: skip
