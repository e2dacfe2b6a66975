//! Cells after public reports of what goes wrong in sheets: struck figures, units that stand in a
//! number format, fractions for percentages, formulas that nobody calculated. Adding a case adds no
//! code: a folder with `inbox` and `expected.json`, which says what is found above a note
//! (unreported fields aside), why, and what is read of the rows that matter.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{folders, hold_all, program, root};

#[test]
fn every_reported_trouble_is_read_or_said() {
    let judged = |case: &Path| judged(case).into_iter().collect();
    hold_all(folders(&root().join("fixtures/reports")), 41, judged);
}

fn judged(case: &Path) -> Option<String> {
    let path = case.join("expected.json");
    let told = std::fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
    let told: Value = serde_json::from_str(&told).unwrap();
    let found = match read(case) {
        Ok(found) => found,
        Err(error) => return Some(error),
    };
    if std::env::var_os("BLESS").is_some() {
        let text = serde_json::to_string_pretty(&found).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
        return None;
    }
    (told != found).then(|| format!("expected {told}\n  found {found}"))
}

/// What a run over a case finds, and what it reads of the sending units' rows.
fn read(case: &Path) -> Result<Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = root().join("pipelines/sanya-2020.toml");
    let inbox = case.join("inbox");
    let output = program(&[
        "run",
        pipeline.to_str().unwrap(),
        "--period",
        "2020-08",
        "--inbox",
        inbox.to_str().unwrap(),
        "--archive",
        folder.path().to_str().unwrap(),
        "--no-returns",
    ]);
    let run = folder.path().join("sanya-2020/2020-08/01");
    let Ok(report) = std::fs::read_to_string(run.join("report.json")) else {
        return Err(format!("no run: {}", String::from_utf8_lossy(&output.stderr)));
    };
    let report: Value = serde_json::from_str(&report).unwrap();
    let is_told = |finding: &&Value| {
        let kind = finding["kind"].as_str().unwrap();
        finding["side"] == "submission"
            && finding["severity"] != "note"
            && !kind.starts_with("report-")
            && kind != "submission-missing"
    };
    let findings = report["findings"].as_array().unwrap().iter().filter(is_told);
    let findings: Vec<Value> = findings
        .map(|finding| {
            let names = ["kind", "severity", "unit", "seq", "field", "cells", "expected", "found"];
            let told = names.iter().map(|name| ((*name).to_owned(), finding[*name].clone()));
            let why = finding["cause"].as_array().filter(|causes| !causes.is_empty());
            told.chain(why.map(|why| ("cause".to_owned(), why.clone().into()))).collect()
        })
        .collect();
    let table = std::fs::read_to_string(run.join("data/rows.csv")).unwrap();
    Ok(json!({ "findings": findings, "rows": rows(&table) }))
}

/// The figures of each row of the sending units, as they were understood.
fn rows(table: &str) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name);
    let fields = ["funds", "central", "received", "spent", "progress"].map(&place);
    let (file, cell) = (place("file").unwrap(), place("funds_cell").unwrap());
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        if record[file].is_empty() {
            continue;
        }
        let figures = fields.iter().map(|field| field.map_or("", |field| &record[field]));
        let figures: Vec<&str> = figures.collect();
        rows.insert(record[cell].to_owned(), figures.join(" | "));
    }
    rows
}
