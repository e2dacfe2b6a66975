//! Specimens of all looks, written by the library where no page has cells, and what it made of them: the
//! number by which a cell names its look, and the marks of runs that stand out. They are gone when
//! the cells of the page are put in their place.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::page::Ink;
use super::style;
use super::texts::Inks;
use super::write::row_of;
use crate::model::place::column_letters;

/// Right of all pages.
const COLUMN: u16 = 16_000;

/// Writes a cell for each format, and one with a run in each ink.
///
/// # Errors
/// Says what the library refuses.
pub fn write(sheet: &mut Worksheet, formats: &[Format]) -> Result<(), XlsxError> {
    for (place, format) in formats.iter().enumerate() {
        sheet.write_blank(row_of(place), COLUMN, format)?;
    }
    let inks = [Ink::Plain, Ink::Differing].map(style::ink);
    let runs = inks.each_ref().map(|ink| (ink, "1"));
    sheet.write_rich_string(0, COLUMN + 1, &runs)?;
    Ok(())
}

/// Returns the numbers of the formats, as many as were written, from what stands between the cells' ends
/// of a sheet.
pub fn numbers(cells: &str, formats: usize) -> Vec<u32> {
    let begin = format!("<c r=\"{}", column_letters(u32::from(COLUMN)));
    let mut numbers = vec![0; formats];
    for cell in cells.split(begin.as_str()).skip(1) {
        let Some((row, rest)) = cell.split_once('"') else { continue };
        let number = rest.strip_prefix(" s=\"").and_then(|rest| rest.split('"').next());
        let row = row.parse::<usize>().ok().and_then(|row| numbers.get_mut(row.checked_sub(1)?));
        // One without a number has the look of a cell that nobody touched.
        if let (Some(own), Some(number)) = (row, number.and_then(|number| number.parse().ok())) {
            *own = number;
        }
    }
    numbers
}

/// Returns how the library marks a run in each ink, from the part that holds the texts.
pub fn inks(texts: &str) -> Inks {
    const BEGIN: &str = "<rPr>";
    const END: &str = "</rPr>";
    let mut fonts = texts.split(BEGIN).skip(1).filter_map(|run| run.split_once(END));
    let mut next =
        || fonts.next().map_or_else(String::new, |(font, _)| format!("{BEGIN}{font}{END}"));
    Inks { plain: next(), differing: next() }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Workbook;

    use super::*;
    use crate::workbook::package::{Shell, TEXTS};
    use crate::workbook::page::Look;

    #[test]
    fn what_the_library_made_of_the_specimens_is_found() {
        let mut workbook = Workbook::new();
        let looks = [Look::Text, Look::Heading, Look::Text, Look::Figure];
        let formats = looks.map(|look| style::format(look, None, None));
        write(workbook.add_worksheet(), &formats).unwrap();
        let mut shell = Shell::of(workbook.save_to_buffer().unwrap()).unwrap();
        let numbers = numbers(&shell.frame(0).unwrap().between, 4);
        assert!(numbers.iter().all(|number| *number > 0), "{numbers:?}");
        assert_eq!(numbers[0], numbers[2]);
        assert!(numbers[0] != numbers[1] && numbers[1] != numbers[3] && numbers[0] != numbers[3]);
        let inks = inks(&shell.part(TEXTS).unwrap());
        assert!(inks.plain.contains("宋体") && inks.differing.contains("<b/>"));
        assert!(!inks.plain.contains("<b/>") && inks.differing.starts_with("<rPr>"));
    }
}
