//! What became of the earlier period's findings that are not found now.
//!
//! A finding is *resolved* only where the same check was made and agrees. Where it could not be
//! made — the unit is silent, its sheet unreadable, the column gone — the finding lives on
//! *unseen*, and its months go on counting.

use std::collections::{BTreeMap, BTreeSet};

use super::{FindingLine, Report, ResolvedLine, Settled};
use crate::check::ledger::{Held, Line, Outcome};
use crate::model::{Kind, Life, Severity, Side, TaskId, UnitId, fold};
use crate::normalise::frame::{number, shown_task};
use crate::pipeline::Pipeline;
use crate::roster::Plan;

/// Parts the earlier findings that are gone: those whose check agrees now, and those whose check
/// was not made.
pub fn gone(
    earlier: &Report,
    settled: &[Settled],
    ledger: &[Line],
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> (Vec<ResolvedLine>, Vec<FindingLine>) {
    let now: BTreeSet<&str> = settled.iter().map(|settled| settled.id.as_str()).collect();
    let checks = Checks::of(ledger, plan, pipeline);
    let mut resolved = Vec::new();
    let mut unseen = Vec::new();
    for line in &earlier.findings {
        if line.side != Side::Submission
            || line.severity <= Severity::Note
            || now.contains(line.id.as_str())
        {
            continue;
        }
        if checks.agree(line) {
            resolved.push(ResolvedLine {
                id: line.id.clone(),
                kind: line.kind,
                unit: line.unit.clone(),
                seq: line.seq,
                field: line.field.clone(),
                message: line.message.clone(),
            });
        } else {
            unseen.push(FindingLine {
                life: Life::Unseen,
                months: line.months.saturating_add(1),
                marks: Vec::new(),
                ..line.clone()
            });
        }
    }
    (resolved, unseen)
}

/// The lines of the ledger by unit and by task.
struct Checks<'a> {
    pipeline: &'a Pipeline,
    units: BTreeMap<&'a str, UnitId>,
    /// Tasks of the plan by unit, number and the key of their text.
    tasks: BTreeMap<(UnitId, Option<i64>, String), TaskId>,
    of_unit: BTreeMap<Option<UnitId>, Vec<&'a Line>>,
    of_task: BTreeMap<TaskId, Vec<&'a Line>>,
}

impl<'a> Checks<'a> {
    fn of(ledger: &'a [Line], plan: &'a Plan<'_>, pipeline: &'a Pipeline) -> Self {
        let units = plan.names.units.iter_enumerated();
        let mut checks = Self {
            pipeline,
            units: units.map(|(place, name)| (name.as_str(), place)).collect(),
            tasks: BTreeMap::new(),
            of_unit: BTreeMap::new(),
            of_task: BTreeMap::new(),
        };
        for (task, item) in plan.tasks.iter_enumerated() {
            let text = fold::key(&shown_task(item.row, pipeline));
            checks.tasks.insert((item.unit, number(item.row, pipeline), text), task);
        }
        for line in ledger.iter().filter(|line| line.side == Side::Submission) {
            match line.task {
                Some(task) => checks.of_task.entry(task).or_default().push(line),
                None => checks.of_unit.entry(line.unit).or_default().push(line),
            }
        }
        checks
    }

    /// Returns whether the check behind an earlier finding was made now and agrees.
    fn agree(&self, finding: &FindingLine) -> bool {
        let Some(unit) = finding.unit.as_deref() else {
            // About all units, or about a file of nobody.
            let of_rule = self.lines(None).filter(|line| matches!(line.held, Held::Rule(_)));
            let of_rule: Vec<&Line> = of_rule.collect();
            return if is_of_rule(finding.kind) {
                all_agree(&of_rule)
            } else {
                self.units.values().all(|unit| self.stands(*unit))
            };
        };
        let Some(&unit) = self.units.get(unit) else { return false };
        if matches!(finding.kind, Kind::SubmissionMissing | Kind::SubmissionUnreadable) {
            let mut standing = self.lines(Some(unit)).filter(|line| line.held == Held::Standing);
            return standing.any(|line| line.outcome == Outcome::Agrees);
        }
        if !self.stands(unit) {
            return false;
        }
        let field = finding.field.as_deref().and_then(|name| self.pipeline.column_named(name));
        let task = finding
            .task
            .as_deref()
            .and_then(|task| self.tasks.get(&(unit, finding.seq, fold::key(task))).copied());
        let related: Vec<&Line> = match (task, field) {
            (Some(task), field) => {
                let lines = self.of_task.get(&task).into_iter().flatten().copied();
                lines.filter(|line| is_related(line, finding.kind, field)).collect()
            }
            (None, Some(field)) if finding.kind == Kind::TotalDiffers => {
                self.lines(Some(unit)).filter(|line| line.held == Held::Total(field)).collect()
            }
            (None, Some(field)) => {
                let lines =
                    self.of_tasks(unit).filter(|line| is_related(line, finding.kind, Some(field)));
                lines.collect()
            }
            // What stood on the unit's sheet and is not there: it has sent a sheet that was read.
            (None, None) => return true,
        };
        // Nothing is owed of it: the sheet that was read says all there is.
        if related.is_empty() { finding.kind != Kind::TotalDiffers } else { all_agree(&related) }
    }

    fn lines(&self, unit: Option<UnitId>) -> impl Iterator<Item = &'a Line> + '_ {
        self.of_unit.get(&unit).into_iter().flatten().copied()
    }

    /// The lines about the tasks of a unit.
    fn of_tasks(&self, unit: UnitId) -> impl Iterator<Item = &'a Line> + '_ {
        let from = self.tasks.range((unit, None, String::new())..);
        let tasks = from.take_while(move |((of, ..), _)| *of == unit);
        tasks.filter_map(|(_, task)| self.of_task.get(task)).flatten().copied()
    }

    /// Returns whether a unit has sent something that was read in full.
    fn stands(&self, unit: UnitId) -> bool {
        self.of_tasks(unit).any(|line| line.held == Held::Listed && line.outcome == Outcome::Agrees)
    }
}

fn all_agree(lines: &[&Line]) -> bool {
    !lines.is_empty() && lines.iter().all(|line| line.outcome == Outcome::Agrees)
}

fn is_of_rule(kind: Kind) -> bool {
    matches!(kind, Kind::LimitExceeded | Kind::OutOfRange | Kind::BalanceBroken)
}

/// Returns whether a line is the check that a finding of a kind came of.
fn is_related(line: &Line, kind: Kind, field: Option<usize>) -> bool {
    match line.held {
        Held::Rule(_) => is_of_rule(kind),
        Held::Compare(column) => !is_of_rule(kind) && field == Some(column),
        Held::Decreased(column) => kind == Kind::Decreased && field == Some(column),
        Held::Report(column) => {
            matches!(kind, Kind::ReportMissing | Kind::ReportVanished) && field == Some(column)
        }
        Held::Overdue => kind == Kind::Overdue,
        Held::Listed => field.is_none(),
        Held::Standing | Held::Total(_) | Held::Statement(_) => false,
    }
}
