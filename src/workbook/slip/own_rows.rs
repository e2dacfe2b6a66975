//! The page of a slip that shows a unit its own rows as it sent them, its errors highlighted.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::Settled;
use crate::model::{CellRange, ColumnId, FileId, SheetId, UnitId, stamp};
use crate::normalise::{RowClass, SheetRows, TableRow};
use crate::wording::pages;
use crate::workbook::columns;
use crate::workbook::consolidated::Material;
use crate::workbook::marks::Marks;
use crate::workbook::page::{Line, Look, Page, PageCell, Rows, text_cell};

/// The unit's own sheets as it sent them, its own errors highlighted and worded beside.
pub(super) fn pages(
    material: &Material<'_>,
    unit: UnitId,
    findings: &[(usize, &Settled)],
    marks: &mut Marks,
) -> Vec<Page> {
    let own = own_places(material, unit);
    let mut pages: Vec<Page> = Vec::new();
    for &file in &material.roster.units[unit].1 {
        let sheets = &material.extracts[file].rows.sheets;
        let is_shared = material.roster.files[file].units.len() > 1;
        for (index, sheet) in sheets.iter_enumerated() {
            let is_own = |row: &&TableRow| {
                own.contains(&(file, index, row.row)) || (row.class != RowClass::Task && !is_shared)
            };
            let rows: Vec<&TableRow> = sheet.rows.iter().filter(is_own).collect();
            if rows.iter().any(|row| row.class == RowClass::Task) {
                let widths = widths(material, sheet, &rows);
                let page = page_for(&mut pages, &widths, rows.len());
                add_sheet(material, file, (index, sheet), &rows, findings, marks, page);
            }
        }
    }
    pages
}

/// The rows that are a unit's own, by file, sheet and row: in a workbook of several units only its
/// own tasks and totals are.
fn own_places(material: &Material<'_>, unit: UnitId) -> BTreeSet<(FileId, SheetId, u32)> {
    let items = material.lookup.rows_of(unit).iter().map(|row| &material.roster.items[*row]);
    let totals = material.lookup.totals_of(unit).iter();
    let totals = totals.map(|total| &material.roster.totals[*total]);
    items
        .map(|item| (item.file, item.sheet, item.row.row))
        .chain(totals.map(|total| (total.file, total.sheet, total.row.row)))
        .collect()
}

/// So many lines stand on one sheet of paper.
const ON_ONE_PAGE: usize = 24;

/// The declared columns of the table that rows stand in, with their headings.
fn columns_of(sheet: &SheetRows, rows: &[&TableRow]) -> Vec<(ColumnId, String)> {
    let columns = sheet.tables[rows[0].table].columns.iter();
    columns.filter_map(|column| Some((column.field?, column.heading.clone()))).collect()
}

fn widths(material: &Material<'_>, sheet: &SheetRows, rows: &[&TableRow]) -> Vec<f64> {
    const ROW: f64 = 8.0;
    const RESULT: f64 = 40.0;
    let columns = columns_of(sheet, rows).into_iter();
    let columns = columns.map(|(field, _)| columns::width(material.pipeline, field));
    std::iter::once(ROW).chain(columns).chain(std::iter::once(RESULT)).collect()
}

/// Returns the page on which a table of so many rows is to stand: the last one where it has room and
/// as many columns, else a further one. On a page of several tables no heading is that of all.
fn page_for<'a>(pages: &'a mut Vec<Page>, widths: &[f64], rows: usize) -> &'a mut Page {
    const AROUND: usize = 3;
    let fits = |page: &Page| {
        page.widths.len() == widths.len() && page.lines.len() + rows + AROUND <= ON_ONE_PAGE
    };
    match pages.iter().rposition(fits).filter(|place| place + 1 == pages.len()) {
        Some(last) => {
            let page = &mut pages[last];
            page.heading = None;
            page.lines.push(Line::blank());
            for (own, width) in page.widths.iter_mut().zip(widths) {
                *own = own.max(*width);
            }
        }
        None => pages.push(Page {
            name: format!("{}{}", stamp::OWN_ROWS, pages.len() + 1),
            widths: widths.to_vec(),
            // Below the line that names the sheet.
            heading: Some(1),
            rows: Rows::Growing,
            ..Page::default()
        }),
    }
    let last = pages.len() - 1;
    &mut pages[last]
}

