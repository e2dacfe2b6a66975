//! A page of a workbook as data: lines of cells with their look, before anything is written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::packed::Packed;
use crate::model::stamp::FormCode;
use crate::model::{CellAt, Day, Month, Severity, Text};
use crate::pipeline::file::Paper;

/// A worksheet to be.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub name: String,
    /// Column widths in characters of half a Chinese glyph.
    pub widths: Vec<f64>,
    pub lines: Vec<Line>,
    /// The lines that follow, in which nothing changes any more.
    pub packed: Packed,
    /// The line of the table heading that stays in sight and is repeated on each printed page. A page
    /// of several tables has none, and its title is repeated.
    pub heading: Option<usize>,
    /// Columns that stay in sight.
    pub frozen_columns: u16,
    /// How many columns are printed, where not all are.
    pub printed_columns: Option<u16>,
    /// First and last line of the list that can be filtered, heading included.
    pub filter: Option<(usize, usize)>,
    /// Lines that begin a sheet of paper where they have no room on the one before.
    pub breaks: Vec<usize>,
    pub choices: Vec<Choices>,
    pub charts: Vec<Chart>,
    pub orientation: Orientation,
    /// The greatest paper that it may be printed on.
    pub paper: Paper,
    pub fit: Fit,
    /// Cells that may be filled in where the page is protected.
    pub protection: Protection,
    pub number_rules: Vec<NumberRule>,
    /// How many lines are printed, where not all are.
    pub printed_lines: Option<usize>,
    pub rows: Rows,
}

impl Page {
    /// Returns all lines of the page.
    pub fn all(&self) -> impl Iterator<Item = Cow<'_, Line>> {
        let packed = self.packed.iter().map(Cow::Owned);
        self.lines.iter().map(Cow::Borrowed).chain(packed)
    }

    /// Returns how many lines it has.
    pub fn count(&self) -> usize {
        self.lines.len() + self.packed.count()
    }

    /// Packs the lines of a long page, when nothing changes in them any more: they take a tenth of the room.
    /// Its head, where tables begin and charts stand, stays as it is.
    pub fn pack(&mut self) {
        const HEAD: usize = 2_000;
        if self.packed.count() == 0 && self.lines.len() > 2 * HEAD && self.charts.is_empty() {
            let lines = std::mem::take(&mut self.lines);
            let mut lines = lines.into_iter();
            self.lines = lines.by_ref().take(HEAD).collect();
            self.packed = Packed::of(lines);
        }
    }
}

/// How tall the rows of a page are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// As their texts need when they are written.
    #[default]
    Found,
    /// Whatever is typed into them later has room: only lines of merged cells, which no program fits,
    /// have a height of their own.
    Growing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    #[default]
    Landscape,
    /// Upright, or across where the figures are too wide to be read in it.
    Portrait,
    /// The same for page one, whose letters are larger.
    PageOne,
}

/// How a page is fitted to paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// One sheet of paper wide, as many as it takes high.
    #[default]
    Width,
    OnePage,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    #[default]
    Open,
    /// Only cells with an unlocked look can be changed.
    Locked,
}

/// A drop-down list over a run of lines.
#[derive(Clone, Debug)]
pub struct Choices {
    pub column: u16,
    pub first_line: u32,
    pub last_line: u32,
    pub words: Vec<String>,
    pub others: Others,
}

/// Whether something else than the words of a drop-down list may be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    Allowed,
    Refused,
}

/// What may be typed into a run of cells.
#[derive(Clone, Debug)]
pub struct NumberRule {
    pub column: u16,
    pub first_line: u32,
    pub last_line: u32,
    pub kind: NumberRuleKind,
    /// What the person reads who types something else.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberRuleKind {
    NotNegative,
    Percent,
    /// A text such as 2020年10月.
    Month,
    Date,
}

