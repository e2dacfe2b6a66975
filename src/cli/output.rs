//! Where answers go: standard output, or a file in UTF-8, which no shell writes anew in another form.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::archive;
use crate::model::hidden;
use crate::wording::archive::system_said;

/// Where an answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    Standard,
    File(PathBuf),
}

impl Out {
    /// Returns the file that was named, else standard output.
    pub fn of(named: Option<PathBuf>) -> Self {
        named.map_or(Out::Standard, Out::File)
    }

    /// Hands out what people read, with nothing hidden in it.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.print_as_is(&hidden::visible(text))
    }

    /// Hands out JSON or TOML, with what is hidden escaped.
    pub fn print_escaped(&self, text: &str) -> Result<(), Failure> {
        self.print_as_is(&hidden::escaped(text))
    }

    /// Hands out a value as JSON.
    pub fn print_json<T: serde::Serialize>(&self, value: &T) -> Result<(), Failure> {
        self.print_as_is(&String::from_utf8_lossy(&archive::json(value)))
    }

    /// Hands out a text. An answer that nobody got is none, and said so.
    pub fn print_as_is(&self, text: &str) -> Result<(), Failure> {
        match self {
            Out::Standard => print_as_is(text),
            Out::File(path) => put(path, text.as_bytes()).map_err(|cause| unwritten(path, &cause)),
        }
    }
}

/// Puts a file in place in one step: what was there before is there until all of it is written.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let is_regular = std::fs::metadata(path).map_or(true, |found| found.is_file());
    if !is_regular {
        // A pipe or a device that somebody named on purpose.
        return std::fs::write(path, bytes);
    }
    let mut beside = tempfile::Builder::new()
        .prefix(".duibiao-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    beside.write_all(bytes)?;
    archive::readable_by_all(beside.path());
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Says that a file could not be written.
pub fn unwritten(path: &Path, cause: &io::Error) -> Failure {
    let (path, cause) = (path.display(), system_said(&cause.into()));
    Failure::usage(
        format!("无法写入 {path}（{}）；请检查路径和权限", cause.chinese),
        format!("cannot write {path} ({}); check the path and its permissions", cause.english),
    )
}

/// Prints a path on a line of its own: as it is to a program, with nothing hidden to a person.
pub fn print_path(path: &Path) -> Result<(), Failure> {
    let path = path.display().to_string();
    if io::stdout().is_terminal() {
        print_as_is(&format!("{}\n", hidden::visible_line(&path)))
    } else {
        print_as_is(&format!("{path}\n"))
    }
}

fn print_as_is(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Writes lines of JSON with what is hidden in their texts escaped.
pub struct Escaping<W: Write>(pub W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(hidden::escaped(text).as_bytes())?,
            // Never where whole texts are written.
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
