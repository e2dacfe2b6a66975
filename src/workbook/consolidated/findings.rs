//! 差异清单: one row a finding, to be filtered by unit and by rule, with columns for the answer.

use std::collections::BTreeMap;

use super::{
    FINDINGS, Material, OVERVIEW, PLAN, SOURCES, ShapedColumns, TABLE, UNITS, cause_words,
    explanations, units,
};
use crate::check::bridge::Step;
use crate::findings::{Decided, FindingLine, Settled, figures, found_as_listed, listed};
use crate::model::amount::sum_in;
use crate::model::stamp::Stamped;
use crate::model::words::Language;
use crate::model::{ColumnId, Finding, FindingId, Side, UnitId, Value, place, stamp};
use crate::wording::{self, overview, pages};
use crate::workbook::columns::is_date;
use crate::workbook::marks::Marks;
use crate::workbook::page::{
    Choices, Content, Line, Look, Others, Page, PageCell, Rows, cell_name, count_cell,
    decimal_cell, figure_cell, file_link_cell, link_cell, text_cell,
};
use crate::workbook::values::value_cell;

/// The columns, with their widths.
const COLUMNS: [(&str, f64); 25] = [
    ("序", 5.0),
    ("单位", 11.0),
    ("序号", 6.0),
    ("工作任务", 22.0),
    ("项目", 10.0),
    ("差异类型", 11.0),
    ("性质", 8.0),
    (stamp::EXPECTED_HEADING, 12.0),
    (stamp::FOUND_HEADING, 12.0),
    ("差额", 10.0),
    ("影响金额", 11.0),
    ("金额字段", 10.0),
    ("说明", 42.0),
    ("位置", 9.0),
    ("状态", 9.0),
    (stamp::EXPLANATION_HEADING, 22.0),
    (stamp::DECISION_HEADING, 8.0),
    (stamp::OPINION_HEADING, 16.0),
    (stamp::DECIDED_BY_HEADING, 8.0),
    // For the screen only.
    (stamp::COUNTERPART_HEADING, 16.0),
    ("可能原因", 18.0),
    ("出处", 22.0),
    ("对象", 8.0),
    ("计量单位", 8.0),
    (stamp::ID_HEADING, 16.0),
];
/// The columns that are printed.
const PRINTED: u16 = 19;
const EXPLANATION_COLUMN: usize = 15;
const HANDLING_COLUMN: u16 = 16;

/// The column whose cell is highlighted for each finding.
const KIND_COLUMN: usize = 5;
/// The column that a plan without numbers does without.
const NUMBER_COLUMN: usize = 2;
const TASK_COLUMN: usize = 3;

/// The line of the headings: below the title and the words about the list.
const HEADING: usize = 2;

/// Where the columns are that a plan's own columns shape.
const SHAPED: ShapedColumns = ShapedColumns { number: NUMBER_COLUMN, task: TASK_COLUMN };

/// Lays out the page.
pub fn page(material: &Material<'_>, marks: &mut Marks) -> Page {
    let pipeline = material.pipeline;
    let mut page =
        Page { name: FINDINGS.to_owned(), paper: pipeline.workbook.paper, ..Page::default() };
    let without = u16::from(pipeline.roles.number.is_none());
    page.widths = SHAPED.kept(COLUMNS.iter().map(|(_, width)| *width).collect(), pipeline);
    page.printed_columns = Some(PRINTED - without);
    let kind_column = KIND_COLUMN - usize::from(without);
    page.lines.push(Line::words(
        format!("差异清单（{}年{}月）", material.period.year, material.period.month),
        Look::Title,
        PRINTED - without,
    ));
    let about = pages::about_the_list(material.pipeline.money);
    let code = material.form_code(Stamped::Consolidated, None);
    page.lines.push(
        Line::words(about, Look::Plain, PRINTED - without).with_code(page.widths.len(), &code),
    );
    let heading = page.lines.len();
    page.heading = Some(heading);
    page.frozen_columns = 2;
    page.rows = Rows::Growing;
    page.lines.push(Line::of(
        SHAPED
            .headings(&COLUMNS.map(|(name, _)| name), pipeline)
            .into_iter()
            .map(|n| text_cell(n, Look::Heading))
            .collect(),
    ));
    let moved = moved(material);
    let of_units = units::first_lines(material);
    let order = in_order(material);
    let listed = order.len();
    for (place, index) in order.into_iter().enumerate() {
        let settled = &material.settled[index];
        let line = page.lines.len();
        let number = count_cell(place + 1, Look::Centre);
        let own = moved.get(&index.into());
        let mut amounts = own.into_iter().flatten().map(|(field, amount)| (*field, *amount));
        let shown = Shown { index, number, moved: amounts.next() };
        page.lines.push(line_of(material, &shown, settled, marks, &of_units));
        marks.add(index, FINDINGS, line, kind_column);
        // A finding that moves two amounts has a row for each, so that the column adds up.
        for amount in amounts {
            let shown = Shown { moved: Some(amount), ..shown.clone() };
            marks.add(index, FINDINGS, page.lines.len(), kind_column);
            page.lines.push(line_of(material, &shown, settled, marks, &of_units));
        }
    }
    page.lines.extend(unmade(material));
    for (place, (index, unseen)) in material.unseen().enumerate() {
        let line = page.lines.len();
        page.lines.push(unseen_line(material, unseen, listed + place + 1));
        marks.add(index, FINDINGS, line, kind_column);
    }
    if material.settled.is_empty() && material.result.unseen.is_empty() {
        let words = wording::no_findings(&material.lookup.all());
        page.lines.push(Line::words(words, Look::Plain, PRINTED - without));
    } else {
        let last = page.lines.len() - 1;
        page.filter = Some((heading, last));
        page.choices.push(Choices {
            column: HANDLING_COLUMN - without,
            first_line: u32::try_from(heading + 1).unwrap_or(0),
            last_line: u32::try_from(last).unwrap_or(0),
            words: Decided::ALL
                .map(Decided::chinese)
                .into_iter()
                .chain([stamp::SAME_TASK, stamp::NOT_SAME_TASK])
                .map(str::to_owned)
                .collect(),
            others: Others::Refused,
        });
        page.choices.extend(explanations(
            material.pipeline,
            EXPLANATION_COLUMN - usize::from(without),
            (heading + 1, last),
        ));
    }
    page
}

