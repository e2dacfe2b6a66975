//! Folded texts: the forms in which texts are compared. What is shown is always what was typed.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::radicals;

/// Returns the comparison key of a text: NFKC, lower case, without white space and punctuation.
///
/// Marks that carry meaning in figures stay: the percent sign, and any mark between digits, so that
/// 1.5 and 15, 1-3 and 13, or 1、2 and 12 do not fall together. A comma before three digits is a
/// thousands separator and goes. So does the sign of what begins with a figure, -14 or -1层, and the
/// plus behind what ends with a digit or a Latin letter, 65+ or A+.
pub fn key(text: &str) -> String {
    // Most texts are their own keys.
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    folded(text, Boundaries::Dropped)
}

/// Returns the comparison key of what a cell says; of a text that is nothing but marks, these: √ is neither × nor a
/// blank, and however a tick or a cross is drawn, it is one.
pub fn said(text: &str) -> String {
    let key = key(text);
    if key.is_empty() && !text.is_empty() {
        return plain(text).chars().filter_map(mark).collect();
    }
    key
}

fn mark(c: char) -> Option<char> {
    match c {
        '+' | '?' | '*' | '#' | '!' | '=' | '&' | '@' | '^' => Some(c),
        '√' | '✓' | '✔' | '☑' | '✅' => Some('√'),
        '×' | '✗' | '✘' | '☒' | '╳' | '❌' => Some('x'),
        '●' | '⚫' | '◆' | '■' | '▲' | '★' | '○' | '◯' | '◇' | '□' | '△' | '☆' | '◎' | '▽'
        | '▼' => Some(c),
        _ => None,
    }
}

/// Returns the comparison key of what a row is about: a list's number before it does not matter.
pub fn task_key(text: &str) -> String {
    key(without_list_number(text))
}

/// Returns a text as typed, without the number that lists put before it.
pub fn unnumbered(text: &str) -> &str {
    without_list_number(text)
}

/// Returns a text without a count in brackets behind it: 甲县（27条） is 甲县.
pub fn uncounted(text: &str) -> &str {
    const LONGEST: usize = 3;
    let text = text.trim_end();
    let Some(inner) = text.strip_suffix(['）', ')']) else { return text };
    let Some((name, inside)) = inner.rsplit_once(['（', '(']) else { return text };
    let inside = inside.trim_start_matches(['共', '计']);
    let word = inside.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_count = word.len() < inside.len()
        && word.chars().count() <= LONGEST
        && word.chars().all(char::is_alphabetic);
    if is_count && !name.trim().is_empty() { name.trim_end() } else { text }
}

