//! Looks into a file in a process apart, so that a file that takes all the memory it is given ends as
//! words and not as an abort.

use std::process::{Command, Stdio};

use super::{FAILED, Failure};
use crate::console::Console;
use crate::model::Said;
use crate::model::finding::Refusal;
use crate::model::words::Language;
use crate::pipeline::file::Read as Limits;
use crate::wording::refusal_text;

/// Says to the process that it is the one apart.
const APART: &str = "DUIBIAO_APART";

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
            console.say(line);
        }
        return Some(Ok(status));
    }
    let refusal = if words.contains(OUT_OF_MEMORY) {
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
