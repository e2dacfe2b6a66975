//! The texts around a table: titles, submitter lines and notes that are about it and no other table
//! of its sheet.

use crate::normalise::{Layout, SheetRows, SheetText};

/// Returns the texts that stand around a table and no other, those over its own columns first.
pub(super) fn texts_near(sheet: &SheetRows, table: usize) -> Vec<&SheetText> {
    let layout = &sheet.tables[table];
    let start = layout.start();
    let starts = || sheet.tables.iter().map(Layout::start);
    // Of tables side by side, none is before the other.
    let earlier = sheet.tables.iter().filter(|table| table.start() < start);
    let before = earlier.filter_map(|table| table.heading_rows.last().copied()).max();
    let after = starts().filter(|other| *other > start).min();
    let near = |row: u32| {
        before.is_none_or(|before| row > before) && after.is_none_or(|after| row < after)
    };
    // What stands over the table's own columns comes first; a title over all tables holds, too.
    let mut texts: Vec<&SheetText> = sheet.texts.iter().filter(|text| near(text.at.row)).collect();
    texts.sort_by_key(|text| !layout.holds(text.at.column));
    let others = |text: &SheetText| {
        layout.within.is_some()
            && !layout.holds(text.at.column)
            && sheet.tables.iter().any(|table| {
                table.within.is_some_and(|(first, _)| first > 0 && table.holds(text.at.column))
            })
    };
    texts.retain(|text| !others(text));
    texts
}
