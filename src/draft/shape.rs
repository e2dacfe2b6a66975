//! Finds tables by their shape alone: short words above rows that hold figures.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::model::{CellAt, fold};
use crate::normalise::layout::by_shape::{self, Headed};
use crate::normalise::layout::words::{are_values, repeats};
use crate::normalise::typed::typed_text;
use crate::pipeline::Lexicon;
use crate::pipeline::heading;
use crate::read::{Content, Row, Sheet};

pub use crate::normalise::layout::by_shape::ShapeColumn;
pub use crate::normalise::layout::periods::is_figure;

/// A table of a sheet that nobody has described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Zero-based; none where it begins with its first task.
    pub heading_rows: Vec<u32>,
    pub columns: Vec<ShapeColumn>,
    /// Rows that look like those of a task, zero-based.
    pub body: Vec<u32>,
    /// The first and the last column of another list beside it, which is left out.
    pub left_out: Option<(u32, u32)>,
}

impl Shape {
    /// Returns the row in which it begins.
    pub fn start(&self) -> u32 {
        self.heading_rows.first().or(self.body.first()).copied().unwrap_or(0)
    }

    /// Returns the titles of its columns from the first on, blank where a column between has none.
    pub fn titles(&self) -> Vec<String> {
        let at = |column: u32| self.columns.iter().find(|own| own.column == column);
        let ends = self.columns.first().zip(self.columns.last());
        let all = ends.map(|(first, last)| first.column..=last.column);
        let title = |column| at(column).map_or_else(String::new, |own| own.title.clone());
        all.into_iter().flatten().map(title).collect()
    }

    /// Returns the first row that is below its heading.
    pub fn body_start(&self) -> u32 {
        self.heading_rows.last().map(|last| last + 1).or(self.body.first().copied()).unwrap_or(0)
    }
}

/// Returns the tables of a sheet, from the top, and from the left where several stand side by side.
pub fn tables(sheet: &Sheet) -> Vec<Shape> {
    let headed = by_shape::headings(sheet);
    if headed.is_empty() {
        return left_of_notes(sheet).unwrap_or_default();
    }
    shapes(sheet, &headed)
}

/// Returns the tables of what stands to the left of the first column that is blank in all rows, where nothing is found
/// while what stands beside it is looked at as well: 合计 | 73.1 beside the heading is nobody's column.
fn left_of_notes(sheet: &Sheet) -> Option<Vec<Shape>> {
    const LEAST_COLUMNS: u32 = 3;
    const MOST_BESIDE: u32 = 6;
    let used: BTreeSet<u32> =
        sheet.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.column).collect();
    let (first, last) = (*used.first()?, *used.last()?);
    let blank = (first..last).find(|column| !used.contains(column))?;
    if blank < first + LEAST_COLUMNS || last > blank + MOST_BESIDE {
        return None;
    }
    let mut left = sheet.clone();
    for row in &mut left.rows {
        row.cells.retain(|cell| cell.column < blank);
    }
    left.rows.retain(|row| !row.cells.is_empty());
    let mut found = shapes(&left, &by_shape::headings(&left));
    for shape in &mut found {
        shape.left_out = Some((blank + 1, last));
    }
    (!found.is_empty()).then_some(found)
}

/// Returns the table of a sheet on which no figures stand.
pub fn table_of_words(sheet: &Sheet) -> Vec<Shape> {
    by_shape::heading_of_words(sheet).map_or_else(Vec::new, |headed| shapes(sheet, &[headed]))
}

/// Returns the table of a sheet that has the headings of one of the others, whatever stands below them: nobody has
/// filled in its figures yet, or a row or two are all it has.
pub fn table_headed_as(sheet: &Sheet, others: &[Vec<String>]) -> Vec<Shape> {
    const MOST_ABOVE: usize = 20;
    let above = sheet.rows.iter().take(MOST_ABOVE);
    let titles = |row: &Row| -> Vec<String> {
        row.cells.iter().map(|cell| heading::read(&typed_text(&cell.content)).key).collect()
    };
    let place = above.into_iter().position(|row| others.contains(&titles(row)));
    let headed = place.map(|place| Headed { heading: place..place + 1, first: place + 1 });
    headed.map_or_else(Vec::new, |headed| shapes(sheet, &[headed]))
}

/// Returns the tables of a sheet below a heading that somebody names: whatever rows stand there, but for totals, are tasks.
pub fn tables_below(sheet: &Sheet, heading: &RangeInclusive<u32>) -> Vec<Shape> {
    let start = sheet.rows.partition_point(|row| row.index < *heading.start());
    let first = sheet.rows.partition_point(|row| row.index <= *heading.end());
    if start == first || first == sheet.rows.len() {
        return Vec::new();
    }
    let found = shapes(sheet, &[Headed { heading: start..first, first }]);
    let below = sheet.rows.len() - first;
    let tasks = found.iter().map(|shape| shape.body.len()).max().unwrap_or(0);
    if tasks * 2 >= below {
        return found;
    }
    let heading_rows: Vec<u32> = sheet.rows[start..first].iter().map(|row| row.index).collect();
    let lists = by_shape::columns(sheet, &sheet.rows[start..first]).into_iter();
    let whole = lists.map(|columns| Shape {
        heading_rows: heading_rows.clone(),
        body: sheet.rows[first..]
            .iter()
            .map(|row| row.index)
            .filter(|row| columns.iter().any(|own| shown(sheet, *row, own.column).is_some()))
            .collect(),
        columns,
        left_out: None,
    });
    whole.filter(|shape| !shape.columns.is_empty() && !shape.body.is_empty()).collect()
}

