//! `history`: the runs of an archive, what came of them, and whether they were changed since.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::arguments::{Format, History, Question};
use super::asked::{load, period_named, this_program, today, written_month, zone_of};
use super::diff;
use super::output::Out;
use super::{AGREES, FINDINGS, Failure};
use crate::archive::{self, Alteration, Held, Published, Verified};
use crate::console::{Colour, Console, Loudness};
use crate::findings::Verdict;
use crate::log::Log;
use crate::model::hidden::visible_line;
use crate::model::words::{self, Language, Said};
use crate::model::{Life, Month, Odd, Severity, Side, Status};
use crate::run::{self, Replayed, RunError};
use crate::wording::compared;
use crate::wording::{self, earlier_verdict};

const SCHEMA: &str = "duibiao.history/1";

/// Answers a question about an archive.
pub fn history(
    asked: History,
    language: Language,
    jobs: Option<u16>,
    log: Option<&Log>,
    console: &Console,
) -> Result<u8, Failure> {
    let pipeline = load(asked.pipeline.as_deref())?;
    let root = asked.archive.unwrap_or_else(|| pipeline.intake.archive.clone());
    if let Some(log) = log {
        log.beside(&root, &pipeline.name, zone_of(&pipeline));
    }
    let answer = Answer { format: asked.format, out: Out::of(asked.out), language, console };
    match asked.question.unwrap_or(Question::List) {
        Question::List => {
            let held = archive::runs(&root, &pipeline.name).map_err(RunError::Archive)?;
            list(&held, &root, &answer)
        }
        Question::Verify => {
            let verified = archive::verify(&root, &pipeline.name).map_err(RunError::Archive)?;
            verify(&verified, &root, &answer)
        }
        Question::Diff { from, to, period } => {
            let of = period.map(|period| period_named(&period, today(&pipeline))).transpose()?;
            let [one, other] = [&from, &to].map(|text| named(text, of, &root, &pipeline.name));
            let (one, other) = (one?, other?);
            let names = [name(&one), name(&other)];
            let difference = diff::difference(&one, &other, names);
            match answer.format {
                Format::Json => answer.out.print_json(&difference)?,
                Format::Text => answer.out.print(&difference.text(language))?,
            }
            Ok(AGREES)
        }
        Question::Replay { run, period } => {
            let of = period.map(|period| period_named(&period, today(&pipeline))).transpose()?;
            let run = named(&run, of, &root, &pipeline.name)?;
            replay(&run, &root, &pipeline.name, jobs, &answer)
        }
        Question::Prune { keep, period } => {
            let keep = keep.map(usize::from).or(pipeline.keep).ok_or_else(|| {
                Failure::usage(
                    "没有写明保留几个批次；请写 --keep，或在核对方案里写 [archive] keep",
                    "it is not said how many runs are kept; write `--keep`, or `[archive] keep` in the pipeline file",
                )
            })?;
            let period =
                period.map(|period| period_named(&period, today(&pipeline))).transpose()?;
            let gone = archive::prune(&root, &pipeline.name, period, keep, Duration::ZERO)
                .map_err(RunError::Archive)?;
            tracing::info!(event = "pruned", runs = %gone.join(" "), keep, user = %archive::user());
            prune(&gone, &answer)
        }
    }
}

/// How a question is answered.
struct Answer<'a> {
    format: Format,
    out: Out,
    language: Language,
    console: &'a Console,
}

impl Answer<'_> {
    fn say_odd(&self, odd: &[Odd]) {
        for odd in odd {
            self.console.say(&wording::archive::odd(odd, self.language));
        }
    }

    fn say_none(&self, root: &Path) {
        self.console.say(&match self.language {
            Language::Chinese => format!("存档 {} 里还没有批次。", root.display()),
            Language::English => format!("There is no run in the archive {} yet.", root.display()),
        });
    }

    fn odd_as_texts(&self, odd: &[Odd]) -> Vec<String> {
        odd.iter().map(|odd| wording::archive::odd(odd, self.language)).collect()
    }
}

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    runs: Vec<Counted>,
    /// What was passed over, in words.
    odd: Vec<String>,
}

/// A run, counted: open findings of the submissions above note, and what became of those of the period
/// before.
#[derive(Serialize)]
struct Counted {
    run: String,
    folder: String,
    verdict: Verdict,
    mandatory: usize,
    verify: usize,
    new: usize,
    of_new_rules: usize,
    same: usize,
    changed: usize,
    reopened: usize,
    resolved: usize,
    /// Whether its report is the one that was published.
    unaltered: bool,
}

