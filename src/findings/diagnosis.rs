//! Why a figure differs: every explanation that fits the difference exactly, and no other.
//!
//! The program never corrects; where nothing fits it says so.

use std::collections::BTreeMap;

use crate::check::{Context, power_of_ten};
use crate::matching::{Fate, RowsOfTasks};
use crate::model::amount::shortest_decimal;
use crate::model::fact::Remark;
use crate::model::{
    Amount, Cause, CellAt, CellRange, ColumnId, Fact, FileId, Finding, Kind, RowId, SheetId, Side,
    TaskId, UnitId, Value, fold,
};
use crate::normalise::frame::{Item, shown_task, text_key};
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::{Expression, Quantity, Relation, Rule, Sign};
use crate::roster::{Places, Plan, TotalRow, cell};

/// Adds the causes that fit to each unequal amount and total.
pub fn diagnose(findings: &mut [Finding], context: &Context<'_>) {
    let mut around = Around::of(context);
    for finding in findings {
        if matches!(finding.fact, Fact::ValueDiffers(Remark::Common(_))) {
            // It says its cause itself.
            continue;
        }
        let (Some(Value::Amount(found)), Some(Value::Amount(expected))) =
            (&finding.found, &finding.expected)
        else {
            continue;
        };
        let (found, expected) = (*found, *expected);
        let mut causes = match finding.kind() {
            Kind::ValueDiffers | Kind::ValueScaled | Kind::ColumnScaled => {
                of_value(finding, found, expected, &mut around)
            }
            Kind::TotalDiffers => of_total(finding, found, expected, &mut around),
            _ => continue,
        };
        finding.cause.append(&mut causes);
        // What only may be is said last.
        finding.cause.sort_by_key(|cause| *cause == Cause::Linked);
    }
}

/// A table: side, file, sheet and its place in the sheet.
type TablePlace = (Side, FileId, SheetId, usize);

/// What stands around the figures, found once for all findings.
struct Around<'a> {
    context: &'a Context<'a>,
    /// By the unit's name and what the task is called.
    tasks: BTreeMap<(&'a str, String), TaskId>,
    /// The tasks of the plan before, by the keys of unit and text.
    before: BTreeMap<(String, String), &'a Item<'a>>,
    totals: BTreeMap<(Side, FileId, SheetId, u32), &'a TotalRow<'a>>,
    tables: BTreeMap<TablePlace, Table<'a>>,
    /// The place of each sheet by the names of file and sheet.
    sheets: BTreeMap<(Side, &'a str, &'a str), (FileId, SheetId)>,
    rows_of_tasks: RowsOfTasks,
    /// By column when one is asked for: tasks without a row, and rows that the plan lacks.
    missing: BTreeMap<ColumnId, ByAmount<TaskId>>,
    extra: BTreeMap<ColumnId, ByAmount<RowId>>,
}

/// Places by unit and amount.
type ByAmount<Place> = BTreeMap<(UnitId, i64), Vec<Place>>;

/// The rows around a total.
#[derive(Default)]
struct Table<'a> {
    tasks: Vec<&'a Item<'a>>,
    /// Other totals, and rows that could not be placed.
    others: Vec<&'a TableRow>,
    /// By column when one is asked for: the places of both by their amount.
    by_amount: BTreeMap<ColumnId, Amounts>,
}

/// The places of the rows of a table by what they have in a column.
struct Amounts {
    tasks: BTreeMap<i64, Vec<usize>>,
    others: BTreeMap<i64, Vec<usize>>,
}

impl<'a> Around<'a> {
    fn of(context: &'a Context<'a>) -> Self {
        let mut around = Self {
            context,
            tasks: BTreeMap::new(),
            before: BTreeMap::new(),
            totals: BTreeMap::new(),
            tables: BTreeMap::new(),
            sheets: BTreeMap::new(),
            rows_of_tasks: context.matched.rows_of_tasks(),
            missing: BTreeMap::new(),
            extra: BTreeMap::new(),
        };
        for (task, item) in context.plan.tasks.iter_enumerated() {
            let known_by =
                (context.plan.names.name(item.unit), shown_task(item.row, context.pipeline));
            around.tasks.entry(known_by).or_insert(task);
        }
        if let Some((before, _)) = context.before {
            for item in &before.tasks {
                let key = key_of(item, before, context);
                around.before.entry(key).or_insert(item);
            }
        }
        let (plan, roster) = (context.plan, context.roster);
        around.add_side(Side::Plan, &plan.places, &plan.rows, &plan.totals);
        around.add_side(Side::Submission, &roster.places, &roster.items.raw, &roster.totals);
        for item in &roster.unplaced {
            let place = (Side::Submission, item.file, item.sheet, item.row.table);
            around.tables.entry(place).or_default().others.push(item.row);
        }
        around
    }

