//! What becomes of findings: severity, order, identity, diagnosis, waivers, decisions, life-cycle and
//! the verdict; and the books that prove the run to itself.
//!
//! A *settled* finding is a raised one with all of that decided. It is not a line of the ledger: most
//! lines agree and have none, and several lines may name the same one. No sentence is built here.

pub mod books;
mod common;
mod corrected;
mod diagnosis;
pub mod figures;
mod life;
mod once;
mod meant;
mod nowhere;
mod order;
pub mod report;
mod severity;
mod told_before;
mod year;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use common::joined;
pub use corrected::{Corrected, CorrectedUnit, Now, corrected};
pub use life::{Gone, gone, told_otherwise};
pub use meant::by_cells as headings_meant;
pub use nowhere::joined as said_of_the_form;
pub use once::said_once;
pub use report::{
    BridgeLine, CellsLine, Conservation, CorrectedLine, CorrectedLines, CorrectedSum, CoverageLine,
    FileLine, FileVersion, FindingLine, Lines, PairLine, PlanLine, Report, ReportedLine,
    ResolvedLine, ReturnedLine, RowsLine, SCHEMA, Told, TotalLine, UnitLine, ValueLine, Verdict,
    WaiverLine,
};
use severity::severity;
use told_before::ToldBefore;
pub use year::{YearLine, YearUnit};

use crate::check::Context;
use crate::model::amount::scale_decimal;
use crate::model::fact::WaiverTold;
use crate::model::{
    Day, Fact, Family, Finding, FindingId, Kind, Life, Month, Severity, Side, Status, fold,
    personal,
};
use crate::normalise::cells::month::{full_day, full_month, without_time};
use crate::pipeline::file::Accept;
use crate::pipeline::{Pipeline, Waiver};

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
    /// What was decided when the figures were others, and holds no more.
    pub lapsed: Option<Decision>,
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
    /// The answers that the text is made of, with where they come from, as far as that is known.
    pub answers: Vec<Answer>,
}

/// One answer to a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub text: String,
    #[serde(flatten)]
    pub origin: Origin,
    /// The documents that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// By whom, when and in which file something was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The unit whose slip it is, or who signed the decision; empty where nobody says.
    pub who: String,
    /// When the file was saved, as it says itself or else the file system: `2020-09-03T08:15:00Z`.
    pub when: String,
    pub file: String,
}

/// A document that an answer names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub name: String,
    /// None where it was not found beside the answer.
    pub sha256: Option<String>,
}

/// The figures of a finding as the list of findings showed them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub expected: String,
    pub found: String,
}

/// What is known of a finding's explanation and decision, and the figures it was written for, as
/// the list of findings showed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub figures: Figures,
    /// Whether it was outdated already when it was last shown.
    pub outdated: bool,
    pub answers: Vec<Answer>,
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
    /// The last period in which a waiver holds, where it does not hold for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Month>,
    /// The figures that it was made for; those of the answer where none are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
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
    let earlier = Before::of(earlier, context.period);
    let mut settled: Vec<Settled> = paired
        .into_iter()
        .zip(ids)
        .map(|((finding, (origin, status)), id)| {
            let settled = with_history(finding, id, status, &earlier, explanations, pipeline);
            Settled { origin: Some(origin.into()), ..settled }
        })
        .collect();
    let empty = settled.iter().filter_map(|settled| explanation_empty(settled, pipeline));
    let expired = settled.iter().filter_map(|settled| waiver_expired(settled, context.period));
    let empty: Vec<Finding> = empty.chain(expired).collect();
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

