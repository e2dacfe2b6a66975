//! `run`: the month's work, and what is said of it when it is done.

use super::arguments::Run;
use super::asked::{duration_named, load, period_named, this_program, today};
use super::output::print_path;
use super::{AGREES, FINDINGS, Failure, Spoken};
use crate::console::Console;
use crate::findings::Verdict;
use crate::model::words::{self, Language};
use crate::pipeline::Pipeline;
use crate::run::{self, Data, Emptiness, Left, Occasion, Ran, Request, Returns};
use crate::wording;

/// Loads the pipeline and makes a request of what is asked about.
pub fn request_of(
    subject: super::arguments::Subject,
    spoken: Spoken,
) -> Result<(Pipeline, Request), Failure> {
    let pipeline = load(subject.named.path())?;
    let period = period_named(&subject.period, today())?;
    let request = Request::of(period, spoken.language, this_program(spoken.jobs)?);
    let request = Request { plan: subject.plan, written_in: spoken.written_in, ..request };
    Ok((pipeline, request))
}

/// Makes a run.
pub fn run(asked: Run, spoken: Spoken, console: &mut Console) -> Result<u8, Failure> {
    let wait = asked.wait.as_deref().map(duration_named).transpose()?.unwrap_or_default();
    let (pipeline, request) = request_of(asked.subject, spoken)?;
    let request = Request {
        inbox: asked.inbox,
        archive: asked.archive,
        explanations: asked.answers,
        extracts: asked.extracts,
        returns: if asked.no_returns { Returns::Skip } else { Returns::Write },
        data: if asked.no_data { Data::Skip } else { Data::Write },
        occasion: if asked.if_new { Occasion::IfNew } else { Occasion::Always },
        wait,
        emptiness: if asked.empty_inbox { Emptiness::Meant } else { Emptiness::Mistake },
        ..request
    };
    match run::run(&pipeline, &request, console)? {
        Ran::Published(outcome) => tell(&outcome, spoken.language, console),
        Ran::NothingNew(verdict) => {
            console.say(match spoken.language {
                Language::Chinese => "与上一批次相比没有新内容，没有再核对。",
                Language::English => "Nothing has changed since the last run; none was made.",
            });
            Ok(status_of(verdict))
        }
    }
}

fn tell(left: &Left, language: Language, console: &Console) -> Result<u8, Failure> {
    let counts = left.findings;
    let plan = counts.plan;
    let said = match (left.verdict, language) {
        (Verdict::Agrees, Language::Chinese) => wording::told_without_findings(&left.checks),
        (Verdict::Agrees, Language::English) if left.checks.is_whole() => {
            "Verdict: the sheets agree with the plan.".to_owned()
        }
        (Verdict::Agrees, Language::English) => {
            let checks = &left.checks;
            format!(
                "Verdict: nothing to correct or to explain. Of {} checks {} agree, {} differ, {} were not made.",
                checks.owed(),
                checks.agrees,
                checks.differs,
                checks.owed() - checks.agrees - checks.differs
            )
        }
        (Verdict::Findings, Language::Chinese) => format!(
            "核对结论：有差异。必须更正 {} 处，需要说明 {} 处。",
            counts.mandatory, counts.verify
        ),
        (Verdict::Findings, Language::English) => format!(
            "Verdict: {} to correct, {} to explain.",
            words::count(counts.mandatory, "finding"),
            words::count(counts.verify, "finding")
        ),
    };
    console.say(&said);
    if plan > 0 {
        console.say(&match language {
            Language::Chinese => format!("计划自身有 {plan} 处待核实，不影响结论。"),
            Language::English => {
                format!(
                    "The plan itself has {}, which do not change the verdict.",
                    words::count(plan, "finding")
                )
            }
        });
    }
    console.say(&match language {
        Language::Chinese => format!("汇总工作簿：{}", left.workbook.display()),
        Language::English => format!("Workbook: {}", left.workbook.display()),
    });
    if let Err(failure) = print_path(&left.folder) {
        // Whoever called cannot have its name; but it is there.
        console.complain(&wording::archive::published_all_the_same(&left.folder, language));
        return Err(failure);
    }
    Ok(status_of(left.verdict))
}

fn status_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Agrees => AGREES,
        Verdict::Findings => FINDINGS,
    }
}
