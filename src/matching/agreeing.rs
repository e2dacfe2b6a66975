//! Which of several rows with one text is which of several tasks with the same one: those that agree
//! in most fields belong together. Where there are many of both, an index of the tasks by what they
//! say finds for each row the task that a list of all pairs would have come to.

use std::cmp::Reverse;
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::evidence::{Aspect, Fields, Key};

/// What a row or a task says beside its text.
#[derive(Debug)]
pub struct Evidence {
    pub fields: Fields,
    /// Its number, as far as it counts.
    pub number: Option<i64>,
}

/// In how many aspects tasks may be told apart by an index, which has an entry of each task for each
/// choice of them.
const MOST_ASPECTS: usize = 8;

/// Of more pairs no list is made: of many fields those that tell the tasks apart best are asked for.
const MOST_PAIRS: usize = 2_000_000;

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Map<K, V> = HashMap<K, V, RandomState>;

/// Returns which row is which task. Pairs that say the same in all fields go first, then those that agree in more of them, among those that agree
/// equally the ones with the same number, then those of the first row and of the first task.
pub fn paired(rows: &[Evidence], tasks: &[Evidence]) -> Vec<(usize, usize)> {
    let mut pairs = in_everything(rows, tasks);
    let (mut with_task, mut with_row) = (vec![false; rows.len()], vec![false; tasks.len()]);
    for (row, task) in &pairs {
        (with_task[*row], with_row[*task]) = (true, true);
    }
    let left = |taken: &[bool]| -> Vec<usize> {
        (0..taken.len()).filter(|place| !taken[*place]).collect()
    };
    let (left_rows, left_tasks) = (left(&with_task), left(&with_row));
    if left_rows.is_empty() || left_tasks.is_empty() {
        return pairs;
    }
    let of_rows: Vec<&Evidence> = left_rows.iter().map(|row| &rows[*row]).collect();
    let of_tasks: Vec<&Evidence> = left_tasks.iter().map(|task| &tasks[*task]).collect();
    let further = of_the_rest(&of_rows, &of_tasks);
    pairs.extend(further.into_iter().map(|(row, task)| (left_rows[row], left_tasks[task])));
    pairs
}

/// The pairs that say the same in all fields, also nothing that can be read, which go before all others; those with the
/// same number first. They are found by what they say: a sheet that is as the plan is takes no longer however many of its
/// rows have one text.
fn in_everything(rows: &[Evidence], tasks: &[Evidence]) -> Vec<(usize, usize)> {
    // By the aspects that rows ask for, of which there are few: the tasks by what they say in them.
    let mut asked: Vec<(Vec<Aspect>, BySaid<'_>)> = Vec::new();
    let mut alike: Vec<(usize, Said<'_>, usize)> = Vec::new();
    for (row, own) in rows.iter().enumerate() {
        let (aspects, said) = said_by_row(own);
        let place = asked.iter().position(|(known, _)| *known == aspects).unwrap_or_else(|| {
            let by_said = by_what_they_say(tasks, &aspects);
            asked.push((aspects, by_said));
            asked.len() - 1
        });
        alike.push((row, said, place));
    }
    let mut pairs = Vec::new();
    let mut taken = vec![false; tasks.len()];
    for numbers in [Numbers::Same, Numbers::Any] {
        alike.retain(|(row, said, place)| {
            let BySaid { known, grouped } = &mut asked[*place].1;
            let group = known.get(said);
            let found = group
                .and_then(|group| grouped.first_free(*group, rows[*row].number, numbers, &taken));
            if let Some(task) = found {
                taken[task] = true;
                pairs.push((*row, task));
            }
            found.is_none()
        });
    }
    pairs
}

/// What is said, field by field; none where nothing can be read.
type Said<'a> = Vec<Option<Key<'a>>>;

/// Returns what a row asks for, and in which aspects.
fn said_by_row(row: &Evidence) -> (Vec<Aspect>, Said<'_>) {
    let fields = 0..row.fields.count();
    fields
        .map(|field| match row.fields.of_row(field) {
            Some((aspect, key)) => (aspect, Some(key)),
            None => (Aspect::Value, None),
        })
        .unzip()
}

fn said_by_task<'a>(task: &'a Evidence, aspects: &[Aspect]) -> Said<'a> {
    let fields = aspects.iter().enumerate();
    fields.map(|(field, aspect)| task.fields.of_task(field, *aspect)).collect()
}

