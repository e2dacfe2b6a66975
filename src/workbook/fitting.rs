//! How wide a page's columns are, how high its lines, which way round it is printed: found from what stands in
//! its cells, before anything is written.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

use super::page::{Content, Line, Look, Orientation, Page, PageCell, Rows, Shown};
use super::paper::{COLUMN_MARGIN, Laid};
use crate::pipeline::file::Paper;

/// A page as it is written: its columns and its paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    pub widths: Vec<f64>,
    pub laid: Laid,
}

/// Finds the widths of a page's columns: as laid out, or wide enough for the longest figure, of which a
/// narrower column would show nothing but ###; texts give way where the page would be printed too small
/// to be read, and take what room there is on greater paper.
pub fn fitted(page: &Page) -> Fitted {
    let Measured { needed, longest, seen } = Measured::of(page);
    let mut widths: Vec<f64> =
        page.widths.iter().zip(&needed).map(|(width, needed)| width.max(*needed)).collect();
    let printed = page.printed_columns.map_or(widths.len(), usize::from).min(widths.len());
    let natural =
        together(&widths[..printed].iter().zip(&longest).map(trimmed).collect::<Vec<_>>());
    let least: Vec<f64> = widths
        .iter()
        .zip(&needed)
        .map(|(width, needed)| needed.max(NARROWEST).min(*width))
        .collect();
    let laid = laid(page, natural, together(&least[..printed]));
    let most = laid.widest(page.orientation);
    if laid.paper == Paper::A3 || together(&widths[..printed]) > most {
        // What is never filled has no use for its room.
        for pair in widths[..printed].iter_mut().zip(&longest) {
            *pair.0 = trimmed((&*pair.0, pair.1));
        }
        // Short words stay whole as long as sentences have room to give.
        let word =
            |column: usize| if longest[column] <= SHORT { widths[column] } else { least[column] };
        let with_words: Vec<f64> = (0..printed).map(word).collect();
        give_way(&mut widths[..printed], &with_words, most);
        give_way(&mut widths[..printed], &least, most);
    }
    take_room(page, seen, &mut widths[..printed], laid);
    Fitted { widths, laid }
}

/// How wide columns are together, with what stands between them.
pub fn together(widths: &[f64]) -> f64 {
    widths.iter().map(|width| width + COLUMN_MARGIN).sum()
}

/// A column as wide as its longest text needs, at most as wide as it was.
fn trimmed((width, longest): (&f64, &f64)) -> f64 {
    width.min(longest.max(NARROWEST))
}

/// What stands in the columns of a page.
struct Measured {
    /// What the figures and dates of each column need.
    needed: Vec<f64>,
    /// The room that the longest text or figure of each column takes on one line; into some pages much is
    /// written later, and their columns need what they have.
    longest: Vec<f64>,
    /// How many lines are seen at once, those with merged cells apart.
    seen: usize,
}

impl Measured {
    fn of(page: &Page) -> Self {
        let mut needed = vec![0.0; page.widths.len()];
        let mut of_texts: Vec<f64> = needed.clone();
        let mut seen = 0;
        for line in page.all() {
            seen += usize::from(is_seen(&line));
            for ((needed, text), cell) in needed.iter_mut().zip(&mut of_texts).zip(&line.cells) {
                if cell.span > 1 {
                    continue;
                }
                if let Some(own) = figure_room(cell) {
                    *needed = own.max(*needed);
                } else if let Some(own) = text_of(cell).filter(|_| cell.look != Look::Heading) {
                    *text = f64::max(room_of(&own) + indent(cell.look) + 0.1, *text);
                }
            }
        }
        let least = |(width, needed): (&f64, &f64)| match page.rows {
            Rows::Found => *needed,
            Rows::Growing => width.max(*needed),
        };
        let least = page.widths.iter().zip(&needed).map(least);
        let longest = least.zip(of_texts).map(|(least, text)| least.max(text)).collect();
        Self { needed, longest, seen }
    }
}

/// The room that a figure or a date takes.
fn figure_room(cell: &PageCell) -> Option<f64> {
    Some(match &cell.content {
        Content::Number { number, decimals } | Content::PerCent { number, decimals } => {
            figure_width(*number, *decimals, cell.look)
        }
        Content::Formula(formula) => figure_width(formula.result, formula.decimals, cell.look),
        Content::Month(_) => MONTH_WIDTH,
        Content::Day(_) => DAY_WIDTH,
        _ => return None,
    })
}

/// Which paper a page takes, and which way round: upright and A4 as long as its columns can be read so.
fn laid(page: &Page, natural: f64, least: f64) -> Laid {
    /// Texts that give way by more make long rows.
    const GIVES_WAY: f64 = 1.05;
    let across = |paper: Paper| Laid { paper, is_across: true };
    let upright = Laid { paper: Paper::A4, is_across: false };
    // Where many lines are to stand together.
    let greater = Laid { paper: page.paper, is_across: false };
    let has_room = |laid: Laid, width: f64| width <= laid.widest(page.orientation);
    match page.orientation {
        Orientation::Portrait | Orientation::PageOne if has_room(upright, least) => upright,
        Orientation::Portrait => across(Paper::A4),
        Orientation::PageOne if has_room(greater, least) => greater,
        Orientation::PageOne if has_room(across(Paper::A4), least) => across(Paper::A4),
        Orientation::Landscape if has_room(across(Paper::A4), natural / GIVES_WAY) => {
            across(Paper::A4)
        }
        Orientation::PageOne | Orientation::Landscape => across(page.paper),
    }
}

