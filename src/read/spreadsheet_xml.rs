//! The XML format of Excel 2003, in which many systems export what they call xls.
//!
//! A cell says what it holds by the type of its data; where it stands, it says only after a gap.

use std::collections::{BTreeMap, BTreeSet};

use calamine::{Data, ExcelDateTime, ExcelDateTimeType};
use quick_xml::events::{BytesStart, Event};

use super::number_format::NumberFormat;
use super::package::xml_text;
use super::sheet::{Book, Comment, Content, Format, Merges, Sheet, SheetBuilder, hide};
use super::struck::{self, Run, Stroke};
use super::sums::{self, Sums};
use super::xls::may_show_date;
use super::xlsx::iso_date;
use super::xml::{attribute, push_reference, reader};
use crate::model::finding::{Limit, Refusal};
use crate::model::{CellAt, CellRange, fold};
use crate::pipeline::file::Read as Limits;

/// Reads a workbook.
///
/// # Errors
/// Refuses XML that ends before its time, and more cells than the limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let (xml, _) = xml_text(bytes.to_vec())?;
    let mut walk = Walk::default();
    let mut reader = reader(&xml);
    loop {
        let event = reader.read_event().map_err(|error| Refusal::Damaged(error.to_string()))?;
        match event {
            Event::Start(element) => walk.begin(&element)?,
            Event::End(element) => walk.end(element.local_name().as_ref()),
            Event::Text(text) => walk.text(&text.xml10_content()),
            Event::CData(text) => walk.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                push_reference(&mut text, &reference);
                walk.text(&text);
            }
            Event::Eof if walk.open.is_empty() => break,
            Event::Eof => return Err(Refusal::Damaged("the content is cut off".to_owned())),
            _ => {}
        }
        if walk.cells > u64::from(limits.cells) {
            return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
        }
    }
    Ok(Book { format: Format::SpreadsheetXml, sheets: walk.sheets, properties: walk.properties })
}

/// How the cells of a style look.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own")]
struct Look {
    format: Option<NumberFormat>,
    /// Whether its numbers are days.
    dates: bool,
    struck: bool,
    raised: bool,
    white: bool,
    filled: bool,
}

#[derive(Default)]
struct Walk {
    /// The names of the elements that are open, without their prefixes.
    open: Vec<String>,
    looks: BTreeMap<String, Look>,
    /// The style that is being read.
    style: Option<String>,
    sheets: Vec<Sheet>,
    properties: Vec<(String, String)>,
    sheet: Option<OpenSheet>,
    cell: Option<OpenCell>,
    cells: u64,
    /// Whether days that are written as numbers count from 1904.
    from_1904: bool,
}

#[derive(Default)]
struct OpenSheet {
    name: Option<String>,
    hidden: bool,
    builder: SheetBuilder,
    strokes: Vec<(CellAt, Stroke)>,
    unseen: Vec<CellAt>,
    comments: Vec<Comment>,
    sums: Sums,
    merges: Vec<CellRange>,
    /// The last row down to which each column is covered by a cell from above.
    covered: BTreeMap<u32, u32>,
    /// The last of rows that are hidden together, by the first.
    hidden_rows: BTreeMap<u32, u32>,
    hidden_columns: BTreeSet<u32>,
    /// Last column and style, by the first.
    column_styles: BTreeMap<u32, (u32, String)>,
    row_style: Option<String>,
    shown_rows: BTreeSet<u32>,
    shown: usize,
    /// Where the next row, column and cell stand that do not say so.
    row: u32,
    column: u32,
    next: u32,
    visible: String,
}

#[derive(Default)]
struct OpenCell {
    at: CellAt,
    style: Option<String>,
    kind: Option<String>,
    formula: Option<String>,
    runs: Vec<Run>,
    /// What each open element of its text does to the letters.
    marks: Vec<Mark>,
    comment: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Struck,
    Raised,
    Neither,
}

