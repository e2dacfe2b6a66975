//! What a run keeps for the runs after it and nobody misses when it is gone: it lies beside the periods, is
//! part of no run, and goes from the oldest on when it grows too large.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tempfile::TempPath;

use super::disk::{self, Kept, PASSING};
use crate::intake::folder;

/// The folder, beside the periods.
pub const CACHE: &str = "cache";

/// Nobody writes one file for so long.
const LEFT: Duration = Duration::from_hours(1);

/// What is kept, by names that are hashes.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Bytes that it may hold.
    most: u64,
    /// What was of use, or added, since it was opened.
    used: Mutex<BTreeSet<String>>,
    /// What is to be kept once the run stands, by name, where it lies until then.
    waiting: Mutex<BTreeMap<String, TempPath>>,
}

/// Something that is kept.
struct Held {
    path: PathBuf,
    bytes: u64,
    is_used: bool,
    at: SystemTime,
}

impl Cache {
    pub(super) fn of(root: &Path, most: u64) -> Self {
        let folder = root.join(CACHE);
        Self { folder, most, used: Mutex::default(), waiting: Mutex::default() }
    }

    /// Returns what is kept under a name; nothing where it cannot be read.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        disk::read_regular(&self.folder.join(name), self.most).ok()
    }

    /// Writes down what is to be kept under a name; it is not kept before [`Self::keep`], and gone where that
    /// never comes.
    ///
    /// # Errors
    /// Fails when it cannot be written; nothing is kept then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() as u64 > self.most {
            return Ok(());
        }
        if !self.folder.is_dir() {
            fs::create_dir_all(&self.folder)?;
            disk::for_the_office(&self.folder, Kept::Folder)?;
        }
        // Not flushed: what a power cut spoils is told by its seal, and made anew.
        let mut file = tempfile::Builder::new().prefix(PASSING).tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        disk::for_the_office(file.path(), Kept::File)?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(name.to_owned(), file.into_temp_path());
        Ok(())
    }

    /// Keeps what was written down, each in one step, and lets go of what was not used for the longest time.
    ///
    /// # Errors
    /// Says why something was not kept; what follows it is not kept either.
    pub fn keep(&self) -> io::Result<()> {
        let waiting =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let mut kept = Ok(());
        for (name, path) in waiting {
            kept = path.persist(self.folder.join(&name)).map_err(|error| error.error);
            if kept.is_err() {
                break;
            }
            self.add(&name);
        }
        self.trim();
        kept
    }

    /// Notes that what is kept under a name is of use.
    pub fn note(&self, name: &str) {
        // What was of use lately stays longest; where that cannot be noted, what was made lately.
        let file = fs::File::open(self.folder.join(name));
        let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
        self.add(name);
    }

    fn add(&self, name: &str) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(name.to_owned());
    }

    /// Lets go of what was not used for the longest time, until the rest is no more than may be held.
    fn trim(&self) {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(entries) = folder::entries(&self.folder) else { return };
        let mut held = Vec::new();
        for (name, _) in entries {
            let path = self.folder.join(&name);
            let Some(name) = name.to_str() else { continue };
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            if name.starts_with(PASSING) {
                // A run that was broken off left it, unless another is just at it.
                let age = metadata.modified().ok().and_then(|at| at.elapsed().ok());
                if age.is_some_and(|age| age > LEFT) {
                    let _ = fs::remove_file(&path);
                }
                continue;
            }
            // What somebody else put there is theirs.
            if is_ours(name) && metadata.is_file() {
                let at = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                let is_used = used.contains(name);
                held.push(Held { path, bytes: metadata.len(), is_used, at });
            }
        }
        held.sort_by(|one, other| {
            (one.is_used, one.at, &one.path).cmp(&(other.is_used, other.at, &other.path))
        });
        let mut bytes: u64 = held.iter().map(|held| held.bytes).sum();
        for old in held {
            if bytes <= self.most {
                return;
            }
            if fs::remove_file(&old.path).is_ok() {
                bytes -= old.bytes;
            }
        }
    }
}

/// Whether a name is a hash.
fn is_ours(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    #[test]
    fn what_was_used_last_stays_and_what_is_not_ours_is_left() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::of(root.path(), 1000);
        for digit in ['a', 'b', 'c'] {
            cache.write(&name(digit), &[0; 100]).unwrap();
        }
        assert_eq!(cache.read(&name('a')), None);
        cache.keep().unwrap();
        let foreign = root.path().join(CACHE).join("readme.txt");
        fs::write(&foreign, [0; 1000]).unwrap();
        let left = root.path().join(CACHE).join(".staging-left");
        fs::write(&left, [0; 10]).unwrap();
        let long_ago = SystemTime::now() - 2 * LEFT;
        fs::File::options().append(true).open(&left).unwrap().set_modified(long_ago).unwrap();
        let next = Cache::of(root.path(), 250);
        assert_eq!(next.read(&name('a')).unwrap().len(), 100);
        next.note(&name('a'));
        next.keep().unwrap();
        let kept: Vec<char> =
            ['a', 'b', 'c'].into_iter().filter(|d| next.read(&name(*d)).is_some()).collect();
        assert_eq!(kept.len(), 2);
        assert!(kept.contains(&'a'));
        assert!(foreign.exists() && !left.exists());
    }

    #[test]
    fn what_is_larger_than_all_may_be_is_not_kept() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::of(root.path(), 10);
        cache.write(&name('a'), &[0; 11]).unwrap();
        assert!(!root.path().join(CACHE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_neither_read_nor_followed() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::of(root.path(), 1000);
        cache.write(&name('a'), b"a").unwrap();
        cache.keep().unwrap();
        let other = root.path().join("other");
        fs::write(&other, b"other").unwrap();
        std::os::unix::fs::symlink(&other, root.path().join(CACHE).join(name('b'))).unwrap();
        assert_eq!(cache.read(&name('b')), None);
        cache.write(&name('b'), b"b").unwrap();
        cache.keep().unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"other");
        assert_eq!(cache.read(&name('b')).unwrap(), b"b");
    }
}
