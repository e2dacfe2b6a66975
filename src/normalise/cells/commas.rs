//! Figures with a comma before their decimals, as much of the world writes them: 680,00, 1.234,56.
//!
//! Whether a column has them is declared (`decimal = ","`), since 1,234 alone may be either. What such
//! a column holds is written here as all others write it, and read as they are.

use crate::model::Obstacle;

/// What a text that holds figures says of their decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It can only be read with a comma before the decimals: 680,00, 1.234,56, 1.234.567.
    Comma,
    /// It can only be read with a point before the decimals: 680.00, 1,234.56, 1,234,567.
    Point,
    /// It has neither mark: 680.
    Neither,
    /// It is one figure with a comma and another with a point: 1,234, 1.234.
    Either,
    /// It is no figure with either: 1.2,3.
    None,
}

/// Returns a text with its figures written with a point, and without marks between groups of digits.
///
/// # Errors
/// Refuses a figure that has a point or a comma where none belongs.
pub fn with_points(text: &str) -> Result<String, Obstacle> {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(digit_start) {
        written.push_str(&rest[..start]);
        let run = run(&rest[start..]);
        let plain = narrow(run);
        written.push_str(&comma_figure(&plain).ok_or(Obstacle::OtherDecimalMark)?);
        rest = &rest[start + run.len()..];
    }
    written.push_str(rest);
    Ok(written)
}

/// Returns what a figure says of its decimal mark.
pub fn mark(figure: &str) -> Mark {
    let plain = narrow(figure);
    if !plain.contains([',', '.', GROUP]) {
        return Mark::Neither;
    }
    let mirrored: String = plain
        .chars()
        .map(|c| match c {
            ',' => '.',
            '.' => ',',
            c => c,
        })
        .collect();
    match (comma_figure(&plain), comma_figure(&mirrored)) {
        (Some(with_comma), Some(with_point)) if with_comma == with_point => Mark::Neither,
        (Some(_), Some(_)) => Mark::Either,
        (Some(_), None) => Mark::Comma,
        (None, Some(_)) => Mark::Point,
        (None, None) => Mark::None,
    }
}

/// Stands for a space that does not break a line, as printers group digits.
const GROUP: char = '\u{a0}';

fn digit_start(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// The digits at the start of a text with the marks between them.
fn run(text: &str) -> &str {
    let belongs = |c: char| digit_start(c) || ",.，．".contains(c) || is_thin(c);
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    // A mark behind the last digit ends a sentence, and a list: 680,00.
    text[..end].trim_end_matches(|c| !digit_start(c))
}

fn is_thin(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}')
}

fn narrow(figure: &str) -> String {
    const FROM_FULL_WIDTH: u32 = '０' as u32 - '0' as u32;
    let narrow = |c: char| match c {
        '，' => ',',
        '．' => '.',
        '０'..='９' => char::from_u32(u32::from(c) - FROM_FULL_WIDTH).unwrap_or(c),
        c if is_thin(c) => GROUP,
        c => c,
    };
    figure.chars().map(narrow).collect()
}

/// Reads digits in which commas stand before decimals, and writes them with a point.
fn comma_figure(plain: &str) -> Option<String> {
    let (whole, decimals) = match plain.split_once(',') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (plain, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mark = whole.chars().find(|c| *c == '.' || *c == GROUP);
    let whole = match mark {
        None => whole.to_owned(),
        Some(mark) => {
            let mut groups = whole.split(mark);
            let first = groups.next()?;
            let sound = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
            // 0.123 groups nothing.
            if !sound || first.starts_with('0') {
                return None;
            }
            whole.split(mark).collect()
        }
    };
    if !are_digits(&whole) || decimals.is_some_and(|decimals| !are_digits(decimals)) {
        return None;
    }
    Some(decimals.map_or_else(|| whole.clone(), |decimals| format!("{whole}.{decimals}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_stands_before_the_decimals_and_points_between_groups() {
        for (text, expected) in [
            ("680,00", Some("680.00")),
            ("1.234,56", Some("1234.56")),
            ("-1.234.567,8 €", Some("-1234567.8 €")),
            ("1.234", Some("1234")),
            ("1,234", Some("1.234")),
            ("1\u{a0}234,5", Some("1234.5")),
            ("１．２３４，５６", Some("1234.56")),
            ("12", Some("12")),
            ("12,5万元（其中：中央3,5万元）", Some("12.5万元（其中：中央3.5万元）")),
            ("680.00", None),
            ("1,234.56", None),
            ("1,234,567", None),
            ("0.123", None),
            ("1.23,4", None),
            ("无", Some("无")),
        ] {
            assert_eq!(with_points(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_figure_says_which_mark_it_has() {
        for (figure, expected) in [
            ("680,00", Mark::Comma),
            ("1.234,56", Mark::Comma),
            ("1.234.567", Mark::Comma),
            ("0,123", Mark::Comma),
            ("1234,567", Mark::Comma),
            ("680.00", Mark::Point),
            ("1,234.56", Mark::Point),
            ("1,234,567", Mark::Point),
            ("0.123", Mark::Point),
            ("1,234", Mark::Either),
            ("1.234", Mark::Either),
            ("1\u{a0}234", Mark::Neither),
            ("680", Mark::Neither),
            ("1.2.3", Mark::None),
        ] {
            assert_eq!(mark(figure), expected, "{figure}");
        }
    }
}
