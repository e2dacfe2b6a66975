//! Years and months as headings: 2019, 2019年, 1月, a date.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::levels::{is_column_numbers, names_only};
use super::words::begins_with_letter;
use crate::model::{CellAt, fold};
use crate::normalise::typed::typed_text;
use crate::read::{Cell, Content, Row, Sheet, number_text};

/// What kind of period a heading names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Year,
    Month,
}

/// So many rows below are looked at to tell years in a heading from years in a column.
const ROWS_BELOW: usize = 12;

/// What stands before a figure below zero.
const MINUS: [char; 3] = ['-', '−', '–'];

/// Returns how many cells of a column hold figures or dates, and how many hold anything.
pub fn figures_in(rows: &[Row], column: u32) -> (usize, usize) {
    let cells = rows.iter().filter_map(|row| row.cell(column));
    cells.fold((0, 0), |(figures, all), cell| {
        (figures + usize::from(is_figure(&cell.content)), all + 1)
    })
}

/// Returns whether a cell holds a figure or a date, be it written as a text.
pub fn is_figure(content: &Content) -> bool {
    match content {
        Content::Number(_) | Content::Percentage(_) | Content::Date { .. } => true,
        Content::Text(text) => {
            if begins_with_letter(text) {
                return false;
            }
            let plain = fold::plain(text);
            let plain = plain.strip_prefix(MINUS).unwrap_or(&plain);
            plain.starts_with(|c: char| c.is_ascii_digit())
                && plain.chars().all(|c| c.is_ascii_digit() || ",.%元万亿千年月日-/".contains(c))
        }
        _ => false,
    }
}

/// Returns the period that a cell names and nothing else.
pub fn of(content: &Content) -> Option<Period> {
    static YEAR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(19|20)[0-9]{2}([-~—](19|20)?[0-9]{2})?(年度?)?$").expect("it is sound")
    });
    static MONTH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^((19|20)[0-9]{2}[年.\\-/])?[0-9]{1,2}([-~—][0-9]{1,2})?(月份?底?|$)$")
            .expect("it is sound")
    });
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(19|20)[0-9]{2}[.\\-/][0-9]{1,2}[.\\-/][0-9]{1,2}$").expect("it is sound")
    });
    match content {
        Content::Number(number) if number.fract() == 0.0 && (1900.0..=2100.0).contains(number) => {
            Some(Period::Year)
        }
        Content::Date { .. } => Some(Period::Month),
        Content::Text(text) => {
            let plain = fold::plain(text);
            if YEAR.is_match(&plain) {
                return Some(Period::Year);
            }
            // 12 alone is a figure, 2021-03-05 a day.
            let has_mark = plain.contains(['年', '月', '.', '/', '-']);
            let is_month = has_mark && MONTH.is_match(&plain) && !DAY.is_match(&plain);
            (is_month && !is_decimal(&plain)).then_some(Period::Month)
        }
        _ => None,
    }
}

/// 12.5 is a figure, 2020.5 may be a month.
fn is_decimal(plain: &str) -> bool {
    let has_year = plain.starts_with("19") || plain.starts_with("20");
    !(plain.contains(['年', '月']) || has_year && plain.len() > 5)
}

/// Returns whether all figures of a row are years or months that head the columns below: each is
/// another, and below them stand figures that are none.
pub fn is_heading(sheet: &Sheet, at: usize) -> bool {
    let row = &sheet.rows[at];
    if are_days_of_months(sheet, at) {
        return true;
    }
    let mut kinds: Vec<(usize, Period)> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (place, cell) in row.cells.iter().enumerate() {
        if !is_figure(&cell.content) {
            continue;
        }
        match of(&cell.content) {
            Some(kind) if seen.insert(typed_text(&cell.content).into_owned()) => {
                kinds.push((place, kind));
            }
            // The same lower years may stand under several upper headings.
            Some(kind) if is_under_other(sheet, at, place) || are_runs(row) => {
                kinds.push((place, kind));
            }
            _ if are_days(row) => kinds.push((place, Period::Month)),
            _ => return are_months(sheet, at),
        }
    }
    let Some((_, kind)) = kinds.first().copied() else { return false };
    if kinds.len() == 1 && is_below_full_heading(sheet, at) || is_one_of_many(sheet, at) {
        return false;
    }
    let spans: Vec<(u32, u32)> = kinds.iter().map(|(place, _)| span(sheet, row, *place)).collect();
    let (mut figures, mut periods) = (0_usize, 0_usize);
    for below in sheet.rows[at + 1..].iter().take(ROWS_BELOW) {
        for cell in &below.cells {
            let is_below =
                spans.iter().any(|(first, last)| (*first..=*last).contains(&cell.column));
            if !is_below || !is_figure(&cell.content) {
                continue;
            }
            if of(&cell.content) == Some(kind) || day(&cell.content).is_some() {
                periods += 1;
            } else {
                figures += 1;
            }
        }
    }
    // The days of the first task, begun, finished and accepted, stand over those of the next one.
    if are_days(row) {
        return figures > periods;
    }
    figures > periods || figures + periods == 0 && stand_over_marks(sheet, at, &spans)
}

