"""A plan to set traps in: the plan of the fixtures, or one drawn at random with its pipeline file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import plan
from layouts import ALIASES, HEADINGS

ROOT = Path(__file__).resolve().parent.parent.parent
EXPONENT = {"元": 2, "百元": 4, "千元": 5, "万元": 6}
REPORTED = ("received", "spent", "progress", "status", "remark")


@dataclass(eq=False)
class Task:
    seq: int
    unit: str
    values: dict  # field -> text, 分 or (year, month)


@dataclass(eq=False)
class Country:
    """Units, their tasks, and the words of the pipeline file that knows them."""

    units: list
    tasks: list
    headings: dict  # field -> headings that the pipeline file declares; the plan's order
    keys: list  # the columns that name a task
    amounts: list  # the planned ones, the whole first
    numbered: bool
    money: str
    reports: bool  # whether units report anything beside the plan's columns
    sums: bool = False  # whether the first amount is the sum of the others
    aliases: dict = field(default_factory=dict)
    shipped: Optional[Path] = None  # the pipeline file, where it is not written here
    required: tuple = ()

    def of(self, unit):
        return [task for task in self.tasks if task.unit == unit]

    def is_sanya(self):
        return self.shipped is not None


# ---------------------------------------------------------------------- the plan of the fixtures


def sanya():
    tasks = []
    for task in plan.read(ROOT / "fixtures/plan/master-plan.xlsx"):
        values = {name: getattr(task, name) for name in ("funds", "use", "due", "central")}
        tasks.append(Task(task.seq, task.unit, {"task": task.text, **values}))
    units = list(dict.fromkeys(task.unit for task in tasks))
    headings = {name: list(HEADINGS[name]) for name in HEADINGS}
    headings["remark"] = ["备注"]
    headings["progress"] = ["完成进度"]
    return Country(
        units, tasks, headings, ["task"], ["funds", "central"], True, "万元", True,
        aliases=ALIASES, shipped=ROOT / "pipelines/sanya-2020.toml",
        required=("task", "funds", "due", "central"),
    )  # fmt: skip


# ---------------------------------------------------------------------- a plan drawn at random

BASES = (
    "青石 白沙 黄土 龙泉 虎踞 凤凰 梅园 松潘 竹海 兰溪 石门 铁山 铜鼓 银滩 丰乐 太平 安乐 永兴 长宁 吉祥 "
    "红旗 胜利 向阳 朝霞 清源 碧水 双河 三合 望江 临水 枫香 柳荫 花溪 茶亭 盘龙 仙游 古城 云岭 宝塔 马鞍 "
    "羊角 牛场 福田 玉屏 紫云"
).split()
KINDS = ["区", "县", "镇", "乡", "街道", "林场", "农场", "开发区"]
PLACE_HEADS = "东 西 南 北 前 后 上 下 大 小 新 老 金 银 长 高".split()
PLACE_TAILS = "塘 河 岭 湖 村 山 井 湾 沟 桥 林 坪 洲 口 田 岗 洞".split()
WORKS = [
    "硬化{p}至{q}通组路，路面宽{n}米。", "维修{p}水毁路段{n}处，增设防护栏。", "改造{p}危桥{n}座，恢复两岸引道。",
    "为{p}小学配备多媒体教室{n}间。", "改造{p}小学食堂，添置厨房设备{n}套。", "建设{p}小微湿地公园。",
    "安装{p}主干道太阳能路灯{n}盏。", "组织{p}65岁以上老人健康体检{n}场。", "扶持{p}文艺队伍{n}支，配发音响。",
    "培训{p}乡村医生{n}人次。", "为{p}卫生院购置彩超机{n}台。", "装修{p}预防接种门诊。", "修缮{p}古戏台，整治周边环境。",
    "新建{p}提灌站{n}座，配套渠道。", "疏浚{p}段河道{n}公里，清理淤泥。", "举办{p}民俗文化节{n}场。",
    "复垦{p}废弃矿山{n}亩。", "完善{p}农家书屋，更新书架。", "修复{p}灌溉渠道，衬砌渠底。",
    "更换{p}供水管网{n}公里，安装水表。", "加固{p}水库大坝，更换启闭设施。", "栽植{p}行道树{n}株，养护两年。",
    "建设{p}标准化卫生室，配备常用器械。", "支持{p}农村幸福院建设，提升服务能力。", "整治{p}人居环境，清运垃圾{n}吨。",
    "拓宽{p}进村道路，设置错车道{n}处。", "建设{p}综合文化服务中心，配置图书{n}册。", "维修{p}中学运动场，铺设塑胶跑道。",
]  # fmt: skip
SORTS = (
    "健康体检 危桥改造 路面硬化 渠道衬砌 路灯安装 湿地建设 矿山复垦 人员培训 河道疏浚 户厕改造 水库除险 书屋完善 "
    "操场铺设 校舍维修 设备购置 古迹修缮 队伍扶持 道路拓宽 节会举办 提灌站建设 环境整治 管网更新"
).split()
USES = [
    "用于设备采购及安装。", "用于宣传和人员培训。", "主要用于工程施工和材料购置。", "用于日常运行和维护。",
    "用于劳务、监理和设计费用。", None,
]  # fmt: skip
DUES = [(2020, 6), (2020, 7), (2020, 8), (2020, 9), (2020, 10), (2020, 11), (2020, 12), (2021, 3), (2021, 6)]
WORDS = {
    "seq": ["序号", "编号", "项目编号"],
    "owner": ["责任单位", "乡镇", "主管部门", "实施单位"],
    "task": ["实施内容", "项目内容", "建设内容", "工作任务"],
    "place": ["建设地点", "所在村", "实施地点"],
    "work": ["工程类别", "建设类型", "项目类别"],
    "funds": ["资金安排", "金额", "计划投资", "年度预算", "总投资"],
    "central": ["中央补助资金", "中央补助", "其中：中央补助"],
    "province": ["省级配套资金", "省级配套"],
    "county": ["县财政配套", "县级配套"],
    "own": ["单位自筹", "自筹资金"],
    "bond": ["专项债券", "债券资金"],
    "use": ["主要用途", "资金用途", "支出方向"],
    "due": ["完成时间", "竣工时间", "完成时限"],
    "received": ["到位资金", "已到位资金"],
    "spent": ["支出金额", "已支出资金"],
    "progress": ["工程进度", "完成进度"],
}
TYPES = {"seq": "integer", "due": "month", "progress": "percent"}
YUAN = [5000, 8000, 12000, 26000, 35500, 60000, 85600.5, 100000, 125000, 150000, 200000, 300000,
        355000, 500000, 800000, 1207500, 3000000, 15000000, 9999.99]  # fmt: skip


def drawn(rng):
    kind = rng.choice(KINDS)
    units = [base + kind for base in rng.sample(BASES, rng.choice([2, 3, 3, 4, 5, 6, 8, 12]))]
    keys = rng.choice([["task"], ["task"], ["place", "work"]])
    numbered = keys == ["task"] and rng.random() < 0.7
    others = rng.sample(["central", "province", "county", "own", "bond"], rng.choice([1, 1, 2, 2, 3]))
    # A sum that one part makes alone is no sum.
    sums = len(others) > 1 and rng.random() < 0.5
    names = (["seq"] if numbered else []) + ["owner", *keys, "funds", *others]
    names += (["use"] if rng.random() < 0.7 else []) + ["due"]
    reports = rng.random() < 0.6
    names += ["received", "spent", "progress"] if reports else []
    headings = {name: rng.sample(WORDS[name], len(WORDS[name])) for name in names}
    country = Country(
        units, [], headings, keys, ["funds", *others], numbered,
        rng.choice(["万元", "万元", "万元", "元", "元", "千元"]), reports, sums,
        required=(*keys, "funds", *others, "due"),
    )  # fmt: skip
    country.aliases = {unit: [unit + "人民政府"] for unit in units[:2]}
    where = rng.choice(["村", "村", "社区"])
    places = [head + tail + where for head in PLACE_HEADS for tail in PLACE_TAILS if tail != "村"]
    used = set()
    for unit in units:
        size = rng.choice([4, 5, 6, 8, 10, 15, 25])
        while size > 0:
            values = a_task(rng, country, places)
            copies = 2 if rng.random() < 0.12 else 1
            for _ in range(copies):
                text = {key: values[key] for key in keys}
                if copies == 2:
                    # Twins: alike in all but the place.
                    text = named(rng, country, places, values)
                if tuple(text.values()) in used:
                    continue
                used.add(tuple(text.values()))
                fields = {name: value for name, value in values.items() if name != "drawn"}
                country.tasks.append(Task(len(country.tasks) + 1, unit, {**fields, **text}))
                size -= 1
    return country


def a_task(rng, country, places):
    pattern, sort, n = rng.choice(WORKS), rng.choice(SORTS), rng.choice([2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 29])
    values = {"drawn": (pattern, sort, n)}
    values |= named(rng, country, places, values)
    funds = round(rng.choice(YUAN) * 100) if rng.random() < 0.9 else 0
    values["funds"] = funds
    left = funds
    for name in country.amounts[1:]:
        if country.sums:
            last = name == country.amounts[-1]
            values[name] = left if last else funds * rng.choice([0, 1, 2, 3, 5]) // 10 // 100 * 100
            left -= values[name]
        else:
            values[name] = rng.choice([0, funds, funds // 2 // 100 * 100, funds // 4 // 100 * 100])
    if "use" in country.headings:
        values["use"] = rng.choice(USES)
    values["due"] = rng.choice(DUES)
    return values


def named(rng, country, places, values):
    pattern, sort, n = values["drawn"]
    p, q = rng.sample(places, 2)
    if country.keys == ["task"]:
        return {"task": pattern.format(p=p, q=q, n=n)}
    return {"place": p, "work": sort}


def pipeline(country, plan_file):
    """The text of the pipeline file of a drawn plan."""
    lines = [
        'title = "项目资金核对"', "[intake]", 'inbox = "inbox/{period}"', 'archive = "archive"',
        "[[intake.plan]]", f'file = "{plan_file}"', 'from = "2020-01"',
        "[normalise]", f'money = "{country.money}"',
    ]  # fmt: skip
    for name, headings in country.headings.items():
        amount = name in (*country.amounts, "received", "spent")
        lines += ["[[normalise.column]]", f'name = "{name}"', f'title = "{headings[0]}"']
        lines += [f"headings = {list_of(headings[1:])}"]
        lines += [f'type = "{"amount" if amount else TYPES.get(name, "text")}"']
        lines += ["required = true"] if name in country.required else []
        lines += ["reported = true"] if name in REPORTED else []
    lines += ["[roster]", 'column = "owner"']
    for unit, aliases in country.aliases.items():
        lines += ["[[roster.unit]]", f'name = "{unit}"', f"aliases = {list_of(aliases)}"]
    lines += ["[matching]", f"key = {list_of(country.keys)}"]
    lines += ['number = "seq"'] if country.numbered else []
    lines += ["[check]"]
    for name in country.headings:
        if name not in ("seq", "owner", *REPORTED):
            lines += ["[[check.compare]]", f'field = "{name}"']
    rules = [f"{name} <= funds" for name in country.amounts[1:]]
    if country.sums:
        rules = ["funds = " + " + ".join(country.amounts[1:])]
    rules += ["spent <= received", "0 <= progress <= 100"] if country.reports else []
    for rule in rules:
        lines += ["[[check.rule]]", f'title = "{rule}"', f'rule = "{rule}"']
    return "\n".join(lines) + "\n"


def list_of(words):
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"
