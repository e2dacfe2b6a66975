//! The heading of a table: in which rows it stands, and which declared column each of its columns is.
//!
//! A heading has one to three levels. Every run of one to three adjacent rows is tried as a
//! heading; the one that names the most declared columns wins.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::model::{CellAt, ColumnId, fold, words};
use crate::pipeline::Pipeline;
use crate::pipeline::heading::{self, Heading};
use crate::read::{Cell, Content, Row, Sheet};

use super::left_over;
use super::levels::{
    are_names_of_fields, is_column_numbers, is_rest_of_merge, levels, numbers_beside,
    stands_below_merges, unnamed_column,
};
use super::otherwise::{Wording, in_other_words};
use super::table::{Ambiguity, Layout, SheetColumn};
use super::words::{is_period, starts_with_note_word};
use crate::normalise::typed::typed_text;

/// The most levels a heading has.
const MOST_LEVELS: usize = 3;
/// The most blank rows between two of its levels.
const MOST_BLANK_ROWS: u32 = 1;

/// Returns whether a heading of these rows is one that is searched for.
pub fn is_searched(rows: &[u32]) -> bool {
    rows.len() <= MOST_LEVELS
        && rows.windows(2).all(|pair| pair[1] - pair[0] - 1 <= MOST_BLANK_ROWS)
}

/// Returns the heading that starts in the given row of the list, when one does.
///
/// `at` is a place in `sheet.rows`, not a row number.
pub fn heading_at(
    sheet: &Sheet,
    at: usize,
    wording: Wording,
    pipeline: &Pipeline,
) -> Option<Layout> {
    let here = best_depth(sheet, at, wording, pipeline)?;
    // A title above the heading reads as one more level that adds nothing: the later start
    // wins, unless this row names columns of its own.
    let own = layout(sheet, &sheet.rows[at..=at], wording, pipeline).matched();
    if own >= 2 || (own == 1 && here.heading_rows.len() > 1) {
        return Some(here);
    }
    let later = (at + 1..sheet.rows.len().min(at + MOST_LEVELS))
        .filter_map(|next| best_depth(sheet, next, wording, pipeline))
        .map(|layout| layout.matched())
        .max();
    if later.is_some_and(|matched| matched >= here.matched()) { None } else { Some(here) }
}

/// Returns the heading that stands in declared rows, when any of them holds something.
pub fn heading_of_rows(
    sheet: &Sheet,
    declared: &RangeInclusive<u32>,
    pipeline: &Pipeline,
) -> Option<Layout> {
    let first = sheet.rows.partition_point(|row| row.index < *declared.start());
    let end = sheet.rows.partition_point(|row| row.index <= *declared.end());
    let rows = sheet.rows.get(first..end).filter(|rows| !rows.is_empty())?;
    let mut found = layout(sheet, rows, Wording::Declared, pipeline);
    number_columns(sheet, end, &mut found);
    Some(found)
}

/// Adds to a heading the row right below it, where that only numbers its columns.
fn number_columns(sheet: &Sheet, next: usize, layout: &mut Layout) {
    let heading = &sheet.rows[next.saturating_sub(layout.heading_rows.len())..next];
    if let Some(row) = sheet.rows.get(next)
        && layout.heading_rows.last().is_some_and(|last| last + 1 == row.index)
        && (is_column_numbers(row) || are_names_of_fields(heading, row))
    {
        layout.heading_rows.push(row.index);
    }
}

