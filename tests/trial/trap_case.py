"""One hard submission: the files that are sent, and what must be said of them."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from formats import Grid, write
from layouts import resolved
from planting import scaled
from submission import ANY, Submission
from table import Table

PATTERNS = ["{unit}", "{unit}", "{unit}8月报送", "{unit}2020年8月", "2020-08_{unit}", "报送表（{unit}）"]


@dataclass(eq=False)
class Instead:
    """A whole list of findings that is as good as the expected one."""

    expects: list
    roles: dict = field(default_factory=dict)  # lines that then are tasks, or are none


class Case:
    """A trap being set."""

    def __init__(self, rng, country, trap):
        self.rng, self.country, self.trap = rng, country, trap
        self.variant = ""
        self.subs = {unit: sent(unit) for unit in country.units}
        self.unit = rng.choice(country.units)
        self.files, self.allowed, self.instead = {}, set(), []
        self.plan = plan_table(rng, country)
        self.plan_expects = []
        self.standing = {}

    @property
    def sub(self):
        return self.subs[self.unit]

    def needs(self, tasks, wanted=lambda task: True):
        """Goes to a unit with so many tasks of a sort; says whether there is one."""
        units = self.country.units
        fit = [u for u in units if sum(1 for t in self.country.of(u) if wanted(t)) >= tasks]
        if fit:
            self.unit = self.rng.choice(fit)
        return bool(fit)

    # ------------------------------------------------------------------ what is sent

    def table(self, form=None):
        """The unit's own table, all its tasks in it, as the plan has them."""
        table = Table(self.rng, self.country, [self.unit], form)
        table.add(table.lines_of(self.country.of(self.unit)))
        self.count(table.lines())
        return table

    def shared(self, form=None, units=None):
        """One table of several units; every unit is of the sender's mind."""
        units = units or self.country.units
        table = Table(self.rng, self.country, units, form)
        if "owner" not in table.columns:
            table.columns.insert(1, "owner")
            table.headings["owner"] = self.country.headings["owner"][0]
        for unit in units:
            lines = table.lines_of(self.country.of(unit))
            table.add(lines)
            self.count(lines, unit)
        table.sheet_name = "汇总"
        return table

    def count(self, lines, unit=None):
        """These lines, and no others, are held against the unit's tasks."""
        sub = self.subs[unit or self.unit]
        sub.tables = [SimpleNamespace(rows=list(lines))]
        sub.standing = "submitted"

    def send(self, table, stem=None):
        """Writes a table as a file of its own."""
        return self.book([(table.sheet_name, [table])], table.form, stem)

    def book(self, sheets, form, stem=None):
        """Writes sheets of tables, one below the other where there are several."""
        stem = stem or self.rng.choice(PATTERNS).format(unit=self.unit)
        name = f"{stem}.{form}"
        grids = []
        for title, tables in sheets:
            grid = Grid(title if form != "csv" else stem.rsplit("/", 1)[-1])
            row = 0
            for table in tables:
                table.form = form
                row = table.lay(grid, name, row) + self.rng.choice([1, 2])
                self.sees(table)
            grids.append(grid)
        encoding = self.rng.choice(["utf-8-sig", "utf-8", "gb18030"])
        self.files[name] = write(form, grids, encoding)
        return name

    def sees(self, table):
        for unit in table.units:
            columns = self.subs[unit].layout.columns
            columns += [name for name in table.columns if name not in columns]

    # ------------------------------------------------------------------ what must be found

    def seq(self, task):
        return task.seq if self.country.numbered else ANY

    def expect(self, kind, unit=None, **about):
        unit = unit or self.unit
        return self.subs[unit].expect(kind, self.trap, **{"seq": ANY, "field": None, "cell": ANY} | about)

    def missing(self, task):
        self.expect("task-missing", task.unit, seq=self.seq(task), cell=None)

    def differs(self, line, name, found, **about):
        """A cell that says another amount than the plan."""
        planned = line.task.values[name]
        line.values[name] = found
        kind = "value-scaled" if planned and scaled(found, planned) else "value-differs"
        return self.expect(
            kind, line.task.unit, seq=self.seq(line.task), field=name, at=line, at_field=name,
            difference=found - planned, severity="mandatory", **about,
        )  # fmt: skip

    def at(self, line, kind, name, **about):
        return self.expect(
            kind, line.task.unit, seq=self.seq(line.task), field=name, at=line, at_field=name, **about
        )

    def changed(self, lines):
        """Changes the funds of one of the lines; returns the line."""
        line = self.rng.choice([one for one in lines if one.role == "task" and not one.raw])
        self.differs(line, "funds", another(self.rng, line.task.values["funds"]))
        return line

    def noise(self, lines):
        """Now and then an ordinary fault beside the trap, on one of the lines."""
        lines = [line for line in lines if line.role == "task" and not line.raw and not line.spans]
        if lines and self.rng.random() < 0.3:
            self.variant += " with a wrong amount beside"
            return self.changed(lines)
        return None

    def finish(self):
        """Fills in where everything came to stand, and who sent nothing."""
        for unit, sub in self.subs.items():
            sub.files = self.files
            if sub.standing == "missing":
                sub.expect("submission-missing", self.trap, cell=ANY)
            for expect in sub.expects:
                resolved(expect)
        for instead in self.instead:
            for expect in instead.expects:
                resolved(expect)
        for expect in self.plan_expects:
            resolved(expect)


def sent(unit):
    layout = SimpleNamespace(columns=[])
    return Submission(unit, layout, [], standing="missing")


def another(rng, planned):
    """An amount that is neither the planned one nor a power of ten from it."""
    while True:
        found = planned + rng.choice([-1, 1]) * rng.randrange(1, 90) * 70_000
        if found > 0 and found != planned and not (planned and scaled(found, planned)):
            return found


def plan_table(rng, country):
    """The plan's workbook, of a drawn plan."""
    table = Table(rng, country, country.units, "xlsx")
    table.columns = [name for name in country.headings if name not in ("received", "spent", "progress")]
    table.headings = {name: country.headings[name][0] for name in table.columns}
    table.money = {name: country.money for name in country.amounts}
    table.unknown, table.below = {}, []
    table.stated = rng.choice(["heading", "line"])
    table.month, table.text_amounts, table.left = "年月", False, 0
    table.owners = rng.choice(["every", "merged", "first"])
    table.above = [[("left", "2020年度项目资金安排表")]]
    table.sheet_name = "计划"
    lines = table.lines_of(country.tasks)
    table.add(lines)
    if rng.random() < 0.5:
        table.add([table.sum_of(lines)])
    return table
