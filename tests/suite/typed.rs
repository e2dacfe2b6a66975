//! The command line as people type it: pipeline files that are found, periods as they are written,
//! answers in files and as data, and what other programs made of our answers.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{given_month, program, program_given, root};

const SHEET: &str = "fixtures/inbox/2020-08";

/// Runs the program in a folder, with variables.
fn program_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duibiao"))
        .current_dir(folder)
        .env_remove("DUIBIAO_PIPELINE")
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with one pipeline file, whose paths lead back to the fixtures.
fn office() -> tempfile::TempDir {
    let office = tempfile::tempdir().unwrap();
    fs::create_dir_all(office.path().join("pipelines")).unwrap();
    fs::create_dir_all(office.path().join("some/where")).unwrap();
    let text = fs::read_to_string(root().join("pipelines/sanya-2020.toml")).unwrap();
    let fixtures = root().join("fixtures").to_string_lossy().replace('\\', "/");
    let text = text.replace("../fixtures", &fixtures);
    fs::write(office.path().join("pipelines/one.toml"), text).unwrap();
    office
}

fn first_sheet() -> std::path::PathBuf {
    let mut sheets: Vec<_> =
        fs::read_dir(root().join(SHEET)).unwrap().map(|entry| entry.unwrap().path()).collect();
    sheets.sort();
    sheets.remove(0)
}

