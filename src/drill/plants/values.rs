//! Single cells that differ from the plan, are blank, or cannot be read.

use crate::drill::base::{Base, Spot};
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::amount::{scale_decimal, shortest_decimal};
use crate::model::{
    Amount, Cause, CellAt, ColumnId, Kind, MoneyUnit, Month, Obstacle, Said, Value,
};
use crate::normalise::frame::{State, figure};
use crate::pipeline::ColumnType;
use crate::read::Content;

use super::names::in_words;

const NO_CELL: (&str, &str) =
    ("没有一个与计划相同的单元格可以改写", "no cell that agrees with the plan can be changed");

/// A cell that agrees with the plan, and can be changed.
struct Target<'a> {
    spot: Spot<'a>,
    field: ColumnId,
    at: CellAt,
}

/// Returns the first cell of a compared type for which a condition holds.
fn target<'a>(
    base: &Base<'a>,
    turn: Kind,
    kind: ColumnType,
    holds: impl Fn(&Spot<'a>, ColumnId) -> bool,
) -> Result<Target<'a>, Said> {
    let fields = base.compared(kind);
    if fields.is_empty() {
        return no_occasion(
            "核对方案没有核对这种类型的列",
            "the pipeline holds no column of this type against the plan",
        );
    }
    let found = base.spots(turn).into_iter().find_map(|spot| {
        let field = *fields.iter().find(|field| {
            let same = figure(spot.item.row, **field) == figure(spot.task.row, **field);
            same && spot.cell(**field).is_some() && holds(&spot, **field)
        })?;
        Some(Target { at: spot.cell(field)?, spot, field })
    });
    found.ok_or_else(|| Said::new(NO_CELL.0, NO_CELL.1))
}

fn is_amount(spot: &Spot<'_>, field: ColumnId) -> bool {
    spot.amount(field).is_some_and(|amount| amount.0 > 0)
}

impl Target<'_> {
    fn title(&self, base: &Base<'_>) -> String {
        base.pipeline.field_title(&base.pipeline.columns[self.field].name)
    }

    fn amount(&self) -> Amount {
        self.spot.amount(self.field).unwrap_or_default()
    }

    fn shown(base: &Base<'_>, amount: Amount) -> String {
        format!("{}{}", amount.decimal(base.pipeline.money), base.pipeline.money)
    }

    /// Writes another amount into the cell.
    fn changed_to(&self, base: &Base<'_>, amount: Amount) -> Planting {
        let (title, before) = (self.title(base), Self::shown(base, self.amount()));
        let now = Self::shown(base, amount);
        Planting::new(
            format!("把“{title}”由{before}改为{now}"),
            format!("“{title}” is changed from {before} to {now}"),
        )
        .without_total(base, &self.spot.item, self.field)
        .puts(
            base,
            &self.spot.item,
            self.at,
            Some(base.number(&self.spot, self.field, amount)),
        )
    }

    /// Writes words into the cell.
    fn reads(&self, base: &Base<'_>, text: &str) -> Planting {
        let title = self.title(base);
        Planting::new(
            format!("把“{title}”改写为“{text}”"),
            format!("“{title}” is changed to read “{text}”"),
        )
        .puts(base, &self.spot.item, self.at, Some(Content::Text(text.to_owned())))
    }

    fn emptied(&self, base: &Base<'_>) -> Planting {
        let title = self.title(base);
        Planting::new(format!("清空“{title}”"), format!("“{title}” is emptied")).puts(
            base,
            &self.spot.item,
            self.at,
            None,
        )
    }

    fn expected(&self, base: &Base<'_>, kind: Kind) -> Expected {
        Expected::on_row(kind, base, &self.spot, self.field)
    }
}

/// A cell holds fifteen digits exactly.
const MOST_DIGITS: i64 = 100_000_000_000_000;

/// Returns the column's unit of money as a step by which amounts can be changed.
fn step(base: &Base<'_>) -> i64 {
    10_i64.pow(base.pipeline.money.exponent())
}

/// Returns the largest difference of a field that is no finding.
fn tolerance(base: &Base<'_>, field: ColumnId) -> i64 {
    let compare = base.pipeline.check.compare.iter().find(|compare| compare.column == field);
    compare.map_or(0, |compare| compare.tolerance)
}

