"""Traps in the shape of a table: totals, labels, headings, units of money, signatures, renumbering."""

from submission import ANY
from table import Gap, Heads, Text
from trap_case import Instead
from wording import folded, likeness

LABELS = [
    "合计", "总计", "全部合计", "汇总", "全区汇总", "总额", "总和", "共计", "合计金额", "合  计", "总数", "合计：",
    "资金合计", "total", "Total", "本表合计", "总合计", "以上合计", "合计数", "总金额", "累计",
]  # fmt: skip


def total_label(rng, case):
    """A total by whatever name, right or wrong."""
    table = case.table()
    lines = table.lines()
    case.noise(lines)
    label = rng.choice([*LABELS, f"{case.unit}合计", f"{case.unit}汇总"])
    place = rng.choice([None, case.country.keys[0]])
    total = table.sum_of(lines, label, place)
    case.variant = f" {label} {'first' if place is None else 'in the task column'}"
    if rng.random() < 0.7:
        wrong(rng, case, total, total.printed["funds"])
    else:
        case.variant += " right"
    table.add([total])
    case.send(table)


def total_shared(rng, case):
    """In a table of several units: each one's subtotal, and the total of all; one may be wrong."""
    table = case.shared()
    lines = table.lines()
    table.items, sums = [], []
    label = rng.choice(["小计", "{}小计", "{}合计", "{}"])
    with_units = rng.random() < 0.7
    for unit in case.country.units:
        mine = [line for line in lines if line.task.unit == unit]
        table.add(mine)
        if with_units and label != "{}":
            sums.append(table.sum_of(mine, label.format(unit)))
            table.add([sums[-1]])
    total = table.sum_of(lines, rng.choice(["合计", "总计"]))
    table.add([total])
    case.variant = f" {label if with_units else 'no subtotals'}"
    way = rng.choice(["right", "total", "subtotal"])
    one = total if way == "total" or not sums else rng.choice(sums)
    if way != "right":
        right = one.printed["funds"]
        off = rng.randrange(1, 40) * 50_000
        one.printed["funds"] = right + off
        case.variant += f" wrong {way}"
        case.expect("total-differs", field="funds", at=one, at_field="funds", difference=off)
        case.sub.expects[-1].unit = ANY
    case.send(table, rng.choice(["各单位汇总", "全区汇总"]))


def band_sums(rng, case):
    """The name of a group with the sum of its rows, above them: held as a total, or said to be unplaced.

    A figure that is wrong there must not go by in silence; where it is no total by its label, the
    pipeline file has to declare such lines, and until then they are told.
    """
    if not case.needs(4):
        return False
    table = case.table()
    lines = table.lines()
    cut = rng.randrange(1, len(lines))
    names = rng.choice([("基础设施类", "公共服务类"), ("续建项目", "新建项目"), ("省级项目", "市级项目")])
    style = rng.choice(["{n}、{name}", "（{n}）{name}", "{name}", "{n}、{name}小计", "{name}合计"])
    table.items, bands = [], []
    for n, name, mine in (("一", names[0], lines[:cut]), ("二", names[1], lines[cut:])):
        bands.append(table.sum_of(mine, style.format(n=n, name=name)))
        table.add([bands[-1], *mine])
    case.variant = f" {style}"
    if rng.random() < 0.5:
        table.items.insert(0, table.sum_of(lines, rng.choice(["合计", "总计"])))
        case.variant += " total first"
    if rng.random() < 0.5:
        one = rng.choice(bands)
        case.variant += " wrong"
        if one.printed["funds"]:
            wrong(rng, case, one, one.printed["funds"])
            # What it is held against is open where the label does not say which rows it adds.
            case.sub.expects[-1].difference = ANY
    unplaced = case.expect("row-unplaced", field=ANY)
    case.sub.expects.pop()
    case.instead.append(Instead([unplaced]))
    case.send(table)


def wrong(rng, case, total, right, found=None):
    """The total's funds are not the sum of its rows, nor the plan's."""
    planned = sum(task.values["funds"] for task in case.country.of(case.unit))
    while found is None or found in (right, planned):
        found = right + rng.choice([-1, 1]) * rng.randrange(1, 40) * 50_000
    total.printed["funds"] = found
    case.expect("total-differs", field="funds", at=total, at_field="funds", difference=found - right)


