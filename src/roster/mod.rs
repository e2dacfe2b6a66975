//! Whose each file is, which period it is about, which of several files counts, and where every
//! unit stands.

mod counting;
mod expected;
mod names;
pub mod period;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use names::Names;

use crate::extract::Extract;
use crate::intake::Received;
use crate::model::finding::{NameSource, Refusal};
use crate::model::{CellAt, CellRange, Detail, Finding, Kind, Month, Severity, Side, fold};
use crate::normalise::frame::{Item, NO_UNIT};
use crate::normalise::{RowClass, SheetRows, SheetText, TableRow};
use crate::pipeline::Pipeline;

/// Where a unit or a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Submitted,
    /// A zero report.
    Zero,
    Missing,
    Duplicate,
    Unreadable,
    Superseded,
    /// No unit could be recognised.
    Unknown,
}

impl Standing {
    pub fn chinese(self) -> &'static str {
        match self {
            Standing::Submitted => "已报",
            Standing::Zero => "零报告",
            Standing::Missing => "未报",
            Standing::Duplicate => "重复报送",
            Standing::Unreadable => "无法读取",
            Standing::Superseded => "已被替代",
            Standing::Unknown => "单位不明",
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
    let (files, found) = counting::decide(received, extracts, &readings, names, pipeline);
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
            } else if mine(Standing::Unreadable) {
                Standing::Unreadable
            } else {
                Standing::Missing
            };
            (standing, counting)
        })
        .collect()
}

/// What a file says about whose it is.
#[derive(Debug, Default)]
struct Reading {
    /// The unit of each task row, by sheet, table and row.
    rows: BTreeMap<(usize, usize, u32), usize>,
    /// The unit of each table; none when it holds several.
    tables: BTreeMap<(usize, usize), Option<usize>>,
    /// All units named, in plan order.
    units: BTreeSet<usize>,
    /// Sheets of other periods, whose rows are not compared.
    set_aside: BTreeSet<usize>,
    zero_report: bool,
    filled_on: Option<u32>,
}