    fn add_side(
        &mut self,
        side: Side,
        places: &'a Places,
        tasks: &'a [Item<'a>],
        totals: &'a [TotalRow<'a>],
    ) {
        for ((file, name), sheets) in places.files.iter_enumerated().zip(&places.sheets) {
            for (sheet, sheet_name) in sheets.iter_enumerated() {
                self.sheets.entry((side, name, sheet_name)).or_insert((file, sheet));
            }
        }
        for item in tasks {
            let place = (side, item.file, item.sheet, item.row.table);
            self.tables.entry(place).or_default().tasks.push(item);
        }
        for total in totals {
            let place = (side, total.file, total.sheet, total.row.table);
            self.tables.entry(place).or_default().others.push(total.row);
            self.totals.entry((side, total.file, total.sheet, total.row.row)).or_insert(total);
        }
    }

    /// The task of the plan that a finding is about.
    fn task_of(&self, finding: &Finding) -> Option<TaskId> {
        let known_by = (finding.unit.as_deref()?, finding.task.clone()?);
        self.tasks.get(&known_by).copied()
    }

    /// The table in which a finding's total stands.
    fn table_of(&mut self, finding: &Finding, at: CellAt) -> Option<&mut Table<'a>> {
        let names = (finding.side, finding.file.as_deref()?, finding.sheet.as_deref()?);
        let (file, sheet) = *self.sheets.get(&names)?;
        let total = self.totals.get(&(finding.side, file, sheet, at.row))?;
        self.tables.get_mut(&(finding.side, file, sheet, total.row.table))
    }

    /// The unit's tasks without a row that have an amount, in the order of the plan.
    fn missing(&mut self, field: ColumnId, unit: UnitId, amount: i64) -> &[TaskId] {
        let context = self.context;
        let by_amount = self.missing.entry(field).or_insert_with(|| {
            let mut by_amount = ByAmount::new();
            for &task in &context.matched.missing {
                let item = &context.plan.tasks[task];
                if let Some(amount) = amount_of(item.row, field) {
                    by_amount.entry((item.unit, amount.0)).or_default().push(task);
                }
            }
            by_amount
        });
        by_amount.get(&(unit, amount)).map_or(&[], Vec::as_slice)
    }

    /// The unit's rows that the plan lacks and that have an amount.
    fn extra(&mut self, field: ColumnId, unit: UnitId, amount: i64) -> &[RowId] {
        let context = self.context;
        let by_amount = self.extra.entry(field).or_insert_with(|| {
            let mut by_amount = ByAmount::new();
            let fates = context.matched.fates.iter();
            for (row, _) in fates.filter(|(_, fate)| **fate == Fate::Extra) {
                let item = &context.roster.items[*row];
                if let Some(amount) = amount_of(item.row, field) {
                    by_amount.entry((item.unit, amount.0)).or_default().push(*row);
                }
            }
            by_amount
        });
        by_amount.get(&(unit, amount)).map_or(&[], Vec::as_slice)
    }
}

impl Table<'_> {
    /// The places of tasks and of other rows by their amount.
    fn amounts(&mut self, field: ColumnId) -> &Amounts {
        let Self { tasks, others, by_amount } = self;
        by_amount.entry(field).or_insert_with(|| {
            let by_amount = |rows: &mut dyn Iterator<Item = &TableRow>| {
                let mut places: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
                for (place, row) in rows.enumerate() {
                    if let Some(amount) = amount_of(row, field) {
                        places.entry(amount.0).or_default().push(place);
                    }
                }
                places
            };
            Amounts {
                tasks: by_amount(&mut tasks.iter().map(|item| item.row)),
                others: by_amount(&mut others.iter().copied()),
            }
        })
    }
}

/// Causes that need nothing but the two figures.
fn of_figures(found: Amount, expected: Amount, context: &Context<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    if let Some(power) = power_of_ten(found.0, expected.0) {
        causes.push(Cause::PowerOfTen { power });
    }
    if found.0 == -expected.0 && found.0 != 0 {
        causes.push(Cause::Sign);
    }
    let places = context.pipeline.money.exponent();
    if transposed(&shortest_decimal(found.0, places), &shortest_decimal(expected.0, places)) {
        causes.push(Cause::Transposed);
    }
    if let Some(decimals) = rounded(found.0, expected.0, places) {
        causes.push(Cause::Rounding { decimals });
    }
    causes
}

