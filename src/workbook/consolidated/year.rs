//! 年度情况: where every unit stood in each period of the year, what was open then, and what of the money
//! had come in and was spent.

use std::collections::BTreeMap;

use super::overview::shares;
use super::{Material, YEAR};
use crate::findings::{YearLine, YearUnit};
use crate::model::Severity;
use crate::model::amount::shortest_decimal;
use crate::wording::year;
use crate::workbook::page::{Line, Look, Page, Rows, text_cell};

/// Places of a per cent in its hundredths.
const PLACES: u32 = 2;

/// Returns the periods of the year so far, the run's own last. That one names no run: the same inputs
/// give the same report, whatever its number.
pub fn lines(material: &Material<'_>) -> Vec<YearLine> {
    let mut lines = material.year_before.to_vec();
    lines.push(own(material));
    lines
}

/// The heading of a period.
pub fn heading(material: &Material<'_>, line: &YearLine) -> String {
    let own = material.version.map_or("", |version| version.batch.as_str());
    year::period(&line.period, if line.run.is_empty() { own } else { &line.run })
}

/// The run's own period.
fn own(material: &Material<'_>) -> YearLine {
    let rates = &material.pipeline.rates;
    let units = material.plan.names.units.keys().zip(&material.result.units);
    let units = units.map(|(unit, line)| {
        let shares = rates.iter().zip(shares(material, unit));
        let shares = shares.filter_map(|(rate, share)| {
            Some((rate.title.clone(), shortest_decimal(share?, PLACES)))
        });
        YearUnit {
            unit: line.unit.clone(),
            standing: line.standing,
            mandatory: material.open_of(&line.unit, Severity::Mandatory),
            verify: material.open_of(&line.unit, Severity::Verify),
            rates: shares.collect::<BTreeMap<_, _>>(),
        }
    });
    YearLine { period: material.period.to_string(), run: String::new(), units: units.collect() }
}

/// The units of any period: those of the plan in force first, then those it lists no more.
pub fn units(lines: &[YearLine]) -> Vec<&str> {
    let mut units: Vec<&str> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for unit in lines.iter().rev().flat_map(|line| &line.units) {
        if known.insert(unit.unit.as_str()) {
            units.push(&unit.unit);
        }
    }
    units
}

/// Lays out the page; the first period of a year has none.
pub fn page(material: &Material<'_>) -> Option<Page> {
    const UNIT: f64 = 14.0;
    const PERIOD: f64 = 17.0;
    let lines = lines(material);
    if lines.len() < 2 {
        return None;
    }
    let mut page = Page { name: YEAR.to_owned(), rows: Rows::Growing, ..Page::default() };
    page.widths = std::iter::once(UNIT).chain(lines.iter().map(|_| PERIOD)).collect();
    page.frozen_columns = 1;
    let span = u16::try_from(page.widths.len()).unwrap_or(u16::MAX);
    page.lines.push(Line::words(year::title(material.period.year), Look::Title, span));
    page.lines.push(Line::words(year::ABOUT, Look::Plain, span));
    page.heading = Some(page.lines.len());
    let mut cells = vec![text_cell(material.pipeline.unit_title(), Look::Heading)];
    let periods = lines.iter().map(|line| heading(material, line));
    cells.extend(periods.map(|period| text_cell(period, Look::Heading)));
    page.lines.push(Line::of(cells));
    let by_unit: Vec<BTreeMap<&str, &YearUnit>> = lines.iter().map(by_name).collect();
    for name in units(&lines) {
        let mut cells = vec![text_cell(name, Look::Centre)];
        cells.extend(by_unit.iter().map(|units| {
            text_cell(year::of_unit(units.get(name).copied()).join("\n"), Look::Centre)
        }));
        page.lines.push(Line::of(cells));
    }
    Some(page)
}

/// The units of a period by their names.
pub fn by_name(line: &YearLine) -> BTreeMap<&str, &YearUnit> {
    line.units.iter().map(|unit| (unit.unit.as_str(), unit)).collect()
}
