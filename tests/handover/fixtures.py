"""The months that lie in `fixtures/`, read again, and parts of them."""

import functools
import json
import shutil
from pathlib import Path

import recount
from reading import Pipeline, rows, table
from reading import read as grids
from support import ROOT

MONTHS = {
    "given month": ("sanya-2020", "2020-08", "inbox"),
    "rural roads": ("rural-roads-2021", "2021-09", "rural-roads/inbox"),
    "rural water": ("rural-water-2024", "2024-05", "rural-water/inbox"),
}


@functools.cache
def month(name):
    """A month of the fixtures."""
    file, period, inbox = MONTHS[name]
    return read(name, Pipeline(ROOT / "pipelines" / f"{file}.toml"), period, ROOT / "fixtures" / inbox / period)


def read(name, pipeline, period, inbox):
    units = [unit["name"] for unit in pipeline.data["roster"].get("unit", ())]
    planned = rows(pipeline.plan, pipeline, units)
    # The order of the plan, and units without other names.
    units = list(dict.fromkeys([row["unit"] for row in rows(pipeline.plan, pipeline, units_of(pipeline, units))]))
    if any(row["unit"] is None for row in planned):
        planned = rows(pipeline.plan, pipeline, units)
    tasks = [recount.Task(row["unit"], row["key"], row["amounts"], row["seq"], row["due"]) for row in planned]
    sent, silent = [], set(units)
    for path in sorted(Path(inbox).iterdir()):
        unit = next(unit for unit in units if unit in path.name)
        silent.discard(unit)
        for row in rows(path, pipeline, units):
            # Whose sheet it is counts, not whose name stands in the row.
            sent.append(dict(row, unit=unit))
    lines = recount.paired(sent, tasks, units, pipeline.roll_up)
    fields = {name: pipeline.title_of(name) for name in pipeline.amounts}
    return recount.Month(
        name, pipeline.path, period, Path(inbox), units, tasks, lines, silent, fields, pipeline.overview,
        pipeline.money, pipeline.title, pipeline.roll_up, pipeline.title_of(pipeline.owner),
    )  # fmt: skip


def units_of(pipeline, units):
    """Units that only the plan names: the words of its column of owners."""
    named = list(units)
    for grid in grids(pipeline.plan):
        shape = table(grid, pipeline)
        if not shape:
            continue
        first, fields = shape
        column = next((column for column, (name, _) in fields.items() if name == pipeline.owner), None)
        for (row, at), text in sorted(grid.cells.items()):
            if at == column and row >= first and text not in named and not str(text).endswith("计"):
                named.append(text)
    return named


def partial(context, silent=("吉阳区",)):
    """The given month without the files of some units."""

    def make():
        inbox = context.folder()
        for path in month("given month").inbox.iterdir():
            if not any(unit in path.name for unit in silent):
                shutil.copy2(path, inbox)
        pipeline = Pipeline(month("given month").pipeline)
        return read(f"partial month without {'、'.join(silent)}", pipeline, "2020-08", inbox)

    return context.kept(("partial", silent), make)


def sources():
    """The sources of money that the given plan names, counted by hand from its sentences and rows, in 万元."""
    return json.loads((Path(__file__).parent / "sources.json").read_text("utf-8"))
