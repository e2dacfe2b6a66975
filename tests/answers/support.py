"""What the checks share: running the program, and writing into its workbooks as people do, with openpyxl and
LibreOffice."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines" / "sanya-2020.toml"
NAME = "sanya-2020"
PERIOD = "2020-08"
INBOX = ROOT / "fixtures" / "inbox" / PERIOD
PATIENCE = 300


@dataclass
class Ran:
    """What a run came to."""

    status: int
    err: str
    folder: Path | None

    @property
    def report(self):
        return json.loads((self.folder / "report.json").read_text("utf-8"))

    @property
    def workbook(self):
        return next(self.folder.glob("*.xlsx"))

    def slip(self, unit):
        return next((self.folder / "returns").glob(f"{unit}*.xlsx"))

    def of_kind(self, kind):
        return [one for one in self.report["findings"] if one["kind"] == kind]

    def finding(self, id):
        return next((one for one in self.report["findings"] if one["id"] == id), None)


class Month:
    """An archive of its own in which the given month is run."""

    def __init__(self, program, inbox=INBOX, pipeline=PIPELINE):
        self.program = Path(program).resolve()
        self.holder = tempfile.TemporaryDirectory(prefix="answers-")
        self.folder = Path(self.holder.name)
        self.inbox = self.folder / "inbox"
        self.pipeline = pipeline
        shutil.copytree(inbox, self.inbox)
        self.archive = self.folder / "archive"

    def run(self, *answers, period=PERIOD, inbox=None, more=()):
        command = [self.program, "run", self.pipeline, "--period", period, "--inbox", inbox or self.inbox]
        command += ["--archive", self.archive, *more]
        for path in answers:
            command += ["--answers", path]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=PATIENCE)
        folder = Path(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None
        return Ran(done.returncode, done.stderr, folder)

    def extracts(self, into):
        """What `extract` says of the inbox, in a file."""
        paths = "".join(f"{path}\n" for path in sorted(self.inbox.rglob("*")) if path.is_file())
        command = [self.program, "extract", self.pipeline]
        done = subprocess.run(list(map(str, command)), input=paths, capture_output=True, text=True, timeout=PATIENCE)
        into.write_text(done.stdout, "utf-8")
        return into

    def decisions(self):
        path = self.archive / NAME / "decisions.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def verify(self):
        command = [self.program, "history", "verify", "--pipeline", self.pipeline, "--archive", self.archive]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=PATIENCE)


def list_of(book):
    """The sheet of a workbook of ours that lists findings, the row of its headings, and their columns."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            names = {cell.value: cell.column for cell in row if cell.value}
            if "差异编号" in names and "情况说明" in names:
                return sheet, row[0].row, names
    raise LookupError("no list of findings")


def write(path, into, answers, change=None):
    """Copies a workbook of ours with values written into its list: `answers` is {id: {heading: value}}, the key
    None standing for every row; `change` gets book, sheet, heading row and columns afterwards."""
    book = load_workbook(path)
    sheet, heading, names = list_of(book)
    for row in range(heading + 1, sheet.max_row + 1):
        id = sheet.cell(row, names["差异编号"]).value
        if not id:
            continue
        for heading_name, value in {**answers.get(None, {}), **answers.get(id, {})}.items():
            sheet.cell(row, names[heading_name]).value = value
    if change:
        change(book, sheet, heading, names)
    book.save(into)
    return into


def rows_of(path):
    """The rows of a workbook's list, as dictionaries by heading."""
    book = load_workbook(path)
    sheet, heading, names = list_of(book)
    rows = []
    for row in range(heading + 1, sheet.max_row + 1):
        line = {name: sheet.cell(row, column).value for name, column in names.items()}
        if line["差异编号"]:
            rows.append(line)
    return rows


def words(path, page=None):
    """All texts of a workbook, or of one of its pages."""
    book = load_workbook(path)
    sheets = [book[page]] if page else book.worksheets
    return [str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


def converted(path, ending, folder):
    """A workbook as LibreOffice saves it."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = Path(tempfile.gettempdir()) / "answers-profile"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", ending]
    command += ["--outdir", folder, path]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=PATIENCE)
    # Of a text filter's parameters only the ending stays in the name.
    return folder / f"{Path(path).stem}.{ending.split(':')[0]}"
