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

/// The compared fields of a row or a task beside its key.
pub struct Fields(Vec<Field>);

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

    /// Returns in how many fields a row agrees with a task.
    pub fn agreement(row: &Self, task: &Self) -> i64 {
        let agreeing = row.0.iter().zip(&task.0).filter(|(row, task)| agree(row, task));
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