/// No text column is narrower for a page to be legible.
const NARROWEST: f64 = 9.0;
/// Columns of names and the like give way last.
const SHORT: f64 = 19.0;

/// Narrows the wide columns, all in the same measure, as far as the page needs to be legible.
fn give_way(widths: &mut [f64], least: &[f64], most: f64) {
    let excess = together(widths) - most;
    let spare: f64 = widths.iter().zip(least).map(|(width, least)| width - least).sum();
    if excess <= 0.0 || spare <= 0.0 {
        return;
    }
    let part = (excess / spare).min(1.0);
    for (width, least) in widths.iter_mut().zip(least) {
        *width -= (*width - least) * part;
    }
}

/// Gives what the paper has left to the columns whose texts would otherwise make the longest rows, step by
/// step where a step saves most, until the page fits on one sheet. One that fits on none is left as it is,
/// but on paper that was taken to be filled.
fn take_room(page: &Page, seen: usize, widths: &mut [f64], laid: Laid) {
    const STEP: f64 = 2.0;
    /// Of a sheet, what lines may fill by this estimate.
    const FILLED: f64 = 0.88;
    /// Sheets that no widening brings down to one.
    const TOO_MANY: f64 = 2.0;
    let rows = sampled(page, seen, widths.len());
    let high = |widths: &[f64]| rows.iter().map(|row| row.lines(widths)).sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "pages have few lines")]
    let points = page.count() as f64 / rows.len().max(1) as f64 * POINTS;
    let sheets =
        |lines: f64, widths: &[f64]| lines * points / (laid.highest(together(widths)) * FILLED);
    let mut wider = widths.to_vec();
    let mut room = laid.widest(page.orientation) - together(widths);
    let mut now = high(widths);
    if laid.paper == Paper::A4 && sheets(now, widths) > TOO_MANY {
        return;
    }
    while room >= STEP && sheets(now, &wider) > 1.0 {
        let mut best: Option<(f64, usize, f64)> = None;
        for column in 0..wider.len() {
            let own = wider[column];
            let is_text = |row: &Wrapped| row.0.iter().any(|text| text.column == column);
            let mut more = STEP;
            while more <= room && rows.iter().any(is_text) {
                wider[column] = own + more;
                let saved = (now - high(&wider)) / more;
                if saved > 0.0 && best.is_none_or(|(most, ..)| saved > most) {
                    best = Some((saved, column, more));
                }
                more += STEP;
            }
            wider[column] = own;
        }
        let Some((_, column, more)) = best else { break };
        wider[column] += more;
        room -= more;
        now = high(&wider);
    }
    if laid.paper == Paper::A3 || sheets(now, &wider) <= 1.0 {
        widths.copy_from_slice(&wider);
    }
}

/// The texts of a line that may take several lines of their own.
struct Wrapped(Vec<WrappedText>);

struct WrappedText {
    column: usize,
    indent: f64,
    /// The room that each of its own lines needs.
    rooms: Vec<f64>,
}

impl Wrapped {
    fn lines(&self, widths: &[f64]) -> f64 {
        let of = |text: &WrappedText| {
            text.rooms.iter().map(|room| lines_of(*room, widths[text.column], text.indent)).sum()
        };
        self.0.iter().map(of).fold(1.0, f64::max)
    }
}

/// Some lines of a page, evenly spread, of those that are seen: enough to see where its long texts are.
fn sampled(page: &Page, seen: usize, columns: usize) -> Vec<Wrapped> {
    const MOST: usize = 64;
    let wrapped = |line: Cow<'_, Line>| {
        let cells = line.cells.iter().take(columns).enumerate();
        let texts = cells.filter_map(|(column, cell)| {
            let text = text_of(cell)?;
            let rooms: Vec<f64> = text.lines().map(room_of).collect();
            let has_one = rooms.iter().any(|room| *room > NARROWEST);
            has_one.then(|| WrappedText { column, indent: indent(cell.look), rooms })
        });
        Wrapped(texts.collect())
    };
    let lines = page.all().filter(|line| is_seen(line));
    lines.step_by(seen.div_ceil(MOST).max(1)).map(wrapped).collect()
}

/// Whether a line is seen at once, and none of its cells merged with others.
fn is_seen(line: &Line) -> bool {
    line.shown == Shown::AtOnce && !is_merged(line)
}

/// The room that 2020年10月 and 2020年10月31日 need, in which no date is shown as ###.
const MONTH_WIDTH: f64 = 11.0;
const DAY_WIDTH: f64 = 15.0;

