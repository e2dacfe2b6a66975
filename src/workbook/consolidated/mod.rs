//! The consolidated workbook 核对汇总表: its pages, laid out as data.

mod changes;
mod corrected;
mod coverage;
mod findings;
mod overview;
mod pending;
mod plan;
mod sources;
mod table;
mod terms;
mod units;
mod web;
mod year;

pub use web::page as web_page;
pub use year::lines as year_lines;

use std::collections::BTreeMap;

use super::continued::{MOST_LINES, continued};
use super::lookup::Lookup;
use super::marks::Marks;
use super::page::{Choices, Emphasis, Others, Page, even_decimals};
use crate::check::Paragraph;
use crate::decisions::Standing;
use crate::decisions::record::Signature;
use crate::extract::{Elsewhere, Extract};
use crate::findings::{FindingLine, ReturnedLine, Settled, YearLine};
use crate::intake::{PassedOver, Received};
use crate::matching::Matched;
use crate::model::stamp::{FormCode, Stamped};
use crate::model::{ColumnId, FileId, Finding, IdSlice, Month, Severity, Side, Status};
use crate::pipeline::Pipeline;
use crate::pipeline::file::PageName;
use crate::reconcile::Reconciliation;
use crate::roster::{Plan, Roster};

/// The names of the pages, as they appear in `marks`.
pub const OVERVIEW: &str = "总览";
pub const FINDINGS: &str = "差异清单";
pub const TABLE: &str = "汇总表";
pub const UNITS: &str = "分单位核对";
pub const PLAN: &str = "计划自查";
pub const COVERAGE: &str = "核对范围";
pub const CHANGES: &str = "变化情况";
pub const CORRECTED: &str = "更正前后";
pub const YEAR: &str = "年度情况";
pub const SOURCES: &str = "来源与守恒";
pub const PENDING: &str = "待定事项";
pub const TERMS: &str = "口径说明";

/// What 核对范围 prints for the unit of a check that is the plan's own or over all units.
pub const OF_NO_UNIT: &str = "（计划或全部）";

/// Everything the workbook is made from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    pub pipeline: &'a Pipeline,
    pub period: Month,
    pub plan: &'a Plan<'a>,
    pub roster: &'a Roster<'a>,
    pub received: &'a IdSlice<FileId, Received>,
    pub extracts: &'a IdSlice<FileId, Extract>,
    pub matched: &'a Matched,
    pub paragraph: &'a Paragraph,
    /// Every check that was owed.
    pub ledger: &'a crate::check::ledger::Ledger,
    /// What lies between plan and report, each with the finding that makes it.
    pub movements: &'a [crate::check::bridge::Movement],
    /// In the order of the report's findings, which the unseen ones follow.
    pub settled: &'a [Settled],
    /// All of the result.
    pub result: &'a Reconciliation<'a>,
    pub plan_file: &'a Received,
    pub plan_from: Option<Month>,
    /// Workbooks of ours that came back.
    pub returned: &'a [ReturnedLine],
    /// Leftovers in the inbox that nobody submitted.
    pub passed_over: &'a [PassedOver],
    /// Which version of the period's result it is; none outside of an archive.
    pub version: Option<&'a Version>,
    /// The earlier periods of the year.
    pub year_before: &'a [YearLine],
    pub elsewhere: Elsewhere,
    /// What was answered and decided in Excel.
    pub standing: &'a Standing,
    /// How many lines the record of decisions has.
    pub decisions: u64,
    /// The hash of the figures, for which somebody signs.
    pub figures: &'a str,
    pub lookup: &'a Lookup<'a>,
}

/// What a run took in, as far as pages show it.
#[derive(Clone, Copy, Debug)]
pub struct TakenIn<'a> {
    pub received: &'a IdSlice<FileId, Received>,
    pub extracts: &'a IdSlice<FileId, Extract>,
    pub plan_file: &'a Received,
    pub plan_from: Option<Month>,
    pub returned: &'a [ReturnedLine],
    pub passed_over: &'a [PassedOver],
    pub version: Option<&'a Version>,
    pub year_before: &'a [YearLine],
    pub elsewhere: Elsewhere,
    pub standing: &'a Standing,
    pub decisions: u64,
    pub figures: &'a str,
}

/// Which version of the period's result a workbook is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The run's number.
    pub batch: String,
    /// The hash of the manifest of the run before, in words.
    pub seal: String,
    /// Where the copies of what was read lie, from the workbook's own folder.
    pub copies: BTreeMap<(Side, String), String>,
}

