//! The drill: known faults of every kind are planted in copies of a real month, the copies go
//! through the same rooms as a run, and what is found is held against what was planted.
//!
//! What must be found is derived from plan, pipeline and month before anything runs, never from
//! what came out: a check that does not look is found out, and so is one that sees too much. The
//! month itself is never changed.

mod base;
mod edit;
pub mod gallery;
mod material;
pub mod page;
mod pages;
mod planting;
mod plants;
mod spoil;

use std::collections::BTreeMap;

pub use planting::Expected;
pub use plants::plants;

use crate::archive::CannotArchive;
use crate::console::Console;
use crate::extract::Extract;
use crate::findings::{Figures, Settled, Written, figures, listed};
use crate::intake::{self, Received};
use crate::model::kinds::KINDS;
use crate::model::{Fact, Finding, Kind, Said, Severity};
use crate::pipeline::{self, Pipeline};
use crate::run::{self, Request, RunError};

use base::Base;
use material::{Case, Material, Sheets};
use planting::Planting;

/// What a drill came to.
#[derive(Debug)]
pub struct Drilled {
    /// Files of the month, the plan left out.
    pub files: usize,
    pub plan: String,
    /// Findings of the month that its unchanged copies do not give, and the other way round.
    pub copied_wrongly: Vec<Settled>,
    /// In the order of the kinds.
    pub trials: Vec<Trial>,
}

/// One fault and what became of it.
#[derive(Debug)]
pub struct Trial {
    pub kind: Kind,
    pub tried: Tried,
}

#[derive(Debug)]
pub enum Tried {
    /// Plan, pipeline or month give no occasion for the fault.
    NotApplicable(Said),
    Planted(Box<Planted>),
}

/// A fault that was planted.
#[derive(Debug)]
pub struct Planted {
    pub said: Said,
    /// What had to be found, its own finding and what follows from it.
    pub expected: Vec<Expected>,
    pub found: Vec<Settled>,
    pub missed: Vec<Expected>,
    /// Found beside it, although nothing of the kind was planted.
    pub beside: Vec<Settled>,
    /// Findings of the month that had to stay and are gone.
    pub lost: Vec<Settled>,
    /// Where the pages of the workbook keep silent about what was found.
    pub silent: Vec<pages::Silent>,
}

impl Planted {
    pub fn is_good(&self) -> bool {
        self.missed.is_empty()
            && self.beside.is_empty()
            && self.lost.is_empty()
            && self.silent.is_empty()
    }

    /// Returns the finding of the kind that was planted.
    pub fn own(&self, kind: Kind) -> Option<&Settled> {
        self.found.iter().find(|settled| settled.finding.kind() == kind)
    }
}

impl Drilled {
    /// Returns whether every planted fault was found, nothing false beside it, and something was
    /// planted at all.
    pub fn is_good(&self) -> bool {
        let planted = || self.planted();
        self.copied_wrongly.is_empty()
            && planted().next().is_some()
            && planted().all(|(_, planted)| planted.is_good())
    }

    pub fn planted(&self) -> impl Iterator<Item = (Kind, &Planted)> {
        self.trials.iter().filter_map(|trial| match &trial.tried {
            Tried::Planted(planted) => Some((trial.kind, planted.as_ref())),
            Tried::NotApplicable(_) => None,
        })
    }
}

