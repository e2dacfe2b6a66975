//! The hot stages one by one, in this process: `make bench-stages`, or `cargo bench --bench stages -- read` for some
//! of them. What a whole month costs beside others is for `bench.py` to say; these tell where a change of it
//! comes from.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use duibiao::decisions::Answers;
use duibiao::draft;
use duibiao::extract::{self, Extract};
use duibiao::intake::Received;
use duibiao::model::{Month, Side};
use duibiao::pipeline::{self, Pipeline};
use duibiao::read;
use duibiao::reconcile::{Inputs, reconcile};
use duibiao::workbook::{Content, Line, Look, Page, PageCell, Properties, reread, workbook};

fn main() {
    divan::main();
}

const PERIOD: Month = Month { year: 2020, month: 8 };

/// The sample month: the plan, and what its six units sent, in five formats.
const PLAN: &str = "fixtures/plan/master-plan.xlsx";
const SENT: [&str; 6] = [
    "吉阳区8月报送.xlsx",
    "天涯区.xlsx",
    "崖州区.ods",
    "市民政局.xlsx",
    "海棠区.xls",
    "育才生态区.csv",
];

fn sample() -> Pipeline {
    pipeline::load("pipelines/sanya-2020.toml".as_ref()).expect("the sample's pipeline file loads")
}

fn bytes_of(name: &str) -> Vec<u8> {
    let sent = SENT.contains(&name);
    let path = if sent { format!("fixtures/inbox/2020-08/{name}") } else { name.to_owned() };
    std::fs::read(path).expect("the sample month lies in the folder where this is run")
}

/// A file's bytes → its sheets.
#[divan::bench(args = [PLAN, SENT[0], SENT[2], SENT[4], SENT[5]])]
fn read_a_file(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, limits) = (bytes_of(name), sample().limits);
    let counted = bencher.counter(BytesCount::of_slice(&bytes));
    counted.bench(|| read::book(&bytes, &limits));
}

/// A file's bytes → its typed rows: what a worker does.
#[divan::bench(args = [PLAN, SENT[0], SENT[2], SENT[4], SENT[5]])]
fn extract_a_file(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, pipeline) = (bytes_of(name), sample());
    let side = if name == PLAN { Side::Plan } else { Side::Submission };
    let counted = bencher.counter(BytesCount::of_slice(&bytes));
    counted.bench(|| extract::of_bytes(&bytes, String::new(), side, &pipeline));
}

/// A long table of figures that most rows leave out, below years that are figures themselves.
fn sparse(rows: usize) -> Vec<u8> {
    const YEARS: usize = 40;
    let years: Vec<String> = (0..YEARS).map(|year| format!("{}.0", 1980 + year)).collect();
    let mut text = format!("项目,代码,指标,单位,{}\n", years.join(","));
    for row in 0..rows {
        let filled = (0..YEARS).map(|year| match (row * 7 + year * 11) % 13 {
            0 if row % 3 == 0 => format!("{}", row * 10 + year),
            _ => String::new(),
        });
        let filled: Vec<String> = filled.collect();
        text.push_str(&format!("项目{row},X{row},指标{},处,{}\n", row % 40, filled.join(",")));
    }
    text.into_bytes()
}

/// A plan → its first pipeline file. Four times the rows must not take much more than four times as long.
#[divan::bench(args = [500, 2_000], sample_count = 3)]
fn draft_a_plan(bencher: Bencher<'_, '_>, rows: usize) {
    let limits = sample().limits;
    let book = read::book(&sparse(rows), &limits).expect("a plain table is read");
    bencher.bench(|| draft::draft(&book, "plan.csv", &draft::Told::default()).is_ok());
}

/// The rows of the sample month → matched, checked, explained.
#[divan::bench]
fn reconcile_the_sample_month(bencher: Bencher<'_, '_>) {
    let pipeline = sample();
    let extracted = |name: &str, side: Side| -> (Received, Extract) {
        let received = Received {
            sha256: name.to_owned(),
            ..Received::of(name.to_owned(), name.into(), side)
        };
        (received, extract::of_bytes(&bytes_of(name), name.to_owned(), side, &pipeline))
    };
    let (plan_file, plan_extract) = extracted(PLAN, Side::Plan);
    let (received, extracts): (Vec<_>, Vec<_>) =
        SENT.iter().map(|name| extracted(name, Side::Submission)).unzip();
    let answers = Answers::default();
    let inputs = Inputs {
        pipeline: &pipeline,
        period: Some(PERIOD),
        plan_file: &plan_file,
        plan_extract: &plan_extract,
        plan_from: Some(PERIOD),
        before: None,
        received: &received,
        extracts: &extracts,
        earlier: None,
        previous: None,
        answers: &answers,
    };
    bencher.bench(|| reconcile(&inputs).map(|reconciled| reconciled.settled.len()));
}

const LINES: usize = 5_000;
const COLUMNS: usize = 16;

/// A page such as 汇总表: half of its cells are figures, half texts, of which most recur.
fn page() -> Page {
    let cell = |line: usize, column: usize| {
        let content = match column % 4 {
            0 => Content::Text(format!("建设社区老年人日间照料中心{line}").into()),
            1 => Content::Text("用于能力评估、人员培训及宣传".into()),
            _ => {
                let figure = u32::try_from(line * COLUMNS + column).unwrap_or_default();
                Content::Number { number: f64::from(figure) / 100.0, decimals: 2 }
            }
        };
        PageCell { content, look: Look::Text, ..PageCell::default() }
    };
    let line = |line| Line::of((0..COLUMNS).map(|column| cell(line, column)).collect());
    Page {
        name: "汇总表".to_owned(),
        widths: vec![12.0; COLUMNS],
        lines: (0..LINES).map(line).collect(),
        ..Page::default()
    }
}

/// Pages → the bytes of a workbook.
#[divan::bench]
fn write_a_page(bencher: Bencher<'_, '_>) {
    let pages = [page()];
    let counted = bencher.counter(ItemsCount::new(LINES * COLUMNS));
    counted.bench(|| workbook(&pages, &Properties::default(), PERIOD));
}

/// The bytes of a workbook, held against its pages.
#[divan::bench]
fn read_a_page_back(bencher: Bencher<'_, '_>) {
    let pages = [page()];
    let bytes = workbook(&pages, &Properties::default(), PERIOD).expect("a plain page is written");
    let counted = bencher.counter(ItemsCount::new(LINES * COLUMNS));
    counted.bench(|| reread(&bytes, &pages));
}
