//! Records of a text file: how a line is cut into fields, and what is odd about its quotes.
//!
//! Nothing is thrown away and nothing is refused: where quotes do not pair, the record is read both
//! ways that are left, the one with as many fields as the others have is taken, and it is told.

use std::borrow::Cow;

/// How a text file writes its fields; all are single bytes of ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: u8,
    pub quote: Option<u8>,
    /// Whether a backslash escapes a quote, instead of a second quote.
    pub backslash: bool,
    /// Whether a space stands behind each delimiter and belongs to none of the fields.
    pub spaced: bool,
}

/// What is odd about the quotes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A quote opens a field and nothing closes it.
    Unclosed,
    /// A quote stands where none can: inside a field, or in front of one that is not quoted.
    Stray,
    /// A quoted field holds the lines that follow, each of which would be a record of its own.
    Swallows,
}

/// A record: one line, or several where a quoted field holds line breaks.
#[derive(Clone, Debug, Default)]
pub struct Record<'t> {
    pub fields: Vec<Cow<'t, str>>,
    /// Which of the fields stand in quotes.
    pub quoted: Vec<bool>,
    pub oddity: Option<Oddity>,
    /// How many line breaks it holds.
    pub breaks: u32,
    /// Where the next record begins.
    pub end: usize,
}

/// What becomes of a quote that neither closes a field nor is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unpaired {
    /// It is a character of the quoted field, which goes on.
    Inside,
    /// The quote that opened the field is a character as well, and the field is not quoted.
    Literal,
}

/// How far a quoted field with an unpaired quote may go on: a bound, so that a file full of them is
/// still read in one go.
const FARTHEST: usize = 4096;

/// Cuts the record that begins at `start`; of a record whose quotes do not pair the reading is taken
/// that has as many fields as expected, if any has.
pub fn record(text: &str, start: usize, dialect: Dialect, expected: Option<usize>) -> Record<'_> {
    let inside = cut(text, start, dialect, Unpaired::Inside);
    if inside.oddity.is_none() {
        return if inside.breaks > 0 && swallows(text, start, &inside, dialect, expected) {
            Record { oddity: Some(Oddity::Swallows), ..inside }
        } else {
            inside
        };
    }
    let fits = |record: &Record<'_>| expected.is_none_or(|count| record.fields.len() == count);
    if fits(&inside) && inside.breaks == 0 {
        return inside;
    }
    let literal = cut(text, start, dialect, Unpaired::Literal);
    if fits(&literal) || !fits(&inside) { literal } else { inside }
}

/// Cuts the record as it stands, without looking for a better reading.
pub fn plain(text: &str, start: usize, dialect: Dialect) -> Record<'_> {
    cut(text, start, dialect, Unpaired::Inside)
}

/// Returns whether each line that a record holds would be a record as wide as the others, if the
/// quotes that join them were characters.
fn swallows(
    text: &str,
    start: usize,
    joined: &Record<'_>,
    dialect: Dialect,
    expected: Option<usize>,
) -> bool {
    let Some(expected) = expected.filter(|expected| *expected > 1) else { return false };
    let mut at = start;
    while at < joined.end {
        let line = cut(text, at, Dialect { quote: None, ..dialect }, Unpaired::Literal);
        if line.fields.len() != expected {
            return false;
        }
        at = line.end;
    }
    true
}

fn cut(text: &str, start: usize, dialect: Dialect, unpaired: Unpaired) -> Record<'_> {
    let bytes = text.as_bytes();
    let mut record = Record { end: start, ..Record::default() };
    loop {
        let at = record.end;
        let (text_of, quoted, after) = match opening(bytes, at, dialect) {
            Some((quote, content)) => match closing(text, content, quote, dialect, unpaired) {
                Ok(closed) => {
                    record.breaks += closed.breaks;
                    if closed.is_odd {
                        record.oddity.get_or_insert(Oddity::Stray);
                    }
                    (closed.content, true, closed.after)
                }
                Err(oddity) => {
                    record.oddity.get_or_insert(oddity);
                    bare(text, at, dialect)
                }
            },
            None => bare(text, at, dialect),
        };
        record.fields.push(text_of);
        record.quoted.push(quoted);
        record.end = after;
        match bytes.get(after) {
            Some(byte) if *byte == dialect.delimiter => record.end += 1,
            Some(_) => {
                record.end = past_break(bytes, after);
                return record;
            }
            None => return record,
        }
    }
}

