//! From what came back to statements, and from the record and these to what stands.

use std::collections::BTreeSet;

use super::known::{self, Known, MadeFor};
use super::pairs::PlannedTasks;
use super::record::{Draft, Entry, Standing, Stated};
use super::stated::{self, Before, NotTaken};
use super::{CameBack, Hand, Refused};
use crate::findings::{FindingLine, Origin, Report, Written};
use crate::model::finding::AnswerRefusal;
use crate::model::{Month, stamp};
use crate::normalise::returned::{Form, Matter, Pending, Returned, Written as Row};
use crate::pipeline::Pipeline;

/// What statements are gathered from.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub pipeline: &'a Pipeline,
    pub period: Month,
    /// Of earlier runs, that of this period last.
    pub reports: &'a [&'a Report],
    /// The record as it stands.
    pub entries: &'a [Entry],
    pub returned: &'a [CameBack],
    /// Hashes of what the last run of the period read.
    pub read_before: &'a BTreeSet<String>,
    pub tasks: &'a PlannedTasks,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What is new, in the order of the files and their rows.
    pub drafts: Vec<Draft>,
    pub refused: Vec<Refused>,
}

/// Returns what the workbooks that came back state, and what of it cannot be taken.
pub fn gathered(given: Given<'_>) -> Gathered {
    let known = Known::of(given.reports, given.pipeline);
    let now = standing(given, u64::MAX);
    let recorded: BTreeSet<&str> =
        given.entries.iter().map(|entry| entry.sha256.as_str()).collect();
    let mut gathered = Gathered::default();
    for came_back in given.returned {
        let Some(returned) = &came_back.extract.returned else { continue };
        let sha256 = came_back.extract.sha256.as_str();
        let of_file = of_file(came_back, returned, given, &known, &now);
        gathered.refused.extend(of_file.refused);
        // A file that was taken in says nothing new; archives without a record know it from reports,
        // and what these carry is not taken again either.
        let is_old = recorded.contains(sha256)
            || (given.read_before.contains(sha256) && !given.entries.is_empty());
        if !is_old {
            gathered.drafts.extend(of_file.drafts);
        }
    }
    gathered
}

/// Returns what stands: what earlier reports carry, and over it what the record has up to a line.
pub fn standing(given: Given<'_>, last: u64) -> Standing {
    let mut standing = Standing::of(given.entries, last, given.period);
    let recorded = given.entries.iter().filter_map(|entry| match &entry.stated {
        Stated::Answer { id, .. } | Stated::Decision { id, .. } | Stated::Resolved { id } => {
            Some(id.as_str())
        }
        _ => None,
    });
    let recorded: BTreeSet<&str> = recorded.collect();
    for line in given.reports.iter().flat_map(|report| &report.findings) {
        if !recorded.contains(line.id.as_str())
            && let Some(written) = carried(line)
        {
            standing.written.insert(line.id.clone(), written);
        }
    }
    standing
}

/// Returns what an earlier report says of a finding; archives that have no record know it from there.
fn carried(line: &FindingLine) -> Option<Written> {
    if line.explanation.is_none() && line.decision.is_none() {
        return None;
    }
    Some(Written {
        text: line.explanation.clone().unwrap_or_default(),
        figures: known::figures(line),
        outdated: line.explanation_outdated,
        answers: line.answers.clone(),
        decision: line.decision.clone(),
    })
}

fn of_file(
    came_back: &CameBack,
    returned: &Returned,
    given: Given<'_>,
    known: &Known<'_>,
    now: &Standing,
) -> Gathered {
    let CameBack { extract, from, .. } = came_back;
    let properties = &extract.properties;
    let made_for = known.made_for(returned, properties);
    // A slip is a unit's own; a workbook of all units is the clerk's, and lies in no inbox.
    let is_slip = match &made_for {
        Ok(made_for) => made_for.unit.is_some(),
        Err(_) => stamp::property(properties, stamp::UNIT).is_some(),
    };
    let is_anybodys = *from == Hand::Inbox && !is_slip;
    let made_for = made_for.and_then(|made_for| {
        if is_anybodys { Err(AnswerRefusal::NotTheClerks) } else { Ok(made_for) }
    });
    let shown = made_for.as_ref().ok().and_then(|made_for| made_for.code.as_ref());
    let shown = shown.map(|code| {
        let period = code.period.parse().unwrap_or(given.period);
        standing(Given { period, ..given }, code.decisions)
    });
    let unit = match &made_for {
        Ok(MadeFor { unit, .. }) => unit.clone(),
        Err(_) => stamp::property(properties, stamp::UNIT).map(str::to_owned),
    };
    let mut of_file = OfFile {
        came_back,
        unit,
        when: saved(came_back),
        before: Before { shown: shown.as_ref(), now },
        gathered: Gathered::default(),
    };
    let borne = known::borne(&returned.written);
    for row in &returned.written {
        of_file.row(row, &made_for, &borne, known, given.tasks);
    }
    for line in &returned.pending {
        of_file.pending(line, &made_for, known, (given.tasks, given.pipeline));
    }
    let code = made_for.as_ref().ok().and_then(|made_for| made_for.code.as_ref());
    if let (Some(code), Form::Whole) = (code, returned.form)
        && code.period == given.period.to_string()
    {
        for line in &returned.signed {
            let stated = stated::of_signature(line, given.period, of_file.before, &code.figures);
            if let Some(stated) = stated {
                of_file.draft(line.name.clone(), &line.sheet, line.cell, stated);
            }
        }
    }
    of_file.gathered
}

