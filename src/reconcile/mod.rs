//! The middle as one pure function: extracts, plan, earlier result and answers come to a
//! reconciliation. `run`, `check` and `drill` all call it; no file is opened here and no sentence
//! built.
//!
//! A *reconciliation* is everything that came out, as data: pairs, findings, ledger, bridge. It is
//! no report: pages and `report.json` are made of it later, and add nothing to it.

mod carried;
mod signed;

pub use carried::{reported, values};

use std::collections::{BTreeMap, BTreeSet};

use crate::check::bridge::{self, Bridge, Movement};
use crate::check::figures;
use crate::check::ledger::owed::owed;
use crate::check::ledger::{self, Ledger};
use crate::check::records::Records;
use crate::check::{self, Change, Context, Earlier, Known, Paragraph};
use crate::decisions::{Answers, Refused};
use crate::extract::Extract;
use crate::findings::books::{Coverage, NotBalanced};
use crate::findings::{
    self, BridgeLine, CellsLine, Conservation, Corrected, FindingLine, Gone, Now, PairLine, Report,
    ResolvedLine, RowsLine, Settled, TotalLine, UnitLine, Verdict, books,
};
use crate::intake::Received;
use crate::matching::{self, Frames, Matched};
use crate::model::finding::Refusal;
use crate::model::{
    ColumnId, Fact, Finding, FindingId, IdSlice, IdVec, Kind, Month, SheetId, Side, TaskId, Text,
    UnitId,
};
use crate::normalise::classes::unread::comments_only;
use crate::normalise::frame::{number, shown_task};
use crate::pipeline::{CorrectionPart, Pipeline, Span};
use crate::roster::{self, Plan, Roster, Standing, THE_PLAN};

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
    /// The report of the run before in the same period.
    pub previous: Option<&'a Report>,
    /// What people wrote and decided.
    pub answers: &'a Answers,
}

/// An earlier version of the plan.
#[derive(Debug)]
pub struct PlanBefore {
    pub file: Received,
    pub extract: Extract,
    pub from: Month,
}

/// What it comes to, as data.
#[derive(Debug)]
pub struct Reconciliation<'a> {
    pub plan: Plan<'a>,
    pub roster: Roster<'a>,
    pub matched: Matched,
    pub paragraph: Paragraph,
    pub settled: Vec<Settled>,
    /// Findings of the earlier period whose check could not be made.
    pub unseen: Vec<FindingLine>,
    /// Findings of the earlier period whose check was made and agrees.
    pub resolved: Vec<ResolvedLine>,
    /// Findings of the earlier period whose rule is not in force any more.
    pub lapsed: Vec<ResolvedLine>,
    pub verdict: Verdict,
    /// The period that was compared with.
    pub earlier: Option<String>,
    /// Its version, where it is another one and its findings cannot be followed.
    pub not_followed: Option<String>,
    /// What the plan in force changed of the one before.
    pub changes: Vec<Change>,
    /// Every check that was owed; its findings by their place in `settled`.
    pub ledger: Ledger,
    /// The ledger counted.
    pub coverage: Coverage,
    /// What lies between plan and report; its findings by their place in `settled`.
    pub movements: Vec<Movement>,
    pub bridge: Vec<BridgeLine>,
    /// The same in 分.
    pub bridges: BTreeMap<(UnitId, ColumnId), Bridge>,
    /// What changed against the run before in the same period, where there is one whose findings can
    /// be followed.
    pub corrected: Option<Corrected>,
    pub units: Vec<UnitLine>,
    pub files: Vec<FileResult>,
    pub totals: Vec<TotalLine>,
    pub rows: Vec<RowsLine>,
    pub cells: Vec<CellsLine>,
    pub conservation: Vec<Conservation>,
    pub pairs: Vec<PairLine>,
    /// The text keys of the tasks, by which the next period knows them.
    pub task_keys: IdVec<TaskId, Text>,
    /// What was known of earlier periods.
    pub known_before: Earlier,
    /// Identities of all findings ever made.
    pub known: BTreeSet<String>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileResult {
    pub file: String,
    pub sha256: String,
    /// The units whose rows it holds.
    pub units: Vec<String>,
    pub standing: Standing,
    pub format: Option<&'static str>,
    pub refusal: Option<Refusal>,
    pub remarks: Vec<Remark>,
}

