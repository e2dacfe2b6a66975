//! Whose a file's tables and rows are: by the owner column, the submitter line, the title, the
//! sheet's name and the file's, in this order, and what is said where they disagree.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::aside::{self, TablePlace};
use super::lines::Apart;
use super::near::texts_near;
use super::tasks::ByTasks;
use super::{
    Names, Plan, RowPlace, expected, file_stem, is_vacant, lines, nobodys, owner_text, period,
};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fact::Extent;
use crate::model::finding::{NameSource, Refusal};
use crate::model::{
    CellAt, CellRange, Fact, Finding, Kind, Month, SheetId, Side, UnitId, Value, fold, words,
};
use crate::normalise::reminder::declares_nothing;
use crate::normalise::{RowClass, SheetRows, TableRow};
use crate::pipeline::{Pipeline, SheetAt, TableCorrection, UnitStands};

/// What a file says about whose it is.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The unit of each task row, by sheet, table and row.
    pub(super) rows: BTreeMap<RowPlace, UnitId>,
    /// The unit of each table; none when it holds several.
    pub(super) tables: BTreeMap<(SheetId, usize), Option<UnitId>>,
    /// All units named, in plan order.
    pub(super) units: BTreeSet<UnitId>,
    /// The unit that the file's name says, or else the lines above its tables.
    pub(super) named: Option<UnitId>,
    /// Rows that stand where tasks stand and are none.
    pub(super) lines: BTreeSet<RowPlace>,
    /// Tables of other periods, whose rows are not compared.
    pub(super) set_aside: BTreeSet<TablePlace>,
    /// Those of them that are the month's before.
    pub(super) last_month: BTreeSet<TablePlace>,
    pub(super) zero_report: bool,
    pub(super) filled_on: Option<u32>,
}

