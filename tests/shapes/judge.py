"""Drafts, runs and holds what was read and found against the truth."""

import json
import re
import subprocess
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from drawn import FEN

# A wrong figure may bring these with it, and what is only told besides.
CONSEQUENCES = {"total-differs", "balance-broken", "limit-exceeded"}
ASIDE = {"report-missing", "report-vanished"}


class NoResult(Exception):
    """The program gave nothing to judge."""


@dataclass
class Failure:
    step: str  # draft | comment | clean | plan | fault
    kind: str  # for the table of reasons
    text: str
    silent: bool = False


def call(program, folder, *args):
    try:
        done = subprocess.run([program, *map(str, args)], cwd=folder, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        raise NoResult("ran past 300 s: " + " ".join(map(str, args)))
    if b"panicked" in done.stderr:
        raise NoResult("panic: " + done.stderr.decode("utf-8", "replace")[:300])
    return done


def said(done):
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return " / ".join(lines[:3])[:300] or f"exit {done.returncode}"


def draft(program, folder, plan):
    """The drafted pipeline file, written beside the plan."""
    done = call(program, folder, "inspect", plan, "--draft")
    if done.returncode != 0 or not done.stdout:
        raise NoResult("no draft: " + said(done))
    (folder / "pipeline.toml").write_bytes(done.stdout)
    return done.stdout.decode("utf-8")


def run(program, folder, period, inbox):
    done = call(
        program, folder, "run", "pipeline.toml", "--period", period, "--inbox", inbox, "--archive",
        f"archive-{inbox}", "--no-returns", "--no-data",
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise NoResult("run: " + said(done))
    made = done.stdout.decode("utf-8").strip().splitlines()[-1]
    return json.loads((folder / made / "report.json").read_text(encoding="utf-8"))


def fold(text):
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def number(text):
    try:
        return Decimal(str(text).replace(",", "").rstrip("%"))
    except InvalidOperation:
        return None


def money_of(text, plan):
    found = re.search(r'^money\s*=\s*"([^"]+)"', text, re.M)
    return found[1] if found else plan.money


# ---------------------------------------------------------------------- what the draft says


def comment(text, plan):
    """Holds what the draft's first lines say against the truth."""
    told = re.search(r"^# 共 (\d+) 行任务，(\d+) 个单位", text, re.M)
    if not told:
        yield Failure("comment", "says nothing", "the draft does not say how many tasks it reads")
        return
    silent = not is_doubted(text)
    if int(told[1]) != len(plan.rows):
        yield Failure("comment", "tasks", f"says {told[1]} tasks of {len(plan.rows)}", silent)
    if int(told[2]) != len(plan.units):
        yield Failure("comment", "units", f"says {told[2]} units of {len(plan.units)}", silent)
    line = re.search(r"^# 各行相加：(.*)。$", text, re.M)
    # A heading may end in a bracket with a unit; the figure stands behind the last space.
    figures = re.findall(r" (-?[\d,.]+)(亿元|百万元|万元|千元|百元|元)?(?=、|$)", line[1]) if line else []
    have = sorted(number(value) * FEN.get(unit or money_of(text, plan), 1) for value, unit in figures)
    want = sorted(
        sum((row.values[c.name] or 0 for row in plan.rows), Decimal(0)) * FEN[plan.money] for c in plan.amounts
    )
    if have != want:
        yield Failure("comment", "sums", f"says {line[1] if line else 'no sums'}", silent)


def is_doubted(text):
    """Whether the draft's first lines name something that may be read wrongly."""
    head = text.split("[intake]")[0]
    if any(True for _ in offers(text)):
        return True
    return any(word in head for word in ("计划表自身查出的问题", "说明有的地方没有读对", "没有读", "疑")) or doubted_totals(head)


def offers(text):
    """The corrections that a draft has ready: each is the draft with one of them uncommented."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line != "# [[normalise.table]]" or "若是" not in lines[at - 1]:
            continue
        end = at
        while end < len(lines) and lines[end].startswith("# "):
            end += 1
        yield "\n".join([*lines[:at], *(line[2:] for line in lines[at:end]), *lines[end:], ""])


def doubted_totals(head):
    told = re.search(r"印出的合计共 (\d+) 处，其中 (\d+) 处", head)
    return told and told[1] != told[2]


# ---------------------------------------------------------------------- a run


def above_note(report, side):
    return [
        f for f in report["findings"]
        if f["side"] == side and f["severity"] != "note" and f["kind"] not in ASIDE and f["life"] != "unseen"
    ]  # fmt: skip


def tell(findings, most=3):
    return "; ".join(
        f"{f['kind']} {f['unit']} {f['file']} {f['cell']} {(f['cells'] or [])[:3]}: {f['message'][:110]}" for f in findings[:most]
    ) + (f" … {len(findings)} in all" if len(findings) > most else "")


def kinds(findings):
    return "+".join(sorted({f["kind"] for f in findings}))


def vectors(report, which, scale):
    fields = {}
    for line in report["totals"]:
        amount = number(line[which])
        if amount:
            units = fields.setdefault(line["field"], {})
            units[fold(line["unit"])] = units.get(fold(line["unit"]), Decimal(0)) + amount
    return {name: {unit: amount * scale for unit, amount in units.items() if amount} for name, units in fields.items()}


def reading(report, plan, money):
    """Units, tasks and sums as they were read."""
    if report["plan"]["tasks"] != len(plan.rows):
        yield Failure("clean", "tasks", f"plan has {report['plan']['tasks']} tasks of {len(plan.rows)}")
    have = {fold(line["unit"]): line["tasks"] for line in report["units"]}
    want = {fold(unit): len(plan.of(unit)) for unit in plan.units}
    if have != want:
        yield Failure("clean", "units", f"units {have}, not {want}")
        return
    unmatched = [line["unit"] for line in report["units"] if line["matched"] != line["tasks"]]
    if unmatched:
        yield Failure("clean", "unmatched", "not all rows found of " + ", ".join(unmatched))
    for which in ("plan", "rows"):
        read = vectors(report, which, Decimal(FEN[money]))
        lost = []
        for column in plan.amounts:
            sums = {
                fold(unit): sum((row.values[column.name] or 0 for row in plan.of(unit)), Decimal(0)) * FEN[plan.money]
                for unit in plan.units
            }
            sums = {unit: amount for unit, amount in sums.items() if amount}
            hit = next((name for name, own in read.items() if own == sums), None)
            if hit is None and sums:
                lost.append(" > ".join(column.path))
            read.pop(hit, None)
        if lost:
            yield Failure("clean", "sums", f"sums of {which} not read: " + ", ".join(lost))


def clean(report, plan, money):
    """Nothing may be found, and all must be read."""
    yield from reading(report, plan, money)
    of_plan = above_note(report, "plan")
    if of_plan:
        yield Failure("plan", "false " + kinds(of_plan), tell(of_plan))
    false = above_note(report, "submission")
    if plan.returns.get("clue") is False:
        # Who is known by the tasks alone is to be confirmed.
        false = [found for found in false if found["kind"] != "unit-doubtful"]
    if false:
        yield Failure("clean", "false " + kinds(false), tell(false))


def is_it(planted, found):
    if found["kind"] not in planted.kinds or found["side"] != planted.side:
        return False
    if planted.unit and fold(found["unit"]) != fold(planted.unit):
        return False
    cells = [found["cell"], *(found["cells"] or [])]
    if planted.cell is None:
        return True
    if planted.file and (found["file"] or "").rsplit("/", 1)[-1] != planted.file:
        return False
    if planted.row:
        return any(re.sub(r"\D", "", cell or "") == re.sub(r"\D", "", planted.cell) for cell in cells)
    return planted.cell in cells


def fault(report, before, planted):
    """What was planted must be found, and nothing that was not there before."""
    known = {f["id"] for f in before["findings"]} if before else set()
    new = [f for side in ("submission", "plan") for f in above_note(report, side) if f["id"] not in known]
    hits = [f for f in new if is_it(planted, f)]
    others = [f for f in new if f not in hits and f["kind"] not in CONSEQUENCES]
    if planted.what == "total":
        others = [f for f in new if f not in hits]
    if planted.what == "total of the plan":
        # The fault stands in the plan alone, and so the wrong sum may be told of more than one set of rows.
        others = [f for f in new if f not in hits and f["side"] == "submission"]
    if not hits:
        where = f"{planted.file} {planted.cell or planted.text}"
        yield Failure("fault", f"{planted.what} not found", f"{where}; instead {tell(new) or 'nothing'}", silent=not new)
    elif others:
        yield Failure("fault", f"{planted.what} brings false {kinds(others)}", tell(others))
