//! 汇总表: the plan's own layout with the submitted values, the plan's values and the verdict in
//! words beside them. Missing tasks keep their place; rows the plan lacks follow their unit.

use std::collections::{BTreeMap, BTreeSet};

use super::{FINDINGS, Material, TABLE};
use crate::findings::figures::bare_value;
use crate::matching::Why;
use crate::model::amount::{scale_wide, shortest_decimal};
use crate::model::common::Common;
use crate::model::place::column_letters;
use crate::model::words::Language;
use crate::model::{
    Amount, CellAt, ColumnId, Entry, Finding, IdVec, Kind, RowId, Side, TaskId, Text, Value,
};
use crate::normalise::frame::Item;
use crate::roster::{Standing, cell};
use crate::wording::{self, Agreement, pages};
use crate::workbook::columns;
use crate::workbook::differing::runs;
use crate::workbook::marks::Marks;
use crate::workbook::page::{
    Content, Formula, Line, Look, Page, PageCell, cell_name, decimal_cell, decimals_of, double_of,
    exact_decimal, figure_cell, link_cell, percent_cell, text_cell,
};

/// Where the lines of rows and tasks are, while the page is laid out.
struct Places {
    /// By task of the plan.
    tasks: IdVec<TaskId, Option<usize>>,
    /// By submitted row.
    rows: IdVec<RowId, Option<usize>>,
}

/// One line: a task with its rows, or a row without a task.
struct TableLine<'a> {
    task: Option<TaskId>,
    rows: Vec<RowId>,
    item: Option<&'a Item<'a>>,
    /// Why the task and its first row belong together.
    why: Option<Why>,
}

/// A column of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// What the plan says, beside what was submitted.
    Planned(ColumnId),
    Submitted(ColumnId),
    /// Submitted less planned.
    Difference(ColumnId),
}

impl Shown {
    fn field(self) -> ColumnId {
        match self {
            Self::Planned(field) | Self::Submitted(field) | Self::Difference(field) => field,
        }
    }
}

/// The columns: the plan's, each compared figure between the plan's own and the difference, then what
/// was reported.
fn shown_columns(material: &Material<'_>) -> Vec<Shown> {
    let compared: BTreeSet<ColumnId> = material
        .pipeline
        .check
        .compare
        .iter()
        .map(|compare| compare.column)
        .filter(|field| material.is_figure(*field))
        .collect();
    let mut shown = Vec::new();
    for field in material.plan_columns() {
        let is_compared = compared.contains(&field);
        if is_compared {
            shown.push(Shown::Planned(field));
        }
        shown.push(Shown::Submitted(field));
        if is_compared && material.pipeline.columns[field].kind.is_money() {
            shown.push(Shown::Difference(field));
        }
    }
    shown.extend(material.reported_columns().into_iter().map(Shown::Submitted));
    shown
}

/// Lays out the page; `listed` are the lines of the findings in the list.
pub fn page(material: &Material<'_>, marks: &mut Marks, listed: &BTreeMap<usize, usize>) -> Page {
    let pipeline = material.pipeline;
    let shown = shown_columns(material);
    let verdict_column = shown.len();
    let mut page =
        Page { name: TABLE.to_owned(), paper: pipeline.workbook.paper, ..Page::default() };
    page.widths = shown
        .iter()
        .map(|column| match column {
            // As narrow as their figures let them be; there are many.
            Shown::Submitted(field) if material.is_figure(*field) => {
                columns::width(pipeline, *field).min(9.0)
            }
            Shown::Submitted(field) => columns::width(pipeline, *field),
            Shown::Planned(_) | Shown::Difference(_) => 9.0,
        })
        .chain([30.0, 8.0])
        .collect();
    // A link leads nowhere on paper.
    let all = u16::try_from(verdict_column + 1).unwrap_or(u16::MAX);
    page.printed_columns = Some(all);
    page.lines.push(Line::words(
        format!(
            "{}（{}年{}月）汇总表",
            pipeline.title, material.period.year, material.period.month
        ),
        Look::Title,
        all,
    ));
    page.lines.push(Line::words(pages::about_the_table(pipeline.money), Look::Plain, all));
    let mut heading: Vec<PageCell> = shown
        .iter()
        .map(|column| {
            let title = match column {
                Shown::Planned(field) => pages::plans(&material.title_of(*field)),
                Shown::Submitted(field) => pipeline.columns[*field].title.clone(),
                Shown::Difference(field) => pages::difference_of(&material.title_of(*field)),
            };
            text_cell(title, Look::Heading)
        })
        .collect();
    heading.push(text_cell("核对结果", Look::Heading));
    heading.push(text_cell(FINDINGS, Look::Heading));
    let heading_line = page.lines.len();
    page.heading = Some(heading_line);
    page.lines.push(Line::of(heading));
    page.frozen_columns = 1;
    let first = page.lines.len();
    let mut places = Places {
        tasks: material.plan.tasks.keys().map(|_| None).collect(),
        rows: material.roster.items.keys().map(|_| None).collect(),
    };
    let mut said = Said::default();
    for entry in entries(material) {
        let line = page.lines.len();
        if let Some(task) = entry.task {
            places.tasks[task] = Some(line);
        }
        for row in &entry.rows {
            places.rows[*row] = Some(line);
        }
        let words = entry.task.map(|task| standing_words(material, task, &entry));
        page.lines.push(line_of(material, &entry, &shown, said.of(&words.unwrap_or_default())));
    }
    narrow_blank_columns(&mut page, first);
    let last = page.lines.len();
    page.filter = (last > first).then(|| (heading_line, last - 1));
    page.lines.push(total_line(material, &page, &shown, first, last));
    mark_findings(material, &mut page, (marks, listed), &places, &shown, verdict_column);
    page
}

