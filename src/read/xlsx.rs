//! xlsx and xlsm: the parts of the package are walked once; what is written in an unusual way is read
//! by calamine as well.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, DataRef, Reader, Xlsx};

use super::number_format::NumberFormat;
use super::package::{Package, xml_text};
use super::sheet::{Book, Content, Format, Merges, Row, Sheet, SheetBuilder, count_cells, hide};
use super::xlsx_copy;
use super::xlsx_parts::{self, SheetFacts, Structure};
use super::xlsx_strings::{self, SharedStrings};
use super::xlsx_values::{self, Shared};
use super::{own, struck, xlsx_looks};
use crate::model::finding::{Limit, Refusal};
use crate::model::{CellAt, Text};
use crate::pipeline::file::Read as Limits;

/// Reads an xlsx or xlsm workbook.
///
/// # Errors
/// Refuses packages that are broken or beyond the limits.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let mut package = Package::open(bytes, limits)?;
    let structure = xlsx_parts::structure(&mut package)?;
    let strings = xlsx_strings::shared_strings(&mut package)?;
    let styles = xlsx_looks::styles(&mut package)?;
    let dates_from_1904 = structure.dates_from_1904;
    let shared = Shared { strings: &strings, styles: &styles, dates_from_1904 };
    let mut facts = Vec::new();
    let mut beside = Vec::new();
    // None as soon as something is left to calamine.
    let mut read: Option<Vec<SheetBuilder>> = shared.is_usual(&structure).then(Vec::new);
    let mut cells: u64 = 0;
    let mut odd = structure.odd || strings.odd;
    for sheet in &structure.sheets {
        let Some(part) = package.part(&sheet.part)? else {
            return Err(Refusal::Damaged(format!("sheet `{}` is missing", sheet.name)));
        };
        let (xml, converted) = xml_text(part)?;
        let (mut strokes, mut unseen) = (Vec::new(), Vec::new());
        let mut own = read.is_some().then(SheetBuilder::default);
        let found = xlsx_parts::walk(&xml, &strings, |cell| {
            let look = xlsx_looks::look(cell, &styles.looks);
            let stroke = xlsx_looks::stroke(cell, look, &strings);
            strokes.extend(stroke.map(|stroke| (cell.at, stroke)));
            if look.unseen {
                unseen.push(cell.at);
            }
            if own.as_mut().is_some_and(|own| xlsx_values::take(cell, shared, own).is_err()) {
                own = None;
            }
        })?;
        read = read.zip(own).map(|(mut read, own)| {
            read.push(own);
            read
        });
        beside.push((strokes, unseen, xlsx_looks::comments(&mut package, &sheet.part)?));
        odd |= converted || found.odd;
        cells += found.cells;
        if cells > u64::from(limits.cells) {
            return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
        }
        facts.push(found);
    }
    // Written by a program that leaves the reckoning to the one that opens it.
    let zeros: usize = facts.iter().map(|found| found.zeros.len()).sum();
    let is_calculated = zeros < 2 || facts.iter().any(|found| found.calculated);
    if structure.calculates_on_load && !is_calculated {
        for found in &mut facts {
            found.uncalculated.append(&mut found.zeros);
        }
    }
    let properties = own::of_xlsx(&mut package)?;
    let read = read.filter(|_| !odd).map(|read| with_uncalculated(read, &facts));
    let rows = match read.filter(|rows| lost(rows, &facts).is_none()) {
        Some(rows) => rows,
        None => values(&mut package, bytes, &structure, &strings, &facts, odd)?,
    };
    let sheets = structure
        .sheets
        .into_iter()
        .zip(facts)
        .zip(rows)
        .zip(beside)
        .map(|(((part, facts), mut rows), (strokes, unseen, comments))| {
            hide(&mut rows, &unseen);
            let struck = struck::take_out(&mut rows, strokes);
            let (sums, linked) = facts.sums.done();
            Sheet {
                text: None,
                name: Some(part.name),
                hidden: part.hidden,
                dates_from_1904,
                nonblank: facts.nonblank.len(),
                nonblank_cells: facts.shown.len(),
                merges: Merges::new(facts.merges, &rows),
                rows,
                hidden_rows: facts.hidden_rows,
                hidden_columns: facts.hidden_columns,
                struck,
                comments,
                sums,
                linked,
            }
        })
        .collect();
    Ok(Book { format: Format::Xlsx, sheets, properties })
}

/// Adds the formulas without a value, which stand instead of what their cells hold.
fn with_uncalculated(sheets: Vec<SheetBuilder>, facts: &[SheetFacts]) -> Vec<Vec<Row>> {
    let sheets = sheets.into_iter().zip(facts);
    let built = sheets.map(|(mut sheet, facts)| {
        for (at, formula) in &facts.uncalculated {
            sheet.push(*at, Content::Uncalculated(formula.clone()));
        }
        sheet.build()
    });
    built.collect()
}

/// Reads the values of all sheets by calamine: from the file as it is where calamine can, else from a
/// canonical copy of its parts.
fn values(
    package: &mut Package<'_>,
    bytes: &[u8],
    structure: &Structure,
    strings: &SharedStrings,
    facts: &[SheetFacts],
    odd: bool,
) -> Result<Vec<Vec<Row>>, Refusal> {
    if !odd {
        let names: Vec<String> = structure.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        if let Ok(values) = sheet_values(bytes, &names, facts)
            && lost(&values, facts).is_none()
        {
            return Ok(values);
        }
    }
    let names: Vec<String> = (0..structure.sheets.len()).map(|index| format!("s{index}")).collect();
    let copy = xlsx_copy::canonical(package, structure, strings, xlsx_copy::Styles::Kept)?;
    let values = sheet_values(&copy, &names, facts).or_else(|_| {
        let copy = xlsx_copy::canonical(package, structure, strings, xlsx_copy::Styles::Dropped)?;
        sheet_values(&copy, &names, facts).map_err(|error| Refusal::Damaged(error.to_string()))
    })?;
    match lost(&values, facts) {
        Some((sheet, row)) => {
            let name = &structure.sheets[sheet].name;
            Err(Refusal::Damaged(format!("row {} of sheet `{name}` cannot be read", row + 1)))
        }
        None => Ok(values),
    }
}

