//! `schedule`: what a scheduler is told, told it where it is at hand, and how it stands.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::civil::Time;
use serde::Serialize;

use super::arguments::{Action, Format, Schedule, SchedulerNamed};
use super::asked::{load, period_named, today, zone_of};
use super::output::{Out, unwritten};
use super::{AGREES, Failure};
use crate::archive;
use crate::console::Console;
use crate::model::words::Language;
use crate::model::{Month, clock};
use crate::pipeline::Pipeline;
use crate::schedule::{self, Scheduler, Written, as_file, entries, table};
use crate::wording::scheduled;

const SCHEMA: &str = "duibiao.schedule/1";

/// Shows, installs or removes the schedule of a pipeline, or says how it stands.
pub fn schedule(asked: Schedule, language: Language, console: &Console) -> Result<u8, Failure> {
    let pipeline = load(asked.described.pipeline.as_deref())?;
    let path = std::path::absolute(&pipeline.path).unwrap_or_else(|_| pipeline.path.clone());
    let program = std::env::current_exe().map_err(|error| Failure::broken(&error))?;
    let entries = entries(&pipeline, &program, &path);
    let id = entries.first().map(|entry| entry.id.clone()).unwrap_or_default();
    let scheduler = asked.scheduler.map_or_else(at_hand, |named| match named {
        SchedulerNamed::Systemd => Scheduler::Systemd,
        SchedulerNamed::Cron => Scheduler::Cron,
        SchedulerNamed::Windows => Scheduler::Windows,
    });
    let written = scheduler.written(&entries, &|at| in_local_time(at, &pipeline));
    let place = Place { scheduler, folder: folder_of(scheduler), id };
    let out = Out::of(asked.answered.out);
    match asked.action {
        Action::Show => {
            show(&written, &place, asked.answered.format, &out)?;
            Ok(AGREES)
        }
        Action::Install => {
            if !place.is_reachable() {
                console.say(scheduled::not_here(scheduler.name()).in_language(language));
                show(&written, &place, asked.answered.format, &out)?;
                return Ok(AGREES);
            }
            place.install(&written)?;
            console.say(scheduled::installed(scheduler.name()).in_language(language));
            Ok(AGREES)
        }
        Action::Remove => {
            if place.is_reachable() {
                place.remove(&written)?;
            }
            console.say(scheduled::removed(scheduler.name()).in_language(language));
            Ok(AGREES)
        }
        Action::Status => {
            let archive = asked.archive.unwrap_or_else(|| pipeline.intake.archive.clone());
            let standing = standing(&pipeline, &archive, &place, &written)?;
            match asked.answered.format {
                Format::Json => out.print_json(&standing)?,
                Format::Text => out.print(&as_text(&standing, language))?,
            }
            Ok(AGREES)
        }
    }
}

/// The scheduler of this machine.
fn at_hand() -> Scheduler {
    if cfg!(windows) {
        Scheduler::Windows
    } else if Path::new("/run/systemd/system").is_dir() {
        Scheduler::Systemd
    } else {
        Scheduler::Cron
    }
}

/// A time of the pipeline's zone by the clock of this machine, as both stand today.
fn in_local_time(at: Time, pipeline: &Pipeline) -> Time {
    let there = today(pipeline).to_datetime(at).to_zoned_datetime(zone_of(pipeline));
    there.map_or(at, |there| {
        there.timestamp().to_zoned_datetime(jiff::tz::TimeZone::system()).time()
    })
}

/// Where a scheduler keeps what it is told.
struct Place {
    scheduler: Scheduler,
    /// Of files; none where there are none.
    folder: Option<PathBuf>,
    /// Whose lines are whose in a table of several.
    id: String,
}

fn folder_of(scheduler: Scheduler) -> Option<PathBuf> {
    let variable =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    match scheduler {
        Scheduler::Systemd => {
            let config = variable("XDG_CONFIG_HOME");
            let config = config.or_else(|| Some(variable("HOME")?.join(".config")))?;
            Some(config.join("systemd/user"))
        }
        Scheduler::Windows => Some(std::env::temp_dir()),
        Scheduler::Cron => None,
    }
}

