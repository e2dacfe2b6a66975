"""A plan as a workbook, and the returns that are cut from it."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import body
import dressing
import further
import sheet
from drawn import Column, default_form, in_money
from formats import Grid, write

MONTHS = ["{y}年{m}月", "{y}年{m}月底前", "{y}.{m:02}", "{y}-{m:02}"]


@dataclass
class Book:
    """A workbook with the places of its values."""

    name: str
    form: str
    sheets: list  # of sheet.Placed
    unit: str = None
    encoding: str = "utf-8-sig"
    others: list = field(default_factory=list)  # grids of no plan: (place, Grid)

    def bytes(self):
        grids = [placed.grid for placed in self.sheets]
        for place, grid in self.others:
            grids.insert(place, grid)
        return write(self.form, grids, self.encoding)

    def where(self, number, column):
        for placed in self.sheets:
            if (number, column) in placed.cells:
                return placed, placed.cells[number, column]
        return None

    @property
    def totals(self):
        return [(placed, total) for placed in self.sheets for total in placed.totals]


def look_of_plan(rng, plan):
    """How the plan's workbook looks."""
    form = plan.form
    return SimpleNamespace(
        money=plan.money,
        month=rng.choice(MONTHS),
        percent=rng.choice(["text", "number"]),
        commas=False,
        texts=False,
        levels_merged=form.levels_merged,
        blank_in_heading=form.blank_in_heading,
        merged=set(form.merged),
        filled=set(form.filled),
        title=plan.title,
        title_merged=rng.random() < 0.8,
        money_line=form.money_line,
        money_word=rng.choice(["单位", "单位", "金额单位", "计量单位"]),
        money_right=rng.random() < 0.8,
        submitter=None,
        twice=form.twice,
        gap=form.gap,
        before=form.before,
        after=form.after,
        numbers_row=form.numbers_row,
        left=form.left,
        dash=form.dash,
    )


def plan_book(rng, plan):
    """The plan's workbook."""
    look = look_of_plan(rng, plan)
    form = rng.choice(plan.form.formats)
    name = f"{rng.choice(['计划', '计划安排表', plan.title[:12]])}.{form}"
    book = Book(name, form, [], encoding=rng.choice(["utf-8-sig", "gb18030"]))
    if plan.form.owner == "sheet":
        look.submitter = plan.form.submitter
        for unit in plan.units:
            book.sheets.append(one_sheet(plan, plan.of(unit), look, unit, unit))
        return book
    book.sheets.append(one_sheet(plan, plan.rows, look, plan.form.sheet, None))
    book.others = dressing.covers(rng, plan)
    if plan.form.further:
        book.others += further.sheets(rng, plan, look)
    return book


