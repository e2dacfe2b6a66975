//! Sheets of paper: which size and which way round, how much one holds, and where the next one begins.
//!
//! A page of a workbook is printed as wide as its paper; how small its letters come out follows from its
//! columns. Here letters of 10 points are never planned smaller than those that people still read.

use super::page::{Fit, Line, Look, Orientation, Page, Shown};
use crate::pipeline::file::Paper;

/// In points, as all lengths here but the widths of columns.
const SIDE_MARGINS: f64 = 2.0 * 28.8;
const END_MARGINS: f64 = 2.0 * 43.2;
/// The widest that a digit of the workbook's own font is shown, which is what columns are measured in.
const DIGIT: f64 = 5.6;
/// What a column takes beside its width, in digits.
pub const COLUMN_MARGIN: f64 = 0.72;
/// How big letters of 10 points come out at least.
const LEGIBLE: f64 = 6.2;
/// Page one is read by those who read nothing else.
const LEGIBLE_ON_PAGE_ONE: f64 = 6.6;
/// Of a sheet of paper, how much is filled: programs differ a little in how high their lines are.
const FILLED: f64 = 0.93;

/// Paper, and which way round it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laid {
    pub paper: Paper,
    pub is_across: bool,
}

impl Laid {
    fn sides(self) -> (f64, f64) {
        let (short, long) = match self.paper {
            Paper::A4 => (595.3, 841.9),
            Paper::A3 => (841.9, 1190.6),
        };
        if self.is_across { (long, short) } else { (short, long) }
    }

    /// How wide columns may be together for their letters to be legible, in digits.
    pub fn widest(self, orientation: Orientation) -> f64 {
        let least = match orientation {
            Orientation::PageOne => LEGIBLE_ON_PAGE_ONE,
            Orientation::Landscape | Orientation::Portrait => LEGIBLE,
        };
        (self.sides().0 - SIDE_MARGINS) / (least / 10.0) / DIGIT
    }

    /// How high the lines on one sheet may be together where columns are so wide together.
    pub fn highest(self, width: f64) -> f64 {
        let (across, down) = self.sides();
        let scale = ((across - SIDE_MARGINS) / (width * DIGIT)).min(1.0);
        (down - END_MARGINS) / scale * FILLED
    }
}

/// Excel takes no more breaks on one page.
const MOST_BREAKS: usize = 1_000;

/// Returns the lines that begin a sheet of paper: as few sheets as hold the page, none of them with a few
/// lines only, no heading without what it heads. `lines` are those of the page, `heights` how high they are,
/// `width` how wide all printed columns are.
pub fn breaks(
    page: &Page,
    lines: &[Outline],
    heights: &[f64],
    laid: Laid,
    width: f64,
) -> Vec<usize> {
    if page.fit == Fit::OnePage {
        return Vec::new();
    }
    let printed = page.printed_lines.unwrap_or(heights.len()).min(heights.len());
    let sheet = Sheets {
        lines: &lines[..printed],
        heights: &heights[..printed],
        repeated: page.heading.unwrap_or(0),
        room: laid.highest(width),
    };
    let mut breaks = Vec::new();
    let mut wanted = page.breaks.iter().copied().filter(|line| *line < printed).peekable();
    let mut begun = 0;
    loop {
        let end = wanted.peek().copied().unwrap_or(printed);
        let parts = sheet.parts(begun, end);
        let last = parts.last().copied().unwrap_or(begun);
        breaks.extend(parts);
        let Some(next) = wanted.next() else { break };
        // What follows stands on a sheet of its own only where it has no room on this one.
        let after = wanted.peek().copied().unwrap_or(printed);
        if sheet.height(last, after) > sheet.room {
            breaks.push(next);
            begun = next;
        } else {
            breaks.retain(|line| *line <= last);
            begun = last;
        }
    }
    breaks.dedup();
    breaks.retain(|line| *line > 0);
    if breaks.len() > MOST_BREAKS { Vec::new() } else { breaks }
}

/// What paper asks of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    pub shown: Shown,
    /// The look of its first cell.
    pub first: Option<Look>,
}

impl Outline {
    pub fn of(line: &Line) -> Self {
        Self { shown: line.shown, first: line.cells.first().map(|cell| cell.look) }
    }
}

