//! Where the headings of tables stand that nobody has described, found by their shape alone: words,
//! years and months above rows that hold figures.

mod form;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::levels::{self, is_column_numbers};
use super::money::unit_in_line;
use super::periods::{self, is_figure, is_word};
use super::side_by_side::{
    alike_between_blanks, letters_its_columns, numbered_between_blanks, sharing_between_blanks,
    touching,
};
use super::words::is_labelled;
pub use words::heading_of_words;
use words::{holds_number_of_somebody, lists_of_words};

use crate::model::{CellAt, MoneyUnit, fold};
use crate::normalise::typed::typed_text;
use crate::pipeline::Lexicon;
use crate::pipeline::heading;
use crate::read::{Content, Row, Sheet};

/// A heading: its rows and the first row below it, as places in the sheet's list of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headed {
    pub heading: Range<usize>,
    pub first: usize,
}

/// A column of a table that nobody has described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeColumn {
    pub column: u32,
    /// The heading that finds this column again, as a path where its lowest level is not enough.
    pub title: String,
    /// The levels of its heading, from the top, as typed.
    pub levels: Vec<String>,
    pub unit: Option<MoneyUnit>,
}

/// Longer texts are titles, notes and tasks, unless they stand among several shorter ones.
const LONG: usize = 40;
const MOST_LEVELS: usize = 6;
/// The most blank rows between two levels.
const MOST_BLANK_ROWS: u32 = 4;
/// So many rows of a form may stand above its table.
const MOST_ABOVE_FORM: usize = 30;
/// So many rows may stand between a heading and the first row with figures.
const MOST_BETWEEN: usize = 12;

/// Returns where headings stand, from the top.
pub fn headings(sheet: &Sheet) -> Vec<Headed> {
    let words = Lexicon::standard();
    let mut found: Vec<Headed> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut from = 0;
    let mut of_words = (from, lists_of_words(sheet, from));
    for at in 1..sheet.rows.len() {
        let row = &sheet.rows[at];
        if at <= from || row.cells.len() < 2 || !is_body(sheet, at) {
            continue;
        }
        // The first tasks of a list may be words, as a heading is.
        if found.is_empty() && of_words.0 != from {
            of_words = (from, lists_of_words(sheet, from));
        }
        let above = of_words.1.iter().find(|list| found.is_empty() && list.goes_on_at(at));
        if let Some(place) = above.map(|list| list.heading) {
            known.extend(keys(sheet, &sheet.rows[place..=place]));
            from = at;
            found.push(Headed { heading: place..place + 1, first: place + 1 });
            continue;
        }
        let Some(heading) = heading_above(sheet, from, at, &known, words) else { continue };
        // (1) (2) (3) below a heading belongs to it.
        let first = if is_column_numbers(row) { at + 1 } else { at };
        let own = keys(sheet, &sheet.rows[heading.clone()]);
        // Labels and what they say, in pairs above the table of a form, are none.
        let is_form = || found.len() == 1 && form::stands_above(sheet, from, &heading);
        let is_below_pair =
            heading.len() == 1 && form::is_below_a_pair(own.len(), &known, heading.start - from);
        if (is_far_wider(own.len(), known.len()) || is_below_pair || is_form())
            && heading.start < MOST_ABOVE_FORM
            && !is_apart(sheet, from, heading.start)
        {
            found.clear();
        }
        known.extend(own);
        from = first;
        found.push(Headed { heading, first });
    }
    found
}

/// Returns whether a row holds figures that are not the years and months of a heading.
fn is_body(sheet: &Sheet, at: usize) -> bool {
    sheet.rows[at].cells.iter().any(|cell| is_figure(&cell.content))
        && !is_labelled(&sheet.rows[at])
        && !periods::is_heading(sheet, at)
        && !levels::stands_below_merges(sheet, at)
}

/// Returns whether a row could be a level of a heading: words, years and months.
///
/// Long texts are those of a heading where they stand side by side below nothing but lines: a
/// heading in two languages, or with its legal basis. `from` is where the rows above begin.
fn is_words(sheet: &Sheet, from: usize, at: usize) -> bool {
    let cells = &sheet.rows[at].cells;
    if is_labelled(&sheet.rows[at]) {
        return false;
    }
    let mut long = 0;
    let mut has_figures = false;
    for cell in cells {
        match &cell.content {
            content if is_figure(content) => has_figures = true,
            Content::Text(text) if holds_number_of_somebody(text) => return false,
            Content::Text(text) => long += usize::from(is_long(text)),
            _ => return false,
        }
    }
    let is_short = long == 0 || (long * 3 <= cells.len() && cells.len() > 2);
    (is_short || is_first_wide(sheet, from, at))
        && (!has_figures
            || periods::is_heading(sheet, at)
            || periods::stand_beside(sheet, at)
            || levels::stands_below_merges(sheet, at))
}

