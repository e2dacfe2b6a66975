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
    let mut seen = BTreeMap::new();
    loop {
        let now = Now { clock: Instant::now(), time: SystemTime::now() };
        let mut states = BTreeMap::new();
        look(inbox, &mut states);
        let changing = not_quiet(&states, &mut seen, &now, quiet);
        if changing.is_empty() || began.elapsed() >= quiet * PATIENCE {
            let name = |path: &PathBuf| super::shown(path.strip_prefix(inbox).unwrap_or(path));
            let changing = changing.iter().map(name).collect();
            return Settled { waited: began.elapsed(), changing };
        }
        thread::sleep(STEP.min(quiet));
    }
}

/// The moment of a look: by the clock that never goes back, and by the one that files are stamped with.
struct Now {
    clock: Instant,
    time: SystemTime,
}

/// Returns the files that have not been left alone for so long; since when each is seen as it is now is kept in `seen`.
fn not_quiet(
    states: &BTreeMap<PathBuf, State>,
    seen: &mut BTreeMap<PathBuf, (State, Instant)>,
    now: &Now,
    quiet: Duration,
) -> Vec<PathBuf> {
    let mut changing = Vec::new();
    for (path, state) in states {
        let since = match seen.get(path) {
            Some((before, since)) if before == state => *since,
            _ => now.clock,
        };
        seen.insert(path.clone(), (*state, since));
        // A clock that is ahead or was set back tells nothing: then what is seen counts.
        let age = state.1.and_then(|modified| now.time.duration_since(modified).ok());
        if age.is_none_or(|age| age < quiet) && now.clock - since < quiet {
            changing.push(path.clone());
        }
    }
    changing
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

    const QUIET: Duration = Duration::from_secs(10);

    /// What is seen of one file, and when: its size, how long ago it was written (below nought: in time to come),
    /// and seconds since the first look. The times are made up, so that no load of the machine changes what comes of it.
    fn changing_after(looks: &[(u64, i64, u64)]) -> bool {
        let (clock, time) = (Instant::now(), SystemTime::UNIX_EPOCH + Duration::from_hours(1000));
        let mut seen = BTreeMap::new();
        let mut changing = Vec::new();
        for &(size, written_ago, at) in looks {
            let now = Now {
                clock: clock + Duration::from_secs(at),
                time: time + Duration::from_secs(at),
            };
            let seconds = Duration::from_secs(written_ago.unsigned_abs());
            let modified = if written_ago < 0 { now.time + seconds } else { now.time - seconds };
            let states = BTreeMap::from([(PathBuf::from("a.csv"), (size, Some(modified)))]);
            changing = not_quiet(&states, &mut seen, &now, QUIET);
        }
        !changing.is_empty()
    }

    #[test]
    fn what_lies_still_is_not_waited_for_and_what_grows_is() {
        assert!(!changing_after(&[(1, 10, 0)]));
        assert!(changing_after(&[(1, 9, 0)]));
        assert!(!changing_after(&[(1, 9, 0), (1, 10, 1)]));
        // It grows for longer than is waited for.
        assert!(changing_after(&[(1, 0, 0), (2, 0, 6), (3, 0, 12), (4, 0, 18)]));
        // A time that is to come is no reason to wait for it: then what is seen counts.
        assert!(changing_after(&[(1, -3600, 0), (1, -3595, 5)]));
        assert!(!changing_after(&[(1, -3600, 0), (1, -3590, 10)]));
    }

    #[test]
    fn a_folder_is_looked_through() {
        let inbox = tempfile::tempdir().unwrap();
        assert_eq!(settle(inbox.path(), Duration::from_mins(1)).changing, Vec::<String>::new());
        fs::create_dir(inbox.path().join("甲县")).unwrap();
        let path = inbox.path().join("甲县/a.csv");
        fs::write(&path, "1").unwrap();
        let long_ago = SystemTime::now() - Duration::from_hours(1);
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        let settled = settle(inbox.path(), Duration::from_mins(1));
        assert!(settled.changing.is_empty() && settled.waited < Duration::from_mins(1));
        // Written just now, it is waited for, and not for ever.
        fs::write(&path, "12").unwrap();
        assert!(settle(inbox.path(), Duration::from_millis(100)).changing.is_empty());
    }
}
