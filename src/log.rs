//! The log: what a run did and why none was made, a line of JSON for each thing that happened, in a file
//! of its day. `tracing` is spoken everywhere; who writes it down is set here and nowhere else.
//!
//! By itself it lies beside the runs, in `ARCHIVE/<pipeline>/log/`, once there is one to lie beside: what
//! came to nothing leaves nothing in an archive that is new. A schedule names the folder, and is told of there
//! from the first day on. Nothing depends on it: where it cannot be written, that is
//! said once, and the run goes on.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Unit;
use jiff::tz::TimeZone;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use crate::archive;
use crate::model::clock;

/// Where the log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Not known yet; what happened is kept until it is.
    Unknown,
    /// The file that was named.
    File(PathBuf),
    /// A folder that was named: a file a day.
    Folder(PathBuf),
    /// Beside the runs, once there is one.
    Beside(PathBuf),
}

struct State {
    place: Place,
    zone: TimeZone,
    waiting: Vec<u8>,
    /// Why it could not be written, when that happened first.
    trouble: Option<(PathBuf, io::Error)>,
}

/// The log of this process.
#[derive(Clone)]
pub struct Log(Arc<Mutex<State>>);

impl Log {
    /// Begins to keep what is told; `named` is a file, or a folder for a file a day.
    pub fn begin(named: Option<PathBuf>) -> Self {
        let is_folder = |path: &Path| {
            path.is_dir() || path.as_os_str().to_string_lossy().ends_with(['/', '\\'])
        };
        let place = match named {
            None => Place::Unknown,
            Some(path) if is_folder(&path) => Place::Folder(path),
            Some(path) => Place::File(path),
        };
        let (zone, waiting) = (TimeZone::system(), Vec::new());
        let log = Log(Arc::new(Mutex::new(State { place, zone, waiting, trouble: None })));
        let written = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_target(false)
            .with_timer(log.clone())
            .with_writer(log.clone())
            .finish();
        // Only a test begins twice in one process.
        let _ = tracing::subscriber::set_global_default(written);
        log
    }

    /// Says where the runs of the pipeline lie, and in which zone their days begin.
    pub fn beside(&self, archive: &Path, pipeline: &str, zone: TimeZone) {
        let mut state = self.state();
        state.zone = zone;
        if state.place == Place::Unknown {
            state.place = Place::Beside(archive::folder_of(archive, pipeline));
        }
    }

    /// Writes what is still waiting; returns why something could not be written.
    pub fn end(&self) -> Option<(PathBuf, io::Error)> {
        let mut state = self.state();
        state.write_on();
        state.trouble.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn path(&self) -> Option<PathBuf> {
        let of_day = |folder: &Path| {
            let day = clock::now().to_zoned_datetime(self.zone.clone()).date();
            folder.join(format!("{day}.jsonl"))
        };
        match &self.place {
            Place::Unknown => None,
            Place::File(path) => Some(path.clone()),
            Place::Folder(folder) => Some(of_day(folder)),
            Place::Beside(runs) => {
                archive::holds_runs(runs).then(|| of_day(&runs.join(archive::LOG)))
            }
        }
    }

    fn write_on(&mut self) {
        let Some(path) = self.path().filter(|_| !self.waiting.is_empty()) else { return };
        let written = appended(&path, &self.waiting);
        self.waiting.clear();
        if let (Err(cause), None) = (written, &self.trouble) {
            self.trouble = Some((path, cause));
        }
    }
}

/// Appends whole lines at once, so that two processes do not write into each other's.
fn appended(path: &Path, lines: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // A pipe would be waited for.
    if std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    OpenOptions::new().append(true).create(true).open(path)?.write_all(lines)
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        state.waiting.extend_from_slice(line);
        state.write_on();
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl FormatTime for Log {
    fn format_time(&self, into: &mut Writer<'_>) -> std::fmt::Result {
        // A line is written while nobody holds the state.
        let zone = self.state().zone.clone();
        let now = clock::now().to_zoned_datetime(zone);
        let now = now.round(Unit::Millisecond).unwrap_or(now);
        write!(into, "{}", now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wait_until_there_is_a_place_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log(Arc::new(Mutex::new(State {
            place: Place::Unknown,
            zone: TimeZone::UTC,
            waiting: Vec::new(),
            trouble: None,
        })));
        log.write_all(b"{\"first\":1}\n").unwrap();
        log.beside(folder.path(), "p", TimeZone::UTC);
        log.write_all(b"{\"second\":2}\n").unwrap();
        assert!(log.end().is_none() && std::fs::read_dir(folder.path()).unwrap().next().is_none());
        std::fs::create_dir(folder.path().join("p")).unwrap();
        log.write_all(b"{\"second\":2}\n").unwrap();
        assert!(!folder.path().join("p/log").exists());
        std::fs::write(folder.path().join("p/.chain.jsonl"), "").unwrap();
        log.write_all(b"{\"third\":3}\n").unwrap();
        let day = std::fs::read_dir(folder.path().join("p/log")).unwrap().next().unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(day.path()).unwrap().lines().count(), 4);
        std::fs::remove_file(day.path()).unwrap();
        std::fs::create_dir(day.path()).unwrap();
        log.write_all(b"{\"fourth\":4}\n").unwrap();
        assert!(log.end().is_some() && log.end().is_none());
    }
}
