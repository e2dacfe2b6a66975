//! What stands above one column of a table: the levels of its heading, its share of one that is merged over
//! several, and the rows that only number the columns.

use std::collections::BTreeMap;

use super::words::is_figure;
use crate::model::{CellAt, fold};
use crate::normalise::typed::typed_text;
use crate::read::{Content, Row, Sheet};

/// So far below a heading that is merged over several columns is looked which of them is filled in.
const ROWS_LOOKED_AT: usize = 500;

/// (1) (2) (3), A B C or 甲 乙 1 2 below a heading.
pub fn is_column_numbers(row: &Row) -> bool {
    // 4=5+6 is the number of a column that adds up others.
    let own = |content: &Content| {
        let text = typed_text(content);
        fold::key(text.split_once(['=', '＝']).map_or(&*text, |(own, _)| own))
    };
    let marks: Vec<String> = row.cells.iter().take(64).map(|cell| own(&cell.content)).collect();
    if marks.len() < 3 {
        // A table of two columns, of whatever order, which may be what is left of a wider one.
        let [one, other] = marks.as_slice() else { return false };
        let is_stem = |mark: &String| ["甲", "乙"].contains(&mark.as_str());
        return is_stem(one) && other == "1" || one == "1" && is_stem(other);
    }
    let letters = |mark: &String| mark.len() == 1 && mark.chars().all(|c| c.is_ascii_lowercase());
    let stems = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "栏次", "列次"];
    let numbers: Vec<u32> = marks.iter().filter_map(|mark| mark.parse().ok()).collect();
    // Beside one another two halves of a table are each numbered from 1; behind 甲 and 乙 one may do.
    let rises = |pair: &[u32]| pair[1] == pair[0] + 1 || pair[1] == 1;
    let is_list = numbers.len() >= 2 && numbers.windows(2).all(rises);
    let named = marks.iter().filter(|mark| stems.contains(&mark.as_str())).count();
    let rising = is_list || named >= 2 && (numbers.is_empty() || numbers == [1]);
    let all_marks =
        marks.iter().all(|mark| mark.parse::<u32>().is_ok() || stems.contains(&mark.as_str()));
    (rising && all_marks) || marks.iter().all(letters) || are_formulas(row)
}

/// Returns whether a row below a heading in Chinese says by what names a program knows the columns: `prj_name`,
/// `amt_total`, `end_month`. Most have several words in one, as no task has.
pub fn are_names_of_fields(heading: &[Row], row: &Row) -> bool {
    const LEAST: usize = 4;
    let texts = |row: &Row| -> Vec<String> {
        row.cells.iter().map(|cell| typed_text(&cell.content).into_owned()).collect()
    };
    let names = texts(row);
    let is_name = |text: &String| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let is_joined = |text: &&String| {
        let is_camel = || {
            text.as_bytes()
                .windows(2)
                .any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
        };
        text.contains('_') || is_camel()
    };
    names.len() >= LEAST
        && names.iter().all(is_name)
        && names.iter().filter(is_joined).count() * 2 > names.len()
        && heading.iter().flat_map(texts).filter(|text| !text.is_ascii()).count() * 2 > names.len()
}

/// Returns whether a row names its columns by letters and says how some follow from others: A, B,
/// D=B-A, P0; a word or two may stand among them.
fn are_formulas(row: &Row) -> bool {
    const LEAST: usize = 4;
    const LONGEST: usize = 16;
    if row.cells.len() < LEAST {
        return false;
    }
    let is_mark = |text: &str| {
        let letters = text.split(|c: char| !c.is_ascii_alphabetic());
        let mut letters = letters.filter(|run| !run.is_empty()).peekable();
        text.len() <= LONGEST
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "=+-*/().% ".contains(c))
            && letters.peek().is_some()
            && letters.all(|run| run.len() == 1)
    };
    let (mut marks, mut formulas) = (0, 0);
    for cell in &row.cells {
        let Content::Text(text) = &cell.content else { return false };
        let is_own = is_mark(text.trim());
        marks += usize::from(is_own);
        formulas += usize::from(is_own && text.contains('='));
    }
    formulas > 0 && marks * 5 >= row.cells.len() * 4
}

/// Returns whether a row is the lower level of a heading by its merges, whatever it holds: of the words right above
/// it two at least reach down beside it, and each of its own cells stands below one that is merged over several
/// columns, as the days 1.18 | 1.21 of what was handed over do.
pub fn stands_below_merges(sheet: &Sheet, at: usize) -> bool {
    const LEAST_DOWN: usize = 2;
    let row = &sheet.rows[at];
    let above = at.checked_sub(1).map(|place| &sheet.rows[place]);
    let Some(above) = above.filter(|above| above.index + 1 == row.index) else { return false };
    // Most rows stand below no merged cell.
    let spans = |column: u32| {
        let merge = sheet.merges.at(CellAt::new(above.index, column));
        merge.is_some_and(|own| {
            own.first.row == above.index
                && own.last.row == above.index
                && own.last.column > own.first.column
        })
    };
    let reaches_down = |column: u32| {
        let merge = sheet.merges.at(CellAt::new(above.index, column));
        merge.is_some_and(|own| own.first.row == above.index && own.last.row == row.index)
    };
    !row.cells.is_empty()
        && row.cells.iter().all(|cell| spans(cell.column))
        && above.cells.iter().all(|cell| matches!(cell.content, Content::Text(_)))
        && above.cells.iter().filter(|cell| reaches_down(cell.column)).count() >= LEAST_DOWN
}

