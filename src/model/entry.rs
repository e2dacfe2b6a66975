//! One cell of a row, and all cells of one, as what was typed in them and what that was understood to be.
//!
//! There are as many as a nation's sheets have cells, and they are kept until everything is written: what
//! few cells have takes no room in the others, and what many cells say is kept once.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, Index};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::value::Doubt;
use super::{Amount, ColumnId, Text, Value};

/// One cell of a row: where it stands, what was typed, what was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", from = "Written")]
pub struct Entry {
    /// The sheet's column, from zero.
    pub column: u32,
    /// How many rows the cell is merged over, itself included.
    pub spans: u32,
    /// The text as typed or as Excel would show the number.
    pub typed: Text,
    pub value: Value,
    /// None where there is nothing of it.
    beside: Option<Box<Beside>>,
}

/// What few cells have beside what was typed and understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Beside {
    filled_from: Option<u32>,
    shown: Option<Text>,
    doubt: Option<Doubt>,
    parts: Option<Amount>,
}

/// What is equal was typed in the same column.
impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.column, &self.typed).hash(state);
    }
}

impl Entry {
    pub fn new(column: u32, typed: impl Into<Text>, value: Value) -> Self {
        Self { column, spans: 1, typed: typed.into(), value, beside: None }
    }

    /// The zero-based row the value was taken from when this cell is blank: the top of a merge,
    /// the last owner named above, or the cell that a 同上 repeats.
    pub fn filled_from(&self) -> Option<u32> {
        self.beside.as_ref()?.filled_from
    }

    /// What stands on the screen, where the number format makes something else of the number.
    pub fn shown(&self) -> Option<&Text> {
        self.beside.as_ref()?.shown.as_ref()
    }

    pub fn doubt(&self) -> Option<&Doubt> {
        self.beside.as_ref()?.doubt.as_ref()
    }

    /// The sum of the parts that the cell itself names in brackets (其中：…), where there are any.
    pub fn parts(&self) -> Option<Amount> {
        self.beside.as_ref()?.parts
    }

    /// Says from which row the value was taken.
    #[must_use]
    pub fn with_filled_from(self, row: u32) -> Self {
        self.with(|beside| beside.filled_from = Some(row))
    }

    /// Says what stands on the screen, and whether that puts the value in doubt.
    #[must_use]
    pub fn with_shown(self, shown: Text, doubt: Option<Doubt>) -> Self {
        self.with(|beside| (beside.shown, beside.doubt) = (Some(shown), doubt))
    }

    /// Says what the parts come to that the cell names.
    #[must_use]
    pub fn with_parts(self, parts: Option<Amount>) -> Self {
        match parts {
            Some(_) => self.with(|beside| beside.parts = parts),
            None => self,
        }
    }

    fn with(mut self, say: impl FnOnce(&mut Beside)) -> Self {
        say(self.beside.get_or_insert_default());
        self
    }
}

/// An entry as it is written; what is not there is left out.
#[derive(Serialize, Deserialize)]
pub struct Written {
    pub column: u32,
    pub typed: Text,
    pub value: Value,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub spans: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filled_from: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Amount>,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_one(spans: &u32) -> bool {
    *spans == 1
}

impl From<Entry> for Written {
    fn from(entry: Entry) -> Self {
        let Entry { column, spans, typed, value, beside } = entry;
        let Beside { filled_from, shown, doubt, parts } =
            beside.map(|own| *own).unwrap_or_default();
        Self { column, typed, value, spans, filled_from, shown, doubt, parts }
    }
}

impl From<Written> for Entry {
    fn from(written: Written) -> Self {
        let Written { column, typed, value, spans, filled_from, shown, doubt, parts } = written;
        let beside = Beside { filled_from, shown, doubt, parts };
        let beside = (beside != Beside::default()).then(|| Box::new(beside));
        Self { column, spans, typed, value, beside }
    }
}

/// An entry, or that there is none, as many rows have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recurring(Arc<Option<Entry>>);

impl From<Option<Entry>> for Recurring {
    fn from(entry: Option<Entry>) -> Self {
        Self(Arc::new(entry))
    }
}

impl PartialEq<Recurring> for Option<Entry> {
    fn eq(&self, other: &Recurring) -> bool {
        *self == *other.0
    }
}

/// The entries of a row by declared column; none where its table lacks the column. The last columns take
/// no room where the table lacks them, as a plan lacks those that units report.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Vec<Option<Entry>>", from = "Vec<Option<Entry>>")]
pub struct Entries {
    kept: Kept,
    columns: u32,
}

/// Up to the last column that is there.
#[derive(Clone, Debug)]
enum Kept {
    /// As a row was read.
    Own(Box<[Option<Entry>]>),
    /// In the list of those of many rows, where they stand together.
    Among { all: Arc<[Recurring]>, first: u32, count: u32 },
}

/// What stands for all that take no room.
static NONE: Option<Entry> = None;

impl Default for Entries {
    fn default() -> Self {
        Self { kept: Kept::Own(Box::default()), columns: 0 }
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns && self.iter().eq(other.iter())
    }
}

impl Eq for Entries {}

impl From<Vec<Option<Entry>>> for Entries {
    fn from(mut entries: Vec<Option<Entry>>) -> Self {
        let columns = count(entries.len());
        let last = entries.iter().rposition(Option::is_some);
        entries.truncate(last.map_or(0, |last| last + 1));
        Self { kept: Kept::Own(entries.into()), columns }
    }
}

impl From<Entries> for Vec<Option<Entry>> {
    fn from(entries: Entries) -> Self {
        entries.iter().cloned().collect()
    }
}

impl FromIterator<Option<Entry>> for Entries {
    fn from_iter<I: IntoIterator<Item = Option<Entry>>>(entries: I) -> Self {
        Self::from(Vec::from_iter(entries))
    }
}

impl Index<ColumnId> for Entries {
    type Output = Option<Entry>;

