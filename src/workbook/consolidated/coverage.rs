//! 核对范围: every check that was owed, rule by rule and unit by unit, and why some were not made;
//! and the bridge from the plan's sums to the reported ones.

use super::{COVERAGE, Material, OF_NO_UNIT};
use crate::check::ledger::{Count, Reason};
use crate::wording::{
    ABOUT_COVERAGE, Agreement, OUTCOMES, coverage_line, held_title, pages, reason_text,
};
use crate::workbook::page::{Line, Look, Page, PageCell, count_cell, decimal_cell, text_cell};

const WIDTHS: [f64; 11] = [16.0, 34.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 12.0];
const ALL: u16 = 11;

/// Lays out the page.
pub fn page(material: &Material<'_>) -> Page {
    let mut page = Page { name: COVERAGE.to_owned(), widths: WIDTHS.to_vec(), ..Page::default() };
    page.lines.push(Line::words("核对范围", Look::Title, ALL));
    page.lines.push(Line::words(coverage_line(&Agreement::of(material.ledger)), Look::Plain, ALL));
    page.lines.push(Line::words(ABOUT_COVERAGE, Look::Plain, ALL));
    page.lines.push(Line::blank());
    bridge(material, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words("二、按核对项和单位", Look::Section, ALL));
    rules(material, &mut page);
    page
}

fn headings(page: &mut Page, names: &[&str]) {
    let mut cells: Vec<PageCell> =
        names.iter().map(|name| text_cell(*name, Look::Heading)).collect();
    cells.resize(usize::from(ALL), text_cell("", Look::Heading));
    page.lines.push(Line::of(cells));
}

/// From the plan to the report, each step signed; the residual is 0.
fn bridge(material: &Material<'_>, page: &mut Page) {
    let money = material.pipeline.money;
    page.lines.push(Line::words(format!("一、差额勾稽（{money}）"), Look::Section, ALL));
    headings(
        page,
        &[
            &material.pipeline.unit_title(),
            "项目",
            "计划数",
            "未报",
            "缺行",
            "多行",
            "属其他单位",
            "重复",
            "金额变动",
            "空白或无法读取",
            "报送数",
        ],
    );
    for line in &material.result.bridge {
        let look = if line.unit.is_none() { Look::TotalFigure } else { Look::Figure };
        let words = if line.unit.is_none() { Look::TotalText } else { Look::Text };
        let unit = line.unit.clone().unwrap_or_else(|| "合计".to_owned());
        let mut cells = vec![
            text_cell(unit, words),
            text_cell(material.pipeline.field_title(&line.field), words),
        ];
        let figures = [
            &line.plan,
            &line.silent,
            &line.missing,
            &line.extra,
            &line.misplaced,
            &line.repeated,
            &line.changed,
            &line.unreadable,
            &line.reported,
        ];
        cells.extend(figures.iter().map(|figure| decimal_cell(figure, look)));
        page.lines.push(Line::of(cells));
    }
    page.lines.push(Line::words(pages::ABOUT_THE_BRIDGE, Look::Plain, ALL));
}

fn rules(material: &Material<'_>, page: &mut Page) {
    headings(
        page,
        &[
            &material.pipeline.unit_title(),
            "核对项",
            "应核对",
            OUTCOMES[0],
            OUTCOMES[1],
            OUTCOMES[2],
            "未核对的原因",
        ],
    );
    for ((held, unit), line) in &material.result.coverage {
        let unit = unit.map_or(OF_NO_UNIT, |unit| material.plan.names.name(unit));
        let mut cells = vec![
            text_cell(unit, Look::Text),
            text_cell(held_title(*held, material.pipeline), Look::Text),
            count_cell(line.owed, Look::Centre),
            count_cell(line.agrees, Look::Centre),
            count_cell(line.differs, Look::Centre),
            count_cell(line.not_checked, Look::Centre),
            PageCell { span: 5, ..text_cell(reasons(line), Look::Text) },
        ];
        cells.resize(usize::from(ALL), text_cell("", Look::Text));
        page.lines.push(Line::of(cells));
    }
}

fn reasons(count: &Count) -> String {
    let said = Reason::ALL.iter().filter_map(|reason| {
        let number = count.reasons.get(reason)?;
        Some(format!("{} {number}", reason_text(*reason)))
    });
    said.collect::<Vec<_>>().join("、")
}
