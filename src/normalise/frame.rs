//! Task rows as a polars frame: one row a task row.
//!
//! | column | type | holds |
//! |---|---|---|
//! | `id` | u32 | the place of the row in the list it was made from |
//! | `unit` | u32 | the place of its unit |
//! | *field* | i64 or u32 | figures in their smallest unit; of a text the number of its folded form; null where there is none |
//! | *field*`?` | u32 | the [`State`] of the field |
//! | *derived* | i64 | amounts read out of texts, in 分 |
//!
//! Where a row stands, and its texts as typed, stay with the rows; a frame's `id` finds them.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;
use polars::prelude::*;

use super::classes::TableRow;
use crate::model::{ColumnId, Entry, FileId, SheetId, Text, UnitId, Value, fold};
use crate::pipeline::Pipeline;

/// A task row with its unit, ready for frames.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Its file.
    pub file: FileId,
    pub sheet: SheetId,
    pub unit: UnitId,
    pub row: &'a TableRow,
}

/// How a field of a row stands, beside its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Value = 0,
    Blank = 1,
    NotApplicable = 2,
    Unreadable = 3,
    /// Under an amount merged over several rows.
    Covered = 4,
    /// The sheet has no such column.
    NoColumn = 5,
    /// A month without a year; the value is the month.
    MonthOfYear = 6,
    /// The top of an amount merged over several rows.
    Spanning = 7,
}

impl State {
    pub fn code(self) -> u32 {
        self as u32
    }
}

/// Returns the name of the column that holds a field's state.
pub fn state_name(field: &str) -> String {
    format!("{field}?")
}

/// Returns the state and the figure of a field of a row; texts have no figure.
pub fn figure(row: &TableRow, field: ColumnId) -> (State, Option<i64>) {
    let Some(entry) = &row.entries[field] else { return (State::NoColumn, None) };
    match &entry.value {
        Value::Blank => (State::Blank, None),
        Value::NotApplicable => (State::NotApplicable, None),
        Value::Unreadable(_) => (State::Unreadable, None),
        Value::Covered => (State::Covered, None),
        Value::Amount(amount) if entry.spans > 1 => (State::Spanning, Some(amount.0)),
        Value::Amount(amount) => (State::Value, Some(amount.0)),
        Value::Month(month) => (State::Value, Some(i64::from(month.ordinal()))),
        Value::Date(day) => (State::Value, Some(day.ordinal())),
        Value::MonthOfYear(month) => (State::MonthOfYear, Some(i64::from(*month))),
        Value::Integer(number) | Value::Decimal(number) | Value::Percent(number) => {
            (State::Value, Some(*number))
        }
        Value::Text(_) | Value::Choice(_) => (State::Value, None),
    }
}

/// Stands between the parts of a text key.
pub const KEY_SEPARATOR: char = '\u{1f}';

/// Returns the text key of a row: the folded texts of its key columns, a choice that nobody
/// declared as it was typed.
pub fn text_key(row: &TableRow, pipeline: &Pipeline) -> String {
    let mut key = String::new();
    for (place, field) in pipeline.roles.key.iter().enumerate() {
        if place > 0 {
            key.push(KEY_SEPARATOR);
        }
        if let Some(entry) = row.entries[*field].as_ref() {
            key.push_str(&fold::task_key(own_text(entry)));
        }
    }
    key
}

/// Returns the folded text of each column of a row's key; none where its table has no such column.
pub fn key_parts(row: &TableRow, pipeline: &Pipeline) -> Vec<Option<String>> {
    let entries = pipeline.roles.key.iter().map(|field| row.entries[*field].as_ref());
    entries.map(|entry| entry.map(|entry| fold::task_key(own_text(entry)))).collect()
}

/// Returns what a cell of a key column says.
pub fn own_text(entry: &Entry) -> &str {
    entry.value.text().unwrap_or(&entry.typed)
}

