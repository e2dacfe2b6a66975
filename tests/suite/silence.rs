//! Nothing is lost without a word: of each thing that another program's hand spoilt in a month that
//! agrees, something new is said of the unit or its file. The whole of it is `make silence`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{program, root};

/// One thing spoilt in the file of one unit.
struct Spoiling {
    round: String,
    file: String,
    unit: String,
    /// Where and what, for people.
    what: String,
}

#[test]
fn nothing_that_is_spoilt_stays_silent() {
    let months = [("sanya-2020", "2020-08"), ("rural-water-2024", "2024-05")];
    let mut tried = 0;
    let mut silent = Vec::new();
    for (pipeline, period) in months {
        let folder = root().join("fixtures/silence").join(pipeline);
        let before = checked(&files(&folder.join("agrees")), pipeline, period);
        assert_eq!(before["verdict"], "agrees", "{pipeline}: the month agrees");
        let mut rounds: BTreeMap<String, Vec<Spoiling>> = BTreeMap::new();
        for spoiling in spoilings(&folder.join("spoilings.csv")) {
            rounds.entry(spoiling.round.clone()).or_default().push(spoiling);
        }
        for (round, spoilings) in rounds {
            let after = checked(&files(&folder.join(&round)), pipeline, period);
            tried += spoilings.len();
            let unsaid = spoilings.iter().filter(|one| !says_more(&before, &after, one));
            silent.extend(unsaid.map(|one| format!("{round}/{}: {}", one.file, one.what)));
        }
    }
    assert!(tried > 100, "only {tried} things were spoilt");
    assert!(silent.is_empty(), "{} of {tried} stayed silent:\n{}", silent.len(), silent.join("\n"));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn spoilings(table: &Path) -> Vec<Spoiling> {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let lines = reader.records().map(|line| {
        let line = line.unwrap();
        let [round, file, unit, place, what] = [0, 1, 2, 3, 4].map(|at| line[at].to_owned());
        Spoiling { round, file, unit, what: format!("{place}: {what}") }
    });
    lines.collect()
}

fn checked(files: &[PathBuf], pipeline: &str, period: &str) -> Value {
    let pipeline = format!("pipelines/{pipeline}.toml");
    let mut arguments = vec!["check"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    arguments.extend(["--pipeline", &pipeline, "--period", period, "--format", "json"]);
    let output = program(&arguments);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Whether a finding about the unit or its file is new, or more of the unit's checks are owned to
/// be not made.
fn says_more(before: &Value, after: &Value, spoiling: &Spoiling) -> bool {
    let is_own = |finding: &&Value| {
        finding["side"] == "submission"
            && (finding["unit"] == spoiling.unit.as_str()
                || finding["file"] == spoiling.file.as_str())
    };
    let counted = |report: &Value| {
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for finding in report["findings"].as_array().unwrap().iter().filter(is_own) {
            // Cells by their number: a row that is taken away moves the others.
            let names = ["unit", "file", "kind", "seq", "field", "expected", "found", "typed"];
            let what = names.map(|name| finding[name].to_string()).join(" ");
            let cells = finding["cells"].as_array().unwrap().len();
            *counted.entry(format!("{what} {cells}")).or_default() += 1;
        }
        counted
    };
    let not_checked = |report: &Value| {
        let lines = report["coverage"].as_array().unwrap().iter();
        let own = lines.filter(|line| line["unit"] == spoiling.unit.as_str());
        own.map(|line| (line["rule"].to_string(), line["not_checked"].as_u64().unwrap()))
            .collect::<BTreeMap<String, u64>>()
    };
    is_more(&counted(before), &counted(after)) || is_more(&not_checked(before), &not_checked(after))
}

/// Whether anything is counted more often than before.
fn is_more<Number: Copy + Default + PartialOrd>(
    before: &BTreeMap<String, Number>,
    after: &BTreeMap<String, Number>,
) -> bool {
    after.iter().any(|(what, times)| *times > before.get(what).copied().unwrap_or_default())
}
