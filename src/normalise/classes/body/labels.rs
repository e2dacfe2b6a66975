//! What a row calls itself: the labels of totals, in every place and spelling.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Body;
use super::said::counted;
use crate::model::{ColumnId, fold};
use crate::normalise::classes::looks::{Figure, Look, Meant, Place, Task};
use crate::normalise::layout::words::{is_figure, is_word};
use crate::normalise::typed::typed_text;
use crate::pipeline::{Label, heading};
use crate::read::{Content, Row};

impl Body<'_> {
    /// Returns what a total row calls itself, as it was found when the table was looked over.
    pub(super) fn label(&self, row: &Row) -> Option<&str> {
        self.labels.get(&row.index).map(String::as_str)
    }

    /// Returns whether a row carries the sum of the rows above it over a page.
    pub(super) fn is_carried(&self, row: &Row) -> bool {
        self.carried.contains(&row.index)
    }

    /// Returns the label of a total row: 合计, 海棠区小计, 合  计（万元）, 其中：….
    pub(super) fn total_label(&self, row: &Row) -> Option<String> {
        let roles = &self.pipeline.roles;
        let is_numbered = roles.number.and_then(|field| self.own(row, field)).is_some_and(|own| {
            fold::plain(&typed_text(own)).starts_with(|c: char| c.is_ascii_digit())
        });
        let has_key = roles.key.iter().any(|key| self.own(row, *key).is_some());
        row.cells.iter().find_map(|cell| {
            let Content::Text(text) = &cell.content else { return None };
            let field = self.field_at(cell.column);
            let is_amount = field.is_some_and(|field| self.pipeline.columns[field].kind.is_money());
            let says_what = field.is_none_or(|field| self.is_label_column(field));
            // 其中水泵2台 in the remark of a task is no label.
            // As long as forty characters, or three times as many letters.
            if is_amount || (has_key && !says_what) || text.len() > 120 {
                return None;
            }
            let label = self.pipeline.words.label(text);
            // 总计（附表1、附表2）.
            let is_label = label.is_total
                || (!is_numbered && self.total_with_figure(text).is_some())
                // A numbered row whose task only sounds like a total is a task.
                || (!(is_numbered && field.is_some_and(|field| roles.key.contains(&field)))
                    && label.sounds_like_total
                    && !self.is_task_of_a_part(row, field, text));
            // Nor is 市级合计 in a column that nobody declared, beside a task's own text: with its
            // number or owner, or after it.
            let has_owner = || roles.owner.is_some_and(|field| self.own(row, field).is_some());
            let follows_key = || {
                let after = |column: u32| column < cell.column;
                roles.key.iter().all(|key| self.columns[*key].is_some_and(after))
            };
            let beside_a_task = || {
                let undeclared = field.is_none() && has_key;
                undeclared && (!label.is_whole_total || is_numbered || has_owner() || follows_key())
            };
            let is_total = is_label && !beside_a_task();
            (is_total || self.is_summary(row, field, &label))
                .then(|| typed_text(&cell.content).into_owned())
        })
    }

    /// Returns whether a text only begins as the name of a part does, in a row that has an owner and
    /// a month of its own: 其中村道路硬化, but not 其中：村道路.
    pub(super) fn is_task_of_a_part(&self, row: &Row, field: Option<ColumnId>, text: &str) -> bool {
        let plain = fold::plain(text);
        let parts = &self.pipeline.words.parts;
        let runs_on = parts
            .iter()
            .filter_map(|part| plain.strip_prefix(part.as_str()))
            .any(|rest| rest.chars().next().is_some_and(char::is_alphabetic));
        let has = |field: ColumnId| self.own(row, field).is_some();
        let columns = &self.pipeline.columns;
        runs_on
            && field.is_some_and(|field| self.pipeline.roles.key.contains(&field))
            && self.pipeline.roles.owner.is_none_or(|owner| self.shown(row, owner).is_some())
            && columns.keys().any(|field| columns[field].kind.is_time() && has(field))
    }

    /// Returns whether a cell names a total in a word that tasks use as well, and nothing else of
    /// the row says that it is a task: 汇总, 全区汇总, Total.
    pub(super) fn is_summary(&self, row: &Row, field: Option<ColumnId>, label: &Label) -> bool {
        // Total may stand in front of the figure, where nothing says what the row is about.
        let names_nothing =
            || self.pipeline.roles.key.iter().all(|field| self.own(row, *field).is_none());
        // Suma produktów, without a number where tasks have one.
        let is_unnumbered = || {
            let number = self.pipeline.roles.number.filter(|field| self.columns[*field].is_some());
            number.is_some_and(|field| self.own(row, field).is_none())
        };
        let begins = || label.begins_summary && is_unnumbered();
        (label.is_summary || label.has_summary_word && names_nothing() || begins())
            && (field.is_none_or(|field| self.is_label_column(field)) || names_nothing())
            && row.cells.iter().all(|cell| {
                let field = self.field_at(cell.column);
                // Counts and lengths are added up like amounts.
                let of_figures =
                    field.is_some_and(|field| self.pipeline.columns[field].kind.is_figure());
                let is_sum = match field {
                    // The columns of a matrix are declared by what stands over them.
                    None => is_figure(&cell.content),
                    // 汇总 beside the owner, without a number, is the sum of the owner's rows.
                    Some(own) if self.pipeline.roles.owner == Some(own) => label.is_bare_summary,
                    Some(_) => of_figures && field != self.pipeline.roles.number,
                };
                is_sum || heading::read(&typed_text(&cell.content)).key == label.key
            })
            && row.cells.len() > 1
    }

    /// Returns what a sum calls itself: by its task, a count, or the owner whose it is.
    pub(super) fn name_of_sum(&self, row: &Row) -> String {
        let roles = &self.pipeline.roles;
        let key = roles.key.iter().find_map(|field| self.own(row, *field));
        let count = || {
            let mut cells = row.cells.iter().map(|cell| &cell.content);
            cells.find(|content| counted(content, &self.pipeline.words.block_names).is_some())
        };
        let owner = || roles.owner.and_then(|field| self.own(row, field));
        let number = || roles.number.and_then(|field| self.own(row, field));
        let named =
            key.or_else(count).or_else(owner).or_else(|| number().filter(|own| is_word(own)));
        named.map(typed_text).unwrap_or_default().into_owned()
    }

    /// Returns whether a row says that it carries a sum over a page: 过次页, 承前页.
    pub(super) fn names_carried(&self, row: &Row) -> bool {
        // A word with spaces between its characters is still shorter.
        const LONGEST: usize = 60;
        row.cells.iter().any(|cell| match &cell.content {
            Content::Text(text) if text.len() <= LONGEST => {
                let is_label = self.field_at(cell.column).is_none_or(|f| self.is_label_column(f));
                is_label && self.pipeline.words.label(text).is_carried
            }
            _ => false,
        })
    }

    /// Notes which rows carry the sum of all rows above them over a page; above the first row there
    /// is nothing that such a row could be held against.
    pub(super) fn carry_over(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let mut first = None;
        for (look, row) in looks.iter().zip(parts) {
            if !self.is_carried(row) {
                first = first.or_else(|| (look.task != Task::Blank).then_some(look.row));
                continue;
            }
            // The rows below go on where those above it end: it closes no block.
            let meant = match first {
                Some(first) if look.has_amounts => {
                    Meant::Sum { rows: (first, look.row - 1), place: Place::Over }
                }
                _ => Meant::Line,
            };
            self.meant.insert(look.row, meant);
        }
    }

    /// Notes that a total which bears the name of a line above it adds up the rows since that line: Transportation: and Total
    /// transportation, 一、道路 and 道路小计. What is rounded adds up to none of them exactly. Below all of them the same totals
    /// may stand once more, by the names of their blocks.
    pub(super) fn totals_of_named_blocks(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        const LEAST_FIGURES: usize = 2;
        if self.labels.is_empty() {
            return;
        }
        let figures = |row: &Row| -> Vec<Figure> {
            self.figure_columns().map(|field| self.figure(row, field)).collect()
        };
        let mut heads: BTreeMap<String, u32> = BTreeMap::new();
        let mut totals: BTreeMap<String, ((u32, u32), Vec<Figure>)> = BTreeMap::new();
        let mut meant: Vec<(u32, (u32, u32))> = Vec::new();
        for (look, row) in looks.iter().zip(parts) {
            if let Some(name) = self.labels.get(&look.row).and_then(|label| self.block_of(label)) {
                let head = heads.get(&name).filter(|head| **head + 1 < look.row);
                if let Some(head) = head {
                    let rows = (head + 1, look.row - 1);
                    meant.push((look.row, rows));
                    totals.insert(name, (rows, figures(row)));
                }
                continue;
            }
            let keys = &self.pipeline.roles.key;
            let words = keys.iter().find_map(|field| self.own(row, *field)).map(typed_text);
            let Some(name) = words.map(|words| name_of_block(&words)) else { continue };
            if look.has_amounts {
                let own = || figures(row);
                let filled = |figures: &[Figure]| {
                    figures
                        .iter()
                        .filter(|own| matches!(own, Figure::Amount(own) if *own != 0))
                        .count()
                };
                let again = totals
                    .get(&name)
                    .filter(|(_, total)| filled(total) >= LEAST_FIGURES && *total == own());
                meant.extend(again.map(|(rows, _)| (look.row, *rows)));
            } else if look.task == Task::Words && !look.has_more {
                heads.insert(name, look.row);
            }
        }
        for (row, rows) in meant {
            self.meant.entry(row).or_insert(Meant::Sum { rows, place: Place::Below });
        }
    }

    /// The name of a block in the label of its total, folded: transportation in Total transportation.
    fn block_of(&self, label: &str) -> Option<String> {
        const SHORTEST: usize = 2;
        let words = &self.pipeline.words;
        let key = name_of_block(label);
        // Total nondefense 1 bears the number of a footnote.
        let key = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let rest = |word: &String| {
            let rest =
                key.strip_prefix(word.as_str()).or_else(|| key.strip_suffix(word.as_str()))?;
            (rest.chars().count() >= SHORTEST).then(|| rest.to_owned())
        };
        let called = words.totals.iter().chain(&words.summaries);
        called.filter_map(rest).min_by_key(String::len)
    }
}

/// What a line calls the rows below it, folded, without its number.
fn name_of_block(text: &str) -> String {
    let key = fold::key(text);
    key.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}
