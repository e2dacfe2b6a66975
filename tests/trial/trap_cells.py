"""Traps in single cells: remarks, marks, numerals, months, merged amounts, blanks."""

import datetime
from decimal import Decimal

from country import EXPONENT
from planting import scaled
from submission import ANY, Expect
from table import Cells, Sum
from trap_case import Instead, another

UNREAD = ("value-unreadable", "value-differs", "value-missing", "value-scaled")


def remark_numeral(rng, case):
    """A second figure in words, in a remark: which of the two holds?"""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    words = rng.choice(["另加", "追加", "另有", "外加", "加", "尚缺", "另计", "不含", "还差", "增加"])
    number = rng.choice([
        "十万元", "二十万元", "五千元", "三万元", "壹拾万元", "两万元", "一百二十万元", "叁仟元", "十五万元",
        "贰拾万元整", "八百元", "三十余万元", "十几万元", "几万元", "三五万元", "五万多元", "近百万元", "数十万元", "三万五",
    ])  # fmt: skip
    opening, closing = rng.choice(["（）", "（）", "()", "［］"])
    line.raw["funds"] = f"{said(table, line, rng)}{opening}{words}{number}{closing}"
    case.at(line, "value-unreadable", "funds")
    case.noise(table.lines())
    case.send(table)


def remark_words(rng, case):
    """A remark that is no figure, though it may hold a numeral."""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    words = rng.choice([
        "一次性拨付", "一次性补助", "第二批", "一期", "一事一议", "专款专用", "据实结算", "分期拨付", "以奖代补",
        "第三批次", "全额保障", "区级承担", "已批复", "按合同", "统一采购",
    ])  # fmt: skip
    opening, closing = rng.choice(["（）", "（）", "()"])
    line.raw["funds"] = f"{said(table, line, rng)}{opening}{words}{closing}"
    case.noise(table.lines())
    case.send(table)


def parts(rng, case):
    """The parts of a figure beside it: right ones say nothing, wrong ones make it unreadable."""
    table = case.table()
    line = a_line(rng, case, table, lambda task: task.values["funds"] >= 2_000_000)
    if line is None or table.money["funds"] == "元":
        return False
    whole = line.task.values["funds"]
    one = whole // 2 // 10_000 * 10_000
    other = whole - one
    shown = [f"{table.amount('funds', fen)}" for fen in (whole, one, other)]
    wrong = rng.random() < 0.5
    if wrong:
        shown[2] = f"{table.amount('funds', other + 30_000)}"
        case.variant = " wrong"
        # Said when the cell is read, before its task is known.
        case.at(line, (*UNREAD, "balance-broken"), "funds").seq = ANY
    first, second = rng.sample(["中央", "省级", "市级", "自筹"], 2)
    line.raw["funds"] = f"{shown[0]}（其中：{first}{shown[1]}，{second}{shown[2]}）"
    case.send(table)


def ditto_amount(rng, case):
    """同上 below an amount that is merged over two rows."""
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    lines = table.lines()
    places = []
    for at in range(len(lines) - 2):
        one, two, three = (line.task.values["funds"] for line in lines[at : at + 3])
        if one + two and three and three not in (one + two, two, one):
            places.append(at)
    if not places:
        return False
    at = rng.choice(places)
    one, two, three = lines[at : at + 3]
    one.spans["funds"] = 2
    one.raw["funds"] = table.amount("funds", one.task.values["funds"] + two.task.values["funds"])
    two.raw["funds"] = None
    three.raw["funds"] = rng.choice(["同上", "同上", "〃", "同上行", "″"])
    case.at(three, UNREAD, "funds")
    case.noise(lines[:at] + lines[at + 3 :])
    case.send(table)


