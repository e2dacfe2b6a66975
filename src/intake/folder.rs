//! What lies in a folder, and folders that go, by calls that fail and never end the program: the
//! standard library panics where the system does not close a folder, as a drive that has gone away
//! may do when all that lies in it has been told.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::open::Patience;

/// The names in a folder, in their byte order, each with what it is.
pub type Held = Vec<(OsString, io::Result<FileType>)>;

/// Lists a folder.
///
/// # Errors
/// Fails when the folder cannot be listed to its end: a part of it is never taken for the whole.
pub fn entries(folder: &Path) -> io::Result<Held> {
    let mut entries = fs::read_dir(folder)?;
    let told = entries.by_ref().map(|entry| entry.map(|one| (one.file_name(), one.file_type())));
    let held = told.collect::<io::Result<Held>>();
    // All is told; whether it closes changes nothing.
    let _ = unharmed(|| {
        drop(entries);
        Ok(())
    });
    let mut held = held?;
    held.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(held)
}

/// Lists a folder, and once more where it fails for a moment.
///
/// # Errors
/// Returns what it failed with at last.
pub fn entries_at_last(folder: &Path) -> io::Result<Held> {
    Patience::default().with(|| entries(folder))
}

/// Removes a folder with all that lies in it; a link in it is removed itself.
///
/// # Errors
/// Fails when something of it stays.
pub fn remove(folder: &Path) -> io::Result<()> {
    unharmed(|| fs::remove_dir_all(folder))
}

fn unharmed(act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let done = catch_unwind(AssertUnwindSafe(act));
    done.unwrap_or_else(|_| Err(io::Error::other("a folder cannot be closed")))
}

/// A folder that goes when this is dropped, unless it is kept.
#[derive(Debug)]
pub struct Passing(Option<TempDir>);

impl Passing {
    pub fn of(folder: TempDir) -> Self {
        Self(Some(folder))
    }

    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref().map(TempDir::path)
    }

    /// Leaves the folder to whoever has taken it over.
    pub fn keep(mut self) -> Option<PathBuf> {
        self.0.take().map(TempDir::keep)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take() {
            let _ = unharmed(|| folder.close());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_there_is_told_in_order_and_goes_at_once() {
        let within = tempfile::tempdir().unwrap();
        for name in ["b", "a", "c/d"] {
            fs::create_dir_all(within.path().join(name)).unwrap();
        }
        let names = |folder: &Path| -> Vec<OsString> {
            entries(folder).unwrap().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(within.path()), ["a", "b", "c"]);
        remove(&within.path().join("c")).unwrap();
        assert!(remove(&within.path().join("c")).is_err());
        assert!(entries(&within.path().join("c")).is_err());
        let passing = Passing::of(tempfile::tempdir_in(within.path()).unwrap());
        assert_eq!(names(within.path()).len(), 3);
        drop(passing);
        assert_eq!(names(within.path()), ["a", "b"]);
    }
}
