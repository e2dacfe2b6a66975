//! What the printable page says beside what page one of the workbook says.

use super::pages::sign;
use crate::model::Severity;
use crate::model::words;

/// Where the parts of the page are reached from its head.
pub const CONTENTS: &str = "目录";
pub const BRIDGE_TABLE: &str = "逐单位、逐项目的勾稽";
pub const YEAR: &str = "年度情况（单位 × 报送期）";
pub const LIST: &str = "差异清单（必须更正和需要说明的）";
pub const NOTHING_LISTED: &str = "没有必须更正或需要说明的差异。";
pub const BARS: &str = "未了结的差异";
pub const WHERE: &str = "出处";
pub const WHAT: &str = "问题和办法";
pub const STATE: &str = "状态";
pub const ANSWER: &str = "情况说明和处理";

/// The marks by which weights are told without colour.
pub fn marked(severity: Severity) -> String {
    let duty = match severity {
        Severity::Mandatory => "必须更正",
        Severity::Verify => "需要说明",
        Severity::Note => "提示",
    };
    format!("{} {duty}", sign(severity))
}

/// What the colours of the year mean, in their order.
pub const COLOURS: [(&str, &str); 5] = [
    ("none", "没有未了结的差异"),
    ("verify", "有需要说明的"),
    ("mandatory", "有必须更正的"),
    ("silent", "没有报送或没有可核对的表"),
    ("unlisted", "该期计划没有这个单位"),
];

/// Where the workbook and the copies lie.
pub fn beside(workbook: &str) -> String {
    format!("本页与工作簿“{workbook}”同出一个批次；出处链接到该批次文件夹里报送文件的副本。")
}

/// A unit's bar in words.
pub fn bar(unit: &str, mandatory: usize, verify: usize) -> String {
    format!("{unit}：必须更正 {mandatory} 处，需要说明 {verify} 处")
}

/// How many findings the list holds.
pub fn listed(count: usize) -> String {
    format!("共 {} 处；提示性的见工作簿。", words::grouped(&count.to_string()))
}
