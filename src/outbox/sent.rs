//! `sent.jsonl`: what was sent to whom, a line for each step, appended and flushed before and after. What
//! was begun and never ended may have been sent: it is told, and not sent again.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::archive;
use crate::model::{clock, hash};

/// The record of a pipeline's archive.
pub const SENT: &str = archive::SENT;
const SCHEMA: &str = "duibiao.sent/1";

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is being handed over.
    Sending,
    Sent,
    /// It was not taken.
    Failed,
    /// The line broke while it was handed over.
    Unknown,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    schema: String,
    at: String,
    /// Of the message and whom it goes to.
    key: String,
    run: String,
    /// `mail` or the robot's name.
    by: String,
    to: String,
    unit: Option<String>,
    state: State,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
}

/// One message to one receiver.
#[derive(Clone, Debug)]
pub struct Sending {
    pub run: String,
    pub by: String,
    pub to: String,
    pub unit: Option<String>,
    /// What it is about.
    pub about: String,
}

impl Sending {
    fn key(&self) -> String {
        hash::sha256([self.by.as_str(), &self.to, &self.about].join("\u{0}").as_bytes())
    }
}

/// What was sent up to now.
pub struct Sent {
    path: PathBuf,
    states: BTreeMap<String, State>,
}

impl Sent {
    /// Reads the record.
    ///
    /// # Errors
    /// Fails where it is there and cannot be read: then nothing may be sent.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let path = folder.join(SENT);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        Ok(Self { path, states: lines.map(|line| (line.key, line.state)).collect() })
    }

    /// Where a message stands; none where it was never begun.
    pub fn state(&self, sending: &Sending) -> Option<State> {
        self.states.get(&sending.key()).copied()
    }

    /// Records a step; it lasts when this returns.
    ///
    /// # Errors
    /// Fails where it cannot be written: then nothing may be sent.
    pub fn note(&mut self, sending: &Sending, state: State, why: &str) -> io::Result<()> {
        let line = Line {
            schema: SCHEMA.to_owned(),
            at: clock::now().to_string(),
            key: sending.key(),
            run: sending.run.clone(),
            by: sending.by.clone(),
            to: sending.to.clone(),
            unit: sending.unit.clone(),
            state,
            why: why.to_owned(),
        };
        let torn =
            std::fs::read(&self.path).is_ok_and(|bytes| bytes.last().is_some_and(|b| *b != b'\n'));
        let text = serde_json::to_string(&line).unwrap_or_default();
        let text = if torn { format!("\n{text}\n") } else { format!("{text}\n") };
        let mut file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        self.states.insert(line.key, state);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_step_of_a_message_counts_and_a_torn_line_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let sending = |about: &str| Sending {
            run: "2020-08/01".to_owned(),
            by: "mail".to_owned(),
            to: "a@example.cn".to_owned(),
            unit: None,
            about: about.to_owned(),
        };
        let mut sent = Sent::read(folder.path()).unwrap();
        sent.note(&sending("one"), State::Sending, "").unwrap();
        sent.note(&sending("one"), State::Sent, "").unwrap();
        sent.note(&sending("two"), State::Sending, "").unwrap();
        let path = folder.path().join(SENT);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 9]).unwrap();
        let mut sent = Sent::read(folder.path()).unwrap();
        assert_eq!(sent.state(&sending("one")), Some(State::Sent));
        assert_eq!(sent.state(&sending("two")), None);
        sent.note(&sending("two"), State::Failed, "421").unwrap();
        let sent = Sent::read(folder.path()).unwrap();
        assert_eq!(sent.state(&sending("two")), Some(State::Failed));
        assert_eq!(sent.state(&sending("three")), None);
    }
}
