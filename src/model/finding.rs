//! A finding: one thing that is wrong, as data. Its wording is made from it, never parsed back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::kinds::Kind;
use super::place::{CellAt, CellRange};
use super::value::Value;

/// How much a finding weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// 提示性: only said.
    Note,
    /// 核实性: must be explained.
    Verify,
    /// 强制性: must be corrected.
    Mandatory,
}

impl Severity {
    pub const ALL: [Severity; 3] = [Severity::Mandatory, Severity::Verify, Severity::Note];

    pub fn chinese(self) -> &'static str {
        match self {
            Severity::Mandatory => "强制性",
            Severity::Verify => "核实性",
            Severity::Note => "提示性",
        }
    }
}

/// Whose mistake it would be.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The plan (or the pipeline file): shown and counted apart.
    Plan,
    #[default]
    Submission,
}

impl Side {
    /// The fixed name, as in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Plan => "plan",
            Side::Submission => "submission",
        }
    }
}

/// Whether a finding counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    #[default]
    Open,
    /// Somebody has answered; still open, until it is decided.
    Answered,
    /// A `verify` finding whose explanation was accepted.
    Explained,
    /// The answer was sent back; open.
    Returned,
    /// Covered by a waiver of the pipeline file.
    Waived,
    /// Found by a rule that is still on trial.
    Trial,
}

/// How a finding stands against the earlier period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    #[default]
    New,
    Same,
    Changed,
    Reopened,
    /// The earlier period's, whose check could not be made.
    Unseen,
}

/// An explanation that fits a difference exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// `found = expected × 10^n`.
    PowerOfTen { power: i32 },
    /// The sign is reversed.
    Sign,
    /// Two neighbouring digits are exchanged.
    Transposed,
    /// The amount is that of a neighbouring task.
    Neighbour { task: String, cell: Option<CellAt> },
    /// The total lacks exactly this row.
    RowMissing { task: String, cell: Option<CellAt> },
    /// The total holds this row twice.
    RowTwice { task: String, cell: Option<CellAt> },
    /// The total holds a subtotal besides its rows.
    SubtotalIncluded { cell: CellAt },
    /// The total holds all subtotals besides their rows.
    SubtotalsIncluded { cells: Vec<CellRange> },
    /// What the total's own formula adds up is not what it should: it leaves cells out, takes others in
    /// that are counted already or are not its own, or names cells whose figures are typed as text,
    /// which spreadsheets skip.
    Formula { left_out: Vec<CellRange>, taken_in: Vec<CellRange>, skipped: Vec<CellRange> },
    /// The total is typed, though totals beside it are formulas.
    TypedOver,
    /// A formula fetches the figure from another file; what it fetched last may be old.
    Linked,
    /// The total holds the amount of a row that could not be placed.
    RowUnplaced { cell: CellAt },
    /// The figure is the exact one, rounded to fewer decimals.
    Rounding { decimals: u32 },
    /// The figure is the one before the plan was revised.
    BeforeRevision { from: String },
    /// The figure is the sum of another declared amount.
    EqualsSum { name: String, title: String },
    /// The amount is this task's together with that of a task that is missing.
    TasksTogether { task: String },
    /// Several submitted rows together make the planned amount.
    RowsTogether { cells: Vec<CellAt> },
    /// By a rule the figure is made of others of its row, and differs by what these cells differ.
    ItsParts { cells: Vec<CellAt> },
}

/// Where a unit's or a period's name was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameSource {
    /// The identity that a template carries.
    Stamp,
    OwnerColumn,
    Submitter,
    Title,
    SheetName,
    FileName,
    /// A line above the rows, or the heading of their column of figures.
    Line,
    /// Nothing but the tasks it lists, of which no other unit has any.
    Tasks,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    Empty,
    /// Needs a password.
    Encrypted,
    /// Encrypted by a document-protection product.
    Protected,
    /// Broken or cut off; holds what the reader said.
    Damaged(String),
    /// A web page under a spreadsheet's name, without a table that could be one of a sheet.
    Html,
    /// Excel 2.0 to 4.0.
    AncientExcel,
    /// No format that can be read; holds what it looks like.
    NotASpreadsheet(String),
    /// Text of which single lines are in another encoding; holds the first of them, from 1.
    MixedEncodings(u32),
    /// The lock file that Excel or WPS keeps beside an open workbook.
    LockFile,
    /// It changed while it was copied, or since.
    Copying,
    /// A download or a copy that was not finished, by its name.
    Unfinished,
    /// It was listed and is gone.
    Vanished,
    /// No file: it was left where it lies, and not opened.
    NotAFile(Irregular),
    /// A folder that cannot be listed; holds what the system said.
    ClosedFolder(String),
    /// An archive that holds sheets; holds how many.
    Packed(usize),
    /// Beyond a limit; holds which.
    TooLarge(Limit),
    /// Holds the limit in seconds.
    TimedOut(u32),
    /// Holds the limit in MiB.
    OutOfMemory(u32),
    /// The reader stopped without a word.
    Crashed(String),
    /// Only pictures, no cells.
    PicturesOnly,
    /// No sheet or no cell with content.
    NoContent,
    /// The operating system would not hand it over; holds what it said.
    NoAccess(String),
}

impl Refusal {
    /// Whether it is said of something that nobody submitted as it lies there: it stands for no unit.
    pub fn is_of_none(&self) -> bool {
        matches!(self, Refusal::LockFile | Refusal::Unfinished | Refusal::NotAFile(_))
    }

