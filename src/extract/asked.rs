//! What is asked of a worker: a path, and before it, with a tab between, `plan` where the file is to
//! be read as the plan is.

use crate::model::Side;

/// Returns the line that asks for a file.
pub fn line(path: &str, side: Side) -> String {
    match side {
        Side::Plan => format!("{}\t{path}", Side::Plan.name()),
        Side::Submission => path.to_owned(),
    }
}

/// Returns what a line asks for.
pub fn read(line: &str) -> (Side, &str) {
    match line.split_once('\t') {
        Some((side, path)) if side == Side::Plan.name() => (Side::Plan, path),
        _ => (Side::Submission, line),
    }
}
