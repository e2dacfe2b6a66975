//! Rows of tables that lack a part of what tasks are told by: a sheet a village, where the plan has a column of
//! villages. The other parts tell which task is meant, where they are those of one; else the name of the sheet does.
//! A number that a row shows in part is such a part, as far as it is shown.

use std::collections::{BTreeMap, BTreeSet};
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::agreeing::{Evidence, paired};
use super::evidence::Fields;
use crate::model::{ColumnId, Entry, IdVec, RowId, TaskId, Text, UnitId, fold, partly};
use crate::normalise::TableRow;
use crate::normalise::frame::{Item, KEY_SEPARATOR, key_parts, own_text};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};

/// The parts of a row's key; none where its table lacks the column.
type Parts = Vec<Option<String>>;

/// The tasks by those parts of their keys that a row has.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type ByParts = HashMap<String, Vec<TaskId>, RandomState>;

/// The keys of each unit's tasks: who says one of them whole shows no other in part, 5 no 0005.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type WholeKeys<'a> = HashSet<(UnitId, &'a str), RandomState>;

/// Puts the key of the task that is meant in the place of that of a row which lacks a part of it.
pub fn complete(
    row_keys: &mut IdVec<RowId, Text>,
    task_keys: &IdVec<TaskId, Text>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) {
    let mut planned: Option<(Vec<Parts>, Known)> = None;
    #[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
    let mut known: HashMap<Vec<bool>, ByParts, RandomState> = HashMap::default();
    let mut numbers: Option<Numbers> = None;
    let mut several = Several::new();
    let mut whole: Option<WholeKeys<'_>> = None;
    let has_noughts: Vec<bool> = pipeline
        .roles
        .key
        .iter()
        .map(|field| {
            let mut cells = plan.tasks.iter().filter_map(|task| task.row.entries[*field].as_ref());
            cells.any(|entry| partly::has_noughts(own_text(entry)))
        })
        .collect();
    let shows_part = |(entry, has_noughts): (Option<&Entry>, &bool)| {
        entry.map(own_text).is_some_and(|text| {
            partly::may_be(text) || *has_noughts && partly::may_lack_noughts(text)
        })
    };
    for (row, item) in roster.items.iter_enumerated() {
        let key = || pipeline.roles.key.iter().map(|field| item.row.entries[*field].as_ref());
        let in_part: Vec<bool> = key().zip(&has_noughts).map(shows_part).collect();
        if key().all(|entry| entry.is_some()) && !in_part.contains(&true) {
            continue;
        }
        let own = key_parts(item.row, pipeline);
        let lacks: Vec<bool> = own.iter().map(Option::is_none).collect();
        let has: Vec<bool> =
            lacks.iter().zip(&in_part).map(|(lacks, in_part)| !lacks && !in_part).collect();
        if !own.iter().flatten().any(|part| !part.is_empty()) {
            continue;
        }
        let (tasks, known_parts) = planned.get_or_insert_with(|| {
            let tasks: Vec<Parts> =
                plan.tasks.iter().map(|task| key_parts(task.row, pipeline)).collect();
            let known = Known::of(&tasks, has.len());
            (tasks, known)
        });
        let sheet = fold::task_key(&roster.places.sheet(item.file, item.sheet).unwrap_or_default());
        // Where no part is lacking, the name of the sheet tells nothing.
        let of_sheet = lacks.contains(&true).then(|| known_parts.named_by_sheet(&own, &sheet));
        let of_sheet = of_sheet.flatten();
        let alike = known.entry(has.clone()).or_insert_with(|| by_parts(tasks, &has));
        let alike = alike.get(&joined(&own, &has)).map_or(&[][..], Vec::as_slice);
        let shown;
        let alike = if in_part.contains(&true) {
            let whole = whole.get_or_insert_with(|| whole_keys(task_keys, plan));
            if whole.contains(&(item.unit, &*row_keys[row])) {
                continue;
            }
            let numbers = numbers.get_or_insert_with(|| Numbers::of(plan, pipeline));
            shown = numbers.shown_by(item, &in_part, alike, plan, pipeline);
            shown.as_slice()
        } else {
            alike
        };
        let task = meant(alike, item, tasks, &lacks, plan, of_sheet.as_deref().map(|_| &*sheet));
        if let Some(task) = task {
            row_keys[row] = task_keys[task].clone();
        } else if let Some(whole) = of_sheet {
            row_keys[row] = whole.into();
        } else if lacks.contains(&true) {
            let own: Vec<TaskId> = of_unit(alike, item.unit, plan).collect();
            if (2..=MOST_ALIKE).contains(&own.len()) {
                several.entry(own).or_default().push(row);
            }
        }
    }
    tell_apart(&several, row_keys, task_keys, plan, roster, pipeline);
}

/// Of more tasks that are called alike, what a row says of the key tells nothing.
const MOST_ALIKE: usize = 200;

/// Rows of several tasks that are called alike in all that the rows say of the key.
type Several = BTreeMap<Vec<TaskId>, Vec<RowId>>;

/// Tells by what else they say which of several rows is which of several tasks, where the part of the key that would
/// tell is lacking: two people of one name on a sheet without their numbers. Each row is one of them, at the most.
fn tell_apart(
    several: &Several,
    row_keys: &mut IdVec<RowId, Text>,
    task_keys: &IdVec<TaskId, Text>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) {
    let evidence = |row: &TableRow| Evidence { fields: Fields::of(row, pipeline), number: None };
    for (tasks, rows) in several {
        let of_rows: Vec<Evidence> =
            rows.iter().map(|row| evidence(roster.items[*row].row)).collect();
        let of_tasks: Vec<Evidence> =
            tasks.iter().map(|task| evidence(plan.tasks[*task].row)).collect();
        for (row, task) in paired(&of_rows, &of_tasks) {
            row_keys[rows[row]] = task_keys[tasks[task]].clone();
        }
    }
}

