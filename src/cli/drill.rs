//! `drill`: what was planted in copies of a month and what was found, as a page or as data.

use std::path::PathBuf;

use serde::Serialize;

use super::arguments::Format;
use super::output::Out;
use super::{AGREES, FINDINGS, Failure};
use crate::archive;
use crate::console::Console;
use crate::drill::{self, Drilled, Expected, Trial, Tried};
use crate::findings::Settled;
use crate::model::words::Language;
use crate::model::{CellAt, Kind};
use crate::pipeline::Pipeline;
use crate::run::Request;

const SCHEMA: &str = "duibiao.drill/1";

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    pipeline: &'a str,
    period: String,
    plan: &'a str,
    files: usize,
    good: bool,
    planted: usize,
    trials: Vec<OfTrial>,
}

#[derive(Serialize)]
struct OfTrial {
    kind: Kind,
    applicable: bool,
    good: bool,
    /// What was planted, or why nothing could be.
    said: String,
    missed: Vec<Place>,
    /// Found where nothing was planted.
    beside: Vec<Place>,
    /// Gone although nothing was taken away.
    lost: Vec<Place>,
    /// How many places of the pages keep silent about what was found.
    silent: usize,
}

/// A finding, as far as it tells where to look.
#[derive(Serialize)]
struct Place {
    kind: Kind,
    sheet: Option<String>,
    cell: Option<CellAt>,
}

impl Place {
    fn of_expected(expected: &Expected) -> Self {
        Place { kind: expected.kind, sheet: None, cell: expected.cell }
    }

    fn of_found(settled: &Settled) -> Self {
        let finding = &settled.finding;
        Place { kind: finding.kind(), sheet: finding.sheet.clone(), cell: finding.cell }
    }
}

fn of_trial(trial: &Trial, language: Language) -> OfTrial {
    match &trial.tried {
        Tried::NotApplicable(said) => OfTrial {
            kind: trial.kind,
            applicable: false,
            good: true,
            said: said.in_language(language).to_owned(),
            missed: Vec::new(),
            beside: Vec::new(),
            lost: Vec::new(),
            silent: 0,
        },
        Tried::Planted(planted) => OfTrial {
            kind: trial.kind,
            applicable: true,
            good: planted.is_good(),
            said: planted.said.in_language(language).to_owned(),
            missed: planted.missed.iter().map(Place::of_expected).collect(),
            beside: planted.beside.iter().map(Place::of_found).collect(),
            lost: planted.lost.iter().map(Place::of_found).collect(),
            silent: planted.silent.len(),
        },
    }
}

/// Returns a drill as data.
fn shown(drilled: &Drilled, pipeline: &Pipeline, request: &Request) -> String {
    let shown = Shown {
        schema: SCHEMA,
        pipeline: &pipeline.name,
        period: request.period.to_string(),
        plan: &drilled.plan,
        files: drilled.files,
        good: drilled.is_good(),
        planted: drilled.planted().count(),
        trials: drilled.trials.iter().map(|trial| of_trial(trial, request.language)).collect(),
    };
    String::from_utf8_lossy(&archive::json(&shown)).into_owned()
}

/// Drills a month and shows what was planted and found.
pub fn drill(
    pipeline: &Pipeline,
    request: &Request,
    format: Format,
    out: Option<PathBuf>,
    console: &mut Console,
) -> Result<u8, Failure> {
    let drilled = drill::drill(pipeline, request, console)?;
    let page = match format {
        Format::Text => drill::page::page(&drilled, request.period, pipeline, request.language),
        Format::Json => shown(&drilled, pipeline, request),
    };
    if out.is_some() {
        Out::of(out).print(&page)?;
    }
    Out::Standard.print(&page)?;
    Ok(if drilled.is_good() { AGREES } else { FINDINGS })
}
