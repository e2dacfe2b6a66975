"""What a random plan is: its columns, its rows and the shape in which they are written down."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Optional

FEN = {"元": 1, "百元": 100, "千元": 1000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
NUMBERS = ("amount", "integer", "decimal")


@dataclass
class Column:
    """A column; its heading is a path of levels, the upper first."""

    name: str
    kind: str  # seq | text | amount | integer | decimal | percent | month
    path: tuple
    in_heading: bool = False  # whether the heading names the unit of money

    def heading(self, money):
        unit = f"（{money}）" if self.in_heading else ""
        return (*self.path[:-1], self.path[-1] + unit)


@dataclass
class Row:
    """One task with its values: amounts in the plan's money, months as (year, month)."""

    unit: str
    values: dict
    sections: tuple = ()
    number: int = 0  # where it stands in the plan

    def changed(self, name, value):
        return replace(self, values={**self.values, name: value})


@dataclass
class Plan:
    """A plan, and `form`: how it is written down, read by `body` and `sheet`."""

    shape: str
    year: int
    month: int
    title: str
    money: str
    columns: list
    units: list
    rows: list = field(default_factory=list)
    form: SimpleNamespace = None
    features: list = field(default_factory=list)
    words: Optional[object] = None
    # How the plan is cut into returns, where that is not free.
    returns: dict = field(default_factory=dict)

    @property
    def period(self):
        return f"{self.year}-{self.month:02}"

    def of(self, unit):
        return [row for row in self.rows if row.unit == unit]

    def column(self, name):
        return next((column for column in self.columns if column.name == name), None)

    @property
    def amounts(self):
        return [column for column in self.columns if column.kind == "amount"]

    @property
    def summed(self):
        return [c for c in self.columns if c.kind == "amount" or c.kind in NUMBERS and self.form.sum_counts]


def figure(value):
    """A number as a workbook holds it."""
    return int(value) if value == value.to_integral_value() else float(value)


def in_money(value, old, new):
    """An amount in another unit of money, exact."""
    return value * Decimal(FEN[old]) / Decimal(FEN[new])


def default_form(**more):
    form = dict(
        owner="column",  # column | merged | fill | sheet | title | section | line | heading | none
        groups=None,  # None | sections | projects | parents
        group_sum=None,  # None | line | below | above
        unit_sum=None,  # None | above | below
        unit_label="word",  # word | unit | named | blank
        total=None,  # None | top | bottom | both
        total_place="task",  # seq | owner | task | blank
        total_word="合计",
        subtotal_word="小计",
        ordinals="prefix",  # prefix | column
        details=None,  # None | merged | plain
        of_which=False,
        long_text=False,
        pages=0,
        notes=(),
        levels_merged=True,
        blank_in_heading=False,
        sum_counts=False,
        numbering="through",  # through | unit | group
        money_line=True,
        titles=1,
        beside=False,
        across_lines=False,  # whether lines of sections and units are merged over the table
        subtotal_place="task",
        subtotal_owner=False,
        page_sums=None,  # None | own | carried
        page_headings=False,
        sheet="Sheet1",
        merged=(),
        filled=(),
        keys=(),
        twice=None,  # the column that is merged over two of the sheet
        gap=0,
        matrix=None,  # None | plain | whole
        matrix_upper=(),
        submitter=None,
        title_once=False,
        notes_merged=False,
        before=(),
        after=(),
        numbers_row=None,  # None | all | after
        left=0,  # the column of the sheet in which the table begins
        dash=None,  # what is written for an amount that is none
        cover=None,
        upper_money=None,  # the upper heading that names the unit of money
        further=None,  # None | copy | earlier | summary
        whole=(),  # sums of a row and their parts
        sum_line=None,  # what a form's first numbered line is called that adds up the others
        wordless=False,  # whether sums have no word
        formats=("xlsx", "xlsx", "xls", "ods", "csv"),
    )
    form.update(more)
    return SimpleNamespace(**form)
