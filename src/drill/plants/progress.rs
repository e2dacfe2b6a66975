//! Cumulative figures that fall, and deadlines that have passed.

use crate::drill::base::{Base, Spot, in_words};
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::findings::{Lines, Report, ValueLine};
use crate::model::{Amount, Kind, Said};
use crate::normalise::frame::{State, figure, text_key};
use crate::pipeline::ColumnType;
use crate::read::Content;
use crate::roster::cell;

use super::layout::{can_be_set, reported_cell};
use super::rules::breaks_nothing_else;
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
            can_be_set(spot, field) && breaks_nothing_else(base, spot, &[(field, NOW * unit)], None)
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
    let mut planting = planting
        .puts(base, &spot.item, at, Some(base.number(&spot, field, Amount(NOW * unit))))
        .finds(Expected {
            seq: None,
            cell: Some(at),
            ..Expected::on_row(Kind::Decreased, base, &spot, field)
        });
    let line = ValueLine {
        unit: base.unit_name(spot.task.unit).into(),
        key: text_key(spot.task.row, base.pipeline).into(),
        field: base.pipeline.columns[field].name.as_str().into(),
        figure: (NOW + 5) * unit,
        period: None,
    };
    planting.earlier =
        Some(Box::new(Report { values: Lines(vec![line]), ..nothing_known(base, earlier) }));
    Ok(planting)
}

/// The deadline has passed and the reported progress is 40 %.
pub fn overdue(base: &Base<'_>) -> Result<Planting, Said> {
    const PROGRESS: i64 = 4_000;
    let Some((deadline, progress)) = base.pipeline.check.overdue else {
        return no_occasion("核对方案没有规定期限", "the pipeline declares no deadline");
    };
    let period = i64::from(base.period().ordinal());
    let due = |spot: &Spot<'_>| match figure(spot.task.row, deadline) {
        (State::Value, due) => due,
        _ => None,
    };
    let mut spots = base.spots(Kind::Overdue);
    spots.retain(|spot| {
        can_be_set(spot, progress)
            && breaks_nothing_else(base, spot, &[(progress, PROGRESS)], None)
            && due(spot).is_some()
            && spot.cell(deadline).is_some()
            && cell(&spot.task, deadline).is_some()
    });
    let passed = spots.iter().find(|spot| due(spot).is_some_and(|due| due <= period));
    let Some(spot) = passed.or(spots.first()).copied() else {
        return no_occasion("没有一项任务可以报送进度", "no task can report its progress");
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[progress].name);
    let mut planting = Planting::new(
        format!("到期任务的“{title}”填 40%"),
        format!("“{title}” of a task that is due reads 40 %"),
    );
    if passed.is_none()
        && let (Some(own), Some(planned)) = (spot.cell(deadline), cell(&spot.task, deadline))
    {
        // Nothing is due yet: one task is made to be, in plan and sheet alike.
        let month = Content::Text(in_words(base.period()).into());
        planting = planting.puts(base, &spot.item, own, Some(month.clone())).puts_in_plan(
            base,
            spot.task.sheet,
            planned,
            Some(month),
        );
        planting.said.chinese.push_str("（计划和报送的期限都改到本期）");
        planting.said.english.push_str(" (its deadline is moved to this period in both)");
    }
    let (planting, at) = reported_cell(base, &spot, progress, planting);
    Ok(planting.puts(base, &spot.item, at, Some(Content::Text("40%".into()))).finds(Expected {
        cell: Some(at),
        ..Expected::on_row(Kind::Overdue, base, &spot, progress)
    }))
}
