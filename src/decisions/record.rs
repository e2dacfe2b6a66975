//! The record of everything that was answered and decided in Excel: its lines, and what they come to.
//!
//! A line is never changed; what is withdrawn is a line of its own. `archive` keeps them in
//! `decisions.jsonl`, each chained to the one before.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::findings::{Answer, Decided, Decision, Evidence, Figures, Origin, Written};
use crate::model::{CellAt, Month, fold, hash, hidden, stamp};

/// The contract's name and version.
pub const SCHEMA: &str = "duibiao.decision/1";
/// The hash that stands for the line before the first.
pub const BEFORE_ALL: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub schema: String,
    /// 1 for the first.
    pub number: u64,
    /// SHA-256 of the line before, without its line break.
    pub previous: String,
    /// The run that took it in, `2020-08/02`, and its period.
    pub run: String,
    pub period: Month,
    #[serde(flatten)]
    pub origin: Origin,
    /// SHA-256 of the file that it came in.
    pub sha256: String,
    pub sheet: String,
    pub cell: CellAt,
    #[serde(flatten)]
    pub stated: Stated,
}

/// What a person has stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Stated {
    /// Why a finding is as it is; an empty text withdraws what was said before.
    Answer {
        id: String,
        text: String,
        #[serde(default)]
        figures: Figures,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<Evidence>,
    },
    /// What becomes of a finding; no choice withdraws the one before.
    Decision {
        id: String,
        choice: Option<Decided>,
        opinion: String,
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Month>,
        #[serde(default)]
        figures: Figures,
    },
    /// That a finding is resolved: what was said of it is over, and does not speak for one that comes
    /// back.
    Resolved { id: String },
    /// Whether a row of a unit is a task of its; no choice withdraws the one before.
    Pairing {
        unit: String,
        submitted: String,
        /// Empty where the row is no task of the plan.
        task: String,
        choice: Option<Paired>,
        opinion: String,
        by: String,
    },
    /// That a heading is that of a column, by its name in the pipeline file.
    Heading { heading: String, field: String, choice: Option<Adopted>, opinion: String, by: String },
    /// Who signed the workbook of the period, for which figures; no name withdraws the signature.
    Signature { role: String, name: String, date: String, figures: String },
}

/// Whether a row and a task are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paired {
    Same,
    NotSame,
}

impl Paired {
    /// Returns the word of the pages.
    pub fn chinese(self) -> &'static str {
        match self {
            Paired::Same => stamp::SAME_TASK,
            Paired::NotSame => stamp::NOT_SAME_TASK,
        }
    }

    /// Returns the choice of that word.
    pub fn of(word: &str) -> Option<Self> {
        let choices = [Paired::Same, Paired::NotSame].into_iter();
        choices.into_iter().find(|choice| fold::key(choice.chinese()) == fold::key(word))
    }
}

/// That a heading counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adopted {
    Adopted,
}

/// What was decided about a row and a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    pub unit: String,
    pub submitted: String,
    pub task: String,
    pub choice: Paired,
    pub opinion: String,
    pub by: String,
    pub origin: Origin,
    /// When it was decided.
    pub period: Month,
}

/// A heading that was adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    pub heading: String,
    pub field: String,
    pub opinion: String,
    pub by: String,
    pub origin: Origin,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub role: String,
    pub name: String,
    pub date: String,
    /// The hash of the figures that were signed.
    pub figures: String,
    pub origin: Origin,
}

/// Unit, row and task of a pairing, folded.
pub type PairKey = (String, String, String);

/// What all that was stated comes to.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// By the finding's identity; what was withdrawn is there and says nothing.
    pub written: BTreeMap<String, Written>,
    pub pairings: BTreeMap<PairKey, Pairing>,
    /// By the heading's key.
    pub headings: BTreeMap<String, Heading>,
    /// By period and role.
    pub signatures: BTreeMap<(Month, String), Signature>,
    /// The run in which each finding was answered last.
    answered_in: BTreeMap<String, String>,
}

impl Standing {
    /// Returns what the lines up to a number come to that were stated in a period or before it.
    pub fn of(entries: &[Entry], last: u64, period: Month) -> Self {
        let mut standing = Self::default();
        let counted = entries.iter().filter(|entry| entry.number <= last && entry.period <= period);
        for entry in counted {
            standing.take(entry);
        }
        standing
    }