/// Texts that were folded, by what they were before: units send those of the plan, and each other's. Texts
/// that are the same when they are folded have the same number.
#[derive(Debug, Default)]
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
pub struct Folded<'a> {
    /// As [`fold::task_key`] has them.
    tasks: HashMap<&'a str, (Text, u32), RandomState>,
    /// As [`fold::said`] has them.
    others: HashMap<&'a str, u32, RandomState>,
    numbers: HashMap<Text, u32, RandomState>,
}

impl<'a> Folded<'a> {
    /// Returns the text key of a row, as [`text_key`] does.
    pub fn text_key(&mut self, row: &'a TableRow, pipeline: &Pipeline) -> Text {
        match pipeline.roles.key.as_slice() {
            [only] => {
                let entry = row.entries[*only].as_ref();
                entry.map(|entry| self.task_key(own_text(entry)).0.clone()).unwrap_or_default()
            }
            _ => text_key(row, pipeline).into(),
        }
    }

    fn task_key(&mut self, text: &'a str) -> &(Text, u32) {
        let numbers = &mut self.numbers;
        self.tasks.entry(text).or_insert_with(|| {
            let folded = Text::from(fold::task_key(text));
            let next = next(numbers.len());
            (folded.clone(), *numbers.entry(folded).or_insert(next))
        })
    }

    /// Returns the number of a text's key.
    fn key(&mut self, text: &'a str) -> u32 {
        let numbers = &mut self.numbers;
        *self.others.entry(text).or_insert_with(|| {
            let next = next(numbers.len());
            *numbers.entry(fold::said(text).into()).or_insert(next)
        })
    }
}

fn next(numbers: usize) -> u32 {
    u32::try_from(numbers).expect("less than 4 billion texts are different")
}

/// Returns the text of a row as a reader should see it.
pub fn shown_task(row: &TableRow, pipeline: &Pipeline) -> String {
    let parts: Vec<&str> = pipeline
        .roles
        .key
        .iter()
        .filter_map(|field| row.entries[*field].as_ref())
        .map(|entry| entry.value.text().unwrap_or(&entry.typed))
        .filter(|typed| !typed.is_empty())
        .collect();
    parts.join(" / ")
}

/// Returns the number of a row, where it has one.
pub fn number(row: &TableRow, pipeline: &Pipeline) -> Option<i64> {
    match row.entries[pipeline.roles.number?].as_ref()?.value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

/// Makes the frame of task rows.
///
/// # Errors
/// Only when polars cannot build it, which is a fault of this program.
pub fn frame<'a>(
    items: &[Item<'a>],
    folded: &mut Folded<'a>,
    pipeline: &Pipeline,
) -> PolarsResult<DataFrame> {
    let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let ids: Vec<u32> = (0..items.len()).map(place).collect();
    let mut columns: Vec<Column> = vec![
        Column::new("id".into(), ids),
        Column::new(
            "unit".into(),
            items.iter().map(|item| item.unit.in_frame()).collect::<Vec<u32>>(),
        ),
    ];
    for (field, column) in pipeline.columns.iter_enumerated() {
        let figures: Vec<(State, Option<i64>)> =
            items.iter().map(|item| figure(item.row, field)).collect();
        let name = column.name.as_str();
        if column.kind.is_text() {
            let is_key = pipeline.roles.key.contains(&field);
            let texts = items.iter().map(|item| {
                let text = item.row.entries[field].as_ref()?.value.text()?;
                Some(if is_key { folded.task_key(text).1 } else { folded.key(text) })
            });
            let texts: Vec<Option<u32>> = texts.collect();
            columns.push(Column::new(name.into(), texts));
        } else {
            let values: Vec<Option<i64>> = figures.iter().map(|(_, value)| *value).collect();
            columns.push(Column::new(name.into(), values));
        }
        let states: Vec<u32> = figures.iter().map(|(state, _)| state.code()).collect();
        columns.push(Column::new(state_name(name).into(), states));
    }
    for (index, derived) in pipeline.derived.iter().enumerate() {
        let values: Vec<i64> = items.iter().map(|item| item.row.derived[index].0).collect();
        columns.push(Column::new(derived.name.as_str().into(), values));
    }
    DataFrame::new(items.len(), columns)
}
