//! The result as data for other programs, made once, after the pages are laid out, since a
//! finding's highlighted cells are known then. What a later run reads of it is typed in `findings`.
//!
//! A *report* is a reconciliation told in names and decimals, for programs; nothing is held against
//! anything here.

mod data;

pub use data::{BOOKS, Material};

use crate::findings::figures::{bare_difference_of, shown, tolerance};
use crate::findings::{
    Corrected, CorrectedLine, CorrectedLines, CorrectedSum, CorrectedUnit, CoverageLine, FileLine,
    FileVersion, FindingLine, PlanLine, Report, ReportedLine, ResolvedLine, ReturnedLine, SCHEMA,
    Settled, Told, UnitLine, ValueLine, WaiverLine, YearLine,
};
use crate::intake::PassedOver;
use crate::model::amount::less;
use crate::model::common::Common;
use crate::model::words::Language;
use crate::model::{FindingId, Severity, Side, personal};
use crate::pipeline::Pipeline;
use crate::reconcile::{FileResult, Inputs, Reconciliation, reported, values};
use crate::wording;

/// What a reconciliation does not know: where its findings are marked, and what else lay in the
/// inbox.
#[derive(Clone, Debug, Default)]
pub struct Besides {
    /// The marked cells of each finding, the unseen ones last; none where no pages were laid out.
    pub marks: Vec<Vec<String>>,
    pub returned: Vec<ReturnedLine>,
    pub passed_over: Vec<PassedOver>,
    /// The periods of the year so far, this one last.
    pub year: Vec<YearLine>,
}

/// A report to be told.
pub type ToBeTold<'a> = Report<Told<'a, ValueLine>, Told<'a, ReportedLine>>;

/// Makes the report.
pub fn report<'a>(
    reconciliation: &'a Reconciliation<'_>,
    inputs: &Inputs<'a>,
    besides: Besides,
    language: Language,
) -> ToBeTold<'a> {
    let pipeline = inputs.pipeline;
    let Besides { marks, returned, passed_over, year } = besides;
    let settled = reconciliation.settled.iter();
    let own = settled.map(|settled| finding_line(settled, pipeline, language));
    let mut findings: Vec<FindingLine> = own.chain(reconciliation.unseen.iter().cloned()).collect();
    for (finding, marks) in findings.iter_mut().zip(marks) {
        finding.marks = marks;
    }
    let unchecked = reconciliation.paragraph.unchecked.iter();
    Report {
        schema: SCHEMA.to_owned(),
        pipeline: pipeline.name.clone(),
        period: inputs.period.map(|period| period.to_string()).unwrap_or_default(),
        verdict: reconciliation.verdict,
        earlier: reconciliation.earlier.clone(),
        not_followed: reconciliation.not_followed.clone(),
        plan: PlanLine {
            file: inputs.plan_file.name.clone(),
            sha256: inputs.plan_file.sha256.clone(),
            tasks: reconciliation.plan.tasks.len(),
            from: inputs.plan_from.map(|from| from.to_string()).unwrap_or_default(),
            unchecked: unchecked.map(|(cell, around)| format!("{cell}：{around}")).collect(),
            changes: reconciliation.changes.clone(),
        },
        units: reconciliation.units.iter().map(|unit| unit_line(unit, pipeline)).collect(),
        files: reconciliation.files.iter().map(|file| file_line(file, language)).collect(),
        totals: reconciliation.totals.clone(),
        rows: reconciliation.rows.clone(),
        cells: reconciliation.cells.clone(),
        resolved: reconciliation.resolved.clone(),
        lapsed: reconciliation.lapsed.clone(),
        findings,
        year,
        corrected: reconciliation
            .corrected
            .as_ref()
            .filter(|own| own.has_changed())
            .map(|own| corrected(own, reconciliation, pipeline)),
        coverage: coverage(reconciliation, pipeline),
        bridge: reconciliation.bridge.clone(),
        conservation: reconciliation.conservation.clone(),
        returned,
        passed_over: passed_over.into_iter().map(|passed_over| passed_over.name).collect(),
        pairs: reconciliation.pairs.clone(),
        values: Told(Box::new(|| Box::new(values(reconciliation, pipeline)))),
        reported: Told(Box::new(|| Box::new(reported(reconciliation, pipeline)))),
        known: reconciliation.known.clone(),
    }
}

/// A unit's line; what it wrote, without personal numbers.
fn unit_line(unit: &UnitLine, pipeline: &Pipeline) -> UnitLine {
    let said = unit.nothing_because.clone();
    UnitLine { nothing_because: masked_if_wanted(said, pipeline), ..unit.clone() }
}

