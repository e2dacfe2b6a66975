//! Which months are owed a run: each from its day in the following month on, the oldest first, so that
//! every one finds the month before it done.

use jiff::civil::Date;

use super::calendar::working_day;
use crate::model::Month;
use crate::pipeline::Schedule;

/// What is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The oldest first.
    pub periods: Vec<Month>,
    /// When the last period asked about is due; none where it cannot be told.
    pub due_on: Option<Date>,
    /// Whether it is.
    pub is_due: bool,
}

/// Returns the day from which on a period is reconciled.
pub fn due_on(period: Month, schedule: &Schedule) -> Option<Date> {
    let following = Month::from_ordinal(period.ordinal() + 1)?;
    working_day(following, schedule.working_day, schedule)
}

/// Returns what is owed up to a period. `ran_on` tells on which day a period was last run, `first` is the
/// earliest that was ever run: what was before the archive began is nobody's debt.
pub fn owed(
    up_to: Month,
    today: Date,
    first: Option<Month>,
    ran_on: impl Fn(Month) -> Option<Date>,
    schedule: &Schedule,
) -> Owed {
    /// Whoever comes back after longer than that begins anew.
    const MOST: i32 = 24;
    let from =
        first.unwrap_or(up_to).max(Month::from_ordinal(up_to.ordinal() - MOST).unwrap_or(up_to));
    let periods = (from.ordinal()..=up_to.ordinal()).filter_map(Month::from_ordinal);
    let is_owed = |period: &Month| {
        let Some(due) = due_on(*period, schedule) else { return false };
        due <= today && ran_on(*period).is_none_or(|ran| ran < due)
    };
    let due_on = due_on(up_to, schedule);
    Owed {
        periods: periods.filter(is_owed).collect(),
        due_on,
        is_due: due_on.is_some_and(|due| due <= today),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::super::calendar::tests::schedule;
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_missed_is_owed_oldest_first_and_nothing_twice() {
        let mut ran: BTreeMap<Month, Date> = BTreeMap::new();
        let owed_on = |ran: &BTreeMap<Month, Date>, day: Date| {
            let first = ran.keys().next().copied();
            let up_to = Month::new(i32::from(day.year()), day.month().unsigned_abs().into());
            let up_to = up_to.and_then(Month::previous).unwrap();
            let owed = owed(up_to, day, first, |period| ran.get(&period).copied(), &schedule(3));
            owed.periods.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        // An archive that is empty owes the last month alone, and only from its day on.
        assert_eq!(owed_on(&ran, date(2020, 9, 2)), Vec::<String>::new());
        assert_eq!(owed_on(&ran, date(2020, 9, 3)), ["2020-08"]);
        // A run within the month is not the month's run.
        ran.insert(month("2020-08"), date(2020, 8, 20));
        assert_eq!(owed_on(&ran, date(2020, 9, 3)), ["2020-08"]);
        ran.insert(month("2020-08"), date(2020, 9, 3));
        assert_eq!(owed_on(&ran, date(2020, 9, 30)), Vec::<String>::new());
        // The third working day of October is the twelfth.
        assert_eq!(owed_on(&ran, date(2020, 10, 11)), Vec::<String>::new());
        assert_eq!(owed_on(&ran, date(2021, 1, 6)), ["2020-09", "2020-10", "2020-11", "2020-12"]);
        ran.insert(month("2020-10"), date(2020, 10, 30));
        assert_eq!(owed_on(&ran, date(2021, 1, 6)), ["2020-09", "2020-10", "2020-11", "2020-12"]);
    }
}