/// Returns whether a row is among the first that are more than a line: up to two such rows of words
/// stand right above it, and all further ones since `from` have less than half of its cells.
fn is_first_wide(sheet: &Sheet, from: usize, at: usize) -> bool {
    const MOST_LINES: usize = 20;
    let count = sheet.rows[at].cells.len();
    let is_line = |row: &Row| row.cells.len() * 2 < count || is_column_numbers(row);
    let holds_words = |row: &Row| row.cells.iter().all(|cell| is_word(&cell.content));
    let above = &sheet.rows[from..at];
    let beside = above.iter().rev().take_while(|row| !is_line(row) && holds_words(row)).count();
    count > 2
        && beside < MOST_LEVELS
        && above.len() <= MOST_LINES
        && above[..above.len() - beside].iter().all(is_line)
}

/// Returns whether a text is longer than headings are; a letter says less than a Chinese character.
fn is_long(text: &str) -> bool {
    const LETTERS: usize = 3;
    let letters = text.chars().filter(char::is_ascii).count();
    text.chars().count() - letters + letters / LETTERS > LONG
}

/// Returns the rows above a row with figures that name most of its columns.
fn heading_above(
    sheet: &Sheet,
    from: usize,
    at: usize,
    known: &BTreeSet<String>,
    words: &Lexicon,
) -> Option<Range<usize>> {
    let row = &sheet.rows[at];
    let figures: BTreeSet<u32> =
        row.cells.iter().filter(|cell| is_figure(&cell.content)).map(|cell| cell.column).collect();
    let mut best: Option<(usize, Range<usize>)> = None;
    for lowest in (from.max(at.saturating_sub(MOST_BETWEEN))..at).rev() {
        let row_above = &sheet.rows[lowest];
        if !is_words(sheet, from, lowest) {
            // The name of a block, or (1) (2) (3), may stand between the heading and the figures.
            if row_above.cells.len() == 1 || is_column_numbers(row_above) {
                continue;
            }
            break;
        }
        // A, B, C above what the columns are called.
        if best.is_some() && is_column_numbers(row_above) {
            break;
        }
        let start = topmost(sheet, from, lowest, words);
        if row_above.cells.len() == 1 && start == lowest {
            continue;
        }
        // A word alone below a heading that leaves its first column blank is the name of a block.
        if let [only] = row_above.cells.as_slice()
            && sheet.rows[start..lowest]
                .iter()
                .flat_map(|row| &row.cells)
                .all(|cell| cell.column > only.column)
        {
            continue;
        }
        let rows = &sheet.rows[start..=lowest];
        let named = columns_with_words(sheet, rows);
        let filled = row.cells.iter().filter(|cell| named.contains_key(&cell.column)).count();
        // A figure beside words that nothing stands above is the number of a row of the body.
        let is_named = |column: &&u32| named.get(*column).is_some_and(|levels| !is_unnamed(levels));
        let figures_named = figures.iter().filter(is_named).count();
        // What words and blanks stand in is a row of the body where figures do.
        let fits = named.len() >= 2
            && filled >= 2
            && filled * 3 >= row.cells.len() * 2
            && figures_named * 3 >= figures.len() * 2;
        let is_new = known.is_empty() || begins_anew(sheet, from, start, rows, known);
        // Of two that name as much of the row, the upper; but not where it names less of the rows below it.
        let is_as_wide = |best: &Range<usize>| {
            let known = columns_with_words(sheet, &sheet.rows[best.clone()]);
            covered(sheet, at, &named) >= covered(sheet, at, &known)
        };
        let is_better = best.as_ref().is_none_or(|(most, rows)| {
            filled > *most || (filled == *most && start < rows.start && is_as_wide(rows))
        });
        if fits && is_new && is_better {
            best = Some((filled, start..lowest + 1));
            // Words over all the figures are no task's: a heading above is the same in other words.
            let is_over = |column: &u32| row_above.cell(*column).is_some();
            if figures.len() > 1
                && filled == row.cells.len()
                && figures.iter().all(is_over)
                && !is_column_numbers(row_above)
            {
                let is_same = start.checked_sub(1).is_some_and(|above| {
                    above >= from
                        && is_words(sheet, from, above)
                        && named.keys().all(|column| sheet.rows[above].cell(*column).is_some())
                });
                best = Some((filled, start - usize::from(is_same)..lowest + 1));
                break;
            }
        }
    }
    best.map(|(_, rows)| rows)
}

