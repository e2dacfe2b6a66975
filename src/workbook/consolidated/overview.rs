//! 总览: the verdict in one sentence, where every unit stands, the money by unit and by source,
//! the findings by unit and kind, and lines for ink.

use std::collections::{BTreeMap, BTreeSet};

use super::{Material, OVERVIEW};
use crate::findings::{TotalLine, Verdict};
use crate::model::fact::NOT_FILLED_IN;
use crate::model::{Amount, CellAt, ColumnId, Kind, Severity, Side, Status, TaskId, UnitId, Value};
use crate::pipeline::{MoneySource, Quantity, Sign};
use crate::roster::Standing;
use crate::wording::{self, Agreement, pages};
use crate::workbook::marks::Marks;
use crate::workbook::page::{
    Chart, ChartLayout, Fit, Line, Look, Orientation, Page, PageCell, count_cell, decimal_cell,
    text_cell,
};

const WIDTHS: [f64; 10] = [16.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 26.0];
const ALL: u16 = 10;
/// What stands for the unit of findings that are about nobody's files.
const NOBODY: &str = "（单位不明）";

/// Lays out the page.
pub fn page(material: &Material<'_>, marks: &mut Marks) -> Page {
    let mut page = Page {
        name: OVERVIEW.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        fit: Fit::OnePage,
        ..Page::default()
    };
    let pipeline = material.pipeline;
    page.lines.push(Line::words(pipeline.title.clone(), Look::Title, ALL));
    let issuer = pipeline
        .workbook
        .issued_by
        .clone()
        .map(|by| format!("　编制单位：{by}"))
        .unwrap_or_default();
    page.lines.push(Line::words(
        format!(
            "报送期：{}年{}月{issuer}　金额单位：{}",
            material.period.year, material.period.month, pipeline.money
        ),
        Look::PlainCentre,
        ALL,
    ));
    page.lines.push(Line::blank());
    page.lines.push(Line::words("核对结论", Look::Section, ALL));
    page.lines.push(Line::words(verdict(material), Look::PlainBold, ALL));
    page.lines.push(Line::words(counts(material), Look::Plain, ALL));
    let all = Agreement::of(material.ledger);
    page.lines.push(Line::words(pages::coverage_on_page_one(&all), Look::Plain, ALL));
    page.lines.push(Line::blank());
    let standing_lines = standings(material, &mut page, marks);
    page.lines.push(Line::blank());
    sources(material, &mut page);
    let matrix = matrix(material, &mut page);
    charts(material, &mut page, standing_lines, matrix);
    signatures(material, &mut page);
    if !material.seal.is_empty() {
        page.lines.push(Line::words(material.seal, Look::Plain, ALL));
    }
    page
}

fn submitted(standing: Standing) -> bool {
    matches!(standing, Standing::Submitted | Standing::Duplicate)
}

/// The verdict in one sentence.
fn verdict(material: &Material<'_>) -> String {
    let units = material.plan.senders().count();
    let standings = || material.plan.senders().map(|unit| material.roster.units[unit].0);
    let sent =
        standings().filter(|standing| submitted(*standing) || *standing == Standing::Zero).count();
    let open: Vec<_> = material.settled.iter().filter(|settled| settled.is_open()).collect();
    let mandatory = open.iter().filter(|settled| settled.severity == Severity::Mandatory).count();
    let zero = standings().filter(|standing| *standing == Standing::Zero);
    let sent = pages::Sent { units, sent, zero: zero.count() };
    let concerned: BTreeSet<&str> =
        open.iter().filter_map(|settled| settled.finding.unit.as_deref()).collect();
    let open = (material.result.verdict == Verdict::Findings).then(|| pages::Open {
        units: concerned.len(),
        mandatory,
        verify: open.len() - mandatory,
    });
    pages::verdict(open, &submitted_checks(material), sent)
}

