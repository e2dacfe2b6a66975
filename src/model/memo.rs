//! What was found out of texts and will be asked for again: the same texts stand in every unit's sheet.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;

/// What depends on a text, and on nothing that changes while it is kept. A copy begins empty, so that
/// whoever changes what it depends on starts anew.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
pub struct Memo<Found> {
    known: Mutex<HashMap<Box<str>, Found, RandomState>>,
}

/// Longer texts seldom come again.
const LONGEST: usize = 600;
/// With more texts it is emptied: what comes again comes often.
const MOST: usize = 20_000;

impl<Found: Clone> Memo<Found> {
    /// Returns what is known of a text; what is not known is found, and kept.
    pub fn of(&self, text: &str, find: impl FnOnce() -> Found) -> Found {
        if text.len() > LONGEST {
            return find();
        }
        if let Some(found) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return found.clone();
        }
        // Nobody waits while it is found.
        let found = find();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(text.into(), found.clone());
        found
    }
}

impl<Found> Default for Memo<Found> {
    fn default() -> Self {
        Self { known: Mutex::default() }
    }
}

impl<Found> Clone for Memo<Found> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<Found> fmt::Debug for Memo<Found> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_asked_again_and_a_copy_begins_anew() {
        let memo = Memo::default();
        assert_eq!(memo.of("一", || 1), 1);
        assert_eq!(memo.of("一", || 2), 1);
        assert_eq!(memo.clone().of("一", || 2), 2);
        let long = "一".repeat(LONGEST);
        assert_eq!(memo.of(&long, || 1), 1);
        assert_eq!(memo.of(&long, || 2), 2);
    }

    #[test]
    fn it_stays_small() {
        let memo = Memo::default();
        for number in 0..3 * MOST {
            memo.of(&number.to_string(), || number);
        }
        assert!(memo.known.lock().unwrap().len() <= MOST);
    }
}
