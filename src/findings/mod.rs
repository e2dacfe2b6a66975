//! What becomes of findings: severity, order, identity, diagnosis, waivers, decisions, life-cycle and
//! the verdict; and the books that prove the run to itself.
//!
//! A *settled* finding is a raised one with all of that decided. It is not a line of the ledger: most
//! lines agree and have none, and several lines may name the same one. No sentence is built here.

pub mod books;
mod corrected;
mod diagnosis;
pub mod figures;
mod life;
mod once;
mod order;
pub mod report;
mod severity;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use corrected::{Corrected, CorrectedUnit, Now, corrected};
pub use life::{Gone, gone};
pub use once::said_once;
pub use report::{
    BridgeLine, CellsLine, Conservation, CoverageLine, FileLine, FindingLine, PairLine, PlanLine,
    Report, ReportedLine, ResolvedLine, ReturnedLine, RowsLine, SCHEMA, TotalLine, UnitLine,
    ValueLine, Verdict, WaiverLine,
};
use severity::severity;

use crate::check::Context;
use crate::model::fact::WaiverTold;
use crate::model::{
    Fact, Finding, FindingId, Kind, Life, Month, Severity, Side, Status, fold, personal,
};
use crate::pipeline::Pipeline;
use crate::pipeline::file::Accept;

/// A finding with all that is decided about it.
#[derive(Clone, Debug)]
pub struct Settled {
    pub finding: Finding,
    pub severity: Severity,
    pub id: String,
    pub status: Status,
    pub life: Life,
    /// It is new because its rule is: the earlier period was not held to it.
    pub of_new_rule: bool,
    /// In how many periods running it has been found, this one included.
    pub months: u32,
    pub explanation: Option<Explanation>,
    pub decision: Option<Decision>,
    /// The place of the waiver that covers it.
    pub waiver: Option<usize>,
    /// Its place among the findings that were settled, which is what the ledger names it by; none
    /// for what settling itself found.
    pub origin: Option<FindingId>,
}

/// What a person wrote about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub text: String,
    /// Whether the figures have changed since it was written.
    pub outdated: bool,
}

/// What is known of a finding's explanation and decision, and the figures it was written for, as
/// the list of findings showed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub expected: String,
    pub found: String,
    /// Whether it was outdated already when it was last shown.
    pub outdated: bool,
    pub decision: Option<Decision>,
}

/// What the clerk decided on a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub decided: Decided,
    /// Why; required for a waiver.
    pub opinion: String,
    /// Who; required for a waiver.
    pub by: String,
}

/// The choices of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// 采纳
    Accepted,
    /// 退回
    Returned,
    /// 豁免
    Waived,
}

impl Decided {
    pub const ALL: [Decided; 3] = [Decided::Accepted, Decided::Returned, Decided::Waived];

    /// Returns the word of the list.
    pub fn chinese(self) -> &'static str {
        match self {
            Decided::Accepted => "采纳",
            Decided::Returned => "退回",
            Decided::Waived => "豁免",
        }
    }

    /// Returns the choice of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| fold::key(choice.chinese()) == fold::key(word))
    }
}

impl Settled {
    /// Returns whether the finding counts against the submission.
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Open | Status::Answered | Status::Returned)
            && self.finding.side == Side::Submission
            && self.severity > Severity::Note
    }
}

/// Sorts, diagnoses and settles findings.
///
/// `earlier` is the report of the earlier period, `explanations` what people wrote, by identity,
/// since then and before.
pub fn settle(
    mut findings: Vec<Finding>,
    context: &Context<'_>,
    earlier: Option<&Report>,
    explanations: &BTreeMap<String, Written>,
) -> Vec<Settled> {
    let pipeline = context.pipeline;
    let units = order::places_of(&context.plan.names.units);
    diagnosis::diagnose(&mut findings, context);
    let statuses = waived(&mut findings, context.period, pipeline);
    let mut paired: Vec<_> = findings.into_iter().zip(statuses.into_iter().enumerate()).collect();
    order::sort_by_finding(&mut paired, &units, pipeline);
    let ids = order::identities(paired.iter().map(|(finding, _)| finding), pipeline);
    let earlier = Before::of(earlier);
    let mut settled: Vec<Settled> = paired
        .into_iter()
        .zip(ids)
        .map(|((finding, (origin, status)), id)| {
            let settled = with_history(finding, id, status, &earlier, explanations, pipeline);
            Settled { origin: Some(origin.into()), ..settled }
        })
        .collect();
    let empty: Vec<Finding> =
        settled.iter().filter_map(|settled| explanation_empty(settled, pipeline)).collect();
    let ids = order::identities(empty.iter(), pipeline);
    settled.extend(empty.into_iter().zip(ids).map(|(finding, id)| {
        with_history(finding, id, (Status::Open, None), &earlier, &BTreeMap::new(), pipeline)
    }));
    settled.sort_by_cached_key(|settled| order::rank(&settled.finding, &units, pipeline));
    settled
}

