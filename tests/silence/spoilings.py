"""What is spoilt, one thing at a time, and what may be without anything being said."""

import copy
import unicodedata
from dataclasses import dataclass

from formats import ErrorValue
from months import heading
from openpyxl.utils import get_column_letter

OTHER_TEXT = "另文"
OTHER_NUMBER = 777


@dataclass
class Spoiling:
    """One thing done to one sheet."""

    kind: str  # blank, text, number, error, struck, misspelt, comment, removed, hidden
    what: str  # cell, row or column
    part: str  # title, heading, task, total, note or cover
    role: str  # what the column holds
    place: str
    before: object
    grid: object
    # For numbers: what the row's neighbouring figures allow.
    possible: bool = False
    # For blanks: the same name stands above, so that it is filled down.
    repeated: bool = False
    # For headings of several lines: the other line still says what the column holds.
    named: bool = False


# Words by which a column is known to this test.
ROLES = (
    ("remark", ("备注",)),
    ("status", ("完成情况",)),
    ("number", ("序号", "编号", "序列", "行次")),
    ("owner", ("责任单位", "实施单位", "乡镇")),
    ("village", ("行政村",)),
    ("task", ("工作任务", "重点任务", "项目类别")),
    ("received", ("已到位",)),
    ("spent", ("已支出",)),
    ("part", ("人工费", "材料费")),
    ("progress", ("进度（%", "工程进度")),
    ("due", ("时间进度", "完成时限")),
    ("use", ("用途",)),
    ("supply", ("供水",)),
    ("central", ("中央", "县级", "自筹")),
    ("funds", ("资金", "总额")),
)

# Nothing is owed or lost by these, and why.
EXEMPT = (
    ("a title, a note or a cover says what it likes", lambda s: s.part in ("title", "note", "cover")
     and s.kind in ("blank", "text", "number", "struck", "removed", "hidden")),
    ("a blank against a planned amount of 0 is nothing",
     lambda s: s.part == "task" and s.kind in ("blank", "struck")
     and s.role in ("funds", "central") and plain(s.before) in ("0", "0.0")),
    ("a name left blank below the same name is filled down",
     lambda s: s.kind in ("blank", "struck") and s.repeated),
    ("the owner may be left blank where the file names its unit",
     lambda s: s.role == "owner" and s.part != "heading" and s.what in ("cell", "column")
     and s.kind in ("blank", "struck", "removed")),
    ("a number is evidence only, and may be left out",
     lambda s: s.role == "number" and s.part != "heading" and s.kind in ("blank", "struck", "removed", "text", "number")),
    ("a heading over numbers that are evidence only may be left blank",
     lambda s: s.role == "number" and s.part == "heading" and s.kind in ("blank", "struck")),
    ("the other line of the heading still names the column",
     lambda s: s.named and s.kind in ("blank", "struck", "misspelt", "removed")),
    ("words of the unit's own choice are not compared",
     lambda s: s.role in ("remark", "status") and s.part == "task"
     and s.kind in ("text", "number")),
    ("a remark may be left out",
     lambda s: s.role == "remark" and s.kind in ("blank", "struck", "removed", "misspelt")),
    ("a total need not be printed, nor labelled",
     lambda s: s.part == "total" and s.kind in ("blank", "struck", "removed", "text", "number")
     and (s.what == "row" or s.kind in ("blank", "struck") or s.before in ("合计", "总计"))),
    ("the figure is as likely as the one before", lambda s: s.kind == "number" and s.possible),
    ("words beside a total label nothing",
     lambda s: s.part == "total" and s.what == "cell" and s.before is None),
)


def plain(content):
    return unicodedata.normalize("NFKC", str(content)).rstrip("万元")


def exemption(spoiling):
    return next((why for why, holds in EXEMPT if holds(spoiling)), None)


def of_cover(grid, form):
    """All cells of a sheet without a table."""
    parts = dict.fromkeys(range(grid.height), "cover")
    yield from of_cells(grid, form, parts, dict.fromkeys(range(grid.width), "none"))


def of_grid(grid, form):
    """All that can be spoilt of one sheet with a table, one at a time."""
    head = heading(grid)
    parts = {row: part_of(grid, head, row) for row in range(grid.height)}
    roles = {column: role_of(grid, head, parts, column) for column in range(grid.width)}
    yield from of_cells(grid, form, parts, roles)
    yield from of_rows(grid, form, parts)
    yield from of_columns(grid, form, roles, head)


def part_of(grid, head, row):
    cells = [content for (at, _), content in grid.cells.items() if at == row]
    if row < head:
        return "title"
    if row == head:
        return "heading"
    if any(str(content) in ("合计", "总计", "小计") for content in cells):
        return "total"
    if len(cells) >= 5:
        return "task"
    # The second line of headings stands right below the first.
    below = row == head + 1 and cells and all(isinstance(content, str) for content in cells)
    return "heading" if below else "note" if cells else "blank"


def role_of(grid, head, parts, column):
    lines = [head] + [row for row, part in parts.items() if part == "heading" and row > head]
    # The lower line says more than what spans it.
    for row in reversed(lines):
        text = grid.cells.get((row, column))
        for role, words in ROLES:
            said = "".join(str(text).split())
            if text is not None and any(word in said for word in words):
                return role
    return "none"


