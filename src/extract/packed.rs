//! An extract on its way from a worker to its parent: the head as JSON, then the rows in pieces, packed,
//! each text and each entry once a piece. Only the same program reads it, at once or in a later run (`kept`); for others
//! extracts are lines (`lines`).

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::Extract;
use crate::model::value::Doubt;
use crate::model::{
    Amount, Amounts, ColumnId, Day, Entries, Entry, Month, Obstacle, Recurring, SheetId, Side,
    Text, Value, Written,
};
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
    /// The entries of all rows, each once; or none, in a column that a table lacks.
    entries: Vec<Option<PackedEntry>>,
    /// The entries of the rows, row after row, as places among those.
    places: Vec<Place>,
    derived: Vec<Vec<Amount>>,
    rows: Vec<PackedRow>,
}

/// Which rows of a sheet have which class.
type Classes = Vec<(u32, RowClass)>;

/// A text or an entry, by its place in the piece.
type Place = u32;

#[derive(Debug, Serialize, Deserialize)]
struct PackedRow {
    row: u32,
    table: usize,
    class: RowClass,
    /// How many of the places are its own, and how many columns are declared.
    kept: usize,
    columns: usize,
    derived: Place,
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
    /// Texts and entries in which a row differs from others, more or less.
    const A_ROW: usize = 6;
    let mut packing = Packing::default();
    packing.texts.places.reserve(rows.len() * A_ROW);
    packing.entries.places.reserve(rows.len() * A_ROW);
    let rows = rows.iter().map(|row| packing.row(row)).collect();
    let derived = std::mem::take(&mut packing.derived.all);
    let entries = std::mem::take(&mut packing.entries.all);
    let entries = entries.into_iter().map(|entry| entry.as_ref().map(|entry| packing.entry(entry)));
    let piece = Piece {
        sheet,
        classes,
        entries: entries.collect(),
        texts: packing.texts.all,
        places: packing.places,
        derived: derived.into_iter().map(<[Amount]>::to_vec).collect(),
        rows,
    };
    postcard::to_allocvec(&piece).expect("extracts can be packed")
}

/// Things, each once, in the order in which they came.
struct Once<T> {
    all: Vec<T>,
    places: Places<T>,
}

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Places<T> = HashMap<T, Place, RandomState>;

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { all: Vec::new(), places: Places::default() }
    }
}

impl<T: Copy + Eq + Hash> Once<T> {
    fn place(&mut self, thing: T) -> Place {
        let all = &mut self.all;
        *self.places.entry(thing).or_insert_with(|| {
            all.push(thing);
            Place::try_from(all.len() - 1).unwrap_or(Place::MAX)
        })
    }
}

/// What the rows of a piece have in common.
#[derive(Default)]
struct Packing<'a> {
    texts: Once<&'a str>,
    entries: Once<&'a Option<Entry>>,
    places: Vec<Place>,
    derived: Once<&'a [Amount]>,
}

impl<'a> Packing<'a> {
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
        let kept = entries.iter().take(entries.kept());
        self.places.extend(kept.map(|entry| self.entries.place(entry)));
        PackedRow {
            row: *row,
            table: *table,
            class: *class,
            kept: entries.kept(),
            columns: entries.columns(),
            derived: self.derived.place(derived),
            label: self.texts.place(label),
            heads: *heads,
            adds: *adds,
            sums: sums.to_vec(),
            by_formula: *by_formula,
            linked: linked.to_vec(),
        }
    }

    fn entry(&mut self, entry: &'a Entry) -> PackedEntry {
        let Entry { column, typed, value, spans, .. } = entry;
        let value = match value {
            Value::Blank => PackedValue::Blank,
            Value::NotApplicable => PackedValue::NotApplicable,
            Value::Text(text) => PackedValue::Text(self.texts.place(text)),
            Value::Integer(number) => PackedValue::Integer(*number),
            Value::Decimal(number) => PackedValue::Decimal(*number),
            Value::Amount(amount) => PackedValue::Amount(*amount),
            Value::Month(Month { year, month }) => {
                PackedValue::Month { year: *year, month: *month }
            }
            Value::MonthOfYear(month) => PackedValue::MonthOfYear(*month),
            Value::Date(day) => {
                let Month { year, month } = day.month();
                PackedValue::Date { year, month, day: day.day() }
            }
            Value::Percent(share) => PackedValue::Percent(*share),
            Value::Choice(text) => PackedValue::Choice(self.texts.place(text)),
            Value::Covered => PackedValue::Covered,
            Value::Unreadable(obstacle) => PackedValue::Unreadable(obstacle.clone()),
        };
        PackedEntry {
            column: *column,
            typed: self.texts.place(typed),
            value,
            spans: *spans,
            filled_from: entry.filled_from(),
            shown: entry.shown().map(|shown| self.texts.place(shown)),
            doubt: entry.doubt().cloned(),
            parts: entry.parts(),
        }
    }
}

