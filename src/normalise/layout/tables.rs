//! All tables of a sheet: where one begins, and what only continues it on a further page.

use std::ops::RangeInclusive;

use regex::Regex;

use super::headings;
use super::otherwise::{Wording, in_other_words};
use super::table::{Layout, SheetColumn};
use super::words::{is_figure, is_labelled, is_period, is_word, starts_with_note_word};
use super::{left_over, money, said_above, side_by_side, unheaded, unit};
use crate::model::{ColumnId, fold};
use crate::normalise::typed::typed_text;
use crate::pipeline::{Pipeline, TableCorrection, any_fits, heading};
use crate::read::{Cell, Content, Row, Sheet};

/// Finds the tables of a sheet, each with the line that names its unit of money; where a correction
/// says which rows are the heading there is no other, unless these rows do not say what the rows
/// below are about and others do: a return may have the plan's sheet name and a heading elsewhere.
pub fn of(
    sheet: &Sheet,
    correction: &TableCorrection,
    wording: Wording,
    pipeline: &Pipeline,
) -> Vec<Layout> {
    let mut tables = in_columns(sheet, correction, wording, pipeline);
    money::assign(sheet, &mut tables, &pipeline.words);
    unit::assign(sheet, tables, correction, pipeline)
}

/// Finds the tables in the columns in which they stand side by side, as the pipeline file says; unless one of these
/// holds figures and no table that says what its rows are about, or what a table names goes on beyond them: a return may
/// have its table elsewhere, and more columns than the plan.
fn in_columns(
    sheet: &Sheet,
    correction: &TableCorrection,
    wording: Wording,
    pipeline: &Pipeline,
) -> Vec<Layout> {
    let mut beside: Vec<Layout> = Vec::new();
    let mut is_lost = false;
    for columns in &correction.within {
        let own = side_by_side::between(sheet, columns);
        let tables = found(&own, correction, wording, pipeline);
        let is_list = tables.iter().any(|table| table.has_key(pipeline));
        is_lost |= !is_list && own.rows.iter().any(|row| is_line_of_list(row, columns));
        beside.extend(tables.into_iter().map(|mut table| {
            let (first, last) = table.within.unwrap_or((0, u32::MAX));
            table.within = Some((first.max(*columns.start()), last.min(*columns.end())));
            table
        }));
    }
    let whole = found(sheet, correction, wording, pipeline);
    if is_lost
        || !beside.iter().any(|table| table.has_key(pipeline))
        || is_cut(&whole, &beside, pipeline)
    {
        return whole;
    }
    beside.sort_by_key(Layout::start);
    beside
}

/// Returns whether a row says something and gives a figure in some columns, as the lines of a list do.
fn is_line_of_list(row: &Row, columns: &RangeInclusive<u32>) -> bool {
    let own = || row.cells.iter().filter(|cell| columns.contains(&cell.column));
    own().any(|cell| is_figure(&cell.content)) && own().any(|cell| is_word(&cell.content))
}

/// Returns whether a declared column is lost with what stands beside the columns of tables: one that is compared, or one
/// that goes on from them with nothing blank between and under headings that are not theirs once more.
fn is_cut(whole: &[Layout], beside: &[Layout], pipeline: &Pipeline) -> bool {
    let is_beside = |field: ColumnId| beside.iter().any(|table| table.column_of(field).is_some());
    let is_compared =
        |field: ColumnId| pipeline.check.compare.iter().any(|compare| compare.column == field);
    let key = |column: &SheetColumn| heading::read(&column.heading).key;
    let goes_on = |table: &Layout, at: u32| {
        beside.iter().any(|own| {
            let Some((_, last)) = own.within else { return false };
            let keys: Vec<String> = own.columns.iter().map(key).collect();
            let further: Vec<&SheetColumn> = table
                .columns
                .iter()
                .filter(|column| (last + 1..=at).contains(&column.column))
                .collect();
            own.columns.last().is_some_and(|column| column.column == last)
                && further.len() == (at - last.min(at)) as usize
                && !further.is_empty()
                && further.iter().all(|column| !keys.contains(&key(column)))
        })
    };
    whole.iter().any(|table| {
        table.columns.iter().any(|column| {
            column.field.is_some_and(|field| {
                !is_beside(field) && (is_compared(field) || goes_on(table, column.column))
            })
        })
    })
}

