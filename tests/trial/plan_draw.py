"""Draws a plan: its columns, units and tasks, the workbook it stands in and its pipeline file."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Optional

import plan_words
from formats import Grid, write
from plan_words import FIELDS, KINDS_OF_WORK, SOURCES

EXPONENT = {"元": 2, "百元": 4, "千元": 5, "万元": 6, "亿元": 10}


@dataclass(frozen=True, eq=False)
class Task:
    """One row of the plan: amounts in 分, months as (year, month), shares in per cent."""

    unit: str
    seq: Optional[int]
    values: dict


@dataclass
class Column:
    name: str
    kind: str
    title: str
    headings: list  # the title and the others that are declared
    required: bool = False
    reported: bool = False
    compared: bool = True


@dataclass
class Plan:
    year: int
    month: int
    money: str
    columns: dict  # name -> Column, in the plan's order, the reported ones last
    key: list
    units: list
    aliases: dict  # unit -> other names
    tasks: list = field(default_factory=list)
    rules: list = field(default_factory=list)  # (name, kind, fields, text)
    overdue: bool = False
    synonyms: list = field(default_factory=list)
    grouped: bool = False  # whether several works of one place stand together
    county: str = ""  # what the units belong to
    title: str = ""

    @property
    def period(self):
        return f"{self.year}-{self.month:02}"

    def of(self, unit):
        return [task for task in self.tasks if task.unit == unit]

    def named(self, kind, reported=False):
        return [c.name for c in self.columns.values() if c.kind == kind and c.reported == reported]

    @property
    def sources(self):
        return [name for name in SOURCES if name in self.columns]

    def text_key(self, values):
        return " / ".join(values[name] for name in self.key)


def draw(rng):
    """Draws a plan; what it looks like in its workbook is drawn when it is written."""
    year, month = rng.randint(2019, 2025), rng.randint(3, 11)
    units = drawn_units(rng)
    key = rng.choice([["task"], ["task"], ["task"], ["place", "work"], ["code"], ["place", "task"]])
    numbered = rng.random() < 0.55
    names = (["seq"] if numbered else []) + ["owner"] + key
    if key == ["code"]:
        names.append("task")
    sources = rng.sample(SOURCES, rng.choice([0, 1, 1, 1, 2, 2, 3, 4]))
    names += ["funds", *sources]
    for extra, chance in (("use", 0.5), ("start", 0.2), ("count", 0.25), ("share", 0.2), ("nature", 0.25), ("leader", 0.15)):
        if rng.random() < chance:
            names.append(extra)
    names.append("due")
    if rng.random() < 0.45:
        names += ["received", "spent", "progress"]
        names += [name for name in ("status", "remark") if rng.random() < 0.4]
    columns = {name: drawn_column(rng, name, key) for name in names}
    money = rng.choice(["万元", "万元", "万元", "元", "元", "千元", "百元", "亿元"])
    plan = Plan(year, month, money, columns, key, units, {})
    plan.title = rng.choice(plan_words.TITLES)
    plan.county = rng.choice(plan_words.COUNTIES)
    plan.grouped = key[0] == "place" and rng.random() < 0.5
    for unit in units:
        if rng.random() < 0.4:
            plan.aliases[unit] = [unit + rng.choice(["人民政府", "财政所", "项目办"])]
    if "task" in key and rng.random() < 0.5:
        plan.synonyms = [["建设", "修建", "兴建"]]
    fill(rng, plan)
    declare_rules(rng, plan)
    plan.overdue = "progress" in columns and rng.random() < 0.6
    return plan


def drawn_units(rng):
    many = rng.choice([2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40])
    if rng.random() < 0.12:
        before = rng.choice(["县", "市", ""])
        return [before + bureau for bureau in rng.sample(plan_words.BUREAUS, min(many, len(plan_words.BUREAUS)))]
    suffixes = rng.choice(plan_words.SUFFIXES)
    stems = rng.sample(plan_words.STEMS, many)
    if len(suffixes) > 1 and rng.random() < 0.3:
        # 青石镇 and 青石乡.
        names = [stem + suffix for stem in stems[: many // 2 + 1] for suffix in suffixes]
        return rng.sample(names, min(many, len(names)))
    return [stem + rng.choice(suffixes) for stem in stems]


def drawn_column(rng, name, key):
    words = FIELDS[name]
    names = rng.sample(words.names, min(len(words.names), 1 + rng.randint(0, 3)))
    required = words.kind in ("amount", "month") and not words.reported or name in key
    column = Column(name, words.kind, names[0], names, required, words.reported)
    if name in ("leader", "nature", "share", "count"):
        column.compared = rng.random() < 0.8
    if name in ("seq", "owner") or words.reported or (name == "task" and key == ["code"] and rng.random() < 0.3):
        column.compared = False
    return column


# ---------------------------------------------------------------------- tasks


def fill(rng, plan):
    count = rng.choice([5, 8, 12, 20, 30, 45, 60, 90, 120, 180, 240, 300])
    count = max(count, len(plan.units))
    cuts = sorted(rng.sample(range(1, count), len(plan.units) - 1))
    sizes = [high - low for low, high in zip([0, *cuts], [*cuts, count])]
    everywhere = plan.key == ["task"] and rng.random() < 0.15
    used, seq = set(), 0
    first_code = rng.randrange(1, 4000)
    restart = "seq" in plan.columns and rng.random() < 0.1
    whole = rng.random() < 0.2
    few = [amount(rng, plan.money) for _ in range(rng.choice([4, 8, 40]))]
    for unit, size in zip(plan.units, sizes):
        if restart:
            seq = 0
        common = rng.sample(plan_words.COMMON, min(size, len(plan_words.COMMON), 4)) if everywhere else []
        for at in range(size):
            seq += 1
            texts = {"task": common[at]} if at < len(common) else new_texts(rng, plan, used, unit)
            if "code" in plan.key:
                texts["code"] = f"{plan.year}-{rng.choice(['XM', 'NY', 'SL'])}-{first_code + len(plan.tasks):04}"
            values = {name: texts[name] for name in ("code", "task", "place", "work") if name in plan.columns}
            funds = rng.choice(few) if rng.random() < 0.7 else amount(rng, plan.money)
            values["funds"] = 0 if rng.random() < 0.05 else funds
            values.update(drawn_sources(rng, plan, values["funds"], whole))
            values.update(drawn_rest(rng, plan))
            if "seq" in plan.columns:
                values["seq"] = seq
            plan.tasks.append(Task(unit, values.get("seq"), values))


def new_texts(rng, plan, used, unit):
    while True:
        place = rng.choice(plan_words.BEFORE) + rng.choice(plan_words.AFTER) + rng.choice(["村", "村", "社区"])
        mine = plan.tasks[-1] if plan.tasks else None
        if plan.grouped and mine and mine.unit == unit and rng.random() < 0.6:
            place = mine.values["place"]
        other = rng.choice(plan_words.BEFORE) + rng.choice(plan_words.AFTER) + "村"
        template = rng.choice(plan_words.TASKS)
        text = template.format(place=place, other=other, n=rng.randint(2, 29))
        if "place" in plan.key and "task" in plan.key:
            text = template.replace("{place}至{other}", "村内").format(place="", n=rng.randint(2, 29))
        texts = {"task": text, "place": place, "work": rng.choice(plan_words.WORKS)}
        key = tuple(texts[name] for name in plan.key if name != "code") or (text,)
        if key not in used and place != other:
            used.add(key)
            return texts


def amount(rng, money):
    """An amount as plans have it, in 分."""
    exponent = EXPONENT[money] if money != "亿元" else 6
    round_one = rng.choice([5, 8, 10, 12, 15, 20, 30, 50, 80, 100, 150, 200, 300, 1500])
    odd = rng.choice(["120.75", "35.5", "12.5", "60.86", "99.99"])
    value = Decimal(odd) if rng.random() < 0.25 else Decimal(round_one)
    if money == "元":
        value *= rng.choice([100, 1000, 10_000]) if rng.random() < 0.9 else 1
    elif money == "百元":
        value *= 100
    fen = int(value.scaleb(exponent))
    if rng.random() < 0.05:
        fen += rng.randrange(1, 10_000)
    return fen


def drawn_sources(rng, plan, funds, whole):
    """Parts of the funds; together the whole of them where the plan says so."""
    names = plan.sources
    if not names:
        return {}
    if whole and len(names) > 1:
        shares = [rng.choice([0, 1, 2, 5]) for _ in names]
        shares[0] += 1
        parts = [funds * share // sum(shares) // 100 * 100 for share in shares]
        parts[0] += funds - sum(parts)
        return dict(zip(names, parts))
    return {name: funds * rng.choice([0, 0, 1, 2, 4]) // 4 // 100 * 100 for name in names}


def drawn_rest(rng, plan):
    rest = {}
    for column in plan.columns.values():
        if column.reported:
            continue
        if column.name == "use":
            rest["use"] = rng.choice(plan_words.USES)
        elif column.name == "due":
            rest["due"] = (plan.year, rng.randint(4, 12)) if rng.random() < 0.85 else (plan.year + 1, rng.choice([3, 6]))
        elif column.name == "start":
            rest["start"] = (plan.year, rng.randint(1, 3))
        elif column.name == "count":
            rest["count"] = rng.choice([2, 5, 12, 30, 85, 240, 1200, 3600])
        elif column.name == "share":
            rest["share"] = rng.choice([20, 25, 30, 40, 50, 60, 75, 80, 100])
        elif column.name == "nature":
            rest["nature"] = rng.choice(KINDS_OF_WORK)[0]
        elif column.name == "leader":
            rest["leader"] = rng.choice(plan_words.PEOPLE)
    return rest


def declare_rules(rng, plan):
    sources = plan.sources
    adds_up = len(sources) > 1 and all(
        task.values["funds"] == sum(task.values[name] for name in sources) for task in plan.tasks
    )
    if adds_up:
        plan.rules.append(("sources", "equation", ["funds", *sources], "funds = " + " + ".join(sources)))
    else:
        plan.rules += [(f"{name}-cap", "limit", [name, "funds"], f"{name} <= funds") for name in sources if rng.random() < 0.7]
    if sources and rng.random() < 0.2:
        # Then the rule alone speaks of it.
        plan.columns[sources[-1]].compared = False
    if "spent" in plan.columns:
        if rng.random() < 0.8:
            plan.rules.append(("spent-cap", "limit", ["spent", "received"], "spent <= received"))
        if rng.random() < 0.8:
            plan.rules.append(("progress-range", "range", ["progress"], "0 <= progress <= 100"))


# ---------------------------------------------------------------------- the workbook


def decimal(fen, money):
    number = Decimal(fen).scaleb(-EXPONENT[money])
    return number.quantize(1) if number == number.to_integral() else number.normalize()


def number(fen, money):
    value = decimal(fen, money)
    return int(value) if value == value.to_integral() else float(value)


def workbook(rng, plan):
    """Returns the file's name and bytes."""
    form = rng.choice(["xlsx", "xlsx", "xlsx", "xls", "ods", "csv"])
    if form != "csv" and len(plan.units) > 3 and rng.random() < 0.1:
        cut = rng.randint(1, len(plan.units) - 1)
        state, grids = rng.getstate(), []
        for name, units in (("表一", plan.units[:cut]), ("表二", plan.units[cut:])):
            rng.setstate(state)
            grids.append(sheet(rng, plan, form, name, units))
        return f"plan.{form}", write(form, grids, None)
    grid = sheet(rng, plan, form, rng.choice(["计划", "Sheet1", "附件1", "安排表"]), plan.units)
    return f"plan.{form}", write(form, [grid], "utf-8-sig")


