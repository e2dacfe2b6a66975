"""What comes back: answers of units and decisions of the clerk, saved by other programs, and nothing lost."""

import json
import re
import shutil

import corrected
import fixtures
import hand
import pages
from corrected import again, first
from support import Outcome, check

WHY = "计划已调整，调整文件（民发〔2020〕18号）随附"
ADVICE = "已核对文件，同意"
CLERK = "王小明"


def following(context, result, *arguments, inbox=None, period=None):
    """The next run in the same archive."""
    return context.run(
        fixtures.month("given month"), *arguments, archive=result.folder.parents[2], inbox=inbox, period=period
    )


def of(result, unit=None, kind=None, severity=None, status=None):
    return [
        f for f in result.report["findings"]
        if f["side"] == "submission" and unit in (None, f["unit"]) and kind in (None, f["kind"])
        and severity in (None, f["severity"]) and status in (None, f["status"])
    ]  # fmt: skip


def finding(result, number):
    return next((f for f in result.report["findings"] if f["id"] == number), None)


def everything(result):
    """All that a run says: messages, workbook, standard error."""
    said = [result.answer.err, json.dumps(result.report, ensure_ascii=False)]
    for page in pages.book(result.book):
        said += pages.words(page).values()
    return "\n".join(said)


def slip_answers(context, unit="天涯区"):
    """Answers to every row of a unit's slip: what is typed by number, and the slip with them."""

    def make():
        result = first(context)
        slip = result.slip(unit)
        answers = {}
        for f in of(result, unit):
            if f["severity"] != "note":
                answers[f["id"]] = f"{WHY}，第{len(answers) + 1}件"
        path = hand.typed(slip, context.folder() / slip.name, {n: {"情况说明": words} for n, words in answers.items()})
        return answers, path

    return context.kept(("answers", unit), make)


def decided(context):
    """Decisions in the list: a verify finding accepted, a mandatory one waived, one sent back, one accepted in vain."""

    def make():
        result = first(context)
        verify = of(result, severity="verify", status="open")
        # A finding with two rows shows best that both are read.
        mandatory = sorted(of(result, severity="mandatory", status="open"), key=lambda f: f["kind"] != "value-differs")
        choices = {
            verify[0]["id"]: ("采纳", "explained"), verify[1]["id"]: ("退回", "returned"),
            mandatory[0]["id"]: ("豁免", "waived"), mandatory[1]["id"]: ("采纳", "open"),
        }  # fmt: skip
        edits = {}
        for number, (choice, _) in choices.items():
            edits[number] = {
                "处理": choice,
                "处理意见": f"{ADVICE}（{choice}）",
                "处理人": CLERK,
                "情况说明": f"{WHY}（{choice}）",
            }
        path = hand.typed(result.book, context.folder() / "核对汇总表 - 副本.xlsx", edits)
        return choices, path

    return context.kept("decided", make)


def all_answered(outcome, result, answers, what):
    for number, words in answers.items():
        own = finding(result, number)
        told = json.dumps(own["explanation"], ensure_ascii=False) if own else ""
        outcome.hold(own and words in told, f"{what}: {number}: {words!r} is not its explanation: {told[:80]}")
        outcome.hold(own and own["status"] == "answered", f"{what}: {number} is {own and own['status']}")


def all_decided(outcome, result, choices, what):
    for number, (choice, status) in choices.items():
        own = finding(result, number)
        expected = (status, "answered") if status == "open" else (status,)
        outcome.hold(
            own and own["status"] in expected,
            f"{what}: {number} with {choice} is {own and own['status']}, right is {status}",
        )
    said = everything(result)
    for choice, status in choices.values():
        outcome.hold(f"{ADVICE}（{choice}）" in said, f"{what}: 处理意见 of {choice} is lost")
    outcome.hold(CLERK in said, f"{what}: 处理人 is lost")


@check("answers: --answers is understood, and --explanations still; a unit's answers are answered, not closed")
def understood(context):
    outcome = Outcome()
    answers, path = slip_answers(context)
    for option in ("--answers", "--explanations"):
        result = again(context, option, path)
        all_answered(outcome, result, answers, option)
        outcome.same(result.answer.status, 1, f"{option}: an answer alone leaves the findings open")
    return outcome


