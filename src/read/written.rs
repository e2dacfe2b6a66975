//! What a workbook holds that this program has just written, cell by cell in the order in which its sheets have
//! them: the values alone, without any of what strangers' files are looked through for, and without
//! a copy of all of them. Two readers tell it: the walk over a sheet's XML by which submissions are
//! read, and the library, which nobody here has written.

use std::io::{self, Cursor, Read};

use calamine::{Reader, Xlsx};
use quick_xml::events::Event;

use super::Content;
use super::number_format::{Face, NumberFormat};
use super::package::Package;
use super::xlsx::{content_ref, format_of, shared_content};
use super::xlsx_cells::{RawCell, read_cell};
use super::xlsx_scan::{self, Scanned};
use super::xlsx_values::{Held, Shared, Unusual, held, look_of};
use super::{xlsx_looks, xlsx_parts, xlsx_strings, xml};
use crate::model::CellAt;
use crate::model::finding::Refusal;
use crate::pipeline::file::Read as Limits;

/// Why the walk tells nothing more.
#[derive(Debug)]
pub enum NotRead {
    /// It is written in a way that is left to the library.
    Unusual,
    /// What is wrong with the workbook, or what was said of a cell.
    Wrong(String),
}

impl From<Unusual> for NotRead {
    fn from(_: Unusual) -> Self {
        Self::Unusual
    }
}

impl From<Refusal> for NotRead {
    fn from(refusal: Refusal) -> Self {
        Self::Wrong(format!("{refusal:?}"))
    }
}

impl From<io::Error> for NotRead {
    fn from(error: io::Error) -> Self {
        Self::Wrong(error.to_string())
    }
}

/// Which rows of each sheet are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    All,
    /// So many from the first.
    First(u32),
}

/// Hands on each cell of all sheets by the walk, and returns the names of the sheets.
///
/// # Errors
/// Says what is wrong, or what is said of a cell.
pub fn written_by_walk(
    bytes: &[u8],
    mut on_cell: impl FnMut(usize, CellAt, &Content) -> Result<(), String>,
) -> Result<Vec<String>, NotRead> {
    // It may be as large as what it was made of.
    let limits = Limits { unpacked_mib: u32::MAX, ..Limits::default() };
    let mut package = Package::open(bytes, &limits)?;
    let structure = xlsx_parts::structure(&mut package)?;
    let strings = xlsx_strings::shared_strings(&mut package)?;
    let styles = xlsx_looks::styles(&mut package)?;
    let dates_from_1904 = structure.dates_from_1904;
    let shared = Shared { strings: &strings, styles: &styles, dates_from_1904 };
    if structure.odd || strings.odd || !shared.is_usual(&structure) {
        return Err(NotRead::Unusual);
    }
    let texts: Vec<Content> =
        (0..).map_while(|place| strings.text(place)).map(shared_content).collect();
    let percents: Vec<bool> =
        styles.numbers.iter().map(|number| is_percent(number.format.as_ref())).collect();
    for (sheet, part) in structure.sheets.iter().enumerate() {
        let stream = package.stream(&part.part)?.ok_or(NotRead::Unusual)?;
        walk(stream, |cell| {
            let own;
            let content = match held(cell, shared)? {
                None => return Ok(()),
                Some(Held::Shared(place)) => &texts[place],
                Some(Held::Own(Content::Number(number)))
                    if look_of(cell).and_then(|look| percents.get(look)) == Some(&true) =>
                {
                    own = Content::Percentage(number);
                    &own
                }
                Some(Held::Own(content)) => {
                    own = content;
                    &own
                }
            };
            if content.is_blank() {
                return Ok(());
            }
            on_cell(sheet, cell.at, content).map_err(NotRead::Wrong)
        })?;
    }
    Ok(structure.sheets.into_iter().map(|sheet| sheet.name).collect())
}

/// Whether figures of a format are shares.
fn is_percent(format: Option<&NumberFormat>) -> bool {
    format.is_some_and(|format| matches!(format.face(1.0), Face::Percent))
}

