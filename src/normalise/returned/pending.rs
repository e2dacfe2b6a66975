//! The page 待定事项 of a workbook that came back: pairs of row and task, headings, waivers, each in a
//! table of its own, wherever it stands.

use serde::{Deserialize, Serialize};

use super::headings::{self, Heading, text};
use crate::model::{CellAt, stamp};
use crate::read::{Row, Sheet};

/// A line that the clerk may decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub matter: Matter,
    /// In the words of the page; empty where nothing was chosen.
    pub choice: String,
    pub opinion: String,
    pub by: String,
    pub sheet: String,
    pub cell: CellAt,
}

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// Whether a row is a task.
    Pair { unit: String, submitted: String, task: String },
    /// Whether a heading is that of a column, named by its title.
    Heading { heading: String, column: String },
    /// Until when a waiver of a finding holds.
    Waiver { id: String, until: String },
}

/// Returns the lines of all such tables of a sheet.
pub(super) fn of_sheet(sheet: &Sheet) -> Vec<Pending> {
    let mut found = Vec::new();
    let mut table: Option<Table> = None;
    let words = Words::new();
    for row in &sheet.rows {
        if let Some(heading) = words.table(row) {
            table = Some(heading);
        } else if let Some(table) = &table {
            found.extend(table.line(row, sheet));
        }
    }
    found
}

/// The headings by which the tables are known.
struct Words {
    choice: Heading,
    submitted: Heading,
    task: Heading,
    heading: Heading,
    column: Heading,
    until: Heading,
    id: Heading,
}

impl Words {
    fn new() -> Self {
        Self {
            choice: Heading::of(stamp::DECISION_HEADING),
            submitted: Heading::of(stamp::SUBMITTED_HEADING),
            task: Heading::of(stamp::COUNTERPART_HEADING),
            heading: Heading::of(stamp::SHEET_HEADING),
            column: Heading::of(stamp::COLUMN_HEADING),
            until: Heading::of(stamp::UNTIL_HEADING),
            id: Heading::of(stamp::ID_HEADING),
        }
    }

    fn table(&self, row: &Row) -> Option<Table> {
        let choice = self.choice.column(row)?;
        let both = |one: &Heading, other: &Heading| one.column(row).zip(other.column(row));
        let what = if let Some((submitted, task)) = both(&self.submitted, &self.task) {
            let unit = Heading::of(stamp::UNIT_HEADING).column(row)?;
            What::Pairs { unit, submitted, task }
        } else if let Some((heading, column)) = both(&self.heading, &self.column) {
            What::Headings { heading, column }
        } else {
            let (id, until) = both(&self.id, &self.until)?;
            What::Waivers { id, until }
        };
        let column = |name: &str| Heading::of(name).column(row);
        let (opinion, by) = (column(stamp::OPINION_HEADING), column(stamp::DECIDED_BY_HEADING));
        Some(Table { what, choice, opinion, by })
    }
}

struct Table {
    what: What,
    choice: u32,
    opinion: Option<u32>,
    by: Option<u32>,
}

enum What {
    Pairs { unit: u32, submitted: u32, task: u32 },
    Headings { heading: u32, column: u32 },
    Waivers { id: u32, until: u32 },
}

impl Table {
    fn line(&self, row: &Row, sheet: &Sheet) -> Option<Pending> {
        let at = |column: u32| text(row, Some(column));
        let (matter, is_whole) = match self.what {
            What::Pairs { unit, submitted, task } => {
                let (unit, submitted, task) = (at(unit), at(submitted), at(task));
                // That a row is no task at all names none.
                let is_whole = !submitted.is_empty();
                (Matter::Pair { unit, submitted, task }, is_whole)
            }
            What::Headings { heading, column } => {
                let (heading, column) = (at(heading), at(column));
                let is_whole = !heading.is_empty();
                (Matter::Heading { heading, column }, is_whole)
            }
            What::Waivers { id, until } => {
                let (id, until) = (at(id), at(until));
                let is_whole = !id.is_empty();
                (Matter::Waiver { id, until }, is_whole)
            }
        };
        let choice = at(self.choice);
        // A line without what it is about says something only where something was chosen.
        (is_whole || !choice.is_empty()).then(|| Pending {
            matter,
            choice,
            opinion: text(row, self.opinion),
            by: text(row, self.by),
            sheet: headings::name_of(sheet),
            cell: CellAt::new(row.index, self.choice),
        })
    }
}