/// The lines, unit by unit: its tasks in plan order, then its rows that are none.
fn entries<'a>(material: &Material<'a>) -> Vec<TableLine<'a>> {
    let items = &material.roster.items;
    let mut tasks: IdVec<TaskId, TableLine<'a>> = material
        .plan
        .tasks
        .keys()
        .map(|task| TableLine { task: Some(task), rows: Vec::new(), item: None, why: None })
        .collect();
    for pair in &material.matched.pairs {
        let entry = &mut tasks[pair.task];
        entry.item.get_or_insert(&items[pair.row]);
        entry.why.get_or_insert(pair.why);
        entry.rows.push(pair.row);
    }
    let mut entries = tasks.raw;
    entries.extend(material.matched.fates.keys().map(|row| TableLine {
        task: None,
        rows: vec![*row],
        item: Some(&items[*row]),
        why: None,
    }));
    let unit_of = |entry: &TableLine<'_>| match entry.task {
        Some(task) => material.plan.tasks[task].unit,
        None => items[entry.rows[0]].unit,
    };
    // The sort is stable, so tasks stay in plan order and before the other rows.
    entries.sort_by_key(unit_of);
    entries
}

/// A column in which nothing stands takes no more room than its heading.
fn narrow_blank_columns(page: &mut Page, first: usize) {
    const NARROW: f64 = 8.0;
    for (column, width) in page.widths.iter_mut().enumerate() {
        let mut cells = page.lines[first..].iter().filter_map(|line| line.cells.get(column));
        if cells.all(|cell| cell.content == Content::Blank) {
            *width = width.min(NARROW);
        }
    }
}

fn line_of(material: &Material<'_>, entry: &TableLine<'_>, shown: &[Shown], words: Text) -> Line {
    let task = entry.task.map(|task| &material.plan.tasks[task]);
    let planned = |field: ColumnId| task.and_then(|task| task.row.entries[field].as_ref());
    let mut cells: Vec<PageCell> = Vec::with_capacity(shown.len() + 2);
    cells.extend(shown.iter().map(|column| match *column {
        Shown::Planned(field) => value_cell(material, planned(field), look_of(material, field)),
        Shown::Submitted(field) => submitted_cell(material, entry, field),
        Shown::Difference(field) => {
            let found = submitted_amount(material, entry, field);
            let planned = planned(field).and_then(|entry| entry.value.amount());
            let difference = match (planned, found) {
                (Some(planned), Some(found)) => found.checked_sub(planned),
                // A row that the plan lacks is more by all of it.
                (None, Some(found)) if task.is_none() => Some(found),
                _ => None,
            };
            difference.map_or_else(
                || text_cell("", Look::Figure),
                |amount| decimal_cell(&amount.decimal(material.pipeline.money), Look::Figure),
            )
        }
    }));
    cells.push(text_cell(words, Look::Text));
    cells.push(text_cell("", Look::Centre));
    Line::of(cells)
}

