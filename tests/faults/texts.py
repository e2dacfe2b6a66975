"""Hostile texts, big sheets and what reaches a terminal: each check makes an inbox, runs the program and
reads what it left with another library.

A check is a function `name(work_folder, program) -> (ok, words)`; `CHECKS` lists them.
"""

import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

# The sums and residuals of our own pages.
OWN_FORMULA = re.compile(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)|=ROUND\(SUM\([A-Z]+\d+:[A-Z]+\d+\)-[A-Z]+\d+,10\)")

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines" / "sanya-2020.toml"
PERIOD = "2020-08"
UNIT = "海棠区"
HEADINGS = ["序号", "责任单位", "工作任务", "资金（万元）", "资金用途", "时间进度", "中央资金分配情况"]
SECONDS = 20
MEMORY = 1024 * 1024 * 1024

CONTROLS = ["\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1a", "\x1b[31m", "\x7f", "\x85", "\x9b31m"]
DIRECTIONS = ["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e",
              "\u200f", "\u061c", "\u2028", "\u2029"]
TROUBLE = CONTROLS + DIRECTIONS + [
    "_x000D_", "_x005F_x000D_", "_xFFFF_", "_xD800_", "_x0000_", "\r\n", "\r", "\t", "\xad", "\u200b", "\u200d",
    "\ufeff", "\ufffe", "\uffff", "<r>一</r>", "]]>", "&amp;", "=1+1", "+1", "@SUM(A1)", "#REF!",
    "internal:'总览'!A1", "https://example.org/?a=b", '=DISPIMG("一",1)', '"', "'", "𠀀", "👨‍👩‍👧",
]


# ---------------------------------------------------------------- making inboxes


def tasks(unit=UNIT):
    """The unit's own rows of the plan."""
    sheet = openpyxl.load_workbook(ROOT / "fixtures/plan/master-plan.xlsx", data_only=True).worksheets[0]
    rows, owner = [], None
    for row in sheet.iter_rows(values_only=True):
        owner = str(row[1]) if row[1] else owner
        if isinstance(row[0], (int, float)) and owner and unit in owner:
            rows.append([row[0], unit] + list(row[2:7]))
    return rows


def sheet_of(rows, title=f"{UNIT}报送表", filled_by=f"填报单位：{UNIT}"):
    return [[title], [filled_by], HEADINGS] + rows


def cell_text(text):
    """What XML cannot hold is written as Excel writes it; what reads as that is escaped."""
    out = []
    for place, c in enumerate(text):
        if c == "_" and text[place + 1:place + 2] == "x" and text[place + 6:place + 7] == "_":
            out.append("_x005F_")
        elif (ord(c) < 32 and c not in "\n\t") or c in "\ufffe\uffff" or c == "\r":
            out.append(f"_x{ord(c):04X}_")
        else:
            out.append(escape(c))
    return "".join(out)


