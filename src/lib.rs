//! 对表: holds the sheets that districts submit against the master plan.
//!
//! The modules are listed in the order in which data flows; each may use only those above it,
//! which `tests/suite/one_way.rs` holds.

pub mod model;
pub mod pipeline;
pub mod intake;
pub mod read;
pub mod normalise;
pub mod extract;
pub mod roster;
pub mod matching;
pub mod check;
pub mod findings;
pub mod decisions;
pub mod reconcile;
pub mod reading;
pub mod wording;
pub mod draft;
pub mod workbook;
pub mod report;
pub mod archive;
pub mod outbox;
pub mod console;
pub mod log;
pub mod schedule;
pub mod run;
pub mod drill;
pub mod cli;