impl Walk {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), Refusal> {
        let name = element.local_name().as_ref().to_owned();
        let within = self.open.last().map(String::as_str);
        let is = |value: &str| attribute(element, value).is_some_and(|text| text == "1");
        match name.as_str() {
            "Style" => {
                let id = attribute(element, "ID").unwrap_or_default();
                let parent = attribute(element, "Parent").unwrap_or_else(|| "Default".to_owned());
                let look = self.looks.get(&parent).cloned().unwrap_or_default();
                self.looks.insert(id.clone(), look);
                self.style = Some(id);
            }
            "Font" | "NumberFormat" | "Interior" if within == Some("Style") => self.look(element),
            "Worksheet" => {
                let name = attribute(element, "Name");
                self.sheet = Some(OpenSheet { name, ..OpenSheet::default() });
            }
            "Column" | "Row" | "Cell" if self.sheet.is_none() => {}
            "Column" => {
                let Some(sheet) = &mut self.sheet else { return Ok(()) };
                let first = place(element, "Index")?.unwrap_or(sheet.column);
                let last = first.saturating_add(count(element, "Span")?);
                if first >= 16_384 || last >= 16_384 {
                    return Err(Refusal::Damaged(format!("column {}", last.saturating_add(1))));
                }
                if is("Hidden") {
                    sheet.hidden_columns.extend(first..=last);
                }
                if let Some(style) = attribute(element, "StyleID") {
                    sheet.column_styles.insert(first, (last, style));
                }
                sheet.column = last + 1;
            }
            "Row" => {
                let Some(sheet) = &mut self.sheet else { return Ok(()) };
                sheet.row = place(element, "Index")?.unwrap_or(sheet.row);
                let last = sheet.row.saturating_add(count(element, "Span")?);
                if is("Hidden") {
                    let before = sheet.hidden_rows.range(..=sheet.row).next_back();
                    let last = before.map_or(last, |(_, other)| last.max(*other));
                    sheet.hidden_rows.insert(sheet.row, last);
                }
                sheet.row_style = attribute(element, "StyleID");
                sheet.next = 0;
            }
            "Cell" => self.begin_cell(element)?,
            "Date1904" => self.from_1904 = true,
            "Data" if within == Some("Cell") => {
                if let Some(cell) = &mut self.cell {
                    cell.kind = Some(attribute(element, "Type").unwrap_or_default());
                }
            }
            _ => {
                if let Some(cell) = self.cell.as_mut().filter(|cell| cell.kind.is_some()) {
                    cell.marks.push(match name.as_str() {
                        "S" | "Strike" | "Del" => Mark::Struck,
                        "Sup" => Mark::Raised,
                        _ => Mark::Neither,
                    });
                }
            }
        }
        self.open.push(name);
        Ok(())
    }

    /// Takes what a style says of its cells' looks.
    fn look(&mut self, element: &BytesStart<'_>) {
        let look = self.style.as_ref().and_then(|style| self.looks.get_mut(style));
        let Some(look) = look else { return };
        match element.local_name().as_ref() {
            "Font" => {
                if let Some(strike) = attribute(element, "StrikeThrough") {
                    look.struck = strike == "1";
                }
                if let Some(colour) = attribute(element, "Color") {
                    look.white = colour.eq_ignore_ascii_case("#ffffff");
                }
                if let Some(align) = attribute(element, "VerticalAlign") {
                    look.raised = align == "Superscript";
                }
            }
            "Interior" => {
                let colour = attribute(element, "Color");
                look.filled = colour.is_some_and(|colour| !colour.eq_ignore_ascii_case("#ffffff"));
            }
            _ => {
                let code = attribute(element, "Format").unwrap_or_default();
                let format = named(&code);
                // Powers of ten and WPS's name of no format have letters of dates.
                let shows = |code: &str| {
                    let code = code.replace("G/通用格式", "").replace("E+", "").replace("E-", "");
                    may_show_date(&code)
                };
                look.dates = code.contains("Date") || format.is_some_and(shows);
                look.format = format.filter(|_| !look.dates).and_then(NumberFormat::parse);
            }
        }
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Refusal> {
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        let column = match place(element, "Index")? {
            Some(column) => column,
            None => sheet.next_free(),
        };
        let at = CellAt::new(sheet.row, column);
        let (across, down) = (count(element, "MergeAcross")?, count(element, "MergeDown")?);
        sheet.next = column.saturating_add(across).saturating_add(1);
        if across > 0 || down > 0 {
            let last = CellAt::new(at.row.saturating_add(down), column.saturating_add(across));
            sheet.merges.push(CellRange::new(at, last));
            if down > 0 && last.column < 16_384 {
                sheet.covered.extend((column..=last.column).map(|column| (column, last.row)));
            }
        }
        let of_columns = || {
            let (_, (last, style)) = sheet.column_styles.range(..=column).next_back()?;
            (column <= *last).then_some(style)
        };
        let style = attribute(element, "StyleID")
            .or_else(|| sheet.row_style.clone())
            .or_else(|| of_columns().cloned());
        let formula = attribute(element, "Formula");
        self.cell = Some(OpenCell { at, style, formula, ..OpenCell::default() });
        self.cells += 1;
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let within = self.open.last().map(String::as_str);
        if let Some(cell) = &mut self.cell {
            if self.open.iter().any(|name| name == "Comment") {
                // Layout stands between the elements; what is written stands in the data.
                if self.open.iter().rev().take_while(|name| *name != "Comment").count() > 0 {
                    cell.comment.push_str(text);
                }
            } else if self.open.iter().any(|name| name == "Data") {
                let struck = cell.marks.contains(&Mark::Struck).then_some(true);
                let raised = cell.marks.contains(&Mark::Raised);
                cell.runs.push(Run { text: text.to_owned(), struck, raised });
            }
        } else if let Some(sheet) = self.sheet.as_mut().filter(|_| within == Some("Visible")) {
            sheet.visible.push_str(text);
        } else if self.open.iter().any(|name| name == "CustomDocumentProperties")
            && let Some(name) = within.filter(|name| *name != "CustomDocumentProperties")
        {
            let name = unescaped(name);
            match self.properties.last_mut().filter(|(last, _)| *last == name) {
                Some((_, value)) => value.push_str(text),
                None => self.properties.push((name, text.to_owned())),
            }
        }
    }

    fn end(&mut self, name: &str) {
        // Excel writes none that cross; what closes nothing is passed over.
        let Some(place) = self.open.iter().rposition(|open| open == name) else { return };
        self.open.truncate(place);
        match name {
            "Style" => self.style = None,
            "Row" => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.row = sheet.row.saturating_add(1);
                }
            }
            "Cell" => self.end_cell(),
            "Worksheet" => {
                let sheet = self.sheet.take();
                self.sheets.extend(sheet.map(OpenSheet::done));
            }
            "Data" => {}
            _ => {
                if let Some(cell) = &mut self.cell {
                    cell.marks.pop();
                }
            }
        }
    }

    fn end_cell(&mut self) {
        let (Some(sheet), Some(cell)) = (&mut self.sheet, self.cell.take()) else { return };
        let look = cell.style.as_deref().unwrap_or("Default");
        let look = self.looks.get(look).cloned().unwrap_or_default();
        if !fold::is_blank(&cell.comment) {
            sheet.comments.push(Comment { at: cell.at, text: cell.comment.trim().to_owned() });
        }
        let text: String = cell.runs.iter().map(|run| run.text.as_str()).collect();
        // On a Mac a line within a cell ends with a carriage return.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        if let Some(formula) = cell.formula.as_deref() {
            let formula = formula.trim_start_matches("of:").trim_start_matches('=');
            if sums::names_file(formula) {
                sheet.sums.note_link(cell.at);
            }
            if let Some(formula) = sums::from_offsets(formula, cell.at) {
                sheet.sums.note(cell.at, &formula, None);
            }
        }
        let Some(content) = content(&cell, &text) else { return };
        let content = match content {
            Content::Number(number) if look.dates => day(number, self.from_1904),
            other => other,
        };
        if content.is_blank() {
            return;
        }
        sheet.shown += 1;
        sheet.shown_rows.insert(cell.at.row);
        let is_plain = cell.runs.iter().all(|run| run.struck.is_none() && !run.raised);
        let runs = if is_plain { &[][..] } else { &cell.runs };
        let stroke = struck::stroke(look.struck, runs);
        sheet.strokes.extend(stroke.map(|stroke| (cell.at, stroke)));
        if look.white && !look.filled {
            sheet.unseen.push(cell.at);
        }
        sheet.builder.push_formatted(cell.at, content, look.format.as_ref());
    }
}

