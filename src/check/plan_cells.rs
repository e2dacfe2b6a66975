//! The plan's own cells: blanks in required columns, unreadable figures, repeated tasks.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::compare::unreadable;
use super::{AlreadySaid, Context};
use crate::model::fact::Repetition;
use crate::model::{Fact, Finding, Side, TaskId, UnitId, Value};
use crate::normalise::frame::{number, shown_task, text_key};
use crate::roster::cell;

/// Looks at every task of the plan.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<(UnitId, String), TaskId> = BTreeMap::new();
    for (task, item) in context.plan.tasks.iter_enumerated() {
        for (field, column) in context.pipeline.columns.iter_enumerated() {
            let Some(entry) = &item.row.entries[field] else { continue };
            let fact = match &entry.value {
                Value::Blank | Value::NotApplicable if column.required => Fact::ValueMissing,
                Value::Unreadable(obstacle) => unreadable(obstacle),
                _ => continue,
            };
            let mut finding = about(context, task, fact);
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
                let field = context.pipeline.roles.key.first().copied();
                let of = Repetition::Of {
                    cell: field.and_then(|field| cell(&context.plan.tasks[*earlier], field)),
                    elsewhere: None,
                };
                let mut finding = about(context, task, Fact::TaskRepeated(of));
                context.plan.places.put(&mut finding, item, field);
                findings.push(finding);
            }
        }
    }
    findings.extend(ownerless(context));
    Ok(findings)
}

/// Says which rows of the plan name no unit: what follows from that is nobody's fault but the plan's.
fn ownerless<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Finding> + 'a {
    let owner = context.pipeline.roles.owner;
    context.plan.ownerless.iter().map(move |stray| {
        let mut finding = Finding::new(Fact::ValueMissing, Side::Plan);
        finding.seq = number(stray.row, context.pipeline);
        finding.task = Some(shown_task(stray.row, context.pipeline));
        finding.field = owner.map(|owner| context.pipeline.columns[owner].name.clone());
        let typed = owner.and_then(|owner| stray.row.entries[owner].as_ref());
        finding.typed = typed.map(|entry| entry.typed.clone()).filter(|typed| !typed.is_empty());
        finding.found = Some(typed.map_or(Value::Blank, |entry| entry.value.clone()));
        context.plan.places.put_at(&mut finding, (stray.file, stray.sheet), stray.row, owner);
        finding
    })
}

/// Returns a finding on the plan's side about a task.
pub fn about(context: &Context<'_>, task: TaskId, fact: Fact) -> Finding {
    let item = &context.plan.tasks[task];
    let mut finding = Finding::new(fact, Side::Plan);
    finding.unit = Some(context.plan.names.name(item.unit).to_owned());
    finding.seq = number(item.row, context.pipeline);
    finding.task = Some(shown_task(item.row, context.pipeline));
    finding
}
