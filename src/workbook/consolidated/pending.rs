//! 待定事项: what the clerk decides beside single findings — which row is which task, which heading is
//! which column, until when a waiver holds — and what was decided so far, to be changed or emptied.

use super::{Material, PENDING};
use crate::decisions::record::{Paired, pair_key};
use crate::findings::{Decided, Origin, Settled};
use crate::model::fact::Lacking;
use crate::model::personal::masked;
use crate::model::stamp::Stamped;
use crate::model::{Fact, Severity, Side, Status, stamp};
use crate::wording::{self, decided, pages};
use crate::workbook::page::{Choices, Line, Look, Others, Page, PageCell, text_cell};

const WIDTHS: [f64; 8] = [16.0, 36.0, 36.0, 24.0, 18.0, 12.0, 26.0, 12.0];
const ALL: u16 = 8;
/// Where it is decided.
const CHOICE: u16 = 5;
/// Lines of one table; with more the page would be no page any more.
const MOST: usize = 200;

/// Lays out the page.
pub fn page(material: &Material<'_>) -> Page {
    let mut page = Page { name: PENDING.to_owned(), widths: WIDTHS.to_vec(), ..Page::default() };
    let period = material.period;
    let title = format!("{PENDING}（{}年{}月）", period.year, period.month);
    page.lines.push(Line::words(title, Look::Title, ALL));
    let about = Line::words(decided::ABOUT_PENDING, Look::Plain, ALL);
    let code = material.form_code(Stamped::Consolidated, None);
    page.lines.push(about.with_code(WIDTHS.len(), &code));
    page.lines.push(Line::blank());
    pairs(material, &mut page);
    page.lines.push(Line::blank());
    headings(material, &mut page);
    page.lines.push(Line::blank());
    waivers(material, &mut page);
    page
}

/// A line of a table: what it is about, and what was decided.
#[derive(Default)]
struct Row {
    about: [String; 4],
    /// Until when a waiver holds, or where a decision came from.
    beside: String,
    decided: [String; 3],
}

/// Lays out a table with lines for more at its end.
fn table(
    page: &mut Page,
    (title, about): (&str, &str),
    names: [&str; 5],
    mut rows: Vec<Row>,
    words: Vec<String>,
    blank: usize,
) {
    page.lines.push(Line::words(title, Look::Section, ALL));
    page.lines.push(Line::words(about, Look::Plain, ALL));
    let decided = [stamp::DECISION_HEADING, stamp::OPINION_HEADING, stamp::DECIDED_BY_HEADING];
    let names = names.into_iter().chain(decided);
    page.lines.push(Line::of(names.map(|name| text_cell(name, Look::Heading)).collect()));
    let first = page.lines.len();
    let left = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    rows.extend((0..blank).map(|_| Row::default()));
    for Row { about, beside, decided } in rows {
        // No cell is coloured: what is highlighted is a finding.
        let mut cells: Vec<PageCell> = about.map(|text| text_cell(text, Look::Text)).to_vec();
        cells.push(text_cell(beside, Look::Text));
        cells.extend(decided.map(|text| text_cell(text, Look::Text)));
        page.lines.push(Line::of(cells));
    }
    let line = |line: usize| u32::try_from(line).unwrap_or(0);
    page.choices.push(Choices {
        column: CHOICE,
        first_line: line(first),
        last_line: line(page.lines.len() - 1),
        words,
        others: Others::Refused,
    });
    if left > 0 {
        page.lines.push(Line::words(decided::lines_left(left), Look::Plain, ALL));
    }
}

fn from(origin: &Origin) -> String {
    decided::origin(origin)
}

/// Rows that may be a task, and what was decided of others.
fn pairs(material: &Material<'_>, page: &mut Page) {
    let doubtful = material.settled.iter().filter_map(|settled| match &settled.finding.fact {
        Fact::PairDoubtful { candidates, crowd: None } => Some((settled, candidates)),
        _ => None,
    });
    let known = &material.standing.pairings;
    let mut rows: Vec<Row> = Vec::new();
    for (settled, candidates) in doubtful {
        let unit = settled.finding.unit.clone().unwrap_or_default();
        let submitted = settled.finding.task.clone().unwrap_or_default();
        for candidate in candidates {
            let key = pair_key(&unit, &submitted, &candidate.task);
            // As it is shown, and so was decided.
            let shown = pair_key(&unit, &masked(&submitted), &masked(&candidate.task));
            if known.contains_key(&key) || known.contains_key(&shown) {
                continue;
            }
            let like = decided::likeness(candidate.seq, candidate.likeness);
            rows.push(Row {
                about: [unit.clone(), submitted.clone(), candidate.task.clone(), like],
                ..Row::default()
            });
        }
    }
    rows.extend(known.values().map(|pairing| Row {
        about: [
            pairing.unit.clone(),
            pairing.submitted.clone(),
            pairing.task.clone(),
            String::new(),
        ],
        beside: from(&pairing.origin),
        decided: [pairing.choice.chinese().to_owned(), pairing.opinion.clone(), pairing.by.clone()],
    }));
    let names = [
        stamp::UNIT_HEADING,
        stamp::SUBMITTED_HEADING,
        stamp::COUNTERPART_HEADING,
        "依据",
        "已作处理",
    ];
    let words = [Paired::Same, Paired::NotSame].map(|choice| choice.chinese().to_owned());
    table(page, (decided::PAIRS, decided::ABOUT_PAIRS), names, rows, words.to_vec(), 2);
}

