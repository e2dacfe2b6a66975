//! Whether the figures of a column that are typed as text have a comma before their decimals.
//!
//! 1,234 alone may be either, so that no cell decides: a column has decimal commas where every figure
//! of it can be read with one and some of them in no other way; where that holds for the whole file,
//! columns that may be either have them as well. Anything else is said and not read.

use std::collections::BTreeMap;

use super::lexicon::WORDS;
use super::shape::{Shape, shown};
use crate::model::{CellAt, fold};
use crate::normalise::cells::commas::{self, Mark};
use crate::pipeline::{DecimalMark, heading};
use crate::read::{Content, Sheet};

/// What the figures of a column say of their decimal mark.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    filled: usize,
    figures: usize,
    comma: usize,
    /// Of those with a comma, the ones that no list of numbers (1,2) looks like.
    surely: usize,
    point: usize,
    either: usize,
}

impl Marks {
    fn add(&mut self, content: &Content) {
        self.filled += 1;
        let Content::Text(text) = content else {
            self.figures += usize::from(matches!(content, Content::Number(_)));
            return;
        };
        let Some(figure) = figure_of(text) else { return };
        let mark = commas::mark(figure);
        self.figures += usize::from(mark != Mark::None);
        match mark {
            Mark::Comma => {
                self.comma += 1;
                self.surely += usize::from(is_surely_one(text, figure));
            }
            Mark::Point => self.point += 1,
            Mark::Either => self.either += 1,
            Mark::Neither | Mark::None => {}
        }
    }

    fn and(self, other: Marks) -> Marks {
        Marks {
            filled: self.filled + other.filled,
            figures: self.figures + other.figures,
            comma: self.comma + other.comma,
            surely: self.surely + other.surely,
            point: self.point + other.point,
            either: self.either + other.either,
        }
    }

    /// Whether most of it are figures.
    fn are_figures(self) -> bool {
        self.figures * 5 >= self.filled * 3
    }

    fn has_commas(self) -> bool {
        self.are_figures() && self.point == 0 && self.surely > 0 && self.surely * 2 >= self.comma
    }
}

/// Whether a figure with a comma is no list of numbers, as 1,2 may be: 12,50, 1.250,5, -60,5, 60,0, 0,5
/// and 2256,4 are none, since lists name neither noughts nor negative figures, and no long ones.
fn is_surely_one(text: &str, figure: &str) -> bool {
    let Some((whole, decimals)) = figure.rsplit_once(',') else { return false };
    let is_negative = text.trim_start().starts_with(['-', '−', '–']);
    let is_nought = |part: &str| !part.is_empty() && part.bytes().all(|b| b == b'0');
    decimals.len() == 2
        || figure.contains('.')
        || is_negative
        || is_nought(whole)
        || is_nought(decimals)
        || whole.len() > 3
}

/// How the figures of a column are written, and how sure that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// Without marks, or as numbers that are none.
    #[default]
    Plain,
    /// With a point.
    Points,
    /// With a comma: every figure can be read so and some in no other way.
    Commas,
    /// With a comma as all others of the file; its own figures may be either.
    CommasAsOthers,
    /// Some with a comma and some with a point.
    Both,
    /// Each may be either, and so do the file's other columns not decide it.
    Open,
}

impl Written {
    pub fn mark(self) -> DecimalMark {
        match self {
            Written::Commas | Written::CommasAsOthers => DecimalMark::Comma,
            Written::Plain | Written::Points | Written::Both | Written::Open => DecimalMark::Point,
        }
    }

    /// How two tables together write one column.
    pub fn and(self, other: Written) -> Written {
        match (self, other) {
            (one, other) if one == other => one,
            (Written::Plain, other) => other,
            (one, Written::Plain) => one,
            (Written::Commas, Written::CommasAsOthers)
            | (Written::CommasAsOthers, Written::Commas) => Written::Commas,
            _ => Written::Both,
        }
    }
}

/// How the columns of tables are written, by the keys of their headings.
#[derive(Debug, Default)]
pub struct AllMarks {
    columns: BTreeMap<String, Marks>,
    /// Whether some column has decimal commas.
    any: bool,
    /// Whether no figure of the file has a point before its decimals.
    all: bool,
}

impl AllMarks {
    pub fn of(tables: &[(&Sheet, &Shape)]) -> Self {
        let mut columns: BTreeMap<String, Marks> = BTreeMap::new();
        for (sheet, shape) in tables {
            for column in &shape.columns {
                let mut marks = Marks::default();
                for row in &shape.body {
                    if let Some(content) = shown(sheet, *row, column.column) {
                        marks.add(content);
                    }
                }
                let known = columns.entry(heading::read(&column.title).key).or_default();
                *known = known.and(marks);
            }
        }
        let any = columns.values().any(|marks| marks.has_commas());
        let mut figures = columns.values().filter(|marks| marks.are_figures());
        let all = figures.all(|marks| marks.point == 0);
        Self { columns, any, all }
    }

