//! How long each stage of a run took: told to the log, and to whoever wants to know.

use std::time::Instant;

use super::Request;
use crate::console::Console;
use crate::wording::log::{Stage, stage};

/// The stages of a run, one after the other.
pub struct Stages(Instant);

impl Stages {
    pub fn begin() -> Self {
        Stages(Instant::now())
    }

    /// Says that a stage is done; the next one begins.
    pub fn done(&mut self, done: Stage, things: usize, request: &Request, console: &Console) {
        let seconds = self.0.elapsed().as_secs_f64();
        let seconds = (seconds * 1000.0).round() / 1000.0;
        tracing::info!(event = "stage", stage = done.name(), things, seconds);
        console.detail(&stage(done, things, seconds, request.language));
        self.0 = Instant::now();
    }
}
