//! A table looked over before it is walked down: how each row differs from the others.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Body;
use super::said::{counted, is_mark, mark, named_as, names_somebody};
use crate::model::{ColumnId, Value, fold};
use crate::normalise::cells::typing;
use crate::normalise::classes::added::{self, Line};
use crate::normalise::classes::levels;
use crate::normalise::classes::looks::{self, Figure, Look, Mark, Meant, Named, Task};
use crate::normalise::classes::row::only_failures;
use crate::normalise::classes::summed::{self, Weight};
use crate::normalise::layout::words::{is_figure, is_signature};
use crate::normalise::typed::typed_text;
use crate::pipeline::Pipeline;
use crate::read::{Cell, Content, Row};

impl<'a> Body<'a> {
    /// Looks over the rows below the heading, so that each can be told by how it differs from the
    /// others.
    pub(in crate::normalise::classes) fn look_over(&mut self, rows: &'a [Row]) {
        self.end_at_lines(rows);
        self.leave_other_lists(rows);
        let is_left = |row: &Row| self.others.contains(&row.index) && !self.is_said_task(row);
        let parts: Vec<Cow<'a, Row>> = rows
            .iter()
            .filter(|row| !self.is_heading(row) && !self.beyond.contains(&row.index))
            .filter(|row| !is_left(row))
            .filter_map(|row| self.part(row))
            .collect();
        self.has_dittos = parts.iter().flat_map(|row| &row.cells).any(|cell| match &cell.content {
            Content::Text(text) => self.pipeline.words.repeats_above(text),
            _ => false,
        });
        let mut called = Vec::new();
        for (at, row) in parts.iter().enumerate() {
            if self.is_said_task(row) {
                continue;
            }
            if let Some(label) = self.total_label(row) {
                self.labels.insert(row.index, label);
            } else {
                called.extend(self.called(at, row));
            }
            if self.names_carried(row) {
                self.carried.insert(row.index);
            }
        }
        self.on_top_of_totals(&parts);
        if !self.sheet.sums.is_empty() {
            self.note_figures_typed_as_text(&parts);
        }
        self.summed = summed::summed(self.sheet, &parts, |column| self.weight(column));
        // The sum carried over a page says by itself what it is.
        for row in &self.carried {
            self.summed.remove(row);
        }
        let mut looks: Vec<Look> = parts.iter().map(|row| self.look(row)).collect();
        if !called.is_empty() {
            self.totals_in_words(called, &looks, &parts);
        }
        for row in self.labels.keys() {
            // Totals say nothing of how tasks are numbered and owned.
            if let Ok(at) = looks.binary_search_by_key(row, |look| look.row) {
                looks[at].is_told = true;
            }
        }
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
        self.numbered_heads(&looks, &parts);
        // Most tables have no other odd row than totals that say so.
        let odd = looks::odd(&looks);
        self.call_by_owner(&odd, &mut looks, &parts);
        let mut is_plain = true;
        for at in odd {
            looks[at].is_told = self.is_told(&parts[at]);
            is_plain &= looks[at].is_told;
        }
        if !is_plain {
            for (look, row) in looks.iter_mut().zip(&parts) {
                look.is_told = look.is_told || self.is_told(row);
            }
            let part = |look: &Look| &parts[parts.partition_point(|row| row.index < look.row)];
            let found = looks::meant(
                &looks,
                |look| {
                    let part = part(look);
                    self.figure_columns().map(|field| self.figure(part, field)).collect()
                },
                |look| {
                    let owner = self.pipeline.roles.owner?;
                    let own = self.own(part(look), owner).map(typed_text)?;
                    (!self.pipeline.words.repeats_above(&own)).then(|| fold::key(&own))
                },
            );
            self.meant.extend(found);
        }
        self.totals_of_named_blocks(&looks, &parts);
        self.sum_of_all(&looks, &parts);
        self.parents_by_code(&looks, &parts);
        self.add_up(&looks, &parts);
        self.figures_below(&looks, &parts);
        self.reckoned_below(&looks, &parts);
        self.labels_below(&looks, &parts);
        self.sum_out_of_place(&parts);
        self.figures_in_labels(&looks, &parts);
        self.keep_said_tasks(&parts);
    }

