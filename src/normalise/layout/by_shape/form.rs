//! Labels with what they say, in pairs, right above the heading of a list: 项目名称 | 某路 | 编号 | 12, and below it
//! 制表日期 | 2021-03-05 | 备注. A day among them looks like the first row of a table that they head.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::model::CellAt;
use crate::normalise::layout::periods::is_figure;
use crate::pipeline::heading;
use crate::read::{Content, Row, Sheet};

/// So many rows at most are those of a form.
const MOST: usize = 6;
/// So many columns of the list stand beside what the form fills.
const LEAST_MORE: usize = 2;

/// Returns whether what was found above a heading is a form: a few rows without a figure but days, which fill some
/// of the columns that the heading names and leave others to it, above a list that is longer.
pub(super) fn stands_above(sheet: &Sheet, from: usize, heading: &Range<usize>) -> bool {
    let pairs = &sheet.rows[from..heading.start];
    let above = &sheet.rows[..heading.start];
    let [names] = &sheet.rows[heading.clone()] else { return false };
    let count = names.cells.len();
    let is_word =
        |content: &Content| !is_figure(content) || matches!(content, Content::Date { .. });
    let is_pair = |row: &Row| {
        row.cells.len() * 3 <= count * 2 && row.cells.iter().all(|cell| is_word(&cell.content))
    };
    let used: BTreeSet<u32> = above
        .iter()
        .filter(|row| row.cells.len() > 1)
        .flat_map(|row| &row.cells)
        .map(|cell| cell.column)
        .collect();
    let is_more = |column: u32| {
        !used.contains(&column) && sheet.merges.at(CellAt::new(names.index, column)).is_none()
    };
    let more = names.cells.iter().filter(|cell| is_more(cell.column)).count();
    !pairs.is_empty()
        && pairs.len() <= MOST
        && pairs.iter().all(is_pair)
        && more >= LEAST_MORE
        && sheet.rows.len() - heading.end > pairs.len() * 2
}

/// Returns whether a row of labels stands among others that fill the same columns, merged alike: 工程名称 | 料单编号
/// above 施工分区 | 送达地点. A level of a heading is not written twice.
pub(super) fn is_one_of_several(sheet: &Sheet, at: usize) -> bool {
    let row = &sheet.rows[at];
    let spans = |row: &Row| -> Vec<(u32, u32)> {
        let cells = row.cells.iter().map(|cell| {
            let merge = sheet.merges.at(CellAt::new(row.index, cell.column));
            (cell.column, merge.map_or(cell.column, |merge| merge.last.column))
        });
        cells.collect()
    };
    let is_ascii = |row: &Row| {
        row.cells.iter().all(|cell| matches!(&cell.content, Content::Text(text) if text.is_ascii()))
    };
    // The same in two languages is one heading.
    let is_alike = |other: &Row| {
        other.index.abs_diff(row.index) == 1
            && spans(other) == spans(row)
            && is_ascii(other) == is_ascii(row)
            && is_pairs(sheet, other)
    };
    let beside = [at.checked_sub(1), Some(at + 1)];
    let mut beside = beside.into_iter().flatten().filter_map(|place| sheet.rows.get(place));
    row.cells.len() > 1 && is_pairs(sheet, row) && beside.any(is_alike)
}

/// Whether a row holds labels with room for what they say: a blank behind each, or what it says.
fn is_pairs(sheet: &Sheet, row: &Row) -> bool {
    let reaches_down = |column: u32| {
        let merge = sheet.merges.at(CellAt::new(row.index, column));
        merge.is_some_and(|merge| merge.last.row > row.index)
    };
    row.cells.iter().all(|cell| !is_figure(&cell.content) && !reaches_down(cell.column))
}

/// Returns whether a heading names so many columns right below a pair of words with few figures that the pair is what a
/// form says, and heads no table: Valor target | XXX, Total CAPEX | 15189.
pub(super) fn is_below_a_pair(columns: usize, known: &BTreeSet<String>, rows: usize) -> bool {
    const LEAST: usize = 6;
    const PAIR: usize = 2;
    const MOST_ROWS: usize = 3;
    let unnamed = heading::read(heading::UNNAMED).key;
    let above = known.iter().filter(|key| **key != unnamed).count();
    columns >= LEAST && (1..=PAIR).contains(&above) && rows <= MOST_ROWS
}
