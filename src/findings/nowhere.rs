//! Columns that no return of the month has: the form that was sent out does without them, or calls them otherwise.
//! That is said once, to whoever keeps the pipeline file, and not to each unit.

use std::collections::{BTreeMap, BTreeSet};

use super::meant::nearest_of;
use super::once::elsewhere;
use crate::extract::Extract;
use crate::model::fact::{Lacking, NotSent};
use crate::model::{Fact, FileId, Finding, IdSlice};
use crate::normalise::classes::RowClass;
use crate::pipeline::{Pipeline, reworded};

/// The fewest files, or units in one, that say something of the form.
const LEAST_RETURNS: usize = 3;

/// Returns whether the cells of a sheet tell which of its columns is the missing one.
fn is_told(finding: &Finding) -> bool {
    // 已到位 is another column, however much of it agrees.
    nearest_of(&finding.fact)
        .and_then(Option::as_ref)
        .is_some_and(|near| near.agrees.is_some() && !reworded::says_done(&near.heading))
}

/// The units whose rows lack a column: those that are named, and of a sheet that lists several what stands in its column
/// of units.
fn units<'a>(
    lacking: impl Iterator<Item = &'a Finding>,
    extracts: &'a IdSlice<FileId, Extract>,
    pipeline: &Pipeline,
) -> BTreeSet<&'a str> {
    let mut units = BTreeSet::new();
    for finding in lacking {
        if let Some(unit) = &finding.unit {
            units.insert(unit.as_str());
            continue;
        }
        let Some(owner) = pipeline.roles.owner else { continue };
        let sheets = extracts.iter().flat_map(|extract| &extract.rows.sheets);
        let rows = sheets.filter(|sheet| sheet.name == finding.sheet).flat_map(|sheet| &sheet.rows);
        let tasks = rows.filter(|row| row.class == RowClass::Task);
        units.extend(tasks.filter_map(|row| row.entries[owner].as_ref()?.value.text()));
    }
    units
}

/// Puts what is said of columns that no file has into one finding, in the place of the first.
pub fn joined(
    findings: Vec<Finding>,
    extracts: &IdSlice<FileId, Extract>,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let mut lacking: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        if let (
            Fact::ColumnMissing(Lacking::NotThere { .. } | Lacking::PartOfKey { .. }),
            Some(field),
        ) = (&finding.fact, &finding.field)
        {
            lacking.entry(field.as_str()).or_default().push(place);
        }
    }
    if lacking.is_empty() {
        return findings;
    }
    let tables = || {
        let sheets = extracts.iter().flat_map(|extract| &extract.rows.sheets);
        sheets.flat_map(|sheet| &sheet.tables)
    };
    let of_form = |name: &str, places: &[usize]| {
        let Some(field) = pipeline.column_named(name) else { return false };
        let is_key = pipeline.roles.key.contains(&field);
        let is_part = || {
            places.iter().all(|place| {
                matches!(findings[*place].fact, Fact::ColumnMissing(Lacking::PartOfKey { .. }))
            })
        };
        let own = || places.iter().map(|place| &findings[*place]);
        let files: BTreeSet<&str> = own().filter_map(|own| own.file.as_deref()).collect();
        let is_of_form =
            files.len() >= LEAST_RETURNS || units(own(), extracts, pipeline).len() >= LEAST_RETURNS;
        is_of_form
            && !pipeline.columns[field].reported
            && (!is_key || is_part())
            && tables().all(|table| {
                table.column_of(field).is_none()
                    && table.ambiguous.iter().all(|ambiguity| ambiguity.field != field)
            })
    };
    lacking.retain(|name, places| of_form(name, places));
    // Where none of the money is left that would be compared, it is no matter of the form.
    let compared = pipeline.check.compare.iter().map(|own| own.column);
    let money: Vec<&str> = compared
        .filter(|field| pipeline.columns[*field].kind.is_money())
        .map(|field| pipeline.columns[field].name.as_str())
        .collect();
    if money.iter().all(|name| lacking.contains_key(name)) {
        let is_told = |places: &[usize]| places.iter().all(|place| is_told(&findings[*place]));
        lacking.retain(|name, places| !money.contains(name) || is_told(places));
    }
    let mut places: Vec<usize> = lacking.values().flatten().copied().collect();
    places.sort_unstable();
    let Some(first) = places.first().copied() else { return findings };
    let columns: Vec<NotSent> = pipeline
        .columns
        .iter()
        .filter_map(|column| {
            let own = lacking.get(column.name.as_str())?;
            let nearest = own.iter().find_map(|place| match &findings[*place].fact {
                Fact::ColumnMissing(
                    Lacking::NotThere { nearest, .. } | Lacking::PartOfKey { nearest, .. },
                ) => nearest.clone(),
                _ => None,
            });
            let (field, title) = (column.name.clone(), column.title.clone());
            Some(NotSent { field, title, nearest })
        })
        .collect();
    let told: Vec<&Finding> = places.iter().map(|place| &findings[*place]).collect();
    let fact = Fact::ColumnMissing(Lacking::Nowhere { elsewhere: elsewhere(&told), columns });
    let gone: BTreeSet<usize> = places.into_iter().skip(1).collect();
    let kept = findings.into_iter().enumerate().filter(|(place, _)| !gone.contains(place));
    let mut fact = Some(fact);
    kept.map(|(place, finding)| match fact.take_if(|_| place == first) {
        Some(fact) => Finding { fact, unit: None, ..finding },
        None => finding,
    })
    .collect()
}
