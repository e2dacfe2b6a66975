//! One worker process as its parent sees it: started, asked, watched, and never waited for longer
//! than its time.

use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use super::frames::{self, Frame, GREETING, NoFrame, Question};
use super::kept::Sealing;
use super::packed::{AllSaid, Unpacking};
use super::watch::{self, Over, Watch};
use super::worker::{TROUBLE, greeting};
use super::{Extract, PROGRAM};
use crate::model::finding::Limit;
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;

/// The program that workers run, and how many at once.
#[derive(Clone, Debug)]
pub struct Program {
    pub path: PathBuf,
    pub at_once: usize,
}

/// Workers cannot be started, do not stay, or talk another language.
#[derive(Debug, thiserror::Error)]
pub enum CannotWork {
    #[error("cannot start {program}: {cause}")]
    NotStarted { program: PathBuf, cause: std::io::Error },
    #[error("the worker of {program} answered: {answer}")]
    NoWorker { program: PathBuf, answer: String },
    /// The pipeline file is another one than when the run began.
    #[error("the pipeline file was changed")]
    OtherPipeline,
    /// A worker ended again and again; holds the file that it was asked for last, and how it ended.
    #[error("reading {file} was ended from outside: {how}")]
    Ended { file: String, how: String },
    /// The copy that was made cannot be read, or is not what it was; holds what the system said.
    #[error("the copy of {file} cannot be read: {how}")]
    CopyLost { file: String, how: String },
}

/// How a worker ended before it answered.
#[derive(Debug)]
pub enum End {
    TooSlow,
    /// It was not done in time, and had hardly been at work: something held it up.
    HeldUp,
    /// Its answer is longer than an answer may be.
    TooLong(Limit),
    /// It got no more memory.
    OutOfMemory,
    /// It broke off by itself; holds its last words.
    Crashed(String),
    /// Somebody ended it, or it went away; holds how.
    Killed(String),
    /// What it said is no answer.
    Garbage(String),
    /// It could not have the file; holds what the system said.
    Trouble(String),
    /// It read other bytes than were to be read.
    OtherBytes,
}

/// How long a process may take until it says that it is there; longer than any machine needs that
/// still works.
const STARTING: Duration = Duration::from_secs(15);

/// A worker process. Its end is never waited for while something of it is held that it waits for.
pub struct Worker {
    child: Child,
    /// None once it has been told that nothing more is asked.
    input: Option<ChildStdin>,
    frames: Receiver<Result<Frame, NoFrame>>,
    /// Read when it has ended; it writes nothing but last words.
    errors: ChildStderr,
    number: u64,
}

