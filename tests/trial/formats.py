"""Writes grids of cells as xlsx, xls, ods and csv, each with a library that duibiao has no part in."""

import csv
import datetime
import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableColumnProperties, TableProperties, TextProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter


@dataclass
class Grid:
    """One sheet: contents by (row, column) from zero, merges as (row, column, row, column)."""

    name: str
    cells: dict = field(default_factory=dict)
    merges: list = field(default_factory=list)
    hidden_rows: set = field(default_factory=set)
    hidden_columns: set = field(default_factory=set)
    struck: set = field(default_factory=set)
    comments: dict = field(default_factory=dict)
    hidden: bool = False

    def put(self, row, column, content):
        if content is not None and content != "":
            self.cells[row, column] = content

    @property
    def height(self):
        return max((row for row, _ in self.cells), default=-1) + 1

    @property
    def width(self):
        columns = [column for _, column in self.cells] + [merge[3] for merge in self.merges]
        return max(columns, default=-1) + 1


class Formula(str):
    """A formula whose value was never calculated; only in xlsx."""


class Calculated(str):
    """A formula with the value that a spreadsheet calculated; only in xlsx."""

    def __new__(cls, formula, value):
        made = super().__new__(cls, formula)
        made.value = value
        return made


class ErrorValue(str):
    """A spreadsheet error such as #REF!."""


def write(form, grids, encoding):
    """Returns the bytes of a workbook."""
    return {"xlsx": xlsx, "xls": xls, "ods": ods}[form](grids) if form != "csv" else text(
        grids[0], encoding
    )


def xlsx(grids):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for grid in grids:
        sheet = book.create_sheet(grid.name)
        for (row, column), content in grid.cells.items():
            cell = sheet.cell(row + 1, column + 1)
            if isinstance(content, ErrorValue):
                cell.value, cell.data_type = str(content), "e"
            elif isinstance(content, (Formula, Calculated)):
                cell.value = "=" + content
            elif isinstance(content, str):
                cell.value, cell.data_type = content, "s"
            else:
                cell.value = content
                if isinstance(content, datetime.date):
                    cell.number_format = "yyyy-mm-dd"
            if (row, column) in grid.struck:
                cell.font = Font(strike=True)
        for (row, column), said in grid.comments.items():
            sheet.cell(row + 1, column + 1).comment = Comment(said, "clerk")
        for top, left, bottom, right in grid.merges:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        for row in grid.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for column in grid.hidden_columns:
            sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
        if grid.hidden:
            sheet.sheet_state = "hidden"
    book.active = next(i for i, grid in enumerate(grids) if not grid.hidden)
    out = io.BytesIO()
    book.save(out)
    return calculated(out, grids)


def calculated(book, grids):
    """Writes the values of formulas, which openpyxl leaves out, into the workbook."""
    values = [
        {f"{get_column_letter(column + 1)}{row + 1}": content.value for (row, column), content in grid.cells.items()
         if isinstance(content, Calculated)} for grid in grids
    ]  # fmt: skip
    if not any(values):
        return book.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            data = before.read(entry)
            number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", entry.filename)
            if number:
                data = with_values(data.decode(), values[int(number[1]) - 1]).encode()
            after.writestr(entry, data)
    return out.getvalue()


def with_values(sheet, values):
    def filled(match):
        value = values.get(match[2])
        return match[0] if value is None else f"{match[1]}<v>{value!r}</v>"

    return re.sub(r'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?', filled, sheet)


def xls(grids):
    book = xlwt.Workbook(encoding="utf-8")
    date = xlwt.XFStyle()
    date.num_format_str = "yyyy-mm-dd"
    struck = {plain: xlwt.easyxf("font: struck_out on") for plain in (True, False)}
    struck[False].num_format_str = "yyyy-mm-dd"
    for grid in grids:
        sheet = book.add_sheet(grid.name, cell_overwrite_ok=True)
        tops = {(merge[0], merge[1]): merge for merge in grid.merges}
        for place, content in grid.cells.items():
            style = date if isinstance(content, datetime.date) else xlwt.Style.default_style
            if place in grid.struck:
                style = struck[style is not date]
            content = str(content) if isinstance(content, (ErrorValue, Formula)) else content
            if place in tops:
                top, left, bottom, right = tops.pop(place)
                sheet.write_merge(top, bottom, left, right, content, style)
            else:
                sheet.write(*place, content, style)
        for top, left, bottom, right in tops.values():
            sheet.write_merge(top, bottom, left, right, "")
        for row in grid.hidden_rows:
            sheet.row(row).hidden = True
        for column in grid.hidden_columns:
            sheet.col(column).hidden = True
        if grid.hidden:
            sheet.visibility = 1
    book.set_active_sheet(next(i for i, grid in enumerate(grids) if not grid.hidden))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(grids):
    book = OpenDocumentSpreadsheet()
    hidden = Style(name="hiddensheet", family="table")
    hidden.addElement(TableProperties(display="false"))
    book.automaticstyles.addElement(hidden)
    wide = Style(name="wide", family="table-column")
    wide.addElement(TableColumnProperties(columnwidth="3cm"))
    book.automaticstyles.addElement(wide)
    struck = Style(name="struck", family="table-cell")
    struck.addElement(TextProperties(textlinethroughstyle="solid"))
    book.automaticstyles.addElement(struck)
    for grid in grids:
        table = Table(name=grid.name, **({"stylename": hidden} if grid.hidden else {}))
        for column in range(grid.width):
            more = {"visibility": "collapse"} if column in grid.hidden_columns else {}
            table.addElement(TableColumn(stylename=wide, **more))
        tops = {(merge[0], merge[1]): merge for merge in grid.merges}
        covered = {
            (row, column)
            for top, left, bottom, right in grid.merges
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }
        bottom = max([grid.height] + [merge[2] + 1 for merge in grid.merges])
        for row in range(bottom):
            more = {"visibility": "collapse"} if row in grid.hidden_rows else {}
            line = TableRow(**more)
            for column in range(grid.width):
                if (row, column) in covered:
                    line.addElement(CoveredTableCell())
                    continue
                spans = {}
                if (row, column) in tops:
                    t, left, b, right = tops[row, column]
                    spans = {"numberrowsspanned": b - t + 1, "numbercolumnsspanned": right - left + 1}
                if (row, column) in grid.struck:
                    spans["stylename"] = struck
                line.addElement(ods_cell(grid.cells.get((row, column)), spans))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


def ods_cell(content, spans):
    if content is None:
        return TableCell(**spans)
    if isinstance(content, datetime.date):
        cell = TableCell(valuetype="date", datevalue=content.isoformat(), **spans)
    elif isinstance(content, (int, float)):
        cell = TableCell(valuetype="float", value=repr(content), **spans)
    else:
        cell = TableCell(valuetype="string", **spans)
    for line in str(content).split("\n"):
        cell.addElement(P(text=line))
    return cell


def text(grid, encoding):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    width = grid.width
    for row in range(grid.height):
        line = [shown(grid.cells.get((row, column))) for column in range(width)]
        writer.writerow(line)
    return out.getvalue().encode(encoding, errors="replace")


def shown(content):
    if content is None:
        return ""
    if isinstance(content, float):
        return f"{Decimal(repr(content)):f}"
    return str(content)
