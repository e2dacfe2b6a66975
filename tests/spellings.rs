//! Every line of `fixtures/spellings` is a test: a spelling, and what a careful clerk says it
//! means. See the README there.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use duibiao::extract::Extract;
use duibiao::intake::Received;
use duibiao::model::{Amount, Kind, MoneyUnit, Obstacle, Side, Value};
use duibiao::normalise::{self, FileRows, RowClass, TableRow};
use duibiao::pipeline::{self, Pipeline};
use duibiao::read::{Book, Cell, Content, Format, Row, Sheet};
use duibiao::roster::{self, Names};
use libtest_mimic::{Arguments, Failed, Trial};

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/sanya-2020.toml");
    pipeline::load(&path).expect("the pipeline file is sound")
});

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (file, fields, case) in [
        ("amounts.txt", 3, amount as fn(&[String]) -> String),
        ("months.txt", 2, month),
        ("units.txt", 6, unit),
        ("labels.txt", 3, label),
        ("contacts.txt", 2, contacts),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/spellings").join(file);
        let text = fs::read_to_string(&path).expect("the table is there");
        let before = trials.len();
        for (line, text) in text.lines().enumerate() {
            if text.trim().is_empty() || text.starts_with("# ") {
                continue;
            }
            let parts: Vec<String> = text.split(" | ").map(str::to_owned).collect();
            assert_eq!(parts.len(), fields, "{file}:{}: {text}", line + 1);
            trials.push(Trial::test(format!("{file}:{}", line + 1), move || {
                let (expected, given) = parts.split_last().expect("a line has fields");
                let found = case(given);
                if found == expected.trim() {
                    return Ok(());
                }
                Err(Failed::from(format!(
                    "{}: expected {expected}, found {found}",
                    given.join(" | ")
                )))
            }));
        }
        assert!(trials.len() > before + 20, "{file} was not read");
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Reads the amount of a task row under a heading with the given unit of money.
fn amount(given: &[String]) -> String {
    let unit = MoneyUnit::ALL.into_iter().find(|unit| unit.name() == given[1].trim());
    let unit = unit.expect("the line names a unit of money");
    let heading = format!("资金（{unit}）");
    let row =
        second_task(&heading, "funds", &content(&given[0]), &Content::Number(7.0), Epoch::Of1900);
    let entry = entry(&row, "funds");
    let value = match &entry.value {
        _ if entry.filled_from().is_some() => {
            assert_eq!(entry.value, Value::Amount(Amount(7 * 10_i64.pow(unit.exponent()))));
            "above".to_owned()
        }
        Value::Amount(amount) => amount.0.to_string(),
        other => said(other),
    };
    match entry.parts() {
        Some(Amount(parts)) => format!("{value} parts {parts}"),
        None => value,
    }
}

/// Reads the month of a task row.
fn month(given: &[String]) -> String {
    let above = Content::Text("2020年11月".into());
    let from_1904 = given[0].starts_with("serial-1904:");
    let epoch = if from_1904 { Epoch::Of1904 } else { Epoch::Of1900 };
    let row = second_task("时间进度", "due", &content(&given[0]), &above, epoch);
    let entry = entry(&row, "due");
    match &entry.value {
        _ if entry.filled_from().is_some() => {
            assert!(matches!(&entry.value, Value::Month(month) if month.to_string() == "2020-11"));
            "above".to_owned()
        }
        Value::Month(month) => month.to_string(),
        Value::MonthOfYear(month) => month.to_string(),
        other => said(other),
    }
}

/// The day from which a sheet counts its dates.
#[derive(Clone, Copy, PartialEq)]
enum Epoch {
    Of1900,
    Of1904,
}

/// Returns the row below an ordinary one, in a table in which one column has the given heading.
fn second_task(
    heading: &str,
    field: &str,
    typed: &Content,
    above: &Content,
    epoch: Epoch,
) -> TableRow {
    let text = |text: &str| Content::Text(text.into());
    let column = |name: &str, usual: &str, values: [&str; 2]| {
        if name == field {
            [text(heading), above.clone(), typed.clone()]
        } else {
            [text(usual), text(values[0]), text(values[1])]
        }
    };
    let columns = [
        column("seq", "序号", ["1", "2"]),
        column("owner", "责任单位", ["海棠区", "海棠区"]),
        column("task", "工作任务", ["建设长者饭堂", "开展老年人评估"]),
        column("funds", "资金（万元）", ["1", "1"]),
        column("due", "时间进度", ["2020年11月", "2020年11月"]),
        column("central", "中央资金分配情况（万元）", ["1", "1"]),
    ];
    let rows = (0..3)
        .map(|row| columns.iter().map(|column| Some(column[row].clone())).collect())
        .collect();
    let mut book = book(None, rows);
    book.sheets[0].dates_from_1904 = epoch == Epoch::Of1904;
    let (file, _) = normalise::file(&book, Side::Submission, &PIPELINE);
    let tasks: Vec<&TableRow> = file.sheets.raw[0].rows.iter().collect();
    assert_eq!(tasks.len(), 2, "the sheet has two tasks");
    assert_eq!(tasks[1].class, RowClass::Task);
    tasks[1].clone()
}

fn entry<'a>(row: &'a TableRow, field: &str) -> &'a duibiao::model::Entry {
    let field = PIPELINE.column_named(field).expect("the pipeline has the column");
    row.entries[field].as_ref().expect("the sheet has the column")
}

