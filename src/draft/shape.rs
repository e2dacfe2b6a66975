//! Finds tables by their shape alone: short words above rows that hold figures.

use crate::model::CellAt;
use crate::normalise::layout::by_shape::{self, Headed};
use crate::normalise::typed::typed_text;
use crate::pipeline::Lexicon;
use crate::pipeline::heading;
use crate::read::{Content, Row, Sheet};

pub use crate::normalise::layout::by_shape::ShapeColumn;
pub use crate::normalise::layout::periods::is_figure;

/// A table of a sheet that nobody has described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Zero-based.
    pub heading_rows: Vec<u32>,
    pub columns: Vec<ShapeColumn>,
    /// Rows that look like those of a task, zero-based.
    pub body: Vec<u32>,
}

/// Returns the tables of a sheet, from the top, and from the left where several stand side by side.
pub fn tables(sheet: &Sheet) -> Vec<Shape> {
    shapes(sheet, &by_shape::headings(sheet))
}

/// Returns the table of a sheet on which no figures stand.
pub fn table_of_words(sheet: &Sheet) -> Vec<Shape> {
    by_shape::heading_of_words(sheet).map_or_else(Vec::new, |headed| shapes(sheet, &[headed]))
}

fn shapes(sheet: &Sheet, headed: &[Headed]) -> Vec<Shape> {
    let words = Lexicon::default();
    let mut shapes = Vec::new();
    for (place, Headed { heading, first }) in headed.iter().enumerate() {
        let end = headed.get(place + 1).map_or(sheet.rows.len(), |next| next.heading.start);
        let rows = &sheet.rows[heading.clone()];
        for columns in by_shape::columns(sheet, rows) {
            let body: Vec<u32> = sheet.rows[*first..end]
                .iter()
                .filter(|row| is_task(sheet, row, &columns, &words))
                .map(|row| row.index)
                .collect();
            if columns.len() > 1 && !body.is_empty() {
                let heading_rows = rows.iter().map(|row| row.index).collect();
                shapes.push(Shape { heading_rows, columns, body });
            }
        }
    }
    shapes
}

/// Returns whether a row below a heading is one of its tasks: at least half of its columns are
/// filled, words merged over several rows included, and it is no total.
fn is_task(sheet: &Sheet, row: &Row, columns: &[ShapeColumn], words: &Lexicon) -> bool {
    let shown =
        columns.iter().filter(|column| shown(sheet, row.index, column.column).is_some()).count();
    if by_shape::is_beside(row, words) {
        return false;
    }
    let totals = &words.totals;
    let is_total = row.cells.iter().any(|cell| match &cell.content {
        Content::Text(text) => {
            let key = heading::read(text).key;
            totals.iter().any(|word| key.starts_with(word.as_str()) || key.ends_with(word.as_str()))
                && key.chars().count() < 12
                || words.summaries.contains(&key)
        }
        _ => false,
    });
    shown * 2 >= columns.len() && shown > 1 && !(is_total && shown * 3 < columns.len() * 2)
}

/// Returns what a row shows in a column, the top of an upright merge included.
pub fn shown(sheet: &Sheet, row: u32, column: u32) -> Option<&Content> {
    let at = CellAt::new(row, column);
    let origin = match sheet.merges.at(at) {
        Some(merge) if merge.first.column == column => merge.first,
        Some(merge) if merge.first != at => return None,
        _ => at,
    };
    sheet.content(origin).filter(|content| !typed_text(content).is_empty())
}
