//! Files beside the sheets that are none, in a form that the pipeline file expects there: letters,
//! scans, pictures. They are named and nobody has to correct them.
//!
//! What a unit sent *instead* of a sheet is no attachment.

use std::collections::BTreeSet;

use super::{Names, Reading};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::finding::Refusal;
use crate::model::{Fact, FileId, Finding, IdSlice, Side, UnitId};
use crate::pipeline::Pipeline;

/// Returns the places of the files that are attachments.
pub(super) fn of(
    received: &IdSlice<FileId, Received>,
    extracts: &IdSlice<FileId, Extract>,
    readings: &IdSlice<FileId, Reading>,
    pipeline: &Pipeline,
) -> BTreeSet<FileId> {
    let (candidates, sheets): (Vec<FileId>, Vec<FileId>) = received
        .keys()
        .filter(|file| {
            is_candidate(&received[*file].name, &extracts[*file], &readings[*file], pipeline)
                || extracts[*file].refusal.is_none()
        })
        .partition(|file| {
            is_candidate(&received[*file].name, &extracts[*file], &readings[*file], pipeline)
        });
    let sent: BTreeSet<UnitId> =
        sheets.iter().flat_map(|file| readings[*file].units.iter().copied()).collect();
    candidates
        .into_iter()
        .filter(|file| !sheets.is_empty() && readings[*file].units.is_subset(&sent))
        .collect()
}

/// Whether a file has an attachment's ending and no table.
fn is_candidate(name: &str, extract: &Extract, reading: &Reading, pipeline: &Pipeline) -> bool {
    let ending = name.rsplit('/').next().and_then(|file| file.rsplit_once('.'));
    let is_named = ending.is_some_and(|(_, ending)| {
        let ending = ending.to_lowercase();
        pipeline.intake.attachments.contains(&ending)
    });
    let is_none = match &extract.refusal {
        None => extract.rows.sheets.iter().all(|sheet| sheet.tables.is_empty()),
        // Trouble while it came in, or of this machine, says nothing about what the file is.
        Some(
            Refusal::LockFile
            | Refusal::Copying
            | Refusal::NoAccess(_)
            | Refusal::TimedOut(_)
            | Refusal::OutOfMemory(_)
            | Refusal::Crashed(_)
            | Refusal::TooLarge(_),
        ) => false,
        Some(_) => true,
    };
    is_named && is_none && !reading.zero_report && extract.returned.is_none()
}

/// Says of each attachment that it is there.
pub(super) fn said(
    attached: &BTreeSet<FileId>,
    received: &IdSlice<FileId, Received>,
    readings: &IdSlice<FileId, Reading>,
    names: &Names,
) -> Vec<Finding> {
    let note = |file: &FileId| {
        let mut finding = Finding::new(Fact::Attachment, Side::Submission);
        finding.file = Some(received[*file].name.clone());
        let units = &readings[*file].units;
        finding.unit = match units.len() {
            1 => units.first().map(|unit| names.name(*unit).to_owned()),
            _ => None,
        };
        finding
    };
    attached.iter().map(note).collect()
}
