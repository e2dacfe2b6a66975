//! 报送模板: a unit's submission workbook, prefilled from the plan; plan cells locked, reported
//! columns open, with the identity by which the reader recognises it.

use super::columns::{self, Limit};
use super::page::{
    Choices, Line, Look, NumberRule, Others, Page, PageCell, Protection, decimal_cell, text_cell,
};
use super::write::Properties;
use crate::model::amount::shortest_decimal;
use crate::model::words::Language;
use crate::model::{Amount, ColumnId, DECIMAL_PLACES, Entry, Month, UnitId, Value, stamp};
use crate::normalise::frame::Item;
use crate::pipeline::Pipeline;
use crate::roster::Plan;
use crate::wording::{self, pages};

/// Lays out the template of a unit.
pub fn page(plan: &Plan<'_>, unit: UnitId, period: Month, pipeline: &Pipeline) -> Page {
    let fields: Vec<ColumnId> = {
        let all = pipeline.columns.keys();
        let (reported, planned): (Vec<ColumnId>, Vec<ColumnId>) =
            all.partition(|field| pipeline.columns[*field].reported);
        planned.into_iter().chain(reported).collect()
    };
    let name = plan.names.name(unit);
    let mut page = Page {
        name: stamp::TEMPLATE_SHEET.to_owned(),
        protection: Protection::Locked,
        ..Page::default()
    };
    page.widths = fields.iter().map(|field| columns::width(pipeline, *field)).collect();
    let span = u16::try_from(fields.len()).unwrap_or(u16::MAX);
    page.lines.push(Line::words(
        format!("{name}报送表（{}年{}月）", period.year, period.month),
        Look::Title,
        span,
    ));
    page.lines.push(Line::words(pipeline.title.clone(), Look::PlainCentre, span));
    page.lines.push(Line::words(pages::template(name, pipeline.money), Look::Plain, span));
    page.lines.extend(contacts(&page.widths));
    page.heading = Some(page.lines.len());
    page.lines.push(Line::of(
        fields.iter().map(|field| text_cell(heading(pipeline, *field), Look::Heading)).collect(),
    ));
    let first = page.lines.len();
    let is_own = |item: &&Item<'_>| plan.sum.is_some() || item.unit == unit;
    let tasks: Vec<&Item<'_>> = plan.tasks.iter().filter(is_own).collect();
    for item in &tasks {
        let cells = fields.iter().map(|field| {
            // Of a plan that is the sum of all units' lines each fills in its own figures.
            let is_part = plan.sum.is_some() && pipeline.columns[*field].kind.is_money();
            if pipeline.columns[*field].reported || is_part {
                return text_cell("", columns::look_to_fill_in(pipeline.columns[*field].kind));
            }
            if pipeline.roles.owner == Some(*field) {
                return text_cell(name, Look::Centre);
            }
            plan_cell(item.row.entries[*field].as_ref(), pipeline)
        });
        page.lines.push(Line::of(cells.collect()));
    }
    let last = page.lines.len();
    page.lines.push(total_line(plan, &tasks, &fields, pipeline));
    rules(&mut page, &fields, first, last, pipeline);
    page
}

/// Returns the properties by which a template is recognised.
pub fn properties(plan_sha256: &str, unit: &str, period: Month, pipeline: &Pipeline) -> Properties {
    Properties {
        title: format!("{unit}报送模板"),
        author: pipeline.workbook.issued_by.clone().unwrap_or_default(),
        custom: vec![
            (stamp::KIND.to_owned(), stamp::Stamped::Template.name().to_owned()),
            (stamp::PIPELINE.to_owned(), pipeline.name.clone()),
            (stamp::PERIOD.to_owned(), period.to_string()),
            (stamp::PLAN.to_owned(), plan_sha256.to_owned()),
            (stamp::UNIT.to_owned(), unit.to_owned()),
        ],
    }
}

