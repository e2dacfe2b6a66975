//! The chain over all runs of a pipeline, in the order of their publication. Each manifest holds the
//! hash of the one before; `.chain.jsonl` records every run when it is published, so that it is
//! known when one is gone, the last one too, and whether `run.json`, which no manifest lists, was
//! changed.
//!
//! The record is never more than what the runs say themselves: a run that was published when its
//! record could not be written is taken up by the next one, and a record that is lost is made anew.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::disk;
use super::manifest::{MANIFEST, NOTE, read_manifest};
use super::shelf::{self, Shelf, run_name};
use crate::model::{Month, Odd, Oddity};

pub const RECORD: &str = ".chain.jsonl";
/// The hash that stands for the manifest before the first.
pub const BEFORE_ALL: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where a run stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// 1 for the first run of the pipeline.
    pub number: u64,
    /// The SHA-256 of the manifest of the run before: the seal 存档校验码.
    pub previous: String,
}

/// A run as it was published: a line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `2020-08/01`.
    pub run: String,
    pub number: u64,
    /// The SHA-256 of its manifest.
    pub manifest: String,
    /// The SHA-256 of its `run.json`.
    pub note: String,
    /// When it was let go, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removed>,
}

/// That a run was removed by the policy of retention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// As RFC 3339.
    pub at: String,
    pub by: String,
}

impl Link {
    fn is_sound(&self) -> bool {
        let is_hash =
            |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let names_a_run = self.run.split_once('/').is_some_and(|(period, number)| {
            period.parse::<Month>().is_ok() && shelf::number_of(number).is_some()
        });
        names_a_run && is_hash(&self.manifest) && (self.note.is_empty() || is_hash(&self.note))
    }
}

/// The record of a pipeline's runs.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In the order of their publication.
    pub links: Vec<Link>,
}

impl Record {
    /// Returns the place of the run that is published next.
    pub fn next(&self) -> Place {
        match self.links.last() {
            Some(last) => {
                Place { number: last.number.saturating_add(1), previous: last.manifest.clone() }
            }
            None => Place { number: 1, previous: BEFORE_ALL.to_owned() },
        }
    }

    /// Returns the record as it is kept: a line a run.
    pub fn as_lines(&self) -> Vec<u8> {
        let lines = self.links.iter().map(|link| serde_json::to_string(link).unwrap_or_default());
        lines.map(|line| line + "\n").collect::<String>().into_bytes()
    }

    /// Returns the names of the runs in it.
    fn names(&self) -> BTreeSet<&str> {
        self.links.iter().map(|link| link.run.as_str()).collect()
    }
}

/// Reads the record as it stands; lines that are none of ours are passed over.
pub fn read(root: &Path) -> (Record, Option<Odd>) {
    // A run has about 250 bytes.
    const LARGEST: u64 = 1 << 30;
    let path = root.join(RECORD);
    let odd = |why| Some(Odd { path: path.clone(), why });
    let bytes = match disk::read_regular(&path, LARGEST) {
        Ok(bytes) => bytes,
        Err(_) if !path.is_symlink() && !path.exists() => return (Record::default(), None),
        Err(why) => return (Record::default(), odd(why)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let (mut record, mut garbled) = (Record::default(), None);
    for line in text.lines().filter(|line| !line.is_empty()) {
        match serde_json::from_str::<Link>(line) {
            Ok(link) if link.is_sound() => record.links.push(link),
            Ok(link) => garbled = Some(Oddity::Garbled(format!("{:.40}", link.run))),
            Err(error) => garbled = Some(Oddity::Garbled(error.to_string())),
        }
    }
    record.links.sort_by_key(|link| link.number);
    (record, garbled.and_then(odd))
}

/// Takes up runs that the record does not name and that belong to it: those that follow its last
/// one, or all of them where there is no record, those of versions without a chain first.
pub fn catch_up(record: &mut Record, shelf: &Shelf) {
    let known = record.names();
    let mut found: Vec<(Link, Option<Place>)> = shelf
        .runs()
        .map(|(of, number)| (run_name(of.period, number), of.run(number)))
        .filter(|(name, _)| !known.contains(name.as_str()))
        .filter_map(|(name, folder)| link_of(name, &folder))
        .collect();
    let made_anew = record.links.is_empty();
    if made_anew {
        let (chained, plain): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, place)| place.is_some());
        found = chained;
        record.links.extend((1..).zip(plain).map(|(number, (link, _))| Link { number, ..link }));
    }
    found.sort_by_key(|(_, place)| place.as_ref().map(|place| place.number));
    for (link, place) in found {
        let next = record.next();
        let follows = match &place {
            Some(place) if made_anew => place.number >= next.number,
            place => place.as_ref() == Some(&next),
        };
        if follows {
            record.links.push(link);
        }
    }
}

/// Returns the hash of a regular file that can be read.
pub fn hash_of(path: &Path) -> Option<String> {
    disk::hash_regular(path).ok().flatten().map(|hashed| hashed.0)
}

fn link_of(run: String, folder: &Path) -> Option<(Link, Option<Place>)> {
    let manifest = read_manifest(folder).ok()?;
    let hash = hash_of(&folder.join(MANIFEST))?;
    let note = hash_of(&folder.join(NOTE)).unwrap_or_default();
    let number = manifest.chain.as_ref().map_or(0, |place| place.number);
    Some((Link { run, number, manifest: hash, note, removed: None }, manifest.chain))
}