impl OpenSheet {
    /// Returns the next column that no cell from above reaches into.
    fn next_free(&self) -> u32 {
        let is_covered = |column: &u32| {
            self.covered.get(column).is_some_and(|last| (1..=*last).contains(&self.row))
        };
        (self.next..16_384).find(|column| !is_covered(column)).unwrap_or(self.next)
    }

    fn done(self) -> Sheet {
        let mut rows = self.builder.build();
        hide(&mut rows, &self.unseen);
        // Rows without content may be hidden by the hundred thousand.
        let is_hidden = |row: &u32| {
            let from = self.hidden_rows.range(..=*row).next_back();
            from.is_some_and(|(_, last)| row <= last)
        };
        let hidden_rows = rows.iter().map(|row| row.index).filter(is_hidden).collect();
        let struck = struck::take_out(&mut rows, self.strokes);
        let mut comments = self.comments;
        comments.sort_by_key(|comment| comment.at);
        let (sums, linked) = self.sums.done();
        Sheet {
            text: None,
            name: self.name,
            hidden: self.hidden || self.visible.trim().starts_with("Sheet"),
            dates_from_1904: false,
            nonblank: self.shown_rows.len(),
            nonblank_cells: self.shown,
            merges: Merges::new(self.merges, &rows),
            rows,
            hidden_rows,
            hidden_columns: self.hidden_columns,
            struck,
            comments,
            sums,
            linked,
        }
    }
}

