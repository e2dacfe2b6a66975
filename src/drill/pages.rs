//! What the pages of the consolidated workbook say of a planted fault. A finding that is made is
//! not yet a finding that is read: the list must show it, and no line about the same task, or about
//! the same column of its unit, may claim that all is well.
//!
//! It is no check of the figures on the pages, which the workbook's re-reading proves.

use super::material::Case;
use crate::check::ledger::Held;
use crate::findings::Settled;
use crate::model::{IdSlice, Month, Severity, Side, Status};
use crate::pipeline::Pipeline;
use crate::reconcile::Reconciliation;
use crate::run::Request;
use crate::wording;
use crate::workbook::consolidated::{self, FINDINGS, Material, TABLE, TakenIn, UNITS};
use crate::workbook::lookup::Lookup;
use crate::workbook::{Content, Line, Page, cell_name};

/// A cell of a page that keeps silent about a fault, or a page on which nothing stands for it.
pub type Silent = String;

/// Returns where the pages are silent about what was planted; `planted` are the findings that had
/// to be found.
pub fn silent(
    case: &Case,
    reconciled: &Reconciliation<'_>,
    pipeline: &Pipeline,
    request: &Request,
    plan_from: Month,
    planted: &[Settled],
) -> Vec<Silent> {
    let lookup = Lookup::of(
        &reconciled.plan,
        &reconciled.roster,
        &reconciled.ledger,
        &reconciled.settled,
        pipeline,
    );
    let material = Material::of(
        reconciled,
        pipeline,
        request.period,
        &lookup,
        TakenIn {
            received: IdSlice::from_ref(&case.received),
            extracts: IdSlice::from_ref(&case.extracts),
            plan_file: &case.plan.received,
            plan_from: Some(plan_from),
            returned: &[],
            passed_over: &[],
        },
    );
    let (pages, marks) = consolidated::pages(&material);
    let page = |name: &str| pages.iter().find(|page| page.name == name);
    let mut silent = Vec::new();
    for settled in planted {
        let list = page(FINDINGS).map_or(&[][..], |page| &page.lines);
        if !list.iter().any(|line| texts(line).any(|text| text == settled.id)) {
            silent.push(format!("{FINDINGS}: {}", settled.id));
        }
        let is_serious = settled.severity > Severity::Note && settled.status == Status::Open;
        if settled.finding.side == Side::Plan || !is_serious {
            continue;
        }
        let place = reconciled.settled.iter().position(|other| other.id == settled.id);
        let marked = place.and_then(|place| marks.line_on(place, TABLE));
        if let (Some((at, _)), Some(table)) = (marked, page(TABLE)) {
            silent.extend(claim(table, at));
        }
        if let Some(units) = page(UNITS) {
            silent.extend(about(settled, reconciled, pipeline, units));
        }
    }
    silent
}

/// The line of a unit and an amount column, where a check of just this column differs and the line
/// claims that nothing does.
fn about(
    settled: &Settled,
    reconciled: &Reconciliation<'_>,
    pipeline: &Pipeline,
    units: &Page,
) -> Option<Silent> {
    let place = reconciled.settled.iter().position(|other| other.id == settled.id)?;
    let fields = reconciled.ledger.iter().filter_map(|line| match line.held {
        Held::Compare(field) | Held::Total(field) if line.finding == Some(place.into()) => {
            Some((line.unit?, field))
        }
        _ => None,
    });
    let mut lines = fields.filter_map(|(unit, field)| {
        let unit = reconciled.plan.names.name(unit);
        let title = pipeline.quantity_title(crate::pipeline::Quantity::Column(field));
        let is_own = |line: &Line| {
            let mut texts = texts(line);
            texts.next() == Some(unit) && texts.next() == Some(title.as_str())
        };
        let at = units.lines.iter().position(is_own)?;
        claim(units, at)
    });
    lines.next()
}

/// The cell of a line that claims agreement.
fn claim(page: &Page, at: usize) -> Option<Silent> {
    let cells = &page.lines.get(at)?.cells;
    let column = cells.iter().position(|cell| match &cell.content {
        Content::Text(text) => wording::is_claim(text),
        _ => false,
    })?;
    Some(cell_name(&page.name, at, column))
}

fn texts(line: &Line) -> impl Iterator<Item = &str> {
    line.cells.iter().filter_map(|cell| match &cell.content {
        Content::Text(text) => Some(text.as_str()),
        _ => None,
    })
}
