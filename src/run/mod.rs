//! The conductor: opens the archive, calls the stages in order, publishes. It decides nothing about
//! a figure: that is `reconcile`'s, which has no file at hand.

mod answers;
mod deliver;
mod elsewhere;
mod error;
mod finish;
mod reading;
mod remembered;
mod replay;
mod stages;
mod taken;
mod templates;
mod writing;

use std::path::PathBuf;
use std::time::Duration;

pub use deliver::deliver;
pub use error::RunError;
pub use finish::{Outcome, Summary, finish};
pub use reading::{extract_all, readable_plan};
pub use replay::{Replayed, replay};
pub use taken::{archive_folder, has_sheets, inbox_folder, plan_in_force};
pub use templates::{Prepared, templates};

use crate::archive;
use crate::console::Console;
use crate::extract::Program;
use crate::findings::Verdict;
use crate::intake::{self, CannotTakeIn};
use crate::model::words::Language;
use crate::model::{Month, Severity, Side};
use crate::pipeline::Pipeline;
use crate::reconcile::{Inputs, Reconciliation, reconcile};
use crate::report::Besides;
use crate::wording::log::Stage;
use crate::wording::{self, Agreement, not_followed};
use stages::Stages;
use writing::Began;

/// What a run is asked to do; options override the pipeline file.
#[derive(Clone, Debug)]
pub struct Request {
    pub period: Month,
    pub plan: Option<PathBuf>,
    pub inbox: Option<PathBuf>,
    pub archive: Option<PathBuf>,
    /// Workbooks of ours with explanations.
    pub explanations: Vec<PathBuf>,
    /// Extracts made elsewhere.
    pub extracts: Vec<PathBuf>,
    pub memory: Memory,
    pub returns: Returns,
    pub data: Data,
    pub occasion: Occasion,
    /// How long another run at work in the archive is waited for.
    pub wait: Duration,
    pub emptiness: Emptiness,
    /// Of what is said on the way.
    pub language: Language,
    /// Of the sentences that the run keeps.
    pub written_in: Language,
    pub program: Program,
}

/// What becomes of what earlier runs kept of sheets that they have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// What has not changed is not read again.
    Use,
    /// Everything is read, and kept.
    ReadAnew,
    /// Everything is read, and nothing kept.
    None,
}

/// Whether slips and reminders are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    Write,
    Skip,
}

/// Whether the ledger, the rows and the findings are written as tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    Write,
    Skip,
}

/// When a run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    Always,
    /// Only when something has changed since the last run of the period.
    IfNew,
}

/// What an inbox without any file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptiness {
    /// Most likely the wrong folder, or a month too early.
    Mistake,
    /// Nobody has sent anything, and that is to be said.
    Meant,
    /// It is early: there is nothing to be said yet.
    Early,
}