fn shapes(sheet: &Sheet, headed: &[Headed]) -> Vec<Shape> {
    let words = Lexicon::default();
    let mut shapes = Vec::new();
    for (place, Headed { heading, first }) in headed.iter().enumerate() {
        let end = headed.get(place + 1).map_or(sheet.rows.len(), |next| next.heading.start);
        let rows = &sheet.rows[heading.clone()];
        let mut found = by_shape::columns(sheet, rows);
        if let ([columns], Some(above)) = (found.as_mut_slice(), shapes.last()) {
            name_as_above(sheet, rows, sheet.rows.get(*first), above, columns);
        }
        if let [columns] = found.as_mut_slice() {
            without_lone_figures(&sheet.rows[*first..end], rows, columns);
        }
        let mut left_out = None;
        if let [columns] = found.as_mut_slice() {
            left_out = without_other_list(&sheet.rows[*first..end], columns);
        }
        for columns in found {
            let tasks = |columns: &[ShapeColumn]| -> Vec<u32> {
                let below = &sheet.rows[*first..end];
                let are_values =
                    LazyCell::new(|| rows.last().is_some_and(|last| are_values(below, last)));
                let is_heading =
                    |row: &&Row| rows.last().is_some_and(|last| repeats(row, last)) && !*are_values;
                below
                    .iter()
                    .filter(|row| !is_heading(row))
                    .filter(|row| is_task(sheet, row, columns, &words))
                    .map(|row| row.index)
                    .collect()
            };
            let mut body = tasks(&columns);
            // Half of all columns is much where most of them are hardly ever filled in.
            let by_often_filled = tasks(&often_filled(&sheet.rows[*first..end], &columns));
            if body.len() * 2 < by_often_filled.len() {
                body = by_often_filled;
            }
            if columns.len() > 1 && !body.is_empty() {
                let heading_rows = rows.iter().map(|row| row.index).collect();
                shapes.push(Shape { heading_rows, columns, body, left_out });
            }
        }
    }
    shapes
}

/// Gives a further table the headings of words that the table above has and that its own heading leaves blank,
/// where it names the same columns in the same places, and words stand below the blank.
fn name_as_above(
    sheet: &Sheet,
    heading: &[Row],
    below: Option<&Row>,
    above: &Shape,
    columns: &mut Vec<ShapeColumn>,
) {
    const LEAST: usize = 3;
    let is_above = |own: &ShapeColumn| {
        above.columns.iter().any(|known| known.column == own.column && known.title == own.title)
    };
    if columns.len() < LEAST || !columns.iter().all(is_above) {
        return;
    }
    let is_word = |row: u32, column: u32| {
        shown(sheet, row, column).is_some_and(|content| !is_figure(content))
    };
    let is_blank = |column: u32| {
        columns.iter().all(|own| own.column != column)
            && heading.iter().all(|row| row.cell(column).is_none())
    };
    let more = above.columns.iter().filter(|known| {
        is_blank(known.column)
            && below.is_some_and(|below| is_word(below.index, known.column))
            && above.body.iter().all(|row| is_word(*row, known.column))
    });
    let more: Vec<ShapeColumn> = more.cloned().collect();
    columns.extend(more);
    columns.sort_by_key(|column| column.column);
}

/// The columns that are filled in one row of four at least: of the days of a month, or of marks by village, each
/// row has a few.
fn often_filled(rows: &[Row], columns: &[ShapeColumn]) -> Vec<ShapeColumn> {
    const OFTEN: usize = 4;
    // Blanks that somebody typed say nothing.
    let says = |row: &&Row, column: u32| {
        row.cell(column).is_some_and(|cell| !typed_text(&cell.content).trim().is_empty())
    };
    let filled = |column: u32| rows.iter().filter(|row| says(row, column)).count();
    columns.iter().filter(|own| filled(own.column) * OFTEN >= rows.len()).cloned().collect()
}

/// Takes what stands beside the heading with a figure of its own, and nothing below it, out of the columns: 汇率 | 6.8.
fn without_lone_figures(below: &[Row], heading: &[Row], columns: &mut Vec<ShapeColumn>) {
    let is_used = |column: u32| below.iter().any(|row| row.cell(column).is_some());
    let Some(last) = columns.iter().rposition(|own| is_used(own.column)) else { return };
    let beyond = columns[last].column;
    let has_figure = heading.iter().flat_map(|row| &row.cells).any(|cell| {
        cell.column > beyond
            && matches!(cell.content, Content::Number(_))
            && is_figure(&cell.content)
    });
    if has_figure && columns.get(last + 1).is_some_and(|next| next.column > beyond + 1) {
        columns.truncate(last + 1);
    }
}