    /// Takes one more line.
    pub fn take(&mut self, entry: &Entry) {
        let origin = entry.origin.clone();
        match &entry.stated {
            Stated::Answer { id, text, figures, evidence } => {
                self.answer(entry, id, text, figures, evidence);
            }
            Stated::Decision { id, choice, opinion, by, until, figures } => {
                let written = self.written.entry(id.clone()).or_default();
                written.decision = choice.map(|decided| Decision {
                    decided,
                    opinion: opinion.clone(),
                    by: by.clone(),
                    until: *until,
                    figures: Some(figures.clone()),
                    origin: Some(origin),
                });
            }
            Stated::Resolved { id } => {
                self.written.insert(id.clone(), Written::default());
            }
            Stated::Pairing { unit, submitted, task, choice, opinion, by } => {
                let key = pair_key(unit, submitted, task);
                match choice {
                    None => {
                        self.pairings.remove(&key);
                    }
                    Some(choice) => {
                        // A row is one task, or none: what was said before of the two is over.
                        let is_whole = *choice == Paired::Same || key.2.is_empty();
                        self.pairings.retain(|other, pairing| {
                            let is_other_row = (&other.0, &other.1) != (&key.0, &key.1);
                            let was_whole = pairing.choice == Paired::Same || other.2.is_empty();
                            is_other_row || !(is_whole && was_whole)
                        });
                        let pairing = Pairing {
                            unit: unit.clone(),
                            submitted: submitted.clone(),
                            task: task.clone(),
                            choice: *choice,
                            opinion: opinion.clone(),
                            by: by.clone(),
                            origin,
                            period: entry.period,
                        };
                        self.pairings.insert(key, pairing);
                    }
                }
            }
            Stated::Heading { heading, field, choice, opinion, by } => {
                let key = fold::key(heading);
                match choice {
                    None => {
                        self.headings.remove(&key);
                    }
                    Some(Adopted::Adopted) => {
                        let (heading, field) = (heading.clone(), field.clone());
                        let (opinion, by) = (opinion.clone(), by.clone());
                        let heading = Heading { heading, field, opinion, by, origin };
                        self.headings.insert(key, heading);
                    }
                }
            }
            Stated::Signature { role, name, date, figures } => {
                let key = (entry.period, role.clone());
                if name.is_empty() {
                    self.signatures.remove(&key);
                } else {
                    let (role, name) = (role.clone(), name.clone());
                    let (date, figures) = (date.clone(), figures.clone());
                    let signature = Signature { role, name, date, figures, origin };
                    self.signatures.insert(key, signature);
                }
            }
        }
    }

    fn answer(
        &mut self,
        entry: &Entry,
        id: &str,
        text: &str,
        figures: &Figures,
        evidence: &[Evidence],
    ) {
        let written = self.written.entry(id.to_owned()).or_default();
        // Of two answers that came back together neither wins in silence; the clerk chooses.
        let is_beside = self.answered_in.get(id) == Some(&entry.run) && !text.is_empty();
        if !is_beside {
            written.answers.clear();
        }
        if !text.is_empty() && written.answers.iter().all(|answer| answer.text != text) {
            written.answers.push(Answer {
                text: text.to_owned(),
                origin: entry.origin.clone(),
                evidence: evidence.to_vec(),
            });
        }
        written.text = joined(&written.answers);
        written.figures = figures.clone();
        written.outdated = false;
        self.answered_in.insert(id.to_owned(), entry.run.clone());
    }
}

/// Returns answers as one text: several with the files that they came in.
fn joined(answers: &[Answer]) -> String {
    match answers {
        [] => String::new(),
        [only] => only.text.clone(),
        several => {
            let each = several.iter().map(|one| format!("{}（{}）", one.text, one.origin.file));
            each.collect::<Vec<_>>().join(stamp::OTHER_ANSWER)
        }
    }
}

/// Returns what a pairing is known by.
pub fn pair_key(unit: &str, submitted: &str, task: &str) -> PairKey {
    (fold::key(unit), fold::key(submitted), fold::key(task))
}

/// A statement that is not yet a line of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub origin: Origin,
    pub sha256: String,
    pub sheet: String,
    pub cell: CellAt,
    pub stated: Stated,
}

