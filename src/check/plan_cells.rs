//! The plan's own cells: blanks in required columns, unreadable figures, repeated tasks.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::{Context, Said};
use crate::model::{Detail, Finding, Kind, Obstacle, Severity, Side, TaskId, UnitId, Value};
use crate::normalise::frame::{number, shown_task, text_key};
use crate::pipeline::ColumnType;
use crate::roster::cell;

/// Looks at every task of the plan.
pub fn check(context: &Context<'_>, _: &Said) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<(UnitId, String), TaskId> = BTreeMap::new();
    for (task, item) in context.plan.tasks.iter_enumerated() {
        for (field, column) in context.pipeline.columns.iter().enumerate() {
            let Some(entry) = &item.row.entries[field] else { continue };
            let is_text = matches!(column.kind, ColumnType::Text | ColumnType::Choice);
            let compare =
                context.pipeline.check.compare.iter().find(|compare| compare.column == field);
            let default = if is_text { Severity::Verify } else { Severity::Mandatory };
            let severity = compare.map_or(default, |compare| compare.severity);
            let (kind, severity) = match &entry.value {
                Value::Blank | Value::NotApplicable if column.required => {
                    (Kind::ValueMissing, severity)
                }
                Value::Unreadable(Obstacle::TooFine) => {
                    (Kind::ValueImprecise, Kind::ValueImprecise.entry().severity)
                }
                Value::Unreadable(_) => (Kind::ValueUnreadable, severity),
                _ => continue,
            };
            let mut finding = about(context, task, kind);
            finding.severity = severity;
            finding.field = Some(column.name.clone());
            finding.typed = Some(entry.typed.clone());
            finding.found = Some(entry.value.clone());
            context.plan.places.put(&mut finding, item, Some(field));
            findings.push(finding);
        }
        let key = (item.unit, text_key(item.row, context.pipeline));
        match first.get(&key) {
            None => {
                first.insert(key, task);
            }
            Some(earlier) => {
                let mut finding = about(context, task, Kind::TaskRepeated);
                let field = context.pipeline.roles.key.first().copied();
                context.plan.places.put(&mut finding, item, field);
                let of = field.and_then(|field| cell(&context.plan.tasks[*earlier], field));
                if let Some(of) = of {
                    finding.detail = Detail::RepeatOf { cell: of, elsewhere: None };
                }
                findings.push(finding);
            }
        }
    }
    Ok(findings)
}

/// Returns a finding on the plan's side about a task.
pub fn about(context: &Context<'_>, task: TaskId, kind: Kind) -> Finding {
    let item = &context.plan.tasks[task];
    let mut finding = Finding::new(kind, Side::Plan);
    finding.unit = Some(context.plan.names.name(item.unit).to_owned());
    finding.seq = number(item.row, context.pipeline);
    finding.task = Some(shown_task(item.row, context.pipeline));
    finding
}
