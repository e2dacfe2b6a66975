//! The bridge: from the plan's sum to the sum of the rows as reported, step by step.
//!
//! A *movement* is one amount of one unit that lies between the two, with the finding that makes
//! it. The bridge is the movements added up by step; what is left over is 0, always, since the
//! plan's sum and the reported sum are added up apart from them.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::Context;
use super::frames::wide_sums;
use super::ledger::{Held, Ledger};
use super::shared::{Shared, shared};
use crate::matching::Fate;
use crate::model::{
    ColumnId, FileId, Finding, FindingId, IdSlice, Kind, RowId, SheetId, Side, TaskId, UnitId,
};
use crate::normalise::frame::{Item, State, figure};
use crate::pipeline::Quantity;
use crate::roster::cell;

/// Why a part of the reported sum is not the plan's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The unit has no rows that count.
    Silent,
    Missing,
    Extra,
    Misplaced,
    Repeated,
    Changed,
    /// Changed by a power of ten: a mistake of unit most likely, and no money in question.
    Scaled,
    /// Blank, unreadable, or without a column.
    Unreadable,
}

impl Step {
    pub const ALL: [Step; 8] = [
        Step::Silent,
        Step::Missing,
        Step::Extra,
        Step::Misplaced,
        Step::Repeated,
        Step::Changed,
        Step::Scaled,
        Step::Unreadable,
    ];

    /// Returns the name that other programs know it by.
    pub fn name(self) -> &'static str {
        match self {
            Step::Silent => "silent",
            Step::Missing => "missing",
            Step::Extra => "extra",
            Step::Misplaced => "misplaced",
            Step::Repeated => "repeated",
            Step::Changed => "changed",
            Step::Scaled => "scaled",
            Step::Unreadable => "unreadable",
        }
    }
}

/// One amount between plan and report, in 分.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub unit: UnitId,
    pub field: ColumnId,
    pub step: Step,
    pub amount: i128,
    /// The finding that makes it, as a place among those of the ledger.
    pub finding: Option<FindingId>,
}

/// The steps of one unit and amount column, in 分.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    pub plan: i128,
    /// In the order of [`Step::ALL`].
    pub steps: [i128; Step::ALL.len()],
    pub reported: i128,
}

impl<'a> std::iter::Sum<&'a Bridge> for Bridge {
    fn sum<I: Iterator<Item = &'a Bridge>>(bridges: I) -> Self {
        bridges.fold(Self::default(), |mut sum, bridge| {
            sum.plan += bridge.plan;
            sum.reported += bridge.reported;
            for (step, own) in sum.steps.iter_mut().zip(bridge.steps) {
                *step += own;
            }
            sum
        })
    }
}

impl Bridge {
    /// What the steps leave unexplained.
    pub fn residual(&self) -> i128 {
        self.reported - self.plan - self.steps.iter().sum::<i128>()
    }
}

/// The amount columns that the plan and the sheets share.
pub fn fields(context: &Context<'_>) -> Vec<ColumnId> {
    let pipeline = context.pipeline;
    pipeline.amount_columns().filter(|field| !pipeline.columns[*field].reported).collect()
}

/// Returns every amount that lies between plan and report.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn movements(
    context: &Context<'_>,
    ledger: &Ledger,
    findings: &IdSlice<FindingId, Finding>,
) -> PolarsResult<Vec<Movement>> {
    let said = said_of_tasks(ledger);
    let of_rows = by_row(context, findings);
    let rows = context.matched.rows_of_tasks();
    let with_rows: BTreeSet<UnitId> = context.roster.items.iter().map(|item| item.unit).collect();
    let mut movements = Vec::new();
    for field in fields(context) {
        let mut add = |unit: UnitId, step: Step, amount: i128, finding: Option<FindingId>| {
            if amount != 0 {
                movements.push(Movement { unit, field, step, amount, finding });
            }
        };
        let merged = under_merges(context, field);
        let mut under: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
        for (task, top) in &merged {
            under.entry(*top).or_default().push(*task);
        }
        let planned_of =
            |task: TaskId| i128::from(readable(&context.plan.tasks[task], field).unwrap_or(0));
        let shared: Vec<Shared> = shared(context, &rows, field);
        let together: BTreeMap<TaskId, &Shared> =
            shared.iter().flat_map(|own| own.tasks.iter().map(move |task| (*task, own))).collect();
        // A task whose one row has the plan's own amount moves nothing, unless it is the first of a
        // merged amount, or has further rows.
        for task in context.figures.apart(field)? {
            if merged.contains_key(&task) {
                continue;
            }
            let unit = context.plan.tasks[task].unit;
            if let Some(shared) = together.get(&task) {
                if shared.top == task {
                    let mut own = shared.tasks.iter().filter_map(|task| {
                        said.get(&(*task, Some(field))).or_else(|| said.get(&(*task, None)))
                    });
                    let is_read = shared.found.is_some() && shared.unreadable.is_empty();
                    let step = if is_read { Step::Changed } else { Step::Unreadable };
                    add(unit, step, shared.difference().into(), own.next().copied());
                }
                continue;
            }
            let under = under.get(&task).into_iter().flatten();
            let planned = planned_of(task) + under.map(|other| planned_of(*other)).sum::<i128>();
            let own = said.get(&(task, Some(field))).or_else(|| said.get(&(task, None))).copied();
            let Some(rows) = rows.get(task) else {
                let step = if with_rows.contains(&unit) { Step::Missing } else { Step::Silent };
                add(unit, step, -planned, own);
                continue;
            };
            let found = rows.iter().filter_map(|row| readable(&context.roster.items[*row], field));
            match found.map(i128::from).reduce(|sum, amount| sum + amount) {
                Some(found) => {
                    let is_scaled = own.is_some_and(|own| {
                        matches!(findings[own].kind(), Kind::ValueScaled | Kind::ColumnScaled)
                    });
                    let step = if is_scaled { Step::Scaled } else { Step::Changed };
                    add(unit, step, found - planned, own);
                }
                None => add(unit, Step::Unreadable, -planned, own),
            }
        }
        for (row, fate) in &context.matched.fates {
            let item = &context.roster.items[*row];
            let step = match fate {
                Fate::Extra | Fate::Doubtful { .. } => Step::Extra,
                Fate::Misplaced { .. } => Step::Misplaced,
                Fate::Repeated { .. } => Step::Repeated,
            };
            let amount = readable(item, field).unwrap_or(0);
            add(item.unit, step, amount.into(), of_rows.get(row).copied());
        }
    }
    Ok(movements)
}

