//! The parent's side: files are handed to worker processes, which are started again when they end.
//!
//! One bad file costs one refusal. What is the machine's doing (a worker that somebody killed, one
//! that could not be started) is tried again, and ends the run where it stays: it is never said of a
//! file.

use std::collections::VecDeque;
use std::io::{BufRead, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::child::{CannotWork, End, Program, Worker};
use super::frames::{self, Question};
use super::kept::{self, Keep, Memory, Sealing};
use super::packed::AllSaid;
use super::{Extract, lines};
use crate::intake::{self, Received};
use crate::model::finding::Refusal;
use crate::model::{Side, hash};
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;

/// Why the supervisor of an `extract` command ended.
#[derive(Debug)]
pub enum CannotSupervise {
    /// Its input or output broke off.
    Broken(std::io::Error),
    Workers(CannotWork),
}

/// What ends a path on the supervisor's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathEnd {
    Line,
    /// A zero byte, which no path holds.
    Zero,
}

/// Reads one path after the other and writes each file's lines, made by worker processes: a file that
/// kills its worker costs one refusal. For use under any launcher.
///
/// # Errors
/// Ends when the input or the output breaks, or no worker can be started.
pub fn supervise(
    mut input: impl BufRead,
    mut output: impl Write,
    path_end: PathEnd,
    pipeline: &Pipeline,
    program: &Program,
) -> Result<(), CannotSupervise> {
    let mut worker: Option<Worker> = None;
    while let Some(asked) = next_path(&mut input, path_end).map_err(CannotSupervise::Broken)? {
        let (side, path) = match asked.strip_prefix(b"plan\t") {
            Some(path) => (Side::Plan, path),
            None => (Side::Submission, asked.as_slice()),
        };
        let path = frames::path_of(path).unwrap_or_default();
        let hashed = intake::hash_of(&path, &pipeline.limits.of_file(side, 0));
        let mut file = Received::of(intake::shown(&path), path, side);
        file.sha256 = hash::sha256(&[]);
        let extract = match hashed {
            Ok(sha256) => {
                file.sha256 = sha256;
                let texts = AllSaid::default();
                match one(&mut worker, &file, pipeline, program, &texts, None) {
                    // Nobody has copied it: it may change while it is read.
                    Err(CannotWork::CopyLost { how, .. }) => {
                        Ok(refused(&file, Refusal::NoAccess(how), pipeline))
                    }
                    outcome => outcome,
                }
            }
            Err(refusal) => Ok(refused(&file, refusal, pipeline)),
        };
        let extract = extract.map_err(CannotSupervise::Workers)?;
        for line in lines::to_lines(extract, &pipeline.sha256) {
            writeln!(output, "{}", lines::sealed(line)).map_err(CannotSupervise::Broken)?;
        }
        output.flush().map_err(CannotSupervise::Broken)?;
    }
    Ok(())
}

fn next_path(input: &mut impl BufRead, path_end: PathEnd) -> std::io::Result<Option<Vec<u8>>> {
    let end = match path_end {
        PathEnd::Line => b'\n',
        PathEnd::Zero => 0,
    };
    let mut path = Vec::new();
    if input.read_until(end, &mut path)? == 0 {
        return Ok(None);
    }
    if path.last() == Some(&end) {
        path.pop();
        if path_end == PathEnd::Line && path.last() == Some(&b'\r') {
            path.pop();
        }
    }
    Ok(Some(path))
}

/// What files say, and of how many it was known.
#[derive(Debug)]
pub struct Extracted {
    /// In the order of the files.
    pub extracts: Vec<Extract>,
    /// The places of the files that were not read, since what they say was kept; in their order.
    pub recalled: Vec<usize>,
    /// Of how many what was kept was not as it was kept.
    pub spoiled: usize,
}

/// What is to be done, shared by those who do it.
struct Work {
    waiting: VecDeque<usize>,
    results: Vec<Option<Extract>>,
    recalled: Vec<usize>,
    spoiled: usize,
    /// How many have a worker, or try to get one.
    hands: usize,
    failure: Option<CannotWork>,
}

