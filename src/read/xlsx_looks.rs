//! What an xlsx says beside its values: which formats strike a cell out, and the comments.

use quick_xml::events::{BytesStart, Event};

use super::package::{Package, xml_text};
use super::sheet::Comment;
use super::struck::{self, Stroke};
use super::xlsx_parts::{
    RawCell, SharedStrings, attribute, is_set, push_reference, reader, relations,
};
use crate::model::finding::Refusal;
use crate::model::{CellAt, fold};

/// How the cells of a format look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellLook {
    pub struck: bool,
    /// Whether the letters have the colour of the paper.
    pub unseen: bool,
}

/// Returns how the cells of each format look; nothing where all look plain.
pub fn looks(package: &mut Package<'_>) -> Result<Vec<CellLook>, Refusal> {
    let part = package.names().find(|name| name.ends_with("/styles.xml")).map(str::to_owned);
    let Some(part) = part else { return Ok(Vec::new()) };
    let Some(bytes) = package.part(&part)? else { return Ok(Vec::new()) };
    let (xml, _) = xml_text(bytes)?;
    let may_be_white = ["FFFFFF", "ffffff", "theme=\"0\"", "indexed=\"9\"", "indexed=\"1\""];
    let is_plain = !xml.contains("strike") && !may_be_white.iter().any(|white| xml.contains(white));
    Ok(if is_plain { Vec::new() } else { formats(&xml) })
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

fn formats(xml: &str) -> Vec<CellLook> {
    let mut reader = reader(xml);
    let mut fonts: Vec<CellLook> = Vec::new();
    // Whether each fill leaves the paper white.
    let mut fills: Vec<bool> = Vec::new();
    let mut formats = Vec::new();
    let (mut in_fonts, mut in_fills, mut in_formats) = (false, false, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "fonts" => in_fonts = true,
                "fills" => in_fills = true,
                "cellXfs" => in_formats = true,
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
                    formats.push(look);
                }
                _ => {}
            },
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "fonts" => in_fonts = false,
                "fills" => in_fills = false,
                "cellXfs" => in_formats = false,
                _ => {}
            },
            // Looks decide nothing that is worth losing the sheets over.
            Ok(Event::Eof) | Err(_) => return formats,
            _ => {}
        }
    }
}

/// Returns how a cell looks.
pub fn look(cell: &RawCell, looks: &[CellLook]) -> CellLook {
    let style = cell.style.as_deref().and_then(|style| style.trim().parse::<usize>().ok());
    looks.get(style.unwrap_or(0)).copied().unwrap_or_default()
}

/// Returns what of a cell is struck out.
pub fn stroke(cell: &RawCell, strings: &SharedStrings, looks: &[CellLook]) -> Option<Stroke> {
    let is_struck = look(cell, looks).struck;
    let shared = match cell.kind.as_deref() {
        Some("s") => {
            let place = cell.value.as_deref().and_then(|value| value.trim().parse().ok());
            place.and_then(|place: usize| strings.pieces(place))
        }
        _ => None,
    };
    struck::stroke(is_struck, shared.unwrap_or(&cell.runs))
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
