//! Writes pages with `rust_xlsxwriter`, and nothing else decides anything here.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{
    Chart as XlsxChart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartSolidFill,
    ChartType, Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, Formula, Note, Url, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::fitting::{Fitted, fitted, height, is_merged, together};
use super::growing::with_growing_rows;
use super::page::{
    Chart, ChartLayout, Content, Emphasis, Fit, Look, NumberRuleKind, Others, Page, PageCell,
    Protection, Rows, Shown,
};
use super::paper::breaks;
use super::style::{self, NumberForm};
use super::text::{self, clean};
use crate::model::{Month, fold};
use crate::pipeline::file::Paper;
use crate::wording::pages;

/// What a workbook says about itself.
#[derive(Clone, Debug, Default)]
pub struct Properties {
    pub title: String,
    pub author: String,
    /// Custom properties, by which it is recognised when it comes back.
    pub custom: Vec<(String, String)>,
}

/// Where the cells of large pages wait for the end of their workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// In a file that has no name and goes with the program; where none can be written, that is an
    /// error or a panic of the library, and memory will have to do.
    OnDisk,
    InMemory,
}

/// A page of more cells is a large one.
const MANY_CELLS: usize = 100_000;

/// How much a package is packed: a tenth larger than with the library's own level and a third faster;
/// Excel takes the same.
const PACKED: u8 = 3;

/// Returns the bytes of a workbook; the same pages give the same bytes.
///
/// `period` stands for the time of writing, which must not depend on the clock.
///
/// # Errors
/// Says what `rust_xlsxwriter` refuses, such as a sheet's name.
pub fn workbook(
    pages: &[Page],
    properties: &Properties,
    period: Month,
    waiting: Waiting,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(PACKED);
    workbook.set_default_format(&style::measure(), 20, 64)?;
    let year = u16::try_from(period.year).unwrap_or(2000);
    let month = u8::try_from(period.month).unwrap_or(1);
    let written = ExcelDateTime::from_ymd(year, month, 1)?;
    let mut described = DocProperties::new()
        .set_title(text::property(&properties.title))
        .set_author(text::property(&properties.author))
        .set_creation_datetime(&written);
    for (name, value) in &properties.custom {
        described = described.set_custom_property(name, text::property(value).as_str());
    }
    workbook.set_properties(&described);
    let mut formats = Formats::default();
    let names = text::sheet_names(pages.iter().map(|page| page.name.as_str()));
    for (page, name) in pages.iter().zip(&names) {
        let mut sheet = match waiting {
            Waiting::OnDisk if may_wait_on_disk(page) => {
                workbook.new_worksheet_with_low_memory()?
            }
            _ => Worksheet::new(),
        };
        sheet.set_name(name)?;
        write_page(page, &mut sheet, &mut formats)?;
        sheet.set_header(header(&properties.title, period));
        workbook.push_worksheet(sheet);
    }
    let mut written = workbook.save_to_buffer()?;
    let growing: BTreeMap<usize, BTreeSet<u32>> = pages
        .iter()
        .enumerate()
        .filter(|(_, page)| page.rows == Rows::Growing)
        .map(|(place, page)| (place, growing_rows(page)))
        .collect();
    if !growing.is_empty() {
        written = with_growing_rows(&written, &growing, PACKED)
            .map_err(|error| XlsxError::CustomError(error.to_string()))?;
    }
    made_alike(&mut written);
    Ok(written)
}

/// Whether a page is large, and one that the library writes to a file whole: there it takes rows in
/// their order only, and forgets which of them are folded.
fn may_wait_on_disk(page: &Page) -> bool {
    let cells: usize = page.lines.iter().map(|line| line.cells.len()).sum();
    cells > MANY_CELLS && page.lines.iter().all(|line| line.shown == Shown::AtOnce)
}

/// The rows of a page that no program is kept from fitting to what is typed into them.
fn growing_rows(page: &Page) -> BTreeSet<u32> {
    let lines = page.lines.iter().enumerate();
    let free = lines.filter(|(_, line)| line.height.is_none() && !is_merged(line));
    free.map(|(row, _)| row_of(row)).collect()
}