/// The groups of tasks that say the same, by what they say.
#[derive(Default)]
struct BySaid<'a> {
    known: Map<Said<'a>, u32>,
    grouped: Grouped,
}

/// Tasks in groups.
#[derive(Default)]
struct Grouped {
    groups: Vec<Queue>,
    with_number: Map<(u32, i64), Queue>,
}

impl Grouped {
    fn add(&mut self, task: usize, group: u32, number: Option<i64>) {
        if self.groups.len() <= group as usize {
            self.groups.push(Queue::default());
        }
        self.groups[group as usize].tasks.push(task);
        if let Some(number) = number {
            self.with_number.entry((group, number)).or_default().tasks.push(task);
        }
    }

    /// Returns the first free task of a group, or of those in it that have a row's number.
    fn first_free(
        &mut self,
        group: u32,
        number: Option<i64>,
        numbers: Numbers,
        taken: &[bool],
    ) -> Option<usize> {
        let queue = match numbers {
            Numbers::Any => self.groups.get_mut(group as usize)?,
            Numbers::Same => self.with_number.get_mut(&(group, number?))?,
        };
        queue.first_free(taken)
    }
}

fn by_what_they_say<'a>(tasks: &'a [Evidence], aspects: &[Aspect]) -> BySaid<'a> {
    let mut by_said = BySaid::default();
    for (task, own) in tasks.iter().enumerate() {
        let next = place(by_said.known.len());
        let group = *by_said.known.entry(said_by_task(own, aspects)).or_insert(next);
        by_said.grouped.add(task, group, own.number);
    }
    by_said
}

/// As [`paired`], by an index of the tasks where that is quicker than a list of all pairs.
fn of_the_rest(rows: &[&Evidence], tasks: &[&Evidence]) -> Vec<(usize, usize)> {
    let mut asked = Asked::of(rows, tasks);
    if rows.len().saturating_mul(tasks.len()) > MOST_PAIRS {
        asked.keep_most_telling(tasks);
    }
    let choices = 1_usize.checked_shl(u32::try_from(asked.apart.len()).unwrap_or(u32::MAX));
    let with_index = choices.map(|choices| choices.saturating_mul(rows.len() + tasks.len()));
    let with_all = rows.len().saturating_mul(tasks.len());
    if asked.apart.len() > MOST_ASPECTS || with_index.is_none_or(|cost| cost >= with_all) {
        return ranked(rows, tasks, |_, _| true);
    }
    by_index(rows, tasks, &asked)
}

/// As [`paired`], of the pairs that `may` be, by a list of them all.
pub fn ranked(
    rows: &[&Evidence],
    tasks: &[&Evidence],
    may: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut ranked = Vec::new();
    for (row, own) in rows.iter().enumerate() {
        for (task, planned) in tasks.iter().enumerate().filter(|(task, _)| may(row, *task)) {
            let agreement = Fields::agreement(&own.fields, &planned.fields);
            let is_numbered = own.number.is_some() && own.number == planned.number;
            ranked.push((-agreement, !is_numbered, row, task));
        }
    }
    ranked.sort_unstable();
    let (mut with_task, mut with_row) = (vec![false; rows.len()], vec![false; tasks.len()]);
    let mut pairs = Vec::new();
    for (_, _, row, task) in ranked {
        if !with_task[row] && !with_row[task] {
            (with_task[row], with_row[task]) = (true, true);
            pairs.push((row, task));
        }
    }
    pairs
}

/// What rows ask of tasks: fields, and in which aspect.
struct Asked {
    /// In these the tasks say different things.
    apart: Vec<(usize, Aspect)>,
    /// In these they all say the same.
    alike: Vec<(usize, Aspect)>,
}