def total_above(rng, case):
    """The total stands above its rows."""
    table = case.table()
    lines = table.lines()
    total = table.sum_of(lines, rng.choice(["合计", "总计", "合  计"]))
    if rng.random() < 0.6:
        wrong(rng, case, total, total.printed["funds"])
    table.items.insert(0, total)
    case.send(table)


def grand_total(rng, case):
    """Subtotals, and a total that is 0, the last block's, off, or right."""
    if not case.needs(4, lambda task: task.values["funds"]):
        return False
    table = case.table()
    lines = table.lines()
    count = rng.choice([2, 2, 3]) if len(lines) >= 6 else 2
    cuts = sorted(rng.sample(range(1, len(lines)), count - 1))
    blocks = [lines[a:b] for a, b in zip([0, *cuts], [*cuts, len(lines)])]
    if any(sum(line.values["funds"] for line in block) == 0 for block in blocks):
        return False
    if any(len(block) < 2 for block in blocks) and rng.random() < 0.8:
        return False
    case.noise(lines)
    label = rng.choice(["小计", "本组小计", "分项小计", "小  计"])
    sums = [table.sum_of(block, label) for block in blocks]
    table.items = [item for block, total in zip(blocks, sums) for item in (*block, total)]
    total = table.sum_of(lines, rng.choice(["合计", "总计", "合  计"]))
    right = total.printed["funds"]
    way = rng.choice(["zero", "last", "off", "right", "block"])
    case.variant += f" {way}"
    last = sums[-1].printed["funds"]
    planned = sum(task.values["funds"] for task in case.country.of(case.unit))
    if way in ("zero", "last") and (last if way == "last" else 0) in (right, planned):
        return False
    if way == "zero":
        wrong(rng, case, total, right, 0)
    elif way == "last":
        wrong(rng, case, total, right, last)
    elif way == "off":
        wrong(rng, case, total, right)
    elif way == "block":
        one = rng.choice(sums)
        wrong(rng, case, one, one.printed["funds"])
    table.add([total])
    case.send(table)


def drop_renumber_reword(rng, case):
    """A task is left out, the rows below close up, and the next is re-worded."""
    country = case.country
    if not country.numbered or not case.needs(5):
        return False
    table = case.table()
    if "seq" not in table.columns:
        return False
    lines = table.lines()
    at = rng.randrange(0, len(lines) - 1)
    gone, next_one = lines[at].task, lines[at + 1].task
    if gone.values["funds"] == next_one.values["funds"]:
        return False
    text = reworded(next_one.values["task"], rng)
    if text is None or not clearly(text, next_one, country.of(case.unit)):
        return False
    lines[at + 1].values["task"] = text
    table.items = lines[:at] + lines[at + 1 :]
    for line in lines[at + 1 :]:
        line.seq -= 1
    # A number counts only where most rows carry the plan's.
    case.count(table.lines())
    case.missing(gone)
    case.at(lines[at + 1], "value-differs", "task", severity="verify")
    if rng.random() < 0.4:
        case.variant = " and a wrong amount"
        case.changed([lines[at + 1]])
    case.send(table)


def reworded(text, rng):
    """Nearly the same words: a word put in before a mark, or before the end."""
    word = rng.choice(["完成", "工作", "项目", "任务", "工程"])
    marks = [at for at, c in enumerate(text) if c in "，。"]
    at = rng.choice(marks) if marks else len(text)
    return text[:at] + word + text[at:]


def clearly(text, task, tasks):
    """Whether a text is clearly this task's and no other's."""
    own = likeness(text, task.values["task"])
    others = [likeness(text, t.values["task"]) for t in tasks if t is not task]
    same = [t for t in tasks if t is not task and folded(t.values["task"]) == folded(task.values["task"])]
    return own >= 0.9 and not same and own - max(others, default=0) >= 0.03


def signature(rng, case):
    """Lines for ink below a table whose first column is the task."""
    table = case.table()
    key = case.country.keys[0]
    table.columns.remove(key)
    table.columns.insert(0, key)
    table.below = rng.sample([
        "制表：某某    审核：某某", "填表人：张三", "审核：李四", "单位负责人（签字）：", "联系电话：0898-12345678",
        "制表人：王某 复核：赵某 2020年8月31日", "审核人：", "主管领导：陈某某", "填报日期：2020年8月31日", "经办人：孙某",
        "联系方式：13800000000", "负责人：周某    经办人：吴某", "审核：某某", "填表：某某",
    ], rng.choice([1, 1, 2, 3]))  # fmt: skip
    case.variant = f" {table.below}"
    if rng.random() < 0.3:
        table.add([Gap()])
    case.noise(table.lines())
    case.send(table)


