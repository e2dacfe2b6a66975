//! Whose the rows of an undescribed plan are, where no column says so: the sheets are named after
//! units, or a line above each table names one, or a line above its rows, or the headings of the
//! columns of figures do.
//!
//! A unit is never made of nothing: what is taken for its name ends as names of places and offices do,
//! or stands behind a label that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::shape::{Shape, ShapeColumn, shown};
use crate::model::{CellAt, MoneyUnit, fold};
use crate::normalise::typed::typed_text;
use crate::pipeline::heading;
use crate::pipeline::{Lexicon, UnitStands};
use crate::read::{Content, Row, Sheet};

/// The units of a plan and where they stand.
#[derive(Clone, Debug)]
pub struct Units {
    pub stands: UnitStands,
    /// In the order of the plan.
    pub names: Vec<String>,
    /// What the lines of sections begin with, where they all begin alike.
    pub sections: Option<String>,
    /// Sheets that add up the others.
    pub sums: Vec<String>,
    /// The sheets that hold the tasks, where others do not.
    pub sheets: Vec<String>,
    /// The title of the column that takes the figures of a matrix.
    pub figures: Option<String>,
    /// Sheets with tables that are not taken for tasks.
    pub left_out: Vec<String>,
}

/// A plan with its tables as they are once it is known whose they are.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    pub units: Units,
    pub tables: Vec<(&'a Sheet, Shape)>,
    /// The unit of each row, in the order of the tables.
    pub owners: Vec<String>,
}

/// The figures of a matrix, where nothing else says what they are.
const FIGURES: &str = "金额";
const COUNTS: &str = "数量";

/// How places are called.
const PLACES: [&str; 8] = ["区", "县", "市", "镇", "乡", "街道", "旗", "州"];
/// How offices and others that have tasks are called.
const OFFICES: [&str; 19] = [
    "局",
    "农场",
    "林场",
    "中心校",
    "委",
    "办",
    "部",
    "处",
    "院",
    "所",
    "站",
    "馆",
    "中心",
    "学校",
    "小学",
    "中学",
    "公司",
    "集团",
    "管委会",
];
/// Words that end as places do and are none.
const NOBODY: [&str; 40] = [
    "社区",
    "园区",
    "片区",
    "景区",
    "小区",
    "县区",
    "区县",
    "市区",
    "城区",
    "乡镇",
    "城镇",
    "镇街",
    "全市",
    "全县",
    "全区",
    "全镇",
    "全州",
    "本市",
    "本县",
    "本区",
    "地区",
    "县市",
    "各县",
    "各区",
    "各市",
    "郊区",
    "自治区",
    "地市",
    "省市",
    "州市",
    "市州",
    "盟市",
    "直辖市",
    "县级市",
    "建制镇",
    "主城区",
    "山区",
    "库区",
    "灾区",
    "老区",
];
/// What the name of a sheet is that nobody has named.
const UNNAMED: [&str; 4] = ["sheet", "表", "附件", "附表"];
/// Labels of a line that names a unit, beside those of a submitter.
const LABELS: [&str; 6] = ["单位", "单位名称", "县区", "区县", "部门", "地区"];
const LONGEST_NAME: usize = 14;

/// Looks for the units of a plan whose columns name none.
pub fn find<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    in_headings(tables)
        .or_else(|| by_sheets(tables))
        .or_else(|| in_lines_above(tables))
        .or_else(|| in_sections(tables))
}

/// Words before the first of several names that a sentence lists.
const BEFORE_NAMES: [&str; 8] = ["由", "为", "是", "括", "含", ":", "：", "即"];

/// Returns the units that a line beside the tables lists, one after another: 本表由甲县、乙县分别填报.
pub fn listed_beside(tables: &[(&Sheet, &Shape)]) -> Vec<String> {
    let beside = tables.iter().flat_map(|(sheet, shape)| {
        let first = shape.heading_rows.first().copied().unwrap_or(0);
        let is_beside =
            move |row: &&Row| row.index < first || shape.body.binary_search(&row.index).is_err();
        sheet.rows.iter().filter(is_beside).flat_map(|row| &row.cells)
    });
    let lists = beside.filter_map(|cell| match &cell.content {
        Content::Text(text) => Some(names_in(text)),
        _ => None,
    });
    let longest = lists.max_by_key(Vec::len).unwrap_or_default();
    if longest.len() > 1 { longest } else { Vec::new() }
}

