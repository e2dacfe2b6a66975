//! Printed totals that are not the sum of their rows.

use crate::drill::base::{Base, unit_of_column};
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::{Amount, Cause, CellAt, ColumnId, Kind, Obstacle, Said, Side, Value};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::read::Content;
use crate::roster::THE_PLAN;

fn amount(row: &TableRow, field: ColumnId) -> Option<Amount> {
    row.entries[field].as_ref()?.value.amount()
}

/// A total that is the sum of its rows.
struct Sound<'a> {
    item: Item<'a>,
    field: ColumnId,
    at: CellAt,
    sum: Amount,
}

/// Returns the only totals of their tables that are the sums of rows which can all be read.
fn sound<'a>(base: &Base<'a>) -> Vec<Sound<'a>> {
    let reconciled = base.reconciled;
    let mut found = Vec::new();
    for spot in base.spots(Kind::TotalDiffers) {
        for field in base.pipeline.amount_columns() {
            let rows = reconciled.roster.items.iter().filter(|item| {
                (item.file, item.sheet, item.row.table)
                    == (spot.item.file, spot.item.sheet, spot.item.row.table)
            });
            let sum: Option<i64> = rows.map(|item| amount(item.row, field).map(|a| a.0)).sum();
            let [total] = base.totals(&spot.item)[..] else { continue };
            let (Some(printed), Some(sum)) = (amount(total.row, field), sum) else { continue };
            let Some(entry) = &total.row.entries[field] else { continue };
            // What stands at the total or silences it would hide the fault.
            let file = base.file_name(spot.item.file);
            let name = base.pipeline.columns[field].name.as_str();
            let told = base.settled().iter().any(|settled| {
                settled.finding.file.as_deref() == Some(file)
                    && settled.finding.field.as_deref() == Some(name)
            });
            if printed.0 == sum && sum != 0 && !told {
                let at = CellAt::new(total.row.row, entry.column);
                found.push(Sound { item: spot.item, field, at, sum: printed });
            }
        }
    }
    found
}

fn changed(base: &Base<'_>, total: &Sound<'_>, to: Amount) -> Planting {
    let money = base.pipeline.money;
    let title = base.pipeline.field_title(&base.pipeline.columns[total.field].name);
    let (before, now) = (total.sum.decimal(money), to.decimal(money));
    let unit = base.money(total.item.file, total.item.sheet, total.item.row.table, total.field);
    Planting::new(
        format!("把“{title}”的合计由{before}{money}改为{now}{money}"),
        format!("the total of “{title}” is changed from {before} to {now} {money}"),
    )
    .puts(base, &total.item, total.at, Some(Content::Number(to.as_number(unit))))
    .finds(Expected {
        field: Some(base.pipeline.columns[total.field].name.clone()),
        found: Some(Value::Amount(to)),
        expected: Some(Value::Amount(total.sum)),
        ..Expected::on_sheet(Kind::TotalDiffers, base, &total.item, Some(total.at))
    })
}

const NO_TOTAL: (&str, &str) =
    ("没有一个表格印有与各行相符的合计", "no sheet prints a total that is the sum of its rows");

/// A sheet's total is three units more.
pub fn of_a_sheet(base: &Base<'_>) -> Result<Planting, Said> {
    let all = sound(base);
    let Some(total) = all.first() else { return no_occasion(NO_TOTAL.0, NO_TOTAL.1) };
    let step = 10_i64.pow(base.pipeline.money.exponent());
    Ok(changed(base, total, Amount(total.sum.0 + 3 * step)))
}

