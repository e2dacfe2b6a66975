#!/usr/bin/env python3
"""Holds the books of a run against other libraries: no figure of a submitted file is lost unsaid.

    python3 tests/trial/sums.py pipelines/sanya-2020.toml INBOX RUN_FOLDER

Every submitted file is read with openpyxl, xlrd, odfpy or csv, and its columns of amounts are found
by their headings, in a small and plain way that shares nothing with the program. Then

- each figure of such a column is one that the program counts, at that cell and of that value, or
  stands in the row of a total that the program held, or is pointed at by a finding;
- each figure that the program counts is the one that the other library reads in that cell;
- the sum of each column of each sheet is the program's, but for what findings point at;
- what the program counts of a unit is what its bridge says was reported.

Needs Python 3.11 or later with openpyxl, xlrd and odfpy. The exit status is 1 when anything fails.
"""

import collections
import csv
import json
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

sys.path.insert(0, str(Path(__file__).resolve().parent))

import libraries  # noqa: E402
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter, range_boundaries  # noqa: E402

# How many 分 one of each is; longer names first.
UNITS = {"百万元": 10**8, "亿元": 10**10, "万元": 10**6, "千元": 10**5, "百元": 10**4, "元": 100}
SUFFIXES = UNITS | {"百万": 10**8, "亿": 10**10, "万": 10**6}
TOTAL = re.compile(r"合计|小计|总计|共计|累计|汇总|总额|总和|总数|^total$|^sum$|^计$|^其中")
FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")
NUMERAL = re.compile(r"[0-9零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]")
MONEY_LINE = re.compile(r"单位[:：]?(?:人民币)?(百万元|亿元|万元|千元|百元|元)")
# The standings of files whose rows are counted.
COUNTING = {"submitted", "blank", "zero"}
# Findings that say why a whole sheet, or a whole file, is not counted.
OF_ALL = {
    "submission-unreadable", "submission-duplicate", "table-missing", "unit-unknown",
    "sheet-unused",
}  # fmt: skip
# Findings that point at one cell of a row, or of a heading, and speak of all that belongs to it.
OF_ROWS = {
    "row-unplaced", "task-extra", "task-repeated", "task-misplaced", "pair-doubtful", "unit-unknown",
}  # fmt: skip
# Findings that say of the cells they point at that they are not counted as they stand.
OF_CELLS = {"value-unreadable", "value-missing", "value-imprecise", "sheet-unused"}


@dataclass
class Column:
    """A column of amounts under one heading."""

    field: str
    column: int
    fen: int  # how many 分 a figure without a unit counts by one
    above: int  # the row after the headings of the table above it
    top: int  # the first row of its heading
    first: int  # its first row, and the row after its last
    end: int
    keys: list  # the fields without which no row of the table is anything's


@dataclass
class Books:
    """What was held, and what failed."""

    files: int = 0
    columns: int = 0
    equal: int = 0
    told: int = 0  # columns whose sums differ and of which findings say why
    figures: int = 0
    texts: int = 0  # that are no plain figure, and that the program read or said something of
    passed: list = field(default_factory=list)  # files that the other library cannot read
    failures: list = field(default_factory=list)  # (unit or file, text)

    def __add__(self, other):
        both = Books()
        for name in ("files", "columns", "equal", "told", "figures", "texts"):
            setattr(both, name, getattr(self, name) + getattr(other, name))
        both.passed = self.passed + other.passed
        both.failures = self.failures + other.failures
        return both


