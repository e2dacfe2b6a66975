//! What a single cell says of its row: a name, a mark, a number, a count of rows.

use crate::model::fold;
use crate::normalise::classes::looks::{self, Mark, Ordinal, Task};
use crate::normalise::layout::money;
use crate::normalise::typed::typed_text;
use crate::pipeline::Lexicon;
use crate::read::Content;

/// Whether a cell may name somebody: no figure, no dash, no 12个项目.
pub(super) fn names_somebody(content: &Content, words: &[String]) -> bool {
    matches!(content, Content::Text(text) if fold::has_letter(text))
        && counted(content, words).is_none()
}

/// Whether a cell holds nothing but marks: —, /.
pub(super) fn is_mark(content: &Content) -> bool {
    matches!(content, Content::Text(text)
        if !fold::has_letter(text) && !text.chars().any(char::is_numeric))
}

/// What stands in the column of numbers.
pub(super) fn mark(content: &Content) -> Mark {
    match content {
        Content::Number(number) if number.fract() == 0.0 => whole(&typed_text(content)),
        Content::Number(_) => Mark::Path(typed_text(content).into_owned()),
        Content::Text(text) => {
            if is_mark(content) {
                return Mark::Blank;
            }
            let plain = fold::plain(text);
            if let Some(how) = looks::ordinal(&plain) {
                let is_first = plain.contains('一') && !plain.contains('十');
                return Mark::Ordinal { how, is_first };
            }
            if let Some(is_first) = looks::roman_or_letter(&plain) {
                return Mark::Ordinal { how: Ordinal::Bare, is_first };
            }
            let digits = plain.trim_end_matches(['.', '、', ')']).trim_start_matches('(');
            match digits {
                "" => Mark::Other,
                _ if digits.bytes().all(|b| b.is_ascii_digit()) => whole(digits),
                _ if digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                    Mark::Path(digits.to_owned())
                }
                _ => Mark::Other,
            }
        }
        _ => Mark::Other,
    }
}

fn whole(digits: &str) -> Mark {
    digits.parse().map_or(Mark::Other, Mark::Whole)
}

/// What stands where a task is named, and how many rows it counts.
pub(super) fn named_as(content: &Content, words: &[String]) -> (Task, Option<u32>) {
    const LONGEST_COUNT: usize = 30;
    match content {
        Content::Number(number) if number.fract() == 0.0 && (0.0..1e6).contains(number) => {
            (Task::Count, typed_text(content).parse().ok())
        }
        Content::Text(text) => {
            let first = text.trim_start().chars().next();
            let may_number = first.is_some_and(|c| "一二三四五六七八九十(（".contains(c));
            let number = || looks::before_name(&fold::plain(text));
            if may_number && let Some(ordinal) = number() {
                return (Task::Ordinal(ordinal), None);
            }
            if text.len() > LONGEST_COUNT {
                return (Task::Words, None);
            }
            match looks::count(&fold::narrowed(text), words) {
                Some(count) => (Task::Count, Some(count)),
                None => (Task::Words, None),
            }
        }
        _ => (Task::Words, None),
    }
}

/// Reads a text that says how many rows there are: 共3项.
pub(super) fn counted(content: &Content, words: &[String]) -> Option<u32> {
    match content {
        Content::Text(text) if fold::has_letter(text) => named_as(content, words).1,
        _ => None,
    }
}

/// Returns whether a text that stands alone is the name of a block of rows: numbered as sections are,
/// and no longer than a name.
pub(super) fn names_block(text: &str) -> bool {
    const LONGEST: usize = 14;
    let plain = fold::plain(text);
    let inner = plain.strip_prefix('(').unwrap_or(&plain);
    let after = inner.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    after.len() < inner.len()
        && after.starts_with(['、', '.', ')'])
        && plain.chars().count() <= LONGEST
}

/// Returns whether a cell is the line above a table that names its unit of money.
pub(super) fn is_money_line(content: &Content, words: &Lexicon) -> bool {
    matches!(content, Content::Text(text) if money::unit_in_line(text, words).is_some())
}

/// Whether a cell holds a 0 and nothing more.
pub(super) fn is_nought(content: &Content) -> bool {
    matches!(content, Content::Number(number) if *number == 0.0)
}
