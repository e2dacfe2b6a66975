//! What ends a run, in words for the person who started it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::elsewhere::NotBelieved;
use crate::archive::{CannotArchive, Holder, Means, Trouble};
use crate::extract::{BadLine, CannotWork};
use crate::findings::books::NotBalanced;
use crate::intake::CannotTakeIn;
use crate::model::Said;
use crate::model::finding::Refusal;
use crate::model::words::{self, Language};
use crate::pipeline::CannotLoad;
use crate::reconcile::CannotReconcile;
use crate::wording::{self, irregular_text, refusal_text};

/// Why there is no result.
#[derive(Debug)]
pub enum RunError {
    Pipeline(CannotLoad),
    Intake(CannotTakeIn),
    Workers(CannotWork),
    Archive(CannotArchive),
    /// No plan is in force in the period.
    NoPlan {
        period: String,
        first: String,
    },
    PlanUnreadable {
        path: PathBuf,
        refusal: Refusal,
    },
    /// The plan's file holds no task.
    PlanEmpty {
        path: PathBuf,
        missing: Vec<String>,
    },
    /// A file given with `--answers` is no workbook of ours.
    NoExplanations {
        path: PathBuf,
    },
    /// A workbook that was just written does not read back as it was meant.
    NotAsWritten {
        name: String,
        cause: String,
    },
    /// Lines given with `--extracts` are not what they should be.
    Extracts {
        path: PathBuf,
        why: NotBelieved,
    },
    /// The system starts no more threads.
    NoThreads,
    /// The program's own books do not balance.
    NotBalanced(NotBalanced),
    /// The program failed where it should not.
    Internal(String),
}

macro_rules! from {
    ($($error:ty => $variant:ident),+ $(,)?) => {
        $(impl From<$error> for RunError {
            fn from(error: $error) -> Self {
                RunError::$variant(error)
            }
        })+
    };
}

from!(
    CannotLoad => Pipeline,
    CannotTakeIn => Intake,
    CannotWork => Workers,
    CannotArchive => Archive,
    NotBalanced => NotBalanced,
);

impl From<CannotReconcile> for RunError {
    fn from(error: CannotReconcile) -> Self {
        match error {
            CannotReconcile::PlanUnreadable { file, refusal } => {
                RunError::PlanUnreadable { path: file.into(), refusal }
            }
            CannotReconcile::PlanEmpty { file, missing } => {
                RunError::PlanEmpty { path: file.into(), missing }
            }
            CannotReconcile::NotBalanced(error) => RunError::NotBalanced(error),
            CannotReconcile::Frames(error) => RunError::Internal(error.to_string()),
        }
    }
}

impl From<rust_xlsxwriter::XlsxError> for RunError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        RunError::Internal(error.to_string())
    }
}

