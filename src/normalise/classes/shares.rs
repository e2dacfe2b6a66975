//! Columns of shares have one reading. A column with 0.5 and 0.85 in it holds fractions, and the 1
//! among them is 100 %, which a cell alone would not say; where nothing but 0 and 1 stands in it and
//! nothing says per cent, 1 may be either, and nobody guesses; no more than where fractions and per
//! cents stand in one column.

use super::row::{RowClass, TableRow};
use crate::model::{ColumnId, Obstacle, Value, fold};
use crate::normalise::cells::quantity::rounded_quotient;
use crate::normalise::layout::table::Layout;
use crate::pipeline::{ColumnType, Pipeline};
use crate::read::number_text;

/// The largest share that a column of fractions holds: twice the whole, which is a finding but is
/// what was meant.
const LARGEST: f64 = 2.0;

/// Far less than any share that is reported.
const NOISE: f64 = 1e-9;

/// How the bare numbers of a column are to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As each cell says by itself.
    Alone,
    Fractions,
    /// 1 is 1 % or the whole.
    Either,
    /// Fractions and per cents stand in one column; what could be either is not guessed.
    Mixed,
}

/// Reads the numbers of each column of shares of a sheet alike.
pub(super) fn read_alike(rows: &mut [TableRow], tables: &[Layout], pipeline: &Pipeline) {
    let shares = pipeline.columns.iter_enumerated();
    let shares = shares.filter(|(_, column)| column.kind == ColumnType::Percent);
    for (field, _) in shares {
        let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); tables.len()];
        for row in rows.iter().filter(|row| row.class == RowClass::Task) {
            numbers[row.table].extend(bare_number(row, field));
        }
        let readings = tables.iter().zip(&numbers).map(|(table, numbers)| {
            let column = table.column_of(field)?;
            Some(reading(numbers, fold::plain(&column.heading).contains('%')))
        });
        let readings: Vec<Option<Reading>> = readings.collect();
        for row in rows.iter_mut() {
            if let Some(reading) = readings[row.table] {
                read(row, field, reading);
            }
        }
    }
}

fn reading(numbers: &[f64], says_per_cent: bool) -> Reading {
    let has_fractions = numbers.iter().any(|number| *number > 0.0 && *number < 1.0);
    let has_per_cents = numbers.iter().any(|number| *number > LARGEST);
    match (has_fractions, has_per_cents) {
        (true, true) => Reading::Mixed,
        (true, false) => Reading::Fractions,
        // Among 85 and 50 under a heading that says per cent, 1 is 1 %.
        (false, true) if says_per_cent => Reading::Alone,
        (false, _) => Reading::Either,
    }
}

fn read(row: &mut TableRow, field: ColumnId, reading: Reading) {
    let Some(number) = bare_number(row, field) else { return };
    let value = match reading {
        Reading::Fractions if number >= 1.0 => rounded_quotient(&number_text(number * 100.0), 2)
            .map_or(Value::Unreadable(Obstacle::TooFine), Value::Percent),
        Reading::Either if is_one(number) => Value::Unreadable(Obstacle::NotOneFigure),
        Reading::Mixed if number > 0.0 && number <= 1.0 => {
            Value::Unreadable(Obstacle::NotOneFigure)
        }
        Reading::Alone | Reading::Fractions | Reading::Either | Reading::Mixed => return,
    };
    if let Some(entry) = row.entries.get_mut(field) {
        entry.value = value;
    }
}

fn is_one(number: f64) -> bool {
    (number - 1.0).abs() < f64::EPSILON
}

/// Returns the number of a cell that has no sign of per cent beside it.
fn bare_number(row: &TableRow, field: ColumnId) -> Option<f64> {
    let entry = row.entries[field].as_ref()?;
    let Value::Percent(_) = entry.value else { return None };
    // A format that shows 85% for 85 has said it.
    if entry.shown().is_some() {
        return None;
    }
    let number: f64 = fold::plain(&entry.typed).parse().ok()?;
    // What a formula left beside 0 is 0.
    Some(if number.abs() < NOISE { 0.0 } else { number })
}
