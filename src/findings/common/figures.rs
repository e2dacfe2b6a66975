//! What may have been done to all figures of a column alike: later or earlier, more or less, times,
//! rounded, with another column's.

use super::grid::{Column, Explained, Grid, LEAST, most_common};
use crate::model::amount::common_divisor;
use crate::model::common::SameCause;
use crate::model::{DECIMAL_PLACES, Day, MoneyUnit, Value};
use crate::pipeline::ColumnType;

/// Returns all that fits, the most particular first.
pub fn causes(grid: &Grid, column: &Column, money: MoneyUnit) -> Vec<Explained> {
    let mut found = Vec::new();
    match column.kind {
        ColumnType::Month => found.extend(months(column)),
        ColumnType::Date => {
            found.extend(months(column));
            found.extend(days(column));
            found.push(day_for_month(column));
        }
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Amount | ColumnType::Percent => {
            found.extend(more(column));
            found.extend(times(column));
            found.extend(rounded(column, places(column.kind, money)));
            found.extend(with_columns(grid, column));
        }
        ColumnType::Text | ColumnType::Choice => {}
    }
    found
}

/// How many decimals a figure of one in its smallest unit has.
fn places(kind: ColumnType, money: MoneyUnit) -> u32 {
    match kind {
        ColumnType::Amount => money.exponent(),
        ColumnType::Decimal => DECIMAL_PLACES,
        ColumnType::Percent => 2,
        _ => 0,
    }
}

/// Figures of differing cells that are not the plan's: what was found, what is planned.
fn differing(column: &Column) -> impl Iterator<Item = (i64, i64)> {
    column.differing().filter_map(|(row, _)| column.figures(row)).filter(|(f, p)| f != p)
}

/// How many months one day or month is later than another, both at the same day of their month.
fn months_between(found: &Value, planned: &Value) -> Option<i64> {
    let later = |one: crate::model::Month, other: crate::model::Month| {
        i64::from(one.ordinal()) - i64::from(other.ordinal())
    };
    match (found, planned) {
        (Value::Month(found), Value::Month(planned)) => Some(later(*found, *planned)),
        (Value::Date(found), Value::Date(planned)) => {
            let is_last =
                |day: Day| Day::from_ordinal(day.ordinal() + 1).is_some_and(|next| next.day() == 1);
            let same = found.day() == planned.day() || is_last(*found) && is_last(*planned);
            same.then(|| later(found.month(), planned.month()))
        }
        _ => None,
    }
}

fn months(column: &Column) -> Option<Explained> {
    let later = |row: usize| {
        let cell = &column.cells[row];
        months_between(&cell.found.value, &cell.planned.value)
    };
    let all = column.differing().filter_map(|(row, _)| later(row)).filter(|later| *later != 0);
    let (most, _) = most_common(all)?;
    let fits = |row: usize| column.figures(row).map(|_| later(row) == Some(most));
    Some(Explained::by(SameCause::Months { later: most }, column, fits))
}

fn days(column: &Column) -> Option<Explained> {
    let (most, _) = most_common(differing(column).map(|(found, planned)| found - planned))?;
    let fits = |row: usize| column.figures(row).map(|(found, planned)| found - planned == most);
    Some(Explained::by(SameCause::Days { later: most }, column, fits))
}

fn day_for_month(column: &Column) -> Explained {
    let fits = |row: usize| {
        let cell = &column.cells[row];
        let (Value::Date(found), Value::Date(planned)) = (&cell.found.value, &cell.planned.value)
        else {
            return None;
        };
        let month = planned.month();
        let exchanged = Day::new(month.year, planned.day(), month.month)?;
        (exchanged != *planned).then_some(exchanged == *found)
    };
    Explained::by(SameCause::DayForMonth, column, fits)
}

fn more(column: &Column) -> Option<Explained> {
    let (by, _) = most_common(differing(column).filter_map(|(f, p)| f.checked_sub(p)))?;
    let fits = |row: usize| column.figures(row).map(|(f, p)| f.checked_sub(p) == Some(by));
    Some(Explained::by(SameCause::More { by }, column, fits))
}

fn times(column: &Column) -> Vec<Explained> {
    let mut found: Vec<Explained> = times_exactly(column).into_iter().collect();
    if !found.iter().any(Explained::is_enough) {
        found.extend(times_rounded(column));
    }
    found
}

fn times_exactly(column: &Column) -> Option<Explained> {
    /// Fractions beyond are those of two figures that have nothing to do with each other.
    const MOST: i64 = 100_000;
    let fractions = differing(column).filter_map(|(found, planned)| {
        let (numerator, denominator) = reduced(found, planned)?;
        (numerator.abs() <= MOST && denominator <= MOST).then_some((numerator, denominator))
    });
    let ((numerator, denominator), count) = most_common(fractions)?;
    if count < LEAST {
        return None;
    }
    let fits = |row: usize| {
        let (found, planned) = column.figures(row)?;
        let is = i128::from(found) * i128::from(denominator)
            == i128::from(planned) * i128::from(numerator);
        (planned != 0).then_some(is)
    };
    let cause = SameCause::Times { numerator, denominator, rounded: false };
    Some(Explained::by(cause, column, fits))
}

