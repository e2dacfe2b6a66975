//! Columns that are left over on both sides, of a sheet and of what is declared, when all others are known: one
//! of which the heading says more than the other's and ends as it does is that column, 保障户数 and 户数. The
//! end of a heading says what it is; what stands before it, of whose or of which.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Layout, SheetColumn};
use super::words::is_figure;
use crate::model::ColumnId;
use crate::pipeline::Pipeline;
use crate::pipeline::reworded::{self, Likeness};
use crate::read::Sheet;

/// How many rows below a heading are looked at.
const ROWS: usize = 60;

/// Names the columns of a table that are left over and are like one declared column alone, which is like no
/// other of them.
pub fn name(sheet: &Sheet, table: &mut Layout, pipeline: &Pipeline) {
    let money = || pipeline.columns.iter().filter(|own| own.kind.is_money() && !own.reported);
    for likeness in [Likeness::EndsAlike, Likeness::CountedAlike, Likeness::OnlyMoney] {
        if likeness == Likeness::OnlyMoney && money().count() != 1 {
            continue;
        }
        let claims = table.ambiguous.iter().map(|ambiguity| ambiguity.field);
        let named: BTreeSet<ColumnId> =
            table.columns.iter().filter_map(|known| known.field).chain(claims).collect();
        let open = pipeline.columns.iter_enumerated().filter(|(field, column)| {
            let may_be = likeness != Likeness::OnlyMoney || column.kind.is_money();
            !named.contains(field) && !column.reported && !column.kind.is_time() && may_be
        });
        let mut alike: BTreeMap<usize, Vec<ColumnId>> = BTreeMap::new();
        let mut times: BTreeMap<ColumnId, usize> = BTreeMap::new();
        for (field, column) in open {
            for (place, known) in table.columns.iter().enumerate() {
                let mut claimed = table.ambiguous.iter().flat_map(|ambiguity| &ambiguity.headings);
                let is_open = known.field.is_none() && claimed.all(|(at, _)| *at != known.cell);
                if is_open
                    && reworded::are_alike(column, &known.heading, likeness, &pipeline.words)
                    && (!column.kind.is_figure() || holds_figures(sheet, table, known))
                {
                    alike.entry(place).or_default().push(field);
                    *times.entry(field).or_default() += 1;
                }
            }
        }
        for (place, fields) in alike {
            if let [field] = fields.as_slice()
                && times[field] == 1
            {
                table.columns[place].field = Some(*field);
                table.columns[place].by_meaning = true;
            }
        }
    }
}

/// Returns whether most of what stands below a heading are figures.
fn holds_figures(sheet: &Sheet, table: &Layout, known: &SheetColumn) -> bool {
    let Some(last) = table.heading_rows.last() else { return false };
    let first = sheet.rows.partition_point(|row| row.index <= *last);
    let below = sheet.rows[first..].iter().take(ROWS).filter_map(|row| row.cell(known.column));
    let (figures, others): (Vec<_>, Vec<_>) = below.partition(|cell| is_figure(&cell.content));
    !figures.is_empty() && others.len() * 2 <= figures.len()
}
