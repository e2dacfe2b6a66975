"""Faults in single rows and cells. Each function plants one and says what must be found.

A function returns False where it does not apply; what it plants touches rows that no other fault
has touched.
"""

from submission import MANDATORY, NOTE, VERIFY, Row
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

from formats import ErrorValue, Formula
from plan import FEN_PER_WAN

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


# ---------------------------------------------------------------------- amounts


def amount_differs(sub, rng, trial, tasks):
    """Another amount, for which nothing explains the difference."""
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng)
    if not row:
        return False
    value = planned(row, field) + rng.choice([-1, 1]) * rng.randrange(1, 900) * 10_000 - 1_700
    if value <= 0:
        value = abs(value) + 3_100
    return amount_becomes(sub, row, field, value, "amount differs", ())


def amount_zero(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng, lambda row: planned(row, field))
    if not row or sub.layout.zero != "0":
        return False
    return amount_becomes(sub, row, field, 0, "zero for an amount")


def amount_sign(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng, lambda row: planned(row, field))
    if not row:
        return False
    return amount_becomes(sub, row, field, -planned(row, field), "sign", "sign")


def amount_transposed(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    ways = {}
    for row in sub.rows:
        if field and row.role == "task" and not row.touched and planned(row, field):
            digits = str(planned(row, field) // FEN_PER_WAN)
            for i in range(len(digits) - 1):
                other = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
                value = int(other) * FEN_PER_WAN
                if other != digits and other[0] != "0" and not scaled(value, planned(row, field)):
                    ways[row.task.seq, i] = (row, value)
    if not ways:
        return False
    row, value = ways[rng.choice(sorted(ways))]
    return amount_becomes(sub, row, field, value, "transposed", "transposed")


def amount_of_neighbour(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    mine = [task for task in tasks if task.unit == sub.unit]
    ways = []
    for row in sub.rows:
        if field and row.role == "task" and not row.touched:
            at = mine.index(row.task)
            for other in mine[max(at - 1, 0) : at] + mine[at + 1 : at + 2]:
                value, own = getattr(other, field), planned(row, field)
                if value and value != own and not scaled(value, own):
                    ways.append((row, value))
    if not ways:
        return False
    row, value = rng.choice(ways)
    return amount_becomes(sub, row, field, value, "neighbour's amount", "neighbour")


def amount_becomes(sub, row, field, value, fault, cause=None):
    own = planned(row, field)
    if value == own or (own and scaled(value, own)):
        return False
    setattr(row, field, value)
    about = {} if cause is None else {"cause": cause}
    return say(
        sub, row, field, "value-differs", fault, severity=MANDATORY, difference=value - own, **about
    )


def amount_scaled(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng, lambda row: planned(row, field))
    if not row:
        return False
    own = planned(row, field)
    power = rng.choice([1, 2, 3, 4, -1, -2, -3, -4, -8])
    if power < 0 and own % 10**-power:
        return False
    value = own * 10**power if power > 0 else own // 10**-power
    # Two rows off by one power might be the column, where few rows have an amount.
    others = [r for r in sub.rows if r.role == "task" and r.task.seq != row.task.seq]
    if sum(1 for r in others if planned(r, field) and getattr(r, field) == planned(r, field)) < 2:
        return False
    setattr(row, field, value)
    return say(
        sub, row, field, "value-scaled", "scaled ×10ⁿ", severity=MANDATORY,
        difference=value - own, cause="power-of-ten",
    )  # fmt: skip


def amount_missing(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng, lambda row: planned(row, field))
    if not row:
        return False
    setattr(row, field, None)
    row.raw[field] = rng.choice([None, None, "—", "/", "无", "-"])
    return say(sub, row, field, "value-missing", "amount missing", severity=MANDATORY)


def amount_unreadable(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng)
    if not row:
        return False
    row.raw[field] = unreadable(sub, rng)
    setattr(row, field, None)
    return say(sub, row, field, "value-unreadable", "amount unreadable", severity=MANDATORY)


def unreadable(sub, rng):
    texts = ["待定", "约30万元", "10-20", "详见附件", "三十左右", "12..5", "1,23", "见批复"]
    if sub.layout.form == "xlsx":
        texts += [ErrorValue("#REF!"), ErrorValue("#N/A"), Formula("SUM(Z1:Z3)")] * 2
    else:
        texts += ["#REF!"]
    return rng.choice(texts)


def amount_imprecise(sub, rng, trial, tasks):
    field = amount_field(sub, rng, trial)
    row = field and free(sub, rng, lambda row: planned(row, field))
    if not row or sub.layout.money == "千元":
        return False
    wan = planned(row, field) // FEN_PER_WAN
    text = f"{wan}.1234567" if sub.layout.money == "万元" else f"{wan * 10_000}.005"
    if sub.layout.stated == "cell":
        row.raw[field] = text + sub.layout.money
    else:
        row.raw[field] = rng.choice([text, float(text)])
    setattr(row, field, None)
    return say(sub, row, field, "value-imprecise", "finer than a 分", severity=VERIFY)


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


def merged_amount(sub, rng, trial, tasks):
    """One amount over two rows: right, or off."""
    layout = sub.layout
    field = amount_field(sub, rng, trial)
    loose = layout.repeated_heading or layout.blank_rows_inside or layout.bands
    loose = loose or layout.totals == "subtotals"
    if not field or loose or layout.form == "csv":
        return False
    pairs = [
        (one, other)
        for table in sub.tables
        for one, other in zip(table.rows, table.rows[1:])
        if all(r.role == "task" and not r.touched for r in (one, other))
        and planned(one, field) + planned(other, field)
    ]
    if not pairs:
        return False
    one, other = rng.choice(pairs)
    right = planned(one, field) + planned(other, field)
    way = rng.choice(["right", "right", "differs", "scaled"])
    value = {"right": right, "differs": right + 73_500, "scaled": right * 100}[way]
    setattr(one, field, value)
    setattr(other, field, None)
    other.raw[field] = None
    one.merged_down.add(field)
    one.touched = other.touched = True
    if way == "right":
        return True
    kind = "value-differs" if way == "differs" else "value-scaled"
    return say(sub, one, field, kind, "merged amount", difference=value - right, severity=MANDATORY)


# ---------------------------------------------------------------------- months and texts


def due_differs(sub, rng, trial, tasks):
    row = compared(sub, trial, "due") and free(sub, rng)
    if not row:
        return False
    months = [(2020, m) for m in range(1, 13)] + [(2021, 3), (2019, 12)]
    row.due = rng.choice([m for m in months if m != row.task.due])
    severity = MANDATORY if row.task.due else VERIFY
    return say(sub, row, "due", "value-differs", "month differs", severity=severity)


def due_missing(sub, rng, trial, tasks):
    row = compared(sub, trial, "due") and free(sub, rng, lambda row: row.task.due)
    if not row:
        return False
    row.due, row.raw["due"] = None, rng.choice([None, None, "—", "/"])
    return say(sub, row, "due", "value-missing", "month missing", severity=MANDATORY)


def due_unreadable(sub, rng, trial, tasks):
    row = compared(sub, trial, "due") and free(sub, rng, lambda row: row.task.due)
    if not row:
        return False
    row.due = None
    row.raw["due"] = rng.choice(["待定", "尽快完成", "2020年6月至10月", "以批复为准", "2020年13月"])
    return say(sub, row, "due", "value-unreadable", "month unreadable", severity=MANDATORY)


def use_differs(sub, rng, trial, tasks):
    row = compared(sub, trial, "use") and free(sub, rng, lambda row: row.task.use != "0")
    if not row:
        return False
    row.use = rng.choice(["用于购置办公设备。", "统筹用于其他项目支出。", "按合同约定支付。"])
    return say(sub, row, "use", "value-differs", "purpose differs", severity=VERIFY)


def use_missing(sub, rng, trial, tasks):
    row = compared(sub, trial, "use") and free(sub, rng, lambda row: row.task.use not in (None, "0"))
    if not row:
        return False
    row.use = None
    return say(sub, row, "use", "value-missing", "purpose missing", severity=VERIFY)


# ---------------------------------------------------------------------- what units report


def progress_out_of_range(sub, rng, trial, tasks):
    row = "progress" in sub.layout.columns and free(sub, rng)
    if not row:
        return False
    row.progress = rng.choice([101, 120, 350])
    return say(sub, row, "progress", "out-of-range", "progress beyond 100 %")


def spent_beyond_received(sub, rng, trial, tasks):
    row = "spent" in sub.layout.columns and free(sub, rng)
    if not row:
        return False
    row.july = {}
    row.received = rng.randrange(0, 50) * FEN_PER_WAN
    row.spent = row.received + rng.randrange(1, 5000) * 100
    if row.received == 0 and sub.layout.zero != "0":
        row.received = FEN_PER_WAN
        row.spent = 2 * FEN_PER_WAN
    return say(sub, row, "spent", "limit-exceeded", "spent more than received")


def reported_unreadable(sub, rng, trial, tasks):
    row = "spent" in sub.layout.columns and free(sub, rng)
    if not row:
        return False
    field = rng.choice(["spent", "received"])
    row.raw[field] = unreadable(sub, rng)
    setattr(row, field, None)
    return say(sub, row, field, "value-unreadable", "reported amount unreadable", severity=MANDATORY)


def figure_fell(sub, rng, trial, tasks):
    """Less than the unit had reported a month before."""
    wanted = [f for f in ("received", "spent", "progress") if f in sub.layout.columns]
    field = trial.history and wanted and rng.choice(wanted)
    row = field and free(sub, rng, lambda row: getattr(row, field))
    if not row or (field == "progress" and row.progress == 100):
        return False
    now = getattr(row, field)
    row.july[field] = now + 1 if field == "progress" else now + rng.randrange(1, 9999) * 100
    return say(sub, row, field, "decreased", "figure fell")


# ---------------------------------------------------------------------- rules of other pipelines


def both_amounts(sub):
    seen = set(sub.layout.columns) - set(sub.lost_columns) - set(sub.scaled_columns)
    return {"funds", "central"} <= seen


def balance_broken(sub, rng, trial, tasks):
    """Only where the pipeline does not compare 中央资金 itself."""
    usable = both_amounts(sub) and "use" in sub.layout.columns
    row = "balance" in trial.rules and "central" not in trial.compared and usable and free(
        sub, rng, lambda row: row.task.funds
    )
    if not row:
        return False
    row.central = (row.task.central + rng.randrange(1, 9) * 10_000) % (row.task.funds + 1)
    if row.central == row.task.central:
        return False
    row.touched = True
    row.faults["central"] = row.faults["funds"] = "balance-broken"
    sub.expect(
        "balance-broken", "equation of the row broken", seq=row.task.seq, field="funds", at=row,
        at_field="funds", severity=VERIFY,
    )  # fmt: skip
    return True


def central_beyond_funds(sub, rng, trial, tasks):
    """Only where the pipeline neither compares 中央资金 nor has the equation."""
    usable = both_amounts(sub) and "central" not in trial.compared
    row = "balance" not in trial.rules and usable and free(sub, rng)
    if not row:
        return False
    row.central = row.task.funds + rng.randrange(1, 400) * 10_000
    return say(sub, row, "central", "limit-exceeded", "central beyond funds")


def central_beyond_total(sub, rng, trial, tasks):
    """More than the whole city has, on a row whose funds would allow it."""
    usable = both_amounts(sub) and "central" not in trial.compared
    row = "balance" not in trial.rules and usable and free(
        sub, rng, lambda row: row.task.funds > 400 * FEN_PER_WAN
    )
    if not row:
        return False
    row.central, row.touched = row.task.funds, True
    return True


# ---------------------------------------------------------------------- tasks


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


def agrees(one, other, field):
    if field == "use":
        return folded(one.use) == folded(other.use)
    return getattr(one, field) == getattr(other, field)


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


def synonym(sub, row, text):
    """A declared synonym or droppable phrase: the task is the same, and that is only noted."""
    row.text, row.reworded = text, True
    sub.expect(
        "value-differs", "re-worded as declared", seq=row.task.seq, field="task", at=row,
        at_field="task", severity=NOTE,
    )  # fmt: skip


ROW_FAULTS = {
    "amount differs": (amount_differs, 4),
    "zero for an amount": (amount_zero, 1),
    "sign": (amount_sign, 1),
    "transposed": (amount_transposed, 2),
    "neighbour's amount": (amount_of_neighbour, 2),
    "scaled ×10ⁿ": (amount_scaled, 3),
    "amount missing": (amount_missing, 3),
    "amount unreadable": (amount_unreadable, 3),
    "finer than a 分": (amount_imprecise, 2),
    "two tasks in one row": (two_tasks_in_one_row, 2),
    "merged amount": (merged_amount, 2),
    "month differs": (due_differs, 3),
    "month missing": (due_missing, 2),
    "month unreadable": (due_unreadable, 2),
    "purpose differs": (use_differs, 2),
    "purpose missing": (use_missing, 2),
    "progress beyond 100 %": (progress_out_of_range, 2),
    "spent more than received": (spent_beyond_received, 2),
    "reported amount unreadable": (reported_unreadable, 2),
    "figure fell": (figure_fell, 12),
    "equation of the row broken": (balance_broken, 12),
    "central beyond funds": (central_beyond_funds, 12),
    "central beyond its total": (central_beyond_total, 12),
    "task missing": (task_missing, 4),
    "task extra": (task_extra, 4),
    "task repeated": (task_repeated, 3),
    "task misplaced": (task_misplaced, 3),
    "other place or number": (text_elsewhere, 4),
    "worded otherwise": (text_worded_otherwise, 2),
    "the place of a sibling": (text_of_sibling, 3),
    "pair doubtful": (pair_doubtful, 3),
}

