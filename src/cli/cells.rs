//! `inspect --cells`: the cells of a file as they were read, before anything is understood, for
//! programs that hold the reading against another.

use std::path::Path;

use serde::Serialize;

use super::output::Out;
use super::{AGREES, Failure, Process};
use crate::model::fact::LineDoubt;
use crate::model::words::Language;
use crate::normalise;
use crate::normalise::typed::typed_text;
use crate::pipeline::file::Read as Limits;
use crate::read::{Dialect, Sheet};
use crate::wording;

const SCHEMA: &str = "duibiao.cells/1";

#[derive(Serialize)]
struct Cells<'a> {
    schema: &'static str,
    file: String,
    format: &'static str,
    sheets: Vec<OfSheet<'a>>,
}

#[derive(Serialize)]
struct OfSheet<'a> {
    /// None in text files.
    name: Option<&'a str>,
    hidden: bool,
    /// How a text file writes its fields.
    text: Option<Written>,
    /// Only rows with content, and of a text file every line that has fields.
    rows: Vec<OfRow>,
    /// What is doubtful about the lines of a text file, as far as they tell by themselves.
    doubts: Vec<Said>,
}

#[derive(Serialize)]
struct Written {
    delimiter: char,
    quote: Option<char>,
    escape: &'static str,
    spaced: bool,
}

#[derive(Serialize)]
struct OfRow {
    /// As the sheet counts.
    row: u32,
    /// From the first column on, blank cells as empty texts; of a text file as many as the line has
    /// fields.
    cells: Vec<String>,
}

#[derive(Serialize)]
struct Said {
    #[serde(flatten)]
    doubt: LineDoubt,
    message: String,
}

/// Prints the cells of a file.
pub fn cells(file: &Path, out: &Out, language: Language, process: &Process) -> Result<u8, Failure> {
    let book = super::inspect::book_of(file, &Limits::default(), process)?;
    let sheets = book.sheets.iter().map(|sheet| OfSheet {
        name: sheet.name.as_deref(),
        hidden: sheet.hidden,
        text: sheet.text.as_ref().map(|text| written(text.dialect)),
        rows: rows(sheet),
        doubts: normalise::lines_in_doubt(sheet)
            .into_iter()
            .map(|doubt| Said {
                message: wording::line_doubt(&doubt).in_language(language).to_owned(),
                doubt,
            })
            .collect(),
    });
    let shown = Cells {
        schema: SCHEMA,
        file: file.display().to_string(),
        format: book.format.name(),
        sheets: sheets.collect(),
    };
    out.print_json(&shown)?;
    Ok(AGREES)
}

fn written(dialect: Dialect) -> Written {
    Written {
        delimiter: char::from(dialect.delimiter),
        quote: dialect.quote.map(char::from),
        escape: if dialect.backslash { "backslash" } else { "doubled" },
        spaced: dialect.spaced,
    }
}

fn rows(sheet: &Sheet) -> Vec<OfRow> {
    let of_row = |index: u32, fields: usize| {
        let place = sheet.rows.binary_search_by_key(&index, |row| row.index).ok();
        let filled = place.map_or(&[][..], |place| &sheet.rows[place].cells);
        let last = filled.last().map_or(0, |cell| cell.column as usize + 1);
        let mut cells = vec![String::new(); last.max(fields)];
        for cell in filled {
            cells[cell.column as usize] = typed_text(&cell.content).into_owned();
        }
        OfRow { row: index + 1, cells }
    };
    match &sheet.text {
        Some(text) => {
            text.lines.iter().map(|line| of_row(line.row, line.fields as usize)).collect()
        }
        None => sheet.rows.iter().map(|row| of_row(row.index, 0)).collect(),
    }
}
