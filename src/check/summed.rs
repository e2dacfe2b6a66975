//! Which rows the totals of a table add up by their own formulas, and whether that can be what is
//! meant.
//!
//! A formula proves that a row is a total. It does not prove which rows it should add up: one that
//! leaves out the row below its last is the commonest fault of a total. So what a formula adds up is
//! taken for what is meant only where the place of the total says the same, or where what it leaves out
//! is some other total's.

use std::ops::Range;

use crate::normalise::TableRow;
use crate::normalise::frame::Item;

/// Sums of sums of sums.
const MOST_LEVELS: usize = 12;
/// So many totals are looked at as what another adds up.
const MOST_TOTALS: usize = 1_000;

/// What the formulas of a table's totals add up.
pub(super) struct Summed {
    /// By total: tasks by their places, ascending and apart from one another; none where no formula
    /// tells.
    tasks: Vec<Option<Vec<Range<usize>>>>,
    /// By total: tasks and totals that its formula names itself.
    named: Vec<Named>,
    by_formula: Vec<bool>,
    /// By total: whether it is known to stand above what it adds up.
    heads: Vec<bool>,
}

#[derive(Clone, Default)]
struct Named {
    tasks: Vec<Range<usize>>,
    totals: Vec<Range<usize>>,
    /// Whether it names rows of another table as well.
    goes_beyond: bool,
}

