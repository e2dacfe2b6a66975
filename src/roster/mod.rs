//! Whose each file is, which period it is about, which of several files counts, and where every
//! unit stands.
//!
//! A *standing* is a unit's, or a file's; it is no judgement of what the rows say. A file that does not
//! count is set aside with its amounts, never dropped.

mod aside;
mod attachments;
mod contacts;
mod counting;
mod expected;
mod filled;
mod lines;
mod marker;
mod names;
mod near;
mod nobodys;
mod nothing;
mod own_rows;
pub mod period;
mod sum;
mod tasks;
mod whole;
mod whose;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use contacts::contacts;
pub use names::Names;
pub use nothing::reasons;
use tasks::ByTasks;
use whose::{Reading, whose};

use crate::extract::Extract;
use crate::intake::Received;
use crate::model::finding::NameSource;
use crate::model::{
    CellAt, CellRange, ColumnId, Fact, FileId, Finding, IdSlice, IdVec, Kind, Month, RowId,
    SheetId, Side, TaskId, UnitId, fold,
};
use crate::normalise::frame::Item;
use crate::normalise::{RowClass, SheetRows, TableRow};
use crate::pipeline::Pipeline;

/// Where a unit or a file stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Submitted,
    /// A zero report.
    Zero,
    /// Tasks are listed and nothing is reported of any of them.
    Blank,
    Missing,
    /// The plan's sum, while a unit has sent nothing that could be added up.
    Waiting,
    Duplicate,
    Unreadable,
    Superseded,
    /// No unit could be recognised.
    #[default]
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
            Standing::Waiting => "待各单位报齐",
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
    pub file: FileId,
    pub sheet: SheetId,
    /// None when the table holds several units.
    pub unit: Option<UnitId>,
    pub row: &'a TableRow,
}

/// A row that is in nobody's account: set aside, or not to be placed.
#[derive(Clone, Copy, Debug)]
pub struct Stray<'a> {
    pub file: FileId,
    pub sheet: SheetId,
    pub row: &'a TableRow,
}

/// A row of a file: its sheet, its table's place on the sheet, and its row.
pub type RowPlace = (SheetId, usize, u32);

/// Where one file stands.
#[derive(Clone, Debug, Default)]
pub struct FileStanding {
    pub standing: Standing,
    /// The units whose rows it holds, in plan order.
    pub units: Vec<UnitId>,
    /// Whether its rows are compared.
    pub counts: bool,
    /// The units for whom another file counts.
    pub beaten: BTreeSet<UnitId>,
    /// The units whose rows it repeats from a list that all were given, and leaves to them.
    pub repeated: BTreeSet<UnitId>,
    /// The rows that another file corrects one by one, by unit.
    pub replaced: BTreeMap<UnitId, BTreeSet<RowPlace>>,
}

impl FileStanding {
    /// Returns whether a row of a unit is compared.
    fn counts_for(&self, unit: UnitId, place: RowPlace) -> bool {
        let is_replaced = self.replaced.get(&unit).is_some_and(|rows| rows.contains(&place));
        self.has_say_for(unit) && !is_replaced
    }

    /// Returns whether rows that a file holds of a unit are compared, all of them or some.
    pub fn has_say_for(&self, unit: UnitId) -> bool {
        self.counts && !self.beaten.contains(&unit) && !self.repeated.contains(&unit)
    }
}

/// Who sent what.
#[derive(Debug)]
pub struct Roster<'a> {
    pub names: Names,
    pub places: Places,
    /// In the order of the files.
    pub files: IdVec<FileId, FileStanding>,
    /// In plan order: the unit's standing and the files that count for it.
    pub units: IdVec<UnitId, (Standing, Vec<FileId>)>,
    /// Rows that stand where tasks stand and are none: names of blocks, words below the last total.
    pub lines: BTreeSet<(FileId, SheetId, u32)>,
    /// Task rows of the files that count.
    pub items: IdVec<RowId, Item<'a>>,
    /// Task rows that were set aside: of superseded files and of unknown units.
    pub set_aside: Vec<Stray<'a>>,
    /// Those of them that say what was reported the month before, of files that count.
    pub last_month: Vec<Item<'a>>,
    pub totals: Vec<TotalRow<'a>>,
    /// Task rows in whose place another file's rows are compared, in tables of which others count:
    /// what these tables print below them is held against them all the same.
    pub replaced: Vec<Item<'a>>,
    /// What printed totals add up: the rows that count, and the replaced ones, in the order of files,
    /// sheets and rows.
    pub printed: Vec<Item<'a>>,
    /// Rows of the files that count which could not be placed.
    pub unplaced: Vec<Stray<'a>>,
    /// Units of whose files no task could be read at all, so that none can be called missing.
    pub unread: BTreeSet<UnitId>,
}