def planned_received(rng, case):
    """Two levels of headings: what is planned and what has come, each with the same words below."""
    table = case.table()
    amounts = case.country.amounts[: rng.choice([2, 2, len(case.country.amounts)])]
    rest = [c for c in table.columns if c not in (*case.country.amounts, "received", "spent", "progress")]
    others = [c for c in case.country.amounts if c not in amounts]
    came = [f"came-{name}" for name in amounts]
    table.columns = rest + others + amounts + came
    unit = table.money["funds"]
    with_unit = f"（{unit}）" if table.stated == "heading" else ""
    plan_word = rng.choice(["计划资金", "资金计划", "资金安排情况", "计划安排"])
    come_word = rng.choice(["已到位资金", "实际到位", "到位资金", "已支出资金", "实际支出"])
    for name, other in zip(amounts, came):
        table.headings.setdefault(name, case.country.headings[name][0])
        table.headings[other] = table.headings[name]
        table.parents[name] = plan_word + with_unit
        table.parents[other] = come_word + with_unit
        table.unknown[other] = None
    if rng.random() < 0.3:
        table.columns = rest + others + came + amounts
        case.variant = " what came first"
    for line in table.lines():
        for name, other in zip(amounts, came):
            line.raw[other] = table.amount(name, line.task.values[name] // 2 // 100 * 100)
    lines = table.lines()
    if rng.random() < 0.3:
        line = rng.choice(lines)
        case.differs(line, "funds", line.task.values["funds"] + 70_000)
        case.variant += " with a wrong amount"
    case.send(table)


def bracket_heading(rng, case):
    """What a bracket adds changes the meaning, unless it is a unit of money or a date."""
    table = case.table()
    name = rng.choice(case.country.amounts)
    if rng.random() < 0.7:
        added = rng.choice(["已到位", "已支出", "实际到位", "到位数", "已拨付", "实际完成", "已使用", "完成数"])
        case.expect("column-missing", field=name, cell=None)
        case.allowed = {"column-missing"} if name == "funds" else set()
    else:
        added = rng.choice(["2020年", "2020年度"])
    case.variant = f" {added}"
    if table.stated == "heading":
        table.headings[name] += rng.choice([f"（{added}）", f"（{added}，{table.money[name]}）"])
        if table.money[name] in table.headings[name]:
            table.use_money(table.money[name])
            heading = table.heading
            table.heading = lambda column: table.headings[name] if column == name else heading(column)
    else:
        table.headings[name] += f"（{added}）"
    case.send(table)


def heading_typo(rng, case):
    """The unit of money in a heading is misspelt; the line above says it, or the default is meant."""
    table = case.table()
    unit = case.country.money
    table.use_money(unit)
    table.stated = "heading"
    heading = table.heading
    if unit == "元":
        # One wrong character is no unit at all; what it may mean is open.
        return False
    typo = unit[0] + rng.choice("员園无园")
    table.heading = lambda column: (
        f"{table.headings[column]}（{typo}）" if column == "funds" else heading(column)
    )  # fmt: skip
    case.variant = f" {typo}"
    case.noise(table.lines())
    case.send(table)


def two_tables(rng, case):
    """Two tables of one unit below each other, each with its heading and subtotal."""
    if not case.needs(4):
        return False
    table = case.table()
    lines = table.lines()
    cut = rng.randrange(1, len(lines))
    words = rng.choice([("续建项目", "新建项目"), ("基础设施类", "公共服务类"), ("市级项目", "区级项目")])
    table.above.append([("left", f"一、{words[0]}")])
    case.noise(lines)
    label = rng.choice(["小计", "小计", "合计"])
    gap = [Gap()] if rng.random() < 0.6 else []
    again = [Heads()] if rng.random() < 0.8 else []
    first, second = table.sum_of(lines[:cut], label), table.sum_of(lines[cut:], label)
    table.items = [*lines[:cut], first, *gap, Text(f"二、{words[1]}"), *again, *lines[cut:], second]
    if rng.random() < 0.3 and label == "小计":
        table.add([table.sum_of(lines, "合计")])
    case.send(table)


def page_heads(rng, case):
    """The heading again in the middle, as where a page begins."""
    if not case.needs(4):
        return False
    table = case.table()
    lines = table.lines()
    cut = rng.randrange(1, len(lines))
    gap = [Gap()] if rng.random() < 0.3 else []
    table.items = [*lines[:cut], *gap, Heads(), *lines[cut:]]
    case.noise(lines)
    if rng.random() < 0.5:
        table.add([table.sum_of(lines)])
    case.send(table)


def mixed_units(rng, case):
    """Each column of amounts in a unit of money of its own."""
    table = case.table()
    table.stated = "heading"
    for name in table.money:
        table.money[name] = rng.choice(["元", "千元", "万元", "百元"])
    case.noise(table.lines())
    if rng.random() < 0.5:
        table.add([table.sum_of(table.lines())])
    case.send(table)


def wrong_unit(rng, case):
    """All figures in another unit of money than the heading says."""
    country = case.country
    if not case.needs(4, lambda task: all(task.values[name] for name in country.amounts)):
        return False
    table = case.table()
    said, meant = rng.choice([("元", "万元"), ("万元", "元"), ("万元", "千元"), ("千元", "万元")])
    heading, amount = table.heading, table.amount
    table.use_money(said)
    table.heading = heading
    meant_money = {name: meant for name in table.money}

    def typed(name, fen):
        said_money, table.money = table.money, meant_money
        try:
            return amount(name, fen)
        finally:
            table.money = said_money

    table.amount = typed
    case.variant = f" {meant} under {said}"
    # 12.075 under 元 is finer than a 分 besides.
    case.allowed = {"value-imprecise"}
    for name in country.amounts:
        case.expect("column-scaled", field=name, cell=ANY)
    case.send(table)


def contradicting_units(rng, case):
    """The line above the table names another unit of money than the headings."""
    table = case.table()
    table.stated = "heading"
    said = rng.choice([unit for unit in ("元", "千元", "万元") if unit != table.money["funds"]])
    table.above.append([("right", f"单位：{said}")])
    case.expect("statement-differs", field=ANY)
    case.allowed = {"statement-differs"}
    case.send(table)


def lost_table(rng, case):
    """No heading is known."""
    table = case.table()
    words = {
        "seq": "顺序", "owner": "报送方", "task": "主要举措", "place": "哪里", "work": "何事", "funds": "投入额度",
        "use": "开支去向", "due": "节点", "central": "上级给的", "province": "另一笔", "county": "再一笔", "own": "又一笔",
        "bond": "末一笔", "aside": "旁的", "received": "收到的", "spent": "花掉的", "progress": "做了多少",
    }  # fmt: skip
    table.headings = {name: words[name] for name in table.columns}
    table.stated = "line"
    table.percent = "text"
    named = f"{case.unit}月报"
    table.above = [[("left", named)]]
    table.below = rng.choice([[], ["备注：实行零报告制度。"], ["注：无进展的单位请零报告。"]])
    for line in table.lines():
        line.role = "extra"
    case.sub.standing = ANY
    case.expect("table-missing")
    case.allowed = {"row-unplaced"}
    case.send(table, case.unit)


def cover(rng, case):
    """A cover sheet with numbers beside the table."""
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    line = case.noise(table.lines())
    front = Front(table)
    total = sum(one.values["funds"] for one in table.lines())
    front.rows = [
        ["项目", f"{case.country.headings['funds'][0]}（{table.money['funds']}）"],
        ["任务数", len(table.lines())], ["资金合计", table.amount("funds", total)],
        ["完成时间", "2020年12月"],
    ][rng.choice([0, 0, 1]):]  # fmt: skip
    sheets = [(rng.choice(["封面", "说明", "概况"]), [front]), (table.sheet_name, [table])]
    case.book(sheets[:: rng.choice([1, 1, -1])], table.form)


class Front:
    """A few rows that are no table."""

    def __init__(self, table):
        self.units, self.columns, self.form, self.rows = table.units, [], table.form, []

    def lay(self, grid, file, row):
        for line in self.rows:
            for column, content in enumerate(line):
                grid.put(row, column, content)
            row += 1
        return row


TRAPS = {
    "total-label": total_label,
    "total-above": total_above,
    "grand-total": grand_total,
    "total-shared": total_shared,
    "band-sums": band_sums,
    "drop-renumber-reword": drop_renumber_reword,
    "signature": signature,
    "planned-received": planned_received,
    "bracket-heading": bracket_heading,
    "heading-typo": heading_typo,
    "two-tables": two_tables,
    "page-heads": page_heads,
    "mixed-units": mixed_units,
    "wrong-unit": wrong_unit,
    "contradicting-units": contradicting_units,
    "lost-table": lost_table,
    "cover": cover,
}
