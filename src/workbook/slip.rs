//! 核实反馈表: one small workbook a unit with its own findings, its own rows as it sent them, and a
//! column for the answer; for a unit that sent nothing, a reminder (催报). Nothing of other units.

mod letter;
mod own_rows;
mod reminder;

use super::consolidated::{Material, emphasis, explanations};
use super::marks::Marks;
use super::page::{
    Line, Look, Page, PageCell, Rows, count_cell, even_decimals, seq_cell, text_cell,
};
use super::values::value_cell;
use crate::findings::{Settled, figures, found_as_listed};
use crate::model::stamp::Stamped;
use crate::model::words::Language;
use crate::model::{Fact, Severity, Status, UnitId, Value, stamp};
use crate::pipeline::Pipeline;
use crate::roster::Standing;
use crate::wording;
use crate::wording::letters::{self, Answered, Asked};

const ANSWER: &str = "核实反馈";
/// The columns, with their widths.
const LIST: [(&str, f64); 14] = [
    ("序", 4.0),
    ("序号", 5.0),
    ("工作任务", 22.0),
    ("项目", 10.0),
    ("位置", 9.0),
    (stamp::FOUND_HEADING, 10.0),
    (stamp::EXPECTED_HEADING, 10.0),
    ("差额", 9.0),
    ("差异类型", 10.0),
    ("性质", 8.0),
    ("说明", 38.0),
    ("上次答复和处理", 22.0),
    (stamp::EXPLANATION_HEADING, 30.0),
    // Not printed; an answer is known by it.
    (stamp::ID_HEADING, 16.0),
];
/// The column that a plan without numbers does without.
const NUMBER_COLUMN: usize = 1;
const TASK_COLUMN: usize = 2;
const KIND_COLUMN: usize = 8;
const ANSWERED_COLUMN: usize = 11;
const ANSWER_COLUMN: usize = 12;
/// What stands over the headings, from which column to before which.
const GROUPS: [(&str, usize, usize); 6] = [
    ("哪一处", 0, 5),
    ("现填", 5, 6),
    ("应为", 6, 7),
    ("相差", 7, 8),
    ("问题和办法", 8, 11),
    ("贵单位答复", 11, 13),
];

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

/// How many findings a unit has to answer.
fn asked(findings: &[(usize, &Settled)]) -> Asked {
    let mandatory =
        findings.iter().filter(|(_, settled)| settled.severity == Severity::Mandatory).count();
    Asked { mandatory, verify: findings.len() - mandatory }
}

/// Returns the message that goes with the slip of a unit, to be pasted or sent.
pub fn message(material: &Material<'_>, unit: UnitId) -> String {
    if is_reminder(material, unit) {
        return letter::addressed(material, unit, letters::message_with_reminder);
    }
    let asked = asked(&own_findings(material, unit));
    letter::addressed(material, unit, |letter| letters::message_with_slip(letter, asked))
}

/// Returns what a unit has to answer, as far as a further run of the same sheets would ask the same.
pub fn owed(material: &Material<'_>, unit: UnitId) -> Vec<String> {
    let findings = own_findings(material, unit).into_iter();
    let owed = findings.map(|(_, settled)| {
        let line = figures::shown(&settled.finding, material.pipeline.money);
        let shown = |figure: &Option<String>| figure.clone().unwrap_or_default();
        format!("{}|{}|{}", settled.id, shown(&line.expected), shown(&line.found))
    });
    owed.collect()
}

/// Whether a unit is reminded, having sent nothing.
pub fn is_reminder(material: &Material<'_>, unit: UnitId) -> bool {
    material.roster.units[unit].0 == Standing::Missing
}

/// Lays out the slip of a unit.
pub fn pages(material: &Material<'_>, unit: UnitId) -> Vec<Page> {
    if is_reminder(material, unit) {
        let mut page = reminder::page(material, unit);
        even_decimals(&mut page);
        return vec![page];
    }
    let findings = own_findings(material, unit);
    let mut marks = Marks::default();
    let mut pages = vec![answer_page(material, unit, &findings, &mut marks)];
    pages.extend(own_rows::pages(material, unit, &findings, &mut marks));
    marks.apply(&mut pages, |finding| emphasis(&material.settled[finding]));
    pages.iter_mut().for_each(even_decimals);
    pages
}

fn answer_page(
    material: &Material<'_>,
    unit: UnitId,
    findings: &[(usize, &Settled)],
    marks: &mut Marks,
) -> Page {
    let mut page = Page { name: ANSWER.to_owned(), rows: Rows::Growing, ..Page::default() };
    let columns = Columns::of(findings, material.pipeline);
    page.widths = columns.kept(LIST.map(|(_, width)| width).to_vec());
    page.printed_columns = u16::try_from(page.widths.len() - 1).ok();
    let asked = asked(findings);
    letter::head(material, unit, &mut page, |letter| letters::slip(letter, asked).to_vec());
    page.lines.push(columns.groups());
    let heading = page.lines.len();
    page.heading = Some(heading);
    let headings = columns.headings().into_iter().map(|name| text_cell(name, Look::Heading));
    page.lines.push(Line::of(headings.collect()));
    for (count, (index, settled)) in findings.iter().enumerate() {
        let line = page.lines.len();
        page.lines.push(Line::of(columns.kept(finding_cells(material, count, settled))));
        marks.add(*index, ANSWER, line, columns.place(KIND_COLUMN));
    }
    let last = page.lines.len() - 1;
    page.filter = Some((heading, last));
    let answers = columns.place(ANSWER_COLUMN);
    page.choices.extend(explanations(material.pipeline, answers, (heading + 1, last)));
    letter::foot(material, unit, &mut page, |letter| letters::message_with_slip(letter, asked));
    page
}