/// Returns what is to be recorded of findings that are resolved: of those that somebody has written
/// about.
pub fn ended<'a>(resolved: impl Iterator<Item = &'a str>, standing: &Standing) -> Vec<Draft> {
    let ids: BTreeSet<&str> = resolved.collect();
    let is_written = |id: &&str| {
        let written = standing.written.get(*id);
        written.is_some_and(|written| !written.text.is_empty() || written.decision.is_some())
    };
    let drafts = ids.into_iter().filter(is_written).map(|id| Draft {
        origin: Origin::default(),
        sha256: String::new(),
        sheet: String::new(),
        cell: CellAt::new(0, 0),
        stated: Stated::Resolved { id: id.to_owned() },
    });
    drafts.collect()
}

/// Where the record stands that drafts follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub number: u64,
    /// SHA-256 of the last line.
    pub hash: String,
}

impl Head {
    /// Returns where the next line follows these, if there are any.
    pub fn after(entries: &[Entry]) -> Option<Self> {
        let last = entries.last()?;
        Some(Self { number: last.number, hash: hash::sha256(line(last).as_bytes()) })
    }
}

impl Default for Head {
    fn default() -> Self {
        Self { number: 0, hash: BEFORE_ALL.to_owned() }
    }
}

/// Chains drafts to the record.
pub fn chained(drafts: Vec<Draft>, head: &Head, run: &str, period: Month) -> Vec<Entry> {
    let mut head = head.clone();
    let entries = drafts.into_iter().map(|draft| {
        let entry = Entry {
            schema: SCHEMA.to_owned(),
            number: head.number + 1,
            previous: head.hash.clone(),
            run: run.to_owned(),
            period,
            origin: draft.origin,
            sha256: draft.sha256,
            sheet: draft.sheet,
            cell: draft.cell,
            stated: draft.stated,
        };
        head = Head { number: entry.number, hash: hash::sha256(line(&entry).as_bytes()) };
        entry
    });
    entries.collect()
}

/// Returns an entry as its line of the record, without the line break.
///
/// # Panics
/// Never: an entry is JSON.
pub fn line(entry: &Entry) -> String {
    let text = serde_json::to_string(entry).expect("an entry is JSON");
    hidden::escaped(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(file: &str, stated: Stated) -> Draft {
        let origin =
            Origin { who: "王敏".to_owned(), when: String::new(), file: file.to_owned() };
        let (sha256, sheet) = (String::new(), String::new());
        Draft { origin, sha256, sheet, cell: CellAt::new(0, 0), stated }
    }

    fn answer(text: &str) -> Stated {
        let (id, text) = ("a".to_owned(), text.to_owned());
        Stated::Answer { id, text, figures: Figures::default(), evidence: Vec::new() }
    }

    #[test]
    fn lines_are_chained_and_read_back() {
        let period = "2020-08".parse().unwrap();
        let drafts = vec![draft("a.xlsx", answer("一")), draft("b.xlsx", answer("二"))];
        let entries = chained(drafts, &Head::default(), "2020-08/02", period);
        assert_eq!(entries[0].previous, BEFORE_ALL);
        assert_eq!(entries[1].previous, hash::sha256(line(&entries[0]).as_bytes()));
        let read: Entry = serde_json::from_str(&line(&entries[1])).unwrap();
        assert_eq!(read, entries[1]);
    }

    #[test]
    fn two_answers_of_one_run_stand_beside_each_other_and_a_later_one_for_itself() {
        let period = "2020-08".parse().unwrap();
        let drafts = vec![draft("a.xlsx", answer("一")), draft("b.xlsx", answer("二"))];
        let mut entries = chained(drafts, &Head::default(), "2020-08/02", period);
        let text = |entries: &[Entry]| Standing::of(entries, 9, period).written["a"].text.clone();
        assert_eq!(text(&entries), "一（a.xlsx）；另一份答复写作：二（b.xlsx）");
        let last = entries.last().unwrap();
        let head = Head { number: last.number, hash: hash::sha256(line(last).as_bytes()) };
        let later = vec![draft("c.xlsx", answer("三"))];
        entries.extend(chained(later, &head, "2020-08/03", period));
        assert_eq!(text(&entries), "三");
        let earlier = Standing::of(&entries, 9, "2020-07".parse().unwrap());
        assert!(earlier.written.is_empty());
    }
}