/// What a cell holds; `None` where it holds nothing.
fn content(cell: &OpenCell, text: &str) -> Option<Content> {
    let Some(kind) = &cell.kind else {
        // A program that leaves the reckoning to the one that opens the file.
        return cell.formula.clone().map(Content::Uncalculated);
    };
    let trimmed = text.trim();
    Some(match kind.as_str() {
        "Number" => match trimmed.parse::<f64>() {
            Ok(number) if number.is_finite() => Content::Number(number),
            _ => Content::Text(text.into()),
        },
        // A time of no day counts from the day before the first.
        "DateTime" => match iso_date(trimmed) {
            Some(Content::Date { year, .. }) if year < 1900 => {
                Content::Text(trimmed.split_once('T').map_or(trimmed, |(_, time)| time).into())
            }
            Some(date) => date,
            None => Content::Text(text.into()),
        },
        "Boolean" => Content::Boolean(trimmed == "1"),
        "Error" => Content::Error(trimmed.to_owned()),
        _ => super::xlsx::text_content(text),
    })
}

/// A number that is formatted as a date; a time of no day stays a number.
fn day(number: f64, from_1904: bool) -> Content {
    let date = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, from_1904);
    super::xlsx::content(&Data::DateTime(date)).unwrap_or(Content::Number(number))
}

/// Returns a place that counts from 1, as one that counts from 0.
fn place(element: &BytesStart<'_>, name: &str) -> Result<Option<u32>, Refusal> {
    let Some(text) = attribute(element, name) else { return Ok(None) };
    let number: Option<u32> = text.trim().parse().ok();
    match number.and_then(|number| number.checked_sub(1)) {
        Some(place) => Ok(Some(place)),
        None => Err(Refusal::Damaged(format!("{name} {text}"))),
    }
}

fn count(element: &BytesStart<'_>, name: &str) -> Result<u32, Refusal> {
    let Some(text) = attribute(element, name) else { return Ok(0) };
    text.trim().parse().map_err(|_| Refusal::Damaged(format!("{name} {text}")))
}

/// Returns the code of a format, of which some have a name of their own; none for those that say no
/// more of a number than its places.
fn named(code: &str) -> Option<&str> {
    match code {
        "Percent" => Some("0.00%"),
        "" | "General" | "General Number" | "Fixed" | "Standard" | "Currency" | "Euro Currency"
        | "Scientific" | "General Date" | "Long Date" | "Medium Date" | "Short Date"
        | "Long Time" | "Medium Time" | "Short Time" | "Yes/No" | "True/False" | "On/Off" => None,
        other => Some(other),
    }
}

/// Names of properties become names of elements, in which `_x0020_` stands for a space.
fn unescaped(name: &str) -> String {
    let mut rest = name;
    let mut plain = String::new();
    while let Some(start) = rest.find("_x") {
        let code =
            rest.get(start + 2..start + 6).and_then(|code| u32::from_str_radix(code, 16).ok());
        let is_code = rest.get(start + 6..start + 7) == Some("_");
        if let Some(c) = code.filter(|_| is_code).and_then(char::from_u32) {
            plain.push_str(&rest[..start]);
            plain.push(c);
            rest = &rest[start + 7..];
        } else {
            plain.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
        }
    }
    plain.push_str(rest);
    plain
}