@check("answers: 已答复 is counted on page one = answered in report.json = the list filtered")
def counted(context):
    outcome = Outcome()
    answers, path = slip_answers(context)
    result = again(context, "--answers", path)
    said = "\n".join(pages.words(pages.sheet(result.book, "总览")).values())
    right = sum(1 for f in result.report["findings"] if f["status"] == "answered")
    outcome.same(right, len(answers), "answered in report.json")
    told = {int(n) for n in re.findall(r"已答复\s*(\d+)\s*处", said)}
    outcome.hold(right in told, f"总览 says 已答复 {told}, report.json {right}")
    rows = {pages.text(line["差异编号"]) for line in pages.findings(result.book)
            if "已答复" in "".join(pages.text(content) for head, content in line.cells.items() if head in ("状态", "办理状态", "进展"))}  # fmt: skip
    outcome.same(len(rows), right, "差异清单 filtered by 已答复")
    for line in pages.findings(result.book):
        words = answers.get(pages.text(line["差异编号"]))
        if words:
            outcome.hold(words in pages.text(line["情况说明"]), f"差异清单 row {line.row} does not show the answer")
    return outcome


def empty(words):
    def judge(context):
        outcome = Outcome()
        result = first(context)
        number = of(result, "天涯区", severity="verify")[0]["id"]
        path = hand.typed(result.slip("天涯区"), context.folder() / "slip.xlsx", {number: {"情况说明": words}})
        following_run = again(context, "--answers", path)
        own = finding(following_run, number)
        outcome.hold(own["status"] == "open", f"{words!r}: the finding is {own['status']}")
        told = [f for f in following_run.report["findings"] if f["kind"] == "explanation-empty"]
        outcome.hold(told, f"{words!r}: nothing says that this is no explanation")
        return outcome

    return judge


for _words in ("收到", "1", "已阅", "无", "好的", "同意", "核实无误", "。", "ok", "已知悉"):
    check(f"answers: “{_words}” is not an explanation, and that is said")(empty(_words))


@check(
    "answers: 采纳 closes a verify finding, 豁免 waives a mandatory one, 退回 sends back, 采纳 of a mandatory one does nothing"
)
def decisions(context):
    outcome = Outcome()
    choices, path = decided(context)
    result = again(context, "--answers", path)
    all_decided(outcome, result, choices, "typed")
    return outcome


@check("answers: 豁免 without a reason or without a name waives nothing, and that is said")
def unfounded(context):
    outcome = Outcome()
    result = first(context)
    mandatory = of(result, severity="mandatory", status="open")
    edits = {
        mandatory[0]["id"]: {"处理": "豁免", "处理人": CLERK},
        mandatory[1]["id"]: {"处理": "豁免", "处理意见": ADVICE},
    }
    path = hand.typed(result.book, context.folder() / "book.xlsx", edits)
    after = again(context, "--answers", path)
    for number in edits:
        own = finding(after, number)
        outcome.hold(own["status"] != "waived", f"{number} is waived with {edits[number]}")
    told = [f for f in after.report["findings"] if f["kind"] in ("decision-refused", "explanation-empty")]
    outcome.hold(len(told) >= 1, "nothing says why nothing was waived")
    return outcome


@check("answers: decisions live on in later runs and in decisions.jsonl: who, when, file, chained")
def live_on(context):
    outcome = Outcome()
    choices, path = decided(context)
    result = again(context, "--answers", path)
    later = following(context, result)
    all_decided(outcome, later, choices, "the run after")
    kept = result.folder.parents[1] / "decisions.jsonl"
    if not outcome.hold(kept.is_file(), "no decisions.jsonl"):
        return outcome
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    for number, (choice, _) in choices.items():
        own = [line for line in lines if number in json.dumps(line)]
        outcome.hold(own, f"decisions.jsonl has no line for {number} ({choice})")
        for line in own:
            told = json.dumps(line, ensure_ascii=False)
            outcome.hold(CLERK in told, f"{number}: who is not in {told[:200]}")
            outcome.hold("核对汇总表 - 副本" in told, f"{number}: the file is not in {told[:200]}")
            outcome.hold(re.search(r"20\d\d-\d\d", told), f"{number}: when is not in {told[:200]}")
    chained = [re.findall(r"[0-9a-f]{64}", json.dumps(line)) for line in lines]
    outcome.hold(all(chained), "lines of decisions.jsonl carry no hash of the one before")
    return outcome


