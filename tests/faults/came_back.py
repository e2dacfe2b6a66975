"""What comes back: slips that are filled in, altered, stripped or forged, sheets that only look like
slips, and extracts that were made elsewhere.

Each check is a function of a folder to work in and the program; it returns whether all held, and what
was seen. CHECKS lists them.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import taken_in as t

UNIT = "海棠区"


def rewritten(path, into, change):
    """A copy of a workbook with its parts changed: `change` takes name and bytes, and returns bytes or None."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)


def filled(slip, into, text="经核实，差额系年初结转，已补附说明。", **headings):
    """A slip with an answer in each row; `headings` are renamed."""
    from openpyxl import load_workbook

    book = load_workbook(slip)
    sheet = book.worksheets[0]
    row, names = next(
        (row[0].row, {cell.value: cell.column for cell in row if cell.value})
        for row in sheet.iter_rows() if any(cell.value == "差异编号" for cell in row)
    )
    ids = []
    for at in range(row + 1, sheet.max_row + 1):
        name = sheet.cell(at, names["差异编号"]).value
        if name:
            ids.append(name)
            sheet.cell(at, names["情况说明"]).value = text
    for old, new in headings.items():
        sheet.cell(row, names[old]).value = new
    book.save(into)
    return ids


def answered(ran):
    return sorted(one["id"] for one in ran.report["findings"] if one["status"] == "answered" or one["explanation"])


def refused(ran):
    return [one for one in ran.report["findings"] if one["kind"] == "decision-refused"]


def slips(folder, program):
    """Only a slip as it went out is believed; what was stripped or altered is said, and never lost."""
    plain = t.run(program, folder, t.INBOX)
    slip = next(plain.folder.glob(f"returns/{UNIT}*.xlsx"))
    wrong = []

    def again(name, make):
        inbox = folder / name / "inbox"
        shutil.copytree(t.INBOX, inbox)
        archive = folder / name / "archive"
        shutil.copytree(folder / "archive", archive)
        made = make(inbox / f"{UNIT}核实反馈.xlsx")
        ran = t.run(program, folder / name, inbox)
        if ran.status not in (0, 1):
            wrong.append(f"{name}: status {ran.status}: {ran.err}")
            return None, made
        if ran.standings() != plain.standings():
            wrong.append(f"{name}: standings {ran.standings()}")
        return ran, made

    ran, ids = again("whole", lambda path: filled(slip, path))
    if ran and answered(ran) != sorted(ids):
        wrong.append(f"whole: {len(answered(ran))} of {len(ids)} answers, refused {len(refused(ran))}")

    def stripped(path):
        from openpyxl import load_workbook

        ids = filled(slip, folder / "filled.xlsx")
        book = load_workbook(folder / "filled.xlsx")
        # The code in the cells says the same as the stamp.
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if str(cell.value or "").startswith("表号："):
                cell.value = None
        book.save(folder / "filled.xlsx")
        rewritten(folder / "filled.xlsx", path, lambda name, data: None if name == "docProps/custom.xml" else (
            re.sub(rb"<Override[^>]*custom.xml[^>]*/>", b"", data) if name == "[Content_Types].xml" else
            re.sub(rb"<Relationship [^>]*custom.xml[^>]*/>", b"", data) if name == "_rels/.rels" else data))
        return ids

    def stamped(**values):
        def make(path):
            filled(slip, folder / "filled.xlsx")
            def change(name, data):
                for key, value in values.items():
                    if name == "docProps/custom.xml":
                        pattern = rf'(name="duibiao.{key}"[^>]*>\s*<[^>]*>)[^<]*'.encode()
                        data = re.sub(pattern, lambda found: found.group(1) + value.encode(), data)
                return data
            rewritten(folder / "filled.xlsx", path, change)
        return make

    for name, make in {
        "stripped": stripped,
        "altered": lambda path: filled(slip, path, 差额="差额（万元）"),
        "decides": lambda path: filled(slip, path, 位置="处理"),
        "of another period": stamped(period="2019-01"),
        "of another pipeline": stamped(pipeline="other"),
        "of another unit": stamped(unit="天涯区"),
    }.items():
        ran, _ = again(name, make)
        if ran and (answered(ran) or not refused(ran)):
            wrong.append(f"{name}: {len(answered(ran))} taken, {len(refused(ran))} refused")
    return t.told(wrong, "taken when whole, refused with words when not")