def one_sheet(plan, rows, look, name, unit):
    """One sheet with its tables, notes below."""
    placed = sheet.Placed(Grid(name))
    columns = [c for c in plan.columns if c.name != "owner" or plan.form.owner in ("column", "merged", "fill")]
    own = replace(plan, columns=columns)
    if plan.form.matrix:
        own, rows, columns, back = matrix(plan, rows)
    width = sheet.positions(columns, look)[-1] + 1
    if plan.form.owner == "title":
        row = 0
        for at, unit in enumerate(dict.fromkeys(row.unit for row in rows)):
            if plan.form.title_once and at:
                look = SimpleNamespace(**{**vars(look), "title": None})
            look.submitter = plan.form.submitter
            row = sheet.above(plan, width, look, placed, row, unit)
            made = body.lines(own, [r for r in rows if r.unit == unit])
            row = sheet.table(own, columns, made, look, placed, row, look.left)
            row += plan.form.gap
    elif plan.form.beside:
        top = sheet.above(plan, width, look, placed, 0, unit)
        made = body.lines(own, rows)
        half = -(-len(made) // 2)
        low = sheet.table(own, columns, made[:half], look, placed, top)
        sheet.table(own, columns, made[half:], look, placed, top, width + plan.form.gap)
        row = low
    else:
        row = sheet.above(plan, width, look, placed, 0, unit)
        row = sheet.table(own, columns, body.lines(own, rows), look, placed, row, look.left)
    if plan.form.matrix:
        placed.cells = back(placed.cells)
    for note in plan.form.notes:
        placed.grid.put(row, look.left, note)
        if plan.form.notes_merged and width > 1:
            placed.grid.merges.append((row, look.left, row, look.left + width - 1))
        row += 1
    return placed


def matrix(plan, rows):
    """Tasks down and units across: the columns, a row for each task, and the way back to the plan's rows."""
    units = [unit for unit in plan.units if any(row.unit == unit for row in rows)]
    amount = next(column for column in plan.columns if column.kind == "amount")
    across = [Column(f"unit:{unit}", "amount", (*plan.form.matrix_upper, unit)) for unit in units]
    whole = [Column("whole", "amount", ("合计",))] if plan.form.matrix == "whole" and len(units) > 1 else []
    columns = []
    for column in plan.columns:
        if column is amount:
            columns += whole + across
        elif column.name != "owner":
            columns.append(column)
    made, numbers = [], {}
    for at, task in enumerate(dict.fromkeys(row.values["task"] for row in rows)):
        own = [row for row in rows if row.values["task"] == task]
        values = {c.name: own[0].values.get(c.name) for c in columns}
        for row in own:
            values[f"unit:{row.unit}"] = row.values[amount.name]
            numbers[row.number] = (at + 1, f"unit:{row.unit}")
        values["whole"] = sum(row.values[amount.name] for row in own)
        made.append(replace(own[0], values=values, number=at + 1))
    form = SimpleNamespace(**{**vars(plan.form), "owner": "none"})
    own = replace(plan, columns=columns, form=form)

    def back(cells):
        found = {}
        for number, (line, name) in numbers.items():
            if (line, name) in cells:
                found[number, amount.name] = cells[line, name]
            for column in columns:
                if (line, column.name) in cells and not column.name.startswith(("unit:", "whole")):
                    found[number, column.name] = cells[line, column.name]
        return found

    return own, made, columns, back


# ---------------------------------------------------------------------- returns


def look_of_return(rng, plan, unit):
    """How a unit lays out its return: much is as in the plan, and much is not."""
    form = plan.form
    fixed = plan.returns
    look = look_of_plan(rng, plan)
    look.form = rng.choice(fixed.get("formats", ["xlsx", "xlsx", "xls", "ods", "csv"]))
    look.encoding = rng.choice(["utf-8-sig", "gb18030", "utf-8"])
    look.money = rng.choice([plan.money, plan.money, plan.money, *(m for m in ("元", "万元", "千元") if m != plan.money)])
    look.month = rng.choice(MONTHS)
    look.commas = rng.random() < 0.08
    look.texts = not look.commas and rng.random() < 0.08
    look.owner = rng.choice(fixed.get("owner", owners(form.owner)))
    look.clue = rng.choice(["title", "submitter", "sheet", "file"])
    look.clue = fixed.get("clue_of", look.clue)
    if look.form == "csv" and look.clue == "sheet":
        look.clue = "file"
    look.total = rng.choice(fixed.get("total", [None, "bottom", "bottom", "top"]))
    look.total_word = rng.choice(["合计", "总计", f"{unit}合计"])
    look.total_place = rng.choice(["seq", "task"])
    look.order = "plan" if fixed.get("order") == "plan" or rng.random() < 0.7 else "moved"
    look.moved = rng.random()
    look.numbers = rng.random() < 0.8
    look.further = rng.random() < 0.15
    look.flat = fixed.get("flat", True) and rng.random() < 0.4
    look.sheet = rng.choice(["Sheet1", "报送表", plan.form.sheet])
    look.title = rng.choice([plan.title, f"{unit}{plan.title}" if look.clue == "title" else plan.title, None])
    if look.clue == "title":
        look.title = f"{unit}{plan.title}"
    look.levels_merged = look.form != "csv" and form.levels_merged
    look.money_line = form.money_line or look.money != plan.money and not form.upper_money
    look.submitter = rng.choice(["填报单位", "报送单位"]) if look.clue == "submitter" else None
    look.name_number = rng.randint(1, 99)
    look.before, look.after = (), ()
    look.numbers_row = form.numbers_row if rng.random() < 0.5 else None
    look.left = form.left if rng.random() < 0.5 else 0
    look.dash = rng.choice([form.dash, None])
    look.clue_kept = fixed.get("clue", True)
    return look


def owners(plans):
    """In which ways a return may say whose it is."""
    return {
        "column": ["column", "column", "merged", "none"],
        "merged": ["column", "merged", "fill", "none"],
        "fill": ["column", "fill", "none"],
        "sheet": ["sheet", "none"],
        "title": ["title", "none"],
        "section": ["section", "none"],
        "line": ["line", "none"],
        "none": ["none"],
    }[plans]


def returned(plan, unit, rows, look):
    """A unit's return with these rows."""
    form = SimpleNamespace(**vars(plan.form))
    form.notes = ()
    form.total = look.total
    form.total_word, form.total_place = look.total_word, look.total_place
    form.owner = look.owner
    form.pages = 0
    form.beside = form.beside and not look.flat
    if form.unit_sum and look.owner in ("column", "merged", "fill", "none"):
        form.unit_sum = None
    if look.flat and form.groups != "parents":
        form.groups = None if form.groups != "projects" else "projects"
        form.group_sum = None
    columns = list(plan.columns)
    if not look.numbers and form.groups != "parents" and not (form.ordinals == "column" and (form.groups or form.owner in ("section", "line"))):
        columns = [column for column in columns if column.kind != "seq"]
    if look.order == "moved":
        columns = moved(columns, look.moved)
    if look.further:
        columns.append(Column("further", "text", ("联系电话",)))
    if form.owner in ("section", "line") and not form.unit_sum and form.total == "top":
        form.total = "bottom"
    rows = [replace(row, values=converted(plan, row.values, look.money)) for row in rows]
    if look.further:
        rows = [row.changed("further", "0898-882765" + f"{row.number:02}"[-2:]) for row in rows]
    own = replace(plan, columns=columns, rows=rows, form=form, money=look.money)
    own.form.money_line = look.money_line
    merged = form.owner == "merged" and look.form != "csv"
    look.merged = ({"owner"} if merged else set()) | (set(plan.form.merged) - {"owner"})
    look.filled = ({"owner"} if form.owner in ("merged", "fill") and not merged else set()) | (set(plan.form.filled) - {"owner"})
    name = look.sheet
    if form.owner == "sheet":
        name, form.owner = unit, "none"
    elif form.owner == "none" and look.clue == "sheet" and look.clue_kept:
        name = unit
    if form.owner == "title":
        look.submitter = plan.form.submitter
    if form.matrix:
        form.owner = "none"
    placed = one_sheet(own, rows, look, name, unit if look.submitter else None)
    file = f"报送表{look.name_number:02}"
    if form.owner == "none" and look.clue == "file" and look.clue_kept and name != unit or look.clue == "file":
        file = f"{unit}{file}"
    if not look.clue_kept:
        file = f"报送表{look.name_number:02}"
    return Book(f"{file}.{look.form}", look.form, [placed], unit, look.encoding)


def moved(columns, at):
    """The columns in another order; what stands under one upper heading stays together."""
    blocks = []
    for column in columns:
        if blocks and len(column.path) > 1 and blocks[-1][-1].path[0] == column.path[0]:
            blocks[-1].append(column)
        else:
            blocks.append([column])
    if len(blocks) < 3:
        return columns
    place = 1 + int(at * (len(blocks) - 2))
    blocks[place], blocks[-1] = blocks[-1], blocks[place]
    return [column for block in blocks for column in block]


def converted(plan, values, money):
    """Values with the amounts in another unit of money."""
    kinds = {column.name: column.kind for column in plan.columns}

    def one(name, value):
        return in_money(value, plan.money, money) if kinds.get(name) == "amount" and value is not None else value

    made = {name: one(name, value) for name, value in values.items()}
    if "part" in made:
        made["part"] = {name: one(name, value) for name, value in made["part"].items()}
    return made
