//! What a run takes in: copies of everything that it reads, in its staging folder.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::replay::REQUEST;
use super::{Emptiness, Occasion, Request, RunError, answers};
use crate::archive::{self, Before, Manifest, ManifestFile, Published, Staging};
use crate::decisions::Entry;
use crate::extract::Elsewhere;
use crate::findings::{Report, Verdict, YearLine};
use crate::intake::{self, CannotTakeIn, Inbox, PassedOverBecause, Received};
use crate::model::{Language, Month, Odd, Side};
use crate::pipeline::{NamePattern, Pipeline, PlanVersion};
use crate::wording;

/// The folder of the run that holds the copies.
pub const INPUTS: &str = "inputs";
/// Its folder of workbooks of ours that came back, or were written into where they lay.
pub const RETURNED: &str = "returned";

/// Everything that a run reads, copied.
#[derive(Debug)]
pub struct Taken {
    pub plan: Received,
    pub plan_from: Month,
    /// The plan before the one in force, and since when it was.
    pub before: Option<(Received, Month)>,
    pub inbox: Inbox,
    /// Files that should hold explanations.
    pub named: Vec<Received>,
    /// The report of the last run of the latest earlier period.
    pub earlier: Option<Report>,
    /// The report of the last run of the same period, with the answers that it carries.
    pub previous: Option<Report>,
    /// The files that lie beside those that were named, with whose.
    pub beside: Vec<(String, PathBuf)>,
    /// The record of decisions, as far as it is of this period or an earlier one.
    pub decided: Vec<Entry>,
    /// The earlier periods of the year.
    pub year_before: Vec<YearLine>,
    /// The hashes of what the last run of the same period read.
    pub read_before: BTreeSet<String>,
    /// What is odd among the earlier runs and was passed over.
    pub odd: Vec<Odd>,
    /// The verdict of that run and its folder, when only something new is to be reconciled and it read the same
    /// as this one.
    pub known_verdict: Option<(Verdict, PathBuf)>,
    /// What a run that is repeated did not read itself.
    pub elsewhere: Option<Elsewhere>,
}

/// Copies plan, sheets, explanations and earlier reports into the run.
///
/// # Errors
/// Fails when there is no plan or inbox, or something cannot be copied.
pub fn take_in(
    pipeline: &Pipeline,
    request: &Request,
    staging: &Staging,
) -> Result<Taken, RunError> {
    let plan = plan_in_force(pipeline, request)?;
    let into = staging.path().join(INPUTS);
    archive::put(&into, "pipeline.toml", pipeline.text.as_bytes())?;
    let limits = &pipeline.limits;
    let of_plans = &limits.of_file(Side::Plan, 0);
    let plan_file = intake::single(&plan.path, &into.join("plan"), Side::Plan, of_plans)?;
    let before = match pipeline.plan_before(request.period) {
        Some(before) if request.plan.is_none() => {
            let folder = into.join("plan").join(format!("before-{}", before.from));
            Some((intake::single(&before.path, &folder, Side::Plan, of_plans)?, before.from))
        }
        _ => None,
    };
    let others = others_in_an_inbox(pipeline, request, &plan);
    let folder = inbox_folder(pipeline, request);
    let inbox = intake::inbox(&folder, &into.join("sheets"), pipeline, &others)?;
    if inbox.is_empty() && request.emptiness == Emptiness::Mistake {
        return Err(CannotTakeIn::Empty { folder, left: left(&inbox) }.into());
    }
    let notes = inbox.notes();
    if !notes.is_empty() {
        archive::put(&into, "intake.json", &archive::json(&notes))?;
    }
    let Before { earlier, previous, odd } = staging.before();
    let published: Vec<&Published> = earlier.iter().chain(&previous).collect();
    let named = answers::take_in(&request.explanations, &published, &into.join(RETURNED), limits)?;
    let recorded = staging.decisions.entries.iter();
    let decided: Vec<Entry> =
        recorded.filter(|entry| entry.period <= request.period).cloned().collect();
    if !decided.is_empty() {
        archive::put(&into, archive::DECISIONS, &archive::as_lines(&decided))?;
    }
    if let Some(earlier) = &earlier {
        archive::put_json(&into, "earlier-report.json", &earlier.report)?;
    }
    let year_before = staging.year_before(earlier.as_ref());
    if !year_before.is_empty() {
        archive::put(&into, "year.json", &archive::json(&year_before))?;
    }
    let known_verdict = match (&previous, request.occasion) {
        (Some(run), Occasion::IfNew) if staging.answers_for_the_period(run) => {
            let same = reads_the_same(staging, run)? && knows_the_same(&decided, run);
            same.then(|| (run.report.verdict, run.folder.clone()))
        }
        _ => None,
    };
    let read_before = previous.as_ref().and_then(|run| run.manifest.as_ref());
    let read_before = inputs_of(files_of(read_before)).map(|file| file.1).collect();
    let previous = previous.map(|run| run.report.as_earlier());
    Ok(Taken {
        plan: plan_file,
        plan_from: plan.from,
        before,
        inbox,
        named,
        beside: answers::beside(&request.explanations),
        decided,
        earlier: earlier.map(|run| run.report.as_earlier()),
        previous,
        read_before,
        year_before,
        odd,
        known_verdict,
        elsewhere: None,
    })
}

/// Keeps the report of the run before in the same period among the inputs: what it answers, and
/// what has changed since, is part of the result.
///
/// # Errors
/// Fails when it cannot be written.
pub fn keep_previous(taken: &Taken, staging: &Staging) -> Result<(), RunError> {
    if let Some(previous) = &taken.previous {
        archive::put_json(&staging.path().join(INPUTS), PREVIOUS, previous)?;
    }
    Ok(())
}