impl RunError {
    /// Returns what the log calls it.
    pub fn name(&self) -> &'static str {
        match self {
            RunError::Pipeline(_) => "pipeline",
            RunError::Intake(CannotTakeIn::NoInbox(_)) => "no-inbox",
            RunError::Intake(CannotTakeIn::Empty { .. }) => "empty-inbox",
            RunError::Intake(_) => "intake",
            RunError::Workers(_) => "workers",
            RunError::Archive(CannotArchive::Locked { .. }) => "locked",
            RunError::Archive(_) => "archive",
            RunError::NoPlan { .. } => "no-plan",
            RunError::PlanUnreadable { .. } | RunError::PlanEmpty { .. } => "plan",
            RunError::NoExplanations { .. } => "answers",
            RunError::NotAsWritten { .. } => "not-as-written",
            RunError::Extracts { .. } => "extracts",
            RunError::NoThreads => "no-threads",
            RunError::NotBalanced(_) => "not-balanced",
            RunError::Internal(_) => "internal",
        }
    }

    /// Returns the lines to tell, most of them one.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if let RunError::Pipeline(CannotLoad::Faulty { path, faults }) = self {
            return faults
                .iter()
                .map(|fault| {
                    let said = fault.said.in_language(language);
                    let advice = fault.advice.in_language(language);
                    match language {
                        Language::Chinese => {
                            format!("{}:{}：{said}。{advice}", path.display(), fault.line)
                        }
                        Language::English => {
                            format!("{}:{}: {said}; {advice}", path.display(), fault.line)
                        }
                    }
                })
                .collect();
        }
        let prefix = match language {
            Language::Chinese => "错误：",
            Language::English => "error: ",
        };
        vec![format!("{prefix}{}", self.said().in_language(language))]
    }

    fn said(&self) -> Said {
        match self {
            RunError::Pipeline(CannotLoad::Unreadable { path, cause }) => {
                let [cause, cause_english] = in_words(cause);
                Said::new(
                    format!("核对方案 {} 读不出来（{cause}）；请检查路径", path.display()),
                    format!(
                        "the pipeline file {} cannot be read ({cause_english}); check the path",
                        path.display()
                    ),
                )
            }
            RunError::Pipeline(CannotLoad::Faulty { path, .. }) => Said::new(
                format!("核对方案 {} 有误", path.display()),
                format!("the pipeline file {} is faulty", path.display()),
            ),
            RunError::Intake(error) => of_intake(error),
            RunError::Workers(error) => of_workers(error),
            RunError::Archive(error) => of_archive(error),
            RunError::NoPlan { period, first } => Said::new(
                format!(
                    "{period} 没有执行中的计划，最早的一份从 {first} 起；请检查报送期或核对方案的 [[intake.plan]]"
                ),
                format!(
                    "no plan is in force in {period}, the first one is from {first}; check the period or `[[intake.plan]]`"
                ),
            ),
            RunError::PlanUnreadable { path, refusal } => Said::new(
                format!(
                    "计划文件 {} 没有读取：{}",
                    path.display(),
                    refusal_text(refusal, Language::Chinese)
                ),
                format!(
                    "the plan {} was not read: {}",
                    path.display(),
                    refusal_text(refusal, Language::English)
                ),
            ),
            RunError::PlanEmpty { path, missing } => {
                let (missing, missing_english) = if missing.is_empty() {
                    (String::new(), String::new())
                } else {
                    (
                        format!("，缺少列：{}", missing.join("、")),
                        format!(", columns not found: {}", missing.join(", ")),
                    )
                };
                Said::new(
                    format!(
                        "计划文件 {} 里没有找到任务{missing}；请检查列标题是否已在核对方案中登记",
                        path.display()
                    ),
                    format!(
                        "no task was found in the plan {}{missing_english}; check that its headings are declared",
                        path.display()
                    ),
                )
            }
            RunError::NoExplanations { path } => Said::new(
                format!(
                    "{} 不是本程序发出的核对汇总表或核实反馈表，读不出情况说明；请检查 --answers 所写的文件",
                    path.display()
                ),
                format!(
                    "{} is no consolidated workbook or slip of this program, so there are no explanations in it; check the file named with --answers",
                    path.display()
                ),
            ),
            RunError::NotAsWritten { name, cause } => Said::new(
                format!(
                    "写好的工作簿 {name} 读回来与结果不一致（{cause}），没有出具结果；请把输入文件交给程序维护人员"
                ),
                format!(
                    "the workbook {name} does not read back as it was written ({cause}), so there is no result; hand the inputs to the maintainers"
                ),
            ),
            RunError::Extracts { path, why } => {
                let why = not_believed(why);
                let path = path.display();
                Said::new(
                    format!(
                        "提取结果 {path} 不能使用（{}）；请用同一版本的程序和同一核对方案重新提取",
                        why.in_language(Language::Chinese)
                    ),
                    format!(
                        "the extracts in {path} cannot be used ({}); extract again with the same version of the program and the same pipeline file",
                        why.in_language(Language::English)
                    ),
                )
            }
            RunError::NoThreads => Said::new(
                "本机开不了新的线程，没有出具结果；请关掉一些程序再试",
                "this machine starts no more threads, so there is no result; close other programs and try again",
            ),
            RunError::NotBalanced(error) => Said::new(
                format!("程序自身的账不平（{error}），没有出具结果；请把输入文件交给程序维护人员"),
                format!(
                    "the program's own books do not balance ({error}), so there is no result; hand the inputs to the maintainers"
                ),
            ),
            RunError::Internal(cause) => Said::new(
                format!("程序内部出错（{cause}），没有出具结果；请把输入文件交给程序维护人员"),
                format!(
                    "the program failed ({cause}), so there is no result; hand the inputs to the maintainers"
                ),
            ),
        }
    }
}

