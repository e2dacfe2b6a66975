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

/// A paired row, and which pair is the first of its group.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub task: TaskId,
    pub row: RowId,
    first: usize,
}

/// Returns the paired rows as a rule holds them, group by group, in the order of the pairs. Most are a
/// group of their own.
pub fn groups(rule: &Rule, context: &Context<'_>) -> Vec<Held> {
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
    let places = pairs.iter().enumerate();
    let held = places.map(|(place, pair)| {
        let first = top(&mut first, place);
        Held { task: pair.task, row: pair.row, first }
    });
    let mut held: Vec<Held> = held.collect();
    held.sort_by_key(|held| held.first);
    held
}

/// Returns whether two rows are held together.
pub fn are_together(one: &Held, other: &Held) -> bool {
    one.first == other.first
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
