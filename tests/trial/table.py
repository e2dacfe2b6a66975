"""A table as it will stand on a sheet: its habits, its lines, and where each cell came to stand."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Optional

from country import EXPONENT

CHINESE = ["", *"一 二 三 四 五 六 七 八 九 十 十一 十二".split()]


@dataclass(eq=False)
class Line:
    """A row of a task, or of none."""

    task: Any
    owner: Optional[str]
    values: dict
    seq: Optional[int] = None
    raw: dict = field(default_factory=dict)  # field -> what is typed instead
    role: str = "task"
    spans: dict = field(default_factory=dict)  # field -> how many rows its cell is merged over
    file: str = ""
    sheet: str = ""
    cells: dict = field(default_factory=dict)


@dataclass(eq=False)
class Text:
    """Words across the table: a title, the name of a group, a note."""

    text: str
    at: Optional[str] = None  # the column it stands in; the first without one
    merged: bool = False


@dataclass(eq=False)
class Sum:
    """A printed total."""

    label: Optional[str]
    printed: dict  # field -> 分
    at: Optional[str] = None
    raw: dict = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    cells: dict = field(default_factory=dict)


@dataclass(eq=False)
class Cells:
    """A row of a few cells that is no task's."""

    typed: dict  # field -> content
    file: str = ""
    sheet: str = ""
    cells: dict = field(default_factory=dict)


class Heads:
    """The heading once more."""


class Gap:
    """An empty row."""


