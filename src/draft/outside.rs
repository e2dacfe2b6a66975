//! What a trial of the draft read as tasks, and may be none: rows below the last total, rows without a number among
//! numbered ones, and cells that add up other tasks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::extract::Extract;
use crate::model::{CellAt, SheetId, Side, words};
use crate::normalise::classes::fates::{self, AsRead};
use crate::normalise::layout::table::are_beside;
use crate::normalise::layout::words::is_figure;
use crate::normalise::{self, CellFate, RowClass, TableRow};
use crate::pipeline::Pipeline;
use crate::read::{Book, Row};

/// So many rows are named.
pub const MOST_NAMED: usize = 12;

/// Says which rows were taken for tasks that may be none, and which for what comes on top of totals.
pub fn said_of_rows(text: &mut String, extract: &Extract, book: &Book, pipeline: &Pipeline) {
    let within = sums_within(extract, book);
    if !within.is_empty() {
        let more = if within.len() > MOST_NAMED { "等" } else { "" };
        let _ = writeln!(
            text,
            "# 请定：{}{more}的公式把同一列上面各行相加，现按该行任务自己的数读，合计里会算两遍；不是该行的数，请移到别处或删去。",
            within.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join("、")
        );
    }
    for (sheet, cells) in in_no_column(extract, book, pipeline) {
        let named: Vec<String> = cells.iter().take(MOST_NAMED).map(ToString::to_string).collect();
        let more = if cells.len() > MOST_NAMED { "等" } else { "" };
        let _ = writeln!(
            text,
            "# 请定：{sheet}{}{more} {} 格有数，与任务在同一行，那一列却没有列标题，没有读；要核对的，请在计划里补上列标题；旁边是另一张表的，用 [[normalise.table]] 的 within 写明几张表各在哪几列（within = [\"A-D\", \"F-I\"]），或起草时用 --within 只取其中一张。",
            named.join("、"),
            cells.len()
        );
    }
    let doubted = [
        (below_totals(extract), "在最后一个合计之下，没有哪个合计包括它们"),
        (unnumbered(extract, pipeline), "没有序号，别的行都有"),
        (scanty_at_end(extract), "在表的末尾，只填了一两格，别的行填得多"),
    ];
    for (rows, why) in doubted.iter().filter(|(rows, _)| !rows.is_empty()) {
        let named = rows.iter().map(|(place, rows)| {
            named(extract.rows.sheets[SheetId::from(*place)].name.as_deref(), rows)
        });
        let _ = writeln!(
            text,
            "# 请定：{}{why}，现按任务读；不是任务的，用 [[normalise.table]] 的 skip 写明怎样开头。",
            named.collect::<Vec<_>>().join("、")
        );
    }
    let apart = apart(extract, pipeline);
    if !apart.is_empty() {
        let _ = writeln!(
            text,
            "# 请定：{}是合计之外另计的（税金、费用、优惠，和算进它们的合计），不与各行核对；其中有任务的，请补上序号。",
            apart.join("、")
        );
    }
    said_above(text, extract, book);
    said_of_sheets(text, extract, book, pipeline);
}

/// Says which rows above a heading were taken for titles though they hold as many cells as the rows of its table: they
/// are rather a list of their own.
fn said_above(text: &mut String, extract: &Extract, book: &Book) {
    const LEAST_ROWS: usize = 2;
    const LEAST_CELLS: usize = 4;
    for (read, sheet) in extract.rows.sheets.iter().zip(&book.sheets) {
        let columns = read.tables.iter().map(|table| table.columns.len()).min().unwrap_or(0);
        let is_title = |row: u32| read.classes.contains(&(row, RowClass::Title));
        let is_as_wide =
            |row: &&Row| row.cells.len() >= LEAST_CELLS && row.cells.len() * 5 >= columns * 3;
        let rows = sheet.rows.iter().filter(is_as_wide).map(|row| row.index);
        let rows: Vec<u32> = rows.filter(|row| is_title(*row)).collect();
        if columns > 0 && rows.len() >= LEAST_ROWS {
            let _ = writeln!(
                text,
                "# 请定：{}在表头以上，填得和表里一样满，现看作标题，没有读；是另一张表、或表头其实在那里的，起草时用 --heading-rows 写明表头在第几行。",
                named(read.name.as_deref(), &rows)
            );
        }
    }
}

