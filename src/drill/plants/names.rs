//! Sheets that name no unit, another unit, or another period.

use std::collections::BTreeSet;

use crate::drill::base::{Base, Spot, in_words};
use crate::drill::edit;
use crate::drill::planting::{Added, Expected, Planting, no_occasion};
use crate::model::{CellAt, ColumnId, Entry, FileId, Kind, MoneyUnit, Said, Side, UnitId};
use crate::normalise::RowClass;
use crate::pipeline::ColumnType;
use crate::read::{Book, Content, Format, Merges, Sheet};

/// A file comes in that names no unit of the plan.
pub fn unit_unknown(base: &Base<'_>) -> Result<Planting, Said> {
    const UNKNOWN: &str = "某单位";
    let name = "演练.xlsx";
    let names = &base.reconciled.plan.names;
    let taken = base.case.received.iter().any(|file| file.name == name);
    if taken || names.in_text(UNKNOWN).is_some() || names.in_text(name).is_some() {
        return no_occasion("演练文件的名称已被占用", "the name of the drill's file is taken");
    }
    let mut sheet =
        Sheet { name: Some("演练".to_owned()), merges: Merges::default(), ..Sheet::default() };
    let fields = base.pipeline.columns.keys().filter(|f| !base.pipeline.columns[*f].reported);
    for (column, field) in (0_u32..).zip(fields) {
        let declared = &base.pipeline.columns[field];
        let content = match declared.kind {
            _ if base.pipeline.roles.owner == Some(field) => Content::Text(UNKNOWN.into()),
            ColumnType::Text => Content::Text("演练用的一行".into()),
            ColumnType::Integer
            | ColumnType::Decimal
            | ColumnType::Amount
            | ColumnType::Percent => Content::Number(1.0),
            ColumnType::Month => Content::Text(in_words(base.period()).into()),
            ColumnType::Date => Content::Text(format!("{}1日", in_words(base.period())).into()),
            ColumnType::Choice => {
                let first = declared.choices.first().map(|choice| choice.value.clone());
                Content::Text(first.unwrap_or_default().into())
            }
        };
        let title = Content::Text(declared.title.clone().into());
        edit::put(&mut sheet, CellAt::new(0, column), Some(title));
        edit::put(&mut sheet, CellAt::new(1, column), Some(content));
    }
    let mut planting = Planting::new(
        format!("放入一个看不出单位的文件“{name}”（责任单位写作“{UNKNOWN}”）"),
        format!("a file “{name}” comes in whose unit reads “{UNKNOWN}”"),
    )
    .finds(Expected {
        file: Some(name.to_owned()),
        ..Expected::new(Kind::UnitUnknown, Side::Submission)
    });
    let book = Book { format: Format::Xlsx, sheets: vec![sheet], properties: Vec::new() };
    planting.added.push(Added { name: name.to_owned(), book, modified: 0 });
    Ok(planting)
}

/// The owner cell of one row names another unit.
pub fn owner_of_one_row(base: &Base<'_>) -> Result<Planting, Said> {
    let reason = (
        "没有一行的责任单位可以单独改写",
        "no row has an owner cell of its own that can be changed",
    );
    let Some(owner) = base.pipeline.roles.owner else { return no_occasion(reason.0, reason.1) };
    if base.pipeline.roles.key.contains(&owner) {
        return no_occasion(reason.0, reason.1);
    }
    let spots = base.spots(Kind::UnitDoubtful);
    let alone = spots.iter().find_map(|spot| {
        let at = spot.cell(owner)?;
        (is_named_beside(base, spot) && is_not_filled_down(base, spot, owner)).then_some((spot, at))
    });
    let Some((spot, at)) = alone else { return no_occasion(reason.0, reason.1) };
    let Some(other) = other_unit(base, spot.item.unit) else {
        return no_occasion("计划只有一个责任单位", "the plan has only one unit");
    };
    let mut planting = Planting::new(
        format!("把这一行的责任单位改为“{other}”"),
        format!("the row's unit is changed to “{other}”"),
    )
    .puts(base, &spot.item, at, Some(Content::Text(other.into())))
    .finds(Expected { seq: None, ..Expected::on_row(Kind::UnitDoubtful, base, spot, owner) });
    if base.pipeline.check.compare.iter().any(|compare| compare.column == owner) {
        planting = planting.finds(Expected::on_row(Kind::ValueDiffers, base, spot, owner));
    }
    Ok(planting)
}

fn other_unit(base: &Base<'_>, unit: UnitId) -> Option<String> {
    let names = &base.reconciled.plan.names;
    // Those after it first, so that a drill names different ones.
    let (before, after): (Vec<UnitId>, Vec<UnitId>) =
        names.units.keys().filter(|other| *other != unit).partition(|other| *other < unit);
    after
        .into_iter()
        .chain(before)
        .map(|other| names.name(other))
        .find(|name| names.in_text(name).is_some_and(|found| found != unit))
        .map(str::to_owned)
}