/// Returns when a workbook was last saved, as it says itself or else the file system.
fn saved(came_back: &CameBack) -> String {
    let said = stamp::property(&came_back.extract.properties, stamp::SAVED);
    let said = said.filter(|said| said.parse::<jiff::Timestamp>().is_ok());
    let of_file = || {
        let time = jiff::Timestamp::from_millisecond(came_back.file.modified);
        // Whole seconds: file systems keep less than they are told.
        let time = time.and_then(|time| jiff::Timestamp::from_second(time.as_second()));
        time.map(|time| time.to_string()).unwrap_or_default()
    };
    said.map_or_else(of_file, str::to_owned)
}

impl CameBack {
    /// Whether its time is that of the file system, which then decides what is shown.
    pub fn is_timed_by_file(&self) -> bool {
        stamp::property(&self.extract.properties, stamp::SAVED)
            .is_none_or(|said| said.parse::<jiff::Timestamp>().is_err())
    }
}

/// The statements of a workbook as they are read.
struct OfFile<'a> {
    came_back: &'a CameBack,
    unit: Option<String>,
    when: String,
    before: Before<'a>,
    gathered: Gathered,
}

impl OfFile<'_> {
    fn draft(&mut self, who: String, sheet: &str, cell: crate::model::CellAt, stated: Stated) {
        let who = if who.is_empty() { self.unit.clone().unwrap_or_default() } else { who };
        let file = self.came_back.file.name.clone();
        self.gathered.drafts.push(Draft {
            origin: Origin { who, when: self.when.clone(), file },
            sha256: self.came_back.extract.sha256.clone(),
            sheet: sheet.to_owned(),
            cell,
            stated,
        });
    }

    fn refuse(
        &mut self,
        id: &str,
        (sheet, cell): (&str, crate::model::CellAt),
        text: &str,
        why: AnswerRefusal,
    ) {
        self.gathered.refused.push(Refused {
            unit: self.unit.clone(),
            file: self.came_back.file.name.clone(),
            sheet: sheet.to_owned(),
            cell,
            id: id.to_owned(),
            text: text.to_owned(),
            why,
        });
    }

    /// One row of a list of findings.
    fn row(
        &mut self,
        row: &Row,
        made_for: &Result<MadeFor, AnswerRefusal>,
        borne: &BTreeSet<String>,
        known: &Known<'_>,
        tasks: &PlannedTasks,
    ) {
        let says = !row.text.is_empty() || !row.decision.is_empty();
        let unit = self.unit.clone();
        let id = match made_for {
            Ok(_) => known.identity(row, unit.as_deref(), borne),
            Err(why) => Err(why.clone()),
        };
        let id = id.and_then(|id| match known.lines.get(id.as_str()).map(|line| &line.unit) {
            Some(Some(owner)) if unit.as_ref().is_some_and(|unit| unit != owner) => {
                Err(AnswerRefusal::OtherUnit(owner.clone()))
            }
            _ => Ok(id),
        });
        let id = match id {
            Ok(id) => id,
            Err(why) => {
                if says && !self.says_nothing_new(row, &why) {
                    let (text, cell) = words_of(row);
                    self.refuse(&row.id, (&row.sheet, cell), text, why);
                }
                return;
            }
        };
        let of_row = stated::of_row(row, &id, self.before, known, tasks);
        for stated in of_row.stated {
            let is_answer = matches!(stated, Stated::Answer { .. });
            let cell = if is_answer { row.cell } else { row.decision_cell.unwrap_or(row.cell) };
            self.draft(row.by.clone(), &row.sheet, cell, stated);
        }
        let at = row.decision_cell.unwrap_or(row.cell);
        for NotTaken { text, why } in of_row.refused {
            self.refuse(&id, (&row.sheet, at), &text, why);
        }
    }

    /// Whether a workbook that nobody stands for says of a finding what is known of it, as the one that
    /// was published does.
    fn says_nothing_new(&self, row: &Row, why: &AnswerRefusal) -> bool {
        if *why != AnswerRefusal::NotTheClerks {
            return false;
        }
        let known = self.before.now.written.get(&row.id);
        let text = known.map_or("", |known| known.text.as_str());
        let is_known = row.text.is_empty()
            || stated::same_words(&row.text, text)
            || stated::same_words(&row.text, &crate::model::personal::masked(text));
        let decision = known.and_then(|known| known.decision.as_ref());
        let decided = decision.map_or("", |decision| decision.decided.chinese());
        is_known && (row.decision.is_empty() || stated::same_words(&row.decision, decided))
    }

    /// One line of the page 待定事项.
    fn pending(
        &mut self,
        line: &Pending,
        made_for: &Result<MadeFor, AnswerRefusal>,
        known: &Known<'_>,
        with: (&PlannedTasks, &Pipeline),
    ) {
        let stated = match made_for {
            Ok(_) => stated::of_pending(line, self.before, known, with),
            Err(_) if line.choice.is_empty() => return,
            Err(why) => Err(why.clone()),
        };
        match stated {
            Ok(None) => {}
            Ok(Some(stated)) => self.draft(line.by.clone(), &line.sheet, line.cell, stated),
            Err(why) => {
                let id = match &line.matter {
                    Matter::Waiver { id, .. } => id.as_str(),
                    _ => "",
                };
                let text = if line.choice.is_empty() { &line.opinion } else { &line.choice };
                self.refuse(id, (&line.sheet, line.cell), text, why);
            }
        }
    }
}

/// What a row says, and where: the answer, else the decision.
fn words_of(row: &Row) -> (&str, crate::model::CellAt) {
    if row.text.is_empty() {
        (&row.decision, row.decision_cell.unwrap_or(row.cell))
    } else {
        (&row.text, row.cell)
    }
}
