//! How many rows of a plan a trial of its draft took for what.

use crate::extract::Extract;
use crate::normalise::RowClass;
use crate::read::Book;

/// How many rows of all sheets are of a class.
pub fn of_class(extract: &Extract, wanted: RowClass) -> usize {
    let classes = extract.rows.sheets.iter().flat_map(|sheet| &sheet.classes);
    classes.filter(|(_, class)| *class == wanted).count()
}

/// How many lines of words stand above a task of their sheet, and below another, and are no name of a block: that
/// stands alone at the edge of the table.
pub fn notes_between(extract: &Extract, book: &Book) -> usize {
    let mut count = 0;
    for (read, sheet) in extract.rows.sheets.iter().zip(&book.sheets) {
        let is_task = |(_, class): &(u32, RowClass)| *class == RowClass::Task;
        let first = read.classes.iter().position(is_task);
        let last = read.classes.iter().rposition(is_task);
        let Some((first, last)) = first.zip(last) else { continue };
        let columns = read.tables.iter().flat_map(|table| &table.columns);
        let Some(edge) = columns.map(|own| own.column).min() else { continue };
        let notes = read.classes[first..last].iter().filter(|(_, own)| *own == RowClass::Note);
        count += notes
            .filter_map(|(row, _)| sheet.rows.binary_search_by_key(row, |own| own.index).ok())
            .map(|place| &sheet.rows[place])
            .filter(|row| row.cells.len() > 1 || row.cells.iter().any(|cell| cell.column > edge))
            .count();
    }
    count
}
