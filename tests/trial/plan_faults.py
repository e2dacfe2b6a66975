"""Faults in submissions of random plans. A function returns False where it does not apply."""

import plan_words
from formats import ErrorValue, Formula
from plan_draw import decimal
from plan_rows import Row
from planting import scaled
from submission import ANY, MANDATORY, VERIFY
from wording import folded

# ---------------------------------------------------------------------- amounts


def amount(sub, rng, wanted=lambda value: True):
    """Returns a field of amounts that is compared, and a free row with such a planned amount."""
    fields = sub.compared("amount")
    name = rng.choice(fields) if fields else None
    row = name and sub.free(rng, lambda row: wanted(row.task.values[name]))
    return (name, row) if row else (None, None)


def becomes(sub, row, name, value, fault):
    own = row.task.values[name]
    if value == own or own and scaled(value, own) or value == 0 and sub.layout.zero != "0":
        return False
    row.values[name] = value
    money = sub.plan.money
    return sub.say(
        row, name, "value-differs", fault, severity=MANDATORY, difference=decimal(value - own, money),
        expected=decimal(own, money), found=decimal(value, money),
    )  # fmt: skip


def amount_differs(sub, rng):
    name, row = amount(sub, rng)
    if not row:
        return False
    own = row.task.values[name]
    step = rng.choice([own // 10, own // 3, own, 100, 50_000, 2_000_000, 1])
    if step == 1 and sub.layout.money == "亿元":
        step = 10_000
    value = own + rng.choice([-1, 1]) * step
    return value > 0 and becomes(sub, row, name, value, "amount differs")


def amount_zero(sub, rng):
    name, row = amount(sub, rng, bool)
    return bool(row) and sub.layout.zero == "0" and becomes(sub, row, name, 0, "zero for an amount")


def amount_for_nothing(sub, rng):
    name, row = amount(sub, rng, lambda value: value == 0)
    return bool(row) and becomes(sub, row, name, rng.choice([5, 12, 300]) * 10**6, "an amount for zero")


def amount_sign(sub, rng):
    name, row = amount(sub, rng, bool)
    return bool(row) and becomes(sub, row, name, -row.task.values[name], "sign")


def amount_transposed(sub, rng):
    name, row = amount(sub, rng, bool)
    if not row:
        return False
    digits = str(row.task.values[name])
    ways = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and (i or digits[1] != "0")]
    if not ways:
        return False
    i = rng.choice(ways)
    return becomes(sub, row, name, int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]), "transposed")


def amount_of_neighbour(sub, rng):
    name, row = amount(sub, rng)
    others = row and [r.task.values[name] for r in sub.rows if r.task and r.task.values[name]]
    return bool(others) and becomes(sub, row, name, rng.choice(others), "neighbour's amount")


def amount_scaled(sub, rng):
    name, row = amount(sub, rng, bool)
    if not row:
        return False
    own = row.task.values[name]
    power = rng.choice([1, 1, 2, 3, 4, 4, -1, -2, -3, -4])
    if power < 0 and own % 10**-power:
        return False
    agreeing = [r for r in sub.rows if r.role == "task" and r is not row and r.task.values[name]]
    if len([r for r in agreeing if r.values.get(name) == r.task.values[name]]) < 3:
        return False
    row.values[name] = own * 10**power if power > 0 else own // 10**-power
    difference = decimal(row.values[name] - own, sub.plan.money)
    return sub.say(row, name, "value-scaled", "scaled ×10ⁿ", severity=MANDATORY, difference=difference)


def amount_missing(sub, rng):
    name, row = amount(sub, rng, bool)
    if not row:
        return False
    row.values[name], row.raw[name] = None, rng.choice([None, None, "—", "/", "无", "-"])
    return sub.say(row, name, "value-missing", "amount missing", severity=MANDATORY)


def unreadable(sub, rng):
    texts = ["待定", "约30万元", "详见附件", "TBD", "10-20", "见批复", "1.2.3"]
    if sub.layout.form == "xlsx":
        texts += [ErrorValue("#REF!"), ErrorValue("#N/A"), Formula("SUM(Z1:Z3)")]
    return rng.choice(texts)


def amount_unreadable(sub, rng):
    name, row = amount(sub, rng)
    if not row:
        return False
    row.values[name], row.raw[name] = None, unreadable(sub, rng)
    return sub.say(row, name, "value-unreadable", "amount unreadable", severity=MANDATORY)


