//! Whether what stands in a column belongs elsewhere: into another column, or into other rows.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::grid::{Column, Explained, Grid, Held, LEAST};
use crate::model::common::SameCause;

/// So much must the values of the cells tell, in bits, before they are taken for those of another place: ten
/// amounts that occur once each tell more than thirty, ten months of twelve tasks hardly any.
const TELLING: f64 = 16.0;

/// A column may be out of step by so many rows.
const FARTHEST: usize = 10;

/// A value that stands in more columns of a row says of none of them that it was filled in from there.
const MOST_ALIKE: usize = 8;

/// By the place of a column, the places of those from which cells enough of it could have been filled in.
pub fn alike(grid: &Grid) -> Vec<Vec<usize>> {
    let columns = grid.columns.len();
    let mut counts = vec![0_u32; columns * columns];
    // Row by row, so that each column is not held against each.
    for row in 0..grid.rows.len() {
        let cells = grid.columns.iter().map(|column| &column.cells[row]);
        if !cells.clone().any(|cell| cell.said.is_some()) {
            continue;
        }
        let mut standing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, column) in grid.columns.iter().enumerate() {
            for key in column.own(row).keys() {
                standing.entry(key).or_default().push(place);
            }
        }
        for (place, cell) in cells.enumerate().filter(|(_, cell)| cell.said.is_some()) {
            for key in cell.found.keys() {
                let there = standing.get(key).filter(|there| there.len() <= MOST_ALIKE);
                for other in there.into_iter().flatten().filter(|other| **other != place) {
                    counts[place * columns + other] += 1;
                }
            }
        }
    }
    let of = |counts: &[u32]| {
        let enough = counts.iter().enumerate().filter(|(_, count)| **count as usize >= LEAST);
        enough.map(|(other, _)| other).collect()
    };
    counts.chunks(columns.max(1)).map(of).collect()
}

/// Each of these columns that this one could have been filled in from.
pub fn other_columns(grid: &Grid, column: &Column, others: &[usize]) -> Vec<Explained> {
    let all = others.iter().map(|other| &grid.columns[*other]).map(|other| {
        let fits = |row: usize| {
            let cell = &column.cells[row];
            let own = other.own(row);
            if own.words.is_empty() || own.is(&cell.planned) {
                return None;
            }
            Some(own.is(&cell.found))
        };
        let held = vec![(column.name.clone(), other.name.clone())];
        Explained::by(SameCause::OtherColumns { held }, column, fits)
    });
    all.filter(|own| own.is_enough() && tells(own, column) >= TELLING).collect()
}

/// How much the found values of cells tell, in bits: one that stands in every row tells nothing.
#[expect(clippy::cast_precision_loss, reason = "rows of a sheet")]
fn tells(explained: &Explained, column: &Column) -> f64 {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in &column.cells {
        *counts.entry(&cell.found.words).or_default() += 1;
    }
    let all = column.cells.len() as f64;
    let of = |row: &usize| (all / counts[column.cells[*row].found.words.as_str()] as f64).log2();
    explained.rows.iter().map(of).sum()
}

/// To which row each row's content belongs, where it is another one.
#[derive(Clone)]
pub struct Belongs {
    cause: SameCause,
    rows: Vec<Option<usize>>,
}

