//! Quantities other than money (km, m², 人次) and shares: exact decimals, of which only what a
//! formula left at its full length is rounded.

use super::{amount, spelling};
use crate::model::amount::{NotExact, scale_decimal};
use crate::model::{DECIMAL_PLACES, Obstacle, Value, fold};
use crate::pipeline::{Column, Lexicon};
use crate::read::{Content, number_text};

/// Reads a quantity; a unit behind the figure counts as none where the column's title names it:
/// `12.5公里` under 里程（公里）.
pub fn read(content: &Content, column: &Column, words: &Lexicon) -> Value {
    match content {
        Content::Number(number) => exact(&number_text(*number)),
        Content::Text(text) => read_text(text, column, words),
        Content::Error(_) => Value::Unreadable(Obstacle::ErrorValue),
        Content::Uncalculated(formula) => Value::Unreadable(Obstacle::Uncalculated(formula.into())),
        Content::Picture => Value::Unreadable(Obstacle::Picture),
        // Nothing is nothing, in whatever format it is shown.
        Content::Percentage(0.0) => exact("0"),
        Content::Percentage(_) | Content::Boolean(_) | Content::Date { .. } => {
            Value::Unreadable(Obstacle::NotThisType)
        }
    }
}

fn read_text(text: &str, column: &Column, words: &Lexicon) -> Value {
    let plain = match spelling::figures(text) {
        Ok(plain) => plain,
        Err(obstacle) => return Value::Unreadable(obstacle),
    };
    if plain.is_empty() {
        return Value::Blank;
    }
    if spelling::says_not_applicable(&plain, &words.not_applicable) {
        return Value::NotApplicable;
    }
    if spelling::is_error(&plain) {
        return Value::Unreadable(Obstacle::ErrorValue);
    }
    if plain.contains(spelling::GAP) {
        return Value::Unreadable(Obstacle::NotOneFigure);
    }
    let plain = plain.replace(spelling::THIN_GAP, ",");
    let plain = plain.trim_start_matches(['\'', '‘', '’', '`']).trim_end_matches(['。', ';']);
    let plain = without_named_unit(plain, column);
    if let Some(number) = spelling::with_exponent(plain) {
        return exact(&number_text(number));
    }
    let (sign, digits) = match plain.strip_prefix(['-', '−', '–']) {
        // -$10: the measure stands behind the sign.
        Some(digits) => ("-", without_named_unit(digits, column)),
        None => ("", plain.strip_prefix('+').unwrap_or(plain)),
    };
    let value = amount::ungrouped(digits).map(|digits| exact(&format!("{sign}{digits}")));
    match value {
        Some(value @ Value::Decimal(_)) => value,
        Some(Value::Unreadable(obstacle)) if obstacle != Obstacle::NotThisType => {
            Value::Unreadable(obstacle)
        }
        _ if is_vague(digits) => Value::Unreadable(Obstacle::NotOneFigure),
        _ => Value::Unreadable(Obstacle::NotThisType),
    }
}

/// Cuts a unit off a figure where its column names the unit, as its measure or in its title.
pub fn without_named_unit<'a>(plain: &'a str, column: &Column) -> &'a str {
    if let Some(measure) = &column.measure {
        let figure =
            plain.strip_suffix(measure.as_str()).or_else(|| plain.strip_prefix(measure.as_str()));
        if let Some(figure) = figure {
            return figure;
        }
    }
    without_unit_of_title(plain, &column.title)
}

fn without_unit_of_title<'a>(plain: &'a str, title: &str) -> &'a str {
    let figure = plain.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = &plain[figure.len()..];
    let is_unit = !figure.is_empty() && !unit.is_empty() && unit.chars().all(char::is_alphanumeric);
    if is_unit && fold::plain(title).contains(unit) { figure } else { plain }
}

/// Two figures, or one and a word that makes a guess of it; the sign before it is none.
fn is_vague(plain: &str) -> bool {
    plain.contains(|c: char| c.is_ascii_digit())
        && plain.contains(['-', '~', '约', '>', '<', '≥', '≤', '至', '近', '余', '、', '+', '/'])
}

fn exact(decimal: &str) -> Value {
    match rounded_quotient(decimal, DECIMAL_PLACES) {
        Ok(figure) => Value::Decimal(figure),
        Err(NotExact::TooFine) => Value::Unreadable(Obstacle::TooFine),
        Err(NotExact::TooLarge) => Value::Unreadable(Obstacle::TooLarge),
        // 1e-30 and 2.5e21; a word has an e as well.
        Err(NotExact::NotANumber) if decimal.contains('e') && decimal.parse::<f64>().is_ok() => {
            let is_fine = decimal.contains("e-");
            Value::Unreadable(if is_fine { Obstacle::TooFine } else { Obstacle::TooLarge })
        }
        Err(NotExact::NotANumber) => Value::Unreadable(Obstacle::NotThisType),
    }
}