def merged_amount(rng, case):
    """One amount over the rows of two tasks: held against the sum of both."""
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    lines = table.lines()
    places = [at for at in range(len(lines) - 1) if all(l.task.values["funds"] for l in lines[at : at + 2])]
    if not places:
        return False
    at = rng.choice(places)
    size = rng.choice([2, 2, 3]) if at + 2 < len(lines) else 2
    one, *others = lines[at : at + size]
    whole = sum(line.task.values["funds"] for line in (one, *others))
    one.spans["funds"] = size
    for other in others:
        other.raw["funds"] = None
    if rng.random() < 0.5:
        case.variant = " wrong"
        found = another(rng, whole)
        one.raw["funds"] = table.amount("funds", found)
        case.at(one, ("value-differs", "value-scaled"), "funds", difference=found - whole, cells=ANY)
        case.sub.expects[-1].seq = ANY
    else:
        one.raw["funds"] = table.amount("funds", whole)
        case.noise(lines[:at] + lines[at + size :])
    case.send(table)


def spread(rng, case):
    """A range, a guess or a share where an amount belongs."""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    shown = said(table, line, rng, bare=True)
    line.raw["funds"] = rng.choice([
        f"{shown}-{shown}0", f"约{shown}", f"{shown}左右", f"{shown}～{shown}5", f"{shown}余", "30%", f"{shown}以内",
        f"不超过{shown}", f"{shown}或{shown}1", "详见附件", "#REF!", f"{shown}+{shown}", f"{shown}/{shown}", "待定",
        f"{shown}、{shown}",
    ])  # fmt: skip
    case.at(line, UNREAD, "funds")
    case.noise(table.lines())
    case.send(table)


def hair(rng, case):
    """One 分 more or less, with the unit of money in the cell."""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    planned = line.task.values["funds"]
    found = planned + rng.choice([-1, 1])
    case.differs(line, "funds", found)
    line.raw["funds"] = f"{found // 100}.{found % 100:02}元"
    case.send(table)


def negative(rng, case):
    """An accountant's minus: the figure in brackets."""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    shown = said(table, line, rng, bare=True)
    case.differs(line, "funds", -line.task.values["funds"])
    line.raw["funds"] = rng.choice([f"({shown})", f"（{shown}）", f"-{shown}", f"－{shown}", f"−{shown}"])
    case.send(table)


def spaces(rng, case):
    """Spaces, width, thousands and decimals change nothing."""
    table = case.table()
    for line in table.lines():
        fen = line.task.values["funds"]
        shown = str(table.amount("funds", fen))
        number = float(shown)
        line.raw["funds"] = rng.choice([
            shown, f" {shown}", f"{shown}　", f"\u00a0{shown}\u00a0", f"{number:,.6f}", f"{number:,f}",
            shown.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")), f"￥{shown}",
            f"{shown}\n", f"{shown} {table.money['funds']}",
        ])  # fmt: skip
    case.noise([])
    case.send(table)


def digit_marks(rng, case):
    """1、2号楼 is not 12号楼: a mark between digits separates."""
    if case.country.keys != ["task"] or case.country.is_sanya():
        return False
    ways = [("{a}、{b}", "{a}{b}"), ("{a}{b}", "{a}、{b}"), ("{a}-{b}", "{a}{b}"), ("{a}.{b}", "{a}{b}"),
            ("{a}{b}", "{a}，{b}"), ("{a}{b}", "{a}/{b}")]  # fmt: skip
    planned, found = rng.choice(ways)
    a, b = rng.choice([(1, 2), (3, 4), (2, 5), (1, 8)])
    text = rng.choice(["改造{n}号楼消防设施。", "维修{n}组饮水管道。", "加装{n}栋电梯，更换门窗。"])
    task = rng.choice(case.country.of(case.unit))
    task.values["task"] = text.format(n=planned.format(a=a, b=b))
    table = case.table()
    for line in table.lines():
        line.values["task"] = line.task.values["task"]
    line = next(line for line in table.lines() if line.task is task)
    line.values["task"] = text.format(n=found.format(a=a, b=b))
    case.at(line, "value-differs", "task", severity="verify")
    case.plan = replan(rng, case)
    case.send(table)


