//! The runs of an archive, and whether they are still as they were published.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::chain::{self, BEFORE_ALL, Link, RECORD};
use super::decisions::{self, DECISIONS};
use super::disk;
use super::fault::CannotArchive;
use super::manifest::{MANIFEST, Manifest, NOTE, read_manifest, walk};
use super::published::{Published, read_run};
use super::shelf::{self, Shelf, run_name};
use crate::model::{Month, Odd, Oddity};

/// What an archive holds.
#[derive(Debug)]
pub struct Held {
    /// Oldest period first.
    pub runs: Vec<Published>,
    /// What was passed over.
    pub odd: Vec<Odd>,
}

/// Returns all published runs of a pipeline.
///
/// # Errors
/// Fails when the archive cannot be listed; one that is not there yet is empty.
pub fn runs(archive: &Path, pipeline: &str) -> Result<Held, CannotArchive> {
    let root = super::root_of(archive, pipeline);
    let mut held = Held { runs: Vec::new(), odd: Vec::new() };
    let shelf = match shelf::survey(&root) {
        Ok(shelf) => shelf,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(held),
        Err(cause) => return Err(CannotArchive::Unreadable { path: root, cause }),
    };
    for (of, number) in shelf.runs() {
        match read_run(of, number, pipeline) {
            Ok(run) => {
                held.odd.extend(run.oddity());
                held.runs.push(run);
            }
            Err(odd) => held.odd.push(odd),
        }
    }
    held.odd.extend(shelf.odd);
    Ok(held)
}

/// Returns a run by its period and number.
///
/// # Errors
/// Fails when it is not there or cannot be read.
pub fn run_named(
    archive: &Path,
    pipeline: &str,
    period: Month,
    number: u64,
) -> Result<Published, CannotArchive> {
    let root = super::root_of(archive, pipeline);
    let missing = || CannotArchive::Missing(root.join(run_name(period, number)));
    let shelf = shelf::survey(&root).map_err(|_| missing())?;
    let of = shelf.of(period).filter(|of| of.runs.contains(&number)).ok_or_else(missing)?;
    read_run(of, number, pipeline).map_err(CannotArchive::Odd)
}

/// Something of a run that is not as it was published.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Altered {
    /// `2020-08/01`; empty for what is of all runs.
    pub run: String,
    /// With slashes, inside the run folder; empty for the run itself.
    pub path: String,
    pub how: Alteration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alteration {
    /// The whole run is gone.
    Gone,
    /// A run that was never recorded here, or that does not follow the one before it.
    Unrecorded,
    /// The run before is gone, or its manifest was rewritten.
    Unlinked,
    /// The list of hashes itself cannot be read.
    NoManifest,
    /// The list of hashes is another one than was published.
    Rewritten,
    Changed,
    Missing,
    Added,
    /// It is there, and the system does not let it be read.
    Unreadable,
    /// The record of all runs is not there, though they are chained.
    NoRecord,
}

/// What came of verifying an archive.
#[derive(Debug)]
pub struct Verified {
    pub runs: usize,
    /// Runs that were let go by the policy of retention.
    pub removed: usize,
    /// By run and path.
    pub altered: Vec<Altered>,
    /// What was passed over.
    pub odd: Vec<Odd>,
}

