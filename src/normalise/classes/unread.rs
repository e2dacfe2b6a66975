//! What a sheet holds and nobody reads: struck-out cells, comments, figures beside the tables,
//! notes that name money, and whole sheets without a task.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::fates::{self, AsRead, CellFate};
use super::row::{RowClass, TakenFor};
use super::sheet::SheetRows;
use crate::model::fact::{Elsewhere, Unread, Unseen};
use crate::model::{CellAt, CellRange, ColumnId, Fact, Finding, Side, fold, words};
use crate::normalise::layout::headings;
use crate::normalise::layout::table::{Layout, are_beside};
use crate::normalise::layout::words::is_figure;
use crate::normalise::typed::typed_text;
use crate::pipeline::Pipeline;
use crate::read::{Content, Seen, Sheet};

/// The most characters that are quoted of one cell.
const LONGEST_QUOTE: usize = 40;

/// A form has so many lines above its table at the least.
const LEAST_LINES: usize = 4;

/// One finding a sheet for all that is struck out on it.
pub fn struck(sheet: &Sheet) -> Option<Finding> {
    const LONGEST: usize = 60;
    let first = sheet.struck.first()?;
    let rows: BTreeSet<u32> = sheet.struck.iter().map(|struck| struck.at.row).collect();
    let gone = |row: &&u32| sheet.rows.binary_search_by_key(*row, |row| row.index).is_err();
    let texts: Vec<Cow<'_, str>> =
        sheet.struck.iter().take(8).map(|struck| typed_text(&struck.content)).collect();
    let struck = Unseen::Struck {
        cells: sheet.struck.len(),
        rows: rows.iter().filter(gone).count(),
        partly: sheet.struck.iter().filter(|struck| struck.partly).count(),
        text: words::shortened(&texts.join(" | "), LONGEST),
    };
    let mut finding = Finding::new(Fact::HiddenContent(struck), Side::Submission);
    finding.cell = Some(first.at);
    finding.cells = ranges(sheet.struck.iter().map(|struck| struck.at));
    Some(finding)
}

/// One finding a sheet for all cells that hold something and look empty.
pub fn shown_as_nothing(sheet: &Sheet) -> Option<Finding> {
    const LONGEST: usize = 60;
    let rows = sheet.rows.iter();
    let cells: Vec<(CellAt, &Content)> = rows
        .flat_map(|row| row.cells.iter().map(|cell| (row.index, cell)))
        .filter(|(_, cell)| cell.seen == Seen::AsNothing)
        .map(|(row, cell)| (CellAt::new(row, cell.column), &cell.content))
        .collect();
    let (first, _) = *cells.first()?;
    let texts: Vec<Cow<'_, str>> =
        cells.iter().take(8).map(|(_, content)| typed_text(content)).collect();
    let text = words::shortened(&texts.join(" | "), LONGEST);
    let unseen = Unseen::ShownAsNothing { cells: cells.len(), text };
    let mut finding = Finding::new(Fact::HiddenContent(unseen), Side::Submission);
    finding.cell = Some(first);
    finding.cells = ranges(cells.iter().map(|(at, _)| *at));
    Some(finding)
}

