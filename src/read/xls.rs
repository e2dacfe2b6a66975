//! xls and WPS et: BIFF5 and BIFF8 in a compound file.
//!
//! The container is read by `cfb`, which checks its chains; calamine gets a fresh container with
//! the one workbook stream, so that a broken or looping container never reaches it. The records
//! that calamine does not show (hidden rows and columns, code page, encryption) are read here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::rc::Rc;

use calamine::{Data, Reader, Xls, XlsOptions};
use encoding_rs::{Encoding, GB18030, WINDOWS_1252};

use super::default_password;
use super::number_format::NumberFormat;
use super::sheet::{
    Book, Comment, Content, Format, Merges, Row, Sheet, SheetBuilder, count_cells, hide,
};
use super::struck::{self, Letters, Stroke};
use super::sums::Sums;
use super::xls_container;
use super::xls_notes::Notes;
use super::xls_strings::{self, Pieces};
use super::xlsx::content;
use crate::model::finding::{Limit, Refusal};
use crate::model::{CellAt, CellRange, fold};
use crate::pipeline::file::Read as Limits;

/// Reads an xls workbook.
///
/// # Errors
/// Refuses encrypted, broken, ancient and too large ones.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let mut container = match cfb::CompoundFile::open(Cursor::new(bytes)) {
        Ok(container) => container,
        // Some programs write the container of an encrypted workbook carelessly.
        Err(_) if names_stream(bytes, "EncryptedPackage") => return decrypted(bytes, limits),
        Err(error) => {
            let stream = xls_container::workbook(bytes);
            return book(stream.ok_or_else(|| Refusal::Damaged(error.to_string()))?, limits);
        }
    };
    if container.exists("EncryptedPackage") {
        return decrypted(bytes, limits);
    }
    let name =
        ["Workbook", "Book", "WORKBOOK", "BOOK"].into_iter().find(|name| container.is_stream(name));
    let Some(name) = name else {
        let looks_like = if container.is_stream("WordDocument") {
            "Word"
        } else if container.is_stream("PowerPoint Document") {
            "PowerPoint"
        } else {
            "OLE"
        };
        return Err(Refusal::NotASpreadsheet(looks_like.to_owned()));
    };
    book(read_stream(&mut container, name, limits)?, limits)
}

/// Reads a package in an encrypted container, where Excel opens it without asking.
fn decrypted(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let package = default_password::package(bytes).ok_or(Refusal::Encrypted)?;
    super::read_package(&package, limits)
}

