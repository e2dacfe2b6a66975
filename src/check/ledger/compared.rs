//! Lines about the rows of tasks: whether each is listed, and each compared field.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::index::Index;
use super::{Held, Ledger, OfTask, Outcome, Reason, spot};
use crate::check::Context;
use crate::check::shared::{Shared, shared};
use crate::matching::{Fate, RowsOfTasks, Why, canonical};
use crate::model::{
    ColumnId, FileId, Finding, FindingId, IdSlice, IdVec, Kind, RowId, SheetId, Side, TaskId,
    UnitId, Value, fold,
};
use crate::normalise::frame::{Item, State, figure, number, shown_task};
use crate::pipeline::Compare;
use crate::roster::Standing;

/// How far the checks of a task get.
#[derive(Clone, Debug)]
pub enum Reach<'a> {
    /// Its submitted rows and why the first one is the task.
    Rows(&'a [RowId], Why),
    /// Why there is none, and the finding that says so.
    NotReached(Reason, Option<FindingId>),
}

/// Returns how far the checks of each task get, in the order of the plan.
pub fn reach<'a>(
    context: &Context<'_>,
    rows: &'a RowsOfTasks,
    index: &Index<'_>,
) -> IdVec<TaskId, Reach<'a>> {
    let doubtful: BTreeSet<TaskId> = context
        .matched
        .fates
        .values()
        .filter_map(|fate| match fate {
            Fate::Doubtful { tasks } => Some(tasks.iter().map(|(task, _)| *task)),
            _ => None,
        })
        .flatten()
        .collect();
    let missing = missing_by_task(context, index);
    let doubts = doubts(context, index);
    // Why nothing came of a unit is the same for all of its tasks.
    let mut of_units: BTreeMap<UnitId, Option<FindingId>> = BTreeMap::new();
    let tasks = context.plan.tasks.keys();
    tasks
        .map(|task| {
            let unit = context.plan.tasks[task].unit;
            let name = context.plan.names.name(unit);
            let mut not_sent = || {
                let said = of_units.entry(unit).or_insert_with(|| {
                    index.of_unit(name, |finding| {
                        let sent = [Kind::SubmissionMissing, Kind::SubmissionUnreadable];
                        finding.side == Side::Submission && sent.contains(&finding.kind())
                    })
                });
                *said
            };
            let (standing, files) = &context.roster.units[unit];
            if let Some(rows) = rows.get(task)
                && let Some(pair) = context.matched.pair_of(rows[0])
            {
                return Reach::Rows(rows, pair.why);
            }
            match standing {
                Standing::Missing => Reach::NotReached(Reason::NoSubmission, not_sent()),
                Standing::Waiting => {
                    Reach::NotReached(Reason::NoSubmission, index.first_not_sent())
                }
                Standing::Unreadable => Reach::NotReached(Reason::Unreadable, not_sent()),
                Standing::Zero => Reach::NotReached(Reason::Excused, None),
                _ if doubtful.contains(&task) => {
                    Reach::NotReached(Reason::DoubtfulPair, doubts.get(&task).copied())
                }
                _ if context.roster.unread.contains(&unit) => {
                    let about = |finding: &Finding| {
                        matches!(finding.kind(), Kind::TableMissing | Kind::ColumnMissing)
                    };
                    let said = of_units.entry(unit).or_insert_with(|| {
                        files.iter().find_map(|file| index.of_file(*file, about))
                    });
                    Reach::NotReached(Reason::NoColumn, *said)
                }
                _ => Reach::NotReached(Reason::NoRow, missing.get(&task).copied()),
            }
        })
        .collect()
}

/// The findings that say which tasks are missing, by unit, number and text.
fn missing_by_task(context: &Context<'_>, index: &Index<'_>) -> BTreeMap<TaskId, FindingId> {
    let key_of = |unit: &str, seq: Option<i64>, task: &str| (unit.to_owned(), seq, task.to_owned());
    let mut said: BTreeMap<(String, Option<i64>, String), Vec<FindingId>> = BTreeMap::new();
    // A unit's whole list is told at once.
    let mut of_units: BTreeMap<String, FindingId> = BTreeMap::new();
    for (place, finding) in index.findings.iter_enumerated().rev() {
        if finding.kind() == Kind::TaskMissing && finding.side == Side::Submission {
            let unit = finding.unit.as_deref().unwrap_or_default();
            let Some(task) = finding.task.as_deref() else {
                of_units.insert(unit.to_owned(), place);
                continue;
            };
            said.entry(key_of(unit, finding.seq, task)).or_default().push(place);
        }
    }
    let mut by_task = BTreeMap::new();
    for &task in &context.matched.missing {
        let item = &context.plan.tasks[task];
        let key = key_of(
            context.plan.names.name(item.unit),
            number(item.row, context.pipeline),
            &shown_task(item.row, context.pipeline),
        );
        let unit = context.plan.names.name(item.unit);
        let place = said.get_mut(&key).and_then(Vec::pop).or_else(|| of_units.get(unit).copied());
        if let Some(place) = place {
            by_task.insert(task, place);
        }
    }
    by_task
}

