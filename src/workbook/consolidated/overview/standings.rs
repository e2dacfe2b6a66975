//! Where every unit stands: whether it has sent, what is open, how much money is in question, whom to
//! ask.

use std::collections::{BTreeMap, BTreeSet};

use super::{NOBODY, headings_again, section, submitted};
use crate::model::amount::sum_in;
use crate::model::fact::NOT_FILLED_IN;
use crate::model::{FindingId, Kind, Severity, Status};
use crate::roster::Standing;
use crate::wording::{overview, pages};
use crate::workbook::consolidated::table::sum_cell;
use crate::workbook::consolidated::{FINDINGS, Material, OVERVIEW};
use crate::workbook::marks::Marks;
use crate::workbook::page::{
    Line, Look, Page, PageCell, count_cell, decimal_cell, link_cell, text_cell, wide,
};

/// Where the lines of the units are: first and last.
pub type Lines = (usize, usize);

/// The columns of open findings, mandatory and to be verified.
pub const OPEN: [usize; 2] = [4, 5];
const STANDING: usize = 1;
const FIRST_COUNT: usize = 2;
const AMOUNT: usize = 7;

/// Lays out the table.
pub fn table(
    material: &Material<'_>,
    page: &mut Page,
    marks: &mut Marks,
    listed: &BTreeMap<usize, usize>,
) -> Lines {
    section(page, overview::STANDINGS);
    let mut heading: Vec<PageCell> = overview::standing_headings(material.pipeline)
        .into_iter()
        .map(|name| text_cell(name, Look::Heading))
        .collect();
    wide(&mut heading, overview::CONTACT, Look::Heading, 2);
    wide(&mut heading, overview::FILES, Look::Heading, 2);
    page.lines.push(Line::of(heading));
    let in_question = in_question(material);
    let ranks = ranks(&in_question);
    let first = page.lines.len();
    for (count, unit) in material.result.units.iter().enumerate() {
        headings_again(page, first - 1, count);
        let line = page.lines.len();
        let name = unit.unit.as_str();
        let own: Vec<usize> = material.of_unit(Some(name)).map(|(place, _)| place).collect();
        let list = own.iter().filter_map(|place| listed.get(place)).min();
        let named = match list {
            Some(at) => link_cell(&format!("{}!A{}", FINDINGS, at + 1), name),
            None => text_cell(name, Look::Centre),
        };
        let mut cells = vec![
            named,
            text_cell(unit.standing.chinese(), Look::Centre),
            count_cell(unit.tasks, Look::Centre),
            count_cell(unit.matched, Look::Centre),
        ];
        cells.extend(open(material, &own));
        let amount = in_question.get(name).copied().unwrap_or(0);
        cells.push(decimal_cell(&sum_in(material.pipeline.money, amount), Look::Figure));
        cells.push(match ranks.get(name) {
            Some(rank) => count_cell(*rank, Look::Centre),
            None => text_cell("", Look::Centre),
        });
        wide(&mut cells, pages::contact(&unit.contacts), Look::Text, 2);
        wide(&mut cells, unit.files.join("、"), Look::Text, 2);
        page.lines.push(Line::of(cells));
        mark_standing(material, marks, &own, line);
    }
    nobodys(material, page);
    let last = page.lines.len() - 1;
    page.lines.push(sum_line(material, page, (first, last)));
    page.lines.push(Line::words(
        overview::about_standings(&main_title(material)),
        Look::Plain,
        super::ALL,
    ));
    if let Some(said) = nothing_to_report(material) {
        page.lines.push(Line::words(said, Look::Plain, super::ALL));
    }
    (first, last)
}

/// Why units have nothing to report, in one line; none where all have something.
pub fn nothing_to_report(material: &Material<'_>) -> Option<String> {
    let zero = material.result.units.iter().filter(|unit| unit.standing == Standing::Zero);
    let said: Vec<(&str, &str)> =
        zero.map(|unit| (unit.unit.as_str(), unit.nothing_because.as_str())).collect();
    overview::nothing_to_report(&said)
}

