//! What an xlsx says beside its values: how the cells of a format look, and the comments.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::number_format::{self, NumberFormat, NumberKind};
use super::package::{Package, xml_text};
use super::sheet::Comment;
use super::struck::{self, Stroke};
use super::xlsx_cells::RawCell;
use super::xlsx_parts::relations;
use super::xlsx_strings::SharedStrings;
use super::xml::{attribute, is_set, push_reference, reader};
use crate::model::finding::Refusal;
use crate::model::{CellAt, fold};

/// How the cells of a format look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellLook {
    pub struck: bool,
    /// Whether the letters have the colour of the paper.
    pub unseen: bool,
}

/// How the cells of each format look, and how their numbers are shown.
#[derive(Debug, Default)]
pub struct Styles {
    pub looks: Vec<CellLook>,
    pub numbers: Vec<NumberStyle>,
    /// The part's name in the package; none where there is none.
    pub part: Option<String>,
    /// Whether it was read to its end.
    pub whole: bool,
}

/// How the numbers of a format are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumberStyle {
    pub kind: NumberKind,
    /// What the format says beside the number, where that is more than how many places are shown.
    pub format: Option<NumberFormat>,
}

/// Reads the formats of a workbook.
pub fn styles(package: &mut Package<'_>) -> Result<Styles, Refusal> {
    let part = package.names().find(|name| name.ends_with("/styles.xml")).map(str::to_owned);
    let none = Styles { whole: true, ..Styles::default() };
    let Some(part) = part else { return Ok(none) };
    let Some(bytes) = package.part(&part)? else { return Ok(none) };
    let (xml, _) = xml_text(bytes)?;
    Ok(Styles { part: Some(part), ..formats(&xml) })
}

/// Returns whether a colour is white, as the paper is.
fn is_white(element: &BytesStart<'_>) -> bool {
    let is = |name: &str, values: &[&str]| {
        attribute(element, name).is_some_and(|text| values.contains(&text.as_str()))
    };
    let darker = attribute(element, "tint").is_some_and(|tint| tint.starts_with('-'));
    attribute(element, "rgb").is_some_and(|rgb| rgb.to_uppercase().ends_with("FFFFFF"))
        || (is("theme", &["0"]) && !darker)
        || is("indexed", &["1", "9"])
}

fn formats(xml: &str) -> Styles {
    let mut reader = reader(xml);
    let mut styles = Styles::default();
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    // Most workbooks have fewer number formats than formats.
    let mut known: BTreeMap<String, NumberStyle> = BTreeMap::new();
    let mut fonts: Vec<CellLook> = Vec::new();
    // Whether each fill leaves the paper white.
    let mut fills: Vec<bool> = Vec::new();
    let (mut in_codes, mut in_fonts, mut in_fills, mut in_formats) = (false, false, false, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "numFmts" => in_codes = true,
                "fonts" => in_fonts = true,
                "fills" => in_fills = true,
                "cellXfs" => in_formats = true,
                "numFmt" if in_codes => {
                    if let (Some(id), Some(code)) =
                        (attribute(&e, "numFmtId"), attribute(&e, "formatCode"))
                    {
                        codes.insert(id, code);
                    }
                }
                "font" if in_fonts => fonts.push(CellLook::default()),
                "strike" if in_fonts => {
                    if let Some(font) = fonts.last_mut() {
                        font.struck = is_set(&e);
                    }
                }
                "color" if in_fonts => {
                    if let Some(font) = fonts.last_mut() {
                        font.unseen = is_white(&e);
                    }
                }
                "fill" if in_fills => fills.push(true),
                "patternFill" if in_fills => {
                    if let Some(fill) = fills.last_mut() {
                        let pattern = attribute(&e, "patternType");
                        *fill = pattern.is_none_or(|pattern| pattern == "none");
                    }
                }
                // The colour of a solid fill is its foreground.
                "fgColor" if in_fills => {
                    if let Some(fill) = fills.last_mut() {
                        *fill |= is_white(&e);
                    }
                }
                "gradientFill" if in_fills => {
                    if let Some(fill) = fills.last_mut() {
                        *fill = false;
                    }
                }
                "xf" if in_formats => {
                    let place = |name| attribute(&e, name).and_then(|text| text.parse().ok());
                    let font = place("fontId").and_then(|font: usize| fonts.get(font)).copied();
                    let fill = place("fillId").and_then(|fill: usize| fills.get(fill));
                    let mut look = font.unwrap_or_default();
                    look.unseen &= fill.is_none_or(|leaves_paper| *leaves_paper);
                    styles.looks.push(look);
                    let id = attribute(&e, "numFmtId").unwrap_or_default();
                    let code = codes.get(&id).map(String::as_str);
                    let number = known.entry(id).or_insert_with_key(|id| number_style(id, code));
                    styles.numbers.push(number.clone());
                }
                _ => {}
            },
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "numFmts" => in_codes = false,
                "fonts" => in_fonts = false,
                "fills" => in_fills = false,
                "cellXfs" => in_formats = false,
                _ => {}
            },
            // Looks decide nothing that is worth losing the sheets over.
            Ok(Event::Eof) => return Styles { whole: true, ..styles },
            Err(_) => return styles,
            _ => {}
        }
    }
}

