//! An extract on its way from a worker to its parent: the head as JSON, then the rows in pieces, packed,
//! each text once a piece. Only the same program reads it, at once or in a later run (`kept`); for others
//! extracts are lines (`lines`).

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::Extract;
use crate::model::value::Doubt;
use crate::model::{Amount, ColumnId, Day, Entry, Month, Obstacle, SheetId, Side, Text, Value};
use crate::normalise::{ColumnSum, RowClass, SheetRows, TableRow};

/// Rows in one piece; a piece of them is some hundred kilobytes.
const ROWS_A_PIECE: usize = 4_000;

/// The first of the frames.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    extract: Extract,
    side: Side,
    /// How many pieces follow.
    pieces: usize,
}

/// Some rows of a sheet.
#[derive(Debug, Serialize, Deserialize)]
struct Piece<'a> {
    sheet: usize,
    classes: Classes,
    #[serde(borrow)]
    texts: Vec<&'a str>,
    rows: Vec<PackedRow>,
}

/// Which rows of a sheet have which class.
type Classes = Vec<(u32, RowClass)>;

/// A text, by its place in the piece.
type Place = u32;

#[derive(Debug, Serialize, Deserialize)]
struct PackedRow {
    row: u32,
    table: usize,
    class: RowClass,
    entries: Vec<Option<PackedEntry>>,
    derived: Vec<Amount>,
    label: Place,
    heads: bool,
    adds: Option<(u32, u32)>,
    sums: Vec<ColumnSum>,
    by_formula: bool,
    linked: Vec<ColumnId>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PackedEntry {
    column: u32,
    typed: Place,
    value: PackedValue,
    spans: u32,
    filled_from: Option<u32>,
    shown: Option<Place>,
    doubt: Option<Doubt>,
    parts: Option<Amount>,
}

#[derive(Debug, Serialize, Deserialize)]
enum PackedValue {
    Blank,
    NotApplicable,
    Text(Place),
    Integer(i64),
    Decimal(i64),
    Amount(Amount),
    Month { year: i32, month: u32 },
    MonthOfYear(u32),
    Date { year: i32, month: u32, day: u32 },
    Percent(i64),
    Choice(Place),
    Covered,
    Unreadable(Obstacle),
}

/// Returns the frames of an extract, one by one.
///
/// # Panics
/// Never: extracts hold nothing that cannot be packed.
pub fn to_frames(mut extract: Extract) -> impl Iterator<Item = Vec<u8>> {
    let mut parts: Vec<(usize, Classes, Vec<TableRow>)> = Vec::new();
    for (sheet, rows) in extract.rows.sheets.iter_mut().enumerate() {
        let classes = std::mem::take(&mut rows.classes);
        let mut all = std::mem::take(&mut rows.rows).into_iter().peekable();
        let first: Vec<TableRow> = all.by_ref().take(ROWS_A_PIECE).collect();
        if !classes.is_empty() || !first.is_empty() {
            parts.push((sheet, classes, first));
        }
        while all.peek().is_some() {
            parts.push((sheet, Vec::new(), all.by_ref().take(ROWS_A_PIECE).collect()));
        }
    }
    let head = Head { side: extract.side, extract, pieces: parts.len() };
    let head = serde_json::to_vec(&head).expect("extracts are JSON");
    let pieces = parts.into_iter().map(|(sheet, classes, rows)| pack(sheet, classes, &rows));
    std::iter::once(head).chain(pieces)
}

fn pack(sheet: usize, classes: Classes, rows: &[TableRow]) -> Vec<u8> {
    /// Texts in which a row differs from others, more or less.
    const TEXTS_A_ROW: usize = 6;
    let mut texts = Texts::default();
    texts.places.reserve(rows.len() * TEXTS_A_ROW);
    let rows = rows.iter().map(|row| texts.row(row)).collect();
    let piece = Piece { sheet, classes, texts: texts.texts, rows };
    postcard::to_allocvec(&piece).expect("extracts can be packed")
}

/// The texts of a piece, each once.
#[derive(Default)]
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
struct Texts<'a> {
    texts: Vec<&'a str>,
    places: HashMap<&'a str, Place, RandomState>,
}

impl<'a> Texts<'a> {
    fn place(&mut self, text: &'a str) -> Place {
        let texts = &mut self.texts;
        *self.places.entry(text).or_insert_with(|| {
            texts.push(text);
            Place::try_from(texts.len() - 1).unwrap_or(Place::MAX)
        })
    }

    fn row(&mut self, row: &'a TableRow) -> PackedRow {
        let TableRow {
            row,
            table,
            class,
            entries,
            derived,
            label,
            heads,
            adds,
            sums,
            by_formula,
            linked,
        } = row;
        PackedRow {
            row: *row,
            table: *table,
            class: *class,
            entries: entries
                .iter()
                .map(|entry| entry.as_ref().map(|entry| self.entry(entry)))
                .collect(),
            derived: derived.clone(),
            label: self.place(label),
            heads: *heads,
            adds: *adds,
            sums: sums.clone(),
            by_formula: *by_formula,
            linked: linked.clone(),
        }
    }

