//! What the cells of a plan ask for instead of the types that were drafted, once a trial has read them: choices that are
//! not all of them, whole numbers with decimals, codes among counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::extract::Extract;
use crate::model::{Entry, Obstacle, Value, fold};
use crate::normalise::RowClass;
use crate::pipeline::{ColumnType, Pipeline};

/// Returns the columns of which the plan's own tasks say that they were taken for too little: choices
/// that are not all of them, whole numbers that have decimals, money that is finer than money is.
pub fn asked(extract: &Extract, pipeline: &Pipeline) -> BTreeMap<String, ColumnType> {
    /// A sum or two that nobody rounded are the plan's own fault.
    const FEW: usize = 10;
    const FEW_SUMS: usize = 2;
    const FEW_OF_MANY: usize = 50;
    const FEW_CODES: usize = 3;
    let mut asked = BTreeMap::new();
    for (field, column) in pipeline.columns.iter_enumerated() {
        let rows = extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
        let tasks = rows.filter(|row| row.class == RowClass::Task);
        let entries = || tasks.clone().filter_map(|row| row.entries[field].as_ref());
        let unread = |is: &dyn Fn(&Obstacle, &Entry) -> bool| {
            let fails =
                |entry: &&Entry| matches!(&entry.value, Value::Unreadable(why) if is(why, entry));
            entries().filter(fails).count()
        };
        let has_decimals = |entry: &Entry| fold::plain(&entry.typed).parse::<f64>().is_ok();
        let other = match column.kind {
            ColumnType::Choice
                if unread(&|why, _| matches!(why, Obstacle::UnknownChoice(_))) > 0 =>
            {
                ColumnType::Text
            }
            // Words again and again among one or two figures: these are marks, and no quantities.
            ColumnType::Integer | ColumnType::Decimal
                if are_marks(entries().map(|entry| &entry.value)) =>
            {
                ColumnType::Text
            }
            // Some have letters among their digits: all of them name something.
            ColumnType::Integer if unread(&|_, entry| is_code(&entry.typed)) >= FEW_CODES => {
                ColumnType::Text
            }
            ColumnType::Integer | ColumnType::Decimal
                if unread(&|_, entry| is_code_in_parts(&entry.typed)) >= FEW_CODES =>
            {
                ColumnType::Text
            }
            ColumnType::Integer if unread(&|_, entry| has_decimals(entry)) > 0 => {
                ColumnType::Decimal
            }
            // Shares with more decimals than are held are held as figures, where they are written so.
            ColumnType::Percent => {
                let fine = unread(&|why, _| *why == Obstacle::TooFine);
                let has_mark = entries().any(|entry| entry.typed.contains(['%', '％']));
                if fine * FEW < entries().count().max(1) || has_mark {
                    continue;
                }
                ColumnType::Decimal
            }
            // What is finer than money drops out of the sums, each by a whole amount.
            ColumnType::Amount => {
                let fine = unread(&|why, _| *why == Obstacle::TooFine);
                let all = entries().count().max(1);
                if fine * FEW < all && (fine <= FEW_SUMS || fine * FEW_OF_MANY < all) {
                    continue;
                }
                ColumnType::Decimal
            }
            _ => continue,
        };
        asked.insert(column.name.clone(), other);
    }
    asked
}

/// Whether a text is a code of letters and digits: KCI4S0.
fn is_code(text: &str) -> bool {
    const LEAST: usize = 4;
    const LONGEST: usize = 30;
    let plain = fold::plain(text);
    (LEAST..=LONGEST).contains(&plain.len())
        // A measure stands behind its figure: 12km.
        && plain
            .bytes()
            .skip_while(|byte| !byte.is_ascii_alphabetic())
            .any(|byte| byte.is_ascii_digit())
        && plain.bytes().filter(u8::is_ascii_alphabetic).count() > 1
        && plain.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// Whether a text is two long runs of digits with a dash between them, as no count is: 20001-2610; or a longer one
/// with a letter: 255410222222A.
fn is_code_in_parts(text: &str) -> bool {
    const LONG: usize = 4;
    const LONGER: usize = 8;
    let plain = fold::plain(text);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    if digits >= LONGER
        && digits + 1 == plain.len()
        && plain.ends_with(|c: char| c.is_ascii_alphabetic())
    {
        return true;
    }
    let parts: Vec<&str> = plain.split('-').map(str::trim).collect();
    let is_long =
        |part: &&str| part.len() >= LONG && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 2 && parts.iter().all(is_long)
}

/// Whether one cell of ten is words, and the figures beside them are one or two, again and again.
fn are_marks<'a>(values: impl Iterator<Item = &'a Value>) -> bool {
    const LEAST: usize = 5;
    const MOST_FIGURES: usize = 2;
    let (mut words, mut all) = (0, 0);
    let mut figures: BTreeSet<String> = BTreeSet::new();
    for value in values {
        match value {
            Value::Unreadable(_) => words += 1,
            value if value.is_absent() => continue,
            value => {
                figures.insert(format!("{value:?}"));
            }
        }
        all += 1;
    }
    words >= LEAST && words * 10 >= all && figures.len() <= MOST_FIGURES
}
