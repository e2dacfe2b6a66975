//! The walk over a sheet: classes every row and has the cells of its tables read.
//!
//! Every non-blank row ends in exactly one class. Nothing is dropped by its position: a row that
//! is none of the others is *unplaced*, and said.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::body::{Body, Found};
use super::fates::{self, AsRead, Fates};
use super::row::{ColumnAside, RowClass, SheetText, TableRow, TakenFor, Unsure, only_failures};
use super::shares;
use crate::model::contacts::Contacts;
use crate::model::{CellAt, MoneyUnit, fold};
use crate::normalise::layout::otherwise::Wording;
use crate::normalise::layout::side_by_side::between;
use crate::normalise::layout::table::{Layout, are_beside};
use crate::normalise::layout::tables;

use crate::normalise::layout::words::is_figure;
use crate::normalise::typed::typed_text;
use crate::pipeline::{Pipeline, TableCorrection};
use crate::read::{Cell, Content, Row, Sheet};

/// A sheet, understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRows {
    /// None where the file's name stands in.
    pub name: Option<String>,
    pub hidden: bool,
    /// Rows with content, counted as the sheet was read.
    pub nonblank: usize,
    /// Each row with content and its class, ascending.
    pub classes: Vec<(u32, RowClass)>,
    pub tables: Vec<Layout>,
    /// Tasks, totals, and rows that could not be placed.
    pub rows: Vec<TableRow>,
    /// What stands in titles, notes and cover lines.
    pub texts: Vec<SheetText>,
    /// The unit of money named beside a table.
    pub money_line: Option<(CellAt, MoneyUnit)>,
    /// Hidden rows that hold something, ascending.
    pub hidden_rows: Vec<u32>,
    /// Hidden columns that hold something, ascending.
    pub hidden_columns: Vec<u32>,
    /// What became of every cell.
    pub fates: Fates,
    /// Rows that may be something else than what they are taken for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsure: Vec<Unsure>,
    /// Who is named in the lines around the tables.
    #[serde(default, skip_serializing_if = "Contacts::is_empty")]
    pub contacts: Contacts,
    /// Columns that nobody declared, where one is missed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<ColumnAside>,
}

impl SheetRows {
    /// Returns the rows of each table, in one walk over the sheet.
    pub fn rows_by_table(&self) -> Vec<Vec<&TableRow>> {
        let mut by_table = vec![Vec::new(); self.tables.len()];
        for row in &self.rows {
            by_table[row.table].push(row);
        }
        by_table
    }
}

/// Finds the tables of a sheet, classes its rows and types their cells; what is corrected is not
/// searched for.
pub fn read(
    sheet: &Sheet,
    correction: &TableCorrection,
    wording: Wording,
    pipeline: &Pipeline,
) -> SheetRows {
    with_tables(sheet, tables::of(sheet, correction, wording, pipeline), correction, pipeline)
}

/// Classes the rows of a sheet whose tables are not the pipeline's.
pub fn read_as_words(sheet: &Sheet, pipeline: &Pipeline) -> SheetRows {
    with_tables(sheet, Vec::new(), &TableCorrection::default(), pipeline)
}