/// Walks over the cells of a sheet as it is unpacked.
fn walk(
    stream: impl Read,
    mut on_cell: impl FnMut(&RawCell<'_>) -> Result<(), NotRead>,
) -> Result<(), NotRead> {
    const BEGINS: &[u8] = b"<sheetData>";
    let mut window = Window { stream, bytes: Vec::new() };
    let begins = loop {
        if let Some(place) = place_of(&window.bytes, BEGINS) {
            break place + BEGINS.len();
        }
        if !window.widen()? {
            // A sheet without a cell, or written in another way.
            return if place_of(&window.bytes, b"<sheetData/>").is_some() {
                Ok(())
            } else {
                Err(NotRead::Unusual)
            };
        }
    };
    window.pass(begins);
    loop {
        let (rows, is_last) = window.whole_rows();
        let mut rest = std::str::from_utf8(&window.bytes[..rows]).map_err(|_| NotRead::Unusual)?;
        let mut cell = RawCell::default();
        while !rest.is_empty() {
            match xlsx_scan::next(&mut rest, CellAt::default(), &mut cell) {
                Some(Scanned::Cell) => on_cell(&cell)?,
                Some(Scanned::Row { .. } | Scanned::RowEnd) => {}
                None => rest = thoroughly(rest, &mut on_cell)?,
            }
        }
        window.pass(rows);
        if is_last {
            // To its end, where the sum over all of it is held.
            io::copy(&mut window.stream, &mut io::sink())?;
            return Ok(());
        }
        if !window.widen()? {
            return Err(NotRead::Wrong("a sheet is cut off".to_owned()));
        }
    }
}

/// Reads a cell that is written as XML may be but as programs usually do not, or passes over a row without
/// a cell, and returns what follows.
fn thoroughly<'x>(
    rest: &'x str,
    on_cell: &mut impl FnMut(&RawCell<'_>) -> Result<(), NotRead>,
) -> Result<&'x str, NotRead> {
    let end = if rest.starts_with("<c ") { "</c>" } else { "/>" };
    let length = rest.find(end).ok_or(NotRead::Unusual)? + end.len();
    let (element, rest) = rest.split_at(length);
    let mut reader = xml::reader(element);
    let mut odd = false;
    match reader.read_event().map_err(|_| NotRead::Unusual)? {
        Event::Start(start) if start.local_name().as_ref() == "c" => {
            let cell = read_cell(&mut reader, &start, 0, 0, &mut odd)?;
            if odd {
                return Err(NotRead::Unusual);
            }
            on_cell(&cell)?;
        }
        Event::Start(start) if start.local_name().as_ref() == "row" => {}
        _ => return Err(NotRead::Unusual),
    }
    if reader.get_ref().is_empty() { Ok(rest) } else { Err(NotRead::Unusual) }
}

/// A part of which only what is looked at is unpacked.
struct Window<R> {
    stream: R,
    /// What has been unpacked and not yet been passed.
    bytes: Vec<u8>,
}

impl<R: Read> Window<R> {
    /// Unpacks more, and returns whether there was any.
    fn widen(&mut self) -> io::Result<bool> {
        const MORE: u64 = 256 * 1024;
        let mut more = self.stream.by_ref().take(MORE);
        Ok(more.read_to_end(&mut self.bytes)? > 0)
    }

    fn pass(&mut self, bytes: usize) {
        self.bytes.drain(..bytes);
    }

    /// Returns how much of it are whole rows, and whether no other follows them.
    fn whole_rows(&self) -> (usize, bool) {
        const ENDS: &[u8] = b"</row>";
        let last = self.bytes.windows(ENDS.len()).rposition(|window| window == ENDS);
        let rows = last.map_or(0, |place| place + ENDS.len());
        // Rows without a cell may follow.
        match place_of(&self.bytes[rows..], b"</sheetData>") {
            Some(further) => (rows + further, true),
            None => (rows, false),
        }
    }
}

