//! Finds tables by their shape alone: short words above rows that hold figures.

use std::collections::BTreeSet;

use crate::model::{CellAt, MoneyUnit, fold};
use crate::normalise::layout::table::{self, is_column_numbers};
use crate::normalise::typed::typed_text;
use crate::pipeline::Lexicon;
use crate::pipeline::heading;
use crate::read::{Content, Row, Sheet};

/// A table of a sheet that nobody has described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Zero-based.
    pub heading_rows: Vec<u32>,
    pub columns: Vec<ShapeColumn>,
    /// Rows that look like those of a task, zero-based.
    pub body: Vec<u32>,
}

/// A column of such a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeColumn {
    pub column: u32,
    /// The heading that is to find this column again, as typed.
    pub title: String,
    pub unit: Option<MoneyUnit>,
}

/// Longer texts are titles and notes.
const LONGEST_HEADING: usize = 40;
const MOST_LEVELS: usize = 3;

/// Returns the tables of a sheet, from the top.
pub fn tables(sheet: &Sheet) -> Vec<Shape> {
    let starts = body_starts(sheet);
    let mut shapes = Vec::new();
    for (place, (heading, first)) in starts.iter().enumerate() {
        let end = starts.get(place + 1).map_or(sheet.rows.len(), |(next, _)| next.start);
        let rows = &sheet.rows[heading.clone()];
        let columns = columns(sheet, rows);
        let body: Vec<u32> = sheet.rows[*first..end]
            .iter()
            .filter(|row| is_task(sheet, row, &columns))
            .map(|row| row.index)
            .collect();
        if columns.len() > 1 && !body.is_empty() {
            let heading_rows = rows.iter().map(|row| row.index).collect();
            shapes.push(Shape { heading_rows, columns, body });
        }
    }
    shapes
}

/// Returns where headings stand in the list of rows, each with the place of the first row below.
fn body_starts(sheet: &Sheet) -> Vec<(std::ops::Range<usize>, usize)> {
    let mut found: Vec<(std::ops::Range<usize>, usize)> = Vec::new();
    let mut from = 0;
    for at in 1..sheet.rows.len() {
        let row = &sheet.rows[at];
        let has_figures = row.cells.iter().any(|cell| is_figure(&cell.content));
        if !has_figures || row.cells.len() < 2 || at <= from {
            continue;
        }
        let Some(heading) = heading_above(sheet, from, at) else { continue };
        // (1) (2) (3) below a heading belongs to it.
        let first = if is_column_numbers(row) { at + 1 } else { at };
        from = first;
        found.push((heading, first));
    }
    found
}

/// Returns the rows of words above a row, when they name most of its columns.
fn heading_above(sheet: &Sheet, from: usize, at: usize) -> Option<std::ops::Range<usize>> {
    let filled: BTreeSet<u32> = sheet.rows[at].cells.iter().map(|cell| cell.column).collect();
    // The name of a block, or (1) (2) (3), may stand between the heading and the first figures.
    let is_between = |row: &Row| row.cells.len() == 1 || is_column_numbers(row);
    let end = (from..at).rev().find(|place| !is_between(&sheet.rows[*place]))? + 1;
    let mut start = end;
    let mut best: Option<(usize, usize)> = None;
    while start > from && end - start < MOST_LEVELS {
        let row = &sheet.rows[start - 1];
        let is_next = sheet.rows.get(start).is_none_or(|below| row.index + 1 == below.index);
        if (start < end && !is_next) || !is_words(row) {
            break;
        }
        start -= 1;
        let covered = columns(sheet, &sheet.rows[start..end]);
        let named = covered.iter().filter(|column| filled.contains(&column.column)).count();
        // A title or a line with the unit of money names no more columns than the rows below it.
        if row.cells.len() >= 2 && best.is_none_or(|(_, most)| named >= most) {
            best = Some((start, named));
        }
    }
    let (start, named) = best?;
    (named >= 2 && named * 3 >= filled.len() * 2).then_some(start..end)
}

/// Returns whether a row could be a level of a heading: short words, no figures.
fn is_words(row: &Row) -> bool {
    row.cells.iter().all(|cell| match &cell.content {
        Content::Text(text) => text.chars().count() <= LONGEST_HEADING && !is_figure(&cell.content),
        _ => false,
    })
}

/// Returns whether a cell holds a figure, be it written as a text.
pub fn is_figure(content: &Content) -> bool {
    match content {
        Content::Number(_) | Content::Percentage(_) | Content::Date { .. } => true,
        Content::Text(text) => {
            let plain = fold::plain(text);
            plain.starts_with(|c: char| c.is_ascii_digit())
                && plain.chars().all(|c| c.is_ascii_digit() || ",.%元万亿千年月日-/".contains(c))
        }
        _ => false,
    }
}

fn columns(sheet: &Sheet, rows: &[Row]) -> Vec<ShapeColumn> {
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for row in rows {
        for cell in &row.cells {
            let at = CellAt::new(row.index, cell.column);
            let last = sheet.merges.at(at).map_or(cell.column, |merge| merge.last.column);
            used.extend(cell.column..=last.min(cell.column + 50));
        }
    }
    let totals = Lexicon::default().totals;
    let mut columns: Vec<(ShapeColumn, String)> = Vec::new();
    for column in used {
        let levels = table::levels(sheet, rows, column);
        let Some((_, lowest)) = levels.last() else { continue };
        let parent = levels.len().checked_sub(2).map(|place| levels[place].1.as_str());
        let is_total = totals.contains(&heading::read(lowest).key);
        // 资金 / 合计 is 资金.
        let title = parent.filter(|_| is_total).unwrap_or(lowest).to_owned();
        let unit = levels.iter().rev().find_map(|(_, text)| heading::read(text).unit);
        let joined: String = levels.iter().map(|(_, text)| text.as_str()).collect();
        columns.push((ShapeColumn { column, title, unit }, joined));
    }
    // Two columns of one name are told apart by what stands above them.
    let keys: Vec<String> =
        columns.iter().map(|(column, _)| heading::read(&column.title).key).collect();
    for (place, (column, joined)) in columns.iter_mut().enumerate() {
        let twins = keys.iter().filter(|key| **key == keys[place]).count();
        if twins > 1 {
            column.title.clone_from(joined);
        }
    }
    columns.into_iter().map(|(column, _)| column).collect()
}

/// Returns whether a row below a heading is one of its tasks: at least half of its columns are
/// filled, words merged over several rows included, and it is no total.
fn is_task(sheet: &Sheet, row: &Row, columns: &[ShapeColumn]) -> bool {
    let shown =
        columns.iter().filter(|column| shown(sheet, row.index, column.column).is_some()).count();
    let totals = Lexicon::default().totals;
    let is_total = row.cells.iter().any(|cell| match &cell.content {
        Content::Text(text) => {
            let key = heading::read(text).key;
            totals.iter().any(|word| key.starts_with(word.as_str()) || key.ends_with(word.as_str()))
                && key.chars().count() < 12
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
