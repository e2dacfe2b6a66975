//! One cell of one task is spoilt: what is done to it, as data, and the one function that does it
//! to a copy and says what must be found. What spoils more than a cell is a plant of its own.

use super::base::{Base, Spot, in_words};
use super::planting::{Expected, Planting, no_occasion};
use crate::check::power_of_ten;
use crate::model::amount::{scale_decimal, shortest_decimal};
use crate::model::{Amount, Cause, CellAt, ColumnId, Kind, Month, Obstacle, Said, Value};
use crate::normalise::TableRow;
use crate::normalise::frame::{State, figure};
use crate::pipeline::ColumnType;
use crate::read::Content;

/// A cell that is filled in, and agrees with the plan where that says something, is spoilt.
#[derive(Clone, Copy, Debug)]
pub struct Spoil {
    /// What must be found at the cell.
    pub kind: Kind,
    /// The kind by whose turn the row is chosen.
    pub turn: Kind,
    pub column: Column,
    pub change: Change,
}

/// Which columns a cell can stand in.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// Those of a type that are held against the plan and are no key.
    Compared(ColumnType),
    /// Those of a type that the units fill in themselves.
    Reported(ColumnType),
    /// The texts that say what a row is about, where they are held against the plan.
    Key,
}

/// What is done to the cell.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// An amount is three units and a half more.
    More,
    /// An amount is one 分 more.
    LastPlace,
    /// The amount of the task above or below slips into the row.
    Neighbours,
    /// Two digits of an amount change places.
    Transposed,
    /// An amount has the wrong sign.
    Sign,
    /// An amount is multiplied by ten thousand, alone in its column.
    Scaled,
    /// An amount has a tenth of a 分 too many, as a number or as a text.
    Finer(fn(&str) -> Option<Content>),
    /// A deadline is so many months later.
    Later(i64),
    /// A text says something more.
    Adds(&'static str),
    /// Another of the declared choices is made.
    OtherChoice,
    /// Words stand there that mean nothing in such a column.
    Reads(&'static str),
    /// A spreadsheet error stands there.
    Error(&'static str),
    Emptied,
}

/// The cell that is spoilt.
struct Target<'a> {
    spot: Spot<'a>,
    field: ColumnId,
    at: CellAt,
    given: (State, Option<i64>),
}

/// What a change makes of a cell.
struct Made {
    said: Said,
    content: Option<Content>,
    /// What must be found there, where that is more than any words.
    found: Option<Value>,
    totals: Totals,
}

/// What becomes of the totals of the cell's column.
#[derive(Clone, Copy)]
enum Totals {
    Stay,
    /// They go where they are not the plan's own sum: they would be found wrong.
    Without,
    /// They say nothing beside a cell that cannot be added up; what they said must be gone.
    Silent,
}

/// A cell holds fifteen digits exactly.
const MOST_DIGITS: i64 = 100_000_000_000_000;

impl Column {
    fn fields(self, base: &Base<'_>) -> Vec<ColumnId> {
        match self {
            Column::Compared(kind) => base.compared(kind),
            Column::Reported(kind) => {
                let is_reported = |field: &ColumnId| {
                    let column = &base.pipeline.columns[*field];
                    column.reported && column.kind == kind
                };
                base.pipeline.columns.keys().filter(is_reported).collect()
            }
            Column::Key => {
                let is_compared = |field: &ColumnId| {
                    base.pipeline.columns[*field].kind == ColumnType::Text
                        && base.pipeline.check.compare.iter().any(|held| held.column == *field)
                };
                base.pipeline.roles.key.iter().copied().filter(is_compared).collect()
            }
        }
    }

    /// Returns what the cell must say, where it says that: what the plan does, but in what units
    /// fill in.
    fn stands(self, spot: &Spot<'_>, field: ColumnId) -> Option<(State, Option<i64>)> {
        let (own, planned) = (figure(spot.item.row, field), figure(spot.task.row, field));
        (matches!(self, Column::Reported(_)) || own == planned).then_some(own)
    }
}

impl Spoil {
    /// Spoils the first cell that can be, or says why there is none.
    ///
    /// # Errors
    /// Says why pipeline or month give no occasion.
    pub fn carry_out(&self, base: &Base<'_>) -> Result<Planting, Said> {
        let fields = self.column.fields(base);
        if fields.is_empty() {
            return no_occasion(
                "核对方案没有要核对的这种类型的列",
                "the pipeline has no column of this type that is checked",
            );
        }
        let found = base.spots(self.turn).into_iter().find_map(|spot| {
            fields.iter().find_map(|field| {
                let given = self.column.stands(&spot, *field)?;
                let target = Target { spot, field: *field, at: spot.cell(*field)?, given };
                let made = self.change.made(base, &target)?;
                Some((target, made))
            })
        });
        let Some((target, made)) = found else {
            return no_occasion(
                "没有一个填写了、与计划没有出入的单元格可以改写",
                "no cell that is filled in and agrees with the plan can be changed",
            );
        };
        let (item, field) = (&target.spot.item, target.field);
        let mut planting = Planting::new(made.said.chinese, made.said.english);
        if matches!(made.totals, Totals::Without) {
            planting = planting.without_total(base, item, field);
        }
        planting = planting.puts(base, item, target.at, made.content);
        if matches!(made.totals, Totals::Silent) {
            for total in base.totals(item) {
                let Some(entry) = &total.row.entries[field] else { continue };
                let at = CellAt::new(total.row.row, entry.column);
                planting = planting.silences_cell(base, item, at);
            }
        }
        Ok(planting.finds(Expected {
            found: made.found,
            expected: matches!(made.totals, Totals::Without)
                .then(|| target.spot.amount(field).map(Value::Amount))
                .flatten(),
            cause: self.change.cause(),
            ..Expected::on_row(self.kind, base, &target.spot, field)
        }))
    }
}

impl Change {
    /// What one of the causes of the finding must be.
    fn cause(self) -> Option<fn(&Cause) -> bool> {
        match self {
            Change::Neighbours => Some(|cause| matches!(cause, Cause::Neighbour { .. })),
            Change::Transposed => Some(|cause| matches!(cause, Cause::Transposed)),
            Change::Sign => Some(|cause| matches!(cause, Cause::Sign)),
            Change::Scaled => Some(|cause| matches!(cause, Cause::PowerOfTen { power: 4 })),
            _ => None,
        }
    }

    /// Returns what becomes of a cell; none where the change would say nothing there.
    fn made(self, base: &Base<'_>, target: &Target<'_>) -> Option<Made> {
        match self {
            Change::More
            | Change::LastPlace
            | Change::Neighbours
            | Change::Transposed
            | Change::Sign
            | Change::Scaled => {
                let own = target.spot.amount(target.field).filter(|amount| amount.0 > 0)?;
                let amount = self.amount(base, target, own)?;
                Some(target.changed_to(base, own, amount, self))
            }
            Change::Finer(content) => {
                let own = target.spot.amount(target.field)?.0;
                if !(1..MOST_DIGITS / 10).contains(&own) {
                    return None;
                }
                let item = &target.spot.item;
                let money = base.money(item.file, item.sheet, item.row.table, target.field);
                // In a unit of n decimals to the 分, the next decimal is finer.
                let text = shortest_decimal(own * 10 + 4, money.exponent() + 1);
                let found = Some(Value::Unreadable(Obstacle::TooFine));
                let content = content(&text);
                Some(Made { content, found, totals: Totals::Silent, ..target.reads(base, &text) })
            }
            Change::Later(months) => {
                let (State::Value, Some(ordinal)) = target.given else { return None };
                let month = Month::from_ordinal(i32::try_from(ordinal + months).ok()?)?;
                let found = Some(Value::Month(month));
                Some(Made { found, ..target.reads(base, &in_words(month)) })
            }
            Change::Adds(more) => {
                let text = target.text(target.spot.item.row).filter(|text| !text.is_empty())?;
                let text = format!("{}{more}", text.trim_end_matches(['。', '.']));
                Some(Made {
                    found: Some(Value::Text(text.as_str().into())),
                    ..target.reads(base, &text)
                })
            }
            Change::OtherChoice => {
                let own = target.text(target.spot.item.row)?;
                let choices = &base.pipeline.columns[target.field].choices;
                let other = choices.iter().find(|choice| choice.value != own)?;
                (target.text(target.spot.task.row)? == own)
                    .then(|| target.reads(base, &other.value))
            }
            Change::Reads(words) => target.is_given().then(|| Made {
                found: target.given.1.map(|_| Value::Unreadable(Obstacle::NotThisType)),
                totals: Totals::Silent,
                ..target.reads(base, words)
            }),
            Change::Error(error) => {
                let title = target.title(base);
                target.is_given().then(|| Made {
                    said: Said::new(
                        format!("把“{title}”改为错误值 {error}"),
                        format!("“{title}” is changed to the error {error}"),
                    ),
                    content: Some(Content::Error(error.to_owned())),
                    found: Some(Value::Unreadable(Obstacle::ErrorValue)),
                    totals: Totals::Silent,
                })
            }
            Change::Emptied => {
                let title = target.title(base);
                target.is_given().then(|| Made {
                    said: Said::new(format!("清空“{title}”"), format!("“{title}” is emptied")),
                    content: None,
                    found: None,
                    totals: Totals::Silent,
                })
            }
        }
    }

    /// Returns the amount that one becomes.
    fn amount(self, base: &Base<'_>, target: &Target<'_>, own: Amount) -> Option<Amount> {
        const POWER: i64 = 10_000;
        const MOST: i64 = 10_000_000_000_000;
        let compare = &base.pipeline.check.compare;
        let held = compare.iter().find(|compare| compare.column == target.field);
        let tolerance = held.map_or(0, |compare| compare.tolerance);
        // What is off by a power of ten is said otherwise.
        let is_plain = |amount: &Amount| {
            (amount.0 - own.0).abs() > tolerance && power_of_ten(amount.0, own.0).is_none()
        };
        match self {
            Change::More => {
                let step = 10_i64.pow(base.pipeline.money.exponent());
                Some(Amount(own.0 + 3 * step + step / 2 + 2 * tolerance))
            }
            // A number of more digits would lose its last ones in a cell.
            Change::LastPlace => {
                (own.0 < MOST_DIGITS && tolerance == 0).then_some(Amount(own.0 + 1))
            }
            Change::Neighbours => {
                let mut beside = target.amounts_beside(base);
                beside.find(|amount| amount.0 != 0 && is_plain(amount))
            }
            Change::Transposed => transposed(base, own).find(is_plain),
            Change::Sign => Some(Amount(-own.0)),
            // A column in which nothing else stands would be off as a whole.
            Change::Scaled => {
                let scaled = own.0.checked_mul(POWER).filter(|scaled| *scaled <= MOST);
                scaled.filter(|_| target.has_others(base)).map(Amount)
            }
            _ => None,
        }
    }
}

/// The amounts that one becomes when two of its digits change places. 20 becoming 02, or 2.5
/// becoming .25, is not how digits are exchanged.
fn transposed(base: &Base<'_>, own: Amount) -> impl Iterator<Item = Amount> {
    let money = base.pipeline.money;
    let decimal: Vec<char> = own.decimal(money).chars().collect();
    (1..decimal.len()).filter_map(move |at| {
        let mut digits = decimal.clone();
        digits.swap(at - 1, at);
        let text: String = digits.into_iter().collect();
        let is_plain = !text.starts_with(['0', '.']) && !text.contains('.');
        is_plain.then(|| scale_decimal(&text, money.exponent()).ok()).flatten().map(Amount)
    })
}

impl Target<'_> {
    fn title(&self, base: &Base<'_>) -> String {
        base.pipeline.field_title(&base.pipeline.columns[self.field].name)
    }

    fn text(&self, row: &TableRow) -> Option<String> {
        Some(row.entries[self.field].as_ref()?.value.text()?.to_owned())
    }

    /// Whether something stands there, and no figure of 0.
    fn is_given(&self) -> bool {
        self.given.0 == State::Value && self.given.1.is_none_or(|figure| figure > 0)
    }

    /// The amounts of the tasks above and below in the plan, where they are the unit's own.
    fn amounts_beside<'a>(&'a self, base: &'a Base<'_>) -> impl Iterator<Item = Amount> + 'a {
        let tasks = &base.reconciled.plan.tasks.raw;
        let own = &self.spot.task;
        let place = tasks
            .iter()
            .position(|task| (task.sheet, task.row.row) == (own.sheet, own.row.row))
            .unwrap_or(tasks.len());
        let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten();
        beside
            .filter_map(|place| tasks.get(place))
            .filter(|task| task.unit == own.unit)
            .filter_map(|task| task.row.entries[self.field].as_ref()?.value.amount())
    }

    /// Whether another row of the sheet has an amount that agrees with the plan.
    fn has_others(&self, base: &Base<'_>) -> bool {
        let reconciled = base.reconciled;
        reconciled.matched.pairs.iter().any(|pair| {
            let item = &reconciled.roster.items[pair.row];
            let planned = figure(reconciled.plan.tasks[pair.task].row, self.field);
            (item.file, item.sheet) == (self.spot.item.file, self.spot.item.sheet)
                && item.row.row != self.spot.item.row.row
                && figure(item.row, self.field) == planned
                && planned.1.is_some_and(|amount| amount != 0)
        })
    }

    fn changed_to(&self, base: &Base<'_>, own: Amount, amount: Amount, change: Change) -> Made {
        let shown = |amount: Amount| {
            format!("{}{}", amount.decimal(base.pipeline.money), base.pipeline.money)
        };
        let (title, before, now) = (self.title(base), shown(own), shown(amount));
        let (why, reason) = match change {
            Change::Neighbours => ("（相邻任务的数）", " (the neighbouring task's amount)"),
            _ => ("", ""),
        };
        Made {
            said: Said::new(
                format!("把“{title}”由{before}改为{now}{why}"),
                format!("“{title}” is changed from {before} to {now}{reason}"),
            ),
            content: Some(base.number(&self.spot, self.field, amount)),
            found: Some(Value::Amount(amount)),
            totals: Totals::Without,
        }
    }

    fn reads(&self, base: &Base<'_>, text: &str) -> Made {
        let title = self.title(base);
        Made {
            said: Said::new(
                format!("把“{title}”改写为“{text}”"),
                format!("“{title}” is changed to read “{text}”"),
            ),
            content: Some(Content::Text(text.into())),
            found: None,
            totals: Totals::Stay,
        }
    }
}
