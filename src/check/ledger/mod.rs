//! The ledger: one line for each check that was owed, with what came of it.
//!
//! A *line* is one rule at one place: a field of a task, a rule over a row, a unit or the whole, a
//! printed total, an equation of a sentence, a unit's standing. It is no finding: it says of every
//! check whether it was made, and of those that agree that they do. What is owed follows from the
//! plan and the pipeline file alone ([`owed`]) and is counted there a second time, so that a check
//! that was forgotten shows in the books.
//!
//! Findings stand beside the ledger: every line that differs, and every line that could not be
//! checked, names the finding that says so.

mod kept;
mod blank;
mod compared;
mod demanded;
mod index;
pub mod owed;
mod ruled;
mod said;
mod watched;

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

pub use super::outcome::{Figures, Outcome, Reason, Spot};
use super::records::Records;
use super::{AlreadySaid, Context};
use crate::model::{ColumnId, Fact, Finding, FindingId, IdSlice, RuleId, StatementId, UnitId};
use crate::pipeline::Pipeline;
use index::Index;
pub use kept::{About, Apart, Ledger, Line, OfTask, spot};

/// What is held against what; with the place of the column, rule or statement in the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// Whether the unit has sent what it must.
    Standing,
    /// Whether the task stands in the unit's list.
    Listed,
    Compare(ColumnId),
    Rule(RuleId),
    Total(ColumnId),
    Statement(StatementId),
    /// Whether what the unit must report is there.
    Report(ColumnId),
    Overdue,
    Decreased(ColumnId),
}

impl Held {
    /// Returns the name that other programs know it by, such as `compare:funds`.
    pub fn name(self, pipeline: &Pipeline) -> String {
        let column = |field: ColumnId| pipeline.columns[field].name.as_str();
        match self {
            Held::Standing => "standing".to_owned(),
            Held::Listed => "listed".to_owned(),
            Held::Compare(field) => format!("compare:{}", column(field)),
            Held::Rule(rule) => format!("rule:{}", pipeline.check.rules[rule].name),
            Held::Total(field) => format!("total:{}", column(field)),
            Held::Statement(statement) => {
                format!("statement:{}", pipeline.check.statements[statement].name())
            }
            Held::Report(field) => format!("report:{}", column(field)),
            Held::Overdue => "overdue".to_owned(),
            Held::Decreased(field) => format!("decreased:{}", column(field)),
        }
    }
}

/// Makes the ledger: a line for each check that is owed.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn ledger(
    context: &Context<'_>,
    findings: &IdSlice<FindingId, Finding>,
    records: Vec<Records>,
) -> PolarsResult<Ledger> {
    let index = Index::new(context, findings);
    let mut said = AlreadySaid::new(context);
    said.note(&findings.raw);
    let rows = context.matched.rows_of_tasks();
    let reach = compared::reach(context, &rows, &index);
    let mut ledger = Ledger::about(context.plan);
    ledger.add(watched::standings(context, &index));
    compared::listed(context, &reach, &mut ledger);
    compared::fields(context, &rows, &reach, &index, &mut ledger)?;
    ruled::rules(context, records, &reach, &index, &mut ledger);
    ledger.add(said::totals(context, &index));
    ledger.add(said::statements(context, &said, &index)?);
    demanded::reports(context, &reach, &index, &mut ledger)?;
    watched::deadlines(context, &reach, &index, &mut ledger);
    watched::cumulative(context, &reach, &index, &mut ledger);
    blank::nothing_was_held(&mut ledger, context, &index);
    Ok(ledger)
}

/// Raises a finding for each unit and rule of which checks could not be made and nothing else says
/// why, and names it in their lines.
pub fn unchecked(ledger: &mut Ledger, context: &Context<'_>, already: usize) -> Vec<Finding> {
    let mut raised: Vec<Finding> = Vec::new();
    let mut known: BTreeMap<(Held, Option<UnitId>, Reason), usize> = BTreeMap::new();
    let is_open = |outcome| matches!(outcome, Outcome::NotChecked(reason) if !reason.is_excuse());
    ledger.revise(is_open, |line| {
        let kept = (line.outcome, line.finding);
        let Outcome::NotChecked(reason) = line.outcome else { return kept };
        if line.finding.is_some() {
            return kept;
        }
        let place = *known.entry((line.held, line.unit, reason)).or_insert_with(|| {
            let fact = Fact::Unchecked {
                rule: line.held.name(context.pipeline),
                reason: reason.name().to_owned(),
                checks: 0,
            };
            let mut finding = Finding::new(fact, line.side);
            finding.unit = line.unit.map(|unit| context.plan.names.name(unit).to_owned());
            finding.field = line.field.map(|field| context.pipeline.columns[field].name.clone());
            raised.push(finding);
            raised.len() - 1
        });
        if let Fact::Unchecked { checks, .. } = &mut raised[place].fact {
            *checks += 1;
        }
        (line.outcome, Some((already + place).into()))
    });
    raised
}

/// The checks of one rule and unit, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub owed: usize,
    pub agrees: usize,
    pub differs: usize,
    pub not_checked: usize,
    pub reasons: BTreeMap<Reason, usize>,
}

impl Count {
    /// Counts one more check.
    pub fn add(&mut self, outcome: Outcome) {
        self.owed += 1;
        match outcome {
            Outcome::Agrees => self.agrees += 1,
            Outcome::Differs => self.differs += 1,
            Outcome::NotChecked(reason) => {
                self.not_checked += 1;
                *self.reasons.entry(reason).or_default() += 1;
            }
        }
    }

    /// Counts others that were counted apart.
    pub fn add_all(&mut self, other: Count) {
        self.owed += other.owed;
        self.agrees += other.agrees;
        self.differs += other.differs;
        self.not_checked += other.not_checked;
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }
}