def amount_imprecise(sub, rng):
    name, row = amount(sub, rng, bool)
    if not row:
        return False
    own = row.task.values[name]
    text = f"{decimal(own * 10 + 3, sub.layout.money).scaleb(-1):f}"
    if len(text.replace(".", "").lstrip("0")) > 14:
        return False
    if sub.layout.stated == "cell":
        row.raw[name] = text + sub.layout.money
    else:
        row.raw[name] = rng.choice([text, float(text)])
    row.values[name] = None
    return sub.say(row, name, "value-imprecise", "finer than a 分", severity=VERIFY)


def equation_broken(sub, rng):
    """Only where a source of the equation or limit is not compared itself."""
    plan = sub.plan
    if {*sub.lost_columns, *sub.scaled_columns} & {"funds", *plan.sources}:
        # The first cause is the column.
        return False
    names = [n for n in plan.sources if not plan.columns[n].compared]
    rules = [rule for rule in plan.rules if names and names[0] in rule[2]]
    row = rules and sub.free(rng, lambda row: row.values["funds"])
    if not row:
        return False
    if rules[0][1] == "equation":
        row.values[names[0]] += 700
        kind = "balance-broken"
    else:
        row.values[names[0]] = row.values["funds"] + rng.choice([100, 90_000])
        kind = "limit-exceeded"
    row.touched = True
    row.faults[names[0]] = row.faults["funds"] = kind
    sub.expect(kind, "rule of the row broken", seq=row.task.seq, field=ANY, at=row)
    return True


def amounts_exchanged(sub, rng):
    """Two rows with the amount of each other."""
    name, row = amount(sub, rng)
    other = row and sub.free(rng, lambda r: r is not row and r.task.values[name] != row.task.values[name])
    if not other:
        return False
    one, two = row.task.values[name], other.task.values[name]
    if one and two and (scaled(one, two) or scaled(two, one)):
        return False
    return becomes(sub, row, name, two, "amounts exchanged") and becomes(sub, other, name, one, "amounts exchanged")


def columns_exchanged(sub, rng):
    """In one row, the amounts of two columns exchanged."""
    fields = sub.compared("amount")
    row = len(fields) > 1 and sub.free(rng)
    if not row:
        return False
    a, b = rng.sample(fields, 2)
    one, two = row.task.values[a], row.task.values[b]
    if one == two or one and two and (scaled(one, two) or scaled(two, one)):
        return False
    return becomes(sub, row, a, two, "columns exchanged") and becomes(sub, row, b, one, "columns exchanged")


def amount_and_month(sub, rng):
    name, row = amount(sub, rng, bool)
    if not row or not sub.compared("month"):
        return False
    return becomes(sub, row, name, row.task.values[name] + 770_000, "two in one row") and other_month(sub, rng, row)


# ---------------------------------------------------------------------- other cells


def month_differs(sub, rng):
    row = sub.compared("month") and sub.free(rng)
    return bool(row) and other_month(sub, rng, row)


def other_month(sub, rng, row):
    name, year = rng.choice(sub.compared("month")), sub.plan.year
    months = [(year, m) for m in range(1, 13)] + [(year + 1, 3), (year - 1, 12)]
    row.values[name] = rng.choice([m for m in months if m != row.task.values[name]])
    return sub.say(row, name, "value-differs", "month differs", severity=MANDATORY,
                   found=iso(row.values[name]), expected=iso(row.task.values[name]))  # fmt: skip


def iso(month):
    return f"{month[0]}-{month[1]:02}"


def drawn(sub, rng, fields):
    """A row that carries no fault yet, and one of the fields; or neither."""
    row = fields and sub.free(rng)
    return (row, rng.choice(fields)) if row else (None, None)


def month_missing(sub, rng):
    row, name = drawn(sub, rng, sub.compared("month"))
    if not row:
        return False
    row.values[name], row.raw[name] = None, rng.choice([None, None, "—", "/", "无"])
    return sub.say(row, name, "value-missing", "month missing", severity=MANDATORY)


def month_unreadable(sub, rng):
    row, name = drawn(sub, rng, sub.compared("month"))
    if not row:
        return False
    year = sub.plan.year
    row.values[name] = None
    row.raw[name] = rng.choice(["待定", "尽快完成", "以批复为准", f"{year}年13月", "按合同约定"])
    return sub.say(row, name, "value-unreadable", "month unreadable", severity=MANDATORY)


def whole_number_differs(sub, rng):
    row, name = drawn(sub, rng, sub.compared("integer"))
    if not row:
        return False
    row.values[name] = row.task.values[name] + rng.choice([1, 7, -1, 100])
    return row.values[name] > 0 and sub.say(row, name, "value-differs", "whole number differs")


