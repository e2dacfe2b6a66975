//! Tasks that are gone, came from nowhere, come twice, belong elsewhere, or could be two.

use std::collections::BTreeMap;

use crate::drill::base::{Base, Spot};
use crate::drill::edit;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::matching::ratio;
use crate::model::{ColumnId, IdVec, Kind, Said, Severity, TaskId, UnitId, Value, fold};
use crate::normalise::TableRow;
use crate::normalise::frame::{Item, text_key};
use crate::pipeline::ColumnType;
use crate::read::Content;

const NO_ROW: (&str, &str) =
    ("没有一行可以种下这种错误", "no row of the month can take this fault");

/// Returns the column that says in findings what a row is about.
fn key(base: &Base<'_>) -> Option<ColumnId> {
    base.pipeline.roles.key.first().copied()
}

/// Whether no row below takes anything from this one.
fn gives_nothing_down(base: &Base<'_>, spot: &Spot<'_>) -> bool {
    let rows = &base.extract(spot.item.file).rows.sheets[spot.item.sheet].rows;
    rows.iter().all(|row| {
        row.entries.iter().flatten().all(|entry| entry.filled_from() != Some(spot.item.row.row))
    })
}

fn with_totals_silent(base: &Base<'_>, item: &Item<'_>, mut planting: Planting) -> Planting {
    for field in base.pipeline.amount_columns() {
        planting = planting.without_total(base, item, field);
    }
    planting
}

/// A task's row is deleted.
pub fn missing(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::TaskMissing);
    let Some(spot) = spots.iter().find(|spot| gives_nothing_down(base, spot)) else {
        return no_occasion(NO_ROW.0, NO_ROW.1);
    };
    let row = spot.item.row.row;
    let planting = Planting::new(
        format!("删除第 {} 行的任务", row + 1),
        format!("the task in row {} is deleted", row + 1),
    )
    .on_sheet(base, &spot.item, |sheet| edit::clear_row(sheet, row));
    Ok(with_totals_silent(base, &spot.item, planting).finds(Expected {
        seq: base.named(&spot.task).0,
        ..Expected::on_sheet(Kind::TaskMissing, base, &spot.item, None)
    }))
}

/// Returns the cells of a new row of a sheet from what each field should hold.
fn new_row(
    base: &Base<'_>,
    spot: &Spot<'_>,
    content: impl Fn(ColumnId) -> Option<Content>,
) -> Vec<(u32, Content)> {
    let layout = base.layout(&spot.item);
    let mut cells: Vec<(u32, Content)> = base
        .pipeline
        .columns
        .keys()
        .filter_map(|field| Some((layout.column_of(field)?.column, content(field)?)))
        .collect();
    cells.sort_by_key(|(column, _)| *column);
    cells
}

fn typed(row: &TableRow, field: ColumnId) -> Option<Content> {
    let entry = row.entries[field].as_ref()?;
    (!entry.typed.is_empty()).then(|| Content::Text(entry.typed.clone()))
}

/// The words that a row adds to a sheet of a unit name that unit.
fn owner(base: &Base<'_>, spot: &Spot<'_>) -> Option<Content> {
    typed(spot.item.row, base.pipeline.roles.owner?)
}

/// Returns where the key of a row stands that is put below the last task.
fn below(base: &Base<'_>, spot: &Spot<'_>, seq: Option<i64>, kind: Kind) -> Expected {
    let column = key(base).and_then(|field| base.layout(&spot.item).column_of(field));
    let row = base.last_task(&spot.item).row + 1;
    let cell = column.map(|found| crate::model::CellAt::new(row, found.column));
    Expected { seq, ..Expected::on_sheet(kind, base, &spot.item, cell) }
}

/// A row comes in that is no task of the plan.
pub fn extra(base: &Base<'_>) -> Result<Planting, Said> {
    const TEXT: &str = "演练：临时增加的一项工作";
    let spots = base.spots(Kind::TaskExtra);
    let Some(spot) = spots.first() else { return no_occasion(NO_ROW.0, NO_ROW.1) };
    let roles = &base.pipeline.roles;
    let cells = new_row(base, spot, |field| {
        let column = &base.pipeline.columns[field];
        match column.kind {
            _ if roles.owner == Some(field) => owner(base, spot),
            ColumnType::Text if roles.key.contains(&field) => Some(Content::Text(TEXT.into())),
            ColumnType::Choice if roles.key.contains(&field) => {
                column.choices.first().map(|choice| Content::Text(choice.value.clone().into()))
            }
            ColumnType::Amount if !column.reported => Some(Content::Number(7.0)),
            _ => None,
        }
    });
    let planting = Planting::new(
        format!("在任务之后加一行“{TEXT}”"),
        format!("a row “{TEXT}” is added below the tasks"),
    )
    .inserts(base, &spot.item, cells);
    Ok(without_totals_below(base, spot, planting).finds(below(base, spot, None, Kind::TaskExtra)))
}

