//! What the next period asks of this one: the figures that may not fall, and what was reported at all. There is
//! a line for each task of a month, so that they are made as they are told.

use std::collections::BTreeMap;

use super::Reconciliation;
use crate::check;
use crate::findings::{ReportedLine, ValueLine};
use crate::model::{ColumnId, IdVec, TaskId, Text, UnitId, Value};
use crate::normalise::TableRow;
use crate::pipeline::Pipeline;

/// The names of units and columns, to be shared by all lines that bear them.
struct Names {
    units: IdVec<UnitId, Text>,
    fields: IdVec<ColumnId, Text>,
}

impl Names {
    fn of(result: &Reconciliation<'_>, pipeline: &Pipeline) -> Self {
        Self {
            units: result.plan.names.units.iter().map(Text::from).collect(),
            fields: pipeline.columns.iter().map(|column| Text::from(&column.name)).collect(),
        }
    }
}

/// Returns what is reported of each task in this period.
pub fn reported<'a>(
    result: &'a Reconciliation<'_>,
    pipeline: &'a Pipeline,
) -> impl Iterator<Item = ReportedLine> + 'a {
    let tracked: Vec<ColumnId> = check::tracked(pipeline).collect();
    let names = Names::of(result, pipeline);
    let rows_of_tasks = result.matched.rows_of_tasks();
    result.plan.tasks.iter_enumerated().filter_map(move |(task, planned)| {
        let rows = rows_of_tasks.get(task)?;
        let is_reported = |field: &ColumnId| {
            rows.iter().any(|row| {
                let entry = result.roster.items[*row].row.entries[*field].as_ref();
                entry.is_some_and(|entry| {
                    !matches!(entry.value, Value::Blank | Value::NotApplicable)
                })
            })
        };
        let fields = tracked.iter().copied().filter(is_reported);
        let fields: Vec<Text> = fields.map(|field| names.fields[field].clone()).collect();
        (!fields.is_empty()).then(|| ReportedLine {
            unit: names.units[planned.unit].clone(),
            key: result.task_keys[task].clone(),
            fields,
        })
    })
}

/// Returns the cumulative figures for the next period: of this one, and of an earlier one where this one
/// says nothing, so that a unit that was silent for a month can be held to what it said before.
pub fn values<'a>(
    result: &'a Reconciliation<'_>,
    pipeline: &'a Pipeline,
) -> impl Iterator<Item = ValueLine> + 'a {
    let remembered = pipeline.check.remembered();
    let names = Names::of(result, pipeline);
    let rows_of_tasks = result.matched.rows_of_tasks();
    let said = move |task: TaskId| -> Vec<(ColumnId, i64)> {
        let rows = rows_of_tasks.get(task).unwrap_or_default().iter();
        let rows: Vec<&TableRow> = rows.map(|row| result.roster.items[*row].row).collect();
        let own = remembered
            .iter()
            .filter(|_| !rows.is_empty())
            .filter_map(|field| Some((*field, check::reported(&rows, *field, pipeline)?)));
        own.collect()
    };
    let silent = silent(result, pipeline, &said);
    let own = result.plan.tasks.iter_enumerated().flat_map(move |(task, planned)| {
        let line = |(field, figure): (ColumnId, i64)| ValueLine {
            unit: names.units[planned.unit].clone(),
            key: result.task_keys[task].clone(),
            field: names.fields[field].clone(),
            figure,
            period: None,
        };
        said(task).into_iter().map(line).collect::<Vec<_>>()
    });
    own.chain(silent)
}

/// What an earlier period said of tasks of which this one says nothing.
fn silent(
    result: &Reconciliation<'_>,
    pipeline: &Pipeline,
    said: &dyn Fn(TaskId) -> Vec<(ColumnId, i64)>,
) -> Vec<ValueLine> {
    let before = &result.known_before.figures;
    let mut tasks: BTreeMap<(&str, &str), Vec<TaskId>> = BTreeMap::new();
    if !before.is_empty() {
        for (task, planned) in result.plan.tasks.iter_enumerated() {
            let about = (result.plan.names.name(planned.unit), result.task_keys[task].as_str());
            tasks.entry(about).or_default().push(task);
        }
    }
    let is_silent = |unit: &str, key: &str, field: &str| {
        let says =
            |task: &TaskId| said(*task).iter().any(|(own, _)| pipeline.columns[*own].name == field);
        tasks.get(&(unit, key)).is_some_and(|own| !own.iter().any(says))
    };
    let silent = before.iter().filter(|([unit, key, field], _)| is_silent(unit, key, field));
    let lines = silent.map(|([unit, key, field], known)| ValueLine {
        unit: unit.clone(),
        key: key.clone(),
        field: field.clone(),
        figure: known.figure,
        period: Some(known.period.to_string().into()),
    });
    lines.collect()
}