/// How many cells of a row with figures and of the few below it stand in the columns that a heading names.
fn covered(sheet: &Sheet, at: usize, named: &BTreeMap<u32, Vec<String>>) -> usize {
    const ROWS: usize = 4;
    let rows = sheet.rows[at..].iter().take(ROWS);
    rows.flat_map(|row| &row.cells).filter(|cell| named.contains_key(&cell.column)).count()
}

/// Returns whether a heading below the first rows of a table is another: it names the same columns,
/// as on a further page, or something parts it from the rows above.
fn begins_anew(
    sheet: &Sheet,
    from: usize,
    start: usize,
    rows: &[Row],
    known: &BTreeSet<String>,
) -> bool {
    let keys = keys(sheet, rows);
    let again = keys.iter().filter(|key| known.contains(*key)).count();
    // An amount of 1932 below a total is no year.
    let figures = rows.iter().flat_map(|row| &row.cells);
    let figures = figures.filter(|cell| matches!(cell.content, Content::Number(_))).count();
    let is_apart = figures != 1 && is_apart(sheet, from, start);
    let heading = start..start + rows.len();
    let is_form = || start < MOST_ABOVE_FORM && form::stands_above(sheet, from, &heading);
    again * 2 > keys.len()
        || is_apart
        || is_far_wider(keys.len(), known.len())
        || rows.len() == 1 && form::is_below_a_pair(keys.len(), known, start - from)
        || is_form()
}

/// Returns whether a blank row or a line parts a row from those above it.
fn is_apart(sheet: &Sheet, from: usize, start: usize) -> bool {
    let above = start.checked_sub(1).filter(|above| *above >= from).map(|above| &sheet.rows[above]);
    above.is_none_or(|above| above.index + 1 < sheet.rows[start].index || above.cells.len() == 1)
}

/// Returns whether a heading names so many more columns than all above it that these are no table
/// beside its own.
fn is_far_wider(columns: usize, above: usize) -> bool {
    const LEAST: usize = 12;
    columns >= LEAST && above > 0 && columns >= above * 3
}

/// Returns the topmost row of the heading that ends in a row.
fn topmost(sheet: &Sheet, from: usize, lowest: usize, words: &Lexicon) -> usize {
    let mut start = lowest;
    while start > from && lowest - start + 1 < MOST_LEVELS {
        let blank = sheet.rows[start].index - sheet.rows[start - 1].index - 1;
        if blank > MOST_BLANK_ROWS
            || !is_words(sheet, from, start - 1)
            || form::is_one_of_several(sheet, start - 1)
            || !is_level_above(sheet, start - 1, start..lowest + 1, words)
        {
            break;
        }
        start -= 1;
    }
    start
}