impl Request {
    /// Returns a request for a period that leaves all else to the pipeline file.
    pub fn of(period: Month, language: Language, program: Program) -> Self {
        Self {
            period,
            plan: None,
            inbox: None,
            archive: None,
            explanations: Vec::new(),
            extracts: Vec::new(),
            memory: Memory::Use,
            returns: Returns::Write,
            data: Data::Write,
            occasion: Occasion::Always,
            wait: Duration::ZERO,
            emptiness: Emptiness::Mistake,
            language,
            written_in: language,
            program,
        }
    }
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The run folder.
    pub folder: PathBuf,
    pub workbook: PathBuf,
    pub verdict: Verdict,
    pub findings: Counts,
    /// What came of the checks of what was submitted.
    pub checks: Agreement,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    Published(Left),
    /// The last run of the period has read the same already: its verdict, and its folder.
    NothingNew(Verdict, PathBuf),
    /// Nobody has sent anything yet.
    NobodyYet,
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
pub fn run(pipeline: &Pipeline, request: &Request, console: &mut Console) -> Result<Ran, RunError> {
    let began = Began::now();
    let mut stages = Stages::begin();
    if request.emptiness == Emptiness::Early && !taken::has_sheets(pipeline, request) {
        return Ok(Ran::NobodyYet);
    }
    taken::refuse_without_inbox(pipeline, request)?;
    if !pipeline.intake.settle.is_zero() {
        let settled = intake::settle(&inbox_folder(pipeline, request), pipeline.intake.settle);
        if !settled.changing.is_empty() {
            let said = wording::log::still_changing(&settled.changing);
            console.say(said.in_language(request.language));
        }
        stages.done(Stage::Settling, 0, request, console);
    }
    let staging = opened(pipeline, request, console)?;
    let taken = match taken::take_in(pipeline, request, &staging) {
        Err(RunError::Intake(CannotTakeIn::Empty { .. }))
            if request.emptiness == Emptiness::Early =>
        {
            return Ok(Ran::NobodyYet);
        }
        taken => taken?,
    };
    stages.done(Stage::TakingIn, taken.inbox.files.len(), request, console);
    for odd in staging.odd.iter().chain(&taken.odd) {
        console.say(&wording::archive::odd(odd, request.language));
    }
    for line in taken::not_sent(&taken.inbox, request.language) {
        console.say(&line);
    }
    if let Some((verdict, folder)) = taken.known_verdict {
        return Ok(Ran::NothingNew(verdict, folder));
    }
    let ran = made(pipeline, request, staging, &taken, began, console)?;
    keep_to_policy(pipeline, request, console);
    Ok(ran)
}

/// Makes a run of what was taken in, and publishes it.
fn made(
    pipeline: &Pipeline,
    request: &Request,
    mut staging: archive::Staging,
    taken: &taken::Taken,
    began: Began,
    console: &mut Console,
) -> Result<Ran, RunError> {
    let mut stages = Stages::begin();
    let (read_with, named) = answers::before_reading(taken, &staging, pipeline, request, console)?;
    let cache = remembered::cache(&staging, &read_with, request);
    let mut readings =
        reading::read_all(taken, named, cache.as_ref(), &read_with, request, console)?;
    readings.elsewhere = taken.elsewhere.unwrap_or(readings.elsewhere);
    stages.done(Stage::Reading, readings.received.len(), request, console);
    if let Some(earlier) = taken.earlier.as_ref().filter(|report| report.is_of_another_version()) {
        console.say(&not_followed(&earlier.period, &earlier.schema, request.language));
    }
    taken::keep_previous(taken, &staging)?;
    let came_back = !readings.returned.is_empty();
    replay::record(taken, came_back, request, &staging)?;
    let decided = answers::decided(taken, &readings, &staging, &read_with, request)?;
    let inputs = Inputs {
        pipeline: &decided.pipeline,
        period: Some(request.period),
        plan_file: &taken.plan,
        plan_extract: &readings.plan,
        plan_from: Some(taken.plan_from),
        before: readings.before.as_ref(),
        received: &readings.received,
        extracts: &readings.extracts,
        earlier: taken.earlier.as_ref(),
        previous: taken.previous.as_ref(),
        answers: &decided.answers,
    };
    let reconciled = reconcile(&inputs)?;
    stages.done(Stage::Reconciling, reconciled.ledger.len(), request, console);
    let besides = Besides {
        marks: Vec::new(),
        returned: answers::lines(&readings.returned),
        passed_over: taken.inbox.passed_over.clone(),
        year: taken.year_before.clone(),
    };
    staging.decided =
        answers::with_ends(&decided, &reconciled, taken.previous.as_ref(), &staging, request);
    let (workbook, checks) = writing::write(
        &reconciled,
        &inputs,
        &decided.standing,
        besides,
        readings.elsewhere,
        request,
        &staging,
    )?;
    let mut modified = writing::deciding_times(&readings.received, &reconciled.files);
    modified.extend(decided.modified);
    writing::notes(&staging, modified, began, readings.elsewhere, readings.remembered)?;
    stages.done(Stage::Writing, 0, request, console);
    let published = staging.publish()?;
    stages.done(Stage::Publishing, 0, request, console);
    for trouble in &published.troubles {
        console.complain(&error::after_publishing(trouble, &published.folder, request.language));
    }
    let folder = published.folder;
    let left = Left {
        workbook: folder.join(workbook),
        folder,
        verdict: reconciled.verdict,
        findings: counts(&reconciled),
        checks,
    };
    drop(reconciled);
    if let Some(cache) = cache {
        remembered::keep(&cache);
        stages.done(Stage::Keeping, 0, request, console);
    }
    Ok(Ran::Published(left))
}

/// Lets go of runs that the pipeline file does not keep. What cannot be done now is done after the next run.
fn keep_to_policy(pipeline: &Pipeline, request: &Request, console: &Console) {
    let Some(keep) = pipeline.keep else { return };
    let root = archive_folder(pipeline, request);
    match archive::prune(&root, &pipeline.name, None, keep, Duration::ZERO) {
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => {
            tracing::info!(event = "pruned", runs = %gone.join(" "), keep);
            let said = wording::archive::pruned(&gone);
            console.say(said.in_language(request.language));
        }
        Err(error) => {
            tracing::warn!(event = "not-pruned", why = %error);
        }
    }
}

/// Opens the archive; whoever has to wait for another run is told whom for.
fn opened(
    pipeline: &Pipeline,
    request: &Request,
    console: &Console,
) -> Result<archive::Staging, RunError> {
    let root = archive_folder(pipeline, request);
    let mut waits = |holder: Option<&archive::Holder>| {
        console.say(&error::waiting_for(holder, request.wait, request.language));
    };
    Ok(archive::open(&root, &pipeline.name, request.period, request.wait, &mut waits)?)
}

fn counts(reconciled: &Reconciliation<'_>) -> Counts {
    let open = |severity: Severity| {
        reconciled
            .settled
            .iter()
            .filter(|settled| settled.is_open() && settled.severity == severity)
            .count()
    };
    let plan = reconciled.settled.iter().filter(|settled| settled.finding.side == Side::Plan);
    Counts {
        mandatory: open(Severity::Mandatory),
        verify: open(Severity::Verify),
        plan: plan.count(),
    }
}