/// An explanation that gives no reason is a finding itself.
fn explanation_empty(settled: &Settled, pipeline: &Pipeline) -> Option<Finding> {
    let explanation = settled.explanation.as_ref()?;
    let counts = settled.is_open() && !explanation.outdated;
    if !counts || !says_nothing(&explanation.text, pipeline) {
        return None;
    }
    let about = &settled.finding;
    let fact = Fact::ExplanationEmpty { text: explanation.text.clone() };
    let mut finding = Finding::new(fact, Side::Submission);
    finding.unit.clone_from(&about.unit);
    finding.seq = about.seq;
    finding.task.clone_from(&about.task);
    finding.field.clone_from(&about.field);
    finding.file.clone_from(&about.file);
    finding.sheet.clone_from(&about.sheet);
    Some(finding)
}

/// The findings on the submission side by what waivers name, folded.
#[derive(Default)]
struct ByKey {
    of_unit: BTreeMap<String, Vec<usize>>,
    of_task: BTreeMap<(String, String), Vec<usize>>,
    /// Units that sent nothing that could be read.
    unread: BTreeSet<String>,
}

impl ByKey {
    fn of(findings: &[Finding]) -> Self {
        let mut by_key = Self::default();
        for (place, finding) in findings.iter().enumerate() {
            let Some(unit) = finding.unit.as_deref().map(fold::key) else { continue };
            if matches!(finding.kind(), Kind::SubmissionMissing | Kind::SubmissionUnreadable) {
                by_key.unread.insert(unit.clone());
            }
            if finding.side != Side::Submission {
                continue;
            }
            if let Some(task) = finding.task.as_deref() {
                let about = (unit.clone(), fold::key(task));
                by_key.of_task.entry(about).or_default().push(place);
            }
            by_key.of_unit.entry(unit).or_default().push(place);
        }
        by_key
    }

    /// Returns the findings about a unit, or about one of its tasks.
    fn about(&self, unit: &str, task: Option<&String>) -> &[usize] {
        let found = match task {
            Some(task) => self.of_task.get(&(unit.to_owned(), task.clone())),
            None => self.of_unit.get(unit),
        };
        found.map_or(&[], Vec::as_slice)
    }
}

/// Applies the waivers and says which were not needed or have expired. Returns each finding's
/// status and the waiver that covers it.
fn waived(
    findings: &mut Vec<Finding>,
    period: Option<Month>,
    pipeline: &Pipeline,
) -> Vec<(Status, Option<usize>)> {
    let mut statuses: Vec<(Status, Option<usize>)> = findings
        .iter()
        .map(|finding| (if finding.trial { Status::Trial } else { Status::Open }, None))
        .collect();
    let submitted =
        if pipeline.findings.waivers.is_empty() { ByKey::default() } else { ByKey::of(findings) };
    for (place, waiver) in pipeline.findings.waivers.iter().enumerate() {
        let expired =
            matches!((waiver.expires, period), (Some(expires), Some(period)) if period > expires);
        let unit = fold::key(&waiver.unit);
        let covers = |finding: &Finding| {
            waiver.kind.is_none_or(|kind| kind == finding.kind())
                && waiver.field.as_ref().is_none_or(|field| finding.field.as_ref() == Some(field))
        };
        let mut used = false;
        for &covered in submitted.about(&unit, waiver.task.as_ref()) {
            let finding = &findings[covered];
            if covers(finding) && severity(finding, pipeline) > Severity::Note {
                used = true;
                if !expired {
                    statuses[covered] = (Status::Waived, Some(place));
                }
            }
        }
        // Whether a unit that sent nothing readable needs its waiver is not known.
        let unknown = submitted.unread.contains(&unit);
        if expired || (!used && !unknown) {
            let told = WaiverTold {
                reason: waiver.reason.clone(),
                approved_by: waiver.approved_by.clone(),
                expires: waiver.expires.map(|month| month.to_string()),
            };
            let fact = if expired { Fact::WaiverExpired(told) } else { Fact::WaiverUnused(told) };
            let mut finding = Finding::new(fact, Side::Plan);
            finding.unit = Some(waiver.unit.clone());
            finding.field.clone_from(&waiver.field);
            findings.push(finding);
            statuses.push((Status::Open, None));
        }
    }
    statuses
}

/// The findings of the earlier period, by identity.
struct Before<'a> {
    lines: BTreeMap<&'a str, &'a FindingLine>,
    report: Option<&'a Report>,
    /// The rules that it was held to, where it says.
    rules: Option<BTreeSet<&'a str>>,
}

