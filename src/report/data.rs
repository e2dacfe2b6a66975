//! `data/*.csv`: the ledger, the rows and the findings as tables, and what their columns say.
//!
//! UTF-8 with a byte order mark, so that a spreadsheet opens them as they are; a text that a
//! spreadsheet would take for a formula has an apostrophe before it.

use std::borrow::Cow;

use crate::check::ledger::{Figures, Held, Ledger, Line, Outcome};
use crate::findings::figures::bare_value;
use crate::findings::{FindingLine, Settled};
use crate::matching::{Fate, Matched};
use crate::model::amount::shortest_decimal;
use crate::model::{
    Amount, ColumnId, DECIMAL_PLACES, Day, Entry, IdVec, Month, RowId, Side, TaskId, Value, fold,
    hidden, personal,
};
use crate::normalise::frame::{Item, number, shown_task};
use crate::pipeline::{Dimension, Pipeline};
use crate::roster::{Plan, Roster, cell};

/// What the tables are made from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    pub pipeline: &'a Pipeline,
    pub plan: &'a Plan<'a>,
    pub roster: &'a Roster<'a>,
    pub matched: &'a Matched,
    pub ledger: &'a Ledger,
    pub settled: &'a [Settled],
    pub findings: &'a [FindingLine],
}

/// A column of a table: its name, and what it says in Chinese and English.
type Column = (&'static str, &'static str, &'static str);

const LEDGER: [Column; 16] = [
    ("rule", "核对项", "what is held against what, as in coverage"),
    ("side", "报送方还是计划", "submission or plan"),
    ("unit", "责任单位；计划自身和全部单位的核对项为空", "the unit; empty for the plan's own side"),
    ("seq", "计划序号", "the plan's number of the task"),
    ("task", "工作任务", "the plan's text of the task"),
    ("field", "列名", "the name of the column"),
    ("expected", "计划数或应有的数", "the plan's value, or what it has to be"),
    ("found", "报送数或写明的数", "the value as submitted or stated"),
    ("difference", "差额（报送数 − 计划数）", "found − expected"),
    ("outcome", "结果", "agrees, differs or not-checked"),
    ("reason", "未核对的原因", "why it was not checked"),
    ("finding", "差异编号", "the id of the finding that says it"),
    ("file", "文件", "the file"),
    ("sheet", "工作表", "the sheet"),
    ("cell", "单元格", "the cell"),
    ("plan_cell", "计划表单元格", "the plan's cell"),
];

const ROWS: [Column; 7] = [
    ("file", "文件", "the file"),
    ("sheet", "工作表", "the sheet"),
    ("row", "行号", "the row, from 1"),
    ("unit", "责任单位", "the unit"),
    ("plan_seq", "对应任务的计划序号", "the plan's number of the task it is"),
    ("plan_task", "对应任务", "the plan's text of the task it is"),
    ("fate", "去向", "matched, extra, misplaced, repeated or doubtful"),
];

const FINDINGS: [Column; 19] = [
    ("id", "差异编号", "the identity"),
    ("kind", "差异类型", "the kind"),
    ("severity", "性质", "mandatory, verify or note"),
    ("status", "状态", "open, explained, waived or trial"),
    ("life", "与上期相比", "new, same, changed, reopened or unseen"),
    ("months", "连续期数", "in how many periods running"),
    ("side", "报送方还是计划", "submission or plan"),
    ("unit", "责任单位", "the unit"),
    ("seq", "计划序号", "the plan's number of the task"),
    ("task", "工作任务", "the task"),
    ("field", "列名", "the name of the column"),
    ("expected", "计划数", "the plan's value"),
    ("found", "报送数", "the value as submitted"),
    ("difference", "差额", "found − expected"),
    ("file", "文件", "the file"),
    ("sheet", "工作表", "the sheet"),
    ("cells", "单元格", "the cells"),
    ("plan_cell", "计划表单元格", "the plan's cell"),
    ("message", "说明", "the message"),
];

/// What holds for all texts of all tables.
const ABOUT_TEXTS: Column = (
    "*",
    "以 =、+、-、@ 开头的文字（不是数）前加撇号 '，表格软件不会把它当作公式；控制字符和方向标记显示为 ␛、\\u{202e} 等",
    "a text, not a number, that begins with =, +, - or @ has an apostrophe ' before it, so that no spreadsheet takes it for a formula; controls and marks of direction are shown as ␛, \\u{202e}",
);

/// Makes the bytes of a table.
pub type Book = fn(&Material<'_>) -> Vec<u8>;

/// All tables, by the names of their files.
pub const BOOKS: [(&str, Book); 4] = [
    ("ledger.csv", ledger),
    ("rows.csv", rows),
    ("findings.csv", findings),
    ("columns.csv", columns),
];

/// What the cells of a column are, as far as personal numbers go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Words and places of the program's own.
    Codes,
    /// A figure where it is one, else what was typed.
    Figures,
    Texts,
}

impl Holds {
    fn of(column: &str) -> Self {
        match column {
            "unit" | "task" | "file" | "sheet" | "plan_task" | "message" => Holds::Texts,
            "expected" | "found" => Holds::Figures,
            _ => Holds::Codes,
        }
    }

    /// Returns a cell without personal numbers.
    fn personless(self, text: String) -> String {
        let is_left = match self {
            Holds::Codes => true,
            Holds::Figures => is_number(&text),
            Holds::Texts => false,
        };
        match personal::masked(&text) {
            Cow::Owned(masked) if !is_left => masked,
            _ => text,
        }
    }
}

/// A table in the making.
struct Table {
    writer: csv::Writer<Vec<u8>>,
    /// What each column holds; nothing where personal numbers are not masked.
    holds: Vec<Holds>,
}

impl Table {
    fn with<'a>(names: impl IntoIterator<Item = &'a str>, pipeline: &Pipeline) -> Self {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let mut holds = Vec::new();
        if pipeline.workbook.mask {
            holds = names.iter().map(|name| Holds::of(name)).collect();
        }
        let writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        let mut table = Self { writer, holds: Vec::new() };
        table.line(names);
        table.holds = holds;
        table
    }

    fn line(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().enumerate().map(|(place, text)| {
            harmless(match self.holds.get(place) {
                Some(holds) => holds.personless(text),
                None => text,
            })
        });
        self.writer.write_record(cells).expect("memory takes what is written to it");
    }

    fn bytes(self) -> Vec<u8> {
        self.writer.into_inner().expect("memory takes what is written to it")
    }
}

