//! What became of every cell of a sheet: each that shows something has exactly one fate, and the
//! fates add up to what the reader counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::row::{RowClass, TableRow};
use crate::model::{CellAt, ColumnId, Entry, Obstacle, Value, fold};
use crate::normalise::layout::table::{Layout, are_beside};
use crate::normalise::typed::typed_text;
use crate::pipeline::{Pipeline, heading};
use crate::read::{Cell, Sheet};

/// Where one cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellFate {
    Title,
    Heading,
    /// Read as a field of a task.
    Used,
    Total,
    Note,
    /// In a column of a table that nobody declared.
    Undeclared,
    /// Beside or below the tables, under a merge, struck out, in a row that nobody could place, or
    /// in a total where nothing is added up.
    Outside,
    /// In a declared column, and not what the column declares.
    Unreadable,
}

impl CellFate {
    pub const ALL: [CellFate; 8] = [
        CellFate::Title,
        CellFate::Heading,
        CellFate::Used,
        CellFate::Total,
        CellFate::Note,
        CellFate::Undeclared,
        CellFate::Outside,
        CellFate::Unreadable,
    ];

    pub fn chinese(self) -> &'static str {
        match self {
            CellFate::Title => "标题",
            CellFate::Heading => "表头",
            CellFate::Used => "任务内容",
            CellFate::Total => "合计",
            CellFate::Note => "说明",
            CellFate::Undeclared => "未登记的列",
            CellFate::Outside => "表外",
            CellFate::Unreadable => "无法识别",
        }
    }
}

/// The cells of a sheet, counted by fate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fates {
    /// Cells that show something, counted as the sheet was read.
    pub nonblank: usize,
    /// How many cells ended so; none where it would be 0.
    pub counts: BTreeMap<CellFate, usize>,
    /// Counted beside: a cell in a hidden row has a fate all the same.
    pub comments: usize,
    pub struck: usize,
    pub hidden: usize,
}

impl Fates {
    pub fn of(&self, fate: CellFate) -> usize {
        self.counts.get(&fate).copied().unwrap_or(0)
    }

    /// Returns how many cells have a fate.
    pub fn ended(&self) -> usize {
        self.counts.values().sum()
    }
}

/// A sheet and what its rows were read as.
#[derive(Clone, Copy, Debug)]
pub struct AsRead<'a> {
    pub sheet: &'a Sheet,
    pub classes: &'a [(u32, RowClass)],
    pub tables: &'a [Layout],
    pub rows: &'a [TableRow],
}

/// Counts the cells of a sheet by fate, from what its rows were read as.
pub fn of(read: AsRead<'_>, pipeline: &Pipeline) -> Fates {
    let sheet = read.sheet;
    let mut fates = Fates { nonblank: sheet.nonblank_cells, ..Fates::default() };
    each(read, pipeline, |at, _, fate| {
        *fates.counts.entry(fate).or_default() += 1;
        let is_hidden = sheet.hidden
            || sheet.hidden_rows.contains(&at.row)
            || sheet.hidden_columns.contains(&at.column);
        fates.hidden += usize::from(is_hidden);
    });
    // A cell that is struck out in part has been counted as what is left of it.
    let whole = sheet.struck.iter().filter(|struck| !struck.partly).count();
    if whole > 0 {
        *fates.counts.entry(CellFate::Outside).or_default() += whole;
    }
    fates.struck = sheet.struck.len();
    fates.comments = sheet.comments.len();
    fates
}

/// Hands each cell that is read with its fate to `on_cell`, in the order of the sheet.
pub fn each(
    read: AsRead<'_>,
    pipeline: &Pipeline,
    mut on_cell: impl FnMut(CellAt, &Cell, CellFate),
) {
    let read_as = read;
    let AsRead { sheet, classes, tables, rows } = read;
    let tasks = rows.iter().filter(|row| row.class == RowClass::Task);
    let owners: BTreeSet<&str> = pipeline
        .roles
        .owner
        .map(|owner| tasks.filter_map(|row| row.entries[owner].as_ref()).collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .map(|entry| entry.typed.as_str())
        .collect();
    let headings: Vec<Headings> = tables.iter().map(Headings::of).collect();
    let stand_apart = tables.iter().any(|table| table.within.is_some());
    let mut first_read = 0;
    for row in &sheet.rows {
        let class = classes.binary_search_by_key(&row.index, |(row, _)| *row);
        let class = class.map_or(RowClass::Unplaced, |at| classes[at].1);
        // The walk keeps the rows of the tables in the order of the sheet.
        let first = first_read + rows[first_read..].partition_point(|read| read.row < row.index);
        let count = rows[first..].iter().take_while(|read| read.row == row.index).count();
        let parts = &rows[first..first + count];
        first_read = first;
        for cell in &row.cells {
            let part = parts.iter().find(|read| tables[read.table].holds(cell.column));
            let fate = match part {
                Some(read) => {
                    let part = Part { read, headings: &headings[read.table] };
                    in_table(read_as, cell, &part, &owners, pipeline)
                }
                // The heading of a list beside rows of another.
                None if stand_apart && heads(tables, row.index, cell.column) => CellFate::Heading,
                None if class != RowClass::Title && are_beside(tables, cell.column) => {
                    CellFate::Outside
                }
                None => beside(class),
            };
            on_cell(CellAt::new(row.index, cell.column), cell, fate);
        }
    }
}

fn heads(tables: &[Layout], row: u32, column: u32) -> bool {
    tables.iter().any(|table| table.holds(column) && table.heading_rows.contains(&row))
}

/// The fate of a cell in a row of no table, or in a part of a row that is words only.
fn beside(class: RowClass) -> CellFate {
    match class {
        RowClass::Title => CellFate::Title,
        RowClass::Heading => CellFate::Heading,
        RowClass::Unplaced => CellFate::Outside,
        RowClass::Unreadable => CellFate::Unreadable,
        RowClass::Task | RowClass::Total | RowClass::Note => CellFate::Note,
    }
}

/// The columns of a table's headings, and the fields that they name; ascending, each once.
struct Headings {
    columns: Vec<u32>,
    fields: Vec<ColumnId>,
}

impl Headings {
    fn of(table: &Layout) -> Self {
        let columns: BTreeSet<u32> = table.columns.iter().map(|column| column.column).collect();
        let fields: BTreeSet<ColumnId> =
            table.columns.iter().filter_map(|column| column.field).collect();
        Self { columns: columns.into_iter().collect(), fields: fields.into_iter().collect() }
    }
}

/// What a table reads of a row.
struct Part<'a> {
    read: &'a TableRow,
    headings: &'a Headings,
}

