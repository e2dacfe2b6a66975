//! Lines of a page in which nothing changes any more, packed until they are written and read back: a page of a
//! nation's month has millions of cells, and most of them hold a figure of few digits or a text that others hold,
//! too.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use super::page::{Content, Emphasis, Line, Look, PageCell, Shown};
use crate::model::{Day, Month, Text};

/// Packed lines, in their order.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    kinds: Vec<Kind>,
    texts: Vec<Text>,
    /// What is packed, in pieces that end where a line does.
    pieces: Vec<Box<[u8]>>,
    /// Lines that are not packed, since they hold what few lines do.
    kept: Vec<Line>,
    count: usize,
}

/// All of a cell but the text or figure itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kind {
    look: Look,
    span: u16,
    mark: Option<Emphasis>,
    holds: Holds,
}

/// What a packed cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holds {
    Blank,
    Text,
    /// A number that its decimals tell in full, in units of the last of them.
    Exact {
        decimals: u32,
    },
    Number {
        decimals: u32,
    },
    Month,
    Day,
    Percent {
        decimals: u32,
    },
    PerCent {
        decimals: u32,
    },
}

/// What a line begins with that is kept as it is; one that is packed, with a number above it.
const KEPT: u64 = 0;

impl Packed {
    pub fn of(lines: impl IntoIterator<Item = Line>) -> Self {
        let mut packing = Packing::default();
        for line in lines {
            packing.line(line);
        }
        packing.end()
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the lines.
    pub fn iter(&self) -> impl Iterator<Item = Line> {
        let mut kept = self.kept.iter();
        self.pieces
            .iter()
            .flat_map(|piece| Unpacking { packed: self, rest: piece })
            .map(move |line| line.unwrap_or_else(|| kept.next().cloned().unwrap_or_default()))
    }
}

#[derive(Default)]
struct Packing {
    packed: Packed,
    kinds: Places<Kind>,
    texts: Places<Text>,
    piece: Vec<u8>,
}

/// The place of each thing in its list.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Places<T> = HashMap<T, u64, RandomState>;

impl Packing {
    /// Bytes in one piece, more or less.
    const PIECE: usize = 1 << 18;

    fn line(&mut self, line: Line) {
        self.packed.count += 1;
        if self.piece.len() >= Self::PIECE {
            self.end_piece();
        }
        let is_usual = line.height.is_none() && line.notes.is_none();
        if !is_usual || !line.cells.iter().all(|cell| holds(&cell.content).is_some()) {
            write(KEPT, &mut self.piece);
            self.packed.kept.push(line);
            return;
        }
        let folded = u64::from(line.shown == Shown::Folded);
        write(((line.cells.len() as u64) << 1 | folded) + 1, &mut self.piece);
        for cell in &line.cells {
            self.cell(cell);
        }
    }

    fn cell(&mut self, cell: &PageCell) {
        let PageCell { content, look, span, mark } = cell;
        let Some(holds) = holds(content) else { return };
        let kind = Kind { look: *look, span: *span, mark: *mark, holds };
        write(place(&kind, &mut self.kinds, &mut self.packed.kinds), &mut self.piece);
        let piece = &mut self.piece;
        match content {
            Content::Text(text) => {
                write(place(text, &mut self.texts, &mut self.packed.texts), piece);
            }
            Content::Number { number, .. } | Content::PerCent { number, .. } => match holds {
                Holds::Exact { decimals } => write_signed(units(*number, decimals), piece),
                _ => piece.extend(number.to_le_bytes()),
            },
            Content::Month(Month { year, month }) => {
                write_signed(i64::from(*year), piece);
                write(u64::from(*month), piece);
            }
            Content::Day(day) => write_signed(day.ordinal(), piece),
            Content::Percent { hundredths, .. } => write_signed(*hundredths, piece),
            Content::Blank
            | Content::Formula(_)
            | Content::Link(_)
            | Content::FileLink(_)
            | Content::Runs(_) => {}
        }
    }

    fn end_piece(&mut self) {
        // As long as it is, and no longer.
        self.packed.pieces.push(self.piece.as_slice().into());
        self.piece.clear();
    }

    fn end(mut self) -> Packed {
        self.end_piece();
        self.packed
    }
}

/// Returns the place of a thing in a list, where it is added if it is not there.
fn place<T: Clone + Eq + Hash>(thing: &T, places: &mut Places<T>, all: &mut Vec<T>) -> u64 {
    if let Some(place) = places.get(thing) {
        return *place;
    }
    let place = all.len() as u64;
    all.push(thing.clone());
    places.insert(thing.clone(), place);
    place
}

/// Returns as what a cell's content is packed, where it is.
fn holds(content: &Content) -> Option<Holds> {
    Some(match content {
        Content::Blank => Holds::Blank,
        Content::Text(_) => Holds::Text,
        Content::Number { number, decimals } => {
            let (number, decimals) = (*number, *decimals);
            let is_exact = decimals <= MOST_DECIMALS
                && number.abs() < LARGEST
                && of_units(units(number, decimals), decimals).to_bits() == number.to_bits();
            if is_exact { Holds::Exact { decimals } } else { Holds::Number { decimals } }
        }
        Content::Month(_) => Holds::Month,
        Content::Day(_) => Holds::Day,
        Content::Percent { decimals, .. } => Holds::Percent { decimals: *decimals },
        Content::PerCent { decimals, .. } => Holds::PerCent { decimals: *decimals },
        Content::Formula(_) | Content::Link(_) | Content::FileLink(_) | Content::Runs(_) => {
            return None;
        }
    })
}

/// Numbers below it and of so few decimals are told in full by a whole number of units.
const LARGEST: f64 = 1e9;
const MOST_DECIMALS: u32 = 6;
const POWERS: [f64; MOST_DECIMALS as usize + 1] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

#[expect(clippy::cast_possible_truncation, reason = "less than a double tells exactly")]
fn units(number: f64, decimals: u32) -> i64 {
    (number * POWERS[decimals as usize]).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "less than a double tells exactly")]
