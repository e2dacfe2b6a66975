"""Submissions of random plans: each run draws a plan, its pipeline file and what its units send."""

import datetime
import os

import outcome
import plan_draw
import verdict
from formats import Grid, write
from layouts import resolved
from plan_faults import FIRST, ROWS, SHEETS
from plan_layouts import Layout
from plan_draw import decimal
from plan_rows import Row, Sent, is_clear
from submission import ANY, MANDATORY, NOTE, VERIFY, Submission, Table, Total

# How many submissions a run has, about.
A_RUN = 4
OLD, NEW = 1_596_240_000, 1_598_832_000
SILENCING = ("value-missing", "value-scaled", "value-unreadable")


def one(number, rng, folder, program):
    """Generates a plan and an inbox, runs the program and compares."""
    plan = plan_draw.draw(rng)
    name, data = plan_draw.workbook(rng, plan)
    (folder / name).write_bytes(data)
    (folder / "own.toml").write_text(plan_draw.pipeline(plan, name))
    subs = generate(rng, plan, folder / "inbox")
    sent = [sub for sub in subs if sub.standing != "missing"]
    report = outcome.run(program, folder / "own.toml", folder, plan.period, folder / "inbox")
    if isinstance(report, str):
        return outcome.failed(number, report, len(sent))
    result = outcome.judged(number, subs, report, lambda found: is_of_blanks(subs, found))
    result.submissions = len(sent)
    result.wrong += plan_side(plan, report)
    for sub in sent:
        if sub.tables:
            result.dimensions += [(*cut, sub.unit) for cut in sub.layout.dimensions().items()]
    return result


def is_of_blanks(subs, found):
    """Whether a rule over reported fields is only said to be unchecked where they are blank."""
    return (found["kind"], found["severity"]) == ("unchecked", NOTE) and any(
        sub.unit == found["unit"] and (sub.standing == "blank" or sub.layout.zero != "0") for sub in subs
    )


def plan_side(plan, report):
    """The plan itself is right: all its tasks are read, and nothing is found in it."""
    if report["plan"]["tasks"] != len(plan.tasks):
        text = f"{report['plan']['tasks']} tasks read, not {len(plan.tasks)}"
        yield verdict.Fault("wrong", "(the plan)", "", text, "")
    yield from verdict.judge_plan([], report)[1]


def generate(rng, plan, inbox):
    inbox.mkdir(parents=True)
    senders = rng.sample(plan.units, min(len(plan.units), rng.choice([1, 2, 3, 4, 5, 6, 8])))
    subs, written = [], set()
    together = rng.sample(senders, rng.randint(2, len(senders))) if len(senders) > 2 and rng.random() < 0.15 else []
    if together:
        subs += rng.choice([shared, shared, sheet_by_sheet])(rng, plan, together)
    for unit in plan.units:
        if unit in together:
            continue
        if unit not in senders:
            sub = Submission(unit, Layout(rng, plan, unit), [], standing="missing")
            sub.expect("submission-missing", "nothing sent", severity=MANDATORY)
            subs.append(sub)
            continue
        while True:
            sub = rng.choice(FILES)(rng, plan, unit) if rng.random() < 0.15 else ordinary(rng, plan, unit)
            if not set(sub.files) & written:
                break
        written |= set(sub.files)
        subs.append(sub)
    for sub in subs:
        for name, data in sub.files.items():
            (inbox / name).parent.mkdir(exist_ok=True)
            (inbox / name).write_bytes(data)
            at = sub.mtimes.get(name, OLD)
            os.utime(inbox / name, (at, at))
    return subs


# ---------------------------------------------------------------------- one submission


def ordinary(rng, plan, unit, faults=None, layout=None):
    """Returns a submission whose expectation is beyond doubt; draws again until it is."""
    count = rng.choice([0, 0, 1, 1, 2, 2, 3, 4, 5, 6]) if faults is None else faults
    while True:
        sub = drawn(rng, plan, unit, count, layout() if layout else Layout(rng, plan, unit))
        if is_clear(sub):
            finish(sub, rng)
            return sub


