"""Draws one submission from a seed: layout, rows, faults, totals, files."""

from faults import ROW_FAULTS
from layouts import Layout, address, resolved
from plan import FEN_PER_WAN
from planting import synonym
from sheets import AFTER, BEFORE, print_totals, scaled_columns
from submission import ANY, NOTE, VERIFY, Row, Submission, Table, clean_rows
from wording import folded, likeness, repunctuated, reworded

PERIOD = (2020, 8)


def submission(rng, unit, tasks, trial, faults):
    """Returns a submission whose expectation is beyond doubt; draws again until it is."""
    while True:
        sub = draw(rng, unit, tasks, trial, faults)
        if sub is not None and is_clear(sub, tasks):
            finish(sub, rng, trial, tasks)
            return sub


def draw(rng, unit, tasks, trial, faults):
    layout = Layout(rng, unit, reordered=trial.reworded)
    rows = clean_rows([task for task in tasks if task.unit == unit])
    if layout.order == "shuffled":
        rng.shuffle(rows)
    tables = [Table(rows)]
    if layout.part_sheets == 2:
        cut = rng.randint(3, len(rows) - 3)
        tables = [Table(rows[:cut]), Table(rows[cut:])]
        layout.part_files = rng.random() < 0.4
    sub = Submission(unit, layout, tables)
    sub.total_faults = 0
    if layout.has_reported:
        report(sub, rng)
        for row in sub.rows:
            a_month_before(row, rng)
    plant(sub, rng, trial, tasks, BEFORE, 1 if faults and rng.random() < 0.12 else 0)
    reword(sub, rng, trial)
    late = sum(1 for _ in range(faults) if rng.random() < 0.25)
    plant(sub, rng, trial, tasks, ROW_FAULTS, faults - late - len(sub.faults))
    plant(sub, rng, trial, tasks, AFTER, late, once=True)
    return sub


def plant(sub, rng, trial, tasks, catalogue, count, once=False):
    names = list(catalogue)
    weights = [catalogue[name][1] for name in names]
    for _ in range(max(count, 0)):
        for _ in range(20):
            name = rng.choices(names, weights)[0]
            if once and name in sub.faults and name != "total differs":
                continue
            before = len(sub.expects)
            if catalogue[name][0](sub, rng, trial, tasks):
                sub.faults.append(name)
                break
            del sub.expects[before:]


