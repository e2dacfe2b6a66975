//! `inspect`: how a sheet was understood, so that a person can see why.

use std::fmt::Write as _;
use std::path::Path;

use super::{AGREES, Failure, Process, print};
use crate::draft::NoDraft;
use crate::extract::{self, Extract, Program};
use crate::intake;
use crate::model::words::{self, Language};
use crate::model::{Side, Value};
use crate::normalise::typed::typed_text;
use crate::normalise::{CellFate, Layout, RowClass, SheetRows};
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;
use crate::read::{self, Book};
use crate::run::RunError;
use crate::wording::{message, refusal_text, value_text};

/// Prints what was recognised in a file.
pub fn inspect(
    file: &Path,
    pipeline: &Pipeline,
    program: Program,
    language: Language,
) -> Result<u8, Failure> {
    let folder = tempfile::tempdir().map_err(|cause| {
        RunError::Intake(intake::CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })
    })?;
    let side = side_of(file, pipeline);
    let received = intake::single(file, folder.path(), side).map_err(RunError::from)?;
    let program = Program { at_once: 1, ..program };
    let extracts = extract::extracts(std::slice::from_ref(&received), pipeline, &program, &|_| {})
        .map_err(RunError::from)?;
    print(&described(&received.name, &extracts[0], pipeline, language));
    Ok(AGREES)
}

/// A file that the pipeline file names as a plan is read as the plan.
fn side_of(file: &Path, pipeline: &Pipeline) -> Side {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let file = whole(file);
    let is_plan = pipeline.intake.plans.iter().any(|plan| whole(&plan.path) == file);
    if is_plan { Side::Plan } else { Side::Submission }
}

/// Prints what is recognised in a file that no pipeline file describes: what a run would read with
/// the one that is drafted for it.
pub fn undescribed(
    file: &Path,
    process: &Process,
    program: Program,
    language: Language,
) -> Result<u8, Failure> {
    let chinese = language == Language::Chinese;
    let book = book_of(file, process)?;
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let Ok(drafted) = crate::draft::draft(&book, &slashed(&whole)) else {
        print(&without_table(file, &book, language));
        return Ok(AGREES);
    };
    let name = slashed(file);
    let hint = if chinese {
        format!(
            "没有核对方案：下面按表格的样子认出。duibiao inspect {name} --draft 把它写成核对方案，供人修改。"
        )
    } else {
        format!(
            "no pipeline file: this is what the shape of the tables tells. duibiao inspect {name} --draft writes it as one, to be corrected."
        )
    };
    let folder = tempfile::tempdir().map_err(uncopied)?;
    let path = folder.path().join("draft.toml");
    std::fs::write(&path, drafted).map_err(uncopied)?;
    let pipeline = crate::pipeline::load(&path)?;
    print(&format!("{hint}\n"));
    inspect(file, &pipeline, program, language)
}

