//! What is said of an archive: odd entries, and what the system does not let happen.

use std::io;
use std::path::Path;

use crate::model::words::{self, Language, Said};
use crate::model::{Odd, Oddity, SystemSaid};

/// Returns what the system said of a file, in both languages; rare causes in its own words.
pub fn system_said(said: &SystemSaid) -> Said {
    let (chinese, english) = match said.kind {
        io::ErrorKind::NotFound => ("没有这个文件或文件夹", "there is no such file or folder"),
        io::ErrorKind::PermissionDenied => ("没有权限", "permission denied"),
        io::ErrorKind::StorageFull => ("磁盘已满", "the disk is full"),
        io::ErrorKind::QuotaExceeded => ("超出磁盘配额", "the disk quota is used up"),
        io::ErrorKind::FileTooLarge => ("文件超出允许的大小", "the file is larger than allowed"),
        io::ErrorKind::ReadOnlyFilesystem => ("磁盘只读", "the disk is read-only"),
        io::ErrorKind::BrokenPipe => ("接收的一方已经关闭", "whoever read it has gone"),
        io::ErrorKind::NotADirectory => {
            ("路径中有一段不是文件夹", "a part of the path is no folder")
        }
        io::ErrorKind::AlreadyExists => {
            ("那里已有同名的东西", "something else of that name is there")
        }
        io::ErrorKind::IsADirectory => ("那里是一个文件夹", "a folder is in its place"),
        _ => return Said::new(said.words.clone(), said.words.clone()),
    };
    Said::new(chinese, english)
}

/// Says what was passed over in an archive, and why.
pub fn odd(odd: &Odd, language: Language) -> String {
    let path = odd.path.display();
    let said = match &odd.why {
        Oddity::Altered => Said::new(
            format!(
                "存档中的 {path} 与出具时不一样，仍按它现在的内容使用；请用 history verify 核对"
            ),
            format!(
                "{path} of the archive is not as it was published; what it says now is used all the same, see `history verify`"
            ),
        ),
        Oddity::NotRemoved(cause) => {
            let cause = system_said(cause);
            Said::new(
                format!("中断的核对留下的 {path} 删除不了（{}）；可以手工删除", cause.chinese),
                format!(
                    "{path}, left by a run that was broken off, cannot be removed ({}); you may delete it",
                    cause.english
                ),
            )
        }
        why => {
            let why = passed_over(why);
            Said::new(
                format!("存档中的 {path} 已略过：{}", why.chinese),
                format!("{path} of the archive was passed over: {}", why.english),
            )
        }
    };
    match language {
        Language::Chinese => format!("{}。", said.chinese),
        Language::English => format!("{}.", said.english),
    }
}

/// Says that an answer was found and could not be handed out.
pub fn no_output(cause: &SystemSaid) -> Said {
    let cause = system_said(cause);
    Said::new(
        format!("标准输出写不进去（{}）；请检查接收输出的磁盘或程序", cause.chinese),
        format!(
            "standard output cannot be written ({}); check the disk or the program that takes it",
            cause.english
        ),
    )
}

/// Says where a run is whose folder could not be printed.
pub fn published_all_the_same(folder: &Path, language: Language) -> String {
    let folder = folder.display();
    match language {
        Language::Chinese => format!("批次已经出具，内容完整，在 {folder}。"),
        Language::English => format!("The run is published and whole, in {folder}."),
    }
}

/// Says which runs were let go.
pub fn pruned(runs: &[String]) -> Said {
    if runs.is_empty() {
        return Said::new("没有要清理的批次。", "There is no run to let go.");
    }
    Said::new(
        format!(
            "按保留规则清理了批次 {}；它们在链上的记录保留。",
            words::list(runs, Language::Chinese)
        ),
        format!(
            "Let go by retention: {}; their links in the chain stay.",
            words::list(runs, Language::English)
        ),
    )
}

fn passed_over(why: &Oddity) -> Said {
    match why {
        Oddity::Stray | Oddity::Altered | Oddity::NotRemoved(_) => {
            Said::new("不是本程序存放的东西", "nothing of this program's")
        }
        Oddity::NoFolder => {
            Said::new("应是文件夹，却是一个文件", "a file where a folder should be")
        }
        Oddity::NoRegularFile => Said::new(
            "是链接、管道或设备，不予读取",
            "a link, a pipe or a device, which is not read",
        ),
        Oddity::TooLarge(bytes) => Said::new(
            format!("有 {bytes} 字节，大得不可能是本程序写的"),
            format!("{bytes} bytes, more than this program would have written"),
        ),
        Oddity::NumberWrittenOtherwise => Said::new(
            "批次号不是这样写的；它的号码不再使用",
            "the number of a run is not written so; its number is not used again",
        ),
        Oddity::NoReport => Said::new(
            "里面没有 report.json；它的号码不再使用",
            "there is no report.json in it; its number is not used again",
        ),
        Oddity::Garbled(cause) => Said::new(
            format!("内容已损坏（{cause}）；请从备份恢复"),
            format!("its content is damaged ({cause}); restore it from a backup"),
        ),
        Oddity::Unreadable(cause) => {
            let cause = system_said(cause);
            Said::new(
                format!("读不出来（{}）", cause.chinese),
                format!("it cannot be read ({})", cause.english),
            )
        }
        Oddity::LaterVersion(form) => Said::new(
            format!("由本程序的更新版本写成（{form}）；请更新本程序"),
            format!("written by a later version of this program ({form}); update the program"),
        ),
        Oddity::Foreign(whose) => Said::new(
            format!("属于别的核对方案或报送期（{whose}）"),
            format!("of another pipeline or period ({whose})"),
        ),
        Oddity::NoNumber(text) => Said::new(
            format!("其中的“{text}”不是批次号；批次号改按现有文件夹接续"),
            format!(
                "`{text}` in it is no number of a run; numbers go on from the folders that are there"
            ),
        ),
    }
}