/// Returns the heading of a table below another that does not say what its rows are about, as sums by
/// unit do not: several of its words are declared, an amount's among them, and figures stand below.
/// No row of it is a task, whatever its cells hold in the columns of the table above.
pub fn heading_without_key(sheet: &Sheet, at: usize, pipeline: &Pipeline) -> Option<Layout> {
    let row = &sheet.rows[at];
    let is_word = |content: &Content| {
        matches!(content, Content::Text(text)
            if !text.contains([':', '：']) && !super::words::is_figure(content))
    };
    let below = sheet.rows.get(at + 1).filter(|below| below.index == row.index + 1)?;
    if row.cells.len() < 2 || !row.cells.iter().all(|cell| is_word(&cell.content)) {
        return None;
    }
    let found = layout(sheet, std::slice::from_ref(row), Wording::Declared, pipeline);
    let named = found.columns.iter().filter(|column| column.field.is_some()).count();
    let is_summed = found.columns.iter().any(|column| {
        column.field.is_some_and(|field| pipeline.columns[field].kind.is_money())
            && below.cell(column.column).is_some_and(|cell| super::words::is_figure(&cell.content))
    });
    let is_sum = named >= 2 && named * 2 >= row.cells.len() && is_summed;
    (is_sum || is_of_another_table(&found, row, below, pipeline)).then_some(found)
}

/// Returns whether a row of words heads a list of something else: it names the column of numbers, the row
/// below begins to number anew, and no figure stands there but codes and numbers to call.
fn is_of_another_table(found: &Layout, row: &Row, below: &Row, pipeline: &Pipeline) -> bool {
    const LEAST: usize = 3;
    const LEAST_DIGITS: usize = 7;
    let number = pipeline.roles.number.and_then(|field| found.column_of(field));
    let is_one = |column: u32| {
        below.cell(column).is_some_and(|cell| fold::key(&typed_text(&cell.content)) == "1")
    };
    row.cells.len() >= LEAST
        && number.is_some_and(|number| {
            let is_quantity = |content: &Content| {
                super::words::is_figure(content) && typed_text(content).len() < LEAST_DIGITS
            };
            is_one(number.column)
                && below
                    .cells
                    .iter()
                    .all(|cell| cell.column == number.column || !is_quantity(&cell.content))
        })
        && found
            .columns
            .iter()
            .all(|column| column.field.is_none_or(|field| !pipeline.columns[field].kind.is_money()))
}

fn best_depth(sheet: &Sheet, at: usize, wording: Wording, pipeline: &Pipeline) -> Option<Layout> {
    let mut best: Option<Layout> = None;
    for depth in 1..=MOST_LEVELS {
        let Some(rows) = sheet.rows.get(at..at + depth) else { break };
        let last = &rows[depth - 1];
        let blank = rows.windows(2).map(|pair| pair[1].index - pair[0].index - 1).max();
        let is_adjacent = blank.is_none_or(|blank| blank == 0);
        let is_level = depth > 1 && stands_below_merges(sheet, at + depth - 1);
        if blank > Some(MOST_BLANK_ROWS) || is_of_figures(last, pipeline) && !is_level {
            break;
        }
        // A, B, D=B-A below the names of the columns is no further level of them.
        if depth > 1 && is_column_numbers(last) && !names_columns(last, pipeline) {
            break;
        }
        let found = layout(sheet, rows, wording, pipeline);
        let better = best.as_ref().is_none_or(|best| found.matched() > best.matched());
        let follows = |best: &Layout| best.heading_rows.len() + 1 == depth;
        let belongs = |best: &Layout| is_adjacent || completes(sheet, best, last, pipeline);
        let has_figures = last.cells.iter().any(|cell| is_figure(&cell.content));
        if better && best.as_ref().is_none_or(belongs)
            || best.as_ref().is_some_and(|best| {
                follows(best)
                    && belongs(best)
                    && (!has_figures || is_level)
                    && continues(sheet, best, last, pipeline)
            })
        {
            best = Some(found);
        }
    }
    let mut best = best.filter(|layout| is_heading(layout, pipeline))?;
    let next = at + best.heading_rows.len();
    number_columns(sheet, next, &mut best);
    Some(best)
}

/// Returns whether a row holds a heading that is declared as it stands, or nothing but levels above some: the
/// months 1, 2, 3 over 计划 and 完成.
fn names_columns(row: &Row, pipeline: &Pipeline) -> bool {
    let key = |cell: &Cell| heading::read(&typed_text(&cell.content)).key;
    row.cells.iter().any(|cell| pipeline.headings.names_column(&key(cell)))
        || row.cells.iter().all(|cell| pipeline.headings.names_upper(&key(cell)))
}

