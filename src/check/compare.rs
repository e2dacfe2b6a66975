//! Compares each declared field of a paired row with its task.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::shared::{Shared, shared};
use super::unread_columns::{LEAST, put_together};
use super::{AlreadySaid, Context};
use crate::matching::{Pair, RowsOfTasks, canonical};
use crate::model::fact::{Holder, Remark, Repetition, RolledUp, Scale};
use crate::model::{
    Cause, CellRange, ColumnId, Fact, FileId, Finding, MoneyUnit, Month, Obstacle, RowId, SheetId,
    Side, TaskId, Value, fold, looks,
};
use crate::normalise::TableRow;
use crate::normalise::frame::{Item, State, figure, number, shown_task};
use crate::pipeline::{ColumnType, Compare};
use crate::roster::cell;

/// Powers of ten that a wrong unit of money makes.
const POWERS: [i32; 10] = [1, 2, 3, 4, 8, -1, -2, -3, -4, -8];

/// Compares all fields that the pipeline declares.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let rows = context.matched.rows_of_tasks();
    let rolled = rolled_up(&rows);
    let on_sheets = tasks_on_sheets(context);
    let mut findings = Vec::new();
    for compare in &context.pipeline.check.compare {
        if context.pipeline.roles.key.contains(&compare.column) {
            // The texts of tasks are matching's affair.
            continue;
        }
        let mut field = Field {
            context,
            compare,
            on_sheets: &on_sheets,
            findings: Vec::new(),
            scaled: BTreeMap::new(),
        };
        let shared = shared(context, &rows, compare.column);
        let together: BTreeSet<TaskId> =
            shared.iter().flat_map(|own| own.tasks.iter().copied()).collect();
        for place in context.figures.unlike(compare.column)? {
            let pair = &context.matched.pairs[place];
            let is_rolled = rolled.contains_key(&pair.task) && field.is_figure();
            if !is_rolled && !together.contains(&pair.task) {
                field.look(pair);
            }
        }
        for own in &shared {
            field.look_at_shared(own);
        }
        if field.is_figure() {
            for (task, rows) in rolled.iter().filter(|(task, _)| !together.contains(task)) {
                field.look_at_sum(*task, rows);
            }
        }
        findings.extend(field.finish());
    }
    findings.extend(said_once(&rolled, context));
    findings.extend(unread(context));
    Ok(findings)
}

/// The paired rows of each sheet of each file, by row: with the places of their pairs.
type OnSheets = BTreeMap<(FileId, SheetId), BTreeMap<u32, Vec<usize>>>;

fn tasks_on_sheets(context: &Context<'_>) -> OnSheets {
    let mut on_sheets = OnSheets::new();
    for (place, pair) in context.matched.pairs.iter().enumerate() {
        let item = &context.roster.items[pair.row];
        let of_sheet = on_sheets.entry((item.file, item.sheet)).or_default();
        of_sheet.entry(item.row.row).or_default().push(place);
    }
    on_sheets
}

/// What is not compared with the plan, but has to be read: what units report, and the numbers of
/// the rows.
fn unread(context: &Context<'_>) -> Vec<Finding> {
    let pipeline = context.pipeline;
    let compared = |field: &ColumnId| {
        pipeline.check.compare.iter().any(|compare| compare.column == *field)
            || pipeline.roles.key.contains(field)
    };
    // Whose the rows are is the roster's affair.
    let is_owner = |field: &ColumnId| pipeline.roles.owner == Some(*field);
    let fields: Vec<ColumnId> =
        pipeline.columns.keys().filter(|field| !compared(field) && !is_owner(field)).collect();
    let mut findings = Vec::new();
    for pair in &context.matched.pairs {
        let item = &context.roster.items[pair.row];
        for &field in &fields {
            let Some(entry) = &item.row.entries[field] else { continue };
            let Value::Unreadable(obstacle) = &entry.value else { continue };
            let mut finding = about(context, item, pair.task, Some(field));
            finding.fact = unreadable(obstacle);
            finding.found = Some(entry.value.clone());
            findings.push(finding);
        }
    }
    findings
}

