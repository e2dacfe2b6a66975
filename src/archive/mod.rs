//! Run folders: a lock, a staging folder beside them, the manifest, and the one rename that
//! publishes a run. A published run is never changed and its number never used again.
//!
//! A *run* is a folder with a manifest; a staging folder is none, whatever lies in it.

mod history;
mod manifest;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub use history::{Alteration, Altered, runs, verify};
pub use manifest::{Manifest, ManifestFile, manifest, read_manifest};

use crate::findings::Report;
use crate::model::Month;

/// Why a run could not be archived.
#[derive(Debug, thiserror::Error)]
pub enum CannotArchive {
    #[error("another run is at work in {0}")]
    Locked(PathBuf),
    #[error("cannot write to {path}: {cause}")]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error("cannot read {path}: {cause}")]
    Unreadable { path: PathBuf, cause: String },
}

/// A run in the making; nothing is visible of it until it is published.
#[derive(Debug)]
pub struct Staging {
    /// `ARCHIVE/<pipeline>/<period>`.
    folder: PathBuf,
    staged: tempfile::TempDir,
    /// Held until the run is published or given up.
    _lock: File,
}

/// The last published run of a period.
#[derive(Debug)]
pub struct Published {
    pub folder: PathBuf,
    pub period: Month,
    pub report: Report,
}

const LOCK: &str = ".lock";
const STAGING: &str = ".staging-";
/// Remembers the highest number used, should somebody remove a run.
const NUMBER: &str = ".last-number";

/// Locks the pipeline's archive and makes a staging folder for a period.
///
/// # Errors
/// Fails when another run holds the lock or the folder cannot be written.
pub fn open(archive: &Path, pipeline: &str, period: Month) -> Result<Staging, CannotArchive> {
    let root = archive.join(safe_name(pipeline));
    let folder = root.join(period.to_string());
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |cause| CannotArchive::Unwritable { path, cause }
    };
    fs::create_dir_all(&folder).map_err(unwritable(&folder))?;
    let lock_path = root.join(LOCK);
    let lock = File::create(&lock_path).map_err(unwritable(&lock_path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(CannotArchive::Locked(root)),
        // Some shared folders know no locks; two runs at once are then up to their users.
        Err(fs::TryLockError::Error(_)) => {}
    }
    remove_leftovers(&folder);
    let staged = tempfile::Builder::new()
        .prefix(STAGING)
        .tempdir_in(&folder)
        .map_err(unwritable(&folder))?;
    Ok(Staging { folder, staged, _lock: lock })
}

/// Staging folders of runs that were broken off; the lock says that nobody works in them.
fn remove_leftovers(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with(STAGING) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

impl Staging {
    /// Returns the folder in which the run is made.
    pub fn path(&self) -> &Path {
        self.staged.path()
    }

    /// Returns the last published run of this period.
    ///
    /// # Errors
    /// Fails when its report cannot be read.
    pub fn previous(&self) -> Result<Option<Published>, CannotArchive> {
        last_run(&self.folder)
    }

    /// Returns the last run of the latest earlier period.
    ///
    /// # Errors
    /// Fails when its report cannot be read.
    pub fn earlier(&self, period: Month) -> Result<Option<Published>, CannotArchive> {
        let root = self.folder.parent().unwrap_or(&self.folder);
        let mut periods: Vec<Month> = fs::read_dir(root)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_string_lossy().parse().ok())
            .filter(|other| *other < period)
            .collect();
        periods.sort_unstable();
        for earlier in periods.into_iter().rev() {
            if let Some(run) = last_run(&root.join(earlier.to_string()))? {
                return Ok(Some(run));
            }
        }
        Ok(None)
    }

    /// Publishes the run under the next number and returns its folder.
    ///
    /// # Errors
    /// Fails when the folder cannot be renamed; nothing is published then.
    pub fn publish(self) -> Result<PathBuf, CannotArchive> {
        let number_path = self.folder.join(NUMBER);
        let remembered: u32 = fs::read_to_string(&number_path)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        let highest = run_numbers(&self.folder).into_iter().max().unwrap_or(0);
        let number = remembered.max(highest) + 1;
        let target = self.folder.join(format!("{number:02}"));
        let unwritable = |cause| CannotArchive::Unwritable { path: target.clone(), cause };
        readable_by_all(self.staged.path(), Readable::Folder);
        fs::rename(self.staged.path(), &target).map_err(unwritable)?;
        // The folder has moved; there is nothing left to clean up.
        let _ = self.staged.keep();
        fs::write(&number_path, number.to_string()).map_err(unwritable)?;
        Ok(target)
    }
}