def month_unreadable(rng, case):
    """A time that is no month."""
    table = case.table()
    line = rng.choice(table.lines())
    if not line.task.values.get("due"):
        return False
    line.raw["due"] = rng.choice([
        "2020年第三季度", "长期", "待定", "年底", "汛期前", "春节后", "2020年下半年", "按合同", "13月", "2020年6月至9月",
    ])  # fmt: skip
    if line.raw["due"] == "年底" and line.task.values["due"][1] == 12:
        return False
    if line.raw["due"] in ("2020年6月至9月", "年底"):
        # What a span or a year's end means is open; that it is told is not.
        case.at(line, ("value-unreadable", "value-differs"), "due")
    else:
        case.at(line, "value-unreadable", "due")
    case.noise([one for one in table.lines() if one is not line])
    case.send(table)


def months(rng, case):
    """One month in all its spellings."""
    table = case.table()
    for line in table.lines():
        due = line.task.values.get("due")
        if not due:
            continue
        year, month = due
        ways = [
            f"{year}年{month}月", f"{year}年 {month} 月", f"{year}.{month:02}", f"{year}/{month}", f"{year}-{month:02}-28",
            f"{year}年{month}月底前", f"{year}年{month:02}月份", f"{year}{month:02}", datetime.date(year, month, 28),
            f"{year}年{month}月28日", f"{year}.{month}.28", f"{year}年{month}月".translate(
                str.maketrans("0123456789", "０１２３４５６７８９")), f"{year}年{month}月完成", f"{year}-{month:02}-28 00:00:00",
        ]  # fmt: skip
        line.raw["due"] = rng.choice(ways)
    case.send(table)


def merged_months(rng, case):
    """A month that is merged over several rows, or typed once and left blank below in a merge."""
    table = case.table(rng.choice(["xlsx", "xls", "ods"]))
    lines = table.lines()
    if not all(line.task.values.get("due") for line in lines):
        return False
    lines.sort(key=lambda line: (line.task.values["due"], rng.random()))
    table.items = lines
    at = 0
    while at < len(lines):
        size = 1
        while at + size < len(lines) and lines[at + size].task.values["due"] == lines[at].task.values["due"]:
            size += 1
        if size > 1:
            lines[at].spans["due"] = size
            for line in lines[at + 1 : at + size]:
                line.raw["due"] = None
        at += size
    case.count(lines)
    case.noise(lines)
    case.send(table)


def blank_task(rng, case):
    """A row whose task is left blank."""
    table = case.table()
    line = rng.choice(table.lines())
    if not line.task.values["funds"]:
        return False
    for key in case.country.keys:
        line.raw[key] = None
    line.role = "extra"
    case.missing(line.task)
    case.expect(("row-unplaced", "task-extra"), field=ANY)
    others = [case.country.keys, case.country.keys[:1]]
    for keys in others:
        expects = []
        for key in keys:
            expects.append(case.at(line, "value-missing", key))
            case.sub.expects.pop()
        case.instead.append(Instead(expects, {line: "task"}))
    case.send(table)


def swapped(rng, case):
    """Two rows have each other's amount."""
    table = case.table()
    lines = table.lines()
    pairs = [
        (a, b) for a in lines for b in lines
        if a.task.values["funds"] != b.task.values["funds"] and a.task.values["funds"] and b.task.values["funds"]
    ]  # fmt: skip
    if not pairs:
        return False
    one, two = rng.choice(pairs)
    a, b = one.task.values["funds"], two.task.values["funds"]
    if scaled(a, b) or scaled(b, a):
        return False
    case.differs(one, "funds", b)
    case.differs(two, "funds", a)
    if rng.random() < 0.5:
        table.add([table.sum_of(lines)])
    case.send(table)


def split_task(rng, case):
    """One task in two rows, each with a part of its amount: the first is the task."""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    planned = line.task.values["funds"]
    part = planned * rng.choice([3, 4, 6, 7]) // 10 // 100 * 100
    again = table.line(line.task)
    again.role = "repeated"
    again.values["funds"] = planned - part
    case.differs(line, "funds", part)
    table.items.insert(table.items.index(line) + 1, again)
    case.expect("task-repeated", seq=case.seq(line.task), at=again, at_field=case.country.keys[0])
    case.count(table.lines())
    case.send(table)


