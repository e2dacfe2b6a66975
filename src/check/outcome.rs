//! What came of a check, why one could not be made, what was compared, and where its cells stand.

use crate::model::{CellAt, FileId, SheetId};
use crate::pipeline::Dimension;

/// Why a check could not be made. The list is closed: other programs count by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NoSubmission,
    NotFilledIn,
    NoRow,
    NoColumn,
    Blank,
    Unreadable,
    /// A cell that the check uses has a finding of its own.
    FirstCause,
    PlanFaulty,
    DoubtfulPair,
    NoPeriod,
    NoEarlierRun,
    NotInForce,
    /// Nothing is owed after all, as the pipeline file says: a zero report.
    Excused,
}

impl Reason {
    pub const ALL: [Reason; 13] = [
        Reason::NoSubmission,
        Reason::NotFilledIn,
        Reason::NoRow,
        Reason::NoColumn,
        Reason::Blank,
        Reason::Unreadable,
        Reason::FirstCause,
        Reason::PlanFaulty,
        Reason::DoubtfulPair,
        Reason::NoPeriod,
        Reason::NoEarlierRun,
        Reason::NotInForce,
        Reason::Excused,
    ];

    /// Returns the name that other programs know it by.
    pub fn name(self) -> &'static str {
        match self {
            Reason::NoSubmission => "no-submission",
            Reason::NotFilledIn => "not-filled-in",
            Reason::NoRow => "no-row",
            Reason::NoColumn => "no-column",
            Reason::Blank => "blank",
            Reason::Unreadable => "unreadable",
            Reason::FirstCause => "first-cause",
            Reason::PlanFaulty => "plan-faulty",
            Reason::DoubtfulPair => "doubtful-pair",
            Reason::NoPeriod => "no-period",
            Reason::NoEarlierRun => "no-earlier-run",
            Reason::NotInForce => "not-in-force",
            Reason::Excused => "excused",
        }
    }

    /// Returns whether nobody needs to be told: the check is not due.
    pub fn is_excuse(self) -> bool {
        matches!(
            self,
            Reason::NoPeriod | Reason::NoEarlierRun | Reason::NotInForce | Reason::Excused
        )
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Agrees,
    Differs,
    NotChecked(Reason),
}

impl Outcome {
    /// Returns the name that other programs know it by.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Agrees => "agrees",
            Outcome::Differs => "differs",
            Outcome::NotChecked(_) => "not-checked",
        }
    }
}

/// What was held against what, in the smallest unit of what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub expected: i64,
    pub found: i64,
    /// What the figures of a rule or sentence count.
    pub dimension: Option<Dimension>,
}

/// A cell of a file, by the places of file and sheet in the lists of their side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    pub file: FileId,
    pub sheet: SheetId,
    pub cell: CellAt,
}
