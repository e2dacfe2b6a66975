//! What people answered and decided in Excel: what came back is held against what its form showed, so
//! that only what somebody has changed is a statement; statements are lines of the record; and all
//! lines together are what stands.
//!
//! Pairings and headings take effect in the pipeline, as those of the pipeline file do; answers,
//! decisions and signatures in what becomes of findings and on the pages.

pub mod evidence;
mod gather;
mod known;
mod pairs;
pub mod record;
mod settings;
mod stated;

use std::collections::BTreeMap;

pub use gather::{Gathered, Given, gathered, standing};
pub use pairs::PlannedTasks;
pub use record::{Entry, Head, Standing};
pub use settings::{for_matching, for_reading};

use crate::extract::Extract;
use crate::findings::Written;
use crate::intake::Received;
use crate::model::CellAt;
use crate::model::finding::AnswerRefusal;

/// A workbook of ours that came back.
#[derive(Debug)]
pub struct CameBack {
    pub file: Received,
    pub extract: Extract,
    pub from: Hand,
}

/// Who put a workbook where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Named on the command line, or saved over the published one.
    Clerk,
    /// It lay in the inbox, where units send to.
    Inbox,
}

/// What people wrote and decided about findings.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// By the finding's identity.
    pub written: BTreeMap<String, Written>,
    pub refused: Vec<Refused>,
}

/// An answer or a decision that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The unit whose slip it came on.
    pub unit: Option<String>,
    pub file: String,
    pub sheet: String,
    pub cell: CellAt,
    pub id: String,
    pub text: String,
    pub why: AnswerRefusal,
}
