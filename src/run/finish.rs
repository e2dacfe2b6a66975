//! What is started when all is done: a program that gets the summary as variables and as JSON, and is not
//! waited for longer than it may take.

use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Left, RunError};
use crate::findings::Verdict;
use crate::model::{Language, Month};
use crate::pipeline::{Finish, Pipeline};
use crate::wording::log::Finished;

const SCHEMA: &str = "duibiao.summary/1";

/// What came of a request, for other programs.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub schema: &'static str,
    pub outcome: Outcome,
    pub pipeline: String,
    pub title: String,
    /// The pipeline file.
    pub pipeline_file: PathBuf,
    pub period: String,
    pub folder: Option<PathBuf>,
    pub workbook: Option<PathBuf>,
    pub verdict: Option<Verdict>,
    pub mandatory: Option<usize>,
    pub verify: Option<usize>,
    /// Findings of the plan itself.
    pub plan: Option<usize>,
    /// Why there is no result, in words.
    pub said: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Published,
    Failed,
}

impl Summary {
    fn of(pipeline: &Pipeline, period: Month, outcome: Outcome) -> Self {
        Self {
            schema: SCHEMA,
            outcome,
            pipeline: pipeline.name.clone(),
            title: pipeline.title.clone(),
            pipeline_file: whole(&pipeline.path),
            period: period.to_string(),
            folder: None,
            workbook: None,
            verdict: None,
            mandatory: None,
            verify: None,
            plan: None,
            said: Vec::new(),
        }
    }

    pub fn of_run(pipeline: &Pipeline, period: Month, left: &Left) -> Self {
        Self {
            folder: Some(whole(&left.folder)),
            workbook: Some(whole(&left.workbook)),
            verdict: Some(left.verdict),
            mandatory: Some(left.findings.mandatory),
            verify: Some(left.findings.verify),
            plan: Some(left.findings.plan),
            ..Self::of(pipeline, period, Outcome::Published)
        }
    }

    pub fn of_failure(
        pipeline: &Pipeline,
        period: Month,
        error: &RunError,
        language: Language,
    ) -> Self {
        Self { said: error.lines(language), ..Self::of(pipeline, period, Outcome::Failed) }
    }

    /// Returns the summary as variables; what is not known is empty.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let path = |path: &Option<PathBuf>| {
            path.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
        };
        let number = |number: Option<usize>| number.map(|n| n.to_string()).unwrap_or_default();
        let status = match (self.outcome, self.verdict) {
            (Outcome::Failed, _) | (_, None) => "2",
            (_, Some(Verdict::Findings)) => "1",
            (_, Some(Verdict::Agrees)) => "0",
        };
        let outcome = match self.outcome {
            Outcome::Published => "published",
            Outcome::Failed => "failed",
        };
        let verdict = match self.verdict {
            Some(Verdict::Agrees) => "agrees",
            Some(Verdict::Findings) => "findings",
            None => "",
        };
        vec![
            ("DUIBIAO_OUTCOME", outcome.to_owned()),
            ("DUIBIAO_STATUS", status.to_owned()),
            // The same variable names the pipeline file to this program.
            ("DUIBIAO_PIPELINE", self.pipeline_file.display().to_string()),
            ("DUIBIAO_NAME", self.pipeline.clone()),
            ("DUIBIAO_TITLE", self.title.clone()),
            ("DUIBIAO_PERIOD", self.period.clone()),
            ("DUIBIAO_FOLDER", path(&self.folder)),
            ("DUIBIAO_WORKBOOK", path(&self.workbook)),
            ("DUIBIAO_VERDICT", verdict.to_owned()),
            ("DUIBIAO_MANDATORY", number(self.mandatory)),
            ("DUIBIAO_VERIFY", number(self.verify)),
            ("DUIBIAO_PLAN", number(self.plan)),
            ("DUIBIAO_SAID", self.said.join("\n")),
        ]
    }
}

fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Starts the program and waits for it, no longer than it may take.
pub fn finish(finish: &Finish, summary: &Summary) -> Finished {
    let folder = summary.pipeline_file.parent().unwrap_or(Path::new("."));
    let program = Path::new(&finish.program);
    // A bare name is looked for where the system looks; a path begins at the pipeline file.
    let is_bare = matches!(program.components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    let program = if is_bare { program.to_owned() } else { folder.join(program) };
    let mut command = Command::new(program);
    command
        .args(&finish.arguments)
        .envs(summary.variables())
        .current_dir(folder)
        .stdin(Stdio::piped())
        // Our own standard output is for the name of the run.
        .stdout(std::io::stderr())
        .stderr(Stdio::inherit());
    in_a_group(&mut command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Finished::NotStarted(error.to_string()),
    };
    if let Some(mut input) = child.stdin.take() {
        let bytes = serde_json::to_vec(summary).unwrap_or_default();
        // It need not read any of it, and is not waited for while it does not.
        let _ = thread::Builder::new().spawn(move || input.write_all(&bytes));
    }
    let until = Instant::now() + Duration::from_secs(u64::from(finish.seconds));
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Finished::Done,
            Ok(Some(status)) => return Finished::Failed(status.to_string()),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                end(&mut child);
                return Finished::Ended(finish.seconds);
            }
            Err(error) => return Finished::Failed(error.to_string()),
        }
    }
}

/// What it starts in turn is ended with it.
#[cfg(unix)]
fn in_a_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn in_a_group(_: &mut Command) {}

#[cfg(unix)]
fn end(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(not(unix))]
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
