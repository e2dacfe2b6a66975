//! What people wrote about findings: carried over from earlier runs, written into a published
//! workbook, or come back through the inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::RunError;
use super::reading::{CameBack, Hand};
use crate::archive::{self, Published};
use crate::extract::Extract;
use crate::findings::{Decided, Decision, FindingLine, Report, ReturnedLine, Written, listed};
use crate::intake::{self, Received};
use crate::model::finding::AnswerRefusal;
use crate::model::personal::masked;
use crate::model::{Kind, Severity, Side, stamp};
use crate::normalise::returned::{Form, Written as Returned};
use crate::pipeline::file::Read as Limits;
use crate::reconcile::{Answers, Refused};

/// Copies the files that may hold explanations into the run: published workbooks that somebody
/// has written into since, and those named on the command line.
///
/// # Errors
/// Fails when a named file cannot be read.
pub fn take_in(
    named: &[PathBuf],
    published: &[&Published],
    into: &Path,
    limits: &Limits,
) -> Result<Vec<Received>, RunError> {
    let mut received = Vec::new();
    for run in published {
        for path in edited_workbooks(run) {
            let label = run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let folder = into.join(format!("{}-{label}", run.period));
            received.push(intake::single(&path, &folder, Side::Submission, limits)?);
        }
    }
    for (index, path) in named.iter().enumerate() {
        let folder = into.join(format!("{}", index + 1));
        received.push(intake::single(path, &folder, Side::Submission, limits)?);
    }
    Ok(received)
}

/// Returns the workbooks of a published run that are no longer as they were published.
fn edited_workbooks(run: &Published) -> Vec<PathBuf> {
    let Some(manifest) = &run.manifest else { return Vec::new() };
    let workbooks = manifest.files.iter().filter(|file| {
        Path::new(&file.path).extension().is_some_and(|extension| extension == "xlsx")
            && (!file.path.contains('/') || file.path.starts_with("returns/"))
            // A manifest that was tampered with leads nowhere else.
            && Path::new(&file.path).components().all(|step| matches!(step, Component::Normal(_)))
    });
    workbooks
        .filter_map(|file| {
            let path = run.folder.join(&file.path);
            // A link or a pipe in its place is nothing that a person saved there.
            (archive::hash_of(&path)? != file.sha256).then_some(path)
        })
        .collect()
}

/// Returns all answers and decisions by the finding's identity, later ones in the place of earlier
/// ones: those of files that an earlier run of the period has taken in already, those that the
/// earlier reports carry, those of files that are new. What cannot be true is refused.
pub fn gathered<'a>(
    reports: &[&'a Report],
    returned: impl Iterator<Item = &'a CameBack> + Clone,
    taken_in_before: &BTreeSet<String>,
) -> Answers {
    let (old, new): (Vec<_>, Vec<_>) =
        returned.partition(|one| taken_in_before.contains(&one.extract.sha256));
    let known = Known::of(reports);
    let mut answers = Answers::default();
    take(&mut answers, &old, &known);
    // Refused once is said once.
    answers.refused.clear();
    for line in reports.iter().flat_map(|report| &report.findings) {
        if let Some(written) = carried(line) {
            answers.written.insert(line.id.clone(), written);
        }
    }
    take(&mut answers, &new, &known);
    answers
}

/// The findings of earlier runs: whose each is, and its severity.
struct Known<'a> {
    lines: BTreeMap<&'a str, &'a FindingLine>,
    ids: BTreeSet<&'a str>,
    /// Their pipeline and period.
    runs: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Known<'a> {
    fn of(reports: &[&'a Report]) -> Self {
        let lines = reports.iter().flat_map(|report| &report.findings);
        Self {
            lines: lines.map(|line| (line.id.as_str(), line)).collect(),
            ids: reports.iter().flat_map(|report| &report.known).map(String::as_str).collect(),
            runs: reports
                .iter()
                .map(|report| (report.pipeline.as_str(), report.period.as_str()))
                .collect(),
        }
    }

    /// Says why nothing can be taken that was written into a form.
    fn refusal_of_form(&self, extract: &Extract) -> Option<AnswerRefusal> {
        match extract.returned.as_ref()?.form {
            Form::Whole => {}
            Form::Unstamped => return Some(AnswerRefusal::Unstamped),
            Form::Altered => return Some(AnswerRefusal::FormAltered),
        }
        let property = |name| stamp::property(&extract.properties, name).unwrap_or_default();
        let run = (property(stamp::PIPELINE), property(stamp::PERIOD));
        let is_known = self.runs.contains(&run);
        (!is_known).then(|| AnswerRefusal::OtherRun(format!("{} {}", run.0, run.1)))
    }

    /// Says why an answer or a decision cannot be taken.
    fn refusal(&self, written: &Returned, unit: Option<&str>) -> Option<AnswerRefusal> {
        let line = self.lines.get(written.id.as_str());
        if line.is_none() && !self.ids.contains(written.id.as_str()) {
            return Some(AnswerRefusal::UnknownIdentity);
        }
        let owner = line.and_then(|line| line.unit.as_deref());
        if let (Some(owner), Some(unit)) = (owner, unit)
            && owner != unit
        {
            return Some(AnswerRefusal::OtherUnit(owner.to_owned()));
        }
        match Decided::of(&written.decision) {
            Some(Decided::Waived) if written.opinion.is_empty() || written.by.is_empty() => {
                Some(AnswerRefusal::Incomplete)
            }
            Some(Decided::Accepted)
                if line.is_some_and(|line| line.severity == Severity::Mandatory) =>
            {
                Some(AnswerRefusal::Mandatory)
            }
            _ => None,
        }
    }
}

