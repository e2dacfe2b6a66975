//! One cell of a declared column → what was typed and what was understood.

use super::{amount, commas, day, month, numeral, quantity, share, spelling};
use crate::model::amount::NotExact;
use crate::model::{Amount, Entry, MoneyUnit, Obstacle, Text, Value, fold, words};
use crate::normalise::typed::{typed, typed_text};
use crate::pipeline::{Column, ColumnType, DecimalMark, Lexicon};
use crate::read::{Content, Shown, number_text, whole};

/// The unit of money that holds for a column on a sheet.
#[derive(Clone, Copy, Debug)]
pub struct ColumnUnit {
    pub unit: MoneyUnit,
    /// Whether the sheet itself names it, in the heading or beside the table.
    pub is_named: bool,
}

/// Reads a cell as its column declares; what its number format says beside the number, `shown`,
/// counts like something typed.
pub fn entry(
    sheet_column: u32,
    (content, shown): (&Content, Option<&Shown>),
    column: &Column,
    unit: ColumnUnit,
    words: &Lexicon,
) -> Entry {
    let typed = typed(content);
    if let Some(shown) = shown {
        let (value, doubt) = super::shown::read((content, shown), column, unit, words);
        let text = Text::from(&shown.text);
        return Entry::new(sheet_column, typed, value).with_shown(text, doubt);
    }
    let pointed;
    let content = match (content, column.decimal) {
        (Content::Text(text), DecimalMark::Comma) => match commas::with_points(text) {
            Ok(text) => {
                pointed = Content::Text(text.into());
                &pointed
            }
            Err(obstacle) => return Entry::new(sheet_column, typed, Value::Unreadable(obstacle)),
        },
        _ => content,
    };
    let (value, parts) = read_as(content, &typed, column, unit.unit, words);
    Entry::new(sheet_column, typed, value).with_parts(parts)
}

/// Reads what a cell says as a value, where nobody asks how it was typed.
pub fn value(
    (content, shown): (&Content, Option<&Shown>),
    column: &Column,
    unit: ColumnUnit,
    words: &Lexicon,
) -> Value {
    let needs_typing = matches!(column.kind, ColumnType::Choice | ColumnType::Text);
    if shown.is_some() || needs_typing || column.decimal == DecimalMark::Comma {
        return entry(0, (content, shown), column, unit, words).value;
    }
    read_as(content, &Text::default(), column, unit.unit, words).0
}

/// Reads what a cell holds, and the sum of the parts that an amount names itself.
pub(super) fn read(
    content: &Content,
    column: &Column,
    unit: MoneyUnit,
    words: &Lexicon,
) -> (Value, Option<Amount>) {
    read_as(content, &typed_text(content).into(), column, unit, words)
}

/// The same for a cell whose text is known: `typed`.
fn read_as(
    content: &Content,
    typed: &Text,
    column: &Column,
    unit: MoneyUnit,
    words: &Lexicon,
) -> (Value, Option<Amount>) {
    let not_applicable = &words.not_applicable;
    match column.kind {
        ColumnType::Amount => {
            let reading = amount::read(content, unit, words);
            (reading.value, reading.parts)
        }
        ColumnType::Month => {
            let value = match content {
                Content::Text(text) => {
                    words.months.of(text, || month::read(content, not_applicable))
                }
                _ => month::read(content, not_applicable),
            };
            (value, None)
        }
        ColumnType::Date => (day::read(content, not_applicable), None),
        ColumnType::Integer => (integer(content, column, not_applicable), None),
        ColumnType::Decimal => (quantity::read(content, column, words), None),
        ColumnType::Percent => (percent(content, not_applicable), None),
        ColumnType::Choice => (choice(typed, column), None),
        ColumnType::Text => (text(content, typed), None),
    }
}

fn text(content: &Content, typed: &Text) -> Value {
    match content {
        Content::Text(_) if typed.is_empty() => Value::Blank,
        Content::Error(_) => Value::Unreadable(Obstacle::ErrorValue),
        Content::Uncalculated(formula) => Value::Unreadable(Obstacle::Uncalculated(formula.into())),
        Content::Picture => Value::Unreadable(Obstacle::Picture),
        _ => Value::Text(typed.clone()),
    }
}

