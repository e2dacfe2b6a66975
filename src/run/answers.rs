//! What people answered and decided in Excel: workbooks of ours are taken in, what they state joins the
//! record, and the documents that answers name are looked for beside them.

use std::path::{Component, Path, PathBuf};

use super::taken::{RETURNED, Taken};
use super::{Request, RunError, reading};
use crate::archive::{self, Published, Staging};
use crate::console::Console;
use crate::decisions::evidence::{self, Beside};
use crate::decisions::record::{Draft, Stated, chained, ended};
use crate::decisions::{
    Answers, CameBack, Entry, Given, Hand, Head, PlannedTasks, Standing, for_matching, for_reading,
    gathered, standing,
};
use crate::findings::{self, Report, ReturnedLine};
use crate::intake::{self, Received};
use crate::model::Side;
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;
use crate::reconcile::Reconciliation;
use crate::roster;

/// Copies the files that may hold explanations into the run: published workbooks that somebody
/// has written into since, and those named on the command line.
///
/// # Errors
/// Fails when a named file cannot be read.
pub fn take_in(
    named: &[PathBuf],
    published: &[&Published],
    into: &Path,
    limits: &Limits,
) -> Result<Vec<Received>, RunError> {
    let mut received = Vec::new();
    for run in published {
        for path in edited_workbooks(run) {
            let label = run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let folder = into.join(format!("{}-{label}", run.period));
            received.push(intake::single(&path, &folder, Side::Submission, limits)?);
        }
    }
    for (index, path) in named.iter().enumerate() {
        let folder = into.join(format!("{}", index + 1));
        received.push(intake::single(path, &folder, Side::Submission, limits)?);
    }
    Ok(received)
}

/// Returns the workbooks of a published run that are no longer as they were published.
fn edited_workbooks(run: &Published) -> Vec<PathBuf> {
    let Some(manifest) = &run.manifest else { return Vec::new() };
    let workbooks = manifest.files.iter().filter(|file| {
        Path::new(&file.path).extension().is_some_and(|extension| extension == "xlsx")
            && (!file.path.contains('/') || file.path.starts_with("returns/"))
            // A manifest that was tampered with leads nowhere else.
            && Path::new(&file.path).components().all(|step| matches!(step, Component::Normal(_)))
    });
    workbooks
        .filter_map(|file| {
            let path = run.folder.join(&file.path);
            // A link or a pipe in its place is nothing that a person saved there.
            (archive::hash_of(&path)? != file.sha256).then_some(path)
        })
        .collect()
}

/// The pipeline with what was decided of headings, which decides how files are read; and the
/// workbooks that the clerk handed over, which were read for it.
///
/// # Errors
/// Fails when one of these holds nothing of ours.
pub fn before_reading(
    taken: &Taken,
    staging: &Staging,
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<(Pipeline, Vec<CameBack>), RunError> {
    let known = Standing::of(&taken.decided, u64::MAX, request.period);
    let as_known = for_reading(pipeline, &known);
    if taken.named.is_empty() {
        return Ok((as_known, Vec::new()));
    }
    let extracts = reading::extract_all(&taken.named, &as_known, request, console)?;
    let mut named = Vec::new();
    for (file, extract) in taken.named.iter().zip(extracts) {
        if extract.returned.is_none() {
            return Err(RunError::NoExplanations { path: PathBuf::from(&file.name) });
        }
        named.push(CameBack { file: file.clone(), extract, from: Hand::Clerk });
    }
    let reports = reports(taken);
    let given = given(taken, &as_known, request, &reports, &named, &NO_TASKS);
    let mut drafts = gathered(given).drafts;
    drafts.retain(|draft| matches!(draft.stated, Stated::Heading { .. }));
    let (_, standing) = joined(drafts, given, staging, request);
    Ok((for_reading(pipeline, &standing), named))
}

static NO_TASKS: std::sync::LazyLock<PlannedTasks> =
    std::sync::LazyLock::new(PlannedTasks::default);

/// What people have stated, and what it comes to.
pub struct Decided {
    pub answers: Answers,
    pub standing: Standing,
    /// What this run adds to the record.
    pub entries: Vec<Entry>,
    /// With all that was decided.
    pub pipeline: Pipeline,
    /// Workbooks whose time is that of the file system, and what it is.
    pub modified: Vec<(String, i64)>,
}

/// Gathers what came back.
///
/// # Errors
/// Fails when a document that an answer names cannot be copied.
pub fn decided(
    taken: &Taken,
    readings: &reading::Readings,
    staging: &Staging,
    pipeline: &Pipeline,
    request: &Request,
) -> Result<Decided, RunError> {
    let plan = roster::plan(&taken.plan, &readings.plan, pipeline);
    let tasks = PlannedTasks::of(&plan, pipeline);
    let reports = reports(taken);
    let given = given(taken, pipeline, request, &reports, &readings.returned, &tasks);
    let mut gathered = gathered(given);
    look_for_documents(&mut gathered.drafts, taken, staging, &pipeline.limits)?;
    let (entries, standing) = joined(gathered.drafts, given, staging, request);
    let timed = readings.returned.iter().filter(|one| {
        entries.iter().any(|entry| entry.sha256 == one.extract.sha256) && one.is_timed_by_file()
    });
    Ok(Decided {
        answers: Answers { written: standing.written.clone(), refused: gathered.refused },
        modified: timed.map(|one| (one.file.name.clone(), one.file.modified)).collect(),
        pipeline: for_matching(pipeline, &standing),
        standing,
        entries,
    })
}

fn reports(taken: &Taken) -> Vec<&Report> {
    taken.earlier.iter().chain(&taken.previous).collect()
}

fn given<'a>(
    taken: &'a Taken,
    pipeline: &'a Pipeline,
    request: &Request,
    reports: &'a [&'a Report],
    returned: &'a [CameBack],
    tasks: &'a PlannedTasks,
) -> Given<'a> {
    Given {
        pipeline,
        period: request.period,
        reports,
        entries: &taken.decided,
        returned,
        read_before: &taken.read_before,
        tasks,
    }
}

