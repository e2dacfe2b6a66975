"""Faults in single cells: amounts, months, purposes, what units report, and declared rules."""

from formats import ErrorValue, Formula
from plan import FEN_PER_WAN
from planting import amount_field, both_amounts, compared, free, planned, say, scaled
from submission import MANDATORY, VERIFY

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
        # What is merged over two sources of money is of neither.
        and ("市级财政资金" in (one.use or "")) == ("市级财政资金" in (other.use or ""))
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
    row = "spent" in sub.layout.columns and free(sub, rng, lambda row: row.task.funds)
    if not row:
        return False
    row.july = {}
    # Within the funds, which is a limit of its own.
    row.received = rng.randrange(0, row.task.funds // FEN_PER_WAN + 1) * FEN_PER_WAN
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


def figure_leapt(sub, rng, trial, tasks):
    """More than half as much again as the unit had spent a month before."""
    wanted = trial.history and "spent" in sub.layout.columns
    row = wanted and free(sub, rng, lambda row: (row.spent or 0) >= 3 * FEN_PER_WAN)
    if not row:
        return False
    before = row.spent // rng.choice([2, 3, 10]) // FEN_PER_WAN * FEN_PER_WAN
    row.july["spent"] = max(before, FEN_PER_WAN)
    return say(sub, row, "spent", "limit-exceeded", "figure leapt", severity=VERIFY)


# ---------------------------------------------------------------------- rules of other pipelines


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
