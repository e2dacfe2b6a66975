//! A run repeated from its own folder: what it kept is all that it read, so that the same comes of it, byte
//! for byte, on any machine with the same version of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::taken::{INPUTS, PREVIOUS, RETURNED, Taken};
use super::writing::Began;
use super::{Data, Memory, Ran, Request, Returns, RunError, made};
use crate::archive::{self, Decisions, Manifest, Published, Scratch, Staging};
use crate::console::Console;
use crate::decisions::{Entry, Head};
use crate::extract::{Elsewhere, Program};
use crate::findings::{Report, YearLine};
use crate::intake::{self, CannotTakeIn, Note, PassedOver, Received};
use crate::model::{Language, Month, Side};
use crate::pipeline::{self, Pipeline};

/// The file among the inputs that holds what was asked for.
pub const REQUEST: &str = "request.json";
const SCHEMA: &str = "duibiao.request/1";

/// What a run was asked for and found beside its inputs, as far as its result depends on it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    schema: String,
    plan_from: String,
    language: String,
    returns: bool,
    data: bool,
    /// Where the record of decisions stood.
    decisions: Head,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<PassedOver>,
    /// The files in the order in which they came, where it is not that of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    /// The hashes of what the run before had read, where something came back that may have been among it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    read_before: BTreeSet<String>,
}

/// What a run noted of itself.
#[derive(Deserialize)]
struct Noted {
    extracts: Option<Elsewhere>,
}

/// Keeps what was asked for among the inputs.
///
/// # Errors
/// Fails when it cannot be written.
pub fn record(
    taken: &Taken,
    something_came_back: bool,
    request: &Request,
    staging: &Staging,
) -> Result<(), RunError> {
    let names: Vec<String> = taken.inbox.files.iter().map(|file| file.name.clone()).collect();
    let recorded = Recorded {
        order: if names.is_sorted() { Vec::new() } else { names },
        schema: SCHEMA.to_owned(),
        plan_from: taken.plan_from.to_string(),
        language: match request.written_in {
            Language::Chinese => "zh".to_owned(),
            Language::English => "en".to_owned(),
        },
        returns: request.returns == Returns::Write,
        data: request.data == Data::Write,
        decisions: staging.decisions.head(),
        passed_over: taken.inbox.passed_over.clone(),
        read_before: if something_came_back { taken.read_before.clone() } else { BTreeSet::new() },
    };
    archive::put(&staging.path().join(INPUTS), REQUEST, &archive::json(&recorded))?;
    Ok(())
}

/// What came of a replay.
#[derive(Debug)]
pub struct Replayed {
    /// Files that are the same.
    pub same: usize,
    /// Files that are not, or are in one of both only; `manifest.json` among them where it differs.
    pub differing: Vec<String>,
    /// The version that made the run, where it is another one.
    pub other_program: Option<String>,
}

/// Repeats a run.
///
/// # Errors
/// Says why it could not be repeated; the run itself is not touched.
pub fn replay(
    root: &Path,
    name: &str,
    run: &Published,
    program: Program,
    console: &mut Console,
) -> Result<Replayed, RunError> {
    let scratch = Scratch::new().map_err(|cause| {
        RunError::Intake(CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })
    })?;
    let inputs = run.folder.join(INPUTS);
    let pipeline = kept_pipeline(&inputs, name, scratch.path())?;
    let recorded: Option<Recorded> = read(&inputs.join(REQUEST))?;
    let language = match recorded.as_ref().map(|recorded| recorded.language.as_str()) {
        Some("en") => Language::English,
        _ => Language::Chinese,
    };
    let written = |what: &str| run.folder.join(what).is_dir();
    let (returns, data) = recorded.as_ref().map_or_else(
        || (written("returns"), written("data")),
        |recorded| (recorded.returns, recorded.data),
    );
    let request = Request {
        returns: if returns { Returns::Write } else { Returns::Skip },
        data: if data { Data::Write } else { Data::Skip },
        memory: Memory::None,
        ..Request::of(run.period, language, program)
    };
    let mut staging = archive::rehearse(&scratch.path().join("archive"), root, name, run)?;
    let taken = taken(run, &pipeline, recorded.as_ref(), &mut staging)?;
    let outcome = made(&pipeline, &request, staging, &taken, Began::now(), console)?;
    let Ran::Published(left) = outcome else {
        return Err(RunError::Internal("a replay made no run".to_owned()));
    };
    Ok(held(run, &left.folder))
}

