//! Rows of returns that nothing but their figures makes sums, and that the plan does not have: one that somebody added,
//! with as much as the two rows above it have together, looks like them. It is held against no task, which is said.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::{AlreadySaid, Context};
use crate::model::fact::InDoubt;
use crate::model::{CellAt, CellRange, Fact, FileId, Finding, SheetId, Side, fold};
use crate::normalise::TableRow;
use crate::roster::TotalRow;

/// Says which rows of a sheet were taken for sums by their figures alone, of those that the plan has no line called so.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let doubted = |total: &&TotalRow<'_>| is_told_by_figures(total.row, context);
    let mut found: BTreeMap<(FileId, SheetId), Vec<&TotalRow<'_>>> = BTreeMap::new();
    for total in context.roster.totals.iter().filter(doubted) {
        found.entry((total.file, total.sheet)).or_default().push(total);
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let lines = planned_lines(context);
    let is_planned = |total: &&TotalRow<'_>| lines.contains(&called(&total.row.label));
    let told = found.into_values().filter_map(|mut totals| {
        totals.retain(|total| !is_planned(total));
        let first = *totals.first()?;
        let label = first.row.label.to_string();
        let fact = Fact::ColumnDoubtful(InDoubt::Sums { label, rows: totals.len() });
        let mut finding = Finding::new(fact, Side::Submission);
        finding.unit = first.unit.map(|unit| context.roster.names.name(unit).to_owned());
        let key = context.pipeline.roles.key.first().copied();
        context.roster.places.put_at(&mut finding, (first.file, first.sheet), first.row, key);
        let at = |total: &&TotalRow<'_>| {
            let entry = key.and_then(|key| total.row.entries[key].as_ref());
            let cell = CellAt::new(total.row.row, entry.map_or(0, |entry| entry.column));
            CellRange::new(cell, cell)
        };
        finding.cells = totals.iter().map(at).collect();
        Some(finding)
    });
    Ok(told.collect())
}

/// Returns whether a total that has a name is one by its figures alone: no word of it, no formula and no unit says so.
fn is_told_by_figures(row: &TableRow, context: &Context<'_>) -> bool {
    let is_called = || {
        let label = fold::key(&row.label);
        let words = &context.pipeline.words;
        words.totals.iter().any(|word| label.contains(word.as_str()))
            || words.label(&row.label).is_carried
    };
    row.adds.is_some()
        && !row.by_formula
        && !row.heads
        && !called(&row.label).is_empty()
        && !is_called()
        && context.plan.names.in_text(&row.label).is_none()
}

/// What the lines of the plan are called that are no tasks: its totals, and what names its sections.
fn planned_lines(context: &Context<'_>) -> BTreeSet<String> {
    let totals = context.plan.totals.iter().map(|total| called(&total.row.label));
    let texts = context.plan.sheets.iter().flat_map(|sheet| &sheet.texts);
    totals.chain(texts.map(|text| called(&text.text))).collect()
}

/// Folds what a line is called; how many rows it counts is its own: 共5项 and 共3项 are one.
fn called(label: &str) -> String {
    fold::task_key(label).chars().filter(|c| !c.is_ascii_digit()).collect()
}
