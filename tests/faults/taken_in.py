"""What is taken in: whatever lies in an inbox, whatever its name, whatever the machine does meanwhile,
a month is told as it is, or there is one clear line and no month.

Each check is a function of a folder to work in and the program; it returns whether all held, and what
was seen. CHECKS lists them.
"""

import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines/sanya-2020.toml"
INBOX = ROOT / "fixtures/inbox/2020-08"
PERIOD = "2020-08"
MIB = 1024 * 1024


class Ran:
    """What a command came to."""

    def __init__(self, status, out, err, seconds, folder=None):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds
        self.folder = Path(out.strip().splitlines()[-1]) if folder is None and out.strip() else folder

    @property
    def report(self):
        return json.loads((self.folder / "report.json").read_text("utf-8"))

    def standings(self):
        return {unit["unit"]: unit["standing"] for unit in self.report["units"]}

    def serious(self):
        """The findings that somebody has to do something about, without their identities."""
        wanted = [one for one in self.report["findings"] if one["severity"] != "note"]
        return sorted((one["kind"], one["unit"] or "", one["cell"] or "", one["field"] or "") for one in wanted)

    def of(self, name):
        return [one for one in self.report["findings"] if one["file"] == name]


def call(program, arguments, seconds=60, before=(), memory=None, **more):
    """Runs the program; one that hangs is ended with all that it started."""

    def limited():
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    begun = time.monotonic()
    process = subprocess.Popen(
        [*before, str(program), *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=limited, **more,
    )
    try:
        out, err = process.communicate(timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        status = "hangs"
    return Ran(status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), time.monotonic() - begun)


def inbox_of(folder):
    """A copy of the given month, as old as it is."""
    inbox = folder / "inbox"
    shutil.copytree(INBOX, inbox)
    return inbox


def run(program, folder, inbox, *more, pipeline=PIPELINE, archive="archive", **how):
    arguments = ["run", pipeline, "--period", PERIOD, "--inbox", inbox, "--archive", folder / archive, *more]
    return call(program, arguments, **how)


def base(program, folder):
    """The month without anything odd."""
    return run(program, folder, INBOX, archive="base")


def pipeline_with(folder, text, after):
    """The pipeline file with more in it, its paths those of the original."""
    own = PIPELINE.read_text("utf-8").replace("../fixtures", str(ROOT / "fixtures"))
    path = folder / "with.toml"
    path.write_text(own.replace(after, text + after, 1) if after else own + text, "utf-8")
    return path


def told(wrong, right):
    return (not wrong, "; ".join(wrong) if wrong else right)


def only_notes(ran, names):
    """What is said of things that are left: each one named, nothing more than a note."""
    wrong = []
    for name in names:
        found = ran.of(name)
        if not found:
            wrong.append(f"{name!r} is not named")
        wrong += [f"{name!r}: {one['severity']} {one['kind']}" for one in found if one["severity"] != "note"]
    return wrong


def copies(ran):
    folder = ran.folder / "inputs/sheets"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def what_is_no_file(folder, program):
    """Pipes, sockets, devices and links are named and left; a folder called x.xlsx is a folder."""
    inbox = inbox_of(folder)
    outside = folder / "outside.xlsx"
    shutil.copy2(INBOX / "天涯区.xlsx", outside)
    os.mkfifo(inbox / "管道.xlsx")
    os.mkfifo(inbox / "吉阳区更正.xlsx")
    listener = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(inbox)
    listener.bind("套接字.xlsx")
    os.chdir(here)
    (inbox / "设备.xlsx").symlink_to("/dev/zero")
    (inbox / "外面.xlsx").symlink_to(outside)
    (inbox / "里面.xlsx").symlink_to(inbox / "天涯区.xlsx")
    (inbox / "自己").symlink_to(inbox)
    (inbox / "断了.xlsx").symlink_to(folder / "nowhere")
    (inbox / "x.xlsx").mkdir()
    ran = run(program, folder, inbox)
    listener.close()
    if ran.status not in (0, 1):
        return False, f"status {ran.status}: {ran.err}"
    plain = base(program, folder)
    names = ["管道.xlsx", "吉阳区更正.xlsx", "套接字.xlsx", "设备.xlsx", "外面.xlsx", "里面.xlsx", "自己", "断了.xlsx"]
    wrong = only_notes(ran, names)
    if ran.serious() != plain.serious():
        wrong.append(f"other findings: {set(ran.serious()) ^ set(plain.serious())}")
    if copies(ran) != copies(plain):
        wrong.append(f"copied: {set(copies(ran)) ^ set(copies(plain))}")
    if "x.xlsx" not in ran.report["passed_over"]:
        wrong.append("the empty folder x.xlsx is not named")
    (inbox / "x.xlsx/海棠区").mkdir()
    shutil.move(inbox / "海棠区.xls", inbox / "x.xlsx/海棠区/报送.xls")
    within = run(program, folder, inbox)
    if within.standings() != plain.standings():
        wrong.append(f"a sheet in the folder x.xlsx: {within.standings()}")
    return told(wrong, f"{len(names)} things named and left, in {ran.seconds:.1f} s")


def named_on_the_command_line(folder, program):
    """A pipe or a device that somebody names is refused with words; a link is followed."""
    pipe = folder / "pipe.xlsx"
    os.mkfifo(pipe)
    sheet, link = INBOX / "天涯区.xlsx", folder / "link.xlsx"
    link.symlink_to(sheet)
    common = ["run", PIPELINE, "--period", PERIOD, "--archive", folder / "archive", "--inbox", INBOX]
    wrong, asked = [], 0
    for odd in [pipe, "/dev/zero", folder]:
        for arguments in [
            ["check", odd, "--pipeline", PIPELINE],
            ["check", sheet, odd, "--pipeline", PIPELINE],
            ["inspect", odd],
            ["inspect", odd, "--pipeline", PIPELINE],
            ["inspect", odd, "--draft"],
            ["inspect", odd, "--cells"],
            [*common, "--plan", odd],
            [*common, "--answers", odd],
            [*common, "--extracts", odd],
            ["run", odd, "--period", PERIOD],
            ["template", PIPELINE, "--period", PERIOD, "--plan", odd, "--out", folder / "out"],
        ]:
            if odd == folder and arguments[0] == "check":
                continue
            asked += 1
            ran = call(program, arguments, seconds=20)
            if ran.status != 2 or not ran.err.strip() or "panicked" in ran.err:
                wrong.append(f"{' '.join(map(str, arguments[:3]))} … {odd}: {ran.status} {ran.err[:200]}")
    if list((folder / "archive").rglob("report.json")):
        wrong.append("something was published")
    for arguments in [["check", link, "--pipeline", PIPELINE], ["inspect", link, "--pipeline", PIPELINE]]:
        ran = call(program, arguments)
        if ran.status == 2 or not ran.out.strip():
            wrong.append(f"{arguments[0]} of a link: {ran.status} {ran.err}")
    return told(wrong, f"{asked} refused with a line, links followed")


def huge_files(folder, program):
    """A sparse file of 3 GiB is neither read nor copied; its limit is named."""
    inbox = inbox_of(folder)
    with open(inbox / "海棠区补充.xlsx", "wb") as file:
        file.truncate(3 * 1024 * MIB)
    ran = run(program, folder, inbox)
    if ran.status not in (0, 1):
        return False, f"status {ran.status}: {ran.err}"
    found = ran.of("海棠区补充.xlsx")
    wrong = []
    if [one["kind"] for one in found] != ["submission-unreadable"] or "64 MiB" not in found[0]["message"]:
        wrong.append(f"said: {[one['message'] for one in found]}")
    if any("补充" in name for name in copies(ran)):
        wrong.append("it was copied")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    checked = call(program, ["check", inbox / "海棠区补充.xlsx", "--pipeline", PIPELINE])
    if "64 MiB" not in checked.out:
        wrong.append(f"check: {checked.status} {checked.out} {checked.err}")
    if ran.seconds > 20:
        wrong.append(f"{ran.seconds:.0f} s")
    return told(wrong, f"the limit is named, {ran.seconds:.1f} s, peak of all commands so far {peak} MiB")


def folders_in_folders(folder, program):
    """A sheet sixty folders deep counts like any other."""
    inbox = inbox_of(folder)
    deep = inbox.joinpath(*(f"层{n}" for n in range(60)))
    deep.mkdir(parents=True)
    shutil.move(inbox / "海棠区.xls", deep / "海棠区.xls")
    ran, plain = run(program, folder, inbox), base(program, folder)
    wrong = []
    if ran.status not in (0, 1) or ran.standings() != plain.standings():
        wrong.append(f"status {ran.status}: {ran.err}")
    longest = max(map(len, copies(ran)))
    if longest > 160:
        wrong.append(f"a copy's name of {longest} characters")
    return told(wrong, "read, and its copy has a short name")


def closed_folders(folder, program):
    """What cannot be opened is named as this machine's trouble and costs nothing else."""
    if not shutil.which("strace"):
        return True, "not tried: no strace"
    inbox = inbox_of(folder)
    closed = inbox / "甲"
    closed.mkdir()
    shutil.copy2(INBOX / "天涯区.xlsx", closed / "甲.xlsx")
    plain = base(program, folder)
    ran = run(program, folder, inbox, before=injected("openat:error=EACCES", closed, folder))
    wrong = [] if ran.of("甲") else [f"the folder is not named: {ran.err}"]
    if ran.status in (0, 1) and ran.standings() != plain.standings():
        wrong.append(f"standings: {ran.standings()}")
    shutil.rmtree(closed)
    ran = run(program, folder, inbox, before=injected("openat:error=EACCES", inbox / "海棠区.xls", folder))
    found = ran.of("海棠区.xls")
    if ran.standings().get("海棠区") != "unreadable" or not any("本机" in one["message"] for one in found):
        wrong.append(f"a closed file: {[one['message'] for one in found]}")
    return told(wrong, "folder and file named, the others read")


def injected(what, path, folder):
    return ["strace", "-f", "-qq", "-o", str(folder / "strace"), "-P", str(path), "-e", f"inject={what}"]


NAMES = [
    b"\xe6\xb5\xb7\xe6\xa3\xa0\xe5\x8c\xba\n.xls",  # 海棠区 and a line break
    b"a\nCargo.toml",
    b"plan\tx.xlsx",
    b"\x1b[31mred\x1b[0m.xlsx",
    b"\xe2\x80\xaexslx.exe.xlsx",
    b"bell\x07\x08\x7f.xlsx",
    b"back\\slash\r.xlsx",
    b" blank .xlsx ",
    b"con.xlsx",
    b"a:b?c*.xlsx",
    b"\xff\xfe\xfd.xlsx",
    ("长" * 83).encode() + b".xlsx",
    b"x" * 250 + b".xlsx",
]


def names_are_bytes(folder, program):
    """Two names that differ in bytes never meet; none ends the month or shifts an answer."""
    inbox = inbox_of(folder)
    plain = base(program, folder)
    raw = os.fsencode(inbox)
    # The charset of Chinese Windows: no UTF-8, and alike once every byte of it is replaced.
    for unit, ending in [("海棠区", ".xls"), ("天涯区", ".xlsx")]:
        os.rename(raw + f"/{unit}{ending}".encode(), raw + f"/{unit}{ending}".encode("gbk"))
    wrong = []
    ran = run(program, folder, inbox)
    if ran.status not in (0, 1):
        return False, f"names in GBK: status {ran.status}: {ran.err}"
    if ran.standings() != plain.standings() or ran.serious() != plain.serious():
        wrong.append(f"names in GBK: {ran.standings()}")
    letter = b"%PDF-1.4 letter"
    for name in NAMES:
        with open(raw + b"/" + name, "wb") as file:
            file.write(letter + name)
    for turn in range(3):
        ran = run(program, folder, inbox)
        if ran.status not in (0, 1):
            return False, f"turn {turn}: status {ran.status}: {ran.err}"
        report = ran.report
        shown = [file["file"] for file in report["files"]]
        if len(set(shown)) != len(shown) or len(shown) != 6 + len(NAMES):
            wrong.append(f"{len(set(shown))} names shown of {6 + len(NAMES)}")
        if any(ord(c) < 32 or ord(c) == 127 or c in "\u202e\u200b" for name in shown for c in name):
            wrong.append("a name is shown with what nobody sees")
        whole = [unit for unit, standing in plain.standings().items() if ran.standings()[unit] != standing]
        if [unit for unit in whole if unit != "海棠区"]:
            wrong.append(f"standings changed: {whole}")
        kept = copies(ran)
        if len(kept) != 6 + len(NAMES):
            wrong.append(f"{len(kept)} copies")
        told_apart = {(ran.folder / "inputs/sheets" / name).read_bytes() for name in kept}
        if len(told_apart) != len(kept):
            wrong.append("two copies are one")
        hashes = {file["sha256"] for file in report["files"]}
        if len(hashes) != len(shown):
            wrong.append("two files have one hash")
        if wrong:
            break
    everything = "".join(path.name for path in ran.folder.rglob("*"))
    if "Cargo" in everything.replace("Cargo.toml", "", 0) and (ROOT / "Cargo.toml").read_bytes() in told_apart:
        wrong.append("a file of the working folder was read")
    return told(wrong, f"{len(NAMES) + 2} hostile names, three times alike")


def beside_sheets(folder, program):
    """What stands beside sheets asks nothing of anybody."""
    inbox = inbox_of(folder)
    plain = base(program, folder)
    packed = folder / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("照片/1.jpg", b"\xff\xd8\xff\xe0 picture")
    document = folder / "letter.docx"
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    table = "说明：本区8月资金已全部到位，详见报送表。\n联系人：王某，电话：88888888\n一、进度情况，正常\n"
    beside = {
        "海棠区说明.pdf": b"%PDF-1.7 letter", "海棠区照片.jpg": b"\xff\xd8\xff\xe0 picture",
        "海棠区情况.txt": table.encode(), "海棠区说明.TXT": table.encode("gbk"),
        "海棠区零.txt": "无其他需要说明的情况，零报告不适用。".encode(),
        "海棠区函.docx": document.read_bytes(), "海棠区附件.zip": packed.read_bytes(),
        "海棠区老函.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        "海棠区附件.rar": b"Rar!\x1a\x07\x00 archive", "海棠区附件.7z": b"7z\xbc\xaf\x27\x1c archive",
        "海棠区空.txt": b"", "海棠区扫描.png": b"\x89PNG\r\n\x1a\n", "海棠区录音.mp3": b"ID3 sound",
        "海棠区邮件.eml": b"From: someone\nSubject: sheets\n\nPlease find attached\n",
        "海棠区网页.html": b"<html><body>letter</body></html>", "海棠区大.pdf": None,
        "Thumbs.db": b"\xd0\xcf\x11\xe0", ".DS_Store": b"\0\0\0\1Bud1", "desktop.ini": b"[.ShellClassInfo]\r\n",
        "._海棠区.xls": b"\0\5\x16\7", "~$海棠区.xls": b"\5owner" + bytes(48), ".~lock.海棠区.xls#": b",me,host,;",
        "海棠区.xls.part": b"\xd0\xcf", "海棠区.tmp": b"", "~WRL0001.tmp": b"x",
        "__MACOSX/._天涯区.xlsx": b"\0\5\x16\7", "$RECYCLE.BIN/desktop.ini": b"x",
    }
    for name, content in beside.items():
        (inbox / name).parent.mkdir(exist_ok=True)
        with open(inbox / name, "wb") as file:
            if content is None:
                file.truncate(100 * MIB)
            else:
                file.write(content)
    ran = run(program, folder, inbox)
    if ran.status not in (0, 1):
        return False, f"status {ran.status}: {ran.err}"
    wrong = []
    if ran.serious() != plain.serious():
        wrong.append(f"more than notes: {[one for one in ran.serious() if one not in plain.serious()]}")
    if ran.standings() != plain.standings():
        wrong.append(f"standings: {ran.standings()}")
    passed = " ".join(ran.report["passed_over"])
    for name in beside:
        if not ran.of(name) and name.split("/")[0] not in passed:
            wrong.append(f"{name} is not named")
    with zipfile.ZipFile(inbox / "海棠区更正.zip", "w") as archive:
        archive.write(INBOX / "海棠区.xls", "海棠区.xls")
    ran = run(program, folder, inbox)
    within = [file["file"] for file in ran.report["files"] if "海棠区更正.zip" in file["file"]]
    if ran.status not in (0, 1) or not any(name.endswith("海棠区.xls") for name in within):
        wrong.append(f"an archive with a sheet in it: {within} {ran.err}")
    return told(wrong, f"{len(beside)} things beside the sheets, all of them notes or passed over")


def a_table_in_a_text(folder, program):
    """A text file that is a table is read all the same."""
    inbox = inbox_of(folder)
    (inbox / "育才生态区.csv").rename(inbox / "育才生态区.txt")
    ran, plain = run(program, folder, inbox), base(program, folder)
    return told([] if ran.standings() == plain.standings() else [f"{ran.standings()}"], "read as before")


def files_that_change(folder, program):
    """A file that is still being copied is told as that, not as damaged and not as all there is."""
    wrong = []
    for name, pause in [("海棠区更正.xlsx", 0.3), ("海棠区更正.csv", 0.3), ("海棠区更正.xlsx", 0.02)]:
        work = folder / f"{name}-{pause}"
        work.mkdir()
        inbox = inbox_of(work)
        whole = (INBOX / ("天涯区.xlsx" if name.endswith("xlsx") else "育才生态区.csv")).read_bytes()
        grows = threading.Event()

        def grow():
            with open(inbox / name, "wb") as file:
                for at in range(0, len(whole), 64):
                    if grows.is_set():
                        return
                    file.write(whole[at : at + 64])
                    file.flush()
                    time.sleep(pause)

        thread = threading.Thread(target=grow)
        thread.start()
        time.sleep(0.4)
        ran = run(program, work, inbox)
        grows.set()
        thread.join()
        if ran.status not in (0, 1):
            wrong.append(f"{name}: status {ran.status}: {ran.err}")
            continue
        said = [one["message"] for one in ran.of(name)]
        if not any("还在复制" in one for one in said) or any("损坏" in one for one in said):
            wrong.append(f"{name}: {said}")
    return told(wrong, "told as being copied")


def files_that_vanish(folder, program):
    """A file that is gone when its turn comes is told as that; an inbox that is gone ends the run."""
    if not shutil.which("strace"):
        return True, "not tried: no strace"
    inbox = inbox_of(folder)
    wrong = []
    ran = run(program, folder, inbox, before=injected("openat:error=ENOENT", inbox / "海棠区.xls", folder))
    if not any("已经不在" in one["message"] for one in ran.of("海棠区.xls")):
        wrong.append(f"a file: {ran.of('海棠区.xls')} {ran.err}")
    for file in ["吉阳区8月报送.xlsx", "育才生态区.csv"]:
        slow = injected("openat:delay_exit=2000000", inbox / file, folder)
        mover = threading.Timer(1.0, lambda: inbox.rename(folder / "elsewhere"))
        mover.start()
        gone = run(program, folder, inbox, archive=f"gone-{file}", before=slow)
        mover.join()
        (folder / "elsewhere").rename(inbox)
        if gone.status != 2 or not gone.err.strip() or list((folder / f"gone-{file}").rglob("report.json")):
            wrong.append(f"the inbox, at {file}: status {gone.status}: {gone.err}")
    return told(wrong, "both told")


def empty_inboxes(folder, program):
    """Nothing sent is no month, unless somebody says that it is meant."""
    wrong = []
    inbox = folder / "inbox"
    for fill in [
        lambda: None,
        lambda: (inbox / "a/b/c").mkdir(parents=True),
        lambda: (inbox / "Thumbs.db").write_bytes(b"x"),
        lambda: (inbox / "~$海棠区.xls").write_bytes(b"x"),
        lambda: os.mkfifo(inbox / "海棠区.xls"),
    ]:
        shutil.rmtree(inbox, ignore_errors=True)
        inbox.mkdir()
        fill()
        for more in [[], ["--if-new"]]:
            ran = run(program, folder, inbox, *more)
            if ran.status != 2 or "--empty-inbox" not in ran.err or ran.out.strip():
                wrong.append(f"{[path.name for path in inbox.iterdir()]} {more}: {ran.status} {ran.err}")
    if list((folder / "archive").rglob("report.json")):
        wrong.append("something was published")
    ran = run(program, folder, inbox, "--empty-inbox")
    if ran.status != 1 or set(ran.standings().values()) != {"missing"}:
        wrong.append(f"--empty-inbox: {ran.status} {ran.err}")
    return told(wrong, "status 2, and a month of nothing where it is meant")


def what_nobody_sent(folder, program):
    """The archive, the plan and the pipeline file are no submissions, wherever they lie."""
    wrong = []
    inbox = inbox_of(folder)
    plain = base(program, folder)
    shutil.copy2(ROOT / "fixtures/plan/master-plan.xlsx", inbox / "计划.xlsx")
    for turn in range(3):
        ran = run(program, folder, inbox, "--plan", inbox / "计划.xlsx", archive="inbox/存档")
        if ran.status not in (0, 1):
            return False, f"archive in the inbox: {ran.status} {ran.err}"
        if ran.serious() != plain.serious() or len(copies(ran)) != 6:
            wrong.append(f"archive in the inbox, turn {turn}: {len(copies(ran))} copies")
        if not {"存档", "计划.xlsx"} <= set(ran.report["passed_over"]) or "存档" not in ran.err:
            wrong.append(f"not said: {ran.report['passed_over']} {ran.err}")
    work = folder / "work"
    shutil.copytree(INBOX, work / "archive/in")
    for turn in range(2):
        ran = run(program, work, work / "archive/in")
        if ran.status not in (0, 1) or len(copies(ran)) != 6:
            wrong.append(f"inbox in the archive: {ran.status} {ran.err}")
    same = run(program, work, work / "archive")
    if same.status != 2:
        wrong.append(f"one folder for both: {same.status}")
    return told(wrong, "left out, and said")


def limits_that_are_none(folder, program):
    """A limit that lets all pass, or nothing, is refused with its line when the file is loaded."""
    wrong = []
    tried = [
        "memory_mib = 1", "memory_mib = 0", "memory_mib = 4294967295", "memory_mib = 4294967296", "memory_mib = -1",
        "seconds = 0", "seconds = 4294967295", "file_mib = 0", "file_mib = 4294967295", "unpacked_mib = 0",
        "cells = 0", "cells = 4294967295", "rows = 0", "rows = 4294967295", 'memory_mib = "much"',
    ]
    for text in tried:
        path = pipeline_with(folder, f"[read]\n{text}\n\n", "[normalise]")
        line = path.read_text("utf-8").splitlines().index(text) + 1
        ran = run(program, folder, INBOX, pipeline=path)
        if ran.status != 2 or f":{line}" not in ran.err:
            wrong.append(f"{text}: {ran.status} {ran.err.strip()}")
    for text in ["memory_mib = 64", "seconds = 3600", "file_mib = 1"]:
        path = pipeline_with(folder, f"[read]\n{text}\n\n", "[normalise]")
        ran = run(program, folder, INBOX, pipeline=path)
        if ran.status not in (0, 1) or set(ran.standings()) != set(base(program, folder).standings()):
            wrong.append(f"{text}: {ran.status} {ran.err.strip()}")
    return told(wrong, f"{len(tried)} refused with their line")


def a_busy_machine(folder, program, rows=16000):
    """A sheet that is read in a part of its time is read where other programs take most of the machine."""
    if not Path("/proc/self/stat").exists():
        return True, "not tried: no /proc"
    import texts  # Its sheets are made there.

    inbox = inbox_of(folder)
    (inbox / "海棠区.xls").unlink()
    texts.xlsx(inbox / "海棠区.xlsx", texts.sheet_of(
        [[number, texts.UNIT, f"任务{number * 7919}", number % 90 + 1, "设备购置", "2020年10月", 0]
         for number in range(1, rows + 1)]))
    path = pipeline_with(folder, "[read]\nseconds = 1\n\n", "[normalise]")
    alone = run(program, folder, inbox, pipeline=path, archive="alone", seconds=120)
    others = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(5 * (os.cpu_count() or 1))]
    try:
        busy = run(program, folder, inbox, pipeline=path, archive="busy", seconds=300)
    finally:
        for other in others:
            other.kill()
            other.wait()
    if alone.status != 1 or alone.standings()["海棠区"] != "blank":
        return True, "not tried: this machine is too slow for it"
    wrong = [] if busy.status == 1 and busy.serious() == alone.serious() else [f"{busy.status} {busy.err.strip()[-300:]}"]
    return told(wrong, f"{alone.seconds:.1f} s alone, {busy.seconds:.1f} s beside {len(others)} others, the same findings")


