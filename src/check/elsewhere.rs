//! A total that is printed below another column than the one that it adds up: 总计： | 165500 below 数量, where
//! the prices beside it come to 165500 and the quantities to 389.

use crate::model::amount::scale_wide;
use crate::model::{ColumnId, DECIMAL_PLACES, Entry, fold};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::pipeline::Pipeline;

/// A smaller figure may be the sum of another column by chance, in millionths.
const LEAST: i128 = 100 * 10_i128.pow(DECIMAL_PLACES);
/// Of a single row it is the figure itself, and not its sum.
const LEAST_ROWS: usize = 2;

/// Returns the column of money whose sum a total prints below one of quantities, which it is not the sum of: the only
/// column that comes to its only figure. Below another column of money a sum is in the wrong place.
pub(super) fn column_meant(
    total: &TableRow,
    below: ColumnId,
    rows: &[&Item<'_>],
    pipeline: &Pipeline,
) -> Option<ColumnId> {
    let own = |field: ColumnId| total.entries[field].as_ref();
    let is_money = |field: ColumnId| pipeline.columns[field].kind.is_money();
    if is_money(below) {
        return None;
    }
    let printed = typed(own(below)?)?;
    let is_alone = || {
        let mut others = pipeline.totalled_columns().filter(|field| *field != below);
        others.all(|field| own(field).is_none_or(|entry| entry.value.is_absent()))
    };
    if printed.abs() < LEAST || !is_alone() || sum(rows, below) == Some(printed) {
        return None;
    }
    let is_meant = |field: &ColumnId| {
        is_money(*field) && own(*field).is_some() && sum(rows, *field) == Some(printed)
    };
    let mut meant = pipeline.totalled_columns().filter(is_meant);
    let only = meant.next()?;
    meant.next().is_none().then_some(only)
}

/// What the rows have typed in a column, added up in millionths; none where one is no plain figure, or fewer than two
/// say anything.
fn sum(rows: &[&Item<'_>], field: ColumnId) -> Option<i128> {
    let mut counted = 0;
    let mut sum = 0_i128;
    for item in rows {
        let Some(entry) = item.row.entries[field].as_ref() else { continue };
        if entry.value.is_absent() {
            continue;
        }
        sum = sum.checked_add(typed(entry)?)?;
        counted += 1;
    }
    (counted >= LEAST_ROWS).then_some(sum)
}

/// A typed figure in millionths.
fn typed(entry: &Entry) -> Option<i128> {
    let plain = fold::plain(&entry.typed).replace(',', "");
    scale_wide(plain.trim(), DECIMAL_PLACES).ok()
}
