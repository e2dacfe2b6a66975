//! The names of units, found in cells, titles and file names.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
    /// The places among `keys` of each key.
    places: BTreeMap<String, Vec<usize>>,
    /// The places among `keys` of all that a key is with one character left out, and of the key.
    nearly: BTreeMap<String, Vec<usize>>,
    /// The lengths of keys, in characters, longest first.
    lengths: Vec<usize>,
    /// What is left of the names of places without what they are, 永泉 of 永泉县; none where several are called so.
    bare: BTreeMap<String, Option<UnitId>>,
}

/// What is shorter is nearly everything.
const SHORTEST_NEAR: usize = 3;

impl Names {
    /// Returns the names of the given units and of their declared aliases.
    pub fn new(units: IdVec<UnitId, String>, pipeline: &Pipeline) -> Self {
        Self::without(None, units, pipeline)
    }

    /// As [`Names::new`], where one stands for all units and is nobody whom a text could name.
    pub fn without(all: Option<UnitId>, units: IdVec<UnitId, String>, pipeline: &Pipeline) -> Self {
        let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, all) in &pipeline.roster.aliases {
            let of_name = aliases.entry(fold::key(name)).or_default();
            of_name.extend(all.iter().map(|alias| fold::key(alias)));
        }
        let mut keys: Vec<(String, UnitId)> = Vec::new();
        for (index, unit) in units.iter_enumerated().filter(|(unit, _)| Some(*unit) != all) {
            let key = fold::key(unit);
            let aliases = aliases.get(&key).into_iter().flatten();
            keys.extend(aliases.map(|alias| (alias.clone(), index)));
            keys.push((key, index));
        }
        keys.retain(|(key, _)| !key.is_empty());
        keys.sort_by_cached_key(|(key, _)| (Reverse(key.chars().count()), key.clone()));
        keys.dedup();
        let mut names = Self {
            units,
            keys,
            by_key: BTreeMap::new(),
            places: BTreeMap::new(),
            nearly: BTreeMap::new(),
            lengths: Vec::new(),
            bare: BTreeMap::new(),
        };
        names.index();
        names.shorten(pipeline);
        names
    }

    /// Lets a unit that is an office go by the place alone, 甲县 for 甲县人民政府, and one of a city or a county without
    /// saying so, 教育局 for 市教育局, where nobody else is called so. It
    /// counts as a whole text only: longer ones hold such names all over.
    fn shorten(&mut self, pipeline: &Pipeline) {
        const SHORTEST: usize = 2;
        const SHORTEST_OFFICE: usize = 3;
        let mut short: BTreeMap<String, Option<UnitId>> = BTreeMap::new();
        for (key, unit) in &self.keys {
            let offices = pipeline.words.offices.iter();
            let places = offices.filter_map(|office| key.strip_suffix(office.as_str()));
            // 甲县人民 is left of 甲县人民政府 where less is taken away.
            let Some(place) = places.min_by_key(|place| place.len()) else { continue };
            if place.chars().count() >= SHORTEST && !self.by_key.contains_key(place) {
                let known = short.entry(place.to_owned()).or_insert(Some(*unit));
                *known = known.filter(|known| known == unit);
            }
        }
        for (key, unit) in &self.keys {
            let mut levels = pipeline.words.levels.iter();
            let office = levels.find_map(|level| key.strip_prefix(level.as_str()));
            let office = office.filter(|office| office.chars().count() >= SHORTEST_OFFICE);
            if let Some(office) = office.filter(|office| !self.by_key.contains_key(*office)) {
                let known = short.entry(office.to_owned()).or_insert(Some(*unit));
                *known = known.filter(|known| known == unit);
            }
        }
        self.by_key.extend(short);
        for (key, unit) in &self.keys {
            let mut places = pipeline.words.places.iter();
            let bare = places.find_map(|place| key.strip_suffix(place.as_str()));
            let bare = bare.filter(|bare| bare.chars().count() >= SHORTEST);
            if let Some(bare) = bare.filter(|bare| !self.by_key.contains_key(*bare)) {
                let known = self.bare.entry(bare.to_owned()).or_insert(Some(*unit));
                *known = known.filter(|known| known == unit);
            }
        }
    }

    fn index(&mut self) {
        for (place, (key, unit)) in self.keys.iter().enumerate() {
            self.by_key
                .entry(key.clone())
                .and_modify(|known| *known = known.filter(|known| known == unit))
                .or_insert(Some(*unit));
            self.places.entry(key.clone()).or_default().push(place);
            let length = key.chars().count();
            if self.lengths.last() != Some(&length) {
                self.lengths.push(length);
            }
            if length >= SHORTEST_NEAR {
                for part in with_one_left_out(key) {
                    self.nearly.entry(part).or_default().push(place);
                }
            }
        }
    }

    /// The places of the keys that stand in a folded text, in the order of the keys.
    fn within(&self, text: &str) -> BTreeSet<usize> {
        let starts: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
        let mut within = BTreeSet::new();
        for length in &self.lengths {
            for ends in starts.windows(length + 1) {
                within.extend(self.places.get(&text[ends[0]..ends[*length]]).into_iter().flatten());
            }
        }
        within
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
        for (key, unit) in self.within(&rest).into_iter().map(|place| &self.keys[place]) {
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

    /// Returns the unit that a text is, with a number before it, without what the place is: 01永泉 for 永泉县.
    pub fn in_bare(&self, text: &str) -> Option<UnitId> {
        let key = fold::key(fold::unnumbered(text));
        let key = key.trim_matches(|c: char| c.is_ascii_digit());
        self.bare.get(key).copied().flatten()
    }

    /// Returns whether a text holds the name of a unit without what the place is: 永泉-2022年申报 for 永泉县.
    pub fn has_bare(&self, text: &str, unit: UnitId) -> bool {
        let key = fold::key(text);
        let mut own = self.bare.iter().filter(|(_, other)| **other == Some(unit));
        own.any(|(name, _)| key.contains(name.as_str()))
    }

    /// Returns the unit that a text names if it says nothing beside the name but a number and the given
    /// words: 第一部分 海棠区.
    pub fn alone_in(&self, text: &str, words: &[String]) -> Option<UnitId> {
        // A unit may be called 一村（2组）.
        let uncounted = fold::uncounted(text);
        let counted = || (uncounted != text).then(|| self.stands_alone(uncounted, words)).flatten();
        self.stands_alone(text, words).or_else(counted)
    }

    fn stands_alone(&self, text: &str, words: &[String]) -> Option<UnitId> {
        let unit = self.in_text(text)?;
        let key = fold::key(text);
        let mut within = self.within(&key).into_iter().map(|place| &self.keys[place]);
        let (name, _) = within.find(|(_, other)| *other == unit)?;
        let mut rest = key.replacen(name.as_str(), "", 1);
        for word in words {
            rest = rest.replace(word.as_str(), "");
        }
        let is_number = |c: char| c.is_ascii_digit() || "零一二三四五六七八九十百".contains(c);
        rest.chars().all(is_number).then_some(unit)
    }

    /// Returns the unit whose name a text nearly is, if it is one unit's only: one character is
    /// missing, too much or another. Nobody's name for certain; whoever takes it has to say so.
    pub fn near(&self, text: &str) -> Option<UnitId> {
        let text = fold::key(text);
        let key: Vec<char> = text.chars().collect();
        if key.len() + 1 < SHORTEST_NEAR {
            return None;
        }
        let parts = with_one_left_out(&text);
        let places: BTreeSet<usize> =
            parts.iter().filter_map(|part| self.nearly.get(part)).flatten().copied().collect();
        let mut found: Option<UnitId> = None;
        for (name, unit) in places.into_iter().map(|place| &self.keys[place]) {
            if levenshtein::distance(key.iter().copied(), name.chars()) != 1 {
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
        // The longest first.
        let ends = key.char_indices().map(|(at, _)| &key[at..]);
        let place = ends.filter_map(|end| self.places.get(end)).flatten().next()?;
        Some(self.keys[*place].1)
    }

    pub fn name(&self, unit: UnitId) -> &str {
        &self.units[unit]
    }
}

/// A text, and what is left of it when one character is left out: two texts that share one of
/// these differ by two characters at most.
fn with_one_left_out(text: &str) -> BTreeSet<String> {
    let without = |out: usize| {
        let characters = text.chars().enumerate().filter(move |(at, _)| *at != out);
        characters.map(|(_, character)| character).collect::<String>()
    };
    (0..text.chars().count()).map(without).chain(std::iter::once(text.to_owned())).collect()
}