/// What a column looks like once its rows are put where they belong: those that are out of step elsewhere, or
/// else those from the first to the last that is so itself.
fn put_right(
    belongs: &Belongs,
    column: &Column,
    elsewhere: Option<&RangeInclusive<usize>>,
) -> Explained {
    let fits = |row: usize| {
        let planned = |row: usize| &column.cells[row].planned;
        let cell = &column.cells[row];
        let Some(home) = belongs.rows[row] else {
            // Nothing stands beyond the end of a list, or what was pushed out at the other.
            let at_end = end_of(&belongs.cause, row, column.cells.len())?;
            let is_left_blank = cell.said.is_some() && cell.found.words.is_empty();
            let is_turned = cell.said.is_some() && planned(at_end).words == cell.found.words;
            return (is_left_blank || is_turned).then_some(true);
        };
        let is_same = planned(home).words == planned(row).words;
        (!is_same).then(|| planned(home).words == cell.found.words)
    };
    // What is out of step is so from a row on, or up to one.
    let is_shown = |row: &usize| fits(*row) == Some(true) && column.cells[*row].said.is_some();
    let own = || {
        let first = (0..column.cells.len()).find(is_shown)?;
        Some(first..=(first..column.cells.len()).rfind(is_shown)?)
    };
    let Some(rows) = elsewhere.cloned().or_else(own) else {
        return Explained { cause: belongs.cause.clone(), rows: Vec::new(), of: 0 };
    };
    let within = |row: usize| rows.contains(&row).then(|| fits(row)).flatten();
    Explained::by(belongs.cause.clone(), column, within)
}

/// The row at the other end of a list from which a shifted row would come.
fn end_of(cause: &SameCause, row: usize, rows: usize) -> Option<usize> {
    let SameCause::Rows { below, .. } = cause else { return None };
    let from = i64::try_from(row).ok()? - below;
    usize::try_from(from.rem_euclid(i64::try_from(rows).ok()?)).ok()
}

/// Whether what was pushed out at one end of the list stands at the other.
fn is_turned(explained: &Explained, column: &Column) -> bool {
    explained.rows.iter().any(|row| {
        let SameCause::Rows { below, .. } = explained.cause else { return false };
        let from = i64::try_from(*row).unwrap_or_default() - below;
        let is_beyond = usize::try_from(from).map_or(true, |from| from >= column.cells.len());
        is_beyond && !column.cells[*row].found.words.is_empty()
    })
}

/// Returns by which shift, or by which other order, the most cells are explained: by column, as far as it
/// is. A column counts as evidence only where no other cause explains as much of it.
pub fn rows(grid: &Grid, others: &[usize]) -> Vec<(usize, Explained)> {
    let flawed = |column: &&Column| column.differing().next().is_some();
    let columns: Vec<(usize, &Column)> =
        grid.columns.iter().enumerate().filter(|(_, column)| flawed(column)).collect();
    let mut best: Vec<(usize, Explained)> = Vec::new();
    let orders: Vec<Option<Belongs>> = grid.columns.iter().map(in_another_order).collect();
    for belongs in ways(grid, &orders) {
        let may_be = columns.iter().filter(|(place, _)| {
            orders[*place].as_ref().is_none_or(|own| may_be_of(own, &belongs))
        });
        let all = may_be.map(|(place, column)| (*place, put_right(&belongs, column, None)));
        let all = all.filter(|(_, explained)| explained.is_most());
        let is_evidence = |(place, explained): &(usize, Explained)| {
            let column = &grid.columns[*place];
            let all = column.differing().count();
            explained.is_enough()
                && explained.rows.len() > others[*place]
                && tells(explained, column) >= TELLING
                && (matches!(belongs.cause, SameCause::Rows { .. })
                    || explained.rows.len() * 5 >= all * 4)
        };
        let (mut put, others_put): (Vec<(usize, Explained)>, Vec<_>) = all.partition(is_evidence);
        let rows = || put.iter().flat_map(|(_, explained)| &explained.rows);
        let (Some(first), Some(last)) = (rows().min(), rows().max()) else { continue };
        // One cell that could have come from there is no more than chance: all in these rows must have.
        let rows = *first..=*last;
        let with_them = others_put
            .into_iter()
            .map(|(place, _)| (place, put_right(&belongs, &grid.columns[place], Some(&rows))));
        put.extend(with_them.filter(|(_, explained)| explained.is_most()));
        put.sort_by_key(|(place, _)| *place);
        let cells = |all: &[(usize, Explained)]| -> usize {
            all.iter().map(|(_, explained)| explained.rows.len()).sum()
        };
        // A shift says more than another order, though what stands at its end may be left over.
        let is_shift = |all: &[(usize, Explained)]| {
            all.iter().any(|(_, own)| matches!(own.cause, SameCause::Rows { .. }))
        };
        let is_more = match (is_shift(&best), is_shift(&put)) {
            (true, false) => cells(&put) * 4 > cells(&best) * 5,
            _ => cells(&put) > cells(&best),
        };
        if is_more {
            best = put;
        }
    }
    let is_turned = best.iter().any(|(place, own)| is_turned(own, &grid.columns[*place]));
    for (_, own) in &mut best {
        if let SameCause::Rows { turned, .. } = &mut own.cause {
            *turned = is_turned;
        }
    }
    best
}