impl Place {
    /// Whether the scheduler can be told from here.
    fn is_reachable(&self) -> bool {
        match self.scheduler {
            Scheduler::Systemd => is_done(&["systemctl", "--user", "show-environment"]),
            // It fails also where the user has no table yet.
            Scheduler::Cron => started(&["crontab", "-l"]).is_some(),
            Scheduler::Windows => cfg!(windows),
        }
    }

    fn install(&self, written: &Written) -> Result<(), Failure> {
        if let Some(folder) = &self.folder {
            std::fs::create_dir_all(folder).map_err(|cause| unwritten(folder, &cause))?;
            for (name, text) in &written.files {
                let bytes = match self.scheduler {
                    Scheduler::Windows => as_file(text),
                    _ => text.clone().into_bytes(),
                };
                let path = folder.join(name);
                std::fs::write(&path, bytes).map_err(|cause| unwritten(&path, &cause))?;
            }
        }
        if !written.lines.is_empty() {
            self.put_table(&written.lines)?;
        }
        for words in &written.install {
            self.told(words)?;
        }
        self.tidy(written);
        Ok(())
    }

    fn remove(&self, written: &Written) -> Result<(), Failure> {
        if !written.lines.is_empty() {
            self.put_table(&[])?;
        }
        for words in &written.remove {
            // What was never installed cannot be stopped.
            let _ = self.told(words);
        }
        if let (Some(folder), Scheduler::Systemd) = (&self.folder, self.scheduler) {
            for (name, _) in &written.files {
                let _ = std::fs::remove_file(folder.join(name));
            }
            let _ = is_done(&["systemctl", "--user", "daemon-reload"]);
        }
        Ok(())
    }

    /// The Task Scheduler keeps a copy of its own.
    fn tidy(&self, written: &Written) {
        if let (Some(folder), Scheduler::Windows) = (&self.folder, self.scheduler) {
            for (name, _) in &written.files {
                let _ = std::fs::remove_file(folder.join(name));
            }
        }
    }

    fn told(&self, words: &[String]) -> Result<(), Failure> {
        let folder = self.folder.as_ref().map(|folder| folder.join("").display().to_string());
        let folder = folder.unwrap_or_default();
        let words: Vec<String> =
            words.iter().map(|word| word.replace("{folder}", &folder)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if is_done(&words) {
            return Ok(());
        }
        let said = scheduled::refused(&words.join(" "));
        Err(Failure::Usage(said))
    }

    fn put_table(&self, lines: &[String]) -> Result<(), Failure> {
        let before = started(&["crontab", "-l"]).unwrap_or_default();
        let text = table(&before, &self.id, lines);
        if text == before {
            return Ok(());
        }
        let mut child = Command::new("crontab")
            .arg("-")
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|cause| Failure::broken(&cause))?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes()).map_err(|cause| Failure::broken(&cause))?;
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            _ => Err(Failure::Usage(scheduled::refused("crontab -"))),
        }
    }
}

