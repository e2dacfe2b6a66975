//! The worker's side: questions in, extracts out. It runs in a process of its own, whose memory
//! is capped by the allocator and whose time is watched from outside.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::frames::{self, GREETING, NoFrame, Question};
use super::{Extract, PROGRAM, of_bytes, packed};
use crate::intake;
use crate::model::finding::Refusal;
use crate::model::hash;
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;

/// What an answer begins with that says why there is none; heads of extracts begin otherwise.
pub const TROUBLE: u8 = b'!';

/// What a worker says first, so that its parent knows whom it speaks with.
pub fn greeting(pipeline: &Pipeline) -> String {
    format!("{PROGRAM}\n{}", pipeline.sha256)
}

/// Answers questions until the input ends; `cap_memory` keeps the process within the limits of a file.
///
/// # Errors
/// Ends when the input or the output breaks, which is when the parent has gone.
pub fn serve(
    mut input: impl Read,
    mut output: impl Write,
    pipeline: &Pipeline,
    cap_memory: impl Fn(&Limits) -> bool,
) -> io::Result<()> {
    frames::write(&mut output, GREETING, greeting(pipeline).as_bytes())?;
    output.flush()?;
    loop {
        let frame = match frames::read(&mut input) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(()),
            Err(NoFrame::Broken(error)) => return Err(error),
            Err(NoFrame::Garbage(_)) => return Err(io::ErrorKind::InvalidData.into()),
        };
        match Question::of(&frame.bytes)
            .ok_or_else(|| "no question".to_owned())
            .and_then(|question| answer(&question, pipeline, &cap_memory))
        {
            Ok(extract) => {
                for bytes in packed::to_frames(extract) {
                    frames::write(&mut output, frame.number, &bytes)?;
                }
            }
            Err(trouble) => {
                let mut bytes = vec![TROUBLE];
                bytes.extend(trouble.as_bytes());
                frames::write(&mut output, frame.number, &bytes)?;
            }
        }
        output.flush()?;
    }
}

/// Returns what a file says, or why the machine does not hand it over.
fn answer(
    question: &Question,
    pipeline: &Pipeline,
    cap_memory: impl Fn(&Limits) -> bool,
) -> Result<Extract, String> {
    let size = std::fs::metadata(&question.path).map_or(0, |metadata| metadata.len());
    let limits = pipeline.limits.of_file(question.side, size);
    // What is held of the files before may be more than a small one is allowed: then the last cap stays.
    cap_memory(&limits);
    let bytes = match intake::bytes(&question.path, &limits) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(refusal)) => return Ok(Extract::refused(hash::sha256(&[]), refusal)),
        Err(error) => return Err(error.to_string()),
    };
    let sha256 = hash::sha256(&bytes);
    let side = question.side;
    let extract =
        catch_unwind(AssertUnwindSafe(|| of_bytes(&bytes, sha256.clone(), side, pipeline)));
    // What breaks one file off breaks none of the others.
    Ok(extract.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let refusal = Refusal::Crashed(words.unwrap_or_default());
        Extract { side: pipeline.side_read(side), ..Extract::refused(sha256, refusal) }
    }))
}
