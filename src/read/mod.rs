//! A file → sheets of cells that know their place; formats and limits.
//!
//! The format is found by content, never by name. This is calamine's only home: whatever it
//! would abort on, hang on or lose is examined before it sees the file, and the whole room runs
//! inside a worker process (`extract`), so that what slips through costs one file.
//!
//! A *sheet* is its non-blank cells and what a person sees of them; it is no table, and a cell is no
//! value yet: what 250000 stands for is for `normalise` to say.

mod decoding;
mod default_password;
mod dialect;
mod html;
mod html_looks;
mod number_format;
mod own;
mod ods;
mod ods_formats;
mod ods_looks;
mod package;
mod records;
mod sheet;
mod spreadsheet_xml;
mod struck;
mod sums;
mod text;
mod written;
mod xls_container;
mod xls;
mod xls_notes;
mod xls_strings;
mod xlsb;
mod xlsb_parts;
mod xlsx;
mod xlsx_copy;
mod xlsx_looks;
mod xlsx_cells;
mod xlsx_parts;
mod xlsx_scan;
mod xlsx_strings;
mod xlsx_values;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use records::Dialect;
pub use sheet::{
    Book, Cell, Comment, Content, Doubt, Format, Line, Merges, Row, Seen, Sheet, TextLines,
    count_cells, number_text, whole,
};

pub use number_format::Shown;
pub use struck::Struck;
pub use sums::Sum;
pub use written::{NotRead, Rows, written_by_library, written_by_walk};

use crate::intake::is_sheet;
use crate::model::CellAt;
use crate::model::finding::{Limit, Refusal};
use crate::pipeline::file::Read as Limits;
use package::Package;

/// Reads a file's bytes.
///
/// # Errors
/// Says in one word why a file cannot be read; nothing of it is used then.
pub fn book(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() as u64 > u64::from(limits.file_mib) * 1024 * 1024 {
        return Err(Refusal::TooLarge(Limit::FileMib(limits.file_mib)));
    }
    // calamine panics on some broken files; a panic is one more way to say "damaged".
    let book = catch_unwind(AssertUnwindSafe(|| read_as_found(bytes, limits)))
        .unwrap_or_else(|panic| Err(Refusal::Damaged(panic_text(panic.as_ref()))))?;
    if let Some(at) = outside(&book) {
        let place = format!("row {}, column {}", u64::from(at.row) + 1, u64::from(at.column) + 1);
        return Err(Refusal::Damaged(format!("a cell in {place} lies outside the sheet")));
    }
    if book.sheets.iter().all(|sheet| sheet.rows.is_empty() && sheet.struck.is_empty()) {
        return Err(if holds_pictures(bytes, limits) {
            Refusal::PicturesOnly
        } else {
            Refusal::NoContent
        });
    }
    Ok(book)
}

/// Returns a cell that no spreadsheet has room for, as a damaged record may name one.
fn outside(book: &Book) -> Option<CellAt> {
    book.sheets.iter().flat_map(|sheet| &sheet.rows).find_map(|row| {
        let column = row.cells.last().map_or(0, |cell| cell.column);
        let fits = row.index < 1_048_576 && column < 16_384;
        (!fits).then_some(CellAt::new(row.index, column))
    })
}

fn read_as_found(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    // Magic numbers at the very start only: an xls may hold a zip further on.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return read_package(bytes, limits);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return xls::read(bytes, limits);
    }
    match marked_up(bytes) {
        Some(Markup::SpreadsheetXml) => return spreadsheet_xml::read(bytes, limits),
        Some(Markup::Html) => return html::read(bytes, limits),
        Some(Markup::Other(refusal)) => return Err(refusal),
        None => {}
    }
    if let Some(refusal) = known_stranger(bytes) {
        return Err(refusal);
    }
    text::read(bytes, limits)
}

