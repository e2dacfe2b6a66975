//! Lists the files of an inbox and copies them, hashed, into the run's staging folder; all later
//! stages read the copies, so that what was checked is what is archived.
//!
//! A file that cannot be had is no error: it is received with its refusal. An error is what leaves
//! nothing to go on with: no inbox, no room for copies, a machine that has no more to give.

mod open;
pub mod folder;
mod names;
mod listing;
mod copying;
mod packed;
mod kept;
mod settle;
mod settled;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use kept::kept;
pub use names::shown;
pub use packed::is_sheet;
pub use settle::{Settled, settle};
pub use settled::{Doubt, changed};

use crate::model::finding::{Irregular, Limit, Refusal};
use crate::model::{Side, hash};
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;
use copying::{NotCopied, State};
use listing::What;
use names::Given;
use open::{Links, NotOpened, Patience, is_exhausted};

/// A file that came in, copied.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its path inside the inbox, with slashes, as it is shown; no other file is shown so.
    pub name: String,
    /// Where the copy is, if there is one; its name may be one of ours.
    pub copy: PathBuf,
    /// Empty where the file was not read.
    pub sha256: String,
    /// Whether it is the plan, or what is held against it.
    pub side: Side,
    /// Milliseconds since 1970, as the file system tells.
    pub modified: i64,
    /// Why the file is not read.
    pub refusal: Option<Refusal>,
}

impl Received {
    /// A file that may be read and was not copied from an inbox; its hash is not known yet.
    pub fn of(name: String, copy: PathBuf, side: Side) -> Self {
        Self { name, copy, sha256: String::new(), side, modified: 0, refusal: None }
    }
}

/// What an inbox held.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    pub folder: PathBuf,
    /// In the order of their names.
    pub files: Vec<Received>,
    /// Where each of them came from.
    pub origins: Vec<Origin>,
    pub passed_over: Vec<PassedOver>,
}

/// Where a file came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Inside the inbox.
    pub inner: PathBuf,
    /// Where the copy is among the others; none where the file was not copied.
    pub copy: Option<String>,
    state: Option<State>,
}

/// What lies in an inbox and is none of what was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PassedOver {
    pub name: String,
    pub why: PassedOverBecause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassedOverBecause {
    /// The pipeline file says so; most are leftovers of operating systems.
    Ignored,
    /// It is the archive, the plan, or the pipeline file.
    NotSent,
    /// A folder that holds nothing.
    Hollow,
    /// An archive, the files of which were received one by one.
    Unpacked,
}

/// What of an inbox its copies do not tell, for the run's inputs.
#[derive(Debug, Serialize, Deserialize)]
pub struct Note {
    pub file: String,
    /// The bytes of its path inside the inbox, as hexadecimal.
    pub bytes: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// Why an inbox or a plan could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum CannotTakeIn {
    #[error("there is no folder {0}")]
    NoInbox(PathBuf),
    /// It was there and is not any more.
    #[error("the folder {0} has gone away")]
    WentAway(PathBuf),
    /// Holds what it is that lies there.
    #[error("there is no file in {folder}")]
    Empty { folder: PathBuf, left: Vec<String> },
    #[error("there is nothing to check in {0}")]
    NothingToCheck(PathBuf),
    #[error("the inbox {inbox} is the archive")]
    IsArchive { inbox: PathBuf },
    #[error("{path} is no regular file")]
    NotAFile { path: PathBuf, what: Irregular },
    #[error("{0} is a folder")]
    IsAFolder(PathBuf),
    #[error("cannot read {path}: {cause}")]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("cannot copy to {path}: {cause}")]
    Uncopied { path: PathBuf, cause: io::Error },
}

impl Inbox {
    /// Returns whether nothing lies there that somebody may have sent.
    pub fn is_empty(&self) -> bool {
        self.files.iter().all(|file| {
            let refusal = file.refusal.as_ref();
            refusal.is_some_and(|refusal| refusal.is_of_none() || is_closed(refusal))
        })
    }

    /// Returns what copies do not tell: names that are not theirs, and files without one.
    pub fn notes(&self) -> Vec<Note> {
        let both = self.files.iter().zip(&self.origins);
        let special = both.filter(|(file, origin)| origin.copy.as_ref() != Some(&file.name));
        special
            .map(|(file, origin)| Note {
                file: file.name.clone(),
                bytes: hash::hexadecimal(origin.inner.as_os_str().as_encoded_bytes()),
                copy: origin.copy.clone(),
                refusal: file.refusal.clone(),
            })
            .collect()
    }
}

fn is_closed(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::ClosedFolder(_))
}

