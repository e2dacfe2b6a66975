//! Amounts of money as whole 分 (0.01 元), and the units they are written in.
//!
//! Amounts are never floats: a double from a cell is turned into decimal text first
//! (`normalise::cells::amount`), and every sum here is checked for overflow.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount of money in 分; 1 万元 is 1,000,000.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Amount(pub i64);

/// A unit in which sheets write money.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum MoneyUnit {
    #[serde(rename = "元")]
    Yuan,
    #[serde(rename = "百元")]
    HundredYuan,
    #[serde(rename = "千元")]
    ThousandYuan,
    #[serde(rename = "万元")]
    TenThousandYuan,
    #[serde(rename = "百万元")]
    MillionYuan,
    #[serde(rename = "亿元")]
    HundredMillionYuan,
}

impl MoneyUnit {
    /// All units, longest name first, so that a search for names finds 百万元 before 万元.
    pub const ALL: [MoneyUnit; 6] = [
        MoneyUnit::MillionYuan,
        MoneyUnit::HundredMillionYuan,
        MoneyUnit::TenThousandYuan,
        MoneyUnit::ThousandYuan,
        MoneyUnit::HundredYuan,
        MoneyUnit::Yuan,
    ];

    /// Returns the power of ten that turns one of this unit into 分.
    pub fn exponent(self) -> u32 {
        match self {
            MoneyUnit::Yuan => 2,
            MoneyUnit::HundredYuan => 4,
            MoneyUnit::ThousandYuan => 5,
            MoneyUnit::TenThousandYuan => 6,
            MoneyUnit::MillionYuan => 8,
            MoneyUnit::HundredMillionYuan => 10,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            MoneyUnit::Yuan => "元",
            MoneyUnit::HundredYuan => "百元",
            MoneyUnit::ThousandYuan => "千元",
            MoneyUnit::TenThousandYuan => "万元",
            MoneyUnit::MillionYuan => "百万元",
            MoneyUnit::HundredMillionYuan => "亿元",
        }
    }

    /// Returns the unit that a text without blanks names and nothing else, in Chinese or in English.
    pub fn named(text: &str) -> Option<MoneyUnit> {
        if let Some(unit) = Self::ALL.into_iter().find(|unit| unit.name() == text) {
            return Some(unit);
        }
        // Most texts are no English.
        if !text.is_ascii() || text.is_empty() {
            return None;
        }
        let lowered = text.to_ascii_lowercase().replace(',', "");
        let many = ["yuan", "rmb", "cny"]
            .iter()
            .find_map(|name| lowered.strip_suffix(name).or_else(|| lowered.strip_prefix(name)))?;
        match many.trim_start_matches("of") {
            "" => Some(MoneyUnit::Yuan),
            "thousand" | "thousands" | "1000" | "k" => Some(MoneyUnit::ThousandYuan),
            "tenthousand" | "10000" | "10k" | "wan" => Some(MoneyUnit::TenThousandYuan),
            "million" | "millions" | "1000000" => Some(MoneyUnit::MillionYuan),
            "hundredmillion" | "100million" | "yi" => Some(MoneyUnit::HundredMillionYuan),
            _ => None,
        }
    }

    /// Returns whether a text begins with the name of a unit of money.
    pub fn begins(text: &str) -> bool {
        let first = text.split_whitespace().next().unwrap_or_default();
        Self::ALL.iter().any(|unit| text.trim_start().starts_with(unit.name()))
            || Self::named(first).is_some()
    }
}

impl fmt::Display for MoneyUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Amount {
    /// Returns the sum, or `None` when it leaves the range of `i64` (about 9 × 10¹⁶ 元).
    pub fn checked_add(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }

    /// Returns `self − other`, or `None` on overflow.
    pub fn checked_sub(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }

    /// Returns the shortest exact decimal in `unit`: 9144927700 分 in 万元 is `9144.9277`.
    pub fn decimal(self, unit: MoneyUnit) -> String {
        shortest_decimal(self.0, unit.exponent())
    }

    /// Returns the amount in `unit` as a double for a cell that has to hold a number.
    pub fn as_number(self, unit: MoneyUnit) -> f64 {
        // The text is parsed so that the double is the nearest one to the exact decimal,
        // which dividing two doubles does not promise.
        self.decimal(unit).parse().expect("a decimal parses")
    }
}

/// Returns a sum of 分 in a unit as the nearest double, for charts.
pub fn double_in(unit: MoneyUnit, sum: i128) -> f64 {
    sum_in(unit, sum).parse().unwrap_or(0.0)
}

/// Returns the shortest exact decimal in `unit` of a sum of 分, which may be more than an amount can
/// be.
pub fn sum_in(unit: MoneyUnit, sum: i128) -> String {
    shortest_decimal(sum, unit.exponent())
}

/// Returns `whole ÷ 10^places` without trailing zeros.
pub fn shortest_decimal(whole: impl Into<i128>, places: u32) -> String {
    let whole: i128 = whole.into();
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(whole.unsigned_abs());
    let places = places as usize;
    let missing = (places + 1).saturating_sub(digits.len());
    let mut decimal = String::with_capacity(digits.len() + missing + 2);
    if whole < 0 {
        decimal.push('-');
    }
    decimal.extend(std::iter::repeat_n('0', missing));
    decimal.push_str(digits);
    let point = decimal.len() - places;
    // Noughts behind the point say nothing.
    let shown = decimal[point..].trim_end_matches('0').len();
    decimal.truncate(point + shown);
    if shown > 0 {
        decimal.insert(point, '.');
    }
    decimal
}

