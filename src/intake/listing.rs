//! What lies in an inbox: all of it, to any depth, each thing for what it is. Nothing is opened, no
//! link is followed, so that no folder comes twice.

use std::collections::BTreeSet;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::folder;
use super::names::shown_step;
use super::open::{Patience, irregular};
use crate::model::finding::Irregular;
use crate::pipeline::NamePattern;

/// What was found, by its path inside the inbox.
#[derive(Debug)]
pub struct Entry {
    pub inner: PathBuf,
    pub what: What,
}

/// What it is.
#[derive(Debug)]
pub enum What {
    File,
    Irregular(Irregular),
    /// A folder that cannot be listed.
    Closed(io::Error),
    /// A folder with nothing in it.
    Hollow,
    /// The archive, the plan or the like, which nobody submitted.
    NotSent,
    /// What the pipeline file says to ignore.
    Ignored,
}

/// What is met on the way: a folder is looked into when its turn comes.
enum Met {
    Folder,
    Thing(What),
}

/// Lists an inbox, in the byte order of names, the same on every system.
///
/// `not_sent` are whole paths without links.
///
/// # Errors
/// Fails when the inbox itself cannot be listed.
pub fn list(
    folder: &Path,
    ignored: &[NamePattern],
    not_sent: &BTreeSet<PathBuf>,
    patience: &mut Patience,
) -> io::Result<Vec<Entry>> {
    // Some drives know no whole paths; what lies there is told all the same.
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let holds_others = not_sent.iter().any(|path| path.starts_with(&whole) && *path != whole);
    let mut entries = Vec::new();
    let mut waiting = vec![(PathBuf::new(), Met::Folder)];
    while let Some((inner, met)) = waiting.pop() {
        let what = match met {
            Met::Thing(what) => what,
            Met::Folder => match patience.with(|| folder::entries(&folder.join(&inner))) {
                Ok(held) if held.is_empty() && !inner.as_os_str().is_empty() => What::Hollow,
                Ok(held) => {
                    // Upside down, since the last is taken first.
                    waiting.extend(held.into_iter().rev().map(|(name, kind)| {
                        let inner = inner.join(&name);
                        let met = if NamePattern::any_fits(ignored, &shown_step(&name)) {
                            Met::Thing(What::Ignored)
                        } else if holds_others && not_sent.contains(&whole.join(&inner)) {
                            Met::Thing(What::NotSent)
                        } else {
                            met_by(kind.ok())
                        };
                        (inner, met)
                    }));
                    continue;
                }
                Err(error) if inner.as_os_str().is_empty() => return Err(error),
                Err(error) => What::Closed(error),
            },
        };
        entries.push(Entry { inner, what });
    }
    Ok(entries)
}

fn met_by(kind: Option<FileType>) -> Met {
    match kind {
        Some(kind) if kind.is_dir() => Met::Folder,
        Some(kind) if !kind.is_file() => Met::Thing(What::Irregular(irregular(kind))),
        // What cannot be told is told when it is opened.
        _ => Met::Thing(What::File),
    }
}
