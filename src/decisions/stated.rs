//! What a row of a workbook that came back states: what somebody has changed in it since it went out.

use super::known::Known;
use super::pairs::{self, PlannedTasks};
use super::record::{Adopted, Paired, Standing, Stated, pair_key};
use crate::findings::{Decided, Decision, Figures, Written as KnownOf};
use crate::model::finding::AnswerRefusal;
use crate::model::personal::masked;
use crate::model::{Month, Severity, fold};
use crate::normalise::cells::month::full_month;
use crate::normalise::returned::{Matter, Pending, Signed, Written};
use crate::pipeline::Pipeline;

/// What is held against each other: what the form showed, and what stands now.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    /// None where it is not known what the form showed.
    pub shown: Option<&'a Standing>,
    pub now: &'a Standing,
}

/// What came of a row: statements, and what of it is not taken.
#[derive(Default)]
pub(super) struct OfRow {
    pub stated: Vec<Stated>,
    pub refused: Vec<NotTaken>,
}

/// Words of a decision that are not taken, and why.
pub(super) struct NotTaken {
    pub text: String,
    pub why: AnswerRefusal,
}

/// Returns what a row of a list of findings states.
pub(super) fn of_row(
    row: &Written,
    id: &str,
    before: Before<'_>,
    known: &Known<'_>,
    tasks: &PlannedTasks,
) -> OfRow {
    let mut of_row = OfRow::default();
    let figures = Figures { expected: row.expected.clone(), found: row.found.clone() };
    let nothing = KnownOf::default();
    let now = before.now.written.get(id).unwrap_or(&nothing);
    let shown = before.shown.map(|shown| shown.written.get(id).unwrap_or(&nothing));
    of_row.stated.extend(answer(row, id, shown, now, &figures));
    let Some(_) = row.decision_cell else { return of_row };
    let waiver = known.lines.get(id).and_then(|line| line.waiver.as_ref());
    let was = match (shown, waiver) {
        (Some(KnownOf { decision: Some(decision), .. }), _) => Some(in_list(decision)),
        (None, _) if now.decision.is_some() => now.decision.as_ref().map(in_list),
        // A waiver of the pipeline file is shown as a decision.
        (_, Some(waiver)) => Some(
            [Decided::Waived.chinese(), &waiver.reason, &waiver.approved_by].map(str::to_owned),
        ),
        (Some(_), None) => Some([const { String::new() }; 3]),
        (None, None) => None,
    };
    let is = [&row.decision, &row.opinion, &row.by].map(Clone::clone);
    let is_same = |was: &[String; 3]| was.iter().zip(&is).all(|(was, is)| same_words(was, is));
    let changed = was.as_ref().map_or_else(|| !is[0].is_empty(), |was| !is_same(was));
    if !changed {
        return of_row;
    }
    if row.decision.is_empty() {
        let had_choice = was.as_ref().is_some_and(|was| !was[0].is_empty());
        if had_choice && now.decision.is_some() {
            of_row.stated.push(withdrawn(id, row, figures));
        } else if !row.opinion.is_empty() && !had_choice {
            of_row.refuse(&row.opinion, AnswerRefusal::NoChoice);
        }
        return of_row;
    }
    let until = now.decision.as_ref().and_then(|decision| decision.until);
    match decision(row, id, until, figures, known, tasks) {
        Ok(stated) => of_row.stated.push(stated),
        Err(why) => of_row.refuse(&row.decision, why),
    }
    of_row
}

impl OfRow {
    fn refuse(&mut self, text: &str, why: AnswerRefusal) {
        self.refused.push(NotTaken { text: text.to_owned(), why });
    }
}

fn in_list(decision: &Decision) -> [String; 3] {
    [decision.decided.chinese(), &decision.opinion, &decision.by].map(str::to_owned)
}

fn answer(
    row: &Written,
    id: &str,
    shown: Option<&KnownOf>,
    now: &KnownOf,
    figures: &Figures,
) -> Option<Stated> {
    if row.is_outdated {
        return None;
    }
    let text = &row.text;
    // What was masked comes back masked.
    let is =
        |known: &KnownOf| same_words(&known.text, text) || same_words(&masked(&known.text), text);
    let changed = match shown {
        Some(shown) => !is(shown),
        None => !text.is_empty(),
    };
    // Who empties an answer that he saw takes that one back, and no other.
    let takes_back_another =
        text.is_empty() && shown.is_some_and(|shown| !same_words(&shown.text, &now.text));
    if !changed || is(now) || takes_back_another {
        return None;
    }
    Some(Stated::Answer {
        id: id.to_owned(),
        text: text.clone(),
        figures: figures.clone(),
        evidence: Vec::new(),
    })
}