/// An amount is three units and a half more.
pub fn amount_differs(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueDiffers, ColumnType::Amount, is_amount)?;
    let more = 3 * step(base) + step(base) / 2 + 2 * tolerance(base, target.field);
    let amount = Amount(target.amount().0 + more);
    Ok(target.changed_to(base, amount).finds(Expected {
        found: Some(Value::Amount(amount)),
        expected: Some(Value::Amount(target.amount())),
        ..target.expected(base, Kind::ValueDiffers)
    }))
}

/// An amount is one 分 more.
pub fn last_place_differs(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::SubmissionMissing, ColumnType::Amount, |spot, field| {
        let amount = spot.amount(field).unwrap_or_default().0;
        // A number of more digits would lose its last ones in a cell.
        (1..MOST_DIGITS).contains(&amount) && tolerance(base, field) == 0
    })?;
    let amount = Amount(target.amount().0 + 1);
    Ok(target.changed_to(base, amount).finds(Expected {
        found: Some(Value::Amount(amount)),
        expected: Some(Value::Amount(target.amount())),
        ..target.expected(base, Kind::ValueDiffers)
    }))
}

/// The amount of the task above or below slips into the row.
pub fn neighbours_amount(base: &Base<'_>) -> Result<Planting, Said> {
    let tasks = &base.reconciled.plan.tasks.raw;
    let neighbour = |spot: &Spot<'_>, field: ColumnId| -> Option<Amount> {
        let place = tasks
            .iter()
            .position(|task| (task.sheet, task.row.row) == (spot.task.sheet, spot.task.row.row))?;
        let own = spot.amount(field)?;
        let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten();
        beside
            .filter_map(|place| tasks.get(place))
            .filter(|task| task.unit == spot.task.unit)
            .filter_map(|task| task.row.entries[field].as_ref()?.value.amount())
            .find(|amount| {
                let power = crate::check::power_of_ten(amount.0, own.0);
                let beyond = (amount.0 - own.0).abs() > tolerance(base, field);
                amount.0 != 0 && beyond && power.is_none()
            })
    };
    let target = target(base, Kind::TaskMissing, ColumnType::Amount, |spot, field| {
        is_amount(spot, field) && neighbour(spot, field).is_some()
    })?;
    let amount = neighbour(&target.spot, target.field).unwrap_or_default();
    let mut planting = target.changed_to(base, amount).finds(Expected {
        found: Some(Value::Amount(amount)),
        expected: Some(Value::Amount(target.amount())),
        cause: Some(|cause| matches!(cause, Cause::Neighbour { .. })),
        ..target.expected(base, Kind::ValueDiffers)
    });
    planting.said.chinese.push_str("（相邻任务的数）");
    planting.said.english.push_str(" (the neighbouring task's amount)");
    Ok(planting)
}

/// Two digits of an amount change places.
pub fn digits_transposed(base: &Base<'_>) -> Result<Planting, Said> {
    let money = base.pipeline.money;
    let transposed = |spot: &Spot<'_>, field: ColumnId| -> Option<Amount> {
        let own = spot.amount(field)?;
        let decimal = own.decimal(money);
        let places = decimal.len();
        let ways = (1..places).filter_map(|at| {
            let mut digits: Vec<char> = decimal.chars().collect();
            digits.swap(at - 1, at);
            let text: String = digits.into_iter().collect();
            // 20 becoming 02, or 2.5 becoming .25, is not how digits are exchanged.
            let plain = !text.starts_with(['0', '.']) && !text.contains('.');
            plain.then(|| scale_decimal(&text, money.exponent()).ok()).flatten()
        });
        let mut amounts = ways.map(Amount);
        amounts.find(|amount| {
            let power = crate::check::power_of_ten(amount.0, own.0);
            (amount.0 - own.0).abs() > tolerance(base, field) && power.is_none()
        })
    };
    let target = target(base, Kind::ValueMissing, ColumnType::Amount, |spot, field| {
        is_amount(spot, field) && transposed(spot, field).is_some()
    })?;
    let amount = transposed(&target.spot, target.field).unwrap_or_default();
    Ok(target.changed_to(base, amount).finds(Expected {
        found: Some(Value::Amount(amount)),
        cause: Some(|cause| matches!(cause, Cause::Transposed)),
        ..target.expected(base, Kind::ValueDiffers)
    }))
}

/// An amount has the wrong sign.
pub fn sign_reversed(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::TaskExtra, ColumnType::Amount, is_amount)?;
    let amount = Amount(-target.amount().0);
    Ok(target.changed_to(base, amount).finds(Expected {
        found: Some(Value::Amount(amount)),
        cause: Some(|cause| matches!(cause, Cause::Sign)),
        ..target.expected(base, Kind::ValueDiffers)
    }))
}

