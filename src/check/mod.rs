//! What must agree: one rule a file, each a plain function in [`CHECKS`].
//!
//! Comparisons and sums are frame operations; only what stands out is looked at row by row.
//! The checks run in order and see what was found before them, so that a rule can keep silent
//! about a cell whose fault has been said already.
//!
//! A *check* here is one rule at one place, and what came of it is a line of the [`ledger`]; a finding is
//! raised only where something is wrong. A *statement* is a sentence of the plan's own paragraph with
//! figures in it, held against the plan's rows: it is never about a submission.

pub mod bridge;
mod carried;
mod columns;
mod compare;
pub mod demanded;
mod elsewhere;
pub mod equation;
mod fallen;
pub mod figures;
mod formula;
mod frames;
pub mod ledger;
mod numbers;
mod on_top;
pub mod outcome;
mod pages;
mod paragraph;
mod parts;
mod plan_cells;
mod progress;
pub mod records;
mod revision;
mod rule;
mod named;
mod scope;
mod shared;
mod shares;
mod statement;
mod summed;
mod taken_for_sums;
mod together;
mod total;
pub mod unread_columns;
mod unused;
mod vanished;

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::RandomState;
use polars::prelude::PolarsResult;

pub use compare::power_of_ten;
pub use frames::{Sums, sums, wide_sums};
pub use paragraph::{Figure, Paragraph, paragraph};
pub use progress::{Earlier, Known, add_told, contents, reported};
pub use revision::{Change, changes};
pub use statement::figure_value;
pub use total::{PrintedTotal, printed_totals};
pub use vanished::tracked;

use crate::matching::{Frames, Matched};
use crate::model::fact::Lacking;
use crate::model::{ColumnId, Fact, FileId, Finding, FindingId, IdVec, Kind, Month, SheetId, Side};
use crate::pipeline::{CorrectionPart, Pipeline};
use crate::roster::{Plan, Roster};
use figures::Figures;
use outcome::Spot;
use records::Records;

/// Everything a check may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub pipeline: &'a Pipeline,
    pub plan: &'a Plan<'a>,
    pub roster: &'a Roster<'a>,
    pub frames: &'a Frames,
    pub matched: &'a Matched,
    /// What was submitted beside what is planned, column by column.
    pub figures: &'a Figures,
    pub paragraph: &'a Paragraph,
    /// What of the corrections of tables fits something of the plan or of what was sent.
    pub fitted: &'a BTreeSet<CorrectionPart>,
    /// None when single sheets are checked; rules that need a period are left out then.
    pub period: Option<Month>,
    /// What is known of the earlier period.
    pub earlier: &'a Earlier,
    /// The plan before the one in force and since when it was, where there is one.
    pub before: Option<(&'a Plan<'a>, Month)>,
}

impl Context<'_> {
    /// Returns whether several rows of one task are added up in a column: those of money are, and all
    /// that have a sum where the plan is the sum of what all units fill in.
    pub fn adds_up_rows(&self, field: ColumnId) -> bool {
        self.pipeline.columns[field].kind.is_money()
            || (self.plan.sum.is_some() && self.pipeline.is_totalled(field))
    }
}

/// What has been found so far, by cell. Every row asks for each cell that a rule uses.
#[derive(Clone, Debug, Default)]
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
pub struct AlreadySaid {
    /// The places of files and sheets by their names.
    names: BTreeMap<(Side, String, String), (FileId, SheetId)>,
    by_cell: HashMap<(Side, Spot), Vec<Kind>, RandomState>,
    /// Columns that files lack: file and column.
    columns: BTreeSet<(String, String)>,
    /// Columns that no file has.
    nowhere: BTreeSet<String>,
}

/// What keeps a figure from being told, where others only say that it is not the right one.
pub(crate) const UNTOLD: [Kind; 6] = [
    Kind::ReportMissing,
    Kind::ValueMissing,
    Kind::ValueScaled,
    Kind::ValueUnreadable,
    Kind::ValueImprecise,
    Kind::ColumnScaled,
];

impl AlreadySaid {
    fn new(context: &Context<'_>) -> Self {
        let mut names = BTreeMap::new();
        let sides =
            [(Side::Plan, &context.plan.places), (Side::Submission, &context.roster.places)];
        for (side, places) in sides {
            for ((file, name), sheets) in places.files.iter_enumerated().zip(&places.sheets) {
                for (sheet, sheet_name) in sheets.iter_enumerated() {
                    let known = names.entry((side, name.clone(), sheet_name.clone()));
                    known.or_insert((file, sheet));
                }
            }
        }
        Self { names, ..Self::default() }
    }

