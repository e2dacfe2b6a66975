//! What is said in messages beside the letter itself, and of their sending.

use std::path::Path;

use crate::model::Month;
use crate::model::words::{self, Language, Said};

/// What a letter to a unit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// It has something to answer.
    Slip,
    /// It has sent nothing.
    Reminder,
}

/// The subject of a mail to a unit.
pub fn subject(about: About, unit: &str, period: Month, issued_by: Option<&str>) -> String {
    let (year, month) = (period.year, period.month);
    let what = match about {
        About::Slip => "报送表核实反馈，请答复",
        About::Reminder => "报送表尚未收到，请报送",
    };
    let by = issued_by.map_or_else(String::new, |office| format!("{office}："));
    format!("{by}{year}年{month}月{what}（{unit}）")
}

/// What a group is told of a result.
pub struct Result<'a> {
    pub title: &'a str,
    pub period: &'a str,
    pub run: &'a str,
    pub mandatory: usize,
    pub verify: usize,
    /// Units that have sent nothing.
    pub missing: &'a [String],
    pub workbook: &'a Path,
}

/// Returns what a group is told.
pub fn told(result: &Result<'_>) -> String {
    let Result { title, period, run, mandatory, verify, missing, .. } = result;
    let missing = if missing.is_empty() {
        String::new()
    } else {
        format!("\n未报：{}", words::short_list(missing, 20, Language::Chinese))
    };
    format!(
        "{title}\n报送期 {period}，批次 {run}：必须更正 {mandatory} 处，需要说明 {verify} 处。{missing}\n汇总工作簿：{}",
        result.workbook.display()
    )
}

/// Says how many messages went out.
pub fn sent(sent: usize) -> Said {
    Said::new(format!("发出消息 {sent} 条。"), format!("{} sent.", words::count(sent, "message")))
}

pub fn without_address(units: &[String]) -> Said {
    Said::new(
        format!(
            "没有登记地址、消息只写在 outbox 里的单位：{}。",
            words::short_list(units, 10, Language::Chinese)
        ),
        format!(
            "Without an address, their messages lie in outbox only: {}.",
            words::short_list(units, 10, Language::English)
        ),
    )
}

pub fn no_way(way: &str, why: &str) -> Said {
    Said::new(
        format!("“{way}”用不了（{why}），消息没有发出；下次核对时再发，也可以从 outbox 手工发。"),
        format!(
            "`{way}` cannot be used ({why}); nothing was sent that way. The next run tries again."
        ),
    )
}

pub fn not_taken(to: &str, why: &str) -> Said {
    Said::new(
        format!("发给 {to} 的消息没有发出（{why}）；下次核对时再发，也可以从 outbox 手工发。"),
        format!("The message to {to} was not taken ({why}); the next run tries again."),
    )
}

pub fn unknown(to: &str, why: &str) -> Said {
    Said::new(
        format!(
            "发给 {to} 的消息发到一半中断（{why}），不知是否已经收到；为免重复不再发，请与对方核实。"
        ),
        format!(
            "The message to {to} broke off ({why}) and may have arrived; it is not sent again, ask them."
        ),
    )
}

pub fn no_record(path: &Path, why: &str) -> Said {
    let path = path.display();
    Said::new(
        format!("发送记录 {path} 读写不了（{why}）；为免重复，消息没有发出。"),
        format!(
            "The record {path} cannot be kept ({why}); nothing was sent, so that nothing is sent twice."
        ),
    )
}

pub fn busy() -> Said {
    Said::new(
        "另一次核对正在用存档，消息没有发出；下次核对时再发。",
        "Another run is at work in the archive and nothing was sent; the next run does it.",
    )
}
