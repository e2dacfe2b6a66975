"""Words: Chinese that an officer understands, nothing of the program's inside, nothing in English."""

import re

import answers
import drawn
import fixtures
import formulas_in
import pages
from reading import read
from support import Outcome, check

# Words that a Chinese office uses in Latin letters.
KNOWN = {
    "sha", "sha256", "xlsx", "xls", "ods", "csv", "pdf", "excel", "wps", "id", "utf", "bom", "km", "html", "toml", "no", "a", "b", "c",
    "duibiao", "jsonl", "json", "gb", "zip", "word", "docx", "doc", "et",
    "sha-", "na", "last", "this", "pipelines",
}  # fmt: skip
INSIDE = re.compile(
    r"\b(unit|value|field|sheet|null|none|true|false|unknown|error|binary|data|missing|Option|Err|panic|unwrap|utf)\b|central_total|[a-z]+_[a-z_]+|\b[a-z]+-[a-z]+(-[a-z]+)*\b"
)


def foreign(text, allowed):
    """Words in Latin letters that are neither known nor typed by somebody."""
    text = re.sub(r"https?://\S+|[\w.\-（）()]+\.(xlsx|xls|ods|csv|pdf|toml|html|json|jsonl)\b", " ", text)
    text = re.sub(r"\b[0-9a-f]{8,64}\b", " ", text)
    text = re.sub(r"\b[A-Z]{1,3}\d{1,7}(:[A-Z]{1,3}\d{1,7})?\b", " ", text)
    text = re.sub(r"U\+[0-9A-F]{4,6}", " ", text)
    found = []
    for word in re.findall(r"[A-Za-z][A-Za-z_\-]+", text):
        if word.lower() not in KNOWN and word not in allowed and not re.fullmatch(r"[A-Z]{1,3}", word):
            found.append(word)
    return found


def judge_book(outcome, name, path, allowed):
    for page in pages.book(path):
        texts = dict(pages.words(page))
        for validation in page.data_validations.dataValidation:
            for words in (
                validation.error,
                validation.prompt,
                validation.errorTitle,
                validation.promptTitle,
                validation.formula1 if validation.type == "list" else None,
            ):
                texts[f"validation {validation.sqref}"] = words or ""
        for row in page.iter_rows():
            for cell in row:
                if cell.comment:
                    texts[f"note {cell.coordinate}"] = cell.comment.text
        texts["header"] = " ".join(
            str(part.text or "")
            for part in (
                page.oddHeader.left,
                page.oddHeader.center,
                page.oddHeader.right,
                page.oddFooter.left,
                page.oddFooter.center,
                page.oddFooter.right,
            )
        ).replace("&", " &")
        for place, words in texts.items():
            bad = foreign(re.sub(r"&[A-Z]", " ", words), allowed)
            outcome.hold(not bad, f"{name}: {page.title}!{place}: {bad} in {words[:100]!r}")
    for sheet in pages.book(path).sheetnames:
        outcome.hold(not foreign(sheet, allowed), f"{name}: page {sheet}")


def typed_words(month):
    """Latin words that stand in the submissions themselves, or in the plan."""
    found = set()
    for path in [*month.inbox.iterdir()]:
        try:
            for grid in read(path):
                for content in grid.cells.values():
                    found |= set(re.findall(r"[A-Za-z][A-Za-z_\-]+", str(content)))
        except Exception:  # What cannot be read has no words of its own.
            continue
    return found


def hostile(context):
    return context.kept("hostile run", lambda: context.run(formulas_in.odd(context)))


@check("words: workbook, given months")
def given(context):
    outcome = Outcome()
    for month in (
        *(fixtures.month(name) for name in fixtures.MONTHS),
        fixtures.partial(context),
        drawn.draw(context, 1),
    ):
        judge_book(outcome, month.name, context.result(month).book, typed_words(month))
    return outcome


@check("words: workbook, a month of texts like formulas")
def formulas(context):
    outcome = Outcome()
    month = formulas_in.month(context)
    judge_book(outcome, month.name, formulas_in.result(context).book, typed_words(month))
    return outcome


@check("words: workbook and slips, hostile month: damaged, empty, foreign and unknown files")
def odd(context):
    outcome = Outcome()
    result = hostile(context)
    allowed = typed_words(result.month) | {"Thumbs", "db", "README", "txt", "notes"}
    judge_book(outcome, "hostile", result.book, allowed)
    for path in result.slips:
        judge_book(outcome, f"hostile, {path.name}", path, allowed)
    said = re.sub(re.escape(str(context.root)) + r"\S*", " ", result.answer.err)
    outcome.hold(not foreign(said, allowed), f"standard error: {foreign(said, allowed)} in {said[-300:]!r}")
    return outcome


@check("words: slips and reminders, given months")
def slips(context):
    outcome = Outcome()
    for month in (
        *(fixtures.month(name) for name in fixtures.MONTHS),
        fixtures.partial(context),
        drawn.draw(context, 1),
    ):
        for path in context.result(month).slips:
            judge_book(outcome, f"{month.name}, {path.name}", path, typed_words(month))
    return outcome