@check("answers: decisions are said with who and when, and are withdrawn the same way")
def withdrawn(context):
    outcome = Outcome()
    choices, path = decided(context)
    result = again(context, "--answers", path)
    page = pages.sheet(result.book, "口径说明")
    told = "\n".join(pages.words(page).values()) if page else ""
    outcome.hold(CLERK in told, "口径说明 does not say who decided")
    waived = next(number for number, (choice, _) in choices.items() if choice == "豁免")
    undo = hand.typed(
        result.book, context.folder() / "undo.xlsx", {waived: {"处理": None, "处理意见": "撤回", "处理人": CLERK}}
    )
    undo = hand.typed(undo, context.folder() / "undo.xlsx", {waived: {"处理": "退回"}})
    later = following(context, result, "--answers", undo)
    own = finding(later, waived)
    outcome.hold(own["status"] in ("open", "returned", "answered"), f"withdrawn, the finding is still {own['status']}")
    return outcome


@check('answers: [findings] accept = "by-answer" lets an answer close a verify finding')
def by_answer(context):
    outcome = Outcome()
    folder = context.folder()
    shutil.copytree(
        fixtures.month("given month").pipeline.parents[1] / "fixtures",
        folder / "fixtures",
        ignore=shutil.ignore_patterns("cases", "hard", "silence"),
    )
    (folder / "pipelines").mkdir()
    words = fixtures.month("given month").pipeline.read_text("utf-8") + '\n[findings]\naccept = "by-answer"\n'
    pipeline = folder / "pipelines" / fixtures.month("given month").pipeline.name
    pipeline.write_text(words, "utf-8")
    answers, path = slip_answers(context)
    archive = context.folder() / "archive"
    shutil.copytree(first(context).folder.parents[2], archive)
    said = context.call("run", pipeline, "--period", "2020-08", "--archive", archive, "--lang", "zh", "--answers", path)
    if not outcome.hold(said.status in (0, 1), f"accept: {said.last_words()}"):
        return outcome
    report = json.loads((archive.parent / said.out.strip() / "report.json").read_text("utf-8"))
    for f in report["findings"]:
        if f["id"] in answers:
            right = "explained" if f["severity"] == "verify" else "answered"
            outcome.same(f["status"], right, f"{f['id']} ({f['severity']})")
    return outcome


@check("answers: a slip in the inbox is recognised: no submission, no duplicate, its answers are read")
def in_the_inbox(context):
    outcome = Outcome()
    answers, path = slip_answers(context)
    inbox = context.folder()
    for own in fixtures.month("given month").inbox.iterdir():
        shutil.copy2(own, inbox)
    shutil.copy2(
        path, inbox / path.name if path.name not in [p.name for p in inbox.iterdir()] else inbox / f"回复{path.name}"
    )
    result = again(context, inbox=inbox)
    before = first(context).report
    outcome.same([u["standing"] for u in result.report["units"]], [u["standing"] for u in before["units"]], "standings")
    outcome.same({f["kind"] for f in of(result)} - {f["kind"] for f in of(first(context))}, set(), "new kinds")
    all_answered(outcome, result, answers, "slip in the inbox")
    return outcome


def lost_number(change):
    def judge(context):
        outcome = Outcome()
        answers, path = slip_answers(context)
        number, words = next(iter(answers.items()))
        broken = hand.altered(path, context.folder() / path.name, {number: change(number)})
        result = again(context, "--answers", broken)
        rest = {n: w for n, w in answers.items() if n != number}
        all_answered(outcome, result, rest, "the other rows")
        own = finding(result, number)
        outcome.hold(own["status"] == "answered" or words in everything(result), f"the words {words!r} are lost")
        if own["status"] != "answered":
            told = [f for f in result.report["findings"] if f["kind"] == "decision-refused"]
            outcome.hold(told or words in result.answer.err, "nobody says that the row was not understood")
        return outcome

    return judge


