//! `history`: the runs of an archive, what came of them, and whether they were changed since.

use std::path::PathBuf;

use super::{AGREES, FINDINGS, Failure, print};
use crate::archive::{self, Alteration, Published};
use crate::console::Console;
use crate::findings::Verdict;
use crate::model::words::{self, Language};
use crate::model::{Life, Severity, Side, Status};
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
    let runs = archive::runs(&root, &pipeline.name).map_err(RunError::Archive)?;
    if runs.is_empty() {
        console.say(&match language {
            Language::Chinese => format!("存档 {} 里还没有批次。", root.display()),
            Language::English => format!("There is no run in the archive {} yet.", root.display()),
        });
        return Ok(AGREES);
    }
    match question {
        Question::List => {
            for run in &runs {
                print(&format!("{}\n", line(run, language)));
            }
            Ok(AGREES)
        }
        Question::Verify => Ok(verify(&runs, language, console)),
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

fn verify(runs: &[Published], language: Language, console: &Console) -> u8 {
    let mut altered = 0;
    for run in runs {
        for file in archive::verify(&run.folder) {
            altered += 1;
            let how = match (file.how, language) {
                (Alteration::Changed, Language::Chinese) => "出具之后被改动过",
                (Alteration::Changed, Language::English) => "was edited after it was published",
                (Alteration::Missing, Language::Chinese) => "出具之后被删除了",
                (Alteration::Missing, Language::English) => "is missing",
                (Alteration::Added, Language::Chinese) => "不是出具时的文件",
                (Alteration::Added, Language::English) => "was added after the run",
                (Alteration::NoManifest, Language::Chinese) => "读不出来，无法核对这个批次",
                (Alteration::NoManifest, Language::English) => {
                    "cannot be read, so the run cannot be verified"
                }
            };
            print(&format!("{} › {}: {how}\n", name(run), file.path));
        }
    }
    console.say(&match (altered, language) {
        (0, Language::Chinese) => format!("{} 个批次的文件都与出具时一样。", runs.len()),
        (0, Language::English) => {
            format!("All files of {} are as they were published.", words::count(runs.len(), "run"))
        }
        (_, Language::Chinese) => format!("{altered} 个文件与出具时不一样。"),
        (_, Language::English) => {
            format!("{} not as published.", words::count(altered, "file"))
        }
    });
    if altered == 0 { AGREES } else { FINDINGS }
}