    /// Takes the name of an owner that stands where tasks are named, in a row without number and owner, for
    /// what it is: such a row names no task.
    fn call_by_owner(&self, odd: &[usize], looks: &mut [Look], parts: &[Cow<'_, Row>]) {
        let roles = &self.pipeline.roles;
        let (Some(owner), [key]) = (roles.owner, roles.key.as_slice()) else { return };
        let is_open = |look: &Look| {
            look.task == Task::Words
                && look.number == Mark::Blank
                && look.owner != Named::Above
                && look.has_amounts
        };
        // 甲县共3项 counts what it adds up.
        let words = &self.pipeline.words.block_names;
        let without_count = |key: &str| {
            let mut name = key.trim_end_matches(|c: char| c.is_ascii_digit());
            while let Some(rest) = words.iter().find_map(|word| name.strip_suffix(word.as_str())) {
                name = rest.trim_end_matches(|c: char| c.is_ascii_digit());
            }
            if key.contains(|c: char| c.is_ascii_digit()) {
                name.to_owned()
            } else {
                key.to_owned()
            }
        };
        let mut named: Option<BTreeSet<String>> = None;
        for at in odd.iter().filter(|at| is_open(&looks[**at])).copied().collect::<Vec<usize>>() {
            let called = self.own(&parts[at], *key).map(typed_text).unwrap_or_default();
            let named = named.get_or_insert_with(|| {
                let owners = parts.iter().filter_map(|row| self.own(row, owner));
                owners.map(|own| fold::key(&typed_text(own))).collect()
            });
            let called = without_count(&fold::key(&called));
            let own = self.own(&parts[at], owner).map(|own| fold::key(&typed_text(own)));
            if own.is_none_or(|own| own == called) && named.contains(&called) {
                (looks[at].task, looks[at].owner) = (Task::Blank, Named::Own);
            }
        }
    }

    /// Notes which rows below the total of a numbered list are no part of it: without a number, a name
    /// and a figure where tasks say at least twice as much, as 余额 and 欠款 below 总计 do.
    pub(super) fn reckoned_below(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let is_numbered = |look: &Look| matches!(look.number, Mark::Whole(_) | Mark::Path(_));
        let Some(last) = looks.iter().rposition(is_numbered) else { return };
        let below = &looks[last + 1..];
        let total = below.iter().position(|look| self.labels.contains_key(&look.row));
        let Some(first) = total.map(|total| last + 1 + total + 1) else { return };
        let is_bare = |look: &Look| {
            look.number == Mark::Blank
                && look.owner == Named::Blank
                && look.task == Task::Words
                && look.has_amounts
        };
        let open: Vec<usize> = (first..looks.len())
            .filter(|at| is_bare(&looks[*at]) && !self.is_told(&parts[*at]))
            .collect();
        if open.is_empty() {
            return;
        }
        let numbered = looks[..=last].iter().zip(parts).filter(|(look, _)| is_numbered(look));
        let mut filled: Vec<usize> = numbered.map(|(_, row)| row.cells.len()).collect();
        let unnumbered = looks[..=last].iter().filter(|look| is_bare(look)).count();
        filled.sort_unstable();
        let usual = filled[filled.len() / 2];
        if unnumbered == 0 {
            let is_less = |at: &usize| parts[*at].cells.len() * 2 <= usual;
            self.loose.extend(open.into_iter().filter(is_less).map(|at| looks[at].row));
        }
    }

    /// Notes which rows below the last that is named are somebody's own reckoning: many figures one
    /// below the other that nothing names and that add up no rows.
    pub(super) fn figures_below(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        /// A few may be the total, and the total with what comes on top of it.
        const MOST_TOTALS: usize = 3;
        let is_nameless = |look: &&Look| {
            look.task == Task::Blank && look.owner == Named::Blank && look.number == Mark::Blank
        };
        let below = looks.iter().zip(parts).rev().take_while(|(look, _)| is_nameless(look));
        // Remarks may stand where amounts do.
        let holds_figure = |row: &Row| row.cells.iter().any(|cell| is_figure(&cell.content));
        let loose: Vec<u32> = below
            .filter(|(look, row)| look.has_amounts && holds_figure(row))
            .map(|(look, _)| look.row)
            .filter(|row| {
                !self.summed.contains_key(row)
                    && !self.carried.contains(row)
                    && !self.labels.contains_key(row)
                    && !self.meant.contains_key(row)
            })
            .collect();
        if loose.len() > MOST_TOTALS {
            self.loose.extend(loose);
        }
    }

    /// Notes which rows head those that are numbered below them, and have no figures: 2. above 2.1.
    pub(super) fn numbered_heads(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        for (at, look) in looks.iter().enumerate() {
            let is_bare = look.task == Task::Words && !look.has_amounts && !look.has_more;
            let Some(next) = looks.get(at + 1).filter(|next| is_bare && next.has_amounts) else {
                continue;
            };
            let own = self.path(look, &parts[at]);
            let below = self.path(next, &parts[at + 1]);
            if own.zip(below).is_some_and(|(own, below)| looks::is_below(&below, &own)) {
                self.meant.insert(look.row, Meant::Line);
                self.numbered_heads.insert(look.row);
            }
        }
    }

    /// Returns the number of a row: 2 or 2.1, in a column of its own or before the words.
    fn path(&self, look: &Look, row: &Row) -> Option<String> {
        match &look.number {
            Mark::Whole(number) => return Some(number.to_string()),
            Mark::Path(path) => return Some(path.clone()),
            Mark::Blank => {}
            Mark::Ordinal { .. } | Mark::Other => return None,
        }
        let keys = &self.pipeline.roles.key;
        let words = keys.iter().find_map(|field| self.own(row, *field)).map(typed_text)?;
        let end = words.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(words.len());
        let path = words[..end].trim_end_matches('.');
        (!path.is_empty() && !path.starts_with('.')).then(|| path.to_owned())
    }

    fn note_figures_typed_as_text(&mut self, parts: &[Cow<'_, Row>]) {
        for row in parts {
            for cell in &row.cells {
                let is_text = matches!(cell.content, Content::Text(_));
                let field = self.field_at(cell.column).filter(|_| is_text);
                if field.is_some_and(|field| self.pipeline.is_totalled(field))
                    && is_figure(&cell.content)
                {
                    self.typed_as_text.entry(cell.column).or_default().push(row.index);
                }
            }
        }
    }

    /// Returns whether rows write their owner though the row above has the same, more often than they
    /// leave it blank as what goes on from above.
    pub(super) fn owners_stand_in_each_row(&self, looks: &[Look], parts: &[Cow<'_, Row>]) -> bool {
        let Some(owner) = self.pipeline.roles.owner else { return false };
        if self.correction.fill.contains(&owner) {
            return false;
        }
        let is_open = |(look, row): &(&Look, &Cow<'_, Row>)| {
            look.owner == Named::Blank
                && look.task == Task::Words
                && self.own(row, owner).is_none()
                && self.label(row).is_none()
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
    pub(super) fn remarks_below(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
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
        let is_below_total = self.label(&parts[last]).is_some()
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

    /// Looks for sums among rows that neither a number nor an owner makes tasks.
    pub(super) fn add_up(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        let is_open = |look: &Look| self.is_open(look);
        if !looks.iter().any(is_open) {
            return;
        }
        let lines = self.lines(looks, parts, is_open);
        let has_sums = !self.summed.is_empty()
            || self.meant.values().any(|meant| matches!(meant, Meant::Sum { .. }));
        // What calls itself a total says itself how far it reaches.
        let is_called = |row: u32| {
            let place = lines.partition_point(|line| line.row < row);
            lines.get(place).is_some_and(|line| line.is_called)
        };
        for sum in added::added(&lines).into_iter().filter(|sum| !is_called(sum.row)) {
            let meant = Meant::Sum { rows: sum.rows, place: sum.place };
            self.meant.entry(sum.row).or_insert(meant);
        }
        for sum in if has_sums { Vec::new() } else { levels::parted(&lines) } {
            self.meant.insert(sum.row, Meant::Sum { rows: sum.rows, place: sum.place });
        }
    }

    /// Returns whether a row may be a sum by its figures alone.
    pub(super) fn is_open(&self, look: &Look) -> bool {
        // Beside money a row without a name is a total in any case; all of its figures at once say
        // what it adds up.
        let has_money = || self.pipeline.amount_columns().next().is_some();
        // Where each row is a unit's, so are the sums of several: 东部 over its counties.
        let is_key =
            || self.pipeline.roles.owner.is_some_and(|own| self.pipeline.roles.key == [own]);
        look.has_amounts
            && (look.owner != Named::Own || is_key())
            && !matches!(look.number, Mark::Whole(_) | Mark::Path(_))
            && !self.meant.contains_key(&look.row)
            && !(look.task == Task::Blank && has_money())
    }

    /// The rows of the table with their figures.
    pub(super) fn lines(
        &self,
        looks: &[Look],
        parts: &[Cow<'_, Row>],
        is_open: impl Fn(&Look) -> bool,
    ) -> Vec<Line> {
        let fields: Vec<ColumnId> = self.pipeline.totalled_columns().collect();
        let lines = looks.iter().zip(parts).map(|(look, row)| {
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
                    && (self.summed.contains_key(&row.index) || self.label(row).is_some()),
                is_named: look.owner == Named::Own,
            }
        });
        lines.collect()
    }

    /// Returns whether a row says by itself what it is, or is said so in the pipeline file.
    pub(super) fn is_told(&self, row: &Row) -> bool {
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
            || self.label(row).is_some()
            || self.is_line_for_ink(row)
    }

    pub(super) fn look(&self, row: &Row) -> Look {
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

    /// How much the figures of a column say about what a row is.
    pub(super) fn weight(&self, column: u32) -> Weight {
        match self.field_at(column) {
            Some(field) if self.pipeline.is_totalled(field) => Weight::Declared,
            None if self.layout.holds(column) => Weight::Other,
            _ => Weight::None,
        }
    }

    pub(super) fn figure(&self, row: &Row, field: ColumnId) -> Figure {
        let Some(cell) = self.own_cell(row, field) else { return Figure::Blank };
        let declared = &self.pipeline.columns[field];
        let words = &self.pipeline.words;
        let seen = (&cell.content, cell.shown());
        match typing::value(seen, declared, self.units[field], words) {
            Value::Unreadable(_) => Figure::Unreadable,
            value => value.summand().map_or(Figure::Blank, |figure| Figure::Amount(figure.into())),
        }
    }
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
