//! Formulas that add up cells and do nothing else: `SUM(C5:C9)`, `C5+C9+C12`, `SUBTOTAL(9,C5:C9)`,
//! `ROUND(SUM(C5:C9),2)`. What a cell adds up says what it is, whatever it is called.
//!
//! Only sums along the cell's own column or its own row are kept: a sum over a block of cells, or one
//! of another sheet's, says nothing about rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CellAt, CellRange};

/// A cell that adds up others of its column or of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub at: CellAt,
    /// As the formula names them.
    pub of: Vec<CellRange>,
}

impl Sum {
    /// Returns the first and the last of each run of rows that is added up; none where the cell adds
    /// up its own row.
    pub fn rows(&self) -> Vec<(u32, u32)> {
        let is_own = |range: &CellRange| (range.first.row..=range.last.row).contains(&self.at.row);
        if self.of.iter().any(is_own) {
            return Vec::new();
        }
        self.of.iter().map(|range| (range.first.row, range.last.row)).collect()
    }
}

/// A longer formula is no list of cells that anybody typed or looks through.
const LONGEST: usize = 2_000;
/// Brackets within brackets.
const MOST_LEVELS: usize = 8;

/// The sums of a sheet, while its cells are walked.
#[derive(Debug, Default)]
pub(super) struct Sums {
    found: Vec<Sum>,
    /// Formulas written once for several cells, with the cell at which they are written.
    shared: BTreeMap<u32, (CellAt, Vec<Area>)>,
    /// Cells whose formulas name cells of another file, and which shared ones do.
    linked: Vec<CellAt>,
    shared_links: BTreeSet<u32>,
}

impl Sums {
    /// Notes a formula, without the sign that it begins with; `shared` is the number under which it
    /// holds for several cells, of which only the first repeats it.
    pub(super) fn note(&mut self, at: CellAt, formula: &str, shared: Option<u32>) {
        if names_file(formula) {
            self.linked.push(at);
            self.shared_links.extend(shared);
        } else if formula.is_empty()
            && shared.is_some_and(|shared| self.shared_links.contains(&shared))
        {
            self.linked.push(at);
        }
        let Some(number) = shared else {
            self.found.extend(areas(formula).and_then(|areas| sum(at, at, &areas)));
            return;
        };
        if !formula.is_empty() {
            self.shared.insert(number, (at, areas(formula).unwrap_or_default()));
        }
        let written = self.shared.get(&number);
        self.found.extend(written.and_then(|(written, areas)| sum(at, *written, areas)));
    }

    /// Notes a cell whose formula names cells of another file.
    pub(super) fn note_link(&mut self, at: CellAt) {
        self.linked.push(at);
    }

    /// Returns the sums in the order of their cells, one for each, and the cells that are linked to
    /// another file.
    pub(super) fn done(mut self) -> (Vec<Sum>, Vec<CellAt>) {
        self.found.sort_by_key(|sum| sum.at);
        self.found.dedup_by_key(|sum| sum.at);
        self.linked.sort_unstable();
        self.linked.dedup();
        (self.found, self.linked)
    }
}

/// Returns whether a formula names cells of another file: `[1]表!C5`, `'C:\[一月.xlsx]表'!C5`.
pub(super) fn names_file(formula: &str) -> bool {
    // A square bracket alone names a column of a table on one's own sheets.
    let Some(sheet) = formula.find('!') else { return false };
    let Some(open) = formula[..sheet].find('[') else { return false };
    let Some(inside) = formula[open + 1..sheet].split_once(']') else { return false };
    let name = inside.0;
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    is_number || name.contains(".xls") || name.contains(".ods") || name.contains(".et")
}

/// Returns whether a formula of the open format names cells of another file.
pub(super) fn names_file_in_brackets(formula: &str) -> bool {
    formula.contains("['file:") || formula.contains("'file://")
}

/// Returns a formula of the open format, `of:=SUM([.C5:.C9])`, as the others write it; empty where it
/// names cells of other sheets.
pub(super) fn without_brackets(formula: &str) -> String {
    let formula = formula.split_once('=').map_or("", |(_, formula)| formula);
    let mut written = String::with_capacity(formula.len());
    let mut before = ' ';
    for c in formula.chars() {
        match c {
            '[' | ']' => {}
            '.' if matches!(before, '[' | ':') => {}
            '.' => return String::new(),
            _ => written.push(c),
        }
        before = c;
    }
    written
}

/// Returns a formula that names cells by how far they are away, `SUM(R[-5]C:R[-1]C)`, as the others
/// write it; none where it names cells of other sheets, or none at all.
pub(super) fn from_offsets(formula: &str, at: CellAt) -> Option<String> {
    if formula.len() > LONGEST || !formula.is_ascii() || formula.contains('!') {
        return None;
    }
    let mut written = String::with_capacity(formula.len());
    let mut rest = formula;
    let mut before = '(';
    while let Some(c) = rest.chars().next() {
        if !before.is_ascii_alphanumeric()
            && let Some((cell, after)) = offset_cell(rest, at)
        {
            written.push_str(&cell.to_string());
            before = 'C';
            rest = after;
            continue;
        }
        written.push(c);
        before = c;
        rest = &rest[1..];
    }
    Some(written)
}

