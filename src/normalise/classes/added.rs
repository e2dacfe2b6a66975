//! Rows that are the sum of the rows directly below or above them, told by their figures alone where
//! neither a word nor the look of the row says so: 全市 over its counties, a parent over its parts.
//!
//! Innermost sums are found first; a sum then stands for its rows, so that sums of sums are found as
//! well. A row is a sum by chance more easily than one thinks: what speaks for it is how many digits of
//! how many columns agree that do not follow from one another, and less than a clear measure of
//! that is nothing.

use std::ops::Range;

use super::looks::Place;

/// A row below a heading.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub row: u32,
    /// By column of figures; none where there is no figure.
    pub figures: Vec<Option<i128>>,
    /// Whether nothing else of the row says what it is.
    pub is_open: bool,
    /// Whether a word calls it a total.
    pub is_called: bool,
    /// Whether it bears a name as the others do, so that more is needed to make it a sum.
    pub is_named: bool,
}

/// A row that is a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Added {
    pub row: u32,
    /// The first and the last row that it adds up.
    pub rows: (u32, u32),
    pub place: Place,
}

/// So many digits agree by no chance.
const CLEAR: f64 = 8.0;
/// So many are enough where another row agrees as well.
const TWICE: f64 = 4.0;
/// So many are enough for a row that calls itself a total.
const CALLED: f64 = 2.0;
/// So many rows beyond a row are looked at for each of them, over the whole table.
const STEPS_A_ROW: usize = 100;
/// Sums of sums of sums.
const MOST_LEVELS: usize = 8;
/// So often the first column may fit for one row before it is given up.
const MOST_TRIES: usize = 8;

/// A row, or a sum that stands for its rows.
#[derive(Clone, Copy)]
struct Element {
    /// Its place in the lines.
    line: usize,
    /// The lines that it covers.
    first: usize,
    last: usize,
}

/// A sum that may be one.
struct Candidate {
    /// Places in the list of elements: the sum, and what it adds up.
    whole: usize,
    parts: Range<usize>,
    place: Place,
    digits: f64,
    is_enough: bool,
    /// Whether its row bears a name as the others do.
    is_named: bool,
}

/// Returns the rows that are sums, from the innermost.
pub(super) fn added(lines: &[Line]) -> Vec<Added> {
    let mut found: Vec<Added> = Vec::new();
    if !lines.iter().any(|line| line.is_open || line.is_called) {
        return found;
    }
    let columns = lines.iter().map(|line| line.figures.len()).max().unwrap_or(0);
    let steps: Vec<i128> = (0..columns).map(|column| step(lines, column)).collect();
    let mut is_sum = vec![false; lines.len()];
    let mut left = STEPS_A_ROW.saturating_mul(lines.len().max(10));
    let mut elements: Vec<Element> = (0..lines.len())
        .filter(|at| lines[*at].figures.iter().any(Option::is_some))
        .map(|at| Element { line: at, first: at, last: at })
        .collect();
    for _ in 0..MOST_LEVELS {
        let search = Search { lines, steps: &steps, elements: &elements };
        let mut candidates: Vec<Candidate> = Vec::new();
        for whole in 0..elements.len() {
            let line = &lines[elements[whole].line];
            if (line.is_open || line.is_called) && !is_sum[elements[whole].line] {
                candidates.extend(search.best(whole, &mut left));
            }
        }
        // What adds up nothing but sums adds them up by no chance.
        for candidate in &mut candidates {
            let mut parts = candidate.parts.clone();
            candidate.is_enough |= parts.all(|part| is_sum[elements[part].line]);
        }
        let taken = chosen(candidates, elements.len());
        if taken.is_empty() {
            break;
        }
        let mut is_covered = vec![false; elements.len()];
        for candidate in &taken {
            let own = elements[candidate.whole];
            let (first, last) =
                (elements[candidate.parts.start], elements[candidate.parts.end - 1]);
            is_sum[own.line] = true;
            found.push(Added {
                row: lines[own.line].row,
                rows: (lines[first.first].row, lines[last.last].row),
                place: candidate.place,
            });
            is_covered[candidate.parts.clone()].fill(true);
            elements[candidate.whole] = Element {
                line: own.line,
                first: own.first.min(first.first),
                last: own.last.max(last.last),
            };
        }
        let mut place = 0;
        elements.retain(|_| {
            place += 1;
            !is_covered[place - 1]
        });
    }
    found
}

/// The finest step of a column's figures, a power of ten or five of one: what is rounded is rounded to it.
fn step(lines: &[Line], column: usize) -> i128 {
    let mut step = 1_000_000_000_000_i128;
    for line in lines {
        let figure = line.figures.get(column).copied().flatten().unwrap_or(0);
        while step > 1 && figure % step != 0 {
            step /= 10;
        }
    }
    let is_fives = |line: &Line| {
        line.figures.get(column).copied().flatten().is_none_or(|figure| figure % (5 * step) == 0)
    };
    if lines.iter().all(is_fives) { 5 * step } else { step }
}