/// Reads the one stream that is the workbook.
fn book(mut stream: Vec<u8>, limits: &Limits) -> Result<Book, Refusal> {
    let mut examined = Records::examine(&stream, limits);
    if matches!(examined, Err(Refusal::Encrypted)) {
        stream = default_password::stream(&stream).ok_or(Refusal::Encrypted)?;
        examined = Records::examine(&stream, limits);
    }
    let records = examined?;
    forget_extents(&mut stream);
    let wrapped = wrapped(&stream)?;
    let mut options = XlsOptions::default();
    options.force_codepage = Some(records.forced_code_page());
    let mut workbook =
        Xls::new_with_options(Cursor::new(wrapped), options).map_err(|error| refused(&error))?;
    let mut sheets = Vec::new();
    for (index, sheet) in workbook.sheets_metadata().to_vec().into_iter().enumerate() {
        if sheet.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        let range = workbook.worksheet_range(&sheet.name).map_err(|error| refused(&error))?;
        let merges = workbook.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let start = range.start().unwrap_or_default();
        let hidden = records.sheets.get(index);
        let mut builder = SheetBuilder::default();
        for (row, column, value) in range.used_cells() {
            let at = CellAt::new(start.0 + small(row), start.1 + small(column));
            // The library takes a number for a date when it misreads the format's record.
            let value = match value {
                Data::DateTime(date)
                    if hidden.is_some_and(|parts| parts.plain.binary_search(&at).is_ok()) =>
                {
                    &Data::Float(date.as_f64())
                }
                other => other,
            };
            if let Some(content) = content(value) {
                let format = hidden.and_then(|parts| parts.format_at(at));
                builder.push_formatted(at, records.decoded(content)?, format);
            }
        }
        if let Some(parts) = hidden.filter(|_| records.was_never_calculated()) {
            let formulas = workbook.worksheet_formula(&sheet.name).unwrap_or_default();
            for at in &parts.uncalculated {
                let formula = formulas.get_value((at.row, at.column));
                let formula = format!("={}", formula.map(String::as_str).unwrap_or_default());
                builder.push(*at, Content::Uncalculated(formula));
            }
        }
        if builder.len() > limits.cells as usize {
            return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
        }
        let left = hidden.filter(|_| records.was_never_calculated());
        let left = left.map_or(0, |parts| parts.uncalculated.len());
        if hidden.is_some_and(|parts| builder.figures() + left < parts.figure_cells) {
            let text = format!("figures of sheet `{}` cannot be read", sheet.name);
            return Err(Refusal::Damaged(text));
        }
        let mut rows = builder.build();
        if let Some(row) = hidden.and_then(|parts| lost_row(&parts.figures, &rows)) {
            let name = &sheet.name;
            let text = format!("row {} of sheet `{name}` cannot be read", row + 1);
            return Err(Refusal::Damaged(text));
        }
        let merges = merges.iter().map(|merge| {
            CellRange::new(
                CellAt::new(merge.start.0, merge.start.1),
                CellAt::new(merge.end.0, merge.end.1),
            )
        });
        let nonblank = hidden.map_or(0, |parts| parts.filled_with(&rows));
        let nonblank_cells = count_cells(&rows);
        hide(&mut rows, hidden.map(|parts| parts.unseen.as_slice()).unwrap_or_default());
        let strokes = hidden.map(|parts| parts.strokes.clone()).unwrap_or_default();
        let struck = struck::take_out(&mut rows, strokes);
        let mut comments = Vec::new();
        for (at, text) in hidden.map(|parts| parts.comments.as_slice()).unwrap_or_default() {
            // A comment in an unknown code page is worth less than the sheet.
            let text = records.decoded_text(text).unwrap_or_default();
            comments.extend((!fold::is_blank(&text)).then_some(Comment { at: *at, text }));
        }
        let mut sums = Sums::default();
        if let Ok(formulas) = workbook.worksheet_formula(&sheet.name) {
            let start = formulas.start().unwrap_or_default();
            for (row, column, formula) in formulas.used_cells() {
                let at = CellAt::new(start.0 + small(row), start.1 + small(column));
                sums.note(at, formula, None);
            }
        }
        let (sums, linked) = sums.done();
        sheets.push(Sheet {
            text: None,
            name: Some(records.decoded_text(&sheet.name)?),
            hidden: sheet.visible != calamine::SheetVisible::Visible,
            dates_from_1904: records.dates_from_1904,
            nonblank,
            nonblank_cells,
            merges: Merges::new(merges.collect(), &rows),
            rows,
            hidden_rows: hidden.map(|sheet| sheet.rows.clone()).unwrap_or_default(),
            hidden_columns: hidden.map(|sheet| sheet.columns.clone()).unwrap_or_default(),
            struck,
            comments,
            sums,
            linked,
        });
    }
    Ok(Book { format: Format::Xls, sheets, properties: Vec::new() })
}

