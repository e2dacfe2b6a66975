//! A published run as later runs read it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::disk;
use super::manifest::{Manifest, read_manifest};
use super::shelf::OfPeriod;
use crate::findings::Report;
use crate::findings::report::{FORM, READABLE};
use crate::intake;
use crate::model::{Month, Odd, Oddity, hash};

const REPORT: &str = "report.json";
/// Many times the report of a month of ten thousand sheets.
const LARGEST: u64 = 1 << 31;

/// A published run.
#[derive(Debug)]
pub struct Published {
    pub folder: PathBuf,
    pub period: Month,
    pub number: u64,
    pub report: Report,
    /// None where it cannot be read.
    pub manifest: Option<Manifest>,
    /// Whether the report is the one that was published.
    pub unaltered: bool,
}

impl Published {
    /// Returns what is odd about a run that is read all the same.
    pub fn oddity(&self) -> Option<Odd> {
        let odd = || Odd { path: self.folder.join(REPORT), why: Oddity::Altered };
        (!self.unaltered).then(odd)
    }
}

/// Reads a run of a pipeline.
///
/// # Errors
/// Says what is odd about it.
pub fn read_run(of: &OfPeriod, number: u64, pipeline: &str) -> Result<Published, Odd> {
    let folder = of.run(number);
    let path = folder.join(REPORT);
    let odd = |why| Odd { path: path.clone(), why };
    if !path.is_symlink() && !path.exists() {
        return Err(Odd { path: folder.clone(), why: why_without_report(&folder) });
    }
    let bytes = disk::read_regular(&path, LARGEST).map_err(odd)?;
    let report = parsed(&bytes).map_err(odd)?;
    if report.pipeline != pipeline || report.period != of.period.to_string() {
        return Err(odd(Oddity::Foreign(format!("{} {}", report.pipeline, report.period))));
    }
    let manifest = read_manifest(&folder).ok();
    let listed = manifest.as_ref().and_then(|manifest| {
        manifest.files.iter().find(|file| file.path == REPORT).map(|file| file.sha256.as_str())
    });
    let unaltered = listed == Some(&hash::sha256(&bytes));
    Ok(Published { period: of.period, number, report, manifest, unaltered, folder })
}

/// A folder that cannot be looked into is not one in which nothing lies.
fn why_without_report(folder: &Path) -> Oddity {
    match intake::folder::entries(folder) {
        Ok(_) => Oddity::NoReport,
        Err(error) => Oddity::Unreadable((&error).into()),
    }
}

fn parsed(bytes: &[u8]) -> Result<Report, Oddity> {
    #[derive(Deserialize)]
    struct Named {
        schema: String,
    }
    let report = serde_json::from_slice::<Report>(bytes);
    let schema = match &report {
        Ok(report) => Some(report.schema.clone()),
        Err(_) => serde_json::from_slice::<Named>(bytes).ok().map(|named| named.schema),
    };
    match (report, schema) {
        (_, Some(schema)) if !READABLE.contains(&schema.as_str()) => {
            Err(if schema.starts_with(FORM) {
                Oddity::LaterVersion(schema)
            } else {
                Oddity::Foreign(schema)
            })
        }
        (report, _) => report.map_err(|error| Oddity::Garbled(error.to_string())),
    }
}
