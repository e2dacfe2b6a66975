//! The steps of matching; each leaves the rows and tasks that it decides out of the next.

use std::collections::{BTreeMap, BTreeSet};

use super::addition;
use super::agreeing::{self, Evidence};
use super::assign::{self, Top};
use super::evidence::{self, Declared, Fields, Texts};
use super::exact::OneText;
use super::in_parts;
use super::named::Named;
use super::{Fate, Frames, Matched, Pair, Why, canonical};
use crate::model::{FileId, IdVec, RowId, SheetId, TaskId, Text, UnitId, fold};
use crate::normalise::frame::{self, Item};
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
    row_keys: &'a IdVec<RowId, Text>,
    task_keys: &'a IdVec<TaskId, Text>,
    numbers: IdVec<RowId, Option<i64>>,
    task_numbers: IdVec<TaskId, Option<i64>>,
    /// The tasks of each unit that bear a number, in their order.
    by_number: BTreeMap<(UnitId, i64), Vec<TaskId>>,
    declared: Declared,
    pair_of_row: IdVec<RowId, Option<Pair>>,
    row_of_task: IdVec<TaskId, Option<RowId>>,
    fates: BTreeMap<RowId, Fate>,
    /// Sheets whose numbers are the plan's, by file and sheet.
    trusted: BTreeSet<(FileId, SheetId)>,
    used_pairings: BTreeSet<usize>,
    /// Rows and tasks that a person has decided are not the same.
    apart: BTreeSet<(RowId, TaskId)>,
    rows_of_unit: IdVec<UnitId, Vec<RowId>>,
    tasks_of_unit: IdVec<UnitId, Vec<TaskId>>,
    crowds: Vec<Vec<RowId>>,
}

/// What is left of one unit, and how alike it is. It is made once: the likeness of two texts is what
/// matching spends its time on.
pub(super) struct Alike {
    rows: Vec<RowId>,
    tasks: Vec<TaskId>,
    row_fields: Vec<Fields>,
    task_fields: Vec<Fields>,
    /// Of each row the tasks that it was compared with, in their order, and their likeness.
    likeness: Vec<Vec<(usize, f64)>>,
}

impl Alike {
    /// Returns the evidence that a row is a task: their likeness, and the next best of the tasks
    /// that are still `open`.
    fn why(&self, row: usize, task: usize, open: impl Fn(usize) -> bool) -> Why {
        let mut why = (0.0, 0.0_f64);
        for (other, alike) in &self.likeness[row] {
            if *other == task {
                why.0 = *alike;
            } else if open(*other) {
                why.1 = why.1.max(*alike);
            }
        }
        Why::Likeness { likeness: why.0, second: why.1 }
    }

    /// Returns what is said for a row's being a task, in ten-thousandths: their likeness, and each
    /// field in which they agree.
    fn score(&self, row: usize, (task, likeness): (usize, f64)) -> i64 {
        ten_thousandths(likeness)
            + AGREEING_FIELD * Fields::agreement(&self.row_fields[row], &self.task_fields[task])
    }
}