/// Returns what the system said of a file, in both languages; rare causes in its own words.
fn in_words(cause: &io::Error) -> [String; 2] {
    let said = wording::archive::system_said(&cause.into());
    [said.chinese, said.english]
}

fn not_believed(why: &NotBelieved) -> Said {
    match why {
        NotBelieved::Unreadable(cause) => {
            let [cause, cause_english] = in_words(cause);
            Said::new(cause, cause_english)
        }
        NotBelieved::TooLong => Said::new("有一行超过读取上限", "a line is beyond the limits"),
        NotBelieved::Line(line) => {
            let chinese = match line {
                BadLine::NotALine(_) => "有一行不是提取结果",
                BadLine::OtherVersion(_) => "是另一版本的格式",
                BadLine::OtherProgram(_) => "是另一版本的程序做的",
                BadLine::OtherPipeline => "是按另一核对方案做的",
                BadLine::Unsealed => "校验码缺失或不符，内容被改动过或不完整",
            };
            Said::new(chinese, line.to_string())
        }
        NotBelieved::Contradiction => Said::new(
            "对同一个文件有两份不同的提取结果",
            "it holds two different extracts of one file",
        ),
        NotBelieved::Incomplete(files) => Said::new(
            format!("有 {files} 个文件的内容不完整"),
            format!("lines of {files} files are missing"),
        ),
        NotBelieved::NotAsRead(file) => Said::new(
            format!("与“{file}”的副本重新读取的内容不一致"),
            format!("the copy of “{file}” says something else"),
        ),
    }
}

fn of_workers(error: &CannotWork) -> Said {
    match error {
        CannotWork::NotStarted { cause, .. } => {
            let [cause, cause_english] = in_words(cause);
            Said::new(
                format!(
                    "本机起不了读取进程（{cause}），没有出具结果；请关掉一些程序再试，仍不行就重新安装本程序"
                ),
                format!(
                    "this machine cannot start a reading process ({cause_english}), so there is no result; close other programs and try again, or install this program again"
                ),
            )
        }
        CannotWork::NoWorker { answer, .. } => Said::new(
            format!("读取进程没有按约定回答（{answer}），没有出具结果；请重新安装本程序再试"),
            format!(
                "the reading process did not answer as agreed ({answer}), so there is no result; install the program again and try again"
            ),
        ),
        CannotWork::OtherPipeline => Said::new(
            "核对方案在核对过程中被改动，没有出具结果；请改好后再核对一次",
            "the pipeline file was changed while the run was made, so there is no result; run again",
        ),
        CannotWork::Ended { file, how } => Said::new(
            format!(
                "读取“{file}”的进程屡次被本机结束（{how}），没有出具结果；这不是该文件的问题：请检查本机内存是否够用（[read] memory_mib）、有无程序结束了它，再核对一次"
            ),
            format!(
                "this machine ended the process that read “{file}” again and again ({how}), so there is no result; this is no fault of the file: see whether there is memory enough (`[read] memory_mib`) and what ends it, and run again"
            ),
        ),
        CannotWork::CopyLost { file, how } => Said::new(
            format!("“{file}”的副本在本机读不出来（{how}），没有出具结果；请检查磁盘，再核对一次"),
            format!(
                "this machine cannot read the copy of “{file}” ({how}), so there is no result; check the disk and run again"
            ),
        ),
    }
}

