//! Lists of codes and what they mean beside a plan: what is to be chosen from while it is filled in.

use std::collections::BTreeSet;

use super::alike::{Aside, Why};
use super::guess::{self, Guess};
use super::shape::Shape;
use super::sums;
use crate::pipeline::ColumnType;
use crate::read::Sheet;

/// Leaves aside the lists of codes and what they mean, 0501 固定资产, beside a list with several columns that have sums:
/// what is to be chosen from while that is filled in.
pub fn leave(shapes: &[(&Sheet, Vec<Shape>)], is_chosen: &mut [bool], aside: &mut Vec<Aside>) {
    const LEAST_SUMS: usize = 3;
    let columns: Vec<Vec<Guess>> = shapes
        .iter()
        .zip(&*is_chosen)
        .map(|((sheet, found), chosen)| {
            let tables: Vec<(&Sheet, &Shape)> =
                found.iter().filter(|_| *chosen).map(|shape| (*sheet, shape)).collect();
            guess::columns(&tables, &[])
        })
        .collect();
    let has_sums = |columns: &[Guess]| {
        let sums = columns.iter().filter(|own| sums::is_quantity(own) && !own.is_list());
        sums.count() >= LEAST_SUMS
    };
    if !columns.iter().any(|own| has_sums(own)) {
        return;
    }
    for place in (0..shapes.len()).filter(|place| is_directory(&columns[*place])) {
        is_chosen[place] = false;
        let sheet = shapes[place].0.name.clone().unwrap_or_default();
        aside.push(Aside { sheet, why: Why::Directory });
    }
}

/// Returns whether a list has one column of names, and codes that tell its rows apart.
fn is_directory(columns: &[Guess]) -> bool {
    const MOST_COLUMNS: usize = 4;
    let filled = |own: &Guess| own.cells.iter().filter(|cell| !cell.is_empty()).count();
    let is_code = |own: &&Guess| {
        let cells: BTreeSet<&String> = own.cells.iter().filter(|cell| !cell.is_empty()).collect();
        let is_one = |cell: &&String| {
            cell.chars().any(|c| c.is_ascii_digit()) && !cell.contains(char::is_whitespace)
        };
        cells.len() > 1
            && cells.len() == own.cells.len()
            && cells.iter().all(is_one)
            && !own.is_list()
            && !own.kind.is_money()
            && own.kind != ColumnType::Decimal
    };
    let has_sum = |own: &&Guess| sums::is_quantity(own) && !is_code(own) && !own.is_list();
    let used: Vec<&Guess> = columns.iter().filter(|own| filled(own) > 0).collect();
    let is_words = |own: &&&Guess| {
        own.cells.iter().filter(|cell| cell.contains(char::is_alphabetic)).count() * 2
            > own.cells.len()
            && !is_code(own)
    };
    (2..=MOST_COLUMNS).contains(&used.len())
        && !used.iter().any(has_sum)
        && used.iter().any(is_code)
        && used.iter().filter(is_words).count() == 1
        // What is due some day is no word to choose.
        && !used.iter().any(|own| own.kind.is_time())
}
