//! Units by the lines above tables: 单位：甲县, or titles that differ in nothing but a name.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::Shape;
use super::names::{LONGEST_NAME, is_place, is_somebody, on_one_line, says_total};
use super::sheets::adds_up;
use super::{Found, Units, headings, plain};
use crate::draft::lexicon::WORDS;
use crate::model::{MoneyUnit, fold};
use crate::normalise::layout::unit::{first_name, labelled};
use crate::normalise::typed::typed_text;
use crate::pipeline::{UnitStands, reworded};
use crate::read::{Content, Row, Sheet};

/// A line above each table that names its unit: 单位：甲县, or a title in which the tables differ.
pub fn in_lines_above<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut alike: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (_, shape) in tables {
        *alike.entry(headings(shape)).or_default() += 1;
    }
    let most = alike.into_iter().max_by_key(|(_, times)| *times)?.0;
    let own: Vec<(&Sheet, &Shape)> =
        tables.iter().filter(|(_, shape)| headings(shape) == most).copied().collect();
    // A sheet that adds up the others is nobody's.
    let is_alone =
        |sheet: &Sheet| tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet)).count() == 1;
    let is_sum = |(sheet, shape): &(&Sheet, &Shape)| {
        let others: Vec<&(&Sheet, &Shape)> =
            own.iter().filter(|(other, _)| !std::ptr::eq(*other, *sheet)).collect();
        is_alone(sheet) && others.len() > 1 && adds_up(sheet, shape, &others)
    };
    let (sums, own): (Vec<_>, Vec<_>) = own.iter().copied().partition(|table| is_sum(table));
    if own.len() < 2 {
        return None;
    }
    let name = |(sheet, _): &(&Sheet, &Shape)| sheet.name.clone().unwrap_or_default();
    let mut sheets: Vec<String> = Vec::new();
    for name in own.iter().map(&name).filter(|_| !sums.is_empty()) {
        if !sheets.contains(&name) {
            sheets.push(name);
        }
    }
    let sums: Vec<String> = sums.iter().map(&name).collect();
    let named: Vec<Option<String>> = own
        .iter()
        .map(|(sheet, shape)| labelled_above(sheet, shape, end_above(tables, sheet, shape)))
        .collect();
    // What all tables have above them tells none apart.
    let tells = |named: &Vec<String>| {
        let distinct: BTreeSet<&String> = named.iter().collect();
        distinct.len() >= 2 && !distinct.iter().any(|name| says_total(name))
    };
    let named = named.into_iter().collect::<Option<Vec<String>>>().filter(tells);
    let named = named.or_else(|| named_above(&own, tables).filter(tells));
    let named = named.or_else(|| in_titles(&own, tables).filter(tells))?;
    let mut names: Vec<String> = Vec::new();
    let mut owners: Vec<String> = Vec::new();
    for ((_, shape), name) in own.iter().zip(named) {
        owners.extend(vec![name.clone(); shape.body.len()]);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let tables = own.into_iter().map(|(sheet, shape)| (sheet, shape.clone())).collect();
    let units = Units { sums, sheets, ..plain(UnitStands::Title, names) };
    Some(Found { units, tables, owners })
}

/// The last row of the table above a table of the same sheet; 0 where there is none.
fn end_above(tables: &[(&Sheet, &Shape)], sheet: &Sheet, shape: &Shape) -> u32 {
    let start = shape.start();
    let same = tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet));
    let ends = same.filter_map(|(_, other)| other.heading_rows.last().copied());
    ends.filter(|end| *end < start).max().unwrap_or(0)
}

fn lines_above<'a>(sheet: &'a Sheet, shape: &Shape, from: u32) -> impl Iterator<Item = &'a Row> {
    let start = shape.start();
    let rows = sheet.rows.iter().skip_while(move |row| from > 0 && row.index <= from);
    rows.take_while(move |row| row.index < start)
}