@check("words: what a run says on standard error, with and without earlier runs and answers")
def run(context):
    outcome = Outcome()
    runs = [
        context.result(month)
        for month in (
            *(fixtures.month(name) for name in fixtures.MONTHS),
            fixtures.partial(context),
            drawn.draw(context, 1),
        )
    ]
    runs.append(answers.again(context))
    runs.append(answers.again(context, "--answers", answers.slip_answers(context)[1]))
    for result in runs:
        said = re.sub(r"/\S+", " ", result.answer.err)
        outcome.hold(not foreign(said, set()), f"{result.month.name}: {foreign(said, set())} in {said!r}")
    for arguments in (("run", "none.toml", "--period", "2020-08"), ("run", fixtures.month("given month").pipeline, "--period", "2020-13"),
                      ("run", fixtures.month("given month").pipeline, "--period", "2020-08", "--inbox", "nowhere"),
                      ("check", "nothing.xlsx"), ("run", "--nothing")):  # fmt: skip
        answer = (
            context.call(*arguments, "--lang", "zh")
            if "--nothing" not in arguments
            else context.call("--lang", "zh", *arguments)
        )
        said = re.sub(r"--[a-z-]+|\[?<?[A-Z_]{2,}>?\]?|/\S+|none\.toml|nothing\.xlsx|nowhere", " ", answer.err + answer.out)
        bad = [word for word in foreign(said, set()) if word not in ("duibiao", "run", "check", "help")]
        outcome.hold(not bad, f"{arguments}: {bad} in {said[:200]!r}")
        outcome.same(answer.status, 2, f"{arguments}: status")
    return outcome


@check("words: templates")
def templates(context):
    outcome = Outcome()
    for name in fixtures.MONTHS:
        month = fixtures.month(name)
        out = context.folder()
        context.call("template", month.pipeline, "--period", month.period, "--out", out, "--lang", "zh")
        made = sorted(out.glob("*.xlsx"))
        outcome.hold(made, f"{name}: no templates")
        for path in made:
            judge_book(outcome, path.name, path, typed_words(month))
    return outcome


@check("words: no English in help of the Chinese command line")
def help_texts(context):
    outcome = Outcome()
    for command in (
        (),
        ("run",),
        ("check",),
        ("inspect",),
        ("template",),
        ("explain",),
        ("history",),
        ("schedule",),
        ("schema",),
        ("drill",),
    ):
        for how in (("--lang", "zh", *command, "--help"), ("--lang", "zh", *command, "-h")):
            answer = context.call(*how)
            said = re.sub(
                r"--?[a-zA-Z][a-z-]*|<[A-Z_|a-z-]+>|\[[A-Z_a-z. …|]+\]|[A-Z_]{2,}(…|\.\.\.)?|\S+=\S+|/\S+|\b(duibiao|help|run|check|inspect|template|explain|history|schedule|schema|completions|drill|extract|man|list|diff|verify|replay|prune|install|remove|status|systemd|cron|windows|json|text|auto|always|never|zh|en|last|this|pipelines|data|Markdown|bash|zsh|fish|powershell|elvish)\b",
                " ",
                answer.out + answer.err,
            )
            bad = foreign(said, set())
            outcome.hold(not bad, f"{' '.join(how)}: {bad[:8]}")
            outcome.hold(answer.status == 0, f"{' '.join(how)}: status {answer.status}")
    return outcome


@check("words: explain in Chinese, each kind without words of the program")
def explained(context):
    outcome = Outcome()
    answer = context.call("--lang", "zh", "explain")
    kinds = re.findall(r"^\s*([a-z]+(?:-[a-z]+)+)", answer.out, re.MULTILINE)
    outcome.hold(len(kinds) >= 30, f"explain lists {len(kinds)} kinds")
    for kind in kinds[::4]:
        said = context.call("--lang", "zh", "explain", kind)
        bad = [word for word in foreign(said.out, set(kinds))]
        outcome.hold(said.status == 0 and not bad, f"explain {kind}: {bad}")
    near = context.call("--lang", "zh", "explain", "value-scald")
    outcome.hold(
        "value-scaled" in near.err and "submission-missing" not in near.err, "explain suggests what is not near"
    )
    return outcome


@check("words: no advice that does not fit a web page, a cloud document, a damaged file is said once")
def once(context):
    outcome = Outcome()
    result = hostile(context)
    for line in pages.findings(result.book):
        words = pages.text(line["说明"])
        for piece in re.findall(r"[^，。；]{8,}[，。；]", words):
            outcome.hold(words.count(piece) == 1, f"差异清单 row {line.row} says twice: {piece}")
        outcome.hold("二进制" not in words and "binary" not in words.lower(), f"差异清单 row {line.row}: {words[:80]}")
    return outcome