def of_cells(grid, form, parts, roles):
    for (row, column), before in sorted(grid.cells.items()):
        part, role = parts[row], roles[column]
        place = f"{get_column_letter(column + 1)}{row + 1}"

        def spoilt(kind, content=None, **more):
            copied = copy.deepcopy(grid)
            if kind == "struck":
                copied.struck.add((row, column))
            elif kind == "comment":
                copied.comments[row, column] = "此数另有说明"
            elif content is None:
                del copied.cells[row, column]
            else:
                copied.cells[row, column] = content
            named = part == "heading" and is_still_named(copied, row, column, parts, roles)
            return Spoiling(kind, "cell", part, role, place, before, copied, named=named, **more)

        above = grid.cells.get((row - 1, column))
        repeated = part == "task" and role in ("owner", "village") and above == before
        yield spoilt("blank", repeated=repeated)
        if form != "csv":
            yield spoilt("struck", repeated=repeated)
        if form == "xlsx":
            yield spoilt("comment")
        if part == "heading":
            yield spoilt("misspelt", "某" + str(before)[1:])
            continue
        yield spoilt("error", ErrorValue("#REF!"))
        yield spoilt("text", OTHER_TEXT)
        if before != OTHER_NUMBER:
            yield spoilt("number", OTHER_NUMBER, possible=is_possible(grid, row, column, role, roles))


def is_still_named(spoilt, row, column, parts, roles):
    """Whether each column under a heading cell that was spoilt is still known by another line."""
    lines = [other for other, part in parts.items() if part == "heading" and other != row]
    under = [
        at for at in range(column, merged_to(spoilt, row, column) + 1) if roles.get(at, "none") != "none"
    ]
    said = {at: [spoilt.cells.get((line, at)) for line in lines] for at in under}
    # What spans the column from above counts for the first column it spans.
    return bool(lines and under) and all(
        any(text is not None and names(roles[at], text) for text in texts) for at, texts in said.items()
    )


def merged_to(grid, row, column):
    ends = (merge[3] for merge in grid.merges if (merge[0], merge[1]) == (row, column))
    return max(ends, default=column)


def names(role, text):
    said = "".join(str(text).split())
    words = next(words for known, words in ROLES if known == role)
    return any(word in said for word in words)


def is_possible(grid, row, column, role, roles):
    """Whether the other number breaks nothing: less has come than is planned, less is spent than
    has come."""
    def figure(wanted):
        for other, known in roles.items():
            content = grid.cells.get((row, other))
            if known == wanted and content is not None:
                try:
                    return float(str(content).rstrip("万元"))
                except ValueError:
                    return None
        return None

    received, spent, funds = figure("received"), figure("spent"), figure("funds")
    if role == "received":
        return (spent or 0) <= OTHER_NUMBER <= (funds or 0)
    if role == "spent" and "part" not in roles.values():
        return OTHER_NUMBER <= (received or 0)
    return False


def of_rows(grid, form, parts):
    for row in range(grid.height):
        if parts[row] in ("blank",):
            continue
        place = f"row {row + 1}"
        gone = without_row(grid, row)
        named = parts[row] == "heading" and columns_named(gone) >= columns_named(grid)
        yield Spoiling("removed", "row", parts[row], "row", place, None, gone, named=named)
        if form == "csv" or parts[row] == "heading":
            continue
        hidden = copy.deepcopy(grid)
        hidden.hidden_rows.add(row)
        yield Spoiling("hidden", "row", parts[row], "row", place, None, hidden)
        struck = copy.deepcopy(grid)
        struck.struck |= {place for place in grid.cells if place[0] == row}
        yield Spoiling("struck", "row", parts[row], "row", place, None, struck)


def columns_named(grid):
    """How many columns any line of the sheet names."""
    texts = [(at, text) for (_, at), text in grid.cells.items() if isinstance(text, str)]
    known = [role for role, _ in ROLES if role != "number"]
    return len({at for at, text in texts for role in known if names(role, text) and len(text) < 20})


def of_columns(grid, form, roles, head):
    for column in range(grid.width):
        if roles[column] == "none":
            continue
        place = f"column {get_column_letter(column + 1)}"
        gone = without_column(grid, column)
        yield Spoiling("removed", "column", "task", roles[column], place, None, gone)
        if form == "csv":
            continue
        hidden = copy.deepcopy(grid)
        hidden.hidden_columns.add(column)
        yield Spoiling("hidden", "column", "task", roles[column], place, None, hidden)


def without_row(grid, gone):
    return without(grid, gone, lambda place: place[0], lambda place: (place[0] - 1, place[1]), 0)


def without_column(grid, gone):
    return without(grid, gone, lambda place: place[1], lambda place: (place[0], place[1] - 1), 1)


def without(grid, gone, along, moved, axis):
    copied = copy.deepcopy(grid)
    copied.cells = {
        moved(place) if along(place) > gone else place: content
        for place, content in grid.cells.items()
        if along(place) != gone
    }
    copied.merges = []
    for merge in grid.merges:
        first, last = merge[axis], merge[axis + 2]
        # What is left of a name that spanned the line stands where it began.
        if first == gone and last > gone:
            top = (merge[0], merge[1])
            if top in grid.cells:
                copied.cells[top] = grid.cells[top]
        first, last = first - (first > gone), last - (last >= gone)
        shrunk = list(merge)
        shrunk[axis], shrunk[axis + 2] = first, last
        if last >= first and (shrunk[0], shrunk[1]) != (shrunk[2], shrunk[3]):
            copied.merges.append(tuple(shrunk))
    return copied