fn submitted_cell(material: &Material<'_>, entry: &TableLine<'_>, field: ColumnId) -> PageCell {
    let pipeline = material.pipeline;
    let task = entry.task.map(|task| &material.plan.tasks[task]);
    let submitted = entry.item.and_then(|item| item.row.entries[field].as_ref());
    let plan_entry = task.and_then(|task| task.row.entries[field].as_ref());
    let is_label = pipeline.roles.key.contains(&field) || pipeline.roles.owner == Some(field);
    if Some(field) == pipeline.roles.number {
        // The plan's number, which districts often replace by their own.
        value_cell(material, plan_entry.or(submitted), Look::Centre)
    } else if pipeline.roles.owner == Some(field) {
        let unit = entry.item.map(|item| item.unit).or(task.map(|task| task.unit));
        text_cell(unit.map_or("", |unit| material.plan.names.name(unit)), Look::Centre)
    } else if entry.item.is_none() && !is_label {
        text_cell("", look_of(material, field))
    } else {
        let entry_shown = submitted.or(if is_label { plan_entry } else { None });
        summed(material, entry, field)
            .or_else(|| listed(material, entry, field))
            .unwrap_or_else(|| value_cell(material, entry_shown, look_of(material, field)))
    }
}

/// What the rows of a line report of an amount; none where one of them does not.
fn submitted_amount(
    material: &Material<'_>,
    entry: &TableLine<'_>,
    field: ColumnId,
) -> Option<Amount> {
    let amounts = entry
        .rows
        .iter()
        .map(|row| material.roster.items[*row].row.entries[field].as_ref()?.value.amount());
    amounts.reduce(|sum, amount| sum?.checked_add(amount?)).flatten()
}

/// The sum of an amount over several rows of one task.
fn summed(material: &Material<'_>, entry: &TableLine<'_>, field: ColumnId) -> Option<PageCell> {
    let is_amount = material.pipeline.columns[field].kind.is_money();
    if entry.rows.len() < 2 || !is_amount {
        return None;
    }
    let sum = submitted_amount(material, entry, field)?;
    Some(decimal_cell(&sum.decimal(material.pipeline.money), Look::Figure))
}

/// What several rows of one task say, where it is not the same.
fn listed(material: &Material<'_>, entry: &TableLine<'_>, field: ColumnId) -> Option<PageCell> {
    if entry.rows.len() < 2 {
        return None;
    }
    let mut said: Vec<&str> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for row in &entry.rows {
        let typed = material.roster.items[*row].row.entries[field].as_ref()?.typed.as_str();
        if !typed.is_empty() && known.insert(typed) {
            said.push(typed);
        }
    }
    (said.len() > 1).then(|| text_cell(said.join("；"), Look::Text))
}

fn look_of(material: &Material<'_>, field: ColumnId) -> Look {
    columns::look(material.pipeline.columns[field].kind)
}

/// Returns the cell of an entry: its value where it was understood, else what was typed.
pub fn value_cell(material: &Material<'_>, entry: Option<&Entry>, look: Look) -> PageCell {
    let Some(entry) = entry else { return text_cell("", look) };
    match &entry.value {
        Value::Amount(amount) => decimal_cell(&amount.decimal(material.pipeline.money), look),
        Value::Integer(_) | Value::Decimal(_) => {
            decimal_cell(&bare_value(&entry.value, material.pipeline.money), look)
        }
        Value::Percent(hundredths) => percent_cell(*hundredths, look),
        Value::Month(month) => figure_cell(Content::Month(*month), look),
        Value::Date(day) => figure_cell(Content::Day(*day), look),
        Value::MonthOfYear(_) => {
            text_cell(wording::value_text(&entry.value, material.pipeline, Language::Chinese), look)
        }
        Value::Text(text) => text_cell(text.clone(), look),
        Value::Choice(choice) => text_cell(choice.clone(), look),
        Value::Covered => text_cell("（合并）", look),
        Value::Blank | Value::NotApplicable | Value::Unreadable(_) => {
            text_cell(entry.typed.clone(), look)
        }
    }
}

/// What a line says when no finding says more.
fn standing_words(material: &Material<'_>, task: TaskId, entry: &TableLine<'_>) -> String {
    let standing = material.roster.units[material.plan.tasks[task].unit].0;
    let checks = Agreement::of(material.ledger.outcomes_of_task(task, Side::Submission));
    pages::line_without_findings(standing, !entry.rows.is_empty(), entry.why, &checks)
}

/// What lines say, each text kept once: most say the same.
#[derive(Default)]
struct Said(BTreeSet<Text>);

impl Said {
    fn of(&mut self, words: &str) -> Text {
        if let Some(known) = self.0.get(words) {
            return known.clone();
        }
        let text = Text::from(words);
        self.0.insert(text.clone());
        text
    }
}