/// Returns the fact that a cell of a row cannot be read.
pub(super) fn unreadable(obstacle: &Obstacle) -> Fact {
    if *obstacle == Obstacle::TooFine {
        Fact::ValueImprecise(Holder::Row)
    } else {
        Fact::ValueUnreadable(Holder::Row)
    }
}

/// Tasks for which several rows were submitted.
fn rolled_up(rows: &RowsOfTasks) -> BTreeMap<TaskId, Vec<RowId>> {
    let several = rows.iter().filter(|(_, rows)| rows.len() > 1);
    several.map(|(task, rows)| (task, rows.to_vec())).collect()
}

/// Says that rows were added up, so that nobody takes one of them for the whole.
fn said_once(rolled: &BTreeMap<TaskId, Vec<RowId>>, context: &Context<'_>) -> Vec<Finding> {
    let key = context.pipeline.roles.key.first().copied();
    // Of a plan that is the sum of all units' lines, each is added up; of one file, it is said.
    let is_meant = |rows: &[RowId]| {
        let files: BTreeSet<FileId> =
            rows.iter().map(|row| context.roster.items[*row].file).collect();
        context.plan.sum.is_some() && files.len() == rows.len()
    };
    let findings = rolled
        .iter()
        .filter(|(_, rows)| !is_meant(rows))
        .map(|(task, rows)| {
            let items: Vec<Item<'_>> = rows.iter().map(|row| context.roster.items[*row]).collect();
            let mut finding = about(context, &items[0], *task, key);
            let rolled_up = key.map(|field| rolled_up_at(&items, field, context));
            let rolled_up =
                rolled_up.unwrap_or_else(|| RolledUp { cells: Vec::new(), elsewhere: Vec::new() });
            finding.fact = Fact::TaskRepeated(Repetition::RolledUp(rolled_up));
            finding.cells = key.map(|field| cells_beside(&items, field)).unwrap_or_default();
            finding
        })
        .collect();
    told_at_once(findings)
}

/// Puts what is said of the tasks of one unit's sheet into one finding, where they are many.
fn told_at_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut findings: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let mut sheets: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        let sheet =
            finding.as_ref().map(|own| (own.unit.clone(), own.file.clone(), own.sheet.clone()));
        sheets.entry(sheet).or_default().push(place);
    }
    for places in sheets.into_values().filter(|places| places.len() >= LEAST) {
        put_together(&mut findings, &places, |taken| {
            let fact = Fact::TaskRepeated(Repetition::AllRolledUp { tasks: taken.len() });
            let cells = taken.iter().flat_map(|own| own.cells.iter().copied()).collect();
            let (seq, task, typed, plan_cell) = (None, None, None, None);
            let first = taken.into_iter().next()?;
            Some(Finding { fact, seq, task, typed, cells, plan_cell, ..first })
        });
    }
    findings.into_iter().flatten().collect()
}

