//! The names that the columns of a draft get in rules and reports.

use std::collections::{BTreeMap, BTreeSet};

use super::super::lexicon::WORDS;
use super::{Guess, Role, Roles};
use crate::pipeline::ColumnType;
use crate::pipeline::heading;

pub fn name_all(guesses: &mut [Guess], roles: &Roles) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // The number that the next of a name takes.
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for (place, guess) in guesses.iter_mut().enumerate() {
        let lowest = heading::read(&guess.lowest).key;
        let key = heading::read(&guess.title).key;
        let named = |key: &str| {
            let mut names = WORDS.columns.names.iter().filter(|(word, _)| key.contains(word));
            names.find(|(_, name)| fits(name, guess.kind)).map(|(_, name)| name.as_str())
        };
        let said = named(&lowest).or_else(|| named(&key));
        let wanted = if Some(place) == roles.number {
            "seq"
        } else if Some(place) == roles.owner {
            "owner"
        } else if roles.key == [place] {
            "task"
        } else {
            said.unwrap_or("column")
        };
        let is_plain = roles.of(place) == Role::Plain;
        let year = Some(&guess.title).filter(|_| is_plain).and_then(|title| year_above(title));
        let wanted = year.map_or_else(|| wanted.to_owned(), |year| format!("{wanted}_{year}"));
        let mut name = wanted.clone();
        while !taken.insert(name.clone()) {
            let next = next.entry(wanted.clone()).or_insert(2_usize);
            name = format!("{wanted}_{next}");
            *next += 1;
        }
        guess.name = name;
    }
}

/// The year that an upper level of a heading names.
fn year_above(title: &str) -> Option<&str> {
    let (upper, _) = title.rsplit_once(heading::BELOW)?;
    let digits = |c: char| c.is_ascii_digit();
    let year = upper.split(|c| !digits(c)).find(|run| run.len() == 4)?;
    (year.starts_with("19") || year.starts_with("20")).then_some(year)
}

/// A name that says money is for amounts only, and so on.
fn fits(name: &str, kind: ColumnType) -> bool {
    match name {
        "central" | "provincial" | "municipal" | "county" | "district_funds" | "own"
        | "received" | "spent" | "subsidy" | "funds" | "planned" | "done" => {
            kind == ColumnType::Amount
        }
        "length" | "area" => kind == ColumnType::Decimal,
        "households" | "people" => kind == ColumnType::Integer,
        "due" => matches!(kind, ColumnType::Month | ColumnType::Date),
        "progress" | "share" => kind == ColumnType::Percent,
        "seq" => kind == ColumnType::Integer,
        _ => matches!(kind, ColumnType::Text | ColumnType::Choice),
    }
}