/// Puts an apostrophe before what a spreadsheet would take for a formula, also in its wide form or
/// behind what does not show, and shows what is hidden.
fn harmless(text: String) -> String {
    const BEGIN_FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let begins = text.trim_start_matches(|c: char| c.is_whitespace() || fold::is_invisible(c));
    let is_formula = begins.starts_with(BEGIN_FORMULAS) && !is_number(&text);
    let shown = match hidden::visible(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    };
    if is_formula { format!("'{shown}") } else { shown }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit()) && unsigned.parse::<f64>().is_ok()
}

fn ledger(material: &Material<'_>) -> Vec<u8> {
    let pipeline = material.pipeline;
    let mut table = Table::with(LEDGER.iter().map(|(name, _, _)| *name), pipeline);
    for line in material.ledger {
        let task = line.task.map(|task| &material.plan.tasks[task]);
        let row = line.row.map(|row| &material.roster.items[row]);
        let [expected, found, difference] = figures(material, &line, task, row);
        let places = match line.side {
            Side::Plan => &material.plan.places,
            Side::Submission => &material.roster.places,
        };
        let reason = match line.outcome {
            Outcome::NotChecked(reason) => reason.name(),
            _ => "",
        };
        let at = line.at(material.plan, material.roster);
        let plan_cell = task
            .zip(line.field.or(pipeline.roles.key.first().copied()))
            .and_then(|(task, field)| cell(task, field));
        table.line([
            line.held.name(pipeline),
            side_name(line.side).to_owned(),
            line.unit.map_or("", |unit| material.plan.names.name(unit)).to_owned(),
            shown(task.and_then(|task| number(task.row, pipeline))),
            task.map(|task| shown_task(task.row, pipeline)).unwrap_or_default(),
            line.field.map_or("", |field| pipeline.columns[field].name.as_str()).to_owned(),
            expected,
            found,
            difference,
            line.outcome.name().to_owned(),
            reason.to_owned(),
            line.finding
                .map_or("", |finding| material.settled[usize::from(finding)].id.as_str())
                .to_owned(),
            at.and_then(|at| places.files.get(at.file).cloned()).unwrap_or_default(),
            at.and_then(|at| places.sheet(at.file, at.sheet)).unwrap_or_default(),
            shown(at.map(|at| at.cell)),
            shown(plan_cell),
        ]);
    }
    table.bytes()
}

