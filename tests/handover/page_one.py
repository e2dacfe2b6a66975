"""Page one: every figure recounted from plan and submissions."""

import re
from collections import Counter
from decimal import Decimal
from urllib.parse import unquote

import corrected
import drawn
import fixtures
import pages
import recount
from reading import FEN, fold
from support import Outcome, check

STEPS = {
    "silent": "未报", "missing": "缺行", "extra": "多行", "misplaced": "属其他单位", "repeated": "重复",
    "changed": "金额变动", "scaled": "疑似单位错误", "unreadable": "空白或无法读取",
}  # fmt: skip
# What a finding is called by its severity in the verdict and in the tables.
NATURE = {"mandatory": "强制性", "verify": "核实性", "note": "提示性"}


def months(context):
    """All months whose figures are recounted."""
    found = [fixtures.month(name) for name in fixtures.MONTHS]
    found += [corrected.month(context), drawn.drafted(context, 51, 50)]
    found += [fixtures.partial(context), fixtures.partial(context, ("天涯区", "育才生态区"))]
    found += [drawn.draw(context, number) for number in range(context.most(10))]
    return found + [
        drawn.draw(context, 50, 50),
        drawn.draw(context, 300, 300, 5),
        drawn.draw(context, 99, 6, huge=True),
    ]


def of_units(page, month, *heads, any_of=()):
    """Tables with a line for each unit: under 责任单位 or the plan's own word for it."""
    tables = pages.tables(page, *heads, any_of=any_of)
    return [table for table in tables if {"责任单位", month.owner} & set(table.columns)]


def bridge_lines(path, month, name="总览"):
    """The bridge of a page: for each unit (None: the whole) and field the table and the line that hold its figures."""
    page = pages.sheet(path, name)
    found = {}
    for table in of_units(page, month, "计划数", "报送数"):
        named = table.column("金额字段", "项目")
        for line in table.lines():
            title = pages.text(line[named]) if named else table.title
            field = next((field for field, own in longest_first(month) if fold(own) in fold(title)), None)
            unit = pages.text(line[table.column("责任单位", month.owner)])
            unit = None if unit in ("合计", "总计", "全部", "全部单位") else unit
            if field and (unit, field) not in found:
                found[unit, field] = (table, line)
    return found


def longest_first(month):
    return sorted(month.fields.items(), key=lambda item: -len(item[1]))


def figures(table, line):
    """The numbers of a bridge's line by step; a step without a column is 0."""
    found = {}
    for step, word in (("plan", "计划数"), *STEPS.items(), ("reported", "报送数"), ("residual", "残差")):
        head = table.column(word)
        found[step] = (pages.number(line[head]) or Decimal(0)) if head else (None if step == "residual" else Decimal(0))
    return found


def each_month(context, judge):
    outcome = Outcome()
    for month in months(context):
        judge(outcome, month, context.result(month))
    return outcome


@check("page one: plan, steps and reported of each unit and amount, recounted")
def recounted(context):
    def judge(outcome, month, result):
        lines = bridge_lines(result.book, month)
        right = recount.bridge(month)
        for field in month.overview:
            for unit in (*month.units, None):
                if (unit, field) not in lines:
                    # Where units are many, page one may hold the total and those with a difference.
                    if unit is not None and len(month.units) > 60:
                        continue
                    outcome.hold(False, f"{month.name}: 总览 has no line for {unit or '合计'}, {month.fields[field]}")
                    continue
                found = figures(*lines[unit, field])
                for step in ("plan", *STEPS, "reported"):
                    outcome.same(
                        found[step], Decimal(right[unit, field][step]) / FEN[month.money],
                        f"{month.name}: 总览, {unit or '合计'}, {month.fields[field]}, {STEPS.get(step, step)}",
                    )  # fmt: skip

    return each_month(context, judge)


@check("the bridge of every amount, also of those that are not on page one, stands in the workbook, recounted")
def in_full(context):
    def judge(outcome, month, result):
        lines = {}
        for name in pages.book(result.book).sheetnames:
            for key, found in bridge_lines(result.book, month, name).items():
                lines.setdefault(key, found)
        right = recount.bridge(month)
        for unit, field in right:
            what = f"{month.name}: the bridge of {unit or 'the whole'}, {month.fields[field]}"
            if (unit, field) not in lines and unit is not None and len(month.units) > 60:
                continue
            if not outcome.hold((unit, field) in lines, f"{what} stands nowhere"):
                continue
            found = figures(*lines[unit, field])
            for step in ("plan", *STEPS, "reported"):
                outcome.same(found[step], Decimal(right[unit, field][step]) / FEN[month.money], f"{what}, {step}")

    return each_month(context, judge)