/// What the signs of a text take, in digits of the workbook's own font: the font of the cells, or the one
/// that stands in for it, whichever is wider.
const IDEOGRAPH: f64 = 1.92;
const LETTER: f64 = 1.12;
const DIGIT: f64 = 1.16;
const BOLD_DIGIT: f64 = 1.27;
/// A comma, a point, a sign.
const MARK: f64 = 0.7;
/// The indent of a text, beside the cell's own margins.
const INDENT: f64 = 1.3;
/// What a line loses where a word or a mark does not end where the column does.
const BREAKING: f64 = 1.0;

/// The room that a text needs on one line.
fn room_of(text: &str) -> f64 {
    let signs = text.chars().map(|sign| match sign {
        // What nearly all signs are, without being looked up.
        '一'..='鿿' => IDEOGRAPH,
        ' '..='~' => LETTER,
        _ => match sign.width() {
            None | Some(0) => 0.0,
            Some(1) => LETTER,
            Some(_) => IDEOGRAPH,
        },
    });
    signs.sum()
}

/// The room that a figure needs, with its commas, its sign and the cell's own margins.
fn figure_width(figure: f64, decimals: u32, look: Look) -> f64 {
    const MARGINS: f64 = 1.8;
    let digit = if look == Look::TotalFigure { BOLD_DIGIT } else { DIGIT };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a figure without its sign; what is beyond all sheets takes all the room there is"
    )]
    let digits = (figure.abs() as u64).max(1).ilog10() + 1;
    let (whole, commas) = (f64::from(digits), f64::from((digits - 1) / 3));
    let point = if decimals == 0 { 0.0 } else { 1.0 };
    let sign = if figure < 0.0 { 1.0 } else { 0.0 };
    (whole + f64::from(decimals)) * digit + (commas + point + sign) * MARK + MARGINS
}

/// Whether a line has a cell over several columns.
pub fn is_merged(line: &Line) -> bool {
    line.cells.iter().any(|cell| cell.span > 1)
}

/// The words of a cell that are wrapped; figures and dates are not.
fn text_of(cell: &PageCell) -> Option<Cow<'_, str>> {
    match &cell.content {
        Content::Text(text) => Some(Cow::Borrowed(text)),
        Content::Link(link) | Content::FileLink(link) => Some(Cow::Borrowed(&link.text)),
        Content::Runs(runs) => Some(runs.iter().map(|(_, text)| text.as_str()).collect()),
        _ => None,
    }
}

fn indent(look: Look) -> f64 {
    if look == Look::Text { INDENT } else { 0.0 }
}

/// How high a line of text is.
const POINTS: f64 = 13.5;

/// How many lines a text without a break takes in a column.
fn lines_of(room: f64, width: f64, indent: f64) -> f64 {
    let own = (width - indent).max(2.0);
    if room <= own { 1.0 } else { (room / (own - BREAKING).max(2.0)).ceil() }
}

/// Returns a line's height in points: as many text lines as its longest cell needs.
pub fn height(line: &Line, widths: &[f64]) -> f64 {
    let mut most: f64 = 1.0;
    let mut tallest = POINTS;
    // What stands beside the page is not printed and as high as may be.
    for (column, cell) in line.cells.iter().enumerate().take(widths.len()) {
        let span = usize::from(cell.span.max(1));
        let width: f64 = widths.iter().skip(column).take(span).sum();
        let Some(text) = text_of(cell) else { continue };
        if cell.look == Look::Code {
            continue;
        }
        if cell.look == Look::Title {
            tallest = 30.0;
            continue;
        }
        let indent = indent(cell.look);
        let lines: f64 = text.lines().map(|line| lines_of(room_of(line), width, indent)).sum();
        most = most.max(lines);
    }
    // Excel's tallest row is 409 points.
    let between = if most > 1.0 { 1.5 } else { 0.0 };
    (most * POINTS + between).max(tallest).min(400.0)
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
        let Fitted { widths, laid } = fitted(&page("12345678901.23", 11, Orientation::Landscape));
        assert!(laid.is_across);
        let needed = figure_width(12_345_678_901.23, 2, Look::Figure);
        assert!(widths[1..].iter().all(|width| *width >= needed), "{widths:?}");
        assert!(widths[0] < 60.0 && widths[0] >= NARROWEST, "{widths:?}");
    }

    #[test]
    fn a_page_is_laid_across_only_where_its_figures_need_it() {
        let of = |figure: &str| fitted(&page(figure, 10, Orientation::PageOne)).laid.is_across;
        assert!(!of("12401"));
        assert!(of("12345678901.23"));
    }

    #[test]
    fn greater_paper_is_taken_where_texts_would_be_cut_small_and_then_filled() {
        let mut wide =
            Page { paper: Paper::A3, ..page("12345678901.23", 10, Orientation::Landscape) };
        wide.lines = vec![wide.lines[0].clone(); 60];
        let Fitted { widths, laid } = fitted(&wide);
        assert_eq!(laid, Laid { paper: Paper::A3, is_across: true });
        assert!(widths[0] > 60.0, "{widths:?}");
        assert!(together(&widths) <= laid.widest(Orientation::Landscape) + 0.1);
        let small = Page { paper: Paper::A3, ..page("12401", 10, Orientation::Landscape) };
        assert_eq!(fitted(&small).laid.paper, Paper::A4);
    }
}