/// Returns whether all figures of a row are days written as words, several and one after another: 01.01.2022, 01.02.2022,
/// 01.03.2022 each above a month, or 2022-01-03, 2022-01-10 above weeks.
fn are_days(row: &Row) -> bool {
    const LEAST: usize = 3;
    let figures = row.cells.iter().filter(|cell| is_figure(&cell.content));
    let days: Option<Vec<[u32; 3]>> = figures.map(|cell| day(&cell.content)).collect();
    // The month may stand before the day.
    let rise = |days: &[[u32; 3]], key: fn(&[u32; 3]) -> [u32; 3]| {
        days.windows(2).all(|pair| key(&pair[0]) < key(&pair[1]))
    };
    days.is_some_and(|days| {
        days.len() >= LEAST
            && (rise(&days, |day| *day) || rise(&days, |[year, one, other]| [*year, *other, *one]))
    })
}

/// Returns whether all figures of a row are days of the months that stand right above them, each of which is one
/// column's or several's, behind the names of other columns: No | 任务 | 负责人 | 1 | 8 | 15 | 22 below 12月.
fn are_days_of_months(sheet: &Sheet, at: usize) -> bool {
    const LEAST_DAYS: usize = 4;
    const LEAST_WORDS: usize = 2;
    let row = &sheet.rows[at];
    let above = at.checked_sub(1).map(|above| &sheet.rows[above]);
    let Some(above) = above.filter(|above| above.index + 1 == row.index) else { return false };
    if !above.cells.iter().all(|cell| of(&cell.content) == Some(Period::Month)) {
        return false;
    }
    let Some(first) = above.cells.first().map(|cell| cell.column) else { return false };
    let days = row.cells.iter().skip_while(|cell| cell.column < first);
    let days: Option<Vec<(u32, u32)>> = days
        .map(|cell| {
            let Content::Number(day) = &cell.content else { return None };
            let month = above.cells.iter().rev().find(|month| month.column <= cell.column)?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is a day"
            )]
            let own = (day.fract() == 0.0 && (1.0..=31.0).contains(day)).then_some(*day as u32)?;
            Some((month.column, own))
        })
        .collect();
    let words = row.cells.iter().take_while(|cell| cell.column < first);
    days.is_some_and(|days| {
        days.len() >= LEAST_DAYS
            && days.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].1 < pair[1].1)
    }) && words.clone().all(|cell| is_word(&cell.content))
        && words.count() >= LEAST_WORDS
}

/// Returns the year of a day written as words, and its month and day as they stand.
fn day(content: &Content) -> Option<[u32; 3]> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?:([0-9]{1,2})[./-]([0-9]{1,2})[./-]((?:19|20)[0-9]{2})|((?:19|20)[0-9]{2})[./-]([0-9]{1,2})[./-]([0-9]{1,2}))$")
            .expect("it is sound")
    });
    let Content::Text(text) = content else { return None };
    let plain = fold::plain(text);
    let found = DAY.captures(&plain)?;
    let part = |place: usize| found.get(place).and_then(|part| part.as_str().parse().ok());
    match part(3) {
        Some(year) => Some([year, part(2)?, part(1)?]),
        None => Some([part(4)?, part(5)?, part(6)?]),
    }
}

