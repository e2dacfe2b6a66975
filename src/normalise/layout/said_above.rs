//! What a labelled line above a table says of all its rows: 供应商： | 某厂 above each of several orders. Looked for
//! where the pipeline file says so and no column of the table says it.

use super::table::{Layout, SaidAbove};
use super::unit::labelled;
use super::words::is_labelled;
use crate::model::{CellAt, ColumnId};
use crate::normalise::typed::typed_text;
use crate::pipeline::{Pipeline, heading};
use crate::read::{Content, Row, Sheet};

/// Returns what the lines above a table say in the labels of such columns, the nearest line first; those below the
/// heading of the table above, whose place is given.
pub fn of(
    sheet: &Sheet,
    table: &Layout,
    after: Option<u32>,
    fields: &[ColumnId],
    pipeline: &Pipeline,
) -> Vec<SaidAbove> {
    let start = sheet.rows.partition_point(|row| after.is_some_and(|after| row.index <= after));
    let end = sheet.rows.partition_point(|row| row.index < table.start());
    let lines = sheet.rows.get(start..end).unwrap_or_default();
    let open = fields.iter().filter(|field| table.column_of(**field).is_none());
    let found = open.filter_map(|field| {
        let headings = &pipeline.columns[*field].headings;
        let is_label = |label: &str| headings.contains(&heading::read(label).key);
        let mut said = lines.iter().rev().flat_map(labels);
        let (_, text, at) = said.find(|(label, _, _)| is_label(label))?;
        Some(SaidAbove { field: *field, text, at })
    });
    found.collect()
}

/// Returns the labels of a line with what they say, and where that stands.
pub fn labels(row: &Row) -> Vec<(String, String, CellAt)> {
    let is_pairs = is_labelled(row);
    let cells = row.cells.iter().enumerate();
    let said = cells.filter_map(|(place, cell)| {
        let Content::Text(text) = &cell.content else { return None };
        // Without a colon only what stands in a line of labels is one.
        if !text.contains([':', '：']) {
            return None;
        }
        let next = row.cells.get(place + 1).filter(|_| is_pairs);
        let (label, said) =
            labelled(text, || next.map(|next| typed_text(&next.content).into_owned()))?;
        let is_here = text.contains(said.as_str());
        let column = next.filter(|_| !is_here).map_or(cell.column, |next| next.column);
        let said = said.trim().to_owned();
        let is_another = said.is_empty() || said.ends_with([':', '：']);
        (!is_another).then(|| (label.trim().to_owned(), said, CellAt::new(row.index, column)))
    });
    said.collect()
}
