//! Reads a workbook that was just written and holds it against the pages in memory, cell by cell,
//! so that nothing is handed over that does not say what was found.

use std::borrow::Cow;

use super::page::{Content, Line, Page, PageCell};
use super::text::{clean, sheet_names};
use super::write::{column_of, fraction, row_of};
use crate::model::{CellAt, Month, fold};
use crate::read::{self, Content as Found, NotRead, Rows};

/// Compares a workbook's bytes with the pages that they were written from: every cell by our own reader, and
/// the head of each page, where each kind of its cells stands, by a library's as well, so that what
/// is marked up here is held by somebody who has never seen it.
///
/// # Errors
/// Names the first cell that differs, with what it should hold and what it holds.
pub fn reread(bytes: &[u8], pages: &[Page]) -> Result<(), String> {
    const HEAD: u32 = 100;
    let library = |rows| held(pages, rows, |take| read::written_by_library(bytes, rows, take));
    library(Rows::First(HEAD))?;
    let mut is_unusual = false;
    let walked = held(pages, Rows::All, |take| {
        read::written_by_walk(bytes, take).map_err(|why| match why {
            NotRead::Wrong(words) => words,
            NotRead::Unusual => {
                is_unusual = true;
                String::new()
            }
        })
    });
    if is_unusual { library(Rows::All) } else { walked }
}

/// Holds the rows of all pages against what a reader tells of them.
fn held(
    pages: &[Page],
    rows: Rows,
    reader: impl FnOnce(&mut Take<'_>) -> Result<Vec<String>, String>,
) -> Result<(), String> {
    let mut held: Vec<Held<'_>> = pages.iter().map(Held::none_yet).collect();
    let found = reader(&mut |sheet, at, content| match held.get_mut(sheet) {
        Some(page) => page.take(at, content),
        None => Err(format!("a sheet beyond the {} that were written", pages.len())),
    })?;
    for page in &mut held {
        page.nothing_until(rows.end().map(|end| CellAt::new(end, 0)))?;
    }
    let names = sheet_names(pages.iter().map(|page| page.name.as_str()));
    if found == names { Ok(()) } else { Err(format!("sheets {found:?}, not {names:?}")) }
}

/// Takes what a reader tells of a cell: the place of its sheet, its own, and what it holds.
type Take<'a> = dyn FnMut(usize, CellAt, &Found) -> Result<(), String> + 'a;

/// A page, and how far it has been held against what was read.
struct Held<'a> {
    name: &'a str,
    /// The line that comes next, and those after it.
    next: Option<Cow<'a, Line>>,
    rest: Box<dyn Iterator<Item = Cow<'a, Line>> + 'a>,
    /// Where it and its next cell stand.
    line: usize,
    column: usize,
}

impl<'a> Held<'a> {
    fn none_yet(page: &'a Page) -> Self {
        let mut rest: Box<dyn Iterator<Item = Cow<'a, Line>> + 'a> = Box::new(page.all());
        Self { name: &page.name, next: rest.next(), rest, line: 0, column: 0 }
    }

    /// Holds a cell that was read against the page; all cells before it that were not read have to
    /// be blank. One that comes twice, or where no cell was written, is said.
    fn take(&mut self, at: CellAt, found: &Found) -> Result<(), String> {
        self.nothing_until(Some(at))?;
        let cell = self.next.as_ref().and_then(|line| line.cells.get(self.column));
        match cell.filter(|_| self.place() == at) {
            Some(cell) if agrees(cell, Some(found)) => {
                self.column += 1;
                Ok(())
            }
            Some(cell) => Err(self.differs(at, Some(found), &cell.content)),
            None => Err(format!("{}!{at}: {found:?}, where nothing was written", self.name)),
        }
    }

    /// Passes over the cells before a place, or all that are left: none of them was read.
    fn nothing_until(&mut self, at: Option<CellAt>) -> Result<(), String> {
        while let Some(line) = &self.next {
            let Some(cell) = line.cells.get(self.column) else {
                if at.is_some_and(|at| self.place().row >= at.row) {
                    return Ok(());
                }
                (self.line, self.column) = (self.line + 1, 0);
                self.next = self.rest.next();
                continue;
            };
            if at.is_some_and(|at| self.place() >= at) {
                return Ok(());
            }
            if !agrees(cell, None) {
                return Err(self.differs(self.place(), None, &cell.content));
            }
            self.column += 1;
        }
        Ok(())
    }

    fn place(&self) -> CellAt {
        CellAt::new(row_of(self.line), u32::from(column_of(self.column)))
    }

    fn differs(&self, at: CellAt, found: Option<&Found>, meant: &Content) -> String {
        format!("{}!{at}: {found:?}, not {meant:?}", self.name)
    }
}

fn agrees(cell: &PageCell, found: Option<&Found>) -> bool {
    let same_text = |text: &str| {
        let text = clean(text);
        match found {
            Some(Found::Text(found)) => same_but_for_line_ends(found, &text),
            // A text such as #REF!, quoted from a sheet, is read as the error value it names.
            Some(Found::Error(found)) => same_but_for_line_ends(found, &text),
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
        Content::Text(text) => same_text(text),
        Content::Link(link) | Content::FileLink(link) => same_text(&link.text),
        Content::Month(month) => same_date(*month, 1),
        Content::Day(day) => same_date(day.month(), day.day()),
        Content::Percent { hundredths, .. } => {
            let percentage = fraction(*hundredths);
            #[expect(clippy::float_cmp, reason = "a figure must come back as it was written")]
            let is_same = matches!(found, Some(Found::Percentage(found)) if *found == percentage);
            is_same
        }
        Content::Number { number, .. } | Content::PerCent { number, .. } => same_number(*number),
        Content::Formula(formula) => same_number(formula.result),
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
        let pages = [page("91.449277", "一\r\n二 ")];
        let bytes = workbook(&pages, &Properties::default(), period);
        let bytes = bytes.unwrap();
        assert_eq!(reread(&bytes, &[page("91.449277", "一\r\n二 ")]), Ok(()));
        for other in
            [page("91.449278", "一\r\n二 "), page("91.449277", "一"), page("91.449277", "")]
        {
            assert!(reread(&bytes, &[other]).is_err());
        }
        assert!(reread(&bytes, &[]).is_err());
    }

    #[test]
    fn what_differs_far_below_the_head_is_noticed_too() {
        let of = |last: &str| {
            let lines = (0..300).map(|line| {
                let text = if line == 299 { last.to_owned() } else { format!("行{line}") };
                Line::of(vec![text_cell(text, Look::Text)])
            });
            Page { name: "页".to_owned(), lines: lines.collect(), ..Page::default() }
        };
        let period = "2020-08".parse().unwrap();
        let bytes = workbook(&[of("末行")], &Properties::default(), period).unwrap();
        assert_eq!(reread(&bytes, &[of("末行")]), Ok(()));
        for other in ["末", "末行 二", ""] {
            assert!(reread(&bytes, &[of(other)]).is_err(), "{other}");
        }
        // An escape in a text is left to the library.
        let escaped = [of("_x0041_")];
        let bytes = workbook(&escaped, &Properties::default(), period).unwrap();
        assert_eq!(reread(&bytes, &escaped), Ok(()));
        assert!(reread(&bytes, &[of("A")]).is_err());
    }
}