#[test]
fn the_pipeline_is_found_upwards_or_named_by_the_environment() {
    let office = office();
    let deep = office.path().join("some/where");
    let listed = program_in(&deep, &[], &["history"]);
    assert_eq!(listed.status.code(), Some(0), "{}", said(&listed));
    let elsewhere = tempfile::tempdir().unwrap();
    let none = program_in(elsewhere.path(), &[], &["history"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(said(&none).contains("DUIBIAO_PIPELINE"), "{}", said(&none));
    let path = office.path().join("pipelines/one.toml");
    let path = path.to_string_lossy();
    for named in [&*path, &*office.path().join("pipelines").to_string_lossy()] {
        let variables = [("DUIBIAO_PIPELINE", named)];
        let listed = program_in(elsewhere.path(), &variables, &["history"]);
        assert_eq!(listed.status.code(), Some(0), "{}", said(&listed));
    }
    // Of several none is taken by chance.
    fs::copy(office.path().join("pipelines/one.toml"), office.path().join("pipelines/two.toml"))
        .unwrap();
    let several = program_in(&deep, &[], &["history"]);
    assert_eq!(several.status.code(), Some(2));
    assert!(said(&several).contains("one.toml") && said(&several).contains("two.toml"));
}

#[test]
fn every_command_takes_the_pipeline_as_an_option() {
    let archive = tempfile::tempdir().unwrap();
    let (pipeline, archive) = ("pipelines/sanya-2020.toml", archive.path().to_string_lossy());
    let run = ["run", "--pipeline", pipeline, "--period", "2020年8月", "--archive", &archive, "-q"];
    let run = program(&run);
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(said(&run).is_empty(), "{}", said(&run));
    let out = tempfile::tempdir().unwrap();
    let out = out.path().to_string_lossy();
    let made = program(&["template", "--pipeline", pipeline, "--period", "202009", "--out", &out]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    let twice = program(&["run", pipeline, "--pipeline", pipeline, "--period", "2020-08"]);
    assert_eq!(twice.status.code(), Some(2));
}

#[test]
fn answers_go_to_files_as_they_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = first_sheet();
    let sheet = sheet.to_string_lossy();
    let pipeline = ["--pipeline", "pipelines/sanya-2020.toml"];
    let check = ["check", &sheet, pipeline[0], pipeline[1], "--period", "2020-8"];
    let inspect = ["inspect", &sheet, pipeline[0], pipeline[1]];
    let cells = ["inspect", &sheet, "--cells"];
    let history = ["history", "list", pipeline[0], pipeline[1]];
    let asked: [&[&str]; 7] =
        [&check, &inspect, &cells, &history, &["explain"], &["schema"], &["completions", "bash"]];
    for (number, asked) in asked.iter().enumerate() {
        let printed = program(asked);
        let path = folder.path().join(number.to_string());
        fs::write(&path, "what was there before").unwrap();
        let at = path.to_string_lossy();
        let written = program(&[asked, ["--out", &*at].as_slice()].concat());
        assert_eq!(written.status, printed.status, "{asked:?}: {}", said(&written));
        assert!(written.stdout.is_empty(), "{asked:?}");
        assert_eq!(fs::read(&path).unwrap(), printed.stdout, "{asked:?}");
    }
    let nowhere = folder.path().join("no/where");
    let nowhere = program(&["explain", "--out", &nowhere.to_string_lossy()]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn every_answer_is_also_data() {
    let run = given_month();
    let sheet = first_sheet();
    let (sheet, archive) = (sheet.to_string_lossy(), run.archive.path().to_string_lossy());
    let pipeline = ["--pipeline", "pipelines/sanya-2020.toml"];
    let asked: [(&[&str], &str); 6] = [
        (&["check", &sheet, "--period", "2020-08"], "duibiao.report/2"),
        (&["inspect", &sheet], "duibiao.reading/"),
        (&["history", "--archive", &archive], "duibiao.history/1"),
        (&["history", "verify", "--archive", &archive], "duibiao.history/1"),
        (&["explain", "value-scaled"], "duibiao.kinds/1"),
        (&["drill", "--period", "2020-08"], "duibiao.drill/1"),
    ];
    for (asked, schema) in asked {
        let is_of_plan = asked[0] != "explain";
        let named: &[&str] = if is_of_plan { &pipeline } else { &[] };
        let output = program(&[asked, named, ["--format", "json"].as_slice()].concat());
        let data: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{asked:?}: {error}: {}", said(&output)));
        let found = data["schema"].as_str().unwrap_or_default();
        assert!(found.starts_with(schema), "{asked:?}: {found}");
    }
}

#[test]
fn a_sheet_may_come_by_standard_input() {
    let sheet = first_sheet();
    let period = ["--pipeline", "pipelines/sanya-2020.toml", "--period", "2020-08"];
    let by_name = program(&[["check", &*sheet.to_string_lossy()].as_slice(), &period].concat());
    let asked = [["check", "-"].as_slice(), &period].concat();
    let piped = program_given(&fs::read(&sheet).unwrap(), &asked);
    assert_eq!(piped.status, by_name.status, "{}", said(&piped));
    let name = sheet.file_name().unwrap().to_string_lossy().into_owned();
    let expected = String::from_utf8_lossy(&by_name.stdout).replace(&name, "标准输入");
    assert_eq!(String::from_utf8_lossy(&piped.stdout), expected);
}

/// What PowerShell's redirection makes of an answer.
fn in_utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap().replace('\n', "\r\n");
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_a_shell_wrote_in_utf_16_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let plan = root().join("fixtures/plan/master-plan.xlsx");
    let drafted = program(&["inspect", &plan.to_string_lossy(), "--draft"]);
    let path = folder.path().join("drafted.toml");
    fs::write(&path, in_utf16(&drafted.stdout)).unwrap();
    let named = program(&["history", "list", "--pipeline", &path.to_string_lossy()]);
    assert_eq!(named.status.code(), Some(0), "{}", said(&named));
    let sheets = in_utf16(format!("{}\n", first_sheet().display()).as_bytes());
    let extracts = program_given(&sheets, &["extract", "pipelines/sanya-2020.toml"]).stdout;
    let path = folder.path().join("extracts.jsonl");
    fs::write(&path, in_utf16(&extracts)).unwrap();
    let archive = folder.path().join("archive");
    let run = program(&[
        "run",
        "pipelines/sanya-2020.toml",
        "--period",
        "2020-08",
        "--archive",
        &archive.to_string_lossy(),
        "--extracts",
        &path.to_string_lossy(),
    ]);
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let note = fs::read(archive.join("sanya-2020/2020-08/01/run.json")).unwrap();
    let note: Value = serde_json::from_slice(&note).unwrap();
    assert_eq!(note["extracts"]["used"], 1, "{note}");
}

#[test]
fn only_what_is_near_is_suggested() {
    let near = program(&["explain", "value-difers"]);
    assert!(said(&near).contains("value-differs"), "{}", said(&near));
    let far = program(&["explain", "banana"]);
    assert_eq!(far.status.code(), Some(2));
    assert!(!said(&far).contains("是否应为"), "{}", said(&far));
    let by_title = program(&["explain", "单位报送缺失"]);
    assert!(by_title.status.code() == Some(0) || said(&by_title).contains("explain"));
}

/// What is kept does not depend on who looks on.
#[test]
fn a_locale_changes_what_is_said_and_not_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Vec::new();
    for locale in ["zh_CN.UTF-8", "en_US.UTF-8"] {
        let archive = folder.path().join(locale);
        let archive = archive.to_string_lossy();
        let pipeline = "pipelines/sanya-2020.toml";
        let run = ["run", pipeline, "--period", "2020-08", "--archive", &archive];
        let run = program_in(root(), &[("LC_ALL", locale)], &run);
        assert_eq!(said(&run).contains("Verdict"), locale.starts_with("en"), "{}", said(&run));
        let report = Path::new(&*archive).join("sanya-2020/2020-08/01/report.json");
        kept.push(fs::read(report).unwrap());
    }
    assert_eq!(kept[0], kept[1]);
    let english = program_in(root(), &[("LC_ALL", "en_US.UTF-8")], &["help", "run"]);
    assert!(String::from_utf8_lossy(&english.stdout).contains("Usage:"));
    let chinese = program_in(root(), &[("LC_ALL", "C")], &["help", "history", "verify"]);
    let chinese = String::from_utf8_lossy(&chinese.stdout).into_owned();
    assert!(chinese.contains("用法：") && !chinese.contains("Usage"), "{chinese}");
    assert_eq!(program(&["help", "nothing"]).status.code(), Some(2));
}

#[test]
fn what_goes_wrong_is_coloured_where_that_is_asked_for() {
    let plain = program(&["explain", "banana"]);
    assert!(!said(&plain).contains('\u{1b}'));
    let coloured = program(&["--color", "always", "explain", "banana"]);
    assert!(said(&coloured).contains("\u{1b}[31m"), "{}", said(&coloured));
    let quiet = program(&["-q", "explain", "banana"]);
    assert_eq!(said(&quiet), said(&plain));
}
