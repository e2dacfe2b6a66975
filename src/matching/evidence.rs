//! What is compared of a row and a task, made ready once: the texts of their key columns in both
//! forms, and the fields in which they may agree. The likeness of two texts is what matching spends
//! its time on, so that where a unit has very many rows and tasks only those are compared that an
//! index brings together.

use std::collections::{BTreeMap, BTreeSet};

use super::likeness::{canonical, ratio};
use crate::model::{ColumnId, fold};
use crate::normalise::TableRow;
use crate::normalise::frame::{self, KEY_SEPARATOR, State};
use crate::pipeline::Pipeline;

/// The declared choices of each key column, folded.
pub struct Declared(Vec<BTreeSet<String>>);

impl Declared {
    pub fn of(pipeline: &Pipeline) -> Self {
        let of_column = |field: &ColumnId| {
            let choices = pipeline.columns[*field].choices.iter();
            choices.map(|choice| fold::key(&choice.value)).collect()
        };
        Self(pipeline.roles.key.iter().map(of_column).collect())
    }
}

/// One key column's text.
struct Part {
    plain: String,
    /// With declared synonyms and droppable phrases applied, where that makes it another.
    meant: Option<String>,
    is_declared: bool,
}

impl Part {
    fn meant(&self) -> &str {
        self.meant.as_deref().unwrap_or(&self.plain)
    }
}

/// The texts of a row's key columns.
pub struct Texts(Vec<Part>);

impl Texts {
    pub fn of(key: &str, declared: &Declared, pipeline: &Pipeline) -> Self {
        let parts = key.split(KEY_SEPARATOR).zip(&declared.0).map(|(plain, declared)| {
            let meant = canonical(plain, pipeline);
            Part {
                is_declared: declared.contains(plain),
                meant: (meant != plain).then_some(meant),
                plain: plain.to_owned(),
            }
        });
        Self(parts.collect())
    }

    /// Returns how alike a row and a task are: as the least alike of their key columns; two villages
    /// are not alike because the same work is planned in both.
    pub fn likeness(row: &Self, task: &Self) -> f64 {
        let mut least: f64 = 1.0;
        for (row, task) in row.0.iter().zip(&task.0) {
            if row.plain == task.plain {
                continue;
            }
            // Two declared choices are two things, however alike their names.
            if row.is_declared && task.is_declared {
                return 0.0;
            }
            let mut alike = ratio(&row.plain, &task.plain);
            if row.meant.is_some() || task.meant.is_some() {
                alike = alike.max(ratio(row.meant(), task.meant()));
            }
            least = least.min(alike);
        }
        least
    }

    /// Pairs of neighbouring characters, and single characters of texts that have only one.
    fn grams(&self) -> BTreeSet<(char, char)> {
        let mut grams = BTreeSet::new();
        for part in &self.0 {
            let mut last = None;
            for c in part.meant().chars() {
                grams.insert((last.unwrap_or('\0'), c));
                last = Some(c);
            }
        }
        grams
    }
}

/// One field of a row or a task, as far as it can agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Folded; none where there is no text, and absent where there is no such column.
    Text {
        key: Option<String>,
        is_there: bool,
    },
    Figure {
        state: State,
        value: Option<i64>,
        is_zero_where_blank: bool,
    },
}

impl Field {
    /// Returns whether a figure is none: a blank, or a 0 where that is as good as one.
    fn is_nothing(state: State, value: Option<i64>, is_zero_where_blank: bool) -> bool {
        matches!(state, State::Blank | State::NotApplicable)
            || (is_zero_where_blank && value == Some(0))
    }
}

/// What a task must say for a row to agree with it in a field. Two fields agree where the row's key is
/// the task's in the aspect that the row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    Text(Option<&'a str>),
    Figure(i64),
    /// Nothing against nothing is no difference, and so agrees.
    Nothing,
    Month(i64),
}

/// What of a figure a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    Value,
    /// The month of whatever year: one without a year is that of the plan.
    Month,
}

/// The compared fields of a row or a task beside its key.
#[derive(Debug)]
pub struct Fields(pub(super) Vec<Field>);

