"""Benchmarks: what a month costs beside a floor and beside what people would write instead, and how the cost
grows. Nothing here is a test: the figures are printed as tables for `docs/speed.md`.

    python3 tests/bench/bench.py [months] [shapes] [again] [growth] [--sizes 6,100,1000] [--times 3] [--program P] [--floor F]

Every program is a process of its own, its children included; the programs take turns, and of each
figure the median is given. Where `perf` can count, instructions are given too: they say what a noisy machine hides.
With `--plot FILE`, the months are drawn as well (needs matplotlib).
"""

import argparse
import itertools
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import inboxes  # noqa: E402

PERIOD = "2020-08"
# What may grow, and the sizes at which it is measured.
GROWTH = {
    "workbooks": (125, 250, 500, 1000),
    "rows": (5000, 10000, 20000, 40000),
    "lines": (5000, 10000, 20000, 40000),
    "wrong": (2000, 4000, 8000, 16000),
    "unplanned": (1000, 2000, 4000, 8000),
    "reworded": (500, 1000, 2000, 4000),
    "alike": (500, 1000, 2000, 4000),
    "silent": (500, 1000, 2000, 4000),
    "sheets": (50, 100, 200, 400),
    "columns": (50, 100, 200, 400),
    "files": (50, 100, 200, 400),
}
# Between the last two sizes; a time that small says nothing of how it grows.
TOO_SHORT = 0.05


class Cost:
    def __init__(self, wall, cpu, memory, status, instructions=math.nan):
        self.wall, self.cpu, self.memory, self.status = wall, cpu, memory, status
        self.instructions = instructions