def sheets_that_look_like_slips(folder, program):
    """A submission with headings of ours is a submission; one with a slip in it is both."""
    from openpyxl import load_workbook

    plain = t.run(program, folder, t.INBOX)
    wrong = []

    def with_headings(rows):
        inbox = folder / f"inbox-{len(wrong)}-{len(rows[0])}-{rows[0][0]}"
        shutil.copytree(t.INBOX, inbox)
        path = inbox / "天涯区.xlsx"
        book = load_workbook(path)
        sheet = book.worksheets[0]
        heading = next(row[0].row for row in sheet.iter_rows() if any("任务" in str(cell.value) and "编号" in str(
            row[1].value) for cell in row))
        last = sheet.max_column
        for at, values in enumerate(rows):
            for column, value in enumerate(values, last + 1):
                sheet.cell(heading + at, column).value = value
        book.save(path)
        return t.run(program, folder, inbox, archive=inbox.name.replace("inbox", "archive"))

    for rows in [
        [["差异编号", "情况说明"], ["1", "正常"], ["2", "已完成"]],
        [["差异编号", "情况说明", "处理"], ["0123456789ab", "正常", "采纳"]],
    ]:
        ran = with_headings(rows)
        if ran.status not in (0, 1) or ran.standings() != plain.standings():
            wrong.append(f"{rows[0]}: {ran.status} {ran.err} {ran.standings()}")
            continue
        lost = [one for one in plain.serious() if one not in ran.serious()]
        if lost:
            wrong.append(f"{rows[0]}: lost {lost}")
        if (len(rows[0]) == 3) != bool(refused(ran)):
            wrong.append(f"{rows[0]}: {len(refused(ran))} refused")
    slip = next(plain.folder.glob(f"returns/{UNIT}*.xlsx"))
    inbox = folder / "both"
    shutil.copytree(t.INBOX, inbox)
    (inbox / "天涯区.xlsx").unlink()
    ids = filled(slip, folder / "filled.xlsx")
    book = load_workbook(folder / "filled.xlsx")
    sheet = book.create_sheet("本月报送")
    for row in load_workbook(t.INBOX / "天涯区.xlsx").worksheets[0].iter_rows(values_only=True):
        sheet.append(row)
    book.save(inbox / "两用.xlsx")
    ran = t.run(program, folder, inbox)
    if ran.status not in (0, 1) or ran.standings() != plain.standings() or answered(ran) != sorted(ids):
        wrong.append(f"both: {ran.status} {ran.err} {ran.standings()} {len(answered(ran))} of {len(ids)} answers")
    return t.told(wrong, "read as what they are")


def extracted(program, paths, *more, pipeline=t.PIPELINE):
    done = subprocess.run(
        [str(program), "extract", str(pipeline), *more], cwd=t.ROOT, input=paths, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60, check=False,
    )
    return done.stdout.decode().splitlines()


def sealed(line):
    line = {key: value for key, value in json.loads(line).items() if key != "seal"}
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"seal":"{hashlib.sha256(text.encode()).hexdigest()}"}}'