impl Counted {
    fn of(run: &Published) -> Self {
        let submitted = || {
            let findings = run.report.findings.iter();
            findings.filter(|line| line.side == Side::Submission && line.severity > Severity::Note)
        };
        let open = |severity: Severity| {
            let counted = submitted().filter(|line| {
                matches!(line.status, Status::Open | Status::Answered | Status::Returned)
                    && line.severity == severity
            });
            counted.count()
        };
        let life = |life: Life| submitted().filter(|line| line.life == life).count();
        Counted {
            run: name(run),
            folder: run.folder.display().to_string(),
            verdict: run.report.verdict,
            mandatory: open(Severity::Mandatory),
            verify: open(Severity::Verify),
            new: life(Life::New),
            of_new_rules: submitted().filter(|line| line.of_new_rule).count(),
            same: life(Life::Same),
            changed: life(Life::Changed),
            reopened: life(Life::Reopened),
            resolved: run.report.resolved.len(),
            unaltered: run.unaltered,
        }
    }
}

fn list(held: &Held, root: &Path, answer: &Answer<'_>) -> Result<u8, Failure> {
    match answer.format {
        Format::Json => {
            let runs = held.runs.iter().map(Counted::of).collect();
            let odd = answer.odd_as_texts(&held.odd);
            answer.out.print_json(&Listed { schema: SCHEMA, runs, odd })?;
        }
        Format::Text => {
            answer.say_odd(&held.odd);
            if held.runs.is_empty() {
                answer.say_none(root);
            }
            let lines = held.runs.iter().map(|run| line(run, answer.language) + "\n");
            answer.out.print(&lines.collect::<String>())?;
        }
    }
    Ok(AGREES)
}

fn name(run: &Published) -> String {
    let number = run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!("{}/{number}", run.period)
}

fn line(run: &Published, language: Language) -> String {
    let counted = Counted::of(run);
    let Counted { mandatory, verify, new, same, changed, reopened, resolved, .. } = counted;
    let of_new_rules = wording::of_new_rules(counted.of_new_rules, language);
    match language {
        Language::Chinese => {
            let verdict = match run.report.verdict {
                Verdict::Agrees => earlier_verdict(&run.report.coverage, language),
                Verdict::Findings => "有差异",
            };
            format!(
                "{}　{verdict}：必须更正 {mandatory}，需要说明 {verify}（新增 {new}{of_new_rules}，与上期相同 {same}，有变化 {changed}，再次出现 {reopened}）；已解决 {resolved}",
                name(run)
            )
        }
        Language::English => {
            let verdict = match run.report.verdict {
                Verdict::Agrees => earlier_verdict(&run.report.coverage, language),
                Verdict::Findings => "findings",
            };
            format!(
                "{}  {verdict}: {mandatory} to correct, {verify} to explain ({new} new{of_new_rules}, {same} the same as before, {changed} changed, {reopened} reopened); {resolved} resolved",
                name(run)
            )
        }
    }
}

/// Returns the run of a name such as `2020-08/01`, `2020-08/1`, its folder, or `01` of a period.
fn named(text: &str, of: Option<Month>, root: &Path, pipeline: &str) -> Result<Published, Failure> {
    let steps: Vec<&str> = text.split(['/', '\\']).filter(|step| !step.is_empty()).collect();
    let found = match steps[..] {
        [number] => of.zip(number.parse().ok()),
        [.., period, number] => written_month(period).zip(number.parse().ok()),
        [] => None,
    };
    let Some((period, number)) = found else {
        return Err(Failure::usage(
            format!("“{text}”不是批次；请写作 2020-08/01，或写批次号和 --period"),
            format!("`{text}` is no run; write it like `2020-08/01`, or a number with `--period`"),
        ));
    };
    Ok(archive::run_named(root, pipeline, period, number).map_err(RunError::Archive)?)
}

#[derive(Serialize)]
struct Repeated<'a> {
    schema: &'static str,
    run: String,
    same: usize,
    differing: &'a [String],
    other_program: Option<&'a str>,
}

fn replay(
    run: &Published,
    root: &Path,
    pipeline: &str,
    jobs: Option<u16>,
    answer: &Answer<'_>,
) -> Result<u8, Failure> {
    // What it would say on the way was said when the run was made.
    let mut silent = Console::new(answer.language, Loudness::Quiet, Colour::Never);
    let replayed = run::replay(root, pipeline, run, this_program(jobs)?, &mut silent)?;
    let Replayed { same, differing, other_program } = &replayed;
    let (name, other_program) = (name(run), other_program.as_deref());
    match answer.format {
        Format::Json => answer.out.print_json(&Repeated {
            schema: SCHEMA,
            run: name,
            same: *same,
            differing,
            other_program,
        })?,
        Format::Text => {
            let said = if differing.is_empty() {
                compared::replayed(&name, *same)
            } else {
                compared::replayed_otherwise(&name, differing, other_program)
            };
            answer.out.print(&format!("{}\n", said.in_language(answer.language)))?;
        }
    }
    Ok(if differing.is_empty() { AGREES } else { FINDINGS })
}