def xlsx(path, rows, name="附件3"):
    """A workbook with one sheet, by hand: any text in any cell."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for value in row:
            if isinstance(value, (int, float)):
                cells.append(f"<c><v>{value}</v></c>")
            elif value is None:
                cells.append("<c/>")
            else:
                text = cell_text(str(value))
                cells.append(f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">'
                      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                      '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
                      '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
        book.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                      f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
                      f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                      f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/worksheets/sheet1.xml",
                      f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>')


def text_in(text, middle, typed):
    """A text with another in its middle, or at its end."""
    if middle:
        half = len(typed) // 2
        return typed[:half] + text + typed[half:]
    return typed + text


# ---------------------------------------------------------------- running and reading


class Outcome:
    def __init__(self, done, folder):
        self.status, self.seconds, self.memory = done.returncode, done.seconds, done.memory
        self.out, self.err = done.stdout, done.stderr
        self.folder = folder

    def workbooks(self):
        return sorted(self.folder.glob("*.xlsx")) + sorted(self.folder.glob("returns/*.xlsx"))

    def report(self):
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))


class Done:
    """What a process said, how long it computed, and the most memory that it or a worker of it took, in bytes."""

    def __init__(self, arguments, program, seconds):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begun = time.monotonic()
            child = subprocess.Popen([str(program), *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL,
                                     stdout=out, stderr=err)
            self.memory = 0
            if hasattr(os, "wait4"):
                # What else the machine does at the time is not the program's.
                self.returncode, self.memory, self.seconds = self.waited(child, begun + seconds)
            else:
                self.returncode = child.wait(timeout=seconds)
                self.seconds = time.monotonic() - begun
            out.seek(0), err.seek(0)
            self.stdout, self.stderr = out.read(), err.read()

    @staticmethod
    def waited(child, until):
        while True:
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            if pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                return child.returncode, used.ru_maxrss * 1024, used.ru_utime + used.ru_stime
            if time.monotonic() > until:
                child.kill()
                os.wait4(child.pid, 0)
                child.returncode = -9
                raise subprocess.TimeoutExpired(child.args, until)
            time.sleep(0.01)


def run(work, program, inbox, *more, seconds=120):
    archive = work / "archive"
    done = Done(["run", PIPELINE, "--period", PERIOD, "--inbox", inbox, "--archive", archive, *more], program, seconds)
    return Outcome(done, Path(done.stdout.decode("utf-8", "replace").strip()))


def inbox_in(work, name="inbox"):
    inbox = work / name
    inbox.mkdir(parents=True)
    return inbox


def why_not_published(outcome):
    if outcome.status not in (0, 1):
        return f"status {outcome.status}: {outcome.err.decode('utf-8', 'replace')[-300:]}"
    for path in outcome.workbooks():
        try:
            openpyxl.load_workbook(path)
        except Exception as error:  # Whatever another reader finds wrong with it.
            return f"{path.name} does not open: {error}"
    return None


def last_words(failures, good):
    return (not failures, "; ".join(failures[:4]) if failures else good)


# ---------------------------------------------------------------- 1. any text in any place


def any_text_in_a_task_or_amount(work, program):
    """Each text that makes trouble, in a reworded task, an amount, a month, a use, a title and a heading."""
    failures, places = [], {"task": 2, "amount": 3, "use": 4, "month": 5}
    for number, text in enumerate(TROUBLE + ["字" * 33000, "9" * 33000, "𠀀" * 20000]):
        folder = work / str(number)
        inbox = inbox_in(folder)
        rows = [list(row) for row in tasks()]
        for (_, column), (place, row) in zip(places.items(), enumerate(rows)):
            row[column] = text_in(text, place % 2 == 0, str(row[column]))
        rows[4][2] = text_in(text, True, str(rows[4][2]))
        rows[5][2] = text
        xlsx(inbox / f"{UNIT}.xlsx", sheet_of(rows, title=text + f"{UNIT}报送表" + text))
        outcome = run(folder, program, inbox, seconds=60)
        if why := why_not_published(outcome):
            failures.append(f"{text[:12]!r}: {why}")
            continue
        units = {unit["unit"]: unit["standing"] for unit in outcome.report()["units"]}
        if units[UNIT] not in ("submitted", "blank"):
            failures.append(f"{text[:12]!r}: {UNIT} is {units[UNIT]}")
    return last_words(failures, f"{number + 1} texts, all published and opened")


def any_text_at_random(work, program, seeds=24):
    """Random characters in every place of sheets, csv and names."""
    failures = []
    for seed in range(seeds):
        draw = random.Random(seed)
        folder = work / str(seed)
        inbox = inbox_in(folder)

        def spoil(text):
            if draw.random() > 0.2 or not isinstance(text, str):
                return text
            high = draw.choice([0x7f, 0x3000, 0xffff, 0x10ffff])
            wild = "".join(chr(code) for code in (draw.randrange(high) for _ in range(draw.randrange(9)))
                           if not 0xd800 <= code <= 0xdfff)
            return text_in(wild + draw.choice(TROUBLE), draw.random() < 0.5, text)

        rows = [[spoil(value) for value in row] for row in sheet_of(tasks())]
        name = "".join(c for c in spoil("附件3") if c not in "[]:*?/\\'\"<>&" and 31 < ord(c) < 0xd800)[:31]
        xlsx(inbox / f"{UNIT}.xlsx", rows, name or "附件3")
        lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
        (inbox / "吉阳区.csv").write_bytes("\n".join(lines).replace(UNIT, "吉阳区").encode("utf-8", "replace"))
        outcome = run(folder, program, inbox, seconds=60)
        if why := why_not_published(outcome):
            failures.append(f"seed {seed}: {why}")
    return last_words(failures, f"{seeds} random inboxes, all published and opened")


def an_unclosed_quote(work, program):
    """A quote that nobody closes costs its own file a line, and no other file anything."""
    inbox = inbox_in(work)
    lines = [",".join("" if value is None else str(value) for value in row) for row in sheet_of(tasks())]
    lines[4] = '"' + lines[4]
    (inbox / f"{UNIT}.csv").write_text("\n".join(lines), encoding="utf-8")
    outcome = run(work, program, inbox)
    why = why_not_published(outcome)
    return (why is None, why or "published")


def long_and_forbidden_names(work, program):
    """Names of 200 characters, and sheets' names that Excel forbids."""
    inbox = inbox_in(work)
    rows = sheet_of(tasks())
    xlsx(inbox / f"{UNIT}{'长' * 60}.xlsx", rows, "名" * 31)
    xlsx(inbox / "吉阳区.xlsx", sheet_of(tasks("吉阳区"), "吉阳区报送表", "填报单位：吉阳区"), "a[b]:c*?/\\d" + "名" * 100)
    outcome = run(work, program, inbox)
    why = why_not_published(outcome)
    if why is None and len(outcome.report()["files"]) != 2:
        why = "a file is not named"
    return (why is None, why or "published")