/// Returns whether the name of a stream stands somewhere in a container.
fn names_stream(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn refused(error: &calamine::XlsError) -> Refusal {
    match error {
        calamine::XlsError::Password => Refusal::Encrypted,
        other => Refusal::Damaged(other.to_string()),
    }
}

fn read_stream(
    container: &mut cfb::CompoundFile<Cursor<&[u8]>>,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    let limit = u64::from(limits.file_mib) * 1024 * 1024;
    let stream =
        container.open_stream(name).map_err(|error| Refusal::Damaged(error.to_string()))?;
    let mut bytes = Vec::new();
    stream
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Refusal::Damaged(error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(Refusal::TooLarge(Limit::FileMib(limits.file_mib)));
    }
    Ok(bytes)
}

/// Empties the records that say how far each sheet reaches: calamine keeps room for all of it,
/// and sheets that were formatted to their very end, or lie, reach over sixteen million cells.
fn forget_extents(stream: &mut [u8]) {
    let mut extents = Vec::new();
    let mut records = RecordsOf { stream, at: 0 };
    while let Some((kind, content)) = records.next() {
        if kind == EXTENT {
            extents.push(records.at - content.len()..records.at);
        }
    }
    for place in extents {
        stream[place].fill(0);
    }
}

/// Returns a fresh compound file with the workbook stream alone.
fn wrapped(stream: &[u8]) -> Result<Vec<u8>, Refusal> {
    let broken = |error: std::io::Error| Refusal::Damaged(error.to_string());
    let mut container =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))
            .map_err(broken)?;
    container.create_stream("Workbook").map_err(broken)?.write_all(stream).map_err(broken)?;
    container.flush().map_err(broken)?;
    Ok(container.into_inner().into_inner())
}

/// What the records tell that calamine does not.
#[derive(Debug, Default)]
struct Records {
    version: u16,
    code_page: u16,
    dates_from_1904: bool,
    /// In the order of the workbook's sheets.
    sheets: Vec<SheetParts>,
    /// The number format of each cell format, and those formats that say more than the number.
    formats: Vec<u16>,
    number_formats: BTreeMap<u16, Rc<NumberFormat>>,
    /// Number formats that may show dates.
    date_formats: BTreeSet<u16>,
    /// What each font does to its letters, and the font of each cell format.
    fonts: Vec<Letters>,
    fonts_of_formats: Vec<u16>,
    /// Whether each cell format leaves the paper white.
    on_paper: Vec<bool>,
    /// The shared texts that are written in several fonts.
    pieces: BTreeMap<u32, Pieces>,
}

#[derive(Debug, Default)]
struct SheetParts {
    rows: BTreeSet<u32>,
    columns: BTreeSet<u32>,
    /// Rows with a number, a truth value or an error, which always show something.
    figures: BTreeSet<u32>,
    /// How many such cells there are.
    figure_cells: usize,
    /// The first and the last row and column of all cells.
    box_of_cells: Option<(CellAt, CellAt)>,
    /// Of cells whose number format says more than the number, sorted.
    formats: Vec<(CellAt, Rc<NumberFormat>)>,
    /// Cells whose format certainly shows no date, sorted.
    plain: Vec<CellAt>,
    /// What is struck out of cells, by their font or by that of a piece.
    strokes: Vec<(CellAt, Stroke)>,
    /// Cells whose letters have the colour of the paper.
    unseen: Vec<CellAt>,
    /// Formulas that look as programs write them that calculate nothing, and whether any other was
    /// found.
    uncalculated: Vec<CellAt>,
    calculated: bool,
    comments: Vec<(CellAt, String)>,
}

impl SheetParts {
    /// How many cells its smallest rectangle has, empty ones among them.
    fn cells_of_box(&self) -> u64 {
        let Some((first, last)) = self.box_of_cells else { return 0 };
        let span = |first: u32, last: u32| u64::from(last - first) + 1;
        span(first.row, last.row) * span(first.column, last.column)
    }

    fn format_at(&self, at: CellAt) -> Option<&NumberFormat> {
        let place = self.formats.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(&self.formats[place].1)
    }

    /// Returns how many rows show something: the figures' own records count apart from the
    /// library, the texts as it read them.
    fn filled_with(&self, rows: &[Row]) -> usize {
        rows.iter()
            .map(|row| row.index)
            .chain(self.figures.iter().copied())
            .collect::<BTreeSet<u32>>()
            .len()
    }
}

/// Returns the first row whose figures were not read.
fn lost_row(figures: &BTreeSet<u32>, rows: &[Row]) -> Option<u32> {
    let read: BTreeSet<u32> = rows.iter().map(|row| row.index).collect();
    figures.difference(&read).next().copied()
}

