//! Who must submit, and how rows are paired with tasks: `[roster]` and `[matching]`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::strings;

use crate::model::Month;

/// Who must submit, and which of several files counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Roster {
    /// The column that names the responsible unit; units come from the plan.
    pub column: Option<String>,
    /// Labels of the line that names the submitter.
    pub submitter: Vec<String>,
    /// Labels of the line that dates the sheet.
    pub filled_on: Vec<String>,
    /// Words in a file's name that make it count before others, strongest last.
    pub corrections: Vec<String>,
    /// Phrases of a sheet that has nothing to report.
    pub zero_report: Vec<String>,
    /// Whether each declared unit fills in all lines of the plan, whose figures are the sums of theirs.
    pub plan_is_sum: bool,
    /// Units, with other names that they have.
    pub unit: Vec<Unit>,
}

impl Default for Roster {
    fn default() -> Self {
        Self {
            column: None,
            submitter: strings(&[
                "填报单位",
                "报送单位",
                "申报单位",
                "编制单位",
                "填表单位",
                "上报单位",
                "汇总单位",
                "reporting unit",
                "submitting unit",
                "responsible unit",
            ]),
            filled_on: strings(&[
                "填报日期",
                "填表日期",
                "填报时间",
                "填表时间",
                "报送日期",
                "制表日期",
            ]),
            corrections: strings(&[
                "(2)", "(3)", "修订", "修改", "重报", "更正", "最终", "终稿", "定稿",
            ]),
            zero_report: strings(&["零报告", "零申报", "本期无发生", "本月无发生"]),
            plan_is_sum: false,
            unit: Vec::new(),
        }
    }
}

/// A unit that is also known by other names.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// How rows are paired with the plan's tasks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// The text columns that together say what a row is about.
    pub key: Vec<String>,
    /// The column of sequence numbers, where there is one.
    #[serde(default)]
    pub number: Option<String>,
    /// Whether several rows of one task are added up.
    #[serde(default)]
    pub roll_up: bool,
    /// Groups of words that mean the same.
    #[serde(default)]
    pub synonyms: Vec<Vec<String>>,
    /// Phrases that may be left out.
    #[serde(default)]
    pub droppable: Vec<String>,
    /// Pairs that a person has decided.
    #[serde(default)]
    pub pairing: Vec<Pairing>,
}

/// A decision about a doubtful row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pairing {
    pub unit: String,
    /// The row's text as submitted.
    pub submitted: String,
    /// The plan's text, or an empty text when the row is no task of the plan.
    pub task: String,
    #[serde(default)]
    pub decided_by: Option<String>,
    /// When it was decided in a workbook, which the pipeline file cannot say.
    #[serde(skip)]
    pub decided_in: Option<Month>,
}
