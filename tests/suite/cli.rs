//! Exit statuses, the two commands of the README, and the wording of help.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{given_month, program, program_given, root, run_into};

#[test]
fn findings_give_status_one_and_the_run_folder_on_stdout() {
    let run = given_month();
    assert_eq!(run.status, 1);
    assert!(run.folder.ends_with("sanya-2020/2020-08/01"));
    for name in ["report.json", "manifest.json", "run.json", "inputs/pipeline.toml"] {
        assert!(run.folder.join(name).is_file(), "{name} is missing");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let inbox = root().join("fixtures/inbox/2020-08");
    let (one, other) = (given_month(), given_month());
    let (first, archive) = (one.folder.clone(), one.archive);
    let second = run_into(&inbox, "2020-08", archive);
    assert!(second.folder.ends_with("02"));
    // The run before is an input: the seal and the manifest name it.
    let name = second.workbook().file_name().unwrap().to_str().unwrap().to_owned();
    let read = |folder: &Path, name: &str| fs::read(folder.join(name)).unwrap();
    assert_eq!(read(&first, "report.json"), read(&second.folder, "report.json"));
    for name in ["manifest.json", &name] {
        assert_ne!(read(&first, name), read(&second.folder, name), "{name} does not name it");
    }
    let again = run_into(&inbox, "2020-08", other.archive);
    for name in ["report.json", "manifest.json", &name] {
        assert_eq!(read(&first, name), read(&other.folder, name), "{name} differs");
        assert_eq!(read(&second.folder, name), read(&again.folder, name), "{name} differs");
    }
}

#[test]
fn the_archive_keeps_exact_copies_of_what_was_read() {
    let run = given_month();
    let inbox = root().join("fixtures/inbox/2020-08");
    let mut seen = 0;
    for entry in fs::read_dir(&inbox).unwrap() {
        let path = entry.unwrap().path();
        let copy = run.folder.join("inputs/sheets").join(path.file_name().unwrap());
        assert_eq!(fs::read(&path).unwrap(), fs::read(&copy).unwrap(), "{}", copy.display());
        seen += 1;
    }
    assert_eq!(seen, 6);
    let plan = root().join("fixtures/plan/master-plan.xlsx");
    assert_eq!(
        fs::read(plan).unwrap(),
        fs::read(run.folder.join("inputs/plan/master-plan.xlsx")).unwrap()
    );
}

#[test]
fn what_cannot_run_gives_status_two_and_one_line() {
    let cases: [(&[&str], &str); 7] = [
        (
            &["run", "pipelines/sanya-2020.toml", "--period", "2020-08", "--inbox", "nowhere"],
            "nowhere",
        ),
        (&["run", "pipelines/nothing.toml", "--period", "2020-08"], "nothing.toml"),
        (&["run", "pipelines/sanya-2020.toml", "--period", "八月"], "八月"),
        (&["run", "pipelines/sanya-2020.toml", "--period", "2019-01"], "2019-01"),
        (
            &["run", "pipelines/sanya-2020.toml", "--period", "2020-08", "--plan", "README.md"],
            "README.md",
        ),
        (&["explain", "value-difers"], "value-differs"),
        (
            &["drill", "pipelines/sanya-2020.toml", "--period", "2020-08", "--inbox", "nowhere"],
            "nowhere",
        ),
    ];
    for (arguments, word) in cases {
        let archive = tempfile::tempdir().unwrap();
        let mut all = arguments.to_vec();
        let archive_path = archive.path().to_string_lossy().into_owned();
        if arguments[0] == "run" {
            all.extend(["--archive", &archive_path]);
        }
        let output = program(&all);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{arguments:?}: {stderr}");
        assert!(stderr.contains(word), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?} wrote to stdout");
        // Nothing half-finished is left behind.
        let mut left = Vec::new();
        published(archive.path(), &mut left);
        assert!(left.is_empty(), "{arguments:?} left {left:?}");
    }
}

fn published(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            published(&path, found);
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(path);
        }
    }
}

