//! The findings of matching.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fate, Matched, Pair, Why, hundredths};
use crate::model::fact::{Crowd, Holder, Remark, Repetition};
use crate::model::finding::Candidate;
use crate::model::{
    CellRange, ColumnId, Fact, FileId, Finding, Kind, RowId, SheetId, Side, TaskId, UnitId, Value,
    fold, looks, partly,
};
use crate::normalise::frame::{Item, number, shown_task};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster, cell};

/// Says what is missing, extra, repeated, misplaced, doubtful, and whose text has changed.
pub fn findings(
    matched: &Matched,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pair in &matched.pairs {
        findings.extend(changed_text(pair, plan, roster, pipeline));
    }
    let crowded: BTreeSet<RowId> = matched.crowds.iter().flatten().copied().collect();
    let mut alike: BTreeMap<Alike, Vec<RowId>> = BTreeMap::new();
    for (row, fate) in matched.fates.iter().filter(|(row, _)| !crowded.contains(row)) {
        alike.entry(Alike::of(fate, &roster.items[*row])).or_default().push(*row);
    }
    let mut paired: BTreeMap<(FileId, SheetId, UnitId), usize> = BTreeMap::new();
    if alike.values().any(|rows| rows.len() >= LEAST_AT_ONCE) {
        for pair in &matched.pairs {
            let item = &roster.items[pair.row];
            *paired.entry((item.file, item.sheet, item.unit)).or_default() += 1;
        }
    }
    let (at_once, one_by_one): (Vec<_>, Vec<_>) =
        alike.into_iter().partition(|(alike, rows)| alike.is_at_once(rows.len(), &paired));
    let mut rows: Vec<RowId> = one_by_one.into_iter().flat_map(|(_, rows)| rows).collect();
    rows.sort_unstable();
    for row in rows {
        findings.push(unpaired(row, &matched.fates[&row], plan, roster, pipeline));
    }
    for (_, rows) in at_once {
        findings.push(many(&rows, matched, plan, roster, pipeline));
    }
    for crowd in &matched.crowds {
        findings.extend(of_crowd(crowd, matched, plan, roster, pipeline));
    }
    let homes = counting_sheets(roster);
    let filled: BTreeSet<(FileId, &str)> = if matched.missing.is_empty() {
        BTreeSet::new()
    } else {
        let sheets = roster.items.iter().map(|item| (item.file, item.sheet));
        let sheets: BTreeSet<(FileId, SheetId)> = sheets.collect();
        let names = sheets.iter().filter_map(|(file, sheet)| {
            Some((*file, roster.places.sheets.get(*file)?.get(*sheet)?.as_str()))
        });
        names.collect()
    };
    for task in &matched.missing {
        let item = &plan.tasks[*task];
        let mut finding = about_task(Fact::TaskMissing, *task, plan, pipeline);
        if let Some((file, sheet)) = homes.get(&item.unit) {
            finding.file = roster.places.files.get(*file).cloned();
            // Sheets that are called as the plan's hold the same tasks.
            let as_planned = finding.plan_sheet.clone();
            let as_planned = as_planned.filter(|name| filled.contains(&(*file, name.as_str())));
            finding.sheet = as_planned.or_else(|| roster.places.sheet(*file, *sheet));
        }
        findings.push(finding);
    }
    findings
}

/// How many rows of a sheet that ended alike are told one by one. Beyond, nobody reads them so, and
/// what they have in common is what has to be told.
const MOST_ONE_BY_ONE: usize = 5_000;

/// So few rows are told one by one, whatever they have in common.
const LEAST_AT_ONCE: usize = 5;

/// What rows have in common that can be told at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    file: FileId,
    sheet: SheetId,
    unit: UnitId,
    ended: Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    Extra,
    Misplaced(UnitId),
    Repeated,
    Doubtful,
}

impl Alike {
    fn of(fate: &Fate, item: &Item<'_>) -> Self {
        let ended = match fate {
            Fate::Extra => Ended::Extra,
            Fate::Misplaced { unit, .. } => Ended::Misplaced(*unit),
            Fate::Repeated { .. } => Ended::Repeated,
            Fate::Doubtful { .. } => Ended::Doubtful,
        };
        Self { file: item.file, sheet: item.sheet, unit: item.unit, ended }
    }

