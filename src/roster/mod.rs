//! Whose each file is, which period it is about, which of several files counts, and where every
//! unit stands.

mod attachments;
mod counting;
mod expected;
mod filled;
mod names;
pub mod period;
mod whose;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use names::Names;
use whose::{Reading, whose};

use crate::extract::Extract;
use crate::intake::Received;
use crate::model::{CellAt, CellRange, Finding, Kind, Month, Side, fold};
use crate::normalise::frame::{Item, NO_UNIT};
use crate::normalise::{RowClass, SheetRows, TableRow};
use crate::pipeline::Pipeline;

/// Where a unit or a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Submitted,
    /// A zero report.
    Zero,
    /// Tasks are listed and nothing is reported of any of them.
    Blank,
    Missing,
    Duplicate,
    Unreadable,
    Superseded,
    /// No unit could be recognised.
    Unknown,
    /// A file beside the sheets that is none.
    Attachment,
}

impl Standing {
    pub fn chinese(self) -> &'static str {
        match self {
            Standing::Submitted => "已报",
            Standing::Zero => "零报告",
            Standing::Blank => "未填报",
            Standing::Missing => "未报",
            Standing::Duplicate => "重复报送",
            Standing::Unreadable => "无法读取",
            Standing::Superseded => "已被替代",
            Standing::Unknown => "单位不明",
            Standing::Attachment => "随表附件",
        }
    }
}

/// A total row with the rows it stands among.
#[derive(Clone, Copy, Debug)]
pub struct TotalRow<'a> {
    pub file: usize,
    pub sheet: usize,
    /// None when the table holds several units.
    pub unit: Option<usize>,
    pub row: &'a TableRow,
}

/// Where one file stands.
#[derive(Clone, Debug)]
pub struct FileStanding {
    pub standing: Standing,
    /// The units whose rows it holds, in plan order.
    pub units: Vec<usize>,
    /// Whether its rows are compared.
    pub counts: bool,
}

/// Who sent what.
#[derive(Debug)]
pub struct Roster<'a> {
    pub names: Names,
    pub places: Places,
    /// In the order of the files.
    pub files: Vec<FileStanding>,
    /// In plan order: the unit's standing and the files that count for it.
    pub units: Vec<(Standing, Vec<usize>)>,
    /// Task rows of the files that count.
    pub items: Vec<Item<'a>>,
    /// Task rows that were set aside: of superseded files and of unknown units.
    pub set_aside: Vec<Item<'a>>,
    pub totals: Vec<TotalRow<'a>>,
    /// Rows of the files that count which could not be placed.
    pub unplaced: Vec<Item<'a>>,
    /// Units of whose files no task could be read at all, so that none can be called missing.
    pub unread: BTreeSet<usize>,
}

/// The plan, as its own sheet says it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Of its file.
    pub sha256: String,
    pub names: Names,
    pub places: Places,
    /// In the order of the plan.
    pub tasks: Vec<Item<'a>>,
    pub totals: Vec<TotalRow<'a>>,
    pub sheets: &'a [SheetRows],
}

/// The names of files and of their sheets, for findings.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub files: Vec<String>,
    pub sheets: Vec<Vec<String>>,
}

impl Places {
    fn of(received: &[Received], extracts: &[Extract]) -> Self {
        let sheets = received.iter().zip(extracts).map(|(file, extract)| {
            let sheets = extract.rows.sheets.iter();
            sheets
                .map(|sheet| sheet.name.clone().unwrap_or_else(|| file_stem(&file.name)))
                .collect()
        });
        Self {
            files: received.iter().map(|file| file.name.clone()).collect(),
            sheets: sheets.collect(),
        }
    }

    /// Puts a finding at a declared column's cell of a row; at the row's first cell where the
    /// sheet lacks the column.
    pub fn put(&self, finding: &mut Finding, item: &Item<'_>, field: Option<usize>) {
        finding.file = self.files.get(item.file).cloned();
        finding.sheet = self.sheet(item.file, item.sheet);
        let entry = field.and_then(|field| item.row.entries[field].as_ref());
        let column =
            entry.or_else(|| item.row.entries.iter().flatten().next()).map(|entry| entry.column);
        let cell = CellAt::new(item.row.row, column.unwrap_or(0));
        finding.cell = Some(cell);
        finding.cells = vec![CellRange::new(cell, cell)];
    }