/// Expected, found and difference of a line.
fn figures(
    material: &Material<'_>,
    line: &Line<'_>,
    task: Option<&Item<'_>>,
    row: Option<&Item<'_>>,
) -> [String; 3] {
    let pipeline = material.pipeline;
    if let Held::Compare(field) = line.held {
        let value = |item: Option<&Item<'_>>| {
            let entry = item.and_then(|item| item.row.entries[field].as_ref());
            let shown = entry.map(|entry| as_shown(entry, pipeline)).unwrap_or_default();
            of_field(shown, Some(field), pipeline)
        };
        let number = |item: Option<&Item<'_>>| match item?.row.entries[field].as_ref()?.value {
            Value::Amount(amount) => Some(amount.0),
            Value::Integer(number) | Value::Decimal(number) | Value::Percent(number) => {
                Some(number)
            }
            _ => None,
        };
        let difference = number(row).zip(number(task)).and_then(|(a, b)| a.checked_sub(b));
        let kind = pipeline.columns[field].kind;
        let difference = difference.map(|number| in_unit(number, kind.dimension(), pipeline));
        return [value(task), value(row), difference.unwrap_or_default()];
    }
    let Some(Figures { expected, found, dimension }) = line.figures else {
        return [String::new(), String::new(), String::new()];
    };
    let dimension = dimension.unwrap_or(match line.held {
        Held::Total(field) | Held::Decreased(field) => pipeline.columns[field].kind.dimension(),
        _ => Dimension::Count,
    });
    let unit = |number: i64| in_unit(number, dimension, pipeline);
    let difference = found
        .checked_sub(expected)
        .filter(|_| !matches!(dimension, Dimension::Month | Dimension::Date));
    let difference = difference.map(|difference| match dimension {
        Dimension::Amount => Amount(difference).decimal(pipeline.money),
        Dimension::Percent => shortest_decimal(difference, 2),
        Dimension::Decimal => shortest_decimal(difference, DECIMAL_PLACES),
        _ => difference.to_string(),
    });
    [unit(expected), unit(found), difference.unwrap_or_default()]
}

fn in_unit(number: i64, dimension: Dimension, pipeline: &Pipeline) -> String {
    match dimension {
        Dimension::Amount => Amount(number).decimal(pipeline.money),
        Dimension::Percent => shortest_decimal(number, 2),
        Dimension::Decimal => shortest_decimal(number, DECIMAL_PLACES),
        Dimension::Count | Dimension::Text => number.to_string(),
        Dimension::Date => Day::from_ordinal(number).map(|day| day.to_string()).unwrap_or_default(),
        Dimension::Month => {
            let month = i32::try_from(number).ok().and_then(Month::from_ordinal);
            month.map(|month| month.to_string()).unwrap_or_default()
        }
    }
}

/// A value of a column; one of texts has no figures, even where they are nothing but digits.
fn of_field(text: String, field: Option<ColumnId>, pipeline: &Pipeline) -> String {
    let is_text = field.is_some_and(|field| pipeline.columns[field].kind.is_text());
    if is_text && pipeline.workbook.mask { Holds::Texts.personless(text) } else { text }
}

/// A value where it was understood, else what was typed.
fn as_shown(entry: &Entry, pipeline: &Pipeline) -> String {
    let value = bare_value(&entry.value, pipeline.money);
    if value.is_empty() { entry.typed.to_string() } else { value }
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Plan => "plan",
        Side::Submission => "submission",
    }
}

/// The name of a word of the report, as `report.json` writes it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The columns of `rows.csv`: where each row stands and what became of it, then each field with
/// its cell.
fn row_columns(pipeline: &Pipeline) -> Vec<String> {
    let fields = pipeline
        .columns
        .iter()
        .flat_map(|column| [column.name.clone(), format!("{}_cell", column.name)]);
    ROWS.iter().map(|(name, _, _)| (*name).to_owned()).chain(fields).collect()
}

