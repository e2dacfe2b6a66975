//! Working days: Monday to Friday but for holidays, and the weekends that are worked instead.

use jiff::civil::{Date, Weekday};

use crate::model::Month;
use crate::pipeline::Schedule;

/// Whether a day is worked.
pub fn is_working_day(day: Date, schedule: &Schedule) -> bool {
    let is_listed = |days: &[Date]| days.binary_search(&day).is_ok();
    match day.weekday() {
        Weekday::Saturday | Weekday::Sunday => is_listed(&schedule.workdays),
        _ => !is_listed(&schedule.holidays),
    }
}

/// Returns the day of a month on which so many working days of it have begun; where it has fewer, its
/// last day.
pub fn working_day(month: Month, count: u32, schedule: &Schedule) -> Option<Date> {
    let year = i16::try_from(month.year).ok()?;
    let first = Date::new(year, i8::try_from(month.month).ok()?, 1).ok()?;
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok())
        .take_while(|day| day.month() == first.month());
    let mut worked = days.filter(|day| is_working_day(*day, schedule));
    let place = usize::try_from(count.saturating_sub(1)).ok()?;
    Some(worked.nth(place).unwrap_or(first.last_of_month()))
}

#[cfg(test)]
pub mod tests {
    use std::time::Duration;

    use jiff::civil::{Time, date};

    use super::*;

    /// A schedule on a working day, with the autumn holidays of 2020 as the State Council set them.
    pub fn schedule(working_day: u32) -> Schedule {
        let holidays = (1..=8).map(|day| date(2020, 10, day)).collect();
        Schedule {
            zone: None,
            working_day,
            at: Time::constant(8, 30, 0, 0),
            every: Duration::from_hours(2),
            holidays,
            workdays: vec![date(2020, 9, 27), date(2020, 10, 10)],
        }
    }

    #[test]
    fn working_days_are_counted_past_weekends_and_holidays() {
        let day = |month: &str, count| {
            working_day(month.parse().unwrap(), count, &schedule(3)).unwrap().to_string()
        };
        assert_eq!(day("2020-09", 1), "2020-09-01");
        assert_eq!(day("2020-09", 5), "2020-09-07");
        // The eighth is the last free day; the tenth, a Saturday, is worked.
        assert_eq!(day("2020-10", 1), "2020-10-09");
        assert_eq!(day("2020-10", 2), "2020-10-10");
        assert_eq!(day("2020-10", 3), "2020-10-12");
        assert_eq!(day("2020-02", 99), "2020-02-29");
    }
}
