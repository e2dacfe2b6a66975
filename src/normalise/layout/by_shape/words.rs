//! Headings of lists of words: short ones, each another, above rows that fill their columns, though no
//! figure stands in any row, or the first one only some rows further down.

use std::collections::BTreeSet;

use super::{Headed, is_beside, is_long, is_words};
use crate::model::CellAt;
use crate::normalise::layout::periods::is_figure;
use crate::normalise::typed::typed_text;
use crate::pipeline::{Lexicon, heading};
use crate::read::{Content, Row, Sheet};

const LEAST_COLUMNS: usize = 3;

/// Returns where the heading of a table of words stands: short ones, each another, above rows that
/// fill its columns, though no figure stands among them.
pub fn heading_of_words(sheet: &Sheet) -> Option<Headed> {
    const LEAST_ROWS: usize = 3;
    const MOST_ABOVE: usize = 20;
    (0..sheet.rows.len().min(MOST_ABOVE)).find_map(|at| {
        let row = &sheet.rows[at];
        let names = names_columns(sheet, 0, at);
        let below = &sheet.rows[at + 1..];
        // Columns that nobody has filled in yet are headed all the same.
        let is_used = |column: u32| below.iter().any(|below| below.cell(column).is_some());
        let used = row.cells.iter().filter(|cell| is_used(cell.column)).count();
        let fills = |below: &&Row| {
            let filled = row.cells.iter().filter(|cell| below.cell(cell.column).is_some()).count();
            filled > 1 && filled * 2 >= used && below.cells.len() <= filled * 2
        };
        let filled = below.iter().filter(fills).count();
        // One or two rows make a list only where each fills all of its columns.
        let is_whole = |below: &Row| {
            row.cells.iter().all(|cell| below.cell(cell.column).is_some())
                && below.cells.len() == row.cells.len()
        };
        let is_list = row.cells.len() >= LEAST_COLUMNS && filled > 0 && below.iter().all(is_whole);
        // Where a name stands once for the rows below it, most rows have little of their own.
        let is_written_once = || {
            let own = below.iter().filter(|below| below.cells.len() > 1).count();
            row.cells.len() >= LEAST_COLUMNS
                && used == row.cells.len()
                && own >= LEAST_ROWS
                && own * 3 >= below.len()
                && below.iter().all(|below| is_within(below, row))
        };
        // Nearly every row names another task, and what a few say beside it holds for those below.
        let is_of_tasks = || {
            const LEAST_TASKS: usize = 5;
            let own = below.iter().filter(|below| below.cells.len() > 1).count();
            let goes_on = row.index + 1..=row.index + u32::try_from(below.len()).unwrap_or(0);
            row.cells.len() >= LEAST_COLUMNS
                && used >= LEAST_COLUMNS
                && below.iter().map(|below| below.index).eq(goes_on)
                && below.len() >= LEAST_TASKS
                && own >= LEAST_ROWS
                && below.iter().all(|below| is_within(below, row))
                && row.cells.iter().any(|cell| names_each(below, cell.column))
        };
        let is_table = names
            && (filled >= LEAST_ROWS && filled * 2 >= below.len()
                || is_list
                || is_written_once()
                || is_of_tasks());
        is_table.then_some(Headed { heading: at..at + 1, first: at + 1 })
    })
}

/// Returns where the heading stands of a list that begins with rows of words: `at` is the first row with
/// figures, and the rows right above it are tasks like it.
pub fn heading_above_words(sheet: &Sheet, from: usize, at: usize) -> Option<usize> {
    const LEAST_ROWS: usize = 2;
    let last = at.checked_sub(LEAST_ROWS + 1)?;
    (from..=last).find(|place| {
        let row = &sheet.rows[*place];
        let below = &sheet.rows[place + 1..at];
        names_columns(sheet, from, *place)
            && row.cells.len() >= LEAST_COLUMNS
            && sheet.rows[place + 1].index == row.index + 1
            && row
                .cells
                .iter()
                .all(|cell| sheet.merges.at(CellAt::new(row.index, cell.column)).is_none())
            && sheet.rows[place + 1..=at].iter().all(|below| is_within(below, row))
            && below.iter().filter(|below| below.cells.len() > 1).count() >= LEAST_ROWS
            && are_rows(below)
    })
}

/// Returns whether a row could be the only one of a heading: words, each another.
fn names_columns(sheet: &Sheet, from: usize, at: usize) -> bool {
    let row = &sheet.rows[at];
    let keys = || -> BTreeSet<String> {
        row.cells.iter().map(|cell| heading::read(&typed_text(&cell.content)).key).collect()
    };
    row.cells.len() > 1
        && is_words(sheet, from, at)
        && row.cells.iter().all(|cell| !is_figure(&cell.content))
        && !is_beside(row, &Lexicon::default())
        && {
            let keys = keys();
            keys.len() == row.cells.len() && !keys.contains("")
        }
}

/// Whether a column says something else in each row but for a few.
fn names_each(rows: &[Row], column: u32) -> bool {
    let texts = rows.iter().filter_map(|row| match &row.cell(column)?.content {
        Content::Text(text) => Some(text.trim()),
        _ => None,
    });
    let distinct: BTreeSet<&str> = texts.collect();
    distinct.len() * 10 >= rows.len() * 9
}

/// Whether all that a row holds stands in columns that another fills.
fn is_within(row: &Row, heading: &Row) -> bool {
    row.cells.iter().all(|cell| heading.cell(cell.column).is_some())
}

/// Whether rows of words are those of a list and no further levels of its heading: they say the same thing
/// twice in one column, or name a day, or go on at length.
fn are_rows(rows: &[Row]) -> bool {
    let mut seen: BTreeSet<(u32, &str)> = BTreeSet::new();
    rows.iter().flat_map(|row| &row.cells).any(|cell| match &cell.content {
        Content::Text(text) => is_long(text) || !seen.insert((cell.column, text.trim())),
        content => matches!(content, Content::Date { .. }),
    })
}
