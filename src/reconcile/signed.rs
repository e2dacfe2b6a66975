//! What is signed: the figures of a reconciliation as one hash. What people answered and decided is not
//! in it, so that a signature stands while answers are dealt with, and is void once a figure changes.

use super::Reconciliation;
use crate::model::{Value, hash};

impl Reconciliation<'_> {
    /// Returns the hash of the plan's, the units' and the findings' figures.
    pub fn figures_hash(&self) -> String {
        /// Characters: enough that no two months have the same.
        const LENGTH: usize = 12;
        let mut running = hash::Running::default();
        let mut take = |text: &str| {
            running.take(text.as_bytes());
            running.take(b"\n");
        };
        for unit in &self.units {
            take(&format!("{} {}", unit.unit, unit.standing.chinese()));
        }
        for line in &self.bridge {
            take(line.unit.as_deref().unwrap_or_default());
            for figure in [&line.field, &line.plan, &line.changed, &line.reported] {
                take(figure);
            }
        }
        for line in &self.totals {
            take(&line.unit);
            take(line.printed.as_deref().unwrap_or_default());
        }
        let bare = |value: &Option<Value>| {
            value.as_ref().map_or_else(String::new, |value| {
                crate::findings::figures::bare_value(value, crate::model::MoneyUnit::Yuan)
            })
        };
        for settled in &self.settled {
            let finding = &settled.finding;
            // What is said of answers themselves is no figure.
            if finding.fact.is_about_answers() {
                continue;
            }
            take(&settled.id);
            take(&bare(&finding.expected));
            take(&bare(&finding.found));
        }
        let mut hash = running.end();
        hash.truncate(LENGTH);
        hash
    }
}