/// What a reader of the result should know about how a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Another file has the same bytes; it counts once.
    SameBytes,
    /// The format does not tell which rows and columns are hidden.
    HiddenNotTold,
}

/// Why there is no reconciliation.
#[derive(Debug, thiserror::Error)]
pub enum CannotReconcile {
    #[error("the plan cannot be read")]
    PlanUnreadable { file: String, refusal: Refusal },
    /// Holds the titles of the columns that the plan lacks.
    #[error("the plan holds no task")]
    PlanEmpty { file: String, missing: Vec<String> },
    #[error(transparent)]
    NotBalanced(#[from] NotBalanced),
    /// A fault of this program.
    #[error(transparent)]
    Frames(#[from] polars::error::PolarsError),
}

/// Reconciles sheets with the plan.
///
/// # Errors
/// Fails when the plan holds no task, and when the program's own books do not balance.
pub fn reconcile<'a>(inputs: &Inputs<'a>) -> Result<Reconciliation<'a>, CannotReconcile> {
    let pipeline = inputs.pipeline;
    let plan = roster::plan(inputs.plan_file, inputs.plan_extract, pipeline);
    if plan.tasks.is_empty() {
        return Err(no_tasks(inputs));
    }
    let mut found: Vec<Finding> = plan_layout(inputs, &plan);
    let (roster, said) =
        roster::roster(inputs.received, inputs.extracts, &plan, inputs.period, pipeline);
    let frames = Frames::new(&plan, &roster, pipeline)?;
    let (matched, of_rows) = matching::pair(&frames, &plan, &roster, pipeline);
    let extracts = IdSlice::from_ref(inputs.extracts);
    let said = findings::headings_meant(said, &plan, &roster, &matched, extracts, pipeline);
    let said = findings::said_of_the_form(said, extracts, pipeline);
    found.extend(findings::said_once(said));
    found.extend(of_rows);
    let figures = figures::figures(&frames, &plan, &roster, &matched, pipeline)?;
    let paragraph = check::paragraph(&plan, pipeline);
    let extracts = std::iter::once(inputs.plan_extract).chain(inputs.extracts);
    let fitted: BTreeSet<CorrectionPart> =
        extracts.flat_map(|extract| extract.rows.fitted.iter().copied()).collect();
    let mut earlier = what_is_known(inputs.earlier, inputs.period, pipeline);
    check::add_told(&mut earlier, &roster, &plan, inputs.period, pipeline);
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
            figures: &figures,
            paragraph: &paragraph,
            fitted: &fitted,
            period: inputs.period,
            earlier: &earlier,
            before: before.as_ref().map(|(before, from)| (before, *from)),
        };
        let mut checked = check::run(&context, &found)?;
        found.extend(checked.findings);
        found = findings::joined(found, &mut checked.records, &inputs.answers.written, &context);
        found.extend(inputs.answers.refused.iter().map(refused));
        let mut books = Books::kept(&context, IdSlice::from_ref(&found), checked.records)?;
        let unchecked = ledger::unchecked(&mut books.ledger, &context, found.len());
        found.extend(unchecked);
        let settled = findings::settle(found, &context, inputs.earlier, &inputs.answers.written);
        (settled, books)
    };
    let books = books.of_settled(IdSlice::from_ref(&settled));
    let Gone { resolved, unseen, lapsed } = match inputs.earlier {
        Some(earlier) => findings::gone(earlier, &settled, &books.ledger, &plan, pipeline),
        None => Gone::default(),
    };
    let mut known = inputs.earlier.map(|report| report.known.clone()).unwrap_or_default();
    known.extend(settled.iter().map(|settled| settled.id.clone()));
    known.extend(unseen.iter().map(|line| line.id.clone()));
    // What an earlier run of the period found was sent out, and may be answered.
    let sent_out = inputs.previous.filter(|report| !report.is_of_another_version());
    known.extend(sent_out.into_iter().flat_map(|report| report.known.iter().cloned()));
    let owed = owed(&plan, inputs.period, pipeline);
    books::moved(&books.movements, &roster, pipeline)?;
    let units = unit_lines(&plan, &roster, &matched, inputs);
    let files = file_results(inputs, &roster);
    let bridge = books::bridge(&books.bridges, &plan, pipeline)?;
    let previous = inputs.previous.filter(|report| !report.is_of_another_version());
    let corrected = previous.map(|previous| {
        let own: Vec<_> = files
            .iter()
            .map(|file| (file.file.clone(), file.sha256.clone(), file.units.clone()))
            .collect();
        let told_otherwise =
            findings::told_otherwise(previous, &settled, &books.ledger, &plan, pipeline);
        let settled = IdSlice::from_ref(&settled);
        let now = Now { settled, units: &units, files: &own, bridge: &bridge };
        findings::corrected(previous, now, &told_otherwise)
    });
    Ok(Reconciliation {
        unseen,
        resolved,
        lapsed,
        verdict: findings::verdict(&settled),
        earlier: inputs.earlier.map(|report| report.period.clone()),
        not_followed: inputs
            .earlier
            .filter(|report| report.is_of_another_version())
            .map(|report| report.schema.clone()),
        changes,
        coverage: books::coverage(&books.ledger, &owed, &plan, pipeline)?,
        bridge,
        bridges: books.bridges,
        corrected,
        units,
        files,
        totals: books::totals(&plan, &roster, &frames, pipeline)?,
        rows: books::rows(&roster, inputs.extracts)?,
        cells: books::cells(&roster, inputs.extracts)?,
        conservation: books::amounts(&roster, inputs.extracts, &figures, pipeline)?,
        pairs: pairs(&plan, &roster, &matched, pipeline),
        task_keys: frames.task_keys,
        known_before: earlier,
        known,
        ledger: books.ledger,
        movements: books.movements,
        plan,
        roster,
        matched,
        paragraph,
        settled,
    })
}