fn counts(material: &Material<'_>) -> String {
    let count = |status: &dyn Fn(Status) -> bool, severity: &dyn Fn(Severity) -> bool| {
        material
            .on_side(Side::Submission)
            .filter(|(_, settled)| status(settled.status) && severity(settled.severity))
            .count()
    };
    let is_open = |status| matches!(status, Status::Open | Status::Answered | Status::Returned);
    let of = |wanted: Severity| count(&is_open, &|severity| severity == wanted);
    let of_status = |wanted: Status| count(&|status| status == wanted, &|_| true);
    pages::counted(pages::Counted {
        mandatory: of(Severity::Mandatory),
        verify: of(Severity::Verify),
        note: of(Severity::Note),
        answered: of_status(Status::Answered),
        explained: of_status(Status::Explained),
        waived: of_status(Status::Waived),
        trial: of_status(Status::Trial),
        plan: material.on_side(Side::Plan).count(),
    })
}

/// Where the lines of the units are: first and last.
fn standings(material: &Material<'_>, page: &mut Page, marks: &mut Marks) -> (usize, usize) {
    let pipeline = material.pipeline;
    let main = material.overview_columns().first().copied();
    let title = main.map_or_else(String::new, |field| material.title_of(field));
    page.lines.push(Line::words("一、报送情况与资金核对", Look::Section, ALL));
    let names = [
        pipeline.unit_title(),
        "报送状态".to_owned(),
        "计划任务".to_owned(),
        "已对应".to_owned(),
        format!("计划{title}"),
        format!("报送{title}"),
        "差额".to_owned(),
        "强制性差异".to_owned(),
        "核实性差异".to_owned(),
        "文件".to_owned(),
    ];
    page.lines
        .push(Line::of(names.iter().map(|name| text_cell(name.clone(), Look::Heading)).collect()));
    let first = page.lines.len();
    let field_name = main.map(|field| pipeline.columns[field].name.clone()).unwrap_or_default();
    let mut totals: BTreeMap<&str, &TotalLine> = BTreeMap::new();
    for total in material.result.totals.iter().filter(|total| total.field == field_name) {
        totals.entry(&total.unit).or_insert(total);
    }
    for unit in &material.result.units {
        let line = page.lines.len();
        let total = totals.get(unit.unit.as_str());
        let sent = submitted(unit.standing);
        let open = |severity: Severity| {
            let own = material.of_unit(Some(&unit.unit));
            own.filter(|(_, settled)| settled.is_open() && settled.severity == severity).count()
        };
        let figure = |text: Option<&str>| {
            text.map_or_else(
                || text_cell("", Look::Figure),
                |text| decimal_cell(text, Look::Figure),
            )
        };
        page.lines.push(Line::of(vec![
            text_cell(unit.unit.clone(), Look::Centre),
            text_cell(unit.standing.chinese(), Look::Centre),
            count_cell(unit.tasks, Look::Centre),
            count_cell(unit.matched, Look::Centre),
            figure(total.map(|total| total.plan.as_str())),
            figure(total.filter(|_| sent).map(|total| total.rows.as_str())),
            figure(total.filter(|_| sent).map(|total| total.difference.as_str())),
            count_cell(open(Severity::Mandatory), Look::Centre),
            count_cell(open(Severity::Verify), Look::Centre),
            text_cell(unit.files.join("、"), Look::Text),
        ]));
        for (index, settled) in material.of_unit(Some(&unit.unit)) {
            let is_standing = matches!(
                settled.finding.kind(),
                Kind::SubmissionMissing | Kind::SubmissionUnreadable | Kind::SubmissionDuplicate
            ) || settled.finding.fact == NOT_FILLED_IN;
            if is_standing {
                marks.add(index, OVERVIEW, line, 1);
            }
        }
    }
    let last = page.lines.len() - 1;
    page.lines.push(sum_line(material, page, first, last));
    (first, last)
}

fn sum_line(material: &Material<'_>, page: &Page, first: usize, last: usize) -> Line {
    let complete = material.roster.units.iter().all(|(standing, _)| submitted(*standing));
    let label = if complete { "合计" } else { "部分合计" };
    let mut cells: Vec<PageCell> =
        vec![text_cell(label, Look::TotalText), text_cell("", Look::TotalText)];
    for column in 2..9 {
        cells.push(super::table::sum_cell(page, column, first, last + 1));
    }
    let unsent: Vec<&str> = material
        .result
        .units
        .iter()
        .filter(|unit| !submitted(unit.standing))
        .map(|unit| unit.unit.as_str())
        .collect();
    cells.push(text_cell(pages::without(&unsent), Look::TotalText));
    Line::of(cells)
}