pub(super) fn whose(
    received: &Received,
    extract: &Extract,
    plan: &Plan<'_>,
    by_tasks: &ByTasks<'_>,
    period: Option<Month>,
    pipeline: &Pipeline,
) -> (Reading, Vec<Finding>) {
    let names = &plan.names;
    let mut reading = Reading::default();
    let mut findings = Vec::new();
    // A lock file lies beside a workbook and stands for nobody; nor does a folder nobody can look into.
    let is_of_none = extract
        .refusal
        .as_ref()
        .is_some_and(|refusal| refusal.is_of_none() || matches!(refusal, Refusal::ClosedFolder(_)));
    let stem = file_stem(&received.name);
    let from_file_name = names.in_text(&stem).or_else(|| {
        // A folder a district.
        let folder = received.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        names.in_text(folder)
    });
    // Where the plan is one unit's as a whole, so is what is sent.
    let from_file_name = from_file_name.or(plan.whole);
    let tasks = extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
    let has_tasks = tasks.clone().any(|row| row.class == RowClass::Task);
    let texts = || extract.rows.sheets.iter().flat_map(|sheet| &sheet.texts);
    reading.zero_report = !has_tasks && texts().any(|text| declares_nothing(&text.text, pipeline));
    reading.filled_on = texts()
        .filter(|text| {
            let key = fold::key(&text.text);
            pipeline.roster.filled_on.iter().any(|label| key.contains(label.as_str()))
        })
        .find_map(|text| period::day_in(&text.text));
    let mut doubts: Vec<Finding> = Vec::new();
    for (sheet, rows) in extract.rows.sheets.iter_enumerated() {
        for (table, own) in rows.rows_by_table().into_iter().enumerate() {
            let own = lines::apart(&own, &|key| by_tasks.is_planned(key), names, pipeline);
            let listing = Listing::of(own.tasks.len(), plan.tasks.len());
            let name = FileName { unit: from_file_name, stem: &stem, listing };
            let found = whose_table(rows, table, &own, &name, names, pipeline);
            let found = if found.unit.is_none() && found.rows.is_empty() {
                known_by_tasks(&own.tasks, by_tasks, &stem, names, pipeline).unwrap_or(found)
            } else {
                found
            };
            let mut found = found;
            if let Some(unit) = from_file_name.filter(|_| is_files(sheet, rows, pipeline)) {
                let tasks = own.tasks.iter().map(|row| (row.row, unit));
                found =
                    TableReading { unit: Some(unit), rows: tasks.collect(), doubts: Vec::new() };
            }
            for row in own.tasks.iter().filter(|row| is_vacant(row, rows)) {
                let unit = found.rows.get(&row.row).copied();
                if unit.is_some_and(|unit| !by_tasks.is_of(unit, row)) {
                    found.rows.remove(&row.row);
                }
            }
            reading.lines.extend(own.lines().into_iter().map(|row| (sheet, table, row)));
            reading.tables.insert((sheet, table), found.unit);
            reading.units.extend(found.rows.values().copied());
            reading.units.extend(found.unit);
            let whose = found.rows.into_iter().map(|(row, unit)| ((sheet, table, row), unit));
            reading.rows.extend(whose);
            let words = lines::said(&own.words, pipeline);
            for mut doubt in words.into_iter().chain(found.doubts) {
                doubt.sheet.clone_from(&rows.name);
                doubts.push(doubt);
            }
        }
    }
    let above = || {
        let sheets = extract.rows.sheets.iter();
        let tables =
            sheets.flat_map(|sheet| (0..sheet.tables.len()).map(move |table| (sheet, table)));
        let named = tables.flat_map(|(sheet, table)| beside_table(sheet, table, names, pipeline));
        only(&named.map(|(_, unit)| unit).collect())
    };
    reading.named = if reading.units.len() > 1 { from_file_name.or_else(above) } else { None };
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
        reading.units.extend(named.or(from_file_name).filter(|_| !is_of_none));
    }
    findings.append(&mut doubts);
    if reading.units.is_empty() && extract.refusal.is_none() {
        let seen = seen_names(received, extract, pipeline);
        findings.push(Finding::new(Fact::UnitUnknown { seen }, Side::Submission));
    }
    let aside = aside::tables(extract, &reading.rows, period, plan, pipeline);
    reading.set_aside = aside.tables;
    reading.last_month = aside.last_month;
    findings.extend(aside.findings);
    if !reading.units.is_empty() {
        findings.extend(nobodys::said(extract, &reading, &findings, pipeline));
    }
    if let Some(period) = period {
        let aside = &reading.set_aside;
        findings.extend(expected::differing(received, extract, plan, aside, period, pipeline));
    }
    let sheets = extract.rows.sheets.iter_enumerated();
    let is_whole = |(place, sheet): &(SheetId, &SheetRows)| {
        let mut tables = 0..sheet.tables.len();
        !sheet.tables.is_empty() && tables.all(|table| reading.set_aside.contains(&(*place, table)))
    };
    let aside: BTreeSet<&str> =
        sheets.filter(is_whole).filter_map(|(_, sheet)| sheet.name.as_deref()).collect();
    let is_aside =
        |finding: &Finding| finding.sheet.as_deref().is_some_and(|name| aside.contains(name));
    findings.retain(|finding| !is_aside(finding));
    // A zero report needs no table.
    let own = extract
        .findings
        .iter()
        .filter(|finding| !(reading.zero_report && finding.kind() == Kind::TableMissing))
        .filter(|finding| !is_aside(finding));
    findings.extend(own.cloned());
    if let Some(refusal) = &extract.refusal {
        let fact = Fact::SubmissionUnreadable(refusal.clone());
        findings.push(Finding::new(fact, Side::Submission));
    }
    let of_sheets = units_of_sheets(&reading, extract);
    for finding in &mut findings {
        finding.file = Some(received.name.clone());
        if finding.unit.is_none() {
            let units = finding.sheet.as_deref().and_then(|sheet| of_sheets.get(sheet));
            let unit = only(units.unwrap_or(&reading.units));
            finding.unit = unit.map(|unit| names.name(unit).to_owned());
        }
        if finding.sheet.is_none() && (finding.cell.is_some() || !finding.cells.is_empty()) {
            finding.sheet = Some(file_stem(&received.name));
        }
    }
    (reading, findings)
}