/// The findings that say that a task and others are about equally like a row, by task.
fn doubts(context: &Context<'_>, index: &Index<'_>) -> BTreeMap<TaskId, FindingId> {
    let mut doubts = BTreeMap::new();
    let Some(&key) = context.pipeline.roles.key.first() else { return doubts };
    for (row, fate) in &context.matched.fates {
        let Fate::Doubtful { tasks } = fate else { continue };
        let at = spot(&context.roster.items[*row], key);
        let said = at.and_then(|at| index.at_of(Side::Submission, at, &[Kind::PairDoubtful]));
        let Some(said) = said else { continue };
        for (task, _) in tasks {
            doubts.entry(*task).or_insert(said);
        }
    }
    doubts
}

/// Whether each task stands in its unit's list.
pub fn listed(context: &Context<'_>, reach: &IdSlice<TaskId, Reach<'_>>, ledger: &mut Ledger) {
    let key = context.pipeline.roles.key.first().copied();
    let of_task = |(task, reach): (TaskId, &Reach<'_>)| match reach {
        Reach::Rows(rows, _) => {
            let row = rows.first().copied();
            OfTask { row, ..OfTask::new(task, Outcome::Agrees) }
        }
        Reach::NotReached(Reason::NoRow, said) => OfTask::new(task, Outcome::Differs).by(*said),
        Reach::NotReached(reason, said) => {
            OfTask::new(task, Outcome::NotChecked(*reason)).by(*said)
        }
    };
    let lines = reach.iter_enumerated().map(of_task);
    ledger.add_of_tasks((Held::Listed, Side::Submission), key, lines);
}

/// Each compared field of each task.
pub fn fields(
    context: &Context<'_>,
    all_rows: &RowsOfTasks,
    reach: &IdSlice<TaskId, Reach<'_>>,
    index: &Index<'_>,
    ledger: &mut Ledger,
) -> PolarsResult<()> {
    for compare in &context.pipeline.check.compare {
        let field = compare.column;
        let tops = tops_of_merges(context, field);
        let apart: BTreeSet<TaskId> = context.figures.apart(field)?.into_iter().collect();
        let shared = shared(context, all_rows, field);
        let of_task: BTreeMap<TaskId, &Shared> =
            shared.iter().flat_map(|own| own.tasks.iter().map(move |task| (*task, own))).collect();
        let lines = reach.iter_enumerated().map(|(task, reach)| match reach {
            Reach::NotReached(reason, said) => {
                OfTask::new(task, Outcome::NotChecked(*reason)).by(*said)
            }
            Reach::Rows(rows, why) => {
                if let Some(shared) = of_task.get(&task) {
                    return together(context, index, compare, shared, task, rows);
                }
                let is_same = rows.len() == 1 && !apart.contains(&task);
                let one = One { context, index, compare, task, rows, why: *why, is_same };
                one.line(&tops)
            }
        });
        ledger.add_of_tasks((Held::Compare(field), Side::Submission), [field], lines);
    }
    Ok(())
}

/// The line of a task that shares the plan's figure with others.
fn together(
    context: &Context<'_>,
    index: &Index<'_>,
    compare: &Compare,
    shared: &Shared,
    task: TaskId,
    rows: &[RowId],
) -> OfTask {
    let said = shared.unreadable.iter().chain(&shared.rows).find_map(|row| {
        index.of_field(Side::Submission, &context.roster.items[*row], compare.column)
    });
    if !shared.unreadable.is_empty() {
        return OfTask::new(task, Outcome::NotChecked(Reason::Unreadable)).by(said);
    }
    let agrees = shared.difference().checked_abs().is_some_and(|own| own <= compare.tolerance);
    let outcome = if agrees { Outcome::Agrees } else { Outcome::Differs };
    let row = rows.first().copied();
    OfTask { row, ..OfTask::new(task, outcome) }.by(said)
}

