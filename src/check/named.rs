//! Totals that say by their name which rows they add up: 甲县合计 those of a unit, 新建小计 those of which a column of words
//! says 新建, wherever these stand in its table.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::{is_nought, is_sum_of};
use crate::model::{ColumnId, Entry, UnitId, Value, fold};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::pipeline::{Lexicon, Pipeline, heading};

/// The rows that a total names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The column that says of them what the total is called.
    pub by: ColumnId,
    /// Their places among the tasks of the table, ascending; none where it has no row of what is named.
    pub rows: Vec<usize>,
    /// Whether the column says the very word, and in the plan totals called so are right by what they name alone.
    pub is_known: bool,
    /// Whether the column says the very word.
    pub is_exact: bool,
}

/// What the plan's totals show of names: the columns by whose words they are right, and how these totals are called.
pub(super) type Known = BTreeSet<(ColumnId, String)>;

/// What a total is known by.
pub(super) fn called(total: &TableRow) -> String {
    fold::key(&total.label)
}

/// Returns which totals of a table name some of its rows. `planned` are the rows of the plan, `known` is what its totals
/// have shown.
pub(super) fn rows(
    tasks: &[&Item<'_>],
    totals: &[&TableRow],
    planned: &[Item<'_>],
    known: &Known,
    pipeline: &Pipeline,
) -> BTreeMap<usize, Named> {
    let mut found = of_units(tasks, totals, pipeline);
    found.extend(of_groups(tasks, totals, planned, &found, pipeline));
    for (at, named) in &mut found {
        named.is_known = named.is_exact && known.contains(&(named.by, called(totals[*at])));
    }
    found
}

/// The rows of units, in a table of several.
fn of_units(
    tasks: &[&Item<'_>],
    totals: &[&TableRow],
    pipeline: &Pipeline,
) -> BTreeMap<usize, Named> {
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
            let rows = rows.clone();
            found.insert(at, Named { by: owner, rows, is_known: false, is_exact: true });
        }
    }
    found
}

/// The rows of which a column of words says what a total is called, or what stands in the total's own cell there.
fn of_groups(
    tasks: &[&Item<'_>],
    totals: &[&TableRow],
    planned: &[Item<'_>],
    told: &BTreeMap<usize, Named>,
    pipeline: &Pipeline,
) -> BTreeMap<usize, Named> {
    let mut found = BTreeMap::new();
    let sums: Vec<ColumnId> = pipeline.totalled_columns().collect();
    let open: Vec<usize> = (0..totals.len()).filter(|at| !told.contains_key(at)).collect();
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
        let is_empty = |at: usize| is_nought(totals[at], &sums);
        let rows = of_column(tasks, &named, field, planned, is_empty);
        // What stands in a cell beside the word may tell of something else: 万元.
        let is_sum = |(at, named): (&usize, &Named)| {
            let rows: Vec<&Item<'_>> = named.rows.iter().map(|place| tasks[*place]).collect();
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
/// of them where other totals are called so and have all rows, and this one's name is what only other rows of the plan
/// are said to be.
fn of_column(
    tasks: &[&Item<'_>],
    named: &[(usize, Vec<String>)],
    field: ColumnId,
    planned: &[Item<'_>],
    is_empty: impl Fn(usize) -> bool,
) -> BTreeMap<usize, Named> {
    /// What parts a list into more groups has no totals of them.
    const MOST_GROUPS: usize = 200;
    let groups = groups(tasks.iter().copied(), field);
    if groups.len() > MOST_GROUPS {
        return BTreeMap::new();
    }
    let may_be_named = |rows: &&Vec<usize>| {
        rows.len() > 1 && rows.len() < tasks.len()
            || rows.len() == 1 && groups.len() * 2 <= tasks.len()
    };
    let of = |name: &String| {
        let rows = group(&groups, name).filter(may_be_named)?.clone();
        let is_exact = groups.contains_key(name);
        Some(Named { by: field, rows, is_known: false, is_exact })
    };
    let mut found: BTreeMap<usize, Named> =
        named.iter().filter_map(|(at, names)| Some((*at, names.iter().find_map(of)?))).collect();
    let covered: BTreeSet<usize> = found.values().flat_map(|named| &named.rows).copied().collect();
    if covered.len() < tasks.len() {
        return found;
    }
    // 维修小计 over no row, where 维修 is done elsewhere; not 全县合计, which all rows are.
    let is_like = |name: &String| {
        let mut groups = groups.keys();
        groups.any(|group| group.contains(name.as_str()) || name.contains(group.as_str()))
    };
    let open = named.iter().filter(|(at, names)| {
        !names.is_empty() && is_empty(*at) && !found.contains_key(at) && !names.iter().any(is_like)
    });
    let open: Vec<&(usize, Vec<String>)> = open.collect();
    if open.is_empty() {
        return found;
    }
    let elsewhere = self::groups(planned.iter(), field);
    for (at, names) in open {
        if names.iter().any(|name| group(&elsewhere, name).is_some()) {
            let none = Named { by: field, rows: Vec::new(), is_known: false, is_exact: false };
            found.insert(*at, none);
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
fn groups<'a>(
    tasks: impl Iterator<Item = &'a Item<'a>>,
    field: ColumnId,
) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, item) in tasks.enumerate() {
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
