//! What findings that are told together say, as one hash.

use crate::findings::figures::bare_value;
use crate::model::{Finding, MoneyUnit, Value, fold, hash};

/// Returns the hash of what findings say: of which task and column, what was found and what is planned.
///
/// Where the rows stand does not enter: in another order they say the same.
pub fn of(findings: &[Finding], money: MoneyUnit) -> String {
    let mut said: Vec<String> = findings.iter().map(|finding| words(finding, money)).collect();
    said.sort_unstable();
    hash::sha256(said.join("\u{1e}").as_bytes())
}

fn words(finding: &Finding, money: MoneyUnit) -> String {
    let value = |value: &Value| match value {
        Value::Unreadable(_) => finding.typed.clone().unwrap_or_default(),
        other => bare_value(other, money),
    };
    let known = |held: &Option<Value>| held.as_ref().map(value).unwrap_or_default();
    let mut words = vec![
        finding.seq.map(|number| number.to_string()).unwrap_or_default(),
        finding.task.as_deref().map(fold::key).unwrap_or_default(),
        finding.field.clone().unwrap_or_default(),
        known(&finding.expected),
        known(&finding.found),
    ];
    let terms = finding.fact.broken().into_iter().flat_map(|broken| &broken.terms);
    words.extend(terms.map(|term| value(&term.value)));
    words.join("\u{1f}")
}
