//! Rows of tables that lack a part of what tasks are told by: a sheet a village, where the plan has a column of
//! villages. The other parts tell which task is meant, where they are those of one; else the name of the sheet does.

use std::collections::BTreeSet;
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::{IdVec, RowId, TaskId, Text, UnitId, fold};
use crate::normalise::frame::{Item, KEY_SEPARATOR, key_parts};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};

/// The parts of a row's key; none where its table lacks the column.
type Parts = Vec<Option<String>>;

/// The tasks by those parts of their keys that a row has.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type ByParts = HashMap<String, Vec<TaskId>, RandomState>;

/// Puts the key of the task that is meant in the place of that of a row which lacks a part of it.
pub fn complete(
    row_keys: &mut IdVec<RowId, Text>,
    task_keys: &IdVec<TaskId, Text>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) {
    if pipeline.roles.key.len() < 2 {
        return;
    }
    let mut planned: Option<(Vec<Parts>, Known)> = None;
    #[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
    let mut known: HashMap<Vec<bool>, ByParts, RandomState> = HashMap::default();
    for (row, item) in roster.items.iter_enumerated() {
        if pipeline.roles.key.iter().all(|field| item.row.entries[*field].is_some()) {
            continue;
        }
        let own = key_parts(item.row, pipeline);
        let has: Vec<bool> = own.iter().map(Option::is_some).collect();
        if !own.iter().flatten().any(|part| !part.is_empty()) {
            continue;
        }
        let (tasks, said) = planned.get_or_insert_with(|| {
            let tasks: Vec<Parts> =
                plan.tasks.iter().map(|task| key_parts(task.row, pipeline)).collect();
            let said = Known::of(&tasks, has.len());
            (tasks, said)
        });
        let alike = known.entry(has.clone()).or_insert_with(|| by_parts(tasks, &has));
        let sheet = fold::task_key(&roster.places.sheet(item.file, item.sheet).unwrap_or_default());
        let alike = alike.get(&joined(&own, &has)).map_or(&[][..], Vec::as_slice);
        let of_sheet = said.named_by_sheet(&own, &sheet);
        let task = meant(alike, item, tasks, &has, plan, of_sheet.as_deref().map(|_| &*sheet));
        if let Some(task) = task {
            row_keys[row] = task_keys[task].clone();
        } else if let Some(whole) = of_sheet {
            row_keys[row] = whole.into();
        }
    }
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
    has: &[bool],
    plan: &Plan<'_>,
    sheet: Option<&str>,
) -> Option<TaskId> {
    let of_unit =
        |unit: UnitId| alike.iter().copied().filter(move |task| plan.tasks[*task].unit == unit);
    let own: Vec<TaskId> = of_unit(item.unit).collect();
    let alike = if own.is_empty() { alike.to_vec() } else { own };
    let Some(sheet) = sheet else {
        return match alike.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
    };
    let is_named = |task: &&TaskId| {
        let parts = tasks[usize::from(**task)].iter().zip(has);
        let mut lacking = parts.filter(|(_, has)| !**has).map(|(part, _)| part);
        lacking.all(|part| part.as_deref() == Some(sheet))
    };
    alike.iter().find(is_named).copied()
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
