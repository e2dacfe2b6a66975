//! What became of the earlier period's findings that are not found now.
//!
//! A finding is *resolved* only where the same check was made and agrees. Where it could not be
//! made — the unit is silent, its sheet unreadable, the column gone — the finding lives on
//! *unseen*, and its months go on counting.

use std::collections::{BTreeMap, BTreeSet};

use super::{FindingLine, Report, ResolvedLine, Settled};
use crate::check::ledger::{Held, Ledger, Line, Outcome, Reason};
use crate::model::{ColumnId, Finding, Kind, Life, Severity, Side, TaskId, UnitId, fold};
use crate::normalise::frame::{number, shown_task};
use crate::pipeline::Pipeline;
use crate::roster::Plan;

/// The earlier period's findings that are not found now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// The same check was made and agrees.
    pub resolved: Vec<ResolvedLine>,
    /// The check could not be made.
    pub unseen: Vec<FindingLine>,
    /// The rule is not in force any more, and nobody is held to it.
    pub lapsed: Vec<ResolvedLine>,
}

/// What has become of an earlier finding's check.
enum Now {
    Agrees,
    /// It differs, and another finding says so: cells that were told one by one are told together, or
    /// the other way round.
    ToldOtherwise,
    NotMade,
    NotInForce,
}

/// Parts the earlier findings that are gone.
pub fn gone(
    earlier: &Report,
    settled: &[Settled],
    ledger: &Ledger,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> Gone {
    let now: BTreeSet<&str> = settled.iter().map(|settled| settled.id.as_str()).collect();
    let checks = Checks::of(ledger, plan, pipeline);
    let found_now: BTreeSet<_> = settled.iter().map(|settled| about(&settled.finding)).collect();
    let mut gone = Gone::default();
    for line in &earlier.findings {
        if line.side != Side::Submission
            || line.severity <= Severity::Note
            || now.contains(line.id.as_str())
            // What was refused once is about one file that came back, and was said then: no check
            // stands behind it that could agree.
            || line.kind == Kind::DecisionRefused
            // Of a difference that is still found, with an answer that is not empty any more: how
            // it stands now is said of the difference itself.
            || line.kind == Kind::ExplanationEmpty
                && found_now.contains(&[&line.unit, &line.task, &line.field].map(Option::as_deref))
        {
            continue;
        }
        let ended = || ResolvedLine::from(line);
        match checks.now(line) {
            Now::Agrees => gone.resolved.push(ended()),
            Now::ToldOtherwise => {}
            Now::NotInForce => gone.lapsed.push(ended()),
            Now::NotMade => gone.unseen.push(FindingLine {
                life: Life::Unseen,
                of_new_rule: false,
                months: line.months.saturating_add(1),
                marks: Vec::new(),
                ..line.clone()
            }),
        }
    }
    gone
}

/// Returns the findings of an earlier report, by identity, that are not found now though their checks
/// differ: others tell of the same cells.
pub fn told_otherwise(
    earlier: &Report,
    settled: &[Settled],
    ledger: &Ledger,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> BTreeSet<String> {
    let now: BTreeSet<&str> = settled.iter().map(|settled| settled.id.as_str()).collect();
    let left: Vec<&FindingLine> = earlier
        .findings
        .iter()
        .filter(|line| line.side == Side::Submission && !now.contains(line.id.as_str()))
        .collect();
    if left.is_empty() {
        return BTreeSet::new();
    }
    let checks = Checks::of(ledger, plan, pipeline);
    let told = left.into_iter().filter(|line| matches!(checks.now(line), Now::ToldOtherwise));
    told.map(|line| line.id.clone()).collect()
}

/// Unit, task and field: an empty explanation has those of the finding that it was written for.
fn about(finding: &Finding) -> [Option<&str>; 3] {
    [&finding.unit, &finding.task, &finding.field].map(Option::as_deref)
}

/// The lines of the ledger by unit and by task.
struct Checks<'a> {
    pipeline: &'a Pipeline,
    units: BTreeMap<&'a str, UnitId>,
    /// Tasks of the plan by unit, number and the key of their text.
    tasks: BTreeMap<(UnitId, Option<i64>, String), TaskId>,
    of_unit: BTreeMap<Option<UnitId>, Vec<Line<'a>>>,
    ledger: &'a Ledger,
}

impl<'a> Checks<'a> {
    fn of(ledger: &'a Ledger, plan: &'a Plan<'_>, pipeline: &'a Pipeline) -> Self {
        let units = plan.names.units.iter_enumerated();
        let mut checks = Self {
            pipeline,
            units: units.map(|(place, name)| (name.as_str(), place)).collect(),
            tasks: BTreeMap::new(),
            of_unit: BTreeMap::new(),
            ledger,
        };
        for (task, item) in plan.tasks.iter_enumerated() {
            let text = fold::key(&shown_task(item.row, pipeline));
            checks.tasks.insert((item.unit, number(item.row, pipeline), text), task);
        }
        for line in ledger.of_no_task().filter(|line| line.side == Side::Submission) {
            checks.of_unit.entry(line.unit).or_default().push(line);
        }
        checks
    }

    fn of_task(&self, task: TaskId) -> impl Iterator<Item = Line<'a>> + use<'a> {
        self.ledger.of_task(task).filter(|line| line.side == Side::Submission)
    }

    /// Returns what has become of the check behind an earlier finding.
    fn now(&self, finding: &FindingLine) -> Now {
        let rule = finding.rule.as_deref().and_then(|known_by| {
            let rules = self.pipeline.check.rules.keys();
            rules.map(Held::Rule).find(|held| held.name(self.pipeline) == known_by)
        });
        let unit = finding.unit.as_deref().map(|unit| self.units.get(unit).copied());
        let task = unit.flatten().and_then(|unit| self.task(unit, finding));
        let is_planned = finding.task.is_none() || task.is_some();
        let named = self.named(finding);
        let Some(rule) = rule.filter(|_| is_planned) else {
            return self.of_figures(finding);
        };
        let own: Vec<Line<'_>> = match (task, unit) {
            (Some(task), _) => self.of_task(task).collect(),
            (None, _) if named.is_some() => Vec::new(),
            (None, Some(None)) => Vec::new(),
            (None, unit) => self.lines(unit.flatten()).collect(),
        };
        // Rows that were told at once.
        let of_rows = named.or_else(|| {
            let unit = unit.flatten().filter(|_| finding.task.is_none())?;
            Some(self.of_tasks(unit).collect())
        });
        let own = own.into_iter().chain(of_rows.unwrap_or_default());
        let own: Vec<Line<'_>> = own.filter(|line| line.held == rule).collect();
        let not_in_force = Outcome::NotChecked(Reason::NotInForce);
        let is_told = |line: &Line<'_>| line.outcome == Outcome::Differs && line.finding.is_some();
        if all_agree(&own) {
            Now::Agrees
        } else if own.iter().any(is_told) {
            Now::ToldOtherwise
        } else if !own.is_empty() && own.iter().all(|line| line.outcome == not_in_force) {
            Now::NotInForce
        } else {
            Now::NotMade
        }
    }

    fn task(&self, unit: UnitId, finding: &FindingLine) -> Option<TaskId> {
        let task = finding.task.as_deref()?;
        self.tasks.get(&(unit, finding.seq, fold::key(task))).copied()
    }

    /// Returns what has become of the check behind an earlier finding that no rule made.
    fn of_figures(&self, finding: &FindingLine) -> Now {
        let agrees_if = |agrees: bool| if agrees { Now::Agrees } else { Now::NotMade };
        let Some(unit) = finding.unit.as_deref() else {
            // About all units, or about a file of nobody.
            let of_rule = self.lines(None).filter(|line| matches!(line.held, Held::Rule(_)));
            let of_rule: Vec<Line<'_>> = of_rule.collect();
            return agrees_if(if is_of_rule(finding.kind) {
                all_agree(&of_rule)
            } else {
                self.units.values().all(|unit| self.stands(*unit))
            });
        };
        let Some(&unit) = self.units.get(unit) else { return Now::NotMade };
        if matches!(finding.kind, Kind::SubmissionMissing | Kind::SubmissionUnreadable) {
            let mut standing = self.lines(Some(unit)).filter(|line| line.held == Held::Standing);
            return agrees_if(standing.any(|line| line.outcome == Outcome::Agrees));
        }
        if !self.stands(unit) {
            return Now::NotMade;
        }
        let field = finding.field.as_deref().and_then(|name| self.pipeline.column_named(name));
        let task = self.task(unit, finding);
        let related: Vec<Line<'_>> = match (task, field) {
            (Some(task), field) => {
                self.of_task(task).filter(|line| is_related(line, finding.kind, field)).collect()
            }
            (None, Some(field)) if finding.kind == Kind::TotalDiffers => {
                self.lines(Some(unit)).filter(|line| line.held == Held::Total(field)).collect()
            }
            (None, Some(field)) => {
                let fields = self.fields(finding, field);
                let related = |line: &Line<'_>| {
                    fields.iter().any(|field| is_related(line, finding.kind, Some(*field)))
                };
                self.of_told(unit, finding).into_iter().filter(related).collect()
            }
            (None, None) if finding.kind == Kind::TaskMissing => {
                let told = self.of_told(unit, finding).into_iter();
                told.filter(|line| line.held == Held::Listed).collect()
            }
            // What stood on the unit's sheet and is not there: it has sent a sheet that was read.
            (None, None) => return Now::Agrees,
        };
        // Nothing is owed of it: the sheet that was read says all there is.
        if related.is_empty() {
            return agrees_if(finding.kind != Kind::TotalDiffers);
        }
        let is_told = |line: &Line<'_>| line.outcome == Outcome::Differs && line.finding.is_some();
        if finding.kind != Kind::TotalDiffers && related.iter().any(is_told) {
            return Now::ToldOtherwise;
        }
        agrees_if(all_agree(&related))
    }

    /// The lines about the tasks that were told together in an earlier finding; none where it does not
    /// name any.
    fn named(&self, finding: &FindingLine) -> Option<Vec<Line<'a>>> {
        if finding.tasks.is_empty() {
            return None;
        }
        let tasks = finding.tasks.iter().filter_map(|own| {
            let unit = *self.units.get(own.unit.as_deref()?)?;
            self.tasks.get(&(unit, own.seq, fold::key(&own.task))).copied()
        });
        Some(tasks.flat_map(|task| self.of_task(task)).collect())
    }

    /// The lines about the tasks that an earlier finding told together: all of the unit's where it does not
    /// name them.
    fn of_told(&self, unit: UnitId, finding: &FindingLine) -> Vec<Line<'a>> {
        self.named(finding).unwrap_or_else(|| self.of_tasks(unit).collect())
    }

    /// The columns of an earlier finding about a column as a whole.
    fn fields(&self, finding: &FindingLine, first: ColumnId) -> Vec<ColumnId> {
        let others = finding.columns.iter().filter_map(|name| self.pipeline.column_named(name));
        let mut fields: Vec<ColumnId> = others.collect();
        if fields.is_empty() {
            fields.push(first);
        }
        fields
    }

    fn lines(&self, unit: Option<UnitId>) -> impl Iterator<Item = Line<'a>> + '_ {
        self.of_unit.get(&unit).into_iter().flatten().copied()
    }

    /// The lines about the tasks of a unit.
    fn of_tasks(&self, unit: UnitId) -> impl Iterator<Item = Line<'a>> + '_ {
        let from = self.tasks.range((unit, None, String::new())..);
        let tasks = from.take_while(move |((of, ..), _)| *of == unit);
        tasks.flat_map(|(_, task)| self.of_task(*task))
    }

    /// Returns whether a unit has sent something that was read in full.
    fn stands(&self, unit: UnitId) -> bool {
        self.of_tasks(unit).any(|line| line.held == Held::Listed && line.outcome == Outcome::Agrees)
    }
}

fn all_agree(lines: &[Line<'_>]) -> bool {
    !lines.is_empty() && lines.iter().all(|line| line.outcome == Outcome::Agrees)
}

fn is_of_rule(kind: Kind) -> bool {
    matches!(kind, Kind::LimitExceeded | Kind::OutOfRange | Kind::BalanceBroken)
}

/// Returns whether a line is the check that a finding of a kind came of.
fn is_related(line: &Line<'_>, kind: Kind, field: Option<ColumnId>) -> bool {
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

/// Returns the rules that the earlier period was held to, by the names of coverage; none where its
/// report does not say what it held.
pub fn rules_held(earlier: &Report) -> Option<BTreeSet<&str>> {
    const NOT_IN_FORCE: &str = "not-in-force";
    let held = earlier
        .coverage
        .iter()
        .filter(|line| line.owed != line.reasons.get(NOT_IN_FORCE).copied().unwrap_or_default());
    (!earlier.coverage.is_empty()).then(|| held.map(|line| line.rule.as_str()).collect())
}
