//! A table as found on a sheet: where its heading stands and which declared column each sheet column is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{CellAt, ColumnId, MoneyUnit};
use crate::pipeline::Pipeline;

use super::unit::{MatrixPart, NamedUnit};

/// A table as found on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Zero-based rows of the heading, including a row of column numbers below it.
    pub heading_rows: Vec<u32>,
    /// The first row of a table that has no heading, zero-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_row: Option<u32>,
    /// In the order of the sheet's columns.
    pub columns: Vec<SheetColumn>,
    /// Declared columns that two or more headings could be; none of them was taken.
    pub ambiguous: Vec<Ambiguity>,
    /// Its first and last column, where other tables stand beside it in the same rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<(u32, u32)>,
    /// The unit of money that a line beside it names, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money_line: Option<(CellAt, MoneyUnit)>,
    /// Whose its rows are, where a line, a heading or the sheet's name says so and no column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<NamedUnit>,
    /// What makes it one unit's part of a matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<MatrixPart>,
    /// What labelled lines above it say of all its rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<SaidAbove>,
}

/// One column of a sheet's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetColumn {
    pub column: u32,
    /// The levels of the heading as typed, as a path: 2020年 > 计划.
    pub heading: String,
    /// Where the lowest level stands.
    pub cell: CellAt,
    /// The place of the declared column, where the heading is one.
    pub field: Option<ColumnId>,
    /// The unit of money that the heading names.
    pub unit: Option<MoneyUnit>,
    /// Nobody declared its heading: it was taken for the column by what it means.
    pub by_meaning: bool,
}

/// A declared column whose text stands above a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidAbove {
    pub field: ColumnId,
    pub text: String,
    pub at: CellAt,
}

/// Several headings for one declared column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ambiguity {
    pub field: ColumnId,
    pub headings: Vec<(CellAt, String)>,
}

impl Layout {
    /// Returns the row in which it begins: that of its heading, or of its first task where it has none.
    pub fn start(&self) -> u32 {
        self.heading_rows.first().copied().or(self.first_row).unwrap_or(0)
    }

    /// Returns the first row that is below its heading.
    pub fn body_start(&self) -> u32 {
        self.heading_rows.last().map(|last| last + 1).or(self.first_row).unwrap_or(0)
    }

    /// Returns the sheet column of a declared column.
    pub fn column_of(&self, field: ColumnId) -> Option<&SheetColumn> {
        self.columns.iter().find(|column| column.field == Some(field))
    }

    /// Returns whether a column of the sheet belongs to it.
    pub fn holds(&self, column: u32) -> bool {
        self.within.is_none_or(|(first, last)| (first..=last).contains(&column))
            && self.part.as_ref().is_none_or(|part| !part.others.contains(&column))
    }

    /// Returns whether it shares columns of the sheet with another table.
    pub fn overlaps(&self, other: &Layout) -> bool {
        let (first, last) = self.within.unwrap_or((0, u32::MAX));
        let (other_first, other_last) = other.within.unwrap_or((0, u32::MAX));
        first <= other_last && other_first <= last
    }