/// Says which sheets were left out though rows of theirs hold figures: lists of other columns are a plan of their own.
/// What the draft itself leaves out, a sum of the others or a copy, it says where it does.
fn said_of_sheets(text: &mut String, extract: &Extract, book: &Book, pipeline: &Pipeline) {
    const LEAST_ROWS: usize = 3;
    let mut left_out = Vec::new();
    let counts = pipeline.counting_sheets(&normalise::places(book), Side::Plan);
    let sheets = extract.rows.sheets.iter().zip(&book.sheets).zip(counts);
    for ((read, sheet), _) in sheets.filter(|(_, counts)| *counts) {
        let is_read = |row: &TableRow| matches!(row.class, RowClass::Task | RowClass::Total);
        if read.rows.iter().any(is_read) {
            continue;
        }
        let is_entry = |row: &&Row| {
            row.cells.len() > 1 && row.cells.iter().any(|cell| is_figure(&cell.content))
        };
        let entries = sheet.rows.iter().filter(is_entry).count();
        if entries >= LEAST_ROWS {
            let name = read.name.as_deref().unwrap_or_default();
            left_out.push(format!("工作表“{}”（{entries} 行有数）", words::one_line(name)));
        }
    }
    if !left_out.is_empty() {
        let more = if left_out.len() > MOST_NAMED { "等" } else { "" };
        let _ = writeln!(
            text,
            "# 请定：{}{more}没有读；其中也有要核对的，请另起草一份，起草时写 --sheet 和工作表的名称。",
            left_out.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join("、")
        );
    }
}

/// Returns the figures that stand in the rows of tasks and in no column of their table, by sheet.
fn in_no_column(extract: &Extract, book: &Book, pipeline: &Pipeline) -> Vec<(String, Vec<CellAt>)> {
    let mut found = Vec::new();
    for (read, sheet) in extract.rows.sheets.iter().zip(&book.sheets) {
        let as_read =
            AsRead { sheet, classes: &read.classes, tables: &read.tables, rows: &read.rows };
        let tasks = read.rows.iter().filter(|row| row.class == RowClass::Task);
        let tasks: BTreeSet<u32> = tasks.map(|row| row.row).collect();
        let has_heading = |column: u32| {
            read.tables.iter().flat_map(|table| &table.columns).any(|own| own.column == column)
        };
        let mut cells: Vec<CellAt> = Vec::new();
        fates::each(as_read, pipeline, |at, cell, fate| {
            let is_lost = fate == CellFate::Outside
                && tasks.contains(&at.row)
                && !has_heading(at.column)
                && !are_beside(&read.tables, at.column);
            if is_lost && is_figure(&cell.content) {
                cells.push(at);
            }
        });
        if !cells.is_empty() {
            let name = read.name.as_ref();
            found.push((name.map_or_else(String::new, |name| format!("工作表“{name}”")), cells));
        }
    }
    found
}

/// Rows that are doubted, by the places of their sheets.
type Doubted = Vec<(usize, Vec<u32>)>;

/// Returns the rows of a sheet that were taken for tasks and may be none, ascending, and of them those below its
/// last total.
pub fn doubted(extract: &Extract, place: usize, pipeline: &Pipeline) -> (Vec<u32>, Vec<u32>) {
    let of = |doubted: Doubted| {
        let own = doubted.into_iter().filter(move |(own, _)| *own == place);
        own.flat_map(|(_, rows)| rows)
    };
    let below: Vec<u32> = of(below_totals(extract)).collect();
    let all = below.iter().copied();
    let all = all.chain(of(unnumbered(extract, pipeline))).chain(of(scanty_at_end(extract)));
    let all: BTreeSet<u32> = all.collect();
    (all.into_iter().collect(), below)
}

/// Returns the rows that come on top of totals, or count in what does.
fn apart(extract: &Extract, pipeline: &Pipeline) -> Vec<String> {
    let mut found = Vec::new();
    for sheet in &extract.rows.sheets {
        let is_apart = |row: &&TableRow| {
            row.class == RowClass::Total && row.label.starts_with(pipeline.words.apart.as_str())
        };
        let rows: Vec<u32> = sheet.rows.iter().filter(is_apart).map(|row| row.row).collect();
        if !rows.is_empty() {
            found.push(named(sheet.name.as_deref(), &rows));
        }
    }
    found
}

/// Returns the cells of tasks whose formulas add up figures of other tasks of their table: of a list
/// beside it, or of a block that ends in that row.
fn sums_within(extract: &Extract, book: &Book) -> Vec<String> {
    let mut found = Vec::new();
    for (rows, sheet) in extract.rows.sheets.iter().zip(&book.sheets) {
        let is_task = |row: u32| {
            let place = rows.classes.binary_search_by_key(&row, |(row, _)| *row);
            place.is_ok_and(|place| rows.classes[place].1 == RowClass::Task)
        };
        for task in rows.rows.iter().filter(|row| row.class == RowClass::Task) {
            for sum in sheet.sums_of(task.row) {
                let is_declared = task
                    .entries
                    .iter()
                    .flatten()
                    .any(|own| own.column == sum.at.column && own.value.summand().is_some());
                let added = sum.rows();
                let tasks = added.iter().flat_map(|(first, last)| *first..=*last);
                if is_declared && tasks.filter(|row| is_task(*row)).count() > 1 {
                    found.push(sum.at.to_string());
                }
            }
        }
    }
    found
}

