//! Columns that are the sum of others on nearly every row of a plan.
//!
//! Subsets are not tried one by one: of so many columns there are too many. What people write is a
//! run of neighbours beside their whole, or, where parts have parts of their own, a run of those that
//! are left when the inner parts are taken out. Runs are found by prefix sums on a few rows and held
//! against all rows; only where few columns are left may any of them be the parts.

use std::collections::BTreeSet;

/// A column that is the sum of others, as places in the list that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    pub whole: usize,
    pub parts: Vec<usize>,
    /// How many rows have the whole.
    pub rows: usize,
    /// The rows that do not follow.
    pub broken: Vec<usize>,
}

/// The figures of a column by row, none where there is no figure.
pub type Figures = Vec<Option<i64>>;

/// So many columns may be tried in any combination.
const FEW: usize = 10;
/// Candidates are looked for on so many rows, and held against all.
const SAMPLE: usize = 12;
/// More columns than that no table has; what it costs grows with their cube.
const MOST: usize = 150;

/// Returns the equations among columns, in the order of their wholes, each whole once. Columns
/// stand in the order of their table.
pub fn find(columns: &[Figures]) -> Vec<Equation> {
    let mut left: Vec<usize> = (0..columns.len()).collect();
    let mut found: Vec<Equation> = Vec::new();
    if columns.len() > MOST {
        return found;
    }
    // Inner wholes first: with their parts taken out, the outer ones have a run again.
    while let Some(equation) = shortest(columns, &left, &found) {
        left.retain(|column| !equation.parts.contains(column));
        found.push(equation);
    }
    found.sort_by_key(|equation| equation.whole);
    found
}

/// The equation with the fewest parts that is not known.
fn shortest(columns: &[Figures], left: &[usize], known: &[Equation]) -> Option<Equation> {
    let has_own = |whole: &usize| known.iter().any(|equation| equation.whole == *whole);
    let wholes = left.iter().copied().filter(|whole| !has_own(whole));
    let of_runs =
        wholes.clone().filter_map(|whole| best(columns, whole, runs(columns, whole, left)));
    let of_runs = of_runs.min_by_key(|equation| (equation.parts.len(), equation.whole));
    of_runs.or_else(|| {
        let any = wholes.filter_map(|whole| best(columns, whole, subsets(columns, whole, left)));
        any.min_by_key(|equation| (equation.parts.len(), equation.whole))
    })
}

/// Of several lists of parts the one that most rows follow, then the longest: a part that is blank
/// on all rows belongs to its neighbours.
fn best(columns: &[Figures], whole: usize, lists: Vec<Vec<usize>>) -> Option<Equation> {
    let held = lists.into_iter().filter_map(|parts| hold(columns, whole, parts));
    held.min_by_key(|equation| {
        let nearest = equation.parts.iter().map(|part| part.abs_diff(whole)).min();
        (equation.broken.len(), nearest, std::cmp::Reverse(equation.parts.len()))
    })
}

/// Holds an equation against all rows; none where too many do not follow, or too few say anything.
fn hold(columns: &[Figures], whole: usize, mut parts: Vec<usize>) -> Option<Equation> {
    parts.retain(|part| !stands_elsewhere(columns, whole, *part));
    if parts.len() < 2 {
        return None;
    }
    let (mut rows, mut telling, mut broken) = (0, 0, Vec::new());
    let mut seen: BTreeSet<i64> = BTreeSet::new();
    for (row, sum) in columns[whole].iter().enumerate() {
        let Some(sum) = *sum else { continue };
        let figures = parts.iter().map(|part| figure(columns, *part, row));
        let above_zero = figures.clone().filter(|figure| *figure != 0).count();
        rows += 1;
        telling += usize::from(above_zero > 1);
        if figures.fold(0, i64::saturating_add) == sum {
            if above_zero > 1 {
                seen.insert(sum);
            }
        } else {
            broken.push(row);
        }
    }
    // One row in ten may be wrong: that is what the rule is for.
    let most_broken = if rows < 5 { 0 } else { (rows / 10).max(1) };
    let says_enough = rows > 2 && seen.len() > 1 && (telling * 2 >= rows || telling > 2);
    let fits = says_enough && broken.len() <= most_broken;
    fits.then_some(Equation { whole, parts, rows, broken })
}

/// Whether a column has figures, and none of them on a row of the whole: it is one of another table.
fn stands_elsewhere(columns: &[Figures], whole: usize, part: usize) -> bool {
    let is_filled = |row: usize| columns[part].get(row).copied().flatten().is_some();
    let mut rows = (0..columns[whole].len()).filter(|row| is_filled(*row)).peekable();
    rows.peek().is_some() && rows.all(|row| columns[whole][row].is_none())
}

fn figure(columns: &[Figures], column: usize, row: usize) -> i64 {
    columns[column].get(row).copied().flatten().unwrap_or(0)
}

/// A few rows on which the whole is more than zero, from all over the table.
fn sample(columns: &[Figures], whole: usize) -> Vec<usize> {
    let telling: Vec<usize> = columns[whole]
        .iter()
        .enumerate()
        .filter(|(_, figure)| figure.is_some_and(|figure| figure != 0))
        .map(|(row, _)| row)
        .collect();
    let step = telling.len().div_ceil(SAMPLE).max(1);
    telling.into_iter().step_by(step).collect()
}

