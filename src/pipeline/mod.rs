//! The definition of what is reconciled: a TOML file as written (`file`), checked and compiled
//! (`compile`) into an immutable [`Pipeline`]. All faults of a file are told at once.
//!
//! A *column* is a declared field, whatever sheet it stands on; it is not a column of a sheet, which
//! `normalise` finds. A *rule* is what must hold, and says nothing of whether it does.

mod column_type;
mod compile;
mod decided;
mod document;
mod expression;
pub mod file;
pub mod heading;
pub mod keys;
mod lexicon;
mod name_pattern;
pub mod phrase;
pub mod reworded;
pub mod rule;
mod table;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, Time};

pub use column_type::{ColumnType, DecimalMark};
pub use compile::{CannotLoad, address_of, load, of_text};
pub use decided::{AdoptedHeading, Apart, DecidedInWorkbook};
pub use document::Fault;
pub use expression::{Chain, Dimension, Expression, Force, Quantity, Rule, Tolerance};
pub use file::{Of, Over, Span, UnitStands};
pub use lexicon::{Label, Lexicon, of_program};
pub use name_pattern::NamePattern;
pub use phrase::{CaptureKind, Phrase};
pub use rule::{Operation, Relation, Sign};
pub use table::{
    Across, AcrossHeadings, CorrectionKey, CorrectionPart, SheetAt, SheetPattern, TableCorrection,
    any_fits, column_range, rows, sheet_pattern, unfitted,
};
pub use units::DeclaredUnits;

use crate::model::memo::Memo;
use crate::model::{
    Amount, ColumnId, IdVec, Kind, MoneyUnit, Month, RuleId, Severity, StatementId,
};

/// A checked pipeline; every name in it refers to something that exists.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The file's stem, which names the archive's folder.
    pub name: String,
    pub title: String,
    pub path: PathBuf,
    /// The file as written, for the archive.
    pub text: String,
    /// SHA-256 of the text; extracts made under another definition do not count.
    pub sha256: String,
    pub intake: Intake,
    pub limits: file::Read,
    /// The unit of money that figures are shown in.
    pub money: MoneyUnit,
    pub words: Lexicon,
    pub columns: IdVec<ColumnId, Column>,
    /// What finds the column of a heading.
    pub headings: heading::Headings,
    /// What they say in other words.
    pub reworded: reworded::Reworded,
    pub derived: Vec<Derived>,
    /// What texts were found to say of each derived amount, where all of them stand in one column.
    pub derived_said: Memo<Arc<[DerivedSaid]>>,
    /// In the order of the file.
    pub tables: Vec<TableCorrection>,
    pub roles: Roles,
    pub roster: Roster,
    pub matching: Matching,
    pub check: Check,
    pub findings: Findings,
    pub workbook: file::Workbook,
    pub sources: Vec<MoneySource>,
    pub rates: Vec<Rate>,
    /// How many runs of a period are kept; all where it is not said.
    pub keep: Option<usize>,
    /// How many bytes of what was read may be kept for later runs.
    pub cache_bytes: u64,
    /// None where no messages are wanted.
    pub outbox: Option<Outbox>,
    pub schedule: Schedule,
    pub finish: Option<Finish>,
    /// Headings that were adopted in a workbook.
    pub adopted: Vec<AdoptedHeading>,
}

#[derive(Clone, Debug)]
pub struct Intake {
    /// With `{period}` in it.
    pub inbox: String,
    pub archive: PathBuf,
    /// How long files must have been left alone.
    pub settle: Duration,
    /// Oldest first.
    pub plans: Vec<PlanVersion>,
    /// In lower case, without the dot.
    pub attachments: Vec<String>,
    /// Names of files and folders that nobody submits.
    pub ignored: Vec<NamePattern>,
}