impl Asked {
    fn of(rows: &[&Evidence], tasks: &[&Evidence]) -> Self {
        let fields = tasks.first().map_or(0, |task| task.fields.count());
        let asks_month = |field: usize| {
            let mut keys = rows.iter().map(|row| row.fields.of_row(field));
            keys.any(|key| matches!(key, Some((Aspect::Month, _))))
        };
        let all = (0..fields).map(|field| (field, Aspect::Value));
        let months = (0..fields).filter(|field| asks_month(*field));
        let all = all.chain(months.map(|field| (field, Aspect::Month)));
        let is_apart = |(field, aspect): &(usize, Aspect)| {
            let said = |task: &Evidence| task.fields.of_task(*field, *aspect).is_some();
            let mut pairs = tasks.windows(2);
            pairs.any(|pair| {
                let [one, other] = [&pair[0], &pair[1]];
                said(one) != said(other)
                    || one.fields.of_task(*field, *aspect) != other.fields.of_task(*field, *aspect)
            })
        };
        let (apart, alike) = all.partition(is_apart);
        Self { apart, alike }
    }

    /// Leaves no more aspects than an index can have: those in which the tasks say most different things.
    fn keep_most_telling(&mut self, tasks: &[&Evidence]) {
        let told_apart = |(field, aspect): &(usize, Aspect)| {
            let mut times: Map<Option<Key<'_>>, usize> = Map::default();
            for task in tasks {
                *times.entry(task.fields.of_task(*field, *aspect)).or_default() += 1;
            }
            times.len()
        };
        self.apart.sort_by_cached_key(|own| Reverse(told_apart(own)));
        self.apart.truncate(MOST_ASPECTS);
    }

    /// In how many of the aspects in which all tasks are alike a row agrees with them.
    fn alike_with(&self, row: &Evidence, tasks: &[&Evidence]) -> usize {
        let Some(task) = tasks.first() else { return 0 };
        let agreeing = self.alike.iter().filter(|(field, aspect)| {
            let own = row.fields.of_row(*field).filter(|(own, _)| own == aspect);
            own.is_some_and(|(_, key)| task.fields.of_task(*field, *aspect) == Some(key))
        });
        agreeing.count()
    }
}

/// Goes from the pairs that agree in most to those that agree in nothing. When a number of agreeing
/// fields is come to, no row and task that are free agree in more; so that whatever agrees in a choice
/// of so many agrees in no other field.
fn by_index(rows: &[&Evidence], tasks: &[&Evidence], asked: &Asked) -> Vec<(usize, usize)> {
    let mut index = Index::of(tasks, &asked.apart);
    let mut free: Vec<Row> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| Row {
            place,
            number: row.number,
            always: asked.alike_with(row, tasks),
            groups: index.groups_of(row, &asked.apart),
        })
        .collect();
    let mut pairs = Vec::new();
    let most = asked.apart.len() + asked.alike.len();
    for agreeing in (0..=most).rev() {
        for numbers in [Numbers::Same, Numbers::Any] {
            free.retain(|row| {
                let found = index.first_free(row, agreeing, numbers);
                if let Some(task) = found {
                    index.taken[task] = true;
                    pairs.push((row.place, task));
                }
                found.is_none()
            });
        }
    }
    pairs
}

/// A row that has still to find its task.
struct Row {
    place: usize,
    number: Option<i64>,
    /// In how many aspects it agrees with each task.
    always: usize,
    /// By choice of aspects, the group of the tasks that agree in all of them.
    groups: Vec<Option<u32>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Same,
    Any,
}

/// The tasks by what they say in each choice of the aspects that tell them apart. A choice is a number
/// whose bits say which aspects are in it.
struct Index<'a> {
    /// By aspect: what tasks say, numbered.
    said: Vec<Map<Key<'a>, u32>>,
    choices: Vec<Choice>,
    /// The choices by how many aspects they have.
    of_size: Vec<Vec<usize>>,
    taken: Vec<bool>,
}

/// The tasks grouped by what they say in a choice of aspects.
#[derive(Default)]
struct Choice {
    /// The group within the choice without its last aspect, and what is said in that.
    known: Map<(u32, u32), u32>,
    grouped: Grouped,
}

/// Tasks in their order, from which the first that is free is asked for again and again.
#[derive(Default)]
struct Queue {
    tasks: Vec<usize>,
    /// Those before it are taken.
    next: usize,
}

impl Queue {
    fn first_free(&mut self, taken: &[bool]) -> Option<usize> {
        while taken[*self.tasks.get(self.next)?] {
            self.next += 1;
        }
        self.tasks.get(self.next).copied()
    }
}

