"""What comes back after other programs and other hands: saved, sorted, filtered, inserted into; nothing is lost."""

import json
import re
import shutil

import drawn
import hand
from answers import all_answered, all_decided, decided, everything, finding, of, slip_answers
from corrected import again
from support import Outcome, Skipped, check

# All sheets of a workbook, each as a file of its own.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def through(form):
    """A file as LibreOffice saves it; a csv of the page with the list."""

    def make(context, path):
        if form == "xlsx, openpyxl":
            return [path]
        if form != "csv":
            return context.convert([path], form)
        folder = context.folder()
        try:
            context.convert([path], CSV, folder)
        except RuntimeError:
            pass
        found = [p for p in folder.glob("*.csv") if is_list(p.read_text("utf-8", "replace"))]
        if not found:
            raise Skipped("LibreOffice wrote no csv of the list")
        return found

    return make


def is_list(text):
    return any("差异编号" in line and "情况说明" in line and line.count(",") > 6 for line in text.splitlines())


for _form in ("xlsx", "xls", "ods", "csv"):

    @check(f"answers: slip saved by LibreOffice as {_form}: the same")
    def slip_saved(context, form=_form):
        outcome = Outcome()
        answers, path = slip_answers(context)
        for saved in through(form)(context, path):
            all_answered(outcome, again(context, "--answers", saved), answers, f"slip as {form}")
        return outcome

    @check(f"answers: consolidated workbook saved by LibreOffice as {_form}: the same")
    def book_saved(context, form=_form):
        outcome = Outcome()
        choices, path = decided(context)
        for saved in through(form)(context, path):
            all_decided(outcome, again(context, "--answers", saved), choices, f"workbook as {form}")
        return outcome


EDITS = {
    "sorted by 差异类型": lambda path, out: hand.sort(path, out, "差异类型"),
    "sorted by 差异编号 downwards": lambda path, out: hand.sort(path, out, "差异编号", descending=True),
    "filtered": lambda path, out: hand.filtered(path, out, "性质", "强制性"),
    "rows inserted": lambda path, out: hand.inserted(path, out, rows=(0, 1, 2, 4)),
    "a column inserted": lambda path, out: hand.inserted(path, out, columns=(1, 3)),
}
for _name, _edit in EDITS.items():

    @check(f"answers: workbook {_name} by the user: the same")
    def book_edited(context, name=_name, edit=_edit):
        outcome = Outcome()
        choices, path = decided(context)
        result = again(context, "--answers", edit(path, context.folder() / "核对汇总表 - 副本.xlsx"))
        all_decided(outcome, result, choices, name)
        return outcome

    @check(f"answers: slip {_name} by the user: the same")
    def slip_edited(context, name=_name, edit=_edit):
        outcome = Outcome()
        answers, path = slip_answers(context)
        all_answered(outcome, again(context, "--answers", edit(path, context.folder() / path.name)), answers, name)
        return outcome


# How a person's program may save a slip: LibreOffice's forms, and a csv that was opened and saved once more.
SAVED = ("xlsx", "xls", "ods", "csv", "csv and back")


def by_program(context, paths, form):
    """All files saved in a form, by one start of LibreOffice."""
    if form in ("xlsx", "xls", "ods"):
        return context.convert(paths, form)
    folder = context.folder()
    # Commas, quotes, UTF-8: told when it is opened again, too, as a person tells the dialog.
    how = "Text - txt - csv (StarCalc):44,34,76,1"
    sheets = context.convert(paths, f"csv:{how}", folder)
    return sheets if form == "csv" else context.convert(sheets, "xlsx", infilter=how)


@check("answers: random months, every row of every slip answered, saved in every form: as many arrive as were typed")
def all_arrive(context):
    outcome = Outcome()
    for number in range(context.most(3)):
        month = drawn.draw(context, number)
        before = context.result(month)
        answers = {}
        paths = []
        for unit in (unit for unit in month.units if unit not in month.silent):
            own = {}
            for f in of(before, unit):
                if f["severity"] != "note" and before.slip(unit):
                    own[f["id"]] = {"情况说明": f"计划已调整，文号{len(answers) + len(own) + 1}"}
            if own:
                name = before.slip(unit).name
                paths.append(hand.typed(before.slip(unit), context.folder() / name, own))
                answers |= {n: typed["情况说明"] for n, typed in own.items()}
        for form in SAVED:
            saved = by_program(context, paths, form)
            archive = context.folder() / "archive"
            shutil.copytree(before.folder.parents[2], archive)
            options = [part for path in saved for part in ("--answers", path)]
            try:
                after = context.run(month, *options, archive=archive)
            except RuntimeError as refused:
                outcome.hold(False, f"{form}: all are refused: {refused}")
                continue
            lost = [
                n
                for n, words in answers.items()
                if words not in json.dumps((finding(after, n) or {}).get("explanation"), ensure_ascii=False)
            ]
            outcome.tried += len(answers)
            said = everything(after) if lost else ""
            for n in lost:
                outcome.wrong.append(
                    f"{month.name}, {form}: {n} {'is told, not taken' if answers[n] in said else 'IS LOST'} ({len(lost)} of {len(answers)})"
                )
    return outcome


@check("answers: numbers of findings that look like figures survive a csv that a spreadsheet opens and saves")
def like_figures(context):
    outcome = Outcome()
    month = drawn.draw(context, 300, 300, 5)
    before = context.result(month)
    own = [
        f
        for f in of(before)
        if f["severity"] != "note" and f["unit"] not in month.silent and re.fullmatch(r"\d+|\d+e\d+", f["id"])
    ]
    typed, paths = {}, []
    for f in own[:6]:
        typed[f["id"]] = f"计划已调整，文号{len(typed) + 1}"
        slip = before.slip(f["unit"])
        paths.append(hand.typed(slip, context.folder() / slip.name, {f["id"]: {"情况说明": typed[f["id"]]}}))
    if not paths:
        raise Skipped("no number of this month looks like a figure")
    archive = context.folder() / "archive"
    shutil.copytree(before.folder.parents[2], archive)
    options = [part for path in by_program(context, paths, "csv and back") for part in ("--answers", path)]
    try:
        said = everything(context.run(month, *options, archive=archive))
    except RuntimeError as refused:
        outcome.hold(False, f"all are refused: {refused}")
        return outcome
    for n, words in typed.items():
        outcome.hold(words in said, f"{n}: the words {words!r} are lost")
    return outcome
