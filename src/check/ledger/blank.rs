//! Lines about forms that came back untouched: what the plan had written into them is still there,
//! and that it is says nothing of the unit.

use super::index::Index;
use super::{Ledger, Outcome, Reason};
use crate::check::Context;
use crate::model::Side;
use crate::roster::Standing;

/// Turns agreement into *not filled in* where the unit, or the file that the row stands in, was
/// left blank. What differs or cannot be read even so stays what it is.
pub fn nothing_was_held(ledger: &mut Ledger, context: &Context<'_>, index: &Index<'_>) {
    let units = context.roster.units.iter().map(|(standing, _)| *standing);
    let files = context.roster.files.iter().map(|file| file.standing);
    if !units.chain(files).any(|standing| standing == Standing::Blank) {
        return;
    }
    let may_be_hollow = |outcome| {
        matches!(outcome, Outcome::Agrees | Outcome::NotChecked(Reason::Blank | Reason::NoColumn))
    };
    ledger.revise(may_be_hollow, |line| {
        let kept = (line.outcome, line.finding);
        let Some(unit) = line.unit.filter(|_| line.side == Side::Submission) else { return kept };
        let of_row = line.row.map(|row| context.roster.items[row].file);
        let of_place = || line.at(context.plan, context.roster).map(|at| at.file);
        let file = of_row.or_else(of_place);
        let is_blank = context.roster.units[unit].0 == Standing::Blank
            || file.is_some_and(|file| context.roster.files[file].standing == Standing::Blank);
        let is_hollow = match line.outcome {
            Outcome::Agrees | Outcome::NotChecked(Reason::Blank) => true,
            Outcome::NotChecked(Reason::NoColumn) => line.finding.is_none(),
            _ => false,
        };
        if !is_blank || !is_hollow {
            return kept;
        }
        let name = context.plan.names.name(unit);
        let own = file.map(|file| context.roster.places.files[file].as_str());
        (Outcome::NotChecked(Reason::NotFilledIn), index.blank(name, own))
    });
}