    pub fn written(&self, title: &str) -> Written {
        let known = self.columns.get(&heading::read(title).key);
        let Some(marks) = known.filter(|marks| marks.are_figures()) else { return Written::Plain };
        if marks.has_commas() {
            return Written::Commas;
        }
        match (marks.comma > 0, marks.either > 0) {
            (true, _) if marks.surely > 0 => Written::Both,
            (false, true) if marks.point == 0 && self.any && self.all => Written::CommasAsOthers,
            (false, true) if marks.point == 0 && self.any => Written::Open,
            _ if marks.point > 0 => Written::Points,
            _ => Written::Plain,
        }
    }
}

/// Returns the digits of a text that is a figure, and what stands before and behind it: a sign, a money
/// or a measure (1.280,50 €, EUR 680,00).
fn parts_of(text: &str) -> Option<(&str, &str, &str)> {
    const LONGEST_UNIT: usize = 4;
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let start = text.find(is_digit)?;
    let last = text.rfind(is_digit)?;
    let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
    let (before, figure, after) = (&text[..start], &text[start..end], &text[end..]);
    let is_unit = |text: &str| {
        let plain = fold::plain(text);
        plain.chars().count() <= LONGEST_UNIT && !plain.contains([',', '.', '/', ':'])
    };
    let is_mark = |c: char| is_digit(c) || ",.，．\u{a0}\u{2007}\u{2009}\u{202f}".contains(c);
    let is_one = is_unit(before) && is_unit(after) && figure.chars().all(is_mark);
    is_one.then_some((before, figure, after))
}

fn figure_of(text: &str) -> Option<&str> {
    parts_of(text).map(|(_, figure, _)| figure)
}

fn is_money(text: &str) -> bool {
    WORDS.columns.currencies.contains(&text.to_lowercase().as_str())
}

/// Returns the measure that stands beside all figures of a column that are typed as text, where it is
/// known for one and its heading does not name it.
pub fn measure(title: &str, cells: &[Option<&Content>]) -> Option<String> {
    let mut found: Option<String> = None;
    let mut count = 0;
    let filled = cells.iter().flatten();
    for content in filled.clone() {
        let Content::Text(text) = content else { continue };
        let Some((before, _, after)) = parts_of(text) else { continue };
        let (before, after) = (fold::plain(before), fold::plain(after));
        let before = before.trim_matches(['-', '+', '−', '–']);
        let beside = if after.is_empty() { before } else { after.as_str() };
        if beside.is_empty() {
            continue;
        }
        // m2 is a measure itself; only money stands before its figure.
        if after.is_empty() && !is_money(beside) {
            return None;
        }
        if found.as_ref().is_some_and(|known| known != beside) {
            return None;
        }
        count += 1;
        found.get_or_insert_with(|| beside.to_owned());
    }
    let is_known =
        |text: &String| is_money(text) || WORDS.columns.counted_in.contains(&text.as_str());
    let is_named = |text: &String| {
        text.chars().all(char::is_alphanumeric) && fold::plain(title).contains(text.as_str())
    };
    found.filter(|found| count * 5 >= filled.count() * 3 && is_known(found) && !is_named(found))
}

/// Returns the money other than 元 that the number formats of most figures of a column show: US$ 5 for 5.
pub fn shown_money(sheet: &Sheet, shape: &Shape, column: u32) -> Option<String> {
    let cells = shape.body.iter().filter_map(|row| sheet.cell(CellAt::new(*row, column)));
    let figures = cells.filter(|cell| matches!(cell.content, Content::Number(_)));
    let (mut all, mut by_money) = (0, BTreeMap::<String, usize>::new());
    for cell in figures {
        all += 1;
        let Some((before, _, after)) = cell.shown().and_then(|shown| parts_of(&shown.exact)) else {
            continue;
        };
        let beside = format!("{}{}", fold::plain(before), fold::plain(after));
        let beside = beside.trim_matches(['-', '+', '−', '–', '(', ')']);
        if is_money(beside) {
            *by_money.entry(beside.to_owned()).or_default() += 1;
        }
    }
    let (money, count) = by_money.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 2 > all).then_some(money)
}

/// Returns a cell as other columns write it: with a point, and without its measure.
pub fn plainly(content: &Content, mark: DecimalMark, measure: Option<&String>) -> Option<Content> {
    let Content::Text(text) = content else { return None };
    let text = match mark {
        DecimalMark::Comma => commas::with_points(text).ok()?,
        DecimalMark::Point if measure.is_none() => return None,
        DecimalMark::Point => text.to_string(),
    };
    let plain = fold::plain(&text);
    let (sign, digits) =
        plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let bare = measure.and_then(|measure| {
        digits.strip_suffix(measure.as_str()).or_else(|| digits.strip_prefix(measure.as_str()))
    });
    Some(Content::Text(bare.map_or(text, |bare| format!("{sign}{bare}")).into()))
}