/// What all files say that were read, each text and each entry once: units send the texts of the plan, and its
/// figures.
#[derive(Debug, Default)]
pub struct AllSaid(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    texts: Kept<Text>,
    entries: Kept<Recurring>,
}

/// By the hash of what is kept: where there is another one of the same hash, it is kept beside.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Kept<T> = HashMap<u64, T, RandomState>;

impl AllSaid {
    /// Returns texts and entries of a piece as those that are kept.
    fn kept(
        &self,
        texts: &[&str],
        entries: Vec<Option<PackedEntry>>,
    ) -> Result<(Vec<Text>, Vec<Recurring>), BadFrame> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Said { texts: known_texts, entries: known_entries } = &mut *said;
        let texts: Vec<Text> = texts.iter().map(|text| kept(*text, known_texts)).collect();
        let entries = entries.into_iter().map(|entry| {
            let entry = entry.map(|entry| read(entry, &texts)).transpose()?;
            Ok(kept(entry, known_entries))
        });
        let entries = entries.collect::<Result<_, _>>()?;
        Ok((texts, entries))
    }
}

/// Returns what is kept that is the same; keeps it where there is nothing yet.
fn kept<T, K>(thing: T, known: &mut Kept<K>) -> K
where
    T: Hash + PartialEq<K> + Into<K>,
    K: Clone,
{
    let hash = known.hasher().hash_one(&thing);
    match known.get(&hash) {
        Some(kept) if thing == *kept => kept.clone(),
        Some(_) => thing.into(),
        None => known.entry(hash).or_insert(thing.into()).clone(),
    }
}

/// Puts the frames of one extract together again.
#[derive(Debug)]
pub struct Unpacking<'a> {
    head: Option<Head>,
    all: &'a AllSaid,
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
    pub fn into(all: &'a AllSaid) -> Self {
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
                add(piece, self.all, sheet.ok_or(BadFrame::Unsound)?)?;
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

fn add(piece: Piece<'_>, all: &AllSaid, sheet: &mut SheetRows) -> Result<(), BadFrame> {
    let Piece { sheet: _, classes, texts, entries, places, derived, rows } = piece;
    let (texts, entries) = all.kept(&texts, entries)?;
    let entry = |place: &Place| entries.get(*place as usize).cloned().ok_or(BadFrame::Unsound);
    let entries: Vec<Recurring> = places.iter().map(entry).collect::<Result<_, _>>()?;
    let derived = derived.into_iter().map(Amounts::from).collect();
    let mut unpacked = Unpacked { texts, entries: entries.into(), next: 0, derived };
    sheet.classes.extend(classes);
    sheet.rows.reserve_exact(rows.len());
    for row in rows {
        sheet.rows.push(unpacked.row(row)?);
    }
    Ok(())
}

/// What the rows of a piece have in common, as they are kept.
struct Unpacked {
    texts: Vec<Text>,
    /// Row after row.
    entries: Arc<[Recurring]>,
    /// Where the next row's begin.
    next: usize,
    derived: Vec<Amounts>,
}

impl Unpacked {
    fn row(&mut self, row: PackedRow) -> Result<TableRow, BadFrame> {
        let PackedRow {
            row,
            table,
            class,
            kept,
            columns,
            derived,
            label,
            heads,
            adds,
            sums,
            by_formula,
            linked,
        } = row;
        let entries = Entries::among(&self.entries, self.next, kept, columns);
        self.next += kept;
        Ok(TableRow {
            row,
            table,
            class,
            entries: entries.ok_or(BadFrame::Unsound)?,
            derived: self.derived.get(derived as usize).cloned().ok_or(BadFrame::Unsound)?,
            label: text(label, &self.texts)?,
            heads,
            adds,
            sums: sums.into(),
            by_formula,
            linked: linked.into(),
        })
    }
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
            Value::Date(Day::new(year, month, day).ok_or(BadFrame::Unsound)?)
        }
        PackedValue::Percent(share) => Value::Percent(share),
        PackedValue::Choice(place) => Value::Choice(text(place, texts)?),
        PackedValue::Covered => Value::Covered,
        PackedValue::Unreadable(obstacle) => Value::Unreadable(obstacle),
    };
    let shown = shown.map(|place| text(place, texts)).transpose()?;
    let typed = text(typed, texts)?;
    Ok(Written { column, typed, value, spans, filled_from, shown, doubt, parts }.into())
}

