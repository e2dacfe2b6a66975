//! Where the plan's money comes from: what its paragraph states by source, held against its rows; and
//! each unit's by source.

use super::{ALL, headings_again, section};
use crate::model::{Amount, ColumnId, TaskId, UnitId, Value};
use crate::pipeline::{MoneySource, Quantity, Sign};
use crate::wording::{self, pages};
use crate::workbook::consolidated::Material;
use crate::workbook::consolidated::table::sum_cell;
use crate::workbook::page::{Line, Look, Page, PageCell, decimal_cell, text_cell};

/// 资金来源对账: what the plan's paragraph states by source, held against its rows; and what of
/// the plan's money is with the units already.
pub fn sources(material: &Material<'_>, page: &mut Page) {
    let pipeline = material.pipeline;
    if pipeline.sources.is_empty() {
        return;
    }
    section(page, "资金来源对账（计划说明与计划明细）");
    let heading = |text: &str, span: u16| PageCell { span, ..text_cell(text, Look::Heading) };
    let mut cells = vec![heading("资金来源", 3)];
    cells.extend([text_cell("", Look::Heading), text_cell("", Look::Heading)]);
    cells.push(text_cell("说明所述", Look::Heading));
    cells.push(text_cell("明细合计", Look::Heading));
    cells.push(text_cell("差额", Look::Heading));
    cells.push(heading("结果", 4));
    cells.extend((0..3).map(|_| text_cell("", Look::Heading)));
    page.lines.push(Line::of(cells));
    let first = page.lines.len();
    for source in &pipeline.sources {
        let sum = unit_sum(material, source, None);
        let stated = source
            .stated
            .as_ref()
            .and_then(|name| material.paragraph.figure(name, None))
            .map(|figure| Amount(figure.number));
        let decimal = |amount: Amount| decimal_cell(&amount.decimal(pipeline.money), Look::Figure);
        let blank = || text_cell("", Look::Figure);
        let unread = unread_cells(material, source);
        // What was not read is in no sum, and no difference can be told.
        let whole = sum.filter(|_| unread == 0);
        let difference = stated.zip(whole).and_then(|(stated, sum)| stated.checked_sub(sum));
        let words = match (stated, difference) {
            (None, _) => pages::NOT_STATED.to_owned(),
            (_, None | Some(Amount(0))) => wording::stated_agrees(whole.is_some(), unread),
            (_, Some(difference)) => pages::stated_differs(difference, pipeline.money),
        };
        let mut cells = vec![PageCell { span: 3, ..text_cell(source.title.clone(), Look::Text) }];
        cells.extend([text_cell("", Look::Text), text_cell("", Look::Text)]);
        cells.push(stated.map_or_else(blank, decimal));
        cells.push(sum.map_or_else(blank, decimal));
        cells.push(difference.map_or_else(blank, decimal));
        cells.push(PageCell { span: 4, ..text_cell(words, Look::Text) });
        cells.extend((0..3).map(|_| text_cell("", Look::Text)));
        page.lines.push(Line::of(cells));
    }
    page.lines.push(sum_of_sources(page, first));
    page.lines.push(Line::blank());
    by_unit(material, page);
}

/// All sources together, as the plan's rows have them.
fn sum_of_sources(page: &Page, first: usize) -> Line {
    const OF_ROWS: usize = 4;
    let mut cells = vec![PageCell { span: 3, ..text_cell("合计", Look::TotalText) }];
    cells.extend((1..OF_ROWS).map(|_| text_cell("", Look::TotalText)));
    cells.push(sum_cell(page, OF_ROWS, first, page.lines.len()));
    cells.push(text_cell("", Look::TotalText));
    cells.push(PageCell { span: 4, ..text_cell("", Look::TotalText) });
    cells.extend((0..3).map(|_| text_cell("", Look::TotalText)));
    Line::of(cells)
}

/// The plan's cells that a source adds up and that could not be read.
fn unread_cells(material: &Material<'_>, source: &MoneySource) -> usize {
    let fields = source.rows.iter().filter_map(|(_, quantity)| match quantity {
        Quantity::Column(field) => Some(*field),
        Quantity::Derived(index) => material.pipeline.derived[*index].from,
    });
    let is_unread = |field: ColumnId| {
        material.plan.tasks.iter().filter(move |item| {
            let entry = item.row.entries[field].as_ref();
            entry.is_none_or(|entry| matches!(entry.value, Value::Unreadable(_)))
        })
    };
    fields.map(|field| is_unread(field).count()).sum()
}

/// The plan's money of each unit by source.
fn by_unit(material: &Material<'_>, page: &mut Page) {
    /// Beside the unit and the sum; the page has room for no more.
    const MOST_SOURCES: usize = 11;
    let pipeline = material.pipeline;
    let sources: Vec<_> = pipeline.sources.iter().take(MOST_SOURCES).collect();
    let is_whole = sources.len() == pipeline.sources.len();
    page.lines.push(Line::words("各单位计划资金按来源（明细）", Look::PlainBold, ALL));
    let mut names = vec![text_cell(pipeline.unit_title(), Look::Heading)];
    names.extend(sources.iter().map(|source| text_cell(source.title.clone(), Look::Heading)));
    // A sum that lacks sources would be none.
    names.extend(is_whole.then(|| text_cell("合计", Look::Heading)));
    let columns = names.len();
    page.lines.push(Line::of(names));
    let first = page.lines.len();
    let shown = |sum: Option<Amount>| {
        sum.map_or_else(
            || text_cell(pages::BEYOND_ADDING, Look::Figure),
            |sum| decimal_cell(&sum.decimal(pipeline.money), Look::Figure),
        )
    };
    for (count, index) in material.plan.held_units().into_iter().enumerate() {
        headings_again(page, first - 1, count);
        let mut cells = vec![text_cell(material.plan.names.name(index), Look::Centre)];
        let sums: Vec<Option<Amount>> =
            sources.iter().map(|source| unit_sum(material, source, Some(index))).collect();
        let all = sums.iter().try_fold(Amount(0), |all, sum| all.checked_add((*sum)?));
        cells.extend(sums.into_iter().map(shown));
        cells.extend(is_whole.then(|| shown(all)));
        page.lines.push(Line::of(cells));
    }
    let last = page.lines.len();
    let mut total = vec![text_cell("合计", Look::TotalText)];
    for column in 1..columns {
        total.push(sum_cell(page, column, first, last));
    }
    page.lines.push(Line::of(total));
    page.lines.push(Line::blank());
}

/// The plan's sum of a source, of one unit or of all, as far as its cells could be read; none beyond
/// what can be added up.
fn unit_sum(material: &Material<'_>, source: &MoneySource, unit: Option<UnitId>) -> Option<Amount> {
    let all: Vec<TaskId>;
    let tasks = if let Some(unit) = unit {
        material.lookup.tasks_of(unit)
    } else {
        all = material.plan.tasks.keys().collect();
        &all
    };
    tasks.iter().map(|task| &material.plan.tasks[*task]).try_fold(Amount(0), |sum, item| {
        source.rows.iter().try_fold(sum, |sum, (sign, quantity)| {
            let amount = match quantity {
                Quantity::Column(field) => {
                    let entry = item.row.entries[*field].as_ref();
                    entry.and_then(|entry| entry.value.amount()).unwrap_or_default()
                }
                Quantity::Derived(index) => item.row.derived[*index],
            };
            match sign {
                Sign::Plus => sum.checked_add(amount),
                Sign::Minus => sum.checked_sub(amount),
            }
        })
    })
}
