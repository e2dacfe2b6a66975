//! Tables, columns and rows that are not where they should be, or not seen.

use crate::drill::base::{Base, Spot};
use crate::drill::edit;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::{Amount, CellAt, CellRange, ColumnId, FileId, Kind, Said, Side};
use crate::normalise::frame::{State, figure};
use crate::pipeline::ColumnType;
use crate::read::{Comment, Content, Seen, Sheet, Shown, Struck};

const NO_ROW: (&str, &str) =
    ("没有一行可以种下这种错误", "no row of the month can take this fault");

/// A file comes with its titles and without its table.
pub fn table_missing(base: &Base<'_>) -> Result<Planting, Said> {
    let named = base.lone_files().into_iter().find(|(file, unit)| {
        let rows = &base.extract(*file).rows;
        let above = rows.sheets.iter().any(|sheet| {
            let heading = sheet.tables.first().and_then(|table| table.heading_rows.first());
            sheet.texts.iter().any(|text| heading.is_some_and(|heading| text.at.row < *heading))
        });
        above && base.unit_in_file_name(*file) == Some(*unit)
    });
    let Some((file, unit)) = named else {
        return no_occasion("没有一个表格带有标题", "no sheet has a title above its table");
    };
    let mut planting =
        Planting::new("把标题以下的内容全部删除", "all that stands below the titles is deleted")
            .silences_file(base, file)
            .finds(Expected {
                unit: Some(base.unit_name(unit).to_owned()),
                file: Some(base.file_name(file).to_owned()),
                ..Expected::new(Kind::TableMissing, Side::Submission)
            });
    let headings: Vec<Option<u32>> = base
        .extract(file)
        .rows
        .sheets
        .iter()
        .map(|sheet| sheet.tables.first().and_then(|table| table.heading_rows.first()).copied())
        .collect();
    if let Some(book) = planting.book(base, file) {
        for (sheet, heading) in book.sheets.iter_mut().zip(headings) {
            sheet.struck.clear();
            sheet.comments.clear();
            sheet.rows.retain(|row| heading.is_none_or(|heading| row.index < heading));
            sheet.hidden_rows.clear();
            sheet.hidden_columns.clear();
        }
    }
    Ok(planting)
}

/// A required column is deleted.
pub fn column_missing(base: &Base<'_>) -> Result<Planting, Said> {
    let is_required = |field: &ColumnId| base.pipeline.columns[*field].required;
    without_a_column(base, Kind::ColumnMissing, base.pipeline.columns.keys().filter(is_required))
}

/// A column that is held against the plan is deleted, although a sheet need not have it.
pub fn compared_column_missing(base: &Base<'_>) -> Result<Planting, Said> {
    let compared = base.pipeline.check.compare.iter().map(|compare| compare.column);
    let is_optional = |field: &ColumnId| !base.pipeline.columns[*field].required;
    without_a_column(base, Kind::SubmissionMissing, compared.filter(is_optional))
}

/// Deletes the first of some columns that can be, a month's before others: it takes least with it.
fn without_a_column(
    base: &Base<'_>,
    turn: Kind,
    fields: impl Iterator<Item = ColumnId>,
) -> Result<Planting, Said> {
    let Some((spot, field, at)) = plain_column(base, turn, fields) else {
        return no_occasion("没有一个这样的列可以删除", "no such column can be deleted");
    };
    let title = base.pipeline.columns[field].title.clone();
    Ok(Planting::new(format!("删除“{title}”一列"), format!("the column “{title}” is deleted"))
        .on_sheet(base, &spot.item, |sheet| edit::clear_column(sheet, at.column))
        .finds(Expected {
            field: Some(base.pipeline.columns[field].name.clone()),
            ..Expected::on_sheet(Kind::ColumnMissing, base, &spot.item, None)
        }))
}

