//! 变化情况: what became of the earlier period's findings, and which are new.

use std::collections::BTreeMap;

use super::{CHANGES, Material};
use crate::findings::Settled;
use crate::model::words::Language;
use crate::model::{Life, Severity, Side};
use crate::wording::{self, pages};
use crate::workbook::page::{Line, Look, Orientation, Page, count_cell, seq_cell, text_cell};

const WIDTHS: [f64; 8] = [16.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 60.0];
const ALL: u16 = 8;

/// Lays out the page; a first period has none.
pub fn page(material: &Material<'_>) -> Option<Page> {
    let earlier = material.result.earlier.as_ref()?;
    let mut page = Page {
        name: CHANGES.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        ..Page::default()
    };
    page.lines.push(Line::words("变化情况", Look::Title, ALL));
    if let Some(schema) = &material.result.not_followed {
        let said = wording::not_followed(earlier, schema, Language::Chinese);
        page.lines.push(Line::words(said, Look::Plain, ALL));
        return Some(page);
    }
    let counted = counted(material);
    let of_life = |life: Life| counted.iter().filter(|settled| settled.life == life).count();
    let lives = pages::Lives {
        new: of_life(Life::New),
        of_new_rules: counted.iter().filter(|settled| settled.of_new_rule).count(),
        same: of_life(Life::Same),
        changed: of_life(Life::Changed),
        reopened: of_life(Life::Reopened),
        resolved: material.result.resolved.len(),
        unseen: material.unseen().count(),
    };
    page.lines.push(Line::words(pages::lives(earlier, lives), Look::Plain, ALL));
    if !material.result.lapsed.is_empty() {
        let said = wording::lapsed(material.result.lapsed.len(), Language::Chinese);
        page.lines.push(Line::words(said, Look::Plain, ALL));
    }
    page.lines.push(Line::blank());
    page.lines.push(Line::words("一、各单位", Look::Section, ALL));
    by_unit(material, &counted, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words("二、已解决的差异", Look::Section, ALL));
    resolved(material, &mut page);
    if material.unseen().next().is_some() {
        page.lines.push(Line::blank());
        page.lines.push(Line::words("三、上期的差异，本期未能核对", Look::Section, ALL));
        unseen(material, &mut page);
    }
    Some(page)
}

/// The findings of this period that are counted here.
fn counted<'a>(material: &Material<'a>) -> Vec<&'a Settled> {
    let counts = |settled: &&Settled| {
        settled.finding.side == Side::Submission && settled.severity > Severity::Note
    };
    material.settled.iter().filter(counts).collect()
}

fn heading(page: &mut Page, names: [&str; 8]) {
    page.lines.push(Line::headings(names));
}

fn by_unit(material: &Material<'_>, counted: &[&Settled], page: &mut Page) {
    heading(
        page,
        ["单位", "已解决", "未变", "有变化", "再次出现", "新增", "本期差异", "最久未解决"],
    );
    let mut by_unit: BTreeMap<&str, Vec<&Settled>> = BTreeMap::new();
    for &settled in counted {
        if let Some(unit) = settled.finding.unit.as_deref() {
            by_unit.entry(unit).or_default().push(settled);
        }
    }
    let mut resolved_of: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &material.result.resolved {
        if let Some(unit) = line.unit.as_deref() {
            *resolved_of.entry(unit).or_default() += 1;
        }
    }
    for unit in &material.plan.names.units {
        let own = by_unit.get(unit.as_str()).map_or(&[][..], Vec::as_slice);
        let lives = |life: Life| own.iter().filter(|settled| settled.life == life).count();
        let resolved = resolved_of.get(unit.as_str()).copied().unwrap_or(0);
        let longest = own.iter().map(|settled| settled.months).max().filter(|months| *months > 1);
        let longest = longest.map(pages::longest);
        page.lines.push(Line::of(vec![
            text_cell(unit.clone(), Look::Centre),
            count_cell(resolved, Look::Centre),
            count_cell(lives(Life::Same), Look::Centre),
            count_cell(lives(Life::Changed), Look::Centre),
            count_cell(lives(Life::Reopened), Look::Centre),
            count_cell(lives(Life::New), Look::Centre),
            count_cell(own.len(), Look::Centre),
            text_cell(longest.unwrap_or_default(), Look::Text),
        ]));
    }
}

fn resolved(material: &Material<'_>, page: &mut Page) {
    const BEFORE_MESSAGE: usize = 4;
    if material.result.resolved.is_empty() {
        page.lines.push(Line::words(pages::NOTHING_RESOLVED, Look::Plain, ALL));
        return;
    }
    let span = ALL - u16::try_from(BEFORE_MESSAGE).unwrap_or(0);
    let mut names = vec!["单位", "序号", "项目", "差异类型", "上期的说明"];
    names.resize(usize::from(ALL), "");
    let mut cells: Vec<_> = names.into_iter().map(|name| text_cell(name, Look::Heading)).collect();
    cells[BEFORE_MESSAGE].span = span;
    page.lines.push(Line::of(cells));
    for line in &material.result.resolved {
        let field = line.field.as_ref().map(|name| material.pipeline.field_title(name));
        let mut cells = vec![
            text_cell(line.unit.clone().unwrap_or_default(), Look::Centre),
            seq_cell(line.seq),
            text_cell(field.unwrap_or_default(), Look::Centre),
            text_cell(line.kind.entry().title.chinese, Look::Centre),
            text_cell(line.message.clone(), Look::Text),
        ];
        cells[BEFORE_MESSAGE].span = span;
        cells.resize(usize::from(ALL), text_cell("", Look::Text));
        page.lines.push(Line::of(cells));
    }
}

/// What could not be looked at again: the unit is silent, its sheet or a column is not there.
fn unseen(material: &Material<'_>, page: &mut Page) {
    heading(page, ["单位", "序号", "项目", "差异类型", "第几期", "", "", "上期的说明"]);
    for (_, line) in material.unseen() {
        let field = line.field.as_ref().map(|name| material.pipeline.field_title(name));
        let months = usize::try_from(line.months).unwrap_or(usize::MAX);
        page.lines.push(Line::of(vec![
            text_cell(line.unit.clone().unwrap_or_default(), Look::Centre),
            seq_cell(line.seq),
            text_cell(field.unwrap_or_default(), Look::Centre),
            text_cell(line.kind.entry().title.chinese, Look::Centre),
            count_cell(months, Look::Centre),
            text_cell("", Look::Text),
            text_cell("", Look::Text),
            text_cell(line.message.clone(), Look::Text),
        ]));
    }
}
