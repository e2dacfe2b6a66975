//! A sample of `make faults` that needs neither Python nor strace: odd archives, kills, outputs that
//! nobody reads, rights.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::support::{given_month, program, root};

const PIPELINE: &str = "pipelines/sanya-2020.toml";

fn run_again(archive: &Path, more: &[&str]) -> Output {
    let archive = archive.to_string_lossy();
    let mut all = vec!["run", PIPELINE, "--period", "2020-08", "--archive", &archive];
    all.extend(more);
    program(&all)
}

fn history(question: &str, archive: &Path) -> Output {
    program(&["history", question, "--pipeline", PIPELINE, "--archive", &archive.to_string_lossy()])
}

fn said(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr];
    texts.map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

#[test]
fn odd_things_in_an_archive_are_named_and_passed_over() {
    let run = given_month();
    let period = run.folder.parent().unwrap().to_owned();
    let archive = run.archive.path();
    fs::write(run.folder.join("report.json"), "{").unwrap();
    fs::create_dir(period.join("09")).unwrap();
    fs::create_dir(period.join("+5")).unwrap();
    fs::create_dir(period.join("007")).unwrap();
    fs::write(period.join("11"), "").unwrap();
    fs::write(period.join("notes.txt"), "").unwrap();
    fs::write(period.join(".last-number"), "4294967295").unwrap();
    fs::write(period.parent().unwrap().join("2020-07"), "").unwrap();
    let later = period.parent().unwrap().join("2020-06/01");
    fs::create_dir_all(&later).unwrap();
    fs::write(later.join("report.json"), r#"{"schema": "duibiao.report/9"}"#).unwrap();
    fs::write(later.join("manifest.json"), r#"{"schema": "duibiao.manifest/9"}"#).unwrap();
    let before = files(&run.folder);
    // A run that cannot be read is no answer to what is new since.
    let again = run_again(archive, &["--if-new"]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    let published = PathBuf::from(String::from_utf8_lossy(&again.stdout).trim());
    assert!(published.ends_with("12"), "{}", published.display());
    assert_eq!(files(&run.folder), before);
    let (list, verify) = (history("list", archive), history("verify", archive));
    assert_eq!((list.status.code(), verify.status.code()), (Some(0), Some(1)));
    for name in ["01/report.json", "09", "+5", "007", "/11", "notes.txt", "2020-07", "2020-06/01"] {
        for output in [&again, &list] {
            assert!(said(output).contains(name), "{name}: {}", said(output));
        }
        assert!(said(&verify).replace(" › ", "/").contains(name), "{name}: {}", said(&verify));
    }
    assert!(said(&again).contains("4294967295"));
}

#[test]
fn a_missing_archive_is_an_error_and_a_run_that_is_gone_is_told() {
    let run = given_month();
    assert_eq!(run_again(run.archive.path(), &[]).status.code(), Some(1));
    fs::remove_dir_all(run.folder.parent().unwrap().join("02")).unwrap();
    let verify = history("verify", run.archive.path());
    assert_eq!(verify.status.code(), Some(1));
    assert!(said(&verify).contains("2020-08/02"), "{}", said(&verify));
    assert_eq!(history("verify", &run.archive.path().join("nowhere")).status.code(), Some(2));
}

#[test]
fn a_run_killed_at_any_moment_changes_nothing_and_leaves_nothing_to_the_next() {
    let run = given_month();
    let archive = run.archive.path();
    let temporary = tempfile::tempdir().unwrap();
    let before = files(&run.folder);
    for moment in [5, 20, 40, 80, 120, 160, 200, 250] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_duibiao"))
            .current_dir(root())
            .env("TMPDIR", temporary.path())
            .args(["run", PIPELINE, "--period", "2020-08", "--archive"])
            .arg(archive)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(files(&run.folder), before);
        assert_eq!(history("verify", archive).status.code(), Some(0));
    }
    // A run of another period finds what they left.
    let inbox = root().join("fixtures/inbox/2020-08").to_string_lossy().into_owned();
    let archive_path = archive.to_string_lossy();
    let next = program(&[
        "run",
        PIPELINE,
        "--period",
        "2020-09",
        "--inbox",
        &inbox,
        "--archive",
        &archive_path,
    ]);
    assert_eq!(next.status.code(), Some(1), "{}", said(&next));
    for left in files(archive).keys() {
        assert!(!left.to_string_lossy().contains(".staging"), "{} is left", left.display());
    }
    assert_eq!(history("verify", archive).status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_nobody_gets_is_told_and_a_run_is_not_denied() {
    let run = given_month();
    let archive = run.archive.path().to_string_lossy().into_owned();
    let commands: [&[&str]; 5] = [
        &["run", PIPELINE, "--period", "2020-08", "--archive", &archive],
        &["history", "list", "--pipeline", PIPELINE, "--archive", &archive],
        &["explain"],
        &["schema"],
        &["--help"],
    ];
    for command in commands {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_duibiao"))
            .current_dir(root())
            .args(command)
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(!output.stderr.is_empty(), "{command:?}");
        if command[0] == "run" {
            let second = run.folder.parent().unwrap().join("02");
            assert!(second.is_dir());
            assert!(said(&output).contains(&*second.to_string_lossy()), "{}", said(&output));
        }
    }
}

#[cfg(unix)]
#[test]
fn nothing_of_a_run_is_open_to_others_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let archive = tempfile::tempdir().unwrap();
    let output = Command::new("sh")
        .current_dir(root())
        .args(["-c", "umask 000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_duibiao")])
        .args(["run", PIPELINE, "--period", "2020-08", "--archive"])
        .arg(archive.path().join("new"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let mut seen = 0;
    let mut folders = vec![archive.path().join("new")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o027, 0, "{}: {mode:o}", entry.path().display());
            seen += 1;
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    assert!(seen > 20, "only {seen} entries were seen");
}