    /// Names the sheet that a row stands on as seen from another row: with its file where that is
    /// another one; none where both stand on one sheet.
    pub fn elsewhere(&self, item: &Item<'_>, from: &Item<'_>) -> Option<String> {
        let sheet = self.sheet(item.file, item.sheet).unwrap_or_default();
        if item.file != from.file {
            return Some(format!("{} › {sheet}", self.files[item.file]));
        }
        (item.sheet != from.sheet).then_some(sheet)
    }

    pub fn sheet(&self, file: usize, sheet: usize) -> Option<String> {
        self.sheets.get(file)?.get(sheet).cloned()
    }
}

/// Returns the cell of a declared column in a row.
pub fn cell(item: &Item<'_>, field: usize) -> Option<CellAt> {
    item.row.entries[field].as_ref().map(|entry| CellAt::new(item.row.row, entry.column))
}

/// Reads units and tasks off the plan's extract.
pub fn plan<'a>(received: &Received, extract: &'a Extract, pipeline: &Pipeline) -> Plan<'a> {
    let mut units: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let mut tasks = Vec::new();
    let mut totals = Vec::new();
    for (sheet, rows) in extract.rows.sheets.iter().enumerate() {
        for row in &rows.rows {
            let owner = owner_text(row, pipeline).unwrap_or_default();
            let key = fold::key(owner);
            match row.class {
                RowClass::Task => {
                    let unit = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                        keys.push(key);
                        units.push(owner.to_owned());
                        units.len() - 1
                    });
                    tasks.push(Item { file: 0, sheet, unit, row });
                }
                RowClass::Total => totals.push(TotalRow { file: 0, sheet, unit: None, row }),
                _ => {}
            }
        }
    }
    Plan {
        sha256: received.sha256.clone(),
        names: Names::new(units, pipeline),
        places: Places::of(std::slice::from_ref(received), std::slice::from_ref(extract)),
        tasks,
        totals,
        sheets: &extract.rows.sheets,
    }
}

fn owner_text<'a>(row: &'a TableRow, pipeline: &Pipeline) -> Option<&'a str> {
    let entry = row.entries[pipeline.roles.owner?].as_ref()?;
    entry.value.text()
}

/// Assigns files and rows to units and decides which files count.
///
/// Without a period nothing is said about periods.
pub fn roster<'a>(
    received: &[Received],
    extracts: &'a [Extract],
    plan: &Plan<'_>,
    period: Option<Month>,
    pipeline: &Pipeline,
) -> (Roster<'a>, Vec<Finding>) {
    let names = &plan.names;
    let mut findings = Vec::new();
    let mut readings = Vec::new();
    for (received, extract) in received.iter().zip(extracts) {
        let (reading, found) = whose(received, extract, plan, period, pipeline);
        findings.extend(found);
        readings.push(reading);
    }
    let attached = attachments::of(received, extracts, &readings, pipeline);
    let names_attached: BTreeSet<&str> =
        attached.iter().map(|file| received[*file].name.as_str()).collect();
    findings.retain(|finding| {
        finding.file.as_deref().is_none_or(|file| !names_attached.contains(file))
    });
    findings.extend(attachments::said(&attached, received, &readings, names));
    let (files, found) =
        counting::decide(received, extracts, &readings, &attached, names, pipeline);
    findings.extend(found);
    findings.retain(|finding| !is_set_aside(finding, received, &files));
    let mut roster = Roster {
        names: names.clone(),
        places: Places::of(received, extracts),
        units: unit_standings(&files, names),
        files,
        items: Vec::new(),
        set_aside: Vec::new(),
        totals: Vec::new(),
        unplaced: Vec::new(),
        unread: BTreeSet::new(),
    };
    for (file, (extract, reading)) in extracts.iter().zip(&readings).enumerate() {
        collect(&mut roster, file, extract, reading);
    }
    roster.unread = unread(&roster, extracts, pipeline);
    findings.extend(filled::blank(&mut roster, received, names, pipeline));
    for (unit, (standing, _)) in roster.units.iter().enumerate() {
        if *standing == Standing::Missing {
            let mut finding = Finding::new(Kind::SubmissionMissing, Side::Submission);
            finding.unit = Some(names.name(unit).to_owned());
            findings.push(finding);
        }
    }
    (roster, findings)
}