def drawn(rng, plan, unit, faults, layout):
    rows = [Row(task, dict(task.values)) for task in plan.of(unit)]
    if layout.order == "shuffled":
        rng.shuffle(rows)
    if len(rows) < 6:
        layout.parts = "one"
    tables = [Table(rows)]
    if layout.parts != "one":
        cut = rng.randint(2, len(rows) - 2)
        tables = [Table(rows[:cut]), Table(rows[cut:])]
    sub = Sent(unit, layout, tables, plan=plan)
    reported(sub, rng)
    late = 0
    if not layout.shared:
        plant(sub, rng, FIRST, int(faults and rng.random() < 0.12))
        late = sum(1 for _ in range(faults) if rng.random() < 0.25)
    plant(sub, rng, ROWS, faults - late - len(sub.faults))
    plant(sub, rng, SHEETS, late)
    return sub


def reported(sub, rng):
    """What units report beside the plan's columns."""
    if "received" not in sub.layout.columns:
        sub.standing = "blank" if "received" in sub.plan.columns else "submitted"
        return
    for row in sub.rows:
        values = row.values
        values["received"] = values["funds"] * rng.choice([0, 1, 2, 4]) // 4 // 100 * 100
        values["spent"] = values["received"] * rng.choice([0, 1, 2]) // 2 // 100 * 100
        values["progress"] = rng.choice([0, 5, 20, 50, 85, 100, 100])
        values["status"] = rng.choice(["正在施工", "已完成招标", "按计划推进", None])
        values["remark"] = rng.choice([None, None, "见附件", "雨季停工"])


def plant(sub, rng, catalogue, count):
    names = list(catalogue)
    weights = [catalogue[name][1] for name in names]
    for _ in range(max(count, 0)):
        for _ in range(12):
            name = rng.choices(names, weights)[0]
            before = len(sub.expects), [dict(row.values) for row in sub.rows], [dict(row.raw) for row in sub.rows]
            if catalogue[name][0](sub, rng):
                sub.faults.append(name)
                break
            del sub.expects[before[0] :]
            for row, values, raw in zip(sub.rows, *before[1:]):
                row.values, row.raw = values, raw


def either_way(sub):
    """A column of nothing but 0 and 1 is of fractions or of per cent: each 1 is unreadable."""
    layout = sub.layout
    if not layout.fractions or "progress" not in layout.columns:
        return
    for table in sub.tables:
        rows = [row for row in table.rows if row.role in ("task", "repeated", "misplaced")]
        done = [row.values.get("progress") for row in rows]
        if any(value not in (None, 0, 100) for value in done):
            continue
        for row in rows:
            if row.values.get("progress") == 100:
                row.values["progress"], row.raw["progress"] = None, 1
                if row.role == "task":
                    touched = row.touched
                    sub.say(row, "progress", "value-unreadable", "one: per cent or the whole", severity=MANDATORY)
                    row.touched = touched


def finish(sub, rng):
    number(sub)
    either_way(sub)
    print_totals(sub, rng)
    sub.layout.lay_out(sub)
    told(sub)


def number(sub):
    """Numbers the rows as the plan does, or anew; then none of them is the plan's by chance."""
    way = sub.layout.numbering
    for at, row in enumerate(sub.rows):
        row.seq = {"kept": row.task.seq if row.task else None, "renumbered": at + 1}.get(way)
    if way != "renumbered":
        return
    first = 1
    while any(row.task and row.seq == row.task.seq for row in sub.rows) and any(row.task.seq for row in sub.rows if row.task):
        first += 400
        for at, row in enumerate(sub.rows):
            row.seq = first + at


def told(sub):
    """Where what must be found stands, once the sheets are laid out."""
    overdue(sub)
    for name in sub.scaled_columns:
        cells = [(row, name) for row in sub.rows if row.role == "task" and row.task.values[name]]
        sub.expect("column-scaled", "column scaled", field=name, at=sub.tables[0], cells=cells, severity=MANDATORY)
    for grid in sub.layout.grids:
        rows = {row for row in grid.hidden_rows if any(r == row for r, _ in grid.cells)}
        columns = {c for c in grid.hidden_columns if any(k == c for _, k in grid.cells)}
        if (rows or columns) and not grid.hidden:
            sub.expect(
                "hidden-content", "hidden rows or columns", sheet=grid.name, severity=VERIFY, cells=("hidden", rows, columns)
            )
    rows = {id(row) for row in sub.rows}
    sub.expects = [e for e in sub.expects if not isinstance(e.at, Row) or id(e.at) in rows]
    for expect in sub.expects:
        resolved(expect)


