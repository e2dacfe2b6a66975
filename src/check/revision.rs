//! What a revised plan changed: tasks that came, went, or have another value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::fold;
use crate::normalise::frame::{Item, number, shown_task, text_key};
use crate::pipeline::Pipeline;
use crate::roster::Plan;

/// One change between two versions of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub unit: String,
    pub seq: Option<i64>,
    pub task: String,
    /// The column that changed; none where the whole task came or went.
    pub field: Option<String>,
    /// As typed; none for a task that is new.
    pub before: Option<String>,
    /// As typed; none for a task that is gone.
    pub now: Option<String>,
}

/// Returns what changed, in the order of the plan, tasks that are gone last.
pub fn changes(before: &Plan<'_>, now: &Plan<'_>, pipeline: &Pipeline) -> Vec<Change> {
    let old = by_key(before, pipeline);
    let new = by_key(now, pipeline);
    let mut changes = Vec::new();
    for item in &now.tasks {
        let key = key_of(item, now, pipeline);
        let Some(earlier) = old.get(&key) else {
            changes.push(Change { now: Some(String::new()), ..whole(item, now, pipeline) });
            continue;
        };
        for (field, column) in pipeline.columns.iter_enumerated() {
            if Some(field) == pipeline.roles.number {
                // A revision that inserts a task renumbers all below it.
                continue;
            }
            let typed = |item: &Item<'_>| {
                item.row.entries[field].as_ref().map(|entry| entry.typed.to_string())
            };
            let value =
                |item: &Item<'_>| item.row.entries[field].as_ref().map(|entry| entry.value.clone());
            let folded = |text: Option<String>| text.map(|text| fold::said(&text));
            let is_text = column.kind.is_free();
            let same_words = is_text && folded(typed(item)) == folded(typed(earlier));
            if value(item) == value(earlier) || same_words {
                continue;
            }
            changes.push(Change {
                field: Some(column.name.clone()),
                before: Some(typed(earlier).unwrap_or_default()),
                now: Some(typed(item).unwrap_or_default()),
                ..whole(item, now, pipeline)
            });
        }
    }
    for item in &before.tasks {
        if !new.contains_key(&key_of(item, before, pipeline)) {
            changes.push(Change { before: Some(String::new()), ..whole(item, before, pipeline) });
        }
    }
    changes
}

fn whole(item: &Item<'_>, plan: &Plan<'_>, pipeline: &Pipeline) -> Change {
    Change {
        unit: plan.names.name(item.unit).to_owned(),
        seq: number(item.row, pipeline),
        task: shown_task(item.row, pipeline),
        field: None,
        before: None,
        now: None,
    }
}

fn key_of(item: &Item<'_>, plan: &Plan<'_>, pipeline: &Pipeline) -> (String, String) {
    (fold::key(plan.names.name(item.unit)), text_key(item.row, pipeline))
}

fn by_key<'a>(plan: &'a Plan<'a>, pipeline: &Pipeline) -> BTreeMap<(String, String), &'a Item<'a>> {
    plan.tasks.iter().map(|item| (key_of(item, plan, pipeline), item)).collect()
}