/// Holds every run's files against its manifest, and the manifests against each other and the
/// record.
///
/// # Errors
/// Fails when there is no archive, or it cannot be listed.
pub fn verify(archive: &Path, pipeline: &str) -> Result<Verified, CannotArchive> {
    let root = super::root_of(archive, pipeline);
    // The record first: a run that is published meanwhile is then one that follows it.
    let (record, record_oddity) = chain::read(&root);
    let shelf = shelf::survey(&root).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => CannotArchive::Missing(root.clone()),
        _ => CannotArchive::Unreadable { path: root.clone(), cause },
    })?;
    let mut altered = BTreeSet::new();
    let mut runs = BTreeMap::new();
    for (of, number) in shelf.runs() {
        let (name, folder) = (run_name(of.period, number), of.run(number));
        let manifest = read_manifest(&folder);
        altered.extend(files(&name, &folder, manifest.as_ref()));
        let run = Run {
            manifest: manifest.ok(),
            hash: seen(&folder.join(MANIFEST)),
            note: seen(&folder.join(NOTE)),
        };
        runs.insert(name, run);
    }
    // The runs of a period that cannot be listed are not gone.
    let unlisted: BTreeSet<String> = shelf.odd.iter().filter_map(unlisted_period).collect();
    altered.extend(broken_links(&runs, &record.links, &unlisted));
    altered.extend(gone_by_number(&shelf, &runs, &record.links));
    // One chained run alone may have been published a moment before the power went.
    let chained = runs.values().filter(|run| run.is_chained()).count();
    if record_oddity.is_none() && record.links.is_empty() && chained > 1 {
        let path = RECORD.to_owned();
        altered.insert(Altered { run: String::new(), path, how: Alteration::NoRecord });
    }
    if record_oddity.is_some() {
        let path = RECORD.to_owned();
        altered.insert(Altered { run: String::new(), path, how: Alteration::Changed });
    }
    let of_decisions = match decisions::verify(&root, &shelf) {
        decisions::State::Sound => None,
        decisions::State::Missing => Some(Alteration::Missing),
        decisions::State::Unreadable => Some(Alteration::Unreadable),
        decisions::State::Changed => Some(Alteration::Changed),
    };
    altered.extend(of_decisions.map(|how| Altered {
        run: String::new(),
        path: DECISIONS.to_owned(),
        how,
    }));
    let mut odd = shelf.odd;
    odd.extend(record_oddity);
    let gone = |link: &&Link| link.removed.is_some() && !runs.contains_key(&link.run);
    let removed = record.links.iter().filter(gone).count();
    Ok(Verified { runs: runs.len(), removed, altered: altered.into_iter().collect(), odd })
}

/// A run as it stands now.
struct Run {
    /// None where it cannot be read.
    manifest: Option<Manifest>,
    hash: Seen,
    note: Seen,
}

/// What is seen of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// Its hash.
    Is(String),
    /// A link or a device.
    NoRegularFile,
    Missing,
    Unreadable,
}

fn seen(path: &Path) -> Seen {
    match disk::hash_regular(path) {
        Ok(Some((hash, _))) => Seen::Is(hash),
        Ok(None) => Seen::NoRegularFile,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::Missing,
        Err(_) => Seen::Unreadable,
    }
}

impl Seen {
    /// Says how it differs from a file of that hash.
    fn differs_from(&self, hash: &str) -> Option<Alteration> {
        match self {
            Seen::Is(now) if now == hash => None,
            Seen::Is(_) | Seen::NoRegularFile => Some(Alteration::Changed),
            Seen::Missing => Some(Alteration::Missing),
            Seen::Unreadable => Some(Alteration::Unreadable),
        }
    }

    fn hash(&self) -> Option<&str> {
        match self {
            Seen::Is(hash) => Some(hash),
            _ => None,
        }
    }
}

/// The period whose folder cannot be listed, if that is what is odd.
fn unlisted_period(odd: &Odd) -> Option<String> {
    let name = odd.path.file_name()?.to_str()?;
    (name.parse::<Month>().is_ok() && matches!(odd.why, Oddity::Unreadable(_)))
        .then(|| name.to_owned())
}

impl Run {
    fn is_chained(&self) -> bool {
        self.manifest.as_ref().is_some_and(|manifest| manifest.chain.is_some())
    }
}

