//! What a workbook says of itself beside its sheets: the custom properties by which ours are known,
//! and when one of ours was last saved.

use quick_xml::events::Event;

use super::package::{Package, xml_text};
use super::xml::{attribute, push_reference, reader};
use crate::model::finding::Refusal;
use crate::model::stamp;

/// Reads the custom document properties; of a workbook of ours also when it was last saved.
pub fn of_xlsx(package: &mut Package<'_>) -> Result<Vec<(String, String)>, Refusal> {
    let Some(bytes) = package.part("docProps/custom.xml")? else { return Ok(Vec::new()) };
    let (xml, _) = xml_text(bytes)?;
    let mut found = named_texts(&xml, "property", "name");
    if stamp::property(&found, stamp::KIND).is_some()
        && let Some(bytes) = package.part("docProps/core.xml")?
    {
        let saved = text_of(&xml_text(bytes)?.0, "modified");
        found.extend(saved.map(|saved| (stamp::SAVED.to_owned(), saved)));
    }
    Ok(found)
}

/// Reads the same of an ods workbook; only one of ours has any that matter.
pub fn of_ods(package: &mut Package<'_>) -> Result<Vec<(String, String)>, Refusal> {
    let Some(bytes) = package.part("meta.xml")? else { return Ok(Vec::new()) };
    let (xml, _) = xml_text(bytes)?;
    if !xml.contains(stamp::KIND) {
        return Ok(Vec::new());
    }
    let mut found = named_texts(&xml, "user-defined", "name");
    let saved = text_of(&xml, "date");
    found.extend(saved.map(|saved| (stamp::SAVED.to_owned(), saved)));
    Ok(found)
}

/// Returns the names and texts of all elements of one name, which bear theirs in an attribute.
fn named_texts(xml: &str, element: &str, attribute_name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut reader = reader(xml);
    let mut name = None;
    let mut value = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) if e.local_name().as_ref() == element => {
                name = attribute(&e, attribute_name);
                value.clear();
            }
            Ok(Event::Text(text)) if name.is_some() => value.push_str(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) if name.is_some() => {
                push_reference(&mut value, &reference);
            }
            Ok(Event::End(e)) if e.local_name().as_ref() == element => {
                if let Some(name) = name.take() {
                    found.push((name, value.trim().to_owned()));
                }
            }
            // Properties decide nothing that is worth losing the sheets over.
            Ok(Event::Eof) | Err(_) => return found,
            _ => {}
        }
    }
}

/// Returns the text of the first element of a name.
fn text_of(xml: &str, element: &str) -> Option<String> {
    let mut reader = reader(xml);
    let mut within = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => within = e.local_name().as_ref() == element,
            Ok(Event::Text(text)) if within => return Some(text.xml10_content().trim().to_owned()),
            Ok(Event::Eof) | Err(_) => return None,
            _ => {}
        }
    }
}
