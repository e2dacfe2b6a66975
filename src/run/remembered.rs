//! Sheets that have not changed since an earlier run are not read again: what they say was kept, under
//! the hash of all that it depends on.
//!
//! It is held against the sheets nevertheless: a few of them, which nobody can foresee, are read as well. Where
//! one says something else, nothing that was kept is believed.

use std::sync::atomic::{AtomicBool, Ordering};

use super::elsewhere;
use super::{Memory, Request, RunError};
use crate::archive::{Cache, Staging};
use crate::console::Console;
use crate::extract::{self, Extract, Extracted, kept};
use crate::intake::Received;
use crate::pipeline::Pipeline;
use crate::wording::log;

/// Of how many files what was kept was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Remembered {
    pub used: usize,
    /// Of how many of them the copy was read as well, and said the same.
    pub held: usize,
    /// Files that were read.
    pub read: usize,
}

/// Returns where runs keep what they have read; none where nothing is to be kept, or this run is not to
/// leave anything.
pub fn cache(staging: &Staging, pipeline: &Pipeline, request: &Request) -> Option<Cache> {
    // What was made elsewhere is believed under rules of its own.
    let is_wanted = request.memory != Memory::None && request.extracts.is_empty();
    (is_wanted && pipeline.cache_bytes > 0).then(|| staging.cache(pipeline.cache_bytes))
}

/// Extracts files in worker processes, but for those of which it is known what they say.
///
/// # Errors
/// Fails when no worker can be started.
pub fn extract_the_new(
    files: &[Received],
    cache: &Cache,
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<(Vec<Extract>, Remembered), RunError> {
    // Where one cannot be written, the others are not tried.
    let is_full = AtomicBool::new(false);
    let keep: &kept::Keep<'_> = &|name, bytes| {
        if is_full.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = cache.write(name, bytes) {
            is_full.store(true, Ordering::Relaxed);
            tracing::warn!(event = "cache", why = "not-kept", %error);
        }
    };
    let mut read = |recall: &kept::Recall<'_>| {
        console.start(files.len());
        let done = |file: &str| console.done(file);
        let memory = kept::Memory { recall, keep };
        let read = extract::remembered(files, pipeline, &request.program, memory, &done);
        console.finish();
        read
    };
    let anew: &kept::Recall<'_> = &|_| None;
    if request.memory == Memory::ReadAnew {
        let read = read(anew)?;
        return Ok((read.extracts, Remembered { read: files.len(), ..Remembered::default() }));
    }
    let from_cache = |name: &str| cache.read(name);
    let found = read(&from_cache)?;
    let used = found.recalled.len();
    let (found, held) = if let Some(held) = holds(files, &found, pipeline, request)? {
        (found, held)
    } else {
        let found = read(anew)?;
        tracing::error!(event = "cache", why = "not-as-read", used);
        console.complain(log::not_as_kept().in_language(request.language));
        (found, 0)
    };
    if found.spoiled > 0 {
        tracing::warn!(event = "cache", why = "spoiled", files = found.spoiled);
        console.say(log::spoiled(found.spoiled).in_language(request.language));
    }
    for place in &found.recalled {
        cache.note(&kept::name(&files[*place], pipeline));
    }
    let used = found.recalled.len();
    let read = files.len() - used;
    tracing::info!(event = "cache", used, held, read);
    if used > 0 {
        console.detail(log::recalled(used, read).in_language(request.language));
    }
    Ok((found.extracts, Remembered { used, held, read }))
}

/// Reads the copies of some of the files of which it was known what they say, and returns of how many;
/// nothing where one says something else.
///
/// # Errors
/// Fails when no worker can be started.
fn holds(
    files: &[Received],
    found: &Extracted,
    pipeline: &Pipeline,
    request: &Request,
) -> Result<Option<usize>, RunError> {
    /// What costs little beside the rest, and finds within some months what is wrong of more than a few.
    const MOST: usize = 3;
    let used = found.recalled.iter().map(|place| (&files[*place], &found.extracts[*place]));
    let drawn = elsewhere::drawn(used.collect(), MOST);
    let copies: Vec<Received> = drawn.iter().map(|(file, _)| (*file).clone()).collect();
    if copies.is_empty() {
        return Ok(Some(0));
    }
    let read = extract::extracts(&copies, pipeline, &request.program, &|_| {})?;
    let is_same = drawn.iter().zip(&read).all(|((_, known), read)| *known == read);
    Ok(is_same.then_some(copies.len()))
}

/// Keeps what was read, once the run stands: whatever comes of it, the run is not the worse for it.
pub fn keep(cache: &Cache) {
    if let Err(error) = cache.keep() {
        tracing::warn!(event = "cache", why = "not-kept", %error);
    }
}
