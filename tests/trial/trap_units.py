"""Traps in the responsible unit: strangers, misspelt names, blanks, bands, prefixes, names of files."""

from submission import ANY
from table import Line, Text
from trap_case import Instead

STRANGERS = ["区住建部门", "城投公司", "县交通运输局", "水务集团", "文旅局", "某设计院", "第三方监理单位", "教育局基建办"]
NEW = ["采购应急照明灯具一批。", "编制适老化改造图册。", "开通法律援助热线。", "购置无人机两架用于巡查。"]
LOOKS = {
    "青": "清", "石": "右", "沙": "纱", "土": "士", "泉": "全", "虎": "唬", "凤": "风", "梅": "海", "松": "淞",
    "竹": "筑", "溪": "奚", "门": "们", "铁": "轶", "铜": "桐", "银": "很", "丰": "串", "太": "大", "安": "案",
    "永": "水", "长": "张", "吉": "古", "红": "虹", "胜": "盛", "向": "响", "朝": "潮", "清": "青", "碧": "壁",
    "双": "又", "三": "叁", "望": "旺", "临": "林", "枫": "楓", "柳": "抑", "花": "华", "茶": "荼", "盘": "槃",
    "仙": "先", "古": "吉", "云": "去", "宝": "玉", "马": "吗", "羊": "洋", "牛": "午", "福": "副", "玉": "王",
    "紫": "柴", "棠": "堂", "阳": "杨", "育": "毓", "才": "材", "涯": "崖", "州": "洲", "崖": "涯", "白": "自",
    "黄": "簧", "龙": "尤", "兰": "蓝",
}  # fmt: skip
NUMERALS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]


def stranger_row(rng, case):
    """In a table of several units, a row whose owner is nobody of the plan."""
    table = case.shared()
    table.owners = "every"
    tasks = case.country.tasks
    like = rng.choice(tasks)
    line = Line(None, rng.choice(STRANGERS), dict(table.line(like).values), role="extra")
    if case.country.keys == ["task"]:
        line.values["task"] = rng.choice(NEW)
    else:
        line.values |= {"place": "县城", "work": "其他采购"}
    line.seq = None if rng.random() < 0.5 else len(tasks) + rng.randrange(1, 9)
    line.values["funds"] = 5_000_000
    table.items.insert(rng.randrange(1, len(table.items) + 1), line)
    case.expect(
        ("unit-unknown", "unit-doubtful", "row-unplaced", "task-extra"), field=ANY
    ).unit = ANY  # fmt: skip
    case.allowed = {"unit-doubtful"}
    case.send(table, rng.choice(["各单位汇总", "全区汇总", "汇总表8月"]))


def stranger_cell(rng, case):
    """In a unit's own table, one owner cell names another unit, or nobody."""
    if not case.needs(4):
        return False
    table = case.table()
    if "owner" not in table.columns:
        return False
    table.owners = "every"
    line = rng.choice(table.lines())
    others = [unit for unit in case.country.units if unit != case.unit]
    another_unit = rng.random() < 0.6
    line.owner = rng.choice(others) if another_unit else rng.choice(STRANGERS)
    case.variant = " another unit" if another_unit else " nobody"
    case.expect("unit-doubtful", field=ANY, at=line, at_field="owner")
    named(table, case)
    case.send(table, case.unit)


def misspelt_row(rng, case):
    """A near name in one owner cell of a table of several units."""
    table = case.shared()
    table.owners = "every"
    lines = [line for line in table.lines() if misspelt(line.owner, case.country.units)]
    if not lines:
        return False
    line = rng.choice(lines)
    case.unit = line.owner
    line.owner = misspelt(line.owner, case.country.units)
    case.variant = f" {line.owner}"
    case.expect("unit-doubtful", field=ANY)
    case.noise([one for one in table.lines() if one.task.unit == case.unit and one is not line])
    case.send(table, rng.choice(["各单位汇总", "全区汇总"]))


def misspelt(unit, units):
    """A name with one character another that is near to this unit and to no other."""
    for at, c in enumerate(unit):
        if c in LOOKS and at < 2:
            name = unit[:at] + LOOKS[c] + unit[at + 1 :]
            others = [u for u in units if u != unit]
            if all(sum(a != b for a, b in zip(name, u)) + abs(len(name) - len(u)) > 1 for u in others):
                return name
    return None


