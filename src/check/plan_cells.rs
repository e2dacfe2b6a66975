//! The plan's own cells: blanks in required columns, unreadable figures, tasks of one name.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::compare::unreadable;
use super::unread_columns;
use super::{AlreadySaid, Context};
use crate::model::fact::{Apart, Repetition};
use crate::model::{
    CellRange, ColumnId, Fact, Finding, SheetId, Side, TaskId, UnitId, Value, fold,
};
use crate::normalise::frame::{number, shown_task};
use crate::pipeline::SheetAt;
use crate::roster::cell;

/// Looks at every task of the plan.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    for (task, item) in context.plan.tasks.iter_enumerated() {
        for (field, column) in context.pipeline.columns.iter_enumerated() {
            let Some(entry) = &item.row.entries[field] else { continue };
            let fact = match &entry.value {
                Value::Blank | Value::NotApplicable if column.required => Fact::ValueMissing,
                Value::Unreadable(obstacle) => unreadable(obstacle),
                _ => continue,
            };
            let mut finding = about(context, task, fact);
            finding.field = Some(column.name.clone());
            finding.typed = Some(entry.typed.to_string());
            finding.found = Some(entry.value.clone());
            context.plan.places.put(&mut finding, item, Some(field));
            findings.push(finding);
        }
    }
    let side = unread_columns::Side {
        places: &context.plan.places,
        names: &context.plan.names,
        whose: unread_columns::Whose::Nobodys,
    };
    let mut findings: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let rows = context.plan.tasks.iter();
    // Nobody answers for the plan.
    unread_columns::join(&mut findings, rows, &side, |_| false, context.pipeline);
    let mut findings: Vec<Finding> = findings.into_iter().flatten().collect();
    findings.extend(alike(context));
    findings.extend(ownerless(context));
    Ok(findings)
}

/// Says in one finding which rows of a unit have one name: they are compared all the same, but which
/// submitted row is which of them rests on order and figures alone. Where it is so in several units,
/// the key is to blame, and one finding says so of all.
fn alike(context: &Context<'_>) -> Option<Finding> {
    let (plan, pipeline) = (context.plan, context.pipeline);
    let mut by_name: BTreeMap<(UnitId, &str), Vec<TaskId>> = BTreeMap::new();
    for (task, item) in plan.tasks.iter_enumerated() {
        by_name.entry((item.unit, &context.frames.task_keys[task])).or_default().push(task);
    }
    let mut groups: Vec<Vec<TaskId>> =
        by_name.into_values().filter(|tasks| tasks.len() > 1).collect();
    groups.sort();
    let (first, second) = match groups.first().map(Vec::as_slice) {
        Some([first, second, ..]) => (*first, *second),
        _ => return None,
    };
    let units: BTreeSet<UnitId> = groups.iter().map(|tasks| plan.tasks[tasks[0]].unit).collect();
    let units: Vec<String> =
        units.into_iter().map(|unit| plan.names.name(unit).to_owned()).collect();
    let is_of_one = units.len() == 1;
    let alike = Repetition::Alike {
        rows: groups.iter().map(Vec::len).sum(),
        first: shown_task(plan.tasks[first].row, pipeline),
        told_by: told_by(&groups, context).map(|field| pipeline.columns[field].title.clone()),
        units,
        apart: apart(&groups, context),
    };
    let key = pipeline.roles.key.first().copied();
    let mut finding = about(context, second, Fact::TaskRepeated(alike));
    plan.places.put(&mut finding, &plan.tasks[second], key);
    if !is_of_one {
        finding.unit = None;
    }
    let on_its_sheet = groups.iter().flatten().map(|task| &plan.tasks[*task]);
    let on_its_sheet = on_its_sheet.filter(|item| item.sheet == plan.tasks[second].sheet);
    let cells = on_its_sheet.filter_map(|item| cell(item, key?));
    finding.cells = cells.map(|cell| CellRange::new(cell, cell)).collect();
    Some(finding)
}

