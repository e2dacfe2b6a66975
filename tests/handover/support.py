"""What all themes share: the program and LibreOffice, months that are run once, and the registry of checks."""

import dataclasses
import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checking import CHECKS, Answer, Outcome, check  # noqa: E402, F401

ROOT = Path(__file__).resolve().parents[2]
# Much longer than a run of 300 units, or LibreOffice with its workbook, takes.
PATIENCE = 600


class Skipped(Exception):
    """A check cannot be made here; says why."""


@dataclasses.dataclass
class Result:
    """A run: what was said, and the folder that it left."""

    month: object
    folder: Path
    answer: Answer

    @functools.cached_property
    def report(self):
        return json.loads((self.folder / "report.json").read_text("utf-8"))

    @functools.cached_property
    def book(self):
        return next(iter(self.folder.glob("*.xlsx")))

    @property
    def slips(self):
        """The files that go back to units."""
        return sorted((self.folder / "returns").glob("*.xlsx"))

    def slip(self, unit):
        return next((path for path in self.slips if path.name.startswith(unit) and "催报" not in path.name), None)

    def reminder(self, unit):
        return next((path for path in self.slips if path.name.startswith(unit) and "催报" in path.name), None)


class Context:
    """The program, LibreOffice, a folder for all that is made, and what was made already."""

    def __init__(self, program, office, limit, seed):
        self.program = Path(program).resolve()
        self.office = shutil.which(office)
        self.limit = limit
        self.seed = seed
        self._folder = tempfile.TemporaryDirectory(prefix="handover-")
        self.root = Path(self._folder.name)
        self._count = 0
        self._kept = {}

    def close(self):
        self._folder.cleanup()

    def random(self, *names):
        return random.Random(f"{self.seed} {names}")

    def most(self, default):
        return min(default, self.limit) if self.limit else default

    def folder(self):
        self._count += 1
        folder = self.root / str(self._count)
        folder.mkdir()
        return folder

    def kept(self, name, make):
        """What `make` returns; made once for all checks."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def call(self, *arguments, env=None, cwd=None):
        command = [str(argument) for argument in (self.program, *arguments)]
        environment = dict(os.environ, **(env or {}))
        environment.setdefault("LC_ALL", "C.UTF-8")
        done = subprocess.run(
            command, capture_output=True, timeout=PATIENCE, env=environment, cwd=cwd or self.root, check=False
        )
        return Answer(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def run(self, month, *arguments, archive=None, inbox=None, period=None):
        """Runs a month, in Chinese, into an archive of its own unless one is given."""
        archive = archive or self.folder() / "archive"
        answer = self.call(
            "run", month.pipeline, "--period", period or month.period, "--inbox", inbox or month.inbox,
            "--archive", archive, "--lang", "zh", *arguments,
        )  # fmt: skip
        folder = Path(answer.out.strip() or "/nowhere")
        if answer.status not in (0, 1) or not folder.is_dir():
            raise RuntimeError(f"{month.name}: no run: {answer.last_words()}")
        return Result(month, folder, answer)

    def result(self, month):
        """The first run of a month, made once."""
        return self.kept(("run", month.name), lambda: self.run(month))

    def convert(self, paths, form, out=None, infilter=None):
        """Saves files in another form by LibreOffice; returns the new paths in the same order."""
        if not self.office:
            raise Skipped("LibreOffice is not here (--office)")
        paths = [Path(path) for path in paths]
        out = Path(out) if out else self.folder()
        out.mkdir(parents=True, exist_ok=True)
        command = [
            self.office, f"-env:UserInstallation=file://{self.root / 'profile'}", "--headless",
            *([f"--infilter={infilter}"] if infilter else []), "--convert-to", form, "--outdir", str(out), *map(str, paths),
        ]  # fmt: skip
        nice = ["nice"] if shutil.which("nice") else []
        subprocess.run([*nice, *command], capture_output=True, timeout=PATIENCE, check=False)
        made = [out / f"{path.stem}.{form.split(':')[0]}" for path in paths]
        for path in made:
            if not path.is_file():
                raise RuntimeError(f"LibreOffice does not make {path.name}")
        return made

    def printed(self, path):
        """The workbook as a PDF, made once."""
        return self.kept(("pdf", str(path)), lambda: self.convert([path], "pdf")[0])