/// The pipeline file as the run read it, under its name, which is part of all that is identified.
fn kept_pipeline(inputs: &Path, name: &str, scratch: &Path) -> Result<Pipeline, RunError> {
    let kept = inputs.join("pipeline.toml");
    let path = scratch.join(format!("{name}.toml"));
    let unreadable =
        |cause| RunError::Intake(CannotTakeIn::Unreadable { path: kept.clone(), cause });
    let text = fs::read(&kept).map_err(unreadable)?;
    fs::write(&path, text)
        .map_err(|cause| RunError::Intake(CannotTakeIn::Uncopied { path: path.clone(), cause }))?;
    Ok(pipeline::load(&path)?)
}

/// Reads a file of JSON, where it is there.
fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, RunError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => {
            let path = path.to_owned();
            return Err(CannotTakeIn::Unreadable { path, cause }.into());
        }
    };
    let parsed = serde_json::from_slice(&bytes).map_err(|error| {
        let (path, cause) = (path.to_owned(), std::io::Error::other(error));
        RunError::Intake(CannotTakeIn::Unreadable { path, cause })
    })?;
    Ok(Some(parsed))
}

/// What the run took in, from what it kept.
fn taken(
    run: &Published,
    pipeline: &Pipeline,
    recorded: Option<&Recorded>,
    staging: &mut Staging,
) -> Result<Taken, RunError> {
    let inputs = run.folder.join(INPUTS);
    let into = staging.path().join(INPUTS);
    let limits = &pipeline.limits;
    let of_plans = &limits.of_file(Side::Plan, 0);
    copy_but(&inputs, &into, &["plan", RETURNED, PREVIOUS, REQUEST])?;
    let times: BTreeMap<&str, i64> = run
        .manifest
        .iter()
        .flat_map(|manifest| &manifest.modified)
        .map(|(name, at)| (name.as_str(), *at))
        .collect();
    let timed = |mut file: Received| {
        file.modified = times.get(file.name.as_str()).copied().unwrap_or_default();
        file
    };
    let (mut plan, mut before) = (None, None);
    for (name, path) in entries(&inputs.join("plan"))? {
        if let Some(from) = name.strip_prefix("before-").filter(|_| path.is_dir()) {
            let from: Option<Month> = from.parse().ok();
            let file = entries(&path)?.into_iter().next();
            if let (Some(from), Some((_, file))) = (from, file) {
                let folder = into.join("plan").join(&name);
                before = Some((intake::single(&file, &folder, Side::Plan, of_plans)?, from));
            }
        } else if path.is_file() {
            plan = Some(intake::single(&path, &into.join("plan"), Side::Plan, of_plans)?);
        }
    }
    let plan =
        plan.ok_or_else(|| RunError::PlanEmpty { path: inputs.join("plan"), missing: vec![] })?;
    let mut named = Vec::new();
    for (label, folder) in returned_folders(&inputs.join(RETURNED))? {
        for (_, path) in entries(&folder)? {
            let copy = into.join(RETURNED).join(&label);
            named.push(timed(intake::single(&path, &copy, Side::Submission, limits)?));
        }
    }
    let documents = entries(&inputs.join(RETURNED).join(DOCUMENTS))?;
    let beside = named
        .iter()
        .flat_map(|file| documents.iter().map(|(_, path)| (file.name.clone(), path.clone())));
    let beside = beside.collect();
    let notes: Vec<Note> = read(&inputs.join("intake.json"))?.unwrap_or_default();
    let passed_over = recorded.map(|one| one.passed_over.clone()).unwrap_or_default();
    let order = recorded.iter().flat_map(|one| &one.order).map(String::as_str);
    let order: BTreeMap<&str, usize> = order.zip(0..).collect();
    let place = |name: &str| order.get(name).copied().unwrap_or_default();
    let sheets = into.join("sheets");
    // Nobody had sent anything.
    fs::create_dir_all(&sheets).map_err(|cause| {
        RunError::Intake(CannotTakeIn::Uncopied { path: sheets.clone(), cause })
    })?;
    let modified = |name: &str| times.get(name).copied();
    let inbox = intake::kept(&sheets, &notes, passed_over, place, modified, limits)
        .map_err(|cause| CannotTakeIn::Unreadable { path: sheets.clone(), cause })?;
    let decided = entries_of(&inputs.join(archive::DECISIONS))?;
    let head = recorded.map(|one| one.decisions.clone());
    let head = head.or_else(|| Head::after(&decided)).unwrap_or_default();
    staging.decisions = Decisions::standing_at(decided.clone(), head);
    let in_force = pipeline.plan_for(run.period).map(|plan| plan.from);
    let plan_from = recorded.and_then(|one| one.plan_from.parse().ok()).or(in_force);
    // How many files were read elsewhere is no input: the same comes of it.
    let note: Option<Noted> = read(&run.folder.join(archive::NOTE))?;
    let earlier: Option<Report> = read(&inputs.join("earlier-report.json"))?;
    let previous: Option<Report> = read(&inputs.join(PREVIOUS))?;
    let year_before: Option<Vec<YearLine>> = read(&inputs.join("year.json"))?;
    Ok(Taken {
        plan,
        plan_from: plan_from.unwrap_or(run.period),
        before,
        inbox,
        named,
        beside,
        decided,
        earlier: earlier.map(Report::as_earlier),
        previous: previous.map(Report::as_earlier),
        read_before: recorded.map(|one| one.read_before.clone()).unwrap_or_default(),
        year_before: year_before.unwrap_or_default(),
        odd: Vec::new(),
        known_verdict: None,
        elsewhere: Some(note.and_then(|note| note.extracts).unwrap_or_default()),
    })
}

