//! Left alone: what is due is run and what was missed is made up for, the log tells of each run and each
//! non-run, a program is started afterwards, and schedulers are told so that they understand it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::support::{copied, root};

/// An office: a pipeline file with an inbox of its own, and sheets for some months.
pub struct Office(pub tempfile::TempDir);

impl Office {
    pub fn new(more: &str, months: &[&str]) -> Self {
        let office = Office(tempfile::tempdir().unwrap());
        let at = office.0.path();
        fs::create_dir_all(at.join("pipelines")).unwrap();
        let text = fs::read_to_string(root().join("pipelines/sanya-2020.toml")).unwrap();
        let fixtures = root().join("fixtures").to_string_lossy().replace('\\', "/");
        let text = text.replace("../fixtures/inbox", "../inbox").replace("../fixtures", &fixtures);
        fs::write(at.join("pipelines/p.toml"), format!("{text}\n{more}\n")).unwrap();
        for month in months {
            office.receives(month);
        }
        office
    }

    /// Puts the sheets of the sample month into a month's inbox.
    pub fn receives(&self, month: &str) {
        copied(&root().join("fixtures/inbox/2020-08"), &self.inbox(month));
    }

    pub fn inbox(&self, month: &str) -> PathBuf {
        self.0.path().join("inbox").join(month)
    }

    pub fn runs(&self, month: &str) -> usize {
        let folder = self.0.path().join("archive/p").join(month);
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().join("report.json").is_file()).count()
    }

    /// Runs the program at a time.
    pub fn at(&self, now: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_duibiao"))
            .current_dir(self.0.path())
            .env("DUIBIAO_NOW", format!("{now}+08:00"))
            .env("LC_ALL", "zh_CN.UTF-8")
            .env_remove("USER")
            .env_remove("DUIBIAO_PIPELINE")
            .args(arguments)
            .output()
            .unwrap()
    }

    /// The lines of the log with that event, of all days.
    pub fn logged(&self, event: &str) -> Vec<Value> {
        let folder = self.0.path().join("archive/p/log");
        let mut days: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().map(|day| day.unwrap().path()).collect();
        days.sort();
        let texts = days.iter().map(|day| fs::read_to_string(day).unwrap());
        let lines: Vec<String> =
            texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        let lines = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["event"] == event).collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SCHEDULE: &str = r#"[run]
zone = "Asia/Shanghai"
working_day = 3
holidays = ["2020-10-01/2020-10-08"]
workdays = ["2020-10-10"]
"#;

