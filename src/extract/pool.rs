//! The parent's side: worker processes that are fed paths, watched, killed when they hang and
//! started again when they die. One bad file costs one refusal.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::Extract;
use super::asked;
use super::lines::{self, BadLine, Gathering};
use crate::intake::Received;
use crate::model::finding::Refusal;
use crate::model::{Side, hash};
use crate::pipeline::Pipeline;

/// The program that workers run, and how many at once.
#[derive(Clone, Debug)]
pub struct Program {
    pub path: PathBuf,
    pub at_once: usize,
}

/// Workers cannot be started or talk another language.
#[derive(Debug, thiserror::Error)]
pub enum CannotWork {
    #[error("cannot start {program}: {cause}")]
    NotStarted { program: PathBuf, cause: std::io::Error },
    #[error("the worker of {program} answered: {answer}")]
    NoWorker { program: PathBuf, answer: String },
}

/// Why the supervisor of an `extract` command ended.
#[derive(Debug)]
pub enum CannotSupervise {
    /// Its input or output broke off.
    Broken(std::io::Error),
    Workers(CannotWork),
}

/// Reads one path a line and writes each file's lines, as a worker does, but through worker
/// processes: a file that kills its worker costs one refusal. For use under any launcher.
///
/// # Errors
/// Ends when the input or the output breaks, or no worker can be started.
pub fn supervise(
    input: impl BufRead,
    mut output: impl Write,
    pipeline: &Pipeline,
    program: &Program,
) -> Result<(), CannotSupervise> {
    let mut worker: Option<Worker> = None;
    for line in input.lines() {
        let line = line.map_err(CannotSupervise::Broken)?;
        let (side, path) = asked::read(&line);
        let (sha256, refusal) = match std::fs::read(path) {
            Ok(bytes) => (hash::sha256(&bytes), None),
            Err(error) => (hash::sha256(&[]), Some(Refusal::NoAccess(error.to_string()))),
        };
        let extract = if let Some(refusal) = refusal {
            Extract { side: pipeline.side_read(side), ..Extract::refused(sha256, refusal) }
        } else {
            let file = Received {
                name: String::new(),
                copy: PathBuf::from(path),
                sha256,
                side,
                modified: 0,
                refusal: None,
            };
            one(&mut worker, &file, pipeline, program).map_err(CannotSupervise::Workers)?
        };
        for line in lines::to_lines(extract, &pipeline.sha256) {
            writeln!(output, "{line}").map_err(CannotSupervise::Broken)?;
        }
        output.flush().map_err(CannotSupervise::Broken)?;
    }
    Ok(())
}

