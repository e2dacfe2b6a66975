//! What of the money has come in and what was spent, unit by unit, as far as the pipeline file declares
//! such rates, against the time that has passed.

use super::{ALL, headings_again, section, submitted};
use crate::model::ColumnId;
use crate::model::UnitId;
use crate::model::amount::sum_in;
use crate::pipeline::Rate;
use crate::wording::overview;
use crate::workbook::consolidated::Material;
use crate::workbook::page::{Line, Look, Page, decimal_cell, percent_cell, text_cell};

/// Beside the unit; the page has room for no more.
const MOST_COLUMNS: usize = 12;

/// Lays out the table; nothing where no rate is declared and no amount is to be reported.
pub fn table(material: &Material<'_>, page: &mut Page) {
    let rates = &material.pipeline.rates;
    let mut fields: Vec<ColumnId> = Vec::new();
    let of_rates = rates.iter().flat_map(|rate| [rate.to, rate.of]);
    let reported = material.reported_columns().into_iter();
    let amounts = reported.filter(|field| material.pipeline.columns[*field].kind.is_money());
    for field in of_rates.chain(amounts) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields.truncate(MOST_COLUMNS.saturating_sub(rates.len()));
    if fields.is_empty() {
        return;
    }
    section(page, overview::RATES);
    let mut heading = vec![text_cell(material.pipeline.unit_title(), Look::Heading)];
    heading.extend(fields.iter().map(|field| text_cell(title(material, *field), Look::Heading)));
    heading.extend(rates.iter().map(|rate| text_cell(rate.title.clone(), Look::Heading)));
    let headings = page.lines.len();
    page.lines.push(Line::of(heading));
    let mut whole = vec![Some(0_i128); fields.len()];
    for (count, unit) in material.plan.held_units().into_iter().enumerate() {
        headings_again(page, headings, count);
        let sums: Vec<Option<i128>> =
            fields.iter().map(|field| sum(material, unit, *field)).collect();
        // The whole is of those units only that have reported.
        if submitted(material.roster.units[unit].0) {
            for (whole, own) in whole.iter_mut().zip(&sums) {
                *whole = whole.zip(Some(own.unwrap_or(0))).map(|(whole, own)| whole + own);
            }
        }
        page.lines.push(line(material, material.plan.names.name(unit), (&fields, &sums), false));
    }
    let unsent =
        material.plan.held_units().iter().any(|unit| !submitted(material.roster.units[*unit].0));
    let label = if unsent { overview::OF_THOSE_WHO_SENT } else { "合计" };
    page.lines.push(line(material, label, (&fields, &whole), true));
    let said = overview::about_rates(rates, |field| title(material, field), material.period);
    page.lines.push(Line::words(said, Look::Plain, ALL));
    page.lines.push(Line::blank());
}

pub fn title(material: &Material<'_>, field: ColumnId) -> String {
    let title = material.title_of(field);
    if material.pipeline.columns[field].reported { title } else { overview::planned(&title) }
}

/// A unit's sum of a column, in 分: of the plan, or as reported; none where nothing was.
fn sum(material: &Material<'_>, unit: UnitId, field: ColumnId) -> Option<i128> {
    if !material.pipeline.columns[field].reported {
        return material.result.bridges.get(&(unit, field)).map(|bridge| bridge.plan);
    }
    let rows = material.lookup.rows_of(unit).iter().map(|row| &material.roster.items[*row]);
    let amounts = rows.filter_map(|item| item.row.entries[field].as_ref()?.value.amount());
    amounts.map(|amount| i128::from(amount.0)).reduce(|sum, amount| sum + amount)
}

fn line(
    material: &Material<'_>,
    name: &str,
    (fields, sums): (&[ColumnId], &[Option<i128>]),
    is_total: bool,
) -> Line {
    let (words, figures) =
        if is_total { (Look::TotalText, Look::TotalFigure) } else { (Look::Centre, Look::Figure) };
    let mut cells = vec![text_cell(name, words)];
    cells.extend(sums.iter().map(|sum| match sum {
        Some(sum) => decimal_cell(&sum_in(material.pipeline.money, *sum), figures),
        None => text_cell("", figures),
    }));
    let of = |field: ColumnId| {
        let place = fields.iter().position(|own| *own == field)?;
        sums[place]
    };
    cells.extend(material.pipeline.rates.iter().map(|rate: &Rate| {
        match of(rate.of).zip(of(rate.to)).and_then(|(part, whole)| share(part, whole)) {
            Some(hundredths) => percent_cell(hundredths, figures),
            None => text_cell("", figures),
        }
    }));
    Line::of(cells)
}

/// The declared shares of a unit, in their order.
pub fn shares(material: &Material<'_>, unit: UnitId) -> Vec<Option<i64>> {
    let of = |rate: &Rate| {
        let (part, whole) = sum(material, unit, rate.of).zip(sum(material, unit, rate.to))?;
        share(part, whole)
    };
    material.pipeline.rates.iter().map(of).collect()
}

/// A part of a whole in hundredths of a per cent, to a tenth of one, rounded half up; none of nothing.
fn share(part: i128, whole: i128) -> Option<i64> {
    if whole <= 0 || part < 0 {
        return None;
    }
    let tenths = (part * 2_000 + whole) / (whole * 2);
    i64::try_from(tenths).ok()?.checked_mul(10)
}
