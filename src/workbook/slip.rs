//! 核实反馈表: one small workbook a unit with its own findings, its own rows as it sent them, and a
//! column for the answer; for a unit that sent nothing, a reminder (催报). Nothing of other units.

use std::collections::{BTreeMap, BTreeSet};

use super::consolidated::{Material, ShapedColumns, emphasis, explanations};
use super::marks::Marks;
use super::page::{Line, Look, Page, PageCell, count_cell, decimal_cell, text_cell};
use crate::findings::{Settled, figures, found_as_listed, listed};
use crate::model::stamp::Stamped;
use crate::model::words::Language;
use crate::model::{CellAt, CellRange, ColumnId, Fact, FileId, Severity, SheetId, UnitId, stamp};
use crate::normalise::frame::{number, shown_task};
use crate::normalise::{RowClass, SheetRows, TableRow};
use crate::roster::Standing;
use crate::wording::{self, pages};

const ANSWER: &str = "核实反馈";
const LIST_WIDTHS: [f64; 13] =
    [5.0, 6.0, 28.0, 11.0, 12.0, 8.0, 12.0, 12.0, 10.0, 46.0, 10.0, 32.0, 16.0];
const LIST: [&str; 13] = [
    "序",
    "序号",
    "工作任务",
    "项目",
    "差异类型",
    "性质",
    stamp::EXPECTED_HEADING,
    stamp::FOUND_HEADING,
    "差额",
    "说明",
    "位置",
    stamp::EXPLANATION_HEADING,
    // Not printed; an answer is known by it.
    stamp::ID_HEADING,
];
const KIND_COLUMN: usize = 4;
/// The column that a plan without numbers does without.
const NUMBER_COLUMN: usize = 1;
const TASK_COLUMN: usize = 2;

const SHAPED: ShapedColumns = ShapedColumns { number: NUMBER_COLUMN, task: TASK_COLUMN };

/// Returns the units that get a slip: those with open findings above note.
pub fn units_with_slips(material: &Material<'_>) -> Vec<UnitId> {
    material
        .plan
        .names
        .units
        .keys()
        .filter(|unit| !own_findings(material, *unit).is_empty())
        .collect()
}

/// The unit's findings that it has to answer, with their places.
fn own_findings<'a>(material: &Material<'a>, unit: UnitId) -> Vec<(usize, &'a Settled)> {
    let name = material.plan.names.name(unit);
    let own = material.lookup.of_unit(Some(name)).iter();
    own.map(|place| (*place, &material.settled[*place]))
        .filter(|(_, settled)| settled.is_open() && !is_of_the_machine(settled))
        .collect()
}

/// Whether it is no fault of the unit's, and nothing that it could mend.
fn is_of_the_machine(settled: &Settled) -> bool {
    match &settled.finding.fact {
        Fact::SubmissionUnreadable(refusal) => refusal.is_of_the_machine(),
        _ => false,
    }
}

