"""Odd things in an archive: named, passed over, and never a reason not to run."""

import json
import os
import shutil

from support import PERIOD, Outcome, check, hashes, leftovers, pipeline_folder, run_folders

REPORT = f"{PERIOD}/01/report.json"
EARLIER = "2020-07/01/report.json"


def edited(change):
    """Returns what changes a file's JSON."""

    def make(path):
        value = json.loads(path.read_text("utf-8"))
        change(value)
        path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")

    return make


def written(content):
    def make(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return make


def removed(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def folder(path):
    path.mkdir(parents=True)


def linked(path):
    if path.exists():
        removed(path)
    path.symlink_to("/etc/hostname")


def linked_folder(path):
    path.symlink_to(path.parent / "01", target_is_directory=True)


def pipe(path):
    if path.exists():
        path.unlink()
    os.mkfifo(path)


def sparse(path):
    with open(path, "wb") as file:
        file.truncate(3 << 30)


def nested(path):
    path.write_text('{"schema":' + "[" * 100_000)


def set_key(**keys):
    return edited(lambda value: value.update(keys))


# What is done to which path; the words that must be said of it (its own name by default).
ODD = {
    "own report garbled": (REPORT, written("{")),
    "own report of 0 bytes": (REPORT, written("")),
    "own report of NUL": (REPORT, written(b"\0" * 4096)),
    "own report no UTF-8": (REPORT, written(b'{"schema": "\xff\xfe"}')),
    "own report nested deep": (REPORT, nested),
    "own report is a list": (REPORT, written("[]")),
    "own report gone": (REPORT, removed, "01"),
    "own report a folder": (REPORT, lambda path: (removed(path), folder(path))),
    "own report a link": (REPORT, linked),
    "own report a pipe": (REPORT, pipe),
    "own report of 3 GiB": (REPORT, sparse),
    "own report of a later version": (REPORT, set_key(schema="duibiao.report/9")),
    "own report of a later form": (REPORT, written('{"schema": "duibiao.report/3", "new": 1}')),
    "own report of another program": (REPORT, written('{"schema": "other/1"}')),
    "own report of another period": (REPORT, set_key(period="2019-01")),
    "own report of another pipeline": (REPORT, set_key(pipeline="other")),
    "own report altered": (REPORT, set_key(verdict="agrees")),
    "earlier report garbled": (EARLIER, written("{")),
    "earlier report of 0 bytes": (EARLIER, written("")),
    "earlier report of a later version": (EARLIER, set_key(schema="duibiao.report/9")),
    "earlier run empty": ("2020-07/01", lambda path: (removed(path), folder(path))),
    "an empty 09": (f"{PERIOD}/09", folder),
    "an empty 09 of the earlier period": ("2020-07/09", folder),
    "a file 7": (f"{PERIOD}/7", written("")),
    "a file 07": (f"{PERIOD}/07", written("x")),
    "a folder +5": (f"{PERIOD}/+5", folder),
    "a folder -1": (f"{PERIOD}/-1", folder),
    "a folder 007": (f"{PERIOD}/007", folder),
    "a folder 00": (f"{PERIOD}/00", folder),
    "a folder ５ in full width": (f"{PERIOD}/５", folder),
    "a folder 4294967295": (f"{PERIOD}/4294967295", folder),
    "a folder 18446744073709551615": (f"{PERIOD}/18446744073709551615", folder),
    "a folder of 20 digits": (f"{PERIOD}/99999999999999999999", folder),
    "a folder 999999999": (f"{PERIOD}/999999999", folder),
    "a link for a run": (f"{PERIOD}/08", linked_folder),
    "a pipe for a run": (f"{PERIOD}/08", pipe),
    "a stray file": (f"{PERIOD}/notes.txt", written("x")),
    "a stray file above": ("notes.txt", written("x")),
    "a stray folder above": ("old", folder),
    "a file for a period": ("2020-06", written("x")),
    "a link for a period": ("2020-06", linked),
    "a period 2020-13": ("2020-13", folder),
    "a period 2020-8": ("2020-8", folder),
    "a period +202-08": ("+202-08", folder),
    "a name that is no UTF-8": (os.fsdecode(b"\xcb\xae\xc0\xfb"), folder, ""),
    ".last-number empty": (f"{PERIOD}/.last-number", written("")),
    ".last-number of words": (f"{PERIOD}/.last-number", written("many")),
    ".last-number negative": (f"{PERIOD}/.last-number", written("-1")),
    ".last-number 0": (f"{PERIOD}/.last-number", written("0")),
    ".last-number of 20 digits": (f"{PERIOD}/.last-number", written("99999999999999999999")),
    ".last-number 4294967294": (f"{PERIOD}/.last-number", written("4294967294")),
    ".last-number 4294967295": (f"{PERIOD}/.last-number", written("4294967295")),
    ".last-number 2^63": (f"{PERIOD}/.last-number", written(str(1 << 63))),
    ".last-number of NUL": (f"{PERIOD}/.last-number", written(b"\0\0\0")),
    ".last-number of 3 GiB": (f"{PERIOD}/.last-number", sparse),
    ".last-number a link": (f"{PERIOD}/.last-number", linked),
    ".last-number a pipe": (f"{PERIOD}/.last-number", pipe),
    ".last-number a folder": (f"{PERIOD}/.last-number", lambda path: (removed(path), folder(path))),
    "the record garbled": (".chain.jsonl", written("{")),
    "the record of NUL": (".chain.jsonl", written(b"\0" * 100)),
    "the record a link": (".chain.jsonl", linked),
    "the record a pipe": (".chain.jsonl", pipe),
    "the record of other runs": (
        ".chain.jsonl",
        written('{"run": "../../x/01", "number": 18446744073709551615, "manifest": "0", "note": ""}\n'),
    ),
    "a manifest of 0 bytes": (f"{PERIOD}/01/manifest.json", written(""), None),
    "a manifest garbled": (f"{PERIOD}/01/manifest.json", written("{"), None),
    "a manifest of a later version": (
        f"{PERIOD}/01/manifest.json",
        set_key(schema="duibiao.manifest/9"),
        None,
    ),
    "a manifest a pipe": (f"{PERIOD}/01/manifest.json", pipe, None),
    "a link among the files of a run": (f"{PERIOD}/01/inputs/link", linked, None),
    "a pipe among the files of a run": (f"{PERIOD}/01/inputs/pipe", pipe, None),
    "left by a run": (f"{PERIOD}/.staging-left/inputs", folder, None),
    "left by a run of another period": ("2020-07/.staging-left/inputs", folder, None),
    "left a file": ("2020-07/.staging-left", written("x"), None),
    "left a link": ("2020-07/.staging-left", linked, None),
}


@check("odd things in an archive are named and passed over by run, list and verify")
def odd_things(context):
    outcome = Outcome()
    prepared = context.folder()
    for period in ("2020-07", PERIOD, PERIOD):
        assert context.run(prepared, period=period).status == 1
    # The second run of the period is not there in the archives that are made odd: what is odd is the last.
    for what, (name, make, *words) in ODD.items():
        here = context.folder()
        shutil.copytree(prepared / "archive", here / "archive")
        root = pipeline_folder(here)
        shutil.rmtree(root / PERIOD / "02")
        (root / PERIOD / ".last-number").write_text("1")
        lines = (root / ".chain.jsonl").read_text().splitlines(keepends=True)
        (root / ".chain.jsonl").write_text("".join(lines[:-1]))
        make(root / name)
        word = words[0] if words else name.rsplit("/", 1)[-1]
        target = os.stat("/etc/hostname").st_size
        tell(context, here, outcome, what, word)
        outcome.hold(os.stat("/etc/hostname").st_size == target, f"{what}: what a link leads to was changed")
        shutil.rmtree(here)
    return outcome


def tell(context, here, outcome, what, word):
    before = {run: hashes(run) for run in run_folders(here) if not run.is_symlink() and (run / "run.json").exists()}
    listed, verified = context.history(here, "list"), context.history(here, "verify")
    outcome.hold(listed.status == 0, f"{what}: list: {listed.last_words()}")
    outcome.hold(verified.status in (0, 1), f"{what}: verify: {verified.last_words()}")
    for arguments in (("--if-new",), ()):
        answer = context.run(here, *arguments)
        outcome.hold(answer.status == 1, f"{what}: run {arguments}: {answer.last_words()}")
        if word and word not in answer.err:
            # Said once, as long as it is there; what is replaced by the first run is said by it.
            outcome.hold(arguments == (), f"{what}: run {arguments} does not name {word}: {answer.err}")
    said = listed.err + verified.err + verified.out
    if word is not None:
        outcome.hold(word in said, f"{what}: neither list nor verify names {word}: {said}")
    after = {run: hashes(run) for run in before}
    outcome.hold(before == after, f"{what}: an earlier run was changed")
    numbers = [int(run.name) for run in run_folders(here) if run.parent.name == PERIOD and run.name.isdecimal()]
    outcome.hold(len(numbers) >= 2, f"{what}: nothing was published: {numbers}")
    outcome.hold(not leftovers(here), f"{what}: {leftovers(here)} is left")


@check("numbers are never used again, whatever bears one")
def numbers(context):
    outcome = Outcome()
    here = context.folder()
    assert context.run(here).status == 1
    period = pipeline_folder(here) / PERIOD

    def follows(expected, what):
        answer = context.run(here)
        published = answer.out.strip().rsplit("/", 1)[-1]
        outcome.hold(published == expected, f"{what}: {published or answer.last_words()}, not {expected}")

    shutil.rmtree(period / "01")
    follows("02", "the first run removed")
    (period / ".last-number").unlink()
    shutil.rmtree(period / "02")
    follows("03", "the last run and its number removed")
    (period / "7").write_text("")
    follows("08", "a file 7")
    (period / "0011").mkdir()
    follows("12", "a folder 0011")
    (period / "20").symlink_to("/nowhere")
    follows("21", "a link 20")
    for text in ("4294967295", "99999999999999999999", "x"):
        (period / ".last-number").write_text(text)
    follows("22", ".last-number that is no number")
    (period / ".last-number").write_text("30\n")
    follows("31", ".last-number 30")
    return outcome
