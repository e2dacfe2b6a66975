"""Shapes of rows: projects over several units, sections, sums, details, pages."""

from dataclasses import replace
from decimal import Decimal

import content
import plan_words
from drawn import Column, Row
from of_units import finished


def projects(rng):
    """A project merged over the rows of several units, with or without amounts in them."""
    plan = content.start(rng, "", groups="projects", merged=("task_", "seq_"), total=rng.choice([None, "bottom", "top"]))
    plan.form.merged = ("task",)
    content.plain_columns(rng, plan, amounts=rng.choice([1, 2]), more=1)
    owner, task = plan.column("owner"), plan.column("task")
    plan.columns = [c for c in plan.columns if c not in (owner, task)]
    at = 1 if plan.column("seq") else 0
    plan.columns[at:at] = [task, owner]
    content.fill_rows(rng, plan, 3, 6, same=True)
    names = list(dict.fromkeys(row.values["task"] for row in plan.rows))
    rows = []
    without = rng.random() < 0.5
    for name in names:
        own = [row for row in plan.rows if row.values["task"] == name]
        if rng.random() < 0.6:
            own = sorted(rng.sample(own, rng.randint(1, len(own))), key=lambda row: plan.units.index(row.unit))
        if without and rng.random() < 0.4:
            own = [replace(row, values={**row.values, **{c.name: None for c in plan.amounts}}) for row in own]
        rows += own
    plan.rows = rows
    plan.units = [unit for unit in plan.units if plan.of(unit)]
    content.number(plan)
    if not any(row.values["funds"] for row in plan.rows):
        return projects(rng)
    return finished(rng, plan)


def in_sections(rng, depth=1, group_sum=None):
    plan = content.start(rng, "", groups="sections", group_sum=group_sum, total=rng.choice([None, "bottom", "top"]))
    plan.form.ordinals = rng.choice(["prefix", "prefix", "column"])
    plan.form.across_lines = rng.random() < 0.3
    plan.form.numbering = rng.choice(["through", "group"])
    content.plain_columns(rng, plan, seq=plan.form.ordinals == "column" or None, amounts=rng.choice([1, 2, 3]))
    content.fill_rows(rng, plan, 3, 7)
    names = rng.sample(content.SECTIONS, rng.randint(2, 4))
    lower = {name: rng.sample(content.SECTIONS, rng.randint(2, 3)) for name in names}
    rng.shuffle(plan.rows)
    for at, row in enumerate(plan.rows):
        first = names[at % len(names)]
        row.sections = (first,) if depth == 1 else (first, rng.choice(lower[first]))
    order = {name: at for at, name in enumerate(names)}
    plan.rows.sort(key=lambda row: (order[row.sections[0]], row.sections[1:], plan.units.index(row.unit)))
    content.number(plan)
    return finished(rng, plan)


def sections(rng):
    """Sections 一、二、… without sums."""
    return in_sections(rng)


def sections_above(rng):
    """Sections whose lines bear their sums."""
    return in_sections(rng, group_sum="line")


def sections_below(rng):
    """Sections with a 小计 below each."""
    return in_sections(rng, group_sum="below")


def deep(rng):
    """Sections within sections, with or without sums."""
    return in_sections(rng, depth=2, group_sum=rng.choice([None, "line", "below"]))