class Run:
    """What the program published of a run."""

    def __init__(self, folder):
        self.report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        self.rows = table(folder / "data/rows.csv")
        self.totals = {
            (line["file"], line["sheet"], line["field"], place(line["cell"])): line["found"]
            for line in table(folder / "data/ledger.csv")
            if line["rule"].startswith("total:") and line["side"] == "submission" and line["cell"]
        }
        self.files = {line["file"]: line for line in self.report["files"]}
        self.units = collections.defaultdict(set)
        for row in self.rows:
            self.units[row["file"]].add(row["unit"])
        self.findings = [f for f in self.report["findings"]
                         if f["side"] == "submission" and f["life"] != "unseen"]  # fmt: skip
        # Of these, the rows have what was typed.
        self.not_understood = {
            (f["file"], f["sheet"], cell) for f in self.findings for cell in f["cells"]
            if f["kind"] in ("value-unreadable", "value-imprecise")
        }  # fmt: skip

    def counted(self, name):
        """The rows in which the program read an amount, by (file, sheet, cell)."""
        for row in self.rows:
            if (row["file"], row["sheet"], row[f"{name}_cell"]) in self.not_understood:
                continue
            if FIGURE.fullmatch(row[name]) and row[f"{name}_cell"]:
                yield (row["file"], row["sheet"], place(row[f"{name}_cell"])), row

    def is_twin(self, file):
        """Whether a file has the bytes of another one, which counts."""
        own = self.files[file]
        return any(other["sha256"] == own["sha256"] and other["standing"] in COUNTING
                   for name, other in self.files.items() if name != file)  # fmt: skip

    def says_why(self, file, sheet, column, cell):
        """Whether a finding points at a cell, at its row, its heading, its sheet or its file."""
        return any(points(finding, file, sheet, column, cell) for finding in self.findings)

    def is_struck(self, file, sheet, column, cell):
        """Whether a finding says that a cell is struck out, in part at least."""
        struck = filter(is_struck, self.findings)
        return any(points(finding, file, sheet, column, cell) for finding in struck)


def points(finding, file, sheet, column, cell):
    kind = finding["kind"]
    if kind == "submission-duplicate":
        return finding["file"] == file or file in finding["message"]
    if finding["file"] != file or finding["sheet"] not in (sheet.name, None):
        return False
    if kind == "period-differs":
        # A table of another month is set aside; the message names its sheet or its title.
        return any(f"“{title}”" in finding["message"] for title in titles(sheet, column))
    if kind in OF_ALL and not finding["cells"]:
        return True
    if kind == "column-missing" and finding["field"] in (column.field, *column.keys):
        return True
    row, at = cell[0] + 1, cell[1] + 1
    for left, top, right, bottom in map(range_boundaries, finding["cells"]):
        if kind in OF_ROWS and top <= row <= bottom:
            return True
        if kind == "column-unknown" and left <= at <= right and column.top < bottom <= column.first:
            return True
        of_field = (kind in OF_CELLS or is_struck(finding)) and finding["field"] in (column.field, None)
        if of_field and left <= at <= right and top <= row <= bottom:
            return True
    return False


def is_struck(finding):
    """What is struck out does not count; what is hidden does."""
    return finding["kind"] == "hidden-content" and "删除线" in finding["message"]


def titles(sheet, column):
    """The name of a sheet, and what stands over a table: between it and the one above it, in each
    row the nearest text on the left."""
    yield sheet.name
    for row in (row for row in sheet.rows if column.above <= row < column.top):
        left = [at for at in sheet.rows[row] if at <= column.column]
        if left:
            yield sheet.cells[row, max(left)]


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def place(cell):
    row, column = coordinate_to_tuple(cell)
    return row - 1, column - 1


def named(cell):
    return f"{get_column_letter(cell[1] + 1)}{cell[0] + 1}"


def plain(content):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(content)))


def key(content):
    return re.sub(r"[^\w>%]", "", plain(content).lower())


