//! Sums over several levels that no word and no look tells: a county, below it its towns, below each its villages.
//!
//! One such row may be a sum by chance. What speaks for a table of them is that they part all of it: each row stands
//! below a sum, or beside others that are sums, down to its last row, and in one way only.

use std::ops::Range;

use super::added::{Added, Line, digits, digits_of};
use super::looks::Place;
use crate::model::amount::common_divisor;

/// So many digits of the sums, less those that choosing their rows costs, agree by no chance.
const CLEAR: f64 = 4.0;
/// So much is looked at for each row, over the whole table.
const STEPS_A_ROW: usize = 60;
/// So many rows are no table of levels that a hand makes.
const MOST_ROWS: usize = 2_000;
/// Ways in which the rows below a sum may be parted.
const MOST_WAYS: usize = 3;

/// Returns the rows that are sums, where they part the whole table in one way.
pub(super) fn parted(lines: &[Line]) -> Vec<Added> {
    let own: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].figures.iter().any(Option::is_some)).collect();
    let is_small = |rows: &Vec<usize>| (5..=MOST_ROWS).contains(&rows.len());
    if !is_small(&own) || !lines.iter().any(|line| line.is_open) {
        return Vec::new();
    }
    let rows = |order: Vec<usize>| order.into_iter().map(|at| &lines[at]).collect::<Vec<&Line>>();
    let over = Levels::of(rows(own.clone()), Place::Over).found();
    if !over.is_empty() {
        return over;
    }
    Levels::of(rows(own.into_iter().rev().collect()), Place::Below).found()
}

struct Levels<'a> {
    /// The rows as they are read from a sum to its parts.
    rows: Vec<&'a Line>,
    /// By row, the figures of the columns in which most rows have one.
    figures: Vec<Vec<i128>>,
    place: Place,
    left: usize,
    /// By row: the ways in which it may be a sum, once they are known.
    known: Vec<Option<Vec<Way>>>,
}

/// How a row adds up the rows from it to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Way {
    end: usize,
    /// The sums among them, itself the first, each with the end of its rows.
    sums: Vec<(usize, usize)>,
}

impl<'a> Levels<'a> {
    fn of(rows: Vec<&'a Line>, place: Place) -> Self {
        let width = rows.iter().map(|line| line.figures.len()).max().unwrap_or(0);
        let figure = |line: &Line, column: usize| line.figures.get(column).copied().flatten();
        let is_full = |column: &usize| {
            let filled = rows.iter().filter(|line| figure(line, *column).is_some()).count();
            filled * 3 >= rows.len() * 2
        };
        let columns: Vec<usize> = (0..width).filter(is_full).collect();
        let figures = rows
            .iter()
            .map(|line| columns.iter().map(|column| figure(line, *column).unwrap_or(0)).collect());
        let figures = figures.collect();
        let known = vec![None; rows.len()];
        let left = STEPS_A_ROW * rows.len();
        Self { rows, figures, place, left, known }
    }

    fn found(mut self) -> Vec<Added> {
        if self.figures.first().is_none_or(Vec::is_empty) {
            return Vec::new();
        }
        // The rows below the words that name a total of all are what it adds up.
        let root = usize::from(self.rows[0].is_called);
        let is_told = |line: &&Line| line.is_called;
        if self.rows[root..].iter().any(is_told) {
            return Vec::new();
        }
        let wanted = (root == 1).then(|| self.figures[0].clone());
        if let Some(wanted) = &wanted
            && self.sum(1..self.rows.len()) == *wanted
        {
            return Vec::new();
        }
        let ways = self.parted(root, wanted.as_ref());
        let [only] = ways.as_slice() else { return Vec::new() };
        if self.left == 0 || !self.is_clear(only, root) {
            return Vec::new();
        }
        let added = only.iter().map(|(at, end)| {
            let (first, last) = (self.rows[at + 1].row, self.rows[end - 1].row);
            let rows = (first.min(last), first.max(last));
            Added { row: self.rows[*at].row, rows, place: self.place }
        });
        added.collect()
    }

    fn sum(&self, rows: Range<usize>) -> Vec<i128> {
        let mut sum = vec![0; self.figures[0].len()];
        for at in rows {
            for (sum, own) in sum.iter_mut().zip(&self.figures[at]) {
                *sum += own;
            }
        }
        sum
    }

