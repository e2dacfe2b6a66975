//! What the reader hands on: sheets of cells that know their place, whatever the format was.

use std::collections::{BTreeMap, BTreeSet};

use super::number_format::{Face, NumberFormat, Shown};
use super::records::Dialect;
use super::struck::Struck;
use super::sums::Sum;
use crate::model::{CellAt, CellRange, Text, fold};

/// The format of a file, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
    /// The XML format of Excel 2003.
    SpreadsheetXml,
    /// Tables of a web page.
    Html,
    /// Comma-, semicolon- or tab-separated text.
    Csv,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Xlsb => "xlsb",
            Format::Xls => "xls",
            Format::Ods => "ods",
            Format::SpreadsheetXml => "spreadsheet-xml",
            Format::Html => "html",
            Format::Csv => "csv",
        }
    }

    /// Returns whether the format tells which rows and columns are hidden.
    pub fn tells_hidden(self) -> bool {
        self != Format::Csv
    }
}

/// A file, read.
#[derive(Clone, Debug)]
pub struct Book {
    pub format: Format,
    pub sheets: Vec<Sheet>,
    /// The document's custom properties, in the file's order.
    pub properties: Vec<(String, String)>,
}

/// One sheet with its non-blank rows.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its name; none where the format has no sheets and the file's name stands in.
    pub name: Option<String>,
    pub hidden: bool,
    /// Whether its dates are counted from 1904, as on old Macs.
    pub dates_from_1904: bool,
    /// How many rows show something, counted apart from [`Sheet::rows`] where the format allows.
    pub nonblank: usize,
    /// How many cells show something, counted likewise.
    pub nonblank_cells: usize,
    /// In ascending order, only rows with content.
    pub rows: Vec<Row>,
    pub merges: Merges,
    pub hidden_rows: BTreeSet<u32>,
    pub hidden_columns: BTreeSet<u32>,
    /// What is struck out; it is not in the rows.
    pub struck: Vec<Struck>,
    /// In the order of their cells.
    pub comments: Vec<Comment>,
    /// Cells that add up others, in the order of their cells, where the format tells.
    pub sums: Vec<Sum>,
    /// Cells whose formulas name cells of another file, in their order, where the format tells.
    pub linked: Vec<CellAt>,
    /// How the lines of a text file are written; none where the format has cells of its own.
    pub text: Option<TextLines>,
}

/// The lines of a text file, and how they were cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLines {
    pub dialect: Dialect,
    /// A delimiter by which the file would read nearly as well.
    pub rival: Option<u8>,
    /// In ascending order, only lines with content.
    pub lines: Vec<Line>,
}

/// A line of a text file, or several where a quoted field holds line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The row that it is on the sheet.
    pub row: u32,
    /// Its number as a text editor counts, from 1.
    pub line: u32,
    pub fields: u32,
    pub doubt: Option<Doubt>,
}

/// Why a line of a text file may not be what it was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A quote opens a field and is never closed.
    QuoteUnclosed,
    /// A quote stands where none can.
    QuoteStray,
    /// So many lines stand in quotes as one, each of which would be a row of its own.
    LinesJoined(u32),
    /// One field, which another delimiter would cut into as many as the other lines have.
    OtherDelimiter,
    /// It holds bytes that are no text.
    Damaged,
}

/// What somebody wrote about a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub at: CellAt,
    pub text: String,
}

/// The merged ranges of a sheet, found by row.
#[derive(Clone, Debug, Default)]
pub struct Merges {
    ranges: Vec<CellRange>,
    /// Only rows with content, so that a merged whole column costs nothing.
    by_row: BTreeMap<u32, Vec<usize>>,
}

impl Merges {
    pub fn new(ranges: Vec<CellRange>, rows: &[Row]) -> Self {
        let mut by_row: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, range) in ranges.iter().enumerate() {
            let first = rows.partition_point(|row| row.index < range.first.row);
            let touched = rows[first..].iter().take_while(|row| row.index <= range.last.row);
            for row in touched {
                by_row.entry(row.index).or_default().push(index);
            }
        }
        Self { ranges, by_row }
    }

    /// Returns the merged range that a cell of a row with content lies in.
    pub fn at(&self, cell: CellAt) -> Option<&CellRange> {
        let touching = self.by_row.get(&cell.row)?;
        touching.iter().map(|index| &self.ranges[*index]).find(|range| range.contains(cell))
    }

    pub fn iter(&self) -> impl Iterator<Item = &CellRange> {
        self.ranges.iter()
    }
}

