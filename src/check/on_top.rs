//! Holds what returns count on top of their totals, taxes and fees, against what the plan counts so. Nothing on a sheet adds
//! up to it, so what a return has otherwise agrees with itself: no total says it.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::{AlreadySaid, Context};
use crate::model::{ColumnId, Fact, FileId, Finding, SheetId, Side, UnitId};
use crate::roster::TotalRow;

/// A figure of a line on top of a total.
struct OnTop<'a> {
    row: &'a TotalRow<'a>,
    field: ColumnId,
    /// Its label without its rate.
    called: String,
    figure: i64,
    /// What it may be a share of: the total above it, alone and with what stands between.
    of: Option<[i64; 2]>,
}

/// Returns the lines of returns that are neither what the plan has in a line called so nor the same share of what they
/// stand below, and those of the plan that returns lack.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let found = on_top(&context.roster.totals, context);
    let planned = on_top(&context.plan.totals, context);
    if found.is_empty() && planned.is_empty() {
        return Ok(Vec::new());
    }
    let is_planned = |own: &OnTop<'_>| {
        planned.iter().any(|planned| {
            planned.field == own.field && planned.called == own.called && is_same(own, planned)
        })
    };
    let told = found.iter().filter(|own| own.figure != 0 && !is_planned(own)).map(|own| {
        let row = own.row;
        let (_, label) = row.row.label.split_once('：').unwrap_or_default();
        let entry = row.row.entries[own.field].as_ref();
        let typed = entry.map_or("", |entry| entry.typed.as_str());
        let fact = Fact::OnTopDiffers { text: format!("{label} | {typed}") };
        let mut finding = Finding::new(fact, Side::Submission);
        finding.unit = row.unit.map(|unit| context.roster.names.name(unit).to_owned());
        finding.field = Some(context.pipeline.columns[own.field].name.clone());
        let place = (row.file, row.sheet);
        context.roster.places.put_at(&mut finding, place, row.row, Some(own.field));
        finding
    });
    Ok(told.chain(lacking(context, &planned, &found)).collect())
}

/// The lines of one unit's plan of which its return, with totals of its own, has none that is called so.
fn lacking(context: &Context<'_>, planned: &[OnTop<'_>], found: &[OnTop<'_>]) -> Vec<Finding> {
    let names = &context.roster.names;
    // A plan that names no unit is that of one as a whole.
    let unit_of = |row: &TotalRow<'_>| row.unit.or(context.plan.whole);
    let totals = context.roster.totals.iter().filter_map(|row| Some((unit_of(row)?, row)));
    let last_of: BTreeMap<UnitId, &TotalRow<'_>> = totals.collect();
    let there: BTreeSet<(UnitId, ColumnId, &str)> = found
        .iter()
        .filter_map(|line| Some((unit_of(line.row)?, line.field, line.called.as_str())))
        .collect();
    let mut told = Vec::new();
    for own in planned.iter().filter(|own| own.figure != 0) {
        let Some(unit) = unit_of(own.row) else { continue };
        let Some(last) = last_of.get(&unit) else { continue };
        if there.contains(&(unit, own.field, own.called.as_str())) {
            continue;
        }
        let (_, label) = own.row.row.label.split_once('：').unwrap_or_default();
        let entry = own.row.row.entries[own.field].as_ref();
        let typed = entry.map_or("", |entry| entry.typed.as_str());
        let fact = Fact::OnTopLacking { text: format!("{label} | {typed}") };
        let mut finding = Finding::new(fact, Side::Submission);
        finding.unit = Some(names.name(unit).to_owned());
        finding.field = Some(context.pipeline.columns[own.field].name.clone());
        let place = (last.file, last.sheet);
        context.roster.places.put_at(&mut finding, place, last.row, Some(own.field));
        told.push(finding);
    }
    told
}

/// The lines on top of totals, table by table.
fn on_top<'a>(totals: &'a [TotalRow<'a>], context: &Context<'_>) -> Vec<OnTop<'a>> {
    let words = &context.pipeline.words;
    let mut tables: BTreeMap<(FileId, SheetId, usize), Vec<&TotalRow<'_>>> = BTreeMap::new();
    for total in totals {
        tables.entry((total.file, total.sheet, total.row.table)).or_default().push(total);
    }
    let mut found = Vec::new();
    for rows in tables.values_mut() {
        rows.sort_by_key(|total| total.row.row);
        if !rows.iter().any(|total| words.is_on_top(&total.row.label)) {
            continue;
        }
        for field in context.pipeline.totalled_columns() {
            let (mut base, mut added) = (None, 0_i64);
            for row in rows.iter().copied() {
                let entry = row.row.entries[field].as_ref();
                let Some(figure) = entry.and_then(|entry| entry.value.summand()) else { continue };
                if words.is_on_top(&row.row.label) {
                    let of = base.map(|base: i64| [base, base.saturating_add(added)]);
                    let letters = row.row.label.chars().filter(|c| c.is_alphabetic());
                    let called = letters.flat_map(char::to_lowercase).collect();
                    found.push(OnTop { row, field, called, figure, of });
                    added = added.saturating_add(figure);
                } else if !words.is_part(&row.row.label) {
                    (base, added) = (Some(figure), 0);
                }
            }
        }
    }
    found
}

fn is_same(own: &OnTop<'_>, planned: &OnTop<'_>) -> bool {
    /// Money is rounded to 分 or to 元.
    const WHOLE: i64 = 100;
    if own.figure == planned.figure {
        return true;
    }
    let Some((of, planned_of)) = own.of.zip(planned.of) else { return false };
    let is_whole = own.figure % WHOLE == 0 && planned.figure % WHOLE == 0;
    let rounded = i128::from(if is_whole { WHOLE / 2 + 1 } else { 1 });
    of.into_iter().zip(planned_of).any(|(of, planned_of)| {
        let [own, planned, of, planned_of] =
            [own.figure, planned.figure, of, planned_of].map(i128::from);
        let apart = (own * planned_of - planned * of).abs();
        planned_of != 0 && apart <= rounded * (of.abs() + planned_of.abs())
    })
}