/// 资金来源对账: what the plan's paragraph states by source, held against its rows; and what of
/// the plan's money is with the units already.
fn sources(material: &Material<'_>, page: &mut Page) {
    let pipeline = material.pipeline;
    if pipeline.sources.is_empty() {
        return;
    }
    page.lines.push(Line::words("二、资金来源对账（计划说明与计划明细）", Look::Section, ALL));
    let heading = |text: &str, span: u16| PageCell { span, ..text_cell(text, Look::Heading) };
    let mut cells = vec![heading("资金来源", 3)];
    cells.extend([text_cell("", Look::Heading), text_cell("", Look::Heading)]);
    cells.push(text_cell("说明所述", Look::Heading));
    cells.push(text_cell("明细合计", Look::Heading));
    cells.push(text_cell("差额", Look::Heading));
    cells.push(heading("结果", 4));
    cells.extend((0..3).map(|_| text_cell("", Look::Heading)));
    page.lines.push(Line::of(cells));
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
    page.lines.push(Line::blank());
    by_unit(material, page);
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

/// What came of the checks of what was submitted.
fn submitted_checks(material: &Material<'_>) -> Agreement {
    Agreement::of(material.ledger.iter().filter(|line| line.side == Side::Submission))
}

/// The plan's money of each unit by source.
fn by_unit(material: &Material<'_>, page: &mut Page) {
    const MOST_SOURCES: usize = 8;
    let pipeline = material.pipeline;
    let sources: Vec<_> = pipeline.sources.iter().take(MOST_SOURCES).collect();
    page.lines.push(Line::words("各单位计划资金按来源（明细）", Look::Section, ALL));
    let mut names = vec![text_cell(pipeline.unit_title(), Look::Heading)];
    names.extend(sources.iter().map(|source| text_cell(source.title.clone(), Look::Heading)));
    page.lines.push(Line::of(names));
    let first = page.lines.len();
    for index in material.plan.held_units() {
        let mut cells = vec![text_cell(material.plan.names.name(index), Look::Centre)];
        for source in &sources {
            cells.push(unit_sum(material, source, Some(index)).map_or_else(
                || text_cell(pages::BEYOND_ADDING, Look::Figure),
                |sum| decimal_cell(&sum.decimal(pipeline.money), Look::Figure),
            ));
        }
        page.lines.push(Line::of(cells));
    }
    let last = page.lines.len();
    let mut total = vec![text_cell("合计", Look::TotalText)];
    for column in 1..=sources.len() {
        total.push(super::table::sum_cell(page, column, first, last));
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

/// Findings by unit and severity, and by unit and kind: the lines of the units by severity.
fn matrix(material: &Material<'_>, page: &mut Page) -> Option<(usize, usize)> {
    let mut table: BTreeMap<Kind, BTreeMap<String, usize>> = BTreeMap::new();
    for (_, settled) in material.on_side(Side::Submission) {
        let unit = settled.finding.unit.clone().unwrap_or_else(|| NOBODY.to_owned());
        *table.entry(settled.finding.kind()).or_default().entry(unit).or_default() += 1;
    }
    let number = if material.pipeline.sources.is_empty() { "二" } else { "三" };
    let title = format!("{number}、差异分布（单位 × 差异类型）");
    page.lines.push(Line::words(title, Look::Section, ALL));
    if table.is_empty() {
        let words = wording::no_findings(&submitted_checks(material));
        page.lines.push(Line::words(words, Look::Plain, ALL));
        page.lines.push(Line::blank());
        return None;
    }
    let mut units: Vec<String> = material.plan.names.units.raw.clone();
    if table.values().any(|by_unit| by_unit.contains_key(NOBODY)) {
        units.push(NOBODY.to_owned());
    }
    // As many units as fit beside the kinds; the list of findings has them all.
    let shown: Vec<&String> = units.iter().take(7).collect();
    let mut heading = vec![PageCell { span: 2, ..text_cell("差异类型", Look::Heading) }];
    heading.push(text_cell("", Look::Heading));
    heading.extend(shown.iter().map(|unit| text_cell((*unit).clone(), Look::Heading)));
    heading.push(text_cell("合计", Look::Heading));
    page.lines.push(Line::of(heading));
    for (kind, by_unit) in &table {
        let mut cells =
            vec![PageCell { span: 2, ..text_cell(kind.entry().title.chinese, Look::Text) }];
        cells.push(text_cell("", Look::Text));
        for unit in &shown {
            match by_unit.get(*unit) {
                Some(count) => cells.push(count_cell(*count, Look::Centre)),
                None => cells.push(text_cell("", Look::Centre)),
            }
        }
        cells.push(count_cell(by_unit.values().sum(), Look::Centre));
        page.lines.push(Line::of(cells));
    }
    if shown.len() < units.len() {
        let left = pages::units_left(units.len() - shown.len());
        page.lines.push(Line::words(left, Look::Plain, ALL));
    }
    page.lines.push(Line::blank());
    page.lines.push(Line::words("各单位差异按性质", Look::Section, ALL));
    let mut heading = vec![text_cell(material.pipeline.unit_title(), Look::Heading)];
    heading.extend(Severity::ALL.map(|severity| text_cell(severity.chinese(), Look::Heading)));
    page.lines.push(Line::of(heading));
    let first = page.lines.len();
    for unit in &units {
        let mut cells = vec![text_cell(unit.clone(), Look::Centre)];
        for severity in Severity::ALL {
            let own = material.of_unit((unit != NOBODY).then_some(unit.as_str()));
            let count = own.filter(|(_, settled)| settled.severity == severity).count();
            cells.push(count_cell(count, Look::Centre));
        }
        page.lines.push(Line::of(cells));
    }
    let last = page.lines.len() - 1;
    page.lines.push(Line::blank());
    Some((first, last))
}

fn charts(
    material: &Material<'_>,
    page: &mut Page,
    standings: (usize, usize),
    matrix: Option<(usize, usize)>,
) {
    const HEIGHT: u32 = 260;
    const ROWS: usize = 14;
    let counts =
        material.plan.names.units.iter().map(|unit| {
            u32::try_from(material.lookup.of_unit(Some(unit)).len()).unwrap_or(u32::MAX)
        });
    let most = counts.max().unwrap_or(0);
    let number = if material.pipeline.sources.is_empty() { "三" } else { "四" };
    page.lines.push(Line::words(format!("{number}、图示"), Look::Section, ALL));
    let at = page.lines.len();
    let row = |line: usize| u32::try_from(line).unwrap_or(0);
    let name = |line: usize, column: u32| CellAt::new(row(line) - 1, column);
    let (first, last) = standings;
    let main = material
        .overview_columns()
        .first()
        .map_or_else(String::new, |field| material.title_of(*field));
    page.charts.push(Chart {
        title: format!("各单位{main}：计划与报送（{}）", material.pipeline.money),
        at: CellAt::new(row(at), 0),
        width: 480,
        height: HEIGHT,
        layout: ChartLayout::SideBySide,
        greatest_count: None,
        lines: (row(first), row(last)),
        categories: 0,
        series: vec![(4, name(first, 4)), (5, name(first, 5))],
    });
    if let Some((first, last)) = matrix {
        page.charts.push(Chart {
            title: "各单位差异数（按性质）".to_owned(),
            at: CellAt::new(row(at), 5),
            width: 480,
            height: HEIGHT,
            layout: ChartLayout::Stacked,
            greatest_count: Some(most),
            lines: (row(first), row(last)),
            categories: 0,
            series: vec![(1, name(first, 1)), (2, name(first, 2)), (3, name(first, 3))],
        });
    }
    for _ in 0..ROWS {
        page.lines.push(Line { height: Some(20.0), ..Line::default() });
    }
}

fn signatures(material: &Material<'_>, page: &mut Page) {
    page.lines.push(Line::blank());
    for pair in material.pipeline.workbook.signatures.chunks(3) {
        let mut cells = Vec::new();
        for name in pair {
            cells.push(text_cell(format!("{name}："), Look::PlainCentre));
            cells.push(PageCell { span: 2, ..text_cell("", Look::Ink) });
            cells.push(text_cell("", Look::Ink));
        }
        page.lines.push(Line { cells, height: Some(30.0) });
    }
}