/// Returns whether a row is a level above the rows of a heading: it holds what spans several of their
/// columns, or what reaches down beside them, and is no title and no line like 单位：万元.
fn is_level_above(sheet: &Sheet, upper: usize, lower: Range<usize>, words: &Lexicon) -> bool {
    let row = &sheet.rows[upper];
    let below = &sheet.rows[lower];
    if letters_its_columns(row) && below.iter().any(|row| row.cells.len() > 1) {
        return true;
    }
    let has = |column: u32| below.iter().any(|row| row.cell(column).is_some());
    let first = below.iter().filter_map(|row| row.cells.first()).map(|cell| cell.column).min();
    let last = below.iter().filter_map(|row| row.cells.last()).map(|cell| cell.column).max();
    let (mut evidence, mut down, mut across) = (0, 0, 0);
    let (mut spanning, mut merged_down) = (0, 0);
    let mut over_one: Vec<u32> = Vec::new();
    for (place, cell) in row.cells.iter().enumerate() {
        if let Content::Text(text) = &cell.content
            && is_line(text, words)
        {
            return false;
        }
        let at = CellAt::new(row.index, cell.column);
        let merge = sheet.merges.at(at).copied();
        let end = merge.map_or(cell.column, |merge| merge.last.column);
        let reaches_down = merge.is_some_and(|merge| merge.last.row > row.index);
        if reaches_down && !has(cell.column) {
            evidence += 1;
            down += 1;
            merged_down += 1;
            continue;
        }
        if end > cell.column {
            // A title spans everything.
            let spans_all = first.is_some_and(|first| cell.column <= first)
                && last.is_some_and(|last| end >= last);
            evidence += usize::from(!spans_all);
            across += usize::from(!spans_all);
            continue;
        }
        if !has(cell.column) {
            evidence += 1;
            down += 1;
            continue;
        }
        // Nothing is merged, as in csv: what is blank to its right belongs to it.
        let next = row.cells.get(place + 1).map_or(u32::MAX, |next| next.column);
        // Nor in a heading that repeats what it spans.
        let same = |place: Option<usize>| {
            let beside = place.and_then(|place| row.cells.get(place));
            beside.is_some_and(|beside| {
                beside.column.abs_diff(cell.column) == 1 && beside.content == cell.content
            })
        };
        let repeats = same(Some(place + 1)) || same(place.checked_sub(1));
        let spans = repeats || next > cell.column + 1 && has(cell.column + 1);
        spanning += usize::from(spans);
        if !spans && !below.iter().all(|row| row.cell(cell.column).is_none_or(is_unit_only)) {
            over_one.push(cell.column);
        }
    }
    // Where several columns have nothing below them and others are merged over several, a heading that goes on in
    // the row below is one in two lines.
    // The parts of what is merged over several stand in that row as well: 一 | 道路 below them is a section.
    let goes_on = below
        .first()
        .is_some_and(|next| over_one.iter().all(|column| next.cell(*column).is_some()));
    let is_merged = across > 0 || merged_down > 1 && merged_down == down;
    let is_two_lines = down > 1 && is_merged && (over_one.len() < down || across == 0) && goes_on;
    if !over_one.is_empty() && !is_two_lines && (evidence == 0 || !are_twins(below, &over_one)) {
        return false;
    }
    if spanning > 1 && spanning == row.cells.len() {
        evidence += spanning;
    }
    // One cell alone is a title or the name of a block, unless it spans some of the columns or the heading
    // goes on above it.
    evidence > 0
        && (row.cells.len() > 1
            || row.cells.iter().all(|cell| Some(cell.column) > first)
            || names_first_columns(sheet, upper))
}

/// Returns whether a row names the first columns on a level of its own: what stands above it leaves them blank.
fn names_first_columns(sheet: &Sheet, at: usize) -> bool {
    let Some(above) = at.checked_sub(1) else { return false };
    let (row, above) = (&sheet.rows[at], &sheet.rows[above]);
    let blank = row.index - above.index - 1;
    blank <= MOST_BLANK_ROWS
        && above.cells.len() > 1
        && levels::names_only(row, above)
        && !above.cells.iter().any(|cell| is_figure(&cell.content))
}

/// Returns whether what stands in each of these columns of a heading stands in another of them as well, so
/// that only what is above tells them apart: 投资 below 2019 and below 2020, or 资金 below one heading over one
/// column and below another over several.
fn are_twins(below: &[Row], columns: &[u32]) -> bool {
    let under = |column: &u32| -> Vec<String> {
        let cells = below.iter().filter_map(|row| row.cell(*column));
        cells.map(|cell| heading::read(&typed_text(&cell.content)).key).collect()
    };
    let used: BTreeSet<u32> =
        below.iter().flat_map(|row| &row.cells).map(|cell| cell.column).collect();
    let all: Vec<Vec<String>> = used.iter().map(under).collect();
    columns.iter().map(under).all(|own| all.iter().filter(|other| **other == own).count() > 1)
}

/// Returns whether a cell below a heading only names its unit: （万元）, （公里）.
fn is_unit_only(cell: &crate::read::Cell) -> bool {
    matches!(&cell.content, Content::Text(text)
        if is_in_brackets(text) || heading::read(text).key.is_empty() || money_named(text))
}

fn money_named(text: &str) -> bool {
    let plain = fold::plain(text);
    MoneyUnit::ALL.into_iter().any(|unit| unit.name() == plain)
}

fn is_in_brackets(text: &str) -> bool {
    let plain = fold::plain(text);
    plain.starts_with('(') && plain.ends_with(')')
}