/// The longest list of names that stand one after another in a sentence.
fn names_in(text: &str) -> Vec<String> {
    let mut lists: Vec<Vec<String>> = vec![Vec::new()];
    for part in text.split(['、', '，', ',', '和', '及', '与']) {
        let part = part.trim();
        let begun = BEFORE_NAMES.iter().filter_map(|word| Some(part.rfind(word)? + word.len()));
        let rest = &part[begun.max().unwrap_or(0)..];
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        let name = ends.map(|end| &rest[..end]).find(|name| is_place(name));
        // What stands before the name begins a list anew; without a name, or with more behind it, the
        // list ends.
        if name.is_none() || rest.len() < part.len() {
            lists.push(Vec::new());
        }
        if let (Some(name), Some(list)) = (name, lists.last_mut()) {
            if !list.iter().any(|known| known == name) {
                list.push(name.to_owned());
            }
            if name.len() < rest.len() {
                lists.push(Vec::new());
            }
        }
    }
    lists.into_iter().rev().max_by_key(Vec::len).unwrap_or_default()
}

fn is_place(name: &str) -> bool {
    ends_in(name, &PLACES)
}

pub fn is_somebody(name: &str) -> bool {
    ends_in(name, &PLACES) || ends_in(name, &OFFICES)
}

fn ends_in(name: &str, ends: &[&str]) -> bool {
    let key = fold::key(name);
    let length = key.chars().count();
    (2..=LONGEST_NAME).contains(&length)
        && !NOBODY.contains(&key.as_str())
        && !key.chars().any(|c| c.is_ascii_digit())
        && ends.iter().any(|end| key.ends_with(end) && key != *end)
}

fn says_total(text: &str) -> bool {
    // It is asked of each row of a table.
    static WORDS: LazyLock<Lexicon> = LazyLock::new(Lexicon::default);
    let words = &*WORDS;
    let key = heading::read(text).key;
    let says = |list: &[String]| list.iter().any(|word| key.contains(word.as_str()));
    says(&words.totals) || says(&words.summaries)
}

/// What 1 is in the figures of cells: amounts have up to four decimals.
const ONE: i64 = 10_000;

/// What a cell says as a figure, in parts of [`ONE`].
fn figure(sheet: &Sheet, row: u32, column: u32) -> Option<i64> {
    let number = match shown(sheet, row, column)? {
        Content::Number(number) => *number,
        Content::Text(text) => fold::plain(text).replace(',', "").parse().ok()?,
        _ => return None,
    };
    // Figures of a plan are far smaller; a larger one proves nothing.
    #[expect(clippy::cast_possible_truncation, reason = "it was held against the bound")]
    (number.abs() < 1e13).then(|| (number * 10_000.0).round() as i64)
}

