"""Months drawn at random: a plan, what each unit sends, and the faults that were planted in it."""

import dataclasses
import sys
from collections import Counter
from decimal import Decimal

import recount
from reading import FEN, UNREADABLE
from support import ROOT

sys.path.insert(0, str(ROOT / "tests" / "trial"))

from formats import Grid, write  # noqa: E402

PERIOD = "2024-06"
FAULTS = (
    "task-missing", "task-extra", "task-misplaced", "task-repeated", "value-differs", "value-scaled",
    "value-missing", "value-unreadable", "total-differs", "due",
)  # fmt: skip
FIRST = "青红金银东西南北上下长新老大石白黄绿清明安平和福云龙凤桃柳梅"
SECOND = "山河湖溪田坪坡岭湾桥塘口沟寨营庄井泉峰岩"
WHAT = (
    "新建{}卫生服务站", "修缮{}敬老院屋面", "整治{}排水管网", "购置{}图书阅览设备", "铺设{}人行步道",
    "更换{}路灯及电缆", "加固{}拦水坝", "添置{}健身器材", "绿化{}公共场地", "改造{}农贸市场",
)  # fmt: skip
EXTRA = ("临时租用应急发电机组", "聘请外部审计机构", "印制宣传折页三千份", "举办一次消防演练")
COLUMNS = (
    "序号",
    "责任单位",
    "工作任务",
    "资金",
    "其中：中央资金",
    "完成时限",
    "已到位资金",
    "已支出资金",
    "完成进度（%）",
)
PIPELINE = """title = "{title}"

[intake]
inbox = "inbox"
archive = "archive"

[[intake.plan]]
file = "plan.xlsx"
from = "2024-01"

[normalise]
money = "{money}"
{columns}
[roster]
column = "owner"

[matching]
key = ["task"]
number = "seq"

[check]
overdue = {{ deadline = "due", progress = "progress" }}
{reports}{compares}
[workbook]
title = "{title}核对汇总表{{period}}"
issued_by = "{city}财政局"
overview = ["funds", "central"]
reply_by_day = 10
"""
FIELDS = (
    ("seq", "序号", "integer", False), ("owner", "责任单位", "text", False), ("task", "工作任务", "text", False),
    ("funds", "资金", "amount", False), ("central", "其中：中央资金", "amount", False),
    ("due", "完成时限", "month", False), ("received", "已到位资金", "amount", True),
    ("spent", "已支出资金", "amount", True), ("progress", "完成进度（%）", "percent", True),
)  # fmt: skip


def pipeline(title, money, city):
    columns = ""
    for name, heading, kind, reported in FIELDS:
        columns += f'\n[[normalise.column]]\nname = "{name}"\ntitle = "{heading}"\ntype = "{kind}"\n'
        columns += "reported = true\n" if reported else ""
        columns += "required = true\n" if name in ("task", "funds", "due") else ""
    reports = "".join(f'\n[[check.report]]\nfield = "{name}"\n' for name in ("received", "spent", "progress"))
    compares = "".join(f'\n[[check.compare]]\nfield = "{name}"\n' for name in ("task", "funds", "due", "central"))
    return PIPELINE.format(title=title, money=money, city=city, columns=columns, reports=reports, compares=compares)


def draw(context, number, units=None, tasks=None, huge=False, faults=True, money=None):
    """A month: `number` draws everything; `huge` draws amounts of eleven digits in 元."""
    name = f"month {number}" + (f" of {units} units" if units else "")
    return context.kept((name, huge, faults), lambda: made(context, name, number, units, tasks, huge, faults, money))


