//! Columns that are left over on both sides, of a sheet and of what is declared, when all others are known: one
//! of which the heading says more than the other's and ends as it does is that column, 保障户数 and 户数. The
//! end of a heading says what it is; what stands before it, of whose or of which.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Layout, SheetColumn};
use super::words::is_figure;
use crate::model::ColumnId;
use crate::normalise::typed::typed_text;
use crate::pipeline::Pipeline;
use crate::pipeline::reworded::{self, Likeness};
use crate::read::{Cell, Sheet};

/// How many rows below a heading are looked at.
const ROWS: usize = 60;

/// Names the columns of a table that are left over and are like one declared column alone, which is like no
/// other of them.
pub fn name(sheet: &Sheet, table: &mut Layout, pipeline: &Pipeline) {
    name_owner(sheet, table, pipeline);
    let money = || pipeline.columns.iter().filter(|own| own.kind.is_money() && !own.reported);
    let all =
        [Likeness::EndsAlike, Likeness::CountedAlike, Likeness::OnlyMoney, Likeness::NamesAlike];
    for likeness in all {
        if likeness == Likeness::OnlyMoney && money().count() != 1 {
            continue;
        }
        let claims = table.ambiguous.iter().map(|ambiguity| ambiguity.field);
        let named: BTreeSet<ColumnId> =
            table.columns.iter().filter_map(|known| known.field).chain(claims).collect();
        let open = pipeline.columns.iter_enumerated().filter(|(field, column)| {
            let may_be = match likeness {
                Likeness::OnlyMoney => column.kind.is_money(),
                Likeness::NamesAlike => pipeline.roles.key.contains(field),
                Likeness::EndsAlike | Likeness::CountedAlike => true,
            };
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
                    && (likeness != Likeness::NamesAlike || !holds_figures(sheet, table, known))
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

/// Names the column of those who report where the plan has them elsewhere, in sections or by sheet: the only one that is
/// called so and that holds their names and hardly anything else.
fn name_owner(sheet: &Sheet, table: &mut Layout, pipeline: &Pipeline) {
    const LEAST: usize = 2;
    let Some(owner) = pipeline.roles.owner else { return };
    if table.column_of(owner).is_some() || table.ambiguous.iter().any(|own| own.field == owner) {
        return;
    }
    let holds_names = |known: &SheetColumn| {
        let texts: Vec<_> =
            below(sheet, table, known).map(|cell| typed_text(&cell.content)).collect();
        let names = texts.iter().filter(|text| pipeline.unit_alone(text).is_some()).count();
        names >= LEAST && names * 10 >= texts.len() * 9
    };
    let mut meant = (0..table.columns.len()).filter(|place| {
        let known = &table.columns[*place];
        known.field.is_none()
            && reworded::names_owners(&known.heading, &pipeline.words)
            && holds_names(known)
    });
    if let (Some(place), None) = (meant.next(), meant.next()) {
        table.columns[place].field = Some(owner);
        table.columns[place].by_meaning = true;
    }
}

/// What stands in a column right below its heading.
fn below<'a>(
    sheet: &'a Sheet,
    table: &Layout,
    known: &SheetColumn,
) -> impl Iterator<Item = &'a Cell> {
    let last = table.heading_rows.last().copied();
    let first =
        last.map_or(sheet.rows.len(), |last| sheet.rows.partition_point(|row| row.index <= last));
    let column = known.column;
    sheet.rows[first..].iter().take(ROWS).filter_map(move |row| row.cell(column))
}

/// Returns whether most of what stands below a heading are figures.
fn holds_figures(sheet: &Sheet, table: &Layout, known: &SheetColumn) -> bool {
    let (figures, others): (Vec<_>, Vec<_>) =
        below(sheet, table, known).partition(|cell| is_figure(&cell.content));
    !figures.is_empty() && others.len() * 2 <= figures.len()
}
