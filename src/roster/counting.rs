//! Which of several files of one unit counts.

use std::collections::{BTreeMap, BTreeSet};

use super::filled::{Substance, substance};
use super::{FileStanding, Names, Reading, Standing};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::finding::CountsBecause as Because;
use crate::model::{Fact, FileId, Finding, IdSlice, IdVec, Side, UnitId, fold};
use crate::normalise::RowClass;
use crate::normalise::frame::text_key;
use crate::pipeline::Pipeline;

/// What decides between files, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// What was left blank never stands in for what was filled in, whatever its name or date.
    substance: Substance,
    /// The strongest declared marker in the name.
    marker: usize,
    filled_on: u32,
    modified: i64,
}

/// Returns the standing of each file, in the order of the files.
pub fn decide(
    received: &IdSlice<FileId, Received>,
    extracts: &IdSlice<FileId, Extract>,
    readings: &IdSlice<FileId, Reading>,
    attached: &BTreeSet<FileId>,
    names: &Names,
    pipeline: &Pipeline,
) -> (IdVec<FileId, FileStanding>, Vec<Finding>) {
    let substances: IdVec<FileId, Substance> = extracts
        .iter()
        .zip(readings)
        .map(|(extract, reading)| {
            substance(extract, &reading.set_aside, || reading.zero_report, pipeline)
        })
        .collect();
    let mut files: IdVec<FileId, FileStanding> = extracts
        .iter_enumerated()
        .zip(readings)
        .zip(&substances)
        .map(|(((file, extract), reading), substance)| {
            if attached.contains(&file) {
                let standing = Standing::Attachment;
                return FileStanding { standing, units: Vec::new(), counts: false };
            }
            let standing = if extract.refusal.is_some() {
                Standing::Unreadable
            } else if reading.units.is_empty() {
                Standing::Unknown
            } else if reading.zero_report {
                Standing::Zero
            } else if *substance == Substance::Blank {
                Standing::Blank
            } else {
                Standing::Submitted
            };
            let counts = matches!(standing, Standing::Submitted | Standing::Zero | Standing::Blank);
            FileStanding { standing, units: reading.units.iter().copied().collect(), counts }
        })
        .collect();
    same_bytes(received, extracts, &mut files);
    let keys: IdVec<FileId, BTreeSet<String>> =
        extracts.iter().map(|extract| task_keys(extract, pipeline)).collect();
    let mut findings = Vec::new();
    let mut of_units: IdVec<UnitId, Vec<FileId>> = vec![Vec::new(); names.units.len()].into();
    for (file, standing) in files.iter_enumerated() {
        for unit in &standing.units {
            of_units[*unit].push(file);
        }
    }
    for (unit, own) in of_units.into_iter_enumerated() {
        // A file of several units may have been beaten for one of them.
        let mine: Vec<FileId> = own.into_iter().filter(|file| files[*file].counts).collect();
        if mine.len() < 2 {
            continue;
        }
        let rank = |file: FileId| Rank {
            substance: substances[file],
            marker: marker(&received[file].name, pipeline),
            filled_on: readings[file].filled_on.unwrap_or(0),
            modified: received[file].modified,
        };
        let mut order = mine;
        order.sort_by(|one, other| {
            rank(*other)
                .cmp(&rank(*one))
                .then_with(|| received[*one].name.cmp(&received[*other].name))
        });
        let (winner, rest) = (order[0], &order[1..]);
        let mut taken = keys[winner].clone();
        let mut beaten = Vec::new();
        for &file in rest {
            let is_part = !keys[file].is_empty() && keys[file].is_disjoint(&taken);
            if is_part {
                taken.extend(keys[file].iter().cloned());
            } else {
                beaten.push(file);
            }
        }
        if beaten.is_empty() {
            continue;
        }
        let because = because(rank(winner), rank(beaten[0]));
        for &file in &beaten {
            files[file].standing = Standing::Superseded;
            files[file].counts = false;
        }
        let fact = Fact::SubmissionDuplicate {
            counts: received[winner].name.clone(),
            others: beaten.iter().map(|file| received[*file].name.clone()).collect(),
            because,
        };
        let mut finding = Finding::new(fact, Side::Submission);
        finding.unit = Some(names.name(unit).to_owned());
        finding.file = Some(received[winner].name.clone());
        findings.push(finding);
    }
    (files, findings)
}

/// The same bytes are one file: the first name counts.
fn same_bytes(
    received: &IdSlice<FileId, Received>,
    extracts: &IdSlice<FileId, Extract>,
    files: &mut IdSlice<FileId, FileStanding>,
) {
    let mut first: BTreeMap<&str, FileId> = BTreeMap::new();
    for (index, file) in received.iter_enumerated() {
        let is_attached = files[index].standing == Standing::Attachment;
        if extracts[index].refusal.is_some() || is_attached {
            continue;
        }
        if first.contains_key(file.sha256.as_str()) {
            files[index].standing = Standing::Duplicate;
            files[index].counts = false;
        } else {
            first.insert(&file.sha256, index);
        }
    }
}

fn task_keys(extract: &Extract, pipeline: &Pipeline) -> BTreeSet<String> {
    extract
        .rows
        .sheets
        .iter()
        .flat_map(|sheet| &sheet.rows)
        .filter(|row| row.class == RowClass::Task)
        .map(|row| text_key(row, pipeline))
        .collect()
}

/// Returns the place of the strongest marker in a file's name, from one; zero for none.
fn marker(name: &str, pipeline: &Pipeline) -> usize {
    let plain = fold::plain(name);
    pipeline
        .roster
        .corrections
        .iter()
        .rposition(|marker| plain.contains(marker.as_str()))
        .map_or(0, |place| place + 1)
}

fn because(winner: Rank, beaten: Rank) -> Because {
    if winner.substance != beaten.substance {
        Because::FilledIn
    } else if winner.marker != beaten.marker {
        Because::Marker
    } else if winner.filled_on != beaten.filled_on {
        Because::FilledOn
    } else if winner.modified != beaten.modified {
        Because::ModifiedAt
    } else {
        Because::Undecided
    }
}