/// Adds a table of the unit's own rows to a page.
fn add_sheet(
    material: &Material<'_>,
    file: FileId,
    (index, sheet): (SheetId, &SheetRows),
    rows: &[&TableRow],
    findings: &[(usize, &Settled)],
    marks: &mut Marks,
    page: &mut Page,
) {
    let name = page.name.clone();
    let columns = columns_of(sheet, rows);
    let span = u16::try_from(page.widths.len()).unwrap_or(u16::MAX);
    let file_name = &material.roster.places.files[file];
    let sheet_name = material.roster.places.sheet(file, index).unwrap_or_default();
    page.lines.push(Line::words(format!("{file_name} › {sheet_name}"), Look::Section, span));
    let mut heading = vec![text_cell(stamp::ROW_HEADING, Look::Heading)];
    heading.extend(columns.iter().map(|(_, heading)| text_cell(heading.clone(), Look::Heading)));
    heading.push(text_cell("核对结果", Look::Heading));
    page.lines.push(Line::of(heading));
    let here = findings.iter().filter(|(_, settled)| {
        settled.finding.file.as_ref() == Some(file_name)
            && settled.finding.sheet.as_ref() == Some(&sheet_name)
    });
    let named = Named::of(here.copied());
    for row in rows {
        let line = page.lines.len();
        let mut cells: Vec<PageCell> = vec![text_cell((row.row + 1).to_string(), Look::Centre)];
        for (field, _) in &columns {
            let typed = row.entries[*field].as_ref().map(|entry| entry.typed.to_string());
            // As it was typed, so a text, whatever it means.
            let look = columns::look_as_typed(material.pipeline.columns[*field].kind);
            cells.push(text_cell(typed.unwrap_or_default(), look));
        }
        let mut said: Vec<String> = Vec::new();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let standing = columns.iter().enumerate().filter_map(|(column, (field, _))| {
            row.entries[*field].as_ref().map(|entry| (entry.column, column))
        });
        let standing: BTreeMap<u32, usize> = standing.rev().collect();
        for (place, range) in named.in_row(row.row) {
            let finding = &material.settled[place].finding;
            let hit = standing.range(range.first.column..=range.last.column);
            if let Some(column) = hit.map(|(_, column)| *column).min() {
                marks.add(place, &name, line, column + 1);
                // Of a row nothing is said twice, and nothing is put into words for each of its cells.
                if told.insert(place) {
                    let words = pages::in_short(finding, material.pipeline);
                    if !said.contains(&words) {
                        said.push(words);
                    }
                }
            }
        }
        cells.push(text_cell(said.join("；"), Look::Text));
        page.lines.push(Line::of(cells));
    }
}

/// The cells that findings name on a sheet.
#[derive(Default)]
struct Named {
    /// By row; in the order of the findings and of their cells, which the first number keeps.
    by_row: BTreeMap<u32, Vec<(usize, usize, CellRange)>>,
    /// Over several rows, by the first of them.
    wide: BTreeMap<u32, Vec<(usize, usize, CellRange)>>,
    /// The rows of the tallest of these: no other reaches a row from further above.
    tallest: u32,
}

impl Named {
    fn of<'a>(findings: impl Iterator<Item = (usize, &'a Settled)>) -> Self {
        let mut named = Self::default();
        let cells = findings.flat_map(|(place, settled)| {
            settled.finding.cells.iter().map(move |range| (place, *range))
        });
        for (order, (place, range)) in cells.enumerate() {
            if range.first.row == range.last.row {
                named.by_row.entry(range.first.row).or_default().push((order, place, range));
            } else {
                named.tallest = named.tallest.max(range.last.row - range.first.row);
                named.wide.entry(range.first.row).or_default().push((order, place, range));
            }
        }
        named
    }

    /// Returns the findings that name cells of a row, with those cells.
    fn in_row(&self, row: u32) -> impl Iterator<Item = (usize, CellRange)> {
        let own = self.by_row.get(&row).into_iter().flatten();
        let near = self.wide.range(row.saturating_sub(self.tallest)..=row);
        let wide = near
            .flat_map(|(_, ranges)| ranges)
            .filter(|(_, _, range)| (range.first.row..=range.last.row).contains(&row));
        let mut both: Vec<_> = own.chain(wide).copied().collect();
        both.sort_unstable_by_key(|(order, _, _)| *order);
        both.into_iter().map(|(_, place, range)| (place, range))
    }
}