/// Finds the tables of a sheet by their headings, or by what they are said to be.
fn found(
    sheet: &Sheet,
    correction: &TableCorrection,
    wording: Wording,
    pipeline: &Pipeline,
) -> Vec<Layout> {
    let declared = correction
        .heading_rows
        .as_ref()
        .and_then(|rows| headings::heading_of_rows(sheet, rows, pipeline))
        .map(|mut layout| {
            layout.said = said_above::of(sheet, &layout, None, &correction.above, pipeline);
            layout.apart()
        });
    let is_heading = |tables: &[Layout]| tables.iter().any(|table| table.has_key(pipeline));
    let mut tables = match declared {
        Some(declared) if is_heading(&declared) => declared,
        Some(declared) => Some(find_tables(sheet, correction, wording, pipeline))
            .filter(|t| is_heading(t))
            .unwrap_or(declared),
        None => find_tables(sheet, correction, wording, pipeline),
    };
    if tables.is_empty() {
        tables.extend(unheaded::given(sheet, &correction.headings, pipeline));
    }
    if wording != Wording::Declared {
        for table in tables.iter_mut().filter(|table| table.has_part_of_key(pipeline)) {
            in_other_words(&mut table.columns, &table.ambiguous, pipeline);
            left_over::name(sheet, table, pipeline);
        }
    }
    tables
}

/// What is longer heads no column that is called otherwise than declared.
const LONGEST_HEADING: usize = 20;

fn find_tables(
    sheet: &Sheet,
    correction: &TableCorrection,
    wording: Wording,
    pipeline: &Pipeline,
) -> Vec<Layout> {
    let mut tables: Vec<Layout> = Vec::new();
    let mut at = 0;
    while at < sheet.rows.len() {
        let next = if may_be_heading(&sheet.rows[at], wording, pipeline) {
            let lower = || headings::heading_without_key(sheet, at, pipeline);
            headings::heading_at(sheet, at, wording, pipeline)
                .or_else(|| if tables.is_empty() { None } else { lower() })
        } else {
            None
        };
        // A further list with which the table ends is none of the plan's, whatever its columns are called; nor is
        // a heading what is said to be a task.
        let is_other = |own: &Layout| {
            let is_further =
                tables.first().is_some_and(|first| !ends_itself(sheet, first, correction));
            ends_table(&sheet.rows[at], correction) && (is_further || !own.has_key(pipeline))
                || !tables.is_empty() && begins_as(&sheet.rows[at], &correction.tasks)
        };
        let next = next.filter(|own| !is_other(own)).map(|mut layout| {
            let after = tables.last().and_then(|above| above.heading_rows.last().copied());
            layout.said = said_above::of(sheet, &layout, after, &correction.above, pipeline);
            layout
        });
        match next {
            // The same heading again, as on a second printed page, continues its table.
            Some(layout)
                if tables
                    .last()
                    .is_some_and(|last| continues(sheet, at, last, &layout, pipeline)) =>
            {
                at += layout.heading_rows.len();
                tables.last_mut().expect("just seen").heading_rows.extend(layout.heading_rows);
            }
            Some(mut layout) => {
                if let Some(above) = tables.last() {
                    name_as_above(sheet, at, above, &mut layout, pipeline);
                }
                at += layout.heading_rows.len();
                tables.push(layout);
            }
            None => at += 1,
        }
    }
    tables.into_iter().flat_map(Layout::apart).collect()
}

/// Returns whether a row is one with which a table ends, as the pipeline file says.
pub fn ends_table(row: &Row, correction: &TableCorrection) -> bool {
    let is_end = |cell: &Cell| any_fits(&correction.ends, &typed_text(&cell.content));
    !correction.ends.is_empty() && row.cells.iter().any(is_end)
}

/// Returns whether the heading of a table has the words with which it ends: then they end nothing where the
/// heading comes again.
fn ends_itself(sheet: &Sheet, table: &Layout, correction: &TableCorrection) -> bool {
    let rows = sheet.rows.iter().filter(|row| table.heading_rows.contains(&row.index));
    rows.into_iter().any(|row| ends_table(row, correction))
}