/// The heading of a column turns into a spreadsheet error.
pub fn heading_is_an_error(base: &Base<'_>) -> Result<Planting, Said> {
    const ERROR: &str = "#REF!";
    let is_required = |field: &ColumnId| base.pipeline.columns[*field].required;
    let fields = base.pipeline.columns.keys().filter(is_required);
    let found = plain_column(base, Kind::TaskExtra, fields);
    let Some((spot, field, at)) = found.filter(|(spot, ..)| has_heading(base, spot)) else {
        return no_occasion("没有一个列标题可以改写", "no heading can be changed");
    };
    let title = base.pipeline.columns[field].title.clone();
    Ok(Planting::new(
        format!("把列标题“{title}”改为错误值 {ERROR}"),
        format!("the heading “{title}” is changed to the error {ERROR}"),
    )
    .puts(base, &spot.item, at, Some(Content::Error(ERROR.to_owned())))
    .finds(Expected {
        field: Some(base.pipeline.columns[field].name.clone()),
        ..Expected::on_sheet(Kind::ColumnMissing, base, &spot.item, None)
    })
    .finds(Expected::on_sheet(Kind::ColumnUnknown, base, &spot.item, Some(at))))
}

/// Returns the first of some columns that stands alone on a quiet row's sheet and says neither
/// whose a row is nor what it is about, a month's before others; with the cell of its heading.
fn plain_column<'a>(
    base: &Base<'a>,
    turn: Kind,
    fields: impl Iterator<Item = ColumnId>,
) -> Option<(Spot<'a>, ColumnId, CellAt)> {
    let roles = &base.pipeline.roles;
    let names_rows = |field: ColumnId| {
        roles.key.contains(&field) || [roles.owner, roles.number].contains(&Some(field))
    };
    let mut fields: Vec<ColumnId> = fields.filter(|field| !names_rows(*field)).collect();
    fields.sort_by_key(|field| base.pipeline.columns[*field].kind != ColumnType::Month);
    let spots = base.spots(turn);
    fields.into_iter().find_map(|field| {
        let spot = *spots.iter().find(|spot| is_plain_column(base, spot, field))?;
        Some((spot, field, base.layout(&spot.item).column_of(field)?.cell))
    })
}

/// A second column bears the heading of a required one.
pub fn column_twice(base: &Base<'_>) -> Result<Planting, Said> {
    let fields = base.compared(ColumnType::Month);
    let found = base.spots(Kind::TaskRepeated).into_iter().find_map(|spot| {
        let field = *fields.iter().find(|field| is_plain_column(base, &spot, **field))?;
        let column = base.layout(&spot.item).column_of(field)?;
        has_heading(base, &spot).then_some((spot, field, column))
    });
    let Some((spot, field, column)) = found else {
        return no_occasion("没有一列的标题可以再写一次", "no heading can be written once more");
    };
    let at = beside(base, &spot);
    let heading = base.pipeline.columns[field].title.clone();
    Ok(Planting::new(
        format!("在表格右边再加一列“{heading}”"),
        format!("a second column “{heading}” is added on the right"),
    )
    .puts(base, &spot.item, at, Some(Content::Text(heading.into())))
    .finds(Expected {
        field: Some(base.pipeline.columns[field].name.clone()),
        ..Expected::on_sheet(Kind::ColumnMissing, base, &spot.item, Some(column.cell))
    }))
}

/// Whether nothing has been found in a field on the sheet of a row, and its heading stands alone.
fn is_plain_column(base: &Base<'_>, spot: &Spot<'_>, field: ColumnId) -> bool {
    let Some(column) = base.layout(&spot.item).column_of(field).map(|found| found.column) else {
        return false;
    };
    let name = base.pipeline.columns[field].name.as_str();
    let file = base.file_name(spot.item.file);
    let told = base.settled().iter().any(|settled| {
        let finding = &settled.finding;
        finding.file.as_deref() == Some(file)
            && (finding.field.as_deref() == Some(name)
                || finding.cells.iter().any(|range| {
                    (range.first.column..=range.last.column).contains(&column)
                        && range.first != range.last
                }))
    });
    let merged = base.sheet(spot.item.file, spot.item.sheet).is_none_or(|sheet| {
        let heading = &base.layout(&spot.item).heading_rows;
        sheet.merges.iter().any(|merge| {
            heading.contains(&merge.first.row)
                && merge.first.column != merge.last.column
                && (merge.first.column..=merge.last.column).contains(&column)
        })
    });
    !told && !merged
}

