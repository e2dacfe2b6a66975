//! What labelled lines above the tables of a plan say of all rows of each: 供应商：某厂 above one order, 供应商：某店 above the
//! next. Where rows are called alike without it, it belongs to their key.

use std::collections::BTreeSet;

use super::guess::{Guess, Roles};
use super::shape::Shape;
use crate::model::fold;
use crate::normalise::layout::said_above::labels;
use crate::pipeline::heading;
use crate::read::Sheet;

/// What the column that takes it is named.
const NAME: &str = "label";

/// Adds to the key what the lines above the tables say in a label that all of them have, where that tells rows apart.
/// Returns what it is called.
pub fn tell_apart(
    tables: &[(&Sheet, &Shape)],
    columns: &mut Vec<Guess>,
    roles: &mut Roles,
) -> Option<String> {
    let alike = |columns: &[Guess], key: &[usize]| {
        let mut seen = BTreeSet::new();
        let rows = columns.first().map_or(0, |guess| guess.cells.len());
        let name = |row: usize| -> Vec<&str> {
            key.iter().map(|place| columns[*place].cells[row].as_str()).collect()
        };
        (0..rows).filter(|row| !seen.insert(name(*row))).count()
    };
    let told = |key: &[usize], owner: Option<usize>| [key, owner.as_slice()].concat();
    let before = alike(columns, &told(&roles.key, roles.owner));
    if before == 0 || tables.len() < 2 {
        return None;
    }
    let said: Vec<Vec<(String, String)>> =
        tables.iter().map(|(sheet, shape)| above(tables, sheet, shape)).collect();
    let is_column =
        |label: &str| columns.iter().any(|guess| guess.is_called(&heading::read(label).key));
    let first = said.first()?;
    for (label, _) in first.iter().filter(|(label, _)| !is_column(label)) {
        let key = fold::key(label);
        let of_table = |own: &Vec<(String, String)>| {
            own.iter().find(|(other, _)| fold::key(other) == key).map(|(_, said)| said.clone())
        };
        let Some(named) = said.iter().map(of_table).collect::<Option<Vec<String>>>() else {
            continue;
        };
        let distinct: BTreeSet<&String> = named.iter().collect();
        // The day and the number of an order name it as well, but its return has others.
        let is_name = |said: &String| {
            said.chars().filter(|c| c.is_alphabetic()).count() * 2 >= said.chars().count()
        };
        if distinct.len() < 2 || !named.iter().all(is_name) {
            continue;
        }
        let cells = tables
            .iter()
            .zip(&named)
            .flat_map(|((_, shape), said)| vec![said.clone(); shape.body.len()]);
        let mut guess = Guess::of_owners(cells.collect());
        NAME.clone_into(&mut guess.name);
        guess.title.clone_from(label);
        guess.lowest.clone_from(label);
        let with: Vec<Guess> = std::iter::once(guess).chain(columns.iter().cloned()).collect();
        let own: Vec<usize> =
            std::iter::once(0).chain(roles.key.iter().map(|place| place + 1)).collect();
        let owner = roles.owner.map(|owner| owner + 1);
        if alike(&with, &told(&own, owner)) * 2 > before {
            continue;
        }
        *columns = with;
        roles.moved_behind_one();
        roles.key = own;
        return Some(label.clone());
    }
    None
}

/// The labels above a table with what they say, from the top; of two alike the nearer.
fn above(tables: &[(&Sheet, &Shape)], sheet: &Sheet, shape: &Shape) -> Vec<(String, String)> {
    let start = shape.start();
    let same = tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet));
    let ends = same.filter_map(|(_, other)| other.heading_rows.last().copied());
    let after = ends.filter(|end| *end < start).max();
    let first = sheet.rows.partition_point(|row| after.is_some_and(|after| row.index <= after));
    let end = sheet.rows.partition_point(|row| row.index < start);
    let rows = sheet.rows.get(first..end).unwrap_or_default().iter();
    let mut found: Vec<(String, String)> = Vec::new();
    for (label, said, _) in rows.flat_map(labels) {
        match found.iter_mut().find(|(known, _)| fold::key(known) == fold::key(&label)) {
            Some((_, known)) => *known = said,
            None => found.push((label, said)),
        }
    }
    found
}
