//! The lock of a pipeline's archive: one run at a time. `.lock` is the file that is locked; it is
//! never written to. `.running` beside it says who holds it, and since when.
//!
//! Where a shared folder knows no locks, `.running` itself is the lock: only one run can make it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::disk::{self, Kept};
use super::fault::CannotArchive;
use crate::model::clock;

pub const LOCK: &str = ".lock";
pub const RUNNING: &str = ".running";
/// Longer than any note of a holder.
const LONGEST_NOTE: u64 = 4096;

/// Who works in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    pub user: String,
    /// As RFC 3339.
    pub since: String,
    /// Whether this note is all that keeps others out.
    pub by: Means,
}

/// What keeps others out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// A lock of the system, which ends with its process.
    Lock,
    /// The note alone: the folder knows no locks.
    Note,
}

impl Holder {
    /// Returns a note about this process.
    fn now(by: Means) -> Self {
        let since = clock::now().round(jiff::Unit::Second);
        Self {
            pid: std::process::id(),
            host: host(),
            user: user(),
            since: since.map(|since| since.to_string()).unwrap_or_default(),
            by,
        }
    }

    /// Whether that process is gone, as far as it can be known from here.
    fn is_gone(&self) -> bool {
        let processes = Path::new("/proc/self");
        self.host == host()
            && processes.exists()
            && !Path::new("/proc").join(self.pid.to_string()).exists()
    }
}

/// Returns who runs this process; empty where the system does not say.
pub fn user() -> String {
    let named = variable(["USER", "USERNAME"]);
    // Whatever a schedule starts has no such variable.
    if named.is_empty() { owner_of_process() } else { named }
}

/// Whom the process belongs to: the name in the system's list, else the number.
#[cfg(unix)]
fn owner_of_process() -> String {
    let number = rustix::process::geteuid().as_raw().to_string();
    let list = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    named.unwrap_or(number)
}

#[cfg(not(unix))]
fn owner_of_process() -> String {
    String::new()
}

/// Returns what this machine is called; empty where the system does not say.
pub fn host() -> String {
    let host = variable(["COMPUTERNAME", "HOSTNAME"]);
    if host.is_empty() {
        fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned()
    } else {
        host
    }
}

fn variable(names: [&str; 2]) -> String {
    names.iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// An archive that nobody else works in, until this is dropped.
#[derive(Debug)]
pub struct Lock {
    running: PathBuf,
    /// None where the folder knows no locks.
    _locked: Option<File>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The note goes before the lock does, so that it is ours.
        let _ = fs::remove_file(&self.running);
    }
}

/// Locks a folder, waiting at most so long for another run; `waits` is called once before.
///
/// # Errors
/// Fails when another run holds it still, or it cannot be locked.
pub fn acquire(
    folder: &Path,
    wait: Duration,
    waits: &mut dyn FnMut(Option<&Holder>),
) -> Result<Lock, CannotArchive> {
    const EVERY: Duration = Duration::from_millis(200);
    /// Until who holds it has noted so, or is gone with the note.
    const NOTED: Duration = Duration::from_millis(20);
    const MOST_GLANCES: u32 = 25;
    let until = Instant::now().checked_add(wait);
    let mut has_said = false;
    let mut glances = 0;
    loop {
        let holder = match attempt(folder)? {
            Attempt::Locked(lock) => return Ok(lock),
            Attempt::Held(holder) => holder,
            Attempt::Again => continue,
        };
        let left = until.map_or(EVERY, |until| until.saturating_duration_since(Instant::now()));
        if holder.is_none() && glances < MOST_GLANCES {
            glances += 1;
            std::thread::sleep(NOTED);
            continue;
        }
        if left.is_zero() {
            return Err(CannotArchive::Locked { folder: folder.to_owned(), holder });
        }
        if !has_said {
            waits(holder.as_ref());
            has_said = true;
        }
        std::thread::sleep(EVERY.min(left));
    }
}

enum Attempt {
    Locked(Lock),
    Held(Option<Holder>),
    /// The lock's file was replaced, or the system was interrupted.
    Again,
}