fn whose(
    received: &Received,
    extract: &Extract,
    plan: &Plan<'_>,
    period: Option<Month>,
    pipeline: &Pipeline,
) -> (Reading, Vec<Finding>) {
    let names = &plan.names;
    let mut reading = Reading::default();
    let mut findings = Vec::new();
    // A lock file lies beside a workbook and stands for nobody.
    let is_lock = extract.refusal == Some(Refusal::LockFile);
    let stem = file_stem(&received.name);
    let from_file_name = names.in_text(&stem).or_else(|| {
        // A folder a district.
        let folder = received.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        names.in_text(folder)
    });
    let tasks = extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
    let has_tasks = tasks.clone().any(|row| row.class == RowClass::Task);
    let texts = || extract.rows.sheets.iter().flat_map(|sheet| &sheet.texts);
    reading.zero_report = !has_tasks
        && texts().any(|text| {
            let key = fold::key(&text.text);
            pipeline.roster.zero_report.iter().any(|phrase| key.contains(phrase.as_str()))
        });
    reading.filled_on = texts()
        .filter(|text| {
            let key = fold::key(&text.text);
            pipeline.roster.filled_on.iter().any(|label| key.contains(label.as_str()))
        })
        .find_map(|text| period::day_in(&text.text));
    let mut doubts: Vec<Finding> = Vec::new();
    for (sheet, rows) in extract.rows.sheets.iter().enumerate() {
        for table in 0..rows.tables.len() {
            let found = whose_table(rows, table, from_file_name, &stem, names, pipeline);
            reading.tables.insert((sheet, table), found.unit);
            reading.units.extend(found.rows.values().copied());
            reading.units.extend(found.unit);
            let own = found.rows.into_iter().map(|(row, unit)| ((sheet, table, row), unit));
            reading.rows.extend(own);
            for mut doubt in found.doubts {
                doubt.sheet.clone_from(&rows.name);
                doubts.push(doubt);
            }
        }
    }
    if reading.units.is_empty() {
        let named = extract
            .rows
            .sheets
            .iter()
            .flat_map(|sheet| {
                let texts = sheet.texts.iter().map(|text| text.text.as_str());
                texts.chain(sheet.name.as_deref())
            })
            .find_map(|text| names.in_text(text));
        reading.units.extend(named.or(from_file_name).filter(|_| !is_lock));
    }
    findings.append(&mut doubts);
    if reading.units.is_empty() && extract.refusal.is_none() {
        let seen = seen_names(received, extract, pipeline);
        let mut finding = Finding::new(Kind::UnitUnknown, Side::Submission);
        finding.detail = Detail::UnitNames { seen };
        findings.push(finding);
    }
    if let Some(period) = period {
        reading.set_aside = expected::sheets_of_other_periods(extract, period);
        let aside = &reading.set_aside;
        findings.extend(expected::set_aside(extract, aside, period));
        findings.extend(expected::differing(received, extract, plan, aside, period, pipeline));
    }
    let is_aside = |finding: &Finding| {
        let mut aside = reading.set_aside.iter().map(|sheet| &extract.rows.sheets[*sheet].name);
        finding.sheet.is_some() && aside.any(|name| *name == finding.sheet)
    };
    findings.retain(|finding| !is_aside(finding));
    // A zero report needs no table.
    let own = extract
        .findings
        .iter()
        .filter(|finding| !(reading.zero_report && finding.kind == Kind::TableMissing))
        .filter(|finding| !is_aside(finding));
    findings.extend(own.cloned());
    if let Some(refusal) = &extract.refusal {
        let mut finding = Finding::new(Kind::SubmissionUnreadable, Side::Submission)
            .with(Detail::Refused(refusal.clone()));
        if is_lock {
            // The workbook itself is there as well; this only says that somebody has it open.
            finding.severity = Severity::Note;
        }
        findings.push(finding);
    }
    let unit = match reading.units.len() {
        1 => reading.units.first().map(|unit| names.name(*unit).to_owned()),
        _ => None,
    };
    for finding in &mut findings {
        finding.file = Some(received.name.clone());
        if finding.unit.is_none() {
            finding.unit.clone_from(&unit);
        }
        if finding.sheet.is_none() && (finding.cell.is_some() || !finding.cells.is_empty()) {
            finding.sheet = Some(file_stem(&received.name));
        }
    }
    (reading, findings)
}

