//! Files that hold the whole list, as it was sent out, with the rows of one unit filled in: each is its unit's, and
//! the rows of the others are theirs to send.

use std::collections::BTreeSet;

use super::Reading;
use crate::model::{FileId, IdSlice, UnitId};

/// Returns of each file that repeats the rows of other units whose they are. It is named after one unit and holds rows
/// of others: of those who sent a file of their own, and where one of these repeats the list as well, of all.
pub(super) fn of_others(readings: &IdSlice<FileId, Reading>) -> Vec<(FileId, BTreeSet<UnitId>)> {
    let mut whole: Vec<(FileId, UnitId, BTreeSet<UnitId>)> = Vec::new();
    let mut owns: BTreeSet<UnitId> = BTreeSet::new();
    for (file, reading) in readings.iter_enumerated() {
        let held: BTreeSet<UnitId> = reading.rows.values().copied().collect();
        match (reading.named, held.len()) {
            (_, 1) => owns.extend(held),
            (Some(named), 2..) if held.contains(&named) => {
                owns.insert(named);
                whole.push((file, named, held));
            }
            _ => {}
        }
    }
    let repeats = |own: UnitId, held: &BTreeSet<UnitId>| {
        whole.iter().any(|(_, named, others)| {
            *named != own && held.contains(named) && others.contains(&own)
        })
    };
    let left = whole.iter().map(|(file, named, held)| {
        let is_repeated = repeats(*named, held);
        let is_others = |unit: &UnitId| unit != named && (is_repeated || owns.contains(unit));
        (*file, held.iter().copied().filter(is_others).collect::<BTreeSet<UnitId>>())
    });
    left.filter(|(_, others)| !others.is_empty()).collect()
}