# ---------------------------------------------------------------- 2. very much of one kind


def letters(draw, length):
    return "".join(draw.choice("建设改造社区居家养老服务中心日间照料站点运营补贴培训护理员适老化家庭信息平台") for _ in range(length))


def very_many(work, program, rows, seconds=SECONDS, why_not=why_not_published):
    inbox = inbox_in(work)
    xlsx(inbox / f"{UNIT}.xlsx", sheet_of(rows))
    outcome = run(work, program, inbox, seconds=max(10 * seconds, 120))
    why = why_not(outcome)
    if why is None and (refused := outcome.report()["files"][0]["reason"]):
        why = refused
    if why is None and outcome.seconds > seconds:
        why = f"{outcome.seconds:.1f} s"
    if why is None and outcome.memory > MEMORY:
        why = f"{outcome.memory / 1024 / 1024:.0f} MiB"
    took = f"{outcome.seconds:.1f} s and {outcome.memory / 1024 / 1024:.0f} MiB"
    return (why is None, why or f"{len(rows)} rows in {took}")


def rows_in_no_plan(work, program, count=4000, seconds=SECONDS, why_not=why_not_published):
    draw = random.Random(1)
    rows = [[number, UNIT, letters(draw, 14) + str(number), number % 90 + 1, "设备购置", "2020年10月", 0]
            for number in range(1, count + 1)]
    return very_many(work, program, rows, seconds, why_not)


def twenty_thousand_rows_in_no_plan(work, program):
    return rows_in_no_plan(work, program, 20_000, 3 * SECONDS)


def a_hundred_thousand_rows_in_no_plan(work, program):
    # Another library would take minutes to open what came of it; it opens that of fewer rows.
    return rows_in_no_plan(work, program, 100_000, 3 * SECONDS, lambda outcome: None if outcome.status == 1 else "no run")


def rows_all_alike_one_task(work, program, count=4000):
    own = tasks()
    rows = [[number, UNIT, f"{own[number % len(own)][2]}第{number}期", number % 90 + 1, "设备购置", "2020年10月", 0]
            for number in range(1, count + 1)]
    return very_many(work, program, rows)


def repeated_rows(work, program, count=4000):
    own = tasks()
    return very_many(work, program, [own[number % len(own)] for number in range(count)])


def wrong_rows(work, program, count=4000):
    own = tasks()
    rows = []
    for number in range(count):
        row = list(own[number % len(own)])
        row[3], row[5] = f"约若干{number}", "某年某月"
        rows.append(row)
    return very_many(work, program, rows)


def many_files_of_one_unit(work, program, count=200):
    inbox = inbox_in(work)
    for number in range(count):
        rows = [list(row) for row in tasks()]
        rows[0][3] = number + 1
        xlsx(inbox / f"{UNIT}{number}.xlsx", sheet_of(rows))
    outcome = run(work, program, inbox)
    why = why_not_published(outcome)
    if why is None and outcome.seconds > SECONDS:
        why = f"{outcome.seconds:.1f} s"
    return (why is None, why or f"{count} files in {outcome.seconds:.1f} s")


