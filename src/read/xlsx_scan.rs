//! The rows and cells of an xlsx as the usual programs write them, read byte by byte: nearly all of what is
//! sent is written so, and is done with here. What is written in any other way, be it as sound, is left
//! to the reader of XML.

use std::borrow::Cow;

use super::xlsx_cells::{RawCell, finish};
use super::xml::{is_true, trimmed};
use crate::model::CellAt;

/// What stands next in a sheet's data.
#[derive(Clone, Copy, Debug)]
pub enum Scanned {
    /// The beginning of a row, and where it stands if it says so.
    Row {
        place: Option<u32>,
        is_hidden: bool,
    },
    RowEnd,
    Cell,
}

/// Reads what stands next and moves behind it; nothing, where that is none of what is known here. A cell
/// becomes `cell`, since there are too many to be handed about; `at` is where one stands that does not say.
pub fn next<'x>(rest: &mut &'x str, at: CellAt, cell: &mut RawCell<'x>) -> Option<Scanned> {
    let mut scan = Scan { text: rest, at: 0 };
    scan.blank();
    let scanned = if scan.takes("<c") {
        *cell = RawCell { at, usual: true, ..RawCell::default() };
        scan.cell(cell)?;
        Scanned::Cell
    } else if scan.takes("<row") {
        scan.row()?
    } else {
        scan.takes("</row>").then_some(Scanned::RowEnd)?
    };
    *rest = scan.rest();
    Some(scanned)
}

/// Reads the shared string that stands next, if it is one text, and moves behind it; says whether the
/// blanks around it count.
pub fn string<'x>(rest: &mut &'x str) -> Option<(&'x str, bool)> {
    let mut scan = Scan { text: rest, at: 0 };
    scan.blank();
    scan.takes("<si><t").then_some(())?;
    let keeps_blanks = scan.keeps_blanks()?;
    let text = scan.text()?;
    scan.takes("</t></si>").then_some(())?;
    *rest = scan.rest();
    Some((text, keeps_blanks))
}

/// Every byte of what is sent passes through it, so that it looks at each but once.
struct Scan<'x> {
    text: &'x str,
    /// How much of it has been read; between two characters.
    at: usize,
}

/// How a tag ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TagEnd {
    Open,
    /// With its element.
    Closed,
}

impl<'x> Scan<'x> {
    fn rest(&self) -> &'x str {
        &self.text[self.at..]
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn takes(&mut self, expected: &str) -> bool {
        let taken = self.text.as_bytes()[self.at..].starts_with(expected.as_bytes());
        self.at += if taken { expected.len() } else { 0 };
        taken
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte(self.at) {
            self.at += 1;
        }
    }

    /// Takes an attribute; the end of its tag where there is none.
    fn attribute(&mut self) -> Option<Result<(&'x str, &'x str), TagEnd>> {
        let before = self.at;
        self.blank();
        let name = self.at;
        match self.byte(name)? {
            b'>' => {
                self.at += 1;
                return Some(Err(TagEnd::Open));
            }
            b'/' if self.byte(name + 1)? == b'>' => {
                self.at += 2;
                return Some(Err(TagEnd::Closed));
            }
            _ => {}
        }
        let mut end = name;
        // Names that need no look at their white space.
        while self.byte(end)?.is_ascii_alphanumeric() || matches!(self.byte(end)?, b':' | b'_') {
            end += 1;
        }
        let quote = self.byte(end + 1)?;
        let is_usual = before < name && name < end && self.byte(end)? == b'=';
        (is_usual && matches!(quote, b'"' | b'\'')).then_some(())?;
        self.at = end + 2;
        let value = self.value(quote)?;
        Some(Ok((&self.text[name..end], value)))
    }

