//! Corrections of how tables are understood: which sheets each holds for, and what holds for one
//! sheet when all of them have spoken.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::file::{Of, UnitStands};
use super::{Pipeline, file};
use crate::model::fact::Corrects;
use crate::model::{CellAt, ColumnId, Side, fold};

/// A key of `[[normalise.table]]` of which it shows whether it corrects anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKey {
    Sheets,
    Without,
    HeadingRows,
    Within,
    Headings,
    Sections,
    Details,
    Skip,
    Tasks,
    Ends,
    Fill,
    Continued,
    Above,
}

impl CorrectionKey {
    /// Returns how the pipeline file writes it.
    pub fn name(self) -> &'static str {
        match self {
            CorrectionKey::Sheets => "sheets",
            CorrectionKey::Without => "without",
            CorrectionKey::HeadingRows => "heading_rows",
            CorrectionKey::Within => "within",
            CorrectionKey::Headings => "headings",
            CorrectionKey::Sections => "sections",
            CorrectionKey::Details => "details",
            CorrectionKey::Skip => "skip",
            CorrectionKey::Tasks => "tasks",
            CorrectionKey::Ends => "ends",
            CorrectionKey::Fill => "fill",
            CorrectionKey::Continued => "continued",
            CorrectionKey::Above => "above",
        }
    }

    /// Returns what it is held against.
    pub fn corrects(self) -> Corrects {
        match self {
            CorrectionKey::Sheets | CorrectionKey::Without => Corrects::Sheet,
            CorrectionKey::HeadingRows | CorrectionKey::Within | CorrectionKey::Headings => {
                Corrects::Heading
            }
            CorrectionKey::Sections
            | CorrectionKey::Details
            | CorrectionKey::Skip
            | CorrectionKey::Ends => Corrects::Row,
            CorrectionKey::Tasks => Corrects::Task,
            CorrectionKey::Fill | CorrectionKey::Continued | CorrectionKey::Above => {
                Corrects::Column
            }
        }
    }
}

/// One thing that a correction says: a pattern, a column, the rows of a heading; by the places of the correction
/// and of the item in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CorrectionPart {
    pub correction: usize,
    pub key: CorrectionKey,
    pub item: usize,
}

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
    /// The columns in which tables stand side by side, zero-based; what stands in no range is left aside.
    pub within: Vec<RangeInclusive<u32>>,
    /// What the columns of a table without a heading are called, from its first column on.
    pub headings: Vec<String>,
    pub unit: Option<UnitStands>,
    pub sections: Vec<Regex>,
    pub details: Vec<Regex>,
    pub skip: Vec<Regex>,
    /// Rows that are tasks, whatever they look like.
    pub tasks: Vec<Regex>,
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
    /// What each key says, as it is written.
    pub written: Vec<(CorrectionKey, String)>,
}

