//! What is said of checks: their titles, why they could not be made, and whether they are followed.

use super::speaker::Speaker;
use crate::check::ledger::{Held, Reason};
use crate::model::ColumnId;
use crate::model::words::Language;
use crate::pipeline::{Pipeline, Quantity};
use crate::reconcile::Remark;

/// Returns what a check is called.
pub fn held_title(held: Held, pipeline: &Pipeline) -> String {
    let title = |field: ColumnId| pipeline.quantity_title(Quantity::Column(field));
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
        Held::Report(field) => format!("{}已填报", title(field)),
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

/// Says that the findings of an earlier report cannot be followed, because its version makes their
/// identities in another way.
pub fn not_followed(period: &str, schema: &str, language: Language) -> String {
    match language {
        Language::Chinese => format!(
            "上一报送期（{period}）的报告是另一版本（{schema}），差异编号的算法不同：其中的数据仍用于比较，但上期的差异未能沿用，本期的差异都按新增计，上期写下的情况说明请重新填写。"
        ),
        Language::English => format!(
            "The report of the earlier period ({period}) is of another version ({schema}), which \
             makes the numbers of findings in another way: its figures are compared, its findings \
             are not followed; all findings count as new, and explanations have to be given again."
        ),
    }
}

impl Speaker<'_> {
    /// Checks that could not be made.
    pub(super) fn unchecked(&self, rule: &str, reason: &str, checks: usize) -> String {
        let reason = Reason::ALL.into_iter().find(|known| known.name() == reason);
        let why = reason.map_or("", reason_text);
        let rule = rule.split_once(':').map_or(rule, |(_, name)| name);
        let of_rule = self.pipeline.check.rules.iter().find(|known| known.name == rule);
        let title = of_rule.map(|known| known.title.clone());
        let title = title.or_else(|| self.pipeline.known_title(rule));
        let title = title.unwrap_or_else(|| rule.to_owned());
        let unit = self.finding.unit.as_deref().unwrap_or_default();
        let name = reason.map_or("", Reason::name);
        self.pick(
            format!("{unit}“{title}”应核对而未核对 {checks} 项：{why}。"),
            format!("{unit}: {checks} of “{title}” were owed and not made ({name})."),
        )
    }
}

/// Findings whose rule has ended.
pub fn lapsed(number: usize, language: Language) -> String {
    match language {
        Language::Chinese => {
            format!("另有上期的 {number} 处，所依据的规则已停止执行，本期不再核对，也不算已解决。")
        }
        Language::English => format!(
            "{number} more of the earlier period came of rules that are not in force any more; they are not held now, nor resolved."
        ),
    }
}

/// How many of the new findings are new because their rule is; nothing where none is.
pub fn of_new_rules(number: usize, language: Language) -> String {
    match (number, language) {
        (0, _) => String::new(),
        (_, Language::Chinese) => format!("（其中 {number} 处因规则新执行）"),
        (_, Language::English) => format!(" ({number} because the rule is new)"),
    }
}