/// Units of whose files no task could be read, because no table or no column of tasks was found.
fn unread(roster: &Roster<'_>, extracts: &[Extract], pipeline: &Pipeline) -> BTreeSet<usize> {
    let read: BTreeSet<usize> = roster.items.iter().map(|item| item.unit).collect();
    let has_fault = |file: &usize| {
        let mut tables = extracts[*file].rows.sheets.iter().flat_map(|sheet| &sheet.tables);
        tables.clone().next().is_none() || tables.any(|table| !table.has_key(pipeline))
    };
    roster
        .units
        .iter()
        .enumerate()
        .filter(|(unit, (_, files))| !read.contains(unit) && files.iter().any(has_fault))
        .map(|(unit, _)| unit)
        .collect()
}

/// Returns whether a finding is about the sheets of a file whose rows are not compared because
/// another file counts for them. Whose such a file is, and of which period, is said all the same.
fn is_set_aside(finding: &Finding, received: &[Received], files: &[FileStanding]) -> bool {
    let about_sheets = matches!(
        finding.kind,
        Kind::TableMissing
            | Kind::ColumnMissing
            | Kind::ColumnUnknown
            | Kind::HiddenContent
            | Kind::RowUnplaced
            | Kind::SheetUnused
    );
    let place = received.iter().position(|file| finding.file.as_ref() == Some(&file.name));
    place.is_some_and(|file| match files[file].standing {
        // The same bytes once more: all is said of the first.
        Standing::Duplicate => finding.kind != Kind::SubmissionDuplicate,
        Standing::Superseded => about_sheets,
        _ => false,
    })
}

fn collect<'a>(roster: &mut Roster<'a>, file: usize, extract: &'a Extract, reading: &Reading) {
    for (sheet, rows) in extract.rows.sheets.iter().enumerate() {
        let counts = roster.files[file].counts && !reading.set_aside.contains(&sheet);
        for row in &rows.rows {
            let unit = reading.rows.get(&(sheet, row.table, row.row)).copied().unwrap_or(NO_UNIT);
            match row.class {
                RowClass::Task => {
                    let item = Item { file, sheet, unit, row };
                    let list = if counts && unit != NO_UNIT {
                        &mut roster.items
                    } else {
                        &mut roster.set_aside
                    };
                    list.push(item);
                }
                RowClass::Total if counts => {
                    let unit = reading.tables.get(&(sheet, row.table)).copied().flatten();
                    roster.totals.push(TotalRow { file, sheet, unit, row });
                }
                RowClass::Unplaced if counts => {
                    roster.unplaced.push(Item { file, sheet, unit, row });
                }
                _ => {}
            }
        }
    }
}

fn unit_standings(files: &[FileStanding], names: &Names) -> Vec<(Standing, Vec<usize>)> {
    (0..names.units.len())
        .map(|unit| {
            let mine = |standing: Standing| {
                files.iter().any(|file| file.units.contains(&unit) && file.standing == standing)
            };
            let counting: Vec<usize> = (0..files.len())
                .filter(|file| files[*file].counts && files[*file].units.contains(&unit))
                .collect();
            let standing = if mine(Standing::Superseded) {
                Standing::Duplicate
            } else if mine(Standing::Submitted) {
                Standing::Submitted
            } else if mine(Standing::Zero) {
                Standing::Zero
            } else if mine(Standing::Blank) {
                Standing::Blank
            } else if mine(Standing::Unreadable) {
                Standing::Unreadable
            } else {
                Standing::Missing
            };
            (standing, counting)
        })
        .collect()
}

/// Returns a file's name without folders and ending.
pub fn file_stem(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}
