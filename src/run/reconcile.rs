//! From extracts to settled findings: the middle of a run, shared with the check of single
//! sheets.

use std::collections::BTreeMap;

use super::RunError;
use crate::check::bridge::{self, Bridge, Movement};
use crate::check::ledger::owed::owed;
use crate::check::ledger::{self, Line};
use crate::check::{self, Context, Earlier, Paragraph};
use crate::extract::Extract;
use crate::findings::Written;
use crate::findings::wording::refusal_text;
use crate::findings::{
    self, FileLine, FindingLine, PairLine, PlanLine, Report, Settled, UnitLine, ValueLine, books,
};
use crate::intake::Received;
use crate::matching::{self, Frames, Matched};
use crate::model::words::Language;
use crate::model::{Finding, Kind, Month, Side};
use crate::normalise::TableRow;
use crate::normalise::frame::{number, shown_task, text_key};
use crate::pipeline::Pipeline;
use crate::roster::{self, Plan, Roster, Standing};

/// What a reconciliation starts from.
#[derive(Debug)]
pub struct Inputs<'a> {
    pub pipeline: &'a Pipeline,
    /// None when single sheets are checked without one.
    pub period: Option<Month>,
    pub plan_file: &'a Received,
    pub plan_extract: &'a Extract,
    pub plan_from: Option<Month>,
    /// The plan before the one in force, where there is one.
    pub before: Option<&'a PlanBefore>,
    pub received: &'a [Received],
    pub extracts: &'a [Extract],
    /// The report of the earlier period.
    pub earlier: Option<&'a Report>,
    /// What people wrote, by the finding's identity.
    pub explanations: &'a BTreeMap<String, Written>,
    pub language: Language,
}

/// An earlier version of the plan.
#[derive(Debug)]
pub struct PlanBefore {
    pub file: Received,
    pub extract: Extract,
    pub from: Month,
}

/// What it comes to.
#[derive(Debug)]
pub struct Reconciled<'a> {
    pub plan: Plan<'a>,
    pub roster: Roster<'a>,
    pub frames: Frames,
    pub matched: Matched,
    pub paragraph: Paragraph,
    pub settled: Vec<Settled>,
    /// Every check that was owed; its findings by their place in `settled`.
    pub ledger: Vec<Line>,
    /// What lies between plan and report; its findings by their place in `settled`.
    pub movements: Vec<Movement>,
    /// Complete but for the marks.
    pub report: Report,
}

/// Reconciles sheets with the plan.
///
/// # Errors
/// Fails when the plan holds no task, and when the program's own books do not balance.
pub fn reconcile<'a>(inputs: &Inputs<'a>) -> Result<Reconciled<'a>, RunError> {
    let pipeline = inputs.pipeline;
    let plan = roster::plan(inputs.plan_file, inputs.plan_extract, pipeline);
    if plan.tasks.is_empty() {
        return Err(no_tasks(inputs));
    }
    let mut found: Vec<Finding> = plan_layout(inputs, &plan);
    let (roster, said) =
        roster::roster(inputs.received, inputs.extracts, &plan, inputs.period, pipeline);
    found.extend(said);
    let frames = Frames::new(&plan, &roster, pipeline)?;
    let (matched, said) = matching::pair(&frames, &plan, &roster, pipeline)?;
    found.extend(said);
    let paragraph = check::paragraph(&plan, pipeline);
    let earlier = what_is_known(inputs.earlier);
    let before = inputs
        .before
        .map(|before| (roster::plan(&before.file, &before.extract, pipeline), before.from));
    let changes = before
        .as_ref()
        .map(|(before, _)| check::changes(before, &plan, pipeline))
        .unwrap_or_default();
    let (settled, books) = {
        let context = Context {
            pipeline,
            plan: &plan,
            roster: &roster,
            frames: &frames,
            matched: &matched,
            paragraph: &paragraph,
            period: inputs.period,
            earlier: &earlier,
            before: before.as_ref().map(|(before, from)| (before, *from)),
        };
        let said = check::run(&context, &found)?;
        found.extend(said);
        let books = Books::kept(&context, &found)?;
        let settled = findings::settle(
            found,
            Some(&context),
            &plan.names.units,
            inputs.earlier,
            inputs.explanations,
            inputs.period,
            pipeline,
        );
        (settled, books)
    };
    let books = books.of_settled(&settled);
    let mut report = report(inputs, &plan, &roster, &frames, &matched, &paragraph, &settled)?;
    report.plan.changes = changes;
    if let Some(earlier) = inputs.earlier {
        let (resolved, unseen) = findings::gone(earlier, &settled, &books.ledger, &plan, pipeline);
        report.resolved = resolved;
        report.known.extend(unseen.iter().map(|line| line.id.clone()));
        report.findings.extend(unseen);
    }
    let owed = owed(&plan, inputs.period, pipeline);
    report.coverage = books::coverage(&books.ledger, &owed, &plan, pipeline)?;
    books::moved(&books.movements, &roster, pipeline)?;
    report.bridge = books::bridge(&books.bridges, &plan, pipeline)?;
    let Books { ledger, movements, .. } = books;
    Ok(Reconciled { plan, roster, frames, matched, paragraph, settled, ledger, movements, report })
}

