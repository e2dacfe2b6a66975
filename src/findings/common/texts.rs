//! What may have been done to all texts of a column alike: the same words added, left out or replaced; and
//! one value that stands in many cells.

use std::collections::BTreeMap;

use super::grid::{Column, Explained, Grid, Held, LEAST, most_common};
use crate::model::Value;
use crate::model::common::SameCause;
use crate::model::partly::{self, Partly};

/// Returns all that fits, the most particular first.
pub fn causes(grid: &Grid, column: &Column) -> Vec<Explained> {
    let mut found = Vec::new();
    if column.kind.is_free() {
        found.extend(added(column));
        found.extend(left_out(column));
        found.extend(added_columns(grid, column));
        found.extend(replaced(column));
        found.extend(cut_off(column));
        found.extend(in_part(column));
        found.push(figures_for_words(column));
    }
    found.extend(same_value(column));
    found.extend(same_words(column));
    found
}

fn text(held: &Held) -> Option<&str> {
    held.value.text().map(str::trim).filter(|text| !text.is_empty())
}

/// Found and planned text of a row, where both are texts.
fn texts(column: &Column, row: usize) -> Option<(&str, &str)> {
    let cell = &column.cells[row];
    Some((text(&cell.found)?, text(&cell.planned)?))
}

fn differing(column: &Column) -> impl Iterator<Item = (&str, &str)> {
    column.differing().filter_map(|(row, _)| texts(column, row))
}

/// Words before and behind a text.
type Around = (String, String);

/// What stands around the shorter text in the longer one, with … for numbers, which may count on.
fn around(longer: &str, shorter: &str) -> Option<Around> {
    if longer == shorter {
        return None;
    }
    let (before, behind) = longer.split_once(shorter)?;
    Some((without_numbers(before), without_numbers(behind)))
}

/// Whether a character is one of a number: a part of one says nothing.
fn is_of_number(c: char) -> bool {
    c.is_numeric() || "〇零一二三四五六七八九十百".contains(c)
}

fn without_numbers(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        match (is_of_number(c), shown.ends_with('…')) {
            (true, true) => {}
            (true, false) => shown.push('…'),
            (false, _) => shown.push(c),
        }
    }
    shown
}

/// Returns words as they are written where all rows have them so, numbers and all.
fn as_written(rows: &[usize], around: &Around, of: impl Fn(usize) -> Option<Around>) -> Around {
    let mut all = rows.iter().map(|row| of(*row));
    let Some(Some(first)) = all.next() else { return around.clone() };
    if all.all(|other| other.as_ref() == Some(&first)) { first } else { around.clone() }
}

/// Keeps the rows whose numbers are those of most, unless they count on from row to row: one that stands alone
/// among the same everywhere else is another mistake.
fn in_one_way(rows: &mut Vec<usize>, of: impl Fn(usize) -> Option<Around>) {
    let written: Vec<Option<Around>> = rows.iter().map(|row| of(*row)).collect();
    let Some((most, count)) = most_common(written.iter().flatten()) else { return };
    if count * 2 > rows.len() {
        let most = most.clone();
        rows.retain(|row| of(*row).as_ref() == Some(&most));
    }
}

fn split(longer: &str, shorter: &str) -> Option<Around> {
    let (before, behind) = longer.split_once(shorter)?;
    Some((before.to_owned(), behind.to_owned()))
}

fn added(column: &Column) -> Option<Explained> {
    let all = differing(column).filter_map(|(found, planned)| around(found, planned));
    let (most, _) = most_common(all)?;
    let fits = |row: usize| {
        let (found, planned) = texts(column, row)?;
        Some(around(found, planned).as_ref() == Some(&most))
    };
    let cause = SameCause::Added { before: String::new(), behind: String::new() };
    let mut explained = Explained::by(cause, column, fits);
    let written = |row: usize| texts(column, row).and_then(|(found, plan)| split(found, plan));
    in_one_way(&mut explained.rows, written);
    let (before, behind) = as_written(&explained.rows, &most, written);
    explained.cause = SameCause::Added { before, behind };
    Some(explained)
}

fn left_out(column: &Column) -> Option<Explained> {
    let all = differing(column).filter_map(|(found, planned)| around(planned, found));
    let (most, _) = most_common(all)?;
    // Only from a text that has the words can they be left out.
    let has = |planned: &str| {
        let plain = without_numbers(planned);
        plain.starts_with(&most.0) && plain.ends_with(&most.1)
    };
    let fits = |row: usize| {
        let (found, planned) = texts(column, row)?;
        has(planned).then(|| around(planned, found).as_ref() == Some(&most))
    };
    let cause = SameCause::LeftOut { before: String::new(), behind: String::new() };
    let mut explained = Explained::by(cause, column, fits);
    let written = |row: usize| texts(column, row).and_then(|(found, plan)| split(plan, found));
    in_one_way(&mut explained.rows, written);
    let (before, behind) = as_written(&explained.rows, &most, written);
    explained.cause = SameCause::LeftOut { before, behind };
    Some(explained)
}

