//! The rows of a sheet: what each was taken for and why, and what its fields hold.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Serialize;

use super::table::About;
use crate::findings::figures::bare_value;
use crate::model::{CellAt, Value};
use crate::normalise::layout::tables::ends_table;
use crate::normalise::{self, Layout, RowClass, TableRow};
use crate::pipeline::{UnitStands, any_fits};
use crate::read::Row;

/// Why a row was taken for what it is, where that is not plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A total: a word of its own says so.
    Word,
    /// A total: its formulas add up rows.
    Formula,
    /// A total: it differs from the tasks and is the sum of rows.
    Sum,
    /// A total: it has amounts, and neither number, unit nor task.
    Nameless,
    /// A total: it stands in the line of a section.
    SectionTotal,
    /// The line of a section, by `sections`, `unit` or its number.
    Section,
    /// Fits `details`.
    Detail,
    /// Fits `skip`.
    Skip,
    /// Struck out from end to end.
    Struck,
}

/// One row.
#[derive(Clone, Debug, Serialize)]
pub struct RowRead {
    /// As the sheet counts.
    pub row: u32,
    pub class: RowClass,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// The first and the last of the rows that a total adds up, where the reading tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adds: Option<(u32, u32)>,
    /// By the names of the columns; a row of tables side by side has those of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldRead>,
    /// What stands in a row outside the tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
}

/// What one field of a row holds.
#[derive(Clone, Debug, Serialize)]
pub struct FieldRead {
    pub name: String,
    pub at: CellAt,
    pub typed: String,
    /// As `report.json` writes values; none where the cell is not what its column declares.
    pub value: Option<String>,
    #[serde(skip)]
    pub entry: Value,
    /// The row that it was taken from, where this row's own cell is blank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled_from: Option<u32>,
}

pub(super) fn rows(about: About<'_>) -> Vec<RowRead> {
    let mut by_row: BTreeMap<u32, Vec<&TableRow>> = BTreeMap::new();
    for row in &about.read.rows {
        by_row.entry(row.row).or_default().push(row);
    }
    let mut texts: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for text in &about.read.texts {
        texts.entry(text.at.row).or_default().push(text.text.clone());
    }
    let mut heading: Option<u32> = None;
    let mut rows = Vec::with_capacity(about.read.classes.len());
    for (row, class) in &about.read.classes {
        let parts = by_row.get(row).map(Vec::as_slice).unwrap_or_default();
        if *class == RowClass::Heading {
            heading = Some(*row);
        }
        let sheet_row = sheet_row(about, *row);
        let adds = parts.iter().find_map(|part| part.adds.or_else(|| summed(part)));
        rows.push(RowRead {
            row: row + 1,
            class: *class,
            why: why(about, *class, parts, sheet_row, heading.is_some()),
            adds: adds.map(|(first, last)| (first + 1, last + 1)),
            fields: fields(about, parts),
            texts: if parts.is_empty() {
                texts.remove(row).unwrap_or_default()
            } else {
                let labels = parts.iter().filter(|part| names_itself_elsewhere(part));
                labels.map(|part| part.label.to_string()).collect()
            },
        });
    }
    rows
}

/// Returns the first and the last row that the formulas of a total add up, where nothing else says that
/// it is one.
fn summed(total: &TableRow) -> Option<(u32, u32)> {
    let rows = || total.sums.iter().flat_map(|sum| &sum.rows).filter(|_| total.by_formula);
    Some((rows().map(|rows| rows.0).min()?, rows().map(|rows| rows.1).max()?))
}

fn sheet_row(about: About<'_>, row: u32) -> Option<&Row> {
    let place = about.sheet.rows.binary_search_by_key(&row, |row| row.index).ok()?;
    about.sheet.rows.get(place)
}

