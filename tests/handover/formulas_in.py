"""A month with texts that a spreadsheet would take for formulas, or a person for something else."""

import sys

import drawn
import recount
from support import ROOT

sys.path.insert(0, str(ROOT / "tests" / "trial"))

from formats import write  # noqa: E402

TEXTS = ('=HYPERLINK("http://example.org","查看")', "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1:A9)")


def month(context):
    """A month of four units; each has one row more, with such a text."""

    def make():
        drawn_month = drawn.draw(context, "hostile", 4, faults=False)
        random = context.random("hostile texts")
        drawn_month.lines.clear()
        for unit, text in zip(drawn_month.units, TEXTS):
            own = [task for task in drawn_month.tasks if task.unit == unit]
            lines = [recount.Line(unit, task.key, dict(task.amounts), task=task) for task in own]
            lines.append(recount.Line(unit, (text,), {"funds": 1_000_000, "central": 0}, "extra"))
            drawn_month.lines += lines
            drawn_month.planted[unit]["task-extra"] = 1
            printed = {field: sum(line.amounts[field] for line in lines) for field in drawn_month.fields}
            grid = drawn.sheet(
                random, drawn_month, unit, lines, {id(t): t.due for t in own}, printed, drawn_month.money
            )
            for path in drawn_month.inbox.glob(f"{unit}.*"):
                path.unlink()
            (drawn_month.inbox / f"{unit}.xlsx").write_bytes(write("xlsx", [grid], None))
        return drawn_month

    return context.kept("hostile texts", make)


def result(context):
    return context.result(month(context))


def odd(context):
    """The given month with files that no unit should send."""
    import dataclasses
    import shutil

    import fixtures

    def make():
        given = fixtures.month("given month")
        inbox = context.folder()
        for path in given.inbox.iterdir():
            shutil.copy2(path, inbox)
        jiyang = next(inbox.glob("吉阳区*"))
        data = jiyang.read_bytes()
        jiyang.write_bytes(data[: len(data) // 2])
        (inbox / "海棠区.xls").write_text("<html><body><table><tr><td>海棠区</td></tr></table></body></html>", "utf-8")
        (inbox / "天涯区.xlsx").write_bytes(bytes(range(256)) * 8)
        (inbox / "崖州区.ods").write_bytes(b"")
        (inbox / "某单位.csv").write_text("序号,工作任务,资金\n1,修路,5\n", "utf-8")
        (inbox / "会议纪要.pdf").write_bytes(b"%PDF-1.4")
        (inbox / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
        return dataclasses.replace(given, name="hostile month", inbox=inbox)

    return context.kept("odd", make)
