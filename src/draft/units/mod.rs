//! Whose the rows of an undescribed plan are, where no column says so: the sheets are named after
//! units, or a line above each table names one, or a line above its rows, or the headings of the
//! columns of figures do.
//!
//! A unit is never made of nothing: what is taken for its name ends as names of places and offices do,
//! or stands behind a label that says so.

mod names;
mod matrix;
mod above;
mod sheets;
mod sections;
mod beginnings;

use std::collections::BTreeSet;

use super::shape::Shape;
use crate::draft::lexicon::WORDS;
use crate::pipeline::{UnitStands, heading};
use crate::read::{Content, Sheet};

pub use names::{is_place, is_somebody};

/// The units of a plan and where they stand.
#[derive(Clone, Debug)]
pub struct Units {
    pub stands: UnitStands,
    /// In the order of the plan.
    pub names: Vec<String>,
    /// What the lines of sections begin with, where they all begin alike.
    pub sections: Option<String>,
    /// Sheets that add up the others.
    pub sums: Vec<String>,
    /// The sheets that hold the tasks, where others do not.
    pub sheets: Vec<String>,
    /// The titles of the columns that take the figures of a matrix; the first of each unit's names it.
    pub figures: Vec<String>,
    /// Sheets with tables that are not taken for tasks.
    pub left_out: Vec<String>,
}

/// A plan with its tables as they are once it is known whose they are.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    pub units: Units,
    pub tables: Vec<(&'a Sheet, Shape)>,
    /// The unit of each row, in the order of the tables.
    pub owners: Vec<String>,
}

/// Looks for the units of a plan whose columns name none.
pub fn find<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    matrix::in_headings(tables)
        .or_else(|| sheets::by_sheets(tables))
        .or_else(|| above::in_lines_above(tables))
        .or_else(|| sections::in_sections(tables))
        .or_else(|| beginnings::in_tasks(tables))
}

/// Looks for sections that name places, where a column says no more than in which a row lies: 一、甲县 above rows of
/// 所在乡镇.
pub fn over_places<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let found = sections::in_sections(tables)?;
    found.units.names.iter().all(|name| is_place(name)).then_some(found)
}

fn plain(stands: UnitStands, names: Vec<String>) -> Units {
    Units {
        stands,
        names,
        sections: None,
        sums: Vec::new(),
        sheets: Vec::new(),
        figures: Vec::new(),
        left_out: Vec::new(),
    }
}

fn headings(shape: &Shape) -> Vec<String> {
    shape.columns.iter().map(|column| heading::read(&column.title).key).collect()
}

/// Returns the units that a line beside the tables lists, one after another: 本表由甲县、乙县分别填报.
pub fn listed_beside(tables: &[(&Sheet, &Shape)]) -> Vec<String> {
    let mut sheets: Vec<&Sheet> = Vec::new();
    for (sheet, _) in tables {
        if !sheets.iter().any(|known| std::ptr::eq(*known, *sheet)) {
            sheets.push(sheet);
        }
    }
    let beside = sheets.into_iter().flat_map(|sheet| {
        let own = || tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet));
        let listed: BTreeSet<u32> =
            own().flat_map(|(_, shape)| shape.body.iter().copied()).collect();
        let rows = sheet.rows.iter().filter(move |row| !listed.contains(&row.index));
        rows.flat_map(|row| &row.cells)
    });
    let lists = beside.filter_map(|cell| match &cell.content {
        Content::Text(text) => Some(names_in(text)),
        _ => None,
    });
    let longest = lists.max_by_key(Vec::len).unwrap_or_default();
    if longest.len() > 1 { longest } else { Vec::new() }
}

/// The longest list of names that stand one after another in a sentence: places, and offices where it says that
/// they fill something in.
fn names_in(text: &str) -> Vec<String> {
    const LONGEST: usize = 80;
    const BETWEEN: [char; 6] = ['、', '，', ',', '和', '及', '与'];
    // A name alone makes no list.
    if !text.contains(BETWEEN) && !text.contains(" and ") {
        return Vec::new();
    }
    let fills_in = WORDS.units.filled_in.iter().any(|word| text.contains(word));
    let is_one = |name: &str| is_place(name) || fills_in && is_somebody(name);
    let mut lists: Vec<Vec<String>> = vec![Vec::new()];
    for part in text.replace(" and ", ",").split(BETWEEN) {
        let part = part.trim();
        let begun =
            WORDS.units.before_names.iter().filter_map(|word| Some(part.rfind(word)? + word.len()));
        let rest = &part[begun.max().unwrap_or(0)..];
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST);
        let ends = ends.collect::<Vec<usize>>().into_iter().rev();
        let name = ends.map(|end| &rest[..end]).find(|name| is_one(name));
        // What stands before the name begins a list anew; without a name, or with more behind it, the
        // list ends.
        if name.is_none() || rest.len() < part.len() {
            lists.push(Vec::new());
        }
        if let (Some(name), Some(list)) = (name, lists.last_mut()) {
            if !list.iter().any(|known| known == name) {
                list.push(name.to_owned());
            }
            if name.len() < rest.len() {
                lists.push(Vec::new());
            }
        }
    }
    lists.into_iter().rev().max_by_key(Vec::len).unwrap_or_default()
}
