//! A list of other things below the table, with a heading of its own that shares next to nothing with the table's:
//! payments by document below a list of projects. Its rows are none of the table's, and are said to be left.

use std::collections::BTreeSet;

use super::Body;
use crate::model::fold;
use crate::normalise::cells::spelling::says_not_applicable;
use crate::normalise::layout::words::{is_figure, is_word};
use crate::normalise::typed::typed_text;
use crate::pipeline::heading;
use crate::read::{Cell, Row};

impl Body<'_> {
    /// Notes which rows belong to such a list below a total of the table, from its heading on, up to the table's next one.
    pub(super) fn leave_other_lists(&mut self, rows: &[Row]) {
        let Some(own) = self.heading else { return };
        let mut is_other = false;
        // Each row is looked at once for being a total, however many may head a list.
        let (mut looked, mut has_total) = (0, false);
        for (at, row) in rows.iter().enumerate() {
            if self.is_heading(row) || self.beyond.contains(&row.index) {
                is_other = false;
                continue;
            }
            if self.may_head_another(row) {
                let is_own = self.is_further_heading(row, own);
                is_other = !is_own && (is_other || self.heads_another(rows, at, own));
                while is_other && !has_total && looked < at {
                    has_total = self.total_label(&rows[looked]).is_some();
                    looked += 1;
                }
                is_other &= has_total;
            }
            if is_other {
                self.others.insert(row.index);
            }
        }
    }

    /// Returns whether a row has nothing but words, three at the least, and where the table has figures as well.
    fn may_head_another(&self, row: &Row) -> bool {
        const LEAST: usize = 3;
        row.cells.len() >= LEAST
            && row.cells.iter().all(|cell| is_word(&cell.content))
            && row.cells.iter().any(|cell| self.holds_figures(cell.column))
    }

    /// Returns whether a row of words may head another list: it stands apart from what is above, all but one of its words
    /// are not what the table calls the column, and below those over figures, each of which is another, stand figures. 待定
    /// twice and — are what a task has for figures.
    fn heads_another(&self, rows: &[Row], at: usize, own: &Row) -> bool {
        const LEAST_OVER_FIGURES: usize = 2;
        let row = &rows[at];
        let Some(nearest) = at.checked_sub(1).map(|above| &rows[above]) else { return false };
        let is_apart = nearest.index + 1 < row.index || nearest.cells.len() == 1;
        let over: Vec<u32> = row
            .cells
            .iter()
            .map(|cell| cell.column)
            .filter(|column| self.holds_figures(*column))
            .collect();
        let Some(below) = rows.get(at + 1) else { return false };
        let figures = over
            .iter()
            .filter(|column| below.cell(**column).is_some_and(|cell| is_figure(&cell.content)));
        let says_same = |cell: &&Cell| {
            let text = typed_text(&cell.content);
            let known = own.cell(cell.column).map(|known| fold::key(&typed_text(&known.content)));
            let field = || {
                let bare = heading::read(&text).bare;
                self.pipeline
                    .headings
                    .column(&bare)
                    .or_else(|| self.pipeline.reworded.column(&text, &self.pipeline.words))
            };
            known.is_some_and(|known| known == fold::key(&text)) || field().is_some()
        };
        let mut words = BTreeSet::new();
        let are_names = over.iter().filter_map(|column| row.cell(*column)).all(|cell| {
            let key = fold::key(&typed_text(&cell.content));
            let plain = fold::plain(&typed_text(&cell.content));
            !key.is_empty()
                && !says_not_applicable(&plain, &self.pipeline.words.not_applicable)
                && words.insert(key)
        });
        is_apart
            && are_names
            && over.len() >= LEAST_OVER_FIGURES
            && figures.count() >= LEAST_OVER_FIGURES
            && row.cells.iter().filter(says_same).count() <= 1
    }
}