/// Says where the rows of one task stand: on the first one's sheet, and elsewhere.
fn rolled_up_at(items: &[Item<'_>], field: ColumnId, context: &Context<'_>) -> RolledUp {
    let cells = cells_beside(items, field).into_iter().map(|range| range.first).collect();
    let places = &context.roster.places;
    let elsewhere = items
        .iter()
        .filter_map(|item| {
            let sheet = places.elsewhere(item, &items[0])?;
            Some(format!("{sheet} {}", cell(item, field)?))
        })
        .collect();
    RolledUp { cells, elsewhere }
}

/// The cells of a column in several rows, as far as they stand on the first one's sheet: a
/// finding's cells are those of one sheet.
pub fn cells_beside(items: &[Item<'_>], field: ColumnId) -> Vec<CellRange> {
    let Some(first) = items.first() else { return Vec::new() };
    items
        .iter()
        .filter(|item| (item.file, item.sheet) == (first.file, first.sheet))
        .filter_map(|item| cell(item, field))
        .map(|cell| CellRange::new(cell, cell))
        .collect()
}

pub(super) fn about(
    context: &Context<'_>,
    item: &Item<'_>,
    task: TaskId,
    field: Option<ColumnId>,
) -> Finding {
    let planned = &context.plan.tasks[task];
    let mut finding = Finding::new(Fact::ValueDiffers(Remark::None), Side::Submission);
    finding.unit = Some(context.plan.names.name(planned.unit).to_owned());
    finding.seq = number(planned.row, context.pipeline);
    finding.task = Some(shown_task(planned.row, context.pipeline));
    finding.plan_sheet = context.plan.places.sheet(planned.file, planned.sheet);
    if let Some(field) = field {
        finding.field = Some(context.pipeline.columns[field].name.clone());
        finding.plan_cell = cell(planned, field);
        finding.typed = item.row.entries[field].as_ref().map(|entry| entry.typed.to_string());
        finding.cause.extend(item.row.linked.contains(&field).then_some(Cause::Linked));
    }
    context.roster.places.put(&mut finding, item, field);
    finding
}

/// One field while its unequal lines are looked at.
struct Field<'a> {
    context: &'a Context<'a>,
    compare: &'a Compare,
    on_sheets: &'a OnSheets,
    findings: Vec<Finding>,
    /// Findings of amounts off by a power of ten, by file, sheet and power.
    scaled: BTreeMap<(FileId, SheetId, i32), Vec<Finding>>,
}

impl Field<'_> {
    fn kind(&self) -> ColumnType {
        self.context.pipeline.columns[self.compare.column].kind
    }

    fn is_figure(&self) -> bool {
        self.kind().is_figure()
    }

    fn about(&self, item: &Item<'_>, task: TaskId) -> Finding {
        about(self.context, item, task, Some(self.compare.column))
    }

    fn planned(&self, task: TaskId) -> (State, Option<i64>) {
        figure(self.context.plan.tasks[task].row, self.compare.column)
    }

    /// Turns a figure of this field into a value.
    fn value(&self, figure: i64) -> Value {
        self.kind().value(figure)
    }

    fn look(&mut self, pair: &Pair) {
        let item = &self.context.roster.items[pair.row];
        let Some(entry) = &item.row.entries[self.compare.column] else { return };
        if let Value::Unreadable(obstacle) = &entry.value {
            let mut finding = self.about(item, pair.task);
            finding.fact = unreadable(obstacle);
            finding.found = Some(entry.value.clone());
            finding.expected = self.expected(pair.task);
            self.findings.push(finding);
        } else if self.is_figure() {
            self.look_at_figure(item, pair.task);
        } else {
            self.look_at_text(item, pair.task);
        }
    }

    fn expected(&self, task: TaskId) -> Option<Value> {
        let entry = self.context.plan.tasks[task].row.entries[self.compare.column].as_ref()?;
        Some(entry.value.clone())
    }

    fn look_at_figure(&mut self, item: &Item<'_>, task: TaskId) {
        let (state, found) = figure(item.row, self.compare.column);
        let (plan_state, planned) = self.planned(task);
        let is_zero_blank = self.kind().is_zero_where_blank();
        let zero_or_none = |figure: Option<i64>| is_zero_blank && figure == Some(0);
        match state {
            State::Blank | State::NotApplicable => {
                let is_planned = matches!(plan_state, State::Value | State::Spanning);
                if planned.is_some() && !zero_or_none(planned) && is_planned {
                    let mut finding = self.about(item, task);
                    finding.fact = Fact::ValueMissing;
                    finding.expected = self.expected(task);
                    finding.found =
                        item.row.entries[self.compare.column].as_ref().map(|e| e.value.clone());
                    self.findings.push(finding);
                }
            }
            State::Spanning => self.look_at_merged(item, task, found.unwrap_or(0)),
            State::Value | State::MonthOfYear => {
                let found = found.unwrap_or(0);
                // Where nothing tells the plan's year, 6月 is 6月.
                let both = (state, plan_state);
                if both == (State::MonthOfYear, State::MonthOfYear) && planned == Some(found) {
                    return;
                }
                let found = if state == State::MonthOfYear {
                    let Some(whole) = self.month_in_year_of(found, planned) else { return };
                    whole
                } else {
                    found
                };
                match planned {
                    Some(planned) if plan_state == State::Value => {
                        if let Some(finding) = self.unequal(item, task, found, planned) {
                            self.keep(item, finding);
                        }
                    }
                    _ if zero_or_none(Some(found)) => {}
                    _ => {
                        let mut finding = self.about(item, task);
                        finding.found = Some(self.value(found));
                        finding.expected = self.expected(task);
                        finding.fact = Fact::ValueDiffers(Remark::PlanCellFaulty);
                        self.findings.push(finding);
                    }
                }
            }
            State::Covered | State::NoColumn | State::Unreadable => {}
        }
    }

    /// A month without a year takes the year of the plan's task, else that of the period.
    fn month_in_year_of(&self, month: i64, planned: Option<i64>) -> Option<i64> {
        let year = planned
            .and_then(|ordinal| Month::from_ordinal(i32::try_from(ordinal).ok()?))
            .or(self.context.period)?
            .year;
        let month = Month::new(year, u32::try_from(month).ok()?)?;
        Some(i64::from(month.ordinal()))
    }

    /// Returns what is wrong with a figure that is not the planned one.
    fn unequal(&self, item: &Item<'_>, task: TaskId, found: i64, planned: i64) -> Option<Finding> {
        let difference = found.saturating_sub(planned);
        if difference == 0 {
            return None;
        }
        let mut finding = self.about(item, task);
        finding.found = Some(self.value(found));
        finding.expected = Some(self.value(planned));
        if self.kind().has_difference() {
            finding.difference = Some(difference);
        }
        let power = power_of_ten(found, planned).filter(|_| self.kind().is_money());
        if self.tolerated(&mut finding, difference) {
            return Some(finding);
        }
        if self.kind().is_money()
            && let Some(decimals) = equal_as_shown(found, planned, self.context.pipeline.money)
        {
            finding.fact = Fact::ValueDiffers(Remark::EqualAsShown { decimals });
        }
        if let Some(power) = power {
            finding.fact = Fact::ValueScaled(Scale::Power(power));
        }
        Some(finding)
    }

    /// Keeps a finding; what is off by a power of ten may yet be a whole column.
    fn keep(&mut self, item: &Item<'_>, finding: Finding) {
        match finding.fact {
            Fact::ValueScaled(Scale::Power(power)) => {
                self.scaled.entry((item.file, item.sheet, power)).or_default().push(finding);
            }
            _ => self.findings.push(finding),
        }
    }

    /// An amount merged over several rows is one amount, held against the sum of their tasks.
    fn look_at_merged(&mut self, item: &Item<'_>, task: TaskId, found: i64) {
        let Some(entry) = &item.row.entries[self.compare.column] else { return };
        let rows = item.row.row..item.row.row.saturating_add(entry.spans);
        let of_sheet = self.on_sheets.get(&(item.file, item.sheet)).into_iter();
        let mut pairs: Vec<usize> = of_sheet
            .flat_map(|sheet| sheet.range(rows.clone()))
            .flat_map(|(_, p)| p)
            .copied()
            .collect();
        pairs.sort_unstable();
        let pairs = pairs.into_iter().map(|place| &self.context.matched.pairs[place]);
        let planned: i64 =
            pairs.filter_map(|pair| self.planned(pair.task).1).fold(0, i64::saturating_add);
        let difference = found.saturating_sub(planned);
        if difference == 0 {
            return;
        }
        let mut finding = self.about(item, task);
        finding.found = Some(self.value(found));
        finding.expected = Some(self.value(planned));
        finding.difference = Some(difference);
        finding.fact = if power_of_ten(found, planned).is_some() {
            Fact::ValueScaled(Scale::MergedOver { rows: entry.spans })
        } else {
            Fact::ValueDiffers(Remark::MergedOver { rows: entry.spans })
        };
        self.tolerated(&mut finding, difference);
        self.findings.push(finding);
    }

    /// A figure that the plan has once for several tasks is held against all that was reported for them.
    fn look_at_shared(&mut self, shared: &Shared) {
        let Some(first) = shared.rows.first() else { return };
        for row in &shared.unreadable {
            if let Some(pair) = self.context.matched.pair_of(*row) {
                self.look(pair);
            }
        }
        let item = &self.context.roster.items[*first];
        let difference = shared.difference();
        if difference == 0 || !shared.unreadable.is_empty() {
            return;
        }
        let mut finding = self.about(item, shared.top);
        finding.expected = Some(self.value(shared.planned));
        if let Some(found) = shared.found {
            let items: Vec<Item<'_>> =
                shared.rows.iter().map(|row| self.context.roster.items[*row]).collect();
            finding.found = Some(self.value(found));
            finding.difference = Some(difference);
            finding.cells = cells_beside(&items, self.compare.column);
            finding.fact = Fact::ValueDiffers(Remark::SharedBy { tasks: shared.tasks.len() });
            self.tolerated(&mut finding, difference);
        } else {
            finding.fact = Fact::ValueMissing;
        }
        self.findings.push(finding);
    }

    /// A difference that the column's tolerance lets pass is only said, so that nobody wonders
    /// why the sums disagree.
    fn tolerated(&self, finding: &mut Finding, difference: i64) -> bool {
        let tolerance = self.compare.tolerance;
        let passes = difference.abs() <= tolerance;
        if passes {
            finding.fact = Fact::ValueDiffers(Remark::WithinTolerance { tolerance });
        }
        passes
    }

    fn look_at_text(&mut self, item: &Item<'_>, task: TaskId) {
        let planned = self.context.plan.tasks[task].row;
        let text = |row: &TableRow| {
            let entry = row.entries[self.compare.column].as_ref();
            entry.and_then(|entry| entry.value.text()).unwrap_or_default().to_owned()
        };
        let (found, expected) = (text(item.row), text(planned));
        let is_key = self.context.pipeline.roles.key.contains(&self.compare.column);
        let folded = if is_key { fold::task_key } else { fold::said };
        let (found_key, expected_key) = (folded(&found), folded(&expected));
        if found_key == expected_key {
            return;
        }
        let not_applicable = |text: &str| {
            self.context.pipeline.words.not_applicable.contains(&fold::plain(text).to_lowercase())
        };
        let mut finding = self.about(item, task);
        if found_key.is_empty() || not_applicable(&found) {
            if expected_key.is_empty() || not_applicable(&expected) {
                return;
            }
            finding.fact = Fact::ValueMissing;
        } else if not_applicable(&expected) && found_key.is_empty() {
            return;
        }
        let meant = |key: &str| canonical(key, self.context.pipeline);
        if let Fact::ValueDiffers(remark) = &mut finding.fact {
            *remark = if expected_key.is_empty() {
                Remark::PlanCellFaulty
            } else if meant(&found_key) == meant(&expected_key) {
                Remark::SameMeaning
            } else {
                looks::alike(&expected, &found)
                    .map_or(Remark::None, |characters| Remark::LooksEqual { characters })
            };
        }
        let value =
            |text: String| if text.is_empty() { Value::Blank } else { Value::Text(text.into()) };
        finding.found = Some(value(found));
        finding.expected = Some(value(expected));
        self.findings.push(finding);
    }

    /// Several rows for one task: their sum is compared.
    fn look_at_sum(&mut self, task: TaskId, rows: &[RowId]) {
        if !self.context.adds_up_rows(self.compare.column) {
            for row in rows {
                let item = self.context.roster.items[*row];
                self.look_at_figure(&item, task);
            }
            return;
        }
        let items: Vec<Item<'_>> = rows.iter().map(|row| self.context.roster.items[*row]).collect();
        let field = self.compare.column;
        let unreadable = rows.iter().zip(&items).find(|(_, item)| {
            item.row.entries[field]
                .as_ref()
                .is_some_and(|e| matches!(e.value, Value::Unreadable(_)))
        });
        if let Some((row, _)) = unreadable {
            let pair = Pair { row: *row, task, why: crate::matching::Why::SameText };
            self.look(&pair);
            return;
        }
        let figures: Vec<i64> = items.iter().filter_map(|item| figure(item.row, field).1).collect();
        if figures.is_empty() {
            self.look_at_figure(&items[0], task);
            return;
        }
        let found = figures.into_iter().fold(0_i64, i64::saturating_add);
        let planned = match self.planned(task) {
            (State::Value, Some(planned)) => planned,
            _ if found == 0 => return,
            _ => {
                self.look_at_figure(&items[0], task);
                return;
            }
        };
        let Some(mut finding) = self.unequal(&items[0], task, found, planned) else { return };
        finding.cells = cells_beside(&items, field);
        let typed: Vec<&str> = items
            .iter()
            .filter_map(|item| item.row.entries[field].as_ref())
            .map(|entry| entry.typed.as_str())
            .filter(|typed| !typed.is_empty())
            .collect();
        finding.typed = Some(typed.join(" + "));
        if let Fact::ValueDiffers(remark) = &mut finding.fact
            && matches!(remark, Remark::None | Remark::EqualAsShown { .. })
        {
            *remark = Remark::RolledUp(rolled_up_at(&items, field, self.context));
        }
        self.keep(&items[0], finding);
    }

    fn finish(mut self) -> Vec<Finding> {
        for ((file, sheet, power), found) in std::mem::take(&mut self.scaled) {
            if found.len() >= 2 && self.is_whole_column(file, sheet, found.len()) {
                self.findings.push(whole_column(found, power));
            } else {
                self.findings.extend(found);
            }
        }
        self.findings
    }

    /// Returns whether rows off by one power of ten are the column: no row agrees with a plan
    /// other than zero, and most of them are off by just this power.
    fn is_whole_column(&self, file: FileId, sheet: SheetId, scaled: usize) -> bool {
        let mut counted = 0;
        let of_sheet = self.on_sheets.get(&(file, sheet)).into_iter();
        for place in of_sheet.flat_map(BTreeMap::values).flatten() {
            let pair = &self.context.matched.pairs[*place];
            let item = &self.context.roster.items[pair.row];
            let (state, found) = figure(item.row, self.compare.column);
            let (_, planned) = self.planned(pair.task);
            if state != State::Value || planned.is_none_or(|planned| planned == 0) {
                continue;
            }
            if found == planned {
                return false;
            }
            counted += 1;
        }
        scaled * 2 > counted
    }
}