/// The last column of an xls, from zero.
const LAST_COLUMN: u32 = 255;
/// calamine keeps each sheet as a full rectangle of 32-byte cells; one that is full to its last corner
/// is let through.
const MOST_CELLS_OF_BOXES: u64 = 17_000_000;

const BOF: u16 = 0x0809;
const FILE_PASS: u16 = 0x002f;
const CODE_PAGE: u16 = 0x0042;
const DATES_FROM_1904: u16 = 0x0022;
const BOUND_SHEET: u16 = 0x0085;
const ROW: u16 = 0x0208;
const COLUMN_INFO: u16 = 0x007d;
const EXTENT: u16 = 0x0200;
const NUMBER_FORMAT: u16 = 0x041e;
const CELL_FORMAT: u16 = 0x00e0;
const FONT: u16 = 0x0031;
/// Texts: shared, of the cell itself, with several looks.
const TEXTS: [u16; 3] = [0x00fd, 0x0204, 0x00d6];
const NUMBER: u16 = 0x0203;
const SHORT_NUMBER: u16 = 0x027e;
const SHORT_NUMBERS: u16 = 0x00bd;
const TRUTH_OR_ERROR: u16 = 0x0205;
const FORMULA: u16 = 0x0006;
/// As Excel 3 and 4 wrote them; the library passes over them.
const OLDER_FORMULA: u16 = 0x0206;
const OLD_FORMULA: u16 = 0x0406;
const END: u16 = 0x000a;
const STRINGS: u16 = 0x00fc;
const CONTINUED: u16 = 0x003c;
const SHARED_TEXT: u16 = 0x00fd;

impl Records {
    fn examine(stream: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut records = Records {
            // Those that are built in; a record of the file may say otherwise.
            number_formats: [9, 10]
                .into_iter()
                .filter_map(|index| Some((index, Rc::new(NumberFormat::parse("0%")?))))
                .collect(),
            date_formats: (14..=22).chain(27..=36).chain(45..=47).chain(50..=58).collect(),
            ..Records::default()
        };
        let mut sheets: Vec<u32> = Vec::new();
        let mut strings: Vec<&[u8]> = Vec::new();
        let mut before = 0;
        for (kind, content) in (RecordsOf { stream, at: 0 }) {
            let kind_before = std::mem::replace(&mut before, kind);
            match kind {
                STRINGS => strings.push(content),
                CONTINUED if matches!(kind_before, STRINGS | CONTINUED) && !strings.is_empty() => {
                    strings.push(content);
                }
                BOF if records.version == 0 => {
                    records.version = word(content, 0).unwrap_or_default();
                }
                0x0009 | 0x0209 | 0x0409 => return Err(Refusal::AncientExcel),
                FILE_PASS => return Err(Refusal::Encrypted),
                CODE_PAGE => records.code_page = word(content, 0).unwrap_or_default(),
                DATES_FROM_1904 => records.dates_from_1904 = word(content, 0) == Some(1),
                BOUND_SHEET => sheets.extend(double(content, 0)),
                NUMBER_FORMAT => records.number_format(content),
                FONT => {
                    records.fonts.push(Letters {
                        struck: word(content, 2).is_some_and(|flags| flags & 0x0008 != 0),
                        white: word(content, 4).is_some_and(is_white),
                        raised: word(content, 8) == Some(1),
                    });
                }
                CELL_FORMAT => {
                    records.formats.push(word(content, 2).unwrap_or_default());
                    records.fonts_of_formats.push(word(content, 0).unwrap_or_default());
                    // The pattern of the fill, 1 where it is solid, then its colour.
                    let pattern = content.get(17).map(|byte| byte >> 2);
                    let colour = word(content, 18).map(|colours| colours & 0x7f);
                    let is_new = records.version >= 0x0600;
                    records.on_paper.push(
                        is_new
                            && (pattern == Some(0)
                                || pattern == Some(1) && colour.is_some_and(is_white)),
                    );
                }
                END => break,
                _ => {}
            }
        }
        if records.version == 0 {
            return Err(Refusal::Damaged("no workbook record".to_owned()));
        }
        records.pieces = xls_strings::of_several_fonts(&strings);
        for start in sheets {
            let parts = records.sheet_parts(stream, start as usize);
            if let Some((_, last)) =
                parts.box_of_cells.filter(|(_, last)| last.column > LAST_COLUMN)
            {
                return Err(Refusal::Damaged(format!("a cell at {last}, where no xls has any")));
            }
            records.sheets.push(parts);
        }
        if records.sheets.iter().map(SheetParts::cells_of_box).sum::<u64>() > MOST_CELLS_OF_BOXES {
            return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
        }
        Ok(records)
    }

