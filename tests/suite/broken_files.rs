//! Files that readers abort on, hang on or lose sheets over: what they hold is read, cell by cell.

use std::collections::BTreeSet;

use duibiao::model::CellAt;
use duibiao::model::finding::Refusal;
use duibiao::pipeline::file::Read as Limits;
use duibiao::read::{self, Content};
use serde_json::Value;

use super::support;

/// What stands in each file, as its XML shows it to the eye.
const CELLS: [(&str, &[(&str, &str)]); 15] = [
    ("bomb_cells.xlsx", &[("A1", "1"), ("XFD1048576", "2")]),
    ("dates1904.xlsx", &[("A1", "2024-6-30")]),
    ("dispimg.xlsx", &[("A1", "picture")]),
    ("err_0.xlsx", &[("A1", "1"), ("B1", "#SPILL!")]),
    ("err_1.xlsx", &[("A1", "1"), ("B1", "#CALC!")]),
    ("err_2.xlsx", &[("A1", "1"), ("B1", "#GETTING_DATA")]),
    ("err_3.xlsx", &[("A1", "1"), ("B1", "#FIELD!")]),
    ("gbk_xml.xlsx", &[("A1", "中文")]),
    ("hidden.xlsx", &[("A1", "1"), ("B1", "2"), ("A2", "3")]),
    ("macrosheet.xlsm", &[("A1", "1")]),
    (
        "missing_r.xlsx",
        &[("A1", "1"), ("B1", "二"), ("B2", "4"), ("A10", "5"), ("E10", "6"), ("F10", "7")],
    ),
    ("sst_bomb.xlsx", &[("A1", "a")]),
    ("strict.xlsx", &[("A1", "2024-6-30"), ("B1", "1")]),
    ("csv.xls", &[("A1", "项目"), ("B1", "金额"), ("A2", "道路"), ("B2", "1")]),
    ("xls_as.xlsx", &[("A1", "项目名称"), ("B1", "12.5"), ("A2", "合并"), ("A5", "2024-6-30")]),
];

#[test]
fn every_cell_of_a_hostile_file_is_read() {
    let folder = support::root().join("fixtures/cases/hostile-inbox/inbox");
    for (name, expected) in CELLS {
        let bytes = std::fs::read(folder.join(name)).expect("the file is there");
        let book = read::book(&bytes, &Limits::default()).expect("the file can be read");
        let cells: Vec<(String, String)> = book.sheets[0]
            .rows
            .iter()
            .flat_map(|row| row.cells.iter().map(move |cell| (row.index, cell)))
            .map(|(row, cell)| (CellAt::new(row, cell.column).to_string(), shown(&cell.content)))
            .collect();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect();
        assert_eq!(cells, expected, "{name}");
    }
}

fn shown(content: &Content) -> String {
    match content {
        Content::Text(text) => text.to_string(),
        Content::Error(text) | Content::Uncalculated(text) => text.clone(),
        Content::Number(number) | Content::Percentage(number) => read::number_text(*number),
        Content::Boolean(value) => value.to_string(),
        Content::Date { year, month, day } => format!("{year}-{month}-{day}"),
        Content::Picture => "picture".to_owned(),
    }
}

/// What is found on the good sheets does not depend on what lies beside them.
#[test]
fn the_sheets_beside_hostile_files_are_unaffected() {
    let alone = support::given_month();
    let beside =
        support::run_inbox(&support::root().join("fixtures/cases/hostile-inbox/inbox"), "2020-08");
    let good: BTreeSet<String> = alone.report["files"]
        .as_array()
        .expect("the report has files")
        .iter()
        .map(|file| file["file"].to_string())
        .collect();
    let of_good = |run: &support::Run| -> BTreeSet<String> {
        let own = run.findings().iter().filter(|finding| {
            finding["file"].is_null() || good.contains(&finding["file"].to_string())
        });
        own.map(|finding| {
            // Where the workbook marks them differs: it lists more files.
            let mut finding = finding.clone();
            finding["marks"] = Value::Null;
            finding.to_string()
        })
        .collect()
    };
    assert!(!of_good(&alone).is_empty());
    assert_eq!(of_good(&alone), of_good(&beside));
    assert_eq!(alone.report["totals"], beside.report["totals"]);
    assert_eq!(alone.report["units"], beside.report["units"]);
}

#[test]
fn files_that_once_cost_more_than_themselves_are_refused() {
    let files = std::fs::read_dir(support::root().join("fixtures/broken")).expect("the folder");
    let files: Vec<_> = files
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "md"))
        .collect();
    assert!(!files.is_empty());
    for path in files {
        let bytes = std::fs::read(&path).expect("the file is there");
        let refusal = read::book(&bytes, &Limits::default()).err();
        assert!(matches!(refusal, Some(Refusal::Damaged(_))), "{}: {refusal:?}", path.display());
    }
}