#[test]
fn a_locked_archive_is_said() {
    let archive = tempfile::tempdir().unwrap();
    let folder = archive.path().join("sanya-2020");
    fs::create_dir_all(&folder).unwrap();
    let lock = fs::File::create(folder.join(".lock")).unwrap();
    lock.try_lock().unwrap();
    let note = r#"{"pid": 4711, "host": "there", "user": "li", "since": "2020-09-01T08:00:00Z", "by": "lock"}"#;
    fs::write(folder.join(".running"), note).unwrap();
    let output = program(&[
        "--lang",
        "en",
        "run",
        "pipelines/sanya-2020.toml",
        "--period",
        "2020-08",
        "--archive",
        &archive.path().to_string_lossy(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    for words in ["another run is at work", "li@there", "4711", "2020-09-01T08:00:00Z"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn help_lines_say_what_things_are_without_a_full_stop() {
    use clap::CommandFactory;
    let command = duibiao::cli::Cli::command();
    let mut seen = 0;
    let nested = command.get_subcommands().flat_map(clap::Command::get_subcommands);
    for subcommand in command.get_subcommands().chain(nested) {
        let about = subcommand.get_about().expect("every command says what it does").to_string();
        assert!(!about.ends_with(['。', '.']), "{about}");
        seen += 1;
        for argument in subcommand.get_arguments().filter(|argument| !argument.is_hide_set()) {
            if let Some(help) = argument.get_help() {
                assert!(!help.to_string().ends_with(['。', '.']), "{help}");
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "only {seen} help lines were seen");
}

#[test]
fn every_command_is_in_the_readme() {
    use clap::CommandFactory;
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for subcommand in duibiao::cli::Cli::command().get_subcommands() {
        let name = format!("duibiao {}", subcommand.get_name());
        assert!(readme.contains(&name), "the README does not show `{name}`");
    }
}

/// Extracts made under any launcher give the same result as a run alone.
#[test]
fn extracts_made_elsewhere_give_the_same_result_and_are_told() {
    let alone = given_month();
    let inbox = root().join("fixtures/inbox/2020-08");
    let mut paths: Vec<String> = std::fs::read_dir(&inbox)
        .unwrap()
        .map(|entry| entry.unwrap().path().to_string_lossy().into_owned())
        .collect();
    paths.push(root().join("fixtures/plan/master-plan.xlsx").to_string_lossy().into_owned());
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (index, half) in paths.chunks(4).enumerate() {
        let asked = half.join("\n") + "\n";
        let extract = ["extract", "pipelines/sanya-2020.toml"];
        let lines = program_given(asked.as_bytes(), &extract).stdout;
        assert_eq!(String::from_utf8_lossy(&lines).lines().count(), half.len());
        let path = folder.path().join(format!("{index}.jsonl"));
        std::fs::write(&path, lines).unwrap();
        files.push(path.to_string_lossy().into_owned());
    }
    let archive = tempfile::tempdir().unwrap();
    let mut arguments = vec!["run", "pipelines/sanya-2020.toml", "--period", "2020-08"];
    let archive_path = archive.path().to_string_lossy().into_owned();
    arguments.extend(["--archive", &archive_path, "--extracts"]);
    arguments.extend(files.iter().map(String::as_str));
    let output = program(&arguments);
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    // The same bytes, but for the workbook, which says so.
    let hashes = |folder: &Path| {
        let manifest = std::fs::read(folder.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        let files = manifest["files"].as_array().unwrap().clone();
        let is_result = |file: &Value| {
            let path = file["path"].as_str().unwrap();
            path.contains('/') || path == "report.json"
        };
        files.into_iter().filter(is_result).collect::<Vec<Value>>()
    };
    assert!(hashes(&folder).len() > 10);
    assert_eq!(hashes(&folder), hashes(&alone.folder));
    let note = std::fs::read(folder.join("run.json")).unwrap();
    let note: Value = serde_json::from_slice(&note).unwrap();
    assert_eq!(note["extracts"], serde_json::json!({"used": paths.len(), "held": paths.len()}));
}
