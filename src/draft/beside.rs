//! What may be another list beside a table: left out, parted by a blank column, or called nearly alike.

use std::fmt::Write as _;

use super::Plan;
use super::shape::{Shape, is_figure, shown};
use crate::model::CellAt;
use crate::model::place::{column_letters, columns_by_letters};
use crate::normalise::layout::side_by_side;
use crate::read::Sheet;

/// Says where one list was taken for a part of another, or left out.
pub fn said(text: &mut String, plan: &Plan<'_>) {
    for (sheet, shape) in &plan.tables {
        let Some((first, last)) = shape.left_out else { continue };
        let _ = writeln!(
            text,
            "#   请定：{}第 {}—{} 列是旁边的另一张表，没有算进去；要核对它，起草时写 --within {}",
            name_of(sheet),
            column_letters(first),
            column_letters(last),
            columns_by_letters(first, last)
        );
    }
    let mut parted: Vec<&Sheet> = Vec::new();
    for (sheet, shape) in &plan.tables {
        if parted.iter().any(|known| std::ptr::eq(*known, *sheet)) {
            continue;
        }
        if let Some(gap) = gap(sheet, shape) {
            parted.push(sheet);
            let ends = shape.columns.first().zip(shape.columns.last());
            let (first, last) = ends.map_or((gap, gap), |(one, other)| (one.column, other.column));
            let _ = writeln!(
                text,
                "#   请定：{}第 {} 列整列空着，两边现按一张表读；是两张表的，起草时写 --within {} 只核对左边，或 --within {} 只核对右边；列都相同的，也可把右边各列的标题写进左边相应各列的 headings、删去右边各列",
                name_of(sheet),
                column_letters(gap),
                columns_by_letters(first, gap.saturating_sub(1)),
                columns_by_letters(gap + 1, last),
            );
        }
        if let Some((own, other)) = halves(sheet, shape) {
            let _ = writeln!(
                text,
                "#   请定：{}左右两半的列标题除“{own}”和“{other}”外都相同，现把一行读作一项任务；并列着两张表的，把“{other}”写进“{own}”那一列的 headings，再删去右边各列（后面各节写到它们的也删去）",
                name_of(sheet),
            );
        }
    }
}

/// Returns a column that stands blank, heading and all, between two or more columns of a table on
/// either side.
fn gap(sheet: &Sheet, shape: &Shape) -> Option<u32> {
    let holds = |row: &u32, column: u32| {
        sheet.content(CellAt::new(*row, column)).is_some()
            || sheet.merges.at(CellAt::new(*row, column)).is_some()
    };
    let inner = shape.columns.get(1..shape.columns.len().saturating_sub(1)).unwrap_or_default();
    let columns = inner.windows(2);
    let mut between = columns.flat_map(|pair| pair[0].column + 1..pair[1].column);
    between
        .find(|column| !shape.heading_rows.iter().chain(&shape.body).any(|row| holds(row, *column)))
}

/// Returns what the columns are called by which the halves of a table differ, where these hold words and all
/// others are called alike: it may be two lists.
fn halves<'a>(sheet: &Sheet, shape: &'a Shape) -> Option<(&'a str, &'a str)> {
    let columns = shape.columns.iter().map(|own| (own.column, own.levels.clone()));
    let columns: Vec<(u32, Vec<String>)> = columns.collect();
    let ([left, _], at) = side_by_side::halves(&columns)?;
    let (own, other) = (at?, left.len() + at?);
    let is_word = |column: usize| {
        let cells = shape.body.iter();
        let mut cells = cells.filter_map(|row| shown(sheet, *row, shape.columns[column].column));
        cells.next().is_some_and(|content| !is_figure(content))
    };
    (is_word(own) && is_word(other))
        .then(|| (shape.columns[own].title.as_str(), shape.columns[other].title.as_str()))
}

fn name_of(sheet: &Sheet) -> String {
    sheet.name.as_ref().map_or_else(String::new, |name| format!("工作表“{name}”"))
}