fn text(sheet: &Sheet, row: u32, column: u32) -> Option<String> {
    match shown(sheet, row, column)? {
        Content::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A matrix: the headings of two or more columns of figures are names of places or offices, and most
/// columns of figures are such, but for what adds them up.
fn in_headings<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut names: Vec<String> = Vec::new();
    let mut parts: Vec<(&'a Sheet, Shape)> = Vec::new();
    let mut figures = FIGURES.to_owned();
    for (sheet, shape) in tables {
        let found = matrix(sheet, shape).or_else(|| matrix_of_groups(sheet, shape));
        let Matrix { part, own, title } = found?;
        figures = title;
        for name in own {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        parts.push((*sheet, part));
    }
    // As far as one unit goes: each has the same rows.
    let rows = parts.iter().map(|(_, part)| part.body.len()).sum();
    let owners = vec![names.first()?.clone(); rows];
    let figures = Some(figures);
    let units = Units { figures, ..plain(UnitStands::Heading, names) };
    Some(Found { units, tables: parts, owners })
}

struct Matrix {
    /// The table with one column of figures.
    part: Shape,
    /// The units of its headings.
    own: Vec<String>,
    /// What the figures are.
    title: String,
}

fn plain(stands: UnitStands, names: Vec<String>) -> Units {
    Units {
        stands,
        names,
        sections: None,
        sums: Vec::new(),
        sheets: Vec::new(),
        figures: None,
        left_out: Vec::new(),
    }
}

fn matrix(sheet: &Sheet, shape: &Shape) -> Option<Matrix> {
    let filled = |column: u32| {
        shape.body.iter().filter(|row| figure(sheet, **row, column).is_some()).count()
    };
    let words =
        |column: u32| shape.body.iter().filter(|row| text(sheet, **row, column).is_some()).count();
    let name = |column: &ShapeColumn| {
        column.levels.last().map_or(String::new(), |lowest| lowest.split_whitespace().collect())
    };
    let figures = |column: &&ShapeColumn| {
        let (figures, words) = (filled(column.column), words(column.column));
        figures > 0 && figures >= words
    };
    let mut own: Vec<&ShapeColumn> = shape
        .columns
        .iter()
        .filter(figures)
        .filter(|column| ends_in(&name(column), &PLACES) || ends_in(&name(column), &["局", "委"]))
        .collect();
    // 市本级 among districts is one more; by itself it says where money comes from.
    if own.len() > 1 {
        let is_one = |column: &&ShapeColumn| {
            name(column).ends_with("本级") || own.iter().any(|one| one.column == column.column)
        };
        own = shape.columns.iter().filter(figures).filter(is_one).collect();
    }
    if own.is_empty() {
        own = somebodies(shape.columns.iter().filter(figures), name);
    }
    let distinct: BTreeSet<String> = own.iter().map(|column| name(column)).collect();
    if own.len() < 2 || distinct.len() < own.len() {
        return None;
    }
    let places: Vec<u32> = own.iter().map(|column| column.column).collect();
    // 合计 before or after them, by its word or by arithmetic.
    let adds_up = |column: &ShapeColumn| {
        let sums = shape.body.iter().filter_map(|row| {
            let parts = places.iter().filter_map(|place| figure(sheet, *row, *place));
            Some(figure(sheet, *row, column.column)? == parts.sum::<i64>())
        });
        let sums: Vec<bool> = sums.collect();
        sums.len() > 1 && sums.iter().all(|holds| *holds)
    };
    let is_sum = |column: &ShapeColumn| {
        !places.contains(&column.column) && (says_total(&column.title) || adds_up(column))
    };
    let rest = shape.columns.iter().filter(figures).filter(|column| {
        !places.contains(&column.column) && !is_sum(column) && !counts_up(sheet, shape, column)
    });
    if rest.count() > own.len() {
        return None;
    }
    let fullest = own.iter().max_by_key(|column| filled(column.column))?;
    let is_money = fullest.unit.is_some()
        || crate::normalise::layout::money::named(sheet, &Lexicon::default()).is_some()
        || above(sheet, shape).any(|text| text.contains("资金") || text.contains("金额"));
    // What stands over all of them says what their figures are.
    let upper = |column: &&ShapeColumn| {
        let above = column.levels.len().checked_sub(2)?;
        column.levels.get(above).cloned()
    };
    let shared: Option<Vec<String>> = own.iter().map(upper).collect();
    let shared = shared.and_then(|all| {
        let first = all.first()?.clone();
        (all.iter().all(|other| *other == first) && !says_total(&first)).then_some(first)
    });
    let title =
        shared.unwrap_or_else(|| if is_money { FIGURES.to_owned() } else { COUNTS.to_owned() });
    let columns = shape
        .columns
        .iter()
        .filter(|column| {
            column.column == fullest.column || (!places.contains(&column.column) && !is_sum(column))
        })
        .map(|column| {
            let is_figures = column.column == fullest.column;
            let title = if is_figures { title.clone() } else { column.title.clone() };
            ShapeColumn { title, ..column.clone() }
        });
    let part = Shape { columns: columns.collect(), ..shape.clone() };
    Some(Matrix { part, own: own.iter().map(|column| name(column)).collect(), title })
}

/// A matrix with several columns for each unit: names of places over the same lower headings.
fn matrix_of_groups(sheet: &Sheet, shape: &Shape) -> Option<Matrix> {
    let upper = |column: &ShapeColumn| -> Option<String> {
        let above = column.levels.len().checked_sub(2)?;
        Some(column.levels[above].split_whitespace().collect())
    };
    let lowest = |column: &ShapeColumn| {
        column.levels.last().map_or_else(String::new, |lowest| heading::read(lowest).key)
    };
    let has_figures = |column: &ShapeColumn| {
        shape.body.iter().any(|row| figure(sheet, *row, column.column).is_some())
    };
    let mut groups: Vec<(String, Vec<&ShapeColumn>)> = Vec::new();
    for column in &shape.columns {
        let name = upper(column).filter(|name| is_place(name) || name.ends_with("本级"));
        let Some(name) = name else { continue };
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, own)) => own.push(column),
            None => groups.push((name, vec![column])),
        }
    }
    let ((_, first), others) = groups.split_first()?;
    let titles: Vec<String> = first.iter().map(|column| lowest(column)).collect();
    let distinct: BTreeSet<&String> = titles.iter().collect();
    let is_alike =
        |own: &[&ShapeColumn]| own.iter().map(|column| lowest(column)).eq(titles.iter().cloned());
    let fits = !others.is_empty()
        && titles.len() > 1
        && distinct.len() == titles.len()
        && others.iter().all(|(_, own)| is_alike(own))
        && groups.iter().flat_map(|(_, own)| own).any(|column| has_figures(column));
    if !fits {
        return None;
    }
    let is_of_unit =
        |column: u32| groups.iter().flat_map(|(_, own)| own).any(|own| own.column == column);
    let is_sum = |column: &ShapeColumn| {
        has_figures(column)
            && (says_total(&column.title) || upper(column).is_some_and(|name| says_total(&name)))
    };
    let rest = shape.columns.iter().filter(|column| !is_of_unit(column.column) && !is_sum(column));
    let own = first.iter().map(|column| {
        let title = column.levels.last().cloned().unwrap_or_default();
        ShapeColumn { title: title.clone(), levels: vec![title], ..(*column).clone() }
    });
    let title = first.first()?.levels.last()?.clone();
    let mut columns: Vec<ShapeColumn> = rest.cloned().chain(own).collect();
    columns.sort_by_key(|column| column.column);
    let part = Shape { columns, ..shape.clone() };
    Some(Matrix { part, own: groups.iter().map(|(name, _)| name.clone()).collect(), title })
}