fn uncopied(cause: std::io::Error) -> RunError {
    RunError::Intake(intake::CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// What a workbook shows in which no table was found.
fn without_table(file: &Path, book: &Book, language: Language) -> String {
    const ROWS: usize = 8;
    let mut text = format!("{}\n", file.display());
    for sheet in &book.sheets {
        let name = sheet.name.as_deref().unwrap_or("-");
        let _ = match language {
            Language::Chinese => writeln!(
                text,
                "\n工作表 {name}　{} 个非空行\n  没有找到表格：要有一行写明至少两列的标题，下面的行里有数字。",
                sheet.nonblank
            ),
            Language::English => writeln!(
                text,
                "\nsheet {name}　{} with content\n  no table was found: a row has to name two columns at least, above rows with figures.",
                words::count(sheet.nonblank, "row")
            ),
        };
        for row in sheet.rows.iter().take(ROWS) {
            let cells: Vec<String> = row
                .cells
                .iter()
                .map(|cell| words::shortened(&typed_text(&cell.content), 20))
                .collect();
            let _ = writeln!(text, "  {:>5}  {}", row.index + 1, cells.join(" | "));
        }
    }
    text
}

/// Reads a workbook in this process, which does nothing else.
fn book_of(file: &Path, process: &Process) -> Result<Book, Failure> {
    let limits = Limits::default();
    let bytes = std::fs::read(file).map_err(|cause| {
        RunError::Intake(intake::CannotTakeIn::Uncopied { path: file.to_owned(), cause })
    })?;
    (process.cap_memory)(limits.memory_mib as usize * 1024 * 1024);
    read::book(&bytes, &limits).map_err(|refusal| {
        let name = file.display();
        Failure::usage(
            format!("无法读取 {name}：{}", refusal_text(&refusal, Language::Chinese)),
            format!("cannot read {name}: {}", refusal_text(&refusal, Language::English)),
        )
    })
}

/// Prints a first pipeline file for a plan that nobody has described.
pub fn draft(file: &Path, process: &Process) -> Result<u8, Failure> {
    let book = book_of(file, process)?;
    let drafted =
        crate::draft::draft(&book, &slashed(file)).map_err(|why| no_draft(file, &book, &why))?;
    print(&drafted);
    Ok(AGREES)
}

/// Says why nothing could be drafted, what was looked at, and which line would settle it.
fn no_draft(file: &Path, book: &read::Book, why: &NoDraft) -> Failure {
    let name = file.display();
    let sheets: Vec<String> = book
        .sheets
        .iter()
        .map(|sheet| {
            let hidden = if sheet.hidden { "，隐藏" } else { "" };
            let name = sheet.name.as_deref().unwrap_or_default();
            format!("“{name}”（{} 个非空行{hidden}）", sheet.rows.len())
        })
        .collect();
    let sheets = words::list(&sheets, Language::Chinese);
    match why {
        NoDraft::NoTable => Failure::usage(
            format!(
                "在 {name} 里没有找到像任务表的表格：看过工作表{sheets}，没有一行文字下面跟着与它列数相当的数据行。请另写核对方案，用 [[normalise.table]] heading_rows = \"4-5\" 写明表头在第几行"
            ),
            format!(
                "no table of tasks was found in {name}: none of its {} has a row of words with rows of as many columns below it; write a pipeline file and say where the heading stands with `[[normalise.table]] heading_rows = \"4-5\"`",
                words::count(book.sheets.len(), "sheet")
            ),
        ),
        NoDraft::NoKey => Failure::usage(
            format!(
                "{name} 的表格里没有一列能说明每行是什么任务：各列都是数。请另写核对方案，用 [matching] key = [\"列名\"] 写明按哪一列对应"
            ),
            format!(
                "no column of {name} says what a row is about, all hold figures; write a pipeline file with `[matching] key = [\"column\"]`"
            ),
        ),
        NoDraft::NotLoading(faults) => {
            let first = faults.first();
            let (chinese, english) = first.map_or(("", ""), |fault| {
                (
                    fault.said.in_language(Language::Chinese),
                    fault.said.in_language(Language::English),
                )
            });
            Failure::usage(
                format!(
                    "按 {name} 起草的核对方案不能用：{chinese}。这是本程序的缺陷，请把计划表的样子告诉编者"
                ),
                format!(
                    "what was drafted for {name} cannot be used: {english}. This is a fault of the program: please report what the plan looks like"
                ),
            )
        }
        NoDraft::ReadsNothing => Failure::usage(
            format!(
                "按 {name} 起草的核对方案读不到任何任务：看过工作表{sheets}。请另写核对方案，用 [[normalise.table]] 写明表头在第几行（heading_rows）、哪些工作表是计划（sheets）"
            ),
            format!(
                "no task of {name} is read with what was drafted; write a pipeline file and say with `[[normalise.table]]` where the heading stands (`heading_rows`) and which sheets are the plan (`sheets`)"
            ),
        ),
    }
}

fn described(name: &str, extract: &Extract, pipeline: &Pipeline, language: Language) -> String {
    let chinese = language == Language::Chinese;
    let mut text = String::new();
    let _ = writeln!(text, "{name}");
    if let Some(refusal) = &extract.refusal {
        let why = refusal_text(refusal, language);
        let _ = writeln!(text, "{}{why}", if chinese { "没有读取：" } else { "not read: " });
        return text;
    }
    if let Some(format) = extract.format {
        let _ = writeln!(text, "{}{}", if chinese { "格式：" } else { "format: " }, format.name());
    }
    for sheet in &extract.rows.sheets {
        describe_sheet(&mut text, sheet, pipeline, language);
    }
    if !extract.findings.is_empty() {
        let _ =
            writeln!(text, "\n{}", if chinese { "读取时的发现：" } else { "found while reading:" });
        for finding in &extract.findings {
            let _ =
                writeln!(text, "  {}: {}", finding.kind(), message(finding, pipeline, language));
        }
    }
    text
}

fn describe_sheet(text: &mut String, sheet: &SheetRows, pipeline: &Pipeline, language: Language) {
    let chinese = language == Language::Chinese;
    let name = sheet.name.clone().unwrap_or_else(|| "-".to_owned());
    let hidden = match (sheet.hidden, chinese) {
        (true, true) => "（隐藏）",
        (true, false) => " (hidden)",
        (false, _) => "",
    };
    let rows = if chinese {
        format!("{} 个非空行", sheet.nonblank)
    } else {
        format!("{} with content", words::count(sheet.nonblank, "row"))
    };
    let _ =
        writeln!(text, "\n{}{name}{hidden}　{rows}", if chinese { "工作表 " } else { "sheet " });
    for (index, table) in sheet.tables.iter().enumerate() {
        describe_table(text, index, table, pipeline, language);
    }
    let _ = writeln!(text, "  {}", cells_text(sheet, language));
    for (row, class) in &sheet.classes {
        let _ = writeln!(
            text,
            "  {:>5}  {}  {}",
            row + 1,
            class_name(*class, language),
            row_text(sheet, *row, pipeline, language)
        );
    }
}

/// What became of the sheet's cells, and what is counted beside.
fn cells_text(sheet: &SheetRows, language: Language) -> String {
    let chinese = language == Language::Chinese;
    let fates = &sheet.fates;
    let ended: Vec<String> = CellFate::ALL
        .into_iter()
        .filter(|fate| fates.of(*fate) > 0)
        .map(|fate| {
            let english = || format!("{fate:?}").to_lowercase();
            let name = if chinese { fate.chinese().to_owned() } else { english() };
            format!("{name} {}", fates.of(fate))
        })
        .collect();
    let beside: Vec<String> = [
        ("批注", "comments", fates.comments),
        ("删除线", "struck out", fates.struck),
        ("隐藏", "hidden", fates.hidden),
    ]
    .into_iter()
    .filter(|(_, _, count)| *count > 0)
    .map(|(name, english, count)| format!("{} {count}", if chinese { name } else { english }))
    .collect();
    let cells = if chinese { "单元格" } else { "cells" };
    let mut said = format!("{cells} {} = {}", fates.nonblank, ended.join(" + "));
    if !beside.is_empty() {
        said.push_str(if chinese { "；另有" } else { "; beside: " });
        said.push_str(&beside.join(if chinese { "、" } else { ", " }));
    }
    said
}

fn class_name(class: RowClass, language: Language) -> String {
    match language {
        Language::Chinese => format!("{:　<4}", class.chinese()),
        Language::English => format!("{:<10}", format!("{class:?}").to_lowercase()),
    }
}

fn row_text(sheet: &SheetRows, row: u32, pipeline: &Pipeline, language: Language) -> String {
    if let Some(found) = sheet.rows.iter().find(|found| found.row == row) {
        let parts: Vec<String> = found
            .entries
            .iter_enumerated()
            .filter_map(|(field, entry)| {
                let entry = entry.as_ref()?;
                if matches!(entry.value, Value::Blank | Value::Covered) {
                    return None;
                }
                let name = &pipeline.columns[field].name;
                let value = match &entry.value {
                    Value::Unreadable(_) => format!("?{}", words::shortened(&entry.typed, 16)),
                    value => words::shortened(&value_text(value, pipeline, language), 20),
                };
                Some(format!("{name}={value}"))
            })
            .collect();
        return parts.join("  ");
    }
    let texts: Vec<String> = sheet
        .texts
        .iter()
        .filter(|text| text.at.row == row)
        .map(|text| words::shortened(&text.text, 40))
        .collect();
    texts.join(" | ")
}

fn describe_table(
    text: &mut String,
    index: usize,
    table: &Layout,
    pipeline: &Pipeline,
    language: Language,
) {
    let chinese = language == Language::Chinese;
    let rows: Vec<String> = table.heading_rows.iter().map(|row| (row + 1).to_string()).collect();
    let rows = words::list(&rows, language);
    let _ = if chinese {
        writeln!(text, "  表 {}：表头在第 {rows} 行", index + 1)
    } else {
        writeln!(text, "  table {}: heading in row {rows}", index + 1)
    };
    if let Some((at, unit)) = table.money_line {
        let says = if chinese { "金额单位：" } else { "unit of money: " };
        let _ = writeln!(text, "    {says}{unit} ({at})");
    }
    for column in &table.columns {
        let field = column.field.map_or("—", |field| pipeline.columns[field].name.as_str());
        let unit = column.unit.map_or_else(String::new, |unit| format!(" [{unit}]"));
        let heading = words::shortened(&column.heading, 40);
        let _ = writeln!(
            text,
            "    {:<3} {heading} → {field}{unit}",
            crate::model::place::column_letters(column.column)
        );
    }
    for ambiguity in &table.ambiguous {
        let headings: Vec<String> =
            ambiguity.headings.iter().map(|(cell, heading)| format!("{cell} {heading}")).collect();
        let name = &pipeline.columns[ambiguity.field].name;
        let headings = words::list(&headings, language);
        let _ = if chinese {
            writeln!(text, "    {name}：有几列都像它（{headings}），没有替人选择")
        } else {
            writeln!(text, "    {name}: several headings could be it ({headings}); none was chosen")
        };
    }
}
