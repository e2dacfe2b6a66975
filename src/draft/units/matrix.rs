//! A matrix: tasks down and units across, one column or several for each unit.

use std::collections::BTreeSet;

use super::super::kind::says_money;
use super::super::shape::{Shape, ShapeColumn};
use super::names::{ONE, figure, is_board, is_place, is_somebody, on_one_line, says_total, text};
use super::{Found, Units, plain};
use crate::draft::lexicon::WORDS;
use crate::pipeline::{Lexicon, UnitStands, heading};
use crate::read::{Content, Sheet};

/// The figures of a matrix, where nothing else says what they are.
const FIGURES: &str = "金额";
const COUNTS: &str = "数量";

/// A matrix: the headings of two or more columns of figures are names of places or offices, and most
/// columns of figures are such, but for what adds them up.
pub fn in_headings<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut names: Vec<String> = Vec::new();
    let mut parts: Vec<(&'a Sheet, Shape)> = Vec::new();
    let mut figures = Vec::new();
    for (sheet, shape) in tables {
        let found = matrix(sheet, shape).or_else(|| matrix_of_groups(sheet, shape));
        let Matrix { part, own, titles } = found?;
        figures = titles;
        for name in own {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        parts.push((*sheet, part));
    }
    // As far as one unit goes: each has the same rows.
    let rows = parts.iter().map(|(_, part)| part.body.len()).sum();
    let owners = vec![names.first()?.clone(); rows];
    let units = Units { figures, ..plain(UnitStands::Heading, names) };
    Some(Found { units, tables: parts, owners })
}

struct Matrix {
    /// The table with one column of figures.
    part: Shape,
    /// The units of its headings.
    own: Vec<String>,
    /// What the figures are, one for each column of a unit.
    titles: Vec<String>,
}

fn matrix(sheet: &Sheet, shape: &Shape) -> Option<Matrix> {
    let filled = |column: u32| {
        shape.body.iter().filter(|row| figure(sheet, **row, column).is_some()).count()
    };
    let words =
        |column: u32| shape.body.iter().filter(|row| text(sheet, **row, column).is_some()).count();
    let name = |column: &ShapeColumn| {
        column.levels.last().map_or(String::new(), |lowest| on_one_line(lowest))
    };
    let figures = |column: &&ShapeColumn| {
        let (figures, words) = (filled(column.column), words(column.column));
        figures > 0 && figures >= words
    };
    let mut own: Vec<&ShapeColumn> = shape
        .columns
        .iter()
        .filter(figures)
        .filter(|column| is_place(&name(column)) || is_board(&name(column)))
        .collect();
    // 市本级 among districts is one more; by itself it says where money comes from.
    if own.len() > 1 {
        let is_one = |column: &&ShapeColumn| {
            name(column).ends_with("本级") || own.iter().any(|one| one.column == column.column)
        };
        own = shape.columns.iter().filter(figures).filter(is_one).collect();
    }
    if own.is_empty() {
        own = somebodies(shape.columns.iter().filter(figures), name);
    }
    let distinct: BTreeSet<String> = own.iter().map(|column| name(column)).collect();
    if own.len() < 2 || distinct.len() < own.len() {
        return None;
    }
    let places: Vec<u32> = own.iter().map(|column| column.column).collect();
    // 合计 before or after them, by its word or by arithmetic.
    let adds_up = |column: &ShapeColumn| {
        let sums = shape.body.iter().filter_map(|row| {
            let parts = places.iter().filter_map(|place| figure(sheet, *row, *place));
            Some(figure(sheet, *row, column.column)? == parts.sum::<i64>())
        });
        let sums: Vec<bool> = sums.collect();
        sums.len() > 1 && sums.iter().all(|holds| *holds)
    };
    let is_sum = |column: &ShapeColumn| {
        !places.contains(&column.column) && (says_total(&column.title) || adds_up(column))
    };
    let rest = shape.columns.iter().filter(figures).filter(|column| {
        !places.contains(&column.column) && !is_sum(column) && !counts_up(sheet, shape, column)
    });
    if rest.count() > own.len() {
        return None;
    }
    let fullest = own.iter().max_by_key(|column| filled(column.column))?;
    let is_money = fullest.unit.is_some()
        || crate::normalise::layout::money::named(sheet, Lexicon::standard()).is_some()
        || above(sheet, shape).any(says_money);
    // What stands over all of them says what their figures are.
    let upper = |column: &&ShapeColumn| {
        let above = column.levels.len().checked_sub(2)?;
        column.levels.get(above).cloned()
    };
    let shared: Option<Vec<String>> = own.iter().map(upper).collect();
    let shared = shared.and_then(|all| {
        let first = all.first()?.clone();
        (all.iter().all(|other| *other == first) && !says_total(&first)).then_some(first)
    });
    let title =
        shared.unwrap_or_else(|| if is_money { FIGURES.to_owned() } else { COUNTS.to_owned() });
    let columns = shape
        .columns
        .iter()
        .filter(|column| {
            column.column == fullest.column || (!places.contains(&column.column) && !is_sum(column))
        })
        .map(|column| {
            let is_figures = column.column == fullest.column;
            let title = if is_figures { title.clone() } else { column.title.clone() };
            ShapeColumn { title, ..column.clone() }
        });
    let part = Shape { columns: columns.collect(), ..shape.clone() };
    let own = own.iter().map(|column| name(column)).collect();
    Some(Matrix { part, own, titles: vec![title] })
}

/// A matrix with several columns for each unit: names of places over the same lower headings.
fn matrix_of_groups(sheet: &Sheet, shape: &Shape) -> Option<Matrix> {
    let upper = |column: &ShapeColumn| -> Option<String> {
        let above = column.levels.len().checked_sub(2)?;
        Some(on_one_line(&column.levels[above]))
    };
    let lowest = |column: &ShapeColumn| {
        column.levels.last().map_or_else(String::new, |lowest| heading::read(lowest).key)
    };
    let has_figures = |column: &ShapeColumn| {
        shape.body.iter().any(|row| figure(sheet, *row, column.column).is_some())
    };
    let mut groups: Vec<(String, Vec<&ShapeColumn>)> = Vec::new();
    for column in &shape.columns {
        let name = upper(column).filter(|name| is_place(name) || name.ends_with("本级"));
        let Some(name) = name else { continue };
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, own)) => own.push(column),
            None => groups.push((name, vec![column])),
        }
    }
    let ((_, first), others) = groups.split_first()?;
    let titles: Vec<String> = first.iter().map(|column| lowest(column)).collect();
    let distinct: BTreeSet<&String> = titles.iter().collect();
    let is_alike =
        |own: &[&ShapeColumn]| own.iter().map(|column| lowest(column)).eq(titles.iter().cloned());
    let fits = !others.is_empty()
        && titles.len() > 1
        && distinct.len() == titles.len()
        && others.iter().all(|(_, own)| is_alike(own))
        && groups.iter().flat_map(|(_, own)| own).any(|column| has_figures(column));
    if !fits {
        return None;
    }
    let is_of_unit =
        |column: u32| groups.iter().flat_map(|(_, own)| own).any(|own| own.column == column);
    let is_sum = |column: &ShapeColumn| {
        has_figures(column)
            && (says_total(&column.title) || upper(column).is_some_and(|name| says_total(&name)))
    };
    let rest = shape.columns.iter().filter(|column| !is_of_unit(column.column) && !is_sum(column));
    let own = first.iter().map(|column| {
        let title = column.levels.last().cloned().unwrap_or_default();
        ShapeColumn { title: title.clone(), levels: vec![title], ..(*column).clone() }
    });
    let named: Option<Vec<String>> =
        first.iter().map(|column| column.levels.last().cloned()).collect();
    let mut columns: Vec<ShapeColumn> = rest.cloned().chain(own).collect();
    columns.sort_by_key(|column| column.column);
    let part = Shape { columns, ..shape.clone() };
    Some(Matrix {
        part,
        own: groups.iter().map(|(name, _)| name.clone()).collect(),
        titles: named?,
    })
}