/// A sheet's total is a spreadsheet error.
pub fn error_for_total(base: &Base<'_>) -> Result<Planting, Said> {
    const ERROR: &str = "#REF!";
    let all = sound(base);
    let Some(total) = all.last() else { return no_occasion(NO_TOTAL.0, NO_TOTAL.1) };
    let title = base.pipeline.field_title(&base.pipeline.columns[total.field].name);
    Ok(Planting::new(
        format!("把“{title}”的合计改为错误值 {ERROR}"),
        format!("the total of “{title}” is changed to the error {ERROR}"),
    )
    .puts(base, &total.item, total.at, Some(Content::Error(ERROR.to_owned())))
    .finds(Expected {
        field: Some(base.pipeline.columns[total.field].name.clone()),
        found: Some(Value::Unreadable(Obstacle::ErrorValue)),
        ..Expected::on_sheet(Kind::ValueUnreadable, base, &total.item, Some(total.at))
    }))
}

/// A sheet's total leaves one of its rows out.
pub fn row_left_out(base: &Base<'_>) -> Result<Planting, Said> {
    let all = sound(base);
    let found = all.iter().rev().find_map(|total| {
        let mut rows = base
            .reconciled
            .roster
            .items
            .iter()
            .filter(|item| (item.file, item.sheet) == (total.item.file, total.item.sheet));
        let left = rows.find_map(|item| {
            let amount = amount(item.row, total.field)?;
            let rest = total.sum.0 - amount.0;
            // Nothing left would be a total of zero, or a blank one.
            (amount.0 > 0 && rest > 0).then_some(rest)
        })?;
        Some((total, Amount(left)))
    });
    let Some((total, left)) = found else { return no_occasion(NO_TOTAL.0, NO_TOTAL.1) };
    let mut planting = changed(base, total, left);
    for expected in &mut planting.expected {
        expected.cause = Some(|cause| matches!(cause, Cause::RowMissing { .. }));
    }
    planting.said.chinese.push_str("（少算一行）");
    planting.said.english.push_str(" (one row is left out)");
    Ok(planting)
}

/// The plan's own total is three units more.
pub fn of_the_plan(base: &Base<'_>) -> Result<Planting, Said> {
    let plan = &base.reconciled.plan;
    let alone = plan.totals.iter().filter(|total| {
        let beside = plan
            .totals
            .iter()
            .filter(|other| (other.sheet, other.row.table) == (total.sheet, total.row.table));
        beside.count() == 1
    });
    let found = alone.into_iter().find_map(|total| {
        base.pipeline.amount_columns().find_map(|field| {
            let tasks = plan
                .tasks
                .iter()
                .filter(|task| (task.sheet, task.row.table) == (total.sheet, total.row.table));
            let sum: Option<i64> = tasks.map(|task| amount(task.row, field).map(|a| a.0)).sum();
            let printed = amount(total.row, field)?;
            let column = total.row.entries[field].as_ref()?.column;
            let at = CellAt::new(total.row.row, column);
            (sum == Some(printed.0)).then_some((total, field, printed, at))
        })
    });
    let Some((total, field, printed, at)) = found else {
        return no_occasion(
            "计划表没有一个等于各行之和的合计",
            "the plan prints no total that is the sum of its rows",
        );
    };
    let rows = &base.case.plan.extract.rows.sheets[total.sheet];
    let money = base.pipeline.money;
    let to = Amount(printed.0 + 3 * 10_i64.pow(money.exponent()));
    let unit = unit_of_column(rows, total.row.table, field, base.pipeline);
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let (before, now) = (printed.decimal(money), to.decimal(money));
    Ok(Planting::new(
        format!("把计划表“{title}”的合计由{before}{money}改为{now}{money}"),
        format!("the plan's total of “{title}” is changed from {before} to {now} {money}"),
    )
    .puts_in_plan(base, total.sheet, at, Some(Content::Number(to.as_number(unit))))
    .finds(Expected {
        field: Some(base.pipeline.columns[field].name.clone()),
        file: plan.places.files.first().cloned(),
        sheet: plan.places.sheet(THE_PLAN, total.sheet),
        cell: Some(at),
        found: Some(Value::Amount(to)),
        expected: Some(Value::Amount(printed)),
        ..Expected::new(Kind::TotalDiffers, Side::Plan)
    }))
}
