//! The cells of a page, marked up as a sheet of a workbook has them, row by row: the part of a workbook
//! that grows with the month, and the only one that is not left to the library.

use std::fmt::Write;

use rust_xlsxwriter::{ExcelDateTime, XlsxError};

use super::fitting::is_merged;
use super::looks::{Dress, Numbered};
use super::package::Pieces;
use super::page::{Content, Line, Look, Page, PageCell, Rows, Shown};
use super::texts::{Texts, escape};
use super::write::{Told, column_of, fraction, row_of};
use crate::model::Month;
use crate::model::place::column_letters;

/// How high a row is that nobody gave a height, in pixels.
pub const USUAL_HEIGHT: u32 = 20;

/// Which cells of a page are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    first: (usize, usize),
    last: (usize, usize),
}

impl Extent {
    /// Returns the extent of the lines before one, and of it; none where no cell is written.
    pub fn with(before: Option<Self>, row: usize, line: &Line) -> Option<Self> {
        let own = line.cells.iter().enumerate();
        let end = |(column, cell): (usize, &PageCell)| column + usize::from(cell.span.max(1)) - 1;
        let is_written = |cell: &PageCell| cell.span > 1 || is_written(cell);
        let Some(first) = line.cells.iter().position(is_written) else { return before };
        let last = own.filter(|(_, cell)| is_written(cell)).map(end).max().unwrap_or(first);
        let known = before.unwrap_or(Self { first: (row, first), last: (row, last) });
        let (first, last) = (known.first.1.min(first), known.last.1.max(last));
        Some(Self { first: (known.first.0, first), last: (row, last) })
    }

    /// Returns its name, such as `A1:S51004`.
    pub fn name(self) -> String {
        let name = |(row, column): (usize, usize)| {
            format!("{}{}", column_letters(u32::from(column_of(column))), row + 1)
        };
        if self.first == self.last {
            name(self.first)
        } else {
            format!("{}:{}", name(self.first), name(self.last))
        }
    }
}

/// A cell of nothing that looks like nothing leaves nothing.
fn is_written(cell: &PageCell) -> bool {
    cell.content != Content::Blank || cell.look != Look::Plain || cell.mark.is_some()
}

/// Marks up the cells of a page.
pub struct Cells<'a> {
    pub looks: &'a Numbered,
    pub texts: &'a mut Texts,
}

impl Cells<'_> {
    /// Adds the rows of a page.
    ///
    /// # Errors
    /// Says what no workbook can hold, such as a date before 1900.
    pub fn rows(&mut self, page: &Page, told: &Told, pieces: &mut Pieces) -> Result<(), XlsxError> {
        // What a cell begins with in each column, and in the row.
        let columns: Vec<String> = (0..=told.last_column)
            .map(|column| format!("<c r=\"{}", column_letters(u32::from(column_of(column)))))
            .collect();
        let mut is_after_folded = false;
        for (row, line) in page.all().enumerate() {
            let line = line.as_ref();
            let number = (row_of(row) + 1).to_string();
            let is_by_hand = page.rows == Rows::Found || line.height.is_some() || is_merged(line);
            let height = Height { points: told.heights[row], is_by_hand };
            let xml = &mut pieces.written;
            begin_row(&number, height, line.shown, is_after_folded, xml);
            self.cells(line, &columns, &(number + "\""), xml)?;
            xml.push_str("</row>");
            is_after_folded = line.shown == Shown::Folded;
            pieces.pass_on();
        }
        if is_after_folded {
            let number = page.count() + 1;
            let _ = write!(pieces.written, "<row r=\"{number}\" collapsed=\"1\"/>");
        }
        Ok(())
    }

    fn cells(
        &mut self,
        line: &Line,
        columns: &[String],
        row: &str,
        xml: &mut String,
    ) -> Result<(), XlsxError> {
        // What a cell over several columns covers looks like it, where nothing else is said.
        let mut covered = (0, 0);
        for (column, cell) in line.cells.iter().enumerate() {
            let (until, covering) = covered;
            if cell.span > 1 {
                let own = self.looks.of(Dress::covering(cell));
                covered = (column + usize::from(cell.span), own);
            }
            if cell.span > 1 || is_written(cell) {
                self.cell(cell, &columns[column], row, xml)?;
            } else if column < until {
                blank(&columns[column], row, covering, xml);
            }
        }
        for column in columns.iter().take(covered.0).skip(line.cells.len()) {
            blank(column, row, covered.1, xml);
        }
        Ok(())
    }

    fn cell(
        &mut self,
        cell: &PageCell,
        column: &str,
        row: &str,
        xml: &mut String,
    ) -> Result<(), XlsxError> {
        let look = self.looks.of(Dress::of(cell));
        let text = match &cell.content {
            Content::Blank => None,
            Content::Text(text) => self.texts.number(text),
            Content::Link(link) | Content::FileLink(link) => self.texts.number(&link.text),
            Content::Runs(runs) => self.texts.number_of_runs(runs),
            Content::Number { number, .. } | Content::PerCent { number, .. } => {
                figure(column, row, look, *number, xml);
                return Ok(());
            }
            Content::Percent { hundredths, .. } => {
                figure(column, row, look, fraction(*hundredths), xml);
                return Ok(());
            }
            Content::Month(month) => {
                figure(column, row, look, date(*month, 1)?, xml);
                return Ok(());
            }
            Content::Day(day) => {
                figure(column, row, look, date(day.month(), day.day())?, xml);
                return Ok(());
            }
            Content::Formula(own) => {
                begin(column, row, look, xml);
                xml.push_str("><f>");
                escape(own.text.trim_start_matches('='), xml);
                let _ = write!(xml, "</f><v>{}</v></c>", own.result);
                return Ok(());
            }
        };
        match text {
            None => blank(column, row, look, xml),
            Some(text) => {
                begin(column, row, look, xml);
                xml.push_str(" t=\"s\"><v>");
                push(u64::from(text), xml);
                xml.push_str("</v></c>");
            }
        }
        Ok(())
    }
}