/// Columns whose headings all end in one word as names of offices do: 兰溪农场, 胜利农场.
fn somebodies<'s>(
    columns: impl Iterator<Item = &'s ShapeColumn>,
    name: impl Fn(&ShapeColumn) -> String,
) -> Vec<&'s ShapeColumn> {
    let own: Vec<&ShapeColumn> = columns.filter(|column| is_somebody(&name(column))).collect();
    let ends = |column: &&ShapeColumn| {
        let name = name(column);
        OFFICES.iter().filter(|end| name.ends_with(**end)).max_by_key(|end| end.len()).copied()
    };
    let first = own.first().and_then(ends);
    let is_alike = own.iter().all(|column| ends(column) == first);
    if is_alike { own } else { Vec::new() }
}

/// Whether a column numbers its rows.
fn counts_up(sheet: &Sheet, shape: &Shape, column: &ShapeColumn) -> bool {
    let figures: Vec<i64> =
        shape.body.iter().filter_map(|row| figure(sheet, *row, column.column)).collect();
    figures.len() > 1 && figures.windows(2).all(|pair| pair[1] == pair[0] + ONE)
}

/// The texts above a table of a sheet.
fn above<'a>(sheet: &'a Sheet, shape: &Shape) -> impl Iterator<Item = &'a str> {
    let start = shape.heading_rows.first().copied().unwrap_or(0);
    let rows = sheet.rows.iter().take_while(move |row| row.index < start);
    rows.flat_map(|row| &row.cells).filter_map(|cell| match &cell.content {
        Content::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

fn headings(shape: &Shape) -> Vec<String> {
    shape.columns.iter().map(|column| heading::read(&column.title).key).collect()
}

/// One sheet a unit: sheets with the same headings whose names are those of somebody, or that list
/// the same tasks under different names.
fn by_sheets<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut alike: BTreeMap<Vec<String>, Vec<(&'a Sheet, &Shape)>> = BTreeMap::new();
    for (sheet, shape) in tables {
        alike.entry(headings(shape)).or_default().push((sheet, shape));
    }
    let (usual, _) = alike.into_iter().max_by_key(|(_, tables)| tables.len())?;
    // A unit may have a column more or less.
    let is_alike = |(sheet, shape): &&(&'a Sheet, &Shape)| {
        let own = headings(shape);
        let shared = own.iter().filter(|key| usual.contains(key)).count();
        let is_named =
            || sheet.name.is_some() && sheets_unit(sheet, shape).is_some_and(|n| is_somebody(&n));
        own == usual || (shared * 3 >= usual.len() * 2 && is_named())
    };
    let most: Vec<(&'a Sheet, &Shape)> = tables.iter().filter(is_alike).copied().collect();
    let sheets: BTreeSet<&str> =
        most.iter().filter_map(|(sheet, _)| sheet.name.as_deref()).collect();
    if sheets.len() < 2 {
        return None;
    }
    let is_sum = |(sheet, shape): &(&Sheet, &Shape)| {
        let named = sheet.name.as_deref().is_some_and(says_total);
        let others: Vec<&(&Sheet, &Shape)> =
            most.iter().filter(|(other, _)| other.name != sheet.name).collect();
        let is_whole = others.len() > 1 && adds_up(sheet, shape, &others);
        named || is_whole
    };
    let (sums, own): (Vec<_>, Vec<_>) = most.iter().partition(|table| is_sum(table));
    let mut names: Vec<String> = Vec::new();
    let mut owners: Vec<String> = Vec::new();
    let called = own.iter().map(|(sheet, shape)| sheets_unit(sheet, shape));
    let called = without_common_end(called.collect::<Option<Vec<String>>>()?);
    for ((_, shape), name) in own.iter().zip(called) {
        owners.extend(vec![name.clone(); shape.body.len()]);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let known = names.iter().filter(|name| is_somebody(name)).count();
    let is_known = known * 2 >= names.len() || (known > 0 && lists_repeat(&own));
    if names.len() < 2 || !is_known {
        return None;
    }
    let name = |(sheet, _): &(&Sheet, &Shape)| sheet.name.clone().unwrap_or_default();
    let leaves_out = own.len() < tables.len();
    let sum_names: Vec<String> = sums.iter().map(&name).collect();
    let left_out: BTreeSet<String> = tables
        .iter()
        .map(&name)
        .filter(|left| !own.iter().map(&name).any(|own| own == *left))
        .collect();
    let units = Units {
        left_out: left_out.into_iter().filter(|left| !sum_names.contains(left)).collect(),
        sums: sums.iter().map(&name).collect(),
        sheets: if leaves_out { own.iter().map(&name).collect() } else { Vec::new() },
        ..plain(UnitStands::Sheet, names)
    };
    let tables = own.into_iter().map(|(sheet, shape)| (sheet, shape.clone())).collect();
    Some(Found { units, tables, owners })
}

/// The names of sheets without what all of them end in, where only what is left is somebody's name:
/// 甲县明细, 乙县明细.
fn without_common_end(names: Vec<String>) -> Vec<String> {
    let Some(first) = names.first() else { return names };
    let rests = first.char_indices().map(|(at, _)| &first[at..]).skip(1);
    let shared = rests.filter(|end| names.iter().all(|name| name.ends_with(end)));
    let is_named = |end: &&str| {
        names.iter().all(|name| name.strip_suffix(end).is_some_and(is_somebody))
            && !names.iter().any(|name| is_somebody(name))
    };
    // The longest first: a shorter one may leave 甲县明 over.
    let Some(end) = shared.into_iter().find(is_named).map(str::to_owned) else { return names };
    names.iter().map(|name| name[..name.len() - end.len()].to_owned()).collect()
}

/// Whether sheets list the same in their first column of words.
fn lists_repeat(tables: &[(&Sheet, &Shape)]) -> bool {
    let lists: Vec<BTreeSet<String>> = tables
        .iter()
        .map(|(sheet, shape)| {
            let words = |column: u32| -> BTreeSet<String> {
                let texts = shape.body.iter().filter_map(|row| text(sheet, *row, column));
                texts.map(|text| fold::key(&text)).collect()
            };
            let lists = shape.columns.iter().map(|column| words(column.column));
            lists.max_by_key(BTreeSet::len).unwrap_or_default()
        })
        .collect();
    let Some((first, others)) = lists.split_first() else { return false };
    let shares = |other: &&BTreeSet<String>| first.intersection(other).count() * 2 > first.len();
    first.len() > 1 && others.iter().filter(shares).count() * 2 >= others.len()
}

/// What a sheet's unit is called: as a line of the sheet says, where the sheet's name holds it; else
/// as the sheet is named.
fn sheets_unit(sheet: &Sheet, shape: &Shape) -> Option<String> {
    let own = sheet.name.as_deref()?;
    let key = fold::key(own);
    let labelled = labelled_above(sheet, shape, 0).filter(|name| key.contains(&fold::key(name)));
    if labelled.is_some() {
        return labelled;
    }
    let bare = own.split(['（', '(']).next().unwrap_or(own);
    let bare = fold::unnumbered(bare);
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit() || "-_. 、".contains(c)).trim();
    let rest = fold::key(bare);
    let is_unnamed = UNNAMED.iter().any(|word| {
        rest.strip_prefix(word).is_some_and(|rest| {
            rest.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
        })
    });
    let is_time = rest.ends_with(['月', '年', '季', '度']);
    let is_name = rest.chars().any(char::is_alphabetic);
    (is_name && !is_unnamed && !is_time).then(|| bare.to_owned())
}

/// Whether the figures of a sheet are those of the others, line by line and added up.
fn adds_up(sheet: &Sheet, shape: &Shape, others: &[&(&Sheet, &Shape)]) -> bool {
    let named = |sheet: &Sheet, shape: &Shape, row: u32| -> Option<String> {
        let texts = shape.columns.iter().filter_map(|column| text(sheet, row, column.column));
        let key: String = texts.map(|text| fold::key(&text)).collect();
        (!key.is_empty()).then_some(key)
    };
    let mut sums: BTreeMap<(String, usize), i64> = BTreeMap::new();
    for (other, own) in others {
        for row in &own.body {
            let Some(key) = named(other, own, *row) else { continue };
            for (place, column) in own.columns.iter().enumerate() {
                let Some(figure) = figure(other, *row, column.column) else { continue };
                let sum = sums.entry((key.clone(), place)).or_default();
                *sum = sum.saturating_add(figure);
            }
        }
    }
    let numbers = |column: &&(usize, &ShapeColumn)| !counts_up(sheet, shape, column.1);
    let columns: Vec<(usize, &ShapeColumn)> = shape.columns.iter().enumerate().collect();
    let columns: Vec<&(usize, &ShapeColumn)> = columns.iter().filter(numbers).collect();
    let (mut held, mut right) = (0, 0);
    for row in &shape.body {
        let Some(key) = named(sheet, shape, *row) else { continue };
        for (place, column) in &columns {
            let Some(figure) = figure(sheet, *row, column.column) else { continue };
            held += 1;
            right += usize::from(sums.get(&(key.clone(), *place)) == Some(&figure));
        }
    }
    held > 1 && right * 10 >= held * 9
}

/// A line above each table that names its unit: 单位：甲县, or a title in which the tables differ.
fn in_lines_above<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    let mut alike: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (_, shape) in tables {
        *alike.entry(headings(shape)).or_default() += 1;
    }
    let most = alike.into_iter().max_by_key(|(_, times)| *times)?.0;
    let own: Vec<(&Sheet, &Shape)> =
        tables.iter().filter(|(_, shape)| headings(shape) == most).copied().collect();
    // A sheet that adds up the others is nobody's.
    let is_alone =
        |sheet: &Sheet| tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet)).count() == 1;
    let is_sum = |(sheet, shape): &(&Sheet, &Shape)| {
        let others: Vec<&(&Sheet, &Shape)> =
            own.iter().filter(|(other, _)| !std::ptr::eq(*other, *sheet)).collect();
        is_alone(sheet) && others.len() > 1 && adds_up(sheet, shape, &others)
    };
    let (sums, own): (Vec<_>, Vec<_>) = own.iter().copied().partition(|table| is_sum(table));
    if own.len() < 2 {
        return None;
    }
    let name = |(sheet, _): &(&Sheet, &Shape)| sheet.name.clone().unwrap_or_default();
    let mut sheets: Vec<String> = Vec::new();
    for name in own.iter().map(&name).filter(|_| !sums.is_empty()) {
        if !sheets.contains(&name) {
            sheets.push(name);
        }
    }
    let sums: Vec<String> = sums.iter().map(&name).collect();
    let named: Vec<Option<String>> = own
        .iter()
        .map(|(sheet, shape)| labelled_above(sheet, shape, end_above(tables, sheet, shape)))
        .collect();
    let named: Vec<String> = match named.into_iter().collect::<Option<Vec<String>>>() {
        Some(named) => named,
        None => in_titles(&own, tables)?,
    };
    let distinct: BTreeSet<&String> = named.iter().collect();
    if distinct.len() < 2 || distinct.iter().any(|name| says_total(name)) {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    let mut owners: Vec<String> = Vec::new();
    for ((_, shape), name) in own.iter().zip(named) {
        owners.extend(vec![name.clone(); shape.body.len()]);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let tables = own.into_iter().map(|(sheet, shape)| (sheet, shape.clone())).collect();
    let units = Units { sums, sheets, ..plain(UnitStands::Title, names) };
    Some(Found { units, tables, owners })
}

/// The last row of the table above a table of the same sheet; 0 where there is none.
fn end_above(tables: &[(&Sheet, &Shape)], sheet: &Sheet, shape: &Shape) -> u32 {
    let start = shape.heading_rows.first().copied().unwrap_or(0);
    let same = tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet));
    let ends = same.filter_map(|(_, other)| other.heading_rows.last().copied());
    ends.filter(|end| *end < start).max().unwrap_or(0)
}