fn total_line(
    material: &Material<'_>,
    page: &Page,
    shown: &[Shown],
    first: usize,
    last: usize,
) -> Line {
    let missing: Vec<&str> = material
        .plan
        .names
        .units
        .keys()
        .filter(|unit| {
            matches!(material.roster.units[*unit].0, Standing::Missing | Standing::Unreadable)
        })
        .map(|unit| material.plan.names.name(unit))
        .collect();
    let label = pages::sum_label(&missing);
    let mut cells: Vec<PageCell> = Vec::new();
    let mut labelled = false;
    for (column, field) in shown.iter().map(|shown| shown.field()).enumerate() {
        let is_amount = material.pipeline.columns[field].kind.is_money();
        cells.push(if is_amount {
            sum_cell(page, column, first, last)
        } else if !labelled && material.pipeline.roles.key.contains(&field) {
            labelled = true;
            text_cell(label.clone(), Look::TotalText)
        } else {
            text_cell("", Look::TotalText)
        });
    }
    cells.push(text_cell(if missing.is_empty() { "" } else { "左侧合计不完整" }, Look::TotalText));
    cells.push(text_cell("", Look::TotalText));
    Line::of(cells)
}

/// A live sum over the lines above, with its result; its exact text where a cell cannot hold the
/// sum or one of the figures.
pub fn sum_cell(page: &Page, column: usize, first: usize, last: usize) -> PageCell {
    // The finest decimals that an amount is shown with: a 分 in 亿元.
    const PLACES: u32 = 10;
    let figures = page.lines[first..last].iter().filter_map(|line| line.cells.get(column));
    let mut sum: Option<i128> = Some(0);
    let mut decimals = 0;
    let mut all_are_numbers = true;
    for content in figures.map(|cell| &cell.content) {
        if let Some((scaled, own)) = usual_figure(content, PLACES) {
            sum = sum.and_then(|sum| sum.checked_add(scaled));
            decimals = decimals.max(own);
            continue;
        }
        let Some(figure) = exact_decimal(content) else { continue };
        let Ok(scaled) = scale_wide(&figure, PLACES) else { continue };
        if let Content::Number { decimals: own, .. } = content {
            decimals = decimals.max(*own);
        } else {
            all_are_numbers = false;
        }
        sum = sum.and_then(|sum| sum.checked_add(scaled));
    }
    let Some(sum) = sum else { return text_cell("超出可计算的范围", Look::TotalFigure) };
    let text = shortest_decimal(sum, PLACES);
    let (Some(result), true) = (double_of(&text), all_are_numbers) else {
        return text_cell(text, Look::TotalFigure);
    };
    let letters = column_letters(u32::try_from(column).unwrap_or(0));
    let content = Content::Formula(Box::new(Formula {
        text: format!("=SUM({letters}{}:{letters}{last})", first + 1),
        result,
        decimals: decimals_of(&text).max(decimals),
    }));
    PageCell { content, look: Look::TotalFigure, ..PageCell::default() }
}

/// A figure in whole units of its `places`-th decimal, and its decimals, where it is so small that its double
/// tells every digit of it: nearly all are.
fn usual_figure(content: &Content, places: u32) -> Option<(i128, u32)> {
    const DIGITS: f64 = 1e15;
    let Content::Number { number, decimals } = *content else { return None };
    let units = number * 10_f64.powi(i32::try_from(decimals).ok()?);
    if units.abs() >= DIGITS {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "less than the digits of a double")]
    let units = units.round() as i64;
    let scale = 10_i128.checked_pow(places.checked_sub(decimals)?)?;
    Some((i128::from(units) * scale, decimals))
}

/// How many cells of one finding bear its note and lead to it; the others say it in their line all the
/// same.
const MOST_NOTES: usize = 200;

fn mark_findings(
    material: &Material<'_>,
    page: &mut Page,
    (marks, listed): (&mut Marks, &BTreeMap<usize, usize>),
    places: &Places,
    shown: &[Shown],
    verdict_column: usize,
) {
    let place_of =
        |field: ColumnId| shown.iter().position(|shown| *shown == Shown::Submitted(field));
    let mut keys = material.pipeline.roles.key.iter();
    let key_column = keys.find_map(|field| place_of(*field)).unwrap_or(0);
    let mut words: BTreeMap<usize, (usize, Vec<String>)> = BTreeMap::new();
    let mut known: BTreeSet<(usize, String)> = BTreeSet::new();
    for (index, settled) in material.on_side(Side::Submission) {
        let finding = &settled.finding;
        let targets = targets(material, finding, places);
        if targets.is_empty() {
            continue;
        }
        let short = pages::settled_in_short(settled, material.pipeline);
        let note = pages::cell_note(settled, material.pipeline);
        for (count, (line, field)) in targets.into_iter().enumerate() {
            let column = field.and_then(place_of).unwrap_or(key_column);
            marks.add(index, TABLE, line, column);
            if known.insert((line, short.clone())) {
                words.entry(line).or_insert_with(|| (index, Vec::new())).1.push(short.clone());
            }
            if count < MOST_NOTES {
                page.lines[line].add_note(column, &note);
            }
            show_differing(&mut page.lines[line].cells[column], finding);
        }
    }
    let mut linked: BTreeMap<usize, usize> = BTreeMap::new();
    for (line, (finding, said)) in words {
        page.lines[line].cells[verdict_column] = text_cell(said.join("；"), Look::Text);
        // To the first of the line's findings in the list.
        let links = linked.entry(finding).or_default();
        *links += 1;
        if let Some(at) = listed.get(&finding).filter(|_| *links <= MOST_NOTES) {
            let target = cell_name(FINDINGS, *at, 0);
            page.lines[line].cells[verdict_column + 1] = link_cell(&target, pages::SEE);
        }
    }
}