/// Extracts all files, in their order; `done` is told each file that is finished.
///
/// # Errors
/// Fails only when no worker can be started at all.
pub fn extracts(
    files: &[Received],
    pipeline: &Pipeline,
    program: &Program,
    done: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Extract>, CannotWork> {
    let queue: Mutex<VecDeque<usize>> = Mutex::new(VecDeque::new());
    let results: Mutex<Vec<Option<Extract>>> = Mutex::new(vec![None; files.len()]);
    let failure: Mutex<Option<CannotWork>> = Mutex::new(None);
    for (index, file) in files.iter().enumerate() {
        match &file.refusal {
            Some(refusal) => {
                let extract = refused(file, refusal.clone(), pipeline);
                results.lock().expect("no thread panics")[index] = Some(extract);
                done(&file.name);
            }
            None => queue.lock().expect("no thread panics").push_back(index),
        }
    }
    let waiting = queue.lock().expect("no thread panics").len();
    let workers = program.at_once.clamp(1, waiting.max(1));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut worker: Option<Worker> = None;
                loop {
                    let next = queue.lock().expect("no thread panics").pop_front();
                    let Some(index) = next else { break };
                    match one(&mut worker, &files[index], pipeline, program) {
                        Ok(extract) => {
                            results.lock().expect("no thread panics")[index] = Some(extract);
                            done(&files[index].name);
                        }
                        Err(error) => {
                            failure.lock().expect("no thread panics").get_or_insert(error);
                            break;
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().expect("no thread panics") {
        return Err(error);
    }
    let results = results.into_inner().expect("no thread panics");
    Ok(results.into_iter().map(|extract| extract.expect("every file was taken")).collect())
}

fn one(
    worker: &mut Option<Worker>,
    file: &Received,
    pipeline: &Pipeline,
    program: &Program,
) -> Result<Extract, CannotWork> {
    let mut running = match worker.take() {
        Some(running) => running,
        None => Worker::start(program, pipeline)?,
    };
    match running.extract(&file.copy, file.side, pipeline) {
        Ok(extract) => {
            *worker = Some(running);
            Ok(extract)
        }
        Err(end) => {
            let refusal = match end {
                End::TooSlow => Refusal::TimedOut(pipeline.limits.seconds),
                End::Died(words) if words.contains(OUT_OF_MEMORY) => {
                    Refusal::OutOfMemory(pipeline.limits.memory_mib)
                }
                End::Died(words) => Refusal::Crashed(words),
                End::Nonsense(answer) => {
                    return Err(CannotWork::NoWorker { program: program.path.clone(), answer });
                }
            };
            Ok(refused(file, refusal, pipeline))
        }
    }
}

fn refused(file: &Received, refusal: Refusal, pipeline: &Pipeline) -> Extract {
    let side = pipeline.side_read(file.side);
    Extract { side, ..Extract::refused(file.sha256.clone(), refusal) }
}

/// What the standard library writes before it ends a program that gets no more memory: the only
/// sign of it that the worker can give, since nothing runs there any more.
const OUT_OF_MEMORY: &str = "memory allocation";

/// How a worker ended before it answered.
enum End {
    TooSlow,
    /// Holds its last words.
    Died(String),
    /// Holds a line that is no answer.
    Nonsense(String),
}

struct Worker {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    last_words: Receiver<String>,
}

impl Worker {
    fn start(program: &Program, pipeline: &Pipeline) -> Result<Self, CannotWork> {
        let not_started = |cause| CannotWork::NotStarted { program: program.path.clone(), cause };
        let mut child = Command::new(&program.path)
            .arg("extract")
            .arg("--worker")
            .arg(&pipeline.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_started)?;
        let input = child.stdin.take().expect("its input is piped");
        let output = child.stdout.take().expect("its output is piped");
        let errors = child.stderr.take().expect("its errors are piped");
        let (send_line, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                if line.is_err() || send_line.send(line.unwrap_or_default()).is_err() {
                    break;
                }
            }
        });
        let (send_words, last_words) = mpsc::channel();
        thread::spawn(move || {
            let mut words = Vec::new();
            // Enough for a last word; a worker that babbles is not listened to for ever.
            let _ = errors.take(64 * 1024).read_to_end(&mut words);
            let _ = send_words.send(String::from_utf8_lossy(&words).trim().to_owned());
        });
        Ok(Self { child, input, lines, last_words })
    }

    fn extract(&mut self, path: &Path, side: Side, pipeline: &Pipeline) -> Result<Extract, End> {
        let deadline = Instant::now() + Duration::from_secs(u64::from(pipeline.limits.seconds));
        let line = asked::line(&path.display().to_string(), side);
        let asked = writeln!(self.input, "{line}").and_then(|()| self.input.flush());
        if asked.is_err() {
            return Err(self.died());
        }
        let mut gathering = Gathering::default();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => match gathering.take(&line, &pipeline.sha256) {
                    Ok(Some(extract)) => return Ok(extract),
                    Ok(None) => {}
                    // A line of this very contract that cannot be read is the file's doing.
                    Err(BadLine::NotALine(error)) if lines::is_ours(&line) => {
                        return Err(End::Died(error.to_string()));
                    }
                    Err(error) => return Err(End::Nonsense(error.to_string())),
                },
                Err(RecvTimeoutError::Timeout) => return Err(End::TooSlow),
                Err(RecvTimeoutError::Disconnected) => return Err(self.died()),
            }
        }
    }

    fn died(&mut self) -> End {
        let _ = self.child.wait();
        End::Died(self.last_words.recv_timeout(Duration::from_secs(1)).unwrap_or_default())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Killed rather than asked: it may be in a loop that never ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
