//! Whatever lies in an inbox, whatever its name: it is taken in as what it is, or named and left.
//! More of this, with errors of the system put in, is in `tests/faults`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use duibiao::extract::{self, CannotWork, Program};
use duibiao::intake::Received;
use duibiao::model::{Side, hash};
use duibiao::pipeline;

use crate::support::{Run, copied, given_month, program, root, run_inbox};

/// A copy of the given month's inbox.
fn inbox() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inbox = folder.path().join("inbox");
    copied(&root().join("fixtures/inbox/2020-08"), &inbox);
    (folder, inbox)
}

fn run(inbox: &Path) -> Run {
    run_inbox(inbox, "2020-08")
}

/// What somebody has to do something about, without where it is marked.
fn serious(run: &Run) -> Vec<String> {
    let serious = run.findings().iter().filter(|finding| finding["severity"] != "note");
    let names = ["kind", "unit", "file", "cell", "field"];
    serious.map(|finding| names.map(|name| finding[name].to_string()).join(" ")).collect()
}

/// The severities of what is said of a file.
fn said_of<'a>(run: &'a Run, file: &str) -> Vec<&'a str> {
    let own = run.findings().iter().filter(|finding| finding["file"] == file);
    own.map(|finding| finding["severity"].as_str().unwrap()).collect()
}

fn copies(run: &Run) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&run.folder.join("inputs/sheets"))
}

#[test]
fn what_is_no_file_is_named_and_left() {
    let (folder, inbox) = inbox();
    let pipe = Command::new("mkfifo").arg(inbox.join("海棠区更正.xlsx")).status().unwrap();
    assert!(pipe.success());
    fs::copy(inbox.join("天涯区.xlsx"), folder.path().join("外.xlsx")).unwrap();
    symlink(folder.path().join("外.xlsx"), inbox.join("链接.xlsx")).unwrap();
    symlink("/dev/zero", inbox.join("设备.xlsx")).unwrap();
    symlink(&inbox, inbox.join("自己")).unwrap();
    let deep: PathBuf = (0..30).map(|depth| format!("层{depth}")).collect();
    fs::create_dir_all(inbox.join(&deep)).unwrap();
    fs::rename(inbox.join("海棠区.xls"), inbox.join(&deep).join("海棠区.xls")).unwrap();
    fs::create_dir(inbox.join("空.xlsx")).unwrap();
    let (run, plain) = (run(&inbox), given_month());
    for name in ["海棠区更正.xlsx", "链接.xlsx", "设备.xlsx", "自己"] {
        assert_eq!(said_of(&run, name), ["note"], "{name}");
        // No hash of nothing passes for that of a file.
        let files = run.report["files"].as_array().unwrap();
        let own = files.iter().find(|file| file["file"] == name).unwrap();
        assert!(own["sha256"].is_null(), "{name}: {}", own["sha256"]);
    }
    assert_eq!(run.report["passed_over"], serde_json::json!(["空.xlsx"]));
    assert_eq!(copies(&run), copies(&plain));
    assert_eq!(serious(&run).len(), serious(&plain).len());
    for command in [
        vec!["check", "/dev/zero"],
        vec!["inspect", "/dev/zero"],
        vec!["run", "--period", "2020-08", "--plan", "/dev/zero"],
        vec!["run", "--period", "2020-08", "--extracts", "/dev/zero"],
    ] {
        let archive = folder.path().join("archive").to_string_lossy().into_owned();
        let mut arguments = command.clone();
        if command[0] == "run" {
            arguments.insert(1, "pipelines/sanya-2020.toml");
            arguments.extend(["--archive", &archive]);
        } else {
            arguments.extend(["--pipeline", "pipelines/sanya-2020.toml"]);
        }
        let output = program(&arguments);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{command:?}: {words}");
        assert!(words.contains("/dev/zero"), "{command:?}: {words}");
    }
}

#[test]
fn names_are_bytes() {
    let (_folder, inbox) = inbox();
    let own = |bytes: &[u8]| inbox.join(OsStr::from_bytes(bytes));
    // 海棠区 and 天涯区 as Chinese Windows writes them: with each byte replaced they are one.
    fs::rename(inbox.join("海棠区.xls"), own(b"\xba\xa3\xcc\xc4\xc7\xf8.xls")).unwrap();
    fs::rename(inbox.join("天涯区.xlsx"), own(b"\xcc\xec\xd1\xc4\xc7\xf8.xlsx")).unwrap();
    let odd: [&[u8]; 6] = [
        b"a\nCargo.toml",
        b"plan\tCargo.toml",
        "\u{202e}xslx.exe.pdf".as_bytes(),
        b"con.pdf",
        b"\xff\xfe.pdf",
        &[b'x'; 255],
    ];
    for name in odd {
        fs::write(own(name), [b"%PDF ", name].concat()).unwrap();
    }
    let (run, plain) = (run(&inbox), given_month());
    let files = run.report["files"].as_array().unwrap();
    let names: Vec<&str> = files.iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert!(names.contains(&"海棠区.xls") && names.contains(&"天涯区.xlsx"), "{names:?}");
    assert!(names.contains(&"a␊Cargo.toml"), "{names:?}");
    assert_eq!(run.report["units"], plain.report["units"]);
    assert_eq!(copies(&run), files.len());
    let notes = fs::read(run.folder.join("inputs/intake.json")).unwrap();
    let notes: serde_json::Value = serde_json::from_slice(&notes).unwrap();
    let gbk = notes.as_array().unwrap().iter().find(|note| note["file"] == "海棠区.xls").unwrap();
    assert_eq!(gbk["bytes"], "baa3ccc4c7f82e786c73");
    let copy = run.folder.join("inputs/sheets").join(gbk["copy"].as_str().unwrap());
    let file = files.iter().find(|file| file["file"] == "海棠区.xls").unwrap();
    assert_eq!(hash::sha256(&fs::read(copy).unwrap()), file["sha256"].as_str().unwrap());
}