def sheet(rng, plan, form, name, units):
    """Lays out some units of the plan."""
    tasks = [task for task in plan.tasks if task.unit in units]
    grid = Grid(name)
    names = [c.name for c in plan.columns.values() if not c.reported]
    at = {name: index for index, name in enumerate(names)}
    last = len(names) - 1
    row = 0
    if rng.random() < 0.2:
        grid.put(0, 0, "附件1")
        row = 1
    if rng.random() < 0.75:
        grid.put(row, 0, f"{plan.year}年度{plan.title}安排表")
        if rng.random() < 0.6:
            grid.merges.append((row, 0, row, last))
        row += 1
    stated = rng.choice(["heading", "heading", "line", "default"])
    if stated == "line":
        grid.put(row, last, f"单位：{plan.money}")
        row += 1
    amounts = ["funds", *plan.sources]
    two = len(amounts) > 1 and form != "csv" and rng.random() < 0.25
    money = {name: plan.money for name in amounts}
    if stated == "heading" and not two and rng.random() < 0.15:
        money[rng.choice(amounts)] = rng.choice(["元", "千元", "万元"])
    for name in names:
        column = plan.columns[name]
        text = column.title
        if column.kind == "amount" and stated == "heading" and not two:
            text += f"（{money[name]}）"
        elif column.kind == "percent":
            text += "（%）"
        inside = two and name in amounts
        grid.put(row + inside, at[name], text)
        if two and not inside:
            grid.merges.append((row, at[name], row + 1, at[name]))
    if two:
        columns = sorted(at[name] for name in amounts)
        grid.put(row, columns[0], "资金来源" + (f"（{plan.money}）" if stated == "heading" else ""))
        grid.merges.append((row, columns[0], row, columns[-1]))
    row += 1 + two
    total = rng.choice(["none", "bottom", "bottom", "top"])
    if total == "top":
        plan_total(grid, row, at, money, tasks, "合计")
        row += 1
    owner = rng.choice(["every", "every", "merged", "first"])
    places = rng.choice(["every", "merged"]) if plan.grouped and form != "csv" else "every"
    subtotals = total == "bottom" and owner == "every" and rng.random() < 0.2
    month = rng.choice(["{}年{}月", "{}年{}月", "{}年{}月底前", "{}-{:02}", "{}.{:02}"])
    for unit in units:
        first = row
        for task in plan.of(unit):
            for name in names:
                grid.put(row, at[name], planned(plan, task, name, month, money))
            if owner != "every" and row > first:
                del grid.cells[row, at["owner"]]
            row += 1
        if places == "merged":
            merge_alike(grid, at["place"], first, row)
        if owner == "merged" and form != "csv" and row - first > 1:
            grid.merges.append((first, at["owner"], row - 1, at["owner"]))
        if subtotals:
            plan_total(grid, row, at, money, plan.of(unit), "小计")
            row += 1
    if total == "bottom":
        plan_total(grid, row, at, money, tasks, "合计")
        row += 1
    if rng.random() < 0.3:
        grid.put(row + rng.randint(0, 1), 0, "注：本表由县财政局负责解释。")
    grid.merges = grid.merges if form != "csv" else []
    return grid


