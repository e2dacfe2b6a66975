//! The parts of an xlsx that calamine does not show or stumbles over: which sheets there are,
//! hidden rows and columns, merges, formulas without a value.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::package::{Package, xml_text};
use super::struck::Run;
use super::sums::Sums;
use crate::model::finding::Refusal;
use crate::model::{CellAt, CellRange, fold};

/// What the workbook part says.
#[derive(Debug, Default)]
pub struct Structure {
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
pub struct RawCell {
    pub at: CellAt,
    pub style: Option<String>,
    pub kind: Option<String>,
    pub value: Option<String>,
    pub formula: Option<String>,
    /// The number of a formula that holds for several cells; only the first of them has its text.
    pub shared: Option<u32>,
    /// The pieces of a text that stands in the cell itself, where it has several looks.
    pub runs: Vec<Run>,
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
        (key.as_ref() == name).then(|| {
            unescape(&attribute.value)
                .map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned)
        })
    })
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
    let mut structure = Structure { odd: converted, ..Structure::default() };
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

pub(super) fn push_reference(value: &mut String, reference: &quick_xml::events::BytesRef<'_>) {
    let resolved = match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(c.to_string()),
        _ => unescape(&format!("&{};", reference.xml10_content()))
            .ok()
            .map(std::borrow::Cow::into_owned),
    };
    // An entity that is not predefined shows as it is written.
    value.push_str(&resolved.unwrap_or_else(|| format!("&{};", reference.xml10_content())));
}

