//! Rows and tasks with the same text.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Frames;
use crate::model::{RowId, TaskId, UnitId};
use crate::roster::{Plan, Roster};

/// Rows and tasks of one unit with one text, each in their order.
#[derive(Debug, Default)]
pub struct OneText {
    pub rows: Vec<RowId>,
    pub tasks: Vec<TaskId>,
}

/// Returns the rows and tasks of each unit that have a text in common. A list of their pairs would grow
/// with the square of the rows of a unit whose tasks are all called the same.
pub fn same_unit(frames: &Frames, plan: &Plan<'_>, roster: &Roster<'_>) -> Vec<OneText> {
    #[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
    let mut places: HashMap<(UnitId, &str), usize, RandomState> = HashMap::default();
    let mut texts: Vec<OneText> = Vec::new();
    for (task, item) in plan.tasks.iter_enumerated() {
        let place =
            *places.entry((item.unit, frames.task_keys[task].as_str())).or_insert_with(|| {
                texts.push(OneText::default());
                texts.len() - 1
            });
        texts[place].tasks.push(task);
    }
    for (row, item) in roster.items.iter_enumerated() {
        if let Some(place) = places.get(&(item.unit, frames.row_keys[row].as_str())) {
            texts[*place].rows.push(row);
        }
    }
    texts.retain(|text| !text.rows.is_empty());
    texts
}

/// Returns the pairs of row and task with the same text, whatever their units, of the rows that have
/// still to find their task, by row and task. A text recurs in every unit of a real plan, so that the
/// pairs of all rows would be as many as the square of the units.
pub fn any_unit(frames: &Frames, free: impl Iterator<Item = RowId>) -> Vec<(RowId, TaskId)> {
    #[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
    let mut rows: HashMap<&str, Vec<RowId>, RandomState> = HashMap::default();
    for row in free {
        rows.entry(&frames.row_keys[row]).or_default().push(row);
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let tasks = frames.task_keys.iter_enumerated();
    let own = tasks.filter_map(|(task, key)| Some((task, rows.get(key.as_str())?)));
    let mut pairs: Vec<(RowId, TaskId)> =
        own.flat_map(|(task, rows)| rows.iter().map(move |row| (*row, task))).collect();
    pairs.sort_unstable();
    pairs
}