/// A total that has moved down by one row keeps silent as well.
fn without_totals_below(base: &Base<'_>, spot: &Spot<'_>, mut planting: Planting) -> Planting {
    let at = base.last_task(&spot.item).row + 1;
    for field in base.pipeline.amount_columns() {
        let planned = base.planned(spot.item.unit, field);
        let totals = base.totals(&spot.item);
        let amount = |row: &TableRow| row.entries[field].as_ref()?.value.amount();
        if totals.len() == 1 && amount(totals[0].row) == Some(planned) {
            continue;
        }
        for total in totals {
            let Some(entry) = &total.row.entries[field] else { continue };
            let stood = crate::model::CellAt::new(total.row.row, entry.column);
            let stands = edit::moved_cell(stood, at);
            planting = planting
                .silences_cell(base, &spot.item, stood)
                .puts(base, &spot.item, stands, None);
        }
    }
    planting
}

/// A task's row comes a second time.
pub fn repeated(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::TaskRepeated);
    let Some(spot) = spots.first() else { return no_occasion(NO_ROW.0, NO_ROW.1) };
    let roll_up = base.pipeline.matching.roll_up;
    let number = base.pipeline.roles.number;
    let demands = &base.pipeline.check.demands;
    let cells = new_row(base, spot, |field| {
        let column = &base.pipeline.columns[field];
        // A second row that is added up has to report as the first one does.
        let is_owed = roll_up && demands.iter().any(|demand| demand.column == field);
        match column.kind {
            _ if number == Some(field) || column.reported && !is_owed => None,
            // Where rows of one task are added up, the second one adds nothing.
            ColumnType::Amount if roll_up => Some(Content::Number(0.0)),
            ColumnType::Amount => {
                let amount = spot.item.row.entries[field].as_ref()?.value.amount()?;
                Some(base.number(spot, field, amount))
            }
            _ => typed(spot.item.row, field),
        }
    });
    let planting = Planting::new(
        format!("把第 {} 行的任务在末尾再填一遍", spot.item.row.row + 1),
        format!("the task in row {} is entered once more below", spot.item.row.row + 1),
    )
    .inserts(base, &spot.item, cells);
    let seq = base.named(&spot.task).0;
    if roll_up {
        let Some(field) = key(base) else { return no_occasion(NO_ROW.0, NO_ROW.1) };
        return Ok(planting.finds(Expected {
            severity: Some(Severity::Note),
            ..Expected::on_row(Kind::TaskRepeated, base, spot, field)
        }));
    }
    Ok(without_totals_below(base, spot, planting).finds(below(base, spot, seq, Kind::TaskRepeated)))
}

/// A row comes in with the text and number of another unit's task.
pub fn misplaced(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::TaskMisplaced);
    let tasks = &base.reconciled.plan.tasks;
    let keys: IdVec<TaskId, String> =
        tasks.iter().map(|task| text_key(task.row, base.pipeline)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for key in &keys {
        *counts.entry(key).or_default() += 1;
    }
    let found = spots.iter().find_map(|spot| {
        let other = tasks.keys().find(|task| {
            let key = keys[*task].as_str();
            tasks[*task].unit != spot.item.unit && counts[key] == 1 && !key.is_empty()
        })?;
        Some((spot, &tasks[other]))
    });
    let Some((spot, other)) = found else {
        return no_occasion(
            "没有一项任务的名称只属于一个单位",
            "no task's text belongs to one unit only",
        );
    };
    let roles = &base.pipeline.roles;
    let cells = new_row(base, spot, |field| match base.pipeline.columns[field].kind {
        _ if roles.owner == Some(field) => owner(base, spot),
        _ if roles.key.contains(&field) || roles.number == Some(field) => typed(other.row, field),
        ColumnType::Amount if !base.pipeline.columns[field].reported => Some(Content::Number(0.0)),
        _ => None,
    });
    let home = base.unit_name(other.unit);
    Ok(Planting::new(
        format!("在任务之后加一行{home}的任务"),
        format!("a task of {home} is added below the tasks"),
    )
    .inserts(base, &spot.item, cells)
    .finds(below(base, spot, base.named(other).0, Kind::TaskMisplaced)))
}