/// Walks over a sheet's XML and hands each cell with content to `on_cell`.
///
/// # Errors
/// Refuses XML that ends before its time and cells outside Excel's grid.
pub fn walk(
    xml: &str,
    strings: &SharedStrings,
    mut on_cell: impl FnMut(&RawCell),
) -> Result<SheetFacts, Refusal> {
    let mut facts = SheetFacts::default();
    let mut reader = reader(xml);
    let mut row: u32 = 0;
    let mut column: u32 = 0;
    let mut finished = false;
    loop {
        let event = reader.read_event().map_err(|error| broken("sheet", &error))?;
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "dimension" => {
                    facts.odd |= attribute(&e, "ref").is_none_or(|text| !is_plain_dimension(&text));
                }
                "col" => hide_columns(&e, &mut facts),
                "row" => {
                    if let Some(text) = attribute(&e, "r") {
                        match text.parse::<u32>() {
                            Ok(number) if (1..=1_048_576).contains(&number) => row = number - 1,
                            Ok(0) => facts.odd = true,
                            _ => return Err(outside(&text)),
                        }
                    }
                    let flat = attribute(&e, "ht").is_some_and(|height| height.parse() == Ok(0.0));
                    if flat || attribute(&e, "hidden").is_some_and(|text| is_true(&text)) {
                        facts.hidden_rows.insert(row);
                    }
                }
                "c" => {
                    let cell = read_cell(&mut reader, &e, row, column, &mut facts)?;
                    if cell.at.column >= 16_384 || cell.at.row >= 1_048_576 {
                        return Err(outside(&cell.at.to_string()));
                    }
                    column = cell.at.column + 1;
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
                "sheetData" => finished = false,
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "row" => {
                    row += 1;
                    column = 0;
                }
                "sheetData" => finished = true,
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

fn read_cell(
    reader: &mut Reader<&[u8]>,
    start: &BytesStart<'_>,
    row: u32,
    column: u32,
    facts: &mut SheetFacts,
) -> Result<RawCell, Refusal> {
    let mut cell = RawCell { at: CellAt::new(row, column), ..RawCell::default() };
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
            "s" => cell.style = Some(attribute.value.into_owned()),
            "t" => cell.kind = Some(attribute.value.into_owned()),
            _ => {}
        }
    }
    let mut depth: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut inline = false;
    loop {
        match reader.read_event().map_err(|error| broken("sheet", &error))? {
            Event::Start(e) => {
                let name = e.local_name().as_ref().to_owned();
                if depth.is_empty() {
                    text.clear();
                    facts.odd |= !matches!(name.as_str(), "v" | "f" | "is");
                    inline |= name == "is";
                    if name == "f" {
                        cell.shared = shared_formula(&e);
                    }
                }
                begin_look(&name, &e, &mut cell.runs);
                depth.push(name);
            }
            Event::Text(content) if takes_text(&depth) => {
                let content = content.xml10_content();
                add_to_run(&mut cell.runs, &depth, &content);
                text.push_str(&content);
            }
            Event::CData(content) if takes_text(&depth) => {
                // calamine passes over CDATA where it expects a number.
                facts.odd = true;
                text.push_str(&content.xml10_content());
            }
            Event::GeneralRef(reference) if takes_text(&depth) => {
                let mut content = String::new();
                push_reference(&mut content, &reference);
                add_to_run(&mut cell.runs, &depth, &content);
                text.push_str(&content);
            }
            Event::End(e) => {
                if depth.is_empty() {
                    debug_assert_eq!(e.local_name().as_ref(), "c");
                    break;
                }
                let name = depth.pop().unwrap_or_default();
                if depth.is_empty() {
                    match name.as_str() {
                        "v" if !inline => cell.value = Some(std::mem::take(&mut text)),
                        "is" => cell.value = Some(std::mem::take(&mut text)),
                        "f" => cell.formula = Some(std::mem::take(&mut text)),
                        _ => {}
                    }
                }
            }
            Event::Eof => return Err(Refusal::Damaged("the sheet is cut off".to_owned())),
            _ => {}
        }
    }
    if inline && cell.kind.is_none() {
        cell.kind = Some("inlineStr".to_owned());
    }
    if cell.value.as_deref() == Some("") {
        cell.value = None;
        // A formula that was calculated and came to an empty text shows nothing; one that was not
        // calculated has no type of its value either.
        if cell.kind.as_deref() == Some("str") {
            cell.formula = None;
        }
    }
    Ok(cell)
}

/// Returns the number of a formula that is written once for several cells.
fn shared_formula(element: &BytesStart<'_>) -> Option<u32> {
    let is_shared = attribute(element, "t").is_some_and(|kind| kind == "shared");
    if is_shared { attribute(element, "si")?.parse().ok() } else { None }
}

/// Notes a new piece of a text, and the look that it gives itself.
fn begin_look(name: &str, element: &BytesStart<'_>, runs: &mut Vec<Run>) {
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

/// Text counts in values and formulas, and in inline strings outside phonetic runs.
fn takes_text(depth: &[String]) -> bool {
    match depth {
        [only] => only == "v" || only == "f",
        [first, rest @ ..] => {
            first == "is"
                && rest.last().is_some_and(|last| last == "t")
                && !rest.iter().any(|e| e == "rPh")
        }
        [] => false,
    }
}

/// Returns whether a text shows nothing once its escapes (`_x0001_`) are undone.
fn is_blank(text: &str) -> bool {
    if !text.contains("_x") {
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

fn shows_something(cell: &RawCell, strings: &SharedStrings) -> bool {
    let Some(value) = cell.value.as_deref() else { return cell.formula.is_some() };
    match (cell.kind.as_deref(), value.trim().parse::<usize>()) {
        (Some("s"), Ok(index)) => !strings.blank.contains(&index),
        _ => !is_blank(value),
    }
}

/// Notes what calamine would stumble over, sums, and formulas without a value.
fn examine(cell: &RawCell, shared_strings: usize, facts: &mut SheetFacts) {
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
        None | Some("n") => value.parse::<f64>().is_err(),
        Some("s") => value.parse::<usize>().is_ok_and(|index| index >= shared_strings),
        Some("b") => !matches!(value.trim(), "0" | "1" | "true" | "false" | "TRUE" | "FALSE"),
        Some("e") => !KNOWN_ERRORS.contains(&value),
        Some("str" | "inlineStr" | "d") => false,
        Some(_) => true,
    };
}

/// Counts the shared strings and returns whether their declared number is a lie that would make
/// calamine reserve room for it.
pub fn shared_strings(package: &mut Package<'_>) -> Result<SharedStrings, Refusal> {
    let part = package.names().find(|name| name.ends_with("sharedstrings.xml")).map(str::to_owned);
    let Some(part) = part else { return Ok(SharedStrings::default()) };
    let Some(bytes) = package.part(&part)? else { return Ok(SharedStrings::default()) };
    let (xml, converted) = xml_text(bytes)?;
    let mut reader = reader(&xml);
    let mut strings = SharedStrings { odd: converted, ..SharedStrings::default() };
    let mut declared: u64 = 0;
    // Whether the string shows something, and whether a phonetic run hides what follows.
    let (mut shown, mut phonetic) = (false, false);
    let mut in_text = false;
    let mut runs: Vec<Run> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| broken("shared strings", &error))? {
            Event::Start(e) if e.local_name().as_ref() == "sst" => {
                let count = attribute(&e, "uniqueCount").unwrap_or_default();
                declared = count.trim().parse().unwrap_or(0);
            }
            Event::Start(e) if e.local_name().as_ref() == "si" => {
                strings.count += 1;
                shown = false;
                runs.clear();
            }
            Event::Start(e) if e.local_name().as_ref() == "rPh" => phonetic = true,
            Event::End(e) if e.local_name().as_ref() == "rPh" => phonetic = false,
            Event::End(e) if e.local_name().as_ref() == "si" => {
                if !shown {
                    strings.blank.insert(strings.count - 1);
                }
                if !runs.is_empty() {
                    strings.rich.insert(strings.count - 1, std::mem::take(&mut runs));
                }
            }
            Event::Start(e) if e.local_name().as_ref() == "t" => in_text = true,
            Event::End(e) if e.local_name().as_ref() == "t" => in_text = false,
            Event::Start(e) => begin_look(e.local_name().as_ref(), &e, &mut runs),
            Event::Text(text) => {
                let text = text.xml10_content();
                shown |= !phonetic && !is_blank(&text);
                if let Some(run) = runs.last_mut().filter(|_| in_text && !phonetic) {
                    run.text.push_str(&text);
                }
            }
            Event::CData(text) => shown |= !phonetic && !is_blank(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                push_reference(&mut text, &reference);
                shown |= !phonetic && !is_blank(&text);
                if let Some(run) = runs.last_mut().filter(|_| in_text && !phonetic) {
                    run.text.push_str(&text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let real = u64::try_from(strings.count).expect("a count fits in 64 bits");
    strings.odd |= declared > real.saturating_mul(2) + 1000;
    strings.xml = strings.odd.then_some(xml);
    Ok(strings)
}

/// What is known of the shared strings.
#[derive(Debug, Default)]
pub struct SharedStrings {
    pub count: usize,
    pub odd: bool,
    /// The places of strings that show nothing.
    blank: BTreeSet<usize>,
    /// The pieces of texts with several looks.
    rich: BTreeMap<usize, Vec<Run>>,
    /// The part's text, kept only when it has to be written anew.
    pub xml: Option<String>,
}

impl SharedStrings {
    /// Returns the pieces of a text that has several looks.
    pub fn pieces(&self, place: usize) -> Option<&Vec<Run>> {
        self.rich.get(&place)
    }
}