/// Why a decimal text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotExact {
    /// Finer than the target's last place.
    TooFine,
    /// Beyond the range of `i64`.
    TooLarge,
    /// Not a plain decimal.
    NotANumber,
}

/// Returns `text × 10^places` as a whole number; `text` is a plain decimal such as `-12.50`.
pub fn scale_decimal(text: &str, places: u32) -> Result<i64, NotExact> {
    i64::try_from(scale_wide(text, places)?).map_err(|_| NotExact::TooLarge)
}

/// Returns `text × 10^places` as a whole number for sums that an `i64` may not hold.
pub fn scale_wide(text: &str, places: u32) -> Result<i128, NotExact> {
    /// So many digits always fit in 64 bits.
    const FIT: usize = 18;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (integral, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (integral.is_empty() && fraction.is_empty()) || !is_digits(integral) || !is_digits(fraction)
    {
        return Err(NotExact::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    let places = places as usize;
    if fraction.len() > places {
        return Err(NotExact::TooFine);
    }
    let zeros = std::iter::repeat_n(b'0', places - fraction.len());
    let digits = integral.bytes().chain(fraction.bytes()).chain(zeros);
    let digit = |byte: u8| byte - b'0';
    let whole: i128 = if integral.len() + places <= FIT {
        digits.fold(0_i64, |whole, byte| whole * 10 + i64::from(digit(byte))).into()
    } else {
        digits
            .into_iter()
            .try_fold(0_i128, |whole, byte| {
                whole.checked_mul(10)?.checked_add(i128::from(digit(byte)))
            })
            .ok_or(NotExact::TooLarge)?
    };
    Ok(if negative { -whole } else { whole })
}

/// Returns the greatest whole number of which both are multiples, 1 of two noughts.
pub fn common_divisor(one: u128, other: u128) -> u128 {
    let (mut one, mut other) = (one, other);
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one.max(1)
}

/// Returns a decimal less another, both in one unit; none where one of them is no decimal, or beyond
/// what can be added up.
pub fn less(one: &str, other: &str, unit: MoneyUnit) -> Option<String> {
    let places = unit.exponent();
    let [one, other] = [one, other].map(|text| scale_wide(text, places).ok());
    Some(shortest_decimal(one?.checked_sub(other?)?, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_has_no_nought_at_its_end_and_one_before_its_point() {
        for (whole, places, text) in [
            (0, 0, "0"),
            (0, 6, "0"),
            (5, 0, "5"),
            (500, 0, "500"),
            (-500, 2, "-5"),
            (5, 2, "0.05"),
            (-5, 6, "-0.000005"),
            (1_050, 2, "10.5"),
            (10_000_000, 6, "10"),
            (i128::MAX, 38, "1.70141183460469231731687303715884105727"),
            (i128::MIN, 40, "-0.0170141183460469231731687303715884105728"),
        ] {
            assert_eq!(shortest_decimal(whole, places), text);
        }
    }

    #[test]
    fn units_of_money_have_names_in_two_languages() {
        for (text, unit) in [
            ("万元", Some(MoneyUnit::TenThousandYuan)),
            ("yuan", Some(MoneyUnit::Yuan)),
            ("RMB", Some(MoneyUnit::Yuan)),
            ("10,000yuan", Some(MoneyUnit::TenThousandYuan)),
            ("thousandyuan", Some(MoneyUnit::ThousandYuan)),
            ("RMB10,000", Some(MoneyUnit::TenThousandYuan)),
            ("100millionyuan", Some(MoneyUnit::HundredMillionYuan)),
            ("yuanjiang", None),
            ("", None),
        ] {
            assert_eq!(MoneyUnit::named(text), unit, "{text}");
        }
        assert!(MoneyUnit::begins("万元  2021年"));
        assert!(!MoneyUnit::begins("North District"));
    }

    #[test]
    fn decimals_are_exact_and_shortest() {
        for (fen, unit, text) in [
            (0, MoneyUnit::TenThousandYuan, "0"),
            (91_449_277, MoneyUnit::TenThousandYuan, "91.449277"),
            (-5_000_000, MoneyUnit::TenThousandYuan, "-5"),
            (1, MoneyUnit::HundredMillionYuan, "0.0000000001"),
            (123_450, MoneyUnit::Yuan, "1234.5"),
        ] {
            assert_eq!(Amount(fen).decimal(unit), text);
            assert_eq!(scale_decimal(text, unit.exponent()), Ok(fen));
        }
    }

    #[test]
    fn decimals_that_do_not_fit_are_refused() {
        assert_eq!(scale_decimal("1.234", 2), Err(NotExact::TooFine));
        assert_eq!(scale_decimal("1.230", 2), Ok(123));
        assert_eq!(scale_decimal("99999999999999999999", 2), Err(NotExact::TooLarge));
        for text in ["", ".", "1e5", "1,000", "１", "--1"] {
            assert_eq!(scale_decimal(text, 2), Err(NotExact::NotANumber), "{text}");
        }
    }
}