fn with_tables(
    sheet: &Sheet,
    tables: Vec<Layout>,
    correction: &TableCorrection,
    pipeline: &Pipeline,
) -> SheetRows {
    let mut classes: Vec<(u32, RowClass)> = Vec::with_capacity(sheet.rows.len());
    let mut rows = Vec::new();
    let mut texts = Vec::new();
    let mut unsure: Vec<Unsure> = Vec::new();
    // The tables that the walk is in; several where they stand side by side.
    let mut bodies: Vec<(usize, Body<'_>)> = Vec::new();
    let starts = starts(&tables);
    let alone = alone(sheet, &tables);
    // Those that come again on a further page, too.
    let headings: BTreeSet<u32> =
        tables.iter().flat_map(|table| table.heading_rows.iter().copied()).collect();
    let titles = titles_above(sheet, starts.keys().next());
    for (at, row) in sheet.rows.iter().enumerate() {
        if let Some(begun) = starts.get(&row.index) {
            // A table goes on beside others that begin further below.
            bodies.retain(|(table, _)| {
                begun.iter().all(|next| !tables[*next].overlaps(&tables[*table]))
            });
            for next in begun {
                let own = tables[*next].within.and_then(|within| alone.get(&within));
                let own = own.unwrap_or(sheet);
                let end = end_of(*next, &tables, &starts);
                let place = |line: u32| own.rows.partition_point(|row| row.index < line);
                let mut body = Body::new(own, &tables[*next], correction, pipeline);
                body.look_over(&own.rows[place(row.index)..place(end)]);
                unsure.extend(body.unsure().iter().cloned());
                bodies.push((*next, body));
            }
        }
        let mut parts: Vec<RowClass> = Vec::new();
        if bodies.is_empty() {
            let is_left = |cell: &Cell| are_beside(&tables, cell.column);
            let class = match outside_class(sheet, at, &starts, correction) {
                RowClass::Unplaced | RowClass::Unreadable if row.cells.iter().all(is_left) => {
                    RowClass::Note
                }
                class => class,
            };
            texts.extend(texts_of(row, class, Around::Outside));
            parts.push(class);
        } else {
            let beside = bodies.len() > 1;
            let known = texts.len();
            for (table, body) in &mut bodies {
                if body.is_heading(row) {
                    parts.push(RowClass::Heading);
                    continue;
                }
                let Some(part) = body.part(row) else { continue };
                let (class, label) = match body.class(&part) {
                    Found::Row(class, label)
                        if !body.is_said_task(&part)
                            && (is_title(
                                sheet,
                                at,
                                &headings,
                                most_title_lines(class, &label),
                            ) || repeats_title(sheet, at, &headings, &titles)) =>
                    {
                        (RowClass::Title, String::new())
                    }
                    Found::Row(class, label) => (class, label),
                    Found::Text => {
                        unsure.extend(body.doubt(&part));
                        (text_class(sheet, at, &starts), String::new())
                    }
                    Found::Rest => {
                        let own = |row: &&mut TableRow| row.table == *table;
                        if let Some(task) = rows.iter_mut().rev().find(own) {
                            body.go_on(&part, task);
                        }
                        (RowClass::Note, String::new())
                    }
                };
                // A failure beside a task would else be nobody's.
                if matches!(class, RowClass::Task | RowClass::Total | RowClass::Unplaced)
                    || (class == RowClass::Unreadable && beside)
                {
                    rows.push(body.row(&part, *table, class, label));
                }
                // Tables that share columns show the same words.
                let words = texts_of(&part, class, Around::Inside);
                let is_new = |text: &SheetText| {
                    let mut own = texts[known..].iter();
                    !own.any(|other: &SheetText| other.at == text.at)
                };
                let words: Vec<SheetText> = words.into_iter().filter(is_new).collect();
                texts.extend(words);
                parts.push(class);
            }
        }
        // Parts side by side: what is to be compared names the row.
        let strongest = [
            RowClass::Task,
            RowClass::Total,
            RowClass::Heading,
            RowClass::Unplaced,
            RowClass::Unreadable,
        ];
        let class = strongest.into_iter().find(|class| parts.contains(class));
        // What stands in no table's columns, where they stand in columns of their own, is left aside.
        classes.push((row.index, class.or(parts.first().copied()).unwrap_or(RowClass::Note)));
    }
    shares::read_alike(&mut rows, &tables, pipeline);
    // Rows that are struck out from end to end are not read; they stand there all the same.
    let struck: BTreeSet<u32> = sheet.struck.iter().map(|struck| struck.at.row).collect();
    let gone = |row: &u32| sheet.rows.binary_search_by_key(row, |row| row.index).is_err();
    classes.extend(struck.into_iter().filter(gone).map(|row| (row, RowClass::Note)));
    classes.sort_by_key(|(row, _)| *row);
    let hidden_rows = sheet
        .rows
        .iter()
        .map(|row| row.index)
        .filter(|row| sheet.hidden_rows.contains(row))
        .collect();
    let filled: BTreeSet<u32> =
        sheet.rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.column)).collect();
    unsure.retain(|row| is_taken_so(row, &classes));
    let read = AsRead { sheet, classes: &classes, tables: &tables, rows: &rows };
    let fates = fates::of(read, pipeline);
    SheetRows {
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        nonblank: sheet.nonblank,
        classes,
        money_line: tables.first().and_then(|table| table.money_line),
        tables,
        rows,
        texts,
        hidden_rows,
        hidden_columns: filled.intersection(&sheet.hidden_columns).copied().collect(),
        fates,
        unsure,
        contacts: Contacts::default(),
        aside: Vec::new(),
    }
}

/// The rows in which tables begin, with the places of those tables; several stand side by side.
type Starts = BTreeMap<u32, Vec<usize>>;

fn starts(tables: &[Layout]) -> Starts {
    let mut starts = Starts::new();
    for (place, table) in tables.iter().enumerate() {
        starts.entry(table.start()).or_default().push(place);
    }
    starts
}