def made(context, name, number, units, per_unit, huge, faults, money):
    random = context.random("month", number)
    folder = context.folder()
    money = money or ("元" if huge else random.choice(("元", "万元")))
    names = places(random)
    units = [f"{next(names)}{random.choice('区县镇')}" for _ in range(units or random.randint(4, 9))]
    tasks = []
    used = set()
    for unit in units:
        for at in range(per_unit or random.randint(6, 12)):
            # No two tasks of a unit are alike, so that which is which is never in doubt.
            text = random.choice(WHAT).format(next(names))
            while text in used:
                text = random.choice(WHAT).format(next(names))
            used.add(text)
            funds = drawn(random, money, huge)
            central = random.choice((0, funds // FEN[money] // 2 * FEN[money], funds))
            if huge and unit == units[0] and at == 0:
                funds = central = 1_234_567_890_123
            due = (2024, random.randint(7, 12))
            tasks.append(recount.Task(unit, (text,), {"funds": funds, "central": central}, len(tasks) + 1, due))
    title = f"{units[0][:2]}市专项资金安排"
    (folder / "plan.xlsx").write_bytes(write("xlsx", [plan_grid(title, tasks, money)], None))
    (folder / "pipeline.toml").write_text(pipeline(title, money, f"{units[0][:2]}市"), "utf-8")
    inbox = folder / "inbox"
    inbox.mkdir()
    month = recount.Month(
        name, folder / "pipeline.toml", PERIOD, inbox, units, tasks, [], set(),
        {"funds": "资金", "central": "其中：中央资金"}, ["funds", "central"], money, title, planted={}, printed={},
    )  # fmt: skip
    for unit in units:
        send(random, month, unit, faults, folder, huge)
    return month


def drafted(context, number, units):
    """The same month under a pipeline file that `inspect --draft` writes from the plan, without a word changed."""

    def make():
        month = draw(context, number, units)
        out = month.pipeline.parent / "drafted.toml"
        answer = context.call("inspect", month.pipeline.parent / "plan.xlsx", "--draft", "--out", out, "--lang", "zh")
        assert answer.status == 0, answer.last_words()
        return dataclasses.replace(month, name=f"{month.name}, drafted", pipeline=out)

    return context.kept(("drafted", number), make)


def places(random):
    """Names of places, each once."""
    pairs = [a + b for a in FIRST for b in SECOND]
    random.shuffle(pairs)
    yield from pairs
    triples = [a + b + c for a in FIRST for b in SECOND for c in "村社寨场"]
    random.shuffle(triples)
    yield from triples


def drawn(random, money, huge):
    if huge:
        return random.randint(10**8, 1_234_567_890_123)
    if money == "元":
        return random.choice((random.randint(1, 900) * 100_000, random.randint(100_000, 99_999_999)))
    return random.choice((random.randint(1, 600) * 1_000_000, random.randint(101, 99_999) * 10_000 + 5000))


def plan_grid(title, tasks, money):
    grid = Grid("附表")
    grid.put(0, 0, f"{title}表")
    grid.put(1, 5, f"单位：{money}")
    for column, word in enumerate(COLUMNS[:6]):
        grid.put(2, column, word)
    row = 3
    for task in tasks:
        grid.put(row, 0, task.seq)
        grid.put(row, 1, task.unit)
        grid.put(row, 2, task.key[0])
        grid.put(row, 3, typed(task.amounts["funds"], money))
        grid.put(row, 4, typed(task.amounts["central"], money))
        grid.put(row, 5, f"{task.due[0]}年{task.due[1]}月")
        row += 1
    grid.put(row, 0, "合计")
    for column, field in ((3, "funds"), (4, "central")):
        grid.put(row, column, typed(sum(task.amounts[field] for task in tasks), money))
    return grid


def typed(fen, money):
    number = Decimal(fen) / FEN[money]
    return int(number) if number == number.to_integral_value() else float(number)


def send(random, month, unit, faults, folder, huge):
    """Writes what a unit sends, or leaves it silent, and notes what is wrong with it."""
    own = [task for task in month.tasks if task.unit == unit]
    planted = Counter()
    month.planted[unit] = planted
    if faults and unit != month.units[0] and random.random() < 0.15:
        month.silent.add(unit)
        planted["submission-missing"] += 1
        return
    chosen = random.sample(FAULTS, random.randint(0, 4)) if faults else []
    if huge and "value-scaled" in chosen:
        chosen.remove("value-scaled")
    lines = [recount.Line(unit, task.key, dict(task.amounts), task=task) for task in own]
    dues = {id(task): task.due for task in own}
    # Each fault has a row of its own, so that none hides another.
    free = list(range(len(lines)))
    random.shuffle(free)
    gone, added = [], []
    for fault in chosen:
        if fault == "task-missing":
            gone.append(lines[free.pop()])
        elif fault == "task-extra":
            amounts = {"funds": drawn(random, month.money, huge), "central": 0}
            added.append(recount.Line(unit, (random.choice(EXTRA),), amounts, "extra"))
        elif fault == "task-misplaced":
            other = random.choice([task for task in month.tasks if task.unit != unit])
            added.append(recount.Line(unit, other.key, dict(other.amounts), "misplaced"))
        elif fault == "task-repeated":
            line = lines[free.pop()]
            added.append(recount.Line(unit, line.key, dict(line.amounts), "repeated"))
        elif fault == "value-differs":
            line = lines[free.pop()]
            line.amounts["funds"] += random.choice((-1, 1)) * random.randint(1, 9) * FEN[month.money]
            line.amounts["funds"] = abs(line.amounts["funds"]) or FEN[month.money]
            if recount.slipped(line.amounts["funds"], line.task.amounts["funds"]) or (
                line.amounts["funds"] == line.task.amounts["funds"]
            ):
                line.amounts["funds"] += 3 * FEN[month.money]
        elif fault == "value-scaled":
            lines[free.pop()].amounts["funds"] *= 10_000
        elif fault == "value-missing":
            lines[free.pop()].amounts["funds"] = None
        elif fault == "value-unreadable":
            lines[free.pop()].amounts["funds"] = UNREADABLE
        elif fault == "due":
            task = lines[free.pop()].task
            dues[id(task)] = (2025, task.due[1])
    planted.update("value-differs" if fault == "due" else fault for fault in chosen if fault != "total-differs")
    sent = [line for line in lines if line not in gone]
    for line in added:
        sent.insert(random.randint(1, len(sent)), line)
    month.lines += sent
    money = random.choice(("元", "万元")) if not huge else "元"
    printed = {field: sum(recount.readable(line.amounts[field]) for line in sent) for field in month.fields}
    # A total over rows that cannot all be read is not held; where they can, it may be wrong.
    readable = all(isinstance(line.amounts["funds"], int) for line in sent) and "value-scaled" not in chosen
    if "total-differs" in chosen and readable and "task-missing" not in chosen and "task-extra" not in chosen:
        printed["funds"] += 7 * FEN[money]
        if printed["funds"] == sum(task.amounts["funds"] for task in own):
            printed["funds"] += 7 * FEN[money]
        planted["total-differs"] += 1
    month.printed[unit] = printed
    form = random.choice(("xlsx", "xlsx", "xls", "ods", "csv"))
    grid = sheet(random, month, unit, sent, dues, printed, money)
    if form == "csv":
        grid.name = unit
    (month.inbox / f"{unit}.{form}").write_bytes(write(form, [grid], random.choice(("gb18030", "utf-8-sig"))))


def sheet(random, month, unit, sent, dues, printed, money):
    grid = Grid("报送表")
    grid.put(0, 0, f"{unit}专项资金执行情况表")
    grid.put(1, 0, f"填报单位：{unit}")
    for column, word in enumerate(COLUMNS):
        grid.put(2, column, f"{word}（{money}）" if "资金" in word else word)
    row = 3
    for number, line in enumerate(sent, 1):
        known = line.fate == "matched"
        grid.put(row, 0, line.task.seq if known else number + 900)
        grid.put(row, 1, unit)
        grid.put(row, 2, line.key[0])
        for column, field in ((3, "funds"), (4, "central")):
            content = line.amounts[field]
            if content == UNREADABLE:
                grid.put(row, column, random.choice(("待定", "详见附件", "约百来")))
            elif content is not None:
                grid.put(row, column, typed(content, money))
        due = dues[id(line.task)] if known else (2024, 12)
        grid.put(row, 5, f"{due[0]}年{due[1]}月")
        half = recount.readable((line.task.amounts if known else line.amounts).get("funds")) // 20000 * 10000
        grid.put(row, 6, typed(half, money))
        grid.put(row, 7, typed(half // 20000 * 10000, money))
        grid.put(row, 8, 50)
        line.amounts["received"], line.amounts["spent"] = half, half // 20000 * 10000
        row += 1
    grid.put(row, 0, "合计")
    for column, field in ((3, "funds"), (4, "central")):
        grid.put(row, column, typed(printed[field], money))
    grid.put(row + 1, 0, f"填报人：周某　　联系电话：0898-{random.randint(10**7, 10**8 - 1)}　　审核人：吴某")
    return grid
