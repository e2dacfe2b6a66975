//! A column of which hardly a cell can be read has one cause: it is said once, with all its cells. So are cells of a
//! column that say the same that cannot be read, those that are finer than what is held, and those that are blank.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::{Discriminant, discriminant};

use crate::model::fact::Holder;
use crate::model::{Fact, Finding, IdVec, Obstacle, TaskTold, UnitId, Value};
use crate::normalise::frame::Item;
use crate::pipeline::Pipeline;
use crate::roster::{Names, Places};

/// So many cells that say nothing for one reason are a column's; fewer are mended one by one.
pub const LEAST: usize = 5;

/// What files, sheets and units are called on one side.
pub struct Side<'a> {
    pub places: &'a Places,
    pub names: &'a Names,
    pub whose: Whose,
}

/// Whose a column is where a sheet has the rows of several units.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Each unit mends its own.
    EachUnits,
    /// The plan's is nobody's.
    Nobodys,
}

/// Why a cell says nothing that could be held. What is blank, or too fine, says nothing of those that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Unreadable,
    TooFine,
    Blank,
    /// A word that says that there is nothing to fill in.
    NotApplicable,
}

/// The place of a finding, and why its cell cannot be read.
type Said = (usize, Option<Discriminant<Obstacle>>);

/// A column of a sheet: file, sheet, unit, field.
type Column = (String, String, Option<String>, String);

/// Puts the findings together that say of nearly all filled cells of a column that they cannot be read, or of
/// several that they say the same that cannot be, are too fine, or are blank. Each is put into the first of its
/// kind; the others are gone. What has been answered stays. Returns the places that went, and where to.
pub fn join<'a>(
    findings: &mut [Option<Finding>],
    rows: impl Iterator<Item = &'a Item<'a>>,
    side: &Side<'_>,
    has_been_answered: impl Fn(&Finding) -> bool,
    pipeline: &Pipeline,
) -> Vec<(usize, usize)> {
    let mut columns: BTreeMap<(Column, Cause), Vec<Said>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        let Some(finding) = finding else { continue };
        let (cause, why) = match (&finding.fact, &finding.found) {
            (
                Fact::ValueUnreadable(Holder::Row) | Fact::ValueImprecise(Holder::Row),
                Some(Value::Unreadable(obstacle)),
            ) => {
                let is_fine = *obstacle == Obstacle::TooFine;
                let cause = if is_fine { Cause::TooFine } else { Cause::Unreadable };
                (cause, Some(discriminant(obstacle)))
            }
            // What the plan leaves blank is asked for task by task.
            (Fact::ValueMissing, found)
                if side.whose == Whose::EachUnits && finding.cells.len() == 1 =>
            {
                let is_word = *found == Some(Value::NotApplicable);
                (if is_word { Cause::NotApplicable } else { Cause::Blank }, None)
            }
            _ => continue,
        };
        let unit = finding.unit.clone().filter(|_| side.whose == Whose::EachUnits);
        if let (Some(file), Some(sheet), Some(field)) =
            (&finding.file, &finding.sheet, &finding.field)
            && !has_been_answered(finding)
        {
            let column = (file.clone(), sheet.clone(), unit, field.clone());
            columns.entry((column, cause)).or_default().push((place, why));
        }
    }
    columns.retain(|_, cells| cells.len() >= LEAST);
    if columns.is_empty() {
        return Vec::new();
    }
    let filled = filled(&columns, rows, side, pipeline);
    let mut gone = Vec::new();
    for ((column, cause), cells) in columns {
        let filled = *filled.get(&column).unwrap_or(&0);
        let is_one = match cause {
            Cause::Blank | Cause::TooFine => true,
            Cause::NotApplicable => false,
            Cause::Unreadable => {
                cells.iter().all(|cell| cell.1 == cells[0].1) && cells.len() * 5 >= filled * 4
            }
        };
        let places: Vec<usize> = cells.into_iter().map(|(place, _)| place).collect();
        let groups = if is_one { vec![places] } else { alike(&places, findings) };
        for places in groups {
            gone.extend(put_together(findings, &places, |taken| whole(taken, side.whose)));
        }
    }
    gone
}

