//! Every cell of every sheet of the fixtures has one fate, and the fates add up to what was
//! counted as the sheet was read.

use std::path::{Path, PathBuf};

use duibiao::extract;
use duibiao::model::Side;
use duibiao::normalise::CellFate;
use duibiao::pipeline;

use super::support;

#[test]
fn every_cell_has_one_fate() {
    let root = support::root();
    let pipelines = ["sanya-2020", "rural-water-2024", "rural-roads-2021"]
        .map(|name| format!("pipelines/{name}.toml"))
        .map(|path| pipeline::load(&root.join(path)).expect("the pipeline file is sound"));
    let mut files = Vec::new();
    list(&root.join("fixtures"), &mut files);
    let (mut sheets, mut used) = (0, 0);
    for path in files {
        let bytes = std::fs::read(&path).expect("the file is there");
        for pipeline in &pipelines {
            let extract = extract::of_bytes(&bytes, String::new(), Side::Submission, pipeline);
            for sheet in &extract.rows.sheets {
                let fates = &sheet.fates;
                assert_eq!(fates.ended(), fates.nonblank, "{} {:?}", path.display(), sheet.name);
                assert_eq!(sheet.classes.len(), sheet.nonblank, "{}", path.display());
                sheets += 1;
                used += fates.of(CellFate::Used);
            }
        }
    }
    assert!(sheets > 200 && used > 5_000, "{sheets} sheets, {used} cells: where are they?");
}

#[test]
fn the_report_has_a_line_for_every_sheet() {
    let run = support::given_month();
    let lines = run.report["cells"].as_array().expect("the report has cells");
    let rows = run.report["rows"].as_array().expect("the report has rows");
    assert_eq!(lines.len(), rows.len());
    let fates =
        ["title", "heading", "used", "total", "note", "undeclared", "outside", "unreadable"];
    for line in lines {
        let count = |name: &str| line[name].as_u64().expect("a count");
        let ended: u64 = fates.iter().map(|fate| count(fate)).sum();
        assert_eq!(ended, count("nonblank"), "{line}");
        for beside in ["comments", "struck", "hidden"] {
            assert!(count(beside) <= count("nonblank"), "{line}");
        }
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|ending| {
            ["xlsx", "xlsb", "xls", "ods", "csv"].iter().any(|other| ending == *other)
        }) {
            files.push(path);
        }
    }
}
