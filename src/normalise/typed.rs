//! What stands in a cell as people see it, before it is understood.

use std::borrow::Cow;

use crate::model::{Text, fold};
use crate::read::{Content, number_text, whole};

/// Returns a cell's text as typed, or as a spreadsheet shows it.
pub fn typed_text(content: &Content) -> Cow<'_, str> {
    match content {
        Content::Text(text) => Cow::Borrowed(trimmed(text)),
        Content::Number(number) => Cow::Owned(number_text(*number)),
        Content::Percentage(fraction) => Cow::Owned(format!("{}%", number_text(fraction * 100.0))),
        Content::Boolean(true) => Cow::Borrowed("TRUE"),
        Content::Boolean(false) => Cow::Borrowed("FALSE"),
        Content::Date { year, month, day } => Cow::Owned(format!("{year:04}-{month:02}-{day:02}")),
        Content::Error(text) | Content::Uncalculated(text) => Cow::Borrowed(text),
        Content::Picture => Cow::Borrowed("[图片]"),
    }
}

/// Returns the same to be kept: most figures are whole numbers, and need no text in between.
pub fn typed(content: &Content) -> Text {
    match content {
        Content::Number(number) => match whole(*number) {
            Some(number) => Text::from(itoa::Buffer::new().format(number)),
            None => Text::from(number_text(*number)),
        },
        Content::Text(text) => {
            let own = trimmed(text);
            if own.len() == text.len() { text.clone() } else { Text::from(own) }
        }
        other => Text::from(typed_text(other)),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || fold::is_invisible(c))
}