/// The ledger and the bridge of a reconciliation.
struct Books {
    ledger: Vec<Line>,
    movements: Vec<Movement>,
    bridges: BTreeMap<(usize, usize), Bridge>,
}

impl Books {
    fn kept(context: &Context<'_>, found: &[Finding]) -> Result<Self, RunError> {
        let ledger = ledger::ledger(context, found)?;
        let movements = bridge::movements(context, &ledger, found);
        let bridges = bridge::bridges(context, &movements);
        Ok(Self { ledger, movements, bridges })
    }

    /// Names findings by their place among the settled ones.
    fn of_settled(mut self, settled: &[Settled]) -> Self {
        let places: BTreeMap<usize, usize> = settled
            .iter()
            .enumerate()
            .filter_map(|(place, settled)| Some((settled.origin?, place)))
            .collect();
        let place = |finding: Option<usize>| places.get(&finding?).copied();
        for line in &mut self.ledger {
            line.finding = place(line.finding);
        }
        for movement in &mut self.movements {
            movement.finding = place(movement.finding);
        }
        self
    }
}

fn no_tasks(inputs: &Inputs<'_>) -> RunError {
    // By its name: the copy that was read lies in a folder that is gone by now.
    let path = std::path::PathBuf::from(&inputs.plan_file.name);
    if let Some(refusal) = &inputs.plan_extract.refusal {
        RunError::PlanUnreadable { path, refusal: refusal.clone() }
    } else {
        let missing = inputs.plan_extract.findings.iter().filter_map(|finding| {
            (finding.kind == Kind::ColumnMissing)
                .then(|| finding.field.as_ref().map(|name| inputs.pipeline.field_title(name)))
                .flatten()
        });
        RunError::PlanEmpty { path, missing: missing.collect() }
    }
}

/// The layout findings of the plan's own file, on the plan's side.
fn plan_layout(inputs: &Inputs<'_>, plan: &Plan<'_>) -> Vec<Finding> {
    let own = inputs.plan_extract.findings.iter().cloned();
    own.map(|finding| Finding {
        side: Side::Plan,
        file: plan.places.files.first().cloned(),
        sheet: finding.sheet.clone().or_else(|| plan.places.sheet(0, 0)),
        ..finding
    })
    .collect()
}

fn what_is_known(earlier: Option<&Report>) -> Earlier {
    let Some(report) = earlier else { return Earlier::default() };
    let figures = report
        .values
        .iter()
        .map(|line| ((line.unit.clone(), line.key.clone(), line.field.clone()), line.figure));
    let contents = report.units.iter().filter(|unit| !unit.content.is_empty());
    Earlier {
        period: report.period.parse().ok(),
        figures: figures.collect(),
        contents: contents.map(|unit| (unit.unit.clone(), unit.content.clone())).collect(),
    }
}

fn report(
    inputs: &Inputs<'_>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    frames: &Frames,
    matched: &Matched,
    paragraph: &Paragraph,
    settled: &[Settled],
) -> Result<Report, RunError> {
    let pipeline = inputs.pipeline;
    let unchecked =
        paragraph.unchecked.iter().map(|(cell, around)| format!("{cell}：{around}")).collect();
    let mut known = inputs.earlier.map(|report| report.known.clone()).unwrap_or_default();
    known.extend(settled.iter().map(|settled| settled.id.clone()));
    Ok(Report {
        schema: findings::SCHEMA.to_owned(),
        pipeline: pipeline.name.clone(),
        period: inputs.period.map(|period| period.to_string()).unwrap_or_default(),
        verdict: findings::verdict(settled),
        earlier: inputs.earlier.map(|report| report.period.clone()),
        plan: PlanLine {
            file: inputs.plan_file.name.clone(),
            sha256: inputs.plan_file.sha256.clone(),
            tasks: plan.tasks.len(),
            from: inputs.plan_from.map(|from| from.to_string()).unwrap_or_default(),
            unchecked,
            changes: Vec::new(),
        },
        units: unit_lines(plan, roster, matched, pipeline),
        files: file_lines(inputs, roster),
        totals: books::totals(plan, roster, frames, pipeline)?,
        rows: books::rows(roster, inputs.extracts)?,
        cells: books::cells(roster, inputs.extracts)?,
        resolved: Vec::new(),
        coverage: Vec::new(),
        bridge: Vec::new(),
        findings: settled
            .iter()
            .map(|settled| FindingLine::new(settled, Vec::new(), pipeline, inputs.language))
            .collect(),
        conservation: books::amounts(roster, inputs.extracts, matched, pipeline)?,
        returned: Vec::new(),
        passed_over: Vec::new(),
        pairs: pairs(plan, roster, matched, pipeline),
        values: values(plan, roster, matched, pipeline),
        known,
    })
}

