//! Days: from a cell as typed to a date, or the reason why not. A month is no day, and a day without its
//! year may be any year's.

use super::{month, spelling};
use crate::model::{Day, Obstacle, Value};
use crate::read::{Content, number_text};

/// Reads a cell of a column of dates.
pub fn read(content: &Content, not_applicable: &[String]) -> Value {
    match content {
        Content::Date { year, month, day } => found(Day::new(*year, *month, *day)),
        Content::Number(number) if month::is_serial(*number) => found(month::day_of(*number)),
        Content::Number(number) => read_text(&number_text(*number), not_applicable),
        Content::Text(text) => read_text(text, not_applicable),
        // What is no date fails as it does where a month is declared.
        other => month::read(other, not_applicable),
    }
}

fn found(day: Option<Day>) -> Value {
    day.map_or(Value::Unreadable(Obstacle::NotThisType), Value::Date)
}

fn read_text(text: &str, not_applicable: &[String]) -> Value {
    let plain = match spelling::figures(month::without_time(text)) {
        // 2020 10 31 is a date with spaces for its points.
        Ok(plain) => plain.replace([spelling::GAP, spelling::THIN_GAP], "-"),
        Err(obstacle) => return Value::Unreadable(obstacle),
    };
    let plain = plain.trim_start_matches(['\'', '‘', '’']);
    if let Some(day) = month::full_day(plain) {
        return Value::Date(day);
    }
    if let Ok(number) = plain.parse::<f64>()
        && month::is_serial(number)
    {
        return found(month::day_of(number));
    }
    match month::read_text(text, not_applicable) {
        Value::Month(_) | Value::MonthOfYear(_) => Value::Unreadable(Obstacle::NotOneFigure),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_however_they_are_written() {
        let day = Value::Date(Day::new(2020, 10, 31).unwrap());
        for text in [
            "2020年10月31日",
            "2020-10-31",
            "2020.10.31",
            "2020/10/31",
            "20201031",
            "二〇二〇年十月三十一日",
            "2020年10月31日前",
            "2020-10-31 08:00:00",
            "44135",
        ] {
            assert_eq!(read(&Content::Text(text.into()), &[]), day, "{text}");
        }
        assert_eq!(read(&Content::Number(44_135.0), &[]), day);
        assert_eq!(read(&Content::Number(20_201_031.0), &[]), day);
        assert_eq!(read(&Content::Date { year: 2020, month: 10, day: 31 }, &[]), day);
    }

    #[test]
    fn what_is_no_day_is_said() {
        for text in ["2020年10月", "10月31日", "2020年", "2020年10月31日—11月5日"] {
            let read = read(&Content::Text(text.into()), &[]);
            assert_eq!(read, Value::Unreadable(Obstacle::NotOneFigure), "{text}");
        }
        for text in ["2021-02-29", "待定"] {
            let read = read(&Content::Text(text.into()), &[]);
            assert_eq!(read, Value::Unreadable(Obstacle::NotThisType), "{text}");
        }
        assert_eq!(read(&Content::Text(String::new().into()), &[]), Value::Blank);
    }
}
