//! What stands in a cell as people see it, before it is understood.

use crate::model::fold;
use crate::read::{Content, number_text};

/// Returns a cell's text as typed, or as a spreadsheet shows it.
pub fn typed_text(content: &Content) -> String {
    match content {
        Content::Text(text) => trimmed(text),
        Content::Number(number) => number_text(*number),
        Content::Percentage(fraction) => format!("{}%", number_text(fraction * 100.0)),
        Content::Boolean(true) => "TRUE".to_owned(),
        Content::Boolean(false) => "FALSE".to_owned(),
        Content::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
        Content::Error(text) | Content::Uncalculated(text) => text.clone(),
        Content::Picture => "[图片]".to_owned(),
    }
}

fn trimmed(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || fold::is_invisible(c)).to_owned()
}
