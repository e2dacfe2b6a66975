//! Classes every row of a sheet and types the cells of its tables.
//!
//! Every non-blank row ends in exactly one class. Nothing is dropped by its position: a row that
//! is none of the others is *unplaced*, and said.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::body::{Body, Found};
use super::fates::{self, AsRead, Fates};
use super::money;
use super::table::{self, Layout};
use super::typing::typed_text;
use crate::model::{Amount, CellAt, Entry, MoneyUnit, fold};
use crate::pipeline::{Pipeline, heading};
use crate::read::{Content, Row, Sheet};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowClass {
    Title,
    Heading,
    Task,
    Total,
    Note,
    Unplaced,
    /// Holds nothing but error values and uncalculated formulas.
    Unreadable,
}

impl RowClass {
    pub const ALL: [RowClass; 7] = [
        RowClass::Title,
        RowClass::Heading,
        RowClass::Task,
        RowClass::Total,
        RowClass::Note,
        RowClass::Unplaced,
        RowClass::Unreadable,
    ];

    pub fn chinese(self) -> &'static str {
        match self {
            RowClass::Title => "标题",
            RowClass::Heading => "表头",
            RowClass::Task => "任务",
            RowClass::Total => "合计",
            RowClass::Note => "说明",
            RowClass::Unplaced => "无法归类",
            RowClass::Unreadable => "无法读取",
        }
    }
}

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
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    pub row: u32,
    /// The place of its table in the sheet.
    pub table: usize,
    pub class: RowClass,
    /// By declared column; none where the table lacks the column.
    pub entries: Vec<Option<Entry>>,
    /// By declared derived amount.
    pub derived: Vec<Amount>,
    /// What a total calls itself; empty when nothing does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// A text outside the tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetText {
    pub at: CellAt,
    pub class: RowClass,
    pub text: String,
    /// Whether it stands between the rows of a table, as the name of a block does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inside: bool,
}

/// Finds the tables of a sheet, classes its rows and types their cells.
pub fn read(sheet: &Sheet, pipeline: &Pipeline) -> SheetRows {
    let mut tables = find_tables(sheet, pipeline);
    money::assign(sheet, &mut tables, &pipeline.words);
    with_tables(sheet, tables, pipeline)
}

/// Classes the rows of a sheet whose tables are not the pipeline's.
pub fn read_as_words(sheet: &Sheet, pipeline: &Pipeline) -> SheetRows {
    with_tables(sheet, Vec::new(), pipeline)
}

fn with_tables(sheet: &Sheet, tables: Vec<Layout>, pipeline: &Pipeline) -> SheetRows {
    let mut classes: Vec<(u32, RowClass)> = Vec::with_capacity(sheet.rows.len());
    let mut rows = Vec::new();
    let mut texts = Vec::new();
    // The tables that the walk is in; several where they stand side by side.
    let mut bodies: Vec<(usize, Body<'_>)> = Vec::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        let begins = |table: &Layout| table.heading_rows.first() == Some(&row.index);
        if tables.iter().any(begins) {
            let begun = (0..tables.len()).filter(|table| begins(&tables[*table]));
            bodies = begun.map(|next| (next, Body::new(sheet, &tables[next], pipeline))).collect();
        }
        let mut parts: Vec<RowClass> = Vec::new();
        if bodies.is_empty() {
            let class = outside_class(sheet, at, &tables);
            texts.extend(texts_of(row, class, Side::Outside));
            parts.push(class);
        } else if bodies.iter().any(|(_, body)| body.is_heading(row)) {
            parts.push(RowClass::Heading);
        } else {
            let beside = bodies.len() > 1;
            for (table, body) in &mut bodies {
                let Some(part) = body.part(row) else { continue };
                let (class, label) = match body.class(&part) {
                    Found::Row(class, label) => (class, label),
                    Found::Text => (text_class(sheet, at, &tables), String::new()),
                };
                // A failure beside a task would else be nobody's.
                if matches!(class, RowClass::Task | RowClass::Total | RowClass::Unplaced)
                    || (class == RowClass::Unreadable && beside)
                {
                    rows.push(body.row(&part, *table, class, label));
                }
                texts.extend(texts_of(&part, class, Side::Inside));
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
        classes.push((row.index, class.or(parts.first().copied()).unwrap_or(RowClass::Unplaced)));
    }
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
    }
}

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Outside,
    /// Between or below the rows of a table.
    Inside,
}