fn read_package(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let mut package = Package::open(bytes, limits)?;
    if package.has("xl/workbook.bin") {
        return xlsb::read(bytes, limits);
    }
    let mimetype = package.part("mimetype")?.unwrap_or_default();
    if mimetype.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") {
        return ods::read(bytes, limits);
    }
    let others = [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("visio/document.xml", "Visio"),
    ];
    if let Some((_, name)) = others.into_iter().find(|(part, _)| package.has(part)) {
        return Err(Refusal::NotASpreadsheet(name.to_owned()));
    }
    if mimetype.starts_with(b"application/vnd.oasis.opendocument") {
        return Err(Refusal::NotASpreadsheet("OpenDocument".to_owned()));
    }
    let is_workbook = package.has("[Content_Types].xml")
        || package.names().any(|name| name.ends_with("workbook.xml"));
    if !is_workbook {
        if package.has("content.xml") {
            return ods::read(bytes, limits);
        }
        // Sheets that somebody packed are no attachment.
        return Err(match package.names().filter(|name| is_sheet(name)).count() {
            0 => Refusal::NotASpreadsheet("zip".to_owned()),
            sheets => Refusal::Packed(sheets),
        });
    }
    drop(package);
    xlsx::read(bytes, limits)
}

/// Recognises files that come in under a spreadsheet's name and are none that can be read.
fn known_stranger(bytes: &[u8]) -> Option<Refusal> {
    let named = |name: &str| Some(Refusal::NotASpreadsheet(name.to_owned()));
    // "b\x14#e" begins files encrypted by a common document-protection product.
    if bytes.starts_with(&[0x62, 0x14, 0x23, 0x65]) || bytes.starts_with(b"%TSD-Header-###%") {
        return Some(Refusal::Protected);
    }
    if bytes.starts_with(b"%PDF") {
        return named("PDF");
    }
    if bytes.starts_with(b"Rar!")
        || bytes.starts_with(b"7z\xbc\xaf")
        || bytes.starts_with(&[0x1f, 0x8b])
    {
        return named("archive");
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff])
        || bytes.starts_with(b"\x89PNG")
        || bytes.starts_with(b"GIF8")
        || bytes.starts_with(b"BM")
    {
        return Some(Refusal::PicturesOnly);
    }
    if bytes.starts_with(b"{\\rtf") {
        return named("RTF");
    }
    // A BIFF stream without its container: Excel 2.0 to 4.0, rarely 5.0.
    if bytes.len() > 4
        && bytes[0] == 0x09
        && matches!(bytes[1], 0x00 | 0x02 | 0x04 | 0x08)
        && bytes[3] == 0
    {
        return Some(Refusal::AncientExcel);
    }
    // AppleDouble companions of a Mac's files.
    if bytes.starts_with(&[0x00, 0x05, 0x16, 0x07]) {
        return named("AppleDouble");
    }
    None
}

/// What begins with a tag.
enum Markup {
    SpreadsheetXml,
    Html,
    Other(Refusal),
}

/// Recognises files of tags, whatever their names are.
fn marked_up(bytes: &[u8]) -> Option<Markup> {
    let head: String = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)])
        .replace('\0', "")
        .trim_start_matches(['\u{feff}', '\u{fffd}'])
        .trim_start()
        .to_lowercase();
    // A web page that holds its pictures and sheets as the parts of a message.
    if head.starts_with("mime-version:") {
        return Some(Markup::Other(Refusal::Html));
    }
    if !head.starts_with('<') {
        return None;
    }
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Some(Markup::SpreadsheetXml);
    }
    let is_html = [
        "<html",
        "<!doctype html",
        "<table",
        "<head",
        "<body",
        "<meta",
        "<style",
        "<div",
        "<title",
        "<center",
    ];
    let is_html = is_html.iter().any(|tag| head.starts_with(tag))
        || head.contains("<html")
        || head.contains("<table");
    if is_html {
        return Some(Markup::Html);
    }
    let is_xml = head.starts_with("<?xml");
    is_xml.then(|| Markup::Other(Refusal::NotASpreadsheet("XML".to_owned())))
}

fn holds_pictures(bytes: &[u8], limits: &Limits) -> bool {
    Package::open(bytes, limits).is_ok_and(|package| {
        package.names().any(|name| name.contains("media/") || name.contains("pictures/"))
    })
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "the reader gave up".to_owned())
}
