//! The records of an xlsb that calamine does not show: hidden rows and columns, merges, the
//! number formats of cells, and which rows hold figures.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::number_format::NumberFormat;
use super::package::Package;
use super::sheet::{Comment, Content};
use super::struck::{self, Letters, Run, Stroke};
use super::xlsx_parts::relations;
use crate::model::finding::Refusal;
use crate::model::{CellAt, CellRange, fold};

/// What one walk over a sheet's records tells.
#[derive(Debug, Default)]
pub struct SheetFacts {
    pub hidden_rows: BTreeSet<u32>,
    pub hidden_columns: BTreeSet<u32>,
    pub merges: Vec<CellRange>,
    /// Of cells whose number format says more than the number.
    pub formats: BTreeMap<CellAt, Rc<NumberFormat>>,
    /// Rows with a number, a truth value or an error, which always show something.
    pub figures: BTreeSet<u32>,
    /// How many such cells there are.
    pub figure_cells: usize,
    /// Cells that calamine passes over: formulas whose value is an error, and formatted texts.
    pub passed_over: Vec<(CellAt, Content)>,
    /// What is struck out of cells, by their font or by that of a piece.
    pub strokes: Vec<(CellAt, Stroke)>,
    /// Formulas whose value is 0 to the last bit, and whether any other was found.
    pub zeros: Vec<CellAt>,
    pub calculated: bool,
    /// Cells whose letters have the colour of the paper.
    pub unseen: Vec<CellAt>,
    pub comments: Vec<Comment>,
}

/// What a workbook's parts say.
#[derive(Debug, Default)]
pub struct Facts {
    pub sheets_by_name: Vec<(String, SheetFacts)>,
    pub dates_from_1904: bool,
    /// Whether all formulas are to be calculated when the workbook is opened.
    pub calculates_on_load: bool,
    /// Parts whose cells were written in the short form, with the same in the long one.
    pub lengthened: BTreeMap<String, Vec<u8>>,
}

const ROW: u16 = 0;
/// Short number, error, truth value, number.
const FIGURES: [u16; 4] = [2, 3, 4, 5];
/// Formulas whose value is a number, a truth value or an error.
const FORMULA_FIGURES: [u16; 3] = [9, 10, 11];
const FORMULA_ERROR: u16 = 11;
const FORMATTED_TEXT: u16 = 62;
/// All cells that may hold something.
const CELLS: [u16; 11] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, FORMATTED_TEXT];
const FONT: u16 = 43;
const FILL: u16 = 45;
const NUMBER_FORMAT: u16 = 44;
const CELL_FORMAT: u16 = 47;
const COLUMNS: u16 = 60;
const WORKBOOK: u16 = 153;
const SHEET: u16 = 156;
const MERGE: u16 = 176;
const CALCULATION: u16 = 157;
const SHARED_STRING: u16 = 19;
const SHARED_TEXT: u16 = 7;
const FORMULA_TEXT: u16 = 8;
/// Cells that stand right beside the one before, and so do not say in which column: each kind is that
/// of the long form and eleven.
const SHORT_CELLS: std::ops::RangeInclusive<u16> = 12..=18;
const COMMENT: u16 = 635;
const COMMENT_TEXT: u16 = 637;
const CELL_FORMATS: u16 = 617;
const CELL_FORMATS_END: u16 = 618;

/// Reads what the parts say about each worksheet, by its name.
///
/// # Errors
/// Refuses packages that cannot be unpacked.
pub fn facts(package: &mut Package<'_>) -> Result<Facts, Refusal> {
    let Some(workbook) = package.part("xl/workbook.bin")? else { return Ok(Facts::default()) };
    let relations = relations(package, "xl/workbook.bin")?;
    let styles = styles(&package.part("xl/styles.bin")?.unwrap_or_default());
    let strings = package.part("xl/sharedStrings.bin")?.unwrap_or_default();
    let pieces = pieces(&strings, &styles.fonts);
    let mut facts = Facts::default();
    for (kind, content) in (Records { bytes: &workbook }) {
        if kind == WORKBOOK {
            facts.dates_from_1904 = word(content, 0).is_some_and(|flags| flags & 1 != 0);
        }
        if kind == CALCULATION {
            facts.calculates_on_load = word(content, 24).is_some_and(|flags| flags & 1 != 0);
        }
        if kind != SHEET {
            continue;
        }
        let Some((id, rest)) = content.get(8..).and_then(text) else { continue };
        let Some((name, _)) = text(rest) else { continue };
        let Some((kind, part)) = relations.get(&id) else { continue };
        if kind == "worksheet" {
            let mut bytes = package.part(part)?.unwrap_or_default();
            if let Some(long) = lengthened(&bytes) {
                facts.lengthened.insert(part.clone(), long.clone());
                bytes = long;
            }
            let mut found = sheet(&bytes, &styles, &pieces);
            let beside = super::xlsx_parts::relations(package, part)?;
            if let Some((_, part)) = beside.values().find(|(kind, _)| kind == "comments") {
                found.comments = comments(&package.part(part)?.unwrap_or_default());
            }
            facts.sheets_by_name.push((name, found));
        }
    }
    Ok(facts)
}