#[derive(Serialize)]
struct Pruned<'a> {
    schema: &'static str,
    removed: &'a [String],
}

fn prune(gone: &[String], answer: &Answer<'_>) -> Result<u8, Failure> {
    match answer.format {
        Format::Json => answer.out.print_json(&Pruned { schema: SCHEMA, removed: gone })?,
        Format::Text => {
            let lines = gone.iter().flat_map(|name| [name.as_str(), "\n"]);
            answer.out.print(&lines.collect::<String>())?;
        }
    }
    answer.console.say(wording::archive::pruned(gone).in_language(answer.language));
    Ok(AGREES)
}

#[derive(Serialize)]
struct Found {
    schema: &'static str,
    runs: usize,
    /// Let go by the policy of retention.
    removed: usize,
    altered: Vec<OfAltered>,
    odd: Vec<String>,
}

#[derive(Serialize)]
struct OfAltered {
    /// Empty for what is of all runs.
    run: String,
    /// Empty for the run itself.
    path: String,
    how: Alteration,
    said: String,
}

fn verify(verified: &Verified, root: &Path, answer: &Answer<'_>) -> Result<u8, Failure> {
    let language = answer.language;
    let (runs, altered) = (verified.runs, verified.altered.len());
    let status = if altered == 0 { AGREES } else { FINDINGS };
    if answer.format == Format::Json {
        let altered = verified.altered.iter().map(|altered| OfAltered {
            run: altered.run.clone(),
            path: altered.path.clone(),
            how: altered.how,
            said: wording_of(altered.how).in_language(language).to_owned(),
        });
        answer.out.print_json(&Found {
            schema: SCHEMA,
            runs,
            removed: verified.removed,
            altered: altered.collect(),
            odd: answer.odd_as_texts(&verified.odd),
        })?;
        return Ok(status);
    }
    answer.say_odd(&verified.odd);
    if runs == 0 && altered == 0 {
        answer.say_none(root);
        return Ok(AGREES);
    }
    let mut text = String::new();
    for altered in &verified.altered {
        let how = wording_of(altered.how);
        let place: Vec<&str> = [altered.run.as_str(), altered.path.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let said = format!("{}: {}", place.join(" › "), how.in_language(language));
        text.push_str(&visible_line(&said));
        text.push('\n');
    }
    answer.out.print(&text)?;
    answer.console.say(&match (altered, language) {
        (0, Language::Chinese) => format!("{runs} 个批次的文件都与出具时一样。"),
        (0, Language::English) => {
            format!("All files of {} are as they were published.", words::count(runs, "run"))
        }
        (_, Language::Chinese) => format!("{runs} 个批次中有 {altered} 处与出具时不一样。"),
        (_, Language::English) => {
            format!(
                "{} of {} not as published.",
                words::count(altered, "thing"),
                words::count(runs, "run")
            )
        }
    });
    if verified.removed > 0 {
        answer.console.say(&match language {
            Language::Chinese => {
                format!("另有 {} 个批次已按保留规则清理，链上有记录。", verified.removed)
            }
            Language::English => {
                let removed = words::count(verified.removed, "run");
                format!("{removed} more let go by retention, as the chain records.")
            }
        });
    }
    Ok(status)
}

fn wording_of(how: Alteration) -> Said {
    let (chinese, english) = match how {
        Alteration::Changed => ("出具之后被改动过", "was edited after it was published"),
        Alteration::Missing => ("出具之后被删除了", "is missing"),
        Alteration::Added => ("不是出具时的文件", "was added after the run"),
        Alteration::Unreadable => {
            ("读不出来，无法核对", "cannot be read, so it cannot be verified")
        }
        Alteration::NoManifest => {
            ("读不出来，无法核对这个批次", "cannot be read, so the run cannot be verified")
        }
        Alteration::Rewritten => (
            "清单被改写过，已不是出具时的那一份",
            "was rewritten: it is not the one that was published",
        ),
        Alteration::Unlinked => (
            "它所接的上一批次不在了，或上一批次的清单被改写过",
            "the run before it is gone, or the manifest of that run was rewritten",
        ),
        Alteration::Gone => ("这个批次出具过，现在不在了", "this run was published and is gone"),
        Alteration::Unrecorded => (
            "出具记录里没有这个批次，它也接不上最后一个批次",
            "this run is not in the record and does not follow the last one in it",
        ),
        Alteration::NoRecord => (
            "出具记录不在了，最后的批次是否被删无从核对；下次核对会重建",
            "the record of runs is gone, so it cannot be known whether the last ones were removed; the next run makes it anew",
        ),
    };
    Said::new(chinese, english)
}
