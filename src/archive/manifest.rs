//! `manifest.json`: the hash of every file of a run, and the version of the program.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::hash;

/// What a run folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: String,
    pub program: String,
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

/// Lists a run folder.
///
/// # Errors
/// Fails when a file cannot be read.
pub fn manifest(folder: &Path, modified: Vec<(String, i64)>) -> io::Result<Manifest> {
    let mut files = Vec::new();
    list(folder, "", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(Manifest {
        schema: "duibiao.manifest/1".to_owned(),
        program: format!("duibiao {}", env!("CARGO_PKG_VERSION")),
        files,
        modified,
    })
}

/// Returns the manifest of a published run, if it can be read.
pub fn read_manifest(run: &Path) -> Option<Manifest> {
    let bytes = fs::read(run.join("manifest.json")).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn list(folder: &Path, within: &str, files: &mut Vec<ManifestFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if within.is_empty() { name } else { format!("{within}/{name}") };
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &path, files)?;
        } else if path != "manifest.json" && path != "run.json" {
            let bytes = fs::read(entry.path())?;
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            files.push(ManifestFile { path, sha256: hash::sha256(&bytes), bytes: size });
        }
    }
    Ok(())
}
