//! Rows and tasks that the clerk holds for the same, or not: in the list of findings by number or text,
//! on the page 待定事项 by text.

use std::collections::BTreeMap;

use super::record::{Paired, Stated};
use crate::findings::FindingLine;
use crate::model::finding::AnswerRefusal;
use crate::model::kinds::KINDS;
use crate::model::personal::masked;
use crate::model::{Kind, fold};
use crate::normalise::frame::{number, shown_task};
use crate::normalise::returned::Written;
use crate::pipeline::Pipeline;
use crate::roster::Plan;

/// The plan's tasks as a person names them: by number and text.
#[derive(Clone, Debug, Default)]
pub struct PlannedTasks {
    /// By the unit's folded name.
    of_unit: BTreeMap<String, Vec<(Option<i64>, String)>>,
}

impl PlannedTasks {
    pub fn of(plan: &Plan<'_>, pipeline: &Pipeline) -> Self {
        let mut of_unit: BTreeMap<String, Vec<(Option<i64>, String)>> = BTreeMap::new();
        for task in &plan.tasks {
            let unit = fold::key(plan.names.name(task.unit));
            let named = (number(task.row, pipeline), shown_task(task.row, pipeline));
            of_unit.entry(unit).or_default().push(named);
        }
        Self { of_unit }
    }

    /// Returns the text of the one task of a unit that is called so.
    pub(super) fn named(&self, unit: &str, name: &str) -> Option<&str> {
        let tasks = self.of_unit.get(&fold::key(unit))?;
        // 15, 15. and 第15项 are its number; 15.改造 begins with it.
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let is_number = name.chars().all(|c| c.is_ascii_digit() || "第项号.、 ".contains(c));
        let by_number = digits.parse::<i64>().ok().filter(|_| is_number);
        let key = fold::task_key(name);
        let mut found = tasks.iter().filter(|(number, text)| {
            by_number.is_some_and(|wanted| *number == Some(wanted))
                || fold::task_key(text) == key
                || fold::key(text) == fold::key(name)
                || fold::key(&masked(text)) == fold::key(name)
        });
        let first = found.next()?;
        found.next().is_none().then_some(first.1.as_str())
    }
}

/// Returns what a choice for a row and a task states in the list of findings.
///
/// # Errors
/// Says what is not named, or that the finding is about neither.
pub(super) fn of_list(
    row: &Written,
    choice: Paired,
    line: Option<&FindingLine>,
    tasks: &PlannedTasks,
) -> Result<Stated, AnswerRefusal> {
    // A finding that the last run did not have, such as one that was decided since, is what its own row
    // says.
    let about = &row.about;
    let by_title =
        || KINDS.iter().find(|entry| fold::key(entry.title.chinese) == fold::key(&about.kind));
    let kind = line.map(|line| line.kind).or_else(|| by_title().map(|entry| entry.kind));
    let unit =
        line.map_or_else(|| about.unit.clone(), |line| line.unit.clone().unwrap_or_default());
    let own = line.map_or_else(|| about.task.clone(), |line| line.task.clone().unwrap_or_default());
    let counterpart = row.counterpart.trim();
    let nobody = || AnswerRefusal::NoCounterpart(unit.clone());
    let named = |name: &str| tasks.named(&unit, name).map(str::to_owned).ok_or_else(nobody);
    let (submitted, task) = match kind {
        Some(Kind::PairDoubtful | Kind::TaskExtra) if !own.is_empty() => {
            let task = match (counterpart, choice) {
                // Not any task.
                ("", Paired::NotSame) => String::new(),
                (name, _) => named(name)?,
            };
            (own, task)
        }
        Some(Kind::TaskMissing) if own.is_empty() => return Err(AnswerRefusal::NotAPair),
        Some(Kind::TaskMissing) if counterpart.is_empty() => return Err(nobody()),
        Some(Kind::TaskMissing) => (counterpart.to_owned(), own),
        _ => return Err(AnswerRefusal::NotAPair),
    };
    let (opinion, by) = (row.opinion.clone(), row.by.clone());
    Ok(Stated::Pairing { unit, submitted, task, choice: Some(choice), opinion, by })
}
