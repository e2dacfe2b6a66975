"""Spoils one thing in one return, or in the plan, and says what must be found."""

from dataclasses import dataclass, replace
from decimal import Decimal

import books
import content
import sheet
from drawn import figure


@dataclass
class Planted:
    what: str
    side: str
    unit: str
    kinds: tuple
    file: str = None
    cell: str = None  # None where nothing stands any more
    row: bool = False  # any cell of the row will do
    text: str = None


def amount(rng, plan, unit, rows, look):
    """An amount that is another."""
    places = [(at, c.name) for at, row in enumerate(rows) for c in plan.amounts if row.values.get(c.name)]
    if not places:
        return None
    at, name = rng.choice(places)
    value = rows[at].values[name]
    other = value * 10 if rng.random() < 0.3 else value + rng.choice([1, 2, 5, Decimal("0.5"), -1])
    if other <= 0 or other == value:
        other = value + 3
    spoilt = list(rows)
    spoilt[at] = rows[at].changed(name, other)
    book = books.returned(plan, unit, spoilt, look)
    where = book.where(rows[at].number, name)
    return book, Planted("amount", "submission", unit, ("value-differs", "value-scaled"), book.name, sheet.name_of(where[1]))


def other_value(rng, plan, unit, rows, look):
    """A text, a month, a count, a length or a share that is another."""
    key = ("owner", "task", "project", "town", "seq", *plan.form.keys)
    some = [c for c in plan.columns if c.name not in key and c.kind != "amount" and not plan.form.matrix]
    places = [(at, c) for at, row in enumerate(rows) for c in some if row.values.get(c.name) is not None]
    if not places:
        return None
    at, column = rng.choice(places)
    value = rows[at].values[column.name]
    if column.kind == "text":
        other = rng.choice(["办公用品购置", "另行安排的内容", "宣传印刷"])
    elif column.kind == "month":
        other = (value[0], value[1] % 12 + 1)
    elif column.kind == "percent":
        other = value - Decimal("0.15")
    else:
        other = value + rng.choice([1, 3, 10])
    spoilt = list(rows)
    spoilt[at] = rows[at].changed(column.name, other)
    book = books.returned(plan, unit, spoilt, look)
    where = book.where(rows[at].number, column.name)
    if where is None:
        return None
    # A column of few words may be drafted as a choice, of which another word is none.
    kinds = ("value-differs", "value-scaled", "value-unreadable")[: 3 if column.kind == "text" else 2]
    return book, Planted(column.kind, "submission", unit, kinds, book.name, sheet.name_of(where[1]))


def dropped(rng, plan, unit, rows, look):
    if len(rows) < 3:
        return None
    at = rng.randrange(len(rows))
    book = books.returned(plan, unit, rows[:at] + rows[at + 1 :], look)
    return book, Planted("row dropped", "submission", unit, ("task-missing",), text=rows[at].values["task"])


def added(rng, plan, unit, rows, look):
    if plan.form.groups == "projects" or plan.form.keys:
        return None
    values = dict(rng.choice(rows).values)
    values["task"] = rng.choice(["采购应急照明灯具一批", "慰问高龄党员并走访老兵", "编制档案数字化方案", "支付律师咨询费用"])
    values.pop("part", None)
    new = replace(rows[-1], values=values, number=9999)
    at = rng.randint(1, len(rows))
    new = replace(new, sections=rows[at - 1].sections)
    book = books.returned(plan, unit, rows[:at] + [new] + rows[at:], look)
    where = book.where(9999, "task") or next(iter(book.where(9999, c.name) for c in plan.amounts))
    if plan.form.matrix:
        where = book.where(9999, plan.amounts[0].name)
    return book, Planted("row added", "submission", unit, ("task-extra",), book.name, sheet.name_of(where[1]), row=True)


def total(rng, plan, unit, rows, look):
    book = books.returned(plan, unit, rows, look)
    amounts = {c.name for c in plan.amounts} | {"whole"}
    some = [(p, t) for p, t in book.totals if t[2] in amounts or t[2].startswith("unit:")]
    if not some:
        return None
    placed, (row, column, _, value) = rng.choice(some)
    spoil(rng, placed, row, column, value)
    return book, Planted("total", "submission", unit, ("total-differs",), book.name, sheet.name_of((row, column)))


def spoil(rng, placed, row, column, value):
    placed.grid.cells[row, column] = figure(value + rng.choice([1, 2, 7]))


def total_of_plan(rng, plan, book):
    """A total of the plan that is wrong; told by its word, or by its other columns."""
    amounts = {c.name for c in plan.amounts}
    some = [(p, t) for p, t in book.totals if t[2] in amounts or t[2].startswith("unit:")]
    if plan.form.wordless and len(plan.amounts) < 3 or not some:
        return None
    placed, (row, column, _, value) = rng.choice(some)
    spoil(rng, placed, row, column, value)
    return Planted("total of the plan", "plan", None, ("total-differs",), book.name, sheet.name_of((row, column)))


OF_RETURNS = [amount, amount, other_value, dropped, added, total]
