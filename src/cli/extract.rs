//! `extract`: paths in, extracts out; and the worker that this program starts of itself.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;

use super::output::{Escaping, unwritten};
use super::{AGREES, Failure, Process};
use crate::extract::{self, CannotSupervise, PathEnd};
use crate::model::encoded::Utf8;
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;
use crate::run::RunError;

/// Works for another process of this program.
pub fn work(pipeline: &Pipeline, process: &Process) -> Result<u8, Failure> {
    // What breaks off is told in the answer; nobody reads this process's errors while it lives.
    std::panic::set_hook(Box::new(|_| {}));
    cap(process, &pipeline.limits)?;
    let stdin = std::io::stdin().lock();
    let stdout = BufWriter::new(std::io::stdout().lock());
    let cap_memory = |limits: &Limits| cap(process, limits).is_ok();
    extract::serve(stdin, stdout, pipeline, cap_memory).map_err(|error| Failure::broken(&error))?;
    Ok(AGREES)
}

/// Caps the memory of this process.
pub fn cap(process: &Process, limits: &Limits) -> Result<(), Failure> {
    let mib = limits.memory_mib;
    let bytes = usize::try_from(u64::from(mib) * 1024 * 1024).unwrap_or(usize::MAX);
    if (process.cap_memory)(bytes) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("内存上限 {mib} MiB 不起作用；请放宽 [read] memory_mib"),
        format!("memory cannot be kept within {mib} MiB; widen `[read] memory_mib`"),
    ))
}

/// Extracts the files whose paths come in.
pub fn extract(
    pipeline: &Pipeline,
    path_end: PathEnd,
    out: Option<PathBuf>,
    jobs: Option<u16>,
) -> Result<u8, Failure> {
    let program = super::asked::this_program(jobs)?;
    let output: Box<dyn Write> = match out {
        Some(path) => Box::new(File::create(&path).map_err(|cause| unwritten(&path, &cause))?),
        None => Box::new(std::io::stdout().lock()),
    };
    let output = Escaping(BufWriter::new(output));
    let done = match path_end {
        // A list that a shell wrote.
        PathEnd::Line => {
            let input = BufReader::new(Utf8::of(std::io::stdin().lock()));
            extract::supervise(input, output, path_end, pipeline, &program)
        }
        PathEnd::Zero => {
            extract::supervise(std::io::stdin().lock(), output, path_end, pipeline, &program)
        }
    };
    done.map_err(|error| match error {
        CannotSupervise::Broken(error) => Failure::broken(&error),
        CannotSupervise::Workers(error) => Failure::Run(RunError::Workers(error)),
    })?;
    Ok(AGREES)
}
