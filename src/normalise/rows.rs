//! Classes every row of a sheet and types the cells of its tables.
//!
//! Every non-blank row ends in exactly one class. Nothing is dropped by its position: a row that
//! is none of the others is *unplaced*, and said.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::table::{self, Layout};
use super::typing::{self, typed_text};
use super::{derive, money, month};
use crate::model::{Amount, CellAt, Entry, MoneyUnit, Value, fold};
use crate::pipeline::{ColumnType, Pipeline, heading};
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
    money::assign(sheet, &mut tables);
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
        } else if bodies.iter().any(|(_, body)| body.layout.heading_rows.contains(&row.index)) {
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
    let hidden_rows = sheet
        .rows
        .iter()
        .map(|row| row.index)
        .filter(|row| sheet.hidden_rows.contains(row))
        .collect();
    let filled: BTreeSet<u32> =
        sheet.rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.column)).collect();
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
    let is_page_mark =
        |line: &String| line.contains('续') || (line.starts_with('第') && line.contains('页'));
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

fn only_failures(row: &Row) -> bool {
    row.cells
        .iter()
        .all(|cell| matches!(cell.content, Content::Error(_) | Content::Uncalculated(_)))
}

fn is_figure(content: &Content) -> bool {
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

enum Found {
    Row(RowClass, String),
    /// A line of words; whether title or note depends on what follows.
    Text,
}

/// One table while its rows are walked down.
struct Body<'a> {
    sheet: &'a Sheet,
    pipeline: &'a Pipeline,
    layout: &'a Layout,
    /// The sheet's column by declared column.
    columns: Vec<Option<u32>>,
    /// The unit of money by declared column.
    units: Vec<MoneyUnit>,
    /// The last filled entry of each declared column, for owners and 同上.
    last: BTreeMap<usize, (u32, Entry)>,
    seen_total: bool,
}

impl<'a> Body<'a> {
    fn new(sheet: &'a Sheet, layout: &'a Layout, pipeline: &'a Pipeline) -> Self {
        let found = |field| layout.column_of(field);
        let money_line = layout.money_line.map(|(_, unit)| unit);
        let fields = 0..pipeline.columns.len();
        Self {
            sheet,
            pipeline,
            layout,
            columns: fields.clone().map(|field| found(field).map(|column| column.column)).collect(),
            units: fields
                .map(|field| {
                    let named = found(field).and_then(|column| column.unit);
                    named.or(money_line).unwrap_or(pipeline.columns[field].unit)
                })
                .collect(),
            last: BTreeMap::new(),
            seen_total: false,
        }
    }