fn whole_column(found: Vec<Finding>, power: i32) -> Finding {
    let rows = found.len();
    let cells: Vec<CellRange> = found.iter().flat_map(|finding| finding.cells.clone()).collect();
    let first = found.into_iter().next().expect("a column has rows");
    Finding {
        fact: Fact::ColumnScaled { power, rows },
        seq: None,
        task: None,
        expected: first.expected.clone(),
        found: first.found.clone(),
        difference: None,
        cells,
        ..first
    }
}

/// Returns the decimals to which `found`, rounded, is the planned amount although it is not: the
/// plan's own decimals, as a sheet may show both.
fn equal_as_shown(found: i64, planned: i64, money: MoneyUnit) -> Option<u32> {
    let decimals = (0..=money.exponent())
        .find(|decimals| planned % 10_i64.pow(money.exponent() - decimals) == 0)?;
    let step = 10_i64.pow(money.exponent() - decimals);
    let half = if found < 0 { -step / 2 } else { step / 2 };
    let rounded = found.checked_add(half)? / step * step;
    (planned != 0 && rounded == planned).then_some(decimals)
}

/// Returns n where `found` is exactly `expected × 10^n`.
pub fn power_of_ten(found: i64, expected: i64) -> Option<i32> {
    if found == 0 || expected == 0 {
        return None;
    }
    POWERS.into_iter().find(|power| {
        let factor = 10_i64.pow(power.unsigned_abs());
        let (small, large) = if *power > 0 { (expected, found) } else { (found, expected) };
        small.checked_mul(factor) == Some(large)
    })
}
