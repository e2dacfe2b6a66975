//! The floor of the benchmarks: what it costs to read a month's sheets and its plan with calamine and to write
//! them as one workbook with `rust_xlsxwriter`, with nothing between.
//!
//! ```text
//! floor PLAN INBOX OUT [whole]
//! ```
//!
//! Each row of the plan is written beside the row of its unit's sheet, as many cells as this program's
//! 汇总表 has, with as many looks. With `whole` it also does what any trustworthy program must: it
//! copies and hashes what it reads, and reads back what it wrote.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, open_workbook_auto_from_rs};
use rust_xlsxwriter::{Format, FormatBorder, Workbook};
use sha2::{Digest, Sha256};

/// Cells of a line of 汇总表.
const CELLS: usize = 16;

type Rows = Vec<Vec<Data>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, inbox, out, more @ ..] = arguments.as_slice() else {
        return Err("floor PLAN INBOX OUT [whole]".into());
    };
    let is_whole = more.iter().any(|word| word == "whole");
    let copies = PathBuf::from(format!("{out}.copies"));
    if is_whole {
        fs::create_dir_all(&copies)?;
    }
    let planned = rows(Path::new(plan), is_whole.then_some(&copies))?;
    let mut sheets: Vec<PathBuf> = fs::read_dir(inbox)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    sheets.sort();
    let mut submitted = Vec::new();
    for sheet in &sheets {
        submitted.extend(rows(sheet, is_whole.then_some(&copies))?);
    }
    let mut workbook = Workbook::new();
    let text = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    let figure = Format::new().set_border(FormatBorder::Thin).set_num_format("#,##0.00");
    let sheet = workbook.add_worksheet();
    for (line, (row, other)) in planned.iter().zip(&submitted).enumerate() {
        let line = u32::try_from(line)?;
        let cells = row.iter().chain(other).chain(row).take(CELLS);
        for (column, cell) in cells.enumerate() {
            let column = u16::try_from(column)?;
            match cell {
                Data::Empty => sheet.write_blank(line, column, &text)?,
                Data::Float(number) => {
                    sheet.write_number_with_format(line, column, *number, &figure)?
                }
                other => sheet.write_string_with_format(line, column, other.to_string(), &text)?,
            };
        }
    }
    let bytes = workbook.save_to_buffer()?;
    fs::write(out, &bytes)?;
    if is_whole {
        let mut written = open_workbook_auto_from_rs(std::io::Cursor::new(&bytes))?;
        let cells: usize =
            written.worksheets().iter().map(|(_, range)| range.used_cells().count()).sum();
        writeln!(std::io::stdout(), "{cells} cells read back")?;
    }
    Ok(())
}

/// Returns the rows of a workbook's first sheet, title lines and all; with a folder, a copy of the file
/// is left there and its hash made.
fn rows(path: &Path, copies: Option<&PathBuf>) -> Result<Rows, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    if let (Some(folder), Some(name)) = (copies, path.file_name()) {
        fs::write(folder.join(name), &bytes)?;
        std::hint::black_box(Sha256::digest(&bytes));
    }
    let mut workbook = open_workbook_auto_from_rs(std::io::Cursor::new(bytes))?;
    let Some(range) = workbook.worksheet_range_at(0) else { return Ok(Rows::new()) };
    Ok(range?.rows().filter(|row| row.len() > 4).map(<[Data]>::to_vec).collect())
}