    /// The ways in which all rows from one on are sums and rows beside them, which make what is wanted or are sums
    /// alone.
    fn parted(&mut self, from: usize, wanted: Option<&Vec<i128>>) -> Vec<Vec<(usize, usize)>> {
        let mut found: Vec<Vec<(usize, usize)>> = Vec::new();
        let width = self.figures[0].len();
        let mut open = vec![(from, vec![0_i128; width], Vec::new(), true)];
        while let Some((at, sum, sums, are_sums)) = open.pop() {
            if self.left == 0 || found.len() >= MOST_WAYS {
                break;
            }
            self.left -= 1;
            if at == self.rows.len() {
                let fits = wanted.map_or(are_sums, |wanted| *wanted == sum);
                if fits && !sums.is_empty() && !found.contains(&sums) {
                    found.push(sums);
                }
                continue;
            }
            let next: Vec<i128> =
                sum.iter().zip(&self.figures[at]).map(|(sum, own)| sum + own).collect();
            // A row beside sums is a part only of what a word calls a total.
            if wanted.is_some() {
                open.push((at + 1, next.clone(), sums.clone(), false));
            }
            for way in self.ways(at) {
                let mut sums = sums.clone();
                sums.extend(way.sums);
                open.push((way.end, next.clone(), sums, are_sums));
            }
        }
        found
    }

    /// The ways in which a row may be the sum of those below it.
    fn ways(&mut self, at: usize) -> Vec<Way> {
        if let Some(known) = &self.known[at] {
            return known.clone();
        }
        // While it is looked for it is none.
        self.known[at] = Some(Vec::new());
        let own = self.figures[at].clone();
        let mut found: Vec<Way> = Vec::new();
        let is_none = |figures: &[i128]| figures.iter().all(|figure| *figure == 0);
        if !self.rows[at].is_open || is_none(&own) {
            return found;
        }
        let mut open = vec![(at + 1, vec![0_i128; own.len()], 0_usize, Vec::new())];
        while let Some((next, sum, parts, sums)) = open.pop() {
            if self.left == 0 || found.len() >= MOST_WAYS {
                break;
            }
            self.left -= 1;
            if parts > 1 && sum == own {
                let mut all = vec![(at, next)];
                all.extend(sums.iter().copied());
                let way = Way { end: next, sums: all };
                if !found.contains(&way) {
                    found.push(way);
                }
                continue;
            }
            if next == self.rows.len() {
                continue;
            }
            let figures = &self.figures[next];
            let after: Vec<i128> = sum.iter().zip(figures).map(|(sum, own)| sum + own).collect();
            let is_beyond = after
                .iter()
                .zip(&own)
                .any(|(after, own)| after.abs() > own.abs() && after.signum() == own.signum());
            let parts = parts + usize::from(!is_none(figures));
            if is_beyond && !self.has_both_signs() {
                continue;
            }
            open.push((next + 1, after.clone(), parts, sums.clone()));
            for way in self.ways(next) {
                let mut sums = sums.clone();
                sums.extend(way.sums);
                open.push((way.end, after.clone(), parts, sums));
            }
        }
        self.known[at] = Some(found.clone());
        found
    }

    fn has_both_signs(&self) -> bool {
        self.figures.iter().flatten().any(|figure| *figure < 0)
    }

    /// Returns whether the figures of the sums say so much that they are sums by no chance: two at the least.
    fn is_clear(&self, sums: &[(usize, usize)], root: usize) -> bool {
        // What follows from other columns says nothing more.
        let apart = independent(&self.figures);
        let grains: Vec<i128> = apart.iter().map(|column| self.grain(*column)).collect();
        let said = |at: usize| -> f64 {
            let own = apart.iter().zip(&grains).map(|(column, grain)| {
                let figure = self.figures[at][*column];
                (figure, digits_of(figure / grain).min(digits(figure)))
            });
            own.filter(|(figure, _)| *figure != 0).map(|(_, said)| (said - 0.3).max(0.0)).sum()
        };
        // Where a single row is none, the total speaks for it no more than for a row that came in later and that
        // nobody added to it.
        let all: f64 = sums.iter().map(|(at, _)| said(*at)).sum::<f64>()
            + if root == 1 && sums.len() > 1 { said(0) } else { 0.0 };
        let count = u32::try_from(sums.len()).unwrap_or(u32::MAX);
        let rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        sums.len() + root > 1 && all - f64::from(count) * f64::from(rows).log10() >= CLEAR
    }

    /// What all figures of a column are multiples of: of 35, 15 and 20 it is 5.
    fn grain(&self, column: usize) -> i128 {
        let figures = self.figures.iter().map(|row| row[column].unsigned_abs());
        let grain = figures.filter(|figure| *figure != 0).reduce(common_divisor);
        grain.and_then(|grain| i128::try_from(grain).ok()).unwrap_or(1)
    }
}