pub const PREVIOUS: &str = "previous-report.json";

/// Refuses early, before the archive is touched, when there is no inbox.
///
/// # Errors
/// Names the folder that is missing, or the plan's first period.
pub fn refuse_without_inbox(pipeline: &Pipeline, request: &Request) -> Result<(), RunError> {
    plan_in_force(pipeline, request)?;
    let folder = inbox_folder(pipeline, request);
    if !folder.is_dir() {
        return Err(CannotTakeIn::NoInbox(folder).into());
    }
    let archive = archive_folder(pipeline, request);
    // Where the two are one, runs would be taken for what was sent.
    let is_archive =
        folder.canonicalize().ok().is_some_and(|own| archive.canonicalize().ok() == Some(own));
    if is_archive { Err(CannotTakeIn::IsArchive { inbox: folder }.into()) } else { Ok(()) }
}

/// Whether there is an inbox in which anything lies at all.
pub fn has_sheets(pipeline: &Pipeline, request: &Request) -> bool {
    let folder = inbox_folder(pipeline, request);
    let ignored = &pipeline.intake.ignored;
    let held = intake::folder::entries(&folder).unwrap_or_default();
    held.iter().any(|(name, _)| !NamePattern::any_fits(ignored, &name.to_string_lossy()))
}

/// What may lie in an inbox and nobody sent: the archive, or of one that the inbox lies in the
/// pipeline's part; the plans; the pipeline file.
fn others_in_an_inbox(pipeline: &Pipeline, request: &Request, plan: &PlanVersion) -> Vec<PathBuf> {
    let archive = archive_folder(pipeline, request);
    let own = archive.join(archive::safe_name(&pipeline.name));
    let plans = pipeline.intake.plans.iter().map(|plan| plan.path.clone());
    plans.chain([archive, own, plan.path.clone(), pipeline.path.clone()]).collect()
}

/// The names of all that an inbox without any file holds.
fn left(inbox: &Inbox) -> Vec<String> {
    let passed_over = inbox.passed_over.iter().map(|passed_over| passed_over.name.clone());
    inbox.files.iter().map(|file| file.name.clone()).chain(passed_over).collect()
}

/// Says what lies in the inbox that nobody sent.
pub fn not_sent(inbox: &Inbox, language: Language) -> Vec<String> {
    let others = inbox.passed_over.iter().filter(|one| one.why == PassedOverBecause::NotSent);
    others.map(|one| wording::not_sent(&one.name).in_language(language).to_owned()).collect()
}

/// Returns the folder that keeps the runs.
pub fn archive_folder(pipeline: &Pipeline, request: &Request) -> PathBuf {
    request.archive.clone().unwrap_or_else(|| pipeline.intake.archive.clone())
}

/// Returns the folder that the sheets of the period are in.
pub fn inbox_folder(pipeline: &Pipeline, request: &Request) -> PathBuf {
    request.inbox.clone().unwrap_or_else(|| {
        PathBuf::from(pipeline.intake.inbox.replace("{period}", &request.period.to_string()))
    })
}

/// Returns the plan that a run is held against.
///
/// # Errors
/// Names the first period that has a plan.
pub fn plan_in_force(pipeline: &Pipeline, request: &Request) -> Result<PlanVersion, RunError> {
    if let Some(path) = &request.plan {
        return Ok(PlanVersion { path: path.clone(), from: request.period });
    }
    let first = pipeline.intake.plans.first().map(|plan| plan.from.to_string());
    pipeline.plan_for(request.period).cloned().ok_or_else(|| RunError::NoPlan {
        period: request.period.to_string(),
        first: first.unwrap_or_default(),
    })
}

/// The paths and hashes of what a run read, of the files that it holds.
fn inputs_of(files: &[ManifestFile]) -> impl Iterator<Item = (String, String)> {
    files.iter().filter_map(|file| {
        let path = file.path.strip_prefix(INPUTS)?.strip_prefix('/')?;
        Some((path.to_owned(), file.sha256.clone()))
    })
}

fn files_of(manifest: Option<&Manifest>) -> &[ManifestFile] {
    manifest.map_or(&[], |manifest| &manifest.files)
}

/// Whether nothing has been decided since an earlier run but what it took in itself.
fn knows_the_same(decided: &[Entry], run: &Published) -> bool {
    let kept = [run.folder.join(INPUTS), run.folder.clone()];
    let kept =
        kept.map(|folder| std::fs::read(folder.join(archive::DECISIONS)).unwrap_or_default());
    kept.concat() == archive::as_lines(decided)
}

/// Whether all that was copied was read by an earlier run already, and nothing is gone. What
/// people wrote that it took in is carried on by its report.
fn reads_the_same(staging: &Staging, run: &Published) -> Result<bool, RunError> {
    let Some(manifest) = &run.manifest else { return Ok(false) };
    let folder = staging.path();
    let now = archive::files_of(folder).map_err(archive::CannotArchive::unwritable(folder))?;
    let from_outside = |files: &[ManifestFile]| -> BTreeSet<(String, String)> {
        let inputs = inputs_of(files);
        let own = [PREVIOUS, REQUEST, archive::DECISIONS];
        inputs.filter(|(path, _)| !own.contains(&path.as_str())).collect()
    };
    let (now, then) = (from_outside(&now), from_outside(&manifest.files));
    Ok(now.is_subset(&then) && then.difference(&now).all(|(path, _)| path.starts_with(RETURNED)))
}
