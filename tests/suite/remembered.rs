//! What a run kept of sheets that it has read serves the runs after it: what has not changed is not read
//! again, nothing that was spoilt or altered is believed, and the result is the same to the byte.

use std::fs;
use std::path::{Path, PathBuf};

use duibiao::model::hash;
use serde_json::Value;

use crate::support::{copied, program, root};

/// A month and an archive of its own.
struct Month {
    folder: tempfile::TempDir,
}

impl Month {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copied(&root().join("fixtures/inbox/2020-08"), &folder.path().join("inbox"));
        Self { folder }
    }

    fn inbox(&self) -> PathBuf {
        self.folder.path().join("inbox")
    }

    /// Runs the month; returns the run's folder and what was said.
    fn run(&self, archive: &str, more: &[&str]) -> (PathBuf, String) {
        self.run_by("pipelines/sanya-2020.toml", archive, more)
    }

    fn run_by(&self, pipeline: &str, archive: &str, more: &[&str]) -> (PathBuf, String) {
        let (inbox, archive) = (self.inbox(), self.folder.path().join(archive));
        let (inbox, archive) = (inbox.to_string_lossy(), archive.to_string_lossy());
        let mut arguments = vec!["run", pipeline, "--period", "2020-08"];
        arguments.extend(["--inbox", &inbox, "--archive", &archive]);
        arguments.extend(more);
        let output = program(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code().unwrap() < 2, "{said}");
        (PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()), said)
    }

    fn kept(&self, archive: &str) -> Vec<PathBuf> {
        let cache = self.folder.path().join(archive).join("sanya-2020/cache");
        let Ok(entries) = fs::read_dir(cache) else { return Vec::new() };
        let mut kept: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        kept.sort();
        kept
    }
}

/// How many files were known, and how many were read.
fn cache(run: &Path) -> (u64, u64) {
    let note: Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
    (note["cache"]["used"].as_u64().unwrap(), note["cache"]["read"].as_u64().unwrap())
}

fn manifest(run: &Path) -> String {
    fs::read_to_string(run.join("manifest.json")).unwrap()
}

/// The month's sheets and its plan.
const FILES: u64 = 7;

