//! `inspect`: how a sheet was understood, so that a person can see why and correct it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::Format;
use super::output::Out;
use super::{AGREES, Failure, Process};
use crate::archive::Scratch;
use crate::draft::{Draft, NoDraft, Told};
use crate::extract::{self, Extract, Program};
use crate::intake;
use crate::model::words::{self, Language, Said};
use crate::model::{CellAt, Side};
use crate::normalise;
use crate::normalise::typed::typed_text;
use crate::pipeline::file::Read as Limits;
use crate::pipeline::{Pipeline, column_range, rows, sheet_pattern};
use crate::read::{self, Book, Content, Sheet};
use crate::reading::{self, Basis, Reading};
use crate::run::RunError;
use crate::wording::{self, message, refusal_text};

/// How `inspect` is asked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub file: &'a Path,
    pub format: Format,
    pub out: &'a Out,
    /// What is said before it to people.
    pub first: &'a str,
    pub language: Language,
}

/// What is handed out as JSON: the reading, and what was found while reading.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    reading: &'a Reading,
    /// Why the file was not read.
    refusal: Option<String>,
    findings: Vec<FoundWhileReading>,
}

#[derive(Serialize)]
struct FoundWhileReading {
    kind: &'static str,
    sheet: Option<String>,
    cell: Option<CellAt>,
    message: String,
}

/// What is handed out as JSON of a file in which no table was found.
#[derive(Serialize)]
struct WithoutTable {
    schema: &'static str,
    file: String,
    format: &'static str,
    pipeline: Option<String>,
    refusal: Option<String>,
    sheets: Vec<Looked>,
    /// What would settle it.
    advice: String,
}

/// A sheet that was looked at.
#[derive(Serialize)]
struct Looked {
    name: Option<String>,
    hidden: bool,
    nonblank: usize,
    tables: [(); 0],
    /// How it begins, row by row.
    begins: Vec<(u32, Vec<String>)>,
    /// What is doubtful about the lines of a text file.
    doubts: Vec<String>,
}

/// Prints what was recognised in a file.
pub fn inspect(
    asked: Asked<'_>,
    pipeline: &Pipeline,
    basis: Basis<'_>,
    process: &Process,
    program: Program,
) -> Result<u8, Failure> {
    let folder = Scratch::new().map_err(uncopied)?;
    let side = side_of(asked.file, pipeline);
    let received =
        intake::single(asked.file, folder.path(), side, &pipeline.limits.of_file(side, 0))
            .map_err(RunError::from)?;
    let program = Program { at_once: 1, ..program };
    let extracts = extract::extracts(std::slice::from_ref(&received), pipeline, &program, &|_| {})
        .map_err(RunError::from)?;
    let extract = &extracts[0];
    // What the worker could read can be read here as well: only the sheets themselves show which cells
    // are blank or merged.
    let book = if extract.format.is_some() && extract.is_submission() {
        let book = book_of(&received.copy, &pipeline.limits, process)?;
        Some(normalise::returned::apart(book, pipeline).1)
    } else {
        None
    };
    let nothing = || Book {
        format: extract.format.unwrap_or(read::Format::Csv),
        sheets: Vec::new(),
        properties: Vec::new(),
    };
    let book = book.unwrap_or_else(nothing);
    let reading = reading::of(&received.name, extract, &book, basis, pipeline);
    asked.out.print(&match asked.format {
        Format::Json => as_json(&reading, extract, pipeline, asked.language),
        Format::Text => {
            asked.first.to_owned() + &as_text(&reading, extract, pipeline, asked.language)
        }
    })?;
    Ok(AGREES)
}

fn as_json(
    reading: &Reading,
    extract: &Extract,
    pipeline: &Pipeline,
    language: Language,
) -> String {
    let findings = extract.findings.iter().map(|finding| FoundWhileReading {
        kind: finding.kind().name(),
        sheet: finding.sheet.clone(),
        cell: finding.cell,
        message: message(finding, pipeline, language),
    });
    let shown = Shown {
        reading,
        refusal: extract.refusal.as_ref().map(|refusal| refusal_text(refusal, language)),
        findings: findings.collect(),
    };
    String::from_utf8_lossy(&crate::archive::json(&shown)).into_owned()
}