/// Returns whether a row holds a figure that is no level of any declared heading, as 2019 is one of
/// `2019 > 计划`. Beside one that is, another year or month may stand that nobody declared.
fn is_of_figures(row: &Row, pipeline: &Pipeline) -> bool {
    let mut is_declared = false;
    let mut is_other = false;
    for cell in row.cells.iter().filter(|cell| is_figure(&cell.content)) {
        let key = fold::key(&typed_text(&cell.content));
        if pipeline.headings.names_level(&key) {
            is_declared = true;
        } else if is_period(&cell.content) {
            is_other = true;
        } else {
            return true;
        }
    }
    is_other && !is_declared
}

/// Returns whether a row below a blank one is the rest of the heading above: the columns that say
/// what a row is about are named already, and the row leaves them free.
fn completes(sheet: &Sheet, best: &Layout, row: &Row, pipeline: &Pipeline) -> bool {
    let mut keys = pipeline.roles.key.iter().filter_map(|field| best.column_of(*field)).peekable();
    keys.peek().is_some()
        && keys.all(|key| {
            row.cell(key.column).is_none()
                && sheet.merges.at(CellAt::new(row.index, key.column)).is_none_or(|merge| {
                    merge.first.column == key.column && best.heading_rows.contains(&merge.first.row)
                })
        })
}

/// Returns whether a row below a heading still belongs to it although it names no further
/// declared column: every cell lies under a heading cell merged over both rows, or there are
/// only words, and none in the columns that every task fills in.
fn continues(sheet: &Sheet, best: &Layout, row: &Row, pipeline: &Pipeline) -> bool {
    let is_note = row.cells.first().is_some_and(|cell| {
        matches!(&cell.content, Content::Text(text) if starts_with_note_word(text, pipeline))
    });
    if is_note {
        return false;
    }
    if names_one_column(sheet, best, row, pipeline) {
        return true;
    }
    if is_lone_name(sheet, best, row) {
        return false;
    }
    // （万元）, （公里）: each says in what the column is counted.
    let is_measure = |content: &Content| match content {
        Content::Text(text) => {
            let plain = fold::plain(text);
            plain.starts_with('(') && plain.ends_with(')') && !plain.chars().any(char::is_numeric)
        }
        _ => false,
    };
    if row.cells.len() > 1 && row.cells.iter().all(|cell| is_measure(&cell.content)) {
        return true;
    }
    // A cell merged over rows of the body, as the owner's is, says nothing about the heading.
    let merged_down = sheet.merges.iter().any(|merge| {
        best.heading_rows.contains(&merge.first.row)
            && merge.last.row >= row.index
            && best.columns.iter().any(|column| column.column == merge.first.column)
    });
    if merged_down {
        return true;
    }
    let essential: Vec<u32> = pipeline
        .roles
        .key
        .iter()
        .chain(&pipeline.roles.number)
        .filter_map(|field| best.column_of(*field))
        .map(|column| column.column)
        .collect();
    // A line merged over a column that every task fills in is the name of a block of rows.
    let reaches = |first: u32| {
        let mut merges = sheet.merges.iter();
        let own = merges.find(|merge| merge.first == CellAt::new(row.index, first));
        own.map_or(first, |merge| merge.last.column)
    };
    !essential.is_empty()
        && row.cells.iter().all(|cell| {
            let columns = cell.column..=reaches(cell.column);
            matches!(&cell.content, Content::Text(text) if !text.chars().any(char::is_numeric))
                && !essential.iter().any(|column| columns.contains(column))
        })
        && row.cells.iter().all(|cell| {
            // Each word stands under a heading that spans it, as the parts of 资金 do.
            let column = best.columns.iter().find(|column| column.column == cell.column);
            column.is_none_or(|column| {
                column.field.is_none_or(|field| pipeline.columns[field].kind.is_money())
            })
        })
}