/// Drills a month: plan, pipeline and inbox are those that a run would take.
///
/// # Errors
/// Says why there is no result, as a run does.
pub fn drill(
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<Drilled, RunError> {
    let material = Material::take_in(pipeline, request, console)?;
    let real = Case::of(&material.plan, &material.submitted);
    let real = real.reconcile(pipeline, request, material.plan_from)?.settled;
    let case = Case::of(&material.plan_copy, &material.copies.raw);
    let reconciled = case.reconcile(pipeline, request, material.plan_from)?;
    let base = Base::new(pipeline, &material, &case, &reconciled);
    let mut faults: Vec<(Kind, Result<Prepared, Said>)> = Vec::new();
    for entry in KINDS {
        for plant in plants(entry.kind) {
            let fault = match plant.carry_out(&base) {
                Ok(planting) => Ok(prepare(&base, planting, faults.len())?),
                Err(reason) => Err(reason),
            };
            faults.push((entry.kind, fault));
        }
    }
    let prepared = || faults.iter().filter_map(|(_, fault)| fault.as_ref().ok());
    let extracts = read_changed(prepared(), pipeline, request, console)?;
    let mut trials = Vec::new();
    for (kind, fault) in faults {
        let tried = match fault {
            Ok(prepared) => {
                Tried::Planted(Box::new(judge(&base, prepared, &extracts, request, console)?))
            }
            Err(reason) => Tried::NotApplicable(reason),
        };
        trials.push(Trial { kind, tried });
    }
    Ok(Drilled {
        files: material.submitted.len(),
        plan: material.plan.received.name.clone(),
        copied_wrongly: differing(&real, base.settled()),
        trials,
    })
}

/// A planted fault with its files on the disk.
struct Prepared {
    planting: Planting,
    /// The pipeline with what the drill has added; none where it has added nothing.
    pipeline: Option<Pipeline>,
    plan: Sheets,
    files: Vec<Sheets>,
    /// Which of the files are new, the plan being none of them.
    changed: Vec<usize>,
    plan_changed: bool,
}

fn prepare(base: &Base<'_>, planting: Planting, number: usize) -> Result<Prepared, RunError> {
    let folder = base.material.folder(&format!("planted-{number}"));
    let mut prepared = Prepared {
        pipeline: with_rules(base.pipeline, &planting.appended, &folder)?,
        plan: base.material.plan_copy.clone(),
        plan_changed: false,
        files: Vec::new(),
        changed: Vec::new(),
        planting,
    };
    let planting = &prepared.planting;
    if let Some(book) = &planting.plan {
        prepared.plan.received =
            material::written(&prepared.plan.received, book, &folder.join("plan"))?;
        prepared.plan_changed = true;
    }
    for (place, copy) in base.material.copies.iter_enumerated() {
        if planting.gone.contains(&place) {
            continue;
        }
        let mut file = copy.clone();
        let into = folder.join(usize::from(place).to_string());
        if planting.cut.contains(&place) {
            let bytes = std::fs::read(&copy.received.copy)
                .map_err(|error| RunError::Internal(error.to_string()))?;
            file.received = material::put(&copy.received, &bytes[..bytes.len() / 2], &into)?;
            prepared.changed.push(prepared.files.len());
        } else if let Some(bytes) = planting.bytes.get(&place) {
            file.received = material::put(&copy.received, bytes, &into)?;
            prepared.changed.push(prepared.files.len());
        } else if let Some(book) = planting.books.get(&place) {
            file.received = material::written(&copy.received, book, &into)?;
            prepared.changed.push(prepared.files.len());
        }
        prepared.files.push(file);
    }
    for (place, added) in planting.added.iter().enumerate() {
        let Some(any) = base.material.copies.first() else { continue };
        let mut file = any.clone();
        file.received.name.clone_from(&added.name);
        file.received.modified = added.modified;
        let into = folder.join(format!("added-{place}"));
        file.received = material::written(&file.received, &added.book, &into)?;
        prepared.changed.push(prepared.files.len());
        prepared.files.push(file);
    }
    Ok(prepared)
}

/// Loads a copy of the pipeline file with more rules in it.
fn with_rules(
    pipeline: &Pipeline,
    appended: &str,
    folder: &std::path::Path,
) -> Result<Option<Pipeline>, RunError> {
    if appended.is_empty() {
        return Ok(None);
    }
    // The name is part of every finding's identity.
    let path = folder.join(format!("{}.toml", pipeline.name));
    let unwritable = |cause| CannotArchive::Unwritable { path: path.clone(), cause };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    std::fs::write(&path, format!("{}\n{appended}", pipeline.text)).map_err(unwritable)?;
    Ok(Some(pipeline::load(&path)?))
}

/// Extracts what was changed, for all faults together, by the hash of its bytes.
fn read_changed<'a>(
    prepared: impl Iterator<Item = &'a Prepared>,
    pipeline: &Pipeline,
    request: &Request,
    console: &mut Console,
) -> Result<BTreeMap<String, Extract>, RunError> {
    let own = prepared.filter(|prepared| prepared.pipeline.is_none());
    let mut files: Vec<Received> = Vec::new();
    for prepared in own {
        files.extend(prepared.changed.iter().map(|place| prepared.files[*place].received.clone()));
        files.extend(prepared.plan_changed.then(|| prepared.plan.received.clone()));
    }
    let extracts = run::extract_all(&files, pipeline, request, console)?;
    Ok(files.into_iter().map(|file| file.sha256).zip(extracts).collect())
}