/// Chains what is new to the record; returns it, and what all comes to.
fn joined(
    drafts: Vec<Draft>,
    given: Given<'_>,
    staging: &Staging,
    request: &Request,
) -> (Vec<Entry>, Standing) {
    let entries = chained(drafts, &staging.decisions.head(), &staging.name(), request.period);
    let mut stands = standing(given, u64::MAX);
    for entry in &entries {
        stands.take(entry);
    }
    (entries, stands)
}

/// Returns what the record holds after a reconciliation: what was stated, and the end of what somebody
/// has written about and what is resolved now, against the earlier period or the last run of this one.
pub fn with_ends(
    decided: &Decided,
    reconciled: &Reconciliation<'_>,
    previous: Option<&Report>,
    staging: &Staging,
    request: &Request,
) -> Vec<Entry> {
    let since = previous.map(|previous| {
        findings::gone(
            previous,
            &reconciled.settled,
            &reconciled.ledger,
            &reconciled.plan,
            &decided.pipeline,
        )
    });
    let resolved = since.iter().flat_map(|gone| &gone.resolved).chain(&reconciled.resolved);
    let drafts = ended(resolved.map(|line| line.id.as_str()), &decided.standing);
    let head = Head::after(&decided.entries).unwrap_or_else(|| staging.decisions.head());
    let ends = chained(drafts, &head, &staging.name(), request.period);
    decided.entries.iter().cloned().chain(ends).collect()
}

/// Looks for the documents that answers name: in the inbox, or beside the workbook that was named. What
/// is found there is copied and hashed.
fn look_for_documents(
    drafts: &mut [Draft],
    taken: &Taken,
    staging: &Staging,
    limits: &Limits,
) -> Result<(), RunError> {
    let into = staging.path().join(super::taken::INPUTS).join(RETURNED).join("documents");
    let mut failed = None;
    let mut find = |workbook: &str, word: &str| -> Option<Beside> {
        let names = |name: &str| evidence::names(word, name);
        let in_inbox = taken.inbox.files.iter().find(|file| names(&file.name));
        if let Some(file) = in_inbox {
            let sha256 = Some(file.sha256.clone()).filter(|hash| !hash.is_empty());
            return Some(Beside { name: file.name.clone(), sha256 });
        }
        let beside = taken.beside.iter().filter(|(of, _)| of == workbook);
        let (_, path) = beside.into_iter().find(|(_, path)| {
            path.file_name().is_some_and(|name| names(&name.to_string_lossy()))
        })?;
        match intake::single(path, &into, Side::Submission, limits) {
            Ok(file) => Some(Beside { name: file.name, sha256: Some(file.sha256) }),
            Err(error) => {
                failed = Some(error);
                None
            }
        }
    };
    evidence::attach(drafts, &mut find);
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// The files that lie beside a workbook which was named.
pub fn beside(named: &[PathBuf]) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for path in named {
        let Some(name) = path.file_name() else { continue };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten();
        let files = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|t| t.is_file()));
        let mut files: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
        files.sort();
        let name = name.to_string_lossy().into_owned();
        found.extend(files.into_iter().map(|file| (name.clone(), file)));
    }
    found
}

/// Returns what came back, for the report.
pub fn lines(returned: &[CameBack]) -> Vec<ReturnedLine> {
    returned
        .iter()
        .filter_map(|CameBack { file, extract, .. }| {
            let returned = extract.returned.as_ref()?;
            Some(ReturnedLine {
                file: file.name.clone(),
                kind: returned.kind,
                explanations: returned.filled(),
                sha256: file.sha256.clone(),
                format: extract.format.map(|format| format.name().to_owned()),
            })
        })
        .collect()
}
