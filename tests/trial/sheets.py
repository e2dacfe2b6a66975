"""Faults of whole sheets: columns, totals, hidden content, names; and the books of totals."""


from formats import ErrorValue
from layouts import REQUIRED
from plan import FEN_PER_WAN
from planting import somewhere
from submission import AMOUNTS, MANDATORY, VERIFY, Row, Total

UNDECLARED = {"funds": "拟投入数", "due": "节点要求", "central": "上级补助数", "owner": "经办方"}
SILENCING = ("value-missing", "value-scaled", "value-unreadable")

# ------------------------------------------------------- before any row is touched


def column_missing(sub, rng, trial, tasks):
    layout = sub.layout
    if layout.levels == 2 or sub.lost_columns or layout.form == "csv" and layout.money != "万元":
        return False
    field = rng.choice([f for f in REQUIRED if f != "task"])
    if field in sub.scaled_columns:
        return False
    if field == "owner" and layout.owner_blank:
        return False
    sub.lost_columns[field] = True
    if rng.random() < 0.5:
        layout.undeclared_headings[field] = UNDECLARED[field]
    else:
        layout.columns.remove(field)
    # The owner's column is not required: titles and names of files say whose a sheet is.
    for table in sub.tables if field != "owner" else ():
        sub.expect("column-missing", "column missing", field=field, at=table, severity=MANDATORY)
    return True


