//! Months: from a cell as typed to a year and month, or the reason why not.

use std::sync::LazyLock;

use regex::Regex;

use super::numeral;
use crate::model::{Month, Obstacle, Value, fold};
use crate::read::{Content, number_text};

/// Excel serial days of 2000-01-01 and 2030-12-31; a bare number between them in a month column
/// is a date without its format.
const SERIAL_DAYS: std::ops::RangeInclusive<f64> = 36_526.0..=47_848.0;

/// Reads a cell of a month column.
pub fn read(content: &Content, not_applicable: &[String]) -> Value {
    match content {
        Content::Date { year, month, .. } => {
            Month::new(*year, *month).map_or(Value::Unreadable(Obstacle::NotThisType), Value::Month)
        }
        Content::Number(number) if SERIAL_DAYS.contains(number) => serial(*number),
        Content::Number(number) => {
            let text = number_text(*number);
            // 2020.10 typed as a number is stored as 2020.1, which may also be January.
            if text.ends_with(".1") {
                return Value::Unreadable(Obstacle::NotOneFigure);
            }
            read_text(&text, not_applicable)
        }
        Content::Text(text) => read_text(text, not_applicable),
        Content::Error(_) => Value::Unreadable(Obstacle::ErrorValue),
        Content::Uncalculated(formula) => {
            Value::Unreadable(Obstacle::Uncalculated(formula.clone()))
        }
        Content::Picture => Value::Unreadable(Obstacle::Picture),
        Content::Percentage(_) | Content::Boolean(_) => Value::Unreadable(Obstacle::NotThisType),
    }
}

fn serial(number: f64) -> Value {
    let epoch = jiff::civil::date(1899, 12, 30);
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let days = number as i64;
    let date = epoch.checked_add(jiff::Span::new().days(days)).ok();
    date.and_then(|date| Month::new(date.year().into(), u32::from(date.month().unsigned_abs())))
        .map_or(Value::Unreadable(Obstacle::NotThisType), Value::Month)
}

/// What may follow a month without changing it.
const ENDINGS: &str = "(?:份|底|末|初|中旬|上旬|下旬|中|前|以前|之前|内|完成)*";

struct Patterns {
    year_month: Regex,
    separated: Regex,
    compact: Regex,
    month_only: Regex,
    year_end: Regex,
    range: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compile = |pattern: &str| Regex::new(pattern).expect("the pattern is sound");
    let digits = "[0-9〇零○一二三四五六七八九十]";
    Patterns {
        year_month: compile(&format!(
            "^({digits}{{4}}|[0-9]{{2}})年({digits}{{1,3}})月(?:{digits}{{1,3}}[日号])?{ENDINGS}$"
        )),
        separated: compile(&format!(
            "^([0-9]{{4}})[.\\-/_]([0-9]{{1,2}})(?:[.\\-/_]([0-9]{{1,2}})日?)?月?{ENDINGS}$"
        )),
        compact: compile("^([12][0-9]{3})([01][0-9])(?:[0-3][0-9])?$"),
        month_only: compile(&format!(
            "^(?:本年|当年|今年)?({digits}{{1,3}})月(?:{digits}{{1,3}}[日号])?{ENDINGS}$"
        )),
        year_end: compile("^([0-9]{4})年(?:底|末|底前|末前|年底|年底前)(?:完成)?$"),
        range: compile("[0-9月日年](?:-|~|至|到|—|–)+[0-9]"),
    }
});

/// Reads a text of a month column.
pub fn read_text(text: &str, not_applicable: &[String]) -> Value {
    let plain = fold::plain(without_time(text));
    if plain.is_empty() {
        return Value::Blank;
    }
    if not_applicable.contains(&plain.to_lowercase()) {
        return Value::NotApplicable;
    }
    let plain = plain.trim_start_matches(['\'', '‘', '’']);
    if let Some(found) = full_month(plain) {
        return Value::Month(found);
    }
    if let Some(found) = PATTERNS.month_only.captures(plain) {
        return match number(&found[1]) {
            Some(month @ 1..=12) => Value::MonthOfYear(month),
            _ => Value::Unreadable(Obstacle::NotThisType),
        };
    }
    if let Ok(month @ 1..=12) = plain.parse::<u32>() {
        return Value::MonthOfYear(month);
    }
    if let Ok(number) = plain.parse::<f64>()
        && SERIAL_DAYS.contains(&number)
    {
        return serial(number);
    }
    let obstacle =
        if PATTERNS.range.is_match(plain) { Obstacle::NotOneFigure } else { Obstacle::NotThisType };
    Value::Unreadable(obstacle)
}

/// Returns the month a text says in full, with its year.
pub fn full_month(plain: &str) -> Option<Month> {
    if let Some(found) = PATTERNS.year_month.captures(plain) {
        let year = number(&found[1])?;
        let year = if year < 100 { year + 2000 } else { year };
        return Month::new(i32::try_from(year).ok()?, number(&found[2])?);
    }
    if let Some(found) = PATTERNS.separated.captures(plain) {
        let day = found.get(3).map_or(Some(1), |day| day.as_str().parse::<u32>().ok())?;
        return (1..=31)
            .contains(&day)
            .then(|| Month::new(found[1].parse().ok()?, found[2].parse().ok()?))?;
    }
    if let Some(found) = PATTERNS.compact.captures(plain) {
        return Month::new(found[1].parse().ok()?, found[2].parse().ok()?);
    }
    let found = PATTERNS.year_end.captures(plain)?;
    Month::new(found[1].parse().ok()?, 12)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().or_else(|| numeral::whole(text).and_then(|number| u32::try_from(number).ok()))
}

/// Cuts the time of day off a date and time.
fn without_time(text: &str) -> &str {
    let trimmed = text.trim();
    match trimmed.split_once([' ', 'T']) {
        Some((date, time)) if time.contains(':') && date.chars().any(|c| c.is_ascii_digit()) => {
            date
        }
        _ => trimmed,
    }
}
