//! Holds printed totals and subtotals against the sum of their rows.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::elsewhere::column_meant;
use super::formula;
use super::frames::{Sums, sums};
use super::named::{self, Known, called};
use super::outcome::Spot;
use super::pages::{self, TableAt};
use super::scope::{self, Scope};
use super::shares::{PrintedWrong, Shares, place_of};
use super::{AlreadySaid, Context, UNTOLD};
use crate::model::fact::Holder;
use crate::model::{
    Cause, CellAt, ColumnId, DECIMAL_PLACES, Entry, Fact, FileId, Finding, Kind, Obstacle, SheetId,
    Side, TaskId, UnitId, Value, fold,
};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::pipeline::{ColumnType, Lexicon, Pipeline, Quantity};
use crate::roster::{Places, Plan, TotalRow};

/// Checks the totals of the plan and of all sheets that count.
pub fn check(context: &Context<'_>, said: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    let plan = Books::new(
        Side::Plan,
        &context.pipeline.words,
        &context.plan.places,
        &context.plan.rows,
        &context.plan.totals,
    );
    let submissions = Books::new(
        Side::Submission,
        &context.pipeline.words,
        &context.roster.places,
        &context.roster.printed,
        &context.roster.totals,
    )
    .with_replaced(&context.roster.replaced);
    let sides = sides(&plan, &submissions, context.pipeline);
    let shares = Shares::new(context, wrong_in_plan(&sides[0], context));
    for field in context.pipeline.totalled_columns() {
        // What only units report has no sum in the plan.
        let planned = if context.pipeline.columns[field].reported {
            Sums::new()
        } else {
            sums(&context.frames.tasks, Quantity::Column(field), context.pipeline)?
        };
        for (side, tables) in &sides {
            for table in tables {
                findings.extend(table.check(field, &planned, &shares, side, context, said));
            }
        }
    }
    Ok(findings)
}

/// A total that the plan prints, with what its rows add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedTotal {
    pub sheet: SheetId,
    pub cell: CellAt,
    pub field: ColumnId,
    pub label: String,
    /// In the smallest unit of its column, as the sum.
    pub printed: i64,
    /// None where a row cannot be read.
    pub sum: Option<i64>,
}

/// Returns the plan's printed totals by column, in the order of its rows.
pub fn printed_totals(plan: &Plan<'_>, pipeline: &Pipeline) -> Vec<PrintedTotal> {
    let books = Books::new(Side::Plan, &pipeline.words, &plan.places, &plan.rows, &plan.totals);
    let mut printed_totals = Vec::new();
    let tables = tables(&books, &plan.rows, &Known::new(), pipeline);
    for field in pipeline.totalled_columns() {
        for table in &tables {
            for (at, total) in table.totals.iter().enumerate() {
                let Some(entry) = &total.row.entries[field] else { continue };
                let Some(printed) = entry.value.summand() else { continue };
                let rows = table.scope(at, field, printed, &books);
                let sum = added(&rows, field);
                let is_right = sum.is_some_and(|sum| is_sum(printed, sum, entry, &rows, field));
                let meant = if is_right { None } else { meant(total, field, &rows, pipeline) };
                printed_totals.push(PrintedTotal {
                    sheet: total.sheet,
                    cell: CellAt::new(total.row.row, entry.column),
                    field: meant.map_or(field, |(other, _)| other),
                    label: total.row.label.to_string(),
                    printed: meant.map_or(printed, |(_, sum)| sum),
                    sum: meant.map_or(sum, |(_, sum)| Some(sum)),
                });
            }
        }
    }
    printed_totals
}

struct Books<'a> {
    side: Side,
    words: &'a Lexicon,
    places: &'a Places,
    items: &'a [Item<'a>],
    totals: &'a [TotalRow<'a>],
    by_file: BTreeMap<FileId, Vec<&'a Item<'a>>>,
    by_unit: BTreeMap<UnitId, Vec<&'a Item<'a>>>,
    /// Rows in whose place another file's are compared. A total adds them up all the same; one of
    /// nothing else is nobody's.
    replaced: BTreeSet<(FileId, SheetId, usize, u32)>,
}