/// Columns whose headings all end in one word as names of offices do: 兰溪农场, 胜利农场.
fn somebodies<'s>(
    columns: impl Iterator<Item = &'s ShapeColumn>,
    name: impl Fn(&ShapeColumn) -> String,
) -> Vec<&'s ShapeColumn> {
    let own: Vec<&ShapeColumn> = columns.filter(|column| is_somebody(&name(column))).collect();
    let ends = |column: &&ShapeColumn| {
        let name = name(column);
        WORDS
            .units
            .offices
            .iter()
            .filter(|end| name.ends_with(**end))
            .max_by_key(|end| end.len())
            .copied()
    };
    let first = own.first().and_then(ends);
    let is_alike = own.iter().all(|column| ends(column) == first);
    if is_alike { own } else { Vec::new() }
}

/// Whether a column numbers its rows.
pub fn counts_up(sheet: &Sheet, shape: &Shape, column: &ShapeColumn) -> bool {
    let figures: Vec<i64> =
        shape.body.iter().filter_map(|row| figure(sheet, *row, column.column)).collect();
    figures.len() > 1 && figures.windows(2).all(|pair| pair[1] == pair[0] + ONE)
}

/// The texts above a table of a sheet.
fn above<'a>(sheet: &'a Sheet, shape: &Shape) -> impl Iterator<Item = &'a str> {
    let start = shape.start();
    let rows = sheet.rows.iter().take_while(move |row| row.index < start);
    rows.flat_map(|row| &row.cells).filter_map(|cell| match &cell.content {
        Content::Text(text) => Some(text.as_str()),
        _ => None,
    })
}
