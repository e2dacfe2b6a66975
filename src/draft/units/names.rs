//! How places and offices are called, and what a cell says of either: the words by which units are known
//! where no column names them.

use std::sync::LazyLock;

use super::super::shape::{self, shown};
use crate::draft::lexicon::WORDS;
use crate::model::fold;
use crate::pipeline::{Lexicon, heading};
use crate::read::{Content, Sheet};

pub const LONGEST_NAME: usize = 14;

/// Whether a text is the name of a place.
pub fn is_place(name: &str) -> bool {
    ends_in(name, &WORDS.units.places) || is_called_in_english(name, &WORDS.units.places_in_english)
}

/// Whether a text is the name of a place or of an office.
pub fn is_somebody(name: &str) -> bool {
    is_place(name)
        || ends_in(name, &WORDS.units.offices)
        || is_called_in_english(name, &WORDS.units.offices_in_english)
}

/// Whether a text is the name of an office that governs.
pub fn is_board(name: &str) -> bool {
    ends_in(name, &WORDS.units.boards) || is_called_in_english(name, &WORDS.units.boards_in_english)
}

/// Whether a name ends in one of these, and is more than that.
fn ends_in(name: &str, ends: &[&str]) -> bool {
    let key = fold::key(name);
    let length = key.chars().count();
    (2..=LONGEST_NAME).contains(&length)
        && !WORDS.units.nobody.contains(&key.as_str())
        && !key.chars().any(|c| c.is_ascii_digit())
        // What goes on behind a mark is a sentence.
        && !name.trim().contains(['。', '，', '；', '：', '、', ';', ':'])
        && ends.iter().any(|end| key.ends_with(end) && key != *end)
}

/// Whether a name of several words ends in one of these, or begins so before `of`: Hill County,
/// Department of Works.
fn is_called_in_english(name: &str, kinds: &[&str]) -> bool {
    const MOST_WORDS: usize = 5;
    let is_letter = |c: char| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | '&');
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let [first, middle @ .., last] = words.as_slice() else { return false };
    let is_kind = |word: &str| kinds.contains(&word.trim_end_matches('.'));
    words.len() <= MOST_WORDS
        && words.iter().all(|word| word.chars().all(is_letter))
        && !WORDS.units.nobody_in_english.contains(&first.as_str())
        && (is_kind(last) || is_kind(first) && middle.first().is_some_and(|word| word == "of"))
}

/// A name on one line: words are parted by one blank, Chinese characters by none.
pub fn on_one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        let is_word = |c: char| c.is_ascii();
        if line.ends_with(is_word) && word.starts_with(is_word) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

pub fn says_total(text: &str) -> bool {
    // It is asked of each row of a table.
    static WORDS: LazyLock<Lexicon> = LazyLock::new(Lexicon::default);
    let words = &*WORDS;
    let key = heading::read(text).key;
    let says = |list: &[String]| list.iter().any(|word| key.contains(word.as_str()));
    says(&words.totals) || says(&words.summaries)
}

/// What 1 is in the figures of cells: amounts have up to four decimals.
pub const ONE: i64 = 10_000;

/// What a cell says as a figure, in parts of [`ONE`].
pub fn figure(sheet: &Sheet, row: u32, column: u32) -> Option<i64> {
    let number = shown(sheet, row, column).and_then(shape::figure)?;
    // Figures of a plan are far smaller; a larger one proves nothing.
    #[expect(clippy::cast_possible_truncation, reason = "it was held against the bound")]
    (number.abs() < 1e13).then(|| (number * 10_000.0).round() as i64)
}

pub fn text(sheet: &Sheet, row: u32, column: u32) -> Option<String> {
    match shown(sheet, row, column)? {
        Content::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_offices_are_known_by_what_they_are_called() {
        for name in ["甲县", "市住建局", "Hill County", "North District", "Department of Works"]
        {
            assert!(is_somebody(name), "{name}");
        }
        for name in
            ["片区", "甲县。各县区", "District", "Each county", "Total region", "Road works"]
        {
            assert!(!is_somebody(name), "{name}");
        }
    }

    #[test]
    fn a_name_stands_on_one_line() {
        assert_eq!(on_one_line("三 合\n镇"), "三合镇");
        assert_eq!(on_one_line("North \n District"), "North District");
    }
}
