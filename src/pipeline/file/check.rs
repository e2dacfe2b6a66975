//! What must agree: `[check]` with its comparisons, rules and statements.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::Severity;

/// What must agree.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Check {
    pub compare: Vec<Compare>,
    /// What units must report of every task.
    pub report: Vec<Demand>,
    pub rule: Vec<Rule>,
    pub statement: Vec<Statement>,
    /// Sums that must not fall from one period to the next.
    pub cumulative: Option<Cumulative>,
    pub overdue: Option<Overdue>,
}

/// A column that is compared with the plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    pub field: String,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The largest difference that is no finding, as a decimal in the column's unit.
    #[serde(default)]
    pub tolerance: Option<String>,
}

/// A reported column that may not be blank.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    pub field: String,
    /// `always`, `due` (once the task's deadline has passed), or a condition over the row, written
    /// as rules are, such as `funds > 0`.
    #[serde(default = "always")]
    pub when: String,
    #[serde(default)]
    pub severity: Option<Severity>,
}

fn always() -> String {
    "always".to_owned()
}

/// Cumulative columns: their names alone, or with the span in which they add up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Cumulative {
    Fields(Vec<String>),
    Within(CumulativeWithin),
}

/// Cumulative columns, and where their sums begin anew.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CumulativeWithin {
    pub fields: Vec<String>,
    #[serde(default)]
    pub within: Span,
}

/// How long a cumulative figure goes on adding up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// It begins anew with the year.
    Year,
    /// It never begins anew.
    #[default]
    Whole,
}

/// An equation or a limit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What reports and the identity of findings know the rule by; its title where none is given.
    /// With a name, the title may be re-worded and findings are followed all the same.
    #[serde(default)]
    pub name: Option<String>,
    /// What the rule is called in messages.
    pub title: String,
    /// Names, numbers, percentages, quoted texts, `sum(f)`, `count(condition)`, `previous(f)` (what
    /// was reported in the period before), `+ - * /` with one side constant or a ratio of two
    /// sums, `= != <= < >= >`, `and`, `if … then …`. A chain such as `0 <= progress <= 100` means
    /// all its parts.
    pub rule: String,
    #[serde(default)]
    pub over: Over,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// By how much a comparison may fail and still hold: `"0.01"`, in the unit of what is compared,
    /// or `"1%"` of its right side.
    #[serde(default)]
    pub tolerance: Option<String>,
    /// Until this period the rule is on trial: reported, not counted.
    #[serde(default)]
    pub trial_until: Option<String>,
    /// The first period in which the rule is in force.
    #[serde(default)]
    pub from: Option<String>,
    /// The last period in which it is.
    #[serde(default)]
    pub to: Option<String>,
}

/// What a rule is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    #[default]
    Row,
    Unit,
    Whole,
}

/// A sentence of the plan's own paragraph.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The ways in which the sentence is put, with `{name:amount}`, `{name:count}`, `{unit}` and
    /// `{text}` in it; the first that fits is taken.
    pub patterns: Vec<String>,
    /// Equations over the names of this and of earlier sentences.
    pub rules: Vec<String>,
    /// What each name claims to be, in words.
    #[serde(default)]
    pub titles: BTreeMap<String, String>,
}

/// When a task is overdue.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overdue {
    /// The month column of deadlines.
    pub deadline: String,
    /// The percent column of progress.
    pub progress: String,
}
