//! Months: from a cell as typed to a year and month, or the reason why not.

use std::sync::LazyLock;

use regex::Regex;

use super::{numeral, spelling};
use crate::model::{Day, Month, Obstacle, Value};
use crate::read::{Content, number_text};

/// Excel serial days of 2000-01-01 and 2030-12-31; a bare number between them in a month column
/// is a date without its format.
const SERIAL_DAYS: std::ops::RangeInclusive<f64> = 36_526.0..=47_848.0;

/// Days between the two beginnings from which spreadsheets count.
const FROM_1900_TO_1904: f64 = 1_462.0;

/// Returns the bare number of a day counted from 1904 as one counted from 1900.
pub fn counted_from_1900(content: &Content) -> Option<Content> {
    match content {
        Content::Number(number) if SERIAL_DAYS.contains(&(number + FROM_1900_TO_1904)) => {
            Some(Content::Number(number + FROM_1900_TO_1904))
        }
        _ => None,
    }
}

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
        Content::Uncalculated(formula) => Value::Unreadable(Obstacle::Uncalculated(formula.into())),
        Content::Picture => Value::Unreadable(Obstacle::Picture),
        Content::Percentage(_) | Content::Boolean(_) => Value::Unreadable(Obstacle::NotThisType),
    }
}

/// Returns whether a bare number is a date without its format.
pub fn is_serial(number: f64) -> bool {
    SERIAL_DAYS.contains(&number)
}

/// Returns the day of a bare number that is a date without its format.
pub fn day_of(serial: f64) -> Option<Day> {
    let epoch = jiff::civil::date(1899, 12, 30);
    #[expect(clippy::cast_possible_truncation, reason = "far fewer days than an i64 holds")]
    let days = serial as i64;
    let date = epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    let small = |number: i8| u32::from(number.unsigned_abs());
    Day::new(date.year().into(), small(date.month()), small(date.day()))
}

fn serial(number: f64) -> Value {
    day_of(number).map_or(Value::Unreadable(Obstacle::NotThisType), |day| Value::Month(day.month()))
}

/// What may follow a month without changing it.
const ENDINGS: &str = "(?:份|底|末|初|中旬|上旬|下旬|中|前|以前|之前|内|完成)*";

struct Patterns {
    year_month: Regex,
    separated: Regex,
    compact: Regex,
    month_only: Regex,
    year_end: Regex,
    date: Regex,
    several: Regex,
    range: Regex,
    guess: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compile = |pattern: &str| Regex::new(pattern).expect("the pattern is sound");
    let digits = "[0-9〇零○一二三四五六七八九十]";
    Patterns {
        year_month: compile(&format!(
            "^({digits}{{4}}|[0-9]{{2}})年({digits}{{1,3}}|元)(?:月(?:({digits}{{1,3}})[日号])?{ENDINGS})?$"
        )),
        separated: compile(&format!(
            "^([0-9]{{4}})[.\\-/_]([0-9]{{1,2}})(?:[.\\-/_]([0-9]{{1,2}})日?)?月?{ENDINGS}$"
        )),
        compact: compile("^([12][0-9]{3})([01][0-9])([0-3][0-9])?$"),
        month_only: compile(&format!(
            "^(?:本年|当年|今年)?({digits}{{1,3}}|元)月(?:({digits}{{1,3}})[日号])?{ENDINGS}$"
        )),
        year_end: compile(&format!(
            "^(?:({digits}{{4}})年|本|当|今)?(?:年底|年末|底|末)(?:之前|以前|前)?(?:完成)?$"
        )),
        date: compile(
            "^[0-9]{4}[.\\-/_][0-9]{1,2}(?:[.\\-/_][0-9]{1,2}日?)?$|^[0-9]{6}$|^[0-9]{8}$",
        ),
        several: compile("季|^[Qq][1-4]|半年|全年|年内|年度|^[0-9]{4}年?$"),
        range: compile("[0-9十月日年](?:-|~|至|到|—|–|、|,|和|及)+[0-9十]"),
        guess: compile("约|左右|预计|大概|暂定|争取|力争|可能|[?]"),
    }
});

