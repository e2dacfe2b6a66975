//! Columns of prices or standards that the plan's own totals add up: 补助标准 may be what each household gets. What a
//! total prints below them is the sum of its rows then, and not by chance.

use crate::extract::Extract;
use crate::model::{ColumnId, Value};
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::Pipeline;

/// Rows that a sum has at the least, so that chance makes none.
const LEAST_ROWS: usize = 4;

/// Returns the names of the columns that are said to have no sum and are added up all the same: the figures of all
/// totals are those of the rows right above them, or of all rows.
pub fn found(extract: &Extract, pipeline: &Pipeline) -> Vec<String> {
    let columns = pipeline.columns.iter_enumerated();
    let apart = columns.filter(|(_, column)| column.kind.is_added_up() && !column.summed);
    apart
        .filter(|(field, _)| are_sums(extract, *field))
        .map(|(_, column)| column.name.clone())
        .collect()
}

/// Takes out of a draft that columns have no sum.
pub fn with(draft: &str, names: &[String]) -> String {
    let mut is_own = false;
    let mut said = String::new();
    for line in draft.lines() {
        if line.starts_with('[') {
            is_own = false;
        }
        if let Some(name) = line.strip_prefix("name = ") {
            let name = name.trim().trim_matches('"');
            is_own = names.iter().any(|own| own == name);
        }
        if !(is_own && line.starts_with("summed = false")) {
            said.push_str(line);
            said.push('\n');
        }
    }
    said
}

fn are_sums(extract: &Extract, field: ColumnId) -> bool {
    let figure = |row: &TableRow| {
        row.entries[field].as_ref().and_then(|entry| match entry.value {
            Value::Integer(number) | Value::Decimal(number) => Some(i128::from(number)),
            _ => None,
        })
    };
    let mut seen = 0;
    for sheet in &extract.rows.sheets {
        for rows in sheet.rows_by_table() {
            let tasks = || rows.iter().filter(|row| row.class == RowClass::Task);
            let all: i128 = tasks().filter_map(|row| figure(row)).sum();
            let mut above: Vec<i128> = Vec::new();
            for row in &rows {
                match row.class {
                    RowClass::Task => above.extend(figure(row)),
                    RowClass::Total => {
                        let own = figure(row);
                        let is_block = above.len() >= LEAST_ROWS && own == Some(above.iter().sum());
                        let is_all = tasks().count() >= LEAST_ROWS && own == Some(all);
                        if own.is_some() && !is_block && !is_all {
                            return false;
                        }
                        seen += usize::from(own.is_some());
                        above.clear();
                    }
                    _ => {}
                }
            }
        }
    }
    seen > 0
}
