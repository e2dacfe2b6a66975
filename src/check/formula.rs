//! What the formula of a wrong total says of why it is wrong: rows that it leaves out, what it adds
//! besides, figures that it cannot add because they are text; or that there is none any more.

use std::collections::BTreeSet;

use crate::model::{Cause, CellAt, CellRange, ColumnId};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::roster::TotalRow;

/// So many totals are looked at as what another adds up.
const MOST_TOTALS: usize = 200;

/// A total that does not print what its rows add up to; figures in the smallest unit of its column.
pub(super) struct Own<'a> {
    pub total: &'a TableRow,
    /// Its place among the totals of its table.
    pub at: usize,
    pub field: ColumnId,
    pub printed: i64,
    pub sum: i64,
    /// What it should add up.
    pub rows: &'a [&'a Item<'a>],
}

/// A total among the cells that a formula names.
pub(super) struct Subtotal<'a> {
    pub figure: i64,
    /// What it adds up.
    pub rows: Vec<&'a Item<'a>>,
}

/// Returns what the formula of a wrong total explains, where it gives what is printed and all of the
/// difference; `named` tells of a total by its place in the table. Tasks and totals are those of its table,
/// in the order of rows.
pub(super) fn cause<'a>(
    own: &Own<'_>,
    tasks: &[&'a Item<'a>],
    totals: &[&'a TotalRow<'a>],
    named: impl Fn(usize) -> Option<Subtotal<'a>>,
) -> Option<Cause> {
    let Some(formula) = own.total.sums.iter().find(|sum| sum.field == own.field) else {
        return (!own.total.sums.is_empty()).then_some(Cause::TypedOver);
    };
    let column = own.total.entries[own.field].as_ref()?.column;
    let is_skipped = |row: u32| formula.skipped.binary_search(&row).is_ok();
    let scope: BTreeSet<Place> = own.rows.iter().map(|item| place(item)).collect();
    let mut found = Found::default();
    for item in within(tasks, |item| item.row.row, &formula.rows).map(|place| tasks[place]) {
        let Some(figure) = figure(item.row, own.field) else { continue };
        let at = CellAt::new(item.row.row, column);
        let is_own = scope.contains(&place(item));
        found.covered.insert(place(item));
        match (is_skipped(item.row.row), is_own) {
            (true, true) => found.skip(at, figure)?,
            (true, false) => {}
            (false, true) => found.adds = found.adds.checked_add(figure)?,
            (false, false) => found.take_in(at, figure)?,
        }
    }
    let others = within(totals, |total| total.row.row, &formula.rows);
    let others: Vec<usize> = others.filter(|at| *at != own.at).collect();
    if others.len() > MOST_TOTALS {
        return None;
    }
    for at in others {
        let total = totals[at];
        if is_skipped(total.row.row) {
            continue;
        }
        let Some(subtotal) = named(at) else { continue };
        let rows: BTreeSet<Place> = subtotal.rows.iter().map(|item| place(item)).collect();
        // What adds up rows that count already, or others than the total's, counts once too often.
        if !rows.is_disjoint(&found.covered) || !rows.is_subset(&scope) {
            found.take_in(CellAt::new(total.row.row, column), subtotal.figure)?;
            continue;
        }
        let figures = subtotal.rows.iter().filter_map(|item| figure(item.row, own.field));
        let sum = figures.fold(0_i64, i64::saturating_add);
        // A wrong subtotal makes the total wrong; that is told of itself.
        found.adds = found.adds.checked_add(subtotal.figure)?;
        found.explained = found.explained.checked_add(subtotal.figure.checked_sub(sum)?)?;
        found.covered.extend(rows);
    }
    for item in own.rows.iter().filter(|item| !found.covered.contains(&place(item))) {
        if let Some(figure) = figure(item.row, own.field).filter(|figure| *figure != 0) {
            let column = item.row.entries[own.field].as_ref()?.column;
            found.left_out.push(CellAt::new(item.row.row, column));
            found.explained = found.explained.checked_sub(figure)?;
        }
    }
    let explains_all =
        found.adds == own.printed && own.printed.checked_sub(own.sum) == Some(found.explained);
    let Found { left_out, taken_in, skipped, .. } = found;
    let says = !left_out.is_empty() || !taken_in.is_empty() || !skipped.is_empty();
    (explains_all && says).then(|| Cause::Formula {
        left_out: ranges(left_out),
        taken_in: ranges(taken_in),
        skipped: ranges(skipped),
    })
}

/// Returns the places of what stands in some runs of rows, of things in the order of their rows.
fn within<T>(
    things: &[T],
    row_of: impl Fn(&T) -> u32,
    runs: &[(u32, u32)],
) -> std::collections::btree_set::IntoIter<usize> {
    let places = runs.iter().flat_map(|(first, last)| {
        let from = things.partition_point(|thing| row_of(thing) < *first);
        let to = things.partition_point(|thing| row_of(thing) <= *last);
        from..to.max(from)
    });
    // A formula may name a cell twice.
    places.collect::<BTreeSet<usize>>().into_iter()
}

/// File, sheet, table and row of a task.
type Place = (usize, usize, usize, u32);

fn place(item: &Item<'_>) -> Place {
    (item.file.into(), item.sheet.into(), item.row.table, item.row.row)
}

/// What is found of a formula while the cells that it names are walked.
#[derive(Default)]
struct Found {
    /// What the cells add up to.
    adds: i64,
    /// How much of the difference is explained.
    explained: i64,
    covered: BTreeSet<Place>,
    left_out: Vec<CellAt>,
    taken_in: Vec<CellAt>,
    skipped: Vec<CellAt>,
}

impl Found {
    fn skip(&mut self, at: CellAt, figure: i64) -> Option<()> {
        if figure != 0 {
            self.skipped.push(at);
            self.explained = self.explained.checked_sub(figure)?;
        }
        Some(())
    }

    fn take_in(&mut self, at: CellAt, figure: i64) -> Option<()> {
        if figure != 0 {
            self.taken_in.push(at);
            self.adds = self.adds.checked_add(figure)?;
            self.explained = self.explained.checked_add(figure)?;
        }
        Some(())
    }
}

fn figure(row: &TableRow, field: ColumnId) -> Option<i64> {
    row.entries[field].as_ref()?.value.summand()
}

/// Puts cells of one column below one another together.
fn ranges(mut cells: Vec<CellAt>) -> Vec<CellRange> {
    cells.sort_unstable_by_key(|at| (at.column, at.row));
    let mut ranges: Vec<CellRange> = Vec::new();
    for at in cells {
        match ranges.last_mut() {
            Some(range) if range.last.column == at.column && range.last.row + 1 == at.row => {
                range.last = at;
            }
            _ => ranges.push(CellRange::new(at, at)),
        }
    }
    ranges
}
