//! A number whose format says more than the number: what stands on the screen is what the clerk
//! sees, and is read like a text that was typed. Where it does not say the number that the cell
//! holds, or names another unit of money than the sheet does, that is a doubt about the column.

use super::typing::{self, ColumnUnit};
use crate::model::value::Doubt;
use crate::model::{MoneyUnit, Obstacle, Value, fold};
use crate::pipeline::{Column, ColumnType, Lexicon};
use crate::read::{Content, Shown};

/// Reads a number as it is shown.
pub fn read(
    (content, shown): (&Content, &Shown),
    column: &Column,
    unit: ColumnUnit,
    words: &Lexicon,
) -> (Value, Option<Doubt>) {
    let read =
        |text: &str| typing::read(&Content::Text(text.to_owned()), column, unit.unit, words).0;
    let typed = || typing::read(content, column, unit.unit, words).0;
    let Some(figure) = &shown.figure else {
        // Words instead of a figure: 待定 for 5.
        return match column.kind {
            ColumnType::Text => (Value::Text(shown.text.clone()), None),
            _ => (typed(), Some(Doubt::ShownOtherwise)),
        };
    };
    let lost = shown.loses_sign.then_some(Doubt::ShownOtherwise);
    let (value, doubt) = match column.kind {
        ColumnType::Amount => {
            amount(shown, read(&shown.exact), read(figure), (column, unit, words))
        }
        ColumnType::Month => match read(&shown.text) {
            Value::Unreadable(_) => (typed(), None),
            value => (value, None),
        },
        ColumnType::Text | ColumnType::Choice => (read(&shown.exact), None),
        ColumnType::Percent => match read(&shown.exact) {
            Value::Unreadable(Obstacle::NotThisType) => (typed(), Some(Doubt::ShownOtherwise)),
            value => (value, None),
        },
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
            let doubt = speaks_of_money(&shown.text).then_some(Doubt::ShownOtherwise);
            (bare, doubt)
        }
        Value::Amount(_) if unit.is_named && whole != bare => {
            // What reads the same whatever the column's unit names its own.
            let other = if unit.unit == MoneyUnit::Yuan {
                MoneyUnit::TenThousandYuan
            } else {
                MoneyUnit::Yuan
            };
            let text = Content::Text(shown.exact.clone());
            let names_own = typing::read(&text, column, other, words).0 == whole;
            (whole, names_own.then_some(Doubt::OtherUnit(unit.unit)))
        }
        value => (value, None),
    }
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
