//! What a draft is unsure of, as lines that only have to be uncommented: where the heading stands, where
//! units do, which rows are sections, details or nothing, which cells say the same as above.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::outside;
use super::write::quoted;
use crate::extract::Extract;
use crate::model::SheetId;
use crate::model::words::{self, Language};
use crate::normalise::{RowClass, TakenFor};
use crate::pipeline::Pipeline;
use crate::reading::{FieldRead, Origin, Reading, RowRead, SheetRead, TableRead, Why};

/// Stands in a draft until it is tried, where what it is unsure of will stand.
pub const DOUBTS: &str = "# {疑处}\n";

/// So many tables are asked about; a plan of more is of one form.
const MOST_TABLES: usize = 3;
/// So many rows are named.
const MOST_ROWS: usize = 8;

/// Returns the lines, from how the plan was read with the draft.
pub fn doubts(reading: &Reading, extract: &Extract, pipeline: &Pipeline) -> String {
    let mut text = String::new();
    let sheets = reading.sheets.iter().enumerate().filter(|(_, sheet)| sheet.counts);
    let tables = sheets
        .flat_map(|(place, sheet)| sheet.tables.iter().map(move |table| (place, sheet, table)));
    let with_tasks = tables.filter(|(_, _, table)| table.columns.iter().any(|c| c.filled > 0));
    let mut asked: Option<usize> = None;
    for (place, sheet, table) in with_tasks.take(MOST_TABLES) {
        of_table(&mut text, sheet, table, pipeline);
        // Rows are those of the sheet, whichever of its tables they stand in.
        if asked != Some(place) {
            of_rows(&mut text, place, sheet, extract, pipeline);
        }
        asked = Some(place);
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "\n# 请定：表读得不对时，去掉这里有关各行行首的 #，改成对的；不改的仍由程序去认。\n{text}"
    )
}

fn of_table(text: &mut String, sheet: &SheetRead, table: &TableRead, pipeline: &Pipeline) {
    let several = sheet.tables.len() > 1;
    let names: Vec<String> = table.sheets.iter().map(|name| quoted(name)).collect();
    let _ =
        writeln!(text, "# [[normalise.table]]\n# of = \"plan\"\n# sheets = [{}]", names.join(", "));
    let beside = if several {
        "；这张工作表有几张表，只要这一张的，另用 ends 写明下面一张怎样开头"
    } else {
        ""
    };
    if let Some(heading) = table.heading_rows.as_ref().filter(|own| own.origin == Origin::Found) {
        let rows = quoted(&heading.value);
        let _ = writeln!(text, "# heading_rows = {rows}  # 认出的表头{beside}");
    }
    if let Some(unit) = table.unit.as_ref().filter(|unit| unit.origin == Origin::Found) {
        let at = unit.value.at.clone().unwrap_or_default();
        let _ = writeln!(
            text,
            "# unit = {}  # 认出的单位在 {at} 列；写在别处的：sheet 表名、title 表的上方、section 分节行",
            quoted(unit.value.stands)
        );
    }
    if let Some(sections) = table.sections.as_ref().filter(|part| part.origin == Origin::Found)
        && !sections.value.is_empty()
    {
        let patterns: Vec<String> = sections.value.iter().map(|text| quoted(text)).collect();
        let rows = listed(&sections.rows);
        let _ = writeln!(text, "# sections = [{}]  # 看作分节的行：{rows}", patterns.join(", "));
    }
    let parts = |row: &&RowRead| {
        row.why == Some(Why::Word)
            && pipeline
                .words
                .parts
                .iter()
                .any(|part| label(row, pipeline).starts_with(part.as_str()))
    };
    offered(text, sheet, pipeline, "details", "看作合计；只是说明上一行的", parts);
    offered(text, sheet, pipeline, "skip", "不知是什么；不算的", |row| {
        row.class == RowClass::Unplaced
    });
    let is_bare = |row: &&RowRead| {
        row.class == RowClass::Task
            && matches!(row.fields.as_slice(), [only] if only.filled_from.is_none())
    };
    let tasks = sheet.rows.iter().filter(|row| row.class == RowClass::Task).count();
    // Where many tasks have nothing but a name, that is how the plan is.
    if sheet.rows.iter().filter(is_bare).count() * 2 < tasks {
        offered(
            text,
            sheet,
            pipeline,
            "sections",
            "只有名称，看作任务；是下面各行的名称的",
            is_bare,
        );
    }
    fill(text, sheet, table);
}

/// Rows that may be something else than what they were taken for, with the line that says so.
fn of_rows(
    text: &mut String,
    place: usize,
    sheet: &SheetRead,
    extract: &Extract,
    pipeline: &Pipeline,
) {
    let (doubted, below) = outside::doubted(extract, place, pipeline);
    let doubted: BTreeSet<u32> = doubted.into_iter().collect();
    let counted = |rows: &BTreeSet<u32>, row: &RowRead| rows.contains(&(row.row - 1));
    offered(text, sheet, pipeline, "skip", "现按任务读；不是任务的", |row| {
        counted(&doubted, row)
    });
    ends(text, sheet, &below, pipeline);
    let unsure = &extract.rows.sheets[SheetId::from(place)].unsure;
    let names = unsure.iter().filter(|row| row.taken_for == TakenFor::Name);
    let names: BTreeSet<u32> = names.map(|row| row.at.row).collect();
    offered(
        text,
        sheet,
        pipeline,
        "tasks",
        "只有名称，看作分组的名称或说明；是任务的",
        |row| counted(&names, row),
    );
}