impl Roster<'_> {
    /// Returns how many rows of a sheet stand where tasks stand and are none.
    pub fn lines_of_words(&self, file: FileId, sheet: SheetId) -> usize {
        self.lines.range((file, sheet, 0)..=(file, sheet, u32::MAX)).count()
    }
}

/// The plan's own file, the only one of its list.
pub const THE_PLAN: FileId = FileId::FIRST;

/// The plan, as its own sheet says it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Of its file.
    pub sha256: String,
    pub names: Names,
    pub places: Places,
    /// In the order of the plan.
    pub tasks: IdVec<TaskId, Item<'a>>,
    /// The only unit, where no row names any: the plan is its as a whole, and so is what is sent.
    pub whole: Option<UnitId>,
    /// What stands for all units, where each fills in all lines and the plan's are the sums of theirs.
    pub sum: Option<UnitId>,
    /// Rows that name no unit, in a plan whose other rows do: nobody's tasks.
    pub ownerless: Vec<Stray<'a>>,
    /// What the plan's own totals add up: the tasks, and the rows that are nobody's, in the order of
    /// sheets and rows. Whose they are plays no part in it.
    pub rows: Vec<Item<'a>>,
    pub totals: Vec<TotalRow<'a>>,
    pub sheets: &'a IdSlice<SheetId, SheetRows>,
}

impl Plan<'_> {
    /// Returns the units under whose names lines are held against the plan's, in the order of the plan.
    pub fn held_units(&self) -> Vec<UnitId> {
        self.sum.map_or_else(|| self.names.units.keys().collect(), |sum| vec![sum])
    }

    /// Returns the units that send something, in the order of the plan.
    pub fn senders(&self) -> impl Iterator<Item = UnitId> + use<'_> {
        self.names.units.keys().filter(|unit| Some(*unit) != self.sum)
    }
}

/// The names of files and of their sheets, for findings.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub files: IdVec<FileId, String>,
    pub sheets: IdVec<FileId, IdVec<SheetId, String>>,
}

