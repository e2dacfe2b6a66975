//! The third pipeline: units by the lines of their sections, years as upper headings, quantities with
//! decimals, returns in another unit of money. Held against a list that was written by hand, and
//! against the draft that it came from.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{key, program, root, run_of};

const PLAN: &str = "fixtures/rural-roads/plan/road-plan.xlsx";
const PIPELINE: &str = "pipelines/rural-roads-2021.toml";

#[test]
fn the_third_plan_has_just_the_findings_written_by_hand() {
    let expected = std::fs::read(root().join("fixtures/rural-roads/expected-2021-09.json"))
        .expect("the list is there");
    let expected: Vec<Value> = serde_json::from_slice(&expected).expect("the list is JSON");
    let run = run_of(PIPELINE, "2021-09");
    assert_eq!(run.status, 1);
    let keys = |findings: &[Value]| findings.iter().map(key).collect::<BTreeSet<String>>();
    assert_eq!(keys(run.findings()), keys(&expected));
    assert_eq!(run.findings().len(), expected.len());
    for wanted in &expected {
        let found = run.findings().iter().find(|finding| key(finding) == key(wanted)).unwrap();
        for (name, value) in wanted.as_object().unwrap() {
            assert_eq!(&found[name], value, "{name} of {}", key(wanted));
        }
    }
}

#[test]
fn the_third_pipeline_is_its_draft_with_few_lines_corrected() {
    const MOST: usize = 5;
    let drafted = program(&["inspect", PLAN, "--draft"]);
    assert_eq!(drafted.status.code(), Some(0));
    let drafted = String::from_utf8(drafted.stdout).unwrap();
    let own = std::fs::read_to_string(root().join(PIPELINE)).unwrap();
    // Of the files' places those of the returns only are not the draft's.
    let says = |line: &&str| {
        !line.starts_with('#')
            && !line.trim().is_empty()
            && !line.starts_with("file =")
            && !line.starts_with("archive =")
    };
    let of_draft: BTreeSet<&str> = drafted.lines().filter(says).collect();
    let corrected: Vec<&str> =
        own.lines().filter(says).filter(|line| !of_draft.contains(line)).collect();
    assert!(!corrected.is_empty() && corrected.len() <= MOST, "{corrected:#?}");
    assert!(corrected.iter().all(|line| line.contains("# 更正")), "{corrected:#?}");
    let of_own: BTreeSet<&str> = own.lines().filter(says).collect();
    let missing: Vec<&&str> = of_draft.difference(&of_own).collect();
    assert!(missing.iter().all(|line| line.starts_with("inbox =")), "left out: {missing:#?}");
}