/// Offers to end the table with the first of several rows below its last total, where nothing else says the same.
fn ends(text: &mut String, sheet: &SheetRead, below: &[u32], pipeline: &Pipeline) {
    const LEAST: usize = 2;
    let first = sheet.rows.iter().find(|row| below.first() == Some(&(row.row - 1)));
    let Some(first) = first.filter(|_| below.len() >= LEAST) else { return };
    let label = label(first, pipeline);
    let headings = sheet.tables.iter().flat_map(|table| &table.columns);
    let is_heading = headings.into_iter().any(|column| column.heading.contains(&label));
    let others = sheet.rows.iter().filter(|row| row.row != first.row);
    let says_so = |row: &RowRead| {
        let typed = row.fields.iter().map(|field| &field.typed);
        row.texts.iter().chain(typed).any(|text| text.trim() == label.trim())
    };
    if label.trim().is_empty() || is_heading || others.into_iter().any(says_so) {
        return;
    }
    let _ = writeln!(
        text,
        "# ends = [{}]  # 第 {} 行起是另一张表或表尾的，用这一行",
        whole(&label),
        first.row
    );
}

/// A pattern that fits a text and nothing else.
fn whole(text: &str) -> String {
    quoted(&format!("^{}$", regex::escape(words::one_line(text).trim())))
}

/// What a row calls itself, where patterns look for it: what it names as its task, or what it begins with.
fn label(row: &RowRead, pipeline: &Pipeline) -> String {
    let is_key = |field: &&FieldRead| {
        let named = pipeline.column_named(&field.name);
        named.is_some_and(|field| pipeline.roles.key.contains(&field))
    };
    let keys = row.fields.iter().filter(is_key).filter(|field| field.filled_from.is_none());
    let first = row.fields.iter().min_by_key(|field| field.at.column);
    let typed = keys.chain(first).map(|field| &field.typed);
    let mut texts = row.texts.iter().chain(typed);
    texts.find(|text| text.chars().any(char::is_alphabetic)).cloned().unwrap_or_default()
}

/// Offers a key for rows that it would settle, by how they begin, where no task begins so.
fn offered(
    text: &mut String,
    sheet: &SheetRead,
    pipeline: &Pipeline,
    key: &str,
    said: &str,
    is_one: impl Fn(&&RowRead) -> bool,
) {
    const SHORTEST: usize = 2;
    const LENGTH: usize = 4;
    let is_any = sheet.rows.iter().any(|row| is_one(&row));
    let tasks = sheet.rows.iter().filter(|row| row.class == RowClass::Task && !is_one(row));
    let typed = tasks.flat_map(|task| &task.fields).map(|field| field.typed.as_str());
    let typed: Vec<&str> = typed.filter(|_| is_any).collect();
    let beginnings: BTreeSet<&str> = typed
        .iter()
        .flat_map(|text| {
            let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
            ends.take(LENGTH).skip(SHORTEST - 1).map(|end| &text[..end])
        })
        .collect();
    let texts: BTreeSet<&str> = typed.iter().map(|text| text.trim()).collect();
    let mut patterns: BTreeSet<String> = BTreeSet::new();
    let mut rows = Vec::new();
    for row in sheet.rows.iter().filter(|row| is_one(row)) {
        let label = words::one_line(&label(row, pipeline));
        let begins: String = label.chars().take_while(|c| c.is_alphabetic()).take(LENGTH).collect();
        let pattern = if begins.chars().count() >= SHORTEST && !beginnings.contains(begins.as_str())
        {
            quoted(&format!("^{begins}"))
        } else if label.chars().count() >= SHORTEST && !texts.contains(label.trim()) {
            whole(&label)
        } else {
            continue;
        };
        patterns.insert(pattern);
        rows.push(row.row);
    }
    if patterns.is_empty() || patterns.len() > MOST_ROWS {
        return;
    }
    let patterns: Vec<String> = patterns.into_iter().collect();
    let _ =
        writeln!(text, "# {key} = [{}]  # {}{said}，用这一行", patterns.join(", "), listed(&rows));
}

/// Columns of words that are blank below what is written once, and are not filled down.
fn fill(text: &mut String, sheet: &SheetRead, table: &TableRead) {
    let tasks = sheet.rows.iter().filter(|row| row.class == RowClass::Task).count();
    let filled: Vec<&String> = table.fill.iter().flat_map(|part| &part.value).collect();
    let first = sheet.rows.iter().find(|row| row.class == RowClass::Task);
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| matches!(column.kind, Some("text" | "choice")) && column.role.is_none())
        .filter(|column| column.filled * 2 <= tasks && column.filled > 1)
        .filter_map(|column| column.name.as_ref())
        .filter(|name| !filled.contains(name))
        .filter(|name| first.is_some_and(|row| row.fields.iter().any(|field| field.name == **name)))
        .map(|name| quoted(name))
        .collect();
    if !columns.is_empty() && sheet.tables.len() == 1 {
        let _ = writeln!(
            text,
            "# fill = [{}]  # 多处空着；空着就是同上的，用这一行",
            columns.join(", ")
        );
    }
}

pub fn listed(rows: &[u32]) -> String {
    let shown: Vec<u32> = rows.iter().take(MOST_ROWS).copied().collect();
    let more = if rows.len() > MOST_ROWS { "等" } else { "" };
    format!("第 {} 行{more}", words::list(&shown, Language::Chinese))
}
