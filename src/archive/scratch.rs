//! Folders for copies that nobody keeps, in the system's temporary folder: `check`, `inspect`,
//! `template` and `drill` work in one. Each is locked while somebody does, so that what was left by
//! one that was killed is known, and removed by whoever comes next.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::disk::{self, Kept};

/// What the names of our folders begin with.
const PREFIX: &str = "duibiao-";
const LOCK: &str = ".lock";

/// A folder that goes when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    // The lock is closed before the folder is removed: elsewhere an open file cannot be.
    _lock: File,
    _folder: tempfile::TempDir,
}

impl Scratch {
    /// Makes a folder, and removes those that nobody works in any more.
    ///
    /// # Errors
    /// Fails when the system's temporary folder cannot be written.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        let at_lock = folder.path().join(LOCK);
        let lock = File::create_new(&at_lock)?;
        disk::for_the_office(&at_lock, Kept::File)?;
        // Where no file can be locked, nobody else's folder is removed either.
        let _ = lock.try_lock();
        let path = folder.path().join("files");
        fs::create_dir(&path)?;
        disk::for_the_office(&path, Kept::Folder)?;
        remove_leftovers(&std::env::temp_dir(), Some(folder.path()));
        Ok(Self { path, _lock: lock, _folder: folder })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes folders of ours that nobody works in: those whose lock is free. What cannot be removed
/// stays for the next one.
pub fn remove_leftovers(within: &Path, own: Option<&Path>) {
    for entry in fs::read_dir(within).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir() && is_mine(&found));
        if is_ours && own != Some(path.as_path()) && is_left(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Whether nobody works in a folder.
fn is_left(folder: &Path) -> bool {
    /// A folder is locked right after it is made.
    const YOUNG: Duration = Duration::from_mins(10);
    let path = folder.join(LOCK);
    if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
        return File::options().read(true).write(true).open(&path).is_ok_and(|lock| {
            // Freed again at once: whoever else looks finds the folder free as well.
            lock.try_lock().is_ok()
        });
    }
    let age = fs::metadata(folder).and_then(|metadata| metadata.modified());
    age.is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age > YOUNG))
}

/// Whether a folder is of the user who runs this; others share the temporary folder.
#[cfg(unix)]
fn is_mine(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Elsewhere everybody has a temporary folder of their own.
#[cfg(not(unix))]
fn is_mine(_: &Metadata) -> bool {
    true
}

/// Whatever the process writes from now on is for the owner and the group, not for everybody.
#[cfg(unix)]
pub fn keep_from_others() {
    use rustix::fs::Mode;
    let others = Mode::WGRP | Mode::RWXO;
    let before = rustix::process::umask(others);
    rustix::process::umask(before | others);
}

/// Elsewhere files inherit the rights of their folder.
#[cfg(not(unix))]
pub fn keep_from_others() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_nobody_works_in_are_removed_and_others_stay() {
        let within = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let folder = within.path().join(name);
            fs::create_dir_all(folder.join("files/inputs")).unwrap();
            folder
        };
        let (left, held, fresh, foreign) =
            (make("duibiao-left"), make("duibiao-held"), make("duibiao-fresh"), make("other"));
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(foreign.join(LOCK), "").unwrap();
        let lock = File::create(held.join(LOCK)).unwrap();
        lock.try_lock().unwrap();
        remove_leftovers(within.path(), None);
        assert!(!left.exists());
        assert!(held.exists() && fresh.exists() && foreign.exists());
        drop(lock);
        remove_leftovers(within.path(), None);
        assert!(!held.exists());
    }
}
