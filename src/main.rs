//! The program: hands the allocator's cap to the command line, and exits with its status.

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;
use duibiao::cli;

/// Counts memory, so that a worker process can be capped on every system alike.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> ExitCode {
    let process = cli::Process { cap_memory: |bytes| ALLOCATOR.set_limit(bytes).is_ok() };
    ExitCode::from(cli::main(&process))
}
