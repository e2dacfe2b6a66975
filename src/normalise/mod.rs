//! Understands the sheets of a file, in three steps that each have a folder: the *layout* (where is
//! what), the *cells* (what each says), the *classes* (what each row is); then turns rows into
//! frames. What is said here needs neither plan nor period.
//!
//! A *table* is a heading whose columns the pipeline file knows, and the rows below it as far as they
//! go on; several may stand on a sheet, below or beside each other. It is not the sheet: titles, notes
//! and what stands outside belong to no table. A *row* is what its sheet shows on one line of one table;
//! whether it is a task of the plan is not known here, only that it has the shape of one.

pub mod typed;
pub mod layout;
pub mod cells;
pub mod classes;
pub mod frame;
mod said;
pub mod aside;
mod lines;
mod contacts;
mod corrected;
pub mod reminder;
pub mod returned;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use classes::unread;
pub use classes::{CellFate, ColumnSum, Fates, RowClass, SheetRows, SheetText, TableRow, TakenFor};
pub use corrected::texts_that_tell;
use layout::money;
use layout::otherwise::Wording;
pub use layout::{Ambiguity, Layout, SheetColumn, nearest_column};
pub use lines::without_table as lines_in_doubt;

use crate::model::stamp::{self, Stamped};
use crate::model::{ColumnId, Fact, Finding, IdVec, SheetId, Side};
use crate::pipeline::{CorrectionPart, Pipeline, SheetAt, TableCorrection};
use crate::read::{Book, Content, Sheet};

/// A file, understood; what its cells say, before anyone asks whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRows {
    pub sheets: IdVec<SheetId, SheetRows>,
    /// What of the corrections fits something of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fitted: Vec<CorrectionPart>,
}

/// Returns where each sheet of a file stands.
pub fn places(book: &Book) -> Vec<SheetAt<'_>> {
    let sheets = book.sheets.iter().enumerate();
    sheets.map(|(place, sheet)| SheetAt { name: sheet.name.as_deref(), place }).collect()
}

/// Understands a file's sheets. The findings are those that need neither plan nor period; they
/// name sheet and cell, the file is added by whoever knows its name.
pub fn file(book: &Book, side: Side, pipeline: &Pipeline) -> (FileRows, Vec<Finding>) {
    let at = places(book);
    let mut counts = pipeline.counting_sheets(&at, side);
    // The pipeline file corrects how sheets of others are read; the layout of a template is ours.
    let own: Vec<bool> =
        book.sheets.iter().map(|sheet| is_template(sheet, &book.properties)).collect();
    for (counts, own) in counts.iter_mut().zip(&own) {
        *counts |= own;
    }
    let read = |sheet, at, wording| {
        classes::read(sheet, &pipeline.table_correction(at, side), wording, pipeline)
    };
    let mut sheets: Vec<SheetRows> = book
        .sheets
        .iter()
        .zip(&at)
        .zip(&counts)
        .zip(&own)
        .map(|(((sheet, at), counts), own)| match (counts, own) {
            (_, true) => {
                let correction = TableCorrection::default();
                classes::read(sheet, &correction, Wording::Declared, pipeline)
            }
            (true, _) => read(sheet, *at, Wording::BesideDeclared),
            (false, _) => classes::read_as_words(sheet, pipeline),
        })
        .collect();
    let is_task = |row: &TableRow| row.class == RowClass::Task;
    let lists = |sheet: &SheetRows| sheet.rows.iter().any(is_task);
    if !sheets.iter().any(lists) {
        let mut without_tasks = Vec::new();
        for place in (0..sheets.len()).filter(|place| counts[*place] && !own[*place]) {
            let found = read(&book.sheets[place], at[place], Wording::Otherwise);
            if lists(&found) {
                sheets[place] = found;
            } else if !found.tables.is_empty() && !found.rows.is_empty() {
                without_tasks.push((place, found));
            }
        }
        // A heading that says all but what the rows are about: which column may be meant is said of it.
        if sheets.iter().all(|sheet| sheet.tables.is_empty()) {
            for (place, found) in without_tasks {
                sheets[place] = found;
            }
        }
    }
    let is_told: Vec<bool> =
        at.iter().map(|at| pipeline.table_correction(*at, side).heading_rows.is_some()).collect();
    for place in unread::other_tables(&sheets, &is_told, pipeline) {
        sheets[place] = classes::read_as_words(&book.sheets[place], pipeline);
    }
    for (sheet, read) in sheets.iter_mut().zip(&book.sheets) {
        sheet.contacts = contacts::of(read, &sheet.classes, pipeline);
        if side == Side::Submission {
            sheet.aside = aside::of(read, sheet, pipeline);
        }
    }
    let mut findings = Vec::new();
    let has_table = sheets.iter().any(|sheet| !sheet.tables.is_empty());
    if !has_table {
        findings.push(Finding::new(Fact::TableMissing, Side::Submission));
    }
    let has_tasks = sheets.iter().any(lists);
    let sums: OnceCell<BTreeMap<ColumnId, i128>> = OnceCell::new();
    let sums_of_tasks = || sums.get_or_init(|| said::sums_of_tasks(&sheets, pipeline));
    // Of a sheet that the pipeline file leaves aside there is nothing to say.
    let said_of = sheets.iter().zip(&book.sheets).zip(&counts).filter(|(_, counts)| **counts);
    for ((sheet, read), _) in said_of {
        let mut found = Vec::new();
        for (place, table) in sheet.tables.iter().enumerate() {
            let is_sum = || {
                has_tasks
                    && (said::sums_by_unit(sheet, place, pipeline)
                        || said::sums_of_sheets(sheet, place, sums_of_tasks(), pipeline))
            };
            if !said::lists_others(sheet, table, pipeline) && !is_sum() {
                found.extend(said::columns(table, pipeline));
            }
            found.extend(money::contradictions(read, table, pipeline));
            found.extend(money::several(read, table, pipeline));
            found.extend(money::other_units(table, pipeline));
        }
        said::once_a_sheet(&mut found);
        found.extend(said::hidden(sheet));
        found.extend(said::doubts(sheet, pipeline));
        found.extend(said::called_totals(sheet));
        found.extend(unread::struck(read));
        found.extend(unread::shown_as_nothing(read));
        found.extend(unread::unused(read, sheet, has_tasks, pipeline));
        found.extend(lines::doubtful(read, sheet));
        // Another table on a sheet of its own is noted as a whole.
        if !(has_tasks && sheet.tables.is_empty()) {
            found.extend(said::unplaced(sheet, has_table, pipeline));
        }
        for finding in &mut found {
            finding.sheet.clone_from(&sheet.name);
        }
        findings.extend(found);
    }
    let fitted = corrected::fitted(book, &sheets, &at, side, pipeline);
    (FileRows { sheets: sheets.into(), fitted }, findings)
}

/// Whether a sheet is a template of ours, by the stamp of its workbook or by what it says above its
/// table.
fn is_template(sheet: &Sheet, properties: &[(String, String)]) -> bool {
    const ROWS: usize = 10;
    let is_stamped = || {
        stamp::stamped(properties) == Some(Stamped::Template)
            && sheet.name.as_deref() == Some(stamp::TEMPLATE_SHEET)
    };
    let mut above = sheet.rows.iter().take(ROWS).flat_map(|row| &row.cells);
    let says_so = above.any(|cell| match &cell.content {
        Content::Text(text) => text.contains(stamp::TEMPLATE_NOTE),
        _ => false,
    });
    says_so || is_stamped()
}
