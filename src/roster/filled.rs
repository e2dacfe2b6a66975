//! What was filled in: a form that came back untouched lists every task and reports nothing.
//!
//! Only the columns that units report count here. The plan's own columns are there before anybody
//! has filled in a word.

use std::collections::BTreeSet;

use super::aside::TablePlace;
use super::{FileStanding, Names, Roster, Standing};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fact::NOT_FILLED_IN;
use crate::model::{FileId, Finding, IdSlice, Side, UnitId, Value};
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::Pipeline;

/// How much a file says, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Substance {
    /// No task and no word that there is nothing to report.
    Nothing,
    /// Tasks, and nothing reported of any of them.
    Blank,
    /// That there is nothing to report.
    ZeroReport,
    Tasks,
}

/// Returns how much a file says outside the sheets that are set aside.
pub(super) fn substance(
    extract: &Extract,
    set_aside: &BTreeSet<TablePlace>,
    is_zero_report: impl FnOnce() -> bool,
    pipeline: &Pipeline,
) -> Substance {
    let sheets = extract.rows.sheets.iter_enumerated();
    let rows = sheets.flat_map(|(place, sheet)| sheet.rows.iter().map(move |row| (place, row)));
    let own = rows.filter(|(sheet, row)| !set_aside.contains(&(*sheet, row.table)));
    let mut tasks = own.map(|(_, row)| row).filter(|row| row.class == RowClass::Task).peekable();
    if tasks.peek().is_none() {
        return if is_zero_report() { Substance::ZeroReport } else { Substance::Nothing };
    }
    if asks_for_nothing(pipeline) || tasks.any(|row| is_filled(row, pipeline)) {
        Substance::Tasks
    } else {
        Substance::Blank
    }
}

/// Returns whether units have nothing to report beside the plan's own columns.
fn asks_for_nothing(pipeline: &Pipeline) -> bool {
    !pipeline.columns.iter().any(|column| column.reported)
}

/// Returns whether anything is reported of a task: a word that says *not applicable* is.
pub(super) fn is_filled(row: &TableRow, pipeline: &Pipeline) -> bool {
    row.entries.iter().zip(&pipeline.columns).any(|(entry, column)| {
        column.reported
            && entry
                .as_ref()
                .is_some_and(|entry| !matches!(entry.value, Value::Blank | Value::Covered))
    })
}

/// Gives units of whose tasks nothing is reported their standing, and says so of them and of each
/// file that is a part of a submission and was left blank.
pub(super) fn blank(
    roster: &mut Roster<'_>,
    received: &IdSlice<FileId, Received>,
    names: &Names,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    if asks_for_nothing(pipeline) {
        return Vec::new();
    }
    let filled: BTreeSet<UnitId> = roster
        .items
        .iter()
        .filter(|item| is_filled(item.row, pipeline))
        .map(|item| item.unit)
        .collect();
    let listed: BTreeSet<UnitId> = roster.items.iter().map(|item| item.unit).collect();
    let mut findings = Vec::new();
    for &unit in listed.difference(&filled) {
        let (standing, files) = &mut roster.units[unit];
        *standing = Standing::Blank;
        let mut finding = untouched(names.name(unit));
        finding.file = files.first().map(|file| received[*file].name.clone());
        findings.push(finding);
    }
    for (file, standing) in roster.files.iter_enumerated() {
        let FileStanding { standing: Standing::Blank, units, counts: true, .. } = standing else {
            continue;
        };
        for unit in units.iter().filter(|unit| filled.contains(unit)) {
            let mut finding = untouched(names.name(*unit));
            finding.file = Some(received[file].name.clone());
            findings.push(finding);
        }
    }
    findings
}

fn untouched(unit: &str) -> Finding {
    let mut finding = Finding::new(NOT_FILLED_IN, Side::Submission);
    finding.unit = Some(unit.to_owned());
    finding
}