/// Returns a file's name without folders and ending.
pub fn file_stem(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

struct TableReading {
    unit: Option<usize>,
    rows: BTreeMap<u32, usize>,
    doubts: Vec<Finding>,
}

/// Decides whose table it is: the owner column, the submitter line, the title, the sheet name and
/// the file name, in this order.
fn whose_table(
    sheet: &SheetRows,
    table: usize,
    from_file_name: Option<usize>,
    file_stem: &str,
    names: &Names,
    pipeline: &Pipeline,
) -> TableReading {
    let tasks: Vec<&TableRow> =
        sheet.rows.iter().filter(|row| row.table == table && row.class == RowClass::Task).collect();
    let mut owners: BTreeMap<usize, usize> = BTreeMap::new();
    let mut by_row: BTreeMap<u32, usize> = BTreeMap::new();
    for row in &tasks {
        let owner = owner_text(row, pipeline).filter(|text| !text.is_empty());
        let named = match owner {
            Some(text) => names.in_text(text),
            None => band_above(sheet, table, row.row, names),
        };
        if let Some(unit) = named {
            *owners.entry(unit).or_default() += 1;
            by_row.insert(row.row, unit);
        }
    }
    let beside = beside_table(sheet, table, names, pipeline);
    let others: Vec<(NameSource, usize)> = beside
        .into_iter()
        .chain(
            sheet
                .name
                .as_deref()
                .and_then(|name| names.in_text(name))
                .map(|unit| (NameSource::SheetName, unit)),
        )
        .chain(from_file_name.map(|unit| (NameSource::FileName, unit)))
        .collect();
    let most = owners
        .iter()
        .max_by_key(|(unit, count)| (**count, usize::MAX - **unit))
        .map(|(unit, _)| *unit);
    let outside: BTreeSet<usize> = others.iter().map(|(_, unit)| *unit).collect();
    // A sheet of one unit in which single rows name another owner stays that unit's; a sheet of
    // several units goes by its owners.
    let is_one_units = outside.len() == 1 && most.is_some_and(|most| outside.contains(&most));
    if owners.len() > 1 && !is_one_units {
        return by_owner(&tasks, &by_row, &others);
    }
    let named = most.or_else(|| others.first().map(|(_, unit)| *unit));
    let mut doubts = Vec::new();
    let near =
        if named.is_none() { near_name(sheet, &tasks, file_stem, names, pipeline) } else { None };
    if let Some((unit, source, text)) = &near {
        let mut doubt = Finding::new(Kind::UnitDoubtful, Side::Submission);
        doubt.unit = Some(names.name(*unit).to_owned());
        doubt.detail = Detail::UnitNames { seen: vec![(*source, text.clone())] };
        doubts.push(doubt);
    }
    let unit = named.or(near.map(|(unit, ..)| unit));
    if let Some(unit) = named {
        let mut seen: Vec<(NameSource, String)> = Vec::new();
        if most.is_some() {
            seen.push((NameSource::OwnerColumn, names.name(unit).to_owned()));
        }
        seen.extend(others.iter().map(|(source, unit)| (*source, names.name(*unit).to_owned())));
        if others.iter().any(|(_, other)| *other != unit) {
            let mut doubt = Finding::new(Kind::UnitDoubtful, Side::Submission);
            doubt.unit = Some(names.name(unit).to_owned());
            doubt.detail = Detail::UnitNames { seen };
            doubts.push(doubt);
        }
        doubts.extend(strange_owners(&tasks, unit, names, pipeline));
    }
    let rows = match unit {
        Some(unit) => tasks.iter().map(|row| (row.row, unit)).collect(),
        None => BTreeMap::new(),
    };
    TableReading { unit, rows, doubts }
}

/// Returns the unit that the nearest line between the rows above names, as the name of a block of
/// rows does: 一、海棠区.
fn band_above(sheet: &SheetRows, table: usize, row: u32, names: &Names) -> Option<usize> {
    const LONGEST: usize = 16;
    let layout = &sheet.tables[table];
    let start = layout.heading_rows.first().copied().unwrap_or(0);
    let bands = sheet.texts.iter().rev().filter(|text| {
        text.inside && text.at.row < row && text.at.row > start && layout.holds(text.at.column)
    });
    bands
        .filter(|text| fold::key(&text.text).chars().count() <= LONGEST)
        .find_map(|text| names.in_text(&text.text))
}

/// Returns the unit that a table nearly names where nothing names one: 海棠, 海堂区.
fn near_name(
    sheet: &SheetRows,
    tasks: &[&TableRow],
    file_stem: &str,
    names: &Names,
    pipeline: &Pipeline,
) -> Option<(usize, NameSource, String)> {
    let owner = tasks.iter().find_map(|row| owner_text(row, pipeline));
    let submitter = sheet.texts.iter().find_map(|text| {
        let (label, name) = text.text.split_once([':', '：'])?;
        pipeline.roster.submitter.contains(&fold::key(label)).then_some(name)
    });
    [
        (NameSource::OwnerColumn, owner),
        (NameSource::Submitter, submitter),
        (NameSource::SheetName, sheet.name.as_deref()),
        (NameSource::FileName, Some(file_stem)),
    ]
    .into_iter()
    .find_map(|(source, text)| Some((names.near(text?)?, source, text?.to_owned())))
}

/// Several units in one table: each row is its owner's; a row without one is nobody's.
fn by_owner(
    tasks: &[&TableRow],
    by_row: &BTreeMap<u32, usize>,
    others: &[(NameSource, usize)],
) -> TableReading {
    let fallback = others.first().map(|(_, unit)| *unit);
    let rows = tasks
        .iter()
        .filter_map(|row| by_row.get(&row.row).copied().or(fallback).map(|unit| (row.row, unit)))
        .collect();
    TableReading { unit: None, rows, doubts: Vec::new() }
}

/// Rows of one unit's table whose own owner cell names another unit.
fn strange_owners(
    tasks: &[&TableRow],
    unit: usize,
    names: &Names,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let Some(owner) = pipeline.roles.owner else { return Vec::new() };
    let strange: Vec<_> = tasks
        .iter()
        .filter_map(|row| {
            let entry = row.entries[owner].as_ref()?;
            let other = names.in_text(entry.value.text()?)?;
            (other != unit && entry.filled_from.is_none())
                .then(|| (CellAt::new(row.row, entry.column), other))
        })
        .collect();
    let Some((cell, other)) = strange.first() else { return Vec::new() };
    let mut doubt = Finding::new(Kind::UnitDoubtful, Side::Submission).at(*cell);
    doubt.cells = strange.iter().map(|(cell, _)| CellRange::new(*cell, *cell)).collect();
    doubt.unit = Some(names.name(unit).to_owned());
    doubt.field = Some(pipeline.columns[owner].name.clone());
    doubt.detail = Detail::UnitNames {
        seen: vec![
            (NameSource::Title, names.name(unit).to_owned()),
            (NameSource::OwnerColumn, names.name(*other).to_owned()),
        ],
    };
    vec![doubt]
}

/// Returns the units that the submitter line and the title of a table name.
fn beside_table(
    sheet: &SheetRows,
    table: usize,
    names: &Names,
    pipeline: &Pipeline,
) -> Vec<(NameSource, usize)> {
    let layout = &sheet.tables[table];
    let start = layout.heading_rows.first().copied().unwrap_or(0);
    let starts = || sheet.tables.iter().filter_map(|table| table.heading_rows.first().copied());
    // Of tables side by side, none is before the other.
    let earlier = sheet
        .tables
        .iter()
        .filter(|table| table.heading_rows.first().is_some_and(|first| *first < start));
    let before = earlier.filter_map(|table| table.heading_rows.last().copied()).max();
    let after = starts().filter(|other| *other > start).min();
    let near = |row: u32| {
        before.is_none_or(|before| row > before) && after.is_none_or(|after| row < after)
    };
    // What stands over the table's own columns comes first; a title over all tables holds, too.
    let mut texts: Vec<&SheetText> = sheet.texts.iter().filter(|text| near(text.at.row)).collect();
    texts.sort_by_key(|text| !layout.holds(text.at.column));
    let others = |text: &SheetText| {
        layout.within.is_some()
            && !layout.holds(text.at.column)
            && sheet.tables.iter().any(|table| {
                table.within.is_some_and(|(first, _)| first > 0 && table.holds(text.at.column))
            })
    };
    texts.retain(|text| !others(text));
    let mut submitter = None;
    let mut title = None;
    for text in texts {
        let key = fold::key(&text.text);
        let labelled = pipeline.roster.submitter.iter().find_map(|label| {
            key.find(label.as_str()).map(|at| key[at + label.len()..].to_owned())
        });
        match labelled {
            Some(named) if submitter.is_none() => {
                submitter = names.in_text(&named).or_else(|| {
                    // The name may stand in the next cell.
                    let next = sheet.texts.iter().find(|other| {
                        other.at.row == text.at.row && other.at.column > text.at.column
                    });
                    next.filter(|_| named.is_empty()).and_then(|next| names.in_text(&next.text))
                });
            }
            Some(_) => {}
            None if title.is_none() && text.at.row < start && text.class == RowClass::Title => {
                title = names.in_text(&text.text);
            }
            None => {}
        }
    }
    submitter
        .map(|unit| (NameSource::Submitter, unit))
        .into_iter()
        .chain(title.map(|unit| (NameSource::Title, unit)))
        .collect()
}

/// Everything that might be a unit's name, for the message that none was recognised.
fn seen_names(
    received: &Received,
    extract: &Extract,
    pipeline: &Pipeline,
) -> Vec<(NameSource, String)> {
    let mut seen = Vec::new();
    for sheet in &extract.rows.sheets {
        let owner = sheet.rows.iter().find_map(|row| owner_text(row, pipeline));
        seen.extend(owner.map(|text| (NameSource::OwnerColumn, text.to_owned())));
        let title = sheet.texts.iter().filter(|text| text.class == RowClass::Title);
        let longest = title.max_by_key(|text| text.text.chars().count());
        seen.extend(longest.map(|text| (NameSource::Title, text.text.clone())));
    }
    seen.push((NameSource::FileName, received.name.clone()));
    seen
}
