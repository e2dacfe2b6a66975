//! What is told together: one cause with its columns and cells, and the finding that is made of them.

use std::collections::BTreeMap;

use super::content;
use super::grid::{Column, Explained, Grid, LEAST};
use crate::check::unread_columns::put_together;
use crate::model::common::{Common, Example, OfColumn, SameCause};
use crate::model::fact::Remark;
use crate::model::{CellRange, Fact, Finding, MoneyUnit, Value};

/// Cells of one or several columns with one cause.
#[derive(Clone, Debug)]
pub struct Told {
    cause: SameCause,
    /// By the place of the column: the rows, and how many cells the cause would have changed.
    columns: BTreeMap<usize, (Vec<usize>, usize)>,
}

/// Adds what was explained of a column to what has the same cause, or tells it by itself.
pub fn add(told: &mut Vec<Told>, column: usize, explained: Explained) {
    let Explained { cause, rows, of } = explained;
    let same = told.iter_mut().find(|own| {
        !own.columns.contains_key(&column) && own.cause == cause && cause.joins_columns()
    });
    match same {
        Some(own) => {
            own.columns.insert(column, (rows, of));
        }
        None => told.push(Told { cause, columns: BTreeMap::from([(column, (rows, of))]) }),
    }
}

/// Columns that hold each other's content are one mistake, however many they are.
pub fn connected(told: Vec<Told>) -> Vec<Told> {
    let mut joined: Vec<Told> = Vec::new();
    for mut own in told {
        let mut others: Vec<Told> = Vec::new();
        for other in std::mem::take(&mut joined) {
            match (&mut own.cause, &other.cause) {
                (SameCause::OtherColumns { held }, SameCause::OtherColumns { held: more })
                    if held.iter().any(|(one, two)| {
                        more.iter().any(|(three, four)| {
                            [three, four].iter().any(|n| *n == one || *n == two)
                        })
                    }) && own
                        .columns
                        .keys()
                        .all(|column| !other.columns.contains_key(column)) =>
                {
                    let mut all = more.clone();
                    all.append(held);
                    *held = all;
                    own.columns.extend(other.columns);
                }
                _ => others.push(other),
            }
        }
        joined = others;
        joined.push(own);
    }
    joined
}

impl Told {
    /// Puts one finding in the place of those of its cells, and returns which are gone, and where to. What
    /// has been answered stays.
    pub fn put(
        &self,
        grid: &Grid,
        findings: &mut [Option<Finding>],
        has_been_answered: impl Fn(&Finding) -> bool,
        money: MoneyUnit,
    ) -> Vec<(usize, usize)> {
        let mut places: Vec<usize> = Vec::new();
        let mut cells: Vec<CellRange> = Vec::new();
        let mut columns: Vec<OfColumn> = Vec::new();
        let mut sums = None;
        for (column, (rows, of)) in &self.columns {
            let column = &grid.columns[*column];
            let rows: Vec<usize> = rows
                .iter()
                .copied()
                .filter(|row| {
                    let said = column.cells[*row].said.and_then(|place| findings[place].as_ref());
                    said.is_some_and(|finding| !has_been_answered(finding))
                })
                .collect();
            let Some(first) = rows.first() else { continue };
            let first = &column.cells[*first];
            let Some(at) = first.at else { continue };
            columns.push(OfColumn {
                field: column.name.clone(),
                cells: rows.len(),
                of: *of,
                example: Example {
                    cell: at,
                    expected: first.planned.value.clone(),
                    found: first.found.value.clone(),
                    typed: first.found.typed.clone(),
                },
            });
            sums = summed(column, &rows);
            for row in rows {
                let cell = &column.cells[row];
                places.extend(cell.said);
                cells.extend(cell.at.map(|at| CellRange::new(at, at)));
            }
        }
        if places.len() < LEAST {
            return Vec::new();
        }
        put_together(findings, &places, |taken| {
            let first = taken.first().cloned()?;
            let is_shared = taken.iter().all(|own| own.cause == first.cause);
            let figures = if columns.len() == 1 { self.figures(sums) } else { Figures::default() };
            Some(Finding {
                fact: Fact::ValueDiffers(Remark::Common(Box::new(Common {
                    cause: self.cause.clone(),
                    columns,
                }))),
                seq: None,
                task: None,
                expected: figures.expected,
                found: figures.found,
                difference: figures.difference,
                typed: None,
                cause: if is_shared { first.cause.clone() } else { Vec::new() },
                cells,
                plan_cell: None,
                content: Some(content::of(&taken, money)),
                ..first
            })
        })
    }

    /// The figures of all cells: the one that they have in common, or what they add up to.
    fn figures(&self, sums: Option<Figures>) -> Figures {
        match &self.cause {
            SameCause::SameWord { planned, found } => Figures {
                expected: Some(planned.clone()),
                found: Some(found.clone()),
                difference: None,
            },
            _ => sums.unwrap_or_default(),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Figures {
    expected: Option<Value>,
    found: Option<Value>,
    difference: Option<i64>,
}

/// What the cells of a column add up to, where that means something.
fn summed(column: &Column, rows: &[usize]) -> Option<Figures> {
    if !column.kind.is_added_up() {
        return None;
    }
    let mut sums = (0_i64, 0_i64);
    for row in rows {
        let cell = &column.cells[*row];
        let found = cell.found.figure().unwrap_or(0);
        let planned = cell.planned.figure().unwrap_or(0);
        sums = (sums.0.checked_add(found)?, sums.1.checked_add(planned)?);
    }
    Some(Figures {
        expected: Some(column.kind.value(sums.1)),
        found: Some(column.kind.value(sums.0)),
        difference: sums.0.checked_sub(sums.1),
    })
}