fn unit_lines(
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    pipeline: &Pipeline,
) -> Vec<UnitLine> {
    let contents = check::contents(roster, pipeline);
    let counts = books::matched_tasks(matched, &plan.tasks);
    let units = roster.units.iter().enumerate();
    units
        .map(|(unit, (standing, files))| {
            let (tasks, matched) = counts.get(&unit).copied().unwrap_or_default();
            UnitLine {
                unit: plan.names.name(unit).to_owned(),
                standing: *standing,
                files: files.iter().map(|file| roster.places.files[*file].clone()).collect(),
                tasks,
                matched,
                content: contents.get(plan.names.name(unit)).cloned().unwrap_or_default(),
            }
        })
        .collect()
}

fn file_lines(inputs: &Inputs<'_>, roster: &Roster<'_>) -> Vec<FileLine> {
    let files = inputs.received.iter().zip(inputs.extracts).zip(&roster.files);
    files
        .map(|((received, extract), standing)| {
            let names: Vec<String> =
                standing.units.iter().map(|unit| roster.names.name(*unit).to_owned()).collect();
            let single = match names.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            };
            FileLine {
                file: received.name.clone(),
                sha256: received.sha256.clone(),
                unit: single,
                standing: standing.standing,
                format: extract.format.map(|format| format.name().to_owned()),
                reason: extract
                    .refusal
                    .as_ref()
                    .map(|refusal| refusal_text(refusal, inputs.language)),
                units: if names.len() > 1 { names } else { Vec::new() },
                remarks: remarks(extract, standing.standing),
            }
        })
        .collect()
}

fn remarks(extract: &Extract, standing: Standing) -> Vec<String> {
    let mut remarks = Vec::new();
    if standing == Standing::Duplicate {
        remarks.push("与另一个文件内容完全相同，只计一次".to_owned());
    }
    if extract.format.is_some_and(|format| !format.tells_hidden() && format.name() != "csv") {
        remarks.push("此格式不标明隐藏的行和列".to_owned());
    }
    remarks
}

/// The evidence of pairs that do not simply have the same text.
fn pairs(
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    pipeline: &Pipeline,
) -> Vec<PairLine> {
    let telling = matched.pairs.iter().filter(|pair| pair.why != matching::Why::SameText);
    telling
        .map(|pair| {
            let (item, planned) = (&roster.items[pair.row], &plan.tasks[pair.task]);
            let (likeness, second) = pair.why.likenesses();
            PairLine {
                unit: plan.names.name(planned.unit).to_owned(),
                seq: number(planned.row, pipeline),
                task: shown_task(planned.row, pipeline),
                file: roster.places.files[item.file].clone(),
                sheet: roster.places.sheet(item.file, item.sheet).unwrap_or_default(),
                cell: pipeline.roles.key.first().and_then(|field| roster::cell(item, *field)),
                why: pair.why.name().to_owned(),
                likeness,
                second,
            }
        })
        .collect()
}

/// The cumulative figures of this period, for the next one.
fn values(
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    pipeline: &Pipeline,
) -> Vec<ValueLine> {
    let mut lines = Vec::new();
    for (task, rows) in matched.rows_of_tasks() {
        let planned = &plan.tasks[task];
        let rows: Vec<&TableRow> = rows.iter().map(|row| roster.items[*row].row).collect();
        for &field in &pipeline.check.cumulative {
            if let Some(figure) = check::reported(&rows, field, pipeline) {
                lines.push(ValueLine {
                    unit: plan.names.name(planned.unit).to_owned(),
                    key: text_key(planned.row, pipeline),
                    field: pipeline.columns[field].name.clone(),
                    figure,
                });
            }
        }
    }
    lines
}
