"""What is spoilt of a workbook that others made, one thing at a time: cells in place, whatever else the file has."""

import collections
import csv
import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.utils import column_index_from_string as column  # noqa: F401
from openpyxl.utils import coordinate_to_tuple as place  # noqa: F401
from openpyxl.worksheet.cell_range import CellRange

FIGURE = re.compile(r"[¥￥$]?\s*-?\d[\d,，]*(\.\d+)?\s*%?")


@dataclass
class Book:
    """A workbook of openpyxl, or a text with commas held as one."""

    workbook: openpyxl.Workbook
    suffix: str

    @property
    def sheets(self):
        return self.workbook.worksheets

    @property
    def size(self):
        """How many cells it has."""
        return sum(len(sheet._cells) for sheet in self.sheets)

    def save(self, path):
        if self.suffix == ".xlsx":
            self.workbook.save(path)
            return
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            for row in self.sheets[0].iter_rows(values_only=True):
                table.writerow("" if value is None else value for value in row)


@dataclass
class Done:
    """What was spoilt, and where; rows and columns are those a finding may point into."""

    sheet: str
    place: str
    part: str
    before: object
    after: object
    rows: list
    columns: list = field(default_factory=list)
    column: int = 0
    # Of blanks: all that went, and what stands above.
    whole: list = field(default_factory=list)
    above: object = None


