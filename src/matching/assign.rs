//! The best one-to-one assignment of rows to tasks, and by how much it is the best.
//!
//! The exact method is cubic. What can be paired at all falls apart into groups that share no row
//! and no task; each is solved by itself, and only while it is small or has few tasks (or few
//! rows), so that any number of rows that are in no plan costs what the rows cost.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// Of each row the tasks it may be, in their order, with the score in ten-thousandths; what is not
/// listed is out of the question. Scores are more than 0.
pub type Scores = Vec<Vec<(usize, i64)>>;

/// A row's place in the best assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub row: usize,
    pub task: usize,
    /// What the whole assignment would lose without this pair.
    pub margin: i64,
}

/// What came of all rows that may be some task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// In the order of the rows.
    pub pairs: Vec<Assigned>,
    /// Rows that are alike with so many tasks that nobody can say which is which.
    pub crowds: Vec<Vec<usize>>,
}

/// Beyond this size the margin is taken from the row and the task alone.
const MOST_FOR_EXACT_MARGIN: usize = 60;
/// With so few rows or tasks the exact method takes time by the number of the others.
const FEW: usize = 64;
/// What the exact method may cost: the square of the fewer times the more.
const MOST_STEPS: usize = 5_000_000;
/// How many scores the exact method may lay out, rows by tasks.
const MOST_SCORES: usize = 8_000_000;
/// How often clear pairs are taken out of a crowd, which may make others clear.
const ROUNDS: usize = 16;

/// Returns the pairs of the assignment with the highest total; `clear` is the margin by which a
/// pair has to be the best where the whole cannot be tried.
pub fn best(scores: &Scores, tasks: usize, clear: i64) -> Assignment {
    let mut found = Assignment::default();
    if scores.len().max(tasks) <= MOST_FOR_EXACT_MARGIN {
        let all = Group { rows: (0..scores.len()).collect(), tasks: (0..tasks).collect() };
        found.pairs = all.exactly(scores);
        return found;
    }
    for group in groups(scores, tasks) {
        if group.is_small() {
            found.pairs.extend(group.exactly(scores));
            continue;
        }
        let (pairs, left) = without_clear(&group, scores, tasks, clear);
        found.pairs.extend(pairs);
        for rest in groups(&left, tasks) {
            if rest.is_small() {
                found.pairs.extend(rest.exactly(&left));
            } else {
                found.crowds.push(rest.rows);
            }
        }
    }
    found.pairs.sort_unstable_by_key(|pair| pair.row);
    found.crowds.sort_unstable();
    found
}

/// Rows and tasks that hang together, each in their order.
struct Group {
    rows: Vec<usize>,
    tasks: Vec<usize>,
}

impl Group {
    fn is_small(&self) -> bool {
        let fewer = self.rows.len().min(self.tasks.len());
        let more = self.rows.len().max(self.tasks.len());
        (fewer <= FEW && fewer.saturating_mul(more) <= MOST_SCORES)
            || fewer.saturating_mul(fewer).saturating_mul(more) <= MOST_STEPS
    }

    fn exactly(&self, scores: &Scores) -> Vec<Assigned> {
        if self.rows.is_empty() || self.tasks.is_empty() {
            return Vec::new();
        }
        let weights = self.weights(scores);
        let is_exact = self.rows.len().max(self.tasks.len()) <= MOST_FOR_EXACT_MARGIN;
        let (total, pairs) = solve(&weights, Padding::of(is_exact), None);
        let tops = (!is_exact).then(|| Tops::of(&weights));
        let pairs = pairs.into_iter().map(|(row, task)| {
            let margin = match &tops {
                None => total - solve(&weights, Padding::Square, Some((row, task))).0,
                Some(tops) => weights[(row, task)] - tops.rival(row, task),
            };
            Assigned { row: self.rows[row], task: self.tasks[task], margin }
        });
        pairs.collect()
    }

    fn weights(&self, scores: &Scores) -> Matrix<i64> {
        let mut weights = Matrix::new(self.rows.len(), self.tasks.len(), 0);
        for (place, row) in self.rows.iter().enumerate() {
            for (task, score) in &scores[*row] {
                if let Ok(task) = self.tasks.binary_search(task) {
                    weights[(place, task)] = *score;
                }
            }
        }
        weights
    }
}

