//! 更正前后: what changed against the run before of the same period, unit by unit: the files, the sums,
//! the findings that are gone, those that are new.

use std::collections::{BTreeMap, BTreeSet};

use super::{CORRECTED, Material};
use crate::findings::{Corrected, CorrectedUnit};
use crate::model::FindingId;
use crate::model::amount::less;
use crate::model::words::{Language, shortened};
use crate::wording::{self, overview, pages};
use crate::workbook::page::{
    Line, Look, Orientation, Page, PageCell, count_cell, decimal_cell, link_cell, seq_cell,
    text_cell,
};

const WIDTHS: [f64; 10] = [14.0, 10.0, 10.0, 16.0, 14.0, 14.0, 12.0, 9.0, 9.0, 9.0];
const ALL: u16 = 10;
/// Signs of a hash that tell two versions of a file apart.
const HASH: usize = 8;
/// The last columns, which count findings.
const COUNTS: usize = 3;

/// Lays out the page; a first run has none. `listed` are the lines of the findings in the list.
pub fn page(material: &Material<'_>, listed: &BTreeMap<usize, usize>) -> Option<Page> {
    let corrected = material.result.corrected.as_ref()?;
    let mut page = Page {
        name: CORRECTED.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        ..Page::default()
    };
    page.lines.push(Line::words(pages::CORRECTED, Look::Title, ALL));
    let anew = corrected.units.iter().filter(|unit| unit.sent_anew()).count();
    let words = pages::about_corrected(anew, corrected.gone.len(), corrected.new.len());
    page.lines.push(Line::words(words, Look::Plain, ALL));
    page.lines.push(Line::blank());
    page.lines.push(Line::words(overview::numbered(0, pages::CORRECTED_UNITS), Look::Section, ALL));
    units(material, corrected, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words(overview::numbered(1, pages::CORRECTED_FILES), Look::Section, ALL));
    files(corrected, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words(overview::numbered(2, pages::GONE), Look::Section, ALL));
    gone(material, corrected, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words(overview::numbered(3, pages::NEW), Look::Section, ALL));
    found(material, &corrected.new, pages::NOTHING_NEW, listed, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words(overview::numbered(4, pages::STILL), Look::Section, ALL));
    let still = still_there(material, corrected);
    found(material, &still, pages::NOTHING_STILL, listed, &mut page);
    Some(page)
}

fn heading(page: &mut Page, names: &[&str]) {
    let mut cells: Vec<PageCell> =
        names.iter().map(|name| text_cell(*name, Look::Heading)).collect();
    if cells.len() < usize::from(ALL) {
        widened(&mut cells, Look::Heading);
    }
    page.lines.push(Line::of(cells));
}

/// Widens the last cell to the page's edge.
fn widened(cells: &mut Vec<PageCell>, look: Look) {
    let own = u16::try_from(cells.len()).unwrap_or(ALL);
    if let Some(last) = cells.last_mut() {
        last.span = ALL + 1 - own;
    }
    cells.resize(usize::from(ALL), text_cell("", look));
}

/// A line a unit and amount column.
fn units(material: &Material<'_>, corrected: &Corrected, page: &mut Page) {
    heading(
        page,
        &[
            &material.pipeline.unit_title(),
            "此前状态",
            "本次状态",
            overview::AMOUNT_COLUMN,
            "此前报送数",
            "本次报送数",
            "变动",
            "不再出现",
            "新出现",
            "仍存在",
        ],
    );
    let first = page.lines.len();
    for unit in &corrected.units {
        let sums = unit.reported.iter().map(Some);
        let sums: Vec<_> = if unit.reported.is_empty() { vec![None] } else { sums.collect() };
        for (place, sum) in sums.into_iter().enumerate() {
            let mut line = unit_line(material, unit, sum);
            // Once a unit, so that the columns add up.
            if place > 0 {
                let counts = line.cells.len() - COUNTS;
                line.cells[counts..].fill(text_cell("", Look::Centre));
            }
            page.lines.push(line);
        }
    }
    if page.lines.len() == first {
        page.lines.push(Line::words(pages::NOTHING_OPEN_OR_CHANGED, Look::Plain, ALL));
    }
}

fn unit_line(
    material: &Material<'_>,
    unit: &CorrectedUnit,
    sum: Option<&(String, [String; 2])>,
) -> Line {
    let standing = unit.standing.map(|standing| text_cell(standing.chinese(), Look::Centre));
    let mut cells = vec![text_cell(unit.unit.clone(), Look::Centre)];
    cells.extend(standing);
    match sum {
        Some((field, [then, now])) => {
            cells.push(text_cell(material.pipeline.field_title(field), Look::Centre));
            cells.extend([then, now].map(|sum| decimal_cell(sum, Look::Figure)));
            let difference = less(now, then, material.pipeline.money);
            cells.push(difference.map_or_else(
                || text_cell("", Look::Figure),
                |difference| decimal_cell(&difference, Look::Figure),
            ));
        }
        None => cells.extend((0..4).map(|_| text_cell("", Look::Figure))),
    }
    cells.extend([unit.gone, unit.new, unit.same].map(|count| count_cell(count, Look::Centre)));
    Line::of(cells)
}

