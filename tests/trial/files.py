"""Faults of whole files: none sent, not readable, sent twice, nobody's, nothing to report."""


import datetime

from build import submission
from formats import Grid, write
from layouts import HEADINGS, Layout, resolved
from submission import ANY, MANDATORY, VERIFY, Submission, Table, clean_rows

OLD, NEW = 1_596_240_000, 1_598_832_000
LAST_DAY = datetime.date(2020, 8, 31)


def nothing_sent(rng, unit, tasks, trial):
    sub = Submission(unit, Layout(rng, unit), [], standing="missing")
    sub.faults = ["nothing sent"]
    sub.expect("submission-missing", "nothing sent", severity=MANDATORY)
    return sub


def unreadable(rng, unit, tasks, trial):
    sub = submission(rng, unit, tasks, trial, 0)
    whole = next(iter(sub.files.values()))
    way = rng.choice(["empty", "noise", "cut", "html"])
    form = rng.choice(["xlsx", "xls", "ods"])
    if way == "cut" and sub.layout.form == "csv":
        way = "empty"
    if way == "cut":
        form = sub.layout.form
    data = {
        "empty": b"",
        "noise": rng.randbytes(900),
        "cut": whole[: len(whole) // 2],
        "html": "<html><body>请登录</body></html>".encode(),
    }[way]
    sub = Submission(unit, sub.layout, [], standing="unreadable")
    named = rng.random() < 0.8
    sub.files = {(f"{unit}.{form}" if named else f"扫描件{rng.randrange(1000)}.{form}"): data}
    sub.faults = ["file unreadable"]
    about = {} if named else {"unit": None}
    sub.expect("submission-unreadable", f"file: {way}", severity=MANDATORY, **about)
    if not named:
        sub.standing = "missing"
        sub.expect("submission-missing", f"file: {way}", severity=MANDATORY)
    return sub


def zero_report(rng, unit, tasks, trial):
    layout = Layout(rng, unit)
    grid = Grid("Sheet1")
    grid.put(0, 0, f"{unit}居家和社区养老服务改革试点资金月报表")
    row = rng.choice([1, 2, 3])
    if rng.random() < 0.5:
        for column, field in enumerate(layout.columns):
            if field in HEADINGS:
                grid.put(1, column, HEADINGS[field][0])
        row = rng.choice([2, 3])
    grid.put(row, 0, rng.choice(["零报告", "本月零报告。", "本月无发生，零报告"]))
    sub = Submission(unit, layout, [], standing="zero")
    name = layout.name()
    sub.files = {name: write(layout.form, [grid], layout.encoding)}
    sub.faults = ["zero report"]
    return sub


def sent_twice(rng, unit, tasks, trial):
    """An older file besides the one that counts; the older one's faults must not be told."""
    sub = submission(rng, unit, tasks, trial, rng.choice([0, 1, 2]))
    # A file in which nothing is reported does not count beside one in which something is.
    while (
        sub.layout.part_files or sub.layout.named_unit or "owner" in sub.lost_columns
        or not sub.layout.has_reported
    ):  # fmt: skip
        sub = submission(rng, unit, tasks, trial, rng.choice([0, 1, 2]))
    old = submission(rng, unit, tasks, trial, 2)
    while old.layout.part_files or old.layout.named_unit or shares_no_text(old, sub):
        old = submission(rng, unit, tasks, trial, 2)
    way = rng.choice(["marker", "mtime", "day"])
    old_name, new_name = (
        (f"{unit}第一次.{old.layout.form}", f"{unit}{rng.choice(['（更正）', '最终', '重报', '(2)'])}.{sub.layout.form}")
        if way == "marker"
        else (f"{unit}A.{old.layout.form}", f"{unit}B.{sub.layout.form}")
    )  # fmt: skip
    days = [layout.filled_on for layout in (old.layout, sub.layout)]
    if days[0] != days[1] and way == "mtime" or days != [None, LAST_DAY] and way == "day":
        # The day the sheet was filled in decides before the file's time.
        return None
    if "another period" in sub.faults + old.faults:
        return None
    renamed(sub, new_name)
    renamed(old, old_name)
    sub.files.update(old.files)
    late = way == "mtime"
    sub.mtimes = {new_name: NEW if late else OLD, old_name: OLD if late else NEW}
    sub.faults.append("sent twice")
    sub.expect("submission-duplicate", f"sent twice, decided by {way}", severity=VERIFY)
    sub.standing = "duplicate"
    return sub


def shares_no_text(old, sub):
    texts = {row.text for row in sub.rows if row.role == "task" and not row.reworded}
    return not any(row.text in texts for row in old.rows)


def renamed(sub, name):
    [(before, data)] = sub.files.items()
    sub.files = {name: data}
    stem = name.rsplit(".", 1)[0]
    for expect in sub.expects:
        if expect.file == before:
            expect.file = name
        if sub.layout.form == "csv" and expect.sheet is not ANY:
            expect.sheet = stem


def same_bytes_twice(rng, unit, tasks, trial):
    """A copy of the very same file is one file."""
    sub = submission(rng, unit, tasks, trial, rng.choice([0, 1]))
    while sub.layout.part_files or sub.layout.named_unit or "another period" in sub.faults:
        sub = submission(rng, unit, tasks, trial, rng.choice([0, 1]))
    [(name, data)] = sub.files.items()
    sub.files[f"zz副本{name.replace('/', '')}"] = data
    for expect in sub.expects:
        # Which of the two names counts does not matter.
        expect.file = ANY
        expect.sheet = ANY if sub.layout.form == "csv" else expect.sheet
    sub.faults.append("same bytes twice")
    return sub


def nobodys(rng, unit, tasks, trial):
    """No unit in any cell, title, sheet or file name."""
    layout = Layout(rng, unit)
    layout.owner_blank = True
    if rng.random() < 0.4:
        layout.owner_blank, layout.owner_name = False, rng.choice(["凤凰区", "某街道办事处"])
    layout.title = rng.choice(["generic", "none"])
    layout.submitter_line = False
    layout.total_label = "合计"
    layout.sheet_name = "Sheet1"
    layout.file_pattern = f"报送表{rng.randrange(10_000)}"
    layout.part_sheets = 1
    rows = clean_rows([task for task in tasks if task.unit == unit])
    sub = Submission(unit, layout, [Table(rows)], standing="missing")
    layout.lay_out(sub, rng)
    name = layout.name()
    for expect in sub.expects:
        resolved(expect).unit = None
    sub.faults = ["nobody's file"]
    sub.expect("unit-unknown", "nobody's file", unit=None, file=name, severity=MANDATORY)
    sub.expect("submission-missing", "nobody's file", severity=MANDATORY)
    return sub


def no_table(rng, unit, tasks, trial):
    """A cover sheet only: one finding, and not one for each task."""
    layout = Layout(rng, unit)
    grid = Grid("Sheet1")
    grid.put(0, 0, f"{unit}居家和社区养老服务改革试点工作材料")
    grid.put(2, 0, "请见纸质附件。")
    name = layout.name()
    sub = Submission(unit, layout, [], standing="submitted")
    sub.files = {name: write(layout.form, [grid], layout.encoding)}
    sub.faults = ["no table"]
    sub.expect("table-missing", "no table", file=name, severity=MANDATORY)
    return sub


def no_task_column(rng, unit, tasks, trial):
    """The column of tasks lacks or bears a strange heading: one finding as well."""
    layout = Layout(rng, unit)
    layout.part_sheets, layout.totals, layout.levels = 1, "none", layout.levels
    layout.repeated_heading = False
    layout.file_pattern = "{unit}"
    if rng.random() < 0.5:
        layout.undeclared_headings["task"] = "干什么"
    else:
        layout.columns.remove("task")
    rows = clean_rows([task for task in tasks if task.unit == unit])
    sub = Submission(unit, layout, [Table(rows)])
    layout.lay_out(sub, rng)
    for expect in sub.expects:
        resolved(expect)
    for row in rows:
        row.role = "lost"
    sub.faults = ["no column of tasks"]
    sub.expect(
        "column-missing", "no column of tasks", field="task", file=rows[0].file,
        sheet=rows[0].sheet, severity=MANDATORY,
    )  # fmt: skip
    return sub


FILE_FAULTS = [
    (no_table, 2),
    (no_task_column, 3),
    (nothing_sent, 2),
    (unreadable, 2),
    (zero_report, 2),
    (sent_twice, 4),
    (same_bytes_twice, 2),
    (nobodys, 2),
]


def any_of_them(rng, unit, tasks, trial):
    while True:
        make = rng.choices([make for make, _ in FILE_FAULTS], [w for _, w in FILE_FAULTS])[0]
        sub = make(rng, unit, tasks, trial)
        if sub is not None:
            return sub