/// Returns the runs of columns beside a whole that add up to it on most of a few rows.
fn runs(columns: &[Figures], whole: usize, left: &[usize]) -> Vec<Vec<usize>> {
    let rows = sample(columns, whole);
    let Some(at) = left.iter().position(|column| *column == whole) else { return Vec::new() };
    let sums: Vec<Vec<i64>> = rows
        .iter()
        .map(|row| {
            let mut sum = 0_i64;
            let ends = left.iter().map(|column| {
                sum = sum.saturating_add(figure(columns, *column, *row));
                sum
            });
            std::iter::once(0).chain(ends).collect()
        })
        .collect();
    let wholes: Vec<i64> = rows.iter().map(|row| figure(columns, whole, *row)).collect();
    let mut found = Vec::new();
    for from in 0..left.len() {
        for to in from + 2..=left.len() {
            if (from..to).contains(&at) {
                continue;
            }
            let holds = sums
                .iter()
                .zip(&wholes)
                .filter(|(sums, whole)| sums[to].checked_sub(sums[from]) == Some(**whole));
            if holds.count() * 5 >= rows.len() * 4 && !rows.is_empty() {
                found.push(left[from..to].to_vec());
            }
        }
    }
    found
}

/// Returns the combinations of a few columns that add up to a whole on most of a few rows.
fn subsets(columns: &[Figures], whole: usize, left: &[usize]) -> Vec<Vec<usize>> {
    // What is zero everywhere is a part of anything.
    let says = |column: &usize| {
        *column != whole && columns[*column].iter().flatten().any(|figure| *figure != 0)
    };
    let others: Vec<usize> = left.iter().copied().filter(says).collect();
    if others.len() > FEW {
        return Vec::new();
    }
    let rows = sample(columns, whole);
    let chosen = |choice: usize| {
        let of = others.iter().enumerate().filter(move |(place, _)| choice & (1 << place) != 0);
        of.map(|(_, column)| *column)
    };
    let fits = |choice: &usize| {
        let holds = rows.iter().filter(|row| {
            let figures = chosen(*choice).map(|column| figure(columns, column, **row));
            figures.fold(0, i64::saturating_add) == figure(columns, whole, **row)
        });
        choice.count_ones() > 1 && holds.count() * 5 >= rows.len() * 4
    };
    (1..1_usize << others.len()).filter(fits).map(|choice| chosen(choice).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(rows: &[&[i64]]) -> Vec<Figures> {
        (0..rows[0].len()).map(|at| rows.iter().map(|row| Some(row[at])).collect()).collect()
    }

    fn told(rows: &[&[i64]]) -> Vec<(usize, Vec<usize>, usize)> {
        let found = find(&figures(rows)).into_iter();
        found.map(|equation| (equation.whole, equation.parts, equation.broken.len())).collect()
    }

    #[test]
    fn a_run_beside_its_whole_is_found_though_a_row_breaks_it() {
        let rows: Vec<Vec<i64>> = (1..10)
            .map(|row| {
                let parts: Vec<i64> = (1..=14).map(|at| row * at + at * at).collect();
                let sum: i64 = parts.iter().sum();
                [vec![sum + i64::from(row == 4)], parts].concat()
            })
            .collect();
        let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
        assert_eq!(told(&rows), [(0, (1..15).collect(), 1)]);
    }

    #[test]
    fn wholes_of_wholes_and_parts_that_stand_apart_are_found() {
        let nested: [&[i64]; 4] = [
            &[21, 6, 1, 2, 3, 15, 7, 8],
            &[33, 9, 2, 3, 4, 24, 11, 13],
            &[27, 12, 5, 6, 1, 15, 6, 9],
            &[16, 10, 4, 4, 2, 6, 1, 5],
        ];
        let found = told(&nested);
        assert_eq!(found, [(0, vec![1, 5], 0), (1, vec![2, 3, 4], 0), (5, vec![6, 7], 0)]);
        let apart: [&[i64]; 4] =
            [&[10, 99, 4, 7, 6], &[20, 98, 11, 3, 9], &[31, 97, 20, 3, 11], &[42, 91, 40, 3, 2]];
        assert_eq!(told(&apart), [(0, vec![2, 4], 0)]);
    }

    #[test]
    fn a_column_of_another_table_is_no_part() {
        let mut columns = figures(&[&[10, 4, 6], &[12, 5, 7], &[14, 6, 8], &[17, 8, 9]]);
        for column in &mut columns {
            column.push(None);
        }
        columns.push(vec![None, None, None, None, Some(3)]);
        let found = find(&columns);
        assert_eq!(found.iter().map(|own| own.parts.clone()).collect::<Vec<_>>(), [[1, 2]]);
    }

    #[test]
    fn figures_that_do_not_vary_prove_nothing() {
        assert!(told(&[&[3, 1, 2], &[3, 1, 2], &[3, 1, 2]]).is_empty());
        assert!(told(&[&[5, 5, 0], &[6, 6, 0], &[7, 7, 0]]).is_empty());
    }
}
