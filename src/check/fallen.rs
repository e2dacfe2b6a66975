//! Cumulative figures that are smaller than what was reported before.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::compare::cells_beside;
use super::demanded::{RowsOfTask, about, named};
use super::progress::{Known, reported};
use super::{AlreadySaid, Context};
use crate::model::finding::Fall;
use crate::model::{ColumnId, Fact, FileId, Finding, RowId, SheetId, TaskId, UnitId};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;

/// A task whose figure fell: the task, its rows, what is known and what is reported now.
type Fallen = (TaskId, Vec<RowId>, Known, i64);

/// One finding a unit, column and sheet, with the cells of all its tasks.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let mut groups: BTreeMap<(UnitId, ColumnId, FileId, SheetId), Vec<Fallen>> = BTreeMap::new();
    if context.earlier.figures.is_empty() {
        return Ok(Vec::new());
    }
    for (task, rows) in context.matched.rows_of_tasks().iter() {
        let planned = &context.plan.tasks[task];
        let key = &context.frames.task_keys[task];
        let Some(first) = rows.first().map(|row| &context.roster.items[*row]) else { continue };
        let table_rows: Vec<&TableRow> =
            rows.iter().map(|row| context.roster.items[*row].row).collect();
        for &field in &context.pipeline.check.cumulative {
            let name = &context.pipeline.columns[field].name;
            let unit = context.plan.names.name(planned.unit);
            let Some(known) = context.earlier.figures.get(unit, key, name) else {
                continue;
            };
            let Some(now) = reported(&table_rows, field, context.pipeline) else { continue };
            if now < known.figure {
                groups.entry((planned.unit, field, first.file, first.sheet)).or_default().push((
                    task,
                    rows.to_vec(),
                    *known,
                    now,
                ));
            }
        }
    }
    let findings = groups
        .into_iter()
        .map(|((unit, field, file, sheet), fallen)| {
            of_group(unit, field, (file, sheet), &fallen, context)
        })
        .collect();
    Ok(findings)
}

fn of_group(
    unit: UnitId,
    field: ColumnId,
    at: (FileId, SheetId),
    fallen: &[Fallen],
    context: &Context<'_>,
) -> Finding {
    let tasks: Vec<RowsOfTask> =
        fallen.iter().map(|(task, rows, ..)| (*task, rows.clone())).collect();
    let mut finding =
        about(Fact::Decreased { falls: Vec::new() }, unit, field, at, &tasks, false, context);
    // Several rows of a task may stand on several sheets.
    finding.cells = tasks
        .iter()
        .flat_map(|(_, rows)| {
            let items: Vec<Item<'_>> = rows.iter().map(|row| context.roster.items[*row]).collect();
            cells_beside(&items, field)
        })
        .collect();
    finding.cell = finding.cells.first().map(|range| range.first);
    let kind = context.pipeline.columns[field].kind;
    let value = |number| kind.value(number);
    let sum = |figure: fn(&Fallen) -> i64| {
        fallen.iter().try_fold(0_i64, |sum, fallen| sum.checked_add(figure(fallen)))
    };
    // Percentages of several tasks have no sum.
    if fallen.len() == 1 || !kind.is_share() {
        let (before, now) = (sum(|(.., known, _)| known.figure), sum(|(.., now)| *now));
        finding.expected = before.map(value);
        finding.found = now.map(value);
        finding.difference = now.zip(before).and_then(|(now, before)| now.checked_sub(before));
    }
    let falls =
        named(&tasks, context).into_iter().zip(fallen).map(|(task, (.., known, now))| Fall {
            task,
            period: known.period.to_string(),
            before: value(known.figure),
            now: value(*now),
        });
    finding.fact = Fact::Decreased { falls: falls.collect() };
    finding
}