/// Returns whether a row is one text that names a column of its own, right below its heading: where all other
/// columns have headings that reach down beside it, or where it is a unit and its column one of money.
fn names_one_column(sheet: &Sheet, best: &Layout, row: &Row, pipeline: &Pipeline) -> bool {
    let [only] = row.cells.as_slice() else { return false };
    let Content::Text(text) = &only.content else { return false };
    let Some(own) = best.columns.iter().find(|column| column.column == only.column) else {
        return false;
    };
    let reaches_down = |column: &SheetColumn| {
        let merge = sheet.merges.at(column.cell);
        merge.is_some_and(|merge| merge.last.row >= row.index)
    };
    let mut others = best.columns.iter().filter(|column| column.column != only.column).peekable();
    let is_beside = others.peek().is_some() && others.all(reaches_down) && !reaches_down(own);
    let is_money = own.field.is_some_and(|field| pipeline.columns[field].kind.is_money());
    is_beside || is_money && pipeline.unit_alone(text).is_some()
}

/// Returns whether a row is one text below a heading that is whole without it, as the name of a block
/// of rows is: 一、海棠区. Parts of a heading stand under one that spans them, and a unit says no name.
fn is_lone_name(sheet: &Sheet, best: &Layout, row: &Row) -> bool {
    let [only] = row.cells.as_slice() else { return false };
    let Content::Text(text) = &only.content else { return false };
    let above = best.columns.iter().find(|column| column.column == only.column);
    let is_whole = above.is_some_and(|column| {
        let merge = sheet.merges.at(column.cell);
        merge.is_none_or(|merge| merge.first.column == merge.last.column)
    });
    is_whole && !heading::read(text).key.is_empty()
}

/// Whether a cell cannot be one of a heading. An error can: the other columns keep their names.
fn is_figure(content: &Content) -> bool {
    matches!(content, Content::Number(_) | Content::Percentage(_) | Content::Date { .. })
}

/// Returns whether enough declared columns were named for this to be a heading.
fn is_heading(layout: &Layout, pipeline: &Pipeline) -> bool {
    let matched = layout.matched();
    let declared = pipeline.columns.iter().filter(|column| !column.reported).count();
    // Twice where two halves of a table stand side by side.
    let is_named = |field: &ColumnId| {
        layout.column_of(*field).is_some()
            || layout.ambiguous.iter().any(|ambiguity| ambiguity.field == *field)
    };
    let has_key = pipeline.roles.key.iter().any(is_named);
    matched >= declared.min(3) || (has_key && matched >= declared.min(2))
}

