//! Rows over those whose codes go on from theirs: 208 over 20802 over 2080201, in one column or in one
//! for each level (类, 款, 项). Such a row is the sum of the rows below it, even of a single one, where the
//! figures of the table bear that out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Body;
use crate::normalise::classes::added::Line;
use crate::normalise::classes::looks::{Look, Meant, Place};
use crate::normalise::typed::typed_text;
use crate::read::Row;

/// A row over others, by places among the rows that have codes.
struct Parent {
    at: usize,
    children: Vec<usize>,
    /// The last that its code begins.
    last: usize,
}

impl Body<'_> {
    /// Notes which rows are the sums of those whose codes go on from theirs.
    pub(super) fn parents_by_code(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        const LEAST: usize = 2;
        // Codes stand before what they name, and may be part of what rows are about.
        let mut keys: Vec<u32> =
            self.pipeline.roles.key.iter().filter_map(|field| self.columns[*field]).collect();
        keys.sort_unstable();
        let is_coded = |column: &&u32| {
            let mut cells = parts.iter().filter_map(|row| row.cell(**column)).peekable();
            cells.peek().is_some() && cells.all(|cell| code(&typed_text(&cell.content)).is_some())
        };
        let name = keys.iter().find(|column| !is_coded(column)).copied();
        let Some(name) = name.filter(|name| *name > 0) else { return };
        let is_amount: Vec<bool> = self
            .pipeline
            .totalled_columns()
            .map(|field| self.columns[field].is_some_and(|column| column > name))
            .collect();
        let coded: Vec<usize> = (0..looks.len())
            .filter(|at| looks[*at].has_amounts && !self.is_told(&parts[*at]))
            .collect();
        if coded.len() < LEAST {
            return;
        }
        let rows: Vec<&Row> = coded.iter().map(|at| parts[*at].as_ref()).collect();
        // Few tables have codes of which one begins another; of the others no figure need be read.
        let nested = self.codes(&rows, name).into_iter().filter_map(|codes| parents(&codes));
        let mut nested = nested.filter(|parents| !parents.is_empty()).peekable();
        if nested.peek().is_none() {
            return;
        }
        let mut lines = self.lines(looks, parts, |_| false);
        for line in &mut lines {
            let amounts = line.figures.iter_mut().zip(&is_amount);
            amounts.filter(|(_, is_amount)| !**is_amount).for_each(|(figure, _)| *figure = None);
        }
        let lines: Vec<&Line> = coded.iter().map(|at| &lines[*at]).collect();
        let found = nested.find(|parents| add_up(parents, &lines));
        for parent in found.unwrap_or_default() {
            let rows = (lines[parent.at + 1].row, lines[parent.last].row);
            let sum = Meant::Sum { rows, place: Place::Over };
            self.meant.insert(lines[parent.at].row, sum);
        }
    }

    /// Returns the codes that rows may have before their names: those of each column in which all of them have
    /// one, and those that the columns make together.
    fn codes(&self, rows: &[&Row], name: u32) -> Vec<Vec<String>> {
        let mut columns: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        let mut others: BTreeSet<u32> = BTreeSet::new();
        for (place, row) in rows.iter().enumerate() {
            for cell in row.cells.iter().take_while(|cell| cell.column < name) {
                if let Some(code) = code(&typed_text(&cell.content)) {
                    let own = columns.entry(cell.column).or_default();
                    own.resize(place, String::new());
                    own.push(code);
                } else {
                    others.insert(cell.column);
                }
            }
        }
        columns.retain(|column, own| {
            own.resize(rows.len(), String::new());
            !others.contains(column)
        });
        let number = self.pipeline.roles.number.and_then(|field| self.columns[field]);
        let levels: Vec<&Vec<String>> = columns
            .iter()
            .filter(|(column, _)| Some(**column) != number)
            .map(|(_, own)| own)
            .collect();
        let together =
            (0..rows.len()).map(|row| levels.iter().map(|own| own[row].as_str()).collect());
        let together: Vec<String> = together.collect();
        let several = (levels.len() > 1).then_some(together);
        let is_whole = |own: &Vec<String>| own.iter().all(|code| !code.is_empty());
        columns.into_values().chain(several).filter(is_whole).collect()
    }
}

/// The digits of a code: 208, 02, 208.02.
fn code(text: &str) -> Option<String> {
    const LONGEST: usize = 12;
    let digits: String = text.trim().chars().filter(|c| !".-".contains(*c)).collect();
    let is_code =
        (1..=LONGEST).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(digits)
}

/// Returns which codes are over others, where each is written once and those that one begins stand right below
/// it.
fn parents(codes: &[String]) -> Option<Vec<Parent>> {
    let mut open: Vec<usize> = Vec::new();
    let mut closed: BTreeSet<&str> = BTreeSet::new();
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut last: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, code) in codes.iter().enumerate() {
        while let Some(over) = open.last().copied().filter(|over| !code.starts_with(&codes[*over]))
        {
            closed.insert(&codes[over]);
            open.pop();
        }
        let goes_on = |length: usize| closed.contains(&code[..length]);
        if open.last().is_some_and(|over| codes[*over] == *code) || (1..=code.len()).any(goes_on) {
            return None;
        }
        if let Some(over) = open.last() {
            children.entry(*over).or_default().push(at);
        }
        for over in &open {
            last.insert(*over, at);
        }
        open.push(at);
    }
    let parents =
        children.into_iter().map(|(at, children)| Parent { at, children, last: last[&at] });
    Some(parents.collect())
}

/// Returns whether the figures of rows over others are the sums of theirs, two of three at the least.
fn add_up(parents: &[Parent], lines: &[&Line]) -> bool {
    const LEAST: usize = 2;
    let is_parent: BTreeSet<usize> = parents.iter().map(|parent| parent.at).collect();
    let (mut all, mut right) = (0, 0);
    for parent in parents {
        for (column, whole) in lines[parent.at].figures.iter().enumerate() {
            let Some(whole) = whole else { continue };
            let sum_of = |rows: &mut dyn Iterator<Item = usize>| -> i128 {
                rows.filter_map(|row| lines[row].figures[column]).sum()
            };
            // One wrong figure below does not make the one above it wrong.
            let children = sum_of(&mut parent.children.iter().copied());
            let mut below = (parent.at + 1..=parent.last).filter(|row| !is_parent.contains(row));
            let leaves = sum_of(&mut below);
            if *whole != 0 || children != 0 {
                all += 1;
                right += usize::from(*whole == children || *whole == leaves);
            }
        }
    }
    right >= LEAST && right * 3 >= all * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(codes: &[&str]) -> Option<Vec<(usize, usize)>> {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        let found = parents(&codes)?;
        Some(found.iter().map(|parent| (parent.at, parent.last)).collect())
    }

    #[test]
    fn what_a_code_begins_stands_right_below_it() {
        let budget = ["208", "20802", "2080201", "2080202", "221", "22102"];
        assert_eq!(told(&budget), Some(vec![(0, 3), (1, 3), (4, 5)]));
        // Numbers of rows are no codes of one another, and neither are codes that come again.
        let numbers: Vec<String> = (1..12).map(|number| number.to_string()).collect();
        assert_eq!(told(&numbers.iter().map(String::as_str).collect::<Vec<_>>()), None);
        assert_eq!(told(&["208", "20802", "208", "20802"]), None);
        assert_eq!(told(&["101", "102"]), Some(vec![]));
    }
}
