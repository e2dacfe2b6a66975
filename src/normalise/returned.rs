//! Explanations in workbooks of ours that come back: the list of findings, row by row.

use serde::{Deserialize, Serialize};

use super::typed::typed_text;
use crate::model::stamp::Stamped;
use crate::model::{CellAt, fold, stamp};
use crate::read::{Book, Content, Row, Sheet};

/// What a person wrote about a finding, and the figures it was written for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The finding's identity.
    pub id: String,
    pub text: String,
    /// As the list showed them; empty where it showed none.
    pub expected: String,
    pub found: String,
    /// What was decided, in the words of the list, with why and by whom; empty where nothing was.
    #[serde(default)]
    pub decision: String,
    #[serde(default)]
    pub opinion: String,
    #[serde(default)]
    pub by: String,
    pub sheet: String,
    /// Where the explanation stands.
    pub cell: CellAt,
    /// Where the decision stands, in a list that has room for one.
    #[serde(default)]
    pub decision_cell: Option<CellAt>,
}

/// A workbook of ours that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    pub kind: Stamped,
    pub written: Vec<Written>,
}

/// Returns what came back, when the workbook is one of ours: by its properties, or, where a
/// program has dropped them, by its list of findings. An explanation that still bears the mark
/// that its figures have changed has not been written anew and does not count.
pub fn read(book: &Book) -> Option<Returned> {
    let stamped = stamp::stamped(&book.properties);
    if stamped == Some(Stamped::Template) {
        return None;
    }
    let lists: Vec<Vec<Written>> = book.sheets.iter().filter_map(of_sheet).collect();
    if stamped.is_none() && lists.is_empty() {
        return None;
    }
    let kind = stamped.unwrap_or(if book.sheets.len() > 2 {
        Stamped::Consolidated
    } else {
        Stamped::Slip
    });
    Some(Returned { kind, written: lists.into_iter().flatten().collect() })
}

/// Returns the explanations of a sheet that has a list of findings.
fn of_sheet(sheet: &Sheet) -> Option<Vec<Written>> {
    /// Bytes of a heading; what is longer is none of ours.
    const LONGEST: usize = 64;
    let names = [
        stamp::ID_HEADING,
        stamp::EXPLANATION_HEADING,
        stamp::EXPECTED_HEADING,
        stamp::FOUND_HEADING,
    ];
    let [id_key, explanation_key, expected_key, found_key] = names.map(fold::key);
    let heading_of = |row: &Row, key: &str| -> Option<u32> {
        let is_heading = |content: &Content| match content {
            Content::Text(text) => text.len() <= LONGEST && fold::key(text) == key,
            _ => false,
        };
        row.cells.iter().find(|cell| is_heading(&cell.content)).map(|cell| cell.column)
    };
    let heading = sheet.rows.iter().enumerate().find_map(|(at, row)| {
        let id = heading_of(row, &id_key)?;
        let explanation = heading_of(row, &explanation_key)?;
        Some((at, row, id, explanation))
    });
    let (at, row, id, explanation) = heading?;
    let (expected, found) = (heading_of(row, &expected_key), heading_of(row, &found_key));
    let [decision, opinion, by] =
        [stamp::DECISION_HEADING, stamp::OPINION_HEADING, stamp::DECIDED_BY_HEADING]
            .map(|name| heading_of(row, &fold::key(name)));
    let text = |row: &Row, column: Option<u32>| {
        let cell = column.and_then(|column| row.cell(column));
        cell.map(|cell| typed_text(&cell.content)).unwrap_or_default()
    };
    let written = sheet.rows[at + 1..]
        .iter()
        .filter_map(|row| {
            let written = text(row, Some(explanation));
            let id = text(row, Some(id));
            let outdated = written.starts_with(stamp::OUTDATED);
            let written = if outdated { String::new() } else { written };
            let decided = text(row, decision);
            if (id.is_empty() || written.is_empty()) && decided.is_empty() {
                return None;
            }
            Some(Written {
                id,
                text: written,
                expected: text(row, expected),
                found: text(row, found),
                decision: decided,
                opinion: text(row, opinion),
                by: text(row, by),
                sheet: sheet.name.clone().unwrap_or_default(),
                cell: CellAt::new(row.index, explanation),
                decision_cell: decision.map(|column| CellAt::new(row.index, column)),
            })
        })
        .collect();
    Some(written)
}
