"""Hard submissions: one trap each, on the plan of the fixtures or on one drawn at random."""

from decimal import Decimal

import country as countries
import outcome
import trap_cells
import trap_files
import trap_plan
import trap_tables
import trap_units
import verdict
from country import EXPONENT
from formats import Grid, write
from outcome import Outcome
from trap_case import Case

A_RUN = 1
TRAPS = trap_cells.TRAPS | trap_units.TRAPS | trap_tables.TRAPS | trap_files.TRAPS | trap_plan.TRAPS
ONLY_DRAWN = set(trap_plan.TRAPS)


def one(number, rng, folder, program):
    """Sets one trap, runs the program and compares."""
    names = list(TRAPS)
    # In turn, so that each is tried as often as any other.
    case = drawn(rng, names[number % len(names)])
    (folder / "inbox").mkdir(parents=True)
    for name, data in case.files.items():
        (folder / "inbox" / name).parent.mkdir(exist_ok=True)
        (folder / "inbox" / name).write_bytes(data)
    country = case.country
    pipeline = country.shipped
    if pipeline is None:
        grid = Grid(case.plan.sheet_name)
        case.plan.lay(grid, "plan.xlsx")
        (folder / "plan.xlsx").write_bytes(write("xlsx", [grid], None))
        pipeline = folder / "own.toml"
        pipeline.write_text(countries.pipeline(country, "plan.xlsx"))
    case.finish()
    report = outcome.run(program, pipeline, folder, "2020-08", folder / "inbox")
    if isinstance(report, str):
        return outcome.failed(number, f"{case.trap}{case.variant}: {report}")
    result = judged(number, case, report)
    result.dimensions = [
        ("trap", case.trap, result.wrong[0].unit if result.wrong else case.unit),
        ("plan", "of the fixtures" if country.is_sanya() else "drawn", case.unit),
    ]
    return result


def drawn(rng, name):
    """Sets the trap; draws again where a plan has no place for it."""
    while True:
        of_the_fixtures = name not in ONLY_DRAWN and rng.random() < 0.25
        country = countries.sanya() if of_the_fixtures else countries.drawn(rng)
        case = Case(rng, country, name)
        if TRAPS[name](rng, case) is not False:
            return case


def judged(number, case, report):
    """Compares with the expected findings, and with the lists that are as good."""
    report["findings"] = [f for f in report["findings"] if f["severity"] != "note"]
    for found in report["findings"]:
        if found["difference"] is not None:
            # As the other kinds have it: in 万元.
            shift = EXPONENT[case.country.money] - EXPONENT["万元"]
            found["difference"] = str(Decimal(found["difference"]).scaleb(shift))
    subs = list(case.subs.values())
    table, wrong = held(case, subs, report)
    for instead in case.instead:
        if not wrong:
            break
        before = case.sub.expects, {line: line.role for line in instead.roles}
        case.sub.expects = instead.expects
        for line, role in instead.roles.items():
            line.role = role
        other, left = held(case, subs, report)
        if not left:
            table, wrong = other, left
        else:
            case.sub.expects = before[0]
            for line, role in before[1].items():
                line.role = role
    result = Outcome(number, table, wrong, submissions=1)
    result.planted = sum(len(sub.expects) for sub in subs) + len(case.plan_expects)
    result.quiet = not case.sub.expects
    result.books = report["sums"]
    result.silent = verdict.silent(subs, report) if wrong else []
    return result


def held(case, subs, report):
    table, wrong = verdict.judge(subs, report)
    wrong = [fault for fault in wrong if not (fault.what == "false" and fault.found in case.allowed)]
    if not case.country.is_sanya():
        more, faults = verdict.judge_plan(case.plan_expects, report)
        table |= more
        wrong += faults
    for fault in wrong:
        fault.text = f"[{case.trap}{case.variant}] {fault.text}"
    return table, wrong
