//! One cell of an xlsx, as its XML has it.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::struck::Run;
use super::xml::{attribute, broken, is_set, keeps_blanks, push_reference, trimmed};
use crate::model::CellAt;
use crate::model::finding::Refusal;

/// A cell as the XML has it.
#[derive(Debug, Default)]
pub struct RawCell<'x> {
    pub at: CellAt,
    pub style: Option<Cow<'x, str>>,
    pub kind: Option<Cow<'x, str>>,
    pub value: Option<Cow<'x, str>>,
    /// The value of a cell that holds a number, unless it is none.
    pub number: Option<f64>,
    /// The value of a text that stands in the cell itself, without the blanks around its pieces that
    /// do not count; none where there are no such blanks.
    pub trimmed: Option<String>,
    pub formula: Option<Cow<'x, str>>,
    /// The number of a formula that holds for several cells; only the first of them has its text.
    pub shared: Option<u32>,
    /// The pieces of a text that stands in the cell itself, where it has several looks.
    pub runs: Vec<Run>,
    /// Whether it is written as the usual programs write it: at most one value, in one piece, behind
    /// its formula.
    pub usual: bool,
}

pub(super) fn outside(reference: &str) -> Refusal {
    let shown: String = reference.chars().take(30).collect();
    Refusal::Damaged(format!("cell {shown} lies outside the sheet"))
}

/// What stands directly in a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value,
    Formula,
    Inline,
    Other,
}

/// Reads a cell that has begun; `row` and `column` are where it stands if it does not say.
///
/// # Errors
/// Refuses a cell outside Excel's grid, and XML that breaks off.
pub(super) fn read_cell<'c, 'x: 'c>(
    reader: &mut Reader<&'x [u8]>,
    start: &'c BytesStart<'x>,
    row: u32,
    column: u32,
    odd: &mut bool,
) -> Result<RawCell<'c>, Refusal> {
    let at = CellAt::new(row, column);
    let mut cell = RawCell { at, usual: true, ..RawCell::default() };
    for attribute in start.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => match attribute.value.parse::<CellAt>() {
                Ok(at) => cell.at = at,
                // Some writers count rows from zero; the place then follows from the order.
                Err(_) if attribute.value.ends_with('0') || attribute.value.is_empty() => {
                    *odd = true;
                    if !attribute
                        .value
                        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                        .trim_matches('0')
                        .is_empty()
                    {
                        return Err(outside(&attribute.value));
                    }
                }
                Err(_) => return Err(outside(&attribute.value)),
            },
            "s" => cell.style = Some(attribute.value),
            "t" => cell.kind = Some(attribute.value),
            _ => {}
        }
    }
    let mut part: Option<Part> = None;
    let mut depth: Vec<String> = Vec::new();
    let mut text: Cow<'x, str> = Cow::Borrowed("");
    // Of a value that is no text, other readers take the first piece only.
    let is_text = cell.kind.as_deref() == Some("str");
    let mut inline = false;
    let mut values = 0;
    let mut piece = Piece::default();
    loop {
        match reader.read_event().map_err(|error| broken("sheet", &error))? {
            Event::Start(e) if part.is_none() => {
                text = Cow::Borrowed("");
                let begun = match e.local_name().as_ref() {
                    "v" => Part::Value,
                    "f" => Part::Formula,
                    "is" => Part::Inline,
                    _ => Part::Other,
                };
                *odd |= begun == Part::Other;
                inline |= begun == Part::Inline;
                match begun {
                    Part::Value | Part::Inline => values += 1,
                    // What stands behind its value hides it from other readers.
                    Part::Formula => {
                        cell.usual &= values == 0;
                        cell.shared = shared_formula(&e);
                    }
                    Part::Other => begin_look(e.local_name().as_ref(), &e, &mut cell.runs),
                }
                part = Some(begun);
            }
            Event::Start(e) => {
                let name = e.local_name().as_ref().to_owned();
                cell.usual &= part == Some(Part::Inline);
                begin_look(&name, &e, &mut cell.runs);
                if name == "t" {
                    piece.begin(&e, text.len());
                }
                depth.push(name);
            }
            Event::Text(content) if takes_text(part, &depth) => {
                let content = content.xml10_content();
                add_to_run(&mut cell.runs, &depth, &content);
                if text.is_empty() {
                    text = content;
                } else {
                    cell.usual &= is_text || part != Some(Part::Value);
                    text.to_mut().push_str(&content);
                }
            }
            Event::CData(content) if takes_text(part, &depth) => {
                // calamine passes over CDATA where it expects a number.
                *odd = true;
                text.to_mut().push_str(&content.xml10_content());
            }
            Event::GeneralRef(reference) if takes_text(part, &depth) => {
                let mut content = String::new();
                let is_known = push_reference(&mut content, &reference);
                cell.usual &= is_known && (is_text || part != Some(Part::Value));
                add_to_run(&mut cell.runs, &depth, &content);
                text.to_mut().push_str(&content);
            }
            Event::End(e) => {
                if let Some(name) = depth.pop() {
                    if name == "t" {
                        piece.end(&text);
                    }
                    continue;
                }
                match part.take() {
                    Some(Part::Value) if !inline => cell.value = Some(std::mem::take(&mut text)),
                    Some(Part::Inline) => cell.value = Some(std::mem::take(&mut text)),
                    Some(Part::Formula) => cell.formula = Some(std::mem::take(&mut text)),
                    Some(Part::Value | Part::Other) => {}
                    None => {
                        debug_assert_eq!(e.local_name().as_ref(), "c");
                        break;
                    }
                }
            }
            Event::Eof => return Err(Refusal::Damaged("the sheet is cut off".to_owned())),
            // A remark in a value hides it from other readers.
            _ => cell.usual &= part != Some(Part::Value),
        }
    }
    cell.usual &= values <= 1;
    cell.trimmed = piece.trimmed;
    finish(&mut cell, inline);
    Ok(cell)
}

