//! A picture of a sheet: a character a cell, by what became of it; runs of rows that look alike are
//! one line.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::place::column_letters;
use crate::normalise::classes::fates::{self, AsRead};
use crate::normalise::{CellFate, RowClass, SheetRows};
use crate::pipeline::Pipeline;
use crate::read::Sheet;

/// The most columns and lines of a picture; what lies beyond is counted.
const MOST_COLUMNS: u32 = 120;
const MOST_LINES: usize = 60;

/// A sheet in characters.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    /// The letters of its first and last column; none where nothing is shown.
    pub columns: Option<(String, String)>,
    pub strips: Vec<Strip>,
    /// Columns to the right, and rows below, that are not shown.
    pub more_columns: u32,
    pub more_rows: usize,
}

/// Rows one below the other that look alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Strip {
    /// As the sheet counts.
    pub first: u32,
    pub last: u32,
    pub class: RowClass,
    /// How many rows with content there are.
    pub rows: usize,
    pub cells: String,
}

/// A cell without content.
const BLANK: char = '.';
/// A cell of a task, some rows of a strip being blank in it.
const SOMETIMES: char = ':';

/// The character of a cell. All are narrow in every terminal, whatever it takes for wide.
pub fn mark(fate: CellFate) -> char {
    match fate {
        CellFate::Title => 'T',
        CellFate::Heading => 'H',
        CellFate::Used => '#',
        CellFate::Total => '+',
        CellFate::Note => 'n',
        CellFate::Undeclared => '-',
        CellFate::Outside => 'o',
        CellFate::Unreadable => '?',
    }
}

pub(super) fn of(read: &SheetRows, sheet: &Sheet, pipeline: &Pipeline) -> Picture {
    let filled = || sheet.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.column);
    let (Some(first), Some(last)) = (filled().min(), filled().max()) else {
        return Picture { columns: None, strips: Vec::new(), more_columns: 0, more_rows: 0 };
    };
    let shown = last.min(first.saturating_add(MOST_COLUMNS - 1));
    let width = (shown - first + 1) as usize;
    let mut lines: BTreeMap<u32, Vec<char>> = BTreeMap::new();
    let as_read = AsRead { sheet, classes: &read.classes, tables: &read.tables, rows: &read.rows };
    fates::each(as_read, pipeline, |at, _, fate| {
        let line = lines.entry(at.row).or_insert_with(|| vec![BLANK; width]);
        if let Some(cell) = line.get_mut((at.column - first) as usize) {
            *cell = mark(fate);
        }
    });
    let classes: BTreeMap<u32, RowClass> = read.classes.iter().copied().collect();
    let mut strips: Vec<(Strip, Vec<char>)> = Vec::new();
    let mut more_rows = 0;
    for (row, line) in lines {
        let class = classes.get(&row).copied().unwrap_or(RowClass::Unplaced);
        let alike = strips.last().and_then(|(strip, cells)| {
            let goes_on = strip.class == class && strip.last == row;
            if goes_on { together(cells, &line) } else { None }
        });
        let is_full = strips.len() == MOST_LINES;
        match (alike, strips.last_mut()) {
            (Some(both), Some((strip, cells))) if more_rows == 0 => {
                strip.last = row + 1;
                strip.rows += 1;
                *cells = both;
            }
            _ if is_full || more_rows > 0 => more_rows += 1,
            _ => {
                let row = row + 1;
                let strip = Strip { first: row, last: row, class, rows: 1, cells: String::new() };
                strips.push((strip, line));
            }
        }
    }
    Picture {
        columns: Some((column_letters(first), column_letters(shown))),
        strips: strips
            .into_iter()
            .map(|(strip, cells)| Strip { cells: cells.into_iter().collect(), ..strip })
            .collect(),
        more_columns: last - shown,
        more_rows,
    }
}

/// Two lines as one; none where a cell is one thing here and another there.
fn together(one: &[char], other: &[char]) -> Option<Vec<char>> {
    let is_task = |c: char| c == mark(CellFate::Used) || c == SOMETIMES;
    let both = one.iter().zip(other).map(|(one, other)| match (*one, *other) {
        (one, other) if one == other => Some(one),
        (BLANK, other) if is_task(other) => Some(SOMETIMES),
        (one, BLANK) if is_task(one) => Some(SOMETIMES),
        (one, other) if is_task(one) && is_task(other) => Some(SOMETIMES),
        (BLANK, only) | (only, BLANK) if only == mark(CellFate::Undeclared) => Some(only),
        _ => None,
    });
    both.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_one_where_only_a_task_is_blank_in_some() {
        let line = |text: &str| text.chars().collect::<Vec<char>>();
        let both = |one, other| {
            together(&line(one), &line(other)).map(|both| both.into_iter().collect::<String>())
        };
        assert_eq!(both("##.-", "#.#."), Some("#::-".to_owned()));
        assert_eq!(both("#:", "##"), Some("#:".to_owned()));
        assert_eq!(both("##", "#?"), None);
    }
}
