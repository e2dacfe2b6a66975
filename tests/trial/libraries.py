"""Submitted files as openpyxl, xlrd, odfpy and Python's csv read them, none of which duibiao uses."""

import csv
import functools
import io
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import openpyxl
import xlrd
from odf import opendocument, table, text
from odf.namespaces import OFFICENS, TABLENS

# A sheet that says it has more is filled up with nothing; repeated cells beyond are not read.
MOST = 5000


@dataclass
class Sheet:
    """One sheet: what is in its cells, by (row, column) from zero."""

    name: str
    cells: dict = field(default_factory=dict)  # Decimal or str
    merges: list = field(default_factory=list)  # (top, left, bottom, right)

    @functools.cached_property
    def rows(self):
        """What is in each row, by column."""
        rows = {}
        for (row, column), content in sorted(self.cells.items(), key=lambda cell: cell[0]):
            rows.setdefault(row, {})[column] = content
        return rows


def sheets(path):
    """Returns the sheets of a file; raises whatever the library raises."""
    data = Path(path).read_bytes()
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return of_xls(data)
    if data[:2] == b"PK":
        return of_ods(data) if b"opendocument" in data[:120] else of_xlsx(data)
    if Path(path).suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise ValueError("no workbook and no table of text")
    return of_csv(data, Path(path).stem)


def number(value):
    """A cell's double at the 15 digits that spreadsheets show."""
    return Decimal(f"{value:.15g}")


def of_xlsx(data):
    found = []
    for own in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets:
        sheet = Sheet(own.title)
        # Only what is there: a lone cell far away makes no million rows.
        for cell in own._cells.values():
            value = cell.value
            if value is None or isinstance(value, bool):
                continue
            place = cell.row - 1, cell.column - 1
            sheet.cells[place] = number(value) if isinstance(value, (int, float)) else str(value)
        for merge in own.merged_cells.ranges:
            left, top, right, bottom = (edge - 1 for edge in merge.bounds)
            sheet.merges.append((top, left, bottom, right))
        found.append(sheet)
    return found


def of_xls(data):
    book = xlrd.open_workbook(file_contents=data, formatting_info=True)
    found = []
    for own in book.sheets():
        sheet = Sheet(own.name)
        for row in range(own.nrows):
            for column in range(own.row_len(row)):
                cell = own.cell(row, column)
                if cell.ctype == xlrd.XL_CELL_NUMBER:
                    sheet.cells[row, column] = number(cell.value)
                elif cell.ctype == xlrd.XL_CELL_TEXT and cell.value:
                    sheet.cells[row, column] = cell.value
                elif cell.ctype == xlrd.XL_CELL_ERROR:
                    sheet.cells[row, column] = xlrd.error_text_from_code.get(cell.value, "#ERR")
                elif cell.ctype == xlrd.XL_CELL_DATE:
                    sheet.cells[row, column] = str(xlrd.xldate_as_datetime(cell.value, book.datemode))
        sheet.merges = [(top, left, bottom - 1, right - 1)
                        for top, bottom, left, right in own.merged_cells]  # fmt: skip
        found.append(sheet)
    return found


def of_ods(data):
    book = opendocument.load(io.BytesIO(data))
    found = []
    for own in book.spreadsheet.getElementsByType(table.Table):
        sheet, row = Sheet(own.getAttribute("name")), 0
        for line in own.getElementsByType(table.TableRow):
            times = int(line.getAttribute("numberrowsrepeated") or 1)
            for again in range(min(times, MOST if line_holds(line) else 1)):
                read_line(sheet, line, row + again)
            row += times
        found.append(sheet)
    return found


def line_holds(line):
    return any(said(cell) or cell.getAttrNS(OFFICENS, "value") for cell in cells_of(line))


def cells_of(line):
    return [node for node in line.childNodes
            if node.qname in ((TABLENS, "table-cell"), (TABLENS, "covered-table-cell"))]  # fmt: skip


def read_line(sheet, line, row):
    column = 0
    for cell in cells_of(line):
        times = int(cell.getAttrNS(TABLENS, "number-columns-repeated") or 1)
        value, content = cell.getAttrNS(OFFICENS, "value"), said(cell)
        kind = cell.getAttrNS(OFFICENS, "value-type")
        if kind in ("float", "currency", "percentage") and value:
            content = number(float(value))
        covers = [int(cell.getAttrNS(TABLENS, f"number-{way}-spanned") or 1)
                  for way in ("rows", "columns")]  # fmt: skip
        if covers != [1, 1]:
            sheet.merges.append((row, column, row + covers[0] - 1, column + covers[1] - 1))
        if content != "":
            for again in range(min(times, MOST)):
                sheet.cells[row, column + again] = content
        column += times


def said(cell):
    return "\n".join(str(part) for part in cell.getElementsByType(text.P))


def of_csv(data, stem):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = data.decode("utf-16")
    else:
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            content = data.decode("gb18030", errors="replace")
    first = "".join(content.splitlines(keepends=True)[:20])
    mark = max(",\t;", key=first.count)
    sheet = Sheet(stem)
    for row, line in enumerate(csv.reader(io.StringIO(content, newline=""), delimiter=mark)):
        for column, value in enumerate(line):
            if value.strip():
                sheet.cells[row, column] = value
    return [sheet]