impl<'a> Material<'a> {
    /// Puts together what the pages are made from.
    pub fn of(
        result: &'a Reconciliation<'a>,
        pipeline: &'a Pipeline,
        period: Month,
        lookup: &'a Lookup<'a>,
        taken: TakenIn<'a>,
    ) -> Self {
        Self {
            pipeline,
            period,
            plan: &result.plan,
            roster: &result.roster,
            received: taken.received,
            extracts: taken.extracts,
            matched: &result.matched,
            paragraph: &result.paragraph,
            ledger: &result.ledger,
            movements: &result.movements,
            settled: &result.settled,
            result,
            plan_file: taken.plan_file,
            plan_from: taken.plan_from,
            returned: taken.returned,
            passed_over: taken.passed_over,
            version: taken.version,
            year_before: taken.year_before,
            elsewhere: taken.elsewhere,
            standing: taken.standing,
            decisions: taken.decisions,
            figures: taken.figures,
            lookup,
        }
    }
}

impl Material<'_> {
    /// Returns the signatures of the period, void ones among them.
    pub fn signatures(&self) -> impl Iterator<Item = &Signature> {
        let of_period = self.standing.signatures.iter();
        of_period.filter(|((period, _), _)| *period == self.period).map(|(_, signed)| signed)
    }

    /// Returns the code of a form of this run; a slip has its unit's.
    pub fn form_code(&self, kind: Stamped, unit: Option<&str>) -> FormCode {
        let period = self.period.to_string();
        let of = FormCode::of(kind, &self.pipeline.name, &period, unit);
        let figures = if kind == Stamped::Consolidated { self.figures } else { "" };
        FormCode { decisions: self.decisions, figures: figures.to_owned(), ..of }
    }

    /// Returns the findings that count on the submission side, with their places.
    fn on_side(&self, side: Side) -> impl Iterator<Item = (usize, &Settled)> {
        self.settled.iter().enumerate().filter(move |(_, settled)| settled.finding.side == side)
    }

    /// Returns the findings on the submission side about a unit, or about nobody's files, with
    /// their places.
    fn of_unit(&self, unit: Option<&str>) -> impl Iterator<Item = (usize, &Settled)> {
        self.lookup.of_unit(unit).iter().map(|place| (*place, &self.settled[*place]))
    }

    /// Returns the earlier period's findings whose check could not be made, with their places.
    fn unseen(&self) -> impl Iterator<Item = (usize, &FindingLine)> {
        (self.settled.len()..).zip(&self.result.unseen)
    }

    /// Returns how many findings of a unit are open, of one severity.
    fn open_of(&self, unit: &str, severity: Severity) -> usize {
        let own = self.of_unit(Some(unit));
        own.filter(|(_, settled)| settled.is_open() && settled.severity == severity).count()
    }

    /// Returns where the copy of a file lies, from the workbook's own folder.
    fn copy_of(&self, file: &str, side: Side) -> Option<&str> {
        let copies = &self.version?.copies;
        copies.get(&(side, file.to_owned())).map(String::as_str)
    }

    /// Returns the amount columns that the overview sums up.
    fn overview_columns(&self) -> Vec<ColumnId> {
        let named: Vec<ColumnId> = self
            .pipeline
            .workbook
            .overview
            .iter()
            .filter_map(|name| self.pipeline.column_named(name))
            .collect();
        if named.is_empty() {
            self.pipeline
                .amount_columns()
                .filter(|field| !self.pipeline.columns[*field].reported)
                .collect()
        } else {
            named
        }
    }

    /// Returns the columns of the plan, in its order.
    fn plan_columns(&self) -> Vec<ColumnId> {
        self.pipeline
            .columns
            .keys()
            .filter(|field| !self.pipeline.columns[*field].reported)
            .collect()
    }

    /// Returns the reported columns that any counted sheet has.
    fn reported_columns(&self) -> Vec<ColumnId> {
        self.pipeline
            .columns
            .keys()
            .filter(|field| self.pipeline.columns[*field].reported)
            .filter(|field| self.roster.items.iter().any(|item| item.row.entries[*field].is_some()))
            .collect()
    }

    fn title_of(&self, field: ColumnId) -> String {
        self.pipeline.quantity_title(crate::pipeline::Quantity::Column(field))
    }

    fn is_figure(&self, field: ColumnId) -> bool {
        self.pipeline.columns[field].kind.is_figure()
    }
}

/// Returns how the cells of a finding stand out. What was accepted asks for nothing any more.
pub fn emphasis(settled: &Settled) -> Emphasis {
    match settled.status {
        Status::Waived | Status::Explained | Status::Trial => Emphasis::Accepted,
        Status::Open | Status::Answered | Status::Returned => Emphasis::Open(settled.severity),
    }
}

