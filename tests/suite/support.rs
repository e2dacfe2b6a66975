//! Running the program and reading what it left.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use serde_json::Value;

/// A published run and the archive it lives in.
pub struct Run {
    pub archive: tempfile::TempDir,
    pub folder: PathBuf,
    pub report: Value,
    pub status: i32,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duibiao"))
        .current_dir(root())
        // Whatever the language of whoever tests.
        .env("LC_ALL", "zh_CN.UTF-8")
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// Runs the program with something on its standard input.
pub fn program_given(input: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_duibiao"))
        .current_dir(root())
        .env("LC_ALL", "zh_CN.UTF-8")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("it is piped").write_all(input).expect("it is read");
    child.wait_with_output().expect("the program ends")
}

/// Runs the given month into an archive of its own.
pub fn given_month() -> Run {
    run_inbox(&root().join("fixtures/inbox/2020-08"), "2020-08")
}

pub fn run_inbox(inbox: &Path, period: &str) -> Run {
    let archive = tempfile::tempdir().expect("a temporary folder");
    run_into(inbox, period, archive)
}

pub fn run_into(inbox: &Path, period: &str, archive: tempfile::TempDir) -> Run {
    let inbox = inbox.to_string_lossy();
    run_with(&["pipelines/sanya-2020.toml", "--period", period, "--inbox", &inbox], archive)
}

/// Runs a pipeline over its own inbox.
pub fn run_of(pipeline: &str, period: &str) -> Run {
    let archive = tempfile::tempdir().expect("a temporary folder");
    run_with(&[pipeline, "--period", period], archive)
}

fn run_with(arguments: &[&str], archive: tempfile::TempDir) -> Run {
    let into = archive.path().to_string_lossy().into_owned();
    let mut all = vec!["run"];
    all.extend(arguments);
    all.extend(["--archive", &into]);
    let output = program(&all);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let status = output.status.code().expect("the program was not killed");
    assert!(status < 2, "the run failed: {stderr}");
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let report = std::fs::read(folder.join("report.json")).expect("the run has a report");
    let report = serde_json::from_slice(&report).expect("the report is JSON");
    Run { archive, folder, report, status }
}

impl Run {
    /// Returns the consolidated workbook; a run has exactly one at its top.
    pub fn workbook(&self) -> PathBuf {
        let mut found: Vec<PathBuf> = std::fs::read_dir(&self.folder)
            .expect("the run folder is there")
            .map(|entry| entry.expect("it can be listed").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "xlsx"))
            .collect();
        assert_eq!(found.len(), 1, "a run has exactly one workbook at its top");
        found.remove(0)
    }

    pub fn findings(&self) -> &[Value] {
        self.report["findings"].as_array().expect("the report has findings")
    }
}

/// Returns what tells findings apart.
pub fn key(finding: &Value) -> String {
    let parts = ["side", "kind", "unit", "task", "field", "cell"];
    parts.map(|name| finding[name].as_str().unwrap_or("-")).join(" | ")
}

/// Copies the files of a folder into another, which is made where it is missing.
pub fn copied(from: &Path, into: &Path) {
    std::fs::create_dir_all(into).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, into.join(path.file_name().unwrap())).unwrap();
    }
}

/// Returns the folders in a folder, in the order of their names: each is a case.
pub fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Judges all cases, of which there are `least` or more, on both cores; fails with all that is
/// wrong with any of them, by their names.
pub fn hold_all(cases: Vec<PathBuf>, least: usize, judged: impl Fn(&Path) -> Vec<String> + Sync) {
    assert!(cases.len() >= least, "only {} cases", cases.len());
    let (queue, wrong) = (Mutex::new(cases), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = { queue.lock().unwrap().pop() } {
                    let faults = judged(&case);
                    if !faults.is_empty() {
                        let name = case.file_name().unwrap().to_string_lossy();
                        wrong.lock().unwrap().push(format!("{name}: {}", faults.join("; ")));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
