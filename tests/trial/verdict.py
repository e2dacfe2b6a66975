"""Holds what was found against what was planted."""

import re
from dataclasses import dataclass
from decimal import Decimal

from plan import FEN_PER_WAN
from submission import ANY

# What follows from the shape of a sheet and is planted by nobody: which reported cells are blank,
# and what stands outside the table. Cases and the spoilings hold these.
ASIDE = {"submission-unchanged", "report-missing", "report-vanished", "sheet-unused", "attachment"}
ANY_SEQ = object()
CAUSES = {"power-of-ten", "sign", "transposed", "neighbour", "row-missing", "row-twice"}


@dataclass
class Fault:
    """Something that went wrong: a planted fault missed, or a finding too much."""

    what: str  # missed, false, sums, or wrong …
    planted: str
    found: str
    text: str
    unit: str


def judge(subs, report, is_aside=lambda found: False):
    """Returns the confusion counts and everything that went wrong."""
    found = [f for f in report["findings"] if f["side"] == "submission" and f["life"] != "unseen"]
    found = [one for f in found for one in apart(f)]
    # What stands for any sheet comes last.
    found.sort(key=lambda f: "spread" in f)
    table, wrong, left = paired([(sub.unit, e) for sub in subs for e in sub.expects], found)
    for f in left:
        if f["kind"] in ASIDE or leaves_out(subs, f) or is_aside(f):
            continue
        table["(nothing)", f["kind"]] = table.get(("(nothing)", f["kind"]), 0) + 1
        wrong.append(Fault("false", "(nothing)", f["kind"], line(f), f["unit"] or "?"))
    standings = {u["unit"]: u["standing"] for u in report["units"]}
    matched = {u["unit"]: u["matched"] for u in report["units"]}
    for sub in subs:
        said = sub.rows if sub.standing in ("submitted", "duplicate") else None
        paired_rows = sum(1 for row in said or () if row.role == "task")
        if said is not None and matched[sub.unit] != paired_rows:
            text = f"{matched[sub.unit]} rows paired, not {paired_rows}"
            wrong.append(Fault("wrong", "", "", text, sub.unit))
        standing = sub.standing
        if standings[sub.unit] == "blank" and standing in ("submitted", "duplicate"):
            # A list of tasks without anything reported has not been filled in.
            standing = "blank" if sub.is_blank else standing
        if standing is not ANY and standings[sub.unit] != standing:
            text = f"standing {standings[sub.unit]}, not {standing}"
            wrong.append(Fault("standing", standing, standings[sub.unit], text, sub.unit))
    wrong += [Fault("wrong", "", "", text, "") for text in books(report)]
    wrong += [Fault("sums", "", "", text, unit) for unit, text in report["sums"].failures]
    return table, wrong


def judge_plan(expects, report):
    """The same for the plan's own side, of a plan that has no other fault."""
    found = [f for f in report["findings"] if f["side"] == "plan"]
    table, wrong, left = paired([(e.unit, e) for e in expects], found)
    wrong += [Fault("false", "(nothing)", f["kind"], "of the plan: " + line(f), f["unit"] or "?") for f in left]
    return table, wrong


def paired(expects, found):
    """Holds each expected finding against those that are there; returns what is left over."""
    left = list(found)
    table, wrong = {}, []

    def count(planted, kind):
        table[planted, kind] = table.get((planted, kind), 0) + 1

    open_expects = []
    for unit, expect in expects:
        hit = next((f for f in left if fits(expect, f)), None)
        if hit is None:
            open_expects.append((unit, expect))
            continue
        left.remove(hit)
        count(expect.fault, hit["kind"])
        for complaint in details(expect, hit):
            wrong.append(Fault("wrong", expect.fault, hit["kind"], complaint + "\n    " + line(hit), unit))
    for unit, expect in open_expects:
        near = next((f for f in left if near_by(expect, f)), None)
        if near is not None:
            left.remove(near)
            count(expect.fault, near["kind"] + " elsewhere" * (near["kind"] == expect.kind))
            text = f"planted {tell(expect)}\n    found   {line(near)}"
        else:
            count(expect.fault, "(missed)")
            text = f"planted {tell(expect)}"
        wrong.append(Fault("missed", expect.fault, near["kind"] if near else "", text, unit))
    return table, wrong, left


def silent(subs, report):
    """The units of which something is wrong and nothing above a note is said of them.

    That is worse than any other miss: the figures look as if they agreed.
    """
    loud = [f for f in report["findings"] if f["severity"] != "note" and f["life"] != "unseen"]
    about = {f["unit"] for f in loud if f["side"] == "submission"}
    # What no unit can be given, a row of a stranger say, is said of its file.
    files = {f["file"] for f in loud if f["unit"] is None}
    return [
        sub.unit
        for sub in subs
        if any(e.severity != "note" for e in sub.expects)
        and not ({sub.unit} & about or set(sub.files) & files)
    ]


def apart(found):
    """What is one finding for several cells or sheets, as the findings that are expected one by one."""
    spread = re.search(r"的 (\d+) 张工作表里有一列", found["message"]) if found["kind"] == "column-unknown" else None
    if spread:
        # A heading that nobody declared is said once, with the number of sheets that bear it.
        return [{**found, "spread": True}] * int(spread[1])
    if found["kind"] != "decreased" or found["seq"] is not None:
        return [found]
    return [{**found, "seq": ANY_SEQ, "cell": cell, "cells": [cell], "difference": None} for cell in found["cells"]]


