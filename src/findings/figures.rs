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
        Value::Text(text) | Value::Choice(text) => text.clone(),
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

/// Returns a figure in its plain form, whichever a program shows it in: `1,100,000.00` is `1100000`, `40%`
/// is `40`, `2020年10月` and the first of that month are `2020-10`; none where it is no figure.
pub fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    month_of(text).or_else(|| decimal_of(text))
}

fn decimal_of(text: &str) -> Option<String> {
    let digits = text.strip_suffix('%').unwrap_or(text).replace(',', "");
    let unsigned = digits.strip_prefix('-').unwrap_or(&digits);
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || c == '.')
        && unsigned.matches('.').count() < 2;
    if !is_number {
        return None;
    }
    match digits.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            Some(format!("{whole}{point}{fraction}"))
        }
        None => Some(digits),
    }
}

fn month_of(text: &str) -> Option<String> {
    // A time of day that a program adds to a date.
    let date = text.split_once([' ', 'T']).map_or(text, |(date, _)| date);
    let date = date.trim_end_matches(['日', '月']).replace(['年', '月', '/'], "-");
    let parts: Vec<&str> = date.split('-').collect();
    let number = |part: &str| part.parse::<u32>().ok();
    let (year, month, day) = match parts.as_slice() {
        [year, month] => (number(year)?, number(month)?, 1),
        [year, month, day] => (number(year)?, number(month)?, number(day)?),
        _ => return None,
    };
    let is_date =
        (1900..2200).contains(&year) && (1..13).contains(&month) && (1..32).contains(&day);
    let first = if day == 1 { String::new() } else { format!("-{day:02}") };
    is_date.then(|| format!("{year:04}-{month:02}{first}"))
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

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_figure_is_the_same_whichever_form_a_program_shows_it_in() {
        for (shown, expected) in [
            ("1,100,000.00", "1100000"),
            ("25", "25"),
            ("-0.50", "-0.5"),
            ("40%", "40"),
            ("2020-10", "2020-10"),
            ("2020年10月", "2020-10"),
            ("2020-10-01 00:00:00", "2020-10"),
            ("2020/10/1", "2020-10"),
            ("2020年10月31日", "2020-10-31"),
        ] {
            assert_eq!(plain(shown).as_deref(), Some(expected), "{shown}");
        }
        for text in ["待定", "", "1.2.3", "2020-13", "5-10-15", "约20"] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