/// What a cell format shows.
#[derive(Clone, Debug, Default)]
struct CellFormat {
    number: Option<Rc<NumberFormat>>,
    struck: bool,
    unseen: bool,
}

/// The fonts and the cell formats of a workbook.
#[derive(Debug, Default)]
struct Styles {
    fonts: Vec<Letters>,
    formats: Vec<CellFormat>,
}

fn styles(styles: &[u8]) -> Styles {
    // 0% and 0.00% are built in.
    let percent = NumberFormat::parse("0%").map(Rc::new);
    let built_in = [9, 10].into_iter().filter_map(|index| Some((index, percent.clone()?)));
    let mut numbers: BTreeMap<u16, Rc<NumberFormat>> = built_in.collect();
    let (mut fonts, mut fills) = (Vec::<Letters>::new(), Vec::new());
    let mut formats = Vec::new();
    let mut inside = false;
    for (kind, content) in (Records { bytes: styles }) {
        match kind {
            NUMBER_FORMAT => {
                let code = content.get(2..).and_then(text);
                if let (Some(index), Some((code, _))) = (word(content, 0), code) {
                    let format = NumberFormat::parse(&code).map(Rc::new);
                    numbers.extend(format.map(|format| (index, format)));
                }
            }
            FONT => fonts.push(Letters {
                struck: word(content, 2).is_some_and(|flags| flags & 0x0008 != 0),
                raised: word(content, 6) == Some(1),
                white: content.get(12..).is_some_and(is_white),
            }),
            FILL => {
                // A pattern, 1 where it is solid, then its colour.
                let pattern = number(content, 0).unwrap_or(0);
                let white = content.get(4..).is_some_and(is_white);
                fills.push(pattern == 0 || (pattern == 1 && white));
            }
            CELL_FORMATS => inside = true,
            CELL_FORMATS_END => inside = false,
            CELL_FORMAT if inside => {
                let font = word(content, 4).and_then(|font| fonts.get(usize::from(font)));
                let font = font.copied().unwrap_or_default();
                let fill = word(content, 6).and_then(|fill| fills.get(usize::from(fill)));
                formats.push(CellFormat {
                    number: word(content, 2).and_then(|format| numbers.get(&format)).cloned(),
                    struck: font.struck,
                    unseen: font.white && fill.is_none_or(|leaves_paper: &bool| *leaves_paper),
                });
            }
            _ => {}
        }
    }
    Styles { fonts, formats }
}

/// Returns the shared texts of which a piece is struck out or raised, by their place.
fn pieces(strings: &[u8], fonts: &[Letters]) -> BTreeMap<u32, Vec<Run>> {
    let is_plain = fonts.iter().all(|font| !font.struck && !font.raised);
    if is_plain {
        return BTreeMap::new();
    }
    let strings = Records { bytes: strings }.filter(|(kind, _)| *kind == SHARED_STRING);
    let runs = (0..).zip(strings).map(|(place, (_, content))| (place, runs(content, fonts)));
    runs.filter(|(_, runs)| !runs.is_empty()).collect()
}

