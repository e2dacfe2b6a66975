"""Errors of the system, injected into one call after another: each run ends, and says the truth."""

import collections
import subprocess
from pathlib import Path

import trace
from support import INBOX, NAME, PERIOD, Outcome, changed, check, findings, leftovers, run_folders, snapshot

# Calls and what they may answer; a disk that is full, a disk that is broken, too many open files.
ERRORS = {
    "write": ["ENOSPC", "EIO"],
    # A sheet that answers EACCES is one that nobody may read, which is said of it: no error of the system.
    "openat": ["EMFILE", "ENFILE", "ENOSPC"],
    "fsync": ["EIO", "ENOSPC"],
    "rename": ["ENOSPC", "EIO", "EACCES"],
    "renameat": ["ENOSPC", "EACCES"],
    "mkdir": ["ENOSPC", "EACCES"],
    "chmod": ["EPERM"],
    "read": ["EIO"],
    "close": ["EIO"],
    "statx": ["EIO"],
    "newfstatat": ["EIO"],
    "lseek": ["EIO"],
    "flock": ["EIO"],
    "unlink": ["EACCES"],
    "rmdir": ["EACCES"],
    "getdents64": ["EIO"],
}


def of_the_run(path, name, folder):
    """Which of the calls of that name concern the archive, the inbox or a worker, thread by thread.

    strace counts the calls of each thread by itself; the first thread is the run's own.
    """
    counted = collections.Counter()
    own, numbers = None, []
    for call in trace.calls(path):
        own = own or call.process
        if call.name != name or call.process != own:
            continue
        counted[name] += 1
        at = [trace.opened(call.arguments) or "", *trace.paths(call)]
        if any(str(folder) in path or "fixtures" in path or path.startswith("pipe:") for path in at):
            numbers.append(counted[name])
    return numbers


def sweep(context, name):
    outcome = Outcome()
    folder = context.folder()
    if not trace.works_here(folder):
        return Outcome(skipped=trace.NOT_HERE)
    assert context.run(folder).status == 1
    path = folder / "trace"
    # Numbers are short, so that calls are alike from run to run.
    assert context.run(folder, before=trace.traced(path, calls=name)).status == 1
    numbers = of_the_run(path, name, folder)
    baseline = findings(run_folders(folder)[0])
    places = [(error, number) for number in numbers for error in ERRORS[name]]
    for error, number in context.sample(places):
        what = f"{name} {number} answers {error}"
        known, before = snapshot(folder), set(run_folders(folder))
        inject = ["strace", "-f", "-o", "/dev/null", "-e", f"inject={name}:error={error}:when={number}"]
        answer = context.run(folder, before=inject)
        outcome.tried += 1
        new = set(run_folders(folder)) - before
        if answer.status not in (0, 1, 2) or "panicked" in answer.err:
            outcome.wrong.append(f"{what}: {answer.last_words()}")
        if answer.status == 2 and not answer.err.strip():
            outcome.wrong.append(f"{what}: status 2 and nothing said")
        if answer.status == 2 and new and not any(str(run) in answer.err for run in new):
            outcome.wrong.append(f"{what}: {new} is published and denied: {answer.err}")
        if answer.status in (0, 1) and not new:
            outcome.wrong.append(f"{what}: status {answer.status} and nothing published")
        for run in new:
            more = [line for line in findings(run) if line not in baseline]
            fewer = [line for line in baseline if line not in findings(run)]
            if more or fewer:
                outcome.wrong.append(f"{what}: blames units for it: {more[:2]} {fewer[:2]}")
        for run in changed(known, folder):
            outcome.wrong.append(f"{what}: {run} is not as it was")
        verified = context.history(folder, "verify")
        if verified.status != 0:
            outcome.wrong.append(f"{what}: verify: {verified.last_words()} {verified.out[:200]}")
    answer = context.run(folder)
    outcome.hold(answer.status == 1, f"the next run: {answer.last_words()}")
    outcome.hold(not leftovers(folder), f"the next run leaves {leftovers(folder)}")
    return outcome


for name in ERRORS:
    check(f"an error of any {name} ends in a run or a line, and changes nothing earlier")(
        lambda context, name=name: sweep(context, name)
    )


@check("a folder that fails while it is listed or closed costs nothing, or is told")
def folders_midway(context):
    """What fails once is asked again; what goes on failing is named; a folder that does not close changes nothing."""
    outcome = Outcome()
    folder = context.folder()
    if not trace.works_here(folder):
        return Outcome(skipped=trace.NOT_HERE)
    assert context.run(folder).status == 1
    baseline = findings(run_folders(folder)[0])
    archive = folder / "archive" / NAME
    places = [INBOX, archive, archive / PERIOD, run_folders(folder)[0], run_folders(folder)[0] / "inputs"]
    ways = ["close:error=EIO", *(f"getdents64:error=EIO:when={when}" for when in ("1", "2", "1+", "2+"))]
    for place in places:
        for way in ways:
            what = f"{way} on {place.name}"
            before = set(run_folders(folder))
            inject = ["strace", "-f", "-o", "/dev/null", "-P", str(place.resolve()), "-e", "trace=close,getdents64"]
            answer = context.run(folder, before=[*inject, "-e", f"inject={way}"])
            new = set(run_folders(folder)) - before
            goes_on = way.endswith("+")
            holds = answer.status == 1 if new else goes_on and answer.status == 2 and str(place) in answer.err
            outcome.hold(holds and "panicked" not in answer.err, f"{what}: {answer.last_words()}")
            if goes_on and new and place in (archive, archive / PERIOD):
                outcome.hold(str(place) in answer.err, f"{what}: not told: {answer.err}")
            for run in new:
                outcome.hold(findings(run) == baseline, f"{what}: blames units for it")
    outcome.hold(context.history(folder, "verify").status == 0, "verify")
    outcome.hold(not leftovers(folder), f"left: {leftovers(folder)}")
    return outcome


@check("limits on open files, file size and processes end in a run or a line")
def limits(context):
    outcome = Outcome()
    folder = context.folder()
    assert context.run(folder).status == 1
    baseline = findings(run_folders(folder)[0])
    settings = [f"ulimit -n {files}" for files in (4, 6, 8, 10, 12, 14, 16, 20, 24, 32)]
    settings += [f"ulimit -f {blocks}" for blocks in (0, 1, 8, 16, 32, 64, 128)]
    for setting in context.sample(settings):
        known, before = snapshot(folder), set(run_folders(folder))
        shell = ["bash", "-c", f"trap '' XFSZ; {setting}; exec \"$@\"", "bash"]
        answer = context.run(folder, before=shell)
        outcome.tried += 1
        new = set(run_folders(folder)) - before
        if answer.status not in (0, 1, 2) or "panicked" in answer.err or not answer.err.strip():
            outcome.wrong.append(f"{setting}: {answer.last_words()}")
        for run in new:
            if findings(run) != baseline:
                outcome.wrong.append(f"{setting}: blames units for it")
        for run in changed(known, folder):
            outcome.wrong.append(f"{setting}: {run} is not as it was")
    outcome.hold(context.run(folder).status == 1, "the next run does not work")
    assert isinstance(subprocess.DEVNULL, int) and Path("/").is_dir()
    return outcome
