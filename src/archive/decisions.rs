//! `decisions.jsonl`: everything that was answered and decided in Excel, a line each, appended and never
//! rewritten, each line with the hash of the one before.
//!
//! Every run keeps the lines that it added, under the same name and in its manifest. What a power cut
//! kept from being appended is taken up from there by the next run; and what was changed or cut off in
//! the record since is known by it. Lines that are none are named and passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::disk;
use super::shelf::Shelf;
use crate::decisions::record::{self, BEFORE_ALL, Entry, Head, SCHEMA};
use crate::model::{Odd, Oddity, hash};

pub const DECISIONS: &str = "decisions.jsonl";
/// Many times what an office decides in its life.
const LARGEST: u64 = 1 << 30;

/// The record as a run finds it.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// By their numbers.
    pub entries: Vec<Entry>,
    /// Lines that a run kept and the record lacks behind its last one: they are appended.
    missing: Vec<String>,
    /// Whether the record ends within a line.
    is_torn: bool,
    /// Where it stands, when that is not after its last line.
    stands_at: Option<Head>,
}

/// A line as it stands.
struct Line {
    entry: Entry,
    text: String,
}

impl Decisions {
    /// Returns a record of which only some lines are known.
    pub fn standing_at(entries: Vec<Entry>, head: Head) -> Self {
        Self { entries, stands_at: Some(head), ..Self::default() }
    }

    /// Returns where the next line follows.
    pub fn head(&self) -> Head {
        let after = || Head::after(&self.entries).unwrap_or_default();
        self.stands_at.clone().unwrap_or_else(after)
    }

    /// Appends what is missing and what is new, and flushes it.
    ///
    /// # Errors
    /// Fails when the record cannot be written; the run that made the lines keeps them.
    pub fn append(&self, root: &Path, new: &[Entry]) -> io::Result<()> {
        if self.missing.is_empty() && new.is_empty() {
            return Ok(());
        }
        let path = root.join(DECISIONS);
        // A link or a pipe in its place is nothing that a run wrote there.
        let is_odd = fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        if is_odd {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        let mut text = if self.is_torn { "\n".to_owned() } else { String::new() };
        let lines = self.missing.iter().cloned().chain(new.iter().map(record::line));
        lines.for_each(|line| text.extend([line.as_str(), "\n"]));
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.write_all(text.as_bytes())?;
        let _ = disk::for_the_office(&path, disk::Kept::File);
        file.sync_all()?;
        disk::flush_folder(root)
    }
}

/// Returns lines as a file keeps them.
pub fn as_lines(entries: &[Entry]) -> Vec<u8> {
    entries.iter().map(|entry| record::line(entry) + "\n").collect::<String>().into_bytes()
}

/// Reads the record, and what runs kept beside it.
pub fn read(root: &Path, shelf: &Shelf) -> (Decisions, Vec<Odd>) {
    let mut odd = Vec::new();
    let path = root.join(DECISIONS);
    let (lines, is_torn) = match lines_of(&path) {
        Ok(Some(read)) => {
            odd.extend(read.garbled.map(|why| Odd { path: path.clone(), why }));
            (read.lines, read.is_torn)
        }
        Ok(None) => (Vec::new(), false),
        Err(why) => {
            odd.push(Odd { path, why });
            (Vec::new(), false)
        }
    };
    let recorded = lines.last().map_or(0, |line| line.entry.number);
    let mut by_number: BTreeMap<u64, Line> =
        lines.into_iter().map(|line| (line.entry.number, line)).collect();
    for (of, number) in shelf.runs() {
        let kept = lines_of(&of.run(number).join(DECISIONS)).ok().flatten();
        for line in kept.into_iter().flat_map(|kept| kept.lines) {
            by_number.entry(line.entry.number).or_insert(line);
        }
    }
    let missing = by_number.range(recorded + 1..).map(|(_, line)| line.text.clone()).collect();
    let entries = by_number.into_values().map(|line| line.entry).collect();
    (Decisions { entries, missing, is_torn, stands_at: None }, odd)
}

/// What stands in a record.
struct Read {
    lines: Vec<Line>,
    is_torn: bool,
    garbled: Option<Oddity>,
    /// Whether each line follows the one before.
    is_chained: bool,
}

/// Reads the lines of a record; none where there is no file.
fn lines_of(path: &Path) -> Result<Option<Read>, Oddity> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let bytes = disk::read_regular(path, LARGEST)?;
    let text = String::from_utf8_lossy(&bytes);
    let is_torn = !text.is_empty() && !text.ends_with('\n');
    let (mut lines, mut garbled, mut is_chained) = (Vec::new(), None, true);
    let mut previous = BEFORE_ALL.to_owned();
    for text in text.lines().filter(|line| !line.is_empty()) {
        match serde_json::from_str::<Entry>(text) {
            Ok(entry) if entry.schema == SCHEMA => {
                // What a run added begins where the record ended before it.
                is_chained &= lines.is_empty() || entry.previous == previous;
                previous = hash::sha256(text.as_bytes());
                lines.push(Line { entry, text: text.to_owned() });
            }
            Ok(entry) => garbled = Some(Oddity::LaterVersion(entry.schema)),
            Err(error) => garbled = Some(Oddity::Garbled(error.to_string())),
        }
    }
    Ok(Some(Read { lines, is_torn, garbled, is_chained }))
}

/// How the record stands against itself and against what runs kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it was written, or nothing was ever decided.
    Sound,
    Missing,
    Unreadable,
    Changed,
}

/// Holds the record against itself and against what runs kept of it.
pub fn verify(root: &Path, shelf: &Shelf) -> State {
    let kept: Vec<Read> = shelf
        .runs()
        .filter_map(|(of, number)| lines_of(&of.run(number).join(DECISIONS)).ok().flatten())
        .collect();
    let read = match lines_of(&root.join(DECISIONS)) {
        Ok(None) if kept.is_empty() => return State::Sound,
        // The first of all may have been published a moment before the power went.
        Ok(None) if kept.len() == 1 => return State::Sound,
        Ok(None) => return State::Missing,
        Err(_) => return State::Unreadable,
        Ok(Some(read)) => read,
    };
    let begins = read.lines.first().is_none_or(|line| line.entry.previous == BEFORE_ALL);
    let there: BTreeSet<&str> = read.lines.iter().map(|line| line.text.as_str()).collect();
    let last = read.lines.last().map_or(0, |line| line.entry.number);
    let newest = kept.iter().filter_map(|kept| Some(kept.lines.last()?.entry.number)).max();
    let is_whole = kept.iter().all(|kept| {
        let is_there = |line: &Line| there.contains(line.text.as_str());
        // A power cut may have kept the newest run's from being appended; the next run does it.
        let follows = kept.lines.first().is_some_and(|line| line.entry.number == last + 1)
            && kept.lines.last().map(|line| line.entry.number) == newest;
        kept.lines.iter().all(is_there) || (follows && !kept.lines.iter().any(is_there))
    });
    let is_sound = read.garbled.is_none() && !read.is_torn && read.is_chained && begins;
    if is_sound && is_whole { State::Sound } else { State::Changed }
}