impl Fields {
    pub fn of(row: &TableRow, pipeline: &Pipeline) -> Self {
        let compared = pipeline.check.compare.iter().map(|compare| compare.column);
        let beside = compared.filter(|field| !pipeline.roles.key.contains(field));
        let fields = beside.map(|field| {
            let kind = pipeline.columns[field].kind;
            if kind.is_text() {
                let entry = row.entries[field].as_ref();
                let key = entry.and_then(|entry| entry.value.text()).map(fold::key);
                return Field::Text { key, is_there: entry.is_some() };
            }
            let (state, value) = frame::figure(row, field);
            Field::Figure { state, value, is_zero_where_blank: kind.is_zero_where_blank() }
        });
        Self(fields.collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns what a row asks for in a field, where anything could agree with it.
    pub fn of_row(&self, field: usize) -> Option<(Aspect, Key<'_>)> {
        match &self.0[field] {
            Field::Text { key, is_there } => {
                is_there.then_some((Aspect::Value, Key::Text(key.as_deref())))
            }
            Field::Figure { state, value, is_zero_where_blank } => {
                if Field::is_nothing(*state, *value, *is_zero_where_blank) {
                    return Some((Aspect::Value, Key::Nothing));
                }
                match state {
                    State::Value => Some((Aspect::Value, Key::Figure((*value)?))),
                    State::MonthOfYear => Some((Aspect::Month, Key::Month((*value)?))),
                    _ => None,
                }
            }
        }
    }

    /// Returns what a task says in an aspect of a field.
    pub fn of_task(&self, field: usize, aspect: Aspect) -> Option<Key<'_>> {
        match (&self.0[field], aspect) {
            (Field::Text { key, .. }, Aspect::Value) => Some(Key::Text(key.as_deref())),
            (Field::Figure { state, value, is_zero_where_blank }, Aspect::Value) => {
                if Field::is_nothing(*state, *value, *is_zero_where_blank) {
                    return Some(Key::Nothing);
                }
                value.map(Key::Figure)
            }
            (Field::Figure { state: State::Value, value: Some(ordinal), .. }, Aspect::Month) => {
                Some(Key::Month(ordinal.rem_euclid(12) + 1))
            }
            (_, Aspect::Month) => None,
        }
    }

    /// Returns in how many fields a row agrees with a task.
    pub fn agreement(row: &Self, task: &Self) -> i64 {
        let agreeing = (0..row.0.len().min(task.0.len())).filter(|field| {
            let asked = row.of_row(*field);
            asked.is_some_and(|(aspect, key)| task.of_task(*field, aspect) == Some(key))
        });
        i64::try_from(agreeing.count()).expect("a handful of fields")
    }

    /// The figures other than 0, by which a row can find its task.
    fn figures(&self) -> impl Iterator<Item = (usize, i64)> {
        self.0.iter().enumerate().filter_map(|(place, field)| match field {
            Field::Figure { state: State::Value, value: Some(value), .. } if *value != 0 => {
                Some((place, *value))
            }
            _ => None,
        })
    }
}

/// How many pairs of rows and tasks of one unit are all compared; beyond, an index brings together
/// what shares rare pairs of characters or figures.
const MOST_COMPARED: usize = 1_000_000;
/// How many tasks the index gives a row.
const CANDIDATES: usize = 24;
/// How many entries of the index are looked at for a row, the rarest first.
const LOOKED_AT: usize = 2_048;

/// Returns of each row the tasks that it may be, in their order, with their likeness.
pub fn candidates(rows: &[(Texts, Fields)], tasks: &[(Texts, Fields)]) -> Vec<Vec<(usize, f64)>> {
    if rows.len().saturating_mul(tasks.len()) <= MOST_COMPARED {
        let all = |(row, _): &(Texts, Fields)| {
            tasks.iter().map(|(task, _)| Texts::likeness(row, task)).enumerate().collect()
        };
        return rows.iter().map(all).collect();
    }
    let index = Index::of(tasks);
    let mut weights = vec![0_u64; tasks.len()];
    let likely = |row: &(Texts, Fields)| {
        let nearest = index.nearest(row, &mut weights);
        nearest.into_iter().map(|task| (task, Texts::likeness(&row.0, &tasks[task].0))).collect()
    };
    rows.iter().map(likely).collect()
}

/// Which tasks hold a pair of characters, or a figure in a field.
#[derive(Default)]
struct Index {
    grams: BTreeMap<(char, char), Vec<usize>>,
    figures: BTreeMap<(usize, i64), Vec<usize>>,
}

impl Index {
    fn of(tasks: &[(Texts, Fields)]) -> Self {
        let mut index = Self::default();
        for (place, (task, fields)) in tasks.iter().enumerate() {
            for gram in task.grams() {
                index.grams.entry(gram).or_default().push(place);
            }
            for figure in fields.figures() {
                index.figures.entry(figure).or_default().push(place);
            }
        }
        index
    }

