//! How a text file writes its fields, decided by which reading makes its rows most alike.
//!
//! Every plausible delimiter, quote and escape is tried on the head of the file. A reading is worth
//! how alike the widths of its rows are, times how many of its cells are something that people write
//! into cells: a number, a date, a word. A comma inside amounts or sentences makes rows of all
//! widths, and what it leaves of them is no number, however often it stands there.

use super::records::{self, Dialect};

/// What was decided, and how many fields the rows then have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decided {
    pub dialect: Dialect,
    /// The width that most rows have; none where no row has two fields.
    pub width: Option<usize>,
    /// A delimiter by which the file reads nearly as well.
    pub rival: Option<u8>,
    score: f64,
}

/// How much of what the best reading is worth another one has to be worth, to be said beside it.
const RIVALS: f64 = 0.75;

/// How much of a file is looked at, and how many of its records.
const HEAD: usize = 64 * 1024;
const RECORDS: usize = 400;

/// What is looked at where the rest of a file is unlike its head.
const FAR: usize = 1024 * 1024;

/// The share of rows from which on a file is unlike its head.
const UNLIKE: f64 = 0.25;

/// Delimiters, with what their reading is worth beside others: one that stands in texts, times and
/// formulas has to make its rows much more alike.
const DELIMITERS: [(u8, f64); 10] = [
    (b',', 1.0),
    (b';', 1.0),
    (b'\t', 1.0),
    (b'|', 1.0),
    (b'#', 0.7),
    (b'^', 0.7),
    (b'~', 0.7),
    (b'*', 0.6),
    (b':', 0.45),
    (b' ', 0.5),
];

/// What a reading by an unusual delimiter is worth at least: such signs stand in most texts.
const UNUSUAL: f64 = 0.5;

/// Decides on the head of a text, and on far more of it where the rest is written otherwise.
pub fn decide(text: &str) -> Decided {
    let decided = decide_on(text, HEAD);
    if text.len() <= HEAD || unlike(text, decided) < UNLIKE {
        return decided;
    }
    let other = decide_on(text, FAR);
    let is_better = other.dialect != decided.dialect && unlike(text, other) < unlike(text, decided);
    if is_better { other } else { decided }
}

/// Returns the share of a whole text's rows that are not as wide as most of its head.
fn unlike(text: &str, decided: Decided) -> f64 {
    let (mut rows, mut others) = (0_usize, 0_usize);
    let mut at = 0;
    while at < text.len() {
        let record = records::plain(text, at, decided.dialect);
        at = record.end;
        rows += 1;
        others += usize::from(Some(record.fields.len()) != decided.width);
    }
    number(others) / number(rows.max(1))
}

/// Decides on as many bytes of a text.
fn decide_on(text: &str, bytes: usize) -> Decided {
    let sample = head(text, bytes);
    let most = RECORDS * bytes.div_ceil(HEAD);
    let told = told_delimiter(text);
    let sample = if told.is_some() { &sample[second_line(sample)..] } else { sample };
    let is_whole = sample.len() == text.len();
    let mut best: Option<Decided> = None;
    let mut readings: Vec<(u8, f64)> = Vec::new();
    // A sign of texts and times is no delimiter where each line has one that is.
    let only_usual = DELIMITERS
        .iter()
        .any(|(delimiter, worth)| *worth >= 1.0 && stands_throughout(sample, *delimiter));
    for (delimiter, worth) in DELIMITERS {
        if only_usual && worth < 1.0 && told.is_none() {
            continue;
        }
        match told {
            Some(told) if told != delimiter => continue,
            None if !sample.as_bytes().contains(&delimiter) => continue,
            _ => {}
        }
        for (quote, backslash) in quotes(sample, delimiter) {
            let dialect = Dialect { delimiter, quote, backslash, spaced: false };
            let Tried { score, width } = tried(sample, dialect, is_whole, most);
            if worth < 1.0 && (score < UNUSUAL || width.is_none_or(|width| width < 3)) {
                continue;
            }
            let score = score * worth;
            readings.push((delimiter, score));
            if best.is_none_or(|best| score > best.score + 1e-9) {
                best = Some(Decided { dialect, width, rival: None, score });
            }
        }
    }
    let usual = Dialect {
        delimiter: told.unwrap_or(b','),
        quote: Some(b'"'),
        backslash: false,
        spaced: false,
    };
    let mut best = best.unwrap_or(Decided { dialect: usual, width: None, rival: None, score: 0.0 });
    // Where quotes decide nothing, they are what they are everywhere.
    best.dialect.quote = best.dialect.quote.or(usual.quote);
    best.dialect.spaced = is_spaced(sample, best.dialect);
    let others = readings.iter().filter(|(delimiter, score)| {
        *delimiter != best.dialect.delimiter && *score > best.score * RIVALS
    });
    best.rival = others
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(delimiter, _)| *delimiter)
        .or_else(|| rival_of_few(sample, best.dialect.delimiter));
    best
}

