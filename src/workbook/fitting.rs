//! How wide a page's columns are, how high its lines, which way round it is printed: found from what stands in
//! its cells, before anything is written.

use unicode_width::UnicodeWidthStr;

use super::page::{Content, Line, Look, Orientation, Page};

/// Columns of that width are printed at three fifths of their size: the smallest that can be read.
const WIDEST_PORTRAIT: f64 = 160.0;
/// Page one is read by those who read nothing else, and in programs that lack its font.
const WIDEST_PAGE_ONE: f64 = 130.0;
const WIDEST_LANDSCAPE: f64 = 235.0;

/// Returns the widths of a page's columns: as laid out, or wide enough for the longest figure, of which
/// a narrower column would show nothing but ###; texts give way where the page would be printed too
/// small to be read. And whether the page is laid across.
pub fn widths(page: &Page) -> (Vec<f64>, bool) {
    let mut needed = vec![0.0; page.widths.len()];
    for line in &page.lines {
        for (needed, cell) in needed.iter_mut().zip(&line.cells) {
            let own: f64 = match &cell.content {
                Content::Number { number, decimals } | Content::PerCent { number, decimals } => {
                    figure_width(*number, *decimals, cell.look)
                }
                Content::Formula { result, decimals, .. } => {
                    figure_width(*result, *decimals, cell.look)
                }
                Content::Month(_) => MONTH_WIDTH,
                Content::Day(_) => DAY_WIDTH,
                _ => continue,
            };
            if cell.span < 2 {
                *needed = own.max(*needed);
            }
        }
    }
    let mut widths: Vec<f64> =
        page.widths.iter().zip(&needed).map(|(width, needed)| width.max(*needed)).collect();
    let is_across = is_landscape(page, &widths, &needed);
    give_way(page, &mut widths, &needed);
    (widths, is_across)
}

/// Whether a page is laid across: one that is as wide as it must be, where its figures need it.
fn is_landscape(page: &Page, widths: &[f64], needed: &[f64]) -> bool {
    let printed = page.printed_columns.map_or(widths.len(), usize::from).min(widths.len());
    let least: f64 = widths
        .iter()
        .zip(needed)
        .take(printed)
        .map(|(width, needed)| needed.max(NARROWEST).min(*width))
        .sum();
    match page.orientation {
        Orientation::Landscape => true,
        Orientation::Portrait => false,
        Orientation::AsWide => least > WIDEST_PAGE_ONE,
    }
}

/// No text column is narrower for a page to be legible.
const NARROWEST: f64 = 9.0;

/// Narrows the wide columns, all in the same measure, as far as the page needs to be legible.
fn give_way(page: &Page, widths: &mut [f64], needed: &[f64]) {
    let printed = page.printed_columns.map_or(widths.len(), usize::from).min(widths.len());
    let most = match page.orientation {
        _ if is_landscape(page, widths, needed) => WIDEST_LANDSCAPE,
        Orientation::AsWide => WIDEST_PAGE_ONE,
        Orientation::Landscape | Orientation::Portrait => WIDEST_PORTRAIT,
    };
    if widths[..printed].iter().sum::<f64>() > most {
        // What is never filled has no use for its room.
        for (width, longest) in widths[..printed].iter_mut().zip(longest_texts(page)) {
            *width = width.min(longest.max(NARROWEST));
        }
    }
    let least = |place: usize| needed[place].max(NARROWEST).min(widths[place]);
    let excess = widths[..printed].iter().sum::<f64>() - most;
    let spare: f64 = (0..printed).map(|place| widths[place] - least(place)).sum();
    if excess <= 0.0 || spare <= 0.0 {
        return;
    }
    let part = (excess / spare).min(1.0);
    let narrowed: Vec<f64> =
        (0..printed).map(|place| widths[place] - (widths[place] - least(place)) * part).collect();
    widths[..printed].copy_from_slice(&narrowed);
}

