"""Traps in the plan itself: said on the plan's side, and nothing else follows."""

from submission import ANY, Expect


def said(case, kind, **about):
    case.plan_expects.append(Expect(kind, case.trap, **{"seq": ANY, "field": ANY} | about))


def sent_well(case):
    case.send(case.table(), case.unit)


def plan_total(rng, case):
    lines = case.plan.lines()
    case.plan.items = lines
    total = case.plan.sum_of(lines, rng.choice(["合计", "总计", "合  计", None]))
    total.printed["funds"] += rng.choice([-1, 1]) * rng.randrange(1, 40) * 50_000
    case.plan.add([total])
    said(case, "total-differs", field="funds", at=total, at_field="funds")
    sent_well(case)


def plan_blank_month(rng, case):
    line = rng.choice(case.plan.lines())
    line.raw["due"] = None
    said(case, "value-missing", unit=line.task.unit, field="due", at=line, at_field="due")
    others = [unit for unit in case.country.units if unit != line.task.unit]
    case.unit = rng.choice(others)
    sent_well(case)


def plan_unreadable(rng, case):
    line = rng.choice(case.plan.lines())
    line.raw["funds"] = rng.choice(["待定", "约20", "20-30", "详见批复", "#N/A", "视情况"])
    said(case, "value-unreadable", unit=line.task.unit, field="funds", at=line, at_field="funds")
    case.unit = rng.choice([unit for unit in case.country.units if unit != line.task.unit])
    sent_well(case)


def plan_balance(rng, case):
    country = case.country
    if not country.sums:
        return False
    lines = [line for line in case.plan.lines() if line.task.values["funds"]]
    line = rng.choice(lines)
    name = rng.choice(country.amounts[1:])
    line.values[name] += 30_000
    for item in case.plan.items:
        if item not in case.plan.lines():
            item.printed[name] += 30_000
    said(case, "balance-broken", unit=line.task.unit)
    case.unit = rng.choice([unit for unit in country.units if unit != line.task.unit])
    sent_well(case)


def plan_owner_blank(rng, case):
    """The first rows of the plan have no owner, and none stands above them."""
    case.plan.owners = "every"
    lines = case.plan.lines()
    unit = lines[0].task.unit
    mine = [line for line in lines if line.task.unit == unit]
    if len(mine) < 3:
        return False
    size = rng.choice([1, 1, 2])
    for line in mine[:size]:
        line.raw["owner"] = None
    for _ in range(size):
        said(case, ("value-missing", "unit-unknown", "row-unplaced"), unit=ANY, seq=ANY)
    case.unit = rng.choice([u for u in case.country.units if u != unit])
    sent_well(case)


TRAPS = {
    "plan-total": plan_total,
    "plan-blank-month": plan_blank_month,
    "plan-unreadable": plan_unreadable,
    "plan-balance": plan_balance,
    "plan-owner-blank": plan_owner_blank,
}
