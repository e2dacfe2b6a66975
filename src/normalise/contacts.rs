//! Contacts in the lines around the tables of a sheet: 填报人：张三　电话：…, a label and what it says in
//! one cell or in cells beside each other. Labels are words of the lexicon; a blank, and what is
//! itself a label, says nothing.

use super::classes::RowClass;
use super::typed::typed_text;
use crate::model::contacts::Contacts;
use crate::model::fold;
use crate::pipeline::Pipeline;
use crate::read::{Row, Sheet};

/// What a label asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    FilledBy,
    Phone,
    ReviewedBy,
    Seal,
    /// Something else, such as a date.
    Other,
}

/// In characters; a longer text is no line of contacts.
const LONGEST_LINE: usize = 200;
const LONGEST_NAME: usize = 20;
const LONGEST_SEAL: usize = 30;
/// How many digits a telephone number has: fewer than a bank card or an identity card.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=13;
/// How many numbers of one person are kept.
const MOST_PHONES: usize = 2;

/// Returns who is named in the lines around the tables of a sheet, the first of each.
pub fn of(sheet: &Sheet, classes: &[(u32, RowClass)], pipeline: &Pipeline) -> Contacts {
    let mut found = Contacts::default();
    let around = classes.iter().filter(|(_, class)| {
        matches!(class, RowClass::Title | RowClass::Note | RowClass::Unplaced)
    });
    for (index, _) in around {
        let Ok(place) = sheet.rows.binary_search_by_key(index, |row| row.index) else { continue };
        for (label, text) in said_in(&sheet.rows[place], pipeline) {
            take(&mut found, label, &text, pipeline);
        }
    }
    found
}

/// Adds what a label says to what is known.
fn take(found: &mut Contacts, label: Label, text: &str, pipeline: &Pipeline) {
    let mut said = Contacts::default();
    match label {
        Label::FilledBy => {
            // 填报人：张三 13800138000
            let (name, phone) = phones_apart(text);
            said.filled_by = name_in(&name, LONGEST_NAME, pipeline);
            said.phone = phone;
        }
        Label::Phone => said.phone = phones_apart(text).1,
        Label::ReviewedBy => {
            said.reviewed_by = name_in(&phones_apart(text).0, LONGEST_NAME, pipeline);
        }
        Label::Seal => said.sealed_by = name_in(text, LONGEST_SEAL, pipeline),
        Label::Other => {}
    }
    found.fill_from(&said);
}

/// Returns what the labels of a row say, in its order.
fn said_in(row: &Row, pipeline: &Pipeline) -> Vec<(Label, String)> {
    let mut said = Vec::new();
    // The label whose words are still to come, in this cell or the next.
    let mut open: Option<Label> = None;
    for cell in &row.cells {
        let text = typed_text(&cell.content);
        if text.chars().count() > LONGEST_LINE {
            open = None;
            continue;
        }
        let pieces = split_at_colons(&text);
        let Some((last, labelled)) = pieces.split_last() else { continue };
        for piece in labelled {
            let (value, label) = label_at_end(piece, open.is_some(), pipeline);
            close(&mut open, value, &mut said);
            open = Some(label);
        }
        if labelled.is_empty()
            && let Some(label) = label_alone(last, pipeline)
        {
            open = Some(label);
        } else if let Some(sealed) = sealed(last, pipeline).filter(|_| open.is_none()) {
            said.push((Label::Seal, sealed.to_owned()));
        } else {
            close(&mut open, last, &mut said);
        }
    }
    said
}

/// Gives an open label its words, where there are any.
fn close(open: &mut Option<Label>, value: &str, said: &mut Vec<(Label, String)>) {
    if value.trim().is_empty() {
        return;
    }
    if let Some(label) = open.take() {
        said.push((label, value.trim().to_owned()));
    }
}

/// Splits a text at its colons, but for those of a time of day.
fn split_at_colons(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, colon) in text.char_indices().filter(|(_, c)| matches!(c, ':' | '：' | '﹕' | '︰'))
    {
        let after = at + colon.len_utf8();
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if is_digit(text[..at].chars().next_back()) && is_digit(text[after..].chars().next()) {
            continue;
        }
        pieces.push(&text[start..at]);
        start = after;
    }
    pieces.push(&text[start..]);
    pieces
}

/// Parts a text before a colon into what the label before it said, and the label.
fn label_at_end<'a>(piece: &'a str, is_open: bool, pipeline: &Pipeline) -> (&'a str, Label) {
    let (base, inside) = without_brackets(piece);
    let at_blank = |text: &str| {
        let blank = text.char_indices().rev().find(|(_, c)| parts_words(*c));
        blank.map_or(0, |(at, c)| at + c.len_utf8())
    };
    // 填报单位（盖章）
    let is_sealed = inside.is_some_and(|inside| is_seal(inside, pipeline));
    let known =
        known_at_end(base, pipeline).filter(|(_, label)| !(is_sealed && *label == Label::Other));
    let Some((start, label)) = known else {
        return (&piece[..at_blank(base)], if is_sealed { Label::Seal } else { Label::Other });
    };
    let before = &base[..start];
    let token = at_blank(before);
    if token == start {
        return (before, label);
    }
    // What stands right before a label belongs to it, as in 科室电话, unless the label before it would
    // else say nothing: 填报人：张三电话：…
    if is_open && before[..token].trim().is_empty() {
        (before, label)
    } else {
        (&before[..token], label)
    }
}