/// A package says of each of its parts on which kind of system it was made; here all say the same, so
/// that a run of one system is repeated to the byte on any other.
fn made_alike(package: &mut [u8]) {
    const END: [u8; 4] = *b"PK\x05\x06";
    const PART: [u8; 4] = *b"PK\x01\x02";
    const UNIX: u8 = 3;
    let number = |package: &[u8], at: usize, bytes: usize| -> usize {
        let digits = package.get(at..at + bytes).unwrap_or_default();
        digits.iter().rev().fold(0, |number, digit| number << 8 | usize::from(*digit))
    };
    let Some(end) = package.windows(END.len()).rposition(|found| found == END) else { return };
    let mut at = number(package, end + 16, 4);
    while package.get(at..at + PART.len()) == Some(&PART) && at + 46 <= end {
        package[at + 5] = UNIX;
        at += 46 + [28, 30, 32].map(|of| number(package, at + of, 2)).iter().sum::<usize>();
    }
}

/// Formats already made; a workbook has few looks and many cells.
#[derive(Default)]
struct Formats(BTreeMap<(Look, Option<Emphasis>, Option<NumberForm>), Format>);

impl Formats {
    fn of(&mut self, look: Look, mark: Option<Emphasis>, number: Option<NumberForm>) -> &Format {
        self.0.entry((look, mark, number)).or_insert_with(|| style::format(look, mark, number))
    }
}

/// What stands at the head of each printed sheet of paper: the book, the period and the page.
fn header(title: &str, period: Month) -> String {
    // Excel's own limit is 255 characters, and & begins a command.
    const LONGEST: usize = 120;
    let title: String = text::property(title).chars().take(LONGEST).collect();
    let title = title.replace('&', "&&");
    format!("&L{title}&C{}年{}月&R&A", period.year, period.month)
}

/// Excel's number of a paper.
fn number_of(paper: Paper) -> u8 {
    match paper {
        Paper::A4 => 9,
        Paper::A3 => 8,
    }
}