@check("page one: ranking: 涉及金额 of each unit = what its open findings move, either way, and 位次 follows it")
def ranking(context):
    def judge(outcome, month, result):
        found = [table for table in of_units(pages.sheet(result.book, "总览"), month) if table.column("涉及金额")]
        if not outcome.hold(found, f"{month.name}: 总览 has no 涉及金额"):
            return
        first = month.fields[month.overview[0]]
        moved = Counter()
        for line in pages.findings(result.book):
            if pages.text(line["对象"]) == "报送" and pages.text(line["金额字段"]) == first and not closed(line):
                moved[pages.text(line["单位"])] += abs(pages.number(line["影响金额"]) or 0)
        places = []
        for line in found[0].lines():
            unit = pages.text(line[found[0].column("责任单位", month.owner)])
            if unit in month.units:
                own = pages.number(line[found[0].column("涉及金额")]) or Decimal(0)
                outcome.same(own, Decimal(moved[unit]), f"{month.name}: 涉及金额 of {unit}")
                place = pages.number(line["位次"])
                if place:
                    places.append((place, -own))
        outcome.hold(
            sorted(places) == sorted(places, key=lambda one: (one[1], one[0])),
            f"{month.name}: 位次 does not follow 涉及金额: {places[:6]}",
        )

    return each_month(context, judge)


@check("links: every link of the workbook leads somewhere: a cell that is there, a file in the run folder")
def links(context):
    outcome = Outcome()
    for month in (
        *(fixtures.month(name) for name in fixtures.MONTHS),
        corrected.month(context),
        fixtures.partial(context),
    ):
        result = context.result(month)
        from_page_one = 0
        for page in pages.book(result.book):
            for row in page.iter_rows():
                for cell in row:
                    if not cell.hyperlink:
                        continue
                    from_page_one += page.title == "总览"
                    what = f"{month.name}: {page.title}!{cell.coordinate}"
                    if cell.hyperlink.location and not cell.hyperlink.target:
                        sheet, _, place = cell.hyperlink.location.rpartition("!")
                        there = pages.sheet(result.book, sheet.strip("'"))
                        if outcome.hold(there is not None, f"{what} leads to {cell.hyperlink.location}"):
                            first = re.match(r"\$?[A-Z]+\$?(\d+)", place)
                            outcome.hold(
                                first and int(first[1]) <= there.max_row, f"{what} leads to {place} of {sheet}"
                            )
                    else:
                        target = unquote(cell.hyperlink.target or "").split("#")[0].removeprefix("file:///")
                        outcome.hold((result.folder / target).is_file(), f"{what} leads to {target}")
        outcome.hold(from_page_one, f"{month.name}: no link on 总览")
    return outcome


@check("page one: plan and steps add up to reported, and the residual is printed as 0")
def adds_up(context):
    def judge(outcome, month, result):
        lines = bridge_lines(result.book, month)
        for field in month.overview:
            if (None, field) not in lines:
                outcome.hold(False, f"{month.name}: 总览 has no total line for {month.fields[field]}")
        for (unit, field), (table, line) in lines.items():
            found = figures(table, line)
            what = f"{month.name}: 总览, {unit or '合计'}, {month.fields[field]}"
            outcome.same(found["plan"] + sum(found[step] for step in STEPS), found["reported"], what)
            outcome.same(found["residual"], Decimal(0), f"{what}: 残差")

    return each_month(context, judge)


@check("page one: the bridge stands straight under the verdict, every declared amount beside or below the first")
def under_the_verdict(context):
    def judge(outcome, month, result):
        lines = bridge_lines(result.book, month)
        rows = sorted({table.row for table, _ in lines.values()})
        if outcome.hold(rows, f"{month.name}: no bridge (责任单位, 计划数, 报送数) on 总览"):
            outcome.hold(rows[0] <= 14, f"{month.name}: the bridge begins in row {rows[0]} of 总览")
        held = {field for _, field in lines}
        outcome.hold(set(month.overview) <= held, f"{month.name}: on 总览 only {held or 'nothing'} of {month.overview}")

    return each_month(context, judge)