#[test]
fn limits_hold_before_a_file_is_read() {
    let (folder, inbox) = inbox();
    let huge = fs::File::create(inbox.join("海棠区补充.xlsx")).unwrap();
    huge.set_len(3 * 1024 * 1024 * 1024).unwrap();
    let run = run(&inbox);
    assert_eq!(said_of(&run, "海棠区补充.xlsx"), ["mandatory"]);
    assert_eq!(copies(&run), 6);
    let text = fs::read_to_string(root().join("pipelines/sanya-2020.toml")).unwrap();
    for limit in ["memory_mib = 1", "memory_mib = 4294967295", "seconds = 0", "rows = 0"] {
        let path = folder.path().join("limits.toml");
        let text = text.replacen("[normalise]", &format!("[read]\n{limit}\n\n[normalise]"), 1);
        let line = text.lines().position(|line| line == limit).unwrap() + 1;
        fs::write(&path, text).unwrap();
        let output = program(&["run", &path.to_string_lossy(), "--period", "2020-08"]);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{limit}: {words}");
        assert!(words.contains(&format!("limits.toml:{line}：")), "{limit}: {words}");
    }
}

#[test]
fn the_archive_and_the_plan_are_no_submissions() {
    let (_folder, inbox) = inbox();
    let plan = inbox.join("计划.xlsx");
    fs::copy(root().join("fixtures/plan/master-plan.xlsx"), &plan).unwrap();
    let (archive, inbox) = (inbox.join("存档"), inbox.to_string_lossy().into_owned());
    let (archive, plan) = (archive.to_string_lossy(), plan.to_string_lossy());
    let run = ["run", "pipelines/sanya-2020.toml", "--period", "2020-08", "--inbox", &inbox];
    for _ in 0..2 {
        let output = program(&[&run[..], &["--archive", &archive, "--plan", &plan]].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("“存档”"));
        let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        assert_eq!(fs::read_dir(folder.join("inputs/sheets")).unwrap().count(), 6);
    }
    let output = program(&[&run[..], &["--archive", &inbox]].concat());
    assert_eq!(output.status.code(), Some(2));
}

/// A program in the place of the workers: a script, which may become a true one.
fn script(folder: &Path, text: &str) -> Program {
    let path = folder.join("worker.sh");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Program { path, at_once: 2 }
}

#[test]
fn workers_that_are_none_or_do_not_stay_are_the_machines_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = pipeline::load(&root().join("pipelines/sanya-2020.toml")).unwrap();
    let files: Vec<Received> = fs::read_dir(root().join("fixtures/inbox/2020-08"))
        .unwrap()
        .map(|entry| {
            let copy = entry.unwrap().path();
            let sha256 = hash::sha256(&fs::read(&copy).unwrap());
            let name = copy.file_name().unwrap().to_string_lossy().into_owned();
            Received { name, copy, sha256, side: Side::Submission, modified: 0, refusal: None }
        })
        .collect();
    let own = env!("CARGO_BIN_EXE_duibiao");
    let marks = folder.path().display();
    // Ends as soon as it is asked, and now and then before.
    let dies = format!("{own} \"$@\" < /dev/null; exit 0");
    // The first three end so, the others do not.
    let recovers = format!(
        "if [ $(ls {marks} | grep -c mark) -lt 3 ]; then touch {marks}/mark$$; {dies}; fi; exec {own} \"$@\""
    );
    let of =
        |text: &str| extract::extracts(&files, &pipeline, &script(folder.path(), text), &|_| {});
    assert!(matches!(of("echo this is a printer"), Err(CannotWork::NoWorker { .. })));
    assert!(matches!(of("exit 3"), Err(CannotWork::NoWorker { .. })));
    assert!(matches!(of("kill -9 $$"), Err(CannotWork::NoWorker { .. })));
    assert!(matches!(of(&dies), Err(CannotWork::Ended { .. })));
    let nowhere = Program { path: folder.path().join("nowhere"), at_once: 2 };
    let failed = extract::extracts(&files, &pipeline, &nowhere, &|_| {});
    assert!(matches!(failed, Err(CannotWork::NotStarted { .. })));
    let alone = Program { path: own.into(), at_once: 1 };
    let alone = extract::extracts(&files, &pipeline, &alone, &|_| {}).unwrap();
    assert!(alone.iter().all(|extract| extract.refusal.is_none()));
    assert_eq!(of(&recovers).unwrap(), alone);
    if cfg!(target_os = "linux") {
        let mut hurried = pipeline.clone();
        hurried.limits.seconds = 2;
        let sleeps = format!(
            "if mkdir {marks}/slept; then {own} \"$@\" < /dev/null; exec sleep 60; fi; exec {own} \"$@\""
        );
        let program = script(folder.path(), &sleeps);
        let read = extract::extracts(&files, &hurried, &program, &|_| {});
        assert_eq!(read.unwrap(), alone, "what was held up is asked for once more");
    }
}