/// Returns whether months written as words stand above rows that hold marks below them, or nothing but colour: a
/// work plan drawn over the year.
fn stand_over_marks(sheet: &Sheet, at: usize, spans: &[(u32, u32)]) -> bool {
    const LEAST_MONTHS: usize = 3;
    const LEAST_ROWS: usize = 2;
    let row = &sheet.rows[at];
    let months = row.cells.iter().filter(|cell| {
        matches!(cell.content, Content::Text(_)) && of(&cell.content) == Some(Period::Month)
    });
    let is_beside = |cell: &&Cell| {
        spans.iter().all(|(first, last)| !(*first..=*last).contains(&cell.column))
            && row.cell(cell.column).is_some()
    };
    let below = sheet.rows[at + 1..].iter().take(ROWS_BELOW);
    let named = below.filter(|below| below.cells.iter().any(|cell| is_beside(&cell)));
    months.count() >= LEAST_MONTHS && named.count() >= LEAST_ROWS
}

/// Returns whether all figures of a row are years that rise in runs, and begin anew where a further block of
/// columns does, though nothing above says which.
fn are_runs(row: &Row) -> bool {
    const LEAST: usize = 3;
    let years: Option<Vec<f64>> = row
        .cells
        .iter()
        .filter(|cell| is_figure(&cell.content))
        .map(|cell| match &cell.content {
            _ if of(&cell.content) != Some(Period::Year) => None,
            Content::Number(number) => Some(*number),
            Content::Text(text) => text.trim().parse().ok(),
            _ => None,
        })
        .collect();
    let runs = |years: &[f64]| years.chunk_by(|one, next| one < next).all(|run| run.len() >= LEAST);
    years.is_some_and(|years| years.len() >= LEAST && runs(&years))
}

/// Returns whether each cell of a row of several stands below a word of its own in the row right above, none of
/// them merged: a single number among them is an amount that looks like a year, 一 | 福田乡 | 1938.
fn is_below_full_heading(sheet: &Sheet, at: usize) -> bool {
    const LEAST_CELLS: usize = 3;
    let row = &sheet.rows[at];
    let above = at.checked_sub(1).map(|above| &sheet.rows[above]);
    let Some(above) = above.filter(|above| above.index + 1 == row.index) else { return false };
    let is_own_word = |column: u32| {
        let is_word = above.cell(column).is_some_and(|cell| is_word(&cell.content));
        is_word && sheet.merges.at(CellAt::new(above.index, column)).is_none()
    };
    let is_plain =
        |cell: &Cell| !is_figure(&cell.content) || matches!(cell.content, Content::Number(_));
    row.cells.len() >= LEAST_CELLS
        && row.cells.iter().all(|cell| is_plain(cell) && is_own_word(cell.column))
}

/// Returns whether the only figures of a row are years and months to the right of a heading, with nothing below
/// them: 请输入日期 | 2009年 | 5月 beside the names of the columns.
pub fn stand_beside(sheet: &Sheet, at: usize) -> bool {
    const LEAST_COLUMNS: usize = 3;
    let row = &sheet.rows[at];
    let below: Vec<&Row> = sheet.rows[at + 1..].iter().take(ROWS_BELOW).collect();
    let is_used = |column: u32| below.iter().any(|row| row.cell(column).is_some());
    let (figures, words): (Vec<&Cell>, Vec<&Cell>) =
        row.cells.iter().partition(|cell| is_figure(&cell.content));
    let named: Vec<u32> =
        words.iter().map(|cell| cell.column).filter(|column| is_used(*column)).collect();
    let is_dense = below.first().is_some_and(|next| {
        next.index == row.index + 1 && named.iter().all(|column| next.cell(*column).is_some())
    });
    let is_apart = |cell: &&Cell| {
        // A rate with its name before it stands apart from the columns.
        let least = if of(&cell.content).is_some() { 1 } else { 2 };
        !is_used(cell.column) && named.last().is_some_and(|last| last + least < cell.column + 1)
    };
    named.len() >= LEAST_COLUMNS
        && below.len() >= LEAST_COLUMNS
        && (is_dense && figures.iter().all(is_apart) || stands_between(&figures, &named, &below))
}

/// Returns whether the only figure of a row of headings is no column's: nothing stands below it, a blank column parts it
/// from what is named to its left, and three quarters of that are filled in one of the rows right below.
fn stands_between(figures: &[&Cell], named: &[u32], below: &[&Row]) -> bool {
    const LEAST_COLUMNS: usize = 4;
    const ROWS: usize = 3;
    let [only] = figures else { return false };
    let left: Vec<u32> = named.iter().copied().filter(|column| *column < only.column).collect();
    let is_filled = |row: &&Row| {
        left.iter().filter(|column| row.cell(**column).is_some()).count() * 4 >= left.len() * 3
    };
    left.len() >= LEAST_COLUMNS
        && left.last().is_some_and(|last| last + 1 < only.column)
        && below.iter().all(|row| row.cell(only.column).is_none())
        && below.iter().take(ROWS).any(is_filled)
}

