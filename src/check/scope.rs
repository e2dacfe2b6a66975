//! Which rows a printed total adds up: by its place among the rows and the other totals, by what its
//! label says, and by arithmetic in all of its columns at once.
//!
//! Of the sets of rows that a person could mean, the one that gives most of the total's figures is
//! taken, then the one whose sums all of its figures miss in a way that people miss them (a row twice
//! or left out, the point, the sign), and where none goes before the others, the one that its place
//! says. A single column decides nothing by itself: a 0 fits too many sets.

use std::collections::BTreeSet;
use std::ops::Range;

use super::named::Named;
use super::pages::Above;
use super::summed::Summed;
use crate::model::{ColumnId, Value};
use crate::normalise::TableRow;
use crate::normalise::frame::Item;
use crate::pipeline::Lexicon;

/// In so many columns a total agrees with the rows of one unit by no chance.
const LEAST_FITTING: usize = 2;
/// So many parts of a chapter are tried as what its sum adds up.
const MOST_NESTED: usize = 40;

/// A set of rows that a total may add up.
#[derive(Clone, Debug)]
pub(super) enum Scope<'a> {
    /// Rows of its own table, by their places in it.
    Own(Range<usize>),
    /// Rows beyond it, or apart from one another.
    Wider(Vec<&'a Item<'a>>),
    /// It names rows of which its table has none, and prints nothing.
    NoRow,
}

/// How much a total's label claims; the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Block,
    Total,
    Grand,
}

fn level(label: &str, words: &Lexicon) -> Level {
    if words.is_subtotal(label) {
        Level::Block
    } else if words.is_grand_total(label) {
        Level::Grand
    } else {
        Level::Total
    }
}

/// Sums over any run of rows, for each column that is added up.
struct Running {
    fields: Vec<ColumnId>,
    /// By column, then by row: what the rows before it add up to, and how many of them cannot be read.
    sums: Vec<Vec<(i128, usize)>>,
}

