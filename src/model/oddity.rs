//! What is odd about an entry of an archive: named and passed over, never a reason not to run.

use std::io;
use std::path::PathBuf;

/// An entry of an archive that is not as this program leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    pub path: PathBuf,
    pub why: Oddity,
}

/// Why an entry is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// No file or folder of an archive bears such a name.
    Stray,
    /// A file bears the name of a folder.
    NoFolder,
    /// A link, a pipe or a device; only files and folders of the archive itself are read.
    NoRegularFile,
    /// Larger than anything that this program writes there, in bytes.
    TooLarge(u64),
    /// A run's number written otherwise, as in `007`.
    NumberWrittenOtherwise,
    /// A run folder without `report.json`: nothing was ever published in it, or that file is gone.
    NoReport,
    /// Its text is not what this program writes there, for a reason in the parser's words.
    Garbled(String),
    /// The system does not let it be read.
    Unreadable(SystemSaid),
    /// Of a later version of this program, whose name of the form is told.
    LaterVersion(String),
    /// A run of another pipeline or period, which is told.
    Foreign(String),
    /// The file of the highest number holds no number that a run can have.
    NoNumber(String),
    /// The report is not as it was published; what it says is used all the same.
    Altered,
    /// What a run that was broken off left could not be removed.
    NotRemoved(SystemSaid),
}

/// What the system said of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemSaid {
    pub kind: io::ErrorKind,
    /// In its own words.
    pub words: String,
}

impl From<&io::Error> for SystemSaid {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), words: error.to_string() }
    }
}
