//! Why a run could not be archived, and what went wrong after it was.

use std::io;
use std::path::PathBuf;

use super::lock::Holder;
use crate::model::Odd;

/// Why a run could not be archived; nothing is published then.
#[derive(Debug, thiserror::Error)]
pub enum CannotArchive {
    #[error("another run is at work in {folder}")]
    Locked {
        folder: PathBuf,
        /// Who works there, where that could be read.
        holder: Option<Holder>,
    },
    /// The lock is a link, a folder or a device: what it leads to is nothing of ours.
    #[error("{0} is no regular file")]
    LockNotOurs(PathBuf),
    #[error("cannot lock {path}: {cause}")]
    NoLock { path: PathBuf, cause: io::Error },
    #[error("cannot write to {path}: {cause}")]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error("cannot read {path}: {cause}")]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("there is no archive {0}")]
    Missing(PathBuf),
    /// A run that was named cannot be read.
    #[error("{} cannot be read", .0.path.display())]
    Odd(Odd),
}

impl CannotArchive {
    /// Returns what wraps the system's error of writing to a path.
    pub fn unwritable(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| CannotArchive::Unwritable { path, cause }
    }
}

/// What went wrong after a run was published: the run stands all the same.
#[derive(Debug)]
pub struct Trouble {
    pub path: PathBuf,
    pub cause: io::Error,
}
