"""Draws what stands in a plan: units, columns, tasks and figures."""

from decimal import Decimal

import plan_words
from drawn import Column, Plan, Row, default_form

FUNDS = ["资金", "总投资", "计划投资", "年度预算", "金额", "预算金额", "计划资金", "投资总额", "核定资金", "资金安排", "补助资金", "下达资金"]
SOURCES = ["中央资金", "省级资金", "市级资金", "县级配套", "自筹资金", "专项债券", "社会资本", "其他资金", "整合资金", "银行贷款"]
OWNERS = ["责任单位", "实施单位", "县区", "乡镇", "牵头单位", "项目单位", "承办单位", "建设单位", "责任单位（县区）", "区县", "主管部门", "申报单位"]
TASKS = ["项目名称", "建设项目", "工作任务", "项目", "工程名称", "任务名称", "项目内容", "建设内容", "实施项目", "支出项目"]
TEXTS = {
    "use": (["资金用途", "建设内容及规模", "主要建设内容", "资金主要用途", "实施内容"], [
        "设备采购及安装", "改造候车亭{n}座", "更换管网{n}公里", "劳务、监理和设计费用", "新建U形槽{n}米，配套放水口", "购置设备{n}台（套）",
        "硬化路面{n}平方米", "人员培训{n}人次", "材料购置", "打井{n}眼",
    ]),
    "place": (["建设地点", "实施地点", "所在村", "项目地点"], ["{place}村", "{place}社区", "{place}组", "{place}片区"]),
    "leader": (["责任人", "项目负责人", "联系人"], plan_words.PEOPLE),
    "nature": (["建设性质", "项目性质"], ["新建", "续建", "改扩建", "维修"]),
}
COUNTS = [("受益户数", "户"), ("受益人口", "人"), ("座数", ""), ("数量", ""), ("计划人数", "")]
LENGTHS = ["里程（公里）", "面积（亩）", "建设规模（公里）", "绿化面积（平方米）", "管网长度（km）", "改造面积（m²）"]
SHARES = ["补助比例", "资金到位率", "配套比例", "计划完成比例", "支出进度"]
DUE = ["完成时限", "完成时间", "竣工时间", "计划完工时间"]
TITLES = [
    "{year}年农村饮水安全资金计划表", "{year}年度乡村振兴衔接资金项目计划", "{year}年城乡环境提升资金安排表", "{year}年交通基础设施建设计划",
    "关于{year}年水利发展资金的分配方案", "{year}年民生实事项目资金安排表", "{county}{year}年专项资金项目表", "{year}年养老服务补助资金安排情况",
]
SECTIONS = ["农村道路", "饮水安全", "产业发展", "人居环境", "公共服务", "教育", "医疗卫生", "水利设施", "能力建设", "基础设施", "社会保障", "文化旅游"]
TOTALS = ["合计", "总计", "总额", "汇总", "Total", "合  计", "合计（{n}项）", "总计（共{n}个项目）", "Σ", "全市合计", "合计："]
SUBTOTALS = ["小计", "小　计", "小计（{n}项）", "本项小计", "合计", "汇总"]
NOTES = ["注：资金以实际下达为准。", "填表说明：金额保留两位小数。", "备注：本表由财政局汇总。", "说明：1.项目库内项目方可实施。", "制表：李四    审核：王五"]
REMARKS = ["本计划自下达之日起执行，各单位按月报送进度", "以上项目已经市政府常务会议审议通过", "请各单位于每月5日前报送", "联系电话：88276543"]


def units(rng, low=2, high=7):
    many = rng.randint(low, high)
    if rng.random() < 0.12:
        return rng.sample(plan_words.BUREAUS, min(many, len(plan_words.BUREAUS)))
    suffixes = rng.choice(plan_words.SUFFIXES)
    return [stem + rng.choice(suffixes) for stem in rng.sample(plan_words.STEMS, many)]


def place(rng):
    return rng.choice(plan_words.BEFORE) + rng.choice(plan_words.AFTER)


def filled(rng, text):
    return text.format(place=place(rng), other=place(rng), n=rng.randint(2, 90))


def task_texts(rng, many, style):
    """Names of tasks, each once."""
    names = []
    pools = {"short": plan_words.WORKS, "common": plan_words.COMMON, "long": plan_words.TASKS}
    while len(names) < many:
        pool = pools[style]
        text = filled(rng, rng.choice(pool))
        if style == "short" and rng.random() < 0.4:
            text = place(rng) + text
        if text in names:
            text = place(rng) + text
        if text not in names:
            names.append(text)
    return names


def amount_maker(rng, money):
    """How the amounts of one column are drawn."""
    if money == "元":
        step, high = rng.choice([(1000, 900), (100, 9000), (1, 900_000)])
        cents = rng.random() < 0.2
        return lambda: Decimal(step * rng.randint(1, high)) + (Decimal(rng.randint(0, 99)) / 100 if cents else 0)
    places = rng.choice([0, 0, 1, 2, 2, 4]) if money != "亿元" else 4
    high = rng.choice([60, 500, 3000]) if money != "亿元" else 5
    half = rng.random() < 0.15
    return lambda: Decimal(rng.randint(1, high * 10**places)) / 10**places + (Decimal("0.5") if half and rng.random() < 0.3 else 0)