fn write_page(page: &Page, sheet: &mut Worksheet, formats: &mut Formats) -> Result<(), XlsxError> {
    let Fitted { widths, laid } = fitted(page);
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column_of(column), *width)?;
    }
    let heights: Vec<f64> = page
        .lines
        .iter()
        .map(|line| line.height.unwrap_or_else(|| height(line, &widths)))
        .collect();
    let mut links = 0;
    for (row, line) in page.lines.iter().enumerate() {
        let high = heights[row];
        let row = row_of(row);
        sheet.set_row_height(row, high)?;
        if line.shown == Shown::Folded {
            sheet.group_rows_collapsed(row, row)?;
        }
        for (column, cell) in line.cells.iter().enumerate() {
            write_cell(sheet, row, column_of(column), cell, formats, &mut links)?;
        }
    }
    if let Some(heading) = page.heading {
        sheet.set_freeze_panes(row_of(heading) + 1, page.frozen_columns)?;
    }
    let repeated = row_of(page.heading.unwrap_or(0));
    sheet.set_repeat_rows(repeated, repeated)?;
    let printed = page.printed_columns.map_or(widths.len(), usize::from).min(widths.len());
    let breaks = breaks(page, &heights, laid, together(&widths[..printed]));
    if !breaks.is_empty() {
        let breaks: Vec<u32> = breaks.into_iter().map(row_of).collect();
        sheet.set_page_breaks(&breaks)?;
    }
    let last_column = column_of(page.widths.len().saturating_sub(1));
    if let Some((first, last)) = page.filter {
        let width = page.lines.get(first).map_or(0, |line| line.cells.len().saturating_sub(1));
        sheet.autofilter(row_of(first), 0, row_of(last), column_of(width))?;
    }
    for choices in &page.choices {
        // More words than Excel can offer are not offered; they may be typed.
        let Ok(offered) = DataValidation::new().allow_list_strings(&choices.words) else {
            continue;
        };
        let mut rule = offered.show_error_message(choices.others == Others::Refused);
        let message = pages::offered(&choices.words);
        if page.protection == Protection::Locked {
            rule = rule.set_input_message(hint(&message))?;
        }
        if choices.others == Others::Refused {
            rule = rule.set_error_title(pages::NOT_TAKEN)?.set_error_message(hint(&message))?;
        }
        sheet.add_data_validation(
            choices.first_line,
            choices.column,
            choices.last_line,
            choices.column,
            &rule,
        )?;
    }
    for rule in &page.number_rules {
        let validation = validation(rule.kind)
            .set_error_style(DataValidationErrorStyle::Stop)
            .set_input_message(hint(&rule.message))?
            .set_error_title(pages::NOT_TAKEN)?
            .set_error_message(hint(&rule.message))?;
        sheet.add_data_validation(
            rule.first_line,
            rule.column,
            rule.last_line,
            rule.column,
            &validation,
        )?;
    }
    for chart in &page.charts {
        insert_chart(sheet, chart, &page.name)?;
    }
    if laid.is_across {
        sheet.set_landscape();
    }
    sheet.set_paper_size(number_of(laid.paper));
    sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
    sheet.set_print_fit_to_pages(1, u16::from(page.fit == Fit::OnePage));
    sheet.set_print_center_horizontally(true);
    sheet.set_footer("&C第 &P 页，共 &N 页");
    sheet.set_screen_gridlines(false);
    if !page.lines.is_empty() {
        let below_charts =
            page.charts.iter().map(|chart| chart.at.row + chart.height / 20 + 1).max();
        let lines = page.printed_lines.unwrap_or(page.lines.len());
        let last = (row_of(lines) - 1).max(below_charts.unwrap_or(0));
        let last_printed = page.printed_columns.map_or(last_column, |columns| columns - 1);
        sheet.set_print_area(0, 0, last, last_printed)?;
    }
    if page.protection == Protection::Locked {
        sheet.protect();
    }
    Ok(())
}

/// What is said beside a cell, as long as Excel lets it be.
fn hint(message: &str) -> String {
    const LONGEST: usize = 220;
    text::property(message).chars().take(LONGEST).collect()
}

fn validation(kind: NumberRuleKind) -> DataValidation {
    let validation = DataValidation::new();
    match kind {
        NumberRuleKind::NotNegative => {
            validation.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0))
        }
        NumberRuleKind::Percent => {
            validation.allow_decimal_number(DataValidationRule::Between(0.0, 100.0))
        }
        // A month is a text here; its length is what a validation can hold.
        NumberRuleKind::Month => validation.allow_text_length(DataValidationRule::Between(6, 12)),
        NumberRuleKind::Date => validation.allow_text_length(DataValidationRule::Between(8, 14)),
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &PageCell,
    formats: &mut Formats,
    links: &mut usize,
) -> Result<(), XlsxError> {
    let number = match cell.content {
        Content::Number { decimals, .. } | Content::Formula { decimals, .. } => {
            Some(NumberForm::Decimals(decimals))
        }
        Content::Percent { decimals, .. } => Some(NumberForm::Percent(decimals)),
        Content::PerCent { decimals, .. } => Some(NumberForm::PerCent(decimals)),
        Content::Month(_) => Some(NumberForm::Month),
        Content::Day(_) => Some(NumberForm::Day),
        _ => None,
    };
    let format = formats.of(cell.look, cell.mark, number);
    if cell.span > 1 {
        let text = match &cell.content {
            Content::Text(text) => text.as_str(),
            _ => "",
        };
        sheet.merge_range(row, column, row, column + cell.span - 1, &clean(text), format)?;
        if matches!(cell.content, Content::Text(_) | Content::Blank) {
            return insert_note(sheet, row, column, cell);
        }
    }
    match &cell.content {
        Content::Blank => {
            if cell.look != Look::Plain || cell.mark.is_some() {
                sheet.write_blank(row, column, format)?;
            }
        }
        Content::Text(text) => {
            write_text(sheet, row, column, text, format)?;
        }
        Content::Number { number, .. } | Content::PerCent { number, .. } => {
            sheet.write_number_with_format(row, column, *number, format)?;
        }
        Content::Formula { formula, result, .. } => {
            let formula = Formula::new(formula).set_result(result.to_string());
            sheet.write_formula_with_format(row, column, formula, format)?;
        }
        Content::Percent { hundredths, .. } => {
            sheet.write_number_with_format(row, column, fraction(*hundredths), format)?;
        }
        Content::Month(month) => write_date(sheet, row, column, (*month, 1), format)?,
        Content::Day(day) => write_date(sheet, row, column, (day.month(), day.day()), format)?,
        Content::Link { target, text } => {
            let (page, place) = target.split_once('!').unwrap_or(("", target));
            let url = format!("internal:'{page}'!{place}");
            write_link(sheet, (row, column), (&url, text), cell, links)?;
        }
        Content::FileLink { target, text } => {
            write_link(sheet, (row, column), (&format!("external:{target}"), text), cell, links)?;
        }
        Content::Runs(runs) => write_runs(sheet, row, column, runs, format)?,
    }
    insert_note(sheet, row, column, cell)
}

