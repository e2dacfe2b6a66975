//! What the plan has for the rows that a total on a sheet adds up: their tasks' figures, and what it prints itself as
//! a total of them, where that is wrong. A sheet that repeats it is not to blame for it.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::model::{CellAt, ColumnId, FileId, SheetId, TaskId, UnitId};
use crate::normalise::frame::{Item, figure};

/// A total of the plan that is not what its tasks add up to.
#[derive(Clone, Debug)]
pub(super) struct PrintedWrong {
    pub field: ColumnId,
    pub over: BTreeSet<TaskId>,
    /// None where it cannot be read.
    pub figure: Option<i64>,
    pub at: (SheetId, CellAt),
}

/// What belongs to whom, for the share of the plan that a total's rows have.
pub(super) struct Shares {
    rows_of_unit: BTreeMap<UnitId, usize>,
    /// By file, sheet and row.
    task_of_row: BTreeMap<(FileId, SheetId, usize, u32), TaskId>,
    /// By column and tasks.
    wrong: BTreeMap<(ColumnId, BTreeSet<TaskId>), Vec<PrintedWrong>>,
}

impl Shares {
    pub fn new(context: &Context<'_>, wrong_in_plan: Vec<PrintedWrong>) -> Self {
        let mut rows_of_unit: BTreeMap<UnitId, usize> = BTreeMap::new();
        for item in &context.roster.items {
            *rows_of_unit.entry(item.unit).or_default() += 1;
        }
        let task_of_row = context
            .matched
            .pairs
            .iter()
            .map(|pair| (place_of(&context.roster.items[pair.row]), pair.task))
            .collect();
        let mut wrong: BTreeMap<_, Vec<PrintedWrong>> = BTreeMap::new();
        for total in wrong_in_plan {
            wrong.entry((total.field, total.over.clone())).or_default().push(total);
        }
        Self { rows_of_unit, task_of_row, wrong }
    }

    /// What the plan has for the rows of a total: all of the unit's tasks where all of the unit's
    /// rows are among them, else the tasks of these rows.
    pub fn planned(
        &self,
        rows: &[&Item<'_>],
        unit: UnitId,
        of_unit: i64,
        field: ColumnId,
        context: &Context<'_>,
    ) -> Option<i64> {
        if rows.len() >= self.rows_of_unit.get(&unit).copied().unwrap_or(0) {
            return Some(of_unit);
        }
        let tasks: BTreeSet<TaskId> =
            rows.iter().filter_map(|item| self.task_of_row.get(&place_of(item)).copied()).collect();
        tasks.into_iter().try_fold(0_i64, |sum, task| {
            let planned = figure(context.plan.tasks[task].row, field).1;
            sum.checked_add(planned.unwrap_or(0))
        })
    }

    /// Returns where the plan prints the same figure, or one that cannot be read either, over the tasks of all these
    /// rows, and is wrong.
    pub fn repeats(
        &self,
        rows: &[&Item<'_>],
        field: ColumnId,
        figure: Option<i64>,
    ) -> Option<(SheetId, CellAt)> {
        if self.wrong.is_empty() {
            return None;
        }
        let tasks = rows.iter().map(|item| self.task_of_row.get(&place_of(item)).copied());
        let over = tasks.collect::<Option<BTreeSet<TaskId>>>()?;
        let printed = self.wrong.get(&(field, over))?;
        printed.iter().find(|printed| printed.figure == figure).map(|printed| printed.at)
    }
}

pub(super) fn place_of(item: &Item<'_>) -> (FileId, SheetId, usize, u32) {
    (item.file, item.sheet, item.row.table, item.row.row)
}
