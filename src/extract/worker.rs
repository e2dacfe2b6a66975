//! The worker's side: paths in, lines of JSON out. It runs in a process of its own, whose memory
//! is capped by the allocator and whose time is watched from outside.

use std::io::{BufRead, Write};

use super::{Extract, asked, lines, of_bytes};
use crate::model::finding::Refusal;
use crate::model::hash;
use crate::pipeline::Pipeline;

/// Reads one path a line, as it was `asked`, until the input ends and writes each file's lines.
///
/// # Errors
/// Ends when the input or the output breaks, which is when the parent has gone.
pub fn serve(
    input: impl BufRead,
    mut output: impl Write,
    pipeline: &Pipeline,
) -> std::io::Result<()> {
    for line in input.lines() {
        let line = line?;
        let (side, path) = asked::read(&line);
        let extract = match std::fs::read(path) {
            Ok(bytes) => of_bytes(&bytes, hash::sha256(&bytes), side, pipeline),
            Err(error) => Extract::refused(hash::sha256(&[]), Refusal::NoAccess(error.to_string())),
        };
        for line in lines::to_lines(extract, &pipeline.sha256) {
            output.write_all(line.as_bytes())?;
            output.write_all(b"\n")?;
        }
        output.flush()?;
    }
    Ok(())
}
