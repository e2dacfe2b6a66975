//! The runs of an archive, and whether they are still as they were published.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{CannotArchive, Published, manifest, read_manifest, read_run, run_numbers, safe_name};
use crate::model::Month;

/// A file of a run that is not as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Altered {
    /// With slashes, inside the run folder.
    pub path: String,
    pub how: Alteration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    Changed,
    Missing,
    Added,
    /// The list of hashes itself cannot be read.
    NoManifest,
}

/// Returns all published runs of a pipeline, oldest period first.
///
/// # Errors
/// Fails when a run's report cannot be read.
pub fn runs(archive: &Path, pipeline: &str) -> Result<Vec<Published>, CannotArchive> {
    let root = archive.join(safe_name(pipeline));
    let mut periods: Vec<(Month, PathBuf)> = std::fs::read_dir(&root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    periods.sort();
    let mut runs = Vec::new();
    for (_, folder) in periods {
        for number in run_numbers(&folder) {
            runs.push(read_run(folder.join(format!("{number:02}")))?);
        }
    }
    Ok(runs)
}

/// Holds a run's files against its manifest.
pub fn verify(run: &Path) -> Vec<Altered> {
    let altered = |path: &str, how| Altered { path: path.to_owned(), how };
    let Some(then) = read_manifest(run) else {
        return vec![altered("manifest.json", Alteration::NoManifest)];
    };
    let now = manifest(run, Vec::new()).map(|now| now.files).unwrap_or_default();
    let now: BTreeMap<&str, &str> =
        now.iter().map(|file| (file.path.as_str(), file.sha256.as_str())).collect();
    let mut found: Vec<Altered> = then
        .files
        .iter()
        .filter_map(|file| match now.get(file.path.as_str()) {
            None => Some(altered(&file.path, Alteration::Missing)),
            Some(sha256) if *sha256 != file.sha256 => {
                Some(altered(&file.path, Alteration::Changed))
            }
            Some(_) => None,
        })
        .collect();
    let known: BTreeSet<&str> = then.files.iter().map(|file| file.path.as_str()).collect();
    let is_new = |path: &&str| !known.contains(*path);
    found.extend(now.into_keys().filter(is_new).map(|path| altered(path, Alteration::Added)));
    found
}
