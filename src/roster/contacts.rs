//! Whom to call of each unit: what the sheets say on which its rows stand, then the sheets of its
//! files on which nobody's rows do.

use std::collections::{BTreeMap, BTreeSet};

use super::Roster;
use crate::extract::Extract;
use crate::model::contacts::Contacts;
use crate::model::{FileId, IdSlice, IdVec, SheetId, UnitId};

/// Returns the contacts of each unit.
pub fn contacts(
    roster: &Roster<'_>,
    extracts: &IdSlice<FileId, Extract>,
) -> IdVec<UnitId, Contacts> {
    let mut sheets: BTreeMap<(FileId, SheetId), BTreeSet<UnitId>> = BTreeMap::new();
    for item in &roster.items {
        sheets.entry((item.file, item.sheet)).or_default().insert(item.unit);
    }
    let mut contacts: IdVec<UnitId, Contacts> =
        roster.units.iter().map(|_| Contacts::default()).collect();
    for (unit, (_, files)) in roster.units.iter_enumerated() {
        let of_files = files.iter().flat_map(|file| {
            let sheets = extracts[*file].rows.sheets.iter_enumerated();
            sheets.map(move |(place, sheet)| ((*file, place), &sheet.contacts))
        });
        let said = of_files.filter(|(_, said)| !said.is_empty());
        let (own, others): (Vec<_>, Vec<_>) = said
            .filter(|(place, _)| sheets.get(place).is_none_or(|units| units.contains(&unit)))
            .partition(|(place, _)| sheets.contains_key(place));
        for (_, said) in own.into_iter().chain(others) {
            contacts[unit].fill_from(said);
        }
    }
    contacts
}