/// Returns whether a row stands right between two that are filled as it is, with figures that are no years
/// where it has its own: its 1987 is an amount among others.
fn is_one_of_many(sheet: &Sheet, at: usize) -> bool {
    const LEAST_CELLS: usize = 3;
    let row = &sheet.rows[at];
    let beside = |place: Option<usize>| {
        let other = place.and_then(|place| sheet.rows.get(place));
        other.filter(|other| {
            other.index.abs_diff(row.index) == 1 && other.cells.len() == row.cells.len()
        })
    };
    let is_like = |other: &Row| {
        other.cells.iter().zip(&row.cells).all(|(other, own)| {
            let is_amount = |cell: &Cell| {
                matches!(cell.content, Content::Number(_)) && of(&cell.content).is_none()
            };
            other.column == own.column
                && match own.content {
                    Content::Number(_) if of(&own.content).is_some() => is_amount(other),
                    _ => is_figure(&other.content) == is_figure(&own.content),
                }
        })
    };
    let (above, below) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
    row.cells.len() >= LEAST_CELLS && above.is_some_and(is_like) && below.is_some_and(is_like)
}

/// Returns whether a year stands below another upper heading than the same year to its left: one that
/// is merged over it, or, where nothing is merged, the nearest to its left.
fn is_under_other(sheet: &Sheet, at: usize, place: usize) -> bool {
    let row = &sheet.rows[at];
    // The first column may be named on a level of its own in between.
    let mut above =
        sheet.rows[..at].iter().rev().take(2).skip_while(|above| names_only(above, row));
    let Some(above) = above.next() else { return false };
    let column = row.cells[place].column;
    let is_merged = sheet
        .merges
        .at(CellAt::new(above.index, column))
        .is_some_and(|merge| merge.last.column > merge.first.column);
    if is_merged || above.cell(column).is_some() {
        return true;
    }
    let text = typed_text(&row.cells[place].content);
    let twin = row.cells[..place].iter().rev().find(|cell| typed_text(&cell.content) == text);
    let upper = |column: u32| {
        let nearest = above.cells.iter().rev().find(|cell| cell.column <= column);
        nearest.map(|cell| cell.column)
    };
    twin.is_some_and(|twin| upper(column).is_some() && upper(column) != upper(twin.column))
}

/// The columns that a cell of a heading stands over: those merged, or blank to its right.
fn span(sheet: &Sheet, row: &Row, place: usize) -> (u32, u32) {
    const MOST: u32 = 12;
    let first = row.cells[place].column;
    let merge = sheet.merges.at(CellAt::new(row.index, first));
    let last = merge.map_or_else(
        || row.cells.get(place + 1).map_or(first, |next| (next.column - 1).min(first + MOST)),
        |merge| merge.last.column,
    );
    (first, last)
}

/// Returns whether the figures of a row are 1, 2, 3 … in columns side by side, below one cell merged
/// over just these columns, or beside words and below no other heading.
fn are_months(sheet: &Sheet, at: usize) -> bool {
    let row = &sheet.rows[at];
    if are_months_over_others(sheet, at) || are_weeks(sheet, at) {
        return true;
    }
    // The first of them is a 1.
    let first = row.cells.iter().find(|cell| is_figure(&cell.content));
    if first.is_none_or(|first| typed_text(&first.content) != "1") {
        return false;
    }
    let months: Vec<(u32, String)> = row
        .cells
        .iter()
        .filter(|cell| is_figure(&cell.content))
        .filter_map(|cell| Some((cell.column, number_text(counted(&cell.content)?))))
        .take(13)
        .collect();
    let figures = row.cells.iter().filter(|cell| is_figure(&cell.content)).take(13).count();
    let rises = months.iter().zip(1_u32..).all(|((_, number), place)| *number == place.to_string())
        && months.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
    if !rises || figures != months.len() || !(3..=12).contains(&figures) {
        return false;
    }
    let (first, last) = (months[0].0, months[months.len() - 1].0);
    let above = at.checked_sub(1).map(|above| &sheet.rows[above]);
    let parent = above.and_then(|above| sheet.merges.at(CellAt::new(above.index, first)));
    let is_parted = parent.is_some_and(|merge| {
        merge.first.column == first && merge.last.column == last && merge.first.row < row.index
    });
    let stands_alone = above.is_none_or(|above| above.cells.len() == 1)
        && row.cells.len() > months.len()
        && !is_column_numbers(row);
    is_parted || stands_alone
}