/// Which files are others than before.
fn files(corrected: &Corrected, page: &mut Page) {
    let changed: Vec<&CorrectedUnit> =
        corrected.units.iter().filter(|unit| unit.sent_anew()).collect();
    if changed.is_empty() {
        page.lines.push(Line::words(pages::NO_FILE_CHANGED, Look::Plain, ALL));
        return;
    }
    heading(
        page,
        &["单位", "此前的文件（SHA-256 前 8 位）", "", "", "", "本次的文件（SHA-256 前 8 位）"],
    );
    if let Some(line) = page.lines.last_mut() {
        line.cells[1].span = 4;
    }
    for unit in changed {
        let [then, now] = unit.files.clone().map(|files| {
            let named: Vec<String> = files
                .iter()
                .map(|(name, hash)| {
                    format!("{name}（{}）", hash.chars().take(HASH).collect::<String>())
                })
                .collect();
            if named.is_empty() { pages::NO_FILE.to_owned() } else { named.join("、") }
        });
        let mut cells = vec![
            text_cell(unit.unit.clone(), Look::Centre),
            PageCell { span: 4, ..text_cell(then, Look::Text) },
        ];
        cells.extend((0..3).map(|_| text_cell("", Look::Text)));
        cells.push(text_cell(now, Look::Text));
        widened(&mut cells, Look::Text);
        page.lines.push(Line::of(cells));
    }
}

fn gone(material: &Material<'_>, corrected: &Corrected, page: &mut Page) {
    if corrected.gone.is_empty() {
        page.lines.push(Line::words(pages::NOTHING_GONE, Look::Plain, ALL));
        return;
    }
    heading(page, &["单位", "序号", "项目", "差异类型", "此前的说明"]);
    for line in &corrected.gone {
        let field = line.field.as_ref().map(|name| material.pipeline.field_title(name));
        let mut cells = vec![
            text_cell(line.unit.clone().unwrap_or_default(), Look::Centre),
            seq_cell(line.seq),
            text_cell(field.unwrap_or_default(), Look::Centre),
            text_cell(line.kind.entry().title.chinese, Look::Centre),
            text_cell(line.message.clone(), Look::Text),
        ];
        widened(&mut cells, Look::Text);
        page.lines.push(Line::of(cells));
    }
}

/// What units that sent anew did not mend.
fn still_there(material: &Material<'_>, corrected: &Corrected) -> Vec<FindingId> {
    let anew: BTreeSet<&str> = corrected
        .units
        .iter()
        .filter(|unit| unit.sent_anew())
        .map(|unit| unit.unit.as_str())
        .collect();
    let is_theirs = |place: &FindingId| {
        let unit = material.settled[usize::from(*place)].finding.unit.as_deref();
        unit.is_some_and(|unit| anew.contains(unit))
    };
    corrected.same.iter().copied().filter(is_theirs).collect()
}

/// Findings of this run, with a link to each in the list.
fn found(
    material: &Material<'_>,
    places: &[FindingId],
    nothing: &str,
    listed: &BTreeMap<usize, usize>,
    page: &mut Page,
) {
    /// Of a message; the list has it whole.
    const LONGEST: usize = 120;
    if places.is_empty() {
        page.lines.push(Line::words(nothing, Look::Plain, ALL));
        return;
    }
    heading(page, &["单位", "序号", "项目", "差异类型", "说明"]);
    for &place in places {
        let place = usize::from(place);
        let settled = &material.settled[place];
        let finding = &settled.finding;
        let field = finding.field.as_ref().map(|name| material.pipeline.field_title(name));
        let said = wording::settled_message(settled, material.pipeline, Language::Chinese);
        let title = finding.kind().entry().title.chinese;
        let kind = match listed.get(&place) {
            Some(at) => link_cell(&format!("{}!A{}", super::FINDINGS, at + 1), title),
            None => text_cell(title, Look::Centre),
        };
        let mut cells = vec![
            text_cell(finding.unit.clone().unwrap_or_default(), Look::Centre),
            seq_cell(finding.seq),
            text_cell(field.unwrap_or_default(), Look::Centre),
            kind,
            text_cell(shortened(&said, LONGEST), Look::Text),
        ];
        widened(&mut cells, Look::Text);
        page.lines.push(Line::of(cells));
    }
}
