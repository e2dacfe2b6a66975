//! Reads a workbook that was just written and holds it against the pages in memory, cell by cell,
//! so that nothing is handed over that does not say what was found.

use super::page::{Content, Page, PageCell};
use super::text::{clean, sheet_names};
use super::write::{column_of, fraction, row_of};
use crate::model::{CellAt, Month, fold};
use crate::pipeline::file::Read as Limits;
use crate::read::{self, Content as Found, Sheet};

/// Compares a workbook's bytes with the pages that they were written from.
///
/// # Errors
/// Names the first cell that differs, with what it should hold and what it holds.
pub fn reread(bytes: &[u8], pages: &[Page]) -> Result<(), String> {
    // Our own file: the limits for what strangers send do not apply.
    let no_limit = u32::MAX;
    let limits = Limits {
        file_mib: no_limit,
        unpacked_mib: no_limit,
        cells: no_limit,
        rows: no_limit,
        ..Limits::default()
    };
    let book = read::book(bytes, &limits).map_err(|refusal| format!("{refusal:?}"))?;
    if book.sheets.len() != pages.len() {
        return Err(format!("{} sheets, not {}", book.sheets.len(), pages.len()));
    }
    let names = sheet_names(pages.iter().map(|page| page.name.as_str()));
    for ((page, name), sheet) in pages.iter().zip(&names).zip(&book.sheets) {
        if sheet.name.as_deref() != Some(name.as_str()) {
            return Err(format!("sheet {:?}, not {}", sheet.name, page.name));
        }
        compare(page, sheet)?;
    }
    Ok(())
}

fn compare(page: &Page, sheet: &Sheet) -> Result<(), String> {
    let mut written = 0;
    for (line, cells) in page.lines.iter().enumerate() {
        let row = row_of(line);
        let found = sheet.rows.binary_search_by_key(&row, |row| row.index);
        let found = found.ok().map(|place| &sheet.rows[place]);
        for (column, cell) in cells.cells.iter().enumerate() {
            let column = u32::from(column_of(column));
            let content = found.and_then(|row| row.cell(column)).map(|cell| &cell.content);
            written += usize::from(content.is_some());
            if !agrees(cell, content) {
                let at = CellAt::new(row, column);
                return Err(format!("{}!{at}: {:?}, not {:?}", page.name, content, cell.content));
            }
        }
    }
    let held: usize = sheet.rows.iter().map(|row| row.cells.len()).sum();
    if held == written {
        Ok(())
    } else {
        Err(format!("{}: {held} cells, not {written}", page.name))
    }
}

fn agrees(cell: &PageCell, found: Option<&Found>) -> bool {
    let same_text = |text: &str| {
        let text = clean(text);
        match found {
            // A text such as #REF!, quoted from a sheet, is read as the error value it names.
            Some(Found::Text(found) | Found::Error(found)) => same_but_for_line_ends(found, &text),
            // Quoted from a sheet, too: what WPS writes for a picture in a cell.
            Some(Found::Picture) => text.contains("DISPIMG("),
            Some(_) => false,
            None => fold::is_blank(&text),
        }
    };
    // Exactly the same double: it was written so that it reads back so.
    #[expect(clippy::float_cmp, reason = "a figure must come back as it was written")]
    let same_number = |number: f64| matches!(found, Some(Found::Number(found)) if *found == number);
    let same_date = |month: Month, day: u32| {
        let expected = Found::Date { year: month.year, month: month.month, day };
        found == Some(&expected)
    };
    match &cell.content {
        Content::Blank => found.is_none(),
        Content::Text(text) | Content::Link { text, .. } | Content::FileLink { text, .. } => {
            same_text(text)
        }
        Content::Month(month) => same_date(*month, 1),
        Content::Day(day) => same_date(day.month, day.day),
        Content::Percent { hundredths, .. } => {
            let percentage = fraction(*hundredths);
            #[expect(clippy::float_cmp, reason = "a figure must come back as it was written")]
            let is_same = matches!(found, Some(Found::Percentage(found)) if *found == percentage);
            is_same
        }
        Content::Number { number, .. }
        | Content::PerCent { number, .. }
        | Content::Formula { result: number, .. } => same_number(*number),
        Content::Runs(runs) => {
            same_text(&runs.iter().map(|(_, text)| text.as_str()).collect::<String>())
        }
    }
}

/// XML readers turn every line end into a line feed.
fn same_but_for_line_ends(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    one == other || plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::page::{Line, Look, decimal_cell, text_cell};
    use crate::workbook::{Properties, workbook};

    fn page(figure: &str, text: &str) -> Page {
        Page {
            name: "页".to_owned(),
            widths: vec![10.0, 10.0],
            lines: vec![Line::of(vec![
                decimal_cell(figure, Look::Figure),
                text_cell(text, Look::Text),
            ])],
            ..Page::default()
        }
    }

    #[test]
    fn a_workbook_that_says_something_else_is_noticed() {
        let period = "2020-08".parse().unwrap();
        let bytes = workbook(&[page("91.449277", "一\r\n二 ")], &Properties::default(), period);
        let bytes = bytes.unwrap();
        assert_eq!(reread(&bytes, &[page("91.449277", "一\r\n二 ")]), Ok(()));
        for other in
            [page("91.449278", "一\r\n二 "), page("91.449277", "一"), page("91.449277", "")]
        {
            assert!(reread(&bytes, &[other]).is_err());
        }
        assert!(reread(&bytes, &[]).is_err());
    }
}