/// What is the same for all files.
struct Common<'a> {
    files: &'a [Received],
    pipeline: &'a Pipeline,
    program: &'a Program,
    texts: AllSaid,
    memory: Option<Memory<'a>>,
    done: &'a (dyn Fn(&str) + Sync),
}

/// Extracts all files, in their order; `done` is told each file that is finished.
///
/// # Errors
/// Fails when no worker can be started, or none stays.
pub fn extracts(
    files: &[Received],
    pipeline: &Pipeline,
    program: &Program,
    done: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Extract>, CannotWork> {
    let texts = AllSaid::default();
    let common = Common { files, pipeline, program, texts, memory: None, done };
    all(&common).map(|all| all.extracts)
}

/// Extracts all files, in their order, but for those whose extracts were kept; keeps those of the others, but
/// for refusals, which may be the machine's doing, and other answers the next time.
///
/// # Errors
/// Fails when no worker can be started, or none stays.
pub fn remembered(
    files: &[Received],
    pipeline: &Pipeline,
    program: &Program,
    memory: Memory<'_>,
    done: &(dyn Fn(&str) + Sync),
) -> Result<Extracted, CannotWork> {
    let texts = AllSaid::default();
    all(&Common { files, pipeline, program, texts, memory: Some(memory), done })
}

fn all(common: &Common<'_>) -> Result<Extracted, CannotWork> {
    let mut work = Work {
        waiting: VecDeque::new(),
        results: vec![None; common.files.len()],
        recalled: Vec::new(),
        spoiled: 0,
        hands: 0,
        failure: None,
    };
    for (index, file) in common.files.iter().enumerate() {
        match &file.refusal {
            Some(refusal) => {
                work.results[index] = Some(refused(file, refusal.clone(), common.pipeline));
                (common.done)(&file.name);
            }
            None => work.waiting.push_back(index),
        }
    }
    let hands = common.program.at_once.clamp(1, work.waiting.len().max(1));
    work.hands = hands;
    let work = Mutex::new(work);
    thread::scope(|scope| {
        // This thread is the first; where the system starts no more, fewer do it all.
        for _ in 1..hands {
            let hand = || lend_a_hand(&work, common);
            if thread::Builder::new().spawn_scoped(scope, hand).is_err() {
                held(&work).hands -= 1;
            }
        }
        lend_a_hand(&work, common);
    });
    let work = work.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = work.failure {
        return Err(error);
    }
    let mut recalled = work.recalled;
    recalled.sort_unstable();
    let extracts = work.results.into_iter().flatten().collect();
    Ok(Extracted { extracts, recalled, spoiled: work.spoiled })
}

fn held(work: &Mutex<Work>) -> MutexGuard<'_, Work> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lend_a_hand(work: &Mutex<Work>, common: &Common<'_>) {
    let mut worker: Option<Worker> = None;
    loop {
        let next = {
            let mut work = held(work);
            if work.failure.is_some() { None } else { work.waiting.pop_front() }
        };
        let Some(index) = next else { return };
        let file = &common.files[index];
        let memory = common.memory.map(|memory| (memory, kept::name(file, common.pipeline)));
        if let Some(extract) = memory
            .as_ref()
            .and_then(|(memory, name)| recalled(work, file, memory, name, &common.texts))
        {
            let mut work = held(work);
            work.results[index] = Some(extract);
            work.recalled.push(index);
            drop(work);
            (common.done)(&file.name);
            continue;
        }
        let (pipeline, program, texts) = (common.pipeline, common.program, &common.texts);
        let keep = memory.as_ref().map(|(memory, name)| (memory.keep, name.as_str()));
        match one(&mut worker, file, pipeline, program, texts, keep) {
            Ok(extract) => {
                held(work).results[index] = Some(extract);
                (common.done)(&file.name);
            }
            Err(error) => {
                let mut work = held(work);
                let is_start = matches!(error, CannotWork::NotStarted { .. });
                if is_start && work.hands > 1 {
                    // The others have what they need; this file is theirs.
                    work.hands -= 1;
                    work.waiting.push_front(index);
                } else {
                    work.failure.get_or_insert(error);
                }
                return;
            }
        }
    }
}

