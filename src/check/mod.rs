//! What must agree: one rule a file, each a plain function in [`CHECKS`].
//!
//! Comparisons and sums are frame operations; only what stands out is looked at row by row.
//! The checks run in order and see what was found before them, so that a rule can keep silent
//! about a cell whose fault has been said already.

pub mod bridge;
mod compare;
pub mod demanded;
mod fallen;
mod frames;
pub mod ledger;
mod numbers;
mod parts;
mod plan_cells;
mod progress;
mod revision;
mod rule;
mod statement;
mod total;
mod unused;
mod vanished;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

pub use compare::power_of_ten;
pub use frames::{Sums, sums};
pub use progress::{Earlier, Known, contents, reported};
pub use revision::{Change, changes};
pub use statement::{Figure, Paragraph, figure_value, paragraph};
pub use total::{PrintedTotal, is_grand_total, printed_totals};
pub use vanished::tracked;

use crate::matching::{Frames, Matched};
use crate::model::{CellAt, Finding, Kind, Month, Side};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};

/// Everything a check may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub pipeline: &'a Pipeline,
    pub plan: &'a Plan<'a>,
    pub roster: &'a Roster<'a>,
    pub frames: &'a Frames,
    pub matched: &'a Matched,
    pub paragraph: &'a Paragraph,
    /// None when single sheets are checked; rules that need a period are left out then.
    pub period: Option<Month>,
    /// What is known of the earlier period.
    pub earlier: &'a Earlier,
    /// The plan before the one in force and since when it was, where there is one.
    pub before: Option<(&'a Plan<'a>, Month)>,
}

/// What has been found so far, by cell.
#[derive(Clone, Debug, Default)]
pub struct Said {
    by_cell: BTreeMap<(Side, String, String, CellAt), Vec<Kind>>,
    /// Columns that files lack: file and column.
    columns: BTreeSet<(String, String)>,
}

impl Said {
    fn note(&mut self, findings: &[Finding]) {
        for finding in findings {
            if let (Kind::ColumnMissing, Some(file), Some(field)) =
                (finding.kind, &finding.file, &finding.field)
            {
                self.columns.insert((file.clone(), field.clone()));
            }
            let (Some(file), Some(sheet)) = (&finding.file, &finding.sheet) else { continue };
            for range in &finding.cells {
                if range.first == range.last {
                    let place = (finding.side, file.clone(), sheet.clone(), range.first);
                    self.by_cell.entry(place).or_default().push(finding.kind);
                }
            }
        }
    }

    /// Returns whether it has been said that a file lacks a column.
    pub fn lacks_column(&self, file: &str, field: &str) -> bool {
        self.columns.contains(&(file.to_owned(), field.to_owned()))
    }

    /// Returns the kinds that were found at a cell.
    pub fn at(&self, side: Side, file: &str, sheet: &str, cell: CellAt) -> &[Kind] {
        let place = (side, file.to_owned(), sheet.to_owned(), cell);
        self.by_cell.get(&place).map_or(&[], Vec::as_slice)
    }
}

/// A check: looks at everything, and at what was said before it.
pub type Check = fn(&Context<'_>, &Said) -> PolarsResult<Vec<Finding>>;

/// All checks with the name of their file, in the order in which they run.
pub const CHECKS: &[(&str, Check)] = &[
    ("plan_cells", plan_cells::check),
    ("compare", compare::check),
    ("numbers", numbers::check),
    ("parts", parts::check),
    ("total", total::check),
    // What was not reported breaks no rule: it is said before them.
    ("demanded", demanded::check),
    ("rule", rule::check),
    ("statement", statement::check),
    ("progress", progress::check),
    ("fallen", fallen::check),
    ("vanished", vanished::check),
    ("unused", unused::check),
];

/// Runs all checks.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn run(context: &Context<'_>, before: &[Finding]) -> PolarsResult<Vec<Finding>> {
    let mut said = Said::default();
    said.note(before);
    let mut findings = Vec::new();
    for (_, check) in CHECKS {
        let found = check(context, &said)?;
        said.note(&found);
        findings.extend(found);
    }
    Ok(findings)
}