fn text(place: Place, texts: &[Text]) -> Result<Text, BadFrame> {
    texts.get(place as usize).cloned().ok_or(BadFrame::Unsound)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::MoneyUnit;
    use crate::model::contacts::Contacts;
    use crate::normalise::classes::Fates;

    fn text() -> impl Strategy<Value = Text> {
        let texts = prop_oneof![Just(String::new()), "[一二三\u{1f}\n\"]{1,4}", any::<String>()];
        texts.prop_map(Text::from)
    }

    fn obstacle() -> impl Strategy<Value = Obstacle> {
        prop_oneof![
            Just(Obstacle::NotThisType),
            Just(Obstacle::ErrorValue),
            text().prop_map(Obstacle::Uncalculated),
            Just(Obstacle::NotOneFigure),
            Just(Obstacle::OtherDecimalMark),
            Just(Obstacle::TooFine),
            Just(Obstacle::TooLarge),
            prop::option::of(text()).prop_map(Obstacle::UnknownChoice),
            Just(Obstacle::Picture),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let month = || (any::<i32>(), any::<u32>()).prop_map(|(year, month)| Month { year, month });
        prop_oneof![
            Just(Value::Blank),
            Just(Value::NotApplicable),
            text().prop_map(Value::Text),
            any::<i64>().prop_map(Value::Integer),
            any::<i64>().prop_map(Value::Decimal),
            any::<i64>().prop_map(|amount| Value::Amount(Amount(amount))),
            month().prop_map(Value::Month),
            any::<u32>().prop_map(Value::MonthOfYear),
            (-25_567_i64..84_006).prop_map(|day| Value::Date(Day::from_ordinal(day).unwrap())),
            any::<i64>().prop_map(Value::Percent),
            text().prop_map(Value::Choice),
            Just(Value::Covered),
            obstacle().prop_map(Value::Unreadable),
        ]
    }

    fn entry() -> impl Strategy<Value = Entry> {
        let doubts = prop_oneof![
            Just(Doubt::OtherUnit(MoneyUnit::TenThousandYuan)),
            Just(Doubt::OddScale),
            Just(Doubt::ShownOtherwise),
        ];
        let beside = (
            prop::option::of(any::<u32>()),
            prop::option::of(text()),
            prop::option::of(doubts),
            prop::option::of(any::<i64>().prop_map(Amount)),
        );
        let own = (any::<u32>(), text(), value(), any::<u32>());
        (own, beside).prop_map(
            |((column, typed, value, spans), (filled_from, shown, doubt, parts))| {
                Written { column, typed, value, spans, filled_from, shown, doubt, parts }.into()
            },
        )
    }

    fn row() -> impl Strategy<Value = TableRow> {
        let classes = prop::sample::select(RowClass::ALL.to_vec());
        let rows = || prop::collection::vec((any::<u32>(), any::<u32>()), 0..3);
        let sum = (0_usize..9, rows(), prop::collection::vec(any::<u32>(), 0..3));
        let sum =
            sum.prop_map(|(field, rows, skipped)| ColumnSum { field: field.into(), rows, skipped });
        let own = (any::<u32>(), 0_usize..9, classes, text(), any::<bool>(), any::<bool>());
        let lists = (
            prop::collection::vec(prop::option::of(entry()), 0..6),
            prop::collection::vec(any::<i64>().prop_map(Amount), 0..3),
            prop::option::of((any::<u32>(), any::<u32>())),
            prop::collection::vec(sum, 0..3),
            prop::collection::vec((0_usize..9).prop_map(ColumnId::from), 0..3),
        );
        (own, lists).prop_map(
            |(
                (row, table, class, label, heads, by_formula),
                (entries, derived, adds, sums, linked),
            )| {
                TableRow {
                    row,
                    table,
                    class,
                    entries: entries.into(),
                    derived: derived.into(),
                    label,
                    heads,
                    adds,
                    sums: sums.into(),
                    by_formula,
                    linked: linked.into(),
                }
            },
        )
    }

    fn sheet(rows: Vec<TableRow>) -> SheetRows {
        SheetRows {
            name: Some("附件3".to_owned()),
            hidden: false,
            nonblank: rows.len(),
            classes: rows.iter().map(|row| (row.row, row.class)).collect(),
            tables: Vec::new(),
            rows,
            texts: Vec::new(),
            money_line: None,
            hidden_rows: vec![3],
            hidden_columns: Vec::new(),
            fates: Fates::default(),
            unsure: Vec::new(),
            contacts: Contacts::default(),
            aside: Vec::new(),
        }
    }

    fn extract(sheets: Vec<Vec<TableRow>>) -> Extract {
        let mut extract = Extract::refused("0".repeat(64), crate::model::finding::Refusal::Empty);
        extract.side = Side::Plan;
        extract.rows.sheets = sheets.into_iter().map(sheet).collect();
        extract
    }

    fn there_and_back(extract: &Extract) -> Extract {
        let texts = AllSaid::default();
        let mut unpacking = Unpacking::into(&texts);
        let mut back = None;
        for frame in to_frames(extract.clone()) {
            assert!(back.is_none(), "the last piece was not the last");
            back = unpacking.take(&frame).expect("what was packed is an extract's");
        }
        back.expect("the last piece makes it whole")
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            sheets in prop::collection::vec(prop::collection::vec(row(), 0..6), 0..4),
        ) {
            let extract = extract(sheets);
            prop_assert_eq!(there_and_back(&extract), extract);
        }
    }

    fn plain(number: u32) -> TableRow {
        TableRow {
            row: number,
            table: 0,
            class: RowClass::Task,
            entries: vec![Some(Entry::new(0, number.to_string(), Value::Integer(number.into())))]
                .into(),
            derived: Amounts::default(),
            label: Text::default(),
            heads: false,
            adds: None,
            sums: Box::default(),
            by_formula: false,
            linked: Box::default(),
        }
    }

    #[test]
    fn a_piece_that_names_what_it_does_not_hold_is_refused() {
        let row = |label: &str| TableRow { label: label.into(), ..plain(0) };
        let extract = extract(vec![vec![row("甲")]]);
        let frames: Vec<Vec<u8>> = to_frames(extract).collect();
        let piece: Piece<'_> = postcard::from_bytes(&frames[1]).unwrap();
        let refused = |piece: &Piece<'_>| {
            let texts = AllSaid::default();
            let mut unpacking = Unpacking::into(&texts);
            unpacking.take(&frames[0]).unwrap();
            unpacking.take(&postcard::to_allocvec(piece).unwrap()).is_err()
        };
        assert!(!refused(&piece));
        assert!(refused(&Piece { texts: Vec::new(), ..piece }));
        assert!(refused(&Piece { sheet: 1, ..postcard::from_bytes(&frames[1]).unwrap() }));
    }

    #[test]
    fn a_large_sheet_goes_in_pieces_and_comes_back() {
        let rows = u32::try_from(2 * ROWS_A_PIECE + 1).unwrap();
        let extract = extract(vec![Vec::new(), (0..rows).map(plain).collect()]);
        assert_eq!(to_frames(extract.clone()).count(), 1 + 3);
        assert_eq!(there_and_back(&extract), extract);
    }
}