/// Two lines may be alike by chance: returns another sign that stands in both of them, or, beside a
/// delimiter that few write, in either.
fn rival_of_few(sample: &str, taken: u8) -> Option<u8> {
    let lines: Vec<&str> =
        sample.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(3).collect();
    let is_usual = b",;\t|".contains(&taken);
    let stands = |line: &&str, sign: u8| line.as_bytes().contains(&sign);
    let is_rival = |sign: &u8| match lines.as_slice() {
        [one, other] if is_usual => stands(one, *sign) && stands(other, *sign),
        [one, other] => b",;\t|".contains(sign) && (stands(one, *sign) || stands(other, *sign)),
        _ => false,
    };
    b",;\t|:".iter().copied().filter(|sign| *sign != taken).find(is_rival)
}

/// Returns the delimiter that a first line `sep=;` tells spreadsheets, if it is one byte.
pub fn told_delimiter(text: &str) -> Option<u8> {
    let line = &text[..line_end_of(text)];
    let line = line.trim_matches(['"', '\u{feff}']);
    let told = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    let rest = line.as_bytes().get(told.len()..)?;
    let first = *rest.first()?;
    // Spreadsheets pad the line with delimiters when they save it again.
    rest.iter().all(|byte| *byte == first).then_some(first).filter(u8::is_ascii)
}

fn line_end_of(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// Returns where the second line begins.
pub fn second_line(text: &str) -> usize {
    let end = line_end_of(text);
    let rest = &text[end..];
    end + if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) }
}

/// Returns the beginning of a text, up to a line's end.
fn head(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    head.rfind(['\n', '\r']).map_or(head, |last| &head[..=last])
}

/// Returns whether a delimiter stands in nearly every line.
fn stands_throughout(sample: &str, delimiter: u8) -> bool {
    let (mut with, mut all) = (0_usize, 0_usize);
    for line in sample.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
        all += 1;
        with += usize::from(line.as_bytes().contains(&delimiter));
    }
    with > 0 && with * 10 >= all * 9
}

/// Returns the quotes and escapes that a delimiter's reading may have: those that stand where a
/// field begins.
fn quotes(sample: &str, delimiter: u8) -> Vec<(Option<u8>, bool)> {
    let bytes = sample.as_bytes();
    let mut found = vec![(Some(b'"'), false)];
    let has = |quote: u8| {
        let mut before = b'\n';
        bytes.iter().any(|byte| {
            let opens = *byte == quote && (before == delimiter || matches!(before, b'\n' | b'\r'));
            if *byte != b' ' {
                before = *byte;
            }
            opens
        })
    };
    let (double, single) = (has(b'"'), has(b'\''));
    if single {
        found.push((Some(b'\''), false));
    }
    if sample.contains("\\\"") && double {
        found.push((Some(b'"'), true));
    }
    if sample.contains("\\'") && single {
        found.push((Some(b'\''), true));
    }
    found
}

struct Tried {
    score: f64,
    width: Option<usize>,
}

/// Reads a sample in a dialect and says what that is worth.
fn tried(sample: &str, dialect: Dialect, is_whole: bool, most: usize) -> Tried {
    let mut widths: Vec<usize> = Vec::new();
    let (mut cells, mut known) = (0.0, 0.0);
    let (mut rows, mut odd) = (0_u32, 0_u32);
    let mut at = 0;
    while at < sample.len() && widths.len() < most {
        let start = at;
        let record = records::plain(sample, start, dialect);
        at = record.end;
        // A quote that is open where the sample ends may close behind it.
        if at >= sample.len() && !is_whole && record.oddity.is_some() {
            break;
        }
        let is_comment = record.fields.len() > 1 && sample[start..].starts_with('#');
        if is_comment || record.fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        rows += 1;
        odd += u32::from(record.oddity.is_some());
        let mut of_row = 0.0;
        for (field, quoted) in record.fields.iter().zip(&record.quoted) {
            of_row += likelihood(field, *quoted, dialect);
        }
        let count = record.fields.len();
        // Each row weighs as much as another, however many cells it is cut into.
        known += of_row / number(count);
        cells += 1.0;
        widths.push(count);
    }
    let width = usual_width(&widths);
    if cells == 0.0 {
        return Tried { score: 0.0, width };
    }
    let pairing = 1.0 - 0.5 * f64::from(odd) / f64::from(rows.max(1));
    Tried { score: likeness(&widths) * (known / cells) * pairing, width }
}

