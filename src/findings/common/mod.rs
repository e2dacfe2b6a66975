//! One cause, one line: cells of a unit's sheet that are not the plan's in one and the same way are told
//! together, with all their cells.
//!
//! It is a diagnosis over the differing cells of columns: which single cause explains all but a few of
//! them? Everything that can be done to a column as a whole is tried (its content stands in another column
//! or other rows, all is later, more, a multiple, rounded, one word for another …), and the one that explains
//! the most cells is taken, if it explains at least [`grid::LEAST`] of them and nearly all that it
//! would have changed. What it does not explain stays a finding of its own, so that nothing hides
//! among the others; and what people have answered or waived cell by cell stays so, too.
//!
//! It comes after all checks and before the ledger is made: a line of the ledger names the joined
//! finding, by its cell, as it would have named its own.

mod content;
mod figures;
mod grid;
mod lists;
mod noted;
mod places;
mod rules;
mod texts;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use super::diagnosis::key_of;
use super::order::identity;
use super::{Written, is_named_by};
use crate::check::records::Records;
use crate::check::{Context, unread_columns};
use crate::model::fact::{Holder, Remark, Scale};
use crate::model::{
    ColumnId, Fact, FileId, Finding, FindingId, RowId, SheetId, Side, TaskId, UnitId, fold,
};
use crate::normalise::frame::Item;
use crate::pipeline::Pipeline;
use grid::{Explained, Grid, Held, LEAST};
use told::Told;

/// Puts findings together that have one cause, and says so to the records that name them.
pub fn joined(
    found: Vec<Finding>,
    records: &mut [Records],
    written: &BTreeMap<String, Written>,
    context: &Context<'_>,
) -> Vec<Finding> {
    let mut findings: Vec<Option<Finding>> = found.into_iter().map(Some).collect();
    let answered = |finding: &Finding| has_been_answered(finding, written, context.pipeline);
    let mut gone: Vec<(usize, usize)> = lists::join(&mut findings, answered, context);
    let grids = grids(&findings, context);
    let before = if grids.is_empty() { None } else { Before::of(context) };
    for (mut grid, said) in grids {
        grid.say(said, &findings, context);
        for told in told_together(&grid, before.as_ref(), context) {
            gone.extend(told.put(&grid, &mut findings, answered, context.pipeline.money));
        }
    }
    gone.extend(rules::join(&mut findings, records, answered, context));
    gone.extend(noted::join(&mut findings, answered, context.pipeline.money));
    let items = &context.roster.items;
    let rows = context.matched.pairs.iter().map(|pair| &items[pair.row]);
    let side = unread_columns::Side {
        places: &context.roster.places,
        names: &context.roster.names,
        whose: unread_columns::Whose::EachUnits,
    };
    gone.extend(unread_columns::join(&mut findings, rows, &side, answered, context.pipeline));
    without_gaps(findings, &gone, records)
}

/// Whether people have said something of a finding, or the pipeline file has waived it: it stays one of its own.
fn has_been_answered(
    finding: &Finding,
    written: &BTreeMap<String, Written>,
    pipeline: &Pipeline,
) -> bool {
    let unit = finding.unit.as_deref().map(fold::key);
    let task = finding.task.as_deref().map(fold::key);
    let is_waived = pipeline.findings.waivers.iter().any(|waiver| {
        unit.as_ref() == Some(&fold::key(&waiver.unit))
            && waiver.task.as_ref().is_none_or(|own| task.as_ref() == Some(own))
            && is_named_by(finding, waiver)
    });
    is_waived || !written.is_empty() && written.contains_key(&identity(finding, pipeline))
}

/// The findings about single cells of a unit's sheet that can be told together, by column.
type ByColumn = BTreeMap<ColumnId, Vec<usize>>;

/// Returns the sheets of units on which a column has cells enough that differ, with their findings.
fn grids(findings: &[Option<Finding>], context: &Context<'_>) -> Vec<(Grid, ByColumn)> {
    let mut by_names: BTreeMap<(&str, &str, &str), ByColumn> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        let Some(finding) = finding.as_ref().filter(|finding| is_of_a_cell(finding)) else {
            continue;
        };
        if let (Some(file), Some(sheet), Some(unit), Some(field)) =
            (&finding.file, &finding.sheet, &finding.unit, &finding.field)
            && let Some(field) = context.pipeline.column_named(field)
        {
            let own = by_names.entry((file, sheet, unit)).or_default();
            own.entry(field).or_default().push(place);
        }
    }
    by_names.retain(|_, columns| columns.values().any(|places| places.len() >= LEAST));
    if by_names.is_empty() {
        return Vec::new();
    }
    let places = &context.roster.places;
    let rows_of_tasks = context.matched.rows_of_tasks();
    let mut rows: BTreeMap<(FileId, SheetId, UnitId), Vec<(RowId, TaskId)>> = BTreeMap::new();
    for pair in &context.matched.pairs {
        let item = &context.roster.items[pair.row];
        if rows_of_tasks.get(pair.task).is_some_and(|rows| rows.len() == 1) {
            let unit = context.plan.tasks[pair.task].unit;
            rows.entry((item.file, item.sheet, unit)).or_default().push((pair.row, pair.task));
        }
    }
    let of = |((file, sheet, unit), rows): ((FileId, SheetId, UnitId), Vec<_>)| {
        let names = (
            places.files.get(file)?.as_str(),
            places.sheets.get(file)?.get(sheet)?.as_str(),
            context.plan.names.name(unit),
        );
        let said = by_names.get(&names)?.clone();
        Some((Grid::of(rows, context), said))
    };
    rows.into_iter().filter_map(of).collect()
}

