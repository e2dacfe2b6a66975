//! What an ods says beside its values: which styles strike out, and the comments.

use std::collections::BTreeSet;

use quick_xml::events::{BytesStart, Event};

use super::struck::Run;
use crate::model::finding::Refusal;

/// The automatic styles that strike out, or write in the colour of the paper.
#[derive(Debug, Default)]
pub struct StruckStyles {
    names: BTreeSet<String>,
    white: BTreeSet<String>,
    /// Styles that colour the paper.
    filled: BTreeSet<String>,
    open: Option<String>,
}

impl StruckStyles {
    /// Takes the beginning of an element, which may define a style.
    pub fn take(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "style" => self.open = attribute(element, "style:name"),
            "text-properties" => {
                let is = |name: &str| attribute(element, name).is_some_and(|text| text != "none");
                let strikes =
                    is("style:text-line-through-style") || is("style:text-line-through-type");
                let colour = attribute(element, "fo:color");
                let white = colour.is_some_and(|colour| is_white(&colour));
                let Some(open) = &self.open else { return };
                if strikes {
                    self.names.insert(open.clone());
                }
                if white {
                    self.white.insert(open.clone());
                }
            }
            "table-cell-properties" => {
                let colour = attribute(element, "fo:background-color");
                let fills =
                    colour.is_some_and(|colour| colour != "transparent" && !is_white(&colour));
                self.filled.extend(self.open.clone().filter(|_| fills));
            }
            _ => {}
        }
    }

    /// Returns whether a style writes in the colour of the paper.
    pub fn hides(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.white.contains(name) && !self.filled.contains(name))
    }

    pub fn has(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.names.contains(name))
    }
}

fn is_white(colour: &str) -> bool {
    colour.eq_ignore_ascii_case("#ffffff")
}

/// What stands in a cell.
#[derive(Debug, Default)]
pub struct CellText {
    /// The beginning of what it shows.
    pub shown: String,
    /// The pieces of its text, where a piece is struck out.
    pub runs: Vec<Run>,
    pub comment: String,
}

/// Passes over a cell.
///
/// # Errors
/// Refuses content that ends before its time.
pub fn pass_over(
    reader: &mut quick_xml::Reader<&[u8]>,
    name: &str,
    struck: &StruckStyles,
) -> Result<CellText, Refusal> {
    const LONGEST: usize = 40;
    let mut cell = CellText::default();
    let (mut annotation, mut paragraphs) = (0, 0);
    // Whether each open span is struck out.
    let mut spans: Vec<bool> = Vec::new();
    let mut in_comment = false;
    loop {
        match reader.read_event().map_err(|error| Refusal::Damaged(error.to_string()))? {
            Event::Start(e) => match e.local_name().as_ref() {
                "annotation" => annotation += 1,
                "p" if annotation > 0 => {
                    in_comment = true;
                    if !cell.comment.is_empty() {
                        cell.comment.push('\n');
                    }
                }
                "p" => {
                    paragraphs += 1;
                    if paragraphs > 1 {
                        add(&mut cell.runs, "\n", &spans);
                    }
                }
                "span" => spans.push(struck.has(attribute(&e, "text:style-name").as_deref())),
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "annotation" => annotation -= 1,
                "p" => in_comment = false,
                "span" => drop(spans.pop()),
                other if other == name => {
                    // Where no piece is struck out, the cell's own look says all.
                    if cell.runs.iter().all(|run| run.struck.is_none()) {
                        cell.runs.clear();
                    }
                    return Ok(cell);
                }
                _ => {}
            },
            Event::Text(text) if annotation > 0 && in_comment => {
                cell.comment.push_str(&text.xml10_content());
            }
            Event::Text(_) if annotation > 0 => {}
            Event::Text(text) => {
                if cell.shown.len() < LONGEST {
                    cell.shown.extend(text.trim().chars().take(LONGEST));
                }
                if paragraphs > 0 {
                    add(&mut cell.runs, &text.xml10_content(), &spans);
                }
            }
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                super::xml::push_reference(&mut text, &reference);
                if annotation > 0 {
                    if in_comment {
                        cell.comment.push_str(&text);
                    }
                    continue;
                }
                if cell.shown.len() < LONGEST {
                    cell.shown.push('&');
                }
                add(&mut cell.runs, &text, &spans);
            }
            Event::Eof => return Err(Refusal::Damaged("the content is cut off".to_owned())),
            _ => {}
        }
    }
}

fn add(runs: &mut Vec<Run>, text: &str, spans: &[bool]) {
    let struck = spans.contains(&true).then_some(true);
    match runs.last_mut() {
        Some(run) if run.struck == struck => run.text.push_str(text),
        _ => runs.push(Run { text: text.to_owned(), struck, raised: false }),
    }
}

pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)
        .map(|attribute| attribute.value.into_owned())
}