fn of_value(
    finding: &Finding,
    found: Amount,
    expected: Amount,
    around: &mut Around<'_>,
) -> Vec<Cause> {
    let context = around.context;
    let mut causes = of_figures(found, expected, context);
    if finding.side != Side::Submission || finding.kind() == Kind::ColumnScaled {
        return causes;
    }
    let Some(field) = finding.field.as_ref().and_then(|name| context.pipeline.column_named(name))
    else {
        return causes;
    };
    let tasks = &context.plan.tasks;
    let Some(task) = around.task_of(finding) else { return causes };
    let planned = |item: &Item<'_>| amount_of(item.row, field);
    let unit = tasks[task].unit;
    // The amount of the task above or below.
    let place = usize::from(task);
    let neighbours = [place.checked_sub(1), place.checked_add(1)];
    for neighbour in neighbours.into_iter().flatten().filter_map(|place| tasks.raw.get(place)) {
        if neighbour.unit == unit && planned(neighbour) == Some(found) && found.0 != 0 {
            causes.push(Cause::Neighbour {
                task: shown_task(neighbour.row, context.pipeline),
                cell: cell(neighbour, field),
            });
        }
    }
    if let Some((_, from)) = context.before {
        let same = around.before.get(&key_of(&tasks[task], context.plan, context));
        if same.and_then(|item| planned(item)) == Some(found) {
            causes.push(Cause::BeforeRevision { from: from.to_string() });
        }
    }
    let Some(more) = found.checked_sub(expected).filter(|more| more.0 != 0) else {
        return causes;
    };
    if let Some([row]) = around.rows_of_tasks.get(task) {
        let (own, planned) = (&context.roster.items[*row], tasks[task].row);
        let rules = context.pipeline.check.rules.iter();
        causes.extend(rules.filter_map(|rule| of_parts(rule, field, own, planned)));
    }
    // Two tasks written as one row: this one's amount and that of a missing task.
    for &missing in around.missing(field, unit, more.0) {
        let task = shown_task(tasks[missing].row, context.pipeline);
        causes.push(Cause::TasksTogether { task });
    }
    // One task written as two rows: this row and one that the plan lacks.
    let Some(less) = more.0.checked_neg() else { return causes };
    for &row in around.extra(field, unit, less) {
        let other = &context.roster.items[row];
        let cells = finding.cell.into_iter().chain(cell(other, field)).collect();
        causes.push(Cause::RowsTogether { cells });
    }
    causes
}

/// Whether an amount that a rule makes of others of its row differs by just what these differ.
fn of_parts(rule: &Rule, field: ColumnId, own: &Item<'_>, planned: &TableRow) -> Option<Cause> {
    let [chain] = rule.demand.as_slice() else { return None };
    let ([left, right], [Relation::Equal]) = (chain.sides.as_slice(), chain.relations.as_slice())
    else {
        return None;
    };
    let is_it = |side: &Expression| *side == Expression::Field(Quantity::Column(field));
    let parts = match (is_it(left), is_it(right)) {
        (true, false) => right,
        (false, true) => left,
        _ => return None,
    };
    // A blank cell adds nothing.
    let figure = |row: &TableRow, field: ColumnId| match row.entries[field].as_ref() {
        None => Some(0),
        Some(entry) if entry.value == Value::Blank => Some(0),
        Some(entry) => entry.value.amount().map(|amount| amount.0),
    };
    let more = |field: ColumnId| figure(own.row, field)?.checked_sub(figure(planned, field)?);
    let (mut sum, mut cells) = (0_i64, Vec::new());
    for (sign, part) in parts.addends() {
        let Expression::Field(Quantity::Column(part)) = part else { return None };
        let part_more = more(*part)?;
        sum = match sign {
            Sign::Plus => sum.checked_add(part_more)?,
            Sign::Minus => sum.checked_sub(part_more)?,
        };
        if part_more != 0 {
            cells.push(cell(own, *part)?);
        }
    }
    (rule.condition.is_empty() && !cells.is_empty() && more(field) == Some(sum))
        .then_some(Cause::ItsParts { cells })
}

/// What a task is known by in another version of the plan.
pub(super) fn key_of(item: &Item<'_>, plan: &Plan<'_>, context: &Context<'_>) -> (String, String) {
    (fold::key(plan.names.name(item.unit)), text_key(item.row, context.pipeline))
}

fn amount_of(row: &TableRow, field: ColumnId) -> Option<Amount> {
    row.entries[field].as_ref().and_then(|entry| entry.value.amount())
}