    /// Takes the rest of an attribute in which nothing stands for anything else.
    fn value(&mut self, quote: u8) -> Option<&'x str> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| *byte == quote || matches!(byte, b'&' | b'<'))?;
        let end = self.at + length;
        (rest[length] == quote).then_some(())?;
        let value = &self.text[self.at..end];
        self.at = end + 1;
        Some(value)
    }

    fn row(&mut self) -> Option<Scanned> {
        let (mut place, mut is_hidden) = (None, false);
        let end = loop {
            let (name, value) = match self.attribute()? {
                Ok(attribute) => attribute,
                Err(end) => break end,
            };
            match name {
                "r" if place.is_none() => {
                    let number = value.parse::<u32>().ok();
                    place = Some(number.filter(|number| (1..=1_048_576).contains(number))? - 1);
                }
                "ht" => is_hidden |= value.parse() == Ok(0.0),
                "hidden" => is_hidden |= is_true(value),
                // A prefix may hide any of the others.
                "spans" | "s" | "customFormat" | "customHeight" | "outlineLevel" | "collapsed"
                | "thickBot" | "thickTop" | "x14ac:dyDescent" => {}
                _ => return None,
            }
        };
        // Of an empty row the end is still to come.
        (end == TagEnd::Open).then_some(Scanned::Row { place, is_hidden })
    }

    fn cell(&mut self, cell: &mut RawCell<'x>) -> Option<()> {
        // Programs write these three, in this order.
        if self.takes(" r=\"") {
            cell.at = self.value(b'"')?.parse().ok()?;
        }
        if self.takes(" s=\"") {
            cell.style = Some(Cow::Borrowed(self.value(b'"')?));
        }
        if self.takes(" t=\"") {
            cell.kind = Some(Cow::Borrowed(self.value(b'"')?));
        }
        let end = loop {
            let (name, value) = match self.attribute()? {
                Ok(attribute) => attribute,
                Err(end) => break end,
            };
            match name {
                "r" => cell.at = value.parse().ok()?,
                "s" => cell.style = Some(Cow::Borrowed(value)),
                "t" => cell.kind = Some(Cow::Borrowed(value)),
                _ => {}
            }
        };
        if end == TagEnd::Closed {
            finish(cell, false);
            return Some(());
        }
        let mut inline = false;
        self.blank();
        if self.takes("<f") {
            cell.formula = Some(Cow::Borrowed(self.formula(cell)?));
            self.blank();
        }
        if self.takes("<v>") {
            cell.value = Some(Cow::Borrowed(self.text()?));
            self.takes("</v>").then_some(())?;
            self.blank();
        } else if self.takes("<is><t") {
            inline = true;
            self.inline(cell)?;
            self.takes("</t></is>").then_some(())?;
            self.blank();
        }
        self.takes("</c>").then_some(())?;
        finish(cell, inline);
        Some(())
    }

    /// Takes text in which nothing stands for anything else.
    fn text(&mut self) -> Option<&'x str> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
        let end = self.at + length;
        (rest[length] == b'<').then_some(())?;
        let text = &self.text[self.at..end];
        self.at = end;
        Some(text)
    }

    fn formula(&mut self, cell: &mut RawCell<'x>) -> Option<&'x str> {
        let (mut is_shared, mut number) = (false, None);
        let end = loop {
            match self.attribute()? {
                Ok(("t", kind)) => is_shared = kind == "shared",
                Ok(("si", value)) => number = value.parse().ok(),
                Ok(_) => {}
                Err(end) => break end,
            }
        };
        cell.shared = number.filter(|_| is_shared);
        if end == TagEnd::Closed {
            return Some("");
        }
        let text = self.text()?;
        self.takes("</f>").then_some(text)
    }

    /// Takes the rest of the tag of a text, and returns whether the blanks around it count.
    fn keeps_blanks(&mut self) -> Option<bool> {
        let mut keeps_blanks = false;
        loop {
            match self.attribute()? {
                Ok(("xml:space", "preserve")) => keeps_blanks = true,
                Err(TagEnd::Open) => return Some(keeps_blanks),
                Ok(_) | Err(TagEnd::Closed) => return None,
            }
        }
    }

    fn inline(&mut self, cell: &mut RawCell<'x>) -> Option<()> {
        let keeps_blanks = self.keeps_blanks()?;
        let text = self.text()?;
        let bare = trimmed(text);
        if !keeps_blanks && bare.len() < text.len() {
            cell.trimmed = Some(bare.to_owned());
        }
        cell.value = Some(Cow::Borrowed(text));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_usual_is_read() {
        let xml = r#"<row r="3" spans="1:2" ht="0"><c r="B3" s="4" t="s"><v>12</v></c>
            <c r="C3"><f t="shared" si="2"/><v>1.5</v></c><c t="inlineStr"><is><t> a </t></is></c>
            <c r="D3" s="1"/></row><other/>"#;
        let mut rest = xml;
        let mut cells = Vec::new();
        let mut at = CellAt::new(2, 0);
        let mut marks = 0;
        let mut cell = RawCell::default();
        while let Some(scanned) = next(&mut rest, at, &mut cell) {
            match scanned {
                Scanned::Row { place, is_hidden } => {
                    assert_eq!((place, is_hidden), (Some(2), true));
                }
                Scanned::RowEnd => marks += 1,
                Scanned::Cell => {
                    at.column = cell.at.column + 1;
                    cells.push(std::mem::take(&mut cell));
                }
            }
        }
        assert_eq!((rest, marks), ("<other/>", 1));
        let names: Vec<String> = cells.iter().map(|cell| cell.at.to_string()).collect();
        assert_eq!(names, ["B3", "C3", "D3", "D3"]);
        assert_eq!(cells[0].value.as_deref(), Some("12"));
        assert_eq!((cells[1].shared, cells[1].number), (Some(2), Some(1.5)));
        assert_eq!(
            (cells[2].value.as_deref(), cells[2].trimmed.as_deref()),
            (Some(" a "), Some("a"))
        );
        assert!(cells[3].value.is_none() && cells[3].formula.is_none());
    }

    #[test]
    fn what_is_written_in_any_other_way_is_left() {
        for xml in [
            "<c r=\"A1\"><v>a&amp;b</v></c>",
            "<c r=\"A0\"><v>1</v></c>",
            "<c r=\"A1\"><v>1</v><f>B1</f></c>",
            "<c r=\"A1\"><v><!-- 1 -->2</v></c>",
            "<c r=\"A1\"><is><r><t>1</t></r></is></c>",
            "<c r=\"A1\" s=1><v>1</v></c>",
            "<row r=\"0\">",
            "<row/>",
            "<cols>",
            "</sheetData>",
            "<!-- -->",
            "<c r=\"A1\"><v>1",
        ] {
            let mut rest = xml;
            let mut cell = RawCell::default();
            assert!(next(&mut rest, CellAt::default(), &mut cell).is_none(), "{xml}");
            assert_eq!(rest, xml);
        }
    }
}
