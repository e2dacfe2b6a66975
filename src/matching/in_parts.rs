//! Units that list each task of theirs in several rows, by village perhaps: the plan has the sums.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ColumnId, IdSlice, RowId, TaskId, UnitId};
use crate::normalise::frame::{Item, figure};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};

/// So many tasks at least are listed so.
const LEAST: usize = 2;

/// Returns the units that repeat tasks in rows whose amounts add up to the plan's: nearly all tasks that have several
/// rows, so that one wrong amount among them is no reason to take the rows for repeated ones.
pub fn units(
    repeated: &[(RowId, TaskId)],
    row_of_task: &IdSlice<TaskId, Option<RowId>>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> BTreeSet<UnitId> {
    let mut rows: BTreeMap<TaskId, Vec<RowId>> = BTreeMap::new();
    for (row, task) in repeated {
        rows.entry(*task).or_default().push(*row);
    }
    let amounts: Vec<ColumnId> = pipeline.amount_columns().collect();
    let amount = |item: &Item<'_>, field: ColumnId| figure(item.row, field).1;
    let adds_up = |task: TaskId, rows: &[RowId]| {
        let planned = |field: &ColumnId| amount(&plan.tasks[task], *field);
        let is_planned = |field: &&ColumnId| planned(field).is_some_and(|sum| sum != 0);
        let mut fields = amounts.iter().filter(is_planned).peekable();
        fields.peek().is_some()
            && fields.all(|field| {
                let all = rows.iter().copied().chain(row_of_task[task]);
                let mut own = all.map(|row| amount(&roster.items[row], *field).unwrap_or(0));
                own.try_fold(0_i64, i64::checked_add) == planned(field)
            })
    };
    let mut told: BTreeMap<UnitId, (usize, usize)> = BTreeMap::new();
    for (task, rows) in &rows {
        let (right, all) = told.entry(plan.tasks[*task].unit).or_default();
        *right += usize::from(adds_up(*task, rows));
        *all += 1;
    }
    let is_enough = |(right, all): (usize, usize)| right >= LEAST && right * 5 >= all * 4;
    told.into_iter().filter(|(_, told)| is_enough(*told)).map(|(unit, _)| unit).collect()
}