/// Returns the tasks below the last total of a table whose totals stand below what they add up:
/// nothing says that they belong to the plan.
fn below_totals(extract: &Extract) -> Doubted {
    let mut found = Vec::new();
    for (place, sheet) in extract.rows.sheets.iter().enumerate() {
        for rows in sheet.rows_by_table() {
            let of = |class: RowClass| {
                let own = rows.iter().filter(move |row| row.class == class);
                own.map(|row| row.row).collect::<Vec<u32>>()
            };
            let (tasks, totals) = (of(RowClass::Task), of(RowClass::Total));
            let (Some(first), Some(last)) = (totals.first(), totals.last()) else { continue };
            let below: Vec<u32> = tasks.iter().copied().filter(|row| row > last).collect();
            if below.is_empty() || tasks.first() > Some(first) {
                continue;
            }
            found.push((place, below));
        }
    }
    // What is read as a table for each unit is one on the sheet.
    found.dedup();
    found
}

/// Returns the last tasks of tables without a total that say far less than the others do: a name and a figure where
/// these fill a row of columns, as averages below a list do.
fn scanty_at_end(extract: &Extract) -> Doubted {
    const MOST: usize = 3;
    const LEAST_USUAL: usize = 6;
    const LESS: usize = 3;
    let mut found = Vec::new();
    for (place, sheet) in extract.rows.sheets.iter().enumerate() {
        for rows in sheet.rows_by_table() {
            let tasks: Vec<&TableRow> =
                rows.iter().copied().filter(|row| row.class == RowClass::Task).collect();
            let has_total = rows.iter().any(|row| row.class == RowClass::Total);
            let mut filled: Vec<usize> = tasks.iter().map(|row| own_cells(row)).collect();
            filled.sort_unstable();
            let usual = filled.get(filled.len() / 2).copied().unwrap_or(0);
            let is_scanty = |row: &&&TableRow| own_cells(row) * LESS <= usual;
            let last: Vec<&TableRow> = tasks.iter().rev().take_while(is_scanty).copied().collect();
            let is_end = !last.is_empty() && last.len() <= MOST && usual >= LEAST_USUAL;
            // A list in which many rows say little is no other at its end.
            let others = tasks.iter().filter(is_scanty).count() - last.len();
            if is_end && !has_total && others == 0 {
                let rows: Vec<u32> = last.iter().rev().map(|row| row.row).collect();
                found.push((place, rows));
            }
        }
    }
    found.dedup();
    found
}

/// How many cells of a row say something themselves.
fn own_cells(row: &TableRow) -> usize {
    let own = row.entries.iter().flatten();
    own.filter(|entry| !entry.value.is_absent() && entry.filled_from().is_none()).count()
}

/// Returns the tasks without a number in tables whose other tasks, three of four at the least, have one.
fn unnumbered(extract: &Extract, pipeline: &Pipeline) -> Doubted {
    let Some(number) = pipeline.roles.number else { return Vec::new() };
    let is_numbered =
        |row: &TableRow| row.entries[number].as_ref().is_some_and(|entry| !entry.value.is_absent());
    let mut found = Vec::new();
    for (place, sheet) in extract.rows.sheets.iter().enumerate() {
        for rows in sheet.rows_by_table() {
            let tasks: Vec<&TableRow> =
                rows.into_iter().filter(|row| row.class == RowClass::Task).collect();
            let without: Vec<u32> =
                tasks.iter().filter(|row| !is_numbered(row)).map(|row| row.row).collect();
            if !without.is_empty() && without.len() * 4 <= tasks.len() {
                found.push((place, without));
            }
        }
    }
    found.dedup();
    found
}

/// 工作表“甲”第 3、5 行.
fn named(sheet: Option<&str>, rows: &[u32]) -> String {
    let name = sheet.map_or_else(String::new, |name| format!("工作表“{name}”"));
    let shown: Vec<String> =
        rows.iter().take(MOST_NAMED).map(|row| (row + 1).to_string()).collect();
    let more = if rows.len() > MOST_NAMED { "等" } else { "" };
    format!("{name}第 {} 行{more}", shown.join("、"))
}