/// Whether all that was written is in force.
fn is_installed(written: &Written) -> bool {
    if !written.lines.is_empty() {
        let now = started(&["crontab", "-l"]).unwrap_or_default();
        return written.lines.iter().all(|line| now.lines().any(|other| other == line));
    }
    !written.status.is_empty()
        && written
            .status
            .iter()
            .all(|words| is_done(&words.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// Whether a program could be started and ended well.
fn is_done(words: &[&str]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a program that could be started prints.
fn started(words: &[&str]) -> Option<String> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    command.output().ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    scheduler: &'static str,
    folder: Option<String>,
    files: Vec<OfFile<'a>>,
    lines: &'a [String],
    install: &'a [Vec<String>],
    remove: &'a [Vec<String>],
}

#[derive(Serialize)]
struct OfFile<'a> {
    name: &'a str,
    text: &'a str,
}

fn show(written: &Written, place: &Place, format: Format, out: &Out) -> Result<(), Failure> {
    let folder = place.folder.as_ref().map(|folder| folder.display().to_string());
    if format == Format::Json {
        let files = written.files.iter().map(|(name, text)| OfFile { name, text }).collect();
        return out.print_json(&Shown {
            schema: SCHEMA,
            scheduler: place.scheduler.name(),
            folder,
            files,
            lines: &written.lines,
            install: &written.install,
            remove: &written.remove,
        });
    }
    let mut text = String::new();
    let in_folder = |name: &str| match &place.folder {
        Some(folder) => folder.join(name).display().to_string(),
        None => name.to_owned(),
    };
    for (name, content) in &written.files {
        text.push_str(&format!("# {}\n{content}\n", in_folder(name)));
    }
    for line in &written.lines {
        text.push_str(&format!("{line}\n"));
    }
    for words in &written.install {
        let folder = in_folder("");
        let words = words.join(" ").replace("{folder}", &folder);
        text.push_str(&format!("# {words}\n"));
    }
    out.print(&text)
}

/// How a schedule stands.
#[derive(Serialize)]
struct Standing {
    schema: &'static str,
    scheduler: &'static str,
    installed: bool,
    today: String,
    /// Months that are due and were not run, the oldest first.
    owed: Vec<String>,
    /// The next month that will be due, and when.
    next: Option<String>,
    next_on: Option<String>,
    /// The last run that was made, and when.
    last_run: Option<String>,
    last_started: Option<String>,
}

fn standing(
    pipeline: &Pipeline,
    archive: &Path,
    place: &Place,
    written: &Written,
) -> Result<Standing, Failure> {
    let (today, zone) = (today(pipeline), zone_of(pipeline));
    let noted = archive::noted(archive, &pipeline.name);
    let last_month = period_named("last", today)?;
    let ran_on = |period: Month| {
        let runs = noted.iter().filter(|noted| noted.period == period);
        let last = runs.map(|noted| noted.started).max()?;
        Some(last.to_zoned_datetime(zone.clone()).date())
    };
    let first = noted.iter().map(|noted| noted.period).min();
    let owed = schedule::owed(last_month, today, first, ran_on, &pipeline.schedule);
    let next =
        if owed.is_due { Month::from_ordinal(last_month.ordinal() + 1) } else { Some(last_month) };
    let next_on = next.and_then(|next| schedule::due_on(next, &pipeline.schedule));
    let last = noted.iter().max_by_key(|noted| noted.started);
    Ok(Standing {
        schema: SCHEMA,
        scheduler: place.scheduler.name(),
        installed: is_installed(written),
        today: clock::now().to_zoned_datetime(zone_of(pipeline)).date().to_string(),
        owed: owed.periods.iter().map(ToString::to_string).collect(),
        next: next.map(|next| next.to_string()),
        next_on: next_on.map(|day| day.to_string()),
        last_run: last.map(|last| format!("{}/{}", last.period, archive::numbered(last.number))),
        last_started: last.map(|last| {
            let at = last.started.to_zoned_datetime(zone_of(pipeline));
            at.strftime("%Y-%m-%d %H:%M").to_string()
        }),
    })
}

fn as_text(standing: &Standing, language: Language) -> String {
    let mut lines = vec![scheduled::standing(standing.scheduler, standing.installed)];
    if let (Some(next), Some(on)) = (&standing.next, &standing.next_on) {
        lines.push(scheduled::next(next, on));
    }
    lines.push(scheduled::owed(&standing.owed));
    lines.push(scheduled::last(standing.last_run.as_deref(), standing.last_started.as_deref()));
    let lines: Vec<&str> = lines.iter().map(|line| line.in_language(language)).collect();
    lines.join("\n") + "\n"
}