    /// Returns whether so many rows have one cause: a list that stands twice, one of somebody else's tasks, or
    /// more than anybody reads; `paired` counts the rows of a sheet that are tasks of their unit.
    fn is_at_once(self, rows: usize, paired: &BTreeMap<(FileId, SheetId, UnitId), usize>) -> bool {
        let own = paired.get(&(self.file, self.sheet, self.unit)).copied().unwrap_or(0);
        let is_one = match self.ended {
            Ended::Doubtful => return false,
            Ended::Repeated => rows * 5 >= own * 4,
            Ended::Misplaced(_) => rows >= own * 4,
            Ended::Extra => false,
        };
        rows > MOST_ONE_BY_ONE || is_one && rows >= LEAST_AT_ONCE
    }
}

/// One finding about very many rows of a sheet that ended alike, with all their cells.
fn many(
    rows: &[RowId],
    matched: &Matched,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> Finding {
    let key = pipeline.roles.key.first().copied();
    let mut finding = unpaired(rows[0], &matched.fates[&rows[0]], plan, roster, pipeline);
    if finding.kind() == Kind::TaskRepeated {
        finding.fact = Fact::TaskRepeated(Repetition::Many);
    }
    let cells = rows.iter().filter_map(|row| cell(&roster.items[*row], key?));
    finding.cells = cells.map(|at| CellRange::new(at, at)).collect();
    finding.typed = None;
    finding.task = None;
    finding.seq = None;
    finding.plan_sheet = None;
    finding.plan_cell = None;
    finding
}

/// Returns a finding about one task of the plan.
pub fn about_task(fact: Fact, task: TaskId, plan: &Plan<'_>, pipeline: &Pipeline) -> Finding {
    let item = &plan.tasks[task];
    let mut finding = Finding::new(fact, Side::Submission);
    finding.unit = Some(plan.names.name(item.unit).to_owned());
    finding.seq = number(item.row, pipeline);
    finding.task = Some(shown_task(item.row, pipeline));
    finding.plan_sheet = plan.places.sheet(item.file, item.sheet);
    finding.plan_cell = pipeline.roles.key.first().and_then(|field| cell(item, *field));
    finding
}

/// The sheet that holds most of a unit's rows: where a missing task is missing.
fn counting_sheets(roster: &Roster<'_>) -> BTreeMap<UnitId, (FileId, SheetId)> {
    let mut counts: BTreeMap<(UnitId, FileId, SheetId), usize> = BTreeMap::new();
    for item in &roster.items {
        *counts.entry((item.unit, item.file, item.sheet)).or_default() += 1;
    }
    let mut homes: BTreeMap<UnitId, ((FileId, SheetId), usize)> = BTreeMap::new();
    for ((unit, file, sheet), count) in counts {
        let home = homes.entry(unit).or_insert(((file, sheet), count));
        if count > home.1 {
            *home = ((file, sheet), count);
        }
    }
    homes.into_iter().map(|(unit, (home, _))| (unit, home)).collect()
}

fn changed_text(
    pair: &Pair,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let (item, planned) = (&roster.items[pair.row], &plan.tasks[pair.task]);
    let in_part = |field: &ColumnId| {
        let entry = item.row.entries[*field].as_ref();
        entry
            .map(|entry| entry.value.text().unwrap_or(&entry.typed))
            .is_some_and(|text| partly::may_be(text) || partly::may_lack_noughts(text))
    };
    let is_same = pair.why == Why::SameText;
    if is_same && !pipeline.roles.key.iter().any(in_part) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    // That a table lacks the column is told of the table.
    let key = pipeline.roles.key.iter().copied();
    for field in key.filter(|field| item.row.entries[*field].is_some()) {
        let text = |row: &crate::normalise::TableRow| {
            let entry = row.entries[field].as_ref();
            entry.map_or("", |entry| entry.value.text().unwrap_or(&entry.typed)).to_owned()
        };
        let (found, expected) = (text(item.row), text(planned.row));
        if fold::task_key(&found) == fold::task_key(&expected)
            || is_same && partly::of(&found, &expected).is_none()
        {
            continue;
        }
        let mut finding = about_task(Fact::ValueDiffers(Remark::None), pair.task, plan, pipeline);
        roster.places.put(&mut finding, item, Some(field));
        finding.field = Some(pipeline.columns[field].name.clone());
        finding.plan_cell = cell(planned, field);
        finding.typed = item.row.entries[field].as_ref().map(|entry| entry.typed.to_string());
        let understood = item.row.entries[field].as_ref().map(|entry| entry.value.clone());
        finding.found = Some(match understood {
            Some(Value::Unreadable(obstacle)) => {
                finding.fact = Fact::ValueUnreadable(Holder::Row);
                Value::Unreadable(obstacle)
            }
            _ if found.is_empty() => {
                finding.fact = Fact::ValueMissing;
                Value::Blank
            }
            _ => Value::Text(found.into()),
        });
        finding.expected = Some(Value::Text(expected.into()));
        let accepted = match pair.why {
            Why::SameMeaning => Some(Remark::SameMeaning),
            Why::Decided { pairing } => Some(Remark::DecidedPair {
                by: pipeline.matching.pairings[pairing].decided_by.clone(),
            }),
            _ => None,
        };
        if let (Some(Value::Text(found)), Some(Value::Text(expected))) =
            (&finding.found, &finding.expected)
            && let Some(characters) = looks::alike(expected, found)
        {
            finding.fact = Fact::ValueDiffers(Remark::LooksEqual { characters });
        }
        if let Some(remark) = accepted {
            finding.found = Some(Value::Text(finding.typed.clone().unwrap_or_default().into()));
            finding.fact = Fact::ValueDiffers(remark);
        }
        findings.push(finding);
    }
    findings
}

fn candidate((task, likeness): (TaskId, f64), plan: &Plan<'_>, pipeline: &Pipeline) -> Candidate {
    Candidate {
        seq: number(plan.tasks[task].row, pipeline),
        task: shown_task(plan.tasks[task].row, pipeline),
        likeness: hundredths(likeness),
    }
}

/// Rows that are too many to be told one by one: one finding a sheet, with all their cells.
fn of_crowd(
    crowd: &[RowId],
    matched: &Matched,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    const SHOWN: usize = 3;
    let key = pipeline.roles.key.first().copied();
    let mut sheets: BTreeMap<(FileId, SheetId), Vec<RowId>> = BTreeMap::new();
    for row in crowd {
        let item = &roster.items[*row];
        sheets.entry((item.file, item.sheet)).or_default().push(*row);
    }
    let of_sheet = |rows: Vec<RowId>| {
        let likely = rows.iter().filter_map(|row| match &matched.fates[row] {
            Fate::Doubtful { tasks } => Some(tasks.iter().copied()),
            _ => None,
        });
        let likely: Vec<(TaskId, f64)> = likely.flatten().collect();
        let tasks: BTreeSet<TaskId> = likely.iter().map(|(task, _)| *task).collect();
        let first = matched.fates.get(&rows[0]);
        let mut finding = unpaired(rows[0], first.unwrap_or(&Fate::Extra), plan, roster, pipeline);
        finding.fact = Fact::PairDoubtful {
            candidates: likely
                .iter()
                .take(SHOWN)
                .map(|one| candidate(*one, plan, pipeline))
                .collect(),
            crowd: Some(Crowd { rows: rows.len(), tasks: tasks.len() }),
        };
        let cells = rows.iter().filter_map(|row| cell(&roster.items[*row], key?));
        finding.cells = cells.map(|at| CellRange::new(at, at)).collect();
        finding
    };
    sheets.into_values().map(of_sheet).collect()
}

fn unpaired(
    row: RowId,
    fate: &Fate,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> Finding {
    let item = &roster.items[row];
    let key = pipeline.roles.key.first().copied();
    let mut finding = match fate {
        Fate::Extra => Finding::new(Fact::TaskExtra, Side::Submission),
        Fate::Misplaced { unit, task } => {
            let fact = Fact::TaskMisplaced { unit: plan.names.name(*unit).to_owned() };
            match task {
                Some(task) => about_task(fact, *task, plan, pipeline),
                None => Finding::new(fact, Side::Submission),
            }
        }
        Fate::Repeated { task, of } => {
            let first = &roster.items[*of];
            let repetition = Repetition::Of {
                cell: key.and_then(|field| cell(first, field)),
                elsewhere: roster.places.elsewhere(first, item),
            };
            about_task(Fact::TaskRepeated(repetition), *task, plan, pipeline)
        }
        Fate::Doubtful { tasks } => {
            let candidates = tasks.iter().map(|likely| candidate(*likely, plan, pipeline));
            let fact = Fact::PairDoubtful { candidates: candidates.collect(), crowd: None };
            Finding::new(fact, Side::Submission)
        }
    };
    // Where all units' rows are gathered under one name, it is the sender's all the same.
    let sender = roster.files[item.file].units.first().filter(|_| plan.sum == Some(item.unit));
    finding.unit = Some(roster.names.name(*sender.unwrap_or(&item.unit)).to_owned());
    let shown = shown_task(item.row, pipeline);
    finding.typed = Some(shown.clone());
    finding.task = Some(shown);
    roster.places.put(&mut finding, item, key);
    finding
}
