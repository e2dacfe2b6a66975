//! 计划自查: what the plan's own totals, blanks and sentences say about themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::{Material, PLAN};
use crate::check::ledger::{Held, Outcome, Spot};
use crate::check::{self, Figure};
use crate::findings::figures;
use crate::findings::figures::bare_value;
use crate::model::fact::Sentence;
use crate::model::words::Language;
use crate::model::{CellAt, ColumnId, Fact, Finding, SheetId, Side, UnitId, Value};
use crate::pipeline::{Expression, rule};
use crate::roster::THE_PLAN;
use crate::wording::{self, Agreement, pages};
use crate::workbook::marks::Marks;
use crate::workbook::page::{
    Line, Look, Orientation, Page, Shown, count_cell, decimal_cell, seq_cell, text_cell,
};
use crate::workbook::values::value_cell;

const WIDTHS: [f64; 8] = [5.0, 13.0, 8.0, 32.0, 15.0, 30.0, 12.0, 54.0];
const ALL: u16 = 8;

/// Lays out the page.
pub fn page(material: &Material<'_>, marks: &mut Marks) -> Page {
    let mut page = Page {
        name: PLAN.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        ..Page::default()
    };
    if has_several_sheets(material) {
        page.widths[2] = 22.0;
    }
    let found = material.on_side(Side::Plan).count();
    page.lines.push(Line::words("计划自查", Look::Title, ALL));
    let undeclared = material.paragraph.unchecked.len();
    let verdict = wording::plan_verdict(&material.lookup.all_of_plan, found, undeclared);
    page.lines.push(Line::words(
        pages::about_the_plan(&material.plan_file.name, material.plan.tasks.len(), &verdict),
        Look::Plain,
        ALL,
    ));
    page.lines.push(Line::blank());
    page.lines.push(Line::words("一、需要核实的问题", Look::Section, ALL));
    problems(material, &mut page, marks);
    page.lines.push(Line::blank());
    page.lines.push(Line::words("二、合计行", Look::Section, ALL));
    totals(material, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words("三、文字说明中的数字", Look::Section, ALL));
    figures(material, &mut page);
    if !material.result.changes.is_empty() {
        page.lines.push(Line::blank());
        let from = material.plan_from.map(|from| from.to_string()).unwrap_or_default();
        let title = format!("四、{from}起执行的计划改了什么");
        page.lines.push(Line::words(title, Look::Section, ALL));
        changes(material, &mut page);
    }
    page
}

fn heading(page: &mut Page, names: [&str; 8]) {
    page.lines.push(Line::headings(names));
}

fn problems(material: &Material<'_>, page: &mut Page, marks: &mut Marks) {
    const TITLE: usize = 3;
    /// More are folded: on paper they would be a book, and the list has them all.
    const MOST: usize = 60;
    heading(
        page,
        ["序", "单位", number_or_row(material), "问题", "计划写作", "应为", "差额", "说明"],
    );
    let heading_line = page.lines.len() - 1;
    for (count, (index, settled)) in material.on_side(Side::Plan).enumerate() {
        let finding = &settled.finding;
        let report = figures::shown(finding, material.pipeline.money);
        let line = page.lines.len();
        let cells = Line::of(vec![
            count_cell(count + 1, Look::Centre),
            text_cell(finding.unit.clone().unwrap_or_default(), Look::Centre),
            seq_cell(number(material, finding)),
            text_cell(problem_title(finding, material), Look::Text),
            value_cell(finding.found.as_ref(), report.found.as_ref()),
            value_cell(finding.expected.as_ref(), report.expected.as_ref()),
            value_cell(None, report.difference.as_ref()),
            text_cell(
                wording::settled_message(settled, material.pipeline, Language::Chinese),
                Look::Text,
            ),
        ]);
        let shown = if count < MOST { Shown::AtOnce } else { Shown::Folded };
        page.lines.push(Line { shown, ..cells });
        marks.add(index, PLAN, line, TITLE);
    }
    let last = page.lines.len() - 1;
    page.filter = (last > heading_line).then_some((heading_line, last));
    if let Some(left) = (last - heading_line).checked_sub(MOST).filter(|left| *left > 0) {
        page.lines.push(Line::words(pages::folded_problems(left), Look::Plain, ALL));
    }
}

