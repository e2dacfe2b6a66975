//! A list that is another one altogether: none of a unit's rows is a task that the plan gives it, and none of its
//! tasks has a row. That is told in two findings, one of the rows and one of the tasks. Where there are no rows,
//! each task is told by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::content;
use super::grid::LEAST;
use crate::check::Context;
use crate::check::unread_columns::put_together;
use crate::model::{Fact, Finding, MoneyUnit, Side, TaskId};

/// The rows of a unit's sheet, or the tasks of a unit; the rows come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Rows { unit: String, file: String, sheet: String },
    Tasks { unit: String },
}

/// Puts such findings together, and returns which are gone, and where to. A list of which anything has been answered,
/// or been paired by hand, is told line by line.
pub fn join(
    findings: &mut [Option<Finding>],
    has_been_answered: impl Fn(&Finding) -> bool,
    context: &Context<'_>,
) -> Vec<(usize, usize)> {
    let mut lists: BTreeMap<List, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        if let Some(list) = finding.as_ref().and_then(list_of) {
            lists.entry(list).or_default().push(place);
        }
    }
    lists.retain(|_, places| places.len() >= LEAST);
    if lists.is_empty() {
        return Vec::new();
    }
    let of_task = |task: TaskId| context.plan.names.name(context.plan.tasks[task].unit);
    let with_pairs: BTreeSet<&str> =
        context.matched.pairs.iter().map(|pair| of_task(pair.task)).collect();
    let mut foreign: BTreeSet<String> = BTreeSet::new();
    let mut gone = Vec::new();
    for (list, places) in lists {
        let (List::Rows { unit, .. } | List::Tasks { unit }) = &list;
        let mut own = places.iter().filter_map(|place| findings[*place].as_ref());
        if with_pairs.contains(unit.as_str()) || own.any(&has_been_answered) {
            continue;
        }
        match list {
            List::Rows { .. } => {
                foreign.insert(unit.clone());
            }
            List::Tasks { .. } if !foreign.contains(unit) => continue,
            List::Tasks { .. } => {}
        }
        let money = context.pipeline.money;
        gone.extend(put_together(findings, &places, |taken| whole(taken, money)));
    }
    gone
}

fn whole(findings: Vec<Finding>, money: MoneyUnit) -> Option<Finding> {
    let cells = findings.iter().flat_map(|finding| finding.cells.iter().copied()).collect();
    let content = content::of(&findings, money);
    let first = findings.into_iter().next()?;
    Some(Finding {
        seq: None,
        task: None,
        typed: None,
        plan_cell: None,
        content: Some(content),
        cells,
        ..first
    })
}

fn list_of(finding: &Finding) -> Option<List> {
    if finding.side != Side::Submission || finding.task.is_none() {
        return None;
    }
    let unit = finding.unit.clone()?;
    match finding.fact {
        Fact::TaskMissing => Some(List::Tasks { unit }),
        Fact::TaskExtra if finding.cells.len() == 1 => {
            Some(List::Rows { unit, file: finding.file.clone()?, sheet: finding.sheet.clone()? })
        }
        _ => None,
    }
}