/// The columns of the list that a slip has.
struct Columns<'a> {
    pipeline: &'a Pipeline,
    /// Those that it does without: the number where the plan has none, the last answer where nothing was
    /// answered yet.
    left_out: Vec<usize>,
}

impl<'a> Columns<'a> {
    fn of(findings: &[(usize, &Settled)], pipeline: &'a Pipeline) -> Self {
        let mut left_out = Vec::new();
        if pipeline.roles.number.is_none() {
            left_out.push(NUMBER_COLUMN);
        }
        if findings.iter().all(|(_, settled)| answered_before(settled).is_empty()) {
            left_out.push(ANSWERED_COLUMN);
        }
        Self { pipeline, left_out }
    }

    /// Returns what belongs to the columns that are there.
    fn kept<T>(&self, of_columns: Vec<T>) -> Vec<T> {
        let columns = of_columns.into_iter().enumerate();
        let kept = columns.filter(|(place, _)| !self.left_out.contains(place));
        kept.map(|(_, column)| column).collect()
    }

    /// Returns where a column stands.
    fn place(&self, column: usize) -> usize {
        column - self.left_out.iter().filter(|out| **out < column).count()
    }

    fn headings(&self) -> Vec<String> {
        let mut names = LIST.map(|(name, _)| name.to_owned());
        names[TASK_COLUMN] = self.pipeline.task_title();
        names[NUMBER_COLUMN] = self.pipeline.number_title().unwrap_or_default();
        self.kept(names.to_vec())
    }

    /// The line over the headings: what each is to the person who answers.
    fn groups(&self) -> Line {
        let mut cells: Vec<PageCell> = Vec::new();
        for (name, first, last) in GROUPS {
            let first = self.place(first);
            let span = self.place(last) - first;
            cells.resize_with(first, PageCell::default);
            let span = u16::try_from(span).unwrap_or(u16::MAX);
            cells.push(PageCell { span, ..text_cell(name, Look::Heading) });
        }
        Line::of(cells)
    }
}

/// What the unit answered last time and what the clerk said to it; empty where neither is.
fn answered_before(settled: &Settled) -> String {
    let Some(decision) = &settled.decision else { return String::new() };
    let text = settled.explanation.as_ref().map_or("", |explanation| explanation.text.as_str());
    letters::answered(&Answered {
        text,
        decision: decision.decided.chinese(),
        opinion: &decision.opinion,
        by: &decision.by,
    })
}

fn finding_cells(material: &Material<'_>, count: usize, settled: &Settled) -> Vec<PageCell> {
    let finding = &settled.finding;
    let shown = figures::shown(finding, material.pipeline.money);
    // Figures of all kinds stand below each other; one with a sign of its own would stand out.
    let plain = |value: &&Value| !matches!(value, Value::Percent(_));
    let found = found_as_listed(finding, shown.found.clone());
    let cells = crate::model::place::stretches(&finding.cells);
    let field = finding.field.as_ref().map(|name| material.pipeline.field_title(name));
    // What was sent back is to be answered anew.
    let is_asked_anew = settled.status == Status::Returned;
    let explanation = settled.explanation.as_ref().filter(|_| !is_asked_anew);
    let explanation = explanation.map_or_else(String::new, |explanation| {
        let mark = if explanation.outdated { stamp::OUTDATED } else { "" };
        format!("{mark}{}", explanation.text)
    });
    let message = wording::message(finding, material.pipeline, Language::Chinese);
    vec![
        count_cell(count + 1, Look::Centre),
        seq_cell(finding.seq),
        text_cell(finding.task.clone().unwrap_or_default(), Look::Text),
        text_cell(field.unwrap_or_default(), Look::Centre),
        text_cell(crate::model::words::short_list(&cells, 3, Language::Chinese), Look::Centre),
        value_cell(finding.found.as_ref().filter(plain), found.as_ref()),
        value_cell(finding.expected.as_ref().filter(plain), shown.expected.as_ref()),
        value_cell(None, shown.difference.as_ref()),
        text_cell(finding.kind().entry().title.chinese, Look::Centre),
        text_cell(settled.severity.chinese(), Look::Centre),
        text_cell(message, Look::Text),
        text_cell(answered_before(settled), Look::Text),
        text_cell(explanation, Look::Text),
        text_cell(settled.id.clone(), Look::Centre),
    ]
}