/// Takes the candidates that do not reach into one another, the shortest first; those with too
/// little to say for themselves only where several of them agree.
fn chosen(mut candidates: Vec<Candidate>, elements: usize) -> Vec<Candidate> {
    candidates.sort_by(|one, other| {
        let length = |candidate: &Candidate| (candidate.parts.len(), candidate.whole);
        let enough = other.is_enough.cmp(&one.is_enough);
        enough.then(length(one).cmp(&length(other))).then(other.digits.total_cmp(&one.digits))
    });
    let mut is_used = vec![false; elements];
    let mut taken: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let span = candidate.whole.min(candidate.parts.start)
            ..(candidate.whole + 1).max(candidate.parts.end);
        if is_used[span.clone()].contains(&true) {
            continue;
        }
        is_used[span].fill(true);
        taken.push(candidate);
    }
    let weak =
        |place: Place| taken.iter().filter(|one| !one.is_enough && one.place == place).count();
    let several = [Place::Over, Place::Below].map(|place| (place, weak(place) > 1));
    // Rows that are named as tasks are must say so much more together.
    let said = |place: Place| -> f64 {
        let own = taken.iter().filter(|one| !one.is_enough && one.place == place);
        own.map(|one| one.digits).sum()
    };
    let clear = [Place::Over, Place::Below].map(|place| (place, said(place) >= 2.0 * CLEAR));
    taken.retain(|one| {
        let proofs = if one.is_named { &clear } else { &several };
        one.is_enough || proofs.iter().any(|(place, is_so)| *place == one.place && *is_so)
    });
    taken
}

struct Search<'a> {
    lines: &'a [Line],
    steps: &'a [i128],
    elements: &'a [Element],
}

impl Search<'_> {
    fn figure(&self, element: usize, column: usize) -> Option<i128> {
        self.lines[self.elements[element].line].figures.get(column).copied().flatten()
    }

    /// The nearest run of rows that a row adds up; `left` is what may still be looked at.
    fn best(&self, whole: usize, left: &mut usize) -> Option<Candidate> {
        let columns = 0..self.steps.len();
        // The column whose figure says most tells where the run may end.
        let most = columns
            .filter_map(|column| Some((digits(self.figure(whole, column)?), column)))
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)))?;
        let (_, column) = most;
        let total = self.figure(whole, column).filter(|total| *total != 0)?;
        let places = [Place::Over, Place::Below];
        let found = places
            .into_iter()
            .filter_map(|place| self.in_direction(whole, place, (column, total), left));
        found.max_by(|one, other| one.digits.total_cmp(&other.digits))
    }

    fn in_direction(
        &self,
        whole: usize,
        place: Place,
        (column, total): (usize, i128),
        left: &mut usize,
    ) -> Option<Candidate> {
        let (mut sum, mut tries, mut has_other_sign) = (0_i128, 0, false);
        for count in 1.. {
            let (next, parts) = match place {
                Place::Over => (whole + count, whole + 1..whole + count + 1),
                Place::Below => (whole.checked_sub(count)?, whole - count..whole),
            };
            if next >= self.elements.len() || *left == 0 {
                return None;
            }
            *left -= 1;
            let figure = self.figure(next, column).unwrap_or(0);
            has_other_sign |= figure != 0 && (figure < 0) != (total < 0);
            sum += figure;
            let rounded = self.rounded(column, count);
            // No further row brings it back.
            if sum.abs() > total.abs() + rounded && !has_other_sign {
                return None;
            }
            if count < 2 || (sum - total).abs() > rounded {
                continue;
            }
            tries += 1;
            if let Some(candidate) = self.held(whole, parts, place) {
                return Some(candidate);
            }
            if tries == MOST_TRIES {
                return None;
            }
        }
        None
    }

    /// By how much a sum of so many rounded figures may miss.
    fn rounded(&self, column: usize, count: usize) -> i128 {
        self.steps[column] * i128::try_from(count.div_ceil(2)).unwrap_or(1)
    }

    /// Holds a run of rows against all figures of a row.
    fn held(&self, whole: usize, parts: Range<usize>, place: Place) -> Option<Candidate> {
        let mut agreeing: Vec<(usize, f64)> = Vec::new();
        let (mut agree, mut differ) = (0, 0);
        for column in 0..self.steps.len() {
            let Some(total) = self.figure(whole, column) else { continue };
            let figures = || parts.clone().filter_map(|part| self.figure(part, column));
            let sum: i128 = figures().sum();
            let missed = (sum - total).abs();
            if missed > self.rounded(column, parts.len()) {
                differ += 1;
                continue;
            }
            if figures().filter(|figure| *figure != 0).count() < 2 {
                continue;
            }
            agree += 1;
            let said = if missed == 0 {
                digits(total) - 0.3
            } else {
                let steps = self.rounded(column, parts.len()) / self.steps[column];
                // What is rounded has no noughts that say nothing.
                digits_of(total / self.steps[column]) - digits_of(2 * steps + 1) - 0.5
            };
            // What follows from another column says nothing more.
            let twin = agreeing
                .iter_mut()
                .find(|(other, _)| self.are_alike(whole, &parts, column, *other));
            match twin {
                Some((_, known)) => *known = known.max(said.max(0.0)),
                None => agreeing.push((column, said.max(0.0))),
            }
        }
        let digits: f64 = agreeing.iter().map(|(_, said)| said).sum();
        let line = &self.lines[self.elements[whole].line];
        let is_called = line.is_called && digits >= CALLED && differ <= agree;
        let is_plain = line.is_open && agreeing.len() > 1 && differ * 2 <= agree;
        let is_enough = is_called || (is_plain && digits >= CLEAR);
        let may_be = is_enough || (is_plain && digits >= TWICE);
        let is_named = line.is_named;
        may_be.then_some(Candidate { whole, parts, place, digits, is_enough, is_named })
    }

    /// Whether two columns have the same figures in these rows, or one share of them.
    fn are_alike(&self, whole: usize, parts: &Range<usize>, one: usize, other: usize) -> bool {
        let pair =
            |row: usize| (self.figure(row, one).unwrap_or(0), self.figure(row, other).unwrap_or(0));
        let (own, beside) = pair(whole);
        // A share that was rounded misses by half a step of either figure.
        let (step, step_beside) = (self.steps[one], self.steps[other]);
        parts.clone().all(|part| {
            let (figure, second) = pair(part);
            let missed = (figure.abs() + own.abs())
                .saturating_mul(step_beside)
                .saturating_add((second.abs() + beside.abs()).saturating_mul(step));
            // Figures so large are no plan's.
            match (figure.checked_mul(beside), second.checked_mul(own)) {
                (Some(left), Some(right)) => (left - right).abs() * 2 <= missed,
                _ => false,
            }
        })
    }
}

