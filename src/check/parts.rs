//! Amounts that name their own parts in brackets, as 423.38万元（其中：中央200万元，市级223.38万元）
//! does: the parts have to add up.

use polars::prelude::PolarsResult;

use super::{AlreadySaid, Context};
use crate::model::fact::Broken;
use crate::model::finding::Term;
use crate::model::{ColumnId, Fact, Finding, Side, Value};
use crate::normalise::frame::{Item, number, shown_task};
use crate::pipeline::Quantity;
use crate::roster::Places;

/// Looks at every amount of the plan and of the rows that count.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let plan = context.plan;
    let own = plan.tasks.iter().flat_map(|item| {
        of_row(item, Side::Plan, plan.names.name(item.unit), &plan.places, context)
    });
    let roster = context.roster;
    let sent = roster.items.iter().flat_map(|item| {
        of_row(item, Side::Submission, roster.names.name(item.unit), &roster.places, context)
    });
    Ok(own.chain(sent).collect())
}

fn of_row(
    item: &Item<'_>,
    side: Side,
    unit: &str,
    places: &Places,
    context: &Context<'_>,
) -> Vec<Finding> {
    let pipeline = context.pipeline;
    let of_field = |field: ColumnId| {
        let entry = item.row.entries[field].as_ref()?;
        let parts = entry.parts()?;
        let whole = entry.value.amount().filter(|whole| *whole != parts)?;
        let title = pipeline.quantity_title(Quantity::Column(field));
        let broken = Broken {
            name: "parts".to_owned(),
            rule: String::new(),
            title: format!("{title} = 其中各项之和"),
            terms: vec![
                Term { title, value: Value::Amount(whole) },
                Term { title: "其中各项之和".to_owned(), value: Value::Amount(parts) },
            ],
            carried: Vec::new(),
            together: None,
        };
        let mut finding = Finding::new(Fact::BalanceBroken(broken), side);
        finding.unit = Some(unit.to_owned());
        finding.seq = number(item.row, pipeline);
        finding.task = Some(shown_task(item.row, pipeline));
        finding.field = Some(pipeline.columns[field].name.clone());
        finding.typed = Some(entry.typed.to_string());
        finding.found = Some(Value::Amount(whole));
        finding.expected = Some(Value::Amount(parts));
        finding.difference = whole.checked_sub(parts).map(|difference| difference.0);
        places.put(&mut finding, item, Some(field));
        Some(finding)
    };
    pipeline.amount_columns().filter_map(of_field).collect()
}
