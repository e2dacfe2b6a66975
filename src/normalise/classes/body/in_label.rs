//! Totals whose figure stands in one cell with their word: 合计：90.15万元.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::Body;
use crate::model::{ColumnId, Entry, Value};
use crate::normalise::cells::typing;
use crate::normalise::classes::looks::{Figure, Look};
use crate::read::{Content, Row};

/// As long as forty characters, as other labels.
const LONGEST: usize = 120;
/// A figure that nothing parts from the word is longer than this.
const SHORTEST_BARE: usize = 2;

impl Body<'_> {
    /// Returns what a text calls a total and the figure that it gives, as typed.
    pub(super) fn total_with_figure<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let begins_figure = |rest: &str| {
            let rest = rest.trim_start_matches(['¥', '￥', '-', '+', '(', '（', ' ', '　']);
            rest.starts_with(|c: char| c.is_ascii_digit())
        };
        let by_colon = text.split_once([':', '：', '=', '＝']);
        // 小计1 is the first of several.
        let by_digit = || {
            let parts = text.find(|c: char| c.is_ascii_digit()).map(|at| text.split_at(at));
            parts.filter(|(_, figure)| figure.chars().count() > SHORTEST_BARE)
        };
        let (name, figure) = by_colon.or_else(by_digit)?;
        let label = self.pipeline.words.label(name);
        // Total: 450, but not SUM(1+1).
        let is_summary = label.is_summary && by_colon.is_some();
        let is_total = label.is_total || label.sounds_like_total || is_summary;
        let is_part = self.pipeline.words.is_part(name);
        (is_total && !is_part && begins_figure(figure)).then(|| (name, figure.trim()))
    }

    /// Notes the figures that totals have in their labels, where their rows have none of their own: of several columns
    /// it is that of which it is the sum, else the first.
    pub(super) fn figures_in_labels(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let fields: Vec<ColumnId> =
            self.figure_columns().filter(|field| self.columns[*field].is_some()).collect();
        let tasks = looks.iter().filter(|look| look.has_amounts).count();
        // Added up once, however many labels ask for it.
        let sums: BTreeMap<ColumnId, OnceCell<i128>> =
            fields.iter().map(|field| (*field, OnceCell::new())).collect();
        let sum_of = |field| {
            let known = sums.get(&field);
            known.map(|known| *known.get_or_init(|| self.sum_of_tasks(field, parts)))
        };
        let bare = looks.iter().zip(parts).filter(|(look, _)| !look.has_amounts);
        let bare = bare.filter(|(look, _)| self.labels.contains_key(&look.row));
        let said = bare.filter_map(|(_, row)| {
            let (column, figure) = row.cells.iter().find_map(|cell| match &cell.content {
                Content::Text(text) => Some((cell.column, self.total_with_figure(text)?.1)),
                _ => None,
            })?;
            // 合计：4 counts four tasks.
            if figure.parse() == Ok(tasks) {
                return None;
            }
            let content = Content::Text(figure.into());
            let entry = |field: &ColumnId| {
                let declared = &self.pipeline.columns[*field];
                let seen = (&content, None);
                let entry =
                    typing::entry(column, seen, declared, self.units[*field], &self.pipeline.words);
                (!matches!(entry.value, Value::Unreadable(_))).then_some((*field, entry))
            };
            let read: Vec<(ColumnId, Entry)> = fields.iter().filter_map(entry).collect();
            let is_sum = |(field, entry): &&(ColumnId, Entry)| {
                entry.value.summand().map(i128::from) == sum_of(*field)
            };
            let own = read.iter().find(is_sum).or_else(|| read.first())?;
            Some((row.index, own.clone()))
        });
        self.in_labels = said.collect();
    }

    fn sum_of_tasks(&self, field: ColumnId, parts: &[Cow<'_, Row>]) -> i128 {
        let is_task = |row: &&Cow<'_, Row>| {
            !self.labels.contains_key(&row.index)
                && !self.summed.contains_key(&row.index)
                && !self.meant.contains_key(&row.index)
        };
        let figures = parts.iter().filter(is_task).map(|row| match self.figure(row, field) {
            Figure::Amount(amount) => amount,
            Figure::Blank | Figure::Unreadable => 0,
        });
        figures.sum()
    }
}
