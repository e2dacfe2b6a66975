"""What a person does to a workbook: types, sorts, filters, inserts, deletes; with openpyxl, no program of ours."""

import copy
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter


def heads(page, word="差异编号"):
    """The row of the headings and the column of each, on the page that holds the word."""
    for row in page.iter_rows():
        columns = {str(cell.value).strip(): cell.column for cell in row if cell.value is not None}
        if word in columns and len(columns) >= 4:
            return row[0].row, columns
    return None, {}


def page_with(book, word="差异编号"):
    for page in book.worksheets:
        if heads(page, word)[0]:
            return page
    raise ValueError(f"no page with {word}")


def typed(path, out, edits, word="差异编号"):
    """Types by the number of the finding: {number: {heading: content}}; returns the new path."""
    book = openpyxl.load_workbook(path)
    page = page_with(book, word)
    row, columns = heads(page, word)
    met = set()
    for at in range(row + 1, page.max_row + 1):
        number = page.cell(at, columns[word]).value
        for head, content in edits.get(str(number or "").strip(), {}).items():
            if number in met and head != "处理":
                # A finding that moves two amounts has two rows; a person fills in the first.
                continue
            if head not in columns:
                raise ValueError(f"no column {head} on {page.title} of {Path(path).name}")
            page.cell(at, columns[head]).value = content
        if str(number or "").strip() in edits:
            met.add(number)
    lacking = set(edits) - {str(number) for number in met}
    if lacking:
        raise ValueError(f"no row for {lacking} on {page.title} of {Path(path).name}")
    return saved(book, out)


def beside(page, cell):
    """The cell to the right of another, or of the merged cells that it heads."""
    column = cell.column + 1
    for merge in page.merged_cells.ranges:
        if (merge.min_row, merge.min_col) == (cell.row, cell.column):
            column = merge.max_col + 1
    return page.cell(cell.row, column)


def saved(book, out):
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    book.save(out)
    return out


def sort(path, out, by, descending=False):
    """The lines of the list in another order, as 数据 › 排序 leaves them."""
    book = openpyxl.load_workbook(path)
    page = page_with(book)
    row, columns = heads(page)
    lines = []
    for at in range(row + 1, page.max_row + 1):
        cells = [page.cell(at, column) for column in range(1, page.max_column + 1)]
        # Below the lines of the list stand places to sign.
        if page.cell(at, columns["差异编号"]).value not in (None, ""):
            lines.append([(cell.value, copy.copy(cell._style)) for cell in cells])
    lines.sort(key=lambda line: str(line[columns[by] - 1][0] or ""), reverse=descending)
    for at, line in enumerate(lines, row + 1):
        for column, (content, style) in enumerate(line, 1):
            page.cell(at, column).value = content
            page.cell(at, column)._style = style
            page.cell(at, column).hyperlink = None
    return saved(book, out)


def filtered(path, out, head, kept):
    """Rows without the wanted content are hidden, as a filter hides them."""
    book = openpyxl.load_workbook(path)
    page = page_with(book)
    row, columns = heads(page)
    page.auto_filter.ref = f"A{row}:{get_column_letter(page.max_column)}{page.max_row}"
    page.auto_filter.add_filter_column(columns[head] - 1, [kept])
    for at in range(row + 1, page.max_row + 1):
        page.row_dimensions[at].hidden = kept not in str(page.cell(at, columns[head]).value or "")
    return saved(book, out)


def inserted(path, out, rows=(), columns=()):
    """Blank rows before those numbered from the headings' row, and blank columns before those numbered."""
    book = openpyxl.load_workbook(path)
    page = page_with(book)
    row, _ = heads(page)
    for merge in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merge))
    for offset in sorted(rows, reverse=True):
        page.insert_rows(row + offset)
    for column in sorted(columns, reverse=True):
        page.insert_cols(column)
        page.cell(heads(page)[0], column).value = "我的备注"
    return saved(book, out)


def altered(path, out, changes):
    """Numbers of findings changed to others: {number: what stands there now}."""
    book = openpyxl.load_workbook(path)
    page = page_with(book)
    row, columns = heads(page)
    for at in range(row + 1, page.max_row + 1):
        cell = page.cell(at, columns["差异编号"])
        if str(cell.value or "") in changes:
            cell.value = changes[str(cell.value)]
    return saved(book, out)
