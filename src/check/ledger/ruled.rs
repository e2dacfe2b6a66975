//! Lines about declared rules: over each row, each unit, and the whole.
//!
//! What came of them was recorded when they were held; here each place that is owed gets its line,
//! those that no row reached among them.

use std::collections::{BTreeMap, BTreeSet};

use super::compared::{Reach, column_missing};
use super::index::Index;
use super::{Apart, Held, Ledger, OfTask, Outcome, Reason};
use crate::check::Context;
use crate::check::equation::{Evaluated, columns};
use crate::check::records::{self, Records};
use crate::check::rule::{names_reported, silent_units};
use crate::model::{ColumnId, FindingId, IdSlice, IdVec, RowId, RuleId, Side, TaskId, UnitId};
use crate::normalise::frame::{Item, State, figure};
use crate::pipeline::{Force, Over, Rule};
use crate::roster::Standing;

/// All declared rules at each place where they apply.
pub fn rules(
    context: &Context<'_>,
    records: Vec<Records>,
    reach: &IdSlice<TaskId, Reach<'_>>,
    index: &Index<'_>,
    ledger: &mut Ledger,
) {
    let mut of_rules: BTreeMap<RuleId, Records> =
        records.into_iter().map(|records| (records.rule, records)).collect();
    let with_rows: BTreeSet<UnitId> =
        context.matched.pairs.iter().map(|pair| context.roster.items[pair.row].unit).collect();
    for (place, rule) in context.pipeline.check.rules.iter_enumerated() {
        // They are let go of as soon as there are lines for them.
        let records = of_rules.remove(&place).unwrap_or_else(|| Records::of(place));
        let columns = columns(rule, context.pipeline);
        let held = Held::Rule(place);
        let ruled = Ruled { context, index, rule, held, columns, with_rows: &with_rows };
        match (rule.force(context.period), rule.over) {
            (Force::NotInForce, _) => ruled.not_held(Reason::NotInForce, ledger),
            (Force::NotKnown, _) => ruled.not_held(Reason::NoPeriod, ledger),
            (Force::InForce, Over::Row) => ruled.over_rows(&records, reach, ledger),
            (Force::InForce, _) => {
                ledger.add(records.over_sums.iter().map(|record| ruled.over_sums(record)));
            }
        }
    }
}

struct Ruled<'a> {
    context: &'a Context<'a>,
    index: &'a Index<'a>,
    rule: &'a Rule,
    held: Held,
    /// The columns that the rule reads.
    columns: Vec<ColumnId>,
    with_rows: &'a BTreeSet<UnitId>,
}

