//! The values of a finding as cells, in one form on all pages.

use super::page::{Content, Look, PageCell, decimal_cell, figure_cell, per_cent_cell, text_cell};
use crate::findings::listed;
use crate::model::Value;

/// A value of a finding as a figure that can be sorted and added up, or as its text.
pub fn value_cell(value: Option<&Value>, shown: Option<&String>) -> PageCell {
    match (value, shown) {
        (Some(Value::Month(month)), _) => figure_cell(Content::Month(*month), Look::Centre),
        (Some(Value::Date(day)), _) => figure_cell(Content::Day(*day), Look::Centre),
        (Some(Value::Percent(_)), Some(text)) => per_cent_cell(text, Look::Figure),
        (_, Some(text)) if text.parse::<f64>().is_ok() => decimal_cell(text, Look::Figure),
        (_, Some(text)) => text_cell(listed(&Some(text.clone())), Look::Centre),
        (_, None) => text_cell("", Look::Figure),
    }
}
