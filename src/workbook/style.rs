//! The office's style: what each look is in fonts, borders and colours. Colours are used for
//! highlights, and in templates for the cells to fill in; words beside them say the same.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatPattern, FormatUnderline};

use super::page::{Emphasis, Ink, Look};
use crate::model::Severity;
use crate::wording::pages;

const BODY: &str = "宋体";
const HEAD: &str = "黑体";

/// Cells of a template that are to be filled in.
const TO_FILL_IN: Color = Color::RGB(0x00FF_FBE6);

/// Returns the fill of a highlight. In grey each is lighter than the one before by a third, so that
/// a print without colours tells them apart; black text stands out on all.
pub fn fill(severity: Severity) -> Color {
    match severity {
        Severity::Mandatory => Color::RGB(0x00F0_8080),
        Severity::Verify => Color::RGB(0x00F2_B632),
        Severity::Note => Color::RGB(0x00C9_DFF2),
    }
}

/// The dots over a cell whose finding was accepted.
const ACCEPTED: Color = Color::RGB(0x00A6_A6A6);

/// Returns the format of cells that nothing was written into. Columns are measured in its digits, so it is
/// a font that all programs have, or one that is as wide: with another they would be wider or narrower
/// where it is missing.
pub fn measure() -> Format {
    Format::new().set_font_name("Arial").set_font_size(10)
}

/// Returns the format of text that no cell has a look for.
pub fn base() -> Format {
    Format::new().set_font_name(BODY).set_font_size(10)
}

/// Returns the colour of a chart's series; the three differ in grey as well.
pub fn series(place: usize) -> Color {
    const COLOURS: [u32; 3] = [0x007F_9DD0, 0x00F4_B183, 0x00ED_EDED];
    Color::RGB(COLOURS[place % COLOURS.len()])
}

/// Returns a look's format, with a highlight where the cell is marked.
pub fn format(look: Look, mark: Option<Emphasis>, number: Option<NumberForm>) -> Format {
    let mut format = base().set_align(FormatAlign::VerticalCenter);
    let bordered = !matches!(
        look,
        Look::Plain
            | Look::PlainBold
            | Look::PlainCentre
            | Look::Title
            | Look::Section
            | Look::Ink
            | Look::Code
    );
    if bordered {
        format = format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x0080_8080));
    }
    format = match look {
        Look::Plain => format.set_text_wrap().set_align(FormatAlign::Left),
        Look::PlainBold => format.set_text_wrap().set_bold().set_align(FormatAlign::Left),
        Look::PlainCentre => format.set_text_wrap().set_align(FormatAlign::Center),
        Look::Title => format
            .set_font_name(HEAD)
            .set_font_size(16)
            .set_align(FormatAlign::Center)
            .set_text_wrap(),
        Look::Section => format.set_font_name(HEAD).set_font_size(11).set_align(FormatAlign::Left),
        Look::Heading => format.set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::Text => format.set_text_wrap().set_align(FormatAlign::Left).set_indent(1),
        Look::Centre => format.set_text_wrap().set_align(FormatAlign::Center),
        Look::Figure => format.set_align(FormatAlign::Right).set_indent(1),
        Look::TotalText => format.set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::TotalFigure => format.set_bold().set_align(FormatAlign::Right).set_indent(1),
        Look::Entry => format.set_text_wrap().set_align(FormatAlign::Left).set_unlocked(),
        Look::EntryFigure => format.set_align(FormatAlign::Right).set_unlocked(),
        Look::Ink => format.set_border_bottom(FormatBorder::Thin),
        Look::Code => format
            .set_font_size(8)
            .set_font_color(Color::RGB(0x0080_8080))
            .set_align(FormatAlign::Left),
    };
    if let Some(number) = number {
        format = format.set_num_format(number_format(number));
    }
    if matches!(look, Look::Entry | Look::EntryFigure) {
        format = format.set_background_color(TO_FILL_IN);
    }
    if let (Some(Emphasis::Open(severity)), None) = (mark, number) {
        // Seen, and no part of the text: it can be searched for and filtered as it is.
        format = format.set_num_format(format!("\"{} \"@", pages::sign(severity)));
    }
    match mark {
        Some(Emphasis::Open(severity)) => format.set_background_color(fill(severity)),
        Some(Emphasis::Accepted) => {
            format.set_pattern(FormatPattern::Gray0625).set_foreground_color(ACCEPTED)
        }
        None => format,
    }
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberForm {
    Decimals(u32),
    Month,
    Day,
    /// With so many decimals.
    Percent(u32),
    /// A number of per cent, with so many decimals.
    PerCent(u32),
}

/// Returns the format of a run of a text.
pub fn ink(ink: Ink) -> Format {
    match ink {
        Ink::Plain => base(),
        Ink::Differing => base()
            .set_bold()
            .set_font_color(Color::RGB(0x00C0_0000))
            .set_underline(FormatUnderline::Single),
    }
}

/// Returns the format of links.
pub fn link(look: Look, mark: Option<Emphasis>) -> Format {
    format(look, mark, None)
        .set_font_color(Color::RGB(0x0005_63C1))
        .set_underline(FormatUnderline::Single)
}

fn number_format(form: NumberForm) -> String {
    match form {
        NumberForm::Decimals(0) => "#,##0".to_owned(),
        NumberForm::PerCent(0) => "0\"%\"".to_owned(),
        NumberForm::PerCent(decimals) => format!("0.{}\"%\"", "0".repeat(decimals as usize)),
        NumberForm::Percent(0) => "0%".to_owned(),
        NumberForm::Decimals(decimals) => format!("#,##0.{}", "0".repeat(decimals as usize)),
        NumberForm::Percent(decimals) => format!("0.{}%", "0".repeat(decimals as usize)),
        NumberForm::Month => "yyyy\"年\"m\"月\"".to_owned(),
        NumberForm::Day => "yyyy\"年\"m\"月\"d\"日\"".to_owned(),
    }
}