fn take(answers: &mut Answers, returned: &[&CameBack], known: &Known<'_>) {
    let mut taken_now: BTreeMap<String, String> = BTreeMap::new();
    for CameBack { file, extract, from } in returned {
        let unit = stamp::property(&extract.properties, stamp::UNIT);
        // A slip is a unit's own; a workbook of all units is the clerk's, and lies in no inbox.
        let is_anybodys = *from == Hand::Inbox && unit.is_none();
        let of_form = known
            .refusal_of_form(extract)
            .or_else(|| is_anybodys.then_some(AnswerRefusal::NotTheClerks));
        for own in extract.returned.iter().flat_map(|returned| &returned.written) {
            if is_anybodys && says_nothing_new(own, answers.written.get(&own.id)) {
                continue;
            }
            if let Some(why) = of_form.clone().or_else(|| known.refusal(own, unit)) {
                // The words are kept where only the decision cannot be.
                let keeps_words = match why {
                    AnswerRefusal::Mandatory | AnswerRefusal::Incomplete => true,
                    AnswerRefusal::UnknownIdentity
                    | AnswerRefusal::OtherUnit(_)
                    | AnswerRefusal::Unstamped
                    | AnswerRefusal::FormAltered
                    | AnswerRefusal::NotTheClerks
                    | AnswerRefusal::OtherRun(_) => false,
                };
                let of_decision = keeps_words || own.text.is_empty();
                answers.refused.push(Refused {
                    unit: unit.map(str::to_owned),
                    file: file.name.clone(),
                    sheet: own.sheet.clone(),
                    cell: own.decision_cell.filter(|_| of_decision).unwrap_or(own.cell),
                    id: own.id.clone(),
                    text: if of_decision { own.decision.clone() } else { own.text.clone() },
                    why,
                });
                if !keeps_words {
                    continue;
                }
            }
            let decision = Decided::of(&own.decision)
                .filter(|_| known.refusal(own, unit).is_none())
                .map(|decided| Decision {
                    decided,
                    opinion: own.opinion.clone(),
                    by: own.by.clone(),
                });
            let before = answers.written.get(&own.id);
            // What was masked comes back masked.
            let same = before
                .is_some_and(|known| known.text == own.text || masked(&known.text) == own.text);
            let decision = decision.or_else(|| before.and_then(|before| before.decision.clone()));
            if same || own.text.is_empty() {
                // The program's own words come back as it wrote them; the decision may be new.
                let kept = answers.written.entry(own.id.clone()).or_insert_with(|| Written {
                    expected: own.expected.clone(),
                    found: own.found.clone(),
                    ..Written::default()
                });
                kept.decision = decision;
                continue;
            }
            // Of two answers that came back together neither wins in silence.
            let text = match taken_now.get(&own.id) {
                Some(other) if *other != own.text => {
                    format!("{other}；另一份答复写作：{}", own.text)
                }
                _ => own.text.clone(),
            };
            taken_now.insert(own.id.clone(), text.clone());
            answers.written.insert(
                own.id.clone(),
                Written {
                    text,
                    expected: own.expected.clone(),
                    found: own.found.clone(),
                    outdated: false,
                    decision,
                },
            );
        }
    }
}

/// Whether a workbook says of a finding what is known of it, as the one that was published does.
fn says_nothing_new(own: &Returned, before: Option<&Written>) -> bool {
    let text = before.map_or("", |before| before.text.as_str());
    let is_known = own.text.is_empty() || own.text == text || own.text == masked(text);
    let decided = before.and_then(|before| before.decision.as_ref());
    let decision = Decided::of(&own.decision);
    is_known && (decision.is_none() || decision == decided.map(|decision| decision.decided))
}

fn carried(line: &FindingLine) -> Option<Written> {
    if line.explanation.is_none() && line.decision.is_none() {
        return None;
    }
    let text = line.explanation.clone().unwrap_or_default();
    let found = line.found.clone().or_else(|| {
        // Where no value was understood the list shows what was typed.
        let unreadable = matches!(line.kind, Kind::ValueUnreadable | Kind::ValueImprecise);
        line.typed.clone().filter(|_| unreadable)
    });
    Some(Written {
        text,
        expected: listed(&line.expected),
        found: listed(&found),
        outdated: line.explanation_outdated,
        decision: line.decision.clone(),
    })
}

/// Returns what came back, for the report.
pub fn lines(returned: &[CameBack]) -> Vec<ReturnedLine> {
    returned
        .iter()
        .filter_map(|CameBack { file, extract, .. }| {
            let returned = extract.returned.as_ref()?;
            Some(ReturnedLine {
                file: file.name.clone(),
                kind: returned.kind,
                explanations: returned.written.len(),
            })
        })
        .collect()
}
