"""A power cut at every step: the program's own calls are replayed, and what was not flushed is dropped.

Two disks are modelled. The *strict* one keeps of a file what was flushed of it, and of a folder the
names that were in it when it was flushed. The *eager* one keeps every name at once, as common file
systems may, and of a file still only what was flushed.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
from pathlib import Path

import trace
from support import PERIOD, Outcome, check, hashes, pipeline_folder, run_folders, works_after


class Inode:
    def __init__(self, is_folder=False):
        self.is_folder = is_folder
        self.names = {}
        self.flushed_names = {}
        self.data = b""
        self.flushed = b""


class Disk:
    """A folder of the real disk, all of it flushed, and what becomes of it."""

    def __init__(self, root):
        self.root = str(root)
        self.top = Inode(is_folder=True)
        if Path(root).is_dir():
            self._load(Path(root), self.top)

    def _load(self, folder, inode):
        for path in folder.iterdir():
            child = Inode(is_folder=path.is_dir())
            if path.is_dir():
                self._load(path, child)
            else:
                child.data = child.flushed = path.read_bytes()
            inode.names[path.name] = inode.flushed_names[path.name] = child

    def _steps(self, path):
        path = os.path.normpath(path)
        if path == self.root:
            return []
        inside = path.startswith(self.root + "/")
        return path[len(self.root) + 1 :].split("/") if inside else None

    def find(self, path):
        steps = self._steps(path)
        inode = None if steps is None else self.top
        for step in steps or []:
            inode = inode and inode.names.get(step)
        return inode

    def within(self, path):
        """The folder that a path lies in, and its name there."""
        steps = self._steps(path)
        if not steps:
            return None, None
        inode = self.top
        for step in steps[:-1]:
            inode = inode and inode.names.get(step)
        return inode, steps[-1]

    def replay(self, call):
        """Does what a call did; returns whether anything of ours changed."""
        if call.result < 0:
            return False
        name, arguments = call.name, call.arguments
        if name in ("open", "openat", "creat"):
            return self._open(call)
        if name in ("write", "pwrite64", "writev", "copy_file_range", "sendfile", "ftruncate"):
            return self._write(call)
        if name in ("fsync", "fdatasync"):
            return self._flush(trace.opened(arguments))
        named = trace.paths(call)
        if name in ("mkdir", "mkdirat"):
            folder, last = self.within(named[0])
            if folder:
                folder.names[last] = Inode(is_folder=True)
            return folder is not None
        if name.startswith("rename"):
            source, old = self.within(named[0])
            target, new = self.within(named[1])
            if source and target:
                target.names[new] = source.names.pop(old)
            return source is not None
        if name in ("unlink", "unlinkat", "rmdir"):
            folder, last = self.within(named[0])
            return folder is not None and folder.names.pop(last, None) is not None
        if name in ("link", "linkat", "symlink", "symlinkat"):
            inside = any(self._steps(path) is not None for path in named)
            assert not inside, f"the replay knows no {name}"
        return False

    def _open(self, call):
        path = trace.paths(call)[0]
        folder, last = self.within(path)
        if folder is None or last is None:
            return False
        inode = folder.names.get(last)
        if inode is None and "O_CREAT" in call.arguments:
            inode = folder.names[last] = Inode()
            return True
        if inode is not None and "O_TRUNC" in call.arguments and inode.data:
            inode.data = b""
            return True
        return False

    def _write(self, call):
        path = trace.opened(call.arguments)
        if call.name == "copy_file_range":
            path = plain_second(call.arguments)
        inode = path and self.find(path)
        if inode is None:
            return False
        if call.name == "write":
            inode.data += trace.text(trace.QUOTED.search(call.arguments)[1])[: call.result]
        elif call.name == "ftruncate":
            length = int(call.arguments.rsplit(",", 1)[1])
            inode.data = inode.data[:length].ljust(length, b"\0")
        else:
            raise AssertionError(f"the replay knows no {call.name} into {path}")
        return True

    def _flush(self, path):
        inode = path and self.find(path)
        if inode is None:
            return False
        inode.flushed, inode.flushed_names = inode.data, dict(inode.names)
        return True

    def write_out(self, folder, eager):
        """Writes what a power cut leaves now."""
        shutil.rmtree(folder, ignore_errors=True)
        self._write_folder(Path(folder), self.top, eager)

    def _write_folder(self, folder, inode, eager):
        folder.mkdir(parents=True)
        for name, child in (inode.names if eager else inode.flushed_names).items():
            if child.is_folder:
                self._write_folder(folder / name, child, eager)
            else:
                (folder / name).write_bytes(child.flushed)

    def fingerprint(self, eager):
        digest = hashlib.sha256()

        def add(inode, path):
            names = inode.names if eager else inode.flushed_names
            for name in sorted(names):
                child = names[name]
                digest.update(f"{path}/{name}\0{child.is_folder}\0".encode("utf-8", "surrogateescape"))
                digest.update(hashlib.sha256(child.flushed).digest())
                if child.is_folder:
                    add(child, f"{path}/{name}")

        add(self.top, "")
        return digest.hexdigest()


def plain_second(arguments):
    found = re.match(r"^\d+<[^>]*>, [^,]*, \d+<([^>]*)>", arguments)
    return found and trace.plain(found[1])


def decided(folder):
    """The workbook of the last run, in which the clerk waives a finding: its path, and whose number was typed."""
    from openpyxl import load_workbook

    run = run_folders(folder)[-1]
    book = load_workbook(next(run.glob("*.xlsx")))
    for row in book["差异清单"].iter_rows():
        names = {cell.value: cell.column for cell in row if cell.value}
        if "差异编号" in names and "处理" in names:
            line = row[0].row + 1
            typed = {"处理": "豁免", "处理意见": "市局批复", "处理人": "王敏"}
            for name, value in typed.items():
                book["差异清单"].cell(line, names[name]).value = value
            path = folder / "decided.xlsx"
            book.save(path)
            return path, book["差异清单"].cell(line, names["差异编号"]).value
    raise LookupError("no list of findings")


def is_kept(folder, run, finding):
    """Whether the run after goes by what was decided; whichever of the record and the runs' own lines tell it."""
    report = json.loads((run / "report.json").read_text("utf-8"))
    return any(own["id"] == finding and own["status"] == "waived" for own in report["findings"])