/// Returns the tasks of a unit among several.
fn of_unit<'a>(
    tasks: &'a [TaskId],
    unit: UnitId,
    plan: &'a Plan<'_>,
) -> impl Iterator<Item = TaskId> + 'a {
    tasks.iter().copied().filter(move |task| plan.tasks[*task].unit == unit)
}

fn whole_keys<'a>(task_keys: &'a IdVec<TaskId, Text>, plan: &Plan<'_>) -> WholeKeys<'a> {
    task_keys.iter_enumerated().map(|(task, key)| (plan.tasks[task].unit, &**key)).collect()
}

fn by_parts(tasks: &[Parts], has: &[bool]) -> ByParts {
    let mut by_parts = ByParts::default();
    for (task, parts) in tasks.iter().enumerate() {
        by_parts.entry(joined(parts, has)).or_default().push(TaskId::from(task));
    }
    by_parts
}

fn joined(parts: &[Option<String>], has: &[bool]) -> String {
    let mut key = String::new();
    for (part, _) in parts.iter().zip(has).filter(|(_, has)| **has) {
        key.push_str(part.as_deref().unwrap_or_default());
        key.push(KEY_SEPARATOR);
    }
    key
}

/// Returns which of several tasks that agree in what a row has is meant: one of its unit before those of others, and
/// where the sheet is named after what the row lacks, one of that name only: whoever stands on the sheet of another
/// village is not found there.
fn meant(
    alike: &[TaskId],
    item: &Item<'_>,
    tasks: &[Parts],
    lacks: &[bool],
    plan: &Plan<'_>,
    sheet: Option<&str>,
) -> Option<TaskId> {
    let own: Vec<TaskId> = of_unit(alike, item.unit, plan).collect();
    let alike = if own.is_empty() { alike.to_vec() } else { own };
    let Some(sheet) = sheet else {
        return match alike.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
    };
    let is_named = |task: &&TaskId| {
        let parts = tasks[usize::from(**task)].iter().zip(lacks);
        let mut lacking = parts.filter(|(_, lacks)| **lacks).map(|(part, _)| part);
        lacking.all(|part| part.as_deref() == Some(sheet))
    };
    alike.iter().find(is_named).copied()
}

/// The tasks by what a row may show of a number in their keys, for each part of the key.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
struct Numbers(Vec<HashMap<String, Vec<TaskId>, RandomState>>);

impl Numbers {
    fn of(plan: &Plan<'_>, pipeline: &Pipeline) -> Self {
        let of_part = |field: &ColumnId| {
            #[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
            let mut tasks: HashMap<String, Vec<TaskId>, RandomState> = HashMap::default();
            for (task, item) in plan.tasks.iter_enumerated() {
                let Some(entry) = &item.row.entries[*field] else { continue };
                for handle in partly::handles(own_text(entry)) {
                    tasks.entry(handle).or_default().push(task);
                }
            }
            tasks
        };
        Self(pipeline.roles.key.iter().map(of_part).collect())
    }

    /// Returns those of the tasks alike in the other parts whose numbers a row shows in part; none where so little
    /// is shown that it may be anybody's.
    fn shown_by(
        &self,
        item: &Item<'_>,
        in_part: &[bool],
        alike: &[TaskId],
        plan: &Plan<'_>,
        pipeline: &Pipeline,
    ) -> Vec<TaskId> {
        /// So many tasks are looked through for one row.
        const MOST: usize = 500;
        let text = |place: usize| {
            item.row.entries[pipeline.roles.key[place]].as_ref().map_or("", |entry| own_text(entry))
        };
        let places = || (0..in_part.len()).filter(|place| in_part[*place]);
        let known = places().filter_map(|place| {
            let known = self.0[place].get(&partly::handle(text(place))?);
            Some(known.map_or(&[][..], Vec::as_slice))
        });
        let fewest = known.chain([alike]).min_by_key(|tasks| tasks.len()).unwrap_or_default();
        if fewest.len() > MOST {
            return Vec::new();
        }
        let shows = |task: &TaskId| {
            alike.binary_search(task).is_ok()
                && places().all(|place| {
                    let entry = plan.tasks[*task].row.entries[pipeline.roles.key[place]].as_ref();
                    entry.is_some_and(|entry| partly::of(text(place), own_text(entry)).is_some())
                })
        };
        fewest.iter().copied().filter(shows).collect()
    }
}

/// What each part of the tasks' keys may say.
struct Known(Vec<BTreeSet<String>>);

impl Known {
    fn of(tasks: &[Parts], parts: usize) -> Self {
        let said = |place: usize| {
            let own = tasks.iter().filter_map(|task| task[place].clone());
            own.filter(|part| !part.is_empty()).collect()
        };
        Self((0..parts).map(said).collect())
    }

    /// Returns the key of a row whose lacking parts the sheet is named after, though no task has it.
    fn named_by_sheet(&self, own: &[Option<String>], sheet: &str) -> Option<String> {
        let parts = own.iter().zip(&self.0).map(|(part, known)| {
            part.as_deref().or_else(|| known.contains(sheet).then_some(sheet))
        });
        let parts: Option<Vec<&str>> = parts.collect();
        Some(parts?.join(&KEY_SEPARATOR.to_string()))
    }
}