/// Returns the rows and tasks that hang together by what each row may be.
fn groups(scores: &Scores, tasks: usize) -> Vec<Group> {
    // A task is what its first row is, and a row what the first row of its first task is.
    let mut parents: Vec<usize> = (0..scores.len() + tasks).collect();
    for (row, list) in scores.iter().enumerate() {
        for (task, _) in list {
            let (one, other) = (root(&mut parents, row), root(&mut parents, scores.len() + task));
            parents[one.max(other)] = one.min(other);
        }
    }
    let mut places: Vec<Option<usize>> = vec![None; parents.len()];
    let mut groups: Vec<Group> = Vec::new();
    for node in 0..parents.len() {
        let top = root(&mut parents, node);
        let is_row = node < scores.len();
        if is_row && scores[node].is_empty() {
            continue;
        }
        let place = match places[top] {
            Some(place) => place,
            // A task that no row may be stands alone.
            None if !is_row => continue,
            None => {
                groups.push(Group { rows: Vec::new(), tasks: Vec::new() });
                *places[top].insert(groups.len() - 1)
            }
        };
        if is_row {
            groups[place].rows.push(node);
        } else {
            groups[place].tasks.push(node - scores.len());
        }
    }
    groups
}

fn root(parents: &mut [usize], mut node: usize) -> usize {
    while parents[node] != node {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    node
}

/// Takes out of a crowd the pairs that are clearly the best of their row and of their task, until
/// there is none; returns them and what is left.
fn without_clear(
    group: &Group,
    scores: &Scores,
    tasks: usize,
    clear: i64,
) -> (Vec<Assigned>, Scores) {
    let mut left: Scores = vec![Vec::new(); scores.len()];
    for row in &group.rows {
        left[*row].clone_from(&scores[*row]);
    }
    let mut pairs = Vec::new();
    for _ in 0..ROUNDS {
        // Of each task the best row, its score and the second best score.
        let mut tops: Vec<Top> = vec![Top::default(); tasks];
        for row in &group.rows {
            for (task, score) in &left[*row] {
                tops[*task].add(*row, *score);
            }
        }
        let mut taken = vec![false; tasks];
        for row in &group.rows {
            let mut own = Top::default();
            for (task, score) in &left[*row] {
                own.add(*task, *score);
            }
            let Some(task) = own.at else { continue };
            let rival = own.second.max(tops[task].beside(*row)).unwrap_or(0);
            let margin = own.best - rival;
            if tops[task].at == Some(*row) && margin >= clear {
                pairs.push(Assigned { row: *row, task, margin });
                taken[task] = true;
                left[*row].clear();
            }
        }
        if !taken.contains(&true) {
            break;
        }
        for row in &group.rows {
            left[*row].retain(|(task, _)| !taken[*task]);
        }
    }
    (pairs, left)
}

/// The best and the second best of a line of scores; of equal ones the last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Top {
    pub at: Option<usize>,
    pub best: i64,
    pub second: Option<i64>,
}

impl Top {
    pub fn add(&mut self, at: usize, score: i64) {
        if self.at.is_none() {
            (self.best, self.at) = (score, Some(at));
        } else if score >= self.best {
            (self.second, self.best, self.at) = (Some(self.best), score, Some(at));
        } else {
            self.second = self.second.max(Some(score));
        }
    }

    /// Returns the best of the others.
    pub fn beside(&self, at: usize) -> Option<i64> {
        if self.at == Some(at) { self.second } else { self.at.map(|_| self.best) }
    }
}

/// The best of each row and of each task.
struct Tops {
    rows: Vec<Top>,
    tasks: Vec<Top>,
}

impl Tops {
    fn of(weights: &Matrix<i64>) -> Self {
        let mut tops = Self {
            rows: vec![Top::default(); weights.rows],
            tasks: vec![Top::default(); weights.columns],
        };
        for row in 0..weights.rows {
            for task in 0..weights.columns {
                let score = weights[(row, task)];
                tops.rows[row].add(task, score);
                tops.tasks[task].add(row, score);
            }
        }
        tops
    }

    fn rival(&self, row: usize, task: usize) -> i64 {
        self.rows[row].beside(task).max(self.tasks[task].beside(row)).unwrap_or(0)
    }
}