/// The folder of documents that answers named.
const DOCUMENTS: &str = "documents";

/// Workbooks that came back, in the order in which they were taken in: those that were written into where
/// they lay, then those that were named.
fn returned_folders(folder: &Path) -> Result<Vec<(String, PathBuf)>, RunError> {
    let mut folders = entries(folder)?;
    folders.retain(|(name, path)| path.is_dir() && name != DOCUMENTS);
    folders.sort_by_key(|(name, _)| {
        (name.parse::<u32>().is_ok(), name.parse::<u32>().ok(), name.clone())
    });
    Ok(folders)
}

/// The entries of a folder; none where it is not there.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, RunError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let held = intake::folder::entries(folder)
        .map_err(|cause| CannotTakeIn::Unreadable { path: folder.to_owned(), cause })?;
    let named = held.into_iter().map(|(name, _)| {
        let path = folder.join(&name);
        (name.to_string_lossy().into_owned(), path)
    });
    Ok(named.collect())
}

fn entries_of(path: &Path) -> Result<Vec<Entry>, RunError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => {
            let path = path.to_owned();
            return Err(CannotTakeIn::Unreadable { path, cause }.into());
        }
    };
    let parsed = text.lines().filter(|line| !line.is_empty()).map(serde_json::from_str);
    parsed.collect::<Result<Vec<Entry>, _>>().map_err(|error| {
        let (path, cause) = (path.to_owned(), std::io::Error::other(error));
        RunError::Intake(CannotTakeIn::Unreadable { path, cause })
    })
}

/// Copies a folder but for some of what lies in it at its top.
fn copy_but(from: &Path, into: &Path, without: &[&str]) -> Result<(), RunError> {
    let uncopied = |path: &Path| {
        let path = path.to_owned();
        move |cause| RunError::Intake(CannotTakeIn::Uncopied { path, cause })
    };
    fs::create_dir_all(into).map_err(uncopied(into))?;
    for (name, path) in entries(from)? {
        let copy = into.join(path.file_name().unwrap_or_default());
        if without.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            copy_but(&path, &copy, &[])?;
        } else {
            fs::copy(&path, &copy).map_err(uncopied(&copy))?;
        }
    }
    Ok(())
}

/// Holds what came of it against what was published.
fn held(run: &Published, again: &Path) -> Replayed {
    let hashes = |manifest: &Manifest| -> BTreeMap<String, String> {
        manifest.files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect()
    };
    let then = run.manifest.as_ref().map(hashes).unwrap_or_default();
    let now: BTreeMap<String, String> = archive::files_of(again)
        .unwrap_or_default()
        .into_iter()
        .map(|file| (file.path, file.sha256))
        .collect();
    let paths: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let (same, differing): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| then.get(*path) == now.get(*path));
    let mut differing: Vec<String> = differing.into_iter().cloned().collect();
    let manifest = |folder: &Path| archive::hash_of(&folder.join(archive::MANIFEST));
    if manifest(&run.folder) != manifest(again) {
        differing.push(archive::MANIFEST.to_owned());
    }
    let made_by = run.manifest.as_ref().map(|manifest| manifest.program.clone());
    let other_program = made_by.filter(|program| program != crate::extract::PROGRAM);
    Replayed { same: same.len(), differing, other_program }
}
