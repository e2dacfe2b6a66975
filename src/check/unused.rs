//! Rules, phrases and saved pairings of the pipeline file that matched nothing, and so did nothing.

use std::collections::BTreeSet;

use polars::prelude::PolarsResult;

use super::ledger::Held;
use super::{AlreadySaid, Context};
use crate::model::fact::Unused;
use crate::model::{Fact, Finding, Side, UnitId, fold};
use crate::pipeline::{CorrectionKey, Of, unfitted};
use crate::roster::Standing;

/// Says each sentence and each derived amount that the plan does not hold, and each saved pairing
/// that no row needs.
pub fn check(context: &Context<'_>, _: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let pipeline = context.pipeline;
    let unused = |name: String, what: String| {
        Finding::new(Fact::RuleUnused { name, what, unused: Unused::Rule }, Side::Plan)
    };
    let sentences = context.paragraph.unmatched.iter().map(|index| {
        let phrases = &pipeline.check.statements[*index].phrases;
        let text = phrases.first().map_or_else(String::new, |phrase| phrase.text.clone());
        unused(Held::Statement(*index).name(pipeline), text)
    });
    let derived = pipeline.derived.iter().enumerate().filter_map(|(index, derived)| {
        let never = context.plan.tasks.iter().all(|item| item.row.derived[index].0 == 0)
            && context.roster.items.iter().all(|item| item.row.derived[index].0 == 0);
        never.then(|| unused(format!("derive:{}", derived.name), derived.title.clone()))
    });
    let sent: BTreeSet<UnitId> = context.roster.items.iter().map(|item| item.unit).collect();
    let pairings = pipeline.matching.pairings.iter().enumerate().filter_map(|(place, pairing)| {
        // A unit whose sheet is not there decides nothing about its pairings.
        let unit = context.plan.names.in_text(&pairing.unit);
        let sent = unit.is_none_or(|unit| sent.contains(&unit));
        let never = sent && !context.matched.used_pairings.contains(&place);
        // What was decided in an earlier period may be over; that of this one decides something.
        let is_of_now = pairing.decided_in.is_none() || pairing.decided_in == context.period;
        let never = never && is_of_now;
        never.then(|| Finding {
            unit: Some(pairing.unit.clone()),
            ..unused(
                format!("pairing:{}", fold::key(&pairing.submitted)),
                format!("{} → {}", pairing.submitted, pairing.task),
            )
        })
    });
    Ok(sentences.chain(derived).chain(pairings).chain(corrections(context)).collect())
}

/// Says what corrections of tables correct nothing, neither in the plan nor in what was sent; those that may be for
/// a unit that has not sent yet as a note.
fn corrections<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Finding> + 'a {
    let is_silent = |(standing, _): &(Standing, _)| {
        matches!(standing, Standing::Missing | Standing::Waiting | Standing::Unreadable)
    };
    let is_awaited = context.roster.units.iter().any(is_silent);
    let all = context.pipeline.tables.iter().enumerate();
    all.flat_map(move |(correction, own)| {
        unfitted(correction, own, context.fitted).into_iter().filter_map(move |(key, what)| {
            // A return that has sheets beside its own may lack them.
            if own.of == Of::Submissions && key == CorrectionKey::Without {
                return None;
            }
            let corrects = key.corrects();
            let unused = if is_awaited && own.of != Of::Plan {
                Unused::Awaiting(corrects)
            } else {
                Unused::Correction(corrects)
            };
            let name = format!("table:{}:{}", key.name(), fold::key(&what));
            let what = format!("{} = {what}", key.name());
            Some(Finding::new(Fact::RuleUnused { name, what, unused }, Side::Plan))
        })
    })
}
