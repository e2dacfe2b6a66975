//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use super::Month;

/// A day; shown and stored as `2020-08-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    pub month: Month,
    /// 1 to 31, a day that the month has.
    pub day: u32,
}

impl Day {
    /// Returns the day, or `None` where the calendar has none of that date from 1900 to 2199.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let small = |number: u32| i8::try_from(number).ok();
        jiff::civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
        Some(Self { month: Month::new(year, month)?, day })
    }

    /// Returns the date as a number, 20200831: later days have greater ones.
    pub fn ordinal(self) -> i64 {
        let Month { year, month } = self.month;
        i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(self.day)
    }

    /// The reverse of [`Day::ordinal`].
    pub fn from_ordinal(ordinal: i64) -> Option<Self> {
        let part = |number: i64| u32::try_from(number.rem_euclid(100)).ok();
        let year = i32::try_from(ordinal.div_euclid(10_000)).ok()?;
        Day::new(year, part(ordinal.div_euclid(100))?, part(ordinal)?)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.month, self.day)
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
        for text in ["2021-02-29", "2020-2-29", "2020-02", "2020-02-9", "2020-13-01"] {
            assert!(text.parse::<Day>().is_err(), "{text} was read");
        }
    }
}
