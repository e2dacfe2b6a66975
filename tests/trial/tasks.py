"""Faults in the list of tasks: missing, extra, repeated, misplaced, merged, and worded otherwise."""

from cells import amount_becomes
from plan import FEN_PER_WAN
from planting import agrees, compared, free, insert, missing, say, scaled
from submission import MANDATORY, VERIFY, Row
from wording import (
    ELSEWHERE,
    NEW_TASKS,
    PLACES,
    TWINS,
    folded,
    likeness,
    other_number,
    place_in,
    same_meaning,
)


def two_tasks_in_one_row(sub, rng, trial, tasks):
    """A row with the amount of another one, which is missing."""
    if not compared(sub, trial, "funds"):
        return False
    row = free(sub, rng)
    gone = free(sub, rng, lambda r: r is not row and r.task.funds and not r.reworded)
    if not row or not gone or any(len(table.rows) <= 3 for table in sub.tables):
        return False
    value = row.task.funds + gone.task.funds
    if row.task.funds and scaled(value, row.task.funds):
        return False
    for table in sub.tables:
        if gone in table.rows:
            table.rows.remove(gone)
    missing(sub, gone.task, "two tasks in one row")
    return amount_becomes(sub, row, "funds", value, "two tasks in one row", "tasks-together")


def task_missing(sub, rng, trial, tasks):
    row = free(sub, rng)
    left = sum(1 for r in sub.rows if r.role == "task")
    if not row or left <= 3 or any(len(table.rows) <= 2 for table in sub.tables):
        return False
    for table in sub.tables:
        if row in table.rows:
            table.rows.remove(row)
    missing(sub, row.task, "task missing")
    return True


def task_extra(sub, rng, trial, tasks):
    if rng.random() < 0.35:
        # Like tasks that are all there, but of a place the plan does not name.
        model = rng.choice([t for t in tasks if t.unit == sub.unit])
        place = place_in(model.text)
        text = place and model.text.replace(place, rng.choice(ELSEWHERE))
    else:
        text = rng.choice(NEW_TASKS)
    if not text or any(folded(row.text) == folded(text) for row in sub.rows):
        return False
    amount = rng.choice([0, 5, 12, 30, 88]) * FEN_PER_WAN
    row = Row(None, rng.choice([None, 66]), text, amount, rng.choice([0, amount]), "用于项目实施。", (2020, 11))
    row.role, row.touched = "extra", True
    insert(sub, row, rng)
    sub.expect("task-extra", "task extra", at=row, at_field="task", severity=MANDATORY)
    return True


def task_repeated(sub, rng, trial, tasks):
    """The same row twice; or once more with other figures, which agrees with the plan in less."""
    row = free(sub, rng, lambda row: not row.reworded)
    if not row or (len(sub.tables) > 1 and sub.layout.part_files):
        return False
    copy = Row(
        row.task, row.seq, row.text, row.funds, row.central, row.use, row.due, row.received,
        row.spent, row.progress, row.status,
    )  # fmt: skip
    copy.role, copy.touched, row.touched = "repeated", True, True
    if rng.random() < 0.5 and compared(sub, trial, "funds"):
        copy.funds = row.funds + 3 * FEN_PER_WAN
        insert(sub, copy, rng)
    else:
        insert(sub, copy, rng, after=row)
    if len(sub.tables) > 1:
        # Which sheet stands first decides; the copy follows in the row's own sheet.
        table = next(table for table in sub.tables if row in table.rows)
        for other in sub.tables:
            if copy in other.rows:
                other.rows.remove(copy)
        table.rows.insert(table.rows.index(row) + 1, copy)
    sub.expect(
        "task-repeated", "task repeated", seq=row.task.seq, at=copy, at_field="task",
        severity=MANDATORY,
    )  # fmt: skip
    return True


def task_misplaced(sub, rng, trial, tasks):
    mine = {folded(task.text) for task in tasks if task.unit == sub.unit}
    others = [task for task in tasks if task.unit != sub.unit and folded(task.text) not in mine]
    task = rng.choice(others)
    if any(folded(row.text) == folded(task.text) for row in sub.rows):
        return False
    row = Row(task, task.seq, task.text, task.funds, task.central, task.use, task.due)
    row.role, row.touched = "misplaced", True
    insert(sub, row, rng)
    same = [other for other in others if folded(other.text) == folded(task.text)]
    seq = task.seq
    if len(same) > 1 and sub.layout.numbering != "kept":
        # Then amounts, purpose and month must tell them apart, as far as the sheet has them.
        fields = [f for f in ("funds", "central", "use", "due") if compared(sub, trial, f)]
        alike = [o for o in same if all(agrees(o, task, field) for field in fields)]
        seq = task.seq if len(alike) == 1 else None
    sub.expect(
        "task-misplaced", "task misplaced", seq=seq, at=row, at_field="task", severity=MANDATORY
    )
    return True