/// Takes a cell such as `R[-5]C` or `R3C2` from the beginning of a formula.
fn offset_cell(formula: &str, at: CellAt) -> Option<(CellAt, &str)> {
    let (row, rest) = offset(formula.strip_prefix('R')?, at.row)?;
    let (column, rest) = offset(rest.strip_prefix('C')?, at.column)?;
    let goes_on = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '(');
    (!goes_on).then_some((CellAt::new(row, column), rest))
}

/// Takes `[-5]`, `3` or nothing: how far away, the place itself counted from 1, or one's own.
fn offset(text: &str, own: u32) -> Option<(u32, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (distance, rest) = rest.split_once(']')?;
        let place = i64::from(own).checked_add(distance.parse().ok()?)?;
        return Some((u32::try_from(place).ok()?, rest));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Some((own, text));
    }
    let place: u32 = text[..digits].parse().ok()?;
    Some((place.checked_sub(1)?, &text[digits..]))
}

/// Returns the sum of areas that a formula names, at the cell where it is written or at another.
fn sum(at: CellAt, written: CellAt, areas: &[Area]) -> Option<Sum> {
    let ranges = areas.iter().map(|area| area.seen_from(at, written));
    let of: Vec<CellRange> = ranges.collect::<Option<_>>()?;
    let in_column =
        |range: &CellRange| range.first.column == at.column && range.last.column == at.column;
    let in_row = |range: &CellRange| range.first.row == at.row && range.last.row == at.row;
    let is_along = of.iter().all(in_column) || of.iter().all(in_row);
    let holds_itself = of.iter().any(|range| range.contains(at));
    (!of.is_empty() && is_along && !holds_itself).then_some(Sum { at, of })
}

/// A cell that a formula names.
#[derive(Clone, Copy, Debug)]
struct Reference {
    at: CellAt,
    /// Whether a dollar sign holds its row and its column.
    holds_row: bool,
    holds_column: bool,
}

/// Cells that a formula names.
#[derive(Clone, Copy, Debug)]
struct Area {
    first: Reference,
    last: Reference,
}

impl Reference {
    /// Returns what a formula that is written at one cell means at another.
    fn seen_from(self, at: CellAt, written: CellAt) -> Option<CellAt> {
        let moved = |named: u32, holds: bool, to: u32, from: u32| {
            let moved = if holds {
                named.into()
            } else {
                i64::from(named) + i64::from(to) - i64::from(from)
            };
            u32::try_from(moved).ok()
        };
        Some(CellAt::new(
            moved(self.at.row, self.holds_row, at.row, written.row)?,
            moved(self.at.column, self.holds_column, at.column, written.column)?,
        ))
    }
}

impl Area {
    fn seen_from(&self, at: CellAt, written: CellAt) -> Option<CellRange> {
        let (first, last) = (self.first.seen_from(at, written)?, self.last.seen_from(at, written)?);
        let rows = (first.row.min(last.row), first.row.max(last.row));
        let columns = (first.column.min(last.column), first.column.max(last.column));
        Some(CellRange::new(CellAt::new(rows.0, columns.0), CellAt::new(rows.1, columns.1)))
    }
}

/// Returns what a formula adds up; none where it does anything else.
fn areas(formula: &str) -> Option<Vec<Area>> {
    if formula.len() > LONGEST || !formula.is_ascii() {
        return None;
    }
    let mut walk = Walk { rest: formula.as_bytes(), areas: Vec::new() };
    walk.chain(MOST_LEVELS)?;
    walk.blank();
    // The figure of another cell is not the sum of one.
    let is_one = matches!(walk.areas.as_slice(), [only] if only.first.at == only.last.at);
    let is_named = formula.contains('(');
    (walk.rest.is_empty() && (is_named || !is_one)).then_some(walk.areas)
}

/// A formula, read from its beginning.
struct Walk<'a> {
    rest: &'a [u8],
    areas: Vec<Area>,
}