/// A plan without numbers is found by the rows of its sheet.
fn number_or_row(material: &Material<'_>) -> &'static str {
    if material.pipeline.roles.number.is_some() { "序号" } else { "计划行" }
}

fn number(material: &Material<'_>, finding: &Finding) -> Option<i64> {
    if material.pipeline.roles.number.is_some() {
        return finding.seq;
    }
    finding.cell.map(|cell| i64::from(cell.row) + 1)
}

fn problem_title(finding: &Finding, material: &Material<'_>) -> String {
    let field = finding.field.as_ref().map(|name| material.pipeline.field_title(name));
    let title = finding.kind().entry().title.chinese;
    let sheet = finding.sheet.as_deref().and_then(|name| material.lookup.sheet_of_plan(name));
    let place = finding.cell.map_or_else(String::new, |cell| {
        format!("（{}）", place(material, sheet.unwrap_or(SheetId::FIRST), cell))
    });
    match field {
        Some(field) => format!("{title}：{field}{place}"),
        None => format!("{title}{place}"),
    }
}

fn totals(material: &Material<'_>, page: &mut Page) {
    heading(page, ["序", "项目", "位置", "名称", "表内合计", "各行相加", "差额", "结果"]);
    let mut count = 0;
    for total in check::printed_totals(material.plan, material.pipeline) {
        count += 1;
        let at = Spot { file: THE_PLAN, sheet: total.sheet, cell: total.cell };
        let name = if total.label.is_empty() { "（未标名称）" } else { &total.label };
        let money = material.pipeline.money;
        let kind = material.pipeline.columns[total.field].kind;
        let shown = |figure: Option<i64>| {
            figure.map_or_else(
                || text_cell("无法相加", Look::Centre),
                |figure| decimal_cell(&bare_value(&kind.value(figure), money), Look::Figure),
            )
        };
        page.lines.push(Line::of(vec![
            count_cell(count, Look::Centre),
            text_cell(material.title_of(total.field), Look::Centre),
            text_cell(place(material, total.sheet, total.cell), Look::Centre),
            text_cell(name, Look::Text),
            shown(Some(total.printed)),
            shown(total.sum),
            shown(total.sum.and_then(|sum| total.printed.checked_sub(sum))),
            text_cell(total_result(material, total.field, at), Look::Text),
        ]));
    }
    if count == 0 {
        page.lines.push(Line::words(pages::PLAN_WITHOUT_TOTALS, Look::Plain, ALL));
    }
}

fn has_several_sheets(material: &Material<'_>) -> bool {
    material.plan.sheets.iter().filter(|sheet| !sheet.tables.is_empty()).nth(1).is_some()
}

/// Where something stands on the plan; with its sheet where the plan has several.
fn place(material: &Material<'_>, sheet: SheetId, cell: CellAt) -> String {
    if !has_several_sheets(material) {
        return cell.to_string();
    }
    let sheet = material.plan.places.sheet(THE_PLAN, sheet).unwrap_or_default();
    format!("{sheet} {cell}")
}

fn figures(material: &Material<'_>, page: &mut Page) {
    heading(page, ["序", "单位", "位置", "所述内容", "写作", "核对依据", "结果", "原句"]);
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    let mut given: BTreeSet<(&str, Option<UnitId>)> = BTreeSet::new();
    for (count, figure) in material.paragraph.figures.iter().enumerate() {
        places.entry(figure.known_by()).or_insert(count);
        given.insert((&figure.name, figure.unit));
    }
    let mut folded = 0;
    for (count, figure) in material.paragraph.figures.iter().enumerate() {
        let unit = figure.unit.map_or("", |unit| material.plan.names.name(unit));
        let value = crate::check::figure_value(figure);
        let (said, agrees) = result(material, figure, places[&figure.known_by()]);
        let shown = if agrees { Shown::Folded } else { Shown::AtOnce };
        folded += usize::from(agrees);
        let line = Line::of(vec![
            count_cell(count + 1, Look::Centre),
            text_cell(unit, Look::Centre),
            text_cell(place(material, figure.sheet, figure.cell), Look::Centre),
            text_cell(figure.title.clone(), Look::Text),
            match &value {
                Value::Integer(count) => seq_cell(Some(*count)),
                value => text_cell(
                    wording::value_text(value, material.pipeline, Language::Chinese),
                    Look::Centre,
                ),
            },
            text_cell(basis(material, figure, &given), Look::Text),
            text_cell(said, Look::Centre),
            text_cell(figure.sentence.clone(), Look::Text),
        ]);
        page.lines.push(Line { shown, ..line });
    }
    if folded > 0 {
        page.lines.push(Line::words(wording::folded_figures(folded), Look::Plain, ALL));
    }
    for (offset, (cell, around)) in material.paragraph.unchecked.iter().enumerate() {
        page.lines.push(Line::of(vec![
            count_cell(material.paragraph.figures.len() + offset + 1, Look::Centre),
            text_cell("", Look::Centre),
            text_cell(cell.to_string(), Look::Centre),
            text_cell("（核对方案没有写到的数字）", Look::Text),
            text_cell("", Look::Centre),
            text_cell("", Look::Text),
            text_cell("未核对", Look::Centre),
            text_cell(around.clone(), Look::Text),
        ]));
    }
    if material.paragraph.figures.is_empty() && material.paragraph.unchecked.is_empty() {
        page.lines.push(Line::words(pages::PLAN_WITHOUT_FIGURES, Look::Plain, ALL));
    }
}

/// What the plan in force changed of the one before.
fn changes(material: &Material<'_>, page: &mut Page) {
    heading(
        page,
        ["序", "单位", "序号", &material.pipeline.task_title(), "原来", "现在", "项目", "变动"],
    );
    for (count, change) in material.result.changes.iter().enumerate() {
        let what = match (&change.field, &change.before) {
            (Some(_), _) => "内容修改",
            (None, Some(_)) => "任务取消",
            (None, None) => "新增任务",
        };
        let field = change.field.as_ref().map(|name| material.pipeline.field_title(name));
        page.lines.push(Line::of(vec![
            count_cell(count + 1, Look::Centre),
            text_cell(change.unit.clone(), Look::Centre),
            text_cell(change.seq.map(|seq| seq.to_string()).unwrap_or_default(), Look::Centre),
            text_cell(change.task.clone(), Look::Text),
            text_cell(change.before.clone().unwrap_or_default(), Look::Text),
            text_cell(change.now.clone().unwrap_or_default(), Look::Text),
            text_cell(field.unwrap_or_default(), Look::Centre),
            text_cell(what, Look::Text),
        ]));
    }
}

/// The equations that use a figure.
fn basis(
    material: &Material<'_>,
    figure: &Figure,
    given: &BTreeSet<(&str, Option<UnitId>)>,
) -> String {
    let statements = material.pipeline.check.statements.iter();
    let rules =
        statements.flat_map(|statement| statement.rules.iter().map(move |rule| (statement, rule)));
    // A rule of a sentence that is put otherwise for this unit names figures that it does not give.
    let is_given = |name: &String| {
        given.contains(&(name.as_str(), figure.unit)) || given.contains(&(name.as_str(), None))
    };
    let used: Vec<String> = rules
        .filter(|(_, rule)| {
            rule.uses_figure(&figure.name)
                && rule.leaves().all(|leaf| match leaf {
                    Expression::Captured(name) => is_given(name),
                    _ => true,
                })
        })
        .map(|(statement, rule)| {
            rule::in_words(&rule.text, |name| {
                // The sentence's own figure, else one that another sentence gives.
                let others = material.pipeline.check.statements.iter();
                std::iter::once(statement)
                    .chain(others)
                    .find_map(|statement| statement.titles.get(name).cloned())
                    .or_else(|| material.pipeline.known_title(name))
            })
        })
        .collect();
    used.join("\n")
}

/// What came of a printed total of the plan.
fn total_result(material: &Material<'_>, field: ColumnId, at: Spot) -> String {
    wording::outcome(&material.lookup.printed_in_plan(Held::Total(field), at))
}

/// What came of the equations that use a figure of the paragraph. One that fails for another
/// figure says nothing of this one. The second is whether all was held and agrees.
fn result(material: &Material<'_>, figure: &Figure, place: usize) -> (String, bool) {
    let unit = figure.unit.map(|unit| material.plan.names.name(unit));
    let is_about = |finding: &Finding| match &finding.fact {
        Fact::StatementDiffers(Sentence { claim, .. }) => {
            *claim == figure.title && finding.unit.as_deref() == unit
        }
        _ => false,
    };
    let using = material.lookup.using(place).iter().copied();
    let (of_others, own): (Vec<_>, Vec<_>) = using.partition(|line| {
        let said = line.finding.map(|finding| &material.settled[usize::from(finding)].finding);
        line.outcome == Outcome::Differs && said.is_some_and(|finding| !is_about(finding))
    });
    let agreement = Agreement::of(own.iter().map(|line| line.outcome));
    let said = wording::outcome(&agreement);
    let agrees = of_others.is_empty() && agreement.is_whole();
    (pages::with_equations_of_others(&said, of_others.len()), agrees)
}
