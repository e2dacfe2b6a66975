//! The units that the pipeline file names itself, found in lines, headings and names of sheets.

use std::collections::BTreeMap;

use super::{Pipeline, file, heading};
use crate::model::fold;

/// Names and aliases of units with the name that each stands for.
#[derive(Clone, Debug, Default)]
pub struct DeclaredUnits {
    /// Folded, longest first.
    keys: Vec<(String, String)>,
    by_key: BTreeMap<String, String>,
}

/// A longer text is no name of a block; three letters say as much as a Chinese character.
const LONGEST_BLOCK: usize = 16;
const LETTERS: usize = 3;

impl DeclaredUnits {
    pub(super) fn of(units: &[file::Unit]) -> Self {
        let all = units.iter().flat_map(|unit| {
            let names = std::iter::once(&unit.name).chain(&unit.aliases);
            names.map(|name| (fold::key(name), unit.name.clone()))
        });
        let by_key: BTreeMap<String, String> = all.filter(|(key, _)| !key.is_empty()).collect();
        let mut keys: Vec<(String, String)> = by_key.clone().into_iter().collect();
        keys.sort_by_cached_key(|(key, _)| std::cmp::Reverse(key.chars().count()));
        Self { keys, by_key }
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the keys of all headings that are a unit's name.
    pub(super) fn headings(&self) -> impl Iterator<Item = String> {
        self.keys.iter().map(|(key, _)| heading::read(key).key).filter(|key| !key.is_empty())
    }

    /// Returns the unit whose name a text holds, the longest of them.
    pub fn within(&self, text: &str) -> Option<&str> {
        let key = fold::key(text);
        let longest = self.keys.iter().find(|(name, _)| key.contains(name.as_str()));
        longest.map(|(_, unit)| unit.as_str())
    }

    /// Returns the unit with whose name a text begins, the longest of them.
    pub fn beginning(&self, text: &str) -> Option<&str> {
        let key = fold::task_key(text);
        let (longest, _) = self.keys.first()?;
        let ends = key.char_indices().map(|(at, c)| at + c.len_utf8());
        // Every task is asked, and there may be thousands of units.
        let ends: Vec<usize> = ends.take(longest.chars().count()).collect();
        let unit = ends.into_iter().rev().find_map(|end| self.by_key.get(&key[..end]));
        unit.map(String::as_str)
    }

    /// Returns the only unit whose name ends in a text: 住建局 is 市住建局, where it can be nobody else.
    pub fn ending_in(&self, text: &str) -> Option<&str> {
        const LEAST: usize = 2;
        let key = fold::key(text);
        let mut ends = self.keys.iter().filter(|(name, _)| name.ends_with(key.as_str()));
        let (_, unit) = ends.next().filter(|_| key.chars().count() >= LEAST)?;
        ends.all(|(_, other)| other == unit).then_some(unit)
    }
}

impl Pipeline {
    /// Returns the declared unit that a text is the name of, beside a list's number and what names of
    /// blocks add: 一、甲县, 甲县（3个）.
    pub fn unit_alone(&self, text: &str) -> Option<&str> {
        let units = &self.roster.units;
        let letters = || text.bytes().filter(u8::is_ascii_alphabetic).count();
        if units.is_empty() || text.chars().count() > LONGEST_BLOCK + letters() / LETTERS * 2 {
            return None;
        }
        // A unit may be called 一村（2组）.
        if let Some(unit) = units.by_key.get(&fold::task_key(text)) {
            return Some(unit);
        }
        let key = fold::task_key(fold::uncounted(text));
        if let Some(unit) = units.by_key.get(&key) {
            return Some(unit);
        }
        let (name, unit) = units.keys.iter().find(|(name, _)| key.contains(name.as_str()))?;
        let mut rest = key.replacen(name.as_str(), "", 1);
        for word in &self.words.block_names {
            rest = rest.replace(word.as_str(), "");
        }
        let is_number = |c: char| c.is_ascii_digit() || "零一二三四五六七八九十百".contains(c);
        rest.chars().all(is_number).then_some(unit.as_str())
    }
}
