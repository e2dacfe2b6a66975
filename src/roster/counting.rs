//! Which of several files of one unit counts.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::filled::{Substance, substance};
use super::{FileStanding, Plan, Reading, RowPlace, Standing, marker, own_rows};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fact::Several;
use crate::model::finding::CountsBecause as Because;
use crate::model::{Fact, FileId, Finding, IdSlice, IdVec, Side, TaskId, UnitId, fold};
use crate::normalise::frame::{KEY_SEPARATOR, text_key};
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::Pipeline;

/// What decides between files, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// What was left blank never stands in for what was filled in, whatever its name or date.
    substance: Substance,
    /// The strongest declared marker in the name.
    marker: usize,
    filled_on: u32,
    modified: i64,
}

/// Returns the standing of each file, in the order of the files.
pub fn decide(
    received: &IdSlice<FileId, Received>,
    extracts: &IdSlice<FileId, Extract>,
    readings: &IdSlice<FileId, Reading>,
    attached: &BTreeSet<FileId>,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> (IdVec<FileId, FileStanding>, Vec<Finding>) {
    let substances: IdVec<FileId, Substance> = extracts
        .iter()
        .zip(readings)
        .map(|(extract, reading)| {
            substance(extract, &reading.set_aside, || reading.zero_report, pipeline)
        })
        .collect();
    let mut files: IdVec<FileId, FileStanding> = extracts
        .iter_enumerated()
        .zip(readings)
        .zip(&substances)
        .map(|(((file, extract), reading), substance)| {
            if attached.contains(&file) {
                let standing = Standing::Attachment;
                return FileStanding { standing, ..FileStanding::default() };
            }
            let standing = if extract.refusal.is_some() {
                Standing::Unreadable
            } else if reading.units.is_empty() {
                Standing::Unknown
            } else if reading.zero_report {
                Standing::Zero
            } else if *substance == Substance::Blank {
                Standing::Blank
            } else {
                Standing::Submitted
            };
            let counts = matches!(standing, Standing::Submitted | Standing::Zero | Standing::Blank);
            let units = reading.units.iter().copied().collect();
            FileStanding { standing, units, counts, ..FileStanding::default() }
        })
        .collect();
    same_bytes(received, extracts, &mut files);
    for (file, others) in own_rows::of_others(readings) {
        files[file].units.retain(|unit| !others.contains(unit));
        files[file].repeated = others;
    }
    let names = &plan.names;
    // Most months, nobody sends two files.
    let tasks = LazyCell::new(|| Tasks::of(plan, pipeline));
    let mut findings = Vec::new();
    let mut of_units: IdVec<UnitId, Vec<FileId>> = vec![Vec::new(); names.units.len()].into();
    for (file, standing) in files.iter_enumerated() {
        for unit in &standing.units {
            of_units[*unit].push(file);
        }
    }
    let said = |unit: UnitId, winner: FileId, others: &[FileId], because, several| {
        let others = others.iter().map(|file| received[*file].name.clone()).collect();
        let counts = received[winner].name.clone();
        let fact = Fact::SubmissionDuplicate { counts, others, because, several };
        let mut finding = Finding::new(fact, Side::Submission);
        finding.unit = Some(names.name(unit).to_owned());
        finding.file = Some(received[winner].name.clone());
        finding
    };
    for (unit, own) in of_units.into_iter_enumerated() {
        let mine: Vec<FileId> = own.into_iter().filter(|file| files[*file].counts).collect();
        if mine.len() < 2 {
            continue;
        }
        let rank = |file: FileId| Rank {
            substance: substances[file],
            marker: marker::strongest(&received[file].name, pipeline, |_| true),
            filled_on: readings[file].filled_on.unwrap_or(0),
            modified: received[file].modified,
        };
        let mut order = mine;
        order.sort_by(|one, other| {
            rank(*other)
                .cmp(&rank(*one))
                .then_with(|| received[*one].name.cmp(&received[*other].name))
        });
        let (winner, rest) = (order[0], &order[1..]);
        let listed = |file: FileId| tasks.listed(unit, &extracts[file], &readings[file], pipeline);
        let mut taken = listed(winner);
        let mut counting = vec![(winner, taken.clone())];
        let mut beaten = Vec::new();
        for &file in rest {
            let own = listed(file);
            if own.is_part_beside(&taken) {
                taken.extend(&own);
                counting.push((file, own));
            } else if own.is_corrected_in_part_by(&taken) {
                let replaced: BTreeSet<RowPlace> = own.rows_in(&taken).into_iter().collect();
                let kept = own.rows.len() - replaced.len();
                // Of several corrections each is named with what it lists; the later one first.
                let mut named: BTreeSet<RowPlace> = BTreeSet::new();
                for (correction, listed) in &counting {
                    let fresh = own.rows_in(listed).into_iter().filter(|row| named.insert(*row));
                    let several = Several::Tasks { replaced: fresh.count(), kept };
                    if several == (Several::Tasks { replaced: 0, kept }) {
                        continue;
                    }
                    let why = because(rank(*correction), rank(file));
                    findings.push(said(unit, *correction, &[file], why, several));
                }
                files[file].replaced.insert(unit, replaced);
                taken.extend(&own);
                counting.push((file, own));
            } else {
                beaten.push(file);
            }
        }
        if beaten.is_empty() {
            continue;
        }
        let because = because(rank(winner), rank(beaten[0]));
        for &file in &beaten {
            files[file].beaten.insert(unit);
        }
        findings.push(said(unit, winner, &beaten, because, Several::Files));
    }
    for (file, standing) in files.iter_enumerated().filter(|(_, own)| !own.repeated.is_empty()) {
        let units = standing.repeated.iter().map(|unit| names.name(*unit).to_owned()).collect();
        let fact = Fact::SubmissionDuplicate {
            counts: received[file].name.clone(),
            others: Vec::new(),
            because: Because::SaysAll,
            several: Several::Repeated { units },
        };
        let mut finding = Finding::new(fact, Side::Submission);
        finding.file = Some(received[file].name.clone());
        findings.push(finding);
    }
    for file in &mut files {
        if file.counts && file.units.iter().all(|unit| file.beaten.contains(unit)) {
            file.standing = Standing::Superseded;
            file.counts = false;
        }
    }
    (files, findings)
}

/// The same bytes are one file: the first name counts.
fn same_bytes(
    received: &IdSlice<FileId, Received>,
    extracts: &IdSlice<FileId, Extract>,
    files: &mut IdSlice<FileId, FileStanding>,
) {
    let mut first: BTreeMap<&str, FileId> = BTreeMap::new();
    for (index, file) in received.iter_enumerated() {
        let is_attached = files[index].standing == Standing::Attachment;
        if extracts[index].refusal.is_some() || is_attached {
            continue;
        }
        if first.contains_key(file.sha256.as_str()) {
            files[index].standing = Standing::Duplicate;
            files[index].counts = false;
        } else {
            first.insert(&file.sha256, index);
        }
    }
}

/// The plan's tasks by unit, as keys of their texts.
struct Tasks {
    of_unit: BTreeMap<UnitId, Vec<(String, TaskId)>>,
    /// Texts that several tasks of a unit share.
    shared: BTreeSet<(UnitId, String)>,
}

/// What a file lists of one unit.
#[derive(Clone, Default)]
struct Listed {
    /// Its rows, each with the key of its text.
    rows: Vec<(RowPlace, String)>,
    /// The plan's task that a text stands for.
    task_of: BTreeMap<String, TaskId>,
    /// The keys of its rows.
    texts: BTreeSet<String>,
    /// The plan's tasks that its rows are, as far as their texts tell: exactly, or as the likest.
    tasks: BTreeSet<TaskId>,
}

/// Texts at least this alike, in hundredths, may be one task.
const ALIKE: f64 = 0.6;

impl Tasks {
    fn of(plan: &Plan<'_>, pipeline: &Pipeline) -> Self {
        let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for item in &plan.tasks {
            let text = (item.unit, text_key(item.row, pipeline));
            if !seen.insert(text.clone()) {
                shared.insert(text);
            }
        }
        let mut tasks = Self { of_unit: BTreeMap::new(), shared };
        for (task, item) in plan.tasks.iter_enumerated() {
            let name = tasks.name(item.unit, item.row, pipeline);
            tasks.of_unit.entry(item.unit).or_default().push((name, task));
        }
        tasks
    }

    /// Returns what a row is told by: its text, and where the plan has that several times, its number
    /// and what else it says in words, so that each village's road is a road of its own.
    fn name(&self, unit: UnitId, row: &TableRow, pipeline: &Pipeline) -> String {
        let mut name = text_key(row, pipeline);
        if !self.shared.contains(&(unit, name.clone())) {
            return name;
        }
        let compared = pipeline.check.compare.iter().map(|compare| compare.column);
        let words = compared.filter(|field| pipeline.columns[*field].kind.is_text());
        for field in pipeline.roles.number.into_iter().chain(words) {
            name.push(KEY_SEPARATOR);
            name.push_str(
                &row.entries[field]
                    .as_ref()
                    .map_or_else(String::new, |entry| fold::key(&entry.typed)),
            );
        }
        name
    }

    /// Returns what a file lists of a unit.
    fn listed(
        &self,
        unit: UnitId,
        extract: &Extract,
        reading: &Reading,
        pipeline: &Pipeline,
    ) -> Listed {
        let mut listed = Listed::default();
        for (sheet, rows) in extract.rows.sheets.iter_enumerated() {
            let own = rows.rows.iter().filter(|row| {
                row.class == RowClass::Task
                    && reading.rows.get(&(sheet, row.table, row.row)) == Some(&unit)
            });
            let place = |row: &TableRow| (sheet, row.table, row.row);
            listed.rows.extend(own.map(|row| (place(row), self.name(unit, row, pipeline))));
        }
        listed.texts = listed.rows.iter().map(|(_, text)| text.clone()).collect();
        let tasks = self.of_unit.get(&unit).map_or(&[][..], Vec::as_slice);
        let exact: BTreeMap<&str, TaskId> =
            tasks.iter().map(|(key, task)| (key.as_str(), *task)).collect();
        let known =
            listed.texts.iter().filter_map(|text| Some((text.clone(), *exact.get(text.as_str())?)));
        listed.task_of = known.collect();
        listed.tasks = listed.task_of.values().copied().collect();
        // A row that is worded otherwise is the likest of the tasks that no row is exactly.
        for text in listed.texts.iter().filter(|text| !exact.contains_key(text.as_str())) {
            let free = tasks.iter().filter(|(_, task)| !listed.tasks.contains(task));
            let alike =
                free.map(|(key, task)| (rapidfuzz::fuzz::ratio(text.chars(), key.chars()), *task));
            let likest = alike.max_by(|one, other| one.0.total_cmp(&other.0));
            if let Some((_, task)) = likest.filter(|(likeness, _)| *likeness >= ALIKE) {
                listed.tasks.insert(task);
                listed.task_of.insert(text.clone(), task);
            }
        }
        listed
    }
}

impl Listed {
    /// Returns whether a file goes on where others leave off: it shares no row with them, and most
    /// tasks of either are none of the other's, so that it is no correction in other words either.
    fn is_part_beside(&self, taken: &Listed) -> bool {
        let shared = self.tasks.intersection(&taken.tasks).count();
        !self.texts.is_empty()
            && self.texts.is_disjoint(&taken.texts)
            && shared * 2 <= self.tasks.len().min(taken.tasks.len())
    }

    /// Returns whether a later file takes the place of single rows of this one: it lists nothing but
    /// tasks of this one, and less than half of them, as a correction does that names only what it
    /// corrects.
    fn is_corrected_in_part_by(&self, taken: &Listed) -> bool {
        !taken.rows.is_empty() && taken.rows.len() * 2 < self.rows.len() && {
            let (own, others) = (self.rows_by_task(), taken.rows_by_task());
            // One row for all that the correction says of a task, or one for each.
            others
                .iter()
                .all(|(task, others)| own.get(task).is_some_and(|own| *own == 1 || own == others))
        }
    }

    /// Returns how many rows each task has; rows that are none of the plan's, by their texts.
    fn rows_by_task(&self) -> BTreeMap<Result<TaskId, &str>, usize> {
        let mut rows = BTreeMap::new();
        for (_, text) in &self.rows {
            let task = self.task_of.get(text).copied().ok_or(text.as_str());
            *rows.entry(task).or_default() += 1;
        }
        rows
    }

    /// Returns the rows whose tasks another file lists, too.
    fn rows_in(&self, taken: &Listed) -> Vec<RowPlace> {
        let is_there = |text: &String| {
            taken.texts.contains(text)
                || self.task_of.get(text).is_some_and(|task| taken.tasks.contains(task))
        };
        let rows = self.rows.iter().filter(|(_, text)| is_there(text));
        rows.map(|(place, _)| *place).collect()
    }

    fn extend(&mut self, other: &Listed) {
        self.rows.extend(other.rows.iter().cloned());
        self.texts.extend(other.texts.iter().cloned());
        self.tasks.extend(&other.tasks);
        self.task_of.extend(other.task_of.iter().map(|(text, task)| (text.clone(), *task)));
    }
}

fn because(winner: Rank, beaten: Rank) -> Because {
    if winner.substance != beaten.substance {
        Because::FilledIn
    } else if winner.marker != beaten.marker {
        Because::Marker
    } else if winner.filled_on != beaten.filled_on {
        Because::FilledOn
    } else if winner.modified != beaten.modified {
        Because::ModifiedAt
    } else {
        Because::Undecided
    }
}
