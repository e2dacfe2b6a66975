//! Writes what the reader read as a fresh workbook, cell by cell: the copies in which a drill
//! plants its faults. Looks are left out; what is hidden, merged, struck out or commented stays so.

use std::io::{Cursor, Read, Write};

use regex::Regex;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Formula, Note, Workbook, Worksheet, XlsxError,
};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::read::{Book, Content, Seen, Sheet, Shown, Struck};

/// Excel's longest text in a cell and longest name of a sheet, in characters.
const LONGEST_TEXT: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// Returns the bytes of a workbook with the same sheets and cells; `stem` names a sheet that has
/// no name of its own. The same book gives the same bytes.
///
/// # Errors
/// Says what `rust_xlsxwriter` refuses, such as a cell beyond Excel's last row.
pub fn grid(book: &Book, stem: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Not the time of writing, which would make other bytes each time.
    let written = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let mut properties = DocProperties::new().set_creation_datetime(&written);
    for (name, value) in &book.properties {
        properties = properties.set_custom_property(name, value.as_str());
    }
    workbook.set_properties(&properties);
    let first_shown = book.sheets.iter().position(|sheet| !sheet.hidden);
    for (place, sheet) in book.sheets.iter().enumerate() {
        let mut written = Worksheet::new();
        // A formula that was never calculated has no result; Excel's own default is 0.
        written.set_formula_result_default("");
        written.set_name(sheet_name(sheet.name.as_deref().unwrap_or(stem)))?;
        fill(sheet, &mut written)?;
        // A workbook shows at least one sheet.
        written.set_hidden(sheet.hidden && first_shown.is_some());
        if first_shown == Some(place) {
            written.set_active(true);
        }
        workbook.push_worksheet(written);
    }
    let bytes = workbook.save_to_buffer()?;
    let is_uncalculated =
        |cell: &crate::read::Cell| matches!(cell.content, Content::Uncalculated(_));
    let mut cells = book.sheets.iter().flat_map(|sheet| &sheet.rows).flat_map(|row| &row.cells);
    if cells.any(is_uncalculated) { without_results(&bytes) } else { Ok(bytes) }
}

