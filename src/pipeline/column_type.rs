//! What a column type is: how its cells are read, compared, summed and shown follows from the
//! answers here, so that a new type is told everything about itself in one place and nobody else
//! need know which types there are.
//!
//! Every answer names every type: a type that is added and not thought of does not compile. What
//! takes the words of later rooms is asked there, once each: reading a cell in
//! `normalise::cells::typing`, looks, widths and the limits of templates in `workbook::columns`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Dimension;
use crate::model::{Amount, DECIMAL_PLACES, Day, MoneyUnit, Month, Value};

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Words, compared as such.
    Text,
    /// Whole numbers: counts, households, the number of a row.
    Integer,
    /// Quantities other than money, exact: 12.5 km is 12.50 km.
    Decimal,
    /// Money, in 分.
    Amount,
    /// A month of a year, however it is written.
    Month,
    /// A day, however it is written.
    Date,
    /// A share: 85%, 0.85, and 85 under a heading with %.
    Percent,
    /// One of the declared words.
    Choice,
}

/// The mark before the decimals of figures that are typed as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DecimalMark {
    /// 1,234.56, and 1234.56.
    #[default]
    #[serde(rename = ".")]
    Point,
    /// 1.234,56, and 1234,56.
    #[serde(rename = ",")]
    Comma,
}

impl ColumnType {
    /// Returns the name that the pipeline file has for it.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::Integer => "integer",
            ColumnType::Decimal => "decimal",
            ColumnType::Amount => "amount",
            ColumnType::Month => "month",
            ColumnType::Date => "date",
            ColumnType::Percent => "percent",
            ColumnType::Choice => "choice",
        }
    }

    /// Whether its values are words, compared as such; all others are figures.
    pub fn is_text(self) -> bool {
        match self {
            ColumnType::Text | ColumnType::Choice => true,
            ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Percent => false,
        }
    }

    pub fn is_figure(self) -> bool {
        !self.is_text()
    }

    /// Whether anything may be written into it: no cell of it can be unreadable for its words.
    pub fn is_free(self) -> bool {
        match self {
            ColumnType::Text => true,
            ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Percent
            | ColumnType::Choice => false,
        }
    }

    /// Whether its figures are money: they have a unit, may be off by a power of ten, are added up
    /// over the rows of a task and in totals, and 0 is as good as blank.
    pub fn is_money(self) -> bool {
        match self {
            ColumnType::Amount => true,
            ColumnType::Text
            | ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Percent
            | ColumnType::Choice => false,
        }
    }

    /// Whether its figures are shares of a whole, which have no sum.
    pub fn is_share(self) -> bool {
        match self {
            ColumnType::Percent => true,
            ColumnType::Text
            | ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Choice => false,
        }
    }

    /// Whether its figures are points in time, which a sheet may write as dates.
    pub fn is_time(self) -> bool {
        match self {
            ColumnType::Month | ColumnType::Date => true,
            ColumnType::Text
            | ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Percent
            | ColumnType::Choice => false,
        }
    }

    /// Whether a cell merged over several rows is one figure for all of them together; words and
    /// times hold for each.
    pub fn is_shared_under_merge(self) -> bool {
        match self {
            ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Percent => true,
            ColumnType::Text | ColumnType::Month | ColumnType::Date | ColumnType::Choice => false,
        }
    }

    /// Whether a blank counts as 0: in a rule, and against a 0 of the plan or of a return.
    pub fn is_zero_where_blank(self) -> bool {
        match self {
            ColumnType::Integer | ColumnType::Decimal | ColumnType::Amount => true,
            ColumnType::Text
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Percent
            | ColumnType::Choice => false,
        }
    }

    /// Whether the figures of several rows make one by being added up, as a total printed below them
    /// does.
    pub fn is_added_up(self) -> bool {
        match self {
            ColumnType::Integer | ColumnType::Decimal | ColumnType::Amount => true,
            ColumnType::Text
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Percent
            | ColumnType::Choice => false,
        }
    }

    /// Whether two of its figures have a difference that says something.
    pub fn has_difference(self) -> bool {
        match self {
            ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Percent => true,
            ColumnType::Text | ColumnType::Month | ColumnType::Date | ColumnType::Choice => false,
        }
    }

    /// What its values are in rules.
    pub fn dimension(self) -> Dimension {
        match self {
            ColumnType::Amount => Dimension::Amount,
            ColumnType::Integer => Dimension::Count,
            ColumnType::Decimal => Dimension::Decimal,
            ColumnType::Percent => Dimension::Percent,
            ColumnType::Month => Dimension::Month,
            ColumnType::Date => Dimension::Date,
            ColumnType::Text | ColumnType::Choice => Dimension::Text,
        }
    }

    /// Whether its figures may be typed with a decimal mark, or with one between groups of digits.
    pub fn has_decimal_mark(self) -> bool {
        match self {
            ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Percent => true,
            ColumnType::Text | ColumnType::Month | ColumnType::Date | ColumnType::Choice => false,
        }
    }

    /// How many decimals of what people write make its smallest unit, for money written in `money`.
    pub fn decimals(self, money: MoneyUnit) -> u32 {
        match self {
            ColumnType::Amount => money.exponent(),
            ColumnType::Percent => 2,
            ColumnType::Decimal => DECIMAL_PLACES,
            ColumnType::Integer
            | ColumnType::Month
            | ColumnType::Date
            | ColumnType::Text
            | ColumnType::Choice => 0,
        }
    }

    /// The value of a figure in its smallest unit; blank where the type has none.
    pub fn value(self, figure: i64) -> Value {
        match self {
            ColumnType::Amount => Value::Amount(Amount(figure)),
            ColumnType::Integer => Value::Integer(figure),
            ColumnType::Decimal => Value::Decimal(figure),
            ColumnType::Percent => Value::Percent(figure),
            ColumnType::Month => {
                let month = i32::try_from(figure).ok().and_then(Month::from_ordinal);
                month.map_or(Value::Blank, Value::Month)
            }
            ColumnType::Date => Day::from_ordinal(figure).map_or(Value::Blank, Value::Date),
            ColumnType::Text | ColumnType::Choice => Value::Blank,
        }
    }
}