/// Maps the columns of adjacent heading rows.
fn layout(sheet: &Sheet, rows: &[Row], wording: Wording, pipeline: &Pipeline) -> Layout {
    let used: BTreeSet<u32> =
        rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.column)).collect();
    let spanned: BTreeSet<u32> = rows
        .iter()
        .flat_map(|row| row.cells.iter().map(|cell| CellAt::new(row.index, cell.column)))
        .filter_map(|at| sheet.merges.at(at))
        .flat_map(|merge| merge.first.column..=merge.last.column.min(merge.first.column + 50))
        .collect();
    let mut columns = Vec::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut numbered = None;
    let mut by_meaning = Vec::new();
    for column in used.union(&spanned).copied() {
        let levels = levels(sheet, rows, column);
        if is_rest_of_merge(sheet, rows, column, &levels) {
            continue;
        }
        if numbers_beside(sheet, rows, column, &levels) {
            numbered =
                numbered.or_else(|| levels.last().map(|(at, text)| (column, *at, text.clone())));
            continue;
        }
        let Some(mut found) = sheet_column(&levels, column, &mut times, pipeline) else { continue };
        if found.field.is_none() && pipeline.headings.has_meant_columns() {
            found.field = meant_column(&levels, pipeline);
            by_meaning.extend(found.field.map(|_| column));
        }
        columns.push(found);
    }
    // What a sheet calls as the pipeline file does is that column, whatever else would do.
    let called: BTreeSet<ColumnId> = columns
        .iter()
        .filter(|known| !by_meaning.contains(&known.column))
        .filter_map(|known| known.field)
        .collect();
    for known in columns.iter_mut().filter(|known| by_meaning.contains(&known.column)) {
        known.field = known.field.filter(|field| !called.contains(field));
    }
    if wording == Wording::Otherwise {
        in_other_words(&mut columns, &[], pipeline);
    }
    if let Some(field) = pipeline.roles.number
        && let Some((column, at, heading)) = numbered
        && columns.iter().all(|known: &SheetColumn| known.field != Some(field))
    {
        let place = columns.partition_point(|known| known.column < column);
        let cell = CellAt::new(at.row, column);
        let named = SheetColumn {
            column,
            heading,
            cell,
            field: Some(field),
            unit: None,
            by_meaning: false,
        };
        columns.insert(place, named);
    }
    if let Some(unnamed) = pipeline.headings.unnamed()
        && columns.iter().any(|column| column.field.is_some())
        && let Some(last) = rows.last()
        && let Some(column) = unnamed_column(sheet, last.index, columns[0].column)
    {
        let heading = heading::UNNAMED.to_owned();
        let cell = CellAt::new(last.index, column);
        let field = Some(unnamed);
        columns
            .insert(0, SheetColumn { column, heading, cell, field, unit: None, by_meaning: false });
    }
    let mut ambiguous = Vec::new();
    for field in pipeline.columns.keys() {
        let claims: Vec<usize> =
            (0..columns.len()).filter(|index| columns[*index].field == Some(field)).collect();
        // Of 计划资金 › 金额 and 已到位资金 › 金额 the one that is no account of what happened.
        let planned: Vec<usize> =
            claims.iter().copied().filter(|index| !is_actual(&columns[*index], pipeline)).collect();
        if let ([_], 2..) = (planned.as_slice(), claims.len())
            && !pipeline.columns[field].reported
        {
            for index in claims.iter().filter(|index| !planned.contains(index)) {
                columns[*index].field = None;
            }
            continue;
        }
        if claims.len() > 1 {
            let headings = claims
                .iter()
                .map(|index| (columns[*index].cell, columns[*index].heading.clone()))
                .collect();
            ambiguous.push(Ambiguity { field, headings });
            for index in claims {
                columns[index].field = None;
            }
        }
    }
    let mut found = Layout {
        heading_rows: rows.iter().map(|row| row.index).collect(),
        first_row: None,
        columns,
        ambiguous,
        within: None,
        money_line: None,
        unit: None,
        part: None,
        said: Vec::new(),
    };
    if wording == Wording::Otherwise && found.columns.iter().any(|known| known.field.is_some()) {
        left_over::name(sheet, &mut found, pipeline);
    }
    found
}

/// Returns whether the upper levels of a column's heading speak of what happened, not of the plan.
fn is_actual(column: &SheetColumn, pipeline: &Pipeline) -> bool {
    let upper = column.heading.rsplit_once(heading::BELOW).map_or("", |(upper, _)| upper);
    let key = fold::key(upper);
    pipeline.words.actuals.iter().any(|word| key.contains(word.as_str()))
}

/// Names the declared column of a sheet's column by the levels of its heading; `times` counts how
/// often each key came up to the left of it.
fn sheet_column(
    levels: &[(CellAt, String)],
    column: u32,
    times: &mut BTreeMap<String, usize>,
    pipeline: &Pipeline,
) -> Option<SheetColumn> {
    // A title merged over the whole table is no level of any column.
    levels.last()?;
    let headings: Vec<Arc<Heading>> =
        levels.iter().map(|(_, text)| pipeline.headings.read(text)).collect();
    let field = keys(levels, &headings, pipeline).into_iter().find_map(|key| {
        if key.is_empty() || !pipeline.headings.names_column(&key) {
            return None;
        }
        let place = times.get(&key).map_or(1, |before| before + 1);
        let field = pipeline.headings.column_at(&key, place);
        times.insert(key, place);
        field
    });
    let unit = headings.iter().rev().find_map(|heading| heading.unit);
    let shown: Vec<&str> = levels.iter().map(|(_, text)| text.as_str()).collect();
    Some(SheetColumn {
        column,
        heading: shown.join(heading::BELOW),
        cell: CellAt::new(levels.last()?.0.row, column),
        field,
        unit,
        by_meaning: false,
    })
}

