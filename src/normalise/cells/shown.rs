//! A number whose format says more than the number: what stands on the screen is what the clerk
//! sees, and is read like a text that was typed. Where it does not say the number that the cell
//! holds, or names another unit of money than the sheet does, that is a doubt about the column.

use super::typing::{self, ColumnUnit};
use crate::model::value::Doubt;
use crate::model::{Amount, MoneyUnit, Obstacle, Value, fold};
use crate::pipeline::{Column, ColumnType, Lexicon};
use crate::read::{Content, Shown};

/// Reads a number as it is shown.
pub fn read(
    (content, shown): (&Content, &Shown),
    column: &Column,
    unit: ColumnUnit,
    words: &Lexicon,
) -> (Value, Option<Doubt>) {
    let read = |text: &str| typing::read(&Content::Text(text.into()), column, unit.unit, words).0;
    let typed = || typing::read(content, column, unit.unit, words).0;
    let Some(figure) = &shown.figure else {
        // Words instead of a figure: 待定 for 5.
        return match column.kind {
            ColumnType::Text => (Value::Text(shown.text.as_str().into()), None),
            // 1 may be 1 % or the whole.
            ColumnType::Percent => (Value::Unreadable(Obstacle::NotOneFigure), None),
            _ => (typed(), Some(Doubt::ShownOtherwise)),
        };
    };
    let lost = shown.loses_sign.then_some(Doubt::ShownOtherwise);
    let (value, doubt) = match column.kind {
        ColumnType::Amount => {
            amount(shown, read(&shown.exact), read(figure), (column, unit, words))
        }
        ColumnType::Month | ColumnType::Date => match read(&shown.text) {
            Value::Unreadable(_) => (typed(), None),
            value => (value, None),
        },
        ColumnType::Text | ColumnType::Choice => (read(&shown.exact), None),
        ColumnType::Percent => match read(&shown.exact) {
            Value::Unreadable(_) => (Value::Unreadable(Obstacle::NotOneFigure), None),
            value => (value, None),
        },
        // Thousands that nobody calls so.
        ColumnType::Integer | ColumnType::Decimal if shown.power != 0 && shown.exact == *figure => {
            (typed(), Some(Doubt::ShownOtherwise))
        }
        ColumnType::Integer | ColumnType::Decimal => match read(&shown.exact) {
            Value::Unreadable(Obstacle::NotThisType) => {
                let doubt = names_other_unit(shown, figure, column);
                (read(figure), doubt.then_some(Doubt::ShownOtherwise))
            }
            value => (value, None),
        },
    };
    (value, doubt.or(lost))
}

fn amount(
    shown: &Shown,
    whole: Value,
    bare: Value,
    (column, unit, words): (&Column, ColumnUnit, &Lexicon),
) -> (Value, Option<Doubt>) {
    match whole {
        // 70.00day, 3个: words that say nothing of money.
        Value::Unreadable(Obstacle::NotThisType) => {
            let is_told = speaks_of_money(&shown.text) || is_broken(&shown.text);
            (bare, is_told.then_some(Doubt::ShownOtherwise))
        }
        Value::Amount(amount) if is_odd(amount, shown, column, unit, words) => {
            (whole, Some(Doubt::OddScale))
        }
        Value::Amount(_) if unit.is_named && whole != bare => {
            // What reads the same whatever the column's unit names its own.
            let other = if unit.unit == MoneyUnit::Yuan {
                MoneyUnit::TenThousandYuan
            } else {
                MoneyUnit::Yuan
            };
            let text = Content::Text(shown.exact.clone().into());
            let names_own = typing::read(&text, column, other, words).0 == whole;
            (whole, names_own.then_some(Doubt::OtherUnit(unit.unit)))
        }
        value => (value, None),
    }
}

/// Returns whether a format divides by another power of ten than lies between the unit that it shows
/// and the one that the cell holds, which is the yuan or the column's.
fn is_odd(
    read_as: Amount,
    shown: &Shown,
    column: &Column,
    unit: ColumnUnit,
    words: &Lexicon,
) -> bool {
    let Some(figure) = shown.figure.as_ref().filter(|_| shown.power != 0) else { return false };
    let in_yuan = Content::Text(figure.clone().into());
    let Value::Amount(yuan) = typing::read(&in_yuan, column, MoneyUnit::Yuan, words).0 else {
        return false;
    };
    // The unit that is shown, by how many times the figure in yuan the amount is.
    let Some(times) = read_as.0.checked_div(yuan.0) else { return false };
    let Some(exponent) = (0..=8).find(|power| 10_i64.pow(*power) == times) else { return true };
    let held = i64::from(exponent + MoneyUnit::Yuan.exponent()) + i64::from(shown.power);
    held != i64::from(MoneyUnit::Yuan.exponent()) && held != i64::from(unit.unit.exponent())
}

/// Returns whether something stands between the digits of a figure that is no part of one.
fn is_broken(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return false;
    };
    text[first..last].contains(|c: char| !is_digit(c) && c != ',' && c != '.')
}

/// Returns whether the words beside a figure are about money, this country's or another's.
fn speaks_of_money(text: &str) -> bool {
    let plain = fold::plain(text).to_uppercase();
    plain.contains(|c: char| "元圆角分块百千万亿$€£".contains(c))
        || ["USD", "HKD", "EUR", "GBP", "JPY", "TWD", "CNY"]
            .iter()
            .any(|money| plain.contains(money))
}

/// Returns whether the words beside a figure are a unit that the column's title does not name,
/// while it names one.
fn names_other_unit(shown: &Shown, figure: &str, column: &Column) -> bool {
    let title = fold::plain(&column.title);
    let words = fold::plain(&shown.exact).replace(figure, "");
    title.contains('(') && !words.is_empty() && !title.contains(words.as_str())
}
