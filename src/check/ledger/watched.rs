//! Lines about what units owe over time: their standing, deadlines, and sums that may not fall.

use super::compared::{Reach, column_missing};
use super::index::Index;
use super::{Apart, Figures, Held, Ledger, OfTask, Outcome, Reason, spot};
use crate::check::Context;
use crate::check::progress::reported;
use crate::model::fact::NOT_FILLED_IN;
use crate::model::{ColumnId, FindingId, IdSlice, Kind, RowId, Side, TaskId};
use crate::normalise::TableRow;
use crate::normalise::frame::{State, figure};
use crate::roster::Standing;

/// Whether each unit has sent what it must.
pub fn standings(context: &Context<'_>, index: &Index<'_>) -> Vec<Apart> {
    const KINDS: [Kind; 3] =
        [Kind::SubmissionMissing, Kind::SubmissionUnreadable, Kind::SubmissionDuplicate];
    let units = context.roster.units.iter_enumerated();
    units
        .map(|(unit, (standing, _))| {
            let name = context.plan.names.name(unit);
            let said = index.of_unit(name, |finding| {
                finding.side == Side::Submission
                    && (KINDS.contains(&finding.kind()) || finding.fact == NOT_FILLED_IN)
            });
            let outcome = match standing {
                Standing::Submitted | Standing::Zero => Outcome::Agrees,
                Standing::Waiting => Outcome::NotChecked(Reason::NoSubmission),
                _ => Outcome::Differs,
            };
            let said = if *standing == Standing::Waiting { index.first_not_sent() } else { said };
            Apart {
                held: Held::Standing,
                side: Side::Submission,
                unit: Some(unit),
                field: None,
                figures: None,
                outcome,
                uses: Box::default(),
                at: None,
                finding: said.filter(|_| outcome != Outcome::Agrees),
            }
        })
        .collect()
}

/// Each deadline that has passed.
pub fn deadlines(
    context: &Context<'_>,
    reach: &IdSlice<TaskId, Reach<'_>>,
    index: &Index<'_>,
    ledger: &mut Ledger,
) {
    const WHOLE: i64 = 10_000;
    let Some((deadline, progress)) = context.pipeline.check.overdue else { return };
    let lines = reach.iter_enumerated().filter_map(|(task, reach)| {
        let planned = figure(context.plan.tasks[task].row, deadline);
        let (State::Value, Some(due)) = planned else { return None };
        let Some(period) = context.period else {
            return Some(OfTask::new(task, Outcome::NotChecked(Reason::NoPeriod)));
        };
        if due > i64::from(period.ordinal()) {
            return None;
        }
        let rows = match reach {
            Reach::Rows(rows, _) => rows,
            Reach::NotReached(reason, said) => {
                return Some(OfTask::new(task, Outcome::NotChecked(*reason)).by(*said));
            }
        };
        let item = &context.roster.items[rows[0]];
        let at = spot(item, progress);
        let said = at.and_then(|at| index.at(Side::Submission, at).first().copied());
        let (outcome, said) = match figure(item.row, progress) {
            (State::Value, Some(found)) if found >= WHOLE => (Outcome::Agrees, None),
            (State::Value, Some(_)) => {
                let late = at.and_then(|at| index.at_of(Side::Submission, at, &[Kind::Overdue]));
                (Outcome::Differs, late)
            }
            (State::NoColumn, _) => (
                Outcome::NotChecked(Reason::NoColumn),
                column_missing(context, index, item.file, progress),
            ),
            (State::Unreadable, _) => (Outcome::NotChecked(Reason::Unreadable), said),
            _ => (Outcome::NotChecked(Reason::Blank), said),
        };
        Some(OfTask { row: Some(rows[0]), ..OfTask::new(task, outcome).by(said) })
    });
    ledger.add_of_tasks((Held::Overdue, Side::Submission), [progress], lines);
}

/// Each cumulative figure against the earlier period's.
pub fn cumulative(
    context: &Context<'_>,
    reach: &IdSlice<TaskId, Reach<'_>>,
    index: &Index<'_>,
    ledger: &mut Ledger,
) {
    for &field in &context.pipeline.check.cumulative {
        let name = context.pipeline.columns[field].name.as_str();
        let lines = reach.iter_enumerated().map(|(task, reach)| {
            let planned = &context.plan.tasks[task];
            let key = &context.frames.task_keys[task];
            let unit = context.plan.names.name(planned.unit);
            let known = context.earlier.figures.get(unit, key, name);
            let Some(before) = known.map(|known| known.figure) else {
                return OfTask::new(task, Outcome::NotChecked(Reason::NoEarlierRun));
            };
            let rows = match reach {
                Reach::Rows(rows, _) => rows,
                Reach::NotReached(reason, said) => {
                    return OfTask::new(task, Outcome::NotChecked(*reason)).by(*said);
                }
            };
            let (now, outcome, said) = fallen(context, index, field, rows, before);
            let figures = now.map(|now| Figures { expected: before, found: now, dimension: None });
            OfTask { row: Some(rows[0]), figures, ..OfTask::new(task, outcome).by(said) }
        });
        ledger.add_of_tasks((Held::Decreased(field), Side::Submission), [field], lines);
    }
}

/// What the rows of a task report of a cumulative figure, and whether that is less than before.
fn fallen(
    context: &Context<'_>,
    index: &Index<'_>,
    field: ColumnId,
    rows: &[RowId],
    before: i64,
) -> (Option<i64>, Outcome, Option<FindingId>) {
    let item = &context.roster.items[rows[0]];
    let at = spot(item, field);
    let table_rows: Vec<&TableRow> =
        rows.iter().map(|row| context.roster.items[*row].row).collect();
    let now = reported(&table_rows, field, context.pipeline);
    let (outcome, said) = match now {
        Some(now) if now >= before => (Outcome::Agrees, None),
        Some(_) => {
            let fell = at.and_then(|at| index.at_of(Side::Submission, at, &[Kind::Decreased]));
            (Outcome::Differs, fell)
        }
        None => match figure(item.row, field).0 {
            State::NoColumn => (
                Outcome::NotChecked(Reason::NoColumn),
                column_missing(context, index, item.file, field),
            ),
            // Percentages of several rows say nothing about the whole.
            State::Value if rows.len() > 1 => (Outcome::NotChecked(Reason::Excused), None),
            state => {
                let reason =
                    if state == State::Unreadable { Reason::Unreadable } else { Reason::Blank };
                let said = at.and_then(|at| index.at(Side::Submission, at).first().copied());
                (Outcome::NotChecked(reason), said)
            }
        },
    };
    (now, outcome, said)
}
