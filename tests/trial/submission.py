"""What one unit sends, before it is laid out, and what must be found in it."""

from dataclasses import dataclass, field
from typing import Any, Optional

AMOUNTS = ("funds", "central", "received", "spent")
NOTE, VERIFY, MANDATORY = "note", "verify", "mandatory"


class Any_:
    """Stands for: whatever the program says here is right."""

    def __repr__(self):
        return "any"


ANY = Any_()


@dataclass(eq=False)
class Row:
    """One row of a table; amounts in 分, months as (year, month)."""

    task: Any  # the plan's task it stands for, None for a row the plan lacks
    seq: Optional[int]
    text: str
    funds: Optional[int] = None
    central: Optional[int] = None
    use: Optional[str] = None
    due: Optional[tuple] = None
    received: Optional[int] = None
    spent: Optional[int] = None
    progress: Optional[int] = None
    status: Optional[str] = None
    remark: Optional[str] = None
    # task, extra, repeated, misplaced, doubtful, unplaced
    role: str = "task"
    # Contents that are written instead of what the layout would make of the values.
    raw: dict = field(default_factory=dict)
    # Fields whose cell carries a finding, with its kind.
    faults: dict = field(default_factory=dict)
    touched: bool = False
    changed_text: bool = False
    reworded: bool = False
    hidden: bool = False
    owner: Optional[str] = None  # where a table holds several units
    # What the unit had reported a month before, where it had.
    july: dict = field(default_factory=dict)
    # Fields whose cell is merged with that of the row below.
    merged_down: set = field(default_factory=set)
    # Where it came to stand: file, sheet, field -> (row, column) from zero.
    file: str = ""
    sheet: str = ""
    cells: dict = field(default_factory=dict)


@dataclass(eq=False)
class Total:
    """A printed total or subtotal of some rows of a table."""

    rows: list
    label: Optional[str]
    is_subtotal: bool = False
    printed: dict = field(default_factory=dict)  # field -> 分
    raw: dict = field(default_factory=dict)
    causes: dict = field(default_factory=dict)  # field -> planted cause
    # Where it came to stand.
    file: str = ""
    sheet: str = ""
    cells: dict = field(default_factory=dict)


@dataclass(eq=False)
class Expect:
    """A finding that must be reported, and no other."""

    kind: str
    fault: str  # the name of the planted fault, for the table
    unit: Any = ANY
    seq: Any = None
    field: Any = None
    severity: Any = ANY
    # The row or total it stands at, and the field whose cell is marked; None: no cell.
    at: Any = None
    at_field: Optional[str] = None
    # Places, once they are known.
    file: Any = ANY
    sheet: Any = ANY
    cell: Any = ANY
    cells: Any = ANY
    difference: Any = ANY  # in 分, or a Decimal in the unit of money of the plan
    cause: Any = ANY  # a cause that must be listed, or () for none
    # What must stand in it, as it is written there, and words its message must have.
    found: Any = ANY
    expected: Any = ANY
    told: Any = ANY


@dataclass(eq=False)
class Table:
    """The rows of one sheet with a table."""

    rows: list
    totals: list = field(default_factory=list)


@dataclass(eq=False)
class Submission:
    unit: str
    layout: Any
    tables: list  # of Table: one, or the parts in several sheets or files
    expects: list = field(default_factory=list)
    faults: list = field(default_factory=list)  # names, for the table
    missing: list = field(default_factory=list)  # tasks without a row
    # field -> True where the sheet lacks the column or its heading cannot be understood
    lost_columns: dict = field(default_factory=dict)
    scaled_columns: dict = field(default_factory=dict)  # field -> power
    # Bytes written by file name, and their modification time.
    files: dict = field(default_factory=dict)
    mtimes: dict = field(default_factory=dict)
    standing: str = "submitted"

    @property
    def fell(self):
        """Whether a figure is lower than a month before."""
        return any("decreased" in row.faults.values() for row in self.rows)

    @property
    def leapt(self):
        """Whether a figure is half as much again as a month before, and more."""
        return any(row.faults.get("spent") == "limit-exceeded" and row.july for row in self.rows)

    @property
    def is_blank(self):
        """Whether no reported cell is filled in."""
        fields = [f for f in ("received", "spent", "progress", "status") if f in self.layout.columns]
        fields = [f for f in fields if f not in self.lost_columns]
        return all(getattr(row, f) is None and f not in row.cells for row in self.rows for f in fields)

    @property
    def rows(self):
        return [row for table in self.tables for row in table.rows]

    def expect(self, kind, fault, **about):
        about.setdefault("unit", self.unit)
        expect = Expect(kind, fault, **about)
        self.expects.append(expect)
        return expect


def clean_rows(tasks):
    """Returns rows that say what the plan says."""
    return [
        Row(task, task.seq, task.text, task.funds, task.central, task.use, task.due)
        for task in tasks
    ]
