//! XML as packages hold it: how its events and attributes are read.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

use crate::model::finding::Refusal;

pub(super) fn broken(what: &str, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::Damaged(format!("{what}: {error}"))
}

pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.attributes().with_checks(false).flatten().find_map(|attribute| {
        let key = attribute.key.local_name();
        (key.as_ref() == name).then(|| unescaped(&attribute.value).into_owned())
    })
}

/// Returns the value of an attribute with what its references stand for.
pub(super) fn unescaped(value: &str) -> Cow<'_, str> {
    unescape(value).unwrap_or(Cow::Borrowed(value))
}

pub(super) fn is_true(text: &str) -> bool {
    matches!(text, "1" | "true" | "on")
}

/// Returns whether an element such as `<strike/>` is not switched off by its value.
pub(super) fn is_set(element: &BytesStart<'_>) -> bool {
    attribute(element, "val").is_none_or(|text| is_true(&text))
}

pub(super) fn reader(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.expand_empty_elements = true;
    reader
}

/// Returns what a reader has not read yet of a text. Readers stand between characters.
pub(super) fn rest_of<'x>(xml: &'x str, reader: &Reader<&'x [u8]>) -> &'x str {
    &xml[xml.len() - reader.get_ref().len()..]
}

/// Adds what a reference such as `&amp;` stands for, and returns whether that is known.
pub(super) fn push_reference(
    value: &mut String,
    reference: &quick_xml::events::BytesRef<'_>,
) -> bool {
    let resolved = match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(c.to_string()),
        _ => unescape(&format!("&{};", reference.xml10_content())).ok().map(Cow::into_owned),
    };
    // An entity that is not predefined shows as it is written.
    let is_known = resolved.is_some();
    value.push_str(&resolved.unwrap_or_else(|| format!("&{};", reference.xml10_content())));
    is_known
}

/// Returns a piece of a text without the blanks around it, which do not count unless it says so.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// Returns whether the blanks around a piece of a text count.
pub(super) fn keeps_blanks(element: &BytesStart<'_>) -> bool {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .any(|attribute| attribute.key.as_ref() == "xml:space" && attribute.value == "preserve")
}
