//! How a declared column looks on a page, by its type: the part of `pipeline::ColumnType` that
//! takes the words of pages. Every answer names every type.

use super::page::{Look, NumberRuleKind};
use crate::model::ColumnId;
use crate::pipeline::{Column, ColumnType, Pipeline};

/// The look of a value that was understood.
pub fn look(kind: ColumnType) -> Look {
    match kind {
        ColumnType::Amount | ColumnType::Decimal | ColumnType::Percent => Look::Figure,
        ColumnType::Integer | ColumnType::Month | ColumnType::Date | ColumnType::Choice => {
            Look::Centre
        }
        ColumnType::Text => Look::Text,
    }
}

/// The look of what was typed, which is a text whatever it means.
pub fn look_as_typed(kind: ColumnType) -> Look {
    if kind.is_free() { Look::Text } else { Look::Centre }
}

/// The look of a cell that is to be filled in.
pub fn look_to_fill_in(kind: ColumnType) -> Look {
    match kind {
        ColumnType::Amount | ColumnType::Percent | ColumnType::Decimal | ColumnType::Integer => {
            Look::EntryFigure
        }
        ColumnType::Text | ColumnType::Month | ColumnType::Date | ColumnType::Choice => Look::Entry,
    }
}

/// Returns the width that a declared column needs.
pub fn width(pipeline: &Pipeline, field: ColumnId) -> f64 {
    match pipeline.columns[field].kind {
        ColumnType::Integer => 6.0,
        ColumnType::Amount
        | ColumnType::Decimal
        | ColumnType::Month
        | ColumnType::Date
        | ColumnType::Percent => 12.0,
        ColumnType::Choice => 10.0,
        ColumnType::Text if pipeline.roles.owner == Some(field) => 13.0,
        ColumnType::Text if pipeline.roles.key.contains(&field) => {
            // The parts of a key of several columns are names, not sentences.
            if pipeline.roles.key.len() > 1 { 16.0 } else { 44.0 }
        }
        ColumnType::Text => 30.0,
    }
}

/// Whether a column says when something is due or was done.
pub fn is_date(kind: ColumnType) -> bool {
    match kind {
        ColumnType::Month | ColumnType::Date => true,
        ColumnType::Amount
        | ColumnType::Decimal
        | ColumnType::Percent
        | ColumnType::Integer
        | ColumnType::Choice
        | ColumnType::Text => false,
    }
}

/// What a difference of a column is measured in.
pub fn measure(column: &Column) -> &'static str {
    match column.kind {
        ColumnType::Amount => column.unit.name(),
        ColumnType::Percent => "个百分点",
        ColumnType::Integer
        | ColumnType::Decimal
        | ColumnType::Month
        | ColumnType::Date
        | ColumnType::Text
        | ColumnType::Choice => "",
    }
}

/// What a template lets people write into a column.
pub enum Limit {
    /// With what is said to those who write something else.
    Number(NumberRuleKind, String),
    /// One of these words only.
    OneOf(Vec<String>),
    /// One of these words, or others.
    Suggested(Vec<String>),
    None,
}

/// Returns what a template lets people write into a column.
pub fn limit(column: &Column, pipeline: &Pipeline) -> Limit {
    match column.kind {
        ColumnType::Amount => Limit::Number(
            NumberRuleKind::NotNegative,
            format!("请填以{}为单位的金额，不小于零", pipeline.money),
        ),
        ColumnType::Percent => {
            Limit::Number(NumberRuleKind::Percent, "请填 0 到 100 之间的数，不写百分号".to_owned())
        }
        ColumnType::Month => {
            Limit::Number(NumberRuleKind::Month, "请写成 2020年10月 的样子".to_owned())
        }
        ColumnType::Date => {
            Limit::Number(NumberRuleKind::Date, "请写成 2020年10月31日 的样子".to_owned())
        }
        ColumnType::Choice => {
            Limit::OneOf(column.choices.iter().map(|choice| choice.value.clone()).collect())
        }
        ColumnType::Text if !column.suggestions.is_empty() => {
            Limit::Suggested(column.suggestions.clone())
        }
        ColumnType::Text | ColumnType::Integer | ColumnType::Decimal => Limit::None,
    }
}