/// Returns what goes back to a unit is called: a slip, or a reminder where nothing came.
pub fn title(material: &Material<'_>, unit: UnitId) -> &'static str {
    if is_reminder(material, unit) { stamp::REMINDER } else { Stamped::Slip.chinese() }
}

fn is_reminder(material: &Material<'_>, unit: UnitId) -> bool {
    material.roster.units[unit].0 == Standing::Missing
}

/// Lays out the slip of a unit.
pub fn pages(material: &Material<'_>, unit: UnitId) -> Vec<Page> {
    if is_reminder(material, unit) {
        return vec![reminder(material, unit)];
    }
    let findings = own_findings(material, unit);
    let mut marks = Marks::default();
    let mut pages = vec![answer_page(material, unit, &findings, &mut marks)];
    pages.extend(own_rows(material, unit, &findings, &mut marks));
    marks.apply(&mut pages, |finding| emphasis(&material.settled[finding]));
    pages
}

/// The last day to answer: the declared day of the month after the period.
fn reply_by(material: &Material<'_>) -> Option<String> {
    let day = material.pipeline.workbook.reply_by_day?;
    let next = crate::model::Month::from_ordinal(material.period.ordinal() + 1)?;
    Some(format!("{}年{}月{day}日", next.year, next.month))
}

fn opening(
    material: &Material<'_>,
    page: &mut Page,
    unit: UnitId,
    title: &str,
    words: &str,
    span: u16,
) {
    let pipeline = material.pipeline;
    page.lines.push(Line::words(title, Look::Title, span));
    page.lines.push(Line::words(
        format!(
            "单位：{}　报送期：{}年{}月　金额单位：{}",
            material.plan.names.name(unit),
            material.period.year,
            material.period.month,
            pipeline.money
        ),
        Look::Plain,
        span,
    ));
    page.lines.push(Line::words(words, Look::Plain, span));
    let mut details = Vec::new();
    details.extend(reply_by(material).map(|date| format!("反馈期限：{date}")));
    let contact = pipeline.workbook.contact.clone();
    details.push(format!("联系人：{}", contact.unwrap_or_else(|| "＿＿＿＿＿＿".to_owned())));
    details.extend(pipeline.workbook.issued_by.clone().map(|by| format!("发出单位：{by}")));
    page.lines.push(Line::words(details.join("　"), Look::PlainBold, span));
}

fn answer_page(
    material: &Material<'_>,
    unit: UnitId,
    findings: &[(usize, &Settled)],
    marks: &mut Marks,
) -> Page {
    let mut page = Page { name: ANSWER.to_owned(), ..Page::default() };
    page.widths = SHAPED.kept(LIST_WIDTHS.to_vec(), material.pipeline);
    let span = u16::try_from(page.widths.len()).unwrap_or(u16::MAX);
    let kind_column = KIND_COLUMN - usize::from(material.pipeline.roles.number.is_none());
    let mandatory =
        findings.iter().filter(|(_, settled)| settled.severity == Severity::Mandatory).count();
    let words = pages::slip(mandatory, findings.len() - mandatory);
    opening(
        material,
        &mut page,
        unit,
        &format!("{}{}", material.plan.names.name(unit), title(material, unit)),
        &words,
        span,
    );
    let heading = page.lines.len();
    page.heading = Some(heading);
    page.lines.push(Line::of(
        SHAPED
            .headings(&LIST, material.pipeline)
            .into_iter()
            .map(|n| text_cell(n, Look::Heading))
            .collect(),
    ));
    for (count, (index, settled)) in findings.iter().enumerate() {
        let line = page.lines.len();
        page.lines.push(finding_line(material, count, settled));
        marks.add(*index, ANSWER, line, kind_column);
    }
    let last = page.lines.len() - 1;
    page.filter = Some((heading, last));
    let columns = page.widths.len();
    page.printed_columns = u16::try_from(columns - 1).ok();
    page.choices.extend(explanations(material.pipeline, columns - 2, (heading + 1, last)));
    page
}

fn finding_line(material: &Material<'_>, count: usize, settled: &Settled) -> Line {
    let finding = &settled.finding;
    let shown = figures::shown(finding, material.pipeline.money);
    let figure = |text: &Option<String>| match text {
        Some(text) if text.parse::<f64>().is_ok() => decimal_cell(text, Look::Figure),
        text => text_cell(listed(text), Look::Centre),
    };
    let cells: Vec<String> = finding.cells.iter().map(ToString::to_string).collect();
    let field = finding.field.as_ref().map(|name| material.pipeline.field_title(name));
    let explanation = settled.explanation.as_ref().map_or_else(String::new, |explanation| {
        let mark = if explanation.outdated { stamp::OUTDATED } else { "" };
        format!("{mark}{}", explanation.text)
    });
    let message = wording::message(finding, material.pipeline, Language::Chinese);
    let cells = vec![
        count_cell(count + 1, Look::Centre),
        text_cell(finding.seq.map(|seq| seq.to_string()).unwrap_or_default(), Look::Centre),
        text_cell(finding.task.clone().unwrap_or_default(), Look::Text),
        text_cell(field.unwrap_or_default(), Look::Centre),
        text_cell(finding.kind().entry().title.chinese, Look::Centre),
        text_cell(settled.severity.chinese(), Look::Centre),
        figure(&shown.expected),
        figure(&found_as_listed(finding, shown.found.clone())),
        figure(&shown.difference),
        text_cell(message, Look::Text),
        text_cell(crate::model::words::short_list(&cells, 3, Language::Chinese), Look::Centre),
        text_cell(explanation, Look::Text),
        text_cell(settled.id.clone(), Look::Centre),
    ];
    Line::of(SHAPED.kept(cells, material.pipeline))
}

/// The unit's own sheets as it sent them, its own errors highlighted and worded beside.
fn own_rows(
    material: &Material<'_>,
    unit: UnitId,
    findings: &[(usize, &Settled)],
    marks: &mut Marks,
) -> Vec<Page> {
    let own = own_places(material, unit);
    let mut pages: Vec<Page> = Vec::new();
    for &file in &material.roster.units[unit].1 {
        let sheets = &material.extracts[file].rows.sheets;
        let is_shared = material.roster.files[file].units.len() > 1;
        for (index, sheet) in sheets.iter_enumerated() {
            let is_own = |row: &&TableRow| {
                own.contains(&(file, index, row.row)) || (row.class != RowClass::Task && !is_shared)
            };
            let rows: Vec<&TableRow> = sheet.rows.iter().filter(is_own).collect();
            if rows.iter().any(|row| row.class == RowClass::Task) {
                let number = pages.len() + 1;
                pages.push(sheet_page(
                    material,
                    file,
                    (index, sheet),
                    &rows,
                    findings,
                    marks,
                    number,
                ));
            }
        }
    }
    pages
}

/// The rows that are a unit's own, by file, sheet and row: in a workbook of several units only its
/// own tasks and totals are.
fn own_places(material: &Material<'_>, unit: UnitId) -> BTreeSet<(FileId, SheetId, u32)> {
    let items = material.lookup.rows_of(unit).iter().map(|row| &material.roster.items[*row]);
    let totals = material.lookup.totals_of(unit).iter();
    let totals = totals.map(|total| &material.roster.totals[*total]);
    items
        .map(|item| (item.file, item.sheet, item.row.row))
        .chain(totals.map(|total| (total.file, total.sheet, total.row.row)))
        .collect()
}

fn sheet_page(
    material: &Material<'_>,
    file: FileId,
    (index, sheet): (SheetId, &SheetRows),
    rows: &[&TableRow],
    findings: &[(usize, &Settled)],
    marks: &mut Marks,
    number: usize,
) -> Page {
    let name = format!("{}{number}", stamp::OWN_ROWS);
    let table = &sheet.tables[rows[0].table];
    let columns: Vec<(ColumnId, String)> = table
        .columns
        .iter()
        .filter_map(|column| Some((column.field?, column.heading.clone())))
        .collect();
    let mut page = Page { name: name.clone(), ..Page::default() };
    page.widths = std::iter::once(8.0)
        .chain(columns.iter().map(|(field, _)| super::columns::width(material.pipeline, *field)))
        .chain(std::iter::once(40.0))
        .collect();
    let span = u16::try_from(page.widths.len()).unwrap_or(u16::MAX);
    let file_name = &material.roster.places.files[file];
    let sheet_name = material.roster.places.sheet(file, index).unwrap_or_default();
    page.lines.push(Line::words(format!("{file_name} › {sheet_name}"), Look::Section, span));
    let mut heading = vec![text_cell(stamp::ROW_HEADING, Look::Heading)];
    heading.extend(columns.iter().map(|(_, heading)| text_cell(heading.clone(), Look::Heading)));
    heading.push(text_cell("核对结果", Look::Heading));
    page.heading = Some(page.lines.len());
    page.lines.push(Line::of(heading));
    let here = findings.iter().filter(|(_, settled)| {
        settled.finding.file.as_ref() == Some(file_name)
            && settled.finding.sheet.as_ref() == Some(&sheet_name)
    });
    let named = Named::of(here.copied());
    for row in rows {
        let line = page.lines.len();
        let mut cells: Vec<PageCell> = vec![text_cell((row.row + 1).to_string(), Look::Centre)];
        for (field, _) in &columns {
            let typed = row.entries[*field].as_ref().map(|entry| entry.typed.clone());
            // As it was typed, so a text, whatever it means.
            let look = super::columns::look_as_typed(material.pipeline.columns[*field].kind);
            cells.push(text_cell(typed.unwrap_or_default(), look));
        }
        let mut said: Vec<String> = Vec::new();
        for (place, range) in named.in_row(row.row) {
            let finding = &material.settled[place].finding;
            let hit = columns.iter().position(|(field, _)| {
                row.entries[*field]
                    .as_ref()
                    .is_some_and(|entry| range.contains(CellAt::new(row.row, entry.column)))
            });
            if let Some(column) = hit {
                marks.add(place, &name, line, column + 1);
                let words = pages::in_short(finding, material.pipeline);
                if !said.contains(&words) {
                    said.push(words);
                }
            }
        }
        cells.push(text_cell(said.join("；"), Look::Text));
        page.lines.push(Line::of(cells));
    }
    page
}

/// The cells that findings name on a sheet.
#[derive(Default)]
struct Named {
    /// By row; in the order of the findings and of their cells, which the first number keeps.
    by_row: BTreeMap<u32, Vec<(usize, usize, CellRange)>>,
    /// Over several rows, by the first of them.
    wide: BTreeMap<u32, Vec<(usize, usize, CellRange)>>,
    /// The rows of the tallest of these: no other reaches a row from further above.
    tallest: u32,
}

impl Named {
    fn of<'a>(findings: impl Iterator<Item = (usize, &'a Settled)>) -> Self {
        let mut named = Self::default();
        let cells = findings.flat_map(|(place, settled)| {
            settled.finding.cells.iter().map(move |range| (place, *range))
        });
        for (order, (place, range)) in cells.enumerate() {
            if range.first.row == range.last.row {
                named.by_row.entry(range.first.row).or_default().push((order, place, range));
            } else {
                named.tallest = named.tallest.max(range.last.row - range.first.row);
                named.wide.entry(range.first.row).or_default().push((order, place, range));
            }
        }
        named
    }

    /// Returns the findings that name cells of a row, with those cells.
    fn in_row(&self, row: u32) -> impl Iterator<Item = (usize, CellRange)> {
        let own = self.by_row.get(&row).into_iter().flatten();
        let near = self.wide.range(row.saturating_sub(self.tallest)..=row);
        let wide = near
            .flat_map(|(_, ranges)| ranges)
            .filter(|(_, _, range)| (range.first.row..=range.last.row).contains(&row));
        let mut both: Vec<_> = own.chain(wide).copied().collect();
        both.sort_unstable_by_key(|(order, _, _)| *order);
        both.into_iter().map(|(_, place, range)| (place, range))
    }
}

/// 催报: what is due, until when, and the tasks that the sheet should have.
fn reminder(material: &Material<'_>, unit: UnitId) -> Page {
    const WIDTHS: [f64; 3] = [8.0, 70.0, 24.0];
    let mut page = Page { name: "催报".to_owned(), widths: WIDTHS.to_vec(), ..Page::default() };
    let words = pages::REMINDER;
    opening(
        material,
        &mut page,
        unit,
        &format!("{}{}", material.plan.names.name(unit), title(material, unit)),
        words,
        3,
    );
    page.heading = Some(page.lines.len());
    page.lines.push(Line::of(
        ["序号", "应报任务", "备注"].map(|name| text_cell(name, Look::Heading)).to_vec(),
    ));
    let own = material.lookup.tasks_of(unit).iter().map(|task| &material.plan.tasks[*task]);
    for (count, item) in own.enumerate() {
        let seq = number(item.row, material.pipeline).map(|seq| seq.to_string());
        page.lines.push(Line::of(vec![
            text_cell(seq.unwrap_or_else(|| (count + 1).to_string()), Look::Centre),
            text_cell(shown_task(item.row, material.pipeline), Look::Text),
            text_cell("", Look::Text),
        ]));
    }
    page
}