/// Whether a row's table says what its columns are.
fn has_heading(base: &Base<'_>, spot: &Spot<'_>) -> bool {
    base.layout(&spot.item).first_row.is_none()
}

/// A column comes in that nobody declared.
pub fn column_unknown(base: &Base<'_>) -> Result<Planting, Said> {
    const HEADING: &str = "演练栏目";
    let spots = base.spots(Kind::ColumnUnknown);
    let Some(spot) = spots.iter().find(|spot| has_heading(base, spot)) else {
        return no_occasion(NO_ROW.0, NO_ROW.1);
    };
    let at = beside(base, spot);
    Ok(Planting::new(
        format!("在表格右边加一列“{HEADING}”"),
        format!("a column “{HEADING}” is added on the right"),
    )
    .puts(base, &spot.item, at, Some(Content::Text(HEADING.into())))
    .puts(
        base,
        &spot.item,
        CellAt::new(spot.item.row.row, at.column),
        Some(Content::Text("演练".into())),
    )
    .finds(Expected::on_sheet(Kind::ColumnUnknown, base, &spot.item, Some(at))))
}

/// Returns the heading cell of a new column on the right of a row's table.
pub fn beside(base: &Base<'_>, spot: &Spot<'_>) -> CellAt {
    let layout = base.layout(&spot.item);
    let used = base.sheet(spot.item.file, spot.item.sheet);
    let last = used.map_or(0, last_column);
    // The lowest level of the heading that names columns, above a row of column numbers.
    let row = layout.columns.iter().map(|column| column.cell.row).max().unwrap_or_default();
    CellAt::new(row, last + 1)
}

fn last_column(sheet: &Sheet) -> u32 {
    let cells = sheet.rows.iter().filter_map(|row| row.cells.last()).map(|cell| cell.column);
    let merges = sheet.merges.iter().map(|merge| merge.last.column);
    cells.chain(merges).max().unwrap_or_default()
}

/// All amounts of a column are written in another unit, its total too.
pub fn column_scaled(base: &Base<'_>) -> Result<Planting, Said> {
    const POWER: i64 = 10_000;
    let spots = base.spots(Kind::ColumnScaled);
    let found = spots.iter().find_map(|spot| {
        let field = base.compared(ColumnType::Amount).into_iter().find(|field| {
            is_plain_column(base, spot, *field) && can_be_scaled(base, spot, *field, POWER)
        })?;
        Some((spot, field))
    });
    let Some((spot, field)) = found else {
        return no_occasion(
            "没有一列有两个以上与计划相同的金额",
            "no column holds two amounts that agree with the plan",
        );
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let mut planting = Planting::new(
        format!("把“{title}”整列的数都乘以 {POWER}，合计也乘"),
        format!("all figures of the column “{title}” are multiplied by {POWER}, its total too"),
    );
    let (file, sheet) = (spot.item.file, spot.item.sheet);
    let rows = &base.extract(file).rows.sheets[sheet].rows;
    let mut cells = Vec::new();
    for row in rows.iter().filter(|row| row.table == spot.item.row.table) {
        let Some(entry) = &row.entries[field] else { continue };
        let Some(amount) = entry.value.amount() else { continue };
        let at = CellAt::new(row.row, entry.column);
        let scaled = Amount(amount.0.saturating_mul(POWER));
        planting = planting.puts(base, &spot.item, at, Some(base.number(spot, field, scaled)));
        if amount.0 != 0 && row.class == crate::normalise::RowClass::Task {
            cells.push(CellRange::new(at, at));
        }
    }
    let cell = cells.first().map(|range| range.first);
    Ok(planting.finds(Expected {
        field: Some(base.pipeline.columns[field].name.clone()),
        cells: Some(cells),
        ..Expected::on_sheet(Kind::ColumnScaled, base, &spot.item, cell)
    }))
}

/// Whether the rows of a sheet agree with the plan in a field, two of them with an amount, and
/// none would be too large for an amount.
fn can_be_scaled(base: &Base<'_>, spot: &Spot<'_>, field: ColumnId, power: i64) -> bool {
    const MOST: i64 = 10_000_000_000_000;
    let reconciled = base.reconciled;
    let mut amounts = 0;
    let rows = &base.extract(spot.item.file).rows.sheets[spot.item.sheet].rows;
    let fits = rows.iter().filter_map(|row| row.entries[field].as_ref()).all(|entry| {
        let amount = entry.value.amount().unwrap_or_default().0;
        entry.spans == 1 && amount.checked_mul(power).is_some_and(|scaled| scaled.abs() <= MOST)
    });
    let agree = reconciled.matched.pairs.iter().all(|pair| {
        let (item, task) = (&reconciled.roster.items[pair.row], &reconciled.plan.tasks[pair.task]);
        if (item.file, item.sheet) != (spot.item.file, spot.item.sheet) {
            return true;
        }
        let (found, planned) = (figure(item.row, field), figure(task.row, field));
        amounts += usize::from(found == planned && planned.1.is_some_and(|amount| amount != 0));
        found == planned && found.0 == State::Value || found.1.is_none()
    });
    fits && agree && amounts >= 2
}

/// A task's row is hidden.
pub fn hidden_row(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::HiddenContent);
    let Some(spot) = spots.iter().find(|spot| is_all_shown(base, spot)) else {
        return no_occasion("每个表格都已有隐藏的内容", "every sheet hides something already");
    };
    let row = spot.item.row.row;
    Ok(Planting::new("隐藏这一行", "the row is hidden")
        .on_sheet(base, &spot.item, |sheet| {
            sheet.hidden_rows.insert(row);
        })
        .finds(hidden(base, spot, CellAt::new(row, 0))))
}