impl Worker {
    /// Starts a worker and waits until it says that it is there.
    ///
    /// # Errors
    /// Fails when it does not start, or is no worker of this program and this pipeline file.
    pub fn start(program: &Program, pipeline: &Pipeline) -> Result<Self, CannotWork> {
        let not_started = |cause| CannotWork::NotStarted { program: program.path.clone(), cause };
        let no_worker = |answer| CannotWork::NoWorker { program: program.path.clone(), answer };
        let mut child = Command::new(&program.path)
            .arg("extract")
            .arg("--worker")
            .arg(&pipeline.path)
            .args(
                pipeline.adopted.iter().flat_map(|heading| ["--adopt".to_owned(), heading.text()]),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_started)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            end_now(&mut child);
            return Err(not_started(io::ErrorKind::BrokenPipe.into()));
        };
        // A few, so that a worker that says more than is listened to waits.
        let (send, frames) = mpsc::sync_channel(4);
        let listener = thread::Builder::new().spawn(move || listen(output, &send));
        if let Err(cause) = listener {
            end_now(&mut child);
            return Err(not_started(cause));
        }
        let mut worker = Self { child, input: Some(input), frames, errors, number: GREETING };
        let expected = greeting(pipeline);
        match worker.frames.recv_timeout(STARTING) {
            Ok(Ok(frame)) if frame.number == GREETING && frame.bytes == expected.as_bytes() => {
                Ok(worker)
            }
            Ok(Ok(frame)) if frame.bytes.starts_with(PROGRAM.as_bytes()) => {
                Err(CannotWork::OtherPipeline)
            }
            Ok(Ok(frame)) => Err(no_worker(words(&frame.bytes))),
            Ok(Err(NoFrame::Garbage(bytes))) => Err(no_worker(words(&bytes))),
            Err(RecvTimeoutError::Timeout) => Err(not_started(io::ErrorKind::TimedOut.into())),
            Ok(Err(NoFrame::Broken(_))) | Err(RecvTimeoutError::Disconnected) => {
                let (status, words) = worker.ended();
                Err(no_worker(format!("{} {words}", told(status)).trim().to_owned()))
            }
        }
    }

    /// Asks for a file and waits for the answer, within its limits; its texts are those of `texts`, as far
    /// as they are among them. What it says is handed on to what is kept, where something is.
    ///
    /// # Errors
    /// Says how the worker ended instead; it is of no more use then.
    pub fn extract(
        &mut self,
        question: &Question,
        sha256: &str,
        limits: &Limits,
        texts: &AllSaid,
        mut sealing: Option<&mut Sealing>,
    ) -> Result<Extract, End> {
        let limit = Duration::from_secs(u64::from(limits.seconds));
        let mut watch = Watch::over(limit);
        self.number += 1;
        let asked = self.input.as_mut().map(|input| {
            use io::Write;
            frames::write(input, self.number, &question.to_bytes()).and_then(|()| input.flush())
        });
        if !matches!(asked, Some(Ok(()))) {
            return Err(self.end());
        }
        let most = limits.extract_bytes();
        let mut unpacking = Unpacking::into(texts);
        let mut is_first = true;
        let mut length: u64 = 0;
        loop {
            let frame = match self.frames.recv_timeout(watch.left()) {
                Ok(Ok(frame)) => frame,
                Ok(Err(NoFrame::Garbage(bytes))) => return Err(End::Garbage(words(&bytes))),
                Ok(Err(NoFrame::Broken(_))) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.end());
                }
                Err(RecvTimeoutError::Timeout) => {
                    match watch.look(watch::worked(self.child.id())) {
                        Some(Over::TooSlow) => return Err(End::TooSlow),
                        Some(Over::HeldUp) => return Err(End::HeldUp),
                        None => continue,
                    }
                }
            };
            if frame.number != self.number {
                return Err(End::Garbage(format!(
                    "an answer to another question: {}",
                    frame.number
                )));
            }
            // What follows a head may begin with any byte.
            if std::mem::take(&mut is_first)
                && let Some((&TROUBLE, words)) = frame.bytes.split_first()
            {
                return Err(End::Trouble(String::from_utf8_lossy(words).into_owned()));
            }
            length += frame.bytes.len() as u64;
            if length > most {
                let mib = u32::try_from(most / 1024 / 1024).unwrap_or(u32::MAX);
                return Err(End::TooLong(Limit::ExtractMib(mib)));
            }
            if let Some(sealing) = &mut sealing {
                sealing.take(&frame.bytes);
            }
            match unpacking.take(&frame.bytes) {
                Ok(Some(extract)) if extract.sha256 != sha256 => return Err(End::OtherBytes),
                Ok(Some(extract)) => return Ok(extract),
                Ok(None) => {}
                Err(error) => return Err(End::Garbage(error.to_string())),
            }
        }
    }

    /// Says how it ended, once it has said no more.
    fn end(&mut self) -> End {
        let (status, words) = self.ended();
        let Some(status) = status else { return End::Killed(words) };
        if !is_crash(status) {
            return End::Killed(format!("{} {words}", told(Some(status))).trim().to_owned());
        }
        if words.contains(OUT_OF_MEMORY) { End::OutOfMemory } else { End::Crashed(words) }
    }

    /// Waits a moment for its end, ends it where it does not come, and returns its last words.
    fn ended(&mut self) -> (Option<ExitStatus>, String) {
        const MOMENT: Duration = Duration::from_secs(2);
        // Enough for last words; the pipe's end is there as soon as nobody writes to it.
        const LAST_WORDS: u64 = 64 * 1024;
        drop(self.input.take());
        let until = Instant::now() + MOMENT;
        let mut status = self.child.try_wait().ok().flatten();
        while status.is_none() && Instant::now() < until {
            thread::sleep(Duration::from_millis(2));
            status = self.child.try_wait().ok().flatten();
        }
        if status.is_none() {
            end_now(&mut self.child);
        }
        let mut bytes = Vec::new();
        let _ = self.errors.by_ref().take(LAST_WORDS).read_to_end(&mut bytes);
        (status, words(&bytes))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.input.take());
        end_now(&mut self.child);
    }
}

/// Killed rather than asked: it may be in a loop that never ends.
fn end_now(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Hands on what a worker says until it ends, or nobody listens any more.
fn listen(output: ChildStdout, send: &SyncSender<Result<Frame, NoFrame>>) {
    let mut output = BufReader::with_capacity(64 * 1024, output);
    loop {
        let next = match frames::read(&mut output) {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => return,
            Err(why) => Err(why),
        };
        let is_last = next.is_err();
        if send.send(next).is_err() || is_last {
            return;
        }
    }
}

/// What the standard library writes before it ends a program that gets no more memory: the only
/// sign of it that the worker can give, since nothing runs there any more.
const OUT_OF_MEMORY: &str = "memory allocation";

/// What a panic that nobody caught ends a program with.
const PANICKED: i32 = 101;

/// Whether a program came to its end by what it did, not by what was done to it.
#[cfg(unix)]
fn is_crash(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    let own = [
        libc::SIGABRT,
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGTRAP,
        libc::SIGSYS,
    ];
    status.code() == Some(PANICKED) || status.signal().is_some_and(|signal| own.contains(&signal))
}

/// Whether a program came to its end by what it did, not by what was done to it.
#[cfg(not(unix))]
fn is_crash(status: ExitStatus) -> bool {
    // The system ends a program that breaks its rules with a code that says which.
    let is_fault = |code: i32| code.cast_unsigned() >> 28 == 0xc;
    status.code().is_some_and(|code| code == PANICKED || is_fault(code))
}

fn told(status: Option<ExitStatus>) -> String {
    status.map_or_else(String::new, |status| status.to_string())
}

/// The beginning of what was said, on one line.
fn words(bytes: &[u8]) -> String {
    const MOST: usize = 200;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST)]).into_owned();
    let seen = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let text: String = seen.take(MOST).collect();
    text.trim().to_owned()
}
