//! `manifest.json`: the hash of every file of a run, the version of the program, and the run before.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::chain::Place;
use super::disk;
use crate::intake::folder;
use crate::model::Oddity;

pub const MANIFEST: &str = "manifest.json";
/// When and by whom; outside of the promise that the same inputs give the same bytes, so that no
/// manifest lists it.
pub const NOTE: &str = "run.json";
const SCHEMA: &str = "duibiao.manifest/1";
/// Much more than a manifest of a hundred thousand files.
const LARGEST: u64 = 1 << 28;

/// What a run folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: String,
    pub program: String,
    /// None in a run of a version that knew no chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<Place>,
    /// By path; the manifest itself and `run.json` are not in it.
    pub files: Vec<ManifestFile>,
    /// Modification times in milliseconds since 1970 of files between which they decided, so
    /// that a replay decides alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modified: Vec<(String, i64)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// With slashes, inside the run folder.
    pub path: String,
    pub sha256: String,
    pub bytes: u64,
}

/// Lists a run folder that stands at a place of the chain.
///
/// # Errors
/// Fails when a file cannot be read.
pub fn manifest(folder: &Path, place: Place, modified: Vec<(String, i64)>) -> io::Result<Manifest> {
    Ok(Manifest {
        schema: SCHEMA.to_owned(),
        program: format!("duibiao {}", env!("CARGO_PKG_VERSION")),
        chain: Some(place),
        files: files_of(folder)?,
        modified,
    })
}

/// Returns the files of a run folder by their paths, but for the manifest and `run.json`.
///
/// # Errors
/// Fails when a folder cannot be listed or a file cannot be read.
pub fn files_of(folder: &Path) -> io::Result<Vec<ManifestFile>> {
    let mut files = Vec::new();
    walk(folder, "", &mut |path, at| {
        // A link or a pipe has no content of its own.
        let (sha256, bytes) = disk::hash_regular(at)?.unwrap_or_default();
        files.push(ManifestFile { path, sha256, bytes });
        Ok(())
    })?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Shows every file in a folder, but for the manifest and `run.json`: its path inside it, with
/// slashes, and where it is.
///
/// # Errors
/// Fails when a folder cannot be listed or `visit` fails.
pub fn walk(
    folder: &Path,
    within: &str,
    visit: &mut dyn FnMut(String, &Path) -> io::Result<()>,
) -> io::Result<()> {
    for (name, kind) in folder::entries(folder)? {
        let at = folder.join(&name);
        let name = name.to_string_lossy().into_owned();
        let path = if within.is_empty() { name } else { format!("{within}/{name}") };
        if kind?.is_dir() {
            walk(&at, &path, visit)?;
        } else if path != MANIFEST && path != NOTE {
            visit(path, &at)?;
        }
    }
    Ok(())
}

/// Returns the manifest of a published run.
///
/// # Errors
/// Says what is odd about it.
pub fn read_manifest(run: &Path) -> Result<Manifest, Oddity> {
    let bytes = disk::read_regular(&run.join(MANIFEST), LARGEST)?;
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| Oddity::Garbled(error.to_string()))?;
    if manifest.schema == SCHEMA {
        Ok(manifest)
    } else {
        Err(Oddity::LaterVersion(manifest.schema))
    }
}
