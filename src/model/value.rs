//! What a cell was understood to say, beside what was typed in it.

use serde::{Deserialize, Serialize};

use super::{Amount, Day, MoneyUnit, Month, Text};

/// Decimals that a quantity other than money is held with: 1 mm in km, 1 m² in km².
pub const DECIMAL_PLACES: u32 = 6;

/// The typed meaning of one cell of a declared column.
///
/// Blank, not applicable, zero and unreadable are four different things and stay so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    Blank,
    /// A declared word such as `—` or 无.
    NotApplicable,
    Text(Text),
    Integer(i64),
    /// A quantity other than money, in units of its last place (see [`DECIMAL_PLACES`]).
    Decimal(i64),
    Amount(Amount),
    Month(Month),
    /// A month written without its year, 1 to 12; it takes the year of the plan's task.
    MonthOfYear(u32),
    Date(Day),
    /// Hundredths of a percent: 40 % is 4,000.
    Percent(i64),
    Choice(Text),
    /// Lies under an amount that is merged over several rows.
    Covered,
    Unreadable(Obstacle),
}

/// Why a cell could not be understood as its column declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// Words, where an amount, a month or a number belongs.
    NotThisType,
    /// A spreadsheet error such as `#REF!`.
    ErrorValue,
    /// A formula that was never calculated; holds the formula.
    Uncalculated(Text),
    /// A range or a guess (`约30`, `10-20`), which names no single figure.
    NotOneFigure,
    /// A point where the column has commas before its decimals: 1234.56, 1,234.56.
    OtherDecimalMark,
    /// An amount finer than a 分, a quantity or share finer than it is held.
    TooFine,
    /// Beyond what can be added up exactly.
    TooLarge,
    /// A choice nobody declared; holds the nearest declared one.
    UnknownChoice(Option<Text>),
    /// A picture instead of a figure.
    Picture,
}

/// Why what was understood of a cell may not be what was meant. The value stands, and the doubt is
/// said once for its column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The number format names another unit of money than the heading, or the line beside the
    /// table, which is held here.
    OtherUnit(MoneyUnit),
    /// The number format divides by a power of ten that does not fit the unit it is shown in.
    OddScale,
    /// What is shown does not say the number that the cell holds.
    ShownOtherwise,
}

impl Value {
    pub fn is_blank(&self) -> bool {
        matches!(self, Value::Blank)
    }

    /// Returns whether nothing comparable was given: blank, or a word for *not applicable*.
    pub fn is_absent(&self) -> bool {
        matches!(self, Value::Blank | Value::NotApplicable)
    }

    pub fn amount(&self) -> Option<Amount> {
        match self {
            Value::Amount(amount) => Some(*amount),
            _ => None,
        }
    }

    /// The figure of a value that is added up in totals, in its smallest unit.
    pub fn summand(&self) -> Option<i64> {
        match self {
            Value::Amount(amount) => Some(amount.0),
            Value::Integer(figure) | Value::Decimal(figure) => Some(*figure),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Choice(text) => Some(text.as_str()),
            _ => None,
        }
    }
}
