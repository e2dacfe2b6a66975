//! 总览: the verdict in one sentence; how the plan comes to what was reported, as one sum; where
//! every unit stands; the money by source; the findings by unit and kind; and lines for ink.

mod bridge;
mod charts;
mod matrix;
mod rates;
mod sources;
mod standings;

pub use bridge::{
    fields as bridge_fields, of_field as bridges_of, steps as bridge_steps, whole as whole_bridge,
};
pub use charts::{Waterfall, from_plan_to_report};
pub use rates::{shares, title as rate_title};
pub use standings::nothing_to_report;

use std::collections::{BTreeMap, BTreeSet};

use super::{Material, OVERVIEW};
use crate::findings::Verdict;
use crate::model::stamp::Stamped;
use crate::model::{Kind, Severity, Side, Status};
use crate::pipeline::file::Paper;
use crate::roster::Standing;
use crate::wording::{self, overview};
use crate::workbook::marks::Marks;
use crate::workbook::page::{Line, Look, Orientation, Page, text_cell, wide};

/// All tables of the page stand on these columns.
const WIDTHS: [f64; 13] =
    [13.0, 19.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0];
const ALL: u16 = 13;
/// What stands for the unit of findings that are about nobody's files.
const NOBODY: &str = "（单位不明）";
/// The first column beside the page, which is not printed: what the charts are drawn from.
const BESIDE: usize = 14;

/// Lays out the page; `listed` are the lines of the findings in the list.
pub fn page(material: &Material<'_>, marks: &mut Marks, listed: &BTreeMap<usize, usize>) -> Page {
    let mut page = Page {
        name: OVERVIEW.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::PageOne,
        paper: if material.plan.held_units().len() > ON_A4 {
            material.pipeline.workbook.paper
        } else {
            Paper::A4
        },
        printed_columns: Some(ALL),
        ..Page::default()
    };
    opening(material, &mut page);
    conclusion(material, &mut page);
    page.lines.push(Line::blank());
    let has_bridge = bridge::table(material, &mut page);
    page.lines.push(Line::blank());
    let standings = standings::table(material, &mut page, marks, listed);
    page.lines.push(Line::blank());
    charts::charts(material, &mut page, has_bridge, standings);
    rates::table(material, &mut page);
    sources::sources(material, &mut page);
    matrix::matrix(material, &mut page);
    signatures(material, &mut page);
    page
}

/// The title, and which version this is.
fn opening(material: &Material<'_>, page: &mut Page) {
    let pipeline = material.pipeline;
    let code = material.form_code(Stamped::Consolidated, None);
    let title = Line::words(pipeline.title.clone(), Look::Title, ALL);
    page.lines.push(title.with_code(BESIDE, &code));
    let issuer = pipeline.workbook.issued_by.as_deref();
    let words = overview::subtitle(material.period, issuer, pipeline.money);
    page.lines.push(Line::words(words, Look::PlainCentre, ALL));
    if let Some(version) = material.version {
        let words = overview::version(&version.batch, &version.seal);
        page.lines.push(Line::words(words, Look::PlainCentre, ALL));
    }
    page.lines.push(Line::blank());
}

/// Begins a part of the page, numbered after those before it.
fn section(page: &mut Page, title: &str) {
    let before = page
        .lines
        .iter()
        .filter_map(|line| line.cells.first())
        .filter(|cell| cell.look == Look::Section)
        .count();
    page.breaks.push(page.lines.len());
    page.lines.push(Line::words(overview::numbered(before, title), Look::Section, ALL));
}

/// Of many units, how many lines stand under the headings of a table before they stand there again: less
/// than a sheet of paper holds, so that none is without them.
pub const UNDER_HEADINGS: usize = 50;
/// More units than that are more lines than a sheet of A4 across holds.
const ON_A4: usize = 30;

/// Lets the headings of a table stand again before a line, where many are above it already.
fn headings_again(page: &mut Page, heading: usize, lines_before: usize) {
    if lines_before > 0 && lines_before.is_multiple_of(UNDER_HEADINGS) {
        let again = page.lines[heading].clone();
        page.breaks.push(page.lines.len());
        page.lines.push(again);
    }
}

fn submitted(standing: Standing) -> bool {
    matches!(standing, Standing::Submitted | Standing::Duplicate)
}

