//! What somebody says of the plan's tables before it is drafted, and what is found where nothing is said.

use std::ops::RangeInclusive;

use super::alike::{Aside, Why};
use super::shape::{self, Shape, is_figure};
use super::unheaded;
use crate::normalise::layout::side_by_side;
use crate::normalise::{layout, places};
use crate::pipeline::{SheetAt, SheetPattern, heading};
use crate::read::{Book, Sheet};

/// What somebody says of the plan's tables before it is drafted; what is not said is found.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The sheets that are the plan; all of them where there is none.
    pub sheets: Vec<SheetPattern>,
    /// Zero-based.
    pub heading_rows: Option<RangeInclusive<u32>>,
    /// The columns that hold the plan, zero-based.
    pub within: Option<RangeInclusive<u32>>,
}

impl Told {
    /// Returns a workbook with nothing in its sheets but the columns that hold the plan; none where all do.
    pub fn cut(&self, book: &Book) -> Option<Book> {
        let columns = self.within.as_ref()?;
        let sheets = book.sheets.iter().map(|sheet| side_by_side::between(sheet, columns));
        Some(Book {
            format: book.format,
            sheets: sheets.collect(),
            properties: book.properties.clone(),
        })
    }

    /// Returns whether a sheet may be the plan.
    pub fn asks_for(&self, sheet: SheetAt<'_>) -> bool {
        self.sheets.is_empty() || self.sheets.iter().any(|pattern| pattern.fits(sheet))
    }
}

/// The tables of the sheets that may be the plan.
pub(super) fn shapes<'a>(book: &'a Book, told: &Told) -> Vec<(&'a Sheet, Vec<Shape>)> {
    let at = places(book);
    let asked = || book.sheets.iter().zip(&at).filter(|(_, at)| told.asks_for(**at));
    // Who names a hidden sheet means it.
    let visible = || {
        let shown = asked().filter(|(sheet, _)| !sheet.hidden || !told.sheets.is_empty());
        shown.map(|(sheet, _)| sheet)
    };
    let mut shapes = match &told.heading_rows {
        Some(rows) => visible().map(|sheet| (sheet, shape::tables_below(sheet, rows))).collect(),
        None => found(visible),
    };
    let titles = |shape: &Shape| -> Vec<String> {
        shape.columns.iter().map(|column| heading::read(&column.title).key).collect()
    };
    let known: Vec<Vec<String>> = shapes.iter().flat_map(|(_, found)| found).map(titles).collect();
    for (sheet, found) in shapes.iter_mut().filter(|(_, found)| found.is_empty()) {
        *found = shape::table_headed_as(sheet, &known);
    }
    shapes
}

/// The tables of sheets as their shape shows them.
fn found<'a, S: Iterator<Item = &'a Sheet>>(
    sheets: impl Fn() -> S,
) -> Vec<(&'a Sheet, Vec<Shape>)> {
    let mut shapes: Vec<(&Sheet, Vec<Shape>)> =
        sheets().map(|sheet| (sheet, shape::tables(sheet))).collect();
    first_tasks(&mut shapes);
    without_headings(&mut shapes);
    // A plan may be words only; beside a table with figures, words are no plan, but for lines of a form with a few
    // figures among them.
    let tables =
        || shapes.iter().flat_map(|(sheet, found)| found.iter().map(move |own| (*sheet, own)));
    if are_forms(&tables().collect::<Vec<_>>()) {
        let longest = tables().map(|(_, own)| own.body.len()).max();
        let mut of_words: Vec<(&Sheet, Vec<Shape>)> =
            sheets().map(|sheet| (sheet, shape::table_of_words(sheet))).collect();
        let is_list = |own: &Shape| !is_pairs(own) && Some(own.body.len()) > longest;
        if longest.is_none() || of_words.iter().flat_map(|(_, found)| found).any(is_list) {
            if longest.is_some() {
                for (_, found) in &mut of_words {
                    found.retain(is_list);
                }
            }
            shapes = of_words;
            first_tasks(&mut shapes);
        }
    }
    shapes
}

/// Whether a table is a label and what it says in each row.
fn is_pairs(shape: &Shape) -> bool {
    shape.columns.len() <= 2
}

/// Whether tables are the lines of forms, few of which say figures: 项目 | 内容.
fn are_forms(tables: &[(&Sheet, &Shape)]) -> bool {
    let (mut figures, mut rows) = (0, 0);
    for (sheet, shape) in tables {
        let below = sheet.rows.iter().filter(|row| row.index >= shape.body_start());
        for row in below {
            rows += 1;
            figures += usize::from(row.cells.iter().any(|cell| is_figure(&cell.content)));
        }
    }
    tables.iter().all(|(_, shape)| is_pairs(shape)) && figures * 2 <= rows
}

/// Reads the lists whose first task was taken for their heading as lists without one.
fn first_tasks(shapes: &mut [(&Sheet, Vec<Shape>)]) {
    for (sheet, found) in shapes {
        let [only] = found.as_slice() else { continue };
        let [heading] = only.heading_rows.as_slice() else { continue };
        if layout::unheaded::is_task(sheet, *heading)
            && let Some(table) = unheaded::table(sheet, None)
        {
            *found = vec![table];
        }
    }
}

/// Finds the lists that begin with their first task: where no sheet has a heading, and where one has, on the
/// other sheets that go on with its columns.
fn without_headings(shapes: &mut [(&Sheet, Vec<Shape>)]) {
    let headed = shapes.iter().find_map(|(sheet, found)| match found.as_slice() {
        [only] => Some((*sheet, only.clone())),
        _ => None,
    });
    if headed.is_none() && shapes.iter().any(|(_, found)| !found.is_empty()) {
        return;
    }
    let mut like = headed;
    for (sheet, found) in shapes.iter_mut().filter(|(_, found)| found.is_empty()) {
        let known = like.as_ref().map(|(sheet, shape)| (*sheet, shape));
        if let Some(table) = unheaded::table(sheet, known) {
            like = like.or_else(|| Some((*sheet, table.clone())));
            found.push(table);
        }
    }
}

/// The sheets that nobody asked for, and the hidden ones where others are the plan: a run reads these as it reads others.
pub(super) fn left_aside(book: &Book, told: &Told, chosen: &[bool]) -> Vec<Aside> {
    let at = places(book);
    let aside =
        |sheet: &Sheet, why: Why| Aside { sheet: sheet.name.clone().unwrap_or_default(), why };
    let unasked = book.sheets.iter().zip(&at).filter(|(_, at)| !told.asks_for(**at));
    let unasked = unasked.filter(|(sheet, _)| !sheet.rows.is_empty());
    let has_plan = chosen.contains(&true) && told.sheets.is_empty();
    let hidden = book.sheets.iter().filter(|sheet| sheet.hidden && has_plan);
    let hidden = hidden.filter(|sheet| !shape::tables(sheet).is_empty());
    let unasked = unasked.map(|(sheet, _)| aside(sheet, Why::NotAsked));
    unasked.chain(hidden.map(|sheet| aside(sheet, Why::Hidden))).collect()
}