impl Places {
    fn of(received: &IdSlice<FileId, Received>, extracts: &IdSlice<FileId, Extract>) -> Self {
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
    pub fn put(&self, finding: &mut Finding, item: &Item<'_>, field: Option<ColumnId>) {
        self.put_at(finding, (item.file, item.sheet), item.row, field);
    }

    /// As [`Places::put`], for rows of all kinds.
    pub fn put_at(
        &self,
        finding: &mut Finding,
        (file, sheet): (FileId, SheetId),
        row: &TableRow,
        field: Option<ColumnId>,
    ) {
        finding.file = self.files.get(file).cloned();
        finding.sheet = self.sheet(file, sheet);
        let entry = field.and_then(|field| row.entries[field].as_ref());
        let column =
            entry.or_else(|| row.entries.iter().flatten().next()).map(|entry| entry.column);
        let cell = CellAt::new(row.row, column.unwrap_or(0));
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

    pub fn sheet(&self, file: FileId, sheet: SheetId) -> Option<String> {
        self.sheets.get(file)?.get(sheet).cloned()
    }
}

/// Returns the cell of a declared column in a row.
pub fn cell(item: &Item<'_>, field: ColumnId) -> Option<CellAt> {
    item.row.entries[field].as_ref().map(|entry| CellAt::new(item.row.row, entry.column))
}

/// Reads units and tasks off the plan's extract.
pub fn plan<'a>(received: &Received, extract: &'a Extract, pipeline: &Pipeline) -> Plan<'a> {
    let mut units: IdVec<UnitId, String> = IdVec::new();
    let mut by_key: BTreeMap<String, UnitId> = BTreeMap::new();
    let mut tasks = IdVec::new();
    let mut ownerless = Vec::new();
    let mut totals = Vec::new();
    let all = extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
    let mut planned = all.filter(|row| row.class == RowClass::Task).peekable();
    let is_sum = pipeline.roster.plan_is_sum;
    let is_ones = planned.peek().is_some()
        && planned.all(|row| !owner_text(row, pipeline).is_some_and(whole::is_name));
    let whole = (is_sum || is_ones)
        .then(|| units.push_and_get_key(whole::name(received, extract, pipeline)));
    if is_sum {
        units.extend(pipeline.roster.aliases.iter().map(|(name, _)| name.clone()));
    }
    for (sheet, rows) in extract.rows.sheets.iter_enumerated() {
        for row in &rows.rows {
            match row.class {
                RowClass::Task if is_vacant(row, rows) => {}
                RowClass::Task => {
                    // No unit is named by a figure, a dash or nothing.
                    let owner =
                        owner_text(row, pipeline).filter(|owner| !is_sum && whole::is_name(owner));
                    let named = owner.map(|owner| {
                        *by_key
                            .entry(fold::key(owner))
                            .or_insert_with(|| units.push_and_get_key(owner.to_owned()))
                    });
                    match named.or(whole) {
                        Some(unit) => tasks.push(Item { file: THE_PLAN, sheet, unit, row }),
                        None => ownerless.push(Stray { file: THE_PLAN, sheet, row }),
                    }
                }
                RowClass::Total => totals.push(TotalRow { file: THE_PLAN, sheet, unit: None, row }),
                _ => {}
            }
        }
    }
    Plan {
        sha256: received.sha256.clone(),
        names: Names::without(whole.filter(|_| is_sum), units, pipeline),
        places: Places::of(
            IdSlice::from_ref(std::slice::from_ref(received)),
            IdSlice::from_ref(std::slice::from_ref(extract)),
        ),
        rows: in_order(&tasks, &ownerless),
        tasks,
        whole: whole.filter(|_| !is_sum),
        sum: whole.filter(|_| is_sum),
        ownerless,
        totals,
        sheets: &extract.rows.sheets,
    }
}

/// Returns whether a row is one unit's part of a matrix and has no figure: no task of the unit.
fn is_vacant(row: &TableRow, sheet: &SheetRows) -> bool {
    let part = sheet.tables[row.table].part.as_ref();
    part.is_some_and(|part| {
        row.entries[part.field].as_ref().is_none_or(|entry| entry.value.is_absent())
    })
}

fn in_order<'a>(tasks: &IdVec<TaskId, Item<'a>>, ownerless: &[Stray<'a>]) -> Vec<Item<'a>> {
    let unit = UnitId::FIRST;
    let strays = ownerless.iter().map(|Stray { file, sheet, row }| Item {
        file: *file,
        sheet: *sheet,
        unit,
        row,
    });
    let mut rows: Vec<Item<'a>> = tasks.iter().copied().chain(strays).collect();
    rows.sort_by_key(|item| (item.sheet, item.row.row));
    rows
}

fn owner_text<'a>(row: &'a TableRow, pipeline: &Pipeline) -> Option<&'a str> {
    let entry = row.entries[pipeline.roles.owner?].as_ref()?;
    entry.value.text().map(|text| without_count(text, &pipeline.words.block_names))
}