fn conclusion(material: &Material<'_>, page: &mut Page) {
    section(page, overview::CONCLUSION);
    page.lines.push(Line::words(verdict(material), Look::PlainBold, ALL));
    let said = said_below(material).into_iter();
    page.lines.extend(said.map(|(text, look)| Line::words(text, look, ALL)));
}

/// What stands under the verdict: what was counted, what is the plan's own, what was checked, which files
/// are in no figure, what has changed since the run before.
pub fn said_below(material: &Material<'_>) -> Vec<(String, Look)> {
    let mut said = vec![(counts(material), Look::Plain)];
    let of_plan = material.on_side(Side::Plan).count();
    if of_plan > 0 {
        said.push((overview::plans_own(of_plan), Look::PlainBold));
    }
    said.push((overview::coverage_on_page_one(&material.lookup.all()), Look::Plain));
    said.extend(files_besides(material).map(|text| (text, Look::Plain)));
    if let Some(corrected) = &material.result.corrected {
        let text = overview::since_the_run_before(corrected.gone.len(), corrected.new.len());
        said.push((text, Look::Plain));
    }
    said
}

/// The verdict in one sentence.
pub fn verdict(material: &Material<'_>) -> String {
    let units = material.plan.senders().count();
    let standings = || material.plan.senders().map(|unit| material.roster.units[unit].0);
    let sent =
        standings().filter(|standing| submitted(*standing) || *standing == Standing::Zero).count();
    let open: Vec<_> = material.settled.iter().filter(|settled| settled.is_open()).collect();
    let zero = standings().filter(|standing| *standing == Standing::Zero);
    let sent = overview::Sent { units, sent, zero: zero.count() };
    let concerned: BTreeSet<&str> =
        open.iter().filter_map(|settled| settled.finding.unit.as_deref()).collect();
    let open = (material.result.verdict == Verdict::Findings)
        .then_some(overview::Open { units: concerned.len(), findings: open.len() });
    overview::verdict(open, &material.lookup.all_submitted, sent)
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
    overview::counted(overview::Counted {
        mandatory: of(Severity::Mandatory),
        verify: of(Severity::Verify),
        note: of(Severity::Note),
        answered: of_status(Status::Answered),
        returned: of_status(Status::Returned),
        explained: of_status(Status::Explained),
        waived: of_status(Status::Waived),
        trial: of_status(Status::Trial),
    })
}

/// Files that are in no unit's figures; nothing where there are none.
fn files_besides(material: &Material<'_>) -> Option<String> {
    let of = |wanted: Standing| -> Vec<&str> {
        let own = material.result.files.iter().filter(move |file| file.standing == wanted);
        own.map(|file| file.file.as_str()).collect()
    };
    let attachments: Vec<&str> = material
        .on_side(Side::Submission)
        .filter(|(_, settled)| settled.finding.kind() == Kind::Attachment)
        .filter_map(|(_, settled)| settled.finding.file.as_deref())
        .collect();
    overview::files_besides(overview::FilesBesides {
        unknown: &of(Standing::Unknown),
        unreadable: &of(Standing::Unreadable),
        superseded: &of(Standing::Superseded),
        attachments: &attachments,
        passed_over: material.passed_over.len(),
    })
}

fn signatures(material: &Material<'_>, page: &mut Page) {
    page.lines.push(Line::blank());
    let (valid, void): (Vec<_>, Vec<_>) =
        material.signatures().partition(|signed| signed.figures == material.figures);
    for pair in material.pipeline.workbook.signatures.chunks(3) {
        let mut cells = Vec::new();
        for name in pair {
            // What is signed stands in the very next cell.
            cells.push(text_cell(format!("{name}："), Look::PlainCentre));
            let signed = valid.iter().find(|signed| name.starts_with(&signed.role));
            let words = signed.map(|signed| format!("{} {}", signed.name, signed.date));
            wide(&mut cells, words.unwrap_or_default().trim(), Look::Ink, 3);
        }
        page.lines.push(Line { height: Some(30.0), ..Line::of(cells) });
    }
    if !void.is_empty() {
        let words = wording::decided::void_on_page_one(&void);
        page.lines.push(Line::words(words, Look::PlainBold, ALL));
    }
}
