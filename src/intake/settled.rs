//! Whether files stay as they were when they were copied. A copy that is made while a file grows may
//! end anywhere; it is not to be called damaged, nor taken for all that was sent.

use std::fs;
use std::thread;
use std::time::{Duration, SystemTime};

use super::copying::State;
use super::{CannotTakeIn, Inbox, still_there};

/// How a copy was understood, as far as it tells whether it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Its format has an end, and it was there.
    None,
    /// Text, and a page of the web, may end anywhere.
    Text,
    /// It could not be read, as what is cut off cannot be.
    Unread,
}

/// Returns the places of files that have changed since they were copied, or do so in the moment
/// that is waited for those that are fresh and in doubt. One that is gone was copied whole.
///
/// # Errors
/// Fails when the inbox has gone away.
pub fn changed(inbox: &Inbox, doubt: impl Fn(usize) -> Doubt) -> Result<Vec<usize>, CannotTakeIn> {
    const STEP: Duration = Duration::from_millis(50);
    still_there(&inbox.folder)?;
    let has_changed = |place: &usize| {
        let origin = &inbox.origins[*place];
        let now = fs::symlink_metadata(inbox.folder.join(&origin.inner)).ok();
        let now = now.filter(fs::Metadata::is_file).map(|metadata| State::of(&metadata));
        origin.state.is_some() && now.is_some() && now != origin.state
    };
    let mut changed: Vec<usize> = (0..inbox.files.len()).filter(has_changed).collect();
    let now = SystemTime::now();
    let mut fresh: Vec<(usize, SystemTime)> = inbox
        .origins
        .iter()
        .enumerate()
        .filter(|(place, _)| !changed.contains(place))
        .filter_map(|(place, origin)| {
            let until = quiet_until(origin.state.as_ref()?, doubt(place), now)?;
            Some((place, until))
        })
        .collect();
    while !fresh.is_empty() {
        thread::sleep(STEP);
        let now = SystemTime::now();
        fresh.retain(|(place, until)| {
            let is_changed = has_changed(place);
            changed.extend(is_changed.then_some(*place));
            !is_changed && now < *until
        });
    }
    changed.sort_unstable();
    still_there(&inbox.folder)?;
    Ok(changed)
}

/// Returns until when a file is watched; none where it has been left alone long enough.
fn quiet_until(state: &State, doubt: Doubt, now: SystemTime) -> Option<SystemTime> {
    const QUIET: Duration = Duration::from_secs(1);
    const FRESH: Duration = Duration::from_secs(10);
    const WATCHED: Duration = Duration::from_secs(2);
    let modified = state.modified?;
    // Clocks of file servers may be ahead; nothing is waited for longer than it takes to see.
    let age = now.duration_since(modified).unwrap_or_default();
    match doubt {
        Doubt::None => None,
        Doubt::Text => QUIET.checked_sub(age).map(|left| now + left),
        Doubt::Unread => (age < FRESH).then(|| now + WATCHED),
    }
}