impl<'a> Before<'a> {
    fn of(earlier: Option<&'a Report>) -> Self {
        let mut lines = BTreeMap::new();
        for line in earlier.into_iter().flat_map(|report| &report.findings) {
            lines.entry(line.id.as_str()).or_insert(line);
        }
        Self { lines, report: earlier, rules: earlier.and_then(life::rules_held) }
    }
}

fn with_history(
    finding: Finding,
    id: String,
    (status, waiver): (Status, Option<usize>),
    earlier: &Before<'_>,
    explanations: &BTreeMap<String, Written>,
    pipeline: &Pipeline,
) -> Settled {
    let before = earlier.lines.get(id.as_str()).copied();
    let line = |value: &Option<crate::model::Value>| {
        let bare = value.as_ref().map(|value| figures::bare_value(value, pipeline.money));
        bare.filter(|text| !text.is_empty())
    };
    let same_figures = before.is_some_and(|before| {
        before.kind == finding.kind()
            && before.found == line(&finding.found)
            && before.expected == line(&finding.expected)
    });
    let life = match before {
        Some(_) if same_figures => Life::Same,
        Some(_) => Life::Changed,
        None if earlier.report.is_some_and(|report| report.known.contains(&id)) => Life::Reopened,
        None => Life::New,
    };
    let of_new_rule = life == Life::New
        && earlier.rules.as_ref().is_some_and(|held| {
            let broken = finding.fact.broken();
            broken.is_some_and(|broken| !held.contains(format!("rule:{}", broken.name).as_str()))
        });
    let months = before.map_or(1, |before| before.months + 1);
    let written = explanations.get(&id);
    let outdated = written.is_some_and(|written| {
        written.outdated
            || as_shown(&written.expected) != as_shown(&listed(&line(&finding.expected)))
            || as_shown(&written.found)
                != as_shown(&listed(&found_as_listed(&finding, line(&finding.found))))
    });
    let texts = written.filter(|written| !written.text.is_empty());
    let explanation = texts.map(|written| Explanation { text: written.text.clone(), outdated });
    let decision = written.filter(|_| !outdated).and_then(|written| written.decision.clone());
    let answered = explanation.as_ref().is_some_and(|explanation| {
        !explanation.outdated && !says_nothing(&explanation.text, pipeline)
    });
    let severity = severity(&finding, pipeline);
    let is_verify = severity == Severity::Verify;
    let accepted = pipeline.findings.accept == Accept::ByAnswer && answered;
    let decided = decision.as_ref().map(|decision| decision.decided);
    let status = match (status, decided) {
        (Status::Open, Some(Decided::Waived)) => Status::Waived,
        (Status::Open, Some(Decided::Accepted)) if is_verify => Status::Explained,
        (Status::Open, Some(Decided::Returned)) => Status::Returned,
        (Status::Open, _) if is_verify && accepted => Status::Explained,
        (Status::Open, _) if answered && severity > Severity::Note => Status::Answered,
        (other, _) => other,
    };
    Settled {
        finding,
        severity,
        id,
        status,
        life,
        of_new_rule,
        months,
        explanation,
        decision,
        waiver,
        origin: None,
    }
}

/// Returns what the list of findings shows as found: what was typed, where it is no value.
pub fn found_as_listed(finding: &Finding, found: Option<String>) -> Option<String> {
    found.or_else(|| match &finding.found {
        Some(crate::model::Value::Unreadable(_)) => finding.typed.clone(),
        _ => None,
    })
}

/// Returns a figure as the list of findings shows it.
pub fn listed(text: &Option<String>) -> String {
    const LONGEST: usize = 80;
    text.as_ref().map(|text| crate::model::words::shortened(text, LONGEST)).unwrap_or_default()
}

/// Returns a text as a workbook shows it, whether it comes from there or not: a list that was saved by
/// another program shows figures in other forms.
fn as_shown(text: &str) -> String {
    if let Some(plain) = figures::plain(text) {
        return plain;
    }
    personal::masked(text).chars().filter(|c| !fold::is_invisible(*c)).collect()
}

/// Returns whether an explanation is a phrase that gives no reason.
pub fn says_nothing(text: &str, pipeline: &Pipeline) -> bool {
    let key = fold::key(text);
    // A number or a mark is no reason.
    !key.chars().any(char::is_alphabetic) || pipeline.findings.empty_explanations.contains(&key)
}

/// Returns the verdict: whether any finding above note is open on the submission side.
pub fn verdict(settled: &[Settled]) -> Verdict {
    if settled.iter().any(Settled::is_open) { Verdict::Findings } else { Verdict::Agrees }
}
