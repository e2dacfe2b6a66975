//! The best one-to-one assignment of rows to tasks, and by how much it is the best.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// Scores of rows (outer) against tasks (inner), in ten-thousandths; `None` where a pair is out
/// of the question.
pub type Scores = Vec<Vec<Option<i64>>>;

/// A row's place in the best assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub row: usize,
    pub task: usize,
    /// What the whole assignment would lose without this pair.
    pub margin: i64,
}

/// Beyond this size the margin is taken from the row and the task alone.
const MOST_FOR_EXACT_MARGIN: usize = 60;

/// Returns the pairs of the assignment with the highest total.
pub fn best(scores: &Scores) -> Vec<Assigned> {
    let tasks = scores.first().map_or(0, Vec::len);
    if tasks == 0 {
        return Vec::new();
    }
    let (total, pairs) = solve(scores, None);
    pairs
        .into_iter()
        .map(|(row, task)| {
            let margin = if scores.len().max(tasks) <= MOST_FOR_EXACT_MARGIN {
                total - solve(scores, Some((row, task))).0
            } else {
                local_margin(scores, row, task)
            };
            Assigned { row, task, margin }
        })
        .collect()
}

fn local_margin(scores: &Scores, row: usize, task: usize) -> i64 {
    let own = scores[row][task].unwrap_or(0);
    let in_row =
        scores[row].iter().enumerate().filter(|(other, _)| *other != task).map(|(_, score)| *score);
    let in_task =
        scores.iter().enumerate().filter(|(other, _)| *other != row).map(|(_, row)| row[task]);
    let rival = in_row.chain(in_task).flatten().max().unwrap_or(0);
    own - rival
}

fn solve(scores: &Scores, without: Option<(usize, usize)>) -> (i64, Vec<(usize, usize)>) {
    let tasks = scores[0].len();
    let size = scores.len().max(tasks);
    // A square of zeros around the scores lets every row and every task stay alone.
    let weights = Matrix::from_fn(size, size, |(row, task)| {
        if without == Some((row, task)) {
            return 0;
        }
        scores.get(row).and_then(|row| row.get(task)).copied().flatten().unwrap_or(0)
    });
    let (total, assigned) = kuhn_munkres(&weights);
    let pairs = assigned
        .into_iter()
        .enumerate()
        .take(scores.len())
        .filter(|(row, task)| {
            *task < tasks && scores[*row][*task].is_some() && without != Some((*row, *task))
        })
        .collect();
    (total, pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_decides_not_the_greediest_pair() {
        // Row 0 likes task 0 best, but then row 1 would have nothing.
        let scores = vec![vec![Some(9_500), Some(9_400)], vec![Some(9_300), None]];
        let mut pairs: Vec<(usize, usize)> =
            best(&scores).iter().map(|p| (p.row, p.task)).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 1), (1, 0)]);
    }

    #[test]
    fn equal_tasks_leave_no_margin() {
        let scores = vec![vec![Some(9_500), Some(9_500)]];
        assert_eq!(best(&scores)[0].margin, 0);
    }

    #[test]
    fn two_rows_that_each_have_their_own_task_are_sure() {
        let scores = vec![vec![Some(9_500), Some(9_300)], vec![Some(9_300), Some(9_500)]];
        assert!(best(&scores).iter().all(|pair| pair.row == pair.task && pair.margin == 400));
    }
}
