//! Units by the lines between rows: a line that names one and nothing else but what its rows add up to.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::{Shape, shown};
use super::names::{LONGEST_NAME, figure, is_place, is_somebody, says_total, text};
use super::{Found, Units, plain};
use crate::draft::lexicon::WORDS;
use crate::model::{CellAt, fold};
use crate::pipeline::UnitStands;
use crate::read::{Content, Row, Sheet};

/// A line of a section: where it stands, the unit that it names, and how it begins.
struct Line {
    row: u32,
    name: String,
    start: &'static str,
}

const SUM_OF_ITS_ROWS: &str = "合计";
const NUMBER_ALONE: &str = "^[一二三四五六七八九十]+$";
const NUMBER_IN_BRACKETS: &str = "^[（(][一二三四五六七八九十]+[）)]$";
const PART_BEFORE: &str = "^第[一二三四五六七八九十]+(部分|章|节|篇)";
const NUMBER_BEFORE: &str = "^[（(]?[一二三四五六七八九十]+[、.)）]";

/// Lines between the rows that name a unit and nothing else but what its rows add up to.
pub fn in_sections<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut names: Vec<String> = Vec::new();
    let mut starts: BTreeSet<&'static str> = BTreeSet::new();
    let mut parts: Vec<(&'a Sheet, Shape)> = Vec::new();
    let mut owners: Vec<String> = Vec::new();
    for (sheet, shape) in tables {
        let lines = sections(sheet, shape, end_of(tables, sheet, shape))?;
        let rows: BTreeSet<u32> = lines.iter().map(|line| line.row).collect();
        let body: Vec<u32> = shape.body.iter().copied().filter(|row| !rows.contains(row)).collect();
        // All tasks stand below a line, and every line has some.
        let first = rows.first()?;
        if body.first()? < first {
            return None;
        }
        owners.extend(body.iter().filter_map(|row| {
            let above = lines.partition_point(|line| line.row < *row).checked_sub(1)?;
            Some(lines[above].name.clone())
        }));
        for line in lines {
            starts.insert(line.start);
            if !names.contains(&line.name) {
                names.push(line.name);
            }
        }
        parts.push((sheet, Shape { body, ..(*shape).clone() }));
    }
    if names.len() < 2 {
        return None;
    }
    let start = starts.first().copied().filter(|start| starts.len() == 1 && !start.is_empty());
    let sections = match start {
        // 甲镇合计 above its rows; 全县合计 is nobody's.
        Some(SUM_OF_ITS_ROWS) => {
            let names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
            Some(format!("^({})({})$", names.join("|"), WORDS.units.sums.join("|")))
        }
        start => start.map(str::to_owned),
    };
    let units = Units { sections, ..plain(UnitStands::Section, names) };
    Some(Found { units, tables: parts, owners })
}

/// The row at which the next table of the sheet begins.
fn end_of(tables: &[(&Sheet, &Shape)], sheet: &Sheet, shape: &Shape) -> u32 {
    let start = shape.start();
    let same = tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet));
    let starts = same.map(|(_, other)| other.start());
    starts.filter(|other| *other > start).min().unwrap_or(u32::MAX)
}

