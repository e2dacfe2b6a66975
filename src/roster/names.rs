//! The names of units, found in cells, titles and file names.

use std::collections::BTreeMap;

use rapidfuzz::distance::levenshtein;

use crate::model::{IdVec, UnitId, fold};
use crate::pipeline::Pipeline;

/// The units of the plan with all names they go by.
#[derive(Clone, Debug)]
pub struct Names {
    pub units: IdVec<UnitId, String>,
    /// Folded names and aliases with their unit, longest first: 育才生态区 before 育才.
    keys: Vec<(String, UnitId)>,
    /// The unit of each key; none where several units go by it.
    by_key: BTreeMap<String, Option<UnitId>>,
}

impl Names {
    /// Returns the names of the given units and of their declared aliases.
    pub fn new(units: IdVec<UnitId, String>, pipeline: &Pipeline) -> Self {
        let mut keys: Vec<(String, UnitId)> = Vec::new();
        for (index, unit) in units.iter_enumerated() {
            let key = fold::key(unit);
            let aliases = pipeline.roster.aliases.iter().filter(|(name, _)| fold::key(name) == key);
            keys.extend(aliases.flat_map(|(_, all)| all).map(|alias| (fold::key(alias), index)));
            keys.push((key, index));
        }
        keys.retain(|(key, _)| !key.is_empty());
        keys.sort_by(|(one, _), (other, _)| {
            other.chars().count().cmp(&one.chars().count()).then_with(|| one.cmp(other))
        });
        keys.dedup();
        let mut by_key: BTreeMap<String, Option<UnitId>> = BTreeMap::new();
        for (key, unit) in &keys {
            by_key
                .entry(key.clone())
                .and_modify(|known| *known = known.filter(|known| known == unit))
                .or_insert(Some(*unit));
        }
        Self { units, keys, by_key }
    }

    /// Returns the unit that a text names, if it names exactly one. A name inside a longer name
    /// that was found does not count.
    pub fn in_text(&self, text: &str) -> Option<UnitId> {
        let mut rest = fold::key(text);
        if let Some(unit) = self.by_key.get(&rest) {
            // The whole text is a name, as in an owner column.
            return *unit;
        }
        let mut found: Option<UnitId> = None;
        for (key, unit) in &self.keys {
            if !rest.contains(key.as_str()) {
                continue;
            }
            if found.is_some_and(|other| other != *unit) {
                return None;
            }
            found = Some(*unit);
            rest = rest.replace(key.as_str(), "\u{1}");
        }
        found
    }

    /// Returns the unit whose name a text nearly is, if it is one unit's only: one character is
    /// missing, too much or another. Nobody's name for certain; whoever takes it has to say so.
    pub fn near(&self, text: &str) -> Option<UnitId> {
        const SHORTEST: usize = 3;
        let key: Vec<char> = fold::key(text).chars().collect();
        if key.len() + 1 < SHORTEST {
            return None;
        }
        let mut found: Option<UnitId> = None;
        for (name, unit) in &self.keys {
            let name: Vec<char> = name.chars().collect();
            let is_near = name.len() >= SHORTEST
                && name.len().abs_diff(key.len()) <= 1
                && levenshtein::distance(key.iter().copied(), name.iter().copied()) == 1;
            if !is_near {
                continue;
            }
            if found.is_some_and(|other| other != *unit) {
                return None;
            }
            found = Some(*unit);
        }
        found
    }

    /// Returns the unit whose name a text is, or ends with.
    pub fn at_end(&self, text: &str) -> Option<UnitId> {
        let key = fold::key(text);
        self.keys.iter().find(|(name, _)| key.ends_with(name.as_str())).map(|(_, unit)| *unit)
    }

    pub fn name(&self, unit: UnitId) -> &str {
        &self.units[unit]
    }
}
