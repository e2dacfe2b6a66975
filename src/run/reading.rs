//! Extracts of all that was taken in: from worker processes, or from lines made elsewhere.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::taken::Taken;
use super::{Request, RunError};
use crate::console::Console;
use crate::extract::{self, Extract, Gathering};
use crate::intake::Received;
use crate::model::Side;
use crate::pipeline::Pipeline;
use crate::reconcile::PlanBefore;

/// All that was read.
#[derive(Debug)]
pub struct Readings {
    pub plan: Extract,
    pub before: Option<PlanBefore>,
    /// The submissions, file by file.
    pub received: Vec<Received>,
    pub extracts: Vec<Extract>,
    /// Workbooks of ours that came back.
    pub returned: Vec<(Received, Extract)>,
}

/// Reads everything that was taken in; workbooks of ours are no submissions.
///
/// # Errors
/// Fails when the plan cannot be read, a file with explanations holds none, or extracts that
/// were made elsewhere do not fit.
pub fn read_all(
    taken: &Taken,
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<Readings, RunError> {
    let before = taken.before.iter().map(|(file, _)| file);
    let files: Vec<Received> = std::iter::once(&taken.plan)
        .chain(before)
        .chain(&taken.named)
        .chain(&taken.inbox.files)
        .cloned()
        .collect();
    let mut extracts = extract_all(&files, pipeline, request, console)?.into_iter();
    let plan = readable_plan(&taken.plan, extracts.next())?;
    let before = match &taken.before {
        Some((file, from)) => Some(PlanBefore {
            extract: readable_plan(file, extracts.next())?,
            file: file.clone(),
            from: *from,
        }),
        None => None,
    };
    let mut readings =
        Readings { plan, before, received: Vec::new(), extracts: Vec::new(), returned: Vec::new() };
    for (file, extract) in taken.named.iter().zip(extracts.by_ref()) {
        if extract.returned.is_none() {
            return Err(RunError::NoExplanations { path: PathBuf::from(&file.name) });
        }
        readings.returned.push((file.clone(), extract));
    }
    for (file, extract) in taken.inbox.files.iter().zip(extracts) {
        if extract.returned.is_some() {
            readings.returned.push((file.clone(), extract));
        } else {
            readings.received.push(file.clone());
            readings.extracts.push(extract);
        }
    }
    Ok(readings)
}

/// Returns a plan's extract when the file could be read.
///
/// # Errors
/// Says why it could not.
pub fn readable_plan(file: &Received, extract: Option<Extract>) -> Result<Extract, RunError> {
    let extract = extract.ok_or_else(|| RunError::Internal("a file was not read".to_owned()))?;
    match &extract.refusal {
        Some(refusal) => Err(RunError::PlanUnreadable {
            path: PathBuf::from(&file.name),
            refusal: refusal.clone(),
        }),
        None => Ok(extract),
    }
}

/// Extracts files in worker processes, but for those whose extracts were made elsewhere.
///
/// # Errors
/// Fails when no worker can be started or extracts made elsewhere do not fit.
pub fn extract_all(
    files: &[Received],
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<Vec<Extract>, RunError> {
    let mut known: Known = BTreeMap::new();
    for path in &request.extracts {
        read_lines(path, pipeline, &mut known)?;
    }
    let to_read: Vec<Received> = files
        .iter()
        .filter(|file| file.refusal.is_some() || !known.contains_key(&as_read(file, pipeline)))
        .cloned()
        .collect();
    console.start(to_read.len());
    let done = |file: &str| console.done(file);
    let read = extract::extracts(&to_read, pipeline, &request.program, &done);
    console.finish();
    let mut read = read?.into_iter();
    let all = files.iter().map(|file| {
        let elsewhere = known.get(&as_read(file, pipeline)).filter(|_| file.refusal.is_none());
        elsewhere.cloned().or_else(|| read.next())
    });
    all.collect::<Option<Vec<Extract>>>()
        .ok_or_else(|| RunError::Internal("a file was not read".to_owned()))
}

/// Extracts by the hash of their bytes and the side as which these were read.
type Known = BTreeMap<(String, Side), Extract>;

fn as_read(file: &Received, pipeline: &Pipeline) -> (String, Side) {
    (file.sha256.clone(), pipeline.side_read(file.side))
}

fn read_lines(path: &Path, pipeline: &Pipeline, known: &mut Known) -> Result<(), RunError> {
    let unusable = |cause: String| RunError::Extracts { path: path.to_owned(), cause };
    let file = std::fs::File::open(path).map_err(|error| unusable(error.to_string()))?;
    let mut gathering = Gathering::default();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| unusable(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let whole = gathering.take(&line, &pipeline.sha256);
        if let Some(extract) = whole.map_err(|error| unusable(error.to_string()))? {
            known.insert((extract.sha256.clone(), extract.side), extract);
        }
    }
    match gathering.incomplete().count() {
        0 => Ok(()),
        files => Err(unusable(format!("lines of {files} files are missing"))),
    }
}
