//! The pipeline file as written: one struct a section, in the order of the stages.
//!
//! Nothing is checked here beyond what the types say; `compile` turns this into a `Pipeline`.
//! The JSON Schema of the file is made from these structs, and so is the search for unknown
//! keys (`document`), so a key that is documented here is a key that is accepted.

mod afterwards;
mod check;
mod intake;
mod matching;
mod normalise;
mod results;

use schemars::JsonSchema;
use serde::Deserialize;

pub use super::column_type::{ColumnType, DecimalMark};
pub use afterwards::{Archive, Form, Mail, Outbox, Recipient, Run, Security, Webhook};
pub use check::{
    Check, Compare, Cumulative, CumulativeWithin, Demand, Over, Overdue, Rule, Span, Statement,
};
pub use intake::{Intake, Plan, Read};
pub use matching::{Matching, Pairing, Roster, Unit};
pub use normalise::{
    Across, Choice, Column, Derive, Lexicon, Normalise, Of, Table, UnitStands,
    default_not_applicable, default_totals,
};
pub use results::{Accept, Findings, MoneySource, PageName, Paper, Rate, Waiver, Workbook};

/// A plan, the sheets that report on it, and what must agree.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What is reconciled, as the workbook's readers should see it.
    pub title: String,
    pub intake: Intake,
    #[serde(default)]
    pub read: Read,
    pub normalise: Normalise,
    #[serde(default)]
    pub lexicon: Lexicon,
    #[serde(default)]
    pub roster: Roster,
    pub matching: Matching,
    #[serde(default)]
    pub check: Check,
    #[serde(default)]
    pub findings: Findings,
    #[serde(default)]
    pub workbook: Workbook,
    #[serde(default)]
    pub archive: Archive,
    pub outbox: Option<Outbox>,
    #[serde(default)]
    pub run: Run,
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
