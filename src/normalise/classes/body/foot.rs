//! Rows below the list that have a name and a figure as tasks have, and are none: what was added up beside
//! the table, labels of a form.

use super::{Body, RowClass};
use crate::normalise::layout::words::is_figure;
use crate::normalise::typed::typed_text;
use crate::pipeline::heading;
use crate::read::{Content, Row};

impl Body<'_> {
    /// Returns whether a row holds several figures and nothing else; one alone says little where the table names
    /// no money.
    pub(super) fn is_of_figures(&self, row: &Row) -> bool {
        let mut cells = row.cells.iter();
        row.cells.len() > 1
            && cells.all(|cell| is_figure(&cell.content) && self.holds_figures(cell.column))
    }

    /// Returns what a row is that has all that a task has.
    pub(super) fn unless_below(&self, row: &Row, has_amounts: bool, has_number: bool) -> RowClass {
        if self.foot.is_some() && !has_amounts || self.sums_a_column(row, has_number) {
            RowClass::Unplaced
        } else if self.is_labelled(row) {
            if has_amounts { RowClass::Unplaced } else { RowClass::Note }
        } else {
            RowClass::Task
        }
    }

    /// Returns whether a row without the number that others have is called as the total of a column is: 总消费
    /// below rows with a column 消费.
    pub(super) fn sums_a_column(&self, row: &Row, has_number: bool) -> bool {
        let roles = &self.pipeline.roles;
        let may_be = roles.number.is_some_and(|field| self.columns[field].is_some()) && !has_number;
        may_be
            && roles.key.iter().filter_map(|field| self.own(row, *field)).any(|own| {
                let key = heading::read(&typed_text(own)).key;
                let mut words = self.pipeline.words.grand_totals.iter();
                let rest = words.find_map(|word| key.strip_prefix(word.as_str()));
                rest.is_some_and(|rest| {
                    !rest.is_empty()
                        && self.layout.columns.iter().any(|column| {
                            column
                                .field
                                .is_some_and(|field| self.pipeline.columns[field].kind.is_figure())
                                && heading::read(&column.heading).bare == rest
                        })
                })
            })
    }

    /// Returns whether a row is a word for totals and nothing else.
    pub(super) fn is_lone_total(&self, row: &Row) -> bool {
        let [only] = row.cells.as_slice() else { return false };
        let key = heading::read(&typed_text(&only.content)).key;
        let words = &self.pipeline.words;
        words.totals.contains(&key) || words.summaries.contains(&key)
    }

    /// Returns whether a label that ends in a colon stands where rows have their numbers: 付款方式：.
    pub(super) fn is_labelled(&self, row: &Row) -> bool {
        let number = self.pipeline.roles.number.and_then(|field| self.own(row, field));
        number.is_some_and(|content| match content {
            Content::Text(text) => {
                let text = text.trim_end();
                text.ends_with([':', '：']) && text.chars().next().is_some_and(char::is_alphabetic)
            }
            _ => false,
        })
    }
}
