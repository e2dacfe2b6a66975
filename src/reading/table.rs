//! One table of a sheet in the words of `[[normalise.table]]` and `[[normalise.column]]`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::{Basis, Origin, TypeReason};
use crate::model::place::{column_letters, columns_by_letters};
use crate::model::{CellAt, ColumnId, Entry, MoneyUnit, Value, fold};
use crate::normalise::{Layout, RowClass, SheetColumn, SheetRows, TableRow};
use crate::pipeline::heading::TWIN;
use crate::pipeline::{AcrossHeadings, Pipeline, SheetAt, TableCorrection, UnitStands};
use crate::read::Sheet;

/// What is known of a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub read: &'a SheetRows,
    pub sheet: &'a Sheet,
    pub at: SheetAt<'a>,
    pub correction: &'a TableCorrection,
    pub basis: Basis<'a>,
    pub pipeline: &'a Pipeline,
}

/// What a key of `[[normalise.table]]` says, and who says it.
#[derive(Clone, Debug, Serialize)]
pub struct Part<T> {
    pub value: T,
    pub origin: Origin,
    /// The rows that it was found in, as the sheet counts them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<u32>,
}

/// A table.
#[derive(Clone, Debug, Serialize)]
pub struct TableRead {
    /// How `[[normalise.table]]` names its sheet.
    pub sheets: Vec<String>,
    /// None where the table begins with its first row.
    pub heading_rows: Option<Part<String>>,
    /// The columns in which each table of its sheet stands, where they stand side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Part<Vec<String>>>,
    /// What its columns are called where it has no heading, and the row in which it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headings: Option<Part<Vec<String>>>,
    /// Where the heading comes again, as on further pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<String>,
    pub unit: Option<Part<UnitRead>>,
    pub sections: Option<Part<Vec<String>>>,
    pub details: Option<Part<Vec<String>>>,
    pub skip: Option<Part<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Part<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Part<Vec<String>>>,
    /// Names of columns.
    pub fill: Option<Part<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_blank: Option<Part<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continued: Option<Part<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<Part<Vec<String>>>,
    pub across: Option<Part<AcrossRead>>,
    /// The line beside it that names the unit of money.
    pub money: Option<MoneyRead>,
    pub columns: Vec<ColumnRead>,
    /// Declared columns that several headings could be, so that none of them is: name and cells.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ambiguous: BTreeMap<String, Vec<(CellAt, String)>>,
}

/// Where the unit of the rows stands.
#[derive(Clone, Debug, Serialize)]
pub struct UnitRead {
    pub stands: &'static str,
    /// The letters of a column, a cell, or nothing where the name of the sheet or file says it.
    pub at: Option<String>,
    /// The units named, in the order of the sheet; the first of many.
    pub names: Vec<String>,
    /// How many there are.
    pub count: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct AcrossRead {
    pub field: String,
    pub headings: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct MoneyRead {
    pub unit: &'static str,
    pub from: MoneyFrom,
    pub at: Option<CellAt>,
}

/// What names a unit of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyFrom {
    Heading,
    Line,
    Pipeline,
}

/// A column of the sheet.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnRead {
    /// Its letters.
    pub column: String,
    /// The lowest level of its heading.
    pub at: CellAt,
    /// The heading as a path, ready for `headings`.
    pub heading: String,
    /// The name of the declared column; none where nobody declared it.
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<&'static str>,
    /// What its column is for beside being compared.
    pub role: Option<Role>,
    /// Why it was taken for that; none where the pipeline file says so.
    pub reason: Option<TypeReason>,
    pub money: Option<MoneyRead>,
    /// Rows of tasks that show something in it, and how many of these are what its type says.
    pub filled: usize,
    pub fits: usize,
    /// The first cell that is not, and what stands in it.
    pub misfit: Option<(CellAt, String)>,
    /// What stands in it first.
    pub example: Option<String>,
}