/// Reads the contacts in a line below a table; the cells of the line are parted by double bars.
fn contacts(given: &[String]) -> String {
    let text = |text: &str| Some(Content::Text(text.into()));
    let heading = ["序号", "责任单位", "工作任务", "资金（万元）", "时间进度"];
    let task = ["1", "海棠区", "建设长者饭堂", "1", "2020年11月"];
    let line = given[0].split("||").map(|cell| match cell.trim() {
        "" => None,
        cell => Some(content(cell)),
    });
    let rows = vec![
        heading.iter().map(|cell| text(cell)).collect(),
        task.iter().map(|cell| text(cell)).collect(),
        vec![text("合计"), None, None, text("1")],
        line.collect(),
    ];
    let (file, _) = normalise::file(&book(None, rows), Side::Submission, &PIPELINE);
    let found = &file.sheets.raw[0].contacts;
    let parts = [
        ("填报人", &found.filled_by),
        ("电话", &found.phone),
        ("审核人", &found.reviewed_by),
        ("盖章", &found.sealed_by),
    ];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty());
    let said: Vec<String> = said.map(|(label, text)| format!("{label}={text}")).collect();
    if said.is_empty() { "none".to_owned() } else { said.join("; ") }
}

/// Decides whose a sheet is, by the names given: owner column, 填报单位, title, sheet, file.
fn unit(given: &[String]) -> String {
    let name = |place: usize| (given[place].trim() != "-").then(|| unescaped(&given[place]));
    let text = |text: &str| Some(Content::Text(text.into()));
    let mut rows: Vec<Vec<Option<Content>>> = Vec::new();
    rows.push(vec![text(&name(2).unwrap_or_else(|| "工作任务表".to_owned()))]);
    if let Some(submitter) = name(1) {
        rows.push(vec![text(&format!("填报单位：{submitter}"))]);
    }
    let owner = |row: &mut Vec<Option<Content>>, typed: Option<&str>| {
        if name(0).is_some() {
            row.insert(1, typed.and_then(text));
        }
    };
    let tasks = [["1", "建设长者饭堂", "1", "10月"], ["2", "开展老年人评估", "2", "11月"]];
    for (cells, typed) in [
        (["序号", "工作任务", "资金（万元）", "时间进度"], Some("责任单位")),
        (tasks[0], name(0).as_deref()),
        (tasks[1], name(0).as_deref()),
    ] {
        let mut row: Vec<Option<Content>> = cells.into_iter().map(text).collect();
        owner(&mut row, typed);
        rows.push(row);
    }
    let (rows, findings) = normalise::file(&book(name(3), rows), Side::Submission, &PIPELINE);
    let file = name(4).unwrap_or_else(|| "报送.xlsx".to_owned());
    let received = Received::of(file, PathBuf::new(), Side::Submission);
    let extract = extract_of(rows, findings);
    let units = ["市民政局", "海棠区", "吉阳区", "天涯区", "崖州区", "育才生态区"];
    let names = Names::new(units.map(str::to_owned).to_vec().into(), &PIPELINE);
    let (received, extracts) = ([received], [extract]);
    let nothing = extract_of(FileRows::default(), Vec::new());
    let plan = roster::Plan { names, ..roster::plan(&received[0], &nothing, &PIPELINE) };
    let (roster, findings) = roster::roster(&received, &extracts, &plan, None, &PIPELINE);
    let unit = roster.items.first().map(|item| plan.names.name(item.unit).to_owned());
    let said = [Kind::UnitUnknown, Kind::UnitDoubtful];
    let said = said.into_iter().filter(|kind| findings.iter().any(|found| found.kind() == *kind));
    let said = said.map(|kind| kind.to_string());
    unit.into_iter().chain(said).collect::<Vec<String>>().join(" ")
}