/// Returns a text without the number that lists put before it: 1、, 2., （三）, ④; a figure that
/// the text itself begins with, as in 1.5公里 or 三社联动, stays.
fn without_list_number(text: &str) -> &str {
    const LONGEST: usize = 3;
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix(|c: char| ('\u{2460}'..='\u{2473}').contains(&c)) {
        return rest;
    }
    let is_number = |c: char| {
        c.is_ascii_digit() || ('０'..='９').contains(&c) || "一二三四五六七八九十".contains(c)
    };
    let (in_brackets, inner) = match text.strip_prefix(['（', '(', '【', '[']) {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    let after = inner.trim_start_matches(is_number);
    let digits = inner[..inner.len() - after.len()].chars().count();
    if !(1..=LONGEST).contains(&digits) {
        return text;
    }
    let closing: &[char] = &['）', ')', '】', ']'];
    let stops: &[char] = &['、', '.', '．', '，', ',', '：', ':', '）', ')'];
    let Some(rest) = after.strip_prefix(if in_brackets { closing } else { stops }) else {
        return text;
    };
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with(is_number) { text } else { rest }
}

/// Returns the form in which phrases are searched: like [`key`], but the ends of sentences stay
/// as 。 so that a phrase does not reach from one sentence into the next.
pub fn sentence(text: &str) -> String {
    folded(text, Boundaries::Kept)
}

/// Returns [`sentence`] and, for each of its bytes, the byte of `text` it was made from.
pub fn sentence_with_places(text: &str) -> (String, Vec<usize>) {
    let mut folded = String::new();
    let mut places = Vec::new();
    fold(text, Boundaries::Kept, |c, place| {
        folded.push(c);
        places.resize(folded.len(), place);
    });
    (folded, places)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Boundaries {
    Kept,
    Dropped,
}

fn folded(text: &str, boundaries: Boundaries) -> String {
    let mut folded = String::with_capacity(text.len());
    fold(text, boundaries, |c, _| folded.push(c));
    folded
}

/// Folds a text to characters; each is handed to `on_character` with the place it comes from.
fn fold(text: &str, boundaries: Boundaries, mut on_character: impl FnMut(char, usize)) {
    let mut characters: Vec<(char, usize)> = Vec::with_capacity(text.len() / 2);
    for (place, c) in text.char_indices() {
        // Most characters of a sheet have no other form: Chinese ones, digits, small letters.
        if is_plain(c) {
            characters.push((c, place));
            continue;
        }
        if let Some(c) = simple(c) {
            if !c.is_whitespace() && !is_invisible(c) {
                characters.push((c.to_ascii_lowercase(), place));
            }
            continue;
        }
        characters.extend(
            c.nfkc()
                .flat_map(char::to_lowercase)
                .filter(|c| !c.is_whitespace() && !is_invisible(*c))
                .map(|c| (today(c), place)),
        );
    }
    let digit_at = |index: Option<usize>| {
        index.and_then(|at| characters.get(at)).is_some_and(|(c, _)| c.is_ascii_digit())
    };
    let mut last: Option<char> = None;
    for (at, &(c, place)) in characters.iter().enumerate() {
        let between_digits = || digit_at(at.checked_sub(1)) && digit_at(Some(at + 1));
        let kept = match c {
            c if is_plain(c) || c.is_alphanumeric() => Some(c),
            '%' | '‰' | '℃' | '<' | '>' | '≤' | '≥' => Some(c),
            '.' | '/' | ':' if between_digits() => Some(c),
            '-' | '~' | '–' | '—' | '−' if between_digits() => Some('-'),
            '-' | '−' if at == 0 && is_right_before_digit(text, &characters) => Some('-'),
            '+' if last.is_some_and(|last| last.is_ascii_alphanumeric() || last == '+')
                && ends_name(&characters, at) =>
            {
                Some('+')
            }
            '。' | ';' | '!' | '?' if boundaries == Boundaries::Kept => {
                (last != Some('。')).then_some('。')
            }
            _ if boundaries == Boundaries::Dropped
                && last.is_some_and(|last| last.is_ascii_digit())
                && parts_digits(&characters, at) =>
            {
                Some('、')
            }
            _ => None,
        };
        if let Some(c) = kept {
            on_character(c, place);
            last = Some(c);
        }
    }
}

/// Returns whether a text begins with a mark and, without a blank, a digit: -14, not - 14 of a list.
fn is_right_before_digit(text: &str, characters: &[(char, usize)]) -> bool {
    let Some([(_, mark), (next, place)]) = characters.get(..2) else { return false };
    next.is_ascii_digit() && text[*mark..*place].chars().count() == 1
}

/// Returns whether nothing goes on right behind a mark and those like it: A+, C++; not A+B.
fn ends_name(characters: &[(char, usize)], at: usize) -> bool {
    let mut after = characters[at..].iter().map(|(c, _)| *c).skip_while(|c| *c == '+');
    after.next().is_none_or(|next| !next.is_alphanumeric())
}

/// Returns whether a mark stands between two figures, with nothing but marks on its way to the
/// second, and is no thousands separator.
fn parts_digits(characters: &[(char, usize)], at: usize) -> bool {
    let mut after = characters[at..].iter().map(|(c, _)| *c).skip_while(|c| !c.is_alphanumeric());
    if !after.next().is_some_and(|next| next.is_ascii_digit()) {
        return false;
    }
    let digits = |c: &&(char, usize)| c.0.is_ascii_digit();
    let is_group = characters[at + 1..].iter().take_while(digits).count() == 3;
    !(characters[at].0 == ',' && is_group)
}

/// The form in which a character is written today; figures are still filled in with both.
pub fn today(c: char) -> char {
    match c {
        '萬' => '万',
        '億' => '亿',
        // The sign of a sum and the letter that is written for it.
        '∑' => 'σ',
        other => radicals::character(other).unwrap_or(other),
    }
}

/// Returns whether a character is its own folded form, whatever stands beside it.
pub fn is_own_form(c: char) -> bool {
    is_plain(c)
}

/// Returns whether a text has a letter of any writing; Chinese ones are known without a look into the tables.
pub fn has_letter(text: &str) -> bool {
    text.chars().any(|c| matches!(c, 'a'..='z' | 'A'..='Z' | '一'..='鿿') || c.is_alphabetic())
}

/// Returns whether a character is its own folded form.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '0'..='9' | 'a'..='z') && !matches!(c, '萬' | '億')
}

/// Returns the NFKC form of a character where it is plainly one character, and none that joins with the
/// next: no table need be asked for nearly all of a sheet.
fn simple(c: char) -> Option<char> {
    match c {
        c if is_plain(c) => Some(c),
        '\0'..='\u{7f}' | '、' | '。' | '《' | '》' | '“' | '”' => Some(c),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

/// Returns a text without white space and invisible characters, full-width forms narrowed;
/// punctuation stays. For short declared words such as `—` and `/`.
pub fn plain(text: &str) -> String {
    narrowed(text).into_owned()
}

/// Returns the same as [`plain`], without a copy where the text is its own form.
pub fn narrowed(text: &str) -> Cow<'_, str> {
    // Most texts of a sheet are.
    if text.chars().all(|c| is_plain(c) || matches!(c, '!'..='~')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(made_plain(text))
}

fn made_plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match simple(c) {
            Some(c) if c.is_whitespace() || is_invisible(c) => {}
            Some(c) => plain.push(c),
            None => return plain_by_table(text),
        }
    }
    plain
}

fn plain_by_table(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(today).collect()
}

/// Returns whether a character has no width and no meaning in a sheet: controls, joiners,
/// direction marks, the byte order mark, soft hyphens, variation selectors, tags and marks of
/// annotations.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}'
                | '\u{2066}'..='\u{206f}'
                | '\u{feff}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
                | '\u{fe00}'..='\u{fe0f}'
        )
}

