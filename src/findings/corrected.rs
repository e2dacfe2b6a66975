//! What a corrected sheet changed: a run against the one before it in the same period, unit by unit.

use std::collections::{BTreeMap, BTreeSet};

use super::told_before::ToldBefore;
use super::{BridgeLine, FindingLine, Report, Settled, UnitLine};
use crate::model::{FindingId, IdSlice, Severity, Side};
use crate::roster::Standing;

/// What changed against the run before of the same period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrected {
    /// In the order of the plan's units; units of which nothing changed and nothing is open are
    /// left out.
    pub units: Vec<CorrectedUnit>,
    /// Findings of the run before that are not found now.
    pub gone: Vec<FindingLine>,
    /// Findings that the run before did not have.
    pub new: Vec<FindingId>,
    /// Findings of the run before that are found again.
    pub same: Vec<FindingId>,
}

impl Corrected {
    /// Whether anything is not as it was.
    pub fn has_changed(&self) -> bool {
        let has_moved = |unit: &CorrectedUnit| {
            unit.sent_anew() || unit.reported.iter().any(|(_, [then, now])| then != now)
        };
        !self.gone.is_empty() || !self.new.is_empty() || self.units.iter().any(has_moved)
    }
}

/// One unit, then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectedUnit {
    pub unit: String,
    pub standing: [Standing; 2],
    /// Names and hashes of its files.
    pub files: [Vec<(String, String)>; 2],
    /// Sums of the rows as reported, by amount column.
    pub reported: Vec<(String, [String; 2])>,
    pub gone: usize,
    pub new: usize,
    pub same: usize,
}

impl CorrectedUnit {
    /// Whether it sent something else than before.
    pub fn sent_anew(&self) -> bool {
        self.files[0] != self.files[1]
    }
}

/// One run's results, as far as a correction changes them.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    pub settled: &'a IdSlice<FindingId, Settled>,
    pub units: &'a [UnitLine],
    /// Names, hashes and units of the files.
    pub files: &'a [(String, String, Vec<String>)],
    pub bridge: &'a [BridgeLine],
}

/// Holds a run against the one before it.
///
/// `told_otherwise` are findings of that run whose cells others tell now.
pub fn corrected(before: &Report, now: Now<'_>, told_otherwise: &BTreeSet<String>) -> Corrected {
    let counts =
        |severity: Severity, side: Side| severity > Severity::Note && side == Side::Submission;
    let then: BTreeMap<&str, &FindingLine> = before
        .findings
        .iter()
        .filter(|line| counts(line.severity, line.side))
        .map(|line| (line.id.as_str(), line))
        .collect();
    let own: Vec<(FindingId, &Settled)> = now
        .settled
        .iter_enumerated()
        .filter(|(_, settled)| counts(settled.severity, settled.finding.side))
        .collect();
    let known: BTreeSet<&str> = own.iter().map(|(_, settled)| settled.id.as_str()).collect();
    let known_units: BTreeSet<&str> = now.units.iter().map(|line| line.unit.as_str()).collect();
    let is_gone = |line: &&FindingLine| {
        !known.contains(line.id.as_str()) && !told_otherwise.contains(&line.id)
    };
    let gone: Vec<&FindingLine> = then.values().copied().filter(is_gone).collect();
    // What was told with others, and is told cell by cell now, is no news; nor the other way round.
    let mut otherwise = ToldBefore::default();
    for line in then.values().filter(|line| told_otherwise.contains(&line.id)) {
        otherwise.add(line);
    }
    let is_new = |settled: &Settled| {
        !then.contains_key(settled.id.as_str()) && otherwise.periods(&settled.finding).is_none()
    };
    let mut of_unit: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut count = |unit: Option<&str>, what: usize| {
        if let Some(unit) = unit
            && let Some(own) = known_units.get(unit)
        {
            of_unit.entry(own).or_default()[what] += 1;
        }
    };
    for line in &gone {
        count(line.unit.as_deref(), 0);
    }
    for (_, settled) in &own {
        count(settled.finding.unit.as_deref(), if is_new(settled) { 1 } else { 2 });
    }
    let [files_then, files_now] = [files_before(before), files_now(now.files)];
    let standings: BTreeMap<&str, Standing> =
        before.units.iter().map(|line| (line.unit.as_str(), line.standing)).collect();
    let sums: BTreeMap<(Option<&str>, &str), &str> = before
        .bridge
        .iter()
        .map(|line| ((line.unit.as_deref(), line.field.as_str()), line.reported.as_str()))
        .collect();
    let mut moved: BTreeMap<&str, Vec<(String, [String; 2])>> = BTreeMap::new();
    for line in now.bridge {
        let Some(unit) = line.unit.as_deref() else { continue };
        let then = sums.get(&(Some(unit), line.field.as_str())).copied().unwrap_or("0");
        let sums = [then.to_owned(), line.reported.clone()];
        moved.entry(unit).or_default().push((line.field.clone(), sums));
    }
    let mut units = Vec::new();
    for line in now.units {
        let name = line.unit.as_str();
        let [gone, new, same] = of_unit.get(name).copied().unwrap_or_default();
        let own = |files: &BTreeMap<&str, Vec<(String, String)>>| {
            files.get(name).cloned().unwrap_or_default()
        };
        let unit = CorrectedUnit {
            unit: line.unit.clone(),
            standing: [standings.get(name).copied().unwrap_or(Standing::Missing), line.standing],
            files: [own(&files_then), own(&files_now)],
            reported: moved.get(name).cloned().unwrap_or_default(),
            gone,
            new,
            same,
        };
        let is_moved = unit.reported.iter().any(|(_, [then, now])| then != now);
        if unit.sent_anew() || is_moved || gone + new + same > 0 {
            units.push(unit);
        }
    }
    let (new, same): (Vec<_>, Vec<_>) = own.iter().partition(|(_, settled)| is_new(settled));
    let places_of = |found: Vec<(FindingId, &Settled)>| found.iter().map(|(id, _)| *id).collect();
    let [new, same] = [new, same].map(places_of);
    let mut gone: Vec<FindingLine> = gone.into_iter().cloned().collect();
    let places: BTreeMap<&str, usize> =
        now.units.iter().enumerate().map(|(place, line)| (line.unit.as_str(), place)).collect();
    gone.sort_by_key(|line| {
        let place = line.unit.as_deref().and_then(|unit| places.get(unit).copied());
        (place, line.seq, line.id.clone())
    });
    Corrected { units, gone, new, same }
}

/// The names and hashes of each unit's files.
type FilesOfUnits<'a> = BTreeMap<&'a str, Vec<(String, String)>>;

fn files_before(before: &Report) -> FilesOfUnits<'_> {
    let mut files = FilesOfUnits::new();
    for line in &before.files {
        let own = line.unit.iter().chain(&line.units).collect::<BTreeSet<_>>();
        for unit in own {
            let sha256 = line.sha256.clone().unwrap_or_default();
            files.entry(unit).or_default().push((line.file.clone(), sha256));
        }
    }
    files
}

fn files_now(now: &[(String, String, Vec<String>)]) -> FilesOfUnits<'_> {
    let mut files = FilesOfUnits::new();
    for (file, sha256, units) in now {
        for unit in units {
            files.entry(unit).or_default().push((file.clone(), sha256.clone()));
        }
    }
    files
}