def workers_of(parent):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                if int(stat.rsplit(")", 1)[1].split()[1]) == parent:
                    found.append(int(entry.name))
            except (OSError, IndexError, ValueError):
                pass
    return found


def killed_workers(folder, program, kills=None):
    """A worker that somebody ends costs a new worker; where all are ended, it is the machine's trouble."""
    if not Path("/proc/self/stat").exists():
        return True, "not tried: no /proc"
    runs = kills or int(os.environ.get("FAULTS_KILLS", "20"))
    plain = base(program, folder)
    inbox = folder / "inbox"
    for part in range(5):
        shutil.copytree(INBOX, inbox / f"份{part}")
    whole = run(program, folder, inbox, archive="whole")
    wrong, hit, seed = [], 0, random.Random(14)
    for turn in range(runs):
        process = subprocess.Popen(
            [str(program), "run", str(PIPELINE), "--period", PERIOD, "--inbox", str(inbox), "--archive",
             str(folder / f"killed-{turn}")],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        time.sleep(seed.uniform(0, whole.seconds * 0.7))
        for worker in workers_of(process.pid):
            try:
                os.kill(worker, seed.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV]))
                hit += 1
            except OSError:
                pass
        out, err = process.communicate(timeout=60)
        ran = Ran(process.returncode, out.decode(), err.decode(), 0)
        if ran.status not in (0, 1) or ran.serious() != whole.serious():
            wrong.append(f"turn {turn}: {ran.status} {ran.err.strip()[:200]}")
    process = subprocess.Popen(
        [str(program), "run", str(PIPELINE), "--period", PERIOD, "--inbox", str(inbox), "--archive",
         str(folder / "all")], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < 60:
        for worker in workers_of(process.pid):
            try:
                os.kill(worker, signal.SIGKILL)
            except OSError:
                pass
    out, err = process.communicate(timeout=10)
    if process.returncode != 2 or out.strip() or not err.strip():
        wrong.append(f"all killed: status {process.returncode}: {err.decode()[:300]}")
    return told(wrong, f"{hit} workers ended in {runs} runs, all as if nothing had been; all of them: one line")


SWEPT = [
    ("openat", ["EMFILE", "EIO"]), ("read", ["EIO"]), ("write", ["ENOSPC", "EIO", "EPIPE"]),
    ("clone3,clone", ["EAGAIN"]), ("pipe2", ["EMFILE"]),
    ("mkdir", ["ENOSPC"]), ("getdents64", ["EIO"]), ("close", ["EIO"]), ("wait4,waitid", ["ECHILD"]),
]


def errors_swept(folder, program):
    """An error of any call while files are taken in and read is retried, or told in a line: no hang, no
    panic, no unit that is blamed."""
    if not shutil.which("strace"):
        return True, "not tried: no strace"
    plain = base(program, folder)
    # Every call; or each so many of the first 200.
    step = int(os.environ.get("FAULTS_STEP", "7"))
    most = 200 if step > 1 else 1_000_000
    inbox = inbox_of(folder)
    wrong, tried, ended = [], 0, 0
    for calls, errors in SWEPT:
        counted = folder / "count"
        call(program, ["run", PIPELINE, "--period", PERIOD, "--inbox", inbox, "--archive", folder / "counting"],
             before=["strace", "-f", "-qq", "-o", str(counted), "-e", f"trace={calls}"])
        first = counted.read_text(errors="replace").splitlines()
        main = first[0].split()[0] if first else ""
        of_main = sum(line.startswith(main) for line in first)
        shutil.rmtree(folder / "counting", ignore_errors=True)
        for error in errors:
            for when in [*range(1, min(of_main, most) + 1, step), f"{max(1, of_main // 2)}+"]:
                tried += 1
                archive = folder / f"{calls[:4]}-{error}-{when}"
                ran = run(
                    program, folder, inbox, archive=archive.name, seconds=90,
                    before=["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e",
                            f"inject={calls}:error={error}:when={when}"],
                )
                where = f"{calls} {error} at {when}"
                if ran.status == "hangs" or ran.status not in (0, 1, 2, 127):
                    wrong.append(f"{where}: {ran.status} {ran.err.strip()[:200]}")
                elif ran.status in (0, 1) and ran.folder and (ran.folder / "report.json").exists():
                    if ran.serious() != plain.serious():
                        more = [one for one in ran.serious() if one not in plain.serious()]
                        wrong.append(f"{where}: a unit is blamed: {more[:2]}")
                elif ran.status == 2:
                    ended += 1
                    if not ran.err.strip() and calls != "write":
                        wrong.append(f"{where}: no line")
                shutil.rmtree(archive, ignore_errors=True)
    return told(wrong, f"{tried} errors, {ended} ended with a line, the others as if nothing had been")


CHECKS = [
    what_is_no_file,
    named_on_the_command_line,
    huge_files,
    folders_in_folders,
    closed_folders,
    names_are_bytes,
    beside_sheets,
    a_table_in_a_text,
    files_that_change,
    files_that_vanish,
    empty_inboxes,
    what_nobody_sent,
    limits_that_are_none,
    a_busy_machine,
    killed_workers,
    errors_swept,
]


if __name__ == "__main__":
    import sys
    import tempfile

    wanted = sys.argv[2:]
    failed = 0
    for check in CHECKS:
        if wanted and check.__name__ not in wanted:
            continue
        with tempfile.TemporaryDirectory() as name:
            ok, words = check(Path(name), Path(sys.argv[1]).resolve())
        failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {check.__name__}: {words}", flush=True)
    sys.exit(bool(failed))
