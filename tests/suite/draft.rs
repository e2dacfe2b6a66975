//! A drafted pipeline file is one that loads and runs against the plan it was drafted from.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::root;

fn duibiao(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_duibiao"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// Drafts a pipeline file beside a copy of the plan.
fn drafted(plan: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = Path::new(plan).file_name().unwrap().to_str().unwrap();
    fs::copy(root().join(plan), folder.path().join(name)).unwrap();
    let output = duibiao(folder.path(), &["inspect", name, "--draft"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    fs::write(folder.path().join("draft.toml"), &text).unwrap();
    (folder, text)
}

#[test]
fn a_draft_loads_and_runs_against_its_own_plan() {
    let plans = [
        ("fixtures/plan/master-plan.xlsx", 51, 6, vec!["value-missing"]),
        ("fixtures/rural-water/plan/maintenance-plan.xlsx", 23, 4, vec!["balance-broken"]),
        ("fixtures/cases/draft-odd-plan/plan.csv", 6, 3, vec![]),
    ];
    for (plan, tasks, units, faults) in plans {
        let (folder, text) = drafted(plan);
        assert!(text.contains("请定"), "{plan}: the draft leaves nothing to decide");
        fs::create_dir_all(folder.path().join("inbox/2024-05")).unwrap();
        let output =
            duibiao(folder.path(), &["run", "draft.toml", "--period", "2024-05", "--empty-inbox"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{plan}: {stderr}");
        let run = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let report = fs::read(folder.path().join(run).join("report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["plan"]["tasks"], tasks, "{plan}");
        assert_eq!(report["units"].as_array().unwrap().len(), units, "{plan}");
        // The plan's own faults that a draft can know of, and nothing else on its side.
        let kinds: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["side"] == "plan")
            .map(|finding| finding["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, faults, "{plan}");
    }
}

#[test]
fn whatever_is_drafted_loads() {
    let mut seen = 0;
    let folders = ["fixtures/inbox/2020-08", "fixtures/rural-water/inbox/2024-05"];
    for folder in folders {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let (place, _) = drafted(&format!("{folder}/{name}"));
            let output = duibiao(place.path(), &["inspect", &name, "--pipeline", "draft.toml"]);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{name}: {stderr}");
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!shown.contains("table-missing"), "{name}: {shown}");
            seen += 1;
        }
    }
    assert_eq!(seen, 10);
}

#[test]
fn what_stands_below_a_numbered_list_without_a_number_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = "Lp.,Nazwa,Cena (PLN)\n".to_owned();
    for number in 1..=12 {
        plan.push_str(&format!("{number},Deska {},\"{},50 zł\"\n", number * 7, number * 3));
    }
    plan.push_str(
        ",Suma produktów,\"240,10 zł\"\n,Wysyłka,\"20,00 zł\"\n,Szacowana suma,\"260,10 zł\"\n",
    );
    fs::write(folder.path().join("plan.csv"), plan).unwrap();
    let output = duibiao(folder.path(), &["inspect", "plan.csv", "--draft"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("14 行任务"), "{text}");
    assert!(text.contains("# 请定：第 15、16 行没有序号，别的行都有"), "{text}");
}

#[test]
fn averages_below_a_list_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = "姓名,头条,次条,三条,点赞,转发,勘误,备注\n".to_owned();
    for number in 1..=12 {
        plan.push_str(&format!("员工{number},{number},2,3,4{number},5,0,无\n"));
    }
    plan.push_str("头条平均阅读,310\n次条平均阅读,290\n");
    fs::write(folder.path().join("plan.csv"), plan).unwrap();
    let output = duibiao(folder.path(), &["inspect", "plan.csv", "--draft"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("14 行任务"), "{text}");
    assert!(text.contains("# 请定：第 14、15 行在表的末尾"), "{text}");
}

#[test]
fn what_a_run_made_is_no_plan() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = root().join("pipelines/rural-water-2024.toml");
    let inbox = root().join("fixtures/rural-water/inbox/2024-05");
    let output = Command::new(env!("CARGO_BIN_EXE_duibiao"))
        .args(["run", pipeline.to_str().unwrap(), "--period", "2024-05", "--no-data", "--inbox"])
        .args([inbox.as_os_str(), "--archive".as_ref(), folder.path().as_os_str()])
        .output()
        .unwrap();
    let run = std::path::PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let workbooks = |folder: &Path| -> Vec<std::path::PathBuf> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|own| own == "xlsx")).collect()
    };
    let made = [workbooks(&run), workbooks(&run.join("returns"))].concat();
    assert!(made.len() > 1, "{made:?}");
    for workbook in made {
        let output = duibiao(folder.path(), &["inspect", workbook.to_str().unwrap(), "--draft"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{}: {stderr}", workbook.display());
        assert!(stderr.contains("本程序生成"), "{}: {stderr}", workbook.display());
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_sheet_without_a_table_is_told_in_one_line() {
    let output = duibiao(root(), &["inspect", "CONTRIBUTING.md", "--draft"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
    assert!(output.stdout.is_empty());
}

#[test]
fn a_draft_is_written_beside_the_plan_or_elsewhere_and_never_over_another_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("plan")).unwrap();
    fs::create_dir_all(folder.path().join("pipelines/new")).unwrap();
    fs::copy(root().join("fixtures/plan/master-plan.xlsx"), folder.path().join("plan/p.xlsx"))
        .unwrap();
    for (out, names) in [
        ("own.toml", "file = \"plan/p.xlsx\""),
        ("plan/own.toml", "file = \"p.xlsx\""),
        ("pipelines/new/own.toml", "file = \"../../plan/p.xlsx\""),
    ] {
        let wanted = ["inspect", "plan/p.xlsx", "--draft", "--out", out];
        let written = duibiao(folder.path(), &wanted);
        assert_eq!(written.status.code(), Some(0), "{}", String::from_utf8_lossy(&written.stderr));
        let text = fs::read_to_string(folder.path().join(out)).unwrap();
        assert!(text.contains(names), "{out}: {text}");
        let read = duibiao(folder.path(), &["inspect", "plan/p.xlsx", "--pipeline", out]);
        assert_eq!(read.status.code(), Some(0), "{}", String::from_utf8_lossy(&read.stderr));
        assert_eq!(duibiao(folder.path(), &wanted).status.code(), Some(2), "{out} is there");
        assert_eq!(fs::read_to_string(folder.path().join(out)).unwrap(), text);
    }
}

#[test]
fn what_a_draft_is_unsure_of_only_has_to_be_uncommented() {
    let plans = [
        "fixtures/plan/master-plan.xlsx",
        "fixtures/rural-water/plan/maintenance-plan.xlsx",
        "fixtures/rural-roads/plan/road-plan.xlsx",
        "fixtures/cases/reading-shown/plan.xlsx",
        "fixtures/cases/draft-odd-plan/plan.csv",
        "fixtures/cases/draft-unsure/plan.csv",
    ];
    let mut other_types = 0;
    for plan in plans {
        let (folder, text) = drafted(plan);
        let mut certain: Vec<String> = Vec::new();
        let mut is_doubt = false;
        for line in text.lines() {
            is_doubt = line.starts_with("# 请定：表读得不对") || (is_doubt && !line.is_empty());
            match line.strip_prefix("# ") {
                Some(key) if is_doubt && !key.starts_with("请定") => certain.push(key.to_owned()),
                // What another key names as an amount has to be changed there as well.
                Some(key)
                    if key.contains("用这一行换掉")
                        && !key.contains("choices")
                        && !key.starts_with("type = \"decimal\"") =>
                {
                    certain.pop();
                    certain.push(key.to_owned());
                    other_types += 1;
                }
                _ => certain.push(line.to_owned()),
            }
        }
        assert!(certain.iter().any(|line| line.starts_with("heading_rows")), "{plan}: {text}");
        fs::write(folder.path().join("draft.toml"), certain.join("\n")).unwrap();
        let name = Path::new(plan).file_name().unwrap().to_str().unwrap();
        let output = duibiao(folder.path(), &["inspect", name, "--pipeline", "draft.toml"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{plan}: {stderr}");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(shown.contains("方案写明") && shown.contains("任务"), "{plan}: {shown}");
    }
    assert!(other_types > 1, "{other_types}");
}