#[test]
fn months_are_run_when_they_are_due_and_made_up_for_when_they_were_missed() {
    let office = Office::new(SCHEDULE, &["2020-08"]);
    let due = ["run", "--period", "last", "--due", "--no-data"];
    let early = office.at("2020-09-02T08:30:00", &due);
    assert_eq!(early.status.code(), Some(0), "{}", said(&early));
    assert!(said(&early).contains("2020-09-03") && office.runs("2020-08") == 0);
    let run = office.at("2020-09-03T08:30:00", &due);
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let again = office.at("2020-09-04T08:30:00", &due);
    assert_eq!((again.status.code(), office.runs("2020-08")), (Some(1), 1));
    // A sheet that is corrected afterwards is a reason.
    fs::copy(
        root().join("fixtures/cases/clean-month/README.md"),
        office.inbox("2020-08").join("a.txt"),
    )
    .unwrap();
    office.at("2020-09-07T08:30:00", &due);
    assert_eq!(office.runs("2020-08"), 2);
    // Nobody started anything until December; October's sheets never came.
    office.receives("2020-09");
    office.receives("2020-11");
    let late = office.at("2020-12-03T08:30:00", &due);
    assert_eq!(late.status.code(), Some(1), "{}", said(&late));
    let months = ["2020-09", "2020-10", "2020-11"].map(|month| office.runs(month));
    assert_eq!(months, [1, 0, 1], "{}", said(&late));
    let printed = String::from_utf8_lossy(&late.stdout).into_owned();
    let folders: Vec<&str> = printed.lines().collect();
    assert!(folders[0].ends_with("2020-09/01") && folders[1].ends_with("2020-11/01"), "{printed}");
    let missed = office.logged("no-run");
    assert!(
        missed.iter().any(|line| line["why"] == "missed-and-empty" && line["period"] == "2020-10")
    );
    // A clock that was set back decides nothing.
    let back = office.at("2019-12-03T08:30:00", &due);
    assert_eq!(back.status.code(), Some(2));
    assert!(said(&back).contains("时钟"), "{}", said(&back));
    let verified = office.at("2020-12-04T08:30:00", &["history", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
}

#[test]
fn the_running_month_is_looked_at_without_fault_when_nobody_has_sent_anything() {
    let office = Office::new(SCHEDULE, &[]);
    let new = ["run", "--period", "this", "--if-new", "--if-any", "-q"];
    for _ in 0..2 {
        let none = office.at("2020-09-10T10:00:00", &new);
        assert_eq!((none.status.code(), said(&none).as_str()), (Some(0), ""));
        fs::create_dir_all(office.inbox("2020-09")).unwrap();
        fs::write(office.inbox("2020-09").join("Thumbs.db"), "x").unwrap();
    }
    office.receives("2020-09");
    assert_eq!(office.at("2020-09-10T12:00:00", &new).status.code(), Some(1));
    assert_eq!(office.at("2020-09-10T14:00:00", &new).status.code(), Some(1));
    assert_eq!(office.runs("2020-09"), 1);
    let why: Vec<Value> = office.logged("no-run").iter().map(|line| line["why"].clone()).collect();
    assert_eq!(why, ["nothing-new"]);
}

#[test]
fn the_log_says_who_ran_what_how_long_it_took_and_why_nothing_was_run() {
    let office = Office::new(SCHEDULE, &["2020-08"]);
    let run = ["run", "--period", "2020-08", "-v"];
    let told = office.at("2020-09-03T23:30:00", &run);
    assert!(said(&told).contains("读取 6 个文件："), "{}", said(&told));
    let began = office.logged("began");
    assert_eq!(began[0]["period"], "2020-08");
    assert!(began[0]["user"].as_str().is_some_and(|user| !user.is_empty()), "{began:?}");
    let stages = office.logged("stage");
    let names: Vec<&str> = stages.iter().map(|line| line["stage"].as_str().unwrap()).collect();
    assert_eq!(names, ["taking-in", "reading", "reconciling", "writing", "publishing", "keeping"]);
    assert!(stages.iter().all(|line| line["seconds"].as_f64().is_some()));
    assert_eq!(office.logged("published").len(), 1);
    // Days begin where the office is.
    assert!(office.0.path().join("archive/p/log/2020-09-03.jsonl").is_file());
    assert_eq!(began[0]["timestamp"].as_str().unwrap()[..19], *"2020-09-03T23:30:00");
    fs::remove_dir_all(office.inbox("2020-08")).unwrap();
    office.at("2020-09-04T00:30:00", &run);
    assert_eq!(office.logged("no-run")[0]["why"], "no-inbox");
    assert!(office.0.path().join("archive/p/log/2020-09-04.jsonl").is_file());
    // The log is nothing odd in an archive, and one that was named is a file.
    let listed = office.at("2020-09-05T00:30:00", &["history", "verify"]);
    assert!(!said(&listed).contains("log"), "{}", said(&listed));
    let path = office.0.path().join("my.jsonl");
    office.at(
        "2020-09-06T00:30:00",
        &["run", "--period", "2020-08", "--log", &path.to_string_lossy()],
    );
    assert!(fs::read_to_string(&path).unwrap().contains("no-inbox"));
    // Nothing depends on it.
    office.receives("2020-08");
    let nowhere =
        office.at("2020-09-07T00:30:00", &["run", "--period", "2020-08", "--log", "/dev/full"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(said(&nowhere).contains("日志"), "{}", said(&nowhere));
}

#[cfg(unix)]
#[test]
fn a_program_is_started_afterwards_and_not_waited_for_for_ever() {
    let finish = r#"[run]
on_finish = ["sh", "-c", "cat > finished.json; env | grep ^DUIBIAO_ | sort > finished.env; echo told"]
"#;
    let office = Office::new(finish, &["2020-08"]);
    let run = office.at("2020-09-03T08:30:00", &["run", "--period", "2020-08"]);
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert_eq!(
        String::from_utf8_lossy(&run.stdout).lines().count(),
        1,
        "the name of the run alone"
    );
    assert!(said(&run).contains("told"));
    let folder = office.0.path().join("pipelines");
    let summary: Value =
        serde_json::from_slice(&fs::read(folder.join("finished.json")).unwrap()).unwrap();
    assert_eq!(
        (&summary["outcome"], &summary["verdict"]),
        (&"published".into(), &"findings".into())
    );
    assert!(Path::new(summary["workbook"].as_str().unwrap()).is_file());
    let variables = fs::read_to_string(folder.join("finished.env")).unwrap();
    for variable in ["DUIBIAO_STATUS=1", "DUIBIAO_PERIOD=2020-08", "DUIBIAO_MANDATORY=10"] {
        assert!(variables.lines().any(|line| line == variable), "{variables}");
    }
    fs::remove_dir_all(office.inbox("2020-08")).unwrap();
    assert_eq!(
        office.at("2020-09-03T09:30:00", &["run", "--period", "2020-08"]).status.code(),
        Some(2)
    );
    let variables = fs::read_to_string(folder.join("finished.env")).unwrap();
    assert!(variables.contains("DUIBIAO_OUTCOME=failed") && variables.contains("DUIBIAO_STATUS=2"));
    // One that never ends is ended, with what it started.
    let slow =
        "[run]\non_finish = [\"sh\", \"-c\", \"sleep 60 & sleep 60\"]\non_finish_seconds = 1\n";
    let office = Office::new(slow, &["2020-08"]);
    let began = std::time::Instant::now();
    let run = office.at("2020-09-03T08:30:00", &["run", "--period", "2020-08"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(
        said(&run).contains("1 秒没有结束") && began.elapsed().as_secs() < 40,
        "{}",
        said(&run)
    );
    let missing = Office::new("[run]\non_finish = [\"no-such-program\"]\n", &["2020-08"]);
    let run = missing.at("2020-09-03T08:30:00", &["run", "--period", "2020-08"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(said(&run).contains("启动不了"), "{}", said(&run));
}

#[test]
fn faults_of_the_schedule_are_told_with_their_lines() {
    let faulty = r#"[archive]
keep = 0
[run]
zone = "Mars/Base"
working_day = 30
at = "25:00"
every = "7h"
holidays = ["2020-10-08/2020-10-01"]
[outbox]
from = "nobody"
[outbox.mail]
host = "localhost"
user = "me"
[[outbox.webhook]]
name = "群"
form = "wecom"
"#;
    let office = Office::new(faulty, &[]);
    let run = office.at("2020-09-03T08:30:00", &["run", "--period", "2020-08"]);
    assert_eq!(run.status.code(), Some(2));
    let told = said(&run);
    for word in [
        "keep",
        "Mars/Base",
        "30",
        "25:00",
        "7h",
        "2020-10-08/2020-10-01",
        "nobody",
        "password_file",
        "url_file",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

fn shown(office: &Office, scheduler: &str) -> Value {
    let shown = office
        .at("2020-09-03T08:30:00", &["schedule", "show", "--for", scheduler, "--format", "json"]);
    assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
    serde_json::from_slice(&shown.stdout).unwrap()
}

/// Runs a checker of the system; none where it is not at hand.
fn checked(program: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    Command::new(program).args(arguments).env("XDG_RUNTIME_DIR", folder).output().ok()
}

#[test]
fn schedulers_understand_what_they_are_told() {
    let office = Office::new(SCHEDULE, &[]);
    let folder = tempfile::tempdir().unwrap();
    let systemd = shown(&office, "systemd");
    let mut timers = Vec::new();
    for file in systemd["files"].as_array().unwrap() {
        let path = folder.path().join(file["name"].as_str().unwrap());
        fs::write(&path, file["text"].as_str().unwrap()).unwrap();
        if path.extension().is_some_and(|extension| extension == "timer") {
            timers.push(path.to_string_lossy().into_owned());
        }
    }
    assert_eq!(timers.len(), 2);
    let mut verify = vec!["verify", "--user"];
    verify.extend(timers.iter().map(String::as_str));
    if let Some(verified) = checked("systemd-analyze", &verify, folder.path()) {
        assert!(verified.status.success() && verified.stderr.is_empty(), "{}", said(&verified));
    }
    let windows = shown(&office, "windows");
    let schema = root().join("fixtures/schedule/task.xsd").to_string_lossy().into_owned();
    for file in windows["files"].as_array().unwrap() {
        let path = folder.path().join(file["name"].as_str().unwrap());
        let text = file["text"].as_str().unwrap();
        let bytes: Vec<u8> =
            std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        fs::write(&path, bytes).unwrap();
        let path = path.to_string_lossy().into_owned();
        let arguments = ["--noout", "--schema", &schema, &path];
        if let Some(valid) = checked("xmllint", &arguments, folder.path()) {
            assert!(valid.status.success(), "{}", said(&valid));
        }
    }
    let cron = shown(&office, "cron");
    let lines: Vec<&str> =
        cron["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(
        lines[1].contains("--period last --due") && lines[2].contains("--period this --if-new")
    );
    let status = office.at("2020-09-03T08:30:00", &["schedule", "status", "--for", "cron"]);
    let stands = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(stands.contains("2020-10-12") && stands.contains("到期未做：2020-08"), "{stands}");
}

#[test]
fn files_that_are_still_changing_are_waited_for() {
    let office = Office::new("", &["2020-08"]);
    let path = office.0.path().join("pipelines/p.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("[intake]\n", "[intake]\nsettle = \"1s\"\n", 1)).unwrap();
    let sheet = fs::read_dir(office.inbox("2020-08")).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&sheet).unwrap();
    let half = whole.len() / 2;
    fs::write(&sheet, &whole[..half]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(600));
            fs::write(&sheet, &whole).unwrap();
        });
        let run = office.at("2020-09-03T08:30:00", &["run", "--period", "2020-08", "-v"]);
        assert_eq!(run.status.code(), Some(1), "{}", said(&run));
        assert!(
            said(&run).contains("必须更正 10 处") && said(&run).contains("静下来"),
            "{}",
            said(&run)
        );
    });
}

#[test]
fn retention_keeps_the_last_runs_and_every_link() {
    let office = Office::new("[archive]\nkeep = 2\n", &["2020-08"]);
    for day in 3..7 {
        let run = office
            .at(&format!("2020-09-0{day}T08:30:00"), &["run", "--period", "2020-08", "--no-data"]);
        assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    }
    assert_eq!(office.runs("2020-08"), 2);
    let verified = office.at("2020-09-07T08:30:00", &["history", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    assert!(said(&verified).contains("2 个批次已按保留规则清理"), "{}", said(&verified));
    let record = fs::read_to_string(office.0.path().join("archive/p/.chain.jsonl")).unwrap();
    assert_eq!(record.lines().filter(|line| line.contains("\"removed\"")).count(), 2, "{record}");
    // Numbers go on, and the last run stays whatever is asked for.
    office.at("2020-09-08T08:30:00", &["run", "--period", "2020-08", "--no-data"]);
    assert!(office.0.path().join("archive/p/2020-08/05").is_dir());
    let pruned = office.at("2020-09-08T09:30:00", &["history", "prune", "--keep", "1"]);
    assert_eq!(String::from_utf8_lossy(&pruned.stdout), "2020-08/04\n", "{}", said(&pruned));
    assert_eq!((office.runs("2020-08"), office.logged("pruned").len()), (1, 4));
    let none = office.at("2020-09-08T09:30:00", &["history", "prune", "--keep", "0"]);
    assert_eq!(none.status.code(), Some(2));
    assert_eq!(office.at("2020-09-09T08:30:00", &["history", "verify"]).status.code(), Some(0));
    // What was taken away by hand is still told.
    fs::remove_dir_all(office.0.path().join("archive/p/2020-08/05")).unwrap();
    assert_eq!(office.at("2020-09-09T08:30:00", &["history", "verify"]).status.code(), Some(1));
}

#[test]
fn what_changed_between_two_runs_is_told() {
    let office = Office::new("", &["2020-08"]);
    let run = ["run", "--period", "2020-08", "--no-data"];
    office.at("2020-09-03T08:30:00", &run);
    office.at("2020-09-03T09:30:00", &run);
    let mut sheets = fs::read_dir(office.inbox("2020-08")).unwrap().map(|one| one.unwrap().path());
    let sheet = sheets.find(|path| path.extension().is_some_and(|kind| kind == "xls")).unwrap();
    fs::remove_file(&sheet).unwrap();
    office.at("2020-09-04T08:30:00", &run);
    let diff =
        |more: &[&str]| office.at("2020-09-05T08:30:00", &[&["history", "diff"], more].concat());
    let same = diff(&["2020-08/01", "2020-08/02"]);
    assert!(String::from_utf8_lossy(&same.stdout).contains("没有变动"), "{same:?}");
    let other = diff(&["2", "3", "--period", "202008"]);
    let told = String::from_utf8_lossy(&other.stdout).into_owned();
    let name = sheet.file_name().unwrap().to_string_lossy().into_owned();
    for words in [&*format!("文件 {name}：不再有"), "报送数", "不再出现：", "新出现："]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let data = diff(&["2020-08/02", "2020-08/03", "--format", "json"]);
    let data: Value = serde_json::from_slice(&data.stdout).unwrap();
    assert_eq!((&data["schema"], &data["same_plan"]), (&"duibiao.diff/1".into(), &true.into()));
    for wrong in [["2020-08/01", "2020-08/09"], ["x", "y"], ["1", "2"]] {
        assert_eq!(diff(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}

/// A file that holds the rows of all units and is the later one counts, and does so again when the run is
/// repeated, though what is kept of the files are copies.
#[test]
fn what_counted_for_its_time_counts_again() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    let case = root().join("fixtures/cases/one-cause-other-cells");
    for file in ["pipeline.toml", "plan.csv"] {
        fs::copy(case.join(file), at.join(file)).unwrap();
    }
    let inbox = at.join("inbox/2021-05");
    copied(&case.join("inbox/2021-05"), &inbox);
    let of_units = ["松岭县", "云溪区"].map(|unit| inbox.join(format!("{unit}.csv")));
    let [one, other] = of_units.map(|path| fs::read_to_string(path).unwrap());
    let all = inbox.join("汇总.csv");
    fs::write(&all, format!("{one}{}", other.split_once('\n').unwrap().1)).unwrap();
    let later = SystemTime::now() + Duration::from_hours(1);
    fs::File::options().append(true).open(&all).unwrap().set_modified(later).unwrap();
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duibiao"));
        command.current_dir(at).env("LC_ALL", "zh_CN.UTF-8").args(arguments);
        command.args(["--archive", "archive"]).output().unwrap()
    };
    let run = program(&["run", "pipeline.toml", "--period", "2021-05"]);
    let report = at.join("archive/pipeline/2021-05/01/report.json");
    let report: Value = serde_json::from_slice(&fs::read(report).expect("a report")).unwrap();
    let files = report["files"].as_array().unwrap();
    let superseded = files.iter().filter(|file| file["standing"] == "superseded").count();
    assert_eq!(superseded, 2, "{files:?} {run:?}");
    let replay = ["history", "replay", "2021-05/01", "--pipeline", "pipeline.toml"];
    let again = program(&replay);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
}

#[test]
fn a_run_that_was_changed_does_not_repeat() {
    let office = Office::new("[archive]\nkeep = 1\n", &["2020-08"]);
    office.at("2020-09-03T08:30:00", &["run", "--period", "2020-08"]);
    office.at("2020-09-04T08:30:00", &["run", "--period", "2020-08"]);
    let replay = || office.at("2020-09-05T08:30:00", &["history", "replay", "2020-08/02"]);
    // The run before has been let go; its link is all that is needed of it.
    let repeated = replay();
    assert_eq!(repeated.status.code(), Some(0), "{repeated:?}");
    let inputs = office.0.path().join("archive/p/2020-08/02/inputs/sheets");
    let sheet = fs::read_dir(inputs).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(sheet).unwrap();
    let changed = replay();
    assert_eq!(changed.status.code(), Some(1), "{changed:?}");
    assert!(String::from_utf8_lossy(&changed.stdout).contains("report.json"), "{changed:?}");
}
