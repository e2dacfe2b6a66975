//! One worker process as its parent sees it: started, asked, watched, and never waited for longer
//! than its time.

use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use super::frames::{self, Frame, GREETING, NoFrame, Question};
use super::lines::Gathering;
use super::worker::{TROUBLE, greeting};
use super::{Extract, PROGRAM};
use crate::model::finding::Limit;
use crate::pipeline::Pipeline;

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

    /// Asks for a file and waits for the answer, within the limits.
    ///
    /// # Errors
    /// Says how the worker ended instead; it is of no more use then.
    pub fn extract(
        &mut self,
        question: &Question,
        sha256: &str,
        pipeline: &Pipeline,
    ) -> Result<Extract, End> {
        let limit = Duration::from_secs(u64::from(pipeline.limits.seconds));
        let mut watch = Watch::over(limit);
        self.number += 1;
        let asked = self.input.as_mut().map(|input| {
            use io::Write;
            frames::write(input, self.number, &question.to_bytes()).and_then(|()| input.flush())
        });
        if !matches!(asked, Some(Ok(()))) {
            return Err(self.end());
        }
        let most = pipeline.limits.extract_bytes();
        let mut gathering = Gathering::default();
        let mut length: u64 = 0;
        loop {
            let left = watch.until.saturating_duration_since(Instant::now());
            let frame = match self.frames.recv_timeout(left) {
                Ok(Ok(frame)) => frame,
                Ok(Err(NoFrame::Garbage(bytes))) => return Err(End::Garbage(words(&bytes))),
                Ok(Err(NoFrame::Broken(_))) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.end());
                }
                Err(RecvTimeoutError::Timeout) => match watch.look(worked(&self.child)) {
                    Some(end) => return Err(end),
                    None => continue,
                },
            };
            if frame.number != self.number {
                return Err(End::Garbage(format!(
                    "an answer to another question: {}",
                    frame.number
                )));
            }
            if let Some((&TROUBLE, words)) = frame.bytes.split_first() {
                return Err(End::Trouble(String::from_utf8_lossy(words).into_owned()));
            }
            length += frame.bytes.len() as u64;
            if length > most {
                let mib = u32::try_from(most / 1024 / 1024).unwrap_or(u32::MAX);
                return Err(End::TooLong(Limit::ExtractMib(mib)));
            }
            match gathering.take(&frame.bytes, &pipeline.sha256) {
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

/// Whether a worker has had its time. What counts is how long it was at work, where the system tells
/// it: a machine that is busy with something else is no fault of a file.
struct Watch {
    limit: Duration,
    begun: Instant,
    /// When it is looked at next.
    until: Instant,
    /// How long it had been at work when it was looked at first.
    first: Duration,
    /// When it was looked at last, and how long it had been at work by then.
    last: Option<(Instant, Duration)>,
}

impl Watch {
    /// Few files take so long that they are looked at even once.
    const FIRST_LOOK: u32 = 20;
    /// How many times its limit a file is waited for by the clock.
    const PATIENCE: u32 = 6;
    /// Whoever is at work for less than this part of the time is asleep, or stopped.
    const ASLEEP: u32 = 32;

    fn over(limit: Duration) -> Self {
        let begun = Instant::now();
        let until = begun + limit / Self::FIRST_LOOK;
        Self { limit, begun, until, first: Duration::ZERO, last: None }
    }

    /// Looks at a worker that has not answered; none where it is waited for once more.
    fn look(&mut self, worked: Option<Duration>) -> Option<End> {
        let (now, end) = (Instant::now(), self.begun + self.limit);
        let Some(worked) = worked else {
            self.until = end;
            return (now >= end).then_some(End::TooSlow);
        };
        let Some((then, before)) = self.last.replace((now, worked)) else {
            self.first = worked;
            self.until = end;
            return None;
        };
        let step = self.limit / Self::FIRST_LOOK;
        let had = worked.saturating_sub(self.first) + step;
        let left = self.limit.saturating_sub(had);
        if worked.saturating_sub(before) < (now - then) / Self::ASLEEP {
            return Some(End::HeldUp);
        }
        if left < step {
            return Some(End::TooSlow);
        }
        self.until = now + left;
        (now >= self.begun + self.limit * Self::PATIENCE).then_some(End::HeldUp)
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

/// How long a process has been at work, where the system tells it in a file.
fn worked(child: &Child) -> Option<Duration> {
    /// In hundredths of a second, after the name, which may hold anything.
    const USER: usize = 11;
    const SYSTEM: usize = 12;
    if !cfg!(target_os = "linux") {
        return None;
    }
    let told = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    let fields: Vec<&str> = told.rsplit_once(')')?.1.split_whitespace().collect();
    let hundredths = |field: usize| fields.get(field)?.parse::<u64>().ok();
    Some(Duration::from_millis((hundredths(USER)? + hundredths(SYSTEM)?) * 10))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker that began so long ago and is looked at twice: after a twentieth of its time, and now.
    fn looked_at(ago: u64, worked: u64) -> Option<End> {
        let mut watch = Watch::over(Duration::from_secs(10));
        watch.begun = Instant::now().checked_sub(Duration::from_secs(ago)).unwrap();
        let early = Duration::from_millis(500);
        watch.first = early;
        watch.last = Some((watch.begun + early, early));
        watch.look(Some(Duration::from_secs(worked)))
    }

    #[test]
    fn a_file_has_its_time_at_work_and_a_busy_machine_is_waited_for() {
        assert!(matches!(looked_at(10, 10), Some(End::TooSlow)));
        assert!(looked_at(10, 3).is_none(), "a third of a processor");
        assert!(looked_at(40, 8).is_none());
        assert!(matches!(looked_at(40, 10), Some(End::TooSlow)));
        assert!(matches!(looked_at(61, 8), Some(End::HeldUp)));
        let mut watch = Watch::over(Duration::from_secs(10));
        watch.begun = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        watch.last = Some((watch.begun, Duration::from_secs(4)));
        assert!(matches!(watch.look(Some(Duration::from_secs(4))), Some(End::HeldUp)), "stopped");
    }

    #[test]
    fn where_no_system_tells_the_clock_counts() {
        let mut watch = Watch::over(Duration::from_secs(10));
        assert!(watch.look(None).is_none());
        watch.begun = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        assert!(matches!(watch.look(None), Some(End::TooSlow)));
    }
}