/// Says that an answer is not taken.
fn refused(refused: &Refused) -> Finding {
    let fact = Fact::DecisionRefused {
        id: refused.id.clone(),
        text: refused.text.clone(),
        why: refused.why.clone(),
    };
    let mut finding = Finding::new(fact, Side::Submission).at(refused.cell);
    finding.unit.clone_from(&refused.unit);
    finding.file = Some(refused.file.clone());
    finding.sheet = Some(refused.sheet.clone());
    finding
}

/// The ledger and the bridge of a reconciliation.
struct Books {
    ledger: Ledger,
    movements: Vec<Movement>,
    bridges: BTreeMap<(UnitId, ColumnId), Bridge>,
}

impl Books {
    fn kept(
        context: &Context<'_>,
        found: &IdSlice<FindingId, Finding>,
        records: Vec<Records>,
    ) -> Result<Self, CannotReconcile> {
        let ledger = ledger::ledger(context, found, records)?;
        let movements = bridge::movements(context, &ledger, found)?;
        let bridges = bridge::bridges(context, &movements)?;
        Ok(Self { ledger, movements, bridges })
    }

    /// Names findings by their place among the settled ones.
    fn of_settled(mut self, settled: &IdSlice<FindingId, Settled>) -> Self {
        let places: BTreeMap<FindingId, FindingId> = settled
            .iter_enumerated()
            .filter_map(|(place, settled)| Some((settled.origin?, place)))
            .collect();
        let place = |finding: Option<FindingId>| places.get(&finding?).copied();
        self.ledger.rename(|finding| place(Some(finding)));
        for movement in &mut self.movements {
            movement.finding = place(movement.finding);
        }
        self
    }
}

fn no_tasks(inputs: &Inputs<'_>) -> CannotReconcile {
    // By its name: the copy that was read lies in a folder that is gone by now.
    let file = inputs.plan_file.name.clone();
    if let Some(refusal) = &inputs.plan_extract.refusal {
        return CannotReconcile::PlanUnreadable { file, refusal: refusal.clone() };
    }
    let missing = inputs.plan_extract.findings.iter().filter_map(|finding| {
        (finding.kind() == Kind::ColumnMissing)
            .then(|| finding.field.as_ref().map(|name| inputs.pipeline.field_title(name)))
            .flatten()
    });
    CannotReconcile::PlanEmpty { file, missing: missing.collect() }
}

