//! Pairs submitted rows with the plan's tasks, one to one.
//!
//! Inside each unit, in this order: what a person has decided; the same text; the same meaning
//! (declared synonyms and droppable phrases); the same text but for words that all rows have more or less;
//! a text that is clearly like one task's and no other's;
//! the sequence number, on sheets whose numbers can be trusted, together with a text half alike; and
//! the best assignment by likeness, where it is clearly the best. Agreeing amounts, months and texts
//! are evidence in every step. A row with the exact text of another unit's task is misplaced.
//!
//! A *pair* says that a row is about a task, and why that is thought; it does not say that their
//! figures agree. A *fate* is what became of a row that is in no pair.

mod addition;
mod assign;
mod exact;
mod likeness;
mod evidence;
mod agreeing;
mod named;
mod lacking;
mod in_parts;
mod say;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

pub use likeness::{canonical, ratio};

use crate::model::{Finding, IdVec, RowId, TaskId, Text, UnitId};
use crate::normalise::frame::{self, Folded};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};
use steps::Work;

/// Why a row and a task belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// A person has decided; holds the place of the pairing in the pipeline.
    Decided {
        pairing: usize,
    },
    SameText,
    SameMeaning,
    /// The same text but for words that nearly all rows of the unit have more, or less, than the plan.
    SameAddition,
    /// The plan's number, and the likeness of the texts.
    Number {
        likeness: f64,
    },
    /// The likeness of the texts and that of the second best task.
    Likeness {
        likeness: f64,
        second: f64,
    },
}

impl Why {
    /// Returns the evidence's name, as in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Why::Decided { .. } => "decided",
            Why::SameText => "same text",
            Why::SameMeaning => "same meaning",
            Why::SameAddition => "same addition",
            Why::Number { .. } => "number",
            Why::Likeness { .. } => "likeness",
        }
    }

    /// Returns the likeness of the texts and of the second best task, in hundredths.
    pub fn likenesses(self) -> (Option<u32>, Option<u32>) {
        match self {
            Why::Number { likeness } => (Some(hundredths(likeness)), None),
            Why::Likeness { likeness, second } => {
                (Some(hundredths(likeness)), Some(hundredths(second)))
            }
            Why::Decided { .. } | Why::SameText | Why::SameMeaning | Why::SameAddition => {
                (None, None)
            }
        }
    }
}

/// Returns a likeness in hundredths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a likeness is 0 to 1")]
fn hundredths(likeness: f64) -> u32 {
    (likeness * 100.0).round() as u32
}

/// A row and its task, as places in their lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub row: RowId,
    pub task: TaskId,
    pub why: Why,
}

/// What became of a row that is no pair.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    Extra,
    /// Another unit's task; the task where it is clear which.
    Misplaced {
        unit: UnitId,
        task: Option<TaskId>,
    },
    /// The task has its row already.
    Repeated {
        task: TaskId,
        of: RowId,
    },
    /// About equally like several tasks: with their likeness.
    Doubtful {
        tasks: Vec<(TaskId, f64)>,
    },
}

/// The outcome: every row is paired or has its fate, every task is paired, missing or in doubt.
#[derive(Debug, Default)]
pub struct Matched {
    /// In the order of the rows; a task has several rows only where rows are added up.
    pub pairs: Vec<Pair>,
    pub fates: BTreeMap<RowId, Fate>,
    /// Tasks of units that submitted, without a row.
    pub missing: Vec<TaskId>,
    /// The saved pairings that decided something, by their place in the pipeline.
    pub used_pairings: BTreeSet<usize>,
    /// Doubtful rows that are too many, and alike with too many tasks, to be told one by one.
    pub crowds: Vec<Vec<RowId>>,
}