impl Running {
    fn of(rows: &[&Item<'_>], fields: Vec<ColumnId>) -> Self {
        let sums = fields.iter().map(|field| {
            let mut so_far = (0_i128, 0_usize);
            let before = std::iter::once(so_far);
            let after = rows.iter().map(|item| {
                match value(item.row, *field) {
                    Some(Value::Unreadable(_)) => so_far.1 += 1,
                    Some(value) => so_far.0 += i128::from(value.summand().unwrap_or(0)),
                    None => {}
                }
                so_far
            });
            before.chain(after).collect()
        });
        let sums = sums.collect();
        Self { fields, sums }
    }

    /// Returns how many figures of a total are the sums of a run of rows.
    fn fitting(&self, total: &TableRow, rows: &Range<usize>) -> usize {
        let fits = |(field, sums): &(&ColumnId, &Vec<(i128, usize)>)| {
            let (from, to) = (sums[rows.start], sums[rows.end]);
            from.1 == to.1 && printed(total, **field) == Some(to.0 - from.0)
        };
        self.fields.iter().zip(&self.sums).filter(fits).count()
    }

    /// Whether so many of its columns are all that a total prints, and say something.
    fn is_clearly(&self, total: &TableRow, fits: usize) -> bool {
        let figures = || self.fields.iter().filter_map(|field| printed(total, *field));
        figures().count() == fits && figures().filter(|own| *own != 0).count() >= LEAST_FITTING
    }

    /// Whether most of the figures of a total that say something are the sums of a run of rows, as far as these can be
    /// read.
    fn is_mostly(&self, total: &TableRow, rows: &Range<usize>) -> bool {
        let said = self.fields.iter().zip(&self.sums).filter_map(|(field, sums)| {
            let own = printed(total, *field).filter(|own| *own != 0)?;
            let (from, to) = (sums[rows.start], sums[rows.end]);
            (from.1 == to.1).then_some(own == to.0 - from.0)
        });
        let (fits, all) = said.fold((0, 0), |(fits, all), own| (fits + usize::from(own), all + 1));
        fits >= LEAST_FITTING && fits * 2 > all
    }

    /// As [`Running::fitting`], for any rows that it may add up.
    fn fitting_in(&self, total: &TableRow, scope: &Scope<'_>) -> usize {
        match scope {
            Scope::Own(rows) => self.fitting(total, rows),
            Scope::Wider(rows) => self.fitting_of(total, rows),
            Scope::NoRow => 0,
        }
    }

    /// As [`Running::fitting`], for rows of several tables.
    fn fitting_of(&self, total: &TableRow, rows: &[&Item<'_>]) -> usize {
        let fits = |field: &&ColumnId| {
            let Some(printed) = printed(total, **field) else { return false };
            let mut sum = 0_i128;
            for item in rows {
                match value(item.row, **field) {
                    Some(Value::Unreadable(_)) => return false,
                    Some(value) => sum += i128::from(value.summand().unwrap_or(0)),
                    None => {}
                }
            }
            sum == printed
        };
        self.fields.iter().filter(fits).count()
    }
}

/// Of how many rows at most a sum is looked at for the row that a total holds twice or leaves out.
const MOST_ROWS_LOOKED_AT: usize = 1_000;

/// Returns whether each figure of a total is either the sum of these rows or misses it by one row,
/// by the point or by the sign; of two figures at least, since one may do so by chance.
fn is_near(total: &TableRow, rows: &[&Item<'_>], fields: &[ColumnId]) -> bool {
    if rows.len() > MOST_ROWS_LOOKED_AT {
        return false;
    }
    let mut near = 0;
    for &field in fields {
        let Some(printed) = printed(total, field).filter(|printed| *printed != 0) else { continue };
        let figures = rows.iter().filter_map(|item| value(item.row, field)?.summand());
        let sum: i128 = figures.clone().map(i128::from).sum();
        let is_scaled = (1..=4).any(|places| {
            let factor = 10_i128.pow(places);
            printed == sum * factor || printed * factor == sum
        });
        let missed = printed - sum;
        let is_row = || figures.clone().any(|figure| missed.abs() == i128::from(figure).abs());
        if sum == 0 || !(missed == 0 || is_scaled || printed == -sum || is_row()) {
            return false;
        }
        near += 1;
    }
    near >= 2
}

fn value(row: &TableRow, field: ColumnId) -> Option<&Value> {
    row.entries[field].as_ref().map(|entry| &entry.value)
}

fn printed(total: &TableRow, field: ColumnId) -> Option<i128> {
    value(total, field)?.summand().map(i128::from)
}

/// Whether a total prints nothing but noughts.
pub(super) fn is_nought(total: &TableRow, fields: &[ColumnId]) -> bool {
    fields.iter().all(|field| printed(total, *field).is_none_or(|own| own == 0))
}

/// Whether all figures of a total are the sums of some rows, one that is not 0 among them.
pub(super) fn is_sum_of(total: &TableRow, rows: &[&Item<'_>], fields: &[ColumnId]) -> bool {
    let is_sum = |field: &ColumnId| {
        printed(total, *field).is_none_or(|own| {
            let figures = rows.iter().filter_map(|item| value(item.row, *field)?.summand());
            figures.map(i128::from).sum::<i128>() == own
        })
    };
    !is_nought(total, fields) && fields.iter().all(is_sum)
}

/// What the totals of a table add up, in their order.
pub(super) struct Scopes<'a> {
    pub each: Vec<Scope<'a>>,
    /// The totals that are the sums of the rows they name, and of none that their place says.
    pub by_name: BTreeSet<usize>,
}

/// Returns what each total of a table adds up, in the order of the totals; tasks and totals are in
/// the order of rows. `above` is what stands above the table on its sheet; `named` gives the places of the tasks that a
/// total names, `wider` the rows beyond the table that a total at its foot may add up.
pub(super) fn scopes<'a, 'n>(
    tasks: &[&'a Item<'a>],
    above: &Above<'a>,
    totals: &[&TableRow],
    fields: Vec<ColumnId>,
    words: &Lexicon,
    named: impl Fn(usize) -> Option<&'n Named>,
    wider: impl Fn(usize) -> Vec<Vec<&'a Item<'a>>>,
) -> Scopes<'a> {
    // 其中：… is part of the row above it: it adds nothing up unless it names rows, and ends no block.
    let whole: Vec<usize> =
        (0..totals.len()).filter(|at| !words.adds_up_nothing(&totals[*at].label)).collect();
    if whole.len() < totals.len() {
        let own: Vec<&TableRow> = whole.iter().map(|at| totals[*at]).collect();
        let of_whole = |at: usize| named(whole[at]);
        let beyond = |at: usize| wider(whole[at]);
        let columns = fields.clone();
        let found = without_parts(tasks, above, &own, columns, words, of_whole, beyond);
        let by_name = found.by_name.iter().map(|at| whole[*at]).collect();
        let each = totals.iter().map(|_| Scope::Own(0..0)).collect();
        let mut all = Scopes { each, by_name };
        for (at, scope) in whole.into_iter().zip(found.each) {
            all.each[at] = scope;
        }
        hold_parts(tasks, totals, (&fields, words), &named, &mut all);
        return all;
    }
    without_parts(tasks, above, totals, fields, words, named, wider)
}

/// Has the parts of a table's totals that name some of its rows add these up: those among the rows of the total above
/// them, or all. One of the parts at least must be such a sum, or the part have been one in the plan, since what is called
/// so may be something else.
fn hold_parts<'a, 'n>(
    tasks: &[&'a Item<'a>],
    totals: &[&TableRow],
    (fields, words): (&[ColumnId], &Lexicon),
    named: &impl Fn(usize) -> Option<&'n Named>,
    scopes: &mut Scopes<'a>,
) {
    let mut above: Range<usize> = 0..tasks.len();
    let mut parts: Vec<(usize, Scope<'a>, bool)> = Vec::new();
    let mut is_any_right = false;
    for (at, total) in totals.iter().enumerate() {
        if !words.is_part(&total.label) {
            above = match &scopes.each[at] {
                Scope::Own(rows) if !rows.is_empty() => rows.clone(),
                Scope::Own(_) | Scope::NoRow | Scope::Wider(_) => 0..tasks.len(),
            };
            continue;
        }
        let Some(named) = named(at) else { continue };
        let sums = |scope: &Scope<'a>| match scope {
            Scope::Own(rows) => is_sum_of(total, &tasks[rows.clone()], fields),
            Scope::Wider(rows) => is_sum_of(total, rows, fields),
            Scope::NoRow => false,
        };
        let mut may_be = of_named(tasks, std::slice::from_ref(&above), &named.rows);
        let right = may_be.iter().position(sums);
        let scope = match right {
            Some(place) => may_be.swap_remove(place),
            None if may_be.is_empty() && is_nought(total, fields) => Scope::NoRow,
            None if may_be.is_empty() => continue,
            None => may_be.swap_remove(0),
        };
        is_any_right |= right.is_some();
        if right.is_some() {
            scopes.by_name.insert(at);
        }
        parts.push((at, scope, named.is_known));
    }
    for (at, scope, is_known) in parts {
        if is_any_right || is_known {
            scopes.each[at] = scope;
        }
    }
}

fn without_parts<'a, 'n>(
    tasks: &[&'a Item<'a>],
    above: &Above<'a>,
    totals: &[&TableRow],
    fields: Vec<ColumnId>,
    words: &Lexicon,
    named: impl Fn(usize) -> Option<&'n Named>,
    wider: impl Fn(usize) -> Vec<Vec<&'a Item<'a>>>,
) -> Scopes<'a> {
    let sums = Running::of(tasks, fields);
    // How many tasks stand above each total.
    let before = |total: &&TableRow| tasks.partition_point(|item| item.row.row < total.row);
    let tasks_above: Vec<usize> = totals.iter().map(before).collect();
    let levels: Vec<Level> = totals
        .iter()
        .map(|total| if total.heads { Level::Block } else { level(&total.label, words) })
        .collect();
    let heads: Vec<bool> = totals.iter().map(|total| total.heads).collect();
    let before = nearest(&levels, 0..levels.len());
    let after = nearest(&levels, (0..levels.len()).rev());
    let table = Table { tasks: tasks.len(), above: tasks_above, levels, heads, before, after };
    let summed = Summed::of(tasks, totals);
    let own_of = |at: usize| {
        let own = table.meant(at).into_iter().chain(table.nested(at));
        own.filter(|rows| !rows.is_empty()).collect::<Vec<Range<usize>>>()
    };
    let is_by_name = |at: &usize| {
        let Some(named) = named(*at).filter(|named| !named.rows.is_empty()) else { return false };
        let total = totals[*at];
        let figures = sums.fields.iter().filter_map(|field| printed(total, *field)).count();
        let own = own_of(*at);
        !is_nought(total, &sums.fields)
            && own.iter().all(|rows| sums.fitting(total, rows) < figures)
            && of_named(tasks, &own, &named.rows)
                .iter()
                .any(|rows| sums.fitting_in(total, rows) == figures)
    };
    let by_name: BTreeSet<usize> = (0..totals.len()).filter(is_by_name).collect();
    let by: BTreeSet<ColumnId> = by_name.iter().filter_map(|at| Some(named(*at)?.by)).collect();
    let each = (0..totals.len())
        .map(|at| {
            if let Some((first, last)) = totals[at].adds {
                let before = |row: u32| tasks.partition_point(|item| item.row.row < row);
                return Scope::Own(before(first)..before(last + 1));
            }
            let beyond = if table.may_go_beyond(at) { wider(at) } else { Vec::new() };
            let mut beyond: Vec<Scope<'a>> = beyond
                .into_iter()
                .filter(|rows| rows.len() > tasks.len())
                .map(Scope::Wider)
                .collect();
            let mut own = own_of(at);
            let named = named(at);
            let names_none = named.is_some_and(|named| named.rows.is_empty());
            if names_none && is_nought(totals[at], &sums.fields) {
                return Scope::NoRow;
            }
            // Where others are right by their names alone, or those called so in the plan, neither a place nor a formula
            // says anything else.
            if let Some(named) = named
                && named.is_exact
                && (named.is_known || by.contains(&named.by))
            {
                let ones = of_named(tasks, &own, &named.rows).into_iter().rev();
                // Of those that fit alike the first.
                let best = ones.max_by_key(|rows| sums.fitting_in(totals[at], rows));
                if let Some(best) = best {
                    return best;
                }
            }
            match summed.meant(at, &own) {
                Some([only]) => return Scope::Own(only.clone()),
                Some(runs) => {
                    let rows = runs.iter().flat_map(|run| &tasks[run.clone()]);
                    return Scope::Wider(rows.copied().collect());
                }
                // It lacks some of the rows that its place says, not all.
                None => summed.keep_around(at, &mut own),
            }
            // 甲县合计 adds up no rows of others, as far as its figures leave it open: those of its block, or all.
            let mut meant = named.map_or_else(Vec::new, |named| of_named(tasks, &own, &named.rows));
            meant.extend(own.into_iter().map(Scope::Own));
            // 总计 below 合计, on the last of several sheets, adds up the tables of all of them.
            let says_all = table.levels[at] == Level::Grand && at > 0;
            if says_all && !beyond.is_empty() {
                meant.insert(0, beyond.remove(0));
            }
            meant.append(&mut beyond);
            meant.extend(table.over_pages(at, tasks, above).map(Scope::Wider));
            let fitting = |scope: &Scope<'_>| sums.fitting_in(totals[at], scope);
            let is_near = |scope: &Scope<'_>| match scope {
                Scope::Own(rows) => is_near(totals[at], &tasks[rows.clone()], &sums.fields),
                Scope::Wider(rows) => is_near(totals[at], rows, &sums.fields),
                Scope::NoRow => false,
            };
            let fits: Vec<usize> = meant.iter().map(fitting).collect();
            let most = fits.iter().copied().max().unwrap_or(0);
            if let Some(rows) = of_one_unit(tasks, table.above[at], |rows| {
                let fits = sums.fitting(totals[at], rows);
                fits > most && sums.is_clearly(totals[at], fits)
            }) {
                return Scope::Own(rows);
            }
            // Some of its columns may be wrong.
            let of_group = |rows: &Range<usize>| {
                let fits = sums.fitting(totals[at], rows);
                fits > most && sums.is_mostly(totals[at], rows)
            };
            if table.levels[at] == Level::Block
                && let Some(rows) = groups_above(tasks, table.above[at]).find(of_group)
            {
                return Scope::Own(rows);
            }
            let best = meant.into_iter().zip(fits).filter(|(_, fits)| *fits == most);
            let mut best: Vec<Scope<'_>> = best.map(|(scope, _)| scope).collect();
            let near = if best.len() > 1 { best.iter().position(is_near) } else { None };
            if best.is_empty() { Scope::Own(0..0) } else { best.swap_remove(near.unwrap_or(0)) }
        })
        .collect();
    Scopes { each, by_name }
}