/// What a column is for beside being compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It numbers the rows.
    Number,
    /// It names the unit.
    Owner,
    /// By it, rows are paired with tasks.
    Key,
}

/// Returns the tables of a sheet; the parts of a matrix are one.
pub(super) fn tables(about: About<'_>) -> Vec<TableRead> {
    let by_table = about.read.rows_by_table();
    let mut tables: Vec<Vec<usize>> = Vec::new();
    for (place, layout) in about.read.tables.iter().enumerate() {
        let is_part = |other: &usize| {
            let other = &about.read.tables[*other];
            layout.part.is_some()
                && other.part.is_some()
                && other.heading_rows == layout.heading_rows
                && other.within == layout.within
        };
        match tables.last_mut().filter(|last| last.last().is_some_and(is_part)) {
            Some(last) => last.push(place),
            None => tables.push(vec![place]),
        }
    }
    tables
        .into_iter()
        .map(|places| {
            let layouts: Vec<&Layout> =
                places.iter().map(|place| &about.read.tables[*place]).collect();
            let rows: Vec<&TableRow> =
                places.iter().flat_map(|place| &by_table[*place]).copied().collect();
            table(about, &layouts, &rows)
        })
        .collect()
}

fn table(about: About<'_>, layouts: &[&Layout], rows: &[&TableRow]) -> TableRead {
    let About { correction, basis, pipeline, .. } = about;
    let layout = layouts[0];
    let origin = |is_corrected: bool| if is_corrected { basis.origin() } else { Origin::Found };
    let declared = |patterns: &[Regex], rows: Vec<u32>| {
        (!patterns.is_empty()).then(|| Part {
            value: patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            origin: basis.origin(),
            rows,
        })
    };
    let told = |patterns: &[Regex]| super::rows::fitting(about, patterns);
    let name = |field: ColumnId| pipeline.columns[field].name.clone();
    let mut spans = spans(about.sheet, &layout.heading_rows).into_iter();
    let heading_rows = spans.next().map(|value| Part {
        value,
        // Where no table has its heading in the rows that are declared, it was looked for.
        origin: origin(correction.heading_rows.as_ref().is_some_and(|rows| {
            layout.heading_rows.first().is_some_and(|first| rows.contains(first))
        })),
        rows: Vec::new(),
    });
    let headings = layout.first_row.map(|first| Part {
        value: correction.headings.clone(),
        origin: basis.origin(),
        rows: vec![first + 1],
    });
    let sheet = match about.at.name {
        Some(name) => name.to_owned(),
        None => format!("#{}", about.at.place + 1),
    };
    let across = correction.across.map(|across| Part {
        value: AcrossRead {
            field: name(across.field),
            headings: match across.headings {
                AcrossHeadings::Unit => "unit".to_owned(),
                AcrossHeadings::Column(field) => name(field),
            },
        },
        origin: basis.origin(),
        rows: Vec::new(),
    });
    TableRead {
        sheets: vec![sheet],
        heading_rows,
        within: within(about),
        headings,
        repeated: spans.collect(),
        unit: unit(about, layouts, rows),
        sections: declared(&correction.sections, told(&correction.sections))
            .or_else(|| sections(about, rows)),
        details: declared(&correction.details, told(&correction.details)),
        skip: declared(&correction.skip, told(&correction.skip)),
        tasks: declared(&correction.tasks, told(&correction.tasks)),
        ends: declared(&correction.ends, super::rows::ending(about)),
        fill: fill(about, rows),
        keep_blank: said_of_columns(about, &about.correction.keep_blank),
        continued: said_of_columns(about, &about.correction.continued),
        above: said_of_columns(about, &about.correction.above),
        across,
        money: layout.money_line.map(|(at, unit)| MoneyRead {
            unit: unit.name(),
            from: MoneyFrom::Line,
            at: Some(at),
        }),
        columns: columns(about, layouts, rows),
        ambiguous: layout
            .ambiguous
            .iter()
            .map(|ambiguity| (name(ambiguity.field), ambiguity.headings.clone()))
            .collect(),
    }
}

