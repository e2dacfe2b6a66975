//! xlsb: values by calamine. The format's hidden rows and columns are not read; the file's
//! remarks say so.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsb};

use super::package::Package;
use super::sheet::{Book, Format, Sheet, SheetBuilder};
use super::xlsx;
use crate::model::CellAt;
use crate::model::finding::Refusal;
use crate::pipeline::file::Read as Limits;

/// Reads an xlsb workbook.
///
/// # Errors
/// Refuses encrypted, broken and too large ones.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    // Opened for its limits only.
    Package::open(bytes, limits)?;
    let mut workbook: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
    let mut sheets = Vec::new();
    let mut count = 0;
    for metadata in workbook.sheets_metadata().to_vec() {
        if metadata.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        let mut builder = SheetBuilder::default();
        let mut cells =
            workbook.worksheet_cells_reader(&metadata.name).map_err(|error| refused(&error))?;
        while let Some(cell) = cells.next_cell().map_err(|error| refused(&error))? {
            let (row, column) = cell.get_position();
            if row >= 1_048_576 || column >= 16_384 {
                return Err(Refusal::Damaged("a cell lies outside the sheet".to_owned()));
            }
            let value: &DataRef<'_> = cell.get_value();
            if let Some(content) = xlsx::content_ref(value) {
                builder.push(CellAt::new(row, column), content);
            }
        }
        count += builder.len();
        if count > limits.cells as usize {
            return Err(Refusal::TooLarge(format!("{} cells", limits.cells)));
        }
        sheets.push(Sheet {
            name: Some(metadata.name),
            hidden: metadata.visible != calamine::SheetVisible::Visible,
            rows: builder.build(),
            ..Sheet::default()
        });
    }
    Ok(Book { format: Format::Xlsb, sheets, properties: Vec::new() })
}

fn refused(error: &calamine::XlsbError) -> Refusal {
    match error {
        calamine::XlsbError::Password => Refusal::Encrypted,
        other => Refusal::Damaged(other.to_string()),
    }
}