def share_differs(sub, rng):
    row, name = drawn(sub, rng, sub.compared("percent"))
    if not row:
        return False
    row.values[name] = rng.choice([v for v in (22, 35, 45, 55, 70, 90) if v != row.task.values[name]])
    return sub.say(row, name, "value-differs", "share differs")


def choice_differs(sub, rng):
    row, name = drawn(sub, rng, sub.compared("choice"))
    if not row:
        return False
    row.values[name] = rng.choice([v for v, _ in plan_words.KINDS_OF_WORK if v != row.task.values[name]])
    return sub.say(row, name, "value-differs", "choice differs")


def text_differs(sub, rng):
    row, name = drawn(sub, rng, [name for name in sub.compared("text") if name in ("use", "leader")])
    if not row:
        return False
    values = plan_words.OTHER_USES if name == "use" else [p for p in plan_words.PEOPLE if p != row.task.values[name]]
    row.values[name] = rng.choice(values)
    return sub.say(row, name, "value-differs", "text differs", severity=VERIFY)


def text_missing(sub, rng):
    fields = [name for name in sub.compared("text") if name in ("use", "leader")]
    name = fields and rng.choice(fields)
    row = name and sub.free(rng, lambda row: row.task.values[name])
    if not row:
        return False
    row.values[name] = None
    return sub.say(row, name, "value-missing", "text missing", severity=VERIFY)


def key_differs(sub, rng):
    """A task worded otherwise, or with another number or place in it."""
    row, name = drawn(sub, rng, [name for name in sub.compared("text") if name in ("task", "place", "work")])
    if not row:
        return False
    text = row.task.values[name]
    ways = [text + rng.choice(["项目", "工程", "一期"]) if not text.endswith("。") else text[:-1] + "等。"]
    digits = [i for i, c in enumerate(text) if c in "123456789"]
    if digits:
        i = rng.choice(digits)
        ways += [text[:i] + rng.choice([d for d in "23456789" if d != text[i]]) + text[i + 1 :]] * 2
    for word, other in (("改造", "改建"), ("维修", "检修"), ("更换", "更新"), ("安装", "架设"), ("村", "社区"), ("硬化", "整修")):
        if word in text:
            ways.append(text.replace(word, other, 1))
    text = rng.choice(ways)
    if folded(text) == folded(row.task.values[name]):
        return False
    row.values[name] = text
    row.changed_text = name in sub.plan.key
    return sub.say(row, name, "value-differs", "worded otherwise", severity=VERIFY)


def spent_beyond_received(sub, rng):
    ruled = any(rule[0] == "spent-cap" for rule in sub.plan.rules) and "spent" in sub.layout.columns
    row = ruled and sub.free(rng, lambda row: row.values.get("received"))
    if not row:
        return False
    row.values["spent"] = row.values["received"] + rng.choice([100, 50_000, 10**6])
    row.touched, row.faults["spent"] = True, "limit-exceeded"
    sub.expect("limit-exceeded", "spent more than received", seq=row.task.seq, field=ANY, at=row)
    return True


def progress_out_of_range(sub, rng):
    ruled = any(rule[0] == "progress-range" for rule in sub.plan.rules) and "progress" in sub.layout.columns
    row = ruled and not sub.layout.fractions and sub.free(rng)
    if not row:
        return False
    row.values["progress"] = rng.choice([101, 120, 350])
    return sub.say(row, "progress", "out-of-range", "progress beyond 100 %")


def reported_unreadable(sub, rng):
    row = "spent" in sub.layout.columns and sub.free(rng)
    if not row:
        return False
    name = rng.choice(["spent", "received"])
    row.values[name], row.raw[name] = None, unreadable(sub, rng)
    return sub.say(row, name, "value-unreadable", "reported amount unreadable", severity=MANDATORY)


# ---------------------------------------------------------------------- the list of tasks


def table_of(sub, row):
    return next(table for table in sub.tables if row in table.rows)


def task_missing(sub, rng):
    row = sub.free(rng)
    if not row or len(table_of(sub, row).rows) <= 2:
        return False
    table_of(sub, row).rows.remove(row)
    sub.missing.append(row.task)
    told = row.task.values[sub.plan.key[0]]
    sub.expect("task-missing", "task missing", seq=row.task.seq, cell=None, severity=MANDATORY, told=told)
    return True


