//! Which cells the findings of an earlier run told, and for how many periods: cells that were told together
//! are told one by one once most of them are mended, and the other way round, and none is news for that.

use std::collections::BTreeMap;

use super::report::FindingLine;
use crate::model::{Finding, Side, TaskTold, fold};

/// Periods by what was told.
#[derive(Debug, Default)]
pub struct ToldBefore {
    /// By unit, column or rule, and task.
    tasks: BTreeMap<(String, String, String), u32>,
    /// By unit and column or rule, where it is not known of which tasks.
    columns: BTreeMap<(String, String), u32>,
    /// By unit and column or rule, whatever the tasks.
    all: BTreeMap<(String, String), u32>,
}

impl ToldBefore {
    /// Adds what a finding of the earlier run tells; whether it tells of a column as a whole is in it.
    pub fn add(&mut self, line: &FindingLine) {
        let rule = line.rule.as_ref().map(std::slice::from_ref);
        let columns = rule.unwrap_or_else(|| {
            if line.columns.is_empty() { line.field.as_slice() } else { &line.columns }
        });
        let tasks = of_tasks(&line.tasks, line.unit.as_ref(), line.task.as_deref());
        for column in columns {
            for (unit, task) in &tasks {
                longest(&mut self.tasks, (unit.clone(), column.clone(), task.clone()), line);
                longest(&mut self.all, (unit.clone(), column.clone()), line);
            }
            if let Some(unit) = line.unit.as_ref().filter(|_| tasks.is_empty()) {
                longest(&mut self.columns, (unit.clone(), column.clone()), line);
                longest(&mut self.all, (unit.clone(), column.clone()), line);
            }
        }
    }

    /// For how many periods one of the cells of a finding has been told; none where none has.
    pub fn periods(&self, finding: &Finding) -> Option<u32> {
        if finding.side != Side::Submission {
            return None;
        }
        let rule = finding.fact.broken().map(|broken| format!("rule:{}", broken.name));
        let common = finding.fact.common();
        let columns: Vec<String> = match (rule, common) {
            (Some(rule), _) => vec![rule],
            (None, Some(common)) => common.columns.iter().map(|own| own.field.clone()).collect(),
            (None, None) => finding.field.iter().cloned().collect(),
        };
        let tasks = of_tasks(&finding.tasks, finding.unit.as_ref(), finding.task.as_deref());
        let mut found = None;
        for column in columns {
            for (unit, task) in &tasks {
                let of_task = (unit.clone(), column.clone(), task.clone());
                found = found.max(self.tasks.get(&of_task).copied());
                let of_column = (of_task.0, of_task.1);
                found = found.max(self.columns.get(&of_column).copied());
            }
            if let Some(unit) = finding.unit.as_ref().filter(|_| tasks.is_empty()) {
                found = found.max(self.all.get(&(unit.clone(), column)).copied());
            }
        }
        found
    }
}

/// The tasks of a finding as they are compared, each with its unit.
fn of_tasks(
    together: &[TaskTold],
    unit: Option<&String>,
    task: Option<&str>,
) -> Vec<(String, String)> {
    let one = unit.zip(task).map(|(unit, task)| (unit.clone(), fold::key(task)));
    let named = together.iter();
    let named = named.filter_map(|own| Some((own.unit.clone()?, fold::key(&own.task))));
    one.into_iter().chain(named).collect()
}

fn longest<K: Ord>(told: &mut BTreeMap<K, u32>, what: K, line: &FindingLine) {
    let periods = told.entry(what).or_default();
    *periods = line.months.max(*periods);
}
