//! What units have to report and leave blank.

use crate::drill::base::{Base, Spot};
use crate::drill::edit;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::findings::{Lines, Report, ReportedLine};
use crate::model::{CellAt, CellRange, ColumnId, FileId, Kind, Said, Side};
use crate::normalise::frame::text_key;
use crate::pipeline::When;

use super::layout::reported_cell;
use super::sending::nothing_known;

/// The first quiet row with a reported value of which its unit leaves none blank.
fn filled<'a>(
    base: &Base<'a>,
    kind: Kind,
    fields: impl Iterator<Item = ColumnId>,
) -> Option<(Spot<'a>, ColumnId, CellAt)> {
    let mut fields = fields;
    fields.find_map(|field| {
        let name = base.pipeline.columns[field].name.as_str();
        base.spots(kind).into_iter().find_map(|spot| {
            let unit = base.unit_name(spot.task.unit);
            let told = base.settled().iter().any(|settled| {
                settled.finding.kind() == Kind::ReportMissing
                    && settled.finding.unit.as_deref() == Some(unit)
                    && settled.finding.field.as_deref() == Some(name)
            });
            let entry = spot.item.row.entries[field].as_ref()?;
            let others = base.reconciled.roster.items.iter().filter(|item| {
                item.unit == spot.item.unit
                    && item.row.entries[field].as_ref().is_some_and(|entry| !entry.typed.is_empty())
            });
            let is_filled = !told && !entry.typed.is_empty() && others.count() > 1;
            let at = spot.cell(field).filter(|_| is_filled)?;
            Some((spot, field, at))
        })
    })
}

fn demanded<'a>(base: &Base<'a>) -> impl Iterator<Item = ColumnId> + 'a {
    let demands = base.pipeline.check.demands.iter();
    demands.filter(|demand| matches!(demand.when, When::Always)).map(|demand| demand.column)
}

fn on_field(kind: Kind, base: &Base<'_>, spot: &Spot<'_>, field: ColumnId, at: CellAt) -> Expected {
    Expected {
        seq: None,
        cell: Some(at),
        cells: Some(vec![CellRange::new(at, at)]),
        ..Expected::on_row(kind, base, spot, field)
    }
}

/// A cell that may not be blank is.
pub fn cell_left_blank(base: &Base<'_>) -> Result<Planting, Said> {
    let Some((spot, field, at)) = filled(base, Kind::ReportMissing, demanded(base)) else {
        return no_occasion(
            "核对方案没有规定必填的填报列，或没有一行填写了",
            "no reported column is demanded, or no row has it filled",
        );
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let planting = Planting::new(
        format!("清空一项任务的“{title}”"),
        format!("“{title}” of one task is left blank"),
    );
    let (planting, at) = (reported_cell(base, &spot, field, planting).0, at);
    Ok(planting.puts(base, &spot.item, at, None).finds(on_field(
        Kind::ReportMissing,
        base,
        &spot,
        field,
        at,
    )))
}

/// A form comes back with its tasks and nothing filled in.
pub fn form_untouched(base: &Base<'_>) -> Result<Planting, Said> {
    let reported: Vec<ColumnId> = base
        .pipeline
        .columns
        .keys()
        .filter(|field| base.pipeline.columns[*field].reported)
        .collect();
    let has_some = |file: FileId| {
        base.reconciled.roster.items.iter().any(|item| {
            item.file == file
                && reported.iter().any(|field| {
                    item.row.entries[*field].as_ref().is_some_and(|entry| !entry.typed.is_empty())
                })
        })
    };
    let about_reports = |file: FileId| {
        let name = base.file_name(file);
        base.places(|settled| {
            let finding = &settled.finding;
            finding.side == Side::Submission
                && finding.file.as_deref() == Some(name)
                && finding.field.as_deref().is_some_and(|field| {
                    base.pipeline
                        .column_named(field)
                        .is_some_and(|field| base.pipeline.columns[field].reported)
                })
        })
    };
    let Some((file, unit)) = base.lone_files().into_iter().find(|(file, _)| has_some(*file)) else {
        return no_occasion(
            "没有一个单位填写了要填报的列",
            "no unit has filled in what it reports",
        );
    };
    let mut planting = Planting::new(
        format!("清空“{}”里应由单位填报的各列", base.file_name(file)),
        format!("all that the unit fills in is cleared in “{}”", base.file_name(file)),
    )
    .finds(Expected {
        unit: Some(base.unit_name(unit).to_owned()),
        file: Some(base.file_name(file).to_owned()),
        ..Expected::new(Kind::ReportMissing, Side::Submission)
    });
    planting.silenced.extend(about_reports(file));
    let columns: Vec<Vec<(u32, u32)>> = base
        .extract(file)
        .rows
        .sheets
        .iter()
        .map(|sheet| {
            let tables = sheet.tables.iter().flat_map(|table| {
                let below = table.body_start();
                let own = reported.iter().filter_map(|field| table.column_of(*field));
                own.map(move |column| (below, column.column))
            });
            tables.collect()
        })
        .collect();
    if let Some(book) = planting.book(base, file) {
        for (sheet, columns) in book.sheets.iter_mut().zip(columns) {
            for (below, column) in columns {
                edit::clear_below(sheet, below, column);
            }
        }
    }
    Ok(planting)
}

/// What was reported of a task the month before is blank now.
pub fn vanished(base: &Base<'_>) -> Result<Planting, Said> {
    let tracked = crate::check::tracked(base.pipeline);
    let found = filled(base, Kind::ReportVanished, tracked);
    let (Some((spot, field, at)), Some(earlier)) = (found, base.period().previous()) else {
        return no_occasion("没有一行填写了要填报的列", "no row reports anything");
    };
    let name = base.pipeline.columns[field].name.clone();
    let title = base.pipeline.field_title(&name);
    let planting = Planting::new(
        format!("上期（{earlier}）报过的“{title}”，本期清空"),
        format!("“{title}”, reported in {earlier}, is left blank now"),
    );
    let mut planting = reported_cell(base, &spot, field, planting)
        .0
        .puts(base, &spot.item, at, None)
        .finds(on_field(Kind::ReportVanished, base, &spot, field, at));
    if demanded(base).any(|demanded| demanded == field) {
        planting = planting.finds(on_field(Kind::ReportMissing, base, &spot, field, at));
    }
    let line = ReportedLine {
        unit: base.unit_name(spot.task.unit).into(),
        key: text_key(spot.task.row, base.pipeline).into(),
        fields: vec![name.into()],
    };
    planting.earlier =
        Some(Box::new(Report { reported: Lines(vec![line]), ..nothing_known(base, earlier) }));
    Ok(planting)
}
