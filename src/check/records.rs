//! What came of a rule, place by place, until the ledger is made of it. There is a record for each rule and
//! each row of a month, so that they are kept in columns.

use super::columns::{Few, FigureList, place};
use super::equation::Evaluated;
use super::outcome::{Figures, Outcome, Spot};
use crate::model::{FindingId, RowId, RuleId, Side, TaskId};

/// All that came of one rule.
#[derive(Clone, Debug)]
pub struct Records {
    pub rule: RuleId,
    /// Of those about no task.
    pub over_sums: Vec<Evaluated>,
    outcomes: Vec<(Side, Outcome)>,
    tasks: Vec<TaskId>,
    rows: Vec<Option<RowId>>,
    figures: FigureList,
    findings: Few<FindingId>,
    cells: Few<Box<[Spot]>>,
}

/// What came of a rule on the rows of a task.
#[derive(Clone, Copy, Debug)]
pub struct OfTask<'a> {
    pub side: Side,
    pub task: TaskId,
    pub row: Option<RowId>,
    pub figures: Option<Figures>,
    pub outcome: Outcome,
    pub cells: &'a [Spot],
    pub finding: Option<FindingId>,
}

impl Records {
    pub fn of(rule: RuleId) -> Self {
        Self {
            rule,
            over_sums: Vec::new(),
            outcomes: Vec::new(),
            tasks: Vec::new(),
            rows: Vec::new(),
            figures: FigureList::default(),
            findings: Few::default(),
            cells: Few::default(),
        }
    }

    /// Makes room for so many more records about tasks.
    pub fn reserve(&mut self, records: usize) {
        self.outcomes.reserve_exact(records);
        self.tasks.reserve_exact(records);
        self.rows.reserve_exact(records);
    }

    pub fn push(&mut self, record: Evaluated) {
        let Some(task) = record.task else {
            self.over_sums.push(record);
            return;
        };
        let at = place(self.tasks.len());
        self.outcomes.push((record.side, record.outcome));
        self.tasks.push(task);
        self.rows.push(record.row);
        if let Some(figures) = record.figures {
            self.figures.push(at, figures);
        }
        if let Some(finding) = record.finding {
            self.findings.push(at, finding);
        }
        if !record.cells.is_empty() {
            self.cells.push(at, record.cells);
        }
    }

    /// Says of a further row and its task what was said last.
    pub fn repeat(&mut self, task: TaskId, row: RowId) {
        let Some(last) = self.tasks.len().checked_sub(1) else { return };
        let (last, at) = (place(last), place(self.tasks.len()));
        self.outcomes.extend(self.outcomes.last().copied());
        self.tasks.push(task);
        self.rows.push(Some(row));
        if let Some(figures) = self.figures.of(last) {
            self.figures.push(at, figures);
        }
        if let Some(finding) = self.findings.of(last).copied() {
            self.findings.push(at, finding);
        }
        if let Some(cells) = self.cells.of(last).cloned() {
            self.cells.push(at, cells);
        }
    }

    /// Returns how many records about tasks name a finding.
    pub fn told(&self) -> usize {
        self.findings.places().count()
    }

    /// Returns how many records are about tasks.
    pub fn of_tasks(&self) -> usize {
        self.tasks.len()
    }

    /// Returns one of the records about tasks.
    pub fn of_task(&self, at: usize) -> OfTask<'_> {
        let (side, outcome) = self.outcomes[at];
        let line = place(at);
        OfTask {
            side,
            task: self.tasks[at],
            row: self.rows[at],
            figures: self.figures.of(line),
            outcome,
            cells: self.cells.of(line).map_or(&[], |cells| cells),
            finding: self.findings.of(line).copied(),
        }
    }

    /// Names findings by their places in another list.
    pub fn rename(&mut self, place: impl Fn(FindingId) -> FindingId) {
        let over_sums = self.over_sums.iter_mut().filter_map(|record| record.finding.as_mut());
        for finding in over_sums.chain(self.findings.iter_mut()) {
            *finding = place(*finding);
        }
    }
}
