"""Shapes of workbooks and mixtures: several sheets, equal forms, long texts, and headings of one shape over rows of another."""

from dataclasses import replace
from decimal import Decimal

import content
import of_headings
import of_rows
import of_units
from drawn import Column, Row
from of_units import finished


def beside_it(rng, what):
    plan = content.start(rng, "", further=what, total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan, 3, 7)
    plan.form.formats = ("xlsx", "xls", "ods")
    plan.form.sheet = rng.choice(["计划", "明细表", f"{plan.year}年"])
    return finished(rng, plan)


def copy(rng):
    """A copy of the sheet beside the plan."""
    return beside_it(rng, "copy")


def earlier(rng):
    """The year before in the same form."""
    plan = beside_it(rng, "earlier")
    if str(plan.year) not in plan.title:
        plan.title = f"{plan.year}年{plan.title}"
    return plan


def summary(rng):
    """Sums by unit on a sheet of their own."""
    return beside_it(rng, "summary")


def forms(rng):
    """The same numbered lines on a sheet of each unit."""
    plan = content.start(rng, "", owner="sheet", numbering="unit", total=rng.choice([None, "bottom"]))
    plan.form.submitter = rng.choice(["填报单位", "单位"])
    content.plain_columns(rng, plan, owner=False, seq=True, more=0)
    plan.column("seq").path = ("行次",)
    content.fill_rows(rng, plan, 4, 8, same=True)
    if rng.random() < 0.3:
        plan.form.sum_line = rng.choice(["支出合计", "收入总计", "资金合计"])
        plan.features.append("sum on the first line")
    finished(rng, plan)
    plan.form.formats = ("xlsx", "xls", "ods")
    plan.returns = {"order": "plan"}
    return plan


def repeated(rng):
    """Tasks of one name in a unit, told apart by a further column."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom"]))
    content.plain_columns(rng, plan, more=0)
    at = plan.columns.index(plan.column("task"))
    plan.columns.insert(at + 1, Column("place", "text", (rng.choice(["建设地点", "实施地点", "所在村"]),)))
    content.fill_rows(rng, plan, 2, 5)
    for unit in plan.units:
        own = plan.of(unit)
        for row, name in zip(own, content.task_texts(rng, len(own), "common")):
            row.values["place"] = name[2:4] + content.place(rng) + str(row.number) + "村"
        own[1].values["task"] = own[0].values["task"]
    plan.form.keys = ("place",)
    return finished(rng, plan)


def three_levels(rng):
    """Headings of three levels."""
    plan = of_headings.families(rng, ["计划", "完成"], rng.choice([("中央", "省级", "市级"), ("中央资金", "地方资金")]))
    upper = rng.choice(["资金安排情况", "投资情况", "资金（分年度）"])
    for column in plan.amounts:
        column.path = (upper, *column.path)
    return plan


def money_above(rng):
    """The unit of money in an upper heading."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan, amounts=1, more=1)
    at = plan.columns.index(plan.column("funds"))
    upper = rng.choice(["资金来源", "资金", "投资", "资金规模"])
    parts = rng.sample(["中央", "省级", "市级", "县级", "自筹"], rng.randint(2, 4))
    plan.columns[at : at + 1] = [Column(f"source{n}", "amount", (upper, part)) for n, part in enumerate(parts)]
    plan.form.upper_money = upper
    plan.form.money_line = False
    plan.returns = {"order": "plan"}
    content.fill_rows(rng, plan)
    return finished(rng, plan)


ROWS = [
    of_units.merged, of_units.fill, of_units.by_sheet, of_units.by_title, of_units.by_section, of_units.by_line,
    of_rows.sections, of_rows.sections_above, of_rows.sections_below, of_rows.deep, of_rows.of_unit, of_rows.named,
    of_rows.parents, of_rows.pages, of_rows.keys, of_rows.remarks, of_rows.projects, of_rows.wordless,
]  # fmt: skip


def mixed(rng):
    """Rows of one shape under headings of another."""
    shape = rng.choice(ROWS)
    plan = shape(rng)
    plan.features.append(f"rows as {shape.__name__}")
    with_family(rng, plan)
    return plan


def with_family(rng, plan):
    """Puts a family of columns in the place of the amounts."""
    way = rng.choice(["years", "months", "stages", "parts", "figures"])
    plan.features.append(f"headings as {way}")
    first = rng.randint(2018, 2022)
    if way == "figures":
        paths = [(f"{first + at}年",) for at in range(rng.randint(2, 3))]
    else:
        uppers = {
            "years": [str(first + at) for at in range(2)],
            "months": rng.choice([["1月", "2月", "3月"], ["一季度", "二季度"], ["上半年", "下半年"]]),
            "stages": rng.choice([["第一批", "第二批"], ["一期", "二期"], ["计划资金", "到位资金"]]),
            "parts": [rng.choice(["资金来源", "总投资"])],
        }[way]
        lowers = rng.choice(of_headings.LOWER)
        if way == "parts":
            lowers = ["合计", *rng.sample(["中央", "省级", "市级", "自筹"], rng.randint(2, 3))]
        paths = [(upper, lower) for upper in uppers for lower in lowers]
    at = plan.columns.index(plan.amounts[0])
    old = plan.amounts
    plan.columns = [column for column in plan.columns if column not in old]
    new = [Column("funds" if n == 0 else f"family{n}", "amount", path) for n, path in enumerate(paths)]
    plan.columns[min(at, len(plan.columns)) : 0] = []
    plan.columns[at:at] = new
    plan.form.money_line = True
    plan.returns = {**plan.returns, "order": "plan"}
    makers = {column.name: content.amount_maker(rng, plan.money) for column in new}
    blank = [row for row in plan.rows if row.values.get("funds") is None]
    for row in plan.rows:
        for column in new:
            row.values[column.name] = None if row in blank else makers[column.name]()
    if way == "parts":
        plan.form.whole = (("funds", tuple(column.name for column in new[1:])),)
        for row in plan.rows:
            if row not in blank:
                row.values["funds"] = sum((row.values[column.name] for column in new[1:]), Decimal(0))


def long_text(rng):
    """A long text of a task that runs over two rows."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom"]))
    content.plain_columns(rng, plan, seq=True, more=1)
    content.fill_rows(rng, plan, 3, 6, style="long")
    for row in plan.rows[:-1]:
        if rng.random() < 0.3:
            row.values["rest"] = content.filled(rng, rng.choice(["并对{place}周边道路进行整治", "配套建设管理用房和附属设施", "按照批复的实施方案组织验收"]))
    plan.returns = {"order": "plan"}
    return finished(rng, plan)


SHAPES = {
    "copy-beside": copy, "year-before": earlier, "summary-beside": summary, "forms": forms, "repeated-names": repeated,
    "three-levels": three_levels, "money-above": money_above, "mixed-1": mixed, "mixed-2": mixed, "mixed-3": mixed,
    "mixed-4": mixed, "mixed-5": mixed, "long-text": long_text,
}  # fmt: skip
