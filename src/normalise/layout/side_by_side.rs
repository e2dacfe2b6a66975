//! What stands beside a table or above its headings and is no column of it: another table, letters that
//! number the columns.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::periods::figures_in;
use super::words::is_labelled;
use crate::normalise::typed::typed_text;
use crate::pipeline::{Lexicon, heading};
use crate::read::{Cell, Content, Row, Sheet};

/// A column, with the levels of its heading from the top.
type Headed = (u32, Vec<String>);

/// Returns the tables that stand side by side with a blank column between them, under the same headings but
/// for what the first column of each is called; what stands further to the right is none of theirs.
pub fn alike_between_blanks(columns: &[Headed]) -> Option<Vec<&[Headed]>> {
    const LEAST: usize = 3;
    let blocks: Vec<&[Headed]> = columns.chunk_by(|one, next| one.0 + 1 == next.0).collect();
    let lowest = |block: &[Headed]| -> Vec<String> {
        let lowest = block.iter().map(|(_, levels)| levels.last().map(|l| heading::read(l).key));
        lowest.map(Option::unwrap_or_default).collect()
    };
    let first = lowest(blocks.first()?);
    let distinct: BTreeSet<&String> = first.iter().collect();
    if first.len() < LEAST || distinct.len() < first.len() {
        return None;
    }
    let is_alike = |block: &&&[Headed]| {
        let own = lowest(block);
        own.len() == first.len() && own[1..] == first[1..] && !first[1..].contains(&own[0])
    };
    let alike: Vec<_> = blocks.iter().take_while(is_alike).copied().collect();
    (alike.len() > 1).then_some(alike)
}

/// Returns the lists that stand side by side with a blank column between them and call two of their columns alike,
/// others not: 序号, 项目名称, 里程, 资金 beside 序号, 服务内容, 人数, 资金.
pub fn sharing_between_blanks(columns: &[Headed]) -> Option<Vec<&[Headed]>> {
    const LEAST: usize = 3;
    const LEAST_SHARED: usize = 2;
    let blocks: Vec<&[Headed]> = columns.chunk_by(|one, next| one.0 + 1 == next.0).collect();
    let path = |levels: &[String]| -> String {
        levels.iter().map(|level| heading::read(level).key).collect()
    };
    let keys = |block: &[Headed]| -> BTreeSet<String> {
        block.iter().map(|(_, levels)| path(levels)).collect()
    };
    let first = keys(blocks.first()?);
    let is_list = |block: &&[Headed]| {
        let own = keys(block);
        block.len() >= LEAST
            && own.len() == block.len()
            && own.intersection(&first).count() >= LEAST_SHARED
    };
    (blocks.len() > 1 && blocks.iter().all(is_list)).then_some(blocks)
}

/// Returns the lists that stand side by side with a blank column between them, each numbered from its own first
/// column on, and one longer than the other: they may share no other heading.
pub fn numbered_between_blanks<'a>(
    sheet: &Sheet,
    below: u32,
    columns: &'a [Headed],
) -> Option<Vec<&'a [Headed]>> {
    const LEAST: usize = 3;
    let blocks: Vec<&[Headed]> = columns.chunk_by(|one, next| one.0 + 1 == next.0).collect();
    let start = sheet.rows.partition_point(|row| row.index <= below);
    let rows = &sheet.rows[start..];
    let lowest = |(_, levels): &Headed| levels.last().map(|level| heading::read(level).key);
    let numbers = |column: u32| -> Vec<u32> {
        let cells = rows.iter().filter_map(|row| row.cell(column));
        cells.filter_map(|cell| typed_text(&cell.content).trim().parse().ok()).collect()
    };
    let is_list = |block: &&[Headed]| {
        block.len() >= LEAST
            && lowest(&block[0]) == lowest(&blocks[0][0])
            && numbers(block[0].0).into_iter().eq(1..=last(&numbers(block[0].0)))
    };
    let ends: BTreeSet<u32> = blocks.iter().map(|block| last(&numbers(block[0].0))).collect();
    let is_numbered = ends.first().is_some_and(|least| *least > 1);
    (blocks.len() > 1 && is_numbered && ends.len() > 1 && blocks.iter().all(is_list))
        .then_some(blocks)
}

fn last(numbers: &[u32]) -> u32 {
    numbers.last().copied().unwrap_or(0)
}

/// Returns a sheet with nothing in its rows but what stands in some columns, as if these were all it has. Titles and
/// labels above all tables are those of all that stands side by side, and stay.
pub fn between(sheet: &Sheet, columns: &RangeInclusive<u32>) -> Sheet {
    let own = |row: &Row| -> Vec<Cell> {
        row.cells.iter().filter(|cell| columns.contains(&cell.column)).cloned().collect()
    };
    let is_above = |row: &&Row| is_labelled(row) || row.cells.len() < 3 && own(row).len() < 2;
    let above = sheet.rows.iter().take_while(is_above).count();
    let below = sheet.rows[above..].iter();
    let below = below.map(|row| Row { index: row.index, cells: own(row) });
    let rows = sheet.rows[..above].iter().cloned().chain(below);
    sheet.with_rows(rows.filter(|row| !row.cells.is_empty()).collect())
}