/// Returns the last aspect of a choice, and the choice without it; none where it has no aspects.
fn without_last(choice: usize) -> Option<(usize, usize)> {
    let last = choice.checked_ilog2()? as usize;
    Some((last, choice ^ (1 << last)))
}

impl<'a> Index<'a> {
    fn of(tasks: &[&'a Evidence], aspects: &[(usize, Aspect)]) -> Self {
        let mut said: Vec<Map<Key<'a>, u32>> = Vec::new();
        // By aspect, then by task.
        let mut says: Vec<Vec<Option<u32>>> = Vec::new();
        for (field, aspect) in aspects {
            let mut known = Map::default();
            let own = tasks.iter().map(|task| {
                let next = place(known.len());
                let key = task.fields.of_task(*field, *aspect)?;
                Some(*known.entry(key).or_insert(next))
            });
            says.push(own.collect());
            said.push(known);
        }
        let mut choices: Vec<Choice> = Vec::new();
        let mut of_size = vec![Vec::new(); aspects.len() + 1];
        // By choice, then by task.
        let mut groups: Vec<Vec<Option<u32>>> = Vec::new();
        for choice in 0..1_usize << aspects.len() {
            let mut made = Choice::default();
            let own: Vec<Option<u32>> = match without_last(choice) {
                None => vec![Some(0); tasks.len()],
                Some((last, before)) => groups[before]
                    .iter()
                    .zip(&says[last])
                    .map(|(before, says)| {
                        let next = place(made.known.len());
                        Some(*made.known.entry((*before.as_ref()?, (*says)?)).or_insert(next))
                    })
                    .collect(),
            };
            for (task, group) in own.iter().enumerate() {
                let Some(group) = *group else { continue };
                made.grouped.add(task, group, tasks[task].number);
            }
            of_size[choice.count_ones() as usize].push(choice);
            choices.push(made);
            groups.push(own);
        }
        Self { said, choices, of_size, taken: vec![false; tasks.len()] }
    }

    /// Returns by choice the group of tasks with which a row agrees in all aspects of it.
    fn groups_of(&self, row: &Evidence, aspects: &[(usize, Aspect)]) -> Vec<Option<u32>> {
        let says = aspects.iter().zip(&self.said).map(|((field, aspect), said)| {
            let (_, key) = row.fields.of_row(*field).filter(|(own, _)| own == aspect)?;
            said.get(&key).copied()
        });
        let says: Vec<Option<u32>> = says.collect();
        let mut groups: Vec<Option<u32>> = Vec::with_capacity(self.choices.len());
        for (choice, made) in self.choices.iter().enumerate() {
            groups.push(match without_last(choice) {
                None => Some(0),
                Some((last, before)) => {
                    groups[before].zip(says[last]).and_then(|said| made.known.get(&said).copied())
                }
            });
        }
        groups
    }

    /// Returns the first free task with which a row agrees in so many fields.
    fn first_free(&mut self, row: &Row, agreeing: usize, numbers: Numbers) -> Option<usize> {
        let choices = self.of_size.get(agreeing.checked_sub(row.always)?)?;
        let found = choices.iter().filter_map(|choice| {
            let group = row.groups[*choice]?;
            let choice = &mut self.choices[*choice];
            choice.grouped.first_free(group, row.number, numbers, &self.taken)
        });
        found.min()
    }
}

fn place(number: usize) -> u32 {
    u32::try_from(number).expect("a unit has less than 4 billion tasks")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::evidence::Field;
    use super::*;
    use crate::normalise::frame::State;

    /// Few values of each, so that much agrees.
    fn figure(is_zero_where_blank: bool) -> impl Strategy<Value = Field> {
        let states = prop_oneof![
            5 => (0_i64..3).prop_map(|value| (State::Value, Some(value))),
            1 => Just((State::Blank, None)),
            1 => Just((State::NotApplicable, None)),
            1 => Just((State::Unreadable, None)),
            1 => Just((State::NoColumn, None)),
            1 => (0_i64..2).prop_map(|value| (State::Spanning, Some(value))),
        ];
        states.prop_map(move |(state, value)| Field::Figure { state, value, is_zero_where_blank })
    }

    fn month() -> impl Strategy<Value = Field> {
        let states = prop_oneof![
            3 => (24_240_i64..24_266).prop_map(|value| (State::Value, Some(value))),
            2 => (1_i64..13).prop_map(|value| (State::MonthOfYear, Some(value))),
            1 => Just((State::Blank, None)),
        ];
        states.prop_map(|(state, value)| Field::Figure { state, value, is_zero_where_blank: false })
    }

    fn text() -> impl Strategy<Value = Field> {
        prop_oneof![
            4 => prop::sample::select(vec!["甲", "乙"])
                .prop_map(|text| Field::Text { key: Some(text.to_owned()), is_there: true }),
            1 => Just(Field::Text { key: None, is_there: true }),
            1 => Just(Field::Text { key: None, is_there: false }),
        ]
    }

    fn evidence() -> impl Strategy<Value = Evidence> {
        let fields = (figure(true), figure(false), month(), text());
        let number = prop::option::of(0_i64..4);
        (fields, number).prop_map(|((one, other, month, text), number)| Evidence {
            fields: Fields(vec![one, other, month, text]),
            number,
        })
    }

    proptest! {
        #[test]
        fn the_index_comes_to_what_the_list_of_all_pairs_comes_to(
            rows in prop::collection::vec(evidence(), 0..14),
            tasks in prop::collection::vec(evidence(), 0..14),
        ) {
            let (of_rows, of_tasks): (Vec<&Evidence>, Vec<&Evidence>) = (rows.iter().collect(), tasks.iter().collect());
            let mut expected = ranked(&of_rows, &of_tasks, |_, _| true);
            expected.sort_unstable();
            let asked = Asked::of(&of_rows, &of_tasks);
            let mut found = by_index(&of_rows, &of_tasks, &asked);
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn what_says_the_same_goes_first(
            rows in prop::collection::vec(evidence(), 0..14),
            tasks in prop::collection::vec(evidence(), 0..14),
        ) {
            // By the list of all pairs, the identical ones of which go first.
            let mut all = Vec::new();
            for (row, own) in rows.iter().enumerate() {
                let (aspects, said) = said_by_row(own);
                for (task, planned) in tasks.iter().enumerate() {
                    let is_same = said == said_by_task(planned, &aspects);
                    let is_numbered = own.number.is_some() && own.number == planned.number;
                    let agreement = Fields::agreement(&own.fields, &planned.fields);
                    let rank = if is_same { i64::MIN } else { -agreement };
                    all.push((rank, !is_numbered, row, task));
                }
            }
            all.sort_unstable();
            let mut expected: Vec<(usize, usize)> = Vec::new();
            for (.., row, task) in all {
                if expected.iter().all(|(known, other)| *known != row && *other != task) {
                    expected.push((row, task));
                }
            }
            expected.sort_unstable();
            let mut found = paired(&rows, &tasks);
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn where_nothing_tells_tasks_apart_they_go_by_their_order() {
        let same = || Evidence { fields: Fields(Vec::new()), number: None };
        let (rows, tasks): (Vec<_>, Vec<_>) = (0..50_000).map(|_| (same(), same())).unzip();
        let pairs = paired(&rows, &tasks);
        assert!(pairs.iter().all(|(row, task)| row == task));
        assert_eq!(pairs.len(), rows.len());
    }

    #[test]
    fn many_rows_of_many_fields_take_no_list_of_all_pairs() {
        const FIELDS: i64 = 20;
        const ROWS: i64 = 4_000;
        // Each says something else than its task in one field.
        let figure = |value: i64| Field::Figure {
            state: State::Value,
            value: Some(value),
            is_zero_where_blank: false,
        };
        let of = |row: i64, spoilt: bool| Evidence {
            fields: Fields(
                (0..FIELDS)
                    .map(|field| {
                        figure(row * FIELDS + field + i64::from(spoilt && field == row % FIELDS))
                    })
                    .collect(),
            ),
            number: None,
        };
        let rows: Vec<Evidence> = (0..ROWS).map(|row| of(row, true)).collect();
        let tasks: Vec<Evidence> = (0..ROWS).map(|row| of(row, false)).collect();
        let pairs = paired(&rows, &tasks);
        assert_eq!(pairs.len(), rows.len());
        assert!(pairs.iter().all(|(row, task)| row == task));
    }
}
