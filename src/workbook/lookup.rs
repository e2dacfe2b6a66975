//! What the pages ask of the result again and again — the findings of a unit or a file, the checks
//! of a unit's column, the row at a place — found once for all of them, so that a page costs what
//! its own lines cost.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::ledger::{About, Held, Ledger, Line, Spot};
use crate::findings::Settled;
use crate::model::{Finding, RowId, SheetId, Side, TaskId, UnitId, fold};
use crate::normalise::frame::{Item, number, shown_task};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster, THE_PLAN};
use crate::wording::Agreement;

/// A task by its unit, its number and the key of its text.
type TaskKey = (UnitId, Option<i64>, String);

/// Places by what they are about. Findings are meant by their place among the settled ones.
#[derive(Debug, Default)]
pub struct Lookup<'a> {
    units: BTreeMap<&'a str, UnitId>,
    /// On the submission side.
    by_unit: BTreeMap<&'a str, Vec<usize>>,
    of_nobody: Vec<usize>,
    by_file: BTreeMap<&'a str, Vec<usize>>,
    /// By unit and field.
    by_field: BTreeMap<&'a str, BTreeMap<&'a str, Vec<usize>>>,
    /// What came of all checks of what was submitted.
    pub all_submitted: Agreement,
    /// What came of all checks of the plan itself.
    pub all_of_plan: Agreement,
    submitted: BTreeMap<(Option<UnitId>, Held), Agreement>,
    printed_in_plan: BTreeMap<(Held, Spot), Agreement>,
    /// The plan's own checks by the figure of its paragraph that they use.
    by_figure: BTreeMap<usize, Vec<Line<'a>>>,
    /// Those that a finding names; none where the plan has no such task.
    tasks: BTreeMap<TaskKey, Option<TaskId>>,
    tasks_of_unit: BTreeMap<UnitId, Vec<TaskId>>,
    /// By file and sheet: the rows in which a finding's cells stand.
    rows: BTreeMap<(&'a str, &'a str), BTreeMap<u32, Vec<RowId>>>,
    rows_of_unit: BTreeMap<UnitId, Vec<RowId>>,
    totals_of_unit: BTreeMap<UnitId, Vec<usize>>,
    sheets_of_plan: BTreeMap<&'a str, SheetId>,
}

impl<'a> Lookup<'a> {
    pub fn of(
        plan: &'a Plan<'a>,
        roster: &'a Roster<'a>,
        ledger: &'a Ledger,
        settled: &'a [Settled],
        pipeline: &Pipeline,
    ) -> Self {
        let mut lookup = Self::default();
        for (unit, name) in plan.names.units.iter_enumerated() {
            lookup.units.entry(name).or_insert(unit);
        }
        for (place, settled) in settled.iter().enumerate() {
            let finding = &settled.finding;
            if let Some(key) = lookup.task_key(finding) {
                lookup.tasks.insert(key, None);
            }
            if finding.side == Side::Submission {
                lookup.add_finding(place, finding);
            }
        }
        lookup.add_plan(plan, pipeline);
        lookup.add_rows(roster);
        lookup.add_checks(ledger, plan, roster);
        lookup
    }

    fn add_plan(&mut self, plan: &'a Plan<'a>, pipeline: &Pipeline) {
        let named: BTreeSet<(UnitId, Option<i64>)> =
            self.tasks.keys().map(|(unit, number, _)| (*unit, *number)).collect();
        for (task, item) in plan.tasks.iter_enumerated() {
            self.tasks_of_unit.entry(item.unit).or_default().push(task);
            let number = number(item.row, pipeline);
            if named.contains(&(item.unit, number)) {
                let text = fold::key(&shown_task(item.row, pipeline));
                if let Some(found) = self.tasks.get_mut(&(item.unit, number, text)) {
                    found.get_or_insert(task);
                }
            }
        }
        if let Some(sheets) = plan.places.sheets.get(THE_PLAN) {
            for (sheet, name) in sheets.iter_enumerated() {
                self.sheets_of_plan.entry(name).or_insert(sheet);
            }
        }
    }

    fn add_rows(&mut self, roster: &'a Roster<'a>) {
        let places = &roster.places;
        let mut ids = roster.items.keys();
        // The rows of a sheet mostly follow each other.
        let sheet = |item: &Item<'_>| (item.file, item.sheet);
        for own in roster.items.raw.chunk_by(|one, next| sheet(one) == sheet(next)) {
            let (file, sheet) = sheet(&own[0]);
            let name = places.sheets.get(file).and_then(|sheets| sheets.get(sheet));
            let file_and_sheet = places.files.get(file).zip(name);
            let mut named = file_and_sheet
                .and_then(|(file, sheet)| self.rows.get_mut(&(file.as_str(), sheet.as_str())));
            for (item, row) in own.iter().zip(&mut ids) {
                self.rows_of_unit.entry(item.unit).or_default().push(row);
                if let Some(rows) = named.as_mut().and_then(|rows| rows.get_mut(&item.row.row)) {
                    rows.push(row);
                }
            }
        }
        for (place, total) in roster.totals.iter().enumerate() {
            if let Some(unit) = total.unit {
                self.totals_of_unit.entry(unit).or_default().push(place);
            }
        }
    }

