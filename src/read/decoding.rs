//! From bytes to text: which encoding a text file has, and which lines are damaged.
//!
//! Lines are looked at one by one: a line in another encoding makes the file one of two, and a byte
//! that is no character is told with its line, instead of making the file no text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::model::finding::Refusal;

/// A text, and the lines of it that hold bytes which are no text, counted from 0.
pub struct Decoded {
    pub text: String,
    pub damaged: Vec<u32>,
}

/// Decodes a text file.
///
/// # Errors
/// Refuses bytes that are no text, and text of which single lines are in another encoding.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let (encoding, after_mark) = match Encoding::for_bom(bytes) {
        // A mark is only as true as what follows it.
        Some((encoding, length)) if encoding != UTF_8 => (encoding, length),
        marked => {
            let after_mark = marked.map_or(0, |(_, length)| length);
            (encoding_of(&bytes[after_mark..])?, after_mark)
        }
    };
    let (decoded, _) = encoding.decode_without_bom_handling(&bytes[after_mark..]);
    clean(&decoded)
}

/// Takes out what is no text, and notes where it stood.
fn clean(decoded: &str) -> Result<Decoded, Refusal> {
    let mut text = String::with_capacity(decoded.len());
    let (mut line, mut damaged) = (0_u32, Vec::new());
    let (mut bad, mut all) = (0_usize, 0_usize);
    let mut last = '\n';
    // What was allocated and never written is no content.
    let decoded = decoded.trim_end_matches('\0');
    for character in decoded.chars() {
        all += 1;
        if character == '\n' && last != '\r' || character == '\r' {
            line = line.saturating_add(1);
        }
        let is_bad = character == '\u{fffd}'
            || character.is_control()
                && !matches!(character, '\t' | '\n' | '\r' | '\u{1a}' | '\u{c}' | '\u{b}');
        // Files that were joined carry the mark of the second one at the beginning of a line.
        let is_mark = character == '\u{feff}' && matches!(last, '\n' | '\r');
        if is_bad {
            bad += 1;
            if damaged.last() != Some(&line) {
                damaged.push(line);
            }
        }
        // The end of a text file, as old systems marked it.
        let is_shown = character == '\u{fffd}' || !is_bad && character != '\u{1a}';
        if is_shown && !is_mark {
            text.push(character);
        }
        if !is_mark {
            last = character;
        }
    }
    let is_binary = bad > 3 && bad * 20 > all;
    if is_binary {
        return Err(Refusal::NotASpreadsheet("binary data".to_owned()));
    }
    Ok(Decoded { text, damaged })
}

/// What one line's bytes above ASCII are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// UTF-8, but for a byte or two, and how many characters of Chinese.
    Utf8(usize),
    /// No UTF-8, and characters of Chinese in GB18030.
    Gb18030(usize),
    /// Neither, or a few bytes that could be either.
    Unclear,
}

/// How many characters of Chinese make it certain that a line is in another encoding than the others.
const CERTAIN: usize = 3;

fn encoding_of(bytes: &[u8]) -> Result<&'static Encoding, Refusal> {
    if let Some(encoding) = unmarked_utf16(bytes) {
        return Ok(encoding);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(UTF_8);
    }
    let (mut of_utf8, mut of_gb18030) = (Lines::default(), Lines::default());
    let mut unclear = 0_usize;
    for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.is_ascii() {
            continue;
        }
        match written(line) {
            Written::Utf8(characters) => of_utf8.add(place, characters),
            Written::Gb18030(characters) => of_gb18030.add(place, characters),
            Written::Unclear => unclear += 1,
        }
    }
    let is_utf8 = of_utf8.count > of_gb18030.count;
    let fewer = if is_utf8 { &of_gb18030 } else { &of_utf8 };
    if of_utf8.count.min(of_gb18030.count) > 0
        && let Some(line) = fewer.first_certain
    {
        return Err(Refusal::MixedEncodings(u32::try_from(line + 1).unwrap_or(u32::MAX)));
    }
    if is_utf8 {
        return Ok(UTF_8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // A line with a bad byte would rule out the encoding of all others.
    if unclear * 10 < of_gb18030.count {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if matches!(written(line), Written::Gb18030(_)) {
                detector.feed(line, false);
            }
        }
        detector.feed(b"", true);
    } else {
        detector.feed(bytes, true);
    }
    let encoding = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    Ok(if encoding == GBK { GB18030 } else { encoding })
}

/// The lines in one encoding.
#[derive(Default)]
struct Lines {
    count: usize,
    first_certain: Option<usize>,
}

impl Lines {
    fn add(&mut self, place: usize, characters: usize) {
        self.count += 1;
        if characters >= CERTAIN {
            self.first_certain.get_or_insert(place);
        }
    }
}

/// Returns what a line is written in. Chinese takes three bytes a character in UTF-8; two bytes that
/// are valid in it may as well be a word in GB18030, whose usual characters begin with certain bytes.
fn written(line: &[u8]) -> Written {
    let (mut wide, mut chinese, mut broken) = (0_usize, 0_usize, 0_usize);
    for chunk in line.utf8_chunks() {
        for character in chunk.valid().chars().filter(|character| character.len_utf8() > 2) {
            wide += 1;
            let is_chinese = matches!(character, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
            chinese += usize::from(is_chinese);
        }
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if wide > 0 && broken * 4 <= wide {
        return Written::Utf8(chinese);
    }
    let (mut pairs, mut usual, mut signs) = (0_usize, 0_usize, 0_usize);
    let mut at = 0;
    while let Some(&lead) = line.get(at) {
        at += 1;
        if lead.is_ascii() {
            continue;
        }
        let trail = line.get(at).copied().unwrap_or_default();
        at += 1;
        pairs += 1;
        usual += usize::from(matches!(lead, 0xb0..=0xd7) && trail >= 0xa1);
        signs += usize::from(matches!(lead, 0xa1..=0xa3) && trail >= 0xa1);
    }
    let is_gb18030 = usual >= 2 && (usual + signs) * 10 >= pairs * 7;
    let (_, had_errors) = GB18030.decode_without_bom_handling(line);
    if is_gb18030 && !had_errors { Written::Gb18030(usual) } else { Written::Unclear }
}

/// Recognises UTF-16 without a mark: in it every byte of ASCII stands beside a zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(64 * 1024)];
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0 && pair[1] != 0);
        odd += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    let enough = (head.len() / 2).div_ceil(20).max(2);
    let encoding = match (even >= enough, odd >= enough) {
        (true, false) if odd * 10 <= even => UTF_16BE,
        (false, true) if even * 10 <= odd => UTF_16LE,
        _ => return None,
    };
    // Bytes that only look like it are no text in it either.
    let (text, _) = encoding.decode_without_bom_handling(head);
    let strange = text.chars().filter(|character| {
        *character == '\u{fffd}' || character.is_control() && !character.is_whitespace()
    });
    (strange.count() * 20 <= text.chars().count()).then_some(encoding)
}
