//! ods: values by calamine; hidden rows and columns, merges and completeness by a walk over the
//! content part, which also keeps calamine away from content that would send it round in circles.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};
use std::rc::Rc;

use calamine::{Data, Ods, Reader};
use quick_xml::events::{BytesStart, Event};

use super::number_format::NumberFormat;
use super::ods_formats::OdsFormats;
use super::ods_looks::{self, StruckStyles, attribute};
use super::own;
use super::package::{Package, xml_text};
use super::sheet::{
    Book, Comment, Content, Format, Merges, Row, Sheet, SheetBuilder, count_cells, hide,
};
use super::struck::{self, Stroke};
use super::sums::{self, Sums};
use super::xlsx::content;
use crate::model::finding::{Limit, Refusal};
use crate::model::{CellAt, CellRange, fold};
use crate::pipeline::file::Read as Limits;

/// Reads an ods workbook.
///
/// # Errors
/// Refuses encrypted, broken and too large ones.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let mut package = Package::open(bytes, limits)?;
    if let Some(manifest) = package.part("META-INF/manifest.xml")?
        && String::from_utf8_lossy(&manifest).contains("encryption-data")
    {
        return Err(Refusal::Encrypted);
    }
    let Some(part) = package.part("content.xml")? else {
        return Err(Refusal::Damaged("no content part".to_owned()));
    };
    let (xml, _) = xml_text(part)?;
    // Number formats stand in either part; what the cells' own styles name stands in this one.
    let mut formats = OdsFormats::default();
    if xml.contains("data-style-name")
        && let Some(part) = package.part("styles.xml")?
    {
        formats.take_part(&xml_text(part)?.0);
    }
    let tables = walk(&xml, formats, limits)?;
    let properties = own::of_ods(&mut package)?;
    // Content with line breaks between its elements, and packages without a mimetype, are read
    // from a copy without the ones and with the other.
    let workbook = Ods::new(Cursor::new(Cow::Borrowed(bytes))).or_else(|error| {
        if matches!(error, calamine::OdsError::Password) {
            return Err(Refusal::Encrypted);
        }
        let copy = Cow::Owned(without_layout(&xml)?);
        Ods::new(Cursor::new(copy)).map_err(|error| refused(&error))
    });
    let mut workbook: Ods<Cursor<Cow<'_, [u8]>>> = workbook?;
    drop(xml);
    let mut sheets = Vec::new();
    for (table, metadata) in tables.into_iter().zip(workbook.sheets_metadata().to_vec()) {
        let range = workbook.worksheet_range(&metadata.name).map_err(|error| refused(&error))?;
        let start = range.start().unwrap_or_default();
        let mut builder = SheetBuilder::default();
        for (row, column, value) in range.used_cells() {
            let at = CellAt::new(start.0 + small(row), start.1 + small(column));
            // A cell whose formula has no value comes as an empty text.
            let content = match value {
                Data::String(text) if text.is_empty() => None,
                other => content(other),
            };
            if let Some(content) = content {
                let format = table.formats.get(&at).map(Rc::as_ref);
                let content = match format {
                    Some(_) => content,
                    None => table.as_percentage(at, content),
                };
                builder.push_formatted(at, content, format);
            }
        }
        for (at, formula) in &table.uncalculated {
            builder.push(*at, Content::Uncalculated(formula.clone()));
        }
        for (at, error) in &table.errors {
            builder.push(*at, Content::Error(error.clone()));
        }
        let mut rows = builder.build();
        let fewer = count_cells(&rows) < table.shown;
        let first = rows.first().filter(|_| fewer).map(|row| row.index);
        if let Some(row) = table.lost_row(&rows).or(first) {
            let name = &metadata.name;
            let text = format!("row {} of sheet `{name}` cannot be read", row + 1);
            return Err(Refusal::Damaged(text));
        }
        let nonblank_cells = table.shown.max(count_cells(&rows));
        hide(&mut rows, &table.unseen);
        let struck = struck::take_out(&mut rows, table.strokes);
        let (sums, linked) = table.sums.done();
        sheets.push(Sheet {
            text: None,
            name: Some(metadata.name),
            hidden: metadata.visible != calamine::SheetVisible::Visible,
            dates_from_1904: false,
            nonblank: table.nonblank.len(),
            nonblank_cells,
            merges: Merges::new(table.merges, &rows),
            rows,
            hidden_rows: table.hidden_rows,
            hidden_columns: table.hidden_columns,
            struck,
            comments: table.comments,
            sums,
            linked,
        });
    }
    Ok(Book { format: Format::Ods, sheets, properties })
}

