//! 核对范围: every check that was owed, rule by rule and unit by unit, and why some were not made.

use std::collections::BTreeMap;

use super::{COVERAGE, Material, OF_NO_UNIT};
use crate::check::ledger::{Count, Held, Reason};
use crate::model::UnitId;
use crate::wording::{
    ABOUT_COVERAGE, OUTCOMES, coverage_line, folded_rules, held_title, overview, reason_text,
};
use crate::workbook::page::{Line, Look, Orientation, Page, Shown, count_cell, text_cell};

const WIDTHS: [f64; 7] = [16.0, 50.0, 8.0, 8.0, 8.0, 8.0, 52.0];
const ALL: u16 = 7;

/// Lays out the page.
pub fn page(material: &Material<'_>) -> Page {
    let mut page = Page {
        name: COVERAGE.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        ..Page::default()
    };
    page.lines.push(Line::words("核对范围", Look::Title, ALL));
    page.lines.push(Line::words(coverage_line(&material.lookup.all()), Look::Plain, ALL));
    page.lines.push(Line::words(ABOUT_COVERAGE, Look::Plain, ALL));
    rules(material, &mut page);
    page
}

/// Rule by rule: all units together, then each; what agrees in full is folded away, a
/// rule or a unit of one.
fn rules(material: &Material<'_>, page: &mut Page) {
    let names = [
        &material.pipeline.unit_title(),
        "核对项",
        "应核对",
        OUTCOMES[0],
        OUTCOMES[1],
        OUTCOMES[2],
        "未核对的原因",
    ];
    page.heading = Some(page.lines.len());
    page.lines.push(Line::of(names.map(|name| text_cell(name, Look::Heading)).to_vec()));
    let mut by_rule: BTreeMap<Held, Vec<(Option<UnitId>, &Count)>> = BTreeMap::new();
    for ((held, unit), count) in &material.result.coverage {
        by_rule.entry(*held).or_default().push((*unit, count));
    }
    let mut folded = 0;
    for (held, of_units) in by_rule {
        let title = held_title(held, material.pipeline);
        let is_summed = of_units.len() > 1;
        let whole = added_up(of_units.iter().map(|(_, count)| *count));
        let is_agreed = whole.agrees == whole.owed;
        folded += usize::from(is_agreed);
        let shown = if is_agreed { Shown::Folded } else { Shown::AtOnce };
        if is_summed {
            let line = rule_line(overview::ALL_UNITS, &title, &whole, Look::TotalText);
            page.lines.push(Line { shown, ..line });
        }
        // Where all units lack the same, the line of all says it.
        let alike = of_units.iter().all(|(_, count)| {
            let reason = count.reasons.keys().next();
            count.not_checked == count.owed && reason == of_units[0].1.reasons.keys().next()
        });
        for (unit, count) in &of_units {
            let unit = unit.map_or(OF_NO_UNIT, |unit| material.plan.names.name(unit));
            let line = rule_line(unit, &title, count, Look::Text);
            let agrees = count.agrees == count.owed;
            let is_told = is_summed && (agrees || alike);
            let shown = if is_told { Shown::Folded } else { shown };
            page.lines.push(Line { shown, ..line });
        }
    }
    if folded > 0 {
        page.lines.push(Line::words(folded_rules(folded), Look::Plain, ALL));
    }
}

fn added_up<'a>(counts: impl Iterator<Item = &'a Count>) -> Count {
    counts.fold(Count::default(), |mut sum, count| {
        sum.owed += count.owed;
        sum.agrees += count.agrees;
        sum.differs += count.differs;
        sum.not_checked += count.not_checked;
        for (reason, number) in &count.reasons {
            *sum.reasons.entry(*reason).or_default() += number;
        }
        sum
    })
}

fn rule_line(unit: &str, title: &str, count: &Count, look: Look) -> Line {
    let mut cells = vec![text_cell(unit, look), text_cell(title, look)];
    let counts = [count.owed, count.agrees, count.differs, count.not_checked];
    cells.extend(counts.map(|count| count_cell(count, Look::Centre)));
    cells.push(text_cell(reasons(count), Look::Text));
    Line::of(cells)
}

fn reasons(count: &Count) -> String {
    let said = Reason::ALL.iter().filter_map(|reason| {
        let number = count.reasons.get(reason)?;
        Some(format!("{} {number}", reason_text(*reason)))
    });
    said.collect::<Vec<_>>().join("、")
}
