//! Sheets that a trial shows to list the plan's tasks once more, under other headings.

use super::alike::{self, Aside, Why};
use super::shape::{self, Shape};
use crate::pipeline::heading;
use crate::read::{Book, Sheet};

/// Returns which of the sheets that list the tasks of another once more may be left aside; none where more
/// tasks stand on them than on all others, or where they have the form of another with other figures:
/// these are somebody else's, and no second copy.
pub fn left_aside(book: &Book, once_more: &[String]) -> Vec<Aside> {
    if once_more.is_empty() {
        return Vec::new();
    }
    let visible = book.sheets.iter().filter(|sheet| !sheet.hidden);
    let lists: Vec<(&Sheet, Vec<Shape>)> =
        visible.map(|sheet| (sheet, shape::tables(sheet))).collect();
    let is_again = |sheet: &Sheet| sheet.name.as_ref().is_some_and(|own| once_more.contains(own));
    let is_anothers = |sheet: &Sheet, own: &[Shape]| {
        lists.iter().any(|(other, beside)| {
            !std::ptr::eq(*other, sheet) && is_same_form(sheet, own, other, beside)
        })
    };
    let (left, kept): (Vec<_>, Vec<_>) =
        lists.iter().partition(|(sheet, own)| is_again(sheet) && !is_anothers(sheet, own));
    let rows = |lists: &[&(&Sheet, Vec<Shape>)]| {
        lists.iter().flat_map(|(_, found)| found).map(|shape| shape.body.len()).sum::<usize>()
    };
    if rows(&left) > rows(&kept) {
        return Vec::new();
    }
    let names = left.iter().filter_map(|(sheet, _)| sheet.name.clone());
    names.map(|sheet| Aside { sheet, why: Why::SameTasks }).collect()
}

/// Whether two sheets have the same headings and other figures below them.
fn is_same_form(sheet: &Sheet, own: &[Shape], other: &Sheet, beside: &[Shape]) -> bool {
    let headings = |found: &[Shape]| -> Vec<String> {
        let columns = found.iter().flat_map(|shape| &shape.columns);
        columns.map(|column| heading::read(&column.title).key).collect()
    };
    if headings(own) != headings(beside) {
        return false;
    }
    match (alike::table(sheet, own), alike::table(other, beside)) {
        (Some(own), Some(beside)) => !alike::has_same_rows(&own, &beside),
        _ => true,
    }
}
