//! Rows that are lines of words: notes, signatures, names of blocks, reports of nothing.

use super::Body;
use super::said::{is_money_line, names_block};
use crate::model::{CellAt, fold};
use crate::normalise::layout::words::{
    is_beside_signature, is_remark, is_signature, is_word, is_written_day, names_signer,
    starts_with_note_word,
};
use crate::normalise::typed::typed_text;
use crate::read::{Cell, Content, Row};

impl Body<'_> {
    /// Returns whether a row right below the heading numbers the columns of a table of two: 1 where
    /// the tasks below are words. In a wider table the heading ends with such a row.
    pub(super) fn numbers_two_columns(&self, row: &Row) -> bool {
        let is_below = self.layout.heading_rows.last().is_some_and(|last| last + 1 == row.index);
        let [first, second] = row.cells.as_slice() else { return false };
        let says = |cell: &Cell, mark: &str| fold::key(&typed_text(&cell.content)) == mark;
        if !is_below || !says(first, "1") || !says(second, "2") {
            return false;
        }
        let next = self.sheet.rows.partition_point(|other| other.index <= row.index);
        let below = self.sheet.rows.get(next);
        let is_key = |cell: &&Cell| {
            self.field_at(cell.column).is_some_and(|f| self.pipeline.roles.key.contains(&f))
        };
        let names_tasks = |key: &Cell| {
            let own = below.and_then(|below| below.cell(key.column));
            own.is_some_and(|cell| is_word(&cell.content))
        };
        row.cells.iter().find(is_key).is_some_and(names_tasks)
    }

    /// Returns whether a row is a note, a signature line or the name of a block: one text that
    /// does not stand where the task's text stands, or one that begins as notes do.
    pub(super) fn is_line_of_words(&self, row: &Row, has_figures: bool) -> bool {
        const LONG: usize = 30;
        if self.says_zero_report(row) || self.is_line_of_form(row) || self.has_word_for_number(row)
        {
            return true;
        }
        let first = row.cells.iter().find_map(|cell| match &cell.content {
            Content::Text(text) => Some((cell.column, text.as_str())),
            _ => None,
        });
        let Some((column, text)) = first else {
            // The day on which a sheet was filled in.
            let [only] = row.cells.as_slice() else { return false };
            return matches!(only.content, Content::Date { .. })
                && self
                    .field_at(only.column)
                    .is_none_or(|field| self.pipeline.roles.key.contains(&field));
        };
        let begins_note = starts_with_note_word(text, self.pipeline) && self.are_signers(row);
        // 填报日期 may stand where the amounts do.
        let only_words = row.cells.iter().all(|cell| is_word(&cell.content));
        if begins_note && (!has_figures || only_words) {
            return true;
        }
        if self.is_signed(row, text) || self.is_between_tables(row) || self.ends_labelled(row) {
            return true;
        }
        let at = CellAt::new(row.index, column);
        let merge = self.sheet.merges.at(at);
        let alone = row.cells.len() == 1;
        if !alone {
            return false;
        }
        let is_key =
            self.field_at(column).is_some_and(|field| self.pipeline.roles.key.contains(&field));
        let is_amount =
            self.field_at(column).is_some_and(|field| self.pipeline.columns[field].kind.is_money());
        let wide = merge.is_some_and(|merge| merge.last.column > merge.first.column + 1);
        begins_note
            || row.cells.iter().all(|cell| is_money_line(&cell.content, &self.pipeline.words))
            || wide
            || (!is_key && !is_amount)
            || names_block(text)
            || (is_amount && (is_written_day(text) || is_remark(text)))
            || (self.seen_total && !self.has_bare_tasks && text.chars().count() > LONG)
    }

    /// Returns whether each cell of a row is a label with what it says, or with room for it: 收货人：某某 | 发货人：某某. A form
    /// has such lines around its list. What stands where tasks are named may be one, 学校：三中 | 负责人：张三.
    fn is_line_of_form(&self, row: &Row) -> bool {
        const LEAST: usize = 2;
        const LONGEST: usize = 12;
        let is_label = |cell: &Cell| {
            labelled(cell, LONGEST).is_some_and(|(label, said)| {
                !said.starts_with("//") && !self.pipeline.words.parts.contains(&label)
            })
        };
        row.cells.len() >= LEAST
            && row.cells.iter().all(is_label)
            && !row.cells.iter().any(|cell| self.may_name_task(cell))
    }

    /// Returns whether a label with what it says stands where tasks are named, and is none by which forms say who made
    /// them: 五中：增加检查.
    fn may_name_task(&self, cell: &Cell) -> bool {
        let words = &self.pipeline.words;
        let typed = typed_text(&cell.content);
        let Some((label, said)) = typed.split_once([':', '：']) else { return true };
        let label = fold::key(label);
        let mut makers = words.signers.iter().chain(&words.filled_by).chain(&words.signatures);
        self.field_at(cell.column).is_some_and(|field| self.pipeline.roles.key.contains(&field))
            && !said.trim().is_empty()
            && !makers.any(|word| label.starts_with(word.as_str()))
    }

    /// Returns whether a row is the line above a further table: its cells are labels with what they
    /// say, or a unit's name, and one of them names the unit of money or who reports.
    pub(super) fn is_between_tables(&self, row: &Row) -> bool {
        let labelled = |content: &Content| match content {
            Content::Text(text) => text.split_once([':', '：']).map(|(label, _)| fold::key(label)),
            _ => None,
        };
        let submitter = &self.pipeline.roster.submitter;
        let names_unit = |content: &Content| match content {
            Content::Text(text) => self.pipeline.unit_alone(text).is_some(),
            _ => false,
        };
        let names_money =
            || row.cells.iter().any(|cell| is_money_line(&cell.content, &self.pipeline.words));
        // 第2页 | 单位：万元: beside the unit of money stands the table's page, its annex or its month.
        let says_words = |cell: &Cell| is_word(&cell.content);
        let names_task = || self.pipeline.roles.key.iter().any(|key| self.own(row, *key).is_some());
        if row.cells.len() == 2
            && row.cells.iter().all(says_words)
            && !names_task()
            && names_money()
        {
            return true;
        }
        row.cells.iter().all(|cell| labelled(&cell.content).is_some() || names_unit(&cell.content))
            && row.cells.iter().any(|cell| {
                is_money_line(&cell.content, &self.pipeline.words)
                    || labelled(&cell.content).is_some_and(|label| submitter.contains(&label))
            })
    }

    /// Returns whether a row heads a further block: below a total or a gap it has nothing but words, in columns of
    /// figures as well, and some of them are those of the heading; three in all at the least.
    pub(super) fn heads_a_block(&self, row: &Row, heading: &Row) -> bool {
        const LEAST: usize = 3;
        let says_words = |cell: &Cell| is_word(&cell.content);
        if row.cells.len() < LEAST || !row.cells.iter().all(says_words) {
            return false;
        }
        let over_figures = row.cells.iter().filter(|cell| {
            let field = self.field_at(cell.column);
            field.is_some_and(|field| self.pipeline.columns[field].kind.is_figure())
        });
        let key = |cell: &Cell| fold::key(&typed_text(&cell.content));
        let says_same =
            |cell: &Cell| heading.cell(cell.column).is_some_and(|known| key(known) == key(cell));
        let place = self.sheet.rows.partition_point(|other| other.index < row.index);
        let above = place.checked_sub(1).map(|above| self.sheet.rows[above].index);
        let is_apart = above.is_some_and(|above| {
            above + 1 < row.index
                || self.labels.contains_key(&above)
                || self.summed.contains_key(&above)
        });
        let (over_figures, same) =
            (over_figures.count(), row.cells.iter().filter(|cell| says_same(cell)).count());
        is_apart && over_figures > 0 && same > 1 && over_figures + same >= LEAST
    }

    /// Returns whether a row is the last of its sheet and says who made it and when, each beside its label: 作者：张顺,
    /// 建表时间：2016年9月13日. It leaves most columns blank, and no row above has labels in all of those.
    fn ends_labelled(&self, row: &Row) -> bool {
        const LONGEST_LABEL: usize = 8;
        let is_last = self.sheet.rows.last().is_some_and(|last| last.index == row.index);
        if !is_last || row.cells.len() < 2 || row.cells.len() * 2 > self.layout.columns.len() {
            return false;
        }
        let is_labelled = |cell: &Cell| {
            labelled(cell, LONGEST_LABEL)
                .is_some_and(|(_, said)| !said.trim().is_empty() && !said.starts_with('/'))
        };
        let above = self.sheet.rows.iter().filter(|above| above.index < row.index);
        let mut lines = above.filter(|above| above.cells.len() > 1);
        row.cells.iter().all(is_labelled)
            && !row.cells.iter().any(|cell| self.may_name_task(cell))
            && !lines.any(|above| {
                row.cells.iter().all(|own| above.cell(own.column).is_some_and(is_labelled))
            })
    }

    /// Returns whether a row is a line for ink, whatever columns its words stand in.
    pub(super) fn is_line_for_ink(&self, row: &Row) -> bool {
        let first = row.cells.iter().find_map(|cell| match &cell.content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
        first.is_some_and(|first| self.is_signed(row, first))
    }

    /// Returns whether a row is a line for ink: it begins with a signature, holds nothing longer than
    /// what is written beside one, and names no task.
    pub(super) fn is_signed(&self, row: &Row, first: &str) -> bool {
        const LONGEST_NAME: usize = 4;
        let names_task = || {
            self.pipeline.roles.key.iter().filter_map(|field| self.own(row, *field)).any(|own| {
                let text = typed_text(own);
                text != first
                    && text.chars().count() > LONGEST_NAME
                    && !is_signature(&text, self.pipeline)
            })
        };
        // Most rows hold a figure or a long text, and are done with.
        if !row.cells.iter().all(|cell| is_beside_signature(&cell.content)) {
            return false;
        }
        // A month or a figure begins the row of a task as well, and alone it may be a total: where
        // figures stand, only words are no figure.
        let begins = match row.cells.as_slice() {
            [only] if !self.holds_figures(only.column) => is_signature(first, self.pipeline),
            _ => names_signer(first, self.pipeline),
        };
        begins && !names_task() && self.are_signers(row)
    }

    /// Returns whether a row that begins with a signature goes on with others: in a list of people, 主管 is what
    /// the first of many columns says of one of them.
    fn are_signers(&self, row: &Row) -> bool {
        const MOST_BESIDE_ONE: usize = 4;
        let words = &self.pipeline.words;
        let says = |cell: &&Cell| !typed_text(&cell.content).trim().is_empty();
        let is_label = |text: &str| {
            let key = fold::key(text);
            let mut labels = words.filled_by.iter().chain(&words.reviewed_by).chain(&words.seals);
            labels.any(|label| *label == key) || text.trim_end().ends_with([':', '：'])
        };
        let signs = |cell: &&Cell| match &cell.content {
            Content::Text(text) => names_signer(text, self.pipeline) || is_label(text),
            content => matches!(content, Content::Date { .. }),
        };
        let count = row.cells.iter().filter(says).count();
        count <= MOST_BESIDE_ONE
            || row.cells.iter().filter(signs).count() * MOST_BESIDE_ONE >= count
    }

    /// Returns whether a row says that there is nothing to report, where the tasks would stand,
    /// and names neither task nor money.
    pub(super) fn says_zero_report(&self, row: &Row) -> bool {
        const LONGEST: usize = 12;
        let is_money = |content: &Content| match content {
            Content::Number(number) => *number != 0.0,
            other => typed_text(other).chars().any(|c| c.is_numeric() && c != '0' && c != '０'),
        };
        // Most rows have money, and are done with.
        let mut amounts = self.pipeline.amount_columns().filter_map(|field| self.own(row, field));
        if amounts.any(is_money) {
            return false;
        }
        let says = |content: &Content| {
            let key = fold::key(&typed_text(content));
            let phrases = &self.pipeline.roster.zero_report;
            key.chars().count() <= LONGEST
                && phrases.iter().any(|phrase| key.contains(phrase.as_str()))
        };
        let keys = self.pipeline.roles.key.iter();
        let has_task = keys.filter_map(|field| self.own(row, *field)).any(|text| !says(text));
        !has_task && row.cells.iter().any(|cell| says(&cell.content))
    }
}

/// The label of a text, a word that is no longer than so many characters, and what it says.
fn labelled(cell: &Cell, longest: usize) -> Option<(String, &str)> {
    let Content::Text(text) = &cell.content else { return None };
    let (label, said) = text.split_once([':', '：'])?;
    let label = fold::key(label);
    let is_word =
        (1..=longest).contains(&label.chars().count()) && label.chars().all(char::is_alphabetic);
    is_word.then_some((label, said))
}