/// Labels with boxes for who fills the sheet in, as many beside each other as the columns have room
/// for. They stand above the table, where no name or number is taken for a task or an amount.
fn contacts(widths: &[f64]) -> Vec<Line> {
    const LABEL: f64 = 10.0;
    const BOX: f64 = 16.0;
    // As many columns from one on as it takes to be that wide.
    let columns = |from: usize, wanted: f64| {
        let mut width = 0.0;
        let wide = widths.get(from..)?.iter().position(|own| {
            width += own;
            width >= wanted
        });
        wide.map(|last| last + 1)
    };
    let cell = |text: &str, look: Look, columns: usize| PageCell {
        span: u16::try_from(columns).unwrap_or(u16::MAX),
        ..text_cell(text, look)
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut cells: Vec<PageCell> = Vec::new();
    for label in pages::TEMPLATE_CONTACTS {
        let place = |from: usize| {
            let labelled = columns(from, LABEL)?;
            Some((labelled, columns(from + labelled, BOX)?))
        };
        let found = place(cells.len()).or_else(|| {
            lines.push(Line::of(std::mem::take(&mut cells)));
            place(0)
        });
        // A table too narrow for both has a box of one column.
        let (labelled, boxed) = found.unwrap_or((1, 1));
        let start = cells.len();
        cells.push(cell(label, Look::Plain, labelled));
        cells.resize_with(start + labelled, PageCell::default);
        cells.push(cell("", Look::Entry, boxed));
        cells.resize_with(start + labelled + boxed, PageCell::default);
    }
    lines.push(Line::of(cells));
    lines.retain(|line| !line.cells.is_empty());
    lines
}

pub(super) fn heading(pipeline: &Pipeline, field: ColumnId) -> String {
    let column = &pipeline.columns[field];
    let says_unit = !column.kind.is_money() || column.title.contains('元');
    if says_unit {
        column.title.clone()
    } else {
        format!("{}（{}）", column.title, pipeline.money)
    }
}

pub(super) fn plan_cell(entry: Option<&Entry>, pipeline: &Pipeline) -> PageCell {
    let Some(entry) = entry else { return text_cell("", Look::Text) };
    match &entry.value {
        Value::Amount(amount) => decimal_cell(&amount.decimal(pipeline.money), Look::Figure),
        Value::Integer(number) => decimal_cell(&number.to_string(), Look::Centre),
        Value::Decimal(figure) => {
            decimal_cell(&shortest_decimal(*figure, DECIMAL_PLACES), Look::Figure)
        }
        Value::Month(_) | Value::Date(_) => {
            text_cell(wording::value_text(&entry.value, pipeline, Language::Chinese), Look::Centre)
        }
        _ => text_cell(entry.typed.to_string(), Look::Text),
    }
}

/// The plan's sums. What units fill in has none: a formula would come back without its result
/// from programs that do not calculate, and the rows are added up in any case.
fn total_line(
    plan: &Plan<'_>,
    tasks: &[&Item<'_>],
    fields: &[ColumnId],
    pipeline: &Pipeline,
) -> Line {
    let mut labelled = false;
    let cells = fields.iter().map(|field| {
        let declared = &pipeline.columns[*field];
        if declared.kind.is_money() && !declared.reported && plan.sum.is_none() {
            let sum = tasks.iter().fold(Amount(0), |sum, item| {
                let entry = item.row.entries[*field].as_ref();
                let amount = entry.and_then(|entry| entry.value.amount()).unwrap_or_default();
                sum.checked_add(amount).unwrap_or(sum)
            });
            return decimal_cell(&sum.decimal(pipeline.money), Look::TotalFigure);
        }
        let is_label = !labelled && pipeline.roles.key.contains(field);
        labelled |= is_label;
        text_cell(if is_label { "合计" } else { "" }, Look::TotalText)
    });
    Line::of(cells.collect())
}

/// Drop-downs and limits for the columns that units fill in.
fn rules(page: &mut Page, fields: &[ColumnId], first: usize, last: usize, pipeline: &Pipeline) {
    let line = |line: usize| u32::try_from(line).unwrap_or(0);
    let (first_line, last_line) = (line(first), line(last) - 1);
    for (column, field) in fields.iter().enumerate() {
        let declared = &pipeline.columns[*field];
        if !declared.reported {
            continue;
        }
        let column = u16::try_from(column).unwrap_or(0);
        let words = |words, others| Choices { column, first_line, last_line, words, others };
        match columns::limit(declared, pipeline) {
            Limit::Number(kind, message) => {
                page.number_rules.push(NumberRule { column, first_line, last_line, kind, message });
            }
            Limit::OneOf(choices) => page.choices.push(words(choices, Others::Refused)),
            Limit::Suggested(choices) => page.choices.push(words(choices, Others::Allowed)),
            Limit::None => {}
        }
    }
}
