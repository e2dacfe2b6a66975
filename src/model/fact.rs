//! Facts: what can be wrong, one variant for each kind, which carries just what that kind says
//! beyond place and figures. A fact holds data, no sentence and no weight.

use serde::{Deserialize, Serialize};

use super::amount::MoneyUnit;
pub use super::broken::{Broken, Sentence, Together};
use super::common::Common;
use super::finding::{AnswerRefusal, Candidate, CountsBecause, Fall, NameSource, Refusal};
use super::kinds::Kind;
use super::month::Month;
use super::place::CellAt;
use super::value::{Doubt, Value};

/// Rows and tasks that are so many, and so much alike, that no row is told by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crowd {
    pub rows: usize,
    pub tasks: usize,
}

/// What of the pipeline file matched nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unused {
    /// A sentence, a derived amount, a pairing.
    Rule,
    /// A correction of tables.
    Correction(Corrects),
    /// A correction of tables, which sheets may need that have not come yet.
    Awaiting(Corrects),
}

/// What a correction of tables is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Corrects {
    Sheet,
    Heading,
    Row,
    /// A row that is to be a task.
    Task,
    Column,
}

/// What is wrong. The variant is the kind: they bear the same names, in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    SubmissionMissing,
    SubmissionUnreadable(Refusal),
    SubmissionDuplicate {
        counts: String,
        others: Vec<String>,
        because: CountsBecause,
        several: Several,
    },
    SubmissionUnchanged,
    UnitUnknown {
        /// What was read where.
        seen: Vec<(NameSource, String)>,
    },
    UnitDoubtful {
        /// What was read where; the first one was taken.
        seen: Vec<(NameSource, String)>,
        extent: Extent,
    },
    PeriodDiffers(OtherPeriod),
    TableMissing,
    ColumnMissing(Lacking),
    ColumnUnknown {
        /// Blank when the column has none.
        heading: String,
        nearest: Option<String>,
        /// The name of the column that it was taken for, since it says the same in other words.
        taken_for: Option<String>,
        /// Where else it stands.
        elsewhere: Elsewhere,
    },
    /// A whole column is off by a power of ten.
    ColumnScaled {
        power: i32,
        rows: usize,
    },
    HiddenContent(Unseen),
    RowUnplaced {
        rows: usize,
        /// What stands in the first of them.
        text: String,
    },
    /// What a return counts on top of its total is not what the plan does.
    OnTopDiffers {
        /// What stands in the line.
        text: String,
    },
    /// A return lacks what the plan counts on top of its total.
    OnTopLacking {
        /// What stands in the line of the plan.
        text: String,
    },
    LineDoubtful(LineDoubt),
    TaskMissing,
    TaskExtra,
    TaskRepeated(Repetition),
    TaskMisplaced {
        /// The unit that the plan gives the task to.
        unit: String,
    },
    PairDoubtful {
        candidates: Vec<Candidate>,
        /// Where it is about many rows at once.
        crowd: Option<Crowd>,
    },
    ValueDiffers(Remark),
    ValueScaled(Scale),
    ValueMissing,
    ValueUnreadable(Holder),
    ValueImprecise(Holder),
    TotalDiffers {
        label: String,
        /// The plan's sum, where the unit is known.
        plan: Option<Value>,
    },
    BalanceBroken(Broken),
    StatementDiffers(Sentence),
    LimitExceeded(Broken),
    OutOfRange(Broken),
    /// Cumulative figures that are smaller than before.
    Decreased {
        falls: Vec<Fall>,
    },
    Overdue {
        due: Month,
    },
    ReportMissing(Unreported),
    /// Tasks of which a column was reported in an earlier period and is not now.
    ReportVanished {
        period: String,
        tasks: Vec<String>,
        /// Whether the sheet lacks the column.
        no_column: bool,
    },
    SheetUnused(Unread),
    Attachment,
    WaiverUnused(WaiverTold),
    WaiverExpired(WaiverTold),
    RuleUnused {
        /// What it is known by, such as `statement:total`.
        name: String,
        what: String,
        unused: Unused,
    },
    ExplanationEmpty {
        /// What was written.
        text: String,
    },
    /// An answer that cannot be true; holds the identity and the words written for it.
    DecisionRefused {
        id: String,
        text: String,
        why: AnswerRefusal,
    },
    /// Checks that were owed and could not be made, with the rule and the reason by the names that
    /// `report.json` has for them.
    Unchecked {
        rule: String,
        reason: String,
        checks: usize,
    },
    ColumnDoubtful(InDoubt),
}

