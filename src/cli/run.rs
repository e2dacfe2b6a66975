//! `run`: the month's work, and what is said of it when it is done.

use jiff::SignedDuration;

use super::arguments::Run;
use super::asked::{duration_named, load, period_named, this_program, today, zone_of};
use super::output::print_path;
use super::{AGREES, FAILED, FINDINGS, Failure, Spoken};
use crate::archive::{self, Noted};
use crate::console::Console;
use crate::findings::Verdict;
use crate::log::Log;
use crate::model::words::{self, Language, Said};
use crate::model::{Month, clock};
use crate::pipeline::Pipeline;
use crate::run::{self, Data, Emptiness, Left, Memory, Occasion, Ran, Request, Returns, Summary};
use crate::schedule;
use crate::wording;

/// Loads the pipeline and makes a request of what is asked about.
pub fn request_of(
    subject: super::arguments::Subject,
    spoken: Spoken,
) -> Result<(Pipeline, Request), Failure> {
    let pipeline = load(subject.named.path())?;
    let period = period_named(&subject.period, today(&pipeline))?;
    let request = Request::of(period, spoken.language, this_program(spoken.jobs)?);
    let request = Request { plan: subject.plan, written_in: spoken.written_in, ..request };
    Ok((pipeline, request))
}

/// Makes a run, or all that are due.
pub fn run(
    asked: Run,
    spoken: Spoken,
    log: Option<&Log>,
    console: &mut Console,
) -> Result<u8, Failure> {
    let wait = asked.wait.as_deref().map(duration_named).transpose()?.unwrap_or_default();
    let (pipeline, request) = request_of(asked.subject, spoken)?;
    let emptiness = match (asked.empty_inbox, asked.if_any) {
        (true, _) => Emptiness::Meant,
        (_, true) => Emptiness::Early,
        _ => Emptiness::Mistake,
    };
    let request = Request {
        inbox: asked.inbox,
        archive: asked.archive,
        explanations: asked.answers,
        extracts: asked.extracts,
        memory: if asked.fresh { Memory::ReadAnew } else { Memory::Use },
        returns: if asked.no_returns { Returns::Skip } else { Returns::Write },
        data: if asked.no_data { Data::Skip } else { Data::Write },
        occasion: if asked.if_new { Occasion::IfNew } else { Occasion::Always },
        wait,
        emptiness,
        ..request
    };
    let archive = run::archive_folder(&pipeline, &request);
    if let Some(log) = log {
        log.beside(&archive, &pipeline.name, zone_of(&pipeline));
    }
    let noted = archive::noted(&archive, &pipeline.name);
    let set_back = clock_set_back(&noted);
    if asked.due {
        // Which month it is cannot be told by a clock that is wrong.
        if let Some(said) = set_back {
            tracing::error!(event = "no-run", why = "clock-set-back", period = %request.period);
            return Err(Failure::Usage(said));
        }
        return due(&pipeline, &request, &noted, console);
    }
    if let Some(said) = set_back {
        console.complain(&format!("{}。", said.in_language(spoken.language)));
    }
    one(&pipeline, &request, console)
}

/// Says that the clock stands before the last run, where it does by more than clocks differ.
fn clock_set_back(noted: &[Noted]) -> Option<Said> {
    const DIFFER: SignedDuration = SignedDuration::from_hours(24);
    let last = noted.iter().max_by_key(|noted| noted.started)?;
    let now = clock::now();
    (last.started.duration_since(now) > DIFFER).then(|| {
        let run = format!("{}/{}", last.period, archive::numbered(last.number));
        let second = |at: jiff::Timestamp| {
            at.round(jiff::Unit::Second).map_or_else(|_| at.to_string(), |at| at.to_string())
        };
        wording::log::clock_set_back(&second(now), &run, &second(last.started))
    })
}

