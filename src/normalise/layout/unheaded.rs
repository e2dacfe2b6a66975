//! Tables that begin with their first task: no row says what their columns are, and the pipeline file does.
//! Where such a list begins is found by its shape, and what may be a heading after all is taken for none.

use std::collections::{BTreeMap, BTreeSet};

use super::by_shape;
use super::levels::is_column_numbers;
use super::table::{Layout, SheetColumn};
use crate::model::{CellAt, ColumnId, fold};
use crate::normalise::typed::typed_text;
use crate::pipeline::heading::{self, Heading};
use crate::pipeline::{Lexicon, Pipeline};
use crate::read::{Cell, Content, Row, Sheet};

use super::periods::{figures_in, is_figure};

/// A list without a heading: the place of its first row in the sheet's list of rows, and the columns that
/// its rows fill in, from the left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare {
    pub first: usize,
    pub columns: Vec<u32>,
}

/// Returns the table that a sheet holds under headings which the pipeline file gives, where nothing on the
/// sheet looks like a heading of its own.
pub fn given(sheet: &Sheet, headings: &[String], pipeline: &Pipeline) -> Option<Layout> {
    if headings.is_empty() {
        return None;
    }
    let bare = going_on(sheet)?;
    let row = sheet.rows[bare.first].index;
    let known = |text: &String| {
        let named = heading::read(text);
        let field = pipeline.headings.column(&named.key);
        (named, field)
    };
    let named: Vec<(Heading, Option<ColumnId>)> = headings.iter().map(known).collect();
    let lacking = lacking(sheet, &bare, &named, pipeline);
    let places = named.into_iter().zip(headings).skip(lacking).zip(bare.columns[0]..);
    let columns = places.filter_map(|(((named, field), text), column)| {
        let field = field?;
        // Who sends a list need not fill all of it in: a column that nobody uses is none.
        let is_used = sheet.rows[bare.first..].iter().any(|row| row.cell(column).is_some());
        is_used.then(|| SheetColumn {
            column,
            heading: text.clone(),
            cell: CellAt::new(row, column),
            field: Some(field),
            unit: named.unit,
            by_meaning: false,
        })
    });
    Some(Layout {
        heading_rows: Vec::new(),
        first_row: Some(row),
        columns: columns.collect(),
        ambiguous: Vec::new(),
        within: None,
        money_line: None,
        unit: None,
        part: None,
        said: Vec::new(),
    })
}

/// Returns how many of the first columns a list lacks, as one does that leaves the numbers out: by what its
/// columns hold, and only where that fits in each and would not otherwise.
fn lacking(
    sheet: &Sheet,
    bare: &Bare,
    named: &[(Heading, Option<ColumnId>)],
    pipeline: &Pipeline,
) -> usize {
    let figures = figures_of(&sheet.rows[bare.first..], &bare.columns);
    let misfits = |lacking: usize| {
        let places = named.iter().skip(lacking).zip(bare.columns[0]..);
        let fits = |((_, field), column): (&(Heading, Option<ColumnId>), u32)| {
            field.is_none_or(|field| {
                let is_text = pipeline.columns[field].kind.is_text();
                !bare.columns.contains(&column) || is_text != figures.contains(&column)
            })
        };
        places.filter(|place| !fits(*place)).count()
    };
    // A list with a column for each heading leaves none out, whatever stands in them.
    if bare.columns.len() >= named.len() {
        return 0;
    }
    let others = 1..named.len().saturating_sub(1);
    if misfits(0) == 0 { 0 } else { others.into_iter().find(|n| misfits(*n) == 0).unwrap_or(0) }
}

/// Returns where a list begins that has no heading; none where there is no list, or where words stand above
/// its figures as headings do.
pub fn bare(sheet: &Sheet) -> Option<Bare> {
    const LEAST_ROWS: usize = 3;
    const LEAST_COLUMNS: usize = 2;
    let found = list(sheet, Lexicon::standard())?;
    let is_list = sheet.rows.len() - found.first >= LEAST_ROWS
        && found.columns.len() >= LEAST_COLUMNS
        && is_sure(sheet, &found);
    is_list.then_some(found)
}

/// Returns where a list begins that goes on with another sheet's, which has the heading: none where words
/// stand above its figures.
pub fn going_on(sheet: &Sheet) -> Option<Bare> {
    list(sheet, Lexicon::standard()).filter(|found| !looks_headed(sheet, found))
}