fn of_units(units: i64, decimals: u32) -> f64 {
    units as f64 / POWERS[decimals as usize]
}

/// Adds a number in as few bytes as it takes, seven bits in each.
fn write(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

/// Adds a number whose sign stands in its last bit.
fn write_signed(number: i64, to: &mut Vec<u8>) {
    write(((number << 1) ^ (number >> 63)).cast_unsigned(), to);
}

/// What is left of a piece.
struct Unpacking<'a> {
    packed: &'a Packed,
    rest: &'a [u8],
}

impl Iterator for Unpacking<'_> {
    /// None stands for the next of the lines that were kept.
    type Item = Option<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(head) = self.number().checked_sub(KEPT + 1) else { return Some(None) };
        let cells = usize::try_from(head >> 1).unwrap_or(0);
        let cells = (0..cells).map(|_| self.cell()).collect();
        let shown = if head & 1 == 1 { Shown::Folded } else { Shown::AtOnce };
        Some(Some(Line { cells, shown, ..Line::default() }))
    }
}

impl Unpacking<'_> {
    fn cell(&mut self) -> PageCell {
        let Kind { look, span, mark, holds } = self.packed.kinds[self.place()];
        let content = match holds {
            Holds::Blank => Content::Blank,
            Holds::Text => Content::Text(self.packed.texts[self.place()].clone()),
            Holds::Exact { decimals } => {
                Content::Number { number: of_units(self.signed(), decimals), decimals }
            }
            Holds::Number { decimals } => Content::Number { number: self.double(), decimals },
            Holds::Month => {
                let year = i32::try_from(self.signed()).unwrap_or(0);
                let month = u32::try_from(self.number()).unwrap_or(0);
                Content::Month(Month { year, month })
            }
            Holds::Day => Content::Day(Day::from_ordinal(self.signed()).expect("it was a day")),
            Holds::Percent { decimals } => Content::Percent { hundredths: self.signed(), decimals },
            Holds::PerCent { decimals } => Content::PerCent { number: self.double(), decimals },
        };
        PageCell { content, look, span, mark }
    }

    fn number(&mut self) -> u64 {
        let mut number = 0;
        let mut shift = 0;
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    fn place(&mut self) -> usize {
        usize::try_from(self.number()).unwrap_or(usize::MAX)
    }

    fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
    }

    fn double(&mut self) -> f64 {
        let (bytes, rest) = self.rest.split_first_chunk().expect("a double was packed");
        self.rest = rest;
        f64::from_le_bytes(*bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use crate::workbook::page::{link_cell, text_cell};

    #[test]
    fn lines_come_back_as_they_were_packed() {
        let cell =
            |content: Content| PageCell { content, look: Look::Figure, ..PageCell::default() };
        let number = |number: f64, decimals: u32| cell(Content::Number { number, decimals });
        let mut cells = vec![
            text_cell("一", Look::Text),
            text_cell("一", Look::Centre),
            PageCell { span: 3, ..text_cell("二", Look::Text) },
            PageCell { mark: Some(Emphasis::Open(Severity::Verify)), ..PageCell::default() },
            cell(Content::Month(Month { year: 2020, month: 10 })),
            cell(Content::Day(Day::new(1901, 12, 31).unwrap())),
            cell(Content::Percent { hundredths: -4_000, decimals: 1 }),
            cell(Content::PerCent { number: 85.5, decimals: 2 }),
        ];
        let numbers = [0.0, -0.0, 0.1, 91.449_277, 12.345, -250.0, 1e-7, 1e300, 123_456_789_012.34];
        for own in numbers {
            cells.extend([0, 1, 2, 6, 7, 10].map(|decimals| number(own, decimals)));
        }
        let mut noted = Line::of(vec![text_cell("三", Look::Text)]);
        noted.add_note(0, "附注");
        let linked = Line::of(vec![link_cell("汇总表!A12", "查看")]);
        let mut lines = Vec::new();
        for round in 0..2_000 {
            lines.push(Line::of(cells.clone()));
            lines
                .push(Line { shown: Shown::Folded, ..Line::of(vec![number(f64::from(round), 0)]) });
            lines.push(Line::blank());
            if round % 7 == 0 {
                lines.extend([noted.clone(), linked.clone()]);
                lines.push(Line { height: Some(30.0), ..Line::of(cells.clone()) });
            }
        }
        let packed = Packed::of(lines.clone());
        assert!(packed.pieces.len() > 1);
        assert_eq!(packed.count(), lines.len());
        let told = |lines: &[Line]| format!("{lines:?}");
        let back: Vec<Line> = packed.iter().collect();
        assert_eq!(back.len(), lines.len());
        assert!(back.chunks(100).map(told).eq(lines.chunks(100).map(told)));
        assert_eq!(Packed::of([]).iter().count(), 0);
    }
}
