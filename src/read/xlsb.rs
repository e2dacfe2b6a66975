//! xlsb: values by calamine, hidden rows and columns, merges and number formats by `xlsb_parts`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use calamine::{DataRef, Range, Reader, Xlsb};

use super::package::{self, Package};
use super::sheet::{Book, Content, Format, Merges, Sheet, SheetBuilder, count_cells, hide};
use super::sums::Sums;
use super::{struck, xlsb_parts, xlsx};
use crate::model::CellAt;
use crate::model::finding::{Limit, Refusal};
use crate::pipeline::file::Read as Limits;

/// Reads an xlsb workbook.
///
/// # Errors
/// Refuses encrypted, broken and too large ones.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let mut package = Package::open(bytes, limits)?;
    let xlsb_parts::Facts { mut sheets_by_name, dates_from_1904, calculates_on_load, lengthened } =
        xlsb_parts::facts(&mut package)?;
    drop(package);
    // The library passes over cells in the short form.
    let copy = if lengthened.is_empty() {
        Cow::Borrowed(bytes)
    } else {
        Cow::Owned(package::with_parts(bytes, &lengthened)?)
    };
    let mut workbook: Xlsb<_> = Xlsb::new(Cursor::new(copy)).map_err(|error| refused(&error))?;
    // Written by a program that leaves the reckoning to the one that opens it.
    let zeros: usize = sheets_by_name.iter().map(|(_, facts)| facts.zeros.len()).sum();
    let is_calculated = zeros < 2 || sheets_by_name.iter().any(|(_, facts)| facts.calculated);
    let was_left = calculates_on_load && !is_calculated;
    let mut sheets = Vec::new();
    let mut count = 0;
    for metadata in workbook.sheets_metadata().to_vec() {
        if metadata.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        let place = sheets_by_name.iter().position(|(name, _)| *name == metadata.name);
        let facts = place.map(|place| sheets_by_name.swap_remove(place).1).unwrap_or_default();
        let mut builder = SheetBuilder::default();
        let mut cells =
            workbook.worksheet_cells_reader(&metadata.name).map_err(|error| refused(&error))?;
        while let Some(cell) = cells.next_cell().map_err(|error| refused(&error))? {
            let (row, column) = cell.get_position();
            if row >= 1_048_576 || column >= 16_384 {
                return Err(Refusal::Damaged("a cell lies outside the sheet".to_owned()));
            }
            let value: &DataRef<'_> = cell.get_value();
            let at = CellAt::new(row, column);
            if let Some(content) = xlsx::content_ref(value) {
                let format = facts.formats.get(&at).map(Rc::as_ref);
                builder.push_formatted(at, content, format);
            }
        }
        for (at, content) in facts.passed_over {
            builder.push(at, content);
        }
        drop(cells);
        let formulas = formulas(&mut workbook, &metadata.name);
        let left = if was_left { &facts.zeros[..] } else { &[] };
        for at in left {
            let formula = formulas.get_value((at.row, at.column));
            let formula = format!("={}", formula.map(String::as_str).unwrap_or_default());
            builder.push(*at, Content::Uncalculated(formula));
        }
        let mut sums = Sums::default();
        let start = formulas.start().unwrap_or_default();
        for (row, column, formula) in formulas.used_cells() {
            let at = CellAt::new(start.0 + small(row), start.1 + small(column));
            sums.note(at, formula, None);
        }
        if builder.figures() + left.len() < facts.figure_cells {
            let text = format!("figures of sheet `{}` cannot be read", metadata.name);
            return Err(Refusal::Damaged(text));
        }
        count += builder.len();
        if count > limits.cells as usize {
            return Err(Refusal::TooLarge(Limit::Cells(limits.cells)));
        }
        let mut rows = builder.build();
        let read: BTreeSet<u32> = rows.iter().map(|row| row.index).collect();
        if let Some(row) = facts.figures.difference(&read).next() {
            let name = &metadata.name;
            let text = format!("row {} of sheet `{name}` cannot be read", row + 1);
            return Err(Refusal::Damaged(text));
        }
        let nonblank_cells = count_cells(&rows);
        hide(&mut rows, &facts.unseen);
        let struck = struck::take_out(&mut rows, facts.strokes);
        let (sums, linked) = sums.done();
        sheets.push(Sheet {
            text: None,
            name: Some(metadata.name),
            hidden: metadata.visible != calamine::SheetVisible::Visible,
            dates_from_1904,
            nonblank: facts.figures.union(&read).count(),
            nonblank_cells,
            merges: Merges::new(facts.merges, &rows),
            rows,
            hidden_rows: facts.hidden_rows,
            hidden_columns: facts.hidden_columns,
            struck,
            comments: facts.comments,
            sums,
            linked,
        });
    }
    Ok(Book { format: Format::Xlsb, sheets, properties: Vec::new() })
}

/// Returns the formulas of a sheet; none where the library cannot follow them, which costs their
/// evidence and no figure.
fn formulas(workbook: &mut Xlsb<Cursor<Cow<'_, [u8]>>>, sheet: &str) -> Range<String> {
    let read = || workbook.worksheet_formula(sheet);
    let found = catch_unwind(AssertUnwindSafe(read));
    found.ok().and_then(Result::ok).unwrap_or_default()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn refused(error: &calamine::XlsbError) -> Refusal {
    match error {
        calamine::XlsbError::Password => Refusal::Encrypted,
        other => Refusal::Damaged(other.to_string()),
    }
}