# ---------------------------------------------------------------- 3. what reaches a terminal


def bad_character(shown):
    for c in shown:
        if (ord(c) < 32 and c != "\n") or 0x7f <= ord(c) <= 0x9f or c in "".join(DIRECTIONS):
            return c
    return None


def on_a_terminal(arguments, program, seconds=60):
    """What a terminal is given, progress bar included; the bar's own ways of moving taken out."""
    import pty
    import re
    import select
    master, slave = pty.openpty()
    child = subprocess.Popen([str(program), *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL,
                             stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    shown, until = b"", time.monotonic() + seconds
    while time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        elif child.poll() is not None:
            break
    child.wait()
    os.close(master)
    text = shown.decode("utf-8", "replace")
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-ln-z]|\r", "", text)


def nothing_hidden_reaches_a_terminal(work, program):
    """Controls and direction marks in names of files and sheets and in cells, through every command."""
    inbox = inbox_in(work)
    wild = "".join(c for c in CONTROLS + DIRECTIONS if c != "\x00")
    rows = [list(row) for row in tasks()]
    rows[0][2] = str(rows[0][2]) + wild
    rows[1][3] = "约" + wild
    rows[2][5] = wild + "某月"
    name = wild if os.name != "nt" else "".join(DIRECTIONS)
    path = inbox / f"{UNIT}{name}.xlsx"
    xlsx(path, sheet_of(rows, title=f"{UNIT}{wild}报送表"), "附件" + "".join(DIRECTIONS))
    csv_path = inbox / f"吉阳区{name}.csv"
    csv_path.write_text("\n".join(",".join(map(str, row)) for row in sheet_of(rows)), encoding="utf-8")
    archive = work / f"archive{name}"
    many = [
        ["run", PIPELINE, "--period", PERIOD, "--inbox", inbox, "--archive", archive],
        ["--lang", "en", "run", PIPELINE, "--period", PERIOD, "--inbox", inbox, "--archive", archive],
        ["history", "list", "--pipeline", PIPELINE, "--archive", archive],
        ["history", "verify", "--pipeline", PIPELINE, "--archive", archive],
        ["check", path, csv_path, "--pipeline", PIPELINE, "--period", PERIOD],
        ["check", path, "--pipeline", PIPELINE, "--format", "json"],
        ["inspect", path, "--pipeline", PIPELINE],
        ["inspect", path, "--pipeline", PIPELINE, "--format", "json"],
        ["inspect", path, "--cells"],
        ["inspect", path, "--draft"],
        ["inspect", csv_path, "--pipeline", PIPELINE],
        ["explain", "no-such" + wild],
        ["run", PIPELINE, "--period", wild],
        ["run", work / wild, "--period", PERIOD],
        ["check", work / wild, "--pipeline", PIPELINE],
        ["no-such" + wild],
        ["run", PIPELINE, "--period", PERIOD, "--inbox", work / wild],
    ]
    failures = []
    for arguments in many:
        if os.name == "nt":
            done = Done(arguments, program, 60)
            shown = (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r\n", "\n")
        else:
            shown = on_a_terminal(arguments, program)
        if (bad := bad_character(shown)) is not None:
            at = shown.index(bad)
            failures.append(f"{arguments[0]} {arguments[1] if len(arguments) > 1 else ''}: {bad!r} in {shown[max(0, at - 30):at + 10]!r}")
    return last_words(failures, f"{len(many)} commands show none")


# ---------------------------------------------------------------- 4. formulas and links stay text


def no_formula_in_any_output(work, program):
    """What begins like a formula or a link is a text in the workbook, the slips and the csv."""
    inbox = inbox_in(work)
    rows = [list(row) for row in tasks()]
    lines = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0", "＝1+1",
             "http://example.org/", "internal:'总览'!A1", "external:a.xlsx", " =1+1", "\u200b=1+1"]
    extra = [[100 + place, UNIT, text, 1, text, "2020年10月", 0] for place, text in enumerate(lines)]
    xlsx(inbox / f"{UNIT}.xlsx", sheet_of(rows + extra))
    outcome = run(work, program, inbox)
    if why := why_not_published(outcome):
        return (False, why)
    failures = []
    for path in outcome.workbooks():
        for sheet in openpyxl.load_workbook(path).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if cell.data_type == "f" and not OWN_FORMULA.fullmatch(str(cell.value)):
                    failures.append(f"{path.name} {cell.coordinate}: {cell.value}")
                # To the copies beside the workbook, and nowhere else.
                target = cell.hyperlink.target if cell.hyperlink is not None else None
                if target and (not target.startswith("inputs/") or ".." in target):
                    failures.append(f"{path.name} {cell.coordinate}: {cell.hyperlink.target}")
    for path in sorted(outcome.folder.glob("data/*.csv")):
        with open(path, encoding="utf-8-sig", newline="") as file:
            for record in csv.reader(file):
                for field in record:
                    first = field.lstrip(" \u200b\u00a0\u3000\ufeff")
                    if first[:1] in ("=", "@", "\t", "\r", "＝", "＋", "＠", "－") or (
                            first[:1] in ("+", "-") and not is_number(first)):
                        failures.append(f"{path.name}: {field[:30]!r}")
    return last_words(failures, f"{len(lines)} texts stay texts")


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


# ---------------------------------------------------------------- 5. personal data


PERSONS = ["13812341234", "11010519491231002X", "6222021234567890128", "138 1234 1235", "130503670401001"]


def everything_said(outcome):
    """All texts of the consolidated workbook, the printable page, the tables and the messages."""
    book = openpyxl.load_workbook(next(outcome.folder.glob("*.xlsx")))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str):
                yield f"{sheet.title}!{cell.coordinate}", cell.value
            if cell.comment is not None:
                yield f"{sheet.title}!{cell.coordinate} note", cell.comment.text
    for path in [*outcome.folder.glob("data/*.csv"), *outcome.folder.glob("*.html")]:
        yield path.name, path.read_text(encoding="utf-8-sig")
    for finding in outcome.report()["findings"]:
        yield "report.json message", finding["message"]


