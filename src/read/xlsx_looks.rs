//! What an xlsx says beside its values: which formats strike a cell out, and the comments.

use quick_xml::events::Event;

use super::package::{Package, xml_text};
use super::sheet::Comment;
use super::struck::{self, Stroke};
use super::xlsx_parts::{
    RawCell, SharedStrings, attribute, is_set, push_reference, reader, relations,
};
use crate::model::finding::Refusal;
use crate::model::{CellAt, fold};

/// Returns for each cell format whether its font is struck out; none where no font is.
pub fn struck_formats(package: &mut Package<'_>) -> Result<Vec<bool>, Refusal> {
    let part = package.names().find(|name| name.ends_with("/styles.xml")).map(str::to_owned);
    let Some(part) = part else { return Ok(Vec::new()) };
    let Some(bytes) = package.part(&part)? else { return Ok(Vec::new()) };
    let (xml, _) = xml_text(bytes)?;
    Ok(if xml.contains("strike") { formats(&xml) } else { Vec::new() })
}

fn formats(xml: &str) -> Vec<bool> {
    let mut reader = reader(xml);
    let mut fonts: Vec<bool> = Vec::new();
    let mut formats = Vec::new();
    let (mut in_fonts, mut in_formats) = (false, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "fonts" => in_fonts = true,
                "cellXfs" => in_formats = true,
                "font" if in_fonts => fonts.push(false),
                "strike" if in_fonts => {
                    if let Some(font) = fonts.last_mut() {
                        *font = is_set(&e);
                    }
                }
                "xf" if in_formats => {
                    let font = attribute(&e, "fontId").and_then(|text| text.parse::<usize>().ok());
                    formats.push(font.and_then(|font| fonts.get(font)) == Some(&true));
                }
                _ => {}
            },
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "fonts" => in_fonts = false,
                "cellXfs" => in_formats = false,
                _ => {}
            },
            // Looks decide nothing that is worth losing the sheets over.
            Ok(Event::Eof) | Err(_) => return formats,
            _ => {}
        }
    }
}

/// Returns what of a cell is struck out.
pub fn stroke(cell: &RawCell, strings: &SharedStrings, formats: &[bool]) -> Option<Stroke> {
    let style = cell.style.as_deref().and_then(|style| style.trim().parse::<usize>().ok());
    let is_struck = formats.get(style.unwrap_or(0)) == Some(&true);
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