@check("page one: a silent unit shows as 未报 with its plan money")
def silent(context):
    outcome = Outcome()
    for month in months(context):
        result = context.result(month)
        lines = bridge_lines(result.book, month)
        for unit in month.silent:
            for field in month.overview:
                planned = recount.of_unit(month, unit, field)["plan"]
                if (unit, field) in lines:
                    found = figures(*lines[unit, field])["silent"]
                    outcome.same(found, -Decimal(planned) / FEN[month.money], f"{month.name}: {unit}, 未报")
                elif len(month.units) <= 60:
                    outcome.hold(False, f"{month.name}: {unit} sent nothing and has no line with 未报")
    return outcome


@check("page one: a slip of ×10⁴ is a step of its own, and the rest of the difference has its figure")
def slips_apart(context):
    outcome = Outcome()
    month = fixtures.month("given month")
    result = context.result(month)
    said = "\n".join(pages.words(pages.sheet(result.book, "总览")).values())
    table, line = bridge_lines(result.book, month).get(("崖州区", "funds"), (None, None))
    found = pages.number(line[table.column("疑似单位错误")]) if line and table.column("疑似单位错误") else None
    outcome.same(found, Decimal(1099890), "given month: 疑似单位错误 of 崖州区")
    # 5 − 50 + 15 = −30 beside 1,099,890.
    texts = {pages.shown(cell) for row in pages.sheet(result.book, "总览").iter_rows() for cell in row}
    outcome.hold(
        re.search(r"(其余|其它|其他|真正)[^。；]*[-−]30(?!\d)|[-−]30(?!\d)[^。；]*其余", said) or "-30" in texts,
        "given month: the rest of the difference (−30) has no figure on 总览",
    )
    return outcome


def open_findings(report, unit=False):
    """Open findings of submissions by severity, of one unit or of all."""
    counted = Counter()
    for finding in report["findings"]:
        if finding["side"] == "submission" and finding["status"] in ("open", "answered", "returned"):
            if unit is False or finding["unit"] == unit:
                counted[finding["severity"]] += 1
    return counted


def listed(path, month):
    """Findings of submissions in the list that are not waived, on trial or explained, once each."""
    found = {}
    for line in pages.findings(path):
        if pages.text(line["对象"]) == "报送" and not closed(line):
            found[pages.text(line["差异编号"])] = line
    return list(found.values())


def closed(line):
    state = pages.text(line["状态"]) + pages.text(line["性质"])
    return any(word in state for word in ("豁免", "试行", "已采纳", "已说明", "采纳", "已解决"))


@check("report.json: the bridge of each unit and field, recounted")
def in_the_report(context):
    def judge(outcome, month, result):
        right = recount.bridge(month)
        lines = {(line["unit"], line["field"]): line for line in result.report["bridge"]}
        outcome.same(set(lines), set(right), f"{month.name}: units and fields of the bridge")
        for key in set(lines) & set(right):
            line, steps = lines[key], right[key]
            for step in ("plan", "silent", "missing", "extra", "misplaced", "repeated", "unreadable", "reported"):
                outcome.same(
                    Decimal(line[step]) * FEN[month.money], Decimal(steps[step]), f"{month.name}: {key}, {step}"
                )
            # What is off by a power of ten is a part of what changed.
            if "scaled" in line:
                outcome.same(
                    Decimal(line["scaled"]) * FEN[month.money], Decimal(steps["scaled"]), f"{month.name}: {key}, scaled"
                )
            changed = Decimal(line["changed"])
            outcome.same(
                changed * FEN[month.money], Decimal(steps["changed"] + steps["scaled"]), f"{month.name}: {key}, changed"
            )
            outcome.same(Decimal(line["residual"]), Decimal(0), f"{month.name}: {key}, residual")

    return each_month(context, judge)


@check("report.json: findings of each unit by kind = what was planted")
def planted(context):
    outcome = Outcome()
    for month in months(context):
        if not month.planted:
            continue
        found = {}
        for finding in context.result(month).report["findings"]:
            if finding["side"] == "submission" and finding["severity"] != "note":
                found.setdefault(finding["unit"], Counter())[finding["kind"]] += 1
        for unit in month.units:
            outcome.same(found.get(unit, Counter()), month.planted[unit], f"{month.name}: {unit}")
    return outcome


