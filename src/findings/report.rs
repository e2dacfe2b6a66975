//! `report.json` as a later run and other programs read it; it is made in the room `report`.
//!
//! Fields may be added, none renamed: `duibiao.report/2`. In version 1 the identity of a finding
//! depended on wordings; such a report is read for its figures, its findings are not followed.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use foldhash::fast::RandomState;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Answer, Decision, YearLine};
use crate::check::Change;
use crate::model::contacts::Contacts;
use crate::model::stamp::Stamped;
use crate::model::{Cause, CellAt, Kind, Life, Severity, Side, Status, TaskTold, Text};
use crate::roster::Standing;

/// The contract's name and version.
pub const SCHEMA: &str = "duibiao.report/2";
/// What the name of every version begins with.
pub const FORM: &str = "duibiao.report/";
/// The versions that a later run can read.
pub const READABLE: [&str; 2] = ["duibiao.report/1", SCHEMA];

/// Whether everything agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Agrees,
    Findings,
}

/// The whole report. What there is of each task may be told as it is made ([`Told`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report<Values = Lines<ValueLine>, Reported = Lines<ReportedLine>> {
    pub schema: String,
    pub pipeline: String,
    pub period: String,
    pub verdict: Verdict,
    /// The period that this one was compared with.
    #[serde(default)]
    pub earlier: Option<String>,
    /// The earlier report's version, where its findings cannot be followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_followed: Option<String>,
    pub plan: PlanLine,
    pub units: Vec<UnitLine>,
    pub files: Vec<FileLine>,
    pub totals: Vec<TotalLine>,
    pub rows: Vec<RowsLine>,
    /// What became of every cell of every sheet.
    #[serde(default)]
    pub cells: Vec<CellsLine>,
    /// Findings of the earlier period that are gone.
    pub resolved: Vec<ResolvedLine>,
    /// Findings of the earlier period whose rule is not in force any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapsed: Vec<ResolvedLine>,
    pub findings: Vec<FindingLine>,
    /// The periods of the year so far, this one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub year: Vec<YearLine>,
    /// What changed, and what did not, against the run before in the same period; left out where
    /// there is none, and where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<CorrectedLines>,
    /// The ledger counted: every check that was owed, by rule and unit.
    #[serde(default)]
    pub coverage: Vec<CoverageLine>,
    /// From the plan's sums to the reported ones, by unit and amount column; unit null for all.
    #[serde(default)]
    pub bridge: Vec<BridgeLine>,
    /// Where every amount of every task row went.
    #[serde(default)]
    pub conservation: Vec<Conservation>,
    /// Workbooks of ours that came back with explanations.
    #[serde(default)]
    pub returned: Vec<ReturnedLine>,
    /// Leftovers of operating systems in the inbox that nobody submitted.
    #[serde(default)]
    pub passed_over: Vec<String>,
    /// Pairs of row and task that do not simply have the same text, with the evidence.
    #[serde(default)]
    pub pairs: Vec<PairLine>,
    /// Cumulative figures, for the next period.
    #[serde(default)]
    pub values: Values,
    /// What units reported of their tasks, for the next period.
    #[serde(default)]
    pub reported: Reported,
    /// Identities of all findings ever made up to this run, so that a reopened one is known.
    #[serde(default)]
    pub known: BTreeSet<String>,
}

/// A list of lines of which there is one for each task, or several: each text is kept once, however many
/// lines say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Lines<T>(pub Vec<T>);

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A line that shares its texts with others.
trait Sharing {
    fn texts(&mut self) -> impl Iterator<Item = &mut Text>;
}

impl Sharing for ValueLine {
    fn texts(&mut self) -> impl Iterator<Item = &mut Text> {
        [&mut self.unit, &mut self.key, &mut self.field].into_iter().chain(&mut self.period)
    }
}

impl Sharing for ReportedLine {
    fn texts(&mut self) -> impl Iterator<Item = &mut Text> {
        [&mut self.unit, &mut self.key].into_iter().chain(&mut self.fields)
    }
}

impl<'de, T: Deserialize<'de> + Sharing> Deserialize<'de> for Lines<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reading(PhantomData))
    }
}

