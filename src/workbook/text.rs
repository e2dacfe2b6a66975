//! Any text, made fit for the place of a workbook that it is written to: what a cell, a note, a
//! sheet's name and a property can hold, and what of it would be taken for something else.
//!
//! Texts come from files of strangers. What is written is what `reread` expects, so that both go by
//! these functions.

use std::borrow::Cow;

use super::page::Ink;
use crate::model::fold::is_invisible;
use crate::wording::pages;

/// Excel's longest text in a cell, in UTF-16 units.
pub const MOST_TEXT: usize = 32_767;
/// The longest text of a note: a cell's, less what its author's name may take.
const MOST_NOTE: usize = 32_000;
/// The longest title and property.
const MOST_PROPERTY: usize = 255;
/// The longest name of a sheet.
const MOST_NAME: usize = 31;
/// The length of an escape such as `_x000D_`.
const ESCAPE: usize = 7;

/// Returns a text that a cell can hold and that shows as what it is: without control characters
/// and direction marks, which could make it read as something else, and not longer than a cell.
pub fn clean(text: &str) -> Cow<'_, str> {
    let cleaned = shortened(visible(text), MOST_TEXT);
    // The library takes such a text for runs that were made already, and would not escape it.
    if cleaned.starts_with("<r>") && cleaned.ends_with("</r>") {
        let mut apart = shortened(cleaned, MOST_TEXT - 1).into_owned();
        apart.push(' ');
        return Cow::Owned(apart);
    }
    cleaned
}

/// Returns the runs of a text, cleaned as the whole is, that a cell can show each in its ink;
/// `None` where it has to be written in one.
pub fn clean_runs(runs: &[(Ink, String)]) -> Option<Vec<(Ink, String)>> {
    let whole: String = runs.iter().map(|(_, run)| run.as_str()).collect();
    // What reads as an escape must not come about, nor be lost, where two runs meet.
    if has_escape(&whole) || whole.encode_utf16().count() > MOST_TEXT {
        return None;
    }
    let mut cleaned: Vec<(Ink, String)> = Vec::new();
    for (place, (ink, run)) in runs.iter().enumerate() {
        let next = runs[place + 1..].iter().find_map(|(_, run)| run.chars().next());
        let mut text = visible(run).into_owned();
        // A line end that was cut in two is one.
        if run.ends_with('\r') && next == Some('\n') {
            text.pop();
        }
        // What is invisible leaves nothing, and Excel refuses a run of nothing.
        if !text.is_empty() {
            cleaned.push((*ink, text));
        }
    }
    // Excel wants two runs at least.
    (cleaned.len() > 1).then_some(cleaned)
}

/// Returns a text for a note. The library escapes no text there that reads as an escape.
pub fn note(text: &str) -> String {
    let cleaned = shortened(visible(text), MOST_NOTE);
    without_escapes(&cleaned)
}

/// Returns a text for a property of the document.
pub fn property(text: &str) -> String {
    let cleaned = visible(text).replace('\n', " ");
    cut(&cleaned, MOST_PROPERTY).to_owned()
}

/// Returns the names of sheets: what Excel allows of each, none twice.
pub fn sheet_names<'a>(wanted: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for wanted in wanted {
        let plain = allowed(wanted);
        let mut name = plain.clone();
        let mut number = 2;
        while names.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            let end = format!(" ({number})");
            name = format!("{}{end}", cut(&plain, MOST_NAME - end.len()));
            number += 1;
        }
        names.push(name);
    }
    names
}

fn allowed(wanted: &str) -> String {
    let plain: String = visible(wanted)
        .chars()
        .map(|c| if r"[]:*?/\".contains(c) || c == '\n' { '_' } else { c })
        .collect();
    let plain = cut(plain.trim_matches('\''), MOST_NAME).trim_end_matches('\'');
    // Excel keeps this name for itself.
    if plain.is_empty() || plain.eq_ignore_ascii_case("history") {
        return format!("{plain}_");
    }
    plain.to_owned()
}

/// Returns what of a text can be seen; lines end in a line feed.
fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_shown) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\t' | '\r' => visible.push(' '),
            '\u{2028}' | '\u{2029}' => visible.push('\n'),
            c if is_shown(c) => visible.push(c),
            _ => {}
        }
    }
    Cow::Owned(visible)
}