/// Of two tasks that differ in a word, one row is deleted and the other loses that word.
pub fn doubtful(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::PairDoubtful);
    let reason = (
        "没有两项任务只差一两个字、其余各项都相同",
        "no two tasks differ in one word and agree in all else",
    );
    let mut by_unit: BTreeMap<UnitId, Vec<&Spot<'_>>> = BTreeMap::new();
    for spot in &spots {
        by_unit.entry(spot.item.unit).or_default().push(spot);
    }
    let found = spots.iter().find_map(|one| {
        let others = by_unit.get(&one.item.unit).into_iter().flatten();
        let mut others = others.filter(|other| other.item.row.row != one.item.row.row);
        others.find_map(|other| {
            let (field, text) = between(base, one, other)?;
            let can = gives_nothing_down(base, one) && gives_nothing_down(base, other);
            can.then_some((one, *other, field, text))
        })
    });
    let Some((one, other, field, text)) = found else { return no_occasion(reason.0, reason.1) };
    let Some(at) = one.cell(field) else { return no_occasion(reason.0, reason.1) };
    let row = other.item.row.row;
    let mut planting = Planting::new(
        format!("删除第 {} 行，并把这一行的任务改为“{}”", row + 1, short(&text)),
        format!("row {} is deleted and this row's task is changed to “{}”", row + 1, short(&text)),
    )
    .on_sheet(base, &one.item, |sheet| edit::clear_row(sheet, row))
    .puts(base, &one.item, at, Some(Content::Text(text.into())));
    if let Some(number) = base.pipeline.roles.number.and_then(|field| one.cell(field)) {
        planting = planting.puts(base, &one.item, number, None);
    }
    let cell = key(base).and_then(|field| one.cell(field));
    Ok(with_totals_silent(base, &one.item, planting).finds(Expected::on_sheet(
        Kind::PairDoubtful,
        base,
        &one.item,
        cell,
    )))
}

fn short(text: &str) -> String {
    crate::model::words::shortened(text, 24)
}

/// Returns a text that is equally near to two tasks which differ in one field only, and that
/// field.
fn between(base: &Base<'_>, one: &Spot<'_>, other: &Spot<'_>) -> Option<(ColumnId, String)> {
    const ALIKE: f64 = 0.8;
    let text = |row: &TableRow, field: ColumnId| -> Option<String> {
        Some(row.entries[field].as_ref()?.value.text()?.to_owned())
    };
    let keys = &base.pipeline.roles.key;
    let mut differing = keys.iter().copied().filter(|field| {
        text(one.task.row, *field).as_deref().map(fold::key)
            != text(other.task.row, *field).as_deref().map(fold::key)
    });
    let (Some(field), None) = (differing.next(), differing.next()) else { return None };
    if base.pipeline.columns[field].kind != ColumnType::Text {
        return None;
    }
    let same_fields = base.pipeline.check.compare.iter().all(|compare| {
        let value = |row: &TableRow| -> Value {
            row.entries[compare.column].as_ref().map_or(Value::Blank, |entry| entry.value.clone())
        };
        keys.contains(&compare.column) || value(one.task.row) == value(other.task.row)
    });
    if !same_fields {
        return None;
    }
    let (first, second): (Vec<char>, Vec<char>) = (
        text(one.task.row, field)?.chars().collect(),
        text(other.task.row, field)?.chars().collect(),
    );
    let common = |pairs: &mut dyn Iterator<Item = (&char, &char)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let head = common(&mut first.iter().zip(&second));
    let tail = common(&mut first[head..].iter().rev().zip(second[head..].iter().rev()));
    if first.len() != second.len() || head + tail >= first.len() || head + tail == 0 {
        return None;
    }
    let between: String = first[..head].iter().chain(&first[first.len() - tail..]).collect();
    let alike = |task: &Item<'_>| {
        let own = fold::key(&text(task.row, field).unwrap_or_default());
        ratio(&fold::key(&between), &own)
    };
    let (near, far) = (alike(&one.task), alike(&other.task));
    (near >= ALIKE && (near - far).abs() < 0.001).then_some((field, between))
}