/// Reads a text of a month column.
pub fn read_text(text: &str, not_applicable: &[String]) -> Value {
    let plain = match spelling::figures(without_time(text)) {
        // 2020 10 31 is a date with spaces for its points.
        Ok(plain) => plain.replace([spelling::GAP, spelling::THIN_GAP], "-"),
        Err(obstacle) => return Value::Unreadable(obstacle),
    };
    if plain.is_empty() {
        return Value::Blank;
    }
    if spelling::says_not_applicable(&plain, not_applicable) {
        return Value::NotApplicable;
    }
    if spelling::is_error(&plain) {
        return Value::Unreadable(Obstacle::ErrorValue);
    }
    let plain = plain.trim_start_matches(['\'', '‘', '’']);
    if let Some(found) = full_month(plain) {
        return Value::Month(found);
    }
    if let Some(found) = PATTERNS.month_only.captures(plain) {
        let month = number(&found[1]).filter(|month| (1..=12).contains(month));
        // A leap year, so that 2月29日 is a day of some year.
        let sound = month.filter(|month| is_day(2020, *month, found.get(2)));
        return sound.map_or(Value::Unreadable(Obstacle::NotThisType), Value::MonthOfYear);
    }
    if PATTERNS.year_end.is_match(plain) && plain.contains('年') {
        return Value::MonthOfYear(12);
    }
    if let Ok(month @ 1..=12) = plain.parse::<u32>() {
        return Value::MonthOfYear(month);
    }
    if let Ok(number) = plain.parse::<f64>()
        && SERIAL_DAYS.contains(&number)
    {
        return serial(number);
    }
    Value::Unreadable(obstacle(plain))
}

/// Says why a text is no month: it names several, guesses at one, or is none.
fn obstacle(plain: &str) -> Obstacle {
    if PATTERNS.date.is_match(plain) {
        return Obstacle::NotThisType;
    }
    let has_digit = plain.chars().any(|c| c.is_ascii_digit() || numeral::digit(c).is_some());
    let vague = PATTERNS.several.is_match(plain)
        || PATTERNS.range.is_match(plain)
        || plain.matches('月').count() > 1
        || (has_digit && PATTERNS.guess.is_match(plain));
    if vague { Obstacle::NotOneFigure } else { Obstacle::NotThisType }
}

/// Returns the month a text says in full, with its year.
pub fn full_month(plain: &str) -> Option<Month> {
    let named = |year: u32, month: u32, day: Option<regex::Match<'_>>| {
        let year = i32::try_from(year).ok()?;
        is_day(year, month, day).then(|| Month::new(year, month))?
    };
    if let Some(found) = PATTERNS.year_month.captures(plain) {
        let year = match number(&found[1])? {
            // 99年 is no year to come, and nobody plans for 1999.
            short @ 0..50 => short + 2000,
            year => year,
        };
        return named(year, number(&found[2])?, found.get(3));
    }
    for pattern in [&PATTERNS.separated, &PATTERNS.compact] {
        if let Some(found) = pattern.captures(plain) {
            return named(number(&found[1])?, number(&found[2])?, found.get(3));
        }
    }
    let found = PATTERNS.year_end.captures(plain)?;
    Month::new(i32::try_from(number(found.get(1)?.as_str())?).ok()?, 12)
}

/// Returns the day a text says in full, with its year and month.
pub fn full_day(plain: &str) -> Option<Day> {
    let found = PATTERNS.year_month.captures(plain);
    let found = found.or_else(|| PATTERNS.separated.captures(plain));
    let found = found.or_else(|| PATTERNS.compact.captures(plain))?;
    let [year, month, day] = [1, 2, 3].map(|group| found.get(group));
    let year = match number(year?.as_str())? {
        short @ 0..50 => short + 2000,
        year => year,
    };
    Day::new(i32::try_from(year).ok()?, number(month?.as_str())?, number(day?.as_str())?)
}

/// Returns whether a month has the day that is given with it, if any.
fn is_day(year: i32, month: u32, day: Option<regex::Match<'_>>) -> bool {
    let Some(day) = day else { return true };
    let small = |number: u32| i8::try_from(number).ok();
    let date = number(day.as_str()).and_then(|day| {
        jiff::civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()
    });
    date.is_some()
}

fn number(text: &str) -> Option<u32> {
    if text == "元" {
        return Some(1);
    }
    text.parse().ok().or_else(|| numeral::whole(text).and_then(|number| u32::try_from(number).ok()))
}

/// Cuts the time of day off a date and time.
pub fn without_time(text: &str) -> &str {
    let trimmed = text.trim();
    match trimmed.split_once([' ', 'T']) {
        Some((date, time)) if time.contains(':') && date.chars().any(|c| c.is_ascii_digit()) => {
            date
        }
        _ => trimmed,
    }
}
