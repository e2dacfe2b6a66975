//! Whose the rows of a table are where no column says so, as far as the pipeline file tells where to
//! look: the sheet's name, a line above the table, or the heading of a column of figures. A table
//! with a column of figures for each unit is taken for as many tables that share their other columns.

use serde::{Deserialize, Serialize};

use super::table::{Ambiguity, Layout};
use crate::model::{CellAt, ColumnId, MoneyUnit, fold};
use crate::normalise::typed::typed_text;
use crate::pipeline::{AcrossHeadings, Pipeline, TableCorrection, UnitStands, heading, reworded};
use crate::read::{Content, Row, Sheet};

/// The unit of a table's rows, and where it is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedUnit {
    pub name: String,
    /// None in the name of the sheet.
    pub at: Option<CellAt>,
}

/// What makes a table one unit's part of a matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixPart {
    /// The column that holds the figures of all units, each in a column of its own.
    pub field: ColumnId,
    /// The sheet's columns that are other units'.
    pub others: Vec<u32>,
}

/// Names the unit of each table, and parts a matrix.
pub fn assign(
    sheet: &Sheet,
    tables: Vec<Layout>,
    correction: &TableCorrection,
    pipeline: &Pipeline,
) -> Vec<Layout> {
    let parted: Vec<Layout> = match correction.across {
        Some(across) if across.headings == AcrossHeadings::Unit => {
            tables.into_iter().flat_map(|table| parted(table, across.field, pipeline)).collect()
        }
        _ => tables,
    };
    let mut tables = parted;
    match correction.unit {
        Some(UnitStands::Sheet) => {
            let name = sheet.name.as_deref().and_then(|name| sheets_unit(name, pipeline));
            for table in &mut tables {
                let named = name.clone().map(|name| NamedUnit { name, at: None });
                table.unit = table.unit.take().or(named);
            }
        }
        Some(UnitStands::Title) => {
            let ends: Vec<u32> =
                tables.iter().filter_map(|table| table.heading_rows.last().copied()).collect();
            for table in &mut tables {
                let start = table.start();
                let before = ends.iter().copied().filter(|end| *end < start).max();
                let above = |row: &&Row| {
                    row.index < start && before.is_none_or(|before| row.index > before)
                };
                let first =
                    sheet.rows.partition_point(|row| before.is_some_and(|b| row.index <= b));
                let rows = sheet.rows[first..].iter().take_while(above);
                table.unit = table.unit.take().or_else(|| named_above(rows, pipeline));
            }
        }
        _ => {}
    }
    tables
}

/// Returns the unit that a sheet is named after; sheets of sums are nobody's.
fn sheets_unit(name: &str, pipeline: &Pipeline) -> Option<String> {
    if let Some(unit) = pipeline.roster.units.within(name) {
        return Some(unit.to_owned());
    }
    let key = fold::key(name);
    if let Some(unit) = pipeline.roster.units.ending_in(name) {
        return Some(unit.to_owned());
    }
    let words = &pipeline.words;
    let is_sum =
        words.totals.iter().chain(&words.summaries).any(|word| key.contains(word.as_str()));
    (is_name(name) && !is_sum).then(|| fold::unnumbered(name).trim().to_owned())
}

/// Returns the unit that a line above a table names: one that is labelled as such, the nearest first,
/// else one that holds the name of a declared unit.
fn named_above<'a>(rows: impl Iterator<Item = &'a Row>, pipeline: &Pipeline) -> Option<NamedUnit> {
    let rows: Vec<&Row> = rows.collect();
    let units = &pipeline.roster.units;
    // What a label says, and the column in which it says it.
    let said = |row: &Row, place: usize| -> Option<(String, String, u32)> {
        let cell = &row.cells[place];
        let Content::Text(text) = &cell.content else { return None };
        let next = row.cells.get(place + 1);
        let (label, value) =
            labelled(text, || next.map(|next| typed_text(&next.content).into_owned()))?;
        let stands_here = text.contains(value.as_str());
        let column = next.filter(|_| !stands_here).map_or(cell.column, |next| next.column);
        Some((label, value, column))
    };
    let nearest = |found: &dyn Fn(&Row, usize) -> Option<NamedUnit>| {
        let mut nearest = rows.iter().rev();
        nearest.find_map(|row| (0..row.cells.len()).find_map(|place| found(row, place)))
    };
    // 责任单位：甲县 below 编制单位：财政局: whoever the plan knows.
    let known = nearest(&|row, place| {
        let (label, value, column) = said(row, place)?;
        let is_label = is_unit_label(&label, pipeline) || fold::key(&label).ends_with("单位");
        let name = units.within(&value).filter(|_| is_label)?.to_owned();
        Some(NamedUnit { name, at: Some(CellAt::new(row.index, column)) })
    });
    let labelled = || {
        nearest(&|row, place| {
            let (label, value, column) = said(row, place)?;
            if !is_unit_label(&label, pipeline) {
                return None;
            }
            let name = units.within(&value).or_else(|| first_name(&value))?;
            let at = Some(CellAt::new(row.index, column));
            is_name(name).then(|| NamedUnit { name: name.to_owned(), at })
        })
    };
    let anywhere = || {
        nearest(&|row, place| {
            let Content::Text(text) = &row.cells[place].content else { return None };
            let name = units.within(text)?.to_owned();
            Some(NamedUnit { name, at: Some(CellAt::new(row.index, row.cells[place].column)) })
        })
    };
    known.or_else(labelled).or_else(anywhere)
}