fn of_intake(error: &CannotTakeIn) -> Said {
    match error {
        CannotTakeIn::WentAway(path) => Said::new(
            format!(
                "收件文件夹 {} 在核对过程中不见了，没有出具结果；请放回后再核对",
                path.display()
            ),
            format!(
                "the inbox {} went away while it was read, so there is no result; put it back and run again",
                path.display()
            ),
        ),
        CannotTakeIn::Empty { folder, left } => {
            let name = folder.display();
            let (chinese, english) = if left.is_empty() {
                (String::new(), String::new())
            } else {
                (
                    format!("（只有：{}）", words::short_list(left, 5, Language::Chinese)),
                    format!(" (only {})", words::short_list(left, 5, Language::English)),
                )
            };
            Said::new(
                format!(
                    "收件文件夹 {name} 里没有任何文件{chinese}，没有核对；请检查报送期和文件夹，确实没有单位报送时加上 --empty-inbox"
                ),
                format!(
                    "there is no file in the inbox {name}{english}, so no run was made; check period and folder, or say --empty-inbox where nobody has sent anything"
                ),
            )
        }
        CannotTakeIn::NothingToCheck(folder) => Said::new(
            format!("文件夹 {} 里没有要核对的文件", folder.display()),
            format!("there is no file to check in the folder {}", folder.display()),
        ),
        CannotTakeIn::IsArchive { inbox } => Said::new(
            format!(
                "{} 既是收件文件夹又是存档文件夹；请用 --inbox 或 --archive 分开",
                inbox.display()
            ),
            format!(
                "{} is both inbox and archive; tell them apart with --inbox or --archive",
                inbox.display()
            ),
        ),
        CannotTakeIn::NotAFile { path, what } => {
            let what = irregular_text(*what);
            Said::new(
                format!(
                    "{} 是{}，不是文件，没有打开；请改用普通文件",
                    path.display(),
                    what.in_language(Language::Chinese)
                ),
                format!(
                    "{} is {} and no file, and was not opened; name a regular file",
                    path.display(),
                    what.in_language(Language::English)
                ),
            )
        }
        CannotTakeIn::IsAFolder(path) => Said::new(
            format!("{} 是文件夹；请写明其中的文件", path.display()),
            format!("{} is a folder; name a file in it", path.display()),
        ),
        CannotTakeIn::NoInbox(path) => Said::new(
            format!(
                "找不到收件文件夹 {}；请建立该文件夹并放入各单位报送的表格，或用 --inbox 指定",
                path.display()
            ),
            format!(
                "there is no inbox folder {}; create it and put the sheets in, or name it with --inbox",
                path.display()
            ),
        ),
        CannotTakeIn::Unreadable { path, cause } => {
            let [cause, cause_english] = in_words(cause);
            Said::new(
                format!("{} 读不出来（{cause}）；请检查路径和权限", path.display()),
                format!(
                    "{} cannot be read ({cause_english}); check the path and its permissions",
                    path.display()
                ),
            )
        }
        CannotTakeIn::Uncopied { path, cause } => {
            let [cause, cause_english] = in_words(cause);
            Said::new(
                format!("无法写入 {}（{cause}）；请检查磁盘空间和权限", path.display()),
                format!(
                    "cannot write to {} ({cause_english}); check free space and permissions",
                    path.display()
                ),
            )
        }
    }
}