def report(sub, rng):
    """What units report beside the plan's columns."""
    for row in sub.rows:
        if rng.random() < 0.1:
            continue
        row.received = rng.randrange(0, row.task.funds // FEN_PER_WAN + 1) * FEN_PER_WAN
        row.spent = row.received * rng.randrange(0, 11) // 10
        row.progress = rng.choice([0, 5, 20, 40, 60, 80, 95, 100, 100])
        if row.task.due is None:
            row.progress = 100
        row.status = rng.choice(["正在推进", "已完成方案", "按计划实施", None])


def a_month_before(row, rng):
    """What a unit had reported in July; the figures are cumulative."""
    part = rng.randrange(0, 11)
    for field in ("received", "spent"):
        now = getattr(row, field)
        row.july[field] = None if now is None else now // FEN_PER_WAN * part // 10 * FEN_PER_WAN
        if field == "spent" and row.july[field]:
            # More than half as much again is planted on purpose only.
            row.july[field] = max(row.july[field], -(-now * 2 // 3))
    row.july["progress"] = None if row.progress is None else row.progress * part // 10


def reword(sub, rng, trial):
    way = "both" if trial.reworded else rng.choice(["no", "no", "marks", "synonyms", "both"])
    for row in sub.rows:
        if way in ("synonyms", "both") and rng.random() < 0.5:
            text = reworded(row.text, rng)
            if text:
                synonym(sub, row, text)
        if way in ("marks", "both") and rng.random() < 0.6:
            row.text = repunctuated(row.text, rng)
            if row.use and rng.random() < 0.5 and not any(c.isdigit() for c in row.use):
                row.use = repunctuated(row.use, rng)


def shared(rng, units, tasks, trial):
    """Several units in one table: each row is its owner's. Returns one submission for each."""
    layout = Layout(rng, units[0])
    while layout.owner_blank or layout.unknown_column or layout.bands:
        layout = Layout(rng, units[0])
    layout.part_sheets, layout.totals, layout.title = 1, "none", rng.choice(["generic", "period"])
    layout.shared = True
    layout.submitter_line, layout.repeated_heading = False, False
    layout.sheet_name, layout.owner_name = "汇总", units[0]
    layout.file_pattern = rng.choice(["全市汇总", "各区8月报送"])
    subs = []
    for unit in units:
        while True:
            sub = rows_of(rng, unit, tasks, trial, layout)
            if is_clear(sub, tasks):
                break
        for row in sub.rows:
            row.owner = unit
        subs.append(sub)
    whole = Submission(units[0], layout, [Table([row for sub in subs for row in sub.rows])])
    number(whole)
    layout.lay_out(whole, rng)
    subs[0].files = whole.files
    for sub in subs:
        for table in sub.tables:
            table.file, table.sheet = table.rows[0].file, table.rows[0].sheet
        overdue(sub)
        forget_the_lost(sub)
        for expect in sub.expects:
            resolved(expect)
    return subs


def rows_of(rng, unit, tasks, trial, layout):
    rows = clean_rows([task for task in tasks if task.unit == unit])
    if layout.order == "shuffled":
        rng.shuffle(rows)
    sub = Submission(unit, layout, [Table(rows)])
    sub.total_faults = 0
    if layout.has_reported:
        report(sub, rng)
    reword(sub, rng, trial)
    plant(sub, rng, trial, tasks, ROW_FAULTS, rng.choice([0, 1, 2, 3]))
    return sub


# ---------------------------------------------------------------------- is it beyond doubt?


def fields_in_sight(sub):
    fields = ("funds", "central", "use", "due")
    return [f for f in fields if f in sub.layout.columns and f not in sub.lost_columns]


def is_clear(sub, tasks):
    """Whether a person would not hesitate which row is which task."""
    mine = [task for task in tasks if task.unit == sub.unit]
    changed = [row for row in sub.rows if row.changed_text]
    strange = [row for row in sub.rows if row.role in ("extra", "doubtful")]
    free = list(sub.missing) + [row.task for row in changed]
    reworded_rows = [row for row in sub.rows if row.reworded]
    exact = [r for r in sub.rows if r.role == "task" and folded(r.text) == folded(r.task.text)]
    numbered = sub.layout.numbering == "kept" and exact
    fields = fields_in_sight(sub)

    def score(row, task):
        alike = likeness(row.text, task.text)
        figures = sum(1 for f in fields if own(row, f) == own(task, f))
        return alike, alike + 0.03 * figures

    def own(thing, field):
        value = getattr(thing, field)
        return folded(value) if field == "use" else value

    for row in changed:
        alike, best = score(row, row.task)
        if alike < 0.7:
            return False
        if numbered:
            continue
        for task in free:
            other, rival = score(row, task)
            if task is not row.task and other > 0.5 and best - rival < 0.1:
                return False
        for other in changed + strange:
            its, rival = score(other, row.task)
            if other is not row and its > 0.5 and best - rival < 0.1:
                return False
    for row in strange:
        if row.role == "extra" and any(score(row, task)[0] > 0.45 for task in free):
            return False
        if row.role == "doubtful":
            others = sorted(score(row, task)[0] for task in free)
            if len(others) < 2 or others[-1] < 0.75 or (len(others) > 2 and others[-3] > 0.5):
                return False
            if any(score(other, t)[0] > 0.5 for other in changed for t in sub.missing):
                return False
    if sum(1 for row in sub.rows if row.role == "doubtful") > 1:
        return False
    for row in reworded_rows:
        # A synonym must not make it another task's text.
        if any(folded(row.text) == folded(task.text) for task in mine):
            return False
    for field in ("funds", "central"):
        for table in sub.tables:
            # Where no amount of a sheet agrees, it may be the column that is off.
            agreeing = [r for r in table.rows if r.role == "task" and getattr(r.task, field)
                        and getattr(r, field) == getattr(r.task, field)]  # fmt: skip
            scaled = any(row.faults.get(field) == "value-scaled" for row in table.rows)
            if scaled and not agreeing:
                return False
        if field in sub.scaled_columns:
            rows = [r for r in sub.rows if r.role == "task" and getattr(r.task, field)]
            if len(rows) < 3:
                return False
    return sum(1 for row in sub.rows if row.role == "task") >= 3


# ---------------------------------------------------------------------- laying it out


def number(sub):
    layout = sub.layout
    if layout.numbering == "kept":
        return
    first = 1
    while True:
        for at, row in enumerate(sub.rows):
            row.seq = None if layout.numbering == "blank" else first + at
        kept = sum(1 for row in sub.rows if row.task and row.seq == row.task.seq)
        if kept == 0:
            return
        # Numbers that are the plan's by chance would count as the plan's.
        first += 100


def finish(sub, rng, trial, tasks):
    number(sub)
    print_totals(sub, rng, trial, tasks)
    scaled_columns(sub)
    sub.layout.lay_out(sub, rng)
    for table in sub.tables:
        table.file, table.sheet = table.rows[0].file, table.rows[0].sheet
    overdue(sub)
    hidden(sub)
    forget_the_lost(sub)
    for expect in sub.expects:
        if expect.kind == "row-unplaced":
            row, _ = next(iter(expect.at.cells.values()))
            expect.cell, expect.cells = ANY, ("row", row + 1)
        elif expect.at in sub.tables and expect.at is not None:
            expect.file, expect.sheet = expect.at.file, expect.at.sheet
            if isinstance(expect.cells, list):
                resolved_cells(expect)
        else:
            resolved(expect)
        if expect.kind == "row-unplaced":
            expect.file, expect.sheet = expect.at.file, expect.at.sheet


def resolved_cells(expect):
    expect.cells = sorted(address(row.cells[field]) for row, field in expect.cells)


def forget_the_lost(sub):
    """What was to be said of a row that a later fault took out is void."""
    gone = [e for e in sub.expects if isinstance(e.at, Row) and e.at not in sub.rows]
    sub.expects = [expect for expect in sub.expects if expect not in gone]


def overdue(sub):
    if "progress" not in sub.layout.columns:
        return
    for row in sub.rows:
        due = row.task.due if row.role == "task" else None
        if due and due <= PERIOD and row.progress is not None and row.progress < 100:
            sub.expect(
                "overdue", "overdue", seq=row.task.seq, field="progress", at=row,
                at_field="progress", severity=NOTE,
            )  # fmt: skip


def hidden(sub):
    """One finding for each sheet with hidden rows or columns that hold something."""
    for grid in sub.layout.grids:
        rows = {row for row in grid.hidden_rows if any(r == row for r, _ in grid.cells)}
        columns = {c for c in grid.hidden_columns if any(k == c for _, k in grid.cells)}
        if rows or columns:
            sub.expect(
                "hidden-content", "hidden rows or columns", sheet=grid.name, severity=VERIFY,
                cells=("hidden", rows, columns),
            )  # fmt: skip