impl Matched {
    /// Returns the rows of each task that has any.
    pub fn rows_of_tasks(&self) -> RowsOfTasks {
        let mut pairs: Vec<(TaskId, RowId)> =
            self.pairs.iter().map(|pair| (pair.task, pair.row)).collect();
        pairs.sort_by_key(|(task, _)| *task);
        let tasks = pairs.last().map_or(0, |(last, _)| usize::from(*last) + 1);
        let mut ends: IdVec<TaskId, usize> = vec![0; tasks].into();
        for (task, _) in &pairs {
            ends[*task] += 1;
        }
        let mut end = 0;
        for own in &mut ends {
            end += *own;
            *own = end;
        }
        RowsOfTasks { ends, rows: pairs.into_iter().map(|(_, row)| row).collect() }
    }

    /// Returns the pair of a row.
    pub fn pair_of(&self, row: RowId) -> Option<&Pair> {
        let place = self.pairs.binary_search_by_key(&row, |pair| pair.row).ok()?;
        self.pairs.get(place)
    }
}

/// The rows of each task, in the order of the rows.
#[derive(Debug, Default)]
pub struct RowsOfTasks {
    /// By task, where its rows end; those of the next one begin there.
    ends: IdVec<TaskId, usize>,
    rows: Vec<RowId>,
}

impl RowsOfTasks {
    /// Returns the rows of a task; none where it has no row.
    pub fn get(&self, task: TaskId) -> Option<&[RowId]> {
        let end = *self.ends.get(task)?;
        let first = usize::from(task).checked_sub(1).map_or(0, |before| self.ends.raw[before]);
        Some(&self.rows[first..end]).filter(|rows| !rows.is_empty())
    }

    /// Returns the tasks that have rows, in their order, with their rows.
    pub fn iter(&self) -> impl Iterator<Item = (TaskId, &[RowId])> {
        self.ends.keys().filter_map(|task| Some((task, self.get(task)?)))
    }
}

/// The frames that matching and the checks work on.
#[derive(Debug)]
pub struct Frames {
    pub rows: DataFrame,
    pub tasks: DataFrame,
    /// The text key of each row and of each task, folded once for all that ask for them.
    pub row_keys: IdVec<RowId, Text>,
    pub task_keys: IdVec<TaskId, Text>,
}

impl Frames {
    /// # Errors
    /// Only when polars cannot build them, which is a fault of this program.
    pub fn new(plan: &Plan<'_>, roster: &Roster<'_>, pipeline: &Pipeline) -> PolarsResult<Self> {
        let mut folded = Folded::default();
        let rows = roster.items.iter().map(|item| folded.text_key(item.row, pipeline));
        let mut row_keys: IdVec<RowId, Text> = rows.collect();
        let tasks = plan.tasks.iter().map(|item| folded.text_key(item.row, pipeline));
        let task_keys: IdVec<TaskId, Text> = tasks.collect();
        lacking::complete(&mut row_keys, &task_keys, plan, roster, pipeline);
        Ok(Self {
            rows: frame::frame(&roster.items.raw, &mut folded, pipeline)?,
            tasks: frame::frame(&plan.tasks.raw, &mut folded, pipeline)?,
            row_keys,
            task_keys,
        })
    }
}

/// Pairs rows and tasks.
pub fn pair(
    frames: &Frames,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> (Matched, Vec<Finding>) {
    let mut work = Work::new(frames, plan, roster, pipeline);
    work.decided();
    work.same_text(&exact::same_unit(frames, plan, roster));
    work.other_units(&exact::any_unit(frames, work.free()));
    work.same_meaning();
    for unit in work.units() {
        let alike = work.alike(unit);
        if let Some(alike) = &alike {
            work.by_clear_likeness(alike);
        }
        work.by_number(unit);
        if let Some(alike) = &alike {
            work.by_likeness(alike);
        }
    }
    if pipeline.matching.roll_up {
        work.added_up();
    }
    let matched = work.finish();
    let findings = say::findings(&matched, plan, roster, pipeline);
    (matched, findings)
}