def overdue(sub):
    plan = sub.plan
    if not plan.overdue or "progress" not in sub.layout.columns:
        return
    for row in sub.rows:
        done = row.values.get("progress")
        if row.role == "task" and row.task.values["due"] <= (plan.year, plan.month) and done is not None and done < 100:
            sub.expect("overdue", "overdue", seq=row.task.seq, field="progress", at=row, at_field="progress", severity=NOTE)


# ---------------------------------------------------------------------- totals


def print_totals(sub, rng):
    """Makes the totals, plants faults in them, and says what must be found."""
    layout, plan = sub.layout, sub.plan
    names = [n for n in layout.columns if n in plan.columns and plan.columns[n].kind == "amount"]
    if layout.totals == "none" or not names:
        return
    for table in sub.tables:
        label = None if layout.totals == "unlabelled" else layout.total_label
        if len(sub.tables) > 1 and label and "总" in label:
            # 总计 on one of several sheets may mean all of them.
            label = "合计"
        places = {"top": ["top"], "both": ["top", "bottom"]}.get(layout.totals, ["bottom"])
        if layout.totals == "subtotals" and len(table.rows) >= 4:
            cut = rng.randint(2, len(table.rows) - 2)
            word = rng.choice(["小计", "小  计", "本组小计"])
            table.totals += [placed(Total(part, word, is_subtotal=True), None) for part in (table.rows[:cut], table.rows[cut:])]
        table.totals += [placed(Total(table.rows, label), place) for place in places]
        for total in table.totals:
            for name in names:
                if any(row.faults.get(name) == "value-imprecise" for row in total.rows):
                    continue
                total.printed[name] = sum_of(total, name)
                if len(sub.tables) == len(sub.units) == 1 and not total.is_subtotal and rng.random() < 0.15:
                    # What the plan has, which is right of the plan at least.
                    total.printed[name] = planned(sub, name) or total.printed[name]
    for _ in range(sub.total_faults):
        wrong_total(sub, rng)


def placed(total, place):
    total.place = place
    return total


def sum_of(total, name):
    return sum(row.values.get(name) or 0 for row in total.rows)


def planned(sub, name):
    """What the plan has for all rows of a sheet; nothing where units report the amount."""
    return sum(task.values.get(name, 0) for unit in sub.units for task in sub.plan.of(unit))


def wrong_total(sub, rng):
    totals = [total for table in sub.tables for total in table.totals if total.printed]
    if not totals:
        return
    total = rng.choice(totals)
    name = rng.choice(sorted(total.printed))
    if name in total.causes or any(row.faults.get(name) in SILENCING for row in total.rows):
        return
    right, money = sum_of(total, name), sub.plan.money
    amounts = [row.values.get(name) for row in total.rows if row.values.get(name)]
    way = rng.choice(["missing", "twice", "odd", "sign", "scaled"])
    value = {
        "missing": right - rng.choice(amounts or [0]),
        "twice": right + rng.choice(amounts or [0]),
        "odd": right + rng.choice([100, 370_000, 5 * 10**6]),
        "sign": -right,
        "scaled": right * 10,
    }[way]
    plans = {planned(sub, name)}
    for roles in (("task",), ("task", "repeated", "misplaced")):
        plans.add(sum(row.task.values.get(name, 0) for row in total.rows if row.role in roles))
    # What is the plan's sum, or the sum of other rows of the sheet, is open to more than one reading.
    others = {sum_of(other, name) for table in sub.tables for other in table.totals}
    if value == right or value in plans | others or value == 0 and right and len(total.rows) < 2:
        return
    total.printed[name], total.causes[name] = value, way
    sub.expect(
        "total-differs", f"total: {way}", field=name, at=total, at_field=name, severity=MANDATORY,
        difference=decimal(value - right, money), found=decimal(value, money), expected=decimal(right, money),
    )  # fmt: skip


# ---------------------------------------------------------------------- several units in a file


