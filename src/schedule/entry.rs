//! What a scheduler is to start, and the steps by which it is told: data, so that what is done on one
//! system can be read on every other.

use std::path::{Path, PathBuf};

use jiff::civil::Time;

use super::{cron, systemd, windows};
use crate::archive;
use crate::model::hash;
use crate::pipeline::Pipeline;

/// Who starts programs at their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduler {
    /// Timers of the user.
    Systemd,
    Cron,
    /// The Task Scheduler.
    Windows,
}

/// What is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Every day: whatever month is due or was missed.
    Month,
    /// Every so often: new sheets of the running month.
    New,
}

impl Job {
    pub fn name(self) -> &'static str {
        match self {
            Job::Month => "month",
            Job::New => "new",
        }
    }

    /// Returns what the program is asked for.
    fn arguments(self, pipeline: &str, log: &str) -> Vec<String> {
        let words: &[&str] = match self {
            Job::Month => {
                &["run", pipeline, "--period", "last", "--due", "--wait", "1h", "--quiet"]
            }
            Job::New => &[
                "run", pipeline, "--period", "this", "--if-new", "--if-any", "--wait", "10m",
                "--quiet",
            ],
        };
        words.iter().copied().chain(["--log", log]).map(str::to_owned).collect()
    }
}

/// One entry of a scheduler.
#[derive(Clone, Debug)]
pub struct Entry {
    pub job: Job,
    /// Tells it from those of other pipelines and offices.
    pub id: String,
    pub title: String,
    /// The program, then its arguments.
    pub command: Vec<String>,
    pub folder: PathBuf,
    /// When it is started, by the clock of the zone.
    pub at: Time,
    /// Minutes between two starts; 0 for once a day.
    pub every: u64,
    /// None for that of the machine.
    pub zone: Option<String>,
}

/// What a scheduler is told, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files by their names, inside the scheduler's folder.
    pub files: Vec<(String, String)>,
    /// What has to be started once they are in place, in this order.
    pub install: Vec<Vec<String>>,
    /// What has to be started before they are removed.
    pub remove: Vec<Vec<String>>,
    /// What tells by its status whether each is in force.
    pub status: Vec<Vec<String>>,
    /// Lines of a table that holds others' as well.
    pub lines: Vec<String>,
}

/// Returns what one pipeline needs; `program` and the pipeline's path are whole paths.
pub fn entries(pipeline: &Pipeline, program: &Path, path: &Path) -> Vec<Entry> {
    let schedule = &pipeline.schedule;
    let shown = path.to_string_lossy().into_owned();
    let archive = &pipeline.intake.archive;
    let archive = std::path::absolute(archive).unwrap_or_else(|_| archive.clone());
    let log = archive::folder_of(&archive, &pipeline.name).join(archive::LOG).join("");
    let log = log.to_string_lossy().into_owned();
    let entry = |job: Job, every: u64| Entry {
        job,
        id: id(&pipeline.name, path),
        title: pipeline.title.clone(),
        command: std::iter::once(program.to_string_lossy().into_owned())
            .chain(job.arguments(&shown, &log))
            .collect(),
        folder: path.parent().unwrap_or(path).to_owned(),
        at: schedule.at,
        every,
        zone: schedule.zone.clone(),
    };
    let minutes = schedule.every.as_secs() / 60;
    let month = entry(Job::Month, 0);
    if minutes == 0 { vec![month] } else { vec![month, entry(Job::New, minutes)] }
}

/// A name that every scheduler takes: what is plain of the pipeline's, and a mark of where it lies.
fn id(name: &str, path: &Path) -> String {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let mark = hash::sha256(path.to_string_lossy().as_bytes());
    let plain = plain.trim_matches('-');
    let joint = if plain.is_empty() { "" } else { "-" };
    format!("duibiao{joint}{plain}-{}", &mark[..8])
}

impl Scheduler {
    pub fn name(self) -> &'static str {
        match self {
            Scheduler::Systemd => "systemd",
            Scheduler::Cron => "cron",
            Scheduler::Windows => "windows",
        }
    }

    /// Returns what the scheduler is told; `to_local` puts a time of the entries' zone into the machine's.
    pub fn written(self, entries: &[Entry], to_local: &dyn Fn(Time) -> Time) -> Written {
        match self {
            Scheduler::Systemd => systemd::written(entries),
            Scheduler::Cron => cron::written(entries, to_local),
            Scheduler::Windows => windows::written(entries, to_local),
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Entries with everything in them that has to be quoted somewhere.
    pub fn awkward() -> Vec<Entry> {
        let entry = |job: Job, every| Entry {
            job,
            id: "duibiao-p-0123abcd".to_owned(),
            title: "甲 & 乙 <核对> 100%".to_owned(),
            command: [
                "/opt/dui biao/对表",
                "run",
                "/home/it's/50% \"方案\".toml",
                "--period",
                "last",
            ]
            .map(str::to_owned)
            .to_vec(),
            folder: PathBuf::from("/home/it's"),
            at: Time::constant(8, 30, 0, 0),
            every,
            zone: Some("Asia/Shanghai".to_owned()),
        };
        vec![entry(Job::Month, 0), entry(Job::New, 120)]
    }

    #[test]
    fn names_of_entries_are_plain_and_of_one_place() {
        let one = id("三亚-2020", Path::new("/a/三亚-2020.toml"));
        assert!(one.starts_with("duibiao-2020-") && one.is_ascii(), "{one}");
        assert_ne!(one, id("三亚-2020", Path::new("/b/三亚-2020.toml")));
        assert!(id("三亚", Path::new("x")).starts_with("duibiao-"));
    }
}
