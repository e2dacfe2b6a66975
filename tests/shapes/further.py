"""Sheets beside the plan that hold tables and are not the plan: a copy, last year's, sums by unit."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import body
import sheet
from drawn import Column
from formats import Grid


def sheets(rng, plan, look):
    """The further sheets of a plan, each with its place."""
    place = rng.choice([0, 9])
    return [(place, {"copy": copy, "earlier": earlier, "summary": summary}[plan.form.further](rng, plan, look))]


def written(plan, rows, columns, look, name, title):
    placed = sheet.Placed(Grid(name))
    look = SimpleNamespace(**{**vars(look), "title": title})
    row = sheet.above(plan, len(columns), look, placed, 0)
    own = replace(plan, columns=columns, rows=rows)
    sheet.table(own, columns, body.lines(own, rows), look, placed, row, look.left)
    return placed.grid


def copy(rng, plan, look):
    """The same rows once more."""
    name = rng.choice([plan.form.sheet + "(2)", plan.form.sheet + " (2)", "副本", "打印"])
    return written(plan, plan.rows, plan.columns, look, name, plan.title)


def earlier(rng, plan, look):
    """The plan of the year before, in the same form."""
    rows = [row for row in plan.rows if rng.random() < 0.8] or plan.rows[:1]
    rows = [row.changed("funds", row.values["funds"] + 1) for row in rows]
    title = plan.title.replace(str(plan.year), str(plan.year - 1))
    after = tuple(line.replace(str(plan.year), str(plan.year - 1)) for line in look.after)
    look = SimpleNamespace(**{**vars(look), "after": after})
    return written(plan, rows, plan.columns, look, f"{plan.year - 1}年", title)


def summary(rng, plan, look):
    """The sums of each unit."""
    columns = [Column("owner", "text", plan.column("owner").path), Column("count", "integer", ("项目数",)), *plan.amounts]
    form = SimpleNamespace(**{**vars(plan.form), "groups": None, "unit_sum": None, "owner": "column", "details": None})
    rows = []
    for at, unit in enumerate(plan.units):
        own = plan.of(unit)
        values = {"owner": unit, "count": Decimal(len(own)), "task": None}
        for column in plan.amounts:
            values[column.name] = sum((row.values[column.name] or Decimal(0) for row in own), Decimal(0))
        rows.append(replace(own[0], values=values, number=-1 - at))
    own = replace(plan, form=form)
    own.form.total_place = "owner"
    return written(own, rows, columns, look, rng.choice(["汇总", "汇总表", "分单位汇总"]), plan.title + "（汇总）")
