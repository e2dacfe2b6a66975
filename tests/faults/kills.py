"""Runs killed at random moments, and their reading workers; commands that keep no run, too."""

import os
import signal
import subprocess
import time
from pathlib import Path

from support import INBOX, PERIOD, PIPELINE, Outcome, check, changed, findings, leftovers, run_folders, snapshot

# How many kills `make faults` makes of each kind.
KILLS = 300


def children(process):
    """The processes that any thread of a process has started."""
    found = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in listed.read_text().split()]
        except OSError:
            pass
    return found


def duration(context, command, folder):
    """About how long a command takes."""
    begun = time.monotonic()
    context.call(folder, command)
    return time.monotonic() - begun


@check("a run killed at any moment changes no earlier run, and the next one works")
def kill_the_run(context):
    outcome = Outcome()
    folder = context.folder()
    command = context.command(folder)
    whole = duration(context, command, folder)
    known = snapshot(folder)
    baseline = findings(run_folders(folder)[0])
    periods = [PERIOD, "2020-09"]
    for number in range(context.most(KILLS)):
        period = periods[number % 2]
        process = subprocess.Popen(
            context.command(folder, period=period), cwd=folder, env=context.environment(folder),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(context.random.uniform(0, whole * 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        outcome.tried += 1
        for run in changed(known, folder):
            outcome.wrong.append(f"kill {number}: {run} is not as it was")
        for run in run_folders(folder):
            if str(run) not in known:
                known[str(run)] = snapshot(folder)[str(run)]
                if run.parent.name == PERIOD and findings(run) != baseline:
                    outcome.wrong.append(f"kill {number}: {run} is published and not whole")
        verified = context.history(folder, "verify")
        if verified.status != 0:
            outcome.wrong.append(f"kill {number}: {verified.last_words()} {verified.out[:300]}")
        if number % 20 == 19:
            # The next run of the other period removes what was left in this one.
            answer = context.run(folder, period=periods[(number + 1) % 2])
            if answer.status != 1:
                outcome.wrong.append(f"kill {number}: the next run: {answer.last_words()}")
            if left := leftovers(folder):
                outcome.wrong.append(f"kill {number}: the next run leaves {left}")
            known = snapshot(folder)
    return outcome


@check("a worker killed at any moment costs nothing: the run finds what it would have found")
def kill_workers(context):
    outcome = Outcome()
    folder = context.folder()
    command = context.command(folder)
    whole = duration(context, command, folder)
    baseline = findings(run_folders(folder)[0])
    kills = 0
    for _ in range(context.most(KILLS) * 4):
        if kills >= context.most(KILLS):
            break
        process = subprocess.Popen(
            command, cwd=folder, env=context.environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(context.random.uniform(0, whole))
        workers = children(process.pid)
        if workers:
            try:
                os.kill(context.random.choice(workers), signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                workers = []
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            outcome.hold(False, "the run does not end")
            continue
        if workers:
            run = out.decode().strip()
            said = err.decode("utf-8", "replace")[-200:]
            if outcome.hold(process.returncode == 1, f"status {process.returncode}: {said}"):
                differs = [line for line in findings(run) if line not in baseline]
                outcome.hold(not differs, f"the run says {differs[:2]}")
    return outcome


@check("what a killed command left is removed by the next run or command")
def kill_others(context):
    outcome = Outcome()
    folder = context.folder()
    sheet = next(INBOX.glob("海棠区*"))
    program = str(context.program)
    commands = {
        "check": [program, "check", str(sheet), "--pipeline", str(PIPELINE), "--period", PERIOD],
        "inspect": [program, "inspect", str(sheet), "--pipeline", str(PIPELINE)],
        "drill": [program, "drill", str(PIPELINE), "--period", PERIOD],
        "template": [
            program, "template", str(PIPELINE), "--period", PERIOD, "--out", str(folder / "templates"),
        ],
    }  # fmt: skip
    left_anything = 0
    for name, command in commands.items():
        whole = min(duration(context, command, folder), 2)
        for _ in range(context.most(10)):
            process = subprocess.Popen(
                command, cwd=folder, env=context.environment(folder),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(context.random.uniform(0, whole))
            process.kill()
            process.wait()
            left_anything += bool(list((folder / "tmp").iterdir()))
        next_one = context.call(folder, commands["inspect"]) if name == "check" else context.run(folder)
        outcome.hold(next_one.status in (0, 1), next_one.last_words())
        left = leftovers(folder)
        outcome.hold(not left, f"{name} killed: {left}")
    outcome.hold(left_anything > 0, "no kill left anything, so nothing is shown")
    return outcome