/// Classes a row between two tasks, by the text in its task column and its number.
fn label(given: &[String]) -> String {
    let text = |text: &str| Some(Content::Text(text.into()));
    let number = (given[1].trim() != "-").then_some(Content::Number(8.0));
    let amount = (!given[0].contains('：') || given[0].starts_with(['其', '合']))
        .then_some(Content::Number(7.0));
    let rows = vec![
        vec![text("序号"), text("工作任务"), text("资金（万元）"), text("时间进度")],
        vec![text("7"), text("建设长者饭堂"), text("1"), text("10月")],
        vec![number, Some(content(&given[0])), amount, None],
        vec![text("9"), text("开展老年人评估"), text("1"), text("10月")],
    ];
    let (file, _) = normalise::file(&book(None, rows), Side::Submission, &PIPELINE);
    let class =
        file.sheets.raw[0].classes.iter().find(|(row, _)| *row == 2).map(|(_, class)| *class);
    format!("{:?}", class.expect("the row is there")).to_lowercase()
}

fn extract_of(rows: FileRows, findings: Vec<duibiao::model::Finding>) -> Extract {
    let refused = Extract::refused(String::new(), duibiao::model::finding::Refusal::Empty);
    Extract { format: Some(Format::Xlsx), refusal: None, rows, findings, ..refused }
}

fn book(name: Option<String>, rows: Vec<Vec<Option<Content>>>) -> Book {
    let rows = (0..)
        .zip(rows)
        .map(|(index, cells)| {
            let cells = (0..).zip(cells).filter_map(|(column, content)| {
                content
                    .filter(|content| !content.is_blank())
                    .map(|content| Cell::new(column, content))
            });
            Row { index, cells: cells.collect() }
        })
        .collect();
    let sheet = Sheet { name, rows, ..Sheet::default() };
    Book { format: Format::Xlsx, sheets: vec![sheet], properties: Vec::new() }
}

/// Reads a cell as a line writes it.
fn content(typed: &str) -> Content {
    let number = |text: &str| text.parse().expect("a number in the line");
    match typed.split_once(':') {
        Some(("number" | "serial-1904", value)) => Content::Number(number(value)),
        Some(("percentage", value)) => Content::Percentage(number(value)),
        Some(("boolean", value)) => Content::Boolean(value == "true"),
        Some(("error", value)) => Content::Error(value.to_owned()),
        Some(("formula", value)) => Content::Uncalculated(value.to_owned()),
        Some(("picture", "")) => Content::Picture,
        Some(("date", value)) => {
            let parts: Vec<u32> =
                value.split('-').map(|part| part.parse().expect("a date in the line")).collect();
            let year = i32::try_from(parts[0]).expect("a year");
            Content::Date { year, month: parts[1], day: parts[2] }
        }
        _ => Content::Text(unescaped(typed).into()),
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (c, length) = match rest.as_bytes().first() {
            Some(b'n') => ('\n', 1),
            Some(b't') => ('\t', 1),
            Some(b's') => (' ', 1),
            Some(b'u') => {
                let end = rest.find('}').expect("an escape ends");
                let code = u32::from_str_radix(&rest[2..end], 16).expect("an escape is a number");
                (char::from_u32(code).expect("an escape is a character"), end + 1)
            }
            _ => panic!("unknown escape in {text}"),
        };
        plain.push(c);
        rest = &rest[length..];
    }
    plain + rest
}

fn said(value: &Value) -> String {
    let word = match value {
        Value::Blank => "blank",
        Value::NotApplicable => "not-applicable",
        Value::Unreadable(obstacle) => match obstacle {
            Obstacle::NotThisType => "not-this-type",
            Obstacle::ErrorValue => "error-value",
            Obstacle::Uncalculated(_) => "uncalculated",
            Obstacle::NotOneFigure => "not-one-figure",
            Obstacle::OtherDecimalMark => "other-decimal-mark",
            Obstacle::TooFine => "too-fine",
            Obstacle::TooLarge => "too-large",
            Obstacle::UnknownChoice(_) => "unknown-choice",
            Obstacle::Picture => "picture",
        },
        other => return format!("{other:?}"),
    };
    word.to_owned()
}