    /// Returns the part of a row that lies in the table's columns, unless nothing does.
    fn part<'r>(&self, row: &'r Row) -> Option<Cow<'r, Row>> {
        if self.layout.within.is_none() {
            return Some(Cow::Borrowed(row));
        }
        let cells: Vec<_> =
            row.cells.iter().filter(|cell| self.layout.holds(cell.column)).cloned().collect();
        (!cells.is_empty()).then_some(Cow::Owned(Row { index: row.index, cells }))
    }

    /// Returns what a row shows in a declared column, text under a vertical merge included.
    fn shown(&self, row: &Row, field: usize) -> Option<&'a Content> {
        let at = CellAt::new(row.index, self.columns[field]?);
        match self.sheet.merges.at(at) {
            Some(merge) if merge.first.column == at.column => self.sheet.content(merge.first),
            Some(_) => None,
            None => self.sheet.content(at),
        }
    }

    /// Returns what stands in the row's own cell of a declared column.
    fn own(&self, row: &Row, field: usize) -> Option<&'a Content> {
        let at = CellAt::new(row.index, self.columns[field]?);
        let is_covered = self.sheet.merges.at(at).is_some_and(|merge| merge.first != at);
        if is_covered { None } else { self.sheet.content(at) }
    }

    fn class(&mut self, row: &Row) -> Found {
        let pipeline = self.pipeline;
        let roles = &pipeline.roles;
        if only_failures(row) {
            return Found::Row(RowClass::Unreadable, String::new());
        }
        if let Some(label) = self.total_label(row) {
            self.seen_total = true;
            return Found::Row(RowClass::Total, label);
        }
        let has_amounts = pipeline
            .amount_columns()
            .any(|field| self.own(row, field).is_some_and(|own| !is_money_line(own)));
        let has_number = roles.number.is_some_and(|field| self.own(row, field).is_some());
        if self.is_line_of_words(row, has_amounts || has_number) {
            return Found::Text;
        }
        let key_shown = roles
            .key
            .iter()
            .filter(|field| {
                let filled = self.fills_down(**field) && self.last.contains_key(*field);
                filled || self.shown(row, **field).is_some()
            })
            .count();
        let key_own = roles.key.iter().any(|field| self.own(row, *field).is_some());
        let is_task =
            (key_shown == roles.key.len() && (key_own || has_amounts)) || (key_own && has_amounts);
        if is_task {
            return Found::Row(RowClass::Task, String::new());
        }
        let has_owner = roles.owner.is_some_and(|field| self.own(row, field).is_some());
        let has_month = (0..pipeline.columns.len()).any(|field| {
            pipeline.columns[field].kind == ColumnType::Month && self.own(row, field).is_some()
        });
        if has_amounts && !has_number && !has_owner && !key_own && !has_month {
            self.seen_total = true;
            return Found::Row(RowClass::Total, String::new());
        }
        let only_numbered = row.cells.iter().all(|cell| {
            let field = self.field_at(cell.column);
            field.is_some() && (field == roles.number || field == roles.owner)
        });
        if only_numbered {
            // Rows that a template numbered in advance.
            return Found::Row(RowClass::Note, String::new());
        }
        let only_words = row.cells.iter().all(|cell| {
            let in_amounts = self
                .field_at(cell.column)
                .is_some_and(|field| pipeline.columns[field].kind == ColumnType::Amount);
            matches!(cell.content, Content::Text(_)) && !is_figure(&cell.content) && !in_amounts
        });
        if only_words && !has_number && (self.seen_total || row.cells.len() <= 2) {
            return Found::Text;
        }
        Found::Row(RowClass::Unplaced, String::new())
    }

    fn field_at(&self, column: u32) -> Option<usize> {
        self.columns.iter().position(|found| *found == Some(column))
    }

    /// Returns the label of a total row: 合计, 海棠区小计, 合  计（万元）, 其中：….
    fn total_label(&self, row: &Row) -> Option<String> {
        let roles = &self.pipeline.roles;
        let is_numbered = roles.number.and_then(|field| self.own(row, field)).is_some_and(|own| {
            fold::plain(&typed_text(own)).starts_with(|c: char| c.is_ascii_digit())
        });
        row.cells.iter().find_map(|cell| {
            let Content::Text(text) = &cell.content else { return None };
            let field = self.field_at(cell.column);
            let is_amount =
                field.is_some_and(|field| self.pipeline.columns[field].kind == ColumnType::Amount);
            if is_amount || text.chars().count() > 40 {
                return None;
            }
            let heading::Heading { key, bare, .. } = heading::read(text);
            let words = &self.pipeline.words.totals;
            // 总计（附表1、附表2）.
            let is_label = words.contains(&key)
                || words.contains(&bare)
                // A numbered row whose task only sounds like a total is a task.
                || (!(is_numbered && field.is_some_and(|field| roles.key.contains(&field)))
                    && sounds_like_total(&key, self.pipeline));
            // 其中水泵2台 in the remark of a task is no label.
            let beside_a_task = || {
                field.is_some_and(|field| !self.is_label_column(field))
                    && roles.key.iter().any(|key| self.own(row, *key).is_some())
            };
            (is_label && !beside_a_task()).then(|| typed_text(&cell.content))
        })
    }

    /// Returns whether a column says what a row is about, and so where a total names itself.
    fn is_label_column(&self, field: usize) -> bool {
        let roles = &self.pipeline.roles;
        roles.key.contains(&field) || roles.owner == Some(field) || roles.number == Some(field)
    }

    /// Returns whether a blank cell of a column takes the text named above it: the owner's, and
    /// of a key of several columns all but the last.
    fn fills_down(&self, field: usize) -> bool {
        let roles = &self.pipeline.roles;
        let leading = roles.key.split_last().is_some_and(|(_, leading)| leading.contains(&field));
        leading || roles.owner == Some(field)
    }

    /// Forgets what was named above: it holds inside its block only.
    fn end_block(&mut self) {
        let fields: Vec<usize> =
            self.last.keys().copied().filter(|field| self.fills_down(*field)).collect();
        for field in fields {
            self.last.remove(&field);
        }
    }

    /// Returns whether a row names another owner than the rows above it.
    fn begins_block(&self, row: &Row) -> bool {
        let Some(owner) = self.pipeline.roles.owner else { return false };
        let (Some(own), Some((_, above))) = (self.own(row, owner), self.last.get(&owner)) else {
            return false;
        };
        let own = typed_text(own);
        !self.pipeline.words.ditto.contains(&fold::plain(&own))
            && fold::key(&own) != fold::key(&above.typed)
    }

    /// Returns whether a row is a note, a signature line or the name of a block: one text that
    /// does not stand where the task's text stands, or one that begins as notes do.
    fn is_line_of_words(&self, row: &Row, has_figures: bool) -> bool {
        const LONG: usize = 30;
        if self.says_zero_report(row) {
            return true;
        }
        let first = row.cells.iter().find_map(|cell| match &cell.content {
            Content::Text(text) => Some((cell.column, text.as_str())),
            _ => None,
        });
        let Some((column, text)) = first else { return false };
        let begins_note = starts_with_note_word(text, self.pipeline);
        if begins_note && !has_figures {
            return true;
        }
        let at = CellAt::new(row.index, column);
        let merge = self.sheet.merges.at(at);
        let alone = row.cells.len() == 1;
        if !alone {
            return false;
        }
        let is_key =
            self.field_at(column).is_some_and(|field| self.pipeline.roles.key.contains(&field));
        let is_amount = self
            .field_at(column)
            .is_some_and(|field| self.pipeline.columns[field].kind == ColumnType::Amount);
        let wide = merge.is_some_and(|merge| merge.last.column > merge.first.column + 1);
        begins_note
            || row.cells.iter().all(|cell| is_money_line(&cell.content))
            || wide
            || (!is_key && !is_amount)
            || (self.seen_total && text.chars().count() > LONG)
    }

    /// Returns whether a row says that there is nothing to report, where the tasks would stand,
    /// and names neither task nor money.
    fn says_zero_report(&self, row: &Row) -> bool {
        const LONGEST: usize = 12;
        let says = |content: &Content| {
            let key = fold::key(&typed_text(content));
            let phrases = &self.pipeline.roster.zero_report;
            key.chars().count() <= LONGEST
                && phrases.iter().any(|phrase| key.contains(phrase.as_str()))
        };
        let has_money = self.pipeline.amount_columns().any(|field| {
            let content = self.own(row, field).map(typed_text).unwrap_or_default();
            content.chars().any(|c| c.is_numeric() && c != '0' && c != '０')
        });
        let keys = self.pipeline.roles.key.iter();
        let has_task = keys.filter_map(|field| self.own(row, *field)).any(|text| !says(text));
        row.cells.iter().any(|cell| says(&cell.content)) && !has_money && !has_task
    }

    fn row(&mut self, row: &Row, table: usize, class: RowClass, label: String) -> TableRow {
        if class == RowClass::Task && self.begins_block(row) {
            self.end_block();
        }
        let entries: Vec<Option<Entry>> = (0..self.columns.len())
            .map(|field| self.columns[field].map(|column| self.entry(row, field, column, class)))
            .collect();
        if class == RowClass::Task {
            for (field, entry) in entries.iter().enumerate() {
                if let Some(entry) = entry.as_ref().filter(|entry| !entry.value.is_blank()) {
                    let origin = entry.filled_from.unwrap_or(row.index);
                    self.last.insert(field, (origin, entry.clone()));
                }
            }
        } else if class == RowClass::Total {
            self.end_block();
        }
        let derived = derive::amounts(&entries, self.pipeline);
        TableRow { row: row.index, table, class, entries, derived, label }
    }

    fn entry(&self, row: &Row, field: usize, column: u32, class: RowClass) -> Entry {
        let declared = &self.pipeline.columns[field];
        let read = |content: &Content| {
            let shifted = (self.sheet.dates_from_1904 && declared.kind == ColumnType::Month)
                .then(|| month::counted_from_1900(content))
                .flatten();
            let shown = shifted.as_ref().unwrap_or(content);
            let entry =
                typing::entry(column, shown, declared, self.units[field], &self.pipeline.words);
            Entry { typed: typed_text(content), ..entry }
        };
        let at = CellAt::new(row.index, column);
        let merge = self.sheet.merges.at(at).copied();
        let blank = || Entry::new(column, String::new(), Value::Blank);
        if let Some(merge) = merge.filter(|merge| merge.first != at) {
            // Under a merge: words hold for every row of it, a figure for all of them together.
            let upright = merge.first.column == column && merge.first.row < row.index;
            if !upright {
                return blank();
            }
            let Some(content) = self.sheet.content(merge.first) else { return blank() };
            return match declared.kind {
                ColumnType::Amount | ColumnType::Percent | ColumnType::Integer => {
                    Entry::new(column, String::new(), Value::Covered)
                }
                ColumnType::Text | ColumnType::Month | ColumnType::Choice => {
                    Entry { filled_from: Some(merge.first.row), ..read(content) }
                }
            };
        }
        let content = row.cell(column).map(|cell| &cell.content);
        match content {
            Some(Content::Text(text)) if self.pipeline.words.ditto.contains(&fold::plain(text)) => {
                match self.last.get(&field) {
                    Some((origin, above)) => Entry {
                        typed: typed_text(&Content::Text(text.clone())),
                        filled_from: Some(*origin),
                        spans: 1,
                        ..above.clone()
                    },
                    None => read(&Content::Text(text.clone())),
                }
            }
            Some(content) => {
                let rows = merge.map_or(1, |merge| merge.last.row - merge.first.row + 1);
                Entry { spans: rows, ..read(content) }
            }
            None if self.fills_down(field) && class == RowClass::Task => {
                match self.last.get(&field) {
                    Some((origin, above)) => {
                        Entry { filled_from: Some(*origin), spans: 1, ..above.clone() }
                    }
                    None => blank(),
                }
            }
            None => blank(),
        }
    }
}

/// Returns whether a cell is the line above a table that names its unit of money.
fn is_money_line(content: &Content) -> bool {
    matches!(content, Content::Text(text) if money::unit_in_line(text).is_some())
}

/// Returns whether a key ends as a total does, or begins as one and goes on with nothing but what
/// is added up: 合计金额, 合计7项; not 小计算机室.
fn sounds_like_total(key: &str, pipeline: &Pipeline) -> bool {
    const LONGEST: usize = 14;
    const ADDED_UP: [&str; 8] = ["金额", "资金", "数", "元", "万元", "人民币", "项", "个"];
    if key.chars().count() > LONGEST {
        return false;
    }
    pipeline.words.totals.iter().any(|word| {
        let rest = key.strip_prefix(word.as_str());
        let counts = rest.is_some_and(|rest| {
            // 其中 names a part of the total in words of its own.
            word == "其中"
                || ADDED_UP.iter().any(|noun| rest.starts_with(noun))
                || rest.starts_with(|c: char| c.is_ascii_digit())
        });
        counts || key.ends_with(word.as_str())
    })
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
