//! Text files: comma-, semicolon- or tab-separated, in UTF-8, UTF-16, GBK or GB18030.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

use super::sheet::{Book, Content, Format, Sheet, SheetBuilder};
use super::xlsx_parts::KNOWN_ERRORS;
use crate::model::finding::Refusal;
use crate::model::{CellAt, fold};
use crate::pipeline::file::Read as Limits;

/// Reads a text file as one sheet; blank lines count as rows, a line break inside quotes does not.
///
/// # Errors
/// Refuses bytes that are no text, and more cells than the limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let text = decode(bytes)?;
    let delimiter = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut builder = SheetBuilder::default();
    let mut row: u32 = 0;
    let (mut nonblank, mut nonblank_cells) = (0, 0);
    let mut record = csv::StringRecord::new();
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let more =
            reader.read_record(&mut record).map_err(|error| Refusal::Damaged(error.to_string()))?;
        if !more {
            break;
        }
        // The csv reader skips blank lines; they are rows all the same.
        row += blank_lines(&text, start);
        let filled = record.iter().filter(|field| !fold::is_blank(field)).count();
        nonblank += usize::from(filled > 0);
        nonblank_cells += filled;
        for (column, field) in record.iter().enumerate() {
            let column = u32::try_from(column).unwrap_or(u32::MAX);
            if column >= 16_384 || row >= 1_048_576 {
                return Err(Refusal::TooLarge("16,384 columns or 1,048,576 rows".to_owned()));
            }
            builder.push(CellAt::new(row, column), content(field));
        }
        if builder.len() > limits.cells as usize {
            return Err(Refusal::TooLarge(format!("{} cells", limits.cells)));
        }
        row += 1;
    }
    let rows = builder.build();
    let sheet = Sheet { nonblank, nonblank_cells, rows, ..Sheet::default() };
    Ok(Book { format: Format::Csv, sheets: vec![sheet], properties: Vec::new() })
}

/// A spreadsheet that is saved as text writes its errors out; they are no words of the unit.
fn content(field: &str) -> Content {
    if KNOWN_ERRORS.contains(&field.trim()) {
        Content::Error(field.trim().to_owned())
    } else {
        Content::Text(field.to_owned())
    }
}

/// Returns how many line breaks stand at `start`, the end of the record before.
fn blank_lines(text: &str, start: usize) -> u32 {
    let bytes = text.as_bytes();
    let mut lines = 0;
    // A carriage return that ended the record before is one break with the line feed after it.
    let mut last = start.checked_sub(1).and_then(|before| bytes.get(before)).copied();
    for &byte in bytes.get(start..).unwrap_or_default() {
        match byte {
            b'\n' if last == Some(b'\r') => {}
            b'\n' | b'\r' => lines += 1,
            _ => break,
        }
        last = Some(byte);
    }
    lines
}

fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| std::str::from_utf8(bytes).is_ok().then_some(UTF_8))
        .unwrap_or_else(|| {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(Some(b"cn"), Utf8Detection::Allow)
        });
    let encoding = if encoding == GBK { GB18030 } else { encoding };
    let (text, _, had_errors) = encoding.decode(bytes);
    let binary = text.chars().any(|c| {
        c == '\0'
            || (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{1a}' | '\u{c}' | '\u{b}'))
    });
    if had_errors || binary {
        return Err(Refusal::NotASpreadsheet("binary data".to_owned()));
    }
    Ok(text.into_owned())
}

/// Returns the delimiter that cuts the first lines into the most fields.
fn delimiter(text: &str) -> u8 {
    let head: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let fields =
        |delimiter: char| head.iter().map(|line| line.matches(delimiter).count()).sum::<usize>();
    let (commas, tabs, semicolons) = (fields(','), fields('\t'), fields(';'));
    if tabs > commas && tabs >= semicolons {
        b'\t'
    } else if semicolons > commas {
        b';'
    } else {
        b','
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<(String, String)> {
        let book = read(bytes, &Limits::default()).unwrap();
        book.sheets[0]
            .rows
            .iter()
            .flat_map(|row| {
                row.cells.iter().map(|cell| {
                    let Content::Text(text) = &cell.content else { panic!("csv cells are texts") };
                    (CellAt::new(row.index, cell.column).to_string(), text.clone())
                })
            })
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn blank_lines_and_leading_fields_count_and_quoted_breaks_do_not() {
        for line_end in ["\n", "\r\n"] {
            let text = ["", ",,b", "", "", "\"a\nb\",c", "d"].join(line_end);
            assert_eq!(
                cells(text.as_bytes()),
                pairs(&[("C2", "b"), ("A5", "a\nb"), ("B5", "c"), ("A6", "d")]),
                "{line_end:?}"
            );
        }
    }

    #[test]
    fn encodings_are_told_apart() {
        let (gbk, _, _) = GBK.encode("项目,金额\n养老,1");
        let expected = pairs(&[("A1", "项目"), ("B1", "金额"), ("A2", "养老"), ("B2", "1")]);
        assert_eq!(cells(&gbk), expected);
        let utf16: Vec<u8> = std::iter::once(0xfeff_u16)
            .chain("项目\t金额\n养老\t1".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(cells(&utf16), expected);
        assert_eq!(cells("\u{feff}项目;金额\n养老;1".as_bytes()), expected);
        assert!(read(&[0, 1, 2, 3, 255, 254], &Limits::default()).is_err());
    }
}