/// Completes a cell by what follows from all that stands in it; `inline` says whether its text does.
pub(super) fn finish(cell: &mut RawCell<'_>, inline: bool) {
    if inline && cell.kind.is_none() {
        cell.kind = Some(Cow::Borrowed("inlineStr"));
    }
    cell.usual &= inline == (cell.kind.as_deref() == Some("inlineStr"));
    if cell.value.as_deref() == Some("") {
        cell.value = None;
        // A formula that was calculated and came to an empty text shows nothing; one that was not
        // calculated has no type of its value either.
        if cell.kind.as_deref() == Some("str") {
            cell.formula = None;
        }
    }
    if matches!(cell.kind.as_deref(), None | Some("n")) {
        cell.number = cell.value.as_deref().and_then(|value| value.parse().ok());
    }
}

/// The pieces of a text in a cell, without the blanks around them that do not count.
#[derive(Default)]
struct Piece {
    /// Where the last one begins in the text, and whether its blanks count.
    start: usize,
    keeps_blanks: bool,
    /// Whether it has not ended.
    is_open: bool,
    /// All so far; none where they are the text itself.
    trimmed: Option<String>,
}

impl Piece {
    fn begin(&mut self, element: &BytesStart<'_>, start: usize) {
        (self.start, self.is_open) = (start, true);
        self.keeps_blanks = keeps_blanks(element);
    }

    fn end(&mut self, text: &str) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        let (before, own) = text.split_at(self.start);
        let bare = if self.keeps_blanks { own } else { trimmed(own) };
        match &mut self.trimmed {
            Some(trimmed) => trimmed.push_str(bare),
            None if bare.len() < own.len() => self.trimmed = Some(before.to_owned() + bare),
            None => {}
        }
    }
}

/// Returns the number of a formula that is written once for several cells.
fn shared_formula(element: &BytesStart<'_>) -> Option<u32> {
    let is_shared = attribute(element, "t").is_some_and(|kind| kind == "shared");
    if is_shared { attribute(element, "si")?.parse().ok() } else { None }
}

fn add_to_run(runs: &mut [Run], depth: &[String], text: &str) {
    let inside = depth.iter().any(|element| element == "r");
    if let Some(run) = runs.last_mut().filter(|_| inside) {
        run.text.push_str(text);
    }
}

/// Text counts in values and formulas, and in inline strings outside phonetic runs; `depth` are the
/// elements within them.
fn takes_text(part: Option<Part>, depth: &[String]) -> bool {
    match part {
        Some(Part::Value | Part::Formula) => depth.is_empty(),
        Some(Part::Inline) => {
            depth.last().is_some_and(|last| last == "t") && !depth.iter().any(|e| e == "rPh")
        }
        Some(Part::Other) | None => false,
    }
}

/// Notes a new piece of a text, and the look that it gives itself.
pub(super) fn begin_look(name: &str, element: &BytesStart<'_>, runs: &mut Vec<Run>) {
    match name {
        "r" => runs.push(Run::default()),
        "rPr" => {
            if let Some(run) = runs.last_mut() {
                run.struck = Some(false);
            }
        }
        "strike" => {
            if let Some(run) = runs.last_mut() {
                run.struck = Some(is_set(element));
            }
        }
        "vertAlign" => {
            if let Some(run) = runs.last_mut() {
                run.raised = attribute(element, "val").as_deref() == Some("superscript");
            }
        }
        _ => {}
    }
}
