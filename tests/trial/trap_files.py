"""Traps in whole files: zero reports, months beside each other, corrections, titles of another month."""

from submission import ANY
from table import Cells, Table, Text
from trap_case import Instead
from trap_tables import clearly, reworded

NOTES = [
    "说明：没有支出的，另行零报告", "注：如无进展，请注明“零报告”。", "备注：实行零报告制度。", "填报说明：本月无发生的单位请报送零报告",
    "注：无资金支出的单位须零报告", "说明：每月5日前报送，无进展的实行零报告。", "如本月无进展，可填“零报告”", "注：零报告单位也须盖章报送。",
    "填表说明：1.金额保留两位小数；2.无支出的零报告。", "注：凡无发生额的，一律零报告。", "备注：没有进展的单位应零报告",
]  # fmt: skip
DECLARED = ["零报告", "本月零报告", "零报告。", "（零报告）", "“零报告”", "8月零报告", "零 报 告"]


def zero_note(rng, case):
    """A note that merely mentions the zero report: on a blank form, or below a table."""
    table = case.table()
    note = rng.choice(NOTES)
    case.variant = f" {note}"
    if rng.random() < 0.6:
        table.above.append([("left", note)]) if rng.random() < 0.3 else table.below.append(note)
    else:
        table.add([Text(note)])
    if rng.random() < 0.5:
        case.variant += " below a table"
        case.noise(table.lines())
        case.send(table)
        return
    lines = table.lines()
    table.items = [item for item in table.items if item not in lines]
    if rng.random() < 0.7:
        table.items = [Cells({}) for _ in range(rng.choice([1, 3]))] + table.items
    for line in lines:
        case.missing(line.task)
    case.count([])
    case.sub.standing = ANY
    for kind in ("submission-unreadable", "table-missing", "submission-missing"):
        case.instead.append(Instead([case.expect(kind)]))
        case.sub.expects.pop()
    case.send(table, case.unit)


def zero_true(rng, case):
    """A zero report that is one."""
    table = case.table()
    phrase = rng.choice(DECLARED)
    case.variant = f" {phrase}"
    table.items = []
    case.sub.tables = []
    case.sub.standing = "zero"
    way = rng.choice(["alone", "alone", "first cell", "task cell"])
    case.variant += f" {way}"
    if way == "alone":
        table = Alone([f"{case.unit}项目资金月报表", phrase], table)
    else:
        table.add([Text(phrase, None if way == "first cell" else case.country.keys[0])])
    case.send(table, case.unit)


class Alone:
    """A sheet with a few words."""

    def __init__(self, texts, table):
        self.texts, self.units, self.columns = texts, table.units, []
        self.form, self.sheet_name = table.form, table.sheet_name

    def lay(self, grid, file, row):
        for text in self.texts:
            grid.put(row, 0, text)
            row += 1
        return row


def last_month(case, table, rng):
    """The same rows as they were in July: some amounts were others."""
    other = Table(rng, case.country, [case.unit], table.form)
    for name in ("columns", "headings", "money", "stated", "month", "owners", "percent", "left", "text_amounts", "unknown"):
        setattr(other, name, getattr(table, name))
    other.above = []
    other.add([other.line(line.task) for line in table.lines()])
    if rng.random() < 0.5:
        for line in rng.sample(other.lines(), 1):
            line.values["funds"] += 130_000
    return other


def last_month_sheet(rng, case):
    """July and August on two sheets: August's is held against the plan."""
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    table.above = [[("left", f"{case.unit}项目资金月报表")]] if rng.random() < 0.5 else []
    before = last_month(case, table, rng)
    before.above = table.above
    if rng.random() < 0.8:
        case.changed(table.lines())
    names = rng.choice([
        ("7月", "8月"), ("上月", "本月"), ("2020年7月", "2020年8月"), ("7月", "Sheet2"), ("Sheet1", "8月"),
        ("7月份", "8月份"), ("上期", "本期"), ("202007", "202008"), ("7月报表", "8月报表"), ("七月", "八月"),
    ])  # fmt: skip
    case.variant = f" {names}"
    case.allowed = {"period-differs"}
    sheets = [(names[0], [before]), (names[1], [table])]
    if rng.random() < 0.4:
        sheets.reverse()
        case.variant += " this month first"
    case.book(sheets, table.form)


def last_month_table(rng, case):
    """July and August on one sheet, one below the other."""
    table = case.table()
    before = last_month(case, table, rng)
    style = rng.choice([
        ("{unit}2020年7月报表", "{unit}2020年8月报表"), ("上月报表", "本月报表"), ("7月份项目资金报表", "8月份项目资金报表"),
        ("2020年7月", "2020年8月"), ("一、上月情况", "二、本月情况"), ("7月", "8月"),
    ])  # fmt: skip
    before.above = [[("left", style[0].format(unit=case.unit))]]
    table.above = [[("left", style[1].format(unit=case.unit))]]
    case.variant = f" {style}"
    if rng.random() < 0.8:
        case.changed(table.lines())
    if rng.random() < 0.4:
        for one in (before, table):
            one.add([one.sum_of(one.lines())])
    case.allowed = {"period-differs"}
    tables = [before, table]
    if rng.random() < 0.35:
        tables.reverse()
        case.variant += " this month first"
    case.book([("附件3", tables)], table.form)


