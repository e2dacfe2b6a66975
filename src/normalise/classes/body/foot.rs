//! Rows below the list that have a name and a figure as tasks have, and are none: what was added up beside
//! the table, labels of a form.

use std::borrow::Cow;

use super::said::is_mark;
use super::{Body, RowClass};
use crate::model::ColumnId;
use crate::normalise::classes::added::without_noughts;
use crate::normalise::classes::looks::{Figure, Look, Mark, Meant, Named, Place};
use crate::normalise::layout::words::{is_figure, is_word};
use crate::normalise::typed::typed_text;
use crate::pipeline::heading;
use crate::read::{Content, Row};

impl Body<'_> {
    /// Returns whether a row of figures alone adds up the tasks above it in two columns at least: where the table
    /// names no money, figures without a name say little.
    pub(super) fn adds_up_all(&mut self, row: &Row) -> bool {
        const LEAST: usize = 2;
        /// Of so many rows the sums are looked at.
        const MOST: usize = 40;
        let is_own = |column: u32| self.holds_figures(column);
        if row.cells.len() < LEAST
            || !row.cells.iter().all(|cell| is_figure(&cell.content) && is_own(cell.column))
        {
            return false;
        }
        self.added_up += 1;
        if self.added_up > MOST {
            return false;
        }
        // The heading may come again further down, and rows stand above that.
        let first = self.layout.start();
        let from = self.sheet.rows.partition_point(|above| above.index < first);
        let to = self.sheet.rows.partition_point(|above| above.index < row.index);
        let keys: Vec<u32> =
            self.pipeline.roles.key.iter().filter_map(|field| self.columns[*field]).collect();
        let is_task = |above: &&Row| {
            !self.is_heading(above)
                && !self.labels.contains_key(&above.index)
                && !self.summed.contains_key(&above.index)
                && !self.meant.contains_key(&above.index)
                && keys.iter().any(|column| above.cell(*column).is_some())
        };
        let above = self.sheet.rows.get(from..to).unwrap_or_default();
        let tasks: Vec<&Row> = above.iter().filter(is_task).collect();
        let number = |row: &Row, column: u32| match row.cell(column)?.content {
            Content::Number(number) => Some(number),
            _ => None,
        };
        let is_sum = |column: u32| {
            let Some(printed) = number(row, column).filter(|printed| *printed != 0.0) else {
                return false;
            };
            let parts: Vec<f64> = tasks.iter().filter_map(|row| number(row, column)).collect();
            let sum: f64 = parts.iter().sum();
            parts.len() > 1 && (sum - printed).abs() <= 0.005_f64.max(sum.abs() * 1e-9)
        };
        row.cells.iter().filter(|cell| is_sum(cell.column)).count() >= LEAST
    }

    /// Notes which rows below the last total are the foot of a form: labels where tasks have their numbers, or
    /// with a colon, with what they say or a place for it, and no figure.
    pub(super) fn labels_below(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let total = looks.iter().rposition(|look| self.labels.contains_key(&look.row));
        let Some(first) = total.map(|total| total + 1) else { return };
        let is_words = |row: &Row| {
            let mut cells = row.cells.iter();
            cells.all(|cell| is_word(&cell.content))
        };
        // 供货日期： | 2021年4月10日前.
        let is_labelled = |row: &Row| match row.cells.first().map(|cell| &cell.content) {
            Some(Content::Text(text)) => text.trim_end().ends_with([':', '：']),
            _ => false,
        };
        let foot: Vec<u32> = (first..looks.len())
            .filter(|at| {
                let is_label = looks[*at].number == Mark::Other || is_labelled(&parts[*at]);
                is_label && is_words(&parts[*at])
            })
            .filter(|at| {
                is_labelled(&parts[*at]) || !self.may_be_further(&parts[*at], &parts[..first])
            })
            .filter(|at| !self.is_told(&parts[*at]))
            .map(|at| looks[at].row)
            .collect();
        for row in foot {
            self.meant.entry(row).or_insert(Meant::Line);
        }
    }

    /// Returns whether a row of words below the total may be a further task: it names one, and has a word where the
    /// others have an amount, or is whose one above is: 新增 | 甲镇 | 桥梁 | 待定.
    fn may_be_further(&self, row: &Row, above: &[Cow<'_, Row>]) -> bool {
        let roles = &self.pipeline.roles;
        let has = |field: ColumnId| self.own(row, field).is_some();
        let is_known = |field: ColumnId| {
            let owner = self.own(row, field);
            owner.is_some() && above.iter().any(|above| self.own(above, field) == owner)
        };
        roles.key.iter().any(|field| has(*field))
            && (roles.owner.is_some_and(is_known) || self.pipeline.amount_columns().any(has))
    }

    /// Notes that the last row is a sum that stands below another column than its own: 项目费用 | 29000 where the first
    /// of the dates stand, and what the tasks have under 预算 comes to 29000. No other column comes to it.
    pub(super) fn sum_out_of_place(&mut self, parts: &[Cow<'_, Row>]) {
        /// A smaller figure may be a sum by chance.
        const LEAST: f64 = 100.0;
        const LEAST_ROWS: usize = 3;
        let Some((last, above)) = parts.split_last().filter(|(row, _)| !self.is_told(row)) else {
            return;
        };
        let [name, figure] = last.cells.as_slice() else { return };
        let is_key = self
            .field_at(name.column)
            .is_some_and(|field| self.pipeline.roles.key.contains(&field));
        let Content::Number(printed) = figure.content else { return };
        let holds_others = self.field_at(figure.column).is_some_and(|field| {
            let kind = self.pipeline.columns[field].kind;
            kind.is_text() || kind.is_time()
        });
        if !is_key || !holds_others || printed < LEAST || is_figure(&name.content) {
            return;
        }
        let tasks: Vec<&Cow<'_, Row>> = above.iter().filter(|row| !self.is_told(row)).collect();
        let is_sum = |column: u32| {
            let figures = tasks.iter().filter_map(|row| match row.cell(column)?.content {
                Content::Number(number) => Some(number),
                _ => None,
            });
            figures.clone().count() >= LEAST_ROWS
                && (figures.sum::<f64>() - printed).abs() <= 0.005_f64.max(printed * 1e-9)
        };
        let figures = self.figure_columns().filter_map(|field| self.columns[field]);
        if figures.filter(|column| is_sum(*column)).count() == 1 {
            let rows = (above[0].index, above[above.len() - 1].index);
            self.meant.insert(last.index, Meant::Sum { rows, place: Place::Below });
        }
    }

    /// Notes that the first or the last row of a numbered list is the sum of all others, whatever it is called: 全县, 计. It
    /// lacks the number that all of them have, the owner where they have one, and what else most of them say in words.
    pub(super) fn sum_of_all(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        const LEAST_ROWS: usize = 3;
        /// With so many digits it is the sum of all by no chance.
        const LEAST_DIGITS: u32 = 3;
        let open: Vec<usize> = (0..looks.len())
            .filter(|at| looks[*at].has_amounts && !self.is_told(&parts[*at]))
            .collect();
        let has_sums = self.meant.values().any(|meant| matches!(meant, Meant::Sum { .. }));
        if open.len() <= LEAST_ROWS || has_sums {
            return;
        }
        let is_numbered = |at: usize| matches!(looks[at].number, Mark::Whole(_) | Mark::Path(_));
        let is_owned = |at: usize| looks[at].owner != Named::Blank;
        let says = |at: usize, field: ColumnId| {
            self.own(&parts[at], field).is_some_and(|own| !is_mark(own) && !is_figure(own))
        };
        let more = self.pipeline.columns.keys().filter(|field| {
            self.pipeline.columns[*field].kind.is_text() && !self.is_label_column(*field)
        });
        let more: Vec<ColumnId> = more
            .filter(|field| open.iter().filter(|at| says(**at, *field)).count() * 2 > open.len())
            .collect();
        for whole in [open[0], open[open.len() - 1]] {
            let others = || open.iter().copied().filter(move |at| *at != whole);
            let lacks_owner = !is_owned(whole) || !others().any(is_owned);
            let says_more = more.iter().any(|field| says(whole, *field));
            if is_numbered(whole) || !lacks_owner || says_more || !others().all(is_numbered) {
                continue;
            }
            let figure = |at: usize, field| match self.figure(&parts[at], field) {
                Figure::Amount(amount) => Ok(amount),
                Figure::Blank => Ok(0),
                Figure::Unreadable => Err(()),
            };
            let (mut differ, mut digits) = (0, 0);
            let has_money = self.pipeline.amount_columns().next().is_some();
            for field in self.pipeline.totalled_columns() {
                let Ok(printed) = figure(whole, field) else { continue };
                let sum: Result<i128, ()> = others().map(|at| figure(at, field)).sum();
                // Counts beside money may be no sums, money must be.
                let counts = !has_money || self.pipeline.columns[field].kind.is_money();
                if printed == 0 {
                    continue;
                }
                if sum != Ok(printed) {
                    differ += usize::from(counts);
                    continue;
                }
                digits += without_noughts(printed.abs()).ilog10() + 1;
            }
            if differ == 0 && digits >= LEAST_DIGITS {
                let mut ends = others().map(|at| looks[at].row);
                let first = ends.next().unwrap_or_default();
                let rows = (first, ends.next_back().unwrap_or(first));
                let place = if looks[whole].row < first { Place::Over } else { Place::Below };
                self.meant.insert(looks[whole].row, Meant::Sum { rows, place });
                return;
            }
        }
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
                let text = text.trim();
                text.ends_with([':', '：']) && text.chars().next().is_some_and(char::is_alphabetic)
            }
            _ => false,
        })
    }
}
