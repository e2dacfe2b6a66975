//! Lines about what units must report.

use polars::prelude::PolarsResult;

use super::compared::{Reach, column_missing};
use super::index::Index;
use super::{Held, Ledger, OfTask, Outcome, Reason, spot};
use crate::check::Context;
use crate::check::demanded::{Came, Owed, came};
use crate::model::{Finding, IdSlice, Kind, RowId, Side, TaskId};

/// Whether each column that may not be blank is there.
pub fn reports(
    context: &Context<'_>,
    reach: &IdSlice<TaskId, Reach<'_>>,
    index: &Index<'_>,
    ledger: &mut Ledger,
) -> PolarsResult<()> {
    let of_one = |(owed, came): (Owed, Came)| {
        let demand = &context.pipeline.check.demands[owed.demand];
        let field = demand.column;
        let line = |outcome: Outcome, rows: &[RowId]| {
            let row = rows.first().copied();
            OfTask { row, ..OfTask::new(owed.task, outcome) }
        };
        let of_row = match &reach[owed.task] {
            Reach::Rows(rows, _) => *rows,
            Reach::NotReached(..) => &[],
        };
        let name = context.pipeline.columns[field].name.as_str();
        let is_own = |finding: &Finding| {
            finding.kind() == Kind::ReportMissing && finding.field.as_deref() == Some(name)
        };
        match came {
            Came::Reported => line(Outcome::Agrees, of_row),
            Came::Blank(rows) => {
                let at = rows.first().and_then(|row| spot(&context.roster.items[*row], field));
                let said = at.and_then(|at| {
                    let here = index.at(Side::Submission, at).iter().copied();
                    here.clone()
                        .find(|place| is_own(&index.findings[*place]))
                        .or_else(|| here.clone().next())
                });
                let of_blank = if said.is_some() {
                    Outcome::Differs
                } else {
                    Outcome::NotChecked(Reason::Blank)
                };
                line(of_blank, &rows).by(said)
            }
            Came::NoColumn(rows) => {
                let file = rows.first().map(|row| context.roster.items[*row].file);
                let said = file.and_then(|file| column_missing(context, index, file, field));
                line(Outcome::NotChecked(Reason::NoColumn), &rows).by(said)
            }
            Came::NoRow => match &reach[owed.task] {
                Reach::NotReached(reason, said) => {
                    line(Outcome::NotChecked(*reason), &[]).by(*said)
                }
                Reach::Rows(rows, _) => line(Outcome::NotChecked(Reason::NoRow), rows),
            },
            Came::NotAsked => line(Outcome::NotChecked(Reason::Excused), of_row),
            Came::Untold => {
                let said = of_row.iter().find_map(|row| {
                    let item = &context.roster.items[*row];
                    let fields = context.pipeline.columns.keys();
                    fields
                        .into_iter()
                        .find_map(|field| index.of_field(Side::Submission, item, field))
                });
                line(Outcome::NotChecked(Reason::FirstCause), of_row).by(said)
            }
            Came::NoPeriod => line(Outcome::NotChecked(Reason::NoPeriod), of_row),
        }
    };
    // The demands come one after the other.
    let mut came = came(context)?.into_iter().peekable();
    while let Some((Owed { demand, .. }, _)) = came.peek() {
        let demand = *demand;
        let field = context.pipeline.check.demands[demand].column;
        let own = std::iter::from_fn(|| came.next_if(|(owed, _)| owed.demand == demand));
        ledger.add_of_tasks((Held::Report(field), Side::Submission), [field], own.map(of_one));
    }
    Ok(())
}