def twins(rng, case):
    """Several tasks of one text; one amount is wrong."""
    if case.country.keys != ["task"] or case.country.is_sanya():
        return False
    tasks = case.country.of(case.unit)
    if len(tasks) < 4:
        return False
    chosen = tasks[1:4]
    if not case.country.numbered:
        return False
    for task in chosen:
        task.values |= {"task": tasks[0].values["task"], "due": tasks[0].values["due"]}
    table = case.table()
    if "seq" not in table.columns:
        return False
    line = next(line for line in table.lines() if line.task is chosen[1])
    if not line.task.values["funds"]:
        return False
    case.changed([line])
    case.plan = replan(rng, case)
    # The plan is told once a unit that it gives several tasks one name, at the second of them.
    about = {"unit": case.unit, "seq": chosen[0].seq, "severity": ANY}
    case.plan_expects.append(Expect("task-repeated", case.trap, **about))
    case.send(table)


def numbered_blanks(rng, case):
    """Rows of the form that were numbered and left."""
    table = case.table()
    if "seq" not in table.columns:
        return False
    last = table.lines()[-1].seq
    blanks = [Cells({"seq": last + at}) for at in range(1, rng.choice([2, 4, 6]))]
    if rng.random() < 0.3 and table.owners == "every" and "owner" in table.columns:
        for blank in blanks:
            blank.typed["owner"] = case.unit
        case.variant = " with owner"
    table.add(blanks)
    if rng.random() < 0.3:
        table.add([table.sum_of(table.lines())])
    case.noise(table.lines())
    sum_again(table)
    case.send(table)


def label_beside(rng, case):
    """What looks like a total's label, in a column that nobody declared."""
    table = case.table()
    line = rng.choice(table.lines())
    table.columns.insert(rng.randrange(2, len(table.columns) + 1), "beside")
    table.headings["beside"] = rng.choice(["资金构成", "情况摘要", "建设内容说明", "受益情况", "经办科室"])
    table.unknown["beside"] = None
    line.raw["beside"] = rng.choice([
        "其中：省级20万元", "市级合计", "累计10人", "小计", "合计3处", "合计", "总计", "其中：贫困户5户", "共计2公里",
        "总额控制", "本级小计30万元",
    ])  # fmt: skip
    if rng.random() < 0.5:
        table.add([table.sum_of(table.lines(), rng.choice(["合计", "总计"]))])
    case.send(table)


def look_alikes(rng, case):
    """Columns that look like amounts and that nobody declared."""
    table = case.table()
    names = rng.sample(["上年资金", "调整后资金", "结转资金", "上年完成投资", "累计投资", "审减金额"], 2)
    for at, name in enumerate(names):
        table.columns.append(f"other{at}")
        table.headings[f"other{at}"] = f"{name}（万元）"
        table.unknown[f"other{at}"] = None
        for line in table.lines():
            line.raw[f"other{at}"] = rng.choice([5, 7, 12.5])
    line = case.noise(table.lines())
    if line is not None:
        line.raw.setdefault("other0", 5)
    case.send(table)


WORD_TASKS = [
    "全域养老数据汇总", "统计汇总平台建设。", "小计量水表安装", "累计投入设备更新。", "总数据平台建设。", "审核系统建设。",
    "填表辅导培训。", "单位食堂改造。", "注册志愿者队伍建设。", "说明会举办。", "合计算力中心建设。", "共计三个村的亮化。",
    "电话回访系统建设。", "负责人培训班举办。", "主管单位对接会举办。", "其中村道路硬化。", "备注牌更换。", "签字厅改造。",
    "序号牌制作安装。", "资金监管平台建设。", "零报告系统建设。", "上月亭修缮。", "本月亭维修。", "附件库建设。",
]  # fmt: skip


def word_tasks(rng, case):
    """Tasks whose texts begin or end as labels, notes and signatures do."""
    if case.country.keys != ["task"] or case.country.is_sanya():
        return False
    tasks = case.country.of(case.unit)
    chosen = rng.sample(tasks, min(len(tasks), rng.choice([1, 2, 3])))
    for task, text in zip(chosen, rng.sample(WORD_TASKS, len(chosen))):
        task.values["task"] = text
    case.variant = f" {[task.values['task'] for task in chosen]}"
    table = case.table()
    if rng.random() < 0.4:
        table.columns.remove("task")
        table.columns.insert(0, "task")
    lines = table.lines()
    case.plan = replan(rng, case)
    case.noise(lines)
    if rng.random() < 0.5:
        table.add([table.sum_of(lines)])
    case.send(table)


