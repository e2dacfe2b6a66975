//! What is said of a sheet as it was understood: columns that are missing or that nobody declared,
//! hidden content, rows that could not be placed.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::{RowClass, SheetRows, TakenFor};
use super::layout::{Layout, SheetColumn, nearest_column, nearest_heading};
use crate::model::fact::{Elsewhere, InDoubt, Lacking, Near, Unseen};
use crate::model::value::Doubt;
use crate::model::{CellAt, CellRange, ColumnId, Entry, Fact, Finding, Side};
use crate::pipeline::Pipeline;

/// Returns whether a table lacks a column that it has to have: one that is required, or one that
/// is compared with the plan and not declared to be optional.
///
/// Whose the rows are may stand elsewhere; where it does not, that is said of the unit.
pub(super) fn is_missed(field: ColumnId, table: &Layout, pipeline: &Pipeline) -> bool {
    if pipeline.roles.owner == Some(field) {
        return false;
    }
    let column = &pipeline.columns[field];
    let is_compared = || pipeline.check.compare.iter().any(|compare| compare.column == field);
    let is_there = table.column_of(field).is_some() || table.says(field);
    !is_there && (column.required || !column.optional && is_compared())
}

/// Returns whether a table below another is no list of tasks: it names neither them nor money, and none of
/// its rows is anything but a note. What stands in it is told as what nobody read.
pub fn lists_others(sheet: &SheetRows, table: &Layout, pipeline: &Pipeline) -> bool {
    let is_first = sheet.tables.first().is_some_and(|first| std::ptr::eq(first, table));
    if is_first || table.has_key(pipeline) {
        return false;
    }
    let start = table.body_start();
    let starts = sheet.tables.iter().map(Layout::start);
    let end = starts.filter(|other| *other >= start).min().unwrap_or(u32::MAX);
    let mut rows = sheet.classes.iter().filter(|(row, _)| *row >= start && *row < end);
    pipeline.amount_columns().all(|field| table.column_of(field).is_none())
        && rows.all(|(_, class)| matches!(class, RowClass::Note | RowClass::Title))
}

/// Returns whether a table adds up by unit what other sheets list: it does not say what its rows are about, and each
/// names a unit once.
pub fn sums_by_unit(sheet: &SheetRows, table: usize, pipeline: &Pipeline) -> bool {
    const LEAST: usize = 2;
    let Some(owner) = pipeline.roles.owner else { return false };
    let layout = &sheet.tables[table];
    if layout.has_part_of_key(pipeline) || layout.column_of(owner).is_none() {
        return false;
    }
    let own = sheet.rows.iter().filter(|row| row.table == table);
    let names = own.filter_map(|row| row.entries[owner].as_ref()?.value.text());
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    names.len() >= LEAST && distinct.len() == names.len()
}

/// Returns whether a table without tasks adds up what the other sheets list: in its columns of money, half of them at the
/// least, the last total is the sum of all their tasks, as on a sheet with a row a town before the sheets of the towns.
/// The total itself is held as any is.
pub fn sums_of_sheets(
    sheet: &SheetRows,
    table: usize,
    sums: &BTreeMap<ColumnId, i128>,
    pipeline: &Pipeline,
) -> bool {
    let layout = &sheet.tables[table];
    if layout.has_part_of_key(pipeline) {
        return false;
    }
    let total = sheet.rows.iter().rfind(|row| row.table == table && row.class == RowClass::Total);
    let Some(total) = total else { return false };
    let fields: Vec<ColumnId> =
        pipeline.amount_columns().filter(|field| layout.column_of(*field).is_some()).collect();
    let is_sum = |field: &&ColumnId| {
        let printed = total.entries[**field].as_ref().and_then(|entry| entry.value.summand());
        let sum = sums.get(*field).filter(|sum| **sum != 0);
        sum.is_some() && printed.map(i128::from).as_ref() == sum
    };
    let right = fields.iter().filter(is_sum).count();
    right > 0 && right * 2 >= fields.len()
}

/// Returns what the tasks of all sheets of a file come to, by column of money.
pub fn sums_of_tasks(sheets: &[SheetRows], pipeline: &Pipeline) -> BTreeMap<ColumnId, i128> {
    let rows = sheets.iter().flat_map(|sheet| &sheet.rows);
    let mut sums = BTreeMap::new();
    for row in rows.filter(|row| row.class == RowClass::Task) {
        for field in pipeline.amount_columns() {
            let figure = row.entries[field].as_ref().and_then(|entry| entry.value.summand());
            *sums.entry(field).or_default() += figure.map_or(0, i128::from);
        }
    }
    sums
}

