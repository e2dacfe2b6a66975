//! What a broken rule, or a sentence that disagrees with the rows, is told with.

use serde::{Deserialize, Serialize};

use super::finding::{Carried, Term};
use super::value::Value;

/// A broken equation or limit, with what it used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The name that the pipeline file gives the rule.
    pub name: String,
    pub rule: String,
    pub title: String,
    pub terms: Vec<Term>,
    /// What carries a limit over, where it is over many rows.
    pub carried: Vec<Carried>,
    /// Where it is told of many rows at once.
    #[serde(default)]
    pub together: Option<Box<Together>>,
}

/// Rows that break a rule, told at once, with the figures of the first of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    pub rows: usize,
    pub seq: Option<i64>,
    pub task: Option<String>,
    pub expected: Option<Value>,
    pub found: Option<Value>,
    pub difference: Option<i64>,
}

/// A sentence, what its figure claims to be, and what it was held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// The name of the figure in the pipeline file.
    pub name: String,
    pub sentence: String,
    pub claim: String,
    pub rule: String,
    pub terms: Vec<Term>,
}
