"""Writes a table with its title and headings into a grid, and keeps where each value stands."""

from dataclasses import dataclass, field
from decimal import Decimal

from drawn import figure
from formats import Grid
from openpyxl.utils import get_column_letter


@dataclass
class Placed:
    """Where the values of one sheet stand."""

    grid: Grid
    cells: dict = field(default_factory=dict)  # (row's number, column's name) -> (row, column)
    totals: list = field(default_factory=list)  # (row, column, column's name, value)
    height: int = 0


def name_of(place):
    return f"{get_column_letter(place[1] + 1)}{place[0] + 1}"


def shown(plan, column, value, look):
    """A value as it is written."""
    if value is None and column.kind == "amount" and look.dash:
        return 0 if look.dash == "0" else look.dash
    if value is None or isinstance(value, str):
        return value
    if column.kind == "month":
        return look.month.format(y=value[0], m=value[1])
    if column.kind == "percent":
        return f"{(value * 100).normalize():f}%" if look.percent == "text" else figure(value)
    number = figure(value)
    if column.kind == "amount" and look.commas:
        return f"{value:,f}"
    if column.kind == "amount" and look.texts:
        return f"{value:f}"
    return number


def table(plan, columns, body, look, placed, top, left=0):
    """Writes headings and lines from a row on; returns the row below them."""
    row = headings(plan, columns, look, placed, top, left)
    at_column = positions(columns, look)
    width = at_column[-1] + 1
    names = [column.name for column in columns]
    merged = [name for name in ("owner", "project", "town") if name in names and name in look.merged]
    filled = [name for name in ("owner", "project", "town") if name in names and name in look.filled]
    last = {}
    spans = []
    for line in body:
        if line.kind == "heading":
            row = headings(plan, columns, look, placed, row, left)
            last = {}
            continue
        if line.across:
            text = line.cells["task"]
            first = left if line.across == "all" else left + at_column[names.index("task")]
            placed.grid.put(row, first, text)
            if first < left + width - 1:
                placed.grid.merges.append((row, first, row, left + width - 1))
            row += 1
            last = {}
            continue
        if line.kind != "task":
            last = {}
        reset = False
        for at, column in enumerate(columns):
            value = line.cells.get(column.name)
            here = left + at_column[at]
            if line.kind == "task" and column.name in merged + filled:
                if not reset and column.name in last and last[column.name][0] == value:
                    if column.name in merged:
                        last[column.name][1][2] = row
                    continue
                reset = True
                spans.append([row, here, row, here])
                last[column.name] = (value, spans[-1])
                if column.name not in merged:
                    spans.pop()
            if value is None and line.kind != "task":
                continue
            content = shown(plan, column, value, look) if not isinstance(value, Decimal) or column.kind != "seq" else figure(value)
            placed.grid.put(row, here, content)
            if column.name == look.twice:
                placed.grid.merges.append((row, here, row, here + 1))
            if line.kind == "task":
                placed.cells[line.row.number, column.name] = (row, here)
            elif isinstance(value, Decimal) and line.kind in ("total", "section", "unit"):
                placed.totals.append((row, here, column.name, value))
        row += 1
    placed.grid.merges += [tuple(span) for span in spans if span[2] > span[0]]
    placed.height = row
    return row


def positions(columns, look):
    """Where each column stands; one may be as wide as two, and one more says how wide all are."""
    places, at = [], 0
    for column in columns:
        places.append(at)
        at += 2 if column.name == look.twice else 1
    return [*places, at - 1]


def headings(plan, columns, look, placed, top, left):
    """Writes the levels of the headings; equal upper ones that stand together are one."""
    paths = [column.heading(look.money) for column in columns]
    if plan.form.upper_money:
        named = f"{plan.form.upper_money}（{look.money}）"
        paths = [(named, *path[1:]) if path[0] == plan.form.upper_money else path for path in paths]
    depth = max(len(path) for path in paths)
    rows = list(range(top, top + depth))
    if look.blank_in_heading and depth > 1:
        rows = [top, *range(top + 2, top + depth + 1)]
    bottom = rows[-1]
    at_column = positions(columns, look)
    for at, path in enumerate(paths):
        for level, text in enumerate(path):
            begins = at == 0 or paths[at - 1][: level + 1] != path[: level + 1]
            if level == len(path) - 1 or begins:
                placed.grid.put(rows[level], left + at_column[at], int(text) if text.isdigit() else text)
        last = left + at_column[at] + (columns[at].name == look.twice)
        if len(path) < depth and look.levels_merged or columns[at].name == look.twice:
            placed.grid.merges.append((rows[len(path) - 1], left + at_column[at], bottom, last))
    for level in range(depth - 1):
        at = 0
        while at < len(paths):
            end = at
            while (
                end + 1 < len(paths) and len(paths[at]) > level + 1
                and paths[end + 1][: level + 1] == paths[at][: level + 1]
            ):  # fmt: skip
                end += 1
            if end > at and look.levels_merged:
                placed.grid.merges.append((rows[level], left + at_column[at], rows[level], left + at_column[end]))
            at = end + 1
    if look.numbers_row:
        number = 1
        for at, column in enumerate(columns):
            if look.numbers_row == "after" and column.kind not in ("amount", "integer", "decimal"):
                placed.grid.put(bottom + 1, left + at_column[at], "甲乙丙丁戊己庚辛"[at % 8])
                continue
            placed.grid.put(bottom + 1, left + at_column[at], number)
            number += 1
        return bottom + 2
    return bottom + 1


def above(plan, width, look, placed, row, unit=None):
    """Writes the title and the lines above a table; returns the row below them."""
    left = look.left
    for text in look.before:
        placed.grid.put(row, left, text)
        row += 1
    if look.title:
        placed.grid.put(row, left, look.title)
        if width > 1 and look.title_merged:
            placed.grid.merges.append((row, left, row, left + width - 1))
        row += 1
    for text in look.after:
        placed.grid.put(row, left, text)
        if width > 1 and look.title_merged:
            placed.grid.merges.append((row, left, row, left + width - 1))
        row += 1
    if look.submitter and unit:
        placed.grid.put(row, left, f"{look.submitter}：{unit}")
        if look.money_line and width > 1:
            placed.grid.put(row, left + width - 1, f"单位：{look.money}")
        return row + 1
    if look.money_line:
        placed.grid.put(row, left + width - 1 if look.money_right else left, f"{look.money_word}：{look.money}")
        row += 1
    return row