/// Says which columns a table lacks, which it calls otherwise, and which headings nobody declared.
pub fn columns(table: &Layout, pipeline: &Pipeline) -> Vec<Finding> {
    let mut findings = Vec::new();
    let unknown: Vec<&SheetColumn> =
        table.columns.iter().filter(|column| column.field.is_none()).collect();
    for (field, column) in pipeline.columns.iter_enumerated() {
        let ambiguity = table.ambiguous.iter().find(|ambiguity| ambiguity.field == field);
        let lacking = match ambiguity {
            Some(ambiguity) => Lacking::Ambiguous {
                title: column.title.clone(),
                headings: ambiguity
                    .headings
                    .iter()
                    .map(|(cell, heading)| format!("{cell}“{heading}”"))
                    .collect(),
            },
            None if is_missed(field, table, pipeline) => {
                let title = column.title.clone();
                let nearest = nearest_heading(field, &unknown, pipeline)
                    .map(|heading| Near { heading: heading.to_owned(), agrees: None });
                if pipeline.roles.key.contains(&field) && table.has_part_of_key(pipeline) {
                    Lacking::PartOfKey { title, nearest }
                } else {
                    Lacking::NotThere { title, nearest }
                }
            }
            None => continue,
        };
        let mut finding = Finding::new(Fact::ColumnMissing(lacking), Side::Submission);
        finding.field = Some(column.name.clone());
        if let Some(ambiguity) = ambiguity {
            finding.cell = ambiguity.headings.first().map(|(cell, _)| *cell);
            finding.cells =
                ambiguity.headings.iter().map(|(cell, _)| CellRange::new(*cell, *cell)).collect();
        } else if let Some(row) = table.heading_rows.first() {
            let first = table.columns.first().map_or(0, |column| column.column);
            let last = table.columns.last().map_or(0, |column| column.column);
            finding.cells = vec![CellRange::new(CellAt::new(*row, first), CellAt::new(*row, last))];
        }
        findings.push(finding);
    }
    for column in unknown {
        let claimed = table
            .ambiguous
            .iter()
            .any(|ambiguity| ambiguity.headings.iter().any(|(cell, _)| *cell == column.cell));
        if claimed {
            continue;
        }
        let fact = Fact::ColumnUnknown {
            heading: column.heading.clone(),
            nearest: nearest_column(&column.heading, pipeline),
            taken_for: None,
            elsewhere: Elsewhere::default(),
        };
        findings.push(Finding::new(fact, Side::Submission).at(column.cell));
    }
    for column in table.columns.iter().filter(|column| column.by_meaning) {
        let Some(field) = column.field else { continue };
        let fact = Fact::ColumnUnknown {
            heading: column.heading.clone(),
            nearest: None,
            taken_for: Some(pipeline.columns[field].name.clone()),
            elsewhere: Elsewhere::default(),
        };
        findings.push(Finding::new(fact, Side::Submission).at(column.cell));
    }
    findings
}

/// Says once of a sheet what is said of several of its tables: that they lack the same column, and may call it the same.
pub fn once_a_sheet(findings: &mut Vec<Finding>) {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    // Few columns are missed, of however many tables.
    let mut missed: Vec<usize> = Vec::new();
    for finding in findings.drain(..) {
        let is_same = |place: &&usize| {
            kept[**place].fact == finding.fact && kept[**place].field == finding.field
        };
        let is_missed = matches!(finding.fact, Fact::ColumnMissing(_));
        let known = missed.iter().find(is_same).filter(|_| is_missed).copied();
        if let Some(known) = known {
            kept[known].cells.extend(finding.cells);
        } else {
            missed.extend(is_missed.then_some(kept.len()));
            kept.push(finding);
        }
    }
    *findings = kept;
}

/// One finding for each column and kind of doubt of a sheet.
pub fn doubts(sheet: &SheetRows, pipeline: &Pipeline) -> Vec<Finding> {
    type Held<'a> = Vec<(CellAt, &'a Entry)>;
    let mut found: BTreeMap<(ColumnId, &Doubt), Held<'_>> = BTreeMap::new();
    let rows = sheet.rows.iter();
    for row in rows.filter(|row| matches!(row.class, RowClass::Task | RowClass::Total)) {
        for (field, entry) in row.entries.iter_enumerated() {
            let Some(entry) = entry else { continue };
            let Some(doubt) = entry.doubt().filter(|_| entry.filled_from().is_none()) else {
                continue;
            };
            let at = CellAt::new(row.row, entry.column);
            found.entry((field, doubt)).or_default().push((at, entry));
        }
    }
    let told = |((field, doubt), cells): ((ColumnId, &Doubt), Held<'_>)| {
        let (at, first) = *cells.first()?;
        let in_doubt = InDoubt::Cells {
            shown: first.shown().cloned().unwrap_or_default().into(),
            doubt: doubt.clone(),
            cells: cells.len(),
        };
        let mut finding = Finding::new(Fact::ColumnDoubtful(in_doubt), Side::Submission).at(at);
        finding.field = Some(pipeline.columns[field].name.clone());
        finding.typed = Some(first.typed.to_string());
        finding.cells = cells.iter().map(|(at, _)| CellRange::new(*at, *at)).collect();
        Some(finding)
    };
    found.into_iter().filter_map(told).collect()
}

