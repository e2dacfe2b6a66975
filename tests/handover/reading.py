"""Plans and submissions of the fixtures, read without the program: a table by its headings, rows by their words.

Only what the fixtures hold is understood; the words of headings come from the pipeline file, which is the
only thing that the judge and the program have in common.
"""

import csv
import datetime
import io
import re
import sys
import tomllib
import unicodedata
from decimal import Decimal, InvalidOperation
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "silence"))

import months  # noqa: E402
from formats import Grid  # noqa: E402

# Stands for a cell with content that is no amount.
UNREADABLE = "unreadable"
FEN = {"元": 100, "万元": 1_000_000}
TOTALS = ("合计", "总计", "小计")
NOT_APPLICABLE = ("—", "-", "/", "无")


def read(path):
    """The sheets of a file as grids of cells."""
    path = Path(path)
    if path.suffix != ".csv":
        return months.read(path)
    data = path.read_bytes()
    text = data.decode("utf-8-sig") if data.startswith(b"\xef\xbb\xbf") else data.decode("gb18030")
    grid = Grid(path.stem)
    for row, line in enumerate(csv.reader(io.StringIO(text))):
        for column, content in enumerate(line):
            grid.put(row, column, content)
    return [grid]


def fold(text):
    """What of a text counts when it is compared."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", str(text)) if unicodedata.category(sign)[0] in "LN")


def heading(text):
    """A heading without what stands in brackets."""
    return fold(re.sub(r"[（(][^（）()]*[)）]", "", unicodedata.normalize("NFKC", str(text))))


def money_in(text):
    found = re.search(r"[（(](万元|元)[)）]|单位[：:](万元|元)", unicodedata.normalize("NFKC", str(text or "")))
    return next((word for word in found.groups() if word), None) if found else None


class Pipeline:
    """What the judge needs of a pipeline file."""

    def __init__(self, path):
        self.path = Path(path)
        self.data = tomllib.loads(self.path.read_text("utf-8"))
        self.columns = self.data["normalise"]["column"]
        self.money = self.data["normalise"].get("money", "元")
        self.key = self.data["matching"]["key"]
        self.owner = self.data["roster"]["column"]
        self.roll_up = self.data["matching"].get("roll_up", False)
        self.overview = self.data["workbook"]["overview"]
        self.title = self.data["title"]
        self.plan = self.path.parent / self.data["intake"]["plan"][0]["file"]
        kinds = {column["name"]: column for column in self.columns}
        self.kinds = kinds
        compared = [line["field"] for line in self.data["check"]["compare"]]
        self.amounts = [name for name in compared if kinds[name]["type"] == "amount"]
        self.reported = [c["name"] for c in self.columns if c.get("reported") and c["type"] == "amount"]

    def title_of(self, field):
        """A field's title as pages print it: without the unit of money."""
        return re.sub(r"[（(][^（）()]*[)）]$", "", self.kinds[field]["title"]).strip()

    def shown(self, fen):
        """An amount in the pipeline's unit of money."""
        return Decimal(fen) / FEN[self.money]

    def column_named(self, text):
        folded = heading(text)
        for column in self.columns:
            if folded and folded in [heading(word) for word in (column["title"], *column.get("headings", ()))]:
                return column["name"]
        return None


def table(grid, pipeline):
    """Where the headings end, and the field and unit of money of each column."""
    best, columns = None, {}
    for row in range(grid.height):
        names = {pipeline.column_named(text) for (at, _), text in grid.cells.items() if at == row}
        if len(names - {None}) >= 3 and (best is None or len(names) > len(columns)):
            best, columns = row, names
    if best is None:
        return None
    upper = {column: text for (row, column), text in grid.cells.items() if row == best}
    lower = {column: text for (row, column), text in grid.cells.items() if row == best + 1}
    two = bool(lower) and all(isinstance(text, str) and not text.isdigit() for text in lower.values())
    two = two and any(pipeline.column_named(text) or heading(text) == "合计" for text in lower.values())
    line = next(
        (money_in(text) for (row, _), text in sorted(grid.cells.items()) if row < best and money_in(text)), None
    )
    fields, above = {}, None
    for column in range(grid.width):
        below = lower.get(column) if two else None
        above = upper.get(column) or (above if below else None)
        for text in (below, f"{above or ''} {below or ''}" if below else None, above):
            name = pipeline.column_named(text) if text else None
            if name:
                fields[column] = (name, money_in(below) or money_in(above) or line or pipeline.money)
                break
    return best + (2 if two else 1), fields


def amount(content, money):
    """An amount in 分, None for a blank, UNREADABLE for other words."""
    text = unicodedata.normalize("NFKC", str(content)).strip() if content is not None else ""
    if text == "" or text in NOT_APPLICABLE:
        return None
    named = re.fullmatch(r"(.*?)(万元|元)", text)
    if named:
        text, money = named.groups()
    try:
        typed = Decimal(f"{content:.15g}") if isinstance(content, float) else Decimal(text.replace(",", ""))
    except InvalidOperation:
        return UNREADABLE
    return int((typed * FEN[money]).to_integral_value())


def rows(path, pipeline, units):
    """Every task row of a file: its unit where the row or a section names one, its key and amounts."""
    found = []
    for grid in read(Path(path)):
        shape = table(grid, pipeline)
        if not shape:
            continue
        first, fields = shape
        held = {}
        unit = next((unit for unit in units if any(unit in str(text) for (row, _), text in grid.cells.items()
                                                   if row < first)), None)  # fmt: skip
        for row in range(first, grid.height):
            words = [fold(text) for (at, column), text in sorted(grid.cells.items()) if at == row and column < 3]
            section = next((one for one in units if words and words[0].endswith(one) and words[0] != one), None)
            if section:
                unit, held = section, {}
                continue
            if any(word.startswith(TOTALS) for word in words):
                held = {}
                continue
            cells = {name: (grid.cells.get((row, column)), money) for column, (name, money) in fields.items()}
            for name in (pipeline.owner, *pipeline.key):
                if name == pipeline.key[-1] or name not in cells:
                    continue
                if cells[name][0] in (None, ""):
                    cells[name] = held.get(name, (None, None))
                held[name] = cells[name]
            key = [cells.get(name, (None, None))[0] for name in pipeline.key]
            if any(part in (None, "") for part in key) or not any(
                cells.get(name, (None,))[0] not in (None, "") for name in pipeline.amounts
            ):
                continue
            owner = cells.get(pipeline.owner, (None, None))[0]
            found.append({
                "unit": next((one for one in units if owner and one in str(owner)), unit),
                "key": tuple(meant(part, name, pipeline) for part, name in zip(key, pipeline.key)),
                "seq": cells.get("seq", (None, None))[0],
                "due": month(cells.get("due", (None, None))[0]),
                "amounts": {name: amount(*cells[name]) for name in (*pipeline.amounts, *pipeline.reported)
                            if name in cells},
            })  # fmt: skip
    return found


def meant(part, name, pipeline):
    """A word of choice by its declared spelling; other texts folded."""
    for choice in pipeline.kinds[name].get("choices", ()):
        if fold(part) in [fold(word) for word in (choice["value"], *choice.get("spellings", ()))]:
            return fold(choice["value"])
    return fold(part)


def month(content):
    if isinstance(content, datetime.date):
        return content.year, content.month
    found = re.match(r"(\d{4})\D(\d{1,2})", unicodedata.normalize("NFKC", str(content or "")))
    return (int(found[1]), int(found[2])) if found else None