/// What the halves of a row name.
type Pair = (Option<String>, Option<String>);

/// Returns the two lists that stand side by side with nothing between them, each with a column of words of its
/// own and otherwise the same headings: 资产, 行次, 期末数 beside 负债, 行次, 期末数. A row that says one thing
/// twice, as 原项目 and 调整后项目 do, is none of them: each half has to number its rows, to name its own total,
/// or to end before the other.
pub fn touching<'a>(
    sheet: &Sheet,
    below: u32,
    columns: &'a [Headed],
    words: &Lexicon,
) -> Option<[&'a [Headed]; 2]> {
    let (halves, other) = halves(columns)?;
    let [left, right] = halves;
    let start = sheet.rows.partition_point(|row| row.index <= below);
    let rows = &sheet.rows[start..];
    let is_of_words = |(column, _): &Headed| {
        let (figures, all) = figures_in(rows, *column);
        all > 1 && (all - figures) * 5 >= all * 4
    };
    let named = other.or_else(|| left.iter().position(is_of_words))?;
    if !is_of_words(&left[named]) || !is_of_words(&right[named]) {
        return None;
    }
    let key = |row: &Row, column: u32| {
        row.cell(column).map(|cell| heading::read(&typed_text(&cell.content)).key)
    };
    let names: Vec<Pair> = rows
        .iter()
        .map(|row| (key(row, left[named].0), key(row, right[named].0)))
        .filter(|(own, other)| own.is_some() || other.is_some())
        .collect();
    let both = names.iter().filter(|(own, other)| own.is_some() && other.is_some()).count();
    let same = names.iter().filter(|(own, other)| own.is_some() && own == other).count();
    if both == 0 || same * 4 > both {
        return None;
    }
    let says_total =
        |name: &Option<String>| name.as_ref().is_some_and(|name| words.sounds_like_total(name));
    let name_totals = names.iter().any(|(own, _)| says_total(own))
        && names.iter().any(|(_, other)| says_total(other));
    let is_numbered = (0..left.len())
        .any(|at| at != named && rises(rows, left[at].0) && rises(rows, right[at].0));
    (name_totals || is_numbered || ends_before(&names)).then_some([left, right])
}

/// Returns the halves of a heading that calls all columns but one the same in both, or all of them below other
/// upper headings; with the place of the one that differs.
pub fn halves(columns: &[Headed]) -> Option<([&[Headed]; 2], Option<usize>)> {
    const LEAST: usize = 2;
    let (left, right) = columns.split_at(columns.len() / 2);
    if left.len() != right.len() || left.len() < LEAST || left.last()?.0 + 1 != right.first()?.0 {
        return None;
    }
    let lowest = |(_, levels): &Headed| levels.last().map(|level| heading::read(level).key);
    let differ = |at: &usize| lowest(&left[*at]) != lowest(&right[*at]);
    let mut others = (0..left.len()).filter(differ);
    let first = others.next();
    let path = |block: &[Headed]| block.first().and_then(|(_, levels)| levels.first().cloned());
    // The same words below 收入 and below 支出.
    if others.next().is_some() || first.is_none() && path(left) == path(right) {
        return None;
    }
    Some(([left, right], first))
}

/// Whether a column numbers its rows, one up each.
fn rises(rows: &[Row], column: u32) -> bool {
    const LEAST: usize = 3;
    let cells = rows.iter().filter_map(|row| row.cell(column));
    let numbers: Vec<Option<i64>> =
        cells.map(|cell| typed_text(&cell.content).trim().parse().ok()).collect();
    let up =
        |pair: &&[Option<i64>]| pair[0].zip(pair[1]).is_some_and(|(one, next)| next == one + 1);
    numbers.len() >= LEAST && numbers.windows(2).filter(up).count() * 5 >= (numbers.len() - 1) * 4
}

/// Whether one of two columns of names ends two rows or more before the other, and neither has a gap.
fn ends_before(names: &[Pair]) -> bool {
    const LEAST: usize = 2;
    let run = |of: &dyn Fn(&Pair) -> bool| {
        let run = names.iter().take_while(|pair| of(pair)).count();
        (!names[run..].iter().any(of)).then_some(run)
    };
    let left = run(&|(own, _)| own.is_some());
    let right = run(&|(_, other)| other.is_some());
    left.zip(right)
        .is_some_and(|(left, right)| left.min(right) >= LEAST && left.abs_diff(right) >= LEAST)
}

/// Returns whether a row names its first column and letters the others, above what they are called:
/// 科目 | A | B | C.
pub fn letters_its_columns(row: &Row) -> bool {
    const LEAST: usize = 3;
    let letter = |cell: &Cell| match &cell.content {
        Content::Text(text) => match text.trim().to_ascii_uppercase().as_bytes() {
            [one @ b'A'..=b'Z'] => Some(*one),
            _ => None,
        },
        _ => None,
    };
    let named = row.cells.iter().take_while(|cell| letter(cell).is_none()).count();
    let letters: Vec<Option<u8>> = row.cells[named..].iter().map(letter).collect();
    named > 0
        && letters.len() >= LEAST
        && letters.iter().zip(b'A'..=b'Z').all(|(letter, expected)| *letter == Some(expected))
}
