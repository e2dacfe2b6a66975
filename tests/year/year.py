"""A year of an office in minutes: the program is left alone with its schedule, and asked at the end whether
every month is right. See README.md."""

import argparse
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, datetime, timedelta

import openpyxl

ROOT = pathlib.Path(__file__).resolve().parents[2]
MONTHS = [f"2020-{month:02}" for month in range(1, 13)]
HOLIDAYS = ["2020-01-01", "2020-01-24/2020-01-31", "2020-05-01/2020-05-05", "2020-10-01/2020-10-08"]
WORKING_DAY = 3


class Mails(socketserver.StreamRequestHandler):
    """Takes every mail, and remembers to whom and under which number."""

    taken = []

    def handle(self):
        def say(text):
            self.wfile.write((text + "\r\n").encode())

        say("220 here")
        to = []
        while line := self.rfile.readline():
            word = line.decode(errors="replace").strip()
            if word.upper().startswith("RCPT TO:"):
                to.append(word[8:].strip("<> "))
            if word.upper().startswith("DATA"):
                say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += self.rfile.readline()
                number = next(l for l in text.decode().splitlines() if l.startswith("Message-ID:"))
                self.taken.extend((address, number.split()[1]) for address in to)
                to = []
            elif word.upper().startswith("QUIT"):
                say("221 bye")
                return
            say("250 yes")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Office:
    def __init__(self, folder, program, port):
        self.folder, self.program = folder, program
        sheets = sorted((ROOT / "fixtures/inbox/2020-08").iterdir())
        self.sheets = {path.stem.replace("8月报送", ""): path for path in sheets}
        self.units = sorted(self.sheets)
        self.made = 0
        (folder / "pipelines").mkdir()
        text = (ROOT / "pipelines/sanya-2020.toml").read_text(encoding="utf-8")
        plan = ROOT / "fixtures/plan/master-plan.xlsx"
        shutil.copy(plan, folder / "plan.xlsx")
        self.revise(folder / "plan.xlsx", folder / "revised.xlsx")
        text = text.replace("../fixtures/inbox", "../inbox")
        text = text.replace("../fixtures/plan/master-plan.xlsx", "../plan.xlsx")
        text = text.replace('from = "2020-06"', 'from = "2020-01"\n\n[[intake.plan]]\nfile = "../revised.xlsx"\nfrom = "2020-06"')
        text = text.replace("[intake]\n", '[intake]\nsettle = "1s"\n', 1)
        units = "".join(
            f'[[outbox.unit]]\nname = "{name}"\nto = ["unit{place}@example.cn"]\n' for place, name in enumerate(self.units)
        )
        holidays = ", ".join(f'"{day}"' for day in HOLIDAYS)
        text += f"""
[archive]
keep = 3

[run]
zone = "Asia/Shanghai"
working_day = {WORKING_DAY}
holidays = [{holidays}]

[outbox]
from = "office@example.cn"
{units}
[outbox.mail]
host = "127.0.0.1"
port = {port}
security = "none"
"""
        (folder / "pipelines/year.toml").write_text(text, encoding="utf-8")

    @staticmethod
    def revise(plan, revised):
        """Another amount for one task, as a revision in June has it."""
        book = openpyxl.load_workbook(plan)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows():
            amounts = [cell for cell in row if isinstance(cell.value, (int, float)) and cell.column == 4]
            if amounts:
                amounts[0].value += 1
                break
        book.save(revised)

    def inbox(self, month):
        inbox = self.folder / "inbox" / month
        inbox.mkdir(parents=True, exist_ok=True)
        return inbox

    def comes(self, month, unit, name=None):
        path = self.sheets[unit]
        shutil.copyfile(path, self.inbox(month) / (name or unit + path.suffix))

    def fill(self, left):
        """Fills the office's own disk but for a few bytes; returns what has to be removed again."""
        ballast = self.folder / "ballast"
        room = os.statvfs(self.folder)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - left))
        return ballast

    def run(self, now, *arguments, limit=None):
        """Starts the program at a time; with a limit no file may grow beyond it."""

        def tighten():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        environment = dict(os.environ, DUIBIAO_NOW=f"{now}+08:00", LC_ALL="zh_CN.UTF-8")
        environment.pop("DUIBIAO_PIPELINE", None)
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            preexec_fn=tighten if limit else None,
        )
        self.made += done.stdout.count("\n") if arguments[0] == "run" else 0
        return done

    def month_job(self, day, **more):
        return self.run(f"{day}T08:30:00", "run", "--period", "last", "--due", "--no-data", "--quiet", **more)

    def new_job(self, day):
        return self.run(f"{day}T10:00:00", "run", "--period", "this", "--if-new", "--if-any", "--no-data", "--quiet")

    def archive(self, month=None):
        folder = self.folder / "archive/year"
        return folder / month if month else folder

    def runs(self, month):
        folder = self.archive(month)
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if (path / "report.json").is_file())

    def last(self, month):
        return self.runs(month)[-1]

    def logged(self):
        lines = []
        for day in sorted((self.archive() / "log").iterdir()):
            lines += [json.loads(line) for line in day.read_text(encoding="utf-8").splitlines()]
        return lines


