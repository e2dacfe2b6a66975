//! One cause for nearly all cells of a column that are not the plan's: what it is, in which columns it
//! shows, and one cell of each as an example.
//!
//! It holds data, no words. The finding that carries it names all its cells; each of them is not the plan's
//! in just the way that the cause says, so that nothing else hides among them.

use serde::{Deserialize, Serialize};

use super::place::CellAt;
use super::value::Value;

/// A cause that cells have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    pub cause: SameCause,
    /// In the order of the pipeline file.
    pub columns: Vec<OfColumn>,
}

/// The cells of one column that have the cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfColumn {
    /// The name of the column.
    pub field: String,
    pub cells: usize,
    /// How many cells of the column the cause would have changed.
    pub of: usize,
    pub example: Example,
}

/// One of the cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub cell: CellAt,
    pub expected: Value,
    pub found: Value,
    pub typed: String,
}

/// What the cells have in common. All of them are told against the plan's own values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameCause {
    /// Each column holds what the plan has in another: the names of both.
    OtherColumns {
        held: Vec<(String, String)>,
    },
    /// What stands in a row belongs to the row so many above it, or below it where it is less than 0; what
    /// was pushed out at one end may stand at the other.
    Rows {
        below: i64,
        turned: bool,
    },
    /// The plan's values, in another order.
    OutOfOrder,
    /// The values of the plan before its revision.
    BeforeRevision {
        from: String,
    },
    Months {
        later: i64,
    },
    Days {
        later: i64,
    },
    /// Day and month of each date are exchanged.
    DayForMonth,
    /// More by one figure, in the column's smallest unit; less where it is below 0.
    More {
        by: i64,
    },
    /// Another column's figure of the same row is added, or taken off.
    WithColumn {
        field: String,
        taken_off: bool,
    },
    /// The plan's figure by a factor, as a fraction; and whether it was rounded afterwards.
    Times {
        numerator: i64,
        denominator: i64,
        rounded: bool,
    },
    Rounded {
        decimals: u32,
        down: bool,
    },
    /// All cells hold one and the same.
    SameValue {
        found: Value,
    },
    /// Wherever the plan has one value, the sheet has another one.
    SameWord {
        planned: Value,
        found: Value,
    },
    /// The same words before or behind each text; digits in them may count on.
    Added {
        before: String,
        behind: String,
    },
    LeftOut {
        before: String,
        behind: String,
    },
    Replaced {
        planned: String,
        found: String,
    },
    /// The text of another column stands before each text, or behind it.
    AddedColumn {
        field: String,
        behind: bool,
    },
    /// Each text ends after so many characters.
    CutOff {
        characters: usize,
    },
    /// Of each number only a part is shown, the rest hidden behind stars; what is shown is the plan's.
    PartlyHidden,
    /// Of each long number the first fifteen digits are left, since it was typed as a number.
    DigitsLost,
    /// Nothing but figures where the plan has words.
    FiguresForWords,
    /// The plan leaves the cells blank, and the sheet fills them in.
    PlanBlank,
    /// The plan's own cells cannot be read.
    PlanUnreadable,
    /// The difference is within the column's tolerance, in its smallest unit.
    WithinTolerance {
        tolerance: i64,
    },
    /// Equal once declared synonyms and droppable phrases are applied.
    SameMeaning,
    /// The rows' own numbers.
    OwnNumbers,
    /// A person has decided that the rows are the tasks.
    DecidedPairs {
        by: Option<String>,
    },
}

impl SameCause {
    /// The fixed name, which enters the identity of findings.
    pub fn name(&self) -> &'static str {
        match self {
            SameCause::OtherColumns { .. } => "other columns",
            SameCause::Rows { .. } => "rows",
            SameCause::OutOfOrder => "out of order",
            SameCause::BeforeRevision { .. } => "before revision",
            SameCause::Months { .. } => "months",
            SameCause::Days { .. } => "days",
            SameCause::DayForMonth => "day for month",
            SameCause::More { .. } => "more",
            SameCause::WithColumn { .. } => "with column",
            SameCause::Times { .. } => "times",
            SameCause::Rounded { .. } => "rounded",
            SameCause::SameValue { .. } => "same value",
            SameCause::SameWord { .. } => "same word",
            SameCause::Added { .. } => "added",
            SameCause::LeftOut { .. } => "left out",
            SameCause::Replaced { .. } => "replaced",
            SameCause::AddedColumn { .. } => "added column",
            SameCause::CutOff { .. } => "cut off",
            SameCause::PartlyHidden => "partly hidden",
            SameCause::DigitsLost => "digits lost",
            SameCause::FiguresForWords => "figures for words",
            SameCause::PlanBlank => "plan blank",
            SameCause::PlanUnreadable => "plan unreadable",
            SameCause::WithinTolerance { .. } => "within tolerance",
            SameCause::SameMeaning => "same meaning",
            SameCause::OwnNumbers => "own numbers",
            SameCause::DecidedPairs { .. } => "decided pairs",
        }
    }

    /// Whether it puts no figure in doubt and nobody to work.
    pub fn is_only_said(&self) -> bool {
        matches!(
            self,
            SameCause::WithinTolerance { .. }
                | SameCause::SameMeaning
                | SameCause::OwnNumbers
                | SameCause::DecidedPairs { .. }
        )
    }

    /// Whether columns that have it are told together.
    pub fn joins_columns(&self) -> bool {
        matches!(
            self,
            SameCause::Rows { .. }
                | SameCause::OutOfOrder
                | SameCause::BeforeRevision { .. }
                | SameCause::Months { .. }
                | SameCause::Days { .. }
                | SameCause::Times { .. }
                | SameCause::Rounded { .. }
        )
    }
}

impl Common {
    /// How many cells have the cause.
    pub fn cells(&self) -> usize {
        self.columns.iter().map(|column| column.cells).sum()
    }
}