def owned_rows(rng, case, number, at_least):
    """A table of so many rows, each with its owner, and these rows; or neither."""
    if not case.needs(at_least):
        return None, None
    table = case.table()
    if "owner" not in table.columns:
        return None, None
    table.owners = "every"
    lines = rng.sample(table.lines(), number)
    table.items = lines
    case.count(lines)
    return table, lines


def owner_tie(rng, case):
    """Two rows, two owners: the title and the file's name decide."""
    table, lines = owned_rows(rng, case, 2, at_least=3)
    if table is None:
        return False
    line = rng.choice(lines)
    line.owner = rng.choice([unit for unit in case.country.units if unit != case.unit])
    named(table, case)
    case.expect("unit-doubtful", field=ANY, at=line, at_field="owner")
    for task in case.country.of(case.unit):
        if task not in [one.task for one in lines]:
            case.missing(task)
    case.send(table, case.unit)


def stranger_task(rng, case):
    """In a table of several units a task's row names nobody of the plan: the row is said."""
    table = case.shared()
    table.owners = "every"
    line = rng.choice(table.lines())
    case.unit = line.task.unit
    line.owner = rng.choice(STRANGERS)
    line.role = "extra"
    about = {"field": ANY}
    case.missing(line.task)
    case.expect(("unit-unknown", "unit-doubtful", "row-unplaced", "task-extra"), **about).unit = ANY
    # Its text may as well say whose it is.
    doubt = case.expect(("unit-unknown", "unit-doubtful"), **about)
    doubt.unit = ANY
    case.sub.expects.pop()
    case.instead.append(Instead([doubt], {line: "task"}))
    case.send(table, rng.choice(["各单位汇总", "全区汇总"]))


def misspelt_block(rng, case):
    """A near name for all rows of a unit, in a table of several or in its own."""
    own = rng.random() < 0.4
    if own:
        table = case.table()
        if "owner" not in table.columns:
            return False
        named(table, case)
        case.variant = " in its own table"
    else:
        table = case.shared()
        fit = [unit for unit in case.country.units if misspelt(unit, case.country.units)]
        if not fit:
            return False
        case.unit = rng.choice(fit)
    name = misspelt(case.unit, case.country.units)
    if name is None:
        return False
    for line in table.lines():
        if line.task.unit == case.unit:
            line.owner = name
    if own:
        # What every row of a table calls its unit is how it is called there; saying so is as good.
        case.allowed = {"unit-doubtful"}
    else:
        case.expect("unit-doubtful", field=ANY)
    case.send(table, case.unit if own else "各单位汇总")


def owner_half(rng, case):
    """Half of the rows name another unit; the title and the file's name decide."""
    table, lines = owned_rows(rng, case, 4, at_least=4)
    if table is None:
        return False
    other = rng.choice([unit for unit in case.country.units if unit != case.unit])
    strange = rng.sample(lines, 2)
    for line in strange:
        line.owner = other
    named(table, case)
    for task in case.country.of(case.unit):
        if task not in [one.task for one in lines]:
            case.missing(task)
    missing = list(case.sub.expects)
    one = case.expect("unit-doubtful", field=ANY)
    two = case.expect("unit-doubtful", field=ANY)
    case.sub.expects.pop()
    case.instead.append(Instead([*missing, one, two]))
    case.send(table, case.unit)


def owner_prefix(rng, case):
    """The unit's name with what it belongs to before it."""
    table = case.table()
    if "owner" not in table.columns or case.unit == "市民政局":
        return False
    if case.country.is_sanya():
        prefix = rng.choice(["三亚市", "海南省三亚市"])
    else:
        small = case.unit[-1] in "镇乡道场"
        prefix = rng.choice(["平安县", "安宁县", "宁远区"] if small else ["平安市", "安宁市"])
    for line in table.lines():
        line.owner = prefix + case.unit
    case.noise(table.lines())
    case.send(table, case.unit)


def blank_owners(rng, case):
    """Each unit's name only in its first row, in cells that are not merged."""
    table = case.shared()
    table.owners = "first"
    case.noise([line for line in table.lines() if line.task.unit == case.unit])
    case.send(table, "各单位汇总")


