//! What a run writes: the consolidated workbook, what goes back to the units, and the notes.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::remembered::Remembered;
use super::{Data, Request, Returns, RunError};
use crate::archive::{self, Staging};
use crate::decisions::Standing;
use crate::extract::Elsewhere;
use crate::intake::Received;
use crate::model::stamp::{self, Stamped};
use crate::model::{IdSlice, Month, Side, UnitId, clock};
use crate::outbox::{self, Letter};
use crate::pipeline::Outbox;
use crate::reconcile::{FileResult, Inputs, Reconciliation};
use crate::report::{self, Besides};
use crate::wording::outbox::About;
use crate::wording::{self, Agreement, pages};
use crate::workbook::consolidated::{self, Material, TakenIn, Version};
use crate::workbook::lookup::Lookup;
use crate::workbook::{self, Page, Properties, slip};

/// The folder of messages.
const OUTBOX: &str = "outbox";

/// Writes all files of the run but the manifest, fills the report's marks and returns the name of
/// the consolidated workbook, with what came of the checks of what was submitted.
///
/// # Errors
/// Fails when something cannot be written or does not read back as it was meant.
pub fn write(
    reconciled: &Reconciliation<'_>,
    inputs: &Inputs<'_>,
    standing: &Standing,
    mut besides: Besides,
    elsewhere: Elsewhere,
    request: &Request,
    staging: &Staging,
) -> Result<(String, Agreement), RunError> {
    let lookup = Lookup::of(
        &reconciled.plan,
        &reconciled.roster,
        &reconciled.ledger,
        &reconciled.settled,
        inputs.pipeline,
    );
    let version = Version {
        batch: archive::numbered(staging.number()),
        seal: pages::seal(&staging.place().previous, staging.run_before()),
        copies: copies(inputs, staging.path()),
    };
    let figures = reconciled.figures_hash();
    let earlier_year = std::mem::take(&mut besides.year);
    let (returned, passed_over) = (besides.returned.clone(), besides.passed_over.clone());
    let taken = TakenIn {
        figures: &figures,
        received: IdSlice::from_ref(inputs.received),
        extracts: IdSlice::from_ref(inputs.extracts),
        plan_file: inputs.plan_file,
        plan_from: inputs.plan_from,
        returned: &returned,
        passed_over: &passed_over,
        version: Some(&version),
        year_before: &earlier_year,
        elsewhere,
        standing,
        decisions: staging.decided.last().map_or(staging.decisions.head().number, |e| e.number),
    };
    let material = Material::of(reconciled, inputs.pipeline, request.period, &lookup, taken);
    let (laid, marks) = laid_out(&material);
    besides.marks = marks;
    let folder = staging.path();
    let book = || {
        let bytes = write_checked(&laid.name, &laid.pages, &laid.properties, request.period)?;
        Ok::<_, RunError>(archive::put(folder, &laid.name, &bytes)?)
    };
    // The workbook takes longest, and nothing else that is written waits for it. It is made on this thread,
    // which has let go of what pages were laid out in: memory that another thread would not use again.
    let others = || {
        if request.returns == Returns::Write {
            let letters = slips(&material, staging)?;
            if inputs.pipeline.outbox.is_some() {
                archive::put(&folder.join(OUTBOX), outbox::INDEX, &archive::json(&letters))?;
            }
        }
        if !staging.decided.is_empty() {
            archive::put(folder, archive::DECISIONS, &archive::as_lines(&staging.decided))?;
        }
        let page = consolidated::web_page(&material, &laid.name);
        let stem = laid.name.strip_suffix(".xlsx").unwrap_or(&laid.name);
        archive::put(folder, &format!("{stem}.html"), page.as_bytes())?;
        besides.year = consolidated::year_lines(&material);
        let report = report::report(reconciled, inputs, besides, request.written_in);
        archive::put_json(folder, "report.json", &report)?;
        if request.data == Data::Write {
            let data = report::Material {
                pipeline: inputs.pipeline,
                plan: &reconciled.plan,
                roster: &reconciled.roster,
                matched: &reconciled.matched,
                ledger: &reconciled.ledger,
                settled: &reconciled.settled,
                findings: &report.findings,
            };
            let folder = folder.join("data");
            // One after the other: together they are larger than the workbook.
            for (name, book) in report::BOOKS {
                archive::put(&folder, name, &book(&data))?;
            }
        }
        Ok::<_, RunError>(())
    };
    let (others, book) = at_once(others, book);
    book?;
    others?;
    Ok((laid.name, lookup.all_submitted))
}