/// Returns where the rows of a sheet begin that fill in the same columns.
fn list(sheet: &Sheet, words: &Lexicon) -> Option<Bare> {
    let rows = || sheet.rows.iter().filter(|row| is_wide(row, words));
    let count = rows().count();
    let mut filled: BTreeMap<u32, usize> = BTreeMap::new();
    for cell in rows().flat_map(|row| &row.cells) {
        *filled.entry(cell.column).or_default() += 1;
    }
    let often: Vec<u32> = filled
        .iter()
        .filter(|(_, times)| **times * 2 >= count)
        .map(|(column, _)| *column)
        .collect();
    let (first, last) = (*often.first()?, *often.last()?);
    let is_row = |row: &Row| {
        let own = row.cells.iter().filter(|cell| often.contains(&cell.column)).count();
        is_wide(row, words) && own * 2 >= often.len() && !is_column_numbers(row)
    };
    let begin = sheet.rows.iter().position(is_row)?;
    // A column between that few rows fill in has its place as well.
    let columns = (first..=last).filter(|column| filled.contains_key(column));
    Some(Bare { first: begin, columns: columns.collect() })
}

/// Whether a row holds several cells and is none of those that say something beside a table.
pub fn is_wide(row: &Row, words: &Lexicon) -> bool {
    let is_labelled = row.cells.first().is_some_and(|cell| {
        matches!(&cell.content, Content::Text(text) if text.trim_end().ends_with([':', '：']))
    });
    row.cells.len() > 1 && !is_labelled && !by_shape::is_beside(row, words)
}

/// Whether the first row is one like those below it: figures stand where they have figures, and words where
/// they have words; or what it says in a column comes again in a row with figures.
fn is_sure(sheet: &Sheet, bare: &Bare) -> bool {
    let [first, below @ ..] = &sheet.rows[bare.first..] else { return false };
    let figures = figures_of(below, &bare.columns);
    let has = |column: &u32| first.cell(*column).map(|cell| is_figure(&cell.content));
    let is_like =
        bare.columns.iter().all(|column| {
            has(column).is_none_or(|is_figure| is_figure == figures.contains(column))
        }) && figures.iter().any(|column| has(column).is_some());
    is_like || comes_again(first, below)
}

/// Whether the first row says nothing but words where the rows below have figures, as a heading does that
/// nobody declared.
fn looks_headed(sheet: &Sheet, bare: &Bare) -> bool {
    let [first, below @ ..] = &sheet.rows[bare.first..] else { return false };
    let figures = figures_of(below, &bare.columns);
    let is_word = |column: &u32| first.cell(*column).is_none_or(|cell| !is_figure(&cell.content));
    !figures.is_empty() && figures.iter().all(is_word) && !comes_again(first, below)
}

/// The columns in which four cells of five are figures.
fn figures_of(below: &[Row], columns: &[u32]) -> Vec<u32> {
    let is_of_figures = |column: &u32| {
        let (figures, all) = figures_in(below, *column);
        figures > 0 && figures * 5 >= all * 4
    };
    columns.iter().copied().filter(is_of_figures).collect()
}

/// Whether words of a row stand again in the same column of a row with figures that is no further heading:
/// a heading does not name a task. Where no row has figures, in the row right below or in several.
fn comes_again(first: &Row, below: &[Row]) -> bool {
    let key = |content: &Content| match content {
        Content::Text(text) if !is_figure(content) => Some(fold::key(text)),
        _ => None,
    };
    let own: BTreeMap<u32, String> =
        first.cells.iter().filter_map(|cell| Some((cell.column, key(&cell.content)?))).collect();
    let has_figure = |row: &&Row| row.cells.iter().any(|cell| is_figure(&cell.content));
    let is_again = |row: &&Row| {
        let same = row.cells.iter().filter(|cell| {
            own.get(&cell.column).is_some_and(|own| {
                own.chars().any(char::is_alphabetic) && key(&cell.content).as_ref() == Some(own)
            })
        });
        let same = same.count();
        same > 0 && same * 2 <= own.len().max(2)
    };
    if below.iter().any(|row| has_figure(&row)) {
        return below.iter().any(|row| has_figure(&row) && is_again(&row));
    }
    below.first().is_some_and(|next| is_again(&next)) || below.iter().filter(is_again).count() > 1
}

/// Returns whether what was taken for the heading of a table is its first task: words of it stand again in their
/// column among the tasks, and it has no words over several columns of figures.
pub fn is_task(sheet: &Sheet, heading: u32) -> bool {
    let Ok(at) = sheet.rows.binary_search_by_key(&heading, |row| row.index) else { return false };
    let (row, below) = (&sheet.rows[at], &sheet.rows[at + 1..]);
    let columns: Vec<u32> = row.cells.iter().map(|cell| cell.column).collect();
    let totals: BTreeSet<String> = Lexicon::default().totals.into_iter().collect();
    let says_total = |cell: &Cell| totals.contains(&heading::read(&typed_text(&cell.content)).key);
    let over_figures = figures_of(below, &columns).len();
    over_figures < 2 && !row.cells.iter().any(says_total) && comes_again(row, below)
}
