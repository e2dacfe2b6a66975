//! Figures of findings as plain decimals, as `report.json` holds them: no sentence, no unit.

use crate::model::amount::shortest_decimal;
use crate::model::{Amount, DECIMAL_PLACES, Finding, Kind, MoneyUnit, Value};
use crate::pipeline::Pipeline;

/// Returns a value as `report.json` holds it: amounts as shortest decimals, months as `2020-10`.
pub fn bare_value(value: &Value, money: MoneyUnit) -> String {
    match value {
        Value::Blank | Value::Covered | Value::NotApplicable | Value::Unreadable(_) => {
            String::new()
        }
        Value::Text(text) | Value::Choice(text) => text.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(figure) => shortest_decimal(*figure, DECIMAL_PLACES),
        Value::Amount(amount) => amount.decimal(money),
        Value::Month(month) => month.to_string(),
        Value::Date(day) => day.to_string(),
        Value::MonthOfYear(month) => month.to_string(),
        Value::Percent(hundredths) => shortest_decimal(*hundredths, 2),
    }
}

/// Returns a difference in the unit of the value it belongs to.
pub fn bare_difference(finding: &Finding, money: MoneyUnit) -> Option<String> {
    bare_difference_of(finding.difference?, finding, money)
}

/// Returns a number of a value's smallest unit, such as a tolerance, in the value's unit.
pub fn bare_difference_of(difference: i64, finding: &Finding, money: MoneyUnit) -> Option<String> {
    Some(match finding.found.as_ref()? {
        Value::Amount(_) => Amount(difference).decimal(money),
        Value::Decimal(_) => shortest_decimal(difference, DECIMAL_PLACES),
        Value::Percent(_) => shortest_decimal(difference, 2),
        _ => difference.to_string(),
    })
}

/// Returns the tolerance that a figure was compared with, in its smallest unit; none where the
/// finding is no comparison of figures.
pub fn tolerance(finding: &Finding, pipeline: &Pipeline) -> Option<i64> {
    let compares = matches!(finding.kind(), Kind::ValueDiffers | Kind::ValueScaled);
    let is_figure = matches!(
        finding.found,
        Some(Value::Amount(_) | Value::Percent(_) | Value::Integer(_) | Value::Decimal(_))
    );
    let column = pipeline.column_named(finding.field.as_ref()?)?;
    let compare = pipeline.check.compare.iter().find(|compare| compare.column == column)?;
    (compares && is_figure).then_some(compare.tolerance)
}

/// The figures of a finding as plain decimals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub expected: Option<String>,
    pub found: Option<String>,
    pub difference: Option<String>,
}

/// Returns the figures of a finding.
pub fn shown(finding: &Finding, money: MoneyUnit) -> Shown {
    let bare = |value: &Option<Value>| {
        let text = value.as_ref().map(|value| bare_value(value, money));
        text.filter(|text| !text.is_empty())
    };
    Shown {
        expected: bare(&finding.expected),
        found: bare(&finding.found),
        difference: bare_difference(finding, money),
    }
}
