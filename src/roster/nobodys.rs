//! Rows of a file of several units that nobody answers for: no owner of the plan is written beside them, and
//! neither the sheet nor the file is one unit's. They are held against nothing, and that is said.

use std::collections::{BTreeMap, BTreeSet};

use super::whose::Reading;
use super::{is_vacant, owner_text};
use crate::extract::Extract;
use crate::model::finding::NameSource;
use crate::model::{CellAt, CellRange, Fact, Finding, Kind, SheetId, Side};
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::Pipeline;

/// Says which rows of the tables that count are nobody's, one finding a sheet and a name; those whose name has been
/// said to be no unit's are left out.
pub(super) fn said(
    extract: &Extract,
    reading: &Reading,
    told: &[Finding],
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let unknown = told.iter().filter(|finding| finding.kind() == Kind::UnitUnknown);
    let told: BTreeSet<(Option<&str>, CellAt)> = unknown
        .flat_map(|finding| {
            finding.cells.iter().map(|cells| (finding.sheet.as_deref(), cells.first))
        })
        .collect();
    let mut rows: BTreeMap<(SheetId, &str), Vec<CellRange>> = BTreeMap::new();
    for (place, sheet) in extract.rows.sheets.iter_enumerated() {
        for row in sheet.rows.iter().filter(|row| row.class == RowClass::Task) {
            let own = (place, row.table, row.row);
            let is_other = reading.rows.contains_key(&own)
                || reading.lines.contains(&own)
                || reading.set_aside.contains(&(place, row.table));
            let Some(at) = where_owner_stands(row, pipeline).filter(|_| !is_other) else {
                continue;
            };
            if !is_vacant(row, sheet) && !told.contains(&(sheet.name.as_deref(), at)) {
                let name = owner_text(row, pipeline).unwrap_or_default();
                rows.entry((place, name)).or_default().push(CellRange::new(at, at));
            }
        }
    }
    let said = rows.into_iter().map(|((place, name), cells)| {
        let name = (!name.is_empty()).then(|| (NameSource::OwnerColumn, name.to_owned()));
        let fact = Fact::UnitUnknown { seen: name.into_iter().collect() };
        let mut finding = Finding::new(fact, Side::Submission);
        finding.sheet.clone_from(&extract.rows.sheets[place].name);
        finding.cell = cells.first().map(|cells| cells.first);
        finding.cells = cells;
        finding
    });
    said.collect()
}

/// The cell of a row's owner, or else of what it is about, or the first that it has.
fn where_owner_stands(row: &TableRow, pipeline: &Pipeline) -> Option<CellAt> {
    let fields = pipeline.roles.owner.into_iter().chain(pipeline.roles.key.first().copied());
    let mut entries = fields.filter_map(|field| row.entries[field].as_ref());
    let entry = entries.next().or_else(|| row.entries.iter().flatten().next())?;
    Some(CellAt::new(row.row, entry.column))
}