/// Whether a sheet's unit is named outside its table, and only that unit; and most rows would
/// still name it if one did not.
fn is_named_beside(base: &Base<'_>, spot: &Spot<'_>) -> bool {
    let names = &base.reconciled.plan.names;
    let rows = &base.extract(spot.item.file).rows.sheets[spot.item.sheet];
    let titles = rows.texts.iter().filter(|text| text.class == RowClass::Title);
    let named: BTreeSet<UnitId> = titles
        .filter_map(|text| names.in_text(&text.text))
        .chain(rows.name.as_deref().and_then(|name| names.in_text(name)))
        .chain(base.unit_in_file_name(spot.item.file))
        .collect();
    let tasks = rows.rows.iter().filter(|row| row.class == RowClass::Task).count();
    named == BTreeSet::from([spot.item.unit]) && tasks > 2
}

/// Whether no row below takes its owner from this one.
fn is_not_filled_down(base: &Base<'_>, spot: &Spot<'_>, owner: ColumnId) -> bool {
    let rows = &base.extract(spot.item.file).rows.sheets[spot.item.sheet].rows;
    rows.iter().all(|row| {
        let from = row.entries[owner].as_ref().and_then(Entry::filled_from);
        from != Some(spot.item.row.row)
    })
}

/// A line above the table says that another unit filled it in.
pub fn submitter(base: &Base<'_>) -> Result<Planting, Said> {
    let Some(owner) = base.pipeline.roles.owner else {
        return no_occasion("核对方案没有责任单位列", "the pipeline declares no column of units");
    };
    let spots = base.spots(Kind::UnitUnknown);
    let spot = spots.iter().find(|spot| {
        spot.item.row.entries[owner].is_some() && base.unit_in_file_name(spot.item.file).is_some()
    });
    let (Some(spot), Some(label)) = (spot, base.pipeline.roster.submitter.first()) else {
        return no_occasion("没有一个文件以单位命名", "no file is named after its unit");
    };
    let Some(other) = other_unit(base, spot.item.unit) else {
        return no_occasion("计划只有一个责任单位", "the plan has only one unit");
    };
    let line = format!("{label}：{other}");
    Ok(on_top(
        base,
        spot,
        Planting::new(
            format!("在表格上方加一行“{line}”"),
            format!("a line “{line}” is put above the table"),
        ),
        &line,
    )
    .finds(Expected::on_sheet(Kind::UnitDoubtful, base, &spot.item, None)))
}

/// A title above the table names the month before.
pub fn period(base: &Base<'_>) -> Result<Planting, Said> {
    let told = |file: FileId| {
        base.about_file(file)
            .iter()
            .any(|place| base.settled()[*place].finding.kind() == Kind::PeriodDiffers)
    };
    let spots = base.spots(Kind::PeriodDiffers);
    let spot = spots.iter().find(|spot| !told(spot.item.file));
    let (Some(spot), Some(earlier)) = (spot, base.period().previous()) else {
        return no_occasion("没有一个表格可以加标题", "no sheet can take a title");
    };
    let line = format!("{}情况表", in_words(earlier));
    Ok(on_top(
        base,
        spot,
        Planting::new(
            format!("在表格上方加一行标题“{line}”"),
            format!("a title “{line}” is put above the table"),
        ),
        &line,
    )
    .finds(Expected {
        sheet: None,
        ..Expected::on_sheet(Kind::PeriodDiffers, base, &spot.item, None)
    }))
}

/// A line above the table names another unit of money than all its headings do.
pub fn unit_of_money(base: &Base<'_>) -> Result<Planting, Said> {
    let amounts = || base.pipeline.amount_columns();
    let found = base.spots(Kind::StatementDiffers).into_iter().find_map(|spot| {
        let layout = base.layout(&spot.item);
        let mut columns: Vec<_> =
            amounts().filter_map(|field| Some((field, layout.column_of(field)?))).collect();
        // In the order of the sheet's columns, as a finding names them.
        columns.sort_by_key(|(_, column)| column.column);
        let (first, column) = columns.first()?;
        let (first, own) = (*first, column.unit?);
        let same = columns.iter().all(|(_, column)| column.unit == Some(own));
        (same && layout.money_line.is_none()).then_some((spot, first, own))
    });
    let Some((spot, field, own)) = found else {
        return no_occasion(
            "没有一个表格的金额列都在列标题中写明金额单位",
            "no sheet names the unit of money in the headings of all its amounts",
        );
    };
    let other = MoneyUnit::ALL.into_iter().rev().find(|unit| *unit != own);
    let line = format!("单位：{}", other.unwrap_or(own));
    Ok(on_top(
        base,
        &spot,
        Planting::new(
            format!("在表格上方加一行“{line}”，而列标题写的是{own}"),
            format!("a line “{line}” is put above a table whose headings say {own}"),
        ),
        &line,
    )
    .finds(Expected {
        field: Some(base.pipeline.columns[field].name.clone()),
        ..Expected::on_sheet(Kind::StatementDiffers, base, &spot.item, Some(CellAt::new(0, 0)))
    }))
}

/// Puts a line of words into a new first row of a sheet.
fn on_top(base: &Base<'_>, spot: &Spot<'_>, mut planting: Planting, line: &str) -> Planting {
    planting.inserted.push((spot.item.file, spot.item.sheet, 0));
    planting.on_sheet(base, &spot.item, |sheet| {
        edit::insert_row(sheet, 0);
        let first = Content::Text(line.into());
        edit::put(sheet, CellAt::new(0, 0), Some(first));
    })
}