/// Returns the pieces of a text that says of itself whether it has several fonts; none where it has
/// one.
fn runs(content: &[u8], fonts: &[Letters]) -> Vec<Run> {
    let is_rich = content.first().is_some_and(|flags| flags & 1 != 0);
    let Some((text, rest)) = content.get(1..).filter(|_| is_rich).and_then(text) else {
        return Vec::new();
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    let starts = rest.get(4..).unwrap_or_default().chunks_exact(4);
    let starts = starts.filter_map(|start| {
        let font = fonts.get(usize::from(word(start, 2)?));
        Some((word(start, 0)?, font.copied().unwrap_or_default()))
    });
    struck::pieces(&units, starts)
}

/// Returns a sheet's records with every cell in the long form, which says its column; none where all
/// are.
fn lengthened(bytes: &[u8]) -> Option<Vec<u8>> {
    if !(Records { bytes }).any(|(kind, _)| SHORT_CELLS.contains(&kind)) {
        return None;
    }
    let mut long = Vec::with_capacity(bytes.len() * 5 / 4);
    let mut records = Records { bytes };
    let mut next: u32 = 0;
    loop {
        let before = records.bytes;
        let Some((kind, content)) = records.next() else {
            long.extend(before);
            return Some(long);
        };
        if SHORT_CELLS.contains(&kind) {
            // All kinds and lengths of the long form of a short cell but for long texts are one byte.
            long.push(u8::try_from(kind - 11).expect("kinds up to 7"));
            let mut length = content.len() + 4;
            while length >= 0x80 {
                long.push(u8::try_from(length & 0x7f).expect("seven bits") | 0x80);
                length >>= 7;
            }
            long.push(u8::try_from(length).expect("seven bits"));
            long.extend(next.to_le_bytes());
            long.extend(content);
            next = next.saturating_add(1);
            continue;
        }
        long.extend(&before[..before.len() - records.bytes.len()]);
        if kind == ROW {
            next = 0;
        } else if kind == 1 || CELLS.contains(&kind) {
            next = number(content, 0).unwrap_or(next).saturating_add(1);
        }
    }
}

/// Returns whether a colour is white: of the palette, its own, or the theme's first, not darkened.
fn is_white(colour: &[u8]) -> bool {
    match (colour.first().map(|kind| kind >> 1), colour.get(1)) {
        (Some(1), Some(index)) => matches!(index, 1 | 9),
        (Some(2), _) => colour.get(4..7) == Some(&[0xff; 3]),
        (Some(3), Some(0)) => colour.get(3).is_some_and(|tint| tint & 0x80 == 0),
        _ => false,
    }
}

/// Reads the comments of a sheet.
fn comments(bytes: &[u8]) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    let mut at = None;
    for (kind, content) in (Records { bytes }) {
        match kind {
            // An author, then the first and last row and column.
            COMMENT => {
                at = match (number(content, 4), number(content, 12)) {
                    (Some(row), Some(column)) => Some(CellAt::new(row, column)),
                    _ => None,
                };
            }
            COMMENT_TEXT => {
                let text = content.get(1..).and_then(text).map(|(text, _)| text);
                if let (Some(at), Some(text)) = (at.take(), text)
                    && !fold::is_blank(&text)
                {
                    found.push(Comment { at, text });
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|comment| comment.at);
    found
}

fn sheet(bytes: &[u8], styles: &Styles, pieces: &BTreeMap<u32, Vec<Run>>) -> SheetFacts {
    let mut facts = SheetFacts::default();
    let mut row = 0;
    for (kind, content) in (Records { bytes }) {
        let style = number(content, 4).map(|style| style & 0x00ff_ffff);
        let style = style.and_then(|style| usize::try_from(style).ok());
        let format = style.and_then(|style| styles.formats.get(style));
        let format = format.filter(|_| CELLS.contains(&kind));
        if let (Some(format), Some(column)) = (format, number(content, 0)) {
            let at = CellAt::new(row, column);
            let of_pieces = match kind {
                SHARED_TEXT => number(content, 8).and_then(|text| pieces.get(&text)).cloned(),
                FORMATTED_TEXT => content.get(8..).map(|text| runs(text, &styles.fonts)),
                _ => None,
            };
            let stroke = struck::stroke(format.struck, &of_pieces.unwrap_or_default());
            facts.strokes.extend(stroke.map(|stroke| (at, stroke)));
            if format.unseen {
                facts.unseen.push(at);
            }
            facts.formats.extend(format.number.clone().map(|format| (at, format)));
        }
        match kind {
            ROW => {
                row = number(content, 0).unwrap_or(row);
                if content.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    facts.hidden_rows.insert(row);
                }
            }
            COLUMNS => {
                let is_hidden = word(content, 16).is_some_and(|flags| flags & 1 != 0);
                if let (true, Some(first), Some(last)) =
                    (is_hidden, number(content, 0), number(content, 4))
                {
                    facts.hidden_columns.extend(first..=last.min(16_383));
                }
            }
            MERGE => {
                let corners = [0, 4, 8, 12].map(|at| number(content, at));
                if let [Some(top), Some(bottom), Some(left), Some(right)] = corners {
                    let first = CellAt::new(top, left);
                    facts.merges.push(CellRange::new(first, CellAt::new(bottom, right)));
                }
            }
            FORMATTED_TEXT => {
                // Column, style, a byte of flags, and the text before its formats.
                let shown = content.get(9..).and_then(text).map(|(shown, _)| shown);
                if let (Some(shown), Some(column)) = (shown, number(content, 0)) {
                    facts.passed_over.push((CellAt::new(row, column), Content::Text(shown.into())));
                }
            }
            kind if FIGURES.contains(&kind) || FORMULA_FIGURES.contains(&kind) => {
                facts.figures.insert(row);
                facts.figure_cells += 1;
                if FORMULA_FIGURES.contains(&kind)
                    && let Some(column) = number(content, 0)
                {
                    let is_zero = kind == FORMULA_FIGURES[0] && content.get(8..16) == Some(&[0; 8]);
                    if is_zero {
                        facts.zeros.push(CellAt::new(row, column));
                    } else {
                        facts.calculated = true;
                    }
                }
                if kind == FORMULA_ERROR
                    && let (Some(code), Some(column)) = (content.get(8), number(content, 0))
                {
                    let error = Content::Error(error_name(*code).to_owned());
                    facts.passed_over.push((CellAt::new(row, column), error));
                }
            }
            FORMULA_TEXT => {
                let shown = content.get(8..).and_then(text).map(|(shown, _)| shown);
                facts.calculated |= shown.is_some_and(|shown| !fold::is_blank(&shown));
            }
            _ => {}
        }
    }
    facts
}

fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => "#ERROR!",
    }
}

