//! Headings of ours on a sheet that came back: found wherever they stand.

use crate::model::fold;
use crate::normalise::typed::typed_text;
use crate::read::{Content, Row, Sheet};

/// Bytes of a heading; what is longer is none of ours.
const LONGEST: usize = 64;

/// A heading that is looked for.
pub(super) struct Heading {
    key: String,
    first: char,
}

impl Heading {
    pub(super) fn of(name: &str) -> Self {
        let key = fold::key(name);
        Self { first: key.chars().next().unwrap_or_default(), key }
    }

    /// Returns the column in which it stands in a row.
    pub(super) fn column(&self, row: &Row) -> Option<u32> {
        let is_heading = |content: &Content| match content {
            // Most texts lack even its first sign, and need not be folded.
            Content::Text(text) => {
                text.len() <= LONGEST && text.contains(self.first) && fold::key(text) == self.key
            }
            _ => false,
        };
        row.cells.iter().find(|cell| is_heading(&cell.content)).map(|cell| cell.column)
    }
}

/// Returns the text of a cell of a row.
pub(super) fn text(row: &Row, column: Option<u32>) -> String {
    let cell = column.and_then(|column| row.cell(column));
    cell.map(|cell| typed_text(&cell.content)).unwrap_or_default().into_owned()
}

pub(super) fn name_of(sheet: &Sheet) -> String {
    sheet.name.clone().unwrap_or_default()
}