def extracts(folder, program):
    """Extracts are believed only under their seal, and where the copies say the same."""
    plain = t.run(program, folder, t.INBOX, archive="plain")
    files = [t.INBOX / name for name in sorted(os.listdir(t.INBOX))]
    lines = extracted(program, "".join(f"{path}\n" for path in files).encode())
    wrong = []
    if len(lines) != len(files):
        return False, f"{len(lines)} lines of {len(files)} files"

    def with_lines(name, lines):
        path = folder / f"{name}.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return t.run(program, folder, t.INBOX, "--extracts", path, archive=f"archive-{name}")

    good = with_lines("good", lines)
    if good.status != plain.status or good.report["findings"] != plain.report["findings"]:
        wrong.append(f"good ones: {good.status} {good.err}")
    else:
        note = json.loads((good.folder / "run.json").read_text("utf-8"))
        if note.get("extracts", {}).get("used") != len(files) or note["extracts"].get("held") != len(files):
            wrong.append(f"run.json: {note}")
    amount = re.compile(r'"typed":"([0-9]{2,})"')
    target = next(at for at, line in enumerate(lines) if amount.search(line))
    forged = [*lines]
    forged[target] = amount.sub(lambda found: f'"typed":"9{found.group(1)}"', lines[target], count=1)
    tried = {
        "a figure changed": forged,
        "a figure changed and sealed": [*forged[:target], sealed(forged[target]), *forged[target + 1 :]],
        "another pipeline": [sealed(re.sub(r'"pipeline":"[0-9a-f]{64}"', f'"pipeline":"{"0" * 64}"', line)) for line in lines],
        "another program": [sealed(line.replace('"program":"duibiao ', '"program":"duibiao 9', 1)) for line in lines],
        "another version": [sealed(line.replace("duibiao.extract/1", "duibiao.extract/7", 1)) for line in lines],
        "without a seal": [re.sub(r',"seal":"[0-9a-f]{64}"', "", line) for line in lines],
        "cut off": [line[: len(line) // 2] for line in lines],
        "no extracts": ["hello", "{}"],
        "files of each other": [
            sealed(line.replace(json.loads(line)["sha256"], json.loads(other)["sha256"]))
            for line, other in zip(lines, [*lines[1:], lines[0]])
        ],
        "rows taken away": [sealed(json.dumps({**json.loads(line), "head": {**json.loads(line)["head"], "rows": {
            "sheets": []}}}, ensure_ascii=False)) for line in lines],
    }
    for name, forged in tried.items():
        ran = with_lines(name, forged)
        if ran.status != 2 or not ran.err.strip() or "panicked" in ran.err:
            wrong.append(f"{name}: {ran.status} {ran.err.strip()[:200]}")
    odd = folder / "a\nb.csv"
    shutil.copy2(t.INBOX / "育才生态区.csv", odd)
    asked = [bytes(odd), b"/dev/zero", b"/nowhere", os.fsencode(folder), bytes(t.INBOX / "育才生态区.csv")]
    answers = [json.loads(line)["head"] for line in extracted(program, b"\0".join(asked) + b"\0", "--null")]
    read = [answer["refusal"] is None for answer in answers]
    if read != [True, False, False, False, True]:
        wrong.append(f"paths between zero bytes: {read}")
    return t.told(wrong, f"{len(tried)} forgeries refused, good ones held against the copies")


def decided(book, into, **answers):
    """The workbook of all units with the same decision in each row of its list."""
    from openpyxl import load_workbook

    book = load_workbook(book)
    sheet = book["差异清单"]
    row, names = next(
        (row[0].row, {cell.value: cell.column for cell in row if cell.value})
        for row in sheet.iter_rows() if any(cell.value == "差异编号" for cell in row)
    )
    for at in range(row + 1, sheet.max_row + 1):
        if sheet.cell(at, names["差异编号"]).value:
            for name, answer in answers.items():
                sheet.cell(at, names[name]).value = answer
    book.save(into)


def workbooks_of_all_units(folder, program):
    """A unit that sends the workbook of all units back has decided nothing; the clerk who names it has."""
    plain = t.run(program, folder, t.INBOX)
    book = next(plain.folder.glob("*.xlsx"))
    wrong = []
    inbox = folder / "forged" / "inbox"
    shutil.copytree(t.INBOX, inbox)
    shutil.copytree(folder / "archive", folder / "forged" / "archive")
    decided(book, inbox / "汇总表.xlsx", 处理="豁免", 处理意见="同意", 处理人="局长")
    ran = t.run(program, folder / "forged", inbox)
    ended = [one["id"] for one in ran.report["findings"] if one["status"] != "open"]
    if ended or not refused(ran):
        wrong.append(f"forged: {len(ended)} findings ended, {len(refused(ran))} decisions refused")
    # As it was published it says nothing that is not known.
    inbox = folder / "as it was" / "inbox"
    shutil.copytree(t.INBOX, inbox)
    shutil.copytree(folder / "archive", folder / "as it was" / "archive")
    shutil.copy2(book, inbox / "汇总表.xlsx")
    ran = t.run(program, folder / "as it was", inbox)
    if ran.standings() != plain.standings() or refused(ran):
        wrong.append(f"as it was: {ran.standings()}, {len(refused(ran))} refused")
    return t.told(wrong, "no decision of a forged one taken, none missed in the published one")


CHECKS = [slips, workbooks_of_all_units, sheets_that_look_like_slips, extracts]


if __name__ == "__main__":
    import sys
    import tempfile

    wanted, failed = sys.argv[2:], 0
    for check in CHECKS:
        if wanted and check.__name__ not in wanted:
            continue
        with tempfile.TemporaryDirectory() as name:
            ok, words = check(Path(name), Path(sys.argv[1]).resolve())
        failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {check.__name__}: {words}", flush=True)
    sys.exit(bool(failed))