def of_unit(rng):
    """The sum of each unit's rows, below or above them."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    plan.form.unit_sum = rng.choice(["below", "below", "above"])
    plan.form.unit_label = rng.choice(["word", "unit"])
    plan.form.numbering = rng.choice(["through", "unit"])
    plan.form.subtotal_owner = rng.random() < 0.5
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan)
    finished(rng, plan)
    plan.form.subtotal_place = rng.choice(["task", "owner"])
    return plan


def named(rng):
    """The sum of each unit's rows in a row that bears the unit's name and nothing else."""
    plan = of_unit(rng)
    plan.form.unit_label = "named"
    plan.form.wordless = True
    return plan


def wordless(rng):
    """Sums that no word names."""
    plan = of_unit(rng)
    plan.form.unit_label, plan.form.unit_sum = "blank", "below"
    plan.form.wordless = True
    return plan


def parents(rng):
    """Numbered parents: 2 over 2.1 and 2.2."""
    plan = content.start(rng, "", groups="parents", total=rng.choice([None, "bottom", "top"]), wordless=True)
    content.plain_columns(rng, plan, seq=True, amounts=rng.choice([1, 2, 3]), more=1)
    content.fill_rows(rng, plan, 3, 6)
    names = rng.sample(content.SECTIONS, rng.randint(2, 4))
    rng.shuffle(plan.rows)
    for at, row in enumerate(plan.rows):
        row.sections = (names[at % len(names)],)
    plan.rows.sort(key=lambda row: names.index(row.sections[0]))
    content.number(plan)
    plan.returns = {"flat": False, "order": "plan"}
    return finished(rng, plan)


def of_which(rng):
    """Rows 其中：… below a task, which are part of it."""
    plan = content.start(rng, "", of_which=rng.choice([True, "owned"]), total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan, more=1)
    content.fill_rows(rng, plan)
    word = rng.choice(["其中：{}", "其中：{}", "  其中：{}"])
    for row in plan.rows:
        if rng.random() < 0.4:
            share = Decimal(rng.randint(2, 8)) / 10
            row.values["part_name"] = word.format(rng.choice(["设备购置", "前期费用", "劳务费", "监理费"]))
            row.values["part"] = {c.name: cut(row.values[c.name] * share, plan) for c in plan.amounts if row.values[c.name]}
    return finished(rng, plan)


def cut(value, plan):
    return value.quantize(Decimal("0.01")) if plan.money != "亿元" else value.quantize(Decimal("0.0001"))


def details(rng):
    """A row below each task that explains it."""
    plan = content.start(rng, "", details=rng.choice(["merged", "merged", "plain"]), total=rng.choice([None, "bottom"]))
    # Without a word of its own a detail is known by the numbers that run on over it.
    has_word = plan.form.details == "merged" or rng.random() < 0.6
    content.plain_columns(rng, plan, seq=None if has_word else True, more=1)
    content.fill_rows(rng, plan)
    word = rng.choice(["建设内容：", "主要内容：", "实施内容："]) if has_word else ""
    plan.features.append("details with a word" if has_word else "details without a word")
    for row in plan.rows:
        row.values["detail"] = word + content.filled(rng, "新建U形槽{n}米，配套放水口{n}处")
    plan.returns = {"order": "plan"}
    return finished(rng, plan)


def keys(rng):
    """Unit, town and project written once, merged or left blank; the work tells the rows apart."""
    way = rng.choice(["filled", "merged"])
    plan = content.start(rng, "", owner="fill" if way == "filled" else "merged", total=rng.choice([None, "bottom"]))
    content.plain_columns(rng, plan, amounts=1, more=0)
    at = plan.columns.index(plan.column("owner"))
    funds = plan.column("funds")
    seq = [c for c in plan.columns if c.kind == "seq"]
    plan.columns = [
        *seq, plan.column("owner"), Column("project", "text", (rng.choice(["项目名称", "项目"]),)),
        Column("task", "text", (rng.choice(["建设内容", "工程内容", "子项目"]),)), funds,
    ]  # fmt: skip
    setattr(plan.form, way, ("owner", "project"))
    for unit in plan.units:
        for project in rng.sample(content.SECTIONS, rng.randint(1, 3)):
            makers = {"funds": content.amount_maker(rng, plan.money)}
            for text in content.task_texts(rng, rng.randint(1, 4), "short"):
                values = {"owner": unit, "project": project + "项目", "task": text, "funds": makers["funds"]()}
                plan.rows.append(Row(unit, values))
    content.number(plan)
    plan.form.keys = ("project",)
    plan.returns = {"order": "plan"}
    return finished(rng, plan)


def pages(rng):
    """Cut into pages, with sums of the page or carried over, headings again or not."""
    plan = content.start(rng, "", total="bottom")
    plan.form.page_sums = rng.choice([None, "own", "carried"])
    plan.form.page_headings = rng.random() < 0.6 or plan.form.page_sums is None
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan, 3, 8)
    plan.form.pages = 2 if len(plan.rows) < 14 else rng.choice([2, 3])
    return finished(rng, plan)


def beside(rng):
    """One table in two halves beside each other."""
    plan = content.start(rng, "", beside=True, gap=rng.choice([0, 0, 1]))
    content.plain_columns(rng, plan, more=1)
    content.fill_rows(rng, plan, 3, 6)
    plan.returns = {"formats": ["xlsx", "xls", "ods", "csv"], "flat": True, "total": [None]}
    plan.form.formats = ["xlsx", "xls", "ods"]
    return finished(rng, plan)


def remarks(rng):
    """Notes and remarks below the table, with and without a word that says so."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan)
    plan.form.notes = tuple(rng.sample(content.NOTES + content.REMARKS, rng.randint(1, 3)))
    plan.form.notes_merged = rng.random() < 0.6
    return finished(rng, plan)


def equations(rng):
    """A sum of many sources in each row."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom"]))
    content.plain_columns(rng, plan, amounts=rng.randint(4, 9), more=1)
    content.fill_rows(rng, plan, 3, 6, blanks=0.3)
    for row in plan.rows:
        parts = [row.values[c.name] for c in plan.amounts[1:]]
        row.values["funds"] = sum((part for part in parts if part), Decimal(0))
        if not row.values["funds"]:
            row.values["source0"] = row.values["funds"] = Decimal(12)
    plan.form.whole = (("funds", tuple(column.name for column in plan.amounts[1:])),)
    return finished(rng, plan)


def quantities(rng):
    """Lengths, counts and shares beside the money, summed or not."""
    plan = content.start(rng, "", total=rng.choice(["bottom", "top"]), sum_counts=rng.random() < 0.6)
    content.plain_columns(rng, plan, more=6)
    content.fill_rows(rng, plan)
    return finished(rng, plan)


SHAPES = {
    "projects": projects, "sections": sections, "sections-above": sections_above, "sections-below": sections_below,
    "deep-sections": deep, "unit-sums": of_unit, "named-sums": named, "wordless-sums": wordless, "parents": parents,
    "of-which": of_which, "details": details, "keys": keys, "pages": pages, "beside": beside, "remarks": remarks,
    "equations": equations, "quantities": quantities,
}  # fmt: skip
