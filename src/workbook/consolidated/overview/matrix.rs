//! The findings by kind and unit, as many units beside each other as a page has room for.

use std::collections::BTreeMap;

use super::{ALL, NOBODY, section};
use crate::model::{Kind, Side};
use crate::wording::{self, overview};
use crate::workbook::consolidated::Material;
use crate::workbook::page::{Line, Look, Page, PageCell, count_cell, text_cell};

/// Units beside each other.
const BESIDE: usize = 10;

/// Lays out the tables.
pub fn matrix(material: &Material<'_>, page: &mut Page) {
    let mut table: BTreeMap<Kind, BTreeMap<&str, usize>> = BTreeMap::new();
    for (_, settled) in material.on_side(Side::Submission) {
        let unit = settled.finding.unit.as_deref().unwrap_or(NOBODY);
        *table.entry(settled.finding.kind()).or_default().entry(unit).or_default() += 1;
    }
    section(page, overview::BY_KIND);
    if table.is_empty() {
        let words = wording::no_findings(&material.lookup.all_submitted);
        page.lines.push(Line::words(words, Look::Plain, ALL));
        return;
    }
    let occurs = |unit: &&str| table.values().any(|by_unit| by_unit.contains_key(unit));
    let mut units: Vec<&str> = material.plan.names.units.iter().map(String::as_str).collect();
    // Few units are shown whether something was found or not; of many, those of which it was.
    if units.len() > BESIDE {
        units.retain(occurs);
    }
    if occurs(&NOBODY) {
        units.push(NOBODY);
    }
    let blocks: Vec<&[&str]> = units.chunks(BESIDE).collect();
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 {
            page.lines.push(Line::blank());
            page.breaks.push(page.lines.len());
        }
        let is_last = place + 1 == blocks.len();
        let in_block =
            |by_unit: &BTreeMap<&str, usize>| block.iter().any(|unit| by_unit.contains_key(unit));
        let mut heading = vec![PageCell { span: 2, ..text_cell(overview::KIND, Look::Heading) }];
        heading.push(text_cell("", Look::Heading));
        heading.extend(block.iter().map(|unit| text_cell(*unit, Look::Heading)));
        if is_last {
            heading.push(text_cell("合计", Look::Heading));
        }
        page.lines.push(Line::of(heading));
        for (kind, by_unit) in table.iter().filter(|(_, by_unit)| is_last || in_block(by_unit)) {
            let mut cells =
                vec![PageCell { span: 2, ..text_cell(kind.entry().title.chinese, Look::Text) }];
            cells.push(text_cell("", Look::Text));
            cells.extend(block.iter().map(|unit| match by_unit.get(unit) {
                Some(count) => count_cell(*count, Look::Centre),
                None => text_cell("", Look::Centre),
            }));
            if is_last {
                cells.push(count_cell(by_unit.values().sum(), Look::Centre));
            }
            page.lines.push(Line::of(cells));
        }
    }
}