def cell_units(rng, case):
    """Cells that name their own unit of money, which goes before the heading's."""
    table = case.table()
    for line in rng.sample(table.lines(), rng.randrange(1, len(table.lines()))):
        name = rng.choice(case.country.amounts)
        unit = rng.choice(["元", "万元", "千元", "万", "萬元", "元整"])
        number = Decimal(line.task.values[name]).scaleb(-EXPONENT[{"万": "万元", "萬元": "万元", "元整": "元"}.get(unit, unit)])
        line.raw[name] = f"{number.normalize():f}{unit}"
    case.noise(table.lines())
    case.send(table)


def ditto_month(rng, case):
    """同上 where a text or a month is the same as above."""
    table = case.table()
    lines = sorted(table.lines(), key=lambda line: line.task.values.get("due") or (0, 0))
    table.items = lines
    said_before = None
    for line in lines:
        due = line.task.values.get("due")
        if due and due == said_before and rng.random() < 0.7:
            line.raw["due"] = rng.choice(["同上", "〃"])
        said_before = due
    case.count(lines)
    case.noise(lines)
    case.send(table)


def repeat(rng, case):
    """One task twice: of two equal rows the second is the repeat, else the one that agrees less."""
    table = case.table()
    line = a_line(rng, case, table)
    if line is None:
        return False
    again = table.line(line.task)
    again.role = "repeated"
    year, month = line.task.values.get("due") or (0, 0)
    if year == 2020 and rng.random() < 0.5:
        line.raw["due"] = f"{month}月"
        case.variant = " without a year"
    if rng.random() < 0.5:
        again.values["funds"] = another(rng, line.task.values["funds"])
        case.variant += " with another amount"
        first = rng.random() < 0.5
    else:
        first = False
    at = table.items.index(line)
    near = at if first else at + 1
    far = rng.choice(range(0, at + 1)) if first else rng.choice(range(at + 1, len(table.items) + 1))
    table.items.insert(rng.choice([near, far]), again)
    case.expect("task-repeated", seq=case.seq(line.task), at=again, at_field=case.country.keys[0])
    case.count(table.lines())
    case.send(table)


# ---------------------------------------------------------------------- what they share


def a_line(rng, case, table, wanted=lambda task: task.values["funds"]):
    lines = [line for line in table.lines() if wanted(line.task)]
    return rng.choice(lines) if lines else None


def said(table, line, rng, bare=False):
    """The planned amount as this table writes it, now and then with its unit of money."""
    table.text_amounts = True
    shown = table.amount("funds", line.task.values["funds"])
    table.text_amounts = False
    return shown + (table.money["funds"] if not bare and rng.random() < 0.4 else "")


def sum_again(table):
    """Adds up once more after an amount was changed."""
    for item in table.items:
        if isinstance(item, Sum) and not item.raw:
            item.printed = table.sum_of(table.lines()).printed


def replan(rng, case):
    from trap_case import plan_table

    return plan_table(rng, case.country)


TRAPS = {
    "remark-numeral": remark_numeral,
    "remark-words": remark_words,
    "parts": parts,
    "ditto-amount": ditto_amount,
    "merged-amount": merged_amount,
    "no-figure": spread,
    "one-fen": hair,
    "negative": negative,
    "spaces": spaces,
    "digit-marks": digit_marks,
    "month-unreadable": month_unreadable,
    "months": months,
    "merged-months": merged_months,
    "blank-task": blank_task,
    "swapped": swapped,
    "split-task": split_task,
    "twins": twins,
    "numbered-blanks": numbered_blanks,
    "label-beside": label_beside,
    "look-alikes": look_alikes,
    "word-tasks": word_tasks,
    "cell-units": cell_units,
    "ditto-month": ditto_month,
    "repeat": repeat,
}
