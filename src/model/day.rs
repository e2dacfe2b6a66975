//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use super::Month;

/// From which days are counted.
const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// A day that the calendar has, from 1900 to 2199; shown and stored as `2020-08-31`. It stands in cells,
/// and is as small as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: i16,
    month: u8,
    of_month: u8,
}

impl Day {
    /// Returns the day, or `None` where the calendar has none of that date from 1900 to 2199.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        date(year, month, day)?;
        Month::new(year, month)?;
        let small = |number: u32| u8::try_from(number).ok();
        Some(Self { year: i16::try_from(year).ok()?, month: small(month)?, of_month: small(day)? })
    }

    /// The month that it is a day of.
    pub fn month(self) -> Month {
        Month { year: self.year.into(), month: self.month.into() }
    }

    /// Which day of the month, from 1.
    pub fn day(self) -> u32 {
        self.of_month.into()
    }

    /// Returns the days since the beginning of 1970, for frames and arithmetic: a rule may add days.
    pub fn ordinal(self) -> i64 {
        let Month { year, month } = self.month();
        let date = date(year, month, self.day()).expect("a day is one of the calendar");
        i64::from((date - EPOCH).get_days())
    }

    /// The reverse of [`Day::ordinal`].
    pub fn from_ordinal(ordinal: i64) -> Option<Self> {
        let days = jiff::Span::new().try_days(ordinal).ok()?;
        let date = EPOCH.checked_add(days).ok()?;
        let small = |number: i8| u32::from(number.unsigned_abs());
        Day::new(date.year().into(), small(date.month()), small(date.day()))
    }
}

fn date(year: i32, month: u32, day: u32) -> Option<jiff::civil::Date> {
    let small = |number: u32| i8::try_from(number).ok();
    jiff::civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.month(), self.of_month)
    }
}

/// A text that is no day such as `2020-08-31`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a day such as `2020-08-31`")]
pub struct NotADay(pub String);

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let parts = || {
            let (month, day) = text.rsplit_once('-').filter(|(_, day)| day.len() == 2)?;
            let month: Month = month.parse().ok()?;
            Day::new(month.year, month.month, day.parse().ok()?)
        };
        parts().ok_or_else(|| NotADay(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_write_and_are_in_order() {
        let day: Day = "2020-02-29".parse().unwrap();
        assert_eq!(day.to_string(), "2020-02-29");
        assert_eq!(Day::from_ordinal(day.ordinal()), Some(day));
        assert!(Day::new(2020, 3, 1).unwrap().ordinal() > day.ordinal());
        let month_later = Day::from_ordinal(Day::new(2020, 1, 31).unwrap().ordinal() + 30);
        assert_eq!(month_later, Day::new(2020, 3, 1));
        for end in [Day::new(1900, 1, 1).unwrap(), Day::new(2199, 12, 31).unwrap()] {
            assert_eq!(Day::from_ordinal(end.ordinal()), Some(end));
        }
        for text in ["2021-02-29", "2020-2-29", "2020-02", "2020-02-9", "2020-13-01"] {
            assert!(text.parse::<Day>().is_err(), "{text} was read");
        }
    }
}