/// Returns whether a row that belongs to no table is one that the pipeline file leaves out, by what it begins with or by
/// its first words: a word in a remark leaves out no row.
pub fn is_skipped(row: &Row, correction: &TableCorrection) -> bool {
    let fits = |cell: &Cell| any_fits(&correction.skip, &typed_text(&cell.content));
    let words = row.cells.iter().find(|cell| fold::has_letter(&typed_text(&cell.content)));
    !correction.skip.is_empty() && row.cells.first().into_iter().chain(words).any(fits)
}

/// Returns whether a row begins as patterns say.
fn begins_as(row: &Row, patterns: &[Regex]) -> bool {
    let fits = |cell: &Cell| any_fits(patterns, &typed_text(&cell.content));
    !patterns.is_empty() && row.cells.first().is_some_and(fits)
}

/// Gives a further table the headings that the table above has and that its own heading leaves blank: where
/// it names the same columns in the same places, and figures stand below the blank, or words where these
/// say what a row is about.
fn name_as_above(
    sheet: &Sheet,
    at: usize,
    above: &Layout,
    layout: &mut Layout,
    pipeline: &Pipeline,
) {
    const LEAST: usize = 3;
    let own: Vec<(u32, ColumnId)> =
        layout.columns.iter().filter_map(|column| Some((column.column, column.field?))).collect();
    let stands_above = |(column, field): &(u32, ColumnId)| {
        above.column_of(*field).is_some_and(|known| known.column == *column)
    };
    if own.len() < LEAST || !own.iter().all(stands_above) {
        return;
    }
    let next = at + layout.heading_rows.len();
    let Some(below) = sheet.rows.get(next) else { return };
    let heading = &sheet.rows[at..next];
    let is_blank = |column: u32| {
        layout.columns.iter().all(|own| own.column != column)
            && heading.iter().all(|row| row.cell(column).is_none())
    };
    let more = above.columns.iter().filter(|known| {
        let is_key = known.field.is_some_and(|field| pipeline.roles.key.contains(&field));
        known.field.is_some()
            && is_blank(known.column)
            && below.cell(known.column).is_some_and(|cell| is_key != is_figure(&cell.content))
    });
    let more: Vec<_> = more.cloned().collect();
    layout.columns.extend(more);
    layout.columns.sort_by_key(|column| column.column);
}

/// Returns whether a heading continues the table before it: the same columns, and no new title
/// over them.
fn continues(sheet: &Sheet, at: usize, last: &Layout, next: &Layout, pipeline: &Pipeline) -> bool {
    let first = last.heading_rows.first().copied().unwrap_or(0);
    let start = sheet.rows.partition_point(|row| row.index < first);
    let known = lines_above(sheet, start, last, pipeline);
    let lines = lines_above(sheet, at, last, pipeline);
    let is_page_mark = |line: &String| {
        pipeline.words.pages.iter().any(|word| line.contains(word.as_str()))
            || (line.starts_with('第') && line.contains('页'))
    };
    let says_the_same = || {
        next.said.iter().all(|own| {
            last.said.iter().any(|said| said.field == own.field && said.text == own.text)
        })
    };
    same_columns(last, next)
        && same_units(last, next)
        && says_the_same()
        && lines.iter().all(|line| known.contains(line) || is_page_mark(line))
}