class Headings:
    """The headings that a pipeline file declares, and the units of money they stand for."""

    def __init__(self, path):
        pipeline = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        self.keys = pipeline.get("matching", {}).get("key", ["task"])
        pipeline = pipeline["normalise"]
        money = pipeline.get("money", "元")
        self.fen = UNITS[money]  # how many 分 one of what the report shows is
        self.fields, self.units, self.amounts = {}, {}, []
        for column in pipeline["column"]:
            if column.get("type") == "amount":
                self.amounts.append(column["name"])
                self.units[column["name"]] = column.get("unit", money)
            for heading in [column["title"], *column.get("headings", [])]:
                self.fields.setdefault(heading_key(heading)[0], column["name"])
        self.blanks = {plain(word) for word in pipeline.get("not_applicable", [])}
        self.blanks |= {"-", "—", "——", "－", "/", "无", "／", "--"}

    def columns(self, sheet):
        """Finds the columns of amounts of a sheet: below each line of headings, to the next."""
        lines = collections.defaultdict(int)
        for (row, _), content in sheet.cells.items():
            if isinstance(content, str) and heading_key(content)[0] in self.fields:
                lines[row] += 1
        rows = sorted(row for row, hits in lines.items() if hits >= 2)
        if not rows:
            return []
        rows += [row for row in lines for near in rows if abs(row - near) == 1]
        blocks = []
        for row in sorted(set(rows)):
            if blocks and row == blocks[-1][1] + 1:
                blocks[-1][1] = row
            else:
                blocks.append([row, row])
        height = max(row for row, _ in sheet.cells) + 1
        found = []
        above = 0
        for (top, bottom), (end, _) in zip(blocks, blocks[1:] + [(height, height)]):
            bottom = max([bottom] + [low for up, _, low, _ in sheet.merges if top <= up <= bottom])
            found += self.below(sheet, above, top, bottom, end)
            above = bottom + 1
        return found

    def below(self, sheet, above, top, bottom, end):
        line_unit = self.money_line(sheet, bottom)
        for column in sorted({column for _, column in sheet.cells}):
            path = [cell for row in range(top, bottom + 1)
                    if (cell := spread(sheet, row, column, bottom)) is not None]  # fmt: skip
            name, unit = None, None
            for level in range(len(path)):
                own, own_unit = heading_key(path[level])
                joined = ">".join(heading_key(cell)[0] for cell in path[: level + 1])
                name = self.fields.get(joined) or self.fields.get(own) or (
                    # What a lower level adds may be another thing: 资金 > 已到位.
                    name if not own else None
                )
                unit = own_unit or unit
            if name in self.units:
                fen = UNITS[unit or line_unit or self.units[name]]
                yield Column(name, column, fen, above, top, bottom + 1, end, self.keys)

    def money_line(self, sheet, bottom):
        """单位：万元 above the table, or anywhere where there is only one."""
        found = [(row, match[1]) for (row, _), content in sheet.cells.items()
                 if isinstance(content, str) and (match := MONEY_LINE.search(plain(content)))]  # fmt: skip
        above = [unit for row, unit in sorted(found) if row <= bottom]
        return above[-1] if above else found[0][1] if len(found) == 1 else None


def spread(sheet, row, column, last):
    """What a cell of a heading says; a merged one says it in all its columns, and where a format
    knows no merges, in those on its right that have something below and nothing of their own."""
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and left <= column <= right:
            return sheet.cells.get((top, left)) if row == top else None
    while not sheet.merges and row < last and column > 0 and (row, column) not in sheet.cells:
        if (row + 1, column) not in sheet.cells:
            return None
        column -= 1
    return sheet.cells.get((row, column))


def heading_key(content):
    """The words of a heading, and the unit of money that it names in brackets or after a comma."""
    text = plain(content)
    text = re.sub(r"[\[【〔]", "(", re.sub(r"[\]】〕]", ")", text))
    units = []

    def without(match):
        inside = match[1].removeprefix("单位").lstrip(":").removeprefix("人民币")
        if inside in UNITS:
            units.append(inside)
            return ""
        return "" if inside in ("%", "单位", "") else match[0]

    text = re.sub(r"\(([^()]*)\)", without, text)
    text = re.sub(r"[,/、:](百万元|亿元|万元|千元|百元|元)$", lambda m: units.append(m[1]) or "", text)
    return key(text), units[0] if units else None


