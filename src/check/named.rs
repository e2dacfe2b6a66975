//! Totals that say by their name which rows they add up: 甲县合计 those of a unit, 新建小计 those of which a column of words
//! says 新建, wherever these stand in its table.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::is_sum_of;
use crate::model::{ColumnId, Entry, UnitId, Value, fold};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::pipeline::{Lexicon, Pipeline, heading};

/// Returns which totals of a table name some of its rows, with the places of these among its tasks, ascending; none where
/// it has no row of what is named.
pub(super) fn rows(
    tasks: &[&Item<'_>],
    totals: &[&TableRow],
    pipeline: &Pipeline,
) -> BTreeMap<usize, Vec<usize>> {
    let mut found = of_units(tasks, totals, pipeline);
    found.extend(of_groups(tasks, totals, &found, pipeline));
    found
}

/// The rows of units, in a table of several.
fn of_units(
    tasks: &[&Item<'_>],
    totals: &[&TableRow],
    pipeline: &Pipeline,
) -> BTreeMap<usize, Vec<usize>> {
    let mut found = BTreeMap::new();
    let Some(owner) = pipeline.roles.owner else { return found };
    let Some(first) = tasks.first() else { return found };
    if tasks.iter().all(|item| item.unit == first.unit) {
        return found;
    }
    let typed = |row: &TableRow| {
        let entry = row.entries[owner].as_ref().filter(|entry| !entry.value.is_blank())?;
        Some(fold::key(&entry.typed))
    };
    let mut rows: BTreeMap<UnitId, Vec<usize>> = BTreeMap::new();
    let mut units: BTreeMap<String, UnitId> = BTreeMap::new();
    for (place, item) in tasks.iter().enumerate() {
        rows.entry(item.unit).or_default().push(place);
        units.extend(typed(item.row).map(|name| (name, item.unit)));
    }
    for (at, total) in totals.iter().enumerate() {
        let own = words_of(total, owner).filter(|own| own.filled_from().is_none());
        let own = own.map(|own| fold::key(&own.typed));
        let mut named = own.into_iter().chain(names(total, &pipeline.words));
        if let Some(rows) = named.find_map(|name| rows.get(units.get(&name)?)) {
            found.insert(at, rows.clone());
        }
    }
    found
}

/// The rows of which a column of words says what a total is called, or what stands in the total's own cell there.
fn of_groups(
    tasks: &[&Item<'_>],
    totals: &[&TableRow],
    known: &BTreeMap<usize, Vec<usize>>,
    pipeline: &Pipeline,
) -> BTreeMap<usize, Vec<usize>> {
    let mut found = BTreeMap::new();
    let sums: Vec<ColumnId> = pipeline.totalled_columns().collect();
    let open: Vec<usize> = (0..totals.len()).filter(|at| !known.contains_key(at)).collect();
    let labels: Vec<Vec<String>> =
        open.iter().map(|at| names(totals[*at], &pipeline.words)).collect();
    for field in pipeline.columns.keys().filter(|field| Some(*field) != pipeline.roles.owner) {
        let own = |at: usize| {
            let entry = words_of(totals[at], field).filter(|own| own.filled_from().is_none())?;
            let typed = fold::key(&entry.typed);
            let says = !typed.is_empty() && !pipeline.words.sounds_like_total(&typed);
            says.then_some(typed)
        };
        let mut is_of_cells = false;
        let mut named: Vec<(usize, Vec<String>)> = Vec::new();
        for (at, label) in open.iter().zip(&labels) {
            let own = own(*at);
            is_of_cells |= own.is_some();
            named.push((*at, own.map_or_else(|| label.clone(), |own| vec![own])));
        }
        if named.iter().all(|(_, names)| names.is_empty()) {
            continue;
        }
        let rows = of_column(tasks, &named, field);
        // What stands in a cell beside the word may tell of something else: 万元.
        let is_sum = |(at, rows): (&usize, &Vec<usize>)| {
            let rows: Vec<&Item<'_>> = rows.iter().map(|place| tasks[*place]).collect();
            is_sum_of(totals[*at], &rows, &sums)
        };
        if !is_of_cells || rows.iter().any(is_sum) {
            for (at, rows) in rows {
                found.entry(at).or_insert(rows);
            }
        }
    }
    found
}

/// The rows of which a column says what totals are called: several, or one where what it says comes again and again. None
/// of them where other totals are called so and have all rows, and this one's name is none that the column has.
fn of_column(
    tasks: &[&Item<'_>],
    named: &[(usize, Vec<String>)],
    field: ColumnId,
) -> BTreeMap<usize, Vec<usize>> {
    /// What parts a list into more groups has no totals of them.
    const MOST_GROUPS: usize = 200;
    let groups = groups(tasks, field);
    if groups.len() > MOST_GROUPS {
        return BTreeMap::new();
    }
    let may_be_named = |rows: &&Vec<usize>| {
        rows.len() > 1 && rows.len() < tasks.len()
            || rows.len() == 1 && groups.len() * 2 <= tasks.len()
    };
    let of = |name: &String| group(&groups, name).filter(may_be_named);
    let mut found: BTreeMap<usize, Vec<usize>> = named
        .iter()
        .filter_map(|(at, names)| Some((*at, names.iter().find_map(of)?.clone())))
        .collect();
    let covered: BTreeSet<usize> = found.values().flatten().copied().collect();
    if covered.len() < tasks.len() {
        return found;
    }
    let is_like = |name: &String| {
        let mut groups = groups.keys();
        groups.any(|group| group.contains(name.as_str()) || name.contains(group.as_str()))
    };
    for (at, names) in named {
        // 维修小计 over no row.
        if !names.is_empty() && !names.iter().any(is_like) {
            found.entry(*at).or_default();
        }
    }
    found
}

fn words_of(row: &TableRow, field: ColumnId) -> Option<&Entry> {
    let entry = row.entries[field].as_ref();
    entry.filter(|own| matches!(own.value, Value::Text(_) | Value::Choice(_)))
}

/// The rows of the group that a total names: 新建 by 新建小计, and by 新建项目小计 where no other is called nearly so.
fn group<'a>(groups: &'a BTreeMap<String, Vec<usize>>, name: &str) -> Option<&'a Vec<usize>> {
    const MOST_MORE: usize = 3;
    const SHORTEST: usize = 2;
    if let Some(rows) = groups.get(name) {
        return Some(rows);
    }
    let length = |text: &str| text.chars().count();
    let is_nearly = |group: &str| {
        (group.starts_with(name) || name.starts_with(group))
            && length(group).min(length(name)) >= SHORTEST
            && length(group).abs_diff(length(name)) <= MOST_MORE
    };
    let mut near = groups.iter().filter(|(group, _)| is_nearly(group));
    near.next().filter(|_| near.next().is_none()).map(|(_, rows)| rows)
}

/// The places of a table's rows by what a column of words says of them, folded.
fn groups(tasks: &[&Item<'_>], field: ColumnId) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, item) in tasks.iter().enumerate() {
        if let Some(entry) = words_of(item.row, field) {
            groups.entry(fold::key(&entry.typed)).or_default().push(place);
        }
    }
    groups
}

/// What a total is called, folded, without the word that says it is one and without brackets, and with that word at the
/// end; nothing where it is called by such a word alone.
fn names(total: &TableRow, words: &Lexicon) -> Vec<String> {
    let trimmed = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mut label = trimmed(&heading::read(&total.label).bare);
    if total.label.starts_with(words.apart.as_str()) {
        return Vec::new();
    }
    if let Some(part) = words.parts.iter().find_map(|word| label.strip_prefix(word.as_str())) {
        label = trimmed(part);
    }
    if label.is_empty() || words.totals.contains(&label) || words.is_grand_total(&total.label) {
        return Vec::new();
    }
    let totals = words.totals.iter().filter(|word| !words.parts.contains(word));
    let beside = totals.flat_map(|word| {
        let (before, behind) =
            (label.strip_suffix(word.as_str()), label.strip_prefix(word.as_str()));
        [before, behind]
    });
    let mut names: Vec<String> = beside.flatten().map(trimmed).collect();
    names.push(label);
    names.retain(|name| !name.is_empty());
    names
}
