//! The texts that the cells of an xlsx share: what each says, how its pieces look, and whether it
//! shows anything.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::package::{Package, xml_text};
use super::struck::Run;
use super::xlsx_cells::begin_look;
use super::xlsx_scan;
use super::xml::{attribute, broken, keeps_blanks, push_reference, reader, rest_of, trimmed};
use crate::model::finding::Refusal;
use crate::model::{Text, fold};

/// What is known of the shared strings.
#[derive(Debug, Default)]
pub struct SharedStrings {
    pub count: usize,
    pub odd: bool,
    /// What each says, without the blanks that do not count.
    texts: Vec<Text>,
    /// Whether each shows nothing.
    blank: Vec<bool>,
    /// The pieces of texts with several looks.
    rich: BTreeMap<usize, Vec<Run>>,
    /// The part's text, kept only when it has to be written anew.
    pub xml: Option<String>,
    /// The part's name in the package; none where there is none.
    pub part: Option<String>,
    /// Whether nothing in them is left to other readers.
    pub usual: bool,
}

impl SharedStrings {
    /// Returns the pieces of a text that has several looks.
    pub fn pieces(&self, place: usize) -> Option<&Vec<Run>> {
        self.rich.get(&place)
    }

    pub fn text(&self, place: usize) -> Option<&Text> {
        self.texts.get(place)
    }

    pub fn is_blank(&self, place: usize) -> bool {
        self.blank.get(place).copied().unwrap_or(false)
    }
}

/// Returns whether a text may hold escapes (`_x0001_`).
pub(super) fn may_be_escaped(text: &str) -> bool {
    text.contains("_x")
}

/// Returns whether a text shows nothing once its escapes (`_x0001_`) are undone.
pub(super) fn is_blank(text: &str) -> bool {
    if !may_be_escaped(text) {
        return fold::is_blank(text);
    }
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let ends = rest.as_bytes().get(at + 6) == Some(&b'_');
        let code = rest.get(at + 2..at + 6).filter(|_| ends);
        let c = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        let Some(c) = c else { return false };
        if !fold::is_blank(&rest[..at]) || !fold::is_blank(c.encode_utf8(&mut [0; 4])) {
            return false;
        }
        rest = &rest[at + 7..];
    }
    fold::is_blank(rest)
}

/// Reads the shared strings, and notes whether their declared number is a lie that would make
/// calamine reserve room for it.
pub fn shared_strings(package: &mut Package<'_>) -> Result<SharedStrings, Refusal> {
    let part = package.names().find(|name| name.ends_with("sharedstrings.xml")).map(str::to_owned);
    let none = SharedStrings { usual: true, ..SharedStrings::default() };
    let Some(part) = part else { return Ok(none) };
    let Some(bytes) = package.part(&part)? else { return Ok(none) };
    let (xml, converted) = xml_text(bytes)?;
    let mut reader = reader(&xml);
    let mut strings = SharedStrings { odd: converted, part: Some(part), ..none };
    let mut declared: u64 = 0;
    // Whether the string shows something, and whether a phonetic run hides what follows.
    let (mut shown, mut phonetic) = (false, false);
    let mut in_text = false;
    let mut runs: Vec<Run> = Vec::new();
    // What the string says, and the piece of it that has begun.
    let (mut said, mut piece) = (String::new(), String::new());
    let mut keeps = false;
    // Whether the reader stands between two strings.
    let mut is_between = false;
    loop {
        let mut rest = rest_of(&xml, &reader);
        let mut next = || if is_between { xlsx_scan::string(&mut rest) } else { None };
        while let Some((text, keeps)) = next() {
            strings.count += 1;
            strings.usual &= !may_be_escaped(text);
            strings.blank.push(is_blank(text));
            strings.texts.push(if keeps { text } else { trimmed(text) }.into());
        }
        *reader.get_mut() = rest.as_bytes();
        is_between = false;
        match reader.read_event().map_err(|error| broken("shared strings", &error))? {
            Event::Start(e) => match e.local_name().as_ref() {
                "sst" => {
                    let count = attribute(&e, "uniqueCount").unwrap_or_default();
                    declared = count.trim().parse().unwrap_or(0);
                    let read = xml.len() - reader.get_ref().len();
                    is_between = !xml.as_bytes()[..read].ends_with(b"/>");
                }
                "si" => {
                    strings.count += 1;
                    shown = false;
                    runs.clear();
                    said.clear();
                }
                "rPh" => phonetic = true,
                "t" => {
                    in_text = true;
                    keeps = keeps_blanks(&e);
                    piece.clear();
                }
                name => begin_look(name, &e, &mut runs),
            },
            Event::End(e) => match e.local_name().as_ref() {
                "rPh" => phonetic = false,
                "si" => {
                    is_between = true;
                    strings.blank.push(!shown);
                    strings.texts.push(said.as_str().into());
                    if !runs.is_empty() {
                        strings.rich.insert(strings.count - 1, std::mem::take(&mut runs));
                    }
                }
                "t" => {
                    in_text = false;
                    if !phonetic {
                        strings.usual &= !may_be_escaped(&piece);
                        said.push_str(if keeps { &piece } else { trimmed(&piece) });
                    }
                }
                _ => {}
            },
            Event::Text(text) => {
                let text = text.xml10_content();
                shown |= !phonetic && !is_blank(&text);
                if in_text && !phonetic {
                    piece.push_str(&text);
                    if let Some(run) = runs.last_mut() {
                        run.text.push_str(&text);
                    }
                }
            }
            Event::CData(text) => {
                strings.usual = false;
                shown |= !phonetic && !is_blank(&text.xml10_content());
            }
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                strings.usual &= push_reference(&mut text, &reference);
                shown |= !phonetic && !is_blank(&text);
                if in_text && !phonetic {
                    piece.push_str(&text);
                    if let Some(run) = runs.last_mut() {
                        run.text.push_str(&text);
                    }
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    strings.usual &= strings.count == strings.texts.len();
    let real = u64::try_from(strings.count).expect("a count fits in 64 bits");
    strings.odd |= declared > real.saturating_mul(2) + 1000;
    strings.xml = strings.odd.then_some(xml);
    Ok(strings)
}
