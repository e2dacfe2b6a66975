//! Rows that are totals because their formulas say so: half or more of their figures add up rows of
//! their own column. Nothing that a row is called, or is not called, says it as plainly.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::looks::Place;
use crate::read::{Content, Row, Sheet, Sum};

/// How much the figures of a column say about what a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is added up.
    Declared,
    /// Nobody has declared it.
    Other,
    /// It is no figure: a number, a month, a percentage.
    None,
}

/// Returns the rows that are sums by their formulas, and where they stand.
pub(super) fn summed(
    sheet: &Sheet,
    parts: &[Cow<'_, Row>],
    weight: impl Fn(u32) -> Weight,
) -> BTreeMap<u32, Place> {
    let mut found = BTreeMap::new();
    if sheet.sums.is_empty() {
        return found;
    }
    let mut filled = Filled { parts, by_column: BTreeMap::new() };
    // What adds up a single row is a sum where others are sums of several.
    let mut single = Vec::new();
    for row in parts {
        let sums = sheet.sums_of(row.index);
        if sums.is_empty() {
            continue;
        }
        let Some(told) = Told::of(row, sums, &weight, &mut filled) else { continue };
        if told.adds_several {
            found.insert(row.index, told.place);
        } else {
            single.push((row.index, told.place));
        }
    }
    if !found.is_empty() {
        found.extend(single);
    }
    found
}

/// What the formulas of a row say.
struct Told {
    place: Place,
    adds_several: bool,
}

impl Told {
    fn of(
        row: &Row,
        sums: &[Sum],
        weight: &impl Fn(u32) -> Weight,
        filled: &mut Filled<'_>,
    ) -> Option<Self> {
        // By weight: how many figures there are, and how many of them add up rows.
        let mut figures = [(0_usize, 0_usize); 2];
        let mut told = Self { place: Place::Below, adds_several: false };
        let mut rows_added = None;
        for cell in row.cells.iter().filter(|cell| is_figure(&cell.content)) {
            let place = match weight(cell.column) {
                Weight::Declared => 0,
                Weight::Other => 1,
                Weight::None => continue,
            };
            let sum = sums.binary_search_by_key(&cell.column, |sum| sum.at.column);
            let rows = sum.map(|at| sums[at].rows()).unwrap_or_default();
            if sum.is_ok() && rows.is_empty() {
                // The sum of its own row is what the figures beside it are.
                continue;
            }
            figures[place].0 += 1;
            let added: usize = rows.iter().map(|rows| filled.count(cell.column, *rows)).sum();
            if added > 0 {
                figures[place].1 += 1;
                told.adds_several |= added > 1;
                rows_added = rows_added.or(rows.first().copied());
                if rows[0].0 > row.index {
                    told.place = Place::Over;
                }
            }
        }
        let [declared, other] = figures;
        let (all, sums) = if declared.0 > 0 { declared } else { other };
        // The sum of a block may stand in the row of a task.
        let is_task = sums == 1 && is_filled_as_a_task(row, rows_added.unwrap_or_default(), filled);
        (sums > 0 && sums * 2 >= all && !is_task).then_some(told)
    }
}

/// Returns whether a row says as much in words as a row that it adds up.
fn is_filled_as_a_task(row: &Row, (first, last): (u32, u32), filled: &Filled<'_>) -> bool {
    // A code, a name and what it is counted in stand before a sum as well.
    const LEAST_WORDS: usize = 4;
    let words = |row: &Row| row.cells.iter().filter(|cell| !is_figure(&cell.content)).count();
    let own = words(row);
    let parts = filled.parts;
    let place = |row: u32| parts.partition_point(|part| part.index < row);
    let (first, end) = (place(first), place(last.saturating_add(1)));
    let of = parts.get(first).into_iter().chain(parts.get(end.wrapping_sub(1)));
    own >= LEAST_WORDS && of.map(|part| words(part)).max().is_some_and(|theirs| own >= theirs)
}

/// How many rows have a figure, by column when one is asked for.
struct Filled<'a> {
    parts: &'a [Cow<'a, Row>],
    /// By row: how many figures stand before it.
    by_column: BTreeMap<u32, Vec<usize>>,
}

impl Filled<'_> {
    fn count(&mut self, column: u32, (first, last): (u32, u32)) -> usize {
        let parts = self.parts;
        let before = self.by_column.entry(column).or_insert_with(|| {
            let mut count = 0;
            let counts = parts.iter().map(|row| {
                count += usize::from(row.cell(column).is_some_and(|cell| is_figure(&cell.content)));
                count
            });
            std::iter::once(0).chain(counts).collect()
        });
        let place = |row: u32| parts.partition_point(|part| part.index < row);
        before[place(last.saturating_add(1))] - before[place(first)]
    }
}

fn is_figure(content: &Content) -> bool {
    matches!(content, Content::Number(_) | Content::Uncalculated(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CellAt, CellRange};
    use crate::read::Cell;

    /// Columns A to E hold words, F and G figures; a sum is written as `4-6` where it adds up the rows 4
    /// to 6.
    fn told(rows: &[[&str; 7]]) -> Vec<u32> {
        let mut sheet = Sheet::default();
        for (index, texts) in (1..).zip(rows) {
            let mut cells = Vec::new();
            for (column, text) in (0..).zip(texts).filter(|(_, text)| !text.is_empty()) {
                let content = match text.split_once('-') {
                    _ if column < 5 => Content::Text((*text).into()),
                    Some((first, last)) => {
                        let at = |row: &str| CellAt::new(row.parse().unwrap(), column);
                        let of = vec![CellRange::new(at(first), at(last))];
                        sheet.sums.push(Sum { at: CellAt::new(index, column), of });
                        Content::Number(1.0)
                    }
                    None => Content::Number(text.parse().unwrap()),
                };
                cells.push(Cell::new(column, content));
            }
            sheet.rows.push(Row { index, cells });
        }
        let parts: Vec<Cow<'_, Row>> = sheet.rows.iter().map(Cow::Borrowed).collect();
        let weight = |column| if column < 5 { Weight::None } else { Weight::Declared };
        summed(&sheet, &parts, weight).into_keys().collect()
    }

    #[test]
    fn half_of_the_figures_are_enough() {
        let rows = [
            ["", "a", "", "", "", "10", "3"],
            ["", "b", "", "", "", "20", "4"],
            ["", "c", "", "", "", "1-2", "7"],
            ["", "d", "", "", "", "5", "9"],
        ];
        assert_eq!(told(&rows), [3]);
    }

    #[test]
    fn one_row_alone_is_no_sum_unless_others_are() {
        let single = ["", "c", "", "", "", "1-1", ""];
        let task = ["", "a", "", "", "", "10", ""];
        assert!(told(&[task, single]).is_empty());
        assert_eq!(told(&[task, single, task, task, ["", "d", "", "", "", "3-4", ""]]), [2, 5]);
    }

    #[test]
    fn a_task_may_hold_the_sum_of_others() {
        let person = |figure| ["1", "a", "b", "c", "d", figure, ""];
        assert!(told(&[person("40"), person("40"), person("1-2"), person("40")]).is_empty());
        assert_eq!(told(&[person("40"), person("40"), ["", "a", "", "", "", "1-2", ""]]), [3]);
    }
}