/// Takes the columns of another list out that stands beside the table, with a blank column between them: each
/// has words of its own, and one of them ends well before the other. Returns the first and the last of
/// what was taken out; the longer list stays.
fn without_other_list(rows: &[Row], columns: &mut Vec<ShapeColumn>) -> Option<(u32, u32)> {
    const LEAST_COLUMNS: usize = 2;
    const LEAST_ROWS: usize = 2;
    let gap = (LEAST_COLUMNS..(columns.len() + 1).saturating_sub(LEAST_COLUMNS))
        .find(|at| columns[*at].column > columns[at - 1].column + 1)?;
    let ends = |part: &[ShapeColumn]| Some((part.first()?.column, part.last()?.column));
    let (left, right) = (ends(&columns[..gap])?, ends(&columns[gap..])?);
    let filled = |row: &Row, (first, last): (u32, u32)| {
        row.cells.iter().filter(|cell| (first..=last).contains(&cell.column)).count()
    };
    if rows.iter().any(|row| filled(row, (left.1 + 1, right.0 - 1)) > 0) {
        return None;
    }
    let has_words = |part: &[ShapeColumn]| {
        part.iter().any(|column| {
            let cells = rows.iter().filter_map(|row| row.cell(column.column));
            let (words, all) = cells.fold((0, 0), |(words, all), cell| {
                (words + usize::from(!is_figure(&cell.content)), all + 1)
            });
            all >= LEAST_ROWS && words * 5 >= all * 4
        })
    };
    let runs = |ends: (u32, u32), width: usize| {
        let counts: Vec<usize> = rows.iter().map(|row| filled(row, ends)).collect();
        let run = counts.iter().take_while(|count| **count * 2 >= width).count();
        // What begins in the first row and ends for good.
        counts[run..].iter().all(|count| *count == 0).then_some(run)
    };
    let reaches = |ends: (u32, u32)| rows.iter().rposition(|row| filled(row, ends) > 0);
    let is_shorter = |short: (u32, u32), width: usize, long: (u32, u32)| {
        let run = runs(short, width);
        let rest = reaches(long).map_or(0, |last| last + 1);
        run.is_some_and(|run| run >= LEAST_ROWS && run * 5 <= rest * 4 && run + LEAST_ROWS <= rest)
    };
    let (of_left, of_right) = columns.split_at(gap);
    if !has_words(of_left) || !has_words(of_right) {
        return None;
    }
    if is_shorter(right, of_right.len(), left) {
        columns.truncate(gap);
        Some(right)
    } else if is_shorter(left, of_left.len(), right) {
        columns.drain(..gap);
        Some(left)
    } else {
        None
    }
}

/// Returns whether a row below a heading is one of its tasks: at least half of its columns are
/// filled, words merged over several rows included, and it is no total.
pub fn is_task(sheet: &Sheet, row: &Row, columns: &[ShapeColumn], words: &Lexicon) -> bool {
    let shown =
        columns.iter().filter(|column| shown(sheet, row.index, column.column).is_some()).count();
    // 付款方式： below a list says what stands beside it.
    let is_labelled = row.cells.first().is_some_and(|cell| {
        matches!(&cell.content, Content::Text(text) if text.trim_end().ends_with([':', '：']))
    });
    // What somebody wrote of a task has colons too, in one of its many columns.
    let is_filled = columns.len() > 2 && shown * 3 >= columns.len() * 2;
    let is_written = is_filled && !by_shape::are_lines(row, words);
    if is_labelled || !is_written && by_shape::is_beside(row, words) {
        return false;
    }
    let totals = &words.totals;
    let is_total = row.cells.iter().any(|cell| match &cell.content {
        Content::Text(text) => {
            let key = heading::read(text).key;
            totals.iter().any(|word| key.starts_with(word.as_str()) || key.ends_with(word.as_str()))
                && key.chars().count() < 12
                || words.summaries.contains(&key)
        }
        _ => false,
    });
    shown * 2 >= columns.len() && shown > 1 && !(is_total && shown * 3 < columns.len() * 2)
}

/// Returns what a row shows in a column, the top of an upright merge included.
pub fn shown(sheet: &Sheet, row: u32, column: u32) -> Option<&Content> {
    let at = CellAt::new(row, column);
    let origin = match sheet.merges.at(at) {
        Some(merge) if merge.first.column == column => merge.first,
        Some(merge) if merge.first != at => return None,
        _ => at,
    };
    sheet.content(origin).filter(|content| !typed_text(content).is_empty())
}

/// Whether figures number rows: each is one more than the one before.
pub fn go_on_by_one(figures: impl Iterator<Item = f64>) -> bool {
    let figures: Vec<f64> = figures.collect();
    figures.len() > 1 && figures.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1e-9)
}

/// What the content of a cell says as a figure.
pub fn figure(content: &Content) -> Option<f64> {
    match content {
        Content::Number(number) => Some(*number),
        Content::Text(text) => fold::plain(text).replace(',', "").parse().ok(),
        _ => None,
    }
}
