//! Sheets that differ only in layout give the same rows.

use std::path::{Path, PathBuf};

use duibiao::extract::{self, Extract};
use duibiao::intake::Received;
use duibiao::model::{Kind, MoneyUnit, Side, Value, fold};
use duibiao::normalise::{FileRows, RowClass};
use duibiao::pipeline::{self, Pipeline};
use duibiao::roster::{self, Names};

use super::support;

#[test]
fn every_layout_gives_the_same_rows() {
    let pipeline = pipeline::load(&support::root().join("pipelines/sanya-2020.toml"))
        .expect("the pipeline file is sound");
    let folder = support::root().join("fixtures/layouts");
    let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("the rows");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the layouts are there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            let name = path.file_name().expect("a file has a name");
            !["expected.txt", "README.md", "write.py"].iter().any(|other| name == *other)
        })
        .collect();
    files.sort();
    assert!(files.len() > 20, "the layouts were not found");
    let mut wrong = Vec::new();
    for path in files {
        let (rows, said) = understood(&path, &pipeline);
        if rows != expected {
            wrong.push(format!("{}\n{rows}", path.display()));
        }
        if !said.is_empty() {
            wrong.push(format!("{}: {said:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the tasks of a file in the order of their numbers, and what was found on the way but
/// for an owner column that a layout does without.
fn understood(path: &Path, pipeline: &Pipeline) -> (String, Vec<String>) {
    let bytes = std::fs::read(path).expect("the file is there");
    let extract = extract::of_bytes(&bytes, String::new(), Side::Submission, pipeline);
    for sheet in &extract.rows.sheets {
        assert_eq!(sheet.nonblank, sheet.classes.len(), "{}", path.display());
    }
    let totals = |extract: &Extract, class: RowClass| -> i64 {
        let field = pipeline.column_named("funds").expect("the pipeline has funds");
        let rows = extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
        rows.filter(|row| row.class == class)
            .filter_map(|row| row.entries[field].as_ref()?.value.amount())
            .map(|amount| amount.0)
            .sum()
    };
    let rows = || extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
    if rows().any(|row| row.class == RowClass::Total) {
        let (printed, tasks) =
            (totals(&extract, RowClass::Total), totals(&extract, RowClass::Task));
        assert_eq!(printed, tasks, "{}", path.display());
    }
    let other = rows().find(|row| !matches!(row.class, RowClass::Total | RowClass::Task));
    assert!(other.is_none(), "{}: {other:?}", path.display());
    let names = ["市民政局", "海棠区", "吉阳区", "天涯区", "崖州区", "育才生态区"];
    let names = Names::new(names.map(str::to_owned).to_vec().into(), pipeline);
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let received = [Received::of(name, path.to_owned(), Side::Submission)];
    let extracts = [extract];
    let nothing = Extract { rows: FileRows::default(), ..extracts[0].clone() };
    let plan = roster::Plan { names, ..roster::plan(&received[0], &nothing, pipeline) };
    let (roster, findings) = roster::roster(&received, &extracts, &plan, None, pipeline);
    let mut lines: Vec<String> = roster
        .items
        .iter()
        .map(|item| {
            let field = |name: &str| {
                let field = pipeline.column_named(name).expect("the pipeline has the field");
                let entry = item.row.entries[field].as_ref();
                match entry.map(|entry| &entry.value) {
                    Some(Value::Amount(amount)) => amount.decimal(MoneyUnit::TenThousandYuan),
                    Some(Value::Text(text)) => text.to_string(),
                    Some(Value::Month(month)) => month.to_string(),
                    Some(Value::Integer(number)) => number.to_string(),
                    other => format!("{other:?}"),
                }
            };
            let unit = plan.names.name(item.unit).to_owned();
            // Texts compare folded: full-width digits are the same text.
            let task = fold::key(&field("task"));
            [field("seq"), unit, task, field("funds"), field("use"), field("due"), field("central")]
                .join(" | ")
        })
        .collect();
    lines.sort();
    let said = findings
        .iter()
        // The layouts show the plan's own columns only, so that nothing is reported.
        .filter(|finding| !matches!(finding.kind(), Kind::SubmissionMissing | Kind::ReportMissing))
        // A column of the district's own is said and costs nothing.
        .filter(|finding| finding.kind() != Kind::ColumnUnknown)
        .filter(|finding| {
            finding.kind() != Kind::ColumnMissing || finding.field.as_deref() != Some("owner")
        })
        .map(|finding| format!("{} {:?}", finding.kind(), finding.fact))
        .collect();
    (lines.join("\n") + "\n", said)
}
