//! 催报通知: what is due, until when, the tasks that the sheet should have, and where a unit says that
//! it has nothing to report.

use super::letter;
use crate::model::{Amount, ColumnId, UnitId, stamp};
use crate::normalise::frame::{Item, number, shown_task};
use crate::pipeline::Pipeline;
use crate::wording::letters;
use crate::workbook::columns;
use crate::workbook::consolidated::Material;
use crate::workbook::page::{
    Fit, Line, Look, Orientation, Page, PageCell, Rows, count_cell, decimal_cell, seq_cell,
    text_cell,
};
use crate::workbook::template;

const SHEET: &str = "催报";
/// More tasks than that are no longer read on one sheet of paper.
const ON_ONE_PAGE: usize = 30;
/// How many amounts stand beside a task.
const AMOUNTS: usize = 3;
const TASK_COLUMN: usize = 1;

/// Lays out the reminder of a unit.
pub(super) fn page(material: &Material<'_>, unit: UnitId) -> Page {
    let pipeline = material.pipeline;
    let fields = shown_columns(pipeline);
    let tasks: Vec<&Item<'_>> =
        material.lookup.tasks_of(unit).iter().map(|task| &material.plan.tasks[*task]).collect();
    let mut page = Page {
        name: SHEET.to_owned(),
        orientation: Orientation::Portrait,
        fit: if tasks.len() > ON_ONE_PAGE { Fit::Width } else { Fit::OnePage },
        rows: Rows::Growing,
        ..Page::default()
    };
    page.widths = [6.0, 46.0].into_iter().collect();
    page.widths.extend(fields.iter().map(|field| columns::width(pipeline, *field)));
    page.widths.push(18.0);
    let span = page.widths.len();
    letter::head(material, unit, &mut page, |letter| letters::reminder(letter).to_vec());
    page.heading = Some(page.lines.len());
    let titles = fields.iter().map(|field| template::heading(pipeline, *field));
    let headings = ["序号".to_owned(), stamp::DUE_TASKS.to_owned()].into_iter();
    let headings = headings.chain(titles).chain(["备注".to_owned()]);
    page.lines.push(Line::of(headings.map(|name| text_cell(name, Look::Heading)).collect()));
    for (count, item) in tasks.iter().enumerate() {
        let mut cells = vec![
            match number(item.row, pipeline) {
                Some(seq) => seq_cell(Some(seq)),
                None => count_cell(count + 1, Look::Centre),
            },
            text_cell(shown_task(item.row, pipeline), Look::Text),
        ];
        cells.extend(
            fields
                .iter()
                .map(|field| template::plan_cell(item.row.entries[*field].as_ref(), pipeline)),
        );
        cells.push(text_cell("", Look::Text));
        page.lines.push(Line::of(cells));
    }
    page.lines.push(total(&tasks, &fields, pipeline));
    page.lines.push(Line::blank());
    for (label, height) in [(letters::NOTHING_TO_REPORT, 30.0), (letters::WHY_NOTHING, 48.0)] {
        page.lines.push(to_fill_in(label, height, span));
    }
    letter::foot(material, unit, &mut page, letters::message_with_reminder);
    page
}

/// The plan's amounts that count first, and when tasks are due.
fn shown_columns(pipeline: &Pipeline) -> Vec<ColumnId> {
    let is_planned = |field: &ColumnId| !pipeline.columns[*field].reported;
    let overview = pipeline.workbook.overview.iter().filter_map(|name| pipeline.column_named(name));
    let others = pipeline.amount_columns();
    let mut amounts: Vec<ColumnId> = Vec::new();
    for field in overview.chain(others).filter(is_planned) {
        if !amounts.contains(&field) && amounts.len() < AMOUNTS {
            amounts.push(field);
        }
    }
    let due = pipeline
        .columns
        .keys()
        .find(|field| is_planned(field) && columns::is_date(pipeline.columns[*field].kind));
    amounts.into_iter().chain(due).collect()
}

fn total(tasks: &[&Item<'_>], fields: &[ColumnId], pipeline: &Pipeline) -> Line {
    let sum = |field: ColumnId| {
        tasks.iter().try_fold(Amount(0), |sum, item| {
            let entry = item.row.entries[field].as_ref();
            sum.checked_add(entry.and_then(|entry| entry.value.amount()).unwrap_or_default())
        })
    };
    let mut cells = vec![text_cell("", Look::TotalText), text_cell("合计", Look::TotalText)];
    cells.extend(fields.iter().map(|field| {
        let is_money = pipeline.columns[*field].kind.is_money();
        match is_money.then(|| sum(*field)).flatten() {
            Some(sum) => decimal_cell(&sum.decimal(pipeline.money), Look::TotalFigure),
            None => text_cell("", Look::TotalText),
        }
    }));
    cells.push(text_cell("", Look::TotalText));
    Line::of(cells)
}

/// A label with a box beside it, over the columns that are left.
fn to_fill_in(label: &str, height: f64, span: usize) -> Line {
    let labelled = TASK_COLUMN + 1;
    let cell = |text: &str, look: Look, columns: usize| PageCell {
        span: u16::try_from(columns).unwrap_or(u16::MAX),
        ..text_cell(text, look)
    };
    let mut cells = vec![cell(label, Look::Text, labelled)];
    cells.resize_with(labelled, PageCell::default);
    cells.push(cell("", Look::Entry, span - labelled));
    Line { height: Some(height), ..Line::of(cells) }
}