/// Returns whether a cell's text shows nothing.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_character_is_its_own_form() {
        for c in (char::MIN..=char::MAX).filter(|c| is_plain(*c)) {
            let forms: Vec<char> = c.nfkc().flat_map(char::to_lowercase).map(today).collect();
            assert_eq!(forms, [c]);
        }
    }

    #[test]
    fn simple_forms_are_those_of_the_table() {
        for c in char::MIN..=char::MAX {
            let Some(form) = simple(c) else { continue };
            assert_eq!(c.nfkc().map(today).collect::<Vec<_>>(), [form]);
            let lower: Vec<char> = form.to_lowercase().collect();
            assert_eq!(lower, [form.to_ascii_lowercase()]);
        }
    }

    #[test]
    fn layout_and_punctuation_do_not_matter() {
        for other in ["序 号", "序\n号", "序　号", "（序号）", "序号\u{a0}", "序\u{200b}号："]
        {
            assert_eq!(key(other), key("序号"), "{other:?}");
        }
        assert_eq!(key("Ａ①㎡“长者饭堂”"), "a1m2长者饭堂");
        assert_eq!(key("5,114万元"), key("５１１４万元"));
        assert_eq!(key("\u{2ea0}政局\u{2f54}利"), key("民政局水利"));
    }

    #[test]
    fn figures_keep_what_tells_them_apart() {
        assert_ne!(key("1.5万元"), key("15万元"));
        assert_ne!(key("1-3期"), key("13期"));
        assert_ne!(key("1、2号楼"), key("12号楼"));
        assert_ne!(key("1，2号楼"), key("12号楼"));
        assert_ne!(key("10×20米"), key("1020米"));
        assert_ne!(key("（1）、（2）栋"), key("12栋"));
        assert_eq!(key("1、2号楼"), key("1，2号楼"));
        assert_eq!(key("1,234,567元"), key("1234567元"));
        assert_eq!(key("30萬元"), key("30万元"));
        assert_ne!(key("50%"), key("50"));
        assert_ne!(key("-14"), key("14"));
        assert_eq!(key("−14"), key("－14"));
        assert_ne!(key("-1层"), key("1层"));
        assert_ne!(key("A+"), key("A"));
        assert_ne!(key("C++"), key("C+"));
        assert_eq!(key("水+电"), key("水、电"));
        assert_eq!(key("- 道路"), key("道路"));
        assert_eq!(key("- 2层"), key("2层"));
        assert_ne!(key("林旺南"), key("林旺北"));
    }

    #[test]
    fn sentences_keep_their_ends() {
        assert_eq!(sentence("已下拨。计划（200万元）；"), "已下拨。计划200万元。");
    }

    #[test]
    fn a_lists_number_is_no_part_of_a_task() {
        for (text, same) in [
            ("1.建设", "建设"),
            ("12、建设", "建设"),
            ("（三）建设", "建设"),
            ("(4) 建设", "建设"),
            ("⑤建设", "建设"),
            ("十一、建设", "建设"),
            ("６．建设", "建设"),
        ] {
            assert_eq!(task_key(text), task_key(same), "{text}");
        }
        for text in
            ["1.5公里道路", "三社联动", "12349热线", "2020、建设", "（试点）建设", "1、2号楼", "3."]
        {
            assert_eq!(task_key(text), key(text), "{text}");
        }
    }
}