/// How high a row is.
#[derive(Clone, Copy)]
struct Height {
    points: f64,
    /// Whether no program fits it to what is typed into it.
    is_by_hand: bool,
}

fn begin_row(number: &str, height: Height, shown: Shown, is_after_folded: bool, xml: &mut String) {
    xml.push_str("<row r=\"");
    xml.push_str(number);
    xml.push('"');
    let pixels = pixels(height.points);
    if pixels != USUAL_HEIGHT {
        let _ = write!(xml, " ht=\"{}\"", f64::from(pixels) * 0.75);
    }
    if shown == Shown::Folded {
        xml.push_str(" hidden=\"1\"");
    }
    if pixels != USUAL_HEIGHT && height.is_by_hand {
        xml.push_str(" customHeight=\"1\"");
    }
    if shown == Shown::Folded {
        xml.push_str(" outlineLevel=\"1\"");
    }
    if is_after_folded {
        xml.push_str(" collapsed=\"1\"");
    }
    xml.push('>');
}

/// Programs know heights in whole pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no line is higher than a sheet of paper"
)]
pub fn pixels(points: f64) -> u32 {
    (points * 4.0 / 3.0).round() as u32
}

fn begin(column: &str, row: &str, look: u32, xml: &mut String) {
    xml.push_str(column);
    xml.push_str(row);
    if look > 0 {
        xml.push_str(" s=\"");
        push(u64::from(look), xml);
        xml.push('"');
    }
}

fn blank(column: &str, row: &str, look: u32, xml: &mut String) {
    begin(column, row, look, xml);
    xml.push_str("/>");
}

fn figure(column: &str, row: &str, look: u32, number: f64, xml: &mut String) {
    /// Below it, every whole number is a double.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    begin(column, row, look, xml);
    xml.push_str("><v>");
    if number.fract() == 0.0 && (0.0..WHOLE).contains(&number) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within its range"
        )]
        push(number as u64, xml);
    } else {
        // The shortest decimal that is this double.
        let _ = write!(xml, "{number}");
    }
    xml.push_str("</v></c>");
}

/// Adds a whole number: there are millions of them, and the general way takes three times as long.
fn push(number: u64, xml: &mut String) {
    xml.push_str(itoa::Buffer::new().format(number));
}

/// Returns the number of a day, as the 1900 system counts days.
fn date(month: Month, day: u32) -> Result<f64, XlsxError> {
    let year = u16::try_from(month.year).unwrap_or(1900);
    let [month, day] = [month.month, day].map(|part| u8::try_from(part).unwrap_or(1));
    Ok(ExcelDateTime::from_ymd(year, month, day)?.to_excel())
}

/// The last column that a line reaches.
pub fn last_column(line: &Line) -> usize {
    let ends = line.cells.iter().enumerate();
    ends.map(|(column, cell)| column + usize::from(cell.span.max(1)) - 1).max().unwrap_or(0)
}
