//! Hard submissions: sheets as careless people make them, with what must be found in each, no more
//! and no less. Adding a case adds no code: a folder with `inbox/2020-08` and `expected.json`, and a
//! plan and a pipeline file of its own where it has some.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{folders, hold_all, program, root};

/// What an expected finding may name; null says nothing.
const NAMES: [&str; 10] =
    ["kind", "unit", "seq", "field", "cell", "file", "found", "expected", "difference", "severity"];

#[test]
fn every_hard_submission_is_found_as_it_is() {
    let mut cases = folders(&root().join("fixtures/hard"));
    cases.retain(|case| !case.ends_with("random"));
    cases.extend(folders(&root().join("fixtures/hard/random")));
    hold_all(cases, 101, judged);
}

/// Runs a case; says what is missed and what is false.
fn judged(case: &Path) -> Vec<String> {
    let told = std::fs::read_to_string(case.join("expected.json")).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let pipeline = match told["pipeline"].as_str() {
        Some(own) => case.join(own),
        None => root().join("pipelines/sanya-2020.toml"),
    };
    let archive = tempfile::tempdir().unwrap();
    let inbox = case.join("inbox/2020-08");
    let arguments = [
        "run",
        pipeline.to_str().unwrap(),
        "--period",
        "2020-08",
        "--inbox",
        inbox.to_str().unwrap(),
        "--archive",
        archive.path().to_str().unwrap(),
        "--no-returns",
        "--no-data",
    ];
    let output = program(&arguments);
    if output.status.code().is_none_or(|status| status > 1) {
        return vec![String::from_utf8_lossy(&output.stderr).into_owned()];
    }
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let report = std::fs::read(folder.join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let side = told["side"].as_str().unwrap_or("submission");
    let found: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["side"] == side && finding["severity"] != "note")
        .filter(|finding| !is_aside(finding))
        .collect();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut as_good = vec![list(&told["expected"])];
    as_good.extend(list(&told["others"]).iter().map(list));
    let outcomes =
        as_good.iter().map(|expected| differing(expected, &found, &list(&told["allowed"])));
    outcomes.min_by_key(Vec::len).unwrap_or_default()
}

/// What these cases do not speak of: what units have to report, and that a column which need not be
/// there is not.
fn is_aside(finding: &Value) -> bool {
    let kind = finding["kind"].as_str().unwrap();
    kind.starts_with("report-") || (kind == "column-missing" && finding["severity"] == "verify")
}

fn differing(expected: &[Value], found: &[&Value], allowed: &[Value]) -> Vec<String> {
    let mut rest: Vec<&Value> = found.to_vec();
    let mut differing = Vec::new();
    for wanted in expected {
        match rest.iter().position(|finding| is_it(wanted, finding)) {
            Some(place) => {
                rest.remove(place);
            }
            None => differing.push(format!("missed {wanted}")),
        }
    }
    let false_ones =
        rest.into_iter().filter(|finding| !allowed.iter().any(|allowed| is_it(allowed, finding)));
    differing.extend(false_ones.map(|finding| format!("false {}", finding["message"])));
    differing
}

fn is_it(wanted: &Value, finding: &Value) -> bool {
    NAMES.iter().all(|name| {
        let own = &wanted[*name];
        match *name {
            _ if own.is_null() => true,
            "kind" if wanted["kinds"].is_array() => {
                wanted["kinds"].as_array().unwrap().contains(&finding["kind"])
            }
            "unit" if wanted["any_unit"] == true => true,
            "cell" => *own == finding["cell"] || finding["cells"].as_array().unwrap().contains(own),
            _ => *own == finding[*name],
        }
    })
}
