//! `check`: single sheets against the plan, without an archive, one line a finding.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::arguments::{Answered, Format};
use super::asked::this_program;
use super::output::Out;
use super::{AGREES, FINDINGS, Failure, Spoken};
use crate::archive::Scratch;
use crate::check::ledger::About;
use crate::console::Console;
use crate::decisions::Answers;
use crate::findings::Verdict;
use crate::intake::{self, CannotTakeIn, Received};
use crate::model::finding::{Limit, Refusal};
use crate::model::hidden::visible_line;
use crate::model::words::Language;
use crate::model::{Kind, Month, Severity, Side, Status};
use crate::pipeline::Pipeline;
use crate::reconcile::{Inputs, reconcile};
use crate::report::{self, Besides};
use crate::roster::Standing;
use crate::run::{self, Request, RunError};
use crate::wording::{self, Agreement};

/// Copies the files that are named, and those of folders that are; each under a name of its own.
fn taken_in(
    files: &[PathBuf],
    into: &Path,
    pipeline: &Pipeline,
    plan: &Path,
    language: Language,
) -> Result<Vec<Received>, RunError> {
    let mut received: Vec<Received> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let into = into.join(index.to_string());
        let own = if file == Path::new(STANDARD_INPUT) {
            vec![from_standard_input(&into, pipeline, language)?]
        } else if file.is_dir() {
            let inbox = intake::inbox(file, &into, pipeline, &[plan.to_owned()])?;
            if inbox.is_empty() {
                return Err(CannotTakeIn::NothingToCheck(file.clone()).into());
            }
            inbox.files
        } else {
            vec![intake::single(file, &into, Side::Submission, &pipeline.limits)?]
        };
        for mut own in own {
            if received.iter().any(|other| other.name == own.name) {
                let number = index + 1;
                own.name = format!("〔{number}〕/{}", own.name);
            }
            received.push(own);
        }
    }
    Ok(received)
}

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Takes in the sheet that comes by standard input; what it is its content tells.
fn from_standard_input(
    into: &Path,
    pipeline: &Pipeline,
    language: Language,
) -> Result<Received, RunError> {
    let name = match language {
        Language::Chinese => "标准输入",
        Language::English => "standard input",
    };
    let most = u64::from(pipeline.limits.file_mib) * 1024 * 1024;
    let mut bytes = Vec::new();
    let unread = |cause| CannotTakeIn::Unreadable { path: PathBuf::from(name), cause };
    std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes).map_err(unread)?;
    let is_too_large = bytes.len() as u64 > most;
    let at = into.join("given").join(name);
    let unwritten = |cause| CannotTakeIn::Uncopied { path: at.clone(), cause };
    std::fs::create_dir_all(into.join("given")).map_err(unwritten)?;
    std::fs::write(&at, bytes).map_err(unwritten)?;
    let mut received = intake::single(&at, into, Side::Submission, &pipeline.limits)?;
    if is_too_large {
        let limit = Limit::FileMib(pipeline.limits.file_mib);
        received.refusal = Some(Refusal::TooLarge(limit));
    }
    Ok(received)
}

/// Checks sheets and prints their findings.
pub fn check(
    files: &[PathBuf],
    pipeline: &Pipeline,
    period: Option<Month>,
    answered: Answered,
    spoken: Spoken,
    console: &mut Console,
) -> Result<u8, Failure> {
    let language = spoken.language;
    let out = Out::of(answered.out);
    if period.is_none() {
        console.say(match language {
            Language::Chinese => "没有写明报送期（--period），与报送期有关的规则没有核对。",
            Language::English => "No --period was given; rules that need one were left out.",
        });
    }
    let folder = Scratch::new().map_err(|cause| {
        RunError::Intake(CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })
    })?;
    let plan = match period {
        Some(period) => pipeline.plan_for(period),
        None => pipeline.intake.plans.last(),
    };
    let Some(plan) = plan else {
        let first = pipeline.intake.plans.first().map(|plan| plan.from.to_string());
        let period = period.map(|period| period.to_string()).unwrap_or_default();
        return Err(RunError::NoPlan { period, first: first.unwrap_or_default() }.into());
    };
    let into = folder.path().join("plan");
    let plan_file =
        intake::single(&plan.path, &into, Side::Plan, &pipeline.limits.of_file(Side::Plan, 0))
            .map_err(RunError::from)?;
    let received = taken_in(files, folder.path(), pipeline, &plan.path, language)?;
    let request = Request::of(period.unwrap_or(plan.from), language, this_program(spoken.jobs)?);
    let mut all = vec![plan_file];
    all.extend(received);
    let mut extracts = run::extract_all(&all, pipeline, &request, console)?;
    let (plan_file, received) = (all.remove(0), all);
    let plan_extract = run::readable_plan(&plan_file, Some(extracts.remove(0)))?;
    let inputs = Inputs {
        pipeline,
        period,
        plan_file: &plan_file,
        plan_extract: &plan_extract,
        plan_from: Some(plan.from),
        before: None,
        received: &received,
        extracts: &extracts,
        earlier: None,
        previous: None,
        answers: &Answers::default(),
    };
    let reconciled = reconcile(&inputs).map_err(RunError::from)?;
    // Only the sheets at hand are checked: units that were not asked about are not missing, and
    // the plan's own faults are not theirs.
    let at_hand = |unit: &str| {
        reconciled
            .plan
            .names
            .units
            .position(|name| name == unit)
            .is_some_and(|unit| reconciled.roster.units[unit].0 != Standing::Missing)
    };
    let mut checks = Agreement::default();
    reconciled.ledger.each_outcome(|About { side, unit, .. }, outcome| {
        if side == Side::Submission
            && unit.is_some_and(|unit| at_hand(reconciled.plan.names.name(unit)))
        {
            checks.add(outcome);
        }
    });
    let mut report = report::report(&reconciled, &inputs, Besides::default(), language);
    report.coverage.retain(|line| line.unit.as_deref().is_some_and(at_hand));
    report.bridge.retain(|line| line.unit.as_deref().is_some_and(at_hand));
    report.findings.retain(|line| {
        line.side == Side::Submission
            && line.kind != Kind::SubmissionMissing
            && !matches!(line.kind, Kind::WaiverUnused | Kind::WaiverExpired | Kind::RuleUnused)
    });
    let open = report.findings.iter().any(|line| {
        line.severity > Severity::Note
            && matches!(line.status, Status::Open | Status::Answered | Status::Returned)
    });
    report.verdict = if open { Verdict::Findings } else { Verdict::Agrees };
    match answered.format {
        Format::Json => out.print_json(&report)?,
        Format::Text => {
            let mut text = String::new();
            for line in &report.findings {
                let place =
                    [line.file.clone(), line.sheet.clone(), line.cell.map(|cell| cell.to_string())];
                let place: Vec<String> = place.into_iter().flatten().collect();
                let said = format!("{}: {}: {}", place.join(" › "), line.kind, line.message);
                text.push_str(&visible_line(&said));
                text.push('\n');
            }
            out.print(&text)?;
            if report.findings.is_empty() {
                console.say(&match language {
                    Language::Chinese => wording::no_findings(&checks),
                    Language::English => "No findings.".to_owned(),
                });
            }
        }
    }
    Ok(if open { FINDINGS } else { AGREES })
}