/// Returns in which columns the tables of a sheet stand that stand side by side.
fn within(about: About<'_>) -> Option<Part<Vec<String>>> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for table in &about.read.tables {
        let (first, last) = table.within?;
        let ends = table.columns.first().zip(table.columns.last());
        // What is left and right of all tables belongs to none.
        let (own_first, own_last) = ends.map(|(one, other)| (one.column, other.column))?;
        ranges.push((first.max(own_first), last.min(own_last)));
    }
    ranges.sort_unstable();
    ranges.dedup();
    let value: Vec<String> =
        ranges.into_iter().map(|(first, last)| columns_by_letters(first, last)).collect();
    let origin =
        if about.correction.within.is_empty() { Origin::Found } else { about.basis.origin() };
    (!value.is_empty()).then_some(Part { value, origin, rows: Vec::new() })
}

/// Returns the rows of a heading as the key writes them, and those in which it comes again, on further
/// pages. Blank rows may lie between two of its levels.
fn spans(sheet: &Sheet, rows: &[u32]) -> Vec<String> {
    let place = |row: u32| sheet.rows.partition_point(|own| own.index < row);
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        match spans.last_mut() {
            Some((_, last)) if place(*row) == place(*last) + 1 => *last = *row,
            _ => spans.push((*row, *row)),
        }
    }
    let named = spans.into_iter().map(|(first, last)| {
        let (first, last) = (first + 1, last + 1);
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    });
    named.collect()
}

fn unit(about: About<'_>, layouts: &[&Layout], rows: &[&TableRow]) -> Option<Part<UnitRead>> {
    const MOST_NAMES: usize = 12;
    let About { correction, basis, pipeline, .. } = about;
    let owner = pipeline.roles.owner;
    let column = owner.and_then(|owner| layouts[0].column_of(owner));
    let origin = if correction.unit.is_some() { basis.origin() } else { Origin::Found };
    let stands = match (correction.unit, column) {
        // Said of returns only, and only where nothing else tells.
        (Some(UnitStands::Tasks) | None, Some(_)) => UnitStands::Column,
        (Some(stands), _) => stands,
        (None, None) if layouts.iter().any(|layout| layout.part.is_some()) => UnitStands::Heading,
        (None, None) => return None,
    };
    let tasks = rows.iter().filter(|row| row.class == RowClass::Task);
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    // Where the file's name says it, what stands in the rows does not.
    let owner = owner.filter(|_| stands != UnitStands::File);
    for entry in tasks.filter_map(|row| row.entries[owner?].as_ref()) {
        if let Value::Text(name) = &entry.value
            && seen.insert(fold::key(name))
        {
            names.push(name.to_string());
        }
    }
    let at = match stands {
        UnitStands::Column => column.map(|column| column_letters(column.column)),
        UnitStands::Beginning => {
            let mut keys = pipeline.roles.key.iter();
            let key = keys.find_map(|key| layouts[0].column_of(*key));
            key.map(|key| column_letters(key.column))
        }
        UnitStands::Title => {
            let named = layouts[0].unit.as_ref().and_then(|unit| unit.at);
            named.map(|at| at.to_string())
        }
        _ => None,
    };
    let count = names.len();
    names.truncate(MOST_NAMES);
    let value = UnitRead { stands: stands.name(), at, names, count };
    Some(Part { value, origin, rows: Vec::new() })
}