fn place_of(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Hands on each cell of the rows that are asked for by the library, and returns the names of the sheets.
///
/// # Errors
/// Says what is wrong with a workbook that cannot be read, or what is said of a cell.
pub fn written_by_library(
    bytes: &[u8],
    rows: Rows,
    mut on_cell: impl FnMut(usize, CellAt, &Content) -> Result<(), String>,
) -> Result<Vec<String>, String> {
    let broken = |error: calamine::XlsxError| error.to_string();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let names = workbook.sheet_names();
    for (sheet, name) in names.iter().enumerate() {
        let mut cells = workbook.worksheet_cells_reader(name).map_err(broken)?;
        let styles = cells.styles().iter();
        let percents: Vec<bool> =
            styles.map(|style| is_percent(format_of(style).as_ref())).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
            let (row, column) = cell.get_position();
            if rows.end().is_some_and(|end| row >= end) {
                break;
            }
            let Some(content) = content_ref(cell.get_value()) else { continue };
            let content = match content {
                Content::Number(number) if percents.get(style) == Some(&true) => {
                    Content::Percentage(number)
                }
                content => content,
            };
            if !content.is_blank() {
                on_cell(sheet, CellAt::new(row, column), &content)?;
            }
        }
    }
    Ok(names)
}

impl Rows {
    /// Returns the row, from zero, before which they end; none where they do not.
    pub fn end(self) -> Option<u32> {
        match self {
            Self::All => None,
            Self::First(rows) => Some(rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what a walk tells of a sheet.
    fn told(xml: &str) -> Result<Vec<String>, NotRead> {
        let mut cells = Vec::new();
        walk(xml.as_bytes(), |cell| {
            cells.push(format!("{} {}", cell.at, cell.value.as_deref().unwrap_or("-")));
            Ok(())
        })?;
        Ok(cells)
    }

    #[test]
    fn a_sheet_is_told_to_its_last_row_however_its_cells_are_written() {
        let rows: String = (1..=20_000)
            .map(|row| match row % 3 {
                0 => format!("<row r=\"{row}\" ht=\"20\"/>"),
                1 => format!("<row r=\"{row}\"><c r=\"A{row}\" s=\"2\"><v>{row}</v></c></row>"),
                _ => format!(
                    "<row r=\"{row}\"><c r=\"B{row}\" t=\"str\"><f>IF(1&lt;2,\"a\",\"b\")</f>\
                     <v>a&amp;{row}</v></c><c r=\"C{row}\" s=\"1\"/></row>"
                ),
            })
            .collect();
        for rows in [rows.clone(), format!("{rows}<row r=\"20001\"/>"), rows + "<row r=\"20001\"/>"]
        {
            let xml = format!("<worksheet><sheetData>{rows}</sheetData><x/></worksheet>");
            let cells = told(&xml).unwrap();
            assert_eq!(cells.len(), 6_667 + 2 * 6_667);
            assert_eq!(&cells[..3], ["A1 1", "B2 a&2", "C2 -"]);
            assert_eq!(cells.last().unwrap(), "C20000 -");
        }
        assert!(told("<worksheet><sheetData/></worksheet>").unwrap().is_empty());
        assert!(told("<worksheet><sheetData></sheetData></worksheet>").unwrap().is_empty());
    }

    #[test]
    fn what_is_cut_off_or_written_otherwise_is_not_taken_for_its_end() {
        let row = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
        for cut in [
            format!("<worksheet><sheetData>{row}"),
            format!("<worksheet><sheetData>{row}<row r=\"2\"><c r=\"A2\"><v>2</v>"),
        ] {
            assert!(matches!(told(&cut), Err(NotRead::Wrong(_))), "{cut}");
        }
        for other in [
            format!("<worksheet><x:sheetData>{row}</x:sheetData></worksheet>"),
            format!("<worksheet><sheetData>{row}<!-- --></sheetData></worksheet>"),
            format!(
                "<worksheet><sheetData>{row}<c r=\"A2\"><x/></c></row></sheetData></worksheet>"
            ),
        ] {
            assert!(matches!(told(&other), Err(NotRead::Unusual)), "{other}");
        }
    }
}