/// How the scores are made a matrix for the exact method.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    /// A square of zeros around the scores lets every row and every task stay alone.
    Square,
    /// The fewer by the more: a score of 0 is as good as staying alone.
    None,
}

impl Padding {
    fn of(is_exact: bool) -> Self {
        if is_exact { Padding::Square } else { Padding::None }
    }
}

fn solve(
    scores: &Matrix<i64>,
    padding: Padding,
    without: Option<(usize, usize)>,
) -> (i64, Vec<(usize, usize)>) {
    let (rows, tasks) = (scores.rows, scores.columns);
    let is_turned = padding == Padding::None && rows > tasks;
    let (total, assigned) = match padding {
        Padding::Square => {
            let size = rows.max(tasks);
            let weights = Matrix::from_fn(size, size, |(row, task)| {
                if without == Some((row, task)) || row >= rows || task >= tasks {
                    return 0;
                }
                scores[(row, task)]
            });
            kuhn_munkres(&weights)
        }
        Padding::None if is_turned => kuhn_munkres(&scores.transposed()),
        Padding::None => kuhn_munkres(scores),
    };
    let pairs = assigned
        .into_iter()
        .enumerate()
        .map(|(one, other)| if is_turned { (other, one) } else { (one, other) })
        .filter(|&(row, task)| {
            row < rows && task < tasks && scores[(row, task)] > 0 && without != Some((row, task))
        });
    let mut pairs: Vec<(usize, usize)> = pairs.collect();
    pairs.sort_unstable();
    (total, pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By how much a pair of a crowd must be the best.
    const CLEAR: i64 = 200;

    #[test]
    fn the_whole_decides_not_the_greediest_pair() {
        // Row 0 likes task 0 best, but then row 1 would have nothing.
        let scores = vec![vec![(0, 9_500), (1, 9_400)], vec![(0, 9_300)]];
        let mut pairs: Vec<(usize, usize)> =
            best(&scores, 2, CLEAR).pairs.iter().map(|p| (p.row, p.task)).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 1), (1, 0)]);
    }

    #[test]
    fn equal_tasks_leave_no_margin() {
        let scores = vec![vec![(0, 9_500), (1, 9_500)]];
        assert_eq!(best(&scores, 2, CLEAR).pairs[0].margin, 0);
    }

    #[test]
    fn two_rows_that_each_have_their_own_task_are_sure() {
        let scores = vec![vec![(0, 9_500), (1, 9_300)], vec![(0, 9_300), (1, 9_500)]];
        let pairs = best(&scores, 2, CLEAR).pairs;
        assert!(pairs.iter().all(|pair| pair.row == pair.task && pair.margin == 400));
    }

    #[test]
    fn what_hangs_together_is_solved_by_itself_however_much_there_is() {
        // A thousand knots like the one above, and as many rows that are no task.
        let mut scores: Scores = Vec::new();
        for knot in 0..1_000 {
            scores.push(vec![(2 * knot, 9_500), (2 * knot + 1, 9_400)]);
            scores.push(vec![(2 * knot, 9_300)]);
            scores.push(Vec::new());
        }
        let found = best(&scores, 2_000, CLEAR);
        assert_eq!(found.pairs.len(), 2_000);
        assert!(found.crowds.is_empty());
        for pair in found.pairs {
            assert_eq!(pair.task, 2 * (pair.row / 3) + 1 - pair.row % 3);
        }
    }

    #[test]
    fn many_rows_alike_one_task_leave_it_in_doubt() {
        let scores = vec![vec![(0, 9_000)]; 5_000];
        let found = best(&scores, 3, CLEAR);
        let [only] = found.pairs.as_slice() else { panic!("{found:?}") };
        assert_eq!((only.task, only.margin), (0, 0));
    }

    #[test]
    fn of_a_crowd_only_the_clear_pairs_are_taken() {
        let row = |row: usize| (0..400).map(move |task| (task, 6_500 + i64::from(row == task)));
        let mut scores: Scores = (0..400).map(|place| row(place).collect()).collect();
        scores[7][7].1 = 9_900;
        let found = best(&scores, 400, CLEAR);
        assert_eq!(found.pairs.iter().map(|p| (p.row, p.task)).collect::<Vec<_>>(), [(7, 7)]);
        assert_eq!(found.crowds.iter().map(Vec::len).collect::<Vec<_>>(), [399]);
    }
}