def start(rng, shape, **form):
    """A plan without columns and rows yet."""
    year, month = rng.randint(2019, 2025), rng.randint(3, 11)
    title = rng.choice(TITLES).format(year=year, county=rng.choice(plan_words.COUNTIES))
    money = rng.choice(["万元"] * 5 + ["元"] * 3 + ["千元", "亿元"])
    plan = Plan(shape, year, month, title, money, [], units(rng), form=default_form(**form))
    plan.form.sheet = rng.choice(["Sheet1", "计划", "明细表", "项目表", "附件1", f"{year}年"])
    plan.form.levels_merged = rng.random() < 0.85
    return plan


def seq_column(rng):
    return Column("seq", "seq", (rng.choice(["序号", "编号", "序", "NO."]),))


def owner_column(rng):
    return Column("owner", "text", (rng.choice(OWNERS),))


def task_column(rng):
    return Column("task", "text", (rng.choice(TASKS),))


def money_shown(rng, plan, columns):
    """Where the unit of money is named."""
    where = rng.choice(["line", "line", "headings", "both"])
    plan.form.money_line = where != "headings"
    for column in columns:
        column.in_heading = where != "line"


def further_columns(rng, plan, most=2):
    """Some columns besides: texts, a month, counts, lengths, shares."""
    taken = {column.path[-1] for column in plan.columns}
    more = []
    for name in rng.sample(["use", "place", "leader", "nature", "due", "count", "length", "share"], rng.randint(0, most)):
        if name in TEXTS:
            heading, kind = rng.choice(TEXTS[name][0]), "text"
        elif name == "due":
            heading, kind = rng.choice(DUE), "month"
        elif name == "count":
            heading, unit = rng.choice(COUNTS)
            heading, kind = heading + (f"（{unit}）" if unit and rng.random() < 0.4 else ""), "integer"
        elif name == "length":
            heading, kind = rng.choice(LENGTHS), "decimal"
        else:
            heading, kind = rng.choice(SHARES), "percent"
        if heading not in taken:
            more.append(Column(name, kind, (heading,)))
    return more


def plain_columns(rng, plan, owner=True, seq=None, amounts=None, more=2):
    """Number, unit, task, amounts and others, in an order that occurs."""
    has_seq = rng.random() < 0.75 if seq is None else seq
    columns = [seq_column(rng)] if has_seq else []
    keys = [owner_column(rng), task_column(rng)] if owner else [task_column(rng)]
    if owner and plan.form.owner == "column" and rng.random() < 0.3:
        keys.reverse()
    plan.columns = columns + keys
    some = further_columns(rng, plan, more)
    count = amounts or rng.choice([1, 1, 2, 3])
    funds = [Column("funds", "amount", (rng.choice(FUNDS),))]
    funds += [Column(f"source{at}", "amount", (name,)) for at, name in enumerate(rng.sample(SOURCES, count - 1))]
    money_shown(rng, plan, funds)
    cut = rng.randint(0, len(some))
    plan.columns += some[:cut] + funds + some[cut:]


def value(rng, plan, column, makers):
    if column.kind == "amount":
        if column.name not in makers:
            makers[column.name] = amount_maker(rng, plan.money)
        return makers[column.name]()
    if column.kind == "integer":
        return Decimal(rng.randint(2, 900))
    if column.kind == "decimal":
        return Decimal(rng.randint(11, 9000)) / rng.choice([10, 100])
    if column.kind == "percent":
        return Decimal(rng.choice([30, 40, 50, 60, 70, 75, 80, 85, 90, 95])) / 100
    if column.kind == "month":
        return plan.year, rng.randint(4, 12)
    if column.name in TEXTS:
        return filled(rng, rng.choice(TEXTS[column.name][1]))
    return None


def fill_rows(rng, plan, low=2, high=7, same=False, style=None, blanks=0.0):
    """Tasks for each unit; `same` gives each unit the same ones."""
    style = style or rng.choice(["short", "short", "common", "long"])
    makers = {}
    many = rng.randint(low, high)
    shared = task_texts(rng, many, style)
    for unit in plan.units:
        texts = shared if same else task_texts(rng, rng.randint(low, high), style)
        for text in texts:
            values = {c.name: value(rng, plan, c, makers) for c in plan.columns if c.kind != "seq"}
            values.update(owner=unit, task=text)
            for column in plan.columns:
                # A source may give nothing; what there is in all is never blank.
                if column.name.startswith("source") and rng.random() < blanks:
                    values[column.name] = None
            plan.rows.append(Row(unit, values))
    number(plan)


def number(plan):
    for at, row in enumerate(plan.rows):
        row.number = at + 1


def total_words(rng, plan):
    plan.form.total_word = rng.choice(TOTALS)
    plan.form.subtotal_word = rng.choice(SUBTOTALS)
    plan.form.total_place = rng.choice(["seq", "task", "owner"])