/// Headings that may be a column, and those that were adopted.
fn headings(material: &Material<'_>, page: &mut Page) {
    let known = &material.standing.headings;
    let mut rows: Vec<Row> = Vec::new();
    for settled in material.settled {
        let finding = &settled.finding;
        let column = finding.field.as_ref().map(|name| material.pipeline.field_title(name));
        let offered: Vec<(String, String)> = match &finding.fact {
            Fact::ColumnMissing(
                Lacking::NotThere { nearest: Some(near), .. }
                | Lacking::PartOfKey { nearest: Some(near), .. },
            ) => {
                vec![(near.heading.clone(), column.unwrap_or_default())]
            }
            Fact::ColumnMissing(Lacking::Nowhere { columns, .. }) => columns
                .iter()
                .filter_map(|column| {
                    Some((column.nearest.as_ref()?.heading.clone(), column.title.clone()))
                })
                .collect(),
            Fact::ColumnMissing(Lacking::Ambiguous { headings, .. }) => headings
                .iter()
                .map(|heading| (heading.clone(), column.clone().unwrap_or_default()))
                .collect(),
            Fact::ColumnUnknown { heading, taken_for, .. } if !heading.is_empty() => {
                let taken_for = taken_for.as_ref().map(|name| material.pipeline.field_title(name));
                vec![(heading.clone(), taken_for.unwrap_or_default())]
            }
            _ => continue,
        };
        let place = [finding.file.clone(), finding.sheet.clone()];
        let place: Vec<String> = place.into_iter().flatten().collect();
        for (heading, column) in offered {
            let is_known = known.contains_key(&crate::model::fold::key(&heading));
            let is_there = rows.iter().any(|row| row.about[1] == heading);
            if !is_known && !is_there {
                let about =
                    [place.join(" › "), heading, column, settled.severity.chinese().to_owned()];
                rows.push(Row { about, ..Row::default() });
            }
        }
    }
    rows.extend(known.values().map(|adopted| Row {
        about: [
            String::new(),
            adopted.heading.clone(),
            material.pipeline.field_title(&adopted.field),
            String::new(),
        ],
        beside: from(&adopted.origin),
        decided: [stamp::ADOPT_COLUMN.to_owned(), adopted.opinion.clone(), adopted.by.clone()],
    }));
    let names = ["出处", stamp::SHEET_HEADING, stamp::COLUMN_HEADING, "性质", "已作处理"];
    let words = vec![stamp::ADOPT_COLUMN.to_owned()];
    table(page, (decided::HEADINGS, decided::ABOUT_HEADINGS), names, rows, words, 1);
}

/// Waivers that were given, and findings that somebody has pleaded for and that end no other way.
fn waivers(material: &Material<'_>, page: &mut Page) {
    let is_waived = |settled: &&Settled| {
        let decision = settled.decision.as_ref();
        decision.is_some_and(|decision| decision.decided == Decided::Waived)
    };
    let is_asked = |settled: &&Settled| {
        settled.status == Status::Answered
            && settled.severity == Severity::Mandatory
            && settled.finding.side == Side::Submission
    };
    let settled = || material.settled.iter();
    let shown =
        settled().filter(is_waived).chain(settled().filter(|s| is_asked(s) && !is_waived(s)));
    let rows = shown.map(|settled| {
        let finding = &settled.finding;
        let decision = settled.decision.as_ref().filter(|_| is_waived(&settled));
        let until = decision.and_then(|decision| decision.until);
        Row {
            about: [
                settled.id.clone(),
                format!(
                    "{} {}",
                    finding.unit.clone().unwrap_or_default(),
                    finding.task.clone().unwrap_or_default()
                ),
                pages::in_short(finding, material.pipeline),
                settled.severity.chinese().to_owned(),
            ],
            beside: until.map(wording::month_text).unwrap_or_default(),
            decided: decision.map_or_else(Default::default, |decision| {
                [
                    Decided::Waived.chinese().to_owned(),
                    decision.opinion.clone(),
                    decision.by.clone(),
                ]
            }),
        }
    });
    let rows = rows.collect();
    let names = [stamp::ID_HEADING, "单位和任务", "差异", "性质", stamp::UNTIL_HEADING];
    let words = vec![Decided::Waived.chinese().to_owned()];
    table(page, (decided::WAIVERS, decided::ABOUT_WAIVERS), names, rows, words, 3);
}