def leaves_out(subs, found):
    """Whether a column that need not be there is said to be missing where the layout lacks it."""
    return found["kind"] == "column-missing" and any(
        found["unit"] in (sub.unit, None) and found["field"] not in sub.layout.columns
        for sub in subs
    )


def books(report):
    """What must hold of every report."""
    classes = ("title", "heading", "task", "total", "note", "unplaced", "unreadable")
    for sheet in report["rows"]:
        if sum(sheet[name] for name in classes) != sheet["nonblank"]:
            yield f"the rows of {sheet['file']} do not add up"
    open_ones = any(
        f["side"] == "submission" and f["severity"] != "note" and f["status"] in ("open", "answered", "returned")
        for f in report["findings"]
    )
    if report["verdict"] != ("findings" if open_ones else "agrees"):
        yield f"verdict {report['verdict']}"
    ids = [f["id"] for f in report["findings"]]
    if len(set(ids)) != len(ids):
        yield "two findings bear one id"


def fits(expect, found):
    pairs = [("kind", expect.kind), ("unit", expect.unit), ("seq", expect.seq),
             ("field", expect.field), ("file", expect.file), ("sheet", expect.sheet),
             ("cell", expect.cell)]  # fmt: skip
    if "spread" in found:
        pairs = [("kind", expect.kind)]
    if found["seq"] is ANY_SEQ:
        pairs = [(name, wanted) for name, wanted in pairs if name != "seq"]
    if any(not is_it(wanted, found[name]) for name, wanted in pairs):
        return False
    if isinstance(expect.cells, tuple) and expect.cells[0] == "row":
        return rows_of(found["cells"]) == {expect.cells[1]}
    return expect.told is ANY or expect.told in found["message"]


def is_it(wanted, found):
    """Whether a value is the wanted one, or one of several."""
    return wanted is ANY or (found in wanted if isinstance(wanted, tuple) else found == wanted)


def near_by(expect, found):
    same_unit = expect.unit is ANY or found["unit"] == expect.unit
    if expect.cell not in (ANY, None) and found["cell"] == expect.cell:
        return same_unit and (expect.file is ANY or found["file"] == expect.file)
    return same_unit and is_it(expect.kind, found["kind"]) and is_it(expect.seq, found["seq"])


def details(expect, found):
    """What is wrong with a finding that stands in the right place."""
    if expect.severity is not ANY and found["severity"] != expect.severity:
        yield f"severity {found['severity']}, not {expect.severity}"
    if expect.difference is not ANY and found["difference"] is not None:
        told = isinstance(expect.difference, Decimal)
        wanted = expect.difference if told else Decimal(expect.difference) / FEN_PER_WAN
        if Decimal(found["difference"]) != wanted:
            yield f"difference {found['difference']}, not {wanted}"
    for name in ("found", "expected"):
        wanted = getattr(expect, name)
        if wanted is not ANY and not same(found[name], wanted):
            yield f"{name} {found[name]}, not {wanted}"
    if expect.difference is not ANY and found["difference"] is None:
        yield "no difference"
    names = [name_of(cause) for cause in found.get("causes", [])]
    if expect.cause == () and names:
        yield f"causes {names} for a figure that nothing explains"
    if isinstance(expect.cause, str) and expect.cause not in names:
        yield f"cause {expect.cause} is not among {names}"
    if isinstance(expect.cells, list) and sorted(found["cells"]) != expect.cells:
        yield f"cells {found['cells']}, not {expect.cells}"
    if isinstance(expect.cells, tuple) and expect.cells[0] == "hidden":
        _, rows, columns = expect.cells
        spans = [span(cells) for cells in found["cells"]]
        for row in rows:
            if not any(top <= row <= bottom for top, _, bottom, _ in spans):
                yield f"hidden row {row + 1} is not among {found['cells']}"
        for column in columns:
            if not any(left <= column <= right for _, left, _, right in spans):
                yield f"hidden column {column} is not among {found['cells']}"


def same(written, wanted):
    return written == wanted if isinstance(wanted, str) else written is not None and Decimal(written) == wanted


def name_of(cause):
    if isinstance(cause, str):
        return cause
    return cause.get("cause") or cause.get("kind") or next(iter(cause))


def span(cells):
    ends = (cells.split(":") * 2)[:2] if ":" in cells else [cells, cells]
    places = []
    for end in ends:
        letters, digits = re.fullmatch(r"([A-Z]+)([0-9]+)", end).groups()
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        places += [int(digits) - 1, column - 1]
    return places


def rows_of(cells):
    rows = set()
    for one in cells:
        top, _, bottom, _ = span(one)
        rows |= set(range(top + 1, bottom + 2))
    return rows


def tell(expect):
    place = f"{expect.file} › {expect.sheet} › {expect.cell}"
    return f"{expect.kind} {expect.unit} seq {expect.seq} field {expect.field} | {place} ({expect.fault})"


def line(f):
    place = f"{f['file']} › {f['sheet']} › {f['cell']} {f['cells'][:4]}"
    return f"{f['kind']} {f['severity']} {f['unit']} seq {f['seq']} field {f['field']} | {place} | {f['message'][:150]}"
