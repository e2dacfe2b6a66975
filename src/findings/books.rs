//! The books of a run: sums three ways, rows by class, and the proof that nothing was lost.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{BridgeLine, CellsLine, Conservation, RowsLine, TotalLine};
use crate::check::bridge::{Bridge, Movement, Step};
use crate::check::figures::{End, Figures};
use crate::check::ledger::owed::Owed;
use crate::check::ledger::{Count, Held, Ledger};
use crate::check::wide_sums;
use crate::extract::Extract;
use crate::matching::{Frames, Matched};
use crate::model::amount::sum_in;
use crate::model::{ColumnId, FileId, IdSlice, SheetId, TaskId, UnitId, Value};
use crate::normalise::frame::{Item, shown_task};
use crate::normalise::{CellFate, RowClass, TableRow};
use crate::pipeline::{Pipeline, Quantity};
use crate::roster::{Plan, Roster, Standing, TotalRow};
use polars::prelude::{PolarsError, PolarsResult};

/// Books that do not balance are a fault of this program, and end the run.
#[derive(Debug, thiserror::Error)]
pub enum NotBalanced {
    #[error("{file} › {sheet}: {classed} rows were classed, {nonblank} hold something")]
    Rows { file: String, sheet: String, classed: usize, nonblank: usize },
    #[error("{file} › {sheet}: {ended} cells have a fate, {nonblank} hold something")]
    Cells { file: String, sheet: String, ended: usize, nonblank: usize },
    #[error("{field}: the amounts add up to {parts} at their ends, to {at_source} at their source")]
    Amounts { field: String, parts: i128, at_source: i128 },
    #[error("{rule}, {unit}: {owed} checks are owed, {made} are in the ledger")]
    Owed { rule: String, unit: String, owed: usize, made: usize },
    #[error("{rule}, {unit}, {task}: differs, and no finding says so")]
    Unsaid { rule: String, unit: String, task: String },
    #[error("{unit}, {field}: plan, steps and reported sum leave {residual}")]
    Residual { unit: String, field: String, residual: String },
    #[error(
        "{unit}, {field}, {step}: {amount} lies between plan and report, and no finding makes it"
    )]
    Unmoved { unit: String, field: String, step: &'static str, amount: i128 },
    #[error(transparent)]
    Frames(#[from] PolarsError),
}

/// Returns the rows of every sheet by class.
///
/// # Errors
/// Fails when a sheet's classes do not add up to its rows.
pub fn rows(roster: &Roster<'_>, extracts: &[Extract]) -> Result<Vec<RowsLine>, NotBalanced> {
    let mut lines = Vec::new();
    for (file, extract) in IdSlice::<FileId, Extract>::from_ref(extracts).iter_enumerated() {
        for (index, sheet) in extract.rows.sheets.iter_enumerated() {
            let count =
                |class: RowClass| sheet.classes.iter().filter(|(_, other)| *other == class).count();
            // What the plan's names and tasks showed to be none.
            let lines_of_words = roster.lines_of_words(file, index);
            let line = RowsLine {
                file: roster.places.files[file].clone(),
                sheet: roster.places.sheet(file, index).unwrap_or_default(),
                nonblank: sheet.nonblank,
                title: count(RowClass::Title),
                heading: count(RowClass::Heading),
                task: count(RowClass::Task) - lines_of_words,
                total: count(RowClass::Total),
                note: count(RowClass::Note) + lines_of_words,
                unplaced: count(RowClass::Unplaced),
                unreadable: count(RowClass::Unreadable),
            };
            let classed: usize = RowClass::ALL.iter().map(|class| count(*class)).sum();
            // Of tables side by side, a row carries a task of each.
            let tasks = sheet.rows.iter().filter(|row| row.class == RowClass::Task);
            let carried = tasks.map(|row| row.row).collect::<BTreeSet<u32>>().len();
            if classed != sheet.nonblank || carried != line.task + lines_of_words {
                return Err(NotBalanced::Rows {
                    file: line.file,
                    sheet: line.sheet,
                    classed: classed.min(carried),
                    nonblank: sheet.nonblank,
                });
            }
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Returns what became of the cells of every sheet.
///
/// # Errors
/// Fails when the fates of a sheet's cells do not add up to its cells.
pub fn cells(roster: &Roster<'_>, extracts: &[Extract]) -> Result<Vec<CellsLine>, NotBalanced> {
    let mut lines = Vec::new();
    for (file, extract) in IdSlice::<FileId, Extract>::from_ref(extracts).iter_enumerated() {
        for (index, sheet) in extract.rows.sheets.iter_enumerated() {
            let fates = &sheet.fates;
            // Such a line stands alone in its row.
            let lines_of_words = roster.lines_of_words(file, index);
            let line = CellsLine {
                file: roster.places.files[file].clone(),
                sheet: roster.places.sheet(file, index).unwrap_or_default(),
                nonblank: fates.nonblank,
                title: fates.of(CellFate::Title),
                heading: fates.of(CellFate::Heading),
                used: fates.of(CellFate::Used) - lines_of_words,
                total: fates.of(CellFate::Total),
                note: fates.of(CellFate::Note) + lines_of_words,
                undeclared: fates.of(CellFate::Undeclared),
                outside: fates.of(CellFate::Outside),
                unreadable: fates.of(CellFate::Unreadable),
                comments: fates.comments,
                struck: fates.struck,
                hidden: fates.hidden,
            };
            let ended = fates.ended();
            if ended != fates.nonblank {
                return Err(NotBalanced::Cells {
                    file: line.file,
                    sheet: line.sheet,
                    ended,
                    nonblank: fates.nonblank,
                });
            }
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Returns where the readable amounts of all task rows went, by column.
///
/// # Errors
/// Fails when the parts do not add up to the source, or when polars does.
pub fn amounts(
    roster: &Roster<'_>,
    extracts: &[Extract],
    figures: &Figures,
    pipeline: &Pipeline,
) -> Result<Vec<Conservation>, NotBalanced> {
    let mut lines = Vec::new();
    for field in pipeline.amount_columns() {
        let amount = |row: &TableRow| match row.entries[field].as_ref().map(|entry| &entry.value) {
            Some(Value::Amount(amount)) => i128::from(amount.0),
            _ => 0,
        };
        // The source is counted from the extracts, the parts from what matching made of them.
        let sheets = extracts.iter().flat_map(|extract| &extract.rows.sheets);
        let rows = sheets.flat_map(|sheet| &sheet.rows);
        let source: i128 = rows.filter(|row| row.class == RowClass::Task).map(amount).sum();
        let ends = figures.by_end(field)?;
        let of = |end: End| ends.get(&end).copied().unwrap_or(0);
        let set_aside: i128 = roster.set_aside.iter().map(|item| amount(item.row)).sum();
        let name = &pipeline.columns[field].name;
        let parts: i128 = ends.values().sum::<i128>() + set_aside;
        if parts != source {
            return Err(NotBalanced::Amounts { field: name.clone(), parts, at_source: source });
        }
        let shown = |sum: i128| sum_in(pipeline.money, sum);
        lines.push(Conservation {
            field: name.clone(),
            source: shown(source),
            matched: shown(of(End::Matched)),
            extra: shown(of(End::Extra)),
            misplaced: shown(of(End::Misplaced)),
            repeated: shown(of(End::Repeated)),
            doubtful: shown(of(End::Doubtful)),
            set_aside: shown(set_aside),
        });
    }
    Ok(lines)
}

/// Returns each unit's sums three ways: plan, rows, printed.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn totals(
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    frames: &Frames,
    pipeline: &Pipeline,
) -> PolarsResult<Vec<TotalLine>> {
    let fields: Vec<ColumnId> =
        pipeline.amount_columns().filter(|field| !pipeline.columns[*field].reported).collect();
    let mut by_field: BTreeMap<ColumnId, [BTreeMap<UnitId, i128>; 2]> = BTreeMap::new();
    for &field in &fields {
        let quantity = Quantity::Column(field);
        let planned = wide_sums(&frames.tasks, quantity, pipeline)?;
        by_field.insert(field, [planned, wide_sums(&frames.rows, quantity, pipeline)?]);
    }
    let mut totals_of: BTreeMap<UnitId, Vec<&TotalRow<'_>>> = BTreeMap::new();
    for total in &roster.totals {
        if let Some(unit) = total.unit {
            totals_of.entry(unit).or_default().push(total);
        }
    }
    let mut lines = Vec::new();
    for unit in plan.held_units() {
        let name = plan.names.name(unit);
        for &field in &fields {
            let [planned, submitted] =
                by_field[&field].each_ref().map(|sums| sums.get(&unit).copied().unwrap_or(0));
            let shown = |sum: i128| sum_in(pipeline.money, sum);
            lines.push(TotalLine {
                unit: name.to_owned(),
                field: pipeline.columns[field].name.clone(),
                plan: shown(planned),
                rows: shown(submitted),
                printed: printed(totals_of.get(&unit).map_or(&[], Vec::as_slice), field, pipeline)
                    .map(shown),
                difference: shown(submitted - planned),
            });
        }
    }
    Ok(lines)
}

/// The totals that a unit's tables print, added over its tables; a 总计 below the 合计 of one of
/// several tables is that of all of them.
fn printed(totals: &[&TotalRow<'_>], field: ColumnId, pipeline: &Pipeline) -> Option<i128> {
    let mut tables: BTreeMap<(FileId, SheetId, usize), Vec<(bool, i128)>> = BTreeMap::new();
    for total in totals {
        let label = total.row.label.as_str();
        if pipeline.words.is_subtotal(label) || pipeline.words.adds_up_nothing(label) {
            continue;
        }
        let entry = total.row.entries[field].as_ref();
        if let Some(Value::Amount(amount)) = entry.map(|entry| &entry.value) {
            let table = tables.entry((total.file, total.sheet, total.row.table)).or_default();
            table.push((pipeline.words.is_grand_total(label), amount.0.into()));
        }
    }
    if tables.len() > 1 {
        let grand = tables.values().find_map(|printed| match printed.as_slice() {
            [.., _, (true, grand)] => Some(*grand),
            _ => None,
        });
        if grand.is_some() {
            return grand;
        }
    }
    let last = tables.values().filter_map(|printed| printed.last());
    last.map(|(_, amount)| *amount).reduce(|sum, amount| sum + amount)
}

/// The ledger counted by rule and unit, in the order of the pipeline file.
pub type Coverage = BTreeMap<(Held, Option<UnitId>), Count>;

/// Returns the ledger counted.
///
/// # Errors
/// Fails when a rule has more or fewer lines than are owed, and when a line differs without a
/// finding that says so.
pub fn coverage(
    ledger: &Ledger,
    owed: &Owed,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> Result<Coverage, NotBalanced> {
    let name = |unit: Option<UnitId>| unit.map(|unit| plan.names.name(unit).to_owned());
    let counts = ledger.coverage();
    let made = |place: &(Held, Option<UnitId>)| counts.get(place).map_or(0, |count| count.owed);
    // What a sheet prints, and what the plan says in words, is owed by the sheet itself.
    let by_sheet = |held: Held| matches!(held, Held::Total(_) | Held::Statement(_));
    let unowed = counts.keys().filter(|(held, _)| !by_sheet(*held));
    for place in owed.keys().chain(unowed) {
        let owed = owed.get(place).copied().unwrap_or(0);
        if owed != made(place) {
            return Err(NotBalanced::Owed {
                rule: place.0.name(pipeline),
                unit: name(place.1).unwrap_or_default(),
                owed,
                made: made(place),
            });
        }
    }
    if let Some(line) = ledger.unsaid() {
        let task = line.task.map(|task| shown_task(plan.tasks[task].row, pipeline));
        return Err(NotBalanced::Unsaid {
            rule: line.held.name(pipeline),
            unit: name(line.unit).unwrap_or_default(),
            task: task.unwrap_or_default(),
        });
    }
    Ok(counts)
}

/// Returns the bridge of each unit and amount column, then that of the whole.
///
/// # Errors
/// Fails when something is left over between plan and reported sum.
pub fn bridge(
    bridges: &BTreeMap<(UnitId, ColumnId), Bridge>,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> Result<Vec<BridgeLine>, NotBalanced> {
    let mut whole: BTreeMap<ColumnId, Bridge> = BTreeMap::new();
    let mut lines = Vec::new();
    let mut line = |unit: Option<UnitId>, field: ColumnId, bridge: &Bridge| {
        let unit = unit.map(|unit| plan.names.name(unit).to_owned());
        let field = pipeline.columns[field].name.clone();
        let shown = |sum: i128| sum_in(pipeline.money, sum);
        let residual = bridge.residual();
        if residual != 0 {
            let (unit, residual) = (unit.unwrap_or_default(), shown(residual));
            return Err(NotBalanced::Residual { unit, field, residual });
        }
        let [silent, missing, extra, misplaced, repeated, _, scaled, unreadable] =
            bridge.steps.map(shown);
        let of = |step: Step| bridge.steps[step as usize];
        let changed = shown(of(Step::Changed) + of(Step::Scaled));
        lines.push(BridgeLine {
            unit,
            field,
            plan: shown(bridge.plan),
            silent,
            missing,
            extra,
            misplaced,
            repeated,
            changed,
            scaled,
            unreadable,
            reported: shown(bridge.reported),
            residual: shown(0),
        });
        Ok(())
    };
    for ((unit, field), bridge) in bridges {
        line(Some(*unit), *field, bridge)?;
        let sum = whole.entry(*field).or_default();
        *sum = [&*sum, bridge].into_iter().sum();
    }
    for (field, bridge) in &whole {
        line(None, *field, bridge)?;
    }
    Ok(lines)
}

/// Holds that each amount of a compared column between plan and report is made by a finding; a
/// zero report, which is declared, makes none.
///
/// # Errors
/// Fails when one is not.
pub fn moved(
    movements: &[Movement],
    roster: &Roster<'_>,
    pipeline: &Pipeline,
) -> Result<(), NotBalanced> {
    let unmoved = movements.iter().find(|movement| {
        let mut compared = pipeline.check.compare.iter();
        movement.finding.is_none()
            && compared.any(|compare| compare.column == movement.field)
            && !matches!(roster.units[movement.unit].0, Standing::Zero)
    });
    match unmoved {
        Some(movement) => Err(NotBalanced::Unmoved {
            unit: roster.names.name(movement.unit).to_owned(),
            field: pipeline.columns[movement.field].name.clone(),
            step: movement.step.name(),
            amount: movement.amount,
        }),
        None => Ok(()),
    }
}

/// Returns each unit's tasks, and how many of them have a row.
pub fn matched_tasks(
    matched: &Matched,
    tasks: &IdSlice<TaskId, Item<'_>>,
) -> BTreeMap<UnitId, (usize, usize)> {
    let with_row: BTreeSet<TaskId> = matched.pairs.iter().map(|pair| pair.task).collect();
    let mut counts: BTreeMap<UnitId, (usize, usize)> = BTreeMap::new();
    for (task, item) in tasks.iter_enumerated() {
        let (all, matched) = counts.entry(item.unit).or_default();
        *all += 1;
        *matched += usize::from(with_row.contains(&task));
    }
    counts
}