/// Returns the row in which a table begins that follows another in its columns.
fn end_of(table: usize, tables: &[Layout], starts: &Starts) -> u32 {
    let own = &tables[table];
    let mut below = starts.range(own.start() + 1..);
    let next = below.find(|(_, begun)| begun.iter().any(|next| tables[*next].overlaps(own)));
    next.map_or(u32::MAX, |(start, _)| *start)
}

/// Returns the sheet as tables that stand side by side are read, by their columns: each as if it stood alone.
fn alone(sheet: &Sheet, tables: &[Layout]) -> BTreeMap<(u32, u32), Sheet> {
    let within: BTreeSet<(u32, u32)> = tables.iter().filter_map(|table| table.within).collect();
    within
        .into_iter()
        .map(|(first, last)| ((first, last), between(sheet, &(first..=last))))
        .collect()
}

/// Returns whether a row that may be something else was taken for what is doubted.
fn is_taken_so(row: &Unsure, classes: &[(u32, RowClass)]) -> bool {
    let place = classes.binary_search_by_key(&row.at.row, |(row, _)| *row);
    let class = place.map(|place| classes[place].1);
    class
        == Ok(match row.taken_for {
            TakenFor::Name => RowClass::Note,
            TakenFor::Task => RowClass::Task,
        })
}

/// Where a text stands, as seen from the tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Outside,
    /// Between or below the rows of a table.
    Inside,
}

fn texts_of(row: &Row, class: RowClass, around: Around) -> Vec<SheetText> {
    if !matches!(class, RowClass::Title | RowClass::Note) {
        return Vec::new();
    }
    let texts = row
        .cells
        .iter()
        .filter(|cell| matches!(cell.content, Content::Text(_) | Content::Date { .. }));
    texts
        .map(|cell| SheetText {
            at: CellAt::new(row.index, cell.column),
            class,
            text: typed_text(&cell.content).into_owned(),
            inside: around == Around::Inside,
        })
        .collect()
}

/// A row that is no table's: a title above a heading, a cover line, or something that looks like
/// data and may not be lost.
fn outside_class(
    sheet: &Sheet,
    at: usize,
    starts: &Starts,
    correction: &TableCorrection,
) -> RowClass {
    let row = &sheet.rows[at];
    if tables::is_skipped(row, correction) {
        return RowClass::Note;
    }
    if only_failures(row) {
        return RowClass::Unreadable;
    }
    let figures = row.cells.iter().filter(|cell| is_figure(&cell.content)).count();
    if row.cells.len() >= 3 && figures > 0 {
        let is_above_all = starts.first_key_value().is_some_and(|(first, _)| row.index < *first);
        let is_form = is_above_all && is_line_of_a_form(sheet, row);
        return if is_form { RowClass::Title } else { RowClass::Unplaced };
    }
    text_class(sheet, at, starts)
}

/// Returns whether a row is labels and what they say, as a form has them above its table: each figure
/// follows a label that is merged over several columns or ends in a colon, or is the month behind one: 时间 | 2023.9.
fn is_line_of_a_form(sheet: &Sheet, row: &Row) -> bool {
    let is_label = |cell: &Cell| match &cell.content {
        Content::Text(text) if !is_figure(&cell.content) => {
            let merge = sheet.merges.at(CellAt::new(row.index, cell.column));
            merge.is_some_and(|merge| merge.last.column > merge.first.column)
                || text.trim_end().ends_with([':', '：'])
        }
        _ => false,
    };
    let before = |place: usize| place.checked_sub(1).map(|before| &row.cells[before]);
    // CLIENTE: | La Familia | TOTAL | 58650: where one label has its colon, the others are labels, too.
    let has_label = row.cells.iter().any(is_label);
    let is_beside = |cell: &Cell, place: usize| {
        before(place).is_some_and(|label| {
            label.column + 1 == cell.column && !is_figure(&label.content) && has_label
        })
    };
    let is_month = |cell: &Cell, place: usize| {
        let is_label = |label: &Cell| !is_figure(&label.content);
        before(place).is_some_and(is_label) && names_month(&cell.content)
    };
    row.cells.iter().enumerate().all(|(place, cell)| {
        !is_figure(&cell.content)
            || before(place).is_some_and(is_label)
            || is_beside(cell, place)
            || is_month(cell, place)
    })
}

/// Whether a text is a year and a month of it, and perhaps a day: 2023.9, 2023-09-30. A number may be money.
fn names_month(content: &Content) -> bool {
    let Content::Text(text) = content else { return false };
    let plain = fold::plain(text);
    let mut parts = plain.split(['.', '-', '/', '年', '月']).filter(|part| !part.is_empty());
    let year = parts.next().is_some_and(|year| year.len() == 4 && year.starts_with(['1', '2']));
    let month = parts.next().and_then(|month| month.parse::<u32>().ok());
    year && month.is_some_and(|month| (1..=12).contains(&month)) && parts.count() <= 1
}