impl Default for TableCorrection {
    fn default() -> Self {
        TableCorrection {
            sheets: Vec::new(),
            without: Vec::new(),
            of: Of::Both,
            heading_rows: None,
            within: Vec::new(),
            headings: Vec::new(),
            unit: None,
            sections: Vec::new(),
            details: Vec::new(),
            skip: Vec::new(),
            tasks: Vec::new(),
            ends: Vec::new(),
            fill: Vec::new(),
            keep_blank: Vec::new(),
            continued: Vec::new(),
            above: Vec::new(),
            across: None,
            written: Vec::new(),
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
    pub fn fits(&self, sheet: SheetAt<'_>) -> bool {
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
            && self.within.is_empty()
            && self.headings.is_empty()
            && self.unit.is_none()
            && self.across.is_none()
            && self.fill.is_empty()
            && self.keep_blank.is_empty()
            && self.continued.is_empty()
            && self.above.is_empty()
            && [&self.sections, &self.details, &self.skip, &self.tasks, &self.ends]
                .iter()
                .all(|list| list.is_empty())
    }

    /// Returns whether it says something by a key.
    pub fn names(&self, key: CorrectionKey) -> bool {
        self.written.iter().any(|(own, _)| *own == key)
    }

    pub fn holds_for(&self, sheet: SheetAt<'_>, side: Side) -> bool {
        self.is_of(side)
            && (self.sheets.is_empty() || self.sheets.iter().any(|pattern| pattern.fits(sheet)))
            && !self.without.iter().any(|pattern| pattern.fits(sheet))
    }

    pub fn is_of(&self, side: Side) -> bool {
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
                within,
                headings,
                unit,
                sections,
                details,
                skip,
                tasks,
                ends,
                fill,
                keep_blank,
                continued,
                above,
                across,
                written: _,
            } = own;
            all.heading_rows = heading_rows.clone().or(all.heading_rows);
            if !within.is_empty() {
                all.within.clone_from(within);
            }
            if !headings.is_empty() {
                all.headings.clone_from(headings);
            }
            all.unit = unit.or(all.unit);
            all.across = across.or(all.across);
            let lists = [
                (&mut all.sections, sections),
                (&mut all.details, details),
                (&mut all.skip, skip),
                (&mut all.tasks, tasks),
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

    /// Returns which sheets of a file count, by their places: those that the last correction that chooses any of
    /// them names, without those that any leaves aside, and all where none does or none of the chosen is there.
    pub fn counting_sheets(&self, sheets: &[SheetAt<'_>], side: Side) -> Vec<bool> {
        let choices = || self.tables.iter().filter(|own| own.only_chooses() && own.is_of(side));
        let is_left = |sheet: SheetAt<'_>| {
            choices().flat_map(|own| &own.without).any(|pattern| pattern.fits(sheet))
        };
        // Of several that name sheets, the last one of which the file has any says which count.
        let named = choices().filter(|choice| !choice.sheets.is_empty()).map(|choice| {
            let holds = |sheet: &SheetAt<'_>| choice.holds_for(*sheet, side) && !is_left(*sheet);
            sheets.iter().map(holds).collect::<Vec<bool>>()
        });
        let without = choices().any(|choice| !choice.without.is_empty());
        let left = without.then(|| sheets.iter().map(|sheet| !is_left(*sheet)).collect());
        let mut chosen = left.into_iter().chain(named).filter(|chosen| chosen.contains(&true));
        chosen.next_back().unwrap_or_else(|| vec![true; sheets.len()])
    }

    /// Returns the side as which a file is read: where nothing is corrected on one side only, the
    /// same bytes are read alike on both.
    pub fn side_read(&self, side: Side) -> Side {
        let tells_apart = self.tables.iter().any(|own| own.of != Of::Both);
        if tells_apart { side } else { Side::Submission }
    }
}

/// Returns what a correction says that fits nothing, by key, as it is written; where it fits no sheet, nothing else
/// is asked.
pub fn unfitted(
    correction: usize,
    own: &TableCorrection,
    fitted: &BTreeSet<CorrectionPart>,
) -> Vec<(CorrectionKey, String)> {
    let mut unfitted: Vec<(CorrectionKey, Vec<String>)> = Vec::new();
    let mut items: BTreeMap<CorrectionKey, (usize, usize)> = BTreeMap::new();
    for (key, text) in &own.written {
        let (all, fit) = items.entry(*key).or_default();
        let item = *all;
        *all += 1;
        if fitted.contains(&CorrectionPart { correction, key: *key, item }) {
            *fit += 1;
            continue;
        }
        let text = format!("\"{text}\"");
        match unfitted.iter_mut().find(|(own, _)| own == key) {
            Some((_, texts)) => texts.push(text),
            None => unfitted.push((*key, vec![text])),
        }
    }
    let fits_no_sheet = items.get(&CorrectionKey::Sheets).is_some_and(|(_, fit)| *fit == 0);
    if fits_no_sheet {
        unfitted.retain(|(key, _)| *key == CorrectionKey::Sheets);
    }
    let as_written = |(key, texts): (CorrectionKey, Vec<String>)| {
        let texts = texts.join(", ");
        (key, if key == CorrectionKey::HeadingRows { texts } else { format!("[{texts}]") })
    };
    unfitted.into_iter().map(as_written).collect()
}

/// Compiles the name or the place of a sheet; none where it says nothing.
pub fn sheet_pattern(text: &str) -> Option<SheetPattern> {
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
pub fn rows(text: &str) -> Option<RangeInclusive<u32>> {
    let plain = fold::plain(text);
    let (first, last) = plain.split_once(['-', '~', '至']).unwrap_or((&plain, &plain));
    let first: u32 = first.parse().ok()?;
    let last: u32 = last.parse().ok()?;
    (first >= 1 && first <= last && last - first < MOST_HEADING_ROWS).then(|| first - 1..=last - 1)
}

/// Reads `A-D` or `C`, letters of columns; none where it is neither.
pub fn column_range(text: &str) -> Option<RangeInclusive<u32>> {
    let plain = fold::plain(text);
    let (first, last) = plain.split_once(['-', ':', '~', '至']).unwrap_or((&plain, &plain));
    let column = |letters: &str| -> Option<u32> {
        let letters = letters.trim();
        let is_letters = letters.chars().all(|letter| letter.is_ascii_alphabetic());
        let at: CellAt = format!("{letters}1").parse().ok().filter(|_| is_letters)?;
        Some(at.column)
    };
    let (first, last) = (column(first)?, column(last)?);
    (first <= last).then_some(first..=last)
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
        || [&table.sections, &table.details, &table.skip, &table.tasks, &table.ends, &table.above]
            .iter()
            .chain(&[
                &table.fill,
                &table.keep_blank,
                &table.continued,
                &table.headings,
                &table.within,
            ])
            .any(|list| !list.is_empty())
}
