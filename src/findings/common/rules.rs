//! A rule that nearly all rows break has one cause, be it the rule's own: it is said once, with all cells and
//! one row as an example.

use std::collections::BTreeMap;

use super::content;
use super::grid::LEAST;
use crate::check::Context;
use crate::check::outcome::Outcome;
use crate::check::records::Records;
use crate::check::unread_columns::put_together;
use crate::model::fact::{Broken, Together};
use crate::model::{Fact, FileId, Finding, FindingId, MoneyUnit, SheetId, Side, UnitId};

/// Rows that a rule is held to together: those of a unit's sheet, or of the plan's.
type Rows = (Side, Option<UnitId>, FileId, SheetId);

/// Puts such findings together, and returns which are gone, and where to.
pub fn join(
    findings: &mut [Option<Finding>],
    records: &[Records],
    has_been_answered: impl Fn(&Finding) -> bool,
    context: &Context<'_>,
) -> Vec<(usize, usize)> {
    let mut gone = Vec::new();
    for own in records.iter().filter(|own| own.told() >= LEAST) {
        for rows in by_rows(own, context).into_values() {
            let agreeing = rows.agreeing();
            let mut places: Vec<usize> = rows.told.into_iter().map(usize::from).collect();
            places.sort_unstable();
            places.dedup();
            let of = places.len() + agreeing;
            places.retain(|place| {
                let finding = findings[*place].as_ref();
                finding.is_some_and(|own| own.task.is_some() && !has_been_answered(own))
            });
            if places.len() < LEAST || places.len() * 5 < of * 4 {
                continue;
            }
            let money = context.pipeline.money;
            gone.extend(put_together(findings, &places, |taken| whole(taken, money)));
        }
    }
    gone
}

/// What came of a rule in rows that belong together.
#[derive(Default)]
struct OfRows {
    told: Vec<FindingId>,
    /// Whether what is told is one figure held against another.
    is_of_figures: bool,
    /// Rows that agree, by whether figures were held against each other; in those whose condition is not
    /// met none are.
    held: usize,
    others: usize,
}

impl OfRows {
    fn agreeing(&self) -> usize {
        if self.is_of_figures { self.held } else { self.held + self.others }
    }
}

/// What came of a rule, by what belongs together.
fn by_rows(own: &Records, context: &Context<'_>) -> BTreeMap<Rows, OfRows> {
    let mut rows: BTreeMap<Rows, OfRows> = BTreeMap::new();
    for at in 0..own.of_tasks() {
        let record = own.of_task(at);
        let planned = &context.plan.tasks[record.task];
        let place = match (record.side, record.row) {
            (Side::Plan, _) => (Side::Plan, None, planned.file, planned.sheet),
            (Side::Submission, Some(row)) => {
                let item = &context.roster.items[row];
                (Side::Submission, Some(planned.unit), item.file, item.sheet)
            }
            (Side::Submission, None) => continue,
        };
        let own = rows.entry(place).or_default();
        match (record.outcome, record.finding) {
            (Outcome::Differs, Some(finding)) => {
                own.told.push(finding);
                own.is_of_figures |= record.figures.is_some();
            }
            (Outcome::Agrees, _) if record.figures.is_some() => own.held += 1,
            (Outcome::Agrees, _) => own.others += 1,
            _ => {}
        }
    }
    rows
}

fn whole(findings: Vec<Finding>, money: MoneyUnit) -> Option<Finding> {
    let content = content::of(&findings, money);
    let rows = findings.len();
    let cells = findings.iter().flat_map(|finding| finding.cells.iter().copied()).collect();
    let first = findings.first()?;
    let unit = first.unit.clone().filter(|_| findings.iter().all(|own| own.unit == first.unit));
    let first = findings.into_iter().next()?;
    let together = Together {
        rows,
        seq: first.seq,
        task: first.task.clone(),
        expected: first.expected.clone(),
        found: first.found.clone(),
        difference: first.difference,
    };
    let fact = first.fact.broken().cloned().map(|broken| {
        Fact::of_rule(first.kind(), Broken { together: Some(Box::new(together)), ..broken })
    });
    Some(Finding {
        fact: fact?,
        unit,
        seq: None,
        task: None,
        expected: None,
        found: None,
        difference: None,
        typed: None,
        cause: Vec::new(),
        cells,
        plan_cell: None,
        content: Some(content),
        ..first
    })
}