/// Returns the causes of a finding in words.
pub fn cause_words(finding: &Finding) -> String {
    let causes: Vec<String> = finding
        .cause
        .iter()
        .map(|cause| crate::wording::cause_text(cause, crate::model::words::Language::Chinese))
        .collect();
    causes.join("；")
}

/// Where a list of findings has the columns that depend on the plan's own: a plan without numbers
/// does without the one, and the other bears the title of what a task is called.
#[derive(Clone, Copy, Debug)]
pub struct ShapedColumns {
    pub number: usize,
    pub task: usize,
}

impl ShapedColumns {
    /// Returns what belongs to each column, without what a plan without numbers has no use for.
    pub fn kept<T>(self, mut of_columns: Vec<T>, pipeline: &Pipeline) -> Vec<T> {
        if pipeline.roles.number.is_none() {
            of_columns.remove(self.number);
        }
        of_columns
    }

    /// Returns the headings, in the plan's words.
    pub fn headings(self, names: &[&str], pipeline: &Pipeline) -> Vec<String> {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names[self.task] = pipeline.task_title();
        names[self.number] = pipeline.number_title().unwrap_or_default();
        self.kept(names, pipeline)
    }
}

/// Returns the drop-down list of a column in which people explain, where one is declared.
pub fn explanations(
    pipeline: &Pipeline,
    column: usize,
    (first, last): (usize, usize),
) -> Option<Choices> {
    let line = |line: usize| u32::try_from(line).unwrap_or(0);
    let words = pipeline.workbook.explanations.clone();
    (!words.is_empty()).then(|| Choices {
        column: u16::try_from(column).unwrap_or(0),
        first_line: line(first),
        last_line: line(last),
        words,
        others: Others::Allowed,
    })
}

/// Lays out all pages and marks the cells of all findings; `end` is what is done last to each page.
pub fn pages(material: &Material<'_>, end: impl Fn(&mut Page)) -> (Vec<Page>, Marks) {
    let mut marks = Marks::default();
    let listed = findings::places(material);
    let emphases = emphases(material);
    let mut table = table::page(material, &mut marks, &listed);
    // It is the longest, and the others need not wait for its end where no list needs further sheets.
    let last_listed = listed.values().max().copied().unwrap_or(0);
    let is_done = table.lines.len().max(last_listed) < MOST_LINES / 2;
    if is_done {
        marks.apply(std::slice::from_mut(&mut table), |finding| emphases[finding]);
        even_decimals(&mut table);
        end(&mut table);
    }
    let units = units::page(material, &mut marks);
    let plan = plan::page(material, &mut marks);
    let sources = sources::page(material, &mut marks);
    let overview = overview::page(material, &mut marks, &listed);
    // The list comes last: it links to the cells that the other pages marked.
    let findings = findings::page(material, &mut marks);
    let coverage = coverage::page(material);
    let terms = terms::page(material);
    let mut pages = vec![
        (PageName::Overview, overview),
        (PageName::Findings, findings),
        (PageName::Pending, pending::page(material)),
        (PageName::Table, table),
        (PageName::Units, units),
        (PageName::Plan, plan),
        (PageName::Coverage, coverage),
    ];
    pages.extend(changes::page(material).map(|page| (PageName::Changes, page)));
    pages.extend(corrected::page(material, &listed).map(|page| (PageName::Corrected, page)));
    pages.extend(year::page(material).map(|page| (PageName::Year, page)));
    pages.extend([(PageName::Sources, sources), (PageName::Terms, terms)]);
    let wanted = &material.pipeline.workbook.pages;
    pages.sort_by_key(|(name, _)| {
        wanted.iter().position(|wanted| wanted == name).unwrap_or(wanted.len())
    });
    let (mut pages, moved) = continued(pages.into_iter().map(|(_, page)| page).collect());
    let marks = marks.moved(&moved);
    marks.apply(&mut pages, |finding| emphases[finding]);
    for page in pages.iter_mut().filter(|page| !is_done || page.name != TABLE) {
        even_decimals(page);
        end(page);
    }
    (pages, marks)
}

/// How the cells of each finding stand out, by its place.
fn emphases(material: &Material<'_>) -> Vec<Emphasis> {
    let own = material.settled.iter().map(emphasis);
    let unseen = material.result.unseen.iter().map(|line| Emphasis::Open(line.severity));
    own.chain(unseen).collect()
}