/// Returns a whole number, also one that was typed as text, as all of a text file are.
fn counted(content: &Content) -> Option<f64> {
    const MOST_DIGITS: usize = 2;
    match content {
        Content::Number(number) => Some(*number).filter(|number| number.fract() == 0.0),
        Content::Text(text) => {
            let text = text.trim();
            let is_number =
                text.len() <= MOST_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| is_number)
        }
        _ => None,
    }
}

/// Returns whether a cell holds words, where days and dates are none.
pub fn is_word(content: &Content) -> bool {
    matches!(content, Content::Text(_)) && !is_figure(content)
}

/// Returns whether the figures of a row go up by one in columns side by side, from wherever they begin, each
/// run below one cell merged over just these columns, and what heads the other columns reaches down
/// beside them: weeks 3 to 16 of a work plan, the days of June and July.
fn are_weeks(sheet: &Sheet, at: usize) -> bool {
    const LEAST: usize = 3;
    const MOST: f64 = 60.0;
    let row = &sheet.rows[at];
    let mut weeks: Vec<(u32, f64)> = Vec::new();
    for cell in &row.cells {
        match counted(&cell.content) {
            Some(number) if (1.0..MOST).contains(&number) => weeks.push((cell.column, number)),
            None if is_word(&cell.content) => {}
            _ => return false,
        }
    }
    let follows = |one: &(u32, f64), next: &(u32, f64)| {
        one.0 + 1 == next.0 && (next.1 - one.1 - 1.0).abs() < 0.5
    };
    let Some(above) = at.checked_sub(1).map(|above| &sheet.rows[above]) else { return false };
    let merge_above = |column: u32| sheet.merges.at(CellAt::new(above.index, column));
    let is_under_one = |run: &[(u32, f64)]| {
        let ends = (run[0].0, run[run.len() - 1].0);
        merge_above(ends.0).is_some_and(|merge| {
            (merge.first.column, merge.last.column) == ends && merge.last.row == above.index
        })
    };
    let reaches_down = |column: u32| {
        merge_above(column).is_some_and(|merge| {
            merge.last.row == row.index && merge.first.column == merge.last.column
        })
    };
    let mut runs = weeks.chunk_by(follows).peekable();
    let first = weeks.first().map_or(0, |(column, _)| *column);
    weeks.len() >= LEAST
        && above.index + 1 == row.index
        && runs.peek().is_some_and(|run| run.len() >= LEAST)
        && runs.all(is_under_one)
        && above.cells.iter().any(|cell| cell.column < first && reaches_down(cell.column))
}

/// Returns whether the figures of a row are months one after another, each over as many columns, and the
/// row below has the same words under each.
fn are_months_over_others(sheet: &Sheet, at: usize) -> bool {
    let row = &sheet.rows[at];
    let Some(below) = sheet.rows.get(at + 1) else { return false };
    let mut months: Vec<(f64, (u32, u32))> = Vec::new();
    for (place, cell) in row.cells.iter().enumerate() {
        match counted(&cell.content) {
            Some(number) if (1.0..=12.0).contains(&number) => {
                months.push((number, span(sheet, row, place)));
            }
            None if is_word(&cell.content) && months.is_empty() => {}
            _ => return false,
        }
    }
    let Some((_, (first, last))) = months.first().copied() else { return false };
    // Nothing is to its right that would end the last where nothing is merged.
    let width = last - first + 1;
    let words = |first: u32| -> Option<Vec<String>> {
        (first..first + width)
            .map(|column| match &below.cell(column)?.content {
                content @ Content::Text(text) if !is_figure(content) => Some(fold::key(text)),
                _ => None,
            })
            .collect()
    };
    let Some(own) = words(first) else { return false };
    width > 1
        && months.len() > 1
        && months.windows(2).all(|pair| {
            let ((number, (start, _)), (next, (after, _))) = (pair[0], pair[1]);
            // Months are whole numbers.
            (next - number - 1.0).abs() < 0.5 && start + width == after
        })
        && months.iter().all(|(_, (first, _))| words(*first).as_ref() == Some(&own))
}