def figure(content, fen):
    """What a cell says in 分, where it is a plain figure; else None."""
    if isinstance(content, Decimal):
        return content * fen
    text = plain(content).replace(",", "").lstrip("'¥￥")
    text = re.sub(r"\((\D+)\)$", r"\1", text)
    sign = 1
    if re.fullmatch(r"\(.*\)", text):
        text, sign = text[1:-1], -1
    match = re.fullmatch(r"([+-]?[0-9]*\.?[0-9]+|[+-]?[0-9]+\.)(\D*)", text)
    if not match or match[2] and match[2] not in SUFFIXES:
        return None
    try:
        return sign * Decimal(match[1]) * SUFFIXES.get(match[2], fen)
    except InvalidOperation:
        return None


def is_numbering(sheet, row):
    """Whether a row is the line that numbers the columns: 1, 2, 3 or （1）, （2）, （3）."""
    texts = [plain(content).strip("()") for content in sheet.rows[row].values()]
    figures = [int(text) for text in texts if text.isdecimal()]
    return len(figures) == len(texts) >= 3 and all(b == a + 1 for a, b in zip(figures, figures[1:]))


def is_total(sheet, row, amounts):
    """Whether a row is that of a total: a label of one and no longer text, or figures alone."""
    texts = [plain(content) for column, content in sheet.rows[row].items()
             if column not in amounts and figure(content, 1) is None]  # fmt: skip
    if not texts:
        # A number of a task, without a word, is no total's.
        return True
    return any(TOTAL.search(key(text)) and len(text) <= 12 for text in texts) and not any(
        len(text) > 12 for text in texts
    )


def compare(pipeline, inbox, folder):
    """Holds the books of a run against what other libraries read in the inbox."""
    books, headings, run = Books(), Headings(pipeline), Run(Path(folder))
    counted = collections.defaultdict(dict)
    for name in headings.amounts:
        for (file, sheet, cell), row in run.counted(name):
            value = Decimal(row[name]) * headings.fen
            if (name, cell) in counted[file, sheet]:
                books.failures.append(
                    (row["unit"], f"{file} › {sheet} › {named(cell)}: {name} is counted twice")
                )
            counted[file, sheet][name, cell] = value
    for path in sorted(path for path in Path(inbox).rglob("*") if path.is_file()):
        file = path.relative_to(inbox).as_posix()
        known = run.files.get(file)
        try:
            sheets = libraries.sheets(path)
        except Exception as problem:  # what a library cannot read, it has nothing to say of
            books.passed.append(f"{file}: {type(problem).__name__}: {problem}")
            continue
        if file in (line["file"] for line in run.report["returned"]):
            continue  # answers to an earlier run
        if known is None:
            books.failures.append((file, f"{file}: is not in the report's files"))
            continue
        books.files += 1
        if run.is_twin(file):
            continue
        for sheet in sheets:
            of_sheet(books, headings, run, file, sheet, counted.pop((file, sheet.name), {}))
    for (file, sheet), rest in counted.items():
        if not any(line.startswith(f"{file}: ") for line in books.passed):
            books.failures.append((file, f"{file} › {sheet}: counted, and no other library sees it"))
    reported(books, run, headings)
    return books