#[derive(Clone, Debug)]
pub struct PlanVersion {
    pub path: PathBuf,
    pub from: Month,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file")]
pub struct Column {
    pub name: String,
    pub title: String,
    /// Keys of the title and of all declared headings.
    pub headings: Vec<String>,
    /// Keys of those that say in brackets how to fill them in, without that: a sheet may leave it out.
    pub meant: Vec<String>,
    /// What they say in other words.
    pub gists: Vec<reworded::Gist>,
    /// Keys of the levels that stand above the lowest in those that are paths.
    pub upper_headings: Vec<String>,
    /// Keys of their lowest levels by themselves, without the number of a twin.
    pub lowest_headings: Vec<String>,
    pub kind: ColumnType,
    /// For amounts: the unit where a sheet says none.
    pub unit: MoneyUnit,
    /// How figures that are typed as text are written.
    pub decimal: DecimalMark,
    /// What may stand beside the figures of a quantity, folded.
    pub measure: Option<String>,
    pub required: bool,
    pub reported: bool,
    /// Only some sheets have it.
    pub optional: bool,
    /// A total printed below it is the sum of its rows.
    pub summed: bool,
    pub choices: Vec<Choice>,
    /// Words that templates offer; others may be written all the same.
    pub suggestions: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    /// Keys of the value and of its spellings.
    pub keys: Vec<String>,
}

/// What the texts of a row say of a derived amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DerivedSaid {
    /// The sum of the figures that they name.
    pub sum: Option<Amount>,
    /// Whether they hold the words with which it is a column's amount.
    pub words_hold: bool,
}

/// An amount that stands inside a text.
#[derive(Clone, Debug)]
pub struct Derived {
    pub name: String,
    pub title: String,
    /// A column.
    pub from: Option<ColumnId>,
    pub phrases: Vec<Phrase>,
    /// The derived amount that this one is a part of.
    pub part_of: Option<usize>,
    /// Columns and the key of the words they must hold.
    pub when: Vec<(ColumnId, String)>,
    /// The amount column taken then.
    pub value: Option<ColumnId>,
}

/// The columns that the stages need to know.
#[derive(Clone, Debug)]
pub struct Roles {
    pub key: Vec<ColumnId>,
    pub number: Option<ColumnId>,
    pub owner: Option<ColumnId>,
}

#[derive(Clone, Debug)]
pub struct Roster {
    pub submitter: Vec<String>,
    pub filled_on: Vec<String>,
    pub corrections: Vec<String>,
    pub zero_report: Vec<String>,
    /// Whether each declared unit fills in all lines of the plan, whose figures are the sums of theirs.
    pub plan_is_sum: bool,
    /// Names of units with their aliases.
    pub aliases: Vec<(String, Vec<String>)>,
    /// The same, to be found in texts.
    pub units: DeclaredUnits,
}

#[derive(Clone, Debug)]
pub struct Matching {
    pub roll_up: bool,
    /// Keys; each group's first word stands for the others.
    pub synonyms: Vec<Vec<String>>,
    /// Keys.
    pub droppable: Vec<String>,
    /// Those of the pipeline file, then those that were decided in a workbook.
    pub pairings: Vec<file::Pairing>,
    pub apart: Vec<Apart>,
}

#[derive(Clone, Debug)]
pub struct Check {
    pub compare: Vec<Compare>,
    pub demands: Vec<Demand>,
    pub rules: IdVec<RuleId, Rule>,
    pub statements: IdVec<StatementId, Statement>,
    pub cumulative: Vec<ColumnId>,
    /// How long those figures go on adding up.
    pub within: Span,
    /// The deadline's and the progress's columns.
    pub overdue: Option<(ColumnId, ColumnId)>,
}

/// A reported column that may not be blank.
#[derive(Clone, Debug)]
pub struct Demand {
    pub column: ColumnId,
    pub when: When,
    pub severity: Severity,
}

/// When a column may not be blank.
#[derive(Clone, Debug)]
pub enum When {
    Always,
    /// Once the deadline has passed; holds the column of deadlines.
    Due(ColumnId),
    /// Where the row itself says so.
    Condition(Box<Rule>),
}