/// Returns a package with the content alone, without the white space between its elements.
fn without_layout(xml: &str) -> Result<Vec<u8>, Refusal> {
    let broken = |error: &dyn std::fmt::Display| Refusal::Damaged(error.to_string());
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut writer = quick_xml::Writer::new(Vec::new());
    let mut depth = 0_u32;
    loop {
        let event = reader.read_event().map_err(|error| broken(&error))?;
        match &event {
            Event::Eof => break,
            Event::Start(e) if is_paragraph(e.local_name().as_ref()) => depth += 1,
            Event::End(e) if is_paragraph(e.local_name().as_ref()) => {
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if depth == 0 && text.trim().is_empty() => continue,
            _ => {}
        }
        writer.write_event(event).map_err(|error| broken(&error))?;
    }
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let kind = b"application/vnd.oasis.opendocument.spreadsheet";
    let parts = [
        ("mimetype", &kind[..]),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", &writer.into_inner()),
    ];
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        package.start_file(name, options).map_err(|error| broken(&error))?;
        package.write_all(content).map_err(|error| broken(&error))?;
    }
    Ok(package.finish().map_err(|error| broken(&error))?.into_inner())
}

fn is_paragraph(name: &str) -> bool {
    matches!(name, "p" | "h")
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn refused(error: &calamine::OdsError) -> Refusal {
    match error {
        calamine::OdsError::Password => Refusal::Encrypted,
        other => Refusal::Damaged(other.to_string()),
    }
}

#[derive(Debug, Default)]
struct Table {
    hidden_rows: BTreeSet<u32>,
    hidden_columns: BTreeSet<u32>,
    merges: Vec<CellRange>,
    uncalculated: Vec<(CellAt, String)>,
    /// Formulas that add up cells.
    sums: Sums,
    /// Formulas that show an error; older programs write 0 for their value.
    errors: Vec<(CellAt, String)>,
    /// Cells that hold percentages.
    percentages: BTreeSet<CellAt>,
    /// Of cells whose number format says more than the number.
    formats: BTreeMap<CellAt, Rc<NumberFormat>>,
    /// Rows that show something.
    nonblank: BTreeSet<u32>,
    /// How many cells show something.
    shown: usize,
    strokes: Vec<(CellAt, Stroke)>,
    /// Cells whose letters have the colour of the paper.
    unseen: Vec<CellAt>,
    /// The columns of such cells, where they have no look of their own.
    unseen_columns: Vec<(u32, u32)>,
    comments: Vec<Comment>,
    /// Columns whose cells are struck out where they have no look of their own.
    struck_columns: Vec<(u32, u32)>,
    /// The number formats of such cells of a column.
    format_columns: Vec<(u32, u32, Rc<NumberFormat>)>,
    /// The last row and column that hold something.
    extent: (u32, u32),
}

impl Table {
    /// Returns a number as the percentage that it is said to be, where it is.
    fn as_percentage(&self, at: CellAt, content: Content) -> Content {
        match content {
            Content::Number(number) if self.percentages.contains(&at) => {
                Content::Percentage(number)
            }
            other => other,
        }
    }

    fn format_of_column(&self, column: u32) -> Option<Rc<NumberFormat>> {
        let mut columns = self.format_columns.iter();
        let found = columns.find(|(first, last, _)| (*first..=*last).contains(&column));
        found.map(|(_, _, format)| Rc::clone(format))
    }

    fn is_unseen(&self, column: u32) -> bool {
        self.unseen_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    fn is_struck(&self, column: u32) -> bool {
        self.struck_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    /// Returns the first row that shows something and was not read, or the reverse.
    fn lost_row(&self, rows: &[Row]) -> Option<u32> {
        let read: BTreeSet<u32> = rows.iter().map(|row| row.index).collect();
        self.nonblank.symmetric_difference(&read).next().copied()
    }
}

/// calamine keeps an ods table as a full rectangle of 32-byte cells.
const MOST_CELLS_OF_BOX: u64 = 16_000_000;

fn walk(xml: &str, mut formats: OdsFormats, limits: &Limits) -> Result<Vec<Table>, Refusal> {
    let mut reader = quick_xml::Reader::from_str(xml);
    // Each end has the name of its beginning: calamine looks for the end of a table for ever.
    reader.config_mut().expand_empty_elements = true;
    let mut tables: Vec<Table> = Vec::new();
    let (mut row, mut column, mut depth) = (0_u32, 0_u32, 0_u32);
    let mut cells: u64 = 0;
    let mut closed = false;
    let mut struck = StruckStyles::default();
    loop {
        let event = reader.read_event().map_err(|error| Refusal::Damaged(error.to_string()))?;
        if depth == 0 {
            match &event {
                Event::Start(e) => formats.begin(e),
                Event::Text(text) => formats.text(&text.xml10_content()),
                Event::End(e) => formats.end(e.local_name().as_ref()),
                _ => {}
            }
        }
        match event {
            // What begins behind the end of all has no end to be found.
            Event::Start(_) if closed => {
                return Err(Refusal::Damaged("more follows the end of the content".to_owned()));
            }
            Event::Start(e) => match e.local_name().as_ref() {
                "style" | "text-properties" | "table-cell-properties" => struck.take(&e),
                "table" if e.name().as_ref() == "table:table" => {
                    // A table inside a cell's annotation is none of the sheet's.
                    depth += 1;
                    if depth == 1 {
                        tables.push(Table::default());
                        (row, column) = (0, 0);
                    }
                }
                "table-column" if depth == 1 => {
                    let repeated = repeated(&e, "table:number-columns-repeated");
                    if let (true, Some(table)) = (is_hidden(&e), tables.last_mut()) {
                        let last = column.saturating_add(repeated).min(16_384);
                        table.hidden_columns.extend(column..last);
                    }
                    let style = attribute(&e, "table:default-cell-style-name");
                    if let (true, Some(table)) = (struck.has(style.as_deref()), tables.last_mut()) {
                        table.struck_columns.push((column, column.saturating_add(repeated - 1)));
                    }
                    if let (true, Some(table)) = (struck.hides(style.as_deref()), tables.last_mut())
                    {
                        table.unseen_columns.push((column, column.saturating_add(repeated - 1)));
                    }
                    if let (Some(format), Some(table)) =
                        (formats.of(style.as_deref()), tables.last_mut())
                    {
                        let last = column.saturating_add(repeated - 1);
                        table.format_columns.push((column, last, format));
                    }
                    column = column.saturating_add(repeated);
                }
                "table-row" if depth == 1 => {
                    let repeated = repeated(&e, "table:number-rows-repeated");
                    let hidden = is_hidden(&e);
                    let Some(table) = tables.last_mut() else { continue };
                    let looks = (&struck, &mut formats);
                    let has_content =
                        walk_row(&mut reader, (row, repeated), table, looks, &mut cells, limits)?;
                    if hidden && has_content {
                        table.hidden_rows.extend(row..row.saturating_add(repeated.min(100_000)));
                    }
                    row = row.saturating_add(repeated);
                    let (rows, columns) = table.extent;
                    if u64::from(rows) * u64::from(columns) > MOST_CELLS_OF_BOX
                        || cells > u64::from(limits.cells)
                    {
                        return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
                    }
                }
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "table" if e.name().as_ref() == "table:table" => depth = depth.saturating_sub(1),
                "document-content" => closed = true,
                _ => {}
            },
            Event::Eof if closed => return Ok(tables),
            Event::Eof => return Err(Refusal::Damaged("the content is cut off".to_owned())),
            _ => {}
        }
    }
}

/// Walks over the cells of one row and returns whether any of them holds something.
fn walk_row(
    reader: &mut quick_xml::Reader<&[u8]>,
    (row, rows_repeated): (u32, u32),
    table: &mut Table,
    (struck, formats): (&StruckStyles, &mut OdsFormats),
    cells: &mut u64,
    limits: &Limits,
) -> Result<bool, Refusal> {
    let mut column: u32 = 0;
    let mut has_content = false;
    loop {
        match reader.read_event().map_err(|error| Refusal::Damaged(error.to_string()))? {
            Event::Start(e)
                if matches!(e.local_name().as_ref(), "table-cell" | "covered-table-cell") =>
            {
                let columns = repeated(&e, "table:number-columns-repeated");
                let over = |name| repeated(&e, name);
                let (wide, high) =
                    (over("table:number-columns-spanned"), over("table:number-rows-spanned"));
                if wide > 1 || high > 1 {
                    let first = CellAt::new(row, column);
                    let last =
                        CellAt::new(row.saturating_add(high - 1), column.saturating_add(wide - 1));
                    table.merges.push(CellRange::new(first, last));
                }
                let formula = attribute(&e, "table:formula");
                let value_type = attribute(&e, "office:value-type");
                let has_value = value_type.is_some();
                let name = e.local_name().as_ref().to_owned();
                let style = attribute(&e, "table:style-name");
                let ods_looks::CellText { shown, runs, comment } =
                    ods_looks::pass_over(reader, &name, struck)?;
                if !fold::is_blank(&comment) {
                    table.comments.push(Comment { at: CellAt::new(row, column), text: comment });
                }
                let is_struck = match style.as_deref() {
                    Some(style) => struck.has(Some(style)),
                    None => table.is_struck(column),
                };
                let stroke = struck::stroke(is_struck, &runs);
                let has_text = !fold::is_blank(&shown);
                if formula.is_some() && is_error(&shown) {
                    table.errors.push((CellAt::new(row, column), shown));
                }
                if has_value || has_text || formula.is_some() {
                    has_content = true;
                    *cells += u64::from(columns) * u64::from(rows_repeated);
                    // Beyond the limit the file is refused as soon as the row ends.
                    if *cells <= u64::from(limits.cells) {
                        let shows = has_text
                            || value_type.as_deref().is_some_and(|kind| kind != "string")
                            || (formula.is_some() && !has_value);
                        let last_row = row.saturating_add(rows_repeated - 1);
                        if shows {
                            table.nonblank.extend(row..=last_row);
                            let cells = u64::from(columns) * u64::from(rows_repeated);
                            table.shown += usize::try_from(cells).unwrap_or(usize::MAX);
                        }
                        if let Some(stroke) = stroke.filter(|_| shows) {
                            let places = (row..=last_row).flat_map(|row| {
                                (column..column.saturating_add(columns))
                                    .map(move |column| CellAt::new(row, column))
                            });
                            table.strokes.extend(places.map(|at| (at, stroke.clone())));
                        }
                        let hides = match style.as_deref() {
                            Some(style) => struck.hides(Some(style)),
                            None => table.is_unseen(column),
                        };
                        if hides && shows {
                            let places = (row..=last_row).flat_map(|row| {
                                (column..column.saturating_add(columns))
                                    .map(move |column| CellAt::new(row, column))
                            });
                            table.unseen.extend(places);
                        }
                        let format = match style.as_deref() {
                            Some(style) => formats.of(Some(style)),
                            None => table.format_of_column(column),
                        };
                        if let Some(format) = format.filter(|_| shows) {
                            let places = (row..=last_row).flat_map(|row| {
                                (column..column.saturating_add(columns))
                                    .map(move |column| CellAt::new(row, column))
                            });
                            table.formats.extend(places.map(|at| (at, Rc::clone(&format))));
                        }
                        if value_type.as_deref() == Some("percentage") {
                            let places = (row..=last_row).flat_map(|row| {
                                (column..column.saturating_add(columns))
                                    .map(move |column| CellAt::new(row, column))
                            });
                            table.percentages.extend(places);
                        }
                    }
                    table.extent.0 = table.extent.0.max(row.saturating_add(rows_repeated));
                    table.extent.1 = table.extent.1.max(column.saturating_add(columns));
                }
                if let Some(formula) = &formula {
                    if sums::names_file_in_brackets(formula) {
                        table.sums.note_link(CellAt::new(row, column));
                    }
                    table.sums.note(
                        CellAt::new(row, column),
                        &sums::without_brackets(formula),
                        None,
                    );
                }
                if let (Some(formula), false, false) = (formula, has_value, has_text) {
                    let shown = formula
                        .split_once(":=")
                        .map_or(formula.clone(), |(_, rest)| format!("={rest}"));
                    table.uncalculated.push((CellAt::new(row, column), shown));
                }
                column = column.saturating_add(columns);
            }
            Event::End(e) if e.local_name().as_ref() == "table-row" => return Ok(has_content),
            Event::Eof => return Err(Refusal::Damaged("the content is cut off".to_owned())),
            _ => {}
        }
    }
}

/// Returns whether a shown value is a spreadsheet's error: `#REF!`, `Err:502`.
fn is_error(shown: &str) -> bool {
    let named = shown
        .strip_prefix('#')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    let numbered = shown
        .strip_prefix("Err:")
        .is_some_and(|rest| rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    named || numbered
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name)
        .and_then(|text| text.parse().ok())
        .filter(|count| *count > 0)
        .unwrap_or(1)
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    attribute(element, "table:visibility")
        .is_some_and(|text| text == "collapse" || text == "filter")
}