/// Returns `decimal × 10^places` as a whole number. A figure that nobody typed, such as
/// 0.666666666666667, which a formula left at the full length of a double, is rounded; what is too
/// fine and was typed is refused.
pub fn rounded_quotient(decimal: &str, places: u32) -> Result<i64, NotExact> {
    let exact = scale_decimal(decimal, places);
    if let (Err(_), Some(round)) = (exact, beside_round(decimal, places)) {
        return Ok(round);
    }
    let long = if places >= DECIMAL_PLACES { LONG_AND_FINE } else { LONG };
    if exact != Err(NotExact::TooFine) || digits_of(decimal) < long {
        return exact;
    }
    let Some((integral, fraction)) = decimal.split_once('.') else { return exact };
    let kept = places as usize;
    // All of it is ASCII, or it were no number.
    let (held, rest) = fraction.split_at(kept.min(fraction.len()));
    let cut = scale_decimal(&format!("{integral}.{held}"), places)?;
    let is_up = rest.starts_with(['5', '6', '7', '8', '9']);
    let step = if decimal.starts_with('-') { -1 } else { 1 };
    Ok(if is_up { cut.saturating_add(step) } else { cut })
}

/// Nobody types so many digits; a quotient that ends in a zero or two has still as many.
const LONG: usize = 12;
/// Nor so many where more than six of them are decimals, as in 18.0256447 of a map or 13.180866125 of a product.
const LONG_AND_FINE: usize = 8;

fn digits_of(decimal: &str) -> usize {
    let digits = decimal.chars().filter(char::is_ascii_digit);
    digits.skip_while(|digit| *digit == '0').count()
}

/// Returns the round number that the rest of a formula's reckoning lies beside, in units of its last
/// place: 2.8e-14 is 0, and 70.0000000000014 is 70. What was typed, and a quotient, is none.
pub fn beside_round(decimal: &str, places: u32) -> Option<i64> {
    /// A hundredth of the last place; what a double leaves of a sum is far less.
    const NEAR: f64 = 0.01;
    /// Beyond it a double no longer tells so little.
    const MOST: f64 = 1e14;
    let is_tiny = decimal.contains("e-") || decimal.contains("E-");
    if !is_tiny && digits_of(decimal) < LONG {
        return None;
    }
    let number: f64 = decimal.parse().ok()?;
    let scaled = number * 10_f64.powi(i32::try_from(places).ok()?);
    let round = scaled.round();
    let is_near = (scaled - round).abs() < NEAR && scaled.abs() < MOST;
    #[expect(clippy::cast_possible_truncation, reason = "the bound lies within an i64")]
    is_near.then_some(round as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_and_typed_figures_are_not() {
        for (decimal, places, expected) in [
            ("66.6666666666667", 2, Ok(6667)),
            ("-66.6666666666667", 2, Ok(-6667)),
            ("33.3333333333333", 2, Ok(3333)),
            ("0.999999999999999", 2, Ok(100)),
            ("12.50", 6, Ok(12_500_000)),
            ("12.345", 2, Err(NotExact::TooFine)),
            ("0.00000012", 6, Err(NotExact::TooFine)),
            ("0.1234567", 6, Err(NotExact::TooFine)),
            ("-31.0595994", 6, Ok(-31_059_599)),
            ("13.180866125", 6, Ok(13_180_866)),
            ("13.180866125", 2, Err(NotExact::TooFine)),
            ("2.842170943040401e-14", 6, Ok(0)),
            ("-5.689893001203927e-15", 6, Ok(0)),
            ("70.0000000000014", 6, Ok(70_000_000)),
            ("69.9999999999986", 2, Ok(7000)),
            ("x", 2, Err(NotExact::NotANumber)),
        ] {
            assert_eq!(rounded_quotient(decimal, places), expected, "{decimal}");
        }
    }

    #[test]
    fn a_word_with_an_e_is_no_figure_of_many_digits() {
        let why = |text: &str| match exact(text) {
            Value::Unreadable(why) => Some(why),
            _ => None,
        };
        assert_eq!(why("por mes"), Some(Obstacle::NotThisType));
        assert_eq!(why("re-"), Some(Obstacle::NotThisType));
        assert_eq!(why("2.5e21"), Some(Obstacle::TooLarge));
        assert_eq!(why("1.5e-7"), Some(Obstacle::TooFine));
    }

    #[test]
    fn a_unit_that_the_title_names_is_none() {
        assert_eq!(without_unit_of_title("12.5公里", "里程（公里）"), "12.5");
        assert_eq!(without_unit_of_title("35户", "受益户数"), "35");
        assert_eq!(without_unit_of_title("12.5米", "里程（公里）"), "12.5米");
        assert_eq!(without_unit_of_title("12.5", "里程（公里）"), "12.5");
    }
}