#[derive(Clone, Debug)]
pub struct Compare {
    pub column: ColumnId,
    pub severity: Severity,
    /// In the column's smallest unit.
    pub tolerance: i64,
    pub tolerance_text: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Statement {
    /// The ways in which it is put.
    pub phrases: Vec<Phrase>,
    pub rules: Vec<Rule>,
    /// What each captured name claims to be.
    pub titles: BTreeMap<String, String>,
}

impl Statement {
    /// Returns what the sentence is called: the name of the first figure that it gives.
    pub fn name(&self) -> &str {
        let captures = self.phrases.iter().flat_map(|phrase| &phrase.captures);
        let mut figures = captures.filter(|capture| capture.kind != CaptureKind::Unit);
        figures.next().map_or("", |capture| capture.name.as_str())
    }

    /// Returns the names of the figures that the sentence gives.
    pub fn names(&self) -> BTreeSet<&str> {
        let captures = self.phrases.iter().flat_map(|phrase| &phrase.captures);
        captures
            .filter(|capture| capture.kind != CaptureKind::Unit)
            .map(|capture| capture.name.as_str())
            .collect()
    }
}

impl Check {
    /// Returns the columns that the next period must know: the cumulative ones, and those that a
    /// rule asks about with `previous`.
    pub fn remembered(&self) -> BTreeSet<ColumnId> {
        let leaves = self.rules.iter().flat_map(Rule::leaves);
        let asked = leaves.filter_map(|leaf| match leaf {
            Expression::Previous(column) => Some(*column),
            _ => None,
        });
        self.cumulative.iter().copied().chain(asked).collect()
    }
}

/// When runs are due.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The name of a zone that is known; none for that of the machine.
    pub zone: Option<String>,
    /// 1 for the first working day of the month after.
    pub working_day: u32,
    pub at: Time,
    /// Zero for never.
    pub every: Duration,
    /// In order.
    pub holidays: Vec<Date>,
    /// In order.
    pub workdays: Vec<Date>,
}

/// What is started when all is done.
#[derive(Clone, Debug)]
pub struct Finish {
    pub program: String,
    pub arguments: Vec<String>,
    pub seconds: u32,
}

/// Messages to units, and who is told of a result.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// `name <address>`, or an address.
    pub from: Option<String>,
    /// Units by their names, with their addresses.
    pub recipients: BTreeMap<String, Vec<String>>,
    pub mail: Option<MailServer>,
    pub robots: Vec<Robot>,
}

#[derive(Clone, Debug)]
pub struct MailServer {
    pub host: String,
    pub port: Option<u16>,
    pub security: file::Security,
    pub user: Option<String>,
    /// The file that holds the password.
    pub password: Option<PathBuf>,
}

/// A robot of a group.
#[derive(Clone, Debug)]
pub struct Robot {
    pub name: String,
    pub form: file::Form,
    pub at: RobotAt,
}

/// Where its address stands.
#[derive(Clone, Debug)]
pub enum RobotAt {
    Address(String),
    File(PathBuf),
}

/// A share of one amount column in another, for the overview.
#[derive(Clone, Debug)]
pub struct Rate {
    pub title: String,
    pub of: ColumnId,
    pub to: ColumnId,
}

/// A source of money, for the table that holds the plan's paragraph against its rows.
#[derive(Clone, Debug)]
pub struct MoneySource {
    pub title: String,
    /// The name of a figure of the paragraph.
    pub stated: Option<String>,
    pub rows: Vec<(Sign, Quantity)>,
}

#[derive(Clone, Debug)]
pub struct Findings {
    pub severity: BTreeMap<Kind, Severity>,
    /// Keys.
    pub empty_explanations: Vec<String>,
    pub accept: file::Accept,
    pub waivers: Vec<Waiver>,
}

