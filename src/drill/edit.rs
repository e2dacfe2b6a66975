//! Changes to a sheet of a copy: a cell, a row, a column.

use std::collections::BTreeSet;

use crate::model::{CellAt, CellRange};
use crate::read::{Cell, Content, Merges, Row, Seen, Sheet};

/// Puts content into a cell, or empties it.
pub fn put(sheet: &mut Sheet, at: CellAt, content: Option<Content>) {
    let place = match sheet.rows.binary_search_by_key(&at.row, |row| row.index) {
        Ok(place) => place,
        Err(place) => {
            sheet.rows.insert(place, Row { index: at.row, cells: Vec::new() });
            place
        }
    };
    let cells = &mut sheet.rows[place].cells;
    let found = cells.binary_search_by_key(&at.column, |cell| cell.column);
    match (found, content) {
        (Ok(found), Some(content)) => cells[found] = Cell::new(at.column, content),
        (Ok(found), None) => {
            cells.remove(found);
        }
        (Err(found), Some(content)) => cells.insert(found, Cell::new(at.column, content)),
        (Err(_), None) => {}
    }
    if sheet.rows[place].cells.is_empty() {
        sheet.rows.remove(place);
    }
}

/// Gives a cell another number format.
pub fn show(sheet: &mut Sheet, at: CellAt, seen: Seen) {
    let Ok(place) = sheet.rows.binary_search_by_key(&at.row, |row| row.index) else { return };
    let cells = &mut sheet.rows[place].cells;
    if let Ok(found) = cells.binary_search_by_key(&at.column, |cell| cell.column) {
        cells[found].seen = seen;
    }
}

/// Empties a row; the rows below stay where they are.
pub fn clear_row(sheet: &mut Sheet, row: u32) {
    sheet.rows.retain(|other| other.index != row);
    if let Some(text) = &mut sheet.text {
        text.lines.retain(|line| line.row != row);
    }
    sheet.struck.retain(|struck| struck.at.row != row);
    sheet.comments.retain(|comment| comment.at.row != row);
}

/// Empties a column.
pub fn clear_column(sheet: &mut Sheet, column: u32) {
    for row in &mut sheet.rows {
        row.cells.retain(|cell| cell.column != column);
    }
    sheet.struck.retain(|struck| struck.at.column != column);
    sheet.comments.retain(|comment| comment.at.column != column);
    sheet.rows.retain(|row| !row.cells.is_empty());
}

/// Empties a column from a row on.
pub fn clear_below(sheet: &mut Sheet, first: u32, column: u32) {
    for row in sheet.rows.iter_mut().filter(|row| row.index >= first) {
        row.cells.retain(|cell| cell.column != column);
    }
    sheet.rows.retain(|row| !row.cells.is_empty());
}

/// Inserts an empty row; what stood there and below moves down by one, and a merged range around
/// it grows.
pub fn insert_row(sheet: &mut Sheet, at: u32) {
    for row in sheet.rows.iter_mut().filter(|row| row.index >= at) {
        row.index += 1;
    }
    let merges = sheet.merges.iter().map(|merge| moved(merge, at)).collect();
    sheet.merges = Merges::new(merges, &sheet.rows);
    let hidden: BTreeSet<u32> =
        sheet.hidden_rows.iter().map(|row| if *row >= at { row + 1 } else { *row }).collect();
    sheet.hidden_rows = hidden;
    for line in sheet.text.iter_mut().flat_map(|text| &mut text.lines) {
        line.row += u32::from(line.row >= at);
    }
    for struck in &mut sheet.struck {
        struck.at = moved_cell(struck.at, at);
    }
    for comment in &mut sheet.comments {
        comment.at = moved_cell(comment.at, at);
    }
}

/// Returns where a range stands after a row was inserted.
pub fn moved(range: &CellRange, at: u32) -> CellRange {
    CellRange::new(moved_cell(range.first, at), moved_cell(range.last, at))
}

/// Returns where a cell stands after a row was inserted.
pub fn moved_cell(cell: CellAt, at: u32) -> CellAt {
    CellAt { row: if cell.row >= at { cell.row + 1 } else { cell.row }, ..cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inserted_row_moves_what_stands_below_and_grows_what_is_around() {
        let mut sheet = Sheet::default();
        for row in 0..4 {
            put(&mut sheet, CellAt::new(row, 1), Some(Content::Number(f64::from(row))));
        }
        let around = CellRange::new(CellAt::new(1, 0), CellAt::new(2, 0));
        sheet.merges = Merges::new(vec![around], &sheet.rows);
        sheet.hidden_rows.insert(3);
        insert_row(&mut sheet, 2);
        put(&mut sheet, CellAt::new(2, 1), Some(Content::Number(9.0)));
        let numbers: Vec<Option<&Content>> =
            (0..5).map(|row| sheet.content(CellAt::new(row, 1))).collect();
        let expected = [0.0, 1.0, 9.0, 2.0, 3.0].map(Content::Number);
        assert_eq!(numbers, expected.iter().map(Some).collect::<Vec<_>>());
        let merge = sheet.merges.iter().next().unwrap();
        assert_eq!((merge.first.row, merge.last.row), (1, 3));
        assert!(sheet.hidden_rows.contains(&4));
    }
}