/// Returns the column whose declared heading says the same and how to fill it in besides.
fn meant_column(levels: &[(CellAt, String)], pipeline: &Pipeline) -> Option<ColumnId> {
    let headings: Vec<Arc<Heading>> =
        levels.iter().map(|(_, text)| pipeline.headings.read(text)).collect();
    let mut keys = keys(levels, &headings, pipeline).into_iter();
    keys.find_map(|key| pipeline.headings.meant_column(&key))
}

/// Returns the keys by which a heading may be declared, the most telling first: its levels from
/// the top, fewer and fewer of them, down to the lowest alone; each without what its brackets only
/// add; last, 资金 of 资金 > 小计.
fn keys(
    levels: &[(CellAt, String)],
    headings: &[Arc<Heading>],
    pipeline: &Pipeline,
) -> Vec<String> {
    let typed: Vec<&str> = headings.iter().map(|heading| heading.key.as_str()).collect();
    let has_brackets = levels.iter().any(|(_, text)| heading::has_brackets(text));
    let meant: Vec<Arc<str>> = if has_brackets {
        levels.iter().map(|(_, text)| pipeline.headings.meant(text, &pipeline.words)).collect()
    } else {
        Vec::new()
    };
    let meant: Vec<&str> = meant.iter().map(AsRef::as_ref).collect();
    let paths = |levels: &[&str]| -> Vec<String> {
        (0..levels.len()).map(|top| levels[top..].concat()).collect()
    };
    let mut keys = paths(&typed);
    keys.extend(paths(&meant));
    let is_total = |lowest: &str| pipeline.words.totals.iter().any(|word| word == lowest);
    if let [upper @ .., lowest] = typed.as_slice()
        && (is_total(lowest) || meant.last().is_some_and(|lowest| is_total(lowest)))
    {
        keys.extend(paths(upper).pop());
        keys.extend(paths(&meant[..meant.len().saturating_sub(1)]).pop());
    }
    keys
}

/// Returns the column of a heading, by its key, else by what its brackets leave of it.
pub fn declared(text: &str, pipeline: &Pipeline) -> Option<ColumnId> {
    let headings = &pipeline.headings;
    headings.known.of(text, || {
        headings.column(&heading::read(text).key).or_else(|| {
            let has_brackets = heading::has_brackets(text);
            let meant = has_brackets.then(|| heading::meant(text, &pipeline.words))?;
            headings.column(&meant)
        })
    })
}

/// Returns the heading of the sheet most like a declared column that was not found, or the
/// declared column most like a heading nobody declared.
pub fn nearest_heading<'a>(
    column: ColumnId,
    unknown: &'a [&SheetColumn],
    pipeline: &Pipeline,
) -> Option<&'a str> {
    let keys: Vec<(String, &str)> = unknown
        .iter()
        .map(|found| {
            let lowest = found.heading.rsplit(heading::BELOW).next().unwrap_or_default();
            (heading::read(lowest).key, lowest)
        })
        .collect();
    let mut best = None;
    for known in &pipeline.columns[column].headings {
        if let Some(near) = words::nearest(known, keys.iter().map(|(key, _)| key.as_str())) {
            let likeness = rapidfuzz::fuzz::ratio(known.chars(), near.chars());
            if best.is_none_or(|(most, _)| likeness > most) {
                best =
                    keys.iter().find(|(key, _)| key == near).map(|(_, shown)| (likeness, *shown));
            }
        }
    }
    best.map(|(_, shown)| shown)
}

/// Returns the title of the declared column most like an unknown heading.
pub fn nearest_column(heading: &str, pipeline: &Pipeline) -> Option<String> {
    let key = heading::read(heading).key;
    let known =
        pipeline.columns.iter().flat_map(|column| column.headings.iter().map(String::as_str));
    let near = words::nearest(&key, known)?;
    pipeline
        .columns
        .iter()
        .find(|column| column.headings.iter().any(|heading| heading == near))
        .map(|column| column.title.clone())
}
