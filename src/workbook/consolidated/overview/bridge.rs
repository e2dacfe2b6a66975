//! How the plan comes to what was reported, as one sum that can be added up by hand: a line a unit and
//! amount column, with the steps that occur.

use super::{ALL, UNDER_HEADINGS, headings_again, section};
use crate::check::bridge::{Bridge, Step};
use crate::model::amount::sum_in;
use crate::model::{CellAt, ColumnId, Kind, Side};
use crate::roster::Standing;
use crate::wording::{overview, pages};
use crate::workbook::consolidated::Material;
use crate::workbook::consolidated::table::sum_cell;
use crate::workbook::page::{
    Content, Formula, Line, Look, Page, PageCell, decimal_cell, text_cell,
};

/// The columns before the steps: unit, amount column, plan.
const BEFORE: usize = 3;

/// Lays out the table; says whether there is one: not where no column holds amounts.
pub fn table(material: &Material<'_>, page: &mut Page) -> bool {
    let fields = fields(material);
    if fields.is_empty() {
        return false;
    }
    section(page, &overview::from_plan_to_report(material.pipeline.money));
    let steps = steps(material);
    let mut names = vec![
        material.pipeline.unit_title(),
        overview::AMOUNT_COLUMN.to_owned(),
        overview::PLANNED.to_owned(),
    ];
    let zero = material.roster.units.iter().any(|(standing, _)| *standing == Standing::Zero);
    names.extend(steps.iter().map(|step| match step {
        Step::Silent if zero => overview::SILENT_OR_NOTHING.to_owned(),
        step => overview::step(*step).to_owned(),
    }));
    names.extend([overview::REPORTED.to_owned(), overview::RESIDUAL.to_owned()]);
    let width = names.len();
    let heading = page.lines.len();
    page.lines.push(Line::headings(names));
    for (place, field) in fields.into_iter().enumerate() {
        let units = of_field(material, field);
        if place > 0 {
            page.breaks.push(page.lines.len());
            if units.len() > UNDER_HEADINGS {
                headings_again(page, heading, UNDER_HEADINGS);
            }
        }
        let first = page.lines.len();
        for (count, (unit, bridge)) in units.into_iter().enumerate() {
            headings_again(page, heading, count);
            page.lines.push(line(material, page.lines.len(), (unit, field, bridge), &steps));
        }
        let last = page.lines.len();
        page.lines.push(total(material, page, field, (first, last), width));
    }
    page.lines.push(Line::words(pages::ABOUT_THE_BRIDGE, Look::Plain, ALL));
    let said = scaled(material);
    if !said.is_empty() {
        page.lines.push(Line::words(said, Look::PlainBold, ALL));
    }
    true
}

/// The amount columns, the ones that the overview is to show first.
pub fn fields(material: &Material<'_>) -> Vec<ColumnId> {
    let mut fields: Vec<ColumnId> =
        material.result.bridges.keys().map(|(_, field)| *field).collect();
    let wanted = material.overview_columns();
    fields.sort_by_key(|field| {
        (wanted.iter().position(|wanted| wanted == field).unwrap_or(wanted.len()), *field)
    });
    fields.dedup();
    fields
}

/// The bridges of a column, in the order of the plan's units.
pub fn of_field<'a>(material: &'a Material<'_>, field: ColumnId) -> Vec<(&'a str, &'a Bridge)> {
    let units = material.plan.held_units().into_iter().filter_map(|unit| {
        let bridge = material.result.bridges.get(&(unit, field))?;
        Some((material.plan.names.name(unit), bridge))
    });
    units.collect()
}

/// The bridges of a column added up.
pub fn whole(material: &Material<'_>, field: ColumnId) -> Bridge {
    let own = material.result.bridges.iter().filter(|((_, own), _)| *own == field);
    own.map(|(_, bridge)| bridge).sum()
}

/// The steps that any unit has; a month that agrees has none.
pub fn steps(material: &Material<'_>) -> Vec<Step> {
    let occurs = |step: &Step| {
        material.result.bridges.values().any(|bridge| bridge.steps[*step as usize] != 0)
    };
    Step::ALL.into_iter().filter(occurs).collect()
}

fn line(
    material: &Material<'_>,
    at: usize,
    (unit, field, bridge): (&str, ColumnId, &Bridge),
    steps: &[Step],
) -> Line {
    let money = material.pipeline.money;
    let amount = |amount: i128| decimal_cell(&sum_in(money, amount), Look::Figure);
    let mut cells = vec![
        text_cell(unit, Look::Centre),
        text_cell(material.title_of(field), Look::Centre),
        amount(bridge.plan),
    ];
    cells.extend(steps.iter().map(|step| amount(bridge.steps[*step as usize])));
    cells.push(amount(bridge.reported));
    cells.push(residual(at, cells.len(), bridge, material));
    Line::of(cells)
}

/// Plan and steps less what was reported, as a live formula: always 0.
fn residual(at: usize, column: usize, bridge: &Bridge, material: &Material<'_>) -> PageCell {
    let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let name = |column: usize| CellAt::new(place(at), place(column));
    let zero = sum_in(material.pipeline.money, bridge.residual());
    let PageCell { content: Content::Number { number, decimals }, look, .. } =
        decimal_cell(&zero, Look::Figure)
    else {
        return text_cell(zero, Look::Figure);
    };
    // A residual of doubles would be some 2E-11 where fractions are added up.
    let places = 10;
    let formula = format!(
        "=ROUND(SUM({}:{})-{},{places})",
        name(BEFORE - 1),
        name(column - 2),
        name(column - 1)
    );
    let content = Content::Formula(Box::new(Formula { text: formula, result: number, decimals }));
    PageCell { content, look, ..PageCell::default() }
}

fn total(
    material: &Material<'_>,
    page: &Page,
    field: ColumnId,
    (first, last): (usize, usize),
    width: usize,
) -> Line {
    let mut cells = vec![
        text_cell("合计", Look::TotalText),
        text_cell(material.title_of(field), Look::TotalText),
    ];
    cells.extend((BEFORE - 1..width).map(|column| sum_cell(page, column, first, last)));
    Line::of(cells)
}

/// How much of the difference is suspected mistakes of unit, and how much is left; nothing where there
/// are none.
fn scaled(material: &Material<'_>) -> String {
    let kinds = [Kind::ValueScaled, Kind::ColumnScaled];
    let findings = material.on_side(Side::Submission);
    let count = findings.filter(|(_, settled)| kinds.contains(&settled.finding.kind())).count();
    let Some(field) = fields(material).first().copied() else { return String::new() };
    if count == 0 {
        return String::new();
    }
    let whole = whole(material, field);
    let scaled = whole.steps[Step::Scaled as usize];
    let all = whole.reported - whole.plan;
    let money = material.pipeline.money;
    let title = material.title_of(field);
    overview::scaled_aside(
        count,
        &title,
        [scaled, all - scaled].map(|sum| sum_in(money, sum)),
        money,
    )
}