/// Returns the width of most rows that have two fields or more.
fn usual_width(widths: &[usize]) -> Option<usize> {
    let mut sorted: Vec<usize> = widths.iter().copied().filter(|width| *width > 1).collect();
    sorted.sort_unstable();
    sorted
        .chunk_by(|one, other| one == other)
        .max_by_key(|alike| (alike.len(), alike[0]))
        .map(|alike| alike[0])
}

/// What it counts that a row has one field more or less than a neighbour: enough to decide about two
/// rows, and too little beside rows that are alike.
const NEARLY: f64 = 0.2;

/// Returns how alike rows are: the share of them that are as wide as a neighbour, wider rows
/// counting for a little more, over how often the width changes.
fn likeness(widths: &[usize]) -> f64 {
    if let [only] = widths {
        return 0.5 * (1.0 - 1.0 / number(*only)) + 0.001;
    }
    let mut alike = 0.0;
    for (place, width) in widths.iter().enumerate() {
        if *width < 2 {
            continue;
        }
        let before = place.checked_sub(1).map(|before| widths[before]);
        let neighbours = || [before, widths.get(place + 1).copied()].into_iter().flatten();
        let share = if neighbours().any(|other| other == *width) {
            1.0
        } else if neighbours().any(|other| other > 1 && other.abs_diff(*width) == 1) {
            NEARLY
        } else {
            0.0
        };
        alike += share * (1.0 - 1.0 / (number(*width) + 1.0));
    }
    let rows = number(widths.len());
    let changes = number(widths.windows(2).filter(|pair| pair[0] != pair[1]).count());
    alike / rows / (1.0 + 2.0 * changes / rows) + 0.001
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// Returns how likely it is that somebody wrote this into a cell.
fn likelihood(field: &str, quoted: bool, dialect: Dialect) -> f64 {
    let text = field.trim();
    if text.is_empty() {
        return 0.6;
    }
    if is_figure(text) {
        return 1.0;
    }
    if quoted {
        return 1.0;
    }
    let is_torn = text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']);
    if is_torn || text.contains('"') {
        return 0.1;
    }
    let has_other =
        text.bytes().any(|byte| byte != dialect.delimiter && matches!(byte, b';' | b'\t' | b'|'));
    if has_other {
        return 0.3;
    }
    if text.contains(',') { 0.6 } else { 0.9 }
}

/// Returns whether a text is an amount, a date, a time or a percentage: figures with the signs that
/// stand in them, and few letters.
pub fn is_figure(text: &str) -> bool {
    let (mut digits, mut letters) = (0, 0);
    let mut last = ' ';
    for character in text.chars() {
        match character {
            '0'..='9' => digits += 1,
            // A delimiter never stands twice, nor at an end, in a figure.
            ',' if last.is_ascii_digit() => {}
            '.' | '-' | '+' | '/' | ':' | ' ' | '%' | '(' | ')' | '¥' | '￥' | '$' | '€' | '£'
            | '年' | '月' | '日' | '万' | '元' | '亿' => {}
            'e' | 'E' | 'T' | 'Z' => letters += 1,
            _ => return false,
        }
        last = character;
    }
    digits > 0 && letters <= 2 && last != ','
}

/// Returns whether nearly every delimiter is followed by a space.
fn is_spaced(sample: &str, dialect: Dialect) -> bool {
    if matches!(dialect.delimiter, b' ' | b'\t') {
        return false;
    }
    let (mut spaced, mut all) = (0_usize, 0_usize);
    let bytes = sample.as_bytes();
    for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == dialect.delimiter) {
        all += 1;
        spaced += usize::from(bytes.get(place + 1) == Some(&b' '));
    }
    all > 0 && spaced * 10 >= all * 9
}