    /// Returns the tables that a heading names when it names the same columns several times over,
    /// as tables that stand side by side do; itself otherwise.
    pub fn apart(self) -> Vec<Layout> {
        let mut columns = self.columns.clone();
        for ambiguity in &self.ambiguous {
            for column in &mut columns {
                if ambiguity.headings.iter().any(|(cell, _)| *cell == column.cell) {
                    column.field = Some(ambiguity.field);
                }
            }
        }
        let named: Vec<(u32, ColumnId)> =
            columns.iter().filter_map(|column| Some((column.column, column.field?))).collect();
        let times = self.ambiguous.iter().map(|ambiguity| ambiguity.headings.len()).max();
        let Some(times @ 2..) = times else { return vec![self] };
        let width = named.len() / times;
        if let Some(parts) = self.between_blanks(&columns) {
            return parts;
        }
        let same = width >= 2
            && width * times == named.len()
            && (width..named.len()).all(|at| named[at].1 == named[at - width].1)
            && (1..width).all(|at| !named[..at].iter().any(|(_, field)| *field == named[at].1));
        if !same {
            return vec![self];
        }
        let starts: Vec<u32> = named.iter().step_by(width).map(|(column, _)| *column).collect();
        (0..times)
            .map(|place| {
                let first = if place == 0 { 0 } else { starts[place] };
                let last = starts.get(place + 1).map_or(u32::MAX, |next| next - 1);
                let own = columns.iter().filter(|column| (first..=last).contains(&column.column));
                Layout {
                    heading_rows: self.heading_rows.clone(),
                    first_row: self.first_row,
                    columns: own.cloned().collect(),
                    ambiguous: Vec::new(),
                    within: Some((first, last)),
                    money_line: None,
                    unit: None,
                    part: None,
                    said: Vec::new(),
                }
            })
            .collect()
    }

    /// Returns the tables that stand side by side with a blank column between them, where two declared columns
    /// stand in each and none stands twice in one.
    fn between_blanks(&self, columns: &[SheetColumn]) -> Option<Vec<Layout>> {
        const LEAST: usize = 3;
        const LEAST_SHARED: usize = 2;
        let blocks: Vec<&[SheetColumn]> =
            columns.chunk_by(|one, next| one.column + 1 == next.column).collect();
        let fields = |block: &[SheetColumn]| -> Vec<ColumnId> {
            block.iter().filter_map(|column| column.field).collect()
        };
        let known: Vec<Vec<ColumnId>> = blocks.iter().map(|block| fields(block)).collect();
        let is_table = |own: &Vec<ColumnId>| {
            let distinct: BTreeSet<&ColumnId> = own.iter().collect();
            own.len() >= LEAST
                && distinct.len() == own.len()
                // Each is numbered from its own first column on.
                && (own.first() == known[0].first()
                    || own.iter().filter(|field| known[0].contains(field)).count() >= LEAST_SHARED)
        };
        if blocks.len() < 2 || !known.iter().all(is_table) {
            return None;
        }
        let parts = blocks.iter().enumerate().map(|(place, block)| {
            let first = if place == 0 { 0 } else { block[0].column };
            let last = blocks.get(place + 1).map_or(u32::MAX, |next| next[0].column - 1);
            Layout {
                heading_rows: self.heading_rows.clone(),
                first_row: self.first_row,
                columns: block.to_vec(),
                ambiguous: Vec::new(),
                within: Some((first, last)),
                money_line: None,
                unit: None,
                part: None,
                said: Vec::new(),
            }
        });
        Some(parts.collect())
    }

    /// Returns whether the columns were found that say what a row is about.
    pub fn has_key(&self, pipeline: &Pipeline) -> bool {
        pipeline.roles.key.iter().all(|field| self.column_of(*field).is_some() || self.says(*field))
    }

    /// Returns whether a line above it says what stands in a declared column.
    pub fn says(&self, field: ColumnId) -> bool {
        self.said.iter().any(|said| said.field == field)
    }

    /// Returns whether any of the columns that say what a row is about was found.
    pub fn has_part_of_key(&self, pipeline: &Pipeline) -> bool {
        pipeline.roles.key.iter().any(|field| self.column_of(*field).is_some())
    }

    pub fn matched(&self) -> usize {
        let fields: BTreeSet<ColumnId> =
            self.columns.iter().filter_map(|column| column.field).collect();
        fields.len() + self.ambiguous.len()
    }
}

/// Returns whether all tables of a sheet stand in columns of their own, beside a column that belongs to none: the
/// pipeline file leaves it aside.
pub fn are_beside(tables: &[Layout], column: u32) -> bool {
    !tables.is_empty() && tables.iter().all(|table| table.within.is_some() && !table.holds(column))
}