/// A fraction of two figures without a common divisor; none of or by zero.
fn reduced(found: i64, planned: i64) -> Option<(i64, i64)> {
    if found == 0 || planned == 0 {
        return None;
    }
    let divisor = common_divisor(found.unsigned_abs().into(), planned.unsigned_abs().into());
    let divisor = i64::try_from(divisor).ok()?;
    let sign = planned.signum();
    Some((found / divisor * sign, (planned / divisor).checked_abs()?))
}

/// By a factor of few decimals, rounded to the decimals that the column has.
fn times_rounded(column: &Column) -> Option<Explained> {
    const MOST_DECIMALS: u32 = 4;
    let (found, planned) = differing(column).max_by_key(|(_, planned)| planned.unsigned_abs())?;
    let step = i128::from(step(differing(column).map(|(found, _)| found)));
    if planned == 0 || found == 0 || step <= 1 {
        return None;
    }
    (1..=MOST_DECIMALS).find_map(|decimals| {
        let one = 10_i128.pow(decimals);
        let factor = nearest(i128::from(found) * one, i128::from(planned));
        // How far a cell is from the factor, and how far the factor takes it, in parts of a step.
        let off = |f: i64, p: i64| (i128::from(f) * one - i128::from(p) * factor).abs();
        let fits = |row: usize| {
            let (f, p) = column.figures(row)?;
            (p != 0).then_some(off(f, p) * 2 <= step * one)
        };
        let telling = differing(column).filter(|(f, p)| {
            off(*f, *p) * 2 <= step * one
                && i128::from(*p).abs() * (factor - one).abs() >= 4 * step * one
        });
        if factor == one || telling.count() < LEAST {
            return None;
        }
        let (numerator, denominator) =
            reduced(i64::try_from(factor).ok()?, i64::try_from(one).ok()?)?;
        let cause = SameCause::Times { numerator, denominator, rounded: true };
        let explained = Explained::by(cause, column, fits);
        explained.is_enough().then_some(explained)
    })
}

/// The largest power of ten that all figures are multiples of.
fn step(figures: impl Iterator<Item = i64>) -> i64 {
    let mut step = 1_000_000_000_000;
    for figure in figures {
        while step > 1 && figure % step != 0 {
            step /= 10;
        }
    }
    step
}

fn nearest(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) = (numerator * denominator.signum(), denominator.abs());
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

/// Rounded to fewer decimals, or cut off after them.
fn rounded(column: &Column, places: u32) -> Vec<Explained> {
    const MOST_DECIMALS: u32 = 4;
    let decimals = 0..places.min(MOST_DECIMALS);
    let ways = decimals.flat_map(|decimals| [(decimals, false), (decimals, true)]);
    let all = ways.map(|(decimals, down)| {
        let step = 10_i64.pow(places - decimals);
        let fits = |row: usize| {
            let (found, planned) = column.figures(row)?;
            let whole = planned / step * step;
            // Programs do not agree on what lies just between two.
            let is_nearest =
                || found % step == 0 && found.abs_diff(planned) * 2 <= step.unsigned_abs();
            (whole != planned).then(|| if down { found == whole } else { is_nearest() })
        };
        Explained::by(SameCause::Rounded { decimals, down }, column, fits)
    });
    all.collect()
}

/// Another column's figure of the row is added to the plan's, or taken off.
fn with_columns(grid: &Grid, column: &Column) -> Vec<Explained> {
    if !column.kind.is_money() {
        return Vec::new();
    }
    let others = grid.columns.iter().filter(|other| other.field != column.field);
    let others = others.filter(|other| other.kind.is_money());
    let ways = others.flat_map(|other| [(other, false), (other, true)]);
    let all = ways.map(|(other, taken_off)| {
        let fits = |row: usize| {
            let (found, planned) = column.figures(row)?;
            let more = other.cells[row].found.figure().filter(|figure| *figure != 0)?;
            let expected =
                if taken_off { planned.checked_sub(more) } else { planned.checked_add(more) };
            Some(expected == Some(found))
        };
        let field = other.name.clone();
        Explained::by(SameCause::WithColumn { field, taken_off }, column, fits)
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_reduced_and_keep_their_sign() {
        assert_eq!(reduced(11, 10), Some((11, 10)));
        assert_eq!(reduced(-300, 300), Some((-1, 1)));
        assert_eq!(reduced(300, -300), Some((-1, 1)));
        assert_eq!(reduced(5, 0), None);
        assert_eq!(reduced(0, 5), None);
        assert_eq!(reduced(i64::MIN, i64::MIN), None);
    }

    #[test]
    fn what_lies_between_two_is_nearest_to_the_upper() {
        for (numerator, denominator, whole) in [(11, 2, 6), (-11, 2, -5), (11, -2, -5), (10, 3, 3)]
        {
            assert_eq!(nearest(numerator, denominator), whole, "{numerator}/{denominator}");
        }
    }

    #[test]
    fn a_step_divides_all_figures() {
        assert_eq!(step([120, 3_400].into_iter()), 10);
        assert_eq!(step([1_000_000, 0].into_iter()), 1_000_000);
        assert_eq!(step([7].into_iter()), 1);
    }
}
