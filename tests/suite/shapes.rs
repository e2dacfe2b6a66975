//! Plans in the shapes that real ones have: what is drafted for each loads, reads its tasks, units and
//! sums, finds nothing in the returns split from it, and finds the one figure that is spoilt. Adding a
//! case adds no code: a folder with a plan, an inbox of clean returns, one for each fault, and
//! `expected.json`. Where two readings are defensible, either counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{folders, hold_all, program, root};

/// What a plan that is right does not raise on its own side.
const FALSE_ON_PLAN: [&str; 9] = [
    "total-differs",
    "balance-broken",
    "row-unplaced",
    "value-imprecise",
    "value-unreadable",
    "task-repeated",
    "statement-differs",
    "column-missing",
    "table-missing",
];
/// What a wrong figure may bring with it.
const CONSEQUENCES: [&str; 3] = ["total-differs", "balance-broken", "limit-exceeded"];

#[test]
fn every_shape_of_a_plan_is_drafted_and_read() {
    hold_all(folders(&root().join("fixtures/shapes")), 31, judged);
}

fn judged(case: &Path) -> Vec<String> {
    let told = std::fs::read_to_string(case.join("expected.json")).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let plan = case.join(told["plan"].as_str().unwrap());
    let mut faults = Vec::new();
    if let Some(words) = told["inspect_shows"].as_array() {
        let shown = program(&["inspect", plan.to_str().unwrap(), "--pipeline", "none"]);
        let shown = if shown.status.success() { shown } else { inspected(&plan) };
        let shown = squeezed(&String::from_utf8_lossy(&shown.stdout));
        let lacking =
            words.iter().filter(|word| !shown.contains(&squeezed(word.as_str().unwrap())));
        faults.extend(lacking.map(|word| format!("inspect does not show {word}")));
    }
    let folder = tempfile::tempdir().unwrap();
    // What a person says before the draft, where the shape asks for it.
    let asked = list(&told["draft"]);
    let asked = asked.iter().map(|option| option.as_str().unwrap());
    let wanted: Vec<&str> =
        ["inspect", plan.to_str().unwrap(), "--draft"].into_iter().chain(asked).collect();
    let draft = program(&wanted);
    if !draft.status.success() {
        return vec![format!("no draft: {}", String::from_utf8_lossy(&draft.stderr))];
    }
    let pipeline = folder.path().join("pipeline.toml");
    std::fs::write(&pipeline, &draft.stdout).unwrap();
    let period = told["period"].as_str().unwrap();
    let run = |inbox: &Path, name: &str| -> Result<(Value, String), String> {
        let archive = folder.path().join(format!("archive-{name}"));
        let output = program(&[
            "run",
            pipeline.to_str().unwrap(),
            "--period",
            period,
            "--inbox",
            inbox.to_str().unwrap(),
            "--archive",
            archive.to_str().unwrap(),
            "--no-returns",
            "--no-data",
        ]);
        if output.status.code().is_none_or(|status| status > 1) {
            return Err(format!("run: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let run = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        let report = std::fs::read(run.join("report.json")).unwrap();
        let files = std::fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names = files.map(|name| name.to_string_lossy().into_owned());
        let workbook = names
            .find(|name| Path::new(name).extension().is_some_and(|ending| ending == "xlsx"))
            .unwrap_or_default();
        Ok((serde_json::from_slice(&report).unwrap(), workbook))
    };
    let clean_inbox = case.join(told["clean"].as_str().unwrap());
    let clean = match run(&clean_inbox, "clean") {
        Ok((clean, workbook)) => {
            faults.extend(judged_clean(&clean, &workbook, &told));
            clean
        }
        Err(why) => return vec![why],
    };
    for fault in list(&told["faults"]) {
        let spoilt = case.join(fault["inbox"].as_str().unwrap());
        let name = spoilt.file_name().unwrap().to_string_lossy().into_owned();
        let inbox = folder.path().join(&name);
        copy(&clean_inbox, &inbox);
        copy(&spoilt, &inbox);
        match run(&inbox, &name) {
            Ok((report, _)) => faults.extend(judged_fault(&report, &clean, &fault, &told)),
            Err(why) => faults.push(why),
        }
    }
    faults
}

/// What is shown of a plan where no pipeline file is at hand.
fn inspected(plan: &Path) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_duibiao"));
    command.current_dir(folder.path()).arg("inspect").arg(plan).output().unwrap()
}

fn copy(from: &Path, into: &Path) {
    std::fs::create_dir_all(into).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (own, copied) = (entry.path(), into.join(entry.file_name()));
        // A folder a unit.
        if own.is_dir() {
            copy(&own, &copied);
        } else {
            std::fs::copy(own, copied).unwrap();
        }
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A decimal in hundredths of a millionth, so that amounts compare exactly.
fn figure(value: &Value) -> Option<i128> {
    const PLACES: usize = 8;
    let text = value.as_str()?.replace(',', "");
    let text = text.trim_end_matches('%');
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{rest:0<PLACES$}");
    (rest.len() <= PLACES).then(|| digits.parse().ok()).flatten()
}

type Sums = BTreeMap<String, BTreeMap<String, i128>>;

/// The sums of the report by field and unit, zeros left out.
fn sums(report: &Value, which: &str) -> Sums {
    let mut sums = Sums::new();
    for line in list(&report["totals"]) {
        let Some(amount) = figure(&line[which]) else { continue };
        let units = sums.entry(line["field"].as_str().unwrap().to_owned()).or_default();
        *units.entry(squeezed(line["unit"].as_str().unwrap())).or_default() += amount;
    }
    for units in sums.values_mut() {
        units.retain(|_, amount| *amount != 0);
    }
    sums
}

fn misread(report: &Value, wanted: &Value, told: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if report["plan"]["tasks"] != wanted["tasks"] {
        faults.push(format!("plan has {} tasks, not {}", report["plan"]["tasks"], wanted["tasks"]));
    }
    let known: BTreeMap<String, Value> = wanted["units"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(unit, n)| (squeezed(unit), n.clone()))
        .collect();
    let may_have_others = wanted["other_units"] == true;
    let mut units: BTreeMap<String, Value> = BTreeMap::new();
    for line in list(&report["units"]) {
        let unit = squeezed(line["unit"].as_str().unwrap());
        if known.contains_key(&unit) && line["matched"] != line["tasks"] {
            faults.push(format!("not all rows found of {unit}"));
        }
        if known.contains_key(&unit) || !may_have_others {
            units.insert(unit, line["tasks"].clone());
        }
    }
    if units != known {
        faults.push(format!("units {units:?}"));
    }
    for which in ["plan", "rows"] {
        let mut have = sums(report, which);
        for column in list(&wanted["columns"]) {
            let units = column["by_unit"].as_object().unwrap();
            let want: BTreeMap<String, i128> = units
                .iter()
                .filter_map(|(unit, sum)| Some((squeezed(unit), figure(sum)?)))
                .filter(|(_, sum)| *sum != 0)
                .collect();
            let hit = have.iter().find(|(_, sums)| {
                let own =
                    sums.iter().filter(|(unit, _)| known.contains_key(*unit) || !may_have_others);
                own.map(|(unit, sum)| (unit.clone(), *sum)).collect::<BTreeMap<_, _>>() == want
            });
            match hit.map(|(field, _)| field.clone()) {
                Some(field) => {
                    have.remove(&field);
                }
                None => faults.push(format!("sums of {which} not read: {}", column["title"])),
            }
        }
        if told["only_columns"] == true && !have.is_empty() {
            faults.push(format!("sums that are none: {:?}", have.keys()));
        }
    }
    faults
}

fn above_note(report: &Value, side: &str) -> Vec<Value> {
    let mut findings = list(&report["findings"]);
    findings.retain(|finding| finding["side"] == side && finding["severity"] != "note");
    findings
}

fn holds(words: &Value, kind: &Value) -> bool {
    words.as_array().is_some_and(|words| words.contains(kind))
}

fn at(finding: &Value, cell: &Value) -> bool {
    finding["cell"] == *cell || holds(&finding["cells"], cell)
}

fn judged_clean(report: &Value, workbook: &str, told: &Value) -> Vec<String> {
    let readings = list(&told["readings"]);
    let tried = readings.iter().map(|wanted| misread(report, wanted, told));
    let mut faults = tried.min_by_key(Vec::len).unwrap_or_default();
    for finding in above_note(report, "submission") {
        if !holds(&told["allow"], &finding["kind"]) {
            faults.push(format!("false {}", finding["message"]));
        }
    }
    let mut of_plan = above_note(report, "plan");
    of_plan.retain(|finding| {
        let kind = finding["kind"].as_str().unwrap();
        FALSE_ON_PLAN.contains(&kind) && told["most_findings"][kind].is_null()
    });
    for wanted in list(&told["plan_findings"]) {
        let row = format!("{}", wanted["row"]);
        let is_there = |finding: &Value| {
            let cells = finding["cells"].as_array().unwrap().iter().chain([&finding["cell"]]);
            let mut rows = cells
                .filter_map(Value::as_str)
                .map(|cell| cell.trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_owned());
            let place = if wanted["any_cell_of_row"] == true {
                rows.any(|own| own == row)
            } else {
                at(finding, &wanted["cell"])
            };
            holds(&wanted["kinds"], &finding["kind"]) && place
        };
        let before = of_plan.len();
        of_plan.retain(|finding| !is_there(finding));
        if of_plan.len() == before {
            faults.push(format!("plan: nothing of {} at {}", wanted["kinds"], wanted["cell"]));
        }
    }
    faults
        .extend(of_plan.iter().map(|finding| format!("false on the plan {}", finding["message"])));
    for (kind, most) in told["most_findings"].as_object().into_iter().flatten() {
        let all = list(&report["findings"]);
        let count = all.iter().filter(|finding| finding["kind"] == kind.as_str()).count();
        if count as u64 > most.as_u64().unwrap() {
            faults.push(format!("{count} {kind}"));
        }
    }
    if let Some(name) = told["workbook_name_has"].as_str()
        && !squeezed(workbook).contains(&squeezed(name))
    {
        faults.push(format!("the workbook is called {workbook}"));
    }
    faults.extend(always(report, told));
    faults
}

/// What holds in every run.
fn always(report: &Value, told: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for line in list(&report["units"]) {
        let unit = squeezed(line["unit"].as_str().unwrap());
        let is_none = unit.chars().all(|c| c.is_numeric() || "-—/".contains(c));
        if is_none {
            faults.push(format!("a unit named “{unit}”"));
        }
    }
    for finding in list(&report["findings"]) {
        let message = finding["message"].as_str().unwrap();
        let holes = ["计划为。", "计划为，", "计划是。", "计划此处是。", "在计划中是的"];
        if finding["unit"] == "" || holes.iter().any(|hole| message.contains(hole)) {
            faults.push(format!("a message with a hole: {message}"));
        }
        if holds(&told["forbid"], &finding["kind"]) {
            faults.push(format!("false {message}"));
        }
    }
    faults
}

fn judged_fault(report: &Value, clean: &Value, fault: &Value, told: &Value) -> Vec<String> {
    let known: Vec<Value> =
        above_note(clean, "submission").iter().map(|finding| finding["id"].clone()).collect();
    let found = above_note(report, "submission");
    let is_it = |finding: &Value| {
        let file = finding["file"].as_str().unwrap_or_default();
        holds(&fault["kinds"], &finding["kind"])
            && file.rsplit('/').next() == fault["file"].as_str()
            && at(finding, &fault["cell"])
    };
    let mut faults = always(report, told);
    if !found.iter().any(is_it) {
        faults.push(format!("{} is not found at {}", fault["inbox"], fault["cell"]));
    }
    let besides = found.iter().filter(|finding| {
        let kind = finding["kind"].as_str().unwrap();
        !is_it(finding)
            && !known.contains(&finding["id"])
            && !CONSEQUENCES.contains(&kind)
            && !holds(&told["allow"], &finding["kind"])
    });
    faults.extend(besides.map(|finding| format!("beside it {}", finding["message"])));
    faults
}