/// Returns what tells the rows of one name apart by where they stand: between any two of them the line of a
/// section stands, with its sum or without, or the sum of one, whatever it is called.
fn apart(groups: &[Vec<TaskId>], context: &Context<'_>) -> Apart {
    let (plan, words) = (context.plan, &context.pipeline.words);
    let ends_block = |label: &str| {
        let is_carried = words.carried.contains(&fold::key(label));
        !(label.is_empty()
            || is_carried
            || words.adds_up_nothing(label)
            || words.is_grand_total(label))
    };
    let mut parts: BTreeSet<(SheetId, u32)> = plan
        .totals
        .iter()
        .filter(|total| {
            total.row.heads
                || total.row.adds.is_some_and(|(first, _)| first > total.row.row)
                || ends_block(&total.row.label)
        })
        .map(|total| (total.sheet, total.row.row))
        .collect();
    parts.extend(lines_of_sections(context));
    let is_parted = |pair: &[TaskId]| {
        let [one, other] = [&plan.tasks[pair[0]], &plan.tasks[pair[1]]];
        let between = (one.sheet, one.row.row)..(other.sheet, other.row.row);
        one.sheet == other.sheet
            && one.row.row < other.row.row
            && parts.range(between).next().is_some()
    };
    if groups.iter().all(|tasks| tasks.windows(2).all(is_parted)) {
        Apart::Blocks
    } else {
        Apart::Nothing
    }
}

/// Returns where lines without figures stand among the plan's tasks that head what is below them: few of them,
/// on sheets of which nobody says that such lines explain a task or go on with one.
fn lines_of_sections(context: &Context<'_>) -> Vec<(SheetId, u32)> {
    let plan = context.plan;
    let mut found = Vec::new();
    for (sheet, read) in plan.sheets.iter_enumerated() {
        let at = SheetAt { name: read.name.as_deref(), place: sheet.into() };
        let correction = context.pipeline.table_correction(at, Side::Plan);
        if !(correction.details.is_empty() && correction.continued.is_empty()) {
            continue;
        }
        let lines = read.texts.iter().filter(|text| text.inside);
        let lines: BTreeSet<u32> = lines.map(|text| text.at.row).collect();
        let tasks = plan.tasks.iter().filter(|task| task.sheet == sheet).count();
        if lines.len() * 2 <= tasks {
            found.extend(lines.into_iter().map(|row| (sheet, row)));
        }
    }
    found
}

/// Returns the first column that has another value in each row of one name.
fn told_by(groups: &[Vec<TaskId>], context: &Context<'_>) -> Option<ColumnId> {
    let (pipeline, roles) = (context.pipeline, &context.pipeline.roles);
    let may_be_of_key = |field: &ColumnId| {
        let column = &pipeline.columns[*field];
        let is_known = roles.key.contains(field) || roles.owner == Some(*field);
        !column.reported && !is_known && roles.number != Some(*field) && column.kind.is_free()
    };
    pipeline.columns.keys().filter(may_be_of_key).find(|field| {
        groups.iter().all(|tasks| {
            let values = tasks.iter().map(|task| {
                let entry = context.plan.tasks[*task].row.entries[*field].as_ref();
                entry.map(|entry| fold::key(&entry.typed)).filter(|text| !text.is_empty())
            });
            let values: Option<BTreeSet<String>> = values.collect();
            values.is_some_and(|values| values.len() == tasks.len())
        })
    })
}

/// Says which rows of the plan name no unit: what follows from that is nobody's fault but the plan's.
fn ownerless<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Finding> + 'a {
    let owner = context.pipeline.roles.owner;
    context.plan.ownerless.iter().map(move |stray| {
        let mut finding = Finding::new(Fact::ValueMissing, Side::Plan);
        finding.seq = number(stray.row, context.pipeline);
        finding.task = Some(shown_task(stray.row, context.pipeline));
        finding.field = owner.map(|owner| context.pipeline.columns[owner].name.clone());
        let typed = owner.and_then(|owner| stray.row.entries[owner].as_ref());
        finding.typed =
            typed.map(|entry| entry.typed.to_string()).filter(|typed| !typed.is_empty());
        finding.found = Some(typed.map_or(Value::Blank, |entry| entry.value.clone()));
        context.plan.places.put_at(&mut finding, (stray.file, stray.sheet), stray.row, owner);
        finding
    })
}

/// Returns a finding on the plan's side about a task.
pub fn about(context: &Context<'_>, task: TaskId, fact: Fact) -> Finding {
    let item = &context.plan.tasks[task];
    let mut finding = Finding::new(fact, Side::Plan);
    finding.unit = Some(context.plan.names.name(item.unit).to_owned());
    finding.seq = number(item.row, context.pipeline);
    finding.task = Some(shown_task(item.row, context.pipeline));
    finding
}
