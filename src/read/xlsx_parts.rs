//! The parts of an xlsx that calamine does not show or stumbles over: which sheets there are,
//! hidden rows and columns, merges, formulas without a value.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::package::{Package, xml_text};
use super::struck::Run;
use super::sums::Sums;
use super::xlsx_strings::{self, SharedStrings};
use crate::model::finding::Refusal;
use crate::model::{CellAt, CellRange};

/// What the workbook part says.
#[derive(Debug, Default)]
pub struct Structure {
    /// The workbook's part in the package.
    pub part: String,
    pub sheets: Vec<SheetPart>,
    pub dates_from_1904: bool,
    /// Whether all formulas are to be calculated when the workbook is opened.
    pub calculates_on_load: bool,
    /// Whether something in it would keep calamine from opening the workbook.
    pub odd: bool,
}

/// A worksheet of the workbook; chart, dialog and macro sheets hold no cells to read.
#[derive(Debug)]
pub struct SheetPart {
    pub name: String,
    pub hidden: bool,
    /// The part's full name in the package.
    pub part: String,
}

/// What one walk over a sheet's XML tells.
#[derive(Debug, Default)]
pub struct SheetFacts {
    pub hidden_rows: BTreeSet<u32>,
    pub hidden_columns: BTreeSet<u32>,
    pub merges: Vec<CellRange>,
    /// Formulas that have no calculated value.
    pub uncalculated: Vec<(CellAt, String)>,
    /// Formulas whose value is 0, as programs write it that calculate nothing.
    pub zeros: Vec<(CellAt, String)>,
    /// Whether a formula has another value than 0.
    pub calculated: bool,
    /// Formulas that add up cells.
    pub sums: Sums,
    /// Cells with something in them.
    pub cells: u64,
    /// Rows that show something, counted without the help of the library that reads the values.
    pub nonblank: BTreeSet<u32>,
    /// Cells that show something, found likewise; ascending, each once.
    pub shown: Vec<CellAt>,
    /// Whether some cell would cost the whole sheet if calamine read the part as it is.
    pub odd: bool,
}

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

/// Error values that calamine knows; any other would cost the whole sheet.
pub(super) const KNOWN_ERRORS: [&str; 7] =
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

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
fn unescaped(value: &str) -> Cow<'_, str> {
    unescape(value).unwrap_or(Cow::Borrowed(value))
}

