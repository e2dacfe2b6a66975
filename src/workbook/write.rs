//! Writes pages with `rust_xlsxwriter`, and nothing else decides anything here.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime,
    Format, Note, Url, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;
use zip::result::ZipError;

use super::cells::{Cells, Extent, USUAL_HEIGHT, last_column, pixels};
use super::charts::{insert_chart, tell_chart_values};
use super::fitting::{Fitted, fitted, height, together};
use super::looks::{Dress, Looks};
use super::package::{self, Frame, PACKED, Pieces, Shell};
use super::page::{Content, Fit, NumberRuleKind, Others, Page, PageCell, Protection, Shown};
use super::paper::{Outline, breaks};
use super::specimens;
use super::style;
use super::text::{self, clean};
use super::texts::Texts;
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
    let mut looks = Looks::default();
    let mut told = Vec::new();
    let names = text::sheet_names(pages.iter().map(|page| page.name.as_str()));
    for (page, name) in pages.iter().zip(&names) {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        told.push(write_page(page, &mut sheet, &mut looks)?);
        sheet.set_header(header(&properties.title, period));
        workbook.push_worksheet(sheet);
    }
    specimens::write(workbook.worksheet_from_index(0)?, looks.formats())?;
    let shell = Shell::of(workbook.save_to_buffer()?).map_err(broken)?;
    drop(workbook);
    let mut written = filled(shell, pages, &told, looks)?;
    made_alike(&mut written);
    Ok(written)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn broken(error: ZipError) -> XlsxError {
    XlsxError::CustomError(error.to_string())
}

/// Puts the cells of the pages into their sheets. Each part is packed on a thread of its own, while the
/// next pieces of it and of the others are marked up here, in their order.
fn filled(
    mut shell: Shell,
    pages: &[Page],
    told: &[Told],
    looks: Looks,
) -> Result<Vec<u8>, XlsxError> {
    let mut frames = Vec::new();
    for place in 0..pages.len() {
        frames.push(shell.frame(place).map_err(broken)?);
    }
    let specimens = frames.first().map_or("", |frame| frame.between.as_str());
    let numbers = specimens::numbers(specimens, looks.formats().len());
    let looks = looks.numbered(numbers);
    let inks = specimens::inks(&shell.part(package::TEXTS).map_err(broken)?);
    let mut texts = Texts::none_yet(inks);
    let parts = thread::scope(|scope| {
        let mut packing = Vec::new();
        let mut begin = |name: String| {
            let (pieces, out) = Pieces::new();
            packing.push(scope.spawn(move || (package::packed(&name, &out), name)));
            pieces
        };
        for (place, (page, Frame { before, after, .. })) in pages.iter().zip(&frames).enumerate() {
            let mut pieces = begin(package::name_of_sheet(place));
            pieces.written.push_str(&with_extent(before, told[place].extent));
            pieces.written.push_str("<sheetData>");
            let mut cells = Cells { looks: &looks, texts: &mut texts };
            cells.rows(page, &told[place], &mut pieces)?;
            pieces.written.push_str("</sheetData>");
            pieces.written.push_str(after);
            pieces.end();
        }
        let mut pieces = begin(package::TEXTS.to_owned());
        texts.part(&mut pieces);
        pieces.end();
        let mut parts = BTreeMap::new();
        for packing in packing {
            let (packed, name) = packing.join().unwrap_or_else(|panic| resume_unwind(panic));
            parts.insert(name, packed.map_err(broken)?);
        }
        Ok::<_, XlsxError>(parts)
    })?;
    shell.with(parts).map_err(broken)
}

/// Returns the head of a sheet, which says how far the cells of its page reach.
fn with_extent(head: &str, extent: Option<Extent>) -> String {
    const BEGIN: &str = "<dimension ref=\"";
    let own = extent.map_or_else(|| "A1".to_owned(), Extent::name);
    let parts = head.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once('"')?;
        Some(format!("{before}{BEGIN}{own}\"{after}"))
    });
    parts.unwrap_or_else(|| head.to_owned())
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

/// What is known of a page when all of it is written but its cells.
pub struct Told {
    /// How high its lines are.
    pub heights: Vec<f64>,
    /// Which of its cells are written.
    pub extent: Option<Extent>,
    /// The last column that any line reaches.
    pub last_column: usize,
}