/// A column is hidden.
pub fn hidden_column(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::ColumnUnknown);
    let found = spots.iter().find_map(|spot| {
        let field = *base.compared(ColumnType::Amount).last()?;
        let column = base.layout(&spot.item).column_of(field)?.column;
        is_all_shown(base, spot).then_some((spot, field, column))
    });
    let Some((spot, field, column)) = found else {
        return no_occasion("每个表格都已有隐藏的内容", "every sheet hides something already");
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let sheet = base.sheet(spot.item.file, spot.item.sheet);
    let first = sheet.and_then(|sheet| sheet.rows.first()).map_or(0, |row| row.index);
    Ok(Planting::new(format!("隐藏“{title}”一列"), format!("the column “{title}” is hidden"))
        .on_sheet(base, &spot.item, |sheet| {
            sheet.hidden_columns.insert(column);
        })
        .finds(hidden(base, spot, CellAt::new(first, column))))
}

/// A row of words is left standing, struck out.
pub fn struck_row(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::HiddenContent);
    let found = spots.iter().find_map(|spot| {
        let field = *base.pipeline.roles.key.last()?;
        let sheet = base.sheet(spot.item.file, spot.item.sheet)?;
        let column = base.layout(&spot.item).column_of(field)?.column;
        sheet.struck.is_empty().then_some((spot, column))
    });
    let Some((spot, column)) = found else {
        return no_occasion(
            "每个表格都已有划掉的内容",
            "every sheet has something struck out already",
        );
    };
    let at = CellAt::new(base.last_task(&spot.item).row + 1, column);
    Ok(Planting::new(
        "在任务之后加一行，整行带删除线",
        "a row that is struck out is added below the tasks",
    )
    .inserts(base, &spot.item, Vec::new())
    .on_sheet(base, &spot.item, |sheet| {
        let content = Content::Text("演练".into());
        sheet.struck.push(Struck { at, content, partly: false });
    })
    .finds(hidden(base, spot, at)))
}

