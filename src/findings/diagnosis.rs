//! Why a figure differs: every explanation that fits the difference exactly, and no other.
//!
//! The program never corrects; where nothing fits it says so.

use crate::check::{Context, power_of_ten};
use crate::model::amount::shortest_decimal;
use crate::model::{Amount, Cause, CellAt, FileId, Finding, Kind, SheetId, Side, Value, fold};
use crate::normalise::frame::{Item, shown_task, text_key};
use crate::normalise::{RowClass, TableRow};
use crate::roster::{Plan, cell};

/// Adds the causes that fit to each unequal amount and total.
pub fn diagnose(findings: &mut [Finding], context: &Context<'_>) {
    for finding in findings {
        let (Some(Value::Amount(found)), Some(Value::Amount(expected))) =
            (&finding.found, &finding.expected)
        else {
            continue;
        };
        let (found, expected) = (*found, *expected);
        let mut causes = match finding.kind {
            Kind::ValueDiffers | Kind::ValueScaled | Kind::ColumnScaled => {
                of_value(finding, found, expected, context)
            }
            Kind::TotalDiffers => of_total(finding, found, expected, context),
            _ => continue,
        };
        finding.cause.append(&mut causes);
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
    context: &Context<'_>,
) -> Vec<Cause> {
    let mut causes = of_figures(found, expected, context);
    if finding.side != Side::Submission || finding.kind == Kind::ColumnScaled {
        return causes;
    }
    let Some(field) = finding.field.as_ref().and_then(|name| context.pipeline.column_named(name))
    else {
        return causes;
    };
    let tasks = &context.plan.tasks;
    let Some(task) = tasks.position(|item| is_task_of(finding, item, context)) else {
        return causes;
    };
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
    if let Some((before, from)) = context.before {
        let same =
            before.tasks.iter().find(|item| is_same_task(item, before, &tasks[task], context));
        if same.and_then(planned) == Some(found) {
            causes.push(Cause::BeforeRevision { from: from.to_string() });
        }
    }
    // Two tasks written as one row: this one's amount and that of a missing task.
    for missing in &context.matched.missing {
        let other = &tasks[*missing];
        let together = planned(other).and_then(|amount| amount.checked_add(expected));
        if other.unit == unit && together == Some(found) && planned(other) != Some(Amount(0)) {
            causes.push(Cause::TasksTogether { task: shown_task(other.row, context.pipeline) });
        }
    }
    // One task written as two rows: this row and one that the plan lacks.
    for (row, fate) in &context.matched.fates {
        let other = &context.roster.items[*row];
        let is_extra = *fate == crate::matching::Fate::Extra;
        let amount = amount_of(other.row, field).unwrap_or_default();
        if is_extra
            && other.unit == unit
            && amount.0 != 0
            && found.checked_add(amount) == Some(expected)
        {
            let cells = finding.cell.into_iter().chain(cell(other, field)).collect();
            causes.push(Cause::RowsTogether { cells });
        }
    }
    causes
}

fn is_same_task(
    item: &Item<'_>,
    before: &Plan<'_>,
    task: &Item<'_>,
    context: &Context<'_>,
) -> bool {
    fold::key(before.names.name(item.unit)) == fold::key(context.plan.names.name(task.unit))
        && text_key(item.row, context.pipeline) == text_key(task.row, context.pipeline)
}

fn is_task_of(finding: &Finding, item: &Item<'_>, context: &Context<'_>) -> bool {
    finding.unit.as_deref() == Some(context.plan.names.name(item.unit))
        && finding.task.as_deref() == Some(shown_task(item.row, context.pipeline).as_str())
}

fn amount_of(row: &TableRow, field: usize) -> Option<Amount> {
    row.entries[field].as_ref().and_then(|entry| entry.value.amount())
}

fn of_total(
    finding: &Finding,
    found: Amount,
    expected: Amount,
    context: &Context<'_>,
) -> Vec<Cause> {
    let mut causes = of_figures(found, expected, context);
    let (Some(name), Some(at)) = (&finding.field, finding.cell) else { return causes };
    let Some(field) = context.pipeline.column_named(name) else { return causes };
    let Some(difference) = found.checked_sub(expected) else { return causes };
    let table = Table::of(finding, at, context);
    for item in table.tasks {
        let amount = amount_of(item.row, field).unwrap_or_default();
        if amount.0 == 0 {
            continue;
        }
        let task = shown_task(item.row, context.pipeline);
        if amount.0 == -difference.0 {
            causes.push(Cause::RowMissing { task, cell: cell(item, field) });
        } else if amount == difference {
            causes.push(Cause::RowTwice { task, cell: cell(item, field) });
        }
    }
    for row in table.others {
        let Some(entry) = &row.entries[field] else { continue };
        let here = CellAt::new(row.row, entry.column);
        if here == at || entry.value.amount() != Some(difference) || difference.0 == 0 {
            continue;
        }
        causes.push(match row.class {
            RowClass::Total => Cause::SubtotalIncluded { cell: here },
            _ => Cause::RowUnplaced { cell: here },
        });
    }
    causes
}

/// The rows around a total.
struct Table<'a> {
    tasks: Vec<&'a Item<'a>>,
    /// Other totals, and rows that could not be placed.
    others: Vec<&'a TableRow>,
}

impl<'a> Table<'a> {
    fn of(finding: &Finding, at: CellAt, context: &Context<'a>) -> Self {
        let (places, items, totals) = match finding.side {
            Side::Plan => (&context.plan.places, &context.plan.tasks.raw, &context.plan.totals),
            Side::Submission => {
                (&context.roster.places, &context.roster.items.raw, &context.roster.totals)
            }
        };
        let total = totals.iter().find(|total| {
            total.row.row == at.row
                && places.files.get(total.file) == finding.file.as_ref()
                && places.sheet(total.file, total.sheet) == finding.sheet
        });
        let Some(total) = total else { return Self { tasks: Vec::new(), others: Vec::new() } };
        let same = |file: FileId, sheet: SheetId, row: &TableRow| {
            (file, sheet, row.table) == (total.file, total.sheet, total.row.table)
        };
        let others = totals.iter().filter(|other| same(other.file, other.sheet, other.row));
        let unplaced = context.roster.unplaced.iter().filter(|other| {
            finding.side == Side::Submission && same(other.file, other.sheet, other.row)
        });
        Self {
            tasks: items.iter().filter(|item| same(item.file, item.sheet, item.row)).collect(),
            others: others.map(|other| other.row).chain(unplaced.map(|other| other.row)).collect(),
        }
    }
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
