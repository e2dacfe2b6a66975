//! Looks into a file in a process apart, so that a file that takes all the memory it is given ends as
//! words and not as an abort.

use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::{FAILED, Failure};
use crate::console::Console;
use crate::extract::watch::{Over, Watch, worked};
use crate::model::Said;
use crate::model::finding::Refusal;
use crate::model::words::Language;
use crate::pipeline::file::Read as Limits;
use crate::wording::refusal_text;

/// Says to the process that it is the one apart.
const APART: &str = "DUIBIAO_APART";

/// How the process apart ends when a file takes longer than it may.
const TOO_SLOW: u8 = 124;

/// What the library says as its last words.
const OUT_OF_MEMORY: &str = "memory allocation of";

/// Does what this process was asked for in another one; none where this is that one, or where there
/// can be none: then it is done here.
pub fn apart(limits: &Limits, console: &Console) -> Option<Result<u8, Failure>> {
    if std::env::var_os(APART).is_some() {
        return None;
    }
    let child = Command::new(std::env::current_exe().ok()?)
        .args(std::env::args_os().skip(1))
        .env(APART, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::inherit())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let done = child.wait_with_output().ok()?;
    let words = String::from_utf8_lossy(&done.stderr);
    let status = done.status.code().and_then(|code| u8::try_from(code).ok());
    if let Some(status) = status.filter(|status| *status <= FAILED) {
        for line in words.lines() {
            console.pass_on(line);
        }
        return Some(Ok(status));
    }
    let refusal = if status == Some(TOO_SLOW) {
        Refusal::TimedOut(limits.seconds)
    } else if words.contains(OUT_OF_MEMORY) {
        Refusal::OutOfMemory(limits.memory_mib)
    } else {
        Refusal::Crashed(done.status.to_string())
    };
    let said = |language| refusal_text(&refusal, language);
    Some(Err(Failure::Usage(Said::new(
        format!("无法读取：{}", said(Language::Chinese)),
        format!("cannot read it: {}", said(Language::English)),
    ))))
}

/// Reads a file; in the process apart no longer than a file may take.
pub fn in_time<T>(limits: &Limits, read: impl FnOnce() -> T) -> T {
    if std::env::var_os(APART).is_none() {
        return read();
    }
    let limit = Duration::from_secs(u64::from(limits.seconds));
    let (done, waiting) = mpsc::channel::<()>();
    // Without a thread it is read all the same.
    let _ = thread::Builder::new().spawn(move || {
        let mut watch = Watch::over(limit);
        while waiting.recv_timeout(watch.left()) == Err(RecvTimeoutError::Timeout) {
            // Somebody waits for it in person: one that is held up is waited for.
            if watch.look(worked(std::process::id())) == Some(Over::TooSlow) {
                std::process::exit(TOO_SLOW.into());
            }
        }
    });
    let read = read();
    drop(done);
    read
}
