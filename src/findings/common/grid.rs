//! The rows of one unit on one sheet beside their tasks, column by column, with what was found of each cell.

use std::collections::BTreeMap;

use crate::check::Context;
pub use crate::check::unread_columns::LEAST;
use crate::findings::figures::bare_value;
use crate::model::common::SameCause;
use crate::model::{Amount, CellAt, ColumnId, Entry, Finding, RowId, TaskId, Value, fold};
use crate::pipeline::ColumnType;
use crate::roster::cell;

/// The rows of a unit's one sheet that are alone of their task, from top to bottom.
pub struct Grid {
    pub rows: Vec<(RowId, TaskId)>,
    /// By the place of the column in the pipeline file.
    pub columns: Vec<Column>,
}

/// A column beside the plan's.
pub struct Column {
    pub field: ColumnId,
    pub name: String,
    pub kind: ColumnType,
    /// Whether its cells are held against the plan's; others are what a unit reports.
    pub is_planned: bool,
    pub cells: Vec<Cell>,
}

/// What a cell holds and what the plan has in its place.
pub struct Cell {
    pub at: Option<CellAt>,
    pub found: Held,
    pub planned: Held,
    /// The place of the finding that says that both differ, where it can be told with others.
    pub said: Option<usize>,
}

/// One of the two.
#[derive(Clone, Debug)]
pub struct Held {
    pub value: Value,
    pub typed: String,
    /// By which values of whatever columns are held against each other; empty where there is nothing.
    pub words: String,
}

impl Held {
    pub fn of(entry: Option<&Entry>, context: &Context<'_>) -> Self {
        let Some(entry) = entry else {
            return Self { value: Value::Blank, typed: String::new(), words: String::new() };
        };
        let typed = entry.typed.to_string();
        let words = words(&entry.value, &typed, context);
        Self { value: entry.value.clone(), typed, words }
    }

    /// Puts another value in its place, as where a month takes the year of its task.
    fn with(&mut self, value: &Value, context: &Context<'_>) {
        self.words = words(value, &self.typed, context);
        self.value = value.clone();
    }

    /// The figure in its smallest unit: of months and days those since the beginning of their count.
    pub fn figure(&self) -> Option<i64> {
        match &self.value {
            Value::Amount(Amount(figure))
            | Value::Integer(figure)
            | Value::Decimal(figure)
            | Value::Percent(figure) => Some(*figure),
            Value::Month(month) => Some(i64::from(month.ordinal())),
            Value::Date(day) => Some(day.ordinal()),
            _ => None,
        }
    }

    /// What two have in common that are one value: what they say, how it is typed, and the month of a day.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        const MONTH: usize = "2020-08".len();
        let typed = Some(self.typed.as_str()).filter(|typed| *typed != self.words);
        let month = match self.value {
            Value::Date(_) => self.words.get(..MONTH),
            _ => None,
        };
        [Some(self.words.as_str()), typed, month]
            .into_iter()
            .flatten()
            .filter(|key| !key.is_empty())
    }

    /// Whether two of whatever columns are one value: a month and a day of it are.
    pub fn is(&self, other: &Held) -> bool {
        let in_month = |day: &Held, month: &Held| {
            matches!((&day.value, &month.value), (Value::Date(_), Value::Month(_)))
                && day.words.starts_with(&month.words)
        };
        !self.words.is_empty() && self.words == other.words
            || !self.typed.is_empty() && self.typed == other.typed
            || in_month(self, other)
            || in_month(other, self)
    }
}

fn words(value: &Value, typed: &str, context: &Context<'_>) -> String {
    match value {
        Value::Blank | Value::NotApplicable | Value::Covered | Value::Amount(Amount(0)) => {
            String::new()
        }
        Value::Text(text) | Value::Choice(text) => fold::key(text),
        Value::Unreadable(_) => fold::key(typed),
        other => bare_value(other, context.pipeline.money),
    }
}

impl Grid {
    pub fn of(mut rows: Vec<(RowId, TaskId)>, context: &Context<'_>) -> Self {
        rows.sort_by_key(|(row, _)| context.roster.items[*row].row.row);
        let columns = context.pipeline.columns.iter_enumerated().map(|(field, column)| {
            let cells = rows.iter().map(|(row, task)| {
                let item = &context.roster.items[*row];
                let planned = &context.plan.tasks[*task];
                Cell {
                    at: cell(item, field),
                    found: Held::of(item.row.entries[field].as_ref(), context),
                    planned: Held::of(planned.row.entries[field].as_ref(), context),
                    said: None,
                }
            });
            Column {
                field,
                name: column.name.clone(),
                kind: column.kind,
                is_planned: !column.reported,
                cells: cells.collect(),
            }
        });
        Self { columns: columns.collect(), rows }
    }

    /// Names to each cell the finding about it, and takes its figures: a month takes the year of its task.
    pub fn say(
        &mut self,
        said: BTreeMap<ColumnId, Vec<usize>>,
        findings: &[Option<Finding>],
        context: &Context<'_>,
    ) {
        for (field, places) in said {
            let Some(column) = self.columns.get_mut(usize::from(field)) else { continue };
            let rows = column.cells.iter().enumerate();
            let rows: BTreeMap<CellAt, usize> =
                rows.filter_map(|(row, cell)| Some((cell.at?, row))).collect();
            for place in places {
                let Some(finding) = &findings[place] else { continue };
                let row = finding.cell.and_then(|at| rows.get(&at));
                let Some(cell) = row.map(|row| &mut column.cells[*row]) else { continue };
                cell.said = Some(place);
                if let Some(found @ Value::Month(_)) = &finding.found {
                    cell.found.with(found, context);
                }
            }
        }
    }
}

/// What a cause makes of a column.
#[derive(Clone, Debug)]
pub struct Explained {
    pub cause: SameCause,
    /// The rows whose cells are not the plan's in just this way.
    pub rows: Vec<usize>,
    /// How many cells the cause would have changed.
    pub of: usize,
}

impl Explained {
    /// Asks of each row what the cause makes of it: nothing, what was found, or something else.
    pub fn by(cause: SameCause, column: &Column, fits: impl Fn(usize) -> Option<bool>) -> Self {
        let mut explained = Self { cause, rows: Vec::new(), of: 0 };
        for (row, cell) in column.cells.iter().enumerate() {
            let Some(fits) = fits(row) else { continue };
            explained.of += 1;
            if fits && cell.said.is_some() {
                explained.rows.push(row);
            }
        }
        explained
    }

    /// Whether there are cells enough, and nearly all that the cause would have changed.
    pub fn is_enough(&self) -> bool {
        self.rows.len() >= LEAST && self.is_most()
    }

    pub fn is_most(&self) -> bool {
        !self.rows.is_empty() && self.rows.len() * 5 >= self.of * 4
    }
}

impl Column {
    /// What belongs into the column: what the plan has, or what a unit reports.
    pub fn own(&self, row: usize) -> &Held {
        let cell = &self.cells[row];
        if self.is_planned { &cell.planned } else { &cell.found }
    }

    /// The rows of which a finding says that they differ.
    pub fn differing(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| cell.said.is_some())
    }

    /// What was found and what is planned, where both are figures.
    pub fn figures(&self, row: usize) -> Option<(i64, i64)> {
        let cell = &self.cells[row];
        Some((cell.found.figure()?, cell.planned.figure()?))
    }
}

/// Returns what occurs most often, the first of those that do.
pub fn most_common<T: Ord>(things: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    // The last of equal ones is taken: from behind it is the first.
    counts.into_iter().rev().max_by_key(|(_, count)| *count)
}
