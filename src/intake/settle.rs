//! Waits until the files of an inbox have been left alone for a while: a colleague may be copying a sheet
//! in this very moment, and what is half there is not to be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::folder;

/// What came of waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub waited: Duration,
    /// Files that went on changing; how they are read is told of each.
    pub changing: Vec<String>,
}

/// Size and time, as the file system tells.
type State = (u64, Option<SystemTime>);

/// Waits until nothing has changed for so long; not for ever, since one file may never come to rest.
pub fn settle(inbox: &Path, quiet: Duration) -> Settled {
    const STEP: Duration = Duration::from_millis(200);
    /// Times that are waited for.
    const PATIENCE: u32 = 10;
    let began = Instant::now();
    if quiet.is_zero() {
        return Settled::default();
    }
    // Since when each is seen as it is now.
    let mut seen: BTreeMap<PathBuf, (State, Instant)> = BTreeMap::new();
    loop {
        let now = Instant::now();
        let mut states = BTreeMap::new();
        look(inbox, &mut states);
        let mut changing = Vec::new();
        for (path, state) in &states {
            let since = match seen.get(path) {
                Some((before, since)) if before == state => *since,
                _ => now,
            };
            seen.insert(path.clone(), (*state, since));
            // A clock that is ahead or was set back tells nothing: then what is seen counts.
            let age = state.1.and_then(|modified| SystemTime::now().duration_since(modified).ok());
            let is_quiet = age.is_some_and(|age| age >= quiet) || now - since >= quiet;
            if !is_quiet {
                changing.push(path);
            }
        }
        if changing.is_empty() || began.elapsed() >= quiet * PATIENCE {
            let name = |path: &&PathBuf| super::shown(path.strip_prefix(inbox).unwrap_or(path));
            let changing = changing.iter().map(name).collect();
            return Settled { waited: began.elapsed(), changing };
        }
        thread::sleep(STEP.min(quiet));
    }
}

/// The regular files in a folder and those in it; no link is followed.
fn look(folder: &Path, states: &mut BTreeMap<PathBuf, State>) {
    for (name, kind) in folder::entries(folder).into_iter().flatten() {
        let path = folder.join(name);
        match kind {
            Ok(kind) if kind.is_dir() => look(&path, states),
            Ok(kind) if kind.is_file() => {
                if let Ok(metadata) = fs::symlink_metadata(&path) {
                    states.insert(path, (metadata.len(), metadata.modified().ok()));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_still_is_not_waited_for_and_what_grows_is() {
        let inbox = tempfile::tempdir().unwrap();
        assert_eq!(settle(inbox.path(), Duration::from_mins(1)).changing, Vec::<String>::new());
        let path = inbox.path().join("a.csv");
        fs::write(&path, "1").unwrap();
        let quiet = Duration::from_millis(300);
        let settled = settle(inbox.path(), quiet);
        assert!(settled.changing.is_empty() && settled.waited >= Duration::from_millis(100));
        // A time that is to come is no reason to wait for it.
        let ahead = SystemTime::now() + Duration::from_hours(1);
        fs::File::options().write(true).open(&path).unwrap().set_modified(ahead).unwrap();
        assert!(settle(inbox.path(), quiet).changing.is_empty());
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let size = fs::metadata(&path).unwrap().len();
                    fs::write(&path, "1".repeat(usize::try_from(size).unwrap() + 1)).unwrap();
                    thread::sleep(Duration::from_millis(20));
                }
            });
            let settled = settle(inbox.path(), Duration::from_millis(100));
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(settled.changing, ["a.csv"]);
        });
    }
}
