//! Run folders: a lock, a staging folder beside them, the manifest, the flush, and the one rename
//! that publishes a run. A published run is never changed and its number never used again.
//!
//! A *run* is a folder with a number; a staging folder is none, whatever lies in it. What a power
//! cut or an odd entry leaves is named and passed over, never a reason not to run.

mod cache;
mod chain;
mod decisions;
mod disk;
mod fault;
mod history;
mod json;
mod lock;
mod manifest;
mod noted;
mod prune;
mod published;
mod rehearsal;
mod scratch;
mod shelf;
mod year;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use cache::Cache;
pub use chain::{BEFORE_ALL, Place, hash_of};
pub use decisions::{DECISIONS, Decisions, as_lines};
pub use fault::{CannotArchive, Trouble};
pub use history::{Alteration, Altered, Held, Verified, run_named, runs, verify};
pub use json::{json, put_json};
pub use lock::{Holder, Lock, Means, host, user};
pub use manifest::{MANIFEST, Manifest, ManifestFile, NOTE, files_of, manifest};
pub use noted::{Noted, noted};
pub use prune::prune;
pub use published::Published;
pub use rehearsal::rehearse;
pub use scratch::{Scratch, keep_from_others};
pub use shelf::{LOG, SENT, numbered};

use crate::decisions::Entry;
use crate::intake::folder::{self, Passing};
use crate::model::{Month, Odd, Oddity};
use chain::{Link, RECORD, Record};
use disk::Beside;
use shelf::{NUMBER, Shelf, run_name};

/// A run in the making; nothing is visible of it until it is published.
#[derive(Debug)]
pub struct Staging {
    /// `ARCHIVE`.
    archive: PathBuf,
    /// `ARCHIVE/<pipeline>`.
    root: PathBuf,
    pipeline: String,
    period: Month,
    shelf: Shelf,
    record: Record,
    /// What was answered and decided in Excel up to now.
    pub decisions: Decisions,
    /// What the run adds to it.
    pub decided: Vec<Entry>,
    /// What is odd in the archive and was passed over.
    pub odd: Vec<Odd>,
    // Removed before the lock is let go.
    staged: Option<Passing>,
    folder: PeriodFolder,
    _lock: Lock,
}

/// `ARCHIVE/<pipeline>/<period>`; it goes again when nothing was published in it.
#[derive(Debug)]
struct PeriodFolder(PathBuf);

impl Drop for PeriodFolder {
    fn drop(&mut self) {
        // Only an empty folder can be removed so.
        let _ = fs::remove_dir(&self.0);
    }
}

/// A run that was published.
#[derive(Debug)]
pub struct Publication {
    pub folder: PathBuf,
    /// What could not be done after it stood; nothing of the run is wrong.
    pub troubles: Vec<Trouble>,
}

/// The runs that a new one looks back to.
#[derive(Debug)]
pub struct Before {
    /// The last run of the period that can be read.
    pub previous: Option<Published>,
    /// The last run that can be read of the latest earlier period.
    pub earlier: Option<Published>,
    /// What was passed over on the way.
    pub odd: Vec<Odd>,
}

/// Returns the consolidated workbook of a run: the one at its top.
pub fn workbook_of(run: &Path) -> Option<PathBuf> {
    let held = folder::entries(run).ok()?;
    let mut paths = held.into_iter().map(|(name, _)| run.join(name));
    paths.find(|path| path.extension().is_some_and(|extension| extension == "xlsx"))
}

/// Keeps others out of a pipeline's archive, waiting at most so long for whoever works there.
///
/// # Errors
/// Fails when somebody works there still, or it cannot be locked.
pub fn keep_out(folder: &Path, wait: Duration) -> Result<Lock, CannotArchive> {
    lock::acquire(folder, wait, &mut |_| {})
}

/// Whether a run was ever published in the folder of a pipeline's runs.
pub fn holds_runs(folder: &Path) -> bool {
    folder.join(RECORD).is_file()
}

/// Returns the folder of a pipeline's runs in an archive.
pub fn folder_of(archive: &Path, pipeline: &str) -> PathBuf {
    root_of(archive, pipeline)
}

/// Returns `ARCHIVE/<pipeline>`.
fn root_of(archive: &Path, pipeline: &str) -> PathBuf {
    archive.join(safe_name(pipeline))
}