/// Returns the lines of a table that name units, where nearly all lines of their kind do.
fn sections(sheet: &Sheet, shape: &Shape, end: u32) -> Option<Vec<Line>> {
    let start = shape.body_start();
    let rows: Vec<&Row> =
        sheet.rows.iter().filter(|row| row.index >= start && row.index < end).collect();
    let mut lines: Vec<Line> = Vec::new();
    // Lines that look as those do whose figures add up, and whose own do not.
    let mut wrong: Vec<(Line, Vec<u32>)> = Vec::new();
    let mut proved: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    let mut numbered: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let Some((name, start)) = head(sheet, row) else { continue };
        if !start.is_empty() {
            *numbered.entry(start).or_default() += 1;
        }
        let is_bare = row.cells.iter().all(|cell| matches!(cell.content, Content::Text(_)));
        let is_short = row.cells.len() <= 2 && is_bare;
        let summed =
            WORDS.units.sums.iter().find_map(|word| name.strip_suffix(word)).map(str::to_owned);
        let (name, start) = match summed.filter(|own| start.is_empty() && is_somebody(own)) {
            Some(own) if adds_up_below(sheet, shape, &rows[place..]) => (own, SUM_OF_ITS_ROWS),
            _ => (name, start),
        };
        if says_total(&name) || (start.is_empty() && !is_somebody(&name)) {
            continue;
        }
        let line = Line { row: row.index, name, start };
        if line.start.is_empty() && !is_short {
            let filled = row.cells.iter().map(|cell| cell.column).collect();
            if !adds_up_below(sheet, shape, &rows[place..]) {
                wrong.push((line, filled));
                continue;
            }
            *proved.entry(filled).or_default() += 1;
        }
        lines.push(line);
    }
    // The sum of one unit may be wrong where those of most are right.
    for (filled, proved) in proved {
        let alike = wrong.iter().filter(|(_, own)| *own == filled).count();
        if alike <= proved && !is_filled_as(shape, sheet, &filled) {
            let own = wrong.extract_if(.., |(_, own)| *own == filled);
            lines.extend(own.map(|(line, _)| line));
        }
    }
    lines.extend(alike(sheet, shape, &rows, &lines)?);
    lines.sort_by_key(|line| line.row);
    // Where most lines that are numbered alike name nobody, they are sections of something else; 市本级
    // among units is one more.
    let is_own = |line: &&Line| is_somebody(&line.name);
    let named = |start: &str| lines.iter().filter(is_own).filter(|l| l.start == start).count();
    let of_others: BTreeSet<&str> = numbered
        .iter()
        .filter(|(start, times)| **times >= named(start) * 2)
        .map(|(start, _)| *start)
        .collect();
    lines.retain(|line| !of_others.contains(line.start));
    let own = lines.iter().filter(is_own).count();
    (lines.len() > 1 && own > 1).then_some(lines)
}

/// Returns the lines that stand as most of those do that name somebody, each alone in its row: 市直单位
/// among counties is one more. None where most that stand so name nobody: one or two offices among sections
/// of something else are no units, and the rows below the others would be theirs.
fn alike(sheet: &Sheet, shape: &Shape, rows: &[&Row], lines: &[Line]) -> Option<Vec<Line>> {
    let last = shape.body.last().copied().unwrap_or(0);
    // Where the only cell of a row stands, and how far it is merged.
    let look = |row: &Row| {
        let [only] = row.cells.as_slice() else { return None };
        let merge = sheet.merges.at(CellAt::new(row.index, only.column));
        Some((
            only.column,
            merge.map(|merge| (merge.last.row - merge.first.row, merge.last.column)),
        ))
    };
    let looks: Vec<_> = rows
        .iter()
        .filter(|row| lines.iter().any(|line| line.row == row.index && line.start.is_empty()))
        .map(|row| look(row))
        .collect();
    let Some(Some(first)) = looks.first().copied() else { return Some(Vec::new()) };
    if looks.len() < 2 || looks.iter().any(|own| *own != Some(first)) {
        return Some(Vec::new());
    }
    let is_known = |row: &Row| lines.iter().any(|line| line.row == row.index);
    let others =
        rows.iter().filter(|row| row.index < last && look(row) == Some(first) && !is_known(row));
    let heads: Vec<Line> = others
        .filter_map(|row| {
            let (name, start) = head(sheet, row)?;
            let is_name = !name.contains(['。', '，', ',', ';', '；'])
                && !says_total(&name)
                && start.is_empty();
            let is_over = shape.body.contains(&(row.index + 1));
            (is_name && is_over).then_some(Line { row: row.index, name, start })
        })
        .collect();
    if heads.len() >= looks.len() {
        return None;
    }
    let is_short = |line: &Line| (2..=LONGEST_NAME).contains(&line.name.chars().count());
    Some(heads.into_iter().filter(is_short).collect())
}

/// Whether a task has the same cells filled as a line.
fn is_filled_as(shape: &Shape, sheet: &Sheet, filled: &[u32]) -> bool {
    let columns = || shape.columns.iter().map(|column| column.column);
    let own: Vec<u32> = columns().filter(|column| filled.contains(column)).collect();
    shape.body.iter().any(|row| {
        let of_task = columns().filter(|column| shown(sheet, *row, *column).is_some());
        of_task.eq(own.iter().copied())
            && head_of(sheet, *row).is_none_or(|name| !is_somebody(&name))
    })
}

fn head_of(sheet: &Sheet, row: u32) -> Option<String> {
    let place = sheet.rows.binary_search_by_key(&row, |row| row.index).ok()?;
    head(sheet, &sheet.rows[place]).map(|(name, _)| name)
}