/// Returns whether the pipeline file says of a sheet that its rows are the unit's that the file is named
/// after, whatever else it names.
fn is_files(place: SheetId, rows: &SheetRows, pipeline: &Pipeline) -> bool {
    let says = |table: &TableCorrection| table.unit == Some(UnitStands::File);
    let at = || SheetAt { name: rows.name.as_deref(), place: place.into() };
    pipeline.tables.iter().any(says) && says(&pipeline.table_correction(at(), Side::Submission))
}

/// The units whose rows the sheets of a file of several units hold, by the sheets' names: what is
/// said of a sheet that is one unit's is said to that unit.
fn units_of_sheets<'a>(
    reading: &Reading,
    extract: &'a Extract,
) -> BTreeMap<&'a str, BTreeSet<UnitId>> {
    let mut of_sheets: BTreeMap<&str, BTreeSet<UnitId>> = BTreeMap::new();
    if reading.units.len() < 2 {
        return of_sheets;
    }
    for ((sheet, ..), unit) in &reading.rows {
        if let Some(name) = extract.rows.sheets[*sheet].name.as_deref() {
            of_sheets.entry(name).or_default().insert(*unit);
        }
    }
    of_sheets
}

fn only(units: &BTreeSet<UnitId>) -> Option<UnitId> {
    units.first().filter(|_| units.len() == 1).copied()
}

/// How much of the plan a table lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// Nearly all of it, as a list that all were given does.
    Whole,
    Part,
}

impl Listing {
    fn of(rows: usize, tasks: usize) -> Self {
        if rows * 5 >= tasks * 4 { Self::Whole } else { Self::Part }
    }
}

/// What is known of the file that a table stands in.
struct FileName<'a> {
    unit: Option<UnitId>,
    stem: &'a str,
    listing: Listing,
}

struct TableReading {
    unit: Option<UnitId>,
    rows: BTreeMap<u32, UnitId>,
    doubts: Vec<Finding>,
}