def free(day):
    spans = [span.split("/") for span in HOLIDAYS]
    return day.weekday() > 4 or any(date.fromisoformat(span[0]) <= day <= date.fromisoformat(span[-1]) for span in spans)


def due(month):
    """The working day of the month after."""
    year, number = map(int, month.split("-"))
    day = date(year + number // 12, number % 12 + 1, 1)
    worked = 0
    while True:
        worked += not free(day)
        if worked == WORKING_DAY:
            return day
        day += timedelta(1)


def column_of(sheet, title):
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == title:
                return cell.row, cell.column
    raise SystemExit(f"no column {title} in {sheet.title}")


def answer(slip, into):
    book = openpyxl.load_workbook(slip)
    sheet = book.worksheets[0]
    heading, column = column_of(sheet, "情况说明")
    sheet.cell(heading + 1, column).value = "合同价高于预算，已报区政府同意，见会议纪要"
    book.save(into)


def decide(workbook, into):
    """Accepts the first finding that has to be explained."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["差异清单"]
    heading, choice = column_of(sheet, "处理")
    columns = {title: column_of(sheet, title)[1] for title in ("性质", "处理意见", "处理人", "情况说明")}
    for row in range(heading + 1, sheet.max_row + 1):
        if sheet.cell(row, columns["性质"]).value == "核实性":
            sheet.cell(row, columns["情况说明"]).value = "已核，口径一致，见附件"
            sheet.cell(row, choice).value = "采纳"
            sheet.cell(row, columns["处理意见"]).value = "情况属实"
            sheet.cell(row, columns["处理人"]).value = "王某"
            book.save(into)
            return
    raise SystemExit("nothing has to be explained")


def live(office, server_down, server_up):
    """The year."""
    first, *rest = office.units
    day, end = date(2020, 1, 15), date(2021, 1, 20)
    off = (date(2020, 4, 25), date(2020, 7, 6))
    while day <= end:
        month, today = f"{day:%Y-%m}", day.isoformat()
        last = f"{day.replace(day=1) - timedelta(1):%Y-%m}"
        # What comes in.
        if month in MONTHS and month != "2020-07":
            if day.day == 18:
                office.comes(month, first)
            if day.day == 27:
                for unit in rest[:-1]:
                    office.comes(month, unit)
            if month == "2020-02" and day.day == 28:
                office.comes(month, first, f"{first}（补充）{office.sheets[first].suffix}")
        if last in MONTHS and day.day == 2 and last != "2020-07":
            office.comes(last, rest[-1])
        if today == "2020-08-12":
            for unit in office.units:
                office.comes("2020-07", unit)
        if today == "2020-09-10":
            office.comes("2020-08", first, f"{first}更正{office.sheets[first].suffix}")
        if today == "2020-10-20":
            run = office.last("2020-09")
            slip = next(path for path in sorted((run / "returns").iterdir()) if "核实反馈" in path.name)
            answer(slip, office.inbox("2020-09") / slip.name)
            answers = office.folder / "answers.xlsx"
            workbook = next(path for path in run.iterdir() if path.suffix == ".xlsx")
            decide(workbook, answers)
            office.run(f"{today}T14:00:00", "run", "--period", "2020-09", "--answers", str(answers), "--no-data")
        # What the schedule starts.
        is_off = off[0] <= day < off[1]
        if not is_off and (day.day in (19, 28) or day.day <= 13 or day.day == 20):
            if today == "2020-03-28":
                half_copied(office, today)
            elif day.day in (19, 28):
                office.new_job(today)
            if day == due("2020-10"):
                full_disk(office, today)
            elif today == "2020-12-01":
                office.month_job("2019-12-02")
            elif day == due("2020-12"):
                server_down()
                office.month_job(today)
                server_up()
            elif day.weekday() < 5:
                office.month_job(today)
        day += timedelta(1)


def full_disk(office, today):
    """October is due, and the disk takes a few lines of the log and no run."""
    if office.has_own_disk:
        ballast = office.fill(left=64 * 1024)
        done = office.month_job(today)
        ballast.unlink()
    else:
        # Where nobody may mount a disk of their own: the system then says that a file is too large.
        done = office.month_job(today, limit=40_000)
    if done.returncode != 2:
        raise SystemExit(f"the disk was full, and the run ended with {done.returncode}: {done.stderr}")


def half_copied(office, today):
    """The last sheet of March is being copied while the schedule looks."""
    unit = office.units[2]
    path = office.inbox("2020-03") / (unit + office.sheets[unit].suffix)
    whole = office.sheets[unit].read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    def complete():
        time.sleep(0.5)
        path.write_bytes(whole)

    copying = threading.Thread(target=complete)
    copying.start()
    office.new_job(today)
    copying.join()


def hashes(folder):
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def checks(office):
    """What must hold at the end: a line and whether it does."""
    zone = timedelta(hours=8)
    for month in MONTHS:
        runs = office.runs(month)
        yield f"{month}: there is a run", bool(runs), ""
        if not runs:
            continue
        run = runs[-1]
        note = json.loads((run / "run.json").read_text())
        started = (datetime.fromisoformat(note["started"][:19]) + zone).date()
        yield f"{month}: the last run was made when it was due", started >= due(month), f"{started}, due {due(month)}"
        yield f"{month}: it says who ran it", bool(note["user"]), ""
        report = json.loads((run / "report.json").read_text(encoding="utf-8"))
        read = {line["sha256"] for line in report["files"]} | {line["sha256"] for line in report["returned"]}
        there = hashes(office.inbox(month))
        yield f"{month}: it read what lies in the inbox", there <= read, f"{len(there - read)} files were not read"
        yield f"{month}: no file is damaged", all(line["standing"] != "unreadable" for line in report["files"]), ""
        plan = office.folder / ("revised.xlsx" if month >= "2020-06" else "plan.xlsx")
        in_force = hashlib.sha256(plan.read_bytes()).hexdigest()
        yield f"{month}: under the plan in force", report["plan"]["sha256"] == in_force, ""
        yield f"{month}: no more runs are kept than the policy says", len(runs) <= 3, f"{len(runs)}"
        replay = office.run("2021-02-01T08:00:00", "history", "replay", f"{month}/{run.name}")
        yield f"{month}: the run repeats to the byte", replay.returncode == 0, replay.stdout + replay.stderr
    verify = office.run("2021-02-01T08:00:00", "history", "verify")
    yield "the chain verifies", verify.returncode == 0, verify.stdout + verify.stderr
    status = office.run("2021-02-01T08:00:00", "schedule", "status", "--for", "cron", "--format", "json")
    owed = json.loads(status.stdout)["owed"]
    yield "no month is owed", not owed, f"{owed}"
    lines = office.logged()
    of = lambda event: [line for line in lines if line["event"] == event]
    why = [line["why"] for line in of("no-run")]
    alone = {"not-due", "missed-and-empty", "clock-set-back"}
    ended = len(of("published")) + sum(reason not in alone for reason in why)
    yield "the log tells the end of all that was begun", len(of("began")) == ended, f"{len(of('began'))} begun, {ended} ended"
    yield "the log tells of every run", len(of("published")) == office.made, f"{len(of('published'))} of {office.made}"
    wanted = {"not-due", "nothing-new", "clock-set-back", "nobody-yet"}
    # A full disk shows itself where it is first written to: the copies of the sheets, or the run.
    is_told = wanted <= set(why) and {"archive", "intake"} & set(why)
    yield "the log says why none was made", is_told, f"{sorted(set(why))}"
    made_up = [line for line in of("said") if "补做" in line["said"]]
    yield "months that were missed were made up for", len(made_up) == 2, f"{[line['said'] for line in made_up]}"
    decisions = (office.archive() / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = {json.loads(line)["kind"] for line in decisions}
    yield "what was answered and decided is recorded", len(kinds) >= 2, f"{kinds}"
    taken = Mails.taken
    yield "no mail went out twice", len(set(taken)) == len(taken), f"{len(taken)} mails, {len(set(taken))} different"
    numbers = {number.strip("<>").split(".")[0] for _, number in taken}
    ready = set()
    for month in MONTHS:
        letters = json.loads((office.last(month) / "outbox/outbox.json").read_text(encoding="utf-8"))
        ready |= {letter["about"][:24] for letter in letters if letter["unit"] in office.units}
    yield "every message of the last runs went out", ready <= numbers, f"{len(ready - numbers)} did not"
    yield "the mail server was away once and was asked again", any(line["troubles"] for line in of("delivered")), ""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--keep", help="a folder to keep the office in")
    arguments.add_argument("--own-disk", action="store_true", help="in a mount namespace of its own: set by itself")
    given = arguments.parse_args()
    may_mount = subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode == 0 if shutil.which("unshare") else False
    if may_mount and not given.own_disk and not given.keep:
        os.execvp("unshare", ["unshare", "-rm", sys.executable, *sys.argv, "--own-disk"])
    began = time.time()
    servers = [Server(("127.0.0.1", 0), Mails)]
    port = servers[0].server_address[1]
    threading.Thread(target=servers[0].serve_forever, daemon=True).start()

    def down():
        servers[0].shutdown()
        servers[0].server_close()

    def up():
        servers[0] = Server(("127.0.0.1", port), Mails)
        threading.Thread(target=servers[0].serve_forever, daemon=True).start()

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(given.keep or folder)
        folder.mkdir(exist_ok=True)
        if given.own_disk:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "none", str(folder)], check=True)
        office = Office(folder, str(pathlib.Path(given.program).resolve()), port)
        office.has_own_disk = given.own_disk
        live(office, down, up)
        failed = 0
        for what, holds, found in checks(office):
            failed += not holds
            print(("ok    " if holds else "FAIL  ") + what + ("" if holds else f": {found.strip()}"))
        print("the disk was really full" if given.own_disk else "a file that grows too large stood for a full disk")
        print(f"{office.made} runs in {time.time() - began:.0f} s, {len(Mails.taken)} mails; {failed} checks failed")
        if given.own_disk:
            # Gone with the namespace; the folder that it covers is to be removed.
            subprocess.run(["umount", "-l", str(folder)], check=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