/// By file, sheet and row: the row at the top of the merge that reaches to it or ends right here,
/// where one does.
type Tops = BTreeMap<(FileId, SheetId, u32), Option<RowId>>;

fn tops_of_merges(context: &Context<'_>, field: ColumnId) -> Tops {
    let items = &context.roster.items;
    let is_merged = |item: &&Item<'_>| {
        let entry = item.row.entries[field].as_ref();
        entry.is_some_and(|entry| entry.spans > 1 || entry.value == Value::Covered)
    };
    let sheets: BTreeSet<(FileId, SheetId)> =
        items.iter().filter(is_merged).map(|item| (item.file, item.sheet)).collect();
    let mut tops = Tops::new();
    if sheets.is_empty() {
        return tops;
    }
    // Of tables side by side, the last one has the row.
    let rows_at: BTreeMap<(FileId, SheetId, u32), RowId> = items
        .iter_enumerated()
        .filter(|(_, item)| sheets.contains(&(item.file, item.sheet)))
        .map(|(row, item)| ((item.file, item.sheet, item.row.row), row))
        .collect();
    for (&(file, sheet, at), &row) in &rows_at {
        let entry = context.roster.items[row].row.entries[field].as_ref();
        let top = entry.and_then(|entry| {
            if entry.value != Value::Covered {
                return (entry.spans > 1).then_some(row);
            }
            *tops.get(&(file, sheet, at.checked_sub(1)?))?
        });
        tops.insert((file, sheet, at), top);
    }
    tops
}

/// One compared field of one task that has rows.
struct One<'a> {
    context: &'a Context<'a>,
    index: &'a Index<'a>,
    compare: &'a Compare,
    task: TaskId,
    rows: &'a [RowId],
    why: Why,
    /// Whether it is one row, and the frame of figures knows its value to be the plan's.
    is_same: bool,
}

