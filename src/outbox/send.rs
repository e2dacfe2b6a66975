//! Sends what a published run has ready, and what could not be sent before; nothing twice.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::letter::{INDEX, Letter, mail};
use super::mail::{Ended, send, transport};
use super::robot;
use super::sent::{Sending, Sent, State};
use crate::archive;
use crate::pipeline::Outbox;

/// The way by mail, as the record calls it.
const MAIL: &str = "mail";

/// What came of sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    pub sent: usize,
    /// Was sent before.
    pub known: usize,
    /// Units that have a message and no address.
    pub without_address: Vec<String>,
    pub troubles: Vec<Trouble>,
}

/// What could not be sent, or may not have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing could be sent that way: its name, and why.
    NoWay(String, String),
    /// It will be tried again with the next run: to whom, and why.
    NotTaken(String, String),
    /// It is not tried again: whether it was taken is not known.
    Unknown(String, String),
    /// The record cannot be kept, so nothing was sent.
    NoRecord(PathBuf, String),
    /// Another run is sending.
    Busy,
}

/// Sends the messages of a published run, and tells the robots of it.
pub fn deliver(
    archive: &Path,
    pipeline: &str,
    outbox: &Outbox,
    run: &Path,
    text: &str,
    summary: &Value,
) -> Delivered {
    const WAIT: Duration = Duration::from_mins(1);
    let mut delivered = Delivered::default();
    if outbox.mail.is_none() && outbox.robots.is_empty() {
        return delivered;
    }
    let folder = archive::folder_of(archive, pipeline);
    // Two that send at once would not know of each other.
    let Ok(_lock) = archive::keep_out(&folder, WAIT) else {
        delivered.troubles.push(Trouble::Busy);
        return delivered;
    };
    let no_record =
        |error: std::io::Error| Trouble::NoRecord(folder.join(super::SENT), error.to_string());
    let mut sent = match Sent::read(&folder) {
        Ok(sent) => sent,
        Err(error) => {
            delivered.troubles.push(no_record(error));
            return delivered;
        }
    };
    let steps: Vec<String> =
        run.iter().rev().take(2).map(|step| step.to_string_lossy().into_owned()).collect();
    let name = steps.iter().rev().map(String::as_str).collect::<Vec<_>>().join("/");
    let done = by_mail(outbox, run, &name, &mut sent, &mut delivered)
        .and_then(|()| to_robots(outbox, &name, text, summary, &mut sent, &mut delivered));
    if let Err(error) = done {
        delivered.troubles.push(no_record(error));
    }
    delivered
}

/// Whether a message is to be sent; what is not, and why, is counted.
fn is_wanted(
    sending: &Sending,
    sent: &mut Sent,
    delivered: &mut Delivered,
) -> std::io::Result<bool> {
    match sent.state(sending) {
        None | Some(State::Failed) => Ok(true),
        Some(State::Sent | State::Unknown) => {
            delivered.known += 1;
            Ok(false)
        }
        // It was begun by a process that did not live to say how it ended.
        Some(State::Sending) => {
            let why = "broken off";
            delivered.troubles.push(Trouble::Unknown(sending.to.clone(), why.to_owned()));
            sent.note(sending, State::Unknown, why)?;
            Ok(false)
        }
    }
}

fn record(
    sending: &Sending,
    ended: Ended,
    sent: &mut Sent,
    delivered: &mut Delivered,
) -> std::io::Result<()> {
    match ended {
        Ended::Sent => {
            delivered.sent += 1;
            sent.note(sending, State::Sent, "")
        }
        Ended::NotTaken(why) => {
            delivered.troubles.push(Trouble::NotTaken(sending.to.clone(), why.clone()));
            sent.note(sending, State::Failed, &why)
        }
        Ended::Unknown(why) => {
            delivered.troubles.push(Trouble::Unknown(sending.to.clone(), why.clone()));
            sent.note(sending, State::Unknown, &why)
        }
    }
}

fn by_mail(
    outbox: &Outbox,
    run: &Path,
    name: &str,
    sent: &mut Sent,
    delivered: &mut Delivered,
) -> std::io::Result<()> {
    let (Some(server), Some(from)) = (&outbox.mail, &outbox.from) else { return Ok(()) };
    let index = std::fs::read(run.join("outbox").join(INDEX)).unwrap_or_default();
    let letters: Vec<Letter> = serde_json::from_slice(&index).unwrap_or_default();
    let mut wanted = Vec::new();
    for letter in &letters {
        let recipient = outbox.recipients.get(&letter.unit);
        let Some(addresses) = recipient.filter(|to| !to.is_empty()) else {
            delivered.without_address.push(letter.unit.clone());
            continue;
        };
        for to in addresses {
            let sending = Sending {
                run: name.to_owned(),
                by: MAIL.to_owned(),
                to: to.clone(),
                unit: Some(letter.unit.clone()),
                about: letter.about.clone(),
            };
            if is_wanted(&sending, sent, delivered)? {
                wanted.push((letter, sending));
            }
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let transport = match transport(server) {
        Ok(transport) => transport,
        Err(why) => {
            delivered.troubles.push(Trouble::NoWay(MAIL.to_owned(), why));
            return Ok(());
        }
    };
    for (letter, sending) in wanted {
        // A list that was tampered with leads nowhere else.
        let slip = Path::new(&letter.slip).file_name().unwrap_or_default();
        let slip = run.join("returns").join(slip);
        let mail = std::fs::read(&slip)
            .map_err(|error| format!("{}: {error}", slip.display()))
            .and_then(|slip| mail(letter, slip, from, &sending.to));
        let ended = match mail {
            Ok(mail) => {
                sent.note(&sending, State::Sending, "")?;
                send(&transport, &mail)
            }
            Err(why) => Ended::NotTaken(why),
        };
        record(&sending, ended, sent, delivered)?;
    }
    Ok(())
}

fn to_robots(
    outbox: &Outbox,
    name: &str,
    text: &str,
    summary: &Value,
    sent: &mut Sent,
    delivered: &mut Delivered,
) -> std::io::Result<()> {
    for robot in &outbox.robots {
        let sending = Sending {
            run: name.to_owned(),
            by: robot.name.clone(),
            to: robot.name.clone(),
            unit: None,
            about: name.to_owned(),
        };
        if is_wanted(&sending, sent, delivered)? {
            sent.note(&sending, State::Sending, "")?;
            let ended = robot::tell(robot, &robot::told(robot.form, text, summary));
            record(&sending, ended, sent, delivered)?;
        }
    }
    Ok(())
}