/// The unit that a labelled line above a table names, the nearest to it; who made the sheet, 编制单位, only
/// where no other label names anybody.
pub fn labelled_above(sheet: &Sheet, shape: &Shape, from: u32) -> Option<String> {
    let (mut found, mut maker) = (None, None);
    for row in lines_above(sheet, shape, from) {
        for (place, cell) in row.cells.iter().enumerate() {
            let Content::Text(text) = &cell.content else { continue };
            let next =
                || row.cells.get(place + 1).map(|next| typed_text(&next.content).into_owned());
            let Some((label, value)) = labelled(text, next) else { continue };
            let label = fold::key(&label);
            let ends = WORDS.units.labels_in_english.iter().any(|word| label.ends_with(word));
            if !(WORDS.units.labels.contains(&label.as_str()) || label.ends_with("单位") || ends)
            {
                continue;
            }
            // Who made the sheet is not whose its rows are.
            let of_others = ["金额", "计量", "主管", "制表", "监制", "印制"];
            let Some(name) = first_name(&value) else { continue };
            let is_money = MoneyUnit::begins(name) || reworded::is_measures(name);
            let is_name = fold::key(name).chars().any(char::is_alphabetic);
            let is_short = name.chars().count() <= LONGEST_NAME || is_somebody(name);
            if of_others.iter().any(|word| label.contains(word)) || !is_name || is_money {
                continue;
            }
            if label.contains("编制") {
                maker = Some(name.to_owned()).filter(|name| is_somebody(name)).or(maker);
            } else if is_short {
                found = Some(name.to_owned());
            }
        }
    }
    found.or(maker)
}

/// The name that stands above each table as it is, where each has one: 甲县 | 单位：万元.
fn named_above(own: &[(&Sheet, &Shape)], tables: &[(&Sheet, &Shape)]) -> Option<Vec<String>> {
    let named = own.iter().map(|(sheet, shape)| {
        let rows = lines_above(sheet, shape, end_above(tables, sheet, shape));
        let texts = rows.flat_map(|row| &row.cells).filter_map(|cell| match &cell.content {
            // （一）甲县 is 甲县.
            Content::Text(text) if is_somebody(fold::unnumbered(text)) => {
                Some(on_one_line(fold::unnumbered(text)))
            }
            _ => None,
        });
        // A task of the table above may be called as somebody is: the nearest is meant.
        texts.last()
    });
    named.collect()
}

/// What the titles of tables do not share, where it is a name: 甲县2021年计划, 乙县2021年计划.
fn in_titles(own: &[(&Sheet, &Shape)], tables: &[(&Sheet, &Shape)]) -> Option<Vec<String>> {
    let titles: Vec<Vec<String>> = own
        .iter()
        .map(|(sheet, shape)| {
            let rows = lines_above(sheet, shape, end_above(tables, sheet, shape));
            // Below a table its last rows stand, and a title alone in its row.
            let alone = rows.filter(|row| row.cells.len() == 1).flat_map(|row| &row.cells);
            let texts = alone.filter_map(|cell| match &cell.content {
                Content::Text(text) => Some(on_one_line(text)),
                _ => None,
            });
            texts.max_by_key(|text| text.chars().count()).map(|text| words(&text))
        })
        .collect::<Option<Vec<Vec<String>>>>()?;
    let first = titles.first()?;
    let shared = |at: &dyn Fn(&[String], usize) -> Option<String>| {
        (0..first.len())
            .take_while(|place| titles.iter().all(|title| at(title, *place) == at(first, *place)))
            .count()
    };
    let before = shared(&|title, place| title.get(place).cloned());
    let after = shared(&|title, place| {
        title.len().checked_sub(place + 1).and_then(|at| title.get(at)).cloned()
    });
    let names: Vec<String> = titles
        .iter()
        .map(|title| {
            let end = title.len().saturating_sub(after).max(before);
            let own = title[before..end].concat();
            let rest = title[end..].concat();
            // What all names end in is part of them: 甲县, 乙县, North District.
            let ends = WORDS
                .units
                .places
                .iter()
                .chain(WORDS.units.offices.iter())
                .find(|word| rest.starts_with(**word));
            let next = title.get(end).filter(|word| is_place(&format!("a {word}")));
            let ends = ends.copied().or(next.map(String::as_str)).unwrap_or_default();
            format!("{own}{ends}").trim().to_owned()
        })
        .collect();
    names.iter().all(|name| is_somebody(name)).then_some(names)
}

/// Parts a text into Chinese characters and words of letters, blanks with the word before them.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in text.chars() {
        let goes_on = words.last().is_some_and(|word| {
            c.is_ascii() && word.ends_with(|last: char| last.is_ascii_alphanumeric())
        });
        match words.last_mut().filter(|_| goes_on) {
            Some(word) => word.push(c),
            None => words.push(c.to_string()),
        }
    }
    words
}