fn as_text(
    reading: &Reading,
    extract: &Extract,
    pipeline: &Pipeline,
    language: Language,
) -> String {
    let chinese = language == Language::Chinese;
    let mut text = format!("{}\n", reading.file);
    if let Some(refusal) = &extract.refusal {
        let why = refusal_text(refusal, language);
        let _ = writeln!(text, "{}{why}", if chinese { "没有读取：" } else { "not read: " });
        return text;
    }
    text.push_str(&wording::reading(reading, width(), pipeline, language));
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

/// How many characters a line of the terminal takes, as shells say it.
fn width() -> usize {
    const USUAL: usize = 100;
    let told = std::env::var("COLUMNS").ok();
    told.and_then(|width| width.trim().parse().ok()).filter(|width| *width > 0).unwrap_or(USUAL)
}

/// A file that the pipeline file names as a plan is read as the plan.
fn side_of(file: &Path, pipeline: &Pipeline) -> Side {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let file = whole(file);
    let is_plan = pipeline.intake.plans.iter().any(|plan| whole(&plan.path) == file);
    if is_plan { Side::Plan } else { Side::Submission }
}

/// Says that there are several pipeline files and none of them was used.
pub fn without_choice(several: &[PathBuf], language: Language) -> String {
    let names = several.iter().filter_map(|path| path.file_name());
    let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let names = words::list(&names, language);
    match language {
        Language::Chinese => {
            format!(
                "有几份核对方案（{names}），没有用其中任何一份；要用哪一份，请以 --pipeline 写明。"
            )
        }
        Language::English => {
            format!(
                "There are several pipeline files ({names}) and none was used; name one with --pipeline."
            )
        }
    }
}

/// Prints what is recognised in a file that no pipeline file describes: what a run would read with
/// the one that is drafted for it.
pub fn undescribed(asked: Asked<'_>, process: &Process, program: Program) -> Result<u8, Failure> {
    let (file, language) = (asked.file, asked.language);
    let book = book_of(file, &Limits::default(), process)?;
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let Draft { text: drafted, reasons } =
        match crate::draft::draft(&book, &slashed(&whole), &Told::default()) {
            Ok(drafted) => drafted,
            Err(why) => {
                asked.out.print(&without_table(asked, &book, &why))?;
                return Ok(AGREES);
            }
        };
    let name = slashed(file);
    let hint = if language == Language::Chinese {
        format!(
            "没有核对方案：下面按表格的样子认出。duibiao inspect {name} --draft 把它写成核对方案，供人修改。"
        )
    } else {
        format!(
            "no pipeline file: this is what the shape of the tables tells. duibiao inspect {name} --draft writes it as one, to be corrected."
        )
    };
    let folder = Scratch::new().map_err(uncopied)?;
    let path = folder.path().join("draft.toml");
    std::fs::write(&path, drafted).map_err(uncopied)?;
    let pipeline = crate::pipeline::load(&path)?;
    let asked = Asked { first: &format!("{hint}\n"), ..asked };
    inspect(asked, &pipeline, Basis::Drafted(&reasons), process, program)
}

fn uncopied(cause: std::io::Error) -> RunError {
    RunError::Intake(intake::CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// What a workbook shows in which no table was found, and what would settle it.
fn without_table(asked: Asked<'_>, book: &Book, why: &NoDraft) -> String {
    let (file, language) = (asked.file, asked.language);
    let advice = no_draft(file, book, why).in_language(language).to_owned();
    if asked.format == Format::Json {
        let sheets = book.sheets.iter().map(|sheet| Looked {
            name: sheet.name.clone(),
            hidden: sheet.hidden,
            nonblank: sheet.nonblank,
            tables: [],
            begins: begins(sheet),
            doubts: doubts(sheet, language),
        });
        let shown = WithoutTable {
            schema: reading::SCHEMA,
            file: file.display().to_string(),
            format: book.format.name(),
            pipeline: None,
            refusal: None,
            sheets: sheets.collect(),
            advice,
        };
        return String::from_utf8_lossy(&crate::archive::json(&shown)).into_owned();
    }
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
        for (row, cells) in begins(sheet) {
            let _ = writeln!(text, "  {row:>5}  {}", cells.join(" | "));
        }
        for doubt in doubts(sheet, language) {
            let _ = writeln!(text, "  {doubt}");
        }
    }
    let _ = writeln!(text, "\n{advice}");
    text
}

/// What is doubtful about the lines of a text file in which no table was found.
fn doubts(sheet: &Sheet, language: Language) -> Vec<String> {
    let doubts = normalise::lines_in_doubt(sheet);
    let said =
        doubts.iter().map(|doubt| wording::line_doubt(doubt).in_language(language).to_owned());
    said.collect()
}

/// The first rows of a sheet, as it counts them.
fn begins(sheet: &Sheet) -> Vec<(u32, Vec<String>)> {
    const ROWS: usize = 8;
    let rows = sheet.rows.iter().take(ROWS).map(|row| {
        let cells = row.cells.iter();
        let cells = cells.map(|cell| words::shortened(&typed_text(&cell.content), 20));
        (row.index + 1, cells.collect())
    });
    rows.collect()
}

/// Reads a workbook in this process, which does nothing else.
pub fn book_of(file: &Path, limits: &Limits, process: &Process) -> Result<Book, Failure> {
    let bytes = intake::bytes(file, limits).map_err(RunError::from)?;
    super::extract::cap(process, limits)?;
    let read = |bytes: Vec<u8>| super::apart::in_time(limits, || read::book(&bytes, limits));
    bytes.and_then(read).map_err(|refusal| {
        let name = file.display();
        Failure::usage(
            format!("无法读取 {name}：{}", refusal_text(&refusal, Language::Chinese)),
            format!("cannot read {name}: {}", refusal_text(&refusal, Language::English)),
        )
    })
}

/// Reads what a draft is told of the plan's tables.
pub fn told(
    sheets: &[String],
    heading_rows: Option<&str>,
    within: Option<&str>,
) -> Result<Told, Failure> {
    let sheets = sheets.iter().map(|text| {
        sheet_pattern(text).ok_or_else(|| {
            Failure::usage(
                format!("“{text}”不是工作表；写名称（* 代表任意文字）或位置，如 \"#2\""),
                format!("`{text}` is no sheet; write a name, with `*` for anything, or a place such as `#2`"),
            )
        })
    });
    let heading_rows = heading_rows.map(|text| {
        rows(text).ok_or_else(|| {
            Failure::usage(
                format!("“{text}”不是表头的行；写行号，如 4 或 4-6"),
                format!(
                    "`{text}` is not the rows of a heading; write their numbers, such as 4 or 4-6"
                ),
            )
        })
    });
    let within = within.map(|text| {
        column_range(text).ok_or_else(|| {
            Failure::usage(
                format!("“{text}”不是工作表的列；写从哪一列到哪一列，如 A-D"),
                format!(
                    "`{text}` is no columns of a sheet; write from which to which, such as A-D"
                ),
            )
        })
    });
    Ok(Told {
        sheets: sheets.collect::<Result<_, _>>()?,
        heading_rows: heading_rows.transpose()?,
        within: within.transpose()?,
    })
}

/// Writes a first pipeline file for a plan that nobody has described: to a file, which must be new, or
/// to the standard output.
pub fn draft(
    file: &Path,
    told: &Told,
    out: Option<&Path>,
    process: &Process,
) -> Result<u8, Failure> {
    let book = book_of(file, &Limits::default(), process)?;
    // The limit is for what a file can do to its reader. What the trial of the draft needs follows
    // from what was read, which is within the limits.
    (process.cap_memory)(usize::MAX);
    let path = out.and_then(|out| from_beside(out, file)).unwrap_or_else(|| file.to_owned());
    let asked = (!told.sheets.is_empty()).then(|| asked_for(&book, told));
    if asked.as_ref().is_some_and(|asked| asked.sheets.is_empty()) {
        let sheets: Vec<String> = book.sheets.iter().map(quoted).collect();
        return Err(Failure::usage(
            format!(
                "{} 里没有 --sheet 所说的工作表；有的是{}",
                file.display(),
                words::list(&sheets, Language::Chinese)
            ),
            format!(
                "{} has no sheet that `--sheet` names; it has {}",
                file.display(),
                words::list(&sheets, Language::English)
            ),
        ));
    }
    let drafted = crate::draft::draft(&book, &slashed(&path), told)
        .map_err(|why| Failure::Usage(no_draft(file, asked.as_ref().unwrap_or(&book), &why)))?;
    let Some(out) = out else {
        Out::Standard.print_escaped(&drafted.text)?;
        return Ok(AGREES);
    };
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(out);
    let written = written.and_then(|mut out| out.write_all(drafted.text.as_bytes()));
    written.map_err(|cause| {
        let name = out.display();
        Failure::usage(
            format!("不能写 {name}：{cause}；已有的文件不会被覆盖，请另取名称"),
            format!("cannot write {name}: {cause}; no file is written over, choose another name"),
        )
    })?;
    Ok(AGREES)
}

/// The sheets of a workbook that a draft is asked for.
fn asked_for(book: &Book, told: &Told) -> Book {
    let mut asked = book.clone();
    let at = normalise::places(book);
    let mut fits = at.iter().map(|at| told.asks_for(*at));
    asked.sheets.retain(|_| fits.next().unwrap_or(true));
    asked
}

/// The way to a file from the folder of another; none where they have no folder in common.
fn from_beside(out: &Path, file: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(out).ok()?.parent()?.to_owned();
    let file = std::path::absolute(file).ok()?;
    let folder = folder.canonicalize().unwrap_or(folder);
    let file = file.canonicalize().unwrap_or(file);
    let mut way = PathBuf::new();
    let mut above = folder.as_path();
    loop {
        if let Ok(rest) = file.strip_prefix(above) {
            // Nothing but the root in common: the whole path says it better.
            let is_near = above.parent().is_some();
            return is_near.then(|| way.join(rest));
        }
        way.push("..");
        above = above.parent()?;
    }
}

/// The row that holds most words in cells of their own, on whichever sheet: the sheet, the row as it
/// counts, and the words.
fn likely_heading(book: &Book) -> Option<(String, u32, String)> {
    const ROWS: usize = 30;
    let is_word = |content: &Content| match content {
        Content::Text(text) => text.chars().any(char::is_alphabetic),
        _ => false,
    };
    let rows = book.sheets.iter().flat_map(|sheet| {
        sheet.rows.iter().take(ROWS).map(move |row| {
            let words: Vec<String> = row
                .cells
                .iter()
                .filter(|cell| is_word(&cell.content))
                .map(|cell| words::shortened(&typed_text(&cell.content), 10))
                .collect();
            (sheet, row.index + 1, words)
        })
    });
    let most = rows.rev().max_by_key(|(_, _, words)| words.len())?;
    let (sheet, row, words) = most;
    let name = quoted(sheet);
    (words.len() > 1).then(|| (name, row, words::short_list(&words, 6, Language::Chinese)))
}

/// Returns the name of a sheet as it is quoted; none where it has none.
fn quoted(sheet: &Sheet) -> String {
    sheet.name.as_deref().map_or_else(String::new, |name| format!("“{name}”"))
}

/// Says why nothing could be drafted, what was looked at, and which line would settle it.
fn no_draft(file: &Path, book: &Book, why: &NoDraft) -> Said {
    let name = file.display();
    let sheets: Vec<String> = book
        .sheets
        .iter()
        .map(|sheet| {
            let hidden = if sheet.hidden { "，隐藏" } else { "" };
            let name = quoted(sheet);
            format!("{name}（{} 个非空行{hidden}）", sheet.rows.len())
        })
        .collect();
    let sheets = words::list(&sheets, Language::Chinese);
    match why {
        NoDraft::NoTable => {
            let (sheet, row, cells) = likely_heading(book).unwrap_or_default();
            let of = if sheet.is_empty() { String::new() } else { format!(" of {sheet}") };
            let (chinese, english) = if cells.is_empty() {
                (String::new(), String::new())
            } else {
                (
                    format!("最像表头的是{sheet}第 {row} 行（{cells}）；"),
                    format!("row {row}{of} looks most like one ({cells}); "),
                )
            };
            let row = if row == 0 { 4 } else { row };
            let chosen = match (&sheet, book.sheets.len()) {
                (sheet, 2..) if !sheet.is_empty() => {
                    format!(" --sheet \"{}\"", sheet.trim_matches(['“', '”']))
                }
                _ => String::new(),
            };
            Said::new(
                format!(
                    "在 {name} 里没有找到像任务表的表格：看过工作表{sheets}，没有一行文字下面跟着与它列数相当的数据行。{chinese}请写明表头在第几行再起草，如 duibiao inspect {name} --draft --heading-rows {row}{chosen}；或另写核对方案，用 [[normalise.table]] heading_rows = \"{row}\" 写明"
                ),
                format!(
                    "no table of tasks was found in {name}: none of its {} has a row of words with rows of as many columns below it; {english}say where the heading stands and draft again, as in `duibiao inspect {name} --draft --heading-rows {row}{chosen}`, or write a pipeline file with `[[normalise.table]] heading_rows = \"{row}\"`",
                    words::count(book.sheets.len(), "sheet")
                ),
            )
        }
        NoDraft::NoKey => Said::new(
            format!(
                "{name} 的表格里没有一列能说明每行是什么任务：各列都是数。要核对的是别的工作表的，用 --sheet 写明再起草；否则请另写核对方案，用 [matching] key = [\"列名\"] 写明按哪一列对应"
            ),
            format!(
                "no column of {name} says what a row is about, all hold figures; where another sheet is meant, name it with `--sheet` and draft again, else write a pipeline file with `[matching] key = [\"column\"]`"
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
            Said::new(
                format!(
                    "按 {name} 起草的核对方案不能用：{chinese}。这是本程序的缺陷，请把计划表的样子告诉编者"
                ),
                format!(
                    "what was drafted for {name} cannot be used: {english}. This is a fault of the program: please report what the plan looks like"
                ),
            )
        }
        NoDraft::MadeHere(made) => Said::new(
            format!("{name} 是本程序生成的{}，不是计划表；请按原来的计划表起草", made.chinese()),
            format!(
                "{name} was written by this program ({}) and is no plan; draft from the plan itself",
                made.name()
            ),
        ),
        NoDraft::ReadsNothing => Said::new(
            format!(
                "按 {name} 起草的核对方案读不到任何任务：看过工作表{sheets}。请写明哪张工作表是计划（--sheet）、表头在第几行（--heading-rows），再起草"
            ),
            format!(
                "no task of {name} is read with what was drafted; say which sheet is the plan (`--sheet`) and where its heading stands (`--heading-rows`), and draft again"
            ),
        ),
    }
}
