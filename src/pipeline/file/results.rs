//! What becomes of findings, and how the workbook looks: `[findings]` and `[workbook]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::strings;

use crate::model::{Kind, Severity};

/// What becomes of findings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Findings {
    /// Severities by kind, where they differ from the default.
    pub severity: BTreeMap<Kind, Severity>,
    /// Phrases that explain nothing.
    pub empty_explanations: Vec<String>,
    /// Who closes a finding that is to be explained: the clerk who accepts the answer, or the
    /// answer itself.
    pub accept: Accept,
    pub waiver: Vec<Waiver>,
}

/// What closes a finding that is to be explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accept {
    /// A decision in the consolidated workbook.
    #[default]
    ByDecision,
    /// Every answer that is not empty words.
    ByAnswer,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            severity: BTreeMap::new(),
            empty_explanations: strings(&[
                "核实无误",
                "已核实",
                "经核实无误",
                "无误",
                "属实",
                "情况属实",
                "已核对",
                "无",
                "正常",
                "收到",
                "已收到",
                "好的",
                "好",
                "已阅",
                "阅",
                "知悉",
                "已知悉",
                "同意",
                "是",
                "没有",
                "没有问题",
                "没问题",
                "是的",
                "嗯",
                "确认",
                "已确认",
                "知道了",
                "了解",
                "已了解",
                "已处理",
                "处理中",
                "已改",
                "已更正",
                "已修改",
                "情况属实无误",
                "核对无误",
                "经核对无误",
                "ok",
            ]),
            accept: Accept::default(),
            waiver: Vec::new(),
        }
    }
}

/// An accepted difference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    pub unit: String,
    /// The plan's text of the task; all tasks of the unit when left out.
    #[serde(default)]
    pub task: Option<String>,
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub field: Option<String>,
    pub reason: String,
    pub approved_by: String,
    /// The last period in which it holds.
    #[serde(default)]
    pub expires: Option<String>,
}

/// How the workbook looks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Workbook {
    /// The workbook's file name and heading; `{period}` stands for the period.
    pub title: String,
    /// Who issues it.
    pub issued_by: Option<String>,
    /// Whom a unit should ask.
    pub contact: Option<String>,
    /// Day of the following month by which units answer their slips.
    pub reply_by_day: Option<u32>,
    /// Lines for ink at the foot of the first page.
    pub signatures: Vec<String>,
    /// The pages that come first, in this order; the others follow in theirs.
    pub pages: Vec<PageName>,
    /// Explanations that the list of findings offers; others may be written all the same.
    #[serde(default)]
    pub explanations: Vec<String>,
    /// Whether numbers of identity cards, mobile telephones and bank cards in texts are masked in
    /// the consolidated workbook, the printable page and the data tables. They stay in `inputs/`,
    /// and a unit's own slip shows what it sent.
    pub mask: bool,
    /// Amount columns whose plan and submitted sums the overview shows; the first one counts.
    pub overview: Vec<String>,
    /// The plan's sources of money, held against its rows.
    pub source: Vec<MoneySource>,
    /// The greatest paper that wide tables are printed on, across; all other pages take A4.
    pub paper: Paper,
    /// Shares of one amount column in another, which the overview shows for each unit. Where none is
    /// named: `received` of the first amount of `overview`, and `spent` of `received`, as far as the plan
    /// has such columns; an empty list shows none.
    pub rate: Option<Vec<Rate>>,
}

impl Default for Workbook {
    fn default() -> Self {
        Self {
            title: "核对汇总表{period}".to_owned(),
            issued_by: None,
            contact: None,
            reply_by_day: None,
            pages: Vec::new(),
            explanations: Vec::new(),
            mask: true,
            signatures: strings(&[
                "制表人",
                "复核人",
                "负责人",
                "联系电话",
                "单位（盖章）",
                "日期",
            ]),
            overview: Vec::new(),
            source: Vec::new(),
            paper: Paper::A3,
            rate: None,
        }
    }
}

/// Sizes of paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Paper {
    #[default]
    A4,
    A3,
}

/// A page of the consolidated workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PageName {
    /// 总览
    Overview,
    /// 差异清单
    Findings,
    /// 待定事项
    Pending,
    /// 汇总表
    Table,
    /// 分单位核对
    Units,
    /// 计划自查
    Plan,
    /// 核对范围
    Coverage,
    /// 更正前后
    Corrected,
    /// 变化情况
    Changes,
    /// 年度情况
    Year,
    /// 来源与守恒
    Sources,
    /// 口径说明
    Terms,
}

/// A share of one amount column in another: what has come in of what was planned.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub title: String,
    /// The column of the part.
    pub of: String,
    /// The column of the whole.
    pub to: String,
}

/// A source of money, for the table that holds the plan's paragraph against its rows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneySource {
    pub title: String,
    /// The name of a statement's figure, where the paragraph gives one.
    #[serde(default)]
    pub stated: Option<String>,
    /// What the rows give: columns and derived amounts, added and subtracted.
    pub rows: String,
}
