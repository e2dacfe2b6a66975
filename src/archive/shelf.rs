//! What stands in a pipeline's archive, by its names alone: periods, runs, and what is neither.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::cache::CACHE;
use super::chain::RECORD;
use super::decisions::DECISIONS;
use super::disk::{self, PASSING};
use super::lock::{LOCK, RUNNING};
use crate::intake;
use crate::model::{Month, Odd, Oddity};

/// Remembers the highest number used, should somebody remove a run.
pub const NUMBER: &str = ".last-number";
/// The record of what was sent, beside the periods.
pub const SENT: &str = "sent.jsonl";
/// The folder of the log, beside the periods.
pub const LOG: &str = "log";
/// No period has so many runs; what is beyond is no number of ours.
const HIGHEST: u64 = 999_999_999;
/// What systems leave in any folder that somebody looked into.
const OF_SYSTEMS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// A pipeline's archive.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// From the earliest on.
    pub periods: Vec<OfPeriod>,
    pub odd: Vec<Odd>,
    /// What runs that were broken off left; somebody may be at work in it.
    pub passing: Vec<PathBuf>,
}

/// The runs of a period.
#[derive(Clone, Debug)]
pub struct OfPeriod {
    pub period: Month,
    pub folder: PathBuf,
    /// The numbers of its run folders, from the lowest on.
    pub runs: Vec<u64>,
    /// The highest number that anything there bears, or has borne.
    pub highest: u64,
    /// The highest number that was written down.
    pub remembered: u64,
}

impl OfPeriod {
    /// Returns the folder of a run.
    pub fn run(&self, number: u64) -> PathBuf {
        self.folder.join(numbered(number))
    }
}

/// Returns the name of a run's folder.
pub fn numbered(number: u64) -> String {
    format!("{number:02}")
}

/// Returns what a run is called within the archive of its pipeline.
pub fn run_name(period: Month, number: u64) -> String {
    format!("{period}/{}", numbered(number))
}

impl Shelf {
    /// Returns all runs, by period and number.
    pub fn runs(&self) -> impl Iterator<Item = (&OfPeriod, u64)> {
        self.periods.iter().flat_map(|of| of.runs.iter().map(move |number| (of, *number)))
    }

    /// Returns a period, where it has a folder.
    pub fn of(&self, period: Month) -> Option<&OfPeriod> {
        self.periods.iter().find(|of| of.period == period)
    }
}

/// Looks through a pipeline's archive.
///
/// # Errors
/// Fails when the archive itself cannot be listed.
pub fn survey(root: &Path) -> io::Result<Shelf> {
    let mut shelf = Shelf::default();
    for (name, path) in listed(root)? {
        if [LOCK, RUNNING, RECORD, DECISIONS, LOG, SENT, CACHE].contains(&name.as_str())
            || OF_SYSTEMS.contains(&name.as_str())
        {
            continue;
        }
        if name.starts_with(PASSING) {
            shelf.passing.push(path);
            continue;
        }
        match name.parse::<Month>().ok().filter(|period| period.to_string() == name) {
            None => shelf.odd.push(Odd { path, why: Oddity::Stray }),
            // A period may lie on another disk, behind a link.
            Some(_) if !path.is_dir() => shelf.odd.push(Odd { path, why: no_folder(&name, root) }),
            Some(period) => look_through(period, path, &mut shelf),
        }
    }
    shelf.periods.sort_by_key(|of| of.period);
    shelf.odd.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(shelf)
}