/// Returns the columns whose figures are not those of earlier ones, each so many times, added up: of 中央, 省级 and what
/// they make together the first two. It is reckoned modulo a prime.
fn independent(figures: &[Vec<i128>]) -> Vec<usize> {
    const PRIME: i128 = (1 << 61) - 1;
    let inverse = |figure: i128| {
        let (mut power, mut base, mut rest) = (1, figure, PRIME - 2);
        while rest > 0 {
            if rest % 2 == 1 {
                power = power * base % PRIME;
            }
            base = base * base % PRIME;
            rest /= 2;
        }
        power
    };
    let width = figures.first().map_or(0, Vec::len);
    let mut found: Vec<usize> = Vec::new();
    let mut known: Vec<(usize, Vec<i128>)> = Vec::new();
    for column in 0..width {
        let mut own: Vec<i128> = figures.iter().map(|row| row[column].rem_euclid(PRIME)).collect();
        for (pivot, other) in &known {
            let times = own[*pivot];
            if times != 0 {
                for (own, other) in own.iter_mut().zip(other) {
                    *own = (*own - times * other).rem_euclid(PRIME);
                }
            }
        }
        let Some(pivot) = own.iter().position(|figure| *figure != 0) else { continue };
        let scale = inverse(own[pivot]);
        for figure in &mut own {
            *figure = *figure * scale % PRIME;
        }
        known.push((pivot, own));
        found.push(column);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(figures: &[&[i128]], called: &[u32]) -> Vec<(u32, (u32, u32))> {
        let line = |(row, figures): (u32, &&[i128])| Line {
            row,
            figures: figures.iter().copied().map(Some).collect(),
            is_open: !called.contains(&row),
            is_called: called.contains(&row),
            is_named: true,
        };
        let lines: Vec<Line> = (0..).zip(figures).map(line).collect();
        let mut found: Vec<(u32, (u32, u32))> =
            parted(&lines).iter().map(|sum| (sum.row, sum.rows)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn sums_of_several_levels_part_the_whole_table() {
        let county: [&[i128]; 10] =
            [&[322], &[98], &[32], &[47], &[19], &[224], &[66], &[24], &[81], &[53]];
        let sums = [(0, (1, 9)), (1, (2, 4)), (5, (6, 9))];
        assert_eq!(told(&county, &[]), sums);
        assert_eq!(told(&county, &[0]), sums[1..]);
        let below: Vec<&[i128]> = county.iter().rev().copied().collect();
        assert_eq!(told(&below, &[]), [(4, (0, 3)), (8, (5, 7)), (9, (0, 8))]);
    }

    #[test]
    fn one_row_that_does_not_fit_leaves_all_as_they_are() {
        let wrong: [&[i128]; 10] =
            [&[322], &[99], &[32], &[47], &[19], &[224], &[66], &[24], &[81], &[53]];
        assert!(told(&wrong, &[]).is_empty());
        let more: [&[i128]; 6] = [&[77], &[32], &[45], &[91], &[44], &[46]];
        assert!(told(&more, &[]).is_empty(), "a third row stands below neither");
    }

    #[test]
    fn a_row_that_came_in_later_is_no_sum_for_being_left_out_of_the_total() {
        let late: [&[i128]; 8] =
            [&[144, 151], &[50, 57], &[5, 9], &[1, 2], &[3, 3], &[1, 1], &[2, 2], &[85, 80]];
        assert!(told(&late, &[0]).is_empty());
    }

    #[test]
    fn columns_that_follow_from_others_say_nothing_more() {
        let funds: [&[i128]; 6] = [
            &[20, 15, 35],
            &[5, 10, 15],
            &[15, 5, 20],
            &[40, 35, 75],
            &[30, 15, 45],
            &[10, 20, 30],
        ];
        assert_eq!(independent(&funds.map(<[i128]>::to_vec)), [0, 1]);
        assert!(told(&funds, &[]).is_empty());
        let fives: [&[i128]; 6] = [&[125], &[75], &[50], &[225], &[100], &[125]];
        assert!(told(&fives, &[]).is_empty());
    }

    #[test]
    fn round_figures_are_sums_by_chance() {
        let round: [&[i128]; 6] = [&[30], &[10], &[20], &[50], &[20], &[30]];
        assert!(told(&round, &[]).is_empty());
        assert!(told(&[&[100], &[30], &[10], &[20], &[50], &[20]], &[0]).is_empty());
    }
}
