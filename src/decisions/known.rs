//! What is known of findings from the reports of earlier runs, and which of them a row of a workbook
//! that came back is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Figures, FindingLine, Report, same_figures};
use crate::model::finding::AnswerRefusal;
use crate::model::stamp::{FormCode, Stamped};
use crate::model::{fold, stamp};
use crate::normalise::returned::{About, Form, Returned, Written, is_identity};
use crate::pipeline::Pipeline;

/// The findings of earlier runs.
pub struct Known<'a> {
    pub lines: BTreeMap<&'a str, &'a FindingLine>,
    /// All that there ever were.
    ids: BTreeSet<&'a str>,
    /// The pipeline and period of the runs.
    runs: BTreeSet<(&'a str, &'a str)>,
    units: BTreeSet<&'a str>,
    /// Those that have what a row is about.
    by_row: BTreeMap<RowKey, Vec<&'a FindingLine>>,
}

/// What tells a row beside its identity, folded: task, field and kind.
type RowKey = (String, String, String);

/// For whom a form was made, and what it showed.
#[derive(Clone, Debug, Default)]
pub struct MadeFor {
    /// The unit of a slip.
    pub unit: Option<String>,
    pub code: Option<FormCode>,
}

impl<'a> Known<'a> {
    /// `reports` are those of earlier runs, the most telling last.
    pub fn of(reports: &[&'a Report], pipeline: &Pipeline) -> Self {
        let lines = || reports.iter().flat_map(|report| &report.findings);
        let by_id: BTreeMap<&str, &FindingLine> =
            lines().map(|line| (line.id.as_str(), line)).collect();
        let mut by_row: BTreeMap<RowKey, Vec<&FindingLine>> = BTreeMap::new();
        for line in by_id.values() {
            let field = line.field.as_ref().map(|field| pipeline.field_title(field));
            let task = line.task.clone().unwrap_or_default();
            let kind = line.kind.entry().title.chinese;
            let key = row_key(&task, &field.unwrap_or_default(), kind);
            by_row.entry(key).or_default().push(line);
        }
        let units = reports.iter().flat_map(|report| &report.units);
        Self {
            lines: by_id,
            ids: reports.iter().flat_map(|report| &report.known).map(String::as_str).collect(),
            runs: reports
                .iter()
                .map(|report| (report.pipeline.as_str(), report.period.as_str()))
                .collect(),
            units: units.map(|unit| unit.unit.as_str()).collect(),
            by_row,
        }
    }

    /// Says for whom a form was made; or why nothing can be taken that was written into it.
    ///
    /// # Errors
    /// Says why it is not believed.
    pub fn made_for(
        &self,
        returned: &Returned,
        properties: &[(String, String)],
    ) -> Result<MadeFor, AnswerRefusal> {
        match returned.form {
            Form::Whole => {}
            Form::Unstamped => return Err(AnswerRefusal::Unstamped),
            Form::Altered => return Err(AnswerRefusal::FormAltered),
        }
        let property = |name| stamp::property(properties, name);
        let stamped = property(stamp::KIND).is_some();
        let run = [stamp::PIPELINE, stamp::PERIOD].map(|name| property(name).unwrap_or_default());
        if stamped && !self.runs.contains(&(run[0], run[1])) {
            return Err(AnswerRefusal::OtherRun(format!("{} {}", run[0], run[1])));
        }
        let Some(code) = &returned.code else {
            let unit = property(stamp::UNIT).map(str::to_owned);
            return Ok(MadeFor { unit, code: None });
        };
        let Some(made_for) = self.of_code(code) else {
            return Err(AnswerRefusal::OtherRun(code.period.clone()));
        };
        let agrees = !stamped
            || (property(stamp::UNIT) == made_for.unit.as_deref()
                && run[1] == code.period
                && stamp::stamped(properties) == Some(code.kind));
        if agrees { Ok(made_for) } else { Err(AnswerRefusal::FormAltered) }
    }

    /// Returns for whom a form was made that bears a code; none where it is of no run that is known.
    fn of_code(&self, code: &FormCode) -> Option<MadeFor> {
        let mut runs = self.runs.iter().filter(|(_, period)| *period == code.period);
        let is_of = |pipeline: &str, unit: Option<&str>| {
            FormCode::check_of(code.kind, pipeline, &code.period, unit) == code.check
        };
        let for_unit = |unit: Option<&str>| MadeFor {
            unit: unit.map(str::to_owned),
            code: Some(code.clone()),
        };
        runs.find_map(|(pipeline, _)| match code.kind {
            Stamped::Slip => {
                let mut units = self.units.iter().copied();
                units.find(|unit| is_of(pipeline, Some(unit))).map(|unit| for_unit(Some(unit)))
            }
            Stamped::Consolidated => is_of(pipeline, None).then(|| for_unit(None)),
            Stamped::Template => None,
        })
    }

    /// Returns the identity of the finding that a row is about: by the number it bears, or, where that
    /// was lost or altered, by its other columns where these fit one finding only.
    ///
    /// # Errors
    /// Says why it is not known.
    pub fn identity(
        &self,
        row: &Written,
        unit: Option<&str>,
        borne: &BTreeSet<String>,
    ) -> Result<String, AnswerRefusal> {
        let id = row.id.to_lowercase();
        let by_columns = self.by_columns(row, unit);
        if self.lines.contains_key(id.as_str()) || self.ids.contains(id.as_str()) {
            // Columns that say another finding, and that one alone, were moved against their numbers.
            return match &by_columns {
                Some(other) if other.id != id && self.contradicts(&id, row) => {
                    Err(AnswerRefusal::RowOfAnother)
                }
                _ => Ok(id),
            };
        }
        let free = |line: &&FindingLine| !borne.contains(&line.id);
        let begun = || {
            let long_enough = id.len() >= SHORTEST;
            let mut begin = self.lines.range(id.as_str()..).map(|(_, line)| *line);
            let first = begin.next().filter(|line| long_enough && line.id.starts_with(&id))?;
            let other = begin.next().is_some_and(|line| line.id.starts_with(&id));
            (!other && !self.contradicts(&first.id, row)).then_some(first)
        };
        let found = by_columns.filter(free).or_else(|| begun().filter(free));
        match found {
            Some(line) => Ok(line.id.clone()),
            None if id.is_empty() => Err(AnswerRefusal::NoIdentity),
            None => Err(AnswerRefusal::UnknownIdentity),
        }
    }

    fn contradicts(&self, id: &str, row: &Written) -> bool {
        let Some(line) = self.lines.get(id) else { return false };
        let differs = |written: &str, known: Option<&str>| {
            !written.is_empty() && known.is_some_and(|known| fold::key(known) != fold::key(written))
        };
        differs(&row.about.task, line.task.as_deref())
            || differs(&row.about.unit, line.unit.as_deref())
    }

    /// Returns the one finding that all columns of a row fit.
    fn by_columns(&self, row: &Written, unit: Option<&str>) -> Option<&'a FindingLine> {
        let about = &row.about;
        if !about.says_which() {
            return None;
        }
        let key = row_key(&about.task, &about.field, &about.kind);
        let unit = Some(about.unit.as_str()).filter(|unit| !unit.is_empty()).or(unit);
        let fits = |line: &&&FindingLine| {
            let own = line.unit.as_deref().unwrap_or_default();
            unit.is_none_or(|unit| fold::key(unit) == fold::key(own)) && has_number(line, about)
        };
        let found: Vec<&FindingLine> =
            self.by_row.get(&key)?.iter().filter(fits).copied().collect();
        if let [only] = found.as_slice() {
            return Some(only);
        }
        let shown = Figures { expected: row.expected.clone(), found: row.found.clone() };
        let mut same = found.into_iter().filter(|line| same_figures(&figures(line), &shown));
        same.next().filter(|_| same.next().is_none())
    }
}

/// Characters of an identity that was cut off, and still says which.
const SHORTEST: usize = 6;

fn row_key(task: &str, field: &str, kind: &str) -> RowKey {
    (fold::key(task), fold::key(field), fold::key(kind))
}

fn has_number(line: &FindingLine, about: &About) -> bool {
    about.number.is_empty() || line.seq.is_none_or(|seq| seq.to_string() == about.number)
}

/// Returns the figures of an earlier finding as its list showed them.
pub fn figures(line: &FindingLine) -> Figures {
    use crate::findings::listed;
    use crate::model::Kind;
    // Where no value was understood the list shows what was typed.
    let unreadable = matches!(line.kind, Kind::ValueUnreadable | Kind::ValueImprecise);
    let found = line.found.clone().or_else(|| line.typed.clone().filter(|_| unreadable));
    Figures { expected: listed(&line.expected), found: listed(&found) }
}

/// Returns the identities that rows bear themselves.
pub fn borne(rows: &[Written]) -> BTreeSet<String> {
    rows.iter().map(|row| row.id.to_lowercase()).filter(|id| is_identity(id)).collect()
}
