//! What an earlier period said of each task, by the names that outlive a run: the unit, the task's text key and
//! the column's name.

use std::collections::BTreeMap;

use crate::model::Text;

/// Things by unit, text key and column. There are some for each task of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried<T>(BTreeMap<Text, BTreeMap<Text, OfTask<T>>>);

/// By column, in the order of their names.
type OfTask<T> = Vec<(Text, T)>;

impl<T> Default for Carried<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Carried<T> {
    /// Adds a thing, in the place of what was known.
    pub fn insert(&mut self, [unit, key, field]: [Text; 3], thing: T) {
        let own = self.0.entry(unit).or_default().entry(key).or_default();
        match own.binary_search_by(|(known, _)| known.cmp(&field)) {
            Ok(at) => own[at].1 = thing,
            Err(at) => own.insert(at, (field, thing)),
        }
    }

    pub fn get(&self, unit: &str, key: &str, field: &str) -> Option<&T> {
        let own = self.0.get(unit)?.get(key)?;
        let at = own.binary_search_by(|(known, _)| known.as_str().cmp(field)).ok()?;
        Some(&own[at].1)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all of it, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = ([&Text; 3], &T)> {
        self.0.iter().flat_map(|(unit, of_unit)| {
            of_unit.iter().flat_map(move |(key, own)| {
                own.iter().map(move |(field, thing)| ([unit, key, field], thing))
            })
        })
    }
}

impl<T> FromIterator<([Text; 3], T)> for Carried<T> {
    fn from_iter<I: IntoIterator<Item = ([Text; 3], T)>>(things: I) -> Self {
        let mut carried = Self::default();
        for (about, thing) in things {
            carried.insert(about, thing);
        }
        carried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_found_by_its_names_and_told_in_their_order() {
        let about = |names: [&str; 3]| names.map(Text::from);
        let given = [
            (["乙", "任务", "spent"], 1),
            (["甲", "任务", "spent"], 2),
            (["甲", "任务", "received"], 3),
            (["甲", "任务", "spent"], 4),
        ];
        let carried: Carried<i32> =
            given.into_iter().map(|(names, figure)| (about(names), figure)).collect();
        assert_eq!(carried.get("甲", "任务", "spent"), Some(&4));
        assert_eq!(carried.get("甲", "任务", "progress"), None);
        assert_eq!(carried.get("丙", "任务", "spent"), None);
        let told: Vec<i32> = carried.iter().map(|(_, figure)| *figure).collect();
        let mut sorted = carried.iter().map(|(about, _)| about).collect::<Vec<_>>();
        sorted.sort();
        assert_eq!(carried.iter().map(|(about, _)| about).collect::<Vec<_>>(), sorted);
        assert_eq!(told.len(), 3);
        assert!(!carried.is_empty() && Carried::<()>::default().is_empty());
    }
}
