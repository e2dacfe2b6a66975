//! The command line: what can be asked, and how the answers are told.

mod apart;
mod arguments;
mod asked;
mod cells;
mod check;
mod diff;
mod drill;
mod explain;
mod extract;
mod failure;
mod history;
mod inspect;
mod man;
mod output;
mod panics;
mod run;
mod schedule;
mod usage;

use std::io::Write;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

pub use arguments::Cli;
pub use failure::Failure;

use crate::archive;
use crate::console::{Colour, Console, Loudness};
use crate::extract::PathEnd;
use crate::log::Log;
use crate::model::words::Language;
use crate::model::{clock, hidden};
use crate::pipeline::file::Read as Limits;
use crate::pipeline::{self, AdoptedHeading, DecidedInWorkbook};
use crate::reading::Basis;
use crate::run::{Prepared, Request};
use crate::wording;
use arguments::{Command, Common};
use asked::{AtHand, at_hand, load, period_named, this_program, today};
use output::{Out, print_path};

/// Everything agrees.
pub const AGREES: u8 = 0;
/// There are open findings on the submission side.
pub const FINDINGS: u8 = 1;
/// There is no result.
pub const FAILED: u8 = 2;

/// What `main` has to give: the cap on this process's memory is its allocator's.
pub struct Process {
    /// Caps the memory of this process, in bytes; false where that cannot be.
    pub cap_memory: fn(usize) -> bool,
}

/// How a command speaks, and with how many hands it works.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    /// Of what is said on the way.
    pub language: Language,
    /// Of what is kept: the same wherever it is made, unless it is asked for.
    pub written_in: Language,
    pub jobs: Option<u16>,
}

/// Parses the arguments, does what they ask, and returns the exit status.
pub fn main(process: &Process) -> u8 {
    archive::keep_from_others();
    let variable = |name: &str| std::env::var(name).ok();
    let asked_in = usage::language_of(std::env::args_os(), &variable);
    let colour = usage::colour_of(std::env::args_os());
    let read = line(asked_in)
        .color(colour.of_help())
        .try_get_matches()
        .and_then(|read| Cli::from_arg_matches(&read));
    let cli = match read {
        Ok(cli) => cli,
        Err(error) => return mistyped(&error, asked_in),
    };
    let Common { lang, jobs, color, log, quiet, verbose } = cli.common;
    let written_in = match lang.as_deref() {
        Some("en") => Language::English,
        _ => Language::Chinese,
    };
    let spoken = Spoken { language: asked_in, written_in, jobs };
    let loudness = match (quiet, verbose) {
        (true, _) => Loudness::Quiet,
        (_, true) => Loudness::Full,
        _ => Loudness::Usual,
    };
    let mut console = Console::new(spoken.language, loudness, color.colour());
    // A worker's last words are for its parent, which tells them.
    let is_worker = matches!(cli.command, Command::Extract { worker: true, .. });
    let log = matches!(cli.command, Command::Run(_) | Command::History(_)).then(|| Log::begin(log));
    let act = || command(cli.command, spoken, log.as_ref(), &mut console, process);
    let done = if is_worker { act() } else { panics::caught(act) };
    console.finish();
    let status = done.unwrap_or_else(|error| {
        for line in error.lines(spoken.language) {
            console.complain(&line);
        }
        FAILED
    });
    if let Some((path, cause)) = log.as_ref().and_then(Log::end) {
        let cause = wording::archive::system_said(&(&cause).into());
        let said = wording::log::no_log(&path.display().to_string(), &cause);
        console.complain(said.in_language(spoken.language));
    }
    status
}

/// Returns what can be typed, told in a language.
fn line(language: Language) -> clap::Command {
    match language {
        Language::Chinese => usage::in_chinese(Cli::command()),
        Language::English => usage::in_english(Cli::command()),
    }
}

/// Says what is wrong with what was typed, or shows the help that was asked for.
fn mistyped(error: &clap::Error, language: Language) -> u8 {
    let asked_for = !error.use_stderr();
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if !asked_for {
        // It quotes what was typed, which may be a file's name.
        let said = match language {
            Language::Chinese if !is_help => usage::mistyped(error),
            _ => error.render().to_string(),
        };
        let _ = std::io::stderr().write_all(hidden::visible(&said).as_bytes());
        return FAILED;
    }
    match error.print() {
        Ok(()) => AGREES,
        Err(cause) => {
            let console = Console::new(language, Loudness::Usual, Colour::Never);
            for line in Failure::Output(cause).lines(language) {
                console.complain(&line);
            }
            FAILED
        }
    }
}

