//! Extracts of all that was taken in: from worker processes, or from lines made elsewhere.

use std::path::PathBuf;

use super::elsewhere::Known;
use super::remembered::{self, Remembered};
use super::taken::Taken;
use super::{Request, RunError};
use crate::archive::Cache;
use crate::console::Console;
use crate::decisions::{CameBack, Hand};
use crate::extract::{self, Elsewhere, Extract};
use crate::intake::{self, Doubt, Received};
use crate::model::finding::Refusal;
use crate::model::stamp;
use crate::pipeline::Pipeline;
use crate::read::Format;
use crate::reconcile::PlanBefore;

/// All that was read.
#[derive(Debug)]
pub struct Readings {
    pub plan: Extract,
    pub before: Option<PlanBefore>,
    /// The submissions, file by file.
    pub received: Vec<Received>,
    pub extracts: Vec<Extract>,
    pub returned: Vec<CameBack>,
    pub elsewhere: Elsewhere,
    /// None where nothing is kept between runs.
    pub remembered: Option<Remembered>,
}

/// Reads everything that was taken in, but for what the clerk handed over, which was `named` and has
/// been read; workbooks of ours are no submissions.
///
/// # Errors
/// Fails when the plan cannot be read, or extracts that were made elsewhere do not fit.
pub fn read_all(
    taken: &Taken,
    named: Vec<CameBack>,
    cache: Option<&Cache>,
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<Readings, RunError> {
    let before = taken.before.iter().map(|(file, _)| file);
    let files: Vec<Received> =
        std::iter::once(&taken.plan).chain(before).chain(&taken.inbox.files).cloned().collect();
    let (extracts, elsewhere, remembered) = if let Some(cache) = cache {
        let (extracts, remembered) =
            remembered::extract_the_new(&files, cache, pipeline, request, console)?;
        (extracts, Elsewhere::default(), Some(remembered))
    } else {
        let (extracts, elsewhere) = extract_the_others(&files, pipeline, request, console)?;
        (extracts, elsewhere, None)
    };
    let mut extracts = extracts.into_iter();
    let plan = readable_plan(&taken.plan, extracts.next())?;
    let before = match &taken.before {
        Some((file, from)) => Some(PlanBefore {
            extract: readable_plan(file, extracts.next())?,
            file: file.clone(),
            from: *from,
        }),
        None => None,
    };
    let mut readings = Readings {
        plan,
        before,
        received: Vec::new(),
        extracts: Vec::new(),
        returned: named,
        elsewhere,
        remembered,
    };
    let mut extracts: Vec<Extract> = extracts.collect();
    let doubt = |place: usize| doubt(&taken.inbox.files[place], &extracts[place]);
    let changed = intake::changed(&taken.inbox, doubt)?;
    for place in changed {
        // What was copied is no copy of what will be there.
        let _ = std::fs::remove_file(&taken.inbox.files[place].copy);
        let side = extracts[place].side;
        let sha256 = extracts[place].sha256.clone();
        extracts[place] = Extract { side, ..Extract::refused(sha256, Refusal::Copying) };
    }
    for (file, extract) in taken.inbox.files.iter().zip(extracts) {
        if extract.returned.is_some() {
            let came_back =
                CameBack { file: file.clone(), extract: extract.clone(), from: Hand::Inbox };
            readings.returned.push(came_back);
        }
        if extract.is_submission() {
            readings.received.push(file.clone());
            readings.extracts.push(extract);
        }
    }
    // That there is nothing to report counts, whoever handed it over; but not what was written on a
    // reminder of another period.
    let period = request.period.to_string();
    let is_of_period = |extract: &Extract| {
        let code = extract.returned.as_ref().and_then(|returned| returned.code.as_ref());
        let coded = code.map(|code| code.period.as_str());
        let own = stamp::property(&extract.properties, stamp::PERIOD).or(coded);
        own.is_none_or(|own| own == period)
    };
    for came_back in readings.returned.iter().filter(|one| one.from == Hand::Clerk) {
        let extract = &came_back.extract;
        if extract.says_only_words() && is_of_period(extract) {
            readings.received.push(came_back.file.clone());
            readings.extracts.push(extract.clone());
        }
    }
    Ok(readings)
}

/// Says whether a copy may have been made of a file that was not whole.
fn doubt(file: &Received, extract: &Extract) -> Doubt {
    match &extract.refusal {
        None if matches!(extract.format, Some(Format::Csv | Format::Html)) => Doubt::Text,
        Some(
            Refusal::Damaged(_)
            | Refusal::Empty
            | Refusal::NoContent
            | Refusal::MixedEncodings(_)
            | Refusal::Crashed(_),
        ) if file.refusal.is_none() => Doubt::Unread,
        _ => Doubt::None,
    }
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

/// Extracts files in worker processes.
///
/// # Errors
/// Fails when no worker can be started.
pub fn extract_all(
    files: &[Received],
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<Vec<Extract>, RunError> {
    console.start(files.len());
    let done = |file: &str| console.done(file);
    let read = extract::extracts(files, pipeline, &request.program, &done);
    console.finish();
    Ok(read?)
}

/// Extracts files in worker processes, but for those whose extracts were made elsewhere.
fn extract_the_others(
    files: &[Received],
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<(Vec<Extract>, Elsewhere), RunError> {
    let known = Known::read(&request.extracts, pipeline)?;
    let held = known.hold(files, pipeline, request)?;
    let (used, to_read): (Vec<&Received>, Vec<&Received>) =
        files.iter().partition(|file| known.of(file, pipeline).is_some());
    let to_read: Vec<Received> = to_read.into_iter().cloned().collect();
    let mut read = extract_all(&to_read, pipeline, request, console)?.into_iter();
    let all = files.iter().map(|file| known.of(file, pipeline).cloned().or_else(|| read.next()));
    let all = all.collect::<Option<Vec<Extract>>>();
    let all = all.ok_or_else(|| RunError::Internal("a file was not read".to_owned()))?;
    Ok((all, Elsewhere { used: used.len(), held }))
}