/// Returns a name without the number of rows that stands behind it: 甲县（7个） is 甲县.
fn without_count<'a>(text: &'a str, words: &[String]) -> &'a str {
    let Some(inner) = text.strip_suffix([')', '）']) else { return text };
    let Some((name, inside)) = inner.rsplit_once(['(', '（']) else { return text };
    let inside = fold::plain(inside);
    let counted = inside.trim_start_matches(|c: char| !c.is_ascii_digit());
    let what = counted.trim_start_matches(|c: char| c.is_ascii_digit());
    let before = &inside[..inside.len() - counted.len()];
    let is_word = |text: &str| words.iter().any(|word| word == text);
    let is_count =
        counted.len() > what.len() && is_word(what) && (before.is_empty() || is_word(before));
    if is_count && !name.trim().is_empty() { name.trim_end() } else { text }
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
    let received = IdSlice::from_ref(received);
    let extracts = IdSlice::from_ref(extracts);
    let mut findings = Vec::new();
    let mut readings = IdVec::new();
    let by_tasks = ByTasks::of(plan, pipeline);
    for (received, extract) in received.iter().zip(extracts) {
        let (reading, found) = whose(received, extract, plan, &by_tasks, period, pipeline);
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
    let (files, found) = counting::decide(received, extracts, &readings, &attached, plan, pipeline);
    findings.extend(found);
    let mut places: BTreeMap<&str, FileId> = BTreeMap::new();
    for (place, file) in received.iter_enumerated() {
        places.entry(&file.name).or_insert(place);
    }
    let told = units_told(&findings, &places, &files);
    findings.retain(|finding| !is_set_aside(finding, &places, &files, &told));
    let mut roster = Roster {
        names: names.clone(),
        places: Places::of(received, extracts),
        units: unit_standings(&files, names),
        files,
        lines: BTreeSet::new(),
        items: IdVec::new(),
        set_aside: Vec::new(),
        last_month: Vec::new(),
        totals: Vec::new(),
        replaced: Vec::new(),
        printed: Vec::new(),
        unplaced: Vec::new(),
        unread: BTreeSet::new(),
    };
    for ((file, extract), reading) in extracts.iter_enumerated().zip(&readings) {
        collect(&mut roster, file, extract, reading);
    }
    roster.unread = unread(&roster, extracts, pipeline);
    findings.extend(filled::blank(&mut roster, received, names, pipeline));
    roster.printed = roster.items.iter().chain(&roster.replaced).copied().collect();
    if !roster.replaced.is_empty() {
        roster.printed.sort_by_key(|item| (item.file, item.sheet, item.row.row));
    }
    if let Some(sum) = plan.sum {
        sum::gather(&mut roster, sum);
    }
    for (unit, (standing, _)) in roster.units.iter_enumerated() {
        if *standing == Standing::Missing {
            let mut finding = Finding::new(Fact::SubmissionMissing, Side::Submission);
            finding.unit = Some(names.name(unit).to_owned());
            findings.push(finding);
        }
    }
    (roster, findings)
}

/// Units of whose files no task could be read, because no table or no column of tasks was found.
fn unread(
    roster: &Roster<'_>,
    extracts: &IdSlice<FileId, Extract>,
    pipeline: &Pipeline,
) -> BTreeSet<UnitId> {
    let read: BTreeSet<UnitId> = roster.items.iter().map(|item| item.unit).collect();
    let has_fault = |file: &FileId| {
        let mut tables = extracts[*file].rows.sheets.iter().flat_map(|sheet| &sheet.tables);
        tables.clone().next().is_none() || tables.any(|table| !table.has_key(pipeline))
    };
    roster
        .units
        .iter_enumerated()
        .filter(|(unit, (_, files))| !read.contains(unit) && files.iter().any(has_fault))
        .map(|(unit, _)| unit)
        .collect()
}

/// Returns whether a finding is about the sheets of a file whose rows are not compared because
/// another file counts for them. Whose such a file is, and of which period, is said all the same.
fn is_set_aside(
    finding: &Finding,
    places: &BTreeMap<&str, FileId>,
    files: &IdSlice<FileId, FileStanding>,
    told: &BTreeSet<(String, String)>,
) -> bool {
    let about_sheets = matches!(
        finding.kind(),
        Kind::TableMissing
            | Kind::ColumnMissing
            | Kind::ColumnUnknown
            | Kind::HiddenContent
            | Kind::ColumnDoubtful
            | Kind::RowUnplaced
            | Kind::LineDoubtful
            | Kind::SheetUnused
    );
    let place = finding.file.as_deref().and_then(|file| places.get(file).copied());
    place.is_some_and(|file| match files[file].standing {
        // The same bytes once more: all is said of the first, but for what its own name says.
        Standing::Duplicate => {
            finding.kind() != Kind::SubmissionDuplicate && !doubts_file_name(finding, told)
        }
        Standing::Superseded => about_sheets,
        _ => false,
    })
}