/// How many digits of a figure say something: 1,200 has two.
pub(super) fn digits(figure: i128) -> f64 {
    digits_of(without_noughts(figure.abs()))
}

/// Returns a figure without the noughts at its end.
pub(super) fn without_noughts(figure: i128) -> i128 {
    let mut figure = figure;
    while figure != 0 && figure % 10 == 0 {
        figure /= 10;
    }
    figure
}

#[expect(clippy::cast_precision_loss, reason = "a measure, not a figure")]
pub(super) fn digits_of(figure: i128) -> f64 {
    let figure = figure.abs();
    if figure == 0 { 0.0 } else { (figure as f64).log10() + 0.5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rows: &[&[i128]]) -> Vec<Line> {
        let line = |(row, figures): (u32, &&[i128])| Line {
            row,
            figures: figures.iter().copied().map(Some).collect(),
            is_open: true,
            is_called: false,
            is_named: false,
        };
        (0..).zip(rows).map(line).collect()
    }

    fn told(rows: &[&[i128]]) -> Vec<(u32, (u32, u32))> {
        let mut found: Vec<(u32, (u32, u32))> =
            added(&lines(rows)).into_iter().map(|sum| (sum.row, sum.rows)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn sums_over_their_rows_and_of_sums_are_found() {
        let rows: [&[i128]; 7] = [
            &[96_021, 45_317],
            &[41_310, 21_004],
            &[20_117, 11_003],
            &[21_193, 10_001],
            &[54_711, 24_313],
            &[30_400, 14_211],
            &[24_311, 10_102],
        ];
        assert_eq!(told(&rows), [(0, (1, 6)), (1, (2, 3)), (4, (5, 6))]);
    }

    #[test]
    fn one_column_few_digits_and_columns_that_follow_from_one_another_prove_nothing() {
        assert!(told(&[&[96_021], &[41_310], &[54_711]]).is_empty());
        assert!(told(&[&[30, 15], &[10, 5], &[20, 10]]).is_empty());
        assert!(told(&[&[96_021, 192_042], &[41_310, 82_620], &[54_711, 109_422]]).is_empty());
    }

    #[test]
    fn what_is_rounded_is_a_sum_all_the_same() {
        let rows: [&[i128]; 4] = [
            &[386_137, 404_485, 397_420],
            &[222_045, 225_228, 217_474],
            &[100_000, 100_256, 100_900],
            &[64_093, 79_000, 79_046],
        ];
        assert_eq!(told(&rows), [(0, (1, 3))]);
    }

    #[test]
    fn what_is_rounded_to_fives_is_a_sum_all_the_same() {
        let rows: [&[i128]; 4] = [
            &[52_525, 105_200, 37_130],
            &[18_105, 42_445, 15_930],
            &[34_420, 62_755, 21_205],
            &[5, 5, 5],
        ];
        assert_eq!(told(&rows), [(0, (1, 2))]);
    }

    #[test]
    fn a_row_that_calls_itself_a_total_needs_one_column() {
        let mut rows = lines(&[&[120], &[331], &[451]]);
        assert!(added(&rows).is_empty());
        rows[2].is_called = true;
        assert_eq!(added(&rows).len(), 1);
    }
}