/// What is to be readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readable {
    File,
    Folder,
}

/// Temporary files and folders are made for their owner alone; results are for the office.
#[cfg(unix)]
pub fn readable_by_all(path: &Path, what: Readable) {
    use std::os::unix::fs::PermissionsExt;
    let mode = match what {
        Readable::File => 0o644,
        Readable::Folder => 0o755,
    };
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
}

/// Elsewhere they are readable as their folder is.
#[cfg(not(unix))]
pub fn readable_by_all(_: &Path, _: Readable) {}

/// Returns the numbers of the runs in a period's folder.
pub fn run_numbers(folder: &Path) -> Vec<u32> {
    let mut numbers: Vec<u32> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

fn last_run(folder: &Path) -> Result<Option<Published>, CannotArchive> {
    let Some(number) = run_numbers(folder).into_iter().max() else { return Ok(None) };
    read_run(folder.join(format!("{number:02}"))).map(Some)
}

fn read_run(run: PathBuf) -> Result<Published, CannotArchive> {
    let path = run.join("report.json");
    let unreadable = |cause: String| CannotArchive::Unreadable { path: path.clone(), cause };
    let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    let report: Report =
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    let period = report.period.parse().map_err(|error| unreadable(format!("{error}")))?;
    Ok(Published { folder: run, period, report })
}

/// Returns a name that every file system takes: without separators, control characters, the
/// characters and device names that Windows refuses, and dots or blanks at the end.
pub fn safe_name(name: &str) -> String {
    const LONGEST: usize = 80;
    let replaced: String = name
        .chars()
        .map(|c| if c.is_control() || "<>:\"/\\|?*".contains(c) { '_' } else { c })
        .take(LONGEST)
        .collect();
    let trimmed = replaced.trim_matches([' ', '.']).to_owned();
    let stem = trimmed.split('.').next().unwrap_or_default().to_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    if trimmed.is_empty() || is_device { format!("_{trimmed}") } else { trimmed }
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

/// Returns a value as the JSON that runs keep: indented, with a line break at its end.
///
/// # Panics
/// Never: the archive's types are JSON.
pub fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("the archive's types are JSON");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suit_every_file_system() {
        for (name, safe) in [
            ("海棠区", "海棠区"),
            ("a/b:c", "a_b_c"),
            ("CON", "_CON"),
            ("com1.xlsx", "_com1.xlsx"),
            ("报表. ", "报表"),
            ("..", "_"),
            ("", "_"),
        ] {
            assert_eq!(safe_name(name), safe);
        }
    }

    #[test]
    fn numbers_are_never_used_again() {
        let archive = tempfile::tempdir().unwrap();
        let period: Month = "2020-08".parse().unwrap();
        let publish = || open(archive.path(), "p", period).unwrap().publish().unwrap();
        assert!(publish().ends_with("01"));
        let second = publish();
        assert!(second.ends_with("02"));
        fs::remove_dir_all(second).unwrap();
        assert!(publish().ends_with("03"));
    }

    #[test]
    fn two_runs_at_once_are_refused_and_one_that_broke_off_is_cleaned_up() {
        let archive = tempfile::tempdir().unwrap();
        let period: Month = "2020-08".parse().unwrap();
        let first = open(archive.path(), "p", period).unwrap();
        assert!(matches!(open(archive.path(), "p", period), Err(CannotArchive::Locked(_))));
        let left = archive.path().join("p/2020-08").join(".staging-left");
        fs::create_dir(&left).unwrap();
        drop(first);
        let _second = open(archive.path(), "p", period).unwrap();
        assert!(!left.exists());
    }
}