    /// BIFF8 texts are UTF-16 whatever the code page record says; BIFF5 texts are taken byte for
    /// byte and decoded here.
    fn forced_code_page(&self) -> u16 {
        if self.version >= 0x0600 { 1200 } else { 1252 }
    }

    fn decoded(&self, content: Content) -> Result<Content, Refusal> {
        Ok(match content {
            Content::Text(text) => Content::Text(self.decoded_text(&text)?.into()),
            other => other,
        })
    }

    /// # Errors
    /// Refuses the file when its texts come out as garbage, which would otherwise be compared.
    fn decoded_text(&self, text: &str) -> Result<String, Refusal> {
        let garbled = |text: &str| text.contains(['\0', '\u{fffd}']);
        if self.version >= 0x0600 {
            // A lone � may have been typed, or pasted, and shows; a NUL never is.
            return if text.contains('\0') { Err(garbage()) } else { Ok(text.to_owned()) };
        }
        if text.is_ascii() {
            return if garbled(text) { Err(garbage()) } else { Ok(text.to_owned()) };
        }
        let encoding = match self.code_page {
            936 => GB18030,
            other => {
                Encoding::for_label(format!("windows-{other}").as_bytes()).unwrap_or(WINDOWS_1252)
            }
        };
        let (bytes, _, lossy) = WINDOWS_1252.encode(text);
        if lossy {
            return if garbled(text) { Err(garbage()) } else { Ok(text.to_owned()) };
        }
        let (decoded, had_errors) = encoding.decode_without_bom_handling(&bytes);
        if had_errors || garbled(&decoded) { Err(garbage()) } else { Ok(decoded.into_owned()) }
    }
    /// Returns whether no formula of the workbook has a value that somebody calculated; one that
    /// comes to 0 may be right.
    fn was_never_calculated(&self) -> bool {
        let left: usize = self.sheets.iter().map(|sheet| sheet.uncalculated.len()).sum();
        left >= 2 && !self.sheets.iter().any(|sheet| sheet.calculated)
    }

    /// Notes what a number format shows.
    fn number_format(&mut self, content: &[u8]) {
        let Some(index) = word(content, 0) else { return };
        let text = content.get(2..).unwrap_or_default();
        // BIFF8: length in two bytes, a flag for two-byte characters; BIFF5: length in one byte.
        let code: String = if self.version < 0x0600 {
            let bytes = text.get(1..).unwrap_or_default();
            match self.code_page {
                936 => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
                _ => bytes.iter().copied().map(char::from).collect(),
            }
        } else if text.get(2).is_some_and(|flags| flags & 1 != 0) {
            let units =
                text[3..].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
            String::from_utf16_lossy(&units.collect::<Vec<u16>>())
        } else {
            text.get(3..).unwrap_or_default().iter().copied().map(char::from).collect()
        };
        match NumberFormat::parse(&code) {
            Some(format) => self.number_formats.insert(index, Rc::new(format)),
            None => self.number_formats.remove(&index),
        };
        if may_show_date(&code) {
            self.date_formats.insert(index);
        } else {
            self.date_formats.remove(&index);
        }
    }

    fn shows_no_date(&self, format: Option<u16>) -> bool {
        let number_format = format.and_then(|format| self.formats.get(usize::from(format)));
        number_format.is_some_and(|format| !self.date_formats.contains(format))
    }