/// A column chart over cells of its own page.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: String,
    /// Where its upper left corner stands.
    pub at: CellAt,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    pub layout: ChartLayout,
    /// The greatest value; counts get whole steps on their axis.
    pub greatest_count: Option<u32>,
    /// Where the axis of values begins, where not at 0.
    pub least: Option<f64>,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// First and last line of the categories and values.
    pub lines: (u32, u32),
    pub categories: u16,
    /// Column of the values, and the cell that names them.
    pub series: Vec<(u16, CellAt)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartLayout {
    SideBySide,
    Stacked,
    /// Steps from a first sum to a last one; the first series is the ground on which a step stands.
    Waterfall,
}

#[derive(Clone, Debug, Default)]
pub struct Line {
    pub cells: Vec<PageCell>,
    /// In points; found from the text where none is given.
    pub height: Option<f64>,
    pub shown: Shown,
    /// The notes of its cells, by column. Few lines have any.
    pub notes: Option<Box<BTreeMap<usize, String>>>,
}

/// Whether a line is seen at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    #[default]
    AtOnce,
    /// Folded under the line above, where a click unfolds it, and not printed: what goes into detail
    /// about something that agrees.
    Folded,
}

#[derive(Clone, Debug, Default)]
pub struct PageCell {
    pub content: Content,
    pub look: Look,
    /// Columns it is merged over, itself included; 0 and 1 mean not at all.
    pub span: u16,
    /// Set for highlighted cells: how much the worst finding on it weighs.
    pub mark: Option<Emphasis>,
}

/// How a highlighted cell stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Emphasis {
    /// By a finding that was accepted: waived, explained, or found by a rule on trial.
    Accepted,
    Open(Severity),
}

/// What a cell holds. A month has millions of cells: what few of them hold stands apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Content {
    #[default]
    Blank,
    Text(Text),
    /// A number with the decimals it is shown with.
    Number {
        number: f64,
        decimals: u32,
    },
    Formula(Box<Formula>),
    /// A month, as a date that is shown as 2020年10月.
    Month(Month),
    /// A date that is shown as 2020年10月31日.
    Day(Day),
    /// A share, shown as 85%.
    Percent {
        /// Of a per cent.
        hundredths: i64,
        decimals: u32,
    },
    /// A number of per cent, 85, shown as 85%: as a list has it whose other figures are no shares.
    PerCent {
        number: f64,
        decimals: u32,
    },
    /// A link to a cell of this workbook, such as `汇总表!A12`.
    Link(Box<Link>),
    /// A link to a file beside this workbook, such as `inputs/sheets/a.xlsx`.
    FileLink(Box<Link>),
    /// A text of which some runs stand out.
    Runs(Box<Vec<(Ink, String)>>),
}

/// A live formula with the result that is right when the file is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    pub text: String,
    pub result: f64,
    pub decimals: u32,
}

/// Words that lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub target: String,
    pub text: Text,
}

/// How a run of a text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    /// Differs from what it is compared with.
    Differing,
}

/// The place of a cell in the office's style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Look {
    /// No border, for lines of words.
    #[default]
    Plain,
    PlainBold,
    PlainCentre,
    Title,
    /// A heading between the parts of a page.
    Section,
    /// The heading of a table.
    Heading,
    Text,
    Centre,
    Figure,
    TotalText,
    TotalFigure,
    /// May be filled in where the page is locked.
    Entry,
    EntryFigure,
    /// A line for ink.
    Ink,
    /// A code by which the program knows its own page; on the screen only.
    Code,
}

impl Line {
    pub fn of(cells: Vec<PageCell>) -> Self {
        Self { cells, ..Self::default() }
    }

    /// Returns a line with one text over several columns.
    pub fn words(text: impl Into<Text>, look: Look, span: u16) -> Self {
        Self::of(vec![PageCell { span, ..text_cell(text, look) }])
    }

    /// Adds a note to a cell, below those that it has.
    pub fn add_note(&mut self, column: usize, text: &str) {
        let note = self.notes.get_or_insert_default().entry(column).or_default();
        if !note.is_empty() {
            note.push_str("\n\n");
        }
        note.push_str(text);
    }