fn attempt(folder: &Path) -> Result<Attempt, CannotArchive> {
    let path = folder.join(LOCK);
    let running = folder.join(RUNNING);
    let file = open(&path)?;
    match file.try_lock() {
        Ok(()) if !is_still(&file, &path) => Ok(Attempt::Again),
        Ok(()) => match noted(&running) {
            Some(holder) if holder.by == Means::Note && !holder.is_gone() => {
                Ok(Attempt::Held(Some(holder)))
            }
            // Whoever wrote it has lost the lock.
            _ => {
                note(&running, Means::Lock);
                Ok(Attempt::Locked(Lock { running, _locked: Some(file) }))
            }
        },
        Err(fs::TryLockError::WouldBlock) => Ok(Attempt::Held(noted(&running))),
        Err(fs::TryLockError::Error(cause)) if cause.kind() == io::ErrorKind::Interrupted => {
            Ok(Attempt::Again)
        }
        Err(fs::TryLockError::Error(cause)) => by_note_alone(running, &path, cause),
    }
}

/// Opens the lock without following a link and without changing what is in it.
fn open(path: &Path) -> Result<File, CannotArchive> {
    let no_lock = |cause| CannotArchive::NoLock { path: path.to_owned(), cause };
    let not_ours = || CannotArchive::LockNotOurs(path.to_owned());
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(not_ours()),
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(no_lock(cause)),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    without_following(&mut options);
    let file = options.open(path).map_err(|cause| {
        // A link that was put there this very moment.
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link { not_ours() } else { no_lock(cause) }
    })?;
    if !file.metadata().map_err(no_lock)?.is_file() {
        return Err(not_ours());
    }
    let _ = disk::for_the_office(path, Kept::File);
    Ok(file)
}

#[cfg(unix)]
fn without_following(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NOFOLLOW;
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
}

#[cfg(windows)]
fn without_following(options: &mut OpenOptions) {
    use std::os::windows::fs::OpenOptionsExt;
    const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    options.custom_flags(OPEN_REPARSE_POINT);
}

#[cfg(not(any(unix, windows)))]
fn without_following(_: &mut OpenOptions) {}

/// Whether the file that was locked is the one that others find under its name.
#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(ours), Ok(named)) => place(ours) == place(named),
        _ => false,
    }
}

/// Elsewhere an open file cannot be removed or replaced.
#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}

fn noted(running: &Path) -> Option<Holder> {
    serde_json::from_slice(&disk::read_regular(running, LONGEST_NOTE).ok()?).ok()
}

/// Says who holds the lock; nothing depends on it.
fn note(running: &Path, by: Means) {
    let _ = fs::remove_file(running);
    if let Ok(file) = File::create_new(running) {
        let _ = write_note(file, running, by);
    }
}

fn write_note(mut file: File, running: &Path, by: Means) -> io::Result<()> {
    let _ = disk::for_the_office(running, Kept::File);
    let text = serde_json::to_vec(&Holder::now(by)).unwrap_or_default();
    file.write_all(&text)
}

/// The folder knows no locks: whoever can make the note works there.
fn by_note_alone(
    running: PathBuf,
    path: &Path,
    cause: io::Error,
) -> Result<Attempt, CannotArchive> {
    match noted(&running) {
        Some(holder) if holder.is_gone() => {
            let _ = fs::remove_file(&running);
        }
        Some(holder) => return Ok(Attempt::Held(Some(holder))),
        None => {}
    }
    match File::create_new(&running) {
        Ok(file) => match write_note(file, &running, Means::Note) {
            Ok(()) => Ok(Attempt::Locked(Lock { running, _locked: None })),
            Err(cause) => {
                let _ = fs::remove_file(&running);
                Err(CannotArchive::NoLock { path: running, cause })
            }
        },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Ok(Attempt::Held(noted(&running)))
        }
        Err(_) => Err(CannotArchive::NoLock { path: path.to_owned(), cause }),
    }
}