/// Locks the pipeline's archive, waiting at most so long for another run, removes what runs that
/// were broken off left, and makes a staging folder for a period. `waits` is called once, when
/// there is somebody to wait for.
///
/// # Errors
/// Fails when another run holds the lock or the folder cannot be written.
pub fn open(
    archive: &Path,
    pipeline: &str,
    period: Month,
    wait: Duration,
    waits: &mut dyn FnMut(Option<&Holder>),
) -> Result<Staging, CannotArchive> {
    let root = root_of(archive, pipeline);
    disk::make_folders(&root).map_err(CannotArchive::unwritable(&root))?;
    let lock = lock::acquire(&root, wait, waits)?;
    let shelf = shelf::survey(&root)
        .map_err(|cause| CannotArchive::Unreadable { path: root.clone(), cause })?;
    let mut odd = shelf.odd.clone();
    // The lock says that nobody works there, in this period or in another.
    odd.extend(shelf.passing.iter().filter_map(|path| not_removed(path)));
    scratch::remove_leftovers(&std::env::temp_dir(), None);
    let (mut record, record_oddity) = chain::read(&root);
    odd.extend(record_oddity);
    chain::catch_up(&mut record, &shelf);
    let (decisions, decisions_oddity) = decisions::read(&root, &shelf);
    odd.extend(decisions_oddity);
    let at = root.join(period.to_string());
    disk::make_folders(&at).map_err(CannotArchive::unwritable(&at))?;
    let folder = PeriodFolder(at);
    let staged = tempfile::Builder::new()
        .prefix(disk::PASSING)
        .tempdir_in(&folder.0)
        .map_err(CannotArchive::unwritable(&folder.0))?;
    Ok(Staging {
        archive: archive.to_owned(),
        root,
        pipeline: pipeline.to_owned(),
        period,
        shelf,
        record,
        decisions,
        decided: Vec::new(),
        odd,
        staged: Some(Passing::of(staged)),
        folder,
        _lock: lock,
    })
}

/// Removes what a run that was broken off left; a link itself, never what it leads to.
fn not_removed(path: &Path) -> Option<Odd> {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let removed = if is_folder { folder::remove(path) } else { fs::remove_file(path) };
    let error = removed.err()?;
    Some(Odd { path: path.to_owned(), why: Oddity::NotRemoved((&error).into()) })
}

impl Staging {
    /// Returns the folder in which the run is made.
    pub fn path(&self) -> &Path {
        // It is taken away only by `publish`, which ends this.
        self.staged.as_ref().and_then(Passing::path).unwrap_or(&self.folder.0)
    }

    /// Returns where the run will stand in the chain over all runs of the pipeline.
    pub fn place(&self) -> Place {
        self.record.next()
    }

    /// Returns what runs before kept for this one, and the place where it keeps something for those
    /// after it: so many bytes at most.
    pub fn cache(&self, most: u64) -> Cache {
        Cache::of(&self.root, most)
    }

    /// Returns the number that the run will have.
    pub fn number(&self) -> u64 {
        self.next_number().0
    }

    /// Returns what the run will be called within the archive of its pipeline.
    pub fn name(&self) -> String {
        run_name(self.period, self.next_number().0)
    }

    /// Returns what the run before in the chain is called, where there is one.
    pub fn run_before(&self) -> Option<&str> {
        self.record.links.last().map(|link| link.run.as_str())
    }

    /// Returns the last run of this period, and that of the latest earlier one, as far as they can
    /// be read; and what had to be passed over.
    pub fn before(&self) -> Before {
        let mut odd = Vec::new();
        let mut last = |of: &shelf::OfPeriod| {
            for number in of.runs.iter().rev() {
                match published::read_run(of, *number, &self.pipeline) {
                    Ok(run) => {
                        odd.extend(run.oddity());
                        return Some(run);
                    }
                    Err(why) => odd.push(why),
                }
            }
            None
        };
        let previous = self.shelf.of(self.period).and_then(&mut last);
        let periods = self.shelf.periods.iter().rev();
        let earlier = periods.filter(|of| of.period < self.period).find_map(&mut last);
        Before { previous, earlier, odd }
    }

    /// Whether a run answers what is new since: it is the newest of the period, and its report is
    /// the one that was published.
    pub fn answers_for_the_period(&self, run: &Published) -> bool {
        let newest = self.shelf.of(self.period).and_then(|of| of.runs.last());
        newest == Some(&run.number) && run.unaltered
    }