/// Copies all files of an inbox into `into`.
///
/// `not_sent` is what may lie in the inbox and nobody submitted: the archive, the plan.
///
/// # Errors
/// Fails when the inbox is no folder, or goes away, or a copy cannot be written.
pub fn inbox(
    folder: &Path,
    into: &Path,
    pipeline: &Pipeline,
    not_sent: &[PathBuf],
) -> Result<Inbox, CannotTakeIn> {
    if !folder.is_dir() {
        return Err(CannotTakeIn::NoInbox(folder.to_owned()));
    }
    let not_sent: BTreeSet<PathBuf> =
        not_sent.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut patience = Patience::default();
    let ignored = &pipeline.intake.ignored;
    let entries = listing::list(folder, ignored, &not_sent, &mut patience)
        .map_err(|cause| CannotTakeIn::Unreadable { path: folder.to_owned(), cause })?;
    let mut inbox = Inbox { folder: folder.to_owned(), ..Inbox::default() };
    let mut given = Given::default();
    let mut folders = BTreeSet::new();
    for entry in entries {
        let passed_over = |why| PassedOver { name: shown(&entry.inner), why };
        let refusal = match entry.what {
            What::File => None,
            What::Irregular(what) => Some(Refusal::NotAFile(what)),
            What::Closed(cause) if is_exhausted(&cause) => {
                return Err(CannotTakeIn::Unreadable { path: folder.join(&entry.inner), cause });
            }
            What::Closed(cause) => Some(Refusal::ClosedFolder(cause.to_string())),
            What::Ignored => {
                inbox.passed_over.push(passed_over(PassedOverBecause::Ignored));
                continue;
            }
            What::NotSent => {
                inbox.passed_over.push(passed_over(PassedOverBecause::NotSent));
                continue;
            }
            What::Hollow => {
                inbox.passed_over.push(passed_over(PassedOverBecause::Hollow));
                continue;
            }
        };
        let name = given.shown(&entry.inner);
        let (file, origin) = if let Some(refusal) = refusal {
            let origin = Origin { inner: entry.inner, copy: None, state: None };
            (uncopied(name, Side::Submission, refusal), origin)
        } else {
            let source = folder.join(&entry.inner);
            let inner = given.copy(&entry.inner);
            let copy = into.join(&inner);
            make_folder(&copy, &mut folders, &mut patience)?;
            let by_name = by_name(&entry.inner);
            let taken = copying::copy(&source, &copy, Links::Left, &pipeline.limits, &mut patience);
            let (state, mut file) = received(&source, copy, name, Side::Submission, taken)?;
            file.refusal = by_name.or(file.refusal);
            if file.refusal.is_none() && packed::is_archive(&entry.inner) {
                let (inner, copy, modified) = (&*entry.inner, &*file.copy, file.modified);
                let archive = packed::Archive { inner, copy, modified };
                let unpacked =
                    packed::unpack(&archive, into, ignored, &mut given, &pipeline.limits)?;
                if let Some(unpacked) = unpacked {
                    inbox.passed_over.push(passed_over(PassedOverBecause::Unpacked));
                    for (file, origin) in unpacked {
                        inbox.files.push(file);
                        inbox.origins.push(origin);
                    }
                    continue;
                }
            }
            let copy = state.is_some().then_some(inner);
            (file, Origin { inner: entry.inner, copy, state })
        };
        inbox.files.push(file);
        inbox.origins.push(origin);
    }
    still_there(folder)?;
    Ok(inbox)
}

/// Fails when an inbox that was there is not any more.
fn still_there(folder: &Path) -> Result<(), CannotTakeIn> {
    if folder.is_dir() { Ok(()) } else { Err(CannotTakeIn::WentAway(folder.to_owned())) }
}

/// Copies one file that a person named, such as the plan, into `into`; a link is followed.
///
/// # Errors
/// Fails when it is no file, cannot be found, or cannot be copied.
pub fn single(
    path: &Path,
    into: &Path,
    side: Side,
    limits: &Limits,
) -> Result<Received, CannotTakeIn> {
    let file_name = Path::new(path.file_name().unwrap_or_default());
    let mut given = Given::default();
    let copy = into.join(given.copy(file_name));
    let mut patience = Patience::default();
    make_folder(&copy, &mut BTreeSet::new(), &mut patience)?;
    let taken = copying::copy(path, &copy, Links::Followed, limits, &mut patience);
    if let Err(NotCopied::Refused(refusal)) = &taken {
        let path = || path.to_owned();
        match refusal {
            Refusal::NotAFile(what) => {
                return Err(CannotTakeIn::NotAFile { path: path(), what: *what });
            }
            Refusal::Vanished => {
                let cause = io::ErrorKind::NotFound.into();
                return Err(CannotTakeIn::Unreadable { path: path(), cause });
            }
            _ => {}
        }
    }
    let (_, mut file) = received(path, copy, given.shown(file_name), side, taken)?;
    file.refusal = by_name(file_name).or(file.refusal);
    Ok(file)
}