/// A deadline is two months later.
pub fn month_differs(base: &Base<'_>) -> Result<Planting, Said> {
    let month = |spot: &Spot<'_>, field: ColumnId| match figure(spot.task.row, field) {
        (State::Value, Some(ordinal)) => later(ordinal, 2),
        _ => None,
    };
    let target = target(base, Kind::ValueDiffers, ColumnType::Month, |spot, field| {
        month(spot, field).is_some()
    })?;
    let Some(month) = month(&target.spot, target.field) else {
        return no_occasion(NO_CELL.0, NO_CELL.1);
    };
    Ok(target.reads(base, &in_words(month)).finds(Expected {
        found: Some(Value::Month(month)),
        ..target.expected(base, Kind::ValueDiffers)
    }))
}

fn later(ordinal: i64, months: i64) -> Option<Month> {
    i32::try_from(ordinal + months).ok().and_then(Month::from_ordinal)
}

/// A text says something more.
pub fn text_differs(base: &Base<'_>) -> Result<Planting, Said> {
    let text = |spot: &Spot<'_>, field: ColumnId| -> Option<String> {
        let own = |row: &crate::normalise::TableRow| -> Option<String> {
            Some(row.entries[field].as_ref()?.value.text()?.to_owned())
        };
        (own(spot.item.row)? == own(spot.task.row)?).then(|| own(spot.item.row)).flatten()
    };
    let target = target(base, Kind::ValueDiffers, ColumnType::Text, |spot, field| {
        text(spot, field).is_some_and(|text| !text.is_empty())
    })?;
    let before = text(&target.spot, target.field).unwrap_or_default();
    let said = format!("{}及其他", before.trim_end_matches(['。', '.']));
    Ok(target.reads(base, &said).finds(target.expected(base, Kind::ValueDiffers)))
}

/// Another of the declared choices is made.
pub fn choice_differs(base: &Base<'_>) -> Result<Planting, Said> {
    let other = |spot: &Spot<'_>, field: ColumnId| -> Option<String> {
        let own = |row: &crate::normalise::TableRow| -> Option<String> {
            Some(row.entries[field].as_ref()?.value.text()?.to_owned())
        };
        let (mine, planned) = (own(spot.item.row)?, own(spot.task.row)?);
        let choices = base.pipeline.columns[field].choices.iter();
        let mut values = choices.map(|choice| choice.value.clone());
        (mine == planned).then(|| values.find(|value| *value != mine)).flatten()
    };
    let target = target(base, Kind::ValueDiffers, ColumnType::Choice, |spot, field| {
        other(spot, field).is_some()
    })?;
    let choice = other(&target.spot, target.field).unwrap_or_default();
    Ok(target.reads(base, &choice).finds(target.expected(base, Kind::ValueDiffers)))
}

/// A choice is written that nobody declared.
pub fn unknown_choice(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueUnreadable, ColumnType::Choice, |spot, field| {
        spot.task.row.entries[field].as_ref().is_some_and(|entry| entry.value.text().is_some())
    })?;
    Ok(target.reads(base, "演练选项").finds(target.expected(base, Kind::ValueUnreadable)))
}

/// A task's text has two characters more.
pub fn task_reworded(base: &Base<'_>) -> Result<Planting, Said> {
    let keys = &base.pipeline.roles.key;
    let found = base.spots(Kind::PairDoubtful).into_iter().find_map(|spot| {
        let field = *keys.iter().find(|field| {
            base.pipeline.columns[**field].kind == ColumnType::Text
                && base.pipeline.check.compare.iter().any(|compare| compare.column == **field)
        })?;
        let text = spot.item.row.entries[field].as_ref()?.value.text()?.to_owned();
        Some((Target { at: spot.cell(field)?, spot, field }, text))
    });
    let Some((target, text)) = found else { return no_occasion(NO_CELL.0, NO_CELL.1) };
    let text = format!("{}二期", text.trim_end_matches(['。', '.']));
    Ok(target.reads(base, &text).finds(Expected {
        found: Some(Value::Text(text)),
        ..target.expected(base, Kind::ValueDiffers)
    }))
}