@check("page one: money by source, recounted from the plan; the sum equals the plan's total and is printed")
def sources(context):
    outcome = Outcome()
    right = fixtures.sources()
    month = fixtures.month("given month")
    for month in (month, fixtures.partial(context)):
        path = context.result(month).book
        for name, column in (("明细合计", right["rows"]), ("说明所述", right["stated"])):
            met = False
            for page in pages.book(path):
                for table in pages.tables(page, "资金来源", name):
                    found = {
                        pages.text(line["资金来源"]): pages.number(line[table.column(name)]) for line in table.lines()
                    }
                    for source, figure in column.items():
                        own = next((value for key, value in found.items() if source in key), None)
                        outcome.same(own, Decimal(figure), f"{month.name}: {page.title}, {source}, {name}")
                    met = True
                    if name == "明细合计":
                        total = next((value for key, value in found.items() if key in ("合计", "总计")), None)
                        outcome.same(total, Decimal(12401), f"{month.name}: {page.title}, the sum of the sources")
            outcome.hold(met, f"{month.name}: no table of sources with {name}")
        met = False
        for page in pages.book(path):
            for table in of_units(page, month, "省级配套福彩公益资金"):
                for line in table.lines():
                    unit = pages.text(line[table.column("责任单位", month.owner)])
                    for source, figure in right["units"].get(unit, {}).items():
                        met = True
                        head = next((head for head in table.columns if source in head), None)
                        outcome.same(pages.number(line[head]), Decimal(figure), f"{month.name}: {unit}, {source}")
                    head = table.column("合计")
                    if unit in right["units"] and outcome.hold(head, f"{month.name}: sources of {unit} have no 合计"):
                        planned = recount.of_unit(month, unit, "funds")["plan"]
                        outcome.same(
                            pages.number(line[head]), Decimal(planned) / FEN["万元"], f"{month.name}: sources of {unit}"
                        )
        outcome.hold(met, f"{month.name}: no table of sources by unit")
    return outcome


@check("page one: money reported as received and spent of each unit, and the share of what they report")
def received(context):
    outcome = Outcome()
    for month in (
        [fixtures.month(name) for name in fixtures.MONTHS]
        + [fixtures.partial(context)]
        + [drawn.draw(context, number) for number in range(context.most(3))]
    ):
        path = context.result(month).book
        found = {}
        for table in of_units(pages.sheet(path, "总览"), month):
            heads = {
                "received": table.column("已到位", "到位资金", "到位"),
                "spent": table.column("已支出", "支出资金", "支出"),
            }
            if heads["received"] and heads["spent"]:
                for line in table.lines():
                    found[pages.text(line[table.column("责任单位", month.owner)])] = (table, line, heads)
        if not outcome.hold(found, f"{month.name}: 总览 has no money received and spent by unit"):
            continue
        rates = [head for table, _, _ in found.values() for head in table.columns if "率" in head]
        outcome.hold(any("到位率" in head for head in rates), f"{month.name}: 总览 has no 到位率")
        outcome.hold(any("支出率" in head for head in rates), f"{month.name}: 总览 has no 支出率")
        # August: eight of twelve months have passed.
        said = " ".join(pages.words(pages.sheet(path, "总览")).values())
        if month.period == "2020-08":
            outcome.hold(
                re.search(r"6[67](\.\d+)?\s*%", said),
                f"{month.name}: 总览 does not say how much of the year has passed",
            )
        for unit, (table, line, heads) in found.items():
            planned = recount.of_unit(month, unit, month.overview[0])["plan"] if unit in month.units else 0
            for field, word in (("received", "到位率"), ("spent", "支出率")):
                head = next((head for head in table.columns if word in head), None)
                share = pages.number(line[head]) if head else None
                money = pages.number(line[heads[field]])
                if share is not None and money is not None and planned:
                    # Of the plan's money, or of what was received: as a share or per cent.
                    bases = [Decimal(planned) / FEN[month.money], pages.number(line[heads["received"]]) or Decimal(1)]
                    right = [money / base * scale for base in bases for scale in (1, 100)]
                    outcome.hold(
                        any(abs(share - one) < Decimal("0.06") for one in right),
                        f"{month.name}: {unit}, {word} is {share}",
                    )
        for unit in month.units:
            if unit not in found:
                outcome.hold(unit in month.silent, f"{month.name}: received and spent: no line for {unit}")
                continue
            for field in ("received", "spent"):
                typed = [line.amounts.get(field) for line in month.lines if line.unit == unit]
                right = sum(recount.readable(one) for one in typed)
                content = found[unit][1][found[unit][2][field]]
                if any(one is not None for one in typed):
                    outcome.same(
                        pages.number(content), Decimal(right) / FEN[month.money], f"{month.name}: {unit}, {field}"
                    )
                else:
                    outcome.hold(
                        not pages.number(content), f"{month.name}: {unit} reports no {field}; 总览 says {content}"
                    )
    return outcome


