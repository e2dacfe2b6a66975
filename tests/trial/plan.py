"""The tasks of the master plan, read with openpyxl and not with the program under trial."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Optional

import openpyxl

FEN_PER_WAN = 10**6


@dataclass(frozen=True)
class Task:
    """One row of the plan; amounts in 分, the month as (year, month)."""

    seq: int
    unit: str
    text: str
    funds: int
    use: Optional[str]
    due: Optional[tuple]
    central: int


def read(path):
    """Returns the tasks in the order of the plan."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    tasks, unit = [], None
    for row in sheet.iter_rows(min_row=5, values_only=True):
        seq, owner, text, funds, use, due, central = row[:7]
        if not isinstance(seq, int):
            break
        unit = owner or unit
        tasks.append(Task(seq, unit, text, fen(funds), use, month(due), fen(central)))
    return tasks


def fen(wan):
    return int(Decimal(str(wan)) * FEN_PER_WAN)


def month(text):
    if not text:
        return None
    year, rest = text.split("年")
    return int(year), int(rest.rstrip("月"))
