"""What all themes share: the program, the given month, archives, and the registry of checks."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checking import CHECKS, Answer, Outcome, check  # noqa: E402, F401

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines" / "sanya-2020.toml"
NAME = "sanya-2020"
PERIOD = "2020-08"
INBOX = ROOT / "fixtures" / "inbox" / PERIOD
# Much longer than any run of the given month takes, under strace too.
PATIENCE = 120


class Context:
    """The program, how much is to be tried, and a folder of its own for each check."""

    def __init__(self, program, limit, seed):
        self.program = Path(program).resolve()
        self.limit = limit
        self.random = random.Random(seed)
        self._folder = tempfile.TemporaryDirectory(prefix="faults-")
        self._count = 0

    def close(self):
        self._folder.cleanup()

    def folder(self):
        """A new folder with one for temporary files beside it."""
        self._count += 1
        folder = Path(self._folder.name) / str(self._count)
        (folder / "tmp").mkdir(parents=True)
        return folder

    def most(self, default):
        """How often something is tried at random."""
        return min(default, self.limit) if self.limit else default

    def sample(self, things):
        """As many of the things as are to be tried, spread over all of them."""
        things = list(things)
        if not self.limit or len(things) <= self.limit:
            return things
        return [things[i * len(things) // self.limit] for i in range(self.limit)]

    def environment(self, folder):
        return dict(os.environ, TMPDIR=str(folder / "tmp"))

    def command(self, folder, *arguments, period=PERIOD, archive=None, inbox=INBOX):
        """The arguments of a run of the given month into `folder/archive`."""
        archive = archive or folder / "archive"
        return [
            str(self.program), "run", str(PIPELINE), "--period", period, "--inbox", str(inbox),
            "--archive", str(archive), *map(str, arguments),
        ]  # fmt: skip

    def run(self, folder, *arguments, before=(), **options):
        """Runs the given month; `before` stands before the command, such as strace."""
        return self.call(folder, [*before, *self.command(folder, *arguments, **options)])

    def history(self, folder, question):
        archive = folder / "archive"
        command = ["history", question, "--pipeline", str(PIPELINE), "--archive", str(archive)]
        return self.call(folder, [str(self.program), *command])

    def call(self, folder, command, **options):
        """Runs a command to its end; one that does not come to it has status -1."""
        options.setdefault("cwd", folder)
        options.setdefault("stdout", subprocess.PIPE)
        process = subprocess.Popen(
            command, env=self.environment(folder), stderr=subprocess.PIPE, start_new_session=True, **options
        )
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Answer(-1, "", f"no end within {PATIENCE} s")
        decoded = [(text or b"").decode("utf-8", "replace") for text in (out, err)]
        return Answer(process.returncode, *decoded)


def pipeline_folder(folder):
    return folder / "archive" / NAME


def run_folders(folder):
    """All run folders of the archive."""
    return sorted(path for path in pipeline_folder(folder).glob("*/[0-9]*") if path.is_dir())


def hashed(path):
    """Piece by piece: what this process once held in memory counts as that of every program it starts."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def hashes(run):
    """The content of every file of a run, by path."""
    files = sorted(path for path in run.rglob("*") if path.is_file())
    return {str(path.relative_to(run)): hashed(path) for path in files}


def snapshot(folder):
    return {str(run): hashes(run) for run in run_folders(folder)}


def changed(before, folder):
    """The runs that are not as they were."""
    return [run for run, files in before.items() if not Path(run).is_dir() or hashes(Path(run)) != files]


def leftovers(folder):
    """What lies in archive and temporary folder and is no result."""
    archive = pipeline_folder(folder)
    left = [path for path in archive.rglob("*") if path.name.startswith((".staging", ".tmp", ".running"))]
    return left + list((folder / "tmp").iterdir())


def findings(run):
    """What a run found, without what its own place in the archive changes."""
    report = json.loads((Path(run) / "report.json").read_text("utf-8"))
    lines = [(line["kind"], line["unit"], line["seq"], line["field"], line["found"]) for line in report["findings"]]
    return sorted(lines, key=str)


def works_after(context, folder, before, outcome, what):
    """Earlier runs are whole, and history and the next run work; what a crash left is gone."""
    for run in changed(before, folder):
        outcome.wrong.append(f"{what}: {run} is not as it was")
    if pipeline_folder(folder).is_dir():
        for question in ("list", "verify"):
            answer = context.history(folder, question)
            if answer.status != 0:
                outcome.wrong.append(f"{what}: history {question}: {answer.last_words()} {answer.out[-200:]}")
    answer = context.run(folder)
    if answer.status != 1 or not Path(answer.out.strip()).is_dir():
        outcome.wrong.append(f"{what}: the next run: {answer.last_words()}")
    if left := leftovers(folder):
        outcome.wrong.append(f"{what}: the next run leaves {left[0]}")
    answer = context.history(folder, "verify")
    if answer.status != 0:
        outcome.wrong.append(f"{what}: verify after the next run: {answer.last_words()} {answer.out[-200:]}")