/// What the run changed against the one before it.
fn corrected(
    corrected: &Corrected,
    reconciliation: &Reconciliation<'_>,
    pipeline: &Pipeline,
) -> CorrectedLines {
    let version = |(file, sha256): (String, String)| FileVersion {
        file,
        sha256: Some(sha256).filter(|sha256| !sha256.is_empty()),
    };
    let unit = |own: &CorrectedUnit| CorrectedLine {
        unit: own.unit.clone(),
        standing: own.standing.into(),
        files: own.files.clone().map(|files| files.into_iter().map(version).collect()).into(),
        sent_anew: own.sent_anew(),
        reported: own.reported.iter().map(|(field, sums)| sum(field, sums, pipeline)).collect(),
        gone: own.gone,
        new: own.new,
        same: own.same,
    };
    let ids = |places: &[FindingId]| {
        places.iter().map(|place| reconciliation.settled[usize::from(*place)].id.clone()).collect()
    };
    CorrectedLines {
        units: corrected.units.iter().map(unit).collect(),
        gone: corrected.gone.iter().map(ResolvedLine::from).collect(),
        new: ids(&corrected.new),
        same: ids(&corrected.same),
    }
}

fn sum(field: &str, sums: &[String; 2], pipeline: &Pipeline) -> CorrectedSum {
    let [then, now] = sums;
    CorrectedSum {
        field: field.to_owned(),
        difference: less(now, then, pipeline.money),
        sums: sums.clone().into(),
    }
}

fn coverage(reconciliation: &Reconciliation<'_>, pipeline: &Pipeline) -> Vec<CoverageLine> {
    let names = &reconciliation.plan.names;
    let counts = reconciliation.coverage.iter();
    counts
        .map(|((held, unit), count)| CoverageLine {
            rule: held.name(pipeline),
            title: wording::held_title(*held, pipeline),
            unit: unit.map(|unit| names.name(unit).to_owned()),
            owed: count.owed,
            agrees: count.agrees,
            differs: count.differs,
            not_checked: count.not_checked,
            reasons: count
                .reasons
                .iter()
                .map(|(reason, number)| (reason.name().to_owned(), *number))
                .collect(),
        })
        .collect()
}

fn file_line(file: &FileResult, language: Language) -> FileLine {
    let (unit, units) = match file.units.as_slice() {
        [only] => (Some(only.clone()), Vec::new()),
        several => (None, several.to_vec()),
    };
    FileLine {
        file: file.file.clone(),
        sha256: Some(file.sha256.clone()).filter(|sha256| !sha256.is_empty()),
        unit,
        standing: file.standing,
        format: file.format.map(str::to_owned),
        reason: file.refusal.as_ref().map(|refusal| wording::refusal_text(refusal, language)),
        units,
        remarks: file.remarks.iter().map(|remark| wording::remark_text(*remark)).collect(),
    }
}

/// Returns a text without personal numbers, unless the pipeline file wants them.
fn masked_if_wanted(text: String, pipeline: &Pipeline) -> String {
    if pipeline.workbook.mask { personal::masked(&text).into_owned() } else { text }
}

/// The names of a common cause's columns, where there are several.
fn columns(common: &Common) -> Vec<String> {
    let names = common.columns.iter().map(|column| column.field.clone());
    if common.columns.len() > 1 { names.collect() } else { Vec::new() }
}

/// Whether a later run asks what has become of a finding.
fn is_followed(settled: &Settled) -> bool {
    settled.finding.side == Side::Submission && settled.severity > Severity::Note
}

/// Returns a settled finding as a line of the report, without marks.
fn finding_line(settled: &Settled, pipeline: &Pipeline, language: Language) -> FindingLine {
    let finding = &settled.finding;
    let shown = shown(finding, pipeline.money);
    FindingLine {
        id: settled.id.clone(),
        kind: finding.kind(),
        severity: settled.severity,
        status: settled.status,
        life: settled.life,
        of_new_rule: settled.of_new_rule,
        rule: finding.fact.broken().map(|broken| format!("rule:{}", broken.name)),
        months: settled.months,
        side: finding.side,
        unit: finding.unit.clone(),
        seq: finding.seq,
        field: finding.field.clone(),
        columns: finding.fact.common().map(columns).unwrap_or_default(),
        tasks: if is_followed(settled) { finding.tasks.clone() } else { Vec::new() },
        expected: shown.expected,
        found: shown.found,
        difference: shown.difference,
        typed: finding.typed.clone(),
        cause: finding.cause.iter().map(|cause| wording::cause_text(cause, language)).collect(),
        file: finding.file.clone(),
        sheet: finding.sheet.clone(),
        cell: finding.cell,
        cells: finding.cells.iter().map(ToString::to_string).collect(),
        plan_cell: finding.plan_cell,
        marks: Vec::new(),
        explanation: settled.explanation.as_ref().map(|explanation| explanation.text.clone()),
        message: masked_if_wanted(wording::settled_message(settled, pipeline, language), pipeline),
        task: finding.task.clone(),
        causes: finding.cause.clone(),
        explanation_outdated: settled.explanation.as_ref().is_some_and(|e| e.outdated),
        answers: settled.explanation.iter().flat_map(|e| e.answers.iter().cloned()).collect(),
        tolerance: tolerance(finding, pipeline)
            .and_then(|most| bare_difference_of(most, finding, pipeline.money)),
        decision: settled.decision.clone(),
        waiver: settled.waiver.map(|place| {
            let waiver = &pipeline.findings.waivers[place];
            WaiverLine { reason: waiver.reason.clone(), approved_by: waiver.approved_by.clone() }
        }),
    }
}
