//! What is said of the lines of a text file: that they have other numbers of fields than the heading
//! they stand under, and what their quotes and bytes put in doubt. Their cells may have moved, and a
//! figure in the wrong column looks like any other.

use std::collections::BTreeMap;

use super::classes::{RowClass, SheetRows};
use crate::model::fact::{LineDoubt, WhyDoubtful};
use crate::model::{CellAt, CellRange, Fact, Finding, Side};
use crate::read::{Content, Doubt, Line, Sheet, TextLines};

/// How many lines of a kind are named.
const NAMED: usize = 10;

/// Says which lines of a text file may not be what they were read as.
pub fn doubtful(read: &Sheet, sheet: &SheetRows) -> Vec<Finding> {
    let Some(text) = &read.text else { return Vec::new() };
    let classes: BTreeMap<u32, RowClass> = sheet.classes.iter().copied().collect();
    let class_of = |line: &Line| classes.get(&line.row).copied();
    let is_heading = |line: &&Line| class_of(line) == Some(RowClass::Heading);
    let first_heading = text.lines.iter().find(is_heading).map(|line| line.row);
    let mut told = Told::default();
    told.delimiters(text);
    for line in &text.lines {
        if let Some(doubt) = line.doubt {
            // What is one field above the heading is a title, whatever stands in it.
            let is_title = doubt == Doubt::OtherDelimiter
                && first_heading.is_none_or(|heading| line.row < heading);
            if !is_title {
                told.add(why(doubt), line);
            }
        }
    }
    // Each stretch is a heading and the lines below it, up to the next one.
    let stretches = text.lines.chunk_by(|before, line| {
        class_of(line) != Some(RowClass::Heading) || class_of(before) == Some(RowClass::Heading)
    });
    for stretch in stretches {
        let heading = stretch.iter().take_while(|line| is_heading(line)).count();
        let (heading, below) = stretch.split_at(heading);
        let Some(width) = heading.iter().map(|line| line.fields).max() else { continue };
        let is_row =
            |line: &&Line| matches!(class_of(line), Some(RowClass::Task | RowClass::Total));
        let last_row = below.iter().rev().find(is_row).map(|line| line.row);
        let rows: Vec<&Line> = below
            .iter()
            .filter(|line| !moves(line))
            .filter(|line| {
                is_row(line) || {
                    let is_inside = last_row.is_some_and(|last| line.row < last);
                    counts(line, width, is_inside, read)
                }
            })
            .collect();
        under(width, heading, &rows, read, &mut told);
    }
    told.findings()
}

/// Says which lines of a text file without any table have other numbers of fields than most: nothing
/// tells there which line is a title and which one lost its delimiters.
pub fn without_table(read: &Sheet) -> Vec<LineDoubt> {
    let Some(text) = &read.text else { return Vec::new() };
    let mut told = Told::default();
    told.delimiters(text);
    let fields_of = || text.lines.iter().map(|line| line.fields);
    let several = most(fields_of().filter(|fields| *fields > 1));
    let Some(width) = several.or_else(|| most(fields_of())) else { return Vec::new() };
    if let [only] = text.lines.as_slice()
        && only.fields > 1
    {
        told.add(WhyDoubtful::Alone, only);
    }
    for line in &text.lines {
        if let Some(doubt) = line.doubt {
            told.add(why(doubt), line);
        }
        if !moves(line) && line.fields != width {
            told.add(fields(line, width, read), line);
        }
    }
    told.doubts().map(|(doubt, _)| doubt).collect()
}

/// Returns whether a line's own doubt says already that its cells may have moved.
fn moves(line: &Line) -> bool {
    line.doubt.is_some_and(|doubt| doubt != Doubt::Damaged)
}

/// Returns whether a line that is neither task nor total has to be as wide as the heading it stands
/// under: it may have been cut so that it is neither. A line of one field among the rows need not
/// where it holds no figure, nor a short one at the foot.
fn counts(line: &Line, width: u32, is_inside: bool, read: &Sheet) -> bool {
    if !is_inside {
        return line.fields > 1 && line.fields * 2 > width;
    }
    let has_digit = |content: &Content| match content {
        Content::Text(text) => text.bytes().any(|byte| byte.is_ascii_digit()),
        _ => true,
    };
    line.fields > 1 || read.content(CellAt::new(line.row, 0)).is_some_and(has_digit)
}

/// Holds the lines below a heading against its width.
fn under(width: u32, heading: &[Line], rows: &[&Line], read: &Sheet, told: &mut Told) {
    let mut expected = width;
    // Where the heading is the odd one, that is one thing to say, and not one for each row.
    if let Some(most) = most(rows.iter().map(|line| line.fields)).filter(|most| *most != width) {
        let alike = rows.iter().filter(|line| line.fields == most).count();
        if alike * 4 >= rows.len() * 3 {
            if let Some(line) = heading.iter().find(|line| line.fields == width) {
                told.add(WhyDoubtful::Heading { found: width, expected: most }, line);
            }
            expected = most;
        }
    }
    for line in rows.iter().filter(|line| line.fields != expected) {
        told.add(fields(line, expected, read), line);
    }
}

