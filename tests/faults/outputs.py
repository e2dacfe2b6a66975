"""Answers that nobody gets: standard output full or closed. They are told, and no run is denied."""

import os
import subprocess

from support import INBOX, PERIOD, PIPELINE, Outcome, check, run_folders


def commands(context, folder):
    sheet = str(next(INBOX.glob("海棠区*")))
    program, pipeline = str(context.program), str(PIPELINE)
    listed = {
        "run": context.command(folder),
        "check": [program, "check", sheet, "--pipeline", pipeline, "--period", PERIOD],
        "check --format json": [program, "check", sheet, "--pipeline", pipeline, "--format", "json"],
        "inspect": [program, "inspect", sheet, "--pipeline", pipeline],
        "inspect --cells": [program, "inspect", sheet, "--cells"],
        "inspect --draft": [program, "inspect", sheet, "--draft"],
        "template": [program, "template", pipeline, "--period", PERIOD, "--out", str(folder / "out")],
        "drill": [program, "drill", pipeline, "--period", PERIOD],
        "history list": [program, "history", "list", "--pipeline", pipeline, "--archive", str(folder / "archive")],
        "explain": [program, "explain"],
        "explain KIND": [program, "explain", "value-differs"],
        "schema": [program, "schema"],
        "completions": [program, "completions", "bash"],
        "--help": [program, "--help"],
        "--version": [program, "--version"],
    }
    return listed


@check("standard output that is full is an error that is told, by every command")
def full(context):
    outcome = Outcome()
    folder = context.folder()
    assert context.run(folder).status == 1
    for name, command in commands(context, folder).items():
        with open("/dev/full", "wb") as out:
            answer = context.call(folder, command, stdout=out)
        outcome.hold(answer.status == 2 and answer.err.strip(), f"{name}: {answer.last_words()}")
    return outcome


@check("a reader that has gone away is told, by every command")
def closed(context):
    outcome = Outcome()
    folder = context.folder()
    assert context.run(folder).status == 1
    for name, command in commands(context, folder).items():
        reading, writing = os.pipe()
        os.close(reading)
        try:
            answer = context.call(folder, command, stdout=writing)
        finally:
            os.close(writing)
        outcome.hold(answer.status == 2 and answer.err.strip(), f"{name}: {answer.last_words()}")
    return outcome


@check("a run that is published is never denied")
def published(context):
    outcome = Outcome()
    folder = context.folder()
    for stdout in ("/dev/full", "/dev/null"):
        known = set(run_folders(folder))
        with open(stdout, "wb") as out:
            answer = context.call(folder, context.command(folder), stdout=out)
        new = set(run_folders(folder)) - known
        outcome.hold(len(new) == 1, f"{stdout}: {len(new)} published: {answer.last_words()}")
        outcome.hold(all(str(run) in answer.err for run in new), f"{stdout}: {answer.err} does not name {new}")
        outcome.hold("没有出具" not in answer.err, f"{stdout}: {answer.err}")
    for closing in (">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
        known = set(run_folders(folder))
        shell = subprocess.run(
            ["sh", "-c", f'exec "$@" {closing}', "sh", *context.command(folder)],
            env=context.environment(folder), cwd=folder, capture_output=True, timeout=120,
        )  # fmt: skip
        new = set(run_folders(folder)) - known
        outcome.hold(shell.returncode in (1, 2) and len(new) == 1, f"{closing}: status {shell.returncode}, {new}")
    return outcome