/// Returns the quote that opens a field at `at`, and where its content begins: spaces may stand in
/// front of it, and the sign with which a spreadsheet is told that figures are a text (`="020"`).
fn opening(bytes: &[u8], at: usize, dialect: Dialect) -> Option<(u8, usize)> {
    let quote = dialect.quote?;
    let mut first = at;
    while dialect.delimiter != b' ' && bytes.get(first) == Some(&b' ') {
        first += 1;
    }
    if bytes.get(first) == Some(&b'=') && dialect.delimiter != b'=' {
        first += 1;
    }
    (bytes.get(first) == Some(&quote)).then_some((quote, first + 1))
}

/// A field in quotes.
struct Closed<'t> {
    content: Cow<'t, str>,
    breaks: u32,
    /// Whether a quote inside it is neither escaped nor the last one.
    is_odd: bool,
    /// Where its delimiter, line break or the end of the text stands.
    after: usize,
}

fn closing(
    text: &str,
    content: usize,
    quote: u8,
    dialect: Dialect,
    unpaired: Unpaired,
) -> Result<Closed<'_>, Oddity> {
    let bytes = text.as_bytes();
    let mut at = content;
    let mut breaks = 0;
    let (mut is_escaped, mut odd_at) = (false, None);
    while let Some(&byte) = bytes.get(at) {
        if odd_at.is_some_and(|odd| at > odd + FARTHEST) {
            return Err(Oddity::Stray);
        }
        let next = bytes.get(at + 1);
        if byte == quote {
            if !dialect.backslash && next == Some(&quote) {
                is_escaped = true;
                at += 2;
                continue;
            }
            let mut after = at + 1;
            while dialect.delimiter != b' ' && bytes.get(after) == Some(&b' ') {
                after += 1;
            }
            let ends = |byte: &u8| *byte == dialect.delimiter || matches!(byte, b'\n' | b'\r');
            if bytes.get(after).is_none_or(ends) {
                let content = unescaped(&text[content..at], quote, is_escaped, dialect);
                return Ok(Closed { content, breaks, is_odd: odd_at.is_some(), after });
            }
            if unpaired == Unpaired::Literal {
                return Err(Oddity::Stray);
            }
            odd_at.get_or_insert(at);
        } else if dialect.backslash && byte == b'\\' && next.is_some() {
            is_escaped = true;
            at += 1;
            // What is escaped may be more than a byte, but none of those is a sign looked for here.
        } else if byte == b'\n' || (byte == b'\r' && next != Some(&b'\n')) {
            breaks += 1;
        }
        at += 1;
    }
    Err(if odd_at.is_some() { Oddity::Stray } else { Oddity::Unclosed })
}

fn unescaped(content: &str, quote: u8, is_escaped: bool, dialect: Dialect) -> Cow<'_, str> {
    if !is_escaped {
        return Cow::Borrowed(content);
    }
    let quote = char::from(quote);
    let escape = if dialect.backslash { '\\' } else { quote };
    let mut plain = String::with_capacity(content.len());
    let mut characters = content.chars().peekable();
    while let Some(character) = characters.next() {
        let is_escape = character == escape
            && characters.peek().is_some_and(|next| *next == quote || *next == escape);
        plain.push(if is_escape { characters.next().unwrap_or(character) } else { character });
    }
    Cow::Owned(plain)
}

/// Cuts a field that stands in no quotes.
fn bare(text: &str, start: usize, dialect: Dialect) -> (Cow<'_, str>, bool, usize) {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut is_escaped = false;
    while let Some(&byte) = bytes.get(at) {
        if byte == dialect.delimiter || matches!(byte, b'\n' | b'\r') {
            break;
        }
        if dialect.backslash && byte == b'\\' && bytes.get(at + 1) == Some(&dialect.delimiter) {
            is_escaped = true;
            at += 1;
        }
        at += 1;
    }
    let field = &text[start..at];
    let field = if dialect.spaced { field.strip_prefix(' ').unwrap_or(field) } else { field };
    let field = if is_escaped {
        let delimiter = char::from(dialect.delimiter);
        Cow::Owned(field.replace(&format!("\\{delimiter}"), &delimiter.to_string()))
    } else {
        Cow::Borrowed(field)
    };
    (field, false, at)
}

/// Returns where the line after the break at `at` begins.
fn past_break(bytes: &[u8], at: usize) -> usize {
    let is_pair = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
    at + if is_pair { 2 } else { 1 }
}