fn lines_above<'a>(sheet: &'a Sheet, shape: &Shape, from: u32) -> impl Iterator<Item = &'a Row> {
    let start = shape.heading_rows.first().copied().unwrap_or(0);
    let rows = sheet.rows.iter().skip_while(move |row| from > 0 && row.index <= from);
    rows.take_while(move |row| row.index < start)
}

/// The unit that a labelled line above a table names, the nearest to it.
fn labelled_above(sheet: &Sheet, shape: &Shape, from: u32) -> Option<String> {
    let mut found = None;
    for row in lines_above(sheet, shape, from) {
        for (place, cell) in row.cells.iter().enumerate() {
            let Content::Text(text) = &cell.content else { continue };
            let Some((label, value)) = text.split_once([':', '：']) else { continue };
            let label = fold::key(label);
            let is_label = LABELS.contains(&label.as_str()) || label.ends_with("单位");
            // Who made the sheet is not whose its rows are.
            let of_others = ["金额", "计量", "编制", "主管", "制表", "监制", "印制"];
            if !is_label || of_others.iter().any(|word| label.contains(word)) {
                continue;
            }
            let next = row.cells.get(place + 1).map(|next| typed_text(&next.content));
            let value =
                if value.trim().is_empty() { next.unwrap_or_default() } else { value.to_owned() };
            let Some(name) = value.split_whitespace().next() else { continue };
            let is_money = MoneyUnit::ALL.iter().any(|unit| name.starts_with(unit.name()));
            let is_name = fold::key(name).chars().any(char::is_alphabetic);
            if is_name && !is_money && name.chars().count() <= LONGEST_NAME {
                found = Some(name.to_owned());
            }
        }
    }
    found
}