/// Writes all of a page but its cells.
fn write_page(page: &Page, sheet: &mut Worksheet, looks: &mut Looks) -> Result<Told, XlsxError> {
    let Fitted { widths, laid } = fitted(page);
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column_of(column), *width)?;
    }
    tell_chart_values(page, sheet)?;
    let mut told = Told { heights: Vec::new(), extent: None, last_column: 0 };
    let mut lines: Vec<Outline> = Vec::new();
    // Each with its line, and how high it is.
    let mut notes: Vec<(usize, u32)> = Vec::new();
    let mut links = 0;
    for (row, line) in page.all().enumerate() {
        told.heights.push(line.height.unwrap_or_else(|| height(&line, &widths)));
        told.extent = Extent::with(told.extent, row, &line);
        told.last_column = told.last_column.max(last_column(&line));
        lines.push(Outline::of(&line));
        for (column, cell) in line.cells.iter().enumerate() {
            looks.meet(Dress::of(cell));
            write_besides(sheet, (row_of(row), column_of(column)), cell, looks, &mut links)?;
        }
        for (column, text) in line.notes.iter().flat_map(|notes| notes.iter()) {
            insert_note(sheet, (row_of(row), column_of(*column)), text)?;
            notes.push((row, height_of_note(text)));
        }
    }
    tell_heights(page, &lines, &told.heights, &notes, sheet)?;
    if let Some(heading) = page.heading {
        sheet.set_freeze_panes(row_of(heading) + 1, page.frozen_columns)?;
    }
    let repeated = row_of(page.heading.unwrap_or(0));
    sheet.set_repeat_rows(repeated, repeated)?;
    let printed = page.printed_columns.map_or(widths.len(), usize::from).min(widths.len());
    let breaks = breaks(page, &lines, &told.heights, laid, together(&widths[..printed]));
    if !breaks.is_empty() {
        let breaks: Vec<u32> = breaks.into_iter().map(row_of).collect();
        sheet.set_page_breaks(&breaks)?;
    }
    let last_wide = column_of(page.widths.len().saturating_sub(1));
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
    if page.count() > 0 {
        let below_charts =
            page.charts.iter().map(|chart| chart.at.row + chart.height / 20 + 1).max();
        let lines = page.printed_lines.unwrap_or(page.count());
        let last = (row_of(lines) - 1).max(below_charts.unwrap_or(0));
        let last_printed = page.printed_columns.map_or(last_wide, |columns| columns - 1);
        sheet.set_print_area(0, 0, last, last_printed)?;
    }
    if page.protection == Protection::Locked {
        sheet.protect();
    }
    Ok(told)
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

/// Writes what there is to a cell beside its content: what it is merged with, where it leads.
fn write_besides(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &PageCell,
    looks: &mut Looks,
    links: &mut usize,
) -> Result<(), XlsxError> {
    if cell.span > 1 {
        looks.meet(Dress::covering(cell));
        sheet.merge_range(row, column, row, column + cell.span - 1, "", &Format::new())?;
    }
    match &cell.content {
        Content::Link(link) => {
            let (page, place) = link.target.split_once('!').unwrap_or(("", &link.target));
            let target = format!("internal:'{page}'!{place}");
            write_link(sheet, (row, column), (&target, &link.text), links);
        }
        Content::FileLink(link) => {
            let target = format!("external:{}", link.target);
            write_link(sheet, (row, column), (&target, &link.text), links);
        }
        _ => {}
    }
    Ok(())
}

/// Writes where a cell leads; nowhere where a sheet has as many links as it can hold or where Excel takes no
/// such address.
fn write_link(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    (url, text): (&str, &str),
    links: &mut usize,
) {
    /// Of an address, in characters.
    const LONGEST: usize = 1_000;
    let shown = clean(text);
    if *links < MOST_LINKS && url.chars().count() <= LONGEST && !fold::is_blank(&shown) {
        let link = Url::new(url).set_text(shown);
        if sheet.write_url_with_format(row, column, link, &Format::new()).is_ok() {
            *links += 1;
        }
    }
}

/// Returns the double of a share in hundredths of a per cent.
pub(super) fn fraction(hundredths: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share has few digits")]
    let share = hundredths as f64 / 10_000.0;
    share
}

/// Tells the library how high the lines are under charts and notes, which it places by them, and how high
/// all lines above are together; of the others it need not know each.
fn tell_heights(
    page: &Page,
    lines: &[Outline],
    heights: &[f64],
    notes: &[(usize, u32)],
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let pixels: Vec<i64> = heights.iter().map(|points| i64::from(pixels(*points))).collect();
    let high = |row: usize| if lines[row].shown == Shown::AtOnce { pixels[row] } else { 0 };
    let covered = covered(page, lines, notes, high);
    let usual = i64::from(USUAL_HEIGHT);
    // By how much what it takes the lines above for falls short.
    let mut short = 0;
    for (row, line) in lines.iter().enumerate().take(covered.last().map_or(0, |row| row + 1)) {
        let own = if covered.contains(&row) {
            pixels[row]
        } else {
            short += high(row) - usual;
            if covered.contains(&(row + 1)) || short <= -usual {
                let own = (usual + short).max(0);
                short -= own - usual;
                own
            } else {
                usual
            }
        };
        let is_folded = line.shown == Shown::Folded && covered.contains(&row);
        if own != usual || is_folded {
            sheet.set_row_height_pixels(row_of(row), u32::try_from(own).unwrap_or(0))?;
        }
        if is_folded {
            sheet.group_rows_collapsed(row_of(row), row_of(row))?;
        }
    }
    Ok(())
}

