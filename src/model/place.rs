//! Where something stands on a sheet: a cell, a range of cells, and their A1 names.

use std::fmt;
use std::str::FromStr;

/// A cell's coordinates on its sheet, both counted from zero; shown and stored as `C14`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellAt {
    pub row: u32,
    pub column: u32,
}

/// A rectangle of cells, both corners included; shown as `A1:B2`, or `A1` when it is one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRange {
    pub first: CellAt,
    pub last: CellAt,
}

impl CellAt {
    pub fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }
}

impl CellRange {
    pub fn new(first: CellAt, last: CellAt) -> Self {
        Self { first, last }
    }

    /// Returns whether `cell` lies inside.
    pub fn contains(&self, cell: CellAt) -> bool {
        (self.first.row..=self.last.row).contains(&cell.row)
            && (self.first.column..=self.last.column).contains(&cell.column)
    }
}

/// Returns columns side by side by their letters: `A-D`, and `A` for one.
pub fn columns_by_letters(first: u32, last: u32) -> String {
    if first == last {
        column_letters(first)
    } else {
        format!("{}-{}", column_letters(first), column_letters(last))
    }
}

/// Returns the letters of a zero-based column: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).expect("a remainder of 26 fits");
        letters.push(b'A' + digit);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    String::from_utf8(letters).expect("letters are ASCII")
}

impl fmt::Display for CellAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column), u64::from(self.row) + 1)
    }
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}:{}", self.first, self.last)
        }
    }
}

/// Cells one below the other as one range.
pub fn stretches(cells: &[CellRange]) -> Vec<CellRange> {
    let mut cells: Vec<&CellRange> = cells.iter().collect();
    cells.sort_by_key(|range| (range.first.column, range.first.row));
    let mut stretches: Vec<CellRange> = Vec::new();
    for range in cells {
        let follows = |last: &CellRange| {
            last.last.row + 1 == range.first.row
                && (last.first.column, last.last.column) == (range.first.column, range.last.column)
        };
        match stretches.last_mut() {
            Some(last) if follows(last) => *last = CellRange::new(last.first, range.last),
            _ => stretches.push(*range),
        }
    }
    stretches
}

/// A text that is no cell name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a cell name such as `C14`")]
pub struct NotACell(String);

impl FromStr for CellAt {
    type Err = NotACell;

    /// Reads `C14`; dollar signs are ignored, coordinates beyond Excel's grid are refused.
    fn from_str(text: &str) -> Result<Self, NotACell> {
        if let Some(at) = usual(text.as_bytes()) {
            return Ok(at);
        }
        let refused = || NotACell(text.chars().take(40).collect());
        let mut column: u32 = 0;
        let mut row: u32 = 0;
        let mut letters = 0;
        for c in text.bytes().filter(|c| *c != b'$') {
            match c {
                b'A'..=b'Z' | b'a'..=b'z' if row == 0 && letters < 3 => {
                    letters += 1;
                    column = column * 26 + u32::from(c.to_ascii_uppercase() - b'A') + 1;
                }
                b'0'..=b'9' if letters > 0 && row < 10_000_000 => {
                    row = row * 10 + u32::from(c - b'0');
                }
                _ => return Err(refused()),
            }
        }
        if column == 0 || row == 0 || column > 16_384 || row > 1_048_576 {
            return Err(refused());
        }
        Ok(CellAt::new(row - 1, column - 1))
    }
}

/// Reads a name as nearly all are written: at most three capital letters and seven digits.
fn usual(name: &[u8]) -> Option<CellAt> {
    let letters = name.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (letters, digits) = name.split_at(letters);
    let is_short = (1..=3).contains(&letters.len()) && (1..=7).contains(&digits.len());
    if !is_short || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let column = letters.iter().fold(0, |all, letter| all * 26 + u32::from(letter - b'A') + 1);
    let row = digits.iter().fold(0, |all, digit| all * 10 + u32::from(digit - b'0'));
    ((1..=16_384).contains(&column) && (1..=1_048_576).contains(&row))
        .then(|| CellAt::new(row - 1, column - 1))
}

impl FromStr for CellRange {
    type Err = NotACell;

    fn from_str(text: &str) -> Result<Self, NotACell> {
        match text.split_once(':') {
            Some((first, last)) => Ok(CellRange::new(first.parse()?, last.parse()?)),
            None => text.parse().map(|cell| CellRange::new(cell, cell)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells_read_and_write() {
        for (name, row, column) in
            [("A1", 0, 0), ("Z9", 8, 25), ("AA10", 9, 26), ("XFD1048576", 1_048_575, 16_383)]
        {
            assert_eq!(name.parse::<CellAt>(), Ok(CellAt::new(row, column)));
            assert_eq!(CellAt::new(row, column).to_string(), name);
        }
        assert_eq!("$B$2".parse::<CellAt>(), Ok(CellAt::new(1, 1)));
    }

    #[test]
    fn a_name_is_the_same_cell_however_it_is_written() {
        for column in ["A", "Z", "AA", "XFD", "XFE", "ZZZ", "AAAA"] {
            for row in ["0", "1", "01", "1048576", "1048577", "9999999", "01048576"] {
                let usual = format!("{column}{row}").parse::<CellAt>();
                for other in [format!("${column}${row}"), format!("{column}{row}").to_lowercase()] {
                    let other = other.parse::<CellAt>();
                    assert_eq!(usual.as_ref().ok(), other.as_ref().ok(), "{column}{row}");
                }
            }
        }
    }

    #[test]
    fn names_outside_the_grid_are_refused() {
        for name in ["", "A", "1", "A0", "1:38", "XFE1", "A1048577", "B4294967298", "A1B", "甲1"] {
            assert!(name.parse::<CellAt>().is_err(), "{name} was read");
        }
    }

    #[test]
    fn cells_one_below_the_other_are_one_range() {
        let cell = |name: &str| -> CellRange { name.parse().unwrap() };
        let all = ["F2", "F3", "F4", "F6", "G6", "G7"].map(cell);
        let shown: Vec<String> = stretches(&all).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["F2:F4", "F6", "G6:G7"]);
    }
}
