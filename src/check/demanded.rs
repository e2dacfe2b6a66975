//! What units must report of their tasks, and what came of it.
//!
//! What is owed is enumerated in one place, from plan and pipeline alone: a task and a column that
//! may not be blank. Findings and the ledger are both made from what came of that list.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::equation::{Given, Scope, Verdict, evaluate};
use super::{AlreadySaid, Context};
use crate::model::fact::Unreported;
use crate::model::{
    CellRange, ColumnId, Fact, FileId, Finding, Month, RowId, SheetId, Side, TaskId, UnitId, Value,
};
use crate::normalise::frame::{Item, State, figure, number, shown_task};
use crate::pipeline::{Pipeline, Rule, When};
use crate::roster::{Plan, Standing, cell};

/// A column that is demanded of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The place among the pipeline's demands.
    pub demand: usize,
    pub task: TaskId,
    /// Whether it cannot be told that it is due, for want of a period.
    pub without_period: bool,
}

/// Enumerates what units must report, in the order of the demands and of the plan.
pub fn owed(plan: &Plan<'_>, period: Option<Month>, pipeline: &Pipeline) -> Vec<Owed> {
    let mut owed = Vec::new();
    for (demand, declared) in pipeline.check.demands.iter().enumerate() {
        for (task, planned) in plan.tasks.iter_enumerated() {
            let without_period = match (&declared.when, period) {
                (When::Always | When::Condition(_), _) => false,
                (When::Due(deadline), period) => {
                    let (State::Value, Some(due)) = figure(planned.row, *deadline) else {
                        continue;
                    };
                    if period.is_some_and(|period| due > i64::from(period.ordinal())) {
                        continue;
                    }
                    period.is_none()
                }
            };
            owed.push(Owed { demand, task, without_period });
        }
    }
    owed
}

/// What came of a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    Reported,
    /// The rows in which it is blank.
    Blank(Vec<RowId>),
    /// The rows stand on a sheet without the column.
    NoColumn(Vec<RowId>),
    /// The task has no row.
    NoRow,
    /// The condition does not hold.
    NotAsked,
    /// The condition cannot be told, since a cell that it uses cannot be read.
    Untold,
    NoPeriod,
}

/// Says of each demand what came of it.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn came(context: &Context<'_>) -> PolarsResult<Vec<(Owed, Came)>> {
    let rows = context.matched.rows_of_tasks();
    let asked = conditions(context);
    let tops = tops(context);
    let came = owed(context.plan, context.period, context.pipeline).into_iter().map(|owed| {
        let field = context.pipeline.check.demands[owed.demand].column;
        let came = match rows.get(owed.task) {
            _ if owed.without_period => Came::NoPeriod,
            None => Came::NoRow,
            Some(rows) => match asked.get(&owed.demand) {
                None => of_rows(rows, field, &tops, context),
                Some(told) => {
                    let told = |row: &RowId| told.get(row).copied().flatten();
                    let asked: Vec<RowId> =
                        rows.iter().copied().filter(|row| told(row) == Some(true)).collect();
                    if !asked.is_empty() {
                        of_rows(&asked, field, &tops, context)
                    } else if rows.iter().any(|row| told(row).is_none()) {
                        Came::Untold
                    } else {
                        Came::NotAsked
                    }
                }
            },
        };
        (owed, came)
    });
    Ok(came.collect())
}

fn of_rows(rows: &[RowId], field: ColumnId, tops: &Tops, context: &Context<'_>) -> Came {
    let item = |row: &RowId| &context.roster.items[*row];
    let without: Vec<RowId> =
        rows.iter().copied().filter(|row| item(row).row.entries[field].is_none()).collect();
    let blank: Vec<RowId> =
        rows.iter().copied().filter(|row| is_blank(item(row), field, tops, context)).collect();
    if !blank.is_empty() {
        Came::Blank(blank)
    } else if !without.is_empty() {
        Came::NoColumn(without)
    } else {
        Came::Reported
    }
}

/// By demanded column, where the rows stand whose own cell says something: file, sheet, row. A
/// cell that is merged over several rows is said by the nearest of them above.
type Tops = BTreeMap<ColumnId, BTreeMap<(FileId, SheetId, u32), RowId>>;

fn tops(context: &Context<'_>) -> Tops {
    let demanded = context.pipeline.check.demands.iter().map(|demand| demand.column);
    let of_field = |field: ColumnId| {
        let is_covered = |item: &Item<'_>| {
            let entry = item.row.entries[field].as_ref();
            entry.is_some_and(|entry| entry.value == Value::Covered)
        };
        // Nobody asks where no cell lies under another.
        if !context.roster.items.iter().any(is_covered) {
            return (field, BTreeMap::new());
        }
        let rows = context.roster.items.iter_enumerated();
        // Of tables side by side, the last one has the row.
        let mut places: BTreeMap<(FileId, SheetId, u32), RowId> =
            rows.map(|(row, item)| ((item.file, item.sheet, item.row.row), row)).collect();
        places.retain(|_, row| {
            let entry = context.roster.items[*row].row.entries[field].as_ref();
            entry.is_some_and(|entry| entry.value != Value::Covered)
        });
        (field, places)
    };
    demanded.map(of_field).collect()
}

/// Returns whether a row leaves a column blank. A word for *not applicable* is no report; a cell
/// under one that is merged over several rows says what that one says.
pub fn is_blank(item: &Item<'_>, field: ColumnId, tops: &Tops, context: &Context<'_>) -> bool {
    let Some(entry) = &item.row.entries[field] else { return false };
    match &entry.value {
        Value::Blank | Value::NotApplicable => true,
        Value::Covered => {
            let of_field = tops.get(&field);
            let above = of_field.and_then(|places| {
                places.range(..(item.file, item.sheet, item.row.row)).next_back()
            });
            let of_sheet =
                above.filter(|((file, sheet, _), _)| (*file, *sheet) == (item.file, item.sheet));
            let top = of_sheet
                .and_then(|(_, row)| context.roster.items[*row].row.entries[field].as_ref());
            top.is_none_or(|entry| matches!(entry.value, Value::Blank | Value::NotApplicable))
        }
        _ => false,
    }
}

