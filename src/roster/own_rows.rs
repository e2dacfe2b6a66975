//! Files that hold the whole list, as it was sent out, with the rows of one unit filled in: each is its unit's, and
//! the rows of the others are theirs to send.

use std::collections::BTreeSet;

use super::Reading;
use crate::model::{FileId, IdSlice, UnitId};

/// Returns of each file that repeats the rows of other units whose they are: it is named after one unit and holds
/// rows of others, and so does a file that is named after one of these.
pub(super) fn of_others(readings: &IdSlice<FileId, Reading>) -> Vec<(FileId, BTreeSet<UnitId>)> {
    let whole: Vec<(FileId, UnitId, BTreeSet<UnitId>)> = readings
        .iter_enumerated()
        .filter_map(|(file, reading)| {
            let named = reading.named?;
            let held: BTreeSet<UnitId> = reading.rows.values().copied().collect();
            (held.len() > 1 && held.contains(&named)).then_some((file, named, held))
        })
        .collect();
    let holds = |own: UnitId, held: &BTreeSet<UnitId>| {
        whole.iter().any(|(_, named, others)| {
            *named != own && held.contains(named) && others.contains(&own)
        })
    };
    whole
        .iter()
        .filter(|(_, named, held)| holds(*named, held))
        .map(|(file, named, held)| {
            (*file, held.iter().copied().filter(|unit| unit != named).collect())
        })
        .collect()
}