/// Returns a label and what it says: behind a colon, or in the next cell where nothing follows.
pub fn labelled(text: &str, next: impl FnOnce() -> Option<String>) -> Option<(String, String)> {
    const LONGEST: usize = 24;
    let (label, value) = text.split_once([':', '：']).unwrap_or((text, ""));
    if !value.trim().is_empty() {
        return Some((label.to_owned(), value.to_owned()));
    }
    // What is longer is a sentence, and labels nothing.
    if label.chars().count() > LONGEST {
        return None;
    }
    next().map(|next| (label.to_owned(), next))
}

/// Returns the name that a line begins with: whatever follows a blank is another matter, 甲县  金额单位：万元,
/// but for names that are several words themselves.
pub fn first_name(value: &str) -> Option<&str> {
    let value = value.trim();
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphabetic() || "'-.&".contains(c));
    let mut end = value.find(char::is_whitespace).unwrap_or(value.len());
    if is_word(&value[..end]) {
        while let Some(rest) = value[end..].strip_prefix(' ') {
            let word = rest.split(char::is_whitespace).next().unwrap_or_default();
            if word.is_empty() || !is_word(word) {
                break;
            }
            end += 1 + word.len();
        }
    }
    (end > 0).then(|| &value[..end])
}

/// Returns whether a label announces a unit that reports, and no unit of money.
fn is_unit_label(label: &str, pipeline: &Pipeline) -> bool {
    let key = fold::key(label);
    let is_submitter = || pipeline.roster.submitter.iter().any(|word| key.ends_with(word.as_str()));
    let says_money = || !key.is_empty() && pipeline.words.money_lines.contains(&key);
    is_submitter() || says_money()
}

/// Returns whether a text can be the name of somebody: no figure, no dash, nothing that figures are counted in.
fn is_name(text: &str) -> bool {
    let key = fold::key(text);
    key.chars().any(char::is_alphabetic) && !MoneyUnit::begins(text) && !reworded::is_measures(text)
}

/// Returns one table for each unit that a heading of a matrix names; the table itself where none does. The
/// unit may stand over several columns, as 甲县 does over 计划 and 完成.
fn parted(table: Layout, field: ColumnId, pipeline: &Pipeline) -> Vec<Layout> {
    let ambiguous = table.ambiguous.iter().find(|ambiguity| ambiguity.field == field);
    let is_field = |cell: CellAt, own: Option<ColumnId>| {
        own == Some(field)
            || ambiguous.is_some_and(|all| all.headings.iter().any(|(other, _)| *other == cell))
    };
    let mut units: Vec<Part> = Vec::new();
    for column in &table.columns {
        let mut levels = column.heading.rsplit(heading::BELOW);
        let lowest = heading::read(levels.next().unwrap_or_default()).key;
        let of_figures = || pipeline.unit_alone(&lowest).map(|name| (name, field));
        let over = || {
            let name = levels.find_map(|level| pipeline.unit_alone(&heading::read(level).key))?;
            Some((name, pipeline.headings.column(&lowest)?))
        };
        let own = if is_field(column.cell, column.field) { of_figures() } else { None };
        let Some((name, own)) = own.or_else(over) else { continue };
        match units.iter_mut().find(|part| part.name == name) {
            Some(part) => part.columns.push((column.column, own)),
            None => units.push(Part {
                name: name.to_owned(),
                cell: column.cell,
                columns: vec![(column.column, own)],
            }),
        }
    }
    if units.is_empty() {
        return vec![table];
    }
    let all = || units.iter().flat_map(|part| &part.columns);
    let columns_of_units: Vec<u32> = all().map(|(column, _)| *column).collect();
    let fields: Vec<ColumnId> = all().map(|(_, field)| *field).collect();
    let part = |(place, part): (usize, &Part)| {
        let mut columns = table.columns.clone();
        let own = |column: u32| part.columns.iter().find(|(own, _)| *own == column);
        // What nobody declared is said once, of the first part.
        columns.retain(|column| {
            own(column.column).is_some()
                || (!columns_of_units.contains(&column.column)
                    && (place == 0 || column.field.is_some()))
        });
        for column in &mut columns {
            let named = own(column.column).map(|(_, field)| *field);
            column.field = named.or(column.field.filter(|field| !fields.contains(field)));
        }
        let others = columns_of_units.iter().copied().filter(|column| own(*column).is_none());
        let others = others.collect();
        let is_other = |all: &&Ambiguity| !fields.contains(&all.field);
        Layout {
            columns,
            ambiguous: table.ambiguous.iter().filter(is_other).cloned().collect(),
            unit: Some(NamedUnit { name: part.name.clone(), at: Some(part.cell) }),
            part: Some(MatrixPart { field, others }),
            ..table.clone()
        }
    };
    units.iter().enumerate().map(part).collect()
}

/// One unit's columns of a matrix.
struct Part {
    name: String,
    /// Where the first of them is named.
    cell: CellAt,
    columns: Vec<(u32, ColumnId)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_a_name() {
        for (line, name) in [
            ("甲县  金额单位：万元", "甲县"),
            ("North District", "North District"),
            ("North District  Unit: yuan", "North District"),
            ("Hill County 2021", "Hill County"),
        ] {
            assert_eq!(first_name(line), Some(name), "{line}");
        }
        assert_eq!(first_name("  "), None);
    }
}
