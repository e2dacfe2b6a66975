//! Corrections that a draft writes of its own and that its trial does not bear out: those of which nothing came, and lines
//! taken for sections or details although the printed sums speak against it. They are taken out again.

use super::printed::Sums;
use crate::model::Fact;
use crate::reconcile::Reconciliation;

/// What a correction of tables begins with.
const TABLE: &str = "[[normalise.table]]";

/// One key of a correction that a draft writes, with the comment above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As it stands in the draft, with the blank line above it.
    paragraph: String,
    /// Its only key and what it is set to.
    line: String,
}

impl Correction {
    /// Whether nothing came of it, or printed sums may be wrong because of it.
    pub fn is_doubted(&self, unused: &[String], sums: Sums) -> bool {
        let tells_rows = ["sections", "details"].iter().any(|key| self.line.starts_with(key));
        unused.contains(&self.line) || tells_rows && sums.wrong > 0
    }

    /// Returns a draft without it.
    pub fn taken_out(&self, draft: &str) -> String {
        draft.replacen(&self.paragraph, "", 1)
    }
}

/// Returns the corrections of a draft that consist of one key and hold for all sheets.
pub fn corrections(draft: &str) -> Vec<Correction> {
    let paragraphs = draft.split("\n\n");
    let one_key = |paragraph: &str| {
        let comment: usize = paragraph
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#'))
            .map(str::len)
            .sum();
        let mut lines = paragraph[comment..].lines();
        let begins = lines.next() == Some(TABLE);
        let line = lines.next().filter(|_| begins)?;
        // What stands where the doubts will is no part of it.
        let is_only = lines.all(|line| line.starts_with('#'));
        let end = comment + TABLE.len() + 1 + line.len();
        let paragraph = format!("\n{}\n", &paragraph[..end]);
        is_only.then(|| Correction { paragraph, line: line.to_owned() })
    };
    paragraphs.filter_map(one_key).collect()
}

/// Returns the corrections of tables of which nothing came in the plan, as the file writes them.
pub fn unused(reconciled: &Reconciliation<'_>) -> Vec<String> {
    let facts = reconciled.settled.iter().map(|settled| &settled.finding.fact);
    let unused = facts.filter_map(|fact| match fact {
        Fact::RuleUnused { what, .. } => Some(what.clone()),
        _ => None,
    });
    unused.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: &str = "[normalise]\nmoney = \"元\"\n\n# Why.\n[[normalise.table]]\nfill = [\"place\"]\n# Doubts\n\n[[normalise.table]]\nof = \"plan\"\nfill = [\"task\"]\n\n[roster]\n";

    #[test]
    fn a_correction_of_one_key_is_taken_out_with_its_comment() {
        let found = corrections(DRAFT);
        let [only] = found.as_slice() else { panic!("{found:?}") };
        let less = only.taken_out(DRAFT);
        assert!(!less.contains("Why") && !less.contains("place") && less.contains("task"));
        assert!(less.contains("元\"\n# Doubts\n\n[["));
    }

    #[test]
    fn it_is_doubted_where_nothing_came_of_it() {
        let fill = &corrections(DRAFT)[0];
        let sums = Sums { right: 1, wrong: 1 };
        assert!(!fill.is_doubted(&[], sums));
        assert!(fill.is_doubted(&["fill = [\"place\"]".to_owned()], sums));
    }
}