/// Decides whose table it is: the owner column, the submitter line, the title, the sheet name and
/// the file name, in this order.
fn whose_table(
    sheet: &SheetRows,
    table: usize,
    Apart { tasks, blocks, .. }: &Apart<'_>,
    file: &FileName<'_>,
    names: &Names,
    pipeline: &Pipeline,
) -> TableReading {
    let mut owners: BTreeMap<UnitId, usize> = BTreeMap::new();
    let mut by_row: BTreeMap<u32, UnitId> = BTreeMap::new();
    let mut bands = bands(sheet, table, names);
    bands.extend(blocks);
    bands.sort_unstable();
    for row in tasks {
        let owner = owner_text(row, pipeline).filter(|text| !text.is_empty());
        let named = if let Some(text) = owner {
            names.in_text(text).or_else(|| names.near(text))
        } else {
            // The nearest line between the rows above.
            let above = bands.partition_point(|(at, _)| *at < row.row);
            above.checked_sub(1).map(|nearest| bands[nearest].1)
        };
        if let Some(unit) = named {
            *owners.entry(unit).or_default() += 1;
            by_row.insert(row.row, unit);
        }
    }
    let beside = beside_table(sheet, table, names, pipeline);
    let of_sheet = |unit: UnitId| (NameSource::SheetName, unit);
    let sheet_name = || sheet.name.as_deref();
    let mut others: Vec<(NameSource, UnitId)> = beside
        .into_iter()
        .chain(sheet_name().and_then(|name| names.in_text(name)).map(of_sheet))
        .chain(file.unit.map(|unit| (NameSource::FileName, unit)))
        .collect();
    // 永泉 may be 永泉县, and a town or a village of any other: it counts where nothing else tells.
    if others.is_empty() && owners.is_empty() {
        others.extend(sheet_name().and_then(|name| names.in_bare(name)).map(of_sheet));
    }
    let outside: BTreeSet<UnitId> = others.iter().map(|(_, unit)| *unit).collect();
    // A column that only seems to be that of the owners, 主管单位, gives nobody's rows away that title, file and sheet
    // say are theirs: what it says of others is told.
    let owner_column = pipeline.roles.owner.and_then(|own| sheet.tables[table].column_of(own));
    let is_guessed = bands.is_empty() && owner_column.is_some_and(|own| own.by_meaning);
    if is_guessed && file.listing == Listing::Part && outside.len() == 1 {
        by_row.retain(|_, unit| outside.contains(unit));
        owners.retain(|unit, _| outside.contains(unit));
    }
    // Of owners with as many rows, the one that title, file and sheet name.
    let most = owners
        .iter()
        .max_by_key(|(unit, count)| (**count, outside.contains(unit), Reverse(**unit)))
        .map(|(unit, _)| *unit);
    // A sheet of one unit in which single rows name another owner stays that unit's; a sheet of
    // several units goes by its owners.
    // Nor is one of many units in which none has most rows: a list that all were given. It lists the whole plan; a
    // row or two of others among fewer rows stand there by mistake, and are told.
    let is_most = |unit: &UnitId| owners[unit] * 2 > owners.values().sum::<usize>();
    let is_one_units = outside.len() == 1
        && most.is_some_and(|most| {
            outside.contains(&most)
                && (owners.len() < 3 || is_most(&most) || file.listing == Listing::Part)
        });
    if owners.len() > 1 && !is_one_units {
        return by_owner(tasks, &by_row, &others, names, pipeline);
    }
    let by_name = tasks
        .iter()
        .any(|row| owner_text(row, pipeline).is_some_and(|text| names.in_text(text) == most));
    // A name that every row nearly gives is said once, below.
    let most = most.filter(|_| by_name || !bands.is_empty());
    let named = most.or_else(|| others.first().map(|(_, unit)| *unit));
    let mut doubts = Vec::new();
    let near =
        if named.is_none() { near_name(sheet, tasks, file.stem, names, pipeline) } else { None };
    if let Some((unit, source, text)) = &near {
        doubts.push(doubtful(*unit, vec![(*source, text.clone())], Extent::Some, names));
    }
    let unit = named.or(near.map(|(unit, ..)| unit));
    if let Some(unit) = named {
        let mut seen: Vec<(NameSource, String)> = Vec::new();
        let layout = &sheet.tables[table];
        let has_column =
            pipeline.roles.owner.is_some_and(|owner| layout.column_of(owner).is_some());
        let is_said = others.iter().any(|(_, other)| *other == unit);
        if most.is_some() && (has_column || !is_said) {
            let source = if has_column { NameSource::OwnerColumn } else { NameSource::Line };
            seen.push((source, names.name(unit).to_owned()));
        }
        seen.extend(others.iter().map(|(source, unit)| (*source, names.name(*unit).to_owned())));
        if others.iter().any(|(_, other)| *other != unit) {
            doubts.push(doubtful(unit, seen, Extent::Some, names));
        }
        let taken = others.iter().find(|(_, other)| *other == unit);
        let source = taken.map_or(NameSource::OwnerColumn, |(source, _)| *source);
        doubts.extend(strange_owners(tasks, (unit, source), names, pipeline));
        doubts.extend(nameless_owners(tasks, (unit, source), names, pipeline));
    }
    let rows = match unit {
        Some(unit) => tasks.iter().map(|row| (row.row, unit)).collect(),
        None => BTreeMap::new(),
    };
    TableReading { unit, rows, doubts }
}