@check("page one: a picture of the bridge: from plan over the steps to reported")
def picture(context):
    import access

    outcome = Outcome()
    for month in (*(fixtures.month(name) for name in fixtures.MONTHS), fixtures.partial(context)):
        xml = " ".join(xml for _, xml in access.charts(context.result(month).book))
        names = set(re.findall(r"<c:v>([^<]*[一-鿿][^<]*)</c:v>", xml))
        for word in ("计划", "报送"):
            outcome.hold(
                any(word in name for name in names),
                f"{month.name}: no chart from 计划 to 报送 on 总览: {sorted(names)[:8]}",
            )
    return outcome


@check("page one: what changed since the version before of the same period")
def since(context):
    outcome = Outcome()
    page = pages.sheet(context.result(corrected.month(context)).book, "总览")
    said = " ".join(pages.words(page).values())
    outcome.hold(re.search(r"(批次\s*0?1|上一?批次|上一版|更正前后)[^。]*(消除|新增|变化|更正|减少|不同|相比)|(与|较|比)[^。]*批次\s*0?1", said),
                 "总览 of the second run does not say what changed since the first")  # fmt: skip
    return outcome


@check("page one: a month that agrees says so only where all was checked")
def agreeing(context):
    outcome = Outcome()
    month = drawn.draw(context, "that agrees", 5, faults=False)
    result = context.result(month)
    said = " ".join(pages.words(pages.sheet(result.book, "总览")).values())
    outcome.same(result.answer.status, 0, "a month that agrees: status")
    outcome.hold(re.search(r"一致|相符", said) and "不一致" not in said, "a month that agrees does not say so")
    for other in months(context):
        report = context.result(other).report
        if any(line["differs"] or line["not_checked"] for line in report["coverage"]):
            for place, words in pages.words(pages.sheet(context.result(other).book, "总览")).items():
                outcome.hold(
                    not re.search(r"(全部|全都|各单位)[^，。；不]*(一致|相符|无差异)", words),
                    f"{other.name}: 总览!{place} says {words!r}",
                )
    return outcome


@check("page one: which version of the run this is, and its seal")
def version(context):
    def judge(outcome, month, result):
        said = " ".join(pages.words(pages.sheet(result.book, "总览")).values())
        number = int(result.folder.name)
        outcome.hold(
            re.search(rf"批次\s*[：:]?\s*(第?\s*)?0?{number}\b", said),
            f"{month.name}: 总览 does not say 批次 {number:02}",
        )
        outcome.hold("存档校验码" in said, f"{month.name}: 总览 does not say 存档校验码")
        year, at = month.period.split("-")
        outcome.hold(f"{year}年{int(at)}月" in said, f"{month.name}: 总览 does not say its period")

    return each_month(context, judge)


@check("formulas: the figures stored in the workbook are those that LibreOffice calculates")
def calculated(context):
    outcome = Outcome()
    paths = [
        context.result(month).book
        for month in (fixtures.month("given month"), fixtures.partial(context), drawn.draw(context, 1))
    ]
    for path in paths:
        again = context.kept(("recalculated", path), lambda path=path: context.convert([path], "xlsx")[0])
        for page in pages.book(path):
            formula = pages.formulas(path)[page.title]
            for row in formula.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("="):
                        stored = page[cell.coordinate].value
                        right = pages.book(again)[page.title][cell.coordinate].value
                        outcome.same(
                            pages.number(stored), pages.number(right), f"{page.title}!{cell.coordinate} {cell.value}"
                        )
    outcome.tried = max(outcome.tried, 1)
    return outcome
