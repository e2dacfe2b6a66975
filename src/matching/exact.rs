//! Rows and tasks with the same text.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;
use polars::prelude::*;

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
        let place = *places.entry((item.unit, &frames.task_keys[task])).or_insert_with(|| {
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

const WANTED: [&str; 3] = ["id", "unit", "key"];

/// Returns the pairs of row and task with the same text, whatever their units, of the rows that
/// are marked as wanted. A text recurs in every unit of a real plan, so that the pairs of all rows
/// would be as many as the square of the units.
///
/// # Errors
/// Only when polars fails.
pub fn any_unit(
    rows: &DataFrame,
    wanted: impl Iterator<Item = bool>,
    tasks: &DataFrame,
) -> PolarsResult<Vec<(RowId, TaskId)>> {
    let wanted = BooleanChunked::from_iter_values("wanted".into(), wanted);
    let rows = rows.select(WANTED)?.filter(&wanted)?;
    let mut tasks = tasks.select(WANTED)?;
    tasks.rename("id", "task".into())?;
    let joined = rows.inner_join(&tasks, ["key"], ["key"])?;
    let row = joined.column("id")?.u32()?;
    let task = joined.column("task")?.u32()?;
    let mut pairs: Vec<(RowId, TaskId)> = row
        .into_no_null_iter()
        .zip(task.into_no_null_iter())
        .map(|(row, task)| (RowId::of_frame(row), TaskId::of_frame(task)))
        .collect();
    pairs.sort_unstable();
    Ok(pairs)
}