def measured(command):
    """Runs a command; returns its wall and CPU seconds, and the MiB of the largest of its processes."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


def counted(command):
    """Returns the instructions of a command and its children, in thousands of millions; none where nobody can count."""
    if not shutil.which("perf"):
        return math.nan
    with tempfile.NamedTemporaryFile("r") as told:
        counting = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", told.name, "--", *command]
        subprocess.run(counting, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        counts = [line.split(",")[0] for line in told if "instructions" in line]
    return int(counts[0]) / 1e9 if counts and counts[0].isdigit() else math.nan


def median(costs):
    of = lambda name: statistics.median(getattr(cost, name) for cost in costs)  # noqa: E731
    return Cost(of("wall"), of("cpu"), of("memory"), max(cost.status for cost in costs))


def in_turns(commands, times):
    """Runs commands by name in turns; each may be made ready by a function of its own."""
    costs = {name: [] for name in commands}
    for _ in range(times):
        for name, (ready, command) in commands.items():
            ready()
            costs[name].append(measured(command))
    of = {name: median(own) for name, own in costs.items()}
    for name, (ready, command) in commands.items():
        ready()
        of[name].instructions = counted(command)
    return of


def beside(title, costs):
    """Prints what each program cost beside the floor."""
    floor = costs["floor"]
    are_counted = not any(math.isnan(cost.instructions) for cost in costs.values())
    head = "| | wall s | CPU s | peak MiB | CPU, × floor | memory, × floor |"
    print(f"\n{title}\n\n{head}{' 10⁹ instructions |' * are_counted}")
    print("|---|---|---|---|---|---|" + "---|" * are_counted)
    for name, cost in costs.items():
        failed = "" if cost.status in (0, 1) else f" (status {cost.status})"
        print(f"| {name}{failed} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} "
              f"| {cost.cpu / floor.cpu:.1f} | {cost.memory / floor.memory:.1f} |"
              + f" {cost.instructions:.1f} |" * are_counted, flush=True)


def ours(program, folder):
    def ready():
        shutil.rmtree(folder / "archive", ignore_errors=True)

    return ready, [program, "run", str(folder / "p.toml"), "--period", PERIOD, "--no-returns", "--no-data"]


def others(options, folder):
    plan, inbox, out = folder / "plan.xlsx", folder / "inbox" / PERIOD, folder / "out.xlsx"
    nothing = lambda: None  # noqa: E731
    commands = {}
    for more, name in (((), "floor"), (("whole",), "floor that copies, hashes and reads back")):
        commands[name] = (nothing, [options.floor, str(plan), str(inbox), str(out), *more])
    if options.python:
        titles = {"polars": "polars + fastexcel + XlsxWriter", "calamine": "pandas + calamine",
                  "openpyxl": "pandas + openpyxl"}
        for means, title in titles.items():
            script = [options.python, str(HERE / "rivals.py"), means, str(plan), str(inbox), str(out)]
            commands[title] = (nothing, script)
    return commands


def months(options, folder):
    drawn = {}
    for size in options.sizes:
        own = folder / f"workbooks-{size}"
        inboxes.make("workbooks", size, own)
        commands = {"duibiao": ours(options.program, own), **others(options, own)}
        drawn[size] = in_turns(commands, options.times)
        beside(f"{size} workbooks", drawn[size])
        shutil.rmtree(own)
    if options.plot:
        plot(drawn, options.plot)


def plot(drawn, path):
    """Draws CPU seconds and memory of each program by the number of workbooks."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "duibiao"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4.2))
    sizes = sorted(drawn)
    for name in drawn[sizes[0]]:
        for place, what in zip(axes, ("cpu", "memory")):
            known = [(size, getattr(drawn[size][name], what)) for size in sizes if name in drawn[size]]
            place.plot(*zip(*known), marker="o", label=name, linewidth=2.5 if name == "duibiao" else 1)
    for place, title in zip(axes, ("CPU, s", "peak memory, MiB")):
        place.set(xscale="log", yscale="log", xlabel="workbooks of 51 rows", title=title)
        place.grid(True, which="both", alpha=0.25)
    axes[0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


# Months of one make that cost more than others, beside the floor.
SHAPES = (("clean", 1000, "1,000 workbooks that agree"), ("rows", 500_000, "one workbook of 500,000 rows"),
          ("wrong", 16_000, "one workbook of 16,000 wrong rows"), ("unplanned", 20_000, "20,000 rows that the plan lacks"))


def shapes(options, folder):
    for shape, size, title in SHAPES:
        own = folder / shape
        inboxes.make(shape, size, own)
        beside(title, in_turns({"duibiao": ours(options.program, own), **others(options, own)}, options.times))
        shutil.rmtree(own)


def again(options, folder):
    """A month that was run before, of which one workbook has changed: what is known is not read again."""
    for size in options.sizes:
        own = folder / f"again-{size}"
        inboxes.make("workbooks", size, own)
        command = ours(options.program, own)[1]
        changed = sorted((own / "inbox" / PERIOD).iterdir())[size // 2]
        turn = itertools.count()

        def ready():
            shutil.rmtree(own / "archive", ignore_errors=True)
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Other bytes of the same sheet.
            with zipfile.ZipFile(changed, "a") as package:
                package.comment = str(next(turn)).encode()

        costs = in_turns({"what changed": (ready, command), "--fresh": (ready, [*command, "--fresh"])}, options.times)
        print(f"\n{size} workbooks, run again with one changed\n\n| | wall s | CPU s | peak MiB |\n|---|---|---|---|")
        for name, cost in costs.items():
            print(f"| {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} |", flush=True)
        shutil.rmtree(own)


def growth(options, folder):
    print("\n| what grows | sizes | CPU s | MiB | exponent of CPU | of memory |\n|---|---|---|---|---|---|")
    for shape, sizes in GROWTH.items():
        costs = []
        for size in sizes:
            own = folder / f"{shape}-{size}"
            inboxes.make(shape, size, own)
            costs.append(in_turns({"duibiao": ours(options.program, own)}, options.times)["duibiao"])
            shutil.rmtree(own)
        (one, other), ratio = costs[-2:], math.log(sizes[-1] / sizes[-2])
        # What starting costs, whatever there is to do, is no growth.
        cpu = math.log(other.cpu / one.cpu) / ratio if one.cpu > TOO_SHORT else math.nan
        memory = math.log(other.memory / one.memory) / ratio
        shown = lambda name, form: " ".join(format(getattr(cost, name), form) for cost in costs)  # noqa: E731
        failed = "" if all(cost.status in (0, 1) for cost in costs) else " (failed)"
        print(f"| {shape}{failed} | {' '.join(map(str, sizes))} | {shown('cpu', '.2f')} "
              f"| {shown('memory', '.0f')} | {cpu:.2f} | {memory:.2f} |", flush=True)


def main():
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("what", nargs="*", default=["months", "growth"])
    given.add_argument("--sizes", default="6,100,1000")
    given.add_argument("--times", type=int, default=3)
    given.add_argument("--program", default="target/release/duibiao")
    given.add_argument("--floor", default="target/release/examples/floor")
    given.add_argument("--python", default="", help="one that has polars, fastexcel, XlsxWriter, pandas, openpyxl")
    given.add_argument("--plot", default="", help="a picture of the months (SVG)")
    options = given.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        for what in options.what:
            {"months": months, "shapes": shapes, "again": again, "growth": growth}[what](options, pathlib.Path(folder))


if __name__ == "__main__":
    main()
