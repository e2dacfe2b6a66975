//! Corrections of how tables are understood: which sheets each holds for, and what holds for one
//! sheet when all of them have spoken.

use std::ops::RangeInclusive;

use regex::Regex;

use super::file::{Of, UnitStands};
use super::{Pipeline, file};
use crate::model::{ColumnId, Side, fold};

/// A correction, or all that hold for one sheet as one.
#[derive(Clone, Debug)]
pub struct TableCorrection {
    /// All sheets where there is none.
    pub sheets: Vec<SheetPattern>,
    /// Sheets that do not count.
    pub without: Vec<SheetPattern>,
    pub of: Of,
    /// Zero-based.
    pub heading_rows: Option<RangeInclusive<u32>>,
    /// What the columns of a table without a heading are called, from its first column on.
    pub headings: Vec<String>,
    pub unit: Option<UnitStands>,
    pub sections: Vec<Regex>,
    pub details: Vec<Regex>,
    pub skip: Vec<Regex>,
    /// Lines with which a table ends: what stands below them, up to the next heading, is none of it.
    pub ends: Vec<Regex>,
    pub fill: Vec<ColumnId>,
    /// Columns of which a blank cell stays blank, though those of a key fill down.
    pub keep_blank: Vec<ColumnId>,
    /// Columns whose text goes on in the rows below that hold nothing else.
    pub continued: Vec<ColumnId>,
    /// Columns whose text stands in a labelled line above the table.
    pub above: Vec<ColumnId>,
    pub across: Option<Across>,
}

impl Default for TableCorrection {
    fn default() -> Self {
        TableCorrection {
            sheets: Vec::new(),
            without: Vec::new(),
            of: Of::Both,
            heading_rows: None,
            headings: Vec::new(),
            unit: None,
            sections: Vec::new(),
            details: Vec::new(),
            skip: Vec::new(),
            ends: Vec::new(),
            fill: Vec::new(),
            keep_blank: Vec::new(),
            continued: Vec::new(),
            above: Vec::new(),
            across: None,
        }
    }
}

/// Columns of the sheet that hold one field, each for another unit or the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Across {
    pub field: ColumnId,
    pub headings: AcrossHeadings,
}

/// What the headings of such columns name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcrossHeadings {
    Unit,
    /// The column that takes them.
    Column(ColumnId),
}

/// Which sheet is meant.
#[derive(Clone, Debug)]
pub enum SheetPattern {
    /// By its place, from zero.
    Place(usize),
    /// By its name, with the key of the name.
    Name(Regex),
}

/// A sheet as its file has it.
#[derive(Clone, Copy, Debug)]
pub struct SheetAt<'a> {
    /// None in a file without sheets, as csv is.
    pub name: Option<&'a str>,
    /// From zero.
    pub place: usize,
}

impl SheetPattern {
    fn fits(&self, sheet: SheetAt<'_>) -> bool {
        match self {
            SheetPattern::Place(place) => *place == sheet.place,
            SheetPattern::Name(name) => {
                sheet.name.is_some_and(|own| name.is_match(&fold::plain(own)))
            }
        }
    }
}

impl TableCorrection {
    /// Returns whether it names nothing but sheets, and so says which of them count.
    pub fn only_chooses(&self) -> bool {
        !(self.sheets.is_empty() && self.without.is_empty())
            && self.heading_rows.is_none()
            && self.headings.is_empty()
            && self.unit.is_none()
            && self.across.is_none()
            && self.fill.is_empty()
            && self.keep_blank.is_empty()
            && self.continued.is_empty()
            && self.above.is_empty()
            && [&self.sections, &self.details, &self.skip, &self.ends]
                .iter()
                .all(|list| list.is_empty())
    }

    fn holds_for(&self, sheet: SheetAt<'_>, side: Side) -> bool {
        self.is_of(side)
            && (self.sheets.is_empty() || self.sheets.iter().any(|pattern| pattern.fits(sheet)))
            && !self.without.iter().any(|pattern| pattern.fits(sheet))
    }

    fn is_of(&self, side: Side) -> bool {
        match self.of {
            Of::Both => true,
            Of::Plan => side == Side::Plan,
            Of::Submissions => side == Side::Submission,
        }
    }
}

impl Pipeline {
    /// Returns whether a return that names no unit may be known by its tasks.
    pub fn knows_units_by_tasks(&self) -> bool {
        let of_returns = self.tables.iter().filter(|table| table.is_of(Side::Submission));
        of_returns.into_iter().any(|table| table.unit == Some(UnitStands::Tasks))
    }

