//! When the runs of an archive were made, as each noted of itself.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::manifest::NOTE;
use super::{disk, root_of, shelf};
use crate::model::Month;

/// A run, and when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    pub period: Month,
    pub number: u64,
    pub started: Timestamp,
}

#[derive(Deserialize)]
struct Note {
    /// As RFC 3339.
    started: String,
}

/// Returns the runs that noted when they began, by period and number; an archive that is not there yet
/// has none.
pub fn noted(archive: &Path, pipeline: &str) -> Vec<Noted> {
    const LARGEST: u64 = 1 << 20;
    let Ok(shelf) = shelf::survey(&root_of(archive, pipeline)) else { return Vec::new() };
    let runs = shelf.runs().filter_map(|(of, number)| {
        let bytes = disk::read_regular(&of.run(number).join(NOTE), LARGEST).ok()?;
        let note: Note = serde_json::from_slice(&bytes).ok()?;
        Some(Noted { period: of.period, number, started: note.started.parse().ok()? })
    });
    runs.collect()
}