    fn entry(&mut self, entry: &'a Entry) -> PackedEntry {
        let Entry { column, typed, value, spans, filled_from, shown, doubt, parts } = entry;
        let value = match value {
            Value::Blank => PackedValue::Blank,
            Value::NotApplicable => PackedValue::NotApplicable,
            Value::Text(text) => PackedValue::Text(self.place(text)),
            Value::Integer(number) => PackedValue::Integer(*number),
            Value::Decimal(number) => PackedValue::Decimal(*number),
            Value::Amount(amount) => PackedValue::Amount(*amount),
            Value::Month(Month { year, month }) => {
                PackedValue::Month { year: *year, month: *month }
            }
            Value::MonthOfYear(month) => PackedValue::MonthOfYear(*month),
            Value::Date(Day { month: Month { year, month }, day }) => {
                PackedValue::Date { year: *year, month: *month, day: *day }
            }
            Value::Percent(share) => PackedValue::Percent(*share),
            Value::Choice(text) => PackedValue::Choice(self.place(text)),
            Value::Covered => PackedValue::Covered,
            Value::Unreadable(obstacle) => PackedValue::Unreadable(obstacle.clone()),
        };
        PackedEntry {
            column: *column,
            typed: self.place(typed),
            value,
            spans: *spans,
            filled_from: *filled_from,
            shown: shown.as_ref().map(|shown| self.place(shown)),
            doubt: doubt.clone(),
            parts: *parts,
        }
    }
}

/// The texts of all files that were read, each once: units send the texts of the plan.
#[derive(Debug, Default)]
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
pub struct AllTexts {
    known: Mutex<HashSet<Text, RandomState>>,
}

impl AllTexts {
    /// Returns texts as those that are kept.
    fn kept(&self, texts: &[&str]) -> Vec<Text> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = texts.iter().map(|text| {
            if let Some(known) = known.get(*text) {
                return known.clone();
            }
            let new = Text::from(*text);
            known.insert(new.clone());
            new
        });
        kept.collect()
    }
}

/// Puts the frames of one extract together again.
#[derive(Debug)]
pub struct Unpacking<'a> {
    head: Option<Head>,
    all: &'a AllTexts,
}

/// A frame that is none of an extract's.
#[derive(Debug, thiserror::Error)]
pub enum BadFrame {
    #[error("not the head of an extract: {0}")]
    NoHead(serde_json::Error),
    #[error("not a piece of an extract: {0}")]
    NoPiece(postcard::Error),
    #[error("a piece that names what it does not hold")]
    Unsound,
}

impl<'a> Unpacking<'a> {
    pub fn into(all: &'a AllTexts) -> Self {
        Self { head: None, all }
    }

    /// Takes a frame, in the order in which they were made; returns the extract when it was the last.
    ///
    /// # Errors
    /// Refuses frames that are none.
    pub fn take(&mut self, frame: &[u8]) -> Result<Option<Extract>, BadFrame> {
        let head = match self.head.take() {
            None => {
                let mut head: Head = serde_json::from_slice(frame).map_err(BadFrame::NoHead)?;
                head.extract.side = head.side;
                head
            }
            Some(mut head) => {
                let piece: Piece<'_> = postcard::from_bytes(frame).map_err(BadFrame::NoPiece)?;
                let sheet = head.extract.rows.sheets.get_mut(SheetId::from(piece.sheet));
                let texts = self.all.kept(&piece.texts);
                add(piece, &texts, sheet.ok_or(BadFrame::Unsound)?)?;
                head.pieces -= 1;
                head
            }
        };
        if head.pieces == 0 {
            return Ok(Some(head.extract));
        }
        self.head = Some(head);
        Ok(None)
    }
}

fn add(piece: Piece<'_>, texts: &[Text], sheet: &mut SheetRows) -> Result<(), BadFrame> {
    let Piece { sheet: _, classes, texts: _, rows } = piece;
    sheet.classes.extend(classes);
    sheet.rows.reserve(rows.len());
    for row in rows {
        sheet.rows.push(unpacked(row, texts)?);
    }
    Ok(())
}

fn unpacked(row: PackedRow, texts: &[Text]) -> Result<TableRow, BadFrame> {
    let PackedRow {
        row,
        table,
        class,
        entries,
        derived,
        label,
        heads,
        adds,
        sums,
        by_formula,
        linked,
    } = row;
    let entry = |entry: Option<PackedEntry>| entry.map(|entry| read(entry, texts)).transpose();
    Ok(TableRow {
        row,
        table,
        class,
        entries: entries.into_iter().map(entry).collect::<Result<_, _>>()?,
        derived,
        label: text(label, texts)?.into(),
        heads,
        adds,
        sums,
        by_formula,
        linked,
    })
}

fn read(entry: PackedEntry, texts: &[Text]) -> Result<Entry, BadFrame> {
    let PackedEntry { column, typed, value, spans, filled_from, shown, doubt, parts } = entry;
    let value = match value {
        PackedValue::Blank => Value::Blank,
        PackedValue::NotApplicable => Value::NotApplicable,
        PackedValue::Text(place) => Value::Text(text(place, texts)?),
        PackedValue::Integer(number) => Value::Integer(number),
        PackedValue::Decimal(number) => Value::Decimal(number),
        PackedValue::Amount(amount) => Value::Amount(amount),
        PackedValue::Month { year, month } => Value::Month(Month { year, month }),
        PackedValue::MonthOfYear(month) => Value::MonthOfYear(month),
        PackedValue::Date { year, month, day } => {
            Value::Date(Day { month: Month { year, month }, day })
        }
        PackedValue::Percent(share) => Value::Percent(share),
        PackedValue::Choice(place) => Value::Choice(text(place, texts)?),
        PackedValue::Covered => Value::Covered,
        PackedValue::Unreadable(obstacle) => Value::Unreadable(obstacle),
    };
    let shown = shown.map(|place| text(place, texts)).transpose()?;
    let typed = text(typed, texts)?;
    Ok(Entry { column, typed, value, spans, filled_from, shown, doubt, parts })
}

fn text(place: Place, texts: &[Text]) -> Result<Text, BadFrame> {
    texts.get(place as usize).cloned().ok_or(BadFrame::Unsound)
}