fn main_title(material: &Material<'_>) -> String {
    let main = material.overview_columns().first().copied();
    main.map_or_else(String::new, |field| material.title_of(field))
}

/// Open findings by severity, and those that were answered.
fn open(material: &Material<'_>, own: &[usize]) -> [PageCell; 3] {
    let count = |wanted: &dyn Fn(&crate::findings::Settled) -> bool| {
        count_cell(
            own.iter().filter(|place| wanted(&material.settled[**place])).count(),
            Look::Centre,
        )
    };
    [
        count(&|settled| settled.is_open() && settled.severity == Severity::Mandatory),
        count(&|settled| settled.is_open() && settled.severity == Severity::Verify),
        count(&|settled| settled.status == Status::Answered),
    ]
}

/// Findings about files of which nobody knows whose they are.
fn nobodys(material: &Material<'_>, page: &mut Page) {
    let own: Vec<usize> = material.of_unit(None).map(|(place, _)| place).collect();
    if !own.iter().any(|place| material.settled[*place].is_open()) {
        return;
    }
    let mut cells = vec![
        text_cell(NOBODY, Look::Centre),
        text_cell("", Look::Centre),
        text_cell("", Look::Centre),
        text_cell("", Look::Centre),
    ];
    cells.extend(open(material, &own));
    cells.extend([text_cell("", Look::Figure), text_cell("", Look::Centre)]);
    wide(&mut cells, "", Look::Text, 2);
    let files: BTreeSet<&str> =
        own.iter().filter_map(|place| material.settled[*place].finding.file.as_deref()).collect();
    let files: Vec<&str> = files.into_iter().collect();
    wide(&mut cells, files.join("、"), Look::Text, 2);
    page.lines.push(Line::of(cells));
}

fn mark_standing(material: &Material<'_>, marks: &mut Marks, own: &[usize], line: usize) {
    for &place in own {
        let finding = &material.settled[place].finding;
        let is_standing = matches!(
            finding.kind(),
            Kind::SubmissionMissing | Kind::SubmissionUnreadable | Kind::SubmissionDuplicate
        ) || finding.fact == NOT_FILLED_IN;
        if is_standing {
            marks.add(place, OVERVIEW, line, STANDING);
        }
    }
}

fn sum_line(material: &Material<'_>, page: &Page, (first, last): Lines) -> Line {
    let unsent: Vec<&str> = material
        .result
        .units
        .iter()
        .filter(|unit| !submitted(unit.standing))
        .map(|unit| unit.unit.as_str())
        .collect();
    let label = if unsent.is_empty() { "合计" } else { "部分合计" };
    let mut cells = vec![text_cell(label, Look::TotalText), text_cell("", Look::TotalText)];
    for column in FIRST_COUNT..=AMOUNT {
        cells.push(sum_cell(page, column, first, last + 1));
    }
    cells.push(text_cell("", Look::TotalText));
    wide(&mut cells, pages::without(&unsent), Look::TotalText, 4);
    Line::of(cells)
}

/// How much of the first amount column each unit's open findings move, up or down, in 分.
fn in_question<'a>(material: &Material<'a>) -> BTreeMap<&'a str, i128> {
    let Some(main) = material.overview_columns().first().copied() else { return BTreeMap::new() };
    let is_open = |finding: Option<FindingId>| {
        finding.is_some_and(|finding| material.settled[usize::from(finding)].is_open())
    };
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for movement in material.movements {
        if movement.field == main && is_open(movement.finding) {
            let unit = material.plan.names.name(movement.unit);
            *sums.entry(unit).or_default() += movement.amount.abs();
        }
    }
    sums
}

/// The units with money in question, the most first; equal sums share a rank.
fn ranks<'a>(sums: &BTreeMap<&'a str, i128>) -> BTreeMap<&'a str, usize> {
    let mut sorted: Vec<i128> = sums.values().copied().filter(|sum| *sum > 0).collect();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    sums.iter()
        .filter(|(_, sum)| **sum > 0)
        .map(|(unit, sum)| (*unit, sorted.partition_point(|other| other > sum) + 1))
        .collect()
}