class Table:
    """One unit's habits, drawn at random; what a trap needs is set afterwards."""

    def __init__(self, rng, country, units, form=None):
        pick = rng.choice
        self.country, self.units = country, units
        self.form = form or pick(["xlsx", "xlsx", "xls", "ods", "csv"])
        self.sheet_name = pick(["附件3", "Sheet1", "报表", "8月", "月报"])
        self.columns = [name for name in country.headings if name not in ("status", "remark")]
        if rng.random() < 0.4 or not country.reports:
            self.columns = [c for c in self.columns if c not in ("received", "spent", "progress")]
        if country.numbered and rng.random() < 0.2:
            self.columns.remove("seq")
        if len(units) == 1 and rng.random() < 0.1:
            self.columns.remove("owner")
        self.headings = {name: pick(country.headings[name]) for name in self.columns}
        self.money = {name: None for name in self.amounts()}
        self.use_money(pick(["万元", "万元", "元", "元", "千元", "百元", country.money]))
        self.stated = pick(["heading", "heading", "line"])
        self.text_amounts = rng.random() < 0.15
        self.month = pick(["年月", "年月", "底前", "点", "杠", "日期"])
        self.owners = pick(["every", "every", "merged", "first"])
        self.percent = pick(["heading", "text"])
        self.kept = True  # the plan's numbers
        self.above, self.below = self.lines_above(rng), []
        self.parents = {}
        self.unknown = {}  # a column that nobody declared -> what stands in it
        if rng.random() < 0.15:
            # A column that nobody declared, and that is nobody's business.
            self.columns.insert(rng.randrange(len(self.columns) - 1, len(self.columns) + 1), "aside")
            self.headings["aside"] = pick(["联系人", "项目负责同志", "审批文号"])
            self.unknown["aside"] = pick(["王某某", "见附件", "三发改〔2020〕15号"])
        if rng.random() < 0.25:
            self.below = rng.sample([
                "注：本表数据截至8月底。", "填表人：王某    审核人：李某", "备注：资金以拨付文件为准。",
                "说明：本表由各单位负责解释。",
            ], pick([1, 2]))  # fmt: skip
        self.items = []
        self.left = pick([0, 0, 0, 1])
        self.heading_cells = {}

    def amounts(self):
        return [c for c in self.columns if c in (*self.country.amounts, "received", "spent")]

    def use_money(self, unit):
        for name in self.money:
            self.money[name] = unit

    def lines_above(self, rng):
        whose = self.units[0] if len(self.units) == 1 else "各单位"
        title = rng.choice([
            f"{whose}项目资金安排表", "项目资金月报表", f"{whose}2020年8月项目资金报表", f"{whose}项目资金月报表", None,
        ])  # fmt: skip
        lines = [[("left", title)]] if title else []
        if rng.random() < 0.1:
            lines.insert(0, [("left", "附件2")])
        return lines

    def lines_of(self, tasks):
        return [self.line(task) for task in tasks]

    def line(self, task):
        values = dict(task.values)
        if "progress" in self.columns:
            # What is due and done needs no word.
            values |= {"received": 0, "spent": 0, "progress": 100}
        return Line(task, task.unit, values, task.seq)

    def add(self, items):
        self.items += items

    def lines(self):
        return [item for item in self.items if isinstance(item, Line)]

    def sum_of(self, lines, label="合计", at=None):
        printed = {name: sum(line.values.get(name) or 0 for line in lines) for name in self.amounts()}
        return Sum(label, printed, at)

    # ------------------------------------------------------------------ contents

    def amount(self, name, fen):
        number = Decimal(fen).scaleb(-EXPONENT[self.money[name]])
        number = number.quantize(1) if number == number.to_integral() else number.normalize()
        if self.text_amounts:
            return f"{number:f}"
        return int(number) if number == number.to_integral() else float(number)

    def due(self, due):
        year, month = due
        return {
            "年月": f"{year}年{month}月",
            "底前": f"{year}年{month}月底前",
            "点": f"{year}.{month:02}",
            "杠": f"{year}-{month:02}",
            "日期": datetime.date(year, month, 28),
        }[self.month]

    def content(self, line, name, starts):
        if name in line.raw:
            return line.raw[name]
        if name in self.unknown:
            return self.unknown[name] if line.task is not None else None
        if name == "owner":
            return line.owner if starts or self.owners == "every" else None
        if name == "seq":
            return line.seq
        value = line.values.get(name)
        if value is None:
            return None
        if name in self.money:
            return self.amount(name, value)
        if name == "due":
            return self.due(value)
        if name == "progress":
            return value if self.percent == "heading" else f"{value}%"
        return value

    def heading(self, name):
        text = self.headings[name]
        if name in self.parents:
            return text
        if name in self.money and self.stated == "heading":
            return f"{text}（{self.money[name]}）"
        if name == "progress" and self.percent == "heading":
            return f"{text}（%）"
        return text

    # ------------------------------------------------------------------ laying out

    def lay(self, grid, file, row=0):
        """Writes the table from a row on; returns the row below it."""
        at = {name: self.left + index for index, name in enumerate(self.columns)}
        above = list(self.above)
        money = next(iter(self.money.values()), None)
        if self.stated == "line":
            above.append([("right", f"单位：{money}")])
        for line in above:
            for side, text in line:
                grid.put(row, self.left if side == "left" else max(at.values()), text)
            row += 1
        row = self.heads(grid, row, at)
        block, owner = [], None
        for item in self.items:
            if isinstance(item, Line):
                starts = not block or item.owner != owner
                if starts:
                    self.join(grid, at, block)
                    block = []
                owner = item.owner
                block.append(row)
                item.file, item.sheet = file, grid.name
                for name, column in at.items():
                    grid.put(row, column, self.content(item, name, starts))
                    item.cells[name] = (row, column)
                for name, rows in item.spans.items():
                    if self.form != "csv":
                        grid.merges.append((row, at[name], row + rows - 1, at[name]))
                row += 1
                continue
            self.join(grid, at, block)
            block = []
            if isinstance(item, Heads):
                row = self.heads(grid, row, at)
                continue
            if isinstance(item, Text):
                grid.put(row, at.get(item.at, self.left), item.text)
                if item.merged and self.form != "csv":
                    grid.merges.append((row, self.left, row, max(at.values())))
            elif isinstance(item, Sum):
                self.total(grid, row, at, item, file)
            elif isinstance(item, Cells):
                item.file, item.sheet = file, grid.name
                for name, content in item.typed.items():
                    grid.put(row, at[name], content)
                    item.cells[name] = (row, at[name])
            row += 1
        self.join(grid, at, block)
        for text in self.below:
            grid.put(row, self.left, text)
            row += 1
        return row

    def total(self, grid, row, at, item, file):
        item.file, item.sheet = file, grid.name
        for name, fen in item.printed.items():
            grid.put(row, at[name], item.raw.get(name, self.amount(name, fen)))
            item.cells[name] = (row, at[name])
        if item.label:
            grid.put(row, at.get(item.at, self.left), item.label)

    def join(self, grid, at, block):
        if self.owners == "merged" and "owner" in at and len(block) > 1 and self.form != "csv":
            column = at["owner"]
            if all((row, column) not in grid.cells for row in block[1:]):
                grid.merges.append((block[0], column, block[-1], column))

    def heads(self, grid, row, at):
        deep = 2 if self.parents else 1
        last = None
        for name, column in at.items():
            parent = self.parents.get(name)
            grid.put(row + (deep - 1 if parent else 0), column, self.heading(name))
            self.heading_cells[name] = (row + (deep - 1 if parent else 0), column)
            if parent and parent != last:
                grid.put(row, column, parent)
                width = sum(1 for n in self.parents if self.parents[n] == parent)
                if self.form != "csv":
                    grid.merges.append((row, column, row, column + width - 1))
            elif deep == 2 and not parent and self.form != "csv":
                grid.merges.append((row, column, row + 1, column))
            last = parent
        return row + deep

