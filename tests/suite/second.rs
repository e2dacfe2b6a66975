//! The second pipeline: another domain, keys of several columns without numbers, 元, a plan on two
//! sheets, rows that are added up. Held against a list that was written by hand.

use serde_json::Value;

use crate::support::{key, program, root, run_of};

#[test]
fn the_second_plan_has_just_the_findings_written_by_hand() {
    let expected = std::fs::read(root().join("fixtures/rural-water/expected-2024-05.json"))
        .expect("the list is there");
    let expected: Vec<Value> = serde_json::from_slice(&expected).expect("the list is JSON");
    assert_eq!(expected.len(), 23);
    let run = run_of("pipelines/rural-water-2024.toml", "2024-05");
    assert_eq!(run.status, 1);
    let sorted = |findings: &[Value]| {
        let mut keys: Vec<String> = findings.iter().map(key).collect();
        keys.sort();
        keys
    };
    assert_eq!(sorted(run.findings()), sorted(&expected));
    for wanted in &expected {
        let found = run.findings().iter().find(|finding| key(finding) == key(wanted)).unwrap();
        for (name, value) in wanted.as_object().unwrap() {
            if name == "causes" {
                let told = found["causes"].as_array().unwrap();
                assert!(value.as_array().unwrap().iter().all(|cause| told.contains(cause)));
            } else {
                assert_eq!(&found[name], value, "{name} of {}", key(wanted));
            }
        }
    }
}

#[test]
fn a_waived_finding_says_why_and_tolerances_are_printed() {
    let run = run_of("pipelines/rural-water-2024.toml", "2024-05");
    let of = |field: &str, cell: &str| {
        let found = run.findings().iter().find(|f| f["field"] == field && f["cell"] == cell);
        found.expect("it is among the findings").clone()
    };
    let waived = of("county", "F8");
    assert!(waived["waiver"]["reason"].as_str().unwrap().contains("分两年拨付"));
    for cell in ["G9", "G10"] {
        let finding = of("own", cell);
        assert_eq!(finding["tolerance"], "5");
        assert!(finding["message"].as_str().unwrap().contains("允差5元"), "{finding}");
    }
    assert_eq!(of("funds", "D5")["tolerance"], "0");
}

#[test]
fn a_percentage_is_the_one_that_the_sheet_shows() {
    // 1 formatted as 100% is the whole in every format that tells, and no single percent.
    for (file, row, whole) in [("云岭乡.ods", "11", "100%"), ("河湾镇5月.xls", "5", "100%")]
    {
        let path = format!("fixtures/rural-water/inbox/2024-05/{file}");
        let output = program(&["inspect", &path, "--pipeline", "pipelines/rural-water-2024.toml"]);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = shown.lines().find(|line| line.trim_start().starts_with(&format!("{row} ")));
        assert!(line.unwrap().contains(&format!("progress={whole}")), "{file}: {line:?}");
    }
}