/// Writes a link, or its text alone where a sheet has as many as it can hold or where Excel takes no
/// such address.
fn write_link(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    (url, text): (&str, &str),
    cell: &PageCell,
    links: &mut usize,
) -> Result<(), XlsxError> {
    /// Of an address, in characters.
    const LONGEST: usize = 1_000;
    let look = style::link(cell.look, cell.mark);
    let shown = clean(text);
    if *links < MOST_LINKS && url.chars().count() <= LONGEST && !fold::is_blank(&shown) {
        let link = Url::new(url).set_text(shown);
        if sheet.write_url_with_format(row, column, link, &look).is_ok() {
            *links += 1;
            return Ok(());
        }
    }
    write_text(sheet, row, column, text, &look)
}

fn write_date(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    (month, day): (Month, u32),
    format: &Format,
) -> Result<(), XlsxError> {
    let year = u16::try_from(month.year).unwrap_or(1900);
    let [month, day] = [month.month, day].map(|part| u8::try_from(part).unwrap_or(1));
    let date = ExcelDateTime::from_ymd(year, month, day)?;
    sheet.write_datetime_with_format(row, column, &date, format)?;
    Ok(())
}

/// Returns the double of a share in hundredths of a per cent.
pub(super) fn fraction(hundredths: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share has few digits")]
    let share = hundredths as f64 / 10_000.0;
    share
}

/// In pixels; a longer note is scrolled.
const TALLEST_NOTE: u32 = 2_000;

/// Excel opens no more links on one sheet.
const MOST_LINKS: usize = 65_000;

fn insert_note(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &PageCell,
) -> Result<(), XlsxError> {
    if let Some(text) = &cell.note {
        let lines = text.lines().map(|line| line.width().div_ceil(36).max(1)).sum::<usize>();
        let note = Note::new(text::note(text))
            .add_author_prefix(false)
            .set_width(260)
            .set_height(u32::try_from(lines * 17 + 12).unwrap_or(TALLEST_NOTE).min(TALLEST_NOTE));
        sheet.insert_note(row, column, &note)?;
    }
    Ok(())
}

fn write_runs(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    runs: &[(super::page::Ink, String)],
    format: &Format,
) -> Result<(), XlsxError> {
    let whole: String = runs.iter().map(|(_, text)| text.as_str()).collect();
    let Some(runs) = text::clean_runs(runs) else {
        return write_text(sheet, row, column, &whole, format);
    };
    let inked: Vec<(Format, String)> =
        runs.into_iter().map(|(ink, run)| (style::ink(ink), run)).collect();
    let parts: Vec<(&Format, &str)> =
        inked.iter().map(|(format, run)| (format, run.as_str())).collect();
    // The library counts the marks of the runs, too, and refuses what is too long with them.
    if sheet.write_rich_string_with_format(row, column, &parts, format).is_err() {
        return write_text(sheet, row, column, &whole, format);
    }
    Ok(())
}

