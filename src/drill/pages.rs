//! What the pages of the consolidated workbook say of a planted fault. A finding that is made is
//! not yet a finding that is read: the list must show it and have it stand out; no line about the
//! same task, or about the same column of its unit, and no sentence about the whole may claim that
//! all is well; and 核对范围 must count its checks as the ledger does.
//!
//! It is no check of the amounts on the pages, which the workbook's re-reading proves.

use super::material::Case;
use crate::check::ledger::{Held, Ledger, Outcome};
use crate::decisions::Standing;
use crate::extract::Elsewhere;
use crate::findings::Settled;
use crate::model::{IdSlice, Month, Severity, Side, Status, UnitId};
use crate::pipeline::Pipeline;
use crate::reconcile::Reconciliation;
use crate::run::Request;
use crate::wording;
use crate::workbook::consolidated::{
    self, COVERAGE, FINDINGS, Material, OF_NO_UNIT, TABLE, TakenIn, UNITS,
};
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
    let standing = Standing::default();
    let material = Material::of(
        reconciled,
        pipeline,
        request.period,
        &lookup,
        TakenIn {
            standing: &standing,
            decisions: 0,
            figures: "",
            received: IdSlice::from_ref(&case.received),
            extracts: IdSlice::from_ref(&case.extracts),
            plan_file: &case.plan.received,
            plan_from: Some(plan_from),
            returned: &[],
            passed_over: &[],
            version: None,
            year_before: &[],
            elsewhere: Elsewhere::default(),
        },
    );
    let (pages, marks) = consolidated::pages(&material, |_| ());
    let page = |name: &str| pages.iter().find(|page| page.name == name);
    let mut silent = Vec::new();
    for settled in planted {
        let list = page(FINDINGS).map_or(&[][..], |page| &page.lines);
        let own = list.iter().find(|line| texts(line).any(|text| text == settled.id));
        if !own.is_some_and(|line| line.cells.iter().any(|cell| cell.mark.is_some())) {
            silent.push(format!("{FINDINGS}: {}", settled.id));
        }
        let place = reconciled.settled.iter().position(|other| other.id == settled.id);
        silent.extend(miscounted(place, reconciled, pipeline, page(COVERAGE)));
        let is_serious = settled.severity > Severity::Note && settled.status == Status::Open;
        if is_serious {
            silent.extend(pages.iter().filter_map(|page| claim_of_all(page, settled.finding.side)));
        }
        if settled.finding.side == Side::Plan || !is_serious {
            continue;
        }
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

/// A check that a finding is about and that is said to agree, or that 核对范围 does not count.
fn miscounted(
    place: Option<usize>,
    reconciled: &Reconciliation<'_>,
    pipeline: &Pipeline,
    coverage: Option<&Page>,
) -> Option<Silent> {
    let place = place?;
    let mut own = reconciled.ledger.iter().filter(|line| line.finding == Some(place.into()));
    own.find_map(|line| {
        let title = wording::held_title(line.held, pipeline);
        let unit = line.unit.map_or(OF_NO_UNIT, |unit| reconciled.plan.names.name(unit));
        let counted = coverage.and_then(|page| counts(page, unit, &title));
        let is_told = line.outcome != Outcome::Agrees
            && counted == Some(outcomes(&reconciled.ledger, line.held, line.unit));
        (!is_told).then(|| format!("{COVERAGE}: {unit} {title}"))
    })
}

/// How many checks of a rule and a unit were owed, agree, differ, and were not made.
fn outcomes(ledger: &Ledger, held: Held, unit: Option<UnitId>) -> Vec<usize> {
    let outcomes = || {
        let own = ledger.iter().filter(|line| line.held == held && line.unit == unit);
        own.map(|line| line.outcome)
    };
    let agree = outcomes().filter(|outcome| *outcome == Outcome::Agrees).count();
    let differ = outcomes().filter(|outcome| *outcome == Outcome::Differs).count();
    let owed = outcomes().count();
    vec![owed, agree, differ, owed - agree - differ]
}

/// The same as 核对范围 prints them.
fn counts(page: &Page, unit: &str, title: &str) -> Option<Vec<usize>> {
    let is_own = |line: &&Line| {
        let mut texts = texts(line);
        texts.next() == Some(unit) && texts.next() == Some(title)
    };
    // The bridge stands above, with a title of its own for each amount.
    let line = page.lines.iter().rfind(is_own)?;
    let numbers = line.cells.iter().filter_map(|cell| match &cell.content {
        Content::Number { number, .. } => Some(number.to_string().parse().ok()),
        _ => None,
    });
    numbers.collect()
}

/// The cell of a page that claims that all of a side agrees.
fn claim_of_all(page: &Page, side: Side) -> Option<Silent> {
    let says_so = |line: &Line| texts(line).any(|text| wording::is_claim_of_all(text, side));
    let at = page.lines.iter().position(says_so)?;
    Some(cell_name(&page.name, at, 0))
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
