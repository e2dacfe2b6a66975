//! What stands beside a table or above its headings and is no column of it: another table, letters that
//! number the columns.

use std::collections::BTreeSet;

use crate::pipeline::heading;
use crate::read::{Cell, Content, Row};

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