/// The other units that the files that count name beside their own, by unit.
fn units_told(
    findings: &[Finding],
    places: &BTreeMap<&str, FileId>,
    files: &IdSlice<FileId, FileStanding>,
) -> BTreeSet<(String, String)> {
    let mut told = BTreeSet::new();
    for finding in findings {
        let place = finding.file.as_deref().and_then(|file| places.get(file).copied());
        let counts = place.is_some_and(|file| files[file].standing != Standing::Duplicate);
        if let (Fact::UnitDoubtful { seen, .. }, Some(unit), true) =
            (&finding.fact, &finding.unit, counts)
        {
            told.extend(seen.iter().map(|(_, name)| (unit.clone(), name.clone())));
        }
    }
    told
}

/// Returns whether a finding says that the name of a file is another unit's, and none of a file
/// that counts names that unit.
fn doubts_file_name(finding: &Finding, told: &BTreeSet<(String, String)>) -> bool {
    let (Fact::UnitDoubtful { seen, .. }, Some(unit)) = (&finding.fact, &finding.unit) else {
        return false;
    };
    seen.iter().any(|(source, name)| {
        *source == NameSource::FileName
            && unit != name
            && !told.contains(&(unit.clone(), name.clone()))
    })
}

fn collect<'a>(roster: &mut Roster<'a>, file: FileId, extract: &'a Extract, reading: &Reading) {
    let standing = roster.files[file].clone();
    for (sheet, rows) in extract.rows.sheets.iter_enumerated() {
        for row in &rows.rows {
            let place = (sheet, row.table);
            let counts = standing.counts && !reading.set_aside.contains(&place);
            let unit = reading.rows.get(&(sheet, row.table, row.row)).copied();
            match row.class {
                RowClass::Task if reading.lines.contains(&(sheet, row.table, row.row)) => {
                    roster.lines.insert((file, sheet, row.row));
                }
                RowClass::Task => match unit.filter(|_| counts) {
                    Some(unit) if standing.counts_for(unit, (sheet, row.table, row.row)) => {
                        roster.items.push(Item { file, sheet, unit, row });
                    }
                    replaced => {
                        roster.set_aside.push(Stray { file, sheet, row });
                        let told = unit.filter(|unit| standing.has_say_for(*unit));
                        let told = told.filter(|_| reading.last_month.contains(&place));
                        roster.last_month.extend(told.map(|unit| Item { file, sheet, unit, row }));
                        let item = replaced.map(|unit| Item { file, sheet, unit, row });
                        roster.replaced.extend(item);
                    }
                },
                RowClass::Total if counts => {
                    let unit = reading.tables.get(&place).copied().flatten();
                    roster.totals.push(TotalRow { file, sheet, unit, row });
                }
                RowClass::Unplaced if counts => {
                    roster.unplaced.push(Stray { file, sheet, row });
                }
                _ => {}
            }
        }
    }
}

fn unit_standings(
    files: &IdSlice<FileId, FileStanding>,
    names: &Names,
) -> IdVec<UnitId, (Standing, Vec<FileId>)> {
    let mut of_units: IdVec<UnitId, Vec<FileId>> = vec![Vec::new(); names.units.len()].into();
    for (file, standing) in files.iter_enumerated() {
        for unit in &standing.units {
            of_units[*unit].push(file);
        }
    }
    of_units
        .into_iter_enumerated()
        .map(|(unit, own)| {
            let is_beaten = |file: &FileId| files[*file].beaten.contains(&unit);
            let mine = |standing: Standing| {
                own.iter().any(|file| files[*file].standing == standing && !is_beaten(file))
            };
            let counting: Vec<FileId> =
                own.iter().copied().filter(|file| files[*file].has_say_for(unit)).collect();
            let is_corrected = |file: &FileId| files[*file].replaced.contains_key(&unit);
            let standing = if own.iter().any(|file| is_beaten(file) || is_corrected(file)) {
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
