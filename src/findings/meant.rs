//! Which heading of a sheet may be a column that it lacks, as its cells tell: beside the rows that were paired, a column
//! that nobody declared says what the plan does in the missing one. It is offered, and never taken: what was paid out
//! equals what was planned where all of it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::extract::Extract;
use crate::matching::Matched;
use crate::model::amount::scale_wide;
use crate::model::fact::{Agreeing, Lacking, Near};
use crate::model::{
    ColumnId, DECIMAL_PLACES, Entry, Fact, FileId, Finding, IdSlice, SheetId, TaskId, Value, fold,
};
use crate::normalise::aside::LONGEST;
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};

/// So many tasks at least tell, in so many ways, of which at least so many in ten agree.
const LEAST_ROWS: usize = 3;
const LEAST_WAYS: usize = 2;
const LEAST_IN_TEN: usize = 7;
const LEAST_SAME: usize = 8;
/// What no cell agrees with, of so many, is not meant, whatever its words are like.
const REFUTED: usize = 5;
/// So many cells of a sheet at most are held against the plan's, of each of its columns the first.
const MOST_HELD: usize = 400_000;
/// Sheets have money in 元 where the plan has it in 万元, or the other way round.
const SCALES: [(i128, i128); 3] = [(1, 1), (10_000, 1), (1, 10_000)];

/// How a heading fares beside a missing column.
#[derive(Clone, Debug, Default)]
struct Held<'a> {
    agrees: usize,
    of: usize,
    ways: BTreeSet<&'a str>,
}

impl Held<'_> {
    fn agreeing(&self) -> Agreeing {
        Agreeing { rows: self.agrees, of: self.of }
    }

    fn is_meant(&self) -> bool {
        let Agreeing { rows, of } = self.agreeing();
        // Rows that all say the same tell something where there are more of them, and none says anything else.
        let is_same = || rows >= LEAST_SAME && rows == of;
        rows >= LEAST_ROWS
            && rows * 10 >= of * LEAST_IN_TEN
            && (self.ways.len() >= LEAST_WAYS || is_same())
    }
}

/// Names, of each column that a sheet lacks, the heading that its cells tell; takes back one that they do not bear out.
pub fn by_cells(
    mut findings: Vec<Finding>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    extracts: &IdSlice<FileId, Extract>,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let lacking: BTreeSet<ColumnId> = findings
        .iter()
        .filter(|finding| nearest_of(&finding.fact).is_some())
        .filter_map(|finding| pipeline.column_named(finding.field.as_deref()?))
        .collect();
    if lacking.is_empty() {
        return findings;
    }
    let mut held = held(&lacking, plan, roster, matched, extracts);
    held.append(&mut held_as_names(&lacking, plan, extracts, pipeline));
    let meant = meant(&held);
    for finding in &mut findings {
        let field = finding.field.as_deref().and_then(|name| pipeline.column_named(name));
        let Some(field) = field else { continue };
        let (file, sheet) = (finding.file.clone(), finding.sheet.clone());
        let Some(nearest) = nearest_of_mut(&mut finding.fact) else { continue };
        let is_there = |heading: &str| {
            let files = extracts.iter_enumerated();
            let own = files.filter(|(own, _)| file.as_ref() == Some(&roster.places.files[*own]));
            own.flat_map(|(_, extract)| &extract.rows.sheets)
                .filter(|rows| sheet.is_none() || rows.name.is_none() || rows.name == sheet)
                .any(|rows| rows.aside.iter().any(|aside| aside.heading == heading))
        };
        if let Some(own) = meant.iter().find(|own| own.field == field && is_there(own.heading)) {
            *nearest = Some(Near { heading: own.heading.to_owned(), agrees: Some(own.agreeing) });
            continue;
        }
        let is_refuted = |near: &Near| {
            let is_another = meant.iter().any(|own| own.heading == near.heading);
            let held = held.get(&(near.heading.as_str(), field));
            is_another || held.is_some_and(|held| held.of >= REFUTED && held.agreeing().rows == 0)
        };
        if nearest.as_ref().is_some_and(is_refuted) {
            *nearest = None;
        }
    }
    findings
}

/// Returns the heading that is offered for a missing column, where a fact may offer one.
pub(super) fn nearest_of(fact: &Fact) -> Option<&Option<Near>> {
    match fact {
        Fact::ColumnMissing(
            Lacking::NotThere { nearest, .. } | Lacking::PartOfKey { nearest, .. },
        ) => Some(nearest),
        _ => None,
    }
}

fn nearest_of_mut(fact: &mut Fact) -> Option<&mut Option<Near>> {
    match fact {
        Fact::ColumnMissing(
            Lacking::NotThere { nearest, .. } | Lacking::PartOfKey { nearest, .. },
        ) => Some(nearest),
        _ => None,
    }
}