impl<'a> Work<'a> {
    pub(super) fn new(
        frames: &'a Frames,
        plan: &'a Plan<'a>,
        roster: &'a Roster<'a>,
        pipeline: &'a Pipeline,
    ) -> Self {
        let number = |item: &Item<'_>| frame::number(item.row, pipeline);
        let mut rows_of_unit: IdVec<UnitId, Vec<RowId>> = by_unit(plan);
        for (row, item) in roster.items.iter_enumerated() {
            rows_of_unit[item.unit].push(row);
        }
        let mut tasks_of_unit: IdVec<UnitId, Vec<TaskId>> = by_unit(plan);
        let mut by_number: BTreeMap<(UnitId, i64), Vec<TaskId>> = BTreeMap::new();
        for (task, item) in plan.tasks.iter_enumerated() {
            tasks_of_unit[item.unit].push(task);
            if let Some(number) = number(item) {
                by_number.entry((item.unit, number)).or_default().push(task);
            }
        }
        Self {
            plan,
            roster,
            pipeline,
            row_keys: &frames.row_keys,
            task_keys: &frames.task_keys,
            numbers: roster.items.iter().map(number).collect(),
            task_numbers: plan.tasks.iter().map(number).collect(),
            by_number,
            declared: Declared::of(pipeline),
            pair_of_row: roster.items.iter().map(|_| None).collect(),
            row_of_task: plan.tasks.iter().map(|_| None).collect(),
            fates: BTreeMap::new(),
            trusted: BTreeSet::new(),
            used_pairings: BTreeSet::new(),
            apart: BTreeSet::new(),
            rows_of_unit,
            tasks_of_unit,
            crowds: Vec::new(),
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

    /// The rows that have still to find their task.
    pub(super) fn free(&self) -> impl Iterator<Item = RowId> {
        self.roster.items.keys().filter(|row| self.is_free_row(*row))
    }

    fn free_rows(&self, unit: UnitId) -> Vec<RowId> {
        let rows = self.rows_of_unit[unit].iter().copied();
        rows.filter(|row| self.is_free_row(*row)).collect()
    }

    fn free_tasks(&self, unit: UnitId) -> Vec<TaskId> {
        let tasks = self.tasks_of_unit[unit].iter().copied();
        tasks.filter(|task| self.row_of_task[*task].is_none()).collect()
    }

    pub(super) fn units(&self) -> impl Iterator<Item = UnitId> + use<> {
        self.plan.names.units.keys()
    }

    /// What a person has decided about a doubtful row.
    pub(super) fn decided(&mut self) {
        let decided = &self.pipeline.matching;
        if decided.pairings.is_empty() && decided.apart.is_empty() {
            return;
        }
        let rows = Named::of(self.roster.items.iter_enumerated(), self.pipeline);
        let tasks = Named::of(self.plan.tasks.iter_enumerated(), self.pipeline);
        for apart in &decided.apart {
            let Some(unit) = self.plan.names.in_text(&apart.unit) else { continue };
            for row in rows.called(unit, &apart.submitted) {
                let own = tasks.called(unit, &apart.task).iter();
                self.apart.extend(own.map(|task| (*row, *task)));
            }
        }
        for (place, pairing) in decided.pairings.iter().enumerate() {
            let Some(unit) = self.plan.names.in_text(&pairing.unit) else { continue };
            let decided = fold::key(&pairing.task);
            let own = rows.called(unit, &fold::key(&pairing.submitted)).iter().copied();
            let own: Vec<RowId> = own.filter(|row| self.is_free_row(*row)).collect();
            for row in own {
                if decided.is_empty() {
                    self.fates.insert(row, Fate::Extra);
                    self.used_pairings.insert(place);
                    continue;
                }
                let called = tasks.called(unit, &decided);
                let free = called.iter().find(|task| self.row_of_task[**task].is_none());
                let added = || called.first();
                let task = if self.pipeline.matching.roll_up { free.or_else(added) } else { free };
                if let Some(task) = task {
                    self.join(row, *task, Why::Decided { pairing: place });
                    self.used_pairings.insert(place);
                }
            }
        }
    }

    /// Rows and tasks of one unit with the same text. Of several rows with one text the one that
    /// agrees with the plan in more fields is the task.
    pub(super) fn same_text(&mut self, texts: &[OneText]) {
        self.trusted = self.sheets_with_plan_numbers(self.unambiguous(texts).into_iter());
        for text in texts {
            self.of_one_text(text);
        }
        let joined = self.pair_of_row.iter().flatten().map(|pair| (pair.row, pair.task));
        self.trusted = self.sheets_with_plan_numbers(joined);
        // What is left over repeats a task, unless its number is another free and similar one.
        let mut left: Vec<(RowId, TaskId)> = Vec::new();
        for text in texts {
            let rows = text.rows.iter().filter(|row| self.is_free_row(**row));
            left.extend(rows.filter_map(|row| {
                let last = text.tasks.iter().rev().find(|task| self.may_be(*row, **task));
                Some((*row, *last?))
            }));
        }
        left.sort_unstable();
        let adding =
            in_parts::units(&left, &self.row_of_task, self.plan, self.roster, self.pipeline);
        for (row, task) in left {
            let adds_up =
                self.pipeline.matching.roll_up || adding.contains(&self.plan.tasks[task].unit);
            if let Some((other, likeness)) = self.task_of_number(row).filter(|_| !adds_up) {
                self.join(row, other, Why::Number { likeness });
            } else if adds_up {
                self.join(row, task, Why::SameText);
            } else if let Some(of) = self.row_of_task[task] {
                self.fates.insert(row, Fate::Repeated { task, of });
            }
        }
    }

    /// The free rows and tasks of one text.
    fn of_one_text(&mut self, text: &OneText) {
        let rows: Vec<RowId> =
            text.rows.iter().copied().filter(|row| self.is_free_row(*row)).collect();
        let tasks = text.tasks.iter().copied();
        let tasks: Vec<TaskId> = tasks.filter(|task| self.row_of_task[*task].is_none()).collect();
        let pairs = match (rows.as_slice(), tasks.as_slice()) {
            ([], _) | (_, []) => return,
            ([row], [task]) if self.may_be(*row, *task) => vec![(0, 0)],
            _ => {
                let of_rows: Vec<Evidence> =
                    rows.iter().map(|row| self.evidence_of_row(*row)).collect();
                let of_tasks: Vec<Evidence> =
                    tasks.iter().map(|task| self.evidence_of_task(*task)).collect();
                if rows.iter().any(|row| self.is_kept_apart(*row)) {
                    let may = |row: usize, task: usize| self.may_be(rows[row], tasks[task]);
                    let of_rows: Vec<&Evidence> = of_rows.iter().collect();
                    let of_tasks: Vec<&Evidence> = of_tasks.iter().collect();
                    agreeing::ranked(&of_rows, &of_tasks, may)
                } else {
                    agreeing::paired(&of_rows, &of_tasks)
                }
            }
        };
        for (row, task) in pairs {
            self.join(rows[row], tasks[task], Why::SameText);
        }
    }

    /// Returns what a row says beside its text; its number only where that counts.
    fn evidence_of_row(&self, row: RowId) -> Evidence {
        let item = &self.roster.items[row];
        let number = self.numbers[row].filter(|_| self.trusted.contains(&(item.file, item.sheet)));
        Evidence { fields: self.fields_of_row(row), number }
    }

    fn evidence_of_task(&self, task: TaskId) -> Evidence {
        Evidence { fields: self.fields_of_task(task), number: self.task_numbers[task] }
    }

    /// Returns whether nobody has decided that a row is no such task.
    fn may_be(&self, row: RowId, task: TaskId) -> bool {
        !self.apart.contains(&(row, task))
    }

    /// Returns whether it has been decided of any task that a row is not it.
    fn is_kept_apart(&self, row: RowId) -> bool {
        let (first, last) = (TaskId::FIRST, TaskId::of_frame(u32::MAX - 1));
        self.apart.range((row, first)..=(row, last)).next().is_some()
    }

    /// Returns the pairs of texts that one row and one task have, and no other.
    fn unambiguous(&self, texts: &[OneText]) -> Vec<(RowId, TaskId)> {
        let pairs_of = |OneText { rows, tasks }: &OneText| match (rows.as_slice(), tasks.as_slice())
        {
            ([row], [task]) if self.may_be(*row, *task) => vec![(*row, *task)],
            (rows, tasks) if rows.iter().any(|row| self.is_kept_apart(*row)) => {
                let of_row = |row: &RowId| {
                    let row = *row;
                    let own = tasks.iter().filter(move |task| self.may_be(row, **task));
                    own.map(move |task| (row, *task))
                };
                alone(&rows.iter().flat_map(of_row).collect::<Vec<_>>())
            }
            _ => Vec::new(),
        };
        texts.iter().flat_map(pairs_of).collect()
    }

    /// Numbers count on sheets where most exactly matched rows carry the plan's.
    fn sheets_with_plan_numbers(
        &self,
        exact: impl Iterator<Item = (RowId, TaskId)>,
    ) -> BTreeSet<(FileId, SheetId)> {
        let mut counts: BTreeMap<(FileId, SheetId), (usize, usize)> = BTreeMap::new();
        for (row, task) in exact {
            let item = &self.roster.items[row];
            let (same, all) = counts.entry((item.file, item.sheet)).or_default();
            *all += 1;
            let number = self.numbers[row];
            *same += usize::from(number.is_some() && number == self.task_numbers[task]);
        }
        let most = |(same, all): (usize, usize)| same * 2 > all;
        counts.into_iter().filter(|(_, counted)| most(*counted)).map(|(sheet, _)| sheet).collect()
    }

    /// Returns the free task of the row's unit that bears the row's trusted number and whose text
    /// is half alike.
    fn task_of_number(&self, row: RowId) -> Option<(TaskId, f64)> {
        let item = &self.roster.items[row];
        if !self.trusted.contains(&(item.file, item.sheet)) {
            return None;
        }
        let number = self.numbers[row]?;
        let numbered = self.by_number.get(&(item.unit, number))?.iter().copied();
        let is_open = |task: &TaskId| {
            self.row_of_task[*task].is_none() && !self.apart.contains(&(row, *task))
        };
        let task = numbered.into_iter().find(is_open)?;
        let likeness = self.likeness(row, task);
        (likeness >= FLOOR_WITH_NUMBER).then_some((task, likeness))
    }

    fn texts(&self, key: &str) -> Texts {
        Texts::of(key, &self.declared, self.pipeline)
    }

    fn likeness(&self, row: RowId, task: TaskId) -> f64 {
        Texts::likeness(&self.texts(&self.row_keys[row]), &self.texts(&self.task_keys[task]))
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
            let mut same: BTreeMap<&str, (Vec<TaskId>, usize)> = BTreeMap::new();
            for (task, text) in &tasks {
                same.entry(text).or_default().0.push(*task);
            }
            for (_, text) in &rows {
                if let Some((_, rivals)) = same.get_mut(text.as_str()) {
                    *rivals += 1;
                }
            }
            for (row, text) in &rows {
                if let Some(([task], 1)) =
                    same.get(text.as_str()).map(|(tasks, rivals)| (tasks.as_slice(), *rivals))
                    && !self.apart.contains(&(*row, *task))
                {
                    self.join(*row, *task, Why::SameMeaning);
                }
            }
        }
    }

    /// Returns how alike what is left of a unit is, for the steps that go by it, once texts are paired that are
    /// equal but for the same words.
    pub(super) fn alike(&mut self, unit: UnitId) -> Option<Alike> {
        let (mut rows, mut tasks) = (self.free_rows(unit), self.free_tasks(unit));
        if self.same_addition(&rows, &tasks) {
            (rows, tasks) = (self.free_rows(unit), self.free_tasks(unit));
        }
        (!rows.is_empty() && !tasks.is_empty()).then(|| self.compared(rows, tasks))
    }

    /// Texts that are equal once words are left out that nearly all rows of the unit have more than the plan,
    /// or less. Returns whether there are any.
    fn same_addition(&mut self, rows: &[RowId], tasks: &[TaskId]) -> bool {
        let row_keys: Vec<&str> = rows.iter().map(|row| self.row_keys[*row].as_str()).collect();
        let task_keys: Vec<&str> =
            tasks.iter().map(|task| self.task_keys[*task].as_str()).collect();
        let paired = addition::paired(&row_keys, &task_keys);
        for (row, task) in &paired {
            let (row, task) = (rows[*row], tasks[*task]);
            if self.may_be(row, task) {
                self.join(row, task, Why::SameAddition);
            }
        }
        !paired.is_empty()
    }

    fn compared(&self, rows: Vec<RowId>, tasks: Vec<TaskId>) -> Alike {
        let of_row = |row: &RowId| (self.texts(&self.row_keys[*row]), self.fields_of_row(*row));
        let of_task =
            |task: &TaskId| (self.texts(&self.task_keys[*task]), self.fields_of_task(*task));
        let of_rows: Vec<(Texts, Fields)> = rows.iter().map(of_row).collect();
        let of_tasks: Vec<(Texts, Fields)> = tasks.iter().map(of_task).collect();
        let mut likeness = evidence::candidates(&of_rows, &of_tasks);
        if !self.apart.is_empty() {
            for (row, list) in rows.iter().zip(&mut likeness) {
                list.retain(|(task, _)| !self.apart.contains(&(*row, tasks[*task])));
            }
        }
        Alike {
            likeness,
            rows,
            tasks,
            row_fields: of_rows.into_iter().map(|(_, fields)| fields).collect(),
            task_fields: of_tasks.into_iter().map(|(_, fields)| fields).collect(),
        }
    }

    /// Rows and tasks that are clearly like each other, and like nothing else nearly as much: before
    /// numbers count, since a list that lost a row is often numbered anew.
    pub(super) fn by_clear_likeness(&mut self, alike: &Alike) {
        if alike.likeness.iter().flatten().all(|(_, likeness)| *likeness < CLEAR) {
            return;
        }
        let mut of_rows: Vec<Top> = vec![Top::default(); alike.rows.len()];
        let mut of_tasks: Vec<Top> = vec![Top::default(); alike.tasks.len()];
        for (row, list) in alike.likeness.iter().enumerate() {
            for (task, likeness) in list {
                let score = alike.score(row, (*task, *likeness));
                of_rows[row].add(*task, score);
                of_tasks[*task].add(row, score);
            }
        }
        for (row, top) in of_rows.iter().enumerate() {
            let Some(task) = top.at else { continue };
            let own = alike.likeness[row].iter().find(|(other, _)| *other == task);
            if own.is_none_or(|(_, likeness)| *likeness < CLEAR) {
                continue;
            }
            let rival = top.second.into_iter().chain(of_tasks[task].beside(row)).max();
            if rival.is_none_or(|rival| top.best - rival >= MARGIN) {
                let why = alike.why(row, task, |_| true);
                self.join(alike.rows[row], alike.tasks[task], why);
            }
        }
    }

    pub(super) fn by_number(&mut self, unit: UnitId) {
        for row in self.free_rows(unit) {
            if let Some((task, likeness)) = self.task_of_number(row) {
                self.join(row, task, Why::Number { likeness });
            }
        }
    }

    /// The best assignment of what is left, where it is clearly the best.
    pub(super) fn by_likeness(&mut self, alike: &Alike) {
        let open: Vec<bool> =
            alike.tasks.iter().map(|task| self.row_of_task[*task].is_none()).collect();
        let rows: Vec<usize> =
            (0..alike.rows.len()).filter(|row| self.is_free_row(alike.rows[*row])).collect();
        // The assignment knows only what is left.
        let tasks: Vec<usize> = (0..alike.tasks.len()).filter(|task| open[*task]).collect();
        let place_of = |task: usize| tasks.binary_search(&task).ok();
        let scores: assign::Scores = rows
            .iter()
            .map(|row| {
                let likely = alike.likeness[*row].iter();
                let likely = likely.filter(|(_, likeness)| *likeness >= FLOOR);
                likely.filter_map(|one| Some((place_of(one.0)?, alike.score(*row, *one)))).collect()
            })
            .collect();
        let likeness_of = |row: usize, task: usize| {
            let own = alike.likeness[row].iter().find(|(other, _)| *other == task);
            own.map_or(0.0, |(_, likeness)| *likeness)
        };
        let found = assign::best(&scores, tasks.len(), MARGIN);
        for assigned in found.pairs {
            let (row, task) = (rows[assigned.row], tasks[assigned.task]);
            if assigned.margin >= MARGIN {
                let why = alike.why(row, task, |other| open[other]);
                self.join(alike.rows[row], alike.tasks[task], why);
                continue;
            }
            let scores = &scores[assigned.row];
            let own = scores.iter().find(|(other, _)| *other == assigned.task);
            let own = own.map_or(0, |(_, score)| *score);
            let rivals = scores.iter().filter(|(_, score)| own - score < 2 * MARGIN);
            let rivals = rivals
                .map(|(place, _)| (alike.tasks[tasks[*place]], likeness_of(row, tasks[*place])));
            self.fates.insert(alike.rows[row], Fate::Doubtful { tasks: rivals.collect() });
        }
        for crowd in found.crowds {
            for place in &crowd {
                let row = rows[*place];
                let likely = scores[*place].iter().map(|(place, _)| tasks[*place]);
                let likely = likely.map(|task| (alike.tasks[task], likeness_of(row, task)));
                self.fates.insert(alike.rows[row], Fate::Doubtful { tasks: likely.collect() });
            }
            self.crowds.push(crowd.iter().map(|place| alike.rows[rows[*place]]).collect());
        }
    }

    /// Rows beyond the first for a task, with wording of their own.
    pub(super) fn added_up(&mut self) {
        for unit in self.units() {
            let rows = self.free_rows(unit);
            if rows.is_empty() || self.tasks_of_unit[unit].is_empty() {
                continue;
            }
            let all = self.compared(rows, self.tasks_of_unit[unit].clone());
            for (row, likeness) in all.rows.iter().zip(&all.likeness) {
                let mut alike = likeness.clone();
                alike.sort_by(|one, other| other.1.total_cmp(&one.1));
                let second = alike.get(1).map_or(0.0, |(_, likeness)| *likeness);
                if let Some((task, likeness)) = alike.first().copied()
                    && likeness >= FLOOR_FOR_ADDING
                    && ten_thousandths(likeness) - ten_thousandths(second) >= MARGIN
                {
                    self.join(*row, all.tasks[task], Why::Likeness { likeness, second });
                }
            }
        }
    }

    /// Returns in how many compared fields beside the text a row agrees with a task.
    fn agreement(&self, row: RowId, task: TaskId) -> i64 {
        Fields::agreement(&self.fields_of_row(row), &self.fields_of_task(task))
    }

    fn fields_of_row(&self, row: RowId) -> Fields {
        Fields::of(self.roster.items[row].row, self.pipeline)
    }

    fn fields_of_task(&self, task: TaskId) -> Fields {
        Fields::of(self.plan.tasks[task].row, self.pipeline)
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
            crowds: self.crowds,
        }
    }
}

/// Returns an empty list for each unit.
fn by_unit<T>(plan: &Plan<'_>) -> IdVec<UnitId, Vec<T>> {
    plan.names.units.iter().map(|_| Vec::new()).collect()
}

/// Returns the pairs whose row and task occur in no other.
fn alone(candidates: &[(RowId, TaskId)]) -> Vec<(RowId, TaskId)> {
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