/// An amount's number format shows words instead of it.
pub fn shown_otherwise(base: &Base<'_>) -> Result<Planting, Said> {
    const WORDS: &str = "待核";
    let Some((spot, field, at)) = amount_cell(base, Kind::ColumnDoubtful) else {
        return no_occasion(NO_ROW.0, NO_ROW.1);
    };
    let shown = Shown {
        text: WORDS.to_owned(),
        exact: WORDS.to_owned(),
        figure: None,
        power: 0,
        loses_sign: false,
    };
    Ok(Planting::new(
        format!("把金额的数字格式改为显示“{WORDS}”，数不变"),
        format!("an amount's number format is made to show “{WORDS}”; the number stays"),
    )
    .on_sheet(base, &spot.item, |sheet| edit::show(sheet, at, Seen::As(Box::new(shown))))
    .finds(Expected {
        field: Some(base.pipeline.columns[field].name.clone()),
        ..Expected::on_sheet(Kind::ColumnDoubtful, base, &spot.item, Some(at))
    }))
}

/// An amount's number format shows nothing of it.
pub fn shown_as_nothing(base: &Base<'_>) -> Result<Planting, Said> {
    let Some((spot, _, at)) = amount_cell(base, Kind::ColumnScaled) else {
        return no_occasion(NO_ROW.0, NO_ROW.1);
    };
    Ok(Planting::new(
        "把金额的数字格式改为什么也不显示（;;;），数不变",
        "an amount's number format is made to show nothing (;;;); the number stays",
    )
    .on_sheet(base, &spot.item, |sheet| edit::show(sheet, at, Seen::AsNothing))
    .finds(hidden(base, &spot, at)))
}

/// Returns a quiet row's amount that is typed as a number, and its cell.
fn amount_cell<'a>(base: &Base<'a>, turn: Kind) -> Option<(Spot<'a>, ColumnId, CellAt)> {
    base.spots(turn).into_iter().find_map(|spot| {
        let field = base.compared(ColumnType::Amount).into_iter().find(|field| {
            let entry = spot.item.row.entries[*field].as_ref();
            entry.is_some_and(|entry| {
                entry.spans == 1 && entry.value.amount().is_some_and(|amount| amount.0 != 0)
            })
        })?;
        let column = spot.item.row.entries[field].as_ref()?.column;
        let at = CellAt::new(spot.item.row.row, column);
        let cell = base.sheet(spot.item.file, spot.item.sheet)?.cell(at)?;
        let is_plain = matches!(cell.content, Content::Number(_)) && cell.seen == Seen::AsTyped;
        is_plain.then_some((spot, field, at))
    })
}

/// Somebody comments on a cell.
pub fn comment(base: &Base<'_>) -> Result<Planting, Said> {
    let (spot, column) = unused_nowhere(base)?;
    let at = CellAt::new(spot.item.row.row, column);
    Ok(Planting::new("在任务名称上加一条批注", "a comment is put on the task")
        .on_sheet(base, &spot.item, |sheet| {
            sheet.comments.push(Comment { at, text: "演练：此项待核实".to_owned() });
        })
        .finds(Expected::on_sheet(Kind::SheetUnused, base, &spot.item, Some(at))))
}

/// A remark with an amount stands beside the table.
pub fn figure_beside(base: &Base<'_>) -> Result<Planting, Said> {
    let (spot, _) = unused_nowhere(base)?;
    let at = CellAt::new(spot.item.row.row, beside(base, &spot).column + 1);
    Ok(Planting::new(
        "在表格右边写上“另有结余5万元”",
        "a remark with an amount is written beside the table",
    )
    .puts(base, &spot.item, at, Some(Content::Text("另有结余5万元".into())))
    .finds(Expected::on_sheet(Kind::SheetUnused, base, &spot.item, Some(at))))
}

/// Returns a row of a sheet of which all was read, and the column of its task.
fn unused_nowhere<'a>(base: &Base<'a>) -> Result<(Spot<'a>, u32), Said> {
    let told = |file: FileId| {
        base.about_file(file)
            .iter()
            .any(|place| base.settled()[*place].finding.kind() == Kind::SheetUnused)
    };
    let found = base.spots(Kind::SheetUnused).into_iter().find_map(|spot| {
        let field = *base.pipeline.roles.key.last()?;
        let column = base.layout(&spot.item).column_of(field)?.column;
        let alone = base.layout(&spot.item).within.is_none();
        (alone && !told(spot.item.file)).then_some((spot, column))
    });
    match found {
        Some(found) => Ok(found),
        None => no_occasion(NO_ROW.0, NO_ROW.1),
    }
}