def cut(context, prepared, period, eager, decides=False):
    outcome = Outcome()
    folder = context.folder()
    if not trace.works_here(folder):
        return Outcome(skipped=trace.NOT_HERE)
    if decides and not importlib.util.find_spec("openpyxl"):
        return Outcome(skipped="openpyxl is not here")
    for earlier in prepared:
        assert context.run(folder, period=earlier).status == 1
    archive, path, before = folder / "archive", folder / "trace", folder / "before"
    if archive.exists():
        shutil.copytree(archive, before)
    whole = {str(run.relative_to(folder)): hashes(run) for run in run_folders(folder)}
    taken, finding = [], ""
    if decides:
        book, finding = decided(folder)
        taken = ["--answers", book]
    answer = context.run(folder, *taken, period=period, before=trace.traced(path))
    if answer.status != 1:
        outcome.hold(False, answer.last_words())
        return outcome
    published = Path(answer.out.strip())
    whole_then = whole | {str(published.relative_to(folder)): hashes(published)}
    # Where the disk stands after each call, as often as that differs.
    calls = list(trace.calls(path))
    shutil.rmtree(archive)
    if before.exists():
        before.rename(archive)
    disk = Disk(folder)
    states = {}
    for number, call in enumerate(calls):
        if disk.replay(call):
            states.setdefault(disk.fingerprint(eager), number)
    last = max(states.values())
    chosen = set(context.sample(sorted(states.values()))) | {last}
    disk = Disk(folder)
    for number, call in enumerate(calls):
        disk.replay(call)
        if number not in chosen:
            continue
        after = context.folder()
        disk.write_out(after, eager)
        (after / "tmp").mkdir(exist_ok=True)
        what = f"after call {number} ({call.name})"
        outcome.tried += 1
        here = {str(after / run): files for run, files in whole.items()}
        # What stands under its number is whole, at any moment.
        for run in run_folders(after):
            name = str(run.relative_to(after))
            if name not in whole and hashes(run) != whole_then[name]:
                outcome.wrong.append(f"{what}: {name} stands there and is not whole")
        # The next run may well take the number of one that was not published.
        is_there = (after / published.relative_to(folder)).is_dir()
        if number == last and not is_there:
            outcome.wrong.append(f"{what}: the run was told and is not there")
        works_after(context, after, here, outcome, what)
        if decides and is_there and not is_kept(after, run_folders(after)[-1], finding):
            outcome.wrong.append(f"{what}: the run is there, and what was decided in it is forgotten")
        shutil.rmtree(after)
    return outcome


