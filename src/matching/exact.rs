//! Rows and tasks with the same text, by joins of frames.

use crate::model::{RowId, TaskId};
use polars::prelude::*;

/// Returns the pairs of row and task with the same unit and text, by row and task.
///
/// # Errors
/// Only when polars fails.
pub fn same_unit(rows: &DataFrame, tasks: &DataFrame) -> PolarsResult<Vec<(RowId, TaskId)>> {
    joined(rows, tasks, &["unit", "key"])
}

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
    joined(&rows.select(WANTED)?.filter(&wanted)?, tasks, &["key"])
}

const WANTED: [&str; 3] = ["id", "unit", "key"];

fn joined(rows: &DataFrame, tasks: &DataFrame, on: &[&str]) -> PolarsResult<Vec<(RowId, TaskId)>> {
    let rows = rows.select(WANTED)?;
    let mut tasks = tasks.select(WANTED)?;
    tasks.rename("id", "task".into())?;
    let joined = rows.inner_join(&tasks, on.iter().copied(), on.iter().copied())?;
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
