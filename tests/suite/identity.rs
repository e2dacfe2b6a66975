//! Findings are followed by their identity from one run to the next, and only where both runs made
//! it in the same way.

use serde_json::Value;

use crate::support::{given_month, program, root};

/// The given month, its report rewritten to version 1, and the month after from the same sheets.
#[test]
fn an_earlier_report_of_version_1_gives_figures_and_no_identities() {
    let first = given_month();
    let path = first.folder.join("report.json");
    let mut report = first.report.clone();
    assert_eq!(report["schema"], "duibiao.report/2");
    report["schema"] = Value::from("duibiao.report/1");
    std::fs::write(&path, report.to_string()).unwrap();

    let archive = first.archive.path().to_string_lossy().into_owned();
    let inbox = root().join("fixtures/inbox/2020-08").to_string_lossy().into_owned();
    let output = program(&[
        "run",
        "pipelines/sanya-2020.toml",
        "--period",
        "2020-09",
        "--inbox",
        &inbox,
        "--archive",
        &archive,
        "--lang",
        "en",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("duibiao.report/1"), "nothing is said of the version: {said}");
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let report = std::fs::read(std::path::Path::new(&folder).join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["not_followed"], "duibiao.report/1");
    assert_eq!(report["resolved"], Value::Array(Vec::new()));
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|line| line["life"] == "new" && line["months"] == 1));
    // The figures are compared all the same.
    assert!(findings.iter().any(|line| line["kind"] == "submission-unchanged"));
}