fn command(
    command: Command,
    spoken: Spoken,
    log: Option<&Log>,
    console: &mut Console,
    process: &Process,
) -> Result<u8, Failure> {
    if let Some(Err(text)) = clock::named() {
        let name = clock::VARIABLE;
        return Err(Failure::usage(
            format!("{name} 所写的“{text}”不是时间；请写作 2020-09-03T08:30:00+08:00"),
            format!("`{text}` in {name} is no time; write it like `2020-09-03T08:30:00+08:00`"),
        ));
    }
    let language = spoken.language;
    match command {
        Command::Run(asked) => run::run(asked, spoken, log, console),
        Command::Template { subject, out } => {
            let (pipeline, request) = run::request_of(subject, spoken)?;
            let prepared = crate::run::templates(&pipeline, &request, &out, console)?;
            tell_templates(&prepared, language, console)?;
            Ok(AGREES)
        }
        Command::Drill { subject, inbox, out, format } => {
            let (pipeline, request) = run::request_of(subject, spoken)?;
            let request = Request { inbox, ..request };
            drill::drill(&pipeline, &request, format, out, console)
        }
        Command::Check { files, described, period, answered } => {
            let pipeline = load(described.pipeline.as_deref())?;
            let period =
                period.map(|period| period_named(&period, today(&pipeline))).transpose()?;
            check::check(&files, &pipeline, period, answered, spoken, console)
        }
        Command::Inspect { .. } if let Some(done) = apart::apart(&Limits::default(), console) => {
            done
        }
        Command::Inspect { file, draft: true, sheet, heading_rows, within, answered, .. } => {
            let told = inspect::told(&sheet, heading_rows.as_deref(), within.as_deref())?;
            inspect::draft(&file, &told, answered.out.as_deref(), process)
        }
        Command::Inspect { file, cells: true, answered, .. } => {
            cells::cells(&file, &Out::of(answered.out), language, process)
        }
        Command::Inspect { file, described, answered, .. } => {
            let out = Out::of(answered.out);
            let format = answered.format;
            let asked = inspect::Asked { file: &file, format, out: &out, first: "", language };
            let program = this_program(spoken.jobs)?;
            let pipeline = match (described.pipeline, at_hand()) {
                (Some(named), _) | (None, AtHand::Only(named)) => pipeline::load(&named)?,
                (None, other) => {
                    // Those that lie further up may have nothing to do with the file.
                    if let AtHand::Several(several) = other
                        && several.iter().all(|path| path.is_relative())
                    {
                        console.say(&inspect::without_choice(&several, language));
                    }
                    return inspect::undescribed(asked, process, program);
                }
            };
            inspect::inspect(asked, &pipeline, Basis::Declared, process, program)
        }
        Command::History(asked) => history::history(asked, language, spoken.jobs, log, console),
        Command::Schedule(asked) => schedule::schedule(asked, language, console),
        Command::Explain { kind, answered } => {
            explain::explain(kind.as_deref(), answered.format, &Out::of(answered.out), language)
        }
        Command::Schema { out } => {
            let schema = pipeline::keys::schema(language);
            let schema = serde_json::to_string_pretty(&schema).unwrap_or_default();
            Out::of(out).print_escaped(&format!("{schema}\n"))?;
            Ok(AGREES)
        }
        Command::Completions { shell, out } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "duibiao", &mut script);
            Out::of(out).print_as_is(&String::from_utf8_lossy(&script))?;
            Ok(AGREES)
        }
        Command::Extract { named, out, null, worker, adopt } => {
            let pipeline = load(named.path())?;
            let headings = adopt.iter().filter_map(|text| AdoptedHeading::read(text)).collect();
            let pipeline =
                pipeline.with(DecidedInWorkbook { headings, ..DecidedInWorkbook::default() });
            if worker {
                return extract::work(&pipeline, process);
            }
            let path_end = if null { PathEnd::Zero } else { PathEnd::Line };
            extract::extract(&pipeline, path_end, out, spoken.jobs)
        }
        Command::Man { out } => {
            let mut line = line(language);
            line.build();
            man::man(&line, &out)
        }
        Command::Help { command } => help(&command, language),
    }
}

/// Shows the help of a command, or of all.
fn help(named: &[String], language: Language) -> Result<u8, Failure> {
    let mut line = line(language);
    line.build();
    let mut found = &mut line;
    for name in named {
        let Some(next) = found.find_subcommand_mut(name) else {
            return Err(Failure::usage(
                format!("没有“{name}”这个命令；duibiao help 列出全部命令"),
                format!("there is no command `{name}`; `duibiao help` lists them all"),
            ));
        };
        found = next;
    }
    Out::Standard.print(&found.render_help().to_string())?;
    Ok(AGREES)
}

fn tell_templates(
    prepared: &[Prepared],
    language: Language,
    console: &Console,
) -> Result<(), Failure> {
    for template in prepared {
        if let Some(wanted) = &template.instead_of {
            let (wanted, path) = (wanted.display(), template.path.display());
            console.say(&match language {
                Language::Chinese => format!("{wanted} 已经存在，没有覆盖；新模板写在 {path}。"),
                Language::English => {
                    format!("{wanted} is there already and was left alone; the new one is {path}.")
                }
            });
        }
        print_path(&template.path)?;
    }
    Ok(())
}