    /// Whether it is trouble of this machine or of the moment, which nobody can mend who sent the file.
    pub fn is_of_the_machine(&self) -> bool {
        matches!(
            self,
            Refusal::Copying | Refusal::Vanished | Refusal::NoAccess(_) | Refusal::ClosedFolder(_)
        )
    }
}

/// What lies in a folder and is neither file nor folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Irregular {
    Link,
    Pipe,
    Socket,
    Device,
    Other,
}

/// A limit for one file, most of them of the pipeline file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// The size of the file, in MiB.
    FileMib(u32),
    /// The size of its parts once unpacked, in MiB.
    UnpackedMib(u64),
    /// The number of its parts.
    Parts(usize),
    /// Its cells with content.
    Cells(u32),
    /// Its rows with content.
    Rows(u32),
    /// What was read of it, in MiB.
    ExtractMib(u32),
    /// Rows and columns that a spreadsheet has room for.
    Grid,
}

/// Why one file of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountsBecause {
    /// Nothing is reported in the others.
    FilledIn,
    /// A declared marker in its name, such as 更正.
    Marker,
    /// The latest 填报日期.
    FilledOn,
    /// The latest modification time.
    ModifiedAt,
    /// All that the others say, it says too.
    SaysAll,
    /// Nothing tells them apart.
    Undecided,
}

/// Why an answer or a decision is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerRefusal {
    /// No finding has ever had the identity.
    UnknownIdentity,
    /// The row bears no identity, and its other columns fit no finding alone.
    NoIdentity,
    /// The row bears the identity of a finding, and all its other columns those of another one.
    RowOfAnother,
    /// A word that is none of the choices.
    UnknownChoice,
    /// Something was written about a decision, and nothing was chosen.
    NoChoice,
    /// A choice for rows and tasks, on a finding that is about neither.
    NotAPair,
    /// The row or the task that is the same is not named, or there is none of that name; holds the unit.
    NoCounterpart(String),
    /// The column is not named, or there is none of that title.
    NoColumn,
    /// Until when a waiver holds cannot be read.
    UntilWhen,
    /// The finding is another unit's; holds whose.
    OtherUnit(String),
    /// A waiver without a reason or without a name.
    Incomplete,
    /// A mandatory finding ends by a corrected sheet or a waiver, not by an explanation.
    Mandatory,
    /// The form bears no stamp.
    Unstamped,
    /// The form has lost columns, or has got some that are not its own.
    FormAltered,
    /// A workbook of all units lay in the inbox, where units send to; only the clerk decides.
    NotTheClerks,
    /// The form is of a run that is not known here; holds its pipeline and period.
    OtherRun(String),
}

/// A task of the plan that a doubtful row could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub seq: Option<i64>,
    pub task: String,
    /// Likeness in hundredths, 0 to 100.
    pub likeness: u32,
}

/// A cumulative figure of a task that is smaller than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fall {
    /// The task's number, or its text.
    pub task: String,
    /// The period that reported what it was.
    pub period: String,
    pub before: Value,
    pub now: Value,
}

/// A name and its value in an equation that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// As a reader should see it, such as 中央资金 or 资金合计.
    pub title: String,
    pub value: Value,
}

/// A cell that carries a sum over its limit: it has more, or less, than the plan has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub unit: String,
    pub file: String,
    pub sheet: Option<String>,
    pub cell: CellAt,
    pub found: Value,
    pub planned: Value,
}

/// One of the tasks that are told together in a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskTold {
    pub unit: Option<String>,
    /// The plan's number of the task.
    pub seq: Option<i64>,
    pub task: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub fact: Fact,
    pub side: Side,
    pub unit: Option<String>,
    /// The plan's number of the task; none for a row the plan lacks.
    pub seq: Option<i64>,
    /// The task's text, the plan's where there is one.
    pub task: Option<String>,
    /// The name of the column.
    pub field: Option<String>,
    pub expected: Option<Value>,
    pub found: Option<Value>,
    /// Found − expected, in the value's own smallest unit.
    pub difference: Option<i64>,
    /// The cell's text as typed.
    pub typed: Option<String>,
    pub cause: Vec<Cause>,
    pub file: Option<String>,
    pub sheet: Option<String>,
    pub cell: Option<CellAt>,
    pub cells: Vec<CellRange>,
    pub plan_sheet: Option<String>,
    pub plan_cell: Option<CellAt>,
    /// What was told together in it, as a hash: what people say of it holds for nothing else.
    #[serde(default)]
    pub content: Option<String>,
    /// The tasks that are told together in it; none where it is about one or about none.
    #[serde(default)]
    pub tasks: Vec<TaskTold>,
    /// The trial rule that found it, where one did.
    pub trial: bool,
}

impl Finding {
    /// Returns a finding of a fact with nothing else said.
    pub fn new(fact: Fact, side: Side) -> Self {
        Self {
            fact,
            side,
            unit: None,
            seq: None,
            task: None,
            field: None,
            expected: None,
            found: None,
            difference: None,
            typed: None,
            cause: Vec::new(),
            file: None,
            sheet: None,
            cell: None,
            cells: Vec::new(),
            plan_sheet: None,
            plan_cell: None,
            content: None,
            tasks: Vec::new(),
            trial: false,
        }
    }

    /// Puts the finding at one cell.
    #[must_use]
    pub fn at(mut self, cell: CellAt) -> Self {
        self.cell = Some(cell);
        self.cells = vec![CellRange::new(cell, cell)];
        self
    }

    /// What kind of thing is wrong.
    pub fn kind(&self) -> Kind {
        self.fact.kind()
    }
}