/// For each demand with a condition, whether it holds on each paired row.
fn conditions(context: &Context<'_>) -> BTreeMap<usize, BTreeMap<RowId, Option<bool>>> {
    let given = Given { pipeline: context.pipeline, paragraph: Some(context.paragraph) };
    let told = |rule: &Rule, row: RowId| {
        let rows = [context.roster.items[row].row];
        let scope = Scope::Rows { rows: &rows, set: &[], before: None };
        match evaluate(rule, &scope, &given) {
            Verdict::Holds(_) => Some(true),
            Verdict::Broken(_) => Some(false),
            Verdict::NotTold(_) => None,
        }
    };
    let demands = context.pipeline.check.demands.iter().enumerate();
    let asked = demands.filter_map(|(place, demand)| match &demand.when {
        When::Condition(rule) => {
            let rows = context.matched.pairs.iter().map(|pair| (pair.row, told(rule, pair.row)));
            Some((place, rows.collect()))
        }
        _ => None,
    });
    asked.collect()
}

/// What is silent together: unit, demand or column, file, sheet, and whether the sheet lacks the
/// column.
pub type Silent<What> = (UnitId, What, FileId, SheetId, bool);

/// A task and the rows that report it.
pub type RowsOfTask = (TaskId, Vec<RowId>);

/// One finding a unit, column and sheet for all that is not reported.
pub fn check(context: &Context<'_>, said: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let mut owed_of: BTreeMap<(UnitId, usize), usize> = BTreeMap::new();
    let mut groups: BTreeMap<Silent<usize>, Vec<RowsOfTask>> = BTreeMap::new();
    for (owed, came) in came(context)? {
        let unit = context.plan.tasks[owed.task].unit;
        let (rows, no_column) = match came {
            Came::Blank(rows) => (rows, false),
            Came::NoColumn(rows) => (rows, true),
            Came::Reported => (Vec::new(), false),
            _ => continue,
        };
        *owed_of.entry((unit, owed.demand)).or_default() += 1;
        let mut by_sheet: BTreeMap<(FileId, SheetId), Vec<RowId>> = BTreeMap::new();
        for row in rows {
            let item = &context.roster.items[row];
            by_sheet.entry((item.file, item.sheet)).or_default().push(row);
        }
        for ((file, sheet), rows) in by_sheet {
            groups
                .entry((unit, owed.demand, file, sheet, no_column))
                .or_default()
                .push((owed.task, rows));
        }
    }
    let mut findings = Vec::new();
    for ((unit, demand, file, sheet, no_column), tasks) in groups {
        let declared = &context.pipeline.check.demands[demand];
        let field = declared.column;
        // That nothing at all was filled in, or that the column is missing, has been said.
        if was_left_blank(unit, file, context)
            || no_column && said.lacks_column(file_name(file, context), name(field, context))
        {
            continue;
        }
        let unreported = Unreported::Blank {
            tasks: named(&tasks, context),
            of: owed_of.get(&(unit, demand)).copied().unwrap_or(tasks.len()),
            no_column,
        };
        let fact = Fact::ReportMissing(unreported);
        findings.push(about(fact, unit, field, (file, sheet), &tasks, no_column, context));
    }
    Ok(findings)
}

/// Returns whether it has been said of the unit, or of the file, that nothing was filled in.
pub fn was_left_blank(unit: UnitId, file: FileId, context: &Context<'_>) -> bool {
    context.roster.units[unit].0 == Standing::Blank
        || context.roster.files[file].standing == Standing::Blank
}

fn file_name<'a>(file: FileId, context: &'a Context<'_>) -> &'a str {
    &context.roster.places.files[file]
}

fn name<'a>(field: ColumnId, context: &'a Context<'_>) -> &'a str {
    &context.pipeline.columns[field].name
}

/// A finding about a column of several tasks of a unit, on one sheet.
pub fn about(
    fact: Fact,
    unit: UnitId,
    field: ColumnId,
    (file, sheet): (FileId, SheetId),
    tasks: &[RowsOfTask],
    no_column: bool,
    context: &Context<'_>,
) -> Finding {
    let mut finding = Finding::new(fact, Side::Submission);
    finding.unit = Some(context.plan.names.name(unit).to_owned());
    finding.field = Some(name(field, context).to_owned());
    finding.file = Some(file_name(file, context).to_owned());
    finding.sheet = context.roster.places.sheet(file, sheet);
    if !no_column {
        let rows = tasks.iter().flat_map(|(_, rows)| rows);
        let mut cells: Vec<CellRange> = rows
            .filter_map(|row| cell(&context.roster.items[*row], field))
            .map(|cell| CellRange::new(cell, cell))
            .collect();
        cells.sort_unstable_by_key(|range| (range.first.row, range.first.column));
        finding.cell = cells.first().map(|range| range.first);
        finding.cells = cells;
    }
    finding
}

/// The tasks by their numbers, where they have some, else by their texts.
pub fn named(tasks: &[RowsOfTask], context: &Context<'_>) -> Vec<String> {
    let named = tasks.iter().map(|(task, _)| {
        let planned = context.plan.tasks[*task].row;
        number(planned, context.pipeline)
            .map_or_else(|| shown_task(planned, context.pipeline), |number| number.to_string())
    });
    named.collect()
}
