//! The cells of a classed row, with what stands above it and holds for it.

use super::Body;
use crate::model::{CellAt, ColumnId, Entries, Entry, Value, fold};
use crate::normalise::cells::{derive, month, typing};
use crate::normalise::classes::looks::{Meant, Place};
use crate::normalise::classes::row::{ColumnSum, RowClass, TableRow};
use crate::normalise::typed::typed_text;
use crate::pipeline::UnitStands;
use crate::read::{Cell, Content, Row, Shown};

/// So many figures that a formula cannot add are kept: with more, all of a column is text.
const MOST_SKIPPED: usize = 200;

impl Body<'_> {
    pub(in crate::normalise::classes) fn row(
        &mut self,
        row: &Row,
        table: usize,
        class: RowClass,
        label: String,
    ) -> TableRow {
        self.task_above = (class == RowClass::Task).then_some(row.index);
        if class == RowClass::Task && self.begins_block(row) {
            self.end_owners_block();
        }
        let mut entries: Vec<Option<Entry>> = self
            .columns
            .keys()
            .map(|field| self.columns[field].map(|column| self.entry(row, field, column, class)))
            .collect();
        if let Some(owner) = self.pipeline.roles.owner
            && class == RowClass::Task
            && let Some(named) = self
                .named_owner(entries[usize::from(owner)].as_ref())
                .or_else(|| self.owner_in_task(row, entries[usize::from(owner)].as_ref()))
        {
            entries[usize::from(owner)] = Some(named);
        }
        if class == RowClass::Task {
            for said in &self.layout.said {
                let value = Value::Text(said.text.as_str().into());
                let entry = Entry::new(said.at.column, said.text.as_str(), value);
                entries[usize::from(said.field)] = Some(entry.with_filled_from(said.at.row));
            }
        }
        if class == RowClass::Total
            && let Some((field, said)) = self.in_labels.get(&row.index)
        {
            entries[usize::from(*field)] = Some(said.clone());
        }
        let entries = Entries::from(entries);
        if class == RowClass::Task {
            for (field, entry) in entries.iter_enumerated() {
                if let Some(entry) = entry.as_ref().filter(|entry| !entry.value.is_blank())
                    && self.is_asked_for_below(field)
                {
                    let origin = entry.filled_from().unwrap_or(row.index);
                    self.last.insert(field, (origin, entry.clone()));
                }
            }
        }
        let meant = self.meant.get(&row.index).copied().filter(|_| class == RowClass::Total);
        let by_formula = class == RowClass::Total
            && self.summed.contains_key(&row.index)
            && self.label(row).is_none()
            && !self.is_corrected(row);
        let (adds, place) = match (meant, self.summed.get(&row.index)) {
            (_, Some(place)) if by_formula => (None, *place),
            (Some(Meant::Sum { rows, place }), _) => (Some(rows), place),
            _ => (None, Place::Below),
        };
        let sums = if class == RowClass::Total { self.sums(row) } else { Vec::new() };
        let adds = adds.or_else(|| self.since_numbered_head(row, &sums));
        if class == RowClass::Total {
            let owner = self.pipeline.roles.owner;
            let own = owner.filter(|owner| self.own(row, *owner).is_some());
            // The sum over a section leaves its owner in force; one over an owner's rows names it.
            if place == Place::Below || own.is_some() {
                self.end_block();
            }
            if let (Place::Over, Some(owner)) = (place, own)
                && let Some(entry) = &entries[owner]
            {
                self.last.insert(owner, (row.index, entry.clone()));
            }
        }
        let derived = derive::amounts(&entries, self.pipeline);
        let section = self.section.as_ref().and_then(|section| section.at);
        let is_head = section.is_some_and(|at| at.row == row.index) || self.head == Some(row.index);
        let heads = class == RowClass::Total && is_head;
        TableRow {
            row: row.index,
            table,
            class,
            entries,
            derived,
            label: label.into(),
            heads,
            adds,
            sums: sums.into(),
            by_formula,
            linked: self.linked(row).into(),
        }
    }

    /// The rows since the nearest line that heads numbered ones, where the formulas of a total add up
    /// no others.
    fn since_numbered_head(&self, row: &Row, sums: &[ColumnSum]) -> Option<(u32, u32)> {
        let head = *self.numbered_heads.range(..row.index).next_back()?;
        let mut rows = sums.iter().flat_map(|sum| &sum.rows).peekable();
        rows.peek()?;
        rows.all(|(first, last)| *first >= head && *last < row.index)
            .then_some((head + 1, row.index - 1))
    }

    pub(super) fn entry(&self, row: &Row, field: ColumnId, column: u32, class: RowClass) -> Entry {
        let declared = &self.pipeline.columns[field];
        let read = |content: &Content, seen: Option<&Shown>| {
            let shifted = (self.sheet.dates_from_1904 && declared.kind.is_time())
                .then(|| month::counted_from_1900(content))
                .flatten();
            let unit = self.units[field];
            let read = |content: &Content| {
                typing::entry(column, (content, seen), declared, unit, &self.pipeline.words)
            };
            match &shifted {
                // The file counts its days from 1904: the day is moved, what is typed stays.
                Some(moved) => {
                    let mut entry = read(moved);
                    entry.typed = typed_text(content).into();
                    entry
                }
                None => read(content),
            }
        };
        let at = CellAt::new(row.index, column);
        let merge = self.sheet.merges.at(at).copied();
        let blank = || Entry::new(column, String::new(), Value::Blank);
        if let Some(merge) = merge.filter(|merge| merge.first != at) {
            // Under a merge: words hold for every row of it, a figure for all of them together.
            let upright = merge.first.column == column && merge.first.row < row.index;
            if !upright {
                return blank();
            }
            let Some(cell) = self.sheet.cell(merge.first) else { return blank() };
            if declared.kind.is_shared_under_merge() {
                return Entry::new(column, String::new(), Value::Covered);
            }
            return read(&cell.content, cell.shown()).with_filled_from(merge.first.row);
        }
        let cell = row.cell(column);
        let seen = cell.and_then(Cell::shown);
        match cell.map(|cell| &cell.content) {
            Some(Content::Text(text))
                if self.has_dittos && self.pipeline.words.repeats_above(text) =>
            {
                // The same as a figure that several rows share is no figure of this row.
                let above = self.last.get(&field).filter(|(_, above)| {
                    let is_shared = above.value == Value::Covered || above.spans > 1;
                    !(is_shared && declared.kind.is_shared_under_merge())
                });
                match above {
                    Some((origin, above)) => {
                        let mut entry = of_above(*origin, above);
                        entry.typed = typed_text(&Content::Text(text.clone())).into();
                        entry
                    }
                    None => read(&Content::Text(text.clone()), None),
                }
            }
            Some(content) => {
                let rows = merge.map_or(1, |merge| merge.last.row - merge.first.row + 1);
                let mut entry = read(content, seen);
                entry.spans = rows;
                entry
            }
            None if self.fills_down(field) && class == RowClass::Task => {
                match self.last.get(&field) {
                    Some((origin, above)) => of_above(*origin, above),
                    None => blank(),
                }
            }
            None => blank(),
        }
    }

    /// Returns what the formulas of a row add up.
    pub(super) fn sums(&self, row: &Row) -> Vec<ColumnSum> {
        let sums = self.sheet.sums_of(row.index).iter();
        let of = sums.filter_map(|sum| {
            let field = self.field_at(sum.at.column)?;
            let rows = sum.rows();
            let typed = self.typed_as_text.get(&sum.at.column);
            let typed = typed.map(Vec::as_slice).unwrap_or_default();
            let within = rows.iter().flat_map(|(first, last)| {
                let from = typed.partition_point(|row| row < first);
                let to = typed.partition_point(|row| row <= last);
                &typed[from..to.max(from)]
            });
            let mut skipped: Vec<u32> = within.copied().take(MOST_SKIPPED).collect();
            skipped.sort_unstable();
            (!rows.is_empty()).then_some(ColumnSum { field, rows, skipped })
        });
        of.collect()
    }

    /// Returns the columns whose figure a formula fetches from another file.
    pub(super) fn linked(&self, row: &Row) -> Vec<ColumnId> {
        let linked = &self.sheet.linked;
        let from = linked.partition_point(|at| at.row < row.index);
        let of_row = linked[from..].iter().take_while(|at| at.row == row.index);
        of_row.filter_map(|at| self.field_at(at.column)).collect()
    }

    /// Returns what the owner's column of a row says where the sheet has none, or leaves it blank: the
    /// unit that is named above the row, in its heading or by the sheet.
    pub(super) fn named_owner(&self, own: Option<&Entry>) -> Option<Entry> {
        if own.is_some_and(|own| !own.value.is_blank() && own.filled_from().is_none()) {
            return None;
        }
        let named = self.section.as_ref().or(self.layout.unit.as_ref())?;
        let heading = self.layout.start();
        let at = named.at.unwrap_or(CellAt::new(heading, 0));
        let value = Value::Text(named.name.as_str().into());
        Some(Entry::new(at.column, named.name.as_str(), value).with_filled_from(at.row))
    }

    /// Returns the declared unit with whose name a row's task begins, where the pipeline file says that it does and
    /// nothing else of the row names anybody.
    fn owner_in_task(&self, row: &Row, own: Option<&Entry>) -> Option<Entry> {
        if self.correction.unit != Some(UnitStands::Beginning)
            || own.is_some_and(|own| !own.value.is_blank())
        {
            return None;
        }
        self.pipeline.roles.key.iter().find_map(|field| {
            let text = typed_text(self.shown(row, *field)?);
            let name = self.pipeline.roster.units.beginning(&text)?;
            let value = Value::Text(name.into());
            Some(Entry::new(self.columns[*field]?, name, value).with_filled_from(row.index))
        })
    }

    /// Returns whether a blank cell of a column takes the text named above it: the owner's, and
    /// of a key of several columns all but the last.
    pub(super) fn fills_down(&self, field: ColumnId) -> bool {
        let roles = &self.pipeline.roles;
        let leading = roles.key.split_last().is_some_and(|(_, leading)| leading.contains(&field));
        let leading = leading && !self.correction.keep_blank.contains(&field);
        let is_owner = roles.owner == Some(field) && !self.owns_each_row;
        leading || is_owner || self.correction.fill.contains(&field)
    }

    /// Returns whether what a row says in a column may be asked for in rows below it.
    fn is_asked_for_below(&self, field: ColumnId) -> bool {
        self.has_dittos || self.pipeline.roles.owner == Some(field) || self.fills_down(field)
    }

    /// Forgets what was named above: it holds inside its block only.
    pub(super) fn end_block(&mut self) {
        let fields: Vec<ColumnId> =
            self.last.keys().copied().filter(|field| self.fills_down(*field)).collect();
        for field in fields {
            self.last.remove(&field);
        }
    }

    /// Forgets what was named above for the rows of one owner. What stands before the owner holds for
    /// the rows of several, and so does all that is written once with their task.
    pub(super) fn end_owners_block(&mut self) {
        let place = |field: ColumnId| self.columns[field];
        let owner = self.pipeline.roles.owner.and_then(place);
        let fill = &self.correction.fill;
        let keys = &self.pipeline.roles.key;
        let is_before = |field: ColumnId| place(field) < owner;
        let shares_task = keys.iter().all(|key| fill.contains(key) && is_before(*key));
        let is_outer = |field: ColumnId| fill.contains(&field) && (is_before(field) || shares_task);
        let named = self.last.keys().copied();
        let fields: Vec<ColumnId> =
            named.filter(|field| self.fills_down(*field) && !is_outer(*field)).collect();
        for field in fields {
            self.last.remove(&field);
        }
    }

    /// Returns whether a row names another owner than the rows above it.
    pub(super) fn begins_block(&self, row: &Row) -> bool {
        let Some(owner) = self.pipeline.roles.owner else { return false };
        let (Some(own), Some((_, above))) = (self.own(row, owner), self.last.get(&owner)) else {
            return false;
        };
        let own = typed_text(own);
        !self.pipeline.words.repeats_above(&own) && fold::key(&own) != fold::key(&above.typed)
    }
}

/// Returns what stands above, said once more in a row of its own.
fn of_above(origin: u32, above: &Entry) -> Entry {
    let mut entry = above.clone().with_filled_from(origin);
    entry.spans = 1;
    entry
}