    /// Returns the note of a cell.
    pub fn note(&self, column: usize) -> Option<&str> {
        self.notes.as_ref()?.get(&column).map(String::as_str)
    }

    /// Returns the headings of a table.
    pub fn headings<T: Into<Text>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::of(names.into_iter().map(|name| text_cell(name, Look::Heading)).collect())
    }

    pub fn blank() -> Self {
        Self::default()
    }

    /// Adds the code of a form in a column right of all that is printed.
    #[must_use]
    pub fn with_code(mut self, column: usize, code: &FormCode) -> Self {
        let next = self.cells.last().map_or(0, |last| usize::from(last.span.max(1)) - 1);
        let covered = self.cells.len() + next;
        let empty = (self.cells.len()..column.max(covered)).map(|_| PageCell::default());
        self.cells.extend(empty);
        self.cells.push(text_cell(code.text(), Look::Code));
        self
    }
}

pub fn text_cell(text: impl Into<Text>, look: Look) -> PageCell {
    let text = text.into();
    let content = if text.is_empty() { Content::Blank } else { Content::Text(text) };
    PageCell { content, look, ..PageCell::default() }
}

pub fn count_cell(count: usize, look: Look) -> PageCell {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
    let content = Content::Number { number: count as f64, decimals: 0 };
    PageCell { content, look, ..PageCell::default() }
}

/// Adds a text over several columns; the covered cells keep the border.
pub fn wide(cells: &mut Vec<PageCell>, text: impl Into<Text>, look: Look, span: u16) {
    cells.push(PageCell { span, ..text_cell(text, look) });
    cells.extend((1..span).map(|_| text_cell("", look)));
}

/// Returns the cell of a month, a day or a percentage: real figures, so that they can be sorted and
/// filtered, in one form over the whole workbook.
pub fn figure_cell(content: Content, look: Look) -> PageCell {
    PageCell { content, look, ..PageCell::default() }
}

/// Returns the cell of a number of per cent among other figures.
pub fn per_cent_cell(decimal: &str, look: Look) -> PageCell {
    let Some(number) = double_of(decimal) else { return text_cell(decimal, look) };
    figure_cell(Content::PerCent { number, decimals: decimals_of(decimal) }, look)
}

/// Returns the cell of a share.
pub fn percent_cell(hundredths: i64, look: Look) -> PageCell {
    let decimals = match hundredths % 100 {
        0 => 0,
        rest if rest % 10 == 0 => 1,
        _ => 2,
    };
    figure_cell(Content::Percent { hundredths, decimals }, look)
}

pub fn file_link_cell(target: &str, text: impl Into<Text>) -> PageCell {
    let link = Link { target: target.to_owned(), text: text.into() };
    let content = Content::FileLink(Box::new(link));
    PageCell { content, look: Look::Text, ..PageCell::default() }
}

/// Returns the cell of a task's number in the plan.
pub fn seq_cell(seq: Option<i64>) -> PageCell {
    seq.map_or_else(
        || text_cell("", Look::Centre),
        |seq| decimal_cell(&seq.to_string(), Look::Centre),
    )
}

pub fn link_cell(target: &str, text: impl Into<Text>) -> PageCell {
    let content = Content::Link(Box::new(Link { target: target.to_owned(), text: text.into() }));
    PageCell { content, look: Look::Centre, ..PageCell::default() }
}

/// A cell's double keeps this many digits of a decimal, and no program shows more.
const DIGITS_OF_A_DOUBLE: usize = 15;

/// Returns a number's cell from its exact decimal text, shown with just its decimals. A figure of
/// more digits than a cell can hold stands there as its exact text.
pub fn decimal_cell(decimal: &str, look: Look) -> PageCell {
    let Some(number) = double_of(decimal) else { return text_cell(decimal, look) };
    let content = Content::Number { number, decimals: decimals_of(decimal) };
    PageCell { content, look, ..PageCell::default() }
}

