//! Deadlines that have passed, and sheets that come again unchanged.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::carried::Carried;
use super::demanded::was_left_blank;
use super::outcome::Spot;
use super::{AlreadySaid, Context};
use crate::model::{
    ColumnId, Fact, Finding, Month, RowId, Side, TaskId, Text, UnitId, Value, hash,
};
use crate::normalise::TableRow;
use crate::normalise::frame::{Item, State, figure, number, shown_task, text_key};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster, cell};

/// What is known of the earlier period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    pub period: Option<Month>,
    /// Cumulative figures by unit, the task's text key and the column's name; in 分 for amounts,
    /// in hundredths of a percent for percentages.
    pub figures: Carried<Known>,
    /// What was reported: unit, the task's text key and the column's name.
    pub reported: Carried<()>,
    /// The content of each unit's rows, hashed.
    pub contents: BTreeMap<String, String>,
}

/// A cumulative figure and the period that reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub figure: i64,
    pub period: Month,
}

/// Adds what the sheets themselves say of the month before, beside this month's, where no run of
/// that month knows it.
pub fn add_told(
    earlier: &mut Earlier,
    roster: &Roster<'_>,
    plan: &Plan<'_>,
    period: Option<Month>,
    pipeline: &Pipeline,
) {
    let Some(last_month) = period.and_then(Month::previous) else { return };
    if roster.last_month.is_empty() {
        return;
    }
    let planned = plan.tasks.iter().map(|task| (task.unit, text_key(task.row, pipeline)));
    let planned: BTreeSet<(UnitId, String)> = planned.collect();
    let mut rows: BTreeMap<(UnitId, String), Vec<&TableRow>> = BTreeMap::new();
    for item in &roster.last_month {
        rows.entry((item.unit, text_key(item.row, pipeline))).or_default().push(item.row);
    }
    let told = rows.into_iter().filter(|(task, _)| planned.contains(task));
    for ((unit, key), rows) in told {
        for field in pipeline.check.remembered() {
            let about = [plan.names.name(unit), &key, &pipeline.columns[field].name];
            let known = earlier.figures.get(about[0], about[1], about[2]);
            let is_known = known.is_some_and(|known| known.period >= last_month);
            if let (false, Some(figure)) = (is_known, reported(&rows, field, pipeline)) {
                let known = Known { figure, period: last_month };
                earlier.figures.insert(about.map(Text::from), known);
            }
        }
    }
}

/// Looks at what units report of their progress.
pub fn check(context: &Context<'_>, said: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    let Some(period) = context.period else { return Ok(findings) };
    findings.extend(unchanged(context));
    for pair in &context.matched.pairs {
        findings.extend(overdue(pair.row, pair.task, period, said, context));
    }
    Ok(findings)
}

/// Returns what the rows of a task report in a cumulative column: amounts and counts of several
/// rows are added up, percentages of several rows say nothing about the whole.
pub fn reported(rows: &[&TableRow], field: ColumnId, pipeline: &Pipeline) -> Option<i64> {
    if rows.len() > 1 && pipeline.columns[field].kind.is_share() {
        return None;
    }
    let mut figures = rows.iter().filter_map(|row| match figure(row, field) {
        (State::Value, Some(figure)) => Some(figure),
        _ => None,
    });
    let first = figures.next()?;
    figures.try_fold(first, i64::checked_add)
}

fn about(fact: Fact, row: RowId, task: TaskId, field: ColumnId, context: &Context<'_>) -> Finding {
    let (item, planned) = (&context.roster.items[row], &context.plan.tasks[task]);
    let mut finding = Finding::new(fact, Side::Submission);
    finding.unit = Some(context.plan.names.name(planned.unit).to_owned());
    finding.seq = number(planned.row, context.pipeline);
    finding.task = Some(shown_task(planned.row, context.pipeline));
    finding.field = Some(context.pipeline.columns[field].name.clone());
    finding.typed = item.row.entries[field].as_ref().map(|entry| entry.typed.to_string());
    context.roster.places.put(&mut finding, item, Some(field));
    finding
}

fn overdue(
    row: RowId,
    task: TaskId,
    period: Month,
    said: &AlreadySaid,
    context: &Context<'_>,
) -> Option<Finding> {
    const WHOLE: i64 = 10_000;
    let (deadline, progress) = context.pipeline.check.overdue?;
    let (item, planned) = (&context.roster.items[row], &context.plan.tasks[task]);
    let due_of = |row| match figure(row, deadline) {
        (State::Value, Some(due)) => Some(due),
        _ => None,
    };
    let due = due_of(planned.row).or_else(|| due_of(item.row))?;
    if due > i64::from(period.ordinal()) {
        return None;
    }
    let found = match figure(item.row, progress) {
        (State::Value, Some(reported)) if reported < WHOLE => Value::Percent(reported),
        // That a deadline has passed in silence is said here where nothing else says it.
        (State::Blank | State::NotApplicable, _)
            if !was_left_blank(planned.unit, item.file, context)
                && is_silent_about(item, progress, said) =>
        {
            Value::Blank
        }
        _ => return None,
    };
    let due = i32::try_from(due).ok().and_then(Month::from_ordinal)?;
    let mut finding = about(Fact::Overdue { due }, row, task, progress, context);
    finding.found = Some(found);
    finding.expected = Some(Value::Percent(WHOLE));
    finding.plan_cell = cell(planned, deadline);
    Some(finding)
}

/// Returns whether nothing has been said of a cell yet.
fn is_silent_about(item: &Item<'_>, field: ColumnId, said: &AlreadySaid) -> bool {
    cell(item, field).is_some_and(|cell| {
        let spot = Spot { file: item.file, sheet: item.sheet, cell };
        said.at(Side::Submission, spot).is_empty()
    })
}

/// Units whose rows are just those of the earlier period.
fn unchanged(context: &Context<'_>) -> Vec<Finding> {
    if context.earlier.contents.is_empty() {
        return Vec::new();
    }
    let contents = contents(context.roster, context.pipeline);
    let units = &context.roster.names.units;
    let places: BTreeMap<&str, UnitId> =
        units.iter_enumerated().map(|(place, name)| (name.as_str(), place)).collect();
    contents
        .into_iter()
        .filter(|(unit, content)| context.earlier.contents.get(unit) == Some(content))
        .map(|(unit, _)| {
            let mut finding = Finding::new(Fact::SubmissionUnchanged, Side::Submission);
            let files = places.get(unit.as_str()).map(|place| &context.roster.units[*place].1);
            finding.file =
                files.and_then(|files| context.roster.places.files.get(*files.first()?)).cloned();
            finding.unit = Some(unit);
            finding
        })
        .collect()
}

/// Returns the hash of what each unit submitted: its rows as typed, not the files' bytes, which
/// change with every saving.
pub fn contents(roster: &Roster<'_>, pipeline: &Pipeline) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<UnitId, String> = BTreeMap::new();
    for item in &roster.items {
        let text = texts.entry(item.unit).or_default();
        for (field, entry) in item.row.entries.iter_enumerated() {
            if let Some(entry) = entry {
                text.push_str(&pipeline.columns[field].name);
                text.push('\u{1f}');
                text.push_str(&entry.typed);
                text.push('\u{1f}');
            }
        }
        text.push('\u{1e}');
    }
    texts
        .into_iter()
        .map(|(unit, text)| (roster.names.name(unit).to_owned(), hash::sha256(text.as_bytes())))
        .collect()
}