impl<'a> Books<'a> {
    fn new(
        side: Side,
        words: &'a Lexicon,
        places: &'a Places,
        items: &'a [Item<'a>],
        totals: &'a [TotalRow<'a>],
    ) -> Self {
        let mut by_file: BTreeMap<FileId, Vec<&'a Item<'a>>> = BTreeMap::new();
        let mut by_unit: BTreeMap<UnitId, Vec<&'a Item<'a>>> = BTreeMap::new();
        for item in items {
            by_file.entry(item.file).or_default().push(item);
            by_unit.entry(item.unit).or_default().push(item);
        }
        let replaced = BTreeSet::new();
        Self { side, words, places, items, totals, by_file, by_unit, replaced }
    }

    fn with_replaced(mut self, rows: &[Item<'_>]) -> Self {
        self.replaced = rows.iter().map(place_of).collect();
        for rows in self.by_unit.values_mut() {
            rows.retain(|item| !self.replaced.contains(&place_of(item)));
        }
        self
    }

    /// Returns whether another file's rows are compared in place of any of these.
    fn are_replaced(&self, rows: &[&Item<'_>]) -> bool {
        !self.replaced.is_empty() && rows.iter().any(|item| self.replaced.contains(&place_of(item)))
    }

    /// Returns whether a total adds up rows that count, be it one.
    fn is_somebodys(&self, rows: &[&Item<'_>]) -> bool {
        self.replaced.is_empty() || rows.iter().any(|item| !self.replaced.contains(&place_of(item)))
    }

    /// The rows that a grand total may add up beyond its own table: those of its workbook, and
    /// those of its unit's several files.
    fn wider(&self, total: &TotalRow<'_>) -> Vec<Vec<&'a Item<'a>>> {
        let of_file = self.by_file.get(&total.file).cloned();
        let of_unit = total.unit.and_then(|unit| self.by_unit.get(&unit).cloned());
        of_file.into_iter().chain(of_unit).collect()
    }
}

/// Returns whether differences of a column's rows from the plan are findings of their own: where
/// the column is compared, or the unit's rows and tasks are not one to one.
fn are_told(field: ColumnId, unit: Option<UnitId>, context: &Context<'_>) -> bool {
    let compare = &context.pipeline.check.compare;
    let of_unit = |found: UnitId| Some(found) == unit;
    let matched = context.matched;
    compare.iter().any(|compare| compare.column == field)
        || matched.missing.iter().any(|task| of_unit(context.plan.tasks[*task].unit))
        || matched.fates.keys().any(|row| of_unit(context.roster.items[*row].unit))
}

/// The tasks and totals of one table, by row.
#[derive(Default)]
struct Table<'a> {
    tasks: Vec<&'a Item<'a>>,
    totals: Vec<&'a TotalRow<'a>>,
    /// What each total adds up.
    scopes: Vec<Scope<'a>>,
    /// The columns by whose words totals are right, with what these are called.
    known: Known,
}

/// The tables of the plan, and those of the returns as far as they are told by them.
fn sides<'b, 'a>(
    plan: &'b Books<'a>,
    submissions: &'b Books<'a>,
    pipeline: &Pipeline,
) -> [(&'b Books<'a>, Vec<Table<'a>>); 2] {
    let planned = tables(plan, plan.items, &Known::new(), pipeline);
    let known = planned.iter().flat_map(|table| table.known.iter().cloned()).collect();
    let sent = tables(submissions, plan.items, &known, pipeline);
    [(plan, planned), (submissions, sent)]
}

fn tables<'a>(
    side: &Books<'a>,
    planned: &[Item<'_>],
    known: &Known,
    pipeline: &Pipeline,
) -> Vec<Table<'a>> {
    let mut tables: BTreeMap<TableAt, Table<'a>> = BTreeMap::new();
    for total in side.totals {
        let place = (total.file, total.sheet, total.row.table);
        tables.entry(place).or_default().totals.push(total);
    }
    for item in side.items {
        if let Some(table) = tables.get_mut(&(item.file, item.sheet, item.row.table)) {
            table.tasks.push(item);
        }
    }
    let last = |table: &Table<'a>| table.totals.last().map(|total| total.row.row);
    let pages = pages::above_each(side.items, tables.iter().map(|(at, table)| (*at, last(table))));
    let mut tables: Vec<Table<'a>> = tables.into_values().collect();
    for (table, above) in tables.iter_mut().zip(&pages) {
        let totals: Vec<&TableRow> = table.totals.iter().map(|total| total.row).collect();
        let wider = |at: usize| side.wider(table.totals[at]);
        let fields = pipeline.totalled_columns().collect();
        let named = named::rows(&table.tasks, &totals, planned, known, pipeline);
        let of = |at: usize| named.get(&at);
        let found = scope::scopes(&table.tasks, above, &totals, fields, side.words, of, wider);
        table.scopes = found.each;
        let by_name = found.by_name.iter().filter_map(|at| Some((named.get(at)?.by, *at)));
        table.known = by_name.map(|(by, at)| (by, called(totals[at]))).collect();
    }
    tables
}

impl<'a> Table<'a> {
    fn check(
        &self,
        field: ColumnId,
        planned: &Sums,
        shares: &Shares,
        side: &Books<'_>,
        context: &Context<'_>,
        said: &AlreadySaid,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (at, total) in self.totals.iter().enumerate() {
            let Some(entry) = &total.row.entries[field] else { continue };
            if entry.value.is_absent() || self.adds_up_nothing(at, side.words) {
                continue;
            }
            let kind = context.pipeline.columns[field].kind;
            let printed = match (&entry.value, entry.value.summand()) {
                (_, Some(printed)) => printed,
                (Value::Unreadable(obstacle), None) if !is_only_words(entry, obstacle, kind) => {
                    let mut finding = unreadable(total, field, obstacle, side, context);
                    let rows = self.scope(at, field, 0, side);
                    let is_plans = side.side == Side::Submission
                        && shares.repeats(&rows, field, None).is_some();
                    finding.expected = finding.found.clone().filter(|_| is_plans);
                    findings.push(finding);
                    continue;
                }
                _ => continue,
            };
            let rows = self.scope(at, field, printed, side);
            if rows.is_empty() || !side.is_somebodys(&rows) || silenced(&rows, field, side, said) {
                continue;
            }
            let Some(sum) = added(&rows, field) else { continue };
            let plan_sum = match (total.unit, side.side) {
                (Some(unit), Side::Submission) => {
                    let of_unit = planned.get(&unit).copied();
                    of_unit.and_then(|sum| shares.planned(&rows, unit, sum, field, context))
                }
                _ => None,
            };
            // Where the total is the plan's, what is found of the rows explains the gap.
            let is_plans = plan_sum == Some(printed)
                || side.side == Side::Submission
                    && shares.repeats(&rows, field, Some(printed)).is_some();
            let told =
                || are_told(field, total.unit, context) || is_doubted(&rows, field, side, said);
            if is_sum(printed, sum, entry, &rows, field) || is_plans && told() {
                continue;
            }
            if meant(total, field, &rows, context.pipeline).is_some() {
                continue;
            }
            let fact = Fact::TotalDiffers {
                label: total.row.label.to_string(),
                plan: plan_sum.map(|sum| kind.value(sum)),
            };
            let mut finding = about(fact, total, field, side, context);
            finding.typed = Some(entry.typed.to_string());
            finding.found = Some(kind.value(printed));
            finding.expected = Some(kind.value(sum));
            finding.difference = printed.checked_sub(sum);
            let named = |at: usize| {
                let figure = self.totals[at].row.entries[field].as_ref()?.value.summand()?;
                Some(formula::Subtotal { figure, rows: self.scope(at, field, figure, side) })
            };
            let own = formula::Own { total: total.row, at, field, printed, sum, rows: &rows };
            finding.cause.extend(formula::cause(&own, &self.tasks, &self.totals, named));
            finding.cause.extend(total.row.linked.contains(&field).then_some(Cause::Linked));
            findings.push(finding);
        }
        findings
    }

    /// Returns the rows that a total adds up, by its place among the totals. Where a correction has
    /// taken the place of some and the total is right with the corrected ones, it is these.
    /// Whether a total is none of rows: what comes on top of one, or a part that names no rows.
    fn adds_up_nothing(&self, at: usize, words: &Lexicon) -> bool {
        words.adds_up_nothing(&self.totals[at].row.label)
            && matches!(&self.scopes[at], Scope::Own(rows) if rows.is_empty())
    }

    fn scope(
        &self,
        at: usize,
        field: ColumnId,
        printed: i64,
        side: &Books<'a>,
    ) -> Vec<&'a Item<'a>> {
        let rows = match &self.scopes[at] {
            Scope::Own(rows) => self.tasks[rows.clone()].to_vec(),
            Scope::Wider(rows) => rows.clone(),
            Scope::NoRow => return Vec::new(),
        };
        if added(&rows, field) == Some(printed) || !side.are_replaced(&rows) {
            return rows;
        }
        let units: BTreeSet<UnitId> = rows.iter().map(|item| item.unit).collect();
        let corrected = units.iter().filter_map(|unit| side.by_unit.get(unit)).flatten();
        let corrected: Vec<&Item<'a>> = corrected.copied().collect();
        if added(&corrected, field) == Some(printed) { corrected } else { rows }
    }
}

/// Returns the totals of the plan that are not what their tasks add up to, or cannot be read.
fn wrong_in_plan(
    (side, tables): &(&Books<'_>, Vec<Table<'_>>),
    context: &Context<'_>,
) -> Vec<PrintedWrong> {
    let tasks: BTreeMap<_, TaskId> =
        context.plan.tasks.iter_enumerated().map(|(task, item)| (place_of(item), task)).collect();
    let mut wrong = Vec::new();
    for field in context.pipeline.totalled_columns() {
        for table in tables {
            for (at, total) in table.totals.iter().enumerate() {
                let Some(entry) = &total.row.entries[field] else { continue };
                let printed = entry.value.summand();
                if entry.value.is_absent() && printed.is_none() {
                    continue;
                }
                let rows = table.scope(at, field, printed.unwrap_or(0), side);
                let sum = added(&rows, field);
                let is_right = printed
                    .zip(sum)
                    .is_some_and(|(own, sum)| is_sum(own, sum, entry, &rows, field));
                if is_right || meant(total, field, &rows, context.pipeline).is_some() {
                    continue;
                }
                let own = rows.iter().map(|item| tasks.get(&place_of(item)).copied());
                let Some(over) = own.collect::<Option<BTreeSet<TaskId>>>() else { continue };
                let cell = CellAt::new(total.row.row, entry.column);
                wrong.push(PrintedWrong { field, over, figure: printed, at: (total.sheet, cell) });
            }
        }
    }
    wrong
}

/// Returns the column whose sum a total prints below another, and that sum.
fn meant(
    total: &TotalRow<'_>,
    below: ColumnId,
    rows: &[&Item<'_>],
    pipeline: &Pipeline,
) -> Option<(ColumnId, i64)> {
    let other = column_meant(total.row, below, rows, pipeline)?;
    Some((other, added(rows, other)?))
}

/// Returns the sum of a field over rows; `None` where one cannot be read.
fn added(rows: &[&Item<'_>], field: ColumnId) -> Option<i64> {
    rows.iter().try_fold(0_i64, |sum, item| {
        match item.row.entries[field].as_ref().map(|entry| &entry.value) {
            Some(Value::Unreadable(_)) => None,
            Some(value) => sum.checked_add(value.summand().unwrap_or(0)),
            None => Some(sum),
        }
    })
}

/// Returns whether a total prints the sum of its rows. A quantity that a formula left at its full
/// length is held rounded, and so may each of the rows be off by a last place.
fn is_sum(printed: i64, sum: i64, total: &Entry, rows: &[&Item<'_>], field: ColumnId) -> bool {
    if printed == sum || !matches!(total.value, Value::Decimal(_)) {
        return printed == sum;
    }
    if rounds(printed, sum, &total.typed) {
        return true;
    }
    let is_rounded = |entry: &Entry| {
        let fraction = entry.typed.split_once('.').map_or("", |(_, fraction)| fraction);
        fraction.len() > DECIMAL_PLACES as usize
    };
    let entries = rows.iter().filter_map(|item| item.row.entries[field].as_ref());
    let rounded = entries.chain([total]).filter(|entry| is_rounded(entry)).count();
    i64::try_from(rounded)
        .is_ok_and(|rounded| printed.saturating_sub(sum).saturating_abs() <= rounded)
}

/// Returns whether a total prints the sum rounded to its decimals, two at the least: 27.29 for 27.2928.
fn rounds(printed: i64, sum: i64, typed: &str) -> bool {
    const LEAST: u32 = 2;
    let fraction = typed.trim().split_once('.').map_or("", |(_, fraction)| fraction);
    let is_plain = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let Ok(decimals) = u32::try_from(fraction.len()) else { return false };
    let decimals = decimals.max(LEAST);
    if !is_plain || decimals >= DECIMAL_PLACES {
        return false;
    }
    let half = 10_u64.pow(DECIMAL_PLACES - decimals) / 2;
    printed.abs_diff(sum) <= half
}

/// Beside a total's quantities may stand what it calls itself, and words; beside its money nothing
/// but money. A figure is none of them: 65035.2 below whole numbers is their sum, and a wrong one.
fn is_only_words(entry: &Entry, obstacle: &Obstacle, kind: ColumnType) -> bool {
    let is_figure = || {
        let plain = fold::plain(&entry.typed).replace(',', "");
        plain.parse::<f64>().is_ok_and(f64::is_finite)
    };
    !kind.is_money()
        && !matches!(obstacle, Obstacle::ErrorValue | Obstacle::Uncalculated(_))
        && !is_figure()
}

/// Returns whether anything is said of the amounts of rows.
fn is_doubted(rows: &[&Item<'_>], field: ColumnId, side: &Books<'_>, said: &AlreadySaid) -> bool {
    rows.iter().any(|item| {
        let Some(entry) = &item.row.entries[field] else { return false };
        let cell = CellAt::new(item.row.row, entry.column);
        said.is_doubted(side.side, Spot { file: item.file, sheet: item.sheet, cell })
    })
}

/// Returns whether what is said of the amounts of rows keeps their sum from being told.
fn silenced(rows: &[&Item<'_>], field: ColumnId, side: &Books<'_>, said: &AlreadySaid) -> bool {
    rows.iter().any(|item| {
        let Some(entry) = &item.row.entries[field] else { return false };
        let cell = CellAt::new(item.row.row, entry.column);
        let spot = Spot { file: item.file, sheet: item.sheet, cell };
        // A column that is scaled as a whole adds up all the same, and so do the other rows where
        // one reports nothing.
        let adds_up = |kind: &Kind| matches!(kind, Kind::ColumnScaled | Kind::ReportMissing);
        said.at(side.side, spot).iter().any(|kind| !adds_up(kind) && UNTOLD.contains(kind))
    })
}

fn about(
    fact: Fact,
    total: &TotalRow<'_>,
    field: ColumnId,
    side: &Books<'_>,
    context: &Context<'_>,
) -> Finding {
    let mut finding = Finding::new(fact, side.side);
    finding.unit = total.unit.map(|unit| context.roster.names.name(unit).to_owned());
    finding.field = Some(context.pipeline.columns[field].name.clone());
    side.places.put_at(&mut finding, (total.file, total.sheet), total.row, Some(field));
    finding
}

fn unreadable(
    total: &TotalRow<'_>,
    field: ColumnId,
    obstacle: &Obstacle,
    side: &Books<'_>,
    context: &Context<'_>,
) -> Finding {
    let holder = Holder::Total { label: total.row.label.to_string() };
    let fact = if *obstacle == Obstacle::TooFine {
        Fact::ValueImprecise(holder)
    } else {
        Fact::ValueUnreadable(holder)
    };
    let mut finding = about(fact, total, field, side, context);
    let entry = total.row.entries[field].as_ref();
    finding.typed = entry.map(|entry| entry.typed.to_string());
    finding.found = Some(Value::Unreadable(obstacle.clone()));
    finding
}

/// A printed total that counts, with the rows that it adds up.
pub(super) struct TotalHeld<'a> {
    pub side: Side,
    pub unit: Option<UnitId>,
    pub field: ColumnId,
    pub file: FileId,
    pub sheet: SheetId,
    pub cell: CellAt,
    /// None where it cannot be read.
    pub printed: Option<i64>,
    pub rows: Vec<&'a Item<'a>>,
    /// None where one of the rows cannot be read, or the sum is beyond what can be added up.
    pub sum: Option<i64>,
    /// Whether the total prints the sum.
    pub is_sum: bool,
    /// Whether it names rows of which its table has none, and prints nothing.
    pub names_no_row: bool,
    /// The unit of a row that cannot be read and in whose place another file's is compared.
    pub unread_in_place: Option<UnitId>,
    /// Where the plan itself prints it, as wrong, over the same tasks.
    pub repeats: Option<(SheetId, CellAt)>,
}

/// Returns every printed total that counts, of the plan and of all sheets that count.
pub(super) fn held<'a>(context: &'a Context<'_>) -> Vec<TotalHeld<'a>> {
    let plan = Books::new(
        Side::Plan,
        &context.pipeline.words,
        &context.plan.places,
        &context.plan.rows,
        &context.plan.totals,
    );
    let submissions = Books::new(
        Side::Submission,
        &context.pipeline.words,
        &context.roster.places,
        &context.roster.printed,
        &context.roster.totals,
    )
    .with_replaced(&context.roster.replaced);
    let sides = sides(&plan, &submissions, context.pipeline);
    let shares = Shares::new(context, wrong_in_plan(&sides[0], context));
    let mut held = Vec::new();
    for field in context.pipeline.totalled_columns() {
        for (side, tables) in &sides {
            for table in tables {
                for (at, total) in table.totals.iter().enumerate() {
                    let Some(entry) = &total.row.entries[field] else { continue };
                    if entry.value.is_absent() || table.adds_up_nothing(at, side.words) {
                        continue;
                    }
                    let printed = entry.value.summand();
                    let kind = context.pipeline.columns[field].kind;
                    if let Value::Unreadable(obstacle) = &entry.value
                        && is_only_words(entry, obstacle, kind)
                    {
                        continue;
                    }
                    let rows = table.scope(at, field, printed.unwrap_or(0), side);
                    if !rows.is_empty() && !side.is_somebodys(&rows) {
                        continue;
                    }
                    let sum = added(&rows, field);
                    let is_right = sum
                        .zip(printed)
                        .is_some_and(|(sum, printed)| is_sum(printed, sum, entry, &rows, field));
                    // Below another column it is the sum of its own all the same.
                    let elsewhere = if is_right || printed.is_none() {
                        None
                    } else {
                        meant(total, field, &rows, context.pipeline)
                    };
                    let (own, printed, sum) = match elsewhere {
                        Some((other, sum)) => (other, Some(sum), Some(sum)),
                        None => (field, printed, sum),
                    };
                    let unread = rows.iter().filter(|item| added(&[item], own).is_none());
                    let mut replaced =
                        unread.filter(|item| side.replaced.contains(&place_of(item)));
                    let unread_in_place = replaced.next().map(|item| item.unit);
                    let is_sent = side.side == Side::Submission;
                    let repeats = (is_sent && !is_right && elsewhere.is_none())
                        .then(|| shares.repeats(&rows, field, printed))
                        .flatten();
                    held.push(TotalHeld {
                        side: side.side,
                        unit: total.unit,
                        field: own,
                        file: total.file,
                        sheet: total.sheet,
                        cell: CellAt::new(total.row.row, entry.column),
                        printed,
                        sum,
                        is_sum: is_right || elsewhere.is_some(),
                        names_no_row: matches!(table.scopes[at], Scope::NoRow),
                        unread_in_place,
                        repeats,
                        rows,
                    });
                }
            }
        }
    }
    held
}
