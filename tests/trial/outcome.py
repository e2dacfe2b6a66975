"""What one run of the trial came to, of whatever kind."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import sums
import verdict


@dataclass
class Outcome:
    number: int
    table: dict = field(default_factory=dict)  # (planted, found as) -> times
    wrong: list = field(default_factory=list)  # of verdict.Fault
    dimensions: list = field(default_factory=list)  # (dimension, value, unit)
    submissions: int = 0
    planted: int = 0  # findings above note that must be there
    quiet: int = 0  # submissions without any
    books: sums.Books = field(default_factory=sums.Books)  # held against other libraries
    silent: list = field(default_factory=list)  # units of which money or a row is lost unsaid

    @property
    def exact(self):
        """How many submissions came out as planted; what is no unit's counts against one of them."""
        return self.submissions - min(len({fault.unit for fault in self.wrong}), self.submissions)


def failed(number, why, submissions=1):
    """A run that gave no result: nothing is silent about it, and nothing exact."""
    wrong = [verdict.Fault("no result", "", "", why, f"{number}-{at}") for at in range(submissions)]
    return Outcome(number, wrong=wrong, submissions=submissions)


def judged(number, subs, report, is_aside=lambda found: False):
    """Holds the report against what was planted in the submissions."""
    table, wrong = verdict.judge(subs, report, is_aside)
    outcome = Outcome(number, table, wrong, silent=verdict.silent(subs, report))
    outcome.books = report["sums"]
    for sub in subs:
        above = sum(1 for expect in sub.expects if expect.severity != "note")
        outcome.submissions += 1
        outcome.planted += above
        outcome.quiet += above == 0
    return outcome


def run(program, pipeline, folder, period, inbox):
    """Runs the program over an inbox; returns the report, or why there is none."""
    done = subprocess.run(
        [program, "run", pipeline, "--period", period, "--inbox", inbox,
         "--archive", folder / "archive"],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        return f"status {done.returncode}: {done.stderr.strip()}"
    made = Path(done.stdout.strip())
    report = json.loads((made / "report.json").read_text())
    report["sums"] = sums.compare(pipeline, inbox, made)
    return report
