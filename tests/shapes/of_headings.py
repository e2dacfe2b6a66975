"""Shapes of headings: levels, families, twins, figures."""

import content
from decimal import Decimal

from drawn import Column
from of_units import finished

LOWER = [("计划", "完成"), ("计划投资", "完成投资"), ("预算", "执行"), ("计划数", "已到位", "已支出"), ("中央", "省级", "县级"), ("投资", "到位")]


def families(rng, uppers, lowers, as_owner="column"):
    plan = content.start(rng, "", owner=rng.choice(["column", "merged"]), total=rng.choice([None, "bottom", "bottom", "top"]))
    if plan.form.owner == "merged":
        plan.form.merged = ("owner",)
    content.plain_columns(rng, plan, amounts=1, more=1)
    at = plan.columns.index(plan.column("funds"))
    family = [
        Column(f"family{a}{b}", "amount", (upper, lower)) for a, upper in enumerate(uppers) for b, lower in enumerate(lowers)
    ]
    plan.columns[at : at + 1] = family
    plan.form.money_line = True
    plan.form.blank_in_heading = rng.random() < 0.2
    if plan.form.blank_in_heading:
        plan.features.append("blank row in heading")
    plan.returns = {"order": "plan"}
    content.fill_rows(rng, plan)
    return finished(rng, plan)


def years(rng):
    """Years as numbers above equal headings."""
    first = rng.randint(2018, 2022)
    return families(rng, [str(first + at) for at in range(rng.randint(2, 3))], rng.choice(LOWER))


def months(rng):
    """Months or quarters above equal headings."""
    some = rng.choice([["1月", "2月", "3月"], ["一季度", "二季度"], ["10月", "11月", "12月"], ["1-6月", "7-12月"], ["上半年", "下半年"]])
    return families(rng, some, rng.choice(LOWER))


def stages(rng):
    """Stages or batches above equal headings."""
    some = rng.choice([["第一批", "第二批"], ["一期", "二期", "三期"], ["计划资金", "到位资金"], ["前期", "后期"], ["提前下达", "本次下达"]])
    return families(rng, some, rng.choice(LOWER[4:] + [("中央", "地方"), ("小计", "中央", "地方")][:1]))


def twins(rng):
    """Two columns of one name."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom"]))
    content.plain_columns(rng, plan, amounts=1, more=2)
    funds = plan.column("funds")
    plan.columns.append(Column("twin", "amount", funds.path, funds.in_heading))
    plan.returns = {"order": "plan"}
    content.fill_rows(rng, plan)
    return finished(rng, plan)


def figures(rng):
    """Headings that are figures: 2019年, or 2019 alone."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan, amounts=1, more=1)
    at = plan.columns.index(plan.column("funds"))
    word = rng.choice(["{}年", "{}", "{}年度", "{}年"])
    first = rng.randint(2018, 2022)
    plan.columns[at : at + 1] = [
        Column(f"year{n}", "amount", (word.format(first + n),)) for n in range(rng.randint(2, 4))
    ]
    plan.form.money_line = True
    content.fill_rows(rng, plan)
    plan.returns = {"order": "plan"}
    return finished(rng, plan)


def long_heading(rng):
    """A heading as long as a sentence."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan)
    funds = plan.column("funds")
    funds.path = (rng.choice([
        "本年度拟安排用于该项目建设的各级财政资金总额，含上年结转及本年新增部分，不含单位自筹的资金",
        "申请补助资金额度，应当与批复的实施方案保持一致，并按照规定程序完成评审公示后填写的资金数额",
    ]),)  # fmt: skip
    content.fill_rows(rng, plan)
    return finished(rng, plan)


def over_two(rng):
    """A heading merged over two columns of the sheet, and each amount below it."""
    plan = content.start(rng, "", twice="funds", total=rng.choice([None, "bottom"]))
    content.plain_columns(rng, plan)
    plan.form.formats = ["xlsx", "xls", "ods"]
    plan.returns = {"formats": ["xlsx", "xls", "ods"]}
    content.fill_rows(rng, plan)
    return finished(rng, plan)


def two_parents(rng):
    """A sum and its parts under one upper heading, or under two."""
    plan = content.start(rng, "", total=rng.choice([None, "bottom", "top"]))
    content.plain_columns(rng, plan, amounts=1, more=1)
    at = plan.columns.index(plan.column("funds"))
    uppers = rng.choice([["资金来源"], ["计划资金", "到位资金"], ["总投资", "本年投资"]])
    whole = rng.choice(["合计", "小计", "总额"])
    parts = rng.sample(["中央", "省级", "市级", "县级", "自筹"], rng.randint(2, 4))
    family = []
    for upper in range(len(uppers)):
        names = [whole, *parts]
        family += [Column(f"f{upper}_{n}", "amount", (uppers[upper], name)) for n, name in enumerate(names)]
    plan.columns[at : at + 1] = family
    plan.form.money_line = True
    plan.form.blank_in_heading = rng.random() < 0.15
    plan.returns = {"order": "plan"}
    content.fill_rows(rng, plan)
    for row in plan.rows:
        for upper in range(len(uppers)):
            row.values[f"f{upper}_0"] = sum((row.values[f"f{upper}_{n + 1}"] for n in range(len(parts))), Decimal(0))
    names = [f"f{upper}_" for upper in range(len(uppers))]
    plan.form.whole = tuple((f"{name}0", tuple(f"{name}{n + 1}" for n in range(len(parts)))) for name in names)
    return finished(rng, plan)


SHAPES = {
    "years": years, "months": months, "stages": stages, "twins": twins, "figure-headings": figures,
    "long-heading": long_heading, "over-two": over_two, "two-parents": two_parents,
}  # fmt: skip
