//! What a sheet holds and nobody reads: struck-out cells.

use std::collections::BTreeSet;

use super::typing::typed_text;
use crate::model::{CellAt, CellRange, Detail, Finding, Kind, Side, words};
use crate::read::Sheet;

/// One finding a sheet for all that is struck out on it.
pub(super) fn struck(sheet: &Sheet) -> Option<Finding> {
    const LONGEST: usize = 60;
    let first = sheet.struck.first()?;
    let rows: BTreeSet<u32> = sheet.struck.iter().map(|struck| struck.at.row).collect();
    let gone = |row: &&u32| sheet.rows.binary_search_by_key(*row, |row| row.index).is_err();
    let texts: Vec<String> =
        sheet.struck.iter().take(8).map(|struck| typed_text(&struck.content)).collect();
    let detail = Detail::Struck {
        cells: sheet.struck.len(),
        rows: rows.iter().filter(gone).count(),
        partly: sheet.struck.iter().filter(|struck| struck.partly).count(),
        text: words::shortened(&texts.join(" | "), LONGEST),
    };
    let mut finding = Finding::new(Kind::HiddenContent, Side::Submission).with(detail);
    finding.cell = Some(first.at);
    finding.cells = ranges(sheet.struck.iter().map(|struck| struck.at));
    Some(finding)
}

/// Joins ascending cells that stand side by side.
pub(super) fn ranges(cells: impl Iterator<Item = CellAt>) -> Vec<CellRange> {
    let mut ranges: Vec<CellRange> = Vec::new();
    for cell in cells {
        match ranges.last_mut() {
            Some(last) if last.last.row == cell.row && last.last.column + 1 == cell.column => {
                last.last = cell;
            }
            _ => ranges.push(CellRange::new(cell, cell)),
        }
    }
    ranges
}