/// The room that the longest text or figure of each column takes on one line.
fn longest_texts(page: &Page) -> Vec<f64> {
    /// For the indent and the cell's own margins.
    const MARGINS: f64 = 3.0;
    let mut longest = vec![0.0; page.widths.len()];
    for line in &page.lines {
        for (longest, cell) in longest.iter_mut().zip(&line.cells) {
            if cell.span > 1 || cell.look == Look::Heading {
                continue;
            }
            let own = match &cell.content {
                Content::Text(text)
                | Content::Link { text, .. }
                | Content::FileLink { text, .. } => text.width(),
                Content::Runs(runs) => runs.iter().map(|(_, text)| text.width()).sum(),
                Content::Blank => continue,
                // Figures have their room already.
                _ => 1_000,
            };
            #[expect(clippy::cast_precision_loss, reason = "texts are short")]
            let own = own as f64 + MARGINS;
            *longest = own.max(*longest);
        }
    }
    longest
}

/// The room that 2020年10月 and 2020年10月31日 need, in which no date is shown as ###.
const MONTH_WIDTH: f64 = 11.5;
const DAY_WIDTH: f64 = 15.0;

/// The room that a figure needs, with its commas, its sign and the cell's own margins.
fn figure_width(figure: f64, decimals: u32, look: Look) -> f64 {
    const MARGINS: f64 = 2.0;
    // Bold digits are wider.
    let digit = if look == Look::TotalFigure { 1.12 } else { 1.0 };
    let whole = figure.abs().max(1.0).log10().floor() + 1.0;
    let commas = ((whole - 1.0) / 3.0).floor();
    let fraction = if decimals == 0 { 0.0 } else { f64::from(decimals) + 1.0 };
    let sign = if figure < 0.0 { 1.0 } else { 0.0 };
    (whole + commas + fraction + sign) * digit + MARGINS
}

/// Whether a line has a cell over several columns.
pub fn is_merged(line: &Line) -> bool {
    line.cells.iter().any(|cell| cell.span > 1)
}

/// Returns a line's height in points: as many text lines as its longest cell needs.
pub fn height(line: &Line, widths: &[f64]) -> f64 {
    const POINTS: f64 = 13.5;
    let mut most: f64 = 1.0;
    let mut tallest = POINTS;
    // What stands beside the page is not printed and as high as may be.
    for (column, cell) in line.cells.iter().enumerate().take(widths.len()) {
        let span = usize::from(cell.span.max(1));
        let width: f64 = widths.iter().skip(column).take(span).sum();
        let text = match &cell.content {
            Content::Text(text) | Content::Link { text, .. } | Content::FileLink { text, .. } => {
                text.clone()
            }
            Content::Runs(runs) => runs.iter().map(|(_, text)| text.as_str()).collect(),
            _ => continue,
        };
        if cell.look == Look::Code {
            continue;
        }
        if cell.look == Look::Title {
            tallest = 30.0;
            continue;
        }
        // Less than the width, for the cell's own margins, the indent and breaks between words.
        let is_short = matches!(cell.look, Look::Centre | Look::TotalText) && text.width() < 24;
        let room = (width - if is_short { 1.0 } else { 3.0 }).max(2.0);
        let lines: f64 = text
            .lines()
            .map(|line| {
                #[expect(clippy::cast_precision_loss, reason = "texts are short")]
                let width = line.width() as f64;
                (width / room).ceil().max(1.0)
            })
            .sum();
        most = most.max(lines);
    }
    // Excel's tallest row is 409 points.
    (most * POINTS + 2.0).max(tallest).min(400.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::page::{decimal_cell, text_cell};

    fn page(figure: &str, columns: usize, orientation: Orientation) -> Page {
        let mut cells = vec![text_cell("社区老年人日间照料中心".repeat(8), Look::Text)];
        cells.extend((0..columns).map(|_| decimal_cell(figure, Look::Figure)));
        let mut widths = vec![60.0];
        widths.extend(vec![9.0; columns]);
        Page { widths, lines: vec![Line::of(cells)], orientation, ..Page::default() }
    }

    #[test]
    fn texts_give_way_and_figures_do_not() {
        let (widths, is_across) = widths(&page("12345678901.23", 11, Orientation::Landscape));
        assert!(is_across);
        let needed = figure_width(12_345_678_901.23, 2, Look::Figure);
        assert!(widths[1..].iter().all(|width| *width >= needed), "{widths:?}");
        assert!(widths[0] < 60.0 && widths[0] >= NARROWEST, "{widths:?}");
    }

    #[test]
    fn a_page_is_laid_across_only_where_its_figures_need_it() {
        let of = |figure: &str| widths(&page(figure, 10, Orientation::AsWide)).1;
        assert!(!of("12401"));
        assert!(of("12345678901.23"));
    }
}
