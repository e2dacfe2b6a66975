//! Which corrections of the pipeline file correct something of a file: one that fits no sheet, no heading and no
//! row does nothing, and that must be said.

use super::SheetRows;
use super::classes::{RowClass, TableRow};
use super::layout::Layout;
use super::layout::tables::{ends_table, is_skipped};
use super::typed::typed_text;
use crate::model::{ColumnId, Side};
use crate::pipeline::{
    CorrectionKey, CorrectionPart, Pipeline, SheetAt, SheetPattern, TableCorrection, any_fits,
};
use crate::read::{Book, Row, Sheet};

/// Returns the parts of corrections that fit something of a file.
pub(super) fn fitted(
    book: &Book,
    read: &[SheetRows],
    at: &[SheetAt<'_>],
    side: Side,
    pipeline: &Pipeline,
) -> Vec<CorrectionPart> {
    let counts = pipeline.counting_sheets(at, side);
    let mut fitted = Vec::new();
    for (correction, own) in pipeline.tables.iter().enumerate().filter(|(_, own)| own.is_of(side)) {
        let mut add = |key: CorrectionKey, fits: &dyn Fn(usize) -> bool, items: usize| {
            let items = (0..items).filter(|item| fits(*item));
            fitted.extend(items.map(|item| CorrectionPart { correction, key, item }));
        };
        let any = |pattern: &SheetPattern| at.iter().any(|at| pattern.fits(*at));
        // What corrects, or chooses, a sheet that others leave aside corrects nothing.
        let any_read = |pattern: &SheetPattern| {
            let mut fits = at.iter().zip(&counts).filter(|(at, _)| pattern.fits(**at));
            fits.any(|(_, counts)| *counts)
        };
        let fits = |item: usize| any_read(&own.sheets[item]);
        add(CorrectionKey::Sheets, &fits, own.sheets.len());
        add(CorrectionKey::Without, &|item| any(&own.without[item]), own.without.len());
        let sheets = || {
            let all = book.sheets.iter().zip(read).zip(at);
            all.filter(|(_, at)| own.holds_for(**at, side)).map(|(own, at)| (own, *at))
        };
        // Of several that speak of a sheet by one key, the last one holds.
        let is_last = |key: CorrectionKey, at: SheetAt<'_>| {
            let later = pipeline.tables.iter().skip(correction + 1);
            !later.into_iter().any(|other| other.holds_for(at, side) && other.names(key))
        };
        let fits = |key: CorrectionKey, is: &dyn Fn(&Sheet, &SheetRows) -> bool| {
            sheets().any(|((sheet, read), at)| is_last(key, at) && is(sheet, read))
        };
        if let Some(rows) = &own.heading_rows {
            let begins = |table: &Layout| {
                table.heading_rows.first().is_some_and(|first| rows.contains(first))
            };
            let is_heading = |_: &Sheet, read: &SheetRows| read.tables.iter().any(begins);
            let key = CorrectionKey::HeadingRows;
            add(key, &|_| fits(key, &is_heading), 1);
        }
        let key = CorrectionKey::Within;
        let stands = |item: usize| {
            let columns = &own.within[item];
            fits(key, &|_, read| {
                let mut within = read.tables.iter().filter_map(|table| table.within);
                within.any(|(first, last)| columns.contains(&first) && columns.contains(&last))
            })
        };
        add(key, &stands, own.within.len());
        let key = CorrectionKey::Headings;
        let begins =
            |_: &Sheet, read: &SheetRows| read.tables.iter().any(|table| table.first_row.is_some());
        add(key, &|_| fits(key, &begins), own.headings.len());
        let rows = [
            (CorrectionKey::Sections, &own.sections),
            (CorrectionKey::Details, &own.details),
            (CorrectionKey::Skip, &own.skip),
            (CorrectionKey::Tasks, &own.tasks),
            (CorrectionKey::Ends, &own.ends),
        ];
        for (key, patterns) in rows {
            let fits = |item: usize| {
                fits(key, &|sheet, read| {
                    row_fits(key, &own_pattern(key, patterns, item), sheet, read, pipeline)
                })
            };
            add(key, &fits, patterns.len());
        }
        let columns = [
            (CorrectionKey::Fill, &own.fill),
            (CorrectionKey::Continued, &own.continued),
            (CorrectionKey::Above, &own.above),
        ];
        for (key, fields) in columns {
            let fits = |item: usize| fits(key, &|_, read| column_fits(key, fields[item], read));
            add(key, &fits, fields.len());
        }
    }
    fitted
}

/// A correction that says nothing but one pattern.
fn own_pattern(key: CorrectionKey, patterns: &[regex::Regex], item: usize) -> TableCorrection {
    let one = vec![patterns[item].clone()];
    let mut only = TableCorrection::default();
    match key {
        CorrectionKey::Ends => only.ends = one,
        _ => only.skip = one,
    }
    only
}

/// Returns whether a pattern fits a row that is what the pattern says.
fn row_fits(
    key: CorrectionKey,
    only: &TableCorrection,
    sheet: &Sheet,
    read: &SheetRows,
    pipeline: &Pipeline,
) -> bool {
    let first = read.tables.iter().map(Layout::start).min();
    sheet.rows.iter().any(|row| {
        let place = read.classes.binary_search_by_key(&row.index, |(row, _)| *row);
        let Ok(place) = place else { return false };
        let class = read.classes[place].1;
        let is_so = match key {
            CorrectionKey::Tasks => class == RowClass::Task,
            CorrectionKey::Sections => {
                matches!(class, RowClass::Note | RowClass::Title | RowClass::Total)
            }
            _ => matches!(class, RowClass::Note | RowClass::Title),
        };
        let is_outside = first.is_none_or(|first| row.index < first);
        is_so
            && match key {
                CorrectionKey::Ends => ends_table(row, only),
                CorrectionKey::Skip if is_outside => is_skipped(row, only),
                _ => {
                    let mut texts = texts_that_tell(read, row, pipeline).into_iter();
                    texts.any(|text| any_fits(&only.skip, &text))
                }
            }
    })
}

/// Returns what a row begins with and what it names as its task: what patterns are held against.
pub fn texts_that_tell(read: &SheetRows, row: &Row, pipeline: &Pipeline) -> Vec<String> {
    let keys = pipeline.roles.key.iter().filter_map(|key| {
        let column = read.tables.iter().find_map(|table| table.column_of(*key))?;
        row.cell(column.column)
    });
    let cells = row.cells.first().into_iter().chain(keys);
    cells.map(|cell| typed_text(&cell.content).into_owned()).collect()
}

fn column_fits(key: CorrectionKey, field: ColumnId, read: &SheetRows) -> bool {
    match key {
        CorrectionKey::Above => read.tables.iter().any(|table| table.says(field)),
        CorrectionKey::Fill => {
            let is_filled = |row: &TableRow| {
                let entry = row.entries[field].as_ref();
                entry.is_some_and(|entry| entry.filled_from().is_some())
            };
            read.rows.iter().any(is_filled)
        }
        // Whether a text goes on is asked of every row; that the column is there is enough.
        _ => read.tables.iter().any(|table| table.column_of(field).is_some()),
    }
}