/// Reconciles a month with its planted fault and holds what is found against what was planted.
fn judge(
    base: &Base<'_>,
    mut prepared: Prepared,
    extracts: &BTreeMap<String, Extract>,
    request: &Request,
    console: &mut Console,
) -> Result<Planted, RunError> {
    if let Some(pipeline) = &prepared.pipeline {
        // Another pipeline file reads everything anew.
        let mut plan = prepared.plan.received.clone();
        // It passes for the plan itself; what is read is its copy.
        plan.sha256 = intake::hash_of(&plan.copy, &pipeline.limits).unwrap_or_default();
        let others = prepared.files.iter().map(|file| file.received.clone());
        let files: Vec<Received> = std::iter::once(plan).chain(others).collect();
        let mut read = run::extract_all(&files, pipeline, request, console)?.into_iter();
        let sheets = std::iter::once(&mut prepared.plan).chain(&mut prepared.files);
        for (file, extract) in sheets.zip(read.by_ref()) {
            file.extract = extract;
        }
    } else {
        let changed = prepared.changed.iter().copied();
        for place in changed {
            let file = &mut prepared.files[place];
            if let Some(extract) = extracts.get(&file.received.sha256) {
                file.extract = extract.clone();
            }
        }
        if let Some(extract) = extracts.get(&prepared.plan.received.sha256)
            && prepared.plan_changed
        {
            prepared.plan.extract = extract.clone();
        }
    }
    prepared.plan.received.sha256.clone_from(&base.material.plan_copy.received.sha256);
    let pipeline = prepared.pipeline.as_ref().unwrap_or(base.pipeline);
    let planting = &prepared.planting;
    let mut case = Case::of(&prepared.plan, &prepared.files);
    case.earlier = planting.earlier.as_deref().cloned();
    case.answers.refused.clone_from(&planting.refused);
    if let (Some(text), Some(about)) = (&planting.explanation, planting.expected.first()) {
        let first = case.reconcile(pipeline, request, base.material.plan_from)?;
        let explained = first.settled.iter().filter(|settled| about.is(settled));
        let written: Vec<(String, Written)> = explained
            .map(|settled| {
                let line = figures::shown(&settled.finding, pipeline.money);
                let written = Written {
                    text: text.clone(),
                    figures: Figures {
                        expected: listed(&line.expected),
                        found: listed(&line.found),
                    },
                    ..Written::default()
                };
                (settled.id.clone(), written)
            })
            .collect();
        case.answers.written.extend(written);
    }
    let plan_from = base.material.plan_from;
    let reconciled = case.reconcile(pipeline, request, plan_from)?;
    let mut planted = compare(base, planting, reconciled.settled.clone());
    planted.silent =
        pages::silent(&case, &reconciled, pipeline, request, plan_from, &planted.found);
    Ok(planted)
}