/// A row with at least one cell that shows something.
#[derive(Clone, Debug)]
pub struct Row {
    pub index: u32,
    /// In ascending order, only cells with content.
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub column: u32,
    pub content: Content,
    pub seen: Seen,
}

/// How a cell looks to a person, beside what it holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Seen {
    #[default]
    AsTyped,
    /// A number whose format says more than the number.
    As(Box<Shown>),
    /// Holds something and shows nothing.
    AsNothing,
}

impl Cell {
    pub fn new(column: u32, content: Content) -> Self {
        Self { column, content, seen: Seen::AsTyped }
    }

    /// Returns what the cell's format makes of its number.
    pub fn shown(&self) -> Option<&Shown> {
        match &self.seen {
            Seen::As(shown) => Some(shown),
            Seen::AsTyped | Seen::AsNothing => None,
        }
    }
}

/// What a cell holds, before it is understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Text(Text),
    Number(f64),
    /// A number that is formatted as a percentage; 0.4 shows as 40 %.
    Percentage(f64),
    Boolean(bool),
    /// A number that is formatted as a date.
    Date {
        year: i32,
        month: u32,
        day: u32,
    },
    /// A spreadsheet error such as `#REF!`.
    Error(String),
    /// A formula without a calculated value; holds the formula.
    Uncalculated(String),
    Picture,
}

impl Content {
    /// Returns whether the cell shows nothing.
    pub fn is_blank(&self) -> bool {
        matches!(self, Content::Text(text) if fold::is_blank(text))
    }
}

impl Row {
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        let first = self.cells.first()?.column;
        let near = column.checked_sub(first)? as usize;
        if let Some(cell) = self.cells.get(near).filter(|cell| cell.column == column) {
            return Some(cell);
        }
        let found = self.cells.binary_search_by_key(&column, |cell| cell.column).ok();
        found.map(|index| &self.cells[index])
    }
}

impl Sheet {
    /// Returns the sheet with other rows than it has.
    #[must_use]
    pub fn with_rows(&self, rows: Vec<Row>) -> Sheet {
        Sheet {
            name: self.name.clone(),
            hidden: self.hidden,
            dates_from_1904: self.dates_from_1904,
            nonblank: self.nonblank,
            nonblank_cells: self.nonblank_cells,
            rows,
            merges: self.merges.clone(),
            hidden_rows: self.hidden_rows.clone(),
            hidden_columns: self.hidden_columns.clone(),
            struck: self.struck.clone(),
            comments: self.comments.clone(),
            sums: self.sums.clone(),
            linked: self.linked.clone(),
            text: self.text.clone(),
        }
    }

    /// Returns the cells of a row that add up others.
    pub fn sums_of(&self, row: u32) -> &[Sum] {
        let first = self.sums.partition_point(|sum| sum.at.row < row);
        let count = self.sums[first..].partition_point(|sum| sum.at.row == row);
        &self.sums[first..first + count]
    }

    /// Returns the content of a cell, if it shows anything.
    pub fn content(&self, at: CellAt) -> Option<&Content> {
        self.cell(at).map(|cell| &cell.content)
    }

    /// Returns a cell, if it holds anything.
    pub fn cell(&self, at: CellAt) -> Option<&Cell> {
        // Rows seldom have gaps: a row mostly stands where it would without any.
        let first = self.rows.first()?.index;
        let near = at.row.checked_sub(first)? as usize;
        let row = match self.rows.get(near) {
            Some(row) if row.index == at.row => row,
            _ => {
                let index = self.rows.binary_search_by_key(&at.row, |row| row.index).ok()?;
                &self.rows[index]
            }
        };
        row.cell(at.column)
    }
}

/// Notes of cells that what they hold is not to be seen.
pub fn hide(rows: &mut [Row], cells: &[CellAt]) {
    for at in cells {
        let Ok(row) = rows.binary_search_by_key(&at.row, |row| row.index) else { continue };
        let cells = &mut rows[row].cells;
        if let Ok(place) = cells.binary_search_by_key(&at.column, |cell| cell.column) {
            cells[place].seen = Seen::AsNothing;
        }
    }
}