/// The findings about tasks: about a compared field, and, without one, about the task's place in
/// its unit's list.
fn said_of_tasks(ledger: &Ledger) -> BTreeMap<(TaskId, Option<ColumnId>), FindingId> {
    let said = ledger.said_of_tasks().filter_map(|line| {
        let (task, finding) = (line.task?, line.finding?);
        match (line.held, line.side) {
            (Held::Compare(field), Side::Submission) => Some(((task, Some(field)), finding)),
            (Held::Listed, _) => Some(((task, None), finding)),
            _ => None,
        }
    });
    said.collect()
}

/// Tasks whose amount lies under one that is merged over several rows, with the task of the merge's
/// first row: the one amount is held against the sum of all of them.
fn under_merges(context: &Context<'_>, field: ColumnId) -> BTreeMap<TaskId, TaskId> {
    let mut tops: BTreeMap<(FileId, SheetId, u32), (TaskId, u32)> = BTreeMap::new();
    let mut covered: Vec<(TaskId, (FileId, SheetId, u32))> = Vec::new();
    for pair in &context.matched.pairs {
        let item = &context.roster.items[pair.row];
        let place = (item.file, item.sheet, item.row.row);
        match figure(item.row, field).0 {
            State::Spanning => {
                let spans = item.row.entries[field].as_ref().map_or(1, |entry| entry.spans);
                tops.insert(place, (pair.task, spans));
            }
            State::Covered => covered.push((pair.task, place)),
            _ => {}
        }
    }
    let top_of = |(task, place): (TaskId, (FileId, SheetId, u32))| {
        let (top_place, (top, spans)) = tops.range(..place).next_back()?;
        let same_sheet = (top_place.0, top_place.1) == (place.0, place.1);
        (same_sheet && place.2 - top_place.2 < *spans).then_some((task, *top))
    };
    covered.into_iter().filter_map(top_of).collect()
}

/// The amount of a row, where it can be read.
fn readable(item: &Item<'_>, field: ColumnId) -> Option<i64> {
    match figure(item.row, field) {
        (State::Value | State::Spanning, amount) => amount,
        _ => None,
    }
}

/// The findings about rows that are no task's, by the place of the row.
fn by_row(
    context: &Context<'_>,
    findings: &IdSlice<FindingId, Finding>,
) -> BTreeMap<RowId, FindingId> {
    const KINDS: [Kind; 4] =
        [Kind::TaskExtra, Kind::TaskMisplaced, Kind::TaskRepeated, Kind::PairDoubtful];
    let places = &context.roster.places;
    let key = context.pipeline.roles.key.first().copied();
    let mut rows: BTreeMap<(&str, String, u32), FindingId> = BTreeMap::new();
    for (place, finding) in findings.iter_enumerated() {
        if KINDS.contains(&finding.kind())
            && let (Some(file), Some(sheet), Some(cell)) =
                (finding.file.as_deref(), finding.sheet.clone(), finding.cell)
        {
            rows.entry((file, sheet.clone(), cell.row)).or_insert(place);
            for range in finding.cells.iter().skip(1) {
                rows.entry((file, sheet.clone(), range.first.row)).or_insert(place);
            }
        }
    }
    let of_row = |row: &RowId| {
        let item = &context.roster.items[*row];
        let file = places.files.get(item.file)?.as_str();
        let sheet = places.sheet(item.file, item.sheet)?;
        let at = key.and_then(|key| cell(item, key)).map_or(item.row.row, |cell| cell.row);
        Some((*row, *rows.get(&(file, sheet, at))?))
    };
    context.matched.fates.keys().filter_map(of_row).collect()
}

/// Returns the bridge of each unit and amount column. The sums of plan and report come from their
/// own frames and know nothing of what was paired.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn bridges(
    context: &Context<'_>,
    movements: &[Movement],
) -> PolarsResult<BTreeMap<(UnitId, ColumnId), Bridge>> {
    let mut bridges: BTreeMap<(UnitId, ColumnId), Bridge> = BTreeMap::new();
    for field in fields(context) {
        for unit in context.plan.held_units() {
            bridges.insert((unit, field), Bridge::default());
        }
        let quantity = Quantity::Column(field);
        for (unit, sum) in wide_sums(&context.frames.tasks, quantity, context.pipeline)? {
            bridges.entry((unit, field)).or_default().plan = sum;
        }
        for (unit, sum) in wide_sums(&context.frames.rows, quantity, context.pipeline)? {
            bridges.entry((unit, field)).or_default().reported = sum;
        }
    }
    for movement in movements {
        let bridge = bridges.entry((movement.unit, movement.field)).or_default();
        bridge.steps[movement.step as usize] += movement.amount;
    }
    Ok(bridges)
}