/// The lines under charts and notes, and those around them.
fn covered(
    page: &Page,
    lines: &[Outline],
    notes: &[(usize, u32)],
    high: impl Fn(usize) -> i64,
) -> BTreeSet<usize> {
    /// What lies between a note or a chart and its cell, and more.
    const AROUND: i64 = 60;
    let mut covered = BTreeSet::new();
    let mut cover = |first: usize, height: u32| {
        let mut room = i64::from(height) + AROUND;
        for row in first..lines.len() {
            covered.insert(row);
            room -= high(row);
            if room < 0 {
                break;
            }
        }
    };
    for (row, height) in notes {
        // A note begins beside the line above.
        cover(row.saturating_sub(2), *height);
    }
    for chart in &page.charts {
        cover(usize::try_from(chart.at.row).unwrap_or(0).saturating_sub(1), chart.height);
    }
    // That lines are folded is said of the sheet, too, where any of them is known.
    covered.extend(lines.iter().position(|line| line.shown == Shown::Folded));
    covered
}

/// How high a note is, in pixels; a longer one is scrolled.
fn height_of_note(text: &str) -> u32 {
    const TALLEST: u32 = 2_000;
    let lines = text.lines().map(|line| line.width().div_ceil(36).max(1)).sum::<usize>();
    u32::try_from(lines * 17 + 12).unwrap_or(TALLEST).min(TALLEST)
}

/// Excel opens no more links on one sheet.
const MOST_LINKS: usize = 65_000;

fn insert_note(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
) -> Result<(), XlsxError> {
    let note = Note::new(text::note(text))
        .add_author_prefix(false)
        .set_width(260)
        .set_height(height_of_note(text));
    sheet.insert_note(row, column, &note)?;
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
    use crate::workbook::page::{Line, Look, count_cell, text_cell};

    /// A workbook's part, as text.
    fn part(workbook: Vec<u8>, name: &str) -> String {
        Shell::of(workbook).unwrap().part(name).unwrap()
    }

    #[test]
    fn a_sheet_has_each_of_its_rows_once_and_all_that_stands_in_them() {
        let lines = (0..120).map(|number| {
            Line::of(vec![
                count_cell(number, Look::Centre),
                text_cell(format!("第 {number} 行"), Look::Text),
                text_cell("", Look::Text),
                PageCell { span: 3, ..text_cell("", Look::Plain) },
                PageCell::default(),
            ])
        });
        let lines =
            lines.chain([Line { shown: Shown::Folded, ..Line::words("末", Look::Text, 0) }]);
        let page = Page { name: "页".to_owned(), lines: lines.collect(), ..Page::default() };
        let period = "2020-08".parse().unwrap();
        let made = workbook(&[page], &Properties::default(), period).unwrap();
        let sheet = part(made.clone(), &package::name_of_sheet(0));
        let rows = sheet.split("<row r=\"").skip(1).map(|row| row.split('"').next().unwrap());
        let rows: Vec<usize> = rows.map(|row| row.parse().unwrap()).collect();
        assert_eq!(rows, (1..=122).collect::<Vec<_>>());
        assert!(sheet.contains("<dimension ref=\"A1:F121\"/>"), "{sheet}");
        let cells = sheet.split("<row r=\"120\"").nth(1).unwrap().split("</row>").next().unwrap();
        let names: Vec<&str> =
            cells.split("<c r=\"").skip(1).map(|cell| cell.split('"').next().unwrap()).collect();
        // What a cell over several columns covers is there, too.
        assert_eq!(names, ["A120", "B120", "C120", "D120", "E120", "F120"]);
        assert!(cells.contains("<v>119</v>"), "{cells}");
        assert!(part(made, package::TEXTS).contains("<si><t>第 119 行</t></si>"));
        let folded =
            "<row r=\"121\" ht=\"13.5\" hidden=\"1\" customHeight=\"1\" outlineLevel=\"1\">";
        assert!(sheet.contains(folded) && sheet.contains("<row r=\"122\" collapsed=\"1\"/>"));
    }

    #[test]
    fn the_same_pages_give_the_same_bytes() {
        let line = |number: usize| {
            Line::of(vec![
                text_cell(format!("{}", number % 7), Look::Text),
                text_cell("甲", if number.is_multiple_of(2) { Look::Text } else { Look::Centre }),
            ])
        };
        let page = |name: &str| Page {
            name: name.to_owned(),
            lines: (0..5_000).map(line).collect(),
            ..Page::default()
        };
        let pages = [page("一"), page("二"), page("三")];
        let period = "2020-08".parse().unwrap();
        let made = || workbook(&pages, &Properties::default(), period).unwrap();
        let first = made();
        assert!((0..3).all(|_| made() == first));
    }

    #[test]
    fn a_package_does_not_tell_on_which_system_it_was_made() {
        let lines = vec![Line::of(vec![text_cell("一", Look::Text)])];
        let page = Page { name: "页".to_owned(), widths: vec![9.0], lines, ..Page::default() };
        let period = "2020-08".parse().unwrap();
        let made = workbook(&[page], &Properties::default(), period).unwrap();
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
