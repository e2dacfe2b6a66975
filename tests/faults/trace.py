"""What strace says of a command: its calls in order, with paths and bytes."""

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

PRESENT = shutil.which("strace") is not None
NOT_HERE = "strace is not installed"

CALLS = (
    "open,openat,creat,close,write,pwrite64,writev,copy_file_range,sendfile,ftruncate,fsync,fdatasync,"
    "sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,unlink,unlinkat,rmdir"
)


@dataclasses.dataclass
class Call:
    process: int
    name: str
    arguments: str
    result: int
    error: str


LINE = re.compile(r"^(\d+) (\w+)\((.*)\) += (-?\d+|\?)(?:<[^>]*>)?(?: (E\w+))?")
UNFINISHED = re.compile(r"^(\d+) (\w+)\((.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(\d+) <\.\.\. (\w+) resumed>(.*)$")


def traced(path, calls=CALLS, inject=()):
    """The words before a command that make strace write its calls to a file."""
    words = ["strace", "-f", "-y", "-xx", "-s", "100000000", "-e", f"trace={calls}", "-e", "signal=none"]
    for injected in inject:
        words += ["-e", f"inject={injected}"]
    return [*words, "-o", str(path)]


def calls(path):
    """The calls of a trace, in the order in which they came to their end."""
    begun = {}
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            line = re.sub(r"^(\d+) +", r"\1 ", line.rstrip("\n"))
            if found := UNFINISHED.match(line):
                begun[found[1], found[2]] = found[3]
                continue
            if found := RESUMED.match(line):
                line = f"{found[1]} {found[2]}({begun.pop((found[1], found[2]), '')}{found[3]}"
            if found := LINE.match(line):
                result = int(found[4]) if found[4] != "?" else -1
                yield Call(int(found[1]), found[2], found[3], result, found[5] or "")


def text(quoted):
    """What stands between quotes, all of it in hexadecimal."""
    return bytes.fromhex(quoted.replace("\\x", ""))


QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
OPENED = re.compile(r"^(?:AT_FDCWD|-?\d+)<((?:[^<>\\]|\\x[0-9a-f]{2}|\\.)*)>")


def plain(escaped):
    """A path that strace wrote behind the number of an open file."""
    if escaped.startswith("\\x"):
        return text(escaped).decode("utf-8", "surrogateescape")
    return escaped


def opened(arguments):
    """The path of the open file that a call begins with."""
    found = OPENED.match(arguments)
    return plain(found[1]) if found else None


def paths(call):
    """The paths that a call names, made whole where they are within an open folder."""
    named, rest = [], call.arguments
    while found := QUOTED.search(rest):
        at = OPENED.search(rest[: found.start()].split(", ")[-2] if ", " in rest[: found.start()] else "")
        path = text(found[1]).decode("utf-8", "surrogateescape")
        if at and not path.startswith("/"):
            path = f"{plain(at[1])}/{path}"
        named.append(path)
        rest = rest[found.end() :]
    return named


def works_here(folder):
    """Whether a command can be traced here at all."""
    if not PRESENT:
        return False
    path = Path(folder) / "probe"
    return subprocess.run(["strace", "-o", str(path), "true"], capture_output=True).returncode == 0