/// What the titles of tables do not share, where it is a name: 甲县2021年计划, 乙县2021年计划.
fn in_titles(own: &[(&Sheet, &Shape)], tables: &[(&Sheet, &Shape)]) -> Option<Vec<String>> {
    let titles: Vec<Vec<char>> = own
        .iter()
        .map(|(sheet, shape)| {
            let rows = lines_above(sheet, shape, end_above(tables, sheet, shape));
            // Below a table its last rows stand, and a title alone in its row.
            let alone = rows.filter(|row| row.cells.len() == 1).flat_map(|row| &row.cells);
            let texts = alone.filter_map(|cell| match &cell.content {
                Content::Text(text) => Some(text.split_whitespace().collect::<String>()),
                _ => None,
            });
            texts.max_by_key(|text| text.chars().count()).map(|text| text.chars().collect())
        })
        .collect::<Option<Vec<Vec<char>>>>()?;
    let first = titles.first()?;
    let shared = |at: &dyn Fn(&[char], usize) -> Option<char>| {
        (0..first.len())
            .take_while(|place| titles.iter().all(|title| at(title, *place) == at(first, *place)))
            .count()
    };
    let before = shared(&|title, place| title.get(place).copied());
    let after = shared(&|title, place| {
        title.len().checked_sub(place + 1).and_then(|at| title.get(at)).copied()
    });
    let names: Vec<String> = titles
        .iter()
        .map(|title| {
            let end = title.len().saturating_sub(after).max(before);
            let own: String = title[before..end].iter().collect();
            // What all names end in is part of them: 甲县, 乙县.
            let ends = PLACES
                .iter()
                .chain(&OFFICES)
                .find(|word| title[end..].iter().collect::<String>().starts_with(**word));
            format!("{own}{}", ends.copied().unwrap_or_default())
        })
        .collect();
    names.iter().all(|name| is_somebody(name)).then_some(names)
}

