//! Every folder in `fixtures/cases` is a test: a command, its inputs, and what must come of it.
//!
//! A case holds `README.md` (what it shows), `command.txt` (the program's arguments, a line each,
//! run inside the folder) and `expected.txt` (exit status, and the report or the output as text).
//! Every run is then repeated from its own folder, with the same bytes.
//!
//! All commands of a case share an archive; `ARCHIVE` in a line is its folder. A line
//! `save FILE over RUN` puts a file of the case in the place of the workbook of a published run,
//! as a person does who saves over it. `BLESS=1` writes `expected.txt` anew; without it a missing
//! one is a failure.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the cases are there")
        .map(|entry| entry.expect("a case can be listed").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 3, "the cases were not found in {}", root.display());
    let trials = folders
        .into_iter()
        .map(|folder| {
            let name =
                folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
            Trial::test(name, move || case(&folder))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn case(folder: &Path) -> Result<(), Failed> {
    let read = |name: &str| {
        fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    if read("README.md")?.trim().is_empty() {
        return Err("README.md does not say what the case shows".into());
    }
    let archive = tempfile::tempdir()?;
    let mut actual = String::new();
    for line in read("command.txt")?.lines().filter(|line| !line.trim().is_empty()) {
        actual.push_str(&outcome(folder, line, archive.path())?);
    }
    let path = folder.join("expected.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &actual)?;
        return Ok(());
    }
    let expected = read("expected.txt")?;
    if expected == actual {
        return Ok(());
    }
    Err(format!("{}\n{}", path.display(), difference(&expected, &actual)).into())
}

/// Runs one command and returns its outcome as text.
fn outcome(folder: &Path, line: &str, archive: &Path) -> Result<String, Failed> {
    let line_here = line.replace("ARCHIVE", &archive.to_string_lossy());
    let words: Vec<&str> = line_here.split_whitespace().collect();
    if let ["save", file, "over", run] = words.as_slice() {
        save_over(&folder.join(file), &archive.join(run))?;
        return Ok(format!("$ {line}\n\n"));
    }
    let is_run = words.first() == Some(&"run");
    let mut command = Command::new(env!("CARGO_BIN_EXE_duibiao"));
    // Whatever the language of whoever tests.
    command.current_dir(folder).env("LC_ALL", "zh_CN.UTF-8").args(&words);
    if is_run {
        command.arg("--archive").arg(archive);
    }
    let output = command.output()?;
    let status = output.status.code().ok_or("the program was killed")?;
    let mut text = format!("$ {line}\nstatus {status}\n");
    let stdout = String::from_utf8_lossy(&output.stdout);
    if is_run && status != 2 && !stdout.is_empty() {
        let run = PathBuf::from(stdout.trim());
        let report: Value = serde_json::from_slice(&fs::read(run.join("report.json"))?)?;
        describe(&report, &mut text);
        repeated(folder, &words, &run, archive)?;
    } else {
        text.push_str(&stdout.replace(&*archive.to_string_lossy(), "ARCHIVE"));
        // Only what the command itself says; paths of this machine are no part of it.
        let stderr =
            String::from_utf8_lossy(&output.stderr).replace(&*archive.to_string_lossy(), "ARCHIVE");
        text.push_str(&stderr);
    }
    Ok(text)
}

/// Repeats a run from its own folder: the same must come of it, byte for byte.
fn repeated(folder: &Path, words: &[&str], run: &Path, archive: &Path) -> Result<(), Failed> {
    let pipeline = words
        .iter()
        .find(|word| Path::new(word).extension().is_some_and(|e| e == "toml"))
        .ok_or("no pipeline is named")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_duibiao"));
    command.current_dir(folder).args(["history", "replay"]).arg(run);
    command.arg("--archive").arg(archive).args(["--pipeline", pipeline]);
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{}: {}", run.display(), String::from_utf8_lossy(&said)).into())
}

/// Puts a file in the place of the one workbook at the top of a run folder.
fn save_over(file: &Path, run: &Path) -> Result<(), Failed> {
    let workbook = fs::read_dir(run)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "xlsx"))
        .ok_or("the run has no workbook")?;
    fs::copy(file, workbook)?;
    Ok(())
}

fn describe(report: &Value, text: &mut String) {
    let word = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(word) => word.clone(),
        other => other.to_string(),
    };
    let list = |value: &Value| {
        let words: Vec<String> = value.as_array().into_iter().flatten().map(word).collect();
        words.join(", ")
    };
    let lines = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let _ = writeln!(text, "verdict {}", word(&report["verdict"]));
    for unit in lines("units") {
        let _ = writeln!(
            text,
            "unit {}: {}, {} of {} tasks; {}",
            word(&unit["unit"]),
            word(&unit["standing"]),
            unit["matched"],
            unit["tasks"],
            list(&unit["files"])
        );
    }
    for file in lines("files") {
        let _ = writeln!(
            text,
            "file {}: {}, {}, {}{}",
            word(&file["file"]),
            word(&file["standing"]),
            word(&file["format"]),
            word(&file["unit"]),
            file["reason"].as_str().map(|reason| format!(", {reason}")).unwrap_or_default()
        );
    }
    for rows in lines("rows") {
        let classes = ["title", "heading", "task", "total", "note", "unplaced", "unreadable"];
        let counts: Vec<String> = classes
            .iter()
            .filter(|class| rows[**class] != 0)
            .map(|class| format!("{class} {}", rows[*class]))
            .collect();
        let _ = writeln!(
            text,
            "rows {} › {}: {} = {}",
            word(&rows["file"]),
            word(&rows["sheet"]),
            rows["nonblank"],
            counts.join(" + ")
        );
    }
    for finding in lines("findings") {
        let place = [&finding["file"], &finding["sheet"], &finding["cell"]].map(word).join(" › ");
        let _ = writeln!(
            text,
            "\n{} {} {} {} | {} seq {} field {} | expected {} found {} difference {} | {place} [{}]",
            word(&finding["side"]),
            word(&finding["severity"]),
            word(&finding["kind"]),
            word(&finding["status"]),
            word(&finding["unit"]),
            word(&finding["seq"]),
            word(&finding["field"]),
            word(&finding["expected"]),
            word(&finding["found"]),
            word(&finding["difference"]),
            list(&finding["cells"]),
        );
        let _ = writeln!(text, "  marks {}", list(&finding["marks"]));
        let _ = writeln!(text, "  {}", word(&finding["message"]));
        if finding["life"] != "new" {
            let _ = writeln!(text, "  {} in month {}", word(&finding["life"]), finding["months"]);
        }
        if finding["of_new_rule"] == true {
            let _ = writeln!(text, "  new because the rule is new");
        }
        if let Some(explanation) = finding["explanation"].as_str() {
            let outdated = finding["explanation_outdated"] == true;
            let mark = if outdated { " (figures have changed)" } else { "" };
            let _ = writeln!(text, "  explained{mark}: {explanation}");
        }
    }
    for change in report["plan"]["changes"].as_array().into_iter().flatten() {
        let [unit, seq, task] = [&change["unit"], &change["seq"], &change["task"]].map(word);
        let [field, before, now] = [&change["field"], &change["before"], &change["now"]].map(word);
        let _ = writeln!(text, "plan changed: {unit} seq {seq} {task} {field}: {before} → {now}");
    }
    for line in lines("resolved") {
        let _ = writeln!(text, "\nresolved {}: {}", word(&line["kind"]), word(&line["message"]));
    }
    for line in lines("lapsed") {
        let _ = writeln!(text, "\nlapsed {}: {}", word(&line["kind"]), word(&line["message"]));
    }
    for line in lines("returned") {
        let _ = writeln!(
            text,
            "\nreturned {}: {}, {} explanations",
            word(&line["file"]),
            word(&line["kind"]),
            line["explanations"]
        );
    }
    text.push('\n');
}

