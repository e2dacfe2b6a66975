//! Headings of lists of words: short ones, each another, above rows that fill their columns, though no
//! figure stands in any row, or the first one only some rows further down.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

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
            const MANY_TASKS: usize = 10;
            const WIDE: usize = 5;
            let own = below.iter().filter(|below| below.cells.len() > 1).count();
            let goes_on = row.index + 1..=row.index + u32::try_from(below.len()).unwrap_or(0);
            let is_compact = || below.iter().map(|below| below.index).eq(goes_on.clone());
            // Under many headings a list with a blank row here and there is one as well.
            let is_wide = || row.cells.len() >= WIDE && below.len() >= MANY_TASKS;
            row.cells.len() >= LEAST_COLUMNS
                && used >= LEAST_COLUMNS
                && (is_compact() || is_wide())
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

/// A list that may begin with rows of words, if its first row with figures is among some rows.
pub struct ListOfWords {
    /// Where its heading stands.
    pub heading: usize,
    /// Its first row with figures is one of these.
    first_figures: RangeInclusive<usize>,
}

impl ListOfWords {
    /// Returns whether a row with figures may be the first of the list, the rows right above it being tasks
    /// like it.
    pub fn goes_on_at(&self, row: usize) -> bool {
        self.first_figures.contains(&row)
    }
}

/// Returns the lists that may begin with words below what stands at the top of a sheet, or of what is left
/// of it from a row on. Each row is looked at once for each of them, however many have figures.
pub fn lists_of_words(sheet: &Sheet, from: usize) -> Vec<ListOfWords> {
    const LEAST_ROWS: usize = 2;
    const MOST_ABOVE: usize = 40;
    let places = from..sheet.rows.len().min(from + MOST_ABOVE);
    let list = |place: usize| {
        let row = &sheet.rows[place];
        let is_heading = row.cells.len() >= LEAST_COLUMNS
            && sheet.rows.get(place + 1)?.index == row.index + 1
            && row
                .cells
                .iter()
                .all(|cell| sheet.merges.at(CellAt::new(row.index, cell.column)).is_none())
            && names_columns(sheet, from, place);
        if !is_heading {
            return None;
        }
        let below = &sheet.rows[place + 1..];
        let within = below.iter().take_while(|below| is_within(below, row)).count();
        let below = &below[..within];
        let mut several = below.iter().enumerate().filter(|(_, below)| below.cells.len() > 1);
        let (second, _) = several.nth(LEAST_ROWS - 1)?;
        let first = place + 1 + 1 + second.max(shows_rows(below)?);
        (first <= place + within)
            .then(|| ListOfWords { heading: place, first_figures: first..=place + within })
    };
    places.filter_map(list).collect()
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
        && !is_beside(row, Lexicon::standard())
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

/// By which of rows of words it shows that they are those of a list and no further levels of its heading: they
/// say the same thing twice in one column, or name a day, or go on at length.
fn shows_rows(rows: &[Row]) -> Option<usize> {
    let mut seen: BTreeSet<(u32, &str)> = BTreeSet::new();
    rows.iter().position(|row| {
        row.cells.iter().any(|cell| match &cell.content {
            Content::Text(text) => is_long(text) || !seen.insert((cell.column, text.trim())),
            content => matches!(content, Content::Date { .. }),
        })
    })
}

/// Returns whether a text holds digits as only telephones, accounts and identities have, one after the other: it is
/// somebody's, and no heading is. A day without marks, 20200831, has eight.
pub(super) fn holds_number_of_somebody(text: &str) -> bool {
    const LONGEST: usize = 8;
    text.len() > LONGEST
        && text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > LONGEST)
}
