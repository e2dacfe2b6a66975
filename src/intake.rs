//! Lists the files of an inbox and copies them, hashed, into the run's staging folder; all later
//! stages read the copies, so that what was checked is what is archived.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::finding::Refusal;
use crate::model::{Side, hash};

/// A file that came in, copied.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its path inside the inbox, with slashes.
    pub name: String,
    /// Where the copy is.
    pub copy: PathBuf,
    pub sha256: String,
    /// Whether it is the plan, or what is held against it.
    pub side: Side,
    /// Milliseconds since 1970, as the file system tells.
    pub modified: i64,
    /// Why the file was not even opened.
    pub refusal: Option<Refusal>,
}

/// What an inbox held.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// In the order of their names.
    pub files: Vec<Received>,
    /// Leftovers of operating systems, which nobody submitted.
    pub passed_over: Vec<String>,
}

/// Why an inbox or a plan could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum CannotTakeIn {
    #[error("there is no folder {0}")]
    NoInbox(PathBuf),
    #[error("cannot read {path}: {cause}")]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("cannot copy to {path}: {cause}")]
    Uncopied { path: PathBuf, cause: io::Error },
}

/// How deep folders are followed; districts sometimes send a folder each.
const DEEPEST: usize = 4;

/// Copies all files of an inbox into `into`.
///
/// # Errors
/// Fails when the inbox is no folder or a copy cannot be written. A file that cannot be read is
/// no error: it is received with its refusal.
pub fn inbox(folder: &Path, into: &Path) -> Result<Inbox, CannotTakeIn> {
    if !folder.is_dir() {
        return Err(CannotTakeIn::NoInbox(folder.to_owned()));
    }
    let mut paths = Vec::new();
    list(folder, DEEPEST, &mut paths)
        .map_err(|cause| CannotTakeIn::Unreadable { path: folder.to_owned(), cause })?;
    let mut inbox = Inbox::default();
    for path in paths {
        let name = name_within(folder, &path);
        if is_leftover(&name) {
            inbox.passed_over.push(name);
        } else {
            inbox.files.push(receive(&path, &name, into, Side::Submission)?);
        }
    }
    Ok(inbox)
}

/// Copies one file, such as the plan, into `into`.
///
/// # Errors
/// Fails when the file cannot be read or copied.
pub fn single(path: &Path, into: &Path, side: Side) -> Result<Received, CannotTakeIn> {
    if let Err(cause) = fs::metadata(path) {
        return Err(CannotTakeIn::Unreadable { path: path.to_owned(), cause });
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    receive(path, &name, into, side)
}

fn list(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    // Byte order of names, the same on every system.
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Follows links to files, as a person opening them would.
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() && depth > 0 => list(&path, depth - 1, paths)?,
            Ok(metadata) if metadata.is_dir() => {}
            _ => paths.push(path),
        }
    }
    Ok(())
}

fn name_within(folder: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(folder).unwrap_or(path);
    let steps: Vec<String> =
        inner.components().map(|step| step.as_os_str().to_string_lossy().into_owned()).collect();
    steps.join("/")
}

fn is_leftover(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    matches!(file.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | ".gitkeep" | ".gitignore")
        || name.split('/').any(|step| step == "__MACOSX")
        || file.starts_with("._")
}

/// Recognises by its name a file that is no submission itself: the lock file beside an open
/// workbook, and what browsers and copy tools call a file that is not complete.
fn by_name(name: &str) -> Option<Refusal> {
    let file = name.rsplit('/').next().unwrap_or(name);
    if file.starts_with("~$") || file.starts_with(".~") {
        return Some(Refusal::LockFile);
    }
    let lower = file.to_lowercase();
    let unfinished = [".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp"];
    unfinished.iter().any(|ending| lower.ends_with(ending)).then_some(Refusal::Copying)
}

fn receive(path: &Path, name: &str, into: &Path, side: Side) -> Result<Received, CannotTakeIn> {
    let copy = into.join(name);
    let uncopied = |cause| CannotTakeIn::Uncopied { path: copy.clone(), cause };
    let before = fs::metadata(path).ok();
    let mut refusal = by_name(name);
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            refusal = refusal.or(Some(Refusal::NoAccess(error.to_string())));
            Vec::new()
        }
    };
    let after = fs::metadata(path).ok();
    let size = |metadata: &Option<fs::Metadata>| metadata.as_ref().map(fs::Metadata::len);
    if refusal.is_none()
        && (size(&before) != size(&after) || size(&after) != Some(bytes.len() as u64))
    {
        refusal = Some(Refusal::Copying);
    }
    if let Some(parent) = copy.parent() {
        fs::create_dir_all(parent).map_err(uncopied)?;
    }
    fs::write(&copy, &bytes).map_err(uncopied)?;
    Ok(Received {
        name: name.to_owned(),
        copy,
        sha256: hash::sha256(&bytes),
        side,
        modified: after.and_then(|metadata| milliseconds(&metadata)).unwrap_or(0),
        refusal,
    })
}

fn milliseconds(metadata: &fs::Metadata) -> Option<i64> {
    let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
