//! Everything that can be spoilt of a text file, one thing at a time: each cell blanked, garbled or
//! turned into an error, each row and column removed, each heading misspelt. Each time something
//! must be said that names the place. What other programs do to workbooks is `silence`.

use std::collections::BTreeMap;

use duibiao::decisions::Answers;
use duibiao::extract::{self, Extract};
use duibiao::intake::Received;
use duibiao::model::{CellAt, CellRange, Finding, Kind, Month, Side};
use duibiao::pipeline::{self, Pipeline};
use duibiao::reconcile::{Inputs, Reconciliation, reconcile};

use crate::support::root;

const UNIT: &str = "海棠区";
/// What the columns of the unit's sheet hold, from the first.
const FIELDS: [&str; 11] = [
    "seq", "owner", "task", "funds", "use", "due", "central", "received", "spent", "progress",
    "status",
];
/// Rows from zero: titles stand above the headings, tasks below, and last the total.
const HEADING: u32 = 4;
const TOTAL: u32 = 12;
/// The plan's number of the task in the first row below the headings.
const FIRST_NUMBER: i64 = 12;

/// The plan that the sheet agrees with, read once; what other units send is nothing to it.
struct Clean {
    pipeline: Pipeline,
    plan: (Received, Extract),
}

/// What a run says of the unit.
#[derive(Debug)]
struct Said {
    findings: Vec<Finding>,
    /// Checks that could not be made, by rule.
    unchecked: BTreeMap<String, usize>,
}

/// What is done to a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Blanked,
    Garbage,
    Error,
    Misspelt,
    RowRemoved,
    ColumnRemoved,
}

impl Clean {
    fn new() -> Self {
        let pipeline = pipeline::load(&root().join("pipelines/sanya-2020.toml")).unwrap();
        let plan = root().join("fixtures/plan/master-plan.xlsx");
        let plan = extracted("master-plan.xlsx", &std::fs::read(plan).unwrap(), &pipeline);
        Self { pipeline, plan }
    }

    /// Returns what is said when the unit sends these bytes.
    fn said(&self, name: &str, bytes: &[u8]) -> Said {
        let (received, extract) = extracted(name, bytes, &self.pipeline);
        let period: Month = "2020-08".parse().unwrap();
        let answers = Answers::default();
        let (received, extracts) = ([received], [extract]);
        let reconciled = reconcile(&Inputs {
            pipeline: &self.pipeline,
            period: Some(period),
            plan_file: &self.plan.0,
            plan_extract: &self.plan.1,
            plan_from: Some(period),
            before: None,
            received: &received,
            extracts: &extracts,
            earlier: None,
            previous: None,
            answers: &answers,
        });
        self.of_unit(name, &reconciled.unwrap_or_else(|error| panic!("{name}: {error}")))
    }

    fn of_unit(&self, file: &str, reconciled: &Reconciliation<'_>) -> Said {
        for sheet in &reconciled.cells {
            let ended = [
                sheet.title,
                sheet.heading,
                sheet.used,
                sheet.total,
                sheet.note,
                sheet.undeclared,
                sheet.outside,
                sheet.unreadable,
            ];
            assert_eq!(ended.iter().sum::<usize>(), sheet.nonblank, "{}", sheet.file);
        }
        let findings = reconciled.settled.iter().map(|settled| &settled.finding);
        let own = findings.filter(|finding| {
            let named = [&finding.unit, &finding.file];
            finding.side == Side::Submission
                && named.iter().any(|name| name.as_deref().is_some_and(|n| n == UNIT || n == file))
        });
        let mut unchecked = BTreeMap::new();
        for ((held, unit), count) in &reconciled.coverage {
            if unit.is_some_and(|unit| reconciled.plan.names.name(unit) == UNIT) {
                unchecked.insert(held.name(&self.pipeline), count.not_checked);
            }
        }
        Said { findings: own.cloned().collect(), unchecked }
    }
}

fn extracted(name: &str, bytes: &[u8], pipeline: &Pipeline) -> (Received, Extract) {
    let received = Received {
        sha256: name.to_owned(),
        ..Received::of(name.to_owned(), name.into(), Side::Submission)
    };
    (received, extract::of_bytes(bytes, name.to_owned(), Side::Submission, pipeline))
}

/// Returns the findings that were not there before, and the rules that held fewer checks.
fn news<'a>(before: &Said, after: &'a Said) -> (Vec<&'a Finding>, Vec<&'a str>) {
    let alike = |one: &Finding, other: &Finding| {
        // By what is said, not by where: a row that is taken away moves the others.
        (one.kind(), &one.field, one.seq, &one.found, &one.expected, one.cells.len())
            == (
                other.kind(),
                &other.field,
                other.seq,
                &other.found,
                &other.expected,
                other.cells.len(),
            )
    };
    let fresh = after.findings.iter().filter(|now| !before.findings.iter().any(|f| alike(f, now)));
    let fewer = after.unchecked.iter().filter(|(rule, number)| {
        **number > before.unchecked.get(*rule).copied().unwrap_or_default()
    });
    (fresh.collect(), fewer.map(|(rule, _)| rule.as_str()).collect())
}