    fn note(&mut self, findings: &[Finding]) {
        for finding in findings {
            if let (Kind::ColumnMissing, Some(file), Some(field)) =
                (finding.kind(), &finding.file, &finding.field)
            {
                self.columns.insert((file.clone(), field.clone()));
            }
            if let Fact::ColumnMissing(Lacking::Nowhere { columns, .. }) = &finding.fact {
                self.nowhere.extend(columns.iter().map(|column| column.field.clone()));
            }
            let (Some(file), Some(sheet)) = (&finding.file, &finding.sheet) else { continue };
            // What is only said puts no figure in doubt, but for the difference that a tolerance
            // forgives.
            if finding.fact.is_only_said() && finding.kind() != Kind::ValueDiffers {
                continue;
            }
            let place = (finding.side, file.clone(), sheet.clone());
            let Some(&(file, sheet)) = self.names.get(&place) else { continue };
            for range in &finding.cells {
                if range.first == range.last {
                    let spot = Spot { file, sheet, cell: range.first };
                    self.by_cell.entry((finding.side, spot)).or_default().push(finding.kind());
                }
            }
        }
    }

    /// Returns whether it has been said that a file lacks a column.
    pub fn lacks_column(&self, file: &str, field: &str) -> bool {
        self.nowhere.contains(field) || self.columns.contains(&(file.to_owned(), field.to_owned()))
    }

    /// Returns whether a cell carries a finding, so that what follows from it is not said again.
    pub fn is_doubted(&self, side: Side, spot: Spot) -> bool {
        self.by_cell.contains_key(&(side, spot))
    }

    /// Returns whether a cell carries a finding that keeps its figure from being told.
    pub fn is_untold(&self, side: Side, spot: Spot) -> bool {
        self.at(side, spot).iter().any(|kind| UNTOLD.contains(kind))
    }

    /// Returns the kinds that were found at a cell.
    pub fn at(&self, side: Side, spot: Spot) -> &[Kind] {
        self.by_cell.get(&(side, spot)).map_or(&[], Vec::as_slice)
    }
}

/// A check: looks at everything, and at what was said before it.
#[derive(Clone, Copy)]
pub enum Check {
    Finds(fn(&Context<'_>, &AlreadySaid) -> PolarsResult<Vec<Finding>>),
    /// Says of every place what came of it, too.
    Holds(fn(&Context<'_>, &AlreadySaid) -> PolarsResult<Checked>),
}

/// What was found, and what came of every rule at every place.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub findings: IdVec<FindingId, Finding>,
    /// By rule. Each record names its finding by the place among all findings of the run.
    pub records: Vec<Records>,
}

/// All checks with the name of their file, in the order in which they run.
pub const CHECKS: &[(&str, Check)] = &[
    ("plan_cells", Check::Finds(plan_cells::check)),
    ("compare", Check::Finds(compare::check)),
    ("numbers", Check::Finds(numbers::check)),
    ("parts", Check::Finds(parts::check)),
    // What was not reported breaks no rule: it is said before them.
    ("demanded", Check::Finds(demanded::check)),
    ("rule", Check::Holds(rule::check)),
    // A row that breaks a rule explains why the rows do not make the total.
    ("total", Check::Finds(total::check)),
    ("on_top", Check::Finds(on_top::check)),
    ("taken_for_sums", Check::Finds(taken_for_sums::check)),
    ("statement", Check::Finds(statement::check)),
    ("progress", Check::Finds(progress::check)),
    ("fallen", Check::Finds(fallen::check)),
    ("vanished", Check::Finds(vanished::check)),
    ("unused", Check::Finds(unused::check)),
];

/// Runs all checks; `before` is what was found by those before.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn run(context: &Context<'_>, before: &[Finding]) -> PolarsResult<Checked> {
    let mut said = AlreadySaid::new(context);
    said.note(before);
    let mut all = Checked::default();
    for (_, check) in CHECKS {
        let mut found = match check {
            Check::Finds(check) => {
                Checked { findings: check(context, &said)?.into(), records: Vec::new() }
            }
            Check::Holds(check) => check(context, &said)?,
        };
        said.note(&found.findings.raw);
        let first = before.len() + all.findings.len();
        for records in &mut found.records {
            records.rename(|own| (first + usize::from(own)).into());
        }
        all.findings.extend(found.findings);
        all.records.extend(found.records);
    }
    Ok(all)
}
