"""Who may read what a run leaves: owner and group, whatever the process would leave to others."""

import os
import signal
import stat
import subprocess
import time

from support import INBOX, PERIOD, PIPELINE, Outcome, check, pipeline_folder


def open_to_others(folder):
    found = []
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if not path.is_symlink() and mode & 0o027:
            found.append(f"{path} {mode:o}")
    return found


@check("nothing of a run is open to others or writable by the group, whatever the umask")
def umask(context):
    outcome = Outcome()
    for mask in (0o000, 0o002, 0o022, 0o027, 0o077):
        folder = context.folder()
        answers = [context.call(folder, context.command(folder), umask=mask) for _ in range(2)]
        outcome.hold(all(answer.status == 1 for answer in answers), answers[0].last_words())
        found = open_to_others(folder / "archive")
        outcome.hold(not found, f"umask {mask:03o}: {len(found)} things, {found[:2]}")
        run = pipeline_folder(folder) / PERIOD / "02"
        modes = {stat.S_IMODE(path.stat().st_mode) for path in run.rglob("*") if path.is_file()}
        outcome.hold(modes == {0o640}, f"umask {mask:03o}: files of modes {[oct(mode) for mode in modes]}")
    return outcome


@check("copies in the making, in archive and temporary folder, are closed to others too")
def in_the_making(context):
    outcome = Outcome()
    folder = context.folder()
    sheet = str(next(INBOX.glob("海棠区*")))
    commands = [
        context.command(folder),
        [str(context.program), "check", sheet, "--pipeline", str(PIPELINE)],
        [str(context.program), "drill", str(PIPELINE), "--period", PERIOD],
    ]
    seen = 0
    for number in range(context.most(60)):
        process = subprocess.Popen(
            commands[number % len(commands)], env=context.environment(folder), cwd=folder, umask=0,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(context.random.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        left = [*(folder / "tmp").rglob("*"), *(folder / "archive").rglob("*")]
        seen += len(left)
        found = open_to_others(folder)
        found = [what for what in found if not what.startswith((f"{folder / 'tmp'} ", f"{folder / 'trace'} "))]
        outcome.hold(not found, f"kill {number}: {found[:2]}")
    outcome.hold(seen > 0, "nothing was seen")
    os.umask(os.umask(0o022))
    return outcome