fn rows(material: &Material<'_>) -> Vec<u8> {
    let pipeline = material.pipeline;
    let names = row_columns(pipeline);
    let mut table = Table::with(names.iter().map(String::as_str), pipeline);
    // A column's own name says nothing of what it holds; its type does.
    for (place, column) in pipeline.columns.iter().enumerate() {
        if let Some(holds) = table.holds.get_mut(ROWS.len() + 2 * place) {
            *holds = if column.kind.is_text() { Holds::Texts } else { Holds::Figures };
        }
    }
    let mut tasks: IdVec<RowId, Option<TaskId>> =
        material.roster.items.iter().map(|_| None).collect();
    for pair in &material.matched.pairs {
        tasks[pair.row] = Some(pair.task);
    }
    for (place, item) in material.roster.items.iter_enumerated() {
        let task = tasks[place].map(|task| &material.plan.tasks[task]);
        let fate = match material.matched.fates.get(&place) {
            None => "matched",
            Some(Fate::Extra) => "extra",
            Some(Fate::Misplaced { .. }) => "misplaced",
            Some(Fate::Repeated { .. }) => "repeated",
            Some(Fate::Doubtful { .. }) => "doubtful",
        };
        let places = &material.roster.places;
        let mut cells = vec![
            places.files.get(item.file).cloned().unwrap_or_default(),
            places.sheet(item.file, item.sheet).unwrap_or_default(),
            (u64::from(item.row.row) + 1).to_string(),
            material.plan.names.name(item.unit).to_owned(),
            shown(task.and_then(|task| number(task.row, pipeline))),
            task.map(|task| shown_task(task.row, pipeline)).unwrap_or_default(),
            fate.to_owned(),
        ];
        for field in pipeline.columns.keys() {
            let entry = item.row.entries[field].as_ref();
            cells.push(entry.map(|entry| as_shown(entry, pipeline)).unwrap_or_default());
            cells.push(shown(cell(item, field)));
        }
        table.line(cells);
    }
    table.bytes()
}

fn findings(material: &Material<'_>) -> Vec<u8> {
    let mut table = Table::with(FINDINGS.iter().map(|(name, _, _)| *name), material.pipeline);
    for line in material.findings {
        let field = line.field.as_ref().and_then(|name| material.pipeline.column_named(name));
        table.line([
            line.id.clone(),
            line.kind.to_string(),
            word(&line.severity),
            word(&line.status),
            word(&line.life),
            line.months.to_string(),
            side_name(line.side).to_owned(),
            line.unit.clone().unwrap_or_default(),
            shown(line.seq),
            line.task.clone().unwrap_or_default(),
            line.field.clone().unwrap_or_default(),
            of_field(line.expected.clone().unwrap_or_default(), field, material.pipeline),
            of_field(line.found.clone().unwrap_or_default(), field, material.pipeline),
            line.difference.clone().unwrap_or_default(),
            line.file.clone().unwrap_or_default(),
            line.sheet.clone().unwrap_or_default(),
            line.cells.join(" "),
            shown(line.plan_cell),
            line.message.clone(),
        ]);
    }
    table.bytes()
}

fn columns(material: &Material<'_>) -> Vec<u8> {
    let names = ["file", "column", "meaning", "meaning_en"];
    let mut table = Table::with(names, material.pipeline);
    let mut say = |file: &str, (name, chinese, english): &Column| {
        table.line([file, name, chinese, english].map(str::to_owned));
    };
    say("*", &ABOUT_TEXTS);
    for column in &LEDGER {
        say("ledger.csv", column);
    }
    for column in &ROWS {
        say("rows.csv", column);
    }
    for column in &FINDINGS {
        say("findings.csv", column);
    }
    for column in &material.pipeline.columns {
        let (name, title) = (&column.name, &column.title);
        table.line(["rows.csv".to_owned(), name.clone(), title.clone(), title.clone()]);
        table.line([
            "rows.csv".to_owned(),
            format!("{name}_cell"),
            format!("{title}所在的单元格"),
            format!("the cell of {title}"),
        ]);
    }
    table.bytes()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_text_becomes_a_formula() {
        for formula in ["=1", "+a", "-1+1", "@A1", "\t=1", " =1", "\u{200b}=1", "＝1", "-inf", "+"]
        {
            assert!(harmless(formula.to_owned()).starts_with('\''), "{formula}");
        }
        for figure in ["-5", "-0.25", "+3", "5", "", "一", "2020-08"] {
            assert_eq!(harmless(figure.to_owned()), figure);
        }
        assert_eq!(harmless("一\u{202e}二".to_owned()), "一\\u{202e}二");
    }
}
