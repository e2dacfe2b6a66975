//! Rows of words alone, and totals that name themselves in words: what they are, held against the rest of the
//! table.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Body;
use crate::model::{CellAt, ColumnId};
use crate::normalise::classes::added;
use crate::normalise::classes::looks::{Look, Mark, Meant, Named, Task};
use crate::normalise::classes::names::{self, LineKind, Sure};
use crate::normalise::classes::row::{TakenFor, Unsure};
use crate::normalise::classes::worded;
use crate::normalise::layout::words::{is_figure, starts_with_note_word};
use crate::normalise::typed::typed_text;
use crate::read::{Cell, Content, Row};

/// A row that names itself a total in a word of its own and something beside it.
pub(super) struct Called {
    /// Its place among the rows.
    pub at: usize,
    column: u32,
    /// What it names beside the word.
    beside: String,
    proof: Proof,
}

/// What shows that a row which names itself a total is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// It holds nothing but figures beside its name.
    AnySign,
    /// It holds words as tasks do: its figures must leave no doubt.
    Figures,
    /// It bears a number as tasks do: what stands beside the word must be what other rows bear, and most of such
    /// rows must add up rows.
    Numbered,
}

impl Body<'_> {
    /// Returns the rows that may be something else than what they are taken for.
    pub(in crate::normalise::classes) fn unsure(&self) -> &[Unsure] {
        &self.unsure
    }

    /// Notes which rows name others or end the table, though they stand where tasks do: words alone,
    /// where other rows have figures.
    pub(super) fn name_lines(&mut self, looks: &[Look], parts: &[Cow<'_, Row>]) {
        if !looks.iter().any(is_bare) {
            return;
        }
        let rows = looks.iter().zip(parts);
        let lines: Vec<names::Line<'_>> = rows.map(|(look, row)| self.line(look, row)).collect();
        let mut found = names::remarks(&lines, |text| {
            starts_with_note_word(text, self.pipeline) || self.pipeline.words.begins_footer(text)
        });
        found.extend(names::groups(&lines));
        let may_be_named = self.may_be_named(looks, &lines, &found);
        // Below a total and a blank row, right above further tasks, stands the name of their group.
        for at in 1..looks.len().saturating_sub(1) {
            let [before, look, next] = [at - 1, at, at + 1].map(|place| &looks[place]);
            let is_name = is_bare(look)
                && self.labels.contains_key(&before.row)
                && before.row + 1 < look.row
                && look.row + 1 == next.row
                && next.has_amounts;
            if is_name && may_be_named {
                found.insert(look.row, Sure::Plainly);
            }
        }
        if may_be_named && looks.first().is_some_and(is_bare) {
            // Below groups stands no task that none of them has.
            let below = lines.iter().rev().take_while(|line| !line.has_figures());
            for line in below.filter(|line| line.kind == LineKind::Bare) {
                found.entry(line.row).or_insert(Sure::Perhaps);
            }
        }
        for (row, sure) in found {
            let place = parts.partition_point(|part| part.index < row);
            let Some(cell) = parts[place].cells.first() else { continue };
            // The pipeline file may say what it is.
            let above = place.checked_sub(1).map(|above| parts[above].index);
            if self.is_corrected(&parts[place])
                || above.is_some_and(|above| self.may_go_on(&parts[place], above))
            {
                continue;
            }
            match sure {
                Sure::Plainly => {}
                Sure::Perhaps if may_be_named => self.unsure.push(Unsure {
                    at: CellAt::new(row, cell.column),
                    text: typed_text(&cell.content).into_owned(),
                    taken_for: TakenFor::Name,
                }),
                Sure::Perhaps => continue,
            }
            self.meant.insert(row, Meant::Line);
        }
    }

    fn line(&self, look: &Look, row: &Row) -> names::Line<'_> {
        let keys = self.pipeline.roles.key.iter();
        let mut texts = keys.filter_map(|field| self.own(row, *field)).filter_map(text_of);
        let holds_figure = |cell: &Cell| {
            let field = self.field_at(cell.column);
            is_figure(&cell.content) && !field.is_some_and(|field| self.is_label_column(field))
        };
        let kind = match row.cells.as_slice() {
            [_] if is_bare(look) => LineKind::Bare,
            // 1 | Without those that …
            [mark, rest] if is_mark_of_note(mark) && text_of(&rest.content).is_some() => {
                LineKind::Footnote
            }
            cells if !cells.iter().any(holds_figure) => LineKind::Other,
            _ if self.label(row).is_some() => LineKind::Total,
            _ => LineKind::Figures,
        };
        let is_marked = look.number != Mark::Blank || look.owner != Named::Blank;
        names::Line { row: look.row, text: texts.next(), is_marked, kind }
    }

    /// Returns whether words alone may name rows by where they stand. They may be tasks of which nothing is said
    /// yet, unless all other rows have figures in several columns and neither number nor owner.
    fn may_be_named(
        &self,
        looks: &[Look],
        lines: &[names::Line<'_>],
        found: &BTreeMap<u32, Sure>,
    ) -> bool {
        const LEAST_COLUMNS: usize = 2;
        let columns = self.pipeline.totalled_columns();
        let columns = columns.filter(|field| self.columns[*field].is_some()).count();
        let named = looks.iter().filter(|look| look.task != Task::Blank);
        let (bare, others): (Vec<&Look>, Vec<&Look>) = named.partition(|look| is_bare(look));
        let with_figures = others.iter().filter(|look| look.has_amounts).count();
        let last = lines.iter().rfind(|line| line.has_figures()).map_or(0, |line| line.row);
        let above = bare
            .iter()
            .filter(|look| look.row < last && found.get(&look.row) != Some(&Sure::Plainly));
        columns >= LEAST_COLUMNS
            && others.iter().all(|look| look.number == Mark::Blank && look.owner == Named::Blank)
            && with_figures * 10 >= others.len() * 9
            && above.count() * 2 <= with_figures
    }

    /// Returns the cell in which a row names itself a total in a word of its own and something beside it.
    pub(super) fn called(&self, at: usize, row: &Row) -> Option<Called> {
        const LONGEST: usize = 40;
        let roles = &self.pipeline.roles;
        let words = &self.pipeline.words.summaries;
        let has_key = || roles.key.iter().any(|key| self.own(row, *key).is_some());
        let (column, beside) = row.cells.iter().find_map(|cell| {
            // Few texts have such a word, and most are done with.
            let Content::Text(text) = &cell.content else { return None };
            let field = self.field_at(cell.column);
            let beside =
                worded::beside_word(text, words).or_else(|| self.behind_name(text, field))?;
            let says_what = field.map_or_else(|| !has_key(), |field| self.is_label_column(field));
            (says_what && text.chars().count() <= LONGEST).then_some((cell.column, beside))
        })?;
        let is_beside = |cell: &Cell| {
            let field = self.field_at(cell.column);
            cell.column == column
                || is_figure(&cell.content)
                || field.is_some_and(|field| self.is_label_column(field))
        };
        let number = roles.number.and_then(|field| self.own(row, field));
        let is_numbered = number.is_some_and(is_figure);
        let has_figure =
            row.cells.iter().any(|cell| cell.column != column && is_figure(&cell.content));
        let proof = if is_numbered {
            Proof::Numbered
        } else if row.cells.iter().all(is_beside) {
            Proof::AnySign
        } else {
            Proof::Figures
        };
        has_figure.then_some(Called { at, column, beside, proof })
    }

    /// Returns what stands before a word for a total where tasks are named, in a language without spaces: 甲县
    /// of 甲县合计.
    fn behind_name(&self, text: &str, field: Option<ColumnId>) -> Option<String> {
        let is_key = field.is_some_and(|field| self.pipeline.roles.key.contains(&field));
        if !is_key || !self.pipeline.words.label(text).sounds_like_total {
            return None;
        }
        let totals = &self.pipeline.words.totals;
        let name = worded::folded(text);
        let name = totals.iter().find_map(|word| name.strip_suffix(word.as_str()));
        name.map(|name| name.trim().to_owned())
    }

    /// Notes which rows that name themselves totals in a word and something beside it are ones: they name
    /// nothing else, their figures add up rows, they lack the owner or the number that all tasks have, or what
    /// they name is what other rows bear.
    pub(super) fn totals_in_words(
        &mut self,
        called: Vec<Called>,
        looks: &[Look],
        parts: &[Cow<'_, Row>],
    ) {
        let (plain, called): (Vec<Called>, Vec<Called>) = called
            .into_iter()
            .partition(|own| own.beside.is_empty() && own.proof == Proof::AnySign);
        for own in &plain {
            self.take_for_total(own, &parts[own.at]);
        }
        if called.is_empty() {
            return;
        }
        let (numbered, mut called): (Vec<Called>, Vec<Called>) =
            called.into_iter().partition(|own| own.proof == Proof::Numbered);
        let is_other: Vec<bool> =
            (0..looks.len()).map(|at| numbered.iter().all(|own| own.at != at)).collect();
        let borne = self.names_borne(looks, parts, &is_other);
        called.extend(
            numbered.into_iter().filter(|own| own.beside.is_empty() || borne.contains(&own.beside)),
        );
        let mut lines = self.lines(looks, parts, |look| self.is_open(look));
        for own in &called {
            lines[own.at].is_open = own.proof == Proof::Figures;
            lines[own.at].is_called = own.proof != Proof::Figures;
        }
        let sums: BTreeSet<u32> = added::added(&lines).into_iter().map(|sum| sum.row).collect();
        let is_leaf: Vec<bool> = lines
            .iter()
            .zip(looks)
            .map(|(line, look)| look.has_amounts && !line.is_called && !sums.contains(&line.row))
            .collect();
        let leaves = || looks.iter().zip(&is_leaf).filter(|(_, is_leaf)| **is_leaf);
        let nearly_all = |is: &dyn Fn(&Look) -> bool| {
            let such = leaves().filter(|(look, _)| is(look)).count();
            such > 0 && such * 10 >= leaves().count() * 9
        };
        let is_owned = nearly_all(&|look| look.owner != Named::Blank);
        let is_numbered = nearly_all(&|look| look.number != Mark::Blank);
        let borne = self.names_borne(looks, parts, &is_leaf);
        let adds_up = |own: &Called| {
            sums.contains(&looks[own.at].row) || worded::adds_up(&lines, own.at, &is_leaf)
        };
        let numbered = || called.iter().filter(|own| own.proof == Proof::Numbered);
        let right = numbered().filter(|own| adds_up(own)).count();
        // One of several may be wrong.
        let are_sums = right > 0 && right * 2 >= numbered().count();
        for own in called {
            let look = &looks[own.at];
            let lacks =
                is_owned && look.owner == Named::Blank || is_numbered && look.number == Mark::Blank;
            let row = &parts[own.at];
            // However few of the rows that its formula adds up are filled in.
            let adds_rows = || {
                let mut sums = self.sheet.sums_of(row.index).iter();
                sums.any(|sum| sum.rows().iter().any(|(first, last)| last > first))
            };
            let says = || {
                lacks
                    || borne.contains(&own.beside)
                    || worded::adds_up(&lines, own.at, &is_leaf)
                    || adds_rows()
            };
            let is_total = match own.proof {
                Proof::Numbered => are_sums,
                Proof::AnySign => sums.contains(&look.row) || says(),
                Proof::Figures => sums.contains(&look.row),
            };
            if is_total {
                self.take_for_total(&own, row);
            } else if own.proof != Proof::Figures && !self.is_corrected(row) {
                self.unsure.push(Unsure {
                    at: CellAt::new(look.row, own.column),
                    text: label(&own, row),
                    taken_for: TakenFor::Task,
                });
            }
        }
    }

    fn take_for_total(&mut self, own: &Called, row: &Row) {
        self.labels.insert(row.index, label(own, row));
    }

    /// Returns the names that rows bear which are no totals, as a total would name them.
    fn names_borne(
        &self,
        looks: &[Look],
        parts: &[Cow<'_, Row>],
        is_leaf: &[bool],
    ) -> BTreeSet<String> {
        let roles = &self.pipeline.roles;
        let fields: Vec<ColumnId> = roles.key.iter().copied().chain(roles.owner).collect();
        let rows = looks.iter().zip(parts).zip(is_leaf);
        let rows = rows.filter(|((look, _), leaf)| **leaf || !look.has_amounts);
        let named = rows.flat_map(|((_, row), _)| {
            fields.iter().filter_map(|field| self.own(row, *field)).filter_map(text_of)
        });
        named.map(worded::folded).filter(|name| !name.is_empty()).collect()
    }
}

/// Whether a row holds nothing but words, where tasks are named.
fn is_bare(look: &Look) -> bool {
    look.task == Task::Words
        && look.number == Mark::Blank
        && look.owner == Named::Blank
        && !look.has_amounts
        && !look.has_more
}

/// Whether a cell is the mark of a footnote: 1, 2), *.
fn is_mark_of_note(cell: &Cell) -> bool {
    const LONGEST: usize = 2;
    let text = typed_text(&cell.content);
    text.chars().count() <= LONGEST && !text.chars().all(char::is_alphabetic)
}

fn text_of(content: &Content) -> Option<&str> {
    match content {
        Content::Text(text) if !is_figure(content) => Some(text),
        _ => None,
    }
}

fn label(own: &Called, row: &Row) -> String {
    let own = row.cell(own.column).map(|cell| typed_text(&cell.content));
    own.unwrap_or_default().into_owned()
}
