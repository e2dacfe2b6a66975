//! Cumulative figures that fall, and deadlines that have passed.

use crate::drill::base::Base;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::findings::{Report, ValueLine};
use crate::model::{Kind, Said};
use crate::normalise::frame::{State, figure, text_key};
use crate::pipeline::ColumnType;
use crate::read::Content;

use super::layout::{is_open, reported_cell};
use super::rules::others_hold;
use super::sending::nothing_known;

/// A cumulative amount is less than the month before.
pub fn decreased(base: &Base<'_>) -> Result<Planting, Said> {
    const NOW: i64 = 3;
    let unit = 10_i64.pow(base.pipeline.money.exponent());
    let amounts = base
        .pipeline
        .check
        .cumulative
        .iter()
        .copied()
        .filter(|field| base.pipeline.columns[*field].kind == ColumnType::Amount);
    let found = amounts.into_iter().find_map(|field| {
        let spot = base.spots(Kind::Decreased).into_iter().find(|spot| {
            is_open(spot, field) && others_hold(base, spot.item.row, &[(field, NOW * unit)], None)
        })?;
        Some((spot, field))
    });
    let (Some((spot, field)), Some(earlier)) = (found, base.period().previous()) else {
        return no_occasion(
            "核对方案没有只增不减的金额",
            "the pipeline declares no amount that only grows",
        );
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let money = base.pipeline.money;
    let planting = Planting::new(
        format!("“{title}”上期（{earlier}）为 {}{money}，本期填 {NOW}{money}", NOW + 5),
        format!("“{title}” was {} {money} in {earlier} and is {NOW} {money} now", NOW + 5),
    );
    let (planting, at) = reported_cell(base, &spot, field, planting);
    let mut planting =
        planting.puts(base, &spot.item, at, Some(Content::Text(format!("{NOW}{money}")))).finds(
            Expected { cell: Some(at), ..Expected::on_row(Kind::Decreased, base, &spot, field) },
        );
    let line = ValueLine {
        unit: base.unit_name(spot.task.unit).to_owned(),
        key: text_key(spot.task.row, base.pipeline),
        field: base.pipeline.columns[field].name.clone(),
        figure: (NOW + 5) * unit,
    };
    planting.earlier = Some(Box::new(Report {
        values: vec![line],
        ..nothing_known(&base.reconciled.report, earlier)
    }));
    Ok(planting)
}

/// The deadline has passed and the reported progress is 40 %.
pub fn overdue(base: &Base<'_>) -> Result<Planting, Said> {
    const PROGRESS: i64 = 4_000;
    let Some((deadline, progress)) = base.pipeline.check.overdue else {
        return no_occasion("核对方案没有规定期限", "the pipeline declares no deadline");
    };
    let period = i64::from(base.period().ordinal());
    let spot = base.spots(Kind::Overdue).into_iter().find(|spot| {
        let passed = matches!(
            figure(spot.task.row, deadline),
            (State::Value, Some(due)) if due <= period
        );
        passed
            && is_open(spot, progress)
            && others_hold(base, spot.item.row, &[(progress, PROGRESS)], None)
    });
    let Some(spot) = spot else {
        return no_occasion("本期没有到期的任务", "no task is due in this period");
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[progress].name);
    let planting = Planting::new(
        format!("到期任务的“{title}”填 40%"),
        format!("“{title}” of a task that is due reads 40 %"),
    );
    let (planting, at) = reported_cell(base, &spot, progress, planting);
    Ok(planting.puts(base, &spot.item, at, Some(Content::Text("40%".to_owned()))).finds(Expected {
        cell: Some(at),
        ..Expected::on_row(Kind::Overdue, base, &spot, progress)
    }))
}