fn of_archive(error: &CannotArchive) -> Said {
    match error {
        CannotArchive::Locked { folder, holder } => {
            let folder = folder.display();
            let [who, who_english] = holder.as_ref().map(held_by).unwrap_or_default();
            Said::new(
                format!(
                    "另一次核对正在 {folder} 中进行{who}；请等它结束后再试，或用 --wait 10m 等候"
                ),
                format!(
                    "another run is at work in {folder}{who_english}; try again when it has finished, or wait for it with `--wait 10m`"
                ),
            )
        }
        CannotArchive::LockNotOurs(path) => Said::new(
            format!(
                "存档的锁 {} 是链接、文件夹或设备，不是本程序的文件；请查明来历后删除",
                path.display()
            ),
            format!(
                "the archive's lock {} is a link, a folder or a device and no file of this program; find out whose it is and delete it",
                path.display()
            ),
        ),
        CannotArchive::NoLock { path, cause } => {
            let [cause, cause_english] = in_words(cause);
            Said::new(
                format!(
                    "锁不上存档 {}（{cause}），为免两次核对互相覆盖，没有核对；请检查权限，或用 --archive 指定本机磁盘",
                    path.display()
                ),
                format!(
                    "the archive cannot be locked with {} ({cause_english}), and two runs at once might spoil each other; check the permissions, or name a folder on a disk of this machine with --archive",
                    path.display()
                ),
            )
        }
        CannotArchive::Unwritable { path, cause } => {
            let [cause, cause_english] = in_words(cause);
            Said::new(
                format!(
                    "无法写入存档 {}（{cause}）；请检查磁盘空间和权限，或用 --archive 指定别处",
                    path.display()
                ),
                format!(
                    "cannot write to the archive {} ({cause_english}); check free space and permissions, or name another with --archive",
                    path.display()
                ),
            )
        }
        CannotArchive::Unreadable { path, cause } => {
            let [cause, cause_english] = in_words(cause);
            Said::new(
                format!("存档 {} 读不出来（{cause}）；请检查路径和权限", path.display()),
                format!(
                    "the archive {} cannot be read ({cause_english}); check the path and its permissions",
                    path.display()
                ),
            )
        }
        CannotArchive::Odd(odd) => Said::new(
            wording::archive::odd(odd, Language::Chinese).trim_end_matches('。'),
            wording::archive::odd(odd, Language::English).trim_end_matches('.'),
        ),
        CannotArchive::Missing(path) => Said::new(
            format!("找不到存档 {}；请检查路径，或用 --archive 指定", path.display()),
            format!(
                "there is no archive {}; check the path, or name it with --archive",
                path.display()
            ),
        ),
    }
}

/// Who holds the lock, and since when, to be added to a sentence.
fn held_by(holder: &Holder) -> [String; 2] {
    let Holder { pid, since, .. } = holder;
    let by = match (holder.user.as_str(), holder.host.as_str()) {
        ("", "") => String::new(),
        ("", host) => host.to_owned(),
        (user, "") => user.to_owned(),
        (user, host) => format!("{user}@{host}"),
    };
    let (note, note_english) = match holder.by {
        Means::Lock => ("", ""),
        // Nobody can tell from here whether it is still at work.
        Means::Note => (
            "；这个文件夹不支持文件锁，如确知那次核对已经中断，请删除其中的 .running",
            "; the folder knows no locks: if you are sure that that run has broken off, delete `.running` in it",
        ),
    };
    [
        format!("（{by} 进程 {pid}，自 {since} 起）{note}"),
        format!(" ({by}, process {pid}, since {since}){note_english}"),
    ]
}

/// What is said while another run is waited for.
pub fn waiting_for(holder: Option<&Holder>, wait: Duration, language: Language) -> String {
    let [who, who_english] = holder.map(held_by).unwrap_or_default();
    let seconds = wait.as_secs();
    match language {
        Language::Chinese => format!("另一次核对正在进行{who}，最多等候 {seconds} 秒。"),
        Language::English => {
            format!("Another run is at work{who_english}; waiting for it for at most {seconds} s.")
        }
    }
}

/// What went wrong after a run was published.
pub fn after_publishing(trouble: &Trouble, run: &Path, language: Language) -> String {
    let [cause, cause_english] = in_words(&trouble.cause);
    let (path, run) = (trouble.path.display(), run.display());
    match language {
        Language::Chinese => format!(
            "批次 {run} 已经出具，内容完整；只是之后 {path} 没有写好（{cause}），下次核对会补上。"
        ),
        Language::English => format!(
            "The run {run} is published and whole; afterwards {path} could not be written ({cause_english}), which the next run makes up for."
        ),
    }
}