/// Returns the first sheet and row that the parts show and the values lack, or the reverse; the
/// sheet's first row when only the numbers of cells differ.
fn lost(values: &[Vec<Row>], facts: &[SheetFacts]) -> Option<(usize, u32)> {
    (0..).zip(values.iter().zip(facts)).find_map(|(sheet, (rows, facts))| {
        let read: BTreeSet<u32> = rows.iter().map(|row| row.index).collect();
        let row = facts.nonblank.symmetric_difference(&read).next().copied();
        let differ = count_cells(rows) != facts.shown.len();
        let row = row.or_else(|| differ.then(|| read.first().copied())?);
        row.map(|row| (sheet, row))
    })
}

fn sheet_values(
    bytes: &[u8],
    names: &[String],
    facts: &[SheetFacts],
) -> Result<Vec<Vec<Row>>, calamine::XlsxError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let mut sheets = Vec::new();
    for (name, facts) in names.iter().zip(facts) {
        let mut builder = SheetBuilder::default();
        let mut cells = workbook.worksheet_cells_reader(name)?;
        let formats: Vec<Option<NumberFormat>> = cells.styles().iter().map(format_of).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id()? {
            let (row, column) = cell.get_position();
            if let Some(content) = content_ref(cell.get_value()) {
                let format = formats.get(style).and_then(Option::as_ref);
                builder.push_formatted(CellAt::new(row, column), content, format);
            }
        }
        for (at, formula) in &facts.uncalculated {
            builder.push(*at, Content::Uncalculated(formula.clone()));
        }
        sheets.push(builder.build());
    }
    Ok(sheets)
}

pub(super) fn format_of(style: &calamine::Style) -> Option<NumberFormat> {
    NumberFormat::parse(&style.number_format.as_ref()?.format_code)
}

/// Turns a borrowed calamine value into content; `None` for an empty cell.
pub fn content_ref(value: &DataRef<'_>) -> Option<Content> {
    match value {
        DataRef::SharedString(text) => Some(text_content(text)),
        DataRef::String(text) => Some(text_content(text)),
        DataRef::Empty => None,
        DataRef::Int(number) => content(&Data::Int(*number)),
        DataRef::Float(number) => content(&Data::Float(*number)),
        DataRef::Bool(value) => Some(Content::Boolean(*value)),
        DataRef::DateTime(date) => content(&Data::DateTime(*date)),
        DataRef::DateTimeIso(text) => content(&Data::DateTimeIso(text.clone())),
        DataRef::DurationIso(text) => Some(text_content(text)),
        DataRef::Error(error) => Some(Content::Error(error.to_string())),
    }
}

/// Turns a calamine value into content; `None` for an empty cell.
pub fn content(value: &Data) -> Option<Content> {
    match value {
        Data::Empty => None,
        #[expect(
            clippy::cast_precision_loss,
            reason = "integers beyond 2^53 are refused as amounts"
        )]
        Data::Int(number) => Some(Content::Number(*number as f64)),
        Data::Float(number) => Some(number_content(*number)),
        Data::String(text) => Some(text_content(text)),
        Data::Bool(value) => Some(Content::Boolean(*value)),
        Data::DateTime(date) if date.is_datetime() && date.as_f64() >= 1.0 => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Some(Content::Date { year: year.into(), month: month.into(), day: day.into() })
        }
        Data::DateTime(date) => Some(number_content(date.as_f64())),
        Data::DateTimeIso(text) => Some(iso_date(text).unwrap_or_else(|| text_content(text))),
        Data::DurationIso(text) => Some(text_content(text)),
        Data::Error(error) => Some(Content::Error(error.to_string())),
    }
}

pub(super) fn number_content(number: f64) -> Content {
    if number.is_finite() { Content::Number(number) } else { Content::Error("#NUM!".to_owned()) }
}

/// Text as typed, but for pictures in cells, which WPS writes as a formula's text, and error
/// values that calamine does not know.
pub(super) fn text_content(text: &str) -> Content {
    no_text(text).unwrap_or_else(|| Content::Text(text.into()))
}

/// The same of a text that several cells share.
pub(super) fn shared_content(text: &Text) -> Content {
    no_text(text).unwrap_or_else(|| Content::Text(text.clone()))
}

/// Returns what a text stands for that is none.
fn no_text(text: &str) -> Option<Content> {
    // Most texts begin as neither a formula nor an error does.
    if !text.starts_with(['=', '_', 'D', '#']) {
        return None;
    }
    let formula = text.trim_start_matches('=').trim_start_matches("_xlfn.");
    if formula.starts_with("DISPIMG(") {
        return Some(Content::Picture);
    }
    let is_error = text.starts_with('#')
        && text.len() > 2
        && text.ends_with(['!', '?', 'A', 'G'])
        && text[1..].chars().all(|c| c.is_ascii_uppercase() || "/_!?0".contains(c));
    (is_error || matches!(text, "#GETTING_DATA" | "#N/A")).then(|| Content::Error(text.to_owned()))
}

pub(super) fn iso_date(text: &str) -> Option<Content> {
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Some(Content::Date { year, month, day })
}
