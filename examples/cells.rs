//! Prints what the reader makes of files: one path a line in, one line of JSON out, with the cells
//! of every sheet as they were read. For holding the reader against other programs:
//! `find … | cargo run --release --example cells`.

use std::io::{BufRead, Write};

use duibiao::pipeline::file::Read as Limits;
use duibiao::read::{self, Content, number_text};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let bytes = std::fs::read(&path)?;
        let line = match read::book(&bytes, &Limits::default()) {
            Ok(book) => {
                let sheets: Vec<Value> = book.sheets.iter().map(sheet).collect();
                json!({"path": path, "format": book.format, "sheets": sheets})
            }
            Err(refusal) => json!({"path": path, "refusal": refusal}),
        };
        writeln!(output, "{line}")?;
    }
    Ok(())
}

fn sheet(sheet: &read::Sheet) -> Value {
    let mut cells = serde_json::Map::new();
    for row in &sheet.rows {
        for cell in &row.cells {
            let at = duibiao::model::CellAt::new(row.index, cell.column);
            let (kind, text) = match &cell.content {
                Content::Text(text) => ("text", text.to_string()),
                Content::Number(number) => ("number", number_text(*number)),
                Content::Percentage(number) => ("percentage", number_text(*number)),
                Content::Boolean(value) => ("boolean", value.to_string()),
                Content::Date { year, month, day } => {
                    ("date", format!("{year:04}-{month:02}-{day:02}"))
                }
                Content::Error(text) => ("error", text.clone()),
                Content::Uncalculated(formula) => ("formula", formula.clone()),
                Content::Picture => ("picture", String::new()),
            };
            cells.insert(at.to_string(), json!([kind, text]));
        }
    }
    let merges: Vec<String> = sheet.merges.iter().map(ToString::to_string).collect();
    json!({
        "name": sheet.name,
        "hidden": sheet.hidden,
        "nonblank": sheet.nonblank,
        "cells": cells,
        "merges": merges,
        "hidden_rows": sheet.hidden_rows.len(),
        "hidden_columns": sheet.hidden_columns.len(),
    })
}