/// The layout findings of the plan's own file, on the plan's side.
fn plan_layout(inputs: &Inputs<'_>, plan: &Plan<'_>) -> Vec<Finding> {
    // A plan in several tables may give a column in some of them only.
    let given: BTreeSet<ColumnId> = inputs
        .pipeline
        .columns
        .keys()
        .filter(|field| plan.tasks.iter().any(|task| task.row.entries[*field].is_some()))
        .collect();
    let is_elsewhere = |finding: &Finding| {
        let field = finding.field.as_deref().and_then(|name| inputs.pipeline.column_named(name));
        finding.kind() == Kind::ColumnMissing
            && field.is_some_and(|field| {
                !inputs.pipeline.columns[field].required && given.contains(&field)
            })
    };
    let own = inputs.plan_extract.findings.iter().filter(|finding| !is_elsewhere(finding));
    own.cloned()
        .filter_map(comments_only)
        .map(|finding| Finding {
            side: Side::Plan,
            file: plan.places.files.first().cloned(),
            sheet: finding.sheet.clone().or_else(|| plan.places.sheet(THE_PLAN, SheetId::FIRST)),
            ..finding
        })
        .collect()
}

/// What earlier periods reported. Where sums begin anew with the year, those of another year say
/// nothing.
fn what_is_known(earlier: Option<&Report>, period: Option<Month>, pipeline: &Pipeline) -> Earlier {
    let Some(report) = earlier else { return Earlier::default() };
    let own: Option<Month> = report.period.parse().ok();
    let goes_on = |known: Month| {
        pipeline.check.within == Span::Whole
            || period.is_none_or(|period| known.year == period.year)
    };
    let figures = report.values.0.iter().filter_map(|line| {
        let since = line.period.as_ref().and_then(|period| period.parse().ok()).or(own)?;
        let about = [&line.unit, &line.key, &line.field].map(Text::clone);
        let known = Known { figure: line.figure, period: since };
        goes_on(since).then_some((about, known))
    });
    let reported = report.reported.0.iter().flat_map(|line| {
        let fields = line.fields.iter();
        fields.map(|field| ([&line.unit, &line.key, field].map(Text::clone), ()))
    });
    let contents = report.units.iter().filter(|unit| !unit.content.is_empty());
    Earlier {
        period: own,
        figures: figures.collect(),
        reported: reported.collect(),
        contents: contents.map(|unit| (unit.unit.clone(), unit.content.clone())).collect(),
    }
}

fn unit_lines(
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    inputs: &Inputs<'_>,
) -> Vec<UnitLine> {
    let contents = check::contents(roster, inputs.pipeline);
    let contacts = roster::contacts(roster, IdSlice::from_ref(inputs.extracts));
    let reasons = roster::reasons(roster, IdSlice::from_ref(inputs.extracts), inputs.pipeline);
    let counts = books::matched_tasks(matched, &plan.tasks);
    let units = roster.units.iter_enumerated();
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
                nothing_because: reasons[unit].clone(),
                contacts: contacts[unit].clone(),
            }
        })
        .collect()
}

fn file_results(inputs: &Inputs<'_>, roster: &Roster<'_>) -> Vec<FileResult> {
    let files = inputs.received.iter().zip(inputs.extracts).zip(&roster.files);
    files
        .map(|((received, extract), standing)| FileResult {
            file: received.name.clone(),
            sha256: received.sha256.clone(),
            units: standing.units.iter().map(|unit| roster.names.name(*unit).to_owned()).collect(),
            standing: standing.standing,
            format: extract.format.map(crate::read::Format::name),
            refusal: extract.refusal.clone(),
            remarks: remarks(extract, standing.standing),
        })
        .collect()
}

fn remarks(extract: &Extract, standing: Standing) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if standing == Standing::Duplicate {
        remarks.push(Remark::SameBytes);
    }
    if extract.format.is_some_and(|format| !format.tells_hidden() && format.name() != "csv") {
        remarks.push(Remark::HiddenNotTold);
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
