//! Lists of something else on a sheet of the plan, below it: whom to call, where the money comes from. They are left out
//! of the plan, and a run is told with which line it ends.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Plan;
use super::rows::{MUCH_LONGER, complete};
use super::shape::{Shape, figure, shown};
use super::write::quoted;
use crate::model::{fold, words};
use crate::normalise::typed::typed_text;
use crate::pipeline::{ColumnType, heading};
use crate::read::Sheet;

/// Takes the tables out that hold no money and share few of the headings of one on the same sheet that does:
/// whom to call, what was approved.
pub fn without_others<'a>(sheet: &'a Sheet, found: &mut Vec<Shape>) -> Vec<(&'a Sheet, Shape)> {
    if found.len() < 2 {
        return Vec::new();
    }
    let has_money = |shape: &Shape| {
        let columns = super::guess::columns(&[(sheet, shape)], &[]);
        columns.iter().any(|column| column.kind == ColumnType::Amount)
    };
    let read = |shape: &Shape| -> BTreeSet<String> {
        shape.columns.iter().map(|column| heading::read(&column.title).key).collect()
    };
    let keys: Vec<BTreeSet<String>> = found.iter().map(read).collect();
    let with_money: Vec<bool> = found.iter().map(has_money).collect();
    let known: BTreeSet<String> = keys
        .iter()
        .zip(&with_money)
        .filter(|(_, has)| **has)
        .flat_map(|(own, _)| own.iter().cloned())
        .collect();
    if known.is_empty() {
        return Vec::new();
    }
    // Each list is added up once, however many stand below it.
    let lists: Vec<OnceCell<Sums>> = found.iter().map(|_| OnceCell::new()).collect();
    let sums = |at: usize| lists[at].get_or_init(|| Sums::of(sheet, &found[at]));
    let divides: Vec<bool> = (0..found.len())
        .map(|at| {
            let is_other = |list: &usize| keys[at].is_disjoint(&keys[*list]);
            (0..at).filter(is_other).any(|list| sums(at).divide(sums(list)))
        })
        .collect();
    // Beside a list that is so many times longer those with money are the others: what came in and went out, in a line.
    let is_other =
        |at: usize| !with_money[at] && keys[at].intersection(&known).count() * 2 < keys[at].len();
    let rows = |wanted: &dyn Fn(usize) -> bool| -> usize {
        let own = (0..found.len()).filter(|at| wanted(*at));
        own.map(|at| found[at].body.len()).sum()
    };
    let is_longer = rows(&is_other) > rows(&|at| with_money[at]) * MUCH_LONGER;
    let mut place = 0;
    let others = found.extract_if(.., |_| {
        place += 1;
        let is_beside = if is_longer { with_money[place - 1] } else { is_other(place - 1) };
        is_beside || divides[place - 1]
    });
    others.map(|shape| (sheet, shape)).collect()
}

/// What the columns of a list come to.
struct Sums {
    rows: usize,
    columns: Vec<f64>,
}

impl Sums {
    fn of(sheet: &Sheet, shape: &Shape) -> Self {
        // Totals come to the same as their rows.
        let mut own = shape.clone();
        complete(sheet, &mut own);
        let columns = own.columns.iter().map(|column| {
            let cells = own.body.iter().filter_map(|row| shown(sheet, *row, column.column));
            cells.filter_map(figure).sum::<f64>()
        });
        let columns = columns.filter(|sum| *sum != 0.0).collect();
        Self { rows: own.body.len(), columns }
    }

    /// Whether a list of a few rows divides the money of a longer one above it once more, by where it comes from, say:
    /// one of its columns comes to what one of the other's does.
    fn divide(&self, list: &Self) -> bool {
        const LEAST: usize = 2;
        // A few things counted come to the same by chance.
        const LEAST_SUM: f64 = 30.0;
        let is_told = |sum: &&f64| sum.fract() != 0.0 || sum.abs() >= LEAST_SUM;
        let mut sums = self.columns.iter().filter(is_told);
        (LEAST..list.rows).contains(&self.rows)
            && sums.any(|sum| list.columns.iter().any(|other| (sum - other).abs() < 0.005))
    }
}

/// Says with which line each sheet's tables end, where another list stands below them.
pub fn ends(text: &mut String, plan: &Plan<'_>) {
    for (sheet, other) in &plan.others {
        let Some(start) = sheet.rows.iter().find(|row| row.index == other.start()) else {
            continue;
        };
        let rows = plan.tables.iter().flat_map(|(own, _)| {
            let is_it = std::ptr::eq(*own, *sheet);
            own.rows.iter().filter(move |row| !is_it || row.index < start.index)
        });
        let known: BTreeSet<String> = rows
            .flat_map(|row| &row.cells)
            .map(|cell| fold::plain(&typed_text(&cell.content)))
            .collect();
        let is_above = plan.tables.iter().any(|(own, shape)| {
            std::ptr::eq(*own, *sheet) && shape.body.last().is_some_and(|last| *last < start.index)
        });
        // The longest name of its columns is nobody else's.
        let names = start.cells.iter().map(|cell| typed_text(&cell.content));
        let own = names.filter(|name| !known.contains(&fold::plain(name)));
        let longest = own.max_by_key(|name| name.chars().count());
        let Some(line) = longest.filter(|_| is_above) else { continue };
        let name = sheet.name.as_ref();
        let _ = writeln!(
            text,
            "\n# 请定：{}第 {} 行起（{}）是另一张表，不算这张计划；算的，删去这一段；要核对它，请另放一张工作表。\n[[normalise.table]]\nends = [{}]",
            name.map_or_else(String::new, |name| format!("工作表“{}”", words::one_line(name))),
            start.index + 1,
            start
                .cells
                .iter()
                .map(|cell| words::one_line(&typed_text(&cell.content)))
                .collect::<Vec<_>>()
                .join("、"),
            quoted(&format!("^{}$", regex::escape(&fold::plain(&line))))
        );
    }
}