def last_month_beside(rng, case):
    """July and August beside each other on one sheet."""
    table = case.table()
    before = last_month(case, table, rng)
    style = rng.choice([
        ("{unit}2020年7月报表", "{unit}2020年8月报表"), ("上月报表", "本月报表"), ("7月份项目资金报表", "8月份项目资金报表"),
        ("2020年7月", "2020年8月"),
    ])  # fmt: skip
    before.above = [[("left", style[0].format(unit=case.unit))]]
    table.above = [[("left", style[1].format(unit=case.unit))]]
    case.variant = f" {style}"
    tables = [before, table]
    if rng.random() < 0.35:
        tables.reverse()
        case.variant += " this month first"
    if rng.random() < 0.8:
        case.changed(table.lines())
    case.allowed = {"period-differs"}
    tables[0].left = 0
    tables[1].left = len(tables[0].columns) + rng.choice([1, 1, 2])
    case.book([("附件3", [Beside(tables)])], table.form)


class Beside:
    """Two tables that begin on one row."""

    def __init__(self, tables):
        self.tables, self.units = tables, tables[0].units
        self.columns, self.form = tables[0].columns, tables[0].form

    def lay(self, grid, file, row):
        for table in self.tables:
            table.form = self.form
        return max([table.lay(grid, file, row) for table in self.tables])


def three_months(rng, case):
    """A sheet for each month of the summer."""
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    table.above = [[("left", f"{case.unit}项目资金月报表")]] if rng.random() < 0.5 else []
    before = [last_month(case, table, rng) for _ in range(2)]
    for one in before:
        one.above = table.above
    if rng.random() < 0.8:
        case.changed(table.lines())
    names = rng.choice([("6月", "7月", "8月"), ("2020年6月", "2020年7月", "2020年8月"), ("202006", "202007", "202008")])
    case.variant = f" {names}"
    case.allowed = {"period-differs"}
    sheets = [(names[0], [before[0]]), (names[1], [before[1]]), (names[2], [table])]
    if rng.random() < 0.3:
        sheets.reverse()
    case.book(sheets, table.form)


def deadline_sheets(rng, case):
    """Sheets by deadline, with other tasks each: parts of one list."""
    if not case.needs(4):
        return False
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    lines = table.lines()
    cut = rng.randrange(1, len(lines))
    rest = last_month(case, table, rng)
    table.items, rest.items = lines[:cut], lines[cut:]
    rest.above = table.above
    case.noise(lines)
    names = rng.choice([
        ("8月完成", "12月完成"), ("6月完成", "10月完成"), ("8月底前完成", "12月底前完成"), ("9月完成", "11月完成"),
        ("7月完成", "8月完成"),
    ])  # fmt: skip
    case.variant = f" {names}"
    case.allowed = {"period-differs"}
    case.book([(names[0], [table]), (names[1], [rest])], table.form)


def correct_one(rng, case):
    """One unit corrects its rows of a table of all: only they are superseded."""
    table = case.shared()
    lines = [line for line in table.lines() if line.task.unit == case.unit]
    wrong_before, wrong_after = rng.random() < 0.5, rng.random() < 0.3
    if wrong_before:
        rng.choice(lines).values["funds"] += 170_000
    if rng.random() < 0.5:
        table.add([table.sum_of(table.lines())])
    case.send(table, rng.choice(["各单位汇总", "全区汇总"]))
    better = case.table(table.form)
    if wrong_after:
        case.changed(better.lines())
        case.variant = " wrong again"
    marker = rng.choice(["{}（更正）", "{}更正", "{}（重报）", "{}8月更正", "更正-{}"])
    case.sub.standing = "duplicate"
    as_filled_in(better, table)
    name = case.send(better, marker.format(case.unit))
    case.expect("submission-duplicate", file=name)


def reword_correction(rng, case):
    """A correction with other words for its tasks supersedes all the same."""
    country = case.country
    if country.keys != ["task"] or country.is_sanya():
        return False
    tasks = country.of(case.unit)
    first = case.table()
    case.send(first, case.unit)
    better = case.table(first.form)
    kept = "seq" in better.columns
    as_filled_in(better, first)
    for line in better.lines():
        text = reworded(line.task.values["task"], rng)
        if not clearly(text, line.task, tasks) and not kept:
            return False
        if rng.random() < 0.8:
            line.values["task"] = text
            case.at(line, "value-differs", "task", severity="verify")
    if rng.random() < 0.4:
        case.changed(better.lines())
        case.variant = " with a wrong amount"
    case.sub.standing = "duplicate"
    name = case.send(better, f"{case.unit}{rng.choice(['（更正）', '更正', '（重报）'])}")
    case.expect("submission-duplicate", file=name)


def as_filled_in(table, first):
    """A file without a reported figure never supersedes one that has some."""
    for name in ("received", "spent", "progress"):
        if name in first.columns and name not in table.columns:
            table.columns.append(name)
            table.headings[name] = first.headings[name]
            if name != "progress":
                table.money[name] = table.money["funds"]
    if "progress" in table.columns:
        for line in table.lines():
            line.values |= {"received": 0, "spent": 0, "progress": 100}


def other_month(rng, case):
    """The title, or the file's name, is last month's."""
    table = case.table()
    table.above = [[("left", f"{case.unit}项目资金月报表")]]
    stem = case.unit
    if rng.random() < 0.6:
        table.above = [[("left", rng.choice(["{}2020年7月报送表", "{}7月份报表"]).format(case.unit))]]
        case.variant = " title"
    else:
        stem = rng.choice(["{}2020年7月", "2020-07_{}", "{}7月报送"]).format(case.unit)
        case.variant = " file"
    if table.sheet_name == "8月":
        table.sheet_name = "附件3"
    case.expect("period-differs", field=ANY)
    case.send(table, stem)


TRAPS = {
    "zero-note": zero_note,
    "zero-true": zero_true,
    "last-month-sheet": last_month_sheet,
    "last-month-table": last_month_table,
    "last-month-beside": last_month_beside,
    "three-months": three_months,
    "deadline-sheets": deadline_sheets,
    "correct-one": correct_one,
    "reword-correction": reword_correction,
    "other-month": other_month,
}