def of_sheet(books, headings, run, file, sheet, counted):
    """Holds one sheet: each figure there and each figure counted, then the sums of its columns."""
    unit = next(iter(run.units[file]), None) or run.files[file]["unit"] or file
    columns = list(headings.columns(sheet))
    here, seen, failures = collections.Counter(), set(), []
    for column in columns:
        amounts = {other.column for other in columns if other.first == column.first}
        here[column.field] += 0
        for row in (row for row in sheet.rows if column.first <= row < column.end):
            cell = row, column.column
            content = sheet.cells.get(cell)
            if content is None or plain(content) in headings.blanks or is_numbering(sheet, row):
                continue
            seen.add((column.field, cell))
            place = (file, sheet, column, cell)
            program = counted.get((column.field, cell))
            value = figure(content, column.fen)
            books.figures += value is not None
            books.texts += value is None
            if value is None:
                here[column.field] += program or 0
                why = of_text(run, place, program)
            elif program is not None:
                here[column.field] += value
                why = of_counted(run, place, value, program)
            else:
                here[column.field] += 0 if is_total(sheet, row, amounts) else value
                why = of_uncounted(run, place, value, headings.fen)
            if why:
                failures.append(f"{named(cell)}: {column.field} “{content}” {why}")
    for (name, cell), program in counted.items():
        if (name, cell) in seen:
            continue
        # In a column that is not found here; which unit of money it has is not known.
        content = sheet.cells.get(cell)
        own = figure(content, 1) if content is not None else None
        here[name] += program
        if own is None or own and program / own not in SUFFIXES.values():
            failures.append(f"{named(cell)}: {name} “{content}” is counted as {program} 分")
    for name in here:
        program = sum(value for (other, _), value in counted.items() if other == name)
        is_equal = abs(here[name] - program) < 1
        books.columns += 1
        books.equal += is_equal
        books.told += not is_equal
    if failures:
        more = f"; and {len(failures) - 3} more" if len(failures) > 3 else ""
        books.failures.append((unit, f"{file} › {sheet.name} › {'; '.join(failures[:3])}{more}"))


def of_text(run, place, program):
    """What is no plain figure is read by the program, held as a total, or told."""
    file, sheet, column, cell = place
    is_held = (file, sheet.name, column.field, cell) in run.totals
    if program is None and is_figure_like(sheet, cell) and not is_held and not run.says_why(*place):
        return "is neither read nor told"
    return None


def of_counted(run, place, value, program):
    """A figure that is counted is counted as it stands; what is struck out of it does not count."""
    if abs(value - program) >= 1 and not run.is_struck(*place):
        return f"is counted as {program} 分"
    return None


def of_uncounted(run, place, value, fen):
    """A figure that is not counted is a total's that was held, or told."""
    file, sheet, column, cell = place
    held = run.totals.get((file, sheet.name, column.field, cell))
    if held is not None and FIGURE.fullmatch(held) and abs(Decimal(held) * fen - value) >= 1:
        return f"is held as a total of {held}"
    if value and held is None and not run.says_why(*place):
        return "is neither counted nor held as a total nor told"
    return None


def is_figure_like(sheet, cell):
    """Whether a text may hold an amount; one that stands alone in its row is a note."""
    return len(sheet.rows[cell[0]]) > 1 and bool(NUMERAL.search(plain(sheet.cells[cell])))


def reported(books, run, headings):
    """What is counted of a unit is what its bridge says was reported."""
    for line in run.report["bridge"]:
        if line["field"] not in headings.amounts or line["unit"] is None:
            continue
        own = Decimal(0)
        for _, row in run.counted(line["field"]):
            if row["unit"] == line["unit"]:
                own += Decimal(row[line["field"]])
        if own != Decimal(line["reported"]):
            books.failures.append(
                (line["unit"], f"{line['field']}: rows add up to {own}, the bridge to {line['reported']}")
            )


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    books = compare(*sys.argv[1:])
    for unit, text in books.failures:
        print(f"sums: {text} ({unit})")
    for text in books.passed:
        print(f"not read here: {text}")
    print(tell(books))
    sys.exit(1 if books.failures else 0)


def tell(books):
    return (
        f"{books.files} files, {books.columns} columns of amounts with {books.figures} figures:"
        f" {books.equal} sums equal, {books.told} told by findings; {len(books.failures)} failures"
    )


if __name__ == "__main__":
    main()
