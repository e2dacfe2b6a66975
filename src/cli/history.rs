//! `history`: the runs of an archive, what came of them, and whether they were changed since.

use std::path::PathBuf;

use super::{AGREES, FINDINGS, Failure, print};
use crate::archive::{self, Alteration, Published, Verified};
use crate::console::Console;
use crate::findings::Verdict;
use crate::model::hidden::visible_line;
use crate::model::words::{self, Language, Said};
use crate::model::{Life, Odd, Severity, Side, Status};
use crate::pipeline::Pipeline;
use crate::run::RunError;
use crate::wording::{self, earlier_verdict};

/// What is asked of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Question {
    /// 列出全部批次
    List,
    /// 核对每个批次的文件是否仍与出具时一样
    Verify,
}

/// Answers a question about an archive.
pub fn history(
    question: Question,
    pipeline: &Pipeline,
    archive: Option<PathBuf>,
    language: Language,
    console: &Console,
) -> Result<u8, Failure> {
    let root = archive.unwrap_or_else(|| pipeline.intake.archive.clone());
    let say_odd = |odd: &[Odd]| {
        for odd in odd {
            console.say(&wording::archive::odd(odd, language));
        }
    };
    let said_none = || {
        console.say(&match language {
            Language::Chinese => format!("存档 {} 里还没有批次。", root.display()),
            Language::English => format!("There is no run in the archive {} yet.", root.display()),
        });
    };
    match question {
        Question::List => {
            let held = archive::runs(&root, &pipeline.name).map_err(RunError::Archive)?;
            say_odd(&held.odd);
            if held.runs.is_empty() {
                said_none();
            }
            for run in &held.runs {
                print(&format!("{}\n", line(run, language)))?;
            }
            Ok(AGREES)
        }
        Question::Verify => {
            let verified = archive::verify(&root, &pipeline.name).map_err(RunError::Archive)?;
            say_odd(&verified.odd);
            if verified.runs == 0 && verified.altered.is_empty() {
                said_none();
                return Ok(AGREES);
            }
            verify(&verified, language, console)
        }
    }
}

fn name(run: &Published) -> String {
    let number = run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!("{}/{number}", run.period)
}

fn line(run: &Published, language: Language) -> String {
    let open = |severity: Severity| {
        let counted = run.report.findings.iter().filter(|line| {
            line.side == Side::Submission
                && matches!(line.status, Status::Open | Status::Answered | Status::Returned)
                && line.severity == severity
        });
        counted.count()
    };
    let life = |life: Life| {
        let counted = run.report.findings.iter().filter(|line| {
            line.side == Side::Submission && line.severity > Severity::Note && line.life == life
        });
        counted.count()
    };
    let (mandatory, verify) = (open(Severity::Mandatory), open(Severity::Verify));
    let resolved = run.report.resolved.len();
    let (new, same, changed, reopened) =
        (life(Life::New), life(Life::Same), life(Life::Changed), life(Life::Reopened));
    let of_new_rules = run.report.findings.iter().filter(|line| {
        line.side == Side::Submission && line.severity > Severity::Note && line.of_new_rule
    });
    let of_new_rules = wording::of_new_rules(of_new_rules.count(), language);
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

fn verify(verified: &Verified, language: Language, console: &Console) -> Result<u8, Failure> {
    for altered in &verified.altered {
        let how = wording_of(altered.how);
        let place: Vec<&str> = [altered.run.as_str(), altered.path.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let said = format!("{}: {}", place.join(" › "), how.in_language(language));
        print(&format!("{}\n", visible_line(&said)))?;
    }
    let (runs, altered) = (verified.runs, verified.altered.len());
    console.say(&match (altered, language) {
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
    Ok(if altered == 0 { AGREES } else { FINDINGS })
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