impl One<'_> {
    fn item(&self) -> &Item<'_> {
        &self.context.roster.items[self.rows[0]]
    }

    fn line(&self, tops: &Tops) -> OfTask {
        let (outcome, finding) = self.outcome(tops);
        let row = self.rows.first().copied();
        OfTask { row, finding, ..OfTask::new(self.task, outcome) }
    }

    /// The finding about the field's cell in any of the task's rows.
    fn said(&self) -> Option<FindingId> {
        let field = self.compare.column;
        let mut items = self.rows.iter().map(|row| &self.context.roster.items[*row]);
        items.find_map(|item| self.index.of_field(Side::Submission, item, field))
    }

    /// The note about the field's cell, as of a difference within the tolerance.
    fn noted(&self) -> Option<FindingId> {
        let at = spot(self.item(), self.compare.column)?;
        self.index.at_of(Side::Submission, at, &[Kind::ValueDiffers, Kind::ValueScaled])
    }

    fn outcome(&self, tops: &Tops) -> (Outcome, Option<FindingId>) {
        let (context, field) = (self.context, self.compare.column);
        let pipeline = context.pipeline;
        let item = self.item();
        let Some(entry) = &item.row.entries[field] else {
            if pipeline.columns[field].optional {
                return (Outcome::NotChecked(Reason::Excused), None);
            }
            return (Outcome::NotChecked(Reason::NoColumn), self.no_column());
        };
        let said = self.said();
        if matches!(entry.value, Value::Unreadable(_)) {
            return (Outcome::NotChecked(Reason::Unreadable), said);
        }
        if entry.value == Value::Covered {
            // Held as a part of the amount that is merged over the row.
            let above = item.row.row.checked_sub(1);
            let top = above.and_then(|above| *tops.get(&(item.file, item.sheet, above))?);
            let said = top.and_then(|row| {
                let item = &context.roster.items[row];
                self.index.of_field(Side::Submission, item, field)
            });
            return match (top, said) {
                (_, Some(said)) => (Outcome::Differs, Some(said)),
                (Some(_), None) => (Outcome::Agrees, None),
                (None, None) => (Outcome::NotChecked(Reason::Blank), None),
            };
        }
        if said.is_some() {
            return (Outcome::Differs, said);
        }
        let planned = &context.plan.tasks[self.task];
        let is_figure = pipeline.columns[field].kind.is_figure();
        let is_faulty =
            || spot(planned, field).and_then(|at| self.index.of_value(Side::Plan, at)).is_some();
        if self.is_same && (is_figure || !is_faulty()) {
            return (Outcome::Agrees, self.noted());
        }
        let agrees = if is_figure { self.figures_agree() } else { self.texts_agree() };
        match agrees {
            Some(true) => (Outcome::Agrees, self.noted()),
            Some(false) => (Outcome::Differs, None),
            None => {
                let at = spot(planned, field);
                let faulty = at.and_then(|at| self.index.of_value(Side::Plan, at));
                (Outcome::NotChecked(Reason::PlanFaulty), faulty)
            }
        }
    }

    /// Returns whether the figures are equal; none where the plan's own cell is faulty.
    fn figures_agree(&self) -> Option<bool> {
        let (context, field) = (self.context, self.compare.column);
        let kind = context.pipeline.columns[field].kind;
        let is_added = context.adds_up_rows(field);
        let is_zero_blank = kind.is_zero_where_blank();
        let planned = &context.plan.tasks[self.task];
        let (plan_state, planned_figure) = figure(planned.row, field);
        let mut found: Option<i64> = None;
        let mut state = State::Blank;
        for row in self.rows {
            let (own, one) = figure(context.roster.items[*row].row, field);
            let Some(one) = one else { continue };
            state = own;
            found = Some(match found {
                None => one,
                Some(sum) if is_added => sum.checked_add(one)?,
                // What is not added up: the one that is not the plan's counts.
                Some(before) if before == planned_figure.unwrap_or(before) => one,
                Some(before) => before,
            });
        }
        if matches!(state, State::Spanning | State::MonthOfYear) {
            // Held as a whole, or within the year of the plan: what differs has its finding.
            return Some(true);
        }
        match (found, plan_state) {
            (Some(found), State::Value) => {
                let difference = found.checked_sub(planned_figure.unwrap_or(0))?;
                Some(difference.checked_abs()? <= self.compare.tolerance)
            }
            (Some(found), State::Blank | State::NotApplicable) => Some(is_zero_blank && found == 0),
            (Some(_), _) => None,
            (None, State::Value) => Some(is_zero_blank && planned_figure == Some(0)),
            // A blank that the plan must not have is the plan's fault; nothing was held.
            (None, State::Blank | State::NotApplicable) => {
                let at = spot(planned, field);
                let faulty = at.and_then(|at| self.index.of_value(Side::Plan, at)).is_some();
                (!faulty).then_some(true)
            }
            (None, _) => None,
        }
    }

    /// Returns whether the texts mean the same; none where the plan's own cell is faulty.
    fn texts_agree(&self) -> Option<bool> {
        let (context, field) = (self.context, self.compare.column);
        let pipeline = context.pipeline;
        let is_key = pipeline.roles.key.contains(&field);
        if is_key && matches!(self.why, Why::SameText | Why::SameMeaning | Why::Decided { .. }) {
            return Some(true);
        }
        let folded = if is_key { fold::task_key } else { fold::said };
        let text = |item: &Item<'_>| {
            let entry = item.row.entries[field].as_ref();
            folded(entry.map_or("", |entry| entry.value.text().unwrap_or_default()))
        };
        let planned = &context.plan.tasks[self.task];
        let (found, expected) = (text(self.item()), text(planned));
        let absent = |key: &str| {
            key.is_empty()
                || pipeline.words.not_applicable.contains(&fold::plain(key).to_lowercase())
        };
        if absent(&expected) && absent(&found) {
            let at = spot(planned, field);
            let faulty = at.and_then(|at| self.index.of_value(Side::Plan, at)).is_some();
            return (!faulty).then_some(true);
        }
        let meant = |key: &str| canonical(key, pipeline);
        Some(found == expected || meant(&found) == meant(&expected))
    }

    fn no_column(&self) -> Option<FindingId> {
        column_missing(self.context, self.index, self.item().file, self.compare.column)
    }
}

/// The finding that says that a file lacks a column.
pub fn column_missing(
    context: &Context<'_>,
    index: &Index<'_>,
    file: FileId,
    field: ColumnId,
) -> Option<FindingId> {
    let name = context.pipeline.columns[field].name.as_str();
    let of = |kind: Kind| index.of_column(file, kind, name);
    of(Kind::ColumnMissing).or_else(|| of(Kind::ReportMissing))
}
