//! Personal data in texts: numbers of identity cards, mobile telephones and bank cards, known by
//! their form and their check digits, and masked where a text goes to people whom they do not
//! concern. Figures are never texts here: whoever masks leaves columns of figures out.

use std::borrow::Cow;

/// What kind of number a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    Identity,
    Mobile,
    BankCard,
}

/// A number in a text: which, and the bytes of its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: Personal,
    /// Where each of its digits stands, and how long it is there.
    digits: Vec<(usize, usize)>,
}

/// The shortest number that is looked for.
const SHORTEST: usize = 11;
/// How the digits of numbers are grouped where they are parted by spaces or dashes.
const GROUPINGS: [&[usize]; 8] = [
    &[3, 4, 4],
    &[4, 4, 4, 4],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 3],
    &[6, 8, 4],
    &[6, 4, 4, 4],
    &[2, 3, 4, 4],
];
/// The first digits of the provinces.
const PROVINCES: [u32; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
];

/// Returns the personal numbers in a text, in their order.
pub fn found(text: &str) -> Vec<Found> {
    if !may_hold_one(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for run in runs(text) {
        let mut place = 0;
        while place < run.len() {
            let Some((kind, digits, groups)) = known(&run[place..], text) else {
                place += 1;
                continue;
            };
            found.push(Found { kind, digits });
            place += groups;
        }
    }
    found
}

/// Returns a text with the middle of each personal number replaced by stars.
pub fn masked(text: &str) -> Cow<'_, str> {
    let found = found(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for number in found {
        let kept = if number.kind == Personal::BankCard { 4 } else { 3 };
        // 86 before a mobile number is shown, too.
        let shown = if number.digits.len() == 13 { kept + 2 } else { kept };
        let end = number.digits.len() - 4;
        for (at, length) in &number.digits[shown..end] {
            masked.push_str(&text[from..*at]);
            masked.push('*');
            from = at + length;
        }
    }
    masked.push_str(&text[from..]);
    Cow::Owned(masked)
}

/// Whether a text has digits enough; most have not, and cost no more than this.
fn may_hold_one(text: &str) -> bool {
    text.len() >= SHORTEST
        && text.chars().filter(|c| digit(*c).is_some()).nth(SHORTEST - 1).is_some()
}

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(u32::from(c) - u32::from('0')),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => None,
    }
}

/// Digits that stand together, and the X that may end the last of them.
struct Group {
    digits: Vec<(usize, usize, u32)>,
    cross: Option<(usize, usize)>,
}