#[derive(Clone, Debug)]
pub struct Waiver {
    pub unit: String,
    /// Its key.
    pub task: Option<String>,
    /// As written.
    pub task_text: Option<String>,
    pub kind: Option<Kind>,
    pub field: Option<String>,
    pub reason: String,
    pub approved_by: String,
    pub expires: Option<Month>,
}

impl Pipeline {
    /// Returns the place of the column of that name.
    pub fn column_named(&self, name: &str) -> Option<ColumnId> {
        self.columns.position(|column| column.name == name)
    }

    /// Returns the name of a column or derived amount, as in rules and reports.
    pub fn quantity_name(&self, quantity: Quantity) -> &str {
        match quantity {
            Quantity::Column(index) => &self.columns[index].name,
            Quantity::Derived(index) => &self.derived[index].name,
        }
    }

    /// Returns the title of a column or derived amount without its unit of money.
    pub fn quantity_title(&self, quantity: Quantity) -> String {
        match quantity {
            Quantity::Column(index) => bare_title(&self.columns[index].title),
            Quantity::Derived(index) => bare_title(&self.derived[index].title),
        }
    }

    /// Returns the title of a column of that name without its unit of money, or the name.
    pub fn field_title(&self, name: &str) -> String {
        self.known_title(name).unwrap_or_else(|| name.to_owned())
    }

    /// Returns the title of a column or derived amount, if there is one of that name.
    pub fn known_title(&self, name: &str) -> Option<String> {
        let column = self.column_named(name).map(Quantity::Column);
        let derived =
            || self.derived.iter().position(|derived| derived.name == name).map(Quantity::Derived);
        let stated = || {
            self.check.statements.iter().find_map(|statement| statement.titles.get(name).cloned())
        };
        column.or_else(derived).map(|found| self.quantity_title(found)).or_else(stated)
    }

    /// Returns what a unit is called in what the program writes: the title of the owner's column.
    pub fn unit_title(&self) -> String {
        let owner = self.roles.owner.map(|owner| bare_title(&self.columns[owner].title));
        owner.unwrap_or_else(|| "责任单位".to_owned())
    }

    /// Returns what a task is called: the titles of the columns that say what a row is about.
    pub fn task_title(&self) -> String {
        let titles: Vec<String> =
            self.roles.key.iter().map(|key| bare_title(&self.columns[*key].title)).collect();
        titles.join(" / ")
    }

    /// Returns what a task's number is called, where tasks have numbers.
    pub fn number_title(&self) -> Option<String> {
        self.roles.number.map(|number| bare_title(&self.columns[number].title))
    }

    /// Returns the columns that hold amounts.
    pub fn amount_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        self.columns.keys().filter(|index| self.columns[*index].kind.is_money())
    }

    /// Returns the columns whose printed totals are held: of money and of other quantities, but not
    /// of the numbers of rows.
    pub fn totalled_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        self.columns.keys().filter(|index| self.is_totalled(*index))
    }

    /// Whether a total printed below a column is held.
    pub fn is_totalled(&self, field: ColumnId) -> bool {
        let column = &self.columns[field];
        column.kind.is_added_up() && column.summed && self.roles.number != Some(field)
    }

    /// Returns the plan before the one in force in a period.
    pub fn plan_before(&self, period: Month) -> Option<&PlanVersion> {
        let in_force = self.plan_for(period)?;
        self.intake.plans.iter().rfind(|plan| plan.from < in_force.from)
    }

    /// Returns the plan in force in a period: the newest that has begun.
    pub fn plan_for(&self, period: Month) -> Option<&PlanVersion> {
        self.intake.plans.iter().rfind(|plan| plan.from <= period)
    }
}

/// Cuts the brackets with the unit of money off a title, be it a path.
fn bare_title(title: &str) -> String {
    let bare = |level: &str| match level.split_once(['（', '(']) {
        Some((bare, unit)) if unit.contains('元') || unit.contains('%') => bare.trim().to_owned(),
        _ => level.to_owned(),
    };
    heading::levels(title).map(bare).collect::<Vec<_>>().join(heading::BELOW)
}