/// Returns whether what is new names the place: one of its cells, its row or column, or the task
/// or the field that stand there.
fn names(news: &(Vec<&Finding>, Vec<&str>), place: CellRange, field: Option<&str>) -> bool {
    let (fresh, fewer) = news;
    let row = place.first.row;
    let number =
        (row > HEADING && row < TOTAL).then(|| FIRST_NUMBER + i64::from(row - HEADING - 1));
    let crosses = |range: &CellRange| {
        let rows = range.first.row <= place.last.row && place.first.row <= range.last.row;
        let columns =
            range.first.column <= place.last.column && place.first.column <= range.last.column;
        rows || columns
    };
    // Without headings there is no table to point into; its file is the place.
    let is_whole = row == HEADING && field.is_none();
    fresh.iter().any(|finding| {
        (is_whole && finding.kind() == Kind::TableMissing)
            || finding.cells.iter().any(crosses)
            || (finding.seq.is_some() && finding.seq == number)
            || (finding.field.is_some() && finding.field.as_deref() == field)
    }) || fewer.iter().any(|rule| Some(*rule) == field.map(|f| format!("compare:{f}")).as_deref())
}

#[test]
fn whatever_is_spoilt_of_a_text_file_is_told() {
    let clean = Clean::new();
    let name = format!("{UNIT}.csv");
    let text = std::fs::read(root().join("fixtures/silence/text").join(&name)).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
    let grid: Vec<Vec<String>> =
        reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect();
    let before = clean.said(&name, &written(&grid));
    assert!(before.findings.is_empty(), "{:?}", before.findings);
    let (mut told, mut exempt, mut silent) = (0, 0, Vec::new());
    for (done, row, column, spoilt) in spoilings(&grid) {
        let after = clean.said(&name, &written(&spoilt));
        let news = news(&before, &after);
        let place = CellAt::new(row, column);
        let field = FIELDS[column as usize];
        let by_column = done != Done::RowRemoved;
        if names(&news, CellRange::new(place, place), by_column.then_some(field)) {
            told += 1;
        } else if nothing_is_owed(done, row, field, &grid[row as usize][column as usize]) {
            exempt += 1;
        } else {
            silent.push(format!("{done:?} {place}: {news:?}"));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
    // Pinned, so that nothing becomes exempt unseen.
    assert_eq!((told, exempt), (259, 36));
}

/// Returns all that can be spoilt of a grid of texts, one thing at a time, with its place.
fn spoilings(grid: &[Vec<String>]) -> Vec<(Done, u32, u32, Vec<Vec<String>>)> {
    let mut all = Vec::new();
    let index = |place: usize| u32::try_from(place).unwrap();
    for (row, cells) in grid.iter().enumerate() {
        let here = index(row);
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let mut put = |done: Done, content: String| {
                let mut spoilt = grid.to_vec();
                spoilt[row][column] = content;
                all.push((done, here, index(column), spoilt));
            };
            put(Done::Blanked, String::new());
            put(Done::Garbage, "另文".to_owned());
            put(Done::Error, "#REF!".to_owned());
            if here == HEADING {
                put(Done::Misspelt, format!("某{}", cell.chars().skip(1).collect::<String>()));
            }
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            let mut spoilt = grid.to_vec();
            spoilt.remove(row);
            all.push((Done::RowRemoved, here, 0, spoilt));
        }
    }
    for column in 0..FIELDS.len() {
        let mut spoilt = grid.to_vec();
        for cells in &mut spoilt {
            cells.remove(column);
        }
        all.push((Done::ColumnRemoved, HEADING, index(column), spoilt));
    }
    all
}

/// Whether nothing is lost or owed: the same as `EXEMPT` in `tests/silence/spoilings.py`.
fn nothing_is_owed(done: Done, row: u32, field: &str, cell: &str) -> bool {
    let plain = matches!(done, Done::Blanked | Done::Garbage | Done::RowRemoved);
    let (blanked, removed) = (done == Done::Blanked, done == Done::ColumnRemoved);
    let is_task = row > HEADING && row < TOTAL;
    match field {
        // A title, a note or a cover says what it likes.
        _ if row < HEADING => plain,
        // A total need not be printed, nor labelled.
        _ if row == TOTAL => done == Done::RowRemoved || blanked || (plain && cell == "合计"),
        // A blank against a planned amount of 0 is nothing.
        "funds" | "central" => is_task && blanked && cell == "0.00",
        // The owner may be left blank where the file names its unit.
        "owner" => removed || (is_task && blanked),
        // Numbers are evidence only.
        "seq" => removed || blanked || (is_task && done == Done::Garbage),
        // Words of the unit's own choice are not compared.
        "status" => is_task && done == Done::Garbage,
        _ => false,
    }
}

fn written(grid: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for cells in grid {
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}