fn of_total(
    finding: &Finding,
    found: Amount,
    expected: Amount,
    around: &mut Around<'_>,
) -> Vec<Cause> {
    let context = around.context;
    let mut causes = of_figures(found, expected, context);
    // What the total's own formula adds up needs no guess.
    if finding.cause.iter().any(|cause| matches!(cause, Cause::Formula { .. })) {
        return causes;
    }
    let (Some(name), Some(at)) = (&finding.field, finding.cell) else { return causes };
    let Some(field) = context.pipeline.column_named(name) else { return causes };
    let difference = found.checked_sub(expected).filter(|difference| difference.0 != 0);
    let Some(difference) = difference else { return causes };
    let Some(table) = around.table_of(finding, at) else { return causes };
    let Amounts { tasks, others } = table.amounts(field);
    let of = |places: &BTreeMap<i64, Vec<usize>>, amount: Option<i64>| {
        let places = amount.and_then(|amount| places.get(&amount));
        places.cloned().unwrap_or_default()
    };
    let lacking = difference.0.checked_neg();
    let mut fitting = of(tasks, Some(difference.0));
    fitting.extend(of(tasks, lacking));
    fitting.sort_unstable();
    let other_rows = of(others, Some(difference.0));
    for item in fitting.into_iter().map(|place| table.tasks[place]) {
        let task = shown_task(item.row, context.pipeline);
        let cell = cell(item, field);
        causes.push(if amount_of(item.row, field).map(|amount| amount.0) == lacking {
            Cause::RowMissing { task, cell }
        } else {
            Cause::RowTwice { task, cell }
        });
    }
    if let Some(cells) = subtotals_twice(table, field, at, difference.0) {
        causes.push(Cause::SubtotalsIncluded { cells });
    }
    for row in other_rows.into_iter().map(|place| table.others[place]) {
        let Some(entry) = &row.entries[field] else { continue };
        let here = CellAt::new(row.row, entry.column);
        if here == at {
            continue;
        }
        causes.push(match row.class {
            RowClass::Total => Cause::SubtotalIncluded { cell: here },
            _ => Cause::RowUnplaced { cell: here },
        });
    }
    causes
}

/// Returns the totals of a table, of two or more, if a total holds the figures of all of them besides
/// their rows.
fn subtotals_twice(
    table: &Table<'_>,
    field: ColumnId,
    own: CellAt,
    difference: i64,
) -> Option<Vec<CellRange>> {
    let others = table.others.iter().filter(|row| row.class == RowClass::Total);
    let figures = others.filter_map(|row| {
        let entry = row.entries[field].as_ref()?;
        let at = CellAt::new(row.row, entry.column);
        entry.value.amount().filter(|_| at != own).map(|amount| (at, amount.0))
    });
    let figures: Vec<(CellAt, i64)> = figures.filter(|(_, figure)| *figure != 0).collect();
    let sum = figures.iter().try_fold(0_i64, |sum, (_, figure)| sum.checked_add(*figure));
    let cells = figures.iter().map(|(at, _)| CellRange::new(*at, *at)).collect();
    (figures.len() > 1 && sum == Some(difference)).then_some(cells)
}

/// Returns whether two decimals differ by two neighbouring digits exchanged.
fn transposed(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let unequal: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
    match unequal.as_slice() {
        [first, second] => {
            second - first == 1
                && one[*first] == other[*second]
                && one[*second] == other[*first]
                && one[*first].is_ascii_digit()
                && one[*second].is_ascii_digit()
        }
        _ => false,
    }
}

/// Returns the decimals to which `found` is `expected` rounded half up, where it is.
fn rounded(found: i64, expected: i64, places: u32) -> Option<u32> {
    (0..places.min(3)).find(|decimals| {
        let step = 10_i64.pow(places - decimals);
        let half = if expected < 0 { -step / 2 } else { step / 2 };
        let rounded = expected.checked_add(half).map(|sum| sum / step * step);
        expected % step != 0 && rounded == Some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exchanged_digits_are_neighbours() {
        assert!(transposed("5114", "5141"));
        assert!(transposed("91.45", "91.54"));
        for (one, other) in
            [("12", "12"), ("123", "321"), ("1.2", "12."), ("10", "100"), ("15", "18")]
        {
            assert!(!transposed(one, other), "{one} {other}");
        }
    }

    #[test]
    fn rounding_names_the_decimals() {
        // 91.449277 万元 shown as 91.45 and as 91.
        assert_eq!(rounded(91_450_000, 91_449_277, 6), Some(2));
        assert_eq!(rounded(91_000_000, 91_449_277, 6), Some(0));
        assert_eq!(rounded(92_000_000, 91_449_277, 6), None);
        assert_eq!(rounded(91_000_000, 91_000_000, 6), None);
    }
}