/// Makes one run, and starts what is to be started after it.
fn one(pipeline: &Pipeline, request: &Request, console: &mut Console) -> Result<u8, Failure> {
    let language = request.language;
    tracing::info!(
        event = "began",
        pipeline = %pipeline.name,
        period = %request.period,
        user = %archive::user(),
        host = %archive::host(),
        process = std::process::id(),
        version = env!("CARGO_PKG_VERSION"),
    );
    match run::run(pipeline, request, console) {
        Ok(Ran::Published(left)) => {
            let counts = left.findings;
            tracing::info!(
                event = "published",
                period = %request.period,
                folder = %std::path::absolute(&left.folder).unwrap_or_else(|_| left.folder.clone()).display(),
                verdict = ?left.verdict,
                mandatory = counts.mandatory,
                verify = counts.verify,
                plan = counts.plan,
            );
            let told = tell(&left, language, console);
            run::deliver(pipeline, request, &left.folder, console);
            finish(pipeline, &Summary::of_run(pipeline, request.period, &left), language, console);
            told
        }
        Ok(Ran::NothingNew(verdict, folder)) => {
            // What could not be sent when it was made may be sent now.
            run::deliver(pipeline, request, &folder, console);
            tracing::info!(event = "no-run", why = "nothing-new", period = %request.period);
            console.say(match language {
                Language::Chinese => "与上一批次相比没有新内容，没有再核对。",
                Language::English => "Nothing has changed since the last run; none was made.",
            });
            Ok(status_of(verdict))
        }
        Ok(Ran::NobodyYet) => {
            tracing::info!(event = "no-run", why = "nobody-yet", period = %request.period);
            let inbox = run::inbox_folder(pipeline, request);
            let said = wording::log::nobody_yet(&inbox.display().to_string());
            console.say(said.in_language(language));
            Ok(AGREES)
        }
        Err(error) => {
            tracing::error!(event = "no-run", why = error.name(), period = %request.period);
            let summary = Summary::of_failure(pipeline, request.period, &error, language);
            finish(pipeline, &summary, language, console);
            Err(error.into())
        }
    }
}

/// Starts what is to be started when all is done, and says what came of it where that is not well.
fn finish(pipeline: &Pipeline, summary: &Summary, language: Language, console: &Console) {
    let Some(program) = &pipeline.finish else { return };
    let how = run::finish(program, summary);
    tracing::info!(event = "on-finish", program = %program.program, how = ?how);
    if let Some(said) = wording::log::finished(&program.program, &how) {
        console.complain(said.in_language(language));
    }
}

/// Makes all runs that are due, the oldest first; a month that fails keeps no other from its run.
fn due(
    pipeline: &Pipeline,
    request: &Request,
    noted: &[Noted],
    console: &mut Console,
) -> Result<u8, Failure> {
    let (schedule, zone, language) = (&pipeline.schedule, zone_of(pipeline), request.language);
    let ran_on = |period: Month| {
        let runs = noted.iter().filter(|noted| noted.period == period);
        let last = runs.map(|noted| noted.started).max()?;
        Some(last.to_zoned_datetime(zone.clone()).date())
    };
    let first = noted.iter().map(|noted| noted.period).min();
    let owed = schedule::owed(request.period, today(pipeline), first, ran_on, schedule);
    let has_own_inboxes = request.inbox.is_none() && pipeline.intake.inbox.contains("{period}");
    let mut worst = AGREES;
    for period in owed.periods.iter().filter(|period| **period != request.period) {
        let request = Request { period: *period, ..request.clone() };
        if !has_own_inboxes {
            continue;
        }
        if !run::has_sheets(pipeline, &request) {
            tracing::info!(event = "no-run", why = "missed-and-empty", period = %period);
            let inbox = run::inbox_folder(pipeline, &request).display().to_string();
            let said = wording::log::nothing_to_catch_up(*period, &inbox);
            console.say(said.in_language(language));
            continue;
        }
        console.say(wording::log::caught_up(*period).in_language(language));
        worst = worst.max(one_of_several(pipeline, &request, console));
    }
    if !owed.is_due {
        tracing::info!(event = "no-run", why = "not-due", period = %request.period);
        let due_on = owed.due_on.map(|day| day.to_string());
        let said = wording::log::not_due(request.period, schedule.working_day, due_on.as_deref());
        console.say(said.in_language(language));
        return Ok(worst);
    }
    // Once the month has had its run, only what is new is a reason for another.
    let is_owed = owed.periods.contains(&request.period);
    let occasion = if is_owed { request.occasion } else { Occasion::IfNew };
    let request = Request { occasion, ..request.clone() };
    Ok(worst.max(one_of_several(pipeline, &request, console)))
}

fn one_of_several(pipeline: &Pipeline, request: &Request, console: &mut Console) -> u8 {
    match one(pipeline, request, console) {
        Ok(status) => status,
        Err(error) => {
            for line in error.lines(request.language) {
                console.complain(&line);
            }
            FAILED
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