/// Holds a run's files against its manifest.
fn files(run: &str, folder: &Path, manifest: Result<&Manifest, &Oddity>) -> Vec<Altered> {
    let altered = |path: &str, how| Altered { run: run.to_owned(), path: path.to_owned(), how };
    let Ok(manifest) = manifest else {
        return vec![altered(MANIFEST, Alteration::NoManifest)];
    };
    let mut now: BTreeMap<String, Seen> = BTreeMap::new();
    // What lies in a folder that cannot be listed is asked for one by one.
    let _ = walk(folder, "", &mut |path, at| {
        now.insert(path, seen(at));
        Ok(())
    });
    let mut found = Vec::new();
    for file in &manifest.files {
        let now = now.remove(&file.path).unwrap_or_else(|| seen(&folder.join(&file.path)));
        found.extend(now.differs_from(&file.sha256).map(|how| altered(&file.path, how)));
    }
    found.extend(now.keys().map(|path| altered(path, Alteration::Added)));
    found
}

/// Holds the manifests against each other and the record.
fn broken_links(
    runs: &BTreeMap<String, Run>,
    links: &[Link],
    unlisted: &BTreeSet<String>,
) -> Vec<Altered> {
    let altered =
        |run: &str, path: &str, how| Altered { run: run.to_owned(), path: path.to_owned(), how };
    let mut found = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for link in links {
        let Some(run) = runs.get(&link.run) else {
            told.insert(&link.manifest);
            // It was let go, and its link vouches for those around it.
            if link.removed.is_some() {
                continue;
            }
            let is_unlisted = link.run.split('/').next().is_some_and(|of| unlisted.contains(of));
            let how = if is_unlisted { Alteration::Unreadable } else { Alteration::Gone };
            found.push(altered(&link.run, "", how));
            continue;
        };
        // One that cannot be read has been told as that.
        if run.hash.hash() != Some(&link.manifest) {
            told.insert(&link.manifest);
            if run.manifest.is_some() {
                found.push(altered(&link.run, MANIFEST, Alteration::Rewritten));
            }
        }
        let without_note = link.note.is_empty() && run.note == Seen::Missing;
        if !without_note {
            let how = run.note.differs_from(&link.note);
            found.extend(how.map(|how| altered(&link.run, NOTE, how)));
        }
    }
    let there: BTreeSet<&str> = runs.values().filter_map(|run| run.hash.hash()).collect();
    let recorded: BTreeSet<&str> = links.iter().map(|link| link.run.as_str()).collect();
    let mut follows = links.last().map(|link| (link.number, link.manifest.as_str()));
    let mut by_number: Vec<(&String, &Run)> = runs.iter().collect();
    let number = |run: &Run| run.manifest.as_ref()?.chain.as_ref().map(|place| place.number);
    by_number.sort_by_key(|(_, run)| number(run));
    for (name, run) in by_number {
        let place = run.manifest.as_ref().and_then(|manifest| manifest.chain.as_ref());
        if !recorded.contains(name.as_str()) && !links.is_empty() && run.manifest.is_some() {
            // The one that was published last may not have been recorded yet.
            let is_next = match (place, follows) {
                (Some(place), Some((number, manifest))) => {
                    place.number == number + 1 && place.previous == manifest
                }
                _ => false,
            };
            if is_next {
                follows = place.map(|place| place.number).zip(run.hash.hash());
            } else {
                found.push(altered(name, "", Alteration::Unrecorded));
            }
        }
        if let Some(place) = place {
            let previous = place.previous.as_str();
            let is_there = previous == BEFORE_ALL || there.contains(previous);
            if !is_there && !told.contains(previous) {
                found.push(altered(name, MANIFEST, Alteration::Unlinked));
            }
        }
    }
    found
}

/// A number that was written down when its run was published, and that no run bears.
fn gone_by_number(shelf: &Shelf, runs: &BTreeMap<String, Run>, links: &[Link]) -> Vec<Altered> {
    let mut gone = Vec::new();
    for of in shelf.periods.iter().filter(|of| of.remembered > 0) {
        let run = run_name(of.period, of.remembered);
        if !runs.contains_key(&run) && links.iter().all(|link| link.run != run) {
            gone.push(Altered { run, path: String::new(), how: Alteration::Gone });
        }
    }
    gone
}
