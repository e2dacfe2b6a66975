"""What may stand around any table: lines above, a row of column numbers, remarks, further sheets."""

from dataclasses import replace
from decimal import Decimal

import content
from drawn import Column, figure
from formats import Grid


def dress(rng, plan):
    """Adds some of it to a plan, whatever its shape."""
    form = plan.form
    if rng.random() < 0.15:
        form.before = (rng.choice(["附件1", "附件：", "附表2", "附件3："]),)
        plan.features.append("line before the title")
    if rng.random() < 0.15:
        form.after = (rng.choice(["填报日期：2021年3月5日", f"（{plan.year}年{plan.month}月）", "编制单位：财政局   编制日期：3月1日"]),)
        plan.features.append("line below the title")
    if rng.random() < 0.1 and not form.blank_in_heading:
        form.numbers_row = rng.choice(["all", "after"])
        plan.features.append("column numbers")
    if rng.random() < 0.1 and not form.beside:
        form.left = 1
        plan.features.append("begins in the second column")
    if rng.random() < 0.2 and not form.notes and form.owner != "title" and not form.beside:
        form.notes = tuple(rng.sample(content.NOTES, rng.randint(1, 2)))
        form.notes_merged = rng.random() < 0.5
        plan.features.append("notes")
    if rng.random() < 0.12 and not form.matrix and not form.beside and plan.column("owner") is not None:
        remarks(rng, plan)
    if rng.random() < 0.1 and not form.groups and not form.unit_sum and not form.matrix:
        form.dash = rng.choice(["—", "/", "-", "0"])
        for row in plan.rows:
            sums = {whole for whole, _ in form.whole}
            for column in plan.amounts[1:]:
                if column.name not in sums and rng.random() < 0.15 and row.values[column.name] is not None:
                    row.values[column.name] = None
        plan.features.append("blank amounts as " + form.dash)
        balanced(plan)
    if rng.random() < 0.12 and form.owner not in ("sheet", "title") and form.formats[0] == "xlsx":
        form.formats = ("xlsx", "xls", "ods")
        form.cover = rng.choice(["cover", "notes", "both"])
        plan.features.append("sheets without a table")


def balanced(plan):
    """Keeps sums of a row what they are where a part has gone."""
    if plan.form.whole:
        for row in plan.rows:
            for whole, parts in plan.form.whole:
                row.values[whole] = sum((row.values[part] or Decimal(0) for part in parts), Decimal(0))


def remarks(rng, plan):
    column = Column("remark", "text", (rng.choice(["备注", "说明", "备 注"]),))
    plan.columns.append(column)
    for row in plan.rows:
        row.values["remark"] = rng.choice([None, None, None, "续建", "跨年度项目", "已立项", "待批复"])
    plan.features.append("remarks")


def covers(rng, plan):
    """Sheets of words alone: where they stand among the others, and what they hold."""
    made = []
    if plan.form.cover in ("cover", "both"):
        grid = Grid(rng.choice(["封面", "目录"]))
        grid.put(3, 1, plan.title)
        grid.put(6, 1, rng.choice(["财政局编", "二〇二一年三月", "目  录"]))
        made.append((0, grid))
    if plan.form.cover in ("notes", "both"):
        grid = Grid(rng.choice(["编制说明", "填报说明", "说明"]))
        for at, text in enumerate(rng.sample(content.NOTES + content.REMARKS, 3)):
            grid.put(at + 1, 0, text)
        made.append((rng.choice([0, 9]), grid))
    return made