/// An amount is written in 元 where 万元 is meant, or the like.
pub fn scaled(base: &Base<'_>) -> Result<Planting, Said> {
    const POWER: i64 = 10_000;
    const MOST: i64 = 10_000_000_000_000;
    let others = |spot: &Spot<'_>, field: ColumnId| {
        base.reconciled.matched.pairs.iter().any(|pair| {
            let (item, task) =
                (&base.reconciled.roster.items[pair.row], &base.reconciled.plan.tasks[pair.task]);
            let same = figure(item.row, field) == figure(task.row, field);
            (item.file, item.sheet) == (spot.item.file, spot.item.sheet)
                && item.row.row != spot.item.row.row
                && same
                && figure(task.row, field).1.is_some_and(|amount| amount != 0)
        })
    };
    // A column in which nothing else stands would be off as a whole.
    let target = target(base, Kind::ValueScaled, ColumnType::Amount, |spot, field| {
        let amount = spot.amount(field).unwrap_or_default().0;
        amount > 0 && amount.checked_mul(POWER).is_some_and(|n| n <= MOST) && others(spot, field)
    })?;
    let amount = Amount(target.amount().0 * POWER);
    Ok(target.changed_to(base, amount).finds(Expected {
        found: Some(Value::Amount(amount)),
        cause: Some(|cause| matches!(cause, Cause::PowerOfTen { power: 4 })),
        ..target.expected(base, Kind::ValueScaled)
    }))
}

/// An amount is left out.
pub fn amount_missing(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueMissing, ColumnType::Amount, is_amount)?;
    Ok(silent_total(&target, base, target.emptied(base))
        .finds(target.expected(base, Kind::ValueMissing)))
}

/// A total keeps silent where a cell it adds is faulty; what it said before must be gone then.
fn silent_total(target: &Target<'_>, base: &Base<'_>, mut planting: Planting) -> Planting {
    for total in base.totals(&target.spot.item) {
        if let Some(entry) = &total.row.entries[target.field] {
            let at = CellAt::new(total.row.row, entry.column);
            planting = planting.silences_cell(base, &target.spot.item, at);
        }
    }
    planting
}

/// A deadline is left out.
pub fn month_missing(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueMissing, ColumnType::Month, |spot, field| {
        figure(spot.task.row, field).0 == State::Value
    })?;
    Ok(target.emptied(base).finds(target.expected(base, Kind::ValueMissing)))
}

/// Words stand where an amount belongs.
pub fn words_for_amount(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueUnreadable, ColumnType::Amount, is_amount)?;
    Ok(silent_total(&target, base, target.reads(base, "待定")).finds(Expected {
        found: Some(Value::Unreadable(Obstacle::NotThisType)),
        ..target.expected(base, Kind::ValueUnreadable)
    }))
}

/// A spreadsheet error stands where an amount belongs.
pub fn error_for_amount(base: &Base<'_>) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueImprecise, ColumnType::Amount, is_amount)?;
    let title = target.title(base);
    let planting = Planting::new(
        format!("把“{title}”改为错误值 #REF!"),
        format!("“{title}” is changed to the error #REF!"),
    )
    .puts(base, &target.spot.item, target.at, Some(Content::Error("#REF!".to_owned())));
    Ok(silent_total(&target, base, planting).finds(Expected {
        found: Some(Value::Unreadable(Obstacle::ErrorValue)),
        ..target.expected(base, Kind::ValueUnreadable)
    }))
}

/// An amount has a tenth of a 分 too many, as a number.
pub fn imprecise(base: &Base<'_>) -> Result<Planting, Said> {
    finer_than_a_fen(base, |text| text.parse().ok().map(Content::Number))
}

/// An amount has a tenth of a 分 too many, as a text.
pub fn imprecise_text(base: &Base<'_>) -> Result<Planting, Said> {
    finer_than_a_fen(base, |text| Some(Content::Text(text.to_owned())))
}

fn finer_than_a_fen(
    base: &Base<'_>,
    content: impl Fn(&str) -> Option<Content>,
) -> Result<Planting, Said> {
    let target = target(base, Kind::ValueImprecise, ColumnType::Amount, |spot, field| {
        (1..MOST_DIGITS / 10).contains(&spot.amount(field).unwrap_or_default().0)
    })?;
    let item = &target.spot.item;
    let money: MoneyUnit = base.money(item.file, item.sheet, item.row.table, target.field);
    // In a unit of n decimals to the 分, the next decimal is finer.
    let text = shortest_decimal(target.amount().0 * 10 + 4, money.exponent() + 1);
    let planting = target.reads(base, &text).puts(base, item, target.at, content(&text));
    Ok(silent_total(&target, base, planting).finds(Expected {
        found: Some(Value::Unreadable(Obstacle::TooFine)),
        ..target.expected(base, Kind::ValueImprecise)
    }))
}