    /// Publishes the run under the next number: everything is flushed, renamed, and the name
    /// flushed.
    ///
    /// # Errors
    /// Fails when anything cannot be written before the rename; nothing is published then. What
    /// fails after it is trouble, and told as that.
    pub fn publish(mut self) -> Result<Publication, CannotArchive> {
        let staged = self.path().to_owned();
        let unwritable = CannotArchive::unwritable;
        disk::make_last(&staged).map_err(unwritable(&staged))?;
        let (number, target) = self.next_number();
        let link = self.link(&staged, number).map_err(unwritable(&staged))?;
        self.record.links.push(link);
        let at_number = self.folder.0.join(NUMBER);
        let remembered = Beside::write(&self.folder.0, number.to_string().as_bytes())
            .map_err(unwritable(&at_number))?;
        let at_record = self.root.join(RECORD);
        let record =
            Beside::write(&self.root, &self.record.as_lines()).map_err(unwritable(&at_record))?;
        disk::rename(&staged, &target).map_err(unwritable(&target))?;
        // It has moved; there is nothing left to clean up.
        let _ = self.staged.take().map(Passing::keep);
        let mut troubles = Vec::new();
        let mut done = |path: &Path, done: io::Result<()>| {
            troubles.extend(done.err().map(|cause| Trouble { path: path.to_owned(), cause }));
        };
        done(&at_number, remembered.put_in_place(&at_number));
        done(&self.folder.0, disk::flush_folder(&self.folder.0));
        // Recorded only when it lasts; if it is not, the next run takes it up.
        let at_decisions = self.root.join(DECISIONS);
        done(&at_decisions, self.decisions.append(&self.root, &self.decided));
        done(&at_record, record.put_in_place(&at_record));
        done(&self.root, disk::flush_folder(&self.root));
        done(&self.archive, disk::flush_folder(&self.archive));
        // It was flushed when the archive was made, if that was not broken off just then; it may
        // belong to others.
        let _ = disk::flush_folder(disk::parent_of(&self.archive));
        Ok(Publication { folder: target, troubles })
    }

    /// The number after all that were ever used, and its folder.
    fn next_number(&self) -> (u64, PathBuf) {
        let of_record = self.record.links.iter().filter_map(|link| {
            let (period, number) = link.run.split_once('/')?;
            (period == self.period.to_string()).then(|| number.parse::<u64>().ok())?
        });
        let of_names = self.shelf.of(self.period).map(|of| of.highest);
        let mut number = of_record.chain(of_names).max().unwrap_or(0).saturating_add(1);
        loop {
            let target = self.folder.0.join(numbered(number));
            // Whatever bears the name already keeps it.
            if fs::symlink_metadata(&target).is_err() {
                return (number, target);
            }
            number = number.saturating_add(1);
        }
    }

    fn link(&self, staged: &Path, number: u64) -> io::Result<Link> {
        let hash = |name: &str| {
            let hashed = disk::hash_regular(&staged.join(name))?;
            hashed.map(|hashed| hashed.0).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        };
        Ok(Link {
            run: run_name(self.period, number),
            number: self.record.next().number,
            manifest: hash(MANIFEST)?,
            note: hash(NOTE)?,
            removed: None,
        })
    }
}

/// Temporary files are made for their owner alone; what is sent out is for everybody.
#[cfg(unix)]
pub fn readable_by_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o644));
}

/// Elsewhere it is readable as its folder is.
#[cfg(not(unix))]
pub fn readable_by_all(_: &Path) {}

/// Returns a name that every file system takes: without separators, control characters, the
/// characters and device names that Windows refuses, and dots or blanks at the end.
pub fn safe_name(name: &str) -> String {
    let replaced: String = name
        .chars()
        .map(|c| if c.is_control() || "<>:\"/\\|?*".contains(c) { '_' } else { c })
        .take(LONGEST_NAME)
        .collect();
    let trimmed = replaced.trim_matches([' ', '.']).to_owned();
    let stem = trimmed.split('.').next().unwrap_or_default().to_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    if trimmed.is_empty() || is_device { format!("_{trimmed}") } else { trimmed }
}

/// In characters: three bytes each, and a name has room for 255.
const LONGEST_NAME: usize = 80;

/// Returns a name whose end says what the file is, which a long beginning does not push out.
pub fn safe_name_ending(name: &str, ending: &str) -> String {
    let room = LONGEST_NAME.saturating_sub(ending.chars().count());
    let beginning: String = name.chars().take(room).collect();
    safe_name(&format!("{beginning}{ending}"))
}

/// Writes a file of the run.
///
/// # Errors
/// Fails when the file cannot be written.
pub fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, CannotArchive> {
    let path = folder.join(name);
    let unwritable = |cause| CannotArchive::Unwritable { path: path.clone(), cause };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(unwritable)?;
    }
    fs::write(&path, bytes).map_err(unwritable)?;
    Ok(path)
}

#[cfg(test)]
mod tests;