    fn index(&self, column: ColumnId) -> &Option<Entry> {
        let place = usize::from(column);
        match &self.kept {
            Kept::Own(own) => own.get(place).unwrap_or(&NONE),
            Kept::Among { all, first, count } if place < *count as usize => {
                &all[*first as usize + place].0
            }
            Kept::Among { .. } => &NONE,
        }
    }
}

impl Entries {
    /// Returns the entries that begin at a place of a list of many rows' entries; `kept` of them stand
    /// there, the other columns have none. Nothing where the list ends before.
    pub fn among(
        all: &Arc<[Recurring]>,
        first: usize,
        kept: usize,
        columns: usize,
    ) -> Option<Self> {
        all.get(first..first.checked_add(kept)?)?;
        let kept = Kept::Among {
            all: Arc::clone(all),
            first: u32::try_from(first).ok()?,
            count: u32::try_from(kept).ok()?,
        };
        Some(Self { kept, columns: u32::try_from(columns).ok()? })
    }

    /// Returns how many declared columns there are.
    pub fn columns(&self) -> usize {
        self.columns as usize
    }

    /// Returns up to which column any is there.
    pub fn kept(&self) -> usize {
        match &self.kept {
            Kept::Own(own) => own.len(),
            Kept::Among { count, .. } => *count as usize,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Option<Entry>> {
        self.iter_enumerated().map(|(_, entry)| entry)
    }

    pub fn iter_enumerated(&self) -> impl Iterator<Item = (ColumnId, &Option<Entry>)> {
        (0..self.columns()).map(ColumnId::from).map(|column| (column, &self[column]))
    }

    /// Returns a column's entry, where there is one, to be changed.
    pub fn get_mut(&mut self, column: ColumnId) -> Option<&mut Entry> {
        if let Kept::Among { .. } = self.kept {
            *self = Self::from(Vec::from(std::mem::take(self)));
        }
        match &mut self.kept {
            Kept::Own(own) => own.get_mut(usize::from(column))?.as_mut(),
            Kept::Among { .. } => None,
        }
    }
}

/// Amounts that were read out of the texts of a row, by declaration; many rows have the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Vec<Amount>", from = "Vec<Amount>")]
pub struct Amounts(Arc<[Amount]>);

impl Deref for Amounts {
    type Target = [Amount];

    fn deref(&self) -> &[Amount] {
        &self.0
    }
}

impl From<Vec<Amount>> for Amounts {
    fn from(amounts: Vec<Amount>) -> Self {
        Self(amounts.into())
    }
}

impl From<Amounts> for Vec<Amount> {
    fn from(amounts: Amounts) -> Self {
        amounts.to_vec()
    }
}

impl FromIterator<Amount> for Amounts {
    fn from_iter<I: IntoIterator<Item = Amount>>(amounts: I) -> Self {
        Self(amounts.into_iter().collect())
    }
}

fn count(columns: usize) -> u32 {
    u32::try_from(columns).expect("few columns are declared")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_takes_little_room() {
        assert!(size_of::<Text>() == 8 && size_of::<Option<Text>>() == 8);
        assert_eq!(size_of::<Value>(), 16);
        assert_eq!(size_of::<Option<Entry>>(), 40);
    }

    #[test]
    fn columns_that_take_no_room_are_there_all_the_same() {
        let entry = Entry::new(3, "7", Value::Integer(7));
        let all = vec![None, Some(entry.clone()), None, None];
        let mut entries = Entries::from(all.clone());
        assert_eq!(entries.iter().cloned().collect::<Vec<_>>(), all);
        assert_eq!(entries.iter_enumerated().count(), 4);
        assert_eq!(entries[ColumnId::from(1)].as_ref(), Some(&entry));
        assert_eq!(entries[ColumnId::from(3)], None);
        assert_eq!(entries.get_mut(ColumnId::from(3)), None);
        assert_eq!(Vec::from(entries), all);
    }

    #[test]
    fn entries_among_those_of_others_are_the_same() {
        let entry = Entry::new(3, "7", Value::Integer(7));
        let own = Entries::from(vec![None, Some(entry.clone()), None]);
        let none = || Recurring::from(None);
        let all: Arc<[Recurring]> = [none(), none(), Some(entry.clone()).into()].into();
        let mut among = Entries::among(&all, 1, 2, 3).unwrap();
        assert_eq!(among, own);
        assert_eq!((among.kept(), own.kept()), (2, 2));
        assert_eq!(among[ColumnId::from(2)], None);
        assert_ne!(among, Entries::among(&all, 0, 2, 3).unwrap());
        among.get_mut(ColumnId::from(1)).unwrap().typed = "8".into();
        assert_eq!(among[ColumnId::from(1)].as_ref().unwrap().typed, "8");
        assert_eq!(Recurring::from(Some(entry)), all[2]);
        assert!(Entries::among(&all, 2, 2, 3).is_none());
    }

    #[test]
    fn an_entry_is_written_without_what_it_has_not() {
        let plain = Entry::new(3, "7", Value::Integer(7));
        let written = serde_json::to_string(&plain).unwrap();
        assert_eq!(written, r#"{"column":3,"typed":"7","value":{"integer":7}}"#);
        let full = plain.with_filled_from(2).with_shown("7%".into(), Some(Doubt::OddScale));
        let full = Entry { spans: 2, ..full.with_parts(Some(Amount(5))) };
        let written = serde_json::to_string(&full).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&written).unwrap(), full);
    }
}