    /// Returns the tasks that share most of what is rare with a row, in their order; `weights` is
    /// all zeros, before and after.
    fn nearest(&self, (texts, fields): &(Texts, Fields), weights: &mut [u64]) -> Vec<usize> {
        let grams = texts.grams();
        let by_text = grams.iter().filter_map(|gram| self.grams.get(gram));
        let by_figure = fields.figures();
        let by_figure: Vec<_> = by_figure.filter_map(|figure| self.figures.get(&figure)).collect();
        let mut lists: Vec<&Vec<usize>> = by_text.chain(by_figure).collect();
        lists.sort_by_key(|list| list.len());
        let (mut touched, mut looked_at) = (Vec::new(), 0);
        for list in lists {
            let weight = 1_000_000 / u64::try_from(list.len()).unwrap_or(u64::MAX) + 1;
            for task in list.iter().take(LOOKED_AT - looked_at) {
                if weights[*task] == 0 {
                    touched.push(*task);
                }
                weights[*task] += weight;
            }
            looked_at = (looked_at + list.len()).min(LOOKED_AT);
        }
        touched.sort_by_key(|task| (std::cmp::Reverse(weights[*task]), *task));
        for task in &touched {
            weights[*task] = 0;
        }
        touched.truncate(CANDIDATES);
        touched.sort_unstable();
        touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Texts {
        let part = Part { plain: text.to_owned(), meant: None, is_declared: false };
        Texts(vec![part])
    }

    /// The rule in its own words, against which what rows ask for and tasks say is held.
    fn agree(row: &Field, task: &Field) -> bool {
        match (row, task) {
            (Field::Text { key, is_there }, Field::Text { key: planned, .. }) => {
                *is_there && key == planned
            }
            (
                Field::Figure { state, value, is_zero_where_blank },
                Field::Figure { state: plan_state, value: planned, .. },
            ) => {
                let nothing = |state: State, value: Option<i64>| {
                    matches!(state, State::Blank | State::NotApplicable)
                        || (*is_zero_where_blank && value == Some(0))
                };
                // A month without a year is that of the plan.
                let same_month = *state == State::MonthOfYear
                    && *plan_state == State::Value
                    && planned.is_some_and(|ordinal| *value == Some(ordinal.rem_euclid(12) + 1));
                // Nothing against nothing is no difference, and so agrees.
                same_month
                    || (*state == State::Value && value == planned)
                    || (nothing(*state, *value) && nothing(*plan_state, *planned))
            }
            _ => false,
        }
    }

    #[test]
    fn fields_agree_where_the_row_asks_for_what_the_task_says() {
        let with_value = [State::Value, State::MonthOfYear, State::Spanning].into_iter();
        let values = [0, 1, 7, 24_246];
        let with_value = with_value.flat_map(|state| values.map(|value| (state, Some(value))));
        let without = [
            State::Blank,
            State::NotApplicable,
            State::Unreadable,
            State::Covered,
            State::NoColumn,
        ];
        let states: Vec<(State, Option<i64>)> =
            with_value.chain(without.map(|state| (state, None))).collect();
        for is_zero_where_blank in [true, false] {
            let of = |&(state, value)| Field::Figure { state, value, is_zero_where_blank };
            let figures: Vec<Field> = states.iter().map(of).collect();
            let text =
                |key: Option<&str>, is_there| Field::Text { key: key.map(str::to_owned), is_there };
            let texts = vec![
                text(Some("甲"), true),
                text(Some("乙"), true),
                text(None, true),
                text(None, false),
            ];
            for fields in [figures, texts] {
                for (row, task) in
                    fields.iter().flat_map(|row| fields.iter().map(move |t| (row, t)))
                {
                    let of = |field: &Field| Fields(vec![field.clone()]);
                    let agreement = Fields::agreement(&of(row), &of(task));
                    assert_eq!(agreement, i64::from(agree(row, task)), "{row:?} {task:?}");
                }
            }
        }
    }

    #[test]
    fn the_index_brings_together_what_is_alike() {
        let name = |place: usize| {
            let mark = char::from_u32(0x4e00 + u32::try_from(place).unwrap()).unwrap();
            format!("{mark}村社区日间照料中心改造{place}")
        };
        let tasks: Vec<(Texts, Fields)> =
            (0..3_000).map(|place| (texts(&name(place)), Fields(Vec::new()))).collect();
        let rows: Vec<(Texts, Fields)> = (0..3_000)
            .map(|place| (texts(&format!("{}工程", name(place))), Fields(Vec::new())))
            .collect();
        for (place, found) in candidates(&rows, &tasks).iter().enumerate() {
            assert!(found.len() <= CANDIDATES);
            let best = found.iter().max_by(|one, other| one.1.total_cmp(&other.1)).unwrap();
            assert_eq!(best.0, place);
        }
    }
}