/// A waiver that was given in the workbook and whose time is over is said as one of the pipeline file.
fn waiver_expired(settled: &Settled, period: Option<Month>) -> Option<Finding> {
    let decision = settled.decision.as_ref()?;
    if decision.decided != Decided::Waived || !has_expired(decision, period) {
        return None;
    }
    let about = &settled.finding;
    let mut finding = Finding::new(
        Fact::WaiverExpired(WaiverTold {
            reason: decision.opinion.clone(),
            approved_by: decision.by.clone(),
            expires: decision.until,
        }),
        Side::Plan,
    );
    finding.unit.clone_from(&about.unit);
    finding.seq = about.seq;
    finding.task.clone_from(&about.task);
    finding.field.clone_from(&about.field);
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

/// Whether a waiver names the kind and the field of a finding, or leaves them open.
fn is_named_by(finding: &Finding, waiver: &Waiver) -> bool {
    waiver.kind.is_none_or(|kind| kind == finding.kind())
        && waiver.field.as_ref().is_none_or(|field| finding.field.as_ref() == Some(field))
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
        let mut used = false;
        for &covered in submitted.about(&unit, waiver.task.as_ref()) {
            let finding = &findings[covered];
            if is_named_by(finding, waiver) && severity(finding, pipeline) > Severity::Note {
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
                expires: waiver.expires,
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

/// Whether findings of a kind are told row by row, or of all rows at once.
fn is_of_rows(kind: Kind) -> bool {
    matches!(kind.entry().family, Family::Value | Family::Rule)
}

/// The findings of the earlier period, by identity.
struct Before<'a> {
    lines: BTreeMap<&'a str, &'a FindingLine>,
    /// What it told of several cells at once, and what it told cell by cell.
    together: ToldBefore,
    alone: ToldBefore,
    report: Option<&'a Report>,
    /// The rules that it was held to, where it says.
    rules: Option<BTreeSet<&'a str>>,
    /// The period of this run.
    period: Option<Month>,
}

impl<'a> Before<'a> {
    fn of(earlier: Option<&'a Report>, period: Option<Month>) -> Self {
        let mut lines = BTreeMap::new();
        let [mut together, mut alone] = [ToldBefore::default(), ToldBefore::default()];
        for line in earlier.into_iter().flat_map(|report| &report.findings) {
            lines.entry(line.id.as_str()).or_insert(line);
            if line.side != Side::Submission || !is_of_rows(line.kind) {
                continue;
            }
            let is_whole = line.task.is_none() && line.cells.len() > 1;
            let own = if is_whole { &mut together } else { &mut alone };
            own.add(line);
        }
        let rules = earlier.and_then(life::rules_held);
        Self { lines, together, alone, report: earlier, rules, period }
    }

    /// For how many periods the cells of a finding have been told otherwise: with others of their column,
    /// or one by one.
    fn otherwise(&self, finding: &Finding) -> Option<u32> {
        if !is_of_rows(finding.kind()) {
            return None;
        }
        let is_whole = finding.task.is_none() && finding.cells.len() > 1;
        let together = self.together.periods(finding);
        if is_whole { together.max(self.alone.periods(finding)) } else { together }
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
    let otherwise = earlier.otherwise(&finding).filter(|_| before.is_none());
    let line = |value: &Option<crate::model::Value>| {
        let bare = value.as_ref().map(|value| figures::bare_value(value, pipeline.money));
        bare.filter(|text| !text.is_empty())
    };
    let is_unchanged = before.is_some_and(|before| {
        before.kind == finding.kind()
            && before.found == line(&finding.found)
            && before.expected == line(&finding.expected)
    });
    let life = match before {
        Some(_) if is_unchanged => Life::Same,
        Some(_) => Life::Changed,
        None if otherwise.is_some() => Life::Changed,
        None if earlier.report.is_some_and(|report| report.known.contains(&id)) => Life::Reopened,
        None => Life::New,
    };
    let of_new_rule = life == Life::New
        && earlier.rules.as_ref().is_some_and(|held| {
            let broken = finding.fact.broken();
            broken.is_some_and(|broken| !held.contains(format!("rule:{}", broken.name).as_str()))
        });
    let known = before.map(|before| before.months).or(otherwise);
    let months = known.map_or(1, |months| months + 1);
    let written = explanations.get(&id);
    let now = Figures {
        expected: listed(&line(&finding.expected)),
        found: listed(&found_as_listed(&finding, line(&finding.found))),
    };
    let outdated =
        written.is_some_and(|written| written.outdated || !same_figures(&written.figures, &now));
    let texts = written.filter(|written| !written.text.is_empty());
    let explanation = texts.map(|written| Explanation {
        text: written.text.clone(),
        outdated,
        answers: written.answers.clone(),
    });
    let decided = written.and_then(|written| written.decision.clone());
    let (decision, lapsed) = match decided {
        Some(decision) => {
            let holds = match &decision.figures {
                Some(figures) => same_figures(figures, &now),
                None => !outdated,
            };
            if holds { (Some(decision), None) } else { (None, Some(decision)) }
        }
        None => (None, None),
    };
    let answered = explanation.as_ref().is_some_and(|explanation| {
        !explanation.outdated && !says_nothing(&explanation.text, pipeline)
    });
    let severity = severity(&finding, pipeline);
    let is_verify = severity == Severity::Verify;
    let accepted = pipeline.findings.accept == Accept::ByAnswer && answered;
    let in_force = decision.as_ref().filter(|decision| !has_expired(decision, earlier.period));
    let decided = in_force.map(|decision| decision.decided);
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
        lapsed,
        waiver,
        origin: None,
    }
}

/// Whether a waiver's time is over.
fn has_expired(decision: &Decision, period: Option<Month>) -> bool {
    matches!((decision.until, period), (Some(until), Some(period)) if period > until)
}

/// Whether two sets of figures are the same, however a list shows them.
pub fn same_figures(one: &Figures, other: &Figures) -> bool {
    same_figure(&one.expected, &other.expected) && same_figure(&one.found, &other.found)
}

/// Whether two cells show the same figure, whichever form a program saved it in: 1,250.50 and 1250.5 are
/// one, as are 40% and 40, 2020-10 and 2020年10月 and the first of that month.
fn same_figure(one: &str, other: &str) -> bool {
    /// Enough for what a list shows of any quantity.
    const PLACES: u32 = 8;
    /// Characters of a month or a day: 2020年10月31日.
    const LONGEST_DATE: usize = 11;
    let (one, other) = (as_shown(one), as_shown(other));
    let number = |text: &str| {
        scale_decimal(&text.strip_suffix('%').unwrap_or(text).replace(',', ""), PLACES).ok()
    };
    let first_day = |Month { year, month }: Month| Day::new(year, month, 1);
    // A month is kept as its first day. A sentence that names a month is no month.
    let date = |text: &str| {
        let plain = fold::plain(without_time(text));
        let is_short = plain.chars().count() <= LONGEST_DATE;
        let day = || full_day(&plain).or_else(|| first_day(full_month(&plain)?));
        is_short.then(day).flatten()
    };
    one == other
        || number(&one).is_some_and(|figure| number(&other) == Some(figure))
        || date(&one).is_some_and(|figure| date(&other) == Some(figure))
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
    text.as_ref().map(|text| crate::model::words::cut(text, LONGEST)).unwrap_or_default()
}

/// Returns a text as a workbook shows it, whether it comes from there or not.
fn as_shown(text: &str) -> String {
    personal::masked(text).chars().filter(|c| !fold::is_invisible(*c)).collect()
}

/// Returns whether an explanation is nothing but phrases that give no reason.
pub fn says_nothing(text: &str, pipeline: &Pipeline) -> bool {
    let is_empty = |part: &str| {
        let key = fold::key(part);
        // A number or a mark is no reason.
        !key.chars().any(char::is_alphabetic) || pipeline.findings.empty_explanations.contains(&key)
    };
    is_empty(text)
        || text.split(|c: char| "，。；、！,;!~～".contains(c) || c.is_whitespace()).all(is_empty)
}

/// Returns the verdict: whether any finding above note is open on the submission side.
pub fn verdict(settled: &[Settled]) -> Verdict {
    if settled.iter().any(Settled::is_open) { Verdict::Findings } else { Verdict::Agrees }
}

#[cfg(test)]
mod tests {
    use super::same_figure;

    #[test]
    fn a_figure_is_the_same_whichever_form_a_program_shows_it_in() {
        for (shown, expected) in [
            ("1,100,000.00", "1100000"),
            ("25", "25"),
            ("-0.50", "-0.5"),
            ("40%", "40"),
            ("2020-10", "2020-10"),
            ("2020年10月", "2020-10"),
            ("2020-10-01 00:00:00", "2020-10"),
            ("2020/10/1", "2020-10"),
            ("2020年10月31日", "2020-10-31"),
        ] {
            assert!(same_figure(shown, expected), "{shown}");
        }
        for (one, other) in [
            ("待定", "20"),
            ("", "0"),
            ("1.2.3", "1.2"),
            ("2020-10-31", "2020-10"),
            ("2020-10-30", "2020-10-31"),
            ("约20", "20"),
        ] {
            assert!(!same_figure(one, other), "{one}");
        }
    }
}
