"""One count everywhere: verdict, tables of units and kinds, the list filtered, slips, coverage."""

import re
from collections import Counter

import pages
from page_one import NATURE, each_month, listed, of_units, open_findings
from support import check


@check("counts: the verdict on page one = the list filtered = report.json = what the run says")
def one_count(context):
    def judge(outcome, month, result):
        said = "\n".join(pages.words(pages.sheet(result.book, "总览")).values())
        right = open_findings(result.report)
        rows = Counter(pages.text(line["性质"]) for line in listed(result.book, month))
        for word, severity in (("必须更正", "mandatory"), ("需要说明", "verify")):
            found = {int(n) for n in re.findall(rf"{word}\s*(\d+)\s*处", said)}
            if right[severity]:
                outcome.hold(
                    right[severity] in found, f"{month.name}: 总览 says {word} {found}, report.json {right[severity]}"
                )
            stderr = {int(n) for n in re.findall(rf"{word}\s*(\d+)\s*处", result.answer.err)}
            outcome.hold(not stderr or stderr == {right[severity]}, f"{month.name}: the run says {word} {stderr}")
            nature = sum(n for own, n in rows.items() if own.startswith(NATURE[severity]) or own == word or word in own)
            outcome.same(nature, right[severity], f"{month.name}: 差异清单 filtered by {NATURE[severity]}")
        outcome.hold("已答复" in said, f"{month.name}: 总览 does not say 已答复 n 处")
        plan = sum(1 for f in result.report["findings"] if f["side"] == "plan")
        if plan:
            own = {
                pages.text(line["差异编号"])
                for line in pages.findings(result.book)
                if pages.text(line["对象"]) == "计划"
            }
            outcome.same(len(own), plan, f"{month.name}: 差异清单 filtered by 计划")
            outcome.hold(
                re.search(rf"计划[^。]*\b{plan} ?处", said) or f"{plan} 处" in said,
                f"{month.name}: 总览 does not count the plan's own {plan}",
            )

    return each_month(context, judge)


@check("counts: by unit and nature on page one = the list filtered")
def by_unit(context):
    def judge(outcome, month, result):
        page = pages.sheet(result.book, "总览")
        right = {unit: open_findings(result.report, unit) for unit in month.units}
        met = 0
        for table in of_units(page, month, any_of=("强制性差异", "强制性", "必须更正")):
            heads = {
                "mandatory": table.column("强制性差异", "强制性", "必须更正"),
                "verify": table.column("核实性差异", "核实性", "需要说明", "须作说明", "须说明"),
            }
            answered = table.column("已答复")
            for line in table.lines():
                unit = pages.text(line[table.column("责任单位", month.owner)])
                if unit in right and answered:
                    own = [f for f in result.report["findings"] if f["unit"] == unit and f["status"] == "answered"]
                    found = int(pages.number(line[answered]) or 0)
                    outcome.same(found, len(own), f"{month.name}: 总览, {unit}, 已答复")
                if unit in right:
                    for severity, head in heads.items():
                        if head:
                            met += 1
                            found = int(pages.number(line[head]) or 0)
                            outcome.same(found, right[unit][severity], f"{month.name}: 总览, {unit}, {head}")
        outcome.hold(met or len(month.units) > 60, f"{month.name}: 总览 has no counts by unit")
        for unit, counted in Counter(pages.text(line["单位"]) for line in listed(result.book, month)
                                     if pages.text(line["性质"]) != "提示性").items():  # fmt: skip
            if unit in right:
                outcome.same(
                    counted, right[unit]["mandatory"] + right[unit]["verify"], f"{month.name}: 差异清单, {unit}"
                )

    return each_month(context, judge)


@check("counts: the matrix of kinds = the list filtered")
def matrix(context):
    def judge(outcome, month, result):
        title = {}
        for line in pages.findings(result.book):
            if pages.text(line["对象"]) == "报送":
                key = pages.text(line["单位"]), pages.text(line["差异类型"])
                title.setdefault(key, set()).add(pages.text(line["差异编号"]))
        lines = 0
        for name in pages.book(result.book).sheetnames:
            for table in pages.tables(pages.sheet(result.book, name), "差异类型"):
                units = [head for head in table.columns if head in month.units]
                if not units:
                    continue
                for line in table.lines():
                    kind = pages.text(line["差异类型"])
                    for unit in units:
                        found = int(pages.number(line[unit]) or 0)
                        lines += 1
                        right = len(title.get((unit, kind), ()))
                        if kind not in ("合计", "小计"):
                            outcome.same(found, right, f"{month.name}: {name}, {unit}, {kind}")
            for table in of_units(pages.sheet(result.book, name), month):
                kinds = [head for head in table.columns if any(head == kind for _, kind in title)]
                for line in table.lines() if len(kinds) > 1 else ():
                    unit = pages.text(line[table.column("责任单位", month.owner)])
                    for kind in kinds if unit in month.units else ():
                        lines += 1
                        outcome.same(int(pages.number(line[kind]) or 0), len(title.get((unit, kind), ())),
                                     f"{month.name}: {name}, {unit}, {kind}")  # fmt: skip
        outcome.hold(lines or not title, f"{month.name}: no table of units and kinds")

    return each_month(context, judge)


@check("counts: each slip has its unit's open findings above note, and says how many")
def slips(context):
    def judge(outcome, month, result):
        # Of very many units every fifth is opened.
        for unit in month.units[:: 5 if len(month.units) > 60 else 1]:
            right = open_findings(result.report, unit)
            path = result.slip(unit)
            if not right["mandatory"] + right["verify"]:
                continue
            if unit in month.silent:
                outcome.hold(result.reminder(unit), f"{month.name}: no reminder for {unit}")
                continue
            if not outcome.hold(path, f"{month.name}: no slip for {unit}"):
                continue
            found = Counter()
            for page in pages.book(path):
                for table in pages.tables(page, "差异编号"):
                    for line in table.lines():
                        found[pages.text(line["差异编号"])] += 1
            ids = {f["id"] for f in result.report["findings"] if f["unit"] == unit and f["side"] == "submission"
                   and f["severity"] != "note" and f["status"] in ("open", "answered", "returned")}  # fmt: skip
            outcome.hold(ids <= set(found), f"{month.name}: slip of {unit} lacks {ids - set(found)}")
            said = "\n".join("\n".join(pages.words(page).values()) for page in pages.book(path))
            for word, severity in (("必须更正", "mandatory"), ("需要说明", "verify")):
                told = re.search(rf"{word}\s*(\d+)\s*处", said)
                if right[severity] or told:
                    outcome.same(
                        int(told[1]) if told else None, right[severity], f"{month.name}: slip of {unit}, {word}"
                    )

    return each_month(context, judge)


@check("counts: coverage in one line on page one = report.json's coverage")
def coverage(context):
    def judge(outcome, month, result):
        said = " ".join(pages.words(pages.sheet(result.book, "总览")).values())
        counted = Counter()
        for line in result.report["coverage"]:
            for word in ("owed", "agrees", "differs", "not_checked"):
                counted[word] += line[word]
        pattern = rf"{counted['owed']}\D+{counted['agrees']}\D+{counted['differs']}\D+{counted['not_checked']}"
        outcome.hold(re.search(pattern, said.replace(",", "")), f"{month.name}: 总览 does not say {dict(counted)}")

    return each_month(context, judge)
