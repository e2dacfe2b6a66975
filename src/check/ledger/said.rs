//! Lines about what a sheet itself says of its rows: printed totals, and the plan's sentences.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::index::Index;
use super::{Apart, Figures, Held, Outcome, Reason, Spot, spot};
use crate::check::{AlreadySaid, Context, Figure, UNTOLD, statement, total};
use crate::model::fact::Sentence;
use crate::model::{CellAt, Fact, Finding, FindingId, Kind, SheetId, Side, StatementId};
use crate::roster::THE_PLAN;

/// Each printed total of the plan and of all sheets that count.
pub fn totals(context: &Context<'_>, index: &Index<'_>) -> Vec<Apart> {
    // What is said of the plan's own totals, which come before those of sheets.
    let mut of_plan: BTreeMap<(SheetId, CellAt), FindingId> = BTreeMap::new();
    let lines = total::held(context).into_iter().map(|held| {
        let at = Spot { file: held.file, sheet: held.sheet, cell: held.cell };
        let own = index.at_of(
            held.side,
            at,
            &[Kind::TotalDiffers, Kind::ValueUnreadable, Kind::ValueImprecise],
        );
        let cells = || held.rows.iter().filter_map(|item| spot(item, held.field));
        let in_the_way = cells().find_map(|cell| index.at_of(held.side, cell, &UNTOLD));
        let (outcome, said) = if held.printed.is_none() {
            (Outcome::NotChecked(Reason::Unreadable), own)
        } else if own.is_some() {
            (Outcome::Differs, own)
        } else if held.rows.is_empty() && !held.names_no_row {
            let unit = held.unit.map(|unit| context.plan.names.name(unit));
            let said = unit.and_then(|unit| index.serious(unit));
            (Outcome::NotChecked(Reason::NoRow), said)
        } else if in_the_way.is_some() {
            (Outcome::NotChecked(Reason::FirstCause), in_the_way)
        } else if held.sum.is_none() {
            // A row in whose place another file's is compared has no finding; the one about the
            // file that counts stands for it. Else the rows come to more than an amount can be.
            let unit = held.unread_in_place.map(|unit| context.plan.names.name(unit));
            let counts = unit.and_then(|unit| {
                let of_unit = |finding: &Finding| finding.unit.as_deref() == Some(unit);
                index.of_kind(Kind::SubmissionDuplicate, of_unit)
            });
            let reason = if counts.is_some() { Reason::FirstCause } else { Reason::Unreadable };
            (Outcome::NotChecked(reason), counts)
        } else if held.is_sum {
            (Outcome::Agrees, None)
        } else if let Some(said) = held.repeats.and_then(|place| of_plan.get(&place)) {
            // The plan prints it so itself.
            (Outcome::NotChecked(Reason::PlanFaulty), Some(*said))
        } else {
            // It is the plan's sum: what was found of its rows explains the gap.
            let said = cells()
                .find_map(|cell| index.of_value(held.side, cell))
                .or_else(|| cells().find_map(|cell| index.at(held.side, cell).first().copied()))
                .or_else(|| {
                    let unit = context.plan.names.name(held.unit?);
                    index.listing(unit)
                });
            (Outcome::NotChecked(Reason::FirstCause), said)
        };
        if let (Side::Plan, Some(said)) = (held.side, said) {
            of_plan.insert((held.sheet, held.cell), said);
        }
        let figures = held.sum.zip(held.printed);
        Apart {
            held: Held::Total(held.field),
            side: held.side,
            unit: held.unit,
            field: Some(held.field),
            figures: figures.map(|(expected, found)| Figures { expected, found, dimension: None }),
            outcome,
            uses: Box::default(),
            at: Some(at),
            finding: said,
        }
    });
    lines.collect()
}

/// Each equation of each sentence of the plan.
pub fn statements(
    context: &Context<'_>,
    said: &AlreadySaid,
    index: &Index<'_>,
) -> PolarsResult<Vec<Apart>> {
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    for (place, figure) in context.paragraph.figures.iter().enumerate() {
        places.entry(figure.known_by()).or_insert(place);
    }
    let uses = |figures: &[&Figure]| {
        let own = figures.iter().filter_map(|figure| places.get(&figure.known_by()).copied());
        own.collect::<Box<[usize]>>()
    };
    // What the findings about sentences claim, by the title of the figure and the unit.
    let mut claims: BTreeMap<(&str, Option<&str>), FindingId> = BTreeMap::new();
    for (place, finding) in index.all_of_kind(Kind::StatementDiffers) {
        if let (Side::Plan, Fact::StatementDiffers(Sentence { claim, .. })) =
            (finding.side, &finding.fact)
        {
            claims.entry((claim, finding.unit.as_deref())).or_insert(place);
        }
    }
    let lines = statement::held(context, said)?.into_iter().map(|held| {
        let own = || {
            let of_figures = held.figures.iter().filter_map(|figure| {
                let unit = figure.unit.map(|unit| context.plan.names.name(unit));
                claims.get(&(figure.title.as_str(), unit)).copied()
            });
            of_figures.min()
        };
        let (outcome, finding) = match (held.rule, held.sides, held.not_told) {
            (None, _, _) => {
                (Outcome::NotChecked(Reason::Blank), unmatched(held.statement, context, index))
            }
            (Some(_), Some(_), _) if held.holds => (Outcome::Agrees, None),
            (Some(_), Some(_), _) => (Outcome::Differs, own()),
            (Some(_), None, not_told) => {
                let (reason, cells) = not_told.unwrap_or((Reason::Unreadable, Vec::new()));
                let mut said = cells.iter().flat_map(|cell| index.at(Side::Plan, *cell));
                (Outcome::NotChecked(reason), said.next().copied())
            }
        };
        let dimension = held.dimension;
        let figures = held.sides.map(|(found, expected)| Figures { expected, found, dimension });
        Apart {
            held: Held::Statement(held.statement),
            side: Side::Plan,
            unit: None,
            field: None,
            figures,
            outcome,
            uses: uses(&held.figures),
            at: held.figures.first().map(|figure| Spot {
                file: THE_PLAN,
                sheet: figure.sheet,
                cell: figure.cell,
            }),
            finding,
        }
    });
    Ok(lines.collect())
}

/// The finding that says that the plan does not hold a declared sentence.
fn unmatched(
    statement: StatementId,
    context: &Context<'_>,
    index: &Index<'_>,
) -> Option<FindingId> {
    let known_by = Held::Statement(statement).name(context.pipeline);
    index.of_kind(
        Kind::RuleUnused,
        |finding| matches!(&finding.fact, Fact::RuleUnused { name, .. } if *name == known_by),
    )
}