/// Lines that were taken for the heads of sections though nobody said so: totals that stand over the
/// rows they add up, and lines of words between the rows that are numbered.
fn sections(about: About<'_>, rows: &[&TableRow]) -> Option<Part<Vec<String>>> {
    static NUMBERED: LazyLock<[(Regex, &'static str); 4]> = LazyLock::new(|| {
        let of = |pattern: &'static str| (Regex::new(pattern).expect("it is sound"), pattern);
        [
            of("^[一二三四五六七八九十]+[、.]"),
            of("^[(（][一二三四五六七八九十]+[)）]"),
            of("^第[一二三四五六七八九十]+部分"),
            of("^[一二三四五六七八九十]+$"),
        ]
    });
    let over = rows.iter().filter(|row| {
        row.class == RowClass::Total
            && (row.heads || row.adds.is_some_and(|(first, _)| first > row.row))
    });
    let over: BTreeMap<u32, &str> = over.map(|row| (row.row, row.label.as_str())).collect();
    let bounds = rows.first().zip(rows.last()).map(|(first, last)| first.row..=last.row);
    let between = about.read.texts.iter().filter(|text| text.inside);
    let between = between.filter(|text| {
        let is_among = bounds.as_ref().is_some_and(|rows| rows.contains(&text.at.row));
        let first_below = rows.first().is_some_and(|row| text.at.row + 1 == row.row);
        is_among || first_below
    });
    let fits = |text: &str| {
        let plain = fold::plain(text);
        NUMBERED.iter().find(|(pattern, _)| pattern.is_match(&plain)).map(|(_, text)| *text)
    };
    let lines = between.filter(|text| fits(&text.text).is_some());
    let lines: BTreeMap<u32, &str> =
        lines.map(|text| (text.at.row, text.text.as_str())).chain(over).collect();
    if lines.is_empty() {
        return None;
    }
    let patterns: BTreeSet<&str> = lines.values().filter_map(|text| fits(text)).collect();
    Some(Part {
        value: patterns.into_iter().map(str::to_owned).collect(),
        origin: Origin::Found,
        rows: lines.into_keys().map(|row| row + 1).collect(),
    })
}

/// Columns in which a blank cell took what is written above it.
fn fill(about: About<'_>, rows: &[&TableRow]) -> Option<Part<Vec<String>>> {
    let pipeline = about.pipeline;
    let declared = &about.correction.fill;
    let mut names: Vec<String> = Vec::new();
    let mut filled_rows = BTreeSet::new();
    let tasks = || rows.iter().filter(|row| row.class == RowClass::Task);
    // Where the pipeline file says which, what fills down of itself is told by the rows.
    let wanted = |field: &ColumnId| declared.is_empty() || declared.contains(field);
    for field in pipeline.columns.keys().filter(wanted) {
        let layout = &about.read.tables;
        let filled: Vec<u32> = tasks()
            .filter(|row| {
                let entry = row.entries[field].as_ref();
                let is_here = layout[row.table].column_of(field).is_some();
                is_here && entry.is_some_and(|entry| is_filled(about, row.row, entry))
            })
            .map(|row| row.row + 1)
            .collect();
        if !filled.is_empty() || declared.contains(&field) {
            names.push(pipeline.columns[field].name.clone());
        }
        filled_rows.extend(filled);
    }
    let is_declared = !declared.is_empty();
    let origin = if is_declared { about.basis.origin() } else { Origin::Found };
    let rows = filled_rows.into_iter().collect();
    (!names.is_empty()).then_some(Part { value: names, origin, rows })
}

/// Columns of which the pipeline file says something that no row tells: that a blank stays blank, that a text
/// goes on in the row below.
fn said_of_columns(about: About<'_>, declared: &[ColumnId]) -> Option<Part<Vec<String>>> {
    let names: Vec<String> =
        declared.iter().map(|field| about.pipeline.columns[*field].name.clone()).collect();
    let origin = about.basis.origin();
    (!names.is_empty()).then_some(Part { value: names, origin, rows: Vec::new() })
}

/// Returns whether an entry's own cell is blank and no merge covers it.
fn is_filled(about: About<'_>, row: u32, entry: &Entry) -> bool {
    let at = CellAt::new(row, entry.column);
    entry.filled_from().is_some()
        && about.sheet.content(at).is_none()
        && about.sheet.merges.at(at).is_none()
}