/// Whether a finding says of one cell of one task that it is not the plan's, and no more about it.
fn is_of_a_cell(finding: &Finding) -> bool {
    let is_plain = match &finding.fact {
        Fact::ValueDiffers(remark) => {
            matches!(remark, Remark::None | Remark::EqualAsShown { .. } | Remark::LooksEqual { .. })
        }
        Fact::ValueScaled(scale) => matches!(scale, Scale::Power(_)),
        Fact::ValueUnreadable(holder) => *holder == Holder::Row,
        Fact::ValueMissing => true,
        _ => false,
    };
    is_plain
        && finding.side == Side::Submission
        && finding.task.is_some()
        && finding.cells.len() == 1
}

/// Returns what can be told together of a sheet, each cell once.
fn told_together(grid: &Grid, before: Option<&Before<'_>>, context: &Context<'_>) -> Vec<Told> {
    let alike = places::alike(grid);
    let singles: Vec<Vec<Explained>> = (0..grid.columns.len())
        .map(|place| causes(grid, place, &alike[place], before, context))
        .collect();
    let most = |place: usize| singles[place].iter().map(|own| own.rows.len()).max().unwrap_or(0);
    let others: Vec<usize> = (0..grid.columns.len()).map(most).collect();
    let mut told: Vec<Told> = Vec::new();
    let mut taken: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); grid.columns.len()];
    for (place, explained) in places::rows(grid, &others) {
        taken[place].extend(&explained.rows);
        told::add(&mut told, place, explained);
    }
    for (place, mut left) in singles.into_iter().enumerate() {
        let mut new: Option<Vec<usize>> = None;
        loop {
            // What one cause has explained is no evidence for another.
            for explained in left.iter_mut().filter(|own| may_share(&own.rows, new.as_deref())) {
                let before = explained.rows.len();
                explained.rows.retain(|row| !taken[place].contains(row));
                explained.of -= before - explained.rows.len();
            }
            left.retain(Explained::is_enough);
            // Of those that explain as much, the first.
            let best = left.iter().rev().max_by_key(|explained| explained.rows.len()).cloned();
            let Some(best) = best else { break };
            taken[place].extend(&best.rows);
            new = Some(best.rows.clone());
            told::add(&mut told, place, best);
        }
    }
    told::connected(told)
}

/// Whether rows may be among others, both from top to bottom; where nothing is known of the others, they may.
fn may_share(rows: &[usize], others: Option<&[usize]>) -> bool {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return false };
    let Some(others) = others else { return true };
    others.first().is_some_and(|other| other <= last)
        && others.last().is_some_and(|other| other >= first)
}

/// Returns the causes that explain enough of a column, the most particular first.
fn causes(
    grid: &Grid,
    place: usize,
    alike: &[usize],
    before: Option<&Before<'_>>,
    context: &Context<'_>,
) -> Vec<Explained> {
    let column = &grid.columns[place];
    if column.differing().take(LEAST).count() < LEAST {
        return Vec::new();
    }
    let mut causes: Vec<Explained> = before
        .and_then(|before| before_revision(grid, place, before, context))
        .into_iter()
        .collect();
    causes.extend(places::other_columns(grid, column, alike));
    causes.extend(figures::causes(grid, column, context.pipeline.money));
    causes.extend(texts::causes(grid, column));
    causes.retain(Explained::is_enough);
    causes
}

/// The tasks of the plan before its revision, by the keys of unit and text, and from when the revision holds.
struct Before<'a> {
    tasks: BTreeMap<(String, String), &'a Item<'a>>,
    from: String,
}

impl<'a> Before<'a> {
    fn of(context: &'a Context<'a>) -> Option<Self> {
        let (before, from) = context.before?;
        let by_key = |item: &'a Item<'a>| (key_of(item, before, context), item);
        Some(Self { tasks: before.tasks.iter().map(by_key).collect(), from: from.to_string() })
    }
}

/// Whether a column has what the plan had before it was revised.
fn before_revision(
    grid: &Grid,
    place: usize,
    before: &Before<'_>,
    context: &Context<'_>,
) -> Option<Explained> {
    let column = &grid.columns[place];
    let held = grid.rows.iter().map(|(_, task)| {
        let own = key_of(&context.plan.tasks[*task], context.plan, context);
        let item = before.tasks.get(&own)?;
        Some(Held::of(item.row.entries[column.field].as_ref(), context))
    });
    places::before_revision(column, &held.collect::<Vec<_>>(), &before.from)
}

/// Takes the gaps out, and names to the records where each finding stands now.
fn without_gaps(
    findings: Vec<Option<Finding>>,
    gone: &[(usize, usize)],
    records: &mut [Records],
) -> Vec<Finding> {
    if gone.is_empty() {
        return findings.into_iter().flatten().collect();
    }
    let gone: BTreeMap<usize, usize> = gone.iter().copied().collect();
    let mut place = 0;
    let stands: Vec<usize> = findings
        .iter()
        .map(|finding| {
            place += usize::from(finding.is_some());
            place.saturating_sub(1)
        })
        .collect();
    let now = |own: FindingId| {
        let own = usize::from(own);
        let mut home = own;
        while let Some(next) = gone.get(&home) {
            home = *next;
        }
        FindingId::from(stands[home])
    };
    for own in records {
        own.rename(now);
    }
    findings.into_iter().flatten().collect()
}