/// Collects cells in any order into a sheet; blank cells are left out, later cells win.
#[derive(Default)]
pub struct SheetBuilder {
    /// The cells that came behind all others before them, as most do.
    rows: Vec<Row>,
    /// The others.
    behind: Vec<(u32, Cell)>,
    /// How many there are: readers ask it for each record that they read.
    cells: usize,
}

impl SheetBuilder {
    pub fn push(&mut self, at: CellAt, content: Content) {
        self.push_seen(at, content, Seen::AsTyped);
    }

    fn push_seen(&mut self, at: CellAt, content: Content, seen: Seen) {
        if content.is_blank() {
            return;
        }
        self.cells += 1;
        let cell = Cell { column: at.column, content, seen };
        let last = self.rows.last_mut();
        let width = last.as_ref().map_or(0, |row| row.cells.len());
        match last {
            Some(row) if row.index == at.row => match row.cells.last() {
                Some(before) if before.column >= at.column => self.behind.push((at.row, cell)),
                _ => row.cells.push(cell),
            },
            Some(row) if row.index > at.row => self.behind.push((at.row, cell)),
            _ => {
                // Rows mostly are as wide as those above them.
                let mut cells = Vec::with_capacity(width.max(1));
                cells.push(cell);
                self.rows.push(Row { index: at.row, cells });
            }
        }
    }

    /// Takes a cell with the number format that it is shown by, where that says something.
    pub fn push_formatted(&mut self, at: CellAt, content: Content, format: Option<&NumberFormat>) {
        let (content, seen) = match (content, format) {
            (Content::Number(number), Some(format)) => match format.face(number) {
                Face::Plain => (Content::Number(number), Seen::AsTyped),
                Face::Percent => (Content::Percentage(number), Seen::AsTyped),
                Face::Other(shown) => (Content::Number(number), Seen::As(Box::new(shown))),
                Face::Nothing => (Content::Number(number), Seen::AsNothing),
            },
            (content @ Content::Text(_), Some(format)) if format.hides_texts() => {
                (content, Seen::AsNothing)
            }
            (content, _) => (content, Seen::AsTyped),
        };
        self.push_seen(at, content, seen);
    }

    pub fn len(&self) -> usize {
        self.cells
    }

    /// Returns how many of the cells hold a number, a date, a truth value or an error.
    pub fn figures(&self) -> usize {
        let is_figure = |cell: &&Cell| {
            !matches!(cell.content, Content::Text(_) | Content::Uncalculated(_) | Content::Picture)
        };
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.chain(self.behind.iter().map(|(_, cell)| cell)).filter(is_figure).count()
    }

    pub fn build(self) -> Vec<Row> {
        if self.behind.is_empty() {
            return self.rows;
        }
        let ordered = self.rows.into_iter();
        let ordered =
            ordered.flat_map(|row| row.cells.into_iter().map(move |cell| (row.index, cell)));
        let mut cells: Vec<(u32, Cell)> = ordered.chain(self.behind).collect();
        // The sort is stable, so of several contents for one cell the last pushed stays last: what came
        // behind all others came before whatever else there is for its cell.
        cells.sort_by_key(|(row, cell)| (*row, cell.column));
        let mut rows: Vec<Row> = Vec::new();
        for (index, cell) in cells {
            if rows.last().is_none_or(|row| row.index != index) {
                rows.push(Row { index, cells: Vec::new() });
            }
            let row = rows.last_mut().expect("a row was pushed");
            match row.cells.last_mut() {
                Some(last) if last.column == cell.column => *last = cell,
                _ => row.cells.push(cell),
            }
        }
        rows
    }
}

/// Returns how many cells the rows hold.
pub fn count_cells(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.cells.len()).sum()
}

