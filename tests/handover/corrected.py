"""The given month in more than one run: files changed between them, archives that go on."""

import shutil
import sys

import fixtures
from reading import read
from support import ROOT

sys.path.insert(0, str(ROOT / "tests" / "trial"))

from formats import write  # noqa: E402


def first(context):
    """The first run of the given month; later runs begin from copies of its archive."""
    given = fixtures.month("given month")
    return context.kept("first run", lambda: context.run(given, archive=context.folder() / "archive"))


def again(context, *arguments, month=None, inbox=None):
    """The next run in a copy of the first one's archive."""
    archive = context.folder() / "archive"
    shutil.copytree(first(context).folder.parents[2], archive)
    return context.run(month or fixtures.month("given month"), *arguments, archive=archive, inbox=inbox)


def inbox(context, *changes):
    """The given month's files with cells changed: (file, row, column, content), counted from zero."""
    folder = context.folder()
    for own in fixtures.month("given month").inbox.iterdir():
        shutil.copy2(own, folder)
    for name, row, column, content in changes:
        grids = read(folder / name)
        grids[0].cells[row, column] = content
        (folder / name).write_bytes(write(name.rsplit(".", 1)[1], grids, "gb18030"))
    return folder


def files(context):
    """崖州区 mends its slip of ×10⁴ and 海棠区 its amount; 市民政局 makes a new error."""
    changes = ("崖州区.ods", 9, 3, 110), ("海棠区.xls", 8, 3, 200000), ("市民政局.xlsx", 5, 3, 390)
    return context.kept("corrected files", lambda: inbox(context, *changes))


def runs(context):
    """The first run, and the second with the corrected files."""
    return first(context), context.kept("corrected", lambda: again(context, inbox=files(context)))


def month(context):
    """The given month as corrected; its result is that of the second run."""

    def make():
        pipeline = fixtures.Pipeline(fixtures.month("given month").pipeline)
        return fixtures.read("corrected month", pipeline, "2020-08", files(context))

    own = context.kept("corrected month", make)
    context.kept(("run", own.name), lambda: runs(context)[1])
    return own