fn word(content: &[u8], at: usize) -> Option<u16> {
    content.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn number(content: &[u8], at: usize) -> Option<u32> {
    let bytes = content.get(at..at + 4)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// Returns a counted UTF-16 text and what follows it.
fn text(content: &[u8]) -> Option<(String, &[u8])> {
    let length = usize::try_from(number(content, 0)?).ok()?.checked_mul(2)?;
    let bytes = content.get(4..length.checked_add(4)?)?;
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    Some((String::from_utf16_lossy(&units), &content[4 + length..]))
}

/// The records of a part: kind and length in seven-bit groups, then the content.
struct Records<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, rest) = grouped(self.bytes, 2)?;
        let (length, rest) = grouped(rest, 4)?;
        let length = usize::try_from(length).ok()?;
        let content = rest.get(..length)?;
        self.bytes = &rest[length..];
        Some((u16::try_from(kind).ok()?, content))
    }
}

/// Returns a number of at most so many groups of seven bits, and what follows it.
fn grouped(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let mut value = 0;
    for place in 0..most {
        let byte = *bytes.get(place)?;
        value |= u32::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 || place + 1 == most {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let [low, high] = kind.to_le_bytes();
        if kind < 0x80 {
            bytes.push(low);
        } else {
            bytes.extend([low | 0x80, (high << 1) | (low >> 7)]);
        }
        bytes.push(u8::try_from(content.len()).expect("short records"));
        bytes.extend(content);
        bytes
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn what_the_library_passes_over_is_read() {
        let mut hidden_row = numbers(&[4, 0, 0]);
        hidden_row[11] = 0x10;
        let mut error = numbers(&[2, 0]);
        error.push(0x17);
        let mut formatted = numbers(&[3, 0]);
        formatted.push(1);
        formatted.extend(numbers(&[2]));
        formatted.extend("海棠".encode_utf16().flat_map(u16::to_le_bytes));
        let mut hidden_columns = numbers(&[6, 7, 0, 0]);
        hidden_columns.extend([1, 0]);
        let mut percent = numbers(&[5, 1]);
        percent.extend(0.4_f64.to_le_bytes());
        let bytes = [
            record(COLUMNS, &hidden_columns),
            record(ROW, &hidden_row),
            record(FORMULA_ERROR, &error),
            record(FORMATTED_TEXT, &formatted),
            record(5, &percent),
            record(7, &numbers(&[8, 2, 0])),
            record(MERGE, &numbers(&[4, 6, 1, 1])),
        ]
        .concat();
        let number = NumberFormat::parse("0%").map(Rc::new);
        let percent = CellFormat { number, struck: false, unseen: false };
        let struck = CellFormat { number: None, struck: true, unseen: false };
        let formats = vec![CellFormat::default(), percent, struck];
        let styles = Styles { fonts: Vec::new(), formats };
        let facts = sheet(&bytes, &styles, &BTreeMap::new());
        assert_eq!(facts.strokes, [(CellAt::new(4, 8), Stroke::Whole)]);
        assert_eq!(facts.hidden_rows, BTreeSet::from([4]));
        assert_eq!(facts.hidden_columns, BTreeSet::from([6, 7]));
        assert_eq!(facts.formats.keys().copied().collect::<Vec<_>>(), [CellAt::new(4, 5)]);
        assert_eq!(
            facts.passed_over,
            [
                (CellAt::new(4, 2), Content::Error("#REF!".to_owned())),
                (CellAt::new(4, 3), Content::Text("海棠".into())),
            ]
        );
        assert_eq!(facts.figure_cells, 2);
        assert_eq!(facts.merges, [CellRange::new(CellAt::new(4, 1), CellAt::new(6, 1))]);
    }

    #[test]
    fn struck_fonts_and_comments_are_read() {
        let font = |flags: u16| record(FONT, &[[220, 0], flags.to_le_bytes()].concat());
        let format =
            |font: u16| record(CELL_FORMAT, &[[0; 2], [0; 2], font.to_le_bytes()].concat());
        let parts = [
            font(0),
            font(0x0008),
            record(CELL_FORMATS, &[]),
            format(0),
            format(1),
            record(CELL_FORMATS_END, &[]),
        ]
        .concat();
        let struck: Vec<bool> = styles(&parts).formats.iter().map(|format| format.struck).collect();
        assert_eq!(struck, [false, true]);
        let mut text = vec![0];
        text.extend(numbers(&[2]));
        text.extend("核实".encode_utf16().flat_map(u16::to_le_bytes));
        let bytes =
            [record(COMMENT, &numbers(&[0, 4, 4, 3, 3])), record(COMMENT_TEXT, &text)].concat();
        let written = Comment { at: CellAt::new(4, 3), text: "核实".to_owned() };
        assert_eq!(comments(&bytes), [written]);
    }
    #[test]
    fn short_cells_say_their_columns_and_pieces_are_struck() {
        let style = [0; 4];
        let short = |kind: u16, value: &[u8]| record(kind + 11, &[&style[..], value].concat());
        let bytes = [
            record(ROW, &numbers(&[4, 0, 0])),
            record(7, &numbers(&[2, 0, 0])),
            short(7, &numbers(&[1])),
            short(5, &35.0_f64.to_le_bytes()),
            record(ROW, &numbers(&[5, 0, 0])),
            short(7, &numbers(&[0])),
        ]
        .concat();
        let long = lengthened(&bytes).unwrap();
        assert_eq!(lengthened(&long), None);
        let cells: Vec<(u16, u32)> = Records { bytes: &long }
            .filter(|(kind, _)| CELLS.contains(kind))
            .map(|(kind, content)| (kind, number(content, 0).unwrap()))
            .collect();
        assert_eq!(cells, [(7, 2), (7, 3), (5, 4), (7, 0)]);
        let plain = Letters::default();
        let fonts = [plain, Letters { struck: true, ..plain }];
        let text = |text: &str| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [numbers(&[u32::try_from(units.len() / 2).unwrap()]), units].concat()
        };
        let rich = [vec![1], text("7035"), numbers(&[2]), vec![0, 0, 1, 0, 2, 0, 0, 0]].concat();
        let strings =
            [record(SHARED_STRING, &[vec![0], text("甲")].concat()), record(SHARED_STRING, &rich)]
                .concat();
        let pieces = pieces(&strings, &fonts);
        let styles = Styles { fonts: fonts.to_vec(), formats: vec![CellFormat::default()] };
        let facts = sheet(&long, &styles, &pieces);
        let part = Stroke::Part { struck: "70".to_owned(), left: "35".to_owned() };
        assert_eq!(facts.strokes, [(CellAt::new(4, 3), part)]);
    }
}
