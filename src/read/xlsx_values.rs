//! What the cells of an xlsx hold, read while its parts are walked, as calamine would read them from
//! the file. What is written in any other way than programs usually write it is left to calamine.

use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

use super::number_format::NumberKind;
use super::sheet::{Content, SheetBuilder};
use super::xlsx::{content, number_content, shared_content, text_content};
use super::xlsx_cells::RawCell;
use super::xlsx_looks::Styles;
use super::xlsx_parts::{KNOWN_ERRORS, Structure};
use super::xlsx_strings::{SharedStrings, may_be_escaped};

/// What the cells of a workbook refer to.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    pub strings: &'a SharedStrings,
    pub styles: &'a Styles,
    pub dates_from_1904: bool,
}

impl Shared<'_> {
    /// Returns whether the parts stand where programs usually put them, and hold nothing unusual.
    pub fn is_usual(&self, structure: &Structure) -> bool {
        let stands = |part: Option<&str>, usual: &str| part.is_none_or(|part| part == usual);
        structure.part == "xl/workbook.xml"
            && stands(self.strings.part.as_deref(), "xl/sharedstrings.xml")
            && stands(self.styles.part.as_deref(), "xl/styles.xml")
            && self.strings.usual
            && self.styles.whole
    }
}

/// A cell that is left to calamine.
#[derive(Clone, Copy, Debug)]
pub struct Unusual;

/// Takes what a cell holds into a sheet.
///
/// # Errors
/// Refuses what is written in an unusual way.
pub fn take(
    cell: &RawCell<'_>,
    shared: Shared<'_>,
    sheet: &mut SheetBuilder,
) -> Result<(), Unusual> {
    let content = match held(cell, shared)? {
        Some(Held::Own(content)) => content,
        Some(Held::Shared(place)) => {
            shared_content(shared.strings.text(place).expect("the text was looked for"))
        }
        None => return Ok(()),
    };
    let format = shared.styles.numbers.get(look_of(cell).unwrap_or(0));
    sheet.push_formatted(cell.at, content, format.and_then(|number| number.format.as_ref()));
    Ok(())
}

/// What a cell holds.
#[derive(Debug)]
pub enum Held {
    Own(Content),
    /// The text that has this place among the shared ones; there is one.
    Shared(usize),
}

/// Returns what a cell holds, if anything.
///
/// # Errors
/// Refuses what is written in an unusual way.
pub fn held(cell: &RawCell<'_>, shared: Shared<'_>) -> Result<Option<Held>, Unusual> {
    let Some(value) = cell.value.as_deref() else { return Ok(None) };
    if !cell.usual {
        return Err(Unusual);
    }
    let content = match cell.kind.as_deref() {
        None | Some("n") => {
            let number = cell.number.ok_or(Unusual)?;
            let own = look_of(cell).and_then(|own| shared.styles.numbers.get(own));
            let kind = own.map(|number| number.kind).unwrap_or_default();
            number_of(number, kind, shared.dates_from_1904)
        }
        Some("s") => {
            let place = value.parse().map_err(|_| Unusual)?;
            shared.strings.text(place).ok_or(Unusual)?;
            return Ok(Some(Held::Shared(place)));
        }
        Some("str") => Some(unescaped(value)?),
        Some("inlineStr") => Some(unescaped(cell.trimmed.as_deref().unwrap_or(value))?),
        Some("e") if KNOWN_ERRORS.contains(&value) => Some(Content::Error(value.to_owned())),
        Some("b") => match value {
            "0" => Some(Content::Boolean(false)),
            "1" => Some(Content::Boolean(true)),
            _ => return Err(Unusual),
        },
        Some(_) => return Err(Unusual),
    };
    Ok(content.map(Held::Own))
}

/// Returns the place of a cell's format. One without a format looks like the first and is no date.
pub fn look_of(cell: &RawCell<'_>) -> Option<usize> {
    cell.style.as_deref().map(|style| style.parse().unwrap_or(0))
}

fn unescaped(text: &str) -> Result<Content, Unusual> {
    if may_be_escaped(text) { Err(Unusual) } else { Ok(text_content(text)) }
}

fn number_of(number: f64, kind: NumberKind, dates_from_1904: bool) -> Option<Content> {
    let kind = match kind {
        NumberKind::Number => return Some(number_content(number)),
        NumberKind::Day => ExcelDateTimeType::DateTime,
        NumberKind::Duration => ExcelDateTimeType::TimeDelta,
    };
    content(&Data::DateTime(ExcelDateTime::new(number, kind, dates_from_1904)))
}