check("answers: 差异编号 deleted: the row is reported, its words are not lost")(lost_number(lambda number: None))
check("answers: 差异编号 shortened: the row is reported, its words are not lost")(
    lost_number(lambda number: number[:5])
)
check("answers: 差异编号 altered: the row is reported, its words are not lost")(lost_number(lambda number: "0" * 12))


@check("answers: the column 差异编号 deleted: no word is lost")
def column_lost(context):
    import openpyxl

    outcome = Outcome()
    answers, path = slip_answers(context)
    book = openpyxl.load_workbook(path)
    page = hand.page_with(book)
    row, columns = hand.heads(page)
    page.delete_cols(columns["差异编号"])
    result = again(context, "--answers", hand.saved(book, context.folder() / path.name))
    said = everything(result)
    for words in answers.values():
        outcome.hold(words in said, f"the words {words!r} are lost")
    return outcome


@check("answers: the workbook edited in place in the archive is read back by the next run")
def in_place(context):
    outcome = Outcome()
    choices, path = decided(context)
    archive = context.folder() / "archive"
    shutil.copytree(first(context).folder.parents[2], archive)
    published = next(archive.glob("*/2020-08/01/*.xlsx"))
    shutil.copy2(path, published)
    result = context.run(fixtures.month("given month"), archive=archive)
    all_decided(outcome, result, choices, "edited in place")
    return outcome


@check("answers: 零报告 typed on the reminder is a zero report")
def zero(context):
    outcome = Outcome()
    month = fixtures.partial(context)
    before = context.run(month, archive=context.folder() / "archive")
    reminder = before.reminder("吉阳区") or before.slip("吉阳区")
    if not outcome.hold(reminder, "no reminder for 吉阳区"):
        return outcome
    import openpyxl

    book = openpyxl.load_workbook(reminder)
    met = False
    for page in book.worksheets:
        for cell in [cell for row in page.iter_rows() for cell in row]:
            if not met and isinstance(cell.value, str) and "零报告" in cell.value and len(cell.value) < 30:
                box = hand.beside(page, cell)
                if box.value in (None, "", "□", "☐", "否"):
                    box.value, met = "零报告", True
                    reason = next(
                        (
                            c
                            for row in page.iter_rows()
                            for c in row
                            if "原因" in str(c.value) and len(str(c.value)) < 12
                        ),
                        None,
                    )
                    if reason:
                        hand.beside(page, reason).value = "本月无资金收支"
    if not outcome.hold(met, f"{reminder.name}: no box for 零报告"):
        return outcome
    path = hand.saved(book, context.folder() / reminder.name)
    for way in ("--answers", "inbox"):
        inbox = context.folder()
        for own in month.inbox.iterdir():
            shutil.copy2(own, inbox)
        if way == "inbox":
            shutil.copy2(path, inbox)
        archive = context.folder() / "archive"
        shutil.copytree(before.folder.parents[2], archive)
        result = context.run(month, *(("--answers", path) if way == "--answers" else ()), archive=archive, inbox=inbox)
        standing = next(u["standing"] for u in result.report["units"] if u["unit"] == "吉阳区")
        outcome.same(standing, "zero", f"零报告 by {way}")
    return outcome


@check("answers: an answer is kept when the figure changed since, and marked to be answered anew")
def anew(context):
    outcome = Outcome()
    result = first(context)
    own = next(f for f in of(result, "天涯区", "hidden-content") + of(result, "海棠区", "value-differs") if f["found"])
    path = hand.typed(result.slip(own["unit"]), context.folder() / "slip.xlsx", {own["id"]: {"情况说明": WHY}})
    answered = again(context, "--answers", path)
    outcome.same(finding(answered, own["id"])["status"], "answered", "answered first")
    inbox = corrected.inbox(context, ("海棠区.xls", 8, 3, 260000))
    later = following(context, answered, inbox=inbox)
    now = finding(later, own["id"])
    if outcome.hold(now, "the finding is followed when its figure changes"):
        outcome.hold(
            WHY in json.dumps(now["explanation"] or "", ensure_ascii=False) or WHY in everything(later),
            "the answer is lost",
        )
        outcome.hold(
            now["status"] == "open", f"the figure changed since the answer, and the finding is {now['status']}"
        )
        rows = " ".join(
            pages.text(c)
            for line in pages.findings(later.book)
            if line["差异编号"] == own["id"]
            for c in line.cells.values()
        )
        outcome.hold(
            re.search(r"重新|变化|变动|再次|已变|有变", rows),
            f"差异清单 does not say that it is to be answered anew: {rows[-120:]}",
        )
    return outcome