/// Returns whether a row beside a table is no part of it: words only, one of them with what it says
/// behind a colon, as in 填报单位：某县 or 审核人：张三.
pub fn is_beside(row: &Row, words: &Lexicon) -> bool {
    let mut has_line = false;
    for cell in &row.cells {
        match &cell.content {
            Content::Text(text) if !is_figure(&cell.content) => has_line |= is_line(text, words),
            _ => return false,
        }
    }
    has_line
}

/// Returns whether half of what a row says are labels and what they say.
pub fn are_lines(row: &Row, words: &Lexicon) -> bool {
    let lines = row.cells.iter().filter(|cell| match &cell.content {
        Content::Text(text) => is_line(text, words),
        _ => false,
    });
    lines.count() * 2 >= row.cells.len()
}

/// Returns whether a text is a line above a table and no heading: 填报单位：某县, 单位：万元.
fn is_line(text: &str, words: &Lexicon) -> bool {
    let plain = fold::plain(text);
    let outside = plain.split('(').next().unwrap_or_default();
    let Some((label, value)) = outside.split_once(':') else { return false };
    // https://… names nobody.
    if value.starts_with("//") {
        return false;
    }
    let is_part = words.parts.iter().any(|word| label.ends_with(word.as_str()));
    unit_in_line(&plain, words).is_some() || (!is_part && !value.is_empty())
}

/// Returns the levels of the heading of each column, by column.
fn columns_with_words(sheet: &Sheet, rows: &[Row]) -> BTreeMap<u32, Vec<String>> {
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for row in rows {
        for cell in &row.cells {
            let at = CellAt::new(row.index, cell.column);
            let last = sheet.merges.at(at).map_or(cell.column, |merge| merge.last.column);
            used.extend(cell.column..=last.min(cell.column + 50));
        }
    }
    let mut columns = BTreeMap::new();
    for column in used {
        let levels = levels::levels(sheet, rows, column);
        if levels.is_empty()
            || levels::is_rest_of_merge(sheet, rows, column, &levels)
            || levels::numbers_beside(sheet, rows, column, &levels)
        {
            continue;
        }
        let levels: Vec<String> = levels.into_iter().map(|(_, text)| text).collect();
        if !heading::read(&levels.concat()).key.is_empty() {
            columns.insert(column, levels);
        }
    }
    let first = columns.keys().next().copied().filter(|first| *first > 0);
    if let (Some(first), Some(last)) = (first, rows.last())
        && let Some(unnamed) = levels::unnamed_column(sheet, last.index, first)
    {
        columns.insert(unnamed, vec![heading::UNNAMED.to_owned()]);
    }
    columns
}

/// Returns whether nothing stands above a column.
fn is_unnamed(levels: &[String]) -> bool {
    levels.first().is_some_and(|level| level == heading::UNNAMED)
}

/// Returns the keys of the paths of a heading's columns.
fn keys(sheet: &Sheet, rows: &[Row]) -> Vec<String> {
    columns_with_words(sheet, rows).values().map(|levels| key_of(levels)).collect()
}

/// Returns the key of levels, one behind the other.
fn key_of(levels: &[String]) -> String {
    levels.iter().map(|level| heading::read(level).key).collect()
}

/// Returns the columns that a heading names, with what finds each of them again; several lists where
/// tables stand side by side under one heading.
pub fn columns(sheet: &Sheet, rows: &[Row]) -> Vec<Vec<ShapeColumn>> {
    let columns: Vec<(u32, Vec<String>)> = columns_with_words(sheet, rows).into_iter().collect();
    let width = width_of_one(&columns);
    if width == columns.len()
        && let Some(lists) =
            alike_between_blanks(&columns).or_else(|| sharing_between_blanks(&columns))
    {
        return lists.into_iter().map(named).collect();
    }
    let below = rows.last().map_or(0, |row| row.index);
    if width == columns.len()
        && let Some(lists) = numbered_between_blanks(sheet, below, &columns)
    {
        return lists.into_iter().map(named).collect();
    }
    if width == columns.len()
        && let Some(lists) = touching(sheet, below, &columns, Lexicon::standard())
    {
        return lists.into_iter().map(named).collect();
    }
    columns.chunks(width.max(1)).map(named).collect()
}

