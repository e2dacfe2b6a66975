//! Any table, written in any layout and read back, gives the same rows.

use std::sync::LazyLock;

use duibiao::extract;
use duibiao::model::{Amount, MoneyUnit, Month, Side, Value};
use duibiao::normalise::RowClass;
use duibiao::pipeline::{self, Pipeline};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use super::support;

/// One task as it is meant.
#[derive(Clone, Debug)]
struct Task {
    owner: usize,
    text: String,
    funds: Meant,
    usage: Option<String>,
    due: Month,
    central: Meant,
}

#[derive(Clone, Copy, Debug)]
enum Meant {
    Fen(i64),
    Blank,
    NotApplicable,
}

/// How the table is written down.
#[derive(Clone, Debug)]
struct Layout {
    /// The columns 序号 责任单位 工作任务 资金 资金用途 时间进度 中央资金, in the sheet's order.
    order: Vec<usize>,
    top: u32,
    left: u16,
    /// A blank column after every so many columns.
    gap: u16,
    /// A blank row after every so many rows.
    blank_row: usize,
    /// The heading again after every so many rows.
    page: usize,
    headings: [usize; 7],
    title: bool,
    notes: bool,
    total: Total,
    owner: Owner,
    unit: MoneyUnit,
    unit_place: UnitPlace,
    figures: Figures,
    months: usize,
    file: File,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Total {
    None,
    Above,
    Below,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Owner {
    Everywhere,
    /// Only where it changes.
    Once,
    Merged,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum UnitPlace {
    Heading,
    Line,
    Cell,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Figures {
    Numbers,
    Text,
    Grouped,
    FullWidth,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum File {
    Xlsx,
    Csv,
    Gbk,
    Tabs,
}

const UNITS: [&str; 3] = ["海棠区", "吉阳区", "育才生态区"];
const FIELDS: [&str; 7] = ["seq", "owner", "task", "funds", "use", "due", "central"];
/// Headings of each column; those of amounts without their unit.
const HEADINGS: [[&str; 3]; 7] = [
    ["序号", "编号", "序\u{3000}号"],
    ["责任单位", "实施单位", "责任\n单位"],
    ["工作任务", "项目名称", "工作任务（项目）"],
    ["资金", "计划资金", "资金安排"],
    ["资金用途", "用 途", "经费用途"],
    ["时间进度", "完成时限", "完成\n时间"],
    ["中央资金分配情况", "中央资金", "其中：中央资金"],
];

fn meant() -> impl Strategy<Value = Meant> {
    prop_oneof![
        6 => (1_i64..5_000_000_000).prop_map(|fen| Meant::Fen(fen * 100)),
        4 => (1_i64..9_999).prop_map(|ten_thousand| Meant::Fen(ten_thousand * 1_000_000)),
        2 => (1_i64..100_000_000_000).prop_map(Meant::Fen),
        1 => Just(Meant::Fen(0)),
        1 => (1_i64..1_000_000).prop_map(|fen| Meant::Fen(-fen * 100)),
        1 => Just(Meant::Blank),
        1 => Just(Meant::NotApplicable),
    ]
}

fn task() -> impl Strategy<Value = Task> {
    (
        0..UNITS.len(),
        "(建设|开展|改造)[一-龥]{2,8}(社区|项目|中心)(（[1-9]期）)?",
        meant(),
        proptest::option::of("(购买|装修)[一-龥]{1,6}"),
        (2019_i32..2023, 1_u32..=12),
        meant(),
    )
        .prop_map(|(owner, text, funds, usage, (year, month), central)| Task {
            owner,
            text,
            funds,
            usage,
            due: Month::new(year, month).expect("a month"),
            central,
        })
}

fn layout() -> impl Strategy<Value = Layout> {
    let places = (0_u32..6, 0_u16..4, 1_u16..9, 1_usize..9, 2_usize..12);
    let words = (prop::array::uniform7(0_usize..3), any::<bool>(), any::<bool>(), 0_usize..6);
    let total = prop_oneof![Just(Total::None), Just(Total::Above), Just(Total::Below)];
    let owner = prop_oneof![Just(Owner::Everywhere), Just(Owner::Once), Just(Owner::Merged)];
    let unit = prop::sample::select(&MoneyUnit::ALL[..]);
    let unit_place =
        prop_oneof![Just(UnitPlace::Heading), Just(UnitPlace::Line), Just(UnitPlace::Cell)];
    let figures = prop_oneof![
        Just(Figures::Numbers),
        Just(Figures::Text),
        Just(Figures::Grouped),
        Just(Figures::FullWidth)
    ];
    let file = prop_oneof![3 => Just(File::Xlsx), 1 => Just(File::Csv), 1 => Just(File::Gbk), 1 => Just(File::Tabs)];
    let order = Just((0..7).collect::<Vec<usize>>()).prop_shuffle();
    (order, places, words, (total, owner), (unit, unit_place, figures), file).prop_map(
        |(order, places, words, (total, owner), (unit, unit_place, figures), file)| {
            let (top, left, gap, blank_row, page) = places;
            let (headings, title, notes, months) = words;
            // Text files have no merged cells.
            let owner =
                if file != File::Xlsx && owner == Owner::Merged { Owner::Once } else { owner };
            Layout {
                order,
                top,
                left,
                gap,
                blank_row,
                page,
                headings,
                title,
                notes,
                total,
                owner,
                unit,
                unit_place,
                figures,
                months,
                file,
            }
        },
    )
}

#[derive(Clone, Debug, PartialEq)]
enum Written {
    Text(String),
    Number(f64),
}

/// A sheet on its way: cells by row and column, and merged ranges.
#[derive(Default)]
struct Paper {
    cells: Vec<(u32, u16, Written)>,
    merges: Vec<(u32, u32, u16, String)>,
}

impl Layout {
    fn column(&self, field: usize) -> u16 {
        let place = self.order.iter().position(|other| *other == field).expect("a field");
        let place = u16::try_from(place).expect("seven columns");
        self.left + place + place / self.gap
    }

    fn heading(&self, paper: &mut Paper, row: u32) {
        for (field, names) in HEADINGS.iter().enumerate() {
            let mut text = names[self.headings[field]].to_owned();
            if matches!(field, 3 | 6) && self.unit_place == UnitPlace::Heading {
                text.push_str(&format!("（{}）", self.unit));
            }
            paper.cells.push((row, self.column(field), Written::Text(text)));
        }
    }

    fn amount(&self, amount: Meant) -> Option<Written> {
        let fen = match amount {
            Meant::Fen(fen) => fen,
            Meant::Blank => return None,
            Meant::NotApplicable => return Some(Written::Text("——".to_owned())),
        };
        let decimal = Amount(fen).decimal(self.unit);
        let unit =
            if self.unit_place == UnitPlace::Cell { self.unit.name() } else { Default::default() };
        let text = match self.figures {
            Figures::Numbers if unit.is_empty() => {
                return Some(Written::Number(decimal.parse().expect("a decimal")));
            }
            Figures::Numbers | Figures::Text => decimal,
            Figures::Grouped => grouped(&decimal),
            Figures::FullWidth => decimal
                .chars()
                .map(|c| match c {
                    '0'..='9' | '.' | '-' => {
                        char::from_u32(u32::from(c) + 0xfee0).expect("a full-width character")
                    }
                    other => other,
                })
                .collect(),
        };
        Some(Written::Text(text + unit))
    }

    fn month(&self, month: Month) -> String {
        let (year, number) = (month.year, month.month);
        match self.months {
            0 => format!("{year}年{number}月"),
            1 => format!("{year}年{number}月底前"),
            2 => format!("{year}.{number:02}"),
            3 => format!("{year}-{number:02}-01"),
            4 => format!("{year}/{number}"),
            _ => format!("{year} 年 {number} 月"),
        }
    }

    fn write(&self, tasks: &[Task]) -> Paper {
        let mut paper = Paper::default();
        let text = |text: &str| Written::Text(text.to_owned());
        let mut row = self.top;
        if self.title {
            paper.cells.push((row, self.left, text("附件3")));
            paper.cells.push((row + 1, self.left, text("试点工作任务情况表")));
            row += 2;
        }
        if self.unit_place == UnitPlace::Line {
            paper.cells.push((row, self.left + 3, Written::Text(format!("单位：{}", self.unit))));
            row += 1;
        }
        self.heading(&mut paper, row);
        row += 1;
        if self.total == Total::Above {
            self.total(&mut paper, tasks, row);
            row += 1;
        }
        let mut block: Option<(usize, u32)> = None;
        for (place, task) in tasks.iter().enumerate() {
            if place > 0 && place % self.page == 0 {
                self.heading(&mut paper, row);
                row += 1;
            }
            let goes_on = block.is_some_and(|(owner, last)| {
                owner == task.owner && (self.owner != Owner::Merged || last + 1 == row)
            });
            let number = f64::from(u32::try_from(place + 1).expect("few tasks"));
            paper.cells.push((row, self.column(0), Written::Number(number)));
            if !goes_on || self.owner == Owner::Everywhere {
                paper.cells.push((row, self.column(1), text(UNITS[task.owner])));
            }
            if self.owner == Owner::Merged {
                match paper.merges.last_mut() {
                    Some((_, last, _, _)) if goes_on => *last = row,
                    _ => {
                        let unit = UNITS[task.owner].to_owned();
                        paper.merges.push((row, row, self.column(1), unit));
                    }
                }
            }
            block = Some((task.owner, row));
            paper.cells.push((row, self.column(2), text(&task.text)));
            for (field, amount) in [(3, task.funds), (6, task.central)] {
                if let Some(written) = self.amount(amount) {
                    paper.cells.push((row, self.column(field), written));
                }
            }
            if let Some(usage) = &task.usage {
                paper.cells.push((row, self.column(4), text(usage)));
            }
            paper.cells.push((row, self.column(5), Written::Text(self.month(task.due))));
            row += 1;
            if place % self.blank_row == self.blank_row - 1 {
                row += 1;
            }
        }
        if self.total == Total::Below {
            self.total(&mut paper, tasks, row);
            row += 1;
        }
        if self.notes {
            paper.cells.push((row, self.left, text("注：本表按月填报。")));
            paper.cells.push((row + 2, self.left, text("填表人：王某")));
        }
        paper
    }

    fn total(&self, paper: &mut Paper, tasks: &[Task], row: u32) {
        paper.cells.push((row, self.column(0), Written::Text("合  计".to_owned())));
        let sum = |amount: fn(&Task) -> Meant| {
            let fen = tasks.iter().map(|task| match amount(task) {
                Meant::Fen(fen) => fen,
                _ => 0,
            });
            Meant::Fen(fen.sum())
        };
        for (field, sum) in [(3, sum(|task| task.funds)), (6, sum(|task| task.central))] {
            if let Some(written) = self.amount(sum) {
                paper.cells.push((row, self.column(field), written));
            }
        }
    }
}

fn grouped(decimal: &str) -> String {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", decimal),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if fraction.is_empty() { format!("{sign}{text}") } else { format!("{sign}{text}.{fraction}") }
}

fn bytes(paper: &Paper, file: File) -> Vec<u8> {
    if file != File::Xlsx {
        return text_file(paper, file);
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, column, written) in &paper.cells {
        match written {
            Written::Text(text) => sheet.write(*row, *column, text.as_str()).expect("a cell"),
            Written::Number(number) => sheet.write(*row, *column, *number).expect("a cell"),
        };
    }
    for (first, last, column, text) in &paper.merges {
        if last > first {
            sheet
                .merge_range(*first, *column, *last, *column, text, &Format::new())
                .expect("a merged range");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

fn text_file(paper: &Paper, file: File) -> Vec<u8> {
    let rows = paper.cells.iter().map(|(row, ..)| *row).max().unwrap_or(0) + 1;
    // As spreadsheets write them: all lines have as many fields.
    let widest = paper.cells.iter().map(|(_, column, _)| usize::from(*column) + 1).max();
    let mut lines = Vec::new();
    for row in 0..rows {
        let own = paper.cells.iter().filter(|(other, ..)| *other == row);
        let mut cells = vec![String::new(); widest.unwrap_or(0)];
        for (_, column, written) in own {
            let column = usize::from(*column);
            let text = match written {
                Written::Text(text) => text.clone(),
                Written::Number(number) => number.to_string(),
            };
            cells[column] = format!("\"{text}\"");
        }
        lines.push(cells.join(if file == File::Tabs { "\t" } else { "," }));
    }
    let text = lines.join("\r\n");
    match file {
        File::Gbk => encoding_rs::GBK.encode(&text).0.into_owned(),
        File::Tabs => {
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
        }
        File::Csv | File::Xlsx => text.into_bytes(),
    }
}

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| {
    pipeline::load(&support::root().join("pipelines/sanya-2020.toml")).expect("a sound file")
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_in_any_layout_reads_back(
        tasks in prop::collection::vec(task(), 1..9),
        layout in layout(),
    ) {
        let pipeline = &*PIPELINE;
        let paper = layout.write(&tasks);
        let extract = extract::of_bytes(&bytes(&paper, layout.file), String::new(), Side::Submission, pipeline);
        prop_assert_eq!(&extract.refusal, &None);
        prop_assert_eq!(extract.findings.len(), 0, "{:?}", extract.findings);
        let sheet = &extract.rows.sheets.raw[0];
        let rows: Vec<_> = sheet.rows.iter().filter(|row| row.class == RowClass::Task).collect();
        let totals = sheet.rows.iter().filter(|row| row.class == RowClass::Total).count();
        prop_assert_eq!(totals, usize::from(layout.total != Total::None));
        prop_assert_eq!(rows.len(), tasks.len());
        for (place, (row, task)) in rows.into_iter().zip(&tasks).enumerate() {
            let number = i64::try_from(place + 1).expect("few tasks");
            let amount = |amount: Meant| match amount {
                Meant::Fen(fen) => Value::Amount(Amount(fen)),
                Meant::Blank => Value::Blank,
                Meant::NotApplicable => Value::NotApplicable,
            };
            let expected = [
                Value::Integer(number),
                Value::Text(UNITS[task.owner].into()),
                Value::Text(task.text.as_str().into()),
                amount(task.funds),
                task.usage.as_deref().map_or(Value::Blank, |text| Value::Text(text.into())),
                Value::Month(task.due),
                amount(task.central),
            ];
            for (name, expected) in FIELDS.into_iter().zip(expected) {
                let field = pipeline.column_named(name).expect("the pipeline has the field");
                let entry = row.entries[field].as_ref().expect("the sheet has the column");
                prop_assert_eq!(&entry.value, &expected, "{} of row {}", name, row.row + 1);
            }
        }
    }
}