struct Sheets<'a> {
    lines: &'a [Outline],
    heights: &'a [f64],
    /// The line that stands at the head of each further sheet.
    repeated: usize,
    room: f64,
}

impl Sheets<'_> {
    fn height_of(&self, line: usize) -> f64 {
        match self.lines[line].shown {
            Shown::Folded => 0.0,
            Shown::AtOnce => self.heights[line],
        }
    }

    /// How high a run of lines is, with what is repeated above it.
    fn height(&self, first: usize, end: usize) -> f64 {
        let repeated = if first > self.repeated { self.height_of(self.repeated) } else { 0.0 };
        (first..end).map(|line| self.height_of(line)).sum::<f64>() + repeated
    }

    /// Where further sheets begin within a run of lines.
    fn parts(&self, begun: usize, end: usize) -> Vec<usize> {
        let mut parts = Vec::new();
        let mut first = begun;
        let mut filled = self.height(first, first);
        for line in begun..end {
            let own = self.height_of(line);
            if filled + own > self.room && line > first {
                first = self.with_its_heading(first, line);
                parts.push(first);
                filled = self.height(first, line);
            }
            filled += own;
        }
        self.even_out(begun, end, &mut parts);
        parts
    }

    /// Moves a beginning up, so that a heading stays with what it heads.
    fn with_its_heading(&self, first: usize, line: usize) -> usize {
        let heads =
            |line: usize| matches!(self.lines[line].first, Some(Look::Section | Look::Heading));
        let mut moved = line;
        while moved > first + 1 && heads(moved - 1) {
            moved -= 1;
        }
        moved
    }

    /// Lets the last two sheets share their lines where the last one would hold little.
    fn even_out(&self, begun: usize, end: usize, parts: &mut [usize]) {
        /// Of what a sheet holds.
        const LITTLE: f64 = 0.4;
        let Some((last, before)) = parts.split_last_mut() else { return };
        if self.height(*last, end) >= self.room * LITTLE {
            return;
        }
        let first = before.last().copied().unwrap_or(begun);
        let half = self.height(first, end) / 2.0;
        let mut filled = self.height(first, first);
        for line in first..*last {
            filled += self.height_of(line);
            if filled >= half {
                *last = self.with_its_heading(first, line + 1).min(*last);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::page::text_cell;

    const A4: Laid = Laid { paper: Paper::A4, is_across: false };

    fn breaks(page: &Page, heights: &[f64], laid: Laid, width: f64) -> Vec<usize> {
        let lines: Vec<Outline> = page.lines.iter().map(Outline::of).collect();
        super::breaks(page, &lines, heights, laid, width)
    }

    fn page(lines: usize) -> Page {
        let line = || Line::of(vec![text_cell("一", Look::Text)]);
        Page { lines: (0..lines).map(|_| line()).collect(), ..Page::default() }
    }

    #[test]
    fn no_sheet_is_left_with_a_few_lines() {
        let a_sheet = A4.highest(96.0);
        for lines in 1..400 {
            let breaks = breaks(&page(lines), &vec![15.5; lines], A4, 96.0);
            let ends = breaks.iter().copied().chain([lines]);
            let starts = std::iter::once(0).chain(breaks.iter().copied());
            for (first, end) in starts.zip(ends) {
                assert!(lines < 5 || end - first >= 5, "{lines} lines: {first} to {end}");
                assert!(f64::from(u32::try_from(end - first).unwrap()) * 15.5 <= a_sheet);
            }
        }
    }

    #[test]
    fn what_has_room_needs_no_sheet_of_its_own() {
        let mut short = page(20);
        short.breaks = vec![10];
        assert_eq!(breaks(&short, &[15.5; 20], A4, 96.0), Vec::<usize>::new());
        let mut long = page(80);
        long.breaks = vec![40];
        assert_eq!(breaks(&long, &[15.5; 80], A4, 96.0), vec![40]);
    }

    #[test]
    fn a_heading_stays_with_its_table() {
        let mut page = page(60);
        for line in 40..60 {
            page.lines[line].cells[0].look = Look::Heading;
            assert!(!breaks(&page, &[15.5; 60], A4, 96.0).contains(&(line + 1)));
            page.lines[line].cells[0].look = Look::Text;
        }
    }
}