fn withdrawn(id: &str, row: &Written, figures: Figures) -> Stated {
    Stated::Decision {
        id: id.to_owned(),
        choice: None,
        opinion: row.opinion.clone(),
        by: row.by.clone(),
        until: None,
        figures,
    }
}

fn decision(
    row: &Written,
    id: &str,
    until: Option<Month>,
    figures: Figures,
    known: &Known<'_>,
    tasks: &PlannedTasks,
) -> Result<Stated, AnswerRefusal> {
    let line = known.lines.get(id).copied();
    if let Some(choice) = Paired::of(&row.decision) {
        return pairs::of_list(row, choice, line, tasks);
    }
    let decided = Decided::of(&row.decision).ok_or(AnswerRefusal::UnknownChoice)?;
    let until = until.filter(|_| decided == Decided::Waived);
    granted(decided, &row.opinion, &row.by, line.map(|line| line.severity))?;
    Ok(Stated::Decision {
        id: id.to_owned(),
        choice: Some(decided),
        opinion: row.opinion.clone(),
        by: row.by.clone(),
        until,
        figures,
    })
}

/// Whether a decision can be made of a finding.
fn granted(
    decided: Decided,
    opinion: &str,
    by: &str,
    severity: Option<Severity>,
) -> Result<(), AnswerRefusal> {
    match decided {
        Decided::Waived if opinion.is_empty() || by.is_empty() => Err(AnswerRefusal::Incomplete),
        Decided::Accepted if severity == Some(Severity::Mandatory) => Err(AnswerRefusal::Mandatory),
        Decided::Waived | Decided::Accepted | Decided::Returned => Ok(()),
    }
}

/// Returns what a line of the page 待定事项 states, if somebody changed it.
///
/// # Errors
/// Says why it is not taken.
pub(super) fn of_pending(
    line: &Pending,
    before: Before<'_>,
    known: &Known<'_>,
    (tasks, pipeline): (&PlannedTasks, &Pipeline),
) -> Result<Option<Stated>, AnswerRefusal> {
    let Pending { matter, choice, opinion, by, .. } = line;
    // Where it is not known what the page showed, it is what stands.
    let shown = before.shown.unwrap_or(before.now);
    let is = [choice, opinion, by];
    let is_same = |was: [&str; 3]| was.iter().zip(is).all(|(was, is)| same_words(was, is));
    let (opinion, by) = (opinion.clone(), by.clone());
    match matter {
        Matter::Pair { unit, submitted, task } => {
            let was = shown.pairings.get(&pair_key(unit, submitted, task));
            let was = was.map_or(["", "", ""], |was| [was.choice.chinese(), &was.opinion, &was.by]);
            if is_same(was) || (choice.is_empty() && was[0].is_empty() && opinion.is_empty()) {
                return Ok(None);
            }
            let chosen = chosen(choice, Paired::of, was[0])?;
            let task = match (chosen, was[0].is_empty()) {
                // Not any task.
                (Some(Paired::NotSame), true) if task.is_empty() && !submitted.is_empty() => {
                    Some("")
                }
                // Anew: it must be a row's and a task's.
                (Some(_), true) => tasks.named(unit, task).filter(|_| !submitted.is_empty()),
                _ => Some(task.as_str()),
            };
            let task = task.ok_or_else(|| AnswerRefusal::NoCounterpart(unit.clone()))?.to_owned();
            let (unit, submitted) = (unit.clone(), submitted.clone());
            Ok(Some(Stated::Pairing { unit, submitted, task, choice: chosen, opinion, by }))
        }
        Matter::Heading { heading, column } => {
            let was = shown.headings.get(&fold::key(heading));
            let was = was.map_or(["", "", ""], |was| {
                [crate::model::stamp::ADOPT_COLUMN, &was.opinion, &was.by]
            });
            if is_same(was) || (choice.is_empty() && was[0].is_empty() && opinion.is_empty()) {
                return Ok(None);
            }
            let adopts = |word: &str| {
                let adopt = fold::key(crate::model::stamp::ADOPT_COLUMN);
                (fold::key(word) == adopt).then_some(Adopted::Adopted)
            };
            let choice = chosen(choice, adopts, was[0])?;
            let key = fold::key(column);
            let mut columns = pipeline.columns.iter();
            let field = columns.find(|known| {
                !key.is_empty()
                    && (fold::key(&pipeline.field_title(&known.name)) == key
                        || fold::key(&known.title) == key)
            });
            let field = field.map(|column| column.name.clone());
            let field = match choice {
                Some(_) => field.ok_or(AnswerRefusal::NoColumn)?,
                None => field.unwrap_or_default(),
            };
            let heading = heading.clone();
            Ok(Some(Stated::Heading { heading, field, choice, opinion, by }))
        }
        Matter::Waiver { id, until } => of_waiver(line, (id, until), shown, before.now, known),
    }
}