/// Returns the keys of the lines of words right above a place in the list of rows, but for notes
/// and totals.
fn lines_above(sheet: &Sheet, at: usize, layout: &Layout, pipeline: &Pipeline) -> Vec<String> {
    let keys: Vec<u32> = pipeline
        .roles
        .key
        .iter()
        .filter_map(|field| layout.column_of(*field))
        .map(|column| column.column)
        .collect();
    let words = &pipeline.words.totals;
    // A text alone in the column of tasks may be a task; below a blank row it is a title.
    // 填报单位： | 甲县 | 单位：万元 are labels and what they say, whatever columns they stand in.
    let names_whose = |row: &Row| {
        const MOST: usize = 6;
        row.cells.len() <= MOST
            && row.cells.iter().all(|cell| is_word(&cell.content))
            && row
                .cells
                .iter()
                .any(|cell| matches!(&cell.content, Content::Text(text) if names_unit(text)))
    };
    let rows = sheet.rows[..at].iter().enumerate().rev().take_while(|(place, row)| {
        names_whose(row)
            || is_labelled(row) && !begins_total(row, pipeline)
            || row.cells.len() <= 2
                && row.cells.iter().all(|cell| match &cell.content {
                    Content::Text(text) => {
                        !is_figure(&cell.content)
                            && (!keys.contains(&cell.column)
                                || is_alone_below_blank(sheet, *place)
                                || names_unit(text))
                            && !words.contains(&heading::read(text).key)
                    }
                    _ => false,
                })
    });
    rows.flat_map(|(_, row)| &row.cells)
        .filter_map(|cell| match &cell.content {
            Content::Text(text) if !starts_with_note_word(text, pipeline) => Some(fold::key(text)),
            _ => None,
        })
        .collect()
}

/// Whether a row begins as totals do: 本页小计： | 350 ends a page, and is no label above the next.
fn begins_total(row: &Row, pipeline: &Pipeline) -> bool {
    row.cells.first().is_some_and(|cell| {
        let label = pipeline.words.label(&typed_text(&cell.content));
        label.is_total || label.sounds_like_total || label.is_summary || label.is_carried
    })
}

/// Returns whether a text says whose the table below it is, and so is no task: 填报单位：甲县.
fn names_unit(text: &str) -> bool {
    let label = text.split_once([':', '：']).map(|(label, _)| fold::key(label));
    label.is_some_and(|label| label.ends_with("单位"))
}

/// Returns whether a row holds one cell and stands below a blank row, by its place in the list of rows.
pub fn is_alone_below_blank(sheet: &Sheet, place: usize) -> bool {
    let row = &sheet.rows[place];
    let above = place.checked_sub(1).map(|above| &sheet.rows[above]);
    row.cells.len() == 1 && above.is_some_and(|above| above.index + 1 < row.index)
}

fn same_columns(one: &Layout, other: &Layout) -> bool {
    let fields = |layout: &Layout| -> Vec<(u32, Option<ColumnId>)> {
        layout.columns.iter().map(|column| (column.column, column.field)).collect()
    };
    fields(one) == fields(other)
}

/// Returns whether no heading names another unit of money than the one above it in its column: 资金（元） below
/// 资金（万元） heads amounts of its own.
fn same_units(one: &Layout, other: &Layout) -> bool {
    let pairs = one.columns.iter().zip(&other.columns);
    let mut units = pairs.filter_map(|(one, other)| one.unit.zip(other.unit));
    units.all(|(one, other)| one == other)
}

/// A quick look before the thorough one: one of the row's texts is a declared heading, or the row
/// holds upper levels of such, years perhaps, and nothing else.
fn may_be_heading(row: &Row, wording: Wording, pipeline: &Pipeline) -> bool {
    if is_labelled(row) {
        return false;
    }
    // Where no sheet calls anything as it is declared, several that mean the same will do.
    if wording == Wording::Otherwise {
        const LEAST: usize = 2;
        let is_meant = |cell: &&Cell| match &cell.content {
            Content::Text(text) if text.chars().count() <= LONGEST_HEADING => {
                pipeline.reworded.column(text, &pipeline.words).is_some()
            }
            _ => false,
        };
        if row.cells.iter().filter(is_meant).take(LEAST).count() == LEAST {
            return true;
        }
    }
    row.cells.iter().any(|cell| match &cell.content {
        Content::Text(text) if text.len() <= pipeline.headings.longest => {
            headings::declared(text, pipeline).is_some()
        }
        // A year as the lowest level, where what the rows are about has no heading beside it.
        content if is_period(content) => {
            pipeline.headings.names_column(&fold::key(&typed_text(content)))
        }
        _ => false,
    }) || pipeline.headings.has_paths()
        && row.cells.iter().all(|cell| {
            let text = typed_text(&cell.content);
            pipeline.headings.names_upper(&heading::read(&text).key)
        })
}
