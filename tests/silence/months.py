"""Two months that agree with their plans, as grids of cells.

The first is `fixtures/cases/clean-month`, read with libraries that duibiao has no part in. The
second pipeline has no such month, so its templates are filled in.
"""

import csv
import io
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlrd
from odf.namespaces import OFFICENS, TABLENS
from odf.opendocument import load
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.teletype import extractText

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "trial"))

from formats import Grid  # noqa: E402


@dataclass
class Submission:
    """The file that one unit sends."""

    unit: str
    name: str
    grids: list

    @property
    def form(self):
        return self.name.rsplit(".", 1)[1]

    @property
    def main(self):
        """The grid with the table of tasks, by its place."""
        return max(range(len(self.grids)), key=lambda at: len(self.grids[at].cells))


@dataclass
class Month:
    pipeline: Path
    period: str
    submissions: list


def months(program):
    clean = ROOT / "fixtures" / "cases" / "clean-month" / "inbox"
    units = ("吉阳区", "天涯区", "崖州区", "市民政局", "海棠区", "育才生态区")
    first = [
        Submission(next(unit for unit in units if unit in path.name), path.name, read(path))
        for path in sorted(clean.iterdir())
    ]
    return [
        Month(ROOT / "pipelines" / "sanya-2020.toml", "2020-08", first),
        Month(ROOT / "pipelines" / "rural-water-2024.toml", "2024-05", filled(program)),
    ]


def filled(program):
    """The second pipeline's templates, filled in so that everything agrees, in four formats."""
    pipeline = ROOT / "pipelines" / "rural-water-2024.toml"
    forms = {"青石镇": "xlsx", "河湾镇": "xls", "云岭乡": "ods", "白沙镇": "csv"}
    submissions = []
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "template", pipeline, "--period", "2024-05", "--out", folder]
        subprocess.run(command, check=True, capture_output=True)
        for unit, form in forms.items():
            path = next(Path(folder).rglob(f"{unit}*.xlsx"))
            grid = xlsx(path)[0]
            # Without the hidden stamp: written by hand, as towns do.
            report(grid)
            grid.name = "报送表" if form != "csv" else "sheet"
            submissions.append(Submission(unit, f"{unit}5月.{form}", [grid]))
    return submissions


def report(grid):
    """Fills in what towns report: half of the money has come, and a quarter of it is spent."""
    heads = {text: column for (row, column), text in grid.cells.items() if row == heading(grid)}
    column = {word: next(at for text, at in heads.items() if word in text) for word in
              ("资金（元）", "已到位", "已支出", "人工费", "材料费", "完成进度")}
    for row in range(heading(grid) + 1, grid.height):
        funds = grid.cells.get((row, 3))
        if not isinstance(grid.cells.get((row, 0)), str) or funds is None:
            continue
        half = funds // 4 * 2
        grid.put(row, column["已到位"], half)
        grid.put(row, column["已支出"], half // 2)
        grid.put(row, column["人工费"], half // 4)
        grid.put(row, column["材料费"], half // 2 - half // 4)
        grid.put(row, column["完成进度"], 25)


def heading(grid):
    """The row of the headings: the first that has most of its cells filled with words."""
    for row in range(grid.height):
        words = [text for (at, _), text in grid.cells.items() if at == row and isinstance(text, str)]
        if len(words) >= 6:
            return row
    raise ValueError(f"no headings on {grid.name}")


def read(path):
    """Returns the sheets of a file as grids."""
    return {".xlsx": xlsx, ".xls": xls, ".ods": ods, ".csv": text}[path.suffix](path)


def xlsx(path):
    grids = []
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        grid = Grid(sheet.title)
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            content = cell.value
            content = content.date() if hasattr(content, "date") else content
            grid.put(cell.row - 1, cell.column - 1, whole(content))
        for merge in sheet.merged_cells.ranges:
            grid.merges.append(
                (merge.min_row - 1, merge.min_col - 1, merge.max_row - 1, merge.max_col - 1)
            )
        grids.append(grid)
    return grids


def xls(path):
    book = xlrd.open_workbook(path, formatting_info=True)
    grids = []
    for sheet in book.sheets():
        grid = Grid(sheet.name)
        for row in range(sheet.nrows):
            for column in range(sheet.ncols):
                cell = sheet.cell(row, column)
                content = cell.value
                if cell.ctype == xlrd.XL_CELL_DATE:
                    content = xlrd.xldate_as_datetime(content, book.datemode).date()
                grid.put(row, column, whole(content))
        grid.merges = [
            (top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells
        ]
        grids.append(grid)
    return grids


def ods(path):
    grids = []
    for table in load(str(path)).getElementsByType(Table):
        grid = Grid(table.getAttribute("name"))
        row = 0
        for line in table.getElementsByType(TableRow):
            column = 0
            for cell in line.childNodes:
                if cell.qname not in (TableCell().qname, CoveredTableCell().qname):
                    continue
                times = int(cell.attributes.get((TABLENS, "number-columns-repeated"), 1))
                tall = int(cell.attributes.get((TABLENS, "number-rows-spanned"), 1))
                wide = int(cell.attributes.get((TABLENS, "number-columns-spanned"), 1))
                if tall > 1 or wide > 1:
                    grid.merges.append((row, column, row + tall - 1, column + wide - 1))
                content = extractText(cell)
                if cell.attributes.get((OFFICENS, "value-type")) == "float":
                    content = whole(float(cell.attributes[OFFICENS, "value"]))
                for at in range(column, column + times if content != "" else column):
                    grid.put(row, at, content)
                column += times
            row += int(line.attributes.get((TABLENS, "number-rows-repeated"), 1))
        grids.append(grid)
    return grids


def text(path):
    grid = Grid(path.stem)
    for row, line in enumerate(csv.reader(io.StringIO(path.read_bytes().decode("gb18030")))):
        for column, content in enumerate(line):
            grid.put(row, column, content)
    return [grid]


def whole(content):
    """A number without a fraction is written without one."""
    return int(content) if isinstance(content, float) and content == int(content) else content