/// Returns the groups of digits that are parted by nothing but a space, a dash or what does not show.
fn runs(text: &str) -> Vec<Vec<Group>> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut runs: Vec<Vec<Group>> = vec![Vec::new()];
    let mut at = 0;
    let mut parted = true;
    while at < characters.len() {
        if digit(characters[at].1).is_none() {
            let is_separator = |c: char| {
                matches!(c, ' ' | '-' | '\u{a0}' | '—' | '－') || super::fold::is_invisible(c)
            };
            // One mark parts two groups; two, or a word, begin a new run.
            if parted || !is_separator(characters[at].1) {
                runs.push(Vec::new());
            }
            parted = true;
            at += 1;
            continue;
        }
        parted = false;
        let begin = at;
        let mut digits = Vec::new();
        while let Some((place, c)) = characters.get(at).copied()
            && let Some(value) = digit(c)
        {
            digits.push((place, c.len_utf8(), value));
            at += 1;
        }
        let next = characters.get(at).map(|(_, c)| *c);
        let cross = characters.get(at).filter(|(_, c)| matches!(c, 'X' | 'x' | 'Ｘ' | 'ｘ'));
        let cross = cross.map(|(place, c)| (*place, c.len_utf8()));
        let after = match cross {
            Some(_) => characters.get(at + 1).map(|(_, c)| *c),
            None => next,
        };
        let before = begin.checked_sub(1).map(|place| characters[place].1);
        let is_point = |c: Option<char>, beyond: Option<char>| {
            matches!(c, Some('.' | ',' | '．' | '，' | '/' | ':'))
                && beyond.is_some_and(|c| digit(c).is_some())
        };
        let second_before = begin.checked_sub(2).map(|place| characters[place].1);
        let second_after = characters.get(at + 1).map(|(_, c)| *c);
        // A part of a figure, a code or a hash is no number of its own.
        let is_apart = !is_point(before, second_before)
            && !is_point(next, second_after)
            && !matches!(before, Some('¥' | '￥' | '$' | '#' | '_'))
            && !before.is_some_and(|c| c.is_ascii_alphabetic() && in_code(&characters, begin))
            && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_apart {
            if let Some(run) = runs.last_mut() {
                run.push(Group { digits, cross });
            }
        } else {
            runs.push(Vec::new());
        }
        if cross.is_some() {
            at += 1;
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Whether the letters before a digit belong to a code, in which letters and digits are mixed.
fn in_code(characters: &[(usize, char)], begin: usize) -> bool {
    let before = characters[..begin].iter().rev().map(|(_, c)| *c);
    before.take_while(char::is_ascii_alphanumeric).any(|c| c.is_ascii_digit())
}

/// A number, where its digits stand, and over how many groups.
type Known = (Personal, Vec<(usize, usize)>, usize);

/// Returns the number that the first groups of a run are.
fn known(groups: &[Group], text: &str) -> Option<Known> {
    let alone = [groups[0].digits.len()];
    let wholes = std::iter::once(&alone[..]).chain(GROUPINGS);
    for grouping in wholes {
        let Some(part) = groups.get(..grouping.len()) else { continue };
        let fits = part.iter().zip(grouping).all(|(group, length)| {
            // The X of an identity card counts as one of its last four.
            group.digits.len() == *length
                || (grouping.len() > 1
                    && group.cross.is_some()
                    && group.digits.len() + 1 == *length)
        });
        let (inner, last) = part.split_at(part.len() - 1);
        if !fits || inner.iter().any(|group| group.cross.is_some()) {
            continue;
        }
        let values: Vec<u32> =
            part.iter().flat_map(|group| group.digits.iter().map(|digit| digit.2)).collect();
        let cross = last[0].cross;
        let Some(kind) = kind_of(&values, cross.is_some()) else { continue };
        let digits = part.iter().flat_map(|group| &group.digits);
        let digits: Vec<(usize, usize)> =
            digits.map(|(at, length, _)| (*at, *length)).chain(cross).collect();
        let end = digits.last().map_or(0, |(at, length)| at + length);
        if kind == Personal::Mobile && is_quantity(&text[end..]) {
            continue;
        }
        return Some((kind, digits, grouping.len()));
    }
    None
}

/// Whether what follows a figure says what it counts.
fn is_quantity(after: &str) -> bool {
    let after = after.trim_start();
    after.starts_with(['元', '万', '亿', '角', '分', '%', '％', '㎡', '㎞'])
}

fn kind_of(digits: &[u32], has_cross: bool) -> Option<Personal> {
    match digits.len() {
        17 if has_cross => is_identity(digits, 10).then_some(Personal::Identity),
        _ if has_cross => None,
        11 => is_mobile(digits).then_some(Personal::Mobile),
        13 if digits[..2] == [8, 6] => is_mobile(&digits[2..]).then_some(Personal::Mobile),
        15 => is_old_identity(digits).then_some(Personal::Identity),
        18 if is_identity(&digits[..17], digits[17]) => Some(Personal::Identity),
        16..=19 => is_bank_card(digits).then_some(Personal::BankCard),
        _ => None,
    }
}

fn is_mobile(digits: &[u32]) -> bool {
    digits[0] == 1 && digits[1] >= 3
}

fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + digit)
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// The standard's check: weights that are powers of two, by the rest after 11.
fn is_identity(digits: &[u32], check: u32) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    PROVINCES.contains(&number(&digits[..2]))
        && (1800..2100).contains(&number(&digits[6..10]))
        && is_day(number(&digits[10..12]), number(&digits[12..14]))
        && (12 - sum % 11) % 11 == check
}

/// Without a check digit: the province and the day of birth have to be possible.
fn is_old_identity(digits: &[u32]) -> bool {
    PROVINCES.contains(&number(&digits[..2]))
        && digits[2..6] != [0, 0, 0, 0]
        && is_day(number(&digits[8..10]), number(&digits[10..12]))
}

/// The check digit of cards, and the first digit of those that people have.
fn is_bank_card(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match place % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    };
    (3..=6).contains(&digits[0])
        && digits.iter().any(|digit| *digit != digits[0])
        && digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_in_any_spelling() {
        for (text, shown) in [
            ("张三13812341234，到位", "张三138****1234，到位"),
            ("电话：138 1234 1234。", "电话：138 **** 1234。"),
            ("138-1234-1234", "138-****-1234"),
            ("１３８１２３４１２３４", "１３８****１２３４"),
            ("+8613812341234", "+86138****1234"),
            ("+86 138 1234 1234", "+86 138 **** 1234"),
            ("tel13812341234", "tel138****1234"),
            ("11010519491231002X", "110***********002X"),
            ("（身份证440524188001010014）", "（身份证440***********0014）"),
            ("110105 19491231 002x", "110*** ******** 002x"),
            ("130503670401001", "130********1001"),
            ("卡号6222021234567890128", "卡号6222***********0128"),
            ("6222 0212 3456 7890 128", "6222 **** **** ***0 128"),
            ("13812341234、13912341234", "138****1234、139****1234"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn what_is_no_personal_number_stays() {
        for text in [
            "13812341234元",
            "13812341234.50",
            "1,381,234,123.4",
            "0.13812341234",
            "12812341234",
            "138123412345",
            "110105194912310021",
            "440524188013010014",
            "6222021234567890127",
            "20201031-20201231",
            "9113812341234ABCDE",
            "a13812341234b9",
            "2020-10-31 20:15:30",
            "第138期1234户1234人",
            "",
        ] {
            assert!(matches!(masked(text), Cow::Borrowed(_)), "{text}: {}", masked(text));
        }
    }

    #[test]
    fn the_kinds_are_told_apart() {
        let kinds =
            |text: &str| found(text).into_iter().map(|found| found.kind).collect::<Vec<_>>();
        let all = "13812341234 11010519491231002X；6222021234567890128";
        assert_eq!(kinds(all), [Personal::Mobile, Personal::Identity, Personal::BankCard]);
    }
}