def shared(rng, plan, units):
    """Several units in one table: each row is its owner's. Returns one submission for each."""
    layout = Layout(rng, plan, units[0])
    while layout.owner not in ("every", "merged", "first"):
        layout = Layout(rng, plan, units[0])
    layout.parts, layout.title, layout.submitter = "one", rng.choice(["generic", "none"]), False
    layout.repeated_heading, layout.sheet_name = False, "汇总"
    layout.pattern = rng.choice(["各单位汇总报送", "{y}年{m}月汇总表", "汇总"])
    layout.shared = True
    subs = []
    for unit in units:
        sub = drawn(rng, plan, unit, rng.choice([0, 1, 2, 3]), layout)
        while not is_clear(sub):
            sub = drawn(rng, plan, unit, rng.choice([0, 1, 2, 3]), layout)
        for row in sub.rows:
            row.owner = unit
        subs.append(sub)
    whole = Sent(units[0], layout, [Table([row for sub in subs for row in sub.rows])], plan=plan, units=units)
    whole.total_faults = rng.choice([0, 0, 0, 1])
    if rng.random() < 0.3:
        correct_one(rng, plan, subs, whole)
    number(whole)
    print_totals(whole, rng)
    layout.lay_out(whole)
    for sub in subs:
        sub.tables[0].file, sub.tables[0].sheet = whole.tables[0].file, whole.tables[0].sheet
    grids, layout.grids = layout.grids, []
    for sub in subs:
        told(sub)
    layout.grids = grids
    subs[0].files = whole.files
    for expect in whole.expects:
        expect.unit = ANY
        subs[0].expects.append(resolved(expect))
    return [sub.correction or sub for sub in subs]


def correct_one(rng, plan, subs, whole):
    """One of the units sends a correction of its own rows, which counts for it alone."""
    sub = rng.choice(subs[1:])

    def layout():
        made = Layout(rng, plan, sub.unit)
        made.parts, made.pattern = "one", "{unit}" + mark
        while "received" in plan.columns and "received" not in made.columns:
            made = layout()
        return made

    mark = rng.choice(["（更正）", "最终", "重报"])
    sub.correction = ordinary(rng, plan, sub.unit, rng.choice([0, 1, 2]), layout)
    [file] = sub.correction.files
    sub.correction.expect("submission-duplicate", "corrected beside a file of several", severity=VERIFY, file=file)
    if sub.correction.standing == "submitted":
        sub.correction.standing = "duplicate"
    # Of a total over rows of which some are another file's now nothing is said.
    whole.total_faults = 0


def sheet_by_sheet(rng, plan, units):
    """Several units in one workbook, each on a sheet of its own. Returns one submission for each."""
    form = rng.choice(["xlsx", "xls", "ods"])
    name = rng.choice(["各单位汇总报送", f"{plan.year}年{plan.month}月汇总表", "汇总"]) + f".{form}"
    numbered = rng.random() < 0.3

    def layout(at, unit):
        def make():
            made = Layout(rng, plan, unit)
            made.form, made.parts, made.pattern = form, "one", name.rsplit(".", 1)[0]
            made.sheet_name = f"{at + 1}.{unit}" if numbered else unit
            if not made.names_the_unit() and made.owner in ("blank", "missing"):
                made.title = "unit"
            return made
        return make

    subs, grids = [], []
    for at, unit in enumerate(units):
        sub = ordinary(rng, plan, unit, rng.choice([0, 0, 1, 2, 3]), layout(at, unit))
        while sub.layout.named_unit:
            sub = ordinary(rng, plan, unit, rng.choice([0, 0, 1, 2, 3]), layout(at, unit))
        for expect in sub.expects:
            if expect.kind == "period-differs":
                # It is said once of a file, which is nobody's alone.
                expect.unit = ANY
        grids += sub.layout.grids
        sub.files = {}
        subs.append(sub)
    subs[0].files = {name: write(form, grids, None)}
    return subs


# ---------------------------------------------------------------------- whole files


def same_bytes_twice(rng, plan, unit):
    """A copy of the very same file is one file."""
    sub = ordinary(rng, plan, unit)
    while len(sub.files) > 1:
        sub = ordinary(rng, plan, unit)
    [(name, data)] = sub.files.items()
    sub.files[f"{unit}再次发送.{sub.layout.form}"] = data
    for expect in sub.expects:
        # Which of the two names counts does not matter.
        expect.file = ANY
        expect.sheet = ANY if sub.layout.form == "csv" else expect.sheet
    return sub