/// How many of a sheet's rows call their unit otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Some of them, or the sheet as a whole: somebody has to look.
    Some,
    /// Most of them: the sheet calls its unit so throughout.
    Most,
}

/// Which other period, or which other plan, a file gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherPeriod {
    Named {
        source: NameSource,
        text: String,
        expected: String,
    },
    /// Sheets of a workbook that keeps a sheet a month.
    Sheets {
        sheets: Vec<String>,
        /// Those of the month before, by whose cumulative figures this month's are held.
        last_month: Vec<String>,
        expected: String,
    },
    /// Sheets that name no month, beside one that names this one and lists the same tasks.
    Unnamed {
        sheets: Vec<String>,
        counts: String,
        expected: String,
    },
    /// A column found by its lowest level stands under another year than the plan's does, or, where the plan's
    /// stands under none, than this one.
    Heading {
        heading: String,
        of_plan: Option<String>,
        expected: String,
    },
    /// A template of another pipeline.
    TemplateOf {
        pipeline: String,
    },
    /// A template that was made from another version of the plan.
    TemplateOfOtherPlan,
}

/// Of what there are several, where one counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    Files,
    /// Tables of one file: sheets, or tables of a sheet.
    Tables,
    /// Files of which one corrects single tasks of the other: how many, and how many are left.
    Tasks {
        replaced: usize,
        kept: usize,
    },
    /// Tables of one file that list the same tasks under other headings; holds the columns that
    /// only those have that do not count.
    Halves {
        columns: Vec<String>,
    },
    /// A file that lists rows of units that sent files of their own, as a whole list does that all were given.
    Repeated {
        units: Vec<String>,
    },
}

/// How a sheet lacks a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacking {
    NotThere {
        title: String,
        nearest: Option<Near>,
    },
    /// The other columns of the key tell which task a row is.
    PartOfKey {
        title: String,
        nearest: Option<Near>,
    },
    /// No return of the month has any of these columns.
    Nowhere {
        columns: Vec<NotSent>,
        elsewhere: Elsewhere,
    },
    /// Several headings could be it.
    Ambiguous {
        title: String,
        headings: Vec<String>,
    },
}

/// A column that no return has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotSent {
    pub field: String,
    pub title: String,
    pub nearest: Option<Near>,
}

/// A heading of a sheet that may be a missing column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near {
    pub heading: String,
    /// What its cells say of it; none where only its words do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agrees: Option<Agreeing>,
}

/// Of how many tasks a column says what the plan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreeing {
    pub rows: usize,
    /// Of so many of which both say something.
    pub of: usize,
}

/// Why what a column's figures mean is in doubt; they were read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InDoubt {
    /// Cells show something that is not what they hold, as this text.
    Cells { shown: String, doubt: Doubt, cells: usize },
    /// The line beside the table names several units of money; this one was taken.
    Line { line: String, taken: MoneyUnit },
    /// The figures of the column are held as they stand, and its sheet has them in another unit of money than its title.
    OtherUnit { found: MoneyUnit, declared: MoneyUnit },
    /// Rows call themselves totals in words, as this one does, and add up nothing; they were taken for tasks.
    Called { label: String, rows: usize },
    /// Rows that the plan does not have, as this one, are sums by their figures alone; they were taken for totals.
    Sums { label: String, rows: usize },
}

/// What a reader does not see as the others do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unseen {
    Hidden {
        rows: usize,
        columns: usize,
        sheet: bool,
    },
    /// Content that is struck out, and so does not count; how many cells and rows, and the
    /// beginning of what stands in them.
    Struck {
        cells: usize,
        /// Rows of which nothing is left.
        rows: usize,
        /// Cells of which a part is left.
        partly: usize,
        text: String,
    },
    /// Cells that hold something and look empty; they count.
    ShownAsNothing {
        cells: usize,
        text: String,
    },
}

