"""data/: what other programs read, held against report.json and the recount."""

import csv
from collections import Counter
from decimal import Decimal

import fixtures
import page_one
import recount
from reading import FEN
from support import Outcome, check

FILES = ("ledger.csv", "rows.csv", "findings.csv", "columns.csv")
LEDGER = (
    "rule", "side", "unit", "seq", "task", "field", "expected", "found", "difference", "outcome", "reason", "finding",
    "file", "sheet", "cell", "plan_cell",
)  # fmt: skip


def table(path):
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines(keepends=True)))


@check("data: ledger, rows, findings, columns: there, UTF-8 with BOM")
def there(context):
    def judge(outcome, month, result):
        for name in FILES:
            path = result.folder / "data" / name
            if outcome.hold(path.is_file(), f"{month.name}: no data/{name}"):
                outcome.hold(path.read_bytes().startswith(b"\xef\xbb\xbf"), f"{month.name}: data/{name} has no BOM")
                outcome.hold(table(path) is not None, f"{month.name}: data/{name} is empty")
        explained = {(line["file"], line["column"]) for line in table(result.folder / "data" / "columns.csv")}
        for name in FILES[:3]:
            heads = next(csv.reader((result.folder / "data" / name).read_text("utf-8-sig").splitlines()))
            for head in heads:
                known = (name, head) in explained or ("*", head) in explained
                outcome.hold(known, f"{month.name}: columns.csv does not explain {head} of {name}")
        heads = next(csv.reader((result.folder / "data" / "ledger.csv").read_text("utf-8-sig").splitlines()))
        outcome.hold(set(LEDGER) <= set(heads), f"{month.name}: ledger.csv lacks {set(LEDGER) - set(heads)}")

    return page_one.each_month(context, judge)


@check("data: findings.csv = report.json's findings, exactly")
def findings(context):
    def judge(outcome, month, result):
        lines = table(result.folder / "data" / "findings.csv")
        right = result.report["findings"]
        outcome.same(len(lines), len(right), f"{month.name}: lines of findings.csv")
        for line, finding in zip(lines, right):
            for key, content in line.items():
                if key not in finding:
                    outcome.hold(False, f"{month.name}: findings.csv has {key}, report.json has not")
                    continue
                value = finding[key]
                told = "" if value is None else (" ".join(value) if isinstance(value, list) else str(value))
                plain = content.removeprefix("'")
                same = plain == told or (isinstance(value, list) and [p for p in split(plain)] == value)
                outcome.hold(same, f"{month.name}: {finding['id']}, {key}: {content!r}, report.json {told!r}")

    return page_one.each_month(context, judge)


def split(text):
    return [part for part in text.replace("、", " ").replace(";", " ").replace(",", " ").split(" ") if part]


@check("data: ledger.csv counted = report.json's coverage")
def ledger(context):
    def judge(outcome, month, result):
        counted = Counter()
        for line in table(result.folder / "data" / "ledger.csv"):
            key = line["rule"], line["unit"] or None
            counted[*key, "owed"] += 1
            counted[*key, line["outcome"].replace("-", "_")] += 1
        right = Counter()
        for line in result.report["coverage"]:
            for word in ("owed", "agrees", "differs", "not_checked"):
                right[line["rule"], line["unit"], word] += line[word]
        for key in set(counted) | set(right):
            outcome.same(counted[key], right[key], f"{month.name}: {key}")

    return page_one.each_month(context, judge)


@check("data: rows.csv: the amounts of each unit add up to what was submitted")
def rows(context):
    def judge(outcome, month, result):
        found = Counter()
        for line in table(result.folder / "data" / "rows.csv"):
            for field in month.fields:
                if line.get(field) not in (None, ""):
                    try:
                        found[line["unit"], field] += Decimal(line[field])
                    except ArithmeticError:
                        continue
        for unit in month.units:
            for field in month.fields:
                right = recount.of_unit(month, unit, field)["reported"]
                outcome.same(
                    Decimal(found[unit, field]),
                    Decimal(right) / FEN[month.money],
                    f"{month.name}: rows.csv, {unit}, {field}",
                )

    return page_one.each_month(context, judge)


@check("data: --no-data leaves the folder out")
def without(context):
    outcome = Outcome()
    result = context.run(fixtures.month("given month"), "--no-data")
    outcome.hold(not (result.folder / "data").exists(), "--no-data leaves data/ there")
    return outcome


@check("data: a text that begins with = + - @ is no formula when a csv is opened in a spreadsheet")
def neutral(context):
    import formulas_in

    outcome = Outcome()
    result = formulas_in.result(context)
    for name in FILES:
        for line in csv.reader((result.folder / "data" / name).read_text("utf-8-sig").splitlines(keepends=True)):
            for content in line:
                begins = content[:1] in "=+-@" and content[:1] != ""
                number = begins and content[1:].replace(".", "", 1).isdigit()
                outcome.hold(not begins or number, f"data/{name}: {content!r}")
    told = (result.folder / "data" / "findings.csv").read_text("utf-8-sig")
    outcome.hold("HYPERLINK" in told or "cmd" in told, "the hostile text is not in findings.csv at all")
    return outcome