fn fields(about: About<'_>, parts: &[&TableRow]) -> Vec<FieldRead> {
    let mut fields: Vec<FieldRead> = Vec::new();
    for part in parts {
        for (field, entry) in part.entries.iter_enumerated() {
            let Some(entry) = entry else { continue };
            if matches!(entry.value, Value::Blank | Value::Covered) {
                continue;
            }
            let name = &about.pipeline.columns[field].name;
            let at = CellAt::new(part.row, entry.column);
            let is_read = !matches!(entry.value, Value::Unreadable(_));
            if !is_read && part.class == RowClass::Total && entry.typed == part.label {
                continue;
            }
            // Tables that share columns show the same cell each.
            if fields.iter().any(|known| known.name == *name && known.at == at) {
                continue;
            }
            fields.push(FieldRead {
                name: name.clone(),
                at,
                typed: entry.typed.to_string(),
                value: is_read.then(|| bare_value(&entry.value, about.pipeline.money)),
                entry: entry.value.clone(),
                filled_from: entry.filled_from().map(|row| row + 1),
            });
        }
    }
    fields
}

/// Returns whether a total names itself where numbers stand, or in no declared column.
fn names_itself_elsewhere(part: &TableRow) -> bool {
    let says = |value: &Value| !matches!(value, Value::Unreadable(_));
    let mut entries = part.entries.iter().flatten();
    part.class == RowClass::Total
        && !part.label.is_empty()
        && !entries.any(|entry| entry.typed == part.label && says(&entry.value))
}

fn why(
    about: About<'_>,
    class: RowClass,
    parts: &[&TableRow],
    row: Option<&Row>,
    is_below_heading: bool,
) -> Option<Why> {
    let correction = about.correction;
    let Some(row) = row else { return Some(Why::Struck) };
    match class {
        RowClass::Total => {
            let total = parts.iter().find(|part| part.class == RowClass::Total)?;
            Some(if total.heads {
                Why::SectionTotal
            } else if total.by_formula {
                Why::Formula
            } else if total.adds.is_some() {
                Why::Sum
            } else if total.label.is_empty() {
                Why::Nameless
            } else if fits(about, &correction.sections, row) {
                Why::SectionTotal
            } else {
                Why::Word
            })
        }
        RowClass::Note | RowClass::Title if is_below_heading => {
            let is_unit = || {
                correction.unit == Some(UnitStands::Section)
                    && texts_that_tell(about, row)
                        .iter()
                        .any(|text| about.pipeline.unit_alone(text).is_some())
            };
            if fits(about, &correction.skip, row) {
                Some(Why::Skip)
            } else if fits(about, &correction.details, row) {
                Some(Why::Detail)
            } else if fits(about, &correction.sections, row) || is_unit() {
                Some(Why::Section)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Returns the rows below the first heading that patterns fit, as the sheet counts them.
pub(super) fn fitting(about: About<'_>, patterns: &[Regex]) -> Vec<u32> {
    // A table without a heading begins with its first row.
    let below = |table: &Layout| table.first_row.unwrap_or_else(|| table.start() + 1);
    let starts = about.read.tables.iter().map(below);
    let Some(first) = starts.min().filter(|_| !patterns.is_empty()) else { return Vec::new() };
    let rows = about.sheet.rows.iter().filter(|row| row.index >= first);
    rows.filter(|row| fits(about, patterns, row)).map(|row| row.index + 1).collect()
}

/// Returns the rows with which a table ends, as the sheet counts them; a heading that has the words ends nothing.
pub(super) fn ending(about: About<'_>) -> Vec<u32> {
    let is_heading =
        |row: &Row| about.read.tables.iter().any(|table| table.heading_rows.contains(&row.index));
    let rows = about.sheet.rows.iter().filter(|row| ends_table(row, about.correction));
    rows.filter(|row| !is_heading(row)).map(|row| row.index + 1).collect()
}

fn fits(about: About<'_>, patterns: &[Regex], row: &Row) -> bool {
    !patterns.is_empty() && texts_that_tell(about, row).iter().any(|text| any_fits(patterns, text))
}

fn texts_that_tell(about: About<'_>, row: &Row) -> Vec<String> {
    normalise::texts_that_tell(about.read, row, about.pipeline)
}
