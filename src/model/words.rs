//! Helpers for the wording of messages: languages, counts and lists.

use std::fmt::Display;

/// The language of messages; the workbook is always Chinese.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

/// A sentence in both languages, made where its facts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub chinese: String,
    pub english: String,
}

impl Said {
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self { chinese: chinese.into(), english: english.into() }
    }

    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

/// Returns `1 row` or `3 rows`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Returns `a`, `a and b`, or `a, b and c`; in Chinese `a、b、c`.
pub fn list<T: Display>(items: &[T], language: Language) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    match (language, texts.as_slice()) {
        (Language::Chinese, _) => texts.join("、"),
        (Language::English, []) => String::new(),
        (Language::English, [only]) => only.clone(),
        (Language::English, [head @ .., last]) => format!("{} and {last}", head.join(", ")),
    }
}

/// Returns the first items and how many more there are, for lists that could be long.
pub fn short_list<T: Display>(items: &[T], most: usize, language: Language) -> String {
    if items.len() <= most {
        return list(items, language);
    }
    let rest = items.len() - most;
    let shown: Vec<String> = items[..most].iter().map(ToString::to_string).collect();
    match language {
        Language::Chinese => format!("{}等{}处", shown.join("、"), items.len()),
        Language::English => format!("{} and {rest} more", shown.join(", ")),
    }
}

/// Returns a decimal with its thousands apart.
pub fn grouped(decimal: &str) -> String {
    let (sign, rest) = match decimal.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", decimal),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (rest, String::new()),
    };
    if !whole.chars().all(|c| c.is_ascii_digit()) {
        return decimal.to_owned();
    }
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

/// Returns a text on one line, with one space for all white space in a row.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Numbers of so many digits are those of people and accounts.
const LONG_NUMBER: usize = 11;

/// Brackets and quotes in which a text may be cut.
const BRACKETS: [(char, char); 7] =
    [('（', '）'), ('(', ')'), ('《', '》'), ('【', '】'), ('[', ']'), ('「', '」'), ('“', '”')];

/// Returns `text` cut to about `most` characters, with an ellipsis where something was cut; a bracket in which that
/// happens is closed behind it.
pub fn shortened(text: &str, most: usize) -> String {
    let flat = one_line(text);
    let head = cut(&flat, most);
    if head == flat || open_brackets(&head).is_empty() {
        return head;
    }
    let room = most.saturating_sub(open_brackets(&head).len());
    let shorter = cut(&flat, room);
    let open = open_brackets(&shorter);
    // Of a bracket at the very end nothing would be left but itself.
    let kept = shorter.trim_end_matches('…');
    let bare = kept.trim_end_matches(|c| BRACKETS.iter().any(|(opening, _)| *opening == c));
    if bare.len() < kept.len() && !bare.is_empty() {
        let open = open_brackets(bare);
        return format!("{bare}…{}", open.into_iter().rev().collect::<String>());
    }
    format!("{shorter}{}", open.into_iter().rev().collect::<String>())
}

/// The closings of brackets that are open at the end of a text.
fn open_brackets(text: &str) -> Vec<char> {
    let mut open: Vec<char> = Vec::new();
    for c in text.chars() {
        if let Some((_, closing)) = BRACKETS.iter().find(|(opening, _)| *opening == c) {
            open.push(*closing);
        } else if open.last() == Some(&c) {
            open.pop();
        }
    }
    open
}

/// Returns `text` cut to at most `most` characters, with an ellipsis where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    let flat = one_line(text);
    if flat.chars().count() <= most {
        return flat;
    }
    let mut head: Vec<char> = flat.chars().take(most.saturating_sub(1)).collect();
    // A long number is shown whole or not at all: half of one is told from no other, nor masked.
    let is_of_number = |c: &char| c.is_ascii_digit();
    let before = head.iter().rev().take_while(|c| is_of_number(c)).count();
    let after = flat.chars().skip(head.len()).take_while(is_of_number).count();
    if after > 0 && before + after >= LONG_NUMBER {
        head.truncate(head.len() - before);
    }
    format!("{}…", head.into_iter().collect::<String>())
}

/// Returns two texts cut to at most `most` characters each, so that the first difference is seen.
pub fn around_difference(one: &str, other: &str, most: usize) -> (String, String) {
    const BEFORE: usize = 12;
    let (one, other) = (one_line(one), one_line(other));
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    if same + BEFORE < most {
        return (shortened(&one, most), shortened(&other, most));
    }
    let cut = |text: &str| {
        let rest: String = text.chars().skip(same.saturating_sub(BEFORE)).collect();
        format!("…{}", shortened(&rest, most))
    };
    (cut(&one), cut(&other))
}

/// Returns the candidate most like `word`, when one is alike enough to suggest.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Where one of few was meant.
    const LEAST: f64 = 0.4;
    most_like(word, candidates, LEAST)
}

/// Returns the candidate that was most likely meant; none where none is near.
pub fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LEAST: f64 = 0.65;
    most_like(word, candidates, LEAST)
}

fn most_like<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    least: f64,
) -> Option<&'a str> {
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = rapidfuzz::fuzz::ratio(word.chars(), candidate.chars());
        if likeness >= least && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let shown = ["0", "999", "1000", "-1234567.05", "12345678901.23", "待定"].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "-1,234,567.05", "12,345,678,901.23", "待定"]);
    }

    #[test]
    fn a_bracket_in_which_a_text_is_cut_is_closed() {
        let name = "丙村水渠整修工程（二期工程含配套设施）";
        assert_eq!(shortened(name, 30), name);
        assert_eq!(shortened(name, 14), "丙村水渠整修工程（二期工…）");
        assert_eq!(shortened(name, 10), "丙村水渠整修工程…");
        assert_eq!(shortened(name, 6), "丙村水渠整…");
        assert_eq!(
            shortened("修路（按《公路养护办法（试行）》执行）", 12),
            "修路（按《公路养护…》）"
        );
        assert_eq!(shortened("（一）", 2), "…");
        // A long number is shown whole or not at all, there too.
        assert_eq!(shortened("账户（123456789012）余额", 16), "账户…");
    }

    #[test]
    fn lists_read_naturally_in_both_languages() {
        assert_eq!(list(&["a", "b", "c"], Language::English), "a, b and c");
        assert_eq!(list(&["甲", "乙"], Language::Chinese), "甲、乙");
        assert_eq!(short_list(&[1, 2, 3, 4], 2, Language::English), "1, 2 and 2 more");
        assert_eq!(count(1, "row"), "1 row");
    }

    #[test]
    fn a_difference_far_back_in_two_texts_is_shown() {
        let head = "甲".repeat(80);
        let (one, other) = around_difference(&format!("{head}东乙"), &format!("{head}西乙"), 60);
        assert_eq!(one, format!("…{}东乙", "甲".repeat(12)));
        assert_ne!(one, other);
        assert_eq!(around_difference("甲", "乙", 60), ("甲".to_owned(), "乙".to_owned()));
    }

    #[test]
    fn nothing_is_suggested_that_is_not_alike() {
        assert_eq!(nearest("资金安派", ["资金安排", "时间进度"]), Some("资金安排"));
        assert_eq!(nearest("电话", ["资金安排", "时间进度"]), None);
    }
}
