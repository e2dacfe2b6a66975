//! The office's style: what each look is in fonts, borders and colours. Colours are used for
//! highlights, and in templates for the cells to fill in; words beside them say the same.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

use super::page::{Ink, Look};
use crate::model::Severity;

const BODY: &str = "宋体";
const HEAD: &str = "黑体";

/// Cells of a template that are to be filled in.
const TO_FILL_IN: Color = Color::RGB(0x00FF_FBE6);

/// Returns the fill of a highlight; the three differ in grey as well.
pub fn fill(severity: Severity) -> Color {
    match severity {
        Severity::Mandatory => Color::RGB(0x00FF_B3B3),
        Severity::Verify => Color::RGB(0x00FF_E699),
        Severity::Note => Color::RGB(0x00DD_EBF7),
    }
}

/// Returns the format of text that no cell has a look for.
pub fn base() -> Format {
    Format::new().set_font_name(BODY).set_font_size(10)
}

/// Returns the colour of a chart's series; the three differ in grey as well.
pub fn series(place: usize) -> Color {
    const COLOURS: [u32; 3] = [0x001F_4E79, 0x00F4_B183, 0x00D9_D9D9];
    Color::RGB(COLOURS[place % COLOURS.len()])
}

/// Returns a look's format, with a highlight where the cell is marked.
pub fn format(look: Look, mark: Option<Severity>, decimals: Option<u32>) -> Format {
    let mut format = base().set_align(FormatAlign::VerticalCenter);
    let bordered = !matches!(
        look,
        Look::Plain | Look::PlainBold | Look::PlainCentre | Look::Title | Look::Section | Look::Ink
    );
    if bordered {
        format = format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x0080_8080));
    }
    format = match look {
        Look::Plain => format.set_text_wrap().set_align(FormatAlign::Left),
        Look::PlainBold => format.set_text_wrap().set_bold().set_align(FormatAlign::Left),
        Look::PlainCentre => format.set_align(FormatAlign::Center),
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
    };
    if let Some(decimals) = decimals {
        format = format.set_num_format(number_format(decimals));
    }
    if matches!(look, Look::Entry | Look::EntryFigure) {
        format = format.set_background_color(TO_FILL_IN);
    }
    if let Some(severity) = mark {
        format = format.set_background_color(fill(severity));
    }
    format
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
pub fn link(mark: Option<Severity>) -> Format {
    format(Look::Centre, mark, None)
        .set_font_color(Color::RGB(0x0005_63C1))
        .set_underline(FormatUnderline::Single)
}

fn number_format(decimals: u32) -> String {
    if decimals == 0 {
        return "#,##0".to_owned();
    }
    format!("#,##0.{}", "0".repeat(decimals as usize))
}