/// Returns the column left of all headings that says what the rows below are about, though nothing
/// stands above it: of several the one that is filled most, and the first of such.
pub fn unnamed_column(sheet: &Sheet, heading: u32, first: u32) -> Option<u32> {
    const ROWS_LOOKED_AT: usize = 60;
    let start = sheet.rows.partition_point(|row| row.index <= heading);
    let below = &sheet.rows[start..sheet.rows.len().min(start + ROWS_LOOKED_AT)];
    let mut filled: BTreeMap<u32, usize> = BTreeMap::new();
    let mut worded: BTreeMap<u32, usize> = BTreeMap::new();
    let mut rows = 0;
    for row in below {
        // A line below the table says nothing about its columns.
        if !row.cells.iter().any(|cell| cell.column >= first) {
            continue;
        }
        rows += 1;
        for cell in row.cells.iter().take_while(|cell| cell.column < first) {
            *filled.entry(cell.column).or_default() += 1;
            let is_word = !is_figure(&cell.content);
            *worded.entry(cell.column).or_default() += usize::from(is_word);
        }
    }
    // Of a number and a name without headings the name is what a row is about.
    let is_named = |column: u32| worded.get(&column).is_some_and(|count| count * 2 >= rows);
    let best = filled
        .into_iter()
        .max_by_key(|(column, count)| (is_named(*column), *count, u32::MAX - column));
    best.filter(|(_, count)| count * 2 >= rows).map(|(column, _)| column)
}

/// Returns the words that stand above one another in the heading of a column, each once.
pub fn levels(sheet: &Sheet, rows: &[Row], column: u32) -> Vec<(CellAt, String)> {
    let mut levels: Vec<(CellAt, String)> = Vec::new();
    for (level, row) in rows.iter().enumerate() {
        let at = CellAt::new(row.index, column);
        let merge = sheet.merges.at(at);
        let origin = merge.map_or(at, |merge| merge.first);
        let mut text = sheet.content(origin).map(typed_text).unwrap_or_default();
        let is_last = level + 1 == rows.len();
        if text.is_empty() && merge.is_none() && !is_last {
            // A parent over several columns that is not merged, as in csv: the nearest text to
            // its left, when the level below has a word of its own here.
            let below =
                rows[level + 1..].iter().find(|below| !names_only(below, row)).unwrap_or(row);
            let parent = row.cells.iter().rev().find(|cell| cell.column < column);
            let parent = parent.filter(|_| !names_only(row, below));
            if sheet.content(CellAt::new(below.index, column)).is_some() {
                text = parent.map(|cell| typed_text(&cell.content)).unwrap_or_default();
            }
        }
        let same = levels.last().is_some_and(|(last, _)| *last == origin);
        if !text.is_empty() && !same {
            levels.push((origin, text.into_owned()));
        }
    }
    levels
}

/// Returns whether a level of a heading stands left of all of another: it names the first columns, and nothing
/// else.
pub fn names_only(row: &Row, other: &Row) -> bool {
    let ends = row.cells.last().zip(other.cells.first());
    ends.is_some_and(|(last, first)| last.column < first.column)
}

/// Returns whether a column has no heading of its own but its share of one that is merged over
/// several columns, and another of them is the one that is filled in: the first, where none is.
pub fn is_rest_of_merge(
    sheet: &Sheet,
    rows: &[Row],
    column: u32,
    levels: &[(CellAt, String)],
) -> bool {
    let Some((origin, _)) = levels.last() else { return false };
    let Some(merge) = sheet.merges.at(*origin) else { return false };
    if merge.first.column == merge.last.column {
        return false;
    }
    let heading = rows.last().map_or(0, |row| row.index);
    let first = sheet.rows.partition_point(|row| row.index <= heading);
    let below = &sheet.rows[first..sheet.rows.len().min(first + ROWS_LOOKED_AT)];
    let is_filled = |column: u32| below.iter().any(|row| row.cell(column).is_some());
    !is_filled(column)
        && (column != merge.first.column
            || (column + 1..=merge.last.column.min(column + 50)).any(is_filled))
}

/// Returns whether a column shares its heading with the column to its right, merged over both, and
/// only numbers the rows there: 1, 2, 一、 beside the names that the heading means.
pub fn numbers_beside(
    sheet: &Sheet,
    rows: &[Row],
    column: u32,
    levels: &[(CellAt, String)],
) -> bool {
    const LEAST: usize = 3;
    let Some((origin, _)) = levels.last() else { return false };
    let merge = sheet.merges.at(*origin);
    if merge.is_none_or(|merge| merge.first.column != column || merge.last.column != column + 1) {
        return false;
    }
    let heading = rows.last().map_or(0, |row| row.index);
    let first = sheet.rows.partition_point(|row| row.index <= heading);
    let below = &sheet.rows[first..sheet.rows.len().min(first + ROWS_LOOKED_AT)];
    let (mut numbers, mut others, mut names) = (0, 0, 0);
    for row in below {
        let Some(name) = row.cell(column + 1) else { continue };
        names += usize::from(typed_text(&name.content).chars().any(char::is_alphabetic));
        match row.cell(column).map(|cell| typed_text(&cell.content)) {
            Some(text) if is_ordinal(&text) => numbers += 1,
            Some(_) => others += 1,
            None => {}
        }
    }
    numbers >= LEAST && others * 10 <= numbers && names > 0 && names >= numbers
}

/// 1, 2.1, 3、, （一）, 二、.
fn is_ordinal(text: &str) -> bool {
    const LONGEST: usize = 5;
    let plain = fold::plain(text);
    let bare = plain.trim_matches(['(', ')', '、', '.', ',']);
    !bare.is_empty()
        && bare.chars().count() <= LONGEST
        && (bare.chars().all(|c| c.is_ascii_digit() || c == '.')
            || bare.chars().all(|c| "一二三四五六七八九十".contains(c)))
}
