//! What stands in columns that nobody declared, beside tasks, where a sheet lacks a column that is compared: by what
//! its cells say it can be told later which of them is the one that is missed. Where that is the column of the tasks
//! itself, no row could be told to be one, and what stands in those that nobody could place is kept.

use std::collections::BTreeMap;

use super::classes::{ColumnAside, RowClass, SheetRows};
use super::layout::SheetColumn;
use super::said::is_missed;
use super::typed::typed_text;
use crate::model::Text;
use crate::pipeline::{Pipeline, heading};
use crate::read::{Row, Sheet};

/// So many tasks of a table tell enough.
const MOST_ROWS: usize = 200;
/// What is longer tells no figure, and of a text its beginning is enough.
pub const LONGEST: usize = 40;

/// Returns the columns that nobody declared of the tables that lack one.
pub fn of(read: &Sheet, sheet: &SheetRows, pipeline: &Pipeline) -> Vec<ColumnAside> {
    let mut aside = Vec::new();
    for (place, table) in sheet.tables.iter().enumerate() {
        let is_open = table.columns.iter().any(|known| known.field.is_none());
        if !is_open || !pipeline.columns.keys().any(|field| is_missed(field, table, pipeline)) {
            continue;
        }
        let class =
            if table.has_part_of_key(pipeline) { RowClass::Task } else { RowClass::Unplaced };
        let tasks = sheet.rows.iter().filter(|row| row.table == place);
        let tasks = tasks.filter(|row| row.class == class).take(MOST_ROWS);
        let rows: Vec<&Row> = tasks
            .filter_map(|task| {
                let at = read.rows.binary_search_by_key(&task.row, |row| row.index).ok()?;
                Some(&read.rows[at])
            })
            .collect();
        let lowest = |column: &SheetColumn| {
            heading::levels(&column.heading).last().map(|lowest| heading::read(lowest).key)
        };
        let keys: Vec<Option<String>> = table.columns.iter().map(lowest).collect();
        let mut times: BTreeMap<&Option<String>, usize> = BTreeMap::new();
        for key in &keys {
            *times.entry(key).or_default() += 1;
        }
        for (known, key) in table.columns.iter().zip(&keys) {
            if known.field.is_some() {
                continue;
            }
            let shown = match heading::levels(&known.heading).last() {
                Some(lowest) if times[key] == 1 => lowest,
                _ => known.heading.as_str(),
            };
            let text = |row: &&Row| {
                let text = typed_text(&row.cell(known.column)?.content);
                let text: String = text.trim().chars().take(LONGEST).collect();
                (!text.is_empty()).then(|| (row.index, Text::from(text)))
            };
            let cells: Vec<(u32, Text)> = rows.iter().filter_map(text).collect();
            // #REF! is no heading that anybody could declare.
            if !cells.is_empty() && !shown.starts_with('#') {
                aside.push(ColumnAside { heading: shown.to_owned(), cells });
            }
        }
    }
    aside
}