fn write_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    // What is invisible leaves nothing.
    match clean(text) {
        nothing if nothing.is_empty() => sheet.write_blank(row, column, format)?,
        text => sheet.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}

fn insert_chart(sheet: &mut Worksheet, chart: &Chart, page: &str) -> Result<(), XlsxError> {
    let kind = match chart.layout {
        ChartLayout::Stacked | ChartLayout::Waterfall => ChartType::ColumnStacked,
        ChartLayout::SideBySide => ChartType::Column,
    };
    let mut drawn = XlsxChart::new(kind);
    drawn.title().set_name(&chart.title);
    drawn.set_width(chart.width).set_height(chart.height);
    drawn.set_alt_text(text::property(&chart.description));
    drawn.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    if chart.layout == ChartLayout::Waterfall {
        // What the ground is called would puzzle.
        drawn.legend().delete_entries(&[0]);
    }
    let (first, last) = chart.lines;
    drawn.title().set_font(ChartFont::new().set_size(11));
    if let Some(least) = chart.least {
        drawn.y_axis().set_min(least);
    }
    if let Some(greatest) = chart.greatest_count {
        drawn.y_axis().set_major_unit(f64::from(greatest.div_ceil(5).max(1))).set_num_format("0");
    }
    for (place, (column, name)) in chart.series.iter().enumerate() {
        let name_column = u16::try_from(name.column).unwrap_or(0);
        let mut look = ChartFormat::new();
        let mut labels = ChartDataLabel::new();
        // A bar of nothing has no label.
        labels
            .show_value()
            .set_num_format("#,##0.##;-#,##0.##;;")
            .set_font(ChartFont::new().set_size(8));
        if chart.layout == ChartLayout::Waterfall && place == 0 {
            look.set_no_fill();
        } else {
            let shade = place - usize::from(chart.layout == ChartLayout::Waterfall);
            let edge = Color::RGB(0x0059_5959);
            look.set_solid_fill(ChartSolidFill::new().set_color(style::series(shade)))
                .set_border(ChartLine::new().set_color(edge).set_width(0.75));
        }
        let series = drawn.add_series();
        series
            .set_name((page, name.row, name_column))
            .set_categories((page, first, chart.categories, last, chart.categories))
            .set_values((page, first, *column, last, *column))
            .set_format(&mut look);
        // The ground on which a step stands is not to be seen.
        if chart.layout != ChartLayout::Waterfall || place > 0 {
            series.set_data_label(&labels);
        }
    }
    let column = u16::try_from(chart.at.column).unwrap_or(0);
    sheet.insert_chart(chart.at.row, column, &drawn)?;
    Ok(())
}

/// Returns a column's place in a sheet.
pub(super) fn column_of(number: usize) -> u16 {
    u16::try_from(number).expect("a page has few columns")
}

/// Returns a line's place in a sheet.
pub(super) fn row_of(number: usize) -> u32 {
    u32::try_from(number).expect("a page has fewer lines than a sheet")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::page::{Line, text_cell};

    #[test]
    fn a_package_does_not_tell_on_which_system_it_was_made() {
        let lines = vec![Line::of(vec![text_cell("一", Look::Text)])];
        let page = Page { name: "页".to_owned(), widths: vec![9.0], lines, ..Page::default() };
        let period = "2020-08".parse().unwrap();
        let made = workbook(&[page], &Properties::default(), period, Waiting::InMemory).unwrap();
        // What Windows writes.
        let mut elsewhere = made.clone();
        let parts = made.windows(4).enumerate().filter(|(_, found)| found == b"PK\x01\x02");
        let parts: Vec<usize> = parts.map(|(at, _)| at).collect();
        assert!(parts.len() > 5);
        for at in parts {
            assert_eq!(made[at + 5], 3);
            elsewhere[at + 5] = 0;
        }
        assert_ne!(elsewhere, made);
        made_alike(&mut elsewhere);
        assert_eq!(elsewhere, made);
    }
}