/// Returns those of the rows that a total names which lie in each of some runs of rows, and all of them.
fn of_named<'a>(tasks: &[&'a Item<'a>], runs: &[Range<usize>], named: &[usize]) -> Vec<Scope<'a>> {
    let within = |rows: Range<usize>| {
        let from = named.partition_point(|place| *place < rows.start);
        let to = named.partition_point(|place| *place < rows.end);
        let (first, last) = (*named[from..to].first()?, *named[from..to].last()?);
        Some(if last + 1 - first == to - from {
            Scope::Own(first..last + 1)
        } else {
            Scope::Wider(named[from..to].iter().map(|place| tasks[*place]).collect())
        })
    };
    runs.iter().cloned().chain(std::iter::once(0..tasks.len())).filter_map(within).collect()
}

/// Returns the runs of rows right above a place among the tasks that belong together by a column: it names them in
/// their first row, once for all of them.
fn groups_above(tasks: &[&Item<'_>], at: usize) -> impl Iterator<Item = Range<usize>> {
    let above = &tasks[..at];
    let columns = above.last().into_iter().flat_map(|item| item.row.entries.iter_enumerated());
    let is_word = |value: &Value| matches!(value, Value::Text(_) | Value::Choice(_));
    // A name that holds for several rows stands in the last of them, filled down; other columns need no search.
    let columns =
        columns.filter(move |(_, own)| own.as_ref().is_some_and(|own| is_word(&own.value)));
    columns.filter_map(move |(field, _)| {
        let is_named = |item: &&Item<'_>| {
            let own = item.row.entries[field].as_ref();
            own.is_some_and(|own| own.filled_from().is_none() && is_word(&own.value))
        };
        let first = above.iter().rposition(is_named)?;
        (first > 0 && first + 1 < at).then_some(first..at)
    })
}

