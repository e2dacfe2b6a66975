"""Several runs at once, waiting or not; and every state in which a lock can be."""

import fcntl
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import trace
from support import NAME, PERIOD, Outcome, check, findings, leftovers, pipeline_folder, run_folders, snapshot


@check("two runs at once: each is published whole or refused with who holds the lock")
def two_at_once(context):
    outcome = Outcome()
    folder = context.folder()
    assert context.run(folder).status == 1
    baseline = findings(run_folders(folder)[0])
    published = 1
    for number in range(context.most(20)):
        periods = [PERIOD, PERIOD] if number % 2 else [PERIOD, "2020-09"]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda period: context.run(folder, period=period), periods))
        for answer in answers:
            published += answer.status == 1
            refused = answer.status == 2 and ("正在" in answer.err and "进程" in answer.err)
            outcome.hold(answer.status == 1 or refused, answer.last_words())
        outcome.hold(any(answer.status == 1 for answer in answers), "neither was published")
    outcome.hold(len(run_folders(folder)) == published, f"{published} published, {len(run_folders(folder))} there")
    for run in run_folders(folder):
        if run.parent.name == PERIOD:
            outcome.hold(findings(run) == baseline, f"{run} is not whole")
    answer = context.history(folder, "verify")
    outcome.hold(answer.status == 0, answer.last_words())
    outcome.hold(not leftovers(folder), f"{leftovers(folder)} is left")
    return outcome


@check("three runs at once that wait for each other are all published")
def waiting(context):
    outcome = Outcome()
    folder = context.folder()
    for _ in range(context.most(3)):
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: context.run(folder, "--wait", "100s"), range(3)))
        for answer in answers:
            outcome.hold(answer.status == 1, answer.last_words())
    answer = context.history(folder, "verify")
    outcome.hold(answer.status == 0, answer.last_words())
    return outcome


@check("every state of the lock is handled and said")
def states(context):
    outcome = Outcome()
    folder = context.folder()
    assert context.run(folder).status == 1
    lock, precious = pipeline_folder(folder) / ".lock", folder / "precious"

    def refused(what, *words, **options):
        answer = context.run(folder, **options)
        said = all(word in answer.err for word in words)
        outcome.hold(answer.status == 2 and said and not answer.out, f"{what}: {answer.last_words()}")

    def works(what):
        answer = context.run(folder)
        outcome.hold(answer.status == 1, f"{what}: {answer.last_words()}")

    with open(lock, "r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        note = {"pid": 4711, "host": "there", "user": "li", "since": "2020-09-01T08:00:00Z", "by": "lock"}
        for text in (json.dumps(note), "", "garbled", "{}"):
            (lock.parent / ".running").write_text(text)
            refused(f"held, note {text[:10]!r}", NAME)
        begun = time.monotonic()
        answer = context.run(folder, "--wait", "1s")
        waited = time.monotonic() - begun
        outcome.hold(answer.status == 2 and 0.9 < waited < 20, f"--wait 1s: {waited:.1f} s, {answer.last_words()}")
    works("stale, with a note of somebody else")
    lock.write_text("what another program wrote")
    works("foreign content")
    outcome.hold(lock.read_text() == "what another program wrote", "foreign content was overwritten")
    lock.unlink()
    precious.write_text("precious")
    lock.symlink_to(precious)
    refused("a link", ".lock")
    outcome.hold(precious.read_text() == "precious", "the target of the link was changed")
    lock.unlink()
    lock.symlink_to("/nowhere/at/all")
    refused("a link to nowhere", ".lock")
    lock.unlink()
    os.mkfifo(lock)
    refused("a pipe", ".lock")
    lock.unlink()
    lock.mkdir()
    refused("a folder", ".lock")
    lock.rmdir()
    works("gone")
    for duration in ("1", "1s", "2m"):
        answer = context.run(folder, "--wait", duration)
        outcome.hold(answer.status == 1, f"--wait {duration}: {answer.last_words()}")
    for duration in ("-1s", "soon", ""):
        answer = context.run(folder, f"--wait={duration}")
        outcome.hold(answer.status == 2, f"--wait {duration!r}: {answer.last_words()}")
    return outcome


@check("where a folder knows no locks, two runs at once do not eat each other")
def no_locks(context):
    outcome = Outcome()
    folder = context.folder()
    if not trace.works_here(folder):
        return Outcome(skipped=trace.NOT_HERE)
    for error in ("ENOLCK", "ENOTSUP", "ENOSYS", "EINVAL", "EIO"):
        before = ["strace", "-f", "-o", "/dev/null", "-e", f"inject=flock:error={error}"]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: context.run(folder, before=before), range(2)))
        for answer in answers:
            holds = answer.status == 1 or (answer.status == 2 and ".running" in answer.err)
            outcome.hold(holds, f"{error}: {answer.last_words()}")
        outcome.hold(any(answer.status == 1 for answer in answers), f"{error}: neither was published")
    killed = subprocess.Popen(
        [*before, *context.command(folder)], env=context.environment(folder),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    running = pipeline_folder(folder) / ".running"
    while not running.exists() and killed.poll() is None:
        time.sleep(0.01)
    holder = json.loads(running.read_text() or "{}") if running.exists() else {}
    if holder:
        os.kill(holder["pid"], 9)
    killed.wait()
    answer = context.run(folder)
    outcome.hold(answer.status == 1, f"the next after a kill: {answer.last_words()}")
    verified = context.history(folder, "verify")
    outcome.hold(verified.status == 0, verified.last_words())
    assert snapshot(folder)
    return outcome