SCENES = [
    ("the first run of an archive", (), PERIOD, False),
    ("a second run of the period", (PERIOD,), PERIOD, False),
    ("a run of a later period", (PERIOD, PERIOD), "2020-09", False),
    ("a run that takes decisions", (PERIOD,), PERIOD, True),
]
for what, prepared, period, decides in SCENES:
    for disk_name, eager in (("strict", False), ("eager", True)):

        def cut_here(context, prepared=prepared, period=period, eager=eager, decides=decides):
            return cut(context, prepared, period, eager, decides)

        check(f"power cut at every step of {what}, {disk_name} disk")(cut_here)


@check("every file and folder of a run is flushed before the rename, the folder above after it")
def flushed_in_order(context):
    outcome = Outcome()
    folder = context.folder()
    if not trace.works_here(folder):
        return Outcome(skipped=trace.NOT_HERE)
    path = folder / "trace"
    answer = context.run(folder, before=trace.traced(path))
    outcome.hold(answer.status == 1, answer.last_words())
    published = answer.out.strip()
    calls = [call for call in trace.calls(path) if call.result >= 0]
    renames = [
        (number, trace.paths(call)) for number, call in enumerate(calls) if call.name.startswith("rename")
    ]
    at, staged = next((number, named[0]) for number, named in renames if named[1] == published)
    flushes = {}
    for number, call in enumerate(calls):
        if call.name in ("fsync", "fdatasync"):
            flushes.setdefault(trace.opened(call.arguments), []).append(number)
    written = {}
    for number, call in enumerate(calls):
        if call.name in ("write", "copy_file_range", "ftruncate"):
            written[trace.opened(call.arguments)] = number
    for entry in [Path(published), *Path(published).rglob("*")]:
        before = staged + str(entry)[len(published) :]
        last = written.get(before, 0)
        is_flushed = any(last < number < at for number in flushes.get(before, []))
        outcome.hold(is_flushed, f"{before} is not flushed before the rename")
    above = os.path.dirname(published)
    outcome.hold(any(number > at for number in flushes.get(above, [])), f"{above} is not flushed after")
    for made in (above, os.path.dirname(above), str(folder / "archive")):
        parent = os.path.dirname(made)
        outcome.hold(bool(flushes.get(parent)), f"{parent} is not flushed, in which {made} was made")
    for name in (f"{above}/.last-number", str(pipeline_folder(folder) / ".chain.jsonl")):
        placed = [(number, named[0]) for number, named in renames if named[1] == name]
        if outcome.hold(len(placed) == 1, f"{name} is not put in place by one rename"):
            number, source = placed[0]
            outcome.hold(
                any(flush < number for flush in flushes.get(source, [])), f"{name} is not flushed before"
            )
            parent = os.path.dirname(name)
            outcome.hold(any(flush > number for flush in flushes.get(parent, [])), f"{parent} is not flushed")
    return outcome