impl Part<'_> {
    /// Returns the field that was read from a column; of several the first counts.
    fn field_at(&self, column: u32) -> Option<ColumnId> {
        // What is named above the table or in its heading stands in no cell of the row.
        let mut fields = self.headings.fields.iter().copied();
        let stands = |entry: &Entry| entry.column == column;
        fields.find(|field| self.read.entries[*field].as_ref().is_some_and(stands))
    }
}

fn in_table(
    all: AsRead<'_>,
    cell: &Cell,
    part: &Part<'_>,
    owners: &BTreeSet<&str>,
    pipeline: &Pipeline,
) -> CellFate {
    let (sheet, read) = (all.sheet, part.read);
    match read.class {
        RowClass::Task | RowClass::Total => {}
        other => return beside(other),
    }
    let is_total = read.class == RowClass::Total;
    let Some(field) = part.field_at(cell.column) else {
        let has_heading = part.headings.columns.binary_search(&cell.column).is_ok();
        return if is_total && is_called(read, &typed_text(&cell.content)) {
            CellFate::Total
        } else if has_heading {
            CellFate::Undeclared
        } else {
            CellFate::Outside
        };
    };
    if is_covered(sheet, CellAt::new(read.row, cell.column), cell) {
        return CellFate::Outside;
    }
    let kind = pipeline.columns[field].kind;
    if is_total
        && !pipeline.is_totalled(field)
        && !names_itself(cell, read, field, owners, pipeline)
    {
        return CellFate::Outside;
    }
    let unreadable = read.entries[field].as_ref().is_some_and(|entry| match &entry.value {
        // A total names itself in whatever column it likes.
        Value::Unreadable(Obstacle::NotThisType | Obstacle::UnknownChoice(_)) => {
            !is_total || kind.is_money()
        }
        Value::Unreadable(_) => true,
        _ => false,
    });
    match (unreadable, is_total) {
        (true, _) => CellFate::Unreadable,
        (false, true) => CellFate::Total,
        (false, false) => CellFate::Used,
    }
}

/// Returns whether a text is the label of a total, whatever stands before it says where it belongs: 另计：税金.
fn is_called(total: &TableRow, text: &str) -> bool {
    let name = total.label.split_once('：').map_or(total.label.as_str(), |(_, name)| name);
    total.label == *text || name == text.trim()
}

/// Returns whether a cell of a total outside its amounts says no more than that it is a total,
/// whose it is, or that there is nothing to say; anything else there is read by nobody.
fn names_itself(
    cell: &Cell,
    total: &TableRow,
    field: ColumnId,
    owners: &BTreeSet<&str>,
    pipeline: &Pipeline,
) -> bool {
    let typed = typed_text(&cell.content);
    let plain = fold::plain(&typed);
    let words = &pipeline.words;
    let column = &pipeline.columns[field];
    // What is reported in free words is read by people only, in a task's row as in a total's.
    let is_free = column.kind.is_free()
        && !pipeline.check.compare.iter().any(|compare| compare.column == field)
        && !pipeline.roles.key.contains(&field)
        && pipeline.roles.owner != Some(field);
    // 一 before the name of a section is its number.
    let numbers_it = pipeline.roles.number == Some(field)
        && total.adds.is_some()
        && !plain.contains(|c: char| c.is_ascii_digit());
    is_free
        || numbers_it
        || is_called(total, &typed)
        // 一, 二 before the line of a section.
        || (total.heads && fold::key(&typed).chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c)))
        || words.totals.contains(&heading::read(&typed).key)
        || words.not_applicable.contains(&plain)
        || words.repeats_above(&typed)
        || (pipeline.roles.owner == Some(field) && owners.contains(&*typed))
}

/// Returns whether a cell lies under a merge that shows something else.
fn is_covered(sheet: &Sheet, at: CellAt, cell: &Cell) -> bool {
    let Some(merge) = sheet.merges.at(at).filter(|merge| merge.first != at) else { return false };
    sheet.content(merge.first).is_none_or(|shown| typed_text(shown) != typed_text(&cell.content))
}