/// Sorts what was found into what was in the month before, what was planted, and the rest.
fn compare(base: &Base<'_>, planting: &Planting, settled: Vec<Settled>) -> Planted {
    let mut kept: Vec<(Core, &Settled)> = base
        .settled()
        .iter()
        .enumerate()
        .filter(|(place, _)| !planting.silenced.contains(place))
        .map(|(_, settled)| (core(settled, moved(&settled.finding, base, planting)), settled))
        .collect();
    let mut fresh = Vec::new();
    for found in settled {
        let own = core(&found, found.finding.clone());
        match kept.iter().position(|(known, _)| *known == own) {
            Some(place) => {
                kept.swap_remove(place);
            }
            None => fresh.push(found),
        }
    }
    let mut planted = Planted {
        said: planting.said.clone(),
        expected: planting.expected.clone(),
        found: Vec::new(),
        missed: Vec::new(),
        beside: Vec::new(),
        lost: kept.into_iter().map(|(_, settled)| settled.clone()).collect(),
        silent: Vec::new(),
    };
    for expected in &planting.expected {
        match fresh.iter().position(|found| expected.is(found)) {
            Some(place) => planted.found.push(fresh.remove(place)),
            None => planted.missed.push(expected.clone()),
        }
    }
    planted.beside = fresh.into_iter().filter(|found| !follows(found, &planted.found)).collect();
    planted
}

/// Returns whether a limit is only said to be broken because cells that were planted carry it
/// over: it is held against what was submitted, whatever is said of the cells.
fn follows(found: &Settled, planted: &[Settled]) -> bool {
    let Some(broken) = found.finding.fact.broken() else { return false };
    broken.carried.iter().any(|carried| {
        planted.iter().any(|own| {
            own.finding.file.as_ref() == Some(&carried.file)
                && own.finding.cells.iter().any(|range| range.contains(carried.cell))
        })
    })
}

/// What two findings must have in common to be one.
#[derive(PartialEq, Eq)]
struct Core {
    kind: Kind,
    severity: Severity,
    /// All that is said of it but the fact's own data.
    about: Finding,
}

/// Returns what two findings must have in common to be one: not the causes and words, which may
/// mention what was planted elsewhere. `finding` is the settled one, moved where that is needed.
fn core(settled: &Settled, finding: Finding) -> Core {
    let kind = finding.kind();
    let about = Finding {
        typed: None,
        cause: Vec::new(),
        plan_sheet: None,
        plan_cell: None,
        fact: Fact::SubmissionMissing,
        ..finding
    };
    Core { kind, severity: settled.severity, about }
}

/// Returns a finding of the month where it stands once rows were inserted.
fn moved(finding: &Finding, base: &Base<'_>, planting: &Planting) -> Finding {
    let mut finding = finding.clone();
    for &(file, sheet, row) in &planting.inserted {
        let here = finding.file.as_deref() == Some(base.file_name(file))
            && finding.sheet == Some(base.sheet_name(file, sheet));
        if here {
            finding.cell = finding.cell.map(|cell| edit::moved_cell(cell, row));
            finding.cells = finding.cells.iter().map(|range| edit::moved(range, row)).collect();
        }
    }
    finding
}

/// Returns the findings that only one of two lists has; where a file's sheet has no name, its
/// copy's has.
fn differing(real: &[Settled], copied: &[Settled]) -> Vec<Settled> {
    let same = |one: &Settled, other: &Settled| {
        let nameless =
            |settled: &Settled| core(settled, Finding { sheet: None, ..settled.finding.clone() });
        nameless(one) == nameless(other)
    };
    let mut rest: Vec<&Settled> = copied.iter().collect();
    let mut only = Vec::new();
    for settled in real {
        match rest.iter().position(|other| same(settled, other)) {
            Some(place) => {
                rest.remove(place);
            }
            None => only.push(settled.clone()),
        }
    }
    only.extend(rest.into_iter().cloned());
    only
}