fn texts_of(row: &Row, class: RowClass, side: Side) -> Vec<SheetText> {
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
            text: typed_text(&cell.content),
            inside: side == Side::Inside,
        })
        .collect()
}

fn find_tables(sheet: &Sheet, pipeline: &Pipeline) -> Vec<Layout> {
    let mut tables: Vec<Layout> = Vec::new();
    let mut at = 0;
    while at < sheet.rows.len() {
        let next = may_be_heading(&sheet.rows[at], pipeline)
            .then(|| table::heading_at(sheet, at, pipeline))
            .flatten();
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
            Some(layout) => {
                at += layout.heading_rows.len();
                tables.push(layout);
            }
            None => at += 1,
        }
    }
    tables.into_iter().flat_map(Layout::apart).collect()
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
    same_columns(last, next) && lines.iter().all(|line| known.contains(line) || is_page_mark(line))
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
    let rows = sheet.rows[..at].iter().rev().take_while(|row| {
        row.cells.len() <= 2
            && row.cells.iter().all(|cell| match &cell.content {
                Content::Text(text) => {
                    !is_figure(&cell.content)
                        && !keys.contains(&cell.column)
                        && !words.contains(&heading::read(text).key)
                }
                _ => false,
            })
    });
    rows.flat_map(|row| &row.cells)
        .filter_map(|cell| match &cell.content {
            Content::Text(text) if !starts_with_note_word(text, pipeline) => Some(fold::key(text)),
            _ => None,
        })
        .collect()
}

fn same_columns(one: &Layout, other: &Layout) -> bool {
    let fields = |layout: &Layout| -> Vec<(u32, Option<usize>)> {
        layout.columns.iter().map(|column| (column.column, column.field)).collect()
    };
    fields(one) == fields(other)
}

/// A quick look before the thorough one: a heading has short texts of which one is declared, or
/// stands right above such a row.
fn may_be_heading(row: &Row, pipeline: &Pipeline) -> bool {
    const LONGEST: usize = 120;
    row.cells.iter().any(|cell| match &cell.content {
        Content::Text(text) if text.len() <= LONGEST => {
            let read = heading::read(text);
            pipeline.columns.iter().any(|column| {
                column.headings.iter().any(|known| *known == read.key || *known == read.bare)
            })
        }
        _ => false,
    })
}

/// A row that is no table's: a title above a heading, a cover line, or something that looks like
/// data and may not be lost.
fn outside_class(sheet: &Sheet, at: usize, tables: &[Layout]) -> RowClass {
    let row = &sheet.rows[at];
    if only_failures(row) {
        return RowClass::Unreadable;
    }
    let figures = row.cells.iter().filter(|cell| is_figure(&cell.content)).count();
    if row.cells.len() >= 3 && figures > 0 {
        return RowClass::Unplaced;
    }
    text_class(sheet, at, tables)
}

fn text_class(sheet: &Sheet, at: usize, tables: &[Layout]) -> RowClass {
    let row = sheet.rows[at].index;
    let next_heading = tables
        .iter()
        .filter_map(|table| table.heading_rows.first())
        .find(|heading| **heading > row);
    let first_table = tables.first().and_then(|table| table.heading_rows.first());
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

pub(super) fn only_failures(row: &Row) -> bool {
    row.cells
        .iter()
        .all(|cell| matches!(cell.content, Content::Error(_) | Content::Uncalculated(_)))
}

pub(super) fn is_figure(content: &Content) -> bool {
    match content {
        Content::Number(_) | Content::Percentage(_) => true,
        Content::Text(text) => {
            let plain = fold::plain(text);
            plain.len() < 24
                && plain.starts_with(|c: char| c.is_ascii_digit())
                && plain.chars().all(|c| c.is_ascii_digit() || ",.%元万亿千".contains(c))
        }
        _ => false,
    }
}

/// Returns whether a text begins as notes and signature lines do: 注：…, 填表人：….
pub fn starts_with_note_word(text: &str, pipeline: &Pipeline) -> bool {
    let plain = fold::plain(text);
    let plain = plain.trim_start_matches(['(', '*', '※', '【', '[']);
    pipeline.words.notes.iter().any(|word| {
        plain.strip_prefix(word.as_str()).is_some_and(|rest| {
            rest.is_empty()
                || rest.starts_with([':', '.', '、', ',', '(', ')', '】', ']', '1', '一'])
        })
    })
}
