"""A workbook as people see it: sheets, tables by the words of their headings, cells with what they print."""

import dataclasses
import datetime
import functools
import re
from decimal import Decimal

import openpyxl

from reading import fold


@functools.cache
def book(path):
    return openpyxl.load_workbook(path, data_only=True)


@functools.lru_cache(maxsize=16)
def formulas(path):
    return openpyxl.load_workbook(path)


def sheet(path, name):
    """A page by its name; None where the workbook has none."""
    return book(path)[name] if name in book(path).sheetnames else None


@functools.cache
def size(page):
    """How many rows and columns a page has; openpyxl counts all cells to say that."""
    return page.max_row, page.max_column


def text(content):
    return "" if content is None else str(content).strip()


def number(content):
    """The exact decimal of a cell, as a spreadsheet shows it; None where there is none."""
    if isinstance(content, bool) or content is None:
        return None
    if isinstance(content, (int, float)):
        return Decimal(f"{content:.15g}")
    return None


@functools.cache
def words(page):
    """Every text of a page, by cell."""
    return {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)}


@dataclasses.dataclass
class Table:
    """Headings and the lines below them."""

    page: object
    row: int
    columns: dict

    @property
    def title(self):
        """The nearest text above."""
        width = size(self.page)[1]
        for at in range(self.row - 1, max(0, self.row - 4), -1):
            line = " ".join(text(self.page.cell(at, column).value) for column in range(1, width + 1))
            if line.strip():
                return line
        return ""

    def lines(self):
        """Each line as a dict of heading → content, with its row; to the first blank line or next heading."""
        found = []
        for row in range(self.row + 1, size(self.page)[0] + 1):
            cells = {head: self.page.cell(row, column).value for head, column in self.columns.items()}
            filled = [content for content in cells.values() if content not in (None, "")]
            if not filled or re.match(r"[一二三四五六七八九十]+、", text(next(iter(cells.values())))):
                break
            # Long tables have their headings again.
            if not self.is_headed_by(cells):
                found.append(Line(row, cells))
        return found

    def is_headed_by(self, cells):
        return all(re.sub(r"\s+", "", text(content)) == head for head, content in cells.items())

    def column(self, *heads):
        """The first heading that is there, whole or as a beginning."""
        for head in heads:
            if head in self.columns:
                return head
        return next((own for head in heads for own in self.columns if own.startswith(head)), None)


@dataclasses.dataclass
class Line:
    row: int
    cells: dict

    def __getitem__(self, head):
        return self.cells.get(head)


@functools.cache
def lines_of_words(page):
    """The short texts of each line with two or more of them, by text."""
    found = []
    for row in page.iter_rows():
        columns = {}
        for cell in row:
            if isinstance(cell.value, str) and len(cell.value) < 40:
                columns.setdefault(re.sub(r"\s+", "", cell.value), cell.column)
        if len(columns) > 1:
            found.append((row[0].row, columns))
    return found


def tables(page, *heads, any_of=()):
    """Tables whose headings hold all these words, and one of the others."""
    found = []
    for row, columns in lines_of_words(page) if page is not None else ():
        if all(has(columns, head) for head in heads) and (not any_of or any(has(columns, head) for head in any_of)):
            table = Table(page, row, columns)
            before = found[-1] if found and found[-1].columns == columns else None
            if not before or not any(line.row > row for line in before.lines()):
                found.append(table)
    return found


def has(columns, head):
    """A heading, whole or with its unit of measure in brackets."""
    return head in columns or any(own.startswith((f"{head}（", f"{head}(")) for own in columns)


@functools.cache
def findings(path):
    """The lines of 差异清单 as dicts, with their row; one for each finding and amount."""
    page = sheet(path, "差异清单")
    found = tables(page, "差异编号", "性质")
    return found[0].lines() if found else []


def shown(cell):
    """What a cell prints, as far as number formats of this workbook go."""
    content = cell.value
    if content is None:
        return ""
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        return formatted(content, cell.number_format)
    if isinstance(content, (datetime.datetime, datetime.date)):
        return content.strftime("%Y-%m-%d")
    return str(content)


def formatted(content, form):
    form = re.sub(r'"[^"]*"|\\.', "", form.split(";")[0])
    exact = Decimal(f"{content:.15g}")
    if "%" in form:
        exact *= 100
    if form in ("General", "@", "0.###############"):
        return f"{exact.normalize():f}"
    whole, _, fraction = re.sub(r'"[^"]*"|\[[^\]]*\]|[^0#.,?]', "", form).partition(".")
    least, most = fraction.count("0"), len(fraction)
    rounded = round(exact, most)
    digits = f"{abs(rounded):.{most}f}" if most else f"{abs(rounded):.0f}"
    if most:
        head, _, tail = digits.partition(".")
        tail = tail[:least] + tail[least:].rstrip("0")
        digits = f"{head}.{tail}" if tail or "." in form else head
    if "," in whole:
        head, _, tail = digits.partition(".")
        digits = f"{int(head):,}" + (f".{tail}" if tail or digits.endswith(".") else "")
    return ("-" if rounded < 0 else "") + digits + ("%" if "%" in form else "")


def kinds_of(report):
    return {finding["id"]: finding for finding in report["findings"]}


def same_words(left, right):
    return fold(left) == fold(right)