/// One finding a sheet for all its comments and all that stands outside its tables and says
/// something; `has_tasks` is whether the file has a task on any sheet.
pub fn unused(
    sheet: &Sheet,
    read: &SheetRows,
    has_tasks: bool,
    pipeline: &Pipeline,
) -> Option<Finding> {
    let in_doubt = read.unsure.iter().filter(|row| row.taken_for == TakenFor::Name);
    let quoted = |at: CellAt, text: &str| {
        let line: Vec<&str> = text.split_whitespace().collect();
        (at, words::shortened(&line.join(" "), LONGEST_QUOTE))
    };
    let comments: Vec<(CellAt, String)> =
        sheet.comments.iter().map(|comment| quoted(comment.at, &comment.text)).collect();
    let names: Vec<(CellAt, String)> =
        in_doubt.filter(|_| has_tasks).map(|row| quoted(row.at, &row.text)).collect();
    let idle =
        has_tasks && !read.rows.iter().any(|row| row.class == RowClass::Task) && !is_cover(sheet);
    let mut cells: Vec<(CellAt, String)> = Vec::new();
    let as_read = AsRead { sheet, classes: &read.classes, tables: &read.tables, rows: &read.rows };
    let unplaced = unplaced(read);
    let has_list_beside = has_list_beside(sheet, &read.tables, pipeline);
    fates::each(as_read, pipeline, |at, cell, fate| {
        let speaks = match fate {
            // Rows that could not be placed are said themselves, and what the pipeline file leaves aside is meant; unless
            // it is headed as tasks are.
            CellFate::Outside => {
                let is_meant = !has_list_beside && are_beside(&read.tables, at.column);
                !unplaced.contains(&at.row) && !is_meant
            }
            CellFate::Title | CellFate::Note => {
                matches!(cell.content, Content::Error(_) | Content::Uncalculated(_))
                    || names_money(&cell.content)
                    || is_lone_figure(&cell.content, at, read, pipeline)
            }
            _ => false,
        };
        if has_tasks && (idle || speaks) {
            cells.push(quoted(at, &typed_text(&cell.content)));
        }
    });
    if comments.is_empty() && cells.is_empty() && names.is_empty() {
        return None;
    }
    let all = cells.iter().chain(&names).chain(&comments);
    let mut places: Vec<CellAt> = all.map(|(at, _)| *at).collect();
    places.sort_unstable();
    places.dedup();
    let has_other = idle || !comments.is_empty() || !names.is_empty();
    let heading = if has_other { None } else { heading_of(&cells, read) };
    let elsewhere = Elsewhere::default();
    let unread = Unread { idle, cells, names, comments, heading, elsewhere };
    let mut finding = Finding::new(Fact::SheetUnused(unread), Side::Submission);
    finding.cell = places.first().copied();
    finding.cells = ranges(places.into_iter());
    Some(finding)
}

/// Returns whether a row of what is left aside beside the tables of a sheet calls all by name that says what tasks are about:
/// it heads tasks, too.
fn has_list_beside(sheet: &Sheet, tables: &[Layout], pipeline: &Pipeline) -> bool {
    let roles = &pipeline.roles;
    !roles.key.is_empty()
        && tables.iter().all(|table| table.within.is_some())
        && sheet.rows.iter().any(|row| {
            let beside = row.cells.iter().filter(|cell| are_beside(tables, cell.column));
            let named: BTreeSet<ColumnId> = beside
                .filter_map(|cell| match &cell.content {
                    Content::Text(text) => headings::declared(text, pipeline),
                    _ => None,
                })
                .collect();
            roles.key.iter().all(|field| named.contains(field))
                && named.iter().any(|field| pipeline.columns[*field].kind.is_figure())
        })
}

/// Returns where all the cells stand that nobody read, where forms have such: in the totals of one
/// column, by its heading, or in the labels above the table as well, by no heading.
fn heading_of(cells: &[(CellAt, String)], read: &SheetRows) -> Option<String> {
    let (first, _) = cells.first()?;
    let totals = read.rows.iter().filter(|row| row.class == RowClass::Total);
    let totals: BTreeSet<u32> = totals.map(|row| row.row).collect();
    let lines = read.classes.iter().filter(|(_, class)| *class == RowClass::Title);
    let lines: BTreeSet<u32> = lines.map(|(row, _)| *row).collect();
    let in_totals = |at: &CellAt| totals.contains(&at.row);
    if !cells.iter().all(|(at, _)| in_totals(at) || lines.contains(&at.row)) {
        return None;
    }
    let is_one = cells.iter().all(|(at, _)| at.column == first.column && in_totals(at));
    let mut columns = read.tables.iter().flat_map(|table| &table.columns);
    let column = columns.find(|column| column.column == first.column && column.field.is_some());
    let heading = column.filter(|_| is_one).map(|column| column.heading.clone());
    // A lone line of a title says something of its own.
    let is_form = lines.len() >= LEAST_LINES && cells.len() > 1;
    heading.or_else(|| is_form.then(String::new))
}