fn hidden(base: &Base<'_>, spot: &Spot<'_>, at: CellAt) -> Expected {
    Expected::on_sheet(Kind::HiddenContent, base, &spot.item, Some(at))
}

fn is_all_shown(base: &Base<'_>, spot: &Spot<'_>) -> bool {
    let sheet = base.sheet(spot.item.file, spot.item.sheet);
    sheet.is_some_and(|sheet| {
        !sheet.hidden && sheet.hidden_rows.is_empty() && sheet.hidden_columns.is_empty()
    })
}

/// A row with a number and a date, and nothing that says what it is about.
pub fn row_unplaced(base: &Base<'_>) -> Result<Planting, Said> {
    let told = |file: FileId| {
        base.about_file(file)
            .iter()
            .any(|place| base.settled()[*place].finding.kind() == Kind::RowUnplaced)
    };
    let spots = base.spots(Kind::RowUnplaced);
    let Some(spot) = spots.iter().find(|spot| !told(spot.item.file)) else {
        return no_occasion(NO_ROW.0, NO_ROW.1);
    };
    let layout = base.layout(&spot.item);
    let of_kind = |kind: ColumnType| {
        let fields = base.pipeline.columns.keys().filter(move |field| {
            base.pipeline.columns[*field].kind == kind
                && !base.pipeline.roles.key.contains(field)
                && base.pipeline.roles.owner != Some(*field)
        });
        fields.into_iter().find_map(|field| layout.column_of(field)).map(|found| found.column)
    };
    let period = base.period();
    let date = Content::Date { year: period.year, month: period.month, day: 1 };
    let cells: Vec<(u32, Content)> = of_kind(ColumnType::Integer)
        .map(|column| (column, Content::Number(999.0)))
        .into_iter()
        .chain(of_kind(ColumnType::Month).map(|column| (column, date)))
        .collect();
    let has_date = of_kind(ColumnType::Month).is_some();
    if !has_date {
        return no_occasion("表格没有月份列", "the sheets have no column of months");
    }
    let at = CellAt::new(base.last_task(&spot.item).row + 1, 0);
    Ok(Planting::new(
        "在任务之后加一行，只有序号和日期，没有任务",
        "a row with a number and a date but no task is added below the tasks",
    )
    .inserts(base, &spot.item, cells)
    .finds(Expected::on_sheet(Kind::RowUnplaced, base, &spot.item, Some(at))))
}

/// Returns the reported column of a row's sheet and its cell; a sheet without the column gets it.
pub fn reported_cell(
    base: &Base<'_>,
    spot: &Spot<'_>,
    field: ColumnId,
    planting: Planting,
) -> (Planting, CellAt) {
    if let Some(found) = base.layout(&spot.item).column_of(field) {
        let is_amount = base.pipeline.columns[field].kind == ColumnType::Amount;
        let planting =
            if is_amount { planting.without_total(base, &spot.item, field) } else { planting };
        return (planting, CellAt::new(spot.item.row.row, found.column));
    }
    let mut heading = beside(base, spot);
    // Another column may have been added already.
    let copy = planting.books.get(&spot.item.file);
    if let Some(sheet) = copy.and_then(|book| book.sheets.get(usize::from(spot.item.sheet))) {
        heading.column = last_column(sheet) + 1;
    }
    // Without a unit of money: the sheet has its own.
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let planting = planting.puts(base, &spot.item, heading, Some(Content::Text(title.into())));
    (planting, CellAt::new(spot.item.row.row, heading.column))
}

/// Returns whether a reported field of a row can be set: it has a cell of its own, or its sheet
/// lacks the column.
pub fn can_be_set(spot: &Spot<'_>, field: ColumnId) -> bool {
    spot.item.row.entries[field].is_none() || spot.cell(field).is_some()
}