/// Holds what stands below each heading that nobody declared against the plan's missing columns.
fn held<'a>(
    lacking: &BTreeSet<ColumnId>,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    extracts: &'a IdSlice<FileId, Extract>,
) -> BTreeMap<(&'a str, ColumnId), Held<'a>> {
    let tasks: BTreeMap<(FileId, SheetId, u32), TaskId> = matched
        .pairs
        .iter()
        .map(|pair| {
            let item = &roster.items[pair.row];
            ((item.file, item.sheet, item.row.row), pair.task)
        })
        .collect();
    let mut held: BTreeMap<(&str, ColumnId), Held<'_>> = BTreeMap::new();
    for (file, extract) in extracts.iter_enumerated() {
        for (sheet, rows) in extract.rows.sheets.iter_enumerated() {
            let most = MOST_HELD / (rows.aside.len() * lacking.len()).max(1);
            for aside in &rows.aside {
                for (row, text) in aside.cells.iter().take(most) {
                    let Some(task) = tasks.get(&(file, sheet, *row)) else { continue };
                    for field in lacking {
                        let Some(entry) = &plan.tasks[*task].row.entries[*field] else { continue };
                        let Some(agrees) = agrees(text, entry) else { continue };
                        let own = held.entry((aside.heading.as_str(), *field)).or_default();
                        own.of += 1;
                        if agrees {
                            own.agrees += 1;
                            own.ways.insert(text.as_str());
                        }
                    }
                }
            }
        }
    }
    held
}

/// Holds what stands below each heading that nobody declared against the names of the plan's tasks, on sheets that lack
/// all that tells them: no row of these has been told to be a task.
fn held_as_names<'a>(
    lacking: &BTreeSet<ColumnId>,
    plan: &Plan<'_>,
    extracts: &'a IdSlice<FileId, Extract>,
    pipeline: &Pipeline,
) -> BTreeMap<(&'a str, ColumnId), Held<'a>> {
    let name = |text: &str| {
        let text: String = text.trim().chars().take(LONGEST).collect();
        fold::key(&text)
    };
    let mut held: BTreeMap<(&str, ColumnId), Held<'_>> = BTreeMap::new();
    for field in lacking.iter().filter(|field| pipeline.roles.key.contains(field)) {
        let entries = plan.tasks.iter().filter_map(|task| task.row.entries[*field].as_ref());
        let names: BTreeSet<String> = entries.map(|entry| name(&entry.typed)).collect();
        let sheets = extracts.iter().flat_map(|extract| &extract.rows.sheets);
        let nameless =
            sheets.filter(|rows| rows.tables.iter().all(|table| !table.has_part_of_key(pipeline)));
        for aside in nameless.flat_map(|rows| &rows.aside) {
            let own = held.entry((aside.heading.as_str(), *field)).or_default();
            for (_, text) in &aside.cells {
                own.of += 1;
                if names.contains(&name(text)) {
                    own.agrees += 1;
                    own.ways.insert(text.as_str());
                }
            }
        }
    }
    held
}

/// Returns whether a cell says what the plan does, whatever unit of money it is in; none where either says nothing, or 0.
fn agrees(text: &str, entry: &Entry) -> Option<bool> {
    if entry.value.is_absent() || entry.value.summand() == Some(0) {
        return None;
    }
    if matches!(entry.value, Value::Date(_) | Value::Month(_)) {
        return Some(numbers(text) == numbers(&entry.typed));
    }
    let figure = |text: &str| {
        let plain = fold::plain(text).replace(',', "");
        let plain = plain.trim_end_matches(|c: char| !c.is_ascii_digit());
        scale_wide(plain, DECIMAL_PLACES).ok()
    };
    match (figure(text), figure(&entry.typed)) {
        (Some(0), _) => None,
        (Some(own), Some(planned)) => Some(SCALES.iter().any(|(up, down)| {
            let scaled = own.checked_mul(*down).zip(planned.checked_mul(*up));
            scaled.is_some_and(|(own, planned)| own == planned)
        })),
        _ => Some(fold::key(text) == fold::key(&entry.typed)),
    }
}

/// Year, month and day, however a date is written.
fn numbers(text: &str) -> Vec<u32> {
    const MOST: usize = 3;
    let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.take(MOST).filter_map(|part| part.parse().ok()).collect()
}

/// A heading that a missing column is called by.
struct Meant<'a> {
    field: ColumnId,
    heading: &'a str,
    agreeing: Agreeing,
}

/// Returns the headings that missing columns are called by, each for the column with which it agrees most, those that
/// agree most first.
fn meant<'a>(held: &BTreeMap<(&'a str, ColumnId), Held<'_>>) -> Vec<Meant<'a>> {
    let borne_out = held.iter().filter(|(_, held)| held.is_meant());
    let mut all: Vec<Meant<'_>> = borne_out
        .map(|((heading, field), held)| Meant { field: *field, heading, agreeing: held.agreeing() })
        .collect();
    all.sort_by_key(|own| (std::cmp::Reverse(own.agreeing.rows), own.field, own.heading));
    let mut taken = BTreeSet::new();
    all.retain(|own| taken.insert(own.heading));
    all
}
