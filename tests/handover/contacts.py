"""Whom to call, and who signs."""

import re

import answers
import corrected
import drawn
import fixtures
import pages
from reading import read
from support import Outcome, check


def written(month):
    """Who filled in each sheet, as the drawn sheets say below their tables."""
    found = {}
    for unit in month.units:
        for path in month.inbox.glob(f"{unit}.*"):
            for grid in read(path):
                for content in grid.cells.values():
                    line = re.search(r"填报人：(\S+?)[　\s]+联系电话：([\d-]+)[　\s]+审核人：(\S+)", str(content))
                    if line:
                        found[unit] = line.groups()
    return found


@check("contacts: 填报人 and 电话 beside the unit on page one")
def beside(context):
    outcome = Outcome()
    month = drawn.draw(context, 1)
    result = context.result(month)
    page = pages.sheet(result.book, "总览")
    for unit, (person, telephone, checker) in written(month).items():
        lines = [" ".join(pages.text(cell.value) for cell in row) for row in page.iter_rows()
                 if any(pages.text(cell.value) == unit for cell in row)]  # fmt: skip
        outcome.hold(
            any(person in line and telephone in line for line in lines),
            f"{unit}: {person}, {telephone} not in a line of 总览",
        )
    for name, words in (("吉阳区", "办公室"),):
        result = context.result(fixtures.month("given month"))
        told = " ".join(pages.words(pages.sheet(result.book, "总览")).values())
        outcome.hold(words in told, f"{name}: 填报人 {words} is not on 总览")
    return outcome


@check("contacts: the slip names the bureau, and has room for 填报人, 电话, 审核人, signature and date")
def on_slips(context):
    outcome = Outcome()
    result = context.result(fixtures.month("given month"))
    for path in result.slips:
        told = "\n".join("\n".join(pages.words(page).values()) for page in pages.book(path))
        outcome.hold("三亚市民政局" in told, f"{path.name} does not name the bureau")
        outcome.hold("联系" in told, f"{path.name} has no contact")
        for word in ("填报人|答复人", "电话", "审核人", "日期"):
            outcome.hold(re.search(word, told), f"{path.name} has no {word}")
    return outcome


@check("contacts: sign-off lines at the foot of page one: 制表, 复核, 负责人 with date")
def sign_off(context):
    outcome = Outcome()
    for name in fixtures.MONTHS:
        page = pages.sheet(context.result(fixtures.month(name)).book, "总览")
        told = "\n".join(pages.words(page).values())
        for word in ("制表", "复核", "负责人", "日期"):
            outcome.hold(word in told, f"{name}: 总览 has no {word}")
    return outcome


@check("contacts: slips and reminders are named by unit and period, and do not overwrite what was sent")
def names(context):
    outcome = Outcome()
    for month in (*(fixtures.month(name) for name in fixtures.MONTHS), fixtures.partial(context)):
        result = context.result(month)
        sent = {path.name for path in month.inbox.iterdir()}
        for path in result.slips:
            outcome.hold(path.name not in sent, f"{month.name}: {path.name} has the name of a submission")
            outcome.hold(
                re.fullmatch(rf"({'|'.join(month.units)})(核实反馈表|催报通知){month.period}\.xlsx", path.name),
                f"{month.name}: {path.name}",
            )
    return outcome


@check("contacts: sign-off typed in the workbook is recorded, and void when a figure changes afterwards")
def signed(context):
    import hand
    import openpyxl

    outcome = Outcome()
    result = answers.first(context)
    book = openpyxl.load_workbook(result.book)
    page = book["总览"]
    met = False
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and re.match(r"(制表|复核|负责人)", cell.value) and len(cell.value) < 12:
                beside = hand.beside(page, cell)
                if type(beside).__name__ == "Cell":
                    beside.value = "李复核" if "复核" in cell.value else "张某"
                    met = True
    if not outcome.hold(met, "no place to sign on 总览"):
        return outcome
    path = hand.saved(book, context.folder() / "signed.xlsx")
    after = answers.again(context, "--answers", path)
    told = "\n".join(pages.words(pages.sheet(after.book, "总览")).values())
    outcome.hold("李复核" in told, "who signed is not on page one of the next run")
    later = answers.following(context, after, inbox=corrected.inbox(context, ("海棠区.xls", 8, 3, 260000)))
    told = "\n".join(pages.words(pages.sheet(later.book, "总览")).values())
    outcome.hold(
        "李复核" not in told or re.search(r"失效|作废|已变|有变|变化|变动|重新", told),
        "a figure changed after the signature, and page one does not say so",
    )
    return outcome


@check(
    "contacts: documents that an answer names are looked for beside the slip, listed with their hash, or said missing"
)
def evidence(context):
    import hashlib

    import hand

    outcome = Outcome()
    result = answers.first(context)
    number = answers.of(result, "天涯区", severity="verify")[0]["id"]
    other = answers.of(result, "天涯区", severity="verify")[1]["id"]
    folder = context.folder()
    slip = result.slip("天涯区")
    path = hand.typed(
        slip,
        folder / slip.name,
        {number: {"情况说明": "计划已调整，见会议纪要.pdf"}, other: {"情况说明": "资金分批下达，见拨款凭证.pdf"}},
    )
    (folder / "会议纪要.pdf").write_bytes(b"%PDF-1.4 minutes")
    after = answers.again(context, "--answers", path)
    page = pages.sheet(after.book, "来源与守恒")
    told = "\n".join(pages.words(page).values())
    outcome.hold("会议纪要.pdf" in told, "来源与守恒 does not list 会议纪要.pdf")
    outcome.hold(hashlib.sha256(b"%PDF-1.4 minutes").hexdigest()[:16] in told, "来源与守恒 has no hash of 会议纪要.pdf")
    lines = [line for line in answers.everything(after).splitlines() if "拨款凭证.pdf" in line]
    outcome.hold(
        any(re.search(r"没有|未找到|找不到|缺|未附|未见", line) for line in lines),
        "nobody says that 拨款凭证.pdf is missing",
    )
    return outcome
