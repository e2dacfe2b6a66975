//! The sums that a plan prints, as a trial of the draft found them: how many are those of the rows, and which columns
//! seem to be no sums.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::check::ledger::Held;
use crate::check::outcome::Outcome;
use crate::model::words;
use crate::model::{ColumnId, Side};
use crate::pipeline::Pipeline;
use crate::reconcile::Reconciliation;

/// How many sums that the plan prints agree with their rows, and how many do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    pub right: usize,
    pub wrong: usize,
}

pub fn printed_sums(reconciled: &Reconciliation<'_>) -> Sums {
    let of_plan = || {
        let lines = reconciled.ledger.iter().filter(|line| line.side == Side::Plan);
        lines.filter(|line| matches!(line.held, Held::Total(_)))
    };
    let right = of_plan().filter(|line| line.outcome == Outcome::Agrees).count();
    Sums { right, wrong: of_plan().count() - right }
}

/// Says of which columns no printed sum is that of the rows, where others are.
pub fn said_of_columns(text: &mut String, reconciled: &Reconciliation<'_>, pipeline: &Pipeline) {
    let never = never_held(reconciled);
    if !never.is_empty() {
        let never: Vec<String> = never
            .into_iter()
            .map(|field| {
                let title = pipeline.field_title(&pipeline.columns[field].name);
                format!("“{}”", words::one_line(&title))
            })
            .collect();
        let _ = writeln!(
            text,
            "# 请定：{}印出的合计没有一处等于各行之和，别的列有；这样的列若不是相加的，在它的 [[normalise.column]] 里写 summed = false。",
            never.join("、")
        );
    }
}

/// Returns the columns of which the plan prints sums that are none of its rows'.
fn never_held(reconciled: &Reconciliation<'_>) -> Vec<ColumnId> {
    let mut held: BTreeMap<ColumnId, bool> = BTreeMap::new();
    for line in reconciled.ledger.iter().filter(|line| line.side == Side::Plan) {
        if let Held::Total(field) = line.held {
            let agrees = line.outcome == Outcome::Agrees;
            let differs = line.outcome == Outcome::Differs;
            if agrees || differs {
                *held.entry(field).or_default() |= agrees;
            }
        }
    }
    held.into_iter().filter(|(_, agrees)| !agrees).map(|(field, _)| field).collect()
}
