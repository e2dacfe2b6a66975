//! Opening what somebody else put there: regular files only, never a pipe that nobody fills, never
//! a device; and telling trouble of the file from trouble of the machine.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::model::finding::Irregular;

/// Whether a link leads anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// A person named the path and means where it leads.
    Followed,
    /// What lies in an inbox is what it is.
    Left,
}

/// Why a file was not opened.
#[derive(Debug)]
pub enum NotOpened {
    Irregular(Irregular),
    Folder,
    Gone,
    Trouble(io::Error),
}

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            NotOpened::Gone
        } else {
            NotOpened::Trouble(error)
        }
    }
}

/// Opens a regular file for reading, and tells what it is.
///
/// What it is is asked before it is opened, since opening alone can wait for ever or start a device;
/// and once more of the open file, since it may have been exchanged between.
///
/// # Errors
/// Says what it is instead, or what the system said.
pub fn regular(path: &Path, links: Links) -> Result<(File, Metadata), NotOpened> {
    held(&seen(path, links)?)?;
    let file = match options(links).open(path) {
        Ok(file) => file,
        // It may have become something else by now.
        Err(error) => {
            held(&seen(path, links)?)?;
            return Err(error.into());
        }
    };
    let metadata = file.metadata()?;
    held(&metadata)?;
    Ok((file, metadata))
}

fn seen(path: &Path, links: Links) -> io::Result<Metadata> {
    match links {
        Links::Followed => fs::metadata(path),
        Links::Left => fs::symlink_metadata(path),
    }
}

fn held(metadata: &Metadata) -> Result<(), NotOpened> {
    let kind = metadata.file_type();
    if kind.is_file() {
        Ok(())
    } else if kind.is_dir() {
        Err(NotOpened::Folder)
    } else {
        Err(NotOpened::Irregular(irregular(kind)))
    }
}

/// Says what it is that is neither file nor folder.
#[cfg(unix)]
pub fn irregular(kind: fs::FileType) -> Irregular {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_symlink() {
        Irregular::Link
    } else if kind.is_fifo() {
        Irregular::Pipe
    } else if kind.is_socket() {
        Irregular::Socket
    } else if kind.is_block_device() || kind.is_char_device() {
        Irregular::Device
    } else {
        Irregular::Other
    }
}

/// Says what it is that is neither file nor folder.
#[cfg(not(unix))]
pub fn irregular(kind: fs::FileType) -> Irregular {
    if kind.is_symlink() { Irregular::Link } else { Irregular::Other }
}

#[cfg(unix)]
fn options(links: Links) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let link = match links {
        Links::Followed => 0,
        Links::Left => libc::O_NOFOLLOW,
    };
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | link);
    options
}

#[cfg(not(unix))]
fn options(_: Links) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// Whether the machine has no more to give, whatever is asked of it: no file's doing.
pub fn is_exhausted(error: &io::Error) -> bool {
    use io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::OutOfMemory
    ) || is_out_of_handles(error)
}

#[cfg(unix)]
fn is_out_of_handles(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

#[cfg(not(unix))]
fn is_out_of_handles(error: &io::Error) -> bool {
    const TOO_MANY_OPEN_FILES: i32 = 4;
    const NO_SYSTEM_RESOURCES: i32 = 1450;
    matches!(error.raw_os_error(), Some(TOO_MANY_OPEN_FILES | NO_SYSTEM_RESOURCES))
}

/// What fails for a moment is tried again; how often in all is counted, so that a folder full of
/// trouble is not waited for one by one.
#[derive(Debug)]
pub struct Patience {
    waits: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { waits: 40 }
    }
}

impl Patience {
    /// Waits a moment; false once patience is at its end, or where waiting changes nothing.
    pub fn waits(&mut self, attempt: u32, error: &io::Error) -> bool {
        const ATTEMPTS: u32 = 3;
        use io::ErrorKind;
        let stays = matches!(
            error.kind(),
            ErrorKind::NotFound
                | ErrorKind::PermissionDenied
                | ErrorKind::NotADirectory
                | ErrorKind::IsADirectory
                | ErrorKind::InvalidFilename
                | ErrorKind::ReadOnlyFilesystem
        );
        if stays || attempt + 1 >= ATTEMPTS || self.waits == 0 {
            return false;
        }
        self.waits -= 1;
        thread::sleep(Duration::from_millis(20 << (2 * attempt)));
        true
    }

    /// Does something again that fails for a moment.
    ///
    /// # Errors
    /// Returns what it failed with at last.
    pub fn with<T>(&mut self, mut what: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        let mut attempt = 0;
        loop {
            match what() {
                Err(error) if self.waits(attempt, &error) => attempt += 1,
                outcome => return outcome,
            }
        }
    }
}