/// Takes the empty results away that the library writes for formulas without one, and which say
/// that the formula was calculated and came to nothing.
fn without_results(bytes: &[u8]) -> Result<Vec<u8>, XlsxError> {
    let broken = |error: &dyn std::fmt::Display| XlsxError::ParameterError(error.to_string());
    let empty = Regex::new(r#" t="str"><f>([^<]*)</f><v></v>"#).map_err(|error| broken(&error))?;
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for place in 0..package.len() {
        let mut part = package.by_index(place).map_err(|error| broken(&error))?;
        let mut content = Vec::new();
        part.read_to_end(&mut content).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.into_owned();
        if name.starts_with("xl/worksheets/") {
            let xml = String::from_utf8_lossy(&content);
            content = empty.replace_all(&xml, "><f>$1</f>").into_owned().into_bytes();
        }
        written.start_file(name, options).map_err(|error| broken(&error))?;
        written.write_all(&content).map_err(|error| broken(&error))?;
    }
    Ok(written.finish().map_err(|error| broken(&error))?.into_inner())
}

fn sheet_name(name: &str) -> String {
    let allowed = name.chars().filter(|c| !r"[]:*?/\".contains(*c));
    let name: String = allowed.take(LONGEST_NAME).collect();
    let name = name.trim_matches('\'');
    if name.is_empty() { "Sheet1".to_owned() } else { name.to_owned() }
}

fn fill(sheet: &Sheet, written: &mut Worksheet) -> Result<(), XlsxError> {
    let plain = Format::new();
    for merge in sheet.merges.iter() {
        let (first, last) = (merge.first, merge.last);
        // A file by other hands may merge one cell or the same cell twice; both say nothing.
        let _ = written.merge_range(
            first.row,
            column(first.column)?,
            last.row,
            column(last.column)?,
            "",
            &plain,
        );
    }
    for row in &sheet.rows {
        for cell in &row.cells {
            let look = match &cell.seen {
                Seen::AsTyped => plain.clone(),
                Seen::As(shown) => plain.clone().set_num_format(format_that_shows(shown)),
                Seen::AsNothing => plain.clone().set_num_format(";;;"),
            };
            put(written, row.index, column(cell.column)?, &cell.content, &look)?;
        }
    }
    for struck in &sheet.struck {
        strike(written, sheet, struck)?;
    }
    for comment in &sheet.comments {
        let note = Note::new(&comment.text).add_author_prefix(false);
        written.insert_note(comment.at.row, column(comment.at.column)?, &note)?;
    }
    for row in sheet.rows.iter().filter(|row| sheet.hidden_rows.contains(&row.index)) {
        written.set_row_hidden(row.index)?;
    }
    for hidden in &sheet.hidden_columns {
        written.set_column_hidden(column(*hidden)?)?;
    }
    Ok(())
}

/// Returns a number format that shows what another did, as far as words around the figure go.
fn format_that_shows(shown: &Shown) -> String {
    let quoted = |text: &str| match text.replace('"', "") {
        text if text.is_empty() => text,
        text => format!("\"{text}\""),
    };
    let Some(figure) = &shown.figure else { return quoted(&shown.text) };
    match shown.exact.split_once(figure.as_str()) {
        Some((before, after)) => format!("{}General{}", quoted(before), quoted(after)),
        None => "General".to_owned(),
    }
}

/// Strikes out a cell, or the part of its text that is.
fn strike(written: &mut Worksheet, sheet: &Sheet, struck: &Struck) -> Result<(), XlsxError> {
    let (row, column) = (struck.at.row, column(struck.at.column)?);
    let (plain, line) = (Format::new(), Format::new().set_font_strikethrough());
    match (&struck.content, sheet.content(struck.at)) {
        (Content::Text(part), Some(Content::Text(left))) if struck.partly => {
            written.write_rich_string(row, column, &[(&line, part), (&plain, left)])?;
            Ok(())
        }
        (content, _) => put(written, row, column, content, &line),
    }
}

fn column(number: u32) -> Result<u16, XlsxError> {
    u16::try_from(number).map_err(|_| XlsxError::RowColumnLimitError)
}

fn put(
    written: &mut Worksheet,
    row: u32,
    column: u16,
    content: &Content,
    look: &Format,
) -> Result<(), XlsxError> {
    match content {
        Content::Text(text) => {
            let text: String = text.chars().take(LONGEST_TEXT).collect();
            written.write_string_with_format(row, column, text, look)?
        }
        Content::Number(number) => written.write_number_with_format(row, column, *number, look)?,
        Content::Percentage(fraction) => {
            let format = look.clone().set_num_format("0.00%");
            written.write_number_with_format(row, column, *fraction, &format)?
        }
        Content::Boolean(value) => written.write_boolean_with_format(row, column, *value, look)?,
        Content::Date { year, month, day } => {
            let parts = (u16::try_from(*year), u8::try_from(*month), u8::try_from(*day));
            let date = match parts {
                (Ok(year), Ok(month), Ok(day)) => ExcelDateTime::from_ymd(year, month, day).ok(),
                _ => None,
            };
            let format = look.clone().set_num_format("yyyy-mm-dd");
            if let Some(date) = date {
                written.write_datetime_with_format(row, column, &date, &format)?
            } else {
                // Before 1900 Excel knows no dates.
                let shown = format!("{year:04}-{month:02}-{day:02}");
                written.write_string_with_format(row, column, shown, look)?
            }
        }
        Content::Error(text) => {
            let failed = Formula::new("=NA()").set_result(text);
            written.write_formula_with_format(row, column, failed, look)?
        }
        Content::Uncalculated(formula) => {
            let formula = Formula::new(formula).set_result("");
            written.write_formula_with_format(row, column, formula, look)?
        }
        Content::Picture => {
            written.write_string_with_format(row, column, "=DISPIMG(\"ID_1\",1)", look)?
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{CellAt, CellRange};
    use crate::pipeline::file::Read as Limits;
    use crate::read::{self, Cell, Comment, Format as FileFormat, Merges, Row};

    #[test]
    fn every_content_reads_back_as_it_was_written() {
        let contents = [
            Content::Text("资金（万元）".into()),
            Content::Number(91.449_277),
            Content::Percentage(0.4),
            Content::Boolean(true),
            Content::Date { year: 2020, month: 10, day: 31 },
            Content::Error("#REF!".to_owned()),
            Content::Uncalculated("=SUM(A1:A3)".to_owned()),
            Content::Picture,
        ];
        let cell = |content: &Content| vec![Cell::new(2, content.clone())];
        let mut rows: Vec<Row> = (3..)
            .zip(&contents)
            .map(|(index, content)| Row { index, cells: cell(content) })
            .collect();
        rows[0].cells.push(Cell::new(9, Content::Text("三十".into())));
        let merge = CellRange::new(CellAt::new(3, 2), CellAt::new(3, 5));
        let sheet = Sheet {
            text: None,
            name: Some("附件3".to_owned()),
            hidden: false,
            dates_from_1904: false,
            nonblank: rows.len(),
            nonblank_cells: rows.iter().map(|row| row.cells.len()).sum(),
            merges: Merges::new(vec![merge], &rows),
            rows,
            hidden_rows: BTreeSet::from([5]),
            hidden_columns: BTreeSet::from([7]),
            struck: vec![
                Struck { at: CellAt::new(3, 8), content: Content::Number(20.0), partly: false },
                Struck {
                    at: CellAt::new(3, 9),
                    content: Content::Text("二十".into()),
                    partly: true,
                },
            ],
            comments: vec![Comment {
                at: CellAt::new(4, 2), text: "此项应为25万元".to_owned()
            }],
            sums: Vec::new(),
            linked: Vec::new(),
        };
        let properties = vec![("duibiao.period".to_owned(), "2020-08".to_owned())];
        let book = Book { format: FileFormat::Csv, sheets: vec![sheet], properties };
        let found = read::book(&grid(&book, "stem").unwrap(), &Limits::default()).unwrap();
        assert_eq!(found.properties, book.properties);
        let (found, sheet) = (&found.sheets[0], &book.sheets[0]);
        assert_eq!(found.name, sheet.name);
        assert_eq!(found.merges.iter().collect::<Vec<_>>(), vec![&merge]);
        assert_eq!(found.hidden_rows, sheet.hidden_rows);
        assert_eq!(found.hidden_columns, sheet.hidden_columns);
        assert_eq!(found.struck, sheet.struck);
        assert_eq!(found.comments, sheet.comments);
        let cells = |sheet: &Sheet| -> Vec<Vec<Cell>> {
            sheet.rows.iter().map(|row| row.cells.clone()).collect()
        };
        assert_eq!(cells(found), cells(sheet));
    }
}