/// Returns how numbers are shown by the format of a number, with its code where it has its own.
fn number_style(id: &str, code: Option<&str>) -> NumberStyle {
    let (kind, code) = match code {
        Some(code) => (number_format::kind(code), Some(code)),
        None => number_format::built_in(id),
    };
    NumberStyle { kind, format: code.and_then(NumberFormat::parse) }
}

/// Returns how a cell looks.
pub fn look(cell: &RawCell<'_>, looks: &[CellLook]) -> CellLook {
    let style = cell.style.as_deref().and_then(|style| style.trim().parse::<usize>().ok());
    looks.get(style.unwrap_or(0)).copied().unwrap_or_default()
}

/// Returns what of a cell is struck out.
pub fn stroke(cell: &RawCell<'_>, look: CellLook, strings: &SharedStrings) -> Option<Stroke> {
    let shared = match cell.kind.as_deref() {
        Some("s") => {
            let place = cell.value.as_deref().and_then(|value| value.trim().parse().ok());
            place.and_then(|place: usize| strings.pieces(place))
        }
        _ => None,
    };
    struck::stroke(look.struck, shared.unwrap_or(&cell.runs))
}

/// Reads the comments on a sheet, threads included, in the order of the cells.
pub fn comments(package: &mut Package<'_>, sheet: &str) -> Result<Vec<Comment>, Refusal> {
    let mut parts: Vec<(String, String)> = relations(package, sheet)?.into_values().collect();
    // Threads first: the comments of old carry a placeholder for each.
    parts.sort_by_key(|(kind, _)| kind != "threadedComment");
    let mut found: Vec<Comment> = Vec::new();
    for (kind, part) in parts {
        if !matches!(kind.as_str(), "comments" | "threadedComment") {
            continue;
        }
        let Some(bytes) = package.part(&part)? else { continue };
        let (xml, _) = xml_text(bytes)?;
        let threads = found.len();
        for comment in written(&xml) {
            let is_thread = found[..threads].iter().any(|thread| thread.at == comment.at);
            if kind == "threadedComment" || !is_thread {
                found.push(comment);
            }
        }
    }
    found.sort_by_key(|comment| comment.at);
    Ok(found)
}

fn written(xml: &str) -> Vec<Comment> {
    let mut reader = reader(xml);
    let mut found: Vec<Comment> = Vec::new();
    let mut open: Option<Comment> = None;
    let mut in_text = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "comment" | "threadedComment" => {
                    let at = attribute(&e, "ref").and_then(|text| text.parse::<CellAt>().ok());
                    open = at.map(|at| Comment { at, text: String::new() });
                }
                // A thread's text stands in the element itself, a comment's in its pieces.
                "t" | "text" => in_text = true,
                _ => {}
            },
            Ok(Event::Text(text)) if in_text => {
                if let Some(comment) = &mut open {
                    comment.text.push_str(&text.xml10_content());
                }
            }
            Ok(Event::GeneralRef(reference)) if in_text => {
                if let Some(comment) = &mut open {
                    push_reference(&mut comment.text, &reference);
                }
            }
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "comment" | "threadedComment" => {
                    found.extend(open.take().filter(|comment| !fold::is_blank(&comment.text)));
                }
                "t" | "text" => in_text = false,
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return found,
            _ => {}
        }
    }
}