fn fields(line: &Line, expected: u32, read: &Sheet) -> WhyDoubtful {
    let figure = if line.fields > expected { torn_figure(read, line.row) } else { None };
    WhyDoubtful::Fields { found: (line.fields, line.fields), expected, figure }
}

/// Returns two neighbouring fields that read like one figure with a comma in it.
fn torn_figure(read: &Sheet, row: u32) -> Option<String> {
    let place = read.rows.binary_search_by_key(&row, |row| row.index).ok()?;
    let digits = |content: &Content| match content {
        Content::Text(text) => {
            let text = text.trim();
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.to_owned())
        }
        _ => None,
    };
    read.rows[place].cells.windows(2).find_map(|pair| {
        let [one, other] = pair else { return None };
        let (front, back) = (digits(&one.content)?, digits(&other.content)?);
        let is_torn = other.column == one.column + 1
            && (1..=3).contains(&front.len())
            && !front.starts_with('0')
            && back.len() == 3;
        is_torn.then(|| format!("{front},{back}"))
    })
}

/// Returns the number that comes most often, the greatest of several.
fn most(numbers: impl Iterator<Item = u32>) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for number in numbers {
        *counts.entry(number).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(number, count)| (*count, *number)).map(|(number, _)| number)
}

fn why(doubt: Doubt) -> WhyDoubtful {
    match doubt {
        Doubt::QuoteUnclosed => WhyDoubtful::QuoteUnclosed,
        Doubt::QuoteStray => WhyDoubtful::QuoteStray,
        Doubt::LinesJoined(joined) => WhyDoubtful::LinesJoined { joined },
        Doubt::OtherDelimiter => WhyDoubtful::OtherDelimiter,
        Doubt::Damaged => WhyDoubtful::Damaged,
    }
}

/// What was found, lines of one kind together.
#[derive(Default)]
struct Told(Vec<(WhyDoubtful, Vec<Line>)>);

impl Told {
    /// Says of the first line that has several fields that another delimiter would do as well.
    fn delimiters(&mut self, text: &TextLines) {
        let Some(rival) = text.rival else { return };
        let taken = char::from(text.dialect.delimiter);
        let several = text.lines.iter().find(|line| line.fields > 1);
        if let Some(line) = several.or(text.lines.first()) {
            self.add(WhyDoubtful::TwoDelimiters { taken, other: char::from(rival) }, line);
        }
    }

    fn add(&mut self, why: WhyDoubtful, line: &Line) {
        match self.0.iter_mut().find(|(known, _)| same(known, &why)) {
            Some((known, lines)) => {
                if let WhyDoubtful::Fields { found: (fewest, most), figure, .. } = known
                    && let WhyDoubtful::Fields { figure: another, .. } = why
                {
                    *fewest = line.fields.min(*fewest);
                    *most = line.fields.max(*most);
                    *figure = figure.take().or(another);
                }
                lines.push(*line);
            }
            None => self.0.push((why, vec![*line])),
        }
    }

    fn doubts(self) -> impl Iterator<Item = (LineDoubt, Vec<Line>)> {
        self.0.into_iter().map(|(why, mut lines)| {
            lines.sort_by_key(|line| line.row);
            let doubt = LineDoubt {
                why,
                lines: lines.iter().take(NAMED).map(|line| line.line).collect(),
                count: lines.len(),
            };
            (doubt, lines)
        })
    }

    fn findings(self) -> Vec<Finding> {
        let findings = self.doubts().map(|(doubt, lines)| {
            let ranges = lines.iter().map(|line| {
                let last = line.fields.saturating_sub(1);
                CellRange::new(CellAt::new(line.row, 0), CellAt::new(line.row, last))
            });
            let ranges: Vec<CellRange> = ranges.collect();
            let mut finding = Finding::new(Fact::LineDoubtful(doubt), Side::Submission);
            finding.cell = ranges.first().map(|range| range.first);
            finding.cells = ranges;
            finding
        });
        findings.collect()
    }
}

/// Returns whether two lines are doubtful in the same way: both too wide, or both too narrow.
fn same(one: &WhyDoubtful, other: &WhyDoubtful) -> bool {
    match (one, other) {
        (
            WhyDoubtful::Fields { found, expected, .. },
            WhyDoubtful::Fields { found: other_found, expected: other_expected, .. },
        ) => {
            expected == other_expected && (found.0 > *expected) == (other_found.0 > *other_expected)
        }
        (one, other) => one == other,
    }
}
