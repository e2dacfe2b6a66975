//! Totals that add up more than their own table where a sheet has one table a page or a part: the first of a page holds
//! the rest of the section that began on the one before, the last of a part the parts above it.

use std::collections::BTreeMap;

use crate::model::{FileId, SheetId};
use crate::normalise::frame::Item;

/// The place of a table: its file, its sheet, and which of the sheet's tables it is.
pub(super) type TableAt = (FileId, SheetId, usize);

/// So many tables above one are tried as what a total adds up with it.
const MOST_ABOVE: usize = 40;

/// What stands above a table on its sheet.
#[derive(Debug, Default)]
pub(super) struct Above<'a> {
    /// The rows below the last total of all tables above, in their order.
    pub carried: Vec<&'a Item<'a>>,
    /// The rows of each table above, the nearest first.
    pub tables: Vec<Vec<&'a Item<'a>>>,
}

/// Returns what stands above each of the tables, each with the row of its last total.
pub(super) fn above_each<'a>(
    items: &'a [Item<'a>],
    tables: impl Iterator<Item = (TableAt, Option<u32>)>,
) -> Vec<Above<'a>> {
    let mut rows: BTreeMap<TableAt, Vec<&'a Item<'a>>> = BTreeMap::new();
    for item in items {
        rows.entry((item.file, item.sheet, item.row.table)).or_default().push(item);
    }
    let tables: Vec<(TableAt, Option<u32>)> = tables.collect();
    let last = tables.iter().filter_map(|(at, last)| Some((*at, (*last)?))).collect();
    tables.iter().map(|(at, _)| above(*at, &rows, &last)).collect()
}

/// Returns what stands above a table. `last` is the row of the last total of each table that has one.
fn above<'a>(
    (file, sheet, table): TableAt,
    rows: &BTreeMap<TableAt, Vec<&'a Item<'a>>>,
    last: &BTreeMap<TableAt, u32>,
) -> Above<'a> {
    let own = |page: usize| rows.get(&(file, sheet, page)).cloned().unwrap_or_default();
    let mut carried: Vec<&'a Item<'a>> = Vec::new();
    for page in (0..table).rev() {
        let last = last.get(&(file, sheet, page)).copied();
        let mut rest = own(page);
        rest.retain(|item| last.is_none_or(|last| item.row.row > last));
        rest.append(&mut carried);
        carried = rest;
        if last.is_some() {
            break;
        }
    }
    Above { carried, tables: (0..table).rev().take(MOST_ABOVE).map(own).collect() }
}
