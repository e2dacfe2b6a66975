//! Units by sheet: sheets of one form, each named after somebody or saying whose it is, and those that add
//! up the others.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::{Shape, ShapeColumn};
use super::above::labelled_above;
use super::matrix::counts_up;
use super::names::{figure, is_somebody, says_total, text};
use super::{Found, Units, headings, plain};
use crate::draft::lexicon::WORDS;
use crate::model::fold;
use crate::pipeline::UnitStands;
use crate::read::{Content, Sheet};

/// One sheet a unit: sheets with the same headings whose names are those of somebody, or that list
/// the same tasks under different names.
pub fn by_sheets<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut alike: BTreeMap<Vec<String>, Vec<(&'a Sheet, &Shape)>> = BTreeMap::new();
    for (sheet, shape) in tables {
        alike.entry(headings(shape)).or_default().push((sheet, shape));
    }
    let (usual, _) = alike.into_iter().max_by_key(|(_, tables)| tables.len())?;
    // A unit may have a column more or less.
    let is_alike = |(sheet, shape): &&(&'a Sheet, &Shape)| {
        let own = headings(shape);
        let shared = own.iter().filter(|key| usual.contains(key)).count();
        let is_named =
            || sheet.name.is_some() && sheets_unit(sheet, shape).is_some_and(|n| is_somebody(&n));
        // Lists side by side belong to one sheet, however each calls its first column.
        let stands_beside = || {
            tables.iter().any(|(other, beside)| {
                std::ptr::eq(*other, *sheet)
                    && beside.heading_rows == shape.heading_rows
                    && headings(beside) == usual
            })
        };
        own == usual || (shared * 3 >= usual.len() * 2 && is_named()) || stands_beside()
    };
    let most: Vec<(&'a Sheet, &Shape)> = tables.iter().filter(is_alike).copied().collect();
    let sheets: BTreeSet<&str> =
        most.iter().filter_map(|(sheet, _)| sheet.name.as_deref()).collect();
    if sheets.len() < 2 {
        return None;
    }
    let is_sum = |(sheet, shape): &(&Sheet, &Shape)| {
        let named = sheet.name.as_deref().is_some_and(says_total);
        let others: Vec<&(&Sheet, &Shape)> =
            most.iter().filter(|(other, _)| other.name != sheet.name).collect();
        let is_whole = others.len() > 1 && adds_up(sheet, shape, &others);
        named || is_whole
    };
    let (sums, own): (Vec<_>, Vec<_>) = most.iter().partition(|table| is_sum(table));
    let mut names: Vec<String> = Vec::new();
    let mut owners: Vec<String> = Vec::new();
    let called = own.iter().map(|(sheet, shape)| sheets_unit(sheet, shape));
    let called = without_common_end(called.collect::<Option<Vec<String>>>()?);
    for ((_, shape), name) in own.iter().zip(called) {
        owners.extend(vec![name.clone(); shape.body.len()]);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let known = names.iter().filter(|name| is_somebody(name)).count();
    let is_known =
        known * 2 >= names.len() || (known > 0 && lists_repeat(&own)) || titles_name_sheets(&own);
    if names.len() < 2 || !is_known {
        return None;
    }
    let name = |(sheet, _): &(&Sheet, &Shape)| sheet.name.clone().unwrap_or_default();
    let leaves_out = own.len() < tables.len();
    let sum_names: Vec<String> = sums.iter().map(&name).collect();
    let left_out: BTreeSet<String> = tables
        .iter()
        .map(&name)
        .filter(|left| !own.iter().map(&name).any(|own| own == *left))
        .collect();
    let units = Units {
        left_out: left_out.into_iter().filter(|left| !sum_names.contains(left)).collect(),
        sums: sums.iter().map(&name).collect(),
        sheets: if leaves_out { own.iter().map(&name).collect() } else { Vec::new() },
        ..plain(UnitStands::Sheet, names)
    };
    let tables = own.into_iter().map(|(sheet, shape)| (sheet, shape.clone())).collect();
    Some(Found { units, tables, owners })
}

/// The names of sheets without what all of them end in, where only what is left is somebody's name:
/// 甲县明细, 乙县明细.
fn without_common_end(names: Vec<String>) -> Vec<String> {
    let Some(first) = names.first() else { return names };
    let rests = first.char_indices().map(|(at, _)| &first[at..]).skip(1);
    let shared = rests.filter(|end| names.iter().all(|name| name.ends_with(end)));
    let is_named = |end: &&str| {
        names.iter().all(|name| name.strip_suffix(end).is_some_and(is_somebody))
            && !names.iter().any(|name| is_somebody(name))
    };
    // The longest first: a shorter one may leave 甲县明 over.
    let Some(end) = shared.into_iter().find(is_named).map(str::to_owned) else { return names };
    names.iter().map(|name| name[..name.len() - end.len()].to_owned()).collect()
}

/// Whether a line above nearly every table says the name of its sheet, and no two sheets the same: a sheet called
/// 李家坪 below 李家坪2020年发放表.
fn titles_name_sheets(tables: &[(&Sheet, &Shape)]) -> bool {
    const LEAST: usize = 3;
    let says_name = |(sheet, shape): &&(&Sheet, &Shape)| {
        let Some(name) = sheet.name.as_deref().map(fold::key) else { return false };
        let is_name = name.chars().filter(|c| c.is_alphabetic()).count() > 1;
        let start = shape.start();
        let above = sheet.rows.iter().take_while(|row| row.index < start);
        let mut texts = above.flat_map(|row| &row.cells).filter_map(|cell| match &cell.content {
            Content::Text(text) => Some(fold::key(text)),
            _ => None,
        });
        is_name && texts.any(|text| text.contains(&name) && text != name)
    };
    tables.len() >= LEAST && tables.iter().filter(says_name).count() * 10 >= tables.len() * 9
}

/// Whether sheets list the same in their first column of words.
fn lists_repeat(tables: &[(&Sheet, &Shape)]) -> bool {
    let lists: Vec<BTreeSet<String>> = tables
        .iter()
        .map(|(sheet, shape)| {
            let words = |column: u32| -> BTreeSet<String> {
                let texts = shape.body.iter().filter_map(|row| text(sheet, *row, column));
                texts.map(|text| fold::key(&text)).collect()
            };
            let lists = shape.columns.iter().map(|column| words(column.column));
            lists.max_by_key(BTreeSet::len).unwrap_or_default()
        })
        .collect();
    let Some((first, others)) = lists.split_first() else { return false };
    let shares = |other: &&BTreeSet<String>| first.intersection(other).count() * 2 > first.len();
    first.len() > 1 && others.iter().filter(shares).count() * 2 >= others.len()
}

/// What a sheet's unit is called: as a line of the sheet says, where the sheet's name holds it; else
/// as the sheet is named.
fn sheets_unit(sheet: &Sheet, shape: &Shape) -> Option<String> {
    let own = sheet.name.as_deref()?;
    let key = fold::key(own);
    // 住建局 on a sheet that says 市住建局.
    let is_same = |name: &String| {
        let name = fold::key(name);
        key.contains(&name) || name.ends_with(&key) && is_somebody(own)
    };
    let labelled = labelled_above(sheet, shape, 0).filter(is_same);
    if labelled.is_some() {
        return labelled;
    }
    let bare = own.split(['（', '(']).next().unwrap_or(own);
    let bare = fold::unnumbered(bare);
    let number = |c: char| c.is_ascii_digit() || "-_. 、".contains(c);
    // 附件1 甲县.
    let named = WORDS.sheets.unnamed.iter().find_map(|word| bare.strip_prefix(word));
    let behind = named.map(|rest| rest.trim_start_matches(number));
    let bare = behind.filter(|rest| is_somebody(rest)).unwrap_or(bare);
    let bare = bare.trim_start_matches(number).trim();
    let rest = fold::key(bare);
    let is_unnamed = WORDS.sheets.unnamed.iter().any(|word| {
        rest.strip_prefix(word).is_some_and(|rest| {
            rest.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
        })
    });
    let is_time = rest.ends_with(['月', '年', '季', '度']);
    let is_name = rest.chars().any(char::is_alphabetic);
    (is_name && !is_unnamed && !is_time).then(|| bare.to_owned())
}

/// Whether the figures of a sheet are those of the others, line by line and added up.
pub fn adds_up(sheet: &Sheet, shape: &Shape, others: &[&(&Sheet, &Shape)]) -> bool {
    let named = |sheet: &Sheet, shape: &Shape, row: u32| -> Option<String> {
        let texts = shape.columns.iter().filter_map(|column| text(sheet, row, column.column));
        let key: String = texts.map(|text| fold::key(&text)).collect();
        (!key.is_empty()).then_some(key)
    };
    let mut sums: BTreeMap<(String, usize), i64> = BTreeMap::new();
    for (other, own) in others {
        for row in &own.body {
            let Some(key) = named(other, own, *row) else { continue };
            for (place, column) in own.columns.iter().enumerate() {
                let Some(figure) = figure(other, *row, column.column) else { continue };
                let sum = sums.entry((key.clone(), place)).or_default();
                *sum = sum.saturating_add(figure);
            }
        }
    }
    let numbers = |column: &&(usize, &ShapeColumn)| !counts_up(sheet, shape, column.1);
    let columns: Vec<(usize, &ShapeColumn)> = shape.columns.iter().enumerate().collect();
    let columns: Vec<&(usize, &ShapeColumn)> = columns.iter().filter(numbers).collect();
    let (mut held, mut right) = (0, 0);
    for row in &shape.body {
        let Some(key) = named(sheet, shape, *row) else { continue };
        for (place, column) in &columns {
            let Some(figure) = figure(sheet, *row, column.column) else { continue };
            held += 1;
            right += usize::from(sums.get(&(key.clone(), *place)) == Some(&figure));
        }
    }
    held > 1 && right * 10 >= held * 9
}