/// Returns how many columns one of several tables side by side has; all of them where there is one.
fn width_of_one(columns: &[(u32, Vec<String>)]) -> usize {
    let paths: Vec<String> = columns.iter().map(|(_, levels)| key_of(levels)).collect();
    let lowest: Vec<String> = columns
        .iter()
        .map(|(_, levels)| levels.last().map_or_else(String::new, |level| heading::read(level).key))
        .collect();
    let count = columns.len();
    let repeats = |keys: &[String], least: usize| {
        (least..=count / 2).filter(|width| count.is_multiple_of(*width)).find(|width| {
            let distinct: BTreeSet<&String> = keys[..*width].iter().collect();
            distinct.len() == *width && (*width..count).all(|at| keys[at] == keys[at - width])
        })
    };
    // Under names of their own, 东部 and 西部, only the lowest levels are the same.
    repeats(&paths, 2).or_else(|| repeats(&lowest, 3)).unwrap_or(count)
}

/// Gives each column the shortest heading that is no other column's.
fn named(columns: &[(u32, Vec<String>)]) -> Vec<ShapeColumn> {
    let totals = Lexicon::default().totals;
    let levels: Vec<Vec<&str>> = columns
        .iter()
        .map(|(_, levels)| {
            levels.iter().map(String::as_str).filter(|l| !heading::read(l).key.is_empty()).collect()
        })
        .collect();
    let path = |place: usize, depth: usize| {
        let levels = &levels[place];
        levels[levels.len().saturating_sub(depth)..].join(heading::BELOW)
    };
    // What a lone level is called by others, too, needs what stands above it.
    let mut depths: Vec<usize> = levels
        .iter()
        .map(|levels| 1 + usize::from(levels.last().is_some_and(|lowest| is_in_brackets(lowest))))
        .collect();
    for depth in 1..=MOST_LEVELS {
        let keys: Vec<String> =
            (0..levels.len()).map(|place| heading::read(&path(place, depths[place])).key).collect();
        let times = counted(&keys);
        for (place, key) in keys.iter().enumerate() {
            if times[key] > 1 && depths[place] == depth && levels[place].len() > depth {
                depths[place] += 1;
            }
        }
    }
    let mut titles: Vec<String> =
        (0..levels.len()).map(|place| path(place, depths[place])).collect();
    let key_of = |text: &str| heading::read(text).key;
    let mut keys: Vec<String> = titles.iter().map(|title| key_of(title)).collect();
    let lowest_keys: Vec<Option<String>> =
        levels.iter().map(|levels| levels.last().map(|lowest| key_of(lowest))).collect();
    // How many columns are called so, by their titles and by their lowest levels.
    let mut titled = owned(counted(&keys));
    let lowest_of = owned(counted(lowest_keys.iter().flatten()));
    // 资金 / 合计 is 资金, where nothing else is.
    for place in 0..levels.len() {
        let ([.., parent, _], Some(lowest_key)) = (levels[place].as_slice(), &lowest_keys[place])
        else {
            continue;
        };
        if !totals.contains(lowest_key) {
            continue;
        }
        let key = key_of(parent);
        let by_title = usize::from(keys[place] == key);
        let by_lowest = usize::from(*lowest_key == key);
        let is_free = titled.get(&key).copied().unwrap_or(0) == by_title
            && lowest_of.get(&key).copied().unwrap_or(0) == by_lowest;
        if is_free {
            (*parent).clone_into(&mut titles[place]);
        } else if depths[place] == 1 {
            titles[place] = path(place, 2);
        } else {
            continue;
        }
        let now = key_of(&titles[place]);
        *titled.entry(std::mem::replace(&mut keys[place], now.clone())).or_default() -= 1;
        *titled.entry(now).or_default() += 1;
    }
    let times = counted(&keys);
    let mut before: BTreeMap<&String, usize> = BTreeMap::new();
    for (place, key) in keys.iter().enumerate() {
        let so_far = before.entry(key).or_default();
        *so_far += 1;
        if times[key] > 1 && *so_far > 1 {
            titles[place] = format!("{}#{so_far}", titles[place]);
        }
    }
    columns
        .iter()
        .zip(titles)
        .map(|((column, levels), title)| ShapeColumn {
            column: *column,
            title,
            levels: levels.clone(),
            unit: levels.iter().rev().find_map(|level| heading::read(level).unit),
        })
        .collect()
}

fn owned(counted: BTreeMap<&String, usize>) -> BTreeMap<String, usize> {
    counted.into_iter().map(|(key, times)| (key.clone(), times)).collect()
}

fn counted<'a>(keys: impl IntoIterator<Item = &'a String>) -> BTreeMap<&'a String, usize> {
    let mut times = BTreeMap::new();
    for key in keys {
        *times.entry(key).or_default() += 1;
    }
    times
}

#[cfg(test)]
mod tests;