/// Returns whose a table is of which nothing but its tasks tells it.
fn known_by_tasks(
    tasks: &[&TableRow],
    by_tasks: &ByTasks<'_>,
    file_stem: &str,
    names: &Names,
    pipeline: &Pipeline,
) -> Option<TableReading> {
    if !pipeline.knows_units_by_tasks() {
        return None;
    }
    let (unit, listed) = by_tasks.whose(tasks)?;
    let seen = vec![(NameSource::Tasks, words::shortened(&listed, LONGEST_TASK))];
    // A file called after 永泉, with tasks that only 永泉县 has, leaves no doubt.
    let is_called_so = names.has_bare(file_stem, unit);
    let doubt = (!is_called_so).then(|| doubtful(unit, seen, Extent::Some, names));
    Some(TableReading {
        unit: Some(unit),
        rows: tasks.iter().map(|row| (row.row, unit)).collect(),
        doubts: doubt.into_iter().collect(),
    })
}

/// A task is quoted no longer.
const LONGEST_TASK: usize = 24;

/// Returns the lines between the rows of a table that name a unit, as the name of a block of rows
/// does: 一、海棠区; from top to bottom.
fn bands(sheet: &SheetRows, table: usize, names: &Names) -> Vec<(u32, UnitId)> {
    const LONGEST: usize = 16;
    let layout = &sheet.tables[table];
    let start = layout.start();
    let inside = sheet
        .texts
        .iter()
        .filter(|text| text.inside && text.at.row >= start && layout.holds(text.at.column));
    inside
        .filter(|text| fold::key(&text.text).chars().count() <= LONGEST)
        .filter_map(|text| Some((text.at.row, names.in_text(&text.text)?)))
        .collect()
}

