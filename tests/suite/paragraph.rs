//! The plan's closing paragraph: whichever of its figures is wrong is said to be, and only it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

use crate::support::{program, root};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const BEGINS: &str = "改革试点工作项目资金共计";

struct Plan {
    parts: Vec<(String, Vec<u8>)>,
    sheet: String,
    /// Where in the sheet's part the figures of the paragraph stand.
    figures: Vec<(usize, u32)>,
}

fn plan() -> Plan {
    let file = std::fs::File::open(root().join("fixtures/plan/master-plan.xlsx")).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((entry.name().unwrap().into_owned(), bytes));
    }
    let sheet = parts.iter().find(|(name, _)| name == SHEET).unwrap();
    let sheet = String::from_utf8(sheet.1.clone()).unwrap();
    let start = sheet.find(BEGINS).unwrap();
    let end = start + sheet[start..].find('<').unwrap();
    let mut figures: Vec<(usize, u32)> = Vec::new();
    let mut at = start;
    while let Some(next) = sheet[at..end].find(|c: char| c.is_ascii_digit()) {
        let first = at + next;
        let length = sheet[first..end].find(|c: char| !c.is_ascii_digit()).unwrap();
        figures.push((first, sheet[first..first + length].parse().unwrap()));
        at = first + length;
    }
    Plan { parts, sheet, figures }
}

fn write(parts: &[(String, Vec<u8>)], sheet: &str, path: &Path) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        let bytes = if name == SHEET { sheet.as_bytes() } else { bytes };
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

/// The figures that are said to be wrong.
fn wrong(plan: &Path, folder: &Path) -> BTreeSet<String> {
    let plan = plan.to_string_lossy();
    let archive = folder.join("archive").to_string_lossy().into_owned();
    let output = program(&[
        "run",
        "pipelines/sanya-2020.toml",
        "--period",
        "2020-08",
        "--plan",
        &plan,
        "--archive",
        &archive,
        "--no-returns",
    ]);
    let run = String::from_utf8(output.stdout).unwrap();
    let report = std::fs::read(Path::new(run.trim()).join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["plan"]["unchecked"], serde_json::json!([]), "every figure is checked");
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["kind"] == "statement-differs")
        .map(|finding| finding["found"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn whichever_figure_is_changed_is_said_to_be_wrong() {
    let Plan { parts, sheet, figures } = plan();
    assert_eq!(figures.len(), 31);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.xlsx");
    write(&parts, &sheet, &path);
    let as_it_is = wrong(&path, folder.path());
    assert_eq!(as_it_is, BTreeSet::from(["1280".to_owned(), "9836".to_owned()]));
    for (at, figure) in figures {
        let typed = figure.to_string();
        let changed = (figure + 3).to_string();
        let altered = format!("{}{changed}{}", &sheet[..at], &sheet[at + typed.len()..]);
        write(&parts, &altered, &path);
        let said = wrong(&path, folder.path());
        let mut expected = as_it_is.clone();
        expected.remove(&typed);
        expected.insert(changed.clone());
        assert_eq!(said, expected, "{figure} was changed to {changed}");
    }
}
