//! What a row is, and what a row of a table holds.

use serde::{Deserialize, Serialize};

use crate::model::{Amounts, CellAt, ColumnId, Entries, Text};
use crate::read::{Content, Row};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowClass {
    Title,
    Heading,
    Task,
    Total,
    Note,
    Unplaced,
    /// Holds nothing but error values and uncalculated formulas.
    Unreadable,
}

impl RowClass {
    pub const ALL: [RowClass; 7] = [
        RowClass::Title,
        RowClass::Heading,
        RowClass::Task,
        RowClass::Total,
        RowClass::Note,
        RowClass::Unplaced,
        RowClass::Unreadable,
    ];

    pub fn chinese(self) -> &'static str {
        match self {
            RowClass::Title => "标题",
            RowClass::Heading => "表头",
            RowClass::Task => "任务",
            RowClass::Total => "合计",
            RowClass::Note => "说明",
            RowClass::Unplaced => "无法归类",
            RowClass::Unreadable => "无法读取",
        }
    }
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    pub row: u32,
    /// The place of its table in the sheet.
    pub table: usize,
    pub class: RowClass,
    /// By declared column; none where the table lacks the column.
    pub entries: Entries,
    /// By declared derived amount; many rows have the same.
    pub derived: Amounts,
    /// What a total calls itself; empty when nothing does.
    #[serde(default, skip_serializing_if = "Text::has_nothing")]
    pub label: Text,
    /// Whether it is the total of a section whose line stands above its rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heads: bool,
    /// The first and the last of the rows that a total adds up, where the reading tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds: Option<(u32, u32)>,
    /// What the formulas of a total add up.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub sums: Box<[ColumnSum]>,
    /// Whether nothing but its formulas says that it is a total.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_formula: bool,
    /// Columns whose figure a formula fetches from another file.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub linked: Box<[ColumnId]>,
}

/// A formula that adds up rows of its own column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSum {
    pub field: ColumnId,
    /// The first and the last of each run of rows, as the formula names them.
    pub rows: Vec<(u32, u32)>,
    /// Rows among them whose figure is typed as text, so that no spreadsheet adds it.
    pub skipped: Vec<u32>,
}

/// A text outside the tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetText {
    pub at: CellAt,
    pub class: RowClass,
    pub text: String,
    /// Whether it stands between the rows of a table, as the name of a block does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inside: bool,
}

/// A column that nobody declared, of a table that lacks one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnAside {
    /// The heading by which it could be declared: its lowest level, or all where others end alike.
    pub heading: String,
    /// What the rows of tasks have there, by their numbers.
    pub cells: Vec<(u32, Text)>,
}

/// A row that may be something else than what it is taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsure {
    /// Where its name stands.
    pub at: CellAt,
    pub text: String,
    pub taken_for: TakenFor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakenFor {
    /// The name of a group or a remark; it may be a task of which nothing is said yet.
    Name,
    /// A task; it calls itself a total, and its figures add up nothing.
    Task,
}

/// Returns whether a row holds nothing but error values and uncalculated formulas.
pub(super) fn only_failures(row: &Row) -> bool {
    row.cells
        .iter()
        .all(|cell| matches!(cell.content, Content::Error(_) | Content::Uncalculated(_)))
}