def personal_numbers_are_masked(work, program):
    """Masked in workbook, page, tables and messages, kept in the inputs; figures are never touched."""
    inbox = inbox_in(work)
    rows = [list(row) for row in tasks()]
    rows[0][2] = f"{rows[0][2]}（联系人{PERSONS[0]}）"
    rows[1][4] = f"{rows[1][4]}，身份证{PERSONS[1]}"
    rows[2][3] = f"张三{PERSONS[3]}"
    rows[3][3] = 13812341236
    rows.append([99, UNIT, f"另付{PERSONS[2]}和{PERSONS[4]}", 13912341237, PERSONS[0], "2020年10月", 0])
    xlsx(inbox / f"{UNIT}.xlsx", sheet_of(rows))
    failures = []
    outcome = run(work, program, inbox)
    if why := why_not_published(outcome):
        return (False, why)
    said = list(everything_said(outcome))
    for number in PERSONS:
        failures += [f"{number} in {place}" for place, text in said if number in text][:2]
    for shown in ("138****1234", "110***********002X", "13812341236", "13912341237", "五、个人信息"):
        if not any(shown in text.replace(",", "") for _, text in said):
            book = openpyxl.load_workbook(next(outcome.folder.glob("*.xlsx")))
            values = {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
            if not shown.isdigit() or int(shown) not in values:
                failures.append(f"{shown} is nowhere")
    given = (inbox / f"{UNIT}.xlsx").read_bytes()
    kept = [path for path in outcome.folder.glob("inputs/**/*") if path.is_file()]
    if not any(path.read_bytes() == given for path in kept):
        failures.append("the input is not kept as it was")
    return last_words(failures, f"{len(PERSONS)} numbers masked, the figures left")


CHECKS = [
    any_text_in_a_task_or_amount,
    any_text_at_random,
    an_unclosed_quote,
    long_and_forbidden_names,
    rows_in_no_plan,
    twenty_thousand_rows_in_no_plan,
    a_hundred_thousand_rows_in_no_plan,
    rows_all_alike_one_task,
    repeated_rows,
    wrong_rows,
    many_files_of_one_unit,
    nothing_hidden_reaches_a_terminal,
    no_formula_in_any_output,
    personal_numbers_are_masked,
]


if __name__ == "__main__":
    program = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/duibiao").resolve()
    wanted = sys.argv[2:]
    for check in CHECKS:
        if wanted and check.__name__ not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            ok, words = check(Path(folder), program)
        print(f"{'ok  ' if ok else 'FAIL'} {check.__name__}: {words}", flush=True)