/// One finding for all rows of a sheet that call themselves totals and add up nothing.
pub fn called_totals(sheet: &SheetRows) -> Option<Finding> {
    let rows: Vec<_> = sheet.unsure.iter().filter(|row| row.taken_for == TakenFor::Task).collect();
    let first = rows.first()?;
    let in_doubt = InDoubt::Called { label: first.text.clone(), rows: rows.len() };
    let mut finding = Finding::new(Fact::ColumnDoubtful(in_doubt), Side::Submission).at(first.at);
    finding.cells = rows.iter().map(|row| CellRange::new(row.at, row.at)).collect();
    Some(finding)
}

/// Says that hidden rows, columns or a hidden sheet hold something.
pub fn hidden(sheet: &SheetRows) -> Option<Finding> {
    let whole = sheet.hidden && sheet.nonblank > 0;
    if sheet.hidden_rows.is_empty() && sheet.hidden_columns.is_empty() && !whole {
        return None;
    }
    let hidden = Unseen::Hidden {
        rows: sheet.hidden_rows.len(),
        columns: sheet.hidden_columns.len(),
        sheet: whole,
    };
    let rows: Vec<u32> = sheet.classes.iter().map(|(row, _)| *row).collect();
    let (top, bottom) = (rows.first().copied().unwrap_or(0), rows.last().copied().unwrap_or(0));
    let right = sheet
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| column.column))
        .max()
        .unwrap_or(0);
    let mut ranges: Vec<CellRange> = runs(&sheet.hidden_rows)
        .map(|(first, last)| CellRange::new(CellAt::new(first, 0), CellAt::new(last, right)))
        .collect();
    ranges.extend(
        runs(&sheet.hidden_columns).map(|(first, last)| {
            CellRange::new(CellAt::new(top, first), CellAt::new(bottom, last))
        }),
    );
    let mut finding = Finding::new(Fact::HiddenContent(hidden), Side::Submission);
    finding.cell = ranges.first().map(|range| range.first);
    finding.cells = ranges;
    Some(finding)
}

/// Joins ascending numbers into runs of first and last.
fn runs(numbers: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs.into_iter()
}

/// One finding a sheet for all rows that are neither task, total, heading nor note. A file
/// without any table says so already.
pub fn unplaced(sheet: &SheetRows, has_table: bool, pipeline: &Pipeline) -> Option<Finding> {
    let is_unplaced = |class: RowClass| matches!(class, RowClass::Unplaced | RowClass::Unreadable);
    // A part of a row may be unplaced beside a task of another table.
    let whole = sheet.classes.iter().filter(|(_, class)| is_unplaced(*class)).map(|(row, _)| *row);
    let parts = sheet.rows.iter().filter(|row| is_unplaced(row.class)).map(|row| row.row);
    // Where the column of tasks itself was not found, that has been said; with a part of it, rows are read.
    let without_key: BTreeSet<u32> = sheet
        .rows
        .iter()
        .filter(|row| !sheet.tables[row.table].has_part_of_key(pipeline))
        .map(|row| row.row)
        .collect();
    let unplaced: Vec<u32> = whole
        .chain(parts)
        .filter(|row| !without_key.contains(row))
        .collect::<BTreeSet<u32>>()
        .into_iter()
        .collect();
    if unplaced.is_empty() || !has_table {
        return None;
    }
    let text = sheet
        .rows
        .iter()
        .find(|row| row.class == RowClass::Unplaced)
        .map(|row| {
            let typed: Vec<&str> = row
                .entries
                .iter()
                .flatten()
                .map(|entry| entry.typed.as_str())
                .filter(|t| !t.is_empty())
                .collect();
            typed.join(" | ")
        })
        .unwrap_or_default();
    let right = sheet
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| column.column))
        .max()
        .unwrap_or(0);
    let ranges: Vec<CellRange> = runs(&unplaced)
        .map(|(first, last)| CellRange::new(CellAt::new(first, 0), CellAt::new(last, right)))
        .collect();
    let fact = Fact::RowUnplaced { rows: unplaced.len(), text };
    let mut finding = Finding::new(fact, Side::Submission);
    finding.cell = ranges.first().map(|range| range.first);
    finding.cells = ranges;
    Some(finding)
}