/// Does two things at once, or one after the other where the system starts no thread.
fn at_once<A: Send, B>(beside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (A, B) {
    let waiting = Mutex::new(Some(beside));
    let begin = || {
        let beside = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        beside.map(|beside| beside())
    };
    thread::scope(|scope| {
        let begun = thread::Builder::new().spawn_scoped(scope, begin);
        let here = here();
        let beside = match begun {
            Ok(begun) => begun.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => begin(),
        };
        (beside.expect("it is begun once"), here)
    })
}

/// Where the copies of plan and sheets lie in the run's folder.
fn copies(inputs: &Inputs<'_>, folder: &Path) -> BTreeMap<(Side, String), String> {
    let files = inputs.received.iter().chain([inputs.plan_file]);
    files
        .filter_map(|file| {
            let steps = file.copy.strip_prefix(folder).ok()?.iter();
            let steps: Option<Vec<&str>> = steps.map(|step| step.to_str()).collect();
            let path = steps?.join("/");
            // A link takes these for the end of the path, or for a code.
            let is_plain = !path.is_empty() && !path.contains(['#', '%']);
            is_plain.then(|| ((file.side, file.name.clone()), path))
        })
        .collect()
}

fn properties(material: &Material<'_>, title: String, kind: Stamped) -> Properties {
    Properties {
        title,
        author: material.pipeline.workbook.issued_by.clone().unwrap_or_default(),
        custom: vec![
            (stamp::KIND.to_owned(), kind.name().to_owned()),
            (stamp::PIPELINE.to_owned(), material.pipeline.name.clone()),
            (stamp::PERIOD.to_owned(), material.period.to_string()),
        ],
    }
}

/// The consolidated workbook before it is written.
struct LaidOut {
    name: String,
    pages: Vec<Page>,
    properties: Properties,
}

/// Lays out the consolidated workbook; returns the marks of each finding beside it.
fn laid_out(material: &Material<'_>) -> (LaidOut, Vec<Vec<String>>) {
    let pipeline = material.pipeline;
    let own = material.settled.iter().map(|settled| settled.id.as_str());
    let unseen = material.result.unseen.iter().map(|line| line.id.as_str());
    let code = material.form_code(Stamped::Consolidated, None).text();
    // Whom a unit gave as its contact is to be called; the same number elsewhere is masked.
    let contacts: Vec<String> =
        material.result.units.iter().map(|unit| pages::contact(&unit.contacts)).collect();
    let contacts = contacts.iter().map(String::as_str);
    let codes = own.chain(unseen).chain(contacts).chain([code.as_str()]).collect();
    let (laid, marks) = consolidated::pages(material, |page| {
        if pipeline.workbook.mask {
            workbook::mask(page, &codes);
        }
        page.pack();
    });
    let properties = properties(material, pipeline.title.clone(), Stamped::Consolidated);
    let title = pipeline.workbook.title.replace("{period}", &material.period.to_string());
    let marks = marks.names(material.settled.len() + material.result.unseen.len());
    let name = format!("{}.xlsx", archive::safe_name(&title));
    (LaidOut { name, pages: laid, properties }, marks)
}

/// Returns a workbook's bytes when they read back as what they were written from.
///
/// # Errors
/// Fails when the workbook cannot be made or says something else than its pages.
pub fn write_checked(
    name: &str,
    pages: &[Page],
    properties: &Properties,
    period: Month,
) -> Result<Vec<u8>, RunError> {
    let bytes = made(pages, properties, period)?;
    workbook::reread(&bytes, pages)
        .map_err(|cause| RunError::NotAsWritten { name: name.to_owned(), cause })?;
    Ok(bytes)
}

/// Makes a workbook. Threads are started for it, and where the system starts none, which may pass, there
/// is a panic.
fn made(pages: &[Page], properties: &Properties, period: Month) -> Result<Vec<u8>, RunError> {
    const ATTEMPTS: u32 = 4;
    const NO_THREAD: &str = "failed to spawn thread";
    for attempt in 0..ATTEMPTS {
        let made = || workbook::workbook(pages, properties, period);
        match catch_unwind(AssertUnwindSafe(made)) {
            Ok(made) => return Ok(made?),
            Err(panic) => {
                let words = panic.downcast_ref::<String>();
                if !words.is_some_and(|words| words.contains(NO_THREAD)) {
                    resume_unwind(panic);
                }
            }
        }
        thread::sleep(Duration::from_millis(20 << (2 * attempt)));
    }
    Err(RunError::NoThreads)
}

/// Writes a slip for each unit with something to answer, a reminder for each that sent nothing.
fn slips(material: &Material<'_>, staging: &Staging) -> Result<Vec<Letter>, RunError> {
    let folder = staging.path().join("returns");
    let mut letters = Vec::new();
    let mut taken = BTreeSet::new();
    for unit in slip::units_with_slips(material) {
        let name = material.plan.names.name(unit);
        let title = slip::title(material, unit);
        let mut properties = properties(material, format!("{name}{title}"), Stamped::Slip);
        properties.custom.push((stamp::UNIT.to_owned(), name.to_owned()));
        let file = free_name(name, &format!("{title}{}", material.period), &mut taken);
        let (pages, _) = workbook::continued(slip::pages(material, unit));
        let bytes = write_checked(&file, &pages, &properties, material.period)?;
        archive::put(&folder, &file, &bytes)?;
        if let Some(outbox) = &material.pipeline.outbox {
            letters.push(letter(material, unit, file, &bytes, outbox, staging)?);
        }
    }
    Ok(letters)
}

/// Writes the message that goes with a slip, ready to be sent.
fn letter(
    material: &Material<'_>,
    unit: UnitId,
    slip: String,
    bytes: &[u8],
    outbox: &Outbox,
    staging: &Staging,
) -> Result<Letter, RunError> {
    let name = material.plan.names.name(unit);
    let about = if slip::is_reminder(material, unit) { About::Reminder } else { About::Slip };
    let issued_by = material.pipeline.workbook.issued_by.as_deref();
    let period = material.period.to_string();
    let letter = Letter {
        unit: name.to_owned(),
        subject: wording::outbox::subject(about, name, material.period, issued_by),
        text: slip::message(material, unit),
        slip,
        about: Letter::about(name, &period, &slip::owed(material, unit)),
        period,
    };
    let to = outbox.recipients.get(name).map_or(&[][..], Vec::as_slice);
    let folder = staging.path().join(OUTBOX);
    for file in outbox::written(&letter, bytes, outbox.from.as_deref(), to) {
        archive::put(&folder, &file.name, &file.bytes)?;
    }
    Ok(letter)
}

/// Returns a workbook's name that no other has taken; some systems know no capitals, and two units
/// may differ only in what no name may hold.
fn free_name(name: &str, ending: &str, taken: &mut BTreeSet<String>) -> String {
    let stems = (1..).map(|number| match number {
        1 => archive::safe_name_ending(name, ending),
        _ => archive::safe_name_ending(name, &format!("{ending}（{number}）")),
    });
    let mut free = stems.filter(|stem| taken.insert(stem.to_lowercase()));
    format!("{}.xlsx", free.next().unwrap_or_default())
}

/// The modification times of files between which they decided: of those that do not count, and of all that
/// hold rows of a unit of theirs.
pub fn deciding_times(received: &[Received], files: &[FileResult]) -> Vec<(String, i64)> {
    use crate::roster::Standing;
    let superseded = files.iter().filter(|file| file.standing == Standing::Superseded);
    let units: BTreeSet<&String> = superseded.flat_map(|file| &file.units).collect();
    let decided = files.iter().filter(|line| {
        line.standing == Standing::Superseded || line.units.iter().any(|unit| units.contains(unit))
    });
    let decided: BTreeSet<&str> = decided.map(|line| line.file.as_str()).collect();
    received
        .iter()
        .filter(|file| decided.contains(file.name.as_str()))
        .map(|file| (file.name.clone(), file.modified))
        .collect()
}

/// When a run began: by the calendar, and as it is measured.
#[derive(Clone, Copy, Debug)]
pub struct Began {
    pub at: jiff::Timestamp,
    pub measured: Instant,
}

impl Began {
    pub fn now() -> Self {
        Self { at: clock::now(), measured: Instant::now() }
    }
}

/// Writes the manifest of all that the run holds, and `run.json`.
///
/// # Errors
/// Fails when something cannot be read back or written.
pub fn notes(
    staging: &Staging,
    modified: Vec<(String, i64)>,
    began: Began,
    elsewhere: Elsewhere,
    remembered: Option<Remembered>,
) -> Result<(), RunError> {
    let folder = staging.path();
    let manifest = archive::manifest(folder, staging.place(), modified)
        .map_err(archive::CannotArchive::unwritable(folder))?;
    archive::put(folder, archive::MANIFEST, &archive::json(&manifest))?;
    archive::put(
        folder,
        archive::NOTE,
        &archive::json(&RunNote::of(began, elsewhere, remembered)),
    )?;
    Ok(())
}

/// `run.json`: when, how long, by whom and where; the only file that may differ between two runs
/// over the same inputs.
#[derive(Debug, serde::Serialize)]
struct RunNote {
    started: String,
    seconds: f64,
    user: String,
    host: String,
    /// Files that were not read here, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    extracts: Option<Elsewhere>,
    /// Files whose reading was kept from earlier runs, where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<Remembered>,
}

impl RunNote {
    fn of(began: Began, elsewhere: Elsewhere, remembered: Option<Remembered>) -> Self {
        let seconds = began.measured.elapsed().as_secs_f64();
        Self {
            started: began.at.to_string(),
            seconds: (seconds * 1000.0).round() / 1000.0,
            user: archive::user(),
            host: archive::host(),
            extracts: (elsewhere.used > 0).then_some(elsewhere),
            cache: remembered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_back_has_a_name_of_its_own_that_says_what_it_is() {
        let mut taken = BTreeSet::new();
        let long = "很".repeat(100);
        for (unit, name) in [
            ("天涯区", "天涯区核实反馈表2020-08.xlsx".to_owned()),
            ("a/b", "a_b核实反馈表2020-08.xlsx".to_owned()),
            ("A\\B", "A_B核实反馈表2020-08（2）.xlsx".to_owned()),
            ("NUL", "NUL核实反馈表2020-08.xlsx".to_owned()),
            (&long, format!("{}核实反馈表2020-08.xlsx", &"很".repeat(68))),
        ] {
            assert_eq!(free_name(unit, "核实反馈表2020-08", &mut taken), name);
        }
        let second = free_name(&long, "核实反馈表2020-08", &mut taken);
        assert!(second.ends_with("核实反馈表2020-08（2）.xlsx") && second.len() <= 255, "{second}");
    }
}