fn is_true(text: &str) -> bool {
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

/// Returns the folder of a part and the part named by a relation of it.
fn target_part(of: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut folders: Vec<&str> = of.split('/').collect();
    folders.pop();
    for step in target.split('/') {
        match step {
            ".." => {
                folders.pop();
            }
            "." | "" => {}
            other => folders.push(other),
        }
    }
    folders.join("/")
}

/// Reads the relations of a part: identity → (kind of part, part).
pub fn relations(
    package: &mut Package<'_>,
    of: &str,
) -> Result<BTreeMap<String, (String, String)>, Refusal> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let slash = if folder.is_empty() { "" } else { "/" };
    let mut found = BTreeMap::new();
    let Some(bytes) = package.part(&format!("{folder}{slash}_rels/{file}.rels"))? else {
        return Ok(found);
    };
    let (xml, _) = xml_text(bytes)?;
    let mut reader = reader(&xml);
    loop {
        match reader.read_event().map_err(|error| broken(of, &error))? {
            Event::Start(e) if e.local_name().as_ref() == "Relationship" => {
                if let (Some(id), Some(kind), Some(target)) =
                    (attribute(&e, "Id"), attribute(&e, "Type"), attribute(&e, "Target"))
                {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    found.insert(id, (kind, target_part(of, &target)));
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// Reads which sheets a workbook has.
///
/// # Errors
/// Refuses packages that are no spreadsheet.
pub fn structure(package: &mut Package<'_>) -> Result<Structure, Refusal> {
    let workbook = relations(package, "")?
        .into_values()
        .find(|(kind, _)| kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, part)| part);
    let Some(bytes) = package.part(&workbook)? else {
        return Err(Refusal::Damaged("no workbook part".to_owned()));
    };
    let relations = relations(package, &workbook)?;
    let (xml, converted) = xml_text(bytes)?;
    let part = workbook.clone();
    let mut structure = Structure { part, odd: converted, ..Structure::default() };
    let mut reader = reader(&xml);
    loop {
        match reader.read_event().map_err(|error| broken(&workbook, &error))? {
            Event::Start(e) if e.local_name().as_ref() == "sheet" => {
                let name = attribute(&e, "name").unwrap_or_default();
                let state = attribute(&e, "state").unwrap_or_else(|| "visible".to_owned());
                structure.odd |= !matches!(state.as_str(), "visible" | "hidden" | "veryHidden");
                let hidden = matches!(state.as_str(), "hidden" | "veryHidden");
                let relation = attribute(&e, "id").and_then(|id| relations.get(&id));
                match relation {
                    Some((kind, part)) if kind == "worksheet" => {
                        structure.sheets.push(SheetPart { name, hidden, part: part.clone() });
                    }
                    Some((kind, _)) if kind == "chartsheet" || kind == "dialogsheet" => {}
                    // A macro sheet or a sheet that points nowhere; calamine refuses the whole
                    // workbook over it.
                    _ => structure.odd = true,
                }
            }
            Event::Start(e) if e.local_name().as_ref() == "workbookPr" => {
                if let Some(value) = attribute(&e, "date1904") {
                    structure.dates_from_1904 = is_true(&value);
                }
            }
            Event::Start(e) if e.local_name().as_ref() == "calcPr" => {
                structure.calculates_on_load =
                    attribute(&e, "fullCalcOnLoad").is_some_and(|text| is_true(&text));
            }
            Event::Start(e) if e.local_name().as_ref() == "html" => {
                return Err(Refusal::Html);
            }
            Event::Eof => return Ok(structure),
            _ => {}
        }
    }
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

/// Walks over a sheet's XML and hands each cell with content to `on_cell`.
///
/// # Errors
/// Refuses XML that ends before its time and cells outside Excel's grid.
pub fn walk(
    xml: &str,
    strings: &SharedStrings,
    mut on_cell: impl FnMut(&RawCell<'_>),
) -> Result<SheetFacts, Refusal> {
    let mut facts = SheetFacts::default();
    let mut reader = reader(xml);
    let mut row: u32 = 0;
    let mut column: u32 = 0;
    // Cells beside the sheet's data are read by nobody else.
    let mut inside = false;
    let mut finished = false;
    loop {
        let event = reader.read_event().map_err(|error| broken("sheet", &error))?;
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "dimension" => {
                    facts.odd |= attribute(&e, "ref").is_none_or(|text| !is_plain_dimension(&text));
                }
                "col" => hide_columns(&e, &mut facts),
                "row" => row = begin_row(&e, row, &mut facts)?,
                "c" => {
                    let cell = read_cell(&mut reader, &e, row, column, &mut facts)?;
                    if cell.at.column >= 16_384 || cell.at.row >= 1_048_576 {
                        return Err(outside(&cell.at.to_string()));
                    }
                    column = cell.at.column + 1;
                    facts.odd |= !inside;
                    examine(&cell, strings.count, &mut facts);
                    if cell.value.is_some() || cell.formula.is_some() {
                        facts.cells += 1;
                        if shows_something(&cell, strings) {
                            if facts.nonblank.last() != Some(&cell.at.row) {
                                facts.nonblank.insert(cell.at.row);
                            }
                            facts.shown.push(cell.at);
                        }
                        on_cell(&cell);
                    }
                }
                "mergeCell" => {
                    if let Some(merge) = attribute(&e, "ref").and_then(|text| text.parse().ok()) {
                        facts.merges.push(merge);
                    }
                }
                "sheetData" => (inside, finished) = (true, false),
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "row" => {
                    row += 1;
                    column = 0;
                }
                "sheetData" => (inside, finished) = (false, true),
                _ => {}
            },
            Event::Eof if finished => break,
            Event::Eof => return Err(Refusal::Damaged("the sheet is cut off".to_owned())),
            _ => {}
        }
    }
    // A hostile part may name a cell twice or out of order.
    facts.shown.sort_unstable();
    facts.shown.dedup();
    Ok(facts)
}

/// Reads the beginning of a row and returns its place; `next` is where it stands if it says nothing.
fn begin_row(e: &BytesStart<'_>, next: u32, facts: &mut SheetFacts) -> Result<u32, Refusal> {
    let mut row = next;
    let mut is_hidden = false;
    let mut is_placed = false;
    for attribute in e.attributes().with_checks(false).flatten() {
        match attribute.key.local_name().as_ref() {
            // Of several attributes of one name the first counts.
            "r" if !is_placed => {
                is_placed = true;
                let text = unescaped(&attribute.value);
                match text.parse::<u32>() {
                    Ok(number) if (1..=1_048_576).contains(&number) => row = number - 1,
                    Ok(0) => facts.odd = true,
                    _ => return Err(outside(&text)),
                }
            }
            "ht" => is_hidden |= unescaped(&attribute.value).parse() == Ok(0.0),
            "hidden" => is_hidden |= is_true(&unescaped(&attribute.value)),
            _ => {}
        }
    }
    if is_hidden {
        facts.hidden_rows.insert(row);
    }
    Ok(row)
}

fn outside(reference: &str) -> Refusal {
    let shown: String = reference.chars().take(30).collect();
    Refusal::Damaged(format!("cell {shown} lies outside the sheet"))
}

fn is_plain_dimension(text: &str) -> bool {
    text.parse::<CellRange>().is_ok_and(|range| {
        range.first.row <= range.last.row && range.first.column <= range.last.column
    })
}

fn hide_columns(e: &BytesStart<'_>, facts: &mut SheetFacts) {
    let narrow = attribute(e, "width").is_some_and(|width| width.parse() == Ok(0.0));
    if !narrow && !attribute(e, "hidden").is_some_and(|text| is_true(&text)) {
        return;
    }
    let number = |name| attribute(e, name).and_then(|text| text.parse::<u32>().ok());
    if let (Some(first), Some(last)) = (number("min"), number("max")) {
        let last = last.min(16_384);
        facts.hidden_columns.extend((first.max(1)..=last).map(|column| column - 1));
    }
}

/// What stands directly in a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value,
    Formula,
    Inline,
    Other,
}

fn read_cell<'c, 'x: 'c>(
    reader: &mut Reader<&'x [u8]>,
    start: &'c BytesStart<'x>,
    row: u32,
    column: u32,
    facts: &mut SheetFacts,
) -> Result<RawCell<'c>, Refusal> {
    let at = CellAt::new(row, column);
    let mut cell = RawCell { at, usual: true, ..RawCell::default() };
    for attribute in start.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => match attribute.value.parse::<CellAt>() {
                Ok(at) => cell.at = at,
                // Some writers count rows from zero; the place then follows from the order.
                Err(_) if attribute.value.ends_with('0') || attribute.value.is_empty() => {
                    facts.odd = true;
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
                facts.odd |= begun == Part::Other;
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
                facts.odd = true;
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
    Ok(cell)
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
        self.keeps_blanks = xlsx_strings::keeps_blanks(element);
    }

    fn end(&mut self, text: &str) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        let (before, own) = text.split_at(self.start);
        let bare = if self.keeps_blanks { own } else { xlsx_strings::trimmed(own) };
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

fn shows_something(cell: &RawCell<'_>, strings: &SharedStrings) -> bool {
    let Some(value) = cell.value.as_deref() else { return cell.formula.is_some() };
    if cell.number.is_some() {
        return true;
    }
    if cell.kind.as_deref() == Some("s")
        && let Ok(index) = value.trim().parse::<usize>()
    {
        return !strings.is_blank(index);
    }
    !xlsx_strings::is_blank(value)
}

/// Notes what calamine would stumble over, sums, and formulas without a value.
fn examine(cell: &RawCell<'_>, shared_strings: usize, facts: &mut SheetFacts) {
    if let Some(formula) = &cell.formula {
        facts.sums.note(cell.at, formula, cell.shared);
    }
    let Some(value) = cell.value.as_deref() else {
        if let Some(formula) = &cell.formula {
            facts.uncalculated.push((cell.at, format!("={formula}")));
        }
        return;
    };
    if let Some(formula) = &cell.formula {
        let is_number = matches!(cell.kind.as_deref(), None | Some("n"));
        if is_number && value.trim().parse() == Ok(0.0) {
            facts.zeros.push((cell.at, format!("={formula}")));
        } else {
            facts.calculated = true;
        }
    }
    facts.odd |= match cell.kind.as_deref() {
        None | Some("n") => cell.number.is_none(),
        Some("s") => value.parse::<usize>().is_ok_and(|index| index >= shared_strings),
        Some("b") => !matches!(value.trim(), "0" | "1" | "true" | "false" | "TRUE" | "FALSE"),
        Some("e") => !KNOWN_ERRORS.contains(&value),
        Some("str" | "inlineStr" | "d") => false,
        Some(_) => true,
    };
}
