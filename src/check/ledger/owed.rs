//! What is owed, counted from the plan and the pipeline file alone.
//!
//! It is worked out apart from the ledger and never sees a submission, so that it cannot forget
//! what a submission lacks. Printed totals and the equations of sentences are not counted here:
//! what a sheet prints is the sheet's own.

use std::collections::BTreeMap;

use super::Held;
use crate::check::rule::names_reported;
use crate::model::{ColumnId, Month, UnitId};
use crate::normalise::frame::{State, figure};
use crate::pipeline::{Over, Pipeline, When};
use crate::roster::Plan;

/// How many checks each rule owes to each unit; unit none for the plan's own side and the whole.
pub type Owed = BTreeMap<(Held, Option<UnitId>), usize>;

/// Counts what is owed.
pub fn owed(plan: &Plan<'_>, period: Option<Month>, pipeline: &Pipeline) -> Owed {
    let mut owed = Owed::new();
    let mut tasks_of: BTreeMap<UnitId, usize> = BTreeMap::new();
    for item in &plan.tasks {
        *tasks_of.entry(item.unit).or_default() += 1;
    }
    for unit in plan.names.units.keys() {
        owed.insert((Held::Standing, Some(unit)), 1);
    }
    let mut each_task = |held: Held| {
        for (unit, tasks) in &tasks_of {
            owed.insert((held, Some(*unit)), *tasks);
        }
    };
    each_task(Held::Listed);
    for compare in &pipeline.check.compare {
        each_task(Held::Compare(compare.column));
    }
    for field in &pipeline.check.cumulative {
        each_task(Held::Decreased(*field));
    }
    for demand in &pipeline.check.demands {
        if !matches!(demand.when, When::Due(_)) {
            each_task(Held::Report(demand.column));
        }
    }
    for (place, rule) in pipeline.check.rules.iter_enumerated() {
        if rule.over == Over::Row {
            each_task(Held::Rule(place));
        }
    }
    for (place, rule) in pipeline.check.rules.iter_enumerated() {
        let held = Held::Rule(place);
        let reported = names_reported(rule, pipeline);
        let of_plan = match rule.over {
            Over::Row => plan.tasks.len(),
            Over::Unit => plan.held_units().len(),
            Over::Whole => 1,
        };
        let on_whole = usize::from(rule.over == Over::Whole);
        let without_unit = on_whole + if reported { 0 } else { of_plan };
        if without_unit > 0 {
            owed.insert((held, None), without_unit);
        }
        if rule.over == Over::Unit {
            for unit in plan.held_units() {
                owed.insert((held, Some(unit)), 1);
            }
        }
    }
    let mut once_due = |held: Held, deadline: ColumnId| {
        for item in &plan.tasks {
            let (State::Value, Some(due)) = figure(item.row, deadline) else { continue };
            if period.is_none_or(|period| due <= i64::from(period.ordinal())) {
                *owed.entry((held, Some(item.unit))).or_default() += 1;
            }
        }
    };
    for demand in &pipeline.check.demands {
        if let When::Due(deadline) = demand.when {
            once_due(Held::Report(demand.column), deadline);
        }
    }
    if let Some((deadline, _)) = pipeline.check.overdue {
        once_due(Held::Overdue, deadline);
    }
    owed
}