/// Returns of how many lines a title may be that a row of such a class turns out to be one of. A
/// task alone on its line is lost with more; what names itself a total is none.
fn most_title_lines(class: RowClass, label: &str) -> u32 {
    match class {
        RowClass::Task => 1,
        RowClass::Unplaced => 4,
        RowClass::Total if label.is_empty() => 4,
        _ => 0,
    }
}

/// Returns whether a row is one of the lines of words between a blank row and the heading of a
/// further table: that table's title, even where tasks and amounts stand; or one that says so itself.
fn is_title(sheet: &Sheet, at: usize, headings: &BTreeSet<u32>, most: u32) -> bool {
    let row = sheet.rows[at].index;
    let Some(heading) = headings.range(row + 1..).next() else { return false };
    if heading - row > most {
        return false;
    }
    let words_of = |place: usize| {
        let (row, _) = only_words(sheet.rows.get(place)?)?;
        Some(row)
    };
    // What ends in a colon names what follows, though no blank row stands above it.
    let names_next = *heading == row + 1
        && only_words(&sheet.rows[at])
            .is_some_and(|(_, text)| text.trim_end().ends_with([':', '：']));
    if names_next {
        return true;
    }
    let runs_down = (0..heading - row).all(|line| words_of(at + line as usize) == Some(row + line));
    let mut lines = (at.saturating_sub(most as usize)..=at).rev();
    let top = lines
        .find(|place| words_of(*place).is_none() || tables::is_alone_below_blank(sheet, *place));
    runs_down && top.is_some_and(|top| words_of(top).is_some())
}

/// How far below its first line of title a heading may stand.
const MOST_ROWS_OF_TITLE: u32 = 8;

/// Returns the lines of words above the first heading of a sheet, folded.
fn titles_above(sheet: &Sheet, first_heading: Option<&u32>) -> BTreeSet<String> {
    let Some(first) = first_heading else { return BTreeSet::new() };
    let above = sheet.rows.iter().take_while(|row| row.index < *first);
    above.filter_map(only_words).map(|(_, text)| fold::key(text)).collect()
}

/// Returns whether a row says once more what the sheet's title says, with nothing but such lines
/// of words between it and the heading of a further table.
fn repeats_title(
    sheet: &Sheet,
    at: usize,
    headings: &BTreeSet<u32>,
    titles: &BTreeSet<String>,
) -> bool {
    let row = &sheet.rows[at];
    let repeats = only_words(row).is_some_and(|(_, text)| titles.contains(&fold::key(text)));
    let Some(heading) = headings.range(row.index + 1..).next().filter(|_| repeats) else {
        return false;
    };
    let mut below = sheet.rows[at..].iter().take_while(|row| row.index < *heading);
    heading - row.index <= MOST_ROWS_OF_TITLE && below.all(is_line_above)
}

/// Returns whether a row may stand between a title and its heading: one text, or labels with what they
/// say beside one another.
fn is_line_above(row: &Row) -> bool {
    let is_labelled = |content: &Content| match content {
        Content::Text(text) => text.contains([':', '：']),
        _ => false,
    };
    only_words(row).is_some() || row.cells.iter().all(|cell| is_labelled(&cell.content))
}

/// Returns the place and the words of a row that holds nothing else.
fn only_words(row: &Row) -> Option<(u32, &str)> {
    let [only] = row.cells.as_slice() else { return None };
    match &only.content {
        Content::Text(text) if !is_figure(&only.content) => Some((row.index, text)),
        _ => None,
    }
}

fn text_class(sheet: &Sheet, at: usize, starts: &Starts) -> RowClass {
    let row = sheet.rows[at].index;
    let next_heading = starts.range(row + 1..).next().map(|(heading, _)| heading);
    let first_table = starts.first_key_value().map(|(heading, _)| heading);
    match next_heading {
        Some(heading) if first_table == Some(heading) => RowClass::Title,
        // Between two tables: the block of lines right above a heading is its title.
        Some(heading) => {
            let block = sheet.rows[at..].windows(2).take_while(|pair| pair[0].index < *heading);
            let unbroken = block.into_iter().all(|pair| pair[0].index + 1 == pair[1].index);
            if unbroken { RowClass::Title } else { RowClass::Note }
        }
        None => RowClass::Note,
    }
}
