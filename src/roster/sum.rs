//! A plan whose lines are the sums of what all units fill in: their rows are gathered under one name
//! once everybody's are there, so that each line of the plan has the rows that it adds up.

use std::collections::BTreeSet;

use super::{Roster, Standing, Stray};
use crate::model::{FileId, IdVec, UnitId};

/// Gathers the rows of all units under the name that stands for them, or sets them aside while one
/// unit has nothing that could be added up: every sum would be too small, and none wrong.
pub(super) fn gather(roster: &mut Roster<'_>, sum: UnitId) {
    let others = || roster.units.iter_enumerated().filter(|(unit, _)| *unit != sum);
    let with_rows: BTreeSet<UnitId> = roster.items.iter().map(|item| item.unit).collect();
    let is_in =
        |unit: UnitId, standing: Standing| with_rows.contains(&unit) || standing == Standing::Zero;
    if !others().all(|(unit, (standing, _))| is_in(unit, *standing)) {
        let waiting = std::mem::replace(&mut roster.items, IdVec::new());
        let aside =
            waiting.iter().map(|item| Stray { file: item.file, sheet: item.sheet, row: item.row });
        roster.set_aside.extend(aside);
        roster.units[sum] = (Standing::Waiting, Vec::new());
        return;
    }
    let mut files: Vec<FileId> = others().flat_map(|(_, (_, files))| files.clone()).collect();
    files.sort_unstable();
    files.dedup();
    roster.units[sum] = (Standing::Submitted, files);
    for item in &mut roster.items.raw {
        item.unit = sum;
    }
}
