//! The steps of matching; each leaves the rows and tasks that it decides out of the next.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fate, Matched, Pair, Why, assign, canonical, ratio};
use crate::model::{ColumnId, FileId, IdVec, RowId, SheetId, TaskId, UnitId, fold};
use crate::normalise::frame::{self, Item, KEY_SEPARATOR, State, shown_task, text_key};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster, Standing};

/// Texts at least this alike are clearly one task, where no other is nearly as like.
const CLEAR: f64 = 0.9;
/// Texts at least this alike may be one task without further evidence.
const FLOOR: f64 = 0.6;
/// Texts at least this alike are one task when a trusted number says so.
const FLOOR_WITH_NUMBER: f64 = 0.5;
/// What each agreeing field adds to the likeness, in ten-thousandths.
const AGREEING_FIELD: i64 = 300;
/// By how much a pairing must be the best, in ten-thousandths.
const MARGIN: i64 = 200;
/// Rows this alike to a task that has its row already are added to it, where rows are added up.
const FLOOR_FOR_ADDING: f64 = 0.75;

/// The state of matching between its steps.
pub(super) struct Work<'a> {
    plan: &'a Plan<'a>,
    roster: &'a Roster<'a>,
    pipeline: &'a Pipeline,
    row_keys: IdVec<RowId, String>,
    task_keys: IdVec<TaskId, String>,
    numbers: IdVec<RowId, Option<i64>>,
    task_numbers: IdVec<TaskId, Option<i64>>,
    pair_of_row: IdVec<RowId, Option<Pair>>,
    row_of_task: IdVec<TaskId, Option<RowId>>,
    fates: BTreeMap<RowId, Fate>,
    /// Sheets whose numbers are the plan's, by file and sheet.
    trusted: BTreeSet<(FileId, SheetId)>,
    used_pairings: BTreeSet<usize>,
    rows_of_unit: IdVec<UnitId, Vec<RowId>>,
    tasks_of_unit: IdVec<UnitId, Vec<TaskId>>,
}

/// What is left of one unit, and how alike it is. It is made once: the likeness of two texts is what
/// matching spends its time on.
pub(super) struct Alike {
    rows: Vec<RowId>,
    tasks: Vec<TaskId>,
    /// By row and task, as they stand in the lists.
    likeness: Vec<Vec<f64>>,
}

impl Alike {
    /// Returns the evidence that a row is a task: their likeness, and the next best task's.
    fn why(&self, row: usize, task: usize) -> Why {
        let others = self.likeness[row].iter().enumerate().filter(|(other, _)| *other != task);
        let second = others.map(|(_, alike)| *alike).fold(0.0, f64::max);
        Why::Likeness { likeness: self.likeness[row][task], second }
    }

    /// Returns what is left of it after the steps between.
    fn still_free(&self, work: &Work<'_>) -> Self {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| work.is_free_row(**row));
        let rows: Vec<(usize, RowId)> = rows.map(|(place, row)| (place, *row)).collect();
        let tasks = self.tasks.iter().enumerate();
        let tasks = tasks.filter(|(_, task)| work.row_of_task[**task].is_none());
        let tasks: Vec<(usize, TaskId)> = tasks.map(|(place, task)| (place, *task)).collect();
        let of_row = |row: usize| tasks.iter().map(|(task, _)| self.likeness[row][*task]).collect();
        Self {
            likeness: rows.iter().map(|(row, _)| of_row(*row)).collect(),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            tasks: tasks.into_iter().map(|(_, task)| task).collect(),
        }
    }
}