#[test]
fn only_what_changed_is_read_and_the_result_is_the_same() {
    let month = Month::new();
    let (first, _) = month.run("kept", &[]);
    assert_eq!(cache(&first), (0, FILES));
    let (fresh, _) = month.run("fresh", &["--fresh"]);
    assert_eq!(manifest(&first), manifest(&fresh));

    let sheet = month.inbox().join("育才生态区.csv");
    let mut changed = fs::read(&sheet).unwrap();
    changed.extend(b"\n");
    fs::write(&sheet, changed).unwrap();
    let (second, said) = month.run("kept", &["-v"]);
    assert_eq!(cache(&second), (FILES - 1, 1));
    assert!(said.contains("新读取 1 个"), "{said}");
    let (fresh, _) = month.run("fresh", &["--fresh"]);
    assert_eq!(cache(&fresh), (0, FILES));
    assert_eq!(manifest(&second), manifest(&fresh));

    let archive = month.folder.path().join("kept");
    let verified = program(&[
        "history",
        "verify",
        "--pipeline",
        "pipelines/sanya-2020.toml",
        "--archive",
        &archive.to_string_lossy(),
    ]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned()
        + &String::from_utf8_lossy(&verified.stderr);
    assert_eq!(verified.status.code(), Some(0), "{said}");
    assert!(!said.contains("cache"), "{said}");
}

#[test]
fn what_was_spoilt_is_read_anew_and_that_is_said() {
    let month = Month::new();
    let (first, _) = month.run("a", &[]);
    let kept = month.kept("a");
    assert_eq!(kept.len() as u64, FILES);
    // A byte that was turned, an end that is missing, nothing at all, and one in another's place.
    let mut turned = fs::read(&kept[0]).unwrap();
    let middle = turned.len() / 2;
    turned[middle] ^= 1;
    fs::write(&kept[0], turned).unwrap();
    let cut = fs::read(&kept[1]).unwrap();
    fs::write(&kept[1], &cut[..cut.len() - 1]).unwrap();
    fs::write(&kept[2], b"").unwrap();
    fs::copy(&kept[4], &kept[3]).unwrap();
    let (second, said) = month.run("a", &[]);
    assert!(said.contains("4 份读取结果已损坏或被改动"), "{said}");
    assert_eq!(cache(&second), (FILES - 4, 4));
    let report = |run: &Path| fs::read_to_string(run.join("data/rows.csv")).unwrap();
    assert_eq!(report(&first), report(&second));
    let (third, said) = month.run("a", &[]);
    assert_eq!(cache(&third), (FILES, 0), "{said}");
}

/// Sealed as it must be, what was kept says something else than the sheets: somebody wrote it on purpose, or
/// it hangs on something that its name does not tell.
#[test]
fn what_was_altered_with_its_seal_is_held_against_the_sheets() {
    const SEAL: usize = 64;
    let month = Month::new();
    let (first, _) = month.run("a", &[]);
    for path in month.kept("a") {
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len() - SEAL);
        let text = "建设".as_bytes();
        let at: Vec<usize> = bytes
            .windows(text.len())
            .zip(0..)
            .filter(|(part, _)| *part == text)
            .map(|(_, at)| at)
            .collect();
        assert!(!at.is_empty(), "{path:?}");
        for at in at {
            bytes[at..at + text.len()].copy_from_slice("改设".as_bytes());
        }
        let seal = hash::sha256(&bytes);
        bytes.extend(seal.as_bytes());
        fs::write(&path, bytes).unwrap();
    }
    let (second, said) = month.run("a", &[]);
    assert!(said.contains("全部弃用"), "{said}");
    assert_eq!(cache(&second), (0, FILES));
    let rows = |run: &Path| fs::read_to_string(run.join("data/rows.csv")).unwrap();
    assert_eq!(rows(&first), rows(&second));
    let (third, said) = month.run("a", &[]);
    assert_eq!(cache(&third), (FILES, 0), "{said}");
}

/// Why a file was refused may be the machine's doing, and another answer the next time.
#[test]
fn a_refusal_is_never_kept() {
    let month = Month::new();
    fs::write(month.inbox().join("损坏.xlsx"), b"PK\x03\x04 cut off").unwrap();
    let (first, _) = month.run("a", &[]);
    assert_eq!(cache(&first), (0, FILES + 1));
    assert_eq!(month.kept("a").len() as u64, FILES);
    let (second, _) = month.run("a", &[]);
    assert_eq!(cache(&second), (FILES, 1));
}

#[test]
fn no_more_is_kept_than_the_pipeline_file_allows() {
    let month = Month::new();
    let text = fs::read_to_string(root().join("pipelines/sanya-2020.toml")).unwrap();
    let fixtures = root().join("fixtures");
    let text = text.replace("../fixtures", &fixtures.to_string_lossy());
    let path = month.folder.path().join("sanya-2020.toml");
    let pipeline = path.to_string_lossy();
    fs::write(&path, format!("{text}\n[archive]\ncache_mib = 0\n")).unwrap();
    let (run, _) = month.run_by(&pipeline, "none", &[]);
    let note = fs::read_to_string(run.join("run.json")).unwrap();
    assert!(!note.contains("cache"), "{note}");
    assert!(month.kept("none").is_empty());

    // Under another pipeline file nothing that was kept holds.
    fs::write(&path, format!("{text}\n")).unwrap();
    let (first, _) = month.run_by(&pipeline, "two", &[]);
    fs::write(&path, format!("{text}\n# changed\n")).unwrap();
    let (second, _) = month.run_by(&pipeline, "two", &[]);
    assert_eq!((cache(&first), cache(&second)), ((0, FILES), (0, FILES)));
}
