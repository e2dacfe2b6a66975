//! Rows that a rule holds together: those of a task, where it asks what the task had before, and
//! those over which a figure that it uses is merged.
//!
//! A *group* is rows with their tasks. It is no total: a rule over a unit adds up all rows, a group
//! only what cannot be parted.

use std::collections::BTreeMap;

use super::Context;
use super::equation::{columns, spans};
use crate::model::{FileId, RowId, SheetId, TaskId};
use crate::pipeline::Rule;

/// Returns the paired rows as a rule holds them, each with its task, in the order of the pairs.
pub fn groups(rule: &Rule, context: &Context<'_>) -> Vec<Vec<(TaskId, RowId)>> {
    let pairs = &context.matched.pairs;
    let mut first: Vec<usize> = (0..pairs.len()).collect();
    if rule.uses_previous() {
        // What was reported before is the task's, however many rows it has now.
        let mut known: BTreeMap<TaskId, usize> = BTreeMap::new();
        for (place, pair) in pairs.iter().enumerate() {
            let of_task = *known.entry(pair.task).or_insert(place);
            join(&mut first, of_task, place);
        }
    }
    let columns = columns(rule, context.pipeline);
    let mut at: BTreeMap<(FileId, SheetId, u32), usize> = BTreeMap::new();
    for (place, pair) in pairs.iter().enumerate() {
        let item = &context.roster.items[pair.row];
        let most = columns.iter().map(|column| spans(item.row, *column)).max().unwrap_or(0);
        if most <= 1 {
            continue;
        }
        if at.is_empty() {
            at.extend(pairs.iter().enumerate().map(|(place, pair)| {
                let item = &context.roster.items[pair.row];
                ((item.file, item.sheet, item.row.row), place)
            }));
        }
        let rows = (item.file, item.sheet, item.row.row)
            ..(item.file, item.sheet, item.row.row.saturating_add(most));
        let under: Vec<usize> = at.range(rows).map(|(_, place)| *place).collect();
        for other in under {
            join(&mut first, place, other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<(TaskId, RowId)>> = BTreeMap::new();
    for (place, pair) in pairs.iter().enumerate() {
        let top = top(&mut first, place);
        groups.entry(top).or_default().push((pair.task, pair.row));
    }
    groups.into_values().collect()
}

/// Returns the first of those that a place was joined with.
fn top(first: &mut [usize], mut place: usize) -> usize {
    while first[place] != place {
        first[place] = first[first[place]];
        place = first[place];
    }
    place
}

fn join(first: &mut [usize], one: usize, other: usize) {
    let (one, other) = (top(first, one), top(first, other));
    first[one.max(other)] = one.min(other);
}