fn of_waiver(
    line: &Pending,
    (id, until): (&str, &str),
    shown: &Standing,
    now: &Standing,
    known: &Known<'_>,
) -> Result<Option<Stated>, AnswerRefusal> {
    let id = id.to_lowercase();
    let was = shown.written.get(&id).and_then(|written| written.decision.as_ref());
    let was = was.filter(|decision| decision.decided == Decided::Waived);
    let until = match until {
        "" => None,
        until => Some(full_month(&fold::plain(until)).ok_or(AnswerRefusal::UntilWhen)?),
    };
    let was_words = was.map_or_else(Default::default, in_list);
    let is = [&line.choice, &line.opinion, &line.by];
    let is_same = was_words.iter().zip(is).all(|(was, is)| same_words(was, is));
    let nothing_chosen = line.choice.is_empty() && was.is_none();
    if (is_same && was.and_then(|was| was.until) == until)
        || (nothing_chosen && line.opinion.is_empty() && until.is_none())
    {
        return Ok(None);
    }
    let choice = chosen(&line.choice, Decided::of, &was_words[0])?;
    if choice.is_some_and(|choice| choice != Decided::Waived) {
        return Err(AnswerRefusal::UnknownChoice);
    }
    let Some(finding) = known.lines.get(id.as_str()) else {
        return Err(AnswerRefusal::UnknownIdentity);
    };
    if let Some(decided) = choice {
        granted(decided, &line.opinion, &line.by, Some(finding.severity))?;
    } else if now.written.get(&id).is_none_or(|written| written.decision.is_none()) {
        return Ok(None);
    }
    Ok(Some(Stated::Decision {
        id,
        choice,
        opinion: line.opinion.clone(),
        by: line.by.clone(),
        until,
        figures: super::known::figures(finding),
    }))
}

/// Returns the choice of a word; none where one was emptied.
fn chosen<T>(
    word: &str,
    of: impl Fn(&str) -> Option<T>,
    was: &str,
) -> Result<Option<T>, AnswerRefusal> {
    match word {
        "" if was.is_empty() => Err(AnswerRefusal::NoChoice),
        "" => Ok(None),
        word => of(word).map(Some).ok_or(AnswerRefusal::UnknownChoice),
    }
}

/// Returns what a line for a signature states, if somebody changed it.
pub(super) fn of_signature(
    line: &Signed,
    period: Month,
    before: Before<'_>,
    figures: &str,
) -> Option<Stated> {
    let key = (period, line.role.clone());
    let shown = before.shown?.signatures.get(&key);
    let was = shown.map_or(("", ""), |was| (was.name.as_str(), was.date.as_str()));
    let same_figures = shown.is_some_and(|was| was.figures == figures);
    let is_same = same_words(was.0, &line.name) && same_words(was.1, &line.date);
    // A signature that was void is not printed: its empty line takes nothing back.
    let is_void = !same_figures && line.name.is_empty();
    if (is_same && (same_figures || shown.is_none())) || is_void {
        return None;
    }
    Some(Stated::Signature {
        role: line.role.clone(),
        name: line.name.clone(),
        date: line.date.clone(),
        figures: figures.to_owned(),
    })
}

/// Whether two texts have the same words: spreadsheets change line breaks and blanks at the ends.
pub(super) fn same_words(one: &str, other: &str) -> bool {
    fn words(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars().filter(|c| !c.is_whitespace() && !fold::is_invisible(*c))
    }
    words(one).eq(words(other))
}