/// The words of another column of the row before or behind each text.
fn added_columns(grid: &Grid, column: &Column) -> Vec<Explained> {
    let others = grid.columns.iter().filter(|other| other.field != column.field);
    let ways = others.flat_map(|other| [(other, false), (other, true)]);
    let all = ways.map(|(other, behind)| {
        let fits = |row: usize| {
            let (found, planned) = texts(column, row)?;
            let cell = &other.cells[row];
            let own = [&cell.found, &cell.planned].into_iter().find_map(|held| {
                text(held).or(Some(held.typed.as_str()).filter(|typed| !typed.is_empty()))
            })?;
            let rest =
                if behind { found.strip_prefix(planned) } else { found.strip_suffix(planned) };
            Some(rest == Some(own))
        };
        let field = other.name.clone();
        Explained::by(SameCause::AddedColumn { field, behind }, column, fits)
    });
    all.filter(|explained| !explained.rows.is_empty()).collect()
}

/// The words in which two texts differ, without what is the same before and behind. Numbers are exchanged as a
/// whole: 2021 for 2020, and not 1 for 0, which other numbers may have as well.
fn exchanged(found: &str, planned: &str) -> Option<(String, String)> {
    let (found, planned): (Vec<char>, Vec<char>) =
        (found.chars().collect(), planned.chars().collect());
    let same = found.iter().zip(&planned).take_while(|(one, other)| one == other).count();
    let is_of_one = |c: char| is_of_number(c) || c == '.';
    let is_cut = |text: &[char], at: usize| {
        at > 0 && at < text.len() && is_of_one(text[at - 1]) && is_of_one(text[at])
    };
    let is_whole = |at: &usize| !is_cut(&found, *at) && !is_cut(&planned, *at);
    let same = (0..=same).rev().find(is_whole).unwrap_or(0);
    let (found, planned) = (&found[same..], &planned[same..]);
    let behind = found.iter().rev().zip(planned.iter().rev());
    let behind = behind.take_while(|(one, other)| one == other).count();
    let ends_whole = |behind: &usize| {
        !is_cut(found, found.len() - behind) && !is_cut(planned, planned.len() - behind)
    };
    let behind = (0..=behind).rev().find(ends_whole).unwrap_or(0);
    let middle = |text: &[char]| text[..text.len() - behind].iter().collect::<String>();
    let (found, planned) = (middle(found), middle(planned));
    (!found.is_empty() && !planned.is_empty()).then_some((planned, found))
}

fn replaced(column: &Column) -> Option<Explained> {
    let all = differing(column).filter_map(|(found, planned)| exchanged(found, planned));
    let ((from, to), count) = most_common(all)?;
    // Where it is the whole text, it is one word for another.
    let is_whole = || differing(column).any(|(found, planned)| found == to && planned == from);
    if count < LEAST || is_whole() {
        return None;
    }
    let fits = |row: usize| {
        let (found, planned) = texts(column, row)?;
        let once = || exchanged(found, planned) == Some((from.clone(), to.clone()));
        // A word that begins or ends with a figure is none where it is a part of a longer number.
        let everywhere = || found == planned.replace(&from, &to) && !from.chars().any(is_of_number);
        planned.contains(&from).then(|| everywhere() || once())
    };
    let explained = Explained::by(
        SameCause::Replaced { planned: from.clone(), found: to.clone() },
        column,
        fits,
    );
    Some(explained)
}

/// Numbers that are hidden in part, or lost their last digits.
fn in_part(column: &Column) -> [Explained; 2] {
    let ways =
        [(SameCause::PartlyHidden, Partly::Hidden), (SameCause::DigitsLost, Partly::DigitsLost)];
    ways.map(|(cause, way)| {
        let fits = |row: usize| {
            let (found, planned) = texts(column, row)?;
            partly::may_be(found).then(|| partly::of(found, planned) == Some(way))
        };
        Explained::by(cause, column, fits)
    })
}