    /// Returns what is struck out of a cell of a format, whose shared text is the one at a place.
    fn stroke(&self, format: Option<u16>, text: Option<u32>) -> Option<Stroke> {
        let is_struck = self.font(format).is_some_and(|font| font.struck);
        let pieces = text.and_then(|text| self.pieces.get(&text));
        let runs = pieces.map(|pieces| {
            let fonts = pieces.fonts.iter();
            let fonts =
                fonts.map(|(place, font)| (*place, self.letters(*font).unwrap_or_default()));
            struck::pieces(&pieces.units, fonts)
        });
        struck::stroke(is_struck, &runs.unwrap_or_default())
    }

    /// Returns whether a format writes in the colour of the paper.
    fn hides(&self, format: Option<u16>) -> bool {
        let on_paper = format.and_then(|format| self.on_paper.get(usize::from(format)));
        on_paper == Some(&true) && self.font(format).is_some_and(|font| font.white)
    }

    fn font(&self, format: Option<u16>) -> Option<Letters> {
        self.letters(*self.fonts_of_formats.get(usize::from(format?))?)
    }

    fn letters(&self, font: u16) -> Option<Letters> {
        // There is no font of the number 4.
        self.fonts.get(usize::from(if font > 4 { font - 1 } else { font })).copied()
    }

    /// Notes how a cell of a format looks, whose shared text is the one at a place.
    fn note_look(
        &self,
        at: CellAt,
        format: Option<u16>,
        text: Option<u32>,
        parts: &mut SheetParts,
    ) {
        parts.box_of_cells = Some(match parts.box_of_cells {
            Some((first, last)) => (
                CellAt::new(first.row.min(at.row), first.column.min(at.column)),
                CellAt::new(last.row.max(at.row), last.column.max(at.column)),
            ),
            None => (at, at),
        });
        parts.strokes.extend(self.stroke(format, text).map(|stroke| (at, stroke)));
        if self.hides(format) {
            parts.unseen.push(at);
        }
        let format = self.number_format_of(format);
        parts.formats.extend(format.map(|format| (at, format)));
    }

    fn number_format_of(&self, format: Option<u16>) -> Option<Rc<NumberFormat>> {
        let number_format = self.formats.get(usize::from(format?))?;
        self.number_formats.get(number_format).cloned()
    }