/// Whether a character is written as it is.
fn is_shown(c: char) -> bool {
    // Nearly all of a workbook is one of these.
    matches!(c, '\n' | ' '..='~' | '一'..='鿿')
        || !(is_invisible(c)
            // Other ends of lines, and what no XML may hold.
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'))
}

/// Returns a text not longer than `most` UTF-16 units, and says at its end that there was more.
fn shortened(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    // A character takes two units at most, and at least as many bytes.
    if text.len() <= most {
        return text;
    }
    let units = text.encode_utf16().count();
    if units <= most {
        return text;
    }
    let said = pages::cut_short(text.chars().count());
    let room = most.saturating_sub(said.encode_utf16().count());
    Cow::Owned(format!("{}{said}", cut(&text, room)))
}

/// Returns the beginning of a text, of at most `most` UTF-16 units.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > most
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// Returns whether a part of a text reads as the escape of a character, `_x000D_`.
fn has_escape(text: &str) -> bool {
    escapes(text).next().is_some()
}

/// The places where a text reads as an escape; two may share an underscore.
fn escapes(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices("_x").map(|(at, _)| at).filter(|at| {
        text.as_bytes().get(*at..*at + ESCAPE).is_some_and(|bytes| {
            bytes[ESCAPE - 1] == b'_' && bytes[2..ESCAPE - 1].iter().all(u8::is_ascii_hexdigit)
        })
    })
}

/// Escapes the underscore of what reads as an escape, so that it is read as it stands.
pub fn without_escapes(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut from = 0;
    for at in escapes(text) {
        escaped.push_str(&text[from..at]);
        escaped.push_str("_x005F_");
        from = at + 1;
    }
    escaped.push_str(&text[from..]);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        assert_eq!(clean("一\u{200b}二\u{b}三\u{c}\u{1a}\u{ad}四\u{fffe}\u{ffff}\0"), "一二三四");
        assert_eq!(clean("\u{202e}abc\u{2066}\u{61c}"), "abc");
        assert_eq!(clean("一\r\n二\r三\t四\u{2028}五"), "一\n二 三 四\n五");
        assert!(matches!(clean("照旧\n不变"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        assert_eq!(clean(&"字".repeat(MOST_TEXT)).chars().count(), MOST_TEXT);
        let cut = clean(&"𠀀".repeat(33_000)).into_owned();
        assert!(cut.encode_utf16().count() <= MOST_TEXT);
        assert!(cut.ends_with(&pages::cut_short(33_000)), "{}", &cut[cut.len() - 90..]);
        assert!(note(&"字".repeat(40_000)).encode_utf16().count() <= MOST_NOTE);
        assert_eq!(property(&"字".repeat(300)).chars().count(), MOST_PROPERTY);
    }

    #[test]
    fn runs_meet_as_the_whole_text_does() {
        let runs = |parts: &[&str]| -> Vec<(Ink, String)> {
            parts.iter().map(|part| (Ink::Plain, (*part).to_owned())).collect()
        };
        let whole = |parts: &[&str]| {
            clean_runs(&runs(parts))
                .map(|cleaned| cleaned.into_iter().map(|(_, run)| run).collect::<String>())
        };
        assert_eq!(whole(&["一\r", "\n二"]).as_deref(), Some("一\n二"));
        assert_eq!(whole(&["一", "\u{200b}"]), None);
        assert_eq!(whole(&["_x00", "0D_", "二"]), None);
        assert_eq!(whole(&["一", "\r", "\n", "二"]).as_deref(), Some("一\n二"));
    }

    #[test]
    fn an_escape_in_a_note_stands_as_it_was_typed() {
        assert_eq!(without_escapes("a_x000D_b"), "a_x005F_x000D_b");
        assert_eq!(without_escapes("_x005F_x000D_"), "_x005F_x005F_x005F_x000D_");
        assert_eq!(without_escapes("_x00_ _xyz_"), "_x00_ _xyz_");
    }

    #[test]
    fn names_of_sheets_are_what_excel_allows() {
        let names = sheet_names(["a/b", "A_b", "'", &"长".repeat(40), "总览"].into_iter());
        assert_eq!(names[..3], ["a_b", "A_b (2)", "_"]);
        assert_eq!(names[3].chars().count(), MOST_NAME);
        assert_eq!(names[4], "总览");
    }
}