/// Returns the rows of one unit right below a place among the tasks, or right above it, where they fit.
fn of_one_unit(
    tasks: &[&Item<'_>],
    at: usize,
    fits: impl Fn(&Range<usize>) -> bool,
) -> Option<Range<usize>> {
    let goes_on = |pair: [&&Item<'_>; 2]| pair[0].unit == pair[1].unit;
    let count = |rows: &mut dyn Iterator<Item = [&&Item<'_>; 2]>| {
        rows.take_while(|pair| goes_on(*pair)).count() + 1
    };
    let below = tasks
        .get(at..)
        .filter(|rows| !rows.is_empty())
        .map(|rows| at..at + count(&mut rows.windows(2).map(|pair| [&pair[0], &pair[1]])));
    let above = tasks
        .get(..at)
        .filter(|rows| !rows.is_empty())
        .map(|rows| at - count(&mut rows.windows(2).rev().map(|pair| [&pair[0], &pair[1]]))..at);
    below.into_iter().chain(above).find(fits)
}

/// Returns for each total the last one walked before it that claims no less.
fn nearest(levels: &[Level], walk: impl Iterator<Item = usize>) -> Vec<Option<usize>> {
    let mut found = vec![None; levels.len()];
    let mut open: Vec<usize> = Vec::new();
    for at in walk {
        while open.last().is_some_and(|last| levels[*last] < levels[at]) {
            open.pop();
        }
        found[at] = open.last().copied();
        open.push(at);
    }
    found
}

/// The totals of a table among its tasks.
struct Table {
    /// How many tasks it has.
    tasks: usize,
    /// By total: how many tasks stand above it.
    above: Vec<usize>,
    levels: Vec<Level>,
    /// By total: whether it is known to stand above what it adds up.
    heads: Vec<bool>,
    /// By total: the last one above it that claims no less.
    before: Vec<Option<usize>>,
    /// By total: the first one below it that claims no less.
    after: Vec<Option<usize>>,
}

impl Table {
    fn is_last(&self, at: usize) -> bool {
        at + 1 == self.above.len() && self.above[at] == self.tasks
    }

    fn is_first(&self, at: usize) -> bool {
        at == 0 && self.above[at] == 0
    }

    fn may_go_beyond(&self, at: usize) -> bool {
        self.is_last(at) && self.levels[at] != Level::Block
    }

    /// Returns the sets of rows of several tables of the sheet that a total may add up: the first of a page the rest of
    /// the section that began above, one below all tasks of a part those of the parts above.
    fn over_pages<'a>(
        &self,
        at: usize,
        tasks: &[&'a Item<'a>],
        above: &Above<'a>,
    ) -> impl Iterator<Item = Vec<&'a Item<'a>>> {
        let here = self.above[at];
        let goes_on = at == 0 && here > 0 && !above.carried.is_empty();
        let rest = goes_on.then(|| [above.carried.as_slice(), &tasks[..here]].concat());
        let is_foot = here == self.tasks && self.levels[at] != Level::Block;
        let mut rows = tasks.to_vec();
        let parts = above.tables.iter().filter(move |_| is_foot).map(move |part| {
            rows.splice(0..0, part.iter().copied());
            rows.clone()
        });
        rest.into_iter().chain(parts)
    }

    /// Returns the rows of the blocks that end or begin with a total, where it stands beside another
    /// without a task between them: 小计 of a chapter below that of its last section.
    fn nested(&self, at: usize) -> Vec<Range<usize>> {
        let here = self.above[at];
        let mut meant = Vec::new();
        // 合计 below or above blocks that call themselves 小计 is none of these, unless another total
        // stands over the whole.
        let own = self.levels[at];
        let is_edge = self.is_last(at) || self.is_first(at);
        let is_over_all = at == 0 || !self.is_first(0) || self.levels[0] == own;
        let mut others = self.levels.iter().zip(&self.heads);
        if is_edge && is_over_all && others.any(|(level, heads)| !heads && *level < own) {
            return meant;
        }
        if at > 0 && self.above[at - 1] == here {
            let before = self.above[..at].iter().rev().skip_while(|above| **above == here);
            meant.extend(before.take(MOST_NESTED).map(|from| *from..here));
            meant.push(0..here);
        }
        if self.above.get(at + 1) == Some(&here) {
            let after = self.above[at + 1..].iter().skip_while(|above| **above == here);
            meant.extend(after.take(MOST_NESTED).map(|to| here..*to));
            meant.push(here..self.tasks);
        }
        meant
    }

    /// Returns the rows of the table that a total can be meant to add up; first what its place says.
    fn meant(&self, at: usize) -> Vec<Range<usize>> {
        let here = self.above[at];
        if self.heads[at] {
            // As far as the next line of its kind, or a total of more than a block.
            let mut below = at + 1..self.above.len();
            let next = below.find(|next| self.heads[*next] || self.levels[*next] > Level::Block);
            let below = here..next.map_or(self.tasks, |next| self.above[next]);
            // A chapter goes on over its sections, each of them with a line of its own.
            let further = (at + 1..self.above.len()).filter(|next| self.heads[*next]);
            let further = further.skip(1).take(MOST_NESTED).map(|next| here..self.above[next]);
            let rest = here..self.tasks;
            return std::iter::once(below).chain(further).chain([rest]).collect();
        }
        let whole = 0..self.tasks;
        // As far as the next total, whatever it claims; and as far as the next that claims no less.
        let block_above = at.checked_sub(1).map_or(0, |above| self.above[above])..here;
        let block_below = here..self.above.get(at + 1).copied().unwrap_or(self.tasks);
        let above = self.before[at].map_or(0, |above| self.above[above])..here;
        let below = here..self.after[at].map_or(self.tasks, |below| self.above[below]);
        let is_block = self.levels[at] == Level::Block;
        let at_edge = self.is_first(at) || self.is_last(at);
        if self.above.len() == 1 {
            return match (at_edge, is_block) {
                (true, _) => vec![whole],
                (false, true) => vec![block_above, block_below, whole],
                (false, false) => vec![whole, block_above, block_below],
            };
        }
        if at_edge && !is_block {
            let mut meant = vec![whole];
            // Below further totals that claim as much, it may be that of its own part.
            meant.push(if self.is_first(at) { below } else { above });
            // Only where blocks are labelled as the whole would be, by no 小计 of their own, may the
            // last of them be meant.
            let has_blocks = self.levels.contains(&Level::Block);
            if self.levels[at] != Level::Grand && !has_blocks {
                meant.push(if self.is_first(at) { block_below } else { block_above });
            }
            return meant;
        }
        // Where tasks stand above the first total of all, each block's total stands below it.
        if self.above[0] > 0 {
            let own = if above.is_empty() { below } else { above };
            return vec![own, block_above, block_below];
        }
        // Where the last tasks have no total below them, each stands over its block.
        let is_over = self.above.last().is_some_and(|above| *above < self.tasks);
        if is_over && !below.is_empty() {
            vec![below, block_below, above, block_above]
        } else {
            vec![above, block_above, below, block_below]
        }
    }
}
