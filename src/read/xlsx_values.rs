//! What the cells of an xlsx hold, read while its parts are walked, as calamine would read them from
//! the file. What is written in any other way than programs usually write it is left to calamine.

use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

use super::number_format::NumberKind;
use super::sheet::{Content, SheetBuilder};
use super::xlsx::{content, number_content, text_content};
use super::xlsx_cells::RawCell;
use super::xlsx_looks::{NumberStyle, Styles};
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
    let Some(value) = cell.value.as_deref() else { return Ok(()) };
    if !cell.usual {
        return Err(Unusual);
    }
    let numbers = &shared.styles.numbers;
    // A cell without a format looks like the first and is no date.
    let own = cell.style.as_deref().map(|style| style.parse::<usize>().unwrap_or(0));
    let content = match cell.kind.as_deref() {
        None | Some("n") => {
            let number = cell.number.ok_or(Unusual)?;
            let kind = own.and_then(|own| numbers.get(own)).map(|number| number.kind);
            number_of(number, kind.unwrap_or_default(), shared.dates_from_1904)
        }
        Some("s") => {
            let place = value.parse().map_err(|_| Unusual)?;
            Some(text_content(shared.strings.text(place).ok_or(Unusual)?))
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
    if let Some(content) = content {
        let format = numbers.get(own.unwrap_or(0)).map(|number: &NumberStyle| &number.format);
        sheet.push_formatted(cell.at, content, format.and_then(Option::as_ref));
    }
    Ok(())
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