fn columns(about: About<'_>, layouts: &[&Layout], rows: &[&TableRow]) -> Vec<ColumnRead> {
    let mut columns: BTreeMap<u32, &SheetColumn> = BTreeMap::new();
    for column in layouts.iter().flat_map(|layout| &layout.columns) {
        let known = columns.entry(column.column).or_insert(column);
        // In a matrix each column is a field in its own part only.
        if known.field.is_none() {
            *known = column;
        }
    }
    let mut counts: BTreeMap<u32, Count> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.class == RowClass::Task) {
        let layout = &about.read.tables[row.table];
        for (field, entry) in row.entries.iter_enumerated() {
            let Some(entry) = entry.as_ref().filter(|_| layout.column_of(field).is_some()) else {
                continue;
            };
            counts.entry(entry.column).or_default().take(row.row, entry);
        }
    }
    // As a pipeline file tells twins apart: the second of one name is 金额#2.
    let mut twins: BTreeMap<String, usize> = BTreeMap::new();
    let column = |column: &SheetColumn| {
        let count = counts.remove(&column.column).unwrap_or_default();
        let twin = twins.entry(fold::key(&column.heading)).or_default();
        *twin += 1;
        let number = if *twin > 1 { format!("{TWIN}{twin}") } else { String::new() };
        let heading = format!("{}{number}", column.heading);
        ColumnRead { heading, ..column_read(about, layouts[0], column, count) }
    };
    columns.into_values().map(column).collect()
}

/// What the cells of a column are.
#[derive(Default)]
struct Count {
    rows: BTreeSet<u32>,
    fits: usize,
    misfit: Option<(CellAt, String)>,
    example: Option<String>,
}

impl Count {
    fn take(&mut self, row: u32, entry: &Entry) {
        // A row of a matrix is a task of each unit.
        if matches!(entry.value, Value::Blank | Value::Covered) || !self.rows.insert(row) {
            return;
        }
        if matches!(entry.value, Value::Unreadable(_)) {
            let at = CellAt::new(row, entry.column);
            self.misfit.get_or_insert_with(|| (at, entry.typed.to_string()));
        } else {
            self.fits += 1;
        }
        if !entry.typed.trim().is_empty() {
            self.example.get_or_insert_with(|| entry.typed.to_string());
        }
    }
}

fn column_read(
    about: About<'_>,
    layout: &Layout,
    column: &SheetColumn,
    count: Count,
) -> ColumnRead {
    let declared = column.field.map(|field| &about.pipeline.columns[field]);
    let named = |unit: MoneyUnit, from, at| MoneyRead { unit: unit.name(), from, at };
    let money = declared.filter(|declared| declared.kind.is_money()).map(|declared| {
        match (column.unit, layout.money_line) {
            (Some(unit), _) => named(unit, MoneyFrom::Heading, Some(column.cell)),
            (None, Some((at, unit))) => named(unit, MoneyFrom::Line, Some(at)),
            (None, None) => named(declared.unit, MoneyFrom::Pipeline, None),
        }
    });
    let roles = &about.pipeline.roles;
    let role = column.field.and_then(|field| {
        if roles.number == Some(field) {
            Some(Role::Number)
        } else if roles.owner == Some(field) {
            Some(Role::Owner)
        } else {
            roles.key.contains(&field).then_some(Role::Key)
        }
    });
    let reason = declared.and_then(|declared| match about.basis {
        Basis::Declared => None,
        Basis::Drafted(reasons) => reasons.get(&declared.name).copied(),
    });
    ColumnRead {
        column: column_letters(column.column),
        at: column.cell,
        heading: column.heading.clone(),
        name: declared.map(|declared| declared.name.clone()),
        kind: declared.map(|declared| declared.kind.name()),
        role,
        reason,
        money,
        filled: count.rows.len(),
        fits: count.fits,
        misfit: count.misfit,
        example: count.example,
    }
}
