//! Parts of a total, a row each: 其中：甲县 below it, and 乙县, 丙县 below that.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Body;
use crate::model::{ColumnId, fold};
use crate::normalise::classes::looks::{Figure, Look, Mark, Meant, Named, Task};
use crate::normalise::layout::words::is_word;
use crate::normalise::typed::typed_text;
use crate::read::{Cell, Row};

impl Body<'_> {
    /// Notes which rows below 其中：… are further parts of the same row: they have neither the number nor
    /// the unit that tasks have, and all parts together are no more than the whole. Where the column of tasks is blank and
    /// their name stands in another, they are so only if they come to the whole, or to what the tasks do.
    pub(super) fn further_parts(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let is_part =
            |row: &Row| self.label(row).is_some_and(|label| self.pipeline.words.is_part(label));
        if !parts.iter().any(|row| is_part(row)) {
            return;
        }
        let tasks =
            looks.iter().zip(parts).filter(|(look, row)| look.task != Task::Blank && !is_part(row));
        let tasks = tasks.map(|(look, _)| look);
        let all = tasks.clone().count();
        let most =
            |is: &dyn Fn(&Look) -> bool| tasks.clone().filter(|look| is(look)).count() * 2 > all;
        let is_numbered = most(&|look| matches!(look.number, Mark::Whole(_) | Mark::Path(_)));
        let is_owned = most(&|look| look.owner == Named::Own);
        let lacks = |look: &Look| {
            look.number == Mark::Blank
                && look.owner == Named::Blank
                && look.task == Task::Words
                && look.has_amounts
        };
        let is_named_elsewhere = |look: &Look, row: &Row| {
            matches!(look.number, Mark::Blank | Mark::Other)
                && look.owner == Named::Blank
                && look.task == Task::Blank
                && look.has_amounts
                && row.cells.iter().filter(|cell| is_word(&cell.content)).count() == 1
        };
        // 续建 below 其中：新建 of a total, or 乙镇 below 其中：甲镇, as tasks say of themselves beside their names: a part
        // whatever its figures are, since it is held against these tasks. Below a task the next one may be called so.
        let said = self.said_of(looks, parts);
        let is_said = |look: &Look, row: &Row| {
            let mut words = row.cells.iter().filter(|cell| is_word(&cell.content));
            let only = words.next().filter(|_| words.next().is_none());
            let key = |cell: &Cell| fold::key(&typed_text(&cell.content));
            matches!(look.number, Mark::Blank | Mark::Other)
                && look.has_amounts
                && only.is_some_and(|cell| said.contains(&key(cell)))
        };
        // Where tasks have neither, only what the parts are together tells where they end.
        let is_bare = !is_numbered && !is_owned;
        let fields: Vec<ColumnId> = self.figure_columns().collect();
        let figures = |row: &Row| -> Vec<i128> {
            let figures = fields.iter().map(|field| self.figure(row, *field));
            let amount = |figure| if let Figure::Amount(amount) = figure { amount } else { 0 };
            figures.map(amount).collect()
        };
        let is_whole = |added: &[i128], whole: &[i128]| {
            let pairs = || added.iter().zip(whole).filter(|(part, _)| **part != 0);
            pairs().next().is_some() && pairs().all(|(part, whole)| part == whole)
        };
        let is_nought = |figures: &[i128]| figures.iter().all(|figure| *figure == 0);
        let (mut whole, mut sum): (Vec<i128>, Option<Vec<i128>>) = (Vec::new(), None);
        // Whether the parts so far are of a total and each is said or 0: where nothing is held against one, all must fit.
        let (mut is_total, mut are_said) = (false, false);
        let mut of_tasks = vec![0; fields.len()];
        let (mut found, mut open) = (Vec::new(), Vec::new());
        for (look, row) in looks.iter().zip(parts) {
            let own = figures(row);
            if look.task == Task::Words && !self.is_told(row) {
                let both = of_tasks.iter().zip(&own);
                of_tasks = both.map(|(before, own): (&i128, &i128)| before + own).collect();
            }
            let before = sum.take();
            if is_part(row) {
                open.clear();
                let is_said = || {
                    let label = fold::key(self.label(row).unwrap_or_default());
                    said.iter().any(|word| label.ends_with(word.as_str()))
                };
                are_said =
                    is_total && (before.is_none() || are_said) && (is_nought(&own) || is_said());
                let before = before.unwrap_or_else(|| vec![0; own.len()]);
                sum = Some(before.iter().zip(&own).map(|(before, own)| before + own).collect());
                continue;
            }
            let added: Option<Vec<i128>> = before
                .map(|before| before.iter().zip(&own).map(|(before, own)| before + own).collect());
            let fits =
                |added: &Vec<i128>| added.iter().zip(&whole).all(|(part, whole)| part <= whole);
            let is_elsewhere = is_named_elsewhere(look, row);
            let is_own = is_said(look, row);
            are_said &= is_own || is_nought(&own);
            let may_be = lacks(look) || is_elsewhere || are_said && is_own;
            let comes_to_all = |added: &[i128]| {
                let all = added.iter().zip(whole.iter().zip(&of_tasks));
                all.clone().any(|(part, _)| *part != 0)
                    && all.into_iter().all(|(part, (whole, tasks))| part == whole || part == tasks)
            };
            let added = added.filter(|added| {
                may_be && !self.is_told(row) && (are_said || is_elsewhere || fits(added))
            });
            if let Some(added) = added {
                open.push(look.row);
                let is_clear = if is_elsewhere {
                    comes_to_all(&added)
                } else {
                    !is_bare || is_whole(&added, &whole)
                };
                if are_said || is_clear {
                    found.append(&mut open);
                }
                sum = Some(added);
            } else {
                open.clear();
                whole = own;
                is_total = self.is_told(row);
            }
        }
        self.meant.extend(found.into_iter().map(|row| (row, Meant::Part)));
    }

    /// What columns of words beside the names of tasks say of several of them, or of one where what they say comes again
    /// and again, folded: as totals are held against the rows that they name.
    fn said_of(&self, looks: &[Look], parts: &[Cow<'_, Row>]) -> BTreeSet<String> {
        let mut columns: BTreeMap<u32, BTreeMap<String, usize>> = BTreeMap::new();
        let names = &self.pipeline.roles.key;
        let tasks = looks.iter().zip(parts).filter(|(look, _)| look.task != Task::Blank);
        for (_, row) in tasks {
            let words = || row.cells.iter().filter(|cell| is_word(&cell.content));
            let beside = words().filter(|cell| {
                let field = self.field_at(cell.column);
                field.is_some_and(|field| !names.contains(&field))
            });
            for cell in beside.filter(|_| words().count() > 1) {
                let said = columns.entry(cell.column).or_default();
                *said.entry(fold::key(&typed_text(&cell.content))).or_default() += 1;
            }
        }
        let of_column = |said: BTreeMap<String, usize>| {
            let comes_again = said.len() * 2 <= said.values().sum();
            said.into_iter().filter(move |(_, count)| *count > 1 || comes_again)
        };
        columns.into_values().flat_map(of_column).map(|(word, _)| word).collect()
    }
}
