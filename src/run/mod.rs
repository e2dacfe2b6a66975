//! The conductor: opens the archive, calls the stages in order, publishes.

mod error;
mod reconcile;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use error::RunError;
pub use reconcile::{Inputs, Reconciled, reconcile};

use crate::archive::{self, Staging};
use crate::console::Console;
use crate::extract::{self, Extract, Program};
use crate::findings::{Report, Verdict};
use crate::intake::{self, Received};
use crate::model::Month;
use crate::model::words::Language;
use crate::pipeline::{Pipeline, PlanVersion};
use crate::workbook::consolidated::{self, Material};
use crate::workbook::{self, Properties};

/// What a run is asked to do; options override the pipeline file.
#[derive(Clone, Debug)]
pub struct Request {
    pub period: Month,
    pub plan: Option<PathBuf>,
    pub inbox: Option<PathBuf>,
    pub archive: Option<PathBuf>,
    pub language: Language,
    pub program: Program,
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The run folder.
    pub folder: PathBuf,
    pub workbook: PathBuf,
    pub verdict: Verdict,
    pub findings: Counts,
}

/// Findings on the submission side that count, and findings on the plan's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub mandatory: usize,
    pub verify: usize,
    pub plan: usize,
}

/// Runs a reconciliation from the inbox to the published run folder.
///
/// # Errors
/// Says why there is no result; nothing is published then.
pub fn run(
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<Outcome, RunError> {
    let started = jiff::ZonedDateTime::now();
    let plan = plan_in_force(pipeline, request)?;
    let inbox_path = request.inbox.clone().unwrap_or_else(|| inbox_of(pipeline, request.period));
    let root = request.archive.clone().unwrap_or_else(|| pipeline.intake.archive.clone());
    if !inbox_path.is_dir() {
        return Err(intake::CannotTakeIn::NoInbox(inbox_path).into());
    }
    let staging = archive::open(&root, &pipeline.name, request.period)?;
    let inputs_folder = staging.path().join("inputs");
    archive::put(&inputs_folder, "pipeline.toml", pipeline.text.as_bytes())?;
    let plan_file = intake::single(&plan.path, &inputs_folder.join("plan"))?;
    let inbox = intake::inbox(&inbox_path, &inputs_folder.join("sheets"))?;
    let earlier = staging.earlier(request.period)?;
    if let Some(earlier) = &earlier {
        archive::put(&inputs_folder, "earlier-report.json", &archive::json(&earlier.report))?;
    }

    let (plan_extract, extracts) =
        extract_all(&plan_file, &inbox.files, pipeline, request, console)?;
    let inputs = Inputs {
        pipeline,
        period: Some(request.period),
        plan_file: &plan_file,
        plan_extract: &plan_extract,
        plan_from: Some(plan.from),
        received: &inbox.files,
        extracts: &extracts,
        earlier: earlier.as_ref().map(|earlier| &earlier.report),
        explanations: &BTreeMap::new(),
        language: request.language,
    };
    let mut reconciled = reconcile(&inputs)?;
    reconciled.report.passed_over.clone_from(&inbox.passed_over);
    let workbook = write_workbook(&mut reconciled, &inputs, request, &staging)?;
    archive::put(staging.path(), "report.json", &archive::json(&reconciled.report))?;
    let modified = deciding_times(&inbox.files, &reconciled.report);
    let manifest = archive::manifest(staging.path(), modified).map_err(|cause| {
        archive::CannotArchive::Unwritable { path: staging.path().to_owned(), cause }
    })?;
    archive::put(staging.path(), "manifest.json", &archive::json(&manifest))?;
    archive::put(staging.path(), "run.json", &archive::json(&RunNote::of(&started)))?;
    let folder = staging.publish()?;
    Ok(Outcome {
        workbook: folder.join(workbook),
        folder,
        verdict: reconciled.report.verdict,
        findings: counts(&reconciled),
    })
}

/// Returns the plan that a run is held against.
fn plan_in_force(pipeline: &Pipeline, request: &Request) -> Result<PlanVersion, RunError> {
    if let Some(path) = &request.plan {
        return Ok(PlanVersion { path: path.clone(), from: request.period });
    }
    let first = pipeline.intake.plans.first().map(|plan| plan.from.to_string());
    pipeline.plan_for(request.period).cloned().ok_or_else(|| RunError::NoPlan {
        period: request.period.to_string(),
        first: first.unwrap_or_default(),
    })
}

fn inbox_of(pipeline: &Pipeline, period: Month) -> PathBuf {
    PathBuf::from(pipeline.intake.inbox.replace("{period}", &period.to_string()))
}

/// Reads the plan and all sheets in worker processes.
pub fn extract_all(
    plan_file: &Received,
    files: &[Received],
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<(Extract, Vec<Extract>), RunError> {
    let mut all = vec![plan_file.clone()];
    all.extend_from_slice(files);
    console.start(all.len());
    let done = |file: &str| console.done(file);
    let extracts = extract::extracts(&all, pipeline, &request.program, &done);
    console.finish();
    let mut extracts = extracts?;
    let plan_extract = extracts.remove(0);
    if let Some(refusal) = &plan_extract.refusal {
        return Err(RunError::PlanUnreadable {
            path: PathBuf::from(&plan_file.name),
            refusal: refusal.clone(),
        });
    }
    Ok((plan_extract, extracts))
}

/// Writes the consolidated workbook into the staging folder, fills the report's marks and returns
/// the workbook's name.
fn write_workbook(
    reconciled: &mut Reconciled<'_>,
    inputs: &Inputs<'_>,
    request: &Request,
    staging: &Staging,
) -> Result<String, RunError> {
    let (pages, marks) = consolidated::pages(&Material {
        pipeline: inputs.pipeline,
        period: request.period,
        plan: &reconciled.plan,
        roster: &reconciled.roster,
        received: inputs.received,
        extracts: inputs.extracts,
        matched: &reconciled.matched,
        paragraph: &reconciled.paragraph,
        settled: &reconciled.settled,
        report: &reconciled.report,
    });
    let names = marks.names(reconciled.report.findings.len());
    for (finding, names) in reconciled.report.findings.iter_mut().zip(names) {
        finding.marks = names;
    }
    let properties = Properties {
        title: inputs.pipeline.title.clone(),
        author: inputs.pipeline.workbook.issued_by.clone().unwrap_or_default(),
        custom: vec![
            ("duibiao".to_owned(), "consolidated".to_owned()),
            ("duibiao.pipeline".to_owned(), inputs.pipeline.name.clone()),
            ("duibiao.period".to_owned(), request.period.to_string()),
        ],
    };
    let bytes = workbook::workbook(&pages, &properties, request.period)?;
    let title = inputs.pipeline.workbook.title.replace("{period}", &request.period.to_string());
    let name = format!("{}.xlsx", archive::safe_name(&title));
    archive::put(staging.path(), &name, &bytes)?;
    Ok(name)
}

/// The modification times of files between which they decided.
fn deciding_times(files: &[Received], report: &Report) -> Vec<(String, i64)> {
    use crate::roster::Standing;
    let decided = |name: &str| {
        let line = report.files.iter().find(|line| line.file == name);
        line.is_some_and(|line| {
            line.standing == Standing::Superseded
                || report.files.iter().any(|other| {
                    other.standing == Standing::Superseded
                        && other.unit.is_some()
                        && other.unit == line.unit
                })
        })
    };
    files
        .iter()
        .filter(|file| decided(&file.name))
        .map(|file| (file.name.clone(), file.modified))
        .collect()
}

fn counts(reconciled: &Reconciled<'_>) -> Counts {
    use crate::model::{Severity, Side};
    let open = |severity: Severity| {
        reconciled
            .settled
            .iter()
            .filter(|settled| settled.is_open() && settled.finding.severity == severity)
            .count()
    };
    let plan = reconciled.settled.iter().filter(|settled| settled.finding.side == Side::Plan);
    Counts {
        mandatory: open(Severity::Mandatory),
        verify: open(Severity::Verify),
        plan: plan.count(),
    }
}

/// `run.json`: when, how long, by whom and where; the only file that may differ between two runs
/// over the same inputs.
#[derive(Debug, serde::Serialize)]
struct RunNote {
    started: String,
    seconds: f64,
    user: String,
    host: String,
}

impl RunNote {
    fn of(started: &jiff::ZonedDateTime) -> Self {
        let seconds = jiff::ZonedDateTime::now().duration_since(started).as_secs_f64();
        let variable = |names: [&str; 2]| {
            names.iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
        };
        let host = variable(["COMPUTERNAME", "HOSTNAME"]);
        let host = if host.is_empty() {
            std::fs::read_to_string(Path::new("/etc/hostname"))
                .unwrap_or_default()
                .trim()
                .to_owned()
        } else {
            host
        };
        Self {
            started: started.timestamp().to_string(),
            seconds: (seconds * 1000.0).round() / 1000.0,
            user: variable(["USER", "USERNAME"]),
            host,
        }
    }
}
