//! What was reported in the earlier period and is not reported now.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::demanded::{RowsOfTask, Silent, about, named, was_left_blank};
use super::{AlreadySaid, Context};
use crate::model::{ColumnId, Fact, Finding, Value};
use crate::pipeline::Pipeline;

/// Returns the columns whose silence means something: those that must be reported, and all that
/// hold figures or choices. A remark may come and go.
pub fn tracked(pipeline: &Pipeline) -> impl Iterator<Item = ColumnId> + '_ {
    let columns = pipeline.columns.iter_enumerated();
    columns.filter(|(_, column)| column.reported).map(|(field, _)| field).filter(|field| {
        !pipeline.columns[*field].kind.is_free()
            || pipeline.check.demands.iter().any(|demand| demand.column == *field)
    })
}

/// One finding a unit, column and sheet.
pub fn check(context: &Context<'_>, said: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let (Some(period), false) = (context.earlier.period, context.earlier.reported.is_empty())
    else {
        return Ok(Vec::new());
    };
    let mut groups: BTreeMap<Silent<ColumnId>, Vec<RowsOfTask>> = BTreeMap::new();
    for (task, rows) in context.matched.rows_of_tasks().iter() {
        let planned = &context.plan.tasks[task];
        let unit = context.plan.names.name(planned.unit);
        let key = &context.frames.task_keys[task];
        let Some(first) = rows.first().map(|row| &context.roster.items[*row]) else { continue };
        for field in tracked(context.pipeline) {
            let name = &context.pipeline.columns[field].name;
            if context.earlier.reported.get(unit, key, name).is_none() {
                continue;
            }
            let entries =
                || rows.iter().map(|row| context.roster.items[*row].row.entries[field].as_ref());
            let is_silent = entries()
                .flatten()
                .all(|entry| matches!(entry.value, Value::Blank | Value::NotApplicable));
            if is_silent {
                let no_column = entries().all(|entry| entry.is_none());
                groups
                    .entry((planned.unit, field, first.file, first.sheet, no_column))
                    .or_default()
                    .push((task, rows.to_vec()));
            }
        }
    }
    let mut findings = Vec::new();
    for ((unit, field, file, sheet, no_column), tasks) in groups {
        let of_file = &context.roster.places.files[file];
        let lacks = no_column && said.lacks_column(of_file, &context.pipeline.columns[field].name);
        if was_left_blank(unit, file, context) || lacks {
            continue;
        }
        let fact = Fact::ReportVanished {
            period: period.to_string(),
            tasks: named(&tasks, context),
            no_column,
        };
        findings.push(about(fact, unit, field, (file, sheet), &tasks, no_column, context));
    }
    Ok(findings)
}