/// Returns a number as a whole one, where it is one of no more digits than are shown.
pub fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and small, as just asked")]
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// Returns a number's text at 15 significant digits, as a spreadsheet shows it: what was typed
/// as 91.449277 is stored as 91.44927699999999… and shown as 91.449277.
pub fn number_text(number: f64) -> String {
    /// A decimal of no more digits is the same in both forms.
    const DIGITS: usize = 15;
    // Most figures of a sheet are whole, of no more digits than are shown.
    if let Some(number) = whole(number) {
        return number.to_string();
    }
    // Nearly all others have a short decimal of which they are the nearest double.
    if (1e-10..1e20).contains(&number.abs()) {
        let shortest = number.to_string();
        let digits = shortest.trim_start_matches(['-', '0', '.']).bytes();
        if digits.filter(u8::is_ascii_digit).count() <= DIGITS {
            return shortest;
        }
    }
    let scientific = format!("{number:.14e}");
    // A share of more than all numbers.
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    let negative = mantissa.starts_with('-');
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let sign = if negative { "-" } else { "" };
    if !(-10..=20).contains(&exponent) {
        return format!("{number:e}");
    }
    let count = i32::try_from(digits.len()).expect("at most 15 digits");
    if exponent < 0 {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).expect("exponent is negative"));
        return format!("{sign}0.{zeros}{digits}");
    }
    if count <= exponent + 1 {
        let zeros = "0".repeat(usize::try_from(exponent + 1 - count).expect("not negative"));
        return format!("{sign}{digits}{zeros}");
    }
    let (integral, fraction) =
        digits.split_at(usize::try_from(exponent + 1).expect("exponent is not negative"));
    format!("{sign}{integral}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::excessive_precision, reason = "the noise is the point")]
    fn numbers_read_as_they_are_shown() {
        for (number, text) in [
            (91.449_276_999_999_99, "91.449277"),
            (0.1 + 0.2, "0.3"),
            (1_234.564_999_999_999_9, "1234.565"),
            (12_401.0, "12401"),
            (-0.005, "-0.005"),
            (1e15, "1000000000000000"),
            (250_000.0, "250000"),
            (0.000_001, "0.000001"),
        ] {
            assert_eq!(number_text(number), text);
        }
        assert_eq!(number_text(f64::MAX * 100.0), "inf");
    }

    /// The digits of a number at 15 significant ones and the power of ten of the first, by the formatter's own
    /// rounding.
    fn rounded(number: f64) -> (String, i32) {
        let scientific = format!("{:.14e}", number.abs());
        let (mantissa, exponent) = scientific.split_once('e').unwrap();
        let digits = mantissa.replace('.', "");
        (digits.trim_end_matches('0').to_owned(), exponent.parse().unwrap())
    }

    #[test]
    fn whichever_way_a_number_is_written_it_has_the_digits_that_are_shown() {
        // Any bits, sums of decimals, and what stands beside round ones.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..200_000 {
            let own = f64::from_bits(next());
            #[expect(clippy::cast_precision_loss, reason = "whatever it becomes is tried")]
            let decimal = (next() % 10_u64.pow(17)) as f64 / 10_f64.powi((next() % 24) as i32);
            let round = f64::from(u32::try_from(next() % 1_000_000).unwrap());
            let near = f64::from_bits((0.1 * round).to_bits() + next() % 4);
            for number in [own, decimal, -decimal, decimal + 0.1, near] {
                if !number.is_finite() || number == 0.0 {
                    continue;
                }
                let (digits, exponent) = rounded(number);
                if !(-10..=20).contains(&exponent) {
                    assert_eq!(number_text(number), format!("{number:e}"));
                    continue;
                }
                let text = number_text(number);
                assert_eq!(text.starts_with('-'), number < 0.0, "{number:e}");
                let plain = text.trim_start_matches('-');
                let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
                assert!(!fraction.ends_with('0') && !plain.ends_with('.'), "{text}");
                let first = plain.find(|c: char| ('1'..='9').contains(&c)).unwrap();
                let place = i32::try_from(whole.len()).unwrap() - i32::try_from(first).unwrap();
                assert_eq!(if first < whole.len() { place - 1 } else { place }, exponent, "{text}");
                let own = plain[first..].replace('.', "");
                assert_eq!(own.trim_end_matches('0'), digits, "{number:e}");
                assert!(whole == "0" || !whole.starts_with('0'), "{text}");
            }
        }
    }

    #[test]
    fn later_cells_win_and_blanks_vanish() {
        let mut builder = SheetBuilder::default();
        builder.push(CellAt::new(3, 1), Content::Number(1.0));
        builder.push(CellAt::new(0, 0), Content::Text(" \u{3000}\u{200b}".into()));
        builder.push(CellAt::new(3, 0), Content::Text("a".into()));
        builder.push(CellAt::new(3, 1), Content::Number(2.0));
        let rows = builder.build();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].cell(1).unwrap().content, Content::Number(2.0));
    }
}
