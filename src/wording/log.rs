//! What is said of a run on the way: its stages, why none was made, and what came of messages.

use crate::model::Month;
use crate::model::words::{self, Language, Said};

/// A stage of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for files that are still changing.
    Settling,
    TakingIn,
    Reading,
    Reconciling,
    Writing,
    Publishing,
    /// What was read is kept for the next run.
    Keeping,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Settling => "settling",
            Stage::TakingIn => "taking-in",
            Stage::Reading => "reading",
            Stage::Reconciling => "reconciling",
            Stage::Writing => "writing",
            Stage::Publishing => "publishing",
            Stage::Keeping => "keeping",
        }
    }
}

/// Says what a stage did, and how long that took.
pub fn stage(stage: Stage, things: usize, seconds: f64, language: Language) -> String {
    let (chinese, english) = match stage {
        Stage::Settling => {
            ("等候收件文件夹静下来".to_owned(), "waited for the inbox to settle".to_owned())
        }
        Stage::TakingIn => {
            (format!("收下 {things} 个文件"), format!("took in {}", words::count(things, "file")))
        }
        Stage::Reading => {
            (format!("读取 {things} 个文件"), format!("read {}", words::count(things, "file")))
        }
        Stage::Reconciling => {
            (format!("核对 {things} 项"), format!("made {}", words::count(things, "check")))
        }
        Stage::Writing => ("写出工作簿和报告".to_owned(), "wrote workbook and report".to_owned()),
        Stage::Publishing => ("存档".to_owned(), "published".to_owned()),
        Stage::Keeping => ("留存读取结果".to_owned(), "kept what was read".to_owned()),
    };
    match language {
        Language::Chinese => format!("{chinese}：{seconds:.2} 秒。"),
        Language::English => format!("{english}: {seconds:.2} s."),
    }
}

/// Says of how many files it was known what they say.
pub fn recalled(used: usize, read: usize) -> Said {
    Said::new(
        format!("{used} 个文件与以前读过的完全相同，沿用当时的读取结果；新读取 {read} 个。"),
        format!("{} known from earlier runs; {read} read.", words::count(used, "file")),
    )
}

/// Says that what was kept of some files was not as it was kept.
pub fn spoiled(files: usize) -> Said {
    Said::new(
        format!(
            "存档文件夹 cache 中有 {files} 份读取结果已损坏或被改动，相应的文件已重新读取，核对结果不受影响。"
        ),
        format!(
            "what was kept of {} in the archive's folder `cache` was damaged or altered; they were read anew, and the result is not affected",
            words::count(files, "file")
        ),
    )
}

/// Says that nothing that was kept was believed.
pub fn not_as_kept() -> Said {
    Said::new(
        "存档文件夹 cache 中的读取结果与报送表不符，已全部弃用，所有文件都重新读取，核对结果不受影响；请告知维护人员。",
        "what was kept in the archive's folder `cache` is not what the sheets say; none of it was used, all files were read anew, and the result is not affected; please tell whoever looks after the program",
    )
}

/// Says which files were still changing when waiting came to its end.
pub fn still_changing(files: &[String]) -> Said {
    Said::new(
        format!(
            "等候之后仍在变动的文件：{}；按现在的样子读取，读不全的会注明。",
            words::short_list(files, 5, Language::Chinese)
        ),
        format!(
            "Still changing after waiting: {}; they are read as they are, and what is not whole is told.",
            words::short_list(files, 5, Language::English)
        ),
    )
}

/// Says that a month is not due yet.
pub fn not_due(period: Month, working_day: u32, due_on: Option<&str>) -> Said {
    let (on, on_english) = due_on.map_or((String::new(), String::new()), |day| {
        (format!("（{day}）"), format!(", which is {day}"))
    });
    Said::new(
        format!("{period} 还没有到核对的日子：次月第 {working_day} 个工作日{on}起。"),
        format!(
            "{period} is not due yet: it is from working day {working_day} of the month after{on_english}."
        ),
    )
}

/// Says that a month that was missed is made up for.
pub fn caught_up(period: Month) -> Said {
    Said::new(
        format!("补做到期而没有核对的 {period}。"),
        format!("Making up for {period}, which was due and not run."),
    )
}

/// Says that a month that was missed has nothing to be made up from.
pub fn nothing_to_catch_up(period: Month, inbox: &str) -> Said {
    Said::new(
        format!("{period} 到期而没有核对，收件文件夹 {inbox} 里没有报送表，无从补做。"),
        format!(
            "{period} was due and not run; there is no sheet in its inbox {inbox} to make up for it."
        ),
    )
}

/// Says that nobody has sent anything yet.
pub fn nobody_yet(inbox: &str) -> Said {
    Said::new(
        format!("收件文件夹 {inbox} 里还没有报送表，没有核对。"),
        format!("There is no sheet in the inbox {inbox} yet; no run was made."),
    )
}

/// Says that the machine's clock stands before the last run.
pub fn clock_set_back(now: &str, run: &str, started: &str) -> Said {
    Said::new(
        format!("本机时间 {now} 早于存档中批次 {run} 的时间 {started}；请检查本机时钟"),
        format!(
            "the clock says {now}, which is before the run {run} of {started}; check the clock"
        ),
    )
}

/// Says that the log could not be written.
pub fn no_log(path: &str, cause: &Said) -> Said {
    Said::new(
        format!("日志 {path} 写不进去（{}）；核对不受影响。", cause.chinese),
        format!("The log {path} cannot be written ({}); the run is not affected.", cause.english),
    )
}

/// How the program that was to be started afterwards ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    Done,
    /// With another status than 0, as the system tells it.
    Failed(String),
    NotStarted(String),
    /// After so many seconds.
    Ended(u32),
}

/// Says how the program of `on_finish` ended; nothing where all is well.
pub fn finished(program: &str, how: &Finished) -> Option<Said> {
    let (chinese, english) = match how {
        Finished::Done => return None,
        Finished::Failed(status) => {
            (format!("没有成功（{status}）"), format!("did not succeed ({status})"))
        }
        Finished::NotStarted(cause) => {
            (format!("启动不了（{cause}）"), format!("could not be started ({cause})"))
        }
        Finished::Ended(seconds) => {
            (format!("{seconds} 秒没有结束，已被中止"), format!("was ended after {seconds} s"))
        }
    };
    Some(Said::new(
        format!(
            "核对之后要运行的程序 {program} {chinese}；核对结果不受影响，请检查 [run] on_finish。"
        ),
        format!(
            "The program {program} of `[run] on_finish` {english}; the result is not affected."
        ),
    ))
}