/// What is doubtful about lines of a text file, all in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDoubt {
    pub why: WhyDoubtful,
    /// The numbers of the first of them, as a text editor counts.
    pub lines: Vec<u32>,
    /// How many there are.
    pub count: usize,
}

/// Why a line of a text file may not be what it was read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyDoubtful {
    /// It has another number of fields than the heading.
    Fields {
        /// The fewest and the most that such lines have.
        found: (u32, u32),
        expected: u32,
        /// Two fields that look like one figure, as it would be written: `1,070`.
        figure: Option<String>,
    },
    /// The heading has another number of fields than nearly all rows below it.
    Heading {
        found: u32,
        expected: u32,
    },
    QuoteUnclosed,
    QuoteStray,
    /// So many lines stand in quotes as one.
    LinesJoined {
        joined: u32,
    },
    OtherDelimiter,
    /// It is the only one, and nothing shows whether it was cut rightly.
    Alone,
    /// Another sign would cut the whole file nearly as well as the one that was taken.
    TwoDelimiters {
        taken: char,
        other: char,
    },
    Damaged,
}

impl WhyDoubtful {
    /// The fixed name, which enters the identity of findings.
    pub fn name(&self) -> &'static str {
        match self {
            WhyDoubtful::Fields { .. } | WhyDoubtful::Alone => "fields",
            WhyDoubtful::Heading { .. } => "heading",
            WhyDoubtful::QuoteUnclosed | WhyDoubtful::QuoteStray => "quote",
            WhyDoubtful::LinesJoined { .. } => "joined",
            WhyDoubtful::OtherDelimiter | WhyDoubtful::TwoDelimiters { .. } => "delimiter",
            WhyDoubtful::Damaged => "damaged",
        }
    }
}

/// How far one and the same thing is spread over files; nothing where it stands in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// How many files have it, the finding's own among them.
    pub files: usize,
    /// On how many sheets it stands.
    pub sheets: usize,
    /// The first of the files.
    pub named: Vec<String>,
    /// Under how many headings it stands that only their upper levels tell apart, 1月 > 人数 and 2月 > 人数; 0
    /// where it is one.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub headings: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_nought(count: &usize) -> bool {
    *count == 0
}

/// How a task occurs more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repetition {
    /// Another row counts for it.
    Of {
        /// None where the row has no cell to name.
        cell: Option<CellAt>,
        /// The sheet of that row, where it is another one.
        elsewhere: Option<String>,
    },
    /// So many rows that they are told at once: the finding's cells are theirs.
    Many,
    /// Several submitted rows were added up for one task.
    RolledUp(RolledUp),
    /// So many tasks of a unit's sheet, each in several rows that were added up: the finding's cells are theirs.
    AllRolledUp { tasks: usize },
    /// Rows of the plan that what names a task does not tell apart.
    Alike {
        rows: usize,
        /// What the first of them is called.
        first: String,
        /// The title of a column that would tell all of them apart.
        told_by: Option<String>,
        /// Whose they are, in the order of the plan.
        units: Vec<String>,
        /// What else tells them apart.
        #[serde(default)]
        apart: Apart,
    },
}

/// What tells rows of one name apart, though no column does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Apart {
    #[default]
    Nothing,
    /// Each stands in a block of its own: 其他 in every section.
    Blocks,
}

/// The rows that were added up for one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolledUp {
    pub cells: Vec<CellAt>,
    /// Those on other sheets, with the name of the sheet.
    pub elsewhere: Vec<String>,
}

