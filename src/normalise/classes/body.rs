//! One table, row by row: what each row is, and what its cells say.

mod another_list;
mod codes;
mod corrected;
mod entries;
mod foot;
mod in_label;
mod labels;
mod lines;
mod of_which;
mod on_top;
mod overview;
mod said;
mod words;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use self::said::{is_mark, is_money_line, is_nought, mark, names_somebody};
use super::looks::{Mark, Meant, Place};
use super::row::{RowClass, TakenFor, Unsure, only_failures};
use crate::model::{CellAt, ColumnId, Entry, IdVec, fold};
use crate::normalise::cells::typing::ColumnUnit;
use crate::normalise::layout::table::Layout;
use crate::normalise::layout::unit::NamedUnit;
use crate::normalise::layout::words::{are_values, is_word, repeats};
use crate::normalise::typed::typed_text;
use crate::pipeline::{ColumnType, Pipeline, TableCorrection};
use crate::read::{Cell, Content, Row, Sheet};

/// What a row of a table turned out to be.
pub(super) enum Found {
    Row(RowClass, String),
    /// A line of words; whether title or note depends on what follows.
    Text,
    /// What a text of the row above goes on with.
    Rest,
}

/// One table while its rows are walked down.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
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
    /// The last filled entry of the declared columns that rows below may ask for.
    last: BTreeMap<ColumnId, (u32, Entry)>,
    /// Whether any cell says that it repeats the one above.
    has_dittos: bool,
    /// The unit that the nearest line above names, where such lines do.
    section: Option<NamedUnit>,
    /// The last task, or the row that it goes on to, while nothing else follows.
    task_above: Option<u32>,
    /// The last line of a section that the pipeline file says to be one, with a sum of its own.
    head: Option<u32>,
    seen_total: bool,
    /// The row of a word for totals that stood alone: what follows it is added up beside the table.
    foot: Option<u32>,
    /// How many rows of figures alone were added up, to see whether they are totals.
    added_up: usize,
    /// Whether each row writes its owner, so that a blank one says nothing.
    owns_each_row: bool,
    /// What each row that is a total calls itself.
    labels: BTreeMap<u32, String>,
    /// The figures that labels of totals hold, by row.
    in_labels: BTreeMap<u32, (ColumnId, Entry)>,
    /// Rows that carry a sum over a page.
    carried: BTreeSet<u32>,
    /// What rows are that differ from the others.
    meant: BTreeMap<u32, Meant>,
    /// Rows in which a figure is typed as text, by the sheet's column, where formulas add up rows.
    typed_as_text: BTreeMap<u32, Vec<u32>>,
    /// Lines over rows that are numbered below them.
    numbered_heads: BTreeSet<u32>,
    /// Rows of figures below the table that are none of its totals.
    loose: BTreeSet<u32>,
    /// Whether what is called as charges are may come on top of a total.
    has_charges: bool,
    /// Rows below the line with which the table ends, that line among them.
    beyond: BTreeSet<u32>,
    /// Rows of a list of other things below the table.
    others: BTreeSet<u32>,
    /// Rows that are sums by their formulas.
    summed: BTreeMap<u32, Place>,
    /// Rows that may be something else than what they are taken for.
    unsure: Vec<Unsure>,
    /// Whether many rows hold nothing but a task.
    has_bare_tasks: bool,
    /// The lowest row of the heading.
    heading: Option<&'a Row>,
    /// Whether its words stand among the rows below as well; it is asked of few tables.
    has_words_of_rows: OnceCell<bool>,
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
            has_dittos: true,
            section: None,
            task_above: None,
            head: None,
            seen_total: false,
            foot: None,
            added_up: 0,
            owns_each_row: false,
            labels: BTreeMap::new(),
            in_labels: BTreeMap::new(),
            carried: BTreeSet::new(),
            meant: BTreeMap::new(),
            typed_as_text: BTreeMap::new(),
            numbered_heads: BTreeSet::new(),
            loose: BTreeSet::new(),
            has_charges: false,
            beyond: BTreeSet::new(),
            others: BTreeSet::new(),
            summed: BTreeMap::new(),
            unsure: Vec::new(),
            has_bare_tasks: false,
            heading: layout.heading_rows.last().and_then(|last| {
                let place = sheet.rows.binary_search_by_key(last, |row| row.index);
                place.ok().map(|place| &sheet.rows[place])
            }),
            has_words_of_rows: OnceCell::new(),
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

    /// Whether a row is one of the table's heading.
    pub(super) fn is_heading(&self, row: &Row) -> bool {
        self.layout.heading_rows.contains(&row.index)
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
        self.own_cell(row, field).map(|cell| &cell.content)
    }

    fn own_cell(&self, row: &Row, field: ColumnId) -> Option<&'a Cell> {
        let at = CellAt::new(row.index, self.columns[field]?);
        let is_covered = self.sheet.merges.at(at).is_some_and(|merge| merge.first != at);
        if is_covered { None } else { self.sheet.cell(at) }
    }

    /// Returns whether a row is the heading of a further block.
    fn is_further_heading(&self, row: &Row, heading: &Row) -> bool {
        let are_values = || {
            let below = self.sheet.rows.partition_point(|row| row.index <= heading.index);
            are_values(&self.sheet.rows[below..], heading)
        };
        (repeats(row, heading) && !*self.has_words_of_rows.get_or_init(are_values))
            || self.heads_a_block(row, heading)
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
        if self.heading.is_some_and(|heading| self.is_further_heading(row, heading)) {
            return Found::Row(RowClass::Heading, String::new());
        }
        if self.numbers_two_columns(row) {
            return Found::Row(RowClass::Heading, String::new());
        }
        self.foot = self.foot.or_else(|| self.is_lone_total(row).then_some(row.index));
        if let Some(label) = self.label(row).map(str::to_owned) {
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
        let is_noughts = || row.cells.iter().all(|cell| is_nought(&cell.content));
        if self.loose.contains(&row.index) && !is_noughts() {
            return Found::Row(RowClass::Unplaced, String::new());
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
        let key_shown = if is_nameless { 0 } else { self.keys_shown(row, key_own) };
        let shares_above =
            has_owner && roles.key.iter().all(|field| self.correction.fill.contains(field));
        let is_task = (key_shown == roles.key.len() && (key_own || has_amounts || shares_above))
            || (key_own && (has_amounts || self.shows_own_keys(row, has_number)))
            || shares_task;
        if is_task {
            return Found::Row(self.unless_below(row, has_amounts, has_number), String::new());
        }
        let has_month = pipeline
            .columns
            .keys()
            .any(|field| pipeline.columns[field].kind.is_time() && self.own(row, field).is_some());
        // Where no column says what a row is about, every row is without it.
        let has_key = self.layout.has_key(pipeline);
        let has_money = || pipeline.amount_columns().next().is_some();
        if has_amounts
            && has_key
            && !has_number
            && !has_owner
            && !key_own
            && !has_month
            && (has_money() || self.adds_up_all(row))
        {
            // The formulas of a line that nobody filled in.
            if row.cells.iter().all(|cell| is_nought(&cell.content)) {
                return Found::Row(RowClass::Note, String::new());
            }
            self.seen_total = true;
            return Found::Row(RowClass::Total, String::new());
        }
        // Rows that a template numbered in advance, and the formulas of those that nobody filled in.
        let is_unfilled = row.cells.iter().all(|cell| {
            let field = self.field_at(cell.column);
            let is_owner = field.is_some() && field == roles.owner;
            let is_number = field.is_some() && field == roles.number;
            let says_nothing = is_nought(&cell.content) || is_mark(&cell.content);
            is_number || is_owner || !has_owner && !has_month && says_nothing
        });
        if is_unfilled {
            return Found::Row(RowClass::Note, String::new());
        }
        let only_words = row.cells.iter().all(|cell| {
            let in_amounts = self
                .field_at(cell.column)
                .is_some_and(|field| pipeline.columns[field].kind.is_money());
            is_word(&cell.content) && !in_amounts
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
        // A list of people to call below the table.
        if !has_key && self.is_of_people(row) {
            return Found::Row(RowClass::Note, String::new());
        }
        Found::Row(RowClass::Unplaced, String::new())
    }

    /// How many parts of what tasks are called a row has, or takes from above. `key_own` is whether it has one of its own.
    fn keys_shown(&self, row: &Row, key_own: bool) -> usize {
        let roles = &self.pipeline.roles;
        // Of names in levels the first row of all may have the first alone.
        let has_levels =
            roles.key.last().is_some_and(|last| self.correction.keep_blank.contains(last));
        let is_shown = |field: &&ColumnId| {
            let filled = self.fills_down(**field) && self.last.contains_key(*field);
            let is_open = has_levels && !self.last.contains_key(*field);
            let may_be_blank = key_own && (is_open || self.correction.keep_blank.contains(field));
            filled
                || may_be_blank
                || self.layout.says(**field)
                || self.shown(row, **field).is_some()
        };
        roles.key.iter().filter(is_shown).count()
    }

    /// Returns whether a row says all of what it is about that its table has columns for, and is numbered or has
    /// several of them: the sheet of a town has none of towns.
    fn shows_own_keys(&self, row: &Row, has_number: bool) -> bool {
        let key = self.pipeline.roles.key.iter();
        let has_column = |field: &&ColumnId| self.layout.column_of(**field).is_some();
        let own: Vec<&ColumnId> = key.filter(has_column).collect();
        (has_number || own.len() > 1) && own.iter().all(|field| self.shown(row, **field).is_some())
    }

    /// The words of a row right between two tasks that stand alone in a column which these fill beside their names: it
    /// may be a task of which nothing else is filled in. The name of a block stands at the edge, or where tasks are named.
    pub(super) fn doubt(&self, row: &Row) -> Option<Unsure> {
        let [only] = row.cells.as_slice() else { return self.doubted_head(row) };
        let Content::Text(text) = &only.content else { return None };
        let at = CellAt::new(row.index, only.column);
        let is_of_tasks = self.field_at(only.column).is_some_and(|field| {
            self.pipeline.columns[field].kind.is_text() && !self.is_label_column(field)
        });
        let is_edge = self.layout.columns.first().is_some_and(|edge| edge.column == only.column);
        let next = row.index + 1;
        let place = self.sheet.rows.partition_point(|below| below.index < next);
        let is_above_task = self.sheet.rows.get(place).is_some_and(|below| {
            let mut keys = self.pipeline.roles.key.iter();
            below.index == next && keys.all(|field| self.own(below, *field).is_some())
        });
        let is_task = is_of_tasks
            && !is_edge
            && is_above_task
            && self.task_above.is_some_and(|above| above + 1 == row.index)
            && self.sheet.merges.at(at).is_none()
            && !text.contains([':', '：']);
        is_task.then(|| Unsure {
            at,
            text: typed_text(&only.content).into_owned(),
            taken_for: TakenFor::Name,
        })
    }

    /// 第二批 | 修桥, below which the numbers go on and do not begin again.
    fn doubted_head(&self, row: &Row) -> Option<Unsure> {
        let number = self.pipeline.roles.number?;
        let place = self.sheet.rows.partition_point(|other| other.index <= row.index);
        let below = self.sheet.rows.get(place).and_then(|below| self.own(below, number));
        let begins = below.is_none_or(|own| mark(own) == Mark::Whole(1));
        let is_head = !begins && !self.labels.contains_key(&row.index) && {
            let own = self.own(row, number);
            own.is_some_and(|own| typed_text(own).trim_start().starts_with('第'))
                && self.has_word_for_number(row)
        };
        let mut keys = self.pipeline.roles.key.iter();
        let key = keys.find_map(|field| self.own_cell(row, *field)).filter(|_| is_head)?;
        Some(Unsure {
            at: CellAt::new(row.index, key.column),
            text: typed_text(&key.content).into_owned(),
            taken_for: TakenFor::Name,
        })
    }

    /// Returns whether a word stands where numbers do that numbers no task, in a row that says nothing but what it is
    /// called: 第一阶段 | 立项 heads the rows below it, 作者：某某 | 制表时间：… is a line of labels, and 提醒客户 | 本报价含辅材。
    /// below a total is a remark. 新增 | 修桥 is a task.
    fn has_word_for_number(&self, row: &Row) -> bool {
        const LONG: usize = 20;
        let Some(number) = self.pipeline.roles.number else { return false };
        let keys = &self.pipeline.roles.key;
        let says_only_that = |cell: &Cell| {
            let field = self.field_at(cell.column);
            field.is_some_and(|own| own == number || keys.contains(&own))
        };
        let Some(Content::Text(own)) = self.own(row, number) else { return false };
        let is_sentence = |text: &str| {
            text.contains(['。', '，', '；', '：', ':']) || text.chars().count() > LONG
        };
        let is_remark = || {
            let mut named = keys.iter().filter_map(|field| self.own(row, *field));
            named.any(|own| is_sentence(&typed_text(own)))
        };
        self.pipeline.columns[number].kind == ColumnType::Integer
            && row.cells.len() > 1
            && row.cells.iter().all(says_only_that)
            && !fold::plain(own).contains(|c: char| c.is_ascii_digit())
            && mark(&Content::Text(own.clone())) == Mark::Other
            && (own.trim_start().starts_with('第') && self.heads_numbered(row, number)
                || (self.seen_total || own.contains([':', '：'])) && is_remark())
    }

    /// Returns whether a task with a number stands right below a row, and the numbers go on as if this were none: below
    /// 5 and 第二批 | 修桥 stands 6 or 1, and not 7.
    fn heads_numbered(&self, row: &Row, number: ColumnId) -> bool {
        let whole = |row: &Row| match self.own(row, number).map(mark) {
            Some(Mark::Whole(own)) => Some(own),
            _ => None,
        };
        let place = self.sheet.rows.partition_point(|other| other.index < row.index);
        let Some(below) = self.sheet.rows.get(place + 1) else { return false };
        let Some(first) = whole(below).filter(|_| below.index == row.index + 1) else {
            return false;
        };
        let says_more = below.cells.iter().any(|cell| {
            let own = self.field_at(cell.column);
            own.is_some_and(|own| own != number && !self.pipeline.roles.key.contains(&own))
        });
        let from = self.layout.start();
        let mut above = self.sheet.rows[..place].iter().rev();
        let above = above
            .by_ref()
            .take_while(|above| above.index > from)
            .find_map(|above| whole(above).map(|own| (above.index, own)));
        let counts_it = above.is_some_and(|(index, own)| {
            first.checked_sub(own).is_some_and(|gone| gone == below.index - index)
        });
        says_more && !counts_it
    }

    /// Returns whether a row of a table that names no money gives a number by which people are called.
    fn is_of_people(&self, row: &Row) -> bool {
        const LEAST_DIGITS: usize = 7;
        let is_number = |content: &Content| {
            let text = typed_text(content);
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            digits >= LEAST_DIGITS && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        };
        !self.pipeline.amount_columns().any(|field| self.columns[field].is_some())
            && row.cells.iter().any(|cell| is_number(&cell.content))
    }

    /// Returns whether figures or months stand in a column.
    fn holds_figures(&self, column: u32) -> bool {
        self.field_at(column).is_some_and(|field| !self.pipeline.columns[field].kind.is_text())
    }

    fn field_at(&self, column: u32) -> Option<ColumnId> {
        self.field_at.get(&column).copied()
    }

    /// Returns whether a column says what a row is about, and so where a total names itself.
    fn is_label_column(&self, field: ColumnId) -> bool {
        let roles = &self.pipeline.roles;
        roles.key.contains(&field) || roles.owner == Some(field) || roles.number == Some(field)
    }
}
