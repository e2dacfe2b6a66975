//! A figure that the plan has once for several tasks, merged over their rows, as the money of a household is over its
//! members: what the rows of these tasks report together is held against it, however they share it out.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::matching::RowsOfTasks;
use crate::model::{ColumnId, FileId, RowId, SheetId, TaskId, Value};
use crate::normalise::frame::{State, figure};

/// Tasks that share a figure of the plan, and what was reported for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The task in whose row the plan's figure stands.
    pub top: TaskId,
    /// All of them, in the order of the plan.
    pub tasks: Vec<TaskId>,
    pub planned: i64,
    /// The rows that have a figure; where none has, those that might.
    pub rows: Vec<RowId>,
    /// None where all rows are blank.
    pub found: Option<i64>,
    /// Rows whose cell cannot be read: nothing is held then.
    pub unreadable: Vec<RowId>,
}

impl Shared {
    /// Returns by how much more was reported than is planned.
    pub fn difference(&self) -> i64 {
        self.found.unwrap_or(0).saturating_sub(self.planned)
    }
}

/// Returns the figures of a column that tasks share, where what their rows have can be added up: what is merged there is
/// merged over rows of these tasks only.
pub fn shared(context: &Context<'_>, rows: &RowsOfTasks, field: ColumnId) -> Vec<Shared> {
    let items = &context.roster.items;
    let mut found: Vec<Shared> = Vec::new();
    for (top, members) in groups(context, field) {
        let Some(planned) = figure(context.plan.tasks[top].row, field).1 else { continue };
        let of_tasks: Vec<&[RowId]> = members.iter().filter_map(|task| rows.get(*task)).collect();
        let is_one = of_tasks.iter().all(|rows| rows.len() == 1);
        let own: Vec<RowId> = of_tasks.concat();
        if own.is_empty() || !is_one && !context.adds_up_rows(field) {
            continue;
        }
        let of = |row: &RowId| figure(items[*row].row, field);
        if own.iter().any(|row| of(row).0 == State::NoColumn)
            || !merged_within(&own, field, context)
        {
            continue;
        }
        let with_figure: Vec<RowId> =
            own.iter().filter(|row| of(row).1.is_some()).copied().collect();
        let figures = || with_figure.iter().filter_map(|row| of(row).1);
        // Where each row repeats the figure, it cannot be told whether it is that of the row.
        if with_figure.len() > 1 && figures().all(|own| own == planned) {
            continue;
        }
        let Some(sum) = figures().try_fold(0_i64, i64::checked_add) else { continue };
        found.push(Shared {
            top,
            tasks: members,
            planned,
            found: (!with_figure.is_empty()).then_some(sum),
            unreadable: own.iter().filter(|row| of(row).0 == State::Unreadable).copied().collect(),
            rows: if with_figure.is_empty() { own } else { with_figure },
        });
    }
    found
}

/// Returns whether what is merged over several of these rows is merged over no others.
fn merged_within(own: &[RowId], field: ColumnId, context: &Context<'_>) -> bool {
    let items = &context.roster.items;
    let at = |row: &RowId| (items[*row].file, items[*row].sheet, items[*row].row.row);
    let places: BTreeSet<(FileId, SheetId, u32)> = own.iter().map(at).collect();
    let mut below = BTreeSet::new();
    for row in own {
        let spans = items[*row].row.entries[field].as_ref().map_or(1, |entry| entry.spans);
        let (file, sheet, first) = at(row);
        below.extend((1..spans).map(|further| (file, sheet, first.saturating_add(further))));
    }
    let mut covered = own.iter().filter(|row| figure(items[**row].row, field).0 == State::Covered);
    below.is_subset(&places) && covered.all(|row| below.contains(&at(row)))
}

/// Returns the tasks over whose rows a figure of the plan is merged, by the task in whose row it stands.
fn groups(context: &Context<'_>, field: ColumnId) -> Vec<(TaskId, Vec<TaskId>)> {
    let tasks = &context.plan.tasks;
    let is_shared = |task: TaskId| {
        let entry = tasks[task].row.entries[field].as_ref();
        entry.is_some_and(|entry| entry.spans > 1 || entry.value == Value::Covered)
    };
    let own = tasks.keys().filter(|task| is_shared(*task));
    let at: BTreeMap<(FileId, SheetId, u32), TaskId> = own
        .map(|task| {
            let item = &tasks[task];
            ((item.file, item.sheet, item.row.row), task)
        })
        .collect();
    let mut groups: Vec<(TaskId, Vec<TaskId>)> = Vec::new();
    let mut below: Option<(FileId, SheetId, u32)> = None;
    for ((file, sheet, row), task) in at {
        let entry = tasks[task].row.entries[field].as_ref();
        let spans = entry.map_or(1, |entry| entry.spans);
        if spans > 1 {
            groups.push((task, vec![task]));
            below = Some((file, sheet, row.saturating_add(spans)));
        } else if let (Some((_, members)), Some(end)) = (groups.last_mut(), below)
            && (file, sheet) == (end.0, end.1)
            && row < end.2
        {
            members.push(task);
        }
    }
    // What units share is held against neither alone: each answers for its own rows.
    let is_one_units = |members: &[TaskId]| {
        members.windows(2).all(|pair| tasks[pair[0]].unit == tasks[pair[1]].unit)
    };
    groups.retain(|(_, members)| members.len() > 1 && is_one_units(members));
    groups
}