/// What moves the sums and is nobody's mistake, such as a zero report: without a number or an identity,
/// since nothing is asked, but in its place so that the column adds up.
fn unmade(material: &Material<'_>) -> Vec<Line> {
    let mut sums: BTreeMap<(UnitId, ColumnId, Step), i128> = BTreeMap::new();
    for movement in material.movements.iter().filter(|movement| movement.finding.is_none()) {
        let key = (movement.unit, movement.field, movement.step);
        *sums.entry(key).or_default() += movement.amount;
    }
    let line = |((unit, field, step), amount): ((UnitId, ColumnId, Step), i128)| {
        let standing = material.roster.units[unit].0;
        let because = &material.result.units[usize::from(unit)].nothing_because;
        let mut cells = vec![text_cell("", Look::Centre); COLUMNS.len()];
        let mut put = |heading: &str, cell: PageCell| {
            let place = COLUMNS.iter().position(|(name, _)| *name == heading);
            cells[place.expect("the list has the column")] = cell;
        };
        put("单位", text_cell(material.plan.names.name(unit), Look::Centre));
        put("差异类型", text_cell(overview::step(step), Look::Centre));
        put("影响金额", amount_cell(material, Some((field, amount))));
        put("说明", text_cell(overview::unmade(standing.chinese(), because), Look::Text));
        put("对象", text_cell("报送", Look::Centre));
        put("金额字段", text_cell(material.title_of(field), Look::Centre));
        put("计量单位", text_cell(material.pipeline.money.to_string(), Look::Centre));
        Line::of(SHAPED.kept(cells, material.pipeline))
    };
    sums.into_iter().filter(|(_, amount)| *amount != 0).map(line).collect()
}

/// The findings by what must be done: what is open first, the gravest before the others; then what asks
/// for nothing; the plan's own in a block at the end. Within each as in the report.
pub fn in_order(material: &Material<'_>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..material.settled.len()).collect();
    order.sort_by_key(|place| {
        let settled = &material.settled[*place];
        let asks = settled.is_open().then_some(settled.severity);
        (settled.finding.side == Side::Plan, std::cmp::Reverse(asks))
    });
    order
}

/// Returns the line of each finding, by its place.
pub fn places(material: &Material<'_>) -> BTreeMap<usize, usize> {
    let moved = moved(material);
    let mut line = HEADING + 1;
    let mut places = BTreeMap::new();
    for index in in_order(material) {
        places.insert(index, line);
        line += moved.get(&index.into()).map_or(1, BTreeMap::len).max(1);
    }
    places
}