def coded_bands(rng, case):
    """Units as headings of groups, in a first column of codes."""
    table = case.shared()
    table.columns.remove("owner")
    table.columns.insert(0, "code")
    table.headings["code"] = rng.choice(["项目编码", "项目代码", "代码"])
    table.unknown["code"] = None
    for at, line in enumerate(table.lines()):
        line.raw["code"] = rng.choice(["XM{:04}", "2020-{:03}", "P{:02}"]).format(at)
    banded(rng, case, table, None)


def task_bands(rng, case):
    """Units as headings of groups, in the column of tasks, which is the first."""
    table = case.shared()
    table.columns.remove("owner")
    if "seq" in table.columns:
        table.columns.remove("seq")
    key = case.country.keys[0]
    table.columns.remove(key)
    table.columns.insert(0, key)
    banded(rng, case, table, key)


def banded(rng, case, table, at):
    style = rng.choice(["{n}、{unit}", "（{n}）{unit}", "{unit}", "{n}、{unit}：", "{unit}（{size}个项目）"])
    case.variant = f" {style}"
    merged = rng.random() < 0.3 and table.form != "csv"
    subtotals = rng.random() < 0.3
    lines = table.lines()
    line = case.noise([one for one in lines if one.task.unit == case.unit])
    if line is not None:
        line.raw.setdefault("code", "XM9")
    table.items = []
    for index, unit in enumerate(case.country.units):
        mine = [one for one in lines if one.task.unit == unit]
        text = style.format(n=NUMERALS[index], unit=unit, size=len(mine))
        table.add([Text(text, at, merged), *mine])
        if subtotals:
            table.add([table.sum_of(mine, "小计", at)])
    case.send(table, rng.choice(["各单位汇总", "全区汇总", "汇总表8月"]))


def wrong_file_name(rng, case):
    """A unit's table, by its owners and its title, saved under another's name."""
    table = case.table()
    if "owner" not in table.columns or not case.needs(1):
        return False
    table.owners = rng.choice(["every", "merged", "first"])
    named(table, case)
    other = rng.choice([unit for unit in case.country.units if unit != table.units[0]])
    case.unit = table.units[0]
    case.expect("unit-doubtful", field=ANY)
    case.send(table, rng.choice(["{}", "{}8月报送", "报送表（{}）"]).format(other))


def two_units(rng, case):
    """The sheets of two units in one workbook."""
    first, second = rng.sample(case.country.units, 2)
    sheets = []
    form = rng.choice(["xlsx", "xls", "ods"])
    for unit in (first, second):
        case.unit = unit
        table = case.table(form)
        if "owner" not in table.columns and rng.random() < 0.5:
            named(table, case)
        if rng.random() < 0.6:
            table.add([table.sum_of(table.lines())])
            lines = []
        else:
            lines = table.lines()
        case.noise(lines)
        sheets.append((unit, [table]))
    case.book(sheets, form, rng.choice(["打包", "两家单位报表", "报送"]))


def subfolder(rng, case):
    """Only the folder names the unit."""
    table = case.table()
    table.above = [[("left", "项目资金月报表")]] if rng.random() < 0.5 else []
    if rng.random() < 0.5 and "owner" in table.columns:
        table.columns.remove("owner")
        case.variant = " without owners"
    case.noise(table.lines())
    case.send(table, f"{case.unit}/{rng.choice(['项目资金报表', '报送表', '8月报表', '附件3'])}")


def named(table, case):
    table.above = [[("left", f"{case.unit}项目资金安排表")]]


TRAPS = {
    "stranger-row": stranger_row,
    "stranger-cell": stranger_cell,
    "misspelt-row": misspelt_row,
    "owner-tie": owner_tie,
    "stranger-task": stranger_task,
    "misspelt-block": misspelt_block,
    "owner-half": owner_half,
    "owner-prefix": owner_prefix,
    "blank-owners": blank_owners,
    "coded-bands": coded_bands,
    "task-bands": task_bands,
    "wrong-file-name": wrong_file_name,
    "two-units": two_units,
    "subfolder": subfolder,
}