/// Returns the label that a cell is, with nothing beside it.
fn label_alone(text: &str, pipeline: &Pipeline) -> Option<Label> {
    let (base, inside) = without_brackets(text);
    let whole = if base.trim().is_empty() { inside? } else { base };
    let (start, label) = known_at_end(whole, pipeline)?;
    whole[..start].trim().is_empty().then_some(label)
}

/// Returns whose seal a cell is the place of: 某局（盖章）.
fn sealed<'a>(text: &'a str, pipeline: &Pipeline) -> Option<&'a str> {
    let (base, inside) = without_brackets(text);
    (is_seal(inside?, pipeline) && !base.trim().is_empty()).then_some(base)
}

fn is_seal(text: &str, pipeline: &Pipeline) -> bool {
    label_alone(text, pipeline) == Some(Label::Seal)
}

/// Parts a text into what stands before its last brackets and what they hold, where it ends in some.
fn without_brackets(text: &str) -> (&str, Option<&str>) {
    let trimmed = text.trim_end();
    let inner = trimmed.strip_suffix([')', '）']).and_then(|inner| {
        let open = inner.rfind(['(', '（'])?;
        let after = inner[open..].chars().next()?.len_utf8();
        Some((&inner[..open], &inner[open + after..]))
    });
    match inner {
        Some((base, inside)) if !inside.chars().any(|c| c.is_ascii_digit()) => {
            (base.trim_end(), Some(inside))
        }
        _ => (trimmed, None),
    }
}

fn parts_words(c: char) -> bool {
    c.is_whitespace() || fold::is_invisible(c) || "、，,;；。|/_＿-—".contains(c)
}

/// Returns the longest known label at the end of a text and where it begins; labels are often
/// written apart: 电　话.
fn known_at_end(text: &str, pipeline: &Pipeline) -> Option<(usize, Label)> {
    let words = &pipeline.words;
    let lists = [
        (Label::FilledBy, &words.filled_by),
        (Label::Phone, &words.phones),
        (Label::ReviewedBy, &words.reviewed_by),
        (Label::Seal, &words.seals),
        (Label::Other, &words.signatures),
        (Label::Other, &words.signers),
        (Label::Other, &pipeline.roster.filled_on),
        (Label::Other, &pipeline.roster.submitter),
    ];
    let mut longest: Option<(usize, usize, Label)> = None;
    for (label, list) in lists {
        for word in list {
            if longest.is_some_and(|(length, ..)| length >= word.len()) {
                continue;
            }
            if let Some(start) = start_of_end(text, word) {
                longest = Some((word.len(), start, label));
            }
        }
    }
    longest.map(|(_, start, label)| (start, label))
}

/// Returns where the end of a text begins that is a word, however it is spaced.
fn start_of_end(text: &str, word: &str) -> Option<usize> {
    let mut rest = text.char_indices().rev().filter(|(_, c)| !c.is_whitespace());
    let mut start = None;
    for wanted in word.chars().rev() {
        let (at, c) = rest.next()?;
        if c != wanted && c.to_ascii_lowercase() != wanted {
            return None;
        }
        start = Some(at);
    }
    start
}

/// Returns a name, or nothing where a text is none: a blank, a line for ink, a date, another label.
fn name_in(text: &str, longest: usize, pipeline: &Pipeline) -> String {
    const FIGURES: usize = 3;
    let (base, _) = without_brackets(text);
    let name = base.trim_matches(|c: char| parts_words(c) || matches!(c, '.' | '…' | '(' | '（'));
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    let plain = fold::plain(name).to_lowercase();
    let is_none = name.chars().count() > longest
        || digits >= FIGURES
        || !name.chars().any(char::is_alphabetic)
        || label_alone(name, pipeline).is_some()
        || pipeline.words.not_applicable.contains(&plain);
    if is_none { String::new() } else { name.to_owned() }
}

/// Parts a text into its words and the telephone numbers in it.
fn phones_apart(text: &str) -> (String, String) {
    let mut words = String::new();
    let mut phones: Vec<String> = Vec::new();
    let mut run = String::new();
    // A mark at the end closes the last number.
    for c in text.chars().map(narrow).chain(std::iter::once('、')) {
        // A blank parts numbers, and the groups of one: 138 0013 8000.
        if c.is_ascii_digit() || (!run.is_empty() && (c == '-' || c == ' ')) || c == '+' {
            run.push(c);
            continue;
        }
        for phone in numbers_of(&run) {
            phones.push(phone);
        }
        if phones.is_empty() {
            words.push_str(&run);
        }
        run.clear();
        words.push(c);
    }
    words.pop();
    phones.truncate(MOST_PHONES);
    (words.trim().to_owned(), phones.join("、"))
}

/// Returns the telephone numbers of a run of digits, dashes and blanks.
fn numbers_of(run: &str) -> Vec<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let fits = |text: &str| PHONE_DIGITS.contains(&digits(text));
    let run = run.trim_matches([' ', '-']);
    if fits(run) {
        return vec![run.to_owned()];
    }
    let parts = run.split_whitespace().map(|part| part.trim_matches('-'));
    parts.filter(|part| fits(part)).map(str::to_owned).collect()
}

/// Returns a wide digit, dash or blank as the narrow one.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '－' | '—' | '–' | '―' => '-',
        '＋' => '+',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}