/// Whether a column that shows an order of its own may be out of step in that way: nearly all of what it would
/// change must then be so in its own.
fn may_be_of(own: &Belongs, belongs: &Belongs) -> bool {
    if !matches!(belongs.cause, SameCause::OutOfOrder) {
        return true;
    }
    let homes = belongs.rows.iter().zip(&own.rows).enumerate();
    let moved = homes.filter(|(row, (home, _))| home.is_some_and(|home| home != *row));
    let (mut all, mut same) = (0, 0);
    for (_, (home, own)) in moved {
        all += 1;
        same += usize::from(home == own);
    }
    same * 4 >= all
}

/// Whether an order says nothing that another does not say.
fn is_within(own: &Belongs, other: &Belongs) -> bool {
    own.rows.iter().zip(&other.rows).all(|(own, other)| own.is_none() || own == other)
}

/// The ways in which rows can be out of step: each shift, and each order that a telling column shows.
fn ways(grid: &Grid, orders: &[Option<Belongs>]) -> Vec<Belongs> {
    let rows = grid.rows.len();
    let mut ways = Vec::new();
    for by in 1..=FARTHEST.min(rows / 2) {
        let above = (0..rows).map(|row| row.checked_sub(by));
        let below = (0..rows).map(|row| Some(row + by).filter(|home| *home < rows));
        let signed = i64::try_from(by).unwrap_or_default();
        ways.push(Belongs {
            cause: SameCause::Rows { below: signed, turned: false },
            rows: above.collect(),
        });
        ways.push(Belongs {
            cause: SameCause::Rows { below: -signed, turned: false },
            rows: below.collect(),
        });
    }
    let mut different: Vec<&Belongs> = Vec::new();
    for own in orders.iter().flatten() {
        if !different.iter().any(|other| is_within(own, other)) {
            different.push(own);
        }
    }
    ways.extend(different.into_iter().cloned());
    ways
}

/// The order that a column shows whose values occur once each.
fn in_another_order(column: &Column) -> Option<Belongs> {
    column.differing().next()?;
    let mut homes: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for (row, cell) in column.cells.iter().enumerate() {
        let words = cell.planned.words.as_str();
        if !words.is_empty() {
            homes.entry(words).and_modify(|home| *home = None).or_insert(Some(row));
        }
    }
    let alone = homes.values().flatten().count();
    if alone * 5 < column.cells.len() * 4 {
        return None;
    }
    let home = |cell: &super::grid::Cell| {
        cell.said.and_then(|_| homes.get(cell.found.words.as_str()).copied().flatten())
    };
    Some(Belongs { cause: SameCause::OutOfOrder, rows: column.cells.iter().map(home).collect() })
}

/// The values that the plan had before it was revised.
pub fn before_revision(column: &Column, before: &[Option<Held>], from: &str) -> Option<Explained> {
    let fits = |row: usize| {
        let cell = &column.cells[row];
        let before = before[row].as_ref()?;
        (before.words != cell.planned.words).then(|| before.words == cell.found.words)
    };
    let cause = SameCause::BeforeRevision { from: from.to_owned() };
    Some(Explained::by(cause, column, fits)).filter(Explained::is_enough)
}