impl Walk<'_> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// Takes one of several bytes, where it comes next.
    fn takes(&mut self, wanted: &[u8]) -> Option<()> {
        self.blank();
        let (first, rest) = self.rest.split_first()?;
        wanted.contains(first).then(|| self.rest = rest)
    }

    /// What is added up, with plus signs between.
    fn chain(&mut self, levels: usize) -> Option<()> {
        let _ = self.takes(b"+");
        loop {
            self.term(levels)?;
            if self.takes(b"+").is_none() {
                return Some(());
            }
        }
    }

    fn term(&mut self, levels: usize) -> Option<()> {
        let levels = levels.checked_sub(1)?;
        if self.takes(b"(").is_some() {
            self.chain(levels)?;
            return self.takes(b")");
        }
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if self.rest.get(letters) != Some(&b'(') {
            return self.area();
        }
        let name = self.rest[..letters].to_ascii_uppercase();
        self.rest = &self.rest[letters + 1..];
        match name.as_slice() {
            b"SUM" => self.list(levels),
            // Its kinds 9 and 109 add up.
            b"SUBTOTAL" => {
                let kind = self.number()?;
                self.takes(b",;")?;
                if matches!(kind, 9 | 109) { self.list(levels) } else { None }
            }
            b"ROUND" => {
                self.chain(levels)?;
                self.takes(b",;")?;
                self.number()?;
                self.takes(b")")
            }
            _ => None,
        }
    }

    /// The rest of a list of what is added up.
    fn list(&mut self, levels: usize) -> Option<()> {
        loop {
            self.chain(levels)?;
            if self.takes(b",;").is_none() {
                return self.takes(b")");
            }
        }
    }

    fn number(&mut self) -> Option<u32> {
        self.blank();
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(digits);
        self.rest = rest;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn area(&mut self) -> Option<()> {
        let first = self.reference()?;
        let last = if self.takes(b":").is_some() { self.reference()? } else { first };
        self.areas.push(Area { first, last });
        Some(())
    }

    fn reference(&mut self) -> Option<Reference> {
        self.blank();
        let length = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'$')
            .count();
        let (name, rest) = self.rest.split_at(length);
        let name = std::str::from_utf8(name).ok()?;
        let at: CellAt = name.parse().ok()?;
        self.rest = rest;
        let holds_row = name.get(1..).is_some_and(|rest| rest.contains('$'));
        Some(Reference { at, holds_row, holds_column: name.starts_with('$') })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(at: &str, formula: &str) -> Option<String> {
        let mut sums = Sums::default();
        sums.note(at.parse().unwrap(), formula, None);
        let sum = sums.done().0.pop()?;
        Some(sum.of.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_only_adds_up_is_kept() {
        for (at, formula, of) in [
            ("C10", "SUM(C5:C9)", "C5:C9"),
            ("C10", "sum( C5:C7 , C9 )", "C5:C7 C9"),
            ("C10", "+C5+$C$7+C9", "C5 C7 C9"),
            ("C10", "SUBTOTAL(109,C5:C9)", "C5:C9"),
            ("C10", "ROUND(SUM(C5:C7)+(C8+C9),2)", "C5:C7 C8 C9"),
            ("C4", "SUM(C9:C5)", "C5:C9"),
            ("C6", "SUM(C5)", "C5"),
            ("E5", "SUM(C5:D5)", "C5:D5"),
        ] {
            assert_eq!(kept(at, formula).as_deref(), Some(of), "{formula}");
        }
    }

    #[test]
    fn what_does_anything_else_is_not() {
        for formula in [
            "C5-C6",
            "C5*1.1",
            "SUM(C5:C9)/2",
            "SUBTOTAL(1,C5:C9)",
            "AVERAGE(C5:C9)",
            "SUM(D5:D9)",
            "SUM(表二!C5:C9)",
            "SUM(Sheet2!C5:C9)",
            "SUM(C5:D9)",
            "SUM(C5:C10)",
            "SUM(C:C)",
            "SUM(C5:C9",
            "SUM(C5,1)",
            "",
            "C5",
            "+$C$5",
            "((((((((((C5+C6))))))))))",
        ] {
            assert_eq!(kept("C10", formula), None, "{formula}");
        }
    }

    #[test]
    fn formulas_that_name_another_file_are_known() {
        for formula in ["[1]Sheet1!$C$5", "SUM('[2]表 一'!C5:C9)", "'C:\\报表\\[一月.xlsx]表'!C5"]
        {
            assert!(names_file(formula), "{formula}");
        }
        for formula in ["SUM(C5:C9)", "表二!C5", "Table1[[#This Row],[金额]]", "Table1[1]"] {
            assert!(!names_file(formula), "{formula}");
        }
    }

    #[test]
    fn the_open_format_is_read_as_the_others() {
        assert_eq!(without_brackets("of:=SUM([.C5:.C$9];[.C12])"), "SUM(C5:C$9;C12)");
        assert_eq!(without_brackets("of:=[$表二.C5]+[.C6]"), "");
    }

    #[test]
    fn cells_named_by_their_distance_are_named_by_their_place() {
        for (formula, written) in [
            ("SUM(R[-5]C:R[-1]C)", Some("SUM(C5:C9)")),
            ("R[-2]C+R3C2+RC[1]", Some("C8+B3+D10")),
            ("ROUND(SUM(R[-1]C),2)", Some("ROUND(SUM(C9),2)")),
            ("SUM(R[-50]C)", Some("SUM(R[-50]C)")),
            ("SUM(Sheet2!R[-1]C)", None),
        ] {
            let found = from_offsets(formula, "C10".parse().unwrap());
            assert_eq!(found.as_deref(), written, "{formula}");
        }
    }

    #[test]
    fn a_formula_for_several_cells_moves_with_them() {
        let mut sums = Sums::default();
        sums.note("C10".parse().unwrap(), "SUM(C$5:C9)", Some(0));
        sums.note("D11".parse().unwrap(), "", Some(0));
        sums.note("E10".parse().unwrap(), "", Some(1));
        let of: Vec<String> = sums.done().0.iter().map(|sum| sum.of[0].to_string()).collect();
        assert_eq!(of, ["C5:C9", "D5:D10"]);
    }
}