/// The name that a line begins with, and how a number stands before it.
fn head(sheet: &Sheet, row: &Row) -> Option<(String, &'static str)> {
    let texts: Vec<String> = row
        .cells
        .iter()
        .filter_map(|cell| text(sheet, row.index, cell.column))
        .filter(|text| !text.is_empty())
        .collect();
    let is_number =
        |text: &str| !text.is_empty() && text.chars().all(|c| "一二三四五六七八九十".contains(c));
    let first = texts.first()?;
    // 1 | 甲县 above 1.1: what its parts add up to proves it.
    if first.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(name) = texts.get(1).filter(|name| is_somebody(name))
    {
        return Some((bare(name), ""));
    }
    if is_number(first) {
        let name = texts.get(1)?;
        return Some((bare(name), NUMBER_ALONE));
    }
    let inside = first.strip_prefix(['（', '(']).and_then(|rest| rest.strip_suffix(['）', ')']));
    if let (Some(true), Some(name)) = (inside.map(is_number), texts.get(1)) {
        return Some((bare(name), NUMBER_IN_BRACKETS));
    }
    // 第一部分 甲县.
    if let Some(rest) = first.strip_prefix('第')
        && let numbered = rest.trim_start_matches(|c| "一二三四五六七八九十".contains(c))
        && numbered.len() < rest.len()
        && let Some(name) =
            ["部分", "章", "节", "篇"].iter().find_map(|word| numbered.strip_prefix(word))
    {
        let name = name.trim_start_matches([' ', '　', '：', ':', '、']);
        return (!name.is_empty()).then(|| (bare(name), PART_BEFORE));
    }
    let name = match first.split_once('、') {
        // 一、三合镇 is the first section, and not the first and the third.
        Some((number, name)) if is_number(number) && is_somebody(&bare(name)) => name,
        _ => fold::unnumbered(first),
    };
    let before = &first[..first.len() - name.len()];
    let is_chinese = before.chars().any(|c| "一二三四五六七八九十".contains(c));
    Some((bare(name), if is_chinese { NUMBER_BEFORE } else { "" }))
}

/// A name without what stands behind it in brackets or after a colon.
fn bare(text: &str) -> String {
    text.split(['（', '(', '：', ':']).next().unwrap_or(text).trim().to_owned()
}

/// Whether the figures of a line that is numbered are the sums of its parts, 1 of 1.1 and 1.2; nothing where no
/// row below is numbered as a part of it.
fn adds_up_its_parts(
    sheet: &Sheet,
    line: &Row,
    below: &[&Row],
    figures: &[(u32, i64)],
) -> Option<bool> {
    let number = |row: &Row| text(sheet, row.index, row.cells.first()?.column);
    let own = number(line).filter(|own| own.bytes().all(|byte| byte.is_ascii_digit()))?;
    let below_own = |row: &&&Row| {
        let path = number(row)?;
        let rest = path.strip_prefix(own.as_str())?.strip_prefix('.')?.to_owned();
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
    };
    let parts = below.iter().take_while(|row| below_own(row).is_some());
    let parts: Vec<&&Row> =
        parts.filter(|row| below_own(row).is_some_and(|rest| !rest.contains('.'))).collect();
    let numbers = line.cells.first()?.column;
    let mut figures = figures.iter().filter(|(column, _)| *column != numbers).peekable();
    if parts.is_empty() || figures.peek().is_none() {
        return None;
    }
    let sum = |column: u32| -> i64 {
        parts.iter().filter_map(|row| figure(sheet, row.index, column)).sum()
    };
    Some(figures.all(|(column, own)| sum(*column) == *own))
}

/// Whether the figures of a line are the sums of the rows below it, as far as some rows go.
fn adds_up_below(sheet: &Sheet, shape: &Shape, rows: &[&Row]) -> bool {
    let Some((line, below)) = rows.split_first() else { return false };
    let figures: Vec<(u32, i64)> = shape
        .columns
        .iter()
        .filter_map(|column| Some((column.column, figure(sheet, line.index, column.column)?)))
        .collect();
    if let Some(holds) = adds_up_its_parts(sheet, line, below, &figures) {
        return holds;
    }
    let mut sums = vec![0_i64; figures.len()];
    for (place, row) in below.iter().enumerate() {
        if head(sheet, row).is_some_and(|(name, _)| is_place(&name)) {
            break;
        }
        for (sum, (column, _)) in sums.iter_mut().zip(&figures) {
            *sum = sum.saturating_add(figure(sheet, row.index, *column).unwrap_or(0));
        }
        let all = sums.iter().zip(&figures).all(|(sum, (_, figure))| sum == figure);
        if place > 0 && !figures.is_empty() && all {
            return true;
        }
    }
    false
}