impl<'a> Work<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, roster: &'a Roster<'a>, pipeline: &'a Pipeline) -> Self {
        let key = |item: &Item<'_>| text_key(item.row, pipeline);
        let number = |item: &Item<'_>| frame::number(item.row, pipeline);
        let mut rows_of_unit: IdVec<UnitId, Vec<RowId>> = by_unit(plan);
        for (row, item) in roster.items.iter_enumerated() {
            rows_of_unit[item.unit].push(row);
        }
        let mut tasks_of_unit: IdVec<UnitId, Vec<TaskId>> = by_unit(plan);
        for (task, item) in plan.tasks.iter_enumerated() {
            tasks_of_unit[item.unit].push(task);
        }
        Self {
            plan,
            roster,
            pipeline,
            row_keys: roster.items.iter().map(key).collect(),
            task_keys: plan.tasks.iter().map(key).collect(),
            numbers: roster.items.iter().map(number).collect(),
            task_numbers: plan.tasks.iter().map(number).collect(),
            pair_of_row: roster.items.iter().map(|_| None).collect(),
            row_of_task: plan.tasks.iter().map(|_| None).collect(),
            fates: BTreeMap::new(),
            trusted: BTreeSet::new(),
            used_pairings: BTreeSet::new(),
            rows_of_unit,
            tasks_of_unit,
        }
    }

    fn join(&mut self, row: RowId, task: TaskId, why: Why) {
        self.pair_of_row[row] = Some(Pair { row, task, why });
        self.row_of_task[task].get_or_insert(row);
        self.fates.remove(&row);
    }

    fn is_free_row(&self, row: RowId) -> bool {
        self.pair_of_row[row].is_none() && !self.fates.contains_key(&row)
    }

    /// Whether each row has still to find its task, in the order of the rows.
    pub(super) fn are_free(&self) -> impl Iterator<Item = bool> {
        self.roster.items.keys().map(|row| self.is_free_row(row))
    }

    fn free_rows(&self, unit: UnitId) -> Vec<RowId> {
        let rows = self.rows_of_unit[unit].iter().copied();
        rows.filter(|row| self.is_free_row(*row)).collect()
    }

    fn free_tasks(&self, unit: UnitId) -> Vec<TaskId> {
        let tasks = self.tasks_of_unit[unit].iter().copied();
        tasks.filter(|task| self.row_of_task[*task].is_none()).collect()
    }

    fn units(&self) -> impl Iterator<Item = UnitId> + use<> {
        self.plan.names.units.keys()
    }

    /// What a person has decided about a doubtful row.
    pub(super) fn decided(&mut self) {
        let shown = |item: &Item<'_>| fold::key(&shown_task(item.row, self.pipeline));
        for (place, pairing) in self.pipeline.matching.pairings.iter().enumerate() {
            let Some(unit) = self.plan.names.in_text(&pairing.unit) else { continue };
            let submitted = fold::key(&pairing.submitted);
            let decided = fold::key(&pairing.task);
            let rows: Vec<RowId> = self
                .free_rows(unit)
                .into_iter()
                .filter(|row| shown(&self.roster.items[*row]) == submitted)
                .collect();
            for row in rows {
                if decided.is_empty() {
                    self.fates.insert(row, Fate::Extra);
                    self.used_pairings.insert(place);
                    continue;
                }
                let is_task = |task: &TaskId| {
                    let item = &self.plan.tasks[*task];
                    item.unit == unit && shown(item) == decided
                };
                let free = self.free_tasks(unit).into_iter().find(is_task);
                let added = || self.tasks_of_unit[unit].iter().copied().find(is_task);
                let task = if self.pipeline.matching.roll_up { free.or_else(added) } else { free };
                if let Some(task) = task {
                    self.join(row, task, Why::Decided { pairing: place });
                    self.used_pairings.insert(place);
                }
            }
        }
    }

    /// Rows and tasks of one unit with the same text. Of several rows with one text the one that
    /// agrees with the plan in more fields is the task.
    pub(super) fn same_text(&mut self, candidates: &[(RowId, TaskId)]) {
        self.trusted = self.sheets_with_plan_numbers(&unambiguous(candidates));
        let mut ranked: Vec<(i64, bool, RowId, TaskId)> = candidates
            .iter()
            .filter(|(row, task)| self.is_free_row(*row) && self.row_of_task[*task].is_none())
            .map(|&(row, task)| {
                (self.agreement(row, task), self.has_number_of(row, task), row, task)
            })
            .collect();
        // Rows that agree equally: the one that bears the task's number, else the first.
        ranked.sort_by_key(|&(agreement, numbered, row, task)| (-agreement, !numbered, row, task));
        for (_, _, row, task) in ranked {
            if self.is_free_row(row) && self.row_of_task[task].is_none() {
                self.join(row, task, Why::SameText);
            }
        }
        let joined: Vec<(RowId, TaskId)> =
            self.pair_of_row.iter().flatten().map(|pair| (pair.row, pair.task)).collect();
        self.trusted = self.sheets_with_plan_numbers(&joined);
        // What is left over repeats a task, unless its number is another free and similar one.
        let left: BTreeMap<RowId, TaskId> = candidates
            .iter()
            .filter(|(row, _)| self.is_free_row(*row))
            .map(|(row, task)| (*row, *task))
            .collect();
        for (row, task) in left {
            if let Some((other, likeness)) = self.task_of_number(row) {
                self.join(row, other, Why::Number { likeness });
            } else if self.pipeline.matching.roll_up {
                self.join(row, task, Why::SameText);
            } else if let Some(of) = self.row_of_task[task] {
                self.fates.insert(row, Fate::Repeated { task, of });
            }
        }
    }

    /// Numbers count on sheets where most exactly matched rows carry the plan's.
    fn sheets_with_plan_numbers(&self, exact: &[(RowId, TaskId)]) -> BTreeSet<(FileId, SheetId)> {
        let mut counts: BTreeMap<(FileId, SheetId), (usize, usize)> = BTreeMap::new();
        for &(row, task) in exact {
            let item = &self.roster.items[row];
            let (same, all) = counts.entry((item.file, item.sheet)).or_default();
            *all += 1;
            let number = self.numbers[row];
            *same += usize::from(number.is_some() && number == self.task_numbers[task]);
        }
        let most = |(same, all): (usize, usize)| same * 2 > all;
        counts.into_iter().filter(|(_, counted)| most(*counted)).map(|(sheet, _)| sheet).collect()
    }

    /// Returns whether a row bears the task's number, on a sheet where that counts.
    fn has_number_of(&self, row: RowId, task: TaskId) -> bool {
        let item = &self.roster.items[row];
        let number = self.numbers[row];
        self.trusted.contains(&(item.file, item.sheet))
            && number.is_some()
            && number == self.task_numbers[task]
    }

    /// Returns the free task of the row's unit that bears the row's trusted number and whose text
    /// is half alike.
    fn task_of_number(&self, row: RowId) -> Option<(TaskId, f64)> {
        let item = &self.roster.items[row];
        if !self.trusted.contains(&(item.file, item.sheet)) {
            return None;
        }
        let number = self.numbers[row]?;
        let task = self
            .free_tasks(item.unit)
            .into_iter()
            .find(|task| self.task_numbers[*task] == Some(number))?;
        let likeness = self.likeness(row, task);
        (likeness >= FLOOR_WITH_NUMBER).then_some((task, likeness))
    }

    /// A row is as like a task as the least alike of its key columns: two villages are not
    /// alike because the same work is planned in both.
    fn likeness(&self, row: RowId, task: TaskId) -> f64 {
        let (one, other) = (&self.row_keys[row], &self.task_keys[task]);
        let fields = &self.pipeline.roles.key;
        let parts = one.split(KEY_SEPARATOR).zip(other.split(KEY_SEPARATOR));
        fields
            .iter()
            .zip(parts)
            .map(|(field, (one, other))| self.likeness_of_part(*field, one, other))
            .fold(1.0, f64::min)
    }

    fn likeness_of_part(&self, field: ColumnId, one: &str, other: &str) -> f64 {
        if one == other {
            return 1.0;
        }
        let choices = &self.pipeline.columns[field].choices;
        let is_declared = |key: &str| choices.iter().any(|choice| fold::key(&choice.value) == key);
        if is_declared(one) && is_declared(other) {
            // Two declared choices are two things, however alike their names.
            return 0.0;
        }
        let meant = ratio(&canonical(one, self.pipeline), &canonical(other, self.pipeline));
        ratio(one, other).max(meant)
    }

    /// Rows with the exact text of another unit's task.
    pub(super) fn other_units(&mut self, candidates: &[(RowId, TaskId)]) {
        let mut homes: BTreeMap<RowId, Vec<TaskId>> = BTreeMap::new();
        for (row, task) in candidates {
            let other = self.plan.tasks[*task].unit != self.roster.items[*row].unit;
            if other && self.is_free_row(*row) {
                homes.entry(*row).or_default().push(*task);
            }
        }
        for (row, tasks) in homes {
            let task = self.clearest_home(row, &tasks);
            let unit = self.plan.tasks[task.unwrap_or(tasks[0])].unit;
            self.fates.insert(row, Fate::Misplaced { unit, task });
        }
    }

    /// Of several units' tasks with one text: the one whose number agrees, else the one that
    /// agrees in most fields; none where that does not decide.
    fn clearest_home(&self, row: RowId, tasks: &[TaskId]) -> Option<TaskId> {
        if let [only] = tasks {
            return Some(*only);
        }
        let number = self.numbers[row];
        let same_number: Vec<TaskId> = tasks
            .iter()
            .copied()
            .filter(|task| number.is_some() && self.task_numbers[*task] == number)
            .collect();
        if let [only] = same_number.as_slice() {
            return Some(*only);
        }
        let most = tasks.iter().map(|task| self.agreement(row, *task)).max()?;
        let best: Vec<TaskId> =
            tasks.iter().copied().filter(|task| self.agreement(row, *task) == most).collect();
        match best.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Texts that are equal once declared synonyms and droppable phrases are applied.
    pub(super) fn same_meaning(&mut self) {
        for unit in self.units() {
            let rows = self.free_rows(unit);
            let tasks = self.free_tasks(unit);
            if rows.is_empty() || tasks.is_empty() {
                continue;
            }
            let meant = |key: &str| canonical(key, self.pipeline);
            let rows: Vec<(RowId, String)> =
                rows.into_iter().map(|row| (row, meant(&self.row_keys[row]))).collect();
            let tasks: Vec<(TaskId, String)> =
                tasks.into_iter().map(|task| (task, meant(&self.task_keys[task]))).collect();
            for (row, text) in &rows {
                let same: Vec<TaskId> = tasks
                    .iter()
                    .filter(|(_, other)| other == text)
                    .map(|(task, _)| *task)
                    .collect();
                let rivals = rows.iter().filter(|(_, other)| other == text).count();
                if let ([task], 1) = (same.as_slice(), rivals) {
                    self.join(*row, *task, Why::SameMeaning);
                }
            }
        }
    }

    /// Returns how alike what is left of each unit is, for the steps that go by it.
    pub(super) fn alike(&self) -> Vec<Alike> {
        let of_unit = |unit: UnitId| {
            let (rows, tasks) = (self.free_rows(unit), self.free_tasks(unit));
            let likeness = rows
                .iter()
                .map(|row| tasks.iter().map(|task| self.likeness(*row, *task)).collect())
                .collect();
            Alike { rows, tasks, likeness }
        };
        let open = |alike: &Alike| !alike.rows.is_empty() && !alike.tasks.is_empty();
        self.units().map(of_unit).filter(open).collect()
    }

    /// Returns what is said for a row's being a task, in ten-thousandths: their likeness, and each
    /// field in which they agree.
    fn score(&self, alike: &Alike, row: usize, task: usize) -> i64 {
        ten_thousandths(alike.likeness[row][task])
            + AGREEING_FIELD * self.agreement(alike.rows[row], alike.tasks[task])
    }

    /// Rows and tasks that are clearly like each other, and like nothing else nearly as much: before
    /// numbers count, since a list that lost a row is often numbered anew.
    pub(super) fn by_clear_likeness(&mut self, all: &[Alike]) {
        for alike in all {
            if alike.likeness.iter().flatten().all(|likeness| *likeness < CLEAR) {
                continue;
            }
            let (rows, tasks) = (0..alike.rows.len(), 0..alike.tasks.len());
            let scores: Vec<Vec<i64>> = rows
                .clone()
                .map(|row| tasks.clone().map(|task| self.score(alike, row, task)).collect())
                .collect();
            for row in rows.clone() {
                let best = tasks.clone().max_by_key(|task| scores[row][*task]);
                let is_clear = |task: &usize| alike.likeness[row][*task] >= CLEAR;
                let Some(task) = best.filter(is_clear) else { continue };
                let in_row = tasks.clone().filter(|other| *other != task);
                let in_task = rows.clone().filter(|other| *other != row);
                let rivals = in_row
                    .map(|other| scores[row][other])
                    .chain(in_task.map(|other| scores[other][task]));
                if rivals.max().is_none_or(|rival| scores[row][task] - rival >= MARGIN) {
                    self.join(alike.rows[row], alike.tasks[task], alike.why(row, task));
                }
            }
        }
    }

    pub(super) fn by_number(&mut self) {
        for unit in self.units() {
            for row in self.free_rows(unit) {
                if let Some((task, likeness)) = self.task_of_number(row) {
                    self.join(row, task, Why::Number { likeness });
                }
            }
        }
    }

    /// The best assignment of what is left, where it is clearly the best.
    pub(super) fn by_likeness(&mut self, all: &[Alike]) {
        for alike in all {
            let alike = alike.still_free(self);
            let scores: assign::Scores = (0..alike.rows.len())
                .map(|row| {
                    let one = |task: usize| {
                        (alike.likeness[row][task] >= FLOOR).then(|| self.score(&alike, row, task))
                    };
                    (0..alike.tasks.len()).map(one).collect()
                })
                .collect();
            for assigned in assign::best(&scores) {
                let row = alike.rows[assigned.row];
                let own = scores[assigned.row][assigned.task].unwrap_or(0);
                if assigned.margin >= MARGIN {
                    let why = alike.why(assigned.row, assigned.task);
                    self.join(row, alike.tasks[assigned.task], why);
                    continue;
                }
                let rivals = scores[assigned.row]
                    .iter()
                    .enumerate()
                    .filter(|(_, score)| score.is_some_and(|score| own - score < 2 * MARGIN))
                    .map(|(place, _)| (alike.tasks[place], alike.likeness[assigned.row][place]))
                    .collect();
                self.fates.insert(row, Fate::Doubtful { tasks: rivals });
            }
        }
    }

    /// Rows beyond the first for a task, with wording of their own.
    pub(super) fn added_up(&mut self) {
        for unit in self.units() {
            for row in self.free_rows(unit) {
                let mut alike: Vec<(f64, TaskId)> = self.tasks_of_unit[unit]
                    .iter()
                    .map(|task| (self.likeness(row, *task), *task))
                    .collect();
                alike.sort_by(|one, other| other.0.total_cmp(&one.0));
                let second = alike.get(1).map_or(0.0, |(likeness, _)| *likeness);
                if let Some((likeness, task)) = alike.first().copied()
                    && likeness >= FLOOR_FOR_ADDING
                    && ten_thousandths(likeness) - ten_thousandths(second) >= MARGIN
                {
                    self.join(row, task, Why::Likeness { likeness, second });
                }
            }
        }
    }

    /// Returns in how many compared fields beside the text a row agrees with a task.
    fn agreement(&self, row: RowId, task: TaskId) -> i64 {
        let (row, task) = (self.roster.items[row].row, self.plan.tasks[task].row);
        let fields = self.pipeline.check.compare.iter().map(|compare| compare.column);
        let agreeing =
            fields.filter(|field| !self.pipeline.roles.key.contains(field)).filter(|field| {
                let kind = self.pipeline.columns[*field].kind;
                if kind.is_text() {
                    let text = |row: &crate::normalise::TableRow| {
                        row.entries[*field]
                            .as_ref()
                            .and_then(|entry| entry.value.text())
                            .map(fold::key)
                    };
                    row.entries[*field].is_some() && text(row) == text(task)
                } else {
                    let (state, value) = frame::figure(row, *field);
                    let (plan_state, planned) = frame::figure(task, *field);
                    let nothing = |state: State, value: Option<i64>| {
                        matches!(state, State::Blank | State::NotApplicable)
                            || (kind.is_zero_where_blank() && value == Some(0))
                    };
                    // A month without a year is that of the plan.
                    let same_month = state == State::MonthOfYear
                        && plan_state == State::Value
                        && planned.is_some_and(|ordinal| value == Some(ordinal.rem_euclid(12) + 1));
                    // Nothing against nothing is no difference, and so agrees.
                    same_month
                        || (state == State::Value && value == planned)
                        || (nothing(state, value) && nothing(plan_state, planned))
                }
            });
        i64::try_from(agreeing.count()).expect("a handful of fields")
    }

    pub(super) fn finish(mut self) -> Matched {
        let rows = self.roster.items.keys();
        for row in rows {
            if self.is_free_row(row) {
                self.fates.insert(row, Fate::Extra);
            }
        }
        let in_doubt: BTreeSet<TaskId> = self
            .fates
            .values()
            .filter_map(|fate| match fate {
                Fate::Doubtful { tasks } => Some(tasks.iter().map(|(task, _)| *task)),
                _ => None,
            })
            .flatten()
            .collect();
        // A unit whose files list no tasks at all has been told so.
        let submitted = |unit: UnitId| {
            matches!(
                self.roster.units[unit].0,
                Standing::Submitted | Standing::Duplicate | Standing::Blank
            ) && !self.roster.unread.contains(&unit)
        };
        let missing = self
            .plan
            .tasks
            .keys()
            .filter(|task| {
                self.row_of_task[*task].is_none()
                    && !in_doubt.contains(task)
                    && submitted(self.plan.tasks[*task].unit)
            })
            .collect();
        Matched {
            pairs: self.pair_of_row.into_iter().flatten().collect(),
            fates: self.fates,
            missing,
            used_pairings: self.used_pairings,
        }
    }
}

/// Returns an empty list for each unit.
fn by_unit<T>(plan: &Plan<'_>) -> IdVec<UnitId, Vec<T>> {
    plan.names.units.iter().map(|_| Vec::new()).collect()
}

/// Returns the pairs whose row and task occur in no other.
fn unambiguous(candidates: &[(RowId, TaskId)]) -> Vec<(RowId, TaskId)> {
    let mut rows: BTreeMap<RowId, usize> = BTreeMap::new();
    let mut tasks: BTreeMap<TaskId, usize> = BTreeMap::new();
    for (row, task) in candidates {
        *rows.entry(*row).or_default() += 1;
        *tasks.entry(*task).or_default() += 1;
    }
    candidates.iter().copied().filter(|(row, task)| rows[row] == 1 && tasks[task] == 1).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a likeness is at most 1")]
fn ten_thousandths(likeness: f64) -> i64 {
    (likeness * 10_000.0).round() as i64
}