impl Ruled<'_> {
    /// The lines of a rule that is not held in this period, at every place where it would be.
    fn not_held(&self, reason: Reason, ledger: &mut Ledger) {
        let context = self.context;
        let outcome = Outcome::NotChecked(reason);
        let of_plan = !names_reported(self.rule, context.pipeline);
        let sides = [Side::Plan, Side::Submission].into_iter();
        let sides = sides.filter(|side| of_plan || *side == Side::Submission);
        let units: Vec<Option<UnitId>> = match self.rule.over {
            Over::Row => {
                for side in sides {
                    let tasks = context.plan.tasks.keys();
                    let lines = tasks.map(|task| OfTask::new(task, outcome));
                    ledger.add_of_tasks((self.held, side), [], lines);
                }
                return;
            }
            Over::Unit => context.plan.held_units().into_iter().map(Some).collect(),
            Over::Whole => vec![None],
        };
        let places = sides.flat_map(|side| units.iter().map(move |unit| (side, *unit)));
        ledger.add(places.map(|(side, unit)| self.over(side, unit, outcome)));
    }

    fn over(&self, side: Side, unit: Option<UnitId>, outcome: Outcome) -> Apart {
        Apart {
            held: self.held,
            side,
            unit: unit.filter(|_| side == Side::Submission),
            field: None,
            figures: None,
            outcome,
            uses: Box::default(),
            at: None,
            finding: None,
        }
    }

    fn over_rows(
        &self,
        records: &Records,
        reach: &IdSlice<TaskId, Reach<'_>>,
        ledger: &mut Ledger,
    ) {
        let context = self.context;
        let all = || (0..records.of_tasks()).map(|at| records.of_task(at));
        let of_plan = all().filter(|record| record.side == Side::Plan).map(|record| {
            let said = self.said(&record, &context.plan.tasks[record.task]);
            OfTask { figures: record.figures, ..OfTask::new(record.task, record.outcome).by(said) }
        });
        let columns = || self.columns.iter().copied();
        ledger.add_of_tasks((self.held, Side::Plan), columns(), of_plan);
        let mut by_row: IdVec<RowId, Option<u32>> = vec![None; context.roster.items.len()].into();
        for (at, record) in (0..).zip(all()) {
            if let (Side::Submission, Some(row)) = (record.side, record.row) {
                by_row[row] = Some(at);
            }
        }
        let lines = reach.iter_enumerated().filter_map(|(task, reach)| {
            let rows = match reach {
                Reach::NotReached(reason, said) => {
                    return Some(OfTask::new(task, Outcome::NotChecked(*reason)).by(*said));
                }
                Reach::Rows(rows, _) => rows,
            };
            // The worst of what comes of the rows of a task.
            let own = rows.iter().filter_map(|row| by_row[*row]);
            let own = own.map(|at| records.of_task(at as usize));
            let record = own.max_by_key(|record| record.outcome)?;
            let first = record.row.map(|row| &context.roster.items[row]);
            let said = first.and_then(|item| self.said(&record, item));
            let line = OfTask::new(task, record.outcome).by(said);
            Some(OfTask { row: record.row, figures: record.figures, ..line })
        });
        ledger.add_of_tasks((self.held, Side::Submission), columns(), lines);
    }

    /// The finding that says a record, or why it could not be made.
    fn said(&self, record: &records::OfTask<'_>, item: &Item<'_>) -> Option<FindingId> {
        if record.finding.is_some() || record.outcome == Outcome::Agrees {
            return record.finding;
        }
        if record.outcome == Outcome::NotChecked(Reason::NoColumn)
            && record.side == Side::Submission
        {
            let lacking = self.columns.iter().copied().find(|column| {
                figure(item.row, *column).0 == State::NoColumn
                    && !self.context.pipeline.columns[*column].optional
            });
            return lacking
                .and_then(|column| column_missing(self.context, self.index, item.file, column));
        }
        let of_value = record.cells.iter().find_map(|cell| self.index.of_value(record.side, *cell));
        let mut any = record.cells.iter().flat_map(|cell| self.index.at(record.side, *cell));
        of_value.or_else(|| any.next().copied())
    }

    fn over_sums(&self, record: &Evaluated) -> Apart {
        let mut line = self.over(record.side, record.unit, record.outcome);
        line.figures = record.figures;
        line.at = record.cells.first().copied();
        line.finding = match record.outcome {
            Outcome::NotChecked(Reason::NoSubmission) => self.silence(record.unit),
            Outcome::NotChecked(Reason::NoRow) => record.unit.and_then(|unit| {
                let name = self.context.plan.names.name(unit);
                self.index.serious(name)
            }),
            Outcome::NotChecked(Reason::NoColumn) => self.lacking_column(record.unit),
            _ => record.finding.or_else(|| {
                let mut cells = record.cells.iter();
                cells.find_map(|cell| self.index.at(record.side, *cell).first().copied())
            }),
        };
        line
    }

    /// The finding about a file of a unit, or of any, that lacks a column of the rule.
    fn lacking_column(&self, unit: Option<UnitId>) -> Option<FindingId> {
        let context = self.context;
        let rows = context.matched.pairs.iter().map(|pair| &context.roster.items[pair.row]);
        let own = rows.filter(|item| unit.is_none_or(|unit| item.unit == unit));
        let mut lacking = own.flat_map(|item| {
            let columns = self.columns.iter().filter(|column| {
                figure(item.row, **column).0 == State::NoColumn
                    && !context.pipeline.columns[**column].optional
            });
            columns.map(|column| (item.file, *column))
        });
        lacking.find_map(|(file, column)| column_missing(context, self.index, file, column))
    }

    /// The finding about a unit of which nothing was submitted.
    fn silence(&self, unit: Option<UnitId>) -> Option<FindingId> {
        let context = self.context;
        silent_units(unit, self.with_rows, context)
            .into_iter()
            .filter(|unit| context.roster.units[*unit].0 != Standing::Zero)
            .find_map(|unit| {
                let name = context.plan.names.name(unit);
                self.index.serious(name)
            })
    }
}