/// Returns the sheets that hold another table than the pipeline's, as lists of people or equipment
/// do, beside one that holds its tasks: their headings name less than half of the columns that
/// are required or compared, and none that is reported as a figure. Where the pipeline file says in which
/// rows the heading of a sheet stands and it says what a row is about, that sheet is none of these.
pub fn other_tables(sheets: &[SheetRows], is_told: &[bool], pipeline: &Pipeline) -> Vec<usize> {
    let roles = &pipeline.roles;
    let required: Vec<ColumnId> = pipeline
        .columns
        .keys()
        .filter(|field| {
            let compared = pipeline.check.compare.iter().any(|compare| compare.column == *field);
            (pipeline.columns[*field].required || compared)
                && roles.number != Some(*field)
                && roles.owner != Some(*field)
        })
        .collect();
    let named =
        |table: &Layout| required.iter().filter(|field| table.column_of(**field).is_some()).count();
    let is_reported = |table: &Layout| {
        table.has_key(pipeline)
            && table.columns.iter().filter_map(|column| column.field).any(|field| {
                let column = &pipeline.columns[field];
                column.reported && column.kind.is_figure()
            })
    };
    let is_other = |table: &Layout| named(table) * 2 < required.len() && !is_reported(table);
    let (others, own): (Vec<usize>, Vec<usize>) =
        (0..sheets.len()).filter(|place| !sheets[*place].tables.is_empty()).partition(|place| {
            let tables = &sheets[*place].tables;
            let is_own = is_told[*place] && tables.iter().any(|table| table.has_key(pipeline));
            !is_own && tables.iter().all(is_other)
        });
    let has_task =
        |place: &usize| sheets[*place].rows.iter().any(|row| row.class == RowClass::Task);
    if own.iter().any(has_task) { others } else { Vec::new() }
}

/// Leaves of a finding about unread content only the comments and what may be tasks: the plan's own
/// paragraph is held against its rows elsewhere.
pub fn comments_only(mut finding: Finding) -> Option<Finding> {
    let Fact::SheetUnused(unread) = &mut finding.fact else {
        return Some(finding);
    };
    unread.idle = false;
    unread.cells.clear();
    let mut places: Vec<CellAt> =
        unread.comments.iter().chain(&unread.names).map(|(at, _)| *at).collect();
    places.sort_unstable();
    places.dedup();
    finding.cell = places.first().copied();
    finding.cells = ranges(places.into_iter());
    finding.cell.is_some().then_some(finding)
}

/// Rows that could not be placed, or hold nothing but failures.
fn unplaced(read: &SheetRows) -> BTreeSet<u32> {
    let is_unplaced = |class: RowClass| matches!(class, RowClass::Unplaced | RowClass::Unreadable);
    let whole = read.classes.iter().filter(|(_, class)| is_unplaced(*class)).map(|(row, _)| *row);
    let parts = read.rows.iter().filter(|row| is_unplaced(row.class)).map(|row| row.row);
    whole.chain(parts).collect()
}

/// Returns whether a sheet says no more than a cover does: a few short texts, no figure, no money.
fn is_cover(sheet: &Sheet) -> bool {
    const MOST_CELLS: usize = 12;
    const LONGEST: usize = 60;
    let mut cells = sheet.rows.iter().flat_map(|row| &row.cells);
    crate::read::count_cells(&sheet.rows) <= MOST_CELLS
        && cells.all(|cell| match &cell.content {
            Content::Text(text) => {
                text.chars().count() <= LONGEST
                    && !is_figure(&cell.content)
                    && !names_money(&cell.content)
            }
            Content::Date { .. } | Content::Picture => true,
            _ => false,
        })
}

/// Returns whether a text names an amount: a figure with a unit of money.
fn names_money(content: &Content) -> bool {
    let Content::Text(text) = content else { return false };
    let plain = fold::plain(text);
    plain.match_indices('元').any(|(at, _)| {
        plain[..at]
            .trim_end_matches(['百', '千', '万', '亿'])
            .ends_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十两".contains(c))
    })
}

/// Returns whether a cell of a line of words is a figure, but for the numbers of rows that a
/// template numbered in advance.
fn is_lone_figure(content: &Content, at: CellAt, read: &SheetRows, pipeline: &Pipeline) -> bool {
    let numbers = |column: u32| {
        read.tables.iter().flat_map(|table| &table.columns).any(|found| {
            found.column == column
                && found.field.is_some()
                && (found.field == pipeline.roles.number || found.field == pipeline.roles.owner)
        })
    };
    is_figure(content) && !numbers(at.column)
}

/// Joins ascending cells that stand side by side.
pub fn ranges(cells: impl Iterator<Item = CellAt>) -> Vec<CellRange> {
    let mut ranges: Vec<CellRange> = Vec::new();
    for cell in cells {
        match ranges.last_mut() {
            Some(last) if last.last.row == cell.row && last.last.column + 1 == cell.column => {
                last.last = cell;
            }
            _ => ranges.push(CellRange::new(cell, cell)),
        }
    }
    ranges
}
