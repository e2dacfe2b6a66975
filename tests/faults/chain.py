"""The chain over all runs: what `history verify` says of every way to change an archive."""

import hashlib
import json
import re
import shutil
import zipfile

from support import PERIOD, PIPELINE, Outcome, check, pipeline_folder, run_folders


def rehash(run):
    """Writes a manifest that lists what is there now."""
    path = run / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for line in manifest["files"]:
        content = (run / line["path"]).read_bytes()
        line["sha256"], line["bytes"] = hashlib.sha256(content).hexdigest(), len(content)
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


def append(path):
    with open(path, "ab") as file:
        file.write(b" ")


def rewritten(path):
    append(path / "report.json")
    rehash(path)


def emptied(path):
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    manifest["files"] = []
    (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")


WAYS = {
    "a file changed": lambda run: append(run / "report.json"),
    "an input changed": lambda run: append(next((run / "inputs" / "sheets").iterdir())),
    "a file removed": lambda run: (run / "data" / "ledger.csv").unlink(),
    "a file added": lambda run: (run / "returns" / "more.xlsx").write_bytes(b""),
    "a file replaced by a link to the same content": lambda run: link_to_itself(run / "report.json"),
    "the manifest rewritten to what is there": rewritten,
    "the manifest emptied": emptied,
    "the manifest of 0 bytes": lambda run: (run / "manifest.json").write_bytes(b""),
    "the manifest removed": lambda run: (run / "manifest.json").unlink(),
    "run.json changed": lambda run: append(run / "run.json"),
    "run.json removed": lambda run: (run / "run.json").unlink(),
    "the run removed": shutil.rmtree,
    "the run emptied": lambda run: (shutil.rmtree(run), run.mkdir()),
}


def link_to_itself(path):
    moved = path.parent.parent / "moved"
    shutil.move(path, moved)
    path.symlink_to(moved)


def prepared(context):
    folder = context.folder()
    for period in ("2020-07", PERIOD, PERIOD, "2020-09"):
        assert context.run(folder, period=period).status == 1
    return folder


@check("verify tells every change of every run, and of none that was not changed")
def every_change(context):
    outcome = Outcome()
    folder = prepared(context)
    untouched = context.history(folder, "verify")
    outcome.hold(untouched.status == 0 and not untouched.out, untouched.last_words())
    names = [f"{run.parent.name}/{run.name}" for run in run_folders(folder)]
    for what, change in WAYS.items():
        for name in names:
            here = context.folder()
            shutil.copytree(folder / "archive", here / "archive", symlinks=True)
            change(pipeline_folder(here) / name)
            answer = context.history(here, "verify")
            told = {line.split("：")[0].split(":")[0].split(" › ")[0] for line in answer.out.splitlines()}
            outcome.hold(answer.status == 1 and name in told, f"{name}, {what}: {answer.last_words()} {answer.out}")
            # The run after may be told as well, since it follows what was changed.
            others = told - {name}
            outcome.hold(not others, f"{name}, {what}: also told of {others}: {answer.out}")
            # And it stays told after the next run.
            if what in ("the run removed", "the manifest rewritten to what is there", "run.json changed"):
                context.run(here, period="2020-09")
                again = context.history(here, "verify")
                outcome.hold(again.status == 1 and name in again.out, f"{name}, {what}, a run later: {again.out}")
            shutil.rmtree(here)
    return outcome


@check("verify tells what is wrong with the archive as a whole")
def whole_archive(context):
    outcome = Outcome()
    folder = prepared(context)
    root = pipeline_folder(folder)
    shutil.copytree(root / PERIOD / "01", root / "2020-10" / "01")
    answer = context.history(folder, "verify")
    outcome.hold(answer.status == 1 and "2020-10/01" in answer.out, f"a run copied in: {answer.last_words()}")
    shutil.rmtree(root / "2020-10")
    record = (root / ".chain.jsonl").read_bytes()
    (root / ".chain.jsonl").unlink()
    answer = context.history(folder, "verify")
    outcome.hold(answer.status == 1 and ".chain.jsonl" in answer.out, f"no record: {answer.last_words()}")
    # Without a record, the manifests alone tell what was rewritten or taken out of the middle.
    rewritten(root / PERIOD / "01")
    answer = context.history(folder, "verify")
    outcome.hold(f"{PERIOD}/02" in answer.out, f"rewritten, no record: {answer.out}")
    (root / ".chain.jsonl").write_bytes(record)
    shutil.rmtree(root)
    answer = context.history(folder, "verify")
    outcome.hold(answer.status == 2 and "archive" in answer.err, f"no archive: {answer.last_words()}")
    return outcome


@check("the hash of the manifest before stands in the manifest and on page one")
def seal(context):
    outcome = Outcome()
    folder = prepared(context)
    lines = (pipeline_folder(folder) / ".chain.jsonl").read_text("utf-8").splitlines()
    order = [json.loads(line)["run"] for line in lines]
    outcome.hold(order == ["2020-07/01", f"{PERIOD}/01", f"{PERIOD}/02", "2020-09/01"], f"{order}")
    previous = "0" * 64
    for name in order:
        run = pipeline_folder(folder) / name
        manifest = (run / "manifest.json").read_bytes()
        outcome.hold(json.loads(manifest)["chain"]["previous"] == previous, f"{name}: another manifest before")
        with zipfile.ZipFile(next(run.glob("*.xlsx"))) as book:
            text = b"".join(book.read(part) for part in book.namelist()).decode("utf-8", "replace")
        sealed = re.findall("存档校验码：([0-9a-f]{64})", text)
        outcome.hold(sealed and set(sealed) == {previous}, f"{name}: page one says {sealed}")
        previous = hashlib.sha256(manifest).hexdigest()
    # The run before is an input: the same inputs give the same bytes.
    again = prepared(context)
    for name in order:
        for file in ("manifest.json", "report.json"):
            one, other = (pipeline_folder(of) / name / file for of in (folder, again))
            outcome.hold(one.read_bytes() == other.read_bytes(), f"{name}/{file} differs in another archive")
    assert PIPELINE.exists()
    return outcome
