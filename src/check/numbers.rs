//! The numbers of rows: only said, and only on a sheet that carries the plan's numbers, since a
//! unit may number its rows from one.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::compare::about;
use super::{AlreadySaid, Context};
use crate::matching::Pair;
use crate::model::fact::Remark;
use crate::model::{Fact, FileId, Finding, SheetId, Value};
use crate::normalise::frame::number;

/// Says each row that has another number than its task on a sheet where most have theirs.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let Some(field) = context.pipeline.roles.number else { return Ok(Vec::new()) };
    let rows = context.matched.rows_of_tasks();
    let mut sheets: BTreeMap<(FileId, SheetId), (usize, Vec<&Pair>)> = BTreeMap::new();
    for pair in &context.matched.pairs {
        let item = &context.roster.items[pair.row];
        let planned = number(context.plan.tasks[pair.task].row, context.pipeline);
        let (Some(found), Some(planned)) = (number(item.row, context.pipeline), planned) else {
            continue;
        };
        let (same, others) = sheets.entry((item.file, item.sheet)).or_default();
        if found == planned {
            *same += 1;
        } else if rows.get(pair.task).is_some_and(|rows| rows.len() == 1) {
            others.push(pair);
        }
    }
    let telling = sheets.into_values().filter(|(same, others)| *same > others.len());
    Ok(telling
        .flat_map(|(_, others)| others)
        .map(|pair| {
            let item = &context.roster.items[pair.row];
            let mut finding = about(context, item, pair.task, Some(field));
            finding.fact = Fact::ValueDiffers(Remark::OwnNumber);
            finding.found = number(item.row, context.pipeline).map(Value::Integer);
            finding.expected =
                number(context.plan.tasks[pair.task].row, context.pipeline).map(Value::Integer);
            finding
        })
        .collect())
}
