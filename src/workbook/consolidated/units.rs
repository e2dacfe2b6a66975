//! 分单位核对: each unit's sums three ways: the rows, the total printed on the sheet, the plan.

use std::collections::BTreeMap;

use super::{Material, UNITS};
use crate::check::ledger::Held;
use crate::model::amount::{less, scale_decimal};
use crate::model::{Amount, ColumnId, Kind};
use crate::roster::Standing;
use crate::wording::{self, Agreement, pages};
use crate::workbook::marks::Marks;
use crate::workbook::page::{Line, Look, Orientation, Page, PageCell, decimal_cell, text_cell};

const COLUMNS: [(&str, f64); 9] = [
    ("责任单位", 16.0),
    ("项目", 18.0),
    ("计划合计", 14.0),
    ("各行相加", 14.0),
    ("表内合计", 14.0),
    ("差额（各行 − 计划）", 16.0),
    ("差额（表内合计 − 各行）", 16.0),
    ("报送状态", 12.0),
    ("判断", 46.0),
];
const PRINTED: usize = 4;

/// Lays out the page.
pub fn page(material: &Material<'_>, marks: &mut Marks) -> Page {
    let mut page =
        Page { name: UNITS.to_owned(), orientation: Orientation::Portrait, ..Page::default() };
    page.widths = COLUMNS.iter().map(|(_, width)| *width).collect();
    let all = u16::try_from(COLUMNS.len()).unwrap_or(u16::MAX);
    page.lines.push(Line::words(
        format!("分单位核对（{}年{}月）", material.period.year, material.period.month),
        Look::Title,
        all,
    ));
    page.lines.push(Line::words(pages::about_sums(material.pipeline.money), Look::Plain, all));
    page.heading = Some(page.lines.len());
    page.lines
        .push(Line::of(COLUMNS.iter().map(|(name, _)| text_cell(*name, Look::Heading)).collect()));
    if let Some(unit) = page.lines.last_mut().and_then(|line| line.cells.first_mut()) {
        *unit = text_cell(material.pipeline.unit_title(), Look::Heading);
    }
    let heading = page.lines.len() - 1;
    for total in &material.result.totals {
        let unit = material.lookup.unit(&total.unit);
        let standing = unit.map_or(Standing::Missing, |unit| material.roster.units[unit].0);
        let line = page.lines.len();
        let optional = |text: Option<&str>| {
            text.map_or_else(
                || text_cell("", Look::Figure),
                |text| decimal_cell(text, Look::Figure),
            )
        };
        let sent = matches!(standing, Standing::Submitted | Standing::Duplicate | Standing::Blank);
        let title = material.pipeline.field_title(&total.field);
        let cells: Vec<PageCell> = vec![
            text_cell(total.unit.clone(), Look::Centre),
            text_cell(title, Look::Centre),
            decimal_cell(&total.plan, Look::Figure),
            optional(sent.then_some(total.rows.as_str())),
            optional(total.printed.as_deref()),
            optional(sent.then_some(total.difference.as_str())),
            optional(printed_less_rows(material, total).as_deref().filter(|_| sent)),
            text_cell(standing.chinese(), Look::Centre),
            text_cell(judgement(material, total, sent), Look::Text),
        ];
        page.lines.push(Line::of(cells));
        for &index in material.lookup.of_field(&total.unit, &total.field) {
            let finding = &material.settled[index].finding;
            let about_total = finding.kind() == Kind::TotalDiffers
                || (finding.task.is_none()
                    && matches!(finding.kind(), Kind::ValueUnreadable | Kind::ValueImprecise));
            if about_total {
                marks.add(index, UNITS, line, PRINTED);
            }
        }
    }
    page.filter = (page.lines.len() > heading + 1).then(|| (heading, page.lines.len() - 1));
    page
}

/// The line of the headings: below the title and the words about the sums.
const HEADING: usize = 2;

/// Returns the first line of each unit.
pub fn first_lines<'a>(material: &Material<'a>) -> BTreeMap<&'a str, usize> {
    let mut lines = BTreeMap::new();
    for (place, total) in material.result.totals.iter().enumerate() {
        lines.entry(total.unit.as_str()).or_insert(HEADING + 1 + place);
    }
    lines
}

/// What the printed total is more, or less, than the rows.
fn printed_less_rows(
    material: &Material<'_>,
    total: &crate::findings::TotalLine,
) -> Option<String> {
    less(total.printed.as_deref()?, &total.rows, material.pipeline.money)
}

/// Says whose mistake an unequal total is.
fn judgement(material: &Material<'_>, total: &crate::findings::TotalLine, sent: bool) -> String {
    if !sent {
        return "没有可核对的报送数".to_owned();
    }
    let places = material.pipeline.money.exponent();
    let amount = |text: &str| scale_decimal(text, places).map(Amount).unwrap_or_default();
    let (plan, rows) = (amount(&total.plan), amount(&total.rows));
    let unit = material.lookup.unit(&total.unit);
    let checks = |held: fn(ColumnId) -> Held| {
        let field = material.pipeline.column_named(&total.field);
        field.map_or_else(Agreement::default, |field| material.lookup.submitted(unit, held(field)))
    };
    wording::judgement(&checks(Held::Compare), &checks(Held::Total), plan == rows)
}