    fn add_checks(&mut self, ledger: &'a Ledger, plan: &Plan<'_>, roster: &Roster<'_>) {
        // A rule's checks of a unit's tasks stand one after the other.
        let mut own = Agreement::default();
        let mut of = None;
        ledger.each_outcome(|About { held, side, unit }, outcome| {
            if side == Side::Plan {
                self.all_of_plan.add(outcome);
                return;
            }
            let next = Some((unit, held));
            if of != next {
                self.add_submitted(of, &own);
                own = Agreement::default();
                of = next;
            }
            own.add(outcome);
        });
        self.add_submitted(of, &own);
        // What the plan prints, and its paragraph, is about no task.
        for line in ledger.of_no_task().filter(|line| line.side == Side::Plan) {
            self.add_check_of_plan(line, plan, roster);
        }
    }

    fn add_submitted(&mut self, of: Option<(Option<UnitId>, Held)>, own: &Agreement) {
        if let Some(of) = of {
            self.all_submitted.add_all(own);
            if let Held::Compare(_) | Held::Total(_) = of.1 {
                self.submitted.entry(of).or_default().add_all(own);
            }
        }
    }

    fn add_check_of_plan(&mut self, line: Line<'a>, plan: &Plan<'_>, roster: &Roster<'_>) {
        if let Held::Total(_) = line.held
            && let Some(at) = line.at(plan, roster)
        {
            self.printed_in_plan.entry((line.held, at)).or_default().add(line.outcome);
        }
        let figures: BTreeSet<usize> = line.uses.iter().copied().collect();
        for figure in figures {
            self.by_figure.entry(figure).or_default().push(line);
        }
    }

    fn add_finding(&mut self, place: usize, finding: &'a Finding) {
        let own = match finding.unit.as_deref() {
            Some(unit) => self.by_unit.entry(unit).or_default(),
            None => &mut self.of_nobody,
        };
        own.push(place);
        if let Some(file) = finding.file.as_deref() {
            self.by_file.entry(file).or_default().push(place);
        }
        if let (Some(file), Some(sheet)) = (finding.file.as_deref(), finding.sheet.as_deref()) {
            let rows = self.rows.entry((file, sheet)).or_default();
            for range in &finding.cells {
                rows.entry(range.first.row).or_default();
            }
        }
        if let (Some(unit), Some(field)) = (finding.unit.as_deref(), finding.field.as_deref()) {
            self.by_field.entry(unit).or_default().entry(field).or_default().push(place);
        }
    }

    /// Returns the place of a unit of the plan.
    pub fn unit(&self, name: &str) -> Option<UnitId> {
        self.units.get(name).copied()
    }

    /// Returns the findings on the submission side that are about a unit; none stands for those
    /// that are about nobody's files.
    pub fn of_unit(&self, unit: Option<&str>) -> &[usize] {
        match unit {
            Some(unit) => self.by_unit.get(unit).map_or(&[], Vec::as_slice),
            None => &self.of_nobody,
        }
    }

    /// Returns the findings on the submission side that are about a file.
    pub fn of_file(&self, file: &str) -> &[usize] {
        self.by_file.get(file).map_or(&[], Vec::as_slice)
    }

    /// Returns the findings on the submission side that are about a field of a unit.
    pub fn of_field(&self, unit: &str, field: &str) -> &[usize] {
        let own = self.by_field.get(unit).and_then(|fields| fields.get(field));
        own.map_or(&[], Vec::as_slice)
    }

    /// Returns what came of the checks of a column, or of its total, over what a unit submitted.
    pub fn submitted(&self, unit: Option<UnitId>, held: Held) -> Agreement {
        self.submitted.get(&(unit, held)).cloned().unwrap_or_default()
    }

    /// Returns what came of all checks.
    pub fn all(&self) -> Agreement {
        let mut all = self.all_submitted.clone();
        all.add_all(&self.all_of_plan);
        all
    }

    /// Returns what came of a printed total of the plan.
    pub fn printed_in_plan(&self, held: Held, at: Spot) -> Agreement {
        self.printed_in_plan.get(&(held, at)).cloned().unwrap_or_default()
    }

    /// Returns the plan's own checks that use a figure of its paragraph.
    pub fn using(&self, figure: usize) -> &[Line<'a>] {
        self.by_figure.get(&figure).map_or(&[], Vec::as_slice)
    }

    /// Returns the task of the plan that a finding names, one of those that everything was found for.
    pub fn task_of(&self, finding: &Finding) -> Option<TaskId> {
        *self.tasks.get(&self.task_key(finding)?)?
    }

    fn task_key(&self, finding: &Finding) -> Option<TaskKey> {
        let unit = self.unit(finding.unit.as_deref()?)?;
        Some((unit, finding.seq, fold::key(finding.task.as_deref()?)))
    }

    /// Returns the tasks of a unit, in the order of the plan.
    pub fn tasks_of(&self, unit: UnitId) -> &[TaskId] {
        self.tasks_of_unit.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Returns the submitted rows that a finding's cells stand in.
    pub fn rows_at(&self, finding: &Finding) -> BTreeSet<RowId> {
        let (Some(file), Some(sheet)) = (finding.file.as_deref(), finding.sheet.as_deref()) else {
            return BTreeSet::new();
        };
        let Some(named) = self.rows.get(&(file, sheet)) else { return BTreeSet::new() };
        let rows = finding.cells.iter().map(|range| range.first.row);
        rows.filter_map(|row| named.get(&row)).flatten().copied().collect()
    }

    /// Returns the submitted rows of a unit.
    pub fn rows_of(&self, unit: UnitId) -> &[RowId] {
        self.rows_of_unit.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Returns the total rows of a unit's own tables.
    pub fn totals_of(&self, unit: UnitId) -> &[usize] {
        self.totals_of_unit.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Returns the place of a sheet of the plan.
    pub fn sheet_of_plan(&self, name: &str) -> Option<SheetId> {
        self.sheets_of_plan.get(name).copied()
    }
}