/// A line of a section: where it stands, the unit that it names, and how it begins.
struct Line {
    row: u32,
    name: String,
    start: &'static str,
}

/// What follows a unit's name in the line of its sum.
const SUMS: [&str; 4] = ["合计", "小计", "总计", "汇总"];
const SUM_OF_ITS_ROWS: &str = "合计";
const NUMBER_ALONE: &str = "^[一二三四五六七八九十]+$";
const NUMBER_IN_BRACKETS: &str = "^[（(][一二三四五六七八九十]+[）)]$";
const PART_BEFORE: &str = "^第[一二三四五六七八九十]+(部分|章|节|篇)";
const NUMBER_BEFORE: &str = "^[（(]?[一二三四五六七八九十]+[、.)）]";

/// Lines between the rows that name a unit and nothing else but what its rows add up to.
fn in_sections<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
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
            Some(format!("^({})({})$", names.join("|"), SUMS.join("|")))
        }
        start => start.map(str::to_owned),
    };
    let units = Units { sections, ..plain(UnitStands::Section, names) };
    Some(Found { units, tables: parts, owners })
}

/// The row at which the next table of the sheet begins.
fn end_of(tables: &[(&Sheet, &Shape)], sheet: &Sheet, shape: &Shape) -> u32 {
    let start = shape.heading_rows.first().copied().unwrap_or(0);
    let same = tables.iter().filter(|(other, _)| std::ptr::eq(*other, sheet));
    let starts = same.filter_map(|(_, other)| other.heading_rows.first().copied());
    starts.filter(|other| *other > start).min().unwrap_or(u32::MAX)
}