def many_missing(sub, rng):
    """Half of the tasks are not there."""
    rows = [row for row in sub.rows if row.role == "task" and not row.touched]
    if len(rows) < 8 or len(sub.tables) > 1 or sub.missing:
        return False
    for row in rng.sample(rows, len(rows) // 2):
        sub.tables[0].rows.remove(row)
        sub.missing.append(row.task)
        told = row.task.values[sub.plan.key[0]]
        sub.expect("task-missing", "half of the tasks missing", seq=row.task.seq, cell=None, severity=MANDATORY, told=told)
    return True


def task_extra(sub, rng):
    plan = sub.plan
    texts = {
        "task": rng.choice(plan_words.STRANGE), "place": "卯酉组", "work": rng.choice(plan_words.STRANGE_WORKS),
        "code": f"{plan.year}-ZZ-{rng.randrange(9000, 9999)}",
    }  # fmt: skip
    if any(folded(row.values.get("task", "")) == folded(texts["task"]) for row in sub.rows):
        return False
    if "code" in plan.key and sub.missing:
        return False
    funds = rng.choice([0, 5, 12, 30, 88]) * 10**6
    values = {name: text for name, text in texts.items() if name in plan.columns}
    values |= {"funds": funds, "due": (plan.year, 12)} | {name: 0 for name in plan.sources}
    row = Row(None, values, role="extra", touched=True)
    table = rng.choice(sub.tables)
    table.rows.insert(rng.randint(0, len(table.rows)), row)
    sub.expect("task-extra", "task extra", at=row, at_field=plan.key[0], severity=MANDATORY)
    return True


def task_repeated(sub, rng):
    row = sub.free(rng)
    if not row:
        return False
    copy = Row(row.task, dict(row.values), role="repeated", touched=True)
    row.touched = True
    if rng.random() < 0.3 and "funds" in sub.compared("amount") and row.task.values["funds"]:
        copy.values["funds"] = row.task.values["funds"] + 3 * 10**6
    table = table_of(sub, row)
    table.rows.insert(table.rows.index(row) + 1, copy)
    sub.expect("task-repeated", "task repeated", seq=row.task.seq, at=copy, at_field=sub.plan.key[0], severity=MANDATORY)
    return True


def task_misplaced(sub, rng):
    plan = sub.plan
    keys = [folded(plan.text_key(task.values)) for task in plan.tasks]
    others = [t for t, key in zip(plan.tasks, keys) if t.unit != sub.unit and keys.count(key) == 1]
    if not others or sub.layout.shared:
        return False
    task = rng.choice(others)
    row = Row(task, dict(task.values), role="misplaced", touched=True)
    table = rng.choice(sub.tables)
    table.rows.insert(rng.randint(0, len(table.rows)), row)
    sub.expect("task-misplaced", "task misplaced", seq=task.seq, at=row, at_field=plan.key[0], severity=MANDATORY)
    return True


# ---------------------------------------------------------------------- sheets


def total_differs(sub, rng):
    sub.total_faults += 1
    return sub.layout.totals != "none"


def hidden_rows(sub, rng):
    if sub.layout.form == "csv" or any(row.hidden for row in sub.rows):
        return False
    for row in rng.sample(sub.rows, min(len(sub.rows), rng.choice([1, 1, 2]))):
        row.hidden = True
    return True


def hidden_column(sub, rng):
    if sub.layout.form == "csv" or sub.layout.hidden_columns:
        return False
    sub.layout.hidden_columns = [rng.choice([n for n in sub.layout.columns if n != "unknown"])]
    return True


def hidden_sheet(sub, rng):
    layout = sub.layout
    if layout.parts != "sheets" or layout.hidden_part:
        return False
    layout.hidden_part = True
    sub.expect("hidden-content", "hidden sheet", sheet=layout.part_sheets[1], severity=VERIFY)
    return True


def stranger_among_owners(sub, rng):
    """One owner cell names another unit, or nobody of the plan."""
    layout = sub.layout
    row = layout.owner == "every" and layout.names_the_unit() and not layout.shared and sub.free(rng)
    if not row or len(sub.rows) < 4 or layout.named_unit or any("owner" in r.raw for r in sub.rows):
        return False
    others = [unit for unit in sub.plan.units if unit != sub.unit]
    row.raw["owner"] = rng.choice([rng.choice(others), "某某合作社"])
    row.touched = True
    sub.expect("unit-doubtful", "a stranger among the owners", at=row, at_field="owner", field=ANY, severity=VERIFY)
    return True


def another_unit(sub, rng):
    """The title, the sheet's or the file's name, or all of them, name another unit than the rows do."""
    layout = sub.layout
    if len(sub.tables) > 1 or layout.owner in ("blank", "missing") or layout.hidden_columns or len(sub.rows) < 3:
        return False
    if "a stranger among the owners" in sub.faults or layout.named_unit or "column missing" in sub.faults:
        return False
    other = rng.choice([unit for unit in sub.plan.units if unit != sub.unit])
    ways = ["file"] * ("{unit}" in layout.pattern) + ["title"] * (layout.title in ("unit", "month"))
    ways += ["submitter"] * layout.submitter
    if layout.form != "csv" and layout.sheet_name == sub.unit:
        ways.append("sheet")
    if not ways:
        return False
    for way in [rng.choice(ways)] if rng.random() < 0.7 else ways:
        layout.named_unit[way] = other
        if way == "sheet":
            layout.sheet_name = other
    sub.expect("unit-doubtful", "another unit in title or name", field=ANY, severity=VERIFY)
    return True


def another_month(sub, rng):
    layout = sub.layout
    if "another month in the title" in sub.faults:
        return False
    if layout.title != "month" or "{m" in layout.pattern or layout.sheet_name.endswith("月"):
        return False
    year, month = layout.month_of_title
    layout.month_of_title = rng.choice([(year, month - 1), (year, month + 1), (year - 1, month)])
    for part in range(len(sub.tables) if layout.parts == "files" else 1):
        sub.expect("period-differs", "another month in the title", severity=VERIFY, file=layout.name(part))
    return True


def column_missing(sub, rng):
    plan, layout = sub.plan, sub.layout
    names = [n for n in layout.columns if n in plan.columns and plan.columns[n].required and n not in (*plan.key, "funds")]
    if not names or layout.two or sub.faults or len(layout.columns) < 5:
        return False
    name = rng.choice(names)
    layout.columns.remove(name)
    sub.lost_columns[name] = True
    # Once a sheet.
    for table in sub.tables[:1] if layout.parts == "stacked" else sub.tables:
        sub.expect("column-missing", "column missing", field=name, at=table, severity=MANDATORY)
    return True


def column_scaled(sub, rng):
    fields = sub.compared("amount")
    if not fields or sub.scaled_columns or len(sub.tables) > 1 or sub.faults:
        return False
    name = rng.choice(fields)
    power = rng.choice([4, 4, -4, 1, -1, 2, 3, -2])
    values = [row.values[name] for row in sub.rows]
    if sum(1 for v in values if v) < 4 or any(v % 10 ** max(-power, 0) for v in values):
        return False
    for row in sub.rows:
        row.values[name] = row.values[name] * 10**power if power > 0 else row.values[name] // 10**-power
    sub.scaled_columns[name] = power
    return True


FIRST = {"column missing": (column_missing, 1), "column scaled": (column_scaled, 2)}
ROWS = {
    "amount differs": (amount_differs, 6),
    "zero for an amount": (amount_zero, 1),
    "an amount for zero": (amount_for_nothing, 1),
    "sign": (amount_sign, 1),
    "amounts exchanged": (amounts_exchanged, 2),
    "columns exchanged": (columns_exchanged, 2),
    "two in one row": (amount_and_month, 2),
    "half of the tasks missing": (many_missing, 0.5),
    "transposed": (amount_transposed, 2),
    "neighbour's amount": (amount_of_neighbour, 2),
    "scaled ×10ⁿ": (amount_scaled, 3),
    "amount missing": (amount_missing, 3),
    "amount unreadable": (amount_unreadable, 3),
    "finer than a 分": (amount_imprecise, 2),
    "rule of the row broken": (equation_broken, 3),
    "month differs": (month_differs, 3),
    "month missing": (month_missing, 2),
    "month unreadable": (month_unreadable, 2),
    "whole number differs": (whole_number_differs, 2),
    "share differs": (share_differs, 2),
    "choice differs": (choice_differs, 2),
    "text differs": (text_differs, 2),
    "text missing": (text_missing, 2),
    "worded otherwise": (key_differs, 4),
    "spent more than received": (spent_beyond_received, 2),
    "progress beyond 100 %": (progress_out_of_range, 2),
    "reported amount unreadable": (reported_unreadable, 2),
    "task missing": (task_missing, 4),
    "task extra": (task_extra, 4),
    "task repeated": (task_repeated, 3),
    "task misplaced": (task_misplaced, 3),
    "a stranger among the owners": (stranger_among_owners, 3),
}
SHEETS = {
    "hidden rows": (hidden_rows, 2),
    "hidden column": (hidden_column, 1),
    "hidden sheet": (hidden_sheet, 3),
    "another month in the title": (another_month, 2),
    "another unit": (another_unit, 3),
    "total differs": (total_differs, 6),
}