/// Returns what was kept of a file.
fn recalled(
    work: &Mutex<Work>,
    file: &Received,
    memory: &Memory<'_>,
    name: &str,
    texts: &AllSaid,
) -> Option<Extract> {
    let bytes = (memory.recall)(name)?;
    let extract = kept::unsealed(&bytes, name, &file.sha256, texts);
    if extract.is_err() {
        held(work).spoiled += 1;
    }
    extract.ok()
}

/// How often something is tried that the machine prevents.
const ATTEMPTS: u32 = 4;

fn pause(attempt: u32) {
    thread::sleep(Duration::from_millis(20 << (2 * attempt)));
}

fn one(
    worker: &mut Option<Worker>,
    file: &Received,
    pipeline: &Pipeline,
    program: &Program,
    texts: &AllSaid,
    keep: Option<(&Keep<'_>, &str)>,
) -> Result<Extract, CannotWork> {
    let question = Question { side: file.side, path: file.copy.clone() };
    let bytes = std::fs::metadata(&file.copy).map_or(0, |metadata| metadata.len());
    let limits = pipeline.limits.of_file(file.side, bytes);
    let mut attempt = 0;
    loop {
        let mut running = match worker.take() {
            Some(running) => running,
            None => started(program, pipeline)?,
        };
        let mut sealing = keep.map(|(_, name)| Sealing::under(name));
        let said = running.extract(&question, &file.sha256, &limits, texts, sealing.as_mut());
        let end = match said {
            Ok(extract) => {
                let sealing = sealing.filter(|_| extract.refusal.is_none());
                if let Some(((keep, name), sealing)) = keep.zip(sealing) {
                    keep(name, &sealing.sealed());
                }
                *worker = Some(running);
                return Ok(extract);
            }
            Err(end) => end,
        };
        drop(running);
        attempt += 1;
        match settled(end, attempt, file, &limits, program) {
            Some(Ok(refusal)) => return Ok(refused(file, refusal, pipeline)),
            Some(Err(error)) => return Err(error),
            None => pause(attempt - 1),
        }
    }
}

/// Says what came of a file whose worker ended; none where it is tried again.
fn settled(
    end: End,
    attempt: u32,
    file: &Received,
    limits: &Limits,
    program: &Program,
) -> Option<Result<Refusal, CannotWork>> {
    let name = || file.name.clone();
    let is_last = attempt >= ATTEMPTS;
    match end {
        End::TooSlow => Some(Ok(Refusal::TimedOut(limits.seconds))),
        // A machine that was busy, or asleep, may do it the next time.
        End::HeldUp => is_last.then_some(Ok(Refusal::TimedOut(limits.seconds))),
        End::TooLong(limit) => Some(Ok(Refusal::TooLarge(limit))),
        End::OutOfMemory => Some(Ok(Refusal::OutOfMemory(limits.memory_mib))),
        // Twice alike is the file's doing.
        End::Crashed(words) => (attempt > 1).then_some(Ok(Refusal::Crashed(words))),
        End::Killed(how) => is_last.then(|| Err(CannotWork::Ended { file: name(), how })),
        End::Garbage(answer) => {
            let program = program.path.clone();
            is_last.then_some(Err(CannotWork::NoWorker { program, answer }))
        }
        End::Trouble(how) => is_last.then(|| Err(CannotWork::CopyLost { file: name(), how })),
        End::OtherBytes => is_last.then(|| {
            let how = "it is not what it was when it was copied".to_owned();
            Err(CannotWork::CopyLost { file: name(), how })
        }),
    }
}

/// Starts a worker; what fails for a moment is tried again.
fn started(program: &Program, pipeline: &Pipeline) -> Result<Worker, CannotWork> {
    let mut attempt = 0;
    loop {
        match Worker::start(program, pipeline) {
            Err(CannotWork::OtherPipeline) => return Err(CannotWork::OtherPipeline),
            Err(_) if attempt + 1 < ATTEMPTS => {
                pause(attempt);
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

fn refused(file: &Received, refusal: Refusal, pipeline: &Pipeline) -> Extract {
    let side = pipeline.side_read(file.side);
    Extract { side, ..Extract::refused(file.sha256.clone(), refusal) }
}