/// All texts end after the same number of characters.
fn cut_off(column: &Column) -> Option<Explained> {
    let cut = |found: &str, planned: &str| {
        (found.len() < planned.len() && planned.starts_with(found)).then(|| found.chars().count())
    };
    let all = differing(column).filter_map(|(found, planned)| cut(found, planned));
    let (characters, _) = most_common(all)?;
    let fits = |row: usize| {
        let (found, planned) = texts(column, row)?;
        let is_longer = planned.chars().count() > characters;
        is_longer.then(|| cut(found, planned) == Some(characters))
    };
    Some(Explained::by(SameCause::CutOff { characters }, column, fits))
}

/// Nothing but figures where the plan has words.
fn figures_for_words(column: &Column) -> Explained {
    let is_figure = |text: &str| {
        let mut characters = text.chars();
        characters.any(|c| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || "+-.,%/: ".contains(c))
    };
    Explained::by(SameCause::FiguresForWords, column, |row| {
        let (found, planned) = texts(column, row)?;
        (!is_figure(planned)).then(|| is_figure(found))
    })
}

/// What a cell says; none where it says nothing or cannot be read.
fn said(held: &Held) -> Option<&str> {
    match held.value {
        Value::Unreadable(_) | Value::Covered | Value::Blank | Value::NotApplicable => None,
        _ => Some(if held.words.is_empty() { held.typed.as_str() } else { held.words.as_str() }),
    }
}

/// One and the same stands in nearly all cells, also in those where the plan has it.
fn same_value(column: &Column) -> Option<Explained> {
    let all = column.differing().filter_map(|(_, cell)| said(&cell.found));
    let (most, _) = most_common(all)?;
    let first = column.differing().find(|(_, cell)| said(&cell.found) == Some(most))?.1;
    let found = first.found.value.clone();
    let mut explained = Explained::by(SameCause::SameValue { found }, column, |row| {
        Some(said(&column.cells[row].found) == Some(most))
    });
    // Where the plan has it, nothing differs.
    explained.of -= column
        .cells
        .iter()
        .filter(|cell| cell.said.is_none() && said(&cell.found) == Some(most))
        .count();
    Some(explained)
}

/// Each value of the plan in whose place the sheet has another one throughout.
fn same_words(column: &Column) -> Vec<Explained> {
    let pairs = column.differing().filter_map(|(row, cell)| {
        let planned = said(&cell.planned).filter(|_| !cell.planned.words.is_empty())?;
        Some((planned.to_owned(), said(&cell.found)?.to_owned(), row))
    });
    let mut by_pair: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (planned, found, row) in pairs {
        by_pair.entry((planned, found)).or_default().push(row);
    }
    let mut planned: BTreeMap<&str, usize> = BTreeMap::new();
    for word in column.cells.iter().filter_map(|cell| said(&cell.planned)) {
        *planned.entry(word).or_default() += 1;
    }
    let of_pair = |((word, _), rows): ((String, String), Vec<usize>)| {
        let first = &column.cells[rows[0]];
        let cause = SameCause::SameWord {
            planned: first.planned.value.clone(),
            found: first.found.value.clone(),
        };
        Explained { cause, rows, of: planned.get(word.as_str()).copied().unwrap_or_default() }
    };
    by_pair.into_iter().filter(|(_, rows)| rows.len() >= LEAST).map(of_pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_text_is_told_without_its_numbers() {
        let pair = |before: &str, behind: &str| Some((before.to_owned(), behind.to_owned()));
        assert_eq!(around("2021年修路", "修路"), pair("…年", ""));
        assert_eq!(around("修路（12标段）", "修路"), pair("", "（…标段）"));
        assert_eq!(around("修路", "修路"), None);
        assert_eq!(around("修桥", "修路"), None);
    }

    #[test]
    fn only_the_words_that_differ_are_exchanged() {
        let pair = |one: &str, other: &str| Some((one.to_owned(), other.to_owned()));
        assert_eq!(exchanged("甲社区道路", "甲村道路"), pair("村", "社区"));
        assert_eq!(exchanged("甲村村道路", "甲村道路"), None);
        assert_eq!(exchanged("路2公里2021年", "路2公里2020年"), pair("2020", "2021"));
        assert_eq!(exchanged("路21公里2020年", "路20公里2020年"), pair("20", "21"));
        assert_eq!(exchanged("路120米", "路220米"), pair("220", "120"));
        assert_eq!(exchanged("路100米", "路10米"), pair("10", "100"));
        assert_eq!(exchanged("修路", "修路"), None);
        assert_eq!(exchanged("20公里，2021年", "20公里，2020年"), pair("2020", "2021"));
        assert_eq!(exchanged("21公里，2020年", "20公里，2020年"), pair("20", "21"));
        assert_eq!(exchanged("2120年", "2020年"), pair("2020", "2120"));
    }
}