/// Reads a file that a person named; a link is followed.
///
/// # Errors
/// Fails when it is no file or the system will not hand it over. Beyond the limit it is refused.
pub fn bytes(path: &Path, limits: &Limits) -> Result<Result<Vec<u8>, Refusal>, CannotTakeIn> {
    let unreadable = |cause| CannotTakeIn::Unreadable { path: path.to_owned(), cause };
    let (file, metadata) = open::regular(path, Links::Followed).map_err(|why| match why {
        NotOpened::Irregular(what) => CannotTakeIn::NotAFile { path: path.to_owned(), what },
        NotOpened::Folder => CannotTakeIn::IsAFolder(path.to_owned()),
        NotOpened::Gone => unreadable(io::ErrorKind::NotFound.into()),
        NotOpened::Trouble(cause) => unreadable(cause),
    })?;
    let most = u64::from(limits.file_mib) * 1024 * 1024;
    // One more than it holds, so that its end is met without asking for room again.
    let room = metadata.len().min(most).saturating_add(1);
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    if metadata.len() <= most {
        file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if metadata.len() > most || bytes.len() as u64 > most {
        return Ok(Err(Refusal::TooLarge(Limit::FileMib(limits.file_mib))));
    }
    Ok(Ok(bytes))
}

/// Returns the SHA-256 of a file that a person named; a link is followed.
///
/// # Errors
/// Says why it is not read.
pub fn hash_of(path: &Path, limits: &Limits) -> Result<String, Refusal> {
    let (file, metadata) = open::regular(path, Links::Followed).map_err(|why| match why {
        NotOpened::Irregular(what) => Refusal::NotAFile(what),
        NotOpened::Folder => Refusal::NoAccess(io::ErrorKind::IsADirectory.to_string()),
        NotOpened::Gone => Refusal::NoAccess(io::ErrorKind::NotFound.to_string()),
        NotOpened::Trouble(error) => Refusal::NoAccess(error.to_string()),
    })?;
    let most = u64::from(limits.file_mib) * 1024 * 1024;
    if metadata.len() > most {
        return Err(Refusal::TooLarge(Limit::FileMib(limits.file_mib)));
    }
    let mut running = hash::Running::default();
    let mut file = file.take(most);
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(running.end()),
            Ok(read) => running.take(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Refusal::NoAccess(error.to_string())),
        }
    }
}

/// Opens a file that a person named, to be read from its beginning; a link is followed.
///
/// # Errors
/// Fails when it is no file or the system will not hand it over.
pub fn file(path: &Path) -> Result<fs::File, CannotTakeIn> {
    let opened = open::regular(path, Links::Followed).map_err(|why| match why {
        NotOpened::Irregular(what) => CannotTakeIn::NotAFile { path: path.to_owned(), what },
        NotOpened::Folder => CannotTakeIn::IsAFolder(path.to_owned()),
        NotOpened::Gone => CannotTakeIn::Unreadable {
            path: path.to_owned(),
            cause: io::ErrorKind::NotFound.into(),
        },
        NotOpened::Trouble(cause) => CannotTakeIn::Unreadable { path: path.to_owned(), cause },
    })?;
    Ok(opened.0)
}

fn make_folder(
    copy: &Path,
    made: &mut BTreeSet<PathBuf>,
    patience: &mut Patience,
) -> Result<(), CannotTakeIn> {
    let Some(parent) = copy.parent().filter(|parent| !made.contains(*parent)) else {
        return Ok(());
    };
    patience
        .with(|| fs::create_dir_all(parent))
        .map_err(|cause| CannotTakeIn::Uncopied { path: parent.to_owned(), cause })?;
    made.insert(parent.to_owned());
    Ok(())
}

/// Returns a file as it is received, with its state where it was copied.
fn received(
    path: &Path,
    copy: PathBuf,
    name: String,
    side: Side,
    taken: Result<copying::Copied, NotCopied>,
) -> Result<(Option<State>, Received), CannotTakeIn> {
    match taken {
        Ok(copied) => {
            let modified = copied.state.milliseconds();
            let sha256 = copied.sha256;
            let file = Received { name, copy, sha256, side, modified, refusal: None };
            Ok((Some(copied.state), file))
        }
        Err(NotCopied::Refused(refusal)) => Ok((None, uncopied(name, side, refusal))),
        Err(NotCopied::Folder) => Err(CannotTakeIn::IsAFolder(path.to_owned())),
        Err(NotCopied::Unreadable(cause)) => {
            Err(CannotTakeIn::Unreadable { path: path.to_owned(), cause })
        }
        Err(NotCopied::Unwritable(cause)) => Err(CannotTakeIn::Uncopied { path: copy, cause }),
    }
}

fn uncopied(name: String, side: Side, refusal: Refusal) -> Received {
    let (copy, sha256) = (PathBuf::new(), String::new());
    Received { name, copy, sha256, side, modified: 0, refusal: Some(refusal) }
}

/// Recognises by its name a file that is no submission itself: the lock file beside an open
/// workbook, and what browsers and copy tools call a file that is not complete.
fn by_name(path: &Path) -> Option<Refusal> {
    const UNFINISHED: [&str; 6] =
        [".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp"];
    let file = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if file.starts_with("~$") || file.starts_with(".~") {
        return Some(Refusal::LockFile);
    }
    UNFINISHED.iter().any(|ending| file.ends_with(ending)).then_some(Refusal::Unfinished)
}