/// Reads lines one after the other.
struct Reading<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Sharing> Visitor<'de> for Reading<T> {
    type Value = Lines<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of lines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Lines<T>, A::Error> {
        let mut known: Known = Known::default();
        let mut lines = Vec::new();
        while let Some(mut line) = sequence.next_element::<T>()? {
            for text in line.texts() {
                if let Some(known) = known.get(text.as_str()) {
                    *text = known.clone();
                } else {
                    known.insert(text.clone());
                }
            }
            lines.push(line);
        }
        lines.shrink_to_fit();
        Ok(Lines(lines))
    }
}

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Known = HashSet<Text, RandomState>;

/// A list that is never there: its lines are made whenever it is told.
pub struct Told<'a, T>(pub Box<dyn Fn() -> Box<dyn Iterator<Item = T> + 'a> + 'a>);

impl<T: Serialize> Serialize for Told<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    pub file: String,
    pub sha256: String,
    pub tasks: usize,
    /// The first period it is in force.
    #[serde(default)]
    pub from: String,
    /// Figures of the plan's paragraph that no declared sentence covers.
    #[serde(default)]
    pub unchecked: Vec<String>,
    /// What it changed of the plan before.
    #[serde(default)]
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitLine {
    pub unit: String,
    pub standing: Standing,
    pub files: Vec<String>,
    /// Tasks of the plan.
    pub tasks: usize,
    /// Tasks with a row.
    pub matched: usize,
    /// The hash of the rows as typed; empty for a unit without rows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// Of a zero report: why there is nothing to report, as the unit says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nothing_because: String,
    /// Whom to call, as far as the unit's sheets say.
    #[serde(default, flatten)]
    pub contacts: Contacts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    pub file: String,
    /// None where the file was not read.
    pub sha256: Option<String>,
    pub unit: Option<String>,
    pub standing: Standing,
    pub format: Option<String>,
    /// Why it was refused, in words.
    pub reason: Option<String>,
    /// All units of a file with several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// What a reader of the result should know about how the file was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// A workbook of ours that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedLine {
    pub file: String,
    pub kind: Stamped,
    /// How many rows of it hold something that a person may have written.
    pub explanations: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// A unit's sum of one amount column, three ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalLine {
    pub unit: String,
    pub field: String,
    pub plan: String,
    pub rows: String,
    pub printed: Option<String>,
    /// Rows − plan.
    pub difference: String,
}

/// The checks of one rule and unit, counted; the unit is null for the plan's own side and for
/// what is held over all units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageLine {
    pub rule: String,
    /// In words.
    pub title: String,
    pub unit: Option<String>,
    pub owed: usize,
    pub agrees: usize,
    pub differs: usize,
    pub not_checked: usize,
    /// Why checks could not be made: `no-submission`, `blank`, `first-cause` and so on.
    pub reasons: BTreeMap<String, usize>,
}

/// From the plan's sum to the reported one, in the display unit; each step is signed as it changes
/// the sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeLine {
    pub unit: Option<String>,
    pub field: String,
    pub plan: String,
    pub silent: String,
    pub missing: String,
    pub extra: String,
    pub misplaced: String,
    pub repeated: String,
    pub changed: String,
    /// Of what is changed, what is off by a power of ten.
    #[serde(default)]
    pub scaled: String,
    pub unreadable: String,
    pub reported: String,
    /// Always 0.
    pub residual: String,
}

/// The rows of one sheet by class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsLine {
    pub file: String,
    pub sheet: String,
    pub nonblank: usize,
    pub title: usize,
    pub heading: usize,
    pub task: usize,
    pub total: usize,
    pub note: usize,
    pub unplaced: usize,
    pub unreadable: usize,
}

/// The cells of one sheet by what became of them; the eight fates add up to `nonblank`, the last
/// three are counted beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellsLine {
    pub file: String,
    pub sheet: String,
    pub nonblank: usize,
    pub title: usize,
    pub heading: usize,
    pub used: usize,
    pub total: usize,
    pub note: usize,
    pub undeclared: usize,
    pub outside: usize,
    pub unreadable: usize,
    pub comments: usize,
    pub struck: usize,
    pub hidden: usize,
}

/// This run against the one before it in the same period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedLines {
    /// Units of which nothing changed and nothing is open are left out.
    pub units: Vec<CorrectedLine>,
    /// Findings of the run before that are not found now.
    pub gone: Vec<ResolvedLine>,
    /// Identities of those that the run before did not have.
    pub new: Vec<String>,
    /// Identities of those that are found again.
    pub same: Vec<String>,
}

