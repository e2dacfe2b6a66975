//! Folders for copies that nobody keeps, in the system's temporary folder: `check`, `inspect`,
//! `template` and `drill` work in one. Each is locked while somebody does, so that what was left by
//! one that was killed is known, and removed by whoever comes next.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{self, Kept};
use crate::intake::folder::{self, Passing};

/// What the names of our folders begin with.
const PREFIX: &str = "duibiao-copies-";
/// Names that nothing else bears: a folder is removed only where it holds these and no more.
const LOCK: &str = ".copies-lock";
const FILES: &str = "files";

/// A folder that goes when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    // The lock is closed before the folder is removed: elsewhere an open file cannot be.
    _lock: File,
    _folder: Passing,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The lock goes last: whatever of it is left by a kill is known as ours.
        let _ = folder::remove(&self.path);
    }
}

impl Scratch {
    /// Makes a folder, and removes those that nobody works in any more.
    ///
    /// # Errors
    /// Fails when the system's temporary folder cannot be written.
    pub fn new() -> io::Result<Self> {
        const TRIES: u32 = 10;
        let mut tried = 1;
        loop {
            match Self::made() {
                // Somebody who cleans up was quicker than our lock.
                Err(error) if error.kind() == io::ErrorKind::NotFound && tried < TRIES => {
                    tried += 1;
                }
                made => {
                    let made = made?;
                    remove_leftovers(&std::env::temp_dir(), made.path.parent());
                    return Ok(made);
                }
            }
        }
    }

    fn made() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        let at_lock = folder.path().join(LOCK);
        let lock = File::create_new(&at_lock)?;
        disk::for_the_office(&at_lock, Kept::File)?;
        // Where no file can be locked, nobody else's folder is removed either.
        if matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let path = folder.path().join(FILES);
        fs::create_dir(&path)?;
        disk::for_the_office(&path, Kept::Folder)?;
        fs::symlink_metadata(&at_lock)?;
        Ok(Self { path, _lock: lock, _folder: Passing::of(folder) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes folders of ours that nobody works in: those whose lock is free. What cannot be removed
/// stays for the next one.
pub fn remove_leftovers(within: &Path, own: Option<&Path>) {
    for (name, _) in folder::entries(within).into_iter().flatten() {
        let path = within.join(&name);
        let is_ours = name.to_string_lossy().starts_with(PREFIX)
            && fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir() && is_mine(&found));
        if is_ours && own != Some(path.as_path()) {
            remove_if_left(&path);
        }
    }
}

/// Removes a folder that nobody works in: what lies in it first, then the lock, then itself.
fn remove_if_left(folder: &Path) {
    let at_lock = folder.join(LOCK);
    if fs::symlink_metadata(&at_lock).is_ok_and(|metadata| metadata.is_file()) {
        let Ok(lock) = File::options().read(true).write(true).open(&at_lock) else { return };
        if lock.try_lock().is_err() {
            return;
        }
        let _ = folder::remove(&folder.join(FILES));
        drop(lock);
        let _ = fs::remove_file(at_lock);
    }
    // Only when it is empty: one that was killed before it locked its folder had put nothing in it.
    let _ = fs::remove_dir(folder);
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
        let (left, held) = (make("duibiao-copies-left"), make("duibiao-copies-held"));
        let (unknown, foreign) = (make("duibiao-copies-report"), make("duibiao-archive"));
        let empty = within.path().join("duibiao-copies-empty");
        fs::create_dir(&empty).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(foreign.join(LOCK), "").unwrap();
        let lock = File::create(held.join(LOCK)).unwrap();
        lock.try_lock().unwrap();
        remove_leftovers(within.path(), None);
        assert!(!left.exists() && !empty.exists());
        assert!(held.exists() && unknown.exists() && foreign.exists());
        drop(lock);
        remove_leftovers(within.path(), None);
        assert!(!held.exists());
    }
}