/// Returns the lines of a table that name units, where nearly all lines of their kind do.
fn sections(sheet: &Sheet, shape: &Shape, end: u32) -> Option<Vec<Line>> {
    let start = shape.heading_rows.last().copied().unwrap_or(0);
    let rows: Vec<&Row> =
        sheet.rows.iter().filter(|row| row.index > start && row.index < end).collect();
    let mut lines: Vec<Line> = Vec::new();
    // Lines that look as those do whose figures add up, and whose own do not.
    let mut wrong: Vec<(Line, Vec<u32>)> = Vec::new();
    let mut proved: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    let mut numbered = 0;
    for (place, row) in rows.iter().enumerate() {
        let Some((name, start)) = head(sheet, row) else { continue };
        numbered += usize::from(!start.is_empty());
        let is_bare = row.cells.iter().all(|cell| matches!(cell.content, Content::Text(_)));
        let is_short = row.cells.len() <= 2 && is_bare;
        let summed = SUMS.iter().find_map(|word| name.strip_suffix(word)).map(str::to_owned);
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
    lines.extend(alike(sheet, shape, &rows, &lines));
    lines.sort_by_key(|line| line.row);
    // Where most lines that are numbered alike name nobody, they are sections of something else; 市本级
    // among units is one more.
    let own = lines.iter().filter(|line| is_somebody(&line.name)).count();
    (lines.len() > 1 && own > 1 && numbered < own * 2).then_some(lines)
}

/// Returns the lines that stand as most of those do that name somebody, each alone in its row: 市直单位
/// among counties is one more.
fn alike(sheet: &Sheet, shape: &Shape, rows: &[&Row], lines: &[Line]) -> Vec<Line> {
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
    let Some(Some(first)) = looks.first().copied() else { return Vec::new() };
    if looks.len() < 2 || looks.iter().any(|own| *own != Some(first)) {
        return Vec::new();
    }
    let is_known = |row: &Row| lines.iter().any(|line| line.row == row.index);
    let others =
        rows.iter().filter(|row| row.index < last && look(row) == Some(first) && !is_known(row));
    let named: Vec<Line> = others
        .filter_map(|row| {
            let (name, start) = head(sheet, row)?;
            let is_name = (2..=LONGEST_NAME).contains(&name.chars().count())
                && !name.contains(['。', '，', ',', ';', '；'])
                && !says_total(&name);
            let is_over = shape.body.contains(&(row.index + 1));
            (is_name && is_over && start.is_empty()).then_some(Line { row: row.index, name, start })
        })
        .collect();
    if named.len() < looks.len() { named } else { Vec::new() }
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

/// Whether the figures of a line are the sums of the rows below it, as far as some rows go.
fn adds_up_below(sheet: &Sheet, shape: &Shape, rows: &[&Row]) -> bool {
    let Some((line, below)) = rows.split_first() else { return false };
    let figures: Vec<(u32, i64)> = shape
        .columns
        .iter()
        .filter_map(|column| Some((column.column, figure(sheet, line.index, column.column)?)))
        .collect();
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