/// What is to be said of a value that is not the plan's, beside both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    None,
    /// The row's number, which is evidence of which task it is and nothing more.
    OwnNumber,
    /// The text is equal once declared synonyms and droppable phrases are applied.
    SameMeaning,
    /// A person has decided that this row is the task.
    DecidedPair {
        by: Option<String>,
    },
    /// The difference is not larger than the column's tolerance, in the value's smallest unit.
    WithinTolerance {
        tolerance: i64,
    },
    /// An amount merged over several rows, held against the sum of their tasks.
    MergedOver {
        rows: u32,
    },
    /// A figure that the plan has once for so many tasks, held against the sum of their rows.
    SharedBy {
        tasks: usize,
    },
    RolledUp(RolledUp),
    /// The plan's own cell is blank or faulty.
    PlanCellFaulty,
    /// The texts look the same and are not: the plan's characters and the sheet's.
    LooksEqual {
        characters: Vec<(char, char)>,
    },
    /// Rounded to the plan's decimals, as a sheet may show it, the figure is the plan's.
    EqualAsShown {
        decimals: u32,
    },
    /// Many cells are not the plan's for one cause: the finding's cells are theirs.
    Common(Box<Common>),
}

/// How an amount is off by a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    Power(i32),
    /// An amount merged over so many rows, held against the sum of their tasks.
    MergedOver {
        rows: u32,
    },
}

/// Whose cell it is that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    Row,
    /// Nearly all filled cells of a column, for one reason.
    Column {
        rows: usize,
    },
    /// A printed total, by its label.
    Total {
        label: String,
    },
}

/// What is not reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unreported {
    /// A file lists tasks and reports nothing of any of them.
    NotFilledIn,
    /// Tasks of which a column is blank, by number or text, out of how many that owe it.
    Blank {
        tasks: Vec<String>,
        of: usize,
        /// Whether the sheet lacks the column.
        no_column: bool,
    },
}

/// What nobody read of a sheet, by its cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Whether the sheet has no task at all.
    pub idle: bool,
    pub cells: Vec<(CellAt, String)>,
    /// Rows of nothing but words that were taken for names of groups or remarks, and may be tasks.
    #[serde(default)]
    pub names: Vec<(CellAt, String)>,
    pub comments: Vec<(CellAt, String)>,
    /// The heading of the one column in whose totals all of it stands; empty where it stands in a
    /// form's lines above the table.
    #[serde(default)]
    pub heading: Option<String>,
    /// How many files have the same.
    #[serde(default)]
    pub elsewhere: Elsewhere,
}

/// A waiver of the pipeline file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverTold {
    pub reason: String,
    pub approved_by: String,
    pub expires: Option<Month>,
}

/// That a file was sent back as it was sent out.
pub const NOT_FILLED_IN: Fact = Fact::ReportMissing(Unreported::NotFilledIn);