def load(path):
    path = Path(path)
    if path.suffix != ".csv":
        workbook = openpyxl.load_workbook(path, data_only=True)
        for sheet in workbook.worksheets:
            # Pictures cannot be written twice.
            sheet._images, sheet._charts = [], []
        return Book(workbook, ".xlsx")
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    try:
        dialect = csv.Sniffer().sniff(text[:4000], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    workbook = openpyxl.Workbook()
    workbook.active.title = path.stem[:31]
    for row in csv.reader(text.splitlines(True), dialect):
        workbook.active.append([value or None for value in row] or [None])
    return Book(workbook, ".csv")


def is_figure(value):
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return True
    return isinstance(value, str) and bool(FIGURE.fullmatch(value.strip()))


def is_word(value):
    return isinstance(value, str) and bool(value.strip()) and not is_figure(value)


def cells(book, wanted):
    """The cells whose value is as wanted, covered ones of merges aside."""
    for sheet in book.sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and wanted(cell.value):
                    yield cell


def chosen_cell(book, told, chosen, wanted):
    """Three times of four a cell of a task, else any."""
    found = list(cells(book, wanted))
    tasks = [cell for cell in found if part(told, cell).startswith("task ")]
    if tasks and chosen.random() < 0.75:
        found = tasks
    return chosen.choice(found) if found else None


def part(told, cell):
    return told.part(cell.parent.title, cell.row, cell.column)


def put(told, cell, value, **more):
    before, cell.value = cell.value, value
    return Done(cell.parent.title, cell.coordinate, part(told, cell), before, value, [cell.row], [cell.column],
                cell.column, **more)


def figures(change):
    """A spoiling that changes the figure of a cell; a text stays a text."""

    def spoil(book, told, chosen):
        cell = chosen_cell(book, told, chosen, is_figure)
        if cell is None:
            return None
        old = cell.value
        if isinstance(old, str):
            number = re.search(r"-?\d[\d,，]*(\.\d+)?", old)
            plain = re.sub("[,，]", "", number[0])
            after = change(float(plain) if "." in plain else int(plain), chosen)
            written = f"{after:.{len(plain.split('.')[1])}f}" if "." in plain and after == after else str(after)
            new = old[: number.start()] + written + old[number.end() :]
        else:
            new = change(old, chosen)
        return put(told, cell, new) if new != old else None

    return spoil


def other_size(value, chosen):
    """Another figure of as many digits."""
    return round(value * chosen.uniform(0.3, 0.9), decimals(value)) if abs(value) > 3 else value + 2


def digit(value, chosen):
    """One digit is another."""
    text = repr(value)
    if "e" in text:
        return value * 2
    at = chosen.choice([at for at, letter in enumerate(text) if letter.isdigit()][:6])
    other = str((int(text[at]) + chosen.randint(1, 8)) % 9 + (1 if at == 0 else 0))
    text = text[:at] + other + text[at + 1 :]
    return type(value)(text.lstrip("0") or "0") if isinstance(value, int) else float(text)


def decimals(value):
    return len(repr(value).split(".")[1]) if isinstance(value, float) and "e" not in repr(value) else 0


def swapped(book, told, chosen):
    """Two figures of a column change places."""
    cell = chosen_cell(book, told, chosen, is_figure)
    if cell is None:
        return None
    below = [
        other for other in cell.parent[get_column_letter(cell.column)]
        if is_figure(other.value) and other.value != cell.value and part(told, other) == part(told, cell)
    ]
    if not below:
        return None
    other = chosen.choice(below)
    pair = [cell.row, other.row]
    was = same_rows(cell.parent, pair)
    cell.value, other.value = other.value, cell.value
    if was == same_rows(cell.parent, pair):
        return None
    return Done(cell.parent.title, f"{cell.coordinate} and {other.coordinate}", part(told, cell), other.value, cell.value,
                [cell.row, other.row], [cell.column], cell.column)


def word(book, told, chosen):
    """One letter of a word is another."""
    cell = chosen_cell(book, told, chosen, is_word)
    if cell is None:
        return None
    letters = [at for at, letter in enumerate(cell.value) if letter.isalpha()]
    if not letters:
        return None
    at = chosen.choice(letters)
    return put(told, cell, cell.value[:at] + ("某" if cell.value[at] != "某" else "林") + cell.value[at + 1 :])


def other_words(book, told, chosen):
    cell = chosen_cell(book, told, chosen, is_word)
    return cell and put(told, cell, "另文别处")


def date(book, told, chosen):
    """A date is some months later."""
    cell = chosen_cell(book, told, chosen, lambda value: isinstance(value, datetime.date))
    return cell and put(told, cell, cell.value + datetime.timedelta(days=62))


def blank(wanted):
    def spoil(book, told, chosen):
        cell = chosen_cell(book, told, chosen, wanted)
        return cell and put(told, cell, None, above=above(cell.parent, cell.row, cell.column))

    return spoil


def above(sheet, row, at):
    """The nearest value above a cell."""
    values = (sheet.cell(other, at).value for other in range(row - 1, 0, -1))
    return next((value for value in values if value is not None), None)


def rows_of(told, classes):
    return [place for place, row_class in told.classes.items() if row_class in classes and place[0] not in told.aside]


def task_row(book, told, chosen, *classes):
    rows = rows_of(told, classes or ("task",))
    if not rows:
        return None
    name, row = chosen.choice(rows)
    return book.workbook[name], row


def same_rows(sheet, rows):
    """The rows whatever their order."""
    return collections.Counter(str(values(sheet, row)) for row in rows)


def values(sheet, row):
    return [cell.value for cell in sheet[row]]


def said(sheet, row):
    """The words of a row, for people."""
    return " ".join(str(value) for value in values(sheet, row) if value is not None)[:60]


def row_done(told, sheet, row, before, after):
    # What was taken away or put in moves what points at the rows around it.
    row_class = told.classes.get((sheet.title, row), "blank")
    return Done(sheet.title, f"row {row}", f"{row_class} row", before, after, [row - 1, row, row + 1])


def removed(*classes):
    def spoil(book, told, chosen):
        found = task_row(book, told, chosen, *classes)
        if found is None:
            return None
        sheet, row = found
        before = said(sheet, row)
        merges = [merged for merged in sheet.merged_cells.ranges if merged.min_row <= row < merged.max_row]
        kept = {at for merged in merges for at in range(merged.min_col, merged.max_col + 1)}
        if all(cell.column in kept for cell in sheet[row] if cell.value is not None):
            # Nothing of it would go.
            return None
        move_rows(sheet, row, -1)
        return row_done(told, sheet, row, before, None)

    return spoil


def doubled(book, told, chosen):
    found = task_row(book, told, chosen)
    if found is None:
        return None
    sheet, row = found
    insert_copy(sheet, row)
    return row_done(told, sheet, row + 1, None, said(sheet, row))


def inserted(book, told, chosen):
    """A new row like one of the tasks, with other words and other figures."""
    found = task_row(book, told, chosen)
    if found is None:
        return None
    sheet, row = found
    insert_copy(sheet, row)
    for cell in sheet[row + 1]:
        if is_word(cell.value) and not told.used.get((sheet.title, row, cell.column), "").startswith(("owner", "unit")):
            cell.value = "新增" + cell.value[::-1]
        elif is_figure(cell.value) and not isinstance(cell.value, str):
            cell.value = other_size(cell.value, chosen)
    return row_done(told, sheet, row + 1, None, said(sheet, row + 1))


def block(book, told, chosen):
    """A column and some rows of it that have something each."""
    cell = chosen_cell(book, told, chosen, lambda value: True)
    if cell is None:
        return None
    rows = []
    for row in range(cell.row, cell.row + 6):
        if cell.parent.cell(row, cell.column).value is None or not is_task(told, cell, row):
            break
        rows.append(row)
    return (cell.parent, cell.column, rows) if len(rows) > 1 else None


def is_task(told, cell, row):
    return told.part(cell.parent.title, row, cell.column) == part(told, cell)


def block_done(told, sheet, at, rows, before, after):
    place = f"{get_column_letter(at)}{rows[0]}:{get_column_letter(at)}{rows[-1]}"
    return Done(sheet.title, place, told.part(sheet.title, rows[0], at), before, after, rows, [at], at)


def block_removed(book, told, chosen):
    found = block(book, told, chosen)
    if found is None:
        return None
    sheet, at, rows = found
    before = [sheet.cell(row, at).value for row in rows]
    for row in rows:
        sheet.cell(row, at).value = None
    done = block_done(told, sheet, at, rows, before[:3], None)
    done.whole, done.above = before, above(sheet, rows[0], at)
    return done


def block_moved(book, told, chosen):
    """The cells of a block stand one row lower, the last of them first."""
    found = block(book, told, chosen)
    if found is None:
        return None
    sheet, at, rows = found
    before = [sheet.cell(row, at).value for row in rows]
    after = before[-1:] + before[:-1]
    was = same_rows(sheet, rows)
    for row, value in zip(rows, after):
        sheet.cell(row, at).value = value
    if was == same_rows(sheet, rows):
        return None
    changed = [row for row, old, new in zip(rows, before, after) if old != new]
    return block_done(told, sheet, at, changed, before[:3], after[:3])


def total(book, told, chosen):
    """A figure of a total is another."""
    rows = set(rows_of(told, ("total",)))
    found = [cell for cell in cells(book, is_figure) if (cell.parent.title, cell.row) in rows]
    cell = chosen.choice(found) if found else None
    if cell is None or isinstance(cell.value, str):
        return None
    return put(told, cell, other_size(cell.value, chosen))


def hide_row(book, told, chosen):
    found = task_row(book, told, chosen)
    if found is None or book.suffix == ".csv" or found[0].row_dimensions[found[1]].hidden:
        return None
    sheet, row = found
    sheet.row_dimensions[row].hidden = True
    return row_done(told, sheet, row, said(sheet, row), "hidden")


def hide_column(book, told, chosen):
    places = list(told.used)
    if not places or book.suffix == ".csv":
        return None
    name, row, at = chosen.choice(places)
    sheet = book.workbook[name]
    if any(each.hidden for each in sheet.column_dimensions.values()):
        return None
    sheet.column_dimensions[get_column_letter(at)].hidden = True
    return Done(name, f"column {get_column_letter(at)}", "column", None, "hidden", [], [at], at)


def hide_sheet(book, told, chosen):
    shown = [sheet for sheet in book.sheets if sheet.sheet_state == "visible"]
    if len(shown) < 2:
        return None
    sheet = chosen.choice(shown)
    sheet.sheet_state = "hidden"
    book.workbook.active = next(at for at, other in enumerate(book.sheets) if other.sheet_state == "visible")
    part = "sheet left aside" if sheet.title in told.aside else "sheet"
    return Done(sheet.title, "sheet", part, None, "hidden", [], [])


def insert_copy(sheet, row):
    """A copy of a row stands below it."""
    values = [(cell.column, cell.value, cell._style) for cell in sheet[row]]
    move_rows(sheet, row + 1, 1)
    for at, value, style in values:
        cell = sheet.cell(row + 1, at)
        if not isinstance(cell, openpyxl.cell.cell.MergedCell):
            cell.value, cell._style = value, style


def move_rows(sheet, at, by):
    """Takes a row away or puts one in, with what openpyxl leaves where it was: merges and hidden rows."""
    merges = [CellRange(str(merged)) for merged in sheet.merged_cells.ranges]
    for merged in merges:
        value = sheet.cell(merged.min_row, merged.min_col).value
        sheet.unmerge_cells(str(merged))
        # What is left of a name that spanned the row stands where it began.
        if by < 0 and merged.min_row == at < merged.max_row:
            sheet.cell(at + 1, merged.min_col).value = value
    hidden = {row for row, each in sheet.row_dimensions.items() if each.hidden}
    (sheet.insert_rows if by > 0 else sheet.delete_rows)(at)
    for row in hidden:
        sheet.row_dimensions[row].hidden = False
    for row in hidden - ({at} if by < 0 else set()):
        sheet.row_dimensions[row + by if row >= at else row].hidden = True
    for merged in merges:
        top = merged.min_row + by if merged.min_row > at or (by > 0 and merged.min_row == at) else merged.min_row
        bottom = merged.max_row + by if merged.max_row >= at else merged.max_row
        if bottom >= top and (top, merged.min_col) != (bottom, merged.max_col):
            sheet.merge_cells(start_row=top, start_column=merged.min_col, end_row=bottom, end_column=merged.max_col)


KINDS = {
    "another figure": figures(other_size),
    "swap": swapped,
    "by one": figures(lambda value, chosen: value + 1),
    "sign": figures(lambda value, chosen: -value),
    "digit": figures(digit),
    "letter": word,
    "other words": other_words,
    "date": date,
    "blank figure": blank(is_figure),
    "blank word": blank(is_word),
    "task removed": removed("task"),
    "row doubled": doubled,
    "row inserted": inserted,
    "block removed": block_removed,
    "block moved": block_moved,
    "total": total,
    "total removed": removed("total"),
    "hide row": hide_row,
    "hide column": hide_column,
    "hide sheet": hide_sheet,
    "detail removed": removed("detail", "unplaced", "section"),
}
