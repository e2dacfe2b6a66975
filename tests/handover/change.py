"""What changed: the run before in the same period, the period before, and which version this is."""

import re
from decimal import Decimal

import answers
import corrected
import fixtures
import pages
import recount
from support import Outcome, check


def said(page):
    return (
        "\n".join(pages.text(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None)
        if page
        else ""
    )


def changes(result):
    return [pages.sheet(result.book, name) for name in ("更正前后", "变化情况") if pages.sheet(result.book, name)]


@check("change: a page for what changed against the run before")
def page(context):
    outcome = Outcome()
    before, after = corrected.runs(context)
    outcome.hold(
        pages.sheet(after.book, "更正前后") is not None, f"no page 更正前后: {pages.book(after.book).sheetnames}"
    )
    told = "\n".join(said(own) for own in changes(after))
    outcome.hold(re.search(r"批次\s*0?1|第\s*0?1\s*批|上一批次", told), "the page does not name the run before")
    return outcome


@check("change: findings gone and findings new, each with unit and place")
def findings(context):
    outcome = Outcome()
    before, after = corrected.runs(context)
    told = "\n".join(said(own) for own in changes(after))
    outcome.hold("崖州区" in told and "金额单位有误" in told, "the mended slip of 崖州区 is not among what is gone")
    outcome.hold("海棠区" in told, "海棠区's mended amount is not among what is gone")
    outcome.hold("市民政局" in told, "市民政局's new error is not on the page")
    new = [
        f
        for f in after.report["findings"]
        if f["unit"] == "市民政局" and f["side"] == "submission" and f["severity"] == "mandatory"
    ]
    outcome.hold(new, "市民政局's new error is not found")
    gone = {f["id"] for f in before.report["findings"]} - {f["id"] for f in after.report["findings"]}
    outcome.hold(len(gone) >= 2, "the mended errors are still there")
    for number in gone:
        kept = next(f for f in before.report["findings"] if f["id"] == number)
        if kept["seq"]:
            outcome.hold(
                re.search(rf"\b{kept['seq']}\b", told), f"{kept['unit']} 第 {kept['seq']} 项 is not on the page"
            )
    return outcome


@check("change: what is gone, new and still there by unit = the lines below and report.json, each once")
def counts(context):
    outcome = Outcome()
    before, after = corrected.runs(context)

    def above_note(result):
        return {
            f["id"]: f["unit"]
            for f in result.report["findings"]
            if f["side"] == "submission" and f["severity"] != "note"
        }

    old, new = above_note(before), above_note(after)
    right = {"不再出现": set(old) - set(new), "新出现": set(new) - set(old), "仍存在": set(old) & set(new)}
    tables = pages.tables(pages.sheet(after.book, "更正前后"), "不再出现", "新出现")
    if not outcome.hold(tables, "更正前后 has no counts by unit"):
        return outcome
    for word, ids in right.items():
        head = tables[0].column(word)
        total = sum(
            pages.number(line[head]) or 0 for line in tables[0].lines() if pages.text(line["责任单位"]) != "合计"
        )
        outcome.same(int(total), len(ids), f"更正前后: the column {word} added up")
    return outcome


@check("change: which file changed: names and times or hashes of both versions")
def files(context):
    outcome = Outcome()
    before, after = corrected.runs(context)
    told = "\n".join(said(own) for own in changes(after))
    hashes = (
        {f["file"]: f["sha256"] for f in before.report["files"]},
        {f["file"]: f["sha256"] for f in after.report["files"]},
    )
    for name in ("崖州区.ods", "海棠区.xls", "市民政局.xlsx"):
        outcome.hold(name in told, f"{name} is not on the page")
        for side in hashes:
            outcome.hold(
                side[name][:8] in told or re.search(r"20\d\d[-年]\d+[-月]\d+", told),
                f"{name}: neither hash nor time of both versions",
            )
    outcome.hold(
        "吉阳区8月报送.xlsx" not in told or "未变" in told or "相同" in told,
        "a file that did not change is on the page",
    )
    return outcome


@check("change: the page's figures of both runs, recounted")
def figures(context):
    outcome = Outcome()
    before, after = corrected.runs(context)
    numbers = {pages.number(cell.value) for own in changes(after) for row in own.iter_rows() for cell in row}
    told = "\n".join(said(own) for own in changes(after)).replace(",", "")
    months = fixtures.month("given month"), corrected.month(context)
    for unit in ("崖州区", "海棠区", "市民政局"):
        for month in months:
            right = Decimal(recount.of_unit(month, unit, "funds")["reported"]) / 1_000_000
            outcome.hold(right in numbers or f"{right.normalize():f}" in told, f"{unit}: {right} is not on the page")
    return outcome


@check("change: 批次 on page one counts up, and the seal is the hash of the manifest before")
def version(context):
    import hashlib

    outcome = Outcome()
    before, after = corrected.runs(context)
    told = said(pages.sheet(after.book, "总览"))
    outcome.hold(re.search(r"批次\s*[：:]?\s*(第\s*)?0?2\b", told), "总览 of the second run does not say 批次 02")
    # The copy of the archive holds the run before.
    manifest = after.folder.parent / "01" / "manifest.json"
    head = hashlib.sha256(manifest.read_bytes()).hexdigest()
    outcome.hold(
        any(head[: len(word)] == word for word in re.findall(r"[0-9a-f]{8,64}", told.replace(" ", ""))),
        "存档校验码 is not the hash of the manifest before",
    )
    import json

    own = json.loads((after.folder / "manifest.json").read_text("utf-8"))
    outcome.hold(head in json.dumps(own), "manifest.json does not carry the hash of the manifest before")
    return outcome


@check("change: an unchanged second run says that nothing changed, and loses nothing")
def nothing(context):
    outcome = Outcome()
    result = answers.again(context)
    outcome.same(
        len(result.report["findings"]), len(answers.first(context).report["findings"]), "findings of an unchanged run"
    )
    return outcome
