//! What the pipeline file says of a row, and rows that only go on with the text above.

use std::borrow::Cow;

use super::said::names_block;
use super::{Body, Found};
use crate::model::{CellAt, Value, fold};
use crate::normalise::classes::row::{RowClass, TableRow};
use crate::normalise::layout::tables::ends_table;
use crate::normalise::layout::unit::NamedUnit;
use crate::normalise::layout::words::starts_with_note_word;
use crate::normalise::typed::typed_text;
use crate::pipeline::{UnitStands, any_fits};
use crate::read::{Cell, Content, Row};

impl Body<'_> {
    /// Returns what the pipeline file says that a row is, by what it begins with or names as its task.
    pub(super) fn as_corrected(&mut self, row: &Row, has_amounts: bool) -> Option<Found> {
        if self.beyond.contains(&row.index) {
            return Some(Found::Row(RowClass::Note, String::new()));
        }
        if self.is_said_task(row) {
            return Some(Found::Row(RowClass::Task, String::new()));
        }
        if self.others.contains(&row.index) {
            return Some(Found::Row(RowClass::Unplaced, String::new()));
        }
        let correction = self.correction;
        let patterns = [&correction.skip, &correction.details, &correction.sections];
        let names_units = correction.unit == Some(UnitStands::Section);
        if !names_units && patterns.iter().all(|patterns| patterns.is_empty()) {
            return None;
        }
        let texts = self.texts_that_tell(row);
        let fits = |patterns: &[regex::Regex]| texts.iter().find(|text| any_fits(patterns, text));
        if fits(&correction.skip).is_some() || fits(&correction.details).is_some() {
            return Some(Found::Row(RowClass::Note, String::new()));
        }
        let named = || texts.iter().find(|text| self.pipeline.unit_alone(text).is_some());
        let own = fits(&correction.sections);
        let label = own.or_else(|| names_units.then(named).flatten())?.clone();
        if names_units {
            let (label, unit) = self.unit_of_section(row, label)?;
            self.section = Some(unit);
            return Some(if has_amounts {
                Found::Row(RowClass::Total, label)
            } else {
                Found::Text
            });
        }
        // The sum of a section ends its block as any total does. A line of one cell has none, whatever the
        // column in which it begins holds.
        if has_amounts && row.cells.len() > 1 {
            self.head = Some(row.index);
            return Some(Found::Row(RowClass::Total, label));
        }
        Some(Found::Text)
    }

    /// Returns whether the pipeline file says that a row is a task; one that names nothing is none.
    pub(in crate::normalise::classes) fn is_said_task(&self, row: &Row) -> bool {
        let patterns = &self.correction.tasks;
        let keys = || self.pipeline.roles.key.iter();
        !patterns.is_empty()
            && !self.beyond.contains(&row.index)
            && keys().any(|field| self.own(row, *field).is_some())
            && self.texts_that_tell(row).iter().any(|text| any_fits(patterns, text))
    }

    /// Takes back what rows were taken for that the pipeline file says to be tasks.
    pub(super) fn keep_said_tasks(&mut self, parts: &[Cow<'_, Row>]) {
        if self.correction.tasks.is_empty() {
            return;
        }
        let tasks: Vec<u32> =
            parts.iter().filter(|row| self.is_said_task(row)).map(|row| row.index).collect();
        for row in &tasks {
            self.labels.remove(row);
            self.carried.remove(row);
            self.summed.remove(row);
            self.meant.remove(row);
            self.numbered_heads.remove(row);
            self.loose.remove(row);
        }
    }

    /// Notes which rows stand below a line with which the table ends, as the pipeline file says, up to its next heading.
    pub(super) fn end_at_lines(&mut self, rows: &[Row]) {
        if self.correction.ends.is_empty() {
            return;
        }
        let mut has_ended = false;
        for row in rows {
            has_ended = !self.is_heading(row) && (has_ended || ends_table(row, self.correction));
            if has_ended {
                self.beyond.insert(row.index);
            }
        }
    }

    /// Returns whether a row only goes on with texts of the task right above it, as the pipeline file
    /// says that they do.
    pub(super) fn goes_on(&self, row: &Row) -> bool {
        self.task_above.is_some_and(|above| self.may_go_on(row, above))
    }

    /// Returns whether a row goes on with texts of the row given where that one is a task: it stands right below it, and
    /// has words in columns of which the pipeline file says that they go on.
    pub(super) fn may_go_on(&self, row: &Row, above: u32) -> bool {
        let continued = &self.correction.continued;
        if continued.is_empty() || above + 1 != row.index {
            return false;
        }
        let owner = self.pipeline.roles.owner;
        // A return may name its unit in every row.
        let repeats_owner = |cell: &Cell| {
            let above = owner.and_then(|owner| self.last.get(&owner));
            self.field_at(cell.column) == owner
                && above.is_some_and(|(_, above)| {
                    fold::key(&above.typed) == fold::key(&typed_text(&cell.content))
                })
        };
        let (beside, own): (Vec<&Cell>, Vec<&Cell>) =
            row.cells.iter().partition(|cell| repeats_owner(cell));
        let is_words = |cell: &&Cell| match &cell.content {
            Content::Text(text) => {
                let field = self.field_at(cell.column);
                field.is_some_and(|field| continued.contains(&field))
                    && !starts_with_note_word(text, self.pipeline)
                    && !names_block(text)
            }
            _ => false,
        };
        beside.len() < 2 && !own.is_empty() && own.iter().all(is_words)
    }

    /// Adds the texts of a row to those of the task above that they go on from.
    pub(in crate::normalise::classes) fn go_on(&self, row: &Row, task: &mut TableRow) {
        for cell in &row.cells {
            let field = self.field_at(cell.column);
            let Some(field) = field.filter(|own| self.correction.continued.contains(own)) else {
                continue;
            };
            let Some(entry) = task.entries.get_mut(field) else { continue };
            let rest = typed_text(&cell.content);
            entry.typed = format!("{}{rest}", entry.typed).into();
            if let Value::Text(text) = &mut entry.value {
                *text = format!("{text}{rest}").into();
            }
        }
    }

    /// Returns whether the pipeline file says what a row is.
    pub(super) fn is_corrected(&self, row: &Row) -> bool {
        let correction = self.correction;
        let names_units = correction.unit == Some(UnitStands::Section);
        let lists = [&correction.skip, &correction.details, &correction.sections];
        if !names_units && lists.iter().all(|patterns| patterns.is_empty()) {
            return false;
        }
        let texts = self.texts_that_tell(row);
        texts.iter().any(|text| {
            lists.iter().any(|patterns| any_fits(patterns, text))
                || names_units && self.pipeline.unit_alone(text).is_some()
        })
    }

    /// Returns what a row begins with and what it names as its task; the owner beside a task says nothing
    /// else, be it called as sections are.
    pub(super) fn texts_that_tell(&self, row: &Row) -> Vec<String> {
        let owner = self.pipeline.roles.owner.and_then(|owner| self.columns[owner]);
        let has_key = || self.pipeline.roles.key.iter().any(|key| self.own(row, *key).is_some());
        let first = row.cells.first().filter(|cell| Some(cell.column) != owner || !has_key());
        let first = first.map(|cell| &cell.content);
        let keys = self.pipeline.roles.key.iter().filter_map(|field| self.own(row, *field));
        let texts = first.into_iter().chain(keys).map(typed_text);
        texts.map(Cow::into_owned).collect()
    }

    /// Returns the unit that the line of a section names, with what the line calls itself: the text
    /// where tasks stand, where the line begins with a number alone.
    pub(super) fn unit_of_section(&self, row: &Row, label: String) -> Option<(String, NamedUnit)> {
        let keys = self.pipeline.roles.key.iter().filter_map(|field| {
            Some((typed_text(self.own(row, *field)?).into_owned(), self.columns[*field]?))
        });
        let first = row.cells.first().map(|cell| cell.column).unwrap_or_default();
        let mut texts: Vec<(String, u32)> = keys.chain([(label, first)]).collect();
        // 一 | 甲县, where no task is told by the column in which the name stands.
        if let [_] = texts.as_slice() {
            let mut words = row.cells.iter().skip(1).filter_map(|cell| match &cell.content {
                Content::Text(text) => Some((text.to_string(), cell.column)),
                _ => None,
            });
            texts.extend(words.next().filter(|(text, _)| fold::has_letter(text)));
        }
        let declared = texts.iter().find_map(|(text, column)| {
            let unit = self.pipeline.unit_alone(text);
            let unit = unit.or_else(|| self.pipeline.roster.units.within(text))?;
            Some((text, unit.to_owned(), *column))
        });
        let (text, name, column) = declared.or_else(|| {
            let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
            texts.iter().find_map(|(text, column)| {
                let name = fold::unnumbered(text).split(['（', '(', '：', ':']).next()?.trim();
                let is_name = name.chars().any(|c| c.is_alphabetic() && !is_number(c));
                is_name.then(|| (text, name.to_owned(), *column))
            })
        })?;
        let at = Some(CellAt::new(row.index, column));
        Some((text.clone(), NamedUnit { name, at }))
    }
}
