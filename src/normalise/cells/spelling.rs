//! How figures and dates are spelt, before anyone asks what they say: full width narrowed, white
//! space gone, and whatever would make another figure of it kept or refused.

use unicode_normalization::UnicodeNormalization;

use super::numeral;
use crate::model::{Obstacle, fold};

/// Stands in a spelling where white space stood between two digits: there may be two figures.
pub const GAP: char = ' ';
/// Stands for a space between two digits that does not break a line, as printers group digits.
pub const THIN_GAP: char = '\u{a0}';

/// Dashes that people type for one another.
const DASHES: [char; 8] = ['-', '–', '—', '―', '─', '‒', '‐', '−'];

/// Returns a text as [`fold::plain`] does, but keeps a mark where white space stood between two
/// digits: 200 and 300 in two lines of a cell are no 200300.
///
/// # Errors
/// Refuses characters that only look like digits, such as the footnote of 200①, which would
/// otherwise be read as 2001.
pub fn figures(text: &str) -> Result<String, Obstacle> {
    let mut plain = String::with_capacity(text.len());
    let mut gap = None;
    for c in text.chars() {
        if c.is_whitespace() {
            let thin = matches!(c, '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}');
            gap = Some(if thin && gap != Some(GAP) { THIN_GAP } else { GAP });
            continue;
        }
        if fold::is_invisible(c) {
            continue;
        }
        let is_digit = c.is_ascii_digit() || ('０'..='９').contains(&c);
        for narrow in c.nfkc() {
            if narrow.is_ascii_digit() && !is_digit {
                return Err(Obstacle::NotThisType);
            }
            if let Some(mark) = gap.take()
                && stands_for_digit(narrow)
                && plain.ends_with(stands_for_digit)
            {
                plain.push(mark);
            }
            plain.push(fold::today(narrow));
        }
    }
    Ok(plain)
}

fn stands_for_digit(c: char) -> bool {
    c.is_ascii_digit() || numeral::digit(c).is_some()
}

/// Returns the figure of a text that a program wrote with an exponent and all its digits: 6.8864926469E8. What a
/// spreadsheet shows so (1.2E+05) has lost some, and 2E3 is a building.
pub fn with_exponent(plain: &str) -> Option<f64> {
    let (mantissa, exponent) = plain.split_once('E')?;
    let (whole, fraction) = mantissa.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.strip_prefix('-').unwrap_or(exponent);
    let first = whole.strip_prefix('-').unwrap_or(whole);
    let is_written =
        first.len() == 1 && digits(first) && digits(fraction) && digits(power) && power.len() <= 2;
    if is_written { plain.parse().ok() } else { None }
}

/// Returns whether a spelling is one of the declared words for *not applicable*; dashes of any
/// kind and number are one word, and so are the rows of dots that tables set in their place; …… leaves something out.
pub fn says_not_applicable(plain: &str, words: &[String]) -> bool {
    const LEAST_DOTS: usize = 7;
    let only_dashes = |text: &str| !text.is_empty() && text.chars().all(|c| DASHES.contains(&c));
    let only_dots = plain.len() >= LEAST_DOTS && plain.bytes().all(|byte| byte == b'.');
    words.contains(&plain.to_lowercase())
        || ((only_dots || only_dashes(plain)) && words.iter().any(|word| only_dashes(word)))
}

/// Returns whether a text is a spreadsheet's error, such as `#REF!`.
pub fn is_error(plain: &str) -> bool {
    plain.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}
