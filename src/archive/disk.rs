//! What makes a run last: files and folders flushed to the disk, files replaced in one step, rights
//! for the owner and the group only, and nothing read that is no regular file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::intake::folder;
use crate::model::{Oddity, hash};

/// Everything of ours that lies in an archive for a while only begins so.
pub const PASSING: &str = ".staging-";

/// Makes a folder and those it lies in, where they are missing, for the owner and the group, and
/// flushes what they lie in.
///
/// # Errors
/// Fails when one cannot be made or flushed.
pub fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = parent_of(folder);
    make_folders(parent)?;
    match fs::create_dir(folder) {
        Ok(()) => {
            let _ = for_the_office(folder, Kept::Folder);
            flush_folder(parent)
        }
        // Another run was quicker.
        Err(_) if folder.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns the folder that a path lies in; that of a bare name is the working folder.
pub fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    File,
    Folder,
}

/// Gives a file or folder to its owner and group alone, whatever the process would leave to others.
#[cfg(unix)]
pub fn for_the_office(path: &Path, what: Kept) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // A folder that hands its group on goes on doing so.
    const HANDED_ON: u32 = 0o2000;
    let now = fs::metadata(path)?.permissions().mode();
    let wanted = match what {
        Kept::File => 0o640,
        Kept::Folder => (now & HANDED_ON) | 0o750,
    };
    if now & 0o7777 == wanted {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(wanted))
}

/// Elsewhere they inherit the rights of the folder that they lie in.
#[cfg(not(unix))]
pub fn for_the_office(_: &Path, _: Kept) -> io::Result<()> {
    Ok(())
}

/// Flushes a folder: the names in it. Some file systems know no such thing, and say so.
#[cfg(unix)]
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        done => done,
    }
}

/// Elsewhere a rename is written through by the system, and folders cannot be flushed.
#[cfg(not(unix))]
pub fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Flushes a file: its content and its length.
fn flush_file(path: &Path) -> io::Result<()> {
    // Where handles for reading cannot be flushed, one for writing can.
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Gives everything in a folder, and the folder, its rights, and flushes it: files first, then the
/// folders that name them, from the inside out.
///
/// # Errors
/// Fails when anything cannot be flushed.
pub fn make_last(folder: &Path) -> io::Result<()> {
    for (name, kind) in folder::entries(folder)? {
        let path = folder.join(name);
        if kind?.is_dir() {
            make_last(&path)?;
        } else {
            for_the_office(&path, Kept::File)?;
            flush_file(&path)?;
        }
    }
    for_the_office(folder, Kept::Folder)?;
    flush_folder(folder)
}

/// A file that is written and flushed beside its place, and put there later in one step; given up,
/// it leaves nothing.
#[derive(Debug)]
pub struct Beside(tempfile::NamedTempFile);

impl Beside {
    /// # Errors
    /// Fails when it cannot be written or flushed.
    pub fn write(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut file = tempfile::Builder::new().prefix(PASSING).tempfile_in(folder)?;
        file.write_all(bytes)?;
        for_the_office(file.path(), Kept::File)?;
        file.as_file().sync_all()?;
        Ok(Self(file))
    }

    /// Puts it in its place; the name lasts once the folder is flushed.
    ///
    /// # Errors
    /// Fails when the place cannot be taken.
    pub fn put_in_place(self, path: &Path) -> io::Result<()> {
        self.0.persist(path).map(drop).map_err(|error| error.error)
    }
}

/// Renames; where a scanner of the system holds a file for a moment, a little later.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    const TRIES: u32 = if cfg!(windows) { 20 } else { 1 };
    let mut tried = 1;
    loop {
        match fs::rename(from, to) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && tried < TRIES => {
                tried += 1;
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            done => return done,
        }
    }
}

/// Reads a regular file of at most `limit` bytes; nothing else is even opened.
///
/// # Errors
/// Says what is odd about it.
pub fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, Oddity> {
    let unreadable = |error: io::Error| Oddity::Unreadable((&error).into());
    let metadata = fs::symlink_metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Oddity::NoRegularFile);
    }
    if metadata.len() > limit {
        return Err(Oddity::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Returns the hash and the length of a regular file, however large; none of anything else.
///
/// # Errors
/// Fails when it is not there or cannot be read.
pub fn hash_regular(path: &Path) -> io::Result<Option<(String, u64)>> {
    const CHUNK: usize = 1 << 16;
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let (mut file, mut digest) = (File::open(path)?, Sha256::new());
    let (mut length, mut chunk) = (0, vec![0; CHUNK]);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(Some((hash::hexadecimal(&digest.finalize()), length))),
            Ok(read) => {
                digest.update(&chunk[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
