//! One table, row by row: what each row is, and what its cells say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::added::{self, Line};
use super::looks::{self, Figure, Look, Mark, Meant, Named, Place, Task};
use super::row::{ColumnSum, RowClass, TableRow, only_failures};
use super::summed::{self, Weight};
use crate::model::{CellAt, ColumnId, Entry, IdVec, Value, fold};
use crate::normalise::cells::typing::ColumnUnit;
use crate::normalise::cells::{derive, month, typing};
use crate::normalise::layout::money;
use crate::normalise::layout::table::Layout;
use crate::normalise::layout::unit::NamedUnit;
use crate::normalise::layout::words::{
    is_beside_signature, is_figure, is_signature, names_signer, starts_with_note_word,
};
use crate::normalise::typed::typed_text;
use crate::pipeline::{Lexicon, Pipeline, TableCorrection, UnitStands, any_fits, heading};
use crate::read::{Cell, Content, Row, Sheet, Shown};

/// What a row of a table turned out to be.
pub(super) enum Found {
    Row(RowClass, String),
    /// A line of words; whether title or note depends on what follows.
    Text,
    /// What a text of the row above goes on with.
    Rest,
}

/// One table while its rows are walked down.
pub(super) struct Body<'a> {
    sheet: &'a Sheet,
    pipeline: &'a Pipeline,
    correction: &'a TableCorrection,
    layout: &'a Layout,
    /// The sheet's column by declared column.
    columns: IdVec<ColumnId, Option<u32>>,
    /// The declared column by the sheet's, the same the other way round.
    field_at: BTreeMap<u32, ColumnId>,
    /// The unit of money by declared column.
    units: IdVec<ColumnId, ColumnUnit>,
    /// The last filled entry of each declared column, for owners and 同上.
    last: BTreeMap<ColumnId, (u32, Entry)>,
    /// The unit that the nearest line above names, where such lines do.
    section: Option<NamedUnit>,
    /// The last task, or the row that it goes on to, while nothing else follows.
    task_above: Option<u32>,
    /// The last line of a section that the pipeline file says to be one, with a sum of its own.
    head: Option<u32>,
    seen_total: bool,
    /// Whether each row writes its owner, so that a blank one says nothing.
    owns_each_row: bool,
    /// What rows are that differ from the others.
    meant: BTreeMap<u32, Meant>,
    /// Rows that are sums by their formulas.
    summed: BTreeMap<u32, Place>,
    /// Whether many rows hold nothing but a task.
    has_bare_tasks: bool,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        sheet: &'a Sheet,
        layout: &'a Layout,
        correction: &'a TableCorrection,
        pipeline: &'a Pipeline,
    ) -> Self {
        let mut by_field = BTreeMap::new();
        let mut field_at = BTreeMap::new();
        for column in &layout.columns {
            if let Some(field) = column.field {
                by_field.entry(field).or_insert(column);
            }
        }
        for (field, column) in &by_field {
            field_at.entry(column.column).or_insert(*field);
        }
        let found = |field: ColumnId| by_field.get(&field);
        let money_line = layout.money_line.map(|(_, unit)| unit);
        let fields = pipeline.columns.keys();
        Self {
            sheet,
            pipeline,
            correction,
            layout,
            columns: fields.clone().map(|field| found(field).map(|column| column.column)).collect(),
            field_at,
            units: fields
                .map(|field| {
                    let named = found(field).and_then(|column| column.unit);
                    let named = named.or(money_line);
                    let unit = named.unwrap_or(pipeline.columns[field].unit);
                    ColumnUnit { unit, is_named: named.is_some() }
                })
                .collect(),
            last: BTreeMap::new(),
            section: None,
            task_above: None,
            head: None,
            seen_total: false,
            owns_each_row: false,
            meant: BTreeMap::new(),
            summed: BTreeMap::new(),
            has_bare_tasks: false,
        }
    }

    /// Looks over the rows below the heading, so that each can be told by how it differs from the
    /// others.
    pub(super) fn look_over(&mut self, rows: &'a [Row]) {
        let parts: Vec<Cow<'a, Row>> = rows
            .iter()
            .filter(|row| !self.is_heading(row))
            .filter_map(|row| self.part(row))
            .collect();
        self.summed = summed::summed(self.sheet, &parts, |column| self.weight(column));
        // The sum carried over a page says by itself what it is.
        for row in &parts {
            if self.summed.contains_key(&row.index) && self.is_carried(row) {
                self.summed.remove(&row.index);
            }
        }
        let mut looks: Vec<Look> = parts.iter().map(|row| self.look(row)).collect();
        let named = |look: &&Look| look.task != Task::Blank;
        let bare = looks
            .iter()
            .filter(named)
            .filter(|look| look.number == Mark::Blank && !look.has_amounts && !look.has_more);
        let (bare, named) = (bare.count(), looks.iter().filter(named).count());
        self.has_bare_tasks = bare > 1 && bare * 3 >= named;
        self.owns_each_row = self.owners_stand_in_each_row(&looks, &parts);
        self.name_lines(&looks, &parts);
        self.carry_over(&looks, &parts);
        self.remarks_below(&looks, &parts);
        self.further_parts(&looks, &parts);
        // Most tables have no other odd row than totals that say so.
        let odd = looks::odd(&looks);
        let mut is_plain = true;
        for at in odd {
            looks[at].is_told = self.is_told(&parts[at]);
            is_plain &= looks[at].is_told;
        }
        if !is_plain {
            for (look, row) in looks.iter_mut().zip(&parts) {
                look.is_told = look.is_told || self.is_told(row);
            }
            let found = looks::meant(&looks, |look| {
                let place = parts.partition_point(|row| row.index < look.row);
                self.figure_columns().map(|field| self.figure(&parts[place], field)).collect()
            });
            self.meant.extend(found);
        }
        self.add_up(&looks, &parts);
    }

    /// Notes which rows name others or end the table, though they stand where tasks do: words alone,
    /// where rows have several columns of figures and all others have some.
    fn name_lines(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        const LEAST_COLUMNS: usize = 2;
        let is_bare = |look: &Look| {
            look.task == Task::Words
                && look.number == Mark::Blank
                && look.owner != Named::Own
                && !look.has_amounts
                && !look.has_more
        };
        let columns = self.pipeline.totalled_columns();
        if columns.filter(|field| self.columns[*field].is_some()).count() < LEAST_COLUMNS {
            return;
        }
        let named = looks.iter().filter(|look| look.task != Task::Blank);
        let (bare, others): (Vec<&Look>, Vec<&Look>) = named.partition(|look| is_bare(look));
        let with_figures = others.iter().filter(|look| look.has_amounts).count();
        let is_numbered = others.iter().any(|look| look.number != Mark::Blank);
        let is_owned = others.iter().any(|look| look.owner != Named::Blank);
        if is_numbered || is_owned || with_figures * 10 < others.len() * 9 {
            return;
        }
        let last = looks.iter().filter(|look| look.has_amounts).map(|look| look.row).max();
        // Groups begin with the name of the first. Of rows without figures among others, or at the
        // end, any may be a task of which nothing is said yet.
        let begins_named = looks.first().is_some_and(is_bare);
        let is_few = begins_named && bare.len() * 2 <= with_figures;
        for look in &bare {
            let place = parts.partition_point(|row| row.index < look.row);
            let Some([cell]) = parts.get(place).map(|row| row.cells.as_slice()) else { continue };
            let is_below = last.is_some_and(|last| look.row > last);
            if is_few || is_below && (begins_named || is_remark(&typed_text(&cell.content))) {
                self.meant.insert(look.row, Meant::Line);
            }
        }
    }

    /// Notes which rows below 其中：… are further parts of the same row: they have neither the number nor
    /// the unit that tasks have, and all parts together are no more than the whole.
    fn further_parts(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let is_part = |row: &Row| {
            self.total_label(row).is_some_and(|label| self.pipeline.words.is_part(&label))
        };
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
        if !is_numbered && !is_owned {
            return;
        }
        let fields: Vec<ColumnId> = self.figure_columns().collect();
        let figures = |row: &Row| -> Vec<i128> {
            let figures = fields.iter().map(|field| self.figure(row, *field));
            let amount = |figure| if let Figure::Amount(amount) = figure { amount } else { 0 };
            figures.map(amount).collect()
        };
        let (mut whole, mut sum): (Vec<i128>, Option<Vec<i128>>) = (Vec::new(), None);
        let mut found = Vec::new();
        for (look, row) in looks.iter().zip(parts) {
            let own = figures(row);
            let before = sum.take();
            if is_part(row) {
                let before = before.unwrap_or_else(|| vec![0; own.len()]);
                sum = Some(before.iter().zip(&own).map(|(before, own)| before + own).collect());
                continue;
            }
            let added: Option<Vec<i128>> = before
                .map(|before| before.iter().zip(&own).map(|(before, own)| before + own).collect());
            let fits =
                |added: &Vec<i128>| added.iter().zip(&whole).all(|(part, whole)| part <= whole);
            match added.filter(|added| lacks(look) && !self.is_told(row) && fits(added)) {
                Some(added) => {
                    found.push(look.row);
                    sum = Some(added);
                }
                None => whole = own,
            }
        }
        self.meant.extend(found.into_iter().map(|row| (row, Meant::Part)));
    }

    /// Returns whether rows write their owner though the row above has the same, more often than they
    /// leave it blank as what goes on from above.
    fn owners_stand_in_each_row(&self, looks: &[Look], parts: &[Cow<'_, Row>]) -> bool {
        let Some(owner) = self.pipeline.roles.owner else { return false };
        if self.correction.fill.contains(&owner) {
            return false;
        }
        let is_open = |(look, row): &(&Look, &Cow<'_, Row>)| {
            look.owner == Named::Blank
                && look.task == Task::Words
                && self.own(row, owner).is_none()
                && self.total_label(row).is_none()
        };
        let rows = || looks.iter().zip(parts);
        if !rows().any(|pair| is_open(&pair)) {
            return false;
        }
        let (mut in_each, mut once, mut blank) = (0, 0, 0);
        let mut above: Option<String> = None;
        for pair in rows() {
            let (look, row) = pair;
            match look.owner {
                Named::Own => {
                    let own = self.own(row, owner).map(typed_text).unwrap_or_default();
                    let key = fold::key(&own);
                    let goes_on =
                        above.as_ref() == Some(&key) || self.pipeline.words.repeats_above(&own);
                    if goes_on {
                        in_each += usize::max(blank, 1);
                    } else {
                        once += blank;
                        above = Some(key);
                    }
                    blank = 0;
                }
                Named::Above => {
                    once += blank;
                    (above, blank) = (None, 0);
                }
                Named::Blank if above.is_some() && is_open(&pair) => blank += 1,
                Named::Blank => {}
            }
        }
        in_each > once + blank
    }

    /// Notes which words below the last figures of a table are remarks on it: those below its total, and,
    /// where nearly all rows have amounts, those that begin or run as no task does.
    fn remarks_below(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let Some(last) = looks.iter().rposition(|look| look.has_amounts) else { return };
        let (above, below) = (&looks[..=last], &looks[last + 1..]);
        let is_bare = |look: &Look| {
            look.task == Task::Words
                && look.number == Mark::Blank
                && look.owner != Named::Own
                && !look.has_more
        };
        let tasks: Vec<&Look> = above.iter().filter(|look| look.task != Task::Blank).collect();
        if self.has_bare_tasks || !below.iter().any(is_bare) {
            return;
        }
        let with_figures = tasks.iter().filter(|look| look.has_amounts).count();
        let is_below_total = self.total_label(&parts[last]).is_some()
            && tasks.iter().any(|look| look.row < looks[last].row);
        let is_full = with_figures > 0 && with_figures * 10 >= tasks.len() * 9;
        let most =
            |is: &dyn Fn(&&&Look) -> bool| tasks.iter().filter(is).count() * 3 >= tasks.len() * 2;
        let is_named =
            most(&|look| look.number != Mark::Blank) || most(&|look| look.owner != Named::Blank);
        for (look, row) in below.iter().zip(&parts[last + 1..]).filter(|(look, _)| is_bare(look)) {
            let [cell] = row.cells.as_slice() else { continue };
            let text = typed_text(&cell.content);
            let runs_as_remark = || {
                let day = text.trim().rsplit_once(char::is_whitespace);
                begins_remark(&text, self.pipeline)
                    || day.is_some_and(|(_, day)| is_signature(day, self.pipeline))
                    || (is_named && (text.contains(['。', '；', ';']) || is_remark(&text)))
            };
            if is_below_total || is_full && look.owner == Named::Blank && runs_as_remark() {
                self.meant.insert(look.row, Meant::Line);
            }
        }
    }

    /// Notes which rows carry the sum of all rows above them over a page; above the first row there
    /// is nothing that such a row could be held against.
    fn carry_over(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
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

    fn is_carried(&self, row: &Row) -> bool {
        row.cells.iter().any(|cell| match &cell.content {
            Content::Text(text) => {
                let is_label = self.field_at(cell.column).is_none_or(|f| self.is_label_column(f));
                is_label && self.pipeline.words.carried.contains(&fold::key(text))
            }
            _ => false,
        })
    }

    /// Looks for sums among rows that neither a number nor an owner makes tasks.
    fn add_up(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        // Beside money a row without a name is a total in any case; all of its figures at once say
        // what it adds up.
        let has_money = self.pipeline.amount_columns().next().is_some();
        let is_open = |look: &Look| {
            look.has_amounts
                && !(has_money && look.task == Task::Blank)
                && look.owner != Named::Own
                && !matches!(look.number, Mark::Whole(_) | Mark::Path(_))
                && !self.meant.contains_key(&look.row)
        };
        if !looks.iter().any(is_open) {
            return;
        }
        let fields: Vec<ColumnId> = self.pipeline.totalled_columns().collect();
        let lines: Vec<Line> = looks
            .iter()
            .zip(parts)
            .map(|(look, row)| {
                let figures = fields.iter().map(|field| match self.figure(row, *field) {
                    Figure::Amount(amount) => Some(amount),
                    Figure::Blank | Figure::Unreadable => None,
                });
                let figures = figures.collect();
                let is_told = look.is_told || self.is_told(row);
                Line {
                    row: look.row,
                    figures,
                    is_open: is_open(look) && !is_told,
                    is_called: is_told
                        && (self.summed.contains_key(&row.index)
                            || self.total_label(row).is_some()),
                }
            })
            .collect();
        // What calls itself a total says itself how far it reaches.
        let is_called = |row: u32| {
            let place = lines.partition_point(|line| line.row < row);
            lines.get(place).is_some_and(|line| line.is_called)
        };
        for sum in added::added(&lines).into_iter().filter(|sum| !is_called(sum.row)) {
            let meant = Meant::Sum { rows: sum.rows, place: sum.place };
            self.meant.entry(sum.row).or_insert(meant);
        }
    }

    /// The columns whose figures say what a row is: those of money, else of other quantities.
    fn figure_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        let pipeline = self.pipeline;
        let has_money = pipeline.amount_columns().next().is_some();
        pipeline.columns.keys().filter(move |field| {
            if has_money {
                pipeline.columns[*field].kind.is_money()
            } else {
                pipeline.is_totalled(*field)
            }
        })
    }

    /// Returns whether a row says by itself what it is, or is said so in the pipeline file.
    fn is_told(&self, row: &Row) -> bool {
        let fails =
            |cell: &Cell| matches!(cell.content, Content::Error(_) | Content::Uncalculated(_));
        // What should name the row is lost: nobody tells what it is.
        let is_nameless = row.cells.iter().any(|cell| {
            fails(cell)
                && self.field_at(cell.column).is_some_and(|field| self.is_label_column(field))
        });
        is_nameless
            || only_failures(row)
            || self.is_corrected(row)
            || self.is_carried(row)
            || self.summed.contains_key(&row.index)
            || self.total_label(row).is_some()
    }

    /// How much the figures of a column say about what a row is.
    fn weight(&self, column: u32) -> Weight {
        match self.field_at(column) {
            Some(field) if self.pipeline.is_totalled(field) => Weight::Declared,
            None if self.layout.holds(column) => Weight::Other,
            _ => Weight::None,
        }
    }

    fn look(&self, row: &Row) -> Look {
        let roles = &self.pipeline.roles;
        let number = roles.number.and_then(|field| self.own(row, field));
        let number = number.map_or(Mark::Blank, mark);
        let owner = match roles.owner {
            Some(field)
                if self
                    .own(row, field)
                    .is_some_and(|own| names_somebody(own, &self.pipeline.words.block_names)) =>
            {
                Named::Own
            }
            Some(field) if self.own(row, field).is_some() => Named::Blank,
            Some(field) if self.shown(row, field).is_some() => Named::Above,
            _ => Named::Blank,
        };
        let mut keys =
            roles.key.iter().filter_map(|field| self.own(row, *field)).filter(|own| !is_mark(own));
        let words = &self.pipeline.words.block_names;
        let (mut task, mut count) = match keys.next() {
            Some(first) => named_as(first, words),
            None if roles.key.iter().any(|field| self.shown(row, *field).is_some()) => {
                (Task::Words, None)
            }
            // Below a task that is written once for several owners.
            None if owner == Named::Own
                && roles.key.iter().all(|f| self.correction.fill.contains(f)) =>
            {
                (Task::Words, None)
            }
            None => (Task::Blank, None),
        };
        if task == Task::Count && keys.any(|key| named_as(key, words).0 != Task::Count) {
            (task, count) = (Task::Words, None);
        }
        let has_amounts = self.figure_columns().any(|field| self.own(row, field).is_some());
        let is_odd = task != Task::Words || matches!(number, Mark::Ordinal { .. });
        let mut has_more = false;
        if is_odd || !has_amounts {
            for cell in &row.cells {
                let field = self.field_at(cell.column);
                let is_known = field.is_some_and(|field| {
                    self.is_label_column(field) || self.pipeline.columns[field].kind.is_money()
                });
                if is_known {
                    continue;
                }
                match counted(&cell.content, words) {
                    Some(said) if count.is_none() => count = Some(said),
                    _ => has_more |= field.is_some(),
                }
            }
        }
        Look { row: row.index, number, owner, task, has_amounts, has_more, count, is_told: false }
    }

    fn figure(&self, row: &Row, field: ColumnId) -> Figure {
        let Some(column) = self.columns[field].filter(|_| self.own(row, field).is_some()) else {
            return Figure::Blank;
        };
        let Some(cell) = self.sheet.cell(CellAt::new(row.index, column)) else {
            return Figure::Blank;
        };
        let declared = &self.pipeline.columns[field];
        let words = &self.pipeline.words;
        let seen = (&cell.content, cell.shown());
        match typing::entry(column, seen, declared, self.units[field], words).value {
            Value::Unreadable(_) => Figure::Unreadable,
            value => value.summand().map_or(Figure::Blank, |figure| Figure::Amount(figure.into())),
        }
    }

    /// Returns what the formulas of a row add up.
    fn sums(&self, row: &Row) -> Vec<ColumnSum> {
        let sums = self.sheet.sums_of(row.index).iter();
        let of = sums.filter_map(|sum| {
            let field = self.field_at(sum.at.column)?;
            let rows = sum.rows();
            (!rows.is_empty()).then_some(ColumnSum { field, rows })
        });
        of.collect()
    }

    /// Returns what a sum calls itself: by its task, a count, or the owner whose it is.
    fn name_of_sum(&self, row: &Row) -> String {
        let roles = &self.pipeline.roles;
        let key = roles.key.iter().find_map(|field| self.own(row, *field));
        let count = || {
            let mut cells = row.cells.iter().map(|cell| &cell.content);
            cells.find(|content| counted(content, &self.pipeline.words.block_names).is_some())
        };
        let owner = || roles.owner.and_then(|field| self.own(row, field));
        key.or_else(count).or_else(owner).map(typed_text).unwrap_or_default()
    }

    /// Whether a row is one of the table's heading.
    pub(super) fn is_heading(&self, row: &Row) -> bool {
        self.layout.heading_rows.contains(&row.index)
    }

    /// Returns whether a row right below the heading numbers the columns of a table of two: 1 where
    /// the tasks below are words. In a wider table the heading ends with such a row.
    fn numbers_two_columns(&self, row: &Row) -> bool {
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
            own.is_some_and(|cell| {
                matches!(cell.content, Content::Text(_)) && !is_figure(&cell.content)
            })
        };
        row.cells.iter().find(is_key).is_some_and(names_tasks)
    }

    /// Returns the part of a row that lies in the table's columns, unless nothing does.
    pub(super) fn part<'r>(&self, row: &'r Row) -> Option<Cow<'r, Row>> {
        if self.layout.within.is_none() {
            return Some(Cow::Borrowed(row));
        }
        let cells: Vec<_> =
            row.cells.iter().filter(|cell| self.layout.holds(cell.column)).cloned().collect();
        (!cells.is_empty()).then_some(Cow::Owned(Row { index: row.index, cells }))
    }

    /// Returns what a row shows in a declared column, text under a vertical merge included.
    fn shown(&self, row: &Row, field: ColumnId) -> Option<&'a Content> {
        let at = CellAt::new(row.index, self.columns[field]?);
        match self.sheet.merges.at(at) {
            Some(merge) if merge.first.column == at.column => self.sheet.content(merge.first),
            Some(_) => None,
            None => self.sheet.content(at),
        }
    }

    /// Returns what stands in the row's own cell of a declared column.
    fn own(&self, row: &Row, field: ColumnId) -> Option<&'a Content> {
        let at = CellAt::new(row.index, self.columns[field]?);
        let is_covered = self.sheet.merges.at(at).is_some_and(|merge| merge.first != at);
        if is_covered { None } else { self.sheet.content(at) }
    }

    pub(super) fn class(&mut self, row: &Row) -> Found {
        let pipeline = self.pipeline;
        let roles = &pipeline.roles;
        if only_failures(row) {
            return Found::Row(RowClass::Unreadable, String::new());
        }
        let has_amounts = self.figure_columns().any(|field| {
            self.own(row, field).is_some_and(|own| !is_money_line(own, &self.pipeline.words))
        });
        if let Some(found) = self.as_corrected(row, has_amounts) {
            return found;
        }
        if self.numbers_two_columns(row) {
            return Found::Row(RowClass::Heading, String::new());
        }
        if let Some(label) = self.total_label(row) {
            self.seen_total = true;
            return Found::Row(RowClass::Total, label);
        }
        if let Some(place) = self.summed.get(&row.index) {
            self.seen_total |= *place == Place::Below;
            return Found::Row(RowClass::Total, self.name_of_sum(row));
        }
        let has_number = roles.number.is_some_and(|field| self.own(row, field).is_some());
        match self.meant.get(&row.index) {
            Some(Meant::Line) => return Found::Text,
            Some(Meant::Part) => {
                let part = self.pipeline.words.parts.first().cloned().unwrap_or_default();
                let label = format!("{part}：{}", self.name_of_sum(row));
                return Found::Row(RowClass::Total, label);
            }
            Some(Meant::Sum { place, .. }) => {
                self.seen_total |= *place == Place::Below;
                return Found::Row(RowClass::Total, self.name_of_sum(row));
            }
            None => {}
        }
        if self.goes_on(row) {
            self.task_above = Some(row.index);
            return Found::Rest;
        }
        let has_owner = roles
            .owner
            .and_then(|field| self.own(row, field))
            .is_some_and(|own| names_somebody(own, &self.pipeline.words.block_names));
        let own_keys = || roles.key.iter().filter_map(|field| self.own(row, *field));
        let key_own = own_keys().any(|own| !is_mark(own));
        // A dash names nothing.
        let is_nameless = !key_own && own_keys().next().is_some();
        // A task merged over the rows of several owners is a task of each, with an amount or without.
        let shares_task = has_owner
            && !key_own
            && roles.key.iter().all(|field| self.shown(row, *field).is_some());
        if !shares_task && self.is_line_of_words(row, has_amounts || has_number) {
            return Found::Text;
        }
        let key_shown = roles
            .key
            .iter()
            .filter(|field| {
                let filled = self.fills_down(**field) && self.last.contains_key(*field);
                let may_be_blank = key_own && self.correction.keep_blank.contains(field);
                !is_nameless && (filled || may_be_blank || self.shown(row, **field).is_some())
            })
            .count();
        let shares_above =
            has_owner && roles.key.iter().all(|field| self.correction.fill.contains(field));
        let is_task = (key_shown == roles.key.len() && (key_own || has_amounts || shares_above))
            || (key_own && has_amounts)
            || shares_task;
        if is_task {
            return Found::Row(RowClass::Task, String::new());
        }
        let has_month = pipeline
            .columns
            .keys()
            .any(|field| pipeline.columns[field].kind.is_time() && self.own(row, field).is_some());
        // Where no column says what a row is about, every row is without it.
        let has_key = self.layout.has_key(pipeline);
        let has_money = || pipeline.amount_columns().next().is_some();
        if has_amounts
            && has_money()
            && has_key
            && !has_number
            && !has_owner
            && !key_own
            && !has_month
        {
            self.seen_total = true;
            return Found::Row(RowClass::Total, String::new());
        }
        let only_numbered = row.cells.iter().all(|cell| {
            let field = self.field_at(cell.column);
            field.is_some() && (field == roles.number || field == roles.owner)
        });
        if only_numbered {
            // Rows that a template numbered in advance.
            return Found::Row(RowClass::Note, String::new());
        }
        let only_words = row.cells.iter().all(|cell| {
            let in_amounts = self
                .field_at(cell.column)
                .is_some_and(|field| pipeline.columns[field].kind.is_money());
            matches!(cell.content, Content::Text(_)) && !is_figure(&cell.content) && !in_amounts
        });
        // What stands in columns of the sheet's own only is compared with nothing.
        let is_undeclared = |column: u32| {
            let mut found = self.layout.columns.iter();
            found.any(|found| found.column == column && found.field.is_none())
        };
        if row.cells.iter().all(|cell| is_undeclared(cell.column)) {
            return Found::Row(RowClass::Note, String::new());
        }
        if only_words && !has_number && (self.seen_total || row.cells.len() <= 2) {
            return Found::Text;
        }
        Found::Row(RowClass::Unplaced, String::new())
    }

    /// Returns what the pipeline file says that a row is, by what it begins with or names as its task.
    fn as_corrected(&mut self, row: &Row, has_amounts: bool) -> Option<Found> {
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

    /// Returns whether a row only goes on with texts of the task right above it, as the pipeline file
    /// says that they do.
    fn goes_on(&self, row: &Row) -> bool {
        let continued = &self.correction.continued;
        let is_below = self.task_above.is_some_and(|above| above + 1 == row.index);
        if continued.is_empty() || !is_below {
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
    pub(super) fn go_on(&self, row: &Row, task: &mut TableRow) {
        for cell in &row.cells {
            let field = self.field_at(cell.column);
            let Some(field) = field.filter(|own| self.correction.continued.contains(own)) else {
                continue;
            };
            let Some(entry) = &mut task.entries[field] else { continue };
            let rest = typed_text(&cell.content);
            entry.typed.push_str(&rest);
            if let Value::Text(text) = &mut entry.value {
                text.push_str(&rest);
            }
        }
    }

    /// Returns whether the pipeline file says what a row is.
    fn is_corrected(&self, row: &Row) -> bool {
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

    /// Returns what a row begins with and what it names as its task.
    fn texts_that_tell(&self, row: &Row) -> Vec<String> {
        let first = row.cells.first().map(|cell| &cell.content);
        let keys = self.pipeline.roles.key.iter().filter_map(|field| self.own(row, *field));
        first.into_iter().chain(keys).map(typed_text).collect()
    }

    /// Returns the unit that the line of a section names, with what the line calls itself: the text
    /// where tasks stand, where the line begins with a number alone.
    fn unit_of_section(&self, row: &Row, label: String) -> Option<(String, NamedUnit)> {
        let keys =
            self.pipeline.roles.key.iter().filter_map(|field| {
                Some((typed_text(self.own(row, *field)?), self.columns[*field]?))
            });
        let first = row.cells.first().map(|cell| cell.column).unwrap_or_default();
        let texts: Vec<(String, u32)> = keys.chain([(label, first)]).collect();
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

    /// Returns what the owner's column of a row says where the sheet has none, or leaves it blank: the
    /// unit that is named above the row, in its heading or by the sheet.
    fn named_owner(&self, own: Option<&Entry>) -> Option<Entry> {
        if own.is_some_and(|own| !own.value.is_blank() && own.filled_from.is_none()) {
            return None;
        }
        let named = self.section.as_ref().or(self.layout.unit.as_ref())?;
        let heading = self.layout.heading_rows.first().copied().unwrap_or(0);
        let at = named.at.unwrap_or(CellAt::new(heading, 0));
        let value = Value::Text(named.name.clone());
        Some(Entry {
            filled_from: Some(at.row),
            ..Entry::new(at.column, named.name.clone(), value)
        })
    }

    /// Returns whether figures or months stand in a column.
    fn holds_figures(&self, column: u32) -> bool {
        self.field_at(column).is_some_and(|field| !self.pipeline.columns[field].kind.is_text())
    }

    fn field_at(&self, column: u32) -> Option<ColumnId> {
        self.field_at.get(&column).copied()
    }

    /// Returns the label of a total row: 合计, 海棠区小计, 合  计（万元）, 其中：….
    fn total_label(&self, row: &Row) -> Option<String> {
        let roles = &self.pipeline.roles;
        let is_numbered = roles.number.and_then(|field| self.own(row, field)).is_some_and(|own| {
            fold::plain(&typed_text(own)).starts_with(|c: char| c.is_ascii_digit())
        });
        row.cells.iter().find_map(|cell| {
            let Content::Text(text) = &cell.content else { return None };
            let field = self.field_at(cell.column);
            let is_amount = field.is_some_and(|field| self.pipeline.columns[field].kind.is_money());
            if is_amount || text.chars().count() > 40 {
                return None;
            }
            let heading::Heading { key, bare, .. } = heading::read(text);
            let words = &self.pipeline.words.totals;
            let has_key = || roles.key.iter().any(|key| self.own(row, *key).is_some());
            // 总计（附表1、附表2）.
            let is_label = words.contains(&key)
                || words.contains(&bare)
                // A numbered row whose task only sounds like a total is a task.
                || (!(is_numbered && field.is_some_and(|field| roles.key.contains(&field)))
                    && [&key, &bare].iter().any(|key| self.pipeline.words.sounds_like_total(key))
                    && !self.is_task_of_a_part(row, field, text))
                || (!is_numbered && self.is_total_in_words(row, cell.column, text));
            // 其中水泵2台 in the remark of a task is no label, nor is 市级合计 in a column that nobody
            // declared, beside a task's own text: with its number or owner, or after it.
            let has_owner = || roles.owner.is_some_and(|field| self.own(row, field).is_some());
            let follows_key = || {
                let after = |column: u32| column < cell.column;
                roles.key.iter().all(|key| self.columns[*key].is_some_and(after))
            };
            let beside_a_task = || match field {
                Some(field) => !self.is_label_column(field) && has_key(),
                None if !words.contains(&key) => has_key(),
                None => has_key() && (is_numbered || has_owner() || follows_key()),
            };
            let is_total = is_label && !beside_a_task();
            (is_total || self.is_summary(row, field, &key)).then(|| typed_text(&cell.content))
        })
    }

    /// Returns whether a text names a total as languages with spaces do, in a word of its own before or
    /// behind what is summed up (Total axis 2, Travel subtotal), and the row is figures beside it.
    fn is_total_in_words(&self, row: &Row, column: u32, text: &str) -> bool {
        if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return false;
        }
        let lowered = text.to_lowercase();
        let mut names = lowered
            .split(|c: char| c.is_whitespace() || "-/():：.（）".contains(c))
            .filter(|word| !word.is_empty());
        let first = names.next().unwrap_or_default();
        let second = names.next().unwrap_or_default();
        let last = names.next_back().unwrap_or(second);
        let both = format!("{first}{second}");
        let words = &self.pipeline.words.summaries;
        let says = |word: &str| word.is_ascii() && words.iter().any(|known| known == word);
        let is_beside = |cell: &Cell| {
            let field = self.field_at(cell.column);
            cell.column == column
                || is_figure(&cell.content)
                || field.is_some_and(|field| self.is_label_column(field))
        };
        (says(first) || says(&both) || says(last))
            && row.cells.iter().all(is_beside)
            && row.cells.iter().any(|cell| cell.column != column && is_figure(&cell.content))
    }

    /// Returns whether a text only begins as the name of a part does, in a row that has an owner and
    /// a month of its own: 其中村道路硬化, but not 其中：村道路.
    fn is_task_of_a_part(&self, row: &Row, field: Option<ColumnId>, text: &str) -> bool {
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
    fn is_summary(&self, row: &Row, field: Option<ColumnId>, key: &str) -> bool {
        const LONGEST: usize = 6;
        // Total 2 bears the number of a footnote.
        let plain = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_named = self.pipeline.words.summaries.iter().any(|word| {
            plain == word || (key.ends_with(word.as_str()) && key.chars().count() <= LONGEST)
        });
        is_named
            && field.is_none_or(|field| self.is_label_column(field))
            && row.cells.iter().all(|cell| {
                let field = self.field_at(cell.column);
                // Counts and lengths are added up like amounts.
                let of_figures =
                    field.is_some_and(|field| self.pipeline.columns[field].kind.is_figure());
                let is_sum = match field {
                    // The columns of a matrix are declared by what stands over them.
                    None => is_figure(&cell.content),
                    Some(_) => of_figures && field != self.pipeline.roles.number,
                };
                is_sum || heading::read(&typed_text(&cell.content)).key == key
            })
            && row.cells.len() > 1
    }

    /// Returns whether a column says what a row is about, and so where a total names itself.
    fn is_label_column(&self, field: ColumnId) -> bool {
        let roles = &self.pipeline.roles;
        roles.key.contains(&field) || roles.owner == Some(field) || roles.number == Some(field)
    }

    /// Returns whether a blank cell of a column takes the text named above it: the owner's, and
    /// of a key of several columns all but the last.
    fn fills_down(&self, field: ColumnId) -> bool {
        let roles = &self.pipeline.roles;
        let leading = roles.key.split_last().is_some_and(|(_, leading)| leading.contains(&field));
        let leading = leading && !self.correction.keep_blank.contains(&field);
        let is_owner = roles.owner == Some(field) && !self.owns_each_row;
        leading || is_owner || self.correction.fill.contains(&field)
    }

    /// Forgets what was named above: it holds inside its block only.
    fn end_block(&mut self) {
        let fields: Vec<ColumnId> =
            self.last.keys().copied().filter(|field| self.fills_down(*field)).collect();
        for field in fields {
            self.last.remove(&field);
        }
    }

    /// Forgets what was named above for the rows of one owner. What stands before the owner holds for
    /// the rows of several.
    fn end_owners_block(&mut self) {
        let place = |field: ColumnId| self.columns[field];
        let owner = self.pipeline.roles.owner.and_then(place);
        let fill = &self.correction.fill;
        let is_outer = |field: ColumnId| fill.contains(&field) && place(field) < owner;
        let named = self.last.keys().copied();
        let fields: Vec<ColumnId> =
            named.filter(|field| self.fills_down(*field) && !is_outer(*field)).collect();
        for field in fields {
            self.last.remove(&field);
        }
    }

    /// Returns whether a row names another owner than the rows above it.
    fn begins_block(&self, row: &Row) -> bool {
        let Some(owner) = self.pipeline.roles.owner else { return false };
        let (Some(own), Some((_, above))) = (self.own(row, owner), self.last.get(&owner)) else {
            return false;
        };
        let own = typed_text(own);
        !self.pipeline.words.repeats_above(&own) && fold::key(&own) != fold::key(&above.typed)
    }

    /// Returns whether a row is a note, a signature line or the name of a block: one text that
    /// does not stand where the task's text stands, or one that begins as notes do.
    fn is_line_of_words(&self, row: &Row, has_figures: bool) -> bool {
        const LONG: usize = 30;
        if self.says_zero_report(row) {
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
        let begins_note = starts_with_note_word(text, self.pipeline);
        // 填报日期 may stand where the amounts do.
        let only_words = row
            .cells
            .iter()
            .all(|cell| matches!(cell.content, Content::Text(_)) && !is_figure(&cell.content));
        if begins_note && (!has_figures || only_words) {
            return true;
        }
        if self.is_signed(row, text) || self.is_between_tables(row) {
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
            || (self.seen_total && !self.has_bare_tasks && text.chars().count() > LONG)
    }

    /// Returns whether a row is the line above a further table: its cells are labels with what they
    /// say, and one of them names the unit of money or who reports.
    fn is_between_tables(&self, row: &Row) -> bool {
        let labelled = |content: &Content| match content {
            Content::Text(text) => text.split_once([':', '：']).map(|(label, _)| fold::key(label)),
            _ => None,
        };
        let submitter = &self.pipeline.roster.submitter;
        row.cells.iter().all(|cell| labelled(&cell.content).is_some())
            && row.cells.iter().any(|cell| {
                is_money_line(&cell.content, &self.pipeline.words)
                    || labelled(&cell.content).is_some_and(|label| submitter.contains(&label))
            })
    }

    /// Returns whether a row is a line for ink: it begins with a signature, holds nothing longer than
    /// what is written beside one, and names no task.
    fn is_signed(&self, row: &Row, first: &str) -> bool {
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
        begins && !names_task()
    }

    /// Returns whether a row says that there is nothing to report, where the tasks would stand,
    /// and names neither task nor money.
    fn says_zero_report(&self, row: &Row) -> bool {
        const LONGEST: usize = 12;
        let says = |content: &Content| {
            let key = fold::key(&typed_text(content));
            let phrases = &self.pipeline.roster.zero_report;
            key.chars().count() <= LONGEST
                && phrases.iter().any(|phrase| key.contains(phrase.as_str()))
        };
        let has_money = self.pipeline.amount_columns().any(|field| {
            let content = self.own(row, field).map(typed_text).unwrap_or_default();
            content.chars().any(|c| c.is_numeric() && c != '0' && c != '０')
        });
        let keys = self.pipeline.roles.key.iter();
        let has_task = keys.filter_map(|field| self.own(row, *field)).any(|text| !says(text));
        row.cells.iter().any(|cell| says(&cell.content)) && !has_money && !has_task
    }

    pub(super) fn row(
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
        let mut entries: IdVec<ColumnId, Option<Entry>> = self
            .columns
            .keys()
            .map(|field| self.columns[field].map(|column| self.entry(row, field, column, class)))
            .collect();
        if let Some(owner) = self.pipeline.roles.owner
            && class == RowClass::Task
            && let Some(named) = self.named_owner(entries[owner].as_ref())
        {
            entries[owner] = Some(named);
        }
        if class == RowClass::Task {
            for (field, entry) in entries.iter_enumerated() {
                if let Some(entry) = entry.as_ref().filter(|entry| !entry.value.is_blank()) {
                    let origin = entry.filled_from.unwrap_or(row.index);
                    self.last.insert(field, (origin, entry.clone()));
                }
            }
        }
        let meant = self.meant.get(&row.index).copied().filter(|_| class == RowClass::Total);
        let by_formula = class == RowClass::Total
            && self.summed.contains_key(&row.index)
            && self.total_label(row).is_none()
            && !self.is_corrected(row);
        let (adds, place) = match (meant, self.summed.get(&row.index)) {
            (_, Some(place)) if by_formula => (None, *place),
            (Some(Meant::Sum { rows, place }), _) => (Some(rows), place),
            _ => (None, Place::Below),
        };
        let sums = if class == RowClass::Total { self.sums(row) } else { Vec::new() };
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
            label,
            heads,
            adds,
            sums,
            by_formula,
        }
    }

    fn entry(&self, row: &Row, field: ColumnId, column: u32, class: RowClass) -> Entry {
        let declared = &self.pipeline.columns[field];
        let read = |content: &Content, seen: Option<&Shown>| {
            let shifted = (self.sheet.dates_from_1904 && declared.kind.is_time())
                .then(|| month::counted_from_1900(content))
                .flatten();
            let shown = shifted.as_ref().unwrap_or(content);
            let unit = self.units[field];
            let entry = typing::entry(column, (shown, seen), declared, unit, &self.pipeline.words);
            Entry { typed: typed_text(content), ..entry }
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
            return Entry {
                filled_from: Some(merge.first.row),
                ..read(&cell.content, cell.shown())
            };
        }
        let cell = row.cell(column);
        let seen = cell.and_then(Cell::shown);
        match cell.map(|cell| &cell.content) {
            Some(Content::Text(text)) if self.pipeline.words.repeats_above(text) => {
                // The same as a figure that several rows share is no figure of this row.
                let above = self.last.get(&field).filter(|(_, above)| {
                    let is_shared = above.value == Value::Covered || above.spans > 1;
                    !(is_shared && declared.kind.is_shared_under_merge())
                });
                match above {
                    Some((origin, above)) => Entry {
                        typed: typed_text(&Content::Text(text.clone())),
                        filled_from: Some(*origin),
                        spans: 1,
                        ..above.clone()
                    },
                    None => read(&Content::Text(text.clone()), None),
                }
            }
            Some(content) => {
                let rows = merge.map_or(1, |merge| merge.last.row - merge.first.row + 1);
                Entry { spans: rows, ..read(content, seen) }
            }
            None if self.fills_down(field) && class == RowClass::Task => {
                match self.last.get(&field) {
                    Some((origin, above)) => {
                        Entry { filled_from: Some(*origin), spans: 1, ..above.clone() }
                    }
                    None => blank(),
                }
            }
            None => blank(),
        }
    }
}

/// Whether a cell may name somebody: no figure, no dash, no 12个项目.
fn names_somebody(content: &Content, words: &[String]) -> bool {
    matches!(content, Content::Text(text) if text.chars().any(char::is_alphabetic))
        && counted(content, words).is_none()
}

/// Whether a cell holds nothing but marks: —, /.
fn is_mark(content: &Content) -> bool {
    matches!(content, Content::Text(text) if !text.chars().any(char::is_alphanumeric))
}

/// What stands in the column of numbers.
fn mark(content: &Content) -> Mark {
    match content {
        Content::Number(number) if number.fract() == 0.0 => whole(&typed_text(content)),
        Content::Number(_) => Mark::Path(typed_text(content)),
        Content::Text(text) => {
            let plain = fold::plain(text);
            if let Some(how) = looks::ordinal(&plain) {
                let is_first = plain.contains('一') && !plain.contains('十');
                return Mark::Ordinal { how, is_first };
            }
            let digits = plain.trim_end_matches(['.', '、', ')']).trim_start_matches('(');
            match digits {
                "" => Mark::Other,
                _ if digits.bytes().all(|b| b.is_ascii_digit()) => whole(digits),
                _ if digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                    Mark::Path(digits.to_owned())
                }
                _ => Mark::Other,
            }
        }
        _ => Mark::Other,
    }
}

fn whole(digits: &str) -> Mark {
    digits.parse().map_or(Mark::Other, Mark::Whole)
}

/// What stands where a task is named, and how many rows it counts.
fn named_as(content: &Content, words: &[String]) -> (Task, Option<u32>) {
    const LONGEST_COUNT: usize = 30;
    match content {
        Content::Number(number) if number.fract() == 0.0 && (0.0..1e6).contains(number) => {
            (Task::Count, typed_text(content).parse().ok())
        }
        Content::Text(text) => {
            let first = text.trim_start().chars().next();
            let may_number = first.is_some_and(|c| "一二三四五六七八九十(（".contains(c));
            let number = || looks::before_name(&fold::plain(text));
            if may_number && let Some(ordinal) = number() {
                return (Task::Ordinal(ordinal), None);
            }
            if text.len() > LONGEST_COUNT {
                return (Task::Words, None);
            }
            match looks::count(&fold::plain(text), words) {
                Some(count) => (Task::Count, Some(count)),
                None => (Task::Words, None),
            }
        }
        _ => (Task::Words, None),
    }
}

/// Reads a text that says how many rows there are: 共3项.
fn counted(content: &Content, words: &[String]) -> Option<u32> {
    match content {
        Content::Text(text) if text.chars().any(char::is_alphabetic) => named_as(content, words).1,
        _ => None,
    }
}

/// Returns whether a text that stands alone is the name of a block of rows: numbered as sections are,
/// and no longer than a name.
fn names_block(text: &str) -> bool {
    const LONGEST: usize = 14;
    let plain = fold::plain(text);
    let inner = plain.strip_prefix('(').unwrap_or(&plain);
    let after = inner.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    after.len() < inner.len()
        && after.starts_with(['、', '.', ')'])
        && plain.chars().count() <= LONGEST
}

/// Returns whether a cell is the line above a table that names its unit of money.
fn is_money_line(content: &Content, words: &Lexicon) -> bool {
    matches!(content, Content::Text(text) if money::unit_in_line(text, words).is_some())
}

/// Returns whether a text begins as remarks do that no word calls so, or with the mark of a footnote.
fn begins_remark(text: &str, pipeline: &Pipeline) -> bool {
    const MARKS: [char; 8] = ['*', '＊', '※', '★', '☆', '△', '▲', '#'];
    let key = fold::key(text);
    text.trim().starts_with(MARKS)
        || pipeline.words.remarks.iter().any(|word| key.starts_with(word.as_str()))
}

/// Returns whether words below a table are a remark on it, not the name of something: they are long,
/// or begin as footnotes do.
fn is_remark(text: &str) -> bool {
    const LONG: usize = 40;
    let first = text.trim().chars().next();
    text.chars().count() > LONG || first.is_some_and(|first| !first.is_alphabetic())
}