def corrected(rng, plan, unit):
    """An older file beside the one that counts; the older one's faults must not be told."""
    way = rng.choice(["marker", "marker", "day", "time"])
    days = {"marker": (None, None), "time": (None, None)}.get(way) or (
        datetime.date(plan.year, plan.month, 12), datetime.date(plan.year, plan.month, 26)
    )  # fmt: skip
    base = Layout(rng, plan, unit)
    mark = rng.choice(["（更正）", "最终", "重报", "(2)", "（修订）"])

    def layout(pattern, day):
        def make():
            made = Layout(rng, plan, unit)
            made.parts, made.pattern, made.filled_on = "one", pattern, day
            if "received" in plan.columns:
                # A file in which nothing is reported does not count beside one in which something is.
                while "received" not in made.columns:
                    made = make()
            made.name_the_unit(rng.choice)
            return made
        return make

    stem = base.pattern
    old_name, new_name = (stem, stem + mark) if way == "marker" else (stem + "初报", stem) if way == "day" else (stem + "A", stem + "B")
    serial = rng.randrange(100)
    sub = ordinary(rng, plan, unit, layout=layout(new_name.replace("{n}", str(serial)), days[1]))
    old = ordinary(rng, plan, unit, 2, layout=layout(old_name.replace("{n}", str(serial)), days[0]))
    while shares_no_text(old, sub) or set(old.files) & set(sub.files) or says_whose_it_is(old):
        old = ordinary(rng, plan, unit, 2, layout=layout(old_name.replace("{n}", str(serial)), days[0]))
    [new_file], [old_file] = sub.files, old.files
    sub.files = {**sub.files, **old.files}
    late = NEW if way == "time" else OLD
    sub.mtimes = {new_file: late, old_file: NEW + OLD - late}
    sub.expect("submission-duplicate", f"corrected, decided by {way}", severity=VERIFY, file=new_file)
    if sub.standing == "submitted":
        sub.standing = "duplicate"
    return sub


def says_whose_it_is(sub):
    """Whose a file is, and of when, is said of it whether it counts or not."""
    return any(expect.kind in ("period-differs", "unit-doubtful") for expect in sub.expects)


def shares_no_text(old, sub):
    texts = {sub.plan.text_key(row.values) for row in sub.rows if row.role == "task"}
    return not any(sub.plan.text_key(row.values) in texts for row in old.rows)


def unreadable(rng, plan, unit):
    layout = Layout(rng, plan, unit)
    form = rng.choice(["xlsx", "xls", "ods"])
    data = rng.choice([b"", rng.randbytes(900), "<html><body>请登录</body></html>".encode()])
    sub = Submission(unit, layout, [], standing="unreadable")
    sub.files = {f"{unit}{plan.month}月报表.{form}": data}
    sub.expect("submission-unreadable", "file unreadable", severity=MANDATORY)
    return sub


def zero_report(rng, plan, unit):
    layout = Layout(rng, plan, unit)
    grid = Grid("Sheet1")
    grid.put(0, 0, f"{unit}{plan.title}月报表")
    row = 2
    if rng.random() < 0.5:
        for column, name in enumerate(layout.headings):
            if name != "unknown":
                grid.put(1, column, layout.headings[name])
    grid.put(row, 0, rng.choice(["零报告", "本月零报告。", "本月无发生，零报告"]))
    sub = Submission(unit, layout, [], standing="zero")
    layout.parts, layout.pattern = "one", "{unit}{m}月报表"
    sub.files = {layout.name(): write(layout.form, [grid], layout.encoding)}
    return sub


def cover_only(rng, plan, unit):
    layout = Layout(rng, plan, unit)
    layout.parts, layout.pattern = "one", "{unit}{m}月报表"
    grid = Grid("封面")
    grid.put(0, 0, f"{unit}{plan.title}月报表")
    grid.put(2, 0, "请见纸质附件。")
    sub = Submission(unit, layout, [])
    sub.files = {layout.name(): write(layout.form, [grid], layout.encoding)}
    sub.expect("table-missing", "cover only", file=layout.name(), severity=MANDATORY)
    return sub


FILES = [same_bytes_twice, same_bytes_twice, corrected, corrected, corrected, corrected, unreadable, zero_report, cover_only]