    /// Returns what is corrected on a sheet: of each key what the last correction says that names it.
    pub fn table_correction(&self, sheet: SheetAt<'_>, side: Side) -> TableCorrection {
        let mut all = TableCorrection::default();
        for own in self.tables.iter().filter(|own| own.holds_for(sheet, side)) {
            let TableCorrection {
                sheets: _,
                without: _,
                of: _,
                heading_rows,
                headings,
                unit,
                sections,
                details,
                skip,
                ends,
                fill,
                keep_blank,
                continued,
                above,
                across,
            } = own;
            all.heading_rows = heading_rows.clone().or(all.heading_rows);
            if !headings.is_empty() {
                all.headings.clone_from(headings);
            }
            all.unit = unit.or(all.unit);
            all.across = across.or(all.across);
            let lists = [
                (&mut all.sections, sections),
                (&mut all.details, details),
                (&mut all.skip, skip),
                (&mut all.ends, ends),
            ];
            for (list, said) in lists {
                if !said.is_empty() {
                    list.clone_from(said);
                }
            }
            let lists = [
                (&mut all.fill, fill),
                (&mut all.keep_blank, keep_blank),
                (&mut all.continued, continued),
                (&mut all.above, above),
            ];
            for (list, said) in lists {
                if !said.is_empty() {
                    list.clone_from(said);
                }
            }
        }
        all
    }

    /// Returns which sheets of a file count, by their places: those that corrections choose and do not
    /// leave aside, and all where none does or none of the chosen is there.
    pub fn counting_sheets(&self, sheets: &[SheetAt<'_>], side: Side) -> Vec<bool> {
        let choices = || self.tables.iter().filter(|own| own.only_chooses() && own.is_of(side));
        let is_left = |sheet: SheetAt<'_>| {
            choices().flat_map(|own| &own.without).any(|pattern| pattern.fits(sheet))
        };
        let chosen: Vec<bool> = sheets
            .iter()
            .map(|sheet| choices().any(|choice| choice.holds_for(*sheet, side)) && !is_left(*sheet))
            .collect();
        if chosen.contains(&true) { chosen } else { vec![true; sheets.len()] }
    }

    /// Returns the side as which a file is read: where nothing is corrected on one side only, the
    /// same bytes are read alike on both.
    pub fn side_read(&self, side: Side) -> Side {
        let tells_apart = self.tables.iter().any(|own| own.of != Of::Both);
        if tells_apart { side } else { Side::Submission }
    }
}

/// Compiles the name or the place of a sheet; none where it says nothing.
pub(super) fn sheet_pattern(text: &str) -> Option<SheetPattern> {
    let plain = fold::plain(text);
    if let Some(place) = plain.strip_prefix('#') {
        let place: usize = place.parse().ok()?;
        return Some(SheetPattern::Place(place.checked_sub(1)?));
    }
    if plain.is_empty() {
        return None;
    }
    let parts: Vec<String> = plain.split('*').map(regex::escape).collect();
    let name = Regex::new(&format!("^{}$", parts.join(".*"))).ok()?;
    Some(SheetPattern::Name(name))
}

/// Reads `4-6` or `4`, as a sheet counts its rows; none where it is neither.
pub(super) fn rows(text: &str) -> Option<RangeInclusive<u32>> {
    let plain = fold::plain(text);
    let (first, last) = plain.split_once(['-', '~', '至']).unwrap_or((&plain, &plain));
    let first: u32 = first.parse().ok()?;
    let last: u32 = last.parse().ok()?;
    (first >= 1 && first <= last && last - first < MOST_HEADING_ROWS).then(|| first - 1..=last - 1)
}

/// A heading of more rows is none.
const MOST_HEADING_ROWS: u32 = 20;

/// Returns whether one of the patterns fits a text, as typed or as it is compared.
pub fn any_fits(patterns: &[Regex], text: &str) -> bool {
    if patterns.is_empty() {
        return false;
    }
    let plain = fold::plain(text);
    patterns.iter().any(|pattern| pattern.is_match(text.trim()) || pattern.is_match(&plain))
}

/// The words of the file for what stands nowhere else: `unit` among the headings of a matrix.
pub(super) const ACROSS_UNIT: &str = "unit";

/// Returns whether the file as written names something to correct.
pub(super) fn says_something(table: &file::Table) -> bool {
    !table.sheets.is_empty()
        || !table.without.is_empty()
        || table.heading_rows.is_some()
        || table.unit.is_some()
        || table.across.is_some()
        || [&table.sections, &table.details, &table.skip, &table.ends, &table.above]
            .iter()
            .chain(&[&table.fill, &table.keep_blank, &table.continued, &table.headings])
            .any(|list| !list.is_empty())
}