fn look_through(period: Month, folder: PathBuf, shelf: &mut Shelf) {
    let mut of = OfPeriod { period, folder, runs: Vec::new(), highest: 0, remembered: 0 };
    let entries = match listed(&of.folder) {
        Ok(entries) => entries,
        Err(error) => {
            let why = Oddity::Unreadable((&error).into());
            shelf.odd.push(Odd { path: of.folder.clone(), why });
            Vec::new()
        }
    };
    for (name, path) in entries {
        if OF_SYSTEMS.contains(&name.as_str()) {
            continue;
        }
        if name.starts_with(PASSING) {
            shelf.passing.push(path);
        } else if name == NUMBER {
            match remembered(&path) {
                Ok(number) => of.remembered = number,
                Err(why) => shelf.odd.push(Odd { path, why }),
            }
        } else {
            match number_of(&name) {
                None => shelf.odd.push(Odd { path, why: Oddity::Stray }),
                // Whatever bears a number has used it up.
                Some(number) => {
                    of.highest = of.highest.max(number);
                    match numbered_oddity(&name, number, &path) {
                        None => of.runs.push(number),
                        Some(why) => shelf.odd.push(Odd { path, why }),
                    }
                }
            }
        }
    }
    of.highest = of.highest.max(of.remembered);
    of.runs.sort_unstable();
    shelf.periods.push(of);
}

fn numbered_oddity(name: &str, number: u64, path: &Path) -> Option<Oddity> {
    match fs::symlink_metadata(path) {
        Err(error) => Some(Oddity::Unreadable((&error).into())),
        Ok(metadata) if metadata.is_file() => Some(Oddity::NoFolder),
        Ok(metadata) if !metadata.is_dir() => Some(Oddity::NoRegularFile),
        Ok(_) => (name != numbered(number)).then_some(Oddity::NumberWrittenOtherwise),
    }
}

fn no_folder(name: &str, root: &Path) -> Oddity {
    match fs::symlink_metadata(root.join(name)) {
        Ok(metadata) if !metadata.is_file() => Oddity::NoRegularFile,
        _ => Oddity::NoFolder,
    }
}

/// Returns the number that a name is, if a run can have it.
pub fn number_of(name: &str) -> Option<u64> {
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|number| is_number && (1..=HIGHEST).contains(number))
}

fn remembered(path: &Path) -> Result<u64, Oddity> {
    const LONGEST: u64 = 64;
    let bytes = disk::read_regular(path, LONGEST)?;
    let text = String::from_utf8_lossy(&bytes);
    number_of(text.trim()).ok_or_else(|| Oddity::NoNumber(text.trim().to_owned()))
}

/// The entries of a folder, by name; one whose name is no text bears none of ours.
fn listed(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let named = |(name, _): (OsString, _)| (name.to_string_lossy().into_owned(), folder.join(name));
    let mut entries: Vec<(String, PathBuf)> =
        intake::folder::entries_at_last(folder)?.into_iter().map(named).collect();
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_number_is_used_up_and_only_folders_of_runs_are_runs() {
        let archive = tempfile::tempdir().unwrap();
        let folder = archive.path().join("2020-08");
        for run in ["01", "02", "007", "+5", "4294967296", "0", "x"] {
            fs::create_dir_all(folder.join(run)).unwrap();
        }
        fs::write(folder.join("9"), "").unwrap();
        fs::write(folder.join(NUMBER), "4294967295").unwrap();
        fs::create_dir(archive.path().join("2020-8")).unwrap();
        fs::write(archive.path().join("2020-07"), "").unwrap();
        let shelf = survey(archive.path()).unwrap();
        let of = shelf.of("2020-08".parse().unwrap()).unwrap();
        assert_eq!((of.runs.as_slice(), of.highest, of.remembered), ([1, 2].as_slice(), 9, 0));
        assert_eq!(shelf.periods.len(), 1);
        // 007, +5, 4294967296, 0, x, 9, .last-number, 2020-8 and 2020-07.
        assert_eq!(shelf.odd.len(), 9, "{:?}", shelf.odd);
    }

    #[test]
    fn odd_numbers_written_down_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NUMBER);
        for text in ["", "-1", "many", "99999999999999999999", "4294967295", "1\n2", "\u{0}\u{0}"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(remembered(&path), Err(Oddity::NoNumber(_))), "{text:?}");
        }
        fs::write(&path, " 12\n").unwrap();
        assert_eq!(remembered(&path), Ok(12));
    }
}
