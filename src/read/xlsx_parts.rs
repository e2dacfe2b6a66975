//! The parts of an xlsx that calamine does not show or stumbles over: which sheets there are,
//! hidden rows and columns, merges, formulas without a value.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesStart, Event};

use super::package::{Package, xml_text};
use super::sums::Sums;
use super::xlsx_cells::{RawCell, outside, read_cell};
use super::xlsx_scan::{self, Scanned};
use super::xlsx_strings::{self, SharedStrings};
use super::xml::{attribute, broken, is_true, reader, rest_of, unescaped};
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

/// Error values that calamine knows; any other would cost the whole sheet.
pub(super) const KNOWN_ERRORS: [&str; 7] =
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

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
    // Whether the reader stands between two tags and owes nothing: not the end of an empty element.
    let mut is_between = false;
    let mut cell = RawCell::default();
    loop {
        // What is written as usual needs no thorough look.
        let mut rest = rest_of(xml, &reader);
        let may_scan = inside && is_between;
        let mut next = |at, cell: &mut _| {
            if may_scan { xlsx_scan::next(&mut rest, at, cell) } else { None }
        };
        while let Some(scanned) = next(CellAt::new(row, column), &mut cell) {
            match scanned {
                Scanned::Row { place, is_hidden } => {
                    row = place.unwrap_or(row);
                    if is_hidden {
                        facts.hidden_rows.insert(row);
                    }
                }
                Scanned::RowEnd => (row, column) = (row + 1, 0),
                Scanned::Cell => {
                    column = cell.at.column + 1;
                    note(&cell, strings, &mut facts, &mut on_cell)?;
                }
            }
        }
        *reader.get_mut() = rest.as_bytes();
        let event = reader.read_event().map_err(|error| broken("sheet", &error))?;
        is_between = match &event {
            Event::Start(_) => {
                let read = xml.len() - reader.get_ref().len();
                !xml.as_bytes()[..read].ends_with(b"/>")
            }
            Event::End(_) => true,
            _ => false,
        };
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "dimension" => {
                    facts.odd |= attribute(&e, "ref").is_none_or(|text| !is_plain_dimension(&text));
                }
                "col" => hide_columns(&e, &mut facts),
                "row" => row = begin_row(&e, row, &mut facts)?,
                "c" => {
                    let cell = read_cell(&mut reader, &e, row, column, &mut facts.odd)?;
                    is_between = true;
                    facts.odd |= !inside;
                    column = cell.at.column + 1;
                    note(&cell, strings, &mut facts, &mut on_cell)?;
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

/// Notes what a cell says of its sheet, and hands it on.
fn note(
    cell: &RawCell<'_>,
    strings: &SharedStrings,
    facts: &mut SheetFacts,
    on_cell: &mut impl FnMut(&RawCell<'_>),
) -> Result<(), Refusal> {
    if cell.at.column >= 16_384 || cell.at.row >= 1_048_576 {
        return Err(outside(&cell.at.to_string()));
    }
    examine(cell, strings.count, facts);
    if cell.value.is_some() || cell.formula.is_some() {
        facts.cells += 1;
        if shows_something(cell, strings) {
            if facts.shown.last().is_none_or(|last| last.row != cell.at.row) {
                facts.nonblank.insert(cell.at.row);
            }
            facts.shown.push(cell.at);
        }
        on_cell(cell);
    }
    Ok(())
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
