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
    let is_candidate =
        |file: &FileId| is_candidate(&received[*file].name, &extracts[*file], pipeline);
    let (candidates, sheets): (Vec<FileId>, Vec<FileId>) = received
        .keys()
        .filter(|file| is_candidate(file) || extracts[*file].refusal.is_none())
        .partition(is_candidate);
    let sent: BTreeSet<UnitId> =
        sheets.iter().flat_map(|file| readings[*file].units.iter().copied()).collect();
    let is_beside = |file: &FileId| {
        let Reading { units, zero_report, .. } = &readings[*file];
        // What declares that there is nothing to report does so for somebody.
        !sheets.is_empty() && units.is_subset(&sent) && !(*zero_report && units.is_empty())
    };
    candidates.into_iter().filter(is_beside).collect()
}

/// Whether a file has an attachment's ending and no table.
fn is_candidate(name: &str, extract: &Extract, pipeline: &Pipeline) -> bool {
    let ending = name.rsplit('/').next().and_then(|file| file.rsplit_once('.'));
    let is_named = ending.is_some_and(|(_, ending)| {
        let ending = ending.to_lowercase();
        pipeline.intake.attachments.contains(&ending)
    });
    let is_none = match &extract.refusal {
        None => extract.rows.sheets.iter().all(|sheet| sheet.tables.is_empty()),
        // These are told as what they are; sheets in an archive are no letter.
        Some(Refusal::ClosedFolder(_) | Refusal::Packed(_)) => false,
        // Where nothing was read of it, its name alone says what it is.
        Some(refusal) => !refusal.is_of_none(),
    };
    is_named && is_none && extract.returned.is_none()
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