/// One unit, in the run before and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedLine {
    pub unit: String,
    pub standing: Then<Standing>,
    pub files: Then<Vec<FileVersion>>,
    /// Whether it sent something else than before.
    pub sent_anew: bool,
    /// Sums of the rows as reported, in the display unit.
    pub reported: Vec<CorrectedSum>,
    /// How many findings above note are gone, new, and found again.
    pub gone: usize,
    pub new: usize,
    pub same: usize,
}

/// Something in the run before, and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Then<T> {
    pub before: T,
    pub now: T,
}

impl<T> From<[T; 2]> for Then<T> {
    fn from([before, now]: [T; 2]) -> Self {
        Self { before, now }
    }
}

/// A file and its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileVersion {
    pub file: String,
    /// None where the file was not read.
    pub sha256: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedSum {
    pub field: String,
    #[serde(flatten)]
    pub sums: Then<String>,
    /// Now − before; null beyond what can be added up.
    pub difference: Option<String>,
}

/// Where the readable amounts of one column went, in the display unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conservation {
    pub field: String,
    pub source: String,
    pub matched: String,
    pub extra: String,
    pub misplaced: String,
    pub repeated: String,
    /// Rows whose pairing is in doubt.
    pub doubtful: String,
    /// Files that do not count, and rows of unknown units.
    pub set_aside: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedLine {
    pub id: String,
    pub kind: Kind,
    pub unit: Option<String>,
    pub seq: Option<i64>,
    pub field: Option<String>,
    pub message: String,
}

impl From<&FindingLine> for ResolvedLine {
    fn from(line: &FindingLine) -> Self {
        Self {
            id: line.id.clone(),
            kind: line.kind,
            unit: line.unit.clone(),
            seq: line.seq,
            field: line.field.clone(),
            message: line.message.clone(),
        }
    }
}

/// Why a row and a task of another wording belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairLine {
    pub unit: String,
    pub seq: Option<i64>,
    pub task: String,
    pub file: String,
    pub sheet: String,
    pub cell: Option<CellAt>,
    /// `decided`, `same meaning`, `number` or `likeness`.
    pub why: String,
    /// In hundredths.
    pub likeness: Option<u32>,
    /// The likeness of the second best task.
    pub second: Option<u32>,
}

/// The columns that a unit reported of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedLine {
    pub unit: Text,
    pub key: Text,
    pub fields: Vec<Text>,
}

/// A cumulative figure, in its smallest unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueLine {
    pub unit: Text,
    pub key: Text,
    pub field: Text,
    pub figure: i64,
    /// The period that reported it, where this one did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingLine {
    pub id: String,
    pub kind: Kind,
    pub severity: Severity,
    pub status: Status,
    pub life: Life,
    /// New because the rule is new: the earlier period was not held to it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub of_new_rule: bool,
    /// The declared rule that it breaks, as `coverage` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    pub months: u32,
    pub side: Side,
    pub unit: Option<String>,
    pub seq: Option<i64>,
    pub field: Option<String>,
    /// The columns of a finding about a column as a whole, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The tasks that are told together in it: a later run asks what has become of these, and of no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskTold>,
    pub expected: Option<String>,
    pub found: Option<String>,
    pub difference: Option<String>,
    pub typed: Option<String>,
    /// Explanations that fit exactly, in words.
    pub cause: Vec<String>,
    pub file: Option<String>,
    pub sheet: Option<String>,
    pub cell: Option<CellAt>,
    pub cells: Vec<String>,
    pub plan_cell: Option<CellAt>,
    /// The highlighted cells of the consolidated workbook.
    pub marks: Vec<String>,
    pub explanation: Option<String>,
    pub message: String,
    /// The task's text.
    #[serde(default)]
    pub task: Option<String>,
    /// The causes as data.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// Whether the explanation was written before the figures changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explanation_outdated: bool,
    /// The answers that the explanation is made of, with by whom, when and in which file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// The largest difference that would have passed, where figures were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<String>,
    /// What the clerk decided on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Why the finding does not count, and who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<WaiverLine>,
}

/// The waiver that covers a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverLine {
    pub reason: String,
    pub approved_by: String,
}

impl Report {
    /// Returns an earlier report as a later run may use it: of another version only its figures,
    /// since its findings have identities that are made in another way.
    #[must_use]
    pub fn as_earlier(mut self) -> Self {
        if self.is_of_another_version() {
            self.findings.clear();
            self.resolved.clear();
            self.lapsed.clear();
            self.known.clear();
        }
        self
    }

    pub fn is_of_another_version(&self) -> bool {
        self.schema != SCHEMA
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(what: &bool) -> bool {
    !*what
}