/// A finding of the earlier period whose check could not be made now.
fn unseen_line(material: &Material<'_>, unseen: &FindingLine, number: usize) -> Line {
    let column = unseen.field.as_ref().and_then(|name| material.pipeline.column_named(name));
    let is_date = column.is_some_and(|field| is_date(material.pipeline.columns[field].kind));
    let figure = |text: &Option<String>| match text {
        Some(text) if text.parse::<f64>().is_ok() => decimal_cell(text, Look::Figure),
        // A month, as the findings of this period have it.
        Some(text) if is_date && let Ok(month) = text.parse() => {
            figure_cell(Content::Month(month), Look::Centre)
        }
        text => text_cell(listed(text), Look::Centre),
    };
    let field = unseen.field.as_ref().map(|name| material.pipeline.field_title(name));
    let place = [unseen.file.as_deref(), unseen.sheet.as_deref()];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    let cells = vec![
        count_cell(number, Look::Centre),
        text_cell(unseen.unit.clone().unwrap_or_default(), Look::Centre),
        unseen.seq.map_or_else(
            || text_cell("", Look::Centre),
            |seq| decimal_cell(&seq.to_string(), Look::Centre),
        ),
        text_cell(unseen.task.clone().unwrap_or_default(), Look::Text),
        text_cell(field.unwrap_or_default(), Look::Centre),
        text_cell(unseen.kind.entry().title.chinese, Look::Centre),
        text_cell(unseen.severity.chinese(), Look::Centre),
        figure(&unseen.expected),
        figure(&unseen.found),
        figure(&unseen.difference),
        text_cell("", Look::Figure),
        text_cell("", Look::Centre),
        text_cell(pages::unseen(&unseen.message), Look::Text),
        text_cell(unseen.cells.join("、"), Look::Centre),
        text_cell(pages::unseen_for(unseen.months), Look::Centre),
        text_cell(unseen.explanation.clone().unwrap_or_default(), Look::Text),
        text_cell("", Look::Centre),
        text_cell("", Look::Text),
        text_cell("", Look::Text),
        text_cell("", Look::Centre),
        text_cell(unseen.cause.join("；"), Look::Text),
        text_cell(place.join(" › "), Look::Text),
        text_cell("报送", Look::Centre),
        text_cell("", Look::Centre),
        text_cell(unseen.id.clone(), Look::Centre),
    ];
    Line::of(SHAPED.kept(cells, material.pipeline))
}

/// The amounts that each finding moves between plan and report, by column, in 分.
fn moved(material: &Material<'_>) -> BTreeMap<FindingId, BTreeMap<ColumnId, i128>> {
    let mut moved: BTreeMap<FindingId, BTreeMap<ColumnId, i128>> = BTreeMap::new();
    for movement in material.movements {
        if let Some(finding) = movement.finding {
            let of_finding = moved.entry(finding).or_default();
            *of_finding.entry(movement.field).or_default() += movement.amount;
        }
    }
    // What comes to nothing moves nothing.
    for amounts in moved.values_mut() {
        amounts.retain(|_, amount| *amount != 0);
    }
    moved
}

fn amount_cell(material: &Material<'_>, moved: Option<(ColumnId, i128)>) -> PageCell {
    moved.map_or_else(
        || text_cell("", Look::Figure),
        |(_, amount)| decimal_cell(&sum_in(material.pipeline.money, amount), Look::Figure),
    )
}

/// What money is measured in; nothing for what is no money.
fn measure(material: &Material<'_>, finding: &Finding, moved: Option<(ColumnId, i128)>) -> String {
    let is_amount = |value: &Option<Value>| matches!(value, Some(Value::Amount(_)));
    if moved.is_some() || is_amount(&finding.found) || is_amount(&finding.expected) {
        material.pipeline.money.to_string()
    } else {
        String::new()
    }
}

/// One row of a finding: its number in the list, and an amount that it moves.
#[derive(Clone)]
struct Shown {
    index: usize,
    number: PageCell,
    moved: Option<(ColumnId, i128)>,
}

