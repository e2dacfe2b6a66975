//! One file is copied and hashed in one go, within its limit; what changes meanwhile is told as that.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use super::open::{self, Links, NotOpened, Patience, is_exhausted};
use crate::model::finding::{Limit, Refusal};
use crate::model::hash;
use crate::pipeline::file::Read as Limits;

/// A file that was copied.
#[derive(Debug)]
pub struct Copied {
    pub sha256: String,
    /// As it was when it was copied.
    pub state: State,
}

/// By what one sees that a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub size: u64,
    pub modified: Option<SystemTime>,
}

impl State {
    pub fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok() }
    }

    /// Milliseconds since 1970; zero where the system does not tell.
    pub fn milliseconds(&self) -> i64 {
        let since = self.modified.map(|time| time.duration_since(SystemTime::UNIX_EPOCH));
        let since = since.and_then(Result::ok).map(|since| i64::try_from(since.as_millis()));
        since.and_then(Result::ok).unwrap_or(0)
    }
}

/// Why there is no copy.
#[derive(Debug)]
pub enum NotCopied {
    /// The file's doing.
    Refused(Refusal),
    /// A person named a folder, where a file is wanted.
    Folder,
    /// It could not be read; the system's doing.
    Unreadable(io::Error),
    /// The copy could not be written.
    Unwritable(io::Error),
}

impl NotCopied {
    fn is_passing(&self, attempt: u32, patience: &mut Patience) -> bool {
        match self {
            NotCopied::Refused(Refusal::Copying) => {
                patience.waits(attempt, &io::ErrorKind::WouldBlock.into())
            }
            NotCopied::Unreadable(error) | NotCopied::Unwritable(error) => {
                patience.waits(attempt, error)
            }
            NotCopied::Refused(_) | NotCopied::Folder => false,
        }
    }
}

/// Copies a file whose folder is there.
///
/// # Errors
/// Says why there is no copy; nothing is left of one then. A file beyond the limit is not read.
pub fn copy(
    path: &Path,
    copy: &Path,
    links: Links,
    limits: &Limits,
    patience: &mut Patience,
) -> Result<Copied, NotCopied> {
    let mut attempt = 0;
    loop {
        match copy_once(path, copy, links, limits) {
            Ok(copied) => return Ok(copied),
            Err(why) => {
                let _ = fs::remove_file(copy);
                if !why.is_passing(attempt, patience) {
                    return Err(told(why));
                }
                attempt += 1;
            }
        }
    }
}

/// What the system says of one file is told of that file; what it says of itself ends the run.
fn told(why: NotCopied) -> NotCopied {
    match why {
        NotCopied::Unreadable(error) if !is_exhausted(&error) => {
            NotCopied::Refused(Refusal::NoAccess(error.to_string()))
        }
        why => why,
    }
}

fn copy_once(path: &Path, copy: &Path, links: Links, limits: &Limits) -> Result<Copied, NotCopied> {
    /// Enough that the system is rarely asked.
    const BUFFER: usize = 128 * 1024;
    let (mut file, before) = open::regular(path, links).map_err(|why| match why {
        NotOpened::Irregular(what) => NotCopied::Refused(Refusal::NotAFile(what)),
        NotOpened::Folder => NotCopied::Folder,
        NotOpened::Gone => NotCopied::Refused(Refusal::Vanished),
        NotOpened::Trouble(error) => NotCopied::Unreadable(error),
    })?;
    let most = u64::from(limits.file_mib) * 1024 * 1024;
    if before.len() > most {
        return Err(NotCopied::Refused(Refusal::TooLarge(Limit::FileMib(limits.file_mib))));
    }
    let state = State::of(&before);
    let mut into = create(copy).map_err(NotCopied::Unwritable)?;
    let mut running = hash::Running::default();
    let mut left = state.size;
    let room = usize::try_from(state.size).unwrap_or(BUFFER);
    let mut buffer = vec![0; room.clamp(1, BUFFER)];
    while left > 0 {
        let read = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(NotCopied::Unreadable)?,
        };
        if read == 0 {
            break;
        }
        // One that grows as it is read is not read for ever; its size tells it below.
        left = left.checked_sub(read as u64).ok_or(NotCopied::Refused(Refusal::Copying))?;
        running.take(&buffer[..read]);
        into.write_all(&buffer[..read]).map_err(NotCopied::Unwritable)?;
    }
    let after = file.metadata().map_err(NotCopied::Unreadable)?;
    if left > 0 || State::of(&after) != state {
        return Err(NotCopied::Refused(Refusal::Copying));
    }
    Ok(Copied { sha256: running.end(), state })
}

/// Creates a copy, for the office and not for all the world.
#[cfg(unix)]
pub(super) fn create(copy: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(copy)
}

/// Elsewhere a copy is readable as its folder is.
#[cfg(not(unix))]
pub(super) fn create(copy: &Path) -> io::Result<File> {
    File::create(copy)
}