/// Returns the lines in which two texts differ first, with a little around them.
fn difference(expected: &str, actual: &str) -> String {
    let expected: Vec<&str> = expected.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    let mut said = String::new();
    let (mut i, mut j, mut shown) = (0, 0, 0);
    while (i < expected.len() || j < actual.len()) && shown < 40 {
        match (expected.get(i), actual.get(j)) {
            (Some(one), Some(other)) if one == other => {
                i += 1;
                j += 1;
            }
            (one, other) => {
                // Whichever side finds the other's line sooner has the extra lines.
                let ahead_actual =
                    one.and_then(|one| actual[j..].iter().position(|line| line == one));
                let ahead_expected =
                    other.and_then(|other| expected[i..].iter().position(|line| line == other));
                match (ahead_actual, ahead_expected) {
                    (Some(gap), None) => extra(&mut said, '+', &actual[j..j + gap], &mut j),
                    (None, Some(gap)) => extra(&mut said, '-', &expected[i..i + gap], &mut i),
                    (Some(one), Some(other)) if one <= other => {
                        extra(&mut said, '+', &actual[j..j + one], &mut j);
                    }
                    (Some(_), Some(gap)) => extra(&mut said, '-', &expected[i..i + gap], &mut i),
                    (None, None) => {
                        if let Some(one) = one {
                            extra(&mut said, '-', &[one], &mut i);
                        }
                        if let Some(other) = other {
                            extra(&mut said, '+', &[other], &mut j);
                        }
                    }
                }
                shown += 1;
            }
        }
    }
    said
}

fn extra(said: &mut String, sign: char, lines: &[&str], at: &mut usize) {
    for line in lines {
        let _ = writeln!(said, "{sign} {line}");
    }
    *at += lines.len();
}