fn line_of(
    material: &Material<'_>,
    row: &Shown,
    settled: &Settled,
    marks: &Marks,
    of_units: &BTreeMap<&str, usize>,
) -> Line {
    let (index, moved) = (row.index, row.moved);
    let finding = &settled.finding;
    let shown = figures::shown(finding, material.pipeline.money);
    let found = found_as_listed(finding, shown.found.clone());
    let difference = value_cell(
        finding.found.as_ref().filter(|found| matches!(found, Value::Percent(_))),
        shown.difference.as_ref(),
    );
    let cells = place::stretches(&finding.cells);
    let at = crate::model::words::short_list(&cells, 3, Language::Chinese);
    let target = target(index, marks);
    let position = match (&target, at.is_empty()) {
        (Some(target), false) => link_cell(target, at),
        (Some(target), true) => link_cell(target, pages::SEE),
        // What stands on no page is its unit's.
        (None, _) => {
            let words = if at.is_empty() { pages::SEE.to_owned() } else { at };
            match finding.unit.as_deref().and_then(|unit| of_units.get(unit)) {
                Some(line) => link_cell(&cell_name(UNITS, *line, 0), words),
                None if cells.is_empty() => text_cell("", Look::Centre),
                None => text_cell(words, Look::Centre),
            }
        }
    };
    let side = match finding.side {
        Side::Plan => "计划",
        Side::Submission => "报送",
    };
    let seq = finding.seq.map_or_else(
        || text_cell("", Look::Centre),
        |seq| decimal_cell(&seq.to_string(), Look::Centre),
    );
    let field = finding.field.as_ref().map(|name| material.pipeline.field_title(name));
    let explanation = settled.explanation.as_ref().map_or_else(String::new, |explanation| {
        if explanation.outdated {
            format!("{}{}", stamp::OUTDATED, explanation.text)
        } else {
            explanation.text.clone()
        }
    });
    let cells: Vec<PageCell> = vec![
        row.number.clone(),
        text_cell(finding.unit.clone().unwrap_or_default(), Look::Centre),
        seq,
        text_cell(finding.task.clone().unwrap_or_default(), Look::Text),
        text_cell(field.unwrap_or_default(), Look::Centre),
        text_cell(finding.kind().entry().title.chinese, Look::Centre),
        text_cell(settled.severity.chinese(), Look::Centre),
        value_cell(finding.expected.as_ref(), shown.expected.as_ref()),
        value_cell(finding.found.as_ref(), found.as_ref()),
        difference,
        amount_cell(material, moved),
        text_cell(
            moved.map_or_else(String::new, |(field, _)| material.title_of(field)),
            Look::Centre,
        ),
        text_cell(wording::listed_message(settled, material.pipeline), Look::Text),
        position,
        text_cell(pages::state(settled), Look::Centre),
        text_cell(explanation, Look::Text),
        text_cell(decided(settled), Look::Centre),
        text_cell(opinion(material, settled), Look::Text),
        text_cell(by(material, settled), Look::Centre),
        text_cell("", Look::Text),
        text_cell(cause_words(finding), Look::Text),
        source(material, finding),
        text_cell(side, Look::Centre),
        text_cell(measure(material, finding, moved), Look::Centre),
        text_cell(settled.id.clone(), Look::Centre),
    ];
    let mut notes = vec![None; cells.len()];
    notes[EXPLANATION_COLUMN] = answers_note(settled);
    notes[EXPLANATION_COLUMN + 1] = decision_note(settled);
    let mut line = Line::of(SHAPED.kept(cells, material.pipeline));
    for (column, note) in SHAPED.kept(notes, material.pipeline).into_iter().enumerate() {
        if let Some(note) = note {
            line.add_note(column, &note);
        }
    }
    line
}

/// Where a finding stands, with a link to the copy of the file beside the workbook.
fn source(material: &Material<'_>, finding: &Finding) -> PageCell {
    let place = [finding.file.as_deref(), finding.sheet.as_deref()];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    let words = place.join(" › ");
    match finding.file.as_deref().and_then(|file| material.copy_of(file, finding.side)) {
        Some(copy) => file_link_cell(copy, words),
        None => text_cell(words, Look::Text),
    }
}

/// The cell that shows a finding in its context.
fn target(index: usize, marks: &Marks) -> Option<String> {
    [TABLE, UNITS, PLAN, OVERVIEW, SOURCES].into_iter().find_map(|page| {
        marks.line_on(index, page).map(|(line, column)| cell_name(page, line, column))
    })
}

/// What was decided on a finding, by decision or by a waiver of the pipeline file.
fn decided(settled: &Settled) -> &'static str {
    match &settled.decision {
        Some(decision) => decision.decided.chinese(),
        None if settled.waiver.is_some() => Decided::Waived.chinese(),
        None => "",
    }
}

fn opinion(material: &Material<'_>, settled: &Settled) -> String {
    let waiver = settled.waiver.map(|place| &material.pipeline.findings.waivers[place]);
    let waived = || waiver.map(|waiver| waiver.reason.clone());
    let decided = settled.decision.as_ref().map(|decision| decision.opinion.clone());
    decided.or_else(waived).unwrap_or_default()
}

fn by(material: &Material<'_>, settled: &Settled) -> String {
    let waiver = settled.waiver.map(|place| &material.pipeline.findings.waivers[place]);
    let waived = || waiver.map(|waiver| waiver.approved_by.clone());
    let decided = settled.decision.as_ref().map(|decision| decision.by.clone());
    decided.or_else(waived).unwrap_or_default()
}

/// Who answered, when and in which file.
fn answers_note(settled: &Settled) -> Option<String> {
    settled.explanation.as_ref().and_then(|own| wording::decided::answers_note(&own.answers))
}

fn decision_note(settled: &Settled) -> Option<String> {
    settled.decision.as_ref().and_then(wording::decided::decision_note)
}