impl Summed {
    pub(super) fn of(tasks: &[&Item<'_>], totals: &[&TableRow]) -> Self {
        let named: Vec<Named> = totals.iter().map(|total| named(total, tasks, totals)).collect();
        let mut summed = Self {
            tasks: vec![None; totals.len()],
            by_formula: totals.iter().map(|total| total.by_formula).collect(),
            heads: totals.iter().map(|total| total.heads).collect(),
            named,
        };
        for _ in 0..MOST_LEVELS {
            let mut found = false;
            for at in 0..totals.len() {
                if summed.tasks[at].is_none()
                    && let Some(tasks) = summed.through_totals(at)
                {
                    summed.tasks[at] = Some(tasks);
                    found = true;
                }
            }
            if !found {
                break;
            }
        }
        summed
    }

    /// What a total adds up, the rows of the totals that it names included; none while one of them is
    /// not known.
    fn through_totals(&self, at: usize) -> Option<Vec<Range<usize>>> {
        let Named { tasks, totals, goes_beyond } = &self.named[at];
        let mut found = tasks.clone();
        if *goes_beyond || totals.iter().map(ExactSizeIterator::len).sum::<usize>() > MOST_TOTALS {
            return None;
        }
        for total in totals.iter().cloned().flatten() {
            found.extend(self.tasks[total].as_ref()?.iter().cloned());
        }
        (!found.is_empty()).then(|| joined(found))
    }

    /// Returns the tasks that a total is meant to add up, as its formula says; `placed` is what its
    /// place may say. Of one that a word calls a total its place is believed first: only what another
    /// adds besides it may be left out.
    pub(super) fn meant(&self, at: usize, placed: &[Range<usize>]) -> Option<&[Range<usize>]> {
        let summed = self.tasks[at].as_deref()?;
        let (first, last) = (summed.first()?.start, summed.last()?.end);
        let around = placed.iter().filter(|rows| rows.start <= first && last <= rows.end);
        let around = around.min_by_key(|rows| rows.len());
        if !self.by_formula[at] {
            let [own] = summed else { return None };
            // How far a chapter goes over its sections nothing else says.
            if self.heads[at] && placed.contains(own) {
                return Some(summed);
            }
            let around = around.filter(|rows| *rows != own)?;
            let left_out = without(std::slice::from_ref(around), summed);
            return self.are_beside(at, summed, &left_out).then_some(summed);
        }
        if let [only] = summed
            && placed.contains(only)
        {
            return Some(summed);
        }
        let Some(around) = around else {
            return Some(summed);
        };
        let left_out = without(std::slice::from_ref(around), summed);
        // Rows that are picked out from among others are meant so.
        let is_pick = summed.len() > 1 && count(summed) <= count(&left_out);
        (is_pick || self.are_others(at, summed, left_out)).then_some(summed)
    }

    /// Returns whether all rows that a total leaves out are added to it, each by itself, by one that names it: 合计 is
    /// a line and the 小计 below it.
    fn are_beside(&self, at: usize, summed: &[Range<usize>], left_out: &[Range<usize>]) -> bool {
        let mut over = self.named.iter().filter(|named| {
            named.totals.iter().any(|totals| totals.contains(&at)) && !named.goes_beyond
        });
        over.any(|named| {
            count(&without(summed, &named.tasks)) == count(summed)
                && without(left_out, &named.tasks).is_empty()
        })
    }

    /// Keeps of what the place of a total may say what holds all that its formula adds up.
    pub(super) fn keep_around(&self, at: usize, placed: &mut Vec<Range<usize>>) {
        let summed = self.tasks[at].as_deref().filter(|_| self.by_formula[at]).unwrap_or_default();
        if let (Some(first), Some(last)) = (summed.first(), summed.last()) {
            placed.retain(|rows| rows.start <= first.start && last.end <= rows.end);
        }
    }

    /// Returns whether the rows that a total leaves out are those of other totals, or are added to it
    /// by one that holds both.
    fn are_others(
        &self,
        at: usize,
        summed: &[Range<usize>],
        mut left_out: Vec<Range<usize>>,
    ) -> bool {
        if self.named.len() > MOST_TOTALS {
            return false;
        }
        for (other, named) in self.named.iter().enumerate().filter(|(other, _)| *other != at) {
            if left_out.is_empty() {
                return true;
            }
            let is_apart = |tasks: &[Range<usize>]| count(&without(summed, tasks)) == count(summed);
            // What is picked out from all blocks takes nothing from any of them.
            let of_other = self.tasks[other].as_deref();
            let of_other = of_other.filter(|tasks| tasks.len() <= summed.len() && is_apart(tasks));
            let beside = named.totals.iter().any(|totals| totals.contains(&at));
            let beside = Some(named.tasks.as_slice()).filter(|tasks| beside && is_apart(tasks));
            for tasks in of_other.into_iter().chain(beside) {
                left_out = without(&left_out, tasks);
            }
        }
        left_out.is_empty()
    }
}

/// What most formulas of a total name.
fn named(total: &TableRow, tasks: &[&Item<'_>], totals: &[&TableRow]) -> Named {
    let times = |rows: &[(u32, u32)]| total.sums.iter().filter(|sum| sum.rows == rows).count();
    // The first of those that occur most often.
    let most = total.sums.iter().rev().max_by_key(|sum| times(&sum.rows));
    let mut found = Named::default();
    let ends = |rows: &mut dyn Iterator<Item = u32>| {
        let first = rows.next();
        first.map(|first| (first, rows.last().unwrap_or(first)))
    };
    let tasks_end = ends(&mut tasks.iter().map(|item| item.row.row));
    let totals_end = ends(&mut totals.iter().map(|total| total.row));
    let is_own = |first: u32, last: u32| {
        let touches = |(top, bottom): (u32, u32)| first <= bottom && last >= top;
        tasks_end.is_some_and(touches) || totals_end.is_some_and(touches)
    };
    for &(first, last) in most.map(|sum| sum.rows.as_slice()).unwrap_or_default() {
        found.goes_beyond |= !is_own(first, last);
        let of_tasks = |row: u32| tasks.partition_point(|item| item.row.row < row);
        let within = of_tasks(first)..of_tasks(last.saturating_add(1));
        if within.is_empty() {
            let of_totals = |row: u32| totals.partition_point(|total| total.row < row);
            found.totals.push(of_totals(first)..of_totals(last.saturating_add(1)));
        } else {
            // Totals among them are those of these tasks.
            found.tasks.push(within);
        }
    }
    found.tasks = joined(found.tasks);
    found
}

/// Puts runs in order, and together where they touch.
fn joined(mut runs: Vec<Range<usize>>) -> Vec<Range<usize>> {
    runs.sort_by_key(|run| run.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(runs.len());
    for run in runs {
        match joined.last_mut() {
            Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
            _ => joined.push(run),
        }
    }
    joined
}

/// Returns what is left of runs without others, both in order.
fn without(runs: &[Range<usize>], others: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut left = Vec::new();
    for run in runs {
        let mut start = run.start;
        let first = others.partition_point(|other| other.end <= run.start);
        for other in others[first..].iter().take_while(|other| other.start < run.end) {
            if other.start > start {
                left.push(start..other.start);
            }
            start = start.max(other.end);
        }
        if start < run.end {
            left.push(start..run.end);
        }
    }
    left
}

fn count(runs: &[Range<usize>]) -> usize {
    runs.iter().map(ExactSizeIterator::len).sum()
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "runs of rows are ranges, and may be one")]
mod tests {
    use super::*;

    type Runs<'a> = &'a [Range<usize>];

    fn summed(tasks: &[Runs<'_>], named: &[(Runs<'_>, Runs<'_>)]) -> Summed {
        let named = named
            .iter()
            .map(|(tasks, totals)| Named {
                tasks: tasks.to_vec(),
                totals: totals.to_vec(),
                goes_beyond: false,
            })
            .collect();
        Summed {
            tasks: tasks.iter().map(|tasks| Some(tasks.to_vec())).collect(),
            by_formula: vec![true; tasks.len()],
            heads: vec![false; tasks.len()],
            named,
        }
    }

    #[test]
    fn a_formula_is_believed_where_its_place_says_the_same() {
        let found = summed(&[&[0..4]], &[(&[0..4], &[])]);
        assert!(found.meant(0, &[0..4]).is_some());
        // The last row is left out.
        assert!(found.meant(0, &[0..5]).is_none());
    }

    #[test]
    fn what_is_left_out_may_be_another_totals() {
        let kinds = summed(&[&[0..3], &[3..7]], &[(&[0..3], &[]), (&[3..7], &[])]);
        assert!(kinds.meant(0, &[0..7]).is_some());
        // Row 0 stands beside the subtotal in the total of both.
        let named: [(Runs<'_>, Runs<'_>); 2] = [(&[1..4], &[]), (&[0..1], &[0..1])];
        let beside = summed(&[&[1..4], &[0..4]], &named);
        assert!(beside.meant(0, &[0..4]).is_some());
        // The total of the bridges takes row 2 from no county.
        let named: [(Runs<'_>, Runs<'_>); 2] = [(&[0..2], &[]), (&[2..3, 4..5], &[])];
        assert!(summed(&[&[0..2], &[2..3, 4..5]], &named).meant(0, &[0..3]).is_none());
        // Nobody adds row 4.
        let named: [(Runs<'_>, Runs<'_>); 2] = [(&[0..4], &[]), (&[0..4], &[])];
        assert!(summed(&[&[0..4], &[0..4]], &named).meant(0, &[0..5]).is_none());
    }

    #[test]
    fn rows_picked_out_are_meant() {
        let found = summed(&[&[0..1, 3..4]], &[(&[0..1, 3..4], &[])]);
        assert!(found.meant(0, &[0..5]).is_some());
        assert!(found.meant(0, &[0..3]).is_some(), "nothing else is meant by its place");
        let most = summed(&[&[0..2, 3..6]], &[(&[0..2, 3..6], &[])]);
        assert!(most.meant(0, &[0..6]).is_none(), "one row is forgotten");
    }
}
