"""The lines below the headings: tasks in their order, sections, sums and what stands between."""

from dataclasses import dataclass, field
from decimal import Decimal

ORDINALS = "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五".split()


@dataclass
class Line:
    kind: str  # task | total | section | unit | detail | note | blank | heading
    cells: dict = field(default_factory=dict)
    row: object = None
    # The columns that are merged over, from and to; the whole width where it is "all".
    across: object = None


def sums(plan, rows):
    found = {}
    for column in plan.summed:
        values = [row.values.get(column.name) for row in rows]
        values = [value for value in values if value is not None]
        found[column.name] = sum(values, Decimal(0)) if values else None
    return found


def labelled(plan, label, rows, place):
    """A line of sums with its label in one of the columns."""
    names = [column.name for column in plan.columns]
    place = place if place in names else "task"
    cells = sums(plan, rows)
    if label is not None:
        cells[place] = label.format(n=len(rows))
    return Line("total", cells)


def lines(plan, rows):
    """The lines of one table over these rows."""
    form = plan.form
    if form.groups == "parents":
        made = parents(plan, rows)
    elif form.groups == "sections":
        made = sections(plan, rows, 0, [0])
    elif form.owner in ("section", "line") or form.unit_sum:
        made = by_unit(plan, rows)
    else:
        made = tasks(plan, rows)
    numbered(plan, made)
    if form.sum_line:
        first = labelled(plan, form.sum_line, rows, "task")
        first.cells["seq"] = Decimal(1)
        for line in made:
            if line.kind == "task" and "seq" in line.cells:
                line.cells["seq"] += 1
        made.insert(0, first)
    if form.pages:
        made = paged(plan, made)
    if form.total in ("top", "both"):
        made.insert(0, labelled(plan, form.total_word, rows, form.total_place))
    if form.total in ("bottom", "both"):
        made.append(labelled(plan, form.total_word, rows, form.total_place))
    return made


def tasks(plan, rows):
    made = []
    for row in rows:
        made.append(Line("task", dict(row.values), row))
        if "rest" in row.values:
            made.append(Line("rest", {"task": row.values["rest"]}, row))
        if plan.form.details and "detail" in row.values:
            across = "after" if plan.form.details == "merged" else None
            made.append(Line("detail", {"task": row.values["detail"]}, row, across))
        if plan.form.of_which and "part" in row.values:
            cells = {"task": row.values["part_name"], **row.values["part"]}
            if plan.form.of_which == "owned":
                cells["owner"] = row.unit
            made.append(Line("detail", cells, row))
    return made


def by_unit(plan, rows):
    """The rows of each unit together, with a line for the unit, or its sum, or both."""
    form, made = plan.form, []
    for at, unit in enumerate(dict.fromkeys(row.unit for row in rows)):
        own = [row for row in rows if row.unit == unit]
        ordinal = ORDINALS[(plan.units.index(unit)) % len(ORDINALS)]
        if form.owner in ("section", "line"):
            cells = dict(sums(plan, own)) if form.unit_sum == "above" else {}
            if form.ordinals == "prefix":
                cells["task"] = f"{ordinal}、{unit}"
            else:
                cells.update(seq=ordinal, task=unit)
            if form.ordinals == "bare":
                cells.pop("seq", None)
            across = "all" if form.across_lines and form.unit_sum != "above" else None
            made.append(Line("unit", cells, across=across))
        elif form.unit_sum == "above":
            made.append(unit_total(plan, unit, own))
        made += tasks(plan, own)
        if form.unit_sum == "below":
            made.append(unit_total(plan, unit, own))
    return made


def unit_total(plan, unit, rows):
    form = plan.form
    if form.unit_label == "named":
        line = labelled(plan, None, rows, "task")
        line.cells["owner"] = unit
        return line
    if form.unit_label == "blank":
        return labelled(plan, None, rows, "task")
    if form.unit_label == "unit":
        return labelled(plan, unit + form.subtotal_word.replace("（{n}项）", ""), rows, form.subtotal_place)
    line = labelled(plan, form.subtotal_word, rows, form.subtotal_place)
    if form.subtotal_owner and form.subtotal_place == "task":
        line.cells["owner"] = unit
    return line


def sections(plan, rows, depth, counters):
    """Sections, and sections within them, each with or without its sum."""
    form, made = plan.form, []
    names = list(dict.fromkeys(row.sections[depth] for row in rows if len(row.sections) > depth))
    if not names:
        return by_unit(plan, rows) if form.unit_sum else tasks(plan, rows)
    for at, name in enumerate(names):
        own = [row for row in rows if len(row.sections) > depth and row.sections[depth] == name]
        cells = dict(sums(plan, own)) if form.group_sum == "line" else {}
        mark = ORDINALS[at] if depth == 0 else f"（{ORDINALS[at]}）"
        if form.ordinals == "column" and plan.column("seq"):
            cells.update(seq=mark, task=name)
        else:
            cells["task"] = f"{mark}、{name}" if depth == 0 else mark + name
        across = "all" if form.across_lines and form.group_sum != "line" and form.ordinals != "column" else None
        made.append(Line("section", cells, across=across))
        made += sections(plan, own, depth + 1, counters)
        if form.group_sum == "below":
            made.append(labelled(plan, form.subtotal_word, own, form.subtotal_place))
    return made


def parents(plan, rows):
    """Numbered parents, 2 over 2.1 and 2.2, whose figures are the sums of their parts."""
    made = []
    for at, name in enumerate(dict.fromkeys(row.sections[0] for row in rows)):
        own = [row for row in rows if row.sections[0] == name]
        made.append(Line("section", {**sums(plan, own), "seq": str(at + 1), "task": name}))
        for part, row in enumerate(own):
            made.append(Line("task", {**row.values, "seq": f"{at + 1}.{part + 1}"}, row))
    return made


def numbered(plan, made):
    """Puts the numbers of the rows in, through the table or from 1 in each block."""
    if plan.form.groups == "parents" or not plan.column("seq"):
        return
    at, before = 0, None
    for line in made:
        if line.kind in ("section", "unit", "total") and plan.form.numbering == "group":
            at = 0
        if line.kind != "task":
            continue
        if plan.form.numbering == "unit" and line.row.unit != before:
            at = 0
        before = line.row.unit
        if plan.form.groups == "projects":
            same = made[made.index(line) - 1].row if made.index(line) else None
            if same is not None and same.values["task"] == line.row.values["task"]:
                continue
        at += 1
        line.cells["seq"] = Decimal(at)


def paged(plan, made):
    """Cuts the lines into pages; what is carried over stands below one and above the next."""
    form, pages = plan.form, []
    size = max(2, -(-len(made) // form.pages))
    cut = [made[at : at + size] for at in range(0, len(made), size)]
    gone = []
    for at, page in enumerate(cut):
        own = [line.row for line in page if line.kind == "task"]
        if at and form.page_sums == "carried":
            pages.append(labelled(plan, "承前页", gone, "task"))
        if at and form.page_headings:
            pages.insert(len(pages) - (form.page_sums == "carried"), Line("heading"))
        pages += page
        gone = gone + own
        if form.page_sums == "own":
            pages.append(labelled(plan, "本页小计", own, "task"))
        elif form.page_sums == "carried" and at + 1 < len(cut):
            pages.append(labelled(plan, "过次页", gone, "task"))
    return pages