    fn sheet_parts(&self, stream: &[u8], start: usize) -> SheetParts {
        let mut parts = SheetParts::default();
        let mut notes = Notes::default();
        let mut depth = 0;
        for (kind, content) in (RecordsOf { stream, at: start }) {
            match kind {
                BOF => depth += 1,
                END => {
                    depth -= 1;
                    if depth <= 0 {
                        break;
                    }
                }
                // A chart drawn on the sheet has records of its own.
                _ if depth != 1 => {}
                kind if notes.take(kind, content, self.version) => {}
                kind if TEXTS.contains(&kind) => {
                    if let (Some(row), Some(column)) = (word(content, 0), word(content, 2)) {
                        let at = CellAt::new(row.into(), column.into());
                        let text = double(content, 6).filter(|_| kind == SHARED_TEXT);
                        self.note_look(at, word(content, 4), text, &mut parts);
                    }
                }
                ROW => {
                    let flat = word(content, 12).is_some_and(|flags| flags & 0x0020 != 0);
                    if let (true, Some(row)) = (flat, word(content, 0)) {
                        parts.rows.insert(u32::from(row));
                    }
                }
                COLUMN_INFO => {
                    let is_hidden = word(content, 8).is_some_and(|flags| flags & 1 != 0);
                    if let (true, Some(first), Some(last)) =
                        (is_hidden, word(content, 0), word(content, 2))
                    {
                        parts.columns.extend((first..=last.min(255)).map(u32::from));
                    }
                }
                NUMBER | SHORT_NUMBER | TRUTH_OR_ERROR | FORMULA | OLD_FORMULA | OLDER_FORMULA => {
                    let (Some(row), Some(column)) = (word(content, 0), word(content, 2)) else {
                        continue;
                    };
                    let at = CellAt::new(row.into(), column.into());
                    self.note_look(at, word(content, 4), None, &mut parts);
                    if self.shows_no_date(word(content, 4)) {
                        parts.plain.push(at);
                    }
                    if kind == FORMULA {
                        if was_left(content) {
                            parts.uncalculated.push(at);
                        } else {
                            parts.calculated = true;
                        }
                    }
                    // A formula whose value is no number says so in the value's last two bytes.
                    let is_formula = !matches!(kind, NUMBER | SHORT_NUMBER | TRUTH_OR_ERROR);
                    if !is_formula || word(content, 12).is_some_and(|mark| mark != 0xffff) {
                        parts.figures.insert(at.row);
                        parts.figure_cells += 1;
                    }
                }
                SHORT_NUMBERS => {
                    let (Some(row), Some(first)) = (word(content, 0), word(content, 2)) else {
                        continue;
                    };
                    parts.figures.insert(row.into());
                    let numbers = content.get(4..content.len().saturating_sub(2));
                    parts.figure_cells += numbers.map_or(0, |numbers| numbers.len() / 6);
                    for (place, number) in (0..).zip(numbers.unwrap_or_default().chunks_exact(6)) {
                        let at = CellAt::new(row.into(), u32::from(first) + place);
                        self.note_look(at, word(number, 0), None, &mut parts);
                        if self.shows_no_date(word(number, 0)) {
                            parts.plain.push(at);
                        }
                    }
                }
                _ => {}
            }
        }
        parts.comments = notes.written();
        // Of several records for one cell the last one counts, as it does for what they hold.
        parts.formats.sort_by_key(|(at, _)| *at);
        parts.plain.sort_unstable();
        parts
    }
}

/// The two entries of the palette that are white.
fn is_white(colour: u16) -> bool {
    matches!(colour, 1 | 9)
}

/// Returns whether a formula has no value but the one that programs leave to the reader: 0 with the
/// wish to be calculated, or no text, where the formula makes no texts.
fn was_left(formula: &[u8]) -> bool {
    const TEXT: u8 = 0x17;
    const ON_LOAD: u16 = 0x0002;
    let Some(value) = formula.get(6..14) else { return false };
    let makes_texts = formula.get(22..).is_some_and(|tokens| tokens.contains(&TEXT));
    let is_empty = value[6..] == [0xff, 0xff] && value[0] == 3;
    let is_zero = value == [0; 8] && word(formula, 14).is_some_and(|flags| flags & ON_LOAD != 0);
    is_zero || (is_empty && !makes_texts)
}

/// Returns whether a number format has a letter of dates or times outside quotes and brackets.
pub(super) fn may_show_date(code: &str) -> bool {
    let mut characters = code.chars();
    let mut letters = String::new();
    while let Some(c) = characters.next() {
        match c {
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                // [h] counts hours; [Red] and [>25] are no dates.
                if inside.len() <= 2 {
                    letters.push_str(&inside);
                }
            }
            '\\' | '_' | '*' => drop(characters.next()),
            other => letters.push(other),
        }
    }
    let letters = letters.to_lowercase().replace("general", "");
    letters.chars().any(|c| "ymdhsegb年月日时分秒".contains(c))
}

fn garbage() -> Refusal {
    Refusal::Damaged("texts in an unknown code page".to_owned())
}

pub(super) fn word(content: &[u8], at: usize) -> Option<u16> {
    content.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn double(content: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(word(content, at)?) | u32::from(word(content, at + 2)?) << 16)
}

/// The records of a BIFF stream, from a place on.
struct RecordsOf<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Iterator for RecordsOf<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let header = self.stream.get(self.at..self.at + 4)?;
        let kind = u16::from_le_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        let content = self.stream.get(self.at + 4..self.at + 4 + length)?;
        self.at += 4 + length;
        Some((kind, content))
    }
}
