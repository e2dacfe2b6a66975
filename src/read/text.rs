//! Text files: fields with a delimiter between them, in UTF-8, UTF-16, GBK or GB18030.

use super::decoding::{self, Decoded};
use super::dialect::{self, Decided};
use super::records::{self, Dialect, Oddity, Record};
use super::sheet::{Book, Content, Doubt, Format, Line, Sheet, SheetBuilder, TextLines};
use super::xlsx_parts::KNOWN_ERRORS;
use crate::model::finding::{Limit, Refusal};
use crate::model::{CellAt, fold};
use crate::pipeline::file::Read as Limits;

/// Reads a text file as one sheet; blank lines count as rows, a line break inside quotes does not.
///
/// # Errors
/// Refuses bytes that are no text, and more cells than the limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let Decoded { text, damaged } = decoding::decode(bytes)?;
    let Decided { dialect, width, rival, .. } = dialect::decide(&text);
    let mut builder = SheetBuilder::default();
    let mut lines: Vec<Line> = Vec::new();
    let mut damaged = damaged.into_iter().peekable();
    let (mut nonblank, mut nonblank_cells) = (0, 0);
    let (mut row, mut line): (u32, u32) = (0, 0);
    let mut at = if dialect::told_delimiter(&text).is_some() {
        row = 1;
        line = 1;
        dialect::second_line(&text)
    } else {
        0
    };
    while at < text.len() {
        let record = records::record(&text, at, dialect, width);
        let is_damaged = damaged.next_if(|damaged| *damaged <= line + record.breaks).is_some();
        while damaged.next_if(|damaged| *damaged <= line + record.breaks).is_some() {}
        let filled = record.fields.iter().filter(|field| !fold::is_blank(field)).count();
        nonblank += usize::from(filled > 0);
        nonblank_cells += filled;
        for (column, field) in record.fields.iter().enumerate() {
            let column = u32::try_from(column).unwrap_or(u32::MAX);
            if column >= 16_384 || row >= 1_048_576 {
                return Err(Refusal::TooLarge(Limit::Grid));
            }
            builder.push(CellAt::new(row, column), content(field));
        }
        if builder.len() > limits.cells as usize {
            return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
        }
        let doubt = doubt(&record, is_damaged, dialect, width);
        if filled > 0 || doubt.is_some() {
            let fields = u32::try_from(record.fields.len()).unwrap_or(u32::MAX);
            lines.push(Line { row, line: line + 1, fields, doubt });
        }
        row += 1;
        line += record.breaks + 1;
        at = record.end;
    }
    let rows = builder.build();
    let text = Some(TextLines { dialect, rival, lines });
    let sheet = Sheet { nonblank, nonblank_cells, rows, text, ..Sheet::default() };
    Ok(Book { format: Format::Csv, sheets: vec![sheet], properties: Vec::new() })
}

/// Returns what a line's own signs put in doubt, whatever the others look like.
fn doubt(
    record: &Record<'_>,
    is_damaged: bool,
    dialect: Dialect,
    width: Option<usize>,
) -> Option<Doubt> {
    let of_quotes = record.oddity.map(|oddity| match oddity {
        Oddity::Unclosed => Doubt::QuoteUnclosed,
        Oddity::Stray => Doubt::QuoteStray,
        Oddity::Swallows => Doubt::LinesJoined(record.breaks + 1),
    });
    let of_bytes = is_damaged.then_some(Doubt::Damaged);
    let of_torn = || is_torn(record, dialect).then_some(Doubt::QuoteStray);
    of_quotes.or(of_bytes).or_else(of_torn).or_else(|| {
        let [only] = record.fields.as_slice() else { return None };
        let is_other = is_cut_otherwise(only, dialect, width?);
        is_other.then_some(Doubt::OtherDelimiter)
    })
}

/// Returns whether a field that stands in no quotes has one without its pair: `38.0"85`, where a
/// delimiter is missing and what follows is cut inside its quotes.
fn is_torn(record: &Record<'_>, dialect: Dialect) -> bool {
    let Some(quote) = dialect.quote.filter(|quote| *quote == b'"') else { return false };
    let fields = record.fields.iter().zip(&record.quoted);
    fields.into_iter().any(|(field, quoted)| {
        !quoted && field.bytes().filter(|byte| *byte == quote).count() % 2 == 1
    })
}

/// Returns whether a line that is one field would be as wide as the others by another delimiter, or
/// wider where that one stands in texts as well, with figures among its fields.
fn is_cut_otherwise(line: &str, dialect: Dialect, width: usize) -> bool {
    const OTHERS: &[u8] = b",;\t| ";
    let others = OTHERS.iter().filter(|other| **other != dialect.delimiter);
    width > 2
        && others.into_iter().any(|other| {
            let otherwise = Dialect { delimiter: *other, spaced: false, ..dialect };
            let fields = records::plain(line, 0, otherwise).fields;
            let figures = || fields.iter().filter(|field| dialect::is_figure(field)).count();
            fields.len() == width || fields.len() > width && figures() >= 2
        })
}