def text_elsewhere(sub, rng, trial, tasks):
    """Another place or another number: still this task, where it is clearly the nearest."""
    row = free(sub, rng, lambda row: not row.reworded)
    if not row:
        return False
    place = place_in(row.task.text)
    text = other_number(row.task.text, rng)
    if place and (text is None or rng.random() < 0.7):
        text = row.task.text.replace(place, rng.choice(ELSEWHERE))
    if text is None or folded(text) in {folded(task.text) for task in tasks}:
        return False
    row.text, row.changed_text = text, True
    return say(sub, row, "task", "value-differs", "other place or number", severity=VERIFY)


def text_worded_otherwise(sub, rng, trial, tasks):
    """A few words left out or put in, beyond what is declared: still this task, and said."""
    row = free(sub, rng, lambda row: not row.reworded and len(row.task.text) > 24)
    if not row:
        return False
    text = row.task.text
    at = rng.randrange(4, len(text) - 6)
    if rng.random() < 0.5:
        text = text[:at] + rng.choice(["逐步", "进一步", "按计划", "全面"]) + text[at:]
    else:
        text = text[:at] + text[at + rng.randint(1, 3) :]
    if folded(text) in {folded(task.text) for task in tasks} or same_meaning(text, row.task.text):
        return False
    row.text, row.changed_text = text, True
    return say(sub, row, "task", "value-differs", "worded otherwise", severity=VERIFY)


def text_of_sibling(sub, rng, trial, tasks):
    """The place of another task of the unit, so that two rows bear one text."""
    row = free(sub, rng, lambda row: not row.reworded and place_in(row.task.text))
    if not row or len(sub.tables) > 1:
        return False
    place = place_in(row.task.text)
    texts = {folded(row.task.text.replace(place, other)) for other in PLACES if other != place}
    twin = next(
        (r for r in sub.rows if r.role == "task" and not r.touched and not r.reworded
         and r is not row and folded(r.text) in texts and folded(r.text) == folded(r.task.text)),
        None,
    )  # fmt: skip
    if twin is None:
        return False
    row.text = twin.task.text
    row.touched = twin.touched = True
    if sub.layout.numbering == "kept":
        row.changed_text = True
        return say(sub, row, "task", "value-differs", "the place of a sibling", severity=VERIFY)
    # Nothing but the text says whose row it is: the one that agrees in more fields, else the first.
    fields = [f for f in ("funds", "central", "use", "due") if compared(sub, trial, f)]
    equal = all(agrees(row, twin.task, field) for field in fields)
    order = sub.rows
    repeated = twin if equal and order.index(row) < order.index(twin) else row
    if repeated is twin:
        # The first row now stands for the sibling, and its progress with it.
        row.task, twin.role = twin.task, "repeated"
        lost = next(t for t in tasks if t.unit == sub.unit and place in t.text
                    and folded(t.text.replace(place, place_in(twin.task.text))) == folded(row.text))
    else:
        lost, row.role = row.task, "repeated"
    sub.expect(
        "task-repeated", "the place of a sibling", seq=twin.task.seq, at=repeated, at_field="task",
        severity=MANDATORY,
    )  # fmt: skip
    missing(sub, lost, "the place of a sibling")
    return True


def pair_doubtful(sub, rng, trial, tasks):
    """One row that is equally like two tasks which agree in all figures."""
    groups = [group for group in TWINS if any(row.task and row.task.seq in group for row in sub.rows)]
    if not groups or len(sub.tables) > 1 or not sub.layout.columns:
        return False
    group = rng.choice(groups)
    rows = [row for row in sub.rows if row.role == "task" and row.task.seq in group]
    rows = [row for row in rows if not row.touched and not row.reworded]
    if len(rows) < 2:
        return False
    gone, row = rng.sample(rows, 2)
    place = place_in(row.task.text)
    stranger = rng.choice([p for p in ELSEWHERE if len(p) == 2])
    if place.startswith("林旺"):
        stranger = "林旺东"
    text = row.task.text.replace(place, stranger)
    ours = [t for t in tasks if t.seq in (gone.task.seq, row.task.seq)]
    if abs(likeness(text, ours[0].text) - likeness(text, ours[1].text)) > 0.001:
        return False
    row.text, row.role, row.touched, row.seq = text, "doubtful", True, None
    for table in sub.tables:
        if gone in table.rows:
            table.rows.remove(gone)
    sub.missing += ours
    sub.expect("pair-doubtful", "pair doubtful", seq=None, at=row, at_field="task", severity=VERIFY)
    return True