impl Fact {
    pub fn kind(&self) -> Kind {
        match self {
            Fact::SubmissionMissing => Kind::SubmissionMissing,
            Fact::SubmissionUnreadable(_) => Kind::SubmissionUnreadable,
            Fact::SubmissionDuplicate { .. } => Kind::SubmissionDuplicate,
            Fact::SubmissionUnchanged => Kind::SubmissionUnchanged,
            Fact::UnitUnknown { .. } => Kind::UnitUnknown,
            Fact::UnitDoubtful { .. } => Kind::UnitDoubtful,
            Fact::PeriodDiffers(_) => Kind::PeriodDiffers,
            Fact::TableMissing => Kind::TableMissing,
            Fact::ColumnMissing(_) => Kind::ColumnMissing,
            Fact::ColumnUnknown { .. } => Kind::ColumnUnknown,
            Fact::ColumnScaled { .. } => Kind::ColumnScaled,
            Fact::HiddenContent(_) => Kind::HiddenContent,
            Fact::RowUnplaced { .. } | Fact::OnTopDiffers { .. } | Fact::OnTopLacking { .. } => {
                Kind::RowUnplaced
            }
            Fact::LineDoubtful(_) => Kind::LineDoubtful,
            Fact::TaskMissing => Kind::TaskMissing,
            Fact::TaskExtra => Kind::TaskExtra,
            Fact::TaskRepeated(_) => Kind::TaskRepeated,
            Fact::TaskMisplaced { .. } => Kind::TaskMisplaced,
            Fact::PairDoubtful { .. } => Kind::PairDoubtful,
            Fact::ValueDiffers(_) => Kind::ValueDiffers,
            Fact::ValueScaled(_) => Kind::ValueScaled,
            Fact::ValueMissing => Kind::ValueMissing,
            Fact::ValueUnreadable(_) => Kind::ValueUnreadable,
            Fact::ValueImprecise(_) => Kind::ValueImprecise,
            Fact::TotalDiffers { .. } => Kind::TotalDiffers,
            Fact::BalanceBroken(_) => Kind::BalanceBroken,
            Fact::StatementDiffers(_) => Kind::StatementDiffers,
            Fact::LimitExceeded(_) => Kind::LimitExceeded,
            Fact::OutOfRange(_) => Kind::OutOfRange,
            Fact::Decreased { .. } => Kind::Decreased,
            Fact::Overdue { .. } => Kind::Overdue,
            Fact::ReportMissing(_) => Kind::ReportMissing,
            Fact::ReportVanished { .. } => Kind::ReportVanished,
            Fact::SheetUnused(_) => Kind::SheetUnused,
            Fact::Attachment => Kind::Attachment,
            Fact::WaiverUnused(_) => Kind::WaiverUnused,
            Fact::WaiverExpired(_) => Kind::WaiverExpired,
            Fact::RuleUnused { .. } => Kind::RuleUnused,
            Fact::ExplanationEmpty { .. } => Kind::ExplanationEmpty,
            Fact::DecisionRefused { .. } => Kind::DecisionRefused,
            Fact::Unchecked { .. } => Kind::Unchecked,
            Fact::ColumnDoubtful(_) => Kind::ColumnDoubtful,
        }
    }

    /// Whether it is about what people wrote of other findings, not about figures.
    pub fn is_about_answers(&self) -> bool {
        matches!(
            self,
            Fact::DecisionRefused { .. }
                | Fact::ExplanationEmpty { .. }
                | Fact::WaiverUnused(_)
                | Fact::WaiverExpired(_)
        )
    }

    /// Returns the fact that a rule of a kind is broken: a limit, a range, or else an equation.
    pub fn of_rule(kind: Kind, broken: Broken) -> Self {
        match kind {
            Kind::LimitExceeded => Fact::LimitExceeded(broken),
            Kind::OutOfRange => Fact::OutOfRange(broken),
            _ => Fact::BalanceBroken(broken),
        }
    }

    /// Returns the cause that many cells have in common.
    pub fn common(&self) -> Option<&Common> {
        match self {
            Fact::ValueDiffers(Remark::Common(common)) => Some(common),
            _ => None,
        }
    }

    /// Returns what a broken rule used.
    pub fn broken(&self) -> Option<&Broken> {
        match self {
            Fact::BalanceBroken(broken)
            | Fact::LimitExceeded(broken)
            | Fact::OutOfRange(broken) => Some(broken),
            _ => None,
        }
    }

    /// Returns whether it is only said, and puts no figure in doubt and nobody to work: facts of
    /// kinds that are notes, and what was accepted, set aside or will pass.
    pub fn is_only_said(&self) -> bool {
        let accepted = match self {
            Fact::SubmissionUnreadable(refusal) => refusal.is_of_none(),
            Fact::UnitDoubtful { extent, .. } => *extent == Extent::Most,
            Fact::PeriodDiffers(other) => {
                matches!(other, OtherPeriod::Sheets { .. } | OtherPeriod::Unnamed { .. })
            }
            Fact::TaskRepeated(repetition) => matches!(
                repetition,
                Repetition::RolledUp(_)
                    | Repetition::AllRolledUp { .. }
                    | Repetition::Alike { apart: Apart::Blocks, .. }
            ),
            Fact::ValueDiffers(Remark::Common(common)) => common.cause.is_only_said(),
            Fact::ValueDiffers(remark) => matches!(
                remark,
                Remark::OwnNumber
                    | Remark::SameMeaning
                    | Remark::DecidedPair { .. }
                    | Remark::WithinTolerance { .. }
            ),
            _ => false,
        };
        accepted || self.kind().entry().severity == super::finding::Severity::Note
    }
}
