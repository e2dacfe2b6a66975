//! Rows that stand where tasks stand and are none, which only the plan's names and tasks can tell:
//! the name of a block of rows, and words below the last total.

use std::collections::BTreeSet;

use super::Names;
use crate::model::fact::{Elsewhere, Unread};
use crate::model::{CellAt, CellRange, ColumnId, Entry, Fact, Finding, Side, UnitId, fold, words};
use crate::normalise::frame::text_key;
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::Pipeline;

/// The rows of one table that stand where tasks stand.
pub(super) struct Apart<'a> {
    pub tasks: Vec<&'a TableRow>,
    /// Rows that name the block below them, and whose it is; from top to bottom.
    pub blocks: Vec<(u32, UnitId)>,
    /// Rows below the last total that hold words alone.
    pub words: Vec<&'a TableRow>,
}

impl Apart<'_> {
    /// Returns the rows that are no tasks.
    pub fn lines(&self) -> BTreeSet<u32> {
        let words = self.words.iter().map(|row| row.row);
        words.chain(self.blocks.iter().map(|(row, _)| *row)).collect()
    }
}

/// Tells the tasks of a table's rows from what is none.
pub(super) fn apart<'a>(
    rows: &[&'a TableRow],
    is_planned: &dyn Fn(&str) -> bool,
    names: &Names,
    pipeline: &Pipeline,
) -> Apart<'a> {
    let tasks = rows.iter().copied().filter(|row| row.class == RowClass::Task);
    let block = |row: &TableRow| Some((row.row, unit_alone(row, names, pipeline)?));
    let mut apart = Apart {
        blocks: tasks.clone().filter_map(block).collect(),
        words: below_last_total(rows, is_planned, pipeline),
        tasks: Vec::new(),
    };
    let lines = apart.lines();
    apart.tasks = tasks.filter(|row| !lines.contains(&row.row)).collect();
    apart
}

/// Returns the unit that a row names where its task would stand, if it says nothing else: the name
/// of the block below it, 1.海棠区, 第一部分 海棠区, 海棠区（7项）, or who signs, 三亚市海棠区民政局.
fn unit_alone(row: &TableRow, names: &Names, pipeline: &Pipeline) -> Option<UnitId> {
    const LONGEST: usize = 16;
    let entry = only_words(row, pipeline)?;
    names.alone_in(&entry.typed, &pipeline.words.block_names).or_else(|| {
        let key = fold::key(&entry.typed);
        let is_office = pipeline.words.offices.iter().any(|end| key.ends_with(end.as_str()));
        let is_short = key.chars().count() <= LONGEST;
        (is_office && is_short).then(|| names.in_text(&entry.typed)).flatten()
    })
}

/// Returns the rows of a table that stand below its last total, hold words alone, and are no task of
/// the plan: 核对无误, 此表一式三份.
fn below_last_total<'a>(
    rows: &[&'a TableRow],
    is_planned: &dyn Fn(&str) -> bool,
    pipeline: &Pipeline,
) -> Vec<&'a TableRow> {
    let totals = rows.iter().filter(|row| row.class == RowClass::Total);
    let Some(last) = totals.map(|row| row.row).max() else { return Vec::new() };
    let below = rows.iter().filter(|row| row.class == RowClass::Task && row.row > last);
    let below: Vec<&TableRow> = below.copied().collect();
    // A block whose total is still to come, or that has none, goes on with tasks.
    let is_words = |row: &&TableRow| {
        only_words(row, pipeline).is_some() && !is_planned(&text_key(row, pipeline))
    };
    if below.iter().all(is_words) { below } else { Vec::new() }
}

/// Returns the cell of a row that holds nothing but a text where its task would stand.
fn only_words<'a>(row: &'a TableRow, pipeline: &Pipeline) -> Option<&'a Entry> {
    let mut filled = row.entries.iter_enumerated().filter_map(|(field, entry)| {
        let entry: (ColumnId, &Entry) = (field, entry.as_ref()?);
        (!entry.1.value.is_blank() && entry.1.filled_from().is_none()).then_some(entry)
    });
    let (field, entry) = filled.next()?;
    let is_alone = filled.next().is_none() && pipeline.roles.key.contains(&field);
    is_alone.then_some(entry)
}

/// Says which words below a total were taken for no task.
pub(super) fn said(lines: &[&TableRow], pipeline: &Pipeline) -> Option<Finding> {
    const LONGEST_QUOTE: usize = 40;
    let cells: Vec<(CellAt, String)> = lines
        .iter()
        .filter_map(|row| {
            let entry = only_words(row, pipeline)?;
            let text = words::shortened(&entry.typed, LONGEST_QUOTE);
            Some((CellAt::new(row.row, entry.column), text))
        })
        .collect();
    let first = cells.first()?.0;
    let ranges = cells.iter().map(|(at, _)| CellRange::new(*at, *at)).collect();
    let unread = Unread {
        idle: false,
        cells,
        names: Vec::new(),
        comments: Vec::new(),
        heading: None,
        elsewhere: Elsewhere::default(),
    };
    let mut finding = Finding::new(Fact::SheetUnused(unread), Side::Submission).at(first);
    finding.cells = ranges;
    Some(finding)
}