/// Returns the unit that a table nearly names where nothing names one: 海棠, 海堂区.
fn near_name(
    sheet: &SheetRows,
    tasks: &[&TableRow],
    file_stem: &str,
    names: &Names,
    pipeline: &Pipeline,
) -> Option<(UnitId, NameSource, String)> {
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

/// Several units in one table: each row is its owner's. A row whose owner is nearly a unit of the
/// plan is that unit's, and that is said; one whose owner is nobody of the plan is nobody's, and
/// that is said, too. A row without an owner is whose the sheet or the file is.
fn by_owner(
    tasks: &[&TableRow],
    by_row: &BTreeMap<u32, UnitId>,
    others: &[(NameSource, UnitId)],
    names: &Names,
    pipeline: &Pipeline,
) -> TableReading {
    let fallback = others.first().map(|(_, unit)| *unit);
    let mut rows = BTreeMap::new();
    let mut doubts: BTreeMap<(Option<UnitId>, &str), Vec<CellAt>> = BTreeMap::new();
    for row in tasks {
        let own = pipeline.roles.owner.and_then(|owner| row.entries[owner].as_ref());
        let written = own.and_then(|entry| Some((entry, entry.value.text()?)));
        let written = written.filter(|(_, text)| !text.is_empty());
        let unit = match written {
            Some(_) => by_row.get(&row.row).copied(),
            None => by_row.get(&row.row).copied().or(fallback),
        };
        if let Some(unit) = unit {
            rows.insert(row.row, unit);
        }
        if let Some((entry, text)) = written
            && names.in_text(text).is_none()
        {
            let cell = CellAt::new(row.row, entry.column);
            doubts.entry((unit, text)).or_default().push(cell);
        }
    }
    let field = pipeline.roles.owner.map(|owner| pipeline.columns[owner].name.clone());
    let said = |((unit, text), cells): ((Option<UnitId>, &str), Vec<CellAt>)| {
        let seen = vec![(NameSource::OwnerColumn, text.to_owned())];
        let mut doubt = match unit {
            Some(unit) => doubtful(unit, seen, Extent::Some, names),
            None => Finding::new(Fact::UnitUnknown { seen }, Side::Submission),
        };
        doubt.cell = cells.first().copied();
        doubt.cells = cells.into_iter().map(|cell| CellRange::new(cell, cell)).collect();
        doubt.field.clone_from(&field);
        doubt
    };
    let doubts = doubts.into_iter().map(said).collect();
    TableReading { unit: None, rows, doubts }
}

fn doubtful(
    unit: UnitId,
    seen: Vec<(NameSource, String)>,
    extent: Extent,
    names: &Names,
) -> Finding {
    let mut doubt = Finding::new(Fact::UnitDoubtful { seen, extent }, Side::Submission);
    doubt.unit = Some(names.name(unit).to_owned());
    doubt
}

/// Rows of one unit's table whose own owner cell names another unit.
fn strange_owners(
    tasks: &[&TableRow],
    (unit, source): (UnitId, NameSource),
    names: &Names,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let Some(owner) = pipeline.roles.owner else { return Vec::new() };
    let strange: Vec<_> = tasks
        .iter()
        .filter_map(|row| {
            let entry = row.entries[owner].as_ref()?;
            let other = names.in_text(entry.value.text()?)?;
            (other != unit && entry.filled_from().is_none())
                .then(|| (CellAt::new(row.row, entry.column), other))
        })
        .collect();
    let Some((cell, other)) = strange.first() else { return Vec::new() };
    let seen = vec![
        (source, names.name(unit).to_owned()),
        (NameSource::OwnerColumn, names.name(*other).to_owned()),
    ];
    let mut doubt = doubtful(unit, seen, Extent::Some, names).at(*cell);
    doubt.cells = strange.iter().map(|(cell, _)| CellRange::new(*cell, *cell)).collect();
    doubt.field = Some(pipeline.columns[owner].name.clone());
    vec![doubt]
}

/// Rows of one unit's table whose own owner cell says something and names no unit. Where most
/// rows name theirs it has to be verified; a sheet that calls its owner otherwise throughout is
/// only said to.
fn nameless_owners(
    tasks: &[&TableRow],
    (unit, source): (UnitId, NameSource),
    names: &Names,
    pipeline: &Pipeline,
) -> Option<Finding> {
    let owner = pipeline.roles.owner?;
    let some_whole = tasks
        .iter()
        .any(|row| owner_text(row, pipeline).is_some_and(|text| names.in_text(text) == Some(unit)));
    let (mut named, mut nameless): (usize, Vec<(CellAt, &str)>) = (0, Vec::new());
    for row in tasks {
        let Some(entry) = &row.entries[owner] else { continue };
        let is_own = entry.filled_from().is_none() && entry.value != Value::Covered;
        if !is_own || entry.value.is_absent() || entry.typed.is_empty() {
            continue;
        }
        // A name that no row gives whole is how the sheet calls the unit; beside rows that do, it may
        // be a slip or somebody else's.
        let is_near = || !some_whole && names.near(&entry.typed) == Some(unit);
        if names.in_text(&entry.typed).is_some() || is_near() {
            named += 1;
        } else {
            nameless.push((CellAt::new(row.row, entry.column), &entry.typed));
        }
    }
    let (cell, text) = nameless.first()?;
    let seen =
        vec![(source, names.name(unit).to_owned()), (NameSource::OwnerColumn, (*text).to_owned())];
    let extent = if named < nameless.len() { Extent::Most } else { Extent::Some };
    let mut doubt = doubtful(unit, seen, extent, names).at(*cell);
    doubt.cells = nameless.iter().map(|(cell, _)| CellRange::new(*cell, *cell)).collect();
    doubt.field = Some(pipeline.columns[owner].name.clone());
    Some(doubt)
}

/// Returns the units that the submitter line and the title of a table name.
fn beside_table(
    sheet: &SheetRows,
    table: usize,
    names: &Names,
    pipeline: &Pipeline,
) -> Vec<(NameSource, UnitId)> {
    let start = sheet.tables[table].start();
    let texts = texts_near(sheet, table);
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