/// Puts what is made of several findings into the place of the first. Returns the places that went, and where to.
pub fn put_together(
    findings: &mut [Option<Finding>],
    places: &[usize],
    whole: impl FnOnce(Vec<Finding>) -> Option<Finding>,
) -> Vec<(usize, usize)> {
    let Some((home, others)) = places.split_first() else { return Vec::new() };
    let taken: Vec<Finding> = places.iter().filter_map(|place| findings[*place].take()).collect();
    let tasks: BTreeSet<TaskTold> = taken.iter().filter_map(of_task).collect();
    findings[*home] =
        whole(taken).map(|whole| Finding { tasks: tasks.into_iter().collect(), ..whole });
    others.iter().map(|place| (*place, *home)).collect()
}

fn of_task(finding: &Finding) -> Option<TaskTold> {
    let task = finding.task.clone()?;
    Some(TaskTold { unit: finding.unit.clone(), seq: finding.seq, task })
}

/// The places of findings whose cells say the same, where they are so many that it is one mistake.
fn alike(places: &[usize], findings: &[Option<Finding>]) -> Vec<Vec<usize>> {
    let mut by_words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for place in places {
        let finding = findings[*place].as_ref();
        if let Some(typed) = finding.and_then(|finding| finding.typed.as_deref()) {
            by_words.entry(typed.trim()).or_default().push(*place);
        }
    }
    let mut groups: Vec<Vec<usize>> =
        by_words.into_values().filter(|places| places.len() >= LEAST).collect();
    groups.sort();
    groups
}

/// Returns how many cells of each column hold something other than 0.
fn filled<'a>(
    columns: &BTreeMap<(Column, Cause), Vec<Said>>,
    rows: impl Iterator<Item = &'a Item<'a>>,
    side: &Side<'_>,
    pipeline: &Pipeline,
) -> BTreeMap<Column, usize> {
    let fields: IdVec<_, &String> = pipeline.columns.iter().map(|column| &column.name).collect();
    let unit_of =
        |unit: UnitId| (side.whose == Whose::EachUnits).then(|| side.names.name(unit).to_owned());
    let asked: BTreeSet<&Column> = columns.keys().map(|(column, _)| column).collect();
    let mut filled: BTreeMap<Column, usize> = BTreeMap::new();
    for item in rows {
        let file = &side.places.files[item.file];
        let sheet = &side.places.sheets[item.file][item.sheet];
        for (field, entry) in item.row.entries.iter_enumerated() {
            let says = entry
                .as_ref()
                .is_some_and(|entry| !entry.value.is_absent() && entry.value.summand() != Some(0));
            if says {
                let field = fields[field].clone();
                let column = (file.clone(), sheet.clone(), unit_of(item.unit), field);
                if asked.contains(&column) {
                    *filled.entry(column).or_default() += 1;
                }
            }
        }
    }
    filled
}

/// Returns one finding for all, at the first of them.
fn whole(findings: Vec<Finding>, whose: Whose) -> Option<Finding> {
    let rows = findings.len();
    let cells = findings.iter().flat_map(|finding| finding.cells.iter().copied()).collect();
    // Where none of the plan's own cells can be read either, that is still known of them.
    let is_faulty = |finding: &Finding| matches!(finding.expected, Some(Value::Unreadable(_)));
    let are_faulty = findings.iter().all(is_faulty);
    let first = findings.into_iter().next()?;
    let expected = first.expected.clone().filter(|_| are_faulty);
    let unit = first.unit.clone().filter(|_| whose == Whose::EachUnits);
    let fact = match first.fact {
        Fact::ValueImprecise(_) => Fact::ValueImprecise(Holder::Column { rows }),
        Fact::ValueMissing => Fact::ValueMissing,
        _ => Fact::ValueUnreadable(Holder::Column { rows }),
    };
    Some(Finding { fact, unit, seq: None, task: None, expected, cells, ..first })
}
