"""Shapes by where it stands whose a row is."""

import content
from drawn import Column


def finished(rng, plan):
    """Draws words for sums and where they stand."""
    content.total_words(rng, plan)
    plan.features.append(f"total {plan.form.total}")
    return plan


def column(rng):
    """A unit in each row."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "bottom", "top"]))
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan, blanks=0.2)
    return finished(rng, plan)


def merged(rng):
    """A unit merged over its rows."""
    plan = content.start(rng, "", owner="merged", merged=("owner",), total=rng.choice([None, "bottom", "top"]))
    plan.form.numbering = rng.choice(["through", "unit"])
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan)
    return finished(rng, plan)


def fill(rng):
    """A unit written once, the cells below left blank."""
    plan = content.start(rng, "", owner="fill", filled=("owner",), total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan)
    content.fill_rows(rng, plan)
    return finished(rng, plan)


def by_sheet(rng):
    """One sheet for each unit, named after it."""
    plan = content.start(rng, "", owner="sheet", numbering="unit", total=rng.choice([None, "bottom"]))
    plan.form.submitter = rng.choice([None, "填报单位", "单位"])
    content.plain_columns(rng, plan, owner=False)
    content.fill_rows(rng, plan, same=rng.random() < 0.4)
    finished(rng, plan)
    plan.form.formats = ["xlsx", "xls", "ods"]
    return plan


def by_title(rng):
    """A line with the unit above each of several tables."""
    plan = content.start(rng, "", owner="title", numbering="unit", total=rng.choice([None, "bottom"]))
    plan.form.submitter = rng.choice(["单位", "填报单位", "责任单位", "项目单位"])
    plan.form.title_once = rng.random() < 0.5
    plan.form.gap = rng.choice([0, 1, 2])
    content.plain_columns(rng, plan, owner=False)
    content.fill_rows(rng, plan, same=rng.random() < 0.3)
    return finished(rng, plan)


def by_section(rng):
    """A line 一、甲县 above the rows of each unit, without its sum."""
    plan = content.start(rng, "", owner="section", total=rng.choice([None, "bottom", "top"]))
    plan.form.numbering = rng.choice(["unit", "through"])
    plan.form.ordinals = rng.choice(["prefix", "prefix", "column"])
    plan.form.across_lines = rng.random() < 0.4
    content.plain_columns(rng, plan, owner=False, seq=True)
    content.fill_rows(rng, plan, same=rng.random() < 0.3)
    return finished(rng, plan)


def by_line(rng):
    """Units and their tasks in one column; the line of a unit bears its sum."""
    plan = content.start(rng, "", owner="line", unit_sum="above", total=rng.choice([None, "bottom", "top"]))
    plan.form.numbering = "unit"
    plan.form.ordinals = rng.choice(["prefix", "column", "column", "bare"])
    content.plain_columns(rng, plan, owner=False, seq=True)
    content.fill_rows(rng, plan, same=rng.random() < 0.5)
    return finished(rng, plan)


def matrix(rng):
    """Tasks down, a column for each unit."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    plan.form.matrix = rng.choice(["plain", "whole"])
    content.plain_columns(rng, plan, amounts=1, more=0)
    plan.column("funds").in_heading = False
    plan.form.money_line = True
    content.fill_rows(rng, plan, 3, 8, same=True)
    # Not each unit has each task.
    if rng.random() < 0.5:
        plan.rows = [row for row in plan.rows if rng.random() < 0.8 or row.values["task"] == plan.rows[0].values["task"]]
        content.number(plan)
    plan.returns = {"owner": ["none"], "flat": False}
    return finished(rng, plan)


def by_tasks(rng):
    """Returns that bear no unit anywhere; their tasks say whose they are."""
    plan = column(rng)
    taken = set()
    for row in plan.rows:
        # No task is that of two units.
        while row.values["task"] in taken:
            row.values["task"] = content.place(rng) + row.values["task"]
        taken.add(row.values["task"])
    plan.returns = {"owner": ["none"], "clue": False}
    return plan


def by_file(rng):
    """Returns whose file names alone say whose they are."""
    plan = merged(rng)
    plan.returns = {"owner": ["none"], "clue_of": "file"}
    return plan


SHAPES = {
    "unit-column": column, "unit-merged": merged, "unit-fill": fill, "unit-sheet": by_sheet, "unit-title": by_title,
    "unit-section": by_section, "unit-line": by_line, "matrix": matrix, "unit-tasks": by_tasks, "unit-file": by_file,
}  # fmt: skip