def column_scaled(sub, rng, trial, tasks):
    fields = [f for f in ("funds", "central") if f in trial.compared and f not in sub.lost_columns]
    if not fields or sub.scaled_columns or len(sub.tables) > 1:
        return False
    field = rng.choice(fields)
    power = rng.choice([4, 4, -4, 1, -1, 2, 3, -2])
    values = [getattr(row, field) for row in sub.rows]
    if sum(1 for v in values if v) < 3 or any(v % 10 ** max(-power, 0) for v in values):
        return False
    for row in sub.rows:
        value = getattr(row, field)
        setattr(row, field, value * 10**power if power > 0 else value // 10**-power)
    sub.scaled_columns[field] = power
    return True


# ------------------------------------------------------- after the rows


def row_unplaced(sub, rng, trial, tasks):
    """A number and an amount, but no word of what they are for."""
    layout = sub.layout
    shown = [f for f in ("funds", "central") if f in layout.columns and f not in sub.lost_columns]
    if layout.numbering not in ("kept", "renumbered") or not shown:
        return False
    row = Row(None, rng.choice([60, 77]), None)
    setattr(row, shown[0], 5 * FEN_PER_WAN)
    row.role = "unplaced"
    rows = rng.choice(sub.tables).rows
    rows.insert(somewhere(rows, 1, rng), row)
    sub.expect("row-unplaced", "row unplaced", at=row, severity=VERIFY)
    return True


def hidden_rows(sub, rng, trial, tasks):
    if sub.layout.form == "csv":
        return False
    rows = sub.rows
    for row in rng.sample(rows, min(len(rows), rng.choice([1, 1, 2]))):
        row.hidden = True
    return True


def hidden_column(sub, rng, trial, tasks):
    if sub.layout.form == "csv":
        return False
    sub.layout.hide["columns"] = [rng.choice(sub.layout.columns)]
    return True


def hidden_notes(sub, rng, trial, tasks):
    if sub.layout.form == "csv" or not sub.layout.notes:
        return False
    sub.layout.hide["notes"] = True
    return True


def hidden_sheet(sub, rng, trial, tasks):
    if sub.layout.form == "csv" or sub.layout.part_files:
        return False
    sub.layout.hide["sheet"] = True
    sub.expect("hidden-content", "hidden sheet", sheet="底稿", severity=VERIFY)
    return True


def unit_doubtful(sub, rng, trial, tasks):
    layout = sub.layout
    if len(sub.tables) > 1 or "owner" in sub.lost_columns or layout.named_unit:
        return False
    if "another period" in sub.faults or layout.owner_blank:
        return False
    other = rng.choice(sorted({task.unit for task in tasks} - {sub.unit}))
    where = rng.choice(["title", "submitter", "file", "sheet"])
    if where == "title":
        layout.title = "unit"
    if where == "sheet":
        if layout.form == "csv":
            return False
        layout.sheet_name = other
    layout.named_unit[where] = other
    sub.expect("unit-doubtful", f"another unit in the {where}", severity=VERIFY)
    return True


def period_differs(sub, rng, trial, tasks):
    layout = sub.layout
    if len(sub.tables) > 1 or layout.named_unit:
        return False
    month = rng.choice(["2020年7月", "2020年9月", "2019年8月"])
    where = rng.choice(["title", "file", "sheet"])
    if where == "title":
        layout.stated_in_title = f"{sub.unit}居家和社区养老服务改革试点资金月报表（{month}）"
    elif where == "file":
        layout.file_pattern = "{unit}" + month
    elif layout.form == "csv":
        return False
    else:
        layout.sheet_name = month
    sub.expect("period-differs", f"another period in the {where}", severity=VERIFY)
    return True


def total_differs(sub, rng, trial, tasks):
    sub.total_faults += 1
    return True


BEFORE = {"column missing": (column_missing, 2), "column scaled": (column_scaled, 2)}
AFTER = {
    "row unplaced": (row_unplaced, 2),
    "hidden rows": (hidden_rows, 2),
    "hidden column": (hidden_column, 1),
    "hidden notes": (hidden_notes, 1),
    "hidden sheet": (hidden_sheet, 1),
    "another unit": (unit_doubtful, 2),
    "another period": (period_differs, 2),
    "total differs": (total_differs, 5),
}


# ------------------------------------------------------- totals


def print_totals(sub, rng, trial, tasks):
    """Makes the totals, plants faults in them, and says what must be found."""
    layout = sub.layout
    fields = [f for f in AMOUNTS if f in layout.columns and f not in sub.lost_columns]
    if not layout.total_unit_amounts:
        fields = [f for f in fields if f in ("funds", "central")]
    if layout.totals == "none" or not fields:
        sub.faults = [fault for fault in sub.faults if fault != "total differs"]
        return
    plan_sums = {
        field: sum(getattr(t, field) for t in tasks if t.unit == sub.unit)
        for field in ("funds", "central")
    }
    whole = len(sub.tables) == 1
    for table in sub.tables:
        rows = [row for row in table.rows if row.role != "unplaced"]
        label = None if layout.totals == "unlabelled" else layout.total_label
        if label == "总计" and not whole:
            # 总计 on one of several sheets may mean all of them.
            label = "合计"
        if layout.totals == "subtotals" and len(table.rows) >= 4:
            cut = rng.randint(2, len(table.rows) - 2)
            for part in (table.rows[:cut], table.rows[cut:]):
                table.totals.append(Total(part, rng.choice(["小计", "小  计"]), is_subtotal=True))
        table.totals.append(Total(rows, label))
        for total in table.totals:
            for field in fields:
                total.printed[field] = printed(total, field, plan_sums, whole, rng)
                if total.printed[field] is None:
                    del total.printed[field]
    plant(sub, rng, plan_sums, whole)
    for table in sub.tables:
        for total in table.totals:
            for field in total.printed:
                judge(sub, total, field, plan_sums, whole)


def added(total):
    return [row for row in total.rows if row.role != "unplaced"]


def sum_of(total, field):
    return sum(getattr(row, field) or 0 for row in added(total))


def printed(total, field, plan_sums, whole, rng):
    """The sum of the rows, or the plan's, as honest units print it."""
    kinds = {row.faults.get(field) for row in added(total)}
    if "value-imprecise" in kinds:
        # What a total of inexact amounts should be, nobody has agreed.
        return plan_sums[field] if whole and not total.is_subtotal else None
    if whole and not total.is_subtotal and field in plan_sums and rng.random() < 0.25:
        return plan_sums[field]
    return sum_of(total, field)


def planned_of(total, field, plan_sums, whole):
    """What the plan has for the rows of a total."""
    if whole:
        return plan_sums.get(field)
    return sum(getattr(row.task, field, 0) for row in added(total) if row.role == "task")


def plant(sub, rng, plan_sums, whole):
    planted = 0
    for _ in range(sub.total_faults):
        totals = [total for table in sub.tables for total in table.totals if total.printed]
        if not totals:
            break
        total = rng.choice(totals)
        field = rng.choice(sorted(total.printed))
        if field in total.causes or field in total.raw:
            continue
        if any(row.faults.get(field) == "value-imprecise" for row in added(total)):
            continue
        right = sum_of(total, field)
        amounts = [getattr(row, field) for row in added(total) if getattr(row, field)]
        way = rng.choice(["missing", "twice", "scaled", "sign", "odd", "subtotal", "unreadable"])
        cause = None
        if way == "missing" and amounts:
            value, cause = right - rng.choice(amounts), "row-missing"
        elif way == "twice" and amounts:
            value, cause = right + rng.choice(amounts), "row-twice"
        elif way == "scaled" and right:
            value, cause = right * 10, "power-of-ten"
        elif way == "sign" and right:
            value, cause = -right, "sign"
        elif way == "subtotal" and not total.is_subtotal:
            others = [t for table in sub.tables for t in table.totals if t.is_subtotal
                      and total in table.totals and t.printed.get(field)]  # fmt: skip
            others = [t for t in others if t.printed[field] == sum_of(t, field)]
            if not others:
                continue
            value, cause = right + rng.choice(others).printed[field], "subtotal-included"
        elif way == "unreadable":
            total.raw[field] = rng.choice(["待定", "见附表"]) if sub.layout.form != "xlsx" else (
                ErrorValue("#REF!")
            )
            total.causes[field] = ("unreadable", None)
            planted += 1
            continue
        else:
            value, cause = right + rng.randrange(1, 900) * 10_000 + 3_700, ()
        # What is the plan's sum of the same rows is explained by those that differ from it.
        if value == right or (field in plan_sums and value == planned_of(total, field, plan_sums, whole and not total.is_subtotal)):
            continue
        if field in plan_sums and value == plan_sums[field]:
            continue
        total.printed[field] = value
        total.causes[field] = (way, cause)
        planted += 1
    if planted < sub.total_faults:
        sub.faults = [fault for fault in sub.faults if fault != "total differs"]
        sub.faults += ["total differs"] * planted


def judge(sub, total, field, plan_sums, whole):
    """Says what DESIGN section 6 says of a printed total."""
    if field in total.raw:
        sub.expect(
            "value-unreadable", "total unreadable", field=field, at=total, at_field=field,
            severity=MANDATORY,
        )  # fmt: skip
        return
    if not added(total) or any(row.faults.get(field) in SILENCING for row in added(total)):
        return
    found, right = total.printed[field], sum_of(total, field)
    planned = planned_of(total, field, plan_sums, whole and not total.is_subtotal)
    is_plans = not total.is_subtotal and field in plan_sums and found == planned
    if found == right or is_plans:
        return
    way, cause = total.causes.get(field, ("", None))
    about = {} if cause is None else {"cause": cause}
    sub.expect(
        "total-differs", f"total: {way}" if way else "total", field=field, at=total, at_field=field,
        severity=MANDATORY, difference=found - right, **about,
    )  # fmt: skip


def scaled_columns(sub):
    """One finding for a whole column off by a power of ten, with all its cells."""
    for field in sub.scaled_columns:
        cells = [
            (row, field) for row in sub.rows if row.role == "task" and getattr(row.task, field)
        ]
        sub.expect(
            "column-scaled", "column scaled", field=field, at=sub.tables[0], cells=cells,
            severity=MANDATORY,
        )  # fmt: skip