@check("answers: a formula typed as an answer stays text")
def formula(context):
    outcome = Outcome()
    result = first(context)
    number = of(result, "天涯区", severity="verify")[0]["id"]
    words = '=HYPERLINK("http://example.org","计划已调整")'
    for own in (words, "+1+cmd|' /C calc'!A0", "@SUM(1)", "-计划已调整，见附件"):
        import openpyxl

        book = openpyxl.load_workbook(result.slip("天涯区"))
        page = hand.page_with(book)
        row, columns = hand.heads(page)
        for at in range(row + 1, page.max_row + 1):
            if page.cell(at, columns["差异编号"]).value == number:
                cell = page.cell(at, columns["情况说明"])
                cell.value, cell.data_type = own, "s"
        after = again(context, "--answers", hand.saved(book, context.folder() / "slip.xlsx"))
        for path in (after.book, *after.slips):
            for page in pages.formulas(path):
                for line in page.iter_rows():
                    for cell in line:
                        outcome.hold(
                            not (cell.data_type == "f" and re.search(r"cmd|example|SUM\(1\)|计划已", str(cell.value))),
                            f"{path.name}, {page.title}!{cell.coordinate}: {cell.value!r}",
                        )
        kept = (after.folder / "data" / "findings.csv").read_text("utf-8-sig")
        outcome.hold(not re.search(r'(^|,)"?[=+@]', kept, re.MULTILINE), "findings.csv holds a formula")
    return outcome


@check("answers: two answers to one finding are both shown")
def both(context):
    outcome = Outcome()
    result = first(context)
    number = of(result, "天涯区", severity="verify")[0]["id"]
    paths = []
    for at, words in enumerate(("计划已调整，文件随附甲", "资金分批下达，其余未到位乙")):
        paths.append(
            hand.typed(result.slip("天涯区"), context.folder() / f"天涯区回复{at}.xlsx", {number: {"情况说明": words}})
        )
    after = again(context, "--answers", paths[0], "--answers", paths[1])
    rows = " ".join(
        pages.text(c) for line in pages.findings(after.book) if line["差异编号"] == number for c in line.cells.values()
    )
    outcome.hold("文件随附甲" in rows and "其余未到位乙" in rows, f"差异清单 shows {rows[-160:]}")
    return outcome


@check("answers: the slip after an answer says what was answered, and what the clerk said of it")
def said_again(context):
    outcome = Outcome()
    choices, path = decided(context)
    returned = next(number for number, (choice, _) in choices.items() if choice == "退回")
    result = again(context, "--answers", path)
    own = finding(result, returned)
    slip = result.slip(own["unit"])
    told = "\n".join("\n".join(pages.words(page).values()) for page in pages.book(slip)) if slip else ""
    outcome.hold(f"{WHY}（退回）" in told, f"slip of {own['unit']} does not say what was answered")
    outcome.hold(f"{ADVICE}（退回）" in told, f"slip of {own['unit']} does not say what the clerk said")
    outcome.hold("退回" in told, f"slip of {own['unit']} does not say 退回")
    return outcome


@check("answers: an answer in another unit's slip is refused and said")
def foreign(context):
    outcome = Outcome()
    result = first(context)
    number = of(result, "天涯区", severity="verify")[0]["id"]
    other = of(result, "崖州区", severity="mandatory")[0]["id"]
    path = hand.altered(hand.typed(result.slip("崖州区"), context.folder() / "slip.xlsx", {other: {"情况说明": WHY}}),
                        context.folder() / "slip.xlsx", {other: number})  # fmt: skip
    after = again(context, "--answers", path)
    outcome.hold(finding(after, number)["status"] == "open", "another unit's slip answers a finding")
    outcome.hold(of(after, kind="decision-refused") or WHY in after.answer.err, "nobody says that it was refused")
    return outcome