/// Returns the double of a decimal that it holds exactly, as spreadsheets show it.
pub fn double_of(decimal: &str) -> Option<f64> {
    let digits = || decimal.bytes().filter(u8::is_ascii_digit);
    // The zeros at the end of a whole number cost a double nothing.
    let before = digits().take_while(|digit| *digit == b'0').count();
    let behind = digits().rev().take_while(|digit| *digit == b'0').count();
    let significant = digits().count().saturating_sub(before + behind);
    // What reads as a number without one, such as NaN, is a text.
    let number = decimal.parse().ok().filter(|number: &f64| number.is_finite());
    number.filter(|_| significant <= DIGITS_OF_A_DOUBLE)
}

/// Returns the exact decimal that a figure's cell holds, be it a number or a text.
pub fn exact_decimal(content: &Content) -> Option<Cow<'_, str>> {
    match content {
        // The shortest decimal of a double is the one that it was made from.
        Content::Number { number, .. } => Some(Cow::Owned(number.to_string())),
        Content::Text(text) if double_of(text).is_none() => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

pub fn decimals_of(decimal: &str) -> u32 {
    decimal.split_once('.').map_or(0, |(_, fraction)| u32::try_from(fraction.len()).unwrap_or(0))
}

/// Gives the figures of each column of a table as many decimals as the one with the most. A table is
/// lines of borders without a line of words between them.
pub fn even_decimals(page: &mut Page) {
    let borders = |line: &Line| line.cells.len() > 1 && line.cells.iter().any(is_bordered);
    let mut first = 0;
    while first < page.lines.len() {
        let own = page.lines[first..].iter().take_while(|line| borders(line)).count();
        even_table(&mut page.lines[first..first + own]);
        first += own.max(1);
    }
}

fn is_bordered(cell: &PageCell) -> bool {
    !matches!(
        cell.look,
        Look::Plain | Look::PlainBold | Look::PlainCentre | Look::Title | Look::Section | Look::Ink
    )
}

fn even_table(lines: &mut [Line]) {
    let mut most: Vec<u32> = Vec::new();
    let is_amount = |cell: &PageCell| matches!(cell.look, Look::Figure | Look::TotalFigure);
    for line in lines.iter_mut() {
        most.resize(most.len().max(line.cells.len()), 0);
        for (most, cell) in most.iter_mut().zip(&mut line.cells) {
            if let Some(decimals) = is_amount(cell).then(|| decimals(&mut cell.content)).flatten() {
                *most = (*decimals).max(*most);
            }
        }
    }
    for line in lines {
        for (most, cell) in most.iter().zip(&mut line.cells) {
            if let Some(decimals) = is_amount(cell).then(|| decimals(&mut cell.content)).flatten() {
                *decimals = *most;
            }
        }
    }
}

/// The decimals that a figure is shown with.
fn decimals(content: &mut Content) -> Option<&mut u32> {
    match content {
        Content::Number { decimals, .. } | Content::Percent { decimals, .. } => Some(decimals),
        Content::Formula(formula) => Some(&mut formula.decimals),
        _ => None,
    }
}

/// Returns the name of a cell on a page, as in `marks`: `汇总表!E19`.
pub fn cell_name(page: &str, line: usize, column: usize) -> String {
    let row = u32::try_from(line).unwrap_or(u32::MAX);
    let column = u32::try_from(column).unwrap_or(u32::MAX);
    format!("{page}!{}", CellAt::new(row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_no_double_holds_stands_as_its_text() {
        for held in
            ["0", "-1571", "91.449277", "20000000000000", "40000000000000000000", "0.000001"]
        {
            assert!(double_of(held).is_some(), "{held}");
        }
        for not_held in ["2000000000000001", "40000000000000.01", "", "—", "NaN", "inf"] {
            assert!(double_of(not_held).is_none(), "{not_held}");
        }
        let content = decimal_cell("40000000000000.01", Look::Figure).content;
        assert_eq!(content, Content::Text("40000000000000.01".into()));
    }
}
