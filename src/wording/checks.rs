//! What is said of checks: their titles, and why they could not be made.

use crate::check::ledger::{Held, Reason};
use crate::pipeline::{Pipeline, Quantity};
use crate::reconcile::Remark;

/// Returns what a check is called.
pub fn held_title(held: Held, pipeline: &Pipeline) -> String {
    let title = |field: usize| pipeline.quantity_title(Quantity::Column(field));
    match held {
        Held::Standing => "是否报送".to_owned(),
        Held::Listed => "任务是否列入报送表".to_owned(),
        Held::Compare(field) => format!("{}与计划一致", title(field)),
        Held::Rule(rule) => pipeline.check.rules[rule].title.clone(),
        Held::Total(field) => format!("{}的表内合计", title(field)),
        Held::Statement(statement) => {
            let statement = &pipeline.check.statements[statement];
            let name = statement.name();
            let title = statement.titles.get(name).map_or(name, String::as_str);
            format!("计划文字说明：{title}")
        }
        Held::Overdue => "到期任务已完成".to_owned(),
        Held::Decreased(field) => format!("{}不少于上期", title(field)),
    }
}

/// Returns why a check could not be made.
pub fn reason_text(reason: Reason) -> &'static str {
    match reason {
        Reason::NoSubmission => "单位未报送",
        Reason::NotFilledIn => "报送表未填写",
        Reason::NoRow => "缺少该任务的行",
        Reason::NoColumn => "没有这一列",
        Reason::Blank => "空白",
        Reason::Unreadable => "无法读取",
        Reason::FirstCause => "所用的数另有差异",
        Reason::PlanFaulty => "计划本身有问题",
        Reason::DoubtfulPair => "对应关系存疑",
        Reason::NoPeriod => "未指定报送期",
        Reason::NoEarlierRun => "没有可比的上期",
        Reason::NotInForce => "规则不在执行期内",
        Reason::Excused => "零报告等已声明的情形",
    }
}

/// Returns what a reader should know about how a file was read.
pub fn remark_text(remark: Remark) -> String {
    match remark {
        Remark::SameBytes => "与另一个文件内容完全相同，只计一次",
        Remark::HiddenNotTold => "此格式不标明隐藏的行和列",
    }
    .to_owned()
}