/// Whole numbers as districts number their rows: 3, ３, ③, 3., 三、, （三）, 第3项.
fn integer(content: &Content, column: &Column, not_applicable: &[String]) -> Value {
    let is_figure = |word: &String| word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    if let Content::Number(number) = content
        && let Some(whole) = whole(*number)
        && !not_applicable.iter().any(is_figure)
    {
        return Value::Integer(whole);
    }
    let plain = match content {
        Content::Number(number) => number_text(*number),
        Content::Text(text) => {
            // Two numbers in two lines are not one.
            let apart = spelling::figures(text).is_ok_and(|plain| plain.contains(spelling::GAP));
            if apart {
                return Value::Unreadable(Obstacle::NotOneFigure);
            }
            fold::plain(text)
        }
        other => return failed(other),
    };
    if plain.is_empty() {
        return Value::Blank;
    }
    if spelling::says_not_applicable(&plain, not_applicable) {
        return Value::NotApplicable;
    }
    let bare = plain
        .trim_start_matches(['(', '第', '\'', '‘'])
        .trim_end_matches([')', '.', '、', ',', '。', '项', '号', '．']);
    let bare = quantity::without_named_unit(bare, column);
    // 300.00 is whole.
    let digits = bare.split_once('.').map_or(bare, |(whole, fraction)| {
        if fraction.bytes().all(|digit| digit == b'0') { whole } else { bare }
    });
    let number = digits.parse().ok().or_else(|| grouped(digits)).or_else(|| numeral::whole(digits));
    let number = number.or_else(|| quantity::beside_round(digits, 0));
    number.map_or(Value::Unreadable(Obstacle::NotThisType), Value::Integer)
}

/// A whole number whose digits stand in groups of three, as offices write it: 1,200, -1,200.
fn grouped(digits: &str) -> Option<i64> {
    let mut groups = digits.trim_start_matches('-').split(',');
    let first = groups.next()?;
    let are_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_head = (1..=3).contains(&first.len()) && are_digits(first);
    let are_three = groups.all(|group| group.len() == 3 && are_digits(group));
    (is_head && are_three).then(|| digits.replace(',', "").parse().ok()).flatten()
}

fn percent(content: &Content, not_applicable: &[String]) -> Value {
    let decimal = match content {
        Content::Percentage(fraction) => number_text(fraction * 100.0),
        // Below one, the number is the fraction behind a percent format that the file does not
        // show; nobody reports progress of half a percent.
        Content::Number(number) if *number > 0.0 && *number < 1.0 => number_text(number * 100.0),
        Content::Number(number) => number_text(*number),
        Content::Text(text) => {
            let plain = match spelling::figures(text) {
                Ok(plain) if plain.contains([spelling::GAP, spelling::THIN_GAP]) => {
                    return Value::Unreadable(Obstacle::NotOneFigure);
                }
                Ok(plain) => plain,
                Err(obstacle) => return Value::Unreadable(obstacle),
            };
            if plain.is_empty() {
                return Value::Blank;
            }
            if spelling::says_not_applicable(&plain, not_applicable) {
                return Value::NotApplicable;
            }
            if let Some(figure) = share::figure(&plain) {
                figure
            } else {
                // The same figure says the same, whether the file keeps it as number or text.
                match plain.parse::<f64>() {
                    Ok(number) if !plain.contains(['e', 'E']) => {
                        return percent(&Content::Number(number), not_applicable);
                    }
                    _ => plain,
                }
            }
        }
        other => return failed(other),
    };
    let vague = decimal.chars().any(|c| c.is_ascii_digit())
        && decimal.contains(['-', '~', '约', '>', '<', '≥', '≤', '至', '近'])
        && !decimal.starts_with('-');
    match quantity::rounded_quotient(&decimal, 2) {
        Ok(hundredths) => Value::Percent(hundredths),
        Err(NotExact::TooFine) => Value::Unreadable(Obstacle::TooFine),
        Err(_) if vague => Value::Unreadable(Obstacle::NotOneFigure),
        Err(_) => Value::Unreadable(Obstacle::NotThisType),
    }
}

fn choice(typed: &str, column: &Column) -> Value {
    let key = fold::key(typed);
    if key.is_empty() {
        return Value::Blank;
    }
    let found = column.choices.iter().find(|choice| choice.keys.contains(&key));
    found.map_or_else(
        || {
            let known = column.choices.iter().map(|choice| choice.value.as_str());
            let near = words::nearest(typed, known).map(Text::from);
            Value::Unreadable(Obstacle::UnknownChoice(near))
        },
        |choice| Value::Choice(Text::from(&choice.value)),
    )
}

fn failed(content: &Content) -> Value {
    Value::Unreadable(match content {
        Content::Error(_) => Obstacle::ErrorValue,
        Content::Uncalculated(formula) => Obstacle::Uncalculated(formula.into()),
        Content::Picture => Obstacle::Picture,
        _ => Obstacle::NotThisType,
    })
}
