//! A calendar month, the grain of periods and deadlines.

use std::fmt;
use std::str::FromStr;

/// A month of a year; shown and stored as `2020-08`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
}

impl Month {
    /// Returns the month, or `None` outside January to December of 1900 to 2199.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((1900..2200).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// Returns the months since year 0, for frames and arithmetic.
    pub fn ordinal(self) -> i32 {
        self.year * 12 + i32::try_from(self.month).expect("a month is at most 12") - 1
    }

    /// The reverse of [`Month::ordinal`].
    pub fn from_ordinal(ordinal: i32) -> Option<Self> {
        let month = u32::try_from(ordinal.rem_euclid(12)).ok()? + 1;
        Month::new(ordinal.div_euclid(12), month)
    }

    pub fn previous(self) -> Option<Self> {
        Month::from_ordinal(self.ordinal() - 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A text that is no month such as `2020-08`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a month such as `2020-08`")]
pub struct NotAMonth(pub String);

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let refused = || NotAMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(refused)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(refused());
        }
        let year = year.parse().map_err(|_| refused())?;
        let month = month.parse().map_err(|_| refused())?;
        Month::new(year, month).ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_write_and_step() {
        let january: Month = "2020-01".parse().unwrap();
        assert_eq!(january.to_string(), "2020-01");
        assert_eq!(january.previous().unwrap().to_string(), "2019-12");
        assert_eq!(Month::from_ordinal(january.ordinal()), Some(january));
        for text in ["2020-13", "2020-1", "20-01", "2020", "二〇二〇-08"] {
            assert!(text.parse::<Month>().is_err(), "{text} was read");
        }
    }
}
