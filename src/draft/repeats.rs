//! Rows that a key does not tell apart, and the columns that would.

use std::collections::{BTreeMap, BTreeSet};

use super::guess::Guess;
use crate::model::fold;

/// What stands in some columns, as numbers: the same for what is folded alike, 0 for nothing. Many keys
/// are tried with the same cells.
#[derive(Debug)]
pub struct Names {
    by_column: BTreeMap<usize, Vec<u32>>,
}

impl Names {
    pub fn of(guesses: &[Guess], columns: impl IntoIterator<Item = usize>) -> Self {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::from([(String::new(), 0)]);
        let mut number = |text: &String| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(fold::key(text)).or_insert(next)
        };
        let mut by_column = BTreeMap::new();
        for place in columns {
            let cells = || guesses[place].cells.iter().map(&mut number).collect();
            by_column.entry(place).or_insert_with(cells);
        }
        Self { by_column }
    }
}

/// Returns how many rows the columns do not tell from an earlier one, or leave without a name.
///
/// Those of `alternating` say it only where the others do not; of all others a blank that is not in the
/// last column of the key is what stands above it.
pub fn repeated(
    guesses: &[Guess],
    owner: Option<usize>,
    key: &[usize],
    alternating: &[usize],
) -> usize {
    let names = Names::of(guesses, owner.into_iter().chain(key.iter().copied()));
    repeated_of(&names, guesses, owner, key, alternating)
}

/// As [`repeated`], of columns whose names are known.
pub fn repeated_of(
    names: &Names,
    guesses: &[Guess],
    owner: Option<usize>,
    key: &[usize],
    alternating: &[usize],
) -> usize {
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let columns: Vec<(usize, &Vec<u32>)> =
        owner.iter().chain(key).map(|place| (*place, &names.by_column[place])).collect();
    let mut last = vec![0; columns.len()];
    let mut seen: BTreeSet<Vec<u32>> = BTreeSet::new();
    let mut repeated = 0;
    for row in 0..rows {
        let mut name = Vec::with_capacity(columns.len());
        let mut is_named = true;
        for ((place, own), last) in columns.iter().zip(&mut last) {
            let text = own[row];
            let leading = key.last() != Some(place);
            if alternating.contains(place) {
                is_named &= key.iter().any(|other| !guesses[*other].cells[row].is_empty());
                name.push(text);
            } else if text != 0 {
                *last = text;
                name.push(text);
            } else if leading {
                name.push(*last);
            } else {
                is_named = false;
            }
        }
        repeated += usize::from(!is_named || !seen.insert(name));
    }
    repeated
}

/// Returns the first key that tells all rows apart, else the one that leaves the fewest alike.
pub fn best_key(tried: Vec<Vec<usize>>, count: impl Fn(&[usize]) -> usize) -> Option<Vec<usize>> {
    let mut best: Option<(usize, Vec<usize>)> = None;
    for key in tried {
        let own = count(&key);
        if own == 0 {
            return Some(key);
        }
        if best.as_ref().is_none_or(|(least, _)| own < *least) {
            best = Some((own, key));
        }
    }
    best.map(|(_, key)| key)
}