/// The lines and columns that a finding is about.
fn targets(
    material: &Material<'_>,
    finding: &Finding,
    places: &Places,
) -> Vec<(usize, Option<ColumnId>)> {
    if let Some(common) = finding.fact.common() {
        return own_cells(material, finding, common, places);
    }
    let field = finding.field.as_ref().and_then(|name| field_shown(material, name));
    match finding.kind() {
        Kind::TotalDiffers | Kind::HiddenContent | Kind::RowUnplaced | Kind::LineDoubtful => {
            Vec::new()
        }
        Kind::ColumnScaled
        | Kind::ColumnDoubtful
        | Kind::ReportMissing
        | Kind::ReportVanished
        | Kind::Decreased
        | Kind::TaskExtra
        | Kind::TaskMisplaced
        | Kind::TaskRepeated
        | Kind::PairDoubtful => {
            let rows = material.lookup.rows_at(finding);
            rows.iter().filter_map(|row| Some((places.rows[*row]?, field))).collect()
        }
        Kind::ValueUnreadable | Kind::ValueImprecise | Kind::ValueMissing
            if finding.task.is_none() && finding.cells.len() > 1 =>
        {
            let rows = material.lookup.rows_at(finding);
            rows.iter().filter_map(|row| Some((places.rows[*row]?, field))).collect()
        }
        // Rows that break a rule, told at once.
        Kind::BalanceBroken | Kind::LimitExceeded | Kind::OutOfRange
            if finding.fact.broken().is_some_and(|broken| broken.together.is_some()) =>
        {
            let rows = material.lookup.rows_at(finding);
            rows.iter().filter_map(|row| Some((places.rows[*row]?, field))).collect()
        }
        // A unit's whole list.
        Kind::TaskMissing if finding.task.is_none() => {
            let unit = finding.unit.as_deref().and_then(|unit| material.lookup.unit(unit));
            let tasks = unit.map_or(&[][..], |unit| material.lookup.tasks_of(unit));
            tasks.iter().filter_map(|task| Some((places.tasks[*task]?, field))).collect()
        }
        _ => {
            let task = material.lookup.task_of(finding);
            let line = task.and_then(|task| places.tasks[task]);
            line.map(|line| (line, field)).into_iter().collect()
        }
    }
}

/// The cells of one cause, each in its own column.
fn own_cells(
    material: &Material<'_>,
    finding: &Finding,
    common: &Common,
    places: &Places,
) -> Vec<(usize, Option<ColumnId>)> {
    let fields = common.columns.iter().filter_map(|own| material.pipeline.column_named(&own.field));
    let fields: Vec<ColumnId> = fields.collect();
    let cells: BTreeSet<CellAt> = finding.cells.iter().map(|range| range.first).collect();
    let mut own = Vec::new();
    for row in material.lookup.rows_at(finding) {
        let Some(line) = places.rows[row] else { continue };
        for &field in &fields {
            let at = cell(&material.roster.items[row], field);
            if at.is_some_and(|at| cells.contains(&at)) {
                own.push((line, Some(field)));
            }
        }
    }
    own
}

/// A derived amount is shown where its text stands.
fn field_shown(material: &Material<'_>, name: &str) -> Option<ColumnId> {
    let derived = material.pipeline.derived.iter().find(|derived| derived.name == name);
    material.pipeline.column_named(name).or_else(|| derived.and_then(|derived| derived.from))
}

/// Shows inside the cell which words of a text differ from the plan's.
fn show_differing(cell: &mut PageCell, finding: &Finding) {
    if finding.kind() != Kind::ValueDiffers || finding.fact.common().is_some() {
        return;
    }
    if let (Some(Value::Text(found)), Some(Value::Text(expected))) =
        (&finding.found, &finding.expected)
    {
        cell.content = Content::Runs(runs(found, expected).into());
    }
}