/// A spreadsheet that is saved as text writes its errors out; they are no words of the unit. Figures
/// that are to stay a text it writes as a formula, `="020"`.
fn content(field: &str) -> Content {
    let trimmed = field.trim();
    if KNOWN_ERRORS.contains(&trimmed) {
        return Content::Error(trimmed.to_owned());
    }
    let held = trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    Content::Text(held.filter(|held| !held.contains('"')).unwrap_or(field).into())
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, GBK};

    use super::*;

    fn cells(bytes: &[u8]) -> Vec<(String, String)> {
        let book = read(bytes, &Limits::default()).unwrap();
        book.sheets[0]
            .rows
            .iter()
            .flat_map(|row| {
                row.cells.iter().map(|cell| {
                    let Content::Text(text) = &cell.content else { panic!("csv cells are texts") };
                    (CellAt::new(row.index, cell.column).to_string(), text.to_string())
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

    fn doubts(text: &str) -> Vec<(u32, Doubt)> {
        let book = read(text.as_bytes(), &Limits::default()).unwrap();
        let lines = book.sheets[0].text.as_ref().unwrap().lines.clone();
        lines.iter().filter_map(|line| Some((line.line, line.doubt?))).collect()
    }

    #[test]
    fn the_reading_that_makes_rows_alike_decides() {
        let heading = "单位,项目,金额\n";
        for (text, at, cell) in [
            // Commas in amounts and words are more than the delimiters.
            ("单位;项目;金额\n甲;道,路,灯;1,200,000\n乙;桥,涵;2,300,000\n", "C2", "1,200,000"),
            ("单位|项目|金额\n甲|道,路;灯|1,200\n乙|桥|2,300\n", "B2", "道,路;灯"),
            ("'单位','项目','金额'\n'甲','道,路','1'\n'乙','桥','2'\n", "B2", "道,路"),
            (
                "单位,项目,金额\n甲,\"称作 \\\"路\\\",一期\",1\n乙,\"桥\",2\n",
                "B2",
                "称作 \"路\",一期",
            ),
            ("单位, 项目, 金额\n甲, \"道,路\", \"1,200\"\n乙, 桥, 2\n", "C2", "1,200"),
            ("sep=;\n单位;项目;金额\n甲;道,路;1\n", "B3", "道,路"),
        ] {
            let found = cells(text.as_bytes());
            assert!(found.contains(&(at.to_owned(), cell.to_owned())), "{text}: {found:?}");
            assert_eq!(doubts(text), [], "{text}");
        }
        assert_eq!(doubts(&format!("{heading}甲,道路,1\n乙,桥,2\n")), []);
    }

    #[test]
    fn quotes_that_do_not_pair_cost_one_line_and_are_told() {
        let rows = |third: &str| format!("单位,项目,金额\n甲,\"道,路\",1\n{third}\n丁,桥,3\n");
        for (third, doubt, cell) in [
            ("乙,\"灯,2", Doubt::QuoteUnclosed, ("B3", "\"灯")),
            ("乙,\"灯\"路\",2", Doubt::QuoteStray, ("B3", "灯\"路")),
            ("乙 灯 2", Doubt::OtherDelimiter, ("A3", "乙 灯 2")),
            ("乙,灯,\"2\n丙,涵,3\"", Doubt::LinesJoined(2), ("C3", "2\n丙,涵,3")),
        ] {
            let text = rows(third);
            let found = cells(text.as_bytes());
            assert!(found.contains(&(cell.0.to_owned(), cell.1.to_owned())), "{text}: {found:?}");
            assert!(found.contains(&("A4".to_owned(), "丁".to_owned())), "{text}: {found:?}");
            assert_eq!(doubts(&text), [(3, doubt)], "{text}");
        }
        // A line break in quotes is no doubt where what it joins would be no rows.
        assert_eq!(doubts(&rows("乙,\"灯\n涵\",2")), []);
    }

    #[test]
    fn odd_bytes_are_told_and_two_encodings_refused() {
        let text = "单位,项目\n甲村,道路硬化\n乙村,机耕桥修复\n";
        let (gb18030, _, _) = GB18030.encode(text);
        let told = |bytes: &[u8]| {
            let book = read(bytes, &Limits::default()).unwrap();
            let lines = book.sheets[0].text.as_ref().unwrap().lines.clone();
            lines
                .iter()
                .filter(|line| line.doubt.is_some())
                .map(|line| line.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&gb18030), [0_u32; 0]);
        // A control character, half a character, a zero.
        for odd in [&b"\x07"[..], b"\xb5", b"\0"] {
            let place = gb18030.iter().rposition(|byte| *byte == b',').unwrap();
            let spoilt = [&gb18030[..place], odd, &gb18030[place..]].concat();
            assert_eq!(told(&spoilt), [3], "{odd:?}");
        }
        let mixed = [&gb18030[..], "丙村,农村饮水安全\n".as_bytes(), &gb18030[..]].concat();
        let refused = read(&mixed, &Limits::default()).unwrap_err();
        assert_eq!(refused, Refusal::MixedEncodings(4));
        let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(cells(&unmarked), cells(text.as_bytes()));
        let joined = format!("\u{feff}{text}\u{feff}\"丙村\",\"a,b\"\n");
        assert!(cells(joined.as_bytes()).contains(&("B4".to_owned(), "a,b".to_owned())));
    }
}