def merge_alike(grid, column, first, end):
    """Merges cells of a column that say the same one below the other."""
    top = first
    for row in range(first + 1, end + 1):
        if row < end and grid.cells.get((row, column)) == grid.cells.get((top, column)):
            continue
        if row - top > 1:
            grid.merges.append((top, column, row - 1, column))
            for inner in range(top + 1, row):
                grid.cells.pop((inner, column), None)
        top = row


def planned(plan, task, name, month, money):
    if name == "owner":
        return task.unit
    value = task.values[name]
    kind = plan.columns[name].kind
    if kind == "amount":
        return number(value, money[name])
    if kind == "month":
        return month.format(*value)
    return value


def plan_total(grid, row, at, money, tasks, label):
    grid.put(row, min(at.values()), label)
    for name in money:
        grid.put(row, at[name], number(sum(task.values[name] for task in tasks), money[name]))


# ---------------------------------------------------------------------- the pipeline file


def quoted(texts):
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def pipeline(plan, file):
    """Returns the text of the pipeline file."""
    lines = [
        f'title = "{plan.title}核对"', "", "[intake]", 'inbox = "inbox/{period}"', 'archive = "archive"', "",
        "[[intake.plan]]", f'file = "{file}"', f'from = "{plan.year}-01"', "", "[normalise]",
        f'money = "{plan.money}"', "",
    ]  # fmt: skip
    for column in plan.columns.values():
        lines += ["[[normalise.column]]", f'name = "{column.name}"', f'title = "{column.title}"',
                  f"headings = {quoted(column.headings[1:])}", f'type = "{column.kind}"']  # fmt: skip
        if column.required:
            lines.append("required = true")
        if column.reported:
            lines.append("reported = true")
        if column.kind == "choice":
            choices = [f'{{ value = "{value}", spellings = {quoted(other)} }}' for value, other in KINDS_OF_WORK]
            lines.append(f"choices = [{', '.join(choices)}]")
        lines.append("")
    lines += ["[roster]", 'column = "owner"', ""]
    for unit, names in plan.aliases.items():
        lines += ["[[roster.unit]]", f'name = "{unit}"', f"aliases = {quoted(names)}", ""]
    lines += ["[matching]", f"key = {quoted(plan.key)}"]
    if "seq" in plan.columns:
        lines.append('number = "seq"')
    if plan.synonyms:
        lines.append("synonyms = [" + ", ".join(quoted(group) for group in plan.synonyms) + "]")
    lines += ["", "[check]"]
    if plan.overdue:
        lines.append('overdue = { deadline = "due", progress = "progress" }')
    for column in plan.columns.values():
        if column.compared and not column.reported:
            lines += ["", "[[check.compare]]", f'field = "{column.name}"']
    for name, _, _, text in plan.rules:
        lines += ["", "[[check.rule]]", f'name = "{name}"', f'title = "{name}"', f'rule = "{text}"']
    return "\n".join(lines) + "\n"
